"""T022 FMCW radar: distance and speed of up to two targets from a cube of chirps.

Truth is the targets' geometry; the generator writes the beat signal by its closed formula, with parameters that differ
between files. Covers: one receive channel, point targets, white noise. Does not cover: angle, range migration, clutter.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

LIGHT = 299_792_458.0
"""Speed of light, m/s."""

PEAK_DB = {"easy": (42.0, 46.0), "nominal": (36.0, 44.0), "hard": (32.0, 36.0), "edge": (36.0, 42.0)}
"""Power of the strongest target after both transforms over the noise, dB."""


def generate(seed: int, level: Level) -> Instance:
    """Two targets at 76 to 81 GHz; edge: none, one, the same distance, the same speed, standing still."""
    draw = make.rng(seed, "T022", level)
    radar = {
        "f0": float(np.round(draw.uniform(76e9, 78e9), -7)),
        "bandwidth": float(np.round(draw.uniform(0.6e9, 1.2e9), -6)),
        "chirp_time": float(np.round(draw.uniform(49e-6, 70e-6), 7)),
    }
    shape = (int(draw.choice([112, 128])), int(draw.choice([128, 192, 256])))
    targets = _targets(draw, level, radar, shape)
    strongest = 10 ** (draw.uniform(*PEAK_DB[level]) / 20) / math.sqrt(shape[0] * shape[1])
    below = draw.uniform(0, {"easy": 3, "nominal": 8, "hard": 10, "edge": 6}[level])
    cube = _noise(draw, shape)
    for k, (distance, speed) in enumerate(targets):
        size = strongest * 10 ** (-below * (k > 0) / 20)
        cube = cube + size * np.exp(1j * draw.uniform(0, 2 * np.pi)) * _beat(radar, shape, distance, speed)
    return _instance(cube * draw.uniform(0.01, 10.0), radar, targets)


def _noise(draw: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.complex128]:
    """White complex noise of power 1."""
    return np.asarray(draw.normal(0, math.sqrt(0.5), (*shape, 2)) @ np.array([1, 1j]), dtype=np.complex128)


def _cells(radar: Mapping[str, float], shape: Sequence[int]) -> tuple[float, float]:
    """Range cell in m and speed cell in m/s."""
    return LIGHT / (2 * radar["bandwidth"]), LIGHT / (2 * radar["f0"] * shape[0] * radar["chirp_time"])


def _beat(radar: Mapping[str, float], shape: Sequence[int], distance: float, speed: float) -> NDArray[np.complex128]:
    """Beat signal of one target of amplitude 1, shape (chirps, samples)."""
    slow, fast = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    turns = 2 * radar["bandwidth"] * distance / LIGHT * fast / shape[1]
    return np.asarray(np.exp(2j * np.pi * (turns + 2 * speed * radar["f0"] / LIGHT * slow * radar["chirp_time"])))


def _targets(
    draw: np.random.Generator, level: Level, radar: Mapping[str, float], shape: Sequence[int]
) -> list[tuple[float, float]]:
    """Distances in m and speeds in m/s, at least 5 cells apart in one of both, nearest first.

    Below the edge level one comes and one goes, so that the sign of the speed always matters.
    """
    far, quick = _cells(radar, shape)
    kind = str(draw.choice(["none", "one", "same_range", "same_speed", "still"])) if level == "edge" else ""
    if kind == "none":
        return []
    apart = 5.0 if level == "hard" else 6.0
    while True:
        distance = draw.uniform(5.0, 0.75 * shape[1], 2) * far
        speed = draw.uniform(0.06, 0.42, 2) * [1, -1] * shape[0] * quick
        if draw.random() < 0.5:
            speed = speed[::-1].copy()
        if kind == "same_range":
            distance[1] = distance[0] + 0.4 * far
        if kind in ("same_speed", "still"):
            speed[:] = 0.0 if kind == "still" else speed[0]
        wide = abs(distance[1] - distance[0]) > apart * far, abs(speed[1] - speed[0]) > apart * quick
        if kind == "one" or any(wide):
            pairs = sorted(zip(distance.tolist(), speed.tolist(), strict=True))
            return pairs[:1] if kind == "one" else pairs


def _instance(
    cube: NDArray[np.complex128], radar: Mapping[str, float], targets: Sequence[tuple[float, float]]
) -> Instance:
    arrays = {name: np.float64(value) for name, value in radar.items()}
    visible = {"cube.npz": make.npz_bytes(cube=cube.astype(np.complex64), **arrays)}  # type: ignore[arg-type]
    return Instance(visible, {"targets": [list(pair) for pair in targets], **radar}, "cube.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest errors in m and m/s under the best pairing; infinite where the numbers of targets differ."""
    right = truth["targets"]
    ranges, speeds = output["range_m"], output["speed_mps"]
    if len(ranges) != len(right) or len(speeds) != len(right):
        return {"range_error_m": math.inf, "speed_error_mps": math.inf}
    worst = []
    for order in itertools.permutations(range(len(right))):
        gaps = [(abs(ranges[k] - right[j][0]), abs(speeds[k] - right[j][1])) for k, j in enumerate(order)]
        worst.append((max([g[0] for g in gaps], default=0.0), max([g[1] for g in gaps], default=0.0)))
    best = min(worst, key=lambda pair: pair[0] / 0.15 + pair[1] / 0.2)
    return {"range_error_m": best[0], "speed_error_mps": best[1]}


def _changed(instance: Instance, seed: int, *, mirror: bool) -> Instance:
    """The cube with another gain and phase, or with its chirps in reverse order, which turns the speeds around."""
    with np.load(io.BytesIO(instance.visible["cube.npz"])) as data:
        cube = np.asarray(data["cube"], dtype=np.complex128)
    draw = make.rng(seed, "phase")
    factor = draw.uniform(0.2, 5.0) * np.exp(1j * draw.uniform(0, 2 * np.pi))
    radar = {name: instance.truth[name] for name in ("f0", "bandwidth", "chirp_time")}
    targets = [(distance, -speed if mirror else speed) for distance, speed in instance.truth["targets"]]
    return _instance(cube[::-1] if mirror else cube * factor, radar, targets)


_RADAR = (
    Slot("bandwidth", "float", "Hz", "swept bandwidth of the sampled part of a chirp", "task1"),
    Slot("f0", "float", "Hz", "carrier frequency", "task1"),
    Slot("chirp_time", "float", "s", "time from chirp to chirp", "task1"),
)

FAMILY = Family(
    id="T022",
    title="FMCW range and speed",
    domain="C",
    version=1,
    wordings=(
        Wording("Range and speed of two targets.", "goal"),
        Wording("My 77 GHz radar recorded a frame of chirps. Where are the objects and how fast do they move?", "goal"),
        Wording("Tell me the distance and the velocity of each car in front of this automotive radar.", "goal"),
        Wording("Make a range-Doppler map by a two-dimensional Fourier transform with a window and read off the peaks.", "operation"),
        Wording("FFT over samples, FFT over chirps, then convert the strongest cells to metres and metres per second.", "operation"),
        Wording("radar cube → range (m), speed (m/s)", "terse"),
        Wording("FMCW beat signal to target list", "terse"),
        Wording("From raw millimetre-wave IQ data, find what is out there, how far, and whether it comes or goes.", "goal", held=True),
        Wording("Window the chirp matrix, transform fast and slow time, detect peaks above the noise, scale to range and radial velocity.", "operation", held=True),
        Wording("range-doppler peaks from cube.npz", "terse", held=True),
        Wording("给出两个目标的距离和速度。", "goal", "zh"),
        Wording("对雷达中频数据做距离和多普勒二维傅里叶变换，检出峰值并换算成米和米每秒。", "operation", "zh"),
        Wording("毫米波雷达前面的物体有多远，是靠近还是远离？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`cube.npz`: arrays `cube` (complex, chirps x samples), and the numbers `f0` (Hz), `bandwidth` (Hz), `chirp_time` (s)",
        ),
        outputs=(
            Slot("range_m", "list[float]", "m", "distances of the targets, nearest first"),
            Slot("speed_mps", "list[float]", "m/s", "their radial speeds in the same order, positive when moving away"),
        ),
        remarks=(
            "a target at distance R and speed v gives exp(j 2 pi (2 B R / c · n / Ns + 2 v f0 / c · m T)), n of Ns samples, chirp m, "
            "B bandwidth, T chirp_time, c = 299792458 m/s",
            "there are at most two targets, none or one too; speeds are unambiguous, |v| < c / (4 f0 T), and distances below 0.8 Ns c / (2 B)",
            "after both transforms the weakest target stands 20 dB or more above the noise and at most 12 dB below the strongest; "
            "two targets are 5 cells or more apart in range or in speed",
            "wanted within 0.15 m and 0.2 m/s, with the right number of targets; cells are c / (2 B) and c / (2 f0 M T) wide for M chirps",
            "example: f0 77 GHz, B 0.85 GHz, 256 samples, 128 chirps of 50 us: cells of 0.176 m and 0.304 m/s",
        ),
    ),
    stages=(
        Stage(
            "Load Radar Cube",
            ("read the cube of beat samples and the radar's parameters from the NPZ",),
            "Read the beat samples of one frame and the radar's parameters.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("cube", "ndarray[complex128, (M, S)]", "1", "beat samples, chirps by samples"),
                *(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in _RADAR),
            ),
        ),
        Stage(
            "Range Doppler Map",
            (
                "weight both axes with a Hann window",
                "Fourier transform over samples and over chirps, zero-padded to twice the length",
                "shift zero speed to the middle of the chirp axis; take the power",
            ),
            "Turn beat samples into power over speed and range.",
            (Slot("cube", "ndarray[complex128, (M, S)]", "1", "beat samples, chirps by samples", "task1"),),
            (Slot("power", "ndarray[float64, (P, Q)]", "1", "power, speed cells by range cells of half width"),),
        ),
        Stage(
            "Pick Targets",
            (
                "take the largest cell, at most twice, and blank 4 cells around it",
                "stop at a cell less than 17 dB above the median or more than 15 dB below the strongest",
            ),
            "Find the cells of up to two targets in a map of power over speed and range.",
            (Slot("power", "ndarray[float64, (P, Q)]", "1", "power, speed cells by range cells of half width", "task2"),),
            (
                Slot("slow_cells", "list[float]", "1", "signed places on the speed axis in cells"),
                Slot("fast_cells", "list[float]", "1", "places on the range axis in cells"),
            ),
        ),
        Stage(
            "Scale Targets",
            (
                "range = cell c / (2 B)",
                "speed = cell c / (2 f0 M T), M chirps",
                "nearest first",
            ),
            "Turn cells into metres and metres per second.",
            (
                Slot("slow_cells", "list[float]", "1", "signed places on the speed axis in cells", "task3"),
                Slot("fast_cells", "list[float]", "1", "places on the range axis in cells", "task3"),
                Slot("cube", "ndarray[complex128, (M, S)]", "1", "beat samples, chirps by samples", "task1"),
                *_RADAR,
            ),
            (
                Slot("range_m", "list[float]", "m", "distances of the targets, nearest first"),
                Slot("speed_mps", "list[float]", "m/s", "their radial speeds in the same order, positive when moving away"),
            ),
        ),
    ),
    solutions="t022_fmcw",
    generate=generate,
    measure=measure,
    bars=(
        Bar("range_error_m", 0.15, "most"),  # half the widest cell is 0.125; worst right 0.06, best wrong 1.1 (axes swapped)
        Bar("speed_error_mps", 0.2, "most"),  # half the widest cell is 0.18; worst right 0.09, best wrong 1.8 (axes swapped)
    ),
    alternates=(
        Variant("clean", "subtract the strongest tone, then look again", swap={"range_doppler_map": "range_doppler_map_none", "pick_targets": "pick_targets_clean"}),
        Variant("maxima", "Blackman window, all local maxima, parabola through each", swap={"range_doppler_map": "range_doppler_map_blackman", "pick_targets": "pick_targets_maxima"}),
    ),
    mutants=(
        Variant("range_only", "no transform over chirps, speeds are left at zero", swap={"pick_targets": "pick_targets_still"}, naive=True),
        Variant("no_shift", "approaching targets appear fast and moving away", edits=(("range_doppler_map", "np.fft.fftshift(spectrum, axes=0)", "spectrum"), ("pick_targets", "row - power.shape[0] // 2", "row"))),
        Variant("speed_sign", "approaching and moving away are mixed up", edits=(("scale_targets", "slow * light / (2.0 * f0", "-slow * light / (2.0 * f0"),)),
        Variant("one_way", "the way to the target and back is taken for one way", edits=(("scale_targets", "light / (2.0 * bandwidth)", "light / bandwidth"),)),
        Variant("axes_swapped", "chirps and samples change places", edits=(("range_doppler_map", "window = np.outer", "cube = cube.T\n    window = np.outer"),)),
        Variant("two_cells", "the two largest cells, which belong to one target", edits=(("pick_targets", "rest[top : row + 9, left : column + 9] = 0.0", "rest[row, column] = 0.0"),)),
        Variant("default_radar", "bandwidth and timing of a data sheet instead of the file's", edits=(("load_radar_cube", 'float(data["bandwidth"]), float(data["f0"]), float(data["chirp_time"])', "0.85e9, 77e9, 50e-6"),)),
    ),
    notes=(
        "A frequency-modulated continuous-wave radar mixes the echo of each chirp with the chirp itself. The beat frequency within "
        "a chirp is proportional to the distance: after the Fourier transform over the samples a cell is c / (2 B). From chirp to "
        "chirp the phase turns by 4 pi v T / wavelength: the transform over chirps gives the speed in cells of wavelength / (2 M T), "
        "unambiguous for |v| < wavelength / (4 T). Negative speeds lie in the upper half of the transform, so shift it. A window "
        "(Hann: side lobes -31 dB) keeps a strong target from hiding a weak one but widens its peak to four cells, so blank the "
        "neighbours before looking for the next. Zero-padding or a parabola over the peak brings the error below half a cell."
    ),
    relations=(
        Relation("gain_and_phase", lambda instance, seed: _changed(instance, seed, mirror=False)),
        Relation("reverse_chirps", lambda instance, seed: _changed(instance, seed, mirror=True)),
    ),
    needs=("numpy", "scipy"),
    sources=("Stove 1992, Linear FMCW radar techniques, IEE Proceedings F 139(5):343-350",),
)  # fmt: skip
