"""T076 LoRa symbols: spreading factor 7 chirps in noise to symbol values.

Truth comes from the modulator below; noise is white over the sampled band and its level is set inside the signal's own
bandwidth. Covers: aligned payload symbols at 1 to 4 samples per chip. Does not cover: preamble, carrier or clock
offset, Gray mapping, coding.
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

CHIPS = 128
"""Chips per symbol at spreading factor 7."""

SNR = {"easy": 3.0, "nominal": -5.0, "hard": -6.0, "edge": 0.0}
"""Signal to noise ratio inside the bandwidth, dB."""

OVERSAMPLING = {"easy": (1, 2, 3, 4), "nominal": (2, 3, 4), "hard": (3, 4), "edge": (1, 2, 4)}
"""Samples per chip."""

Complex = NDArray[np.complex128]


def chirp(symbol: int, per_chip: int) -> Complex:
    """One symbol of unit amplitude, shape (128 * per_chip,).

    With t in chips, the frequency starts at (k/128 - 1/2) of the bandwidth, rises by one bandwidth per symbol, and
    steps back by one bandwidth at t = 128 - k: phase/2pi = t^2/256 + (k/128 - 1/2) t - max(0, t - 128 + k).
    """
    t = np.arange(CHIPS * per_chip) / per_chip
    cycles = t**2 / (2 * CHIPS) + (symbol / CHIPS - 0.5) * t - np.maximum(0.0, t - (CHIPS - symbol))
    return np.asarray(np.exp(2j * np.pi * cycles))


def generate(seed: int, level: Level) -> Instance:
    """40 to 130 random symbols; edge: none, a single one, or only the extreme values at a very small amplitude."""
    draw = make.rng(seed, "T076", level)
    per_chip = int(draw.choice(OVERSAMPLING[level]))
    symbols = draw.integers(0, CHIPS, int(draw.integers(80, 130)))
    if level == "easy":
        symbols = symbols[: int(draw.integers(40, 80))]
    gain = 10 ** draw.uniform(-2, 1)
    if level == "edge":
        kind = str(draw.choice(["none", "single", "extremes"]))
        symbols = {"none": symbols[:0], "single": symbols[:1]}.get(kind, draw.choice([0, 1, 64, 126, 127], 40))
        gain = 1e-6 if kind == "extremes" else gain
    bandwidth = float(draw.choice([125e3, 250e3, 500e3]))
    clean = np.concatenate([np.zeros(0, complex), *(chirp(int(k), per_chip) for k in symbols)])
    sigma = np.sqrt(per_chip / 2 * 10 ** (-SNR[level] / 10))
    noise = sigma * (draw.normal(size=clean.size) + 1j * draw.normal(size=clean.size))
    iq = gain * np.exp(2j * np.pi * draw.random()) * (clean + noise)
    return _instance(iq, bandwidth, bandwidth * per_chip, symbols.tolist())


def _instance(iq: NDArray[Any], bandwidth: float, rate: float, symbols: list[int]) -> Instance:
    arrays = {"iq": iq.astype(np.complex64), "bandwidth": np.float64(bandwidth), "sample_rate": np.float64(rate)}
    return Instance({"capture.npz": make.npz_bytes(**arrays)}, {"symbols": symbols}, "capture.npz")  # type: ignore[arg-type]


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of wrong symbols, position by position; 1 where their number differs or a value is none of 0 to 127."""
    wanted, found = truth["symbols"], output["symbols"]
    if len(wanted) != len(found) or not all(0 <= value < CHIPS for value in found):
        return {"symbol_error_rate": 1.0}
    wrong = sum(a != b for a, b in zip(wanted, found, strict=True))
    return {"symbol_error_rate": wrong / len(wanted) if wanted else 0.0}


def _read(instance: Instance) -> tuple[NDArray[Any], float, float]:
    with np.load(io.BytesIO(instance.visible["capture.npz"])) as held:
        return held["iq"], float(held["bandwidth"]), float(held["sample_rate"])


def _phase_and_gain(instance: Instance, seed: int) -> Instance:
    iq, bandwidth, rate = _read(instance)
    draw = make.rng(seed, "phase")
    factor = draw.uniform(0.1, 20.0) * np.exp(2j * np.pi * draw.random())
    return _instance(iq * factor, bandwidth, rate, instance.truth["symbols"])


def _reordered(instance: Instance, seed: int) -> Instance:
    iq, bandwidth, rate = _read(instance)
    symbols = instance.truth["symbols"]
    if not symbols:
        return instance
    order = make.rng(seed, "order").permutation(len(symbols))
    blocks = iq.reshape(len(symbols), -1)[order]
    return _instance(blocks.ravel(), bandwidth, rate, [symbols[i] for i in order])


IQ = Slot("iq", "ndarray[complex128, (N)]", "1", "complex baseband samples", "task1")

FAMILY = Family(
    id="T076",
    title="LoRa symbols",
    domain="I",
    version=1,
    wordings=(
        Wording("Decode SF7 symbols at −5 dB.", "goal"),
        Wording("Multiply each symbol with the conjugate base chirp, take the FFT and pick the strongest bin.", "operation"),
        Wording("IQ → LoRa symbols", "terse"),
        Wording("I captured a LoRa payload with a software radio, buried in noise. Which symbol values were sent?", "goal"),
        Wording("Dechirp the capture, mind the samples per chip, and list the value of every chirp.", "operation"),
        Wording("Demodulate chirp spread spectrum samples from capture.npz into integers 0 to 127.", "operation"),
        Wording("What numbers are encoded in these up-chirps?", "goal"),
        Wording("css demod, sf 7", "terse", held=True),
        Wording("My LPWAN sniffer saved baseband samples of one packet; recover the chirp symbols despite the noise.", "goal", held=True),
        Wording("Turn each received LoRa chirp into its cyclic shift by dechirping and a Fourier transform.", "operation", held=True),
        Wording("在 −5 dB 下解调 SF7 符号。", "goal", "zh"),
        Wording("把每个符号乘以基准上啁啾的共轭，做 FFT，取最强的频点。", "operation", "zh"),
        Wording("从 IQ 采样中解出 LoRa 啁啾符号。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`capture.npz`: NPZ without pickle, `iq` (complex64, shape (N,), baseband samples), `bandwidth` (Hz), "
            "`sample_rate` (Hz)",
        ),
        outputs=(Slot("symbols", "list[int]", "1", "values of the symbols in order, 0 to 127"),),
        remarks=(
            "spreading factor 7: a symbol lasts 128 chips, a chip lasts 1 / bandwidth; the sample rate is 1, 2, 3 or 4 "
            "times the bandwidth and differs between files",
            "symbol k is an up-chirp: with t in chips from its start, its phase in turns is t^2/256 + (k/128 - 1/2) t - "
            "max(0, t - 128 + k), so the frequency steps back by one bandwidth at t = 128 - k",
            "the first sample starts the first symbol and the capture holds whole symbols only; there is no preamble, no "
            "carrier offset and no Gray mapping; a capture may be empty",
            "gain and phase are unknown but constant; the noise is white, down to -6 dB inside the bandwidth",
            "at most 1 % of the symbols may be wrong",
        ),
    ),
    stages=(
        Stage(
            "Load IQ Capture",
            ("read the complex samples", "read bandwidth and sample rate"),
            "Read the baseband samples of a capture with their rates.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("iq", "ndarray[complex128, (N)]", "1", "complex baseband samples"),
                Slot("bandwidth", "float", "Hz", "bandwidth of the chirps"),
                Slot("sample_rate", "float", "Hz", "samples per second"),
            ),
        ),
        Stage(
            "Reduce To Chips",
            (
                "samples per chip are sample rate over bandwidth",
                "low-pass to half the bandwidth without delay, so that no noise folds in",
                "keep the first sample of each chip",
            ),
            "Bring the capture to one sample per chip.",
            (
                IQ,
                Slot("bandwidth", "float", "Hz", "bandwidth of the chirps", "task1"),
                Slot("sample_rate", "float", "Hz", "samples per second", "task1"),
            ),
            (Slot("chips", "ndarray[complex128, (C)]", "1", "one sample per chip"),),
        ),
        Stage(
            "Dechirp Symbols",
            (
                "cut into symbols of 128 chips",
                "multiply each with the conjugate up-chirp of symbol 0",
                "take the magnitude of the Fourier transform",
            ),
            "Rate all 128 values for each received symbol.",
            (Slot("chips", "ndarray[complex128, (C)]", "1", "one sample per chip", "task2"),),
            (Slot("scores", "ndarray[float64, (M, 128)]", "1", "one row per symbol, one column per value"),),
        ),
        Stage(
            "Pick Symbols",
            ("take the value with the largest score of each row",),
            "Choose the best value of each received symbol.",
            (Slot("scores", "ndarray[float64, (M, 128)]", "1", "one row per symbol, one column per value", "task3"),),
            (Slot("symbols", "list[int]", "1", "values of the symbols"),),
        ),
    ),
    solutions="t076_lora_symbols",
    generate=generate,
    measure=measure,
    bars=(
        # correct programs make no error at any level; slice_decimated, the best wrong one, errs in 5 % or more when hard
        Bar("symbol_error_rate", 0.01, "most"),
    ),
    alternates=(
        Variant(
            "matched",
            "band cut in the spectrum of the whole capture, then correlation with all 128 chirps",
            swap={"reduce_to_chips": "reduce_to_chips_spectrum", "dechirp_symbols": "dechirp_symbols_matched"},
        ),
        Variant("polyphase", "polyphase resampler", swap={"reduce_to_chips": "reduce_to_chips_polyphase"}),
        Variant("tone_table", "product with a table of 128 tones", swap={"dechirp_symbols": "dechirp_symbols_tones"}),
    ),
    mutants=(
        Variant(
            "strongest_line",
            "the strongest line of the spectrum, without dechirping",
            edits=(("dechirp_symbols", "* np.conj(chirp)", "* 1.0"),),
            naive=True,
        ),
        Variant("up_chirp", "up- for down-chirp", edits=(("dechirp_symbols", "np.conj(chirp)", "chirp"),)),
        Variant(
            "shifted_bins",
            "bins are counted from the middle of the spectrum",
            edits=(("pick_symbols", "np.asarray(scores)", "np.fft.fftshift(scores, axes=1)"),),
        ),
        Variant(
            "off_by_one",
            "values are counted from one",
            edits=(("pick_symbols", "np.asarray(scores).argmax(axis=1)", "(np.asarray(scores).argmax(axis=1) + 1)"),),
        ),
        Variant(
            "oversampling_ignored",
            "one sample per chip is taken for granted",
            edits=(("reduce_to_chips", "round(sample_rate / bandwidth)", "1"),),
        ),
        Variant(
            "slice_decimated",
            "drops samples without a low-pass, so noise folds in",
            swap={"reduce_to_chips": "reduce_to_chips_sliced"},
        ),
        Variant(
            "centre_frequency",
            "the base chirp starts at the carrier instead of half a bandwidth below",
            edits=(("dechirp_symbols", " - n / 2", ""),),
        ),
    ),
    notes=(
        "A LoRa symbol of spreading factor 7 is one of 128 cyclic shifts of a linear chirp across the bandwidth. Multiplying "
        "with the conjugate of the unshifted chirp leaves a tone: at one sample per chip the tone lies in FFT bin k exactly, "
        "because the step back by one bandwidth aliases onto the same bin. With more samples per chip the tone sits at bin k "
        "before the step and at bin k - 128 after it. Adding the two magnitudes loses several dB and is not enough at -5 dB; "
        "filter the signal to its bandwidth and decimate, or correlate with all 128 chirps. Keeping every n-th sample without "
        "a filter folds n times the noise in. The FFT over 128 chips gains "
        "21 dB, so at -5 dB in the bandwidth a non-coherent decision errs less than once in a million symbols; at -10 dB it "
        "begins to fail. Dechirping with the up-chirp instead of its conjugate doubles the slope and spreads the energy."
    ),
    relations=(Relation("phase_and_gain", _phase_and_gain), Relation("reordered_symbols", _reordered)),
    needs=("scipy",),
    sources=(
        "Vangelista 2017, IEEE Signal Processing Letters 24(12), frequency shift chirp modulation",
        "Semtech AN1200.22, LoRa modulation basics",
    ),
)  # fmt: skip
