"""T037 tunnel: positions of a vehicle in a tunnel of about 10 s, from satellite fixes outside and inertial readings.

The vehicle turns and changes its speed inside; accelerometer and gyroscope have constant unknown biases, and a fix is
stamped later than the vehicle was there. Covers: motion in a plane, one gap, known delay. Does not cover: slip, slopes,
biases that change.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

FIX_NOISE = {"easy": 0.2, "nominal": 0.5, "hard": 0.8, "edge": 0.4}
"""Standard deviation of a satellite fix, m."""

FINE = 0.01
"""Step of the simulated drive, s."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 55 s of driving; edge: a stop inside the tunnel, a parked vehicle, or nothing asked."""
    draw = make.rng(seed, "T037", level)
    kind = str(draw.choice(["stop", "parked", "nothing"], p=[0.5, 0.3, 0.2])) if level == "edge" else ""
    start = float(draw.uniform(18, 26))
    length, total = float(draw.uniform(9.5, 11)), start + float(draw.uniform(22, 30))
    times = np.arange(round(total / FINE) + 1, dtype=np.float64) * FINE
    speed, turn = _drive(draw, times, start, length, kind)
    heading = draw.uniform(-math.pi, math.pi) + np.cumsum(turn) * FINE
    x, y = (draw.uniform(-500, 500) + np.cumsum(speed * part) * FINE for part in (np.cos(heading), np.sin(heading)))
    keep = np.arange(0, times.size, int(draw.choice([2, 4, 5])))
    biases = draw.uniform(0.15, 0.4) * draw.choice([-1, 1]), draw.uniform(0.012, 0.03) * draw.choice([-1, 1])
    accel = np.gradient(speed, FINE)[keep] + biases[0] + draw.normal(0, 0.05, keep.size)
    yaw = turn[keep] + biases[1] + draw.normal(0, 0.003, keep.size)
    delay = float(np.round(draw.uniform(0.5, 0.9), 2))
    seen = np.arange(0.2, total - 0.1, float(draw.choice([0.2, 0.25, 0.5])))
    seen = seen[(seen < start) | (seen > start + length)]
    fixes = np.stack([np.interp(seen, times, x), np.interp(seen, times, y)], axis=1)
    asked = np.zeros(0) if kind == "nothing" else np.arange(math.ceil(start * 2 + 1) / 2, start + length, 0.5)
    arrays = {
        "imu_t": times[keep], "accel": accel, "yaw_rate": yaw, "gnss_t": seen + delay,
        "gnss_xy": fixes + draw.normal(0, FIX_NOISE[level], fixes.shape), "delay": np.array(delay), "ask_t": asked,
    }  # fmt: skip
    truth = np.stack([np.interp(asked, times, x), np.interp(asked, times, y)], axis=1)
    return Instance({"drive.npz": make.npz_bytes(**arrays)}, {"xy": truth.tolist()}, "drive.npz")


def _drive(
    draw: np.random.Generator, times: make.Floats, start: float, length: float, kind: str
) -> tuple[make.Floats, make.Floats]:
    """Speed (m/s) and turn rate (rad/s): bends before, inside and after the tunnel, braking or speeding up inside."""
    if kind == "parked":
        return np.zeros(times.size), np.zeros(times.size)
    speed = np.full(times.size, float(draw.uniform(13, 18)))
    turn = np.zeros(times.size)
    middle = start + length * draw.uniform(0.4, 0.6)
    bends = [(draw.uniform(8, 10), 20, 45), (draw.uniform(13, 15), 20, 45), (middle, 55, 95)]
    for place, low, high in [*bends, (start + length + 7, 20, 50)]:
        bell = np.exp(-0.5 * ((times - place) / draw.uniform(1.0, 1.6)) ** 2)
        turn += math.radians(draw.uniform(low, high)) * draw.choice([-1, 1]) * bell / (bell.sum() * FINE)
    for place in (draw.uniform(5, 15), start + 0.5 * length, start + length + draw.uniform(5, 9)):
        inside = place == start + 0.5 * length
        change = draw.uniform(3, 5) * draw.choice([-1, 1])
        if inside and kind == "stop":
            dip = np.exp(-(((times - place) / 3.5) ** 4))
            speed = speed * (1.0 - dip)
        else:
            speed = speed + change / (1.0 + np.exp(-(times - place) / 0.8))
    return np.maximum(speed, 0.0), turn


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest distance from the true position in m; infinite for lists of another shape."""
    right, found = truth["xy"], output["xy"]
    if len(right) != len(found) or any(len(pair) != 2 for pair in found):
        return {"worst_m": math.inf}
    far = (math.hypot(a[0] - float(b[0]), a[1] - float(b[1])) for a, b in zip(right, found, strict=True))
    return {"worst_m": max(far, default=0.0)}


def _moved(instance: Instance, seed: int) -> Instance:
    """The whole plane turned and shifted: the answer goes along."""
    draw = make.rng(seed, "moved")
    angle, shift = draw.uniform(0, 6.28), draw.uniform(-300, 300, 2)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    with np.load(io.BytesIO(instance.visible["drive.npz"])) as data:
        arrays = {name: data[name] for name in data.files}
    arrays["gnss_xy"] = arrays["gnss_xy"] @ turn + shift
    truth = (np.array(instance.truth["xy"]).reshape(-1, 2) @ turn + shift).tolist()
    return Instance({"drive.npz": make.npz_bytes(**arrays)}, {"xy": truth}, "drive.npz")


IMU = (
    Slot("imu_t", "ndarray[float64, (N)]", "s", "times of the inertial readings", "task1"),
    Slot("accel", "ndarray[float64, (N)]", "m/s2", "forward acceleration", "task1"),
    Slot("yaw_rate", "ndarray[float64, (N)]", "rad/s", "turn rate, counter-clockwise positive", "task1"),
)
XY = Slot("xy", "list[list[float]]", "m", "x and y at each time of `ask_t`")

FAMILY = Family(
    id="T037",
    title="Tunnel bridging",
    domain="D",
    version=1,
    wordings=(
        Wording("Bridge a 10 s tunnel.", "goal"),
        Wording("Fit initial state and sensor biases to the GNSS fixes, then dead-reckon through the gap with the IMU.", "operation"),
        Wording("GNSS + IMU → xy in the tunnel", "terse"),
        Wording("The car lost satellites in a tunnel. Where was it meanwhile, given its accelerometer and gyroscope?", "goal"),
        Wording("Integrate yaw rate and forward acceleration over the outage in drive.npz and tie the path to the fixes on both sides.", "operation"),
        Wording("Fill the hole in my vehicle's track with the inertial readings.", "goal"),
        Wording("dead reckoning across a GNSS outage", "terse"),
        Wording("Between the tunnel's mouths there is no position. Reconstruct the van's course in there as well as you can.", "goal", held=True),
        Wording("Estimate gyro and accelerometer offsets outside the outage and reckon the positions inside it.", "operation", held=True),
        Wording("outage positions from inertial data", "terse", held=True),
        Wording("隧道里 10 秒没有卫星信号，请补上轨迹。", "goal", "zh"),
        Wording("用卫星定位点拟合初始状态和传感器零偏，再用惯性数据推算中断期间的位置。", "operation", "zh"),
        Wording("卫星加惯导 → 隧道内坐标", "terse", "zh"),
        Wording("车在隧道里失去定位，请根据加速度和陀螺仪求出它的位置。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`drive.npz`: arrays `imu_t` (s), `accel` (forward acceleration, m/s2), `yaw_rate` (rad/s, counter-clockwise positive); `gnss_t` (s), `gnss_xy` (M x 2 positions, m); `delay` (s); `ask_t` (s)",
        ),
        outputs=(XY,),
        remarks=(
            "a fix stamped `gnss_t` shows where the vehicle was `delay` seconds earlier on the clock of `imu_t`; `ask_t` is on that clock too",
            "accelerometer and gyroscope each have a constant unknown bias, up to 0.4 m/s2 and 0.03 rad/s; a reading is the true value plus bias and noise",
            "the vehicle moves along its heading, x = east, y = north, heading counter-clockwise from east; it may stop but not reverse",
            "there is one gap of 9 to 12 s without fixes, with a bend inside; all times asked for lie in it; none may be asked: then an empty list",
            "each position is wanted within 3.5 m; example: 10 m/s due east from (0, 0) is (20, 0) after 2 s",
        ),
    ),
    stages=(
        Stage(
            "Load Drive",
            ("read inertial readings, fixes, delay and the times asked for from the NPZ file",),
            "Read inertial readings, satellite fixes, the delay of the fixes and the times asked for.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("imu_t", "ndarray[float64, (N)]", "s", "times of the inertial readings"),
                Slot("accel", "ndarray[float64, (N)]", "m/s2", "forward acceleration"),
                Slot("yaw_rate", "ndarray[float64, (N)]", "rad/s", "turn rate, counter-clockwise positive"),
                Slot("gnss_t", "ndarray[float64, (M)]", "s", "time stamps of the fixes"),
                Slot("gnss_xy", "ndarray[float64, (M, 2)]", "m", "positions of the fixes"),
                Slot("delay", "float", "s", "age of a position at its time stamp"),
                Slot("ask_t", "ndarray[float64, (K)]", "s", "times asked for"),
            ),
        ),
        Stage(
            "Align Clocks",
            ("subtract the delay from the time stamps",),
            "Date the satellite fixes on the clock of the inertial unit.",
            (
                Slot("gnss_t", "ndarray[float64, (M)]", "s", "time stamps of the fixes", "task1"),
                Slot("delay", "float", "s", "age of a position at its time stamp", "task1"),
            ),
            (Slot("fix_t", "ndarray[float64, (M)]", "s", "times at which the vehicle was at the fixes"),),
        ),
        Stage(
            "Fit Motion",
            (
                "unknown: place, heading and speed at the start, both biases",
                "integrate turn rate and acceleration to a path",
                "least squares of the distances between path and fixes, before and after the gap",
            ),
            "Fit the start of the drive and the sensor biases so that the reckoned path meets the fixes.",
            (
                *IMU,
                Slot("fix_t", "ndarray[float64, (M)]", "s", "times of the fixes", "task2"),
                Slot("gnss_xy", "ndarray[float64, (M, 2)]", "m", "positions of the fixes", "task1"),
            ),
            (Slot("motion", "ndarray[float64, (6)]", "1", "x m, y m, heading rad, speed m/s, acceleration bias m/s2, turn rate bias rad/s"),),
        ),
        Stage(
            "Reckon Positions",
            ("integrate the readings less their biases from the fitted start", "interpolate at the times asked for"),
            "Integrate the inertial readings and read the path at the times asked for.",
            (
                *IMU,
                Slot("motion", "ndarray[float64, (6)]", "1", "state at the first reading and biases", "task3"),
                Slot("ask_t", "ndarray[float64, (K)]", "s", "times asked for", "task1"),
            ),
            (XY,),
        ),
    ),
    solutions="t037_tunnel",
    generate=generate,
    measure=measure,
    bars=(Bar("worst_m", 3.5, "most"),),  # worst right 1.9, best wrong about 4.5 on nominal (delay ignored at low speed)
    alternates=(
        Variant("newton", "Gauss-Newton written out, rectangles for integrals", swap={"fit_motion": "fit_motion_newton"}),
        Variant("separable", "search over two angles, the rest linear", swap={"fit_motion": "fit_motion_separable"}),
        Variant("loop", "reading by reading", swap={"reckon_positions": "reckon_positions_loop"}),
    ),
    mutants=(
        Variant("hold", "the last fix is kept", swap={"fit_motion": "fit_motion_none", "reckon_positions": "reckon_positions_hold"}, naive=True),
        Variant("straight", "a straight line through the gap", swap={"fit_motion": "fit_motion_none", "reckon_positions": "reckon_positions_line"}),
        Variant("bias_kept", "the sensors are trusted", swap={"fit_motion": "fit_motion_unbiased"}),
        Variant("offset_ignored", "the delay of the fixes is ignored", edits=(("align_clocks", "gnss_t - delay", "gnss_t"),)),
        Variant("offset_sign", "the delay is added", edits=(("align_clocks", "gnss_t - delay", "gnss_t + delay"),)),
        Variant("clockwise", "turn rate taken as clockwise in the tunnel", edits=(("reckon_positions", "yaw_rate - yaw_bias", "yaw_bias - yaw_rate"),)),
    ),
    notes=(
        "Without satellites a vehicle's place follows from its last known state: heading by integrating the turn rate, speed by "
        "integrating the acceleration, place by integrating speed along the heading. A constant bias b of the accelerometer "
        "grows to b t^2 / 2 metres, one of the gyroscope turns the path by b t: 0.3 m/s2 are 15 m after 10 s. Biases are "
        "observable while fixes are there, best as one least-squares fit of start state and biases over all fixes, before and "
        "after the gap; a filter with a backward smoother does the same recursively. Fixes are old when they arrive: 0.5 s at "
        "15 m/s are 7.5 m, so shift their times first. A straight line between the tunnel's mouths misses the bend. For a "
        "parked vehicle the heading is unobservable, which does no harm."
    ),
    relations=(Relation("plane_moved", _moved),),
    needs=("scipy",),
    sources=("Groves 2013, Principles of GNSS, Inertial, and Multisensor Integrated Navigation Systems, 2nd ed.",),
)  # fmt: skip
