"""T025 direction finding: directions of up to two radio sources seen by a uniform line of eight antennas.

Truth is the geometry: the generator writes the samples by the closed formula of a plane wave. Covers: narrow-band,
uncorrelated sources in the far field. Does not cover: multipath (coherent sources), uncalibrated or planar arrays.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

ELEMENTS = 8
"""Antennas in the line."""

SNR_DB = {"easy": (15.0, 20.0), "nominal": (8.0, 20.0), "hard": (8.0, 12.0), "edge": (10.0, 20.0)}
"""Power of a source over the noise of one antenna, dB."""


APART_DEG = {"easy": (20.0, 40.0), "nominal": (9.0, 12.0), "hard": (8.0, 9.0), "edge": (8.0, 8.0)}
"""Angle between two sources, degrees."""


def generate(seed: int, level: Level) -> Instance:
    """200 to 400 samples of two sources 8 to 12 degrees apart, or further; edge: none, one, exactly 8 degrees, wide."""
    draw = make.rng(seed, "T025", level)
    angles = _angles(draw, level)
    count = int(draw.integers(200, 401))
    spacing = float(np.round(draw.uniform(0.39, 0.45), 3))
    sources = draw.normal(0, math.sqrt(0.5), (len(angles), count, 2)) @ [1, 1j]
    power = 10 ** (draw.uniform(*SNR_DB[level], len(angles)) / 20)
    noise = draw.normal(0, math.sqrt(0.5), (ELEMENTS, count, 2)) @ [1, 1j]
    samples = _steering(angles, spacing) @ (power[:, None] * sources) + noise
    return _instance(samples * draw.uniform(0.01, 10.0), spacing, angles)


def _angles(draw: np.random.Generator, level: Level) -> list[float]:
    """Directions in degrees, ascending."""
    kind = str(draw.choice(["none", "one", "eight", "wide"])) if level == "edge" else ""
    if kind == "none":
        return []
    if kind == "one":
        return [float(draw.uniform(-60, 60))]
    if kind == "wide":
        return [float(draw.uniform(-60, -45)), float(draw.uniform(45, 60))]
    apart = float(draw.uniform(*APART_DEG[level]))
    middle = draw.uniform(8, 25) * draw.choice([-1, 1]) if level != "edge" else draw.uniform(-20, 20)
    return [float(middle - apart / 2), float(middle + apart / 2)]


def _steering(angles: Sequence[float], spacing: float) -> NDArray[np.complex128]:
    """Plane waves over the line, shape (8, sources)."""
    turns = spacing * np.sin(np.radians(np.asarray(angles, dtype=float)))
    return np.asarray(np.exp(2j * np.pi * np.arange(ELEMENTS)[:, None] * turns[None, :]))


def _instance(samples: NDArray[np.complex128], spacing: float, angles: Sequence[float]) -> Instance:
    visible = {"array.npz": make.npz_bytes(samples=samples.astype(np.complex64), spacing=np.array(spacing))}
    return Instance(visible, {"angles_deg": list(angles), "spacing": spacing}, "array.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest error in degrees after sorting; infinite where the numbers of directions differ."""
    right, found = sorted(truth["angles_deg"]), sorted(output["angles_deg"])
    if len(right) != len(found):
        return {"angle_error_deg": math.inf}
    return {"angle_error_deg": max((abs(a - b) for a, b in zip(right, found, strict=True)), default=0.0)}


def _changed(instance: Instance, seed: int, *, mirror: bool) -> Instance:
    """The samples with another gain and phase, or conjugated, which mirrors the directions."""
    with np.load(io.BytesIO(instance.visible["array.npz"])) as data:
        samples = np.asarray(data["samples"], dtype=np.complex128)
    draw = make.rng(seed, "phase")
    factor = draw.uniform(0.2, 5.0) * np.exp(1j * draw.uniform(0, 2 * np.pi))
    angles = instance.truth["angles_deg"]
    angles = [-angle for angle in reversed(angles)] if mirror else angles
    return _instance(samples.conj() if mirror else samples * factor, instance.truth["spacing"], angles)


_NOISE = Slot(
    "noise_space", "ndarray[complex128, (E, Q)]", "1", "basis of the noise subspace, one column per direction", "task2"
)
_SPACING = Slot("spacing", "float", "1", "distance of neighbouring antennas in wavelengths", "task1")

FAMILY = Family(
    id="T025",
    title="MUSIC directions",
    domain="C",
    version=1,
    wordings=(
        Wording("Directions of two sources on an 8-element array.", "goal"),
        Wording("Two transmitters are close together; from which angles do their signals arrive at my antenna line?", "goal"),
        Wording("Find the bearing of each radio source from the snapshots of a uniform linear array.", "goal"),
        Wording("Estimate the covariance, split off the noise subspace and search the MUSIC pseudo-spectrum for its peaks.", "operation"),
        Wording("Use a subspace method on the array samples and print the angles of arrival in degrees.", "operation"),
        Wording("array snapshots → angles of arrival (deg)", "terse"),
        Wording("DoA from array.npz", "terse"),
        Wording("Eight antennas in a row recorded this; point me at the interferers, even if they stand 8° apart.", "goal", held=True),
        Wording("Eigendecompose the spatial covariance and locate steering vectors orthogonal to the noise eigenvectors.", "operation", held=True),
        Wording("super-resolution angle of arrival", "terse", held=True),
        Wording("用 8 阵元阵列求两个信号源的方向。", "goal", "zh"),
        Wording("估计协方差矩阵，分出噪声子空间，用 MUSIC 谱搜索到达角。", "operation", "zh"),
        Wording("两个干扰源靠得很近，天线阵能分出它们的方位角吗？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`array.npz`: arrays `samples` (complex, antennas x snapshots) and the number `spacing` (wavelengths between antennas)",
        ),
        outputs=(Slot("angles_deg", "list[float]", "deg", "directions of the sources, ascending"),),
        remarks=(
            "a source at angle theta reaches antenna k with the factor exp(j 2 pi k spacing sin(theta)), k = 0 to 7; 0 degrees is broadside",
            "sources are uncorrelated, at least 8 dB above the noise of one antenna; the noise is white and equal on all antennas",
            "there are at most two sources, one or none too; two are 8 degrees or more apart",
            "angles lie between -65 and 65 degrees; wanted within 1 degree, with the right number of directions",
            "example: sin(30 deg) at spacing 0.5 turns the phase by 90 degrees from antenna to antenna",
        ),
    ),
    stages=(
        Stage(
            "Load Array Snapshots",
            ("read the complex samples and the spacing of the antennas from the NPZ",),
            "Read the snapshots of an antenna line and its spacing.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("samples", "ndarray[complex128, (E, N)]", "1", "samples, antennas by snapshots"),
                Slot("spacing", "float", "1", "distance of neighbouring antennas in wavelengths"),
            ),
        ),
        Stage(
            "Noise Subspace",
            (
                "average the outer products of the snapshots to the spatial covariance",
                "take its eigenvalues and eigenvectors in ascending order",
                "count those above 2.2 times the mean of the six smallest as sources, at most two; the other vectors span the noise",
            ),
            "Split the spatial covariance into signal and noise and give a basis of the noise.",
            (Slot("samples", "ndarray[complex128, (E, N)]", "1", "samples, antennas by snapshots", "task1"),),
            (Slot("noise_space", "ndarray[complex128, (E, Q)]", "1", "basis of the noise subspace, one column per direction"),),
        ),
        Stage(
            "Search Directions",
            (
                "the number of sources is the number of antennas minus that of noise vectors",
                "1 over the squared length of each plane wave's part in the noise subspace, every 0.1 degrees",
                "take the highest local maxima, as many as there are sources, ascending",
            ),
            "Find the plane waves that are orthogonal to the noise subspace.",
            (_NOISE, _SPACING),
            (Slot("angles_deg", "list[float]", "deg", "directions of the sources, ascending"),),
        ),
    ),
    solutions="t025_music",
    generate=generate,
    measure=measure,
    bars=(Bar("angle_error_deg", 1.0, "most"),),  # worst right 0.61 (ESPRIT, hard), best wrong 1.8 (half a wavelength)
    alternates=(
        Variant("root", "roots of the noise polynomial instead of a search", swap={"search_directions": "search_directions_root"}),
        Variant("esprit", "rotation between the two overlapping halves of the line", swap={"search_directions": "search_directions_esprit"}),
        Variant("singular", "singular values of the samples, number of sources by the description length", swap={"noise_subspace": "noise_subspace_singular"}),
    ),
    mutants=(
        Variant("beam", "conventional beam: power over direction, which cannot part close sources", swap={"noise_subspace": "noise_subspace_covariance", "search_directions": "search_directions_beam"}, naive=True),
        Variant("sign", "the phase turns the other way", edits=(("search_directions", "2j * np.pi", "-2j * np.pi"),)),
        Variant("no_arcsine", "the sine is scaled to degrees without the arc sine", swap={"search_directions": "search_directions_sine"}),
        Variant("two_cells", "the two largest cells, which belong to one peak", swap={"search_directions": "search_directions_cells"}),
        Variant("radians", "angles in radians", edits=(("search_directions", "return sorted(grid[best].tolist())", "return sorted(np.radians(grid[best]).tolist())"),)),
        Variant("half_wave", "half a wavelength between antennas is taken for granted", edits=(("load_array_snapshots", 'float(data["spacing"])', "0.5"),)),
        Variant("one_source", "one source is expected and reported", edits=(("search_directions", "number = noise_space.shape[0] - noise_space.shape[1]", "number = 1"),)),
    ),
    notes=(
        "A plane wave from angle theta reaches the antennas of a uniform line with phases 2 pi k d sin(theta), d in wavelengths. The "
        "conventional beam sums the antennas with the opposite phases; eight antennas at half a wavelength have a beam of about 13 "
        "degrees and cannot part closer sources. Subspace methods can: the covariance R = X X^H / N has one large eigenvalue per "
        "uncorrelated source and equal small ones for the noise. MUSIC searches the directions whose steering vector is orthogonal to "
        "the noise eigenvectors: P = 1 / |E_n^H a|^2; root-MUSIC takes the roots nearest the unit circle, ESPRIT the eigenvalues of "
        "the rotation between the line without its last and without its first antenna. Pick separate local maxima, not the two "
        "highest cells, and convert phase to angle with the arc sine. Take the conjugate in R on the same side as in the steering "
        "vector, or the angles change sign."
    ),
    relations=(
        Relation("gain_and_phase", lambda instance, seed: _changed(instance, seed, mirror=False)),
        Relation("conjugate", lambda instance, seed: _changed(instance, seed, mirror=True)),
    ),
    needs=("numpy",),
    sources=(
        "Schmidt 1986, IEEE Trans. Antennas Propag. 34(3):276-280 (MUSIC)",
        "Roy, Kailath 1989, IEEE Trans. ASSP 37(7):984-995 (ESPRIT)",
        "Wax, Kailath 1985, IEEE Trans. ASSP 33(2):387-392 (number of sources)",
    ),
)  # fmt: skip
