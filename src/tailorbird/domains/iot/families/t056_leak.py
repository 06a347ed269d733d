"""T056 leak: the day on which a leak starts, from hourly water flow, or null where there is none.

Hourly flow follows the day and the week; at night a small rest remains. A leak adds a constant share of the median flow
from a drawn hour on. Guests raise single weeks by day, single hours and up to two nights may be high, rows are missing.
Covers: one leak that stays, leak-free twins, records too short to tell. Does not cover: bursts, leaks that are mended.
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

LEAK = {"easy": (0.25, 0.35), "nominal": (0.16, 0.25), "hard": (0.15, 0.18), "edge": (0.15, 0.2)}
"""Flow of the leak as a share of the median flow."""

FIRST = 14
"""No leak begins before this day."""

DAY = np.array(
    [30, 24, 20, 20, 21, 30, 70, 130, 150, 130, 115, 110, 120, 115, 105, 100, 105, 120, 140, 145, 130, 105, 75, 45]
)
"""Flow by hour of the day, in per cent of the mean by day."""


def generate(seed: int, level: Level) -> Instance:
    """30 to 55 days; edge: no leak but many high nights, fewer than 14 days, no row at all."""
    draw = make.rng(seed, "T056", level)
    kind = str(draw.choice(["nights", "short", "empty"], p=[0.6, 0.25, 0.15])) if level == "edge" else ""
    days = {"short": int(draw.integers(3, FIRST)), "empty": 0}.get(kind, int(draw.integers(30, 56)))
    leak = int(draw.integers(FIRST + (9 if level == "hard" else 3), days - 5)) if days > FIRST else None
    leak = FIRST if leak and level == "nominal" and draw.random() < 0.2 else leak
    if kind == "nights" or (level == "nominal" and draw.random() < 0.3):
        leak = None
    scale = float(10 ** draw.uniform(0.5, 3.5))
    flow = _consumption(draw, days, level in ("hard", "edge"))
    keep, spared = _gaps(draw, days, leak, level != "easy"), range(-3, 0) if leak is None else range(leak - 3, leak + 4)
    _disturb(draw, flow, spared, 6 if kind == "nights" else 3)
    if leak is not None:
        start = 24 * leak + int(draw.integers(0, 24))
        flow[start:] += draw.uniform(*LEAK[level]) * float(np.median(flow[: 24 * leak]))
    hours = np.flatnonzero(keep)
    return _instance(hours, scale * flow[hours], leak)


def _consumption(draw: np.random.Generator, days: int, late_guests: bool) -> make.Floats:
    """Hourly flow of a leak-free record with mean 1 by day, guests at any time or soon after day 14, shape (24 * days,)."""
    week = np.where(np.arange(days) % 7 >= 5, draw.uniform(0.8, 1.25), 1.0)
    turns = np.arange(days) / draw.uniform(25, 60) + draw.random()
    season = 1.0 + draw.uniform(-0.1, 0.15) * np.sin(2 * np.pi * turns)
    start = int(draw.integers(FIRST, FIRST + 3) if late_guests else draw.integers(0, max(1, days)))
    guests = np.where((np.arange(days) >= start) & (np.arange(days) < start + 6), draw.uniform(1.3, 1.6), 1.0)
    by_day = (DAY / 100.0)[None, :] * (week * season * guests)[:, None]
    night = DAY < 40
    by_day[:, night] = (DAY / 100.0)[night]
    spread = np.where(night, 0.08, 0.12)
    return np.asarray((by_day * np.exp(draw.normal(0, 1, (days, 24)) * spread)).ravel())


def _gaps(draw: np.random.Generator, days: int, leak: int | None, after: bool) -> NDArray[np.bool_]:
    """Rows that are there: gaps of 2 to 32 hours; after the start of a leak none, or the second night after it alone."""
    keep = np.ones(24 * days, dtype=bool)
    for _ in range(days // 8):
        start = int(draw.integers(0, 24 * days))
        keep[start : start + int(draw.integers(2, 33))] = False
    if leak is not None:
        keep[24 * (leak - 1) : 24 * (leak + 5)] = True
        night = 24 * (leak + 2)
        keep[night - int(draw.integers(0, 8)) : night + int(draw.integers(6, 14))] = not after
    return keep


def _disturb(draw: np.random.Generator, flow: make.Floats, spared: range, nights: int) -> None:
    """Raise single night hours strongly, and one or two whole nights in a row, away from the spared days."""
    days = flow.size // 24
    free = [day for day in range(1, days) if day not in spared]
    for day in draw.permutation(free)[: days // 5]:
        flow[24 * day + int(draw.integers(0, 6))] += draw.uniform(0.8, 2.5)
    taken: set[int] = set()
    for day in draw.permutation(free)[: 4 * nights].tolist():
        count = int(draw.integers(1, 3))
        block = set(range(day, day + count))
        around = set(range(day - 4, day + count + 4))
        if len(taken) < 2 * nights and not around & taken and not block & set(spared) and day + count < days - 4:
            taken |= block
            for one in block:
                flow[24 * one : 24 * one + 6] += draw.uniform(0.2, 0.6)


def _instance(hours: NDArray[np.int64], flow: make.Floats, leak: int | None) -> Instance:
    table = make.csv_bytes({"hour": hours.tolist(), "flow": flow}, 6)
    return Instance({"water.csv": table}, {"leak_day": leak}, "water.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Days between the start and the alarm; infinite for an early, a false or a missing alarm."""
    right, found = truth["leak_day"], output["leak_day"]
    if right is None or found is None:
        return {"days_late": 0.0 if right is found else math.inf}
    return {"days_late": float(min(found - right, 10**6)) if found >= right else math.inf}


def _unit(instance: Instance, seed: int) -> Instance:
    """Another unit of flow: the same day."""
    rows = [line.split(",") for line in instance.visible["water.csv"].decode().split()[1:]]
    factor = 10 ** make.rng(seed, "unit").uniform(-2, 2)
    flow = np.array([float(row[1]) for row in rows]) * factor
    return _instance(np.array([int(row[0]) for row in rows]), flow, instance.truth["leak_day"])


def _cut(instance: Instance, seed: int) -> Instance:
    """Ended four to five days into the leak, or unchanged without one: the same day."""
    leak = instance.truth["leak_day"]
    if leak is None:
        return instance
    rows = [line.split(",") for line in instance.visible["water.csv"].decode().split()[1:]]
    rows = [row for row in rows if int(row[0]) < 24 * (leak + 4) + int(make.rng(seed, "cut").integers(6, 24))]
    return _instance(np.array([int(row[0]) for row in rows]), np.array([float(row[1]) for row in rows]), leak)


LEAK_DAY = Slot("leak_day", "int or none", "day", "day on which the leak starts, counted from 0; null without a leak")

FAMILY = Family(
    id="T056",
    title="Water leak",
    domain="F",
    version=1,
    wordings=(
        Wording("Detect a leak from night flow.", "goal"),
        Wording("Take the median flow of the small hours of each night and find the day from which it stays raised.", "operation"),
        Wording("hourly flow → leak day or null", "terse"),
        Wording("Is water running away somewhere in this building, and since which day?", "goal"),
        Wording("Compare minimum night flow in water.csv with its level in the first two weeks and report when it rises for good.", "operation"),
        Wording("The water bill is too high. Find out from the meter readings when a pipe started to leak.", "goal"),
        Wording("minimum night flow alarm", "terse"),
        Wording("Look at our hourly water meter and tell me the day a leak began, or null if the pipes are tight.", "goal", held=True),
        Wording("Watch the consumption between two and five in the morning and raise an alarm at a lasting step.", "operation", held=True),
        Wording("pipe leak onset, days", "terse", held=True),
        Wording("根据夜间流量发现漏水。", "goal", "zh"),
        Wording("计算每夜凌晨流量的中位数，找出从哪一天起持续升高。", "operation", "zh"),
        Wording("每小时流量 → 漏水日或空", "terse", "zh"),
        Wording("水管漏了吗？从哪一天开始漏的？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`water.csv`: CSV with a header, columns `hour` (whole hours since midnight of day 0), `flow` (mean flow in that hour, any unit)",),
        outputs=(LEAK_DAY,),
        remarks=(
            "day = hour divided by 24, rounded down; hour 2 of each day is two o'clock at night",
            "a leak adds at least 15 % of the median flow, constantly, from some hour to the end; it never starts before day 14 and runs for at least four nights",
            "without a leak single hours, or up to two nights in a row, may be high; consumption by day varies with weekends and guests",
            "hours may be missing, in rows of 2 to 64; a missing hour is no zero",
            "the day may be named up to 2 days late and never early; fewer than 14 days, or no row at all, hold no leak: null",
            "example: night flow 20 until day 21, 35 from the night of day 22 on, with a median flow of 90: 22",
        ),
    ),
    stages=(
        Stage(
            "Load Hourly Flow",
            ("read hour and flow of each row",),
            "Read an hourly water meter record.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("hours", "ndarray[int64, (N)]", "h", "hours since midnight of day 0"),
                Slot("flow", "ndarray[float64, (N)]", "1", "mean flow of the hour in the unit of the file"),
            ),
        ),
        Stage(
            "Night Flow",
            ("gather the hours 2, 3 and 4 of each day", "median of those that are there, at least two"),
            "Compute the typical flow of the small hours of each day.",
            (
                Slot("hours", "ndarray[int64, (N)]", "h", "hours since midnight of day 0", "task1"),
                Slot("flow", "ndarray[float64, (N)]", "1", "mean flow of the hour", "task1"),
            ),
            (
                Slot("days", "ndarray[int64, (D)]", "day", "days whose night was metered, ascending"),
                Slot("night_level", "ndarray[float64, (D)]", "1", "median flow of the small hours of each of these days"),
            ),
        ),
        Stage(
            "Leak Threshold",
            ("median night flow of the first 14 days", "plus 8 % of the median flow of all hours"),
            "Set the night flow above which water runs away.",
            (
                Slot("flow", "ndarray[float64, (N)]", "1", "mean flow of the hour", "task1"),
                Slot("days", "ndarray[int64, (D)]", "day", "days whose night was metered", "task2"),
                Slot("night_level", "ndarray[float64, (D)]", "1", "median flow of the small hours", "task2"),
            ),
            (Slot("threshold", "float", "1", "night flow above which a night is suspicious"),),
        ),
        Stage(
            "Leak Onset",
            ("mark nights above the threshold from day 14 on", "first of three marked nights in a row", "none when there are no such nights"),
            "Find the day from which the night flow stays above the threshold.",
            (
                Slot("days", "ndarray[int64, (D)]", "day", "days whose night was metered", "task2"),
                Slot("night_level", "ndarray[float64, (D)]", "1", "median flow of the small hours", "task2"),
                Slot("threshold", "float", "1", "night flow above which a night is suspicious", "task3"),
            ),
            (LEAK_DAY,),
        ),
    ),
    solutions="t056_leak",
    generate=generate,
    measure=measure,
    bars=(Bar("days_late", 2.0, "most"),),  # worst right 1 (starts after the small hours), the catalogue allows 2; best wrong 3 on hard (gaps as zero)
    alternates=(
        Variant("loops", "plain dictionaries of hours and statistics", swap={"night_flow": "night_flow_loops", "leak_onset": "leak_onset_loops"}),
        Variant("pandas", "grouping of a data frame", swap={"load_hourly_flow": "load_hourly_flow_pandas", "night_flow": "night_flow_pandas"}),
        Variant("rolling", "least flow of three nights in a row", swap={"leak_onset": "leak_onset_rolling"}),
        Variant("backwards", "nights walked from the end", swap={"leak_onset": "leak_onset_backwards"}),
    ),
    mutants=(
        Variant("daily_total", "mean flow of whole days", swap={"night_flow": "night_flow_daily"}, naive=True),
        Variant("gaps_zero", "missing hours count as zero flow", swap={"night_flow": "night_flow_zeros"}),
        Variant("single_hour", "one high night hour is enough", edits=(("night_flow", "np.median(inside)", "np.max(inside)"), ("leak_onset", "high[k : k + 3].all()", "high[k]"))),
        Variant("one_night", "one high night is enough", edits=(("leak_onset", "high[k : k + 3].all()", "high[k]"),)),
        Variant("always", "an alarm in any case", edits=(("leak_onset", "return None", "return int(days[-1]) if days.size else 0"),)),
        Variant("row_number", "rows taken for hours", edits=(("load_hourly_flow", "return hours, flow", "return np.arange(hours.size), flow"),)),
    ),
    notes=(
        "At night hardly any water is used, so the flow between about 2 and 4 o'clock shows leaks that vanish in the totals by "
        "day: minimum night flow is the standard indicator of water utilities. Take a robust figure of a few hours (median), "
        "because a single flush is no leak, and demand that several nights in a row stay high, because a leak does not pause "
        "while guests do. The baseline comes from a time known to be tight. Daily totals move with weekends, weather and "
        "visitors by more than a small leak adds. Missing hours must stay missing: as zeros they lower the night flow, and by "
        "row number instead of timestamp the nights wander through the day. A threshold relative to the usual flow works for "
        "any unit and any size of building."
    ),
    relations=(Relation("unit_of_flow", _unit), Relation("shorter_record", _cut)),
    needs=("pandas",),
    sources=("Farley, Trow 2003, Losses in Water Distribution Networks, IWA Publishing (minimum night flow)",),
)  # fmt: skip
