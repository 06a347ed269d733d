"""T052 season: is a day of electric load a summer or a winter day?

A synthetic twin of ItalyPowerDemand (24 hours, two seasons, few labelled days), drawn anew for each seed. Labelled days and
the others come from two meters of different size that begin their day at different hours. Covers: two seasons, hourly
values. Does not cover: spring and autumn, missing hours.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SEASONS = ("summer", "winter")
"""Names of the classes."""

NOISE = {"easy": 0.06, "nominal": 0.12, "hard": 0.15, "edge": 0.08}
"""Standard deviation of an hour as a share of the height of the evening peak."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 70 labelled days, 80 to 150 others; edge: nothing to label, one season only, or five days of each."""
    draw = make.rng(seed, "T052", level)
    kind = str(draw.choice(["none", "single", "scarce"])) if level == "edge" else ""
    known = [str(draw.choice(SEASONS))] if kind == "single" else list(SEASONS)
    each = 5 if kind == "scarce" else int(draw.integers(20, 36))
    train = [known[k] for k in draw.permutation(np.arange(each * len(known)) % len(known))]
    test = [str(name) for name in draw.choice(known, 0 if kind == "none" else int(draw.integers(80, 151)))]
    habit = _habit(draw)
    hours = [int(draw.integers(24)), 0]
    hours[1] = (hours[0] + int(draw.choice([5, 6, 7, 8, 9, 15, 16, 17, 18]))) % 24
    days = [_days(draw, names, habit, hour, level) for names, hour in ((train, hours[0]), (test, hours[1]))]
    return _instance(days, hours, train, test)


def _habit(draw: np.random.Generator) -> dict[str, Any]:
    """Hours and heights of the peaks of both seasons: (centre h, width h, height) each."""
    size = [(draw.uniform(1.6, 2.0), draw.uniform(0.45, 0.6)), (2.5, draw.uniform(0.3, 0.45)), (1.7, 1.0)]
    hours = {
        "summer": (draw.uniform(8.3, 9.0), draw.uniform(14.2, 15.0), draw.uniform(20.9, 21.6)),
        "winter": (draw.uniform(7.0, 7.7), draw.uniform(12.6, 13.2), draw.uniform(18.6, 19.3)),
    }
    return {name: [(hour, *shape) for hour, shape in zip(hours[name], size, strict=True)] for name in SEASONS}


def _days(
    draw: np.random.Generator, names: Sequence[str], habit: Mapping[str, Any], hour: int, level: Level
) -> make.Floats:
    """Days of load in kW, shape (n, 24), the first column being the given hour."""
    clock = np.arange(24)
    found = np.zeros((len(names), 24))
    for day, name in zip(found, names, strict=True):
        late = draw.normal(0, 0.4)
        weekend = draw.random() < 2 / 7
        for number, (centre, width, height) in enumerate(habit[name]):
            moved = centre + late + (1.5 if weekend and number == 0 else 0.0)
            away = (clock - moved + 12) % 24 - 12
            day += height * draw.uniform(0.8, 1.2) * np.exp(-0.5 * (away / width) ** 2)
        day += draw.normal(0, NOISE[level], 24)
        day[:] = (day - day.min() + draw.uniform(0.3, 1.2)) * draw.uniform(0.4, 2.5)
    return np.asarray(np.roll(found, -hour, axis=1))


def _instance(days: Sequence[make.Floats], hours: Sequence[int], train: Sequence[str], test: Sequence[str]) -> Instance:
    content = make.npz_bytes(
        x_train=days[0].astype(np.float32),
        hour_train=np.array(hours[0]),
        y_train=np.array(train, dtype="U8"),
        x_test=days[1].astype(np.float32),
        hour_test=np.array(hours[1]),
    )
    return Instance({"days.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "days.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of days labelled rightly; 0 where their number is wrong or a name is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[list[make.Floats], list[int], list[str]]:
    with np.load(io.BytesIO(instance.visible["days.npz"])) as data:
        days = [np.asarray(data["x_train"], float), np.asarray(data["x_test"], float)]
        return days, [int(data["hour_train"]), int(data["hour_test"])], [str(name) for name in data["y_train"]]


def _other_start(instance: Instance, seed: int) -> Instance:
    """The second meter begins its day at another hour."""
    days, hours, train = _read(instance)
    shift = int(make.rng(seed, "start").integers(1, 24))
    moved = [days[0], np.roll(days[1], -shift, axis=1)]
    return _instance(moved, [hours[0], (hours[1] + shift) % 24], train, instance.truth["labels"])


def _bigger(instance: Instance, seed: int) -> Instance:
    """The second meter counts more households."""
    days, hours, train = _read(instance)
    draw = make.rng(seed, "bigger")
    return _instance(
        [days[0], days[1] * draw.uniform(0.2, 30) + draw.uniform(0, 5)], hours, train, instance.truth["labels"]
    )


_DAYS = "ndarray[float64, (N, 24)]"
_OTHERS = "ndarray[float64, (M, 24)]"

FAMILY = Family(
    id="T052",
    title="Season",
    domain="F",
    version=1,
    wordings=(
        Wording("Summer or winter profile?", "goal"),
        Wording("Given some days of load whose season I know, tell me the season of the other days.", "goal"),
        Wording("Which of these daily load curves were measured in summer and which in winter?", "goal"),
        Wording("Turn the days to midnight, normalise each one and fit a ridge classifier on the labelled days.", "operation"),
        Wording("Classify 24-hour load shapes by season from labelled examples, independent of level and size.", "operation"),
        Wording("24 h of load → summer / winter", "terse"),
        Wording("season from daily demand", "terse"),
        Wording("The dates got lost, only the hourly demand is left. Was it the cold or the hot part of the year, day by day?", "goal", held=True),
        Wording("Align hourly demand at midnight and separate the two seasons by when the peaks occur.", "operation", held=True),
        Wording("hot or cold season, hourly kW", "terse", held=True),
        Wording("这是夏季还是冬季的用电曲线？", "goal", "zh"),
        Wording("把每天的负荷对齐到零点并归一化，用岭回归分类季节。", "operation", "zh"),
        Wording("日期丢了，只剩每小时用电量，能看出哪天是冬天哪天是夏天吗？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`days.npz`: arrays `x_train` (days x 24 hourly loads, kW), `hour_train` (hour of day, 0 to 23, of the first column), `y_train` (season of each day of `x_train`), `x_test` (days to be labelled, kW) and `hour_test` (hour of day of their first column)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each day of `x_test`, in its order"),),
        remarks=(
            "the two groups of days come from two meters whose days begin at different hours; hours wrap around",
            "level and size of the load differ from day to day in both seasons and say nothing; the times of the peaks do",
            "on weekends the morning peak is later",
            "a file may hold one season only, or five labelled days of each",
            "no day to be labelled gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 85 % of the days must be labelled rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Day Profiles",
            ("read both groups of days with the hour of their first column, and the seasons, from the NPZ",),
            "Read labelled days of load and those to be labelled, each group with the hour of its first column.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("days", _DAYS, "kW", "labelled days, hourly load"),
                Slot("hour_days", "int", "1", "hour of day of the first column of the labelled days"),
                Slot("y_train", "list[str]", "1", "season of each labelled day"),
                Slot("others", _OTHERS, "kW", "days to be labelled"),
                Slot("hour_others", "int", "1", "hour of day of the first column of the days to be labelled"),
            ),
        ),
        Stage(
            "Day Shapes",
            ("roll the columns so that midnight comes first", "subtract the mean of each day and divide by its spread"),
            "Turn days so that they begin at midnight, and take size and level out of each.",
            (
                Slot("days", _DAYS, "kW", "labelled days, hourly load", "task1"),
                Slot("hour_days", "int", "1", "hour of day of the first column of the labelled days", "task1"),
                Slot("others", _OTHERS, "kW", "days to be labelled", "task1"),
                Slot("hour_others", "int", "1", "hour of day of the first column of the days to be labelled", "task1"),
            ),
            (
                Slot("d_train", "ndarray[float64, (N, F)]", "1", "shapes of the labelled days"),
                Slot("d_test", "ndarray[float64, (M, F)]", "1", "shapes of the days to be labelled"),
            ),
        ),
        Stage(
            "Tell Seasons",
            ("ridge regression of one column per season on the shapes", "take the larger column"),
            "Tell the season of each day by ridge regression on one column per season.",
            (
                Slot("d_train", "ndarray[float64, (N, F)]", "1", "shapes of the labelled days", "task2"),
                Slot("y_train", "list[str]", "1", "season of each labelled day", "task1"),
                Slot("d_test", "ndarray[float64, (M, F)]", "1", "shapes of the days to be labelled", "task2"),
            ),
            (Slot("labels", "list[str]", "1", "season of each day"),),
        ),
    ),
    solutions="t052_season",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.85, "least"),),  # worst right 0.945 (neighbours, edge); best wrong 0.70 (hours ignored), but for a lucky turn of the wrong way
    alternates=(
        Variant("means", "nearest average day", swap={"tell_seasons": "tell_seasons_means"}),
        Variant("neighbours", "majority of the five nearest days", swap={"tell_seasons": "tell_seasons_neighbours"}),
        Variant("logistic", "logistic regression by gradient descent", swap={"tell_seasons": "tell_seasons_logistic"}),
        Variant("blocks", "energy shares of two-hour blocks", swap={"day_shapes": "day_shapes_blocks"}),
    ),
    mutants=(
        Variant("majority", "the more frequent season for all", swap={"tell_seasons": "tell_seasons_majority"}, naive=True),
        Variant("moments", "mean and spread of the day", swap={"day_shapes": "day_shapes_moments"}),
        Variant("sorted_hours", "the load duration curve, which forgets the time of day", swap={"day_shapes": "day_shapes_sorted"}),
        Variant("hours_ignored", "the first column is taken for midnight", edits=(("day_shapes", "np.roll(group, hour, axis=1)", "group"),)),
        Variant("wrong_way", "days are turned the wrong way", edits=(("day_shapes", "np.roll(group, hour, axis=1)", "np.roll(group, -hour, axis=1)"),)),
        Variant("label_order", "seasons exchanged", edits=(("tell_seasons", "[seasons[k] for", "[seasons[::-1][k] for"),)),
    ),
    notes=(
        "Winter days have an early, sharp morning peak and the highest load when lamps and cookers meet at 18 to 19 h; on summer days "
        "cooling lifts the afternoon and the evening peak comes after 20 h. Households differ by factors, so normalise each day: subtract "
        "the mean, divide by the spread. What is left is a shape of 24 numbers, on which linear methods (ridge, logistic regression, nearest "
        "mean) already do well, and nearest neighbours nearly so. Mean and spread alone, or the sorted load duration curve, lose the time of "
        "day. Check at which hour a meter's day begins: to bring a day that starts at hour h to midnight, roll it forward by h columns."
    ),
    relations=(Relation("other_start", _other_start), Relation("bigger_meter", _bigger)),
    needs=(),
    sources=(
        "ItalyPowerDemand, UCR archive (Keogh et al. 2006), as a model of shape and classes; no data is read",
        "Hoerl, Kennard 1970, Technometrics 12(1):55-67 (ridge regression)",
    ),
)  # fmt: skip
