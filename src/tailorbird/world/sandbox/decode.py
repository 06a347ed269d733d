"""JSON trees and raw parts back to Python values, trusting nothing.

Covers: the forms that `encode.py` makes. Every rule exists because a program could send the contrary: depth, number of
values, long integers, repeated keys, colliding hashes, sizes that do not fit. Does not cover: pickles, in any form.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable
from typing import Any

from .job import Opaque

MAX_DEPTH = 32
"""Deepest nesting of containers."""
MAX_NODES = 1_000_000
"""Most values in one message."""
MAX_DIGITS = 4_000
"""Most decimal digits of an integer."""
MAX_HARD_KEYS = 2_000
"""Most members of a set or dictionary whose hashes a program could make collide."""

CARRIED_DTYPE = re.compile(r"[<>|=](?:b1|[iu][1248]|f[248]|c8|c16|[Mm]8(?:\[[0-9]{0,6}[A-Za-zμ]{1,7}\])?)")
"""Element types that arrays may have; no objects."""


class DecodeError(ValueError):
    """A message does not have the form that it must have."""


def clean(text: str) -> bool:
    """Whether a text has no lone surrogates, so that UTF-8 can carry it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def load_tree(text: bytes) -> Any:
    """Strictly parsed JSON: no duplicate keys, no NaN, no long integers, no more than `MAX_NODES` values.

    Raises:
        DecodeError: if the text is anything else.
    """
    # Counted before parsing: sixteen megabytes of brackets would make gigabytes of lists.
    if text.count(b",") + text.count(b"[") + text.count(b"{") > 2 * MAX_NODES:
        raise DecodeError("too many values")
    try:
        return json.loads(
            text.decode("utf-8"), object_pairs_hook=_pairs, parse_int=_integer, parse_float=_number, parse_constant=_no
        )
    except DecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON: {type(error).__name__}") from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise DecodeError("a key occurs twice")
    return made


def _integer(text: str) -> int:
    if len(text) > 20:
        raise DecodeError("an integer is too long")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise DecodeError("a number is too large")
    return number


def _no(text: str) -> Any:
    raise DecodeError(f"{text} is not JSON")


class Decoder:
    """JSON trees and blobs back to values, trusting nothing.

    Args:
        blobs: the raw parts of the message; each must be named once, in order.
    """

    def __init__(self, blobs: list[bytes]) -> None:
        self._blobs = blobs
        self._next = 0
        self._nodes = 0

    def decode(self, tree: Any) -> Any:
        """The value of a whole message.

        Raises:
            DecodeError: if the tree or a blob breaks a rule.
        """
        try:
            value = self._value(tree, 0)
        except DecodeError:
            raise
        except (ValueError, TypeError, OverflowError, RecursionError, KeyError) as error:
            raise DecodeError(f"malformed value: {type(error).__name__}") from None
        if self._next != len(self._blobs):
            raise DecodeError("a blob is not used")
        return value

    def _value(self, tree: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise DecodeError("too many or too deeply nested values")
        if isinstance(tree, list):
            return [self._value(item, depth + 1) for item in tree]
        if isinstance(tree, str):
            if not clean(tree):
                raise DecodeError("a text has lone surrogates")
            return tree
        if not isinstance(tree, dict):
            return tree
        if "$" not in tree:
            return {self._value(key, depth + 1): self._value(item, depth + 1) for key, item in tree.items()}
        return self._tagged(tree, depth)

    def _tagged(self, tree: dict[str, Any], depth: int) -> Any:
        tag = tree["$"]
        fields = {"$", "dtype", "shape", "b"} if tag == "ndarray" else {"$", "b"} if tag in _BLOBS else {"$", "v"}
        if not isinstance(tag, str) or set(tree) != fields:
            raise DecodeError("unknown form of value")
        if tag == "ndarray":
            return _array(tree["dtype"], tree["shape"], self._take(tree["b"]))
        if tag in _BLOBS:
            data = self._take(tree["b"])
            return data if tag == "bytes" else data.decode("utf-8")
        content = tree["v"]
        if tag in ("tuple", "set", "frozenset", "dict"):
            return self._collection(tag, content, depth)
        if tag not in _PLAIN:
            raise DecodeError("unknown form of value")
        return _PLAIN[tag](content)

    def _collection(self, tag: str, content: Any, depth: int) -> Any:
        if not isinstance(content, list):
            raise DecodeError("a collection is not a list")
        if tag == "dict":
            if not all(isinstance(pair, list) and len(pair) == 2 for pair in content):
                raise DecodeError("a dictionary is not made of pairs")
            keys = [self._value(pair[0], depth + 1) for pair in content]
            _fit_to_hash(keys)
            made = {}
            for key, pair in zip(keys, content, strict=True):
                made[key] = self._value(pair[1], depth + 1)
            if len(made) != len(content):
                raise DecodeError("a key occurs twice")
            return made
        members = [self._value(item, depth + 1) for item in content]
        if tag == "tuple":
            return tuple(members)
        _fit_to_hash(members)
        group = set(members) if tag == "set" else frozenset(members)
        if len(group) != len(members):
            raise DecodeError("a member occurs twice")
        return group

    def _take(self, index: Any) -> bytes:
        if type(index) is not int or index != self._next or index >= len(self._blobs):
            raise DecodeError("blobs must be used once, in order")
        self._next += 1
        return self._blobs[index]


_BLOBS = ("bytes", "str")


def _fit_to_hash(members: list[Any]) -> None:
    """Refuse long lists of keys whose hashes are not keyed, as a program could make them all collide."""
    if len(members) > MAX_HARD_KEYS:
        for member in members:
            if (type(member) is int and not -(1 << 63) <= member < 1 << 63) or type(member) not in _EASY_KEYS:
                raise DecodeError("too many keys of a composed type")


_EASY_KEYS = (int, float, str, bytes, bool, type(None), datetime.date, datetime.datetime)


def _array(dtype: Any, shape: Any, data: bytes) -> Any:
    if not isinstance(dtype, str) or not CARRIED_DTYPE.fullmatch(dtype):
        raise DecodeError("an array has a type that is not carried")
    sizes = [size for size in shape if type(size) is int and 0 <= size < 1 << 40] if isinstance(shape, list) else None
    if sizes is None or len(sizes) != len(shape) or len(shape) > MAX_DEPTH:
        raise DecodeError("an array has no shape")
    width = re.match(r".[a-zA-Z]([0-9]+)", dtype)
    if width is None or math.prod(sizes) * int(width[1]) != len(data):
        raise DecodeError("an array has another size than its shape")
    try:
        import numpy
    except ImportError:
        return Opaque("ndarray")
    return numpy.frombuffer(data, dtype=numpy.dtype(dtype)).reshape(sizes).copy()


def _big(content: Any) -> int:
    if not isinstance(content, str) or not re.fullmatch(rf"-?[1-9][0-9]{{17,{MAX_DIGITS - 1}}}", content):
        raise DecodeError("a large integer is malformed")
    return int(content)


def _special(content: Any) -> float:
    if content not in ("nan", "inf", "-inf"):
        raise DecodeError("a special number is malformed")
    return float(content)


def _part(content: Any) -> float:
    return content if type(content) is float else _special(content["v"])


def _complex(content: Any) -> complex:
    if not isinstance(content, list) or len(content) != 2:
        raise DecodeError("a complex number is malformed")
    return complex(_part(content[0]), _part(content[1]))


def _duration(content: Any) -> datetime.timedelta:
    if not isinstance(content, list) or [type(part) for part in content] != [int] * 3:
        raise DecodeError("a duration is malformed")
    return datetime.timedelta(*content)


def _opaque(content: Any) -> Opaque:
    if not isinstance(content, str) or len(content) > 200 or not content.isascii():
        raise DecodeError("a type's name is malformed")
    return Opaque(content)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "int": _big,
    "float": _special,
    "complex": _complex,
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": _duration,
    "opaque": _opaque,
}
