"""Right and wrong programs of T015, one function per step. Read as text, never imported."""

from collections import Counter

import numpy as np


def load_gesture_traces(path: str) -> tuple[list[np.ndarray], list[str], list[np.ndarray]]:
    """Read labelled gesture traces and those to be named.

    Args:
        path: NPZ with z_train and z_test (traces one after the other, m/s2), n_train and n_test (samples of each
            trace) and y_train (names).

    Returns:
        Labelled traces in m/s2, their names, and the traces to be named in m/s2; each trace of shape (L,).
    """
    with np.load(path) as data:
        names = [str(name) for name in data["y_train"]]
        parts = []
        for part in ("train", "test"):
            ends = np.cumsum(data["n_" + part])
            values = np.asarray(data["z_" + part], dtype=float)
            parts.append([values[end - n : end] for end, n in zip(ends, data["n_" + part])])
    return parts[0], names, parts[1]


def resample_traces(traces: list[np.ndarray], others: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Bring traces to one length, without gravity and in units of their own spread.

    Args:
        traces: labelled traces in m/s2, each of shape (L,).
        others: traces to be named in m/s2, each of shape (L,).

    Returns:
        Labelled traces, shape (N, 48), and the others, shape (M, 48).
    """
    found = []
    for group in (traces, others):
        rows = np.zeros((len(group), 48))
        for row, trace in zip(rows, group):
            moved = trace - np.median(trace)
            places = np.linspace(0, moved.size - 1, 48)
            row[:] = np.interp(places, np.arange(moved.size), moved / (moved.std() + 1e-9))
        found.append(rows)
    return found[0], found[1]


def warped_distances(r_train: np.ndarray, r_test: np.ndarray) -> np.ndarray:
    """Compare every trace with every labelled one by dynamic time warping.

    D(i, j) = (a_i - b_j)^2 + min(D(i-1, j), D(i, j-1), D(i-1, j-1)), for all pairs at once, with at most 20 samples of
    warping.

    Args:
        r_train: labelled traces of one length, shape (N, T).
        r_test: traces to be named, shape (M, T).

    Returns:
        Cost of the best warping of each pair, shape (M, N).
    """
    length = r_train.shape[1]
    pairs = (len(r_test), len(r_train))
    before = np.full((length + 1, *pairs), np.inf)
    before[0] = 0.0
    for i in range(length):
        now = np.full((length + 1, *pairs), np.inf)
        for j in range(max(0, i - 20), min(length, i + 21)):
            cost = (r_test[:, i, None] - r_train[None, :, j]) ** 2
            now[j + 1] = cost + np.minimum(np.minimum(before[j], before[j + 1]), now[j])
        before = now
    return before[length]


def nearest_gesture(distances: np.ndarray, y_train: list[str]) -> list[str]:
    """Name each trace after the labelled trace at the least distance.

    Args:
        distances: distance of each trace to each labelled one, shape (M, N).
        y_train: name of each labelled trace.

    Returns:
        Name of each trace.
    """
    return [y_train[k] for k in np.argmin(distances, axis=1)]


def warped_distances_diagonals(r_train: np.ndarray, r_test: np.ndarray) -> np.ndarray:
    """Dynamic time warping without a limit, one antidiagonal of the table after the other."""
    length = r_train.shape[1]
    pairs = (len(r_test), len(r_train))
    last = np.full((length, *pairs), np.inf)
    older = last.copy()
    for total in range(2 * length - 1):
        rows = np.arange(max(0, total - length + 1), min(length, total + 1))
        cost = (r_test.T[rows][:, :, None] - r_train.T[total - rows][:, None, :]) ** 2
        now = np.full((length, *pairs), np.inf)
        if total == 0:
            now[0] = cost[0]
        else:
            up = last[np.maximum(rows - 1, 0)]
            cross = older[np.maximum(rows - 1, 0)]
            up[rows == 0] = np.inf
            cross[rows == 0] = np.inf
            now[rows] = cost + np.minimum(np.minimum(up, last[rows]), cross)
        older, last = last, now
    return last[length - 1]


def warped_distances_extremes(r_train: np.ndarray, r_test: np.ndarray) -> np.ndarray:
    """Reduce each trace to the heights of its pushes and align the short lists by an edit distance."""
    lists = []
    for rows in (r_train, r_test):
        group = []
        for row in rows:
            smooth = np.convolve(row, [0.25, 0.5, 0.25], mode="same")
            sign = np.sign(np.where(np.abs(smooth) > 0.55, smooth, 0.0))
            edges = np.flatnonzero(np.diff(np.concatenate([[0.0], sign, [0.0]])))
            heights = []
            for start, end in zip(edges[:-1], edges[1:]):
                piece = smooth[start:end]
                if sign[start]:
                    tops = [
                        k for k in range(1, len(piece) - 1) if abs(piece[k - 1]) < abs(piece[k]) >= abs(piece[k + 1])
                    ]
                    heights += [piece[k] for k in tops] or [piece[np.argmax(np.abs(piece))]]
            group.append(heights)
        lists.append(group)
    table = np.zeros((len(r_test), len(r_train)))
    for m, one in enumerate(lists[1]):
        for n, other in enumerate(lists[0]):
            row = np.concatenate([[0.0], np.cumsum(np.abs(other))]).tolist()
            for a in one:
                fresh = [row[0] + abs(a)]
                for k, b in enumerate(other):
                    fresh.append(min(row[k] + abs(a - b), row[k + 1] + abs(a), fresh[k] + abs(b)))
                row = fresh
            table[m, n] = row[-1]
    return table


def nearest_gesture_vote(distances: np.ndarray, y_train: list[str]) -> list[str]:
    """Let the three nearest labelled traces vote, each with the inverse of its distance."""
    labels = []
    for row in distances:
        votes = Counter()
        for k in np.argsort(row)[:3]:
            votes[y_train[k]] += 1.0 / (row[k] + 1e-9)
        labels.append(votes.most_common(1)[0][0])
    return labels


def nearest_gesture_majority(distances: np.ndarray, y_train: list[str]) -> list[str]:
    """The most frequent name for all."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(distances)


def warped_distances_straight(r_train: np.ndarray, r_test: np.ndarray) -> np.ndarray:
    """Sum of squares, sample by sample."""
    return np.sum((r_test[:, None, :] - r_train[None, :, :]) ** 2, axis=2)


def resample_traces_padded(traces: list[np.ndarray], others: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Fill short traces with zeros at the end."""
    longest = max(len(trace) for trace in [*traces, *others])
    found = []
    for group in (traces, others):
        rows = np.zeros((len(group), longest))
        for row, trace in zip(rows, group):
            row[: len(trace)] = trace
        found.append(rows)
    return found[0], found[1]


def resample_traces_truncated(traces: list[np.ndarray], others: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Cut all traces to the shortest."""
    shortest = min(len(trace) for trace in [*traces, *others])
    first = np.array([trace[:shortest] - np.median(trace) for trace in traces])
    second = np.array([trace[:shortest] - np.median(trace) for trace in others])
    return first, second.reshape(len(others), shortest)


def resample_traces_moments(traces: list[np.ndarray], others: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean, spread and length."""
    first = np.array([[trace.mean(), trace.std(), trace.size] for trace in traces])
    second = np.array([[trace.mean(), trace.std(), trace.size] for trace in others])
    return first, second.reshape(len(others), 3)
