"""Types of slots: their grammar, and whether a decoded value is of one.

    T := int | float | bool | str | bytes | path | model | dict | list[T] | dict[str, T] | tuple[T, T] | tuple[T, ...]
       | ndarray[dtype, (dims)] | frame | frame[column:T, ...] | T or none

A dim is a whole number or a symbol (`N`, `C2`); equal symbols of one function mean equal lengths. `2M`, `N-1` or `N*C`
is a symbol too, unrelated to `M` and `N`. `...` in a frame leaves room for further columns.

Covers: types as texts, as annotations, as demands on decoded values. Does not cover: whether one type fits where
another is wanted (`fits.py`); units (`units.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tailorbird.core.errors import ParseError

DEPTH = 8
"""Deepest nesting of a type."""

PLAIN = ("int", "float", "bool", "str", "bytes", "path", "model", "dict", "frame")
"""Types that stand alone."""

REALS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64")
"""Element types of arrays that hold numbers in order."""

DTYPES = (*REALS, "bool", "complex64", "complex128", "str", "object", "datetime64")
"""Element types of arrays."""

_HEAD = re.compile(r"([a-z]+)\[(.*)\]", re.DOTALL)
_DIM = re.compile(r"[0-9]{1,9}|(?:[0-9]{1,4}\*?)?[A-Z][A-Za-z0-9_]{0,15}(?: ?[-+*/] ?[A-Z0-9][A-Za-z0-9_]{0,15})?")
_NONE = " or none"


@dataclass(frozen=True)
class Kind:
    """A type, taken apart."""

    name: str
    """One of `PLAIN`, or list, tuple, ndarray."""
    items: tuple[Kind, ...] = ()
    """Of a list or dict one, of a tuple all, of a frame one per column."""
    more: bool = False
    """tuple: any number of the one item; frame: further columns may be there."""
    dtype: str = ""
    dims: tuple[int | str, ...] = ()
    columns: tuple[str, ...] = ()
    optional: bool = False
    """May be none."""

    def render(self) -> str:
        """The type as a text."""
        return self._bare() + (_NONE if self.optional else "")

    def _bare(self) -> str:
        inside = [item.render() for item in self.items]
        if self.name == "ndarray":
            return f"ndarray[{self.dtype}, ({', '.join(map(str, self.dims))})]"
        if self.name == "dict" and inside:
            inside = ["str", *inside]
        if self.name == "frame":
            inside = [f"{name}:{item}" for name, item in zip(self.columns, inside, strict=True)]
        inside += ["..."] if self.more else []
        return f"{self.name}[{', '.join(inside)}]" if inside else self.name

    def apart(self, mark: str) -> Kind:
        """The same type with symbols that no other function shares: `N` becomes `N` with the mark."""
        dims = tuple(f"{dim}@{mark}" if isinstance(dim, str) else dim for dim in self.dims)
        return replace(self, dims=dims, items=tuple(item.apart(mark) for item in self.items))


@cache
def parse_kind(text: str) -> Kind:
    """A type from its text.

    Raises:
        ParseError: naming the part that is no type.
    """
    return _parse(text.strip(), text, DEPTH)


def _parse(text: str, whole: str, depth: int) -> Kind:
    if depth <= 0:
        raise ParseError(f"expected a type at most {DEPTH} deep, got {whole[:100]!r}")
    if text.endswith(_NONE):
        return replace(_parse(text[: -len(_NONE)].strip(), whole, depth - 1), optional=True)
    if text in PLAIN:
        return Kind(text)
    match = _HEAD.fullmatch(text)
    if match and match[1] in _READERS:
        parts = _split(match[2])
        found = _READERS[match[1]](parts, whole, depth - 1) if parts else None
        if found:
            return found
    place = "" if text == whole else f" in {whole[:100]!r}"
    raise ParseError(f"expected a type such as float, list[float] or ndarray[float64, (N)], got {text[:100]!r}{place}")


def _split(text: str) -> list[str] | None:
    """Parts between commas outside brackets; `None` when brackets do not match."""
    parts, open_, start = [], "", 0
    for at, letter in enumerate(text):
        if letter in "[(":
            open_ += letter
        elif letter in "])":
            if not open_ or "[(".index(open_[-1]) != "])".index(letter):
                return None
            open_ = open_[:-1]
        elif letter == "," and not open_:
            parts.append(text[start:at].strip())
            start = at + 1
    return None if open_ else [*parts, text[start:].strip()]


def _read_list(parts: list[str], whole: str, depth: int) -> Kind | None:
    return Kind("list", (_parse(parts[0], whole, depth),)) if len(parts) == 1 else None


def _read_dict(parts: list[str], whole: str, depth: int) -> Kind | None:
    if len(parts) != 2 or parts[0] != "str":
        return None
    return Kind("dict", (_parse(parts[1], whole, depth),))


def _read_tuple(parts: list[str], whole: str, depth: int) -> Kind | None:
    more = parts[-1] in ("...", "…")
    kept = parts[:-1] if more else parts
    if not kept or (more and len(kept) != 1):
        return None
    return Kind("tuple", tuple(_parse(part, whole, depth) for part in kept), more)


def _read_ndarray(parts: list[str], whole: str, depth: int) -> Kind | None:
    if len(parts) != 2 or parts[0] not in DTYPES or not (parts[1].startswith("(") and parts[1].endswith(")")):
        return None
    dims = [part.strip() for part in parts[1][1:-1].removesuffix(",").split(",")]
    if dims == [""]:
        dims = []
    if not all(_DIM.fullmatch(dim) for dim in dims):
        return None
    return Kind("ndarray", dtype=parts[0], dims=tuple(int(dim) if dim.isdigit() else dim for dim in dims))


def _read_frame(parts: list[str], whole: str, depth: int) -> Kind | None:
    more = parts[-1] in ("...", "…")
    pairs = [part.partition(":") for part in (parts[:-1] if more else parts)]
    names = tuple(name.strip() for name, _, _ in pairs)
    if not all(names) or len(set(names)) != len(names) or any(set(name) & set("[]()\n") for name in names):
        return None
    return Kind("frame", tuple(_parse(kind.strip(), whole, depth) for _, _, kind in pairs), more, columns=names)


_READERS: Mapping[str, Callable[[list[str], str, int], Kind | None]] = {
    "list": _read_list,
    "dict": _read_dict,
    "tuple": _read_tuple,
    "ndarray": _read_ndarray,
    "frame": _read_frame,
}


def annotation(kind: Kind | str) -> str:
    """The type as an annotation in Python source: path -> str, ndarray -> np.ndarray, frame -> pd.DataFrame."""
    found = parse_kind(kind) if isinstance(kind, str) else kind
    inside = [annotation(item) for item in found.items]
    inside += ["..."] if found.more else []
    names = {"path": "str", "model": "object", "ndarray": "np.ndarray", "frame": "pd.DataFrame"}
    text = names.get(found.name, found.name)
    if inside and found.name != "frame":
        text += f"[{', '.join(['str', *inside] if found.name == 'dict' else inside)}]"
    return f"{text} | None" if found.optional else text


def conforms(value: Any, kind: str) -> str:
    """Why a decoded value is not of a type; empty when it is, or when the type is not one of the grammar.

    Total: any value gets an answer. An array is a list of lists, as deep as it has dims; a frame is not looked into.
    """
    try:
        return _fault(value, parse_kind(kind))
    except ParseError:
        return ""


def _fault(value: Any, kind: Kind) -> str:
    if value is None and kind.optional:
        return ""
    if kind.name == "float":
        return _number_fault(value)
    if kind.name in ("list", "tuple"):
        return _sequence_fault(value, kind)
    if kind.name == "ndarray":
        return _array_fault(value, kind, kind.dims)
    if kind.name == "dict":
        return _dict_fault(value, kind)
    known = {"int": int, "bool": bool, "str": str, "path": str}
    wanted = known.get(kind.name, object)
    wrong = not isinstance(value, wanted) or (wanted is int and isinstance(value, bool))
    return f"expected {kind.render()}, got {type(value).__name__}" if wrong else ""


def _number_fault(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"expected float, got {type(value).__name__}"
    finite = math.isfinite(value) if isinstance(value, float) else value.bit_length() <= 1023
    return "" if finite else "expected a finite number"


def _dict_fault(value: Any, kind: Kind) -> str:
    if not isinstance(value, dict):
        return f"expected {kind.render()}, got {type(value).__name__}"
    if not kind.items:
        return ""
    odd = next((key for key in value if not isinstance(key, str)), None)
    if odd is not None:
        return f"expected texts as keys, got {type(odd).__name__}"
    return next((fault for item in value.values() if (fault := _fault(item, kind.items[0]))), "")


def _sequence_fault(value: Any, kind: Kind) -> str:
    if not isinstance(value, (list, tuple)):
        return f"expected {kind.render()}, got {type(value).__name__}"
    if kind.name == "list" or kind.more:
        return next((fault for item in value if (fault := _fault(item, kind.items[0]))), "")
    if len(value) != len(kind.items):
        return f"expected {kind.render()}, got {len(value)} items"
    return next((fault for item, part in zip(value, kind.items, strict=True) if (fault := _fault(item, part))), "")


def _array_fault(value: Any, kind: Kind, dims: tuple[int | str, ...]) -> str:
    if not dims:
        element = {"b": "bool", "i": "int", "u": "int", "f": "float", "s": "str"}.get(kind.dtype[0], "")
        return _fault(value, Kind(element)) if element else ""
    if not isinstance(value, (list, tuple)):
        return f"expected {kind.render()}, got {type(value).__name__}"
    if isinstance(dims[0], int) and len(value) != dims[0]:
        return f"expected {kind.render()}, got {len(value)} items"
    return next((fault for item in value if (fault := _array_fault(item, kind, dims[1:]))), "")
