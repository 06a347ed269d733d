"""T003 heart rate variability: RMSSD of a list of beat times, and a flag for values under 20 ms.

Truth is a closed formula over the intervals the generator laid down; it knows from construction which are artefacts and
draws again when the value is within 3 % of the limit, so that the flag is never a matter of rounding. Covers: artefacts
by missed and extra beats. Does not cover: ectopic beats of plausible interval, frequency-domain measures.
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
from tailorbird.domains.judge import same

LIMIT_MS = 20.0
"""RMSSD below which stress is flagged, ms."""

ARTEFACTS = {"easy": (0, 1), "nominal": (3, 6), "hard": (6, 10), "edge": (0, 1)}
"""Least number of artefacts and one more than the most."""

CLOCKS = (200, 250, 256, 360, 500, 1024)
"""Ticks per second of the recorders."""


def generate(seed: int, level: Level) -> Instance:
    """Beat times of 60 to 200 beats in ticks of a drawn clock; edge: too few beats, an even rhythm, only artefacts."""
    draw = make.rng(seed, "T003", level)
    clock = int(draw.choice(CLOCKS))
    if level == "edge":
        return _edge(draw, clock)
    while True:
        gaps, good = _gaps(draw, level)
        ticks = [round(gap * clock / 1000) for gap in gaps]
        value = _rmssd(ticks, good, clock)
        if value is not None and abs(value / LIMIT_MS - 1) > 0.03:
            return _instance(draw, ticks, good, clock)


def _gaps(draw: np.random.Generator, level: Level) -> tuple[list[float], list[bool]]:
    """Intervals in ms, and whether each is plausible; the rhythm changes where an artefact interrupts it."""
    count = int(draw.integers(60, 200))
    fast = draw.uniform(4, 12) if draw.random() < 0.5 else draw.uniform(16, 45)
    index = np.arange(count)
    breath = np.sin(2 * np.pi * index * draw.uniform(0.18, 0.3))
    slow = np.sin(2 * np.pi * index / draw.uniform(25, 60))
    swing = draw.uniform(10, 50) * slow + fast * breath + draw.normal(0, fast / 3, count)
    places = set(draw.choice(np.arange(5, count - 5, 5), int(draw.integers(*ARTEFACTS[level])), replace=False).tolist())
    beat, series, good = draw.uniform(700, 1100), [], []
    for at in range(count):
        if at in places:
            beat += draw.uniform(150, 250) * (1 if beat < 900 else -1)
            series.append(draw.uniform(2050, 3200) if draw.random() < 0.5 else draw.uniform(90, 280))
            good.append(False)
        series.append(float(np.clip(beat + swing[at], 420, 1600)))
        good.append(True)
    return series, good


def _edge(draw: np.random.Generator, clock: int) -> Instance:
    kind = str(draw.choice(["none", "one", "two", "three", "even", "artefacts"]))
    beat = int(draw.uniform(0.6, 1.1) * clock)
    gaps = {
        "none": [],
        "one": [],
        "two": [beat],
        "three": [beat, beat + round(draw.uniform(0.025, 0.09) * clock)],
        "even": [beat] * int(draw.integers(20, 60)),
        "artefacts": [beat, round(2.4 * clock)] * int(draw.integers(3, 9)),
    }[kind]
    return _instance(draw, gaps, [gap < 2 * clock for gap in gaps], clock, empty=kind == "none")


def _rmssd(ticks: list[int], good: list[bool], clock: int) -> float | None:
    """Closed formula over neighbouring plausible intervals, ms; none without a pair."""
    squares = [(ticks[k + 1] - ticks[k]) ** 2 for k in range(len(ticks) - 1) if good[k] and good[k + 1]]
    return 1000.0 / clock * math.sqrt(sum(squares) / len(squares)) if squares else None


def _instance(
    draw: np.random.Generator, ticks: list[int], good: list[bool], clock: int, *, empty: bool = False
) -> Instance:
    start = int(draw.uniform(0.1, 5.0) * clock)
    beats = [] if empty else [start + sum(ticks[:k]) for k in range(len(ticks) + 1)]
    value = _rmssd(ticks, good, clock)
    truth = {"rmssd_ms": value, "stress": value is not None and value < LIMIT_MS}
    return Instance({"beats.json": make.json_bytes({"ticks_per_second": clock, "beats": beats})}, truth, "beats.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Relative error of RMSSD, of 1 ms at least as base and infinite where only one is none; and whether the flag fits."""
    right, found = truth["rmssd_ms"], output["rmssd_ms"]
    if right is None or found is None:
        gap = 0.0 if right is found else math.inf
    else:
        gap = abs(found - right) / max(right, 1.0)
    return {"rmssd_error": gap, "flag": same(truth["stress"], output["stress"])}


def _moved(change: str) -> Any:
    """A relation that maps the beat times and keeps the answer."""

    def apply(instance: Instance, seed: int) -> Instance:
        data = json.loads(instance.visible["beats.json"])
        start = int(make.rng(seed, change).integers(0, 90_000))
        beats = data["beats"] if change == "shift" else [data["beats"][-1] - beat for beat in data["beats"][::-1]]
        moved = make.json_bytes(data | {"beats": [start + beat for beat in beats]})
        return Instance({"beats.json": moved}, instance.truth, "beats.json")

    return apply


_GAPS = Slot("gaps_ms", "list[float]", "ms", "intervals between beats", "task1")
_PAIRS = Slot("differences_ms", "list[float]", "ms", "differences of neighbouring plausible intervals", "task2")
_RMSSD = Slot(
    "rmssd_ms", "float or none", "ms", "root mean square of successive differences; none without any", "task3"
)

FAMILY = Family(
    id="T003",
    title="HRV RMSSD",
    domain="A",
    version=1,
    wordings=(
        Wording("Compute RMSSD from these beat times and flag stress under 20 ms.", "goal"),
        Wording("I have the moments of my heartbeats overnight. Is my heart rate variability low enough to mean stress?", "goal"),
        Wording("My chest belt exports beat timestamps. Tell me my RMSSD and whether I look stressed.", "goal"),
        Wording("Take differences of successive RR intervals, square, average and take the root; compare with the limit.", "operation"),
        Wording("Turn beat times into RR intervals, drop implausible ones, and work out the RMSSD in milliseconds.", "operation"),
        Wording("beat times → RMSSD (ms), stress yes/no", "terse"),
        Wording("How relaxed is this person? Use short-term heart rate variability from the recorded beats.", "goal", held=True),
        Wording("Filter artefacts out of the inter-beat intervals and report the root mean square of successive differences.", "operation", held=True),
        Wording("hrv rmssd + stress flag from beats.json", "terse", held=True),
        Wording("根据这些心跳时刻计算 RMSSD，低于 20 毫秒时提示压力。", "goal", "zh"),
        Wording("由心跳时刻求相邻 RR 间期，剔除伪差后计算 RMSSD 并判断压力。", "operation", "zh"),
        Wording("手环记录了每次心跳的时间，我的心率变异性是不是偏低、压力大？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`beats.json`: object with `ticks_per_second` of the recorder's clock (1/s) and `beats`, the ascending times of heartbeats (ticks)",),
        outputs=(
            Slot("rmssd_ms", "float or none", "ms", "root mean square of successive differences; none without any"),
            Slot("stress", "bool", "1", "whether RMSSD is under 20 ms; false where it is none"),
        ),
        remarks=(
            "an interval between two beats is plausible from 300 to 2000 ms, both included; others are artefacts",
            "a successive difference counts only where both neighbouring intervals are plausible; it never reaches over an artefact",
            "RMSSD is the root of the mean of the squared differences, divided by their number",
            "wanted within 1 % (of 1 ms where it is smaller); the flag exactly",
            "example: beats at 0, 800, 1630, 2420 of 1000 ticks per second have intervals 800, 830, 790 ms, differences 30, -40 ms, RMSSD 35.36 ms, no stress",
        ),
    ),
    stages=(
        Stage(
            "Beat Intervals",
            ("read the times and the clock's ticks per second from the JSON", "take the differences of neighbouring times", "convert ticks to milliseconds"),
            "Read heartbeat times and give the intervals between them.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("gaps_ms", "list[float]", "ms", "intervals between beats"),),
        ),
        Stage(
            "Successive Differences",
            ("mark intervals from 300 to 2000 ms as plausible", "take the difference of each two neighbouring plausible intervals"),
            "Give the differences of neighbouring plausible intervals.",
            (_GAPS,),
            (Slot("differences_ms", "list[float]", "ms", "differences of neighbouring plausible intervals"),),
        ),
        Stage(
            "Root Mean Square",
            ("square, average, take the root", "none when there is no difference"),
            "Compute RMSSD from successive differences.",
            (_PAIRS,),
            (Slot("rmssd_ms", "float or none", "ms", "root mean square of successive differences; none without any"),),
        ),
        Stage(
            "Flag Stress",
            ("true when RMSSD is known and under 20 ms",),
            "Say whether RMSSD is so low that it points to stress.",
            (_RMSSD,),
            (Slot("stress", "bool", "1", "whether RMSSD is under 20 ms; false where it is none"),),
        ),
    ),
    solutions="t003_hrv_rmssd",
    generate=generate,
    measure=measure,
    bars=(
        Bar("rmssd_error", 0.01, "most"),  # worst right 1e-12, best wrong 0.10 (joined over artefacts); an exact formula needs no more
        Bar("flag", 1.0, "least"),  # exact: no truth lies within 3 % of the limit
    ),
    alternates=(
        Variant(
            "masked_array",
            "arrays with NaN at artefacts instead of pairs",
            swap={"successive_differences": "successive_differences_masked", "root_mean_square": "root_mean_square_norm"},
        ),
        Variant("moments", "variance plus squared mean of the differences", swap={"root_mean_square": "root_mean_square_moments"}),
        Variant("streamed", "one pass over the intervals that remembers the last one", swap={"successive_differences": "successive_differences_streamed"}),
    ),
    mutants=(
        Variant("sdnn", "standard deviation of the intervals, another measure", swap={"successive_differences": "successive_differences_sdnn"}, naive=True),
        Variant("mean_absolute", "mean of absolute differences", swap={"root_mean_square": "root_mean_square_absolute"}),
        Variant("milliseconds", "ticks are taken to be milliseconds", edits=(("beat_intervals", "1000.0 / data[\"ticks_per_second\"]", "1.0"),)),
        Variant("artefacts_kept", "implausible intervals count", swap={"successive_differences": "successive_differences_all"}),
        Variant("joined", "artefacts are dropped first, so differences reach over them", swap={"successive_differences": "successive_differences_joined"}),
        Variant("flag_inverted", "the flag is true above the limit", edits=(("flag_stress", "rmssd_ms < 20.0", "rmssd_ms > 20.0"),)),
    ),
    notes=(
        "RMSSD is the root mean square of successive differences of normal-to-normal intervals, in milliseconds; it follows the "
        "vagal, beat-to-beat part of heart rate variability. SDNN, the standard deviation of the intervals, also holds slow "
        "changes and is another number. Resting adults lie around 20 to 60 ms; low values go with stress, age and illness, but a "
        "single value is no diagnosis. One missed or extra beat makes an interval about twice or half as long and can multiply "
        "RMSSD, so implausible intervals are removed first; the difference across the gap must not be formed, because the two "
        "intervals are not neighbours. RMSSD is the same when the record is shifted in time or read backwards."
    ),
    relations=(Relation("time_shift", _moved("shift")), Relation("time_reversal", _moved("reverse"))),
    needs=("numpy",),
    sources=("Task Force of the ESC and NASPE 1996, Circulation 93(5):1043-1065",),
)  # fmt: skip
