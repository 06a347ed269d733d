"""T007 abnormal beat: the one broad, ectopic beat of an ECG strip among normal ones, or none.

Truth comes from the generator, which plants at most one ventricular beat: a QRS complex three times as broad, without
P wave, with a T wave of the other sign. Tall beats, early beats of normal shape and single wild samples distract.
Covers: one lead, upright or inverted. Does not cover: runs of ectopic beats, naming the arrhythmia.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.01, "nominal": 0.03, "hard": 0.05, "edge": 0.03}
"""Standard deviation of the noise, mV."""

BROAD = ((1.0, 0.0, 0.036), (-0.3, 0.09, 0.036), (-0.3, 0.3, 0.06))
"""R, S, T of the ventricular beat as (amplitude mV, centre s, width s)."""

SPAN_S = (-0.12, 0.4)
"""The wanted stretch around the peak of the abnormal beat, s."""


def generate(seed: int, level: Level) -> Instance:
    """16 to 26 s of ECG; edge: no abnormal beat, one close to an end, or an inverted lead."""
    draw = make.rng(seed, "T007", level)
    kind = str(draw.choice(["none", "end", "inverted"])) if level == "edge" else ""
    rate, seconds = int(draw.choice([125, 150, 180, 200, 250])), float(draw.uniform(16, 26))
    times = np.arange(int(seconds * rate)) / rate
    count = int(seconds / draw.uniform(0.65, 1.05))
    mean = seconds / count
    gaps = mean * (1 + np.clip(draw.normal(0, 0.03, count), -0.08, 0.08))
    odd = int(draw.choice([2, count - 3])) if kind == "end" else int(draw.integers(3, count - 4))
    apart = [at for at in range(3, count - 3) if abs(at - odd) > 2]
    tall, early = (int(at) for at in draw.choice(apart, 2, replace=False))
    for at, share in ((odd, draw.uniform(0.65, 1.0)), (early, draw.uniform(0.62, 0.68))):
        gaps[at + 1] += (1 - share) * gaps[at]
        gaps[at] *= share
    beats = np.cumsum(gaps) - 0.6 * mean
    signal = np.zeros_like(times)
    for at, beat in enumerate(beats):
        waves = BROAD if at == odd and kind != "none" else make.ECG_WAVES
        size = draw.uniform(1.35, 1.5) if at == tall else draw.uniform(0.92, 1.08)
        for height, centre, width in waves:
            signal += size * height * np.exp(-0.5 * ((times - beat - centre) / width) ** 2)
    signal = (-1 if kind == "inverted" else 1) * draw.uniform(0.8, 1.5) * signal
    signal += draw.uniform(0.1, 0.4) * np.sin(2 * np.pi * draw.uniform(0.1, 0.3) * times + draw.uniform(0, 6))
    signal += draw.normal(0, NOISE[level], times.size) + draw.uniform(-1, 1)
    _sparks(draw, signal, times, beats, [at for at in apart if at not in (tall, early)])
    span = None if kind == "none" else [round((beats[odd] + part) * rate) for part in SPAN_S]
    return _instance(times, signal, span)


def _sparks(
    draw: np.random.Generator, signal: make.Floats, times: make.Floats, beats: make.Floats, places: list[int]
) -> None:
    """Puts single wild samples of several mV midway between two normal beats."""
    for at in draw.choice(places, 2, replace=False):
        sample = int(np.searchsorted(times, (0.35 * beats[at - 1] + 0.65 * beats[at])))
        signal[sample] += draw.choice([-1.0, 1.0]) * draw.uniform(2.5, 4.0)


def _instance(times: make.Floats, signal: make.Floats, span: list[int] | None) -> Instance:
    rate = float((times.size - 1) / (times[-1] - times[0]))
    visible = {"strip.csv": make.csv_bytes({"time": times, "ecg": signal}, digits=6)}
    return Instance(visible, {"span": span, "fs": rate}, "strip.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of the wanted stretch that the answer covers, and the answer's length in s.

    Where nothing is abnormal, none and none cover all and anything else nothing.
    """
    span, start, end = truth["span"], output["start"], output["end"]
    if start is None or end is None or span is None:
        right = span is None and start is None and end is None
        return {"covered": float(right), "length_s": 0.0 if right else math.inf}
    start, end = (min(max(value, -(10**9)), 10**9) for value in (start, end))
    common = max(0, min(end, span[1]) - max(start, span[0]))
    return {"covered": common / (span[1] - span[0]), "length_s": max(0, end - start) / truth["fs"]}


def _changed(change: str) -> Any:
    """A relation: another gain, or the strip read backwards with the stretch mirrored."""

    def apply(instance: Instance, seed: int) -> Instance:
        table = np.loadtxt(io.BytesIO(instance.visible["strip.csv"]), delimiter=",", skiprows=1)
        draw, span = make.rng(seed, change), instance.truth["span"]
        if change == "gain":
            return _instance(table[:, 0], draw.uniform(0.9, 1.6) * table[:, 1] - 0.5, span)
        return _instance(table[:, 0], draw.uniform(-1, 1) - table[:, 1], span)

    return apply


_FLAT = Slot("flat", "ndarray[float64, (N)]", "mV", "voltage without sparks and drift", "task2")
_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")
_BEATS = Slot("beats", "list[int]", "sample", "samples at which beats peak, ascending", "task3")

FAMILY = Family(
    id="T007",
    title="Abnormal beat",
    domain="A",
    version=1,
    wordings=(
        Wording("Point to the beat that looks wrong.", "goal"),
        Wording("Cut the ECG into beats, compare each with the median beat, and give the stretch of the least similar one.", "operation"),
        Wording("One heartbeat in this strip has a strange, broad shape. Show me where it is, if there is one.", "goal"),
        Wording("Search the ECG for the discord: the beat with the lowest correlation to all others, as start and end sample.", "operation"),
        Wording("strip.csv → ectopic beat [start, end)", "terse"),
        Wording("The nurse suspects an extra beat from the ventricle; mark the samples it occupies.", "goal", held=True),
        Wording("Detect beats, build a template, flag the one whose QRS shape deviates most and report its sample range.", "operation", held=True),
        Wording("odd heartbeat, sample range", "terse", held=True),
        Wording("指出看起来不正常的那一拍。", "goal", "zh"),
        Wording("把心电切成单拍，与中位模板比较，给出最不相似的一拍的起止样本。", "operation", "zh"),
        Wording("心电 → 异常心拍的起止", "terse", "zh"),
        Wording("护士怀疑有一次室性早搏，请标出它占的样本范围，没有就返回空。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`strip.csv`: CSV with a header, columns `time` (s), `ecg` (mV)",),
        outputs=(
            Slot("start", "int or none", "sample", "first sample of the stretch; none without an abnormal beat"),
            Slot("end", "int or none", "sample", "the sample after the last; none without an abnormal beat"),
        ),
        remarks=(
            "at most one beat is abnormal: its QRS complex is about three times as broad as the others', it has no P wave, its T wave points the other way; it may come early or on time",
            "beats of normal shape are normal, even if they are taller or come early; single samples may be off by several mV and mean nothing",
            "samples count from 0 at the first row; the lead may be inverted as a whole",
            "the wanted stretch runs from 0.12 s before to 0.4 s after the peak of the abnormal beat; at least 60 % of it must be covered, by an answer of at most 0.9 s",
        ),
    ),
    stages=(
        Stage(
            "Load ECG Strip",
            ("read time and voltage from the CSV", "derive the sampling rate from the first and the last time"),
            "Read an ECG strip and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "voltage"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Remove Sparks And Wander",
            ("median of three samples", "0.7 to 30 Hz Butterworth band-pass, zero phase"),
            "Remove single wild samples and slow drift from an ECG.",
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "voltage", "task1"), _FS),
            (Slot("flat", "ndarray[float64, (N)]", "mV", "voltage without sparks and drift"),),
        ),
        Stage(
            "Locate Beats",
            ("take the absolute voltage, since the lead may be inverted", "peaks above a share of the largest, at least 350 ms apart"),
            "Find the samples at which beats peak, upright or inverted.",
            (_FLAT, _FS),
            (Slot("beats", "list[int]", "sample", "samples at which beats peak, ascending"),),
        ),
        Stage(
            "Compare Beat Shapes",
            ("cut 0.12 s before and after each peak", "one minus the correlation with the median of all beats"),
            "Say how unlike the typical beat each beat is.",
            (_FLAT, _BEATS, _FS),
            (Slot("scores", "list[float]", "1", "one minus the correlation with the typical beat"),),
        ),
        Stage(
            "Point To Abnormal Beat",
            ("none when every score is small", "from 0.2 s before to 0.4 s after the beat with the largest score"),
            "Give the stretch around the most unusual beat, or none when all are alike.",
            (_BEATS, Slot("scores", "list[float]", "1", "one minus the correlation with the typical beat", "task4"), _FS),
            (
                Slot("start", "int or none", "sample", "first sample of the stretch; none without an abnormal beat"),
                Slot("end", "int or none", "sample", "the sample after the last; none without an abnormal beat"),
            ),
        ),
    ),
    solutions="t007_abnormal_beat",
    generate=generate,
    measure=measure,
    bars=(
        Bar("covered", 0.6, "least"),  # worst right 0.98; wrong ones 0 unless the abnormal beat suits them
        Bar("length_s", 0.9, "most"),  # right 0.6; the whole record 15
    ),
    alternates=(
        Variant("neighbours", "distance to the most similar other beats (discord)", swap={"compare_beat_shapes": "compare_beat_shapes_neighbours"}),
        Variant("component", "first principal component as the typical beat", swap={"compare_beat_shapes": "compare_beat_shapes_component", "load_ecg_strip": "load_ecg_strip_rows"}),
        Variant("energy", "beats by lumps of energy, drift by a moving average", swap={"locate_beats": "locate_beats_energy", "remove_sparks_and_wander": "remove_sparks_and_wander_averages"}),
    ),
    mutants=(
        Variant("everything", "the whole record is pointed to", swap={"point_to_abnormal_beat": "point_to_abnormal_beat_all"}, naive=True),
        Variant("tallest", "the largest deflection of the raw strip", swap={"remove_sparks_and_wander": "remove_sparks_and_wander_not", "compare_beat_shapes": "compare_beat_shapes_height"}),
        Variant("earliest", "the shortest interval", swap={"compare_beat_shapes": "compare_beat_shapes_interval"}),
        Variant("jump", "the largest step between two samples", swap={"compare_beat_shapes": "compare_beat_shapes_jump"}),
        Variant("most_alike", "the most typical beat instead of the least", edits=(("point_to_abnormal_beat", "np.argmax(scores)", "np.argmin(scores)"),)),
        Variant("seconds", "seconds instead of samples", edits=(("point_to_abnormal_beat", "return max(0, beat - round(0.2 * fs)), beat + round(0.4 * fs)", "return int(beat / fs - 0.2), int(beat / fs + 0.4)"),)),
    ),
    notes=(
        "A ventricular ectopic beat starts outside the conduction system and spreads slowly: its QRS complex lasts more than "
        "120 ms instead of 80 to 100, no P wave leads it, the T wave points against it, and often it comes early with a pause "
        "after it. Rhythm alone does not tell, because atrial extra beats come early with a normal shape. So beats are lined up "
        "at their peaks and compared by correlation, which ignores height: normal beats correlate above 0.95 with the median "
        "beat, broad ones far less. The median as a template is not spoiled by the one odd beat. Discord search does the same "
        "without a template: the window whose nearest neighbour is farthest. Single-sample glitches are removed by a median of "
        "three before any threshold is set."
    ),
    relations=(Relation("gain", _changed("gain")), Relation("lead_inverted", _changed("invert"))),
    needs=("scipy",),
    sources=("sum-of-Gaussians ECG after McSharry et al. 2003", "Keogh, Lin, Fu 2005, HOT SAX, ICDM (time series discords)"),
)  # fmt: skip
