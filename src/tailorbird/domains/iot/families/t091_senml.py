"""T091 SenML packs: readings of a sensor node as one compact CBOR text.

Truth is the list of readings itself; packs are decoded and resolved by `senml`, which shares nothing with encoders.
The budget in the file is the size of a careful packing, counted by formula, with room for other sound choices.
Covers: numbers, truth values, texts, several units, whole and broken times. Does not cover: sums, data values.
"""

from __future__ import annotations

import base64
import json
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make, senml

KINDS: tuple[tuple[str, str, float, float, int], ...] = (
    ("temperature", "Cel", -25.0, 45.0, 2),
    ("humidity", "%RH", 15.0, 98.0, 1),
    ("pressure", "Pa", 94000.0, 105000.0, 0),
    ("voltage", "V", 2.4, 4.2, 3),
    ("co2", "ppm", 400.0, 2400.0, 0),
    ("level", "m", -3.0, 12.0, 3),
)
"""Sensor name, unit, lowest and highest value, decimals."""

ROOM = 1.21
"""Budget over the formula's size: decimal fractions need up to 1.19 of it, doubles 1.24 at least."""

Record = dict[str, Any]


def generate(seed: int, level: Level) -> Instance:
    """12 to 40 readings of 2 to 5 sensors of one node; edge: none, one, all alike, or far-off values."""
    draw = make.rng(seed, "T091", level)
    kind = str(draw.choice(["empty", "single", "flags", "extreme"])) if level == "edge" else ""
    count = {"empty": 0, "single": 1}.get(kind, int(draw.integers(12, 41)))
    readings = _readings(draw, level, kind, count)
    return _instance(readings)


def _instance(readings: list[Record]) -> Instance:
    budget = int(ROOM * _careful_size(readings)) + 2
    visible = {"readings.json": make.json_bytes({"max_bytes": budget, "readings": readings})}
    return Instance(visible, {"max_bytes": budget, "readings": readings}, "readings.json")


def _readings(draw: np.random.Generator, level: Level, kind: str, count: int) -> list[Record]:
    node = f"urn:dev:{draw.choice(['mac', 'ow'])}:{draw.bytes(7).hex()}{draw.choice(['/', ':', '_'])}"
    sensors = [KINDS[i] for i in draw.permutation(len(KINDS))[: int(draw.integers(2, 5))]]
    time = float(draw.integers(1_500_000_000, 1_900_000_000))
    step = float(draw.choice([1, 5, 10, 60])) if level == "easy" else float(draw.choice([0.25, 0.5, 2, 15, 90]))
    readings: list[Record] = []
    for index in range(count):
        name, unit, low, high, digits = sensors[index % len(sensors)]
        value = float(draw.uniform(low, high)) * (1000.0 if kind == "extreme" else 1.0)
        row: Record = {"n": node + name, "u": unit, "t": time, "v": round(value, digits) if digits else round(value)}
        if kind == "flags" or (level != "easy" and draw.random() < 0.15):
            row = {"n": node + str(draw.choice(["door", "motion"])), "t": time, **_state(draw)}
        readings.append(row)
        if (index + 1) % len(sensors) == 0 or level == "hard":
            time += step * int(draw.integers(1, 4))
        if level == "hard":
            time = round(time + float(draw.integers(0, 1000)) / 1000, 3)
    for row in readings:
        row["t"] = int(row["t"]) if row["t"] == int(row["t"]) else row["t"]
    order = draw.permutation(len(readings)) if level == "hard" else range(len(readings))
    return [readings[i] for i in order]


def _state(draw: np.random.Generator) -> Record:
    """A truth value or a text."""
    return (
        {"vb": bool(draw.integers(2))} if draw.random() < 0.5 else {"vs": str(draw.choice(["open", "closed", "fault"]))}
    )


def _head(size: int) -> int:
    """Bytes of a CBOR head with this argument."""
    return 1 if size < 24 else 2 if size < 256 else 3 if size < 65536 else 5


def _number(value: float) -> int:
    """Bytes of a number: an integer, else a half float if exact, else a single float."""
    if float(value).is_integer() and abs(value) < 2**32:
        return _head(int(value) if value >= 0 else int(-1 - value))
    single = struct.unpack("<f", struct.pack("<f", value))[0]
    half = abs(single) < 60000 and float(np.float16(single)) == single
    return 3 if half else 5


def _string(text: str) -> int:
    return _head(len(text.encode())) + len(text.encode())


def _shared(names: Sequence[str]) -> str:
    """Longest common beginning; the least and the greatest name have it in common with all between."""
    first, last = min(names), max(names)
    return next((first[:at] for at, letter in enumerate(first) if last[at : at + 1] != letter), first)


def _careful_size(readings: Sequence[Record]) -> int:
    """Bytes of a pack with base name (common prefix), base time (first), base unit (most common)."""
    if not readings:
        return 1
    prefix = _shared([row["n"] for row in readings])
    units = Counter(row["u"] for row in readings if "u" in row).most_common(1)
    unit, start = (units[0][0] if units else ""), readings[0]["t"]
    total = _head(len(readings)) + 1 + _string(prefix) + 1 + (5 if start == int(start) else 9)
    total += 1 + _string(unit) if unit else 0
    for row in readings:
        rest, since = row["n"][len(prefix) :], row["t"] - start
        total += 1 + (1 + _string(rest) if rest else 0) + (1 + _number(since) if since else 0)
        total += 1 + _string(row["u"]) if row.get("u", unit) != unit else 0
        total += 1 + (_number(row["v"]) if "v" in row else _string(row["vs"]) if "vs" in row else 1)
    return total


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Readings that do not come out of the resolved pack, and bytes as a share of the budget."""
    readings = truth["readings"]
    try:
        data = base64.b64decode(output["pack"], validate=True)
    except ValueError:
        return {"wrong_readings": len(readings) + 1.0, "size": 0.0}
    size = len(data) / truth["max_bytes"]
    try:
        records = senml.resolve(senml.decode_cbor(data))
    except ValueError:
        return {"wrong_readings": len(readings) + 1.0, "size": size}
    wrong = abs(len(records) - len(readings))
    wrong += sum(not _agrees(row, record) for row, record in zip(readings, records, strict=False))
    return {"wrong_readings": float(wrong), "size": size}


def _agrees(row: Record, record: Record) -> bool:
    value = record["value"]
    if record["n"] != row["n"] or not abs(record["t"] - row["t"]) <= 0.002:
        return False
    if "v" not in row:
        wanted = row["vs"] if "vs" in row else row["vb"]
        return type(value) is type(wanted) and bool(value == wanted)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return bool(number and record["u"] == row["u"] and abs(value - row["v"]) <= 1e-6 * abs(row["v"]))


def _later(instance: Instance, seed: int) -> Instance:
    """All times shifted by one drawn number of seconds."""
    shift = int(make.rng(seed, "later").integers(1, 10_000_000))
    readings = json.loads(instance.visible["readings.json"])["readings"]
    return _instance([row | {"t": row["t"] + shift} for row in readings])


def _other_node(instance: Instance, seed: int) -> Instance:
    """All names under another gateway."""
    readings = json.loads(instance.visible["readings.json"])["readings"]
    return _instance([row | {"n": "urn:dev:org:32473-" + row["n"][8:]} for row in readings])


READINGS = Slot("readings", "list[dict]", "1", "readings with n, t, u and one of v, vb, vs", "task1")

FAMILY = Family(
    id="T091",
    title="SenML packing",
    domain="J",
    version=1,
    wordings=(
        Wording("Pack these readings compactly.", "goal"),
        Wording("Encode the readings as a SenML pack in CBOR with base name, base time and integer labels.", "operation"),
        Wording("readings → SenML-CBOR, base64", "terse"),
        Wording("My sensor node pays per byte on the radio; squeeze this list of measurements into the smallest SenML.", "goal"),
        Wording("Factor out what the records share into RFC 8428 base fields and write CBOR with short floats.", "operation"),
        Wording("I want to send a batch of sensor values over CoAP as application/senml+cbor. Build the payload.", "goal", held=True),
        Wording("RFC 8428 cbor pack of my measurements", "terse", held=True),
        Wording("把读数紧凑打包。", "goal", "zh"),
        Wording("用 SenML 的基准名、基准时间和整数标签把读数编码成 CBOR。", "operation", "zh"),
        Wording("传感器节点流量有限，请把这批测量值压成尽量小的 SenML 数据包。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`readings.json`: JSON object, `readings`: list of objects with `n` (full name), `t` (s since 1970) and one of "
            "`v` (number, then `u` is its unit), `vb` (true or false), `vs` (text); `max_bytes`: most bytes of the pack",
        ),
        outputs=(Slot("pack", "str", "1", "the CBOR pack as standard base64 with padding"),),
        remarks=(
            "a pack is a CBOR array of maps (RFC 8428); labels are integers: bn -2, bt -3, bu -4, n 0, u 1, v 2, vs 3, vb 4, t 6",
            "a base field holds for its record and all later ones: name is bn then n, time is bt plus t, unit is u, else bu; "
            "a missing n is empty, a missing t is 0; labels as text are refused",
            "one record per reading in the order of the file; units count for numbers only; no readings: an empty array",
            "numbers may be rounded to single floats: values must agree within 1e-6 of themselves, times within 2 ms",
            "`max_bytes` leaves about a fifth above a pack with the common prefix of the names as base name, the first time as "
            "base time, the most common unit as base unit, whole numbers as integers, others as half floats if exact, else single",
            "example: one reading n `a/x`, u `V`, t 1600000000, v 3 may become the map -2: `a/x`, -3: 1600000000, -4: `V`, 2: 3",
        ),
    ),
    stages=(
        Stage(
            "Load SenML Readings",
            ("read the list of readings from the JSON file",),
            "Read named, timed measurements from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("readings", "list[dict]", "1", "readings with n, t, u and one of v, vb, vs"),),
        ),
        Stage(
            "Choose Base Fields",
            ("base name: common prefix of the names", "base time: the first time", "base unit: the most common unit"),
            "Find what the records of a SenML pack share.",
            (READINGS,),
            (Slot("base", "dict", "1", "keys bn (text), bt (s), bu (text)"),),
        ),
        Stage(
            "Build SenML Records",
            (
                "put the base fields into the first record under negative labels",
                "leave out of each record what the base says already",
                "round broken numbers to single floats",
            ),
            "Write readings as SenML records with integer labels, relative to base fields.",
            (READINGS, Slot("base", "dict", "1", "keys bn, bt, bu", "task2")),
            (Slot("records", "list[dict]", "1", "records with integer labels"),),
        ),
        Stage(
            "Encode SenML Pack",
            ("encode the records as CBOR with the shortest exact numbers", "write the bytes as base64"),
            "Encode SenML records as CBOR in base64.",
            (Slot("records", "list[dict]", "1", "records with integer labels", "task3"),),
            (Slot("pack", "str", "1", "CBOR as base64"),),
        ),
    ),
    solutions="t091_senml",
    generate=generate,
    measure=measure,
    # Readings: correct programs miss 0, a wrong one at least 1. Size: worst correct 0.98, best wrong 1.03 of the budget (doubles).
    bars=(Bar("wrong_readings", 0.3, "most"), Bar("size", 1.0, "most")),
    alternates=(
        Variant("own_encoder", "CBOR heads and floats written by hand", swap={"encode_senml_pack": "encode_by_hand"}),
        Variant("decimal", "broken values as decimal fractions", swap={"build_senml_records": "build_decimal_records"}),
        Variant("earliest", "base time is the earliest, names cut at the last separator", swap={"choose_base_fields": "choose_earliest_base"}),
    ),
    mutants=(
        Variant("json_text", "the readings as JSON text in base64", swap={"encode_senml_pack": "encode_json"}, naive=True),
        Variant("text_labels", "labels of the JSON form", swap={"encode_senml_pack": "encode_text_labels"}),
        Variant("doubles", "every number as a double", swap={"encode_senml_pack": "encode_doubles"}),
        Variant("no_base", "full names and times in every record", swap={"choose_base_fields": "choose_no_base"}),
        Variant("time_sign", "base minus time", edits=(("build_senml_records", 'row["t"] - base["bt"]', 'base["bt"] - row["t"]'),)),
        Variant("name_twice", "base name and full name", edits=(("build_senml_records", 'row["n"][len(base["bn"]) :]', 'row["n"]'),)),
        Variant("one_unit", "forgets units that differ from the base unit", edits=(("build_senml_records", 'if row["u"] != base["bu"]:', 'if not base["bu"]:'),)),
        Variant("half", "every number as a half float", edits=(("build_senml_records", 'unpack("<f", struct.pack("<f"', 'unpack("<e", struct.pack("<e"'),)),
        Variant("bool_number", "truth values and texts under the label of numbers", edits=(("build_senml_records", "3 if \"vs\" in row else 4", "2"),)),
    ),
    notes=(
        "SenML (RFC 8428) is a list of records; base fields (bn, bt, bu, bv) hold from their record onward and are added to "
        "or put before what later records say, so a shared name prefix, start time and unit are written once. In CBOR the labels "
        "are small integers: base fields negative (bver -1, bn -2, bt -3, bu -4, bv -5), others from 0 (n 0, u 1, v 2, vs 3, "
        "vb 4, s 5, t 6, ut 7, vd 8), one byte each. Text labels are not the same labels. Times below 2**28 are relative to now, "
        "so a pack without base time needs absolute ones. CBOR numbers: whole ones as integers (1 byte below 24, 2 below 256, 3 "
        "below 65536), else half (3 bytes), single (5) or double (9) floats; `cbor2.dumps(data, canonical=True)` takes the "
        "shortest that is exact, so round to single first: `struct.unpack(\"<f\", struct.pack(\"<f\", v))[0]`. Decimal "
        "fractions (tag 4, [exponent, mantissa]) keep 21.53 exactly in 6 bytes. A record's own unit overrides the base unit."
    ),
    relations=(Relation("later", _later), Relation("other_node", _other_node)),
    needs=("cbor2",),
    sources=("RFC 8428 SenML, sections 4 to 6", "RFC 8949 CBOR"),
)  # fmt: skip
