"""T031 TDoA: where sounds or radio pulses came from, by the differences of their arrival times at known places.

Truth is the drawn places; delays are distances over the propagation speed that the file states, with noise of a few
millimetres of path.

Covers: sources inside the area of the anchors, one propagation speed, one reference anchor, noise, anchors in a plane.
Does not cover: echoes, clocks that run apart, sources far outside, three anchors (two places may fit).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE_M = {"easy": 0.001, "nominal": 0.005, "hard": 0.008, "edge": 0.002}
"""Standard deviation of an arrival time, in metres of path."""

SPEEDS = ((331.0, 351.0), (1440.0, 1520.0), (299_702_547.0, 299_792_458.0), (2900.0, 5200.0))
"""Ranges of the propagation speed, m/s: sound in air, sound in water, radio in air, waves in a wall or rail."""


def generate(seed: int, level: Level) -> Instance:
    """Five to seven anchors around an area of 6 to 20 m and 3 to 9 sources; edge: none, at an anchor, four anchors, the centre."""
    draw = make.rng(seed, "T031", level)
    kind = str(draw.choice(["none", "anchor", "four", "centre"])) if level == "edge" else ""
    count = 4 if kind == "four" else int(draw.integers(5, 8))
    size = draw.uniform(6.0, 20.0)
    angles = 2 * np.pi * (np.arange(count) + draw.uniform(-0.25, 0.25, count)) / count + draw.uniform(0, 6.28)
    ring = size / 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1) * draw.uniform(0.85, 1.15, (count, 1))
    anchors = np.round(ring + draw.uniform(-30, 30, 2), 3)[draw.permutation(count)]
    places = _places(draw, anchors, size, kind)
    speed = round(float(draw.uniform(*SPEEDS[int(draw.integers(0, len(SPEEDS)))])), 1)
    paths = np.hypot(*np.moveaxis(places[:, None, :] - anchors, -1, 0)) + draw.normal(
        0, NOISE_M[level], (len(places), count)
    )
    return _instance(anchors, speed, int(draw.integers(1, count)), paths / speed, places)


def _places(draw: np.random.Generator, anchors: make.Floats, size: float, kind: str) -> make.Floats:
    """Places of the sources in m, inside the anchors; shape (K, 2)."""
    count = 0 if kind == "none" else int(draw.integers(3, 10))
    radius, angle = 0.42 * size * np.sqrt(draw.uniform(0.04, 0.9, count)), draw.uniform(0, 2 * np.pi, count)
    if kind == "four":
        radius = radius * 0.7
    places = anchors.mean(axis=0) + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    if kind == "anchor":
        places[0] = anchors[0] + 0.03 * (anchors.mean(axis=0) - anchors[0])
    if kind == "centre":
        places[0] = anchors.mean(axis=0)
    return np.asarray(places)


def _instance(
    anchors: make.Floats, speed: float, reference: int, arrivals: make.Floats, places: make.Floats
) -> Instance:
    """The file of delays against the reference anchor, in the order of the other anchors."""
    delays = np.delete(arrivals - arrivals[:, reference : reference + 1], reference, axis=1)
    data = {
        "speed_m_s": speed,
        "anchors_m": anchors.tolist(),
        "reference": reference,
        "delays_s": [[float(f"{value:.9g}") for value in row] for row in delays],
    }
    truth = {"places": places.tolist(), "delays": delays.tolist()}
    return Instance({"delays.json": make.json_bytes(data)}, truth, "delays.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest distance between a place named and the true one in m; infinite where the numbers of places differ."""
    x, y, places = output["x_m"], output["y_m"], truth["places"]
    if len(x) != len(places) or len(y) != len(places):
        return {"error_m": math.inf}
    return {"error_m": max((math.hypot(a - p, b - q) for a, b, (p, q) in zip(x, y, places, strict=True)), default=0.0)}


def _changed(instance: Instance, seed: int, *, faster: bool) -> Instance:
    """Anchors turned and shifted together, or another medium in which all delays shrink alike."""
    draw = make.rng(seed, "changed")
    data = json.loads(instance.visible["delays.json"])
    anchors, places = np.array(data["anchors_m"]), np.array(instance.truth["places"]).reshape(-1, 2)
    speed, reference = data["speed_m_s"], data["reference"]
    arrivals = np.insert(np.array(instance.truth["delays"]).reshape(-1, len(anchors) - 1), reference, 0.0, axis=1)
    if faster:
        return _instance(anchors, 2.5 * speed, reference, arrivals / 2.5, places)
    angle, shift = draw.uniform(0, 2 * np.pi), draw.uniform(-50, 50, 2)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return _instance(anchors @ turn + shift, speed, reference, arrivals, places @ turn + shift)


def _others(names: Sequence[Slot]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in names)


_LOADED = (
    Slot("anchors", "ndarray[float64, (A, 2)]", "m", "places of the anchors, the reference first", "task1"),
    Slot(
        "delays",
        "ndarray[float64, (K, B)]",
        "s",
        "delays of the other anchors against the reference, one row per event",
        "task1",
    ),
    Slot("speed", "float", "m/s", "propagation speed", "task1"),
)
_GAPS = Slot("gaps", "ndarray[float64, (K, B)]", "m", "range differences, one row per event", "task2")
_START = Slot("start", "ndarray[float64, (K, 2)]", "m", "first estimate of each place", "task3")

FAMILY = Family(
    id="T031",
    title="TDoA position",
    domain="D",
    version=1,
    wordings=(
        Wording("Locate by time differences.", "goal"),
        Wording("Synchronised microphones heard some bangs at slightly different moments. Where did each come from?", "goal"),
        Wording("From the delays between receivers, tell me the place of every pulse.", "goal"),
        Wording("Multiply delays by the propagation speed and intersect the hyperbolas by Gauss-Newton.", "operation"),
        Wording("Solve the linearised range-difference equations, then refine each place by nonlinear least squares.", "operation"),
        Wording("arrival time differences → x, y", "terse"),
        Wording("TDoA multilateration", "terse"),
        Wording("A crack was heard by sensors on a steel plate; compute the spot of each event from who heard it how much later.", "goal", held=True),
        Wording("Form range differences against the reference sensor and run hyperbolic positioning on them.", "operation", held=True),
        Wording("event places out of delays.json", "terse", held=True),
        Wording("用到达时间差定位。", "goal", "zh"),
        Wording("把时延乘以传播速度得到距离差，解双曲线方程求每个声源的坐标。", "operation", "zh"),
        Wording("几个同步的麦克风先后听到了响声，响声是从哪里来的？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`delays.json`: JSON object with `speed_m_s` (m/s, propagation speed), `anchors_m` (list of [x, y] in m), `reference` (number "
            "of the reference anchor, counted from 0), `delays_s` (one list per event: delays in s of the other anchors, in their order)",
        ),
        outputs=(
            Slot("x_m", "list[float]", "m", "first coordinate of each event, in the order of the file"),
            Slot("y_m", "list[float]", "m", "second coordinate of each event, in the order of the file"),
        ),
        remarks=(
            "a delay is the arrival time at an anchor minus that at the reference anchor; it is negative where the event is closer to "
            "that anchor than to the reference",
            "the medium differs between files (air, water, steel, radio), so the speed must be taken from the file",
            "there are at least four anchors; events lie inside their area; delays carry noise of up to 8 mm of path",
            "every place is wanted within 0.06 m; a file may hold no event, then both lists are empty",
            "example: at 340 m/s a delay of -10 ms puts the event 3.4 m closer to that anchor than to the reference",
        ),
    ),
    stages=(
        Stage(
            "Load Delays",
            ("read anchors, delays and speed from the JSON object", "put the reference anchor first"),
            "Read anchors, delays and the propagation speed.",
            (Slot("path", "path", "1", "input file"),),
            _others(_LOADED),
        ),
        Stage(
            "Range Differences",
            ("multiply each delay by the propagation speed",),
            "Turn delays into differences of distance to the anchors.",
            (_LOADED[1], _LOADED[2]),
            _others([_GAPS]),
        ),
        Stage(
            "First Place Estimates",
            (
                "with r the distance to the reference, each anchor gives a linear equation in x, y and r",
                "solve them by least squares for each event; the centre of the anchors if the answer is far outside",
            ),
            "Estimate each place from the linear form of the range differences.",
            (_LOADED[0], _GAPS),
            _others([_START]),
        ),
        Stage(
            "Refine Places",
            ("minimise the squared errors of the range differences by Levenberg-Marquardt",),
            "Improve each place by nonlinear least squares on the range differences.",
            (_LOADED[0], _GAPS, _START),
            (
                Slot("x_m", "list[float]", "m", "first coordinate of each event, in the order of the file"),
                Slot("y_m", "list[float]", "m", "second coordinate of each event, in the order of the file"),
            ),
        ),
    ),
    solutions="t031_tdoa",
    generate=generate,
    measure=measure,
    bars=(Bar("error_m", 0.06, "most"),),  # worst right 0.025; wrong ones are off by decimetres except 343 m/s in air
    alternates=(
        Variant("centre", "Gauss-Newton with damped steps from the centre of the anchors", swap={"first_place_estimates": "first_place_estimates_centre", "refine_places": "refine_places_newton"}),
        Variant("grid", "start from the best point of a coarse grid", swap={"first_place_estimates": "first_place_estimates_grid"}),
        Variant("clock", "the unknown time of the event is fitted too", swap={"refine_places": "refine_places_clock"}),
        Variant("loops", "plain Python for the range differences", swap={"range_differences": "range_differences_loop"}),
    ),
    mutants=(
        Variant("centroid", "the centre of the anchors for every event", swap={"first_place_estimates": "first_place_estimates_centre", "refine_places": "refine_places_none"}, naive=True),
        Variant("sign", "the delay is taken as reference minus anchor", edits=(("range_differences", "delays * speed", "-delays * speed"),)),
        Variant("first_is_reference", "the first anchor is taken as the reference", edits=(("load_delays", 'reference = int(data["reference"])', "reference = 0"),)),
        Variant("sound_in_air", "343 m/s for every medium", edits=(("load_delays", 'float(data["speed_m_s"])', "343.0"),)),
        Variant("milliseconds", "the delays are taken as milliseconds", edits=(("range_differences", "delays * speed", "delays * speed / 1000.0"),)),
        Variant("linear_without_range", "the distance to the reference is left out of the linear equations, no refinement", edits=(("first_place_estimates", "np.column_stack([2.0 * offset, 2.0 * row])", "np.column_stack([2.0 * offset, 0.0 * row])"), ("refine_places", "max_nfev=200", "max_nfev=1"))),
        Variant("shared_start_only", "the answer of the first event is given for all", edits=(("refine_places", "zip(gaps, start)", "((gaps[0], start[0]) for _ in gaps)"),)),
    ),
    notes=(
        "A delay between two receivers puts the source on a hyperbola whose foci they are; three or more hyperbolas meet in the "
        "source. Delay times speed is a range difference: about 343 m/s in air at 20 degC (331.3 + 0.606 T), 1480 m/s in water, "
        "299792458 m/s for radio, so 1 us is 0.3 mm of sound but 300 m of radio. With the reference at the origin and r the "
        "distance to it, |p - a|^2 = (r + g)^2 becomes 2 a.p + 2 g r = |a|^2 - g^2, linear in p and r (Chan and Ho start from it); a "
        "Gauss-Newton refinement then reaches the noise bound. Outside the anchors hyperbolas run nearly parallel and the error "
        "grows quickly. A wrong reference or sign mirrors the picture without any warning, so check the residuals."
    ),
    relations=(
        Relation("anchors_moved", lambda instance, seed: _changed(instance, seed, faster=False)),
        Relation("faster_medium", lambda instance, seed: _changed(instance, seed, faster=True)),
    ),
    needs=("numpy", "scipy"),
    sources=("Chan, Ho 1994, A simple and efficient estimator for hyperbolic location, IEEE Trans. Signal Processing 42(8)",),
)  # fmt: skip
