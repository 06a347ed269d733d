"""T080 spectrum sensing: is a channel busy, by its energy, at a false alarm probability of 1 %?

Truth is the exact law of the energy of white complex noise: twice its sum over the noise power follows chi-square with 2N
degrees of freedom, and its tail is a finite sum for whole N. Many windows lie near the threshold, so a threshold that is
off by a few per cent shows. Covers: known noise power, independent samples. Does not cover: noise uncertainty, detectors
of features.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import relative

FALSE_ALARM = 0.01
"""Probability that noise alone counts as busy."""

SIZES = {"easy": (200, 500), "nominal": (150, 500), "hard": (6, 40), "edge": (1, 4)}
"""Complex samples per window, smallest and largest."""

CLEAR = 0.01
"""Windows whose energy lies within this share of the threshold are not judged."""


def tail(count: int, ratio: float) -> float:
    """Probability that the mean power of so many complex noise samples exceeds `ratio` times the noise power."""
    x = count * ratio
    logs = [k * math.log(x) - x - math.lgamma(k + 1) for k in range(count)] if x > 0 else [0.0]
    return min(math.fsum(map(math.exp, logs)), 1.0)


@functools.cache
def exact_ratio(count: int) -> float:
    """Threshold over noise power, by bisection of the tail."""
    low, high = 1.0, 20.0
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(count, middle) > FALSE_ALARM else (low, middle)
    return (low + high) / 2


def generate(seed: int, level: Level) -> Instance:
    """30 to 60 windows, a third idle, the others of drawn power; edge: no window, very short ones, or idle ones only."""
    draw = make.rng(seed, "T080", level)
    size = int(draw.integers(SIZES[level][0], SIZES[level][1] + 1))
    windows = int(draw.integers(30, 60))
    kind = str(draw.choice(["none", "short", "idle"])) if level == "edge" else ""
    windows = 0 if kind == "none" else windows
    ratio = exact_ratio(size)
    excess = np.where(draw.random(windows) < 0.35, 0.0, draw.uniform(0.3, 2.0, windows) * (ratio - 1))
    excess *= kind != "idle"
    noise_dbm = (
        float(draw.choice([-1.0, 1.0]) * draw.uniform(4, 30)) if level != "easy" else float(draw.uniform(-60, -20))
    )
    noise_dbm = round(noise_dbm, 3)
    power = 10 ** (noise_dbm / 10)
    noise = draw.normal(size=(windows, size)) + 1j * draw.normal(size=(windows, size))
    sent = np.exp(2j * np.pi * draw.random((windows, size)))
    iq = math.sqrt(power) * (noise / math.sqrt(2) + np.sqrt(excess)[:, None] * sent)
    return _instance(iq, noise_dbm)


def _instance(iq: NDArray[Any], noise_dbm: float) -> Instance:
    iq = iq.astype(np.complex64)
    threshold = 10 ** (noise_dbm / 10) * exact_ratio(iq.shape[1])
    energy = np.sum(np.square(iq.real, dtype=float) + np.square(iq.imag, dtype=float), axis=1) / iq.shape[1]
    truth = {"threshold": threshold, "level": (energy / threshold).tolist()}
    visible = {"windows.npz": make.npz_bytes(iq=iq, noise_dbm=np.float64(noise_dbm))}  # type: ignore[arg-type]
    return Instance(visible, truth, "windows.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Error of the threshold, clear windows decided wrongly, and how far the occupancy is from the decisions."""
    busy, level = output["busy"], truth["level"]
    if len(busy) != len(level):
        return {"threshold_error": 1.0, "wrong_decisions": 1.0, "occupancy_error": 1.0}
    wrong = sum(found != (value > 1) for found, value in zip(busy, level, strict=True) if abs(value - 1) > CLEAR)
    share = sum(busy) / len(busy) if busy else 0.0
    return {
        "threshold_error": min(relative(truth["threshold"], output["threshold_mw"]), 1e9),
        "wrong_decisions": float(wrong),
        "occupancy_error": min(abs(output["occupancy"] - share), 1.0),
    }


def _louder(instance: Instance, seed: int) -> Instance:
    with np.load(io.BytesIO(instance.visible["windows.npz"])) as held:
        iq, noise_dbm = held["iq"], float(held["noise_dbm"])
    draw = make.rng(seed, "louder")
    gain = round(float(draw.uniform(-10, 10)), 2)
    order = draw.permutation(len(iq))
    return _instance(iq[order] * 10 ** (gain / 20) * np.exp(2j * np.pi * draw.random()), noise_dbm + gain)


NOISE = Slot("noise_dbm", "float", "dBm", "noise power per sample", "task1")

FAMILY = Family(
    id="T080",
    title="Spectrum sensing",
    domain="I",
    version=1,
    wordings=(
        Wording("Is the channel busy at Pfa 1 %?", "goal"),
        Wording("Compare the mean energy of each window with the chi-square threshold for a 1 % false alarm rate.", "operation"),
        Wording("energy detector, Pfa 0.01 → busy flags", "terse"),
        Wording("My cognitive radio must know which time slots are occupied, with one false alarm in a hundred.", "goal"),
        Wording("Run a radiometer over windows.npz with the known noise power and give threshold, decisions and occupancy.", "operation"),
        Wording("Tell me when somebody transmits; idle slots may be called busy only once in a hundred times.", "goal"),
        Wording("spectrum sensing IQ → occupied?", "terse"),
        Wording("Before I transmit I listen. Which of these listening slots were in use?", "goal", held=True),
        Wording("Set a Neyman–Pearson limit on received power from the noise floor and flag every slot above it.", "operation", held=True),
        Wording("channel free or taken, 1 % false alarms", "terse", held=True),
        Wording("虚警率 1 % 时，信道是否被占用？", "goal", "zh"),
        Wording("用能量检测和卡方门限判断每个时间窗是否被占用。", "operation", "zh"),
        Wording("发射之前先听一听：哪些时隙有人在用？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`windows.npz`: NPZ without pickle, `iq` (complex64, shape (W, N), one row per window of N samples; the squared "
            "magnitude of a sample is its power in mW), `noise_dbm` (noise power per sample, dBm)",
        ),
        outputs=(
            Slot("threshold_mw", "float", "mW", "mean power above which a window is busy"),
            Slot("busy", "list[bool]", "1", "one decision per window, in order"),
            Slot("occupancy", "float", "1", "share of busy windows; 0 without windows"),
        ),
        remarks=(
            "the noise is white, circular and complex Gaussian; its power is known and counts both components together",
            "a window is busy when its mean power exceeds a threshold that noise alone exceeds with a probability of exactly 1 %",
            "for N complex samples, 2N times the mean power over the noise power follows the chi-square law with 2N degrees of freedom",
            "N differs between files and can be as small as 1, so a Gaussian approximation does not do; example: N = 1 and "
            "0 dBm give a threshold of 4.605 mW",
            "the threshold is wanted within 0.5 %; windows within 1 % of it may be decided either way; there may be no window at all",
        ),
    ),
    stages=(
        Stage(
            "Load Sensing Windows",
            ("read the matrix of samples", "read the noise power in dBm", "the number of samples per window is the length of a row"),
            "Read the listening windows and the noise power.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("iq", "ndarray[complex128, (W, N)]", "1", "samples, one row per window"),
                Slot("noise_dbm", "float", "dBm", "noise power per sample"),
                Slot("samples", "int", "1", "samples per window"),
            ),
        ),
        Stage(
            "Window Powers",
            ("mean squared magnitude of each row",),
            "Measure the mean power of each window.",
            (Slot("iq", "ndarray[complex128, (W, N)]", "1", "samples, one row per window", "task1"),),
            (Slot("powers", "ndarray[float64, (W)]", "mW", "mean power of each window"),),
        ),
        Stage(
            "False Alarm Threshold",
            ("turn dBm into mW", "99 % quantile of chi-square with two degrees of freedom per sample", "scale by the noise power over the degrees of freedom"),
            "Compute the power that noise alone exceeds in 1 % of all windows.",
            (NOISE, Slot("samples", "int", "1", "samples per window", "task1")),
            (Slot("threshold_mw", "float", "mW", "mean power above which a window is busy"),),
        ),
        Stage(
            "Decide Occupancy",
            ("busy when above the threshold", "share of busy windows, 0 without windows"),
            "Decide which windows are busy and how many.",
            (Slot("powers", "ndarray[float64, (W)]", "mW", "mean power of each window", "task2"), Slot("threshold_mw", "float", "mW", "mean power above which a window is busy", "task3")),
            (Slot("busy", "list[bool]", "1", "one decision per window"), Slot("occupancy", "float", "1", "share of busy windows")),
        ),
    ),
    solutions="t080_spectrum_sensing",
    generate=generate,
    measure=measure,
    bars=(
        Bar("threshold_error", 0.005, "most"),  # worst right 0.0022 (cube root law, N = 1); best wrong when hard 0.02 (Gaussian)
        Bar("wrong_decisions", 0.5, "most"),  # right programs decide every clear window right
        Bar("occupancy_error", 1e-6, "most"),  # a share of the program's own decisions
    ),
    alternates=(
        Variant("gamma", "inverse of the incomplete gamma function", swap={"false_alarm_threshold": "false_alarm_threshold_gamma", "window_powers": "window_powers_dot"}),
        Variant("bisection", "tail of the Erlang law as a finite sum, bisected", swap={"false_alarm_threshold": "false_alarm_threshold_bisect", "decide_occupancy": "decide_occupancy_loop"}),
        Variant("cube_root", "cube root law of Wilson and Hilferty", swap={"false_alarm_threshold": "false_alarm_threshold_cube"}),
    ),
    mutants=(
        Variant("always_busy", "every window is busy", swap={"decide_occupancy": "decide_occupancy_always"}, naive=True),
        Variant("unit_noise", "a noise power of 1 mW is taken for granted", edits=(("false_alarm_threshold", "10.0 ** (noise_dbm / 10.0)", "1.0"),)),
        Variant("real_law", "one degree of freedom per sample, as for real noise", edits=(("false_alarm_threshold", "2 * samples", "samples"),)),
        Variant("amplitude_db", "dBm as an amplitude", edits=(("false_alarm_threshold", "noise_dbm / 10.0", "noise_dbm / 20.0"),)),
        Variant("gaussian", "Gaussian approximation of the mean power", swap={"false_alarm_threshold": "false_alarm_threshold_gauss"}),
        Variant("other_tail", "the 1 % quantile instead of the 99 % one", edits=(("false_alarm_threshold", "stats.chi2.isf", "stats.chi2.ppf"),)),
        Variant("noise_floor", "anything above the mean noise power is busy", swap={"false_alarm_threshold": "false_alarm_threshold_floor"}),
    ),
    notes=(
        "An energy detector (radiometer) compares the mean power of N samples with a threshold. With complex noise of power s the "
        "sum of |x|^2 is s/2 times a chi-square variable with 2N degrees of freedom, so the threshold for a false alarm "
        "probability P is s times chi2.isf(P, 2N) / (2N). For N = 1000 and P = 1 % that is 1.0754 s; a signal of -8 dB "
        "is then found in more than 95 % of windows. Taking N degrees of freedom (the law of real samples) puts the "
        "threshold 3 % too high and misses weak signals. The Gaussian approximation is good for "
        "hundreds of samples only. dBm is a power: 10^(x/10) mW."
    ),
    relations=(Relation("louder_and_reordered", _louder),),
    needs=("scipy",),
    sources=("Urkowitz 1967, Proceedings of the IEEE 55(4), energy detection", "Wilson, Hilferty 1931, PNAS 17(12)"),
)  # fmt: skip
