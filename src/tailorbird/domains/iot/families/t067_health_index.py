"""T067 health index: the trend of the fault energy of a bearing under changing load, and an alarm in time.

The generator knows the size of the impacts in every window; the index is judged by rank against it, the alarm against
the window at which the fault begins and the one half-way to failure. Covers: one fault whose rate per turn is known,
a resonance band that is stated, single knocks from outside. Does not cover: naming the fault (T040), life (T063).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SAMPLES = 2048
"""Samples per window."""

HEALTHY = 10
"""Windows at the start that are promised to be healthy."""

IMPACT = {"easy": (3.0, 5.0), "nominal": (2.5, 4.0), "hard": (2.5, 3.3), "edge": (3.0, 4.0)}
"""Height of the impacts at failure in standard deviations of the noise."""


def generate(seed: int, level: Level) -> Instance:
    """40 to 56 windows of 2,048 samples; edge: a bearing that stays healthy, or one that fails at once after ten windows."""
    draw = make.rng(seed, "T067", level)
    kind = str(draw.choice(["healthy", "early"])) if level == "edge" else ""
    count = int(draw.integers(40, 57))
    onset = HEALTHY + 1 if kind == "early" else int(draw.integers(HEALTHY + 4, count // 2))
    severity = np.zeros(count)
    if kind != "healthy":
        grown = np.arange(1, count - onset + 1) / (count - onset)
        severity[onset:] = draw.uniform(*IMPACT[level]) * (0.4 + 0.6 * grown ** draw.uniform(0.8, 1.3))
    rate = float(draw.choice([10_000, 12_000, 12_800, 16_000, 20_000]))
    per_turn = round(float(draw.uniform(2.6, 6.4)), 3)
    centre = rate * float(draw.uniform(0.26, 0.36))
    speed = np.round(draw.uniform(1300, 2400) * draw.uniform(0.85, 1.15, count), 1)
    load = np.abs(draw.uniform(1, 3) + np.cumsum(draw.normal(0, 0.6, count))) + 0.5
    load *= draw.choice([0.4, 1.0, 2.5], count)
    windows = np.stack(
        [_window(draw, rate, (speed[k] / 60, per_turn), centre, (severity[k], load[k])) for k in range(count)]
    )
    if level in ("nominal", "hard"):
        for at in [3, *draw.integers(0, onset - 3, 1)]:
            windows[at] += 25 * _ring(rate, centre, float(draw.uniform(0.01, 0.08)), SAMPLES)
    arrays = {
        "windows": (windows * draw.uniform(0.05, 5)).astype(np.float32),
        "rate": np.array(rate),
        "speed": speed,
        "per_turn": np.array(per_turn),
        "band": np.array([round(centre * 0.75), round(centre * 1.25)], dtype=float),
    }
    sick = kind != "healthy"
    truth = {"severity": severity.tolist(), "onset": onset if sick else None, "latest": (onset + count) // 2}
    return Instance({"bearing.npz": make.npz_bytes(**arrays)}, truth, "bearing.npz")


def _ring(rate: float, centre: float, at: float, size: int) -> make.Floats:
    """A decaying ring of the resonance from a moment (s) on, peak near 1."""
    times = np.arange(size) / rate - at
    later = np.maximum(times, 0.0)
    return np.asarray(np.where(times >= 0, np.exp(-1200 * later) * np.sin(2 * np.pi * centre * later), 0.0))


def _window(
    draw: np.random.Generator,
    rate: float,
    turning: tuple[float, float],
    centre: float,
    strength: tuple[float, float],
) -> make.Floats:
    """Noise of deviation 1, shaft and gear lines that follow the load, and impacts with 1 % slip.

    `turning` is the shaft rate (Hz) and the impacts per turn, `strength` the size of the impacts and the load.
    """
    (shaft, per_turn), (severity, load) = turning, strength
    times = np.arange(SAMPLES) / rate
    phase = draw.uniform(0, 2 * np.pi, 2)
    signal = draw.normal(size=SAMPLES) + load * 4 * np.sin(2 * np.pi * shaft * times + phase[0])
    signal += load * 2 * np.sin(2 * np.pi * 17 * shaft * times + phase[1])
    if severity:
        period = 1 / (shaft * per_turn)
        starts = np.arange(draw.uniform(0, 1) - 1, times[-1] / period + 1) * period
        starts += draw.normal(0, 0.01 * period, starts.size)
        train = np.zeros(SAMPLES)
        spots = np.round(starts * rate).astype(int)
        train[spots[(spots >= 0) & (spots < SAMPLES)]] = 1.0
        ring = _ring(rate, centre, 0.0, int(0.006 * rate))
        signal += severity * 2 * np.convolve(train, ring)[:SAMPLES]
    return np.asarray(signal)


def _ranks(values: Sequence[float]) -> make.Floats:
    """Ranks with ties averaged."""
    array = np.asarray(values, dtype=float)
    return np.asarray((array[:, None] > array).sum(1) + 0.5 * ((array[:, None] == array).sum(1) - 1))


def _spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Rank correlation; 0 where one side has no order at all."""
    a, b = _ranks(left), _ranks(right)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Rank correlation with the size of the impacts, and how far the alarm lies outside its span of windows."""
    severity, index, alarm = truth["severity"], output["index"], output["alarm"]
    largest = float(max(map(abs, index), default=0.0))
    if len(index) != len(severity):
        return {"trend": 0.0, "alarm_off": float(len(severity)), "largest": largest}
    if truth["onset"] is None:
        return {"trend": 1.0, "alarm_off": 0.0 if alarm is None else float(len(severity)), "largest": largest}
    off = len(severity) if alarm is None else max(truth["onset"] - alarm, alarm - truth["latest"], 0)
    return {"trend": _spearman(severity, index), "alarm_off": float(min(off, 10**6)), "largest": largest}


def _arrays(instance: Instance) -> dict[str, Any]:
    with np.load(BytesIO(instance.visible["bearing.npz"])) as found:
        return {name: found[name] for name in found.files}


def _gain(instance: Instance, seed: int) -> Instance:
    arrays = _arrays(instance)
    arrays["windows"] = arrays["windows"] * np.float32(make.rng(seed, "gain").uniform(-3.0, -0.2))
    return Instance({"bearing.npz": make.npz_bytes(**arrays)}, instance.truth, "bearing.npz")


def _offset(instance: Instance, seed: int) -> Instance:
    arrays = _arrays(instance)
    shift = make.rng(seed, "offset").uniform(-2, 2) * float(arrays["windows"].std())
    arrays["windows"] = arrays["windows"] + np.float32(shift)
    return Instance({"bearing.npz": make.npz_bytes(**arrays)}, instance.truth, "bearing.npz")


WINDOWS = Slot("windows", "ndarray[float64, (W, N)]", "m/s2", "acceleration, one window per row", "task1")
RATE = Slot("rate", "float", "Hz", "sampling rate", "task1")
ENERGY = Slot("energy", "ndarray[float64, (W)]", "1", "fault energy of each window over that of the background")

FAMILY = Family(
    id="T067",
    title="Health index",
    domain="G",
    version=1,
    wordings=(
        Wording("Trend the fault energy.", "goal"),
        Wording("Band-pass each window, take the envelope spectrum, add up the fault lines and smooth the result into an index.", "operation"),
        Wording("vibration windows + speed → health index, alarm", "terse"),
        Wording("Watch this bearing get worse and warn me in time, but not because the load went up.", "goal"),
        Wording("Compute a fault-energy index per window from the envelope at the defect frequency and raise an alarm once it has clearly risen.", "operation"),
        Wording("I need one number per measurement that grows with the bearing damage, and the measurement at which to worry.", "goal"),
        Wording("bearing condition trend and warning", "terse"),
        Wording("Give our fitters an early warning of the damaged rolling element; changes of speed and load must not trip it.", "goal", held=True),
        Wording("Demodulate the resonance, measure the harmonics of the impact rate per window, median-filter and threshold them.", "operation", held=True),
        Wording("degradation indicator with alarm index", "terse", held=True),
        Wording("给出故障能量的趋势并预警。", "goal", "zh"),
        Wording("对每个窗口做带通和包络谱，累加故障频率的能量，平滑后作为健康指标并报警。", "operation", "zh"),
        Wording("负载老在变，请告诉我轴承从哪次测量起明显变坏了。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`bearing.npz`: arrays `windows` (W rows of N samples, acceleration in m/s²), `rate` (Hz), `speed` (shaft speed of each window in 1/min), "
            "`per_turn` (impacts of the fault per turn of the shaft), `band` (lowest and highest frequency of the resonance in Hz)",
        ),
        outputs=(
            Slot("index", "list[float]", "1", "one number per window that grows with the fault energy"),
            Slot("alarm", "int or none", "1", "number of the window at which to raise the alarm, 0 is the first; null for a healthy bearing"),
        ),
        remarks=(
            "each impact of the fault rings the resonance inside `band`; impacts come at `speed` / 60 * `per_turn` per second, with 1 % slip",
            "shaft and gear lines below the band follow the load and say nothing about the fault; the noise is constant",
            "windows 0 to 9 are healthy; a single window may hold a knock from outside, which is no fault",
            "the damage, once begun, grows until the last window; its start is when it first is larger than nothing",
            "the index is judged by its rank correlation with the size of the impacts, wanted at 0.85 or more; its scale is free within ±1,000,000",
            "the alarm belongs in the first half of the time from the start of the damage to the last window, give or take 3 windows",
        ),
    ),
    stages=(
        Stage(
            "Load Bearing Windows",
            ("read windows, sampling rate, speeds, impacts per turn and band", "turn each speed into an impact rate in Hz"),
            "Read vibration windows with the impact rate of each.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("windows", "ndarray[float64, (W, N)]", "m/s2", "acceleration, one window per row"),
                Slot("rate", "float", "Hz", "sampling rate"),
                Slot("impact_hz", "ndarray[float64, (W)]", "Hz", "impacts per second in each window"),
                Slot("band", "ndarray[float64, (2)]", "Hz", "lowest and highest frequency of the resonance"),
            ),
        ),
        Stage(
            "Resonance Envelope",
            ("band-pass around the resonance", "magnitude of the analytic signal"),
            "Find the envelope of the resonance in each window.",
            (WINDOWS, RATE, Slot("band", "ndarray[float64, (2)]", "Hz", "lowest and highest frequency of the resonance", "task1")),
            (Slot("envelope", "ndarray[float64, (W, N)]", "m/s2", "envelope of the resonance"),),
        ),
        Stage(
            "Impact Energy",
            ("spectrum of the envelope without its mean", "power near the impact rate and twice it", "divide by the median power around"),
            "Measure how far the impact rate stands out of the envelope spectrum.",
            (
                Slot("envelope", "ndarray[float64, (W, N)]", "m/s2", "envelope of the resonance", "task2"),
                RATE,
                Slot("impact_hz", "ndarray[float64, (W)]", "Hz", "impacts per second in each window", "task1"),
            ),
            (ENERGY,),
        ),
        Stage(
            "Smooth Health Index",
            ("running median over five windows", "running mean over three"),
            "Free the index of single outliers.",
            (Slot(ENERGY.name, ENERGY.type, "1", ENERGY.meaning, "task3"),),
            (Slot("index", "list[float]", "1", "smoothed index, one per window"),),
        ),
        Stage(
            "Raise Health Alarm",
            ("mean and deviation of the index over the ten healthy windows", "first of three windows in a row that lie above a limit"),
            "Find the window at which the index has clearly risen.",
            (Slot("index", "list[float]", "1", "smoothed index, one per window", "task4"),),
            (Slot("alarm", "int or none", "1", "window of the alarm"),),
        ),
    ),
    solutions="t067_health_index",
    generate=generate,
    measure=measure,
    bars=(
        Bar("trend", 0.85, "least"),  # worst right 0.89 (300 draws), ties of the healthy windows take 0.04; wrong ones up to 0.87 by chance, caught by the alarm
        Bar("alarm_off", 3.0, "most"),  # worst right 2 (smoothing looks ahead); at_end 10, at_start 14, impatient 4 to 40
        Bar("largest", 1e6, "most"),  # ranks alone would not see one absurd value
    ),
    alternates=(
        Variant("spectrum", "band-pass and envelope by zeroing bins of the spectrum", swap={"resonance_envelope": "resonance_envelope_spectrum"}),
        Variant("goertzel", "power at the lines by correlation with sines", swap={"impact_energy": "impact_energy_sines"}),
        Variant("loops", "plain running medians and a plain search", swap={"smooth_health_index": "smooth_health_index_loop", "raise_health_alarm": "raise_health_alarm_loop"}),
    ),
    mutants=(
        Variant("total_rms", "r.m.s. of the whole window, which follows the load", swap={"impact_energy": "impact_energy_rms", "resonance_envelope": "resonance_envelope_none"}, naive=True),
        Variant("falling", "the index falls as the damage grows", edits=(("smooth_health_index", "return smooth.tolist()", "return (-smooth).tolist()"),)),
        Variant("at_start", "alarm at the first window", edits=(("raise_health_alarm", "return int(start)", "return 0"),)),
        Variant("at_end", "alarm at the last window", edits=(("raise_health_alarm", "return int(start)", "return len(index) - 1"),)),
        Variant("impatient", "no smoothing, the first outlier raises the alarm", swap={"smooth_health_index": "smooth_health_index_none", "raise_health_alarm": "raise_health_alarm_first"}),
        Variant("per_minute", "turns per minute are taken for turns per second", edits=(("load_bearing_windows", "/ 60.0 ", ""),)),
        Variant("shaft_rate", "the shaft rate instead of the impact rate", edits=(("load_bearing_windows", " * float(data[\"per_turn\"])", ""),)),
    ),
    notes=(
        "A pitted race gives one small impact per passing rolling element. Each impact rings a resonance of the housing at some "
        "kilohertz, far above the shaft and gear lines that carry most of the vibration and follow the load; total r.m.s. "
        "therefore tells the load, not the damage. Envelope analysis keeps the resonance band, takes the magnitude of the "
        "analytic signal and looks at the spectrum of that envelope: the fault shows as lines at the impact rate (shaft rate "
        "times impacts per turn) and its multiples, a few bins wide because rolling elements slip by about 1 %. The rate moves "
        "with the speed, so it has to be computed for every window. Divide by the background so that the index has no unit. A "
        "running median removes single knocks; alarms ask for several windows in a row above a limit taken from healthy ones."
    ),
    relations=(Relation("negative_gain", _gain), Relation("offset", _offset)),
    needs=("scipy",),
    sources=(
        "Randall, Antoni 2011, Mechanical Systems and Signal Processing 25(2), rolling element bearing diagnostics",
        "ISO 13373-3:2015, vibration condition monitoring, diagnosis of rolling bearings",
    ),
)  # fmt: skip
