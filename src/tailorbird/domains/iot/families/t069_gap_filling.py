"""T069 gap filling: missing readings of a weather station, where a straight line would cut off the day's cycle.

The generator keeps the hidden readings; an answer is compared with what a straight line across each gap would have
cost. Covers: a daily cycle on slow weather, gaps of hours, gaps at either end. Does not cover: several cycles, gaps
longer than a day, uncertainty of what was filled in.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.1, "nominal": 0.25, "hard": 0.35, "edge": 0.15}
"""Standard deviation of a reading around cycle and weather, K."""

GAPS = {"easy": 4, "nominal": 6, "hard": 8, "edge": 3}
"""Gaps per record."""

LEAST_LINE = 0.05
"""Error of the straight line that is counted at least, K: where nothing moves, no share can be formed."""


def generate(seed: int, level: Level) -> Instance:
    """9 to 15 days in steps of 15 to 60 minutes; edge: no row, no gap, or a cold store without any cycle."""
    draw = make.rng(seed, "T069", level)
    kind = str(draw.choice(["empty", "complete", "flat"])) if level == "edge" else ""
    step = int(draw.choice([15, 20, 30, 60]))
    per_day = 24 * 60 // step
    size = 0 if kind == "empty" else int(draw.integers(9, 16)) * per_day + int(draw.integers(0, per_day))
    times = np.arange(size) / per_day
    values = draw.uniform(-8, 22) + draw.normal(0, NOISE[level], size)
    if kind == "flat":
        values = np.full(size, round(float(draw.uniform(-25, 4)), 2))
    elif size:
        values += _cycle(draw, times) + _weather(draw, times)
    values = np.round(values, 3)
    missing = np.zeros(size, dtype=bool)
    if size and kind != "complete":
        for begin, end in _gaps(draw, level, size, per_day):
            missing[begin:end] = True
    start = dt.datetime(2010, 1, 1) + dt.timedelta(minutes=step * int(draw.integers(0, 15 * 365 * per_day)))
    stamps = [(start + dt.timedelta(minutes=step * k)).isoformat(timespec="minutes") for k in range(size)]
    return _instance(stamps, values, missing)


def _cycle(draw: np.random.Generator, times: make.Floats) -> make.Floats:
    """A warm afternoon and a cold morning with a second harmonic; times in days."""
    phase = draw.uniform(0, 1, 2)
    first = draw.uniform(3.5, 7.0)
    return np.asarray(
        first * np.sin(2 * np.pi * (times + phase[0]))
        + first * draw.uniform(0.15, 0.35) * np.sin(4 * np.pi * (times + phase[1]))
    )


def _weather(draw: np.random.Generator, times: make.Floats) -> make.Floats:
    """Slow changes over days, K."""
    total = np.zeros_like(times)
    for period in (4.5, 7.0, 12.0):
        total += draw.uniform(1.2, 2.2) * np.sin(2 * np.pi * (times / period + draw.uniform()))
    return total


def _gaps(draw: np.random.Generator, level: Level, size: int, per_day: int) -> list[tuple[int, int]]:
    """Gaps of 6 to 16 hours, one per stretch of the record; on hard ones the first or last row may be missing."""
    edges = np.linspace(0, size, GAPS[level] + 1).astype(int)
    found = []
    for left, right in itertools.pairwise(edges):
        length = int(draw.uniform(6, 16) / 24 * per_day)
        begin = int(draw.integers(left + 1, max(left + 2, right - length - 1)))
        found.append((begin, min(begin + length, size - 1)))
    if level == "hard":
        length = int(draw.uniform(3, 7) / 24 * per_day)
        found[0], found[-1] = (0, length), (size - length, size)
    return found


def _instance(stamps: Sequence[str], values: make.Floats, missing: np.ndarray[Any, Any]) -> Instance:
    cells = np.where(missing, np.nan, values)
    table = make.csv_bytes({"time": stamps, "temperature": cells}, 9)
    truth = {"values": values.tolist(), "missing": missing.tolist()}
    return Instance({"station.csv": table}, truth, "station.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Mean error in the gaps as a share of that of straight lines, largest change of an observed reading, and the count."""
    values, missing = np.array(truth["values"], dtype=float), np.array(truth["missing"], dtype=bool)
    found = output["filled"]
    count = float(output["gap_rows"] == int(missing.sum()))
    if len(found) != values.size:
        return {"error_share": math.inf, "observed_change": math.inf, "gap_rows": count}
    gap = np.array([min(abs(float(a) - b), 1e9) for a, b in zip(found, truth["values"], strict=True)])
    if not missing.any():
        return {"error_share": 0.0, "observed_change": float(gap.max(initial=0.0)), "gap_rows": count}
    rows = np.arange(values.size)
    line = np.interp(rows[missing], rows[~missing], values[~missing])
    unit = max(float(np.mean(np.abs(line - values[missing]))), LEAST_LINE)
    return {
        "error_share": float(np.mean(gap[missing])) / unit,
        "observed_change": float(gap[~missing].max()),
        "gap_rows": count,
    }


def _stamps(instance: Instance) -> list[str]:
    return [line.split(",")[0] for line in instance.visible["station.csv"].decode().split()[1:]]


def _warmer(instance: Instance, seed: int) -> Instance:
    values = np.array(instance.truth["values"], dtype=float)
    shifted = np.round(values + make.rng(seed, "warmer").uniform(-30, 30), 3)
    return _instance(_stamps(instance), shifted, np.array(instance.truth["missing"], dtype=bool))


def _backwards(instance: Instance, seed: int) -> Instance:
    values = np.array(instance.truth["values"], dtype=float)[::-1]
    return _instance(_stamps(instance), values, np.array(instance.truth["missing"], dtype=bool)[::-1])


RECORD = Slot("temperature", "ndarray[float64, (N)]", "degC", "readings, NaN where missing", "task1")
PER_DAY = Slot("per_day", "int", "1", "rows per day", "task1")

FAMILY = Family(
    id="T069",
    title="Gap filling",
    domain="G",
    version=1,
    wordings=(
        Wording("Fill missing hours sensibly.", "goal"),
        Wording("Subtract the mean daily cycle, interpolate the rest across the gaps and add the cycle again.", "operation"),
        Wording("station temperatures with holes → complete series", "terse"),
        Wording("My weather station lost power a few times. Complete the temperature record so that nights stay cold and afternoons warm.", "goal"),
        Wording("Impute the empty cells of station.csv with a seasonal-trend method and leave the measured ones alone.", "operation"),
        Wording("Please repair the temperature log: no blanks, no straight lines through the night, no change of what was measured.", "goal"),
        Wording("impute gaps, daily cycle", "terse"),
        Wording("There are stretches of hours without data in this thermometer record; put in what it would most likely have shown.", "goal", held=True),
        Wording("Reconstruct missing samples from a deseasonalised linear interpolation with a period of one day.", "operation", held=True),
        Wording("complete a gappy temperature log", "terse", held=True),
        Wording("合理补全缺失的数据。", "goal", "zh"),
        Wording("去掉日周期后对缺口做线性插值，再加回日周期。", "operation", "zh"),
        Wording("气象站断电了几次，请把缺的气温补上，已有的读数不要改。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`station.csv`: CSV with a header, columns `time` (YYYY-MM-DDThh:mm, evenly spaced), `temperature` (°C, empty where missing)",
        ),
        outputs=(
            Slot("filled", "list[float]", "degC", "the whole series without gaps, one value per row"),
            Slot("gap_rows", "int", "1", "number of rows that were missing"),
        ),
        remarks=(
            "the step follows from the times and is a whole part of a day; it differs between files",
            "temperature has a daily cycle on top of weather that changes over days; a cold store may have neither",
            "no gap is longer than 16 hours; it may stand at the start or the end of the record",
            "observed values come back unchanged",
            "the mean absolute error in the gaps may be at most 0.5 times that of straight lines across them, which count at least 0.05 K",
            "a file without rows gives an empty list and 0; without gaps the readings come back as they are",
        ),
    ),
    stages=(
        Stage(
            "Load Station Record",
            ("read times and temperatures, NaN for empty cells", "rows per day from the first two times"),
            "Read a temperature record with gaps and its number of rows per day.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("temperature", "ndarray[float64, (N)]", "degC", "readings, NaN where missing"),
                Slot("per_day", "int", "1", "rows per day"),
            ),
        ),
        Stage(
            "Mean Daily Cycle",
            (
                "start from straight lines across the gaps",
                "subtract a centred mean over one day and average the observed rest by time of day",
                "fill in with that cycle and repeat",
            ),
            "Estimate the mean daily cycle of a record with gaps.",
            (RECORD, PER_DAY),
            (Slot("cycle", "ndarray[float64, (D)]", "K", "daily cycle around 0, beginning with the first row's time of day"),),
        ),
        Stage(
            "Fill Temperature Gaps",
            ("subtract the cycle", "interpolate the rest across the gaps", "add the cycle again, keep the observed values"),
            "Fill the gaps of a record by cycle and interpolated rest.",
            (
                RECORD,
                Slot("cycle", "ndarray[float64, (D)]", "K", "daily cycle around 0, beginning with the first row's time of day", "task2"),
            ),
            (
                Slot("filled", "list[float]", "degC", "the whole series without gaps"),
                Slot("gap_rows", "int", "1", "number of rows that were missing"),
            ),
        ),
    ),
    solutions="t069_gap_filling",
    generate=generate,
    measure=measure,
    bars=(
        Bar("error_share", 0.5, "most"),  # worst right 0.38 (400 draws); best wrong 0.73 (last_value), cycle_only from 0.45 on
        Bar("observed_change", 1e-6, "most"),  # observed cells have three decimals and are copied
        Bar("gap_rows", 1.0, "least"),
    ),
    alternates=(
        Variant("harmonics", "least squares with four harmonics and a level for each day", swap={"mean_daily_cycle": "mean_daily_cycle_harmonics"}),
        Variant("differences", "cycle from mean differences of neighbouring rows", swap={"mean_daily_cycle": "mean_daily_cycle_differences"}),
        Variant("pandas", "pandas for file and interpolation", swap={"load_station_record": "load_station_record_pandas", "fill_temperature_gaps": "fill_temperature_gaps_pandas"}),
    ),
    mutants=(
        Variant("straight_lines", "straight lines across the gaps", edits=(("fill_temperature_gaps", "cycle[np.arange(temperature.size) % cycle.size]", "0.0 * rows"),), naive=True),
        Variant("last_value", "the last value is held", swap={"fill_temperature_gaps": "fill_temperature_gaps_hold"}),
        Variant("mean", "the overall mean everywhere", swap={"fill_temperature_gaps": "fill_temperature_gaps_mean"}),
        Variant("cycle_only", "overall mean plus cycle, the weather is left out", swap={"fill_temperature_gaps": "fill_temperature_gaps_cycle"}),
        Variant("overwritten", "observed values are replaced by the model as well", edits=(("fill_temperature_gaps", "filled[known] = temperature[known]", "filled[known] = np.round(filled[known], 1)"),)),
        Variant("twenty_four", "24 rows are taken for a day, whatever the step", edits=(("load_station_record", "round(86400 / step.total_seconds())", "24 if step.total_seconds() < 3600 else 12"),)),
        Variant("dropped", "empty rows are left out", edits=(("fill_temperature_gaps", "return filled.tolist()", "return temperature[known].tolist()"),)),
    ),
    notes=(
        "A straight line across a gap is fine for minutes and wrong for hours: it cuts off the afternoon or the cold of the "
        "morning. Split the series into a cycle that repeats and a rest that moves slowly; the rest may be interpolated, the "
        "cycle is known from other days. The cycle comes from averaging by time of day what remains after subtracting a "
        "centred mean over exactly one day, which lets no daily cycle through. Gaps disturb that mean, so fill, estimate and "
        "fill again (the idea of expectation and maximisation); two or three rounds do. Deduce the number of rows per day from "
        "the time stamps. Never change observed values. Test a method on artificial gaps of the same length, compared with the "
        "straight line, since errors grow with the length of a gap."
    ),
    relations=(Relation("warmer", _warmer), Relation("backwards", _backwards)),
    needs=("pandas",),
    sources=(
        "Moritz, Bartz-Beielstein 2017, The R Journal 9(1), imputation of univariate time series",
        "Cleveland et al. 1990, J. Official Statistics 6(1), seasonal-trend decomposition",
    ),
)  # fmt: skip
