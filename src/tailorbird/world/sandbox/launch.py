"""The step from root to nobody, before anything untrusted starts.

Runs as its own short process when the judge is root. Covers: making Python and data readable to the unprivileged user
although they lie below private folders, in a mount namespace of its own; dropping the user; starting the backend.
Does not cover: a start without the right to mount, which ends with a message.
"""

# ruff: noqa: PTH103, PTH112, PTH116, PTH120
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import os
import stat
import sys
from typing import Any

from . import kernel

NOBODY = 65534
"""User and group number that a sandbox started by root runs as."""
CANNOT_MOUNT = 97
"""Exit code when private folders block the way and mounts are not permitted."""


def blocked(path: str) -> str | None:
    """The first folder on the way to a path that other users may not enter, or None.

    Args:
        path: absolute path.

    Returns:
        The folder's path.
    """
    parts = path.strip("/").split("/")
    for depth in range(1, len(parts)):
        folder = "/" + "/".join(parts[:depth])
        if not os.stat(folder).st_mode & stat.S_IXOTH:
            return folder
    return None


def uncover(paths: list[str]) -> None:
    """Make paths reachable again: an empty open folder over each private ancestor, the paths bound back below it.

    Changes the mounts of this process's own namespace alone.

    Args:
        paths: absolute real paths, all existing.

    Raises:
        OSError: if mounts are not permitted.
    """
    outer = [path for path in set(paths) if not any(path.startswith(f"{other}/") for other in paths)]
    ways = [(path, gate) for path in sorted(outer) if (gate := blocked(path)) is not None]
    if not ways:
        return
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    # Opened in the new namespace, as the kernel binds no mount of another one, and before the covers hide them.
    held = {path: os.open(path, os.O_PATH) for path, _ in ways}
    for gate in sorted({gate for _, gate in ways}):
        kernel.mount("tmpfs", gate, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=755")
    for path, _ in ways:
        source = f"/proc/self/fd/{held[path]}"
        if os.path.isdir(source):
            os.makedirs(path, 0o755, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
        kernel.mount(source, path, "", kernel.MS_BIND | kernel.MS_REC)
    for descriptor in held.values():
        os.close(descriptor)


def main(config: dict[str, Any]) -> None:
    """Uncover the paths, become nobody, replace this process by the backend.

    Args:
        config: `paths` to keep reachable, `argv` and `environment` to start.
    """
    os.umask(0o022)
    try:
        uncover([str(path) for path in config["paths"]])
    except OSError as error:
        sys.stderr.write(f"cannot open a way for an unprivileged user: {error}\n")
        os._exit(CANNOT_MOUNT)
    os.chdir("/")
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execve(config["argv"][0], config["argv"], config["environment"])
