"""Recipes: a mapping and `--set a.b=c` become a checked record; faults name place, key and the nearest known key."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tailorbird.core.errors import BadFile, UserError
from tailorbird.core.record import from_data

T = TypeVar("T")


def resolve(kind: type[T], data: Any, sets: Sequence[str] = (), place: str = "recipe") -> T:
    """A checked recipe.

    Args:
        kind: the record it must be.
        data: what the file holds; `None` for an empty file.
        sets: changes such as `limits.memory_mb=200`, applied in order; only what is given overrides.
        place: the file's name, for messages.

    Raises:
        BadFile: if a key is unknown or a value is not of its type.
        UserError: if a change is not of the form `a.b=c`.
    """
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise BadFile(place, [f"expected keys and values, got {type(data).__name__}"])
    merged = json.loads(json.dumps(data, default=str))
    for change in sets:
        _apply(merged, change)
    hint = _nearest(kind, merged)
    try:
        made: T = from_data(kind, merged, place)
    except BadFile as error:
        raise BadFile("", error.faults, hint) from None
    return made


def _apply(data: dict[str, Any], change: str) -> None:
    path, mark, text = change.partition("=")
    keys = path.strip().split(".")
    if not mark or not all(keys):
        raise UserError(f"--set {change!r}: expected a.b=c", "for example --set limits.memory_mb=200")
    at = data
    for key in keys[:-1]:
        inner = at.setdefault(key, {})
        if not isinstance(inner, dict):
            raise UserError(f"--set {change!r}: {key} holds a value, not keys")
        at = inner
    at[keys[-1]] = scalar(text)


def scalar(text: str) -> Any:
    """A value as it stands in a recipe: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except ValueError:
        return text


def _nearest(kind: Any, data: Mapping[str, Any]) -> str:
    """A hint for the first unknown key, one level deep."""
    if not dataclasses.is_dataclass(kind):
        return ""
    known = [field.name for field in dataclasses.fields(kind)]
    for key in data:
        near = difflib.get_close_matches(str(key), known, n=1)
        if key not in known:
            return f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
    return ""
