"""From a requirement to a plan, and from a plan to checked specifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tailorbird.core import forms, wording
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Requirement, Slot, Spec, slug
from tailorbird.core.protocols import Engine
from tailorbird.solve.dataflow import check
from tailorbird.solve.desk import Desk

SPEC_ROUNDS = 2
"""How often defects of the dataflow go back to the specifications before the plan is made anew."""


def decompose(
    requirement: Requirement, passages: Sequence[str], planner: Engine, desk: Desk, hints: Sequence[str] = ()
) -> Plan | None:
    """A plan, or `None` when none could be read from the answers."""
    return desk.ask(
        "plan",
        planner,
        lambda faults: wording.decompose(requirement, passages, (*hints, *faults)),
        Plan.parse,
        forms.plan(),
        tries=3,
    )


def specify(
    requirement: Requirement, plan: Plan, engine: Engine, desk: Desk
) -> tuple[tuple[Spec, ...], tuple[str, ...]]:
    """Specifications of all steps, and the defects that are left after the rounds for mending them."""
    specs: list[Spec | None] = [None] * len(plan.steps)
    faults: dict[int, tuple[str, ...]] = dict.fromkeys(range(1, len(plan.steps) + 1), ())
    left: tuple[str, ...] = ()
    for _ in range(SPEC_ROUNDS + 1):
        for number in sorted(faults):
            specs[number - 1] = specify_one(requirement, plan, number, specs, faults[number], engine, desk)
        if any(spec is None for spec in specs):
            missing = [k for k, spec in enumerate(specs, start=1) if spec is None]
            return (), (f"no specification could be read for sub-task {', '.join(map(str, missing))}",)
        whole = tuple(spec for spec in specs if spec is not None)
        defects = check(requirement, plan, whole)
        left = tuple(defect.text for defect in defects)
        if not defects:
            return whole, ()
        desk.rounds.append(f"dataflow: {left[0]}" + (f" (and {len(left) - 1} more)" if len(left) > 1 else ""))
        faults = {}
        for defect in defects:
            number = defect.step or len(plan.steps)
            faults[number] = (*faults.get(number, ()), defect.text)
    return (), left


def specify_one(
    requirement: Requirement,
    plan: Plan,
    number: int,
    specs: Sequence[Spec | None],
    faults: Sequence[str],
    engine: Engine,
    desk: Desk,
) -> Spec | None:
    """The specification of one step; its name is that of the step, its inputs are in scope."""
    scope = scope_before(requirement, specs, number)
    wanted = slug(plan.steps[number - 1].title)

    def read(text: str) -> Spec:
        spec = Spec.parse(text)
        if spec.name != wanted:
            raise ParseError(f"expected the function name {wanted}, got {spec.name}")
        return spec

    return desk.ask(
        "spec",
        engine,
        lambda more: wording.specify(requirement, plan, number, scope, (*faults, *more)),
        read,
        forms.spec(wanted, scope),
    )


def scope_before(requirement: Requirement, specs: Sequence[Spec | None], number: int) -> tuple[Slot, ...]:
    """Names a step may take: the person's inputs, then outputs of earlier steps with their origin."""
    scope = list(requirement.inputs)
    for at, spec in enumerate(specs[: number - 1], start=1):
        if spec is not None:
            scope.extend(replace(slot, origin=f"task{at}") for slot in spec.outputs)
    return tuple(scope)
