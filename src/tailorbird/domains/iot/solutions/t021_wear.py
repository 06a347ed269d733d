"""Right and wrong programs of T021, one function per step. Read as text, never imported."""

import itertools

import numpy as np
from scipy import ndimage, signal


def load_wrist_acceleration(path: str) -> tuple[np.ndarray, float]:
    """Read the acceleration of a watch and its sampling rate.

    Args:
        path: NPZ with acc (g, readings x 3 axes) and fs (Hz).

    Returns:
        Acceleration in g, shape (N, 3), N may be 0, and the sampling rate in Hz.
    """
    with np.load(path) as data:
        return np.asarray(data["acc"], dtype=float).reshape(-1, 3), float(data["fs"])


def breathing_motion(acc: np.ndarray, fs: float) -> np.ndarray:
    """Measure second by second how much the watch moves at the pace of breathing.

    Args:
        acc: acceleration of the watch in g, shape (N, 3).
        fs: sampling rate in Hz.

    Returns:
        Root mean square motion between 0.15 and 0.5 Hz over 20 s in g, one value per second, shape (S,).
    """
    if len(acc) < 60 * fs:
        return np.zeros(0)
    sos = signal.butter(2, (0.15, 0.5), btype="bandpass", fs=fs, output="sos")
    breath = signal.sosfiltfilt(sos, acc - acc[0], axis=0)
    power = ndimage.uniform_filter1d(np.sum(breath**2, axis=1), round(20 * fs))
    middles = ((np.arange(int(len(acc) / fs)) + 0.5) * fs).astype(int)
    return np.sqrt(np.maximum(power[middles], 0.0))


def mark_still_seconds(motion: np.ndarray) -> np.ndarray:
    """Tell seconds on a table from seconds on a breathing wrist.

    Args:
        motion: root mean square motion in the breathing band in g, one value per second, shape (S,).

    Returns:
        True where nothing breathes, shape (S,).
    """
    return motion < 0.65e-3


def off_wrist_intervals(still: np.ndarray) -> list[list[float]]:
    """Turn still seconds into intervals of non-wear.

    Args:
        still: true where nothing breathes, one value per second, shape (S,).

    Returns:
        Intervals [start, end) in s, ascending.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(int), [0]])))
    runs = []
    for start, end in edges.reshape(-1, 2).tolist():
        if runs and start - runs[-1][1] < 60:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    widened = [(max(0, start - 15), min(still.size, end + 15)) for start, end in runs]
    return [[float(start), float(end)] for start, end in widened if end - start >= 180]


def breathing_motion_spectrum(acc: np.ndarray, fs: float) -> np.ndarray:
    """Add the power of the breathing band in overlapping spectra of 24 s, then interpolate to seconds."""
    width, step = round(24 * fs), round(4 * fs)
    if len(acc) < 60 * fs:
        return np.zeros(0)
    starts = np.arange(0, len(acc) - width + 1, step)
    window = signal.get_window("hann", width)
    bands = (np.fft.rfftfreq(width, 1 / fs) >= 0.14) & (np.fft.rfftfreq(width, 1 / fs) <= 0.5)
    level = []
    for start in starts:
        piece = signal.detrend(acc[start : start + width], axis=0)
        lines = np.abs(np.fft.rfft(piece * window[:, None], axis=0)[bands]) ** 2
        level.append(np.sqrt(2 * np.sum(lines) / np.sum(window**2) / width))
    seconds = np.arange(int(len(acc) / fs)) + 0.5
    return np.interp(seconds, (starts + width / 2) / fs, level)


def breathing_motion_averages(acc: np.ndarray, fs: float) -> np.ndarray:
    """Average over 1 s, subtract the average over 5 s twice, and take blocks of one second."""
    seconds = int(len(acc) / fs)
    if seconds < 60:
        return np.zeros(0)
    slow = ndimage.uniform_filter1d(acc, round(1.2 * fs), axis=0)
    for _ in range(2):
        slow = slow - ndimage.uniform_filter1d(slow, round(5 * fs), axis=0)
    power = np.sum(slow**2, axis=1)
    edges = np.round(np.arange(seconds) * fs).astype(int)
    blocks = np.add.reduceat(power[: int(seconds * fs)], edges) / fs
    return np.sqrt(np.convolve(blocks, np.ones(20) / 20, mode="same"))


def off_wrist_intervals_runs(still: np.ndarray) -> list[list[float]]:
    """Collect runs with groupby, fill short disturbed runs, then keep the long still ones."""
    runs = [[bool(key), len(list(group))] for key, group in itertools.groupby(still.tolist())]
    for number, (quiet, length) in enumerate(runs):
        if not quiet and length < 60 and 0 < number < len(runs) - 1:
            runs[number][0] = True
    found = []
    at = 0
    for quiet, group in itertools.groupby(runs, key=lambda run: run[0]):
        length = sum(run[1] for run in group)
        if quiet:
            start, end = max(0, at - 12), min(len(still), at + length + 12)
            if end - start >= 180:
                found.append([float(start), float(end)])
        at += length
    return found


def mark_still_seconds_median(motion: np.ndarray) -> np.ndarray:
    """Compare the median of 81 s around each second with the limit."""
    if motion.size == 0:
        return np.zeros(0, dtype=bool)
    return ndimage.median_filter(motion, 81, mode="nearest") < 0.65e-3


def breathing_motion_spread(acc: np.ndarray, fs: float) -> np.ndarray:
    """Standard deviation of the readings in blocks of one second, averaged over 20 s."""
    seconds, width = int(len(acc) / fs), int(fs)
    if seconds < 60:
        return np.zeros(0)
    starts = (np.arange(seconds) * fs).astype(int)
    spread = np.array([acc[start : start + width].std(axis=0).max() for start in starts])
    return ndimage.uniform_filter1d(spread, 20)


def mark_still_seconds_loose(motion: np.ndarray) -> np.ndarray:
    """Anything below 3 mg is still."""
    return motion < 3e-3


def breathing_motion_gravity(acc: np.ndarray, fs: float) -> np.ndarray:
    """Root mean square of the readings, gravity included."""
    if len(acc) < 60 * fs:
        return np.zeros(0)
    power = ndimage.uniform_filter1d(np.sum(acc**2, axis=1), round(20 * fs))
    return np.sqrt(power[((np.arange(int(len(acc) / fs)) + 0.5) * fs).astype(int)])


def off_wrist_intervals_split(still: np.ndarray) -> list[list[float]]:
    """Take every still run of a minute or more as it is."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(int), [0]])))
    return [[float(start), float(end)] for start, end in edges.reshape(-1, 2).tolist() if end - start >= 30]
