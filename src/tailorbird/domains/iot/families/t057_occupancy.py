"""T057 occupancy: the rows at which people come and go, from temperature, humidity, light and carbon dioxide of a room.

A twin of the occupancy records used for change detection: presence raises each channel by a drawn size with a lag of its
own, the weather and daylight drift below it, and each change misses one channel at times (a lamp left on, a window
open). Covers: up to eight changes of one room, rooms that stay as they are. Does not cover: numbers of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import event_f1

NAMES = ("temperature", "humidity", "light", "co2")
"""Channels in the order of the file."""

BASE = np.array([20.0, 38.0, 60.0, 450.0])
"""Values of an empty room: degC, %RH, lux, ppm."""

NOISE = np.array([0.05, 0.3, 12.0, 9.0])
"""Typical noise of each channel in its unit."""

STEP = {"easy": (7.0, 11.0), "nominal": (4.5, 8.0), "hard": (4.0, 6.0), "edge": (5.0, 8.0)}
"""Size of a change in standard deviations of a channel's noise."""


def generate(seed: int, level: Level) -> Instance:
    """200 to 420 rows with two to eight changes; edge: an empty room, a full one, few rows, or constant readings."""
    draw = make.rng(seed, "T057", level)
    kind = str(draw.choice(["still", "brief", "constant", "one"], p=[0.4, 0.15, 0.15, 0.3])) if level == "edge" else ""
    size = int(draw.integers(4, 16)) if kind == "brief" else int(draw.integers(200, 420))
    noise = NOISE * draw.uniform(0.6, 1.8, 4)
    rows = np.arange(size)
    table = BASE * draw.uniform(0.85, 1.15, 4) + noise * draw.normal(size=(size, 4))
    if kind == "constant":
        return _instance(np.tile(BASE, (size, 1)), [])
    period, height = draw.uniform(250, 500, 4), draw.uniform(2.0, 7.0, 4)
    table += noise * height * np.sin(2 * np.pi * (rows[:, None] / period + draw.random(4)))
    changes = _changes(draw, size, 1 if kind == "one" else int(draw.integers(2, 9)), kind in ("still", "brief"))
    present = float(draw.integers(0, 2))
    lags = np.array([draw.uniform(1.5, 3.0), draw.uniform(1.0, 2.5), 0.05, draw.uniform(1.0, 2.5)])
    for change in changes:
        present = 1.0 - present
        sizes = draw.uniform(*STEP[level], 4)
        if draw.random() < 0.35:
            sizes[int(draw.integers(0, 4))] = 0.0
        since = np.maximum(rows[:, None] - change + 1.0, 0.0)
        rise = np.where(rows[:, None] >= change, 1.0 - np.exp(-since / lags), 0.0)
        table += (2.0 * present - 1.0) * sizes * noise * rise
    return _instance(table, changes)


def _changes(draw: np.random.Generator, size: int, count: int, still: bool) -> list[int]:
    """Ascending rows of changes, at least 25 rows apart and from both ends."""
    if still:
        return []
    count = min(count, size // 25 - 2)
    slack = size - 25 * (count + 1)
    return [int(place) + 25 * (k + 1) for k, place in enumerate(np.sort(draw.integers(0, slack, count)))]


def _instance(table: make.Floats, changes: list[int]) -> Instance:
    columns = {name: table[:, k] for k, name in enumerate(NAMES)}
    return Instance({"room.csv": make.csv_bytes(columns, 6)}, {"changes": changes}, "room.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """F1 of changes matched one to one within 5 rows."""
    found = [max(-(10**9), min(10**9, row)) for row in output["changes"]]
    return {"f1": event_f1(truth["changes"], found, 5)}


def _read(instance: Instance) -> make.Floats:
    lines = instance.visible["room.csv"].decode().split()[1:]
    return np.array([[float(cell) for cell in line.split(",")] for line in lines])


def _units(instance: Instance, seed: int) -> Instance:
    """Each channel with another gain and offset: the same rows."""
    draw = make.rng(seed, "units")
    return _instance(_read(instance) * draw.uniform(0.5, 2.0, 4) + draw.uniform(0, 20, 4), instance.truth["changes"])


def _backwards(instance: Instance, seed: int) -> Instance:
    """Read from the end: row k becomes N - k."""
    table = _read(instance)
    return _instance(table[::-1], [len(table) - row for row in reversed(instance.truth["changes"])])


SCALED = Slot("scaled", "ndarray[float64, (N, 4)]", "1", "readings in standard deviations of the noise", "task2")

FAMILY = Family(
    id="T057",
    title="Occupancy changes",
    domain="F",
    version=1,
    wordings=(
        Wording("When did people come and go?", "goal"),
        Wording("Scale temperature, humidity, light and CO2 by their noise and detect the joint change points.", "operation"),
        Wording("room climate → occupancy changes, rows", "terse"),
        Wording("Our meeting room has a climate sensor. At which readings did somebody enter or leave?", "goal"),
        Wording("Compare the mean before and after each row of room.csv over all four channels and list the peaks.", "operation"),
        Wording("Find out from the air and the light when this office got occupied and when it emptied.", "goal"),
        Wording("multichannel change points, room sensor", "terse"),
        Wording("Nobody keeps the attendance list. Can you tell arrivals and departures from the sensor on the wall?", "goal", held=True),
        Wording("Segment a four-channel indoor climate series where its level shifts and give the boundaries.", "operation", held=True),
        Wording("presence switches from CO2, lux, RH, T", "terse", held=True),
        Wording("人什么时候来、什么时候走？", "goal", "zh"),
        Wording("按噪声缩放四个通道，检测它们共同的变化点。", "operation", "zh"),
        Wording("室内传感器 → 进出时刻", "terse", "zh"),
        Wording("从温湿度、光照和二氧化碳看，房间何时有人进来或离开？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`room.csv`: CSV with a header, columns `temperature` (degC), `humidity` (%RH), `light` (lux), `co2` (ppm), one row per reading",),
        outputs=(Slot("changes", "list[int]", "1", "rows, counted from 0, of the first reading after each change, ascending"),),
        remarks=(
            "an arrival raises, a departure lowers most of the four channels, each by at least four standard deviations of its noise; one channel may miss a change",
            "channels follow within a few rows; weather and daylight drift slowly and are no change",
            "changes lie at least 25 rows apart and at least 25 rows from either end; there may be none: then an empty list",
            "the noise of a channel is steady within a file but differs between files; a file of constant readings has no change",
            "found rows count within 5 rows of the true ones; an F1 of 0.75 is wanted; example: [53, 142, 236]",
        ),
    ),
    stages=(
        Stage(
            "Load Room Climate",
            ("read the four columns of the CSV in the order temperature, humidity, light, CO2",),
            "Read the four channels of a room sensor.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("readings", "ndarray[float64, (N, 4)]", "1", "temperature degC, humidity %RH, light lux, CO2 ppm by row"),),
        ),
        Stage(
            "Scale By Noise",
            ("noise of a channel: median absolute difference of neighbours times 1.05", "subtract the median and divide by the noise"),
            "Express each channel in standard deviations of its noise.",
            (Slot("readings", "ndarray[float64, (N, 4)]", "1", "four channels by row", "task1"),),
            (Slot("scaled", "ndarray[float64, (N, 4)]", "1", "readings in standard deviations of the noise"),),
        ),
        Stage(
            "Change Score",
            ("mean of the 8 rows from each row on, less the mean of the 8 rows before it", "sum of squares over the channels"),
            "Measure for every row how much all channels shift there.",
            (SCALED,),
            (Slot("score", "ndarray[float64, (N)]", "1", "summed squares of the shifts; 0 within 8 rows of an end"),),
        ),
        Stage(
            "Pick Changes",
            ("local maxima above 16", "at least 15 rows apart, larger ones first"),
            "List the rows at which the score peaks.",
            (Slot("score", "ndarray[float64, (N)]", "1", "summed squares of the shifts", "task3"),),
            (Slot("changes", "list[int]", "1", "rows of the changes, ascending"),),
        ),
    ),
    solutions="t057_occupancy",
    generate=generate,
    measure=measure,
    bars=(Bar("f1", 0.75, "least"),),  # worst right 1.0; the catalogue asks 0.75; wrong ones pass single draws with few changes, never all
    alternates=(
        Variant("loops", "windows averaged one after the other", swap={"change_score": "change_score_loops"}),
        Variant("medians", "medians in place of means", swap={"change_score": "change_score_medians"}),
        Variant("greedy", "largest score first, its neighbours struck out", swap={"pick_changes": "pick_changes_greedy"}),
        Variant("pandas", "table read and scaled with pandas", swap={"load_room_climate": "load_room_climate_pandas", "scale_by_noise": "scale_by_noise_pandas"}),
    ),
    mutants=(
        Variant("none", "no change at all", swap={"pick_changes": "pick_changes_none"}, naive=True),
        Variant("grid", "a change every 50 rows", swap={"pick_changes": "pick_changes_grid"}),
        Variant("one_cut", "the largest change alone", swap={"pick_changes": "pick_changes_one"}),
        Variant("raw_units", "channels in their own units", swap={"scale_by_noise": "scale_by_noise_none"}),
        Variant("late", "the end of the window for its middle", edits=(("pick_changes", "return np.sort(found).tolist()", "return (np.sort(found) + 8).tolist()"),)),
        Variant("single_rows", "differences of neighbouring rows", edits=(("change_score", "width = 8", "width = 1"),)),
    ),
    notes=(
        "People warm a room, breathe out water and carbon dioxide and switch on lamps, so several channels shift together when "
        "they come or go. Channels have different units: without scaling, the one with the largest numbers (ppm or lux) decides "
        "alone. Scale by the noise, estimated from differences of neighbours (median absolute difference), not by the standard "
        "deviation of the whole record, which contains the very changes. Drift is slow: a comparison of short windows before "
        "and after a row hardly sees it, a global fit of constant pieces needs a penalty that grows with it. Windows of 8 rows "
        "average the noise by nearly three. Carbon dioxide and temperature lag behind light by some rows, which shifts the "
        "peak a little. Penalised methods (PELT) need a penalty: too strong misses changes, too weak splits drift."
    ),
    relations=(Relation("gain_and_offset", _units), Relation("read_backwards", _backwards)),
    needs=("scipy", "pandas"),
    sources=(
        "Candanedo, Feldheim 2016, Accurate occupancy detection of an office room, Energy and Buildings 112",
        "van den Burg, Williams 2020, An evaluation of change point detection algorithms, arXiv 2003.06222",
    ),
)  # fmt: skip
