"""Right and wrong programs of T032, one function per step. Read as text, never imported."""

import math

import numpy as np


def load_radio_map(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read a radio map and queries with equal columns.

    Args:
        path: NPZ with map_xy (m), map_rssi (dBm), map_ids, query_rssi (dBm) and query_ids.

    Returns:
        Places of the map points in m, shape (M, 2); their levels in dBm, shape (M, A); levels of the queries in dBm in
        the map's order of access points, shape (Q, A).
    """
    with np.load(path) as data:
        map_xy, map_rssi = data["map_xy"].astype(float), data["map_rssi"].astype(float)
        query_rssi = data["query_rssi"].astype(float)
        column = {name: number for number, name in enumerate(data["query_ids"].tolist())}
        order = [column[name] for name in data["map_ids"].tolist()]
    query_rssi = query_rssi[:, order]
    return map_xy, map_rssi, query_rssi


def signal_distances(map_rssi: np.ndarray, query_rssi: np.ndarray) -> np.ndarray:
    """Compare each query with each map point in signal space.

    Args:
        map_rssi: levels at the map points in dBm, shape (M, A), -100 where not heard.
        query_rssi: levels of the queries in dBm, shape (Q, A), -100 where not heard.

    Returns:
        Spread of the level differences in dB, shape (Q, M); 1000 below three access points that both heard.
    """
    distances = np.full((len(query_rssi), len(map_rssi)), 1000.0)
    in_map = map_rssi > -100.0
    for k, query in enumerate(query_rssi):
        heard = query > -100.0
        both = in_map & heard
        count = both.sum(axis=1)
        gap = np.where(both, query - map_rssi, 0.0)
        mean = gap.sum(axis=1) / np.maximum(count, 1)
        square = (np.where(both, gap - mean[:, None], 0.0) ** 2).sum(axis=1) / np.maximum(count, 1)
        penalty = 6.0 * (in_map ^ heard).sum(axis=1) / map_rssi.shape[1]
        distances[k] = np.where(count >= 3, np.sqrt(square) + penalty, 1000.0)
    return distances


def weigh_nearest_points(map_xy: np.ndarray, distances: np.ndarray) -> tuple[list[float], list[float]]:
    """Interpolate the place of each query between its four best map points.

    Args:
        map_xy: places of the map points in m, shape (M, 2).
        distances: distance in signal space in dB, shape (Q, M).

    Returns:
        Coordinates x and y of each query in m.
    """
    x_m, y_m = [], []
    for row in distances:
        best = np.argsort(row)[:4]
        weight = 1.0 / (row[best] + 0.1) ** 2
        place = weight @ map_xy[best] / weight.sum()
        x_m.append(float(place[0]))
        y_m.append(float(place[1]))
    return x_m, y_m


def signal_distances_loop(map_rssi: np.ndarray, query_rssi: np.ndarray) -> np.ndarray:
    """Compare lists of levels pair by pair."""
    points, distances = map_rssi.tolist(), []
    for query in query_rssi.tolist():
        row = []
        for point in points:
            gaps = [q - p for q, p in zip(query, point) if q > -100.0 and p > -100.0]
            alone = sum((q > -100.0) != (p > -100.0) for q, p in zip(query, point))
            if len(gaps) < 3:
                row.append(1000.0)
                continue
            mean = sum(gaps) / len(gaps)
            spread = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))
            row.append(spread + 6.0 * alone / len(query))
        distances.append(row)
    return np.array(distances, dtype=float).reshape(len(query_rssi), len(points))


def signal_distances_offset(map_rssi: np.ndarray, query_rssi: np.ndarray) -> np.ndarray:
    """Estimate the phone's offset from the best match of every query, then take root mean square differences."""
    both = (query_rssi[:, None] > -100.0) & (map_rssi > -100.0)
    count = np.maximum(both.sum(axis=2), 1)
    gap = np.where(both, query_rssi[:, None] - map_rssi, 0.0)
    mean = gap.sum(axis=2) / count
    spread = np.where(both.sum(axis=2) >= 4, (gap**2).sum(axis=2) / count - mean**2, np.inf)
    if not len(query_rssi):
        return np.zeros((0, len(map_rssi)))
    best = np.argmin(spread, axis=1)
    offset = np.median(mean[np.arange(len(best)), best])
    square = (np.where(both, gap - offset, 0.0) ** 2).sum(axis=2) / count
    alone = ((query_rssi[:, None] > -100.0) ^ (map_rssi > -100.0)).mean(axis=2)
    return np.where(both.sum(axis=2) >= 3, np.sqrt(square) + 6.0 * alone, 1000.0)


def weigh_nearest_points_likelihood(map_xy: np.ndarray, distances: np.ndarray) -> tuple[list[float], list[float]]:
    """Take the mean place under weights exp(-d^2 / 2 s^2), s from the smallest distance."""
    if not len(distances):
        return [], []
    scale = np.maximum(distances.min(axis=1, keepdims=True), 0.5) * 0.5
    weight = np.exp(-(distances**2 - distances.min(axis=1, keepdims=True) ** 2) / (2.0 * scale**2))
    places = (weight @ map_xy) / weight.sum(axis=1, keepdims=True)
    return places[:, 0].tolist(), places[:, 1].tolist()


def weigh_nearest_points_centre(map_xy: np.ndarray, distances: np.ndarray) -> tuple[list[float], list[float]]:
    """Answer with the centre of the map."""
    centre = map_xy.mean(axis=0)
    return [float(centre[0])] * len(distances), [float(centre[1])] * len(distances)


def signal_distances_strongest(map_rssi: np.ndarray, query_rssi: np.ndarray) -> np.ndarray:
    """Rank the map points by the level of the query's strongest access point."""
    if not len(query_rssi):
        return np.zeros((0, len(map_rssi)))
    return 100.0 - np.array([map_rssi[:, int(np.argmax(query))] + 100.0 for query in query_rssi])


def signal_distances_zero(map_rssi: np.ndarray, query_rssi: np.ndarray) -> np.ndarray:
    """Put 0 dBm where nothing was heard and take Euclidean distances."""
    points, queries = np.where(map_rssi > -100.0, map_rssi, 0.0), np.where(query_rssi > -100.0, query_rssi, 0.0)
    return np.sqrt(((queries[:, None] - points) ** 2).mean(axis=2))


def signal_distances_plain(map_rssi: np.ndarray, query_rssi: np.ndarray) -> np.ndarray:
    """Take Euclidean distances of the levels as they are."""
    return np.sqrt(((query_rssi[:, None] - map_rssi) ** 2).mean(axis=2))
