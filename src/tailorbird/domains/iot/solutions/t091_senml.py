"""Right and wrong programs of T091, one function per step. Read as text, never imported."""

import base64
import json
import struct
from collections import Counter
from decimal import Decimal

import cbor2


def load_senml_readings(path: str) -> list[dict]:
    """Read named, timed measurements from a JSON file.

    Args:
        path: JSON object with the key readings.

    Returns:
        Readings with n (name), t (s since 1970) and v with its unit u, or vb, or vs.
    """
    with open(path, encoding="utf-8") as file:
        return list(json.load(file)["readings"])


def choose_base_fields(readings: list[dict]) -> dict:
    """Find what the records of a SenML pack share.

    Args:
        readings: readings with n (name), t (s since 1970) and perhaps u (unit).

    Returns:
        bn: common prefix of the names; bt: the first time in s; bu: the most common unit, empty without any.
    """
    if not readings:
        return {"bn": "", "bt": 0, "bu": ""}
    units = Counter(row["u"] for row in readings if "u" in row).most_common(1)
    names = [row["n"] for row in readings]
    low, high = min(names), max(names)
    same = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    prefix = low[:same]
    return {"bn": prefix, "bt": readings[0]["t"], "bu": units[0][0] if units else ""}


def build_senml_records(readings: list[dict], base: dict) -> list[dict]:
    """Write readings as SenML records with integer labels, relative to base fields.

    Args:
        readings: readings with n (name), t (s since 1970) and v with its unit u, or vb, or vs.
        base: bn (prefix of all names), bt (s since 1970), bu (unit).

    Returns:
        Records; the first holds the base fields under negative labels. Broken values and times are single floats.
    """

    def single(number: float) -> float:
        if float(number).is_integer():
            return int(number)
        return struct.unpack("<f", struct.pack("<f", number))[0]

    records = []
    for row in readings:
        record = {}
        if not records:
            labels = {"bn": -2, "bt": -3, "bu": -4}
            record = {labels[key]: value for key, value in base.items() if value}
        name, since = row["n"][len(base["bn"]) :], row["t"] - base["bt"]
        if name:
            record[0] = name
        if since:
            record[6] = single(since) if base["bt"] else since
        if "v" in row:
            record[2] = single(row["v"])
            if row["u"] != base["bu"]:
                record[1] = row["u"]
        else:
            record[3 if "vs" in row else 4] = row.get("vs", row.get("vb"))
        records.append(record)
    return records


def encode_senml_pack(records: list[dict]) -> str:
    """Encode SenML records as CBOR in base64.

    Args:
        records: maps with integer labels.

    Returns:
        The CBOR array with the shortest exact numbers, as standard base64.
    """
    return base64.b64encode(cbor2.dumps(records, canonical=True)).decode("ascii")


def encode_by_hand(records: list[dict]) -> str:
    """Write CBOR heads, texts and the shortest exact floats without a library."""

    def head(major: int, size: int) -> bytes:
        if size < 24:
            return bytes([major << 5 | size])
        for info, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
            if size < 1 << 8 * struct.calcsize(form):
                return bytes([major << 5 | info]) + struct.pack(form, size)
        raise ValueError(size)

    def number(value: float) -> bytes:
        for info, form in ((0xF9, ">e"), (0xFA, ">f")):
            try:
                raw = struct.pack(form, value)
            except OverflowError:
                continue
            if struct.unpack(form, raw)[0] == value:
                return bytes([info]) + raw
        return b"\xfb" + struct.pack(">d", value)

    def encode(item: object) -> bytes:
        if isinstance(item, bool):
            return b"\xf5" if item else b"\xf4"
        if isinstance(item, int):
            return head(0, item) if item >= 0 else head(1, -1 - item)
        if isinstance(item, float):
            return number(item)
        if isinstance(item, str):
            return head(3, len(item.encode())) + item.encode()
        if isinstance(item, dict):
            return head(5, len(item)) + b"".join(encode(key) + encode(value) for key, value in item.items())
        return head(4, len(item)) + b"".join(map(encode, item))

    return base64.b64encode(encode(records)).decode()


def build_decimal_records(readings: list[dict], base: dict) -> list[dict]:
    """Write broken values as decimal fractions, which keep the written digits."""
    records = [{} for _ in readings]
    for first in records[:1]:
        first |= {-2: base["bn"], -3: base["bt"]} | ({-4: base["bu"]} if base["bu"] else {})
    for row, record in zip(readings, records):
        since = round(row["t"] - base["bt"], 3)
        if row["n"] != base["bn"]:
            record[0] = row["n"].removeprefix(base["bn"])
        if since:
            record[6] = int(since) if since == int(since) else Decimal(repr(since))
        for key, label in (("vs", 3), ("vb", 4)):
            if key in row:
                record[label] = row[key]
        if "v" in row:
            record[2] = int(row["v"]) if row["v"] == int(row["v"]) else Decimal(repr(row["v"]))
            record |= {} if row["u"] == base["bu"] else {1: row["u"]}
    return records


def choose_earliest_base(readings: list[dict]) -> dict:
    """Take the earliest time, and the names up to their last separator."""
    if not readings:
        return {"bn": "", "bt": 0, "bu": ""}
    units = [row["u"] for row in readings if "u" in row] or [""]
    names = [row["n"] for row in readings]
    low, high = min(names), max(names)
    same = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    prefix = low[:same]
    cut = max(prefix.rfind(mark) for mark in "/:_-.") + 1
    return {"bn": prefix[:cut], "bt": min(row["t"] for row in readings), "bu": max(sorted(set(units)), key=units.count)}


def encode_json(records: list[dict]) -> str:
    """Write the records as JSON text."""
    return base64.b64encode(json.dumps(records).encode()).decode()


def encode_text_labels(records: list[dict]) -> str:
    """Write labels as texts, as in the JSON form."""
    names = {-2: "bn", -3: "bt", -4: "bu", 0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 6: "t"}
    renamed = [{names[label]: value for label, value in record.items()} for record in records]
    return base64.b64encode(cbor2.dumps(renamed, canonical=True)).decode()


def encode_doubles(records: list[dict]) -> str:
    """Write every number as a double float."""
    wide = []
    for record in records:
        wide.append({label: float(value) if type(value) is int else value for label, value in record.items()})
    return base64.b64encode(cbor2.dumps(wide)).decode()


def choose_no_base(readings: list[dict]) -> dict:
    """Share nothing."""
    return {"bn": "", "bt": 0, "bu": ""}
