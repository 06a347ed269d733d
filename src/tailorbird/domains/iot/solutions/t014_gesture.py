"""Right and wrong programs of T014, one function per step. Read as text, never imported."""

import numpy as np


def load_hand_curves(path: str) -> tuple[np.ndarray, list[int], np.ndarray]:
    """Read labelled hand curves and those to be labelled.

    Args:
        path: NPZ with x_train and x_test (curves x 150 samples, px) and y_train (whole numbers).

    Returns:
        Labelled curves in px, shape (N, 150); their numbers; curves to be labelled in px, shape (M, 150).
    """
    with np.load(path) as data:
        codes = [int(code) for code in data["y_train"]]
        return np.asarray(data["x_train"], dtype=float), codes, np.asarray(data["x_test"], dtype=float)


def align_hand_curves(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bring the telling parts of each curve into the same place and scale.

    Args:
        x_train: labelled curves in px, shape (N, 150).
        x_test: curves to be labelled in px, shape (M, 150).

    Returns:
        The 30 samples before the rise and 35 after the fall, resting hand 0 and raised hand 1: shapes (N, 65), (M, 65).
    """
    found = []
    for curves in (x_train, x_test):
        parts = np.zeros((len(curves), 65))
        for part, curve in zip(parts, curves):
            rest, raised = np.percentile(curve, [15, 85])
            scaled = (curve - rest) / (raised - rest)
            up = np.flatnonzero(scaled > 0.5)
            before = np.arange(up[0] - 35, up[0] - 5)
            after = np.arange(up[-1] + 6, up[-1] + 41)
            part[:] = scaled[np.clip(np.concatenate([before, after]), 0, curve.size - 1)]
        found.append(parts)
    return found[0], found[1]


def label_gestures(a_train: np.ndarray, y_train: list[int], a_test: np.ndarray) -> list[int]:
    """Label curves after the gesture they are most like.

    Args:
        a_train: aligned parts of the labelled curves, shape (N, F).
        y_train: number of the gesture of each labelled curve.
        a_test: aligned parts of the curves to be labelled, shape (M, F).

    Returns:
        For each curve the number of the gesture with the nearest average.
    """
    codes = sorted(set(y_train))
    means = np.array([a_train[np.array(y_train) == code].mean(axis=0) for code in codes])
    gaps = np.linalg.norm(a_test[:, None, :] - means[None, :, :], axis=2)
    return [codes[k] for k in np.argmin(gaps, axis=1)]


def label_gestures_neighbour(a_train: np.ndarray, y_train: list[int], a_test: np.ndarray) -> list[int]:
    """Take the number of the nearest labelled curve."""
    labels = []
    for curve in a_test:
        gaps = np.sum((a_train - curve) ** 2, axis=1)
        labels.append(y_train[int(np.argmin(gaps))])
    return labels


def label_gestures_ridge(a_train: np.ndarray, y_train: list[int], a_test: np.ndarray) -> list[int]:
    """Regress one column per gesture on the aligned parts and take the largest."""
    codes = sorted(set(y_train))
    middle = a_train.mean(axis=0)
    rows = a_train - middle
    targets = np.equal.outer(y_train, codes).astype(float)
    level = targets.mean(axis=0)
    weights = np.linalg.solve(rows.T @ rows + 0.3 * np.eye(rows.shape[1]), rows.T @ (targets - level))
    scores = (a_test - middle) @ weights + level
    return [codes[k] for k in scores.argmax(axis=1)]


def align_hand_curves_landmarks(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean scaled height in five-sample windows from 30 before the rise, and from the fall on to 35 after it."""
    found = []
    for curves in (x_train, x_test):
        rows = []
        for curve in curves:
            low, high = sorted(curve)[22], sorted(curve)[-22]
            up = [k for k, value in enumerate(curve) if value > (low + high) / 2]
            starts = [up[0] - 30 + 5 * k for k in range(5)] + [up[-1] + 6 + 5 * k for k in range(6)]
            rows.append(
                [(np.mean(curve[max(0, s) : max(1, s + 5)]) - low) / (high - low) if s < 145 else 0.0 for s in starts]
            )
        found.append(np.array(rows).reshape(-1, 11))
    return found[0], found[1]


def align_hand_curves_slopes(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put the steepest rise and fall in place and keep the smoothed slopes beside them."""
    found = []
    for curves in (x_train, x_test):
        parts = np.zeros((len(curves), 62))
        for part, curve in zip(parts, curves):
            smooth = np.convolve(curve, np.ones(5) / 5, mode="valid")
            slope = np.gradient(smooth) / np.ptp(smooth)
            up, down = int(np.argmax(slope)), int(np.argmin(slope))
            places = np.concatenate([np.arange(up - 32, up - 7), np.arange(down + 6, down + 43)])
            part[:] = np.where(places < slope.size, slope[np.clip(places, 0, slope.size - 1)], 0.0)
        found.append(parts)
    return found[0], found[1]


def label_gestures_majority(a_train: np.ndarray, y_train: list[int], a_test: np.ndarray) -> list[int]:
    """The most frequent number for every curve."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(a_test)


def align_hand_curves_moments(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each curve."""
    return (
        np.column_stack([x_train.mean(axis=1), x_train.std(axis=1)]),
        np.column_stack([x_test.mean(axis=1), x_test.std(axis=1)]),
    )


def align_hand_curves_raw(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curves as they are."""
    return x_train, x_test


def align_hand_curves_plateau(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle of the gesture, scaled."""
    parts = []
    for curves in (x_train, x_test):
        middle = curves[:, 55:90]
        parts.append((middle - middle.mean(axis=1, keepdims=True)) / np.ptp(curves, axis=1, keepdims=True))
    return parts[0], parts[1]
