"""T014 hand gesture: did the hand draw a gun from a holster, or only point?

A synthetic twin of GunPoint (one curve of 150 samples: height of the hand), drawn anew for each seed. Both gestures rise,
hold and fall; the difference is small: reaching into the holster before, putting the gun back after. Covers: one gesture
per curve. Does not cover: other gestures, several hands.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SAMPLES = 150
"""Samples of a curve, 30 per second."""

NOISE = {"easy": 0.006, "nominal": 0.014, "hard": 0.02, "edge": 0.01}
"""Noise as a share of the height of the gesture."""

JITTER = {"easy": 3.0, "nominal": 7.0, "hard": 9.0, "edge": 6.0}
"""Largest shift of rise and fall, samples."""


def generate(seed: int, level: Level) -> Instance:
    """30 to 50 labelled curves, 60 to 100 others; edge: nothing to label, one gesture only, or five examples of each."""
    draw = make.rng(seed, "T014", level)
    kind = str(draw.choice(["none", "single", "scarce"])) if level == "edge" else ""
    codes = [int(code) for code in draw.choice(np.arange(1, 10), 2, replace=False)]
    known = [int(draw.integers(2))] if kind == "single" else [0, 1]
    each = 5 if kind == "scarce" else int(draw.integers(15, 26))
    train = [int(k) for k in draw.permutation(known * each)]
    test = [int(k) for k in draw.choice(known, 0 if kind == "none" else int(draw.integers(60, 101)))]
    habit = _habit(draw)
    curves = [np.array([_curve(draw, k, habit, level) for k in which]).reshape(-1, SAMPLES) for which in (train, test)]
    return _instance(curves[0], [codes[k] for k in train], curves[1], [codes[k] for k in test])


def _habit(draw: np.random.Generator) -> dict[str, float]:
    """How the actor of this file moves: depth and time of the small movements that tell the gestures apart."""
    return {
        "reach": float(draw.uniform(0.14, 0.2)),
        "early": float(draw.uniform(12, 15)),
        "return": float(draw.uniform(0.14, 0.2)),
        "late": float(draw.uniform(14, 18)),
        "slope": float(draw.uniform(2.0, 3.5)),
    }


def _curve(draw: np.random.Generator, gun: int, habit: Mapping[str, float], level: Level) -> make.Floats:
    """Height of the hand in pixels, shape (150,)."""
    time = np.arange(SAMPLES)
    rise = 40 + draw.uniform(-1, 1) * JITTER[level]
    fall = 105 + draw.uniform(-1, 1) * JITTER[level]
    slope = habit["slope"] * draw.uniform(0.85, 1.15)
    curve = 1 / (1 + np.exp((rise - time) / slope)) - 1 / (1 + np.exp((fall - time) / slope))
    if gun:
        curve += habit["reach"] * draw.uniform(0.8, 1.2) * np.exp(-0.5 * ((time - rise + habit["early"]) / 3.0) ** 2)
        curve += habit["return"] * draw.uniform(0.8, 1.2) * np.exp(-0.5 * ((time - fall - habit["late"]) / 3.5) ** 2)
    curve += 0.03 * np.sin(2 * np.pi * time / draw.uniform(25, 60) + draw.uniform(0, 6.28)) * curve
    curve += draw.normal(0, NOISE[level], SAMPLES)
    return np.asarray(curve * draw.uniform(80, 320) + draw.uniform(200, 900))


def _instance(x_train: make.Floats, train: Sequence[int], x_test: make.Floats, test: Sequence[int]) -> Instance:
    content = make.npz_bytes(
        x_train=x_train.astype(np.float32), y_train=np.array(train, dtype=np.int64), x_test=x_test.astype(np.float32)
    )
    return Instance({"hands.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "hands.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of curves labelled rightly; 0 where their number is wrong or one is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[make.Floats, list[int], make.Floats]:
    with np.load(io.BytesIO(instance.visible["hands.npz"])) as data:
        codes = [int(code) for code in data["y_train"]]
        return np.asarray(data["x_train"], float), codes, np.asarray(data["x_test"], float)


def _zoomed(instance: Instance, seed: int) -> Instance:
    """A camera nearer by and higher up."""
    x_train, train, x_test = _read(instance)
    draw = make.rng(seed, "zoom")
    scale, shift = draw.uniform(0.5, 3.0), draw.uniform(-200, 500)
    return _instance(x_train * scale + shift, train, x_test * scale + shift, instance.truth["labels"])


def _renamed(instance: Instance, seed: int) -> Instance:
    """Other numbers for the gestures."""
    x_train, train, x_test = _read(instance)
    shift = int(make.rng(seed, "codes").integers(10, 90))
    labels = [code + shift for code in instance.truth["labels"]]
    return _instance(x_train, [code + shift for code in train], x_test, labels)


_CURVES = "ndarray[float64, (N, 150)]"
_OTHERS = "ndarray[float64, (M, 150)]"

FAMILY = Family(
    id="T014",
    title="Hand gesture",
    domain="B",
    version=1,
    wordings=(
        Wording("Gun or point?", "goal"),
        Wording("Two gestures look alike on the height of the hand; learn them from examples and label the other curves.", "goal"),
        Wording("Tell for each tracked hand whether it drew a weapon or just pointed.", "goal"),
        Wording("Align the curves at their rise and fall, compare the details next to both edges and classify.", "operation"),
        Wording("Scale each curve to its own height, register both edges, fit a ridge classifier on the labelled ones.", "operation"),
        Wording("hand-height curves → gesture codes", "terse"),
        Wording("two-class gesture labels", "terse"),
        Wording("An actor either pulled a prop from a holster or raised an empty hand. Which was it in the unlabelled takes?", "goal", held=True),
        Wording("Classify equal-length motion curves by their shape just before the rise and just after the fall.", "operation", held=True),
        Wording("holster draw vs. bare-hand curves", "terse", held=True),
        Wording("是举枪还是用手指？", "goal", "zh"),
        Wording("按上升沿和下降沿对齐手部高度曲线，归一化后分类。", "operation", "zh"),
        Wording("演员是拔了道具枪还是空手指人？请判断没有标签的曲线。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`hands.npz`: arrays `x_train` (curves x 150 samples, height of the hand in px, 30 per second), `y_train` (whole number that stands for the gesture of each curve of `x_train`), `x_test` (curves to be labelled, as `x_train`)",
        ),
        outputs=(Slot("labels", "list[int]", "1", "one of the numbers in `y_train` for each curve of `x_test`, in its order"),),
        remarks=(
            "both gestures raise the hand, hold it for about two seconds and lower it; the times differ from curve to curve",
            "zoom and position of the camera differ from curve to curve, so heights and levels say nothing",
            "one gesture has a small extra movement shortly before the rise and another shortly after the fall",
            "the two numbers differ between files; a file may hold one gesture only, or few examples",
            "no curve to be labelled gives an empty list; a number that is not in `y_train` spoils the whole answer",
            "at least 90 % must be labelled rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Hand Curves",
            ("read labelled curves, their numbers, and the curves to be labelled from the NPZ",),
            "Read labelled hand curves and those to be labelled.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("x_train", _CURVES, "px", "labelled curves, height of the hand"),
                Slot("y_train", "list[int]", "1", "number of the gesture of each labelled curve"),
                Slot("x_test", _OTHERS, "px", "curves to be labelled"),
            ),
        ),
        Stage(
            "Align Hand Curves",
            (
                "scale each curve so that the resting hand is at 0 and the raised one at 1",
                "find the first and the last crossing of one half",
                "cut 30 samples before the rise and 35 after the fall",
            ),
            "Bring the telling parts of each curve into the same place and scale.",
            (
                Slot("x_train", _CURVES, "px", "labelled curves, height of the hand", "task1"),
                Slot("x_test", _OTHERS, "px", "curves to be labelled", "task1"),
            ),
            (
                Slot("a_train", "ndarray[float64, (N, F)]", "1", "aligned parts of the labelled curves"),
                Slot("a_test", "ndarray[float64, (M, F)]", "1", "aligned parts of the curves to be labelled"),
            ),
        ),
        Stage(
            "Label Gestures",
            ("average the aligned parts of each gesture", "label each curve after the nearest average"),
            "Label curves after the gesture they are most like.",
            (
                Slot("a_train", "ndarray[float64, (N, F)]", "1", "aligned parts of the labelled curves", "task2"),
                Slot("y_train", "list[int]", "1", "number of the gesture of each labelled curve", "task1"),
                Slot("a_test", "ndarray[float64, (M, F)]", "1", "aligned parts of the curves to be labelled", "task2"),
            ),
            (Slot("labels", "list[int]", "1", "number of the gesture of each curve"),),
        ),
    ),
    solutions="t014_gesture",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.9, "least"),),  # worst right 1.0; best wrong on nominal 0.67 (unscaled)
    alternates=(
        Variant("neighbour", "nearest labelled curve after alignment", swap={"label_gestures": "label_gestures_neighbour"}),
        Variant("ridge", "ridge regression on one column per gesture", swap={"label_gestures": "label_gestures_ridge"}),
        Variant("landmarks", "mean height in a few windows next to both edges", swap={"align_hand_curves": "align_hand_curves_landmarks"}),
        Variant("slopes", "steepest slopes as edges, differences instead of heights", swap={"align_hand_curves": "align_hand_curves_slopes"}),
    ),
    mutants=(
        Variant("majority", "the most frequent number for all", swap={"label_gestures": "label_gestures_majority"}, naive=True),
        Variant("mean_and_spread", "mean and spread of each curve", swap={"align_hand_curves": "align_hand_curves_moments", "label_gestures": "label_gestures_neighbour"}),
        Variant("unscaled", "raw heights, so that zoom decides", swap={"align_hand_curves": "align_hand_curves_raw", "label_gestures": "label_gestures_neighbour"}),
        Variant("plateau", "only the part in which the hand is up", swap={"align_hand_curves": "align_hand_curves_plateau"}),
        Variant("renumbered", "gestures are numbered from 0 in sorted order", edits=(("label_gestures", "codes[k] for k in", "int(k) for k in"),)),
        Variant("farthest", "the number of the less similar gesture", edits=(("label_gestures", "np.argmin(gaps, axis=1)", "np.argmax(gaps, axis=1)"),)),
    ),
    notes=(
        "In the GunPoint recordings an actor either draws a replica gun from a holster, aims and puts it back, or only points with the "
        "finger. The curves of the hand agree but for small movements: lifting the gun out before the rise, and putting it back after "
        "the fall. Mean, spread and plateau carry nothing; so do absolute heights, which depend on the camera. Scale each curve between "
        "its resting and raised level (percentiles, not extremes), register it at the crossings of half height, and compare what lies "
        "just outside of them. Without registration a shift of a few samples at the steep edges outweighs the small movements. Keep the "
        "label numbers of the file: they need not be 0 and 1."
    ),
    relations=(Relation("camera", _zoomed), Relation("other_numbers", _renamed)),
    needs=(),
    sources=(
        "Ratanamahatana, Keogh 2004, SIAM SDM (GunPoint), as a model of shape and classes; no data is read",
        "Ye, Keogh 2009, KDD (shapelets, with the explanation of GunPoint)",
    ),
)  # fmt: skip
