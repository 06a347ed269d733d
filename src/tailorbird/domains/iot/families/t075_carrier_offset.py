"""T075 carrier offset: how far the receiver is mistuned, from a preamble that repeats itself.

Truth comes from the generator: a random sequence repeats through an echoing channel, then turns with the offset. The
noise is set so that the classical estimator errs by a drawn small share of a subcarrier. Covers: offsets inside the
unambiguous range of the repeat period. Does not cover: timing, integer ambiguity, clock offset.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SPREAD = {"easy": 0.0003, "nominal": 0.0015, "hard": 0.0028, "edge": 0.001}
"""Standard deviation that the noise gives to an estimate from two repeats, subcarriers."""

LIMIT = 0.9
"""Largest offset as a share of the unambiguous range of half a turn per period."""


def generate(seed: int, level: Level) -> Instance:
    """Two to ten repeats of 16 to 64 samples; edge: no offset, an offset near the limit, or a silent capture."""
    draw = make.rng(seed, "T075", level)
    size = int(draw.choice([64, 128, 256]))
    period = size // int(draw.choice([1, 2, 4] if level in ("hard", "edge") else [2, 4]))
    repeats = int(draw.integers(2, 11)) if period < 128 else int(draw.integers(2, 4))
    reach = LIMIT * size / (2 * period)
    offset = float(draw.choice([-1.0, 1.0]) * draw.uniform(0.25, 1.0) * reach)
    rate = float(draw.choice([250e3, 1e6, 1.92e6, 5e6, 20e6]))
    base = np.exp(2j * np.pi * draw.random(period)) * draw.uniform(0.6, 1.4, period)
    taps = (draw.normal(size=4) + 1j * draw.normal(size=4)) * 0.5 ** np.arange(4)
    taps[0] = 1.0
    clean = np.tile(np.convolve(np.tile(base, 3), taps)[period : 2 * period], repeats)
    kind = str(draw.choice(["none", "limit", "silent"])) if level == "edge" else ""
    offset = {"none": 0.0, "limit": math.copysign(reach, offset), "silent": 0.0}.get(kind, offset)
    power = float(np.mean(np.abs(clean) ** 2))
    sigma = math.sqrt(power * period) * SPREAD[level] * 2 * math.pi * period / size
    noise = sigma / math.sqrt(2) * (draw.normal(size=clean.size) + 1j * draw.normal(size=clean.size))
    turn = np.exp(2j * np.pi * offset / size * np.arange(clean.size))
    iq = 10 ** draw.uniform(-2, 1) * np.exp(2j * np.pi * draw.random()) * (clean * turn + noise)
    return _instance(iq * (kind != "silent"), period, size, rate, offset)


def _instance(iq: NDArray[Any], period: int, size: int, rate: float, offset: float) -> Instance:
    iq = iq.astype(np.complex64)
    arrays = {"iq": iq, "period": np.int64(period), "fft_size": np.int64(size), "sample_rate": np.float64(rate)}
    truth = {"iq": iq, "fft_size": size, "sample_rate": rate, "offset": offset}
    return Instance({"preamble.npz": make.npz_bytes(**arrays)}, truth, "preamble.npz")  # type: ignore[arg-type]


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Errors of both offsets in subcarriers, and the error of the samples beyond what the error of the offset explains."""
    iq, size = truth["iq"], truth["fft_size"]
    offset, hertz = float(output["offset_subcarriers"]), float(output["offset_hz"])
    spacing = truth["sample_rate"] / size
    found = (output["corrected_re"], output["corrected_im"])
    mismatch = math.inf
    if len(found[0]) == len(found[1]) == iq.size:
        sent = np.asarray(found[0], dtype=float) + 1j * np.asarray(found[1], dtype=float)
        wanted = iq * np.exp(-2j * np.pi * math.fmod(truth["offset"], size) / size * np.arange(iq.size))
        level = float(np.sqrt(np.mean(np.abs(wanted) ** 2))) or 1.0
        drift = 2 * math.pi * abs(offset - truth["offset"]) / size * iq.size
        with np.errstate(over="ignore", invalid="ignore"):
            mismatch = max(float(np.sqrt(np.mean(np.abs(sent - wanted) ** 2))) / level - drift, 0.0)
    return {
        "subcarrier_error": abs(offset - truth["offset"]),
        "hertz_error": abs(hertz - truth["offset"] * spacing) / spacing,
        "mismatch": mismatch,
    }


def _read(instance: Instance) -> tuple[NDArray[Any], int, int, float]:
    with np.load(io.BytesIO(instance.visible["preamble.npz"])) as held:
        return held["iq"], int(held["period"]), int(held["fft_size"]), float(held["sample_rate"])


def _conjugated(instance: Instance, seed: int) -> Instance:
    iq, period, size, rate = _read(instance)
    turn = np.exp(2j * np.pi * make.rng(seed, "turn").random())
    return _instance(np.conj(iq) * turn, period, size, rate, -instance.truth["offset"])


IQ = Slot("iq", "ndarray[complex128, (N)]", "1", "complex baseband samples", "task1")
PERIOD = Slot("period", "int", "sample", "length of one repeat", "task1")
SIZE = Slot("fft_size", "int", "1", "subcarriers of the system", "task1")

FAMILY = Family(
    id="T075",
    title="Carrier offset",
    domain="I",
    version=1,
    wordings=(
        Wording("Correct the carrier offset.", "goal"),
        Wording("Correlate the repeats of the preamble with each other and turn the angle into a frequency offset.", "operation"),
        Wording("preamble → CFO in subcarriers and Hz", "terse"),
        Wording("My receiver is slightly mistuned. Measure by how much from the training field and undo it.", "goal"),
        Wording("Use the phase advance between identical preamble periods to estimate and remove the frequency error.", "operation"),
        Wording("How far off is the oscillator, in hertz and in subcarrier spacings?", "goal"),
        Wording("cfo estimate and derotate", "terse"),
        Wording("The two radios do not agree on the carrier; find the difference and give me samples that no longer spin.", "goal", held=True),
        Wording("Apply the delay-and-correlate estimator to preamble.npz, then counter-rotate every sample.", "operation", held=True),
        Wording("repeated training symbol, frequency error, fixed samples", "terse", held=True),
        Wording("校正载波频偏。", "goal", "zh"),
        Wording("用前导重复段之间的相关相位估计频偏，再把采样反向旋转。", "operation", "zh"),
        Wording("接收机的本振偏了多少？请测出来并补偿掉。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`preamble.npz`: NPZ without pickle, `iq` (complex64, shape (N,), baseband samples), `period` (samples of one "
            "repeat), `fft_size` (number of subcarriers), `sample_rate` (Hz)",
        ),
        outputs=(
            Slot("offset_subcarriers", "float", "1", "carrier offset in subcarrier spacings, positive when the samples turn counter-clockwise"),
            Slot("offset_hz", "float", "Hz", "the same offset in Hz"),
            Slot("corrected_re", "list[float]", "1", "real parts of the corrected samples"),
            Slot("corrected_im", "list[float]", "1", "imaginary parts of the corrected samples"),
        ),
        remarks=(
            "the capture holds whole repeats of one unknown sequence, at least two, already settled in the channel, so without "
            "offset and noise sample n + period equals sample n",
            "an offset of e subcarriers multiplies sample n by exp(j 2 pi e n / fft_size); the subcarrier spacing is "
            "sample_rate / fft_size",
            "the phase advances by less than half a turn per period, so |e| < fft_size / (2 period)",
            "corrected sample n is sample n times exp(-j 2 pi e n / fft_size), gain and phase of sample 0 stay",
            "offsets are wanted within 0.02 subcarriers; a capture of zeros has the offset 0",
        ),
    ),
    stages=(
        Stage(
            "Load Repeated Preamble",
            ("read the complex samples", "read period, number of subcarriers and sample rate"),
            "Read a preamble made of repeats, with its layout.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("iq", "ndarray[complex128, (N)]", "1", "complex baseband samples"),
                Slot("period", "int", "sample", "length of one repeat"),
                Slot("fft_size", "int", "1", "subcarriers of the system"),
                Slot("sample_rate", "float", "Hz", "samples per second"),
            ),
        ),
        Stage(
            "Phase Per Period",
            ("multiply each sample with the conjugate of the one a period earlier", "add the products up and take the angle"),
            "Measure by how much the phase advances from one repeat to the next.",
            (IQ, PERIOD),
            (Slot("advance", "float", "rad", "phase advance per period, -pi to pi"),),
        ),
        Stage(
            "Scale Carrier Offset",
            ("the advance per sample is the advance over the period", "a subcarrier advances by 2 pi over the number of subcarriers per sample", "multiply by the spacing for Hz"),
            "Turn a phase advance per period into an offset in subcarriers and in Hz.",
            (Slot("advance", "float", "rad", "phase advance per period", "task2"), PERIOD, SIZE, Slot("sample_rate", "float", "Hz", "samples per second", "task1")),
            (Slot("offset_subcarriers", "float", "1", "offset in subcarrier spacings"), Slot("offset_hz", "float", "Hz", "offset in Hz")),
        ),
        Stage(
            "Counter Rotate Samples",
            ("multiply sample n by a phasor that turns against the offset", "split into real and imaginary parts"),
            "Remove a carrier offset from samples.",
            (IQ, Slot("offset_subcarriers", "float", "1", "offset in subcarrier spacings", "task3"), SIZE),
            (
                Slot("corrected_re", "list[float]", "1", "real parts of the corrected samples"),
                Slot("corrected_im", "list[float]", "1", "imaginary parts of the corrected samples"),
            ),
        ),
    ),
    solutions="t075_carrier_offset",
    generate=generate,
    measure=measure,
    bars=(
        Bar("subcarrier_error", 0.02, "most"),  # worst right 0.004 when hard; best wrong 0.13 (factor 2, no offset)
        Bar("hertz_error", 0.02, "most"),  # the same error in Hz over the spacing
        Bar("mismatch", 0.01, "most"),  # worst right 1e-6, rounding; a rotation the wrong way leaves 1.2
    ),
    alternates=(
        Variant("weighted_slope", "phase slope over all distances between repeats, by dynamic weights", swap={"phase_per_period": "phase_per_period_slope"}),
        Variant("periodogram", "peak of a fine periodogram across the repeats", swap={"phase_per_period": "phase_per_period_spectrum"}),
        Variant("loop", "sums in plain Python", swap={"phase_per_period": "phase_per_period_loop", "counter_rotate_samples": "counter_rotate_samples_loop"}),
        Variant("hertz_first", "offset in Hz first, then in subcarriers", swap={"scale_carrier_offset": "scale_carrier_offset_hertz"}),
    ),
    mutants=(
        Variant("no_offset", "the carrier is taken to be right", edits=(("phase_per_period", "np.angle(product)", "0.0"),), naive=True),
        Variant("sign", "conjugates the later repeat", edits=(("phase_per_period", "np.conj(iq[:-period]) * iq[period:]", "iq[:-period] * np.conj(iq[period:])"),)),
        Variant("factor_two", "forgets the 2 of 2 pi", edits=(("scale_carrier_offset", "(2.0 * math.pi * period)", "(math.pi * period)"),)),
        Variant("period_as_size", "takes the period for the number of subcarriers", edits=(("scale_carrier_offset", "advance * fft_size / (2.0 * math.pi * period)", "advance / (2.0 * math.pi)"),)),
        Variant("hertz", "offset in Hz lacks the spacing", edits=(("scale_carrier_offset", "* sample_rate / fft_size", "* sample_rate"),)),
        Variant("turned_on", "rotates along the offset instead of against it", edits=(("counter_rotate_samples", "-2j", "2j"),)),
        Variant("neighbours", "correlates neighbouring samples instead of repeats", swap={"phase_per_period": "phase_per_period_neighbours"}),
    ),
    notes=(
        "Two oscillators never agree exactly; the difference turns the samples by 2 pi df / fs per sample. If a preamble repeats "
        "every L samples, r[n+L] = r[n] exp(j 2 pi e L / N) whatever the sequence and the static channel are, so the angle of "
        "sum conj(r[n]) r[n+L] over all n, times N / (2 pi L), is the offset e in subcarriers (Moose 1994; Schmidl and Cox "
        "1997 with L = N/2). It is unambiguous for |e| < N / (2L): shorter periods reach farther, longer ones are more "
        "precise. Add complex products before taking the angle; averaging angles fails near half a turn. Correct with the conjugate phasor."
    ),
    relations=(Relation("conjugate_and_turn", _conjugated),),
    sources=("Moose 1994, IEEE Transactions on Communications 42(10)", "Schmidl, Cox 1997, IEEE Transactions on Communications 45(12)"),
)  # fmt: skip
