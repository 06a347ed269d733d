"""Right and wrong programs of T034, one function per step. Read as text, never imported."""

import json
import math

import numpy as np
from scipy import ndimage


def load_radar_scans(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[float, float], float]:
    """Read range and bearing scans with their noise and the typical acceleration.

    Args:
        path: JSON object with time_s (s), range_m (m), bearing_deg, range_sigma_m (m), bearing_sigma_deg, accel_m_s2.

    Returns:
        Times in s, ranges in m and bearings in rad, each of shape (N,); standard deviations of range in m and bearing
        in rad; typical acceleration in m/s^2.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    times = np.array(data["time_s"], dtype=float)
    ranges = np.array(data["range_m"], dtype=float)
    bearings = np.radians(data["bearing_deg"])
    sigmas = float(data["range_sigma_m"]), math.radians(data["bearing_sigma_deg"])
    return times, ranges, bearings, sigmas, float(data["accel_m_s2"])


def extended_kalman_filter(
    times: np.ndarray, ranges: np.ndarray, bearings: np.ndarray, sigmas: tuple[float, float], accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Filter the scans forward with a constant-velocity model.

    Args:
        times: times of the scans in s, shape (N,).
        ranges: measured ranges in m, shape (N,).
        bearings: measured bearings in rad, shape (N,).
        sigmas: standard deviations of range in m and bearing in rad.
        accel: standard deviation of the acceleration in m/s^2.

    Returns:
        States x, y (m), vx, vy (m/s), shape (N, 4), and their covariances, shape (N, 4, 4).
    """
    states, covariances = np.zeros((times.size, 4)), np.zeros((times.size, 4, 4))
    noise = np.diag(sigmas) ** 2
    for k in range(times.size):
        if k == 0:
            spread = max(sigmas[0], ranges[0] * sigmas[1])
            state = np.array([ranges[0] * np.cos(bearings[0]), ranges[0] * np.sin(bearings[0]), 0.0, 0.0])
            covariance = np.diag([spread**2, spread**2, 100.0**2, 100.0**2])
        else:
            dt = times[k] - times[k - 1]
            move = np.eye(4) + dt * np.eye(4, k=2)
            push = accel * np.vstack([dt**2 / 2.0 * np.eye(2), dt * np.eye(2)])
            state = move @ state
            covariance = move @ covariance @ move.T + push @ push.T
            x, y = state[:2]
            r = np.hypot(x, y)
            slope = np.array([[x / r, y / r, 0.0, 0.0], [-y / r**2, x / r**2, 0.0, 0.0]])
            residual = np.array([ranges[k] - r, bearings[k] - np.arctan2(y, x)])
            residual[1] = (residual[1] + np.pi) % (2 * np.pi) - np.pi
            gain = covariance @ slope.T @ np.linalg.inv(slope @ covariance @ slope.T + noise)
            state = state + gain @ residual
            covariance = covariance - gain @ slope @ covariance
        states[k], covariances[k] = state, covariance
    return states, covariances


def smooth_radar_track(times: np.ndarray, states: np.ndarray, covariances: np.ndarray, accel: float) -> np.ndarray:
    """Let later scans correct earlier states (Rauch, Tung, Striebel).

    Args:
        times: times of the scans in s, shape (N,).
        states: filtered x, y (m), vx, vy (m/s), shape (N, 4).
        covariances: their covariances, shape (N, 4, 4).
        accel: standard deviation of the acceleration in m/s^2.

    Returns:
        Smoothed states, shape (N, 4).
    """
    smooth = states.copy()
    for k in range(times.size - 2, -1, -1):
        dt = times[k + 1] - times[k]
        move = np.eye(4) + dt * np.eye(4, k=2)
        push = accel * np.vstack([dt**2 / 2.0 * np.eye(2), dt * np.eye(2)])
        ahead = move @ covariances[k] @ move.T + push @ push.T
        gain = np.linalg.solve(ahead, move @ covariances[k]).T
        smooth[k] = states[k] + gain @ (smooth[k + 1] - move @ states[k])
    return smooth


def track_positions(smooth: np.ndarray) -> tuple[list[float], list[float]]:
    """Take the positions out of the states.

    Args:
        smooth: smoothed x, y (m), vx, vy (m/s), shape (N, 4).

    Returns:
        Positions along x and along y in m.
    """
    return smooth[:, 0].tolist(), smooth[:, 1].tolist()


def extended_kalman_filter_converted(
    times: np.ndarray, ranges: np.ndarray, bearings: np.ndarray, sigmas: tuple[float, float], accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Convert each scan to a position whose noise is turned along the line of sight, then filter linearly."""
    states, covariances = np.zeros((times.size, 4)), np.zeros((times.size, 4, 4))
    seen = np.eye(2, 4)
    state, covariance = np.zeros(4), np.zeros((4, 4))
    for k, (r, angle) in enumerate(zip(ranges, bearings)):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        place = turn @ [r, 0.0]
        noise = turn @ np.diag([sigmas[0] ** 2, (r * sigmas[1]) ** 2]) @ turn.T
        if k == 0:
            state = np.concatenate([place, [0.0, 0.0]])
            covariance[:2, :2], covariance[2:, 2:] = noise, 1e4 * np.eye(2)
        else:
            dt = times[k] - times[k - 1]
            move = np.eye(4) + dt * np.eye(4, k=2)
            push = np.array([[dt**2 / 2, 0], [0, dt**2 / 2], [dt, 0], [0, dt]]) * accel
            state, covariance = move @ state, move @ covariance @ move.T + push @ push.T
            gain = np.linalg.solve(covariance[:2, :2] + noise, covariance[:2]).T
            state = state + gain @ (place - state[:2])
            covariance = (np.eye(4) - gain @ seen) @ covariance
        states[k], covariances[k] = state, covariance
    return states, covariances


def smooth_radar_track_batch(
    times: np.ndarray, states: np.ndarray, covariances: np.ndarray, accel: float
) -> np.ndarray:
    """Solve for all states at once: each must follow from the one before, and the updates of the filter are undone.

    The information that each scan added is the difference between the filtered and the predicted information.
    """
    count = times.size
    if count < 2:
        return states.copy()
    matrix, right = np.zeros((4 * count, 4 * count)), np.zeros(4 * count)
    first = np.linalg.inv(covariances[0])
    matrix[:4, :4], right[:4] = first, first @ states[0]
    for k in range(1, count):
        dt = times[k] - times[k - 1]
        move = np.eye(4) + dt * np.eye(4, k=2)
        push = accel * np.vstack([dt**2 / 2.0 * np.eye(2), dt * np.eye(2)])
        random = push @ push.T + 1e-6 * accel**2 * np.diag([dt**4, dt**4, dt**2, dt**2])
        ahead = np.linalg.inv(move @ covariances[k - 1] @ move.T + push @ push.T)
        after, link = np.linalg.inv(covariances[k]), np.linalg.inv(random)
        here, before = slice(4 * k, 4 * k + 4), slice(4 * k - 4, 4 * k)
        matrix[here, here] += after - ahead + link
        matrix[before, before] += move.T @ link @ move
        matrix[here, before], matrix[before, here] = -link @ move, -(move.T) @ link
        right[here] = after @ states[k] - ahead @ (move @ states[k - 1])
    return np.linalg.solve(matrix, right).reshape(count, 4)


def extended_kalman_filter_joseph(
    times: np.ndarray, ranges: np.ndarray, bearings: np.ndarray, sigmas: tuple[float, float], accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Update range and bearing one after the other, with the covariance in Joseph's form."""
    if times.size == 0:
        return np.zeros((0, 4)), np.zeros((0, 4, 4))
    spread = max(sigmas[0], ranges[0] * sigmas[1])
    state = np.array([ranges[0] * math.cos(bearings[0]), ranges[0] * math.sin(bearings[0]), 0.0, 0.0])
    covariance = np.diag([spread**2, spread**2, 1e4, 1e4])
    states, covariances = [state], [covariance]
    for dt, r, angle in zip(np.diff(times), ranges[1:], bearings[1:]):
        move = np.eye(4)
        move[0, 2] = move[1, 3] = dt
        block = accel**2 * np.array([[dt**4 / 4, dt**3 / 2], [dt**3 / 2, dt**2]])
        state = move @ state
        covariance = move @ covariance @ move.T + np.kron(block, np.eye(2))
        for number in range(2):
            x, y = state[0], state[1]
            away = math.hypot(x, y)
            if number == 0:
                row, gap = np.array([x / away, y / away, 0.0, 0.0]), r - away
            else:
                row = np.array([-y / away**2, x / away**2, 0.0, 0.0])
                gap = math.remainder(angle - math.atan2(y, x), 2 * math.pi)
            gain = covariance @ row / (row @ covariance @ row + sigmas[number] ** 2)
            left = np.eye(4) - np.outer(gain, row)
            state = state + gain * gap
            covariance = left @ covariance @ left.T + sigmas[number] ** 2 * np.outer(gain, gain)
        states.append(state)
        covariances.append(covariance)
    return np.array(states), np.array(covariances)


def extended_kalman_filter_none(
    times: np.ndarray, ranges: np.ndarray, bearings: np.ndarray, sigmas: tuple[float, float], accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Convert the polar measurements only."""
    states = np.zeros((times.size, 4))
    states[:, 0], states[:, 1] = ranges * np.cos(bearings), ranges * np.sin(bearings)
    return states, np.zeros((times.size, 4, 4))


def extended_kalman_filter_average(
    times: np.ndarray, ranges: np.ndarray, bearings: np.ndarray, sigmas: tuple[float, float], accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Average range and bearing over nine scans, as if the bearing had no seam."""
    states = np.zeros((times.size, 4))
    if times.size:
        r, angle = ndimage.uniform_filter1d(ranges, 9), ndimage.uniform_filter1d(bearings, 9)
        states[:, 0], states[:, 1] = r * np.cos(angle), r * np.sin(angle)
    return states, np.zeros((times.size, 4, 4))


def smooth_radar_track_none(times: np.ndarray, states: np.ndarray, covariances: np.ndarray, accel: float) -> np.ndarray:
    """Leave the states as they are."""
    return states
