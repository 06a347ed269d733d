"""Right and wrong programs of T068, one function per step. Read as text, never imported."""

import csv

import numpy as np
import pandas as pd
from scipy import ndimage


def load_plant_sensors(path: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Read the sensors of a plant from a CSV file.

    Args:
        path: CSV with a header, column time (s) and one column per sensor.

    Returns:
        Names of the S sensors; times in s, shape (N,); readings, shape (S, N), each in its own unit.
    """
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    table = np.array(rows, dtype=float)
    at = header.index("time")
    names = [name for name in header if name != "time"]
    return names, table[:, at], np.delete(table, at, axis=1).T


def score_against_healthy(values: np.ndarray) -> np.ndarray:
    """Express each reading as a deviation from its sensor's healthy level.

    Args:
        values: readings, shape (S, N); the first third of the columns is healthy.

    Returns:
        Magnitude of the deviation in healthy standard deviations, shape (S, N).
    """
    healthy = values[:, : values.shape[1] // 3]
    level = np.median(healthy, axis=1, keepdims=True)
    spread = np.median(np.abs(healthy - level), axis=1, keepdims=True)
    return np.abs(values - level) / (1.4826 * spread)


def lasting_shift_onsets(scores: np.ndarray) -> list[int | None]:
    """Find the row at which each sensor leaves its healthy level for good.

    Args:
        scores: deviation in healthy standard deviations, shape (S, N).

    Returns:
        Row of the shift of each sensor; None where the sensor ends at its healthy level.
    """
    steady = ndimage.median_filter(scores, size=(1, 5), mode="nearest")
    onsets = []
    for row in steady:
        reached = np.median(row[-30:])
        calm = np.flatnonzero(row <= 0.5 * reached)
        if reached <= 4.0:
            onsets.append(None)
        else:
            onsets.append(int(calm[-1] + 1) if calm.size else 0)
    return onsets


def rank_sensors_by_onset(
    names: list[str], times: np.ndarray, onsets: list[int | None]
) -> tuple[list[str], float | None]:
    """Order the sensors by onset and give the time of the first.

    Args:
        names: names of the sensors.
        times: times of the rows in s, shape (N,).
        onsets: row of the shift of each sensor, None for no shift.

    Returns:
        All sensors, the cause first, and the time of its shift in s; an empty list and None without any shift.
    """
    moved = [(row, name) for row, name in zip(onsets, names) if row is not None]
    still = [name for row, name in zip(onsets, names) if row is None]
    if not moved:
        return [], None
    ordered = sorted(moved)
    first = min(moved)[0]
    return [name for _, name in ordered] + still, float(times[first])


def lasting_shift_onsets_cusum(scores: np.ndarray) -> list[int | None]:
    """Sum up what exceeds two deviations, at most six at a time; the last rise from nothing is the onset."""
    onsets = []
    for row in scores:
        total, start = 0.0, 0
        for at, score in enumerate(row.tolist()):
            total += min(score, 6.0) - 3.0
            if total <= 0.0:
                total, start = 0.0, at + 1
        onsets.append(start if total > 40.0 else None)
    return onsets


def score_against_healthy_signed(values: np.ndarray) -> np.ndarray:
    """Keep the sign of the deviation, clip outliers."""
    healthy = values[:, : values.shape[1] // 3]
    low, level, high = np.percentile(healthy, [25, 50, 75], axis=1)
    return np.clip((values - level[:, None]) / ((high - low)[:, None] / 1.349), -8.0, 8.0)


def lasting_shift_onsets_split(scores: np.ndarray) -> list[int | None]:
    """Split each record where the two means explain most."""
    count = scores.shape[1]
    size = np.arange(1, count)
    onsets = []
    for row in scores:
        left = np.cumsum(row)[:-1]
        jump = (row.sum() - left) / (count - size) - left / size
        at = int(np.argmax(jump**2 * size * (count - size)))
        onsets.append(at + 1 if abs(jump[at]) > 3.5 else None)
    return onsets


def load_plant_sensors_pandas(path: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Read the file as a table."""
    table = pd.read_csv(path)
    sensors = table.drop(columns="time")
    return list(sensors.columns), table["time"].to_numpy(float), sensors.to_numpy(float).T


def lasting_shift_onsets_run(scores: np.ndarray) -> list[int | None]:
    """Look for six rows in a row of which none is below two and a half deviations."""
    onsets = []
    for row in scores:
        run = np.convolve(row > 2.5, np.ones(6), mode="valid")
        hits = np.flatnonzero(run == 6)
        onsets.append(int(hits[0]) if hits.size else None)
    return onsets


def rank_sensors_by_onset_names(
    names: list[str], times: np.ndarray, onsets: list[int | None]
) -> tuple[list[str], float | None]:
    """Order the sensors by name."""
    rows = [row for row in onsets if row is not None]
    return (sorted(names), float(times[min(rows)])) if rows else ([], None)


def score_against_healthy_raw(values: np.ndarray) -> np.ndarray:
    """Take the readings as they are."""
    return np.abs(values)


def lasting_shift_onsets_largest(scores: np.ndarray) -> list[int | None]:
    """Give the earliest row to the sensor that deviates most."""
    reach = np.median(scores[:, -30:], axis=1)
    order = np.argsort(np.argsort(-reach))
    return [int(scores.shape[1] // 2 + 7 * place) if size > 4.0 else None for place, size in zip(order, reach)]
