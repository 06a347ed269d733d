"""T060 peak shaving: when a boiler runs so that the house stays under its cap and the water is hot in time.

Many schedules are right; the measure checks the rules and not one answer. Whether a plan exists follows from the free
windows of the drawn load: a window holds a run of any length between the least one and its own, and sums of such
lengths make up the reachable totals. Covers: one device that is on or off. Does not cover: prices (T053), heat losses.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

MARGIN = 0.06
"""Distance of every load from the border between free and busy rows, kW."""


def generate(seed: int, level: Level) -> Instance:
    """10 to 20 hours in steps of 10 to 30 minutes; edge: no plan exists, nothing is needed, or every window is needed."""
    draw = make.rng(seed, "T060", level)
    kind = str(draw.choice(["impossible", "nothing", "tight"])) if level == "edge" else ""
    step = int(draw.choice([10, 15, 20, 30]))
    least = int(draw.integers(2, 5))
    pieces = _pieces(draw, least, level)
    free = np.repeat([is_free for is_free, _ in pieces], [length for _, length in pieces])
    ends = np.cumsum([length for _, length in pieces])
    request, ready = int(ends[0]) - int(draw.integers(0, 2)), int(ends[-2])
    windows = [length for is_free, length in pieces[1:-1] if is_free and length >= least]
    reachable = _totals(windows, least)
    if kind == "impossible":
        need = sum(windows) + int(draw.integers(1, 5))
    elif kind == "nothing":
        need = 0
    elif kind == "tight":
        need = sum(windows)
    elif level == "hard" or draw.random() < 0.5:
        need = windows[0] + int(draw.integers(1, least))
    else:
        need = int(draw.integers(max(windows) + 1, sum(windows)))
    if kind != "impossible":
        while need not in reachable:
            need += 1
    boiler = round(float(draw.uniform(1.5, 3.0)), 1)
    cap = round(float(draw.uniform(3.4, 6.0)), 1)
    room = cap - boiler
    base = np.where(free, draw.uniform(0.1, room - MARGIN, free.size), draw.uniform(room + MARGIN, cap, free.size))
    house = {
        "step_min": step,
        "base_kw": np.round(base, 3).tolist(),
        "boiler_kw": boiler,
        "cap_kw": cap,
        "energy_kwh": round(need * boiler * step / 60, 4),
        "min_run_min": least * step - int(draw.integers(0, step)),
        "request": request,
        "ready": ready,
    }
    return _instance(house, kind != "impossible")


def _pieces(draw: np.random.Generator, least: int, level: Level) -> list[tuple[bool, int]]:
    """Stretches of the day as (boiler fits, rows): free before the request, dips too short, windows, free after the end."""
    few = 1 if level == "easy" else 2
    pieces = [(True, int(draw.integers(least + 1, least + 5))), (False, int(draw.integers(3, 8)))]
    for _ in range(few):
        pieces += [(True, int(draw.integers(1, least))), (False, int(draw.integers(2, 5)))]
    for _ in range(2 if level == "easy" else int(draw.integers(3, 5))):
        pieces += [(True, int(draw.integers(least + 2, 3 * least + 5))), (False, int(draw.integers(1, 5)))]
    pieces += [(True, int(draw.integers(1, least))), (False, int(draw.integers(2, 6)))]
    return [*pieces, (True, int(draw.integers(4 * least, 6 * least + 6)))]


def _totals(windows: Sequence[int], least: int) -> set[int]:
    """Totals that runs of at least `least` rows, one per window, can make up."""
    found = {0}
    for window in windows:
        found |= {total + length for total in found for length in range(least, window + 1)}
    return found


def _instance(house: Mapping[str, Any], possible: bool) -> Instance:
    return Instance({"house.json": make.json_bytes(house)}, {"house": house, "possible": possible}, "house.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Load above the cap, missing or surplus energy, rows and runs against the rules, and the error of the peak."""
    house, boiler, peak = truth["house"], output["boiler"], output["peak_kw"]
    names = ("over_kw", "energy_gap", "broken_rules", "peak_gap")
    if not truth["possible"] or boiler is None or peak is None or len(boiler) != len(house["base_kw"]):
        right = not truth["possible"] and boiler is None and peak is None
        return dict.fromkeys(names, 0.0 if right else math.inf)
    rated = house["boiler_kw"]
    total = [load + power for load, power in zip(house["base_kw"], boiler, strict=True)]
    on = [power > rated / 2 for power in boiler]
    odd = sum(min(abs(power), abs(power - rated)) > 1e-6 for power in boiler)
    outside = sum(run and not house["request"] <= row < house["ready"] for row, run in enumerate(on))
    runs = [len(list(group)) for run, group in itertools.groupby(on) if run]
    short = sum(length * house["step_min"] < house["min_run_min"] for length in runs)
    energy = sum(boiler) * house["step_min"] / 60
    return {
        "over_kw": max(0.0, max(total) - house["cap_kw"]),
        "energy_gap": abs(energy - house["energy_kwh"]) / rated,
        "broken_rules": float(odd + outside + short),
        "peak_gap": abs(peak - max(total)),
    }


def _stronger(instance: Instance, seed: int) -> Instance:
    factor = float(make.rng(seed, "stronger").uniform(0.3, 4))
    house = dict(instance.truth["house"])
    house |= {name: house[name] * factor for name in ("boiler_kw", "cap_kw", "energy_kwh")}
    house["base_kw"] = [load * factor for load in house["base_kw"]]
    return _instance(house, instance.truth["possible"])


def _backwards(instance: Instance, seed: int) -> Instance:
    house = json.loads(instance.visible["house.json"])
    count = len(house["base_kw"])
    house |= {"base_kw": house["base_kw"][::-1], "request": count - house["ready"], "ready": count - house["request"]}
    return _instance(house, instance.truth["possible"])


BASE = Slot("base", "ndarray[float64, (N)]", "kW", "load of the house without boiler", "task1")
BOILER = Slot("boiler_kw", "float", "kW", "power of the boiler", "task1")
LEAST = Slot("min_rows", "int", "1", "fewest rows of one run", "task1")
RUNS = "first row and row after the last of each run"

FAMILY = Family(
    id="T060",
    title="Peak shaving",
    domain="F",
    version=1,
    wordings=(
        Wording("Keep the house under 4 kW by delaying the boiler.", "goal"),
        Wording("Find the stretches where base load plus boiler stays below the cap and place boiler runs in them until the energy is met.", "operation"),
        Wording("base load + boiler → schedule under the cap", "terse"),
        Wording("The main fuse trips when we cook and heat water together. When should the boiler run so that the water is still hot in time?", "goal"),
        Wording("Shift the on/off heater of house.json into free windows between request and deadline, respecting its minimum run time.", "operation"),
        Wording("Our tariff punishes peaks: move the water heater somewhere harmless, without giving it less energy.", "goal"),
        Wording("boiler schedule, peak limit, deadline", "terse"),
        Wording("I pay for my highest quarter of an hour. Let the hot water tank wait until the oven is off, but have it warm by morning.", "goal", held=True),
        Wording("Schedule a switchable load under a power limit with a least duration per run and a finish time.", "operation", held=True),
        Wording("defer water heating under a load cap", "terse", held=True),
        Wording("推迟热水器，让全屋功率不超过 4 kW。", "goal", "zh"),
        Wording("找出加上热水器后仍低于上限的时段，在其中安排运行直到能量够用。", "operation", "zh"),
        Wording("做饭时一开热水器就跳闸，请排一个既不超限又按时烧好水的时间表。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`house.json`: object with `step_min` (length of a row in min), `base_kw` (load without boiler, one number per row, kW), `boiler_kw` (power of the boiler when on, kW), "
            "`cap_kw` (most the house may draw, kW; 4 in the wish is an example), `energy_kwh` (energy the boiler needs, kWh), `min_run_min` (shortest run of the boiler, min), "
            "`request` (first row, from 0, in which it may run), `ready` (first row in which it may no longer run)",
        ),
        outputs=(
            Slot("boiler", "list[float] or none", "kW", "power of the boiler in each row; null when no schedule keeps all rules"),
            Slot("peak_kw", "float or none", "kW", "highest load of the house with the boiler; null without a schedule"),
        ),
        remarks=(
            "in every row the boiler is either off, 0, or on at `boiler_kw`",
            "load plus boiler never exceeds `cap_kw`; the load alone never does",
            "the boiler takes `energy_kwh` exactly, a whole number of rows",
            "it runs only in rows from `request` to before `ready`, and each run without a break lasts at least `min_run_min`",
            "any schedule that keeps these rules is right; where there is none both answers are null; no energy needed means all zeros",
            "example: loads 3, 1, 1, 1 kW in rows of 60 min, boiler 2 kW, cap 4 kW, 4 kWh, least run 60 min, rows 0 to 4: 0, 2, 2, 0 with a peak of 3 is right, so is 0, 0, 2, 2",
        ),
    ),
    stages=(
        Stage(
            "Load Household Plan",
            ("read loads, powers and rules", "turn energy and least run time into rows"),
            "Read the load of a house and what its boiler needs.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("base", "ndarray[float64, (N)]", "kW", "load of the house without boiler"),
                Slot("boiler_kw", "float", "kW", "power of the boiler"),
                Slot("cap_kw", "float", "kW", "most the house may draw"),
                Slot("need_rows", "int", "1", "rows the boiler has to run"),
                Slot("min_rows", "int", "1", "fewest rows of one run"),
                Slot("request", "int", "1", "first row in which the boiler may run"),
                Slot("ready", "int", "1", "first row in which it may no longer"),
            ),
        ),
        Stage(
            "Find Free Windows",
            ("rows between request and deadline where load plus boiler stays within the cap", "join neighbours, leave out what is shorter than a run"),
            "Find the stretches in which the boiler fits under the cap for long enough.",
            (
                BASE, BOILER,
                Slot("cap_kw", "float", "kW", "most the house may draw", "task1"),
                LEAST,
                Slot("request", "int", "1", "first row in which the boiler may run", "task1"),
                Slot("ready", "int", "1", "first row in which it may no longer", "task1"),
            ),
            (Slot("windows", "list[tuple[int, int]]", "1", "first row and row after the last of each window"),),
        ),
        Stage(
            "Choose Boiler Runs",
            ("at most one run per window", "lengths from the least run to the whole window that add up to the need", "none when they cannot"),
            "Choose runs in the windows that add up to the needed rows.",
            (
                Slot("windows", "list[tuple[int, int]]", "1", "first row and row after the last of each window", "task2"),
                Slot("need_rows", "int", "1", "rows the boiler has to run", "task1"),
                LEAST,
            ),
            (Slot("runs", "list[tuple[int, int]] or none", "1", RUNS),),
        ),
        Stage(
            "Boiler Schedule",
            ("rated power in the rows of the runs, else 0", "highest sum of load and boiler"),
            "Write the runs as a schedule and find the highest load.",
            (BASE, BOILER, Slot("runs", "list[tuple[int, int]] or none", "1", RUNS, "task3")),
            (
                Slot("boiler", "list[float] or none", "kW", "power of the boiler in each row"),
                Slot("peak_kw", "float or none", "kW", "highest load of the house"),
            ),
        ),
    ),
    solutions="t060_peak_shaving",
    generate=generate,
    measure=measure,
    bars=(
        Bar("over_kw", 1e-6, "most"),  # no load lies within 0.06 kW of the border
        Bar("energy_gap", 1e-3, "most"),  # rounding of the energy in the file; one row is at least 0.17 h
        Bar("broken_rules", 0.0, "most"),
        Bar("peak_gap", 1e-6, "most"),
    ),
    alternates=(
        Variant("subsets", "tries sets of windows, small sets first", swap={"choose_boiler_runs": "choose_boiler_runs_subsets"}),
        Variant("integer", "an integer programme over lengths and switches", swap={"choose_boiler_runs": "choose_boiler_runs_integer"}),
        Variant("loops", "groups of rows and a plain schedule", swap={"find_free_windows": "find_free_windows_groups", "boiler_schedule": "boiler_schedule_loop"}),
    ),
    mutants=(
        Variant("no_shift", "the boiler runs when it is asked to", swap={"find_free_windows": "find_free_windows_always"}, naive=True),
        Variant("energy_dropped", "what does not fit into the first window is left out", swap={"choose_boiler_runs": "choose_boiler_runs_drop"}),
        Variant("cap_on_mean", "only the mean load is held under the cap", edits=(("find_free_windows", "(base + boiler_kw <= cap_kw + 1e-9)", "(base.mean() + boiler_kw <= cap_kw + 2.5)"),)),
        Variant("short_runs", "runs may be shorter than allowed", edits=(("find_free_windows", "if last - first >= min_rows", "if last > first"),), swap={"choose_boiler_runs": "choose_boiler_runs_greedy"}),
        Variant("greedy", "whole windows first, the rest becomes too short a run", swap={"choose_boiler_runs": "choose_boiler_runs_greedy"}),
        Variant("too_late", "as late as possible, the deadline is forgotten", edits=(("find_free_windows", " & (rows < ready)", ""),), swap={"choose_boiler_runs": "choose_boiler_runs_last"}),
        Variant("too_soon", "the boiler starts before it is asked to", edits=(("find_free_windows", " & (rows >= request)", ""),)),
    ),
    notes=(
        "Peak shaving moves what can wait. A hot-water boiler is the classic: on or off, a known energy, a deadline, and a "
        "least run time that spares its relay or compressor. The cap holds in every metering interval, not on average. First "
        "find where load plus boiler fits, then drop stretches shorter than a run, then fill the rest so that the rows add up. "
        "Filling window after window can leave a remainder shorter than the least run; then an earlier run has to give up rows. "
        "Reachable totals, as in the coin problem, settle whether a plan exists at all, and saying that there is none is part of "
        "the job. Energy in kWh is power in kW times hours, so rows of 15 minutes count a quarter."
    ),
    relations=(Relation("stronger", _stronger), Relation("backwards", _backwards)),
    needs=("scipy",),
    sources=(
        "Palensky, Dietrich 2011, IEEE Trans. Industrial Informatics 7(3), demand side management",
        "IEC 62746-10-1:2018, demand response, events with limits and deadlines",
    ),
)  # fmt: skip
