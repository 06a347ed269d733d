"""T030 RSSI: where a radio tag is, from the signal strength that anchors at known places hear.

Truth is the drawn place. Levels follow the log-distance law with a drawn exponent; each anchor logs many readings, of
which some are lost and some dip because a person walks by. The measure compares places, so any estimator may be used.

Covers: three to six anchors in a plane, known level at 1 m and known exponent. Does not cover: walls, estimating the
exponent, moving tags.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SIGMA_DB = {"easy": 0.5, "nominal": 1.0, "hard": 1.3, "edge": 0.7}
"""Standard deviation of one reading, dB."""

DIPS = {"easy": 0.06, "nominal": 0.1, "hard": 0.11, "edge": 0.06}
"""Largest share of readings that dip at one anchor."""

READINGS = {"easy": (60, 80), "nominal": (80, 120), "hard": (120, 160), "edge": (60, 80)}
"""Fewest and most readings per anchor."""


def generate(seed: int, level: Level) -> Instance:
    """A room of 6 to 12 m with 4 to 6 anchors; edge: three anchors, a silent one, too few, next to an anchor."""
    draw = make.rng(seed, "T030", level)
    kind = str(draw.choice(["three", "silent", "few", "beside"])) if level == "edge" else ""
    size = draw.uniform(6.0, 12.0, 2)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0], [0.5, 1]]) * size
    count = {"three": 3, "few": 3}.get(kind, int(draw.integers(4, 7)))
    anchors = np.round(corners[:count] + draw.uniform(-0.4, 0.4, (count, 2)) + draw.uniform(-20, 20, 2), 2)
    tag = _place(draw, anchors, kind)
    law = (
        round(float(draw.uniform(-62, -38)), 1),
        round(float(draw.choice([1.7, 2.5, 2.8, 3.2]) + draw.uniform(-0.1, 0.1)), 2),
    )
    levels = law[0] - 10 * law[1] * np.log10(np.hypot(*(anchors - tag).T))
    readings = [_readings(draw, value, level) for value in levels]
    silent = {"silent": 1, "few": 1}.get(kind, 0)
    for at in draw.permutation(count)[:silent]:
        readings[at] = [None] * len(readings[at])
    order = draw.permutation(count)
    rows = [{"x_m": anchors[k, 0], "y_m": anchors[k, 1], "rssi_dbm": readings[k]} for k in order]
    return _instance(rows, law, None if kind == "few" else tag.tolist())


def _place(draw: np.random.Generator, anchors: make.Floats, kind: str) -> make.Floats:
    """A place inside the anchors, at least 1.2 m from each and away from their centre; the edge one beside an anchor."""
    low, high = anchors.min(axis=0), anchors.max(axis=0)
    if kind == "beside":
        return np.asarray(anchors[0] + draw.uniform(0.4, 0.6, 2))
    while True:
        weights = draw.dirichlet(np.full(len(anchors), 0.6 if kind not in ("three", "few") else 2.0))
        tag = weights @ anchors
        near = np.hypot(*(anchors - tag).T).min()
        if near > 1.2 and np.hypot(*((tag - anchors.mean(axis=0)) / (high - low))) > 0.12:
            return np.asarray(tag)


def _readings(draw: np.random.Generator, level_dbm: float, level: Level) -> list[float | None]:
    """Readings of one anchor in dBm: noise, dips of 10 to 20 dB, and lost ones."""
    values = level_dbm + draw.normal(0, SIGMA_DB[level], int(draw.integers(*READINGS[level])))
    dips = draw.random(values.size) < draw.uniform(0.2, 1.0) * DIPS[level]
    values[dips] -= draw.uniform(10, 20, int(dips.sum()))
    lost = draw.random(values.size) < 0.1
    return [None if gone else round(float(value), 1) for value, gone in zip(values, lost, strict=True)]


def _instance(rows: list[dict[str, Any]], law: tuple[float, float], tag: list[float] | None) -> Instance:
    data = {"level_1m_dbm": law[0], "exponent": law[1], "anchors": rows}
    return Instance({"anchors.json": make.json_bytes(data)}, {"tag": tag}, "anchors.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Distance between the place named and the true one in m; infinite where just one of both is null."""
    tag, found = truth["tag"], (output["x_m"], output["y_m"])
    if tag is None or None in found:
        return {"error_m": 0.0 if tag is None and found == (None, None) else math.inf}
    return {"error_m": math.hypot(found[0] - tag[0], found[1] - tag[1])}


def _moved(instance: Instance, seed: int) -> Instance:
    """All anchors turned and shifted together, in another order."""
    draw = make.rng(seed, "moved")
    data = json.loads(instance.visible["anchors.json"])
    angle, shift = draw.uniform(0, 2 * np.pi), draw.uniform(-50, 50, 2)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    rows = []
    for k in draw.permutation(len(data["anchors"])):
        row = data["anchors"][k]
        x, y = turn @ [row["x_m"], row["y_m"]] + shift
        rows.append({"x_m": float(x), "y_m": float(y), "rssi_dbm": row["rssi_dbm"]})
    place = instance.truth["tag"]
    tag = None if place is None else (turn @ place + shift).tolist()
    return _instance(rows, (data["level_1m_dbm"], data["exponent"]), tag)


_ANCHORS = Slot("anchors", "ndarray[float64, (A, 2)]", "m", "places of the anchors, x and y", "task1")
_READINGS = Slot("readings", "list[list[float]]", "dBm", "readings of each anchor that were not lost", "task1")
_LEVEL = Slot("level_1m", "float", "dBm", "level at a distance of 1 m", "task1")
_EXPONENT = Slot("exponent", "float", "1", "path-loss exponent", "task1")

FAMILY = Family(
    id="T030",
    title="RSSI position",
    domain="D",
    version=1,
    wordings=(
        Wording("Where is the tag?", "goal"),
        Wording("Four or more Bluetooth anchors hear my asset tag. Tell me its position in the room.", "goal"),
        Wording("Find the place of a beacon from how loud it is at receivers whose places I know.", "goal"),
        Wording("Turn RSSI into distances with the log-distance path-loss model and multilaterate the tag.", "operation"),
        Wording("Take a robust level per anchor, invert the path-loss law and fit x and y by least squares.", "operation"),
        Wording("RSSI at anchors → x, y", "terse"),
        Wording("signal strength multilateration", "terse"),
        Wording("My keys carry a beacon and the receivers logged its signal strength; where do the keys lie?", "goal", held=True),
        Wording("Convert median received power to range and solve for the coordinates that fit all ranges.", "operation", held=True),
        Wording("tag coordinates from received power", "terse", held=True),
        Wording("标签在哪里？", "goal", "zh"),
        Wording("用对数距离路径损耗模型把信号强度换成距离，再做多边定位。", "operation", "zh"),
        Wording("几个蓝牙网关都收到了同一个信标，请算出它的坐标。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`anchors.json`: JSON object with `level_1m_dbm` (dBm, level at 1 m), `exponent` (path-loss exponent) and `anchors`, a list "
            "of objects with `x_m`, `y_m` (m) and `rssi_dbm` (list of readings in dBm, null where lost)",
        ),
        outputs=(
            Slot("x_m", "float or none", "m", "first coordinate of the tag; null below three anchors with readings"),
            Slot("y_m", "float or none", "m", "second coordinate of the tag; null below three anchors with readings"),
        ),
        remarks=(
            "level at distance d: P = P0 - 10 n log10(d / 1 m) with P0 the level at 1 m and n the exponent, both from the file",
            "the tag does not move; readings scatter, and up to an eighth of them dip by 10 to 20 dB because a person walks by, at "
            "some anchors more often than at others: use a typical level, not the mean",
            "an anchor without any reading says nothing; with fewer than three anchors left both coordinates are null",
            "the tag is inside the area of the anchors; its place is wanted within 0.6 m",
            "example: P0 -45 dBm, n 2.5 and a level of -65 dBm give d = 10^(20/25) = 6.31 m",
        ),
    ),
    stages=(
        Stage(
            "Load Anchor Readings",
            ("read the anchors' places and the readings, without the lost ones", "read the level at 1 m and the exponent"),
            "Read anchors, their readings and the path-loss law from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            tuple(Slot(s.name, s.type, s.unit, s.meaning) for s in (_ANCHORS, _READINGS, _LEVEL, _EXPONENT)),
        ),
        Stage(
            "Typical Anchor Levels",
            ("take the median of each anchor's readings", "NaN for an anchor without any"),
            "Estimate the undisturbed level at each anchor.",
            (_READINGS,),
            (Slot("levels", "ndarray[float64, (A)]", "dBm", "typical level of each anchor, NaN without readings"),),
        ),
        Stage(
            "Path Loss Distances",
            ("d = 10^((P0 - P) / (10 n)) in metres",),
            "Turn levels into distances by the log-distance law.",
            (Slot("levels", "ndarray[float64, (A)]", "dBm", "typical level of each anchor, NaN without readings", "task2"), _LEVEL, _EXPONENT),
            (Slot("distances", "ndarray[float64, (A)]", "m", "distance of the tag to each anchor, NaN if unknown"),),
        ),
        Stage(
            "Multilaterate Tag",
            (
                "use anchors with a known distance; null below three",
                "minimise the sum of squares of log(|place - anchor| / distance), as errors in dB are errors of the logarithm",
                "start from the centre of the anchors and from each of them",
            ),
            "Find the place that fits all distances best.",
            (_ANCHORS, Slot("distances", "ndarray[float64, (A)]", "m", "distance of the tag to each anchor, NaN if unknown", "task3")),
            (
                Slot("x_m", "float or none", "m", "first coordinate of the tag; null below three anchors with readings"),
                Slot("y_m", "float or none", "m", "second coordinate of the tag; null below three anchors with readings"),
            ),
        ),
    ),
    solutions="t030_rssi",
    generate=generate,
    measure=measure,
    bars=(Bar("error_m", 0.6, "most"),),  # worst right 0.28, single draws of 100 up to 0.4; wrong ones pass single draws only, by luck of the place
    alternates=(
        Variant("grid", "search a fine grid in two rounds", swap={"multilaterate_tag": "multilaterate_tag_grid"}),
        Variant("relative", "Gauss-Newton on the relative distance errors", swap={"multilaterate_tag": "multilaterate_tag_newton"}),
        Variant("clipped", "mean of the readings near the median", swap={"typical_anchor_levels": "typical_anchor_levels_clipped"}),
        Variant("upper", "standard library median and powers one by one", swap={"typical_anchor_levels": "typical_anchor_levels_statistics", "path_loss_distances": "path_loss_distances_loop"}),
    ),
    mutants=(
        Variant("centroid", "the centre of the anchors", swap={"multilaterate_tag": "multilaterate_tag_centre"}, naive=True),
        Variant("nearest", "the place of the loudest anchor", swap={"multilaterate_tag": "multilaterate_tag_nearest"}),
        Variant("natural_log", "the law is inverted with e in place of 10", edits=(("path_loss_distances", "10.0 ** ((", "np.exp(("),)),
        Variant("free_space", "an exponent of 2 is taken for granted", edits=(("load_anchor_readings", 'float(data["exponent"])', "2.0"),)),
        Variant("voltage", "20 n in place of 10 n", edits=(("path_loss_distances", "(10.0 * exponent)", "(20.0 * exponent)"),)),
        Variant("lost_as_zero", "a lost reading counts as 0 dBm and levels are averaged", edits=(("load_anchor_readings", "if value is not None", ""), ("load_anchor_readings", "float(value)", "float(value or 0.0)"), ("typical_anchor_levels", "np.median", "np.mean"))),
        Variant("anchor_order", "distances belong to the anchors in reverse order", edits=(("multilaterate_tag", "fixed, reach = anchors[known], distances[known]", "fixed, reach = anchors[known][::-1], distances[known]"),)),
    ),
    notes=(
        "Received power falls with distance as P = P0 - 10 n log10(d / d0); n is 2 in free space, 1.6 to 1.8 along corridors and 2.5 "
        "to 4 in furnished rooms. Noise is roughly Gaussian in dB (log-normal shadowing), so a distance has a relative, not an "
        "absolute error: sigma_d = d ln(10) sigma / (10 n). Far anchors must therefore count less, which the fit of log distances "
        "does by itself. Bodies absorb 2.4 GHz: a person in the way costs 10 to 20 dB, always downward, so the mean is biased "
        "and the median is safer. Three circles fix a place in a plane; with two, two places remain."
    ),
    relations=(Relation("anchors_moved", _moved),),
    needs=("numpy", "scipy"),
    sources=("Rappaport, Wireless Communications, 2nd ed. 2002, chapter 4.9: log-distance path loss and shadowing",),
)  # fmt: skip
