"""Right and wrong programs of T008, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import ndimage, spatial


def load_arterial_pressure(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read a blood pressure series and part it into its known normal beginning and the rest.

    Args:
        path: JSON object with fs (Hz), normal_samples and pressure (mmHg).

    Returns:
        Normal part, shape (N,), and watched part, shape (M,), in mmHg, and the sampling rate in Hz.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    pressure = np.array(data["pressure"], dtype=float)
    first = int(data["normal_samples"])
    return pressure[:first], pressure[first:], float(data["fs"])


def sliding_pressure_windows(normal: np.ndarray, watched: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Cut both parts into overlapping windows of 0.6 s, each free of its level and scaled to unit spread.

    Args:
        normal: normal pressure in mmHg, shape (N,).
        watched: watched pressure in mmHg, shape (M,).
        fs: sampling rate in Hz.

    Returns:
        Windows of the normal part, shape (K, W), and of the watched part, shape (L, W), one per starting sample.
    """
    width = round(0.6 * fs)
    parts = []
    for series in (normal, watched):
        windows = np.lib.stride_tricks.sliding_window_view(series, width)
        centred = windows - windows.mean(axis=1, keepdims=True)
        parts.append(centred / np.maximum(centred.std(axis=1, keepdims=True), 1e-9))
    return parts[0], parts[1]


def novelty_scores(normal_windows: np.ndarray, watched_windows: np.ndarray) -> np.ndarray:
    """Give each watched window its distance to the most similar normal window.

    Args:
        normal_windows: scaled windows, shape (K, W).
        watched_windows: scaled windows, shape (L, W).

    Returns:
        Distances without unit, shape (L,).
    """
    products = watched_windows @ normal_windows.T
    closest = products.max(axis=1)
    width = normal_windows.shape[1]
    return np.sqrt(np.maximum(2.0 * (width - closest), 0.0))


def most_novel_sample(scores: np.ndarray, normal: np.ndarray, watched: np.ndarray) -> int:
    """Give the sample in the middle of the strangest window, counted from the start of the series.

    Args:
        scores: distances of the watched windows, shape (L,).
        normal: normal pressure in mmHg, shape (N,).
        watched: watched pressure in mmHg, shape (M,).

    Returns:
        Sample number in the whole series.
    """
    width = watched.size - scores.size + 1
    return int(normal.size + np.argmax(scores) + width // 2)


def novelty_scores_tree(normal_windows: np.ndarray, watched_windows: np.ndarray) -> np.ndarray:
    """Look up the two nearest normal windows in a tree and average their distances."""
    distances, _ = spatial.cKDTree(normal_windows[:, ::2]).query(watched_windows[:, ::2], k=2)
    return distances.mean(axis=1)


def novelty_scores_thinned(normal_windows: np.ndarray, watched_windows: np.ndarray) -> np.ndarray:
    """Measure city-block distances to every third normal window, on every second sample, at every third place."""
    known = normal_windows[::3, ::2]
    scores = np.zeros(watched_windows.shape[0])
    for index in range(0, scores.size, 3):
        gaps = np.abs(known - watched_windows[index, ::2]).sum(axis=1)
        scores[index : index + 3] = gaps.min()
    return scores


def sliding_pressure_windows_slope(normal: np.ndarray, watched: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Cut windows of the smoothed slope instead of the pressure; levels vanish by themselves."""
    width = round(0.6 * fs)
    parts = []
    for series in (normal, watched):
        slope = np.gradient(ndimage.gaussian_filter1d(series, 0.03 * fs))
        windows = np.lib.stride_tricks.sliding_window_view(slope, width)
        size = np.linalg.norm(windows, axis=1, keepdims=True) / np.sqrt(width)
        parts.append(windows / np.maximum(size, 1e-9))
    return parts[0], parts[1]


def most_novel_sample_smooth(scores: np.ndarray, normal: np.ndarray, watched: np.ndarray) -> int:
    """Smooth the distances over a third of a window before taking the largest."""
    width = watched.size - scores.size + 1
    calm = ndimage.uniform_filter1d(scores, max(1, width // 3), mode="nearest")
    return len(normal) + int(calm.argmax()) + width // 2


def most_novel_sample_highest(scores: np.ndarray, normal: np.ndarray, watched: np.ndarray) -> int:
    """Point to the highest pressure."""
    return int(normal.size + np.argmax(watched))


def most_novel_sample_lowest(scores: np.ndarray, normal: np.ndarray, watched: np.ndarray) -> int:
    """Point to the lowest pressure."""
    return int(normal.size + np.argmin(watched))


def most_novel_sample_steepest(scores: np.ndarray, normal: np.ndarray, watched: np.ndarray) -> int:
    """Point to the largest difference of two neighbouring samples."""
    return int(normal.size + np.argmax(np.abs(np.diff(watched))))
