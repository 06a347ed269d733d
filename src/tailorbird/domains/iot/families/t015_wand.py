"""T015 wand gestures: which gesture does the acceleration along the long axis of a hand-held controller show?

A synthetic twin of PickupGestureWiimoteZ: traces of 29 to 361 samples, few examples per gesture, drawn anew for each
seed. A gesture is a sequence of pushes; people keep the sequence but neither the tempo nor the rhythm. Covers: one
gesture per trace. Does not cover: other axes, continuous streams.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

GESTURES = ("pick up", "shake", "lift", "flip", "roll", "swing", "tap", "drop", "circle", "poke")
"""Names a gesture may carry."""

NOISE = {"easy": 0.03, "nominal": 0.07, "hard": 0.1, "edge": 0.06}
"""Noise as a share of a weak push."""

RHYTHM = {"easy": 6.0, "nominal": 1.2, "hard": 1.0, "edge": 2.0}
"""Concentration of the Dirichlet distribution of the pauses between pushes; smaller is more irregular."""


def generate(seed: int, level: Level) -> Instance:
    """5 or 6 gestures, 3 to 5 examples of each; edge: nothing to name, one gesture only, or two examples of each."""
    draw = make.rng(seed, "T015", level)
    kind = str(draw.choice(["none", "single", "scarce"])) if level == "edge" else ""
    names = [
        str(name) for name in draw.choice(GESTURES, 1 if kind == "single" else int(draw.integers(5, 7)), replace=False)
    ]
    pushes = _repertoire(draw, len(names), 4.0 if kind == "scarce" else 3.0)
    each = 2 if kind == "scarce" else int(draw.integers(3, 6))
    train = [int(k) for k in draw.permutation(list(range(len(names))) * each)]
    test = [int(k) for k in draw.integers(0, len(names), 0 if kind == "none" else int(draw.integers(30, 41)))]
    traces = [[_trace(draw, pushes[k], level) for k in which] for which in (train, test)]
    return _instance(traces[0], [names[k] for k in train], traces[1], [names[k] for k in test])


def _repertoire(draw: np.random.Generator, count: int, apart: float) -> list[make.Floats]:
    """Sequences of four or five pushes, no two alike even when they are warped; the first ones come with their mirror."""
    found: list[make.Floats] = []
    tries = 0
    while len(found) < count:
        tries += 1
        steps = draw.choice([-2.0, -1.0, 1.0, 2.0], int(draw.integers(4, 6)))
        if np.all(np.diff(steps) != 0) and all(_edit(steps, other) >= apart - tries / 400 for other in found):
            found += [steps, -steps] if len(found) < 4 and _edit(steps, -steps) >= apart else [steps]
    return found[:count]


def _edit(one: make.Floats, other: make.Floats) -> float:
    """Least sum of changes that turn one sequence of pushes into another; leaving one out costs its size."""
    row = np.concatenate([[0.0], np.cumsum(np.abs(other))])
    for a in one:
        fresh = [row[0] + abs(a)]
        for k, b in enumerate(other):
            fresh.append(min(row[k] + abs(a - b), row[k + 1] + abs(a), fresh[k] + abs(b)))
        row = np.array(fresh)
    return float(row[-1])


def _trace(draw: np.random.Generator, pushes: make.Floats, level: Level) -> make.Floats:
    """Acceleration in m/s2, shape (L,): pushes at drawn times, gravity by the tilt of the hand, noise."""
    length = int(draw.integers(60, 240))
    gaps = 0.45 + draw.dirichlet(np.full(pushes.size + 1, RHYTHM[level])) * (pushes.size + 1)
    centres = np.cumsum(gaps)[:-1] / gaps.sum()
    width = 0.16 * float(np.min(np.diff(np.concatenate([[0.0], centres, [1.0]]))))
    time = np.linspace(0, 1, length)
    trace = np.zeros(length)
    for centre, push in zip(centres, pushes, strict=True):
        room = max(width, 0.03) * draw.uniform(0.9, 1.1)
        trace += push * draw.uniform(0.9, 1.1) * np.exp(-0.5 * ((time - centre) / room) ** 2)
    trace += draw.normal(0, NOISE[level], length)
    return np.asarray(trace * draw.uniform(2.5, 5.0) + 9.81 * np.cos(draw.uniform(0, np.pi)))


def _instance(
    traces: Sequence[make.Floats], train: Sequence[str], others: Sequence[make.Floats], test: Sequence[str]
) -> Instance:
    content = make.npz_bytes(
        z_train=_joined(traces),
        n_train=np.array([trace.size for trace in traces], dtype=np.int64),
        y_train=np.array(train, dtype="U12"),
        z_test=_joined(others),
        n_test=np.array([trace.size for trace in others], dtype=np.int64),
    )
    return Instance({"wand.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "wand.npz")


def _joined(traces: Sequence[make.Floats]) -> NDArray[np.float32]:
    return np.asarray(np.concatenate([*traces, np.zeros(0)]), dtype=np.float32)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of traces named rightly; 0 where their number is wrong or a name is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[list[make.Floats], list[str], list[make.Floats]]:
    with np.load(io.BytesIO(instance.visible["wand.npz"])) as data:
        groups = []
        for part in ("train", "test"):
            ends = np.cumsum(data[f"n_{part}"])
            values = np.asarray(data[f"z_{part}"], float)
            groups.append([values[end - n : end] for end, n in zip(ends, data[f"n_{part}"], strict=True)])
        return groups[0], [str(name) for name in data["y_train"]], groups[1]


def _tilted(instance: Instance, seed: int) -> Instance:
    """Every trace held at another tilt, by a stronger arm."""
    traces, train, others = _read(instance)
    draw = make.rng(seed, "tilt")
    scale = float(draw.uniform(0.5, 2.0))
    changed = [[scale * trace + draw.uniform(-9, 9) for trace in group] for group in (traces, others)]
    return _instance(changed[0], train, changed[1], instance.truth["labels"])


def _backwards(instance: Instance, seed: int) -> Instance:
    """Every trace played backwards, in both parts."""
    traces, train, others = _read(instance)
    return _instance(
        [trace[::-1] for trace in traces], train, [trace[::-1] for trace in others], instance.truth["labels"]
    )


_TRACES = "list[ndarray[float64, (L)]]"

FAMILY = Family(
    id="T015",
    title="Wand gestures",
    domain="B",
    version=1,
    wordings=(
        Wording("Recognise the gesture from accelerometer Z.", "goal"),
        Wording("I waved a game controller; learn my gestures from a few examples and name the other movements.", "goal"),
        Wording("Which gesture is each of these traces of unequal length?", "goal"),
        Wording("Remove gravity, resample the traces and classify them by dynamic time warping and nearest neighbour.", "operation"),
        Wording("Compute DTW distances between unlabelled and labelled Z-acceleration traces and take the closest label.", "operation"),
        Wording("variable-length Z acceleration → gesture name", "terse"),
        Wording("1-NN DTW on controller traces", "terse"),
        Wording("The remote has a motion sensor. Find out what its owner did with it, fast or slow, from a handful of samples.", "goal", held=True),
        Wording("Match accelerometer sequences of different durations elastically against templates.", "operation", held=True),
        Wording("name wand movements", "terse", held=True),
        Wording("用加速度计 Z 轴识别手势。", "goal", "zh"),
        Wording("去掉重力分量，用动态时间规整和最近邻对手势曲线分类。", "operation", "zh"),
        Wording("我挥动了游戏手柄，快慢不一，请根据少量样例认出其余的动作。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`wand.npz`: arrays `z_train` (m/s2, all labelled traces one after the other), `n_train` (samples of each of them), `y_train` (name of each), `z_test` and `n_test` (the traces to be named, in the same way)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each trace of `z_test`, in order"),),
        remarks=(
            "a gesture is a sequence of pushes along the axis; tempo, rhythm, strength and tilt differ from trace to trace",
            "each trace includes the part of gravity along the axis, constant within the trace",
            "there are few examples of each gesture, two at least; a file may hold one gesture only",
            "no trace to be named gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 80 % of the traces must be named rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Gesture Traces",
            ("read the joined samples and their lengths from the NPZ", "cut them into traces"),
            "Read labelled gesture traces and those to be named.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("traces", _TRACES, "m/s2", "labelled traces"),
                Slot("y_train", "list[str]", "1", "name of each labelled trace"),
                Slot("others", _TRACES, "m/s2", "traces to be named"),
            ),
        ),
        Stage(
            "Resample Traces",
            ("subtract the median: gravity", "divide by the spread: strength", "interpolate to 48 samples: tempo"),
            "Bring traces to one length, without gravity and in units of their own spread.",
            (Slot("traces", _TRACES, "m/s2", "labelled traces", "task1"), Slot("others", _TRACES, "m/s2", "traces to be named", "task1")),
            (
                Slot("r_train", "ndarray[float64, (N, T)]", "1", "labelled traces of one length"),
                Slot("r_test", "ndarray[float64, (M, T)]", "1", "traces to be named, of that length"),
            ),
        ),
        Stage(
            "Warped Distances",
            ("squared difference of each sample with each", "cheapest path from start to end, step by step, for all pairs at once"),
            "Compare every trace with every labelled one by dynamic time warping.",
            (
                Slot("r_train", "ndarray[float64, (N, T)]", "1", "labelled traces of one length", "task2"),
                Slot("r_test", "ndarray[float64, (M, T)]", "1", "traces to be named, of that length", "task2"),
            ),
            (Slot("distances", "ndarray[float64, (M, N)]", "1", "distance of each trace to each labelled one"),),
        ),
        Stage(
            "Nearest Gesture",
            ("take the name of the labelled trace at the least distance",),
            "Name each trace after the labelled trace at the least distance.",
            (
                Slot("distances", "ndarray[float64, (M, N)]", "1", "distance of each trace to each labelled one", "task3"),
                Slot("y_train", "list[str]", "1", "name of each labelled trace", "task1"),
            ),
            (Slot("labels", "list[str]", "1", "name of each trace"),),
        ),
    ),
    solutions="t015_wand",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.8, "least"),),  # worst right 0.89 (hard); best wrong on nominal 0.76 (no sign)
    alternates=(
        Variant("diagonals", "warping without a limit, one antidiagonal after the other", swap={"warped_distances": "warped_distances_diagonals"}),
        Variant("pushes", "edit distance between the lists of pushes", swap={"warped_distances": "warped_distances_extremes"}),
        Variant("vote", "three nearest traces vote by their distance", swap={"nearest_gesture": "nearest_gesture_vote"}),
    ),
    mutants=(
        Variant("majority", "the most frequent name for all", swap={"nearest_gesture": "nearest_gesture_majority"}, naive=True),
        Variant("straight", "sample by sample after resampling, without warping", swap={"warped_distances": "warped_distances_straight"}),
        Variant("padded", "zeros at the end instead of resampling, gravity kept, without warping", swap={"resample_traces": "resample_traces_padded", "warped_distances": "warped_distances_straight"}),
        Variant("truncated", "all traces are cut to the shortest", swap={"resample_traces": "resample_traces_truncated", "warped_distances": "warped_distances_straight"}),
        Variant("moments", "mean, spread and length only", swap={"resample_traces": "resample_traces_moments", "warped_distances": "warped_distances_straight"}),
        Variant("no_sign", "the direction of the pushes is lost", edits=(("resample_traces", "moved = trace - np.median(trace)", "moved = np.abs(trace - np.median(trace))"),)),
        Variant("farthest", "the name of the most distant trace", edits=(("nearest_gesture", "np.argmin", "np.argmax"),)),
    ),
    notes=(
        "People repeat a gesture with the same sequence of pushes but another tempo and rhythm. Resampling to one length takes care of "
        "the tempo, not of the rhythm: pushes still lie at other places, and a sum of squared differences compares pushes with pauses. "
        "Dynamic time warping finds the cheapest monotone pairing of samples: D(i, j) = d(i, j) + min(D(i-1, j), D(i, j-1), D(i-1, j-1)). "
        "A limit on the warping (Sakoe and Chiba) saves time and prevents odd pairings. With few examples the nearest neighbour is hard "
        "to beat. Before that, subtract the constant part (gravity depends on the tilt) with the median, which pushes hardly move, and "
        "divide by the spread. Zero padding and truncation compare different parts of the movement."
    ),
    relations=(Relation("tilt_and_strength", _tilted), Relation("backwards", _backwards)),
    needs=(),
    sources=(
        "PickupGestureWiimoteZ, UCR archive (Guna et al. 2014), as a model of shape and classes; no data is read",
        "Sakoe, Chiba 1978, IEEE Trans. ASSP 26(1):43-49 (dynamic time warping)",
    ),
)  # fmt: skip
