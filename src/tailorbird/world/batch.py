"""One program on several inputs in one run: how a corpus is verified.

The isolation and the limits are those of single runs; the inputs share one process, so that imports and start are paid
once. For programs of the project's own making; answers of models are run one input at a time (`programs.py`).
Covers: calls with an input path, results as plain data. Does not cover: verdicts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tailorbird.core.attempt import Outcome
from tailorbird.core.errors import WorldError
from tailorbird.world.programs import STOPPED, error_family, plain
from tailorbird.world.sandbox.box import Box
from tailorbird.world.sandbox.errors import SandboxError
from tailorbird.world.sandbox.job import Invoke, Job, Limits, Report


@dataclass(frozen=True)
class Input:
    """One input of a program."""

    files: Mapping[str, bytes]
    path: str
    """The file it gets as its input path."""


class Batch:
    """Runs programs on several inputs each."""

    def __init__(self, box: Box, limits: Limits | None = None) -> None:
        self._box = box
        self._limits = limits or Limits(cpu_s=20.0, memory_mb=1024)

    def close(self) -> None:
        """End the sandbox's warm servers."""
        self._box.close()

    def run(self, source: str, inputs: Sequence[Input], entry: str = "solve") -> list[Outcome]:
        """What a program makes of each input; the first that fails is the last.

        A stop for time or by the host is tried once more, because a busy host can cause it.

        Raises:
            WorldError: if the sandbox cannot run at all.
        """
        files = {f"{at}/{name}": data for at, item in enumerate(inputs) for name, data in item.files.items()}
        seed = int.from_bytes(hashlib.sha256(source.encode()).digest()[:4], "big")
        calls = tuple(Invoke((f"in/{at}/{item.path}",), seed=seed) for at, item in enumerate(inputs))
        job = Job(source, files, "call", entry, calls, limits=self._limits)
        try:
            report = self._box.run(job)
            if report.status in ("cpu", "wall", "infra"):
                report = self._box.run(job)
        except SandboxError as error:
            raise WorldError(str(error), error.hint) from None
        return _outcomes(report)


def _outcomes(report: Report) -> list[Outcome]:
    """One outcome per answered call, and the failure that ended the job, if one did."""
    found = []
    for value in report.values:
        result, problem = plain(value)
        found.append(Outcome("failed" if problem else "done", result, why=problem, error="wrong_type" if problem else "",
                             cpu_s=report.cpu_s, memory_mb=report.rss_peak_mb))  # fmt: skip
    if report.status != "done":
        fault = report.fault
        error = (
            f"exception.{error_family(fault.type)}" if report.status == "exception" and fault else str(report.status)
        )
        why = f"{fault.type}: {fault.message}" if fault else report.why
        found.append(
            Outcome("stopped" if report.status in STOPPED else "failed", why=why, error=error,
                    line=fault.line if fault else None, trace=fault.traceback if fault else "")
        )  # fmt: skip
    return found
