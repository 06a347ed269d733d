"""The rooms of a simulated home in time: air, thermostats, weather.

Each room is solved in closed form from event to event and only touched when something of it changes or is read.
Thermostats switch with a band of 0.5 degrees around the set point; their next crossing is computed, not searched.
Covers: any number of rooms and thermostats. Does not cover: devices' own state, see `home.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tailorbird.world import physics
from tailorbird.world.physics import HOUR, Air, Inputs, Outdoor, Shell

BAND = 0.5
"""Degrees above and below the set point at which a thermostat switches."""

EPSILON = 1e-6
"""Degrees: what rounding may leave between a temperature and the crossing it was computed for."""

SHORTEST = 0.01
"""Seconds between two looks at a thermostat: time always moves on."""


@dataclass(frozen=True)
class Weather:
    """Outside conditions over the day, constant within each hour.

    Temperature is warmest at 15 h, daylight is a half sine between sunrise and sunset.
    """

    temperature: float = 5.0
    """Daily mean, degrees Celsius."""
    swing: float = 4.0
    """Half of the daily range, degrees."""
    humidity: float = 80.0
    daylight: float = 20_000.0
    """Lux at noon."""
    sunrise: float = 7.0
    sunset: float = 17.0
    """Hours."""

    def at(self, hour: float) -> Outdoor:
        """Conditions in the hour that begins at or before `hour`."""
        hour = math.floor(hour)
        share = (hour + 0.5 - self.sunrise) / max(self.sunset - self.sunrise, 1e-9)
        light = self.daylight * math.sin(math.pi * share) if 0 < share < 1 else 0.0
        warmth = self.temperature + self.swing * math.cos(2 * math.pi * (hour - 15) / 24)
        return Outdoor(warmth, self.humidity, light)


@dataclass(frozen=True)
class Thermostat:
    """What a climate device wants of its room."""

    mode: str
    setpoint: float

    def heat(self, active: int) -> float:
        """Watts it delivers: active is 1 heating, -1 cooling, 0 resting."""
        return 1500.0 * active


@dataclass
class Room:
    """One room and what acts on it."""

    shell: Shell
    air: Air
    inputs: Inputs
    """Everything but the heat of thermostats."""
    at: float
    """Second up to which `air` is computed."""
    thermostats: dict[str, Thermostat] = field(default_factory=dict)
    active: dict[str, int] = field(default_factory=dict)
    """Thermostat and what it does now: 1 heats, -1 cools, 0 rests."""


def wished(thermostat: Thermostat, celsius: float, active: int) -> int:
    """What a thermostat does at a temperature, given what it does now."""
    gap = celsius - thermostat.setpoint
    if thermostat.mode in ("heat", "auto") and (gap <= -BAND + EPSILON or (active == 1 and gap < BAND - EPSILON)):
        return 1
    if thermostat.mode in ("cool", "auto") and (gap >= BAND - EPSILON or (active == -1 and gap > -BAND + EPSILON)):
        return -1 if thermostat.mode == "cool" or gap >= 3 * BAND or active == -1 else 0
    return 0


class Rooms:
    """All rooms of a home, advanced on demand."""

    def __init__(self, shells: Mapping[str, Shell], weather: Weather, start: float) -> None:
        """Rooms at rest.

        Args:
            shells: by room.
            weather: over the day.
            start: seconds since midnight, the first instant.
        """
        self.weather = weather
        self.outdoor = weather.at(start / HOUR % 24)
        self.rooms = {name: Room(shell, Air(), Inputs(), start) for name, shell in shells.items()}
        self.switchings = 0
        """How often thermostats switched."""

    def sync(self, name: str, now: float) -> Room:
        """A room with its air computed up to now."""
        room = self.rooms[name]
        if now > room.at:
            room.air = physics.advance(room.air, room.shell, self._inputs(room), self.outdoor, now - room.at)
            room.at = now
        return room

    def _inputs(self, room: Room) -> Inputs:
        heat = sum(room.thermostats[key].heat(active) for key, active in room.active.items())
        return replace(room.inputs, heat=room.inputs.heat + heat) if heat else room.inputs

    def change(self, name: str, now: float, inputs: Inputs, thermostats: Mapping[str, Thermostat]) -> None:
        """Give a room new inputs from now on."""
        room = self.sync(name, now)
        room.inputs, room.thermostats = inputs, dict(thermostats)
        room.active = {key: room.active.get(key, 0) for key in thermostats}
        self.switch(name, now)

    def switch(self, name: str, now: float) -> None:
        """Let the thermostats of a room decide."""
        room = self.sync(name, now)
        for key, thermostat in room.thermostats.items():
            active = wished(thermostat, room.air.temperature, room.active[key])
            if active != room.active[key]:
                self.switchings += 1
                room.active[key] = active

    def due(self, name: str) -> float | None:
        """Second at which a thermostat of the room crosses one of its limits; `None` if none will."""
        room = self.rooms[name]
        if not room.thermostats:
            return None
        end, tau = physics.thermal(room.shell, self._inputs(room), self.outdoor)
        waits = [
            wait
            for limit in self._limits(room)
            if (wait := physics.crossing(room.air.temperature, end, tau, limit)) is not None and wait > 0
        ]
        return room.at + max(min(waits), SHORTEST) if waits else None

    def _limits(self, room: Room) -> Iterable[float]:
        for thermostat in room.thermostats.values():
            if thermostat.mode != "off":
                yield from (thermostat.setpoint - BAND, thermostat.setpoint + BAND)
            if thermostat.mode == "auto":
                yield thermostat.setpoint + 3 * BAND

    def hour(self, now: float) -> None:
        """A new hour: bring every room up to now, then change the weather."""
        for name in self.rooms:
            self.sync(name, now)
        self.outdoor = self.weather.at(now / HOUR % 24)
