"""The backends as records: what each promises and how its server process is started.

Covers: hardened unprivileged bubblewrap, Landlock, and none at all. Does not cover: containers and virtual machines.
"""

# ruff: noqa: PTH110, PTH112, PTH114, PTH115, PTH120
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import confine, landlock
from .job import POLICIES

_JUDGED = POLICIES["judge"]
_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/alternatives")
_LINKS = ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")


@dataclass(frozen=True)
class View:
    """What a sandbox may see of the host beside the system libraries."""

    readable: tuple[Path, ...] = ()
    """Files and folders, read-only, at their own paths."""
    masked: tuple[Path, ...] = ()
    """Files and folders below these that appear empty."""


@dataclass(frozen=True)
class Backend:
    """One way to isolate."""

    name: str
    level: int
    """What a job's child gives up; see `confine`."""
    guarantees: frozenset[str]
    shared: bool
    """Whether one server may run several jobs at once."""
    missing: Callable[[], str]
    """Why it cannot run here, empty if it can."""
    command: Callable[[View, list[str]], list[str]]
    """The argument list that starts a Python command line inside."""


def system_paths() -> list[str]:
    """Existing paths of libraries and of this Python, absolute; links are given with their targets."""
    wanted = [*_SYSTEM, *(link for link in _LINKS if not os.path.islink(link)), sys.prefix, sys.base_prefix]
    wanted.append(os.path.dirname(os.path.realpath(sys.executable)))
    found = [path for path in wanted if os.path.exists(path)]
    return list(dict.fromkeys([*found, *(os.path.realpath(path) for path in found)]))


def _bubblewrap_missing() -> str:
    if not sys.platform.startswith("linux"):
        return "needs Linux"
    return "" if shutil.which("bwrap") else "the program bwrap is not installed"


def _landlock_missing() -> str:
    if not sys.platform.startswith("linux"):
        return "needs Linux"
    return "" if landlock.abi() else "this kernel has no Landlock"


@functools.cache
def _takes(option: str) -> bool:
    """Whether the installed bubblewrap knows an option."""
    program = shutil.which("bwrap") or "bwrap"
    text = subprocess.run([program, "--help"], capture_output=True, env={}, check=False, timeout=10).stdout
    return option.encode() in text


def _bubblewrap(view: View, inner: list[str]) -> list[str]:
    argv = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user", "--new-session"]
    argv += ["--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv", "--chdir", "/"]
    if not _takes("--clearenv"):
        argv.remove("--clearenv")
    for path in sorted([*system_paths(), *map(str, view.readable)], key=len):
        argv += ["--ro-bind", path, path]
    for link in _LINKS:
        if os.path.islink(link):
            argv += ["--symlink", os.readlink(link), link]
    argv += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--dir",
        "/dev/shm",
        "--dir",
        "/job",
        "--dir",
        "/tmp",
        "--dir",
        "/scratch",
    ]
    for path in map(str, view.masked):
        if os.path.isdir(path):
            argv += ["--size", "4096", "--tmpfs", path, "--remount-ro", path]
        elif os.path.exists(path):
            argv += ["--ro-bind", "/dev/null", path]
    return [*argv, "--remount-ro", "/dev", "--remount-ro", "/", "--", *inner]


def _bare(view: View, inner: list[str]) -> list[str]:
    return inner


BACKENDS: tuple[Backend, ...] = (
    Backend(
        name="bubblewrap",
        level=confine.LEVEL_NAMESPACES,
        guarantees=_JUDGED | {"pid_isolated", "loopback_only"},
        shared=True,
        missing=_bubblewrap_missing,
        command=_bubblewrap,
    ),
    Backend(
        name="landlock",
        level=confine.LEVEL_LANDLOCK,
        guarantees=_JUDGED | {"pid_guarded"},
        shared=False,
        missing=_landlock_missing,
        command=_bare,
    ),
    Backend(
        name="unsafe",
        level=confine.LEVEL_PLAIN,
        guarantees=frozenset(),
        shared=False,
        missing=lambda: "",
        command=_bare,
    ),
)
"""Strongest first; the last is taken only when named."""


def meets(backend: Backend, policy: str) -> list[str]:
    """What a backend lacks for a policy, sorted; empty if it meets it.

    Raises:
        KeyError: if the policy is not known.
    """
    lacking = sorted(POLICIES[policy] - backend.guarantees)
    if policy != "unsafe" and not backend.guarantees & {"pid_isolated", "pid_guarded"}:
        lacking.append("pid_guarded")
    return lacking
