"""Checks of one call against what is there: targets, arguments, values, preconditions.

Each raises `Refused` with the name of the check that failed; the policy makes a verdict of it. Covers: calls on things.
Does not cover: what the home allows, see `policy.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator

from tailorbird.core.thing import Property, Thing
from tailorbird.core.tool import Call, Tool, compare
from tailorbird.world.kinds import READ


class Refused(Exception):
    """Inside the policy: a check failed; becomes a verdict before it leaves."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def resolve(call: Call, tool: Tool, things: Mapping[str, Thing]) -> tuple[Thing, ...]:
    """The things a call means, in order.

    Raises:
        Refused: unknown_thing, not_exposed, unsupported, invalid_value.
    """
    target = call.arguments.get("target")
    if isinstance(target, list) and target and all(isinstance(name, str) for name in target):
        found = []
        for name in dict.fromkeys(target):
            thing = things.get(name)
            if thing is None:
                raise Refused("unknown_thing", f"there is no thing {name!r}")
            if not thing.exposed:
                raise Refused("not_exposed", f"{name!r} is not exposed")
            if tool.name != READ and tool.name not in thing.tools:
                raise Refused("unsupported", f"{thing.title} cannot do {tool.name}")
            found.append(thing)
        return tuple(found)
    if isinstance(target, dict) and isinstance(target.get("kind"), str) and set(target) <= {"kind", "area", "floor"}:
        group = tuple(
            thing
            for thing in things.values()
            if thing.exposed
            and thing.kind == target["kind"]
            and target.get("area", thing.area) == thing.area
            and target.get("floor", thing.floor) == thing.floor
            and (tool.name == READ or tool.name in thing.tools)
        )
        if not group:
            raise Refused("unknown_thing", f"nothing exposed fits {target} for {tool.name}")
        return group
    raise Refused("invalid_value", "expected target as a list of ids, or an object with kind and area or floor")


def answering(
    call: Call, things: tuple[Thing, ...], values: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[Thing, ...], str]:
    """Of a group, the things that answer, and a word on the others; things named by id are never left out."""
    silent = [thing for thing in things if all(value is None for value in values.get(thing.id, {}).values())]
    if not silent or isinstance(call.arguments["target"], list) or len(silent) == len(things):
        return things, ""
    names = ", ".join(thing.title for thing in silent)
    return tuple(thing for thing in things if thing not in silent), f"left out, no answer: {names}"


def check_arguments(call: Call, tool: Tool, things: Sequence[Thing]) -> None:
    """Arguments against the tool's JSON Schema, and every argument against what each thing has.

    Raises:
        Refused: invalid_value or unsupported.
    """
    fault = next(iter(sorted(Draft202012Validator(tool.parameters).iter_errors(call.arguments), key=str)), None)
    if fault is not None:
        place = ".".join(str(part) for part in fault.absolute_path) or "arguments"
        raise Refused("invalid_value", f"{place}: {fault.message[:200]}")
    if tool.name == READ:
        name = call.arguments["property"]
        lacking = next((thing for thing in things if thing.property(name) is None), None)
        if lacking:
            raise Refused("unsupported", f"{lacking.title} has no {name}")
        return
    for effect in tool.effects:
        form = effect.value
        argument = form["arg"] if isinstance(form, dict) and "arg" in form else ""
        if argument in call.arguments:
            lacking = next((thing for thing in things if thing.property(effect.property) is None), None)
            if lacking:
                raise Refused("unsupported", f"{lacking.title} has no {effect.property}")


def check_value(thing: Thing, name: str, value: Any) -> None:
    """A value against the thing's own schema of the property.

    Raises:
        Refused: invalid_value.
    """
    property: Property | None = thing.property(name)
    if property is None:
        raise Refused("unsupported", f"{thing.title} has no {name}")
    fault = next(Draft202012Validator(property.schema).iter_errors(value), None)
    if fault is not None:
        raise Refused("invalid_value", f"{thing.title}: {name}: {fault.message[:200]}")


def check_known(thing: Thing, call: Call, tool: Tool, values: Mapping[str, Any]) -> None:
    """The thing answers, what is read is known, and what the tool needs holds."""
    if all(value is None for value in values.values()):
        raise Refused("unavailable", f"{thing.title} does not answer")
    if tool.name == READ and values.get(call.arguments["property"]) is None:
        raise Refused("unavailable", f"{thing.title}: {call.arguments['property']} is unknown")
    for name, op, literal in tool.needs:
        if thing.property(name) is not None and compare(values.get(name), op, literal) is not True:
            raise Refused("precondition", f"{thing.title}: {name} must be {op} {literal}, it is {values.get(name)}")
