"""T008 pressure anomaly: the one place where an arterial blood pressure curve behaves abnormally.

Truth comes from the generator, which bends one beat without jumps and within the range of the others. A slow rise and
fall elsewhere holds the highest and the lowest value. Covers: one anomaly after a stretch that is known to be normal.
Does not cover: several anomalies, none, medical meaning.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.15, "nominal": 0.4, "hard": 0.7, "edge": 0.4}
"""Standard deviation of the noise, mmHg."""

KINDS = ("damped", "reversed", "double", "triangle")
"""Ways in which a beat is bent."""


def generate(seed: int, level: Level) -> Instance:
    """30 to 45 s of arterial pressure; edge: the anomaly right after the normal part, at the very end, or a tiny pulse."""
    draw = make.rng(seed, "T008", level)
    kind = str(draw.choice(["first", "last", "weak"])) if level == "edge" else ""
    rate = int(draw.choice([25, 30, 40, 50]))
    known, seconds = float(draw.uniform(14, 18)), float(draw.uniform(32, 44))
    mean = float(draw.uniform(0.65, 1.0))
    starts = np.cumsum(np.r_[-draw.uniform(0, mean), mean * (1 + np.clip(draw.normal(0, 0.02, 90), -0.05, 0.05))])
    late = [k for k in range(starts.size - 1) if starts[k] > known + 0.3 and starts[k + 1] < seconds - 0.8]
    odd = {"first": late[0], "last": late[-1]}.get(kind, int(draw.choice(late[1:-1])))
    pulse = float(draw.uniform(18, 24) if kind == "weak" else draw.uniform(30, 60))
    times = np.arange(int(seconds * rate)) / rate
    bend = str(draw.choice(KINDS))
    wave, notch = np.zeros_like(times), float(draw.uniform(0.34, 0.42))
    for at, (start, end) in enumerate(itertools.pairwise(starts)):
        here = (times >= start) & (times < end)
        phase = (times[here] - start) / (end - start)
        wave[here] = _bent(phase, notch, bend) if at == odd else _beat(phase, notch)
    size = pulse * (1 + 0.06 * np.sin(2 * np.pi * draw.uniform(0.2, 0.3) * times + draw.uniform(0, 6)))
    signal = draw.uniform(60, 85) + size * wave + _slow(draw, times, known, (starts[odd], starts[odd + 1]), pulse)
    signal += draw.normal(0, NOISE[level] * (0.5 if kind == "weak" else 1.0), times.size)
    span = [int(np.ceil(starts[odd] * rate)), int(np.ceil(starts[odd + 1] * rate))]
    return _instance(signal, rate, int(known * rate), span)


def _beat(phase: make.Floats, notch: float) -> make.Floats:
    """One normal beat over its phase 0 to 1: steep rise, dicrotic notch, slow run-off; 0 at both ends."""
    rise = np.clip(phase / 0.14, 0, 1)
    fall = np.clip((phase - 0.14) / 0.86, 0, 1)
    body = np.sin(0.5 * np.pi * rise) ** 2 * (1 - fall) ** 1.3
    bump = np.exp(-0.5 * ((phase - notch - 0.09) / 0.035) ** 2) - np.exp(-0.5 * ((phase - notch) / 0.03) ** 2)
    return np.asarray(body + 0.11 * bump)


def _bent(phase: make.Floats, notch: float, kind: str) -> make.Floats:
    """One abnormal beat with the ends and about the height of a normal one."""
    if kind == "damped":
        return np.asarray(np.sin(np.pi * phase**0.8) ** 2)
    if kind == "reversed":
        return _beat(1 - phase, notch)
    if kind == "double":
        return np.asarray(0.9 * np.abs(np.sin(2 * np.pi * phase)) ** 1.5)
    return np.asarray(np.minimum(phase / 0.5, (1 - phase) / 0.5))


def _slow(
    draw: np.random.Generator, times: make.Floats, known: float, odd: tuple[float, float], pulse: float
) -> make.Floats:
    """Slow waves of the mean pressure, and one swell and one dip away from the anomaly, which hold the extremes."""
    slow = 0.05 * pulse * np.sin(2 * np.pi * draw.uniform(0.03, 0.08) * times + draw.uniform(0, 6))
    free = [at for at in np.arange(known + 2.5, times[-1] - 2.5, 0.5) if min(abs(at - odd[0]), abs(at - odd[1])) > 4.5]
    swell = float(draw.choice(free))
    dip = float(draw.choice([at for at in free if abs(at - swell) > 3] or free))
    for centre, height in ((swell, 0.35), (dip, -0.35)):
        slow += height * pulse * np.exp(-0.5 * ((times - centre) / 1.6) ** 2)
    early = float(draw.uniform(4, known - 4))
    slow += draw.choice([-0.25, 0.25]) * pulse * np.exp(-0.5 * ((times - early) / 1.6) ** 2)
    return np.asarray(slow)


def _instance(signal: make.Floats, rate: int, known: int, span: list[int]) -> Instance:
    data = {"fs": rate, "normal_samples": known, "pressure": np.round(signal, 2).tolist()}
    return Instance({"pressure.json": make.json_bytes(data)}, {"span": span, "fs": rate}, "pressure.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Time in s between the answer and the nearest sample of the abnormal beat; 0 within it."""
    index = min(max(output["index"], -(10**9)), 10**9)
    start, end = truth["span"]
    return {"off_s": max(start - index, index - (end - 1), 0) / truth["fs"]}


def _changed(change: str) -> Any:
    """A relation: another calibration of the sensor, or some normal seconds cut off in front."""

    def apply(instance: Instance, seed: int) -> Instance:
        data = json.loads(instance.visible["pressure.json"])
        draw, span = make.rng(seed, change), instance.truth["span"]
        signal, rate, known = np.asarray(data["pressure"]), data["fs"], data["normal_samples"]
        if change == "calibration":
            return _instance(draw.uniform(0.9, 1.3) * signal + draw.uniform(-10, 20), rate, known, span)
        cut = int(draw.uniform(0.3, 0.9) * rate)
        return _instance(signal[cut:], rate, known - cut, [at - cut for at in span])

    return apply


_NORMAL = Slot("normal", "ndarray[float64, (N)]", "1", "normal pressure in mmHg", "task1")
_WATCHED = Slot("watched", "ndarray[float64, (M)]", "1", "watched pressure in mmHg", "task1")

FAMILY = Family(
    id="T008",
    title="Pressure anomaly",
    domain="A",
    version=1,
    wordings=(
        Wording("When does the arterial pressure behave abnormally?", "goal"),
        Wording("Slide a window over the blood pressure, compare it with the known normal part and give the sample where the nearest match is worst.", "operation"),
        Wording("The pressure line looked fine at first. Somewhere later one beat is off; tell me where.", "goal"),
        Wording("Compute a nearest-neighbour profile of the arterial curve against its normal start and report the top discord.", "operation"),
        Wording("pressure.json → index of the anomaly", "terse"),
        Wording("A catheter recorded blood pressure and something odd happened once; at which sample was it?", "goal", held=True),
        Wording("Learn the usual waveform from the training stretch and locate the most novel window in the remainder.", "operation", held=True),
        Wording("blood pressure discord", "terse", held=True),
        Wording("动脉压什么时候出现异常？", "goal", "zh"),
        Wording("用滑动窗口与已知正常段逐一比较血压波形，给出最不匹配处的样本号。", "operation", "zh"),
        Wording("血压曲线 → 异常位置", "terse", "zh"),
        Wording("导管测的血压前面都正常，后来有一拍怪怪的，在第几个样本？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`pressure.json`: object with `fs`, the sampling rate (Hz), `normal_samples`, how many samples at the start are known to be normal, and `pressure`, the arterial blood pressure (mmHg)",),
        outputs=(Slot("index", "int", "sample", "a sample of the anomaly, counted from 0 at the start of the series"),),
        remarks=(
            "exactly one beat after the normal part is abnormal in its shape; there is no jump in the curve, and the beat stays within the range of the others",
            "slow swells and dips of the mean pressure are normal wherever they come, so the highest and the lowest value mean nothing",
            "samples count from 0 at the start of the whole series, the normal part included",
            "the answer counts when it is at most 0.35 s away from the abnormal beat, which runs from one onset of a pulse to the next",
        ),
    ),
    stages=(
        Stage(
            "Load Arterial Pressure",
            ("read the JSON", "part the series after the normal samples"),
            "Read a blood pressure series and part it into its known normal beginning and the rest.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("normal", "ndarray[float64, (N)]", "1", "normal pressure in mmHg"),
                Slot("watched", "ndarray[float64, (M)]", "1", "watched pressure in mmHg"),
                Slot("fs", "float", "Hz", "sampling rate"),
            ),
        ),
        Stage(
            "Sliding Pressure Windows",
            ("windows of 0.6 s, one per starting sample", "subtract the mean and divide by the standard deviation of each"),
            "Cut both parts into overlapping windows, each free of its level and scaled to unit spread.",
            (_NORMAL, _WATCHED, Slot("fs", "float", "Hz", "sampling rate", "task1")),
            (
                Slot("normal_windows", "ndarray[float64, (K, W)]", "1", "scaled windows of the normal part"),
                Slot("watched_windows", "ndarray[float64, (L, W)]", "1", "scaled windows of the watched part"),
            ),
        ),
        Stage(
            "Novelty Scores",
            ("correlate every watched window with every normal one", "the distance to the most similar one is the score"),
            "Give each watched window its distance to the most similar normal window.",
            (
                Slot("normal_windows", "ndarray[float64, (K, W)]", "1", "scaled windows of the normal part", "task2"),
                Slot("watched_windows", "ndarray[float64, (L, W)]", "1", "scaled windows of the watched part", "task2"),
            ),
            (Slot("scores", "ndarray[float64, (L)]", "1", "distances of the watched windows"),),
        ),
        Stage(
            "Most Novel Sample",
            ("take the window with the largest distance", "add the length of the normal part and half a window"),
            "Give the sample in the middle of the strangest window, counted from the start of the series.",
            (Slot("scores", "ndarray[float64, (L)]", "1", "distances of the watched windows", "task3"), _NORMAL, _WATCHED),
            (Slot("index", "int", "sample", "a sample of the anomaly, counted from 0 at the start of the series"),),
        ),
    ),
    solutions="t008_pressure_anomaly",
    generate=generate,
    measure=measure,
    bars=(
        Bar("off_s", 0.35, "most"),  # worst right 0.08 (city_block); wrong ones seconds away unless the draw suits them
    ),
    alternates=(
        Variant("tree", "nearest windows looked up in a k-d tree", swap={"novelty_scores": "novelty_scores_tree"}),
        Variant("city_block", "city-block distances to a thinned set of windows", swap={"novelty_scores": "novelty_scores_thinned"}),
        Variant("slopes", "windows of the slope, distances smoothed", swap={"sliding_pressure_windows": "sliding_pressure_windows_slope", "most_novel_sample": "most_novel_sample_smooth"}),
    ),
    mutants=(
        Variant("highest", "the highest pressure", swap={"most_novel_sample": "most_novel_sample_highest"}, naive=True),
        Variant("lowest", "the lowest pressure", swap={"most_novel_sample": "most_novel_sample_lowest"}),
        Variant("steepest", "the largest difference of two samples", swap={"most_novel_sample": "most_novel_sample_steepest"}),
        Variant("offset", "counted from the end of the normal part", edits=(("most_novel_sample", "normal.size + np.argmax", "np.argmax"),)),
        Variant("most_alike", "the most usual window instead of the strangest", edits=(("most_novel_sample", "np.argmax", "np.argmin"),)),
    ),
    notes=(
        "An arterial pressure wave rises steeply in systole, shows a dicrotic notch when the aortic valve closes, and runs off "
        "slowly until the next beat. Its mean level moves with breathing (0.2 to 0.3 Hz) and with Mayer waves (near 0.1 Hz), "
        "so a high or low value is no anomaly. A damped line, a kinked catheter or an ectopic beat changes the shape. Discord "
        "search finds it without a model: each window, centred and scaled, is compared with all windows of a stretch known to "
        "be normal; the window whose nearest neighbour is farthest is the anomaly. Windows of about one beat work best; in the "
        "UCR archive's pressure series any length from half a beat to several beats finds the planted place. The answer is the middle "
        "of the window plus the length of the training stretch, which is easily forgotten."
    ),
    relations=(Relation("calibration", _changed("calibration")), Relation("shorter_start", _changed("cut"))),
    needs=("scipy",),
    sources=("Keogh, Lin, Fu 2005, HOT SAX, ICDM", "Wu, Keogh 2021, UCR Anomaly Archive (structure of the task; its data is not used)"),
)  # fmt: skip
