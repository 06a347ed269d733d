"""T047 rpm: the speed of a fan from its hum, with the number of blades given.

The hum holds the harmonics 2 to 9 of the blade frequency, the fundamental is gone; rumble and noise lie under it, and
the speed wavers by a few per mille. Covers: one fan at a nearly constant speed, a fan that is off. Does not cover:
several fans, run-ups.
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

RATES = (4000, 5000, 6000, 8000)
"""Sampling rates, Hz."""

NOISE = {"easy": 0.4, "nominal": 1.0, "hard": 1.5, "edge": 0.8}
"""Standard deviation of the noise beside harmonics of amplitude 0.5 to 1."""

HARMONICS = np.arange(2, 10)
"""Harmonics of the blade frequency that are heard."""


def generate(seed: int, level: Level) -> Instance:
    """1.2 to 2 s of hum; edge: a fan that is off, a very slow or a very fast one."""
    draw = make.rng(seed, "T047", level)
    kind = str(draw.choice(["off", "slow", "fast"])) if level == "edge" else ""
    blade_hz = {"slow": draw.uniform(22, 24), "fast": draw.uniform(190, 197)}.get(kind, draw.uniform(26, 180))
    fs = int(draw.choice(RATES))
    blades = int(draw.integers(2, 10))
    times = np.arange(int(draw.uniform(1.2, 2.0) * fs)) / fs
    signal = draw.normal(0, NOISE[level], times.size)
    signal += 3.0 * np.sin(2 * np.pi * draw.uniform(2, 9) * times + draw.uniform(0, 6.28)) + draw.uniform(-1, 1)
    rpm = None
    if kind != "off":
        waver = draw.uniform(0.001, 0.003) * blade_hz / 0.8
        turns = blade_hz * times + waver / (2 * np.pi) * np.sin(2 * np.pi * 0.8 * times + draw.uniform(0, 6.28))
        heights = draw.uniform(0.5, 1.0, HARMONICS.size)
        for harmonic, height in zip(HARMONICS, heights, strict=True):
            if harmonic * blade_hz < 0.48 * fs:
                signal += height * np.sin(2 * np.pi * harmonic * turns + draw.uniform(0, 6.28))
        rpm = 60.0 * float((turns[-1] - turns[0]) / (times[-1] - times[0])) / blades
    return _instance(signal * draw.uniform(0.01, 1.0), fs, blades, rpm)


def _instance(signal: make.Floats, fs: int, blades: int, rpm: float | None) -> Instance:
    arrays = {"hum": signal.astype(np.float32), "fs": np.array(float(fs)), "blades": np.array(blades)}
    return Instance({"fan.npz": make.npz_bytes(**arrays)}, {"rpm": rpm}, "fan.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Relative error of the speed; infinite where only one of both is null."""
    right, found = truth["rpm"], output["rpm"]
    if right is None or found is None:
        return {"speed_error": 0.0 if right is found else math.inf}
    return {"speed_error": abs(found - right) / right}


def _read(instance: Instance) -> tuple[make.Floats, int, int]:
    with np.load(io.BytesIO(instance.visible["fan.npz"])) as data:
        return data["hum"].astype(float), int(data["fs"]), int(data["blades"])


def _faster_clock(instance: Instance, seed: int) -> Instance:
    """The same samples declared at another rate: the speed follows the rate."""
    signal, fs, blades = _read(instance)
    rpm, factor = instance.truth["rpm"], make.rng(seed, "clock").uniform(0.95, 1.05)
    arrays = {"hum": signal.astype(np.float32), "fs": np.array(fs * factor), "blades": np.array(blades)}
    return Instance({"fan.npz": make.npz_bytes(**arrays)}, {"rpm": rpm and rpm * factor}, "fan.npz")


def _other_blades(instance: Instance, seed: int) -> Instance:
    """The same hum of a fan with twice the blades: half the speed."""
    signal, fs, blades = _read(instance)
    rpm = instance.truth["rpm"]
    return _instance(signal, fs, 2 * blades, rpm and rpm / 2)


FS = Slot("fs", "float", "Hz", "sampling rate", "task1")
RPM = Slot("rpm", "float or none", "/min", "turns per minute; null when the fan is off")

FAMILY = Family(
    id="T047",
    title="Speed from hum",
    domain="E",
    version=1,
    wordings=(
        Wording("RPM from the hum.", "goal"),
        Wording("Find the fundamental of the fan noise by a harmonic sum and divide by the number of blades.", "operation"),
        Wording("fan sound, blade count → rpm", "terse"),
        Wording("I cannot reach the ventilator with a tachometer. How fast does it turn, judging by its sound?", "goal"),
        Wording("Estimate the blade-pass frequency of fan.npz although its fundamental is missing, and convert it to revolutions per minute.", "operation"),
        Wording("How many turns a minute does this propeller make?", "goal"),
        Wording("missing fundamental, blades, speed", "terse"),
        Wording("The server room's fans whirr. Work out their rotational speed from the recording, or say that they stand still.", "goal", held=True),
        Wording("Use the autocorrelation of the hum to get its period and turn that into a shaft speed.", "operation", held=True),
        Wording("acoustic tachometer", "terse", held=True),
        Wording("从嗡嗡声判断转速。", "goal", "zh"),
        Wording("用谐波求和找出叶片通过频率，再除以叶片数得到转速。", "operation", "zh"),
        Wording("风扇声音加叶片数 → 每分钟转数", "terse", "zh"),
        Wording("听声音，这台风扇每分钟转多少圈？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`fan.npz`: arrays `hum` (N samples), `fs` (sampling rate, Hz), `blades` (number of blades)",),
        outputs=(RPM,),
        remarks=(
            "the hum holds the harmonics 2 to 9 of the blade frequency, of similar strength; its fundamental is missing",
            "blade frequency = speed in turns per second times the number of blades; it lies between 20 and 200 Hz",
            "rumble below 10 Hz, an offset and noise are added; the speed wavers by a few per mille, its mean is wanted",
            "a fan that is off leaves rumble and noise alone: then null",
            "the speed is wanted within 1 %; example: lines at 80, 120 and 160 Hz and 4 blades are 600 turns per minute",
        ),
    ),
    stages=(
        Stage(
            "Load Fan Hum",
            ("read the samples, the sampling rate and the number of blades from the NPZ file",),
            "Read a recording of a fan and its number of blades.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("hum", "ndarray[float64, (N)]", "1", "samples"),
                Slot("fs", "float", "Hz", "sampling rate"),
                Slot("blades", "int", "count", "number of blades"),
            ),
        ),
        Stage(
            "Remove Rumble",
            ("high-pass at 18 Hz, zero phase",),
            "Take offset and rumble out of the recording.",
            (Slot("hum", "ndarray[float64, (N)]", "1", "samples", "task1"), FS),
            (Slot("clean", "ndarray[float64, (N)]", "1", "samples without rumble"),),
        ),
        Stage(
            "Blade Frequency",
            (
                "magnitude spectrum under a Hann window, four times padded",
                "for each frequency from 20 to 200 Hz sum the lines at its harmonics 2 to 9",
                "the largest sum wins; none when it stands less than 2.2 times above the median sum",
            ),
            "Find the missing fundamental of a harmonic hum.",
            (Slot("clean", "ndarray[float64, (N)]", "1", "samples without rumble", "task2"), FS),
            (Slot("blade_hz", "float or none", "Hz", "blade frequency; none when there is no hum"),),
        ),
        Stage(
            "Turns Per Minute",
            ("multiply the blade frequency by 60 and divide by the number of blades",),
            "Convert the blade frequency to a rotational speed.",
            (
                Slot("blade_hz", "float or none", "Hz", "blade frequency", "task3"),
                Slot("blades", "int", "count", "number of blades", "task1"),
            ),
            (RPM,),
        ),
    ),
    solutions="t047_rpm",
    generate=generate,
    measure=measure,
    bars=(Bar("speed_error", 0.01, "most"),),  # worst right 0.0023; the catalogue asks 1 %; wrong ones err by 0.125 and more (short window by chance less)
    alternates=(
        Variant("autocorrelation", "lag of the first high peak of the autocorrelation", swap={"blade_frequency": "blade_frequency_autocorrelation"}),
        Variant("difference", "dip of the normalised difference function (YIN)", swap={"blade_frequency": "blade_frequency_difference"}),
        Variant("projection", "cosines and sines fitted on a grid of frequencies", swap={"blade_frequency": "blade_frequency_projection"}),
        Variant("average", "running mean subtracted instead of a high-pass", swap={"remove_rumble": "remove_rumble_average"}),
    ),
    mutants=(
        Variant("strongest_line", "the largest line is taken for the fundamental", swap={"blade_frequency": "blade_frequency_strongest"}, naive=True),
        Variant("hertz", "turns per second", edits=(("turns_per_minute", "60.0 * blade_hz", "blade_hz"),)),
        Variant("blades_ignored", "the blade frequency is taken for the speed of the shaft", edits=(("turns_per_minute", "/ blades", "/ 1"),)),
        Variant("second_harmonic", "the lowest line heard is taken for the fundamental", edits=(("blade_frequency", "return float(f0[best])", "return 2.0 * float(f0[best])"),)),
        Variant("short_window", "256 samples of the record, unpadded", swap={"blade_frequency": "blade_frequency_short"}),
        Variant("rate_fixed", "7 kHz is taken for granted", edits=(("load_fan_hum", 'float(data["fs"])', "7000.0"),)),
    ),
    notes=(
        "A fan with B blades at n turns per minute hums at multiples of the blade frequency n B / 60. Small loudspeakers and "
        "high-pass filters often lose the fundamental; the pitch remains, because all other lines are spaced by it. So the "
        "largest line is not the answer. Harmonic sums add the spectrum at all multiples of a candidate: half the true "
        "frequency catches only every second tooth, twice the true one only the even lines. The autocorrelation peaks at the "
        "period even when the fundamental is missing, but also at its multiples: take the smallest lag that comes close to "
        "the highest peak. Resolution is one over the window length; padding or interpolation refines a peak, a short window "
        "does not resolve it. 1 % of 30 Hz is 0.3 Hz, which needs more than a second or several harmonics."
    ),
    relations=(Relation("declared_rate", _faster_clock), Relation("twice_the_blades", _other_blades)),
    needs=("scipy",),
    sources=(
        "Schroeder 1968, Period histogram and product spectrum, J. Acoust. Soc. Am. 43",
        "de Cheveigne, Kawahara 2002, YIN, J. Acoust. Soc. Am. 111(4)",
    ),
)  # fmt: skip
