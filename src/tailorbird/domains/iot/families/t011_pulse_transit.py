"""T011 pulse transit: the delay between the heart's R wave and the foot of the pulse at the finger.

Truth comes from the generator: each pulse starts a drawn delay after its R wave, at a corner that the tangent method
finds. Covers: two channels sampled together, a slowly changing delay, a sensor without a finger. Does not cover: blood
pressure, extra beats, channels with separate clocks.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

NOISE = {"easy": 0.002, "nominal": 0.006, "hard": 0.012, "edge": 0.006}
"""Standard deviation of the pulse's noise as a share of its height; the ECG has five times that in mV."""

RATES = (200, 250, 300, 400, 500)
"""Samples per second."""

CORNER_S = 0.006
"""Standard deviation of the Gaussian that rounds the corners of a pulse, s."""


def generate(seed: int, level: Level) -> Instance:
    """12 to 20 s of ECG and finger pulse; edge: a very short or long delay at a fast heart, or no finger."""
    draw = make.rng(seed, "T011", level)
    rate, seconds = int(draw.choice(RATES)), float(draw.uniform(12, 20))
    kind = str(draw.choice(["short", "long", "none"])) if level == "edge" else ""
    delay = float(
        {"short": draw.uniform(0.1, 0.12), "long": draw.uniform(0.34, 0.36)}.get(kind, draw.uniform(0.12, 0.34))
    )
    mean = float(draw.uniform(0.5, 0.55) if kind in ("short", "long") else draw.uniform(0.62, 1.1))
    times = np.arange(int(seconds * rate)) / rate
    gaps = mean * (1 + np.clip(draw.normal(0, 0.03, int(seconds / mean) + 8), -0.08, 0.08))
    beats = np.cumsum(gaps) - 3 * mean
    ecg = draw.uniform(0.8, 1.5) * make.ecg(times, beats) + draw.normal(0, 5 * NOISE[level], times.size)
    ecg += draw.uniform(0.1, 0.4) * np.sin(2 * np.pi * draw.uniform(0.15, 0.3) * times + draw.uniform(0, 6))
    delays = delay + 0.008 * np.sin(2 * np.pi * 0.1 * beats + draw.uniform(0, 6)) + draw.normal(0, 0.002, beats.size)
    height, base = float(draw.uniform(300, 4000)), float(draw.uniform(10_000, 60_000))
    if kind == "none":
        return _instance(ecg, base + draw.normal(0, 4, times.size), rate, None)
    wave = _wave(times, beats + delays, draw.uniform(0.10, 0.14), rate)
    wave += draw.uniform(0.05, 0.2) * np.sin(2 * np.pi * draw.uniform(0.1, 0.25) * times + draw.uniform(0, 6))
    pulse = base + height * (wave + draw.normal(0, NOISE[level], times.size))
    inside = (beats > 0) & (beats + delays < times[-1] - 0.2)
    return _instance(ecg, pulse, rate, float(np.mean(delays[inside])))


def _wave(times: make.Floats, feet: make.Floats, rise: float, rate: int) -> make.Floats:
    """Pulses of unit height: level until the foot, a straight rise, then a fall back with a dicrotic bump."""
    fine = np.zeros_like(times)
    for foot, after in itertools.pairwise(feet):
        here = (times >= foot) & (times < after)
        span = times[here] - foot
        fall = np.clip((span - rise) / (0.95 * (after - foot - rise)), 0, 1)
        bump = 0.12 * np.exp(-0.5 * ((span - rise - 0.18) / 0.04) ** 2) * (1 - fall)
        fine[here] = np.where(span < rise, span / rise, (1 - fall) ** 1.5 + bump)
    grid = np.arange(-round(4 * CORNER_S * rate), round(4 * CORNER_S * rate) + 1) / rate
    kernel = np.exp(-0.5 * (grid / CORNER_S) ** 2)
    return np.asarray(np.convolve(fine, kernel / kernel.sum(), mode="same"))


def _instance(ecg: make.Floats, pulse: make.Floats, rate: int, transit: float | None) -> Instance:
    arrays = {"ecg": np.asarray(ecg, np.float32), "ppg": np.asarray(np.round(pulse, 1), np.float32)}
    packed = make.npz_bytes(**arrays, fs=np.asarray(float(rate)))
    return Instance({"beats.npz": packed}, {"transit_s": transit}, "beats.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute error of the mean delay in ms; infinite where only one of the two is none."""
    right, found = truth["transit_s"], output["transit_s"]
    if right is None or found is None:
        return {"error_ms": 0.0 if right is found else math.inf}
    return {"error_ms": 1000.0 * min(error(right, found), 1e9)}


def _changed(change: str) -> Any:
    """A relation: other gains and offsets, or the finger's channel put later by some samples."""

    def apply(instance: Instance, seed: int) -> Instance:
        with np.load(io.BytesIO(instance.visible["beats.npz"])) as data:
            ecg, ppg, rate = data["ecg"].astype(float), data["ppg"].astype(float), int(data["fs"])
        draw, transit = make.rng(seed, change), instance.truth["transit_s"]
        if change == "gain":
            grown = ppg * (draw.uniform(1.0, 2.0) if transit else 1.0)
            return _instance(draw.uniform(0.7, 2.0) * ecg + 0.3, grown + draw.uniform(0, 500), rate, transit)
        shift = round(0.02 * rate) * (-1 if transit and transit > 0.2 else 1)
        moved = np.roll(ppg, shift)
        moved[: max(shift, 0)] = ppg[0]
        moved[ppg.size + min(shift, 0) :] = ppg[-1]
        return _instance(ecg, moved, rate, None if transit is None else transit + shift / rate)

    return apply


_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")

FAMILY = Family(
    id="T011",
    title="Pulse transit time",
    domain="A",
    version=1,
    wordings=(
        Wording("Delay between ECG and finger pulse?", "goal"),
        Wording("Find R waves in the ECG and pulse feet in the PPG by intersecting tangents, pair them and average the delays.", "operation"),
        Wording("How long does the pulse take from my heart to my fingertip?", "goal"),
        Wording("Detect both landmarks beat by beat, subtract the times and report the mean pulse arrival delay.", "operation"),
        Wording("ECG + PPG → transit time (s)", "terse"),
        Wording("I recorded heart voltage and a finger light sensor together; tell me the mean time lag from beat to pulse onset.", "goal", held=True),
        Wording("Locate the foot of each pulse wave after its R peak and give the average interval in seconds.", "operation", held=True),
        Wording("R-to-foot delay", "terse", held=True),
        Wording("心电到指端脉搏的延迟是多少？", "goal", "zh"),
        Wording("检测 R 波，用切线法求脉搏波起点，逐拍配对后取平均时延。", "operation", "zh"),
        Wording("心电 + 脉搏 → 传导时间（秒）", "terse", "zh"),
        Wording("脉搏从心脏传到我的指尖要多久？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`beats.npz`: arrays `ecg` (mV), shape (N,), `ppg`, finger pulse (count), shape (N,), sampled together, and `fs`, the sampling rate (Hz), shape ()",),
        outputs=(Slot("transit_s", "float or none", "s", "mean delay from R wave to pulse foot; none without a finger"),),
        remarks=(
            "the delay runs from the R peak to the foot of the first pulse after it; every beat makes one pulse, which comes 0.08 to 0.4 s later",
            "the foot is where the tangent at the steepest point of the upstroke meets the level of the minimum right before it; it is the corner where the rise starts",
            "the answer is the mean over all beats whose R wave and pulse lie in the record",
            "a pulse is at least 250 counts high; without a finger the channel stays within 30 counts of its mean and the answer is null",
            "wanted within 10 ms",
        ),
    ),
    stages=(
        Stage(
            "Load ECG And Pulse",
            ("read both channels and the sampling rate from the NPZ",),
            "Read an ECG, a finger pulse and their common sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("ecg", "ndarray[float64, (N)]", "mV", "heart voltage"),
                Slot("ppg", "ndarray[float64, (N)]", "count", "finger pulse"),
                Slot("fs", "float", "Hz", "sampling rate"),
            ),
        ),
        Stage(
            "R Wave Times",
            ("band-pass 2 to 30 Hz, zero phase", "take maxima above half of a large one, at least 300 ms apart"),
            "Find the times of the R waves of an ECG.",
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "heart voltage", "task1"), _FS),
            (Slot("r_times", "list[float]", "s", "times of the R waves, ascending"),),
        ),
        Stage(
            "Pulse Foot Times",
            ("low-pass the pulse at 15 Hz, zero phase", "no pulse when it swings less than 50 counts", "intersect the tangent at each steepest rise with the minimum before it"),
            "Find the feet of the pulse waves by intersecting tangents.",
            (Slot("ppg", "ndarray[float64, (N)]", "count", "finger pulse", "task1"), _FS),
            (Slot("foot_times", "list[float]", "s", "times of the pulse feet, ascending"),),
        ),
        Stage(
            "Pair Beats With Feet",
            ("take the first foot 0.05 to 0.45 s after each R wave", "leave out beats without one"),
            "Give the delay from each R wave to the first foot after it.",
            (
                Slot("r_times", "list[float]", "s", "times of the R waves, ascending", "task2"),
                Slot("foot_times", "list[float]", "s", "times of the pulse feet, ascending", "task3"),
            ),
            (Slot("delays", "list[float]", "s", "delays from R wave to foot"),),
        ),
        Stage(
            "Mean Transit Time",
            ("mean of the delays", "none when there is none"),
            "Average the delays.",
            (Slot("delays", "list[float]", "s", "delays from R wave to foot", "task4"),),
            (Slot("transit_s", "float or none", "s", "mean delay from R wave to pulse foot; none without a finger"),),
        ),
    ),
    solutions="t011_pulse_transit",
    generate=generate,
    measure=measure,
    bars=(
        Bar("error_ms", 10.0, "most"),  # worst right 4.2 (tangents, hard); best wrong 16.5 (one_way)
    ),
    alternates=(
        Variant("bend", "largest second derivative as the foot", swap={"pulse_foot_times": "pulse_foot_times_bend"}),
        Variant("chord", "line through 30 and 70 percent of the rise", swap={"pulse_foot_times": "pulse_foot_times_chord", "pair_beats_with_feet": "pair_beats_with_feet_bisect"}),
        Variant("slopes", "R waves by bursts of slope, outlying delays left out", swap={"r_wave_times": "r_wave_times_slope", "mean_transit_time": "mean_transit_time_trimmed"}),
    ),
    mutants=(
        Variant("typical", "0.2 s for everyone", swap={"mean_transit_time": "mean_transit_time_typical"}, naive=True),
        Variant("tops", "tops of the pulse waves instead of feet", swap={"pulse_foot_times": "pulse_foot_times_peaks"}),
        Variant("sign", "R wave minus foot", edits=(("pair_beats_with_feet", "later[0] - beat", "beat - later[0]"),)),
        Variant("next_beat", "each foot is paired with the R wave after it", swap={"pair_beats_with_feet": "pair_beats_with_feet_next"}),
        Variant("milliseconds", "milliseconds instead of seconds", edits=(("mean_transit_time", "float(np.mean(delays))", "float(1000 * np.mean(delays))"),)),
        Variant("one_way", "a one-way low-pass delays the pulse", edits=(("pulse_foot_times", "sosfiltfilt", "sosfilt"),)),
    ),
    notes=(
        "The pulse wave leaves the heart shortly after the R wave and runs through the arteries at 5 to 15 m/s; it reaches the "
        "finger 0.15 to 0.35 s after the R wave (pulse arrival time, commonly called pulse transit time). The delay shortens as "
        "blood pressure and stiffness rise. The landmark matters: the top of the wave comes 0.1 to 0.2 s after its foot and "
        "moves with reflections, the foot is stable. Intersecting tangents is the standard way to place it: the tangent at the "
        "steepest point of the upstroke meets the horizontal through the minimum before it. Filters must not delay one channel "
        "against the other, so they run both ways. Each foot belongs to the latest R wave before it; 10 ms error matters, which "
        "at 200 Hz is two samples."
    ),
    relations=(Relation("gains_and_offsets", _changed("gain")), Relation("pulse_moved", _changed("shift"))),
    needs=("scipy",),
    sources=("Chiu et al. 1991, American Heart Journal 121(5)", "Mukkamala et al. 2015, IEEE Trans. Biomed. Eng. 62(8)"),
)  # fmt: skip
