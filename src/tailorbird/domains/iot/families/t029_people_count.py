"""T029 people count: how many persons a millimetre-wave radar sees, frame by frame.

Truth is the number of persons that were placed. Each gives a cloud of points; ghosts are scattered over the room, some
frames are lost, and now and then a person hides behind another for one frame.

Covers: standing and slowly walking persons, at least 1.5 m apart. Does not cover: identities, crowds.
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
from tailorbird.domains.judge import error

GHOSTS = {"easy": 2, "nominal": 6, "hard": 9, "edge": 5}
"""Most ghost points in a frame."""


def generate(seed: int, level: Level) -> Instance:
    """50 to 70 frames with 0 to 4 persons; edge: no frame, nobody, always four."""
    draw = make.rng(seed, "T029", level)
    kind = str(draw.choice(["none", "nobody", "crowd"])) if level == "edge" else ""
    frames: list[list[list[float]] | None] = []
    counts: list[int] = []
    total = 0 if kind == "none" else int(draw.integers(50, 71))
    number = -1
    while len(frames) < total:
        options = [0] if kind == "nobody" else [4] if kind == "crowd" else [n for n in range(5) if n != number]
        number = int(draw.choice(options))
        frames += _scene(draw, number, int(draw.integers(12, 19)), level)
        counts += [number] * (len(frames) - len(counts))
    frames, counts = frames[:total], counts[:total]
    for at in range(2, total - 2, 5):
        if draw.random() < 0.6:
            frames[at + int(draw.integers(0, 2))] = None
    return _instance(frames, counts)


def _scene(draw: np.random.Generator, number: int, length: int, level: Level) -> list[list[list[float]] | None]:
    """Frames with a constant number of persons; every eighth frame or so one of them is hidden."""
    places: list[Any] = []
    while len(places) < number:
        place = draw.uniform((-3.0, 1.5), (3.0, 6.5))
        if all(np.hypot(*(place - other)) > 1.9 for other in places):
            places.append(place)
    frames: list[list[list[float]] | None] = []
    for k in range(length):
        hidden = int(draw.integers(0, number)) if number and k % 8 == 4 and level != "easy" else -1
        clouds = [
            place + draw.normal(0, 0.03, 2) + draw.normal(0, 0.16, (int(draw.integers(18, 31)), 2))
            for at, place in enumerate(places)
            if at != hidden
        ]
        ghosts = draw.uniform((-4.0, 0.5), (4.0, 8.0), (int(draw.integers(1, GHOSTS[level] + 1)), 2))
        points = np.vstack([*clouds, ghosts])
        frames.append(np.round(points[draw.permutation(len(points))], 2).tolist())
    return frames


def _instance(frames: list[list[list[float]] | None], counts: list[int]) -> Instance:
    return Instance({"frames.json": make.json_bytes({"frames": frames})}, {"counts": counts}, "frames.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Mean absolute error over the frames; infinite for another number of frames, 0 where there is none."""
    right, found = truth["counts"], output["counts"]
    if len(right) != len(found):
        return {"mae": math.inf}
    gaps = [min(error(a, max(-99, min(99, b))), 99.0) for a, b in zip(right, found, strict=True)]
    return {"mae": sum(gaps) / len(gaps) if gaps else 0.0}


def _moved(instance: Instance, seed: int) -> Instance:
    """All points turned and shifted together."""
    draw = make.rng(seed, "moved")
    angle, shift = draw.uniform(0, 2 * np.pi), draw.uniform(-5, 5, 2)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    frames = json.loads(instance.visible["frames.json"])["frames"]
    moved = [None if f is None else (np.array(f).reshape(-1, 2) @ turn + shift).round(3).tolist() for f in frames]
    return _instance(moved, instance.truth["counts"])


_FRAMES = Slot(
    "frames", "list[ndarray[float64, (P, 2)]]", "m", "points of each frame, x and y; none in a lost one", "task1"
)
_LOST = Slot("lost", "list[bool]", "1", "whether a frame was lost", "task1")
_RAW = Slot("clusters", "list[int]", "count", "clusters in each frame; -1 for a lost one", "task2")

FAMILY = Family(
    id="T029",
    title="People count",
    domain="C",
    version=1,
    wordings=(
        Wording("Count people from mmWave point clouds.", "goal"),
        Wording("How many persons are in the room in each frame of this radar recording?", "goal"),
        Wording("Our ceiling radar delivers points; I need the number of people over time.", "goal"),
        Wording("Cluster each frame by density, drop noise points, fill lost frames and median-filter the counts.", "operation"),
        Wording("Run DBSCAN per frame, count the clusters and smooth the counts over neighbouring frames.", "operation"),
        Wording("point cloud frames → head count", "terse"),
        Wording("radar occupancy count", "terse"),
        Wording("Tell me frame by frame how many visitors stand before the millimetre-wave sensor.", "goal", held=True),
        Wording("Group nearby reflections, ignore ghosts, count groups and stabilise the sequence.", "operation", held=True),
        Wording("persons per frame from frames.json", "terse", held=True),
        Wording("用毫米波点云数人数。", "goal", "zh"),
        Wording("对每帧点云做密度聚类，去掉噪声点，再对人数做中值滤波。", "operation", "zh"),
        Wording("这段雷达记录里，每一帧房间里有几个人？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`frames.json`: JSON object with `frames`, a list of frames, each a list of points [x, y] in m, or null where lost",),
        outputs=(Slot("counts", "list[int]", "count", "number of persons in each frame, lost ones included"),),
        remarks=(
            "a person is a cloud of 18 to 30 points that spreads by about 0.2 m; persons stand at least 1.5 m apart",
            "single points anywhere are ghosts and belong to nobody",
            "the number of persons stays the same for ten frames and more; now and then one person hides behind another for one frame "
            "and is counted all the same",
            "a lost frame has the number of persons of its neighbours",
            "wanted is a mean absolute error of at most 0.2 persons; without frames the list is empty",
        ),
    ),
    stages=(
        Stage(
            "Load Point Frames",
            ("read the frames from the JSON object", "note which are lost"),
            "Read the points of each frame.",
            (Slot("path", "path", "1", "input file"),),
            (Slot(_FRAMES.name, _FRAMES.type, _FRAMES.unit, _FRAMES.meaning), Slot(_LOST.name, _LOST.type, _LOST.unit, _LOST.meaning)),
        ),
        Stage(
            "Cluster Points",
            ("join points closer than 0.4 m", "count groups of at least 8 points", "-1 for a lost frame"),
            "Count clusters of points in each frame.",
            (_FRAMES, _LOST),
            (Slot(_RAW.name, _RAW.type, _RAW.unit, _RAW.meaning),),
        ),
        Stage(
            "Steady Counts",
            ("fill lost frames with the last count before, or the first after", "median over five frames"),
            "Smooth the counts over time.",
            (_RAW,),
            (Slot("counts", "list[int]", "count", "number of persons in each frame, lost ones included"),),
        ),
    ),
    solutions="t029_people_count",
    generate=generate,
    measure=measure,
    bars=(Bar("mae", 0.2, "most"),),  # worst right 0.14, at changes of the number; wrong ones by 0.25 and more
    alternates=(
        Variant("dbscan", "breadth-first density clustering", swap={"cluster_points": "cluster_points_density"}),
        Variant("linkage", "single linkage by SciPy", swap={"cluster_points": "cluster_points_linkage"}),
        Variant("votes", "most frequent count among the heard neighbours", swap={"steady_counts": "steady_counts_votes"}),
    ),
    mutants=(
        Variant("mean", "the same average number for every frame", swap={"steady_counts": "steady_counts_mean"}, naive=True),
        Variant("ghosts_counted", "every single point counts as a person", edits=(("cluster_points", "sizes >= 8", "sizes >= 1"),)),
        Variant("centimetres", "a radius of 0.4 cm", edits=(("cluster_points", "gaps < 0.4", "gaps < 0.004"),)),
        Variant("wide_radius", "a radius of 4 m joins everybody", edits=(("cluster_points", "gaps < 0.4", "gaps < 4.0"),)),
        Variant("lost_as_empty", "a lost frame counts as an empty room, no smoothing", edits=(("steady_counts", "if count < 0", "if False"), ("steady_counts", "np.median(filled[max(0, k - 2) : k + 3])", "max(0, filled[k])"))),
        Variant("noise_cluster", "the noise label counts as one more person", edits=(("cluster_points", "np.sum(sizes >= 8)", "np.sum(sizes >= 8) + np.any(sizes < 8)"),)),
    ),
    notes=(
        "A millimetre-wave radar reports reflections as points. A person returns 10 to 40 per frame, spread by 0.2 m; multipath adds "
        "ghosts. DBSCAN (Ester et al. 1996) joins points that have enough neighbours within a radius and labels the rest as noise "
        "(label -1, which is no cluster). Radius 0.3 to 0.5 m and 5 to 10 points suit persons. Occlusion and lost frames make single "
        "counts wrong, so filter over several frames: a median keeps steps and drops outliers."
    ),
    relations=(Relation("room_turned", _moved),),
    needs=("numpy", "scipy"),
    sources=("Ester, Kriegel, Sander, Xu 1996, A density-based algorithm for discovering clusters, KDD",),
)  # fmt: skip
