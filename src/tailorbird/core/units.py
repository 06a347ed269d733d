"""The closed table of units, and exact conversions between those of one dimension.

A value in base units is `value * factor + offset`; factors are exact fractions (SI brochure, 9th edition; CODATA for
the standard gravity), except those with pi, which are the nearest double.

Covers: units of sensors, signals, energy and radio. Does not cover: money rates, logarithmic units other than level
differences of one kind (`dB` and `dBm` are dimensions of their own), compound units that are not in the table.
`g` is the standard gravity, mass is `gram`; `1` says that nothing is said, so it converts to nothing.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from fractions import Fraction

from tailorbird.core.errors import ParseError


@dataclass(frozen=True)
class Unit:
    """A unit of the table."""

    name: str
    dimension: str
    """What it measures; only units of one dimension convert."""
    factor: Fraction = Fraction(1)
    """Base units per unit."""
    offset: Fraction = Fraction(0)
    """Base units at zero; temperatures only."""


_TABLE = {
    "nothing said": "1 1",
    "share": "% 1",
    "share of volume": "ppm 1, ppb 1/1000",
    "relative humidity": "%RH 1",
    "time": "s 1, ms 1/1000, us 1/1000000, ns 1/1000000000, min 60, h 3600, day 86400, week 604800",
    "frequency": "Hz 1, mHz 1/1000, kHz 1000, MHz 1000000, GHz 1000000000, /s 1, /min 1/60, /h 1/3600, /day 1/86400",
    "sample": "sample 1",
    "count": "count 1",
    "pixel": "px 1",
    "length": "m 1, nm 1/1000000000, um 1/1000000, mm 1/1000, cm 1/100, km 1000",
    "area": "m2 1, mm2 1/1000000, cm2 1/10000, ha 10000, km2 1000000",
    "volume": "m3 1, mL 1/1000000, L 1/1000",
    "mass": "kg 1, mg 1/1000000, gram 1/1000",
    "velocity": "m/s 1, mm/s 1/1000, cm/s 1/100, km/h 5/18",
    "acceleration": "m/s2 1, g 196133/20000, mm/s2 1/1000",
    "force": "N 1, kN 1000",
    "torque": "Nm 1",
    "pressure": "Pa 1, hPa 100, kPa 1000, mbar 100, bar 100000",
    "temperature": "K 1, degC 1 5463/20, degF 5/9 45967/180",
    "rate of temperature": "K/s 1, K/min 1/60, K/h 1/3600",
    "power": "W 1, uW 1/1000000, mW 1/1000, kW 1000, MW 1000000",
    "energy": "J 1, uJ 1/1000000, mJ 1/1000, kJ 1000, MJ 1000000, Wh 3600, kWh 3600000, MWh 3600000000",
    "power per area": "W/m2 1, kW/m2 1000",
    "voltage": "V 1, uV 1/1000000, mV 1/1000, kV 1000",
    "current": "A 1, uA 1/1000000, mA 1/1000",
    "charge": "Ah 1, mAh 1/1000",
    "resistance": "ohm 1, kohm 1000, Mohm 1000000",
    "capacitance": "F 1, mF 1/1000, uF 1/1000000, nF 1/1000000000",
    "magnetic flux density": "T 1, nT 1/1000000000, uT 1/1000000, mT 1/1000",
    "illuminance": "lux 1, klux 1000",
    "luminous flux": "lm 1",
    "level difference": "dB 1",
    "power level": "dBm 1",
    "level below full scale": "dBFS 1",
    "sound level": "dB(A) 1",
    "volume flow": "m3/h 1, m3/s 3600, L/h 1/1000, L/min 3/50, L/s 18/5",
    "density": "kg/m3 1, gram/m3 1/1000, mg/m3 1/1000000, ug/m3 1/1000000000",
    "glucose": "mg/dL 1",
    "data": "bit 1, kbit 1000, Mbit 1000000, byte 8, kB 8000, MB 8000000, KiB 8192, MiB 8388608",
    "data rate": "bit/s 1, kbit/s 1000, Mbit/s 1000000, byte/s 8, kB/s 8000",
    "symbol rate": "baud 1",
    "money": "EUR 1, ct 1/100",
    "price of energy": "EUR/kWh 1, ct/kWh 1/100, EUR/MWh 1/1000",
    "emission of energy": "gram/kWh 1, kg/kWh 1000",
    "per energy": "1/kWh 1",
    "voltage squared": "mV2 1, uV2 1/1000000, V2 1000000",
    "pressure squared": "Pa2 1",
    "acceleration squared": "m2/s4 1",
    "temperature squared": "K2 1",
    "thermal resistance": "K/W 1",
    "thermal conductance": "W/K 1",
    "heat capacity": "J/K 1, kJ/K 1000, Wh/K 3600",
    "energy per area": "Wh/m2 1, kWh/m2 1000",
    "energy per distance": "Wh/km 1, kWh/km 1000",
    "jerk": "m/s3 1",
    "angular acceleration": "rad/s2 1",
    "time squared": "s2 1, ms2 1/1000000",
    "voltage squared per frequency": "mV2/Hz 1, V2/Hz 1000000",
    "acceleration squared per frequency": "g2/Hz 1",
    "angle": "rad 1, deg pi",
    "angular velocity": "rad/s 1, deg/s pi",
}


def _factor(text: str) -> Fraction:
    return Fraction(math.pi / 180) if text == "pi" else Fraction(text)


UNITS = {
    name: Unit(name, dimension, *map(_factor, numbers))
    for dimension, line in _TABLE.items()
    for name, *numbers in (entry.split(" ") for entry in line.split(", "))
}
"""Every unit by its name."""


_SIGNS = str.maketrans({"²": "2", "³": "3", "µ": "u", "μ": "u", "\u03a9": "ohm", "\u2126": "ohm", "°": "deg"})
_WORDS = {
    "degrees": "deg",
    "lx": "lux",
    "l": "L",
    "ml": "mL",
    "dBA": "dB(A)",
    "bpm": "/min",
    "rpm": "/min",
    "samples": "sample",
}


def unit(name: str) -> Unit:
    """The unit of that name; signs such as `²`, `µ` and `°` and a few common spellings are read as the table's.

    Raises:
        ParseError: if it is not in the table; the hint names the nearest.
    """
    plain = name.translate(_SIGNS)
    plain = _WORDS.get(plain, plain)
    if plain in UNITS:
        return UNITS[plain]
    near = [known for known in UNITS if known.lower() == name.lower()] or difflib.get_close_matches(name, UNITS, n=1)
    raise ParseError(f"expected a unit of the table, got {name[:40]!r}", f"did you mean {near[0]!r}?" if near else "")


def line(source: str, target: str) -> tuple[Fraction, Fraction]:
    """Scale and shift with `value in target = value in source * scale + shift`.

    Raises:
        ParseError: for an unknown unit, or two dimensions.
    """
    left, right = unit(source), unit(target)
    if left.dimension != right.dimension:
        raise ParseError(f"{source} is a unit of {left.dimension}, {target} of {right.dimension}")
    return left.factor / right.factor, (left.offset - right.offset) / right.factor


def convert(value: float, source: str, target: str) -> float:
    """A number in another unit, rounded once; NaN and the infinities stay.

    Raises:
        ParseError: for an unknown unit, or two dimensions.
    """
    scale, shift = line(source, target)
    if not math.isfinite(value):
        return value
    return float(Fraction(value) * scale + shift)


def expression(source: str, target: str) -> str:
    """Python arithmetic on `{value}` that converts; `{value}` alone when nothing changes.

    Raises:
        ParseError: for an unknown unit, or two dimensions.
    """
    scale, shift = line(source, target)
    before = shift / scale
    if shift and not _short(shift) and _short(before):
        return _scaled(f"({_shifted('{value}', before)})", scale)
    return _shifted(_scaled("{value}", scale), shift)


def _short(number: Fraction) -> bool:
    """Whether a number is a short decimal, exact as people write it."""
    return (number * 10**6).denominator == 1


def _scaled(text: str, scale: Fraction) -> str:
    if scale == 1:
        return text
    for mark, number in (("*", scale), ("/", 1 / scale)):
        if number.denominator == 1 or (number > 1 and _short(number)):
            return f"{text} {mark} {int(number) if number.denominator == 1 else float(number)}"
    above, below = scale.as_integer_ratio()
    return f"{text} * {float(scale)!r}" if max(above, below) > 10**12 else f"{text} * {above} / {below}"


def _shifted(text: str, shift: Fraction) -> str:
    if not shift:
        return text
    return f"{text} {'+' if shift > 0 else '-'} {float(abs(shift))!r}"
