"""T032 fingerprint: positions from a radio map of a building.

Truth is the drawn places. Levels follow path loss plus a smooth shadow field; a map point is the average of a survey, a
query one reading by another phone, which reads all levels too high or too low by the same amount.

Covers: one floor, one map, a constant difference between phones. Does not cover: floors, changes after the survey.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE_DB = {"easy": 0.5, "nominal": 1.0, "hard": 1.5, "edge": 1.0}
"""Standard deviation of a level in a query, dB."""

FLOOR_DBM = -88.0
"""Weakest level a phone hears."""


def generate(seed: int, level: Level) -> Instance:
    """A map of 1.0 to 1.3 m mesh over 10 to 14 m with 7 to 9 access points, 25 to 35 queries; edge: none, one, on map points."""
    draw = make.rng(seed, "T032", level)
    kind = str(draw.choice(["none", "one", "exact"])) if level == "edge" else ""
    size, mesh = draw.uniform(10, 14, 2), float(draw.uniform(1.0, 1.3))
    corner = draw.uniform(-50, 50, 2)
    grid = np.stack(np.meshgrid(*[np.arange(0, side, mesh) for side in size]), axis=-1).reshape(-1, 2)
    points = int(draw.integers(7, 10))
    radios = _Radios(draw, size, points)
    count = {"none": 0, "one": 1}.get(kind, int(draw.integers(25, 36)))
    places = draw.uniform(0.08, 0.92, (count, 2)) * grid.max(axis=0)
    if kind in ("one", "exact"):
        places = grid[draw.integers(0, len(grid), count)]
    offset = draw.choice([-1, 1]) * draw.uniform(5.0, 9.0)
    surveyed = radios.levels(grid) + draw.normal(0, 0.3, (len(grid), points))
    queried = (
        radios.levels(places)
        + draw.normal(0, NOISE_DB[level] * (kind not in ("one", "exact")), (count, points))
        + offset
    )
    names = np.array([f"ap-{number:02d}" for number in draw.permutation(90)[:points]])
    order = draw.permutation(points)
    arrays = {
        "map_xy": np.round(grid + corner, 3),
        "map_rssi": _heard(draw, surveyed, 0.0),
        "map_ids": names,
        "query_rssi": _heard(draw, queried, 0.06)[:, order],
        "query_ids": names[order],
    }
    return _instance(arrays, places + corner)


class _Radios:
    """Access points with path loss and a smooth shadow field each."""

    def __init__(self, draw: np.random.Generator, size: make.Floats, count: int) -> None:
        self.places = draw.uniform(-0.1, 1.1, (count, 2)) * size
        self.power = draw.uniform(-42, -34, count)
        self.exponent = float(draw.uniform(2.4, 3.2))
        self.waves = draw.normal(0, 0.5, (4, count, 2))
        self.phases = draw.uniform(0, 2 * np.pi, (4, count))

    def levels(self, places: make.Floats) -> make.Floats:
        """Mean levels in dBm at some places in m, shape (places, access points)."""
        gaps = np.hypot(*np.moveaxis(places[:, None, :] - self.places, -1, 0))
        shadow = sum(np.cos(places @ wave.T + phase) for wave, phase in zip(self.waves, self.phases, strict=True))
        return np.asarray(self.power - 10 * self.exponent * np.log10(np.maximum(gaps, 0.7)) + 2.2 * shadow)


def _heard(draw: np.random.Generator, levels: make.Floats, lost: float) -> make.Floats:
    """Levels in dBm with -100 where an access point is too weak or, by a drawn share, was not heard."""
    missing = (levels < FLOOR_DBM) | (draw.random(levels.shape) < lost)
    return np.where(missing, -100.0, np.round(levels, 1))


def _instance(arrays: Mapping[str, NDArray[Any]], places: make.Floats) -> Instance:
    return Instance({"radio.npz": make.npz_bytes(**arrays)}, {"places": places.tolist()}, "radio.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Median and largest distance between places named and true ones in m; infinite for another number of places."""
    x, y, places = output["x_m"], output["y_m"], truth["places"]
    if len(x) != len(places) or len(y) != len(places):
        return {"median_error_m": math.inf, "worst_error_m": math.inf}
    gaps = sorted(math.hypot(a - p, b - q) for a, b, (p, q) in zip(x, y, places, strict=True))
    if not gaps:
        return {"median_error_m": 0.0, "worst_error_m": 0.0}
    return {"median_error_m": gaps[len(gaps) // 2], "worst_error_m": gaps[-1]}


def _changed(instance: Instance, seed: int, *, moved: bool) -> Instance:
    """The building at another place, or map points and access points in another order."""
    with np.load(io.BytesIO(instance.visible["radio.npz"])) as data:
        arrays = {name: data[name] for name in data.files}
    draw = make.rng(seed, "changed")
    places = np.array(instance.truth["places"]).reshape(-1, 2)
    if moved:
        shift = np.round(draw.uniform(-100, 100, 2), 3)
        arrays["map_xy"] = arrays["map_xy"] + shift
        return _instance(arrays, places + shift)
    rows, columns = draw.permutation(len(arrays["map_xy"])), draw.permutation(len(arrays["map_ids"]))
    arrays["map_xy"], arrays["map_rssi"] = arrays["map_xy"][rows], arrays["map_rssi"][rows][:, columns]
    arrays["map_ids"] = arrays["map_ids"][columns]
    return _instance(arrays, places)


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("map_xy", "ndarray[float64, (M, 2)]", "m", "places of the map points", "task1"),
    Slot("map_rssi", "ndarray[float64, (M, A)]", "dBm", "levels at the map points, -100 where not heard", "task1"),
    Slot(
        "query_rssi",
        "ndarray[float64, (Q, A)]",
        "dBm",
        "levels of the queries in the map's order of access points",
        "task1",
    ),
)
_DISTANCES = Slot(
    "distances", "ndarray[float64, (Q, M)]", "dB", "spread of the level differences, query by map point", "task2"
)

FAMILY = Family(
    id="T032",
    title="Radio fingerprint",
    domain="D",
    version=1,
    wordings=(
        Wording("Position from a radio map.", "goal"),
        Wording("We surveyed the Wi-Fi levels of our office. Where was the phone when it saw these readings?", "goal"),
        Wording("Find out where indoors each scan was taken with the help of a fingerprint database.", "goal"),
        Wording("Match each scan with the map by nearest neighbours in signal space and average their places.", "operation"),
        Wording("Align access points by name, remove the phone's constant offset and run weighted k-nearest neighbours.", "operation"),
        Wording("radio map + scans → x, y", "terse"),
        Wording("Wi-Fi fingerprinting", "terse"),
        Wording("Visitors' phones report the access points they hear; use the survey of the museum to place each report.", "goal", held=True),
        Wording("Compare received levels with the surveyed points and interpolate between the best matches.", "operation", held=True),
        Wording("indoor coordinates from radio.npz", "terse", held=True),
        Wording("用指纹图定位。", "goal", "zh"),
        Wording("按名称对齐接入点，去掉手机的固定偏差，再用加权近邻法估计位置。", "operation", "zh"),
        Wording("办公室做过信号勘测，这些扫描分别是在哪里测到的？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`radio.npz`: arrays `map_xy` (m, points x 2), `map_rssi` (dBm, points x access points), `map_ids` (names of the map's "
            "columns), `query_rssi` (dBm, queries x access points), `query_ids` (names of the queries' columns)",
        ),
        outputs=(
            Slot("x_m", "list[float]", "m", "first coordinate of each query"),
            Slot("y_m", "list[float]", "m", "second coordinate of each query"),
        ),
        remarks=(
            "-100 means that an access point was not heard; it is no level",
            "the queries name the same access points as the map, in another order",
            "all queries come from one phone, which reads every level too high or too low by the same number of dB",
            "map points lie on a grid of about 1 m; a query may come from between them; the median error must be at most 1.0 m, "
            "no single one above 12 m",
            "a file may hold no query, then both lists are empty",
        ),
    ),
    stages=(
        Stage(
            "Load Radio Map",
            ("read map and queries from the NPZ", "bring the queries' access points into the map's order by their names"),
            "Read a radio map and queries with equal columns.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Signal Distances",
            (
                "use access points that both the query and the map point heard",
                "standard deviation of the level differences, which drops a constant offset",
                "6 dB more for each access point that only one of both heard, over the number of access points; 1000 dB below three common ones",
            ),
            "Compare each query with each map point in signal space.",
            (_LOADED[1], _LOADED[2]),
            _bare((_DISTANCES,)),
        ),
        Stage(
            "Weigh Nearest Points",
            ("take the four map points with the smallest distance", "mean of their places with weights 1 / distance squared"),
            "Interpolate the place of each query between its best map points.",
            (_LOADED[0], _DISTANCES),
            (
                Slot("x_m", "list[float]", "m", "first coordinate of each query"),
                Slot("y_m", "list[float]", "m", "second coordinate of each query"),
            ),
        ),
    ),
    solutions="t032_fingerprint",
    generate=generate,
    measure=measure,
    bars=(
        Bar("median_error_m", 1.0, "most"),  # worst right 0.8, best wrong 1.1 (offset kept, by luck of one draw)
        Bar("worst_error_m", 12.0, "most"),  # keeps single wild places out; worst right 4.8
    ),
    alternates=(
        Variant("loops", "query by query in plain Python", swap={"signal_distances": "signal_distances_loop"}),
        Variant("likelihood", "mean place under a Gaussian likelihood of all map points", swap={"weigh_nearest_points": "weigh_nearest_points_likelihood"}),
        Variant("phone_offset", "estimate the phone's offset once, then Euclidean distances", swap={"signal_distances": "signal_distances_offset"}),
    ),
    mutants=(
        Variant("map_centre", "the centre of the map for every query", swap={"weigh_nearest_points": "weigh_nearest_points_centre"}, naive=True),
        Variant("strongest", "the map point at which the query's strongest access point is strongest", swap={"signal_distances": "signal_distances_strongest"}),
        Variant("ids_by_position", "columns are compared by position", edits=(("load_radio_map", "query_rssi = query_rssi[:, order]", "query_rssi = query_rssi[:, np.sort(order)]"),)),
        Variant("missing_as_zero", "an unheard access point counts as 0 dBm and the offset stays", swap={"signal_distances": "signal_distances_zero"}),
        Variant("farthest", "the worst matches are averaged", edits=(("weigh_nearest_points", "np.argsort(row)[:4]", "np.argsort(row)[-4:]"),)),
        Variant("offset_kept", "plain distances although the phone reads differently", swap={"signal_distances": "signal_distances_plain"}),
        Variant("axes_swapped", "x and y change places", edits=(("weigh_nearest_points", "return x_m, y_m", "return y_m, x_m"),)),
    ),
    notes=(
        "Indoors walls make distances from signal strength useless, but the pattern of levels at a place is stable. RADAR (Bahl and "
        "Padmanabhan 2000) surveys a grid once and later looks for the nearest surveyed patterns; the mean of k = 3 to 5 of them, weighted "
        "by similarity, reaches 1 to 3 m. Phones differ by 5 to 10 dB in what they report, the same for all access points, so compare "
        "differences of levels (their standard deviation), not the levels. A missing access point is below about -90 dBm, not 0: "
        "count disagreement about being heard as a mild penalty. Match access points by address, never by column."
    ),
    relations=(
        Relation("building_moved", lambda instance, seed: _changed(instance, seed, moved=True)),
        Relation("other_order", lambda instance, seed: _changed(instance, seed, moved=False)),
    ),
    needs=("numpy", "scipy"),
    sources=("Bahl, Padmanabhan 2000, RADAR: an in-building RF-based user location and tracking system, INFOCOM",),
)  # fmt: skip
