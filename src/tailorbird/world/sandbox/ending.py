"""How a job ended: the judge's own observations first, the program's claims after them.

Covers: the order of the classes where several fit. Does not cover: right and wrong answers, which are judged elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .decode import DecodeError, clean
from .job import Fault, Job, Status

_LONGEST = 8192


@dataclass
class Said:
    """What the program claims; hints, never evidence."""

    phase: str = ""
    fault: Fault | None = None
    bases: tuple[str, ...] = ()
    no_entry: bool = False
    loaded: bool = False
    values: list[object] = field(default_factory=list)
    asked: int | None = None
    """Number of the call that waits for its value."""

    def take_fault(self, head: dict[str, Any]) -> None:
        """Note a fault that the program reports.

        Raises:
            DecodeError: if the report is malformed.
        """
        line, bases = head.get("line"), head.get("bases")
        texts = [head.get(key) for key in ("type", "message", "traceback", "phase")]
        good = all(isinstance(text, str) and len(text) <= _LONGEST and clean(text) for text in texts)
        if not good or not isinstance(bases, list):
            raise DecodeError("a fault is malformed")
        kind, message, trace, phase = (str(text) for text in texts)
        self.fault = Fault(kind, message, line if type(line) is int else None, trace)
        self.phase = phase
        self.bases = tuple(base for base in bases[:20] if isinstance(base, str))


@dataclass
class Seen:
    """What the judge itself observed."""

    reason: Status | None = None
    """Why the job was killed, None if it ended by itself."""
    why: str = ""
    ready: bool = False
    """Whether its walls stood."""
    code: int | None = None
    ended: bool = False
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    tasks: int = 1
    disk_full: bool = False


def judge(seen: Seen, said: Said, job: Job) -> tuple[Status, str]:
    """The class of a job's end, and one sentence.

    Args:
        seen: what the judge observed.
        said: what the program claims.
        job: what ran.

    Returns:
        The first class that fits, in the order in which `Status` lists them.
    """
    if seen.reason is not None:
        return seen.reason, seen.why
    if not seen.ready:
        return "infra", f"the job ended with {seen.code} before its walls stood"
    return _of_text(said, job) or _of_limits(seen, said, job) or _of_exit(seen, said, job)


def _of_text(said: Said, job: Job) -> tuple[Status, str] | None:
    """Programs that could not be loaded."""
    if said.phase == "syntax":
        return "syntax", _words(said.fault)
    if "ImportError" in said.bases:
        return "import", _words(said.fault)
    if said.no_entry:
        return "no_entry", f"the program has no function or class {job.entry!r}"
    return None


def _of_limits(seen: Seen, said: Said, job: Job) -> tuple[Status, str] | None:
    """Limits that were passed although nothing had to be killed."""
    limits = job.limits
    if "MemoryError" in said.bases or seen.memory_mb > limits.memory_mb:
        return "memory", _words(said.fault) or f"used {seen.memory_mb:.0f} MiB of {limits.memory_mb}"
    if seen.tasks > limits.processes:
        return "processes", f"had {seen.tasks} tasks of {limits.processes}"
    if seen.disk_full and (said.fault is not None or seen.code != 0):
        return "disk", "filled its scratch disk"
    if seen.cpu_s > limits.cpu_s:
        return "cpu", f"used {seen.cpu_s:.1f} s of {limits.cpu_s:g}"
    return None


def _of_exit(seen: Seen, said: Said, job: Job) -> tuple[Status, str]:
    if seen.code is not None and seen.code < 0:
        return "signal", f"ended by signal {-seen.code}"
    if said.fault is not None:
        return "exception", _words(said.fault)
    answered = job.mode == "script" or (said.loaded and said.asked is None)
    if seen.code != 0 or not answered:
        return "exit", f"left with exit code {seen.code}"
    return "done", ""


def _words(fault: Fault | None) -> str:
    return "" if fault is None else f"{fault.type}: {fault.message}"[:300]
