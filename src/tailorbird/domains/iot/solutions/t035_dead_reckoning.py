"""Right and wrong programs of T035, one function per step. Read as text, never imported."""

import math

import numpy as np
from scipy import optimize


def load_steps(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the steps of a walk.

    Args:
        path: CSV with a header and the columns step_m (m) and heading_deg (deg).

    Returns:
        Lengths of the steps in m and compass headings in rad, both of shape (N,).
    """
    with open(path, encoding="utf-8") as file:
        rows = [line.split(",") for line in file.read().splitlines()[1:] if line]
    table = np.array(rows, dtype=float).reshape(-1, 2)
    return table[:, 0], np.radians(table[:, 1])


def loop_closing_drift(lengths: np.ndarray, headings: np.ndarray) -> float:
    """Find the heading drift per step that closes the walk.

    Args:
        lengths: lengths of the steps in m, shape (N,).
        headings: compass headings in rad, shape (N,).

    Returns:
        Drift per step in rad, at most 80 degrees over the walk; 0 below two steps.
    """
    if lengths.size < 2:
        return 0.0
    number = np.arange(lengths.size)

    def end_distance(drift: float) -> float:
        return float(np.abs(np.sum(lengths * np.exp(1j * (headings - drift * number)))))

    limit = np.radians(80.0) / lengths.size
    grid = np.linspace(-limit, limit, 161)
    best = grid[np.argmin([end_distance(drift) for drift in grid])]
    step = grid[1] - grid[0]
    return float(optimize.minimize_scalar(end_distance, bounds=(best - step, best + step), method="bounded").x)


def correct_headings(headings: np.ndarray, drift: float) -> np.ndarray:
    """Take the drift out of the headings.

    Args:
        headings: compass headings in rad, shape (N,).
        drift: drift per step in rad.

    Returns:
        Headings without drift in rad, shape (N,).
    """
    return headings - drift * np.arange(headings.size)


def add_up_steps(lengths: np.ndarray, corrected: np.ndarray) -> tuple[list[float], list[float]]:
    """Sum step vectors to a path.

    Args:
        lengths: lengths of the steps in m, shape (N,).
        corrected: compass headings without drift in rad, shape (N,).

    Returns:
        Places east and north of the start in m, N + 1 each.
    """
    east = np.concatenate([[0.0], np.cumsum(lengths * np.sin(corrected))])
    north = np.concatenate([[0.0], np.cumsum(lengths * np.cos(corrected))])
    return east.tolist(), north.tolist()


def loop_closing_drift_newton(lengths: np.ndarray, headings: np.ndarray) -> float:
    """Take Gauss-Newton steps on the two coordinates of the end, from several starting drifts."""
    if lengths.size < 2:
        return 0.0
    number = np.arange(lengths.size)
    limit = np.radians(80.0) / lengths.size
    best, least = 0.0, np.inf
    for drift in np.linspace(-0.9, 0.9, 7) * limit:
        for _ in range(20):
            turned = lengths * np.exp(1j * (headings - drift * number))
            end, slope = turned.sum(), (-1j * number * turned).sum()
            change = (end * np.conj(slope)).real / abs(slope) ** 2
            drift = float(np.clip(drift - change, -limit, limit))
        distance = abs(np.sum(lengths * np.exp(1j * (headings - drift * number))))
        if distance < least:
            best, least = drift, distance
    return best


def loop_closing_drift_bounded(lengths: np.ndarray, headings: np.ndarray) -> float:
    """Search eight intervals of drift one by one and keep the best end."""
    if lengths.size < 2:
        return 0.0
    number = np.arange(lengths.size)

    def square(drift: float) -> float:
        angle = headings - drift * number
        return float((lengths @ np.sin(angle)) ** 2 + (lengths @ np.cos(angle)) ** 2)

    edges = np.linspace(-1.0, 1.0, 9) * math.radians(80.0) / lengths.size
    options = {"xatol": 1e-8}
    fits = [
        optimize.minimize_scalar(square, bounds=pair, method="bounded", options=options)
        for pair in zip(edges[:-1], edges[1:])
    ]
    return float(min(fits, key=lambda fit: fit.fun).x)


def add_up_steps_complex(lengths: np.ndarray, corrected: np.ndarray) -> tuple[list[float], list[float]]:
    """Write a step as a complex number, north real and east imaginary."""
    path = np.concatenate([[0j], np.cumsum(lengths * np.exp(1j * corrected))])
    return path.imag.tolist(), path.real.tolist()


def correct_headings_loop(headings: np.ndarray, drift: float) -> np.ndarray:
    """Subtract the drift that has gathered before each step."""
    gathered, corrected = 0.0, []
    for heading in headings:
        corrected.append(heading - gathered)
        gathered += drift
    return np.array(corrected, dtype=float)


def add_up_steps_loop(lengths: np.ndarray, corrected: np.ndarray) -> tuple[list[float], list[float]]:
    """Walk step by step."""
    x_m, y_m = [0.0], [0.0]
    for length, heading in zip(lengths.tolist(), corrected.tolist()):
        x_m.append(x_m[-1] + length * math.sin(heading))
        y_m.append(y_m[-1] + length * math.cos(heading))
    return x_m, y_m


def add_up_steps_none(lengths: np.ndarray, corrected: np.ndarray) -> tuple[list[float], list[float]]:
    """Stay at the start."""
    return [0.0] * (lengths.size + 1), [0.0] * (lengths.size + 1)


def correct_headings_none(headings: np.ndarray, drift: float) -> np.ndarray:
    """Leave the headings as they are."""
    return headings


def add_up_steps_pulled(lengths: np.ndarray, corrected: np.ndarray) -> tuple[list[float], list[float]]:
    """Sum the steps and pull the end back to the start evenly."""
    path = np.concatenate([[0j], np.cumsum(lengths * np.exp(1j * corrected))])
    path = path - path[-1] * np.linspace(0.0, 1.0, path.size)
    return path.imag.tolist(), path.real.tolist()
