"""Frozen, checked, closed records: the currency of the house.

`@record` makes a pydantic dataclass that cannot be changed, checks every field on the way in and refuses unknown
keys. `to_json` writes the one canonical text of a record; `identity` is its SHA-256.

Covers: records of JSON-like data. Does not cover: tensors and other large arrays; hot loops do not build records.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import field
from functools import cache
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from tailorbird.core.errors import BadFile, ParseError

T = TypeVar("T")

_CONFIG = ConfigDict(extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="constants")


@dataclass_transform(frozen_default=True, kw_only_default=False)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a frozen, checked, closed dataclass; field docstrings become schema text.

    A dict or list as default is copied for each record, so that `= {}` may be written.
    """
    for name in cls.__dict__.get("__annotations__", {}):
        default = cls.__dict__.get(name)
        if isinstance(default, (dict, list)):
            setattr(cls, name, field(default_factory=default.copy))
    return cast(type[T], dataclass(cls, frozen=True, config=_CONFIG))


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The checker and writer of a type, built once."""
    return TypeAdapter(kind)


def canonical(value: Any) -> str:
    """One text per value: sorted keys, UTF-8, no spaces, no NaN.

    Raises:
        ValueError: if a number is NaN or infinite.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_data(item: Any) -> Any:
    """Plain lists, dicts and scalars of a record, without fields that hold their default."""
    kind: Any = type(item)
    return adapter(kind).dump_python(item, mode="json", exclude_defaults=True)


def to_json(item: Any) -> str:
    """Canonical JSON of a record; unions are told apart by their field `kind`, which is always written."""
    kind: Any = type(item)
    return canonical(adapter(kind).dump_python(item, mode="json"))


def identity(item: Any) -> str:
    """SHA-256 of the canonical JSON: the id of a record."""
    return hashlib.sha256(to_json(item).encode()).hexdigest()


def from_data(kind: Any, data: Any, place: str = "") -> Any:
    """A record from plain data.

    Args:
        kind: record class, or a union of records.
        data: what came.
        place: file or flag the data came from, for the message.

    Raises:
        BadFile: one line per fault, with its place.
    """
    try:
        return adapter(kind).validate_python(data)
    except ValidationError as error:
        raise BadFile(place, faults(error)) from None


def from_json(kind: Any, text: str | bytes, place: str = "") -> Any:
    """A record from its JSON text; see `from_data`.

    Raises:
        BadFile: if the text is not JSON or not such a record.
    """
    try:
        return adapter(kind).validate_json(text)
    except ValidationError as error:
        raise BadFile(place, faults(error)) from None


def faults(error: ValidationError) -> tuple[str, ...]:
    """One line per fault: where, what was expected, what came."""
    lines = []
    for fault in error.errors(include_url=False):
        where = ".".join(str(part) for part in fault["loc"]) or "top level"
        came = fault.get("input")
        text = "" if isinstance(came, (dict, list)) and len(str(came)) > 60 else f", got {str(came)[:60]!r}"
        lines.append(f"{where}: {fault['msg'][0].lower()}{fault['msg'][1:]}{text}")
    return tuple(lines)


def built(make: Callable[..., T], *parts: Any, **named: Any) -> T:
    """A record from parts of a model's text.

    Raises:
        ParseError: with the first thing that is wrong, if the parts make no such record.
    """
    try:
        return make(*parts, **named)
    except ValidationError as error:
        cause = error.errors(include_url=False)[0].get("ctx", {}).get("error")
        raise ParseError(str(cause) if cause else faults(error)[0]) from None


def plain_data(value: Any) -> Any:
    """The value as JSON gives it back: tuples as lists; everything else is as it was.

    Raises:
        ValueError: for what JSON cannot hold: NaN, an infinity, half a character, a key that is no text, an object, or
            more than 64 levels.
    """
    return _plain(value, 64)


def _plain(value: Any, depth: int) -> Any:
    if depth <= 0:
        raise ValueError("expected plain JSON data, it is nested too deeply")
    if isinstance(value, dict):
        return {_plain_text(key): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, str):
        return _plain_text(value)
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError(f"expected plain JSON data, got {value!r:.60}")


def _plain_text(value: Any) -> str:
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(f"expected a text of whole characters, got {value!r:.60}")
    return value


Json = Annotated[Any, AfterValidator(plain_data)]
"""Any plain JSON value."""

JsonObject = Annotated[dict[str, Any], AfterValidator(plain_data)]
"""An object of plain JSON values."""


def _as_line(text: str) -> str:
    return text.replace("\n", " ")


def _as_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_as_line(line) for line in lines if line.strip())


Line = Annotated[str, AfterValidator(_as_line)]
"""A text on one line: line ends become spaces."""

Lines = Annotated[tuple[str, ...], AfterValidator(_as_lines)]
"""Texts of one line each; blank ones are left out."""
