"""T020 magnetometer: hard and soft iron of a three-axis compass sensor, from readings in many attitudes.

The generator bends a sphere into an ellipsoid; an answer is judged on hidden readings that it must bring back to the
strength of the field. Covers: constant offset, symmetric distortion, uneven coverage. Does not cover: outliers, drift
with temperature, alignment with other sensors (the matrix is free up to a rotation).
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

NOISE = {"easy": 0.001, "nominal": 0.005, "hard": 0.008, "edge": 0.003}
"""Standard deviation of the noise of an axis as a share of the field."""

CONDITION = {"easy": (1.3, 1.5), "nominal": (1.35, 1.8), "hard": (1.5, 2.0), "edge": (1.4, 1.8)}
"""Longest over shortest axis of the ellipsoid."""

LEAST = 12
"""Fewest readings for a calibration."""

HIDDEN = 200
"""Hidden readings without noise."""


def generate(seed: int, level: Level) -> Instance:
    """150 to 400 readings; edge: none or too few, a sensor without any distortion, or an offset of several fields."""
    draw = make.rng(seed, "T020", level)
    kind = str(draw.choice(["empty", "few", "clean", "far"])) if level == "edge" else ""
    field = float(np.round(draw.uniform(23, 66), 2))
    size = {"empty": 0, "few": int(draw.integers(1, LEAST))}.get(kind, int(draw.integers(150, 401)))
    soft = np.eye(3) if kind == "clean" else _distortion(draw, level)
    offset = _directions(draw, 1)[0] * field * (draw.uniform(3, 6) if kind == "far" else draw.uniform(0.3, 1.2))
    if kind == "clean":
        offset = np.zeros(3)
    points = _coverage(draw, size, level)
    noise = draw.normal(0, NOISE[level] * field, points.shape)
    raw = np.round(points * field @ soft + offset + noise, 3)
    hidden = _directions(draw, HIDDEN) * field @ soft + offset
    return _instance(raw, field, hidden if size >= LEAST else None)


def _directions(draw: np.random.Generator, size: int) -> make.Floats:
    """Directions spread evenly over the sphere, shape (size, 3)."""
    points = draw.normal(size=(size, 3))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))


def _distortion(draw: np.random.Generator, level: Level) -> make.Floats:
    """Symmetric matrix with axes far from those of the sensor, so that scales per axis alone cannot undo it."""
    while True:
        turn = np.linalg.qr(draw.normal(size=(3, 3)))[0]
        longest = draw.uniform(*CONDITION[level])
        axes = np.array([1.0, draw.uniform(1.0, longest), longest])
        soft = turn @ np.diag(axes / np.prod(axes) ** (1 / 3)) @ turn.T
        spread = np.sqrt(np.diag(soft @ soft))
        radii = np.linalg.norm(_directions(draw, 300) @ soft / spread, axis=1)
        if np.std(radii) / np.mean(radii) > 0.07:
            return np.asarray(soft)


def _coverage(draw: np.random.Generator, size: int, level: Level) -> make.Floats:
    """Directions with one side visited far more often; hard: those near one axis are missing."""
    even = _directions(draw, size)
    favoured = _directions(draw, 1)[0] + 0.5 * _directions(draw, size)
    favoured /= np.linalg.norm(favoured, axis=1, keepdims=True)
    points = np.where(draw.random((size, 1)) < 0.4, favoured, even)
    if level == "hard":
        pole = _directions(draw, 1)[0]
        height = points @ pole
        points = points - np.maximum(height - 0.6, 0.0)[:, None] * pole
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points)


def _instance(raw: make.Floats, field: float, hidden: make.Floats | None) -> Instance:
    data = {"field_ut": field, "samples": raw.tolist()}
    truth = {"field": field, "hidden": None if hidden is None else hidden.tolist()}
    return Instance({"compass.json": make.json_bytes(data)}, truth, "compass.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Spread and error of the length of hidden readings after correction; infinite where null or the shape is wrong."""
    offset, matrix, hidden = output["offset"], output["matrix"], truth["hidden"]
    if hidden is None or offset is None or matrix is None:
        figure = 0.0 if hidden is None and offset is None and matrix is None else math.inf
        return {"spread": figure, "length_error": figure}
    if len(offset) != 3 or [len(row) for row in matrix] != [3, 3, 3]:
        return {"spread": math.inf, "length_error": math.inf}
    with np.errstate(all="ignore"):
        moved = np.asarray(hidden) - np.asarray(offset, dtype=float)
        lengths = np.linalg.norm(moved @ np.asarray(matrix, dtype=float).T, axis=1)
        mean = float(np.mean(lengths))
        spread = float(np.std(lengths)) / mean if mean > 0 else math.inf
    found = {"spread": spread, "length_error": abs(mean / truth["field"] - 1.0)}
    return {name: value if math.isfinite(value) else math.inf for name, value in found.items()}


def _turned(instance: Instance, seed: int) -> Instance:
    """The sensor mounted in another direction: every reading turned, hidden ones too."""
    data = json.loads(instance.visible["compass.json"])
    turn = np.linalg.qr(make.rng(seed, "turned").normal(size=(3, 3)))[0]
    raw = np.round(np.asarray(data["samples"], dtype=float).reshape(-1, 3) @ turn, 3)
    hidden = instance.truth["hidden"]
    return _instance(raw, data["field_ut"], None if hidden is None else np.asarray(hidden) @ turn)


def _magnet(instance: Instance, seed: int) -> Instance:
    """A magnet near the sensor adds a constant to every reading."""
    data = json.loads(instance.visible["compass.json"])
    shift = np.round(make.rng(seed, "magnet").uniform(-60, 60, 3), 3)
    raw = np.round(np.asarray(data["samples"], dtype=float).reshape(-1, 3) + shift, 3)
    hidden = instance.truth["hidden"]
    return _instance(raw, data["field_ut"], None if hidden is None else np.asarray(hidden) + shift)


_FIELD = Slot("field", "float", "uT", "strength of the local field", "task1")
_CENTRE = Slot("centre", "ndarray[float64, (3)] or none", "uT", "centre of the ellipsoid; none for too few readings")
_SHAPE = Slot(
    "shape", "ndarray[float64, (3, 3)] or none", "1", "A with (m - centre)' A (m - centre) = 1, per uT squared"
)
_CORRECTION = Slot(
    "correction", "ndarray[float64, (3, 3)] or none", "1", "symmetric matrix that makes the ellipsoid round"
)

FAMILY = Family(
    id="T020",
    title="Magnetometer calibration",
    domain="B",
    version=1,
    wordings=(
        Wording("Correct hard and soft iron.", "goal"),
        Wording("My compass is off because of the steel and magnets around it; work out how to correct its readings.", "goal"),
        Wording("Give me an offset and a matrix that put all magnetometer readings back on a sphere.", "goal"),
        Wording("Fit an ellipsoid to the magnetometer samples and derive the offset and the correction matrix.", "operation"),
        Wording("Solve a least-squares quadric for the readings, take its centre as hard iron and the square root of its shape as soft iron.", "operation"),
        Wording("magnetometer samples → offset, 3 × 3 matrix", "terse"),
        Wording("hard/soft iron calibration", "terse"),
        Wording("I waved the drone around in all directions; now calibrate its heading sensor.", "goal", held=True),
        Wording("Estimate bias and distortion of the three-axis field sensor from an ellipsoid fit.", "operation", held=True),
        Wording("ellipsoid → sphere for compass data", "terse", held=True),
        Wording("校正磁力计的硬铁和软铁误差。", "goal", "zh"),
        Wording("对磁力计读数做椭球拟合，求出偏置和校正矩阵。", "operation", "zh"),
        Wording("我把无人机朝各个方向转了一圈，请帮我标定指南针。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`compass.json`: JSON object with `field_ut` (strength of the local field, uT) and `samples` (list of readings, each [x, y, z] in uT)",
        ),
        outputs=(
            Slot("offset", "list[float] or none", "uT", "hard iron, three numbers; null for fewer than 12 readings"),
            Slot("matrix", "list[list[float]] or none", "1", "soft iron correction, three rows of three; null for fewer than 12 readings"),
        ),
        remarks=(
            "a reading m is corrected as matrix times (m - offset); corrected readings have the length `field_ut` whatever the attitude",
            "readings lie on an ellipsoid, with noise below 1 % of the field; attitudes are visited unevenly",
            "the matrix is free up to a rotation: only the lengths of corrected readings are judged, on readings not in the file",
            "their lengths may vary by 2 % (standard deviation over mean) and their mean may differ from the field by 2 %",
            "fewer than 12 readings are no calibration: both answers are null",
            "example: with a field of 50, readings between 10 and 90 on x and between -40 and 40 on y and z have the offset [50, 0, 0] and 1.25 times the identity",
        ),
    ),
    stages=(
        Stage(
            "Load Compass Readings",
            ("read the strength of the field and the list of readings from the JSON file",),
            "Read magnetometer samples and the strength of the local field.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("samples", "ndarray[float64, (N, 3)]", "uT", "readings of the three axes"), Slot("field", "float", "uT", "strength of the local field")),
        ),
        Stage(
            "Fit Ellipsoid",
            (
                "give up on fewer than 12 readings",
                "shift and scale the readings so that squares stay of the order of one",
                "solve the nine coefficients of a quadric by least squares",
                "complete the square: centre and shape",
            ),
            "Find the ellipsoid on which the readings lie.",
            (Slot("samples", "ndarray[float64, (N, 3)]", "uT", "readings of the three axes", "task1"),),
            (_CENTRE, _SHAPE),
        ),
        Stage(
            "Soft Iron Correction",
            ("take the symmetric square root of the shape by its eigenvectors", "multiply it by the strength of the field"),
            "Find the matrix that turns the ellipsoid into a sphere of the field's strength.",
            (Slot("shape", _SHAPE.type, "1", _SHAPE.meaning, "task2"), _FIELD),
            (_CORRECTION,),
        ),
        Stage(
            "Calibration As Lists",
            ("write centre and matrix as plain lists", "null where there is no calibration"),
            "Turn the calibration into plain lists.",
            (Slot("centre", _CENTRE.type, "uT", _CENTRE.meaning, "task2"), Slot("correction", _CORRECTION.type, "1", _CORRECTION.meaning, "task3")),
            (Slot("offset", "list[float] or none", "uT", "hard iron"), Slot("matrix", "list[list[float]] or none", "1", "soft iron correction")),
        ),
    ),
    solutions="t020_magnetometer",
    generate=generate,
    measure=measure,
    bars=(
        Bar("spread", 0.02, "most"),  # worst right 0.003 (hard), best wrong 0.079 (middle and half range)
        Bar("length_error", 0.02, "most"),  # worst right 0.003; best wrong aimed at it 0.96 (unit length)
    ),
    alternates=(
        Variant("geometric", "least squares of the corrected lengths, started from a sphere", swap={"fit_ellipsoid": "fit_ellipsoid_geometric"}),
        Variant("null_vector", "smallest singular vector of ten homogeneous terms", swap={"fit_ellipsoid": "fit_ellipsoid_null_vector"}),
        Variant("cholesky", "triangular root of the shape, another rotation of the same answer", swap={"soft_iron_correction": "soft_iron_correction_cholesky"}),
        Variant("matrix_root", "matrix square root of scipy", swap={"soft_iron_correction": "soft_iron_correction_sqrtm"}),
    ),
    mutants=(
        Variant("mean", "the mean of all readings is taken for the offset, nothing else", swap={"fit_ellipsoid": "fit_ellipsoid_mean"}, naive=True),
        Variant("min_max", "middle and half range of each axis", swap={"fit_ellipsoid": "fit_ellipsoid_range"}),
        Variant("sphere", "offset only, soft iron is left", swap={"fit_ellipsoid": "fit_ellipsoid_sphere"}),
        Variant("inverse", "the matrix that distorts instead of the one that corrects", edits=(("soft_iron_correction", "np.sqrt(values)", "1.0 / np.sqrt(values) / field**2"),)),
        Variant("unit_length", "corrected readings have the length 1", edits=(("soft_iron_correction", "return field * ", "return "),)),
        Variant("sign", "the offset has the wrong sign", edits=(("calibration_as_lists", "centre.tolist()", "(-centre).tolist()"),)),
        Variant("no_root", "the shape itself is used as matrix", edits=(("soft_iron_correction", "np.sqrt(values)", "field * values"),)),
    ),
    notes=(
        "In a constant field an ideal magnetometer draws a sphere whose radius is the field (23 to 66 uT on the Earth). Magnets that "
        "move with the sensor shift it (hard iron, an offset b); magnetically soft parts stretch it into an ellipsoid (soft iron, a "
        "matrix). A quadric x'Qx + 2 n'x = 1 is linear in its nine coefficients, so one least-squares solution gives it; shift and scale "
        "the readings first, or the squares swamp the rest. The centre is -Q^-1 n; dividing Q by 1 + c'Qc gives the shape A with "
        "(m - c)'A(m - c) = 1. The correction is field times a root of A: the symmetric one from eigenvectors, or the transposed "
        "Cholesky factor, which differs by a rotation. The mean of the readings is no estimate of the centre when attitudes are visited "
        "unevenly; minimum and maximum per axis miss an ellipsoid whose axes are not those of the sensor."
    ),
    relations=(Relation("other_mounting", _turned), Relation("added_magnet", _magnet)),
    needs=("scipy",),
    sources=(
        "Gebre-Egziabher et al. 2006, J. Aerosp. Eng. 19(2):87-102 (magnetometer calibration in the magnetic field domain)",
        "Renaudin, Afzal, Lachapelle 2010, J. Sensors, 967245 (complete triaxis magnetometer calibration)",
    ),
)  # fmt: skip
