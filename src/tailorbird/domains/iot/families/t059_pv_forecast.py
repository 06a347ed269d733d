"""T059 PV forecast: solar power of the next 24 hours from some days of record.

Clouds come and go by the day, so a single hidden day would judge luck. The truth holds forty possible next days of the
same weather, and an answer is compared with repeating yesterday over all of them; yesterday is drawn unusually bright
or dull. Covers: a stationary fortnight without weather forecast. Does not cover: seasons, shading, snow that melts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

FUTURES = 40
"""Possible next days an answer is compared with."""

FLICKER = {"easy": 0.03, "nominal": 0.08, "hard": 0.12, "edge": 0.05}
"""Standard deviation of passing clouds as a share of the power of the hour."""


def generate(seed: int, level: Level) -> Instance:
    """12 to 20 days in steps of 30 or 60 minutes, ending at any hour; edge: no row, or a plant that stands in the dark."""
    draw = make.rng(seed, "T059", level)
    kind = str(draw.choice(["empty", "dark"])) if level == "edge" else ""
    step = int(draw.choice([30, 60]))
    per_day = 1440 // step
    first = int(draw.integers(0, per_day))
    size = 0 if kind == "empty" else int(draw.integers(12, 21)) * per_day + int(draw.integers(0, per_day))
    clear = _clear_day(draw, per_day) * (0.0 if kind == "dark" else 10 ** draw.uniform(-0.3, 2.5))
    place = first + np.arange(size + per_day)
    days = place // per_day
    last = days[size - 1] if size else 0
    bright = _brightness(draw, int(last) + 1)
    flicker = np.clip(1 + FLICKER[level] * draw.normal(size=size), 0.3, 1.5)
    power = clear[place[:size] % per_day] * bright[days[:size]] * flicker
    even = 0.25 + 0.75 * (np.arange(FUTURES) + 0.5) / FUTURES
    fresh = np.stack([draw.permutation(even) for _ in range(2)], axis=1)
    noise = np.clip(1 + FLICKER[level] * draw.normal(size=(FUTURES, per_day)), 0.3, 1.5)
    futures = clear[place[size:] % per_day] * fresh[:, days[size:] - days[size]] * noise
    keep = np.ones(size, dtype=bool)
    if level in ("nominal", "hard"):
        for at in draw.integers(per_day, size - 2 * per_day, int(draw.integers(2, 5))):
            keep[at : at + int(draw.integers(1, per_day // 3))] = False
    start = dt.datetime(2015, 1, 1) + dt.timedelta(days=int(draw.integers(0, 3000)), minutes=step * first)
    stamps = [(start + dt.timedelta(minutes=step * int(k))).isoformat(timespec="minutes") for k in np.flatnonzero(keep)]
    ahead = clear[place[size:] % per_day] if size else np.zeros(0)
    truth = {
        "futures": np.round(futures, 6).tolist(),
        "yesterday": power[size - per_day :].tolist() if size else [],
        "clear": ahead.tolist(),
        "step_h": step / 60,
    }
    return _instance(stamps, power[keep], truth)


def _brightness(draw: np.random.Generator, count: int) -> make.Floats:
    """Share of the clear-sky power on each day, spread evenly over 0.25 to 1; the last two days are both dull or bright."""
    even = np.sort(0.25 + 0.75 * (np.arange(count) + draw.uniform(0, 1, count)) / count)
    if draw.random() < 0.5:
        even = even[::-1]
    return np.concatenate([draw.permutation(even[:-2]), even[-2:]])


def _clear_day(draw: np.random.Generator, per_day: int) -> make.Floats:
    """Power of a cloudless day by slot, 1 at most; 0 before sunrise and after sunset."""
    hours = (np.arange(per_day) + 0.5) * 24 / per_day
    rise, length = draw.uniform(4.5, 8.0), draw.uniform(8.5, 14.5)
    arc = np.clip((hours - rise) / length, 0, 1)
    return np.asarray(np.sin(np.pi * arc) ** draw.uniform(1.0, 1.6)) * (arc < 1)


def _instance(stamps: Sequence[str], power: make.Floats, truth: Mapping[str, Any]) -> Instance:
    return Instance({"pv.csv": make.csv_bytes({"time": stamps, "power": power}, 7)}, truth, "pv.csv")


def _hour(values: Sequence[float], step_h: float) -> float:
    """Centre of gravity on the circle of 24 h, counted from the first value; 0 without any power."""
    angles = 2 * np.pi * (np.arange(len(values)) + 0.5) * step_h / 24
    total = complex(np.sum(np.clip(np.asarray(values, dtype=float), 0, 1e9) * np.exp(1j * angles)))
    return math.atan2(total.imag, total.real) / (2 * math.pi) * 24 if abs(total) > 1e-12 else 0.0


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Mean error as a share of that of yesterday, distance of the centre of gravity, and power at night as a share."""
    found, clear = output["forecast"], truth["clear"]
    names = ("error_share", "centre_gap_h", "night_share")
    if len(found) != len(clear):
        return dict.fromkeys(names, math.inf)
    if not clear:
        return dict.fromkeys(names, 0.0)
    values = np.clip(np.asarray(found, dtype=float), -1e9, 1e9)
    futures, peak = np.array(truth["futures"]), max(clear)
    if not peak:
        return dict.fromkeys(names, 0.0 if np.abs(values).max() < 1e-9 else math.inf)
    yesterday = float(np.mean(np.abs(futures - np.array(truth["yesterday"]))))
    gap = abs(_hour(found, truth["step_h"]) - _hour(clear, truth["step_h"])) % 24
    night = np.abs(values[np.array(clear) == 0.0])
    return {
        "error_share": float(np.mean(np.abs(futures - values))) / yesterday,
        "centre_gap_h": min(gap, 24 - gap),
        "night_share": float(night.max(initial=0.0)) / peak,
    }


def _rows(instance: Instance) -> tuple[list[str], make.Floats]:
    rows = [line.split(",") for line in instance.visible["pv.csv"].decode().split()[1:]]
    return [row[0] for row in rows], np.array([float(row[1]) for row in rows])


def _more_panels(instance: Instance, seed: int) -> Instance:
    stamps, power = _rows(instance)
    factor = float(make.rng(seed, "panels").uniform(0.2, 6))
    truth = dict(instance.truth)
    truth |= {name: (np.array(truth[name]) * factor).tolist() for name in ("futures", "yesterday", "clear")}
    return _instance(stamps, power * factor, truth)


def _other_season(instance: Instance, seed: int) -> Instance:
    stamps, power = _rows(instance)
    ahead = dt.timedelta(days=int(make.rng(seed, "season").integers(1, 900)))
    moved = [(dt.datetime.fromisoformat(stamp) + ahead).isoformat(timespec="minutes") for stamp in stamps]
    return _instance(moved, power, instance.truth)


PER_DAY = Slot("per_day", "int", "1", "rows per day", "task1")
PROFILE = Slot("profile", "ndarray[float64, (D)]", "kW", "typical power by slot of the day, 0 is midnight")

FAMILY = Family(
    id="T059",
    title="PV forecast",
    domain="F",
    version=1,
    wordings=(
        Wording("Next day from last days.", "goal"),
        Wording("Take the median of the past days for each time of day and print it for the 24 hours after the last row.", "operation"),
        Wording("PV power history → next 24 h", "terse"),
        Wording("How much will my solar roof deliver tomorrow, hour by hour? I only have what it did these last weeks.", "goal"),
        Wording("Build a daily profile from pv.csv and continue it from the next time step on.", "operation"),
        Wording("Forecast tomorrow's photovoltaic production better than by copying today's.", "goal"),
        Wording("day-ahead solar, climatology", "terse"),
        Wording("I'd like to know when to charge the car: guess the output of the panels over the coming day from their record.", "goal", held=True),
        Wording("Average the generation per slot of the day over all recorded days to get a day-ahead curve, zero at night.", "operation", held=True),
        Wording("solar curve for the coming day", "terse", held=True),
        Wording("用前几天预测明天的光伏出力。", "goal", "zh"),
        Wording("对每个时刻取过去几天的中位数，作为接下来 24 小时的预测。", "operation", "zh"),
        Wording("明天屋顶的太阳能大概每个小时能发多少电？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`pv.csv`: CSV with a header, columns `time` (local standard time, YYYY-MM-DDThh:mm), `power` (mean power of the step that begins then, kW)",),
        outputs=(Slot("forecast", "list[float]", "kW", "power of the steps in the 24 hours after the last row"),),
        remarks=(
            "the step is constant and differs between files, 30 or 60 minutes; the record ends at any time of day, and rows may be missing",
            "the forecast has one value per step of a day and begins with the step after the last row",
            "cloudiness differs from day to day without any order; the last day may be unusual",
            "the forecast is judged over many possible next days: its mean absolute error may be at most 0.8 times that of repeating the last 24 hours",
            "its centre of gravity in time has to be right within 0.25 h; at night it may be at most 2 % of the clear-sky peak",
            "fewer than two rows give an empty list; a plant without any power is forecast with zeros",
        ),
    ),
    stages=(
        Stage(
            "Load Solar Record",
            ("read times and power", "step from the smallest distance of two rows", "slot of the day of each row and of the one after the last"),
            "Read solar power with the place of each row in its day.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("slots", "ndarray[int64, (N)]", "1", "slot of the day of each row, 0 is midnight"),
                Slot("power", "ndarray[float64, (N)]", "kW", "power of each row"),
                Slot("per_day", "int", "1", "rows per day, 0 for fewer than two rows"),
                Slot("next_slot", "int", "1", "slot of the day that follows the last row"),
            ),
        ),
        Stage(
            "Typical Solar Day",
            ("collect the readings of each slot of the day", "take their median"),
            "Find the typical power at each time of day.",
            (
                Slot("slots", "ndarray[int64, (N)]", "1", "slot of the day of each row, 0 is midnight", "task1"),
                Slot("power", "ndarray[float64, (N)]", "kW", "power of each row", "task1"),
                PER_DAY,
            ),
            (PROFILE,),
        ),
        Stage(
            "Forecast Solar Day",
            ("begin with the slot after the last row and go around the day once", "nothing below 0"),
            "Give the typical day from the slot after the last row on.",
            (
                Slot(PROFILE.name, PROFILE.type, PROFILE.unit, PROFILE.meaning, "task2"),
                Slot("next_slot", "int", "1", "slot of the day that follows the last row", "task1"),
            ),
            (Slot("forecast", "list[float]", "kW", "power of the next 24 hours"),),
        ),
    ),
    solutions="t059_pv_forecast",
    generate=generate,
    measure=measure,
    bars=(
        Bar("error_share", 0.8, "most"),  # worst right 0.70 (240 draws); best wrong 1.0 (yesterday)
        Bar("centre_gap_h", 0.25, "most"),  # worst right 0.13; one_step_late 0.39 and more
        Bar("night_share", 0.02, "most"),  # worst right 0; all_hours 0.12
    ),
    alternates=(
        Variant("mean", "mean instead of median", swap={"typical_solar_day": "typical_solar_day_mean"}),
        Variant("scaled", "shape of the bright days, scaled to the mean", swap={"typical_solar_day": "typical_solar_day_scaled"}),
        Variant("pandas", "pandas for the file, a plain loop for the answer", swap={"load_solar_record": "load_solar_record_pandas", "forecast_solar_day": "forecast_solar_day_loop"}),
    ),
    mutants=(
        Variant("yesterday", "the last 24 hours once more", swap={"typical_solar_day": "typical_solar_day_last"}, naive=True),
        Variant("all_hours", "the mean of all hours, day and night", swap={"typical_solar_day": "typical_solar_day_flat"}),
        Variant("one_step_late", "the curve comes one step late", edits=(("forecast_solar_day", "-next_slot", "1 - next_slot"),)),
        Variant("from_midnight", "the forecast is taken to begin at midnight", edits=(("forecast_solar_day", "np.roll(profile, -next_slot)", "profile"),)),
        Variant("positions", "missing rows are not noticed and the days slip", swap={"load_solar_record": "load_solar_record_positions"}),
        Variant("watts", "watts instead of kilowatts", edits=(("forecast_solar_day", "np.roll(profile, -next_slot)", "1000.0 * np.roll(profile, -next_slot)"),)),
        Variant("best_day", "the brightest reading of each slot", edits=(("typical_solar_day", "np.median(", "np.max("),)),
    ),
    notes=(
        "Without a weather forecast the best guess for tomorrow's solar power is a typical day, not yesterday: two independent "
        "days differ by more than each differs from the middle. The median of past days for each time of day has the least mean "
        "absolute error, the mean the least squared error. Times of day matter more than row numbers: records end in the middle "
        "of a day and rows are missing. Power at night is nothing, and the curve must not be shifted by a step, which costs "
        "little in error and much in the timing of batteries. Compare with persistence (the last 24 hours), the customary "
        "yardstick, over many days. Clear-sky power follows about the sine of the sun's elevation."
    ),
    relations=(Relation("more_panels", _more_panels), Relation("other_season", _other_season)),
    needs=("pandas",),
    sources=(
        "Pedro, Coimbra 2012, Solar Energy 86(7), forecasting solar power without exogenous inputs",
        "Yang et al. 2020, Solar Energy 210, verification of deterministic solar forecasts",
    ),
)  # fmt: skip
