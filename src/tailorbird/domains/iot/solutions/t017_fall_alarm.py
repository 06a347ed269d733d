"""Right and wrong programs of T017, one function per step. Read as text, never imported."""

import numpy as np
from scipy import ndimage


def load_motion_windows(path: str) -> tuple[np.ndarray, float]:
    """Read windows of three-axis acceleration in units of g, and the sampling rate.

    Args:
        path: NPZ with windows, shape (K, N, 3), unit (g or m/s2) and fs (Hz).

    Returns:
        Acceleration in g, shape (K, N, 3), and the sampling rate in Hz.
    """
    with np.load(path) as data:
        windows = data["windows"].astype(float)
        scale = 1.0 if str(data["unit"]) == "g" else 1.0 / 9.80665
        return windows * scale, float(data["fs"])


def acceleration_magnitude(acc: np.ndarray) -> np.ndarray:
    """Give the length of the acceleration vector, which does not depend on how the sensor is worn.

    Args:
        acc: acceleration in g, shape (K, N, 3).

    Returns:
        Magnitude in g, shape (K, N).
    """
    return np.linalg.norm(acc, axis=2)


def fall_features(acc: np.ndarray, magnitude: np.ndarray, fs: float) -> np.ndarray:
    """Describe each window by free fall, impact, turn and unrest.

    Args:
        acc: acceleration in g, shape (K, N, 3).
        magnitude: its length in g, shape (K, N).
        fs: sampling rate in Hz.

    Returns:
        Per window the longest time under 0.5 g in s, the largest magnitude in g, the angle between the mean directions of
        the first and the last 1.5 s in degrees, and the standard deviation of the magnitude in the last 1.5 s in g,
        shape (K, 4).
    """
    edge = round(1.5 * fs)
    rows = []
    for vectors, length in zip(acc, magnitude):
        runs = np.split(length < 0.5, np.flatnonzero(np.diff(length < 0.5)) + 1)
        longest = max((run.size for run in runs if run.size and run[0]), default=0)
        before, after = vectors[:edge].mean(axis=0), vectors[-edge:].mean(axis=0)
        cosine = before @ after / (np.linalg.norm(before) * np.linalg.norm(after))
        turn = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        rows.append([longest / fs, length.max(), turn, length[-edge:].std()])
    return np.array(rows, dtype=float).reshape(-1, 4)


def decide_falls(features: np.ndarray) -> list[bool]:
    """Call a window a fall when free fall, impact, a new posture and stillness come together.

    Args:
        features: free fall in s, impact in g, turn in degrees, unrest in g, shape (K, 4).

    Returns:
        One verdict per window.
    """
    free_fall, impact, turn, unrest = features.T
    falls = (free_fall >= 0.2) & (impact >= 2.2) & (turn >= 35.0) & (unrest < 0.12)
    return [bool(fall) for fall in falls]


def load_motion_windows_rest(path: str) -> tuple[np.ndarray, float]:
    """Divide by standard gravity only when the file names metres per second squared."""
    with np.load(path) as archive:
        acc = np.array(archive["windows"], dtype=float)
        if archive["unit"].item() != "g":
            acc /= 9.80665
        return acc, archive["fs"].item()


def acceleration_magnitude_squares(acc: np.ndarray) -> np.ndarray:
    """Add up the squares of the axes and take the root."""
    x, y, z = acc[..., 0], acc[..., 1], acc[..., 2]
    return np.sqrt(x * x + y * y + z * z)


def fall_features_filtered(acc: np.ndarray, magnitude: np.ndarray, fs: float) -> np.ndarray:
    """Use moving averages for free fall, median directions for posture, and all windows at once."""
    edge = round(1.5 * fs)
    if not len(acc):
        return np.zeros((0, 4))
    width = max(1, round(0.2 * fs))
    low = ndimage.minimum_filter1d(ndimage.maximum_filter1d(magnitude, width, axis=1), width, axis=1)
    free_fall = 0.2 * (low.min(axis=1) < 0.5)
    before, after = np.median(acc[:, :edge], axis=1), np.median(acc[:, -edge:], axis=1)
    sizes = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    turn = np.degrees(np.arccos(np.clip((before * after).sum(axis=1) / sizes, -1.0, 1.0)))
    return np.column_stack([free_fall, magnitude.max(axis=1), turn, magnitude[:, -edge:].std(axis=1)])


def fall_features_ordered(acc: np.ndarray, magnitude: np.ndarray, fs: float) -> np.ndarray:
    """Start from the impact: look for free fall in the second before it and for stillness at the end."""
    rows = []
    for vectors, length in zip(acc, magnitude):
        hit = int(np.argmax(length))
        before = length[max(0, hit - round(1.2 * fs)) : hit + 1]
        count = longest = 0
        for value in before:
            count = count + 1 if value < 0.5 else 0
            longest = max(longest, count)
        edge = round(1.5 * fs)
        first, last = vectors[:edge].mean(axis=0), vectors[-edge:].mean(axis=0)
        sine, cosine = np.linalg.norm(np.cross(first, last)), first @ last
        rows.append((longest / fs, length[hit], np.degrees(np.arctan2(sine, cosine)), np.std(length[-edge:])))
    return np.array(rows, dtype=float).reshape(-1, 4)


def decide_falls_loop(features: np.ndarray) -> list[bool]:
    """Check the four signs one after the other."""
    falls = []
    for free_fall, impact, turn, unrest in features.tolist():
        dropped = free_fall > 0.19 and impact > 2.2
        stays_down = turn > 35.0 and unrest < 0.12
        falls.append(dropped and stays_down)
    return falls


def decide_falls_impact(features: np.ndarray) -> list[bool]:
    """Take every hard impact for a fall."""
    return [bool(impact > 2.2) for impact in features[:, 1]]


def decide_falls_always(features: np.ndarray) -> list[bool]:
    """Raise the alarm for every window."""
    return [True] * len(features)


def acceleration_magnitude_vertical(acc: np.ndarray) -> np.ndarray:
    """Take the third axis alone."""
    return np.abs(acc[:, :, 2])
