"""Right and wrong programs of T033, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import interpolate, sparse
from scipy.sparse import linalg


def load_noisy_track(path: str) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Read a track and its two scales from a JSON file.

    Args:
        path: JSON object with the lists time_s, x_m, y_m, and noise_m and accel_m_s2.

    Returns:
        Times in s, shape (N,), positions in m, shape (N, 2), standard deviation of a position in m, and typical
        acceleration in a turn in m/s^2.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    fixes = np.array([data["x_m"], data["y_m"]], dtype=float).T.reshape(-1, 2)
    return np.array(data["time_s"], dtype=float), fixes, float(data["noise_m"]), float(data["accel_m_s2"])


def constant_velocity_filter(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Run a Kalman filter with constant velocity forward over the track.

    Both axes share one covariance. Process noise: a random acceleration that is constant between two fixes,
    Q = accel^2 [[dt^4/4, dt^3/2], [dt^3/2, dt^2]].

    Args:
        times: times of the fixes in s, shape (N,), ascending.
        fixes: measured positions in m, shape (N, 2).
        noise_m: standard deviation of a position in m.
        accel: standard deviation of the acceleration in m/s^2.

    Returns:
        Positions and velocities (m, m/s), shape (N, 2, 2) with state by axis, and their covariances, shape (N, 2, 2).
    """
    states, covariances = np.zeros((times.size, 2, 2)), np.zeros((times.size, 2, 2))
    for k in range(times.size):
        if k == 0:
            state = np.stack([fixes[0], np.zeros(2)])
            covariance = np.diag([noise_m**2, 100.0**2])
        else:
            dt = times[k] - times[k - 1]
            move = np.array([[1.0, dt], [0.0, 1.0]])
            push = np.array([[dt**2 / 2.0], [dt]]) * accel
            state = move @ state
            covariance = move @ covariance @ move.T + push @ push.T
            gain = covariance[:, :1] / (covariance[0, 0] + noise_m**2)
            state = state + gain * (fixes[k] - state[0])
            covariance = covariance - gain @ covariance[:1, :]
        states[k], covariances[k] = state, covariance
    return states, covariances


def backward_smoothing(times: np.ndarray, states: np.ndarray, covariances: np.ndarray, accel: float) -> np.ndarray:
    """Smooth the filtered track backward in time (Rauch, Tung, Striebel).

    Args:
        times: times of the fixes in s, shape (N,).
        states: filtered positions and velocities, shape (N, 2, 2).
        covariances: their covariances, shape (N, 2, 2).
        accel: standard deviation of the acceleration in m/s^2.

    Returns:
        Smoothed positions in m, shape (N, 2).
    """
    smooth = states.copy()
    for k in range(times.size - 2, -1, -1):
        dt = times[k + 1] - times[k]
        move = np.array([[1.0, dt], [0.0, 1.0]])
        push = np.array([[dt**2 / 2.0], [dt]]) * accel
        ahead = move @ covariances[k] @ move.T + push @ push.T
        gain = np.linalg.solve(ahead, move @ covariances[k]).T
        smooth[k] = states[k] + gain @ (smooth[k + 1] - move @ states[k])
    return smooth[:, 0, :]


def track_as_lists(smooth: np.ndarray) -> tuple[list[float], list[float]]:
    """Split smoothed positions into their two coordinates.

    Args:
        smooth: positions in m, shape (N, 2).

    Returns:
        x and y in m, N values each.
    """
    return smooth[:, 0].tolist(), smooth[:, 1].tolist()


def constant_velocity_filter_least_squares(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise (distance to the fixes / noise)^2 + (second difference / acceleration)^2 over all positions at once."""
    count = times.size
    track = fixes
    if count > 2:
        gaps = np.diff(times)
        slope = sparse.diags([-1.0 / gaps, 1.0 / gaps], [0, 1], shape=(count - 1, count))
        middle = (gaps[1:] + gaps[:-1]) / 2.0
        bend = sparse.diags([-1.0 / middle, 1.0 / middle], [0, 1], shape=(count - 2, count - 1)) @ slope
        weight = (noise_m / accel) ** 2
        track = linalg.spsolve((sparse.eye(count) + weight * bend.T @ bend).tocsc(), fixes)
    return np.stack([track, np.zeros_like(track)], axis=1), np.zeros((count, 2, 2))


def constant_velocity_filter_spline(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a cubic smoothing spline whose stiffness follows from noise, acceleration and spacing."""
    track = fixes
    if times.size >= 5:
        stiffness = noise_m**2 / (accel**2 * float(np.median(np.diff(times))))
        track = interpolate.make_smoothing_spline(times, fixes, lam=stiffness)(times)
    return np.stack([track, np.zeros_like(track)], axis=1), np.zeros((times.size, 2, 2))


def constant_velocity_filter_parabolas(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a parabola around each fix, neighbours weighted by a bell as wide as noise and acceleration allow."""
    track = fixes.copy()
    if times.size >= 5:
        spacing = float(np.median(np.diff(times)))
        width = max(2.2 * spacing, 1.6 * (noise_m / accel) ** 0.4 * spacing**0.2)
        for k, now in enumerate(times):
            bell = np.exp(-0.25 * ((times - now) / width) ** 2)
            basis = np.vander((times - now) / width, 3) * bell[:, None]
            track[k] = np.linalg.lstsq(basis, fixes * bell[:, None], rcond=None)[0][2]
    return np.stack([track, np.zeros_like(track)], axis=1), np.zeros((times.size, 2, 2))


def backward_smoothing_none(times: np.ndarray, states: np.ndarray, covariances: np.ndarray, accel: float) -> np.ndarray:
    """Keep the positions as they are."""
    return states[:, 0, :]


def constant_velocity_filter_identity(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Take the fixes for the track."""
    return np.stack([fixes, np.zeros_like(fixes)], axis=1), np.zeros((times.size, 2, 2))


def constant_velocity_filter_trailing(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Average each fix with the seven before it."""
    track = np.array([fixes[max(0, k - 7) : k + 1].mean(axis=0) for k in range(times.size)]).reshape(-1, 2)
    return np.stack([track, np.zeros_like(track)], axis=1), np.zeros((times.size, 2, 2))


def constant_velocity_filter_valid(
    times: np.ndarray, fixes: np.ndarray, noise_m: float, accel: float
) -> tuple[np.ndarray, np.ndarray]:
    """Average five fixes and lose two at each end."""
    track = np.array([fixes[k - 2 : k + 3].mean(axis=0) for k in range(2, times.size - 2)]).reshape(-1, 2)
    return np.stack([track, np.zeros_like(track)], axis=1), np.zeros((len(track), 2, 2))
