"""T038 floor map: the room after each step of a walk, from drifting step headings and the walls of the floor.

A corridor with rooms on both sides; a person walks from room to room. Headings carry an unknown offset that grows step by
step, strides an unknown factor, so that adding up steps leaves the right rooms soon; walls put it right. Covers: one
floor, known start. Does not cover: stairs, unknown start, other people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

OFFSET = {"easy": (5.0, 8.0), "nominal": (8.0, 12.0), "hard": (9.0, 13.0), "edge": (8.0, 12.0)}
"""Error of the first heading, deg; either sign."""

DRIFT = {"easy": (0.12, 0.2), "nominal": (0.15, 0.25), "hard": (0.15, 0.3), "edge": (0.15, 0.25)}
"""Growth of the error per step, deg; of the sign of the offset."""

Walls = list[list[float]]
Point = tuple[float, float]


def generate(seed: int, level: Level) -> Instance:
    """70 to 130 steps through three to four rooms; edge: no step, or few steps within the first room."""
    draw = make.rng(seed, "T038", level)
    kind = str(draw.choice(["none", "few"], p=[0.3, 0.7])) if level == "edge" else ""
    rooms, walls, doors = _floor(draw)
    corners = _route(draw, rooms, doors, 4)
    places = _steps(draw, corners)
    if kind:
        places = places[: 1 if kind == "none" else int(draw.integers(2, 5))]
    moves = np.diff(places, axis=0)
    count = len(moves)
    sign = draw.choice([-1, 1])
    error = sign * (draw.uniform(*OFFSET[level]) + draw.uniform(*DRIFT[level]) * np.arange(1, count + 1))
    heading = np.degrees(np.arctan2(moves[:, 1], moves[:, 0])) + error + draw.normal(0, 2.0, count)
    length = np.hypot(moves[:, 0], moves[:, 1]) / draw.uniform(0.97, 1.03) * (1 + draw.normal(0, 0.02, count))
    shift = draw.uniform(-50, 50, 2).round(1)
    data = {
        "rooms": [{"name": name, "box": _round(np.array(box) + np.tile(shift, 2))} for name, box in rooms.items()],
        "walls": [_round(np.array(wall) + np.tile(shift, 2)) for wall in walls],
        "start": _round(places[0] + shift),
        "steps": [[round(float(s), 3), round(float(h % 360.0), 2)] for s, h in zip(length, heading, strict=True)],
    }
    return _instance(data, [_room(rooms, float(x), float(y)) for x, y in places[1:]])


def _round(values: make.Floats) -> list[float]:
    return [round(float(value), 3) for value in values]


def _floor(draw: np.random.Generator) -> tuple[dict[str, list[float]], Walls, dict[str, Point]]:
    """Boxes of corridor and rooms, walls with door gaps, and the middle of each door."""
    wide = float(draw.uniform(1.8, 2.4))
    count = int(draw.integers(4, 6))
    rooms: dict[str, list[float]] = {}
    walls: Walls = []
    doors: dict[str, Point] = {}
    length = 0.0
    for side, level, out in (("N", wide, 1.0), ("S", 0.0, -1.0)):
        edges = np.concatenate([[0.0], np.cumsum(draw.uniform(5.0, 7.0, count))])
        if side == "N":
            length = float(edges[-1])
        edges = edges * length / edges[-1]
        far = level + out * float(draw.uniform(4.0, 5.5))
        walls.append([0.0, far, length, far])
        for k, (left, right) in enumerate(pairwise(edges)):
            name = f"{side}{k + 1}"
            rooms[name] = [float(left), min(level, far), float(right), max(level, far)]
            middle = float(draw.uniform(left + 1.2, right - 1.2))
            doors[name] = (middle, level)
            half = float(draw.uniform(0.5, 0.6))
            walls += [[float(left), level, middle - half, level], [middle + half, level, float(right), level]]
            walls.append([float(left), level, float(left), far])
        walls.append([length, level, length, far])
    walls += [[0.0, 0.0, 0.0, wide], [length, 0.0, length, wide]]
    rooms["corridor"] = [0.0, 0.0, length, wide]
    return rooms, walls, doors


def _route(
    draw: np.random.Generator, rooms: dict[str, list[float]], doors: dict[str, Point], count: int
) -> list[Point]:
    """Corners of a walk through some rooms: about inside each, out of its door, along the corridor, into the next."""
    wide = rooms["corridor"][3]
    names = [str(name) for name in draw.choice(list(doors), count, replace=False)]
    corners: list[Point] = []
    for k, name in enumerate(names):
        x0, y0, x1, y1 = rooms[name]
        door_x, level = doors[name]
        inward = 1.0 if level > 0 else -1.0
        inside = (door_x, level + 0.8 * inward)
        outside = (door_x + float(draw.uniform(-0.1, 0.1)), wide / 2 + float(draw.uniform(-0.25, 0.25)))
        about = [(float(draw.uniform(x0 + 0.8, x1 - 0.8)), float(draw.uniform(y0 + 0.8, y1 - 0.8))) for _ in range(3)]
        corners += ([outside, inside] if k else []) + about + ([inside, outside] if k < count - 1 else [])
    return corners


def _steps(draw: np.random.Generator, corners: list[Point]) -> make.Floats:
    """Points every 0.6 to 0.8 m along the walk, shape (K + 1, 2)."""
    points = np.array(corners)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    stride = draw.uniform(0.65, 0.75)
    marks = np.cumsum(np.concatenate([[0.0], stride * draw.uniform(0.93, 1.07, int(way[-1] / stride * 1.2))]))
    marks = marks[marks < way[-1]][:140]
    return np.stack([np.interp(marks, way, points[:, 0]), np.interp(marks, way, points[:, 1])], axis=1)


def _room(rooms: Mapping[str, list[float]], x: float, y: float) -> str:
    return next(name for name, (x0, y0, x1, y1) in rooms.items() if x0 <= x <= x1 and y0 <= y <= y1)


def _instance(data: dict[str, Any], rooms: list[str]) -> Instance:
    return Instance({"walk.json": make.json_bytes(data)}, {"rooms": rooms}, "walk.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of steps whose room is that of the person at this step or at one beside it; 1 for two empty lists."""
    right, found = truth["rooms"], output["rooms"]
    if len(right) != len(found):
        return {"accuracy": 0.0}
    hits = sum(name in right[max(0, k - 1) : k + 2] for k, name in enumerate(found))
    return {"accuracy": hits / len(right) if right else 1.0}


def _shifted(instance: Instance, seed: int) -> Instance:
    """The whole floor at another place, rooms listed in another order: the same names."""
    data = json.loads(instance.visible["walk.json"])
    draw = make.rng(seed, "shifted")
    shift = draw.uniform(-80, 80, 2).round(1)
    for room in data["rooms"]:
        room["box"] = _round(np.array(room["box"]) + np.tile(shift, 2))
    data["rooms"] = [data["rooms"][int(k)] for k in draw.permutation(len(data["rooms"]))]
    data["walls"] = [_round(np.array(wall) + np.tile(shift, 2)) for wall in data["walls"]]
    data["start"] = _round(np.array(data["start"]) + shift)
    return _instance(data, instance.truth["rooms"])


def _mirrored(instance: Instance, seed: int) -> Instance:
    """The floor mirrored at the x axis: headings change their sign, names stay."""
    data = json.loads(instance.visible["walk.json"])
    for room in data["rooms"]:
        x0, y0, x1, y1 = room["box"]
        room["box"] = [x0, -y1, x1, -y0]
    data["walls"] = [[x0, -y0, x1, -y1] for x0, y0, x1, y1 in data["walls"]]
    data["start"] = [data["start"][0], -data["start"][1]]
    data["steps"] = [[length, round(-heading % 360.0, 2)] for length, heading in data["steps"]]
    return _instance(data, instance.truth["rooms"])


NAMES = Slot("names", "list[str]", "1", "names of the rooms", "task1")
BOXES = Slot("boxes", "ndarray[float64, (R, 4)]", "m", "x0, y0, x1, y1 of each room", "task1")
ROOMS = Slot("rooms", "list[str]", "1", "name of the room after each step")

FAMILY = Family(
    id="T038",
    title="Floor map walk",
    domain="D",
    version=1,
    wordings=(
        Wording("Keep the person inside corridors.", "goal"),
        Wording("Run a particle filter over the steps, drop particles that cross a wall, and name the room after each step.", "operation"),
        Wording("steps + floor map → rooms", "terse"),
        Wording("The phone's compass is off and the track runs through walls. Which rooms did the visitor really pass?", "goal"),
        Wording("Correct the heading drift of walk.json with the walls of the floor and list the room at every step.", "operation"),
        Wording("Follow somebody through the building by step sensor and floor plan.", "goal"),
        Wording("indoor map matching, room per step", "terse"),
        Wording("Our nurse wears a step counter. Use the building's plan to tell in which room she was at each step.", "goal", held=True),
        Wording("Match a drifting pedestrian track to a map of walls and doors.", "operation", held=True),
        Wording("rooms visited, step by step", "terse", held=True),
        Wording("让人的轨迹不穿墙。", "goal", "zh"),
        Wording("用粒子滤波跟踪每一步，剔除穿墙的粒子，给出每步所在房间。", "operation", "zh"),
        Wording("步伐加平面图 → 房间", "terse", "zh"),
        Wording("手机罗盘不准，请根据墙和门判断这个人每一步在哪个房间。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`walk.json`: object with `rooms` (objects with `name` and `box` = x0, y0, x1, y1, m), `walls` (segments x0, y0, x1, y1, m), `start` (x, y, m), `steps` (pairs of length, m, and heading, deg counter-clockwise from x)",
        ),
        outputs=(ROOMS,),
        remarks=(
            "walls are parallel to x or y and have gaps at the doors; nobody walks through a wall",
            "all headings carry an unknown error of up to 15 deg at first that grows steadily by up to 0.3 deg a step, to the same side, and noise of 2 deg",
            "all lengths are off by one unknown factor of up to 3 % and by noise of 2 %; the start is exact",
            "without steps the answer is an empty list; else there is one name per step, taken from `rooms`",
            "a step counts as right when its room is that of the person at this step or at the one before or after; 90 % are wanted",
        ),
    ),
    stages=(
        Stage(
            "Load Floor Walk",
            ("read rooms, walls, start and steps from the JSON file", "convert headings to radians"),
            "Read the floor map and the steps of a walk.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("names", "list[str]", "1", "names of the rooms"),
                Slot("boxes", "ndarray[float64, (R, 4)]", "m", "x0, y0, x1, y1 of each room"),
                Slot("walls", "ndarray[float64, (W, 4)]", "m", "x0, y0, x1, y1 of each wall"),
                Slot("start", "ndarray[float64, (2)]", "m", "starting point"),
                Slot("lengths", "ndarray[float64, (K)]", "m", "measured step lengths"),
                Slot("headings", "ndarray[float64, (K)]", "rad", "measured headings, counter-clockwise from x"),
            ),
        ),
        Stage(
            "Trace Walk",
            (
                "400 particles, each with place, heading offset and stride factor",
                "move all by each step with noise, drop those that cross a wall, copy survivors, spread the offsets a little",
                "mean path of the particles that live to the end",
            ),
            "Follow a walk with a particle filter in which whoever runs into a wall drops out.",
            (
                Slot("walls", "ndarray[float64, (W, 4)]", "m", "x0, y0, x1, y1 of each wall", "task1"),
                Slot("start", "ndarray[float64, (2)]", "m", "starting point", "task1"),
                Slot("lengths", "ndarray[float64, (K)]", "m", "measured step lengths", "task1"),
                Slot("headings", "ndarray[float64, (K)]", "rad", "measured headings", "task1"),
            ),
            (Slot("track", "ndarray[float64, (K, 2)]", "m", "position after each step"),),
        ),
        Stage(
            "Name Rooms",
            ("find the box that holds each position, or the nearest one",),
            "Name the room of each position.",
            (NAMES, BOXES, Slot("track", "ndarray[float64, (K, 2)]", "m", "position after each step", "task2")),
            (ROOMS,),
        ),
    ),
    solutions="t038_floor_map",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.9, "least"),),  # worst right 0.99, best wrong 0.85 on nominal (blocked steps left out)
    alternates=(
        Variant("sweep", "offsets, drifts and strides tried on a grid", swap={"trace_walk": "trace_walk_sweep"}),
        Variant("axes", "walls tested by direction, systematic resampling", swap={"trace_walk": "trace_walk_axes"}),
        Variant("loop", "rooms looked through one by one", swap={"name_rooms": "name_rooms_loop"}),
    ),
    mutants=(
        Variant("reckoning", "steps added up without the map", swap={"trace_walk": "trace_walk_reckoning"}, naive=True),
        Variant("stop_at_walls", "steps that would cross a wall are left out", swap={"trace_walk": "trace_walk_stop"}),
        Variant("no_wall_test", "nobody drops out", edits=(("trace_walk", "hit = (", "hit = False & ("),)),
        Variant("degrees", "degrees taken for radians", edits=(("load_floor_walk", "np.radians(steps[:, 1])", "steps[:, 1]"),)),
        Variant("compass", "headings taken clockwise from y", edits=(("trace_walk", "np.stack([np.cos(angle), np.sin(angle)], axis=1)", "np.stack([np.sin(angle), np.cos(angle)], axis=1)"),)),
        Variant("from_origin", "the start is taken to be (0, 0)", edits=(("trace_walk", "np.tile(start, (count, 1))", "np.zeros((count, 2))"),)),
    ),
    notes=(
        "Steps and a gyroscope give the shape of a walk, but the heading drifts: 10 degrees are 2 m to the side after 12 m. A "
        "floor map heals that, because people do not cross walls. A particle filter carries some hundred guesses of place, "
        "heading error and stride; each step moves all with a little noise, guesses that cross a wall are dropped, survivors "
        "are copied. Copies must be spread again (jitter on the heading error), or the filter runs out of variety and cannot "
        "follow the drift. Test the crossing of the segment moved along with each wall segment, not only the end point. Corridors "
        "fix the heading, doors fix the distance. The mean path of those who live to the end is better than the mean at each "
        "step, since later walls also judge earlier guesses. Where all drop out at once, keep them and go on."
    ),
    relations=(Relation("floor_moved", _shifted), Relation("mirrored", _mirrored)),
    sources=("Woodman, Harle 2008, Pedestrian localisation for indoor environments, UbiComp", "Beauregard et al. 2008, Indoor PDR performance enhancement using minimal map information"),
)  # fmt: skip
