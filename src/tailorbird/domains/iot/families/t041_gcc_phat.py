"""T041 delay of two microphones: how many samples later the right one hears the same sound than the left one.

A coloured broadband sound reaches both microphones with echoes of their own room path; a whine from the supply enters
both channels at the same instant and pulls the plain correlation to zero delay. Covers: whole delays up to 60 samples
in either direction, silent recordings. Does not cover: fractions of a sample, moving sources, directions.
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

RATES = (8000, 11025, 16000, 22050)
"""Sampling rates, Hz."""

REACH = 60
"""Longest delay, samples."""

ECHO = {"easy": 0.15, "nominal": 0.3, "hard": 0.4, "edge": 0.25}
"""Height of the early echoes beside the direct sound."""

NOISE = {"easy": 0.05, "nominal": 0.12, "hard": 0.2, "edge": 0.1}
"""Standard deviation of each microphone's own noise beside that of the sound."""


def generate(seed: int, level: Level) -> Instance:
    """0.5 to 1.2 s of stereo sound; edge: the longest delays, no delay, or silence."""
    draw = make.rng(seed, "T041", level)
    fs = int(draw.choice(RATES))
    size = int(draw.uniform(0.5, 1.2) * fs)
    kind = str(draw.choice(["silent", "zero", "far"])) if level == "edge" else ""
    if kind == "silent":
        return _instance(np.zeros(size), np.zeros(size), fs, None)
    lag = int(draw.integers(8, REACH - 2))
    lag = {"zero": 0, "far": REACH - int(draw.integers(0, 2))}.get(kind, lag)
    sign = {"easy": 1, "hard": -1}.get(level, int(draw.choice([-1, 1])))
    sound = _source(draw, size + 2 * REACH)
    starts = (REACH, REACH - sign * lag)
    sides = [_heard(draw, sound, ECHO[level], fs)[start : start + size] for start in starts]
    sides = [side + draw.normal(0, NOISE[level], size) for side in sides]
    times = np.arange(size) / fs
    tone = float(draw.uniform(350, 900))
    whine = draw.uniform(3.5, 5.0) * np.sin(2 * np.pi * tone * times + draw.uniform(0, 6.28))
    left, right = sides[0] + whine, sides[1] + whine * draw.uniform(0.8, 1.2)
    gain = draw.uniform(0.05, 0.9) / max(np.abs(left).max(), np.abs(right).max())
    return _instance(gain * left, gain * right, fs, sign * lag)


def _source(draw: np.random.Generator, size: int) -> make.Floats:
    """A rustling sound of standard deviation 1: low-passed noise under a slow envelope, shape (size,)."""
    white = draw.normal(size=size + 1)
    coloured = 0.6 * white[1:] + 0.4 * white[:-1]
    swell = 1.0 + 0.5 * np.sin(2 * np.pi * draw.uniform(2, 5) * np.arange(size) / size + draw.uniform(0, 6.28))
    coloured = coloured * swell
    return np.asarray(coloured / coloured.std())


def _heard(draw: np.random.Generator, sound: make.Floats, echo: float, fs: int) -> make.Floats:
    """The sound with the echoes of one path: sparse, decaying over 80 ms, none in the first 2 ms."""
    path = np.zeros(int(0.08 * fs))
    path[0] = 1.0
    places = draw.integers(int(0.002 * fs), path.size, 25)
    heights = echo * draw.uniform(0.3, 1.0, 25) * draw.choice([-1, 1], 25)
    path[places] = heights * np.exp(-3.0 * places / path.size)
    size = sound.size + path.size
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(path, size), size)[: sound.size])


def _instance(left: make.Floats, right: make.Floats, fs: int, delay: int | None) -> Instance:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(fs)
        pairs = np.clip(np.stack([left, right], axis=1), -1.0, 1.0)
        file.writeframes(np.round(pairs * 32767).astype("<i2").tobytes())
    return Instance({"pair.wav": out.getvalue()}, {"delay_samples": delay}, "pair.wav")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute difference of the delays in samples; infinite where only one of both is null."""
    right, found = truth["delay_samples"], output["delay_samples"]
    if right is None or found is None:
        return {"error_samples": 0.0 if right is found else math.inf}
    return {"error_samples": float(min(abs(found - right), 10**6))}


def _swapped(instance: Instance, seed: int) -> Instance:
    """Left and right exchanged, and softer: the delay changes its sign."""
    with wave.open(io.BytesIO(instance.visible["pair.wav"])) as file:
        fs = file.getframerate()
        pairs = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2) / 32767.0
    gain = make.rng(seed, "swapped").uniform(0.5, 1.0)
    delay = instance.truth["delay_samples"]
    return _instance(gain * pairs[:, 1], gain * pairs[:, 0], fs, None if delay is None else -delay)


LEFT = Slot("left", "ndarray[float64, (N)]", "1", "samples of the left microphone, -1 to 1", "task1")
RIGHT = Slot("right", "ndarray[float64, (N)]", "1", "samples of the right microphone, -1 to 1", "task1")
DELAY = Slot("delay_samples", "int or none", "sample", "delay of the right channel; null for silence")

FAMILY = Family(
    id="T041",
    title="Microphone delay",
    domain="E",
    version=1,
    wordings=(
        Wording("Delay between two microphones.", "goal"),
        Wording("Cross-correlate both channels with the phase transform and give the lag of the peak in samples.", "operation"),
        Wording("stereo wav → delay, samples", "terse"),
        Wording("Two microphones heard the same noise. Which one heard it later, and by how many samples?", "goal"),
        Wording("Apply GCC-PHAT to left and right of pair.wav.", "operation"),
        Wording("I want to aim a camera at whoever makes a noise, so I need the time difference of arrival of my two microphones.", "goal"),
        Wording("time difference of arrival, left vs right", "terse"),
        Wording("By how many samples does the right ear of my robot lag behind the left one?", "goal", held=True),
        Wording("Whiten the cross-power spectrum of the two signals, transform back and locate its maximum.", "operation", held=True),
        Wording("channel lag from pair.wav", "terse", held=True),
        Wording("两个麦克风之间的延迟是多少？", "goal", "zh"),
        Wording("对两个声道做相位变换加权的互相关，给出峰值所在的样本数。", "operation", "zh"),
        Wording("双声道录音 → 延迟样本数", "terse", "zh"),
        Wording("声音先到左边还是右边的麦克风？差几个样本？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`pair.wav`: 16-bit WAV with two channels, left then right microphone",),
        outputs=(DELAY,),
        remarks=(
            "the delay is positive when the sound reaches the right microphone later than the left one",
            "it is a whole number of samples, at most 60 in either direction, and must be exact",
            "the room adds echoes, each microphone its own noise; a whine from the supply, one tone between 300 and 1000 Hz, enters both channels at the same instant and is no sound of the source",
            "sampling rate and loudness differ between files; a file of zeros has no delay: null",
            "example: a click at sample 100 on the left and at sample 112 on the right is 12; the other way round it is -12",
        ),
    ),
    stages=(
        Stage(
            "Load Microphone Pair",
            ("read the stereo WAV file", "part the channels and scale them to -1..1"),
            "Read both channels of a 16-bit stereo WAV file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("left", "ndarray[float64, (N)]", "1", "samples of the left microphone, -1 to 1"),
                Slot("right", "ndarray[float64, (N)]", "1", "samples of the right microphone, -1 to 1"),
            ),
        ),
        Stage(
            "Phase Transform Correlation",
            (
                "pad both channels so that nothing wraps around",
                "cross spectrum divided by its magnitude, transformed back",
                "keep the lags from -60 to 60",
            ),
            "Correlate two channels with every frequency weighted alike.",
            (LEFT, RIGHT),
            (Slot("correlation", "ndarray[float64, (121)]", "1", "value at the lags -60 to 60"),),
        ),
        Stage(
            "Read Delay",
            ("none when the correlation is zero throughout", "place of the largest value, less 60"),
            "Turn the largest value of the correlation into a delay.",
            (Slot("correlation", "ndarray[float64, (121)]", "1", "value at the lags -60 to 60", "task2"),),
            (DELAY,),
        ),
    ),
    solutions="t041_gcc_phat",
    generate=generate,
    measure=measure,
    bars=(Bar("error_samples", 0.0, "most"),),  # worst right 0; exact by the contract, wrong ones hit single draws by chance
    alternates=(
        Variant("welch", "cross spectrum averaged over short blocks", swap={"phase_transform_correlation": "phase_transform_correlation_welch"}),
        Variant("whitened", "each channel whitened by itself, then plain sums of products", swap={"phase_transform_correlation": "phase_transform_correlation_products"}),
        Variant("coherence", "smoothed coherence transform (SCOT)", swap={"phase_transform_correlation": "phase_transform_correlation_scot"}),
        Variant("loop", "largest value found step by step", swap={"read_delay": "read_delay_loop"}),
    ),
    mutants=(
        Variant("none", "no delay, whatever is heard", swap={"read_delay": "read_delay_zero"}, naive=True),
        Variant("plain", "correlation without the phase transform", swap={"phase_transform_correlation": "phase_transform_correlation_plain"}),
        Variant("sign", "left and right are mixed up", edits=(("phase_transform_correlation", "np.conj(fft.rfft(left, size)) * fft.rfft(right, size)", "np.conj(fft.rfft(right, size)) * fft.rfft(left, size)"),)),
        Variant("wrapped", "negative lags are lost", edits=(("phase_transform_correlation", "np.concatenate([whole[-60:], whole[:61]])", "np.concatenate([np.zeros(60), whole[:61]])"),)),
        Variant("magnitude", "distance without direction", edits=(("read_delay", "int(np.argmax(correlation)) - 60", "abs(int(np.argmax(correlation)) - 60)"),)),
        Variant("mono", "the interleaved samples are cut in the middle", edits=(("load_microphone_pair", "pairs[:, 0], pairs[:, 1]", "pairs.ravel()[: len(pairs)], pairs.ravel()[len(pairs) :]"),)),
    ),
    notes=(
        "The delay between two microphones is the lag at which their cross-correlation peaks. Coloured sounds make that peak "
        "broad, echoes add further ones, and a tone common to both channels (hum, a supply whine) adds a wave that peaks at "
        "its own lag. The generalised cross-correlation with phase transform (Knapp, Carter 1976) divides the cross spectrum "
        "by its magnitude: each frequency votes with its phase alone, a strong tone is a single vote among thousands, and the "
        "peak becomes a spike. Pad to at least the sum of both lengths, or lags wrap around; with fast transforms negative "
        "lags stand at the end of the array. With conj(L) R the peak lies at a positive lag when the right channel is later. "
        "Limit the search to physically possible lags: distance of the microphones times sampling rate over 343 m/s. Where "
        "both spectra vanish, guard the division."
    ),
    relations=(Relation("swapped_channels", _swapped),),
    needs=("scipy",),
    sources=("Knapp, Carter 1976, The generalized correlation method for estimation of time delay, IEEE Trans. ASSP 24(4)",),
)  # fmt: skip
