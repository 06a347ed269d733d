"""The steps by which a job's process gives up everything but its own folder.

Runs inside the isolation, in the job's child, before any line of the program.
Covers: identity maps, private mounts, loopback, limits, Landlock, capabilities, the system call filter; in this order.
Does not cover: the namespaces themselves, which `kernel.clone` makes.
"""

# ruff: noqa: PTH102, PTH118
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import fcntl
import math
import os
import resource
import socket
import struct
from dataclasses import dataclass, field
from typing import Any

from . import kernel, landlock, seccomp

LEVEL_PLAIN, LEVEL_LANDLOCK, LEVEL_NAMESPACES = 0, 1, 2
"""How much a job's child gives up: limits only; Landlock and filter; own namespaces and filter."""

_MAX_FILES = 4096
_SPARE_PROCESSES = 16
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


@dataclass
class Walls:
    """What a server prepares once for all its jobs."""

    level: int
    uid: int
    gid: int
    filters: dict[str, bytes] = field(default_factory=dict)
    """System call filter by network policy."""
    readable: tuple[int, ...] = ()
    """Descriptors a fenced job may read below."""
    devices: tuple[int, ...] = ()
    """Descriptors of harmless devices."""
    tmp: str = "/tmp"
    """Where a job's temporary folder is mounted when it has namespaces."""
    tasks_before: int = 0
    """Tasks of this user outside the sandbox, which share its process limit where there is no user namespace."""


@dataclass
class Place:
    """Folders of one job."""

    work: str
    """Working folder."""
    tmp: str
    """Temporary folder."""
    shm: str = ""
    """Shared memory folder, empty where there is none."""


def settle(walls: Walls, plan: dict[str, Any]) -> Place:
    """Make the job's folders, private ones where there are namespaces.

    Args:
        walls: the server's preparations.
        plan: the judge's job message; its `folder` is made where mounts are shared.

    Returns:
        The folders.

    Raises:
        OSError: if the kernel refuses a step.
    """
    if walls.level < LEVEL_NAMESPACES:
        base = str(plan["folder"])
        place = Place(work=os.path.join(base, "work"), tmp=os.path.join(base, "tmp"))
        for folder in (base, place.work, place.tmp):
            os.mkdir(folder, 0o700)
        return place
    for name, text in (("setgroups", "deny"), ("uid_map", f"{walls.uid} {walls.uid} 1")):
        _write(f"/proc/self/{name}", text)
    _write("/proc/self/gid_map", f"{walls.gid} {walls.gid} 1")
    quiet = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("proc", "/proc", "proc", quiet | kernel.MS_NOEXEC)
    for folder, size in (("/job", "disk_mb"), (walls.tmp, "tmp_mb"), ("/dev/shm", "shm_mb")):
        kernel.mount("tmpfs", folder, "tmpfs", quiet, f"size={int(plan[size])}m,nr_inodes={_MAX_FILES},mode=700")
    if plan["network"] == "loopback" and not plan["joined"]:
        _raise_loopback()
    return Place(work="/job", tmp=walls.tmp, shm="/dev/shm")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def lock(walls: Walls, plan: dict[str, Any], place: Place) -> None:
    """Give up all rights for good; what follows may be hostile.

    Raises:
        OSError: if the kernel refuses a step.
    """
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if walls.level == LEVEL_LANDLOCK:
        folders = [os.open(folder, os.O_PATH | os.O_CLOEXEC) for folder in (place.work, place.tmp)]
        landlock.restrict(walls.readable, folders, walls.devices)
        for descriptor in (*folders, *walls.readable, *walls.devices):
            os.close(descriptor)
    _limit(walls, plan)
    if walls.level == LEVEL_NAMESPACES:
        kernel.drop_capabilities()
    if walls.level > LEVEL_PLAIN:
        own = 0 if walls.level == LEVEL_NAMESPACES or landlock.abi() >= landlock.SIGNAL_SCOPE_ABI else os.getpid()
        ready = walls.filters[plan["network"]]
        seccomp.install(ready if own == 0 else seccomp.build(own_signals=own, attributes=False))


def _limit(walls: Walls, plan: dict[str, Any]) -> None:
    """Per-process limits: the second line behind the watchdog, which sums over the tree."""
    seconds = math.ceil(float(plan["cpu_s"])) + 2
    tasks = int(plan["processes"]) + _SPARE_PROCESSES
    if walls.level < LEVEL_NAMESPACES:
        tasks += walls.tasks_before
    wanted = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, max(int(plan["disk_mb"]), int(plan["tmp_mb"])) << 20),
        (resource.RLIMIT_NOFILE, int(plan["open_files"])),
        (resource.RLIMIT_NPROC, tasks),
        (resource.RLIMIT_MSGQUEUE, 0),
    )
    for kind, amount in wanted:
        hard = resource.getrlimit(kind)[1]
        top = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (top, top))
