"""T064 drift alarm: say, while the readings come in, when the behaviour of a sensor changes.

The stream sends one reading, waits for the answer, and only then goes on. What counts is the first alarm the stream
received: none before the change, and at most 100 readings after it. Truth is the drawn index of the change. Single
spikes of many deviations must not raise the alarm. Covers: one lasting shift of the level, either way. Does not cover:
changes of the spread, slow ramps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

CALM = 150
"""Readings at the start that are before any change."""

LATEST = 100
"""Readings after the change within which the alarm must be raised."""

SPIKES = {"easy": 0.004, "nominal": 0.008, "hard": 0.015, "edge": 0.008}
"""Share of readings that are spikes."""


def generate(seed: int, level: Level) -> Instance:
    """900 readings with a shift of 1.5 to 2.5 deviations; edge: no shift, no reading, or a shift right after the start."""
    draw = make.rng(seed, "T064", level)
    kind = str(draw.choice(["none", "silent", "early"])) if level == "edge" else "shift"
    kind = "none" if level == "nominal" and draw.random() < 0.2 else kind
    count = 0 if kind == "silent" else 900
    change = None if kind in ("none", "silent") else CALM if kind == "early" else int(draw.integers(300, 780))
    size = float(draw.uniform(1.5, 1.7) if level == "hard" else draw.uniform(1.7, 2.5)) * float(draw.choice([-1, 1]))
    values = draw.normal(0, 1, count)
    if change is not None:
        values[change:] += size
    spikes = draw.random(count) < SPIKES[level]
    if count:
        # One spike always lies between the calm readings and the first change there can be.
        spikes[int(draw.integers(CALM + 5, 280))] = kind != "early"
    values[spikes] += draw.uniform(15, 40, int(spikes.sum())) * draw.choice([-1, 1], int(spikes.sum()))
    scale, zero = float(10.0 ** draw.uniform(-2, 2)), float(draw.uniform(-50, 50))
    shown = [float(f"{value:.7g}") for value in values * scale + zero * scale]
    return _instance(shown, change, int(draw.integers(20000, 60000)))


def _instance(values: Sequence[float], change: int | None, port: int) -> Instance:
    task = {"host": "127.0.0.1", "port": port, "calm_readings": CALM}
    script = {"port": port, "answer": "alarm", "kind": "bool", "readings": [{"value": value} for value in values]}
    truth = {"change": change, "count": len(values)}
    return Instance({"watch.json": make.json_bytes(task)}, truth, "watch.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Delay of the first received alarm, whether it came before the change, and whether the report agrees."""
    seen, change = truth["observed"], truth["change"]
    if not seen["done"] or len(seen["answers"]) != truth["count"]:
        return {"delay": math.inf, "false_alarm": 1.0, "report": 0.0}
    raised = np.flatnonzero(np.asarray(seen["answers"]) > 0.5)
    first = int(raised[0]) if raised.size else None
    early = first is not None and (change is None or first < change)
    missed = math.inf if change is not None and first is None else 0.0
    late = float(first - change) if first is not None and change is not None and not early else missed
    found = output["alarm_index"]
    agrees = found == first and type(found) is type(first)
    return {"delay": late, "false_alarm": float(early), "report": float(agrees)}


def _mirrored(instance: Instance, seed: int) -> Instance:
    """Readings with the opposite sign in another unit, at another port."""
    factor = -float(2.0 ** make.rng(seed, "mirrored").integers(-5, 6))
    values = [reading["value"] * factor for reading in instance.script["readings"]]
    return _instance(values, instance.truth["change"], 10000 + seed % 9000)


FAMILY = Family(
    id="T064",
    title="Drift alarm",
    domain="G",
    version=1,
    wordings=(
        Wording("Tell me while it runs when the sensor's behaviour changes for good.", "goal"),
        Wording("Run a two-sided CUSUM over the live readings, clipped against spikes, and answer each with the state of the alarm.", "operation"),
        Wording("live sensor → drift alarm", "terse"),
        Wording("My pressure sensor sometimes settles at a new level; raise an alarm soon after, but not for a single spike.", "goal"),
        Wording("Listen to the stream, learn the level from the calm readings, and detect a lasting shift online.", "operation"),
        Wording("Keep an eye on this feed and warn once the readings have moved to a different level.", "goal", held=True),
        Wording("Sequential change detection on a TCP stream: answer every value with alarm true or false.", "operation", held=True),
        Wording("online change alarm, ignore spikes", "terse", held=True),
        Wording("传感器行为改变时马上告诉我，单个尖峰不算。", "goal", "zh"),
        Wording("对实时读数做双边累积和检测，限幅以抵抗尖峰，逐条回答是否报警。", "operation", "zh"),
        Wording("实时读数 → 漂移报警", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`watch.json`: object with `host`, `port` of the stream's TCP server, `calm_readings` (count of readings at the start that are before any change)",
        ),
        outputs=(Slot("alarm_index", "int or none", "1", "index of the reading, from 0, that was answered with the first alarm; null for none"),),
        remarks=(
            "the stream sends one JSON line per reading, such as `{\"value\": 3.281}`, and waits for one line `{\"alarm\": false}` or `{\"alarm\": true}` before it sends the next; the line `{\"end\": true}` ends it, possibly at once, and is not answered",
            "the level shifts once by at least 1.5 standard deviations, up or down, and stays; or it never shifts",
            "the first alarm must come after the change, at most 100 readings later; there is no alarm without a change",
            "single readings may be spikes of 15 and more standard deviations, also among the calm ones; they are no change",
        ),
    ),
    stages=(
        Stage(
            "Load Watch Task",
            ("read host, port and the number of calm readings from the JSON file",),
            "Read where the sensor's stream comes from.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the stream"),
                Slot("port", "int", "1", "TCP port of the stream"),
                Slot("calm_readings", "int", "1", "readings at the start before any change"),
            ),
        ),
        Stage(
            "Watch For Drift",
            (
                "connect to the stream and read one JSON line per reading until it sends the end",
                "take level and spread from median and median deviation of the calm readings",
                "sum clipped deviations beyond 0.7 in both directions, never below 0",
                "raise the alarm when a sum exceeds 14 and keep it; answer each reading at once",
            ),
            "Answer every reading with whether the level of the sensor has changed.",
            (
                Slot("host", "str", "1", "address of the stream", "task1"),
                Slot("port", "int", "1", "TCP port of the stream", "task1"),
                Slot("calm_readings", "int", "1", "readings at the start before any change", "task1"),
            ),
            (Slot("alarms", "list[bool]", "1", "alarm after each reading"),),
        ),
        Stage(
            "First Alarm",
            ("index of the first alarm, none if there was none",),
            "Find when the alarm was raised.",
            (Slot("alarms", "list[bool]", "1", "alarm after each reading", "task2"),),
            (Slot("alarm_index", "int or none", "1", "index of the first alarm"),),
        ),
    ),
    solutions="t064_drift_alarm",
    generate=generate,
    measure=measure,
    bars=(
        Bar("false_alarm", 0.0, "most"),
        Bar("delay", 100.0, "most"),
        Bar("report", 1.0, "least"),
    ),
    alternates=(
        Variant("windows", "median of a sliding window", swap={"watch_for_drift": "watch_for_drift_windows"}),
        Variant("average", "exponentially weighted average", swap={"watch_for_drift": "watch_for_drift_average"}),
        Variant("scan", "first alarm by a loop", swap={"first_alarm": "first_alarm_scan"}),
    ),
    mutants=(
        Variant("never", "no alarm at all", swap={"watch_for_drift": "watch_for_drift_never"}, naive=True),
        Variant("single_limit", "one reading beyond three deviations raises it", swap={"watch_for_drift": "watch_for_drift_limit"}),
        Variant("unclipped", "a spike fills the sum at once", edits=(("watch_for_drift", "z = min(max((value - centre) / spread, -3.0), 3.0)", "z = (value - centre) / spread"),)),
        Variant("slow", "mean of everything so far", swap={"watch_for_drift": "watch_for_drift_slow"}),
        Variant("no_slack", "noise alone fills the sums", edits=(("watch_for_drift", "up + z - 0.7", "up + z"), ("watch_for_drift", "down - z - 0.7", "down - z"))),
        Variant("counted", "counts alarms", swap={"first_alarm": "first_alarm_share"}),
    ),
    notes=(
        "Sequential change detection weighs delay against false alarms. The cumulative sum adds what lies beyond a slack of half "
        "the shift to be found and is held at 0 from below; it is the quickest rule for a known shift (Page 1954, Moustakides "
        "1986). Two sums find shifts either way. A limit of h with a slack of k has a delay of about h / (shift - k) readings and "
        "a time between false alarms that grows exponentially with k h. Clipping each deviation (winsorising) bounds what one "
        "spike can add; median and median absolute deviation (times 1.4826) estimate level and spread although some calm readings "
        "are spikes. Exponentially weighted averages and sliding medians do as well with a window of about 40 readings."
    ),
    relations=(Relation("mirrored", _mirrored),),
    sources=("Page 1954, Biometrika 41(1/2)",),
    peer="plant",
    allowed=("socket",),
)  # fmt: skip
