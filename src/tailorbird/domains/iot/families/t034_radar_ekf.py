"""T034 EKF: a track from a rotating sensor that measures range and bearing, cleaned with a motion model.

Truth is the drawn path around the sensor; its bearing crosses the seam at 180 degrees. An answer is judged by how much
of the error of the raw positions is left.

Covers: one target, a sensor at the origin, stated noise, gentle turns, irregular scans. Does not cover: false echoes,
several targets, range rate.
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
from tailorbird.domains.judge import rmse

SCAN_S = {"easy": (1.0, 2.0), "nominal": (0.5, 1.0, 2.0, 2.5), "hard": (0.5, 1.0, 2.0, 2.5), "edge": (1.0, 2.0)}
"""Time of one turn of the sensor, s."""


def generate(seed: int, level: Level) -> Instance:
    """110 to 150 scans of a target that passes behind the sensor; hard ones skip scans; edge: none, one, standstill, far."""
    draw = make.rng(seed, "T034", level)
    kind = str(draw.choice(["none", "one", "still", "far"])) if level == "edge" else ""
    count = {"none": 0, "one": 1}.get(kind, int(draw.integers(110, 151)))
    scan = float(draw.choice(SCAN_S[level]))
    skip = (draw.random(count) < 0.15) if level == "hard" else np.zeros(count, dtype=bool)
    times = np.round(scan * np.cumsum(1 + skip) - scan * (1 + skip[:1].sum()), 3)
    pace = float(draw.uniform(3.0, 20.0))
    length = pace * scan * max(count, 100)
    accel = pace / scan * float(draw.uniform(0.004, 0.01))
    path = _path(draw, times, 0.0 if kind == "still" else pace, accel)
    path = path - path.mean(axis=0) if count else path
    away = length * (draw.uniform(2.0, 3.0) if kind == "far" else draw.uniform(0.75, 1.0))
    path = path + np.array([-away, draw.uniform(-0.03, 0.03) * length])
    noise = pace * scan * draw.uniform(0.7, 1.5, 2) * (1.3 if level == "hard" else 1.0)
    sigma = (float(f"{noise[0]:.3g}"), float(f"{np.degrees(noise[1] / away):.3g}"))
    ranges = np.hypot(*path.T) + draw.normal(0, sigma[0], count)
    angles = np.degrees(np.arctan2(path[:, 1], path[:, 0])) + draw.normal(0, sigma[1], count)
    if kind == "one":
        path = _plane(ranges, angles)
    return _instance(times, np.round(ranges, 4), angles, (*sigma, float(f"{accel:.3g}")), path)


def _path(draw: np.random.Generator, times: make.Floats, pace: float, accel: float) -> make.Floats:
    """A path in m along which heading and pace change slowly, mostly along the line to the sensor; shape (N, 2)."""
    if not times.size or pace == 0.0:
        return np.zeros((times.size, 2))
    turns = np.interp(times, np.linspace(0, times[-1] + 1e-9, 6), draw.uniform(-1, 1, 6)) * 1.2 * accel / pace
    gaps = np.diff(times, prepend=times[:1])
    heading = draw.choice([0, 1]) * np.pi + draw.uniform(-0.5, 0.5) + np.cumsum(turns * gaps)
    steps = pace * gaps[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    return np.asarray(np.cumsum(steps, axis=0))


def _plane(ranges: make.Floats, angles: make.Floats) -> make.Floats:
    """Positions in m of ranges (m) and bearings (deg), shape (N, 2)."""
    turn = np.radians(angles)
    return np.asarray(ranges[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1))


def _instance(
    times: make.Floats, ranges: make.Floats, angles: make.Floats, scales: tuple[float, float, float], path: make.Floats
) -> Instance:
    wrapped = np.round((angles + 180) % 360 - 180, 5)
    data = {
        "time_s": times.tolist(),
        "range_m": ranges.tolist(),
        "bearing_deg": wrapped.tolist(),
        "range_sigma_m": scales[0],
        "bearing_sigma_deg": scales[1],
        "accel_m_s2": scales[2],
    }
    raw = rmse(path.ravel().tolist(), _plane(ranges, angles).ravel().tolist()) if path.size else 0.0
    truth = {"path": path.tolist(), "raw_rmse": raw}
    return Instance({"scans.json": make.json_bytes(data)}, truth, "scans.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """RMSE of the answer over that of the raw positions; single places are compared with 1 mm; infinite for other lengths."""
    path = np.array(truth["path"], dtype=float).reshape(-1, 2)
    x, y = output["x_m"], output["y_m"]
    if len(x) != len(path) or len(y) != len(path):
        return {"rmse_ratio": math.inf}
    if not len(path):
        return {"rmse_ratio": 0.0}
    with np.errstate(over="ignore"):
        return {"rmse_ratio": rmse(path.T.ravel().tolist(), [*x, *y]) / max(truth["raw_rmse"], 0.003)}


def _turned(instance: Instance, seed: int) -> Instance:
    """The sensor's zero direction turned by a drawn angle."""
    data = json.loads(instance.visible["scans.json"])
    turn = float(make.rng(seed, "turned").uniform(-170, 170))
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    path = np.array(instance.truth["path"]).reshape(-1, 2) @ np.array([[cos, sin], [-sin, cos]])
    scales = (data["range_sigma_m"], data["bearing_sigma_deg"], data["accel_m_s2"])
    times, ranges = np.array(data["time_s"]), np.array(data["range_m"])
    return _instance(times, ranges, np.array(data["bearing_deg"]) + turn, scales, path)


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("times", "ndarray[float64, (N)]", "s", "times of the scans", "task1"),
    Slot("ranges", "ndarray[float64, (N)]", "m", "measured ranges", "task1"),
    Slot("bearings", "ndarray[float64, (N)]", "rad", "measured bearings, -pi to pi", "task1"),
    Slot("sigmas", "tuple[float, float]", "1", "standard deviations of range (m) and bearing (rad)", "task1"),
    Slot("accel", "float", "m/s2", "typical acceleration", "task1"),
)
_FILTERED = (
    Slot("states", "ndarray[float64, (N, 4)]", "1", "filtered x, y (m) and velocities (m/s)", "task2"),
    Slot("covariances", "ndarray[float64, (N, 4, 4)]", "1", "covariances of the filtered states", "task2"),
)
_SMOOTH = Slot("smooth", "ndarray[float64, (N, 4)]", "1", "smoothed x, y (m) and velocities (m/s)", "task3")

FAMILY = Family(
    id="T034",
    title="Radar track EKF",
    domain="D",
    version=1,
    wordings=(
        Wording("Track with a rotating sensor.", "goal"),
        Wording("My spinning radar gives distance and angle of a boat once per turn. Draw me its clean track.", "goal"),
        Wording("Turn noisy range and bearing scans into a smooth path in x and y.", "goal"),
        Wording("Run an extended Kalman filter with constant velocity on range and bearing, wrap the bearing residual, then smooth backward.", "operation"),
        Wording("Predict, linearise the polar measurement, update scan by scan, and finish with a Rauch-Tung-Striebel pass.", "operation"),
        Wording("range/bearing scans → x, y track", "terse"),
        Wording("EKF on polar measurements", "terse"),
        Wording("A scanning lidar on the pier follows a ferry; recover where the ferry really went from its distances and angles.", "goal", held=True),
        Wording("Filter polar observations with a linearised measurement model, mind the jump at half a turn, and return Cartesian positions.", "operation", held=True),
        Wording("clean track from scans.json", "terse", held=True),
        Wording("用旋转传感器跟踪目标。", "goal", "zh"),
        Wording("对距离和方位观测做扩展卡尔曼滤波，注意角度残差的回绕。", "operation", "zh"),
        Wording("雷达每转一圈给出一次距离和角度，请还原这艘船走过的路线。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`scans.json`: JSON object with the lists `time_s` (s), `range_m` (m), `bearing_deg` (deg, -180 to 180) and the numbers "
            "`range_sigma_m` (m), `bearing_sigma_deg` (deg), `accel_m_s2` (m/s2)",
        ),
        outputs=(
            Slot("x_m", "list[float]", "m", "cleaned positions along x, one per scan"),
            Slot("y_m", "list[float]", "m", "cleaned positions along y, one per scan"),
        ),
        remarks=(
            "the sensor stands at the origin; x = r cos b, y = r sin b with the bearing b counter-clockwise from the x axis",
            "bearings jump from 180 to -180 deg where the target passes behind the sensor",
            "`range_sigma_m` and `bearing_sigma_deg` are standard deviations of the noise, `accel_m_s2` is a typical acceleration; scans "
            "may be missing, so steps of time may differ",
            "the whole record may be used for every position; wanted is at most 0.45 of the root mean square error of the raw "
            "positions r cos b, r sin b",
            "no scan gives empty lists; a single scan gives its raw position",
        ),
    ),
    stages=(
        Stage(
            "Load Radar Scans",
            ("read times, ranges, bearings and the three scales", "turn degrees into radians"),
            "Read range and bearing scans with their noise and the typical acceleration.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Extended Kalman Filter",
            (
                "start at the first raw position with unknown velocity",
                "predict with constant velocity and a random acceleration",
                "update with the linearised range and bearing; wrap the bearing residual to -pi to pi",
            ),
            "Filter the scans forward with a constant-velocity model.",
            _LOADED,
            _bare(_FILTERED),
        ),
        Stage(
            "Smooth Radar Track",
            ("Rauch-Tung-Striebel pass from the last scan to the first",),
            "Let later scans correct earlier states.",
            (_LOADED[0], *_FILTERED, _LOADED[4]),
            _bare((_SMOOTH,)),
        ),
        Stage(
            "Track Positions",
            ("split the positions into two lists",),
            "Take the positions out of the states.",
            (_SMOOTH,),
            (
                Slot("x_m", "list[float]", "m", "cleaned positions along x, one per scan"),
                Slot("y_m", "list[float]", "m", "cleaned positions along y, one per scan"),
            ),
        ),
    ),
    solutions="t034_radar_ekf",
    generate=generate,
    measure=measure,
    bars=(Bar("rmse_ratio", 0.45, "most"),),  # worst right 0.30, best wrong 0.8 aimed at noise
    alternates=(
        Variant("converted", "Kalman filter on converted positions with rotated noise", swap={"extended_kalman_filter": "extended_kalman_filter_converted"}),
        Variant("batch", "one least-squares problem over the whole track instead of a backward pass", swap={"smooth_radar_track": "smooth_radar_track_batch"}),
        Variant("joseph", "written out with inverse and Joseph form", swap={"extended_kalman_filter": "extended_kalman_filter_joseph"}),
    ),
    mutants=(
        Variant("raw", "the polar measurements are only converted", swap={"extended_kalman_filter": "extended_kalman_filter_none", "smooth_radar_track": "smooth_radar_track_none"}, naive=True),
        Variant("not_wrapped", "the bearing residual jumps by a full turn at the seam", edits=(("extended_kalman_filter", "residual[1] = (residual[1] + np.pi) % (2 * np.pi) - np.pi", "residual[1] = residual[1] + 0.0"),)),
        Variant("degrees", "bearings stay in degrees", edits=(("load_radar_scans", 'np.radians(data["bearing_deg"])', 'np.array(data["bearing_deg"], dtype=float)'),)),
        Variant("north_first", "x and y change places, as with a compass bearing", edits=(("track_positions", "smooth[:, 0].tolist(), smooth[:, 1].tolist()", "smooth[:, 1].tolist(), smooth[:, 0].tolist()"),)),
        Variant("jacobian_sign", "a slip of sign in the slope of the bearing", edits=(("extended_kalman_filter", "x / r**2, 0.0, 0.0]])", "-x / r**2, 0.0, 0.0]])"),)),
        Variant("degree_noise", "the bearing noise in degrees is used as radians", edits=(("load_radar_scans", 'math.radians(data["bearing_sigma_deg"])', 'float(data["bearing_sigma_deg"])'),)),
        Variant("moving_average", "averages of range and bearing over nine scans", swap={"extended_kalman_filter": "extended_kalman_filter_average", "smooth_radar_track": "smooth_radar_track_none"}),
    ),
    notes=(
        "A rotating sensor measures in polar coordinates, while targets move on straight lines in Cartesian ones. The extended Kalman "
        "filter keeps x, y and velocities and linearises r = sqrt(x^2 + y^2) and b = atan2(y, x): the rows of H are [x/r, y/r, 0, 0] and "
        "[-y/r^2, x/r^2, 0, 0]. The bearing residual must be wrapped to half a turn, or the filter throws the track away when the target "
        "crosses the seam. Noise across the line of sight is r sigma_b and grows with range, so averaging positions with equal weights "
        "wastes information. Process noise of a random acceleration: Q = a^2 [[dt^4/4, dt^3/2], [dt^3/2, dt^2]] per axis. A backward "
        "pass (Rauch, Tung, Striebel 1965) lets later scans help earlier ones and roughly halves the error of a filter."
    ),
    relations=(Relation("zero_direction_turned", _turned),),
    needs=("numpy", "scipy"),
    sources=("Bar-Shalom, Li, Kirubarajan 2001, Estimation with Applications to Tracking and Navigation, chapter 10",),
)  # fmt: skip
