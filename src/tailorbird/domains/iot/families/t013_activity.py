"""T013 activity: walking, running, standing or badminton from ten seconds of a wrist-worn motion sensor.

A synthetic twin of BasicMotions (six channels, 10 Hz, 100 samples per window), drawn anew for each seed: pace, strength
and the way the sensor is strapped on vary from window to window, so neither single samples nor levels tell the class.
Covers: labelled training windows and unlabelled ones of the same wearers. Does not cover: unknown activities,
transitions inside a window.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

RATE = 10.0
"""Sampling rate, Hz."""

SAMPLES = 100
"""Samples of a window."""

ACTIVITIES = ("walking", "running", "standing", "badminton")
"""Names of the classes."""

NOISE = {"easy": 0.1, "nominal": 0.25, "hard": 0.4, "edge": 0.2}
"""Noise of an axis: m/s2 for the accelerometer, a third of it in rad/s for the gyroscope."""

SPAN = {"easy": 1.2, "nominal": 1.6, "hard": 1.8, "edge": 1.4}
"""Largest factor by which a window is stronger or weaker than usual."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 60 windows on either side; edge: nothing to label, one class only, or one class with five examples."""
    draw = make.rng(seed, "T013", level)
    kind = str(draw.choice(["none", "single", "lopsided"])) if level == "edge" else ""
    known = [str(draw.choice(ACTIVITIES))] if kind == "single" else list(ACTIVITIES)
    style = {name: _style(draw, name) for name in ACTIVITIES}
    each = int(draw.integers(10, 16))
    train = [name for name in known for _ in range(each)]
    if kind == "lopsided":
        rare = str(draw.choice(known))
        train = [name for name in train if name != rare] + [rare] * 5
    test = [str(name) for name in draw.choice(known, 0 if kind == "none" else int(draw.integers(40, 61)))]
    train = [train[i] for i in draw.permutation(len(train))]
    x_train = _windows(draw, train, style, level)
    x_test = _windows(draw, test, style, level)
    return _instance(x_train, train, x_test, test)


def _style(draw: np.random.Generator, name: str) -> dict[str, Any]:
    """How this group of wearers moves: main directions of the arm and shares of harmonics."""
    vectors = draw.normal(size=(2, 3, 3))
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    second = {"walking": draw.uniform(0.3, 0.6), "running": draw.uniform(0.8, 1.3)}.get(name, 0.0)
    return {"vectors": vectors, "harmonics": (1.0, second, 0.3 * second)}


def _windows(draw: np.random.Generator, names: Sequence[str], style: Mapping[str, Any], level: Level) -> make.Floats:
    """Windows of shape (n, 6, 100): three axes of acceleration, three of rotation."""
    found = np.zeros((len(names), 6, SAMPLES))
    for window, name in zip(found, names, strict=True):
        force, spin = _arm(draw, name, style[name])
        strength = SPAN[level] ** draw.uniform(-1, 1)
        turn = np.linalg.qr(np.eye(3) + 0.25 * draw.normal(size=(3, 3)))[0]
        gravity = draw.normal(size=3)
        gravity *= 9.81 / np.linalg.norm(gravity)
        window[:3] = turn @ (strength * force) + gravity[:, None] + draw.normal(0, NOISE[level], force.shape)
        window[3:] = turn @ (strength * spin) + draw.normal(0, NOISE[level] / 3, spin.shape)
    return found


def _arm(draw: np.random.Generator, name: str, style: Mapping[str, Any]) -> tuple[make.Floats, make.Floats]:
    """Acceleration (m/s2) and rotation (rad/s) of the wrist without gravity, each of shape (3, 100)."""
    time = np.arange(SAMPLES) / RATE
    force, spin = style["vectors"]
    if name == "standing":
        sway = np.sin(2 * np.pi * draw.uniform(0.1, 0.4) * time + draw.uniform(0, 6.28))
        return 0.2 * force[:1].T * sway, 0.05 * spin[:1].T * sway
    if name == "badminton":
        return _swings(draw, time, style)
    pace = draw.uniform(0.85, 1.1) if name == "walking" else draw.uniform(1.3, 1.6)
    phase = 2 * np.pi * pace * time + 0.15 * np.cumsum(draw.normal(size=SAMPLES)) / np.sqrt(RATE)
    waves = np.stack(
        [height * np.sin((k + 1) * phase + draw.uniform(0, 6.28)) for k, height in enumerate(style["harmonics"])]
    )
    size = 3.5 if name == "walking" else 5.5
    return size * force.T @ waves, 0.4 * size * spin.T @ (waves * [[1.0], [0.5], [0.2]])


def _swings(draw: np.random.Generator, time: make.Floats, style: Mapping[str, Any]) -> tuple[make.Floats, make.Floats]:
    """Irregular strokes with rests in between, and steps on the court, each of shape (3, 100)."""
    force, spin = style["vectors"]
    ready = np.cumsum(draw.normal(size=(3, time.size)), axis=1)
    ready -= ready.mean(axis=1, keepdims=True)
    push, roll = 0.25 * ready, 0.05 * ready
    at = float(draw.uniform(0.2, 1.2))
    while at < time[-1]:
        span = (time - at) / draw.uniform(0.12, 0.2)
        stroke = (1 - span**2) * np.exp(-0.5 * span**2)
        turned = span * np.exp(-0.5 * span**2)
        height = draw.uniform(7, 16)
        push = push + height * force[int(draw.integers(3))][:, None] * stroke
        roll = roll + 0.5 * height * spin[int(draw.integers(3))][:, None] * turned
        at += float(draw.uniform(0.9, 2.4))
    return push, roll


def _instance(x_train: make.Floats, train: Sequence[str], x_test: make.Floats, test: Sequence[str]) -> Instance:
    content = make.npz_bytes(
        x_train=x_train.astype(np.float32), y_train=np.array(train, dtype="U12"), x_test=x_test.astype(np.float32)
    )
    return Instance({"motions.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "motions.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of windows named rightly; 0 where their number is wrong or one is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[make.Floats, list[str], make.Floats]:
    with np.load(io.BytesIO(instance.visible["motions.npz"])) as data:
        names = [str(name) for name in data["y_train"]]
        return np.asarray(data["x_train"], float), names, np.asarray(data["x_test"], float)


def _turned(instance: Instance, seed: int) -> Instance:
    """Both sensors strapped on in another direction, the same for all windows."""
    x_train, train, x_test = _read(instance)
    turn = np.linalg.qr(make.rng(seed, "turned").normal(size=(3, 3)))[0]
    both = np.kron(np.eye(2), turn)
    return _instance(both @ x_train, train, both @ x_test, instance.truth["labels"])


def _shuffled(instance: Instance, seed: int) -> Instance:
    """Training windows in another order, windows to be named backwards."""
    x_train, train, x_test = _read(instance)
    order = make.rng(seed, "order").permutation(len(train))
    return _instance(x_train[order], [train[i] for i in order], x_test[::-1], instance.truth["labels"][::-1])


_WINDOWS = "ndarray[float64, (N, 6, 100)]"
_OTHERS = "ndarray[float64, (M, 6, 100)]"

FAMILY = Family(
    id="T013",
    title="Activity",
    domain="B",
    version=1,
    wordings=(
        Wording("Train something that tells walking, running, standing, badminton.", "goal"),
        Wording("My smartwatch recorded short clips of what I did; learn from the labelled ones and name the rest.", "goal"),
        Wording("Which of the unlabelled motion windows show walking, running, standing still or a badminton rally?", "goal"),
        Wording("Compute power spectra of accelerometer and gyroscope, add them over the axes and classify with a linear discriminant.", "operation"),
        Wording("Extract frequency-band features from six-channel motion windows and train a classifier on the labelled ones.", "operation"),
        Wording("6-channel wrist windows → activity", "terse"),
        Wording("activity recognition from labelled windows", "terse"),
        Wording("Players wore a sensor on the wrist. Use the tagged clips to find out what they do in the others.", "goal", held=True),
        Wording("Learn human activities from spectral features that do not depend on how the watch is turned.", "operation", held=True),
        Wording("classify wrist motion clips", "terse", held=True),
        Wording("训练一个程序区分走、跑、站和打羽毛球。", "goal", "zh"),
        Wording("提取六轴运动数据的频带特征，训练分类器识别活动。", "operation", "zh"),
        Wording("手表记录了一些片段，请根据有标签的片段判断其余片段是什么运动。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`motions.npz`: arrays `x_train` (windows x 6 channels x 100 samples; channels 0 to 2 acceleration in m/s2, 3 to 5 rotation in rad/s, 10 Hz), `y_train` (names of the activities of `x_train`), `x_test` (windows to be named, as `x_train`)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each window of `x_test`, in its order"),),
        remarks=(
            "activities are walking, running, standing and badminton; a file may hold fewer, and few examples of one of them",
            "pace, strength, phase and the tilt of the watch differ from window to window",
            "acceleration includes gravity; its direction says nothing about the activity",
            "no window to be named gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 90 % of the windows must be named rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Activity Windows",
            ("read labelled windows, their names, and the windows to be named from the NPZ",),
            "Read labelled motion windows and those to be named.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("x_train", _WINDOWS, "1", "labelled windows: acceleration in m/s2 and rotation in rad/s at 10 Hz"),
                Slot("y_train", "list[str]", "1", "name of each labelled window"),
                Slot("x_test", _OTHERS, "1", "windows to be named"),
            ),
        ),
        Stage(
            "Motion Band Powers",
            (
                "subtract the mean of each channel",
                "power spectrum, added over the three axes of a sensor so that its tilt does not matter",
                "logarithm of the power in six bands and in total, and of the largest over the mean energy",
            ),
            "Describe each window by numbers that do not depend on phase and tilt.",
            (
                Slot("x_train", _WINDOWS, "1", "labelled windows: acceleration in m/s2 and rotation in rad/s at 10 Hz", "task1"),
                Slot("x_test", _OTHERS, "1", "windows to be named", "task1"),
            ),
            (
                Slot("f_train", "ndarray[float64, (N, F)]", "1", "features of the labelled windows"),
                Slot("f_test", "ndarray[float64, (M, F)]", "1", "features of the windows to be named"),
            ),
        ),
        Stage(
            "Name Activities",
            ("scale each feature by its spread over the training windows", "give each window the name of the majority of its three nearest neighbours"),
            "Name windows after the labelled windows most like them.",
            (
                Slot("f_train", "ndarray[float64, (N, F)]", "1", "features of the labelled windows", "task2"),
                Slot("y_train", "list[str]", "1", "name of each labelled window", "task1"),
                Slot("f_test", "ndarray[float64, (M, F)]", "1", "features of the windows to be named", "task2"),
            ),
            (Slot("labels", "list[str]", "1", "name of each window"),),
        ),
    ),
    solutions="t013_activity",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.9, "least"),),  # worst right 0.98 (naive Bayes, hard); best wrong on nominal 0.65 (mixed axes)
    alternates=(
        Variant("ridge", "ridge regression on one column per class", swap={"name_activities": "name_activities_ridge"}),
        Variant("bayes", "a Gaussian per class and feature", swap={"name_activities": "name_activities_bayes"}),
        Variant("kernels", "random convolution kernels, share of positive values and maximum", swap={"motion_band_powers": "motion_band_powers_kernels", "name_activities": "name_activities_ridge"}),
        Variant("correlation", "spread and autocorrelation of each sensor instead of its spectrum", swap={"motion_band_powers": "motion_band_powers_correlation"}),
    ),
    mutants=(
        Variant("majority", "the most frequent name for all", swap={"name_activities": "name_activities_majority"}, naive=True),
        Variant("raw_neighbour", "nearest neighbour on the raw samples", swap={"motion_band_powers": "motion_band_powers_raw"}),
        Variant("mixed_axes", "channels and samples are confused in a reshape", swap={"motion_band_powers": "motion_band_powers_mixed"}),
        Variant("means", "means of the channels, which only tell the tilt", swap={"motion_band_powers": "motion_band_powers_means"}),
        Variant("label_order", "class numbers are looked up in the order of first appearance", swap={"name_activities": "name_activities_disordered"}),
        Variant("farthest", "the most distant windows vote", edits=(("name_activities", "np.argsort(gaps, axis=1)[:, :3]", "np.argsort(-gaps, axis=1)[:, :3]"),)),
    ),
    notes=(
        "Arm movements of walking repeat at 0.8 to 1.1 Hz with a weaker second harmonic (each step), running at 1.3 to 1.7 Hz with strong "
        "steps at twice that; standing is sensor noise and slow sway; racket games are strokes of a few tenths of a second at irregular "
        "times. Samples of two windows cannot be compared one by one because the phase is arbitrary: nearest neighbours on raw samples do "
        "little better than chance. Power spectra forget the phase, and adding them over the three axes of a sensor forgets its tilt. "
        "Gravity sits in the mean of the acceleration and must go first. Use logarithms, since strength varies by factors. Irregular "
        "strokes show as a high ratio of the largest to the mean energy. Keep windows x channels x samples apart when reshaping."
    ),
    relations=(Relation("strap_turned", _turned), Relation("order", _shuffled)),
    needs=("scipy", "sklearn"),
    sources=(
        "BasicMotions, UEA archive of multivariate time series (Bagnall et al. 2018), as a model of shape and classes; no data is read",
        "Dempster, Schmidt, Webb 2021, MiniRocket, KDD (convolution kernels)",
    ),
)  # fmt: skip
