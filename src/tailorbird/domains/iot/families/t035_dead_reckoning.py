"""T035 dead reckoning: the path of a round walk from step lengths and compass headings that drift.

Truth is the drawn path. The heading drifts by a constant angle per step; the walk ends where it began, which is enough
to find the drift.

Covers: closed walks in a plane, compass convention, constant drift. Does not cover: step detection, magnetic disturbance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": (0.003, 0.3), "nominal": (0.01, 1.0), "hard": (0.02, 2.0), "edge": (0.01, 1.0)}
"""Standard deviations: length of a step as a share, heading in deg."""


def generate(seed: int, level: Level) -> Instance:
    """120 to 260 steps around a polygon; edge: no step, there and back, no drift, a large circle."""
    draw = make.rng(seed, "T035", level)
    kind = str(draw.choice(["none", "back", "true", "circle"])) if level == "edge" else ""
    count = 0 if kind == "none" else int(draw.integers(120, 261))
    steps = _walk(draw, count, kind)
    lengths, headings = np.hypot(*steps.T), np.degrees(np.arctan2(steps[:, 0], steps[:, 1]))
    drift = 0.0 if kind == "true" else float(draw.choice([-1, 1]) * draw.uniform(0.45, 0.9) * 80.0 / max(count, 1))
    share, angle = NOISE[level]
    measured = lengths * (1 + draw.normal(0, share, count))
    turned = headings + drift * np.arange(count) + draw.normal(0, angle, count)
    return _instance(measured, turned, np.cumsum(steps, axis=0))


def _walk(draw: np.random.Generator, count: int, kind: str) -> make.Floats:
    """Steps in m east and north that sum up to zero, of unequal lengths; shape (count, 2)."""
    if not count:
        return np.zeros((0, 2))
    corners = int(draw.integers(4, 8))
    angles = np.sort(draw.uniform(0, 2 * np.pi, corners)) if kind != "circle" else np.linspace(0, 2 * np.pi, 61)[:-1]
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    if kind != "circle" and gaps.max() > 2.4:
        return _walk(draw, count, kind)
    spin = float(draw.choice([-1, 1]))
    points = np.stack([spin * np.sin(angles), np.cos(angles)], axis=1) * (
        1.0 if kind == "circle" else draw.uniform(0.7, 1.3, (len(angles), 1))
    )
    if kind == "back":
        points = np.stack([np.zeros(2), draw.normal(0, 1, 2), draw.normal(0, 1, 2) + 2.0])
        points = np.vstack([points, points[1:2]])
    closed = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    pace = np.cumsum(
        np.concatenate(
            [[0.0], 1.0 + 0.35 * np.sin(np.linspace(0, draw.uniform(5, 9), count)) + draw.uniform(-0.1, 0.1, count)]
        )
    )
    at = pace / pace[-1] * along[-1]
    path = np.stack([np.interp(at, along, closed[:, k]) for k in range(2)], axis=1)
    scale = draw.uniform(0.6, 0.8) * count / along[-1]
    turn = draw.uniform(0, 2 * np.pi)
    spun = path @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.asarray(np.diff(spun, axis=0) * scale)


def _instance(lengths: make.Floats, headings: make.Floats, path: make.Floats) -> Instance:
    """The file of steps, and the path with its start at the origin."""
    columns = {"step_m": np.round(lengths, 4), "heading_deg": np.round(headings % 360.0, 3) % 360.0}
    truth = {"path": [[0.0, 0.0], *path.tolist()], "length_m": float(lengths.sum())}
    return Instance({"steps.csv": make.csv_bytes(columns, digits=7)}, truth, "steps.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Root mean square and closing error in shares of the walk's length; infinite for another number of places."""
    x, y, path = output["x_m"], output["y_m"], truth["path"]
    if len(x) != len(path) or len(y) != len(path):
        return {"rmse_share": math.inf, "closing_share": math.inf}
    length = max(truth["length_m"], 1e-3)
    gaps = [math.hypot(a - p, b - q) / length for a, b, (p, q) in zip(x, y, path, strict=True)]
    top = max(gaps)
    spread = top * math.sqrt(sum((gap / top) ** 2 for gap in gaps) / len(gaps)) if top else 0.0
    return {"rmse_share": spread, "closing_share": math.hypot(x[-1] - x[0], y[-1] - y[0]) / length}


def _changed(instance: Instance, seed: int, *, scale: bool) -> Instance:
    """All steps longer by one factor, or the compass turned by one angle."""
    table = instance.visible["steps.csv"].decode().splitlines()[1:]
    rows = np.array([[float(cell) for cell in line.split(",")] for line in table]).reshape(-1, 2)
    path = np.array(instance.truth["path"])[1:].reshape(-1, 2)
    draw = make.rng(seed, "changed")
    if scale:
        factor = float(draw.uniform(1.1, 1.6))
        return _instance(rows[:, 0] * factor, rows[:, 1], path * factor)
    angle = float(draw.uniform(20, 340))
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return _instance(rows[:, 0], rows[:, 1] + angle, path @ np.array([[cos, -sin], [sin, cos]]))


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("lengths", "ndarray[float64, (N)]", "m", "lengths of the steps", "task1"),
    Slot("headings", "ndarray[float64, (N)]", "rad", "compass headings of the steps, clockwise from north", "task1"),
)
_DRIFT = Slot("drift", "float", "rad", "drift of the heading per step", "task2")
_PLACES = (
    Slot("x_m", "list[float]", "m", "east of the start, before the first step and after each step"),
    Slot("y_m", "list[float]", "m", "north of the start, before the first step and after each step"),
)

FAMILY = Family(
    id="T035",
    title="Dead reckoning",
    domain="D",
    version=1,
    wordings=(
        Wording("Steps and heading give the path.", "goal"),
        Wording("My pedometer logged each step's length and direction on a round walk. Draw the route I took.", "goal"),
        Wording("Reconstruct where I walked from a step log whose compass slowly drifts; I came back to the start.", "goal"),
        Wording("Find the heading drift that closes the loop, correct the headings and add up the steps.", "operation"),
        Wording("Sum step vectors east and north after removing a constant drift per step.", "operation"),
        Wording("steps + heading → path x, y", "terse"),
        Wording("pedestrian dead reckoning, closed loop", "terse"),
        Wording("A guard's boot sensor recorded one patrol that ended at its gate; recover the patrol's track.", "goal", held=True),
        Wording("Estimate gyro drift by demanding that the walk ends at its origin, then integrate the strides.", "operation", held=True),
        Wording("walked route from steps.csv", "terse", held=True),
        Wording("用步数和航向推算路径。", "goal", "zh"),
        Wording("求使路线闭合的航向漂移，修正航向后把每一步累加起来。", "operation", "zh"),
        Wording("我绕了一圈回到原点，请根据每步的长度和方向画出走过的路。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`steps.csv`: CSV with a header, columns `step_m` (m, length of the step), `heading_deg` (deg, compass heading)",),
        outputs=_PLACES,
        remarks=(
            "a heading is a compass heading: 0 is north, 90 is east; x points east and y north",
            "the heading drifts by the same angle with every step: step k, counted from 0, shows its true heading plus k times the drift; "
            "over the whole walk the drift stays below 80 degrees to either side; the first step has none",
            "the walk ends where it began, up to noise; this fixes the drift",
            "the path starts at (0, 0) and has one place more than there are steps; without a step it is just the start",
            "wanted: root mean square error and distance of the last place from the first both within 2 % of the length walked",
            "example: one step of 0.7 m heading 90 leads from (0, 0) to (0.7, 0)",
        ),
    ),
    stages=(
        Stage(
            "Load Steps",
            ("read step lengths and headings from the CSV", "turn degrees into radians"),
            "Read the steps of a walk.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Loop Closing Drift",
            (
                "for a drift the end of the walk is the sum of all steps with corrected headings",
                "search -80 to 80 degrees over the walk for the drift whose end is nearest to the start, then refine",
            ),
            "Find the heading drift per step that closes the walk.",
            _LOADED,
            _bare((_DRIFT,)),
        ),
        Stage(
            "Correct Headings",
            ("subtract k times the drift from the heading of step k",),
            "Take the drift out of the headings.",
            (_LOADED[1], _DRIFT),
            (Slot("corrected", "ndarray[float64, (N)]", "rad", "headings without drift"),),
        ),
        Stage(
            "Add Up Steps",
            ("east is length times sine, north is length times cosine of the heading", "sum up from the start at (0, 0)"),
            "Sum step vectors to a path.",
            (_LOADED[0], Slot("corrected", "ndarray[float64, (N)]", "rad", "headings without drift", "task3")),
            _PLACES,
        ),
    ),
    solutions="t035_dead_reckoning",
    generate=generate,
    measure=measure,
    bars=(
        Bar("rmse_share", 0.02, "most"),  # worst right 0.006, best wrong 0.03 (fixed step)
        Bar("closing_share", 0.02, "most"),  # worst right 0.006, best wrong 0.03; some wrong ones close perfectly
    ),
    alternates=(
        Variant("newton", "Newton steps on the derivative of the squared end distance", swap={"loop_closing_drift": "loop_closing_drift_newton"}),
        Variant("minimize", "SciPy's bounded scalar search in several intervals", swap={"loop_closing_drift": "loop_closing_drift_bounded"}),
        Variant("complex", "steps as complex numbers", swap={"add_up_steps": "add_up_steps_complex"}),
        Variant("loops", "plain Python", swap={"correct_headings": "correct_headings_loop", "add_up_steps": "add_up_steps_loop"}),
    ),
    mutants=(
        Variant("no_motion", "the walker stays at the start", swap={"add_up_steps": "add_up_steps_none"}, naive=True),
        Variant("mathematical", "the heading is taken counter-clockwise from east", edits=(("add_up_steps", "return east.tolist(), north.tolist()", "return north.tolist(), east.tolist()"),)),
        Variant("fixed_step", "every step is 0.75 m long", edits=(("load_steps", "return table[:, 0],", "return 0.75 + 0.0 * table[:, 0],"),)),
        Variant("degrees", "headings in degrees go into sine and cosine", edits=(("load_steps", "np.radians(", "np.array("),)),
        Variant("drift_kept", "the drift stays in", edits=(("correct_headings", "headings - drift *", "headings - 0.0 * drift *"),)),
        Variant("drift_added", "the drift is corrected with the wrong sign", edits=(("correct_headings", "headings - drift *", "headings + drift *"),)),
        Variant("end_pulled", "the closing error is spread evenly and the drift ignored", swap={"correct_headings": "correct_headings_none", "add_up_steps": "add_up_steps_pulled"}),
    ),
    notes=(
        "Pedestrian dead reckoning adds one vector per step: x += L sin(h), y += L cos(h) with a compass heading h (clockwise from north), "
        "not cos and sin as for mathematical angles. Step lengths vary from 0.5 to 0.9 m with pace. Gyros drift, so headings rotate "
        "slowly and a straight walk becomes an arc. On a closed walk the end must meet the start; for a constant drift this gives two "
        "equations for one unknown. Spreading the closing error along the path (as surveyors do) closes it too but leaves the shape bent. "
        "Closure alone proves nothing: a path that never leaves the start closes perfectly."
    ),
    relations=(
        Relation("longer_steps", lambda instance, seed: _changed(instance, seed, scale=True)),
        Relation("compass_turned", lambda instance, seed: _changed(instance, seed, scale=False)),
    ),
    needs=("numpy", "scipy"),
    sources=("Harle 2013, A survey of indoor inertial positioning systems for pedestrians, IEEE Comm. Surveys & Tutorials 15(3)",),
)  # fmt: skip
