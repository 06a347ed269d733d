"""T068 root cause: which sensor of a plant moved first when a fault spread, and in which order it reached the others.

The generator enters a fault at one node of a chain and passes it on with known delays, so the order is known. Sizes of
the deviations are drawn apart from the order: the loudest sensor is hardly ever the cause. Covers: one fault, lasting
shifts, units that differ by orders of magnitude. Does not cover: loops, two causes, learning the chain itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NAMES = ("boiler", "cooler", "feed", "filter", "heater", "inlet", "mixer", "outlet", "pump", "tank", "turbine", "valve")
"""Places that have a sensor."""

LAGS = {"easy": (9, 15), "nominal": (6, 13), "hard": (5, 9), "edge": (6, 12)}
"""Delay from one sensor of the chain to the next, rows."""

CAUSE = {"easy": (9.0, 10.0), "nominal": (7.0, 9.0), "hard": (7.0, 8.0), "edge": (8.0, 10.0)}
"""Shift of the first sensor in standard deviations of its noise."""


def generate(seed: int, level: Level) -> Instance:
    """4 to 8 sensors and 300 to 600 rows; edge: no fault, a fault that reaches no other sensor, or just two sensors."""
    draw = make.rng(seed, "T068", level)
    kind = str(draw.choice(["none", "alone", "pair"])) if level == "edge" else ""
    count = 2 if kind == "pair" else int(draw.integers(4, 9))
    size = int(draw.integers(300, 600))
    names = [NAMES[at] for at in draw.permutation(len(NAMES))[:count]]
    first = count - 1 if kind == "alone" else 0 if kind == "pair" else int(draw.integers(0, count - 2))
    start = int(draw.integers(int(0.42 * size), int(0.6 * size)))
    chain = [] if kind == "none" else names[first:]
    values = np.stack([_noise(draw, size) for _ in names])
    row = float(start)
    for place, name in enumerate(chain):
        reach = draw.uniform(*CAUSE[level]) if not place else draw.uniform(10, 16)
        values[names.index(name)] += draw.choice([-1, 1]) * reach * _rise(draw, size, row)
        row += int(draw.integers(*LAGS[level]))
    if level != "easy":
        for name in names:
            for at in draw.integers(5, start - 12, 2):
                values[names.index(name), at] += draw.choice([-1, 1]) * draw.uniform(10, 20)
    units = 10 ** draw.uniform(-2, 3, count)
    values = (values + draw.uniform(-30, 30, count)[:, None]) * units[:, None]
    step = float(draw.choice([0.5, 2.0, 5.0, 10.0, 60.0]))
    order = draw.permutation(count)
    table = {"time": np.arange(size) * step} | {names[at]: values[at] for at in order}
    truth = {
        "names": [names[at] for at in order],
        "chain": chain,
        "start_s": start * step if chain else None,
        "step": step,
    }
    return _instance(table, truth)


def _noise(draw: np.random.Generator, size: int) -> make.Floats:
    """Noise of deviation 1 in which neighbours resemble each other by half."""
    white = draw.normal(size=size + 1)
    smooth = 0.5 * white[:-1] + 0.866 * white[1:]
    return np.asarray(smooth)


def _rise(draw: np.random.Generator, size: int, row: float) -> make.Floats:
    """A lasting shift from 0 to 1 that begins at a row and takes one or two rows."""
    after = np.arange(size) - row
    return np.asarray(np.where(after >= 0, 1 - np.exp(-(np.maximum(after, 0) + 1) / draw.uniform(0.3, 1.0)), 0.0))


def _instance(table: Mapping[str, Any], truth: Mapping[str, Any]) -> Instance:
    return Instance({"plant.csv": make.csv_bytes(table, 7)}, truth, "plant.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Place of the cause, share of pairs in the right order, error of the start in rows; 99 where the form is wrong."""
    chain, ranking, start = truth["chain"], output["ranking"], output["start_s"]
    bad = {"cause_place": 99.0, "order": 0.0, "start_rows": 99.0}
    if not chain:
        return {"cause_place": 1.0, "order": 1.0, "start_rows": 0.0} if not ranking and start is None else bad
    if sorted(ranking) != sorted(truth["names"]) or start is None:
        return bad
    place = {name: at for at, name in enumerate(ranking)}
    untouched = [name for name in truth["names"] if name not in chain]
    pairs = [(a, b) for at, a in enumerate(chain) for b in [*chain[at + 1 :], *untouched]]
    right = [place[a] < place[b] for a, b in pairs]
    return {
        "cause_place": place[chain[0]] + 1.0,
        "order": float(np.mean(right)) if right else 1.0,
        "start_rows": min(abs(float(start) - truth["start_s"]) / truth["step"], 1e6),
    }


def _columns(instance: Instance) -> dict[str, make.Floats]:
    lines = instance.visible["plant.csv"].decode().split()
    cells = np.array([line.split(",") for line in lines[1:]], dtype=float)
    return dict(zip(lines[0].split(","), cells.T, strict=True))


def _other_units(instance: Instance, seed: int) -> Instance:
    draw = make.rng(seed, "units")
    table = _columns(instance)
    changed = {
        name: column if name == "time" else column * float(10 ** draw.uniform(-2, 2)) * float(draw.choice([-1, 1]))
        for name, column in table.items()
    }
    return _instance(changed, instance.truth)


def _other_order(instance: Instance, seed: int) -> Instance:
    table = _columns(instance)
    names = list(instance.truth["names"])
    turned: Sequence[str] = [names[at] for at in make.rng(seed, "order").permutation(len(names))]
    return _instance({"time": table["time"]} | {n: table[n] for n in turned}, {**instance.truth, "names": list(turned)})


SCORES = Slot(
    "scores",
    "ndarray[float64, (S, N)]",
    "1",
    "deviation from the healthy level in healthy deviations, one sensor per row",
)

FAMILY = Family(
    id="T068",
    title="Root cause",
    domain="G",
    version=1,
    wordings=(
        Wording("Which sensor explains the fault?", "goal"),
        Wording("Standardise every channel by its healthy part, find when each one leaves it for good, and rank by that time.", "operation"),
        Wording("plant sensors → root cause ranking, fault start", "terse"),
        Wording("A fault spread through our plant. Where did it begin, when, and in what order did it reach the rest?", "goal"),
        Wording("Sort the sensors of plant.csv by the onset of their lasting shift.", "operation"),
        Wording("Everything alarmed at once; find the sensor that moved first.", "goal"),
        Wording("first mover among many alarms", "terse"),
        Wording("The control room shows a wall of red. Trace the trouble back to the place it came from.", "goal", held=True),
        Wording("Detect the change time per channel with robust scores and order the channels along the propagation of the disturbance.", "operation", held=True),
        Wording("culprit sensor + propagation order", "terse", held=True),
        Wording("是哪个传感器引起了故障？", "goal", "zh"),
        Wording("用健康段标准化每个通道，求其持续偏离的起点，并按先后排序。", "operation", "zh"),
        Wording("故障是从哪里传开的？先后到了哪些地方？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`plant.csv`: CSV with a header, column `time` (s, evenly spaced) and one further column per sensor, named after its place, each in a unit of its own",
        ),
        outputs=(
            Slot("ranking", "list[str]", "1", "all sensors, the cause first; empty without a fault"),
            Slot("start_s", "float or none", "s", "time at which the cause leaves its healthy level; null without a fault"),
        ),
        remarks=(
            "the first third of the rows is healthy; units differ by orders of magnitude, so compare only deviations in healthy scatter",
            "a fault shifts its first sensor for good, up or down, and then reaches others one after another, at least 5 rows apart",
            "a later sensor may deviate more than the cause; some sensors may never be reached",
            "outliers of a single row, before the fault, mean nothing",
            "the ranking holds every sensor once: those reached in the order in which they are, then the others in any order",
            "where no sensor shifts for good there is no fault: an empty list and null",
            "the cause has to come first, 90 % of the pairs of sensors in the right order, the start within 5 rows",
        ),
    ),
    stages=(
        Stage(
            "Load Plant Sensors",
            ("read the header for the names", "read times and values"),
            "Read the sensors of a plant from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("names", "list[str]", "1", "names of the sensors"),
                Slot("times", "ndarray[float64, (N)]", "s", "times of the rows"),
                Slot("values", "ndarray[float64, (S, N)]", "1", "readings, one sensor per row"),
            ),
        ),
        Stage(
            "Score Against Healthy",
            ("median and median absolute deviation of the first third", "subtract, divide, take the magnitude"),
            "Express each reading as a deviation from its sensor's healthy level.",
            (Slot("values", "ndarray[float64, (S, N)]", "1", "readings, one sensor per row", "task1"),),
            (SCORES,),
        ),
        Stage(
            "Lasting Shift Onsets",
            ("running median over five rows", "none for a sensor that ends within four deviations", "else the row after the last one below half of the level it ends at"),
            "Find the row at which each sensor leaves its healthy level for good.",
            (Slot(SCORES.name, SCORES.type, "1", SCORES.meaning, "task2"),),
            (Slot("onsets", "list[int or none]", "1", "row of the shift of each sensor"),),
        ),
        Stage(
            "Rank Sensors By Onset",
            ("sort by onset", "sensors that never shift come last", "time of the earliest"),
            "Order the sensors by onset and give the time of the first.",
            (
                Slot("names", "list[str]", "1", "names of the sensors", "task1"),
                Slot("times", "ndarray[float64, (N)]", "s", "times of the rows", "task1"),
                Slot("onsets", "list[int or none]", "1", "row of the shift of each sensor", "task3"),
            ),
            (
                Slot("ranking", "list[str]", "1", "all sensors, the cause first"),
                Slot("start_s", "float or none", "s", "time of the start of the fault"),
            ),
        ),
    ),
    solutions="t068_root_cause",
    generate=generate,
    measure=measure,
    bars=(
        Bar("cause_place", 1.0, "most"),  # neighbours are at least 5 rows apart, onsets right within 1; wrong ones 2 and more
        Bar("order", 0.9, "least"),  # worst right 1; best wrong of those that name the cause 0.87
        Bar("start_rows", 5.0, "most"),  # worst right 1, a smooth rise may cost a few rows more; best wrong 7 (largest)
    ),
    alternates=(
        Variant("cusum", "cumulative sums that forget small deviations", swap={"lasting_shift_onsets": "lasting_shift_onsets_cusum"}),
        Variant("split", "best split of each signed record into two levels", swap={"score_against_healthy": "score_against_healthy_signed", "lasting_shift_onsets": "lasting_shift_onsets_split"}),
        Variant("plain", "pandas for the file, a count of rows in a row", swap={"load_plant_sensors": "load_plant_sensors_pandas", "lasting_shift_onsets": "lasting_shift_onsets_run"}),
    ),
    mutants=(
        Variant("raw_variance", "the sensor with the largest numbers is blamed", swap={"rank_sensors_by_onset": "rank_sensors_by_onset_names", "score_against_healthy": "score_against_healthy_raw"}),
        Variant("alphabetical", "sensors in the order of the alphabet", swap={"rank_sensors_by_onset": "rank_sensors_by_onset_names"}, naive=True),
        Variant("largest", "the sensor that deviates most is taken for the first", swap={"lasting_shift_onsets": "lasting_shift_onsets_largest"}),
        Variant("latest", "the last sensor to move comes first", edits=(("rank_sensors_by_onset", "sorted(moved)", "sorted(moved, reverse=True)"),)),
        Variant("any_outlier", "the first outlier counts as the onset", edits=(("lasting_shift_onsets", "size=(1, 5)", "size=(1, 1)"), ("lasting_shift_onsets", "calm[-1] + 1", "np.flatnonzero(row > 4.0)[0]"))),
        Variant("no_scale", "deviations are compared in raw units", edits=(("score_against_healthy", "/ (1.4826 * spread)", ""),)),
        Variant("rows", "a row number instead of a time", edits=(("rank_sensors_by_onset", "float(times[first])", "float(first)"),)),
    ),
    notes=(
        "When a fault spreads, many sensors alarm within seconds and the loudest is rarely the cause: gains along the way "
        "differ, and units hide everything. Put each channel on the scale of its own healthy scatter, with median and median "
        "absolute deviation (times 1.4826 for a normal deviation) so that outliers in the healthy part do no harm. Then compare "
        "times, not sizes: the onset of a lasting shift is found by a running median with a threshold, by a cumulative sum "
        "(CUSUM, Page 1954) that starts anew whenever it falls to nothing, or by the best split into two levels. The order of "
        "onsets follows the path of the fault when delays exceed the uncertainty of the onsets. Sensors upstream of the cause "
        "stay quiet, which is evidence as well."
    ),
    relations=(Relation("other_units", _other_units), Relation("other_order", _other_order)),
    needs=("scipy", "pandas"),
    sources=(
        "Page 1954, Biometrika 41(1/2), continuous inspection schemes",
        "Yang, Xiao 2012, J. Process Control 22(6), root cause diagnosis of process fault propagation",
    ),
)  # fmt: skip
