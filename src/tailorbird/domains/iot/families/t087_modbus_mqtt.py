"""T087 Modbus to MQTT: read a device scan by scan, publish a register only when it has changed enough.

The device is a strict Modbus TCP server on a virtual clock: every read gives the next scan, and it cuts the connection
now and then. The broker is Mosquitto; an observer with its own reader of MQTT was subscribed before. What counts are
the messages the observer received: their number, order, values, quality and retained state. Truth is computed from the
drawn scans in integers. Covers: deadband against the value last published, signed registers, lost connections to the
device. Does not cover: lost connections to the broker.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NAMES = ("pressure", "flow", "level", "speed", "torque", "current", "power", "temperature")


def generate(seed: int, level: Level) -> Instance:
    """2 to 5 registers over 12 to 30 scans with 0 to 3 cuts; edge: no scan, or registers that never change."""
    draw = make.rng(seed, "T087", level)
    kind = str(draw.choice(["none", "still"])) if level == "edge" else ""
    width = {"easy": 2, "nominal": int(draw.integers(3, 5)), "hard": 5, "edge": 2}[level]
    count = 0 if kind == "none" else {"easy": 12, "nominal": 20, "hard": 30, "edge": 8}[level]
    cuts = {"easy": 0, "nominal": int(draw.integers(1, 3)), "hard": 3, "edge": 1 if count else 0}[level]
    names = [str(name) for name in draw.choice(NAMES, width, replace=False)]
    points = [
        {"name": name, "scale": float(draw.choice([0.01, 0.1, 1.0])), "deadband": int(draw.integers(4, 12))}
        for name in names
    ]
    start = draw.integers(-400, 400, width)
    # Small steps that creep past the deadband, runs of rest, and a jump now and then.
    steps = draw.integers(1, 4, (count, width)) * draw.choice([-1, 0, 1, 1], (count, width))
    jumps = (draw.random((count, width)) < 0.12) * draw.choice([-150, 150], (count, width))
    moved = (steps + jumps) * (0 if kind == "still" else 1)
    scans = [[int(value) & 0xFFFF for value in row] for row in start + np.cumsum(moved, axis=0)]
    places = sorted(int(at) for at in draw.choice(np.arange(1, max(count, 2)), cuts, replace=False)) if cuts else []
    ports = [int(port) for port in draw.choice(np.arange(20000, 60000), 2, replace=False)]
    unit, address = int(draw.integers(1, 30)), int(draw.integers(0, 500))
    prefix = str(draw.choice(["plant", "line/3", "pump-station", "site/a"]))
    return _instance(points, scans, places, (ports[0], ports[1]), (unit, address, prefix))


def _instance(
    points: Sequence[Mapping[str, Any]],
    scans: Sequence[Sequence[int]],
    cuts: Sequence[int],
    ports: tuple[int, int],
    place: tuple[int, int, str],
) -> Instance:
    unit, address, prefix = place
    task = {
        "modbus": {"host": "127.0.0.1", "port": ports[0], "unit": unit, "address": address},
        "mqtt": {"host": "127.0.0.1", "port": ports[1], "prefix": prefix},
        "points": [dict(point) for point in points],
        "scans": len(scans),
    }
    script = {
        "scans": {
            "port": ports[0],
            "unit": unit,
            "address": address,
            "scans": [list(row) for row in scans],
            "cuts": list(cuts),
        },
        "broker": {"port": ports[1]},
    }
    truth = {
        "messages": _messages(points, scans, prefix),
        "scans": [list(row) for row in scans],
        "cuts": list(cuts),
        "place": place,
    }
    return Instance({"gateway.json": make.json_bytes(task)}, truth, "gateway.json", script)


def _messages(points: Sequence[Mapping[str, Any]], scans: Sequence[Sequence[int]], prefix: str) -> list[list[Any]]:
    """Topics and values in order, point after point within a scan."""
    held: list[int | None] = [None] * len(points)
    found: list[list[Any]] = []
    for row in scans:
        for place, word in enumerate(row):
            count, before = word - ((word & 0x8000) << 1), held[place]
            if before is None or abs(count - before) > points[place]["deadband"]:
                held[place] = count
                found.append([f"{prefix}/{points[place]['name']}", round(count * points[place]["scale"], 3)])
    return found


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Messages too many or too few, values or order wrong, quality and retained faults, scans unread."""
    seen = truth["observed"]["mqtt"]
    wanted = [(topic, value) for topic, value in truth["messages"]]
    found = [(event["topic"], _value(event["payload"])) for event in seen["messages"]]
    last = dict(wanted)
    kept = {event["topic"]: _value(event["payload"]) for event in seen["retained"] if event["retain"]}
    return {
        "count_gap": float(abs(len(found) - len(wanted))),
        "sequence_wrong": float(_per_topic(found) != _per_topic(wanted)),
        "qos_wrong": float(sum(event["qos"] != 1 for event in seen["messages"])),
        "retained_wrong": float(kept != last),
        "unread": float(len(truth["scans"]) - truth["observed"]["modbus"]["reads"]),
        "report_gap": 0.0 if output["published"] == len(wanted) else math.inf,
    }


def _per_topic(messages: Sequence[tuple[str, float | None]]) -> dict[str, list[float | None]]:
    """Values of each topic in order."""
    found: dict[str, list[float | None]] = {}
    for topic, value in messages:
        found.setdefault(topic, []).append(None if value is None else round(value, 6))
    return found


def _value(payload: str) -> float | None:
    """The number in a payload; none where it is not of the agreed form."""
    try:
        data = json.loads(payload)
    except ValueError:
        return None
    value = data.get("value") if isinstance(data, dict) and len(data) == 1 else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _offset(instance: Instance, seed: int) -> Instance:
    """All registers higher by one count, at other addresses, under another prefix, with other ports."""
    task = json.loads(instance.visible["gateway.json"])
    rise = int(make.rng(seed, "offset").integers(20, 300))
    scans = [[(word + rise) & 0xFFFF for word in row] for row in instance.truth["scans"]]
    port = 10000 + seed % 9000
    place = (task["modbus"]["unit"] + 1, task["modbus"]["address"] + rise, f"other/{task['mqtt']['prefix']}")
    return _instance(task["points"], scans, instance.truth["cuts"], (port, port + 1), place)


FAMILY = Family(
    id="T087",
    title="Modbus to MQTT",
    domain="J",
    version=1,
    wordings=(
        Wording("Publish the registers of this device to MQTT, but only when they change.", "goal"),
        Wording("Poll the register block, apply the deadband against the value last published, and publish changes with QoS 1 and the retain flag.", "operation"),
        Wording("Modbus registers → MQTT on change", "terse"),
        Wording("Bridge our old controller to the broker without flooding it; connections to the controller drop now and then.", "goal"),
        Wording("Write a Modbus-to-MQTT gateway with report by exception that reconnects and repeats a failed read.", "operation"),
        Wording("I want to see new meter values on the message bus, each exactly once, even when the meter hangs up in between.", "goal", held=True),
        Wording("Scan holding registers, reconnect on a lost link, forward values beyond their deadband to retained topics.", "operation", held=True),
        Wording("modbus mqtt gateway, deadband", "terse", held=True),
        Wording("只在寄存器变化时把它们发布到 MQTT。", "goal", "zh"),
        Wording("轮询寄存器块，与上次发布的值比较死区，变化时以 QoS 1 保留发布，断线后重连。", "operation", "zh"),
        Wording("Modbus 变化 → MQTT", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`gateway.json`: object with `modbus` (object with `host`, `port`, `unit`, `address`), `mqtt` (object with `host`, `port`, `prefix`), `points` (list of objects with `name`, `scale`, `deadband`), `scans` (count)",
        ),
        outputs=(Slot("published", "int", "1", "messages the broker has acknowledged"),),
        remarks=(
            "one scan reads all points at once: as many holding registers (function 3) as there are points, from `address` on; registers are signed 16-bit counts; exactly `scans` scans are read, one after the other without waiting",
            "the device closes the connection now and then instead of answering; that read did not happen: connect again and repeat it",
            "a point is published when it has no published value yet, or when its count differs from the one last published by more than `deadband` counts",
            "a message goes to `prefix`/`name` as a JSON object such as `{\"value\": 12.5}`: count times `scale`, rounded to three decimals; QoS 1, retained, in the order of the scans",
            "there may be no scan at all",
        ),
    ),
    stages=(
        Stage(
            "Load Gateway Task",
            ("read device, broker, points and number of scans from the JSON file",),
            "Read both ends of the gateway and what passes through it.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("device", "dict", "1", "host, port, unit and address of the Modbus device"),
                Slot("broker", "dict", "1", "host, port and prefix of the MQTT broker"),
                Slot("points", "list[dict]", "1", "name, scale and deadband of each register"),
                Slot("scans", "int", "1", "number of scans"),
            ),
        ),
        Stage(
            "Read Scans",
            (
                "read all registers once per scan",
                "on a lost connection connect again and repeat the read",
                "turn words into signed counts",
            ),
            "Read the block of registers once per scan, also across lost connections.",
            (
                Slot("device", "dict", "1", "host, port, unit and address of the Modbus device", "task1"),
                Slot("points", "list[dict]", "1", "name, scale and deadband of each register", "task1"),
                Slot("scans", "int", "1", "number of scans", "task1"),
            ),
            (Slot("rows", "list[list[int]]", "1", "register counts of each scan"),),
        ),
        Stage(
            "Select Changes",
            ("keep the first value of each point", "keep a value that differs from the one last kept by more than the deadband"),
            "Keep the values that have changed by more than their deadband.",
            (
                Slot("points", "list[dict]", "1", "name, scale and deadband of each register", "task1"),
                Slot("rows", "list[list[int]]", "1", "register counts of each scan", "task2"),
            ),
            (Slot("changes", "list[tuple[str, float]]", "1", "names and values in order"),),
        ),
        Stage(
            "Publish Changes",
            ("connect to the broker", "publish each change retained with QoS 1", "wait for all acknowledgements and disconnect"),
            "Publish each change retained and with QoS 1.",
            (
                Slot("broker", "dict", "1", "host, port and prefix of the MQTT broker", "task1"),
                Slot("changes", "list[tuple[str, float]]", "1", "names and values in order", "task3"),
            ),
            (Slot("published", "int", "1", "acknowledged messages"),),
        ),
    ),
    solutions="t087_modbus_mqtt",
    generate=generate,
    measure=measure,
    bars=(
        Bar("count_gap", 0.0, "most"),
        Bar("sequence_wrong", 0.0, "most"),
        Bar("qos_wrong", 0.0, "most"),
        Bar("retained_wrong", 0.0, "most"),
        Bar("unread", 0.0, "most"),
        Bar("report_gap", 0.0, "most"),
    ),
    alternates=(
        Variant("socket", "frames written by hand", swap={"read_scans": "read_scans_socket"}),
        Variant("columns", "changes point by point", swap={"select_changes": "select_changes_columns"}),
        Variant("waiting", "one acknowledgement after the other", swap={"publish_changes": "publish_changes_waiting"}),
    ),
    mutants=(
        Variant("every_scan", "publishes everything", swap={"select_changes": "select_changes_all"}, naive=True),
        Variant("first_lost", "the first value is only remembered", edits=(("select_changes", "            if name not in last or abs(count - last[name])", "            last.setdefault(name, count)\n            if abs(count - last[name])"),)),
        Variant("previous", "compares with the scan before", swap={"select_changes": "select_changes_previous"}),
        Variant("no_deadband", "any change counts", edits=(("select_changes", '> point["deadband"]', "> 0"),)),
        Variant("gives_up", "stops at the first lost connection", swap={"read_scans": "read_scans_once"}),
        Variant("unsigned", "negative counts come out large", edits=(("read_scans", "word - 65536 if word > 32767 else word", "word"),)),
        Variant("restarts", "begins again after a lost connection", edits=(("read_scans", "            client.close()\n            failures += 1", "            client.close()\n            rows.clear()\n            failures += 1"),)),
        Variant("not_retained", "a late subscriber gets nothing", edits=(("publish_changes", ", qos=1, retain=True)", ", qos=1)"),)),
    ),
    notes=(
        "A gateway reports by exception: it polls and sends only changes. The deadband is measured from the value last sent, not "
        "from the last scan, or a slow creep is never reported. The first value of each point is always sent, because the broker "
        "knows none yet. A lost connection is normal in the field: close, connect again, repeat the read; what has been sent and "
        "what was last sent must survive it, or values come twice or get lost. Registers are words; signed ones are two's "
        "complement. Compare in counts, where numbers are whole, and scale afterwards. Retained messages with QoS 1 let a late "
        "subscriber see the present state of every point."
    ),
    relations=(Relation("offset", _offset),),
    needs=("paho", "pymodbus"),
    sources=("Modbus Application Protocol V1.1b3, section 6.3", "OASIS MQTT 3.1.1, sections 3.3 and 4.3"),
    peer="gateway",
    allowed=("paho", "pymodbus", "socket"),
)  # fmt: skip
