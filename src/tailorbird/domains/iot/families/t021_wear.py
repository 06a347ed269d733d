"""T021 wear: the times at which a watch lies on the table instead of being on a wrist, from its accelerometer.

Truth comes from the generator's timeline. The hard part is sleep: a sleeping wrist is almost as still as a table, but it
breathes. Covers: accelerometer alone, noise that differs between sensors, knocks against the table. Does not cover:
watches in moving bags, temperature or skin contact.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SAMPLES = 38_000
"""Most readings of a record."""

FLOOR_MG = {"easy": (0.2, 0.4), "nominal": (0.3, 0.8), "hard": (0.6, 0.9), "edge": (0.3, 0.7)}
"""Noise of the sensor itself, mg per axis."""

BREATH_MG = {"easy": (2.0, 2.8), "nominal": (1.6, 2.5), "hard": (1.5, 1.8), "edge": (1.6, 2.5)}
"""Amplitude of breathing at the wrist of a sleeper, mg."""

Segment = tuple[str, float]
"""State (active, sleep, off, rest) and length in s."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 70 minutes at 8 to 16 Hz; edge: an empty record, never off, off all the time, or asleep all the time."""
    draw = make.rng(seed, "T021", level)
    rate = float(draw.choice([8.0, 9.0, 12.5, 16.0]))
    kind = str(draw.choice(["empty", "worn", "off", "asleep"])) if level == "edge" else ""
    minutes = float(draw.uniform(0.9, 1.0)) * SAMPLES / rate / 60
    plan = {
        "empty": "",
        "worn": "active sleep active rest sleep",
        "off": "off",
        "asleep": "sleep",
    }.get(kind, str(draw.choice(["active off sleep", "sleep off active"])) if level == "easy" else _day(draw))
    lengths = draw.uniform(1.0, 1.6, len(plan.split()))
    lengths = lengths / max(float(lengths.sum()), 1.0) * minutes * 60 if plan else lengths
    segments = [
        (state, float(draw.uniform(60, 100)) if state == "rest" else float(length))
        for state, length in zip(plan.split(), lengths, strict=True)
    ]
    acc = _record(draw, segments, rate, level)
    return _instance(acc, rate, segments)


def _day(draw: np.random.Generator) -> str:
    """Six states with two times off, one of them next to sleep, and a short rest on the table."""
    return str(
        draw.choice(
            [
                "active rest active off sleep off",
                "off active rest active sleep off",
                "sleep off active rest active off",
                "active off sleep active rest off active",
            ]
        )
    ).replace("rest off", "rest active off")


def _record(draw: np.random.Generator, segments: Sequence[Segment], rate: float, level: Level) -> make.Floats:
    """Readings in g, shape (N, 3)."""
    parts = [np.zeros((0, 3))]
    for state, seconds in segments:
        size = int(seconds * rate)
        time = np.arange(size) / rate
        part = np.tile(_direction(draw), (size, 1))
        if state == "active":
            part = _moving(draw, size, rate) + draw.normal(0, draw.uniform(0.007, 0.020), (size, 3))
        elif state == "sleep":
            part = _sleeping(draw, time, BREATH_MG[level])
        else:
            part = part + 0.001 * draw.uniform(0.5, 2) * np.sin(2 * np.pi * time / 900 + draw.uniform(0, 6.28))[:, None]
            part += _knocks(draw, time, level) if state == "off" else 0.0
        parts.append(part)
    acc = np.concatenate(parts)
    floor = draw.uniform(*FLOOR_MG[level]) / 1000
    return np.asarray(acc + draw.normal(0, floor, acc.shape))


def _direction(draw: np.random.Generator) -> make.Floats:
    """A drawn direction of gravity, shape (3,)."""
    vector = draw.normal(size=3)
    return np.asarray(vector / np.linalg.norm(vector))


def _moving(draw: np.random.Generator, size: int, rate: float) -> make.Floats:
    """Gravity that turns from posture to posture every few seconds, shape (size, 3)."""
    knots = max(2, int(size / rate / draw.uniform(5, 9)))
    postures = _direction(draw) + 0.5 * draw.normal(size=(knots, 3))
    at = np.linspace(0, knots - 1, size)
    turned = np.stack([np.interp(at, np.arange(knots), postures[:, axis]) for axis in range(3)], axis=1)
    return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True))


def _sleeping(draw: np.random.Generator, time: make.Floats, breath: tuple[float, float]) -> make.Floats:
    """A still wrist that breathes and turns over every few minutes, shape (N, 3)."""
    signal = np.zeros((time.size, 3))
    edges = np.cumsum(draw.uniform(120, 300, 40))
    position = np.searchsorted(edges, time)
    pace = draw.uniform(0.2, 0.33) * (1 + 0.03 * np.sin(2 * np.pi * time / 60))
    phase = 2 * np.pi * np.cumsum(pace) * (time[1] - time[0] if time.size > 1 else 1.0)
    for number in np.unique(position):
        here = position == number
        sway = draw.uniform(*breath) / 1000 * _direction(draw)
        signal[here] = _direction(draw) + np.sin(phase[here])[:, None] * sway
    return signal


def _knocks(draw: np.random.Generator, time: make.Floats, level: Level) -> make.Floats:
    """Short shocks of the table, 80 s or more apart and away from the ends, shape (N, 3)."""
    signal = np.zeros((time.size, 3))
    if level == "easy":
        return signal
    at = float(draw.uniform(70, 120))
    while at < time[-1] - 70:
        span = time - at
        ring = np.where((span >= 0) & (span < 2), np.exp(-np.maximum(span, 0) / 0.3), 0.0)
        signal += ring[:, None] * draw.normal(0, 1, (time.size, 3)) * draw.uniform(0.03, 0.15)
        at += float(draw.uniform(80, 200))
    return signal


def _instance(acc: make.Floats, rate: float, segments: Sequence[Segment]) -> Instance:
    edges = np.concatenate([[0.0], np.cumsum([int(seconds * rate) / rate for _, seconds in segments])])
    off = [
        [float(start), float(end)]
        for (state, _), start, end in zip(segments, edges[:-1], edges[1:], strict=True)
        if state == "off"
    ]
    content = make.npz_bytes(acc=acc.astype(np.float32), fs=np.array(rate))
    truth = {"off": off, "seconds": float(edges[-1]), "segments": list(segments)}
    return Instance({"watch.npz": content}, truth, "watch.npz")


def _mask(intervals: Sequence[Sequence[float]], seconds: float) -> Any:
    """Which half seconds lie in an interval, shape (M,)."""
    grid = np.arange(int(2 * seconds)) / 2 + 0.25
    mask = np.zeros(grid.size, dtype=bool)
    for start, end in intervals:
        mask |= (grid >= start) & (grid < end)
    return mask


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """F1 of the time off the wrist in steps of half a second, and the difference in the number of intervals."""
    found = output["off"]
    apart = abs(len(found) - len(truth["off"]))
    if any(len(item) != 2 or not item[0] < item[1] or abs(item[1]) > 1e9 for item in found) or apart > 100:
        return {"f1": 0.0, "number_error": float(max(1, apart))}
    wanted, given = _mask(truth["off"], truth["seconds"]), _mask(found, truth["seconds"])
    total = int(wanted.sum()) + int(given.sum())
    f1 = 2.0 * int((wanted & given).sum()) / total if total else float(not found)
    return {"f1": f1, "number_error": float(apart)}


def _read(instance: Instance) -> tuple[make.Floats, float]:
    with np.load(io.BytesIO(instance.visible["watch.npz"])) as data:
        return np.asarray(data["acc"], float), float(data["fs"])


def _other_wrist(instance: Instance, seed: int) -> Instance:
    """The sensor built in another direction: every reading turned."""
    acc, rate = _read(instance)
    turn = np.linalg.qr(make.rng(seed, "wrist").normal(size=(3, 3)))[0]
    return _instance(acc @ turn, rate, instance.truth["segments"])


def _backwards(instance: Instance, seed: int) -> Instance:
    """The record read from its end."""
    acc, rate = _read(instance)
    return _instance(acc[::-1], rate, instance.truth["segments"][::-1])


_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")

FAMILY = Family(
    id="T021",
    title="Wear detection",
    domain="B",
    version=1,
    wordings=(
        Wording("Detect when the watch is off the wrist.", "goal"),
        Wording("When was the wristband lying around instead of being worn? Sleeping with it counts as worn.", "goal"),
        Wording("I need the non-wear periods of this actigraphy recording, start and end.", "goal"),
        Wording("Measure the motion in the breathing band and mark long times without it as not worn.", "operation"),
        Wording("Band-pass the acceleration around the breathing rate, threshold its windowed RMS, close short gaps and drop short runs.", "operation"),
        Wording("accelerometer → non-wear intervals", "terse"),
        Wording("watch off wrist, from–to", "terse"),
        Wording("The study needs to know the hours in which participants had taken their tracker off, but not their nights.", "goal", held=True),
        Wording("Separate a still sleeper from an unworn device by respiration-sized movement and report the unworn spans.", "operation", held=True),
        Wording("non-wear spans of an actigraph", "terse", held=True),
        Wording("检测手表何时不在手腕上。", "goal", "zh"),
        Wording("提取呼吸频带的加速度能量，把长时间没有呼吸起伏的时段标为未佩戴。", "operation", "zh"),
        Wording("手环什么时候被摘下来放在桌上了？睡觉戴着不算。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`watch.npz`: array `acc` (g, readings x 3 axes), the number `fs` (sampling rate, Hz)",),
        outputs=(Slot("off", "list[list[float]]", "s", "intervals [start, end) without a wrist, seconds from the first reading, ascending"),),
        remarks=(
            "off the wrist the watch lies still; knocks against the table, shorter than 3 s and at least 80 s apart, do not end the interval",
            "on a sleeping wrist breathing moves gravity by at least 1.5 mg at 0.2 to 0.35 Hz; sleep counts as worn",
            "the sensor's own noise is white, at most 1 mg per axis, and differs between watches; its zero drifts by a few mg in minutes",
            "time off lasts at least 4 minutes; a watch laid down for less than 2 minutes counts as worn",
            "an empty record has no interval; a watch that nobody wore is off from 0 to the end",
            "F1 of the time off, in steps of half a second, must reach 0.92, and the number of intervals must be right",
            "example: worn for 10 minutes, on the table for 20, worn again gives [[600, 1800]]",
        ),
    ),
    stages=(
        Stage(
            "Load Wrist Acceleration",
            ("read the readings of three axes and the sampling rate from the NPZ",),
            "Read the acceleration of a watch and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("acc", "ndarray[float64, (N, 3)]", "g", "acceleration of the watch"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Breathing Motion",
            (
                "band-pass each axis from 0.15 to 0.5 Hz without delay: gravity, drift and most noise go",
                "root of the mean square over the axes and over 20 s, one value per second",
            ),
            "Measure second by second how much the watch moves at the pace of breathing.",
            (Slot("acc", "ndarray[float64, (N, 3)]", "g", "acceleration of the watch", "task1"), _FS),
            (Slot("motion", "ndarray[float64, (S)]", "g", "root mean square motion in the breathing band, one value per second"),),
        ),
        Stage(
            "Mark Still Seconds",
            ("a second is still when the motion stays below 0.65 mg",),
            "Tell seconds on a table from seconds on a breathing wrist.",
            (Slot("motion", "ndarray[float64, (S)]", "g", "root mean square motion in the breathing band, one value per second", "task2"),),
            (Slot("still", "ndarray[bool, (S)]", "1", "true where nothing breathes"),),
        ),
        Stage(
            "Off Wrist Intervals",
            (
                "join still runs less than 60 s apart: a knock is no wrist",
                "widen them by the 15 s that window and filter reach into their neighbours",
                "drop runs of less than 3 minutes",
            ),
            "Turn still seconds into intervals of non-wear.",
            (Slot("still", "ndarray[bool, (S)]", "1", "true where nothing breathes", "task3"),),
            (Slot("off", "list[list[float]]", "s", "intervals [start, end) without a wrist"),),
        ),
    ),
    solutions="t021_wear",
    generate=generate,
    measure=measure,
    bars=(
        Bar("f1", 0.92, "least"),  # worst right 0.963 (a loop, hard); best wrong aimed at it 0.84 (variance)
        Bar("number_error", 0.0, "most"),  # worst right 0; knocks or short rests give 1 or more
    ),
    alternates=(
        Variant("spectrum", "power of the breathing band from a short-time spectrum", swap={"breathing_motion": "breathing_motion_spectrum"}),
        Variant("averages", "band by the difference of moving averages", swap={"breathing_motion": "breathing_motion_averages"}),
        Variant("runs", "runs in a plain loop instead of morphology", swap={"off_wrist_intervals": "off_wrist_intervals_runs"}),
        Variant("median", "the median of a minute decides, so that knocks do not matter", swap={"mark_still_seconds": "mark_still_seconds_median"}),
    ),
    mutants=(
        Variant("variance", "any small spread counts as off, so sleep does too", swap={"breathing_motion": "breathing_motion_spread", "mark_still_seconds": "mark_still_seconds_loose"}, naive=True),
        Variant("inverted", "the times on the wrist", edits=(("mark_still_seconds", "motion < ", "motion > "),)),
        Variant("no_least_length", "short rests count as off", edits=(("off_wrist_intervals", "end - start >= 180", "end - start >= 20"),)),
        Variant("gravity_kept", "gravity is left in, so nothing is ever still", swap={"breathing_motion": "breathing_motion_gravity"}),
        Variant("knocks_split", "a knock ends the interval", swap={"off_wrist_intervals": "off_wrist_intervals_split"}),
        Variant("minutes", "minutes instead of seconds", edits=(("off_wrist_intervals", "[float(start), float(end)]", "[start / 60, end / 60]"),)),
        Variant("fixed_rate", "10 Hz is taken for granted", edits=(("load_wrist_acceleration", 'float(data["fs"])', "10.0"),)),
    ),
    notes=(
        "Actigraphs are taken off, and counting such time as rest spoils sleep and activity figures. Classical rules (van Hees, Choi) call "
        "a block non-wear when the standard deviation stays below some 13 mg for half an hour or more, which confuses deep sleep with a "
        "table. A sleeping wrist still moves with breathing: at 0.2 to 0.35 Hz gravity is tilted by one to a few mg. A band-pass from 0.15 "
        "to 0.5 Hz removes gravity, thermal drift and most of the white noise of the sensor (noise in a band of 0.35 Hz of a total of fs / 2 "
        "is smaller by the root of that share), so that breathing stands out even when the total spread does not. Then work on runs: close "
        "short gaps (someone knocks against the table), drop short runs (the watch was put down for a minute), in this order. A window "
        "smears each edge by half its length."
    ),
    relations=(Relation("other_wrist", _other_wrist), Relation("backwards", _backwards)),
    needs=("scipy",),
    sources=(
        "van Hees et al. 2011, PLoS ONE 6(7):e22922 (non-wear from acceleration)",
        "Hernandez, McDuff, Picard 2015, BioWatch, PervasiveHealth (breathing from wrist motion)",
    ),
)  # fmt: skip
