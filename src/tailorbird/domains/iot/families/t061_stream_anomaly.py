"""T061 streaming anomaly: score each reading as it arrives, before the next one is sent.

The stream sends one reading, waits for its score, and only then goes on, so a score can rest on the past alone. What
counts are the scores the stream received. Channels differ in scale by orders of magnitude, wander slowly, and single
channels jump for one to five readings. Covers: faults of single channels. Does not cover: broken relations between
channels that each look normal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NORMAL = 60
"""Readings at the start without fault."""

NAMES = ("current", "flow", "level", "power", "pressure", "speed", "temperature", "torque", "vibration")


def generate(seed: int, level: Level) -> Instance:
    """3 to 6 channels, 450 to 600 readings; edge: no reading, no fault, or a channel that never moves."""
    draw = make.rng(seed, "T061", level)
    kind = str(draw.choice(["silent", "calm", "stuck"])) if level == "edge" else ""
    count = 0 if kind == "silent" else int(draw.integers(450, 601))
    width = int(draw.integers(4, 7))
    names = sorted(str(name) for name in draw.choice(NAMES, width, replace=False))
    wander = {"easy": 0.0, "nominal": 1.0, "hard": 2.0, "edge": 1.0}[level]
    low = {"easy": 9.0, "nominal": 8.0, "hard": 7.5, "edge": 8.0}[level]
    noise = draw.normal(0, 1, (count, width))
    slow = np.sin(np.arange(count)[:, None] * draw.uniform(0.005, 0.012, width) + draw.uniform(0, 6.28, width))
    values = noise + wander * slow
    stuck = int(draw.integers(0, width)) if kind == "stuck" else -1
    labels = _faults(draw, values, low, stuck) if kind not in ("silent", "calm") else [0] * count
    # Scales spread over five decades, in drawn order, so that the channel with the largest drowns the others.
    scales = 10.0 ** (np.linspace(-2, 3, width)[draw.permutation(width)] + draw.uniform(-0.2, 0.2, width))
    values = values * scales + draw.uniform(-20, 20, width) * scales
    if stuck >= 0:
        values[:, stuck] = float(np.round(draw.uniform(1, 50), 2))
    rows = [{name: float(f"{value:.6g}") for name, value in zip(names, row, strict=True)} for row in values]
    return _instance(rows, names, labels, int(draw.integers(20000, 60000)))


def _faults(draw: np.random.Generator, values: make.Floats, low: float, stuck: int) -> list[int]:
    """Adds jumps of single channels in turn, each as often as the others but for a stuck one; a label per reading."""
    count, width = values.shape
    labels = [0] * count
    starts = np.arange(NORMAL + 10, count - 8, 12)
    starts = np.sort(draw.choice(starts, 3 * width, replace=False)) if starts.size >= 3 * width else starts
    order = [int(at) for _ in range(5) for at in draw.permutation(width) if at != stuck]
    for start, channel in zip(starts, order, strict=False):
        length = int(draw.integers(1, 6))
        values[start : start + length, channel] += draw.uniform(low, low + 4) * draw.choice([-1, 1])
        labels[start : start + length] = [1] * length
    return labels


def _instance(rows: Sequence[Mapping[str, float]], names: Sequence[str], labels: Sequence[int], port: int) -> Instance:
    task = {"host": "127.0.0.1", "port": port, "channels": list(names), "normal_readings": NORMAL}
    script = {"port": port, "answer": "score", "kind": "number", "readings": list(rows), "patience_s": 1.0}
    truth = {"labels": list(labels), "names": list(names), "port": port}
    return Instance({"stream.json": make.json_bytes(task)}, truth, "stream.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Area under the ROC curve of the received scores, and whether the report agrees with them."""
    scores, labels = truth["observed"]["answers"], truth["labels"]
    if not truth["observed"]["done"] or len(scores) != len(labels):
        return {"auc": 0.0, "report": 0.0}
    top = scores.index(max(scores)) if scores else None
    agrees = output["readings"] == len(scores) and output["top_index"] == top and type(output["top_index"]) is type(top)
    return {"auc": _auc(labels, scores), "report": float(agrees)}


def _auc(labels: Sequence[int], scores: Sequence[float]) -> float:
    """Share of pairs of a fault and a normal reading in the right order, ties half; 1 without faults."""
    bad = np.asarray([score for score, label in zip(scores, labels, strict=True) if label])
    good = np.asarray([score for score, label in zip(scores, labels, strict=True) if not label])
    if not bad.size or not good.size:
        return 1.0 if all(math.isfinite(score) for score in scores) else 0.0
    return float(np.mean((bad[:, None] > good[None, :]) + 0.5 * (bad[:, None] == good[None, :])))


def _rescaled(instance: Instance, seed: int) -> Instance:
    """Every channel in another unit, at another port."""
    draw = make.rng(seed, "rescaled")
    names = instance.truth["names"]
    factors = {name: float(2.0 ** draw.integers(-6, 7)) for name in names}
    rows = [{name: row[name] * factors[name] for name in names} for row in instance.script["readings"]]
    return _instance(rows, names, instance.truth["labels"], 10000 + seed % 9000)


FAMILY = Family(
    id="T061",
    title="Streaming anomaly",
    domain="G",
    version=1,
    wordings=(
        Wording("Score each reading of this machine as it arrives, so that odd ones stand out.", "goal"),
        Wording("Keep a running mean and spread of every channel and answer each reading with its standardised distance.", "operation"),
        Wording("live readings → anomaly score each", "terse"),
        Wording("I want to see at once when one of my sensors says something unusual, not after the shift.", "goal"),
        Wording("Connect to the stream, update online statistics per channel and return an anomaly score before the next reading is sent.", "operation"),
        Wording("Watch the live data of the pump and rate how abnormal every single line is while it runs.", "goal", held=True),
        Wording("Compute an online z-score over all channels in constant memory and answer line by line.", "operation", held=True),
        Wording("online outlier scoring, multichannel stream", "terse", held=True),
        Wording("每来一个读数就给出异常分，异常的读数要突出。", "goal", "zh"),
        Wording("对每个通道在线更新均值和离散度，用标准化距离回答每条读数。", "operation", "zh"),
        Wording("实时读数 → 异常分", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`stream.json`: object with `host`, `port` of the stream's TCP server, `channels` (names), `normal_readings` (count of readings at the start that are without fault)",
        ),
        outputs=(
            Slot("readings", "int", "1", "number of readings that were scored"),
            Slot("top_index", "int or none", "1", "index of the first reading with the largest score, from 0; null without readings"),
        ),
        remarks=(
            "the stream sends one JSON line per reading with one number per channel, and waits at most 1 s for one line `{\"score\": 1.75}` before it sends the next; the line `{\"end\": true}` ends it, possibly at once, and is not answered",
            "a larger score means less normal; only the order of the scores counts: the area under the ROC curve must be at least 0.9",
            "channels have unlike units and scales and may wander slowly; a fault moves one channel for one to five readings; a channel may be constant",
            "scores are finite numbers",
        ),
    ),
    stages=(
        Stage(
            "Load Stream Task",
            ("read host, port, names of the channels and the number of normal readings from the JSON file",),
            "Read where the stream comes from and what a reading holds.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the stream"),
                Slot("port", "int", "1", "TCP port of the stream"),
                Slot("channels", "list[str]", "1", "names of the values of a reading"),
                Slot("normal_readings", "int", "1", "readings at the start without fault"),
            ),
        ),
        Stage(
            "Score Readings",
            (
                "connect to the stream and read one JSON line per reading until it sends the end",
                "distance of each channel from its running mean, in running deviations",
                "let ordinary values alone move mean and deviation",
                "answer with the root of the summed squares before the next reading",
            ),
            "Answer every reading with an anomaly score from running means and spreads of the channels.",
            (
                Slot("host", "str", "1", "address of the stream", "task1"),
                Slot("port", "int", "1", "TCP port of the stream", "task1"),
                Slot("channels", "list[str]", "1", "names of the values of a reading", "task1"),
                Slot("normal_readings", "int", "1", "readings at the start without fault", "task1"),
            ),
            (Slot("scores", "list[float]", "1", "one score per reading"),),
        ),
        Stage(
            "Summarise Scores",
            ("count the readings", "index of the first largest score, none without readings"),
            "Count the readings and find the least normal one.",
            (Slot("scores", "list[float]", "1", "one score per reading", "task2"),),
            (
                Slot("readings", "int", "1", "number of readings"),
                Slot("top_index", "int or none", "1", "index of the first largest score"),
            ),
        ),
    ),
    solutions="t061_stream_anomaly",
    generate=generate,
    measure=measure,
    bars=(
        Bar("auc", 0.9, "least"),  # worst right 0.993, best wrong 0.61 (one channel)
        Bar("report", 1.0, "least"),
    ),
    alternates=(
        Variant("window", "median and median deviation of a window", swap={"score_readings": "score_readings_window"}),
        Variant("moments", "decayed sums", swap={"score_readings": "score_readings_moments"}),
    ),
    mutants=(
        Variant("constant", "every reading equally odd", swap={"score_readings": "score_readings_constant"}, naive=True),
        Variant("raw", "channels are not scaled", swap={"score_readings": "score_readings_raw"}),
        Variant("sign", "larger means more normal", edits=(("score_readings", "scores.append(math.sqrt(score))", "scores.append(-math.sqrt(score))"),)),
        Variant("one_channel", "looks at the first channel alone", edits=(("score_readings", "for name in channels:", "for name in channels[:1]:"),)),
        Variant("batch", "reads the whole stream before it answers", swap={"score_readings": "score_readings_late"}),
        Variant("last_top", "the last instead of the first index, from 1", edits=(("summarise_scores", "scores.index(max(scores)) if", "scores.index(max(scores)) + 1 if"),)),
    ),
    notes=(
        "An online detector sees each reading once and answers before the next: it keeps statistics, not data. A running mean and "
        "variance with a forgetting weight of a few hundredths follow slow changes; Welford's update is the exact form without "
        "forgetting. Channels have to be scaled by their own deviation before they are combined, else the one with the largest "
        "numbers decides alone. A fault must not teach the detector: update with ordinary values only, or clip what enters. Median "
        "and median absolute deviation of a window are robust without any rule. Several channels combine by the sum of squared "
        "z-values (a chi-square) or by the largest. The area under the ROC curve compares only the order of scores; a constant "
        "score has 0.5. A channel that never moves has deviation 0 and needs a floor."
    ),
    relations=(Relation("rescaled", _rescaled),),
    sources=("Welford 1962, Technometrics 4(3), for running moments",),
    peer="plant",
    allowed=("socket",),
)  # fmt: skip
