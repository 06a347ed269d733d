"""T009 ECG denoising: mains hum and baseline drift taken out of an ECG while its R waves keep their height.

Truth is the clean signal the generator drew before it added the disturbances. Covers: hum at 50 or 60 Hz with a third
harmonic, drift below 0.25 Hz, weak broadband noise. Does not cover: motion artefacts, electrode pops, pacemakers.
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

NOISE = {"easy": 0.005, "nominal": 0.012, "hard": 0.02, "edge": 0.012}
"""Standard deviation of the broadband noise, mV."""

RATES = (250, 300, 360, 400, 500)
"""Samples per second."""

MARGIN_S = 2.0
"""Time at either end of a record that is not judged, s."""


def generate(seed: int, level: Level) -> Instance:
    """12 to 16 s of ECG under hum and drift; edge: very slow or fast hearts, no beat, or drift several times the R wave."""
    draw = make.rng(seed, "T009", level)
    rate, seconds = int(draw.choice(RATES)), float(draw.uniform(12, 16))
    kind = str(draw.choice(["slow", "fast", "flat", "drift"])) if level == "edge" else ""
    mean = {"slow": 1.3, "fast": 0.55}.get(kind, float(draw.uniform(0.6, 1.1)))
    times = np.arange(int(seconds * rate)) / rate
    gaps = mean * (1 + np.clip(draw.normal(0, 0.04, int(seconds / mean) + 4), -0.1, 0.1))
    peaks = np.cumsum(gaps) - mean
    peaks = peaks[:0] if kind == "flat" else peaks[peaks < seconds + 0.5]
    size = float(draw.uniform(0.8, 1.6))
    clean = size * make.ecg(times, peaks)
    mains = float(draw.choice([50.0, 60.0]))
    dirty = clean + draw.uniform(-1, 1)
    strength = draw.uniform(0.6, 1.2)
    for harmonic, share in ((1, 1.0), (3, 0.15)):
        if harmonic * mains < 0.45 * rate:
            dirty += share * strength * np.sin(2 * np.pi * harmonic * mains * times + draw.uniform(0, 6.28))
    swing = draw.uniform(0.4, 0.7) * (3.0 if kind == "drift" else 1.0)
    dirty += swing * np.sin(2 * np.pi * draw.uniform(0.08, 0.2) * times + draw.uniform(0, 6.28))
    dirty += draw.uniform(-0.05, 0.05) * times
    dirty += draw.normal(0, NOISE[level], times.size)
    return _instance(dirty, rate, clean, peaks)


def _instance(dirty: make.Floats, rate: int, clean: make.Floats, peaks: make.Floats) -> Instance:
    edge = round(MARGIN_S * rate)
    beats = [int(at) for at in np.round(peaks * rate) if edge + 0.4 * rate < at < dirty.size - edge - 0.4 * rate]
    arrays = {"ecg": np.asarray(dirty, np.float32), "fs": np.asarray(float(rate))}
    truth = {"clean": np.round(clean, 5).tolist(), "beats": beats, "fs": rate}
    return Instance({"ecg.npz": make.npz_bytes(**arrays)}, truth, "ecg.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Root mean square in mV of what is left of the disturbance, and the largest error of an R wave's height.

    The error is a share of the height; the largest value in mV keeps the ends sane, which are not judged otherwise.
    """
    clean, fs = np.asarray(truth["clean"]), truth["fs"]
    found = np.clip(np.asarray(output["clean"], dtype=float), -1e6, 1e6)
    if found.shape != clean.shape:
        return {"residue_mv": math.inf, "height_error": math.inf, "largest_mv": math.inf}
    heights = [_height(found, at, fs) / _height(clean, at, fs) - 1 for at in truth["beats"]]
    inner = slice(round(MARGIN_S * fs), clean.size - round(MARGIN_S * fs))
    residue = float(np.std(found[inner] - clean[inner]))
    largest = float(np.max(np.abs(found)))
    return {"residue_mv": residue, "height_error": max(map(abs, heights), default=0.0), "largest_mv": largest}


def _height(signal: make.Floats, at: int, fs: int) -> float:
    """Height in mV of the R wave at a sample above the median of the second around it."""
    reach, around = round(0.025 * fs), round(0.35 * fs)
    return float(signal[at - reach : at + reach + 1].max() - np.median(signal[at - around : at + around + 1]))


def _changed(change: str) -> Any:
    """A relation: the electrodes swapped, or a record read backwards."""

    def apply(instance: Instance, seed: int) -> Instance:
        with np.load(io.BytesIO(instance.visible["ecg.npz"])) as data:
            dirty, rate = data["ecg"].astype(float), int(data["fs"])
        clean, beats = np.asarray(instance.truth["clean"]), np.asarray(instance.truth["beats"], dtype=float)
        if change == "offset":
            return _instance(dirty + make.rng(seed, change).uniform(-2, 2), rate, clean, beats / rate)
        return _instance(dirty[::-1], rate, clean[::-1], (clean.size - 1 - beats[::-1]) / rate)

    return apply


_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")

FAMILY = Family(
    id="T009",
    title="ECG denoising",
    domain="A",
    version=1,
    wordings=(
        Wording("Remove mains hum and drift without flattening the R waves.", "goal"),
        Wording("High-pass the ECG both ways, notch out the mains frequency and its third harmonic, and return the cleaned samples.", "operation"),
        Wording("This ECG is buried in hum from the power line and it wanders. Clean it, but keep the beats as tall as they are.", "goal"),
        Wording("Subtract the baseline and a fitted mains sine from the ECG and give the cleaned trace.", "operation"),
        Wording("dirty ECG → clean ECG", "terse"),
        Wording("I want a readable electrocardiogram out of this noisy one, with honest peak heights.", "goal", held=True),
        Wording("Suppress baseline wander and power-line interference in ecg.npz without delay or loss of QRS amplitude.", "operation", held=True),
        Wording("ecg: hum off, wander off", "terse", held=True),
        Wording("去掉工频和漂移，但别压平 R 波。", "goal", "zh"),
        Wording("对心电做零相位高通，并用陷波器滤除工频及其三次谐波。", "operation", "zh"),
        Wording("含噪心电 → 干净心电", "terse", "zh"),
        Wording("这段心电图全是电源干扰，基线还飘，帮我弄干净，波峰高度别变。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`ecg.npz`: arrays `ecg`, disturbed voltage (mV), shape (N,), and `fs`, the sampling rate (Hz), shape ()",),
        outputs=(Slot("clean", "list[float]", "mV", "cleaned voltage, one value per sample of the input"),),
        remarks=(
            "hum lies at exactly 50 Hz or exactly 60 Hz, with a weaker third harmonic where the sampling rate allows; which of the two is not said",
            "drift lies below 0.25 Hz and may be many times as large as the beats; weak broadband noise of at most 0.02 mV (standard deviation) is there too",
            "the clean signal is one value per input sample, in mV and without delay; its constant level is free, and in the first and last two seconds values need only stay within 10 mV of zero",
            "what is left of the disturbance must stay below 0.04 mV (root mean square, apart from a constant), and each R wave keep its height above the median of its surroundings within 10 %",
            "a record may hold no beat; then a flat line is the answer",
        ),
    ),
    stages=(
        Stage(
            "Load Disturbed ECG",
            ("read voltage and sampling rate from the NPZ",),
            "Read a disturbed ECG and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "disturbed voltage"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Remove Baseline Drift",
            ("subtract the best straight line", "0.5 Hz Butterworth high-pass, zero phase"),
            "Remove slow drift from an ECG without delay.",
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "disturbed voltage", "task1"), _FS),
            (Slot("levelled", "ndarray[float64, (N)]", "mV", "voltage without drift"),),
        ),
        Stage(
            "Remove Mains Hum",
            ("see whether 50 or 60 Hz carries more power", "subtract the best fitting sine there and at three times that frequency"),
            "Remove hum at the mains frequency and its third harmonic.",
            (Slot("levelled", "ndarray[float64, (N)]", "mV", "voltage without drift", "task2"), _FS),
            (Slot("quiet", "ndarray[float64, (N)]", "mV", "voltage without drift and hum"),),
        ),
        Stage(
            "Smooth Gently",
            ("45 Hz Butterworth low-pass, zero phase", "give a list of one value per sample"),
            "Remove broadband noise above the band of the QRS complex.",
            (Slot("quiet", "ndarray[float64, (N)]", "mV", "voltage without drift and hum", "task3"), _FS),
            (Slot("clean", "list[float]", "mV", "cleaned voltage, one value per sample of the input"),),
        ),
    ),
    solutions="t009_ecg_denoising",
    generate=generate,
    measure=measure,
    bars=(
        Bar("residue_mv", 0.04, "most"),  # worst right 0.017; best wrong by drift 0.23, by hum 0.09, by delay 0.047
        Bar("height_error", 0.10, "most"),  # worst right 0.064, best wrong 0.18 (cut_off)
        Bar("largest_mv", 10.0, "most"),  # worst right under 4
    ),
    alternates=(
        Variant("cosines", "baseline as the slow part of a cosine transform", swap={"remove_baseline_drift": "remove_baseline_drift_cosines"}),
        Variant("notch", "hum by notch filters run both ways", swap={"remove_mains_hum": "remove_mains_hum_notch"}),
        Variant("spectrum", "drift and hum by weights on the Fourier transform, smoothing by a parabola", swap={"remove_mains_hum": "remove_mains_hum_bins", "smooth_gently": "smooth_gently_parabola"}),
    ),
    mutants=(
        Variant("identity", "the input is given back", swap={"remove_baseline_drift": "remove_baseline_drift_not", "remove_mains_hum": "remove_mains_hum_not", "smooth_gently": "smooth_gently_not"}, naive=True),
        Variant("average", "a moving average over 40 ms flattens the R waves", swap={"remove_mains_hum": "remove_mains_hum_average"}),
        Variant("notch_only", "the drift stays in", swap={"remove_baseline_drift": "remove_baseline_drift_not"}),
        Variant("one_way", "filters that run one way bend and delay the waves", edits=(("remove_baseline_drift", "signal.sosfiltfilt(sos, straight, padlen=round(2.0 * fs))", "signal.sosfilt(sos, straight)"), ("smooth_gently", "sosfiltfilt", "sosfilt"))),
        Variant("other_mains", "the quieter of the two mains frequencies is taken", edits=(("remove_mains_hum", "mains = max(", "mains = min("),)),
        Variant("cut_off", "a high-pass at 5 Hz takes the T wave along with the drift", edits=(("remove_baseline_drift", "0.5, btype", "5.0, btype"),)),
    ),
    notes=(
        "Baseline wander from breathing and electrodes lies below 0.5 Hz, the slowest part of the ECG itself near the heart "
        "rate, 0.7 Hz and above. Zero-phase filtering (forward and backward) at 0.5 Hz removes the wander without bending the "
        "ST segment; a one-way filter shifts and distorts it. Mains hum is a sine of 50 or 60 Hz of nearly constant amplitude, "
        "often with odd harmonics: a least-squares fit of sine and cosine removes it and nothing else, a narrow notch does "
        "nearly the same but rings at the ends. An R wave is about 25 ms wide, its spectrum reaches 40 Hz; averaging over more "
        "than 20 ms flattens it, so any low-pass must stay above 40 Hz."
    ),
    relations=(Relation("constant_added", _changed("offset")), Relation("time_reversal", _changed("reversal"))),
    needs=("scipy",),
    sources=("sum-of-Gaussians ECG after McSharry et al. 2003", "Sornmo, Laguna 2005, Bioelectrical Signal Processing, chapter 7"),
)  # fmt: skip
