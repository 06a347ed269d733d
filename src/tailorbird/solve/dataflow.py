"""Where each value of a program comes from: one origin per input, types and units agree."""

from __future__ import annotations

from tailorbird.core.errors import ParseError
from tailorbird.core.program import USER, Plan, Requirement, Slot, Spec
from tailorbird.core.record import record


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
    """Python expression with `{value}` for what came; empty when nothing is converted."""
    why: str = ""
    """What is converted, in a few words for the manual."""


def edges(requirement: Requirement, plan: Plan, specs: tuple[Spec, ...]) -> tuple[Edge, ...]:
    found = []
    for number, spec in enumerate(specs, 1):
        for slot in spec.inputs:
            if slot.origin == USER:
                found.append(Edge(0, "path" if slot.type == "path" else slot.name, number, slot.name))
            else:
                found.append(Edge(int(slot.origin[4:]), slot.name, number, slot.name))
    for slot in requirement.outputs:
        made = [k for k, s in enumerate(specs, 1) if slot.name in {o.name for o in s.outputs}]
        if not made:
            raise ParseError(f"no step makes the result {slot.name}")
        found.append(Edge(made[-1], slot.name, 0, slot.name))
    return tuple(found)


def input_path(requirement: Requirement) -> Slot:
    """The input that is the file or folder after `-i`: the slot `path`, else the first of type path, else an implied one."""
    paths = [slot for slot in requirement.inputs if slot.type == "path"]
    named = [slot for slot in paths if slot.name == "path"]
    return (named or paths or [Slot("path", "path", "1", "input file")])[0]
