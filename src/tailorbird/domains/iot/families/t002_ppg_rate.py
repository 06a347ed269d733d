"""T002 heart rate from PPG: the mean pulse rate of a finger sensor, from its optical signal.

Truth comes from the generator: pulses are placed, then drawn with a dicrotic bump, baseline wander and noise; the rate
is 60 divided by the mean interval between them. Covers: one channel with a constant rate, times in milliseconds, and a
sensor without a finger. Does not cover: motion artefacts, irregular sampling, single intervals.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

NOISE = {"easy": 0.01, "nominal": 0.04, "hard": 0.06, "edge": 0.03}
"""Standard deviation of the noise as a share of the pulse height."""

RATES = (25, 30, 40, 50, 64, 80, 100, 125)
"""Samples per second."""


def generate(seed: int, level: Level) -> Instance:
    """20 to 40 s of finger PPG in counts; edge: a very slow or very fast heart, or no finger on the sensor."""
    draw = make.rng(seed, "T002", level)
    rate, seconds = int(draw.choice(RATES)), float(draw.uniform(20, 40))
    bpm = float(draw.uniform(50, 140))
    kind = str(draw.choice(["slow", "fast", "none"])) if level == "edge" else ""
    bpm = {"slow": draw.uniform(42, 48), "fast": draw.uniform(165, 178)}.get(kind, bpm)
    times = np.arange(int(seconds * rate)) / rate
    level_counts = float(draw.uniform(20_000, 90_000))
    if kind == "none":
        return _instance(times, level_counts + draw.normal(0, 4, times.size), None)
    peaks = _pulses(draw, 60.0 / float(bpm), seconds)
    height = float(draw.uniform(300, 2500))
    signal = height * _wave(times, peaks, 60.0 / float(bpm), draw.uniform(0.3, 0.45))
    signal += height * draw.uniform(0.4, 1.2) * np.sin(2 * np.pi * draw.uniform(0.1, 0.28) * times + draw.uniform(0, 6))
    signal += height * draw.uniform(-2, 2) * times / seconds + level_counts
    signal += draw.normal(0, NOISE[level] * height, times.size)
    return _instance(times, signal, 60.0 / float(np.mean(np.diff(peaks[(peaks > 0) & (peaks < seconds)]))))


def _pulses(draw: np.random.Generator, mean: float, seconds: float) -> make.Floats:
    """Times of the pulse peaks, s; two lie outside the record on either side."""
    drift, at, peaks = 0.0, -2 * mean + draw.uniform(0, mean), []
    while at < seconds + 2 * mean:
        peaks.append(at)
        drift = 0.7 * drift + draw.normal(0, 0.02)
        at += mean * (1 + float(np.clip(drift, -0.08, 0.08)))
    return np.asarray(peaks)


def _wave(times: make.Floats, peaks: make.Floats, mean: float, share: float) -> make.Floats:
    """Unit pulses with a dicrotic bump of the given share; both narrow as the heart quickens."""
    scale = min(1.0, mean / 0.85)
    signal = np.zeros_like(times)
    for peak in peaks:
        span = times - peak
        signal += np.exp(-0.5 * (span / (0.09 * scale)) ** 2)
        signal += share * np.exp(-0.5 * ((span - 0.3 * scale) / (0.08 * scale)) ** 2)
    return signal


def _instance(times: make.Floats, signal: make.Floats, bpm: float | None) -> Instance:
    columns = {"time_ms": np.round(1000 * times, 2), "ppg": np.round(signal).astype(int)}
    return Instance({"ppg.csv": make.csv_bytes(columns, digits=9)}, {"heart_rate_bpm": bpm}, "ppg.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute error of the rate in beats per minute; infinite where only one of the two is none."""
    right, found = truth["heart_rate_bpm"], output["heart_rate_bpm"]
    if right is None or found is None:
        return {"rate_error": 0.0 if right is found else math.inf}
    return {"rate_error": error(right, found)}


def _changed(change: str) -> Any:
    """A relation on gain and offset, or on the clock: twice as long a recording beats half as fast."""

    def apply(instance: Instance, seed: int) -> Instance:
        table = np.loadtxt(io.BytesIO(instance.visible["ppg.csv"]), delimiter=",", skiprows=1)
        draw, bpm = make.rng(seed, change), instance.truth["heart_rate_bpm"]
        times, signal = table[:, 0] / 1000, table[:, 1]
        if change == "gain":
            return _instance(times, signal * (draw.uniform(0.8, 2.0) if bpm else 1.0) + draw.uniform(100, 900), bpm)
        stretch = 1.0 if bpm is None else draw.uniform(0.95, 1.05) * (1.05 if bpm > 160 else 0.95 if bpm < 50 else 1.0)
        return _instance(times * stretch, signal, None if bpm is None else bpm / stretch)

    return apply


_PPG = Slot("ppg", "ndarray[float64, (N)]", "count", "optical signal", "task1")
_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")
_WAVE = Slot("wave", "ndarray[float64, (N)]", "count", "band-passed signal", "task2")

FAMILY = Family(
    id="T002",
    title="Heart rate from PPG",
    domain="A",
    version=1,
    wordings=(
        Wording("What is the average heart rate in this finger sensor file?", "goal"),
        Wording("Band-pass the photoplethysmogram, find the systolic peaks and turn their mean interval into beats per minute.", "operation"),
        Wording("I clipped the pulse oximeter on my finger for half a minute. How fast was my heart going?", "goal"),
        Wording("Detect pulse waves in the optical signal, skip the dicrotic bumps and average the rate.", "operation"),
        Wording("ppg.csv → mean bpm", "terse"),
        Wording("My smart ring shines light through the skin and logs counts; give me my mean pulse.", "goal", held=True),
        Wording("Find PPG pulse peaks, take the mean peak-to-peak interval, report 60 over it, null without a finger.", "operation", held=True),
        Wording("pulse rate from light sensor", "terse", held=True),
        Wording("这个指夹传感器文件里的平均心率是多少？", "goal", "zh"),
        Wording("对光电容积脉搏波做带通滤波，检测主波峰，由平均间期计算心率。", "operation", "zh"),
        Wording("光电脉搏波 → 平均心率", "terse", "zh"),
        Wording("我把手指放在传感器上测了半分钟，平均每分钟跳多少下？没放手指就返回空。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`ppg.csv`: CSV with a header, columns `time_ms` (ms), `ppg` (count)",),
        outputs=(Slot("heart_rate_bpm", "float or none", "/min", "mean pulse rate; none without a finger"),),
        remarks=(
            "the sampling rate is constant, differs between files and follows from the time column, which is in milliseconds",
            "the rate is 60 divided by the mean interval in s between neighbouring pulses of the record; it lies between 40 and 180 per minute",
            "each heartbeat makes one pulse: a high systolic peak and a lower dicrotic bump after it, which is no beat of its own",
            "a pulse is at least 250 counts high; without a finger the signal stays within 30 counts of its mean and the answer is null",
            "wanted within 2 beats per minute",
        ),
    ),
    stages=(
        Stage(
            "Load PPG",
            ("read the time column in milliseconds and the optical signal in counts", "derive the sampling rate from the first and the last time"),
            "Read a photoplethysmogram and its sampling rate from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("ppg", "ndarray[float64, (N)]", "count", "optical signal"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Isolate Pulse Wave",
            ("0.5 to 6 Hz Butterworth band-pass, zero phase", "removes the level, breathing and high noise"),
            "Keep the band of the pulse wave, without delay.",
            (_PPG, _FS),
            (Slot("wave", "ndarray[float64, (N)]", "count", "band-passed signal"),),
        ),
        Stage(
            "Find Systolic Peaks",
            ("no pulse when the wave swings less than 100 counts", "take maxima that stand out by more than half of the usual swing, at least 270 ms apart", "dicrotic bumps stand out less and fall away"),
            "Find the times of the systolic peaks of a pulse wave.",
            (_WAVE, _FS),
            (Slot("peaks_s", "list[float]", "s", "times of the systolic peaks, ascending"),),
        ),
        Stage(
            "Average Pulse Rate",
            ("divide 60 by the mean interval between peaks", "none when there are fewer than two peaks"),
            "Compute the mean pulse rate from peak times.",
            (Slot("peaks_s", "list[float]", "s", "times of the systolic peaks", "task3"),),
            (Slot("heart_rate_bpm", "float or none", "/min", "mean pulse rate"),),
        ),
    ),
    solutions="t002_ppg_rate",
    generate=generate,
    measure=measure,
    bars=(
        Bar("rate_error", 2.0, "most"),  # worst right 1.15 (crossings, hard), wrong ones 6 and more unless the draw suits them
    ),
    alternates=(
        Variant("upstrokes", "steepest rises instead of maxima", swap={"find_systolic_peaks": "find_systolic_peaks_upstrokes"}),
        Variant("crossings", "upward crossings of the wave narrowed to its strongest rhythm, rate by a straight line", swap={"find_systolic_peaks": "find_systolic_peaks_crossings", "average_pulse_rate": "average_pulse_rate_fit"}),
        Variant("averages", "band by moving averages, file read row by row", swap={"isolate_pulse_wave": "isolate_pulse_wave_averages", "load_ppg": "load_ppg_rows"}),
    ),
    mutants=(
        Variant("resting", "a resting heart rate of 70 for everyone", swap={"average_pulse_rate": "average_pulse_rate_constant"}, naive=True),
        Variant("hertz", "beats per second instead of per minute", edits=(("average_pulse_rate", "60.0 /", "1.0 /"),)),
        Variant("dicrotic", "every local maximum counts, dicrotic bumps too", swap={"find_systolic_peaks": "find_systolic_peaks_all"}),
        Variant("fs_fixed", "a sampling rate of 100 Hz is taken for granted", edits=(("load_ppg", "fs = 1000.0 * (len(time_ms) - 1) / (time_ms[-1] - time_ms[0])", "fs = 100.0"),)),
        Variant("seconds", "milliseconds are read as seconds", edits=(("load_ppg", "fs = 1000.0 *", "fs = 1.0 *"),)),
    ),
    notes=(
        "A photoplethysmogram follows the blood volume under the sensor: a large constant part, slow changes with breathing and "
        "posture below 0.4 Hz, and a pulsation of one or two percent. Each beat makes a steep systolic upstroke and, some 0.3 s "
        "later, a dicrotic bump; counting both doubles the rate. Between 40 and 180 beats per minute the fundamental lies "
        "between 0.67 and 3 Hz; harmonics up to 6 Hz carry the shape. A beat stands out from the troughs on both sides by "
        "nearly the whole swing of the wave, a dicrotic bump by much less, and it rises far more slowly. A refractory time of 0.27 s fits all rates below 200. Without a "
        "finger there is no pulsation, so the height of the wave must be looked at before any rate is given. The mean rate is "
        "60 / mean(interval); the mean of the single rates is slightly larger."
    ),
    relations=(Relation("gain_and_offset", _changed("gain")), Relation("clock", _changed("clock"))),
    needs=("scipy",),
    sources=("Allen 2007, Physiological Measurement 28(3) R1", "van Gent et al. 2019, HeartPy, Transportation Research F 66"),
)  # fmt: skip
