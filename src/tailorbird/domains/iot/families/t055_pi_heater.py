"""T055 PI heater: bring an oven to its setpoint without steady error, overshoot or wind-up, in a closed loop.

The program talks to the oven over TCP: one reading, one power, on the oven's own clock. What counts is the record of the
oven: its true temperature and the powers it received. The oven has a heat capacity, a loss to the surroundings, a sensor
that follows with a lag, and a load that changes in the middle of the run; the file names capacity and loss only roughly.
Covers: heating with a limited power. Does not cover: cooling, long dead times.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.0, "nominal": 0.02, "hard": 0.04, "edge": 0.02}
"""Standard deviation of a reading, K."""

TAIL = 30
"""True temperatures at the end whose mean is compared with the setpoint."""


def generate(seed: int, level: Level) -> Instance:
    """700 readings with a load step in the middle; edge: surroundings above the setpoint, or no reading at all."""
    draw = make.rng(seed, "T055", level)
    kind = str(draw.choice(["hot", "silent", "cold"])) if level == "edge" else "cold"
    steps = 0 if kind == "silent" else 700
    period = float(draw.choice([20, 30, 40, 60]))
    loss = float(draw.uniform(2.0, 60.0))
    capacity = loss * period * float(draw.uniform(200, 350))
    around = float(draw.uniform(10, 25))
    rise = float(draw.uniform(20, 60))
    setpoint = round(around - 8.0 if kind == "hot" else around + rise, 1)
    step_w = {"easy": 0.2, "nominal": 0.3, "hard": 0.4, "edge": 0.05}[level] * loss * rise
    load = np.where(np.arange(steps) < 350, 0.0, -step_w * float(draw.choice([-1, 1])))
    power = loss * rise * float(draw.uniform(1.8, 2.4))
    share, lag = period * loss / capacity, math.exp(-period / (1.5 * period))
    system = {
        "a": [[1 - share, 0.0], [1 - lag, lag]], "b": [period / capacity, 0.0], "c": [0.0, 1.0], "x0": [around, around],
        "limits": [0.0, power], "drive": np.stack([share * around + load * period / capacity, np.zeros(steps)], 1).tolist(),
        "noise": draw.normal(0, NOISE[level], steps).tolist() if steps else [], "step": 0.01, "period_s": period,
        "reading": "temperature_c",
    }  # fmt: skip
    known = {
        "capacity_j_k": capacity * float(draw.uniform(0.85, 1.15)),
        "loss_w_k": loss * float(draw.uniform(0.8, 1.2)),
    }
    return _instance(system, known, setpoint, int(draw.integers(20000, 60000)), kind)


def _instance(system: dict[str, Any], known: Mapping[str, float], setpoint: float, port: int, kind: str) -> Instance:
    rounded = {name: float(f"{value:.3g}") for name, value in known.items()}
    power = math.floor(system["limits"][1])
    system = {**system, "limits": [0.0, float(power)]}
    task = {"host": "127.0.0.1", "port": port, "setpoint_c": setpoint, "power_max_w": power}
    task |= {"period_s": system["period_s"], **rounded}
    script = {"port": port, "answer": "power_w", "kind": "number", "system": system}
    truth = {"setpoint_c": setpoint, "period_s": system["period_s"], "power_max_w": power, "kind": kind}
    truth |= {"steps": len(system["noise"]), "known": dict(known)}
    return Instance({"oven.json": make.json_bytes(task)}, truth, "oven.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Final error, overshoot, restlessness, powers out of range, and gaps between the report and the record."""
    seen, bad = truth["observed"], math.inf
    powers, true = seen["answers"], seen["outputs"]
    if not seen["done"] or len(powers) != truth["steps"]:
        return {
            "final_error_k": bad,
            "overshoot_k": bad,
            "outside": bad,
            "error_gap_k": bad,
            "energy_error": bad,
            "restless": bad,
        }
    outside = sum(not 0 <= power <= truth["power_max_w"] for power in powers)
    energy = sum(powers) * truth["period_s"] / 3.6e6
    found = output["final_error_k"]
    figures = {
        "outside": float(outside),
        "energy_error": abs(output["energy_kwh"] - energy) / max(energy, 1e-3),
        "final_error_k": 0.0,
        "overshoot_k": 0.0,
        "restless": float(np.mean(np.abs(np.diff(powers[-100:])))) / truth["power_max_w"] if powers else 0.0,
        "error_gap_k": 0.0 if found is None and not true else bad,
    }
    if true and found is not None:
        left = truth["setpoint_c"] - float(np.mean(true[-20:]))
        figures["error_gap_k"] = abs(found - left)
        if truth["kind"] == "hot":
            figures["final_error_k"] = float(np.mean(powers) > 0.02 * truth["power_max_w"])
        else:
            figures["final_error_k"] = abs(truth["setpoint_c"] - float(np.mean(true[-TAIL:])))
            figures["overshoot_k"] = max(0.0, max(true[: truth["steps"] // 2]) - truth["setpoint_c"])
    return figures


def _warmer(instance: Instance, seed: int) -> Instance:
    """Setpoint, oven and surroundings all higher by one number of degrees, at another port."""
    rise = round(float(make.rng(seed, "warmer").uniform(1, 20)), 1)
    system = dict(instance.script["system"])
    share = 1 - system["a"][0][0]
    system["drive"] = [[first + rise * share, second] for first, second in system["drive"]]
    system["x0"] = [value + rise for value in system["x0"]]
    truth = instance.truth
    return _instance(system, truth["known"], round(truth["setpoint_c"] + rise, 1), 10000 + seed % 9000, truth["kind"])


FAMILY = Family(
    id="T055",
    title="PI heater",
    domain="F",
    version=1,
    wordings=(
        Wording("Heat the oven to its setpoint and leave no steady error, also after the load has changed.", "goal"),
        Wording("Close the loop with a PI controller: read the temperature, answer with a power, and stop the integral at the limits.", "operation"),
        Wording("oven temperature → heater power, PI, no offset", "terse"),
        Wording("My heater always ends up a degree too cold. Write a controller that really reaches the target without overshooting.", "goal"),
        Wording("Tune and run a proportional-integral controller with anti-windup against the plant behind this TCP port.", "operation"),
        Wording("Regulate the furnace precisely and report what error remained and how much energy it took.", "goal", held=True),
        Wording("Answer each temperature with a clipped PI output in watts, integrating only while the actuator is not saturated.", "operation", held=True),
        Wording("pi temperature control, anti windup", "terse", held=True),
        Wording("把炉温加热到设定值，不要有稳态误差，负载变化后也一样。", "goal", "zh"),
        Wording("用带抗积分饱和的 PI 控制器闭环：读温度，回答功率。", "operation", "zh"),
        Wording("温度 → 加热功率，PI 控制，无静差", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`oven.json`: object with `host`, `port` of the oven's TCP server, `setpoint_c` (°C), `power_max_w` (W), `period_s` (s), `capacity_j_k` (J/K), `loss_w_k` (W/K)",
        ),
        outputs=(
            Slot("final_error_k", "float or none", "K", "setpoint minus the mean of the last 20 readings; null without readings"),
            Slot("energy_kwh", "float", "kWh", "energy of all answered powers, each held for one period"),
        ),
        remarks=(
            "the oven sends one JSON line per reading, such as `{\"time_s\": 90, \"temperature_c\": 41.27}`, and waits for one line `{\"power_w\": 812.5}`; it then lets `period_s` of its own clock pass, at once, and sends the next",
            "the line `{\"end\": true}` ends the run, possibly before any reading; it is not answered",
            "powers lie between 0 and `power_max_w`; capacity and loss are known to about 20 %; the sensor follows within two periods and has a noise of up to 0.04 K",
            "a load of unknown size comes or goes halfway; at the end of 700 readings the error must be at most 0.1 K, and before the load changes the temperature may exceed the setpoint by at most 1 K",
            "over the last 100 readings the power may change by a tenth of `power_max_w` on average, so switching is no answer",
            "where the surroundings are warmer than the setpoint the power stays below 2 % of `power_max_w` on average",
        ),
    ),
    stages=(
        Stage(
            "Load Heater Task",
            ("read address, setpoint, largest power, period, capacity and loss from the JSON file",),
            "Read where the oven is reached, what is wanted of it, and roughly how it behaves.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the oven"),
                Slot("port", "int", "1", "TCP port of the oven"),
                Slot("setpoint_c", "float", "°C", "wanted temperature"),
                Slot("power_max_w", "float", "W", "largest power"),
                Slot("period_s", "float", "s", "time between readings"),
                Slot("capacity_j_k", "float", "J/K", "rough heat capacity"),
                Slot("loss_w_k", "float", "W/K", "rough heat loss"),
            ),
        ),
        Stage(
            "Tune PI Gains",
            ("ask for an answer within about 25 readings", "gain from capacity over that time", "integral time four times as long"),
            "Choose gains of a PI controller from a rough model of the oven.",
            (
                Slot("capacity_j_k", "float", "J/K", "rough heat capacity", "task1"),
                Slot("loss_w_k", "float", "W/K", "rough heat loss", "task1"),
                Slot("period_s", "float", "s", "time between readings", "task1"),
            ),
            (
                Slot("kp_w_k", "float", "W/K", "proportional gain"),
                Slot("ki_w_k_s", "float", "1", "integral gain in W/(K s)"),
            ),
        ),
        Stage(
            "Run PI Loop",
            (
                "connect to the oven and read one JSON line per reading until it sends the end",
                "power from proportional and integral part, clipped to 0 and the largest power",
                "let the integral stand still while it would drive further into a limit",
                "answer each reading with one JSON line",
            ),
            "Answer every reading with a power from a PI controller that does not wind up.",
            (
                Slot("host", "str", "1", "address of the oven", "task1"),
                Slot("port", "int", "1", "TCP port of the oven", "task1"),
                Slot("setpoint_c", "float", "°C", "wanted temperature", "task1"),
                Slot("power_max_w", "float", "W", "largest power", "task1"),
                Slot("period_s", "float", "s", "time between readings", "task1"),
                Slot("kp_w_k", "float", "W/K", "proportional gain", "task2"),
                Slot("ki_w_k_s", "float", "1", "integral gain in W/(K s)", "task2"),
            ),
            (
                Slot("readings", "list[float]", "°C", "temperatures"),
                Slot("powers", "list[float]", "W", "powers answered"),
            ),
        ),
        Stage(
            "Summarise Heater Run",
            ("setpoint minus the mean of the last 20 readings, none without readings", "sum of the powers times the period, in kWh"),
            "Give the remaining error and the energy of a run.",
            (
                Slot("readings", "list[float]", "°C", "temperatures", "task3"),
                Slot("powers", "list[float]", "W", "powers answered", "task3"),
                Slot("setpoint_c", "float", "°C", "wanted temperature", "task1"),
                Slot("period_s", "float", "s", "time between readings", "task1"),
            ),
            (
                Slot("final_error_k", "float or none", "K", "remaining error"),
                Slot("energy_kwh", "float", "kWh", "energy"),
            ),
        ),
    ),
    solutions="t055_pi_heater",
    generate=generate,
    measure=measure,
    bars=(
        Bar("final_error_k", 0.1, "most"),  # worst right 0.04, best wrong 2.9 (period left out of the integral)
        Bar("overshoot_k", 1.0, "most"),  # worst right 0.2, best wrong 18 (wind-up)
        Bar("restless", 0.1, "most"),  # noise moves right programs by 0.02 at most, switching by 0.3 and more
        Bar("outside", 0.0, "most"),
        Bar("error_gap_k", 0.1, "most"),
        Bar("energy_error", 1e-6, "most"),
    ),
    alternates=(
        Variant("velocity", "increments of the clipped power", swap={"run_pi_loop": "run_pi_loop_velocity"}),
        Variant("back", "back-calculation of the integral", swap={"run_pi_loop": "run_pi_loop_back"}),
        Variant("quick", "quicker gains", swap={"tune_pi_gains": "tune_pi_gains_quick", "run_pi_loop": "run_pi_loop_back"}),
    ),
    mutants=(
        Variant("full", "full power or none", swap={"run_pi_loop": "run_pi_loop_full"}, naive=True),
        Variant("p_only", "no integral", edits=(("run_pi_loop", "integral += ki_w_k_s * error * period_s", "integral = 0.0"),)),
        Variant("windup", "the integral goes on at the limit", swap={"run_pi_loop": "run_pi_loop_windup"}),
        Variant("sign", "reading minus setpoint", edits=(("run_pi_loop", 'error = setpoint_c - reading["temperature_c"]', 'error = reading["temperature_c"] - setpoint_c'),)),
        Variant("no_period", "the period is left out of the integral", edits=(("run_pi_loop", "integral += ki_w_k_s * error * period_s", "integral += ki_w_k_s * error"), ("run_pi_loop", "+ ki_w_k_s * error * period_s\n", "\n"))),
        Variant("watt_hours", "energy in Wh", edits=(("summarise_heater_run", "/ 3.6e6", "/ 3.6e3"),)),
        Variant("no_clip", "powers beyond the limits are answered", edits=(("run_pi_loop", "power = min(power_max_w, max(0.0, wanted))", "power = wanted"),)),
    ),
    notes=(
        "A proportional controller leaves a steady error, because holding a temperature above the surroundings needs power and "
        "its power is proportional to the error; the integral supplies that power and follows a change of the load. While the "
        "power is at its limit the integral must not grow (anti-windup), or the temperature overshoots until the stored error "
        "has been paid back: stop it while it would push further, clamp it, or compute it back from the clipped power. For a "
        "first-order plant C dT/dt = P - G (T - Ta) a wanted closed-loop time t gives Kp about C/t; an integral time of about "
        "4 t lets little overshoot. The integral is a sum over time: it holds the period, so that gains do not change their "
        "meaning with the sampling. The velocity form adds increments to the last clipped power and cannot wind up."
    ),
    relations=(Relation("warmer", _warmer),),
    sources=("Astrom, Hagglund 2006, Advanced PID Control, chapters 3 and 6", "lumped thermal model C dT/dt = P - G (T - T_a)"),
    peer="plant",
    allowed=("socket",),
)  # fmt: skip
