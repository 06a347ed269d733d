"""What a job's process tree uses, read from /proc by the judge.

Covers: CPU seconds, resident memory, tasks of a tree, summed; use of scratch folders. Does not cover: kernel memory
such as socket buffers, which only a control group could count.
Memory is counted in two steps: a cheap sum of resident pages, where pages shared by forked processes count once per
process, and, only when that sum exceeds the limit, the exact proportional share.
"""

# ruff: noqa: PTH123
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from .trees import children

_TICK = 1.0 / os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
_UTIME, _THREADS, _RSS = 11, 17, 21
_MAX_ENTRIES = 4096


@dataclass(frozen=True)
class Reading:
    """One look at a tree."""

    cpu_s: float
    """User and system seconds of all processes so far, also of ended ones."""
    memory_mb: float
    """Resident memory above the warm share, without scratch folders; an upper bound unless exact, MiB."""
    tasks: int
    """Processes and threads alive."""


class Tree:
    """A job's processes.

    Args:
        roots: gives the host process numbers the tree grows from.
        warm_pages: resident pages of the first process before its program ran.
        most_tasks: where to stop counting.
    """

    def __init__(self, roots: Callable[[], list[int]], warm_pages: int, most_tasks: int) -> None:
        self._roots = roots
        self._warm = warm_pages
        self._most = most_tasks
        self._own: dict[int, float] = {}
        self._processes: list[int] = []

    def read(self) -> Reading:
        """Look at every process once."""
        pages, tasks, reported = -self._warm, 0, 0.0
        self._processes = []
        waiting = self._roots()
        while waiting and tasks <= self._most:
            pid = waiting.pop()
            fields = _stat(pid)
            if fields is None:
                continue
            threads = max(1, int(fields[_THREADS]))
            times = [int(word) * _TICK for word in fields[_UTIME : _UTIME + 4]]
            self._own[pid] = times[0] + times[1]
            reported += sum(times)
            tasks += threads
            pages += int(fields[_RSS])
            self._processes.append(pid)
            waiting += children(pid, threads)
        # A parent that never waits hides its children's time, one that waits reports it: take the larger account.
        return Reading(max(reported, sum(self._own.values())), max(0, pages) * _PAGE_MB, tasks)

    def exact_mb(self) -> float | None:
        """Memory of the processes last seen, shared pages divided among their sharers; None if it cannot be read."""
        total = 0
        for pid in self._processes:
            try:
                with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                    lines = file.read().splitlines()
            except (FileNotFoundError, ProcessLookupError):
                continue
            except OSError:
                return None
            total += sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
        return total / 1024


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat after the command name, or None when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            text = file.read(4096)
    except OSError:
        return None
    return text[text.rindex(b")") + 2 :].decode("ascii").split()


def mounted_mb(folder: int) -> tuple[float, bool]:
    """Use of a scratch disk.

    Args:
        folder: descriptor of any folder on it.

    Returns:
        MiB in use, and whether space or file count is exhausted.
    """
    disk = os.fstatvfs(folder)
    used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize / (1 << 20)
    return used, disk.f_bfree * 50 <= disk.f_blocks or disk.f_ffree == 0


def folder_mb(folder: int) -> float:
    """Size of everything below a folder that a hostile program fills at the same time.

    Args:
        folder: descriptor of the folder.

    Returns:
        MiB of allocated blocks; infinity beyond 4,096 entries or where paths get too long to follow.
    """
    total, entries, waiting = 0, 0, ["."]
    while waiting:
        name = waiting.pop()
        try:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        except OSError as error:
            if isinstance(error, (FileNotFoundError, NotADirectoryError)):
                continue
            return float("inf")
        try:
            for entry in os.scandir(inner):
                entries += 1
                if entries > _MAX_ENTRIES:
                    return float("inf")
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                total += status.st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/{entry.name}")
        finally:
            os.close(inner)
    return total / (1 << 20)
