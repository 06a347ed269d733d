"""T062 batch anomaly: score the rows of a table of sensors so that faulty ones come out on top.

Healthy rows obey a few common causes (load, ambient temperature, speed); in a faulty one a single sensor breaks the
pattern while its value stays ordinary. The area under the ROC curve is computed from ranks. Covers: whole tables at
once. Does not cover: streams (T061), the cause of a fault (T068), a threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NAMES = ("bearing", "current", "exhaust", "flow", "intake", "oil", "pressure", "speed", "torque", "vibration")
"""Names of sensors."""

SIZE = {"easy": (9.0, 13.0), "nominal": (7.5, 11.0), "hard": (7.0, 9.0), "edge": (9.0, 13.0)}
"""Displacement of the faulty sensor in standard deviations of its own noise."""

NOISE = 0.1
"""Standard deviation of the own noise of a sensor; common causes give it a deviation of about 1."""


def generate(seed: int, level: Level) -> Instance:
    """400 to 800 rows of 6 to 9 sensors; edge: no row, a sensor that is stuck, or a single faulty row."""
    draw = make.rng(seed, "T062", level)
    kind = str(draw.choice(["empty", "stuck", "single"])) if level == "edge" else ""
    sensors = 9 if kind == "stuck" else int(draw.integers(6, 10))
    causes = int(draw.integers(2, 4))
    count = 0 if kind == "empty" else int(draw.integers(400, 800))
    share = draw.uniform(0.02, 0.05)
    faulty = np.zeros(count, dtype=bool)
    if count:
        faulty[draw.choice(count, 1 if kind == "single" else int(share * count), replace=False)] = True
    mixing = _mixing(draw, sensors, causes)
    values = np.clip(draw.normal(size=(count, causes)), -2.5, 2.5) @ mixing.T
    values += NOISE * draw.normal(size=(count, sensors))
    stuck = int(draw.integers(0, sensors)) if kind == "stuck" else sensors
    for row in np.flatnonzero(faulty):
        sensor = int(draw.choice([at for at in range(sensors) if at != stuck]))
        towards = -1.0 if values[row, sensor] > 0 else 1.0
        values[row, sensor] += towards * NOISE * draw.uniform(*SIZE[level])
    values[:, stuck : stuck + 1] = 0.5
    values = (values + draw.uniform(-20, 20, sensors)) * 10 ** draw.uniform(-2, 3, sensors)
    names = [NAMES[at] for at in draw.permutation(len(NAMES))[:sensors]]
    return _instance(names, values, faulty.tolist())


def _mixing(draw: np.random.Generator, sensors: int, causes: int) -> make.Floats:
    """Weights of the causes in each sensor, rows of length 1; each cause is strong in at least two sensors."""
    while True:
        weights = draw.normal(size=(sensors, causes))
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
        left_out = [np.linalg.svd(np.delete(weights, row, axis=0), compute_uv=False)[-1] for row in range(sensors)]
        if min(left_out) > 0.9:
            return np.asarray(weights)


def _instance(names: Sequence[str], values: make.Floats, faulty: Sequence[bool]) -> Instance:
    columns: dict[str, Any] = {"row": list(range(len(faulty)))}
    columns |= {name: values[:, at] for at, name in enumerate(names)}
    table = make.csv_bytes(columns, 6)
    return Instance({"machine.csv": table}, {"faulty": list(faulty)}, "machine.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Area under the ROC curve with ties averaged, whether the named row is a faulty one, and the largest magnitude."""
    faulty, scores, worst = truth["faulty"], output["scores"], output["worst_row"]
    largest = float(max(map(abs, scores), default=0.0))
    if len(scores) != len(faulty):
        return {"auc": 0.0, "worst_row": 0.0, "largest": largest}
    if not faulty:
        return {"auc": 1.0, "worst_row": 1.0 if worst is None else 0.0, "largest": largest}
    array, mask = np.asarray(scores, dtype=float), np.array(faulty)
    order = np.sort(array[~mask])
    below = np.searchsorted(order, array[mask], side="left")
    upto = np.searchsorted(order, array[mask], side="right")
    named = worst is not None and 0 <= worst < len(faulty) and bool(faulty[worst])
    top = named and bool(array[worst] >= array.max())
    auc = float(np.mean(below + upto)) / (2 * len(order))
    return {"auc": auc if math.isfinite(auc) else 0.0, "worst_row": float(top), "largest": largest}


def _table(instance: Instance) -> tuple[list[str], make.Floats]:
    lines = instance.visible["machine.csv"].decode().split()
    names = lines[0].split(",")[1:]
    cells = np.array([line.split(",")[1:] for line in lines[1:]], dtype=float)
    return names, cells.reshape(len(lines) - 1, len(names))


def _other_units(instance: Instance, seed: int) -> Instance:
    names, values = _table(instance)
    draw = make.rng(seed, "units")
    factor = draw.uniform(0.2, 5, len(names)) * draw.choice([-1, 1], len(names))
    return _instance(names, values * factor, instance.truth["faulty"])


def _shuffled(instance: Instance, seed: int) -> Instance:
    names, values = _table(instance)
    order = make.rng(seed, "shuffled").permutation(len(values))
    return _instance(names, values[order], [instance.truth["faulty"][at] for at in order])


READINGS = Slot(
    "readings", "ndarray[float64, (N, S)]", "1", "readings, one column per sensor, each in its own unit", "task1"
)

FAMILY = Family(
    id="T062",
    title="Batch anomaly",
    domain="G",
    version=1,
    wordings=(
        Wording("Find faulty rows.", "goal"),
        Wording("Score every row of the table by its Mahalanobis distance from the bulk of the rows.", "operation"),
        Wording("sensor table → anomaly score per row", "terse"),
        Wording("Which lines of this machine log do not fit the others? Each value looks fine on its own.", "goal"),
        Wording("Model how the sensors of machine.csv move together and rate each row by how badly it breaks that pattern.", "operation"),
        Wording("Give me a suspicion score for every measurement so that I can check the worst ones by hand.", "goal"),
        Wording("multivariate outliers, whole table", "terse"),
        Wording("Some records of the compressor are wrong in one channel; sort out which, without knowing good from bad beforehand.", "goal", held=True),
        Wording("Compute unsupervised outlier scores from the residuals of the sensors' correlations.", "operation", held=True),
        Wording("odd rows in a sensor table", "terse", held=True),
        Wording("找出有故障的行。", "goal", "zh"),
        Wording("用马氏距离给表中每一行打异常分。", "operation", "zh"),
        Wording("单看每个数都正常，但有些行合在一起不对劲，请给每行一个可疑程度。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`machine.csv`: CSV with a header, column `row` (0, 1, 2, ...) and one further column per sensor, each in a unit of its own",),
        outputs=(
            Slot("scores", "list[float]", "1", "one score per row, higher for a more suspect one"),
            Slot("worst_row", "int or none", "1", "number of the row with the highest score, 0 is the first; null without rows"),
        ),
        remarks=(
            "the sensors follow a few common causes, so they move together; rows are independent of each other and about alike in number of sensors",
            "in a faulty row one sensor breaks the pattern by several times its own noise, while its value stays within its usual range",
            "faulty rows are at most 5 % of all; there are no labels; a sensor may be stuck at one value throughout",
            "scores are judged by the area under the ROC curve, wanted at 0.92 or more; their scale is free within ±1e12",
            "the row with the highest score has to be a faulty one",
            "a table without rows gives an empty list and null",
        ),
    ),
    stages=(
        Stage(
            "Load Machine Rows",
            ("read the header", "leave out the row number", "read all other columns"),
            "Read a table of machine readings.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("readings", "ndarray[float64, (N, S)]", "1", "readings, one column per sensor, each in its own unit"),),
        ),
        Stage(
            "Standardise Sensors",
            ("subtract the median of each sensor", "divide by its standard deviation", "leave a constant sensor at 0"),
            "Put every sensor on a scale of its own scatter.",
            (READINGS,),
            (Slot("scaled", "ndarray[float64, (N, S)]", "1", "standardised readings"),),
        ),
        Stage(
            "Score Rows By Distance",
            ("mean and covariance of the rows", "Mahalanobis distance of each row", "repeat with the nearest nine tenths of the rows"),
            "Score each row by how badly it fits the common pattern of the sensors.",
            (Slot("scaled", "ndarray[float64, (N, S)]", "1", "standardised readings", "task2"),),
            (Slot("scores", "list[float]", "1", "one score per row"),),
        ),
        Stage(
            "Most Suspect Row",
            ("position of the largest score",),
            "Find the row with the largest score.",
            (Slot("scores", "list[float]", "1", "one score per row", "task3"),),
            (Slot("worst_row", "int or none", "1", "number of the row with the highest score"),),
        ),
    ),
    solutions="t062_batch_anomaly",
    generate=generate,
    measure=measure,
    bars=(
        Bar("auc", 0.92, "least"),  # worst right 0.98 (120 draws); best wrong 0.72 (one_sensor)
        Bar("worst_row", 1.0, "least"),  # right ones always; wrong ones by chance only
        Bar("largest", 1e12, "most"),  # ranks alone would not see one absurd value
    ),
    alternates=(
        Variant("residuals", "largest residual of a sensor predicted from the others", swap={"score_rows_by_distance": "score_rows_by_residuals"}),
        Variant("components", "weak principal components of quartile-scaled sensors", swap={"standardise_sensors": "standardise_sensors_ranks", "score_rows_by_distance": "score_rows_by_components"}),
        Variant("plain", "pandas for the file, a loop for the largest", swap={"load_machine_rows": "load_machine_rows_pandas", "most_suspect_row": "most_suspect_row_loop"}),
    ),
    mutants=(
        Variant("largest_z", "the largest deviation of any one sensor", swap={"score_rows_by_distance": "score_rows_by_largest"}, naive=True),
        Variant("length", "plain distance from the middle, correlations ignored", swap={"score_rows_by_distance": "score_rows_by_length"}),
        Variant("flags", "0 or 1 by a limit of three deviations", swap={"score_rows_by_distance": "score_rows_by_flags"}),
        Variant("sign", "suspect rows get the lowest scores", edits=(("score_rows_by_distance", "distance.tolist()", "(-distance).tolist()"),)),
        Variant("one_sensor", "only the first sensor is looked at", swap={"score_rows_by_distance": "score_rows_by_first_sensor"}),
        Variant("covariance", "multiplied by the covariance instead of its inverse", edits=(("score_rows_by_distance", "np.linalg.pinv(np.cov(scaled[kept].T), rcond=1e-9)", "np.cov(scaled[kept].T)"),)),
    ),
    notes=(
        "Sensors of one machine share causes such as load, speed and ambient temperature, so most of their variation lies in a "
        "few directions. A fault in one sensor is invisible in its own histogram and plain in the relation to the others. The "
        "Mahalanobis distance (x - m)' C^-1 (x - m) weighs each direction by its variance, so a small step in a direction that "
        "hardly ever varies counts much; the weak principal components and the residuals of regressions on the other sensors "
        "say the same. Faulty rows spoil mean and covariance, so fit again on the rows that lie nearest, as the minimum "
        "covariance determinant does. A stuck sensor makes the covariance singular: use a pseudo-inverse. Scores keep their "
        "order; 0/1 flags throw it away. The area under the ROC curve is the chance that a faulty row outscores a healthy one."
    ),
    relations=(Relation("other_units", _other_units), Relation("shuffled", _shuffled)),
    needs=("scipy", "pandas"),
    sources=(
        "Rousseeuw, Van Driessen 1999, Technometrics 41(3), minimum covariance determinant",
        "Aggarwal 2017, Outlier Analysis, 2nd ed., chapter 3, linear models",
    ),
)  # fmt: skip
