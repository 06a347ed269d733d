"""T033 Kalman: a noisy position track smoothed with a constant-velocity model.

Truth is the drawn path: straight legs and turns at constant speed. An answer is judged by how much of the error of the
raw fixes is left.
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

SPACING = {"easy": (0.05, 0.1), "nominal": (0.1, 0.5, 1.0, 2.0), "hard": (0.1, 0.5, 1.0, 2.0), "edge": (0.1, 1.0)}
"""Time between fixes, s."""


def generate(seed: int, level: Level) -> Instance:
    """150 to 300 fixes of a vehicle with turns; hard ones are irregular; edge: no fix, one, standstill, one long turn."""
    draw = make.rng(seed, "T033", level)
    kind = str(draw.choice(["none", "one", "still", "circle"])) if level == "edge" else ""
    dt = float(draw.choice(SPACING[level]))
    count = {"none": 0, "one": 1}.get(kind, int(draw.integers(150, 301)))
    speed = 0.0 if kind == "still" else float(draw.uniform(1.0, 15.0))
    turn = float(draw.uniform(0.02, 0.045)) / dt
    pace = max(speed, 1.0)
    noise = pace * dt * float(draw.uniform(0.7, 1.4) if level != "hard" else draw.uniform(1.2, 1.8))
    rates = np.full(count, turn) if kind == "circle" else _rates(draw, count, turn)
    gaps = draw.uniform(0.4, 1.6, count) * dt if level == "hard" else np.full(count, dt)
    times = np.round(np.cumsum(gaps) - gaps[:1].sum(), 4)
    path = _path(draw, times, speed, rates)
    fixes = path + draw.normal(0, noise, path.shape)
    scales = (float(f"{noise:.3g}"), float(f"{pace * turn:.3g}"))
    return _instance(times, np.round(fixes, 5), scales, np.round(fixes, 5) if kind == "one" else path)


def _rates(draw: np.random.Generator, count: int, turn: float) -> make.Floats:
    """Turn rate of each fix, rad/s: straight legs of 20 to 50 fixes and turns of 20 to 60 to either side."""
    rates: list[float] = []
    while len(rates) < count:
        rates += [0.0] * int(draw.integers(20, 51))
        rates += [turn * float(draw.choice([-1.0, 1.0]))] * int(draw.integers(20, 61))
    return np.array(rates[:count])


def _path(draw: np.random.Generator, times: make.Floats, speed: float, rates: make.Floats) -> make.Floats:
    """Positions of a vehicle at constant speed (m/s) with piecewise constant turn rate (rad/s), shape (N, 2)."""
    x, y, heading = float(draw.uniform(-500, 500)), float(draw.uniform(-500, 500)), float(draw.uniform(0, 2 * np.pi))
    points = []
    for k in range(times.size):
        dt = float(times[k] - times[k - 1]) if k else 0.0
        middle = heading + float(rates[k]) * dt / 2
        half = float(rates[k]) * dt / 2
        chord = speed * dt * (math.sin(half) / half if half else 1.0)
        x, y, heading = x + chord * math.cos(middle), y + chord * math.sin(middle), heading + float(rates[k]) * dt
        points.append((x, y))
    return np.array(points).reshape(-1, 2)


def _instance(times: make.Floats, fixes: make.Floats, scales: tuple[float, float], path: make.Floats) -> Instance:
    data = {
        "noise_m": scales[0],
        "accel_m_s2": scales[1],
        "time_s": times.tolist(),
        "x_m": fixes[:, 0].tolist(),
        "y_m": fixes[:, 1].tolist(),
    }
    raw = float(np.sqrt(np.mean((fixes - path) ** 2))) if len(path) > 1 else 0.01
    truth = {"x_m": path[:, 0].tolist(), "y_m": path[:, 1].tolist(), "raw_rmse": raw}
    return Instance({"track.json": make.json_bytes(data)}, truth, "track.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Root mean square error of the answer over that of the raw fixes; infinite for another number of positions.

    A single fix is compared with itself, 1 cm counting as the raw error.
    """
    if not len(truth["x_m"]) == len(output["x_m"]) == len(output["y_m"]):
        return {"error_ratio": math.inf}
    if not truth["x_m"]:
        return {"error_ratio": 0.0}
    with np.errstate(over="ignore"):
        left = rmse([*truth["x_m"], *truth["y_m"]], [*output["x_m"], *output["y_m"]])
    return {"error_ratio": left / truth["raw_rmse"]}


def _moved(instance: Instance, seed: int) -> Instance:
    """The track turned and shifted as a whole, its clock started elsewhere."""
    data = json.loads(instance.visible["track.json"])
    draw = make.rng(seed, "moved")
    angle, shift = draw.uniform(0, 2 * np.pi), draw.uniform(-1000, 1000, 2)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    fixes, path = (np.column_stack([part["x_m"], part["y_m"]]) @ turn + shift for part in (data, instance.truth))
    return _instance(np.array(data["time_s"]) + 50.0, fixes, (data["noise_m"], data["accel_m_s2"]), path)


def _reversed(instance: Instance, seed: int) -> Instance:
    """The track driven backward."""
    data = json.loads(instance.visible["track.json"])
    fixes, path = (np.column_stack([part["x_m"], part["y_m"]])[::-1] for part in (data, instance.truth))
    times = np.array(data["time_s"])
    return _instance(np.round(times[-1:] - times[::-1], 4), fixes, (data["noise_m"], data["accel_m_s2"]), path)


_TIMES = Slot("times", "ndarray[float64, (N)]", "s", "times of the fixes, ascending", "task1")
_ACCEL = Slot("accel", "float", "m/s2", "typical acceleration in a turn", "task1")
_OUT = (
    Slot("x_m", "list[float]", "m", "smoothed x, one per fix"),
    Slot("y_m", "list[float]", "m", "smoothed y, one per fix"),
)

FAMILY = Family(
    id="T033",
    title="Kalman smoothing",
    domain="D",
    version=1,
    wordings=(
        Wording("Smooth this noisy track.", "goal"),
        Wording("My positioning jumps around by metres; give me the clean path the robot really took.", "goal"),
        Wording("Run a constant-velocity Kalman filter over the x and y positions and smooth it backward (RTS).", "operation"),
        Wording("noisy xy → smooth xy", "terse"),
        Wording("Filter the position fixes with a Kalman smoother; the measurement noise and the acceleration are in the file.", "operation"),
        Wording("The ultra-wideband tag jitters. Clean up the whole recorded trajectory without cutting the corners.", "goal"),
        Wording("track denoising, Kalman + RTS", "terse"),
        Wording("Remove the jitter from these recorded vehicle positions so that the line on the map looks like the road.", "goal", held=True),
        Wording("Estimate the trajectory from scattered x, y fixes with a forward-backward Kalman pass.", "operation", held=True),
        Wording("trajectory, less jitter", "terse", held=True),
        Wording("平滑这条含噪轨迹。", "goal", "zh"),
        Wording("用匀速模型的卡尔曼滤波加反向平滑处理定位点。", "operation", "zh"),
        Wording("定位点 → 平滑轨迹", "terse", "zh"),
        Wording("定位点跳来跳去，请还原小车真正走过的路线，转弯处不要抄近路。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`track.json`: JSON object with the lists `time_s` (s, ascending), `x_m`, `y_m` (m, one fix each), and the numbers "
            "`noise_m` (standard deviation of a fix, per axis, m) and `accel_m_s2` (typical acceleration in a turn, m/s2)",
        ),
        outputs=_OUT,
        remarks=(
            "the whole track is recorded, so fixes before and after an instant may both be used",
            "the vehicle drives straight legs and turns at constant speed; it may also stand still",
            "time between fixes differs between files and may be irregular within one",
            "one position is wanted for every fix, at its time; no fix gives empty lists, a single fix is returned as it is",
            "the root mean square error over both axes is to be at most 0.45 times that of the raw fixes",
        ),
    ),
    stages=(
        Stage(
            "Load Noisy Track",
            ("read times and positions", "read the measurement noise and the typical acceleration"),
            "Read a track and its two scales from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("times", "ndarray[float64, (N)]", "s", "times of the fixes, ascending"),
                Slot("fixes", "ndarray[float64, (N, 2)]", "m", "measured positions"),
                Slot("noise_m", "float", "m", "standard deviation of a position"),
                Slot("accel", "float", "m/s2", "typical acceleration in a turn"),
            ),
        ),
        Stage(
            "Constant Velocity Filter",
            (
                "state: position and velocity of both axes; the time step is taken from the data",
                "process noise from a random acceleration, measurement noise from the file",
                "predict and correct from fix to fix",
            ),
            "Run a Kalman filter with constant velocity forward over the track.",
            (
                _TIMES,
                Slot("fixes", "ndarray[float64, (N, 2)]", "m", "measured positions", "task1"),
                Slot("noise_m", "float", "m", "standard deviation of a position", "task1"),
                _ACCEL,
            ),
            (
                Slot("states", "ndarray[float64, (N, 2, 2)]", "1", "filtered positions (m) and velocities (m/s), state by axis"),
                Slot("covariances", "ndarray[float64, (N, 2, 2)]", "1", "covariances of the states"),
            ),
        ),
        Stage(
            "Backward Smoothing",
            ("Rauch-Tung-Striebel recursion from the last fix to the first", "same time steps and process noise as in the filter"),
            "Smooth the filtered track backward in time (Rauch, Tung, Striebel).",
            (
                _TIMES,
                Slot("states", "ndarray[float64, (N, 2, 2)]", "1", "filtered positions and velocities", "task2"),
                Slot("covariances", "ndarray[float64, (N, 2, 2)]", "1", "covariances of the states", "task2"),
                _ACCEL,
            ),
            (Slot("smooth", "ndarray[float64, (N, 2)]", "m", "smoothed positions"),),
        ),
        Stage(
            "Track As Lists",
            ("split the positions into x and y",),
            "Split smoothed positions into their two coordinates.",
            (Slot("smooth", "ndarray[float64, (N, 2)]", "m", "smoothed positions", "task3"),),
            _OUT,
        ),
    ),
    solutions="t033_kalman",
    generate=generate,
    measure=measure,
    bars=(Bar("error_ratio", 0.45, "most"),),  # worst right 0.36 (local parabolas); best wrong on easy 0.505 (no backward pass)
    alternates=(
        Variant("least_squares", "all positions at once, second differences penalised", swap={"constant_velocity_filter": "constant_velocity_filter_least_squares", "backward_smoothing": "backward_smoothing_none"}),
        Variant("spline", "a cubic smoothing spline", swap={"constant_velocity_filter": "constant_velocity_filter_spline", "backward_smoothing": "backward_smoothing_none"}),
        Variant("parabolas", "local parabolas with a bell of weights", swap={"constant_velocity_filter": "constant_velocity_filter_parabolas", "backward_smoothing": "backward_smoothing_none"}),
    ),
    mutants=(
        Variant("identity", "the fixes are returned", swap={"constant_velocity_filter": "constant_velocity_filter_identity", "backward_smoothing": "backward_smoothing_none"}, naive=True),
        Variant("trailing", "a trailing average lags behind", swap={"constant_velocity_filter": "constant_velocity_filter_trailing", "backward_smoothing": "backward_smoothing_none"}),
        Variant("scales_swapped", "process and measurement noise are mixed up", edits=(("load_noisy_track", "float(data[\"noise_m\"]), float(data[\"accel_m_s2\"])", "float(data[\"accel_m_s2\"]), float(data[\"noise_m\"])"),)),
        Variant("one_second", "fixes are taken to be one second apart", edits=(("load_noisy_track", "np.array(data[\"time_s\"], dtype=float)", "np.arange(len(data[\"time_s\"]), dtype=float)"),)),
        Variant("forward_only", "no pass backward", swap={"backward_smoothing": "backward_smoothing_none"}),
        Variant("shortened", "an average that loses the ends", swap={"constant_velocity_filter": "constant_velocity_filter_valid", "backward_smoothing": "backward_smoothing_none"}),
        Variant("axes_swapped", "x and y change places", edits=(("track_as_lists", "smooth[:, 0].tolist(), smooth[:, 1].tolist()", "smooth[:, 1].tolist(), smooth[:, 0].tolist()"),)),
        Variant("velocity", "the velocities are returned", edits=(("backward_smoothing", "smooth[:, 0, :]", "smooth[:, 1, :]"),)),
    ),
    notes=(
        "A constant-velocity Kalman filter keeps position and velocity per axis. Prediction: x += v dt; covariance P = F P F' + Q "
        "with F = [[1, dt], [0, 1]] and, for a random acceleration of standard deviation a that lasts one step, Q = a^2 "
        "[[dt^4/4, dt^3/2], [dt^3/2, dt^2]]. Correction with the measured position and R = sigma^2. What matters is the tracking "
        "index a dt^2 / sigma: small means heavy smoothing. Q and R have different units, so mixing them up ruins the balance. "
        "For a finished record the backward pass of Rauch, Tung and Striebel uses the future too: G = P F' (predicted P)^-1, "
        "x_s[k] = x[k] + G (x_s[k+1] - F x[k]); it halves the variance again and removes the lag in turns. A smoothing spline and "
        "least squares with penalised second differences solve nearly the same problem. A trailing average lags by half its "
        "length times the speed."
    ),
    relations=(Relation("turned_and_shifted", _moved), Relation("time_reversed", _reversed)),
    needs=("scipy",),
    sources=("Rauch, Tung, Striebel 1965, AIAA Journal 3(8)", "Bar-Shalom, Li, Kirubarajan, Estimation with Applications, 2001"),
)  # fmt: skip
