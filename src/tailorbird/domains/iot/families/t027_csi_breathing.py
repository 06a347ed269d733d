"""T027 CSI breathing: the breathing rate of a person near a Wi-Fi link.

Truth is the drawn rate. The chest changes the length of one path by millimetres; how much of that a subcarrier shows
depends on the phase between this path and the others, so some subcarriers show nothing, or twice the rate.

Covers: one person who sits still, steady breathing, or nobody. Does not cover: walking, several persons.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error

NOISE = {"easy": 0.004, "nominal": 0.01, "hard": 0.02, "edge": 0.008}
"""Standard deviation of the noise over the root of the static power."""

SHIFTS = np.array([0.02, 0.05, 0.0, 0.6, 0.9, 1.2, 1.5, -0.7, -1.0, -1.4, -0.8, 1.1, -0.9, -1.2, 1.3, 0.03])
"""Phase between the chest's path and the others on each subcarrier, rad; near 0 only twice the rate is seen."""


def generate(seed: int, level: Level) -> Instance:
    """50 to 70 s at 8 to 16 packets per second on 16 subcarriers; edge: nobody, slow, fast, breath and hold the sway."""
    draw = make.rng(seed, "T027", level)
    kind = str(draw.choice(["nobody", "slow", "fast", "sway"])) if level == "edge" else ""
    low, high = {"slow": (8.5, 10.0), "fast": (25.0, 28.0)}.get(kind, (10.0, 25.0))
    breaths = 0.0 if kind == "nobody" else float(draw.uniform(low, high))
    rate = float(draw.uniform(8, 16))
    times = np.arange(int(draw.uniform(50, 70) * rate)) / rate
    if level == "hard":
        times = np.sort(times + draw.uniform(-0.25, 0.25, times.size) / rate)
    turn = 2 * np.pi * breaths / 60 * times + draw.uniform(0, 6.28)
    chest = draw.uniform(2.2, 3.4) * (np.sin(turn) + 0.15 * np.sin(2 * turn + 1)) * bool(breaths)
    phase = 4 * np.pi * chest / 57.9
    echo = draw.uniform(0.1, 0.2) * np.cos(phase[:, None] + SHIFTS + draw.uniform(-0.03, 0.03))
    if breaths:
        echo += 0.05 * np.cos(2 * turn)[:, None] * (np.abs(SHIFTS) < 0.1)
    sway = (
        np.outer(times - times[-1] / 2, draw.uniform(-1, 1, 16))
        * (0.01 if level == "easy" else 0.03)
        * (2 if kind == "sway" else 1)
    )
    sway += 0.1 * np.sin(2 * np.pi * 0.02 * times + draw.uniform(0, 6))[:, None] * draw.uniform(-1, 1, 16)
    amplitude = draw.uniform(0.7, 1.4, 16) * (1.6 + echo + 0.3 * np.tanh(sway))
    noise = draw.normal(0, NOISE[level], (times.size, 16))
    steps = 10 ** (np.cumsum(draw.choice([0, 0, 0, -0.5, 0.5], times.size)) % 3 / 20)
    pilots = draw.permutation(16)
    csi = (steps[:, None] * (amplitude + noise))[:, pilots] * np.exp(2j * np.pi * draw.random((times.size, 1)))
    return _instance(times, csi * 10 ** draw.uniform(-2, 2), breaths)


def _instance(times: make.Floats, csi: NDArray[np.complex128], breaths: float) -> Instance:
    arrays = make.npz_bytes(time_s=times, csi=csi.astype(np.complex64))
    return Instance({"link.npz": arrays}, {"breaths_per_min": breaths}, "link.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Absolute error of the rate, per minute."""
    return {"rate_error": error(truth["breaths_per_min"], output["breaths_per_min"])}


def _changed(instance: Instance, seed: int, *, mirror: bool) -> Instance:
    """Another gain and order of the subcarriers, or the record backward in time."""
    with np.load(io.BytesIO(instance.visible["link.npz"])) as data:
        times, csi = data["time_s"], np.asarray(data["csi"], dtype=np.complex128)
    draw = make.rng(seed, "changed")
    breaths = instance.truth["breaths_per_min"]
    if mirror:
        return _instance(times[-1] - times[::-1], csi[::-1], breaths)
    return _instance(times, csi[:, draw.permutation(16)] * draw.uniform(0.05, 20), breaths)


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("times", "ndarray[float64, (N)]", "s", "times of the packets", "task1"),
    Slot("csi", "ndarray[complex128, (N, K)]", "1", "packets by subcarriers", "task1"),
)
_EVEN = (
    Slot("series", "ndarray[float64, (M, K)]", "1", "relative amplitudes on an even grid of times", "task2"),
    Slot("fs", "float", "Hz", "samples per second of the grid", "task2"),
)
_STEADY = Slot("steady", "ndarray[float64, (M, K)]", "1", "amplitudes without slow drift", "task3")
_SPECTRUM = (
    Slot("frequencies", "ndarray[float64, (F)]", "Hz", "frequencies of the spectrum", "task4"),
    Slot("power", "ndarray[float64, (F)]", "1", "power summed over the subcarriers", "task4"),
)

FAMILY = Family(
    id="T027",
    title="CSI breathing",
    domain="C",
    version=1,
    wordings=(
        Wording("Breathing rate from Wi-Fi.", "goal"),
        Wording("Someone sits between my router and laptop. How many breaths per minute do they take, judging by the Wi-Fi channel?", "goal"),
        Wording("Use channel state information to measure how often a sleeping person breathes.", "goal"),
        Wording("Normalise amplitudes, remove slow drift, add the spectra of all subcarriers and take the breathing line.", "operation"),
        Wording("Resample the packets evenly, detrend every subcarrier and find the strongest common line in the breathing band.", "operation"),
        Wording("CSI → breaths/min", "terse"),
        Wording("wifi respiration rate", "terse"),
        Wording("Without touching the sleeper, count breaths per minute out of the access point's subcarrier log.", "goal", held=True),
        Wording("Clean each subcarrier's amplitude, pool their periodograms and convert the peak to breaths a minute.", "operation", held=True),
        Wording("respiration from link.npz", "terse", held=True),
        Wording("用 Wi-Fi 测呼吸频率。", "goal", "zh"),
        Wording("对各子载波幅度去趋势，把频谱相加，取呼吸频带内最强的谱线。", "operation", "zh"),
        Wording("有人坐在路由器旁边，从信道数据看他每分钟呼吸几次？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`link.npz`: arrays `time_s` (s, times of the packets) and `csi` (complex, packets x subcarriers)",),
        outputs=(Slot("breaths_per_min", "float", "/min", "breathing rate; 0 where nobody breathes near the link"),),
        remarks=(
            "packets come at about equal intervals, some of them a little early or late; each has a random phase and the receiver's gain "
            "steps by up to 3 dB, the same on all subcarriers",
            "amplitudes drift slowly besides; some subcarriers hardly show the breath, or show it at twice its rate, most show the rate "
            "itself",
            "the rate lies between 8 and 30 per minute and is steady; in the spectrum summed over the subcarriers the breath stands out "
            "at least eightfold above the median power from 8 to 60 per minute; where nothing does, nobody is there and the rate is 0",
            "wanted within 1 per minute",
        ),
    ),
    stages=(
        Stage(
            "Load CSI Record",
            ("read packet times and channel state information from the NPZ",),
            "Read the packets of one Wi-Fi link.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Even Amplitude Series",
            (
                "take amplitudes over their mean per packet, which removes phase and gain",
                "interpolate to an even grid with as many samples",
            ),
            "Turn packets into amplitude series with a constant rate.",
            _LOADED,
            _bare(_EVEN),
        ),
        Stage(
            "Remove Slow Drift",
            ("subtract a cubic through each series and a moving average of 10 s",),
            "Take away what changes more slowly than breath.",
            _EVEN,
            _bare((_STEADY,)),
        ),
        Stage(
            "Pooled Spectrum",
            ("Hann-weighted, zero-padded power spectrum of each subcarrier", "sum over the subcarriers"),
            "Add the power spectra of all subcarriers.",
            (_STEADY, _EVEN[1]),
            _bare(_SPECTRUM),
        ),
        Stage(
            "Breathing Line",
            ("largest power from 8 to 30 per minute", "0 below eight times the median from 8 to 60 per minute"),
            "Read the breathing rate off the pooled spectrum.",
            _SPECTRUM,
            (Slot("breaths_per_min", "float", "/min", "breathing rate; 0 where nobody breathes near the link"),),
        ),
    ),
    solutions="t027_csi_breathing",
    generate=generate,
    measure=measure,
    bars=(Bar("rate_error", 1.0, "most"),),  # the cell of 60 s is 1 per minute; worst right 0.06; wrong ones by 10 and more
    alternates=(
        Variant("logarithms", "logarithms less their mean in place of ratios", swap={"even_amplitude_series": "even_amplitude_series_logs"}),
        Variant("butterworth", "zero-phase high-pass filter", swap={"remove_slow_drift": "remove_slow_drift_filter"}),
        Variant("periodograms", "SciPy's periodogram", swap={"pooled_spectrum": "pooled_spectrum_scipy"}),
        Variant("parabola", "a parabola through the largest line", swap={"breathing_line": "breathing_line_parabola"}),
    ),
    mutants=(
        Variant("usual", "15 per minute for everybody", swap={"breathing_line": "breathing_line_usual"}, naive=True),
        Variant("phases", "the random phases of the packets are used", edits=(("even_amplitude_series", "amplitude = np.abs(csi)", "amplitude = np.angle(csi)"),)),
        Variant("drift_kept", "the slow drift stays and the band reaches to zero", edits=(("remove_slow_drift", "return rest - ndimage.uniform_filter1d(rest, width, axis=0)", "return series - 0.9 * series.mean(axis=0)"), ("breathing_line", "band = (frequencies >= 8.0 / 60.0)", "band = (frequencies >= 0.0)"))),
        Variant("hertz", "the rate in Hz", edits=(("breathing_line", "60.0 * frequencies[band]", "1.0 * frequencies[band]"),)),
        Variant("harmonic", "the second harmonic counts as the breath", edits=(("breathing_line", "60.0 * frequencies[band]", "120.0 * frequencies[band]"),)),
        Variant("ten_packets", "ten packets per second are taken for granted", edits=(("even_amplitude_series", "(times.size - 1) / (times[-1] - times[0])", "10.0"),)),
    ),
    notes=(
        "A breath moves the chest by 4 to 12 mm, so the path reflected there changes by some tenths of a wavelength (5.8 cm at 5.18 GHz). "
        "A subcarrier's amplitude follows the sine of the phase between this path and the sum of the others: near a quarter turn the "
        "response is large and linear, near zero or half a turn it vanishes or shows the square, at twice the rate. As the phase "
        "differs between subcarriers, pooling their power is safe where picking one is not. Remove packet gain first, and drift below "
        "0.1 Hz. Resting adults breathe 10 to 20 times a minute; a record of 60 s resolves 1 per minute."
    ),
    relations=(
        Relation("gain_and_order", lambda instance, seed: _changed(instance, seed, mirror=False)),
        Relation("backward", lambda instance, seed: _changed(instance, seed, mirror=True)),
    ),
    needs=("numpy", "scipy"),
    sources=("Wang, Yang, Wu et al. 2016, Human respiration detection with commodity WiFi devices, UbiComp",),
)  # fmt: skip
