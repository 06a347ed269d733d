"""Decoded values as JSON text and back: what programs return may hold NaN, infinities or lone surrogates.

`unpack(pack(x)) == x` for plain data, tuples becoming lists. Covers: values of outcomes and whole log lines. Does not
cover: arrays and other objects, which a world turns into plain data or refuses.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

DEEP = 64
"""Levels of nesting a result may have."""

LONG = 13_000
"""Bits of the longest whole number a result may have, about 3,900 digits: more than any answer needs."""

_MARK = "$"

_SURROGATE = re.compile("[\ud800-\udfff]")


def pack(value: Any, most: int = DEEP) -> Any:
    """Plain JSON data of any decoded value: NaN, infinities and lone surrogates become marked objects.

    Raises:
        ValueError: if the value is nested deeper than `most` levels or holds something that is not data.
    """
    if most < 0:
        raise ValueError(f"expected at most {DEEP} levels of nesting, got more")
    if isinstance(value, float):
        return value if math.isfinite(value) else {_MARK: repr(value)}
    if isinstance(value, str):
        return {_MARK: "text", "json": json.dumps(value)} if _SURROGATE.search(value) else value
    if isinstance(value, (list, tuple)):
        return [pack(item, most - 1) for item in value]
    if isinstance(value, dict):
        body = {_name(key): pack(item, most - 1) for key, item in value.items()}
        return {_MARK: "object", "body": body} if _MARK in body else body
    if value is None or (isinstance(value, int) and value.bit_length() < LONG):
        return value
    raise ValueError(
        f"expected plain data, got {type(value).__name__}" + (" of too many digits" if isinstance(value, int) else "")
    )


def _name(key: Any) -> str:
    return str(key).encode("utf-8", "backslashreplace").decode("utf-8")


def compact(packed: Any) -> str:
    """One text of packed data: sorted keys, no spaces."""
    return json.dumps(packed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def unpack(value: Any) -> Any:
    """What `pack` was given; tuples come back as lists."""
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    mark = value.get(_MARK)
    if mark == "text":
        return json.loads(value["json"])
    if mark == "object":
        return {key: unpack(item) for key, item in value["body"].items()}
    if mark in ("nan", "inf", "-inf"):
        return float(mark)
    return {key: unpack(item) for key, item in value.items()}
