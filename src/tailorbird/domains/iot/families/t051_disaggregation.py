"""T051 disaggregation: which of four appliances are on, from the total power of a home and their rated powers.

Appliances draw their rated power when on; a constant base load of unknown size and noise are added, some appliances
switch in the same instant, and switching on may cost a surge of one row. Ratings are drawn so that all sixteen sums
differ clearly, and so that the two middle ones together exceed the largest. Covers: on/off appliances with constant
power. Does not cover: variable loads, unknown appliances.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SHARE = {"easy": 14.0, "nominal": 10.0, "hard": 8.0, "edge": 12.0}
"""Least difference between two sums of ratings, in standard deviations of the noise."""

STATES = np.array(list(product((0, 1), repeat=4)), dtype=float)
"""Every combination of four appliances, shape (16, 4)."""


def generate(seed: int, level: Level) -> Instance:
    """300 to 700 rows; edge: an empty record, nothing ever on, one appliance never on, or few rows."""
    draw = make.rng(seed, "T051", level)
    kind = str(draw.choice(["empty", "off", "idle", "brief"])) if level == "edge" else ""
    ratings, gap = _ratings(draw)
    size = {"empty": 0, "brief": 40}.get(kind, int(draw.integers(300, 700)))
    on = _switching(draw, size)
    if kind == "off":
        on[:] = 0
    if kind == "idle":
        on[:, int(draw.integers(0, 4))] = 0
    total = on @ ratings + float(draw.uniform(0.7, 1.5)) * ratings.min() + draw.normal(0, gap / SHARE[level], size)
    if level == "hard" and size:
        started = np.diff(on, axis=0, prepend=on[:1]) > 0
        total += (started * 0.5) @ ratings
    order = draw.permutation(4)
    return _instance(ratings[order], total, on[:, order])


def _ratings(draw: np.random.Generator) -> tuple[make.Floats, float]:
    """Four rated powers in descending order, W, and the least difference of their sums."""
    while True:
        largest = float(draw.uniform(1500, 3000))
        shares = np.array([1.0, draw.uniform(0.6, 0.85), draw.uniform(0.42, 0.58), draw.uniform(0.08, 0.2)])
        ratings = np.round(largest * shares)
        sums = np.sort(STATES @ ratings)
        gap = float(np.diff(sums).min())
        if gap > 0.06 * largest and ratings[1] + ratings[2] > 1.1 * ratings[0]:
            return ratings, gap


def _switching(draw: np.random.Generator, size: int) -> make.Floats:
    """On (1) or off (0) per row and appliance: a walk over states that visits nothing on and the two middle ones."""
    on = np.zeros((size, 4))
    row, state = int(draw.integers(10, 16)), np.zeros(4)
    while row < size:
        kind = draw.random()
        if kind < 0.2:
            state = np.array([0, 1, 1, float(draw.integers(0, 2))])
        elif kind < 0.3:
            state = np.zeros(4)
        else:
            count = 2 if draw.random() < 0.45 else 1
            flips = draw.choice(4, count, replace=False)
            state = state.copy()
            state[flips] = 1 - state[flips]
        length = int(draw.integers(6, 22))
        on[row : row + length] = state
        row += length
    return on


def _instance(ratings: make.Floats, total: make.Floats, on: make.Floats) -> Instance:
    data = {"rated_w": [float(r) for r in ratings], "total_w": [round(float(w), 1) for w in total]}
    truth = {"on": on.T.astype(int).tolist()}
    return Instance({"power.json": make.json_bytes(data)}, truth, "power.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Least F1 of the four appliances, counted by rows; 0 where a list is missing or of another length."""
    right, found = truth["on"], output["on"]
    if len(found) != len(right) or any(len(a) != len(b) for a, b in zip(right, found, strict=True)):
        return {"f1": 0.0}
    worst = 1.0
    for a, b in zip(right, found, strict=True):
        both = sum(bool(x) and bool(y) for x, y in zip(a, b, strict=True))
        held = sum(map(bool, a)) + sum(map(bool, b))
        worst = min(worst, 2 * both / held if held else 1.0)
    return {"f1": worst}


def _read(instance: Instance) -> tuple[make.Floats, make.Floats, NDArray[Any]]:
    data = json.loads(instance.visible["power.json"])
    return np.array(data["rated_w"]), np.array(data["total_w"]), np.array(instance.truth["on"]).T


def _shuffled(instance: Instance, seed: int) -> Instance:
    """Appliances in another order: the answer's lists in that order."""
    ratings, total, on = _read(instance)
    order = make.rng(seed, "order").permutation(4)
    return _instance(ratings[order], total, on[:, order])


def _scaled(instance: Instance, seed: int) -> Instance:
    """All powers multiplied, the base load raised: the same states."""
    ratings, total, on = _read(instance)
    factor = make.rng(seed, "factor").uniform(0.5, 3.0)
    return _instance(ratings * factor, total * factor + 50.0 * factor, on)


RATED = Slot("rated", "ndarray[float64, (4)]", "W", "rated power of each appliance", "task1")
ON = Slot("on", "list[list[bool]]", "1", "one list per appliance in the order of `rated_w`: whether it is on, by row")

FAMILY = Family(
    id="T051",
    title="Load disaggregation",
    domain="F",
    version=1,
    wordings=(
        Wording("Split total power into four devices.", "goal"),
        Wording("Take off the base load and match each row of the total with the nearest sum of rated powers.", "operation"),
        Wording("total watts + ratings → on/off", "terse"),
        Wording("My meter only shows the sum for the flat. When was each of the four appliances running?", "goal"),
        Wording("Disaggregate power.json by trying all sixteen combinations of the appliances at every row.", "operation"),
        Wording("Find out which devices were on at what time from one main meter and their nameplates.", "goal"),
        Wording("NILM, four known loads", "terse"),
        Wording("I know what the kettle, oven, heater and dryer draw. Which of such four machines ran, row by row?", "goal", held=True),
        Wording("Non-intrusive load monitoring: decode the switching states from the aggregate by combinatorial optimisation.", "operation", held=True),
        Wording("appliance states from aggregate power", "terse", held=True),
        Wording("把总功率拆成四个电器。", "goal", "zh"),
        Wording("先减去基础负荷，再把每一行总功率匹配到最接近的额定功率组合。", "operation", "zh"),
        Wording("总功率和额定功率 → 各电器开关", "terse", "zh"),
        Wording("只有一块总电表，四个电器各在什么时候开着？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`power.json`: object with `rated_w` (rated power of four appliances, W) and `total_w` (total power row by row, W)",),
        outputs=(ON,),
        remarks=(
            "an appliance that is on draws its rated power; a constant base load of unknown size is always there",
            "the record starts with at least ten rows in which all four are off; a state lasts at least six rows",
            "all sixteen sums of ratings differ clearly more than the noise; several appliances may switch in the same row",
            "the first row after switching on may be half a rating too high (surge)",
            "an empty record gives four empty lists; F1 by rows is wanted at 0.95 or better for each appliance, and is 1 for one that is never on and never reported",
            "example: ratings 2000, 1400, 1000, 200 and a base of 150: a total of 2551 is the second and third on, no other",
        ),
    ),
    stages=(
        Stage(
            "Load Total Power",
            ("read the rated powers and the total power from the JSON file",),
            "Read the total power of a home and the rated powers of its appliances.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("rated", "ndarray[float64, (4)]", "W", "rated power of each appliance"),
                Slot("total", "ndarray[float64, (N)]", "W", "total power by row"),
            ),
        ),
        Stage(
            "Remove Surges",
            ("median over three rows",),
            "Take out surges of a single row.",
            (Slot("total", "ndarray[float64, (N)]", "W", "total power by row", "task1"),),
            (Slot("steady", "ndarray[float64, (N)]", "W", "total power without surges"),),
        ),
        Stage(
            "Subtract Base Load",
            ("the base load is the median of the first ten rows, in which all is off", "subtract it"),
            "Take the constant base load off the total.",
            (Slot("steady", "ndarray[float64, (N)]", "W", "total power without surges", "task2"),),
            (Slot("net", "ndarray[float64, (N)]", "W", "power of the four appliances together"),),
        ),
        Stage(
            "Match Appliance States",
            ("form the sums of all sixteen combinations", "take the nearest sum for each row"),
            "Find the combination of appliances whose rated powers sum to the net power of each row.",
            (Slot("net", "ndarray[float64, (N)]", "W", "power of the four appliances together", "task3"), RATED),
            (ON,),
        ),
    ),
    solutions="t051_disaggregation",
    generate=generate,
    measure=measure,
    bars=(Bar("f1", 0.95, "least"),),  # worst right 0.977 (surges at two edges), best wrong 0.71 on nominal (one event at a time)
    alternates=(
        Variant("minimum", "base load from the lowest cluster of powers", swap={"subtract_base_load": "subtract_base_load_lowest"}),
        Variant("viterbi", "cheapest path over combinations with a price for switching", swap={"match_appliance_states": "match_appliance_states_viterbi"}),
        Variant("loops", "plain loops over rows and combinations", swap={"match_appliance_states": "match_appliance_states_loops"}),
        Variant("plain_median", "median of three written out", swap={"remove_surges": "remove_surges_sorted"}),
    ),
    mutants=(
        Variant("all_off", "nothing is ever on", swap={"match_appliance_states": "match_appliance_states_off"}, naive=True),
        Variant("largest_first", "the largest appliance that fits is taken first", swap={"match_appliance_states": "match_appliance_states_greedy"}),
        Variant("base_kept", "the base load stays in", edits=(("subtract_base_load", "return steady - base", "return steady"),)),
        Variant("one_event", "each step is laid to one appliance", swap={"match_appliance_states": "match_appliance_states_steps"}),
        Variant("sorted", "lists ordered by rating", edits=(("match_appliance_states", "states @ rated", "states @ np.sort(rated)"),)),
        Variant("transposed", "one list per row", edits=(("match_appliance_states", "states[nearest].T.tolist()", "states[nearest].tolist()"),)),
    ),
    notes=(
        "Splitting a total into appliances is called non-intrusive load monitoring (Hart 1992). With known rated powers and a "
        "few on/off appliances it is combinatorial: n appliances have 2^n sums, each row belongs to the nearest. That works "
        "when the sums lie several standard deviations of the noise apart. Taking the largest appliance that fits fails "
        "whenever two middle ones together exceed it. Following steps fails when two appliances switch at once, and one "
        "mistaken step shifts everything after it; matching levels does not accumulate errors. The base load (router, standby, "
        "fridge on average) must be taken off first, or it is laid to the smallest appliance. Motors and heaters draw a surge "
        "in the first moment; a short median removes it and keeps edges. A price for switching (Viterbi) steadies noisy rows."
    ),
    relations=(Relation("appliance_order", _shuffled), Relation("unit_of_power", _scaled)),
    needs=("scipy",),
    sources=("Hart 1992, Nonintrusive appliance load monitoring, Proc. IEEE 80(12)",),
)  # fmt: skip
