"""T001 R-peaks: times of heartbeats in a noisy ECG, and the mean heart rate.

Truth comes from the generator: beats are placed, then drawn. A small share of the nominal instances is cut from a real
recording, the excerpt of the MIT-BIH arrhythmia database that sktime carries (7,500 samples, no sampling rate given).
That it is sampled at 360 Hz, the rate of the database, fits its beats: a mean interval of 292 samples is 74 beats per
minute. `REAL_BEATS` are peaks of the raw voltage that two unrelated detectors agree on: prominent peaks of the voltage
itself, and peaks of the smoothed squared slope between 5 and 15 Hz. Both find 26 beats, one to one, at most 10 samples
(28 ms) apart; the tests repeat the comparison.

Covers: single-lead records with a constant rate. Does not cover: classes of beats. Where sktime is absent, the share of
real instances is synthetic.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import event_f1, relative

NOISE = {"easy": 0.02, "nominal": 0.1, "hard": 0.15, "edge": 0.05}
"""Standard deviation of the added noise, mV."""

REAL_RATE = 360.0
"""Sampling rate of the real recording, Hz."""

REAL_BEATS = (
    133, 445, 746, 1034, 1324, 1603, 1896, 2193, 2496, 2799, 3107, 3393, 3671,
    3951, 4247, 4550, 4848, 5145, 5437, 5728, 6008, 6289, 6584, 6882, 7080, 7430,
)  # fmt: skip
"""Samples of the R peaks in the real recording."""

REAL_SHARE = 0.1
"""Share of the nominal instances that are cut from the real recording."""


def generate(seed: int, level: Level) -> Instance:
    """30 to 60 s of ECG at 125 to 500 Hz; edge: very slow or very fast hearts, or a record without any beat."""
    draw = make.rng(seed, "T001", level)
    if level == "nominal" and draw.random() < REAL_SHARE and (real := _bundled()) is not None:
        return _real(draw, real)
    rate = int(draw.choice([125, 128, 200, 250, 256, 300, 360, 500]))
    seconds = float(draw.uniform(30, 60))
    mean = float(draw.uniform(0.55, 1.15))
    kind = str(draw.choice(["slow", "fast", "flat"])) if level == "edge" else ""
    mean = {"slow": 1.35, "fast": 0.36}.get(kind, mean)
    peaks = _beats(draw, mean, seconds) if kind != "flat" else np.zeros(0)
    times = np.arange(int(seconds * rate)) / rate
    signal = make.ecg(times, peaks) * draw.uniform(0.8, 1.6)
    mains = float(draw.choice([50.0, 60.0]))
    signal += 0.3 * np.sin(2 * np.pi * 0.3 * times + draw.uniform(0, 6.28))
    signal += 0.1 * np.sin(2 * np.pi * mains * times + draw.uniform(0, 6.28))
    signal += draw.normal(0, NOISE[level] if kind != "flat" else 0.02, times.size)
    return _instance(times, signal, peaks)


@functools.cache
def _bundled() -> make.Floats | None:
    """The real recording in mV, shape (7500,), or none where sktime is not installed; sktime is never imported."""
    spec = importlib.util.find_spec("sktime")
    for root in (spec.submodule_search_locations or []) if spec else []:
        file = Path(root) / "datasets" / "data" / "mitdb" / "mitdb.csv"
        if file.is_file():
            table = np.genfromtxt(file, delimiter=",", names=True, encoding="utf-8")
            return np.asarray(table["data"], dtype=float)
    return None


def real_recording() -> bytes | None:
    """The real recording as a CSV with the columns `time` (s) and `ecg` (mV); none where sktime is not installed."""
    ecg = _bundled()
    if ecg is None:
        return None
    return make.csv_bytes({"time": np.arange(ecg.size) / REAL_RATE, "ecg": ecg}, digits=7)


def _real(draw: np.random.Generator, ecg: make.Floats) -> Instance:
    """A part of the real recording, cut between beats, stretched in time, resampled, with drawn gain and offset."""
    beats = np.asarray(REAL_BEATS, dtype=float)
    first = int(draw.integers(0, 6))
    last = int(draw.integers(first + 16, beats.size - 1))
    start, end = (beats[first] + beats[first + 1]) / 2, (beats[last] + beats[last + 1]) / 2
    stretch = draw.uniform(0.9, 1.12) / REAL_RATE
    rate = int(draw.choice([200, 250, 256, 300, 500]))
    times = np.arange(int((end - start) * stretch * rate)) / rate
    signal = np.interp(start + times / stretch, np.arange(ecg.size), ecg) * draw.uniform(0.7, 1.6)
    signal += draw.uniform(-0.5, 0.5) + draw.normal(0, 0.01, times.size)
    return _instance(times, signal, (beats[first + 1 : last + 1] - start) * stretch)


def _beats(draw: np.random.Generator, mean: float, seconds: float) -> make.Floats:
    gaps: list[float] = []
    drift = 0.0
    while sum(gaps) < seconds:
        drift = 0.7 * drift + draw.normal(0, 0.03)
        gaps.append(mean * (1 + float(np.clip(drift, -0.12, 0.12))))
    peaks = 0.5 + np.cumsum(gaps)
    return np.asarray(peaks[peaks < seconds - 0.5])


def _instance(times: make.Floats, signal: make.Floats, peaks: make.Floats) -> Instance:
    rate = 60.0 / float(np.mean(np.diff(peaks))) if peaks.size > 1 else 0.0
    visible = {"ecg.csv": make.csv_bytes({"time": times, "ecg": signal}, digits=7)}
    return Instance(visible, {"peaks_s": peaks.tolist(), "heart_rate_bpm": rate}, "ecg.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """F1 of beats within ±50 ms, and the relative error of the mean rate."""
    return {
        "f1": event_f1(truth["peaks_s"], output["peaks_s"], 0.05),
        "rate_error": relative(truth["heart_rate_bpm"], output["heart_rate_bpm"]),
    }


def _gain(instance: Instance, seed: int) -> Instance:
    table = np.genfromtxt(instance.visible["ecg.csv"].decode().splitlines(), delimiter=",", names=True)
    signal = table["ecg"] * make.rng(seed, "gain").uniform(0.5, 2.0) + 0.4
    return Instance({"ecg.csv": make.csv_bytes({"time": table["time"], "ecg": signal}, 7)}, instance.truth, "ecg.csv")


FAMILY = Family(
    id="T001",
    title="R-peaks",
    domain="A",
    version=1,
    wordings=(
        Wording("Find every heartbeat in this noisy ECG and give me the times and the mean heart rate.", "goal"),
        Wording("Band-pass the ECG, square its slope, pick the R peaks and print the heart rate.", "operation"),
        Wording("ECG → R-peak times, bpm", "terse"),
        Wording("Find the R-peaks in ecg.csv and print the heart rate.", "operation"),
        Wording("I recorded my heart with a chest strap. When did it beat, and how fast on average?", "goal"),
        Wording("Detect QRS complexes in a single-lead electrocardiogram and report beats per minute.", "operation", held=True),
        Wording("My ECG patch saved this file; list the moment of each beat and tell me my pulse.", "goal", held=True),
        Wording("heart beats from ecg + rate", "terse", held=True),
        Wording("从这段含噪心电图中找出每次心跳的时刻，并给出平均心率。", "goal", "zh"),
        Wording("对心电信号做带通滤波并检测 R 波，打印心率。", "operation", "zh", held=True),
        Wording("心电图 → R 波时刻和每分钟心跳数", "terse", "zh"),
    ),
    contract=Contract(
        files=("`ecg.csv`: CSV with a header, columns `time` (s), `ecg` (mV)",),
        outputs=(
            Slot("peaks_s", "list[float]", "s", "times of the R peaks, ascending"),
            Slot("heart_rate_bpm", "float", "/min", "60 divided by the mean interval between beats; 0 below two beats"),
        ),
        remarks=(
            "the sampling rate is constant and follows from the time column; it differs between files",
            "the signal holds baseline wander, mains hum and noise; a record may hold no beat at all",
            "an R peak rises at least 0.3 mV above the baseline; where nothing does, the answer is an empty list and a rate of 0",
            "a beat counts when it is within 50 ms of the true R peak; the mean rate is wanted within 4 %",
        ),
    ),
    stages=(
        Stage(
            "Load ECG",
            ("read the time and the voltage column of the CSV", "derive the sampling rate from the first and the last time"),
            "Read one ECG channel and its sampling rate from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "voltage"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Band Pass",
            ("5 to 15 Hz Butterworth band-pass, zero phase", "removes wander, hum and most of the T wave"),
            "Keep the band in which QRS complexes stand out, without delay.",
            (
                Slot("ecg", "ndarray[float64, (N)]", "mV", "voltage", "task1"),
                Slot("fs", "float", "Hz", "sampling rate", "task1"),
            ),
            (Slot("clean", "ndarray[float64, (N)]", "mV", "band-passed voltage"),),
        ),
        Stage(
            "Detect R Peaks",
            (
                "no beat when the band-passed voltage stays below 0.05 mV",
                "square the slope and smooth it over 100 ms",
                "take peaks at least 250 ms apart whose root is above half of that of a typical large peak",
                "move each to the largest voltage within 60 ms",
            ),
            "Find the times of the R peaks of a band-passed ECG.",
            (
                Slot("clean", "ndarray[float64, (N)]", "mV", "band-passed voltage", "task2"),
                Slot("fs", "float", "Hz", "sampling rate", "task1"),
            ),
            (Slot("peaks_s", "list[float]", "s", "times of the R peaks, ascending"),),
        ),
        Stage(
            "Mean Heart Rate",
            ("divide 60 by the mean interval between beats", "0 when there are fewer than two beats"),
            "Compute the mean heart rate from beat times.",
            (Slot("peaks_s", "list[float]", "s", "times of the R peaks", "task3"),),
            (Slot("heart_rate_bpm", "float", "/min", "mean heart rate"),),
        ),
    ),
    solutions="t001_r_peaks",
    generate=generate,
    measure=measure,
    bars=(
        Bar("f1", 0.95, "least"),  # worst right 0.986, best wrong 0.63 (T waves counted) on nominal
        Bar("rate_error", 0.04, "most"),  # one missed beat of 40 is 0.026; best wrong 0.98 (beats per second)
    ),
    alternates=(
        Variant("template", "matched filter with a QRS-shaped pulse", swap={"detect_r_peaks": "detect_r_peaks_template"}),
        Variant("averages", "band by difference of moving averages", swap={"band_pass": "band_pass_averages"}),
        Variant("heights", "peaks of the filtered voltage itself", swap={"detect_r_peaks": "detect_r_peaks_heights"}),
    ),
    mutants=(
        Variant("fixed_threshold", "a fixed voltage threshold on the raw signal", swap={"detect_r_peaks": "detect_r_peaks_fixed", "band_pass": "band_pass_none"}, naive=True),
        Variant("samples", "sample numbers instead of seconds", edits=(("detect_r_peaks", "/ fs).tolist()", ").tolist()"),)),
        Variant("fs_fixed", "a sampling rate of 360 Hz is taken for granted", edits=(("load_ecg", "fs = float((time.size - 1) / (time[-1] - time[0]))", "fs = 360.0"),)),
        Variant("causal", "a one-way filter shifts the beats", edits=(("band_pass", "signal.sosfiltfilt(", "signal.sosfilt("),)),
        Variant("hertz", "beats per second instead of per minute", edits=(("mean_heart_rate", "60.0 /", "1.0 /"),)),
        Variant("t_wave", "no refractory time, T waves count as beats", swap={"detect_r_peaks": "detect_r_peaks_greedy"}),
    ),
    notes=(
        "QRS complexes carry most of their energy between 5 and 15 Hz; baseline wander lies below 0.5 Hz, mains hum at 50 or "
        "60 Hz, P and T waves mostly below 5 Hz. Pan and Tompkins (1985) band-pass, differentiate, square and integrate over "
        "about 120 to 150 ms, then threshold with a refractory time of 200 to 250 ms, because the heart cannot beat again "
        "sooner. Zero-phase filtering (forward and backward) keeps beats where they are; a causal filter delays them. The mean "
        "rate is 60 / mean(RR) in beats per minute."
    ),
    relations=(Relation("gain_and_offset", _gain),),
    needs=("scipy",),
    sources=(
        "Pan, Tompkins 1985, IEEE Trans. Biomed. Eng. 32(3)",
        "sum-of-Gaussians ECG after McSharry et al. 2003",
        "MIT-BIH arrhythmia database (Moody, Mark 2001; ODC-By 1.0), excerpt in sktime's datasets/data/mitdb",
    ),
    masked=("sktime:datasets/data/mitdb/mitdb.csv",),
)  # fmt: skip
