"""T004 breathing rate: breaths per minute from a chest belt whose wearer shifts posture.

Truth is the phase the generator ran through, divided by the length of the record. Covers: one belt with a constant
sampling rate, sudden posture steps, slow drift, no breathing at all. Does not cover: single breaths, sighs, apnoea
within a record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

NOISE = {"easy": 0.01, "nominal": 0.03, "hard": 0.05, "edge": 0.03}
"""Standard deviation of the noise as a share of the breathing amplitude."""

STEPS = {"easy": (1, 2), "nominal": (2, 4), "hard": (4, 7), "edge": (1, 4)}
"""Least number of posture steps and one more than the most."""

RATES = (8.0, 10.0, 12.5, 16.0, 20.0, 25.0, 32.0, 50.0)
"""Samples per second."""


def generate(seed: int, level: Level) -> Instance:
    """70 to 120 s of belt signal; edge: very slow or very fast breathing, or a belt on a chair."""
    draw = make.rng(seed, "T004", level)
    rate, seconds = float(draw.choice(RATES)), float(draw.uniform(70, 120))
    kind = str(draw.choice(["slow", "fast", "still"])) if level == "edge" else ""
    per_minute = float({"slow": draw.uniform(6, 7.5), "fast": draw.uniform(34, 40)}.get(kind, draw.uniform(8, 30)))
    count = int(seconds * rate)
    times = np.arange(count) / rate
    scale = float(draw.uniform(20, 400))
    if kind == "still":
        return _instance(rate, scale + draw.normal(0, 0.5, count), 0.0)
    sway = draw.uniform(0.0, 0.25) * np.sin(2 * np.pi * times / draw.uniform(25, 50) + draw.uniform(0, 6))
    phase = draw.uniform(0, 6) + 2 * np.pi * per_minute / 60 * times + sway
    signal = scale * (np.sin(phase) + draw.uniform(0.05, 0.2) * np.sin(2 * phase + draw.uniform(0, 6)))
    for at in draw.choice(np.arange(5, int(seconds) - 5, 6), int(draw.integers(*STEPS[level])), replace=False):
        signal[times >= at + draw.uniform(0, 2)] += scale * draw.uniform(4, 9) * draw.choice([-1.0, 1.0])
    signal += scale * (draw.uniform(-3, 3) * times / seconds + draw.uniform(5, 20))
    signal += draw.normal(0, NOISE[level] * scale, count)
    return _instance(rate, signal, float(phase[-1] - phase[0]) / (2 * np.pi) / float(times[-1]) * 60)


def _instance(rate: float, signal: make.Floats, per_minute: float) -> Instance:
    data = {"fs": round(rate, 9), "belt": np.round(signal, 2).tolist()}
    return Instance({"belt.json": make.json_bytes(data)}, {"breaths_per_min": per_minute}, "belt.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute error of the rate, breaths per minute."""
    return {"rate_error": error(truth["breaths_per_min"], output["breaths_per_min"])}


def _changed(change: str) -> Any:
    """A relation: the belt mounted the other way round, or a record read backwards."""

    def apply(instance: Instance, seed: int) -> Instance:
        data = json.loads(instance.visible["belt.json"])
        belt, offset = np.asarray(data["belt"]), make.rng(seed, change).uniform(-300, 300)
        changed = belt[::-1] if change == "reversal" else offset - belt
        return _instance(data["fs"], changed, instance.truth["breaths_per_min"])

    return apply


_BELT = Slot("belt", "ndarray[float64, (N)]", "count", "belt stretch", "task1")
_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")
_LEVELLED = Slot("levelled", "ndarray[float64, (N)]", "count", "belt stretch without steps", "task2")
_BREATHS = Slot("breaths", "ndarray[float64, (N)]", "count", "breathing movement around zero", "task3")

FAMILY = Family(
    id="T004",
    title="Breathing rate",
    domain="A",
    version=1,
    wordings=(
        Wording("How many breaths per minute?", "goal"),
        Wording("Take the posture jumps out of the belt signal, band-pass it to the breathing range and report breaths per minute.", "operation"),
        Wording("A stretch belt around my chest recorded this while I sat and shifted about. How fast do I breathe?", "goal"),
        Wording("Remove steps and drift from the respiration trace, then count its zero crossings and halve them.", "operation"),
        Wording("chest belt → breaths/min", "terse"),
        Wording("Our sleep lab needs the respiratory rate of the person wearing this belt, or zero when nobody breathes.", "goal", held=True),
        Wording("Detrend the belt stretch, find the dominant breathing period and convert it to a rate per minute.", "operation", held=True),
        Wording("respiration rate from belt.json", "terse", held=True),
        Wording("每分钟呼吸多少次？", "goal", "zh"),
        Wording("去除胸带信号中的姿势跳变和漂移，带通滤波后求呼吸频率。", "operation", "zh"),
        Wording("胸带 → 呼吸次数/分", "terse", "zh"),
        Wording("我坐着动来动去时胸带录下了这段信号，我的呼吸有多快？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`belt.json`: object with `fs`, the sampling rate (Hz), and `belt`, the stretch of a chest belt (count)",),
        outputs=(Slot("breaths_per_min", "float", "/min", "mean breathing rate; 0 without breathing"),),
        remarks=(
            "the rate is the number of breaths, broken ones included, divided by the length of the record in minutes; it lies between 5 and 42",
            "changes of posture shift the signal at once, between two samples, by several times the swing of a breath; slow drift is there too",
            "a breath moves the belt by at least 35 counts from top to bottom; a belt that nobody wears stays within 5 counts and has a rate of 0",
            "wanted within 0.6 breaths per minute",
        ),
    ),
    stages=(
        Stage(
            "Load Chest Belt",
            ("read the JSON", "give the stretch as an array and the sampling rate"),
            "Read the stretch of a chest belt and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("belt", "ndarray[float64, (N)]", "count", "belt stretch"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Remove Posture Steps",
            ("a step is a difference of neighbouring samples far above the usual one", "set such differences to zero and add up again"),
            "Remove sudden jumps from a belt signal.",
            (_BELT,),
            (Slot("levelled", "ndarray[float64, (N)]", "count", "belt stretch without steps"),),
        ),
        Stage(
            "Breathing Band",
            ("0.07 to 1 Hz Butterworth band-pass, zero phase", "removes drift and fast noise"),
            "Keep the frequencies at which people breathe.",
            (_LEVELLED, _FS),
            (Slot("breaths", "ndarray[float64, (N)]", "count", "breathing movement around zero"),),
        ),
        Stage(
            "Estimate Breathing Rate",
            ("0 when the movement stays within a few counts", "find the strongest line of the zero-padded spectrum between 5 and 42 per minute"),
            "Give the mean breathing rate of a band-passed belt signal.",
            (_BREATHS, _FS),
            (Slot("breaths_per_min", "float", "/min", "mean breathing rate; 0 without breathing"),),
        ),
    ),
    solutions="t004_breathing_rate",
    generate=generate,
    measure=measure,
    bars=(
        Bar("rate_error", 0.6, "most"),  # worst right 0.37 (autocorrelation, edge); wrong ones 5 and more unless the draw suits them
    ),
    alternates=(
        Variant("crossings", "mean distance of upward crossings through zero", swap={"estimate_breathing_rate": "estimate_breathing_rate_crossings"}),
        Variant("autocorrelation", "first large peak of the autocorrelation", swap={"estimate_breathing_rate": "estimate_breathing_rate_autocorrelation"}),
        Variant("running_mean", "band by running means, steps taken out one by one", swap={"breathing_band": "breathing_band_means", "remove_posture_steps": "remove_posture_steps_loop"}),
    ),
    mutants=(
        Variant("fifteen", "fifteen breaths per minute for everyone", swap={"estimate_breathing_rate": "estimate_breathing_rate_constant"}, naive=True),
        Variant("raw", "steps and drift stay in, so the slowest line of the spectrum wins", swap={"remove_posture_steps": "remove_posture_steps_not", "breathing_band": "breathing_band_mean_only", "estimate_breathing_rate": "estimate_breathing_rate_unbounded"}),
        Variant("steps_counted", "steps stay in and hide breaths from the zero crossings", swap={"remove_posture_steps": "remove_posture_steps_not", "breathing_band": "breathing_band_mean_only", "estimate_breathing_rate": "estimate_breathing_rate_crossings"}),
        Variant("hertz", "breaths per second instead of per minute", edits=(("estimate_breathing_rate", "60.0 * ", "1.0 * "),)),
        Variant("not_halved", "crossings in both directions count as breaths", swap={"estimate_breathing_rate": "estimate_breathing_rate_double"}),
        Variant("fs_fixed", "a sampling rate of 10 Hz is taken for granted", edits=(("load_chest_belt", 'float(data["fs"])', "10.0"),)),
    ),
    notes=(
        "Adults at rest breathe 10 to 20 times per minute, that is 0.17 to 0.33 Hz; the range of interest is 0.08 to 0.7 Hz. A "
        "belt measures the girth of the chest: breathing is a swing of a few percent of its stretch, and every change of posture "
        "moves the working point at once. A step holds energy at all low frequencies, so a band-pass alone rings for several "
        "breaths after it. Steps are found in the difference of neighbouring samples, where breathing is small: a robust limit "
        "such as eight times the median absolute difference parts the two; with those differences set to zero, the cumulated sum "
        "is the signal without steps. The rate follows from the strongest spectral line, from the lag of the autocorrelation, or "
        "from zero crossings, of which there are two per breath. A line of the spectrum of T seconds is 60/T per minute wide, "
        "so a short record needs zero padding."
    ),
    relations=(Relation("belt_turned", _changed("turned")), Relation("time_reversal", _changed("reversal"))),
    needs=("scipy",),
    sources=("Charlton et al. 2018, IEEE Reviews in Biomedical Engineering 11",),
)  # fmt: skip
