"""Python values as JSON trees and raw parts; no pickle.

Covers: None, bool, int, float, complex, str, bytes, list, tuple, set, dict, dates and times, numpy arrays and scalars,
pandas columns (as arrays, or lists where their elements are objects) and tables (as dictionaries of columns).
Does not cover: other types, which travel as their type's name alone; masked arrays' masks; time zones' names.
"""

from __future__ import annotations

import datetime
import math
import sys
from collections.abc import Callable
from typing import Any

from .decode import CARRIED_DTYPE, MAX_DEPTH, MAX_DIGITS, clean

_INLINE_TEXT = 4_096


class Encoder:
    """Values to JSON trees; large texts, bytes and arrays go to `blobs`.

    Args:
        strict: raise `TypeError` for a type that is not carried, rather than sending its name.
    """

    def __init__(self, strict: bool = False) -> None:
        self.blobs: list[bytes] = []
        """Raw parts in the order in which the tree names them."""
        self._strict = strict

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The JSON tree of one value.

        Raises:
            TypeError: in strict mode, if the value's type is not carried or it nests too deep.
        """
        if depth <= MAX_DEPTH:
            for kinds, encode in _ENCODERS:
                if isinstance(value, kinds):
                    return encode(self, value, depth)
            table = sys.modules.get("numpy")
            if table is not None and isinstance(value, table.generic):
                return self._scalar(value, depth)
            if table is not None and isinstance(value, table.ndarray):
                return self._array(value)
            frames = sys.modules.get("pandas")
            if frames is not None and hasattr(frames, "DataFrame"):
                if isinstance(value, (frames.Series, frames.Index)):
                    return self._column(value, depth)
                if isinstance(value, frames.DataFrame):
                    pairs = [[self.encode(key, depth + 1), self._column(value[key], depth + 1)] for key in value]
                    return {"$": "dict", "v": pairs}
        return self._opaque(value)

    def _opaque(self, value: Any) -> Any:
        name = type(value).__name__[:200].encode("ascii", "replace").decode("ascii")
        if self._strict:
            raise TypeError(f"the sandbox carries plain data and arrays, not {name}")
        return {"$": "opaque", "v": name}

    def _blob(self, data: bytes) -> int:
        self.blobs.append(data)
        return len(self.blobs) - 1

    def _int(self, value: Any, depth: int) -> Any:
        number = int.__int__(value)
        if -(1 << 63) <= number < 1 << 63:
            return number
        return {"$": "int", "v": str(number)} if number.bit_length() < 3.3 * MAX_DIGITS else self._opaque(value)

    def _float(self, value: Any, depth: int) -> Any:
        number = float.__float__(value)
        return number if math.isfinite(number) else {"$": "float", "v": repr(number)}

    def _text(self, value: Any, depth: int) -> Any:
        text = str.__str__(value)
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError:
            return self._opaque(value)
        return text if len(data) <= _INLINE_TEXT else {"$": "str", "b": self._blob(data)}

    def _list(self, value: Any, depth: int) -> Any:
        return [self.encode(item, depth + 1) for item in value]

    def _members(self, value: Any, depth: int) -> Any:
        kinds: tuple[type, ...] = (tuple, frozenset, set)
        kind = next(kind.__name__ for kind in kinds if isinstance(value, kind))
        return {"$": kind, "v": [self.encode(item, depth + 1) for item in value]}

    def _dict(self, value: Any, depth: int) -> Any:
        if all(type(key) is str and len(key) <= _INLINE_TEXT and key != "$" and clean(key) for key in value):
            return {key: self.encode(item, depth + 1) for key, item in dict.items(value)}
        pairs = [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in dict.items(value)]
        return {"$": "dict", "v": pairs}

    def _complex(self, value: Any, depth: int) -> Any:
        return {"$": "complex", "v": [self._float(value.real, depth), self._float(value.imag, depth)]}

    def _time(self, value: Any, depth: int) -> Any:
        kinds: tuple[Any, ...] = (datetime.datetime, datetime.date, datetime.time)
        kind = next(kind for kind in kinds if isinstance(value, kind))
        return {"$": kind.__name__, "v": kind.isoformat(value)} if value == value else self._opaque(value)

    def _duration(self, value: Any, depth: int) -> Any:
        return {"$": "timedelta", "v": [value.days, value.seconds, value.microseconds]}

    def _array(self, value: Any) -> Any:
        dtype = str(value.dtype.str)
        if value.dtype.hasobject or not CARRIED_DTYPE.fullmatch(dtype):
            return self._opaque(value)
        head = {"$": "ndarray", "dtype": dtype, "shape": [int(size) for size in value.shape]}
        return {**head, "b": self._blob(value.tobytes(order="C"))}

    def _scalar(self, value: Any, depth: int) -> Any:
        if value.dtype.kind in "biufc" and value.dtype.itemsize <= 16 and value.dtype.char not in "gG":
            return self.encode(value.item(), depth)
        return self._array(sys.modules["numpy"].asarray(value)) if value.dtype.kind in "Mm" else self._opaque(value)

    def _column(self, value: Any, depth: int) -> Any:
        array = value.to_numpy()
        if not array.dtype.hasobject:
            return self._array(array)
        return [self.encode(item, depth + 1) for item in value.tolist()]


def _none(encoder: Encoder, value: Any, depth: int) -> Any:
    return value


_ENCODERS: tuple[tuple[Any, Callable[[Encoder, Any, int], Any]], ...] = (
    ((type(None), bool), _none),
    (int, Encoder._int),
    (float, Encoder._float),
    (str, Encoder._text),
    ((bytes, bytearray), lambda encoder, value, depth: {"$": "bytes", "b": encoder._blob(bytes(value))}),
    (list, Encoder._list),
    ((tuple, set, frozenset), Encoder._members),
    (dict, Encoder._dict),
    (complex, Encoder._complex),
    ((datetime.datetime, datetime.date, datetime.time), Encoder._time),
    (datetime.timedelta, Encoder._duration),
)
