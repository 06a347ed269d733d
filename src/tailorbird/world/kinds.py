"""Kinds of devices: their properties, their tools with effects and tiers, and what their sensors feel.

A lock has only `lock_lock` and `lock_unlock`: no generic on or off exists, because "on" locks in one home system and
unlocks in the sentence people say. Tiers follow the risk of the action, not of the device: `heater_off` is harmless,
`heater_on` is not. Covers: the usual devices of a home. Does not cover: bindings to protocols; they map to these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tailorbird.core.thing import Property
from tailorbird.core.tool import Effect, Tier, Tool

COLORS = ("white", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
"""Colours by name that a coloured light can have."""

TARGET: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        {
            "type": "object",
            "properties": {"area": {"type": "string"}, "floor": {"type": "string"}, "kind": {"type": "string"}},
            "required": ["kind"],
            "additionalProperties": False,
        },
    ]
}
"""Things by id, or all things of a kind in an area, on a floor, or in the whole home."""

READ = "state_read"
"""The one tool that asks instead of acting; every thing has it."""


@dataclass(frozen=True)
class Kind:
    """What all devices of a kind have in common."""

    name: str
    properties: tuple[Property, ...]
    initial: Mapping[str, Any]
    """Value of each property that no sensor feels, at the start."""
    tools: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    """Properties a device has only when its entry says so."""
    senses: Mapping[str, str] = field(default_factory=dict)
    """Property, and the quantity of the room or device it reports."""
    watts: float = 0.0
    """Electric power while it is on."""


def _flag(name: str, writable: bool = True) -> Property:
    return Property(name, {"type": "boolean"}, writable=writable)


def _count(name: str, low: int, high: int, unit: str = "%", writable: bool = True) -> Property:
    return Property(name, {"type": "integer", "minimum": low, "maximum": high, "multipleOf": 1}, unit, writable)


def _number(name: str, low: float, high: float, step: float, unit: str, writable: bool = False) -> Property:
    return Property(name, {"type": "number", "minimum": low, "maximum": high, "multipleOf": step}, unit, writable)


def _choice(name: str, *options: str) -> Property:
    return Property(name, {"type": "string", "enum": list(options)}, writable=True)


def _tool(name: str, does: str, tier: Tier, effects: tuple[Effect, ...], **arguments: Any) -> Tool:
    """A device tool; an argument whose schema has the key `optional` may be left out, but not all of them."""
    required = ["target", *(key for key, schema in arguments.items() if "optional" not in schema)]
    properties = {
        key: {word: item for word, item in schema.items() if word != "optional"} for key, schema in arguments.items()
    }
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"target": TARGET, **properties},
        "required": required,
        "additionalProperties": False,
    }
    if len(required) == 1 and arguments:
        schema["minProperties"] = 2
    return Tool(name, does, schema, effects=effects, tier=tier)


def _set(property: str, argument: str = "") -> Effect:
    name = argument or property
    return Effect(property, {"arg": name}, {"given": name})


def _switched(kind: str, words: str, on: Tier, off: Tier) -> tuple[Tool, ...]:
    return (
        _tool(f"{kind}_on", f"turn {words} on", on, (Effect("on", True),)),
        _tool(f"{kind}_off", f"turn {words} off", off, (Effect("on", False),)),
    )


def _opened(kind: str, words: str, tier: Tier, seconds: float) -> tuple[Tool, ...]:
    """Open and close something that travels: on its way at once, there after some seconds."""
    return (
        _tool(
            f"{kind}_open", f"open {words}", tier,
            (Effect("state", "opening", {"state": ["position", "<", 100]}), Effect("position", 100, after_s=seconds),
             Effect("state", "open", after_s=seconds)),
        ),
        _tool(
            f"{kind}_close", f"close {words}", tier,
            (Effect("state", "closing", {"state": ["position", ">", 0]}), Effect("position", 0, after_s=seconds),
             Effect("state", "closed", after_s=seconds)),
        ),
    )  # fmt: skip


_PERCENT = {"type": "integer", "minimum": 1, "maximum": 100, "multipleOf": 1}
_FULL = {"type": "integer", "minimum": 0, "maximum": 100, "multipleOf": 1}
_SHIFT = {"type": "integer", "minimum": -100, "maximum": 100, "multipleOf": 1}
_DEGREES = {"type": "number", "minimum": 7, "maximum": 30, "multipleOf": 0.5}
_MAYBE = {"optional": True}

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            READ, "tell the value of a property", {
                "type": "object",
                "properties": {"target": TARGET, "property": {"type": "string"}},
                "required": ["target", "property"],
                "additionalProperties": False,
            }, tier="read",
        ),
        *_switched("light", "lights", "comfort", "comfort"),
        _tool("light_toggle", "turn lights on that are off, off that are on", "comfort", (Effect("on", {"not": "on"}),)),
        _tool(
            "light_set", "set brightness (%), colour by name or white temperature (K); turns lights on", "comfort",
            (Effect("on", True), _set("brightness"), _set("color"), _set("kelvin"),
             Effect("color", "white", {"given": "kelvin"})),
            brightness=_PERCENT | _MAYBE, color={"type": "string", "enum": list(COLORS)} | _MAYBE,
            kelvin={"type": "integer", "minimum": 2000, "maximum": 6500, "multipleOf": 100} | _MAYBE,
        ),
        _tool(
            "light_dim", "brighten or dim lights by percent points, negative is darker", "comfort",
            (Effect("brightness", {"add": ["brightness", {"arg": "by"}]}),), by=_SHIFT,
        ),
        *_switched("switch", "switches", "energy", "energy"),
        *_switched("plug", "plugs", "energy", "energy"),
        _tool(
            "climate_set", "set the wished temperature (Cel) or the mode", "comfort",
            (_set("setpoint", "temperature"), _set("mode")), temperature=_DEGREES | _MAYBE,
            mode={"type": "string", "enum": ["off", "heat", "cool", "auto"]} | _MAYBE,
        ),
        _tool(
            "climate_shift", "raise or lower the wished temperature by degrees", "comfort",
            (Effect("setpoint", {"add": ["setpoint", {"arg": "by"}]}),),
            by={"type": "number", "minimum": -10, "maximum": 10, "multipleOf": 0.5},
        ),
        _tool("climate_on", "turn heating or cooling on, automatic", "comfort", (Effect("mode", "auto"),)),
        _tool("climate_off", "turn heating or cooling off", "comfort", (Effect("mode", "off"),)),
        *_opened("cover", "blinds or curtains", "comfort", 20.0),
        _tool(
            "cover_set", "move blinds or curtains to a position, 0 closed, 100 open", "comfort",
            (Effect("position", {"arg": "position"}, after_s=20.0),
             Effect("state", "open", {"arg": ["position", ">", 0]}, 20.0),
             Effect("state", "closed", {"arg": ["position", "==", 0]}, 20.0)), position=_FULL,
        ),
        *_opened("garage", "garage doors", "access", 15.0),
        *_opened("gate", "gates", "motion", 25.0),
        Tool(
            "lock_lock", "lock doors", {**_tool("lock_lock", "", "access", ()).parameters}, tier="access",
            effects=(Effect("state", "locking", {"state": ["state", "!=", "locked"]}),
                     Effect("state", "locked", after_s=3.0)),
            needs=(("jammed", "==", False),),
        ),
        Tool(
            "lock_unlock", "unlock doors", {**_tool("lock_unlock", "", "access", ()).parameters}, tier="access",
            effects=(Effect("state", "unlocking", {"state": ["state", "!=", "unlocked"]}),
                     Effect("state", "unlocked", after_s=3.0)),
            needs=(("jammed", "==", False),),
        ),
        *_switched("fan", "fans", "comfort", "comfort"),
        _tool("fan_set", "set the speed of fans (%); turns them on", "comfort", (Effect("on", True), _set("speed")),
              speed=_PERCENT),
        *_switched("ventilation", "ventilation", "comfort", "comfort"),
        _tool("media_play", "play or go on", "comfort", (Effect("state", "playing"),)),
        _tool("media_pause", "pause", "comfort", (Effect("state", "paused"),)),
        _tool("media_stop", "stop", "comfort", (Effect("state", "idle"),)),
        _tool("media_volume", "set the volume (%)", "comfort", (_set("volume"),), volume=_FULL),
        _tool("media_louder", "change the volume by percent points, negative is quieter", "comfort",
              (Effect("volume", {"add": ["volume", {"arg": "by"}]}),), by=_SHIFT),
        _tool("media_mute", "mute", "comfort", (Effect("muted", True),)),
        _tool("media_unmute", "sound again after mute", "comfort", (Effect("muted", False),)),
        Tool(
            "vacuum_start", "start vacuuming", {**_tool("vacuum_start", "", "motion", ()).parameters}, tier="motion",
            effects=(Effect("state", "cleaning"),), needs=(("battery", ">=", 15),),
        ),
        _tool("vacuum_pause", "pause the vacuum where it is", "comfort", (Effect("state", "paused"),)),
        _tool(
            "vacuum_dock", "send the vacuum home", "motion",
            (Effect("state", "returning", {"state": ["state", "!=", "docked"]}), Effect("state", "docked", after_s=60.0)),
        ),
        _tool("valve_open", "open valves", "motion", (Effect("state", "open", after_s=5.0),)),
        _tool("valve_close", "close valves", "motion", (Effect("state", "closed", after_s=5.0),)),
        *_switched("water_heater", "water heaters", "energy", "energy"),
        _tool("water_heater_set", "set the water temperature (Cel)", "energy", (_set("setpoint", "temperature"),),
              temperature={"type": "number", "minimum": 30, "maximum": 65, "multipleOf": 1}),
        *_switched("charger", "chargers", "energy", "energy"),
        *_switched("oven", "ovens", "heat", "energy"),
        _tool("oven_set", "set the oven temperature (Cel)", "heat", (_set("setpoint", "temperature"),),
              temperature={"type": "number", "minimum": 50, "maximum": 250, "multipleOf": 5}),
        *_switched("heater", "electric heaters", "heat", "energy"),
        _tool("alarm_arm", "arm the alarm, at home or away", "energy", (_set("mode"),),
              mode={"type": "string", "enum": ["home", "away"]}),
        _tool("alarm_disarm", "disarm the alarm", "access", (Effect("mode", "disarmed"),)),
        *_switched("camera", "cameras", "access", "access"),
        *_switched("siren", "sirens", "safety", "safety"),
        _tool("smoke_silence", "silence a smoke detector", "safety", (Effect("silenced", True),)),
    )
}  # fmt: skip
"""Every tool by name."""

_TEMPERATURE = _number("temperature", -40, 125, 0.1, "Cel")
_HUMIDITY = _number("humidity", 0, 100, 1, "%")
_POWER = _number("power", 0, 100_000, 1, "W")
_TRAVEL = (
    _count("position", 0, 100),
    _choice("state", "open", "closed", "opening", "closing"),
)
_SHUT = {"position": 0, "state": "closed"}


def _simple(name: str, watts: float, *more: Property, **initial: Any) -> Kind:
    """A kind that is on or off, with the two tools of its name."""
    return Kind(name, (_flag("on"), *more), {"on": False, **initial}, (f"{name}_on", f"{name}_off"), watts=watts)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "light",
            (_flag("on"), _count("brightness", 1, 100), _choice("color", *COLORS),
             Property("kelvin", {"type": "integer", "minimum": 2000, "maximum": 6500, "multipleOf": 100}, "K", True)),
            {"on": False, "brightness": 100, "color": "white", "kelvin": 2700},
            ("light_on", "light_off", "light_toggle", "light_set", "light_dim"),
            frozenset({"color", "kelvin"}), watts=9.0,
        ),
        _simple("switch", 40.0),
        Kind("plug", (_flag("on"), _POWER), {"on": False}, ("plug_on", "plug_off"), senses={"power": "power"}, watts=60.0),
        Kind(
            "climate",
            (_choice("mode", "off", "heat", "cool", "auto"), _number("setpoint", 7, 30, 0.5, "Cel", True), _TEMPERATURE,
             _flag("active", writable=False)),
            {"mode": "off", "setpoint": 20.0}, ("climate_set", "climate_shift", "climate_on", "climate_off"),
            senses={"temperature": "temperature", "active": "active"}, watts=1500.0,
        ),
        Kind("cover", _TRAVEL, _SHUT, ("cover_open", "cover_close", "cover_set")),
        Kind("garage_door", _TRAVEL, _SHUT, ("garage_open", "garage_close")),
        Kind("gate", _TRAVEL, _SHUT, ("gate_open", "gate_close")),
        Kind(
            "lock", (_choice("state", "locked", "unlocked", "locking", "unlocking"), _flag("jammed", writable=False)),
            {"state": "locked", "jammed": False}, ("lock_lock", "lock_unlock"),
        ),
        Kind("fan", (_flag("on"), _count("speed", 1, 100)), {"on": False, "speed": 50}, ("fan_on", "fan_off", "fan_set"),
             watts=35.0),
        _simple("ventilation", 25.0),
        Kind(
            "media_player", (_choice("state", "idle", "playing", "paused"), _count("volume", 0, 100), _flag("muted")),
            {"state": "idle", "volume": 30, "muted": False},
            ("media_play", "media_pause", "media_stop", "media_volume", "media_louder", "media_mute", "media_unmute"),
            watts=50.0,
        ),
        Kind(
            "vacuum", (_choice("state", "docked", "cleaning", "paused", "returning"), _count("battery", 0, 100, "%", False)),
            {"state": "docked", "battery": 90}, ("vacuum_start", "vacuum_pause", "vacuum_dock"),
        ),
        Kind("valve", (_choice("state", "open", "closed"),), {"state": "open"}, ("valve_open", "valve_close")),
        Kind("water_heater", (_flag("on"), _number("setpoint", 30, 65, 1, "Cel", True)), {"on": True, "setpoint": 50},
             ("water_heater_on", "water_heater_off", "water_heater_set"), watts=2000.0),
        _simple("charger", 7400.0),
        Kind("oven", (_flag("on"), _number("setpoint", 50, 250, 5, "Cel", True)), {"on": False, "setpoint": 180},
             ("oven_on", "oven_off", "oven_set"), watts=2500.0),
        _simple("heater", 1500.0),
        Kind("alarm", (_choice("mode", "disarmed", "home", "away"),), {"mode": "disarmed"}, ("alarm_arm", "alarm_disarm")),
        _simple("camera", 5.0),
        _simple("siren", 10.0),
        Kind("smoke_detector", (_flag("smoke", False), _flag("silenced")), {"smoke": False, "silenced": False},
             ("smoke_silence",)),
        Kind("leak_sensor", (_flag("leak", False),), {"leak": False}),
        Kind("window", (_flag("open", False),), {"open": False}),
        Kind("door", (_flag("open", False),), {"open": False}),
        Kind("temperature_sensor", (_TEMPERATURE,), {}, senses={"temperature": "temperature"}),
        Kind("humidity_sensor", (_HUMIDITY,), {}, senses={"humidity": "humidity"}),
        Kind(
            "air_sensor", (_TEMPERATURE, _HUMIDITY, _number("co2", 0, 10_000, 1, "ppm")), {},
            senses={"temperature": "temperature", "humidity": "humidity", "co2": "co2"},
        ),
        Kind("light_sensor", (_number("illuminance", 0, 200_000, 1, "lx"),), {}, senses={"illuminance": "illuminance"}),
        Kind("motion_sensor", (_flag("occupied", False),), {}, senses={"occupied": "occupied"}),
        Kind("presence", (_flag("home", False),), {}, senses={"home": "home"}),
        Kind(
            "power_meter", (_POWER, _number("energy", 0, 1e9, 0.001, "kW.h")), {},
            senses={"power": "total_power", "energy": "energy"},
        ),
    )
}  # fmt: skip
"""Every kind by name."""
