"""Right and wrong programs of T019, one function per step. Read as text, never imported."""

import statistics

import numpy as np
from scipy import ndimage, signal


def load_ankle_channels(path: str) -> tuple[np.ndarray, float]:
    """Read the acceleration of the left ankle and its sampling rate.

    Args:
        path: NPZ with acc (g, samples x 9), channels (names of the columns) and fs (Hz).

    Returns:
        Acceleration in g, shape (N, 3), and the sampling rate in Hz.
    """
    with np.load(path) as data:
        names = [str(name) for name in data["channels"]]
        columns = [names.index("left_" + axis) for axis in "xyz"]
        return np.asarray(data["acc"], dtype=float)[:, columns], float(data["fs"])


def shock_energy(ankle: np.ndarray, fs: float) -> np.ndarray:
    """Turn three axes into one curve that is high where the foot hits the ground.

    Args:
        ankle: acceleration of the left ankle in g, shape (N, 3).
        fs: sampling rate in Hz.

    Returns:
        Root mean square change of the acceleration within 20 ms in g, shape (N,).
    """
    lag = max(1, round(0.02 * fs))
    power = np.zeros(len(ankle))
    power[lag:] = np.sum((ankle[lag:] - ankle[:-lag]) ** 2, axis=1)
    return np.sqrt(ndimage.gaussian_filter1d(power, 0.025 * fs))


def find_heel_strikes(shock: np.ndarray, fs: float) -> np.ndarray:
    """Find the samples at which the left heel hits the ground.

    Args:
        shock: root mean square change of the acceleration within 20 ms in g, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Samples of the heel strikes, ascending, shape (K,).
    """
    found, heights = signal.find_peaks(shock, height=0.45, distance=max(1, round(0.5 * fs)))
    if found.size == 0:
        return found
    tall = heights["peak_heights"]
    return found[tall > 0.5 * np.percentile(tall, 80)]


def pair_strikes_to_strides(strikes: np.ndarray, fs: float) -> tuple[list[int], list[float]]:
    """Turn heel strikes into strides without the pauses.

    Args:
        strikes: samples of the heel strikes, ascending, shape (K,).
        fs: sampling rate in Hz.

    Returns:
        First sample of each stride, and its time in s.
    """
    seconds = np.diff(strikes) / fs
    walking = seconds <= 2.2
    return strikes[:-1][walking].tolist(), seconds[walking].tolist()


def stride_variation(durations: list[float]) -> tuple[int, float]:
    """Count strides and say how much their times vary.

    Args:
        durations: time of each stride in s.

    Returns:
        Number of strides, and the standard deviation over the mean of their times; 0 below two strides.
    """
    if len(durations) < 2:
        return len(durations), 0.0
    return len(durations), float(np.std(durations) / np.mean(durations))


def find_heel_strikes_refractory(shock: np.ndarray, fs: float) -> np.ndarray:
    """Take the maximum of the third of a second after each crossing, then wait half a second."""
    level = max(0.45, 0.5 * float(np.percentile(shock, 99.0)))
    strikes = []
    at = 0
    while at < shock.size:
        if shock[at] > level:
            strikes.append(at + int(np.argmax(shock[at : at + max(2, int(0.15 * fs))])))
            at = strikes[-1] + int(0.5 * fs)
        else:
            at += 1
    return np.array(strikes, dtype=np.int64)


def shock_energy_band(ankle: np.ndarray, fs: float) -> np.ndarray:
    """Band-pass each axis around the ring without delay; scale its length to the change of 12 Hz within 20 ms."""
    sos = signal.butter(2, (6.0, 20.0), btype="bandpass", fs=fs, output="sos")
    ring = signal.sosfiltfilt(sos, ankle - ankle.mean(axis=0), axis=0)
    length = np.sqrt(ndimage.gaussian_filter1d(np.sum(ring**2, axis=1), 0.025 * fs))
    return 2.0 * np.sin(np.pi * 12.0 * 0.02) * length


def pair_strikes_to_strides_loop(strikes: np.ndarray, fs: float) -> tuple[list[int], list[float]]:
    """Walk over neighbouring strikes and keep those that belong together."""
    starts = []
    durations = []
    samples = [int(strike) for strike in strikes]
    for first, second in zip(samples, samples[1:]):
        seconds = (second - first) / fs
        if seconds <= 2.2:
            starts.append(first)
            durations.append(seconds)
    return starts, durations


def pair_strikes_to_strides_median(strikes: np.ndarray, fs: float) -> tuple[list[int], list[float]]:
    """Compare each gap with 1.6 times the typical gap below 2.2 s."""
    gaps = np.diff(strikes)
    near = gaps[gaps <= 2.2 * fs]
    if near.size == 0:
        return [], []
    kept = np.flatnonzero(gaps < 1.6 * np.median(near))
    return [int(strikes[k]) for k in kept], [float(gaps[k] / fs) for k in kept]


def stride_variation_plain(durations: list[float]) -> tuple[int, float]:
    """Mean and population standard deviation of the statistics module."""
    count = len(durations)
    mean = statistics.fmean(durations) if count else 1.0
    return count, statistics.pstdev(durations) / mean if count > 1 else 0.0


def pair_strikes_to_strides_grid(strikes: np.ndarray, fs: float) -> tuple[list[int], list[float]]:
    """Cut the time from the first to the last strike into strides of the median length."""
    if strikes.size < 2:
        return [], []
    gap = int(np.median(np.diff(strikes)))
    starts = list(range(int(strikes[0]), int(strikes[-1]) - gap // 2, gap))
    return starts, [gap / fs] * len(starts)


def shock_energy_axis(ankle: np.ndarray, fs: float) -> np.ndarray:
    """Use the axis with the largest readings alone."""
    axis = ankle[:, np.argmax(np.abs(ankle).mean(axis=0))]
    lag = max(1, round(0.02 * fs))
    power = np.zeros(axis.size)
    power[lag:] = (axis[lag:] - axis[:-lag]) ** 2
    return np.sqrt(3.0 * ndimage.gaussian_filter1d(power, 0.025 * fs))


def pair_strikes_to_strides_filled(strikes: np.ndarray, fs: float) -> tuple[list[int], list[float]]:
    """Cut the pauses into strides of the typical length."""
    if strikes.size < 2:
        return [], []
    gap = float(np.median(np.diff(strikes)))
    starts = []
    for first, second in zip(strikes[:-1], strikes[1:]):
        parts = max(1, round((second - first) / gap))
        starts += [int(first + k * (second - first) / parts) for k in range(parts)]
    edges = [*starts, int(strikes[-1])]
    return starts, [(b - a) / fs for a, b in zip(edges, edges[1:])]
