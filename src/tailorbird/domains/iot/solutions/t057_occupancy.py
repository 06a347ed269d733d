"""Right and wrong programs of T057, one function per step. Read as text, never imported."""

import csv

import numpy as np
import pandas as pd
from scipy import signal


def load_room_climate(path: str) -> np.ndarray:
    """Read the four channels of a room sensor.

    Args:
        path: CSV with a header and the columns temperature (degC), humidity (%RH), light (lux), co2 (ppm).

    Returns:
        One row per reading and one column per channel in that order, shape (N, 4).
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("temperature", "humidity", "light", "co2")
    return np.array([[float(row[name]) for name in names] for row in rows])


def scale_by_noise(readings: np.ndarray) -> np.ndarray:
    """Express each channel in standard deviations of its noise.

    The median absolute difference of neighbours is 0.954 standard deviations for Gaussian noise.

    Args:
        readings: four channels in their own units, shape (N, 4).

    Returns:
        Readings less their median, divided by the noise, shape (N, 4); zeros for a constant channel.
    """
    noise = 1.05 * np.median(np.abs(np.diff(readings, axis=0)), axis=0)
    centred = readings - np.median(readings, axis=0)
    return np.where(noise > 0, centred / np.where(noise > 0, noise, 1.0), 0.0)


def change_score(scaled: np.ndarray) -> np.ndarray:
    """Measure for every row how much all channels shift there.

    Args:
        scaled: readings in standard deviations of the noise, shape (N, 4).

    Returns:
        Sum over channels of the squared difference of the means of 8 rows after and before, shape (N,); 0 near an end.
    """
    width = 8
    score = np.zeros(len(scaled))
    if len(scaled) < 2 * width:
        return score
    sums = np.vstack([np.zeros(scaled.shape[1]), np.cumsum(scaled, axis=0)])
    means = (sums[width:] - sums[:-width]) / width
    shift = means[width:] - means[:-width]
    score[width : len(scaled) - width + 1] = (shift**2).sum(axis=1)
    return score


def pick_changes(score: np.ndarray) -> list[int]:
    """List the rows at which the score peaks.

    Args:
        score: summed squares of the shifts, shape (N,).

    Returns:
        Rows with a local maximum above 16, at least 15 rows apart, ascending.
    """
    found, _ = signal.find_peaks(score, height=16.0, distance=15)
    return np.sort(found).tolist()


def change_score_loops(scaled: np.ndarray) -> np.ndarray:
    """Average the windows before and after each row in a loop."""
    score = np.zeros(len(scaled))
    for row in range(8, len(scaled) - 7):
        before = scaled[row - 8 : row].mean(axis=0)
        after = scaled[row : row + 8].mean(axis=0)
        score[row] = float(np.sum((after - before) ** 2))
    return score


def change_score_medians(scaled: np.ndarray) -> np.ndarray:
    """Compare medians of nine rows before and after each row, then smooth the score over three rows."""
    width, count = 9, len(scaled)
    score = np.zeros(count)
    if count < 2 * width:
        return score
    windows = np.lib.stride_tricks.sliding_window_view(scaled, width, axis=0)
    medians = np.median(windows, axis=2)
    shift = medians[width:] - medians[:-width]
    score[width : count - width + 1] = (shift**2).sum(axis=1)
    return np.convolve(score, np.ones(3) / 3.0, mode="same")


def pick_changes_greedy(score: np.ndarray) -> list[int]:
    """Take the largest score, strike out its neighbours, and go on until nothing is large."""
    left = score.copy()
    found = []
    while left.size and left.max() > 16.0:
        row = int(np.argmax(left))
        found.append(row)
        left[max(0, row - 14) : row + 15] = 0.0
    return sorted(found)


def load_room_climate_pandas(path: str) -> np.ndarray:
    """Read the table with pandas."""
    table = pd.read_csv(path)
    return table[["temperature", "humidity", "light", "co2"]].to_numpy(dtype=float)


def scale_by_noise_pandas(readings: np.ndarray) -> np.ndarray:
    """Scale by the median absolute difference, column by column of a data frame."""
    table = pd.DataFrame(readings)
    noise = 1.05 * table.diff().abs().median()
    scaled = (table - table.median()) / noise.where(noise > 0)
    return scaled.fillna(0.0).to_numpy()


def pick_changes_none(score: np.ndarray) -> list[int]:
    """Claim that nothing ever changes."""
    return []


def pick_changes_grid(score: np.ndarray) -> list[int]:
    """Put a change every 50 rows."""
    return list(range(50, score.size, 50))


def pick_changes_one(score: np.ndarray) -> list[int]:
    """Name the row with the largest score alone."""
    return [int(np.argmax(score))] if score.size else []


def scale_by_noise_none(readings: np.ndarray) -> np.ndarray:
    """Leave the channels in their own units."""
    return readings - np.median(readings, axis=0)
