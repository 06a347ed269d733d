"""T104 fusion of thermometers: unequal sensors, several units, dropouts, one best value per row.

Truth comes from the generator: the true temperature is drawn, readings get independent normal errors of known size.
The best answer is computed by updating one sensor after the other (scalar Kalman update), not by weights. Covers:
known error sizes, missing readings, mixed units. Does not cover: bias, correlated errors, smoothing over time.
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

SCALES = {"C": (1.0, 0.0), "F": (1.8, 32.0), "K": (1.0, 273.15)}
"""Units of a degree Celsius, and the reading at 0 °C."""

FLOOR = 1e-6
"""Error in °C below which two answers count as equally good, so that a lucky single row divides by something."""

Sensor = dict[str, Any]


def generate(seed: int, level: Level) -> Instance:
    """3 to 5 sensors over 600 to 1,500 rows; edge: no rows, one row, all dropped, or one sensor."""
    draw = make.rng(seed, "T104", level)
    kind = str(draw.choice(["empty", "single", "dropped", "alone"])) if level == "edge" else ""
    rows = {"empty": 0, "single": 1, "dropped": 20, "alone": 200}.get(kind, int(draw.integers(600, 1501)))
    number = 1 if kind == "alone" else int(draw.integers(3, 6)) if level == "hard" else 3
    true = draw.uniform(-5, 30) + draw.uniform(1, 6) * np.sin(np.arange(rows) / draw.uniform(40, 200))
    true = true + np.cumsum(draw.normal(0, 0.02, rows))
    lost = {"easy": 0.0, "nominal": 0.08, "hard": 0.3, "edge": 0.2}[level]
    sigmas = _sigmas(draw, number)
    units = _units(draw, number, level)
    sensors: list[Sensor] = []
    for sigma, unit in zip(sigmas, units, strict=True):
        scale, zero = SCALES[unit]
        shown = np.round((true + draw.normal(0, sigma, rows)) * scale + zero, 3)
        gone = draw.random(rows) < (1.0 if kind == "dropped" else lost)
        if level in ("nominal", "hard"):
            start = int(draw.integers(0, rows - 60))
            gone[start : start + int(draw.integers(20, 60))] = True
        readings = [None if miss else float(value) for value, miss in zip(shown, gone, strict=True)]
        sensors.append({"unit": unit, "sigma": round(sigma * scale, 4), "readings": readings})
    return _instance(sensors, true.tolist())


def _sigmas(draw: np.random.Generator, number: int) -> list[float]:
    """Error sizes in °C so far apart that neither the best sensor nor weights 1/sigma come near the best answer."""
    ratios = [1.0, draw.uniform(1.8, 2.5), *draw.uniform(3.0, 5.0, 3)][:number]
    base = draw.uniform(0.08, 0.4)
    return [float(base * ratios[i]) for i in draw.permutation(number)]


def _units(draw: np.random.Generator, number: int, level: Level) -> list[str]:
    if level == "easy":
        return ["C"] * number
    units = ["F", "C", "K", *draw.choice(list(SCALES), 2)][:number]
    return [str(units[i]) for i in draw.permutation(len(units))]


def _instance(sensors: list[Sensor], true: list[float]) -> Instance:
    best, spread = _update(sensors, len(true))
    truth = {"true_c": true, "best_c": best, "sigma_c": spread}
    return Instance({"thermometers.json": make.json_bytes({"sensors": sensors})}, truth, "thermometers.json")


def _update(sensors: Sequence[Sensor], rows: int) -> tuple[list[float | None], list[float | None]]:
    """Best value and its standard deviation per row, by one scalar Kalman update per reading."""
    best: list[float | None] = [None] * rows
    spread: list[float | None] = [None] * rows
    for sensor in sensors:
        scale, zero = SCALES[sensor["unit"]]
        variance = (sensor["sigma"] / scale) ** 2
        for row, shown in enumerate(sensor["readings"]):
            if shown is None:
                continue
            value, old, sigma = (shown - zero) / scale, best[row], spread[row]
            if old is None or sigma is None:
                best[row], spread[row] = value, math.sqrt(variance)
                continue
            gain = sigma**2 / (sigma**2 + variance)
            best[row] = old + gain * (value - old)
            spread[row] = math.sqrt((1 - gain) * sigma**2)
    return best, spread


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """RMS error against the true temperature over that of the best answer; largest relative error of the deviation."""
    best, spread, found = truth["best_c"], truth["sigma_c"], output["fused_c"]
    if not make.worst_gap(best, found) < 1e6 or not make.worst_gap(spread, output["sigma_c"]) < 1e6:
        return {"error_ratio": math.inf, "sigma_error": math.inf}
    shares = [b / a for a, b in zip(spread, output["sigma_c"], strict=True) if a is not None]
    return {
        "error_ratio": (_rms(truth["true_c"], found) + FLOOR) / (_rms(truth["true_c"], best) + FLOOR),
        "sigma_error": max((abs(share - 1.0) for share in shares), default=0.0),
    }


def _rms(true: Sequence[float], found: Sequence[float | None]) -> float:
    """Root mean square difference over the rows that are not null; 0 without any."""
    gaps = [b - a for a, b in zip(true, found, strict=True) if b is not None]
    return math.sqrt(sum(gap * gap for gap in gaps) / len(gaps)) if gaps else 0.0


def _shuffled(instance: Instance, seed: int) -> Instance:
    sensors = json.loads(instance.visible["thermometers.json"])["sensors"]
    order = make.rng(seed, "order").permutation(len(sensors))
    return _instance([sensors[i] for i in order], instance.truth["true_c"])


def _warmer(instance: Instance, seed: int) -> Instance:
    """All readings and the truth raised by one drawn number of degrees."""
    rise = round(float(make.rng(seed, "rise").uniform(-8, 8)), 1)
    sensors = json.loads(instance.visible["thermometers.json"])["sensors"]
    for sensor in sensors:
        step = rise * SCALES[sensor["unit"]][0]
        sensor["readings"] = [None if value is None else round(value + step, 3) for value in sensor["readings"]]
    return _instance(sensors, [value + rise for value in instance.truth["true_c"]])


CELSIUS = Slot("celsius", "ndarray[float64, (K, N)]", "degC", "readings, NaN where missing", "task2")
SIGMAS = Slot("sigmas", "ndarray[float64, (K)]", "degC", "standard deviation of each sensor", "task2")

FAMILY = Family(
    id="T104",
    title="thermometer fusion",
    domain="L",
    version=1,
    wordings=(
        Wording("Combine three thermometers.", "goal"),
        Wording("Weight the thermometer readings by inverse variance, skip dropouts, and give value and uncertainty.", "operation"),
        Wording("thermometers + sigmas → fused °C", "terse"),
        Wording("I have a good thermometer and two cheap ones in the room. What is the best guess of the temperature?", "goal"),
        Wording("Convert every sensor to Celsius and fuse row by row with weights one over sigma squared.", "operation"),
        Wording("My redundant temperature probes disagree and sometimes drop out; merge them into one trustworthy series.", "goal", held=True),
        Wording("inverse-variance mean of temps, nulls ok", "terse", held=True),
        Wording("融合三个温度计。", "goal", "zh"),
        Wording("统一单位后按方差倒数加权融合各温度计读数，跳过缺失值。", "operation", "zh"),
        Wording("几个精度不同的温度计读数不一致，偶尔断线，最可信的温度是多少？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`thermometers.json`: JSON object, `sensors`: list of objects with `unit` (C, F or K), `sigma` (standard deviation "
            "in that unit), `readings` (list in that unit, null where missing; all of one length)",
        ),
        outputs=(
            Slot("fused_c", "list[float or none]", "degC", "best temperature per row, null where every reading is missing"),
            Slot("sigma_c", "list[float or none]", "degC", "its standard deviation, null at the same rows"),
        ),
        remarks=(
            "row k of every sensor belongs to the same moment; errors are independent, normal and without bias",
            "usually three sensors, at times one to five; each row is fused by itself from the readings it has",
            "C = (F - 32) / 1.8 and C = K - 273.15; a standard deviation only scales",
            "the best standard deviation is one over the root of the sum of 1/sigma^2 of the readings present; it is wanted "
            "within 1 %, and the error against the true temperature within 2 % of the best possible",
            "example: 20.0 with sigma 0.3 and 21.0 with sigma 0.6 give 20.2 and 0.2683",
            "no rows give two empty lists",
        ),
    ),
    stages=(
        Stage(
            "Load Thermometers",
            ("read unit, standard deviation and readings of each sensor", "missing readings become NaN"),
            "Read the streams of several thermometers from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("readings", "ndarray[float64, (K, N)]", "1", "readings in the sensors' units, NaN where missing"),
                Slot("deviations", "ndarray[float64, (K)]", "1", "standard deviations in the sensors' units"),
                Slot("units", "list[str]", "1", "C, F or K per sensor"),
            ),
        ),
        Stage(
            "Convert To Celsius",
            ("scale and shift the readings", "scale the standard deviations only"),
            "Bring thermometer readings and their standard deviations to degrees Celsius.",
            (
                Slot("readings", "ndarray[float64, (K, N)]", "1", "readings, NaN where missing", "task1"),
                Slot("deviations", "ndarray[float64, (K)]", "1", "standard deviations", "task1"),
                Slot("units", "list[str]", "1", "C, F or K per sensor", "task1"),
            ),
            (
                Slot("celsius", "ndarray[float64, (K, N)]", "degC", "readings, NaN where missing"),
                Slot("sigmas", "ndarray[float64, (K)]", "degC", "standard deviation of each sensor"),
            ),
        ),
        Stage(
            "Fuse By Inverse Variance",
            (
                "weight 1/sigma^2 for a reading, 0 where it is missing",
                "divide the weighted sum by the sum of the weights",
                "standard deviation is one over the root of that sum",
            ),
            "Fuse the readings of each row to the value of least variance.",
            (CELSIUS, SIGMAS),
            (
                Slot("fused_c", "list[float or none]", "degC", "best temperature per row"),
                Slot("sigma_c", "list[float or none]", "degC", "its standard deviation"),
            ),
        ),
    ),
    solutions="t104_thermometer_fusion",
    generate=generate,
    measure=measure,
    # Worst correct 1 and 0; best wrong on easy and nominal 1.04 (best sensor, weights 1/sigma) and 0.027.
    bars=(Bar("error_ratio", 1.02, "most"), Bar("sigma_error", 0.01, "most")),
    alternates=(
        Variant("sequential", "one sensor after the other, as a Kalman update", swap={"fuse_by_inverse_variance": "fuse_sequentially"}),
        Variant("least_squares", "weighted least squares per row", swap={"fuse_by_inverse_variance": "fuse_least_squares"}),
        Variant("plain_lists", "conversion without arrays", swap={"convert_to_celsius": "convert_plainly"}),
    ),
    mutants=(
        Variant("mean", "plain mean of what is there", swap={"fuse_by_inverse_variance": "fuse_mean"}, naive=True),
        Variant("best_only", "the best sensor present in each row", swap={"fuse_by_inverse_variance": "fuse_best_only"}),
        Variant("inverse_sigma", "weights 1/sigma", edits=(("fuse_by_inverse_variance", "sigmas[:, None] ** -2.0", "sigmas[:, None] ** -1.0"),)),
        Variant("whole_rows", "a row with any gap is lost", edits=(("fuse_by_inverse_variance", "present.any(axis=0)", "present.all(axis=0)"),)),
        Variant("gap_is_zero", "missing readings count as 0 degrees", edits=(("fuse_by_inverse_variance", "np.where(present, sigmas[:, None] ** -2.0, 0.0)", "np.where(present, sigmas[:, None] ** -2.0, sigmas[:, None] ** -2.0)"),)),
        Variant("sigma_unscaled", "standard deviations stay in the sensor's unit", edits=(("convert_to_celsius", "deviations / scale", "deviations"),)),
        Variant("sigma_shifted", "standard deviations are shifted like temperatures", edits=(("convert_to_celsius", "deviations / scale", "np.abs(deviations - zero) / scale"),)),
        Variant("mean_sigma", "standard deviation as the mean of the sensors'", edits=(("fuse_by_inverse_variance", "1.0 / np.sqrt(total)", "np.sqrt(np.mean(sigmas**2)) + 0.0 * total"),)),
    ),
    notes=(
        "Independent unbiased readings of one quantity are best combined with weights 1/sigma^2; the variance of the result is "
        "1 / sum(1/sigma^2), never above that of the best sensor. With sigmas 0.2, 0.5 and 1.0 that is 0.183, the plain mean has "
        "0.38, the best sensor alone 0.2, weights 1/sigma 0.217. When a reading drops out, its weight is left out of the sum of "
        "weights too; a NaN that enters a sum spoils the whole row, and a missing reading is not a zero. The same answer comes "
        "from updating sensor by sensor: gain = P/(P + sigma^2), x += gain (z - x), P *= 1 - gain. Temperatures have a scale "
        "and a zero, standard deviations only a scale: 1.8 °F are 1 °C, and no 32 is subtracted."
    ),
    relations=(Relation("sensor_order", _shuffled), Relation("warmer", _warmer)),
    needs=("numpy",),
    sources=("Gauss-Markov theorem; JCGM 100:2008 (GUM), weighted means",),
)  # fmt: skip
