"""The proof that a program cannot forge a verdict: each forgery is tried like a candidate, and nothing comes of it.

A forgery holds off if none of its trial sets passes, the salt does not come out, its failure is not taken for the
host's, the bare judge and the log take its answer within seconds and without growing, and afterwards the family's
reference answers exactly as before in surroundings that have not changed. Nothing is tried twice here, so that a
retry cannot hide what happened.

Covers: programs of families in any world of programs. Does not cover: devices (`tests/world`), attacks on the host
(`tailorbird doctor`).
"""

from __future__ import annotations

import resource
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tailorbird.bench.forged_answers import ANSWERS
from tailorbird.bench.forged_processes import PROCESSES
from tailorbird.bench.forged_traces import TRACES, WITNESS
from tailorbird.bench.forgery import CANARY, Forgery, imports, program
from tailorbird.bench.forgery_report import NOT_ADMITTED, Report, Tried, markdown
from tailorbird.bench.honest_twins import TWINS
from tailorbird.bench.packing import compact, pack
from tailorbird.bench.prove import Join, assemble
from tailorbird.bench.scorers import UNSCORED
from tailorbird.bench.suite import PLAN, PUBLIC, trials
from tailorbird.bench.trial import setup_of
from tailorbird.core.attempt import Limits, Outcome
from tailorbird.core.domain import Family, Instance
from tailorbird.core.errors import WorldError
from tailorbird.core.program import Program
from tailorbird.core.protocols import Environment
from tailorbird.core.record import adapter
from tailorbird.core.source import functions_of

__all__ = ["FORGERIES", "TWINS", "Effort", "Report", "Tried", "markdown", "run_all", "try_forgeries"]

FORGERIES: tuple[Forgery, ...] = tuple(
    sorted(
        (*ANSWERS, *PROCESSES, *TRACES),
        key=lambda one: (one.id[0] == "O", int(one.id[1:].rstrip("abcdefghij")), one.id),
    )
)
"""Every forgery, in the order of the table."""

SLOW_S = 10.0
"""Seconds the judge may take for one answer: reading it as data, measuring it, writing it down."""

GROWTH_MB = 600
"""MiB the judge may grow beyond its highest use so far for one answer; sixteen megabytes of JSON need a part of it."""


@dataclass(frozen=True)
class Effort:
    """How much is tried."""

    trials: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Which of a family's five hidden trials make its set."""
    limits: Limits = Limits(cpu_s=3.0, wall_s=9.0, memory_mb=512)
    """What each program may use; small, as some use all of it."""
    forgeries: tuple[Forgery, ...] = FORGERIES
    twins: tuple[Forgery, ...] = TWINS


def run_all(
    families: Iterable[Family],
    solutions: Mapping[str, str],
    join: Join,
    world: Environment,
    on_step: Callable[[str], None] | None = None,
    effort: Effort | None = None,
) -> Report:
    """Try every forgery on some families; those that run into a limit on the first alone.

    Args:
        families: whose verdicts are wanted.
        solutions: texts of solutions files by name.
        join: makes a program of functions.
        world: runs programs; with its look at their text or, to try the isolation itself, without.
        on_step: hears one line per family.
        effort: how much is tried.

    Raises:
        WorldError: if the world cannot run an honest program to begin with.
    """
    effort, started = effort or Effort(), time.perf_counter()
    tried: list[Tried] = []
    names: list[str] = []
    profile = ""
    for family in families:
        bench = _Bench(family, solutions, join, world, effort)
        profile = bench.profile
        found = bench.all(once=not names)
        names.append(family.id)
        tried += found
        if on_step:
            on_step(f"{family.id}: {sum(one.held for one in found)} of {len(found)} as they must be")
    return Report(profile, tuple(names), tuple(tried), time.perf_counter() - started)


def try_forgeries(
    family: Family, solutions: Mapping[str, str], join: Join, world: Environment, effort: Effort | None = None
) -> tuple[Tried, ...]:
    """Try every forgery and every honest twin on one family; see `run_all`.

    Raises:
        WorldError: if the world cannot run the family's reference to begin with.
    """
    return tuple(_Bench(family, solutions, join, world, effort or Effort()).all(once=True))


class _Bench:
    """One family's trials, drawn with a fresh secret salt, and what an honest program makes of them."""

    def __init__(
        self, family: Family, solutions: Mapping[str, str], join: Join, world: Environment, effort: Effort
    ) -> None:
        self._family, self._world, self._effort = family, world, effort
        self._salt = CANARY + secrets.token_hex(16)
        drawn = trials(family, self._salt)
        self._trials = [(drawn[at].seed, family.generate(drawn[at].seed, PLAN[at])) for at in effort.trials]
        self._reference = assemble(family, functions_of(family, solutions), join)
        self._witness = Program(f"{imports(self._reference)}\n{WITNESS}")
        public = family.generate(family.seed(PUBLIC, 0), "easy")
        self._public = next(iter(public.visible.values())) if not public.path else public.visible[public.path]
        self._answers = [self._first(at) for at in range(len(self._trials))]
        before = self._run(self._witness, 0)
        self._account = before.result if before.status == "done" else None
        self.profile = before.world

    def _first(self, at: int) -> str:
        outcome = self._run(self._reference, at)
        score = self._family.judge(self._trials[at][1].truth, outcome.result, outcome.observed)
        if outcome.status != "done" or not score.passed:
            raise WorldError(f"{self._family.id}: the reference fails: {outcome.why or score.why}", "tailorbird doctor")
        return compact(pack(outcome.result))

    def all(self, once: bool) -> list[Tried]:
        """Every forgery and twin; `once` says whether those that run into a limit are among them."""
        wanted = [one for one in (*self._effort.forgeries, *self._effort.twins) if once or not one.once]
        return [self._try(one) for one in wanted]

    def _run(self, tried: Program, at: int) -> Outcome:
        """One execution, as a candidate's, but never repeated."""
        seed, instance = self._trials[at]
        try:
            self._world.reset(setup_of(self._family, instance, seed, self._effort.limits))
            return self._world.execute(tried)
        except WorldError as error:
            return Outcome("stopped", why=error.message, error="infra")

    def _try(self, forgery: Forgery) -> Tried:
        made = program(forgery, self._family, self._reference, self._public, self._effort.limits)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        errors: Counter[str] = Counter()
        faults: list[str] = []
        count = passed = 0
        longest = 0.0
        for at, (_, instance) in enumerate(self._trials):
            started = time.perf_counter()
            error, why, stopped = self._trial(made, at, instance, faults)
            longest = max(longest, time.perf_counter() - started)
            count, passed = count + 1, passed + (not error)
            errors[error] += bool(error)
            if forgery.honest and error and error not in NOT_ADMITTED:
                faults.append(f"failed as {error}: {why[:200]}")
            if stopped or faults:
                break
        self._after(count - 1, faults)
        grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        faults += self._beyond(forgery, passed == count, longest, grew)
        kinds = {name: number for name, number in errors.items() if number}
        return Tried(
            forgery.id, forgery.title, self._family.id, forgery.worked, forgery.honest, count, passed, kinds, tuple(faults),
            longest, grew,
        )  # fmt: skip

    def _trial(self, made: Program, at: int, instance: Instance, faults: list[str]) -> tuple[str, str, bool]:
        """Error class of a trial, empty for a pass; the reason; whether a limit was hit. Adds what went wrong here."""
        try:
            outcome = self._run(made, at)
            # As a log would: a fault that cannot be written ends a run.
            data = adapter(Outcome).dump_python(outcome, mode="json")
            text = _written(data)
        except Exception as error:  # noqa: BLE001 - hostile data ends here, and a raise is what is looked for
            faults.append(f"the judge's side raised {type(error).__name__}: {str(error)[:100]}")
            return "raised", "", False
        if self._salt in text:
            faults.append("the salt came out")
        if outcome.error in UNSCORED:
            faults.append(f"it was not scored: {outcome.error}: {outcome.why[:100]}")
        if outcome.status != "done":
            return outcome.error or outcome.status, outcome.why, outcome.status == "stopped"
        try:
            score = self._family.judge(instance.truth, outcome.result, outcome.observed)
        except Exception as error:  # noqa: BLE001 - hostile data ends here, and a raise is what is looked for
            faults.append(f"the judge raised {type(error).__name__}: {str(error)[:100]}")
            return "raised", "", False
        if len(score.why) > 10_000:
            faults.append(f"the judge's reason has {len(score.why)} characters")
        return "" if score.passed else score.error, score.why, False

    def _after(self, at: int, faults: list[str]) -> None:
        """The next honest program answers as before, in the same surroundings."""
        outcome = self._run(self._reference, at)
        if outcome.status != "done" or compact(pack(outcome.result)) != self._answers[at]:
            faults.append(f"the next honest program: {outcome.error or 'another answer'} {outcome.why[:100]}".rstrip())
        if self._account is not None:
            found = self._run(self._witness, at)
            now = found.result if found.status == "done" else {}
            changed = [name for name, value in self._account.items() if name != "draw" and now.get(name) != value]
            if changed:
                what = f"{', '.join(changed)} {found.why[:100]}".rstrip()
                faults.append(f"the next program's surroundings changed: {what}")

    def _beyond(self, forgery: Forgery, whole: bool, longest: float, grew: float) -> list[str]:
        """Faults of the whole set."""
        allowed = SLOW_S + (self._effort.limits.wall_s if forgery.once else 0.0)
        return [
            *(["passed"] if whole and not forgery.honest else []),
            *([f"took {longest:.1f} s"] if longest > allowed else []),
            *([f"the judge grew by {grew:.0f} MiB"] if grew > GROWTH_MB else []),
        ]


def _written(data: Any) -> str:
    """A log line of an outcome, its result stored and hashed as UTF-8."""
    text = compact(pack({**data, "result": None})) + compact(pack(data["result"]))
    return text.encode().decode()
