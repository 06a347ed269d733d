"""T053 Battery: the cheapest plan of a home battery under a tariff, without export.

The optimum is exact and found without a solver: the cost of each slot is convex and piecewise linear in the stored
energy, so the value function is built backwards by merging slopes. A plan is judged by what it costs and by whether it
keeps the limits, never by its likeness to another plan, because optima need not be unique.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import relative

SLOTS = {
    "easy": ((24, 0.5), (48, 0.5)),
    "nominal": ((24, 1.0), (48, 0.5), (96, 0.25)),
    "hard": ((48, 0.5), (96, 0.25)),
    "edge": ((24, 0.5),),
}
"""Number of slots and their length in h, by level."""


def best_cost(problem: Mapping[str, Any]) -> float:
    """The least cost of a problem with prices of at least 0, exact.

    V_k(s) = min over d of c_k(d) + V_{k+1}(s + d) on 0 <= s <= capacity, V_N = 0 at the starting energy only. In terms
    of energy drawn, c_k has the slope -price / efficiency while charging and -price * efficiency while discharging; the
    infimal convolution of two convex piecewise linear functions sorts their pieces by slope.
    """
    eta, hours, start = problem["efficiency"], problem["slot_h"], problem["start_kwh"]
    left, at_left, pieces = start, 0.0, [(0.0, 0.0)]
    cost = 0.0
    for price, load in zip(reversed(problem["price"]), reversed(problem["load_kw"]), strict=True):
        cost += price * load * hours
        intake = problem["power_kw"] * hours * eta
        drawn = min(problem["power_kw"], load) * hours / eta
        pieces = sorted([*pieces, (-price / eta, intake), (-price * eta, drawn)])
        left, at_left = left - intake, at_left + price / eta * intake
        left, at_left, pieces = _clipped(left, at_left, pieces, problem["capacity_kwh"])
    return cost + _value(left, at_left, pieces, start)


def _clipped(
    left: float, at_left: float, pieces: Sequence[tuple[float, float]], capacity: float
) -> tuple[float, float, list[tuple[float, float]]]:
    kept = []
    position, value, begin, at_begin = left, at_left, left, at_left
    for slope, length in pieces:
        cut = min(max(0.0 - position, 0.0), length)
        position, value = position + cut, value + slope * cut
        if cut > 0:
            begin, at_begin = position, value
        stay = max(min(length - cut, capacity - position), 0.0)
        if stay > 0:
            kept.append((slope, stay))
        position, value = position + length - cut, value + slope * (length - cut)
    return begin, at_begin, kept


def _value(left: float, at_left: float, pieces: Sequence[tuple[float, float]], at: float) -> float:
    value, rest = at_left, at - left
    for slope, length in pieces:
        value += slope * min(length, max(rest, 0.0))
        rest -= length
    return value


def generate(seed: int, level: Level) -> Instance:
    """A day of prices and load; edge: a flat tariff, a full battery, hours without load, or a battery of no size."""
    draw = make.rng(seed, "T053", level)
    kind = str(draw.choice(["flat", "full", "unused", "none"])) if level == "edge" else ""
    while True:
        problem = _draw(draw, level, kind)
        best, idle = best_cost(problem), _cost(problem, [0.0] * len(problem["price"]))
        if kind or (best > 0.3 * idle and idle > 1.04 * best):
            return _instance(problem)


def _draw(draw: np.random.Generator, level: Level, kind: str) -> dict[str, Any]:
    sizes = SLOTS[level]
    count, hours = sizes[int(draw.integers(len(sizes)))]
    clock = np.arange(count) * hours + draw.uniform(0, 24)
    price = (
        0.22
        + draw.uniform(0.05, 0.12) * np.sin(2 * np.pi * clock / 24)
        + draw.uniform(0.02, 0.08) * np.sin(4 * np.pi * clock / 24 + 1)
    )
    price += draw.normal(0, 0.05 if level == "hard" else 0.02, count)
    if draw.random() < 0.5:
        price = np.where(price > np.median(price), 1.0, 0.45) * draw.uniform(0.25, 0.5) + draw.uniform(0, 0.02, count)
    load = 0.3 + draw.gamma(1.5, 0.5, count) * (1.0 + 0.6 * np.sin(2 * np.pi * (clock - 13) / 24))
    load[draw.random(count) < (0.5 if kind == "unused" else 0.1)] = 0.0
    capacity = 0.0 if kind == "none" else float(np.round(draw.uniform(2.0, 12.0), 1))
    share = 1.0 if kind == "full" else float(draw.uniform(0.1, 0.9))
    return {
        "slot_h": hours,
        "price": [0.25] * count if kind == "flat" else np.round(np.maximum(price, 0.02), 4).tolist(),
        "load_kw": np.round(load, 3).tolist(),
        "capacity_kwh": capacity,
        "power_kw": float(np.round(draw.uniform(1.5, 4.0), 1)),
        "efficiency": float(np.round(draw.uniform(0.85, 0.95), 3)),
        "start_kwh": float(np.round(capacity * share, 3)),
    }


def _cost(problem: Mapping[str, Any], net: Sequence[float]) -> float:
    rows = zip(problem["price"], problem["load_kw"], net, strict=True)
    return math.fsum(price * (load + flow) for price, load, flow in rows) * float(problem["slot_h"])


def _instance(problem: dict[str, Any]) -> Instance:
    return Instance({"tariff.json": make.json_bytes(problem)}, {**problem, "best": best_cost(problem)}, "tariff.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Cost of the plan over the optimum, the largest breach of a limit (kW or kWh), and the error of the stated cost.

    A plan of another length breaks every limit.
    """
    charge, discharge = output["charge_kw"], output["discharge_kw"]
    if not len(charge) == len(discharge) == len(truth["price"]):
        return {"violation": math.inf, "cost_ratio": math.inf, "stated_error": math.inf}
    breach, stored = 0.0, truth["start_kwh"]
    for load, plus, minus in zip(truth["load_kw"], charge, discharge, strict=True):
        stored += (plus * truth["efficiency"] - minus / truth["efficiency"]) * truth["slot_h"]
        over = max(plus, minus) - truth["power_kw"]
        breach = max(breach, over, -plus, -minus, -stored, stored - truth["capacity_kwh"], minus - plus - load)
    breach = max(breach, abs(stored - truth["start_kwh"]))
    if not breach <= 1e9:
        return {"violation": math.inf, "cost_ratio": math.inf, "stated_error": math.inf}
    cost = _cost(truth, [plus - minus for plus, minus in zip(charge, discharge, strict=True)])
    return {"violation": breach, "cost_ratio": cost / truth["best"], "stated_error": relative(cost, output["cost"])}


def _price_scaled(instance: Instance, seed: int) -> Instance:
    problem = json.loads(instance.visible["tariff.json"])
    factor = make.rng(seed, "price").uniform(0.5, 20.0)
    return _instance({**problem, "price": [round(price * factor, 6) for price in problem["price"]]})


def _power_scaled(instance: Instance, seed: int) -> Instance:
    problem = json.loads(instance.visible["tariff.json"])
    factor = make.rng(seed, "power").uniform(1.0, 5.0)
    sizes = {key: problem[key] * factor for key in ("capacity_kwh", "power_kw", "start_kwh")}
    return _instance({**problem, **sizes, "load_kw": [load * factor for load in problem["load_kw"]]})


_PRICE = Slot("price", "ndarray[float64, (N)]", "1/kWh", "price of energy from the grid", "task1")
_LOAD = Slot("load_kw", "ndarray[float64, (N)]", "kW", "load of the house", "task1")
_HOURS = Slot("slot_h", "float", "h", "length of a slot", "task1")
_BATTERY = Slot("battery", "dict", "1", "capacity_kwh, power_kw, efficiency, start_kwh", "task1")
_CHARGE = Slot("charge_kw", "list[float]", "kW", "charging power of each slot, at least 0")
_DISCHARGE = Slot("discharge_kw", "list[float]", "kW", "discharging power of each slot, at least 0")
_COST = Slot("cost", "float", "1", "cost of the plan in the currency of the prices")

FAMILY = Family(
    id="T053",
    title="Battery",
    domain="F",
    version=1,
    wordings=(
        Wording("Cheapest charging for this tariff, no export.", "goal"),
        Wording("I have a home battery and hourly prices. When should it charge and discharge so that my bill is smallest? Never feed into the grid.", "goal"),
        Wording("Set up a linear programme for charge and discharge power with state-of-charge limits, solve it and print plan and cost.", "operation"),
        Wording("battery schedule, min cost, no feed-in", "terse"),
        Wording("Optimise the storage dispatch against the dynamic tariff; the battery must end as full as it started.", "operation"),
        Wording("Make a plan for my storage battery that saves the most money with tomorrow's electricity prices, and say what the day will cost.", "goal"),
        Wording("prices + load → charge/discharge plan, bill", "terse"),
        Wording("My utility pays nothing for exported power. Use the battery to dodge the expensive slots.", "goal", held=True),
        Wording("Minimise the cost of grid energy over the day by scheduling battery charging and discharging subject to power, capacity and zero-export constraints.", "operation", held=True),
        Wording("least-cost home battery plan", "terse", held=True),
        Wording("按电价安排最省钱的充电，不许向电网送电。", "goal", "zh"),
        Wording("建立线性规划，求家用电池每个时段的充放电功率，使电费最低且不上网。", "operation", "zh"),
        Wording("电价、负荷 → 电池充放电计划", "terse", "zh"),
        Wording("家里有块储能电池，明天什么时候充、什么时候放最划算？余电不能卖。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`tariff.json`: JSON object with `slot_h` (h), `price` (list, currency per kWh, one per slot), `load_kw` (list, "
            "kW, one per slot), `capacity_kwh`, `power_kw` (largest charge and largest discharge), `efficiency` (of charging "
            "and again of discharging, 0 to 1), `start_kwh` (stored at the start)",
        ),
        outputs=(_CHARGE, _DISCHARGE, _COST),
        remarks=(
            "stored energy grows by efficiency x charge_kw x slot_h and falls by discharge_kw x slot_h / efficiency in each slot",
            "it stays between 0 and `capacity_kwh`, and ends where it started",
            "grid power = load_kw + charge_kw - discharge_kw is never negative; cost = sum of price x grid power x slot_h; prices are above 0",
            "limits are kept within 0.005 kW and kWh; the cost is at most 1 % above the optimum; the stated cost is right within 0.5 %",
            "a battery may have no capacity, then nothing is charged",
            "example: two slots of 1 h, prices 0.1 and 0.3, loads 1 and 1 kW, empty battery of 2 kWh, 1 kW, efficiency 0.9: charge 1 and 0, discharge 0 and 0.81, cost 0.257",
        ),
    ),
    stages=(
        Stage(
            "Load Tariff",
            ("read the prices, the load and the slot length", "collect the four numbers of the battery"),
            "Read prices, load, slot length and battery data from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in (_PRICE, _LOAD, _HOURS, _BATTERY)),
        ),
        Stage(
            "Flow Limits",
            ("charging is limited by the battery's power", "discharging is limited by power and load, so that nothing is exported"),
            "Find how much the battery may charge and discharge in each slot so that nothing is exported.",
            (_LOAD, _BATTERY),
            (
                Slot("charge_max", "ndarray[float64, (N)]", "kW", "largest charge of each slot"),
                Slot("discharge_max", "ndarray[float64, (N)]", "kW", "largest discharge of each slot"),
            ),
        ),
        Stage(
            "Plan Battery",
            (
                "unknowns: charge and discharge of every slot",
                "stored energy is a running sum with losses both ways, between 0 and the capacity, equal at start and end",
                "minimise the sum of price times net charge",
            ),
            "Plan the cheapest charge and discharge by a linear programme.",
            (
                _PRICE,
                _HOURS,
                _BATTERY,
                Slot("charge_max", "ndarray[float64, (N)]", "kW", "largest charge of each slot", "task2"),
                Slot("discharge_max", "ndarray[float64, (N)]", "kW", "largest discharge of each slot", "task2"),
            ),
            (_CHARGE, _DISCHARGE),
        ),
        Stage(
            "Electricity Bill",
            ("grid power is load plus charge minus discharge", "sum price times grid power times slot length"),
            "Add up what the energy from the grid costs.",
            (
                _PRICE,
                _LOAD,
                _HOURS,
                Slot("charge_kw", "list[float]", "kW", "charging power of each slot", "task3"),
                Slot("discharge_kw", "list[float]", "kW", "discharging power of each slot", "task3"),
            ),
            (_COST,),
        ),
    ),
    solutions="t053_battery",
    generate=generate,
    measure=measure,
    bars=(
        Bar("violation", 0.005, "most"),  # worst right 1e-14, best wrong aimed at it 0.2; room for rounding to 2 digits
        Bar("cost_ratio", 1.01, "most"),  # worst right 1.007 (interpolated dynamic programme, 1 draw in 60 above 1.005), best wrong 1.049
        Bar("stated_error", 0.005, "most"),  # worst right 2e-16, best wrong 0.078
    ),
    alternates=(
        Variant("states", "stored energies as further unknowns, sparse balances, interior point", swap={"plan_battery": "plan_battery_states"}),
        Variant("dynamic", "dynamic programme over interpolated levels of stored energy", swap={"plan_battery": "plan_battery_dynamic"}),
    ),
    mutants=(
        Variant("idle", "the battery is never used", swap={"plan_battery": "plan_battery_idle"}, naive=True),
        Variant("cheapest_slot", "one charge in the cheapest slot, one discharge in the dearest", swap={"plan_battery": "plan_battery_cheapest"}),
        Variant("lossless", "efficiency is ignored", edits=(("plan_battery", "eta = battery[\"efficiency\"]", "eta = 1.0"),)),
        Variant("exports", "discharge beyond the load", edits=(("flow_limits", "np.minimum(power, load_kw)", "np.full(load_kw.size, power)"),)),
        Variant("drained", "the battery may end empty", edits=(("plan_battery", "        A_eq=stored[-1:],\n        b_eq=[0.0],\n", ""),)),
        Variant("hourly", "slots are taken for hours", edits=(("load_tariff", "float(data[\"slot_h\"])", "1.0"),)),
        Variant("one_way", "losses when discharging are forgotten", edits=(("plan_battery", "running / -eta", "-running"),)),
        Variant("bill_without_battery", "the stated cost leaves the battery out", edits=(("electricity_bill", "load_kw + np.array(charge_kw) - np.array(discharge_kw)", "load_kw"),)),
    ),
    notes=(
        "Scheduling a battery against known prices is a linear programme. Unknowns per slot: charge c and discharge d, both "
        "between 0 and the rated power. Stored energy s[k+1] = s[k] + (eta c - d / eta) h stays in 0..capacity; the last one "
        "equals the first. Objective: sum price (load + c - d) h, where the load part is constant. No export means d - c <= load; "
        "with positive prices charging and discharging in one slot never pays, so the bound d <= min(power, load) does it. With "
        "efficiency eta each way a shift pays only where the high price exceeds the low one by 1 / eta^2. Running sums are a "
        "lower triangular matrix, so 2 N unknowns and 2 N + 1 rows suffice; scipy.optimize.linprog (HiGHS) solves a day in "
        "milliseconds. Dynamic programming over a fine grid of stored energy is the usual other way. Usual slips: kW taken for "
        "kWh per slot, efficiency left out or used twice, an end state that drains the battery."
    ),
    relations=(Relation("price_scaled", _price_scaled), Relation("power_scaled", _power_scaled)),
    needs=("scipy",),
    sources=("linear programme of storage arbitrage, e.g. Boyd, Vandenberghe, Convex Optimization, 2004",),
)  # fmt: skip
