"""Right and wrong programs of T018, one function per step. Read as text, never imported."""

import numpy as np
from scipy import ndimage


def load_inertial_readings(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read time, acceleration and rate of turn from a CSV file.

    Args:
        path: CSV with a header and the columns time (s), ay, az (g), gx (°/s).

    Returns:
        Time in s, shape (N,); acceleration along y and z in g, shape (N, 2); rate of turn in °/s, shape (N,).
    """
    with open(path, encoding="utf-8") as file:
        rows = [[float(cell) for cell in line.split(",")] for line in file.readlines()[1:] if line.strip()]
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return table[:, 0], table[:, 1:3], table[:, 3]


def tilt_from_gravity(acc: np.ndarray) -> np.ndarray:
    """Give the tilt that the direction of gravity alone shows.

    Args:
        acc: acceleration along y and z in g, shape (N, 2).

    Returns:
        Tilt in degrees from -180 to 180, shape (N,).
    """
    return np.degrees(np.arctan2(acc[:, 0], acc[:, 1]))


def remove_gyro_bias(time: np.ndarray, gyro: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """Find the constant bias of the gyroscope and take it away.

    Args:
        time: time of each reading in s, shape (N,).
        gyro: rate of turn in °/s, shape (N,).
        rough: tilt from gravity alone in degrees, shape (N,).

    Returns:
        Rate of turn without bias in °/s, shape (N,).
    """
    if time.size < 10:
        return gyro
    steps = np.diff(time, prepend=time[0])
    width = max(1, round(2.0 / float(np.median(steps[1:]))))
    direction = np.exp(1j * np.radians(np.cumsum(gyro * steps) - rough))
    drift = np.degrees(np.unwrap(np.angle(np.convolve(direction, np.ones(width), mode="valid"))))
    bias = np.polyfit(time[: drift.size], drift, 1)[0]
    return gyro - bias


def fuse_tilt(time: np.ndarray, rough: np.ndarray, turn: np.ndarray) -> list[float]:
    """Join the rate of turn and the tilt from gravity in a complementary filter.

    Args:
        time: time of each reading in s, shape (N,).
        rough: tilt from gravity alone in degrees, shape (N,).
        turn: rate of turn without bias in °/s, shape (N,).

    Returns:
        Tilt in degrees, one value per reading.
    """
    if time.size == 0:
        return []
    steps = np.diff(time, prepend=time[0])
    turned = np.cumsum(turn * steps)
    early = time - time[0] < 3.0
    angle = float(np.degrees(np.angle(np.sum(np.exp(1j * np.radians(rough[early] - turned[early]))))))
    tilt = np.empty(time.size)
    for k, step in enumerate(steps):
        angle += turn[k] * step
        gap = (rough[k] - angle + 180.0) % 360.0 - 180.0
        angle += step / (3.0 + step) * min(max(gap, -20.0), 20.0)
        tilt[k] = angle
    return tilt.tolist()


def remove_gyro_bias_none(time: np.ndarray, gyro: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """Leave the rate as it is."""
    return gyro


def fuse_tilt_kalman(time: np.ndarray, rough: np.ndarray, turn: np.ndarray) -> list[float]:
    """Kalman filter over angle and bias, run forward and, with the bias it found, forward again."""
    if time.size == 0:
        return []
    steps = np.diff(time, prepend=time[0])
    bias, tilt = 0.0, np.empty(time.size)
    early = rough[: max(1, int(np.count_nonzero(time - time[0] < 1.0)))]
    for spread in (9.0, 0.01):
        state = np.array([np.median(early), bias])
        cover = np.diag([25.0, spread])
        for k, step in enumerate(steps):
            move = np.array([[1.0, -step], [0.0, 1.0]])
            state = move @ state + np.array([turn[k] * step, 0.0])
            cover = move @ cover @ move.T + np.diag([0.02 * step, 1e-7 * step])
            gap = (rough[k] - state[0] + 180.0) % 360.0 - 180.0
            gain = cover[:, 0] / (cover[0, 0] + (36.0 if abs(gap) < 20.0 else 400.0))
            state = state + gain * min(max(gap, -25.0), 25.0)
            cover = cover - np.outer(gain, cover[0])
            tilt[k] = state[0]
        bias = state[1]
    return tilt.tolist()


def fuse_tilt_two_ways(time: np.ndarray, rough: np.ndarray, turn: np.ndarray) -> list[float]:
    """Integral of the rate plus the direction that gravity adds to it, averaged over 4 s around each reading."""
    if time.size == 0:
        return []
    turned = np.cumsum(turn * np.diff(time, prepend=time[0]))
    direction = np.exp(1j * np.radians(rough - turned))
    width = 2 * round(2.0 * (time.size - 1) / max(float(time[-1] - time[0]), 1e-9)) + 1
    real = ndimage.uniform_filter1d(direction.real, width, mode="nearest")
    imaginary = ndimage.uniform_filter1d(direction.imag, width, mode="nearest")
    return (turned + np.degrees(np.arctan2(imaginary, real))).tolist()


def fuse_tilt_gravity(time: np.ndarray, rough: np.ndarray, turn: np.ndarray) -> list[float]:
    """Gravity alone."""
    return rough.tolist()


def fuse_tilt_gyro(time: np.ndarray, rough: np.ndarray, turn: np.ndarray) -> list[float]:
    """Integral of the rate from the first angle of gravity."""
    return (np.cumsum(turn * np.diff(time, prepend=time[:1])) + rough[:1].sum()).tolist()


def tilt_from_gravity_sine(acc: np.ndarray) -> np.ndarray:
    """Arc sine of the y axis alone."""
    return np.degrees(np.arcsin(np.clip(acc[:, 0], -1.0, 1.0)))
