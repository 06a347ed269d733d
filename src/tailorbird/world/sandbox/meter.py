"""The watchdog of one job: compares what its tree uses with its limits.

Covers: CPU, memory, tasks, scratch folders. Does not cover: wall clock and output, which `trial.py` sees without looking.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import watch
from .ending import Seen
from .job import Limits, Status

POLL_SECONDS = 0.02
"""Time between two looks at the process tree, seconds."""
_NEAR_SECONDS, _FOLDER_EVERY = 0.004, 5


class Meter:
    """Looks at one tree again and again.

    Args:
        roots: gives the host process numbers the tree grows from.
        warm: resident `pages` and `cpu_s` that the first process had before its program.
        folders: descriptors of the scratch folders: work, temporary, and shared memory where there is one.
        limits: what the job may use.
        mounted: whether the folders are disks of their own, counted by the kernel.
    """

    def __init__(
        self,
        roots: Callable[[], list[int]],
        warm: dict[str, Any],
        folders: tuple[int, ...],
        limits: Limits,
        mounted: bool,
    ) -> None:
        self._tree = watch.Tree(roots, int(warm["pages"]), 4 * limits.processes)
        self._warm_cpu_s = float(warm["cpu_s"])
        self._folders, self._limits, self._mounted = folders, limits, mounted
        self._looks = 0
        self.rest = POLL_SECONDS
        """Seconds until the next look is due."""

    def look(self, seen: Seen) -> tuple[Status, str] | None:
        """Look once and note the peaks.

        Args:
            seen: the job's record, updated.

        Returns:
            The class and one sentence when a limit is passed.
        """
        begun = time.thread_time()
        limits, reading = self._limits, self._tree.read()
        self._looks += 1
        seen.cpu_s = max(seen.cpu_s, reading.cpu_s - self._warm_cpu_s)
        seen.tasks = max(seen.tasks, reading.tasks)
        memory = self._memory_mb(reading.memory_mb)
        seen.memory_mb = max(seen.memory_mb, memory)
        near = memory > limits.memory_mb / 4
        # A crowded tree is slow to read; the judge never spends more than a fifth of its time on one job.
        self.rest = max(_NEAR_SECONDS if near else POLL_SECONDS, 4 * (time.thread_time() - begun))
        if memory > limits.memory_mb:
            return "memory", f"used {memory:.0f} MiB of {limits.memory_mb}"
        if reading.tasks > limits.processes:
            return "processes", f"had {reading.tasks} tasks of {limits.processes}"
        return self._overfull() or self._overtime(seen)

    def _memory_mb(self, cheap_mb: float) -> float:
        """Memory with scratch disks; the exact share of the tree only where the cheap sum is beyond the limit."""
        disks = sum(watch.mounted_mb(folder)[0] for folder in self._folders) if self._mounted else 0.0
        if cheap_mb + disks <= self._limits.memory_mb:
            return cheap_mb + disks
        exact = self._tree.exact_mb()
        return disks + (cheap_mb if exact is None else min(cheap_mb, exact))

    def _overfull(self) -> tuple[Status, str] | None:
        """Whether folders that no disk limits are too full; looked at less often, as it takes a walk."""
        if self._mounted or self._looks % _FOLDER_EVERY != 1:
            return None
        sizes = [watch.folder_mb(folder) for folder in self._folders]
        if any(size > most for size, most in zip(sizes, (self._limits.disk_mb, self._limits.tmp_mb), strict=False)):
            return "disk", f"filled its folders with {sum(sizes):.0f} MiB"
        return None

    def _overtime(self, seen: Seen) -> tuple[Status, str] | None:
        if seen.cpu_s > self._limits.cpu_s:
            return "cpu", f"used {seen.cpu_s:.1f} s of {self._limits.cpu_s:g}"
        return None
