"""CBOR and SenML as a receiver reads them: bytes to values, a pack to resolved records.

Source: RFC 8949 (CBOR), RFC 8428 (SenML), sections 4.6 and 6. Covers: all major types, indefinite lengths, half, single
and double floats, decimal fractions, base fields. Does not cover: bignums, big floats, other tags, times relative to
now, sums. Written for judging packs that other encoders made, so it shares no code with them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", 0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 6: "t"}
"""Integer labels of SenML fields in CBOR (RFC 8428, table 4); the rest is not used here."""

_DEEP = 12


def decode_cbor(data: bytes) -> Any:
    """The one value a CBOR text encodes.

    Raises:
        ValueError: if the bytes are cut off, nested too deeply, followed by others, or use what is not covered.
    """
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise ValueError(f"expected one value, got {len(data) - end} bytes after it")
    return value


def _take(data: bytes, at: int, count: int) -> tuple[bytes, int]:
    if at + count > len(data):
        raise ValueError(f"expected {count} bytes at {at}, got {max(0, len(data) - at)}")
    return data[at : at + count], at + count


def _head(data: bytes, at: int) -> tuple[int, int, int | None, int]:
    """Major type, additional information, argument (none when indefinite) and the place after them."""
    first, at = _take(data, at, 1)
    major, info = first[0] >> 5, first[0] & 31
    if info < 24:
        return major, info, info, at
    if info > 27:
        if info == 31:
            return major, info, None, at
        raise ValueError(f"expected additional information below 28, got {info}")
    raw, at = _take(data, at, 1 << info - 24)
    return major, info, int.from_bytes(raw, "big"), at


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEP:
        raise ValueError(f"expected at most {_DEEP} levels")
    start = at
    major, info, argument, at = _head(data, at)
    if major in (4, 5):
        return _container(data, at, argument, major == 5, depth)
    if major in (2, 3):
        return _text(data, at, argument, major)
    if argument is None:
        raise ValueError(f"expected a length at {start}, got none")
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major == 6:
        inner, at = _item(data, at, depth + 1)
        return _tagged(argument, inner), at
    return _simple(data, start, info), at


def _container(data: bytes, at: int, count: int | None, pairs: bool, depth: int) -> tuple[Any, int]:
    items: list[Any] = []
    while count is None or len(items) < count * (2 if pairs else 1):
        if count is None and data[at : at + 1] == b"\xff":
            at += 1
            break
        item, at = _item(data, at, depth + 1)
        items.append(item)
    if not pairs:
        return items, at
    keys = items[::2]
    if len(items) % 2 or not all(isinstance(key, (int, str)) for key in keys) or len(set(keys)) != len(keys):
        raise ValueError("expected a map with whole numbers or texts as keys, each once")
    return dict(zip(keys, items[1::2], strict=True)), at


def _text(data: bytes, at: int, count: int | None, major: int) -> tuple[Any, int]:
    if count is not None:
        raw, at = _take(data, at, count)
        return (raw.decode("utf-8") if major == 3 else raw), at
    whole = b""
    while data[at : at + 1] != b"\xff":
        kind, _, size, at = _head(data, at)
        if kind != major or size is None:
            raise ValueError("expected chunks of one kind")
        raw, at = _take(data, at, size)
        whole += raw
    return (whole.decode("utf-8") if major == 3 else whole), at + 1


def _simple(data: bytes, at: int, info: int) -> Any:
    if info in (20, 21, 22):
        return {20: False, 21: True, 22: None}[info]
    if info in (25, 26, 27):
        size, form = {25: (2, ">e"), 26: (4, ">f"), 27: (8, ">d")}[info]
        return struct.unpack(form, data[at + 1 : at + 1 + size])[0]
    raise ValueError(f"expected a number, true, false or null, got simple value {info}")


def _tagged(tag: int, inner: Any) -> float:
    """A decimal fraction [exponent, mantissa] as a number."""
    if tag != 4 or not isinstance(inner, list) or len(inner) != 2 or not all(type(part) is int for part in inner):
        raise ValueError(f"expected a decimal fraction as the only tag, got tag {tag}")
    exponent, mantissa = inner
    if abs(exponent) > 30:
        raise ValueError(f"expected an exponent of at most 30, got {exponent}")
    return float(mantissa / 10**-exponent if exponent < 0 else mantissa * 10**exponent)


def resolve(pack: Any) -> list[dict[str, Any]]:
    """Records of a decoded pack with names, units, times and values made absolute, in their order.

    Returns:
        Records with the keys n (name), u (unit or empty), t (s since 1970) and value (number, bool or text).

    Raises:
        ValueError: if the pack is not a list of maps with known labels of the right types, or a name or value lacks.
    """
    if not isinstance(pack, Sequence) or isinstance(pack, (str, bytes)):
        raise ValueError(f"expected an array of records, got {type(pack).__name__}")
    base: dict[str, Any] = {"bn": "", "bt": 0, "bu": "", "bv": 0}
    records = []
    for raw in pack:
        fields = _fields(raw)
        base |= {name: value for name, value in fields.items() if name in base}
        name = base["bn"] + fields.get("n", "")
        values = [key for key in ("v", "vs", "vb") if key in fields]
        if not name or len(values) > 1 or (not values and "bv" not in fields):
            raise ValueError(f"expected a name and one value, got {sorted(fields)}")
        value = fields[values[0]] if values else 0
        if values in (["v"], []):
            value = value + base["bv"]
        unit, time = fields.get("u", base["bu"]), base["bt"] + fields.get("t", 0)
        records.append({"n": name, "u": unit, "t": time, "value": value})
    return records


def _fields(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise ValueError(f"expected a record, got {type(raw).__name__}")
    fields = {}
    for label, value in raw.items():
        name = LABELS.get(label) if type(label) is int else None
        if name is None:
            raise ValueError(f"expected a whole-number label of SenML, got {label!r}")
        if name in ("bn", "bu", "n", "u", "vs"):
            fits = isinstance(value, str)
        elif name == "vb":
            fits = isinstance(value, bool)
        else:
            fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not fits:
            raise ValueError(f"{name}: got {type(value).__name__}")
        fields[name] = value
    return fields
