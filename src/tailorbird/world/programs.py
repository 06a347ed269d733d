"""The world of programs: each is admitted, run in the sandbox, and measured from outside.

Covers: calling a program's entry with its input path, or running it as a command, alone or with a peer on a network
that only these two have; results and records as plain data of bounded size. Does not cover: verdicts; those are made
from the outcome, elsewhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate
from operator import mul
from typing import Any

from tailorbird.core.attempt import Action, Outcome, OutcomeStatus, Setup
from tailorbird.core.errors import WorldError
from tailorbird.core.program import Program
from tailorbird.core.thing import State
from tailorbird.world import peers
from tailorbird.world.sandbox.admit import admit
from tailorbird.world.sandbox.box import Box
from tailorbird.world.sandbox.errors import SandboxError
from tailorbird.world.sandbox.job import Invoke, Job, Limits, Opaque, Report

STOPPED = frozenset({"memory", "processes", "disk", "output", "cpu", "wall", "infra", "skipped_policy"})
"""Statuses that mean a limit or the host, not the program's own error."""

MOST_VALUES = 1_000_000
"""Values in a result, those of arrays included: an array of no bytes can have the shape of a million empty lists."""


class Programs:
    """Carries out programs, and nothing else."""

    def __init__(
        self, box: Box, allowed: frozenset[str] | None = None, *, admitted: bool = True, note: str = ""
    ) -> None:
        """Args:
        box: the sandbox.
        allowed: modules a program may import; all when absent.
        admitted: whether a program's text is looked at before it runs. That look is no boundary; without it, forged
            programs try the sandbox itself.
        note: a word that belongs into the profile beside the guarantees.
        """
        self._box = box
        self._allowed = allowed
        self._admitted = admitted
        self._note = note
        self._setup = Setup()

    @property
    def profile(self) -> str:
        """Backend and guarantees, for reports."""
        try:
            held = [*self._box.guarantees, *([self._note] if self._note else [])]
            return f"sandbox:{self._box.name} {','.join(held)}"
        except SandboxError as error:
            raise WorldError(str(error), error.hint) from None

    def close(self) -> None:
        """End the sandbox's warm servers."""
        self._box.close()

    def reset(self, setup: Setup) -> None:
        """Inputs and limits of the next program."""
        self._setup = setup

    def state(self) -> State:
        """Programs have no state of the world."""
        return State()

    def execute(self, action: Action) -> Outcome:
        """Run a program on the inputs of the last `reset`.

        Raises:
            WorldError: if the action is not a Python program, the inputs cannot be decoded, or no peer has that name.
        """
        if not isinstance(action, Program) or action.language != "python":
            raise WorldError(f"expected a Python program, got {action.kind}", "use a home for calls")
        allowed = None if self._allowed is None else self._allowed | set(self._setup.modules)
        defects = admit(action.source, allowed) if self._admitted else ()
        if defects:
            worst = defects[0]
            error = {"syntax": "syntax", "import": "import", "empty": "no_program"}.get(worst.kind, "refused")
            return Outcome(
                "refused" if error == "refused" else "failed", why=worst.message, error=error, line=worst.line,
                world=self.profile,
            )  # fmt: skip
        try:
            job = self._job(action)
            return self._met(job) if self._setup.peer else self._outcome(self._box.run(job))
        except SandboxError as error:
            raise WorldError(str(error), error.hint) from None

    def _met(self, job: Job) -> Outcome:
        """Run a job beside the peer of the setup; a peer that is gone at the end was broken by the program."""
        name = self._setup.peer
        try:
            lacking = peers.lacking(name)
        except KeyError:
            raise WorldError(f"there is no peer {name!r}", f"known: {', '.join(peers.NAMES)}") from None
        if lacking:
            return Outcome(
                "stopped", why=f"the peer {name} needs {lacking}", error="skipped_policy", world=self.profile
            )
        report, record = self._box.meet(job, peers.companion(name, self._setup.script))
        outcome = self._outcome(report)
        if outcome.error in ("infra", "skipped_policy"):
            return outcome
        observed, problem = plain(record)
        if problem or not isinstance(observed, dict):
            return replace(outcome, status="failed", result=None, why=problem or "the peer has gone", error="peer_lost")
        return replace(outcome, observed=observed)

    def _job(self, program: Program) -> Job:
        setup = self._setup
        try:
            files = {name: base64.b64decode(text, validate=True) for name, text in setup.inputs.items()}
        except binascii.Error as error:
            raise WorldError(f"expected base64 as content of an input file: {error}") from None
        caps = setup.limits
        limits = Limits(
            cpu_s=caps.cpu_s, wall_s=caps.wall_s, memory_mb=caps.memory_mb, output_bytes=caps.output_bytes
        )  # fmt: skip
        if setup.argv:
            return Job(program.source, files, "script", argv=setup.argv, limits=limits, network=caps.network)
        path = f"in/{setup.path}" if setup.path else "in"
        calls = (Invoke((path,), seed=setup.seed & 0xFFFFFFFF),)
        return Job(program.source, files, "call", program.entry, calls, limits=limits, network=caps.network)

    def _outcome(self, report: Report) -> Outcome:
        fault, status, why = report.fault, report.status, report.why
        error: str = "" if status == "done" else status
        result: Any = None
        if status == "exception" and fault:
            error, why = f"exception.{error_family(fault.type)}", _shown(f"{fault.type}: {fault.message}")
        elif status == "done" and report.values:
            result, problem = plain(report.values[0])
            if problem:
                error, why = "wrong_type", problem
        elif status == "exit" and fault is None:
            why = why or _shown(report.stderr.decode("utf-8", "replace").strip().split("\n")[-1])
        kind: OutcomeStatus = "done" if not error else ("stopped" if status in STOPPED else "failed")
        return Outcome(
            kind, result, report.stdout.decode("utf-8", "replace"), why, error,
            fault.line if fault else None, fault.traceback if fault else report.stderr.decode("utf-8", "replace")[-4000:],
            files={name: base64.b64encode(data).decode() for name, data in report.files.items()},
            seconds=report.wall_s, cpu_s=report.cpu_s, memory_mb=report.rss_peak_mb, world=self.profile,
        )  # fmt: skip


def error_family(name: str) -> str:
    """The class of an exception: name, attribute, type, value or other."""
    table = {
        "NameError": "name", "UnboundLocalError": "name", "AttributeError": "attribute", "TypeError": "type",
        "ValueError": "value", "KeyError": "key", "IndexError": "index",
    }  # fmt: skip
    return table.get(name, "other")


def _shown(text: str) -> str:
    """A program's words for people: no control characters, which could rewrite a terminal's earlier lines."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def plain(value: Any) -> tuple[Any, str]:
    """A decoded value as JSON data, and why it cannot be; arrays of numbers become lists."""
    try:
        return _Plain().of(value), ""
    except _NotPlain as fault:
        return None, str(fault)


class _NotPlain(ValueError):
    """A value that JSON does not have, or too many of them."""


class _Plain:
    """Turns one result into JSON data; the size is counted before anything is built."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def _count(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise _NotPlain(f"expected at most {MOST_VALUES} values")

    def of(self, value: Any) -> Any:
        """The JSON data of a value.

        Raises:
            _NotPlain: if it has none.
        """
        self._count(1)
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, Mapping):
            made = {str(key): self.of(item) for key, item in value.items()}
            if len(made) != len(value):
                raise _NotPlain("expected different texts as keys")
            return made
        if isinstance(value, (list, tuple)):
            return [self.of(item) for item in value]
        if hasattr(value, "tolist"):
            return self._array(value)
        raise _NotPlain(
            f"expected JSON types, got a {value.type if isinstance(value, Opaque) else type(value).__name__}"
        )

    def _array(self, value: Any) -> Any:
        if value.dtype.kind not in "biuf":
            raise _NotPlain(f"expected JSON types, got an array of {value.dtype}")
        # One list per row, also where rows are empty.
        self._count(sum(accumulate(value.shape, mul)))
        return value.tolist()
