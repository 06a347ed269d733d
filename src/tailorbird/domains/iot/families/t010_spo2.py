"""T010 SpO2: oxygen saturation of the blood from red and infrared light through a finger.

Truth is the saturation from which the generator set the ratio of the two pulsations. Covers: constant ambient light in
a third channel, drifting light level, a sensor without a finger. Does not cover: motion, calibration curves other than
the stated line.
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
from tailorbird.domains.judge import error

NOISE = {"easy": 0.00005, "nominal": 0.0002, "hard": 0.0004, "edge": 0.0002}
"""Standard deviation of the noise as a share of the light level."""


def generate(seed: int, level: Level) -> Instance:
    """12 to 20 s of light levels at 25 to 100 Hz; edge: very low saturation, full saturation, or no finger."""
    draw = make.rng(seed, "T010", level)
    rate, seconds = int(draw.choice([25, 40, 50, 64, 100])), float(draw.uniform(12, 20))
    kind = str(draw.choice(["low", "full", "none"])) if level == "edge" else ""
    spo2 = float({"low": draw.uniform(66, 78), "full": draw.uniform(98.5, 99.9)}.get(kind, draw.uniform(84, 99.5)))
    times = np.arange(int(seconds * rate)) / rate
    ambient = float(draw.uniform(15_000, 50_000))
    levels = draw.uniform(20_000, 120_000, 2)
    if kind == "none":
        columns = [ambient + 0.02 * size + draw.normal(0, 6, times.size) for size in levels]
        return _instance(draw, times, columns, ambient, None)
    ratio, depth = (110.0 - spo2) / 25.0, float(draw.uniform(0.012, 0.025))
    pulse = _pulse(draw, times)
    drift = draw.uniform(0.02, 0.05) * np.sin(2 * np.pi * draw.uniform(0.05, 0.2) * times + draw.uniform(0, 6))
    drift += draw.uniform(-0.02, 0.02) * times / seconds
    columns = []
    for size, modulation in zip(levels, (ratio * depth, depth), strict=True):
        light = size * (1 + drift) * (1 - modulation * pulse)
        columns.append(ambient + light + draw.normal(0, NOISE[level] * size, times.size))
    return _instance(draw, times, columns, ambient, spo2)


def _pulse(draw: np.random.Generator, times: make.Floats) -> make.Floats:
    """Absorption over time, beats between 0 and about 1 with a dicrotic bump, free of its mean."""
    mean, at, pulse = float(draw.uniform(0.55, 1.1)), -1.0, np.zeros_like(times)
    while at < times[-1] + 1:
        pulse += np.exp(-0.5 * ((times - at) / 0.11) ** 2) + 0.35 * np.exp(-0.5 * ((times - at - 0.27) / 0.1) ** 2)
        at += mean * (1 + float(np.clip(draw.normal(0, 0.02), -0.05, 0.05)))
    return np.asarray(pulse - pulse.mean())


def _instance(
    draw: np.random.Generator, times: make.Floats, columns: list[make.Floats], ambient: float, spo2: float | None
) -> Instance:
    dark = ambient + draw.normal(0, 5, times.size)
    names = ("red", "infrared", "dark")
    table = {name: np.round(column).astype(int) for name, column in zip(names, [*columns, dark], strict=True)}
    return _packed({"time": times, **table}, spo2)


def _packed(table: Mapping[str, Any], spo2: float | None) -> Instance:
    return Instance({"oximeter.csv": make.csv_bytes(table, digits=7)}, {"spo2": spo2}, "oximeter.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute error of the saturation in percent; infinite where only one of the two is none."""
    right, found = truth["spo2"], output["spo2"]
    if right is None or found is None:
        return {"spo2_error": 0.0 if right is found else math.inf}
    return {"spo2_error": error(right, found)}


def _changed(change: str) -> Any:
    """A relation: more ambient light on all channels, or one brighter lamp."""

    def apply(instance: Instance, seed: int) -> Instance:
        data = np.loadtxt(io.BytesIO(instance.visible["oximeter.csv"]), delimiter=",", skiprows=1)
        draw, spo2 = make.rng(seed, change), instance.truth["spo2"]
        time, red, infrared, dark = data.T
        if change == "ambient":
            red, infrared, dark = (column + draw.uniform(500, 600) for column in (red, infrared, dark))
        elif spo2 is not None:
            red = dark + draw.uniform(0.9, 1.3) * (red - dark)
        counts = {"red": red, "infrared": infrared, "dark": dark}
        return _packed({"time": time, **{name: np.round(v).astype(int) for name, v in counts.items()}}, spo2)

    return apply


_LIGHT = (
    Slot("red", "ndarray[float64, (N)]", "count", "red light"),
    Slot("infrared", "ndarray[float64, (N)]", "count", "infrared light"),
)

FAMILY = Family(
    id="T010",
    title="SpO2",
    domain="A",
    version=1,
    wordings=(
        Wording("Estimate oxygen saturation from red and infrared.", "goal"),
        Wording("Subtract the dark channel, divide the pulsation by the level in both colours, form the ratio of ratios and map it to SpO2.", "operation"),
        Wording("I clipped a two-colour light sensor on my finger. How much oxygen is in my blood?", "goal"),
        Wording("Compute AC over DC for red and infrared light and apply the linear calibration to get saturation.", "operation"),
        Wording("red + IR → SpO2 %", "terse"),
        Wording("My oximeter gives only raw light counts; turn them into a blood oxygen percentage.", "goal", held=True),
        Wording("Remove ambient light, band-pass both channels, relate the relative pulsations and report percent saturation.", "operation", held=True),
        Wording("blood oxygen from oximeter.csv", "terse", held=True),
        Wording("用红光和红外信号估计血氧。", "goal", "zh"),
        Wording("扣除暗通道后求红光与红外的交直流之比，再由比值换算血氧饱和度。", "operation", "zh"),
        Wording("红光 + 红外 → 血氧 %", "terse", "zh"),
        Wording("指夹里有两种颜色的灯，原始计数在这里，我的血氧是多少？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`oximeter.csv`: CSV with a header, columns `time` (s), `red` (count), `infrared` (count), `dark` (count)",),
        outputs=(Slot("spo2", "float or none", "%", "oxygen saturation; none without a finger"),),
        remarks=(
            "`dark` is the ambient light that reaches the sensor while both lamps are off; it is part of the other two columns as well, constant but for noise",
            "SpO2 = 110 - 25 R with R = (AC_red / DC_red) / (AC_infrared / DC_infrared), where DC is the mean light of the lamp alone and AC the size of its pulsation at the heart rate",
            "the pulsation has the same shape in both colours; the light level drifts slowly, below 0.3 Hz, while the heart beats faster than 0.8 Hz",
            "without a finger the lamps add less than 4000 counts to the dark level and the answer is null; with one they add more than 15000",
            "wanted within 0.8 %; example: AC 300 at DC 20000 in red and 500 at 25000 in infrared give R = 0.75 and 91.25 %",
        ),
    ),
    stages=(
        Stage(
            "Load Oximeter Channels",
            ("read time, red, infrared and dark columns", "subtract the mean dark level from both colours", "derive the sampling rate from the times"),
            "Read red and infrared light without ambient light, and the sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (*_LIGHT, Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Relative Pulsation",
            ("divide each colour by its slow level", "band-pass 0.6 to 5 Hz, zero phase"),
            "Give the pulsation of both colours as a share of their level.",
            (
                Slot("red", "ndarray[float64, (N)]", "count", "red light", "task1"),
                Slot("infrared", "ndarray[float64, (N)]", "count", "infrared light", "task1"),
                Slot("fs", "float", "Hz", "sampling rate", "task1"),
            ),
            (
                Slot("red_pulse", "ndarray[float64, (N)]", "1", "red pulsation over level"),
                Slot("infrared_pulse", "ndarray[float64, (N)]", "1", "infrared pulsation over level"),
            ),
        ),
        Stage(
            "Ratio Of Ratios",
            ("none when the infrared light hardly pulses", "slope of the straight line of red over infrared pulsation"),
            "Compare the relative pulsation of red with that of infrared.",
            (
                Slot("red_pulse", "ndarray[float64, (N)]", "1", "red pulsation over level", "task2"),
                Slot("infrared_pulse", "ndarray[float64, (N)]", "1", "infrared pulsation over level", "task2"),
            ),
            (Slot("ratio", "float or none", "1", "ratio of ratios; none without a finger"),),
        ),
        Stage(
            "Saturation From Ratio",
            ("110 minus 25 times the ratio", "none where the ratio is none"),
            "Map the ratio of ratios to oxygen saturation.",
            (Slot("ratio", "float or none", "1", "ratio of ratios; none without a finger", "task3"),),
            (Slot("spo2", "float or none", "%", "oxygen saturation; none without a finger"),),
        ),
    ),
    solutions="t010_spo2",
    generate=generate,
    measure=measure,
    bars=(
        Bar("spo2_error", 0.8, "most"),  # worst right 0.38 (beats, hard); wrong ones 3 and more in the middle, less only where the draw suits them
    ),
    alternates=(
        Variant("spread", "ratio of standard deviations", swap={"ratio_of_ratios": "ratio_of_ratios_spread"}),
        Variant("logarithm", "logarithm of the light (Beer and Lambert) instead of a division", swap={"relative_pulsation": "relative_pulsation_logarithm"}),
        Variant("beats", "median swing from trough to peak of the single beats", swap={"ratio_of_ratios": "ratio_of_ratios_swing", "load_oximeter_channels": "load_oximeter_channels_rows"}),
    ),
    mutants=(
        Variant("healthy", "97 percent for everyone", swap={"saturation_from_ratio": "saturation_from_ratio_constant"}, naive=True),
        Variant("swapped", "red and infrared are swapped", edits=(("load_oximeter_channels", "return red, infrared, fs", "return infrared, red, fs"),)),
        Variant("no_level", "pulsations are compared in counts", swap={"relative_pulsation": "relative_pulsation_counts"}),
        Variant("drift_kept", "the range of the light with its drift counts as pulsation", swap={"relative_pulsation": "relative_pulsation_range"}),
        Variant("ambient_kept", "ambient light counts as level", edits=(("load_oximeter_channels", "ambient = np.mean(dark)", "ambient = 0.0 * np.mean(dark)"),)),
    ),
    notes=(
        "Oxygenated blood absorbs more infrared and less red light than deoxygenated blood. What pulses is arterial blood, so the "
        "relative pulsation AC/DC of each colour is taken and divided: the ratio of ratios R is free of lamp brightness, skin and "
        "finger. R near 0.5 is full saturation, 1.0 about 85 percent; the line SpO2 = 110 - 25 R is the usual first "
        "calibration. DC must be the light of the lamp alone: ambient light measured with the lamps off is subtracted first, "
        "otherwise it waters down AC/DC. AC is one or two percent of DC, smaller than slow drift by breathing, so it is taken "
        "after a band-pass around the heart rate, 0.6 to 5 Hz. Because both colours pulse alike, the regression of one on the "
        "other gives R with little noise."
    ),
    relations=(Relation("ambient_light", _changed("ambient")), Relation("brighter_lamp", _changed("lamp"))),
    needs=("scipy",),
    sources=("Webster 1997, Design of Pulse Oximeters", "Tremper, Barker 1989, Anesthesiology 70(1)"),
)  # fmt: skip
