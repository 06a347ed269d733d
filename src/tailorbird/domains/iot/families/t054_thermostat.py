"""T054 thermostat: hold a room within its comfort band with few switchings, in a closed loop with the room.

The program talks to the room over TCP: one reading, one answer, on the room's own clock. What counts is the record of
the room, its true temperature and the states of the heater it received; the returned figures must agree with it. The
room has two states, its air and a heater that warms up with a lag, and a drawn outdoor temperature that swings over the
day. Covers: on-off control of heating. Does not cover: cooling, several rooms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.0, "nominal": 0.03, "hard": 0.05, "edge": 0.02}
"""Standard deviation of a reading, K."""

SETTLED_S = 6 * 3600.0
"""Time after which the band must hold, s."""

DAY_S = 86400.0


def generate(seed: int, level: Level) -> Instance:
    """One day of a cold room; edge: a day too warm for heating, or a room that ends the run before any reading."""
    draw = make.rng(seed, "T054", level)
    kind = str(draw.choice(["warm", "silent", "cold"])) if level == "edge" else "cold"
    period = float(draw.choice([120, 150, 180]))
    steps = 0 if kind == "silent" else round(DAY_S / period)
    setpoint = float(draw.choice([18.0, 19.0, 20.0, 20.5, 21.0, 22.0, 23.0]))
    tau_h, lag_h = float(draw.uniform(18, 35)), float(draw.uniform(0.03, 0.06))
    hours = np.arange(steps) * period / 3600
    swing = {"easy": 1.0, "nominal": 4.0, "hard": 6.0, "edge": 2.0}[level]
    mean = setpoint + 6.0 if kind == "warm" else float(draw.uniform(-6, 4))
    outdoor = mean + swing * np.sin(2 * np.pi * (hours - float(draw.uniform(8, 11))) / 24)
    loss = (setpoint - mean + swing) / tau_h if kind != "warm" else 0.8
    gain = loss + float(draw.uniform(1.6, 2.4))
    start = setpoint + 1.0 if kind == "warm" else setpoint - float(draw.uniform(2.0, 4.0))
    dt = period / 3600
    drive = np.stack([outdoor * dt / tau_h, np.zeros(steps)], axis=1)
    system = {
        "a": [[1 - dt / tau_h, gain * dt], [0.0, math.exp(-dt / lag_h)]],
        "b": [0.0, 1 - math.exp(-dt / lag_h)], "c": [1.0, 0.0], "x0": [start, 0.0], "limits": [0.0, 1.0],
        "drive": drive.tolist(), "noise": draw.normal(0, NOISE[level], steps).tolist() if steps else [], "step": 0.01,
        "period_s": period, "reading": "temperature_c",
    }  # fmt: skip
    return _instance(system, setpoint, 0.5, int(draw.integers(20000, 60000)), kind)


def _instance(system: dict[str, Any], setpoint: float, band: float, port: int, kind: str) -> Instance:
    task = {
        "host": "127.0.0.1",
        "port": port,
        "setpoint_c": setpoint,
        "band_k": band,
        "period_s": system["period_s"],
    }
    script = {"port": port, "answer": "heat", "kind": "bool", "system": system}
    truth = {"setpoint_c": setpoint, "period_s": system["period_s"], "steps": len(system["noise"]), "kind": kind}
    return Instance({"thermostat.json": make.json_bytes(task)}, truth, "thermostat.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest distance of the true temperature from the setpoint after settling, switchings, and gaps to the record."""
    seen = truth["observed"]
    states = [value > 0.5 for value in seen["answers"]]
    if not seen["done"] or len(states) != truth["steps"]:
        return {"distance_k": math.inf, "switches": math.inf, "report_gap": math.inf}
    changes = int(np.count_nonzero(np.diff([False, *states])))
    hours = sum(states) * truth["period_s"] / 3600
    first = math.ceil(SETTLED_S / truth["period_s"])
    away = [abs(value - truth["setpoint_c"]) for value in seen["outputs"][first:]]
    if truth["kind"] == "warm":
        away = [math.inf] if any(states) else [0.0]
    return {
        "distance_k": max(away, default=0.0),
        "switches": float(changes),
        "report_gap": abs(output["heated_h"] - hours) if output["switches"] == changes else math.inf,
    }


def _warmer(instance: Instance, seed: int) -> Instance:
    """Setpoint, room and weather all higher by one number of degrees, at another port."""
    rise = round(float(make.rng(seed, "warmer").uniform(0.5, 2.0)), 1)
    system = dict(instance.script["system"])
    share = 1 - system["a"][0][0]
    system["drive"] = [[air + rise * share, heater] for air, heater in system["drive"]]
    system["x0"] = [system["x0"][0] + rise, system["x0"][1]]
    setpoint = instance.truth["setpoint_c"] + rise
    return _instance(system, setpoint, 0.5, 10000 + seed % 9000, instance.truth["kind"])


FAMILY = Family(
    id="T054",
    title="Thermostat",
    domain="F",
    version=1,
    wordings=(
        Wording("Hold the room at its setpoint ±0.5 K and switch the heater as rarely as you can.", "goal"),
        Wording("Connect to the room, read its temperature again and again, and switch the heater with hysteresis.", "operation"),
        Wording("room temperature → heater on/off, few switchings", "terse"),
        Wording("My heater clicks all day. Write a thermostat that keeps me comfortable without switching all the time.", "goal"),
        Wording("Write a two-point controller with a dead band for the room simulator described in the JSON file.", "operation"),
        Wording("Be the thermostat of this room for a day; afterwards tell me how often you switched and how long you heated.", "goal", held=True),
        Wording("Answer each temperature line from the TCP server with a heat command, using an upper and a lower limit.", "operation", held=True),
        Wording("hysteresis thermostat over tcp", "terse", held=True),
        Wording("让房间保持在设定温度 ±0.5 K 以内，尽量少开关加热器。", "goal", "zh"),
        Wording("连接房间的端口，逐条读取温度，用带回差的双位控制回答加热器开或关。", "operation", "zh"),
        Wording("温控器：读温度，控制加热器，少切换", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`thermostat.json`: object with `host`, `port` of the room's TCP server, `setpoint_c` (°C), `band_k` (K), `period_s` (s)",
        ),
        outputs=(
            Slot("switches", "int", "1", "changes of the heater's state, the first switching on counted"),
            Slot("heated_h", "float", "h", "hours with the heater on"),
        ),
        remarks=(
            "the room sends one JSON line per reading, such as `{\"time_s\": 240, \"temperature_c\": 20.31}`, and waits for one line `{\"heat\": true}` or `{\"heat\": false}`; it then lets `period_s` of its own clock pass, at once, and sends the next",
            "the line `{\"end\": true}` ends the run, possibly before any reading; it is not answered",
            "before the first answer the heater is off; the heater warms up and cools down with a lag of a few minutes",
            "after the first six hours the true temperature must stay within 0.7 K of the setpoint, with at most 80 switchings a day; on a day that is too warm the heater stays off",
            "readings carry noise of up to 0.05 K (standard deviation) and are rounded to 0.01 K",
        ),
    ),
    stages=(
        Stage(
            "Load Thermostat Task",
            ("read host, port, setpoint, band and period from the JSON file",),
            "Read where the room is reached and what is wanted of it.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the room"),
                Slot("port", "int", "1", "TCP port of the room"),
                Slot("setpoint_c", "float", "°C", "wanted temperature"),
                Slot("band_k", "float", "K", "half width of the comfort band"),
                Slot("period_s", "float", "s", "time between readings"),
            ),
        ),
        Stage(
            "Switching Limits",
            ("put the limits inside the comfort band, because the room moves on after switching",),
            "Choose where the heater goes on and off, with a dead band between.",
            (
                Slot("setpoint_c", "float", "°C", "wanted temperature", "task1"),
                Slot("band_k", "float", "K", "half width of the comfort band", "task1"),
            ),
            (
                Slot("on_below_c", "float", "°C", "temperature below which the heater goes on"),
                Slot("off_above_c", "float", "°C", "temperature above which the heater goes off"),
            ),
        ),
        Stage(
            "Run Thermostat Loop",
            (
                "connect to the room and read one JSON line per reading until it sends the end",
                "switch on below the lower limit, off above the upper one, keep the state in between",
                "answer each reading with one JSON line",
            ),
            "Answer every reading of the room with the state of the heater.",
            (
                Slot("host", "str", "1", "address of the room", "task1"),
                Slot("port", "int", "1", "TCP port of the room", "task1"),
                Slot("on_below_c", "float", "°C", "temperature below which the heater goes on", "task2"),
                Slot("off_above_c", "float", "°C", "temperature above which the heater goes off", "task2"),
            ),
            (Slot("heating", "list[bool]", "1", "state of the heater after each reading"),),
        ),
        Stage(
            "Summarise Heating",
            ("count changes of the state, starting from off", "add up the time with the heater on"),
            "Count how often the heater switched and how long it heated.",
            (
                Slot("heating", "list[bool]", "1", "state of the heater after each reading", "task3"),
                Slot("period_s", "float", "s", "time between readings", "task1"),
            ),
            (Slot("switches", "int", "1", "number of switchings"), Slot("heated_h", "float", "h", "hours with the heater on")),
        ),
    ),
    solutions="t054_thermostat",
    generate=generate,
    measure=measure,
    bars=(
        Bar("distance_k", 0.7, "most"),  # worst right 0.57, best wrong 2.07 (decides hourly)
        Bar("switches", 80.0, "most"),  # worst right 54, best wrong 117 (no dead band)
        Bar("report_gap", 1e-6, "most"),  # counts are exact
    ),
    alternates=(
        Variant("bytes", "splits the byte stream by hand", swap={"run_thermostat_loop": "run_thermostat_loop_bytes"}),
        Variant("narrow", "switches nearer to the setpoint, counts by runs", swap={"switching_limits": "switching_limits_narrow", "summarise_heating": "summarise_heating_runs"}),
        Variant("bytes_runs", "splits bytes, counts by runs", swap={"run_thermostat_loop": "run_thermostat_loop_bytes", "summarise_heating": "summarise_heating_runs"}),
    ),
    mutants=(
        Variant("always", "heats all the time", swap={"run_thermostat_loop": "run_thermostat_loop_always"}, naive=True),
        Variant("no_hysteresis", "one threshold, so the heater chatters", edits=(("switching_limits", "0.5 * band_k", "0.0"),)),
        Variant("inverted", "heats when it is warm", edits=(("run_thermostat_loop", '"temperature_c"] < on_below_c', '"temperature_c"] > off_above_c'), ("run_thermostat_loop", '"temperature_c"] > off_above_c:\n                heat = False', '"temperature_c"] < on_below_c:\n                heat = False'))),
        Variant("wide", "limits far outside the comfort band", edits=(("switching_limits", "0.5 * band_k", "4.0 * band_k"),)),
        Variant("hourly", "decides once an hour", swap={"run_thermostat_loop": "run_thermostat_loop_hourly"}),
        Variant("minutes", "hours computed with 60 instead of 3600", edits=(("summarise_heating", "/ 3600.0", "/ 60.0"),)),
    ),
    notes=(
        "A two-point controller needs a dead band: with one threshold noise alone switches it at every reading. The limits lie "
        "inside the comfort band because a heater that has been switched off still gives heat for some minutes, and because the "
        "room is seen only once per period. A wider dead band switches less: the time of a cycle is the width divided by the "
        "rate of warming plus the width divided by the rate of cooling. The state of the heater has to be remembered between "
        "readings; inside the dead band it stays what it was. A virtual clock lets a day pass in a fraction of a second, as the "
        "room goes on as soon as it has its answer; nothing in the program may wait or look at the real time."
    ),
    relations=(Relation("warmer", _warmer),),
    sources=("first-order thermal model of a room, C dT/dt = (T_out - T)/R + P",),
    peer="plant",
    allowed=("socket",),
)  # fmt: skip
