"""T017 fall alarm: which windows of a body-worn accelerometer hold a fall, and which only something like it.

Truth comes from the generator, which composes each window of free fall, impact, posture and rest. Hard sitting, jumps,
lying down and stumbles distract, each lacking one sign of a fall. Covers: any orientation of the sensor, two units.
Does not cover: falls along a wall, recovery after a fall, streams without windows.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.01, "nominal": 0.025, "hard": 0.04, "edge": 0.025}
"""Standard deviation of the noise per axis, g."""

GRAVITY = 9.80665
"""Standard gravity, m/s2."""

HARMLESS = ("sit", "jump", "lie_down", "stumble", "walk")
"""Events that are no falls."""


def generate(seed: int, level: Level) -> Instance:
    """24 to 36 windows of 7 s; edge: no window at all, no fall, or nothing but falls."""
    draw = make.rng(seed, "T017", level)
    kind = str(draw.choice(["none", "no_fall", "all_falls"])) if level == "edge" else ""
    rate, count = int(draw.choice([25, 32, 40, 50])), 0 if kind == "none" else int(draw.integers(24, 37))
    chance = {"no_fall": 0.0, "all_falls": 1.0}.get(kind, 0.4)
    events = ["fall" if draw.random() < chance else str(draw.choice(HARMLESS)) for _ in range(count)]
    windows = [_window(draw, event, rate) + draw.normal(0, NOISE[level], (7 * rate, 3)) for event in events]
    stack = np.asarray(windows, dtype=float).reshape(-1, 7 * rate, 3)
    return _instance(stack, rate, "g" if draw.random() < 0.5 else "m/s2", [event == "fall" for event in events])


def _window(draw: np.random.Generator, event: str, rate: int) -> make.Floats:
    """Acceleration of one event in g, shape (N, 3), in a drawn orientation of the sensor."""
    times = np.arange(7 * rate) / rate
    hit = float(draw.uniform(2.6, 3.6))
    size = np.ones_like(times)
    upright = _direction(draw)
    turned = event in ("fall", "lie_down")
    after = _tilted(draw, upright, draw.uniform(60, 110) if turned else draw.uniform(0, 12))
    free = float(draw.uniform(0.32, 0.6))
    if event in ("fall", "jump"):
        size[(times >= hit - free) & (times < hit)] = draw.uniform(0.05, 0.3)
        size += _bump(times, hit + 0.06, draw.uniform(2.4, 5.0), 0.045)
    elif event == "sit":
        size -= _bump(times, hit - 0.2, draw.uniform(0.15, 0.3), 0.1)
        size += _bump(times, hit + 0.06, draw.uniform(1.6, 2.2), 0.045)
    elif event == "stumble":
        size += _bump(times, hit, draw.uniform(1.6, 2.6), 0.05) + _bump(times, hit + 0.5, draw.uniform(1.0, 1.6), 0.06)
    share = 1 / (1 + np.exp(-(times - hit) / (0.5 if event == "lie_down" else 0.05)))
    ways = (1 - share)[:, None] * upright + share[:, None] * after
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    walking = times < hit - 0.9 if event != "walk" else np.ones_like(times, bool)
    if event in ("stumble", "jump"):
        walking |= times > hit + 1.0
    gait = 0.3 * np.sin(2 * np.pi * draw.uniform(1.6, 2.1) * times + draw.uniform(0, 6))
    return np.asarray((size + gait * walking)[:, None] * ways)


def _bump(times: make.Floats, centre: float, height: float, width: float) -> make.Floats:
    """A Gaussian pulse in g."""
    return np.asarray(height * np.exp(-0.5 * ((times - centre) / width) ** 2))


def _direction(draw: np.random.Generator) -> make.Floats:
    """A unit vector of any direction."""
    vector = draw.normal(0, 1, 3)
    return np.asarray(vector / np.linalg.norm(vector))


def _tilted(draw: np.random.Generator, axis: make.Floats, degrees: float) -> make.Floats:
    """A unit vector at a given angle to another."""
    side = np.cross(axis, _direction(draw))
    side /= np.linalg.norm(side)
    return np.asarray(np.cos(np.radians(degrees)) * axis + np.sin(np.radians(degrees)) * side)


def _instance(windows: NDArray[np.float64], rate: int, unit: str, falls: list[bool]) -> Instance:
    stored = (windows * (GRAVITY if unit == "m/s2" else 1.0)).astype(np.float32)
    packed = make.npz_bytes(windows=stored, unit=np.asarray(unit), fs=np.asarray(float(rate)))
    return Instance({"motion.npz": packed}, {"falls": falls}, "motion.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of right verdicts; 1 for none asked and none given, 0 where the numbers differ."""
    right, found = truth["falls"], output["falls"]
    if len(right) != len(found):
        return {"accuracy": 0.0}
    return {"accuracy": sum(a == b for a, b in zip(right, found, strict=True)) / len(right) if right else 1.0}


def _changed(change: str) -> Any:
    """A relation: the sensor turned, or the windows in another order."""

    def apply(instance: Instance, seed: int) -> Instance:
        with np.load(io.BytesIO(instance.visible["motion.npz"])) as data:
            windows, unit, rate = data["windows"].astype(float), str(data["unit"]), int(data["fs"])
        windows = windows / (GRAVITY if unit == "m/s2" else 1.0)
        draw, falls = make.rng(seed, change), instance.truth["falls"]
        if change == "order":
            order = draw.permutation(len(falls))
            return _instance(windows[order], rate, unit, [falls[at] for at in order])
        turn, _ = np.linalg.qr(draw.normal(0, 1, (3, 3)))
        return _instance(windows @ turn, rate, unit, falls)

    return apply


_ACC = Slot("acc", "ndarray[float64, (K, N, 3)]", "g", "acceleration of each window", "task1")
_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")

FAMILY = Family(
    id="T017",
    title="Fall alarm",
    domain="B",
    version=1,
    wordings=(
        Wording("Alert on falls but not on sitting down hard.", "goal"),
        Wording("For each window measure free fall, impact, change of posture and stillness, and call it a fall when all four are there.", "operation"),
        Wording("Grandma wears an accelerometer pendant. In which of these clips did she really fall?", "goal"),
        Wording("Compute the acceleration magnitude, look for weightlessness followed by a peak and a new lying orientation, and decide per window.", "operation"),
        Wording("acc windows → fall yes/no", "terse"),
        Wording("I need a fall detector that stays silent for jumps, hard sitting and stumbling.", "goal", held=True),
        Wording("Threshold the low-g time, the peak, the tilt change and the final unrest of every clip to flag falls.", "operation", held=True),
        Wording("fall flags from motion.npz", "terse", held=True),
        Wording("摔倒要报警，重重坐下不要报。", "goal", "zh"),
        Wording("对每个窗口计算失重时间、冲击峰值、姿态变化和静止程度，四者齐备判为跌倒。", "operation", "zh"),
        Wording("加速度窗口 → 是否跌倒", "terse", "zh"),
        Wording("奶奶挂着加速度计，哪些片段里她真的摔了，哪些只是跳了一下？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`motion.npz`: arrays `windows`, acceleration of K windows, shape (K, N, 3), `unit`, the text g or m/s2, shape (), and `fs`, the sampling rate (Hz), shape ()",),
        outputs=(Slot("falls", "list[bool]", "1", "whether each window holds a fall, in the order of the windows"),),
        remarks=(
            "a fall is free fall (the magnitude stays below 0.5 g for at least 0.25 s), then an impact above 2.5 g, then rest in a posture turned by at least 50 degrees for the last 2 s of the window",
            "no falls: sitting down hard (impact, no free fall), jumping (free fall and impact, same posture), lying down (new posture, no impact), stumbling and walking",
            "the sensor is worn in any orientation and senses gravity at rest, 1 g or 9.80665 m/s2; the first 1.5 s of a window show the posture before the event",
            "there may be no window at all: then the list is empty; at least 97 % of the verdicts must be right",
        ),
    ),
    stages=(
        Stage(
            "Load Motion Windows",
            ("read windows, unit and sampling rate from the NPZ", "convert metres per second squared to g"),
            "Read windows of three-axis acceleration in units of g, and the sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("acc", "ndarray[float64, (K, N, 3)]", "g", "acceleration of each window"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Acceleration Magnitude",
            ("root of the sum of the squared axes",),
            "Give the length of the acceleration vector, which does not depend on how the sensor is worn.",
            (_ACC,),
            (Slot("magnitude", "ndarray[float64, (K, N)]", "g", "length of the acceleration"),),
        ),
        Stage(
            "Fall Features",
            ("longest time under 0.5 g and largest magnitude", "angle between the mean directions of the first and the last 1.5 s", "standard deviation of the magnitude at the end"),
            "Describe each window by free fall, impact, turn and unrest.",
            (_ACC, Slot("magnitude", "ndarray[float64, (K, N)]", "g", "length of the acceleration", "task2"), _FS),
            (Slot("features", "ndarray[float64, (K, 4)]", "1", "free fall in s, impact in g, turn in degrees, unrest in g"),),
        ),
        Stage(
            "Decide Falls",
            ("a fall needs free fall, impact, a turn and stillness together",),
            "Call a window a fall when free fall, impact, a new posture and stillness come together.",
            (Slot("features", "ndarray[float64, (K, 4)]", "1", "free fall in s, impact in g, turn in degrees, unrest in g", "task3"),),
            (Slot("falls", "list[bool]", "1", "whether each window holds a fall, in the order of the windows"),),
        ),
    ),
    solutions="t017_fall_alarm",
    generate=generate,
    measure=measure,
    bars=(
        Bar("accuracy", 0.97, "least"),  # worst right 1.0; best wrong 0.969 (posture_ignored), mostly 0.6 to 0.9
    ),
    alternates=(
        Variant("filtered", "running maxima for the free fall, median directions, all windows at once", swap={"fall_features": "fall_features_filtered", "load_motion_windows": "load_motion_windows_rest"}),
        Variant("ordered", "free fall only right before the largest impact", swap={"fall_features": "fall_features_ordered"}),
        Variant("loop", "magnitude by squares, verdicts one after the other", swap={"acceleration_magnitude": "acceleration_magnitude_squares", "decide_falls": "decide_falls_loop"}),
    ),
    mutants=(
        Variant("impact", "every hard impact is a fall", swap={"decide_falls": "decide_falls_impact"}, naive=True),
        Variant("always", "the alarm is always on", swap={"decide_falls": "decide_falls_always"}),
        Variant("one_axis", "the third axis alone", swap={"acceleration_magnitude": "acceleration_magnitude_vertical"}),
        Variant("unit_ignored", "metres per second squared are taken for g and the other way round", edits=(("load_motion_windows", '== "g"', '!= "g"'),)),
        Variant("posture_ignored", "the posture does not matter, so jumps count", edits=(("decide_falls", "(turn >= 35.0) & (unrest < 0.12)", "(turn >= 0.0) & (unrest < 9.0)"),)),
        Variant("no_free_fall", "a turn is enough, so lying down counts", edits=(("decide_falls", "(free_fall >= 0.2) & (impact >= 2.2) & ", ""),)),
    ),
    notes=(
        "A fall has three phases: near weightlessness while the body drops (magnitude below about 0.5 g for 0.3 to 0.6 s), an "
        "impact of 2.5 to 6 g within a tenth of a second, and rest in a lying posture. Hard sitting reaches 2 to 3 g without "
        "free fall; a jump has both but ends upright; lying down turns the body gently. The magnitude of the three axes does not "
        "depend on how the sensor is worn, while the direction of gravity averaged over a second or two gives the posture: the "
        "angle between before and after tells standing from lying. A threshold on the impact alone gives many false alarms. An "
        "accelerometer at rest reads 1 g, in free fall 0; files in m/s2 are divided by 9.80665."
    ),
    relations=(Relation("sensor_turned", _changed("turn")), Relation("windows_reordered", _changed("order"))),
    needs=("scipy",),
    sources=("Bourke, Lyons 2008, Medical Engineering & Physics 30(1)", "Noury et al. 2008, IRBM 29(6), phases of a fall"),
)  # fmt: skip
