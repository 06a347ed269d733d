"""Right and wrong programs of T036, one function per step. Read as text, never imported."""

import json
import math

import numpy as np


def load_fence_and_fixes(path: str) -> tuple[float, float, float, np.ndarray, np.ndarray]:
    """Read the depot, the hysteresis and the position fixes from a JSON file.

    Args:
        path: JSON object with depot_lat and depot_lon (°), hysteresis_m, and the lists lat and lon (°), null where a
            fix is missing.

    Returns:
        Depot latitude and longitude in °, hysteresis in m, latitudes and longitudes of the fixes in °, each of shape
        (N,), NaN where missing.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    lat, lon = np.array(data["lat"], dtype=float), np.array(data["lon"], dtype=float)
    return float(data["depot_lat"]), float(data["depot_lon"]), float(data["hysteresis_m"]), lat, lon


def distance_to_depot(depot_lat: float, depot_lon: float, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Compute the great-circle distance of each fix from the depot by the haversine formula.

    Args:
        depot_lat: latitude of the depot in °.
        depot_lon: longitude of the depot in °.
        lat: latitudes in °, shape (N,).
        lon: longitudes in °, shape (N,).

    Returns:
        Distances in m on a sphere of 6,371,000 m, shape (N,); NaN where a fix is missing.
    """
    phi, home = np.radians(lat), math.radians(depot_lat)
    turn = np.radians(lon - depot_lon)
    chord = np.sin((phi - home) / 2) ** 2 + np.cos(phi) * math.cos(home) * np.sin(turn / 2) ** 2
    return 2.0 * 6_371_000.0 * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))


def fence_events(distance_m: np.ndarray, hysteresis_m: float) -> tuple[list[int], list[str]]:
    """Find where the track enters and leaves the 300 m circle, with hysteresis.

    Args:
        distance_m: distance of each fix from the depot in m, shape (N,), NaN where missing.
        hysteresis_m: half width of the dead band around 300 m.

    Returns:
        Indices of the fixes at which an event happens, ascending, and "enter" or "exit" for each.
    """
    indices, kinds = [], []
    inside = None
    for index, distance in enumerate(distance_m.tolist()):
        if math.isnan(distance):
            continue
        if inside is None:
            inside = distance <= 300.0
        elif not inside and distance < 300.0 - hysteresis_m:
            inside = True
            indices.append(index)
            kinds.append("enter")
        elif inside and distance > 300.0 + hysteresis_m:
            inside = False
            indices.append(index)
            kinds.append("exit")
    return indices, kinds


def distance_to_depot_vectors(depot_lat: float, depot_lon: float, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Turn positions into unit vectors and take the angle between them."""
    phi, lam = np.radians(lat), np.radians(lon)
    points = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
    a, b = math.radians(depot_lat), math.radians(depot_lon)
    home = np.array([math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)])
    return 6_371_000.0 * np.arctan2(np.linalg.norm(np.cross(points, home), axis=-1), points @ home)


def distance_to_depot_plane(depot_lat: float, depot_lon: float, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Lay a plane through the depot: northing, and easting shrunk by the cosine of the latitude."""
    turn = (lon - depot_lon + 180.0) % 360.0 - 180.0
    east = np.radians(turn) * np.cos(np.radians((lat + depot_lat) / 2))
    north = np.radians(lat - depot_lat)
    return 6_371_000.0 * np.hypot(east, north)


def fence_events_fill(distance_m: np.ndarray, hysteresis_m: float) -> tuple[list[int], list[str]]:
    """Keep the decisive fixes alone and look where the side changes."""
    known = np.flatnonzero(~np.isnan(distance_m))
    if known.size == 0:
        return [], []
    side = np.zeros(distance_m.size, dtype=int)
    with np.errstate(invalid="ignore"):
        side[distance_m < 300.0 - hysteresis_m] = 1
        side[distance_m > 300.0 + hysteresis_m] = -1
    first = known[0]
    side[first] = 1 if distance_m[first] <= 300.0 else -1
    sure = np.flatnonzero(side)
    turns = sure[1:][np.diff(side[sure]) != 0]
    return turns.tolist(), ["enter" if side[k] > 0 else "exit" for k in turns]


def distance_to_depot_degrees(depot_lat: float, depot_lon: float, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Take the difference in degrees for a distance."""
    return np.hypot(lat - depot_lat, lon - depot_lon)


def distance_to_depot_square(depot_lat: float, depot_lon: float, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Count every degree of longitude as 111 km, as at the equator."""
    turn = (lon - depot_lon + 180.0) % 360.0 - 180.0
    return 6_371_000.0 * np.radians(np.hypot(turn, lat - depot_lat))
