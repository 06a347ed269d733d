"""Errors of the sandbox: what a caller can act on.

    SandboxError            no backend can run, or a server did not start; carries a hint
    └── SessionOver         a session was called after its program had ended; carries the report

A program's own failures are never errors here: they are reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .job import Report


class SandboxError(Exception):
    """The sandbox cannot do what was asked.

    Args:
        message: what was expected and what came.
        hint: what to do next, one sentence, may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        """What to do next, one sentence, may be empty."""


class SessionOver(SandboxError):
    """A session's program has ended, so no further call can be answered.

    Args:
        report: how the program ended.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(f"the session has ended: {report.status} {report.why}".rstrip())
        self.report = report
        """How the program ended."""
