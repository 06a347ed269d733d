"""Right and wrong programs of T062, one function per step. Read as text, never imported."""

import csv

import numpy as np
import pandas as pd
from scipy import linalg


def load_machine_rows(path: str) -> np.ndarray:
    """Read a table of machine readings.

    Args:
        path: CSV with a header; column row is a number, every further column a sensor.

    Returns:
        Readings, one row per line and one column per sensor, each in its own unit, shape (N, S).
    """
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    table = np.array(rows, dtype=float).reshape(len(rows), len(header))
    return table[:, [at for at, name in enumerate(header) if name != "row"]]


def standardise_sensors(readings: np.ndarray) -> np.ndarray:
    """Put every sensor on a scale of its own scatter.

    Args:
        readings: readings in their units, shape (N, S).

    Returns:
        Distance from the median in multiples of the standard deviation, shape (N, S); 0 for a constant sensor.
    """
    if len(readings) == 0:
        return readings
    spread = readings.std(axis=0)
    centred = readings - np.median(readings, axis=0)
    return centred / np.where(spread > 0, spread, 1.0)


def score_rows_by_distance(scaled: np.ndarray) -> list[float]:
    """Score each row by its Mahalanobis distance from the bulk of the rows.

    d = (x - m)' C^-1 (x - m), with mean m and covariance C of the nine tenths of the rows that lie nearest.

    Args:
        scaled: standardised readings, shape (N, S).

    Returns:
        Squared distance of each row, larger for rows that do not fit.
    """
    if len(scaled) == 0:
        return []
    kept = np.ones(len(scaled), dtype=bool)
    for _ in range(6):
        centre = scaled[kept].mean(axis=0)
        inverse = np.linalg.pinv(np.cov(scaled[kept].T), rcond=1e-9)
        off = scaled - centre
        distance = np.einsum("ij,jk,ik->i", off, inverse, off)
        kept = distance <= np.quantile(distance, 0.9)
    return distance.tolist()


def most_suspect_row(scores: list[float]) -> int | None:
    """Find the row with the largest score.

    Args:
        scores: one score per row.

    Returns:
        Its number, 0 is the first; None without rows.
    """
    return int(np.argmax(scores)) if scores else None


def score_rows_by_residuals(scaled: np.ndarray) -> list[float]:
    """Predict each sensor from all others; the largest residual in its own scatter is the score."""
    count, sensors = scaled.shape
    if count == 0:
        return []
    worst = np.zeros(count)
    for sensor in range(sensors):
        target = scaled[:, sensor]
        others = np.column_stack([np.delete(scaled, sensor, axis=1), np.ones(count)])
        kept = np.ones(count, dtype=bool)
        for _ in range(3):
            weights, *_ = np.linalg.lstsq(others[kept], target[kept], rcond=None)
            rest = np.abs(target - others @ weights)
            kept = rest <= np.quantile(rest, 0.9)
        scatter = np.median(rest)
        if scatter > 1e-9:
            worst = np.maximum(worst, rest / scatter)
    return worst.tolist()


def score_rows_by_components(scaled: np.ndarray) -> list[float]:
    """Sum the squared scores along the weak principal components, in two rounds."""
    if len(scaled) == 0:
        return []
    kept = np.arange(len(scaled))
    for _ in range(4):
        off = scaled - scaled[kept].mean(axis=0)
        _, size, axes = linalg.svd(off[kept], full_matrices=False)
        variance = size**2 / len(kept)
        weak = (variance < 0.3) & (variance > 1e-9)
        score = ((off @ axes[weak].T) ** 2 / variance[weak]).sum(axis=1)
        kept = np.argsort(score)[: int(0.9 * len(score))]
    return score.tolist()


def load_machine_rows_pandas(path: str) -> np.ndarray:
    """Read the file as a table."""
    return pd.read_csv(path).drop(columns="row").to_numpy(float)


def standardise_sensors_ranks(readings: np.ndarray) -> np.ndarray:
    """Scale by the range between the quartiles, which outliers cannot move."""
    if readings.shape[0] == 0:
        return readings
    low, middle, high = np.percentile(readings, [25, 50, 75], axis=0)
    width = (high - low) / 1.349
    return (readings - middle) / np.where(width > 0, width, 1.0)


def most_suspect_row_loop(scores: list[float]) -> int | None:
    """Walk through the scores and remember the largest."""
    worst = None
    for row, score in enumerate(scores):
        if worst is None or score > scores[worst]:
            worst = row
    return worst


def score_rows_by_largest(scaled: np.ndarray) -> list[float]:
    """Take the largest deviation of any sensor."""
    return np.abs(scaled).max(axis=1).tolist() if len(scaled) else []


def score_rows_by_length(scaled: np.ndarray) -> list[float]:
    """Take the plain distance from the middle."""
    return np.sqrt((scaled**2).sum(axis=1)).tolist() if len(scaled) else []


def score_rows_by_flags(scaled: np.ndarray) -> list[float]:
    """Mark rows in which a sensor leaves three standard deviations."""
    return (np.abs(scaled) > 3.0).any(axis=1).astype(float).tolist() if len(scaled) else []


def score_rows_by_first_sensor(scaled: np.ndarray) -> list[float]:
    """Look at the first sensor only."""
    return np.abs(scaled[:, 0]).tolist() if len(scaled) else []
