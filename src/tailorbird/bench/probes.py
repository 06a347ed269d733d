"""Answers that know nothing, and answers that are malformed: what a family's judge must turn away.

A blind answer is made from the contract, from right answers to *other* draws and from the visible input, never from
this draw's truth; lists may have the right length, so that length is no secret that saves a task. A malformed answer is
the right one with one value of another type, shape or size.
Covers: constants, stale and random answers, echoes, combs, wrong types, extremes. Does not cover: programs (`prove.py`).
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from tailorbird.core.domain import Instance
from tailorbird.core.program import Slot

COMB = 40
"""Spacings of the blind comb: events every d, whatever the input holds."""

FLOOD = 5_000
"""Elements of the longest list a judge is tried with; its measure must still end within seconds."""

NAN = float("nan")

Output = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What a blind answer may be made from, for one trial."""

    slots: tuple[Slot, ...]
    others: Sequence[Mapping[str, Any]]
    """Right answers to draws with another salt, of any level."""
    stale: Mapping[str, Any]
    """The right answer to another draw of the same level."""
    sizes: Mapping[str, int]
    """Length of each list of the right answer."""
    instance: Instance
    seed: int


def inner(kind: str) -> str:
    """Type of the elements of a list type; empty for other types."""
    return kind[5:-1] if kind.startswith("list[") and kind.endswith("]") else ""


def base(kind: str) -> str:
    """A type without `or none`."""
    return kind.removesuffix(" or none")


def blind(known: Known) -> dict[str, Output]:
    """Every blind answer to one trial, by name."""
    found: dict[str, Output] = {
        "zeros": _each(known, lambda slot: _constant(slot, known, 0)),
        "ones": _each(known, lambda slot: _constant(slot, known, 1)),
        "empty": _each(known, lambda slot: _empty(base(slot.type))),
        "all NaN": _each(known, lambda slot: [NAN] * known.sizes.get(slot.name, 1) if inner(base(slot.type)) else NAN),
        "none": _each(known, lambda slot: None),
        "typical": _each(known, lambda slot: _typical(slot, known, median)),
        "mean": _each(known, lambda slot: _typical(slot, known, fmean)),
        "majority": _each(known, lambda slot: _majority(slot, known)),
        "stale": dict(known.stale),
        "random": _each(known, lambda slot: _random(slot, known)),
        "echo": _each(known, lambda slot: _echo(slot, known.instance)),
    }
    combed = [slot for slot in known.slots if inner(base(slot.type)) in ("float", "int")]
    for step in range(COMB if combed else 0):
        found[f"comb {step + 1}"] = _each(known, lambda slot, k=step: _comb(slot, known, k))  # type: ignore[misc]
    return found


def _each(known: Known, make: Callable[[Slot], Any]) -> Output:
    return {slot.name: make(slot) for slot in known.slots}


def _constant(slot: Slot, known: Known, value: int) -> Any:
    kind = base(slot.type)
    element = inner(kind)
    if element:
        return [_scalar(element, value)] * known.sizes.get(slot.name, 1)
    return _scalar(kind, value)


def _scalar(kind: str, value: int) -> Any:
    plain = {"float": float(value), "int": value, "bool": bool(value), "str": str(value), "dict": {}}
    return plain.get(base(kind), [] if inner(base(kind)) else value)


def _empty(kind: str) -> Any:
    return [] if inner(kind) else {"str": "", "dict": {}, "bool": False, "int": 0}.get(kind, 0.0)


def _values(slot: Slot, known: Known) -> list[Any]:
    return [other[slot.name] for other in known.others if other.get(slot.name) is not None]


def _numbers(values: Sequence[Any]) -> list[float]:
    """Numbers in a list of values, one level down."""
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [float(item) for item in flat if isinstance(item, (int, float)) and not isinstance(item, bool)]


def _typical(slot: Slot, known: Known, middle: Callable[[list[float]], float]) -> Any:
    kind, values = base(slot.type), _values(slot, known)
    numbers = _numbers(values)
    if not values:
        return _empty(kind)
    if kind in ("float", "int") and numbers:
        return round(middle(numbers)) if kind == "int" else middle(numbers)
    if inner(kind) in ("float", "int") and numbers:
        level = middle(numbers)
        return [round(level) if inner(kind) == "int" else level] * known.sizes.get(slot.name, 1)
    return _mode(values)


def _mode(values: Sequence[Any]) -> Any:
    texts = Counter(json.dumps(value, sort_keys=True, default=str) for value in values)
    return json.loads(texts.most_common(1)[0][0])


def _majority(slot: Slot, known: Known) -> Any:
    """The most frequent value; for a list, the most frequent element in the right length."""
    values = _values(slot, known)
    if not inner(base(slot.type)):
        return _mode(values) if values else _empty(base(slot.type))
    elements = [item for value in values for item in value]
    return [_mode(elements)] * known.sizes.get(slot.name, 1) if elements else []


def _random(slot: Slot, known: Known) -> Any:
    draw = random.Random(f"{slot.name}|{known.seed}")
    kind, values = base(slot.type), _values(slot, known)
    numbers = _numbers(values) or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    whole = inner(kind) or kind
    if base(whole) in ("float", "int"):
        made = [draw.uniform(low, high) for _ in range(known.sizes.get(slot.name, 1))]
        rounded = [round(item) if base(whole) == "int" else item for item in made]
        return rounded if inner(kind) else draw.choice(rounded or [0])
    if whole == "bool":
        flags = [draw.random() < 0.5 for _ in range(known.sizes.get(slot.name, 1))]
        return flags if inner(kind) else draw.random() < 0.5
    if inner(kind):
        elements = [item for value in values for item in value]
        return [draw.choice(elements) for _ in range(known.sizes.get(slot.name, 1))] if elements else []
    return draw.choice(values) if values else _empty(kind)


def _echo(slot: Slot, instance: Instance) -> Any:
    """The first numeric column of the input, or its column names."""
    names, numbers = read_input(instance)
    kind = base(slot.type)
    whole = inner(kind) or kind
    if base(whole) in ("float", "int"):
        plain: list[Any] = [round(item) for item in numbers] if base(whole) == "int" else list(numbers)
        return plain if inner(kind) else (plain[-1] if plain else 0)
    if whole == "str":
        return names if inner(kind) else (names[0] if names else "")
    return _empty(kind)


def read_input(instance: Instance) -> tuple[list[str], list[float]]:
    """Column names or keys of the input, and its first varying column of numbers, as far as they can be read as text."""
    for content in instance.visible.values():
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        names, columns = _json_columns(text) or _csv_columns(text)
        numeric = [column for column in columns if column]
        if numeric:
            return names, numeric[1] if len(numeric) > 1 else numeric[0]
    return [], []


def _json_columns(text: str) -> tuple[list[str], list[list[float]]] | None:
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return [], [_numbers(data if isinstance(data, list) else [data])]
    return [str(key) for key in data], [_numbers([value]) for value in data.values()]


def _csv_columns(text: str) -> tuple[list[str], list[list[float]]]:
    rows = list(csv.reader(io.StringIO(text)))
    columns = []
    for column in zip(*rows[1:], strict=False):
        try:
            columns.append([float(cell) for cell in column if cell])
        except ValueError:
            columns.append([])
    return (rows[0] if rows else []), columns


def _comb(slot: Slot, known: Known, step: int) -> Any:
    """Events at a fixed spacing over the span other answers cover; spacings from a half to a 1,000th of it."""
    element = inner(base(slot.type))
    if element not in ("float", "int"):
        return _typical(slot, known, median)
    numbers = _numbers(_values(slot, known)) or [0.0, 1.0]
    low, high = min(0.0, *numbers), max(numbers)
    spacing = (high - low or 1.0) / 2.0 * 500.0 ** (-step / (COMB - 1))
    count = min(2_000, int((high - low) / spacing) + 1)
    made = [low + spacing * (at + 0.5) for at in range(count)]
    return [round(item) for item in made] if element == "int" else made


_NESTED: list[Any] = []
for _ in range(30):
    _NESTED = [_NESTED]

_ODD: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("NaN", NAN),
    ("infinity", float("inf")),
    ("true", True),
    ("a text", "1.0"),
    ("an empty text", ""),
    ("an object", {"value": 1.0}),
    ("a list", [1.0]),
    ("nested lists", _NESTED),
    ("a huge whole number", 10**400),
    ("a huge number", 1e308),
    ("a hugely negative number", -1e308),
)

_FITS = {
    "float": {"a huge number", "a hugely negative number"},
    "int": {"a huge whole number"},
    "bool": {"true"},
    "str": {"a text", "an empty text"},
    "dict": {"an object"},
}
"""Odd values that a type admits: they may be judged, but must neither pass nor break the measure."""


@dataclass(frozen=True)
class Malformed:
    """A right answer with one fault."""

    name: str
    output: Any
    form: bool
    """Whether the fault is one of form: then not a single trial may pass."""


def malformed(slots: Sequence[Slot], right: Mapping[str, Any]) -> list[Malformed]:
    """Every malformed variant of a right answer."""
    found = [
        Malformed(f"the answer is {name}", value, True) for name, value in (*_ODD, ("empty", {})) if name != "an object"
    ]
    found += [
        Malformed(f"without {slot.name}", {key: value for key, value in right.items() if key != slot.name}, True)
        for slot in slots
    ]
    for slot in slots:
        kind, nullable = base(slot.type), slot.type.endswith(" or none")
        element = inner(kind)
        for name, value in _ODD:
            known = kind in _FITS or element
            fits = not known or (nullable and value is None) or name in _FITS.get(kind, ())
            fits = fits or bool(element and isinstance(value, list))
            found.append(Malformed(f"{slot.name} is {name}", {**right, slot.name: value}, not fits))
            # One truth value in a list of them is an answer, not a fault.
            if base(element) in _FITS and (base(element), value) != ("bool", True):
                fits = name in _FITS.get(base(element), ()) or (value is None and element.endswith(" or none"))
                swapped = [value, *list(right.get(slot.name) or [])[1:]]
                found.append(Malformed(f"{slot.name} holds {name}", {**right, slot.name: swapped}, not fits))
        if element:
            found.append(
                Malformed(f"{slot.name} is very long", {**right, slot.name: [_scalar(element, 0)] * FLOOD}, False)
            )
    return found
