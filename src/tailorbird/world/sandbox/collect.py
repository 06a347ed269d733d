"""Files that a program leaves behind, taken without being trapped.

Covers: symbolic links, hard links, linked folders, pipes and devices, sparse giants: all refused. Does not cover: what
the bytes mean.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from . import kernel


def collect(work: int, names: Iterable[str], limit: int) -> dict[str, bytes]:
    """Read named files below the folder `out/` of a job's working folder.

    Args:
        work: descriptor of the working folder.
        names: relative paths below `out/`; no other file is looked at.
        limit: most bytes in total.

    Returns:
        Contents by name; a missing, refused or too large file is absent.
    """
    found: dict[str, bytes] = {}
    for name in names:
        content = _read(work, f"out/{name}", limit)
        if content is not None:
            found[name] = content
            limit -= len(content)
    return found


def _read(work: int, path: str, limit: int) -> bytes | None:
    # Non-blocking, as opening a pipe would otherwise wait for a writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
    try:
        descriptor = kernel.open_beneath(work, path, flags)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or status.st_size > limit:
            return None
        parts, left = [], limit + 1
        while left > 0 and (data := os.read(descriptor, min(left, 1 << 20))):
            parts.append(data)
            left -= len(data)
        return b"".join(parts) if left > 0 else None
    except OSError:
        return None
    finally:
        os.close(descriptor)
