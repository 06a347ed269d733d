"""T023 CFAR: targets in a radar power profile under cell averaging with a constant false alarm rate.

The contract names the rule (Finn, Johnson 1968), so the placed targets are the only right answer: the generator draws
until every target lies clearly above its threshold and every other peak clearly below, by a plain loop over cells.

Covers: one profile after square-law detection, exponential noise, steps of the floor, leakage into the next cell.
Does not cover: ordered statistics, masking of targets inside each other's training cells.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

LEAK = 0.35
"""Share of a target's power in each of its two neighbour cells."""

MARGIN = {"easy": (0.6, 1.6), "nominal": (0.88, 1.12), "hard": (0.92, 1.08), "edge": (0.8, 1.2)}
"""Largest ratio to the threshold of a peak that is no target, smallest of a target."""


def generate(seed: int, level: Level) -> Instance:
    """400 to 900 cells with 4 to 7 targets; edge: none, at the ends, empty, one cell, all zero."""
    draw = make.rng(seed, "T023", level)
    kind = str(draw.choice(["none", "ends", "empty", "single", "zeros"])) if level == "edge" else ""
    rule = (int(draw.integers(8, 15)), int(draw.integers(2, 5)), float(draw.choice([1e-6, 1e-5, 1e-4])))
    if kind in ("empty", "single", "zeros"):
        count = {"empty": 0, "single": 1, "zeros": 200}[kind]
        return _instance(np.full(count, 0.0 if kind == "zeros" else 7.5), rule, [])
    while True:
        power = _floor(draw, int(draw.integers(400, 901)), level)
        cells = [] if kind == "none" else _places(draw, power.size, rule, kind)
        if _set_targets(draw, power, cells, rule, level):
            return _instance(power, rule, cells)


def _floor(draw: np.random.Generator, count: int, level: Level) -> make.Floats:
    """Exponential noise on a floor with one to three steps of 8 to 20 dB."""
    floor = np.full(count, 10 ** draw.uniform(-3, 3))
    for at in draw.integers(count // 6, count - count // 6, 1 if level == "easy" else int(draw.integers(1, 4))):
        floor[at:] *= 10 ** (draw.choice([-1, 1]) * draw.uniform(0.8, 2.0))
    return np.asarray(floor * draw.exponential(1.0, count))


def _places(draw: np.random.Generator, count: int, rule: tuple[int, int, float], kind: str) -> list[int]:
    """Cells of targets: a pair as close as the guard cells, the others out of each other's reach."""
    training, guard, _ = rule
    first = int(draw.integers(training, 3 * training))
    cells = [1, count - 2] if kind == "ends" else [first, first + guard] if guard > 2 else [first]
    for _ in range(200):
        at = int(draw.integers(3, count - 3))
        if len(cells) < 6 and all(abs(at - cell) > training + guard + 1 for cell in cells):
            cells.append(at)
    return sorted(cells)


def _thresholds(power: make.Floats, rule: tuple[int, int, float]) -> make.Floats:
    """The contract's threshold of every cell, by counting offsets one after the other; shape (N,)."""
    training, guard, chance = rule
    total, used = np.zeros(power.size), np.zeros(power.size)
    for offset in range(guard + 1, guard + training + 1):
        total[offset:] += power[:-offset]
        total[:-offset] += power[offset:]
        used[offset:] += 1
        used[:-offset] += 1
    return np.asarray(total * np.expm1(-math.log(chance) / used))


def _set_targets(
    draw: np.random.Generator, power: make.Floats, cells: Sequence[int], rule: tuple[int, int, float], level: Level
) -> bool:
    """Write clutter spikes and targets into the profile; whether all margins hold in the end."""
    low, high = MARGIN[level]
    mask = np.isin(np.arange(power.size), [at + step for at in cells for step in (-1, 0, 1)])
    limits = _thresholds(power, rule)
    spikes = draw.integers(3, power.size - 3, 0 if level == "easy" else 8)
    power[spikes] = low * draw.uniform(0.75, 0.98, spikes.size) * limits[spikes]
    strong = high * draw.uniform(1.01, 1.1, len(cells))
    if level == "easy":
        strong *= draw.uniform(1.0, 4.0, len(cells))
    strong[2::3] *= draw.uniform(3.0, 40.0, strong[2::3].size)
    for _ in range(40):
        limits = _thresholds(power, rule)
        for at, ratio in zip(cells, strong, strict=True):
            power[at] = ratio * limits[at]
            power[[at - 1, at + 1]] = LEAK * power[at]
        ratios = power / _thresholds(power, rule)
        loud = np.flatnonzero((ratios > low) & ~mask)
        if not loud.size and all(ratios[at] > high for at in cells):
            return _others_low(power, ratios, cells, low)
        power[loud] *= draw.uniform(0.1, 0.8, loud.size)
    return False


def _others_low(power: make.Floats, ratios: make.Floats, cells: Sequence[int], low: float) -> bool:
    """Whether every other local maximum lies below its threshold."""
    peaks = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:])) + 1
    ends = [0] * bool(power[0] >= power[1]) + [power.size - 1] * bool(power[-1] > power[-2])
    return all(ratios[at] < low for at in [*peaks.tolist(), *ends] if at not in cells)


def _instance(power: make.Floats, rule: tuple[int, int, float], cells: Sequence[int]) -> Instance:
    values = [float(f"{value:.7g}") for value in power]
    data = {"power": values, "training": rule[0], "guard": rule[1], "pfa": rule[2]}
    return Instance({"profile.json": make.json_bytes(data)}, {"cells": list(cells)}, "profile.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Targets that were missed, and cells named without a target (repeated ones too)."""
    right, found = set(truth["cells"]), list(output["cells"])
    hit = right & set(found)
    ordered = all(a < b for a, b in itertools.pairwise(found))
    return {"missed": float(len(right - hit)), "false_alarms": float(len(found) - len(hit)) + (0.0 if ordered else 1.0)}


def _changed(instance: Instance, seed: int, *, mirror: bool) -> Instance:
    """The profile with another gain, or with its cells in reverse order."""
    data = json.loads(instance.visible["profile.json"])
    power, rule = np.array(data["power"]), (data["training"], data["guard"], data["pfa"])
    cells = instance.truth["cells"]
    if mirror:
        return _instance(power[::-1], rule, sorted(power.size - 1 - cell for cell in cells))
    return _instance(power * make.rng(seed, "gain").uniform(0.01, 100.0), rule, cells)


_POWER = Slot("power", "ndarray[float64, (N)]", "1", "power of each range cell", "task1")
_TRAINING = Slot("training", "int", "1", "training cells on each side", "task1")
_GUARD = Slot("guard", "int", "1", "guard cells on each side", "task1")
_PFA = Slot("pfa", "float", "1", "wanted probability of a false alarm per cell", "task1")

FAMILY = Family(
    id="T023",
    title="CFAR detection",
    domain="C",
    version=1,
    wordings=(
        Wording("Detect targets at the given false alarm rate.", "goal"),
        Wording("My radar's range profile sits on a noise floor that jumps. Which cells hold real echoes?", "goal"),
        Wording("Which range bins contain an object, if false alarms may be only as frequent as the file says?", "goal"),
        Wording("Run cell-averaging CFAR over the power profile and list the peaks above the threshold.", "operation"),
        Wording("Average the training cells around each cell, skip the guard cells, scale by the false alarm probability and keep local maxima above it.", "operation"),
        Wording("CA-CFAR: power profile → target cells", "terse"),
        Wording("adaptive threshold, radar detections", "terse"),
        Wording("Pick out the echoes from this range profile with a threshold that follows the local noise level.", "goal", held=True),
        Wording("Slide a window with guard and reference cells along the profile and compare every cell with its scaled local mean.", "operation", held=True),
        Wording("cfar hits from profile.json", "terse", held=True),
        Wording("按给定的虚警率检测目标。", "goal", "zh"),
        Wording("对功率剖面做单元平均恒虚警检测，列出目标所在单元。", "operation", "zh"),
        Wording("噪声底会跳变，哪些距离单元里真的有回波？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`profile.json`: JSON object with `power` (list, linear power of each range cell), `training` and `guard` (cells on "
            "each side), `pfa` (probability of a false alarm per cell)",
        ),
        outputs=(Slot("cells", "list[int]", "1", "numbers of the target cells, counted from 0, ascending"),),
        remarks=(
            "the threshold of a cell is a (mean of its training cells) with a = N (pfa^(-1/N) - 1), N the number of training cells",
            "training cells: `training` cells on each side, starting after `guard` cells next to the cell under test; cells beyond "
            "the ends of the profile are left out, so N shrinks there; a cell without any training cell is never a target",
            "a target cell is above its threshold and a local maximum: larger than the cell before and not smaller than the next",
            "a strong target leaks into its neighbours; the floor may step by 20 dB; targets may be as close as the guard cells",
            "exactly the target cells are wanted; a profile may hold none, or no cell at all: then an empty list",
            "example: N = 24 and pfa 1e-5 give a = 14.77, that is 11.7 dB above the mean",
        ),
    ),
    stages=(
        Stage(
            "Load Range Profile",
            ("read the power list from the JSON object", "read training cells, guard cells and false alarm probability"),
            "Read a power profile and the parameters of the detector.",
            (Slot("path", "path", "1", "input file"),),
            tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in (_POWER, _TRAINING, _GUARD, _PFA)),
        ),
        Stage(
            "Average Training Cells",
            (
                "for each cell take the training cells on both sides, beyond the guard cells",
                "leave out what lies beyond the ends of the profile",
                "give the mean power and the number of these cells",
            ),
            "Estimate the local noise power around each cell.",
            (_POWER, _TRAINING, _GUARD),
            (
                Slot("noise", "ndarray[float64, (N)]", "1", "mean power of the training cells; 0 where there are none"),
                Slot("used", "ndarray[int64, (N)]", "1", "number of training cells of each cell"),
            ),
        ),
        Stage(
            "Scale Noise To Threshold",
            ("factor a = N (pfa^(-1/N) - 1) for N training cells", "multiply with the noise", "infinite where N is 0"),
            "Compute the detection threshold of each cell.",
            (
                Slot("noise", "ndarray[float64, (N)]", "1", "mean power of the training cells; 0 where there are none", "task2"),
                Slot("used", "ndarray[int64, (N)]", "1", "number of training cells of each cell", "task2"),
                _PFA,
            ),
            (Slot("threshold", "ndarray[float64, (N)]", "1", "power a target must exceed"),),
        ),
        Stage(
            "Pick Target Cells",
            ("keep cells above their threshold", "of these keep local maxima"),
            "List the cells that hold a target.",
            (_POWER, Slot("threshold", "ndarray[float64, (N)]", "1", "power a target must exceed", "task3")),
            (Slot("cells", "list[int]", "1", "numbers of the target cells, counted from 0, ascending"),),
        ),
    ),
    solutions="t023_cfar",
    generate=generate,
    measure=measure,
    bars=(
        Bar("missed", 0.0, "most"),  # the rule has one answer; the draw keeps 8 % margin on both sides of the threshold
        Bar("false_alarms", 0.0, "most"),  # the same
    ),
    alternates=(
        Variant("sums", "differences of a running sum instead of slices", swap={"average_training_cells": "average_training_cells_sums"}),
        Variant("kernel", "convolution with a kernel that has a hole", swap={"average_training_cells": "average_training_cells_kernel", "scale_noise_to_threshold": "scale_noise_to_threshold_logs"}),
        Variant("peaks", "SciPy's relative maxima on padded power", swap={"pick_target_cells": "pick_target_cells_peaks"}),
        Variant("loops", "plain Python cell by cell", swap={"scale_noise_to_threshold": "scale_noise_to_threshold_loop", "pick_target_cells": "pick_target_cells_loop"}),
    ),
    mutants=(
        Variant("global_threshold", "one threshold from the mean of the whole profile", swap={"average_training_cells": "average_training_cells_global"}, naive=True),
        Variant("no_guard", "the target's own leakage counts as noise", edits=(("load_range_profile", 'int(data["guard"])', "0"),)),
        Variant("decibels", "the mean is taken over decibels", edits=(("average_training_cells", "cells.mean()", "np.exp(np.log(cells).mean())"),)),
        Variant("one_side_count", "the scale is that of one side's number of cells", edits=(("scale_noise_to_threshold", "count = used[known]", "count = used[known] / 2.0"),)),
        Variant("known_noise", "the factor of perfectly known noise, -ln pfa", edits=(("scale_noise_to_threshold", "count * (pfa ** (-1.0 / count) - 1.0)", "-np.log(pfa)"),)),
        Variant("every_cell", "leakage cells count as targets of their own", edits=(("pick_target_cells", "above & rising & falling", "above"),)),
        Variant("from_one", "cells are counted from one", edits=(("pick_target_cells", "return np.flatnonzero(above & rising & falling).tolist()", "return (1 + np.flatnonzero(above & rising & falling)).tolist()"),)),
    ),
    notes=(
        "After a square-law detector noise power is exponentially distributed, so a fixed threshold keeps its false alarm rate only "
        "where the floor is known. Cell-averaging CFAR (Finn and Johnson 1968) estimates the floor from N training cells around the "
        "cell under test and multiplies the mean with a = N (Pfa^(-1/N) - 1); for N to infinity this tends to -ln Pfa, and the "
        "excess is the price of not knowing the floor. Guard cells keep the target's own leakage (window side lobes, range "
        "straddling) out of the mean. Average power, not decibels: the mean of decibels lies 2.5 dB below. At a step of the floor "
        "the mean mixes both sides; greatest-of and ordered-statistic detectors soften that. A strong target fills several cells, "
        "so only local maxima count."
    ),
    relations=(
        Relation("gain", lambda instance, seed: _changed(instance, seed, mirror=False)),
        Relation("reverse_cells", lambda instance, seed: _changed(instance, seed, mirror=True)),
    ),
    needs=("numpy", "scipy"),
    sources=("Finn, Johnson 1968, Adaptive detection mode with threshold control, RCA Review 29:414-464",),
)  # fmt: skip
