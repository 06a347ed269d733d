"""First-order physics of rooms, solved in closed form between events.

Every quantity follows dx/dt = (x_end - x) / tau while its inputs stay constant, so that

    x(t + d) = x_end + (x - x_end) exp(-d / tau)            and it reaches a threshold at
    t* = -tau ln((x_end - threshold) / (x_end - x)).

    temperature    C dT/dt = P - UA (T - T_out)              C 1e6 J/K, UA 60 W/K, open window +120, heater 1500 W
    vapour         dw/dt = G / V - n (w - w_out)             n 0.5 /h, ventilation +5; relative humidity by Magnus
    CO2            V dc/dt = 0.018 N - n V (c - c_out)       m3/h per person, c_out 420 ppm
    light          daylight * window * blind + sum(lumen) * 0.5 / floor area

Units: seconds, degrees Celsius, kg/m3, ppm, lux, watts. Source of the saturation pressure: Magnus with the constants of
Sonntag 1990 over water. Does not cover: heat between rooms, sun on walls, radiant sources.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

CAPACITY = 1e6
"""J/K of an ordinary room with its furniture."""
CONDUCTANCE = 60.0
"""W/K through walls and closed windows."""
WINDOW_CONDUCTANCE = 120.0
"""W/K more for each open window."""
AIR_CHANGES, FAN_CHANGES, WINDOW_CHANGES = 0.5, 5.0, 5.0
"""Air changes per hour: always, with ventilation on, with a window open."""
BREATH = 0.018
"""m3 of CO2 per person and hour."""
OUTDOOR_CO2 = 420.0
"""ppm."""
HOUR = 3600.0


def relax(x: float, end: float, tau: float, seconds: float) -> float:
    """Value after some seconds of a quantity that nears `end` with time constant `tau` (s)."""
    return end + (x - end) * math.exp(-seconds / tau)


def mean(x: float, end: float, tau: float, seconds: float) -> float:
    """Mean of the same quantity over these seconds: end + (x - end) tau (1 - exp(-d/tau)) / d."""
    return x if seconds <= 0 else end - (x - end) * tau * math.expm1(-seconds / tau) / seconds


def crossing(x: float, end: float, tau: float, threshold: float) -> float | None:
    """Seconds until the quantity reaches a threshold; `None` if it never does, 0 if it is there."""
    if x == threshold:
        return 0.0
    if (threshold - x) * (end - threshold) <= 0:
        return None
    return tau * math.log1p((threshold - x) / (end - threshold))


def saturation(celsius: float) -> float:
    """Saturation pressure of water vapour in Pa: 611.2 exp(17.62 T / (243.12 + T))."""
    return 611.2 * math.exp(17.62 * celsius / (243.12 + celsius))


def vapour(celsius: float, humidity: float) -> float:
    """Vapour density in kg/m3 at a relative humidity in percent; gas constant of vapour 461.5 J/(kg K)."""
    return humidity / 100.0 * saturation(celsius) / (461.5 * (celsius + 273.15))


def humidity(celsius: float, density: float) -> float:
    """Relative humidity in percent of a vapour density in kg/m3; at most 100: the rest condenses."""
    return min(100.0, 100.0 * density * 461.5 * (celsius + 273.15) / saturation(celsius))


@dataclass(frozen=True)
class Outdoor:
    """Conditions outside, constant between events."""

    temperature: float = 5.0
    """Degrees Celsius."""
    humidity: float = 80.0
    """Percent."""
    daylight: float = 0.0
    """Lux on an open field."""
    co2: float = OUTDOOR_CO2
    """ppm."""


@dataclass(frozen=True)
class Shell:
    """What a room is made of."""

    capacity: float = CAPACITY
    conductance: float = CONDUCTANCE
    area: float = 15.0
    """Floor, m2."""
    height: float = 2.5
    window: float = 0.02
    """Share of the daylight outside that falls on the floor with open blinds."""

    @property
    def volume(self) -> float:
        """m3."""
        return self.area * self.height


@dataclass(frozen=True)
class Inputs:
    """What acts on a room, constant between events."""

    heat: float = 0.0
    """W of heaters, negative for cooling."""
    windows: int = 0
    """Open ones."""
    ventilation: int = 0
    """Fans that change the air."""
    people: int = 0
    moisture: float = 0.0
    """kg of vapour per hour: showers, kettles."""
    lumen: float = 0.0
    """Sum over the lights that are on."""
    blind: float = 1.0
    """Share of the window that is not covered."""


@dataclass(frozen=True)
class Air:
    """State of a room."""

    temperature: float = 20.0
    vapour: float = 0.0076
    """kg/m3; 0.0076 is 44 % at 20 degrees."""
    co2: float = 600.0
    """ppm."""
    heat_in: float = 0.0
    """J delivered by heaters since the start."""
    heat_out: float = 0.0
    """J lost to the outside since the start."""

    @property
    def humidity(self) -> float:
        """Relative, percent."""
        return humidity(self.temperature, self.vapour)


def thermal(shell: Shell, inputs: Inputs, outdoor: Outdoor) -> tuple[float, float]:
    """End temperature (Cel) and time constant (s)."""
    loss = shell.conductance + WINDOW_CONDUCTANCE * inputs.windows
    return outdoor.temperature + inputs.heat / loss, shell.capacity / loss


def advance(air: Air, shell: Shell, inputs: Inputs, outdoor: Outdoor, seconds: float) -> Air:
    """The room after some seconds of constant inputs.

    The balance C (T2 - T1) = heat_in - heat_out holds exactly up to rounding: the loss is integrated, not the remainder.
    """
    if seconds <= 0:
        return air
    end, tau = thermal(shell, inputs, outdoor)
    loss = shell.capacity / tau
    lost = loss * (mean(air.temperature, end, tau, seconds) - outdoor.temperature) * seconds
    changes = AIR_CHANGES + FAN_CHANGES * inputs.ventilation + WINDOW_CHANGES * inputs.windows
    fresh, size = HOUR / changes, shell.volume * changes
    damp = vapour(outdoor.temperature, outdoor.humidity) + inputs.moisture / size
    stale = outdoor.co2 + 1e6 * BREATH * inputs.people / size
    return replace(
        air,
        temperature=relax(air.temperature, end, tau, seconds),
        vapour=relax(air.vapour, damp, fresh, seconds),
        co2=relax(air.co2, stale, fresh, seconds),
        heat_in=air.heat_in + inputs.heat * seconds,
        heat_out=air.heat_out + lost,
    )


def illuminance(shell: Shell, inputs: Inputs, outdoor: Outdoor) -> float:
    """Lux on the floor."""
    return outdoor.daylight * shell.window * inputs.blind + inputs.lumen * 0.5 / shell.area
