"""T070 CO2 forecast: the next 24 months of a monthly record with trend and yearly cycle, in unknown linear units.

Nominal instances are drawn half from the weekly record of Mauna Loa, averaged by month, half from synthetic twins; all
others, and all where the record's package is missing, are twins. A drawn gain and offset hide the real scale. The
hidden months never stand in the visible file. Covers: point forecasts. Does not cover: intervals, several stations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

AHEAD = 24
"""Months to forecast."""

LEAST = 36
"""Fewest months a forecast is made from."""

CALM = 0.3
"""Largest distance, ppm, of either hidden year's mean from the line through the five years before, for real origins.

Surprises such as El Nino years cannot be foreseen from the record and would reject correct programs.
"""

NOISE = {"easy": 0.015, "nominal": 0.025, "hard": 0.035, "edge": 0.01}
"""Standard deviation of a twin's months as a share of the height of its yearly cycle."""

LOST = {"easy": (0, 1), "nominal": (3, 8), "hard": (6, 14), "edge": (0, 1)}
"""Fewest and most months left empty, the latter excluded."""


def generate(seed: int, level: Level) -> Instance:
    """10 to 18 years; edge: no row, below 36 months, just above them, or the last two months empty."""
    draw = make.rng(seed, "T070", level)
    kind = str(draw.choice(["empty", "short", "brief", "tail"])) if level == "edge" else ""
    real = _mauna_loa(draw) if level == "nominal" and draw.random() < 0.5 else None
    if real:
        first, values, height = real
    else:
        size = int(draw.integers(120, 217))
        size = {"empty": 0, "short": int(draw.integers(1, LEAST)), "brief": int(draw.integers(LEAST, 48))}.get(
            kind, size
        )
        first = 12 * int(draw.integers(1950, 2010)) + int(draw.integers(0, 12))
        values, height = _twin(draw, size + AHEAD, NOISE[level])
    gain, offset = 10 ** draw.uniform(-1, 2), draw.uniform(-200, 2000)
    past, future = values[:-AHEAD].copy(), values[-AHEAD:]
    if past.size > AHEAD:
        lost = draw.choice(np.arange(6, past.size - 6), int(draw.integers(*LOST[level])), replace=False)
        past[lost] = np.nan
    if kind == "tail":
        past[-2:] = np.nan
    return _instance(first, gain * (past + offset), gain * (future + offset), gain * height)


def _twin(draw: np.random.Generator, size: int, noise: float) -> tuple[make.Floats, float]:
    """Trend, yearly cycle and noise, and the height of the cycle."""
    at = np.arange(size)
    phase, second = draw.uniform(0, 12), draw.uniform(0.2, 0.45)
    cycle = np.cos(2 * np.pi * (at - phase) / 12) + second * np.cos(
        4 * np.pi * (at - phase - draw.uniform(0.5, 1.5)) / 12
    )
    height = float(np.ptp(cycle[:24])) if size else 1.0
    growth = draw.choice([-1, 1]) * draw.uniform(0.2, 0.45) * height / 12
    bend = draw.uniform(0, 0.1) * growth / 120
    rest = np.zeros(size)
    for i, shock in enumerate(draw.normal(0, noise * height, size)):
        rest[i] = (0.4 * rest[i - 1] if i else 0.0) + 0.92 * shock
    return growth * at + bend * at**2 + cycle + rest, height


def monthly(text: str) -> tuple[int, make.Floats]:
    """Monthly means of the weekly record: number of the first month since year 0, ppm; NaN without any week."""
    weeks: dict[int, list[float]] = {}
    for line in text.split()[1:]:
        date, reading = line.split(",")
        weeks.setdefault(12 * int(date[:4]) + int(date[4:6]) - 1, []).extend([float(reading)] if reading else [])
    first, last = min(weeks), max(weeks)
    found = [weeks.get(month, []) for month in range(first, last + 1)]
    return first, np.array([float(np.mean(group)) if group else np.nan for group in found])


def calm_origins(values: make.Floats, years: int = 5) -> list[int]:
    """First hidden months from which the next two annual means lie within CALM of a line through the last five."""
    origins = []
    for origin in range(84 + 12 * years, values.size - AHEAD + 1):
        means = values[origin - 12 * years : origin + AHEAD].reshape(-1, 12).mean(axis=1)
        line = np.polyfit(np.arange(years), means[:years], 1)
        if np.all(np.abs(np.polyval(line, [years, years + 1]) - means[years:]) < CALM):
            origins.append(origin)
    return origins


def _mauna_loa(draw: np.random.Generator) -> tuple[int, make.Floats, float] | None:
    """History and hidden months of the real record in ppm, and the height of its cycle; None where not installed."""
    text = make.bundled("statsmodels", "datasets/co2/co2.csv")
    if not text:
        return None
    first, values = monthly(text)
    origin = int(draw.choice([at for at in calm_origins(values) if at >= 200]))
    start = origin - int(draw.integers(120, min(217, origin - 73)))
    known = values[start:origin]
    smooth = np.convolve(known, np.r_[0.5, np.ones(11), 0.5] / 12, mode="valid")
    apart = known[6:-6] - smooth
    height = float(np.ptp([np.mean(apart[month::12]) for month in range(12)]))
    return first + start, values[start : origin + AHEAD], height


def label(month: int) -> str:
    """A month, counted from January of year 0, as YYYY-MM."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _instance(first: int, past: make.Floats, future: make.Floats, height: float) -> Instance:
    table = make.csv_bytes({"month": [label(first + i) for i in range(past.size)], "co2": past}, 8)
    truth: dict[str, Any] = {"months": [], "forecast": [], "height": height}
    if past.size >= LEAST:
        truth["months"] = [label(first + past.size + i) for i in range(AHEAD)]
        truth["forecast"] = future.tolist()
    return Instance({"co2.csv": table}, truth, "co2.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Mean absolute error as a share of the height of the yearly cycle, and whether the months are named right."""
    wanted, found = truth["forecast"], output["forecast"]
    if len(wanted) != len(found):
        share = math.inf
    else:
        gaps = [abs(a - b) / truth["height"] for a, b in zip(wanted, found, strict=True)]
        share = sum(gaps) / len(gaps) if gaps else 0.0
    return {"error_share": share, "months": float(list(output["forecast_months"]) == truth["months"])}


def _shifted(instance: Instance, seed: int) -> Instance:
    draw = make.rng(seed, "unit")
    rows = [line.split(",") for line in instance.visible["co2.csv"].decode().split()[1:]]
    if not rows:
        return instance
    first = 12 * int(rows[0][0][:4]) + int(rows[0][0][5:]) - 1 + int(draw.integers(-60, 60))
    past = np.array([float(row[1]) if row[1] else np.nan for row in rows])
    gain, offset = draw.choice([-1, 1]) * draw.uniform(0.2, 5.0), float(np.nanmean(past)) * draw.uniform(-1, 1)
    future = np.array(instance.truth["forecast"])
    return _instance(first, gain * past + offset, gain * future + offset, abs(gain) * instance.truth["height"])


SERIES = Slot("series", "ndarray[float64, (N)]", "1", "monthly means in the unit of the file, NaN where empty", "task1")

FAMILY = Family(
    id="T070",
    title="CO2 forecast",
    domain="H",
    version=1,
    wordings=(
        Wording("Forecast monthly CO2.", "goal"),
        Wording("Separate trend and yearly cycle of the monthly carbon dioxide record and continue both for 24 months.", "operation"),
        Wording("CO2 monthly → next 24", "terse"),
        Wording("Here are years of carbon dioxide readings from our mast. What will the next two years look like, month by month?", "goal"),
        Wording("Fit a seasonal model to co2.csv and extrapolate it two years.", "operation"),
        Wording("Predict the next two years of greenhouse gas readings with their seasonal swing.", "goal"),
        Wording("seasonal + trend forecast of monthly co2, 2 years", "terse"),
        Wording("The observatory needs expected carbon dioxide values for each of the coming 24 months.", "goal", held=True),
        Wording("Deseasonalise the CO2 series, extend its recent trend and put the season back for two more years.", "operation", held=True),
        Wording("co2 two-year outlook, monthly", "terse", held=True),
        Wording("预测今后两年的月度 CO2。", "goal", "zh"),
        Wording("分解二氧化碳月均值的趋势和季节，外推 24 个月。", "operation", "zh"),
        Wording("观测站要知道接下来两年每个月的二氧化碳读数。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`co2.csv`: CSV with a header, columns `month` (YYYY-MM, one row per month without gaps), `co2` (monthly mean, "
            "an unknown linear function of ppm, empty where missing)",
        ),
        outputs=(
            Slot("forecast_months", "list[str]", "1", "the 24 months after the last row, YYYY-MM"),
            Slot("forecast", "list[float]", "1", "expected monthly means in the unit of the file"),
        ),
        remarks=(
            "the record rises or falls along a slowly bending trend and repeats a yearly cycle; it may start in any month",
            "the last row counts as observed month even where its reading is empty",
            "fewer than 36 rows are too few: both lists are empty",
            "the mean absolute error over the 24 months may be at most 11 % of the height of the yearly cycle, highest less "
            "lowest month of a mean year without trend",
        ),
    ),
    stages=(
        Stage(
            "Load CO2 Record",
            ("read months and monthly means", "an empty reading becomes NaN"),
            "Read a monthly record from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("months", "list[str]", "1", "months of the rows, YYYY-MM"),
                Slot("series", "ndarray[float64, (N)]", "1", "monthly means in the unit of the file, NaN where empty"),
            ),
        ),
        Stage(
            "Yearly Profile",
            (
                "bridge empty months by straight lines",
                "subtract a centred mean over twelve months",
                "average what is left for each of the twelve positions in the year",
            ),
            "Find the mean yearly cycle of a monthly series.",
            (SERIES,),
            (Slot("profile", "ndarray[float64, (12)]", "1", "cycle, beginning with the month of the first row"),),
        ),
        Stage(
            "Extrapolate Trend",
            ("subtract the cycle", "fit a line to the last 60 months", "evaluate it at the next 24; none below 36 months"),
            "Continue the recent trend of a monthly series by 24 months.",
            (SERIES, Slot("profile", "ndarray[float64, (12)]", "1", "cycle, beginning with the month of the first row", "task2")),
            (Slot("trend", "ndarray[float64, (H)]", "1", "trend of the next months, none or 24"),),
        ),
        Stage(
            "Compose Forecast",
            ("add the cycle at the right positions of the year", "name the months after the last row"),
            "Join trend and cycle to a forecast with its months.",
            (
                Slot("months", "list[str]", "1", "months of the rows, YYYY-MM", "task1"),
                Slot("profile", "ndarray[float64, (12)]", "1", "cycle, beginning with the month of the first row", "task2"),
                Slot("trend", "ndarray[float64, (H)]", "1", "trend of the next months, none or 24", "task3"),
            ),
            (
                Slot("forecast_months", "list[str]", "1", "months of the forecast"),
                Slot("forecast", "list[float]", "1", "expected monthly means"),
            ),
        ),
    ),
    solutions="t070_co2_forecast",
    generate=generate,
    measure=measure,
    bars=(
        Bar("error_share", 0.11, "most"),  # worst correct 0.093 (holt, 600 draws); best wrong 0.158 (one_month_late)
        Bar("months", 1.0, "least"),
    ),
    alternates=(
        Variant("dummies", "cycle by regression on months and a bent trend", swap={"yearly_profile": "yearly_profile_dummies"}),
        Variant(
            "harmonics",
            "cycle by four harmonics, trend through annual means",
            swap={"yearly_profile": "yearly_profile_harmonics", "extrapolate_trend": "extrapolate_trend_annual"},
        ),
        Variant("holt", "trend by damped double smoothing", swap={"extrapolate_trend": "extrapolate_trend_holt"}),
    ),
    mutants=(
        Variant("last_year", "the mean of the last year goes on, without growth", swap={"extrapolate_trend": "extrapolate_trend_flat"}, naive=True),
        Variant("one_month_late", "the cycle comes one month late", edits=(("compose_forecast", "np.arange(trend.size)", "np.arange(trend.size) - 1"),)),
        Variant("trend_only", "the yearly cycle is left out", edits=(("compose_forecast", "trend + profile[at % 12]", "trend + 0 * at"),)),
        Variant("january_first", "the record is taken to begin in January", swap={"compose_forecast": "compose_forecast_january"}),
        Variant("empty_dropped", "empty months are dropped and the cycle slips", edits=(("load_co2_record", "list(csv.DictReader(file))", "[row for row in csv.DictReader(file) if row[\"co2\"]]"),)),
        Variant("labels_early", "the forecast is dated from the last observed month", edits=(("compose_forecast", "range(1, trend.size + 1)", "range(trend.size)"),)),
    ),
    notes=(
        "Atmospheric carbon dioxide is a slowly bending trend plus a stable yearly cycle; at Mauna Loa the cycle is about 6 ppm "
        "high with its peak in May, and the trend grew from 0.8 to 1.8 ppm per year between 1960 and 2000. Repeating the last "
        "year misses two years of growth; a straight line misses the cycle; both errors are about a third of the cycle's height. "
        "A good plain forecast subtracts a centred twelve-month mean, averages the rest by month, fits a line to the last few "
        "years of the deseasonalised record and adds the cycle again. Lines through the whole record lag behind the bend. Empty "
        "months have to keep their place, or the cycle slips. Test a forecast from several origins, never on the months it was "
        "fitted to; El Nino years disturb growth by up to 1 ppm and cannot be foreseen from the record alone."
    ),
    relations=(Relation("unit_and_calendar", _shifted),),
    sources=(
        "Keeling, Whorf 2004, Scripps Institution of Oceanography, weekly CO2 at Mauna Loa 1958 to 2001 (public domain, "
        "shipped with statsmodels)",
        "Cleveland et al. 1990, J. Official Statistics 6(1), seasonal-trend decomposition",
    ),
    masked=("statsmodels:datasets/co2/co2.csv",),
)  # fmt: skip
