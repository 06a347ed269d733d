"""Where each value of a program comes from: one origin per input, types, lengths and units agree.

Kinds of defect: `form` (specifications do not match the plan), `name` (illegal or twice), `type`, `unit` (not in the
grammar, not in the table), `origin` (nobody makes it, or too late), `fit` (two ends at odds), `result` (an output of
the requirement that nobody makes), `unused` (a step, or the input, that no result depends on).

A dataflow has no cycle by construction: an origin is `user` or an earlier step. When several steps make an output of
the same name, an input says which one it takes, and the result is the latest.
Covers: what specifications declare. Does not cover: what functions do (`gate.py`, the sandbox).
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tailorbird.core.errors import ParseError
from tailorbird.core.fits import Dims, fits
from tailorbird.core.kinds import Kind, parse_kind
from tailorbird.core.program import USER, Plan, Requirement, Slot, Spec, slug
from tailorbird.core.record import record
from tailorbird.core.units import unit
from tailorbird.solve.defect import Defect

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_TASK = re.compile(r"task([1-9][0-9]?)")
_BUILTINS = frozenset(dir(builtins))
_HARMLESS = ("unused", "name", "unit")
"""Defects that leave the origin of every value clear."""


@record
class Edge:
    """A value that passes from where it is made to where it is used."""

    source: int
    """Number of the step that makes it, from 1; 0 for the person."""
    name: str
    """Name it has there."""
    step: int
    """Number of the step that uses it; 0 for the result."""
    slot: str
    """Name it has there."""
    conversion: str = ""
    """Python expression with `{value}` for what comes; empty when nothing is converted."""
    why: str = ""
    """What is converted, in a few words for the manual."""


def check(requirement: Requirement, plan: Plan, specs: Sequence[Spec]) -> tuple[Defect, ...]:
    """Everything that is wrong with specifications, in the order of the steps; empty when a program can be made."""
    found, wrong = _trace(requirement, plan, specs)
    if any(defect.kind not in _HARMLESS for defect in wrong):
        return tuple(wrong)
    return (*wrong, *_unused(requirement, plan, specs, found))


def edges(requirement: Requirement, plan: Plan, specs: Sequence[Spec]) -> tuple[Edge, ...]:
    """Every passage of a value, by the step that uses it; those of the result last, in the order of the requirement.

    Raises:
        ParseError: with the first defect that leaves an origin unclear.
    """
    found, wrong = _trace(requirement, plan, specs)
    for defect in wrong:
        if defect.kind not in _HARMLESS:
            raise ParseError(defect.text)
    return tuple(found)


def input_path(requirement: Requirement) -> Slot:
    """The input that is the file or folder after `-i`: `path`, else the first of type path, else an implied one."""
    paths = [slot for slot in requirement.inputs if slot.type == "path"]
    named = [slot for slot in paths if slot.name == "path"]
    return (named or paths or [Slot("path", "path", "1", "input file")])[0]


class _Flow:
    """Specifications under examination, with the lengths known so far."""

    def __init__(self, requirement: Requirement, plan: Plan, specs: Sequence[Spec]) -> None:
        self.requirement = requirement
        self.plan = plan
        self.specs = specs
        self.dims = Dims()
        given = {slot.name for slot in (*requirement.inputs, *requirement.outputs)}
        self.refused = _BUILTINS - given

    def title(self, number: int) -> str:
        return f"Sub-task {number} ({self.plan.steps[number - 1].title})"


def _trace(requirement: Requirement, plan: Plan, specs: Sequence[Spec]) -> tuple[list[Edge], list[Defect]]:
    if not plan.steps or [slug(step.title) for step in plan.steps] != [spec.name for spec in specs]:
        wanted, came = [slug(step.title) for step in plan.steps], [spec.name for spec in specs]
        return [], [Defect("form", f"Expected one specification for each of {wanted}, got {came}.")]
    flow = _Flow(requirement, plan, specs)
    found: list[Edge] = []
    wrong: list[Defect] = []
    for number, spec in enumerate(specs, start=1):
        wrong += _slots(flow, number, spec)
        for slot in spec.inputs:
            _sort(_input(flow, number, slot), found, wrong)
    for slot in requirement.outputs:
        _sort(_result(flow, slot), found, wrong)
    return found, wrong


def _sort(item: Edge | Defect, found: list[Edge], wrong: list[Defect]) -> None:
    """Put an edge with the edges, a defect with the defects; what follows from an unknown type is said once."""
    if isinstance(item, Edge):
        found.append(item)
    elif item.kind != "type" or all(defect.kind != "type" for defect in wrong):
        wrong.append(item)


def _slots(flow: _Flow, number: int, spec: Spec) -> Iterator[Defect]:
    """What is wrong with the slots of one step by themselves."""
    if spec.name in [other.name for other in flow.specs[: number - 1]]:
        yield Defect("name", f"{flow.title(number)}: an earlier sub-task has the name {spec.name} as well.", number)
    if not spec.outputs:
        yield Defect("form", f"{flow.title(number)} gives nothing: expected at least one output.", number)
    for side, slots in (("input", spec.inputs), ("output", spec.outputs)):
        names = [slot.name for slot in slots]
        for at, slot in enumerate(slots):
            place = f"{flow.title(number)}, {side} `{slot.name}`"
            if slot.name in names[:at]:
                yield Defect("name", f"{place}: the name stands twice.", number, slot.name)
            if not _NAME.fullmatch(slot.name) or keyword.iskeyword(slot.name) or slot.name in flow.refused:
                yield Defect(
                    "name", f"{place}: expected a lower-case name that means nothing to Python.", number, slot.name
                )
            for kind, reader, text in (("type", parse_kind, slot.type), ("unit", unit, slot.unit)):
                try:
                    reader(text)
                except ParseError as error:
                    hint = f"; {error.hint}" if error.hint else "."
                    yield Defect(kind, f"{place}: {error.message}{hint}", number, slot.name)


def _input(flow: _Flow, number: int, slot: Slot) -> Edge | Defect:
    """The passage that brings an input, or why there is none."""
    place = f"{flow.title(number)}, input `{slot.name}`"
    if slot.origin == USER:
        return _from_person(flow, number, slot, place)
    match = _TASK.fullmatch(slot.origin)
    source = int(match[1]) if match else 0
    if not 1 <= source < number:
        earlier = f"user or task1 to task{number - 1}" if number > 1 else "user"
        return Defect("origin", f"{place}: expected it from {earlier}, got {slot.origin}.", number, slot.name)
    made = [item for item in flow.specs[source - 1].outputs if item.name == slot.name]
    if not made:
        others = ", ".join(item.name for item in flow.specs[source - 1].outputs)
        makers = [f"task{k}" for k, spec in enumerate(flow.specs[: number - 1], 1) if slot.name in _names(spec.outputs)]
        hint = f"it comes from {' or '.join(makers)}" if makers else "no earlier task gives it"
        return Defect("origin", f"{place}: {slot.origin} gives {others}, not {slot.name}; {hint}.", number, slot.name)
    return _edge(flow, (source, made[-1]), (number, slot), place)


def _from_person(flow: _Flow, number: int, slot: Slot, place: str) -> Edge | Defect:
    known = {item.name: item for item in flow.requirement.inputs}
    main = input_path(flow.requirement)
    given = known.get(slot.name) or (main if slot.type == "path" or slot.name == main.name else None)
    if given is None:
        names = ", ".join(known) or main.name
        makers = [f"task{k}" for k, spec in enumerate(flow.specs[: number - 1], 1) if slot.name in _names(spec.outputs)]
        hint = f"; it comes from {' or '.join(makers)}" if makers else ""
        return Defect("origin", f"{place}: the user gives {names}, not {slot.name}{hint}.", number, slot.name)
    return _edge(flow, (0, given), (number, slot), place)


def _result(flow: _Flow, slot: Slot) -> Edge | Defect:
    """The passage that brings an output of the requirement: the latest value of that name."""
    made = [(k, item) for k, spec in enumerate(flow.specs, 1) for item in spec.outputs if item.name == slot.name]
    if not made:
        return Defect(
            "result",
            f"No sub-task gives the output `{slot.name}` ({slot.type}) the requirement asks for.",
            0,
            slot.name,
        )
    source, item = made[-1]
    return _edge(flow, (source, item), (0, slot), f"{flow.title(source)}, output `{item.name}`")


def _edge(flow: _Flow, made: tuple[int, Slot], used: tuple[int, Slot], place: str) -> Edge | Defect:
    """The passage between two slots, each with the number of its step."""
    (source, left), (step, right) = made, used
    blamed = step or source
    try:
        kinds = [parse_kind(slot.type).apart(str(number)) for number, slot in (made, used)]
        kinds[0] = kinds[0] if step else _plain(kinds[0])
        fit = fits(kinds[0], kinds[1], left.unit, right.unit, flow.dims)
    except ParseError as error:
        return Defect("type", f"{place}: {error.message}.", blamed, right.name)
    if fit.verdict == "error":
        ends = f"{f'task{source}' if source else 'the user'} to {f'task{step}' if step else 'the result'}"
        return Defect("fit", f"{place}, {ends}: {fit.why}.", blamed, right.name)
    why = f"{right.name}: {fit.why}" if fit.conversion else ""
    return Edge(source, left.name, step, right.name, fit.conversion, why)


def _plain(kind: Kind) -> Kind:
    """The type a value has once it is written as JSON: arrays and tuples of one kind are lists."""
    if kind.name == "ndarray":
        element = {"b": "bool", "i": "int", "u": "int", "f": "float", "s": "str"}.get(kind.dtype[0])
        found = Kind(element) if element else kind
        for _ in kind.dims if element else ():
            found = Kind("list", (found,))
        return replace(found, optional=kind.optional)
    if kind.name == "tuple" and (kind.more or len(set(kind.items)) == 1):
        return Kind("list", (_plain(kind.items[0]),), optional=kind.optional)
    return replace(kind, items=tuple(map(_plain, kind.items)))


def _names(slots: Sequence[Slot]) -> frozenset[str]:
    return frozenset(slot.name for slot in slots)


def _unused(requirement: Requirement, plan: Plan, specs: Sequence[Spec], found: Sequence[Edge]) -> Iterator[Defect]:
    """Steps no result depends on, and a path that no living step reads."""
    living = {edge.source for edge in found if edge.step == 0}
    while True:
        more = living | {edge.source for edge in found if edge.step in living and edge.step}
        if more == living:
            break
        living = more
    for number in range(1, len(specs) + 1):
        if number not in living and requirement.outputs:
            names = ", ".join(f"`{slot.name}`" for slot in specs[number - 1].outputs)
            title = plan.steps[number - 1].title
            yield Defect("unused", f"Sub-task {number} ({title}): no result depends on {names}.", number)
    if requirement.outputs and 0 not in living:
        yield Defect("unused", "No result depends on what the user gives.", 1)
