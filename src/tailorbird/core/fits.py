"""Whether a value of one type may go where another is wanted, and the Python that converts it.

    equal types, unifiable dims, equal units; T -> T or none; path -> str; dict[str, T] -> dict      pass
    int -> float, a wider dtype, another unit of the same dimension                                  convert
    float -> int, ndarray <-> list, T or none -> T, another dimension, dims at odds                  error

Symbols of different functions are renamed apart by the caller (`Kind.apart`) and unified along the edges (`Dims`).
A conversion reaches into lists, dicts and tuples; columns of a frame have units of their own and are never converted.

Covers: types and units as declared. Does not cover: what a value really is (the sandbox sees that).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from tailorbird.core import units
from tailorbird.core.errors import ParseError
from tailorbird.core.kinds import REALS, Kind, parse_kind


@dataclass(frozen=True)
class Fit:
    """Whether a value of one type may go where another is wanted."""

    verdict: Literal["pass", "convert", "error"]
    conversion: str = ""
    """Python expression with `{value}` for what comes; empty unless the verdict is `convert`."""
    why: str = ""
    """What is converted, or what does not fit, with both ends named."""


class Dims:
    """Lengths that must be equal: symbols and numbers, merged as edges are followed."""

    def __init__(self) -> None:
        self._same: dict[int | str, int | str] = {}

    def find(self, dim: int | str) -> int | str:
        """What a length is known to equal: a number where there is one."""
        while dim in self._same:
            dim = self._same[dim]
        return dim

    def unify(self, left: int | str, right: int | str) -> bool:
        """Make two lengths equal; false when they are different numbers."""
        left, right = self.find(left), self.find(right)
        if isinstance(left, int) and isinstance(right, int):
            return left == right
        if left != right:
            self._same.update({left: right} if isinstance(left, str) else {right: left})
        return True


def fits(
    source: str | Kind, target: str | Kind, source_unit: str = "1", target_unit: str = "1", dims: Dims | None = None
) -> Fit:
    """Whether a value may pass along an edge, and how.

    Args:
        source: type of what is made.
        target: type of what is wanted; symbols renamed apart by the caller where `dims` is given.
        source_unit: unit of what is made.
        target_unit: unit of what is wanted.
        dims: lengths known so far; extended by what this edge says.

    Raises:
        ParseError: if a type or a differing unit is not one.
    """
    left = parse_kind(source) if isinstance(source, str) else source
    right = parse_kind(target) if isinstance(target, str) else target
    shown = f"{_shown(left, source_unit)} does not fit {_shown(right, target_unit)}"
    try:
        found = _passage(left, right, _Way(source_unit, target_unit, dims or Dims()))
    except ParseError as error:
        return Fit("error", why=f"{shown}: {error.message}")
    if found == "{value}":
        return Fit("pass")
    return Fit("convert", found, f"{_shown(left, source_unit)} to {_shown(right, target_unit)}")


def _shown(kind: Kind, unit: str) -> str:
    return re.sub(r"@\w+", "", kind.render()) + ("" if unit == "1" else f" in {unit}")


class _Way:
    """What an edge does to each number on it, and the lengths that must agree."""

    def __init__(self, source: str, target: str, dims: Dims) -> None:
        self.dims = dims
        self.same = source == target
        self.arithmetic = "{value}" if self.same else units.expression(source, target)
        scale, shift = (Fraction(1), Fraction(0)) if self.same else units.line(source, target)
        self.whole = scale.denominator == 1 and not shift
        """Whole numbers stay whole."""


def _passage(left: Kind, right: Kind, way: _Way) -> str:
    """The expression that turns one into the other.

    Raises:
        ParseError: if there is none.
    """
    if left.optional and not right.optional:
        raise ParseError("none may come where a value is wanted")
    if left.optional:
        found = _passage(replace(left, optional=False), replace(right, optional=False), way)
        return found if found == "{value}" else f"None if {{value}} is None else {found}"
    if {left.name, right.name} <= {"int", "float"}:
        return _number(left.name, right.name, way)
    if left.name == right.name and left.name in _INSIDE:
        return _INSIDE[left.name](left, right, way)
    if left.name != right.name and (left.name, right.name) != ("path", "str"):
        raise ParseError(f"{left.name} is not {right.name}")
    if not way.same:
        raise ParseError(f"{left.name} has no unit that could be converted")
    return "{value}"


def _number(left: str, right: str, way: _Way) -> str:
    if left == "float" and right == "int":
        raise ParseError("a float would lose its fraction")
    if left == right == "int" and not way.whole:
        raise ParseError("the converted number is not whole")
    return f"float({way.arithmetic})" if left != right and way.whole else way.arithmetic


def _list(left: Kind, right: Kind, way: _Way) -> str:
    found = _passage(left.items[0], right.items[0], way)
    return found if found == "{value}" else f"[{_each(found)}]"


def _each(found: str) -> str:
    name = next(word for word in ("item", "row", "part", "whole") if word not in found)
    return f"{found.replace('{value}', name)} for {name} in {{value}}"


def _dict(left: Kind, right: Kind, way: _Way) -> str:
    if not right.items and way.same:
        return "{value}"
    if not left.items or not right.items:
        raise ParseError("what the dict holds is not said")
    found = _passage(left.items[0], right.items[0], way)
    if found == "{value}":
        return found
    return "{key: " + found.replace("{value}", "item") + " for key, item in {value}.items()}"


def _tuple(left: Kind, right: Kind, way: _Way) -> str:
    if left.more != right.more or len(left.items) != len(right.items):
        raise ParseError("the number of items differs")
    found = [_passage(one, other, way) for one, other in zip(left.items, right.items, strict=True)]
    if all(part == "{value}" for part in found):
        return "{value}"
    if left.more:
        return f"tuple({_each(found[0])})"
    inside = [part.replace("{value}", f"{{value}}[{at}]") for at, part in enumerate(found)]
    return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"


def _ndarray(left: Kind, right: Kind, way: _Way) -> str:
    if len(left.dims) != len(right.dims):
        raise ParseError(f"{len(left.dims)} dims are not {len(right.dims)}")
    for one, other in zip(left.dims, right.dims, strict=True):
        if not way.dims.unify(one, other):
            raise ParseError(f"a length is {way.dims.find(one)} and {way.dims.find(other)}")
    if not _widens(left.dtype, right.dtype):
        raise ParseError(f"{left.dtype} does not widen to {right.dtype}")
    value = "{value}" if left.dtype == right.dtype else f'{{value}}.astype("{right.dtype}")'
    if way.same:
        return value
    if right.dtype[0] not in "fc" and not (right.dtype == "int64" and way.whole):
        raise ParseError(f"{right.dtype} has no room for converted numbers")
    return way.arithmetic.replace("{value}", value)


def _widens(left: str, right: str) -> bool:
    """Whether every value of one dtype is one of another; whole numbers count as fit for float64."""
    if left == right:
        return True
    if left not in REALS or right not in REALS:
        return False
    bits, room = int(left.lstrip("uinfloat")), int(right.lstrip("uinfloat"))
    if right[0] == "f":
        return room == 64 or room > bits
    return room > bits and left[0] != "f" and (left[0] == right[0] or left[0] == "u")


def _frame(left: Kind, right: Kind, way: _Way) -> str:
    if not way.same:
        raise ParseError("columns of a frame have units of their own")
    there = dict(zip(left.columns, left.items, strict=True))
    for name, wanted in zip(right.columns, right.items, strict=True):
        if name not in there:
            raise ParseError(f"there is no column {name}")
        if _passage(there[name], wanted, way) != "{value}":
            raise ParseError(f"the column {name} is {there[name].render()}, not {wanted.render()}")
    return "{value}"


_INSIDE: Mapping[str, Callable[[Kind, Kind, _Way], str]] = {
    "list": _list, "dict": _dict, "tuple": _tuple, "ndarray": _ndarray, "frame": _frame,
}  # fmt: skip
