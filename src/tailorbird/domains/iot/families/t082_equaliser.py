"""T082 equaliser: bits of a single-carrier burst whose echoes move while it lasts.

Truth comes from the transmitter below. Some weaker path comes before the main one, and all paths turn slowly, so that an
equaliser needs samples of both sides and must go on learning after the training. Covers: one sample per symbol, QPSK,
known training symbols at the start. Does not cover: timing, fractional delays, coding.
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

SNR = {"easy": 32.0, "nominal": 28.0, "hard": 26.0, "edge": 30.0}
"""Signal to noise ratio, dB."""

TURN = {"easy": 1.5, "nominal": 2.4, "hard": 3.0, "edge": 0.0}
"""How far the main path turns from the first to the last symbol, rad."""

ECHOES = {"easy": 0.55, "nominal": 0.75, "hard": 0.8, "edge": 0.5}
"""Sum of the amplitudes of all other paths over that of the main one."""


TAIL = 5
"""Longest delay of a path, so the samples that follow the last symbol."""


def generate(seed: int, level: Level) -> Instance:
    """500 to 800 symbols, 120 to 180 of them known; edge: nothing but training, one data symbol, or no echo at all."""
    draw = make.rng(seed, "T082", level)
    known = int(draw.integers(120, 181))
    data = int(draw.integers(380, 620))
    kind = str(draw.choice(["none", "one", "clear"])) if level == "edge" else ""
    data = {"none": 0, "one": 1}.get(kind, data)
    bits = draw.integers(0, 2, (known + data, 2))
    sent = ((1 - 2 * bits[:, 0]) + 1j * (1 - 2 * bits[:, 1])) / np.sqrt(2)
    iq = _received(draw, np.concatenate([sent, np.zeros(TAIL)]), level, 0.0 if kind == "clear" else ECHOES[level])
    iq = iq * 10 ** draw.uniform(-1, 1)
    arrays = {"iq": iq.astype(np.complex64), "training": sent[:known].astype(np.complex64)}
    return Instance({"burst.npz": make.npz_bytes(**arrays)}, {"bits": bits[known:].ravel().tolist()}, "burst.npz")


def _received(draw: np.random.Generator, sent: NDArray[Any], level: Level, echoes: float) -> NDArray[Any]:
    """Samples behind a channel of a main path at delay 1 and three or four others at 0 to 5, all turning slowly."""
    delays = [0, *sorted(draw.choice([2, 3, 4, 5], int(draw.integers(2, 4)), replace=False).tolist())]
    shares = draw.uniform(0.5, 1.0, len(delays))
    shares *= echoes / shares.sum()
    time = np.arange(sent.size) / sent.size
    way = float(draw.choice([-1.0, 1.0]))
    iq = np.zeros(sent.size, complex)
    start = np.exp(2j * np.pi * (draw.uniform(0.3, 0.7) + draw.choice([0.0, 0.5])))
    for delay, size in [(1, 1.0), *zip(delays, shares, strict=True)]:
        phase = draw.uniform(0, 2 * np.pi) if delay != 1 else 0.0
        speed = way * TURN[level] * (1.0 if delay == 1 else draw.uniform(0.6, 1.4))
        late = np.concatenate([np.zeros(delay), sent])[: sent.size]
        iq += size * start * np.exp(1j * (phase + speed * time)) * late
    sigma = np.sqrt(np.mean(np.abs(iq) ** 2) / 2 * 10 ** (-SNR[level] / 10))
    return np.asarray(iq + sigma * (draw.normal(size=iq.size) + 1j * draw.normal(size=iq.size)))


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of wrong bits; 1 where their number differs or a value is no bit."""
    wanted, found = truth["bits"], output["bits"]
    if len(wanted) != len(found) or not {0, 1}.issuperset(found):
        return {"bit_error_rate": 1.0}
    wrong = sum(a != b for a, b in zip(wanted, found, strict=True))
    return {"bit_error_rate": wrong / len(wanted) if wanted else 0.0}


def _turned(instance: Instance, seed: int) -> Instance:
    with np.load(io.BytesIO(instance.visible["burst.npz"])) as held:
        iq, training = held["iq"], held["training"]
    draw = make.rng(seed, "turned")
    iq = (iq * draw.uniform(0.1, 10.0) * np.exp(2j * np.pi * draw.random())).astype(np.complex64)
    return Instance({"burst.npz": make.npz_bytes(iq=iq, training=training)}, instance.truth, "burst.npz")


TRAINING = Slot("training", "ndarray[complex128, (T)]", "1", "known symbols at the start", "task1")

FAMILY = Family(
    id="T082",
    title="Adaptive equaliser",
    domain="I",
    version=1,
    wordings=(
        Wording("Remove echoes adaptively.", "goal"),
        Wording("Train a linear equaliser on the known symbols, keep adapting it on its own decisions, and output the bits.", "operation"),
        Wording("moving echoes, training → bits", "terse"),
        Wording("My single-carrier burst comes over several paths that drift. Use the training part to get the data bits.", "goal"),
        Wording("Run recursive least squares over burst.npz, first with the training symbols, then decision-directed.", "operation"),
        Wording("Undo the smeared symbols of a moving receiver and read the message.", "goal"),
        Wording("adaptive equalizer RLS QPSK", "terse"),
        Wording("Reflections overlap neighbouring symbols and change all the time; recover what was sent after the known header.", "goal", held=True),
        Wording("Adapt complex filter taps symbol by symbol so that intersymbol interference vanishes, tracking phase drift on the way.", "operation", held=True),
        Wording("isi cancel, decision directed, list of bits", "terse", held=True),
        Wording("自适应消除回波。", "goal", "zh"),
        Wording("先用训练符号训练线性均衡器，再按判决继续跟踪，输出比特。", "operation", "zh"),
        Wording("多条路径的反射一直在变，请还原训练段之后的数据。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`burst.npz`: NPZ without pickle, `iq` (complex64, shape (T + D + 5,), one sample per symbol and five more at the end), "
            "`training` (complex64, shape (T,), the first T symbols as they were sent)",
        ),
        outputs=(Slot("bits", "list[int]", "1", "bits of the D symbols after the training, 0 or 1"),),
        remarks=(
            "sample n is the sum of symbols n, n - 1, ... n - 5, each weighted with a complex path; the path of symbol n - 1 is "
            "the strongest; before the first and after the last symbol nothing is sent",
            "the paths turn slowly, by up to 4 rad from start to end, so an equaliser that stops learning goes wrong",
            "each symbol carries two bits: the first decides the real part, the second the imaginary part, 0 is positive and 1 "
            "negative (Gray-mapped QPSK of power 1)",
            "gain and phase are unknown, the signal to noise ratio is 26 dB or better; there are at least 120 training symbols",
            "at most 1 % of the bits may be wrong; without data symbols the list is empty",
        ),
    ),
    stages=(
        Stage(
            "Load Echo Burst",
            ("read the samples", "read the known symbols"),
            "Read a burst with echoes and its training symbols.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("iq", "ndarray[complex128, (N)]", "1", "samples, one per symbol and five more"),
                Slot("training", "ndarray[complex128, (T)]", "1", "known symbols at the start"),
            ),
        ),
        Stage(
            "Window Around Symbols",
            ("pad with zeros on both sides", "one row per symbol with samples from five before to seven after it", "leave the last five samples without a row"),
            "Collect the samples around each symbol that an equaliser may combine.",
            (Slot("iq", "ndarray[complex128, (N)]", "1", "samples, one per symbol and five more", "task1"),),
            (Slot("windows", "ndarray[complex128, (S, 13)]", "1", "samples around each symbol"),),
        ),
        Stage(
            "Adapt Equaliser",
            ("estimate each symbol as a weighted sum of its window", "compare with the training symbol, later with the nearest QPSK point", "update the weights by recursive least squares that forgets 3 % per symbol"),
            "Equalise symbol by symbol with weights that keep learning.",
            (Slot("windows", "ndarray[complex128, (S, 13)]", "1", "samples around each symbol", "task2"), TRAINING),
            (Slot("equalised", "ndarray[complex128, (S)]", "1", "equalised symbols, the training included"),),
        ),
        Stage(
            "Read Data Bits",
            ("skip the training", "a negative real part is a 1 as first bit, a negative imaginary part a 1 as second bit"),
            "Decide the bits of the data symbols.",
            (Slot("equalised", "ndarray[complex128, (S)]", "1", "equalised symbols, the training included", "task3"), TRAINING),
            (Slot("bits", "list[int]", "1", "bits of the data symbols"),),
        ),
    ),
    solutions="t082_equaliser",
    generate=generate,
    measure=measure,
    bars=(
        Bar("bit_error_rate", 0.01, "most"),  # right programs make no error on 100 draws; best wrong on nominal 0.12 (real taps)
    ),
    alternates=(
        Variant("block_squares", "regularised least squares over the last 60 symbols, renewed every 10", swap={"adapt_equaliser": "adapt_equaliser_blocks"}),
        Variant("feedback", "decisions of past symbols replace past samples", swap={"adapt_equaliser": "adapt_equaliser_feedback"}),
        Variant("loops", "windows and bits in plain Python", swap={"window_around_symbols": "window_around_symbols_list", "read_data_bits": "read_data_bits_loop"}),
        Variant("random_walk", "Kalman filter of weights that wander", swap={"adapt_equaliser": "adapt_equaliser_kalman"}),
    ),
    mutants=(
        Variant("no_equaliser", "one complex gain from the training, no filter", swap={"adapt_equaliser": "adapt_equaliser_gain"}, naive=True),
        Variant("no_delay", "only samples up to the symbol itself, though the main path comes later", edits=(("window_around_symbols", "before, after = 5, 7", "before, after = 12, 0"),)),
        Variant("frozen", "stops learning after the training", edits=(("adapt_equaliser", "else nearest", "else estimate"),)),
        Variant("diverging", "gradient steps without normalisation that are too large", swap={"adapt_equaliser": "adapt_equaliser_steep"}),
        Variant("real_taps", "keeps the real part of the weights only", edits=(("adapt_equaliser", "weights = weights + gain * (wanted - estimate)", "weights = (weights + gain * (wanted - estimate)).real + 0j"),)),
        Variant("bit_order", "imaginary part first", edits=(("read_data_bits", "(data.real < 0, data.imag < 0)", "(data.imag < 0, data.real < 0)"),)),
        Variant("training_kept", "lists the bits of the training as well", edits=(("read_data_bits", "equalised[training.size :]", "equalised"),)),
    ),
    notes=(
        "Echoes make a sample a mix of neighbouring symbols. A linear equaliser is a short complex filter that undoes the mix; because a weaker path "
        "may come before the main one, it needs samples before and after the symbol, that is, a delay. Its weights come from "
        "symbols that are known: normalised LMS is cheap and learns in some hundred symbols, recursive least squares learns in about "
        "twice as many symbols as there are weights and follows a drift when it forgets old data (factor 0.95 to 0.99). After the training the "
        "equaliser takes its own decisions for the truth, which works as long as they are nearly all right. Weights must be complex: echoes "
        "turn as well as shrink. Steps of LMS above 2 over the power in the window diverge."
    ),
    relations=(Relation("phase_and_gain", _turned),),
    sources=("Haykin: Adaptive Filter Theory, 5th edition, chapters 6 and 10", "Proakis, Salehi: Digital Communications, 5th edition, chapter 10"),
)  # fmt: skip
