"""Right and wrong programs of T031, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import optimize


def load_delays(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read anchors, delays and the propagation speed.

    Args:
        path: JSON object with speed_m_s (m/s), anchors_m (m), reference (number) and delays_s (s, one list per event).

    Returns:
        Anchors in m, shape (A, 2), the reference first; delays of the other anchors in s, shape (K, A - 1); speed in m/s.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    places = np.array(data["anchors_m"], dtype=float)
    reference = int(data["reference"])
    anchors = np.vstack([places[reference], np.delete(places, reference, axis=0)])
    delays = np.array(data["delays_s"], dtype=float).reshape(-1, len(anchors) - 1)
    return anchors, delays, float(data["speed_m_s"])


def range_differences(delays: np.ndarray, speed: float) -> np.ndarray:
    """Turn delays into differences of distance to the anchors.

    Args:
        delays: arrival at each anchor minus arrival at the reference in s, shape (K, B).
        speed: propagation speed in m/s.

    Returns:
        Range differences in m, shape (K, B).
    """
    return delays * speed


def first_place_estimates(anchors: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Estimate each place from the linear form 2 a.p + 2 g r = |a|^2 - g^2, with the reference as origin.

    Args:
        anchors: places in m, shape (A, 2), the reference first.
        gaps: range differences in m, shape (K, A - 1).

    Returns:
        First estimate of each place in m, shape (K, 2).
    """
    origin = anchors[0]
    offset = anchors[1:] - origin
    centre, reach = anchors.mean(axis=0), np.ptp(anchors, axis=0).max()
    start = np.zeros((len(gaps), 2))
    for k, row in enumerate(gaps):
        matrix = np.column_stack([2.0 * offset, 2.0 * row])
        right = (offset**2).sum(axis=1) - row**2
        solution = np.linalg.lstsq(matrix, right, rcond=None)[0]
        place = origin + solution[:2]
        start[k] = place if np.hypot(*(place - centre)) < reach else centre
    return start


def refine_places(anchors: np.ndarray, gaps: np.ndarray, start: np.ndarray) -> tuple[list[float], list[float]]:
    """Improve each place by nonlinear least squares on the range differences.

    Args:
        anchors: places in m, shape (A, 2), the reference first.
        gaps: range differences in m, shape (K, A - 1).
        start: first estimate of each place in m, shape (K, 2).

    Returns:
        Coordinates x and y of each event in m.
    """
    x_m, y_m = [], []
    for row, guess in zip(gaps, start):

        def errors(place: np.ndarray, row: np.ndarray = row) -> np.ndarray:
            distance = np.hypot(*(anchors - place).T)
            return distance[1:] - distance[0] - row

        place = optimize.least_squares(errors, guess, method="lm", max_nfev=200).x
        x_m.append(float(place[0]))
        y_m.append(float(place[1]))
    return x_m, y_m


def range_differences_loop(delays: np.ndarray, speed: float) -> np.ndarray:
    """Multiply event by event and anchor by anchor."""
    rows = [[delay * speed for delay in event] for event in delays.tolist()]
    return np.array(rows, dtype=float).reshape(delays.shape)


def first_place_estimates_centre(anchors: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Start every event in the centre of the anchors."""
    return np.tile(anchors.mean(axis=0), (len(gaps), 1))


def first_place_estimates_grid(anchors: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Start at the point of a coarse grid whose range differences agree best."""
    low, high = anchors.min(axis=0), anchors.max(axis=0)
    x, y = np.meshgrid(np.linspace(low[0], high[0], 25), np.linspace(low[1], high[1], 25))
    points = np.column_stack([x.ravel(), y.ravel()])
    distance = np.hypot(points[:, :1] - anchors[:, 0], points[:, 1:] - anchors[:, 1])
    expected = distance[:, 1:] - distance[:, :1]
    start = [points[np.argmin(((expected - row) ** 2).sum(axis=1))] for row in gaps]
    return np.array(start).reshape(-1, 2)


def refine_places_newton(anchors: np.ndarray, gaps: np.ndarray, start: np.ndarray) -> tuple[list[float], list[float]]:
    """Take Gauss-Newton steps with the analytic slope and halve a step until the error falls."""

    def errors(place: np.ndarray, row: np.ndarray) -> np.ndarray:
        distance = np.hypot(*(place - anchors).T)
        return distance[1:] - distance[0] - row

    places = np.array(start, dtype=float)
    for k, row in enumerate(gaps):
        for _ in range(30):
            offset = places[k] - anchors
            unit = offset / (np.hypot(*offset.T)[:, None] + 1e-9)
            wrong = errors(places[k], row)
            step = np.linalg.lstsq(unit[1:] - unit[0], -wrong, rcond=None)[0]
            while np.sum(errors(places[k] + step, row) ** 2) > np.sum(wrong**2) and np.hypot(*step) > 1e-6:
                step = step / 2
            places[k] += step
            if np.hypot(*step) < 1e-7:
                break
    return places[:, 0].tolist(), places[:, 1].tolist()


def refine_places_clock(anchors: np.ndarray, gaps: np.ndarray, start: np.ndarray) -> tuple[list[float], list[float]]:
    """Fit the place together with the distance to the reference, by anchors' distances alone."""
    found = []
    for row, guess in zip(gaps, start):
        paths = np.concatenate([[0.0], row])

        def errors(unknown: np.ndarray, paths: np.ndarray = paths) -> np.ndarray:
            return np.hypot(*(anchors - unknown[:2]).T) - (unknown[2] + paths)

        first = np.append(guess, np.hypot(*(anchors[0] - guess)))
        found.append(optimize.least_squares(errors, first).x[:2])
    places = np.array(found).reshape(-1, 2)
    return places[:, 0].tolist(), places[:, 1].tolist()


def refine_places_none(anchors: np.ndarray, gaps: np.ndarray, start: np.ndarray) -> tuple[list[float], list[float]]:
    """Keep the first estimates."""
    return start[:, 0].tolist(), start[:, 1].tolist()
