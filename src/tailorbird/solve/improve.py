"""Another version while the score rises; the best so far is never lost.

The score comes from a judge outside the program and outside the sandbox. Every round starts from the best version, not
from the latest; two rounds without gain end it. Source of the traps avoided: AutoIOT (arXiv 2503.05346), whose rounds
started from the latest version and graded themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tailorbird.core import forms, wording
from tailorbird.core.attempt import Outcome
from tailorbird.core.program import Plan
from tailorbird.core.task import Score
from tailorbird.solve.desk import Desk
from tailorbird.solve.draft import Draft, trouble
from tailorbird.solve.repair import Bench, rejoin
from tailorbird.solve.write import write_one

Judge = Callable[[Outcome], Score]
"""From what a program did to a verdict: in the trusted process."""

PATIENCE = 2
"""Rounds without gain before it ends."""


@dataclass(frozen=True)
class Version:
    """A draft that ran, and how it did."""

    draft: Draft
    outcome: Outcome
    score: float
    number: int

    @property
    def order(self) -> tuple[bool, float, float, float, int]:
        """Hard constraints met, score, less memory, less time, earlier: larger is better."""
        met = trouble(self.draft, self.outcome) is None
        return (met, self.score, -self.outcome.memory_mb, -self.outcome.cpu_s, -self.number)


def improve(first: Version, rounds: int, judge: Judge, bench: Bench) -> tuple[Version, tuple[Version, ...]]:
    """Try another method for each function from the last to the first, then another plan; keep the best version.

    Args:
        first: the version that runs.
        rounds: most rounds.
        judge: scores an outcome.
        bench: what making and running a version needs.

    Returns:
        The best version, and all that ran, in order.
    """
    best, versions, idle = first, [first], 0
    steps = len(first.draft.specs)
    for number in range(1, rounds + 1):
        if best.score >= 1.0 or idle >= PATIENCE:
            break
        bench.desk.say(f"improve {number}/{rounds}: best score {best.score:.3f}")
        draft = _other(best.draft, steps + 1 - number, number, bench) if number <= steps else _replanned(best, bench)
        if draft is None:
            idle += 1
            bench.desk.rounds.append(f"improve {number}: no other version could be written")
            continue
        outcome = bench.run(draft.program)
        score = judge(outcome).value if trouble(draft, outcome) is None else 0.0
        version = Version(draft, outcome, score, number)
        versions.append(version)
        gained = version.order > best.order and score > best.score
        bench.desk.rounds.append(
            f"improve {number}: score {score:.3f}, best {best.score:.3f}; {'kept' if gained else 'dropped'}"
        )
        best, idle = (version, 0) if gained else (best, idle + 1)
    return best, tuple(versions)


def _other(draft: Draft, step: int, number: int, bench: Bench) -> Draft | None:
    """The best draft with one function written by another method."""
    desk = Desk(replace(bench.desk.sampling, temperature=0.8, seed=bench.desk.sampling.seed + number))
    code = write_one(draft.requirement, draft.specs[step - 1], bench.roles.code, desk, bench.allowed)
    bench.desk.turns.extend(desk.turns)
    if code is None or code == draft.functions[step - 1]:
        return None
    return rejoin(draft, step, code)


def _replanned(best: Version, bench: Bench) -> Draft | None:
    """The best draft built anew from a revised plan, once each of its functions has been tried another way."""
    requirement, plan = best.draft.requirement, best.draft.plan
    standing = f"score {best.score:.3f} of 1"
    new = bench.desk.ask(
        "plan",
        bench.roles.plan,
        lambda faults: wording.improve(requirement, plan, standing, faults),
        Plan.parse,
        forms.plan(),
    )
    return bench.build(new) if new is not None and new != plan else None
