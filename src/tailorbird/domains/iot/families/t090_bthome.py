"""T090 BTHome v2: readings of Bluetooth advertisements, given as hex.

Truth comes from an encoder in this module, written from the public format table. Covers: plain adverts with several
readings, text and raw objects, unknown ids, cut-off objects, foreign adverts, the encryption flag. Does not cover:
decryption, events with arguments, version 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

OBJECTS: dict[int, tuple[str, str, float, str]] = {
    0x00: ("packet_id", "u8", 1, ""),
    0x01: ("battery", "u8", 1, "%"),
    0x02: ("temperature", "s16", 0.01, "°C"),
    0x03: ("humidity", "u16", 0.01, "%"),
    0x04: ("pressure", "u24", 0.01, "hPa"),
    0x05: ("illuminance", "u24", 0.01, "lx"),
    0x08: ("dewpoint", "s16", 0.01, "°C"),
    0x09: ("count", "u8", 1, ""),
    0x0A: ("energy", "u24", 0.001, "kWh"),
    0x0B: ("power", "u24", 0.01, "W"),
    0x0C: ("voltage", "u16", 0.001, "V"),
    0x12: ("co2", "u16", 1, "ppm"),
    0x1A: ("door", "bool", 1, ""),
    0x21: ("motion", "bool", 1, ""),
    0x2D: ("window", "bool", 1, ""),
    0x2E: ("humidity", "u8", 1, "%"),
    0x3E: ("count", "u32", 1, ""),
    0x3F: ("rotation", "s16", 0.1, "°"),
    0x40: ("distance", "u16", 1, "mm"),
    0x43: ("current", "u16", 0.001, "A"),
    0x45: ("temperature", "s16", 0.1, "°C"),
    0x53: ("text", "text", 1, ""),
    0x54: ("raw", "raw", 1, ""),
    0x57: ("temperature", "s8", 1, "°C"),
    0x5C: ("power", "s32", 0.01, "W"),
}
"""Object id to name, type, factor and unit: an extract of the format table."""

SIGNED = [id_ for id_, row in OBJECTS.items() if row[1][0] == "s"]
WIDE = [id_ for id_, row in OBJECTS.items() if row[1] in ("u16", "u24", "u32")]
WORDS = ("ok", "Küche", "door left open", "v1.2", "22 °C", "Bad")

Reading = list[Any]
"""Name, value, unit."""


def generate(seed: int, level: Level) -> Instance:
    """4 to 14 adverts; nominal and hard hold one of each fault; edge: none, only extremes, bare, foreign or faulty."""
    draw = make.rng(seed, "T090", level)
    adverts, truth = [], []
    for kind in _kinds(draw, level):
        info, body, error, readings = _data(draw, kind)
        service = b"" if info is None else b"\xd2\xfc" + bytes([info]) + body
        adverts.append(_advert(draw, service, level))
        truth.append({"error": error, "readings": readings})
    upper = bool(draw.integers(2))
    texts = [advert.hex().upper() if upper else advert.hex() for advert in adverts]
    return Instance({"adverts.json": make.json_bytes({"adverts": texts})}, {"adverts": truth}, "adverts.json")


def _kinds(draw: np.random.Generator, level: Level) -> list[str]:
    if level == "easy":
        return ["negative", "wide", *["plain"] * int(draw.integers(2, 5))]
    if level == "edge":
        only = str(draw.choice(["", "extreme", "bare", "foreign", "encrypted", "unknown"]))
        return [only] * int(draw.integers(1, 4)) if only else []
    faults = ["negative", "wide", "text", "encrypted", "unknown", "truncated", "version", "foreign"]
    kinds = faults + ["plain"] * int(draw.integers(3, 7))
    return [kinds[i] for i in draw.permutation(len(kinds))]


def _data(draw: np.random.Generator, kind: str) -> tuple[int | None, bytes, str, list[Reading]]:
    """Device information byte (none when foreign), object bytes, error code and readings of one advert."""
    info = int(draw.choice([0x40, 0x44]))
    ids = sorted(int(i) for i in draw.choice(list(OBJECTS), int(draw.integers(1, 6))))
    if kind == "foreign":
        return None, b"", "not_bthome", []
    if kind == "bare":
        return info, b"", "", []
    if kind in ("negative", "wide", "text"):
        pool = {"negative": SIGNED, "wide": WIDE, "text": [0x53, 0x54]}[kind]
        ids = sorted([*ids, int(draw.choice(pool))])
    body, readings = _objects(draw, ids, kind)
    if kind == "encrypted":
        return info | 1, draw.bytes(len(body) + 8), "encrypted", []
    if kind == "version":
        return int(draw.choice([0x20, 0x60])), body, "version", []
    if kind == "unknown":
        tail, _ = _objects(draw, [2, 3], kind)
        return info, body + bytes([int(draw.integers(0x70, 0xEF))]) + draw.bytes(1) + tail, "unknown_id", readings
    if kind == "truncated":
        tail, _ = _objects(draw, [int(draw.choice(WIDE))], kind)
        return info, body + tail[:-1], "truncated", readings
    return info, body, "", readings


def _objects(draw: np.random.Generator, ids: Sequence[int], kind: str) -> tuple[bytes, list[Reading]]:
    parts = b""
    readings: list[Reading] = []
    for id_ in ids:
        name, form, factor, unit = OBJECTS[id_]
        if form in ("text", "raw"):
            data = str(draw.choice(WORDS)).encode() if form == "text" else draw.bytes(int(draw.integers(1, 7)))
            parts += bytes([id_, len(data)]) + data
            readings.append([name, data.decode() if form == "text" else data.hex(), unit])
            continue
        size = 1 if form == "bool" else int(form[1:]) // 8
        count = _count(draw, form, kind)
        parts += bytes([id_]) + count.to_bytes(size, "little", signed=form[0] == "s")
        readings.append([name, bool(count) if form == "bool" else round(count * factor, 3), unit])
    return parts, readings


def _count(draw: np.random.Generator, form: str, kind: str) -> int:
    if form == "bool":
        return int(draw.integers(0, 2))
    bits = int(form[1:])
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if form[0] == "s" else (0, (1 << bits) - 1)
    if kind == "extreme":
        return int(draw.choice([low, high]))
    count = int(draw.integers(low, high + 1)) >> int(draw.choice([0, 0, 2, 4]))
    if kind == "negative" and form[0] == "s":
        return -abs(count) - 1 if count != low else low
    return count | 0x101 if kind == "wide" and count % 257 == 0 and bits > 8 else count


def _advert(draw: np.random.Generator, service: bytes, level: Level) -> bytes:
    """Advertising data elements around the service data; hard ones come in any order with a decoy."""
    elements = [b"\x01\x06", b"\x16" + (service or b"\x1a\x18" + draw.bytes(4))]
    if draw.random() < 0.5:
        elements.append(b"\x09" + str(draw.choice(["DIY-sensor", "Wetter", "SBHT-003C"])).encode())
    if level in ("nominal", "hard") and draw.random() < 0.5:
        elements.append(b"\xff" + draw.bytes(2) + b"\xd2\xfc\x40\x01\x61")
    order = draw.permutation(len(elements)) if level == "hard" else range(len(elements))
    return b"".join(bytes([len(elements[i])]) + elements[i] for i in order)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Adverts whose error code or whose list of readings is wrong, as counts."""
    wanted, errors = truth["adverts"], output["errors"]
    wrong = abs(len(wanted) - len(errors))
    wrong += sum(advert["error"] != error for advert, error in zip(wanted, errors, strict=False))
    found: dict[int, list[Mapping[str, Any]]] = {}
    for reading in output["readings"]:
        index = reading.get("advert")
        found.setdefault(index if type(index) is int and 0 <= index < len(wanted) else -1, []).append(reading)
    bad = float(len(found.pop(-1, [])))
    for index, advert in enumerate(wanted):
        got = found.get(index, [])
        agree = len(got) == len(advert["readings"])
        bad += not (agree and all(map(_agrees, advert["readings"], got)))
    return {"wrong_errors": float(wrong), "wrong_readings": bad}


def _agrees(reading: Reading, found: Mapping[str, Any]) -> bool:
    name, value, unit = reading
    got = found.get("value")
    if [found.get("name"), found.get("unit")] != [name, unit] or isinstance(value, (bool, str)):
        return [found.get("name"), found.get("unit"), type(got), got] == [name, unit, type(value), value]
    number = isinstance(got, (int, float)) and not isinstance(got, bool) and -1e12 < got < 1e12
    return bool(number and abs(got - value) <= 1e-6)


def _reversed(instance: Instance, seed: int) -> Instance:
    adverts = json.loads(instance.visible["adverts.json"])["adverts"][::-1]
    visible = {"adverts.json": make.json_bytes({"adverts": adverts})}
    return Instance(visible, {"adverts": instance.truth["adverts"][::-1]}, "adverts.json")


def _flagless(instance: Instance, seed: int) -> Instance:
    """Drop the flags element wherever it comes first; no reading depends on it."""
    adverts = json.loads(instance.visible["adverts.json"])["adverts"]
    texts = [text.removeprefix("020106") for text in adverts]
    return Instance({"adverts.json": make.json_bytes({"adverts": texts})}, instance.truth, "adverts.json")


def _table(first: int, last: int) -> str:
    rows = [
        f"{id_:02X} {name} {form}" + (f" × {factor:g}" if factor != 1 else "") + (f" {unit}" if unit else "")
        for id_, (name, form, factor, unit) in OBJECTS.items()
        if first <= id_ <= last
    ]
    return "; ".join(rows)


FAMILY = Family(
    id="T090",
    title="BTHome advertisements",
    domain="J",
    version=1,
    wordings=(
        Wording("Decode this advertisement: what do my BTHome sensors say?", "goal"),
        Wording("Walk the AD elements, take the 0xFCD2 service data and decode each BTHome v2 object.", "operation"),
        Wording("BTHome v2 hex → readings", "terse"),
        Wording("My ESP32 scanner logged raw Bluetooth packets of BTHome thermometers; give me the measurements.", "goal"),
        Wording("Parse little-endian BTHome object ids with their factors and report encrypted packets as errors.", "operation"),
        Wording("Turn the logged BLE beacons of my door and climate sensors into named values with units.", "goal", held=True),
        Wording("bthome adverts, decode", "terse", held=True),
        Wording("解码这条 BTHome 广播。", "goal", "zh"),
        Wording("遍历 AD 结构，取出 0xFCD2 服务数据，按 BTHome v2 对象表解码。", "operation", "zh"),
        Wording("蓝牙温湿度计广播了什么读数？请把 BTHome 十六进制数据译出来。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`adverts.json`: JSON object, `adverts`: list of advertising payloads, each a hex string",),
        outputs=(
            Slot("readings", "list[dict]", "1", "in order; keys `advert` (index from 0), `name`, `value`, `unit`"),
            Slot("errors", "list[str]", "1", "one code per advert, empty text when it decodes fully"),
        ),
        remarks=(
            "an advert is a row of elements: length byte (type and data), type byte, data; type 16 (hex) is service data, "
            "and BTHome's begins with the UUID bytes D2 FC; other elements do not matter; without it: error `not_bthome`",
            "then comes the device information byte: bits 5 to 7 are the version, other than 2: error `version`; "
            "bit 0 set: error `encrypted`; in both cases there are no readings; other bits do not matter",
            "then objects: one id byte and its value, little-endian; u is unsigned, s is two's complement, number of bits follows",
            "objects (hex id, name, type, factor, unit): " + _table(0x00, 0x0C),
            "more objects: " + _table(0x12, 0x3F),
            "more objects: " + _table(0x40, 0x5C),
            "bool is one byte, value true or false; text and raw have one length byte first, value a UTF-8 string or lower-case "
            "hex; without a unit `unit` is an empty text",
            "an id outside the table: error `unknown_id`; an object that runs past the end: error `truncated`; "
            "both end that advert, readings before it stay; ids may repeat",
            "example: 020106 0A16D2FC40 02CA09 03BF13 gives temperature 25.06 °C and humidity 50.55 %, error empty",
            "values must agree within 1e-6; an empty list of adverts gives two empty lists",
        ),
    ),
    stages=(
        Stage(
            "Load Advertisements",
            ("read the list of hex strings from the JSON file",),
            "Read Bluetooth advertising payloads from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("adverts", "list[str]", "1", "advertising payloads as hex"),),
        ),
        Stage(
            "Extract BTHome Data",
            ("walk the elements by their length bytes", "keep what follows D2 FC in an element of type 16 (hex)"),
            "Find the BTHome service data of each advert.",
            (Slot("adverts", "list[str]", "1", "advertising payloads as hex", "task1"),),
            (Slot("payloads", "list[str]", "1", "service data after the UUID as hex, empty when there is none"),),
        ),
        Stage(
            "Decode BTHome Objects",
            (
                "check version and encryption in the device information byte",
                "read object after object: id, little-endian value, factor, unit",
                "stop with an error code at an unknown id or a cut-off object",
            ),
            "Decode BTHome service data to named readings and one error code each.",
            (Slot("payloads", "list[str]", "1", "service data after the UUID as hex, empty when there is none", "task2"),),
            (
                Slot("readings", "list[dict]", "1", "readings of all adverts in order"),
                Slot("errors", "list[str]", "1", "one error code per advert"),
            ),
        ),
    ),
    solutions="t090_bthome",
    generate=generate,
    measure=measure,
    # Exact: correct programs miss 0 adverts, a wrong one at least 1; a third of the way is 0.33.
    bars=(Bar("wrong_errors", 0.3, "most"), Bar("wrong_readings", 0.3, "most")),
    alternates=(
        Variant("text_table", "the table as lines of text, sizes parsed", swap={"decode_bthome_objects": "decode_text_table"}),
        Variant("struct", "values unpacked by struct from a stream", swap={"decode_bthome_objects": "decode_stream"}),
        Variant("generator", "elements by a reader that consumes bytes", swap={"extract_bthome_data": "extract_by_stream"}),
    ),
    mutants=(
        Variant("fixed_layout", "expects battery, temperature, humidity at fixed places", swap={"decode_bthome_objects": "decode_fixed"}, naive=True),
        Variant("big_endian", "most significant byte first", edits=(("decode_bthome_objects", '"little"', '"big"'),)),
        Variant("unsigned", "no negative values", edits=(("decode_bthome_objects", "signed=kind == \"s\"", "signed=False"),)),
        Variant("skip_unknown", "skips two bytes at an unknown id and goes on, out of step", edits=(("decode_bthome_objects", "errors[-1] = \"unknown_id\"\n                break", "errors[-1] = \"unknown_id\"\n                at += 2\n                continue"),)),
        Variant("encrypted_read", "ignores the encryption flag", edits=(("decode_bthome_objects", "data[0] & 1", "False"),)),
        Variant("no_factor", "raw counts instead of scaled values", edits=(("decode_bthome_objects", "count * factor", "count * 1.0"),)),
        Variant("search_uuid", "looks for the UUID bytes anywhere", swap={"extract_bthome_data": "extract_by_search"}),
        Variant("first_only", "stops after the first object", edits=(("decode_bthome_objects", "at += size\n", "at = len(data)\n"),)),
    ),
    notes=(
        "BTHome v2 rides in the 16-bit service data (AD type 0x16) of UUID 0xFCD2, sent little-endian as D2 FC. An "
        "advertising payload is a chain of elements, each with a length byte that counts the type byte and the data. The first "
        "byte after the UUID is the device information: bit 0 encryption, bit 2 trigger-based device, bits 5 to 7 the "
        "version (2), so 0x40 is plain and 0x41 encrypted. Objects follow as id and value without a length, in the order of "
        "their ids; the length comes from the table, which is why a receiver must stop at an id it does not know: it cannot "
        "tell where the next object begins. Text (0x53) and raw (0x54) carry their own length byte. Integers are little-endian, "
        "signed ones in two's complement, 24 bits wide included: `int.from_bytes(data, \"little\", signed=True)` reads every "
        "width. Multiply by the factor and round to its decimals. Encrypted payloads end with a 4-byte counter and a 4-byte "
        "tag; without the key nothing of them can be read, so they are reported, not guessed."
    ),
    relations=(Relation("reversed_adverts", _reversed), Relation("no_flags", _flagless)),
    sources=("BTHome v2 format, bthome.io/format", "Bluetooth Core Specification Supplement, part A (AD elements)"),
)  # fmt: skip
