"""Right and wrong programs of T023, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import signal


def load_range_profile(path: str) -> tuple[np.ndarray, int, int, float]:
    """Read a power profile and the parameters of the detector.

    Args:
        path: JSON object with power (list), training and guard (cells on each side) and pfa.

    Returns:
        Power of each cell, shape (N,); training cells and guard cells on each side; probability of a false alarm.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    return np.array(data["power"], dtype=float), int(data["training"]), int(data["guard"]), float(data["pfa"])


def average_training_cells(power: np.ndarray, training: int, guard: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimate the local noise power around each cell.

    Args:
        power: power of each range cell, shape (N,).
        training: training cells on each side.
        guard: guard cells on each side.

    Returns:
        Mean power of the training cells, shape (N,), 0 where there are none; their number, shape (N,).
    """
    noise = np.zeros(power.size)
    used = np.zeros(power.size, dtype=np.int64)
    for at in range(power.size):
        left = power[max(0, at - guard - training) : max(0, at - guard)]
        right = power[at + guard + 1 : at + guard + 1 + training]
        cells = np.concatenate([left, right])
        used[at] = cells.size
        if cells.size:
            noise[at] = cells.mean()
    return noise, used


def scale_noise_to_threshold(noise: np.ndarray, used: np.ndarray, pfa: float) -> np.ndarray:
    """Compute the detection threshold of each cell, a noise with a = N (pfa^(-1/N) - 1).

    Args:
        noise: mean power of the training cells, shape (N,).
        used: number of training cells of each cell, shape (N,).
        pfa: wanted probability of a false alarm per cell.

    Returns:
        Threshold of each cell, shape (N,); infinite where there is no training cell.
    """
    threshold = np.full(noise.size, np.inf)
    known = used > 0
    count = used[known]
    threshold[known] = noise[known] * (count * (pfa ** (-1.0 / count) - 1.0))
    return threshold


def pick_target_cells(power: np.ndarray, threshold: np.ndarray) -> list[int]:
    """List the cells that hold a target.

    Args:
        power: power of each range cell, shape (N,).
        threshold: power a target must exceed, shape (N,).

    Returns:
        Numbers of cells above their threshold that are local maxima, ascending.
    """
    padded = np.concatenate([[-np.inf], power, [-np.inf]])
    above = power > threshold
    rising = padded[1:-1] > padded[:-2]
    falling = padded[1:-1] >= padded[2:]
    return np.flatnonzero(above & rising & falling).tolist()


def average_training_cells_sums(power: np.ndarray, training: int, guard: int) -> tuple[np.ndarray, np.ndarray]:
    """Take the sums of both sides as differences of a running sum."""
    total = np.concatenate([[0.0], np.cumsum(power)])
    at = np.arange(power.size)
    lo, hi = np.clip(at - guard - training, 0, None), np.clip(at - guard, 0, None)
    start, stop = np.minimum(at + guard + 1, power.size), np.minimum(at + guard + 1 + training, power.size)
    used = (hi - lo) + (stop - start)
    sums = (total[hi] - total[lo]) + (total[stop] - total[start])
    return sums / np.maximum(used, 1), used


def average_training_cells_kernel(power: np.ndarray, training: int, guard: int) -> tuple[np.ndarray, np.ndarray]:
    """Convolve power and a row of ones with a kernel of ones that has a hole in its middle."""
    kernel = np.ones(2 * (training + guard) + 1)
    kernel[training : training + 2 * guard + 1] = 0.0
    reach = training + guard
    if power.size == 0:
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    sums = np.convolve(power, kernel)[reach : reach + power.size]
    used = np.rint(np.convolve(np.ones(power.size), kernel)[reach : reach + power.size]).astype(np.int64)
    return np.where(used > 0, sums / np.maximum(used, 1), 0.0), used


def scale_noise_to_threshold_logs(noise: np.ndarray, used: np.ndarray, pfa: float) -> np.ndarray:
    """Write the power as an exponential of a logarithm, which stays exact for many cells."""
    count = np.maximum(used, 1)
    factor = count * np.expm1(-np.log(pfa) / count)
    return np.where(used > 0, factor * noise, np.inf)


def pick_target_cells_peaks(power: np.ndarray, threshold: np.ndarray) -> list[int]:
    """Let SciPy find the relative maxima of the power with a zero at each end."""
    peaks, _ = signal.find_peaks(np.concatenate([[-1.0], power, [-1.0]]))
    return [int(at) - 1 for at in peaks if power[at - 1] > threshold[at - 1]]


def scale_noise_to_threshold_loop(noise: np.ndarray, used: np.ndarray, pfa: float) -> np.ndarray:
    """Scale one cell after the other and keep the factors of counts already seen."""
    factors = {0: float("inf")}
    threshold = []
    for level, count in zip(noise.tolist(), used.tolist()):
        if count not in factors:
            factors[count] = count * (pfa ** (-1.0 / count) - 1.0)
        threshold.append(level * factors[count] if count else float("inf"))
    return np.array(threshold, dtype=float)


def pick_target_cells_loop(power: np.ndarray, threshold: np.ndarray) -> list[int]:
    """Compare each cell with its threshold and its neighbours in a loop."""
    cells = []
    last = len(power) - 1
    for at, value in enumerate(power):
        if value <= threshold[at]:
            continue
        higher_than_left = at == 0 or value > power[at - 1]
        higher_than_right = at == last or value >= power[at + 1]
        if higher_than_left and higher_than_right:
            cells.append(at)
    return cells


def average_training_cells_global(power: np.ndarray, training: int, guard: int) -> tuple[np.ndarray, np.ndarray]:
    """Take the mean of the whole profile for every cell."""
    mean = power.mean() if power.size else 0.0
    return np.full(power.size, mean), np.full(power.size, 2 * training)
