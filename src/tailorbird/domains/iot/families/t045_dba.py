"""T045 dB(A): the A-weighted equivalent level of a recording that begins with a calibrator tone.

Sounds are sums of tones, so the truth is a closed sum over the published A curve and needs no filter.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

REFERENCE_PA = 20e-6
"""Sound pressure of 0 dB, Pa."""

CALIBRATOR_DB = 94.0
"""Level of the calibrator tone of 1 kHz."""


LOUD_PARTS = 4
"""The first parts of a sound start at phase 0 and all hold whole periods: a click at the start would count as sound."""


def a_weight(hertz: float) -> float:
    """The A weighting of a frequency in dB, 0 at 1 kHz; IEC 61672-1:2013, annex E."""
    f2 = hertz * hertz
    gain = 12194.217**2 * f2 * f2 / ((f2 + 20.598997**2) * (f2 + 12194.217**2))
    gain /= math.sqrt((f2 + 107.65265**2) * (f2 + 737.86223**2))
    return 20 * math.log10(gain) + 2.0


def generate(seed: int, level: Level) -> Instance:
    """One tone, a mix, or a band of noise after the calibrator; edge: silence, no sound, a very low tone, a loud one."""
    draw = make.rng(seed, "T045", level)
    kind = str(draw.choice(["silent", "empty", "low", "loud"])) if level == "edge" else ""
    rate = int(draw.choice([32000, 44100, 48000]))
    seconds = 0.0 if kind == "empty" else float(draw.uniform(2.0, 4.0))
    tones = _tones(draw, level, kind)
    offset = (
        float(draw.uniform(0.05, 0.1) * draw.choice([-1, 1]))
        if level == "hard" or (level == "nominal" and draw.random() < 0.5)
        else 0.0
    )
    return _instance(draw, rate, seconds, tones, offset)


def _tones(draw: np.random.Generator, level: Level, kind: str) -> list[tuple[float, float]]:
    """Frequencies (Hz) and sound pressure levels (dB) of the parts of a sound."""
    if kind in ("silent", "empty"):
        return []
    if kind:
        return [(float(draw.uniform(31.5, 50)), 95.0)] if kind == "low" else [(float(draw.uniform(500, 2000)), 110.0)]
    loud = float(draw.uniform(60, 95))
    if level == "easy":
        return [(float(draw.choice([63.0, 100.0, 125.0, 200.0, 250.0, 2500.0, 4000.0])), loud)]
    tones = [
        (float(draw.uniform(50, 400)), loud + 8),
        (float(draw.uniform(400, 4200)), loud - float(draw.uniform(2, 15))),
    ]
    tones += [
        (float(draw.uniform(60, 4200)), loud - float(draw.uniform(0, 15))) for _ in range(int(draw.integers(0, 3)))
    ]
    if level == "hard":
        slope = float(draw.uniform(-1.0, 0.0))
        tones += [(float(f), loud - 16 + slope * 10 * math.log10(f / 50)) for f in draw.uniform(45, 4200, 200)]
    return tones


def _instance(
    draw: np.random.Generator, rate: int, seconds: float, tones: list[tuple[float, float]], offset: float
) -> Instance:
    times = np.arange(int(seconds * rate)) / rate
    sound = np.zeros(times.size)
    length = times.size / rate
    tones = [(round(hertz * length) / length, decibel) for hertz, decibel in tones] if length else []
    for number, (hertz, decibel) in enumerate(tones):
        height = math.sqrt(2) * REFERENCE_PA * 10 ** (decibel / 20)
        phase = draw.uniform(0, 2 * np.pi) if number >= LOUD_PARTS else 0.0
        sound += height * np.sin(2 * np.pi * hertz * times + phase)
    tone = math.sqrt(2) * REFERENCE_PA * 10 ** (CALIBRATOR_DB / 20) * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
    peak = float(np.max(np.abs(np.concatenate([tone, sound]))))
    scale = min(float(draw.uniform(0.08, 0.2)), (0.95 - abs(offset)) / peak)
    samples = np.concatenate([tone, sound]) * scale + offset
    power = math.fsum(10 ** ((decibel + a_weight(hertz)) / 10) for hertz, decibel in tones)
    truth = {"level_dba": 10 * math.log10(power) if tones else None}
    return Instance({"sound.wav": make.wav_bytes(samples, rate)}, truth, "sound.wav")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Error of the level in dB; infinite where one of the two is a level and the other is none."""
    right, found = truth["level_dba"], output["level_dba"]
    if right is None or found is None:
        return {"error_db": 0.0 if right is found else math.inf}
    return {"error_db": error(right, found)}


def _attenuated(instance: Instance, seed: int) -> Instance:
    """The sound after the calibrator at half or a quarter of its pressure, or the whole file at half: -6 or -12 or 0 dB."""
    with wave.open(io.BytesIO(instance.visible["sound.wav"]), "rb") as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767.0
    draw = make.rng(seed, "gain")
    factor, whole = float(draw.choice([0.5, 0.25])), bool(draw.random() < 0.3)
    scaled = samples * factor if whole else np.concatenate([samples[:rate], samples[rate:] * factor])
    right = instance.truth["level_dba"]
    level = None if right is None else right + (0.0 if whole else 20 * math.log10(factor))
    return Instance({"sound.wav": make.wav_bytes(scaled, rate)}, {"level_dba": level}, "sound.wav")


_FS = Slot("fs", "int", "Hz", "sampling rate", "task1")
_LEVEL = Slot(
    "level_dba", "float or none", "dB(A)", "A-weighted equivalent level re 20 uPa of the sound after the calibrator"
)

FAMILY = Family(
    id="T045",
    title="dB(A)",
    domain="E",
    version=1,
    wordings=(
        Wording("Noise level in dB(A).", "goal"),
        Wording("How loud is it here, in dB(A)? The recording starts with my calibrator.", "goal"),
        Wording("Calibrate the recording with its first second, apply the A-weighting of IEC 61672 and compute the equivalent continuous sound level.", "operation"),
        Wording("calibrated wav → LAeq", "terse"),
        Wording("Scale the samples to pascal, weight the spectrum with the A curve and turn the mean square into decibels.", "operation"),
        Wording("I measured the noise next to our compressor with a microphone and a pistonphone. What is the A-weighted level?", "goal"),
        Wording("LAeq of sound.wav", "terse"),
        Wording("The neighbours complain about the heat pump. Work out the A-weighted average level of this recording.", "goal", held=True),
        Wording("Filter the sound pressure with an A-weighting filter and report its RMS as a level relative to 20 micropascal.", "operation", held=True),
        Wording("sound level meter, A-weighted", "terse", held=True),
        Wording("噪声是多少 dB(A)？", "goal", "zh"),
        Wording("用开头一秒的校准音换算声压，做 A 计权，求等效连续声级。", "operation", "zh"),
        Wording("校准录音 → A 声级", "terse", "zh"),
        Wording("这台机器旁边有多吵？请给出 A 计权的平均声级。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`sound.wav`: mono 16-bit WAV; exactly the first second is the calibrator, after it comes the sound to be rated",),
        outputs=(_LEVEL,),
        remarks=(
            "the calibrator is a tone of 1 kHz at 94.0 dB re 20 uPa (RMS); microphone gain and sampling rate differ between files",
            "the level is LAeq: 10 log10 of the mean square of the A-weighted pressure over the square of 20 uPa, over the whole sound, calibrator left out",
            "A-weighting as in IEC 61672-1 (annex E, 0 dB at 1 kHz); the samples may carry a constant offset, which is not sound",
            "null when nothing follows the calibrator or all samples after it are zero",
            "the level is wanted within 0.3 dB; example: a tone of 100 Hz at 90 dB gives 70.9 dB(A)",
        ),
    ),
    stages=(
        Stage(
            "Load Sound Recording",
            ("read the WAV file", "scale 16-bit integers to shares of full scale"),
            "Read a mono 16-bit WAV file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("samples", "ndarray[float64, (N)]", "1", "share of full scale"), Slot("fs", "int", "Hz", "sampling rate")),
        ),
        Stage(
            "Calibrate Pressure",
            (
                "standard deviation of the first second is the pressure of 94 dB",
                "cut the calibrator off and remove the constant offset",
            ),
            "Turn samples into sound pressure with the calibrator tone of the first second.",
            (Slot("samples", "ndarray[float64, (N)]", "1", "share of full scale", "task1"), _FS),
            (Slot("pressure", "ndarray[float64, (M)]", "Pa", "sound pressure after the calibrator"),),
        ),
        Stage(
            "A Weighted Mean Square",
            ("spectrum of the pressure", "multiply by the A curve, 0 dB at 1 kHz", "sum the squares (Parseval)"),
            "Weight the spectrum with the A curve of IEC 61672-1 and sum it up.",
            (Slot("pressure", "ndarray[float64, (M)]", "Pa", "sound pressure after the calibrator", "task2"), _FS),
            (Slot("mean_square", "float", "Pa2", "mean square of the A-weighted pressure"),),
        ),
        Stage(
            "Sound Level",
            ("10 log10 of the mean square over the square of 20 uPa", "none when there is no sound"),
            "Turn a mean square pressure into a level.",
            (Slot("mean_square", "float", "Pa2", "mean square of the A-weighted pressure", "task3"),),
            (_LEVEL,),
        ),
    ),
    solutions="t045_dba",
    generate=generate,
    measure=measure,
    bars=(Bar("error_db", 0.3, "most"),),  # worst right 0.11 (16-bit rounding, bilinear warp), best wrong 0.96 (unweighted at 4 kHz)
    alternates=(
        Variant("filter", "a recursive filter in time, bilinear transform", swap={"a_weighted_mean_square": "a_weighted_mean_square_iir"}),
        Variant("welch", "averaged spectra of one-second pieces", swap={"a_weighted_mean_square": "a_weighted_mean_square_welch"}),
        Variant("lock_in", "the calibrator is measured by a complex tone", swap={"calibrate_pressure": "calibrate_pressure_lock_in"}),
    ),
    mutants=(
        Variant("unweighted", "no weighting at all", swap={"a_weighted_mean_square": "a_weighted_mean_square_flat"}, naive=True),
        Variant("c_curve", "the C curve for the A curve", swap={"a_weighted_mean_square": "a_weighted_mean_square_c"}),
        Variant("peak", "the peak for the root mean square", swap={"a_weighted_mean_square": "a_weighted_mean_square_peak"}),
        Variant("half_log", "10 log10 of the pressure ratio instead of 20", edits=(("sound_level", "mean_square / 20e-6**2", "math.sqrt(mean_square) / 20e-6"),)),
        Variant("one_pascal", "levels relative to 1 Pa", edits=(("sound_level", "20e-6**2", "1.0"),)),
        Variant("uncalibrated", "full scale is taken for 1 Pa", edits=(("calibrate_pressure", "20e-6 * 10.0 ** (94.0 / 20.0) / np.std(tone)", "1.0"),)),
        Variant("calibrator_rated", "the calibrator is part of the average", edits=(("calibrate_pressure", "samples[:fs], samples[fs:]", "samples[:fs], samples"),)),
        Variant("tone_peak", "the amplitude of the calibrator is taken for its RMS", edits=(("calibrate_pressure", "np.std(tone)", "np.max(np.abs(tone - tone.mean()))"),)),
        Variant("weight_once", "the curve is applied to powers as if it were a power gain", edits=(("a_weighted_mean_square", "np.abs(np.fft.rfft(pressure) * curve) ** 2", "np.abs(np.fft.rfft(pressure)) ** 2 * curve"),)),
    ),
    notes=(
        "A sound pressure level is 20 log10(p_rms / 20 uPa); 94 dB is close to 1 Pa RMS, which is why calibrators use it. The "
        "equivalent level LAeq averages the squared, A-weighted pressure over the whole time. The A curve imitates the ear at low "
        "levels: poles at 20.6 Hz (twice), 107.7 Hz, 737.9 Hz and 12194 Hz (twice), four zeros at 0, and +2.0 dB so that 1 kHz "
        "has 0 dB. Table values: 31.5 Hz -39.4, 63 Hz -26.2, 100 Hz -19.1, 250 Hz -8.6, 1 kHz 0, 2 kHz +1.2, 4 kHz +1.0 dB. A "
        "tone at 1 kHz alone cannot show a missing filter. The weighting is an amplitude gain: square it for powers. In time, the "
        "bilinear transform of the analogue poles is good to 0.1 dB below a tenth of the sampling rate; in frequency, multiply the "
        "spectrum and use Parseval. Levels of independent sounds add as powers: 10 log10 sum 10^(L/10)."
    ),
    relations=(Relation("sound_attenuated", _attenuated),),
    needs=("scipy",),
    sources=("IEC 61672-1:2013, annex E and table 3",),
)  # fmt: skip
