"""The device file: a home as people write it, checked.

Takes plain data (a YAML file already read) and gives records; every fault is named with its place, what was expected,
what came, and for a wrong key or name the nearest known one. Covers: areas, floors, devices, policy, weather, script.
Does not cover: reading the file; protocols.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, get_args, get_origin

from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tailorbird.core.errors import BadFile
from tailorbird.core.record import faults, from_data
from tailorbird.core.thing import Property, Thing
from tailorbird.core.tool import RANKS, Tool
from tailorbird.world.kinds import KINDS, READ, TOOLS, Kind
from tailorbird.world.physics import Shell
from tailorbird.world.policy import Rules
from tailorbird.world.rooms import Weather

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Word = Annotated[str, Field(min_length=1, max_length=80)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d$")]
Fault = Literal["", "ignores", "lost"]


class _Closed(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, use_attribute_docstrings=True, frozen=True, allow_inf_nan=False
    )


class HomeEntry(_Closed):
    """The home as a whole."""

    title: Word
    clock: Moment = "2026-01-15T18:30:00"
    """Local time at the start."""
    seed: int = 0
    """Of sensor noise."""


class FloorEntry(_Closed):
    """A storey."""

    title: Word
    aliases: list[Word] = []


class AreaEntry(_Closed):
    """A room, or a place outside."""

    title: Word
    floor: str = ""
    aliases: list[Word] = []
    size: float = Field(15.0, gt=0)
    """Floor area, m2."""
    height: float = Field(2.5, gt=0)
    """m."""
    window: float = Field(0.02, ge=0, le=1)
    """Share of the daylight outside that falls on the floor."""
    capacity: float = Field(1e6, gt=0)
    """J/K."""
    conductance: float = Field(60.0, gt=0)
    """W/K."""
    temperature: float = Field(20.0, ge=-40, le=60)
    """At the start, degrees Celsius."""
    humidity: float = Field(45.0, ge=0, le=100)
    """At the start, percent."""
    co2: float = Field(600.0, ge=0)
    """At the start, ppm."""
    people: int = Field(0, ge=0)
    moisture: float = Field(0.0, ge=0)
    """kg of vapour per hour, such as a shower with 1.5."""
    outside: bool = False
    """A garden or drive: its air is the weather."""


class DeviceEntry(_Closed):
    """A device."""

    title: Word
    kind: str
    area: str = ""
    aliases: list[Word] = []
    groups: list[str] = []
    exposed: bool = False
    """Default deny: without true no model sees it and no call reaches it."""
    available: bool = True
    fault: Fault = ""
    """ignores: takes calls and does nothing; lost: calls do not arrive."""
    noise: float = Field(0.0, ge=0)
    """Standard deviation of what its sensors report, in their unit."""
    properties: dict[str, bool | dict[str, Any]] = {}
    """Property: true to have an optional one, false to lack one, or narrower schema words such as `maximum: 25`."""
    state: dict[str, Any] = {}
    """Values at the start that differ from the kind's."""


class ScriptEntry(_Closed):
    """Something that happens every day without anyone asking."""

    at: Clock
    people: dict[str, int] = {}
    """Area and number of persons from then on."""
    moisture: dict[str, float] = {}
    """Area and kg of vapour per hour from then on."""
    set: dict[str, dict[str, Any]] = {}
    """Device, property and value, such as a window opened by hand."""


class WeatherEntry(_Closed):
    """Outdoor conditions over the day."""

    temperature: float = 5.0
    swing: float = 4.0
    humidity: float = Field(80.0, ge=0, le=100)
    daylight: float = Field(20_000.0, ge=0)
    sunrise: float = Field(7.0, ge=0, le=24)
    sunset: float = Field(17.0, ge=0, le=24)


class HomeFile(_Closed):
    """A device file."""

    home: HomeEntry
    outdoor: WeatherEntry = Field(default_factory=lambda: WeatherEntry.model_validate({}))
    floors: dict[Name, FloorEntry] = {}
    areas: dict[Name, AreaEntry] = {}
    devices: dict[Name, DeviceEntry]
    policy: dict[str, Any] = {}
    script: list[ScriptEntry] = []


@dataclass(frozen=True)
class Blueprint:
    """A checked device file, ready to be built."""

    file: HomeFile
    things: tuple[Thing, ...]
    tools: Mapping[str, Tool]
    initial: Mapping[str, Mapping[str, Any]]
    """Thing, property and value at the start, of everything no sensor feels."""
    rules: Rules
    shells: Mapping[str, Shell]
    weather: Weather
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Area or floor and all its names."""


def read_home(data: object, place: str) -> Blueprint:
    """A home from plain data.

    Args:
        data: what the file says.
        place: file the data came from, for messages.

    Raises:
        BadFile: one line per fault.
    """
    try:
        file = HomeFile.model_validate(data)
    except ValidationError as error:
        raise BadFile(
            place, [_with_hint(line, fault) for line, fault in zip(faults(error), error.errors(), strict=True)]
        ) from None
    wrong = list(_references(file))
    if wrong:
        raise BadFile(place, wrong)
    things = tuple(_thing(name, entry, file) for name, entry in file.devices.items())
    initial = {name: {**KINDS[e.kind].initial, **e.state} for name, e in file.devices.items()}
    initial = {thing.id: {k: v for k, v in initial[thing.id].items() if thing.property(k)} for thing in things}
    rules = _rules(file, place)
    wrong = [*_values(file, things), *_policy(rules, things)]
    if wrong:
        raise BadFile(place, wrong)
    shells = {n: Shell(a.capacity, a.conductance, a.size, a.height, a.window) for n, a in file.areas.items()}
    weather = Weather(**file.outdoor.model_dump())
    places = {n: (floor.title, *floor.aliases) for n, floor in file.floors.items()}
    places |= {n: (area.title, *area.aliases) for n, area in file.areas.items()}
    return Blueprint(file, things, fit_tools(things), initial, rules, shells, weather, places)


def _rules(file: HomeFile, place: str) -> Rules:
    known = Rules.__dataclass_fields__
    for key in file.policy:
        if key not in known:
            raise BadFile(place, [f"policy.{key}: unknown key{_near(key, known)}"])
    rules: Rules = from_data(Rules, file.policy, f"{place}: policy")
    return rules


def _near(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known name, or with the known ones when they are few."""
    names = sorted(known)
    found = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {found[0]!r}?" if found else f"; known: {', '.join(names[:12]) or 'none'}"


def _with_hint(line: str, fault: Any) -> str:
    if fault["type"] != "extra_forbidden":
        return line
    model: Any = HomeFile
    for part in fault["loc"][:-1]:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[str(part)].annotation
        elif get_origin(model) in (dict, list):
            model = get_args(model)[-1]
    known = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else ()
    return f"{'.'.join(map(str, fault['loc']))}: unknown key{_near(str(fault['loc'][-1]), known)}"


def _references(file: HomeFile) -> Iterator[str]:
    """Names that point nowhere."""
    for name in sorted({*file.areas} & {*file.floors}):
        yield f"areas.{name}: this is the name of a floor too"
    for name, area in file.areas.items():
        if area.floor and area.floor not in file.floors:
            yield f"areas.{name}.floor: unknown floor {area.floor!r}{_near(area.floor, file.floors)}"
    for name, device in file.devices.items():
        where = f"devices.{name}"
        if device.kind not in KINDS:
            yield f"{where}.kind: unknown kind {device.kind!r}{_near(device.kind, KINDS)}"
            continue
        if device.area and device.area not in file.areas:
            yield f"{where}.area: unknown area {device.area!r}{_near(device.area, file.areas)}"
        known = {item.name: item for item in KINDS[device.kind].properties}
        for key, wish in device.properties.items():
            if key not in known:
                yield f"{where}.properties.{key}: a {device.kind} has no such property{_near(key, known)}"
            elif isinstance(wish, dict):
                yield from _narrowing(f"{where}.properties.{key}", known[key], wish)
        settable = KINDS[device.kind].initial
        for key in device.state:
            if key not in settable:
                yield f"{where}.state.{key}: not a property of a {device.kind} that has a value at the start{_near(key, settable)}"
    for at, event in enumerate(file.script):
        for area_name in (*event.people, *event.moisture):
            if area_name not in file.areas:
                yield f"script.{at}: unknown area {area_name!r}{_near(area_name, file.areas)}"
        for device_name in event.set:
            if device_name not in file.devices:
                yield f"script.{at}.set: unknown device {device_name!r}{_near(device_name, file.devices)}"


def _narrowing(where: str, property: Property, words: Mapping[str, Any]) -> Iterator[str]:
    """Schema words of a device that do not narrow those of its kind."""
    for word, value in words.items():
        old = property.schema.get(word)
        if old is None:
            yield f"{where}.{word}: not to be narrowed here{_near(word, set(property.schema) - {'type'})}"
        elif word == "enum":
            if not isinstance(value, list) or not value or any(item not in old for item in value):
                yield f"{where}.{word}: expected some of {', '.join(old)}, got {value!r}"
        elif word == "type" or isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{where}.{word}: expected a number, got {value!r}"
        elif value < old if word in ("minimum", "multipleOf") else value > old:
            yield f"{where}.{word}: expected inside {old:g}, got {value:g}"


def _thing(name: str, entry: DeviceEntry, file: HomeFile) -> Thing:
    kind = KINDS[entry.kind]
    properties = tuple(_properties(kind, entry))
    have = {item.name for item in properties}
    area = file.areas.get(entry.area)
    return Thing(
        name, entry.title, entry.kind, entry.area, area.floor if area else "", tuple(entry.aliases), tuple(entry.groups),
        properties, (READ, *(tool for tool in kind.tools if _carries(TOOLS[tool], have))), entry.exposed,
    )  # fmt: skip


def _properties(kind: Kind, entry: DeviceEntry) -> Iterator[Property]:
    for item in kind.properties:
        wish = entry.properties.get(item.name, item.name not in kind.optional)
        if isinstance(wish, dict):
            yield replace(item, schema=item.schema | wish)
        elif wish:
            yield item


def _carries(tool: Tool, have: set[str]) -> bool:
    """Whether a device with these properties can do what a tool always does, and one of the things it may do."""
    always = {
        effect.property for effect in tool.effects if not (isinstance(effect.when, dict) and "given" in effect.when)
    }
    may = {effect.property for effect in tool.effects} - always
    return always <= have and (not may or bool(may & have))


def _values(file: HomeFile, things: Iterable[Thing]) -> Iterator[str]:
    """Values at the start, and in the script, that do not fit their property."""
    for thing in things:
        given = [(f"devices.{thing.id}.state", file.devices[thing.id].state)]
        given += [(f"script.{at}.set.{thing.id}", event.set.get(thing.id, {})) for at, event in enumerate(file.script)]
        for where, values in given:
            for name, value in values.items():
                found = thing.property(name)
                fault = next(Draft202012Validator(found.schema).iter_errors(value), None) if found else None
                if found is None or fault:
                    yield f"{where}.{name}: {fault.message if fault else 'the device lacks this property'}"


def _policy(rules: Rules, things: Iterable[Thing]) -> Iterator[str]:
    """Names in the policy that point nowhere, tiers that would be lowered."""
    known = {thing.id: thing for thing in things}
    for at, limit in enumerate(rules.limits):
        if limit.thing and limit.thing not in known:
            yield f"policy.limits.{at}.thing: unknown device {limit.thing!r}{_near(limit.thing, known)}"
        if limit.kind and limit.kind not in KINDS:
            yield f"policy.limits.{at}.kind: unknown kind {limit.kind!r}{_near(limit.kind, KINDS)}"
    for at, quiet in enumerate(rules.quiet):
        for word, value in (("start", quiet.start), ("end", quiet.end)):
            if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
                yield f"policy.quiet.{at}.{word}: expected HH:MM, got {value!r}"
        yield from (
            f"policy.quiet.{at}.kinds: unknown kind {k!r}{_near(k, KINDS)}" for k in quiet.kinds if k not in KINDS
        )
    for at, rate in enumerate(rules.rates):
        if rate.kind and rate.kind not in KINDS:
            yield f"policy.rates.{at}.kind: unknown kind {rate.kind!r}{_near(rate.kind, KINDS)}"
    for at, rule in enumerate(rules.never):
        for op, (name, property), _ in rule.all:
            if name not in known:
                yield f"policy.never.{at}: unknown device {name!r}{_near(name, known)}"
            elif known[name].property(property) is None:
                yield f"policy.never.{at}: {name} has no {property!r}"
            if op not in (">", ">=", "<", "<=", "==", "!="):
                yield f"policy.never.{at}: expected a comparison, got {op!r}"
    for name, tier in rules.tiers.items():
        if name not in known and name not in TOOLS:
            yield f"policy.tiers.{name}: unknown tool or device{_near(name, [*known, *TOOLS])}"
        elif name in TOOLS and RANKS[tier] < RANKS[TOOLS[name].tier]:
            yield f"policy.tiers.{name}: tiers are raised only; {TOOLS[name].tier} is higher than {tier}"


def fit_tools(things: Iterable[Thing]) -> dict[str, Tool]:
    """The tools that exposed things carry, their targets narrowed to existing exposed ids."""
    exposed = [thing for thing in things if thing.exposed]
    fitted = {}
    for name, tool in TOOLS.items():
        mine = [thing for thing in exposed if name in thing.tools]
        if mine:
            fitted[name] = replace(tool, parameters=_narrow(tool, mine))
    return fitted


def _narrow(tool: Tool, things: list[Thing]) -> dict[str, Any]:
    def options(values: Iterable[str]) -> dict[str, Any]:
        return {"type": "string", "enum": sorted({value for value in values if value})}

    group: dict[str, Any] = {"kind": options(thing.kind for thing in things)}
    for word, values in (("area", [t.area for t in things]), ("floor", [t.floor for t in things])):
        if any(values):
            group[word] = options(values)
    target = {
        "anyOf": [
            {"type": "array", "items": options(thing.id for thing in things), "minItems": 1, "uniqueItems": True},
            {"type": "object", "properties": group, "required": ["kind"], "additionalProperties": False},
        ]
    }
    properties = {**tool.parameters["properties"], "target": target}
    if tool.name == READ:
        properties["property"] = options(item.name for thing in things for item in thing.properties)
    return {**tool.parameters, "properties": properties}
