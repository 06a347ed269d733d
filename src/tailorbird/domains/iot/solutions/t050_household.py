"""Right and wrong programs of T050, one function per step. Read as text, never imported."""

import json
from pathlib import Path

import numpy as np


def load_household_trace(path: str) -> tuple[np.ndarray, int]:
    """Read a power record and the number of changes in it.

    Args:
        path: JSON file with watts (W, one per row) and changes.

    Returns:
        Power in W, shape (N,), and the number of changes.
    """
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    return np.array(data["watts"], dtype=float), int(data["changes"])


def window_features(watts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe the rhythm of the record around every tenth row.

    Args:
        watts: power in W, shape (N,).

    Returns:
        Standardised roots of the shares of power in seven bands of cycle lengths, shape (W, 7), and the middle row of
        each window, shape (W,).
    """
    size = 160
    starts = np.arange(0, watts.size - size + 1, 10)
    windows = np.lib.stride_tricks.sliding_window_view(watts, size)[starts]
    windows = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) ** 2
    edges = (1, 4, 7, 12, 17, 25, 45, 81)
    bands = np.stack([power[:, a:b].sum(axis=1) for a, b in zip(edges[:-1], edges[1:])], axis=1)
    shares = np.sqrt(bands / bands.sum(axis=1, keepdims=True))
    features = (shares - shares.mean(axis=0)) / (shares.std(axis=0) + 1e-9)
    return features, starts + size // 2


def split_sequence(features: np.ndarray, changes: int) -> list[int]:
    """Cut a sequence of feature vectors into a given number of even pieces.

    Args:
        features: one vector per window, shape (W, K).
        changes: number of cuts.

    Returns:
        First window of each new piece, ascending; the cuts with the least sum of squares about the means of the pieces.
    """
    count, least = len(features), 15
    sums = np.vstack([np.zeros(features.shape[1]), np.cumsum(features, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((features**2).sum(axis=1))])
    ends = np.arange(count + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        lengths = ends[None, :] - ends[:, None]
        total = ((sums[None, :, :] - sums[:, None, :]) ** 2).sum(axis=2)
        cost = squares[None, :] - squares[:, None] - total / lengths
    cost[lengths < least] = np.inf
    best, origins = cost[0].copy(), []
    for _ in range(changes):
        paths = best[:, None] + cost
        origins.append(np.argmin(paths, axis=0))
        best = paths.min(axis=0)
    cuts = []
    at = count
    for origin in reversed(origins):
        at = int(origin[at])
        cuts.append(at)
    return cuts[::-1]


def cuts_to_rows(cuts: list[int], centres: np.ndarray) -> list[int]:
    """Convert cuts between windows to rows of the record.

    Args:
        cuts: first window of each new piece.
        centres: middle row of each window, shape (W,).

    Returns:
        Row halfway between the windows on both sides of each cut.
    """
    return [int((centres[cut - 1] + centres[cut] + 1) // 2) for cut in cuts]


def window_features_differences(watts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe each window by the mean square of its differences at lags from 1 to 28 rows, as shares of their sum."""
    size, step = 160, 10
    lags = (1, 2, 3, 4, 6, 8, 11, 15, 20, 28)
    columns = []
    for lag in lags:
        squares = np.zeros(watts.size)
        squares[lag:] = (watts[lag:] - watts[:-lag]) ** 2
        squares = np.roll(squares, -(lag // 2))
        sums = np.concatenate([[0.0], np.cumsum(squares)])
        columns.append((sums[size:] - sums[:-size])[::step])
    table = np.stack(columns, axis=1)
    features = table / (table.sum(axis=1, keepdims=True) + 1e-12)
    return features, step * np.arange(len(features)) + size // 2


def window_features_autocorrelation(watts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe each window by its autocorrelation at lags from 1 to 30 rows."""
    size = 160
    starts = np.arange(0, watts.size - size + 1, 10)
    windows = np.lib.stride_tricks.sliding_window_view(watts, size)[starts]
    windows = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(windows, 2 * size, axis=1)) ** 2
    same = np.fft.irfft(power, axis=1)[:, : size // 2]
    same = same / same[:, :1]
    lags = [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 30]
    return same[:, lags], starts + size // 2


def split_sequence_forward(features: np.ndarray, changes: int) -> list[int]:
    """Extend the best division of each beginning piece by piece, remembering every cut with its division."""
    least, count = 15, len(features)
    sums = np.vstack([np.zeros(features.shape[1]), np.cumsum(features, axis=0)])
    kept = {end: (-float(sums[end] @ sums[end]) / end, []) for end in range(least, count + 1)}
    for _ in range(changes):
        longer = {}
        starts = np.array(sorted(kept))
        before = np.array([kept[int(start)][0] for start in starts])
        for end in range(int(starts[0]) + least, count + 1):
            fit = starts <= end - least
            gap = sums[end] - sums[starts[fit]]
            total = before[fit] - (gap**2).sum(axis=1) / (end - starts[fit])
            at = int(np.argmin(total))
            start = int(starts[at])
            longer[end] = (float(total[at]), [*kept[start][1], start])
        kept = longer
    return kept[count][1]


def cuts_to_rows_loop(cuts: list[int], centres: np.ndarray) -> list[int]:
    """Average the two centres around each cut in a loop."""
    rows = []
    for cut in cuts:
        left, right = float(centres[cut - 1]), float(centres[cut])
        rows.append(round((left + right) / 2.0))
    return rows


def split_sequence_equal(features: np.ndarray, changes: int) -> list[int]:
    """Cut into parts of equal length."""
    return [round(len(features) * (k + 1) / (changes + 1)) for k in range(changes)]


def window_features_mean(watts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe each window by its mean alone."""
    size = 160
    starts = np.arange(0, watts.size - size + 1, 10)
    windows = np.lib.stride_tricks.sliding_window_view(watts, size)[starts]
    return windows.mean(axis=1)[:, None], starts + size // 2


def split_sequence_found(features: np.ndarray, changes: int) -> list[int]:
    """Cut where neighbouring stretches differ most, largest difference first, and leave the cuts in that order."""
    score = np.zeros(len(features))
    for k in range(16, len(features) - 16):
        score[k] = np.sum((features[k : k + 16].mean(axis=0) - features[k - 16 : k].mean(axis=0)) ** 2)
    cuts = []
    for _ in range(changes):
        cut = int(np.argmax(score))
        cuts.append(cut)
        score[max(0, cut - 15) : cut + 16] = 0.0
    return cuts
