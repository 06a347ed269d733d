"""T050 household trace: the rows at which the device behind a power meter is replaced by another one.

Twins of the electric-devices segmentation record: pieces of five kinds of appliance follow each other, each with its own
rhythm, brought to one mean and one spread so that the level tells nothing. Covers: a known number of changes, pieces of
350 rows and more. Does not cover: several devices at once, an unknown number of changes.
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

NOISE = {"easy": 0.1, "nominal": 0.25, "hard": 0.35, "edge": 0.2}
"""Noise of the meter in standard deviations of a piece."""

PERIODS = ((50.0, 60.0), (26.0, 32.0), (14.0, 18.0), (7.0, 9.0))
"""Rows per cycle of refrigerator, oven, washing drum and pump; the fifth kind (electronics) has no rhythm."""

LEAST = 350
"""Fewest rows of a piece."""


def generate(seed: int, level: Level) -> Instance:
    """Two to four changes; edge: none at all, or only one close to an end."""
    draw = make.rng(seed, "T050", level)
    count = int(draw.integers(2, 5)) if level != "edge" else int(draw.integers(0, 2))
    lengths = draw.integers(LEAST, 750, count + 1)
    if level == "edge" and count:
        lengths = np.array([[LEAST, 1200], [1200, LEAST]][int(draw.integers(0, 2))])
    kinds: list[int] = []
    for _ in lengths:
        kinds.append(int(draw.choice([kind for kind in range(5) if not kinds or kind != kinds[-1]])))
    pieces = [_piece(draw, kind, int(length), NOISE[level]) for kind, length in zip(kinds, lengths, strict=True)]
    scale, base = float(draw.uniform(20, 900)), float(draw.uniform(3, 6))
    watts = scale * (base + np.concatenate(pieces))
    return _instance(watts, np.cumsum(lengths)[:-1].tolist())


def _piece(draw: np.random.Generator, kind: int, size: int, noise: float) -> make.Floats:
    """One appliance with mean 0 and standard deviation 1, then noise and a slow wander, shape (size,)."""
    if kind == len(PERIODS):
        shape = draw.normal(size=size)
    else:
        period = float(draw.uniform(*PERIODS[kind]))
        speed = 1.0 + 0.05 * np.cumsum(draw.normal(size=size)) / math.sqrt(size)
        phase = np.cumsum(speed) / period + draw.random()
        duty = float(draw.uniform(0.35, 0.6))
        shape = np.where(phase % 1.0 < duty, 1.0, 0.0) + 0.3 * np.sin(2 * np.pi * phase)
    shape = (shape - shape.mean()) / shape.std()
    wander = draw.uniform(0.1, 0.25) * np.sin(2 * np.pi * (np.arange(size) / draw.uniform(500, 900) + draw.random()))
    return np.asarray(shape + wander + draw.normal(0, noise, size))


def _instance(watts: make.Floats, changes: list[int]) -> Instance:
    data = {"changes": len(changes), "watts": [float(f"{w:.5g}") for w in watts]}
    return Instance({"trace.json": make.json_bytes(data)}, {"rows": [int(row) for row in changes]}, "trace.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest distance of a change from the true one of the same rank; infinite for another number of changes."""
    right, found = truth["rows"], output["rows"]
    if len(found) != len(right):
        return {"worst_rows": math.inf}
    gaps = (float(min(abs(a - b), 10**9)) for a, b in zip(right, found, strict=True))
    return {"worst_rows": max(gaps, default=0.0)}


def _backwards(instance: Instance, seed: int) -> Instance:
    """Read from the end: row k becomes N - k."""
    watts = np.array(json.loads(instance.visible["trace.json"])["watts"])
    return _instance(watts[::-1], [len(watts) - row for row in reversed(instance.truth["rows"])])


def _unit(instance: Instance, seed: int) -> Instance:
    """Another scale and offset of the meter: the same rows."""
    watts = np.array(json.loads(instance.visible["trace.json"])["watts"])
    draw = make.rng(seed, "unit")
    return _instance(watts * draw.uniform(0.2, 5.0) + draw.uniform(0, 500), instance.truth["rows"])


FEATURES = Slot("features", "ndarray[float64, (W, K)]", "1", "standardised features per window", "task2")
CHANGES = Slot("changes", "int", "count", "number of changes", "task1")

FAMILY = Family(
    id="T050",
    title="Household trace",
    domain="F",
    version=1,
    wordings=(
        Wording("Where does the active device change?", "goal"),
        Wording("Describe sliding windows by their band powers and cut the sequence where the description changes.", "operation"),
        Wording("power trace, number of cuts → cut rows", "terse"),
        Wording("One socket, several appliances one after the other. At which rows was the plug swapped?", "goal"),
        Wording("Segment trace.json by rhythm with dynamic programming over spectral features, given the number of changes.", "operation"),
        Wording("The meter's log shows different machines in turn; find the boundaries between them.", "goal"),
        Wording("appliance boundaries in one series", "terse"),
        Wording("I plugged one gadget after another into the smart plug. When did I switch from each to the next?", "goal", held=True),
        Wording("Split an electricity record into homogeneous regimes by the shape of its fluctuation.", "operation", held=True),
        Wording("device switch-over rows", "terse", held=True),
        Wording("正在工作的电器在哪里切换？", "goal", "zh"),
        Wording("用滑动窗口的频带功率描述波形，按给定的切换次数做动态规划分段。", "operation", "zh"),
        Wording("功率序列加切换次数 → 切换行号", "terse", "zh"),
        Wording("同一个插座先后接了几台电器，在哪几行换的？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`trace.json`: object with `changes` (number of changes) and `watts` (power row by row, W)",),
        outputs=(Slot("rows", "list[int]", "1", "first row of each new device, ascending; as many as `changes`"),),
        remarks=(
            "each device has its own rhythm, with cycles of 7 to 60 rows or none; mean and spread of all devices are alike",
            "a device stays for at least 350 rows; meter noise and a slow wander are added",
            "with 0 changes the answer is an empty list",
            "each row is wanted within 75; example: 400 rows of a pump, then 500 rows of an oven is [400]",
        ),
    ),
    stages=(
        Stage(
            "Load Household Trace",
            ("read the power and the number of changes from the JSON file",),
            "Read a power record and the number of changes in it.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("watts", "ndarray[float64, (N)]", "W", "power by row"), Slot("changes", "int", "count", "number of changes")),
        ),
        Stage(
            "Window Features",
            (
                "windows of 160 rows every 10 rows under a Hann window",
                "root of the share of power in seven bands of cycle lengths",
                "standardise each feature over the record",
            ),
            "Describe the rhythm of the record around every tenth row.",
            (Slot("watts", "ndarray[float64, (N)]", "W", "power by row", "task1"),),
            (
                Slot("features", "ndarray[float64, (W, K)]", "1", "standardised features per window"),
                Slot("centres", "ndarray[int64, (W)]", "1", "middle row of each window"),
            ),
        ),
        Stage(
            "Split Sequence",
            ("cost of a piece: sum of squares about its mean", "dynamic programming over pieces of at least 15 windows"),
            "Cut a sequence of feature vectors into a given number of even pieces.",
            (FEATURES, CHANGES),
            (Slot("cuts", "list[int]", "1", "first window of each new piece, ascending"),),
        ),
        Stage(
            "Cuts To Rows",
            ("middle between the centres of the windows on both sides of a cut",),
            "Convert cuts between windows to rows of the record.",
            (
                Slot("cuts", "list[int]", "1", "first window of each new piece", "task3"),
                Slot("centres", "ndarray[int64, (W)]", "1", "middle row of each window", "task2"),
            ),
            (Slot("rows", "list[int]", "1", "first row of each new device, ascending"),),
        ),
    ),
    solutions="t050_household",
    generate=generate,
    measure=measure,
    bars=(Bar("worst_rows", 75.0, "most"),),  # worst right 67 in 490 draws, 45 in most; a start of window is 80 off, with scatter to both sides at every cut
    alternates=(
        Variant("differences", "features from differences at several lags", swap={"window_features": "window_features_differences"}),
        Variant("forward", "best divisions of ever longer beginnings", swap={"split_sequence": "split_sequence_forward"}),
        Variant("autocorrelation", "features from the autocorrelation", swap={"window_features": "window_features_autocorrelation"}),
        Variant("loop", "rows collected in a loop", swap={"cuts_to_rows": "cuts_to_rows_loop"}),
    ),
    mutants=(
        Variant("equal_parts", "pieces of equal length", swap={"split_sequence": "split_sequence_equal"}, naive=True),
        Variant("mean_shift", "the mean of a window alone", swap={"window_features": "window_features_mean"}),
        Variant("unsorted", "cuts in the order in which they are found", swap={"split_sequence": "split_sequence_found"}),
        Variant("window_start", "the start of a window for its middle", edits=(("window_features", "starts + size // 2", "starts"),)),
        Variant("window_number", "numbers of windows for rows", edits=(("cuts_to_rows", "(centres[cut - 1] + centres[cut] + 1) // 2", "cut"),)),
        Variant("one_more", "one cut too many", edits=(("split_sequence", "for _ in range(changes)", "for _ in range(changes + 1)"),)),
    ),
    notes=(
        "Appliances differ by how they draw power, not only by how much: a refrigerator cycles slowly, a drum reverses quickly, "
        "electronics flicker without rhythm. Where level and spread are alike, segmentation needs features of shape: band "
        "powers, autocorrelation, or mean squares of differences at several lags, over windows of about two of the longest "
        "cycles. The feature vectors of one device scatter around one point, so that with a known number of changes the best "
        "cuts minimise the sum of squares within the pieces; dynamic programming finds them exactly (optimal partitioning). "
        "A window belongs to its middle: reporting its start shifts all answers by half a window. Changes blur over one "
        "window, but symmetrically. Cutting greedily is nearly as good, but the cuts come out in order of strength and must "
        "be sorted."
    ),
    relations=(Relation("read_backwards", _backwards), Relation("scale_and_offset", _unit)),
    sources=(
        "Ermshaus, Schaefer, Leser 2023, ClaSP: parameter-free time series segmentation (task and record)",
        "Bellman 1961, On the approximation of curves by line segments using dynamic programming",
    ),
)  # fmt: skip
