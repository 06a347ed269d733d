"""T040 bearing: the rate at which a damaged rolling bearing is struck, from the acceleration of its housing.

Impacts ring a resonance between 2.2 and 4.5 kHz; far stronger shaft lines and noise lie over them. The truth is the
realised mean rate of the impacts: their number less one, divided by the time from the first to the last. Covers: one
fault, constant speed with random slip, healthy bearings. Does not cover: which part is damaged, varying speed.
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

RATES = (12000, 16000, 20000, 25600)
"""Sampling rates, Hz."""

STRENGTH = {"easy": (9.0, 12.0), "nominal": (5.5, 9.0), "hard": (4.5, 5.5), "edge": (6.0, 9.0)}
"""Height of an impact in standard deviations of the noise."""


def generate(seed: int, level: Level) -> Instance:
    """1.5 to 2.2 s of vibration; edge: a healthy bearing, a very slow or a very fast fault."""
    draw = make.rng(seed, "T040", level)
    kind = str(draw.choice(["healthy", "slow", "fast"])) if level == "edge" else ""
    rate = {"slow": draw.uniform(42, 48), "fast": draw.uniform(230, 240)}.get(kind, draw.uniform(55, 220))
    fs = int(draw.choice(RATES))
    size = int(draw.uniform(1.5, 2.2) * fs)
    noise = float(draw.uniform(0.05, 2.0))
    shaft = float(draw.uniform(12, 30))
    times = np.arange(size) / fs
    signal = draw.normal(0, noise, size)
    for harmonic, share in ((1, 10.0), (2, 3.0), (3, 1.5)):
        wave = np.sin(2 * np.pi * harmonic * shaft * times + draw.uniform(0, 6.28))
        signal += share * STRENGTH["nominal"][1] * noise * draw.uniform(0.7, 1.0) * wave
    strikes = np.zeros(0)
    if kind != "healthy":
        gaps = (1.0 / rate) * (1.0 + draw.normal(0, 0.01, int(rate * 2.4)))
        strikes = draw.uniform(0, 1 / rate) + np.cumsum(gaps)
        strikes = strikes[strikes < size / fs]
        signal += noise * draw.uniform(*STRENGTH[level]) * _ringing(draw, strikes, shaft, size, fs)
    truth = (strikes.size - 1) / float(strikes[-1] - strikes[0]) if strikes.size > 1 else None
    return _instance(signal, fs, truth)


def _ringing(draw: np.random.Generator, strikes: make.Floats, shaft: float, size: int, fs: int) -> make.Floats:
    """Decaying oscillations of unit height after each strike, slightly stronger once a turn, shape (size,)."""
    resonance = float(draw.uniform(2200, 4500))
    decay = float(draw.uniform(700, 1000))
    reach = int(0.006 * fs)
    out = np.zeros(size + reach)
    heights = (1 + 0.15 * np.cos(2 * np.pi * shaft * strikes)) * draw.uniform(0.85, 1.15, strikes.size)
    first = np.ceil(strikes * fs).astype(int)
    since = (first[:, None] + np.arange(reach)) / fs - strikes[:, None]
    waves = heights[:, None] * np.exp(-decay * since) * np.sin(2 * np.pi * resonance * since)
    np.add.at(out, first[:, None] + np.arange(reach), waves)
    return out[:size]


def _instance(signal: make.Floats, fs: int, rate: float | None) -> Instance:
    visible = {"vibration.npz": make.npz_bytes(acc=signal.astype(np.float32), fs=np.array(float(fs)))}
    return Instance(visible, {"fault_hz": rate}, "vibration.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute difference of the rates in Hz; infinite where only one of both is null."""
    right, found = truth["fault_hz"], output["fault_hz"]
    if right is None or found is None:
        return {"error_hz": 0.0 if right is found else math.inf}
    return {"error_hz": abs(found - right)}


def _turned(instance: Instance, seed: int) -> Instance:
    """Played backwards with another gain and sign: the strikes are as frequent as before."""
    with np.load(io.BytesIO(instance.visible["vibration.npz"])) as data:
        signal, fs = data["acc"].astype(float), int(data["fs"])
    gain = -make.rng(seed, "turned").uniform(0.2, 5.0)
    return _instance(gain * signal[::-1], fs, instance.truth["fault_hz"])


FS = Slot("fs", "float", "Hz", "sampling rate", "task1")

FAMILY = Family(
    id="T040",
    title="Bearing fault",
    domain="E",
    version=1,
    wordings=(
        Wording("Which fault frequency is in this vibration?", "goal"),
        Wording("High-pass the acceleration, take the envelope and give the strongest line of its spectrum.", "operation"),
        Wording("vibration → bearing fault frequency, Hz", "terse"),
        Wording("The motor's bearing rattles. How many times a second does the damaged spot get hit?", "goal"),
        Wording("Demodulate the bearing resonance and read the impact rate off the envelope spectrum.", "operation"),
        Wording("Is there a damaged bearing in vibration.npz, and at which frequency does it knock?", "goal"),
        Wording("envelope analysis, defect rate or null", "terse"),
        Wording("An accelerometer sits on the pump. Tell me the defect frequency of its bearing, or that it is healthy.", "goal", held=True),
        Wording("Compute the Hilbert envelope of the ringing band and locate the repetition rate of the impacts.", "operation", held=True),
        Wording("impacts per second from acc", "terse", held=True),
        Wording("这段振动里是哪个故障频率？", "goal", "zh"),
        Wording("对加速度做高通滤波并求包络谱，给出最强谱线的频率。", "operation", "zh"),
        Wording("振动 → 轴承故障频率", "terse", "zh"),
        Wording("轴承有没有坏？坏点每秒被撞击多少次？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`vibration.npz`: arrays `acc` (N values, m/s2) and `fs` (sampling rate, Hz)",),
        outputs=(Slot("fault_hz", "float or none", "Hz", "mean rate of the impacts; null for a healthy bearing"),),
        remarks=(
            "a damaged spot makes short impacts that ring a resonance between 2 and 5 kHz; their rate lies between 40 and 250 Hz",
            "the shaft turns at 10 to 30 Hz; its lines, and their harmonics below 100 Hz, are far stronger than the impacts",
            "the intervals between impacts vary by about 1 % (slip); the sampling rate differs between files",
            "a healthy bearing has no impacts, only noise and shaft lines: then null",
            "the frequency is wanted within 0.5 Hz; example: 216 impacts, the last 2 s after the first, are 107.5 Hz",
        ),
    ),
    stages=(
        Stage(
            "Load Vibration",
            ("read the acceleration and the sampling rate from the NPZ file",),
            "Read an acceleration record and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("acc", "ndarray[float64, (N)]", "m/s2", "acceleration"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Isolate Ringing",
            ("4th-order Butterworth band-pass from 2 to 5 kHz, zero phase",),
            "Keep the band in which the impacts ring.",
            (Slot("acc", "ndarray[float64, (N)]", "m/s2", "acceleration", "task1"), FS),
            (Slot("ringing", "ndarray[float64, (N)]", "m/s2", "band-passed acceleration"),),
        ),
        Stage(
            "Vibration Envelope",
            ("magnitude of the analytic signal", "take its mean away"),
            "Compute the envelope of the ringing, without its mean.",
            (Slot("ringing", "ndarray[float64, (N)]", "m/s2", "band-passed acceleration", "task2"), FS),
            (Slot("envelope", "ndarray[float64, (N)]", "m/s2", "envelope less its mean"),),
        ),
        Stage(
            "Impact Rate",
            (
                "magnitude spectrum under a Hann window, four times padded",
                "largest line between 40 and 250 Hz",
                "none when it stands less than six times above the median line",
            ),
            "Find the frequency at which the envelope repeats.",
            (Slot("envelope", "ndarray[float64, (N)]", "m/s2", "envelope less its mean", "task3"), FS),
            (Slot("fault_hz", "float or none", "Hz", "rate of the impacts"),),
        ),
    ),
    solutions="t040_bearing",
    generate=generate,
    measure=measure,
    bars=(Bar("error_hz", 0.5, "most"),),  # worst right 0.24 (half a line of the spectrum), best wrong 5.2 (sampling rate fixed)
    alternates=(
        Variant("square_law", "squared and smoothed instead of the analytic signal", swap={"vibration_envelope": "vibration_envelope_square"}),
        Variant("autocorrelation", "the lag at which the envelope resembles itself", swap={"impact_rate": "impact_rate_autocorrelation"}),
        Variant("spectral_band", "band cut in the spectrum", swap={"isolate_ringing": "isolate_ringing_spectrum"}),
    ),
    mutants=(
        Variant("raw_line", "the largest line of the raw acceleration", swap={"isolate_ringing": "isolate_ringing_none", "vibration_envelope": "vibration_envelope_none", "impact_rate": "impact_rate_raw"}, naive=True),
        Variant("no_envelope", "spectrum of the ringing itself", swap={"vibration_envelope": "vibration_envelope_none", "impact_rate": "impact_rate_raw"}),
        Variant("second_harmonic", "twice the rate, as if each spot were hit twice", edits=(("impact_rate", "return float(f[top])", "return 2.0 * float(f[top])"),)),
        Variant("per_minute", "impacts per minute", edits=(("impact_rate", "return float(f[top])", "return 60.0 * float(f[top])"),)),
        Variant("rate_fixed", "12.8 kHz is taken for granted", edits=(("load_vibration", 'fs = float(data["fs"])', "fs = 12800.0"),)),
        Variant("one_second", "the record is taken to be 1 s long", edits=(("impact_rate", "np.fft.rfftfreq(size, 1.0 / fs)", "np.arange(size // 2 + 1) / 4.0"),)),
    ),
    notes=(
        "Each time a rolling element passes a damaged spot, a short impact excites a structural resonance of some kHz. The "
        "rate of the impacts, not the resonance, tells of the fault, and it is hardly present in the raw spectrum: it is the "
        "repetition rate of a modulated carrier. Envelope analysis band-passes around the resonance, demodulates (magnitude "
        "of the analytic signal, or squaring and low-pass), removes the mean and looks at the spectrum of the result. Lines "
        "at the shaft rate and at harmonics of the fault rate accompany the fundamental; for decaying impacts the fundamental "
        "is the largest. Rolling elements slip by one or two per cent, so measured rates differ from the geometric ones and "
        "higher harmonics smear. Padding, or interpolation of the peak, gives a finer frequency than one over the record "
        "length. In noise alone the largest of some hundred lines stands three to four times above the median."
    ),
    relations=(Relation("backwards_and_scaled", _turned),),
    needs=("scipy",),
    sources=(
        "Randall, Antoni 2011, Rolling element bearing diagnostics, Mech. Syst. Signal Process. 25(2)",
        "McFadden, Smith 1984, model for the vibration produced by a single point defect",
    ),
)  # fmt: skip
