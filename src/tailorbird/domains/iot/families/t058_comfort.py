"""T058 Comfort: predicted mean vote and predicted percentage of dissatisfied after Fanger and ISO 7730.

Truth is the heat balance itself, its clothing temperature found by bisection; the examples of ISO 7730 are tested.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

COLUMNS = ("ta", "tr", "v", "rh", "met", "clo")

RANGES = {
    "easy": ((20, 27), (-3, 3), (0.1, 0.2), (40, 60), (1.0, 1.4), (0.5, 1.0)),
    "nominal": ((18, 30), (-6, 6), (0.02, 0.5), (25, 75), (0.9, 2.0), (0.3, 1.5)),
    "hard": ((12, 32), (-9, 10), (0.0, 1.0), (10, 95), (0.8, 3.5), (0.0, 2.0)),
    "edge": ((10, 30), (-8, 8), (0.0, 1.0), (0, 100), (0.8, 4.0), (0.0, 2.0)),
}
"""Air temperature °C, radiant minus air K, air speed m/s, humidity %, metabolic rate met, clothing clo."""


def fanger(ta: float, tr: float, v: float, rh: float, met: float, clo: float) -> tuple[float, float]:
    """PMV and PPD (%) of one reading, by bisection on the heat balance of the clothing.

    ISO 7730:2005, equations (1) to (5), external work 0; saturation pressure after Antoine as in its annex D.
    """
    heat, resistance = 58.15 * met, 0.155 * clo
    area = 1.0 + 1.29 * resistance if resistance <= 0.078 else 1.05 + 0.645 * resistance

    def dry(t: float) -> float:
        convection = max(2.38 * math.pow(abs(t - ta), 0.25), 12.1 * math.sqrt(v))
        return area * (3.96e-8 * (math.pow(t + 273, 4) - math.pow(tr + 273, 4)) + convection * (t - ta))

    low, high = -100.0, 150.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if middle > 35.7 - 0.028 * heat - resistance * dry(middle) else (middle, high)
    vapour = rh * 10 * math.exp(16.6536 - 4030.183 / (ta + 235))
    wet = 3.05e-3 * (5733 - 6.99 * heat - vapour) + max(0.42 * (heat - 58.15), 0.0)
    breath = 1.7e-5 * heat * (5867 - vapour) + 0.0014 * heat * (34 - ta)
    vote = (0.303 * math.exp(-0.036 * heat) + 0.028) * (heat - wet - breath - dry(low))
    return vote, 100 - 95 * math.exp(-0.03353 * vote**4 - 0.2179 * vote**2)


def generate(seed: int, level: Level) -> Instance:
    """6 to 40 readings over the ranges of a level; edge: no reading, one, naked in still air, or saturated air."""
    draw = make.rng(seed, "T058", level)
    kind = str(draw.choice(["none", "one", "naked", "humid"])) if level == "edge" else ""
    count = {"none": 0, "one": 1}.get(kind, int(draw.integers(6, 41)))
    table = np.array([[draw.uniform(*span) for span in RANGES[level]] for _ in range(count)]).reshape(count, 6)
    table[:, 1] += table[:, 0]
    if kind == "naked":
        table[:, 2], table[:, 5] = 0.0, 0.0
    if kind == "humid":
        table[:, 3] = 100.0
    return _instance(np.column_stack([np.round(table[:, k], digits) for k, digits in enumerate((1, 1, 2, 0, 2, 2))]))


def _instance(table: make.Floats) -> Instance:
    truth = [fanger(*row) for row in table.tolist()]
    visible = {"readings.csv": make.csv_bytes(dict(zip(COLUMNS, table.T, strict=True)))}
    return Instance(visible, {"pmv": [a for a, _ in truth], "ppd": [b for _, b in truth]}, "readings.csv")


def _largest(truth: Sequence[float], found: Sequence[float]) -> float:
    if len(truth) != len(found):
        return math.inf
    return max((abs(a - b) for a, b in zip(truth, found, strict=True)), default=0.0)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest error of the votes and of the percentages over all readings; infinite for another number of them."""
    return {"pmv_error": _largest(truth["pmv"], output["pmv"]), "ppd_error": _largest(truth["ppd"], output["ppd"])}


def _shuffled(instance: Instance, seed: int) -> Instance:
    rows = list(csv.reader(instance.visible["readings.csv"].decode().splitlines()))[1:]
    table = np.array(rows, dtype=float).reshape(-1, 6)
    return _instance(table[make.rng(seed, "shuffle").permutation(len(table))])


_SIX = (
    Slot("ta", "ndarray[float64, (N)]", "degC", "air temperature", "task1"),
    Slot("tr", "ndarray[float64, (N)]", "degC", "mean radiant temperature", "task1"),
    Slot("v", "ndarray[float64, (N)]", "m/s", "air speed", "task1"),
    Slot("rh", "ndarray[float64, (N)]", "%RH", "relative humidity", "task1"),
    Slot("met", "ndarray[float64, (N)]", "1", "metabolic rate in met", "task1"),
    Slot("clo", "ndarray[float64, (N)]", "1", "clothing insulation in clo", "task1"),
)

FAMILY = Family(
    id="T058",
    title="Comfort",
    domain="F",
    version=1,
    wordings=(
        Wording("Compute PMV/PPD.", "goal"),
        Wording("Will people in this room feel too warm or too cold, and how many of them will complain?", "goal"),
        Wording("Solve the heat balance of the clothed body for each reading and give Fanger's predicted mean vote and the percentage dissatisfied.", "operation"),
        Wording("My comfort meter logs air and radiant temperature, draught, humidity, activity and clothing; rate the thermal comfort of every row.", "goal"),
        Wording("Iterate the clothing surface temperature, sum up the heat losses and turn the thermal load into PMV, then into PPD.", "operation"),
        Wording("ISO 7730: six values → PMV, PPD", "terse"),
        Wording("Office sensors: evaluate thermal comfort with the ISO 7730 indices.", "goal", held=True),
        Wording("For each line of the readings work out the predicted mean vote by Fanger's equations and the expected share of dissatisfied occupants.", "operation", held=True),
        Wording("thermal sensation vote + % unhappy, per reading", "terse", held=True),
        Wording("计算 PMV/PPD。", "goal", "zh"),
        Wording("对每条室内读数求解着装人体的热平衡，给出预计平均热感觉指数和预计不满意率。", "operation", "zh"),
        Wording("温湿度、风速、活动量、衣着 → PMV、PPD", "terse", "zh"),
        Wording("这间办公室的人会觉得热还是冷？有百分之多少的人会不满意？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`readings.csv`: CSV with a header, one reading per row, columns `ta` (air temperature, °C), `tr` (mean radiant "
            "temperature, °C), `v` (air speed relative to the body, m/s), `rh` (relative humidity, %), `met` (metabolic "
            "rate, met), `clo` (clothing insulation, clo)",
        ),
        outputs=(
            Slot("pmv", "list[float]", "1", "predicted mean vote of each reading, -3 cold to +3 hot"),
            Slot("ppd", "list[float]", "%", "predicted percentage dissatisfied of each reading"),
        ),
        remarks=(
            "Fanger's equations as in ISO 7730:2005; 1 met = 58.15 W/m2, 1 clo = 0.155 m2K/W, external work 0",
            "water vapour pressure in Pa from relative humidity: 10 rh exp(16.6536 - 4030.183 / (ta + 235))",
            "the equations hold beyond -3 and +3 too: votes are not clipped; there may be no reading at all, then both lists are empty",
            "every vote is wanted within 0.02 and every percentage within 1",
            "example: ta 22, tr 22, v 0.1, rh 60, met 1.2, clo 0.5 give PMV -0.75 and PPD 17",
        ),
    ),
    stages=(
        Stage(
            "Load Comfort Readings",
            ("read the six columns of the CSV as numbers", "a table without rows gives empty arrays"),
            "Read the six quantities of Fanger's model from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in _SIX),
        ),
        Stage(
            "Clothing Temperature",
            (
                "area factor of the clothing from its insulation",
                "convection is the larger of natural and forced: 2.38 |tcl - ta|^0.25 and 12.1 sqrt(v)",
                "iterate tcl until the heat through the clothing equals radiation plus convection",
            ),
            "Find the surface temperature of the clothing from its heat balance.",
            (_SIX[0], _SIX[1], _SIX[2], _SIX[4], _SIX[5]),
            (Slot("tcl", "ndarray[float64, (N)]", "degC", "clothing surface temperature"),),
        ),
        Stage(
            "Predicted Mean Vote",
            (
                "vapour pressure from humidity and air temperature",
                "subtract the losses by skin, sweat, breath, radiation and convection from the metabolic heat",
                "multiply the load by 0.303 exp(-0.036 M) + 0.028",
            ),
            "Compute the predicted mean vote from the heat balance of the body, external work 0.",
            (*_SIX, Slot("tcl", "ndarray[float64, (N)]", "degC", "clothing surface temperature", "task2")),
            (Slot("pmv", "list[float]", "1", "predicted mean votes"),),
        ),
        Stage(
            "Dissatisfied Share",
            ("100 - 95 exp(-0.03353 PMV^4 - 0.2179 PMV^2)",),
            "Compute the predicted percentage of dissatisfied people from the mean votes.",
            (Slot("pmv", "list[float]", "1", "predicted mean votes", "task3"),),
            (Slot("ppd", "list[float]", "%", "predicted percentages dissatisfied"),),
        ),
    ),
    solutions="t058_comfort",
    generate=generate,
    measure=measure,
    bars=(
        Bar("pmv_error", 0.02, "most"),  # worst right 0.010 (273.15 K and Tetens' formula), best wrong on an ordinary draw 0.30 (radiant temperature ignored)
        Bar("ppd_error", 1.0, "most"),  # worst right 0.20; follows from 0.02 in PMV, at most 0.6; best wrong 21
    ),
    alternates=(
        Variant("annex_d", "the standard's own programme: averaged iteration in hundreds of kelvin", swap={"clothing_temperature": "clothing_temperature_iteration"}),
        Variant("brent", "a bracketing root finder for the clothing temperature", swap={"clothing_temperature": "clothing_temperature_brent"}),
        Variant("loop", "losses reading by reading, 273.15 and another formula of vapour pressure", swap={"predicted_mean_vote": "predicted_mean_vote_loop"}),
    ),
    mutants=(
        Variant("linear", "a line through the air temperature alone", swap={"predicted_mean_vote": "predicted_mean_vote_linear"}, naive=True),
        Variant("radiant_is_air", "the radiant temperature is taken for the air temperature", edits=(("load_comfort_readings", "return ta, tr, v,", "return ta, ta, v,"),)),
        Variant("kilopascal", "vapour pressure in kPa where Pa are due", edits=(("predicted_mean_vote", "rh * 10.0 *", "rh * 0.01 *"),)),
        Variant("first_guess", "the first guess of the clothing temperature is never improved", swap={"clothing_temperature": "clothing_temperature_start"}),
        Variant("met_as_watts", "metabolic rate is not turned into W/m2", edits=(("predicted_mean_vote", "heat = 58.15 * met", "heat = met"),)),
        Variant("clo_as_resistance", "clo is taken for m2K/W", edits=(("clothing_temperature", "0.155 * clo", "clo"), ("predicted_mean_vote", "0.155 * clo", "clo"))),
        Variant("forced_only", "natural convection is left out", edits=(("clothing_temperature", "np.maximum(2.38 * np.abs(tcl - ta) ** 0.25, 12.1 * np.sqrt(v))", "12.1 * np.sqrt(v)"), ("predicted_mean_vote", "np.maximum(2.38 * np.abs(tcl - ta) ** 0.25, 12.1 * np.sqrt(v))", "12.1 * np.sqrt(v)"))),
        Variant("kelvin", "degrees Celsius in the fourth powers", edits=(("predicted_mean_vote", "((tcl + 273.0) ** 4 - (tr + 273.0) ** 4)", "(tcl ** 4 - tr ** 4)"),)),
        Variant("fraction", "a share of 0 to 1 instead of per cent", edits=(("dissatisfied_share", "100.0 - 95.0 *", "1.0 - 0.95 *"),)),
    ),
    notes=(
        "PMV (predicted mean vote) is the mean answer of a large group on the scale -3 cold, 0 neutral, +3 hot. Fanger (1970) "
        "derives it from the heat balance of a clothed body: metabolic heat M = 58.15 W/m2 per met, minus diffusion through the "
        "skin 3.05e-3 (5733 - 6.99 M - pa), sweat 0.42 (M - 58.15) above 1 met, latent breath 1.7e-5 M (5867 - pa), dry breath "
        "0.0014 M (34 - ta), radiation 3.96e-8 fcl ((tcl + 273)^4 - (tr + 273)^4) and convection fcl hc (tcl - ta). The vapour "
        "pressure pa is in Pa. fcl = 1 + 1.29 Icl up to Icl = 0.078 m2K/W, else 1.05 + 0.645 Icl, with Icl = 0.155 per clo. "
        "hc = max(2.38 |tcl - ta|^0.25, 12.1 sqrt(v)). tcl = 35.7 - 0.028 M - Icl (radiation + convection) is implicit; plain "
        "fixed-point steps oscillate for thick clothing, so damp them, use Newton or a bracket. PMV = (0.303 exp(-0.036 M) + "
        "0.028) times the load; PPD = 100 - 95 exp(-0.03353 PMV^4 - 0.2179 PMV^2), never below 5 %."
    ),
    relations=(Relation("readings_shuffled", _shuffled),),
    needs=("scipy",),
    sources=("ISO 7730:2005, equations (1) to (5), annex D", "Fanger, Thermal Comfort, 1970"),
)  # fmt: skip
