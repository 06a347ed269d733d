"""Right and wrong programs of T037, one function per step. Read as text, never imported."""

import math

import numpy as np
from scipy import integrate, optimize


def load_drive(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, float, np.ndarray]:
    """Read inertial readings, satellite fixes, the delay of the fixes and the times asked for.

    Args:
        path: NPZ file with the arrays imu_t (s), accel (m/s2), yaw_rate (rad/s), gnss_t (s), gnss_xy (m), delay (s) and
            ask_t (s).

    Returns:
        These seven in that order; the positions have the shape (M, 2), the delay is a number.
    """
    with np.load(path) as data:
        imu_t, accel, yaw_rate = (np.asarray(data[name], dtype=float) for name in ("imu_t", "accel", "yaw_rate"))
        gnss_t, gnss_xy, ask_t = (np.asarray(data[name], dtype=float) for name in ("gnss_t", "gnss_xy", "ask_t"))
        return imu_t, accel, yaw_rate, gnss_t, gnss_xy, float(data["delay"]), ask_t


def align_clocks(gnss_t: np.ndarray, delay: float) -> np.ndarray:
    """Date the satellite fixes on the clock of the inertial unit.

    Args:
        gnss_t: time stamps of the fixes in s, shape (M,).
        delay: age of a position at its time stamp in s.

    Returns:
        Times at which the vehicle was at the fixes in s, shape (M,).
    """
    return gnss_t - delay


def fit_motion(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, fix_t: np.ndarray, gnss_xy: np.ndarray
) -> np.ndarray:
    """Fit the start of the drive and the sensor biases so that the reckoned path meets the fixes.

    The first seconds alone are fitted first, then more and more fixes, so that no turn is guessed the wrong way round.

    Args:
        imu_t: times of the inertial readings in s, shape (N,).
        accel: forward acceleration in m/s2, shape (N,).
        yaw_rate: turn rate, counter-clockwise positive, in rad/s, shape (N,).
        fix_t: times of the fixes in s, shape (M,).
        gnss_xy: positions in m, shape (M, 2).

    Returns:
        x (m), y (m), heading (rad), speed (m/s) at the first reading, bias of the acceleration (m/s2) and of the turn
        rate (rad/s), shape (6,).
    """

    def misfit(motion: np.ndarray, used: np.ndarray) -> np.ndarray:
        x0, y0, heading0, speed0, accel_bias, yaw_bias = motion
        heading = heading0 + integrate.cumulative_trapezoid(yaw_rate - yaw_bias, imu_t, initial=0.0)
        speed = speed0 + integrate.cumulative_trapezoid(accel - accel_bias, imu_t, initial=0.0)
        x = x0 + integrate.cumulative_trapezoid(speed * np.cos(heading), imu_t, initial=0.0)
        y = y0 + integrate.cumulative_trapezoid(speed * np.sin(heading), imu_t, initial=0.0)
        found = np.stack([np.interp(fix_t, imu_t, x), np.interp(fix_t, imu_t, y)], axis=1)
        return (found - gnss_xy)[used].ravel()

    early = fix_t < fix_t[0] + 4.0
    rate_x, rate_y = np.polyfit(fix_t[early], gnss_xy[early], 1)[0]
    motion = np.array([*gnss_xy[0], math.atan2(rate_y, rate_x), math.hypot(rate_x, rate_y), 0.0, 0.0])
    sizes = [1.0, 1.0, 0.1, 1.0, 0.1, 0.01]
    for horizon in (8.0, 16.0, np.inf):
        used = fix_t < fix_t[0] + horizon
        motion = optimize.least_squares(misfit, motion, x_scale=sizes, args=(used,), xtol=1e-6, max_nfev=12).x
    return motion


def reckon_positions(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, motion: np.ndarray, ask_t: np.ndarray
) -> list[list[float]]:
    """Integrate the inertial readings and read the path at the times asked for.

    Args:
        imu_t: times of the inertial readings in s, shape (N,).
        accel: forward acceleration in m/s2, shape (N,).
        yaw_rate: turn rate in rad/s, shape (N,).
        motion: x, y, heading, speed at the first reading, biases of acceleration and turn rate, shape (6,).
        ask_t: times in s, shape (K,).

    Returns:
        x and y in m for each time asked for.
    """
    x0, y0, heading0, speed0, accel_bias, yaw_bias = motion
    heading = heading0 + integrate.cumulative_trapezoid(yaw_rate - yaw_bias, imu_t, initial=0.0)
    speed = speed0 + integrate.cumulative_trapezoid(accel - accel_bias, imu_t, initial=0.0)
    x = x0 + integrate.cumulative_trapezoid(speed * np.cos(heading), imu_t, initial=0.0)
    y = y0 + integrate.cumulative_trapezoid(speed * np.sin(heading), imu_t, initial=0.0)
    return np.stack([np.interp(ask_t, imu_t, x), np.interp(ask_t, imu_t, y)], axis=1).tolist()


def fit_motion_newton(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, fix_t: np.ndarray, gnss_xy: np.ndarray
) -> np.ndarray:
    """Take Gauss-Newton steps with numeric derivatives, on the first seconds at first and on all fixes at last."""
    steps = np.diff(imu_t, prepend=imu_t[0])
    since = imu_t - imu_t[0]
    turned, gained = np.cumsum(yaw_rate * steps), np.cumsum(accel * steps)

    def path(motion: np.ndarray) -> np.ndarray:
        heading = motion[2] + turned - motion[5] * since
        speed = motion[3] + gained - motion[4] * since
        x = motion[0] + np.cumsum(speed * np.cos(heading) * steps)
        y = motion[1] + np.cumsum(speed * np.sin(heading) * steps)
        return np.concatenate([np.interp(fix_t, imu_t, x), np.interp(fix_t, imu_t, y)])

    target = gnss_xy.T.ravel()
    early = fix_t < fix_t[0] + 4.0
    rate = np.polyfit(fix_t[early], gnss_xy[early], 1)[0]
    motion = np.array([*gnss_xy[0], np.arctan2(rate[1], rate[0]), np.hypot(*rate), 0.0, 0.0])
    sizes = np.array([0.01, 0.01, 1e-4, 1e-3, 1e-4, 1e-6])
    for horizon in (8.0, 8.0, 8.0, 16.0, 16.0, 16.0, 25.0, 25.0, *[1e9] * 8):
        used = np.tile(fix_t < fix_t[0] + horizon, 2)
        now = path(motion)
        columns = [(path(motion + step) - now) / size for step, size in zip(np.diag(sizes), sizes)]
        slopes = np.stack(columns, axis=1)[used]
        normal = slopes.T @ slopes
        damped = normal + np.diag(1e-6 * normal.diagonal() + 1e-9)
        motion = motion + np.linalg.solve(damped, slopes.T @ (target - now)[used])
    return motion


def fit_motion_separable(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, fix_t: np.ndarray, gnss_xy: np.ndarray
) -> np.ndarray:
    """Search heading and its drift alone: with these known the path is linear in place, speed and acceleration bias."""
    since = imu_t - imu_t[0]
    turned = integrate.cumulative_trapezoid(yaw_rate, imu_t, initial=0.0)
    gained = integrate.cumulative_trapezoid(accel, imu_t, initial=0.0)
    ones, zeros = np.ones(fix_t.size), np.zeros(fix_t.size)

    def along(weights: np.ndarray) -> np.ndarray:
        return np.interp(fix_t, imu_t, integrate.cumulative_trapezoid(weights, imu_t, initial=0.0))

    def linear(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        heading = angles[0] + turned - angles[1] * since
        c, s = np.cos(heading), np.sin(heading)
        x = np.stack([ones, zeros, along(c), -along(since * c)], axis=1)
        y = np.stack([zeros, ones, along(s), -along(since * s)], axis=1)
        table = np.vstack([x, y])
        target = np.concatenate([gnss_xy[:, 0] - along(gained * c), gnss_xy[:, 1] - along(gained * s)])
        found = np.linalg.lstsq(table, target, rcond=None)[0]
        return found, table @ found - target

    early = fix_t < fix_t[0] + 4.0
    rate_x, rate_y = np.polyfit(fix_t[early], gnss_xy[early], 1)[0]
    start = [math.atan2(rate_y, rate_x), 0.0]
    angles = optimize.least_squares(lambda a: linear(a)[1], start, x_scale=[0.1, 0.01]).x
    x0, y0, speed0, accel_bias = linear(angles)[0]
    return np.array([x0, y0, angles[0], speed0, accel_bias, angles[1]])


def reckon_positions_loop(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, motion: np.ndarray, ask_t: np.ndarray
) -> list[list[float]]:
    """Move on reading by reading with the mean heading and speed of each interval."""
    x, y, heading, speed, accel_bias, yaw_bias = (float(value) for value in motion)
    xs, ys = [x], [y]
    for k in range(1, imu_t.size):
        dt = float(imu_t[k] - imu_t[k - 1])
        turn = dt * (0.5 * float(yaw_rate[k] + yaw_rate[k - 1]) - yaw_bias)
        gain = dt * (0.5 * float(accel[k] + accel[k - 1]) - accel_bias)
        x += dt * (speed + gain / 2) * math.cos(heading + turn / 2)
        y += dt * (speed + gain / 2) * math.sin(heading + turn / 2)
        heading += turn
        speed += gain
        xs.append(x)
        ys.append(y)
    return [[float(np.interp(t, imu_t, xs)), float(np.interp(t, imu_t, ys))] for t in ask_t]


def fit_motion_unbiased(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, fix_t: np.ndarray, gnss_xy: np.ndarray
) -> np.ndarray:
    """Take heading and speed before the tunnel and trust the sensors."""
    gap = int(np.argmax(np.diff(fix_t)))
    near = (fix_t <= fix_t[gap]) & (fix_t > fix_t[gap] - 3.0)
    rate_x, rate_y = np.polyfit(fix_t[near], gnss_xy[near], 1)[0]
    middle = float(fix_t[near].mean())
    turned = integrate.cumulative_trapezoid(yaw_rate, imu_t, initial=0.0)
    gained = integrate.cumulative_trapezoid(accel, imu_t, initial=0.0)
    heading0 = math.atan2(rate_y, rate_x) - float(np.interp(middle, imu_t, turned))
    speed0 = math.hypot(rate_x, rate_y) - float(np.interp(middle, imu_t, gained))
    x = integrate.cumulative_trapezoid((speed0 + gained) * np.cos(heading0 + turned), imu_t, initial=0.0)
    y = integrate.cumulative_trapezoid((speed0 + gained) * np.sin(heading0 + turned), imu_t, initial=0.0)
    x0, y0 = gnss_xy[gap, 0] - np.interp(fix_t[gap], imu_t, x), gnss_xy[gap, 1] - np.interp(fix_t[gap], imu_t, y)
    return np.array([x0, y0, heading0, speed0, 0.0, 0.0])


def fit_motion_none(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, fix_t: np.ndarray, gnss_xy: np.ndarray
) -> np.ndarray:
    """Pass on the last fix before the tunnel and the mean velocity from there to the first fix after it."""
    gap = int(np.argmax(np.diff(fix_t)))
    rate = (gnss_xy[gap + 1] - gnss_xy[gap]) / (fix_t[gap + 1] - fix_t[gap])
    return np.array([*gnss_xy[gap], *rate, fix_t[gap], 0.0])


def reckon_positions_hold(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, motion: np.ndarray, ask_t: np.ndarray
) -> list[list[float]]:
    """Stay where the vehicle was last seen."""
    return [[float(motion[0]), float(motion[1])] for _ in ask_t]


def reckon_positions_line(
    imu_t: np.ndarray, accel: np.ndarray, yaw_rate: np.ndarray, motion: np.ndarray, ask_t: np.ndarray
) -> list[list[float]]:
    """Go straight from the last fix before the tunnel to the first one after it."""
    since = ask_t - motion[4]
    return np.stack([motion[0] + motion[2] * since, motion[1] + motion[3] * since], axis=1).tolist()
