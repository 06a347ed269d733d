"""T074 BER curve: simulate QPSK over a noisy channel and set the counted bit errors beside theory.

Truth is the closed form Q(sqrt(2 Eb/N0)). Counts are judged by a variance-stabilised deviate at every point and, because
independent counts must scatter, by the smallest root mean square of these deviates. Covers: Gray-mapped QPSK, white
noise, one sample per symbol. Does not cover: coding, fading; counts drawn from a binomial law with the theoretical
probability cannot be told from a simulation by their values.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SPAN = {"easy": (-5.0, 3.0), "nominal": (-5.0, 5.0), "hard": (-4.0, 6.5), "edge": (-2.0, 4.0)}
"""Range of Eb/N0, dB; the lowest value always occurs, for there bit and symbol errors differ most."""

JUDGED = 8
"""Points with enough expected errors that are needed before their scatter is judged."""


def error_rate(ebn0_db: float) -> float:
    """Bit error rate of Gray-mapped QPSK in white noise."""
    return 0.5 * math.erfc(math.sqrt(10 ** (ebn0_db / 10)))


def generate(seed: int, level: Level) -> Instance:
    """8 to 12 points of 15,000 to 30,000 symbols; edge: no point, one point, or points far out on both sides."""
    draw = make.rng(seed, "T074", level)
    low, high = SPAN[level]
    count = int(draw.integers(8, 13))
    points = draw.uniform(low, high, count).round(2)
    points[int(draw.integers(count))] = low
    symbols = int(draw.integers(15_000, 25_000)) if level != "hard" else int(draw.integers(22_000, 30_000))
    if level == "edge":
        kind = str(draw.choice(["none", "single", "far"]))
        points = {"none": points[:0], "single": points[:1]}.get(kind, draw.permutation([-30.0, -20.0, 18.0, 25.0]))
    order = sorted(points.tolist()) if draw.random() < 0.7 else points.tolist()
    return _instance(order, symbols, int(draw.integers(0, 2**31)))


def _instance(points: Sequence[float], symbols: int, seed: int) -> Instance:
    data = {"ebn0_db": list(points), "symbols": symbols, "seed": seed}
    truth = {"ebn0_db": list(points), "symbols": symbols}
    return Instance({"sweep.json": make.json_bytes(data)}, truth, "sweep.json")


def _deviate(errors: int, bits: int, rate: float) -> float:
    """Deviate of a count under a binomial law, made nearly normal by the arcsine of Anscombe."""
    share = (min(max(errors, 0), bits) + 0.375) / (bits + 0.75)
    return 2 * math.sqrt(bits + 0.5) * (math.asin(math.sqrt(share)) - math.asin(math.sqrt(rate)))


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest deviate of a count, scatter of the counts, faults in the number of bits, error of the theory."""
    points, bits = truth["ebn0_db"], 2 * truth["symbols"]
    errors, theory = output["errors"], output["theory"]
    if not len(points) == len(errors) == len(output["bits"]) == len(theory):
        return {"z_max": math.inf, "scatter": 0.0, "bits_wrong": 1.0, "theory_error": math.inf}
    rates = [error_rate(point) for point in points]
    z = [_deviate(count, bits, rate) for count, rate in zip(errors, rates, strict=True)]
    usual = [value for value, rate in zip(z, rates, strict=True) if rate * bits > 5]
    scatter = math.sqrt(sum(value * value for value in usual) / len(usual)) if len(usual) >= JUDGED else 1.0
    gaps = [abs(found - rate) / max(rate, 1e-12) for found, rate in zip(theory, rates, strict=True)]
    return {
        "z_max": max(map(abs, z), default=0.0),
        "scatter": scatter,
        "bits_wrong": float(any(count != bits for count in output["bits"])),
        "theory_error": max(gaps, default=0.0),
    }


def _shifted(instance: Instance, seed: int) -> Instance:
    data = json.loads(instance.visible["sweep.json"])
    points = [round(point - 0.5, 2) for point in reversed(data["ebn0_db"])]
    return _instance(points, data["symbols"], int(make.rng(seed, "shifted").integers(0, 2**31)))


POINTS = Slot("ebn0_db", "list[float]", "dB", "energy per bit over noise density, one per point", "task1")

FAMILY = Family(
    id="T074",
    title="BER curve",
    domain="I",
    version=1,
    wordings=(
        Wording("Plot QPSK BER against theory.", "goal"),
        Wording("Simulate Gray-coded QPSK in white noise at every Eb/N0 of sweep.json and count the wrong bits.", "operation"),
        Wording("QPSK Monte Carlo: Eb/N0 → bit errors + theory", "terse"),
        Wording("How many bits does a QPSK link get wrong as the noise grows, and does that agree with the formula?", "goal"),
        Wording("Run a Monte Carlo error count for four-phase modulation and put the Q-function curve next to it.", "operation"),
        Wording("I need the points of a waterfall curve for QPSK: simulated error counts and the expected rate.", "goal"),
        Wording("ber sweep qpsk awgn", "terse"),
        Wording("Check by experiment that my quadrature phase modem should reach the textbook error rates.", "goal", held=True),
        Wording("For each signal-to-noise point send random dibits through additive Gaussian noise, decide by quadrant and tally the flips.", "operation", held=True),
        Wording("awgn qpsk errors per ebn0, measured vs closed form", "terse", held=True),
        Wording("画出 QPSK 误码率并与理论比较。", "goal", "zh"),
        Wording("按文件里的每个 Eb/N0 仿真格雷映射的 QPSK，统计错误比特数。", "operation", "zh"),
        Wording("噪声越大，四相调制错多少比特？和公式对得上吗？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`sweep.json`: `ebn0_db` (list, Eb/N0 of each point, dB), `symbols` (QPSK symbols to send per point), `seed` "
            "(whole number for the random source)",
        ),
        outputs=(
            Slot("errors", "list[int]", "1", "wrong bits of each point, counted in a simulation"),
            Slot("bits", "list[int]", "1", "bits sent at each point"),
            Slot("theory", "list[float]", "1", "bit error rate by the closed form, one per point"),
        ),
        remarks=(
            "QPSK with Gray mapping: two bits per symbol, one decides the sign of the real part, the other that of the "
            "imaginary part",
            "Eb is the energy per bit, half of that of a symbol; N0 is the noise density, so each of the two noise components "
            "has the variance N0/2 at one sample per symbol",
            "the closed form is Q(sqrt(2 Eb/N0)), Q the upper tail of the standard normal law; at 4 dB it is 0.0125",
            "send fresh random bits and fresh noise at each point; seed the random source with `seed`, so that the same file "
            "gives the same counts",
            "a count may be at most 5 standard deviations from theory, counts of independent runs must scatter around it, "
            "theory is wanted within 0.01 %; without points all lists are empty",
        ),
    ),
    stages=(
        Stage(
            "Load Link Sweep",
            ("read the list of Eb/N0 values", "read the number of symbols and the seed"),
            "Read what a sweep over Eb/N0 is made of.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("ebn0_db", "list[float]", "dB", "energy per bit over noise density, one per point"),
                Slot("symbols", "int", "1", "symbols per point"),
                Slot("seed", "int", "1", "seed of the random source"),
            ),
        ),
        Stage(
            "Noise Deviations",
            ("turn dB into a ratio", "a symbol of energy 1 has Eb = 1/2, so N0 = 1/2 over the ratio", "each component has the variance N0/2"),
            "Compute the noise deviation per component that belongs to each Eb/N0 at symbol energy 1.",
            (POINTS,),
            (Slot("sigmas", "list[float]", "1", "standard deviation of each noise component, one per point"),),
        ),
        Stage(
            "Count QPSK Errors",
            ("draw two random bits per symbol and map them to the signs of real and imaginary part", "add Gaussian noise", "decide by sign and count the bits that changed"),
            "Simulate Gray-mapped QPSK at each noise level and count wrong bits.",
            (
                Slot("sigmas", "list[float]", "1", "standard deviation of each noise component, one per point", "task2"),
                Slot("symbols", "int", "1", "symbols per point", "task1"),
                Slot("seed", "int", "1", "seed of the random source", "task1"),
            ),
            (Slot("errors", "list[int]", "1", "wrong bits of each point"), Slot("bits", "list[int]", "1", "bits sent at each point")),
        ),
        Stage(
            "Predict Error Rates",
            ("half the complementary error function of the root of the ratio, which is Q(sqrt(2 Eb/N0))",),
            "Compute the theoretical bit error rate of QPSK at each Eb/N0.",
            (POINTS,),
            (Slot("theory", "list[float]", "1", "theoretical bit error rates"),),
        ),
    ),
    solutions="t074_ber_curve",
    generate=generate,
    measure=measure,
    bars=(
        Bar("z_max", 5.0, "most"),  # a right program exceeds 5 once in 2 million points; symbol errors, the best wrong one, start at 6.6
        Bar("scatter", 0.1, "least"),  # 8 right counts fall below 0.1 once in 5 million; rounding the formula gives at most 0.03
        Bar("bits_wrong", 0.5, "most"),  # 0 or 1
        Bar("theory_error", 1e-4, "most"),  # worst right 1e-12; wrong formulas are off by 10 % and more
    ),
    alternates=(
        Variant("constellation", "nearest of four complex points", swap={"count_qpsk_errors": "count_qpsk_errors_nearest"}),
        Variant("two_streams", "two antipodal streams in one real array", swap={"count_qpsk_errors": "count_qpsk_errors_streams", "predict_error_rates": "predict_error_rates_tail"}),
        Variant("quadrants", "quadrant of the received angle", swap={"count_qpsk_errors": "count_qpsk_errors_angle", "noise_deviations": "noise_deviations_loop"}),
    ),
    mutants=(
        Variant("formula", "counts are the formula times the number of bits, nothing is simulated", swap={"count_qpsk_errors": "count_qpsk_errors_formula"}, naive=True),
        Variant("symbol_ratio", "Eb/N0 is taken for Es/N0", edits=(("noise_deviations", "0.5 / ratio", "1.0 / ratio"),)),
        Variant("full_noise", "each component gets the whole noise power", edits=(("noise_deviations", "np.sqrt(n0 / 2.0)", "np.sqrt(n0)"),)),
        Variant("symbol_errors", "counts wrong symbols instead of wrong bits", edits=(("count_qpsk_errors", "np.count_nonzero(decided != sent)", "np.count_nonzero((decided != sent).any(axis=0))"),)),
        Variant("natural_map", "natural instead of Gray mapping", swap={"count_qpsk_errors": "count_qpsk_errors_natural"}),
        Variant("amplitude_db", "dB as an amplitude ratio", edits=(("noise_deviations", "/ 10.0)", "/ 20.0)"),)),
        Variant("wrong_theory", "theory of orthogonal signals, without the factor 2", edits=(("predict_error_rates", "math.sqrt(ratio)", "math.sqrt(ratio / 2.0)"),)),
        Variant("bits_as_symbols", "reports symbols as bits", edits=(("count_qpsk_errors", "[2 * symbols]", "[symbols]"),)),
    ),
    notes=(
        "QPSK sends two bits per symbol on two orthogonal carriers, so with Gray mapping it is two independent antipodal links "
        "and its bit error rate is that of BPSK, Q(sqrt(2 Eb/N0)). Es = 2 Eb: taking one for the other shifts the curve by "
        "3 dB, and so does forgetting that complex noise of density N0 has the variance N0/2 in each component. The symbol error "
        "rate is nearly twice the bit error rate. With natural instead of Gray mapping neighbours may differ in both bits and the rate rises "
        "by half. A count of errors is binomial: its standard deviation is sqrt(N p (1 - p)), so about 100 errors are needed "
        "for 10 % precision, and ten times fewer bits at a rate of 1e-2 do as well as a hundred times more at 1e-4."
    ),
    relations=(Relation("half_a_decibel_less_reversed", _shifted),),
    needs=("scipy",),
    sources=("Proakis, Salehi: Digital Communications, 5th edition, chapter 4.3", "Anscombe 1948, Biometrika 35, arcsine transform of binomial counts"),
)  # fmt: skip
