"""T081 predistortion: change a signal so that it leaves a distorting amplifier clean.

The judge owns the amplifier, a memory polynomial of odd orders with drawn coefficients, and sends the answer through it.
Covers: amplifiers that remember two samples, fitting from one record of input and output. Does not cover: adaptation
while sending, clipping, mixers and filters in the feedback path.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

Complex = NDArray[np.complex128]

COMPRESSION = {"easy": 0.14, "nominal": 0.19, "hard": 0.23, "edge": 0.17}
"""Typical size of the third-order coefficient at input amplitude 1."""

SNR = {"easy": 60.0, "nominal": 52.0, "hard": 48.0, "edge": 55.0}
"""Signal to noise ratio of the recorded output, dB."""

FLOOR = -99.0
"""Residual reported for a perfect or empty answer, dB."""


def amplify(signal: Complex, coefficients: Sequence[Sequence[complex]]) -> Complex:
    """Output of the amplifier at gain 1, shape of the input.

    Args:
        signal: input, shape (N,); nothing was sent before.
        coefficients: one row per order 1, 3, 5, one column per delay 0, 1, 2.
    """
    total = np.zeros(signal.size, complex)
    for order, row in zip((1, 3, 5), coefficients, strict=True):
        term = signal * np.abs(signal) ** (order - 1)
        for delay, factor in enumerate(row):
            total += factor * np.concatenate([np.zeros(delay), term])[: signal.size]
    return total


def generate(seed: int, level: Level) -> Instance:
    """Records of 900 to 1,500 samples, signals of 250 to 500; edge: a linear amplifier, a short signal, or none."""
    draw = make.rng(seed, "T081", level)
    kind = str(draw.choice(["linear", "short", "none"])) if level == "edge" else ""
    coefficients = _coefficients(draw, 0.0 if kind == "linear" else COMPRESSION[level])
    gain = complex(10 ** draw.uniform(0.2, 1.5) * np.exp(1j * draw.uniform(0.6, 5.6)))
    pa_in = _noise_like(draw, int(draw.integers(900, 1500)), 1.15)
    wanted = _noise_like(draw, int(draw.integers(250, 500)), 0.8)
    wanted = wanted[: {"short": 40, "none": 0}.get(kind, wanted.size)]
    pa_out = gain * amplify(pa_in, coefficients)
    sigma = math.sqrt(float(np.mean(np.abs(pa_out) ** 2)) / 2 * 10 ** (-SNR[level] / 10))
    pa_out = pa_out + sigma * (draw.normal(size=pa_in.size) + 1j * draw.normal(size=pa_in.size))
    return _instance(pa_in, pa_out, gain, wanted, coefficients)


def _instance(
    pa_in: Complex, pa_out: Complex, gain: complex, wanted: Complex, coefficients: Sequence[Sequence[complex]]
) -> Instance:
    arrays = {"pa_in": pa_in, "pa_out": pa_out, "iq": wanted}
    shown = {name: value.astype(np.complex64) for name, value in arrays.items()}
    truth = {"wanted": shown["iq"].astype(complex), "coefficients": coefficients}
    return Instance({"amplifier.npz": make.npz_bytes(gain=np.complex128(gain), **shown)}, truth, "amplifier.npz")  # type: ignore[arg-type]


def _noise_like(draw: np.random.Generator, count: int, peak: float) -> Complex:
    """Band-limited complex noise with limited crests, as a multicarrier signal, up to an amplitude."""
    raw = draw.normal(size=count + 8) + 1j * draw.normal(size=count + 8)
    smooth = np.convolve(raw, np.hanning(9), mode="valid")
    level = np.abs(smooth) / np.sqrt(np.mean(np.abs(smooth) ** 2))
    return np.asarray(smooth / np.abs(smooth) * np.minimum(level, 2.2) / 2.2 * peak)


def _coefficients(draw: np.random.Generator, compression: float) -> list[list[complex]]:
    def turned(size: float) -> complex:
        return complex(size * draw.uniform(0.8, 1.2) * np.exp(1j * draw.uniform(-0.6, 0.6)))

    third = [-turned(compression), turned(compression / 8), turned(compression / 20)]
    fifth = [turned(compression * 0.15), 0j, 0j]
    return [[1 + 0j, turned(0.09) * float(draw.choice([-1, 1])), turned(0.03)], third, fifth]


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Power of the error behind the hidden amplifier over the power wanted, dB; +99 where the lengths differ."""
    wanted = truth["wanted"]
    real, imag = output["predistorted_re"], output["predistorted_im"]
    if not len(real) == len(imag) == wanted.size:
        return {"residual_db": -FLOOR}
    if not wanted.size:
        return {"residual_db": FLOOR}
    sent = np.clip(np.asarray(real, dtype=float), -1e6, 1e6) + 1j * np.clip(np.asarray(imag, dtype=float), -1e6, 1e6)
    error = amplify(sent, truth["coefficients"]) - wanted
    ratio = float(np.mean(np.abs(error) ** 2) / np.mean(np.abs(wanted) ** 2))
    return {"residual_db": max(10 * math.log10(ratio), FLOOR) if ratio > 0 else FLOOR}


def _new_gain(instance: Instance, seed: int) -> Instance:
    with np.load(io.BytesIO(instance.visible["amplifier.npz"])) as held:
        pa_in, pa_out, wanted, gain = (held[name].astype(complex) for name in ("pa_in", "pa_out", "iq", "gain"))
    draw = make.rng(seed, "gain")
    factor = complex(draw.uniform(0.3, 3.0) * np.exp(2j * np.pi * draw.random()))
    turn = complex(np.exp(2j * np.pi * draw.random()))
    return _instance(pa_in, pa_out * factor, complex(gain) * factor, wanted * turn, instance.truth["coefficients"])


FAMILY = Family(
    id="T081",
    title="Digital predistortion",
    domain="I",
    version=1,
    wordings=(
        Wording("Compensate the amplifier's distortion.", "goal"),
        Wording("Fit a memory polynomial from the amplifier's output to its input and apply it to the signal before sending.", "operation"),
        Wording("PA in/out + IQ → predistorted IQ", "terse"),
        Wording("My power amplifier compresses. Change the signal so that it comes out as if the amplifier were linear.", "goal"),
        Wording("Do indirect learning on the record in amplifier.npz and print the predistorted samples.", "operation"),
        Wording("Prepare this baseband signal for a transmitter that bends amplitude and phase at high power.", "goal"),
        Wording("dpd memory polynomial", "terse"),
        Wording("The transmitter splatters into the next channel because it is driven hard; bend the signal the other way beforehand.", "goal", held=True),
        Wording("Estimate the post-inverse by least squares with odd-order terms and delays, then copy it in front of the transmitter.", "operation", held=True),
        Wording("linearise pa, inverse volterra-style", "terse", held=True),
        Wording("补偿功放失真。", "goal", "zh"),
        Wording("用记忆多项式拟合功放的逆模型，再对待发信号做预失真。", "operation", "zh"),
        Wording("功率放大器在大信号时压缩，请提前改变信号让输出保持线性。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`amplifier.npz`: NPZ without pickle, all complex: `pa_in` and `pa_out` (shape (N,), recorded input and output of the "
            "amplifier), `gain` (complex gain it shall have), `iq` (shape (M,), signal that shall leave it, divided by the gain)",
        ),
        outputs=(
            Slot("predistorted_re", "list[float]", "1", "real parts of the samples to send into the amplifier"),
            Slot("predistorted_im", "list[float]", "1", "imaginary parts of the samples to send"),
        ),
        remarks=(
            "the amplifier gives gain times a sum of terms a x[n-m] |x[n-m]|^(k-1) with k = 1, 3, 5 and m = 0, 1, 2; nothing is "
            "sent before sample 0; the coefficients a are unknown",
            "its output for your samples shall be gain times `iq`; the judge sends them through the same amplifier, without noise",
            "the record reaches larger amplitudes than the signal; its noise is at least 48 dB below the output",
            "the power of the remaining error shall be at least 36 dB below that of the signal; doing nothing leaves about 20 to 28 dB as a rule",
            "the amplifier may be linear apart from its memory; a signal without samples gives empty lists",
        ),
    ),
    stages=(
        Stage(
            "Load Amplifier Records",
            ("read input and output of the amplifier", "read the gain and the signal to prepare"),
            "Read what went into and came out of an amplifier, the gain wanted, and the signal to prepare.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("sent", "ndarray[complex128, (N)]", "1", "input of the amplifier"),
                Slot("heard", "ndarray[complex128, (N)]", "1", "output of the amplifier"),
                Slot("gain", "ndarray[complex128, (1)]", "1", "complex gain wanted"),
                Slot("wanted", "ndarray[complex128, (M)]", "1", "signal to prepare"),
            ),
        ),
        Stage(
            "Divide By Gain",
            ("divide the recorded output by the complex gain",),
            "Bring the output of the amplifier to the level and phase of its input.",
            (
                Slot("heard", "ndarray[complex128, (N)]", "1", "output of the amplifier", "task1"),
                Slot("gain", "ndarray[complex128, (1)]", "1", "complex gain wanted", "task1"),
            ),
            (Slot("scaled", "ndarray[complex128, (N)]", "1", "output over gain"),),
        ),
        Stage(
            "Fit Inverse Model",
            ("terms of orders 1, 3, 5 with delays 0 to 2 of the scaled output", "least squares against the input"),
            "Fit a memory polynomial that turns the output of the amplifier back into its input.",
            (
                Slot("sent", "ndarray[complex128, (N)]", "1", "input of the amplifier", "task1"),
                Slot("scaled", "ndarray[complex128, (N)]", "1", "output over gain", "task2"),
            ),
            (Slot("weights", "ndarray[complex128, (9)]", "1", "orders 1, 3, 5 with delays 0 to 2 each"),),
        ),
        Stage(
            "Predistort Signal",
            ("send the signal through the fitted model", "split into real and imaginary parts"),
            "Send a signal through the inverse model.",
            (
                Slot("wanted", "ndarray[complex128, (M)]", "1", "signal to prepare", "task1"),
                Slot("weights", "ndarray[complex128, (9)]", "1", "orders 1, 3, 5 with delays 0 to 2 each", "task3"),
            ),
            (
                Slot("predistorted_re", "list[float]", "1", "real parts of the predistorted signal"),
                Slot("predistorted_im", "list[float]", "1", "imaginary parts of the predistorted signal"),
            ),
        ),
    ),
    solutions="t081_predistortion",
    generate=generate,
    measure=measure,
    bars=(
        Bar("residual_db", -36.0, "most"),  # worst right -42 when hard; best wrong on nominal -31 (linear terms only)
    ),
    alternates=(
        Variant("normal_equations", "normal equations over a stack of rows", swap={"fit_inverse_model": "fit_inverse_model_normal"}),
        Variant("forward_model", "models the amplifier and solves for its input by iteration", swap={"fit_inverse_model": "fit_inverse_model_forward", "predistort_signal": "predistort_signal_iterated"}),
        Variant("sample_loop", "nine terms per sample in plain Python", swap={"predistort_signal": "predistort_signal_loop"}),
    ),
    mutants=(
        Variant("identity", "sends the signal unchanged", swap={"predistort_signal": "predistort_signal_identity"}, naive=True),
        Variant("not_inverse", "applies the model of the amplifier instead of its inverse", swap={"fit_inverse_model": "fit_inverse_model_forward"}),
        Variant("gain_forgotten", "fits without dividing by the gain", edits=(("divide_by_gain", "heard / gain[0]", "heard"),)),
        Variant("gain_magnitude", "divides by the magnitude of the gain only", edits=(("divide_by_gain", "gain[0]", "abs(gain[0])"),)),
        Variant("order_one", "linear terms only", edits=(("fit_inverse_model", "return weights", "return np.where(np.arange(9) < 3, weights, 0)"),)),
        Variant("no_memory", "terms without delay only", edits=(("fit_inverse_model", "return weights", "return np.where(np.arange(9) % 3 == 0, weights, 0)"),)),
        Variant("power_orders", "exponents one too high", edits=(("predistort_signal", "** (order - 1)", "** order"),)),
    ),
    notes=(
        "A power amplifier compresses large amplitudes (AM/AM), turns their phase (AM/PM) and remembers a few samples. The memory polynomial sum "
        "a_km x[n-m] |x[n-m]|^(k-1) with odd k covers all three, because even products fall outside the band. Indirect learning divides the recorded output by the wanted gain "
        "and fits by least squares the polynomial that gives back the input; this post-inverse is copied in front of the amplifier. Fitting the "
        "amplifier itself and applying that model doubles the distortion. The gain is complex: its phase counts. The record must "
        "reach the amplitudes that the predistorted signal will have, for polynomials extrapolate badly. Quality is the normalised mean square error, 10 log10 of "
        "error power over signal power."
    ),
    relations=(Relation("other_gain_and_phase", _new_gain),),
    sources=("Kim, Konstantinou 2001, Electronics Letters 37(23), memory polynomial", "Ding et al. 2004, IEEE Transactions on Communications 52(1), indirect learning"),
)  # fmt: skip
