"""T005 skin conductance: arousal responses in an electrodermal record, counted and placed in time.

Truth comes from the generator: responses with a steep rise and a slow fall are laid on a tonic level that drifts; the
peaks are the maxima of the noiseless curve. Covers: overlapping responses, units in the file, records without any.
Does not cover: motion artefacts, single amplitudes, tonic level.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import event_f1, same

NOISE = {"easy": 0.001, "nominal": 0.003, "hard": 0.005, "edge": 0.003}
"""Standard deviation of the noise, uS."""

SPACING = {"easy": 8.0, "nominal": 6.0, "hard": 4.5, "edge": 6.0}
"""Least time between the onsets of two responses, s."""

LEAST_RISE = 0.12
"""Least rise of a response from the trough before it, uS; the contract says 0.05 is the limit."""


def generate(seed: int, level: Level) -> Instance:
    """60 to 120 s of skin conductance; edge: no response at all, a single one, or very many."""
    draw = make.rng(seed, "T005", level)
    kind = str(draw.choice(["none", "one", "many"])) if level == "edge" else ""
    rate, seconds = float(draw.choice([8, 10, 16, 20, 25, 32])), float(draw.uniform(60, 120))
    times = np.arange(int(seconds * rate)) / rate
    while True:
        most = int((seconds - 14) / SPACING[level])
        count = {"none": 0, "one": 1, "many": most - 1}.get(kind, int(draw.integers(1, min(13, most))))
        slack = np.sort(draw.uniform(0, seconds - 14 - SPACING[level] * max(0, count - 1), count))
        onsets = 4.0 + slack + SPACING[level] * np.arange(count)
        sizes = draw.uniform(0.2, 0.9, count)
        curve = _tonic(draw, times) + _phasic(times, onsets, sizes, draw)
        peaks = _peaks(times, curve, onsets)
        if peaks is not None:
            break
    curve = curve + draw.normal(0, NOISE[level], times.size)
    return _instance(rate, str(draw.choice(["uS", "nS"])), curve, peaks)


def _tonic(draw: np.random.Generator, times: make.Floats) -> make.Floats:
    """A slow level in uS that drifts by less than 0.02 uS/s."""
    slope, swing, period = draw.uniform(-0.006, 0.006), draw.uniform(0.02, 0.1), draw.uniform(60, 120)
    level = draw.uniform(2.0, 14.0)
    return np.asarray(level + slope * times + swing * np.sin(2 * np.pi * times / period + draw.uniform(0, 6)))


def _phasic(times: make.Floats, onsets: make.Floats, sizes: make.Floats, draw: np.random.Generator) -> make.Floats:
    """Responses (1 - exp(-t/rise)) exp(-t/fall), scaled so that the rise of one alone is its size in uS."""
    curve = np.zeros_like(times)
    for onset, size in zip(onsets, sizes, strict=True):
        rise, fall = draw.uniform(0.5, 0.8), draw.uniform(1.8, 3.2)
        span = np.clip(times - onset, 0, None)
        shape = (1 - np.exp(-span / rise)) ** 2 * np.exp(-span / fall)
        curve += size * shape / shape.max()
    return curve


def _peaks(times: make.Floats, curve: make.Floats, onsets: make.Floats) -> list[float] | None:
    """Times of the maxima after each onset; none where one is drowned in its neighbours."""
    peaks = []
    for onset in onsets:
        window = np.flatnonzero((times >= onset - 0.5) & (times <= onset + 4.0))
        peak = window[np.argmax(curve[window])]
        start = np.flatnonzero((times >= onset - 2.0) & (times <= times[peak]))
        after = curve[peak : peak + int(5 * (times.size - 1) / times[-1])]
        if curve[peak] - curve[start].min() < LEAST_RISE or curve[peak] - after.min() < LEAST_RISE / 2:
            return None
        peaks.append(float(times[peak]))
    return peaks


def _instance(rate: float, unit: str, curve: make.Floats, peaks: list[float]) -> Instance:
    scale = 1000.0 if unit == "nS" else 1.0
    data = {"fs": rate, "unit": unit, "eda": np.round(curve * scale, 1 if unit == "nS" else 4).tolist()}
    return Instance({"eda.json": make.json_bytes(data)}, {"count": len(peaks), "peaks_s": peaks}, "eda.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Whether the count is right, and F1 of the peaks within ±1 s."""
    return {
        "count": same(truth["count"], output["count"]),
        "f1": event_f1(truth["peaks_s"], output["peaks_s"], 1.0),
    }


def _changed(change: str) -> Any:
    """A relation: a constant added, or the other unit."""

    def apply(instance: Instance, seed: int) -> Instance:
        data = json.loads(instance.visible["eda.json"])
        curve = np.asarray(data["eda"]) / (1000.0 if data["unit"] == "nS" else 1.0)
        if change == "unit":
            return _instance(data["fs"], "uS" if data["unit"] == "nS" else "nS", curve, instance.truth["peaks_s"])
        moved = curve + make.rng(seed, change).uniform(0.5, 3.0)
        return _instance(data["fs"], data["unit"], moved, instance.truth["peaks_s"])

    return apply


_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")
_PEAKS = Slot("peaks_s", "list[float]", "s", "times of the response peaks, ascending")

FAMILY = Family(
    id="T005",
    title="Skin conductance responses",
    domain="A",
    version=1,
    wordings=(
        Wording("Count the arousal peaks in this EDA trace.", "goal"),
        Wording("Smooth the skin conductance, find rises from trough to peak that are large enough, and count them.", "operation"),
        Wording("My wristband measures sweat on the skin. How often was I startled, and when?", "goal"),
        Wording("Low-pass the electrodermal signal, pick the peaks by prominence and list their times.", "operation"),
        Wording("eda.json → SCR count and times", "terse"),
        Wording("During the horror film I wore a GSR sensor: tell me how many times I reacted.", "goal", held=True),
        Wording("Detect phasic skin conductance responses on top of the tonic level and give number and peak times.", "operation", held=True),
        Wording("galvanic skin response peaks, how many", "terse", held=True),
        Wording("数出皮电曲线中的唤醒峰。", "goal", "zh"),
        Wording("平滑皮肤电导信号，找出从谷到峰上升足够大的反应并计数。", "operation", "zh"),
        Wording("皮电 → 反应次数和时刻", "terse", "zh"),
        Wording("看恐怖片时我戴着测手汗的传感器，我被吓到了几次？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`eda.json`: object with `fs`, the sampling rate (Hz), `unit`, the text `uS` or `nS`, and `eda`, the skin conductance in that unit",),
        outputs=(
            Slot("count", "int", "1", "number of responses"),
            _PEAKS,
        ),
        remarks=(
            "a response rises within 5 s from a trough to a peak by at least 0.05 uS (50 nS) and falls again; smaller ups and downs are noise",
            "responses sit on a tonic level of 1 to 20 uS that drifts by itself, at most 0.02 uS/s; a new response may start before the last has faded",
            "a record may hold no response: then the count is 0 and the list empty",
            "the count is wanted exactly, the peaks within 1 s; at least 95 % of them (F1)",
        ),
    ),
    stages=(
        Stage(
            "Load EDA",
            ("read the JSON", "convert nanosiemens to microsiemens where the file says so"),
            "Read a skin conductance record and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("eda", "ndarray[float64, (N)]", "1", "skin conductance in uS"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Smooth Conductance",
            ("1 Hz Butterworth low-pass, zero phase", "keeps the rise of a response and drops the noise"),
            "Smooth a skin conductance record without delay.",
            (Slot("eda", "ndarray[float64, (N)]", "1", "skin conductance in uS", "task1"), _FS),
            (Slot("smooth", "ndarray[float64, (N)]", "1", "smoothed skin conductance in uS"),),
        ),
        Stage(
            "Find Responses",
            ("cut the curve into rises between a trough and the next peak", "keep those that rise at least 0.08 uS above the last 5 s"),
            "Find the peaks of skin conductance responses.",
            (Slot("smooth", "ndarray[float64, (N)]", "1", "smoothed skin conductance in uS", "task2"), _FS),
            (_PEAKS,),
        ),
        Stage(
            "Count Responses",
            ("number of peaks found",),
            "Count the responses.",
            (Slot("peaks_s", "list[float]", "s", "times of the response peaks, ascending", "task3"),),
            (Slot("count", "int", "1", "number of responses"),),
        ),
    ),
    solutions="t005_skin_conductance",
    generate=generate,
    measure=measure,
    bars=(
        Bar("count", 1.0, "least"),  # exact: no right program errs, every trough-to-peak rise is above twice the limit
        Bar("f1", 0.95, "least"),  # worst right 1.0
    ),
    alternates=(
        Variant("slope", "runs of slope above the drift whose sum is large enough", swap={"find_responses": "find_responses_slope"}),
        Variant("prominence", "peaks by prominence after a slow high-pass", swap={"find_responses": "find_responses_prominence", "smooth_conductance": "smooth_conductance_gaussian"}),
        Variant("zigzag", "one pass that turns when the curve has come back far enough", swap={"find_responses": "find_responses_zigzag"}),
    ),
    mutants=(
        Variant("six", "six responses at even distances for everyone", swap={"find_responses": "find_responses_six"}, naive=True),
        Variant("noise", "every local maximum of the raw record counts", swap={"smooth_conductance": "smooth_conductance_not", "find_responses": "find_responses_all"}),
        Variant("level", "times above a fixed level count, so the tonic level decides", swap={"find_responses": "find_responses_level"}),
        Variant("unit_ignored", "nanosiemens are taken for microsiemens and the other way round", edits=(("load_eda", '== "nS"', '!= "nS"'),)),
        Variant("samples", "sample numbers instead of seconds", edits=(("find_responses", "/ fs)", "* 1.0)"),), levels=("easy", "nominal", "hard")),
        Variant("onsets", "starts of the rises instead of peaks", swap={"find_responses": "find_responses_onsets"}),
    ),
    notes=(
        "Skin conductance has a tonic level of 2 to 20 uS that drifts over minutes and phasic responses on top: after a stimulus "
        "the sweat glands open, the conductance rises within 1 to 3 s by 0.05 to 1 uS and falls back over several seconds. A "
        "response is counted when its rise from the trough before it exceeds a limit, commonly 0.01 to 0.05 uS; heights above "
        "zero say nothing, because the tonic level differs between people by a factor of ten. When responses overlap, the second "
        "starts on the falling flank of the first, so the rise is measured from the local trough. Everything of interest lies "
        "below 1 Hz; a zero-phase low-pass or a Gaussian of 0.3 s removes noise without moving the peaks."
    ),
    relations=(Relation("constant_added", _changed("offset")), Relation("other_unit", _changed("unit"))),
    needs=("scipy",),
    sources=("Boucsein 2012, Electrodermal Activity, 2nd ed., Springer", "Benedek, Kaernbach 2010, J. Neurosci. Methods 190(1)"),
)  # fmt: skip
