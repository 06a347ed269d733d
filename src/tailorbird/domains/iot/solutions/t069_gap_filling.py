"""Right and wrong programs of T069, one function per step. Read as text, never imported."""

import csv
from datetime import datetime

import numpy as np
import pandas as pd


def load_station_record(path: str) -> tuple[np.ndarray, int]:
    """Read a temperature record with gaps and its number of rows per day.

    Args:
        path: CSV with a header and the columns time (YYYY-MM-DDThh:mm) and temperature (degC, empty where missing).

    Returns:
        Temperature in degC, NaN where missing, shape (N,), and rows per day, 1 for fewer than two rows.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    temperature = np.array([float(row["temperature"] or "nan") for row in rows], dtype=float)
    if len(rows) < 2:
        return temperature, 1
    step = datetime.fromisoformat(rows[1]["time"]) - datetime.fromisoformat(rows[0]["time"])
    return temperature, round(86400 / step.total_seconds())


def mean_daily_cycle(temperature: np.ndarray, per_day: int) -> np.ndarray:
    """Estimate the mean daily cycle of a record with gaps.

    Args:
        temperature: readings in degC, NaN where missing, shape (N,).
        per_day: rows per day.

    Returns:
        Cycle in K around 0, shape (per_day,), beginning with the time of day of the first row.
    """
    cycle = np.zeros(per_day)
    if temperature.size < 2 * per_day:
        return cycle
    rows = np.arange(temperature.size)
    slots, known = rows % per_day, ~np.isnan(temperature)
    weights = np.ones(per_day + 1) / per_day
    weights[[0, -1]] /= 2.0
    for _ in range(4):
        rest = np.interp(rows, rows[known], (temperature - cycle[slots])[known])
        filled = np.where(known, temperature, rest + cycle[slots])
        level = np.convolve(filled, weights[: per_day // 2 * 2 + 1], mode="same")
        inner = known & (rows >= per_day // 2) & (rows < rows.size - per_day // 2)
        sums = np.bincount(slots[inner], weights=(temperature - level)[inner], minlength=per_day)
        cycle = sums / np.maximum(np.bincount(slots[inner], minlength=per_day), 1)
        cycle -= cycle.mean()
    return cycle


def fill_temperature_gaps(temperature: np.ndarray, cycle: np.ndarray) -> tuple[list[float], int]:
    """Fill the gaps of a record by cycle and interpolated rest.

    Args:
        temperature: readings in degC, NaN where missing, shape (N,).
        cycle: daily cycle in K, beginning with the time of day of the first row.

    Returns:
        The whole series in degC with observed values unchanged, and the number of rows that were missing.
    """
    if temperature.size == 0:
        return [], 0
    rows = np.arange(temperature.size)
    known = ~np.isnan(temperature)
    daily = cycle[np.arange(temperature.size) % cycle.size]
    filled = np.interp(rows, rows[known], (temperature - daily)[known]) + daily
    filled[known] = temperature[known]
    return filled.tolist(), int(np.sum(~known))


def mean_daily_cycle_harmonics(temperature: np.ndarray, per_day: int) -> np.ndarray:
    """Regress the observed readings on four harmonics of a day and a smooth level with one knot per day."""
    count = temperature.size
    if count < 2 * per_day:
        return np.zeros(per_day)
    days = np.arange(count) / per_day
    waves = [f(2 * np.pi * k * days) for k in range(1, 5) for f in (np.sin, np.cos)]
    knots = np.arange(0, days[-1] + 1)
    hats = [np.clip(1 - np.abs(days - knot), 0, None) for knot in knots]
    design = np.column_stack(waves + hats)
    known = ~np.isnan(temperature)
    weights, *_ = np.linalg.lstsq(design[known], temperature[known], rcond=1e-8)
    return design[:per_day, :8] @ weights[:8]


def mean_daily_cycle_differences(temperature: np.ndarray, per_day: int) -> np.ndarray:
    """Add up the mean step from each time of day to the next."""
    if len(temperature) < 2 * per_day:
        return np.zeros(per_day)
    steps = [[] for _ in range(per_day)]
    for row, (now, after) in enumerate(zip(temperature[:-1], temperature[1:])):
        if now == now and after == after:
            steps[row % per_day].append(after - now)
    mean_steps = np.array([np.mean(group) if group else 0.0 for group in steps])
    mean_steps -= mean_steps.mean()
    cycle = np.concatenate([[0.0], np.cumsum(mean_steps)[:-1]])
    return cycle - cycle.mean()


def load_station_record_pandas(path: str) -> tuple[np.ndarray, int]:
    """Read the file as a table."""
    table = pd.read_csv(path, parse_dates=["time"])
    if len(table) < 2:
        return table["temperature"].to_numpy(float), 1
    step = table["time"].iloc[1] - table["time"].iloc[0]
    return table["temperature"].to_numpy(float), int(pd.Timedelta(days=1) / step)


def fill_temperature_gaps_pandas(temperature: np.ndarray, cycle: np.ndarray) -> tuple[list[float], int]:
    """Interpolate the rest with pandas, and hold it at both ends."""
    series = pd.Series(temperature, dtype=float)
    daily = np.resize(cycle, len(series))
    rest = (series - daily).interpolate(limit_direction="both")
    return series.fillna(rest + daily).tolist(), int(series.isna().sum())


def fill_temperature_gaps_hold(temperature: np.ndarray, cycle: np.ndarray) -> tuple[list[float], int]:
    """Hold the last observed value."""
    series = pd.Series(temperature, dtype=float)
    return series.ffill().bfill().tolist(), int(series.isna().sum())


def fill_temperature_gaps_mean(temperature: np.ndarray, cycle: np.ndarray) -> tuple[list[float], int]:
    """Put in the mean of all observed values."""
    series = pd.Series(temperature, dtype=float)
    return series.fillna(series.mean()).tolist(), int(series.isna().sum())


def fill_temperature_gaps_cycle(temperature: np.ndarray, cycle: np.ndarray) -> tuple[list[float], int]:
    """Put in the mean of all observed values plus the cycle."""
    series = pd.Series(temperature, dtype=float)
    daily = np.resize(cycle, len(series))
    return series.fillna(pd.Series(daily + series.mean())).tolist(), int(series.isna().sum())
