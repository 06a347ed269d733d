"""T018 tilt: a steady angle from a gyroscope that drifts and an accelerometer that shakes.

Truth is the angle profile itself: the generator draws it, then derives both sensors from it. Covers: rotation about one
axis up to ±170°, constant gyro bias, shocks. Does not cover: three-axis attitude, long linear accelerations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.05, "nominal": 0.08, "hard": 0.1, "edge": 0.05}
"""Standard deviation of the accelerometer's noise, g."""

GYRO_NOISE = 0.2
"""Standard deviation of the gyroscope's noise, °/s."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 90 s at 40 to 100 Hz; edge: no motion, beyond 90°, one reading, only the header."""
    draw = make.rng(seed, "T018", level)
    rate = float(draw.choice([40.0, 50.0, 80.0, 100.0]))
    kind = str(draw.choice(["still", "over", "single", "empty"])) if level == "edge" else ""
    size = {"single": 1, "empty": 0}.get(kind, int(draw.uniform(40, 90) * rate))
    times = np.arange(size) / rate + draw.uniform(0, 100)
    angle, speed = _profile(draw, times, kind)
    bias = draw.uniform(0.5, 2.0) * draw.choice([-1, 1])
    noise = 0.001 if kind == "single" else NOISE[level]
    ay = np.sin(np.radians(angle)) + draw.normal(0, noise, size)
    az = np.cos(np.radians(angle)) + draw.normal(0, noise, size)
    shocks = {"easy": 2, "nominal": 10, "hard": 20, "edge": 4}[level] if size > 1 else 0
    for start in draw.integers(0, max(1, size - 10), shocks):
        end = start + max(1, round(draw.uniform(0.02, 0.06) * rate))
        ay[start:end] += draw.uniform(-1.5, 1.5)
        az[start:end] += draw.uniform(-1.0, 1.0)
    return _instance(times, ay, az, speed + bias + draw.normal(0, GYRO_NOISE, size), angle)


def _profile(draw: np.random.Generator, times: make.Floats, kind: str) -> tuple[make.Floats, make.Floats]:
    """Angle in degrees and its derivative in °/s, both shape (N,)."""
    swing = 0.0 if kind == "still" else draw.uniform(20, 40)
    quick = 0.0 if kind == "still" else draw.uniform(3, 10)
    middle = draw.uniform(95, 120) * draw.choice([-1, 1]) if kind == "over" else draw.uniform(-25, 25)
    angle, speed = np.full(times.size, middle), np.zeros(times.size)
    for size, low, high in ((swing, 0.03, 0.12), (quick, 0.3, 0.9)):
        turn, phase = 2 * np.pi * draw.uniform(low, high), draw.uniform(0, 2 * np.pi)
        angle += size * np.sin(turn * times + phase)
        speed += size * turn * np.cos(turn * times + phase)
    return angle, speed


def _instance(times: make.Floats, ay: make.Floats, az: make.Floats, gx: make.Floats, angle: make.Floats) -> Instance:
    visible = {"imu.csv": make.csv_bytes({"time": times, "ay": ay, "az": az, "gx": gx})}
    return Instance(visible, {"tilt_deg": np.round(angle, 6).tolist()}, "imu.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Root mean square of the angle's error in degrees, on the circle.

    Infinite where the lengths differ or a value lies beyond a thousand turns, which no record reaches.
    """
    right, found = np.asarray(truth["tilt_deg"], dtype=float), np.asarray(output["tilt_deg"], dtype=float)
    if right.shape != found.shape or np.any(np.abs(found) > 360_000.0):
        return {"rmse_deg": float("inf")}
    gap = (found % 360.0 - right + 180.0) % 360.0 - 180.0
    return {"rmse_deg": float(np.sqrt(np.mean(gap**2))) if gap.size else 0.0}


def _table(instance: Instance) -> make.Floats:
    rows = instance.visible["imu.csv"].decode().splitlines()[1:]
    return np.array([[float(cell) for cell in row.split(",")] for row in rows]).reshape(-1, 4)


def _mirrored(instance: Instance, seed: int) -> Instance:
    times, ay, az, gx = _table(instance).T
    return _instance(times, -ay, az, -gx, -np.asarray(instance.truth["tilt_deg"]))


def _delayed(instance: Instance, seed: int) -> Instance:
    times, ay, az, gx = _table(instance).T
    later = times + float(make.rng(seed, "delay").integers(1, 500))
    return _instance(later, ay, az, gx, np.asarray(instance.truth["tilt_deg"]))


_TIME = Slot("time", "ndarray[float64, (N)]", "s", "time of each reading", "task1")
_GYRO = Slot("gyro", "ndarray[float64, (N)]", "deg/s", "rate of turn about the x axis", "task1")
_ROUGH = Slot("rough", "ndarray[float64, (N)]", "deg", "tilt from gravity alone, -180 to 180", "task2")

FAMILY = Family(
    id="T018",
    title="Tilt",
    domain="B",
    version=1,
    wordings=(
        Wording("Give a stable tilt angle from gyro and accelerometer.", "goal"),
        Wording("My balancing robot's accelerometer is too shaky and its gyro drifts; I need one smooth inclination in degrees.", "goal"),
        Wording("How far is the antenna mast leaning at every moment? I logged an inertial sensor on it.", "goal"),
        Wording("Fuse gyroscope and accelerometer with a complementary filter and return the roll angle.", "operation"),
        Wording("Estimate the gyro bias, integrate the rate and correct it slowly with the angle of gravity.", "operation"),
        Wording("gyro + acc → tilt in degrees", "terse"),
        Wording("inclination from imu.csv", "terse"),
        Wording("The excavator arm carries a cheap motion sensor. Work out its angle over time without jitter or drift.", "goal", held=True),
        Wording("Blend the integrated turn rate with the gravity direction so that neither bias nor vibration remains.", "operation", held=True),
        Wording("imu log to smooth roll", "terse", held=True),
        Wording("用陀螺仪和加速度计给出稳定的倾角。", "goal", "zh"),
        Wording("用互补滤波融合陀螺仪角速度与加速度计角度，输出每个时刻的倾角。", "operation", "zh"),
        Wording("塔吊臂上装了惯性传感器，我要不抖也不漂的角度。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`imu.csv`: CSV with a header, columns `time` (s), `ay`, `az` (g), `gx` (°/s)",),
        outputs=(Slot("tilt_deg", "list[float]", "deg", "tilt about the x axis, one value per row of the file"),),
        remarks=(
            "tilt is the angle of rotation about the x axis: at rest ay = sin(tilt) and az = cos(tilt), both in g; gx is its rate",
            "the tilt may go beyond 90°; angles are compared on the circle",
            "the gyroscope has a constant bias of at most 3 °/s; the accelerometer has noise and short shocks",
            "readings are evenly spaced, at a rate that differs between files; a file may hold one row, or only the header",
            "wanted is a root mean square error of at most 2° over the record, from the first row on; the whole record may be used",
        ),
    ),
    stages=(
        Stage(
            "Load Inertial Readings",
            ("read time, two axes of acceleration and the rate of turn from the CSV",),
            "Read time, acceleration and rate of turn from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("time", "ndarray[float64, (N)]", "s", "time of each reading"),
                Slot("acc", "ndarray[float64, (N, 2)]", "g", "acceleration along y and z"),
                Slot("gyro", "ndarray[float64, (N)]", "deg/s", "rate of turn about the x axis"),
            ),
        ),
        Stage(
            "Tilt From Gravity",
            ("arc tangent of both axes, so that all four quadrants are told apart", "in degrees, -180 to 180"),
            "Give the tilt that the direction of gravity alone shows.",
            (Slot("acc", "ndarray[float64, (N, 2)]", "g", "acceleration along y and z", "task1"),),
            (Slot("rough", "ndarray[float64, (N)]", "deg", "tilt from gravity alone, -180 to 180"),),
        ),
        Stage(
            "Remove Gyro Bias",
            (
                "integrate the rate of turn with the time steps of the file",
                "average the direction of integral minus tilt from gravity over 2 s, as a vector, then unwrap it",
                "fit a line to it; its slope is the bias",
                "subtract it; readings too few for a fit stay as they are",
            ),
            "Find the constant bias of the gyroscope and take it away.",
            (_TIME, _GYRO, _ROUGH),
            (Slot("turn", "ndarray[float64, (N)]", "deg/s", "rate of turn without bias"),),
        ),
        Stage(
            "Fuse Tilt",
            (
                "start at the mean direction of the first 3 s, carried back by the gyro",
                "step by the rate of turn, then move towards gravity with the weight dt / (tau + dt), tau 3 s",
                "limit the difference to 20 degrees, so that shocks hardly count",
            ),
            "Join the rate of turn and the tilt from gravity in a complementary filter.",
            (_TIME, _ROUGH, Slot("turn", "ndarray[float64, (N)]", "deg/s", "rate of turn without bias", "task3")),
            (Slot("tilt_deg", "list[float]", "deg", "tilt about the x axis, one value per row of the file"),),
        ),
    ),
    solutions="t018_tilt",
    generate=generate,
    measure=measure,
    bars=(Bar("rmse_deg", 2.0, "most"),),  # worst right 1.33 (two ways, hard), best wrong 4.7 (weights swapped)
    alternates=(
        Variant("kalman", "Kalman filter with angle and bias as state", swap={"remove_gyro_bias": "remove_gyro_bias_none", "fuse_tilt": "fuse_tilt_kalman"}),
        Variant("two_ways", "low-pass of the difference between gravity and integral, without delay", swap={"fuse_tilt": "fuse_tilt_two_ways"}),
    ),
    mutants=(
        Variant("accelerometer", "gravity alone, no gyroscope", swap={"fuse_tilt": "fuse_tilt_gravity"}, naive=True),
        Variant("gyro", "the integral of the raw rate alone", swap={"remove_gyro_bias": "remove_gyro_bias_none", "fuse_tilt": "fuse_tilt_gyro"}),
        Variant("weights_swapped", "gyroscope and accelerometer change places in the blend", edits=(("fuse_tilt", "step / (3.0 + step)", "3.0 / (3.0 + step)"),)),
        Variant("radians", "the angle is given in radians", edits=(("fuse_tilt", "return tilt.tolist()", "return np.radians(tilt).tolist()"),)),
        Variant("sign", "the gyroscope turns the other way", edits=(("remove_gyro_bias", "return gyro - bias", "return bias - gyro"),)),
        Variant("axes", "the axes of gravity change places", edits=(("tilt_from_gravity", "np.arctan2(acc[:, 0], acc[:, 1])", "np.arctan2(acc[:, 1], acc[:, 0])"),)),
        Variant("half_circle", "arc sine of a clipped component, blind beyond 90 degrees and gyro bias kept", swap={"tilt_from_gravity": "tilt_from_gravity_sine", "remove_gyro_bias": "remove_gyro_bias_none"}),
    ),
    notes=(
        "A gyroscope gives the rate of turn: its integral is smooth but drifts by bias times time, 1 °/s becomes 60° in a minute. "
        "An accelerometer at rest shows the direction of gravity, tilt = atan2(ay, az), without drift but with noise (0.08 g are "
        "4.6°) and with every shock and vibration. A complementary filter joins them: angle = a (angle + rate dt) + (1 - a) gravity "
        "with a = tau / (tau + dt), tau 0.5 to 5 s. A constant bias b leaves a steady error of about tau b, so it is estimated "
        "first, or carried as a second state in a Kalman filter. Use atan2, not asin, to go beyond 90°, and take the smallest "
        "difference on the circle before blending. Start at the accelerometer's angle, not at zero."
    ),
    relations=(Relation("mirror", _mirrored), Relation("time_shift", _delayed)),
    needs=("scipy",),
    sources=("Mahony, Hamel, Pflimlin 2008, IEEE Trans. Autom. Control 53(5):1203-1218",),
)  # fmt: skip
