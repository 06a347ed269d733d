"""T036 Geofence: when a van enters or leaves the circle of 300 m around its depot.

The generator draws the distance and the bearing of every fix and places it on the sphere, so the truth needs no
distance formula. Distances keep clear of the thresholds, so that rounding cannot decide.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import event_f1, same

RADIUS = 300.0
"""Radius of the fence, m."""

EARTH = 6_371_000.0
"""Radius of the sphere, m."""

CLEAR = 2.5
"""No fix lies nearer to a threshold than this, m; above the error of a local plane and of an ellipsoid."""


def generate(seed: int, level: Level) -> Instance:
    """100 to 400 fixes of a van that comes, dwells at the edge and goes.

    Easy tracks start inside; hard ones miss fixes and may lie at the antimeridian; edge: no fix, one, never across.
    """
    draw = make.rng(seed, "T036", level)
    kind = str(draw.choice(["none", "one", "outside", "inside", "band"])) if level == "edge" else ""
    band = float(np.round(draw.uniform(8.0, 25.0), 1))
    distances = _distances(draw, level, kind, band)
    lat = float(draw.uniform(30.0, 65.0)) * float(draw.choice([-1.0, 1.0]))
    lon = float(draw.uniform(-179.0, 179.0))
    if level == "hard" and draw.random() < 0.4:
        lon = 180.0 - float(draw.uniform(0.0, 0.004))
    bearings = (
        np.cumsum(draw.normal(0, 0.05, distances.size))
        + draw.uniform(0, 2 * np.pi)
        + (draw.random(distances.size) < 0.02) * 1.0
    )
    missing = _missing(draw, distances.size) if level == "hard" else np.zeros(distances.size, bool)
    depot = (round(lat, 7), round(lon, 7))
    return _instance(depot, band, _fixes(depot, distances, bearings), np.where(missing, np.nan, distances))


def _distances(draw: np.random.Generator, level: Level, kind: str, band: float) -> make.Floats:
    if kind in ("none", "one"):
        return draw.uniform(20.0, 900.0, 0 if kind == "none" else 1)
    if kind == "band":
        path = RADIUS + 0.8 * band * np.sin(np.arange(120) * draw.uniform(0.2, 0.8))
    elif kind:
        far = draw.uniform(400, 900) if kind == "outside" else draw.uniform(50, 200)
        path = far + draw.uniform(10, 60) * np.sin(np.arange(120) * 0.1)
    else:
        inside = level == "easy" or bool(draw.random() < 0.5)
        path = _legs(draw, inside, int(draw.integers(3, 7)), band)
    path = path + draw.uniform(-1.5, 1.5, path.size)
    for limit in (RADIUS - band, RADIUS, RADIUS + band):
        near = np.abs(path - limit) < CLEAR
        path[near] = limit + np.where(path[near] < limit, -CLEAR, CLEAR)
    return np.asarray(np.maximum(path, 1.0))


def _legs(draw: np.random.Generator, inside: bool, count: int, band: float) -> make.Floats:
    """Distances that swing between far and near; at each crossing the van dwells within the dead band for a while."""
    here = draw.uniform(60, 220) if inside else draw.uniform(420, 900)
    parts = []
    for _ in range(count):
        inside = not inside
        there = draw.uniform(60, 220) if inside else draw.uniform(420, 900)
        parts.append(np.linspace(here, RADIUS, int(draw.integers(6, 20)), endpoint=False))
        parts.append(RADIUS + draw.uniform(-0.9, 0.9, int(draw.integers(5, 15))) * (band - CLEAR))
        parts.append(np.linspace(RADIUS, there, int(draw.integers(6, 20)))[1:])
        here = there
    return np.concatenate(parts)


def _missing(draw: np.random.Generator, count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    missing = draw.random(count) < 0.08
    missing[1:3] = True
    return missing


def _fixes(
    depot: tuple[float, float], distances: make.Floats, bearings: make.Floats
) -> tuple[make.Floats, make.Floats]:
    """Points at given distances (m) and bearings (rad) from the depot (°), by the direct formula on the sphere."""
    home, angle = math.radians(depot[0]), distances / EARTH
    sine = math.sin(home) * np.cos(angle) + math.cos(home) * np.sin(angle) * np.cos(bearings)
    east = np.arctan2(np.sin(bearings) * np.sin(angle) * math.cos(home), np.cos(angle) - math.sin(home) * sine)
    lon = (np.degrees(east) + depot[1] + 180.0) % 360.0 - 180.0
    return np.round(np.degrees(np.arcsin(sine)), 8), np.round(lon, 8)


def _instance(
    depot: tuple[float, float], band: float, fixes: tuple[make.Floats, make.Floats], distances: make.Floats
) -> Instance:
    lat, lon = ([None if math.isnan(d) else v for v, d in zip(axis.tolist(), distances, strict=True)] for axis in fixes)
    data = {"depot_lat": depot[0], "depot_lon": depot[1], "hysteresis_m": band, "lat": lat, "lon": lon}
    sides = np.select([distances < RADIUS - band, distances > RADIUS + band], [1, -1], 0)
    known = np.flatnonzero(~np.isnan(distances))
    sides[known[:1]] = np.where(distances[known[:1]] <= RADIUS, 1, -1)
    sure = np.flatnonzero(sides)
    turns = sure[1:][np.diff(sides[sure]) != 0] if sure.size else sure
    kinds = ["enter" if sides[k] > 0 else "exit" for k in turns]
    truth = {"indices": turns.tolist(), "kinds": kinds, "depot": depot, "band": band, "distances": distances.tolist()}
    return Instance({"track.json": make.json_bytes(data)}, truth, "track.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """1 if the events are the right ones in order, else 0; beside it F1 of index and kind together."""
    right = list(zip(truth["indices"], truth["kinds"], strict=True))
    found = list(zip(output["indices"], output["kinds"], strict=False))
    whole = len(output["indices"]) == len(output["kinds"])
    marks = [[2.0 * k + (kind == "exit") for k, kind in events if abs(k) < 2**50] for events in (right, found)]
    return {"exact": same(right, found) if whole else 0.0, "f1": event_f1(marks[0], marks[1], 0.1) if whole else 0.0}


def _longitude_shifted(instance: Instance, seed: int) -> Instance:
    data = json.loads(instance.visible["track.json"])
    turn = float(make.rng(seed, "turn").uniform(-180.0, 180.0))

    def shifted(lon: float | None) -> float | None:
        return None if lon is None else round((lon + turn + 180.0) % 360.0 - 180.0, 8)

    data |= {"depot_lon": shifted(data["depot_lon"]), "lon": [shifted(lon) for lon in data["lon"]]}
    return Instance({"track.json": make.json_bytes(data)}, instance.truth, "track.json")


def _reversed(instance: Instance, seed: int) -> Instance:
    data = json.loads(instance.visible["track.json"])
    fixes = tuple(np.array(data[key][::-1], float) for key in ("lat", "lon"))
    truth = instance.truth
    return _instance(truth["depot"], truth["band"], (fixes[0], fixes[1]), np.array(truth["distances"][::-1], float))


_DEPOT = (
    Slot("depot_lat", "float", "deg", "latitude of the depot", "task1"),
    Slot("depot_lon", "float", "deg", "longitude of the depot", "task1"),
)
_TRACK = (
    Slot("lat", "ndarray[float64, (N)]", "deg", "latitudes of the fixes, NaN where missing", "task1"),
    Slot("lon", "ndarray[float64, (N)]", "deg", "longitudes of the fixes, NaN where missing", "task1"),
)
_BAND = Slot("hysteresis_m", "float", "m", "half width of the dead band", "task1")
_EVENTS = (
    Slot("indices", "list[int]", "1", "index of the fix at which each event happens, ascending, first fix 0"),
    Slot("kinds", "list[str]", "1", "`enter` or `exit`, one per event"),
)

FAMILY = Family(
    id="T036",
    title="Geofence",
    domain="D",
    version=1,
    wordings=(
        Wording("Tell me when the van enters or leaves 300 m around the depot.", "goal"),
        Wording("Compute the haversine distance of each GPS fix from the depot and report fence crossings with hysteresis.", "operation"),
        Wording("geofence events from GPS track", "terse"),
        Wording("Our delivery van logs its position. At which fixes did it arrive at the yard and at which did it drive off?", "goal"),
        Wording("Run a two-threshold state machine over the distances to the depot and list every enter and exit.", "operation"),
        Wording("I want arrival and departure alerts for the depot, but no chatter when the van waits at the gate.", "goal"),
        Wording("lat/lon → enter, exit", "terse"),
        Wording("When does the vehicle cross the virtual fence around the warehouse, inwards or outwards?", "goal", held=True),
        Wording("Turn the latitudes and longitudes into metres from the depot, apply the dead band, and give index and direction of each crossing.", "operation", held=True),
        Wording("depot arrivals + departures by position", "terse", held=True),
        Wording("货车进出仓库 300 米范围时通知我。", "goal", "zh"),
        Wording("用半正矢公式计算每个定位点到仓库的距离，带迟滞地判断电子围栏的进入和离开。", "operation", "zh"),
        Wording("GPS 轨迹 → 进出围栏事件", "terse", "zh"),
        Wording("这辆车什么时候到了仓库、什么时候离开？在门口来回挪动不要重复报。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`track.json`: JSON object with `depot_lat`, `depot_lon` (degrees), `hysteresis_m` (m), and the lists `lat`, "
            "`lon` (degrees, one pair per fix, null where a fix is missing)",
        ),
        outputs=_EVENTS,
        remarks=(
            "the fence is a circle of 300 m around the depot; distance is the great circle on a sphere of radius 6,371,000 m",
            "outside, an `enter` happens at the first fix nearer than 300 m - hysteresis_m; inside, an `exit` at the first fix farther than 300 m + hysteresis_m",
            "the first fix that is not missing sets the state (inside when at most 300 m away) and is no event; missing fixes change nothing but keep their index",
            "longitudes run from -180 to 180 and a track may cross that line; a track may be empty, then both lists are empty",
            "events must match exactly in index and kind; no fix lies within 2.4 m of a threshold",
            "example: hysteresis 10 m, distances 400, 295, 285, 305, 312 m give indices 2, 4 and kinds enter, exit",
        ),
    ),
    stages=(
        Stage(
            "Load Fence And Fixes",
            ("read depot, hysteresis and the two lists", "missing fixes become NaN"),
            "Read the depot, the hysteresis and the position fixes from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in (*_DEPOT, _BAND, *_TRACK)),
        ),
        Stage(
            "Distance To Depot",
            ("haversine formula on a sphere of 6,371,000 m", "differences of longitude may pass 180 degrees"),
            "Compute the great-circle distance of each fix from the depot by the haversine formula.",
            (*_DEPOT, *_TRACK),
            (Slot("distance_m", "ndarray[float64, (N)]", "m", "distance from the depot, NaN where missing"),),
        ),
        Stage(
            "Fence Events",
            (
                "the first known fix sets the state",
                "enter below 300 m minus the hysteresis, exit above 300 m plus it",
                "missing fixes are passed over",
            ),
            "Find where the track enters and leaves the 300 m circle, with hysteresis.",
            (Slot("distance_m", "ndarray[float64, (N)]", "m", "distance from the depot, NaN where missing", "task2"), _BAND),
            _EVENTS,
        ),
    ),
    solutions="t036_geofence",
    generate=generate,
    measure=measure,
    bars=(Bar("exact", 1.0, "least"),),  # right programs 1, wrong ones 0: events are exact by the contract
    alternates=(
        Variant("vectors", "angle between unit vectors", swap={"distance_to_depot": "distance_to_depot_vectors"}),
        Variant("plane", "local plane with the cosine of the latitude", swap={"distance_to_depot": "distance_to_depot_plane"}),
        Variant("decisive", "decisive fixes and their changes instead of a loop", swap={"fence_events": "fence_events_fill"}),
    ),
    mutants=(
        Variant("degrees", "degrees are compared with metres", swap={"distance_to_depot": "distance_to_depot_degrees"}, naive=True),
        Variant("no_cosine", "a degree of longitude is as long as one of latitude", swap={"distance_to_depot": "distance_to_depot_square"}),
        Variant("off_by_one", "the fix before the crossing is reported", edits=(("fence_events", "indices.append(index)\n            kinds.append(\"enter\")", "indices.append(index - 1)\n            kinds.append(\"enter\")"),)),
        Variant("no_hysteresis", "one threshold: jitter at the edge doubles the events", edits=(("load_fence_and_fixes", "float(data[\"hysteresis_m\"])", "0.0"),)),
        Variant("starts_outside", "the van is taken to start outside, so a start inside is an event", edits=(("fence_events", "inside = None", "inside = False"),)),
        Variant("missing_dropped", "missing fixes are removed, later indices slip", edits=(("fence_events", "enumerate(distance_m.tolist())", "enumerate(distance_m[~np.isnan(distance_m)].tolist())"),)),
        Variant("kinds_swapped", "entering is called exit", edits=(("fence_events", "kinds.append(\"enter\")", "kinds.append(\"exit\")"),)),
    ),
    notes=(
        "A geofence turns positions into events. Distance on the sphere by haversine: a = sin^2(dphi/2) + cos phi1 cos phi2 "
        "sin^2(dlambda/2), d = 2 R asin(sqrt(a)); degrees must be turned into radians first. A degree of latitude is 111.2 km "
        "everywhere, a degree of longitude only 111.2 km times the cosine of the latitude, half of it at 60 degrees. Near 180 "
        "degrees longitude the plain difference jumps by 360; sines of half the difference do not care. Positions jitter by "
        "metres, so one threshold gives bursts of events when the vehicle waits at the edge; two thresholds (hysteresis) cure "
        "that: enter below the inner one, exit above the outer one, keep the state in between. The state at the start is read "
        "off the first fix and is not an event. Fixes that are missing must not shift the index of later ones."
    ),
    relations=(Relation("longitude_shifted", _longitude_shifted), Relation("time_reversed", _reversed)),
    sources=("haversine formula, Sinnott 1984, Sky and Telescope 68(2)",),
)  # fmt: skip
