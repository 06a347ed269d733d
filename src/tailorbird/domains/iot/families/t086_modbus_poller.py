"""T086 Modbus poller: read the points of a register map over Modbus TCP and decode them, swapped words and all.

The device is a server of pymodbus; its requests are noted by an own reader of the wire. Every address of both tables
holds other words, so that a wrong table or a shifted address gives another value. Truth is the drawn value of each
point, encoded here with `struct`. Covers: holding and input registers, 16 and 32 bits, both word orders, scales,
refused addresses. Does not cover: writes, coils, serial lines.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SIZE = 240
"""Registers of each table; the device refuses what lies beyond."""

NAMES = (
    "pressure",
    "flow",
    "level",
    "speed",
    "torque",
    "current",
    "voltage",
    "power",
    "energy",
    "temperature",
    "humidity",
    "valve",
)

FORMATS = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}


def generate(seed: int, level: Level) -> Instance:
    """3 to 12 points of all types; edge: no point, or points of which the device refuses some."""
    draw = make.rng(seed, "T086", level)
    kind = str(draw.choice(["none", "refused", "refused"])) if level == "edge" else ""
    count = {"easy": 4, "nominal": int(draw.integers(5, 9)), "hard": 12, "edge": 0 if kind == "none" else 6}[level]
    tables = {name: [int(word) for word in draw.integers(1, 65536, SIZE)] for name in ("holding", "input")}
    points: list[dict[str, Any]] = []
    values: list[float | None] = []
    for index in range(count):
        # The first three points have every feature once: swapped float, negative, input table.
        form = ("float32", "int16", "int32")[index] if index < 3 else str(draw.choice(list(FORMATS)))
        order = "little" if index == 0 else str(draw.choice(["big", "little"]))
        table = "input" if index == 2 else str(draw.choice(["holding", "input"]))
        address = 4 + index * 18 + int(draw.integers(0, 12))
        scale = 1.0 if form == "float32" else float(draw.choice([0.01, 0.1, 1.0, 10.0]))
        raw = _raw(draw, form, negative=index in (1, 2))
        if kind == "refused" and index in (2, 4):
            address += SIZE
            values.append(None)
        else:
            words = _words(form, order, raw)
            tables[table][address : address + len(words)] = words
            values.append(float(struct.unpack(">f", struct.pack(">f", raw))[0]) if form == "float32" else raw * scale)
        points.append(
            {
                "name": NAMES[index],
                "table": table,
                "address": address,
                "type": form,
                "word_order": order,
                "scale": scale,
            }
        )
    unit = int(draw.integers(1, 20))
    return _instance(points, values, tables, unit, int(draw.integers(20000, 60000)))


def _raw(draw: np.random.Generator, form: str, negative: bool) -> float:
    """A value as it stands in the registers."""
    if form == "float32":
        return float(np.float32(draw.uniform(-500, 500)))
    low, high = {"int16": (-32000, 32000), "uint16": (33000, 65000), "int32": (-2_000_000, 2_000_000)}.get(
        form, (2_200_000_000, 4_200_000_000)
    )
    return int(draw.integers(low, -200)) if negative else int(draw.integers(low, high))


def _words(form: str, order: str, raw: float) -> list[int]:
    data = struct.pack(FORMATS[form], raw if form == "float32" else int(raw))
    words = list(struct.unpack(f">{len(data) // 2}H", data))
    return words[::-1] if order == "little" else words


def _instance(
    points: Sequence[Mapping[str, Any]],
    values: Sequence[float | None],
    tables: Mapping[str, list[int]],
    unit: int,
    port: int,
) -> Instance:
    task = {"host": "127.0.0.1", "port": port, "unit": unit, "points": [dict(point) for point in points]}
    script = {"registers": {"port": port, "unit": unit, **tables}}
    truth = {"values": list(values), "points": task["points"], "unit": unit}
    return Instance({"registers.json": make.json_bytes(task)}, truth, "registers.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest relative error of a value, points whose registers were not asked for, and requests that are no reads."""
    requests = truth["observed"]["modbus"]["requests"]
    right, found = truth["values"], output["values"]
    error = math.inf
    if len(right) == len(found) and all((a is None) == (b is None) for a, b in zip(right, found, strict=True)):
        pairs = [(a, b) for a, b in zip(right, found, strict=True) if a is not None]
        error = max((abs(float(a) - float(b)) / max(abs(a), 1e-9) for a, b in pairs), default=0.0)
    asked = {
        (unit, function, at)
        for unit, function, address, count in requests
        for at in range(address, address + min(count, 125))
    }
    unread = sum(
        (truth["unit"], 3 if point["table"] == "holding" else 4, point["address"]) not in asked
        for point in truth["points"]
    )
    foreign = sum(function not in (3, 4) for _, function, _, _ in requests)
    return {"error": error, "unread": float(unread), "foreign": float(foreign)}


def _moved(instance: Instance, seed: int) -> Instance:
    """All addresses moved by a few registers, the points in another order, another port."""
    task = json.loads(instance.visible["registers.json"])
    shift = int(make.rng(seed, "moved").integers(1, 4))
    order = [int(at) for at in make.rng(seed, "order").permutation(len(task["points"]))]
    points = [{**task["points"][at], "address": task["points"][at]["address"] + shift} for at in order]
    old = instance.script["registers"]
    tables = {name: [1] * shift + old[name][:-shift] for name in ("holding", "input")}
    return _instance(points, [instance.truth["values"][at] for at in order], tables, task["unit"], 10000 + seed % 9000)


FAMILY = Family(
    id="T086",
    title="Modbus poller",
    domain="J",
    version=1,
    wordings=(
        Wording("Read the registers of this Modbus device and give me the real values, swapped words included.", "goal"),
        Wording("Poll each point over Modbus TCP from its table, join the 16-bit words in their order, decode the type and apply the scale.", "operation"),
        Wording("Modbus TCP registers → values", "terse"),
        Wording("Our pump controller speaks Modbus; fetch all points of the register map and decode them.", "goal"),
        Wording("Read holding and input registers with pymodbus and decode floats with swapped words.", "operation"),
        Wording("What do the instruments behind this Modbus gateway show right now?", "goal", held=True),
        Wording("Query every address of the map, honour the word order, and return null where the slave answers with an exception.", "operation", held=True),
        Wording("modbus register map decode", "terse", held=True),
        Wording("读取这些寄存器，解出字序交换的浮点数和其他数值。", "goal", "zh"),
        Wording("通过 Modbus TCP 读取保持寄存器和输入寄存器，按字序和类型解码并乘以比例。", "operation", "zh"),
        Wording("Modbus 寄存器 → 数值", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`registers.json`: object with `host`, `port` of the Modbus TCP device, `unit` (identifier), `points` (list of objects with `name`, `table`, `address`, `type`, `word_order`, `scale`)",
        ),
        outputs=(Slot("values", "list[float or none]", "1", "one value per point, in the order of the file; null where the device answers with an exception"),),
        remarks=(
            "`table` is `holding` (function 3) or `input` (function 4); `address` is the address on the wire, counted from 0",
            "`type` is int16, uint16, int32, uint32 or float32; within a word the high byte comes first; `word_order` big means high word first, little means low word first; the value is the decoded number times `scale`",
            "float32 21.5 is 0x41AC0000: words 0x41AC, 0x0000 with word order big, and 0x0000, 0x41AC with little",
            "the device is only read; there may be no point at all; values are compared to 1e-6",
        ),
    ),
    stages=(
        Stage(
            "Load Register Map",
            ("read host, port, unit and points from the JSON file",),
            "Read where the device is reached and what its registers mean.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the device"),
                Slot("port", "int", "1", "TCP port of the device"),
                Slot("unit", "int", "1", "unit identifier"),
                Slot("points", "list[dict]", "1", "name, table, address, type, word_order, scale of each point"),
            ),
        ),
        Stage(
            "Poll Registers",
            (
                "connect by Modbus TCP",
                "read one or two registers per point from its table, by the address as it stands",
                "no words where the device answers with an exception",
            ),
            "Read the registers of every point over Modbus TCP.",
            (
                Slot("host", "str", "1", "address of the device", "task1"),
                Slot("port", "int", "1", "TCP port of the device", "task1"),
                Slot("unit", "int", "1", "unit identifier", "task1"),
                Slot("points", "list[dict]", "1", "points of the register map", "task1"),
            ),
            (Slot("words", "list[list[int]]", "1", "16-bit words of each point"),),
        ),
        Stage(
            "Decode Registers",
            ("put the words into their order", "decode integer or float", "multiply by the scale; none where there are no words"),
            "Turn register words into numbers.",
            (
                Slot("points", "list[dict]", "1", "points of the register map", "task1"),
                Slot("words", "list[list[int]]", "1", "16-bit words of each point", "task2"),
            ),
            (Slot("values", "list[float or none]", "1", "value of each point"),),
        ),
    ),
    solutions="t086_modbus_poller",
    generate=generate,
    measure=measure,
    bars=(
        Bar("error", 1e-6, "most"),  # right programs agree to rounding, wrong ones are off by parts of the value
        Bar("unread", 0.0, "most"),
        Bar("foreign", 0.0, "most"),
    ),
    alternates=(
        Variant("socket", "frames written by hand", swap={"poll_registers": "poll_registers_socket"}),
        Variant("arithmetic", "words joined by shifts", swap={"decode_registers": "decode_registers_arithmetic"}),
        Variant("converter", "the client's own converter", swap={"decode_registers": "decode_registers_client"}),
    ),
    mutants=(
        Variant("zeros", "asks nobody", swap={"poll_registers": "poll_registers_none"}, naive=True),
        Variant("bytes_swapped", "bytes instead of words are swapped", swap={"decode_registers": "decode_registers_bytes"}),
        Variant("one_based", "addresses are taken to count from 1", edits=(("poll_registers", 'answer = read(point["address"], ', 'answer = read(point["address"] - 1, '),)),
        Variant("holding_only", "input registers are read from the holding table", edits=(("poll_registers", 'client.read_holding_registers if point["table"] == "holding" else client.read_input_registers', "client.read_holding_registers"),)),
        Variant("unsigned", "negative numbers come out large", edits=(("decode_registers", '"int16": ">h"', '"int16": ">H"'), ("decode_registers", '"int32": ">i"', '"int32": ">I"'))),
        Variant("big_only", "the word order is ignored", edits=(("decode_registers", 'registers[::-1] if point["word_order"] == "little" else registers', "registers"),)),
        Variant("unscaled", "the scale is forgotten", edits=(("decode_registers", ' * point["scale"]', ""),), levels=("nominal", "hard")),
    ),
    notes=(
        "Modbus registers are 16-bit words, high byte first. Larger types take two registers, and devices disagree whether the "
        "high or the low word comes first (word order, often called swapped float). Four tables exist; input registers (function "
        "4) and holding registers (function 3) have separate addresses. Manuals often count from 1 or write 40001 for holding "
        "register 0; on the wire addresses count from 0. Signed integers are two's complement. A request has transaction, "
        "protocol 0, length, unit, function, address, count; an exception sets the top bit of the function and gives a code "
        "(2: illegal address). At most 125 registers fit one read. Integers are usually scaled by a power of ten."
    ),
    relations=(Relation("moved", _moved),),
    needs=("pymodbus",),
    sources=("Modbus Application Protocol V1.1b3, sections 6.3 and 6.4", "Modbus Messaging on TCP/IP V1.0b"),
    peer="modbus",
    allowed=("pymodbus", "socket"),
)  # fmt: skip
