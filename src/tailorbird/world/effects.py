"""What a call would do: effects of tools as data, evaluated without a world.

The simulator carries out what `steps` says, policy and report compare with what `predict` says, undo searches with
`invert`. Covers: the value and condition forms of `core.tool.Effect`. Does not cover: physics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from jsonschema import Draft202012Validator

from tailorbird.core.record import canonical
from tailorbird.core.thing import Property, Thing
from tailorbird.core.tool import Call, Effect, Tool, compare

Values = Mapping[str, Any]
"""Property and value of one thing."""


def applies(effect: Effect, arguments: Values, values: Values) -> bool:
    """Whether the effect's condition holds before the call; an unknown value does not."""
    when = effect.when
    if when is None:
        return True
    if "given" in when:
        return when["given"] in arguments
    source, (name, op, literal) = (arguments, when["arg"]) if "arg" in when else (values, when["state"])
    return compare(source.get(name), op, literal) is True


def evaluate(effect: Effect, thing: Thing, arguments: Values, values: Values) -> Any:
    """The value an effect gives its property; `None` when it depends on something unknown."""
    form = effect.value
    if not isinstance(form, dict):
        return form
    if "arg" in form:
        return arguments.get(form["arg"])
    if "not" in form:
        now = values.get(form["not"])
        return None if now is None else not now
    name, amount = form["add"][0], arguments.get(form["add"][1]["arg"])
    now = values.get(name)
    if now is None or amount is None:
        return None
    return clamp(thing.property(effect.property), now + amount)


def clamp(property: Property | None, value: float) -> float:
    """The nearest number a property may have: inside its range, on its step."""
    schema = property.schema if property else {}
    step = schema.get("multipleOf")
    if step:
        value = round(round(value / step) * step, 9)
    value = min(max(value, schema.get("minimum", value)), schema.get("maximum", value))
    return int(value) if schema.get("type") == "integer" else value


def steps(tool: Tool, thing: Thing, arguments: Values, values: Values) -> tuple[tuple[float, str, Any], ...]:
    """Changes of one thing in the order they come: seconds, property, value; seen from the values before the call."""
    found = [
        (effect.after_s, effect.property, evaluate(effect, thing, arguments, values))
        for effect in tool.effects
        if thing.property(effect.property) is not None and applies(effect, arguments, values)
    ]
    return tuple(sorted(found, key=lambda step: step[0]))


def predict(tool: Tool, thing: Thing, arguments: Values, values: Values) -> dict[str, Any]:
    """Values of the touched properties when all effects have come."""
    return {name: value for _, name, value in steps(tool, thing, arguments, values)}


def same(property: Property | None, left: Any, right: Any) -> bool:
    """Whether two values are equal, numbers within half a step."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        step = property.schema.get("multipleOf", 0.0) if property else 0.0
        return abs(left - right) <= step / 2
    return bool(left == right)


def invert(thing: Thing, tools: Mapping[str, Tool], now: Values, wanted: Values) -> tuple[Call, ...] | None:
    """Calls that bring properties of a thing to wanted values, fewest first; `None` when no tools do.

    Args:
        thing: whose properties.
        tools: by name; only those the thing carries are used.
        now: all its values.
        wanted: those to be reached; every other property a tool touches must end as it is now.
    """
    goal = {**now, **wanted}
    gaps = [name for name in wanted if not same(thing.property(name), now.get(name), wanted[name])]
    options = [call for name in gaps for call in _setters(thing, tools, name, wanted[name])]
    unique = list({canonical([call.tool, call.arguments]): call for call in options}.values())
    for size in range(min(3, len(unique)) + 1):
        for plan in permutations(unique, size):
            if _reaches(thing, tools, now, goal, plan):
                return plan
    return None


def _setters(thing: Thing, tools: Mapping[str, Tool], name: str, value: Any) -> Iterator[Call]:
    """Calls with an effect that gives the property this value, by a literal or by an argument."""
    for tool_name in thing.tools:
        for effect in tools[tool_name].effects if tool_name in tools else ():
            if effect.property != name:
                continue
            if effect.value == value and type(effect.value) is type(value):
                yield Call(tool_name, {"target": [thing.id]})
            elif isinstance(effect.value, dict) and "arg" in effect.value:
                argument = effect.value["arg"]
                if Draft202012Validator(tools[tool_name].parameters["properties"][argument]).is_valid(value):
                    yield Call(tool_name, {"target": [thing.id], argument: value})


def _reaches(thing: Thing, tools: Mapping[str, Tool], now: Values, goal: Values, plan: Sequence[Call]) -> bool:
    values = dict(now)
    for call in plan:
        needed = set(tools[call.tool].parameters.get("required", ())) - set(call.arguments)
        if needed:
            return False
        values |= predict(tools[call.tool], thing, call.arguments, values)
    return all(same(thing.property(name), values.get(name), goal[name]) for name in goal)
