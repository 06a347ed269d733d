"""T066 change year: the year in which the level of an annual river record shifts, and the levels before and after.

Half of the nominal instances are crops of the real Nile record in drawn units, where the shift of 1899 is agreed on;
all others are twins with a planted shift, so that no constant passes. Where the record's package is missing, twins
take its place. Covers: one shift of the mean. Does not cover: several shifts, trends, tests of significance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NILE_YEAR = 1899
"""First year of the lower regime of the Nile at Aswan (Cobb 1978: last year of the higher one 1898)."""

SHIFT = {"easy": (5.5, 7.0), "nominal": (4.3, 5.5), "hard": (4.0, 4.6), "edge": (8.0, 10.0)}
"""Size of the planted shift in standard deviations of the annual volumes."""

FLOODS = {"easy": 0, "nominal": 2, "hard": 3, "edge": 0}
"""Single extreme years in either direction."""

LEAST = 10
"""Fewest years in which a change is looked for."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 120 years; edge: empty, too short, constant, or just 10 to 14 years with a clear shift."""
    draw = make.rng(seed, "T066", level)
    unit = float(10 ** draw.uniform(-2, 2))
    kind = str(draw.choice(["empty", "short", "constant", "brief"])) if level == "edge" else ""
    real = _nile(draw) if level == "nominal" and draw.random() < 0.5 else None
    if real:
        return _instance(real[0], real[1] * unit, int(np.flatnonzero(real[0] == NILE_YEAR)[0]))
    first = int(draw.integers(1700, 1960))
    size = {"empty": 0, "short": int(draw.integers(1, LEAST)), "brief": int(draw.integers(LEAST, 15))}.get(kind, 0)
    size = size or (0 if kind == "empty" else int(draw.integers(45, 120)))
    if kind in ("empty", "short", "constant"):
        values = np.full(size, draw.uniform(500, 1500)) + (draw.normal(0, 50, size) if kind == "short" else 0.0)
        return _instance(first + np.arange(size), values * unit, None)
    reach = 4 if kind == "brief" else 12 if level == "hard" else 18
    at = int(draw.integers(reach, size - reach + 1))
    if level == "hard":
        at = int(draw.choice([reach + draw.integers(0, 5), size - reach - draw.integers(0, 5)]))
    values = _twin(draw, size, at, float(draw.uniform(*SHIFT[level])), FLOODS[level])
    keep = np.ones(size, dtype=bool)
    if level in ("nominal", "hard"):
        far = np.flatnonzero(np.abs(np.arange(size) - at + 0.5) > 5)[1:-1]
        keep[draw.choice(far, int(draw.integers(4, 9)), replace=False)] = False
    return _instance((first + np.arange(size))[keep], values[keep] * unit, int(np.sum(keep[:at])))


def _nile(draw: np.random.Generator) -> tuple[NDArray[np.int64], make.Floats] | None:
    """A crop of the Nile record, 1871 to 1970, in 1e8 m3; None where it is not installed."""
    text = make.bundled("statsmodels", "datasets/nile/nile.csv")
    if not text:
        return None
    rows = np.array([line.split(",") for line in text.split()[1:]], dtype=float)
    rows = rows[int(draw.integers(0, 14)) : int(draw.integers(78, 101))]
    return rows[:, 0].astype(np.int64), rows[:, 1]


def _twin(draw: np.random.Generator, size: int, at: int, shift: float, floods: int) -> make.Floats:
    """Annual volumes with one shift and, far from it and from each other, floods and droughts of 4.5 to 6 deviations."""
    spread = float(draw.uniform(40, 160))
    values = np.clip(draw.normal(size=size), -2.0, 2.0)
    values[max(0, at - 4) : at + 4] *= 0.5  # by chance alone the best split would stray beyond the tolerance
    values[at:] += shift * draw.choice([-1, 1])
    years = np.arange(size)
    free = (np.abs(years - at + 0.5) > 14) & (years > 3) & (years < size - 4)
    for sign in [-1, 1] * floods:
        if free.any():
            year = int(draw.choice(np.flatnonzero(free)))
            free[max(0, year - 5) : year + 6] = False
            values[year] += sign * draw.uniform(4.5, 6)
    return np.asarray(spread * (values + draw.uniform(12, 20)))


def _instance(years: NDArray[np.int64], values: make.Floats, at: int | None) -> Instance:
    """An instance whose new regime starts at row `at`; None for no change."""
    values = np.array([float(f"{v:.7g}") for v in values])
    truth: dict[str, Any] = {"year": None, "before": None, "after": None, "at": at}
    if at is not None:
        truth |= {"year": int(years[at]), "before": float(np.mean(values[:at])), "after": float(np.mean(values[at:]))}
    table = make.csv_bytes({"year": years.tolist(), "volume": values}, 7)
    return Instance({"river.csv": table}, truth, "river.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Distance of the year, and the larger error of both levels as a share of the shift; infinite where None is wrong."""
    names = ("year", "before", "after")
    if truth["year"] is None or any(output[name] is None for name in names):
        right = truth["year"] is None and all(output[name] is None for name in names)
        return {"year_error": 0.0 if right else math.inf, "level_error": 0.0 if right else math.inf}
    shift = abs(truth["after"] - truth["before"])
    worst = max(abs(output[name] - truth[name]) for name in ("before", "after"))
    return {"year_error": float(min(abs(output["year"] - truth["year"]), 10**6)), "level_error": worst / shift}


def _read(instance: Instance) -> tuple[NDArray[np.int64], make.Floats]:
    rows = [line.split(",") for line in instance.visible["river.csv"].decode().split()[1:]]
    return np.array([int(row[0]) for row in rows]), np.array([float(row[1]) for row in rows])


def _moved(instance: Instance, seed: int) -> Instance:
    years, values = _read(instance)
    if not values.size:
        return instance
    draw = make.rng(seed, "moved")
    values = values * draw.uniform(0.3, 3.0) + np.ptp(values) * draw.uniform(0, 2)
    return _instance(years + int(draw.integers(-60, 40)), values, instance.truth["at"])


def _turned(instance: Instance, seed: int) -> Instance:
    years, values = _read(instance)
    at = instance.truth["at"]
    if at is None:
        return instance
    return _instance(years[0] + years[-1] - years[::-1], values[::-1], len(years) - at)


YEARS = Slot("years", "ndarray[int64, (N)]", "1", "calendar years, ascending", "task1")
VOLUMES = Slot("volumes", "ndarray[float64, (N)]", "1", "annual volume in the unit of the file", "task1")

FAMILY = Family(
    id="T066",
    title="Change year",
    domain="G",
    version=1,
    wordings=(
        Wording("When did the river regime change?", "goal"),
        Wording("Split the annual volumes in two where the sum of squares about both means is least; give the year.", "operation"),
        Wording("annual flow → change year", "terse"),
        Wording("At some point this river started to carry a different amount of water. Which year, and how much before and after?", "goal"),
        Wording("Find the level shift in river.csv and report both mean volumes.", "operation"),
        Wording("Locate a single change point in yearly discharge and name the first year of the new regime.", "operation"),
        Wording("single mean shift in a yearly series", "terse"),
        Wording("They built a dam, and the yearly flow was never the same. In which year does the record show it?", "goal", held=True),
        Wording("Estimate the break year of the hydrological record with the average of either side.", "operation", held=True),
        Wording("break year, mean before, mean after", "terse", held=True),
        Wording("河流流量在哪一年发生了变化？", "goal", "zh"),
        Wording("在年径流序列中找出均值突变的年份，并给出前后平均值。", "operation", "zh"),
        Wording("这条河从哪一年起水量不同了？前后各是多少？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`river.csv`: CSV with a header, columns `year` (calendar year), `volume` (annual volume, any unit)",),
        outputs=(
            Slot("year", "int or none", "1", "first year of the new regime; null without a change"),
            Slot("before", "float or none", "1", "mean volume before that year, in the unit of the file; null without a change"),
            Slot("after", "float or none", "1", "mean volume from that year on; null without a change"),
        ),
        remarks=(
            "the mean shifts once and stays; each regime lasts at least 4 years",
            "years ascend, some may be missing; single floods or droughts are no change of regime",
            "a record of fewer than 10 rows, or with one constant volume, has no change: all three are null",
            "the year is wanted within 2, both means within a quarter of the difference between them",
            "example: 5, 5, 5, 5, 5, 9, 9, 9, 9, 9 from 1950 on changes in 1955, from 5 to 9",
        ),
    ),
    stages=(
        Stage(
            "Load Annual Volumes",
            ("read year and volume of each row",),
            "Read an annual river record.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("years", "ndarray[int64, (N)]", "1", "calendar years, ascending"),
                Slot("volumes", "ndarray[float64, (N)]", "1", "annual volume in the unit of the file"),
            ),
        ),
        Stage(
            "Find Regime Change",
            (
                "give up on fewer than 10 or constant volumes",
                "try every split that leaves at least 4 rows on either side",
                "keep the one with the least sum of squares about both means",
            ),
            "Find the row at which the mean of a series shifts.",
            (VOLUMES,),
            (Slot("split", "int or none", "1", "first row of the new regime"),),
        ),
        Stage(
            "Describe Regimes",
            ("name the year of the split", "average the volumes on both sides"),
            "Turn the split into a calendar year and the mean of either side.",
            (YEARS, VOLUMES, Slot("split", "int or none", "1", "first row of the new regime", "task2")),
            (
                Slot("year", "int or none", "1", "first year of the new regime"),
                Slot("before", "float or none", "1", "mean volume before"),
                Slot("after", "float or none", "1", "mean volume after"),
            ),
        ),
    ),
    solutions="t066_change_year",
    generate=generate,
    measure=measure,
    bars=(
        Bar("year_error", 2.0, "most"),  # worst correct 0 (3000 draws); the catalogue's tolerance; wrong ones hit by chance, never in all trials
        Bar("level_error", 0.25, "most"),  # worst correct 0; where the year is right the best wrong is 1.0 (swapped)
    ),
    alternates=(
        Variant("absolute", "least absolute deviation about both medians", swap={"find_regime_change": "find_regime_change_absolute"}),
        Variant("t_statistic", "largest t statistic, from running sums", swap={"find_regime_change": "find_regime_change_t"}),
        Variant("posterior", "posterior median of the split under equal variances", swap={"find_regime_change": "find_regime_change_posterior"}),
    ),
    mutants=(
        Variant("middle", "the middle of the record", swap={"find_regime_change": "find_regime_change_middle"}, naive=True),
        Variant("largest_jump", "the largest difference between neighbouring years", swap={"find_regime_change": "find_regime_change_jump"}),
        Variant("index", "the row instead of the year", edits=(("describe_regimes", "int(years[split])", "int(split)"),)),
        Variant("memory", "the year of the Nile, whatever the record", edits=(("describe_regimes", "int(years[split])", "1899"),)),
        Variant("swapped", "means of both sides exchanged", edits=(("describe_regimes", "volumes[:split].mean()), float(volumes[split:]", "volumes[split:].mean()), float(volumes[:split]"),)),
        Variant("extreme", "the year farthest from the overall mean", swap={"find_regime_change": "find_regime_change_extreme"}),
    ),
    notes=(
        "A single shift of the mean is found by trying every split and keeping the one with the least sum of squared "
        "deviations about the two means, which is the maximum likelihood estimate for Gaussian noise. The largest jump between "
        "neighbours says little: the difference of two noisy years has twice the variance of one, and a single flood makes two "
        "large jumps. The cumulative sum of deviations peaks at the shift as well, but without weighting by the lengths of both "
        "sides it is blunt near the ends. Keep a least length for each side, or one extreme year at an end wins. Rows are not "
        "years when years are missing. The annual volume of the Nile at Aswan fell by about a quarter after 1898, as rainfall "
        "declined and the first dam was begun; most methods say 1898 (last year of the old regime) or 1899 (first of the new)."
    ),
    relations=(Relation("unit_and_calendar", _moved), Relation("time_reversal", _turned)),
    sources=(
        "Cobb 1978, Biometrika 65(2), the Nile volumes 1871 to 1970 (public domain, shipped with statsmodels)",
        "Durbin, Koopman 2012, Time Series Analysis by State Space Methods, 2nd ed., Nile example",
    ),
    masked=("statsmodels:datasets/nile/nile.csv",),
)  # fmt: skip
