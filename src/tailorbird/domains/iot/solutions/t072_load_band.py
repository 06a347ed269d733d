"""Right and wrong programs of T072, one function per step. Read as text, never imported."""

import csv
from datetime import datetime

import numpy as np


def load_meter_history(path: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Read hourly loads with their place in the week.

    Args:
        path: CSV with a header and the columns time (YYYY-MM-DDThh:mm) and load (kW).

    Returns:
        Hour of the week of each row, 0 is Monday 0:00, shape (N,); load in kW, shape (N,); hour of the week after
        the last row.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stamps = [datetime.fromisoformat(row["time"]) for row in rows]
    hours = np.array([24 * stamp.weekday() + stamp.hour for stamp in stamps], dtype=np.int64)
    next_hour = int(hours[-1] + 1) % 168 if rows else 0
    return hours, np.array([float(row["load"]) for row in rows], dtype=float), next_hour


def typical_week(hours: np.ndarray, load: np.ndarray) -> np.ndarray:
    """Find the mean load of every hour of the week.

    Args:
        hours: hour of the week of each row, shape (N,).
        load: hourly load in kW, shape (N,).

    Returns:
        Typical load in kW by hour of the week, shape (168,); of shape (0,) without rows.
    """
    if load.size == 0:
        return np.zeros(0)
    day = np.arange(168) >= 120
    kind = 24 * day + np.arange(168) % 24
    sums = np.bincount(kind[hours], weights=load, minlength=48)
    counts = np.bincount(kind[hours], minlength=48)
    return (sums / np.maximum(counts, 1))[kind]


def relative_limits(hours: np.ndarray, load: np.ndarray, week: np.ndarray) -> tuple[float, float]:
    """Find how far the load leaves the typical week in four cases of five.

    Args:
        hours: hour of the week of each row, shape (N,).
        load: hourly load in kW, shape (N,).
        week: typical load in kW by hour of the week, shape (168,).

    Returns:
        Lower and upper limit as multiples of the typical load; 1 and 1 without rows.
    """
    if load.size == 0:
        return 1.0, 1.0
    lower, upper = np.quantile(load / week[hours], [0.1, 0.9])
    return float(lower), float(upper)


def forecast_load_band(week: np.ndarray, lower: float, upper: float, next_hour: int) -> tuple[list[float], list[float]]:
    """Give both limits for each hour of the next week.

    Args:
        week: typical load in kW by hour of the week, shape (168,), or (0,) without rows.
        lower: lower limit as a multiple of the typical load.
        upper: upper limit as a multiple of the typical load.
        next_hour: hour of the week after the last row.

    Returns:
        Lower and upper limits in kW, 168 each; empty without rows.
    """
    if week.size == 0:
        return [], []
    at = (next_hour + np.arange(168)) % 168
    low, high = week[at] * lower, week[at] * upper
    return low.tolist(), high.tolist()


def relative_limits_normal(hours: np.ndarray, load: np.ndarray, week: np.ndarray) -> tuple[float, float]:
    """1.2816 standard deviations of the ratios, corrected for the 48 fitted means."""
    if len(load) == 0:
        return 1.0, 1.0
    ratio = load / week[hours]
    sigma = np.sqrt(np.sum((ratio - 1) ** 2) / (len(load) - 48))
    return float(1 - 1.2816 * sigma), float(1 + 1.2816 * sigma)


def typical_week_geometric(hours: np.ndarray, load: np.ndarray) -> np.ndarray:
    """Geometric mean over days of the same kind."""
    if len(load) == 0:
        return np.zeros(0)
    group = np.where(hours >= 120, 24, 0) + hours % 24
    means = [np.exp(np.mean(np.log(load[group == g]))) for g in range(48)]
    return np.array([means[(24 if h >= 120 else 0) + h % 24] for h in range(168)])


def relative_limits_logarithm(hours: np.ndarray, load: np.ndarray, week: np.ndarray) -> tuple[float, float]:
    """Normal limits of the logarithms."""
    if len(load) == 0:
        return 1.0, 1.0
    sigma = np.std(np.log(load / week[hours]))
    return float(np.exp(-1.2816 * sigma)), float(np.exp(1.2816 * sigma))


def typical_week_medians(hours: np.ndarray, load: np.ndarray) -> np.ndarray:
    """Medians over days of the same kind."""
    if not len(load):
        return np.zeros(0)
    table: dict = {}
    for hour, value in zip(hours.tolist(), load.tolist(), strict=True):
        table.setdefault((hour >= 120, hour % 24), []).append(value)
    return np.array([np.median(table[(hour >= 120, hour % 24)]) for hour in range(168)])


def relative_limits_sorted(hours: np.ndarray, load: np.ndarray, week: np.ndarray) -> tuple[float, float]:
    """Tenth and ninetieth of a hundred sorted ratios."""
    ratios = sorted((load / week[hours]).tolist()) if len(load) else [1.0]
    return ratios[int(0.1 * len(ratios))], ratios[min(int(0.9 * len(ratios)), len(ratios) - 1)]


def relative_limits_one_sigma(hours: np.ndarray, load: np.ndarray, week: np.ndarray) -> tuple[float, float]:
    """One standard deviation of the ratios."""
    if load.size == 0:
        return 1.0, 1.0
    sigma = float(np.std(load / week[hours]))
    return 1 - sigma, 1 + sigma
