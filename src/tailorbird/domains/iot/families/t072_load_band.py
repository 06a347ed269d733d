"""T072 load band: an 80 % interval for each hour of the next week of an electric load whose noise follows its level.

The generator knows the distribution of every hidden hour, so coverage is computed from its distribution function and
not counted on a drawn week: 168 counts alone would scatter by 3 % and reject correct programs.
Covers: a stationary typical week with proportional noise. Does not cover: weather, holidays, growth.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

AHEAD = 168
"""Hours to forecast."""

EDGE = 1.2815515655446004
"""Standard normal quantile of 90 %; the central 80 % lie within plus and minus this."""

SPREAD = {"easy": (0.08, 0.14), "nominal": (0.05, 0.18), "hard": (0.15, 0.25), "edge": (0.004, 0.02)}
"""Standard deviation of the noise as a share of the level; of the logarithm when skewed."""


def generate(seed: int, level: Level) -> Instance:
    """10 to 16 weeks of hours; hard: skewed noise and missing rows; edge: no row at all, or very small noise."""
    draw = make.rng(seed, "T072", level)
    scale, spread = 10 ** draw.uniform(-1, 3.5), float(draw.uniform(*SPREAD[level]))
    empty = level == "edge" and draw.random() < 0.4
    hours = 0 if empty else 168 * int(draw.integers(11, 17)) - int(draw.integers(0, 30))
    start = dt.datetime(2000, 1, 1) + dt.timedelta(hours=int(draw.integers(0, 24 * 365 * 20)))
    week = _week(draw) * scale
    first = start.weekday() * 24 + start.hour
    mean = week[(first + np.arange(hours + AHEAD)) % 168]
    skewed = level == "hard"
    z = draw.normal(size=hours)
    factor = np.exp(spread * z - spread**2 / 2) if skewed else np.maximum(1 + spread * z, 0.02)
    load = mean[:hours] * factor
    keep = np.ones(hours, dtype=bool)
    if level in ("nominal", "hard") and hours:
        for at in draw.integers(30, hours - 30, int(draw.integers(3, 8))):
            keep[at : at + int(draw.integers(1, 20))] = False
    stamps = [(start + dt.timedelta(hours=int(k))).isoformat(timespec="minutes") for k in np.flatnonzero(keep)]
    truth = {"mean": [] if empty else mean[hours:].tolist(), "spread": spread, "skewed": skewed}
    return _instance(stamps, load[keep], truth)


def _week(draw: np.random.Generator) -> make.Floats:
    """Typical load of the 168 hours from Monday 0:00; nights at 1, peaks at 2.5 to 6; both weekend days alike."""
    hour = np.arange(24)
    morning, evening = draw.uniform(6, 9), draw.uniform(17, 21)

    def bump(centre: float, width: float) -> make.Floats:
        return np.asarray(np.exp(-0.5 * (((hour - centre + 12) % 24 - 12) / width) ** 2))

    work = 1 + draw.uniform(1.0, 2.5) * bump(morning, 1.8) + draw.uniform(1.5, 5.0) * bump(evening, 2.2)
    rest = 1 + draw.uniform(0.8, 2.0) * bump(12.0, draw.uniform(2.0, 3.5)) + draw.uniform(0.3, 1.2) * bump(evening, 2.5)
    return np.concatenate([np.tile(work, 5), np.tile(rest, 2)])


def _instance(stamps: Sequence[str], load: make.Floats, truth: Mapping[str, Any]) -> Instance:
    return Instance({"load.csv": make.csv_bytes({"time": stamps, "load": load}, 7)}, truth, "load.csv")


def _below(value: float, mean: float, truth: Mapping[str, Any]) -> float:
    """Probability that the load of an hour stays below a value."""
    if not truth["skewed"]:
        return NormalDist(1.0, truth["spread"]).cdf(value / mean)
    if value <= 0:
        return 0.0
    return NormalDist(-(truth["spread"] ** 2) / 2, truth["spread"]).cdf(math.log(value / mean))


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Distance of the probability inside the band from 0.8, overall and in the quiet and the loud third of hours.

    Further the mean width as a multiple of the true central band, from the known distribution of each hour. Where the
    ends are exchanged nothing is inside, and the width counts all the same.
    """
    mean, low, high = truth["mean"], output["low"], output["high"]
    names = ("coverage_gap", "quiet_gap", "loud_gap", "width_ratio")
    if len(low) != len(mean) or len(high) != len(mean):
        return dict.fromkeys(names, math.inf)
    if not mean:
        return dict.fromkeys(names, 0.0)
    hours = list(zip(low, high, mean, strict=True))
    inside = np.array([max(0.0, _below(b, m, truth) - _below(a, m, truth)) for a, b, m in hours])
    order, third = np.argsort(mean, kind="stable"), len(mean) // 3
    parts = (inside, inside[order[:third]], inside[order[-third:]])
    gaps = [abs(float(np.mean(part)) - 0.8) for part in parts]
    spread = truth["spread"]
    unit = 2 * EDGE * spread
    if truth["skewed"]:
        unit = math.exp(EDGE * spread - spread**2 / 2) - math.exp(-EDGE * spread - spread**2 / 2)
    width = sum(abs(b - a) for a, b, _ in hours) / (unit * sum(mean))
    return dict(zip(names, [*gaps, width], strict=True))


def _rows(instance: Instance) -> tuple[list[str], make.Floats]:
    rows = [line.split(",") for line in instance.visible["load.csv"].decode().split()[1:]]
    return [row[0] for row in rows], np.array([float(row[1]) for row in rows])


def _other_unit(instance: Instance, seed: int) -> Instance:
    stamps, load = _rows(instance)
    factor = float(make.rng(seed, "unit").choice([1e-3, 0.2, 7.0, 1e3]))
    return _instance(stamps, load * factor, {**instance.truth, "mean": [m * factor for m in instance.truth["mean"]]})


def _weeks_later(instance: Instance, seed: int) -> Instance:
    stamps, load = _rows(instance)
    ahead = dt.timedelta(weeks=int(make.rng(seed, "weeks").integers(1, 500)))
    moved = [(dt.datetime.fromisoformat(stamp) + ahead).isoformat(timespec="minutes") for stamp in stamps]
    return _instance(moved, load, instance.truth)


HOURS = Slot("hours", "ndarray[int64, (N)]", "h", "hour of the week of each row, 0 is Monday 0:00", "task1")
PROFILE = Slot("week", "ndarray[float64, (168)]", "kW", "typical load by hour of the week", "task2")

FAMILY = Family(
    id="T072",
    title="Load band",
    domain="H",
    version=1,
    wordings=(
        Wording("Give 80 % interval.", "goal"),
        Wording("Learn the typical week and the relative scatter of the load, then print a lower and an upper limit per hour.", "operation"),
        Wording("hourly load → 80 % band, next week", "terse"),
        Wording("How low and how high will the building's power draw be in each hour of next week, four times out of five?", "goal"),
        Wording("Forecast quantiles of load.csv for seven days so that four fifths of the hours fall inside.", "operation"),
        Wording("I want an uncertainty range around next week's electricity demand, tight at night, wide at the peaks.", "goal"),
        Wording("prediction interval for electric load", "terse"),
        Wording("Our transformer needs bounds: the range that next week's consumption keeps with 80 percent probability.", "goal", held=True),
        Wording("Compute the 10th and 90th percentile of demand for every hour of the coming week from meter history.", "operation", held=True),
        Wording("p10/p90 demand, hourly, 7 days", "terse", held=True),
        Wording("给出负荷的 80 % 区间。", "goal", "zh"),
        Wording("学习典型周和相对波动，给出下一周每小时负荷的上下限。", "operation", "zh"),
        Wording("下周每个小时的用电大概在什么范围内？五次里四次要落在里面。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`load.csv`: CSV with a header, columns `time` (local standard time, YYYY-MM-DDThh:mm, on the hour), `load` (kW)",
        ),
        outputs=(
            Slot("low", "list[float]", "kW", "lower limits of the 168 hours after the last row"),
            Slot("high", "list[float]", "kW", "upper limits of the same hours"),
        ),
        remarks=(
            "Monday to Friday are alike, Saturday and Sunday are alike; there is no growth and no holiday; rows may be missing",
            "the noise is about proportional to the load of the hour, and may be skewed",
            "each load should fall inside its limits with a probability of 80 %, 10 % below and 10 % above",
            "the mean probability has to be 0.74 to 0.86, in the third of hours with the least and in that with the most load "
            "0.73 to 0.87; the mean width may be at most 1.2 times that of the true 80 % band",
            "a file without rows gives two empty lists",
        ),
    ),
    stages=(
        Stage(
            "Load Meter History",
            ("read stamps and loads", "turn each stamp into the hour of its week", "find the hour after the last row"),
            "Read hourly loads with their place in the week.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("hours", "ndarray[int64, (N)]", "h", "hour of the week of each row, 0 is Monday 0:00"),
                Slot("load", "ndarray[float64, (N)]", "kW", "hourly load"),
                Slot("next_hour", "int", "h", "hour of the week after the last row"),
            ),
        ),
        Stage(
            "Typical Week",
            ("average each hour of the day over workdays and over weekends",),
            "Find the mean load of every hour of the week.",
            (HOURS, Slot("load", "ndarray[float64, (N)]", "kW", "hourly load", "task1")),
            (Slot("week", "ndarray[float64, (168)]", "kW", "typical load by hour of the week"),),
        ),
        Stage(
            "Relative Limits",
            ("divide each load by its typical load", "take the 10 % and the 90 % quantile"),
            "Find how far the load leaves the typical week in four cases of five.",
            (HOURS, Slot("load", "ndarray[float64, (N)]", "kW", "hourly load", "task1"), PROFILE),
            (
                Slot("lower", "float", "1", "lower limit as a multiple of the typical load"),
                Slot("upper", "float", "1", "upper limit as a multiple of the typical load"),
            ),
        ),
        Stage(
            "Forecast Load Band",
            ("run through the next 168 hours", "multiply the typical load with both limits"),
            "Give both limits for each hour of the next week.",
            (
                PROFILE,
                Slot("lower", "float", "1", "lower limit as a multiple of the typical load", "task3"),
                Slot("upper", "float", "1", "upper limit as a multiple of the typical load", "task3"),
                Slot("next_hour", "int", "h", "hour of the week after the last row", "task1"),
            ),
            (
                Slot("low", "list[float]", "kW", "lower limits"),
                Slot("high", "list[float]", "kW", "upper limits"),
            ),
        ),
    ),
    solutions="t072_load_band",
    generate=generate,
    measure=measure,
    bars=(
        Bar("coverage_gap", 0.06, "most"),  # worst correct 0.044 (300 draws); best wrong 0.113 (one_sigma)
        Bar("quiet_gap", 0.07, "most"),  # worst correct 0.043; best wrong 0.135 (constant_width)
        Bar("loud_gap", 0.07, "most"),  # worst correct 0.048; best wrong 0.166 (constant_width)
        Bar("width_ratio", 1.2, "most"),  # worst correct 1.07; best wrong 1.34 (one_day), 1.42 (ninety_five)
    ),
    alternates=(
        Variant("normal", "1.28 relative standard deviations", swap={"relative_limits": "relative_limits_normal"}),
        Variant("logarithm", "geometric mean and scatter of the logarithms", swap={"typical_week": "typical_week_geometric", "relative_limits": "relative_limits_logarithm"}),
        Variant("medians", "medians of the week and sorted ratios", swap={"typical_week": "typical_week_medians", "relative_limits": "relative_limits_sorted"}),
    ),
    mutants=(
        Variant("one_sigma", "one standard deviation to either side", swap={"relative_limits": "relative_limits_one_sigma"}, naive=True),
        Variant("ninety_five", "a 95 % band", edits=(("relative_limits", "[0.1, 0.9]", "[0.025, 0.975]"),)),
        Variant("eighty_twenty", "quantiles of 20 % and 80 %, which hold 60 %", edits=(("relative_limits", "[0.1, 0.9]", "[0.2, 0.8]"),)),
        Variant("constant_width", "the same width at night and at the peak", edits=(("forecast_load_band", "week[at] * lower", "week[at] - (1 - lower) * week.mean()"), ("forecast_load_band", "week[at] * upper", "week[at] + (upper - 1) * week.mean()"))),
        Variant("swapped", "ends exchanged", edits=(("forecast_load_band", "return low.tolist(), high.tolist()", "return high.tolist(), low.tolist()"),)),
        Variant("one_day", "all days of the week are taken to be alike", edits=(("typical_week", "day = np.arange(168) >= 120", "day = np.arange(168) >= 168"),)),
        Variant("monday_first", "the forecast is taken to begin on Monday at 0:00", edits=(("forecast_load_band", "(next_hour + np.arange(168))", "np.arange(168)"),)),
    ),
    notes=(
        "A prediction interval must hold a stated share of future values and be as narrow as that allows. Electric load repeats "
        "by the day and by the week, and its scatter grows with its level, so a band of constant width is too wide at night and "
        "too narrow at the peak although its overall coverage may look right; check coverage by parts. Divide each load by its "
        "typical value, take the 10 % and 90 % quantiles of the ratios and scale back: 80 % central coverage needs tails of "
        "10 % on each side, and 1.28 standard deviations under a normal law, not 1 (68 %) and not 1.96 (95 %). Residuals of a "
        "profile fitted to few weeks are too small by a factor sqrt(1 - 1/n), so keep enough weeks or correct for it. The "
        "quantile (pinball) loss and the Winkler score judge bands; counting hits in one week scatters by 3 % alone."
    ),
    relations=(Relation("other_unit", _other_unit), Relation("weeks_later", _weeks_later)),
    sources=(
        "Gneiting, Raftery 2007, J. Am. Stat. Assoc. 102(477), proper scoring rules and interval scores",
        "Hong, Fan 2016, Int. J. Forecasting 32(3), probabilistic electric load forecasting",
    ),
)  # fmt: skip
