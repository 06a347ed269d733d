"""T024 vital signs: breathing and heart rate from the phase of a still radar in front of a person.

Truth is the drawn rates. The chest moves by some millimetres, several turns of phase at short wavelengths; walls add a
constant that must be taken away before a phase means anything, and harmonics of the breath fall among heart rates.

Covers: one person who sits still, one range cell, steady rates. Does not cover: walking, several persons, apnoea within
a record.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

NOISE = {"easy": 0.01, "nominal": 0.03, "hard": 0.05, "edge": 0.02}
"""Standard deviation of the noise in I and in Q, as a share of the person's echo."""

HARMONICS = (1.0, 0.3, 0.2, 0.16, 0.14)
"""Size of the breath's harmonics."""

RATES = {"": ((0.16, 0.36), (0.9, 1.8)), "fast": ((0.42, 0.48), (1.7, 2.0)), "slow": ((0.13, 0.145), (0.78, 0.98))}
"""Ranges of breathing and heart rate in Hz."""


def generate(seed: int, level: Level) -> Instance:
    """60 to 90 s at 40 to 50 samples per second; edge: held breath, fast, slow, no clutter."""
    draw = make.rng(seed, "T024", level)
    kind = str(draw.choice(["held", "fast", "slow", "clear"])) if level == "edge" else ""
    rates = RATES.get(kind, RATES[""])
    breath = float(draw.uniform(*rates[0]))
    heart = _heart(draw, breath, rates[1])
    rate = int(draw.choice([40, 45, 50]))
    wave = float(draw.choice([3.9, 4.9] if kind == "held" else [4.9, 5.0, 12.4]))
    times = np.arange(int(draw.uniform(60, 90) * rate)) / rate
    phases = draw.uniform(0, 2 * np.pi, 8)
    chest = np.zeros(times.size)
    if kind != "held":
        sizes = np.array(HARMONICS) * draw.uniform(0.9, 1.1, len(HARMONICS)) * draw.uniform(2.5, 3.5)
        for k, size in enumerate(sizes[: 2 if level == "easy" else 5]):
            chest += size * np.sin(2 * np.pi * (k + 1) * breath * times + phases[k])
    beat = 2 * np.pi * heart * times + 0.3 * np.sin(2 * np.pi * 0.03 * times + phases[5])
    chest += draw.uniform(0.2, 0.3) * (np.sin(beat + phases[6]) + 0.25 * np.sin(2 * beat))
    chest += draw.uniform(-1, 1) * times / times[-1]
    clutter = 0.0 if kind == "clear" else draw.uniform(0.7, 4.0) * np.exp(2j * np.pi * draw.random())
    echo = np.exp(1j * (4 * np.pi * chest / wave + phases[7])) + clutter
    noise = draw.normal(0, NOISE[level], (times.size, 2)) @ np.array([1, 1j])
    truth = {"breaths_per_min": 0.0 if kind == "held" else 60 * breath, "beats_per_min": 60 * heart}
    return _instance((echo + noise) * draw.uniform(0.01, 30.0), rate, wave, truth)


def _heart(draw: np.random.Generator, breath: float, limits: tuple[float, float]) -> float:
    """A heart rate in Hz at least 0.055 Hz from every harmonic of the breath."""
    while True:
        heart = float(draw.uniform(*limits))
        if abs(heart / breath - round(heart / breath)) * breath > 0.055:
            return heart


def _instance(iq: NDArray[np.complex128], rate: int, wave: float, truth: Mapping[str, float]) -> Instance:
    arrays = {"iq": iq.astype(np.complex64), "fs": np.float64(rate), "wavelength_mm": np.float64(wave)}
    return Instance({"chest.npz": make.npz_bytes(**arrays)}, dict(truth), "chest.npz")  # type: ignore[arg-type]


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute errors of both rates, per minute."""
    return {
        "breath_error": error(truth["breaths_per_min"], output["breaths_per_min"]),
        "heart_error": error(truth["beats_per_min"], output["beats_per_min"]),
    }


def _changed(instance: Instance, seed: int, *, mirror: bool) -> Instance:
    """The echo with another gain and phase, or conjugated, as if the chest moved the other way."""
    with np.load(io.BytesIO(instance.visible["chest.npz"])) as data:
        iq, rate, wave = np.asarray(data["iq"], dtype=np.complex128), int(data["fs"]), float(data["wavelength_mm"])
    draw = make.rng(seed, "changed")
    turned = np.conj(iq) if mirror else iq * draw.uniform(0.1, 9.0) * np.exp(2j * np.pi * draw.random())
    return _instance(np.asarray(turned), rate, wave, instance.truth)


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("iq", "ndarray[complex128, (N)]", "1", "slow-time samples of the person's range cell", "task1"),
    Slot("fs", "float", "Hz", "samples per second", "task1"),
    Slot("wavelength", "float", "mm", "wavelength", "task1"),
)
_ECHO = Slot("echo", "ndarray[complex128, (N)]", "1", "samples with the static part taken away", "task2")
_CHEST = Slot("displacement", "ndarray[float64, (N)]", "mm", "movement of the chest, without trend", "task3")
_BREATHS = Slot("breaths_per_min", "float", "/min", "breathing rate; 0 for a held breath", "task4")
_BEATS = Slot("beats_per_min", "float", "/min", "heart rate")

FAMILY = Family(
    id="T024",
    title="Radar vital signs",
    domain="C",
    version=1,
    wordings=(
        Wording("Breathing and heart rate without contact.", "goal"),
        Wording("A small radar looks at a sleeper's chest. How fast do they breathe and how fast does the heart beat?", "goal"),
        Wording("Measure pulse and respiration of the person in front of this radar.", "goal"),
        Wording("Fit a circle to the IQ samples, subtract its centre, unwrap the phase and read both rates from the spectrum.", "operation"),
        Wording("Remove static clutter, turn phase into displacement, find the breathing line and then the heart line apart from its harmonics.", "operation"),
        Wording("slow-time IQ → breaths/min, beats/min", "terse"),
        Wording("radar vital signs", "terse"),
        Wording("Our nursing home has a radar above each bed; tell me from this recording the resident's breathing and pulse.", "goal", held=True),
        Wording("Arctangent demodulation after centring the IQ arc, then spectral peaks for respiration and heartbeat.", "operation", held=True),
        Wording("respiration + pulse from chest.npz", "terse", held=True),
        Wording("非接触地测呼吸和心率。", "goal", "zh"),
        Wording("对雷达慢时间信号去除静态杂波，解缠相位，再从频谱中求呼吸率和心率。", "operation", "zh"),
        Wording("床头的毫米波雷达对着老人的胸口，他每分钟呼吸和心跳各多少次？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`chest.npz`: arrays `iq` (complex, slow-time samples of one range cell), and the numbers `fs` (Hz), `wavelength_mm` (mm)",
        ),
        outputs=(
            Slot("breaths_per_min", "float", "/min", "breathing rate; 0 for a held breath"),
            Slot("beats_per_min", "float", "/min", "heart rate"),
        ),
        remarks=(
            "a sample is a constant from walls and furniture plus an echo whose phase is 4 pi d / wavelength for a chest movement d; the "
            "constant may be larger than the echo, so the phase counts around the centre of the circle that the samples draw",
            "the chest moves by several millimetres, so the phase may turn several times; from sample to sample by less than half a turn",
            "breathing lies between 6 and 30 per minute and has harmonics, some of them stronger than the heart; the heart rate lies "
            "between 45 and 125 per minute and is more than 3 per minute away from every multiple of the breathing rate",
            "a breath whose movement has an amplitude below 0.5 mm counts as held: rate 0",
            "wanted within 1 per minute for breathing and 3 per minute for the heart",
        ),
    ),
    stages=(
        Stage(
            "Load Slow Time",
            ("read samples, sampling rate and wavelength from the NPZ",),
            "Read the slow-time samples of one range cell.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Remove Static Clutter",
            ("fit a circle to the samples by least squares", "subtract its centre"),
            "Take away the constant that walls add to the echo.",
            (_LOADED[0],),
            _bare((_ECHO,)),
        ),
        Stage(
            "Chest Displacement",
            ("unwrap the phase", "multiply by wavelength / (4 pi)", "take away a linear trend"),
            "Turn the phase of the echo into movement.",
            (_ECHO, _LOADED[2]),
            _bare((_CHEST,)),
        ),
        Stage(
            "Breathing Rate",
            ("Hann-weighted, zero-padded spectrum", "strongest line from 0.1 to 0.5 Hz, 0 below 0.5 mm"),
            "Find the breathing rate in the movement of the chest.",
            (_CHEST, _LOADED[1]),
            _bare((_BREATHS,)),
        ),
        Stage(
            "Heart Rate Beside Breathing",
            ("spectrum as before", "blank 0.04 Hz around every multiple of the breathing rate", "strongest line from 0.75 to 2.1 Hz"),
            "Find the heart rate among the harmonics of the breath.",
            (_CHEST, _LOADED[1], _BREATHS),
            (_BEATS,),
        ),
    ),
    solutions="t024_vital_signs",
    generate=generate,
    measure=measure,
    bars=(
        Bar("breath_error", 1.0, "most"),  # a cell of 60 s is 1 per minute; worst right 0.15, wrong units off by 2 and more
        Bar("heart_error", 3.0, "most"),  # worst right 0.2; harmonics of the breath are 3.3 or more away
    ),
    alternates=(
        Variant("geometric", "centre by Taubin's circle fit", swap={"remove_static_clutter": "remove_static_clutter_taubin"}),
        Variant("differences", "phase as a sum of angles from sample to sample", swap={"chest_displacement": "chest_displacement_steps"}),
        Variant("harmonics", "fit and subtract the harmonics of the breath", swap={"heart_rate_beside_breathing": "heart_rate_beside_breathing_fit"}),
        Variant("welch", "SciPy's periodogram for the breath", swap={"breathing_rate": "breathing_rate_periodogram"}),
    ),
    mutants=(
        Variant("textbook", "15 breaths and 72 beats for everybody", swap={"breathing_rate": "breathing_rate_usual", "heart_rate_beside_breathing": "heart_rate_beside_breathing_usual"}, naive=True),
        Variant("clutter_kept", "the phase counts around zero instead of the circle's centre", swap={"remove_static_clutter": "remove_static_clutter_none"}),
        Variant("not_unwrapped", "the phase jumps at half a turn", edits=(("chest_displacement", "np.unwrap(np.angle(echo))", "np.angle(echo)"),)),
        Variant("harmonic", "a harmonic of the breath counts as the heart", edits=(("heart_rate_beside_breathing", "< 0.04", "< 0.0"),)),
        Variant("hertz", "rates in Hz", edits=(("breathing_rate", "60.0 *", "1.0 *"), ("heart_rate_beside_breathing", "return float(60.0 *", "return float("))),
        Variant("fs_fixed", "25 samples per second for every record", edits=(("load_slow_time", 'float(data["fs"])', "25.0"),)),
        Variant("first_sample", "the first sample is taken for the constant", edits=(("remove_static_clutter", "centre = solution[0] / 2.0 + 0.5j * solution[1]", "centre = iq[0] + 0.0 * solution[0]"),)),
    ),
    notes=(
        "A still radar sees a chest movement d as a phase 4 pi d / wavelength. At 24 GHz (12.5 mm) 4 mm of breath are 4 rad, at 77 GHz "
        "(3.9 mm) 13 rad: more than a turn, so the phase must be unwrapped. Walls add a constant; in the IQ plane the samples lie on an "
        "arc whose centre is that constant, found by an algebraic circle fit (Kasa: x^2 + y^2 = 2 a x + 2 b y + c). Without that step the "
        "arctangent is distorted. Breath 0.1 to 0.5 Hz with 1 to 12 mm, heart 0.8 to 2 Hz with 0.1 to 0.5 mm; harmonics of the breath "
        "fall into the heart's band and are often larger, so exclude multiples of the breathing rate. 60 s give a cell of 1 per minute."
    ),
    relations=(
        Relation("gain_and_phase", lambda instance, seed: _changed(instance, seed, mirror=False)),
        Relation("conjugate", lambda instance, seed: _changed(instance, seed, mirror=True)),
    ),
    needs=("numpy", "scipy"),
    sources=(
        "Park, Boric-Lubecke, Lubecke 2007, Arctangent demodulation with DC offset compensation, IEEE Trans. MTT 55(5)",
        "Taubin 1991, Estimation of planar curves, IEEE Trans. PAMI 13(11)",
    ),
)  # fmt: skip
