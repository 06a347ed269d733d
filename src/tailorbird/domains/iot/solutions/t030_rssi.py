"""Right and wrong programs of T030, one function per step. Read as text, never imported."""

import json
import math
import statistics

import numpy as np
from scipy import optimize


def load_anchor_readings(path: str) -> tuple[np.ndarray, list[list[float]], float, float]:
    """Read anchors, their readings and the path-loss law from a JSON file.

    Args:
        path: JSON object with level_1m_dbm (dBm), exponent, and anchors with x_m, y_m (m) and rssi_dbm (dBm or null).

    Returns:
        Places in m, shape (A, 2); readings in dBm of each anchor without the lost ones; level at 1 m in dBm; exponent.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    places = [[anchor["x_m"], anchor["y_m"]] for anchor in data["anchors"]]
    readings = [[float(value) for value in anchor["rssi_dbm"] if value is not None] for anchor in data["anchors"]]
    anchors = np.array(places, dtype=float).reshape(-1, 2)
    return anchors, readings, float(data["level_1m_dbm"]), float(data["exponent"])


def typical_anchor_levels(readings: list[list[float]]) -> np.ndarray:
    """Estimate the undisturbed level at each anchor by the median, which a few dips hardly move.

    Args:
        readings: readings of each anchor in dBm.

    Returns:
        Typical level of each anchor in dBm, shape (A,); NaN without readings.
    """
    return np.array([np.median(values) if values else np.nan for values in readings], dtype=float)


def path_loss_distances(levels: np.ndarray, level_1m: float, exponent: float) -> np.ndarray:
    """Turn levels into distances by the log-distance law, d = 10^((P0 - P) / (10 n)).

    Args:
        levels: typical level of each anchor in dBm, shape (A,).
        level_1m: level at 1 m in dBm.
        exponent: path-loss exponent n.

    Returns:
        Distance of the tag to each anchor in m, shape (A,); NaN where the level is.
    """
    return 10.0 ** ((level_1m - levels) / (10.0 * exponent))


def multilaterate_tag(anchors: np.ndarray, distances: np.ndarray) -> tuple[float | None, float | None]:
    """Find the place that fits all distances best, in the sense of least squares of the logarithms.

    Args:
        anchors: places of the anchors in m, shape (A, 2).
        distances: distance of the tag to each anchor in m, shape (A,), NaN if unknown.

    Returns:
        Coordinates x and y in m; none for both below three known distances.
    """
    known = np.isfinite(distances)
    if known.sum() < 3:
        return None, None
    fixed, reach = anchors[known], distances[known]

    def mismatch(place: np.ndarray) -> np.ndarray:
        return np.log((np.hypot(*(fixed - place).T) + 1e-9) / reach)

    starts = [fixed.mean(axis=0), *(0.7 * fixed + 0.3 * fixed.mean(axis=0))]
    fits = [optimize.least_squares(mismatch, start, method="lm") for start in starts]
    best = min(fits, key=lambda fit: fit.cost)
    return float(best.x[0]), float(best.x[1])


def multilaterate_tag_grid(anchors: np.ndarray, distances: np.ndarray) -> tuple[float | None, float | None]:
    """Try every place of a grid over the anchors' area, then a finer grid around the best."""
    known = np.isfinite(distances)
    if known.sum() < 3:
        return None, None
    fixed, reach = anchors[known], distances[known]
    centre = (fixed.min(axis=0) + fixed.max(axis=0)) / 2
    half = np.ptp(fixed, axis=0).max() / 2 + 0.5
    for _ in range(4):
        x, y = np.meshgrid(np.linspace(-half, half, 41) + centre[0], np.linspace(-half, half, 41) + centre[1])
        gaps = np.hypot(x[..., None] - fixed[:, 0], y[..., None] - fixed[:, 1]) + 1e-9
        cost = (np.log(gaps / reach) ** 2).sum(axis=-1)
        best = np.unravel_index(np.argmin(cost), cost.shape)
        centre, half = np.array([x[best], y[best]]), half / 8
    return float(centre[0]), float(centre[1])


def multilaterate_tag_newton(anchors: np.ndarray, distances: np.ndarray) -> tuple[float | None, float | None]:
    """Take Gauss-Newton steps on distance errors that are weighted with 1 / distance."""
    known = np.isfinite(distances)
    if known.sum() < 3:
        return None, None
    fixed, reach = anchors[known], distances[known]
    best, lowest = fixed.mean(axis=0), np.inf
    for start in (fixed.T @ (1 / reach**2) / (1 / reach**2).sum(), fixed.mean(axis=0)):
        place = start
        for _ in range(60):
            offset = place - fixed
            gap = np.hypot(*offset.T) + 1e-6
            slope = offset / gap[:, None] / reach[:, None]
            step = np.linalg.lstsq(slope, 1.0 - gap / reach, rcond=None)[0]
            place = place + 0.5 * step
        cost = float(np.sum((np.hypot(*(place - fixed).T) / reach - 1.0) ** 2))
        if cost < lowest:
            best, lowest = place, cost
    return float(best[0]), float(best[1])


def typical_anchor_levels_clipped(readings: list[list[float]]) -> np.ndarray:
    """Average the readings that lie within 4 dB of their median."""
    levels = []
    for values in readings:
        if not values:
            levels.append(float("nan"))
            continue
        array = np.array(values)
        middle = np.median(array)
        levels.append(float(array[np.abs(array - middle) <= 4.0].mean()))
    return np.array(levels)


def typical_anchor_levels_statistics(readings: list[list[float]]) -> np.ndarray:
    """Take the median of the standard library."""
    return np.array([statistics.median(values) if values else math.nan for values in readings], dtype=float)


def path_loss_distances_loop(levels: np.ndarray, level_1m: float, exponent: float) -> np.ndarray:
    """Invert the law for one anchor after the other."""
    distances = []
    for level in levels:
        loss = level_1m - level
        distances.append(math.pow(10.0, loss / (10.0 * exponent)) if not math.isnan(level) else math.nan)
    return np.array(distances)


def multilaterate_tag_centre(anchors: np.ndarray, distances: np.ndarray) -> tuple[float | None, float | None]:
    """Answer with the centre of the anchors."""
    if np.isfinite(distances).sum() < 3:
        return None, None
    return float(anchors[:, 0].mean()), float(anchors[:, 1].mean())


def multilaterate_tag_nearest(anchors: np.ndarray, distances: np.ndarray) -> tuple[float | None, float | None]:
    """Answer with the place of the nearest anchor."""
    if np.isfinite(distances).sum() < 3:
        return None, None
    best = int(np.nanargmin(distances))
    return float(anchors[best, 0]), float(anchors[best, 1])
