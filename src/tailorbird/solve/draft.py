"""A program on its way: requirement, plan, specifications, functions, and what running it showed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tailorbird.core.attempt import Outcome
from tailorbird.core.kinds import conforms
from tailorbird.core.program import Plan, Program, Requirement, Spec
from tailorbird.solve.intake import limits
from tailorbird.solve.join import step_at


@dataclass(frozen=True)
class Draft:
    """One version of a program with everything it was made from."""

    requirement: Requirement
    plan: Plan
    specs: tuple[Spec, ...]
    functions: tuple[str, ...]
    program: Program


@dataclass(frozen=True)
class Trouble:
    """Why a run does not meet the requirement."""

    kind: str
    """Error class, `schema`, `non_finite` or `budget`."""
    report: str
    """For the repair prompt: what happened, at most 40 lines."""
    step: int | None = None
    """Number of the faulty step, from 1, where it is known."""
    signature: str = field(default="")
    """Kind, function and message with digits masked: the same twice means that repair does not help."""


def trouble(draft: Draft, outcome: Outcome) -> Trouble | None:
    """What is wrong with a run; `None` when it meets form and budget."""
    if outcome.status != "done":
        step = step_at(draft.program.source, outcome.line) if outcome.line else None
        report = "\n".join([f"{outcome.error}: {outcome.why}", *outcome.trace.split("\n")[-38:]]).strip()
        return _trouble(draft, outcome.error or outcome.status, report, step, outcome.why)
    if not isinstance(outcome.result, dict):
        return _trouble(draft, "schema", f"the result is {type(outcome.result).__name__}, expected an object", None, "")
    for slot in draft.requirement.outputs:
        fault = "is missing" if slot.name not in outcome.result else conforms(outcome.result[slot.name], slot.type)
        if fault:
            kind = "non_finite" if "finite" in fault else "schema"
            return _trouble(draft, kind, f"output `{slot.name}`: {fault}", producer(draft, slot.name), fault)
    for name, limit in limits(draft.requirement).items():
        measured = meter(outcome, name, draft)
        if measured is not None and measured > limit:
            text = f"budget: {name} <= {limit:g} was asked for, {measured:.3g} was measured"
            return _trouble(draft, "budget", text, None, name)
    return None


def meter(outcome: Outcome, name: str, draft: Draft) -> float | None:
    """What a run used, in the unit of the budget's name; `None` for what one run does not show."""
    return {
        "rss_mb": outcome.memory_mb,
        "wall_s": outcome.seconds,
        "cpu_s": outcome.cpu_s,
        "latency_ms": 1000.0 * outcome.seconds,
        "program_kb": len(draft.program.source.encode()) / 1024,
    }.get(name)


def producer(draft: Draft, name: str) -> int | None:
    """Number of the last step that gives a value of that name."""
    steps = [k for k, spec in enumerate(draft.specs, start=1) if any(slot.name == name for slot in spec.outputs)]
    return steps[-1] if steps else None


def _trouble(draft: Draft, kind: str, report: str, step: int | None, message: str) -> Trouble:
    name = draft.specs[step - 1].name if step else ""
    masked = "".join("#" if letter.isdigit() else letter for letter in message)[:200]
    return Trouble(kind, report, step, f"{kind}|{name}|{masked}")
