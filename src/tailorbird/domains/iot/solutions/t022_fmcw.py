"""Right and wrong programs of T022, one function per step. Read as text, never imported."""

import numpy as np
from scipy import ndimage, optimize


def load_radar_cube(path: str) -> tuple[np.ndarray, float, float, float]:
    """Read the beat samples of one frame and the radar's parameters.

    Args:
        path: NPZ with cube (complex, chirps x samples), f0 (Hz), bandwidth (Hz) and chirp_time (s).

    Returns:
        Beat samples, shape (M, S); swept bandwidth in Hz; carrier frequency in Hz; time from chirp to chirp in s.
    """
    with np.load(path) as data:
        cube = np.asarray(data["cube"], dtype=np.complex128)
        return cube, float(data["bandwidth"]), float(data["f0"]), float(data["chirp_time"])


def range_doppler_map(cube: np.ndarray) -> np.ndarray:
    """Turn beat samples into power over speed and range.

    Args:
        cube: beat samples, chirps by samples, shape (M, S).

    Returns:
        Power, shape (2 M, 2 S): speed cells with zero in the middle, range cells from zero, each of half width.
    """
    window = np.outer(np.hanning(cube.shape[0]), np.hanning(cube.shape[1]))
    spectrum = np.fft.fft2(cube * window, (2 * cube.shape[0], 2 * cube.shape[1]))
    return np.abs(np.fft.fftshift(spectrum, axes=0)) ** 2


def pick_targets(power: np.ndarray) -> tuple[list[float], list[float]]:
    """Find the cells of up to two targets in a map of power over speed and range.

    Args:
        power: power over speed and range in cells of half width, shape (2 M, 2 S), zero speed in the middle.

    Returns:
        Signed places on the speed axis and places on the range axis, both in whole-width cells.
    """
    rest = power.copy()
    floor = float(np.median(power)) * 10**1.7
    least = max(floor, float(power.max()) * 10**-1.5)
    slow_cells, fast_cells = [], []
    for _ in range(2):
        row, column = np.unravel_index(np.argmax(rest), rest.shape)
        if rest[row, column] < least:
            break
        slow_cells.append(float(row - power.shape[0] // 2) / 2.0)
        fast_cells.append(float(column) / 2.0)
        top, left = max(0, row - 8), max(0, column - 8)
        rest[top : row + 9, left : column + 9] = 0.0
    return slow_cells, fast_cells


def scale_targets(
    slow_cells: list[float],
    fast_cells: list[float],
    cube: np.ndarray,
    bandwidth: float,
    f0: float,
    chirp_time: float,
) -> tuple[list[float], list[float]]:
    """Turn cells into metres and metres per second.

    Args:
        slow_cells: signed places on the speed axis in cells.
        fast_cells: places on the range axis in cells.
        cube: beat samples, chirps by samples, shape (M, S).
        bandwidth: swept bandwidth in Hz.
        f0: carrier frequency in Hz.
        chirp_time: time from chirp to chirp in s.

    Returns:
        Distances in m, nearest first, and radial speeds in m/s in the same order, positive when moving away.
    """
    light = 299792458.0
    chirps = cube.shape[0]
    pairs = sorted(
        (fast * light / (2.0 * bandwidth), slow * light / (2.0 * f0 * chirps * chirp_time))
        for slow, fast in zip(slow_cells, fast_cells)
    )
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def range_doppler_map_none(cube: np.ndarray) -> np.ndarray:
    """Hand the samples on."""
    return cube


def pick_targets_clean(power: np.ndarray) -> tuple[list[float], list[float]]:
    """Fit one tone, subtract it, and fit the next, in the samples themselves."""
    rest = power.copy()
    chirps, samples = rest.shape
    slow_axis, fast_axis = np.arange(chirps), np.arange(samples)
    slow_cells, fast_cells, strongest = [], [], 0.0
    noise = np.median(np.abs(np.fft.fft2(rest)) ** 2) / np.log(2.0)
    for _ in range(2):
        spectrum = np.abs(np.fft.fft2(rest))
        row, column = np.unravel_index(np.argmax(spectrum), spectrum.shape)

        def loss(place: np.ndarray, rest: np.ndarray = rest) -> float:
            slow = np.exp(-2j * np.pi * place[0] * slow_axis / chirps)
            fast = np.exp(-2j * np.pi * place[1] * fast_axis / samples)
            return -float(np.abs(slow @ rest @ fast))

        best = optimize.minimize(loss, (row, column), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 1e-3}).x
        tone = np.outer(
            np.exp(2j * np.pi * best[0] * slow_axis / chirps), np.exp(2j * np.pi * best[1] * fast_axis / samples)
        )
        weight = np.vdot(tone, rest) / tone.size
        peak = np.abs(weight) ** 2 * tone.size**2
        if peak < 50.0 * noise or peak < 0.03 * strongest:
            break
        strongest = max(strongest, peak)
        slow_cells.append(float((best[0] + chirps / 2) % chirps - chirps / 2))
        fast_cells.append(float(best[1]))
        rest = rest - weight * tone
    return slow_cells, fast_cells


def range_doppler_map_blackman(cube: np.ndarray) -> np.ndarray:
    """Power with Blackman windows, one axis after the other."""
    fast = np.fft.fft(cube * np.blackman(cube.shape[1]), 2 * cube.shape[1], axis=1)
    slow = np.fft.fft(fast * np.blackman(cube.shape[0])[:, None], 2 * cube.shape[0], axis=0)
    return np.abs(np.roll(slow, cube.shape[0], axis=0)) ** 2


def pick_targets_maxima(power: np.ndarray) -> tuple[list[float], list[float]]:
    """The two highest of all local maxima, each moved to the vertex of a parabola."""
    high = (power == ndimage.maximum_filter(power, size=9, mode="wrap")) & (power > 50.0 * np.median(power))
    rows, columns = np.nonzero(high & (power > power.max() / 30.0))
    order = np.argsort(-power[rows, columns])[:2]
    level = np.log(power + 1e-300)

    def vertex(before: float, at: float, after: float) -> float:
        return 0.5 * (before - after) / (before - 2.0 * at + after)

    slow_cells, fast_cells = [], []
    for row, column in zip(rows[order], columns[order]):
        down, across = power.shape
        slow = vertex(level[row - 1, column], level[row, column], level[(row + 1) % down, column])
        fast = vertex(level[row, column - 1], level[row, column], level[row, (column + 1) % across])
        slow_cells.append(float(row + slow - down // 2) / 2.0)
        fast_cells.append(float(column + fast) / 2.0)
    return slow_cells, fast_cells


def pick_targets_still(power: np.ndarray) -> tuple[list[float], list[float]]:
    """The two highest range cells of the sum over speeds; speeds are zero."""
    profile = power.sum(axis=0)
    first = int(np.argmax(profile))
    profile[max(0, first - 8) : first + 9] = 0.0
    return [0.0, 0.0], [first / 2.0, int(np.argmax(profile)) / 2.0]
