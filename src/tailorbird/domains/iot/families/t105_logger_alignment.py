"""T105 alignment of two loggers: by how many samples one is behind the other.

Truth comes from the generator: both loggers are cut from one drawn series at places a drawn number of samples apart,
then get their own gain, offset, trend and noise. Covers: lags of both signs up to six tenths of the record, missing
cells, a dead logger. Does not cover: clocks of unequal speed, fractions of a sample.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.05, "nominal": 0.15, "hard": 0.2, "edge": 0.05}
"""Standard deviation of each logger's own noise, as a share of the signal's."""


def generate(seed: int, level: Level) -> Instance:
    """900 to 2,500 samples; hard has long lags and gaps; edge: no lag, a lag of one, a dead logger, a short record."""
    draw = make.rng(seed, "T105", level)
    kind = str(draw.choice(["none", "one", "dead", "short"])) if level == "edge" else ""
    rows = 300 if kind == "short" else int(draw.integers(900, 2501))
    share = draw.uniform(0.52, 0.6) if level == "hard" else draw.uniform(0.02, 0.3)
    size = {"none": 0, "one": 1}.get(kind, int(share * rows))
    lag = int(draw.choice([-1, 1])) * size
    series = _series(draw, rows + size)
    starts = (size, 0) if lag > 0 else (0, size)
    a, b = (_logger(draw, series[start : start + rows], level) for start in starts)
    if kind == "dead":
        b = np.full(rows, round(float(draw.uniform(-20, 40)), 2))
    interval = float(draw.choice([0.25, 0.5, 2, 5, 10, 30, 60, 300]))
    times = np.round(draw.uniform(0, 1e5)) + np.arange(rows) * interval
    return _instance(times, a, b, None if kind == "dead" else lag, interval)


def _series(draw: np.random.Generator, size: int) -> make.Floats:
    """What both loggers see: a quickly forgetting random walk with a few passing events, unit deviation."""
    series = np.zeros(size)
    shocks = draw.normal(0, 1, size)
    memory = float(draw.uniform(0.6, 0.85))
    for at in range(1, size):
        series[at] = memory * series[at - 1] + shocks[at]
    for _ in range(6):
        width = int(draw.integers(5, 20))
        at = int(draw.integers(0, size - width))
        series[at : at + width] += draw.uniform(-3, 3)
    return np.asarray(series / np.std(series))


def _logger(draw: np.random.Generator, part: make.Floats, level: Level) -> make.Floats:
    """Own gain, offset of 20 to 60 signal deviations, trend of 8 to 14, noise, and on hard 2 % missing cells."""
    ramp = np.linspace(-0.5, 0.5, part.size) * draw.uniform(8, 14) * draw.choice([-1, 1])
    shown = part + draw.normal(0, NOISE[level], part.size) + ramp + draw.uniform(20, 60) * draw.choice([-1, 1])
    shown = shown * np.exp(draw.uniform(-1.5, 1.5))
    if level == "hard":
        shown[draw.random(part.size) < 0.02] = np.nan
    return np.asarray(shown)


def _instance(times: make.Floats, a: make.Floats, b: make.Floats, lag: int | None, interval: float) -> Instance:
    visible = {"loggers.csv": make.csv_bytes({"time": times, "a": a, "b": b}, digits=9)}
    return Instance(visible, {"lag_samples": lag, "interval_s": interval}, "loggers.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Distance of both answers from the drawn lag, in samples."""
    lag, found, seconds = truth["lag_samples"], output["lag_samples"], output["lag_s"]
    if lag is None or found is None or seconds is None:
        return {
            "lag_error": 0.0 if lag is None and found is None else math.inf,
            "seconds_error": 0.0 if lag is None and seconds is None else math.inf,
        }
    return {
        "lag_error": float(min(abs(found - lag), 10**9)),
        "seconds_error": abs(seconds / truth["interval_s"] - lag),
    }


def _columns(instance: Instance) -> tuple[make.Floats, make.Floats, make.Floats]:
    table = np.genfromtxt(instance.visible["loggers.csv"].decode().splitlines(), delimiter=",", names=True)
    return table["time"], table["a"], table["b"]


def _swapped(instance: Instance, seed: int) -> Instance:
    times, a, b = _columns(instance)
    lag = instance.truth["lag_samples"]
    return _instance(times, b, a, None if lag is None else -lag, instance.truth["interval_s"])


def _other_unit(instance: Instance, seed: int) -> Instance:
    """Logger b in another unit: a drawn gain and offset."""
    draw = make.rng(seed, "unit")
    times, a, b = _columns(instance)
    b = b * draw.uniform(0.3, 3.0) + draw.uniform(-200, 200)
    return _instance(times, a, b, instance.truth["lag_samples"], instance.truth["interval_s"])


A = Slot("a", "ndarray[float64, (N)]", "1", "values of the first logger, without gaps", "task1")
B = Slot("b", "ndarray[float64, (N)]", "1", "values of the second logger, without gaps", "task1")

FAMILY = Family(
    id="T105",
    title="logger alignment",
    domain="L",
    version=1,
    wordings=(
        Wording("Two loggers disagree in time; align them.", "goal"),
        Wording("Remove mean and trend of both streams, cross-correlate them linearly and report the lag of the peak.", "operation"),
        Wording("loggers a, b → lag", "terse"),
        Wording("Two data recorders watched the same machine, but their clocks were off. How far is one behind the other?", "goal"),
        Wording("Estimate the signed delay between two detrended recordings by zero-padded cross-correlation.", "operation"),
        Wording("I forgot to sync the clocks of my two dataloggers. By how much must I shift the second one?", "goal", held=True),
        Wording("time offset between two sensor logs", "terse", held=True),
        Wording("两台记录仪时间不一致，请对齐。", "goal", "zh"),
        Wording("去掉两路数据的均值和趋势，做线性互相关，输出峰值处的时延。", "operation", "zh"),
        Wording("两台数据记录仪的时钟没有同步，第二台落后第一台多少？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`loggers.csv`: CSV with a header, columns `time` (s, constant step), `a`, `b` (any unit); a missing cell is empty",),
        outputs=(
            Slot("lag_samples", "int or none", "1", "k such that row n + k of b shows what row n of a shows; null for a dead logger"),
            Slot("lag_s", "float or none", "s", "the same in seconds, null likewise"),
        ),
        remarks=(
            "positive when b shows things later than a; swapping a and b changes the sign",
            "each logger has its own gain (above 0), offset, linear trend and noise; both see the same thing",
            "the lag is a whole number of rows and at most six tenths of the record, so do not wrap around",
            "the step of the time column differs between files; up to 3 % of the cells may be missing",
            "a logger that shows one constant value is dead: both answers are null",
            "the lag must be exact; example: a is 0 0 5 0 0 0 and b is 0 0 0 0 5 0 at a step of 2 s: 2 rows, 4 s",
        ),
    ),
    stages=(
        Stage(
            "Load Two Loggers",
            ("read both columns and the step of the time column", "fill missing cells by straight lines between neighbours"),
            "Read two logged streams and their time step from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("a", "ndarray[float64, (N)]", "1", "values of the first logger, without gaps"),
                Slot("b", "ndarray[float64, (N)]", "1", "values of the second logger, without gaps"),
                Slot("step", "float", "s", "time between two rows"),
            ),
        ),
        Stage(
            "Remove Level And Trend",
            ("subtract the straight line that fits best, from each stream",),
            "Free two streams of offset and linear trend.",
            (A, B),
            (
                Slot("flat_a", "ndarray[float64, (N)]", "1", "first stream around 0"),
                Slot("flat_b", "ndarray[float64, (N)]", "1", "second stream around 0"),
            ),
        ),
        Stage(
            "Correlate Loggers",
            (
                "none when a stream has no variation left",
                "linear cross-correlation over all lags, padded so that nothing wraps around",
                "the lag of the largest value, positive when the second stream is late",
            ),
            "Find the lag at which two streams agree best.",
            (
                Slot("flat_a", "ndarray[float64, (N)]", "1", "first stream around 0", "task2"),
                Slot("flat_b", "ndarray[float64, (N)]", "1", "second stream around 0", "task2"),
            ),
            (Slot("lag_samples", "int or none", "1", "rows by which the second stream is late"),),
        ),
        Stage(
            "Lag To Seconds",
            ("multiply by the time step", "none stays none"),
            "Express a lag in seconds.",
            (
                Slot("lag_samples", "int or none", "1", "rows", "task3"),
                Slot("step", "float", "s", "time between two rows", "task1"),
            ),
            (Slot("lag_s", "float or none", "s", "lag in seconds"),),
        ),
    ),
    solutions="t105_logger_alignment",
    generate=generate,
    measure=measure,
    # Correct programs are exact, a wrong one is off by a row at least: a third of the way.
    bars=(Bar("lag_error", 0.33, "most"), Bar("seconds_error", 0.33, "most")),
    alternates=(
        Variant("fourier", "correlation by zero-padded Fourier transforms", swap={"correlate_loggers": "correlate_by_fourier"}),
        Variant("differences", "first differences instead of a fitted line", swap={"remove_level_and_trend": "take_differences"}),
        Variant("pearson", "correlation coefficient of the overlap, lag by lag", swap={"correlate_loggers": "correlate_overlaps"}),
    ),
    mutants=(
        Variant("in_step", "takes the loggers to be aligned", swap={"correlate_loggers": "correlate_not"}, naive=True),
        Variant("sign", "lag of a behind b", edits=(("correlate_loggers", "int(np.argmax(score)) - (flat_a.size - 1)", "(flat_a.size - 1) - int(np.argmax(score))"),)),
        Variant("level_kept", "neither mean nor trend removed", swap={"remove_level_and_trend": "leave_as_is"}),
        Variant("trend_kept", "only the mean removed", swap={"remove_level_and_trend": "remove_mean_only"}),
        Variant("circular", "Fourier transform without padding wraps around", swap={"correlate_loggers": "correlate_circular"}),
        Variant("off_by_one", "middle of the correlation misplaced", edits=(("correlate_loggers", "(flat_a.size - 1)", "flat_a.size"),)),
        Variant("rows_as_seconds", "a step of one second taken for granted", edits=(("lag_to_seconds", "lag_samples * step", "float(lag_samples)"),)),
        Variant("gaps_dropped", "missing cells are cut out of each stream, which shifts the rest", swap={"load_two_loggers": "load_without_gaps"}),
    ),
    notes=(
        "Cross-correlation c[k] = sum a[n] b[n + k] peaks at the lag of b behind a. Mean and trend must go first: otherwise the "
        "overlap, which is largest at lag 0, decides. Subtract a fitted line, or take first differences. The peak does not care "
        "about gain. `np.correlate(b, a, mode=\"full\")` has lag 0 at index len(a) - 1; with Fourier transforms pad to at least "
        "the sum of both lengths, otherwise long lags fold to the other end. Lags beyond a third leave little overlap, so the "
        "sum is small there although the match is good; with a clean signal the peak still stands out, else divide by the "
        "overlap's own deviations (Pearson). Fill gaps by interpolation; a single NaN spoils every sum it enters."
    ),
    relations=(Relation("swapped", _swapped), Relation("other_unit", _other_unit)),
    needs=("numpy",),
    sources=("Knapp, Carter 1976, IEEE Trans. ASSP 24(4), delay by correlation",),
)  # fmt: skip
