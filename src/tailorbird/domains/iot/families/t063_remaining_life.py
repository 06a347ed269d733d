"""T063 remaining life: hours until the vibration of each machine of a fleet reaches its limit.

Vibration grows exponentially in the generator, so the truth is the closed formula for the crossing of the limit; the
scatter is proportional to the level. Covers: one indicator per machine, steady machines, machines already beyond the
limit. Does not cover: growth that changes its rate, repairs, confidence limits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import relative, same

SCATTER = {"easy": 0.01, "nominal": 0.025, "hard": 0.035, "edge": 0.02}
"""Standard deviation of a reading as a share of its level."""

READINGS = {"easy": (120, 200), "nominal": (100, 200), "hard": (90, 130), "edge": (80, 160)}
"""Fewest and most readings of a machine."""

LEAST_GAP = 1.4
"""Remaining life of the second machine to fail, at least, as a multiple of that of the first."""


def generate(seed: int, level: Level) -> Instance:
    """3 to 8 machines; edge: no machine, none that wears, or one that has just failed beside others."""
    draw = make.rng(seed, "T063", level)
    kind = str(draw.choice(["empty", "steady", "failed"])) if level == "edge" else ""
    count = 0 if kind == "empty" else int(draw.integers(3, 9))
    states = ["wears"] * count
    if kind == "steady":
        states = ["steady"] * count
    elif kind == "failed":
        states[0] = "failed"
    elif level in ("nominal", "hard"):
        states[0] = "steady"
    while True:
        machines, rests = zip(*(_machine(draw, level, state) for state in states), strict=True) if count else ((), ())
        ahead = sorted(rest for rest in rests if rest is not None)
        if len(ahead) < 2 or ahead[1] >= LEAST_GAP * ahead[0]:
            break
    order = draw.permutation(count)
    names = [f"{stem}-{number}" for stem, number in zip(_names(draw, count), draw.integers(1, 99, count), strict=True)]
    shown = [{"name": name} | machines[at] for name, at in zip(names, order, strict=True)]
    return _instance(shown, [rests[at] for at in order])


def _names(draw: np.random.Generator, count: int) -> list[str]:
    stems = ["pump", "fan", "mill", "press", "gearbox", "blower", "mixer", "lift"]
    return [stems[at] for at in draw.permutation(len(stems))[:count]]


def _machine(draw: np.random.Generator, level: Level, state: str) -> tuple[dict[str, Any], float | None]:
    """Readings of one machine, and its remaining hours; None for a steady one, 0 for one beyond its limit."""
    size = int(draw.integers(*READINGS[level]))
    span = float(draw.uniform(80, 900))
    hours = np.sort(draw.uniform(0, span, size))
    hours[0], hours[-1] = 0.0, span
    start = float(draw.uniform(0.4, 3.0))
    growth = 0.0 if state == "steady" else float(draw.uniform(0.9, 1.8))
    beyond = float(draw.uniform(0.35, 1.1 if level == "hard" else 0.9))
    velocity = start * np.exp(growth * hours / span + draw.normal(0, SCATTER[level], size))
    limit = start * math.exp((growth or 0.6) + beyond)
    if state == "failed":
        limit = start * math.exp(growth * 0.85)
    begin = float(draw.uniform(0, 5e5))
    record = {
        "limit": float(f"{limit:.6g}"),
        "minutes": [round(begin + 60 * hour, 1) for hour in hours.tolist()],
        "velocity": [float(f"{value:.5g}") for value in velocity.tolist()],
    }
    rest = None if state == "steady" else 0.0 if state == "failed" else beyond / growth * span
    return record, rest


def _instance(machines: Sequence[Mapping[str, Any]], rests: Sequence[float | None]) -> Instance:
    ahead = [(rest, str(machine["name"])) for rest, machine in zip(rests, machines, strict=True) if rest is not None]
    truth = {"remaining_h": list(rests), "next_machine": min(ahead)[1] if ahead else None}
    return Instance({"fleet.json": make.json_bytes({"machines": list(machines)})}, truth, "fleet.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Median and largest relative error over wearing machines, share of right states, and the machine to fail first."""
    rests, found = truth["remaining_h"], output["remaining_h"]
    named = same(truth["next_machine"], output["next_machine"])
    if len(rests) != len(found):
        return {"states": 0.0, "median_error": math.inf, "worst_error": math.inf, "next_machine": named}
    pairs = list(zip(rests, found, strict=True))
    right = [(a is None) == (b is None) and (a == 0) == (b == 0) for a, b in pairs]
    errors = [relative(a, b) for a, b in pairs if a and b is not None]
    return {
        "states": float(np.mean(right)) if right else 1.0,
        "median_error": median(errors) if errors else 0.0,
        "worst_error": max(errors, default=0.0),
        "next_machine": named,
    }


def _machines(instance: Instance) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(instance.visible["fleet.json"])["machines"]
    return found


def _louder(instance: Instance, seed: int) -> Instance:
    factor = float(make.rng(seed, "louder").uniform(0.2, 5))
    changed = [
        machine | {"limit": machine["limit"] * factor, "velocity": [value * factor for value in machine["velocity"]]}
        for machine in _machines(instance)
    ]
    return _instance(changed, instance.truth["remaining_h"])


def _slower(instance: Instance, seed: int) -> Instance:
    factor = float(make.rng(seed, "slower").uniform(0.3, 4))
    changed = [m | {"minutes": [value * factor for value in m["minutes"]]} for m in _machines(instance)]
    return _instance(changed, [None if rest is None else rest * factor for rest in instance.truth["remaining_h"]])


LIMITS = Slot("limits", "list[float]", "mm/s", "vibration at which each machine has failed", "task1")
HOURS = Slot("hours", "list[list[float]]", "h", "times of the readings of each machine", "task1")
LEVELS = Slot("levels", "list[list[float]]", "mm/s", "readings of each machine", "task1")

FAMILY = Family(
    id="T063",
    title="Remaining life",
    domain="G",
    version=1,
    wordings=(
        Wording("When will it fail?", "goal"),
        Wording("Fit an exponential to each machine's vibration and print the hours until it reaches its limit.", "operation"),
        Wording("vibration trend → hours left, next machine to fail", "terse"),
        Wording("How long can each of my machines still run before its vibration is too high, and which one goes first?", "goal"),
        Wording("Regress the logarithm of the vibration velocity on time and extrapolate to the alarm threshold.", "operation"),
        Wording("Tell me the remaining useful life of every machine in fleet.json.", "goal"),
        Wording("RUL per machine, from wear curves", "terse"),
        Wording("Maintenance wants to know how many operating hours every bearing has left and where to send the fitter first.", "goal", held=True),
        Wording("Extrapolate exponential wear curves to the failure limit and rank the machines by time to failure.", "operation", held=True),
        Wording("time to failure for a fleet", "terse", held=True),
        Wording("它什么时候会坏？", "goal", "zh"),
        Wording("对每台机器的振动做指数拟合，算出到达极限还剩多少小时。", "operation", "zh"),
        Wording("这些设备各自还能运行多久？哪一台最先坏？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`fleet.json`: object with the list `machines`; each has `name`, `limit` (mm/s), `minutes` (times of the readings in min, ascending, from any start) and `velocity` (mm/s, as long as `minutes`)",
        ),
        outputs=(
            Slot("remaining_h", "list[float or none]", "h", "hours from the last reading to failure, one per machine in the order of the file"),
            Slot("next_machine", "str or none", "1", "name of the machine that fails first"),
        ),
        remarks=(
            "vibration grows exponentially, a * exp(b * t), with a scatter proportional to the level; the readings are not evenly spaced",
            "a machine fails when its fitted vibration reaches `limit`",
            "where the last reading is at or above the limit, the remaining time is 0",
            "otherwise, where the fitted curve grows by less than 10 % over the record, the machine does not wear: null",
            "the machine to fail first is the one with the least remaining time, nulls left out; null when there is none",
            "half of the wearing machines are wanted within 5 %, each within 20 %",
            "example: 1 mm/s at 0 min and 2 mm/s at 600 min with a limit of 4 mm/s leaves 10 h",
        ),
    ),
    stages=(
        Stage(
            "Load Fleet Vibration",
            ("read name, limit, times and velocities of each machine", "turn minutes into hours"),
            "Read the vibration history of every machine of a fleet.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("names", "list[str]", "1", "names of the machines"),
                Slot("limits", "list[float]", "mm/s", "vibration at which each machine has failed"),
                Slot("hours", "list[list[float]]", "h", "times of the readings of each machine"),
                Slot("levels", "list[list[float]]", "mm/s", "readings of each machine"),
            ),
        ),
        Stage(
            "Fit Exponential Wear",
            ("take the logarithm of the velocity", "fit a line over time", "evaluate it at the last reading"),
            "Fit exponential growth to the vibration of each machine.",
            (HOURS, LEVELS),
            (
                Slot("rates", "list[float]", "/h", "relative growth per hour of each machine"),
                Slot("fitted", "list[float]", "mm/s", "fitted level at the last reading of each machine"),
            ),
        ),
        Stage(
            "Hours To Limit",
            (
                "0 where the last reading is at or above the limit",
                "none where the fit grows by less than 10 % over the record",
                "else the logarithm of limit over fitted level, divided by the rate",
            ),
            "Compute the hours until each fitted curve reaches its limit.",
            (
                LIMITS, HOURS, LEVELS,
                Slot("rates", "list[float]", "/h", "relative growth per hour of each machine", "task2"),
                Slot("fitted", "list[float]", "mm/s", "fitted level at the last reading of each machine", "task2"),
            ),
            (Slot("remaining_h", "list[float or none]", "h", "hours to failure of each machine"),),
        ),
        Stage(
            "Next Machine To Fail",
            ("leave out machines without an end in sight", "name the one with the least remaining time"),
            "Name the machine that fails first.",
            (
                Slot("names", "list[str]", "1", "names of the machines", "task1"),
                Slot("remaining_h", "list[float or none]", "h", "hours to failure of each machine", "task3"),
            ),
            (Slot("next_machine", "str or none", "1", "name of the machine that fails first"),),
        ),
    ),
    solutions="t063_remaining_life",
    generate=generate,
    measure=measure,
    bars=(
        Bar("states", 1.0, "least"),  # exact by construction: steady growth is below 3 % with near certainty, failed is read off
        Bar("median_error", 0.05, "most"),  # worst right 0.029 (88 draws); best wrong 0.20 (as_long_again)
        Bar("worst_error", 0.2, "most"),  # worst right 0.076; best wrong 0.56 (decades)
        Bar("next_machine", 1.0, "least"),  # the second machine lasts at least 1.4 times as long
    ),
    alternates=(
        Variant("curve_fit", "non-linear least squares on the velocity itself", swap={"fit_exponential_wear": "fit_exponential_wear_curve"}),
        Variant("theil_sen", "median of slopes between the two halves", swap={"fit_exponential_wear": "fit_exponential_wear_median"}),
        Variant("sums", "line through the logarithms by plain sums", swap={"fit_exponential_wear": "fit_exponential_wear_sums", "next_machine_to_fail": "next_machine_to_fail_loop"}),
    ),
    mutants=(
        Variant("as_long_again", "every machine lasts as long again as it was watched", swap={"hours_to_limit": "hours_to_limit_again"}, naive=True),
        Variant("straight_line", "a straight line instead of an exponential", swap={"hours_to_limit": "hours_to_limit_line"}),
        Variant("time_of_failure", "time of failure instead of remaining time", edits=(("hours_to_limit", "math.log(limit / level) / rate", "math.log(limit / level) / rate + times[-1]"),)),
        Variant("minutes", "minutes are taken for hours", edits=(("load_fleet_vibration", "minute / 60.0", "minute"),)),
        Variant("from_start", "counted from the first reading", edits=(("hours_to_limit", "math.log(limit / level) / rate", "math.log(limit / level) / rate + times[-1] - times[0]"),)),
        Variant("decades", "decimal logarithm mixed with a natural one", edits=(("hours_to_limit", "math.log(limit / level)", "math.log10(limit / level)"),)),
        Variant("longest", "the machine that lasts longest is named", edits=(("next_machine_to_fail", "min(ahead)", "max(ahead)"),)),
    ),
    notes=(
        "Vibration velocity (r.m.s., mm/s) of a worn bearing or gear often grows by a constant share per hour, v = a exp(b t). "
        "The logarithm makes a line of it: ln v = ln a + b t, and least squares on the logarithms is right when the scatter is "
        "proportional to the level. The remaining time is ln(limit / v_now) / b with v_now from the fit, not from the last noisy "
        "reading, and b in the same time unit as the answer. A straight line through exponential growth promises too long a "
        "life. Limits for machines above 15 kW are 2.3 to 7.1 mm/s between zones of ISO 10816-3. The slope error falls with the "
        "root of the number of readings and with the span of the record; a machine whose slope is not clearly above nothing "
        "has no end in sight, and an extrapolation from it would be a number without meaning."
    ),
    relations=(Relation("louder", _louder), Relation("slower", _slower)),
    sources=(
        "ISO 10816-3:2009, evaluation of machine vibration on non-rotating parts",
        "Gebraeel et al. 2005, IIE Transactions 37(6), exponential degradation of bearings",
    ),
)  # fmt: skip
