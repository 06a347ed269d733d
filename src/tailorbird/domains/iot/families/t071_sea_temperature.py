"""T071 El Niño sea temperature: the next two years of a monthly record with a strong yearly course.

On the real record no method beats the climatology, and one hidden stretch would judge luck. So every instance is a
twin of the same structure, a yearly course plus anomalies that fade by the month, and the answer is compared with many
possible futures of the drawn process. Covers: skill of the yearly course. Does not cover: foreseeing an El Niño.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Columns of the table."""

AHEAD = 24
"""Months to forecast."""

FUTURES = 120
"""Possible futures an answer is compared with."""

ANOMALY = {"easy": 0.3, "nominal": 0.45, "hard": 0.6, "edge": 0.3}
"""Standard deviation of the anomalies, K."""


def generate(seed: int, level: Level) -> Instance:
    """25 to 60 years, the last one incomplete or not; edge: no row, less than two years, or no anomalies at all."""
    draw = make.rng(seed, "T071", level)
    kind = str(draw.choice(["empty", "short", "regular"])) if level == "edge" else ""
    years = {"empty": 0, "short": 1}.get(kind, int(draw.integers(25, 61)))
    size = 12 * years + (int(draw.integers(0, 12)) if years else 0)
    first = int(draw.integers(1880, 1990))
    course = _course(draw)
    spread = 0.0 if kind == "regular" else ANOMALY[level]
    keep = float(draw.uniform(0.65, 0.8))
    anomaly = _anomalies(draw, np.array([draw.normal()]), keep, size)[0] if size else np.zeros(0)
    if size:
        wanted = draw.choice([-1, 1]) * draw.uniform(*((0.0, 0.8) if level in ("easy", "edge") else (1.0, 1.2)))
        anomaly += (wanted - anomaly[-1]) * keep ** np.arange(size - 1, -1, -1)
    values = course[np.arange(size) % 12] + spread * anomaly
    truth: dict[str, Any] = {"months": [], "futures": [], "best": 0.0}
    if size >= AHEAD:
        start = np.full(FUTURES, anomaly[-1])
        even = spread * _anomalies(draw, start, keep, AHEAD)
        expected = course[np.arange(size, size + AHEAD) % 12]
        ideal = expected + spread * anomaly[-1] * keep ** np.arange(1, AHEAD + 1)
        futures = expected + even
        truth = {
            "months": [f"{first + k // 12:04d}-{k % 12 + 1:02d}" for k in range(size, size + AHEAD)],
            "futures": np.round(futures, 5).tolist(),
            "best": max(float(np.mean(np.abs(futures - ideal))), 0.1),
        }
    return _instance(first, values, truth)


def _course(draw: np.random.Generator) -> make.Floats:
    """Mean temperature of January to December, warmest between February and April."""
    angle = 2 * np.pi * (np.arange(12) - draw.uniform(1.0, 3.5)) / 12
    warm = draw.uniform(2.6, 3.8)
    return np.asarray(draw.uniform(21, 25) + warm * np.cos(angle) + warm * draw.uniform(0.1, 0.25) * np.cos(2 * angle))


def _anomalies(draw: np.random.Generator, start: make.Floats, keep: float, count: int) -> make.Floats:
    """Anomalies of deviation 1 that follow the last ones; a row per start, half of the rows mirror images of the others."""
    rows = np.zeros((start.size, count))
    last = start.astype(float)
    half = (start.size + 1) // 2
    for k in range(count):
        fresh = draw.normal(size=half)
        noise = np.concatenate([fresh, -fresh])[: start.size]
        last = keep * last + math.sqrt(1 - keep**2) * noise
        rows[:, k] = last
    return rows


def _instance(first: int, values: make.Floats, truth: Mapping[str, Any]) -> Instance:
    lines = ["year," + ",".join(MONTHS)]
    for at in range(0, values.size, 12):
        cells = [f"{value:.2f}" for value in values[at : at + 12]]
        lines.append(",".join([str(first + at // 12), *cells, *[""] * (12 - len(cells))]))
    return Instance({"sea.csv": ("\n".join(lines) + "\n").encode()}, truth, "sea.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Mean error over all futures as a multiple of what one who knows the process would err, and whether months agree."""
    months, found = truth["months"], output["forecast"]
    named = float(list(output["months"]) == list(months))
    if len(found) != len(months):
        return {"error_ratio": math.inf, "months": named}
    if not months:
        return {"error_ratio": 1.0, "months": named}
    values = np.clip(np.asarray(found, dtype=float), -1e6, 1e6)
    return {"error_ratio": float(np.mean(np.abs(np.array(truth["futures"]) - values))) / truth["best"], "months": named}


def _rows(instance: Instance) -> tuple[int, make.Floats]:
    """First year and the observed values."""
    rows = [line.split(",") for line in instance.visible["sea.csv"].decode().split()[1:]]
    cells: Sequence[str] = [cell for row in rows for cell in row[1:] if cell]
    return int(rows[0][0]) if rows else 1900, np.array([float(cell) for cell in cells])


def _warmer(instance: Instance, seed: int) -> Instance:
    first, values = _rows(instance)
    shift = round(float(make.rng(seed, "warmer").uniform(-15, 5)), 2)
    futures = (np.array(instance.truth["futures"]) + shift).tolist()
    return _instance(first, values + shift, {**instance.truth, "futures": futures})


def _later(instance: Instance, seed: int) -> Instance:
    first, values = _rows(instance)
    ahead = int(make.rng(seed, "later").integers(1, 40))
    months = [f"{int(month[:4]) + ahead:04d}{month[4:]}" for month in instance.truth["months"]]
    return _instance(first + ahead, values, {**instance.truth, "months": months})


SERIES = Slot("series", "ndarray[float64, (N)]", "degC", "monthly temperature, beginning with a January", "task1")
NORMAL = Slot(
    "climatology", "ndarray[float64, (C)]", "degC", "mean temperature of January to December; none below two years"
)

FAMILY = Family(
    id="T071",
    title="El Niño sea temperature",
    domain="H",
    version=1,
    wordings=(
        Wording("Next two years.", "goal"),
        Wording("Average each calendar month over all years, let the last anomaly fade with its lag-one correlation, and list 24 months.", "operation"),
        Wording("monthly sea temperature table → 24 months ahead", "terse"),
        Wording("What sea temperature should the fishing fleet expect off the coast in each month of the next two years?", "goal"),
        Wording("Forecast sea.csv two years on from its monthly climatology.", "operation"),
        Wording("Predict the water temperature of the El Niño region after the end of this record, month by month.", "goal"),
        Wording("SST climatology forecast", "terse"),
        Wording("Our fish farm plans two seasons ahead; tell us how warm the Pacific will most likely be.", "goal", held=True),
        Wording("Compute calendar-month normals plus a decaying autoregressive anomaly for a lead of up to 24 months.", "operation", held=True),
        Wording("two-year ocean outlook, monthly", "terse", held=True),
        Wording("预测今后两年的厄尔尼诺海温。", "goal", "zh"),
        Wording("按月份求多年平均，再让最后的距平逐月衰减，给出 24 个月的预测。", "operation", "zh"),
        Wording("渔船队想知道接下来两年每个月的海水大概多少度。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`sea.csv`: CSV with a header, columns `year` and `jan` to `dec` (monthly mean temperature in °C; months after the last observed one are empty)",),
        outputs=(
            Slot("months", "list[str]", "1", "the 24 months after the last observed one, YYYY-MM"),
            Slot("forecast", "list[float]", "degC", "expected temperature of these months"),
        ),
        remarks=(
            "one row per year, no gap; the first row is complete, the last may be incomplete",
            "the yearly course repeats without trend; anomalies around it, El Niño and La Niña, fade within some months and cannot be foreseen",
            "the forecast is judged over many possible futures: its mean absolute error may be at most 1.28 times that of somebody who knows the true yearly course",
            "fewer than 24 observed months give two empty lists",
            "example: a record that ends with november 1979 is continued from `1979-12` to `1981-11`",
        ),
    ),
    stages=(
        Stage(
            "Load Sea Table",
            ("read years and months row by row", "leave out the empty cells at the end", "find the month after the last one"),
            "Read a table of years and months as one series.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("series", "ndarray[float64, (N)]", "degC", "monthly temperature, beginning with a January"),
                Slot("next_year", "int", "1", "year after the last observed month, 0 without values"),
                Slot("next_month", "int", "1", "month of the year that follows, 1 to 12, 0 without values"),
            ),
        ),
        Stage(
            "Monthly Climatology",
            ("average each calendar month over all years",),
            "Average each calendar month over all years.",
            (SERIES,),
            (NORMAL,),
        ),
        Stage(
            "Anomaly Decay",
            ("subtract the climatology", "regress each anomaly on the one before"),
            "Find the last anomaly and the share of it that is left a month later.",
            (SERIES, Slot(NORMAL.name, NORMAL.type, NORMAL.unit, NORMAL.meaning, "task2")),
            (
                Slot("last_anomaly", "float", "K", "anomaly of the last observed month"),
                Slot("persistence", "float", "1", "share of an anomaly that is left a month later"),
            ),
        ),
        Stage(
            "Forecast Sea Temperature",
            ("name the next 24 months", "climatology of the month plus what is left of the last anomaly"),
            "Continue the mean yearly course, with the last anomaly fading out.",
            (
                Slot(NORMAL.name, NORMAL.type, NORMAL.unit, NORMAL.meaning, "task2"),
                Slot("last_anomaly", "float", "K", "anomaly of the last observed month", "task3"),
                Slot("persistence", "float", "1", "share of an anomaly that is left a month later", "task3"),
                Slot("next_year", "int", "1", "year after the last observed month", "task1"),
                Slot("next_month", "int", "1", "month of the year that follows, 1 to 12", "task1"),
            ),
            (
                Slot("months", "list[str]", "1", "the next 24 months, YYYY-MM"),
                Slot("forecast", "list[float]", "degC", "expected temperature of these months"),
            ),
        ),
    ),
    solutions="t071_sea_temperature",
    generate=generate,
    measure=measure,
    bars=(
        Bar("error_ratio", 1.28, "most"),  # worst right 1.19 (climatology, 400 draws); best wrong 2.0 (one_month_late), for_ever from 1.25 on
        Bar("months", 1.0, "least"),
    ),
    alternates=(
        Variant("climatology", "the yearly course alone", swap={"anomaly_decay": "anomaly_decay_none"}),
        Variant("harmonics", "yearly course by four harmonics, persistence by correlation", swap={"monthly_climatology": "monthly_climatology_harmonics", "anomaly_decay": "anomaly_decay_correlation"}),
        Variant("trimmed", "pandas for the table, trimmed means", swap={"load_sea_table": "load_sea_table_pandas", "monthly_climatology": "monthly_climatology_trimmed"}),
    ),
    mutants=(
        Variant("last_value", "the last value for ever", swap={"monthly_climatology": "monthly_climatology_last"}, naive=True),
        Variant("mean", "the mean of all months", swap={"monthly_climatology": "monthly_climatology_flat", "anomaly_decay": "anomaly_decay_none"}),
        Variant("one_month_late", "the course comes one month late", edits=(("forecast_sea_temperature", "climatology[month]", "climatology[month - 1]"),)),
        Variant("half_year", "the course is half a year off", edits=(("forecast_sea_temperature", "climatology[month]", "climatology[month - 6]"),)),
        Variant("for_ever", "the last anomaly never fades", swap={"anomaly_decay": "anomaly_decay_forever"}, levels=("nominal", "hard")),
        Variant("from_january", "the forecast is taken to begin in January", edits=(("forecast_sea_temperature", "divmod(next_month - 1 + ahead, 12)", "divmod(ahead, 12)"),)),
        Variant("fahrenheit", "degrees Fahrenheit", edits=(("forecast_sea_temperature", "persistence ** (ahead + 1)))", "persistence ** (ahead + 1)) * 1.8 + 32)"),)),
        Variant("labels_early", "the months are named from the last observed one on", edits=(("forecast_sea_temperature", "{next_year + years:04d}-{month + 1:02d}", "{next_year + years - (month == 0):04d}-{(month - 1) % 12 + 1:02d}"),)),
    ),
    notes=(
        "Sea surface temperature off Peru swings by about 6 K over the year, warmest around March; El Niño and La Niña shift it "
        "by 1 to 4 K for some months and come every two to seven years without a period one could use. Two years ahead the "
        "calendar-month mean (climatology) is about the best forecast: on the record of 1950 to 2010 its error is 0.735 K, that "
        "of repeating the last year 0.734 K, of the last value 1.99 K, of a course one month late 0.94 K. What is known of the "
        "present anomaly helps for a few months: it fades by a constant share per month, the lag-one correlation, about 0.65 to 0.9. "
        "Carrying it on for ever is worse than forgetting it. Tables with a year per row end in empty cells, which are no zeros."
    ),
    relations=(Relation("warmer", _warmer), Relation("later", _later)),
    needs=("pandas",),
    sources=(
        "structure after the El Niño sea surface temperatures 1950 to 2010 of NOAA's Climate Prediction Center (public domain)",
        "von Storch, Zwiers 1999, Statistical Analysis in Climate Research, chapter 18, forecast quality",
    ),
)  # fmt: skip
