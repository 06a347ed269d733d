"""Right and wrong programs of T065, one function per step. Read as text, never imported."""

import itertools
import json

import numpy as np
from scipy import ndimage


def load_sensor_log(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read a sensor log with its nominal period.

    Args:
        path: JSON object with period (s), time (s) and value (sensor's unit, null where empty).

    Returns:
        Stamps in s, shape (R,); readings, shape (R,), NaN where empty; period in s.
    """
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    values = np.array([np.nan if value is None else value for value in log["value"]], dtype=float)
    return np.array(log["time"], dtype=float), values, float(log["period"])


def place_on_grid(times: np.ndarray, values: np.ndarray, period: float) -> np.ndarray:
    """Put irregular readings on the grid of the nominal period.

    Args:
        times: stamps in s, ascending, shape (R,).
        values: readings, shape (R,), NaN where empty.
        period: nominal sampling period in s.

    Returns:
        One reading per instant from the first to the last stamp, shape (N,), NaN in a gap.
    """
    if times.size == 0:
        return np.zeros(0)
    at = np.rint((times - times[0]) / period).astype(int)
    grid = np.full(at[-1] + 1, np.nan)
    grid[at] = values
    return grid


def find_stuck_runs(grid: np.ndarray) -> np.ndarray:
    """Mark the instants at which the sensor repeats one value.

    Args:
        grid: one reading per instant, shape (N,), NaN in a gap.

    Returns:
        True inside runs of at least ten equal readings, shape (N,).
    """
    stuck = np.zeros(grid.size, dtype=bool)
    edges = np.flatnonzero(np.diff(grid) != 0) + 1
    bounds = np.concatenate([[0], edges, [grid.size]])
    for start, stop in zip(bounds[:-1], bounds[1:], strict=True):
        if stop - start >= 10:
            stuck[start:stop] = True
    return stuck


def find_spikes(grid: np.ndarray, stuck: np.ndarray) -> np.ndarray:
    """Mark single readings far outside the local noise.

    Args:
        grid: one reading per instant, shape (N,), NaN in a gap.
        stuck: true where the sensor is stuck, shape (N,).

    Returns:
        True at spikes, shape (N,).
    """
    good = np.flatnonzero(~np.isnan(grid) & ~stuck)
    spike = np.zeros(grid.size, dtype=bool)
    for at in good:
        near = good[(np.abs(good - at) <= 4) & (good != at)]
        if near.size < 2:
            continue
        wide = good[np.abs(good - at) <= 90]
        level = np.median(grid[near])
        noise = np.median(np.abs(np.diff(grid[wide]))) / 0.6745 / np.sqrt(2)
        spike[at] = abs(grid[at] - level) > 6.8 * max(noise, 1e-12)
    return spike


def merge_quality_flags(grid: np.ndarray, stuck: np.ndarray, spike: np.ndarray) -> tuple[list[str], float]:
    """Join the marks to one flag per instant and the usable share.

    Args:
        grid: one reading per instant, shape (N,), NaN in a gap.
        stuck: true where the sensor is stuck, shape (N,).
        spike: true at spikes, shape (N,).

    Returns:
        Flag of each instant, and the share flagged ok, 0 to 1; 0 without any instant.
    """
    out = np.full(grid.size, "ok", dtype="<U5")
    out[spike] = "spike"
    out[stuck] = "stuck"
    out[np.isnan(grid)] = "gap"
    return out.tolist(), float(np.mean(out == "ok")) if out.size else 0.0


def place_on_grid_table(times: np.ndarray, values: np.ndarray, period: float) -> np.ndarray:
    """Look each instant up in a table of rounded stamps."""
    if len(times) == 0:
        return np.array([])
    table = {round((at - times[0]) / period): value for at, value in zip(times, values, strict=True)}
    return np.array([table.get(at, np.nan) for at in range(max(table) + 1)])


def find_stuck_runs_groups(grid: np.ndarray) -> np.ndarray:
    """Group neighbouring equal readings."""
    marks = []
    for _, group in itertools.groupby(grid.tolist()):
        size = len(list(group))
        marks += [size >= 10] * size
    return np.array(marks, dtype=bool)


def find_spikes_curvature(grid: np.ndarray, stuck: np.ndarray) -> np.ndarray:
    """Judge each reading against the mean of its two neighbours among the good ones."""
    spike = np.zeros(grid.size, dtype=bool)
    good = np.flatnonzero(~np.isnan(grid) & ~stuck)
    if good.size < 5:
        return spike
    values = grid[good]
    bend = np.zeros(good.size)
    bend[1:-1] = values[1:-1] - (values[:-2] + values[2:]) / 2
    for at in range(1, good.size - 1):
        window = bend[max(0, at - 80) : at + 81]
        scale = 1.4826 * np.median(np.abs(window - np.median(window))) / np.sqrt(1.5)
        around = np.abs(bend[at - 1 : at + 2])
        if around[1] > 8.0 * scale and around[1] == around.max():
            spike[good[at]] = True
    return spike


def find_spikes_filter(grid: np.ndarray, stuck: np.ndarray) -> np.ndarray:
    """Bridge faults by straight lines, then judge against a median filter; noise as a moving quantile of the residual."""
    spike = np.zeros(grid.size, dtype=bool)
    good = np.flatnonzero(~np.isnan(grid) & ~stuck)
    if good.size < 5:
        return spike
    bridged = np.interp(np.arange(grid.size), good, grid[good])
    rest = np.abs(bridged - ndimage.median_filter(bridged, 9, mode="mirror"))[good]
    scale = ndimage.percentile_filter(rest, 68.3, 121, mode="mirror")
    spike[good] = rest > 8.0 * np.maximum(scale, 1e-12)
    return spike


def find_spikes_global(grid: np.ndarray, stuck: np.ndarray) -> np.ndarray:
    """Three standard deviations around the mean of the whole record."""
    if grid.size == 0:
        return np.zeros(0, dtype=bool)
    return np.abs(grid - np.nanmean(grid)) > 3 * np.nanstd(grid)


def find_spikes_difference(grid: np.ndarray, stuck: np.ndarray) -> np.ndarray:
    """Mark every reading that differs from the one before by much."""
    step = np.abs(np.diff(grid, prepend=grid[:1]))
    return step > 6 * np.nanmedian(step) if grid.size else np.zeros(0, dtype=bool)


def place_on_grid_rows(times: np.ndarray, values: np.ndarray, period: float) -> np.ndarray:
    """Take the rows as they come."""
    return values
