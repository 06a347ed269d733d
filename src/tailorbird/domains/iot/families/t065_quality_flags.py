"""T065 quality flags: spikes, stuck values and gaps of a sensor log, on the grid of its nominal period.

Truth comes from the generator: faults are placed far enough apart that the definitions of the contract are unambiguous,
and chance runs of equal readings are broken before they reach the length that counts as stuck.
Covers: one channel with slow drift and jittered stamps. Does not cover: bursts, steps, several channels.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

STUCK = 10
"""Equal readings in a row from which on a sensor counts as stuck."""

PLATEAU = STUCK - 1
"""Longest run of equal readings that the generator leaves outside stuck runs."""


@dataclass(frozen=True)
class Recipe:
    """How much of each fault a level holds."""

    spikes: tuple[int, int]
    """Fewest and most spikes, the latter excluded."""
    height: tuple[float, float]
    """Smallest and largest spike in standard deviations of the local noise."""
    stuck: tuple[int, int]
    plateaus: int
    """Ordinary runs of equal readings, just too short to count as stuck."""
    lost: tuple[int, int]
    """Number of gaps of either kind: empty readings and missing stamps."""
    sway: float
    """Ratio of the loudest to the quietest noise within a record."""


RECIPES = {
    "easy": Recipe((4, 8), (14.0, 24.0), (2, 4), 0, (2, 4), 1.0),
    "nominal": Recipe((6, 12), (12.0, 20.0), (2, 5), 1, (3, 6), 1.5),
    "hard": Recipe((8, 16), (11.0, 17.0), (3, 6), 2, (4, 8), 2.0),
}


def generate(seed: int, level: Level) -> Instance:
    """500 to 1100 instants; edge: an empty log, a flawless one, a dead sensor, or gaps only."""
    draw = make.rng(seed, "T065", level)
    kind = str(draw.choice(["empty", "flawless", "dead", "gaps"])) if level == "edge" else ""
    size = 0 if kind == "empty" else int(draw.integers(500, 1100))
    recipe = RECIPES["nominal" if level == "edge" else level]
    drift, noise = _series(draw, size, recipe.sway)
    values = np.round(drift + noise * np.clip(draw.normal(size=size), -3, 3))
    flags = np.full(size, "ok", dtype="<U5")
    if kind == "dead":
        values[:], flags[:] = values[0], "stuck"
    elif kind == "gaps":
        recipe = Recipe((0, 1), (0.0, 0.0), (0, 1), 1, (6, 12), 1.0)
    if kind in ("gaps", ""):
        for job, span in _spans(draw, size, recipe):
            flags[span] = {"empty": "gap", "absent": "gap", "plateau": "ok"}.get(job, job)
            peak = draw.choice([-1, 1]) * draw.uniform(*recipe.height) * noise[span.start]
            held = {"empty": np.nan, "absent": np.inf, "stuck": values[span.start], "plateau": values[span.start]}
            values[span] = held.get(job, np.round(drift[span.start] + peak))
    return _instance(draw, values, flags)


def _series(draw: np.random.Generator, size: int, sway: float) -> tuple[make.Floats, make.Floats]:
    """Drifting level and standard deviation of the noise, both in steps of the converter."""
    at = np.arange(size)
    noise = 2.2 * sway ** (0.5 + 0.5 * np.sin(2 * np.pi * at / max(size, 1) + draw.uniform(0, 6.28)))
    waves = [np.sin(2 * np.pi * at / draw.uniform(1000, 2400) + draw.uniform(0, 6.28)) for _ in range(3)]
    return float(draw.integers(800, 3000)) + 40.0 * np.sum(waves, axis=0), noise


def _spans(draw: np.random.Generator, size: int, recipe: Recipe) -> list[tuple[str, slice]]:
    """Faults and where they stand: at least 12 instants apart and 15 from either end."""
    jobs = ["spike"] * int(draw.integers(*recipe.spikes)) + ["stuck"] * int(draw.integers(*recipe.stuck))
    jobs += [kind for kind in ("empty", "absent") for _ in range(int(draw.integers(*recipe.lost)))]
    jobs += ["plateau"] * recipe.plateaus
    widths = {"spike": (1, 2), "stuck": (STUCK, 32), "plateau": (PLATEAU - 1, STUCK)}
    free, placed = np.ones(size), []
    free[:15] = free[-15:] = 0
    for job in map(str, draw.permutation(jobs)):
        width = int(draw.integers(*widths[job]) if job in widths else draw.choice([1, 1, 2, 5, 14]))
        starts = np.flatnonzero(np.convolve(free, np.ones(width + 24), mode="valid") == width + 24) + 12
        if starts.size:
            start = int(draw.choice(starts))
            free[start - 12 : start + width + 12] = 0
            placed.append((job, slice(start, start + width)))
    return placed


def _break_plateaus(values: make.Floats, flags: Any) -> None:
    """Move readings by one step where they lengthen a stuck run or make a long run by chance."""
    for at in range(1, values.size):
        if flags[at] == "stuck" and flags[at - 1] == "ok" and values[at - 1] == values[at]:
            values[at - 1] += 1
        if flags[at] == "ok" and flags[at - 1] == "stuck" and values[at - 1] == values[at]:
            values[at] += 1
        run = values[max(0, at - PLATEAU) : at + 1]
        if flags[at] == "ok" and run.size > PLATEAU and np.all(run == run[0]):
            values[at] += 1


def _instance(draw: np.random.Generator, values: make.Floats, flags: Any) -> Instance:
    _break_plateaus(values, flags)
    period = float(draw.choice([0.5, 1.0, 10.0, 60.0, 300.0]))
    at = np.flatnonzero(~np.isinf(values))
    jitter = draw.uniform(-0.15, 0.15, at.size) * (draw.random() < 0.7)
    step = float(draw.choice([0.01, 0.05, 0.1, 0.5, 2.0]))
    times = period * (at + jitter) + draw.integers(0, 100_000)
    readings = [None if np.isnan(v) else round(v * step, 4) for v in values[at]]
    return _log(period, np.round(times, 3).tolist(), readings, [str(flag) for flag in flags])


def _log(period: float, times: list[float], readings: list[float | None], flags: list[str]) -> Instance:
    document = {"period": period, "time": times, "value": readings}
    usable = flags.count("ok") / len(flags) if flags else 0.0
    return Instance({"log.json": make.json_bytes(document)}, {"flags": flags, "usable": usable}, "log.json")


def macro_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    """Mean F1 over the flags that stand in truth or answer; 0 where the lengths differ, 1 where both are empty."""
    if len(truth) != len(found):
        return 0.0
    scores = []
    for flag in sorted({*truth, *found}):
        hits = sum(a == b == flag for a, b in zip(truth, found, strict=True))
        scores.append(2 * hits / (truth.count(flag) + list(found).count(flag)))
    return sum(scores) / len(scores) if scores else 1.0


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Macro F1 of the flags, and the error of the usable share."""
    return {
        "macro_f1": macro_f1(truth["flags"], output["flags"]),
        "usable_error": error(truth["usable"], output["usable"]),
    }


def _read(instance: Instance) -> tuple[float, list[float], list[float | None]]:
    document = json.loads(instance.visible["log.json"])
    return document["period"], document["time"], document["value"]


def _calibrated(instance: Instance, seed: int) -> Instance:
    period, times, readings = _read(instance)
    draw = make.rng(seed, "calibration")
    gain, offset = float(draw.choice([-0.5, 2.0, 8.0])), float(draw.integers(-500, 500))
    return _log(period, times, [None if v is None else v * gain + offset for v in readings], instance.truth["flags"])


def _backwards(instance: Instance, seed: int) -> Instance:
    period, times, readings = _read(instance)
    turned = [round(times[0] + times[-1] - at, 3) for at in times[::-1]]
    return _log(period, turned, readings[::-1], instance.truth["flags"][::-1])


GRID = Slot("grid", "ndarray[float64, (N)]", "1", "one reading per nominal instant, NaN in a gap", "task2")
STUCK_MASK = Slot("stuck", "ndarray[bool, (N)]", "1", "true where the sensor is stuck")
SPIKE_MASK = Slot("spike", "ndarray[bool, (N)]", "1", "true at spikes")

FAMILY = Family(
    id="T065",
    title="Quality flags",
    domain="G",
    version=1,
    wordings=(
        Wording("Flag spikes, stuck values, gaps.", "goal"),
        Wording("Put the log on its nominal time grid, then mark every instant as ok, spike, stuck or gap.", "operation"),
        Wording("sensor log → quality flags", "terse"),
        Wording("Which readings of this logger can I trust, and which are spikes, frozen or missing?", "goal"),
        Wording("Compare each reading with the local median and noise, find runs of equal values and missing stamps.", "operation"),
        Wording("Quality-control log.json: label each reading and tell me the share that is usable.", "goal"),
        Wording("qc labels per timestamp + usable fraction", "terse"),
        Wording("My outdoor thermometer sometimes jumps, freezes or goes silent. Mark all of it.", "goal", held=True),
        Wording("Label outliers, flatlines and dropouts instant by instant, counting rows that never arrived.", "operation", held=True),
        Wording("ok / spike / stuck / gap per sample", "terse", held=True),
        Wording("标出尖峰、卡死和缺失。", "goal", "zh"),
        Wording("把日志放到标称时间网格上，逐点标记正常、尖峰、卡死或缺失。", "operation", "zh"),
        Wording("这台记录仪的哪些读数可信？跳变、冻结和丢失的请都标出来。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`log.json`: JSON object, keys `period` (s, nominal sampling period), `time` (list of stamps, s, ascending), "
            "`value` (list of readings in the sensor's unit, null where a reading is empty)",
        ),
        outputs=(
            Slot("flags", "list[str]", "1", "`ok`, `spike`, `stuck` or `gap` for each instant of the grid"),
            Slot("usable", "float", "1", "share of instants flagged `ok`, 0 to 1; 0 for an empty log"),
        ),
        remarks=(
            "the grid runs from the first to the last stamp in steps of `period`; stamps jitter by less than a fifth of it, "
            "and a reading belongs to the nearest instant",
            "gap: an instant with an empty reading or without a stamp of its own",
            "stuck: every reading of a run of at least 10 exactly equal readings at neighbouring instants; the converter "
            "has steps, so shorter runs are ordinary",
            "spike: a single reading that leaves the drifting level by at least 10 standard deviations of the local noise "
            "and is followed by a return; ordinary readings stay within 3.5; the noise changes slowly, the drift is wider than a spike",
            "the mean F1 over the flags present has to reach 0.95, the usable share is wanted within 0.007",
            "a log may be empty, or hold no fault at all",
        ),
    ),
    stages=(
        Stage(
            "Load Sensor Log",
            ("read stamps, readings and the nominal period", "an empty reading becomes NaN"),
            "Read a sensor log with its nominal period.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("times", "ndarray[float64, (R)]", "s", "stamps"),
                Slot("values", "ndarray[float64, (R)]", "1", "readings, NaN where empty"),
                Slot("period", "float", "s", "nominal sampling period"),
            ),
        ),
        Stage(
            "Place On Grid",
            ("round each stamp to the nearest instant of the grid", "leave NaN where no reading arrived"),
            "Put irregular readings on the grid of the nominal period.",
            (
                Slot("times", "ndarray[float64, (R)]", "s", "stamps", "task1"),
                Slot("values", "ndarray[float64, (R)]", "1", "readings, NaN where empty", "task1"),
                Slot("period", "float", "s", "nominal sampling period", "task1"),
            ),
            (Slot("grid", "ndarray[float64, (N)]", "1", "one reading per nominal instant, NaN in a gap"),),
        ),
        Stage(
            "Find Stuck Runs",
            ("measure runs of exactly equal readings", "mark runs of ten and more as a whole"),
            "Mark the instants at which the sensor repeats one value.",
            (GRID,),
            (STUCK_MASK,),
        ),
        Stage(
            "Find Spikes",
            (
                "leave out gaps and stuck runs",
                "subtract the median of the neighbours",
                "scale by the median absolute deviation around each instant",
                "mark what leaves by more than 6.8 standard deviations",
            ),
            "Mark single readings far outside the local noise.",
            (GRID, Slot("stuck", "ndarray[bool, (N)]", "1", "true where the sensor is stuck", "task3")),
            (SPIKE_MASK,),
        ),
        Stage(
            "Merge Quality Flags",
            ("give each instant one flag", "count the share without fault"),
            "Join the marks to one flag per instant and the usable share.",
            (
                GRID,
                Slot("stuck", "ndarray[bool, (N)]", "1", "true where the sensor is stuck", "task3"),
                Slot("spike", "ndarray[bool, (N)]", "1", "true at spikes", "task4"),
            ),
            (
                Slot("flags", "list[str]", "1", "flag of each instant"),
                Slot("usable", "float", "1", "share of instants flagged ok"),
            ),
        ),
    ),
    solutions="t065_quality_flags",
    generate=generate,
    measure=measure,
    bars=(
        Bar("macro_f1", 0.95, "least"),  # worst correct 1.0; best wrong figure of difference 0.916, of spike_shifted 0.75
        Bar("usable_error", 0.007, "most"),  # worst correct 0; tenth_on from 0.014, two_equal from 0.13 where they fail
    ),
    alternates=(
        Variant("curvature", "spikes by the second difference", swap={"find_spikes": "find_spikes_curvature"}),
        Variant("median_filter", "spikes against a median filter, noise by a moving quantile", swap={"find_spikes": "find_spikes_filter"}),
        Variant("groups", "runs by grouping, grid by a table of instants", swap={"find_stuck_runs": "find_stuck_runs_groups", "place_on_grid": "place_on_grid_table"}),
    ),
    mutants=(
        Variant("global_z", "three standard deviations around the mean of the whole record", swap={"find_spikes": "find_spikes_global"}, naive=True),
        Variant("difference", "jumps to the next reading, so the return is marked too", swap={"find_spikes": "find_spikes_difference"}),
        Variant("two_equal", "two equal readings already count as stuck", edits=(("find_stuck_runs", ">= 10", ">= 2"),)),
        Variant("seven_equal", "ordinary plateaus count as stuck", edits=(("find_stuck_runs", ">= 10", ">= 7"),)),
        Variant("tenth_on", "a run is marked from its tenth reading on only", edits=(("find_stuck_runs", "stuck[start:stop]", "stuck[start + 9 : stop]"),)),
        Variant("empty_only", "missing stamps are overlooked", swap={"place_on_grid": "place_on_grid_rows"}),
        Variant("spike_shifted", "the mark stands one instant late", edits=(("merge_quality_flags", "out[spike]", "out[np.roll(spike, 1)]"),)),
    ),
    notes=(
        "Quality control of sensor data labels before it repairs. Put readings on the grid of the nominal period first, or "
        "missing stamps stay invisible; round each stamp to the nearest instant, since clocks jitter. Spikes are judged against "
        "the local level and noise, never against the mean of a drifting record: the Hampel identifier takes the median of a "
        "few neighbours and 1.4826 times the median absolute deviation, which equals the standard deviation for Gaussian noise "
        "and is not inflated by the spikes themselves. A first difference shows a spike twice, at the jump and at the return. "
        "Stuck values are long runs of exact equality; a coarse converter repeats values for a few readings, so the length "
        "matters. Take stuck runs and gaps out before the noise is estimated: they pull the deviation to zero."
    ),
    relations=(Relation("gain_and_offset", _calibrated), Relation("time_reversal", _backwards)),
    needs=("scipy",),
    sources=(
        "QARTOD manual for real-time quality control of in-situ temperature data (gap, spike and flat line tests)",
        "Hampel 1974, J. Am. Stat. Assoc. 69(346), median absolute deviation",
    ),
)  # fmt: skip
