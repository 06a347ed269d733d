"""The home: things, their state, and what became different."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tailorbird.core.record import record


@record
class Property:
    """Something of a thing that has a value."""

    name: str
    schema: dict[str, Any] = {}
    """JSON Schema of the value: type, enum, minimum, maximum, multipleOf."""
    unit: str = ""
    writable: bool = False


@record
class Thing:
    """A device, or a part of one, as people speak of it."""

    id: str
    title: str
    kind: str
    """light, switch, lock, climate, cover, fan, media_player, vacuum, valve, sensor, …"""
    area: str = ""
    floor: str = ""
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    tools: tuple[str, ...] = ()
    """Names of the tools that may have this thing as target."""
    exposed: bool = False
    """Only exposed things are ever shown to a model or called: default deny."""

    def property(self, name: str) -> Property | None:
        """The property of that name, if there is one."""
        return next((item for item in self.properties if item.name == name), None)


@record
class Change:
    """One property of one thing before and after."""

    thing: str
    property: str
    before: Any
    after: Any


@record
class State:
    """Values of a home at one moment."""

    values: dict[str, dict[str, Any]] = {}
    """Thing id, then property, then value; `null` when unknown."""
    time: str = ""
    """ISO 8601, the home's own clock."""

    def get(self, thing: str, property: str) -> Any:
        """The value, or `None` when unknown."""
        return self.values.get(thing, {}).get(property)


def diff(before: State, after: State, ignore: Iterable[str] = ()) -> tuple[Change, ...]:
    """What became different, sorted by thing and property.

    Args:
        before: state at the start.
        after: state at the end.
        ignore: `thing.property` pairs that do not count, such as noisy sensors.
    """
    skip = set(ignore)
    changes = []
    for thing in sorted({*before.values, *after.values}):
        old, new = before.values.get(thing, {}), after.values.get(thing, {})
        for name in sorted({*old, *new}):
            if f"{thing}.{name}" not in skip and old.get(name) != new.get(name):
                changes.append(Change(thing, name, old.get(name), new.get(name)))
    return tuple(changes)
