"""T073 OFDM: bits of a multicarrier burst whose first symbol is a pilot.

Truth comes from the transmitter below: QPSK on drawn carriers, inverse transform, cyclic prefix, a channel of up to six
taps inside the prefix, white noise. Channels with deep fades are drawn again, so that errors tell of the program and not
of the fade. Covers: aligned bursts with constant channel. Does not cover: timing, carrier offset, coding.
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

SNR = {"easy": 30.0, "nominal": 23.0, "hard": 20.0, "edge": 26.0}
"""Signal to noise ratio per sample, dB."""

FADE = 0.2
"""Weakest carrier of a channel, as a share of the mean power."""

Complex = NDArray[np.complex128]


def generate(seed: int, level: Level) -> Instance:
    """6 to 20 data symbols on 20 to 104 carriers; edge: pilot only, one carrier, or a flat channel without prefix."""
    draw = make.rng(seed, "T073", level)
    size = int(draw.choice([32, 64, 128]))
    prefix = int(draw.integers(6, size // 4 + 1))
    count = int(draw.integers(6, 21))
    kind = str(draw.choice(["pilot", "single", "bare"])) if level == "edge" else ""
    count = 0 if kind == "pilot" else count
    prefix = 0 if kind == "bare" else prefix
    half = int(draw.integers(size // 4, 3 * size // 8)) if kind != "single" else 0
    carriers = [*range(size - half, size), *range(1, half + 1)] if half else [int(draw.integers(1, size))]
    channel = _channel(draw, size, carriers, 1 if kind == "bare" or (level == "easy" and draw.random() < 0.3) else 6)
    pilot = _points(draw.integers(0, 2, (1, 2 * len(carriers))))
    bits = draw.integers(0, 2, (count, 2 * len(carriers)))
    grid = np.zeros((count + 1, size), complex)
    grid[:, carriers] = np.concatenate([pilot, _points(bits)])
    symbols = np.fft.ifft(grid, axis=1) * size / np.sqrt(len(carriers))
    sent = np.concatenate([symbols[:, size - prefix :], symbols], axis=1).ravel()
    clean = np.convolve(sent, channel)[: sent.size]
    sigma = np.sqrt(np.mean(np.abs(clean) ** 2) / 2 * 10 ** (-SNR[level] / 10))
    iq = clean + sigma * (draw.normal(size=clean.size) + 1j * draw.normal(size=clean.size))
    iq *= 10 ** draw.uniform(-2, 1)
    arrays = {
        "iq": iq.astype(np.complex64), "pilot": pilot[0].astype(np.complex64), "carriers": np.asarray(carriers),
        "fft_size": np.int64(size), "prefix": np.int64(prefix),
    }  # fmt: skip
    return Instance({"burst.npz": make.npz_bytes(**arrays)}, {"bits": bits.ravel().tolist()}, "burst.npz")


def _points(bits: NDArray[np.int64]) -> Complex:
    """Gray-mapped QPSK of unit power: the first bit of a pair sets the sign of the real part."""
    signs = 1 - 2 * bits
    return np.asarray((signs[:, ::2] + 1j * signs[:, 1::2]) / np.sqrt(2))


def _channel(draw: np.random.Generator, size: int, carriers: list[int], taps: int) -> Complex:
    """Impulse response without a deep fade on the used carriers, with a turn of at least 60 degrees."""
    decay = 0.6 ** np.arange(taps)
    while True:
        response = (draw.normal(size=taps) + 1j * draw.normal(size=taps)) * decay
        power = np.abs(np.fft.fft(response, size)[carriers]) ** 2
        if power.min() >= FADE * power.mean():
            break
    mean = np.angle(np.sum(np.fft.fft(response, size)[carriers]))
    turn = draw.uniform(60, 300) * np.pi / 180
    return np.asarray(response * np.exp(1j * (turn - mean)))


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of wrong bits; 1 where their number differs or a value is no bit."""
    wanted, found = truth["bits"], output["bits"]
    if len(wanted) != len(found) or not {0, 1}.issuperset(found):
        return {"bit_error_rate": 1.0}
    wrong = sum(a != b for a, b in zip(wanted, found, strict=True))
    return {"bit_error_rate": wrong / len(wanted) if wanted else 0.0}


def _turned(instance: Instance, seed: int) -> Instance:
    with np.load(io.BytesIO(instance.visible["burst.npz"])) as held:
        arrays = {name: held[name] for name in held.files}
    draw = make.rng(seed, "turned")
    factor = draw.uniform(0.1, 10.0) * np.exp(2j * np.pi * draw.random())
    arrays["iq"] = (arrays["iq"] * factor).astype(np.complex64)
    return Instance({"burst.npz": make.npz_bytes(**arrays)}, instance.truth, "burst.npz")


SPECTRA = Slot(
    "spectra", "ndarray[complex128, (M, K)]", "1", "received carriers, one row per symbol, pilot first", "task3"
)

FAMILY = Family(
    id="T073",
    title="OFDM demodulation",
    domain="I",
    version=1,
    wordings=(
        Wording("Demodulate with one pilot symbol over this channel.", "goal"),
        Wording("Strip the cyclic prefix, take the FFT of each symbol, divide by the pilot's channel estimate and slice QPSK.", "operation"),
        Wording("OFDM burst → bits", "terse"),
        Wording("I recorded a multicarrier burst with echoes. The first symbol is known. Which bits were sent?", "goal"),
        Wording("Estimate the channel per carrier from the pilot symbol of burst.npz and equalise the data symbols.", "operation"),
        Wording("Recover the data of an orthogonal frequency division multiplex signal despite the multipath.", "goal"),
        Wording("cp-ofdm qpsk demod", "terse"),
        Wording("Undo what the channel did to each subcarrier, using the known first symbol, and read the message bits.", "goal", held=True),
        Wording("One-tap frequency-domain equalisation after guard interval removal, then hard decisions.", "operation", held=True),
        Wording("subcarriers in, bit list out, pilot first", "terse", held=True),
        Wording("用一个导频符号解调这个信道的信号。", "goal", "zh"),
        Wording("去掉循环前缀，做 FFT，用导频估计信道并均衡，再判决 QPSK。", "operation", "zh"),
        Wording("多载波信号经过多径信道，第一个符号已知，发送的比特是什么？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`burst.npz`: NPZ without pickle, `iq` (complex64, shape (S,), samples), `pilot` (complex64, shape (K,), value sent "
            "on each used carrier in the first symbol), `carriers` (K numbers of FFT bins in use, 0 to fft_size - 1), "
            "`fft_size` (samples of a symbol without prefix), `prefix` (samples of the cyclic prefix)",
        ),
        outputs=(Slot("bits", "list[int]", "1", "bits of all data symbols, 0 or 1"),),
        remarks=(
            "the burst holds whole symbols, each the prefix and then fft_size samples; the first is the pilot, the others carry data",
            "bits go in pairs: the first decides the real part, the second the imaginary part, 0 is positive and 1 negative "
            "(Gray-mapped QPSK)",
            "pairs come symbol by symbol and, inside a symbol, in the order of `carriers`, which is that of frequency",
            "the channel is constant, has at most six taps (one when there is no prefix) and no deep fade; gain and phase are "
            "unknown; the signal to noise ratio is 20 dB or better",
            "at most 0.5 % of the bits may be wrong; a burst with nothing but the pilot gives an empty list",
        ),
    ),
    stages=(
        Stage(
            "Load OFDM Burst",
            ("read samples, pilot values and used carriers", "read symbol size and prefix length"),
            "Read a multicarrier burst and its layout.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("iq", "ndarray[complex128, (S)]", "1", "samples"),
                Slot("pilot", "ndarray[complex128, (K)]", "1", "values sent in the first symbol"),
                Slot("carriers", "list[int]", "1", "FFT bins in use"),
                Slot("fft_size", "int", "sample", "samples of a symbol without prefix"),
                Slot("prefix", "int", "sample", "samples of the prefix"),
            ),
        ),
        Stage(
            "Cut OFDM Symbols",
            ("one row per prefix and symbol", "drop the prefix of each row"),
            "Cut the burst into symbols and remove the prefixes.",
            (
                Slot("iq", "ndarray[complex128, (S)]", "1", "samples", "task1"),
                Slot("fft_size", "int", "sample", "samples of a symbol without prefix", "task1"),
                Slot("prefix", "int", "sample", "samples of the prefix", "task1"),
            ),
            (Slot("symbols", "ndarray[complex128, (M, F)]", "1", "time samples, one row per symbol"),),
        ),
        Stage(
            "Transform Carriers",
            ("Fourier transform of each row", "keep the used bins in the given order"),
            "Get the complex value of every used carrier in every symbol.",
            (
                Slot("symbols", "ndarray[complex128, (M, F)]", "1", "time samples, one row per symbol", "task2"),
                Slot("carriers", "list[int]", "1", "FFT bins in use", "task1"),
            ),
            (Slot("spectra", "ndarray[complex128, (M, K)]", "1", "received carriers, one row per symbol, pilot first"),),
        ),
        Stage(
            "Equalise With Pilot",
            ("the first row over the pilot values is the channel", "divide the other rows by it"),
            "Remove the channel from the data symbols with the help of the pilot symbol.",
            (SPECTRA, Slot("pilot", "ndarray[complex128, (K)]", "1", "values sent in the first symbol", "task1")),
            (Slot("points", "ndarray[complex128, (D, K)]", "1", "equalised data points"),),
        ),
        Stage(
            "Slice QPSK Bits",
            ("a negative real part is a 1 as first bit, a negative imaginary part a 1 as second bit", "list the pairs row by row"),
            "Decide the two bits of each equalised point.",
            (Slot("points", "ndarray[complex128, (D, K)]", "1", "equalised data points", "task4"),),
            (Slot("bits", "list[int]", "1", "bits of all data symbols"),),
        ),
    ),
    solutions="t073_ofdm",
    generate=generate,
    measure=measure,
    bars=(
        Bar("bit_error_rate", 0.005, "most"),  # right programs make no error on 100 draws; best wrong on nominal 0.08 (conjugate)
    ),
    alternates=(
        Variant("refined", "channel estimated again from all decided symbols", swap={"equalise_with_pilot": "equalise_with_pilot_refined"}),
        Variant("matched", "conjugate of the channel instead of division, bits from the angle", swap={"equalise_with_pilot": "equalise_with_pilot_conjugate", "slice_qpsk_bits": "slice_qpsk_bits_quadrant"}),
        Variant("matrix", "symbols cut in a loop, carriers by a Fourier matrix", swap={"cut_ofdm_symbols": "cut_ofdm_symbols_loop", "transform_carriers": "transform_carriers_matrix"}),
        Variant("nearest", "nearest of four points, one by one", swap={"slice_qpsk_bits": "slice_qpsk_bits_nearest"}),
    ),
    mutants=(
        Variant("no_equaliser", "decides without removing the channel", edits=(("equalise_with_pilot", "spectra[1:] / channel", "spectra[1:]"),), naive=True),
        Variant("conjugate", "multiplies with the channel instead of its conjugate", edits=(("equalise_with_pilot", "spectra[1:] / channel", "spectra[1:] * channel"),)),
        Variant("short_prefix", "the prefix is one sample too short", swap={"cut_ofdm_symbols": "cut_ofdm_symbols_short"}),
        Variant("bit_order", "imaginary part first", edits=(("slice_qpsk_bits", "(points.real < 0, points.imag < 0)", "(points.imag < 0, points.real < 0)"),)),
        Variant("bit_sense", "positive means 1", edits=(("slice_qpsk_bits", "(points.real < 0, points.imag < 0)", "(points.real > 0, points.imag > 0)"),)),
        Variant("sorted_bins", "carriers in the order of their bin numbers", edits=(("transform_carriers", "[:, carriers]", "[:, sorted(carriers)]"),)),
        Variant("per_carrier", "lists the bits carrier by carrier", edits=(("slice_qpsk_bits", "points = np.asarray(points)", "points = np.asarray(points).T"),)),
    ),
    notes=(
        "In OFDM the cyclic prefix repeats the end of a symbol, so an echo shorter than the prefix turns the channel into one complex "
        "factor per carrier: Y = H X after the Fourier transform. One known symbol gives the least-squares estimate H = Y / P; "
        "dividing the data by it, or multiplying with conj(H), brings the points back to their quadrants. The estimate carries the noise "
        "of one symbol, which costs up to 3 dB; because the impulse response is shorter than the prefix, fitting a few taps removes "
        "most of that. The upper half of the FFT bins are negative frequencies, so carriers in order of frequency are not in order of their bin numbers. "
        "A wrong prefix length shifts every further symbol more and ruins all but the first ones."
    ),
    relations=(Relation("phase_and_gain", _turned),),
    sources=("Nee, Prasad: OFDM for Wireless Multimedia Communications, 2000", "IEEE 802.11-2020, clause 17, layout of carriers"),
)  # fmt: skip
