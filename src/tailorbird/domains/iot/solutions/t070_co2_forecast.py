"""Right and wrong programs of T070, one function per step. Read as text, never imported."""

import csv

import numpy as np


def load_co2_record(path: str) -> tuple[list[str], np.ndarray]:
    """Read a monthly record from a CSV file.

    Args:
        path: CSV with a header and the columns month (YYYY-MM) and co2 (any unit, empty where missing).

    Returns:
        Months of the rows, and monthly means in the unit of the file, shape (N,), NaN where empty.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["month"] for row in rows], np.array([float(row["co2"] or "nan") for row in rows], dtype=float)


def yearly_profile(series: np.ndarray) -> np.ndarray:
    """Find the mean yearly cycle of a monthly series.

    Args:
        series: monthly means, shape (N,), NaN where empty.

    Returns:
        Cycle with mean 0, shape (12,), beginning with the month of the first row; zeros below 36 months.
    """
    if series.size < 36:
        return np.zeros(12)
    at = np.arange(series.size)
    known = ~np.isnan(series)
    bridged = np.interp(at, at[known], series[known])
    smooth = np.convolve(bridged, np.r_[0.5, np.ones(11), 0.5] / 12, mode="valid")
    apart = series[6:-6] - smooth
    profile = np.array([np.nanmean(apart[at[6:-6] % 12 == month]) for month in range(12)])
    return profile - profile.mean()


def extrapolate_trend(series: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Continue the recent trend of a monthly series by 24 months.

    Args:
        series: monthly means, shape (N,), NaN where empty.
        profile: yearly cycle, shape (12,), beginning with the month of the first row.

    Returns:
        Trend of the next 24 months, shape (24,); of shape (0,) below 36 months.
    """
    size = series.size
    if size < 36:
        return np.zeros(0)
    at = np.arange(size)
    recent = ~np.isnan(series) & (at >= size - 60)
    line = np.polyfit(at[recent] - size, (series - profile[at % 12])[recent], 1)
    return np.polyval(line, np.arange(24))


def compose_forecast(months: list[str], profile: np.ndarray, trend: np.ndarray) -> tuple[list[str], list[float]]:
    """Join trend and cycle to a forecast with its months.

    Args:
        months: months of the rows, YYYY-MM.
        profile: yearly cycle, shape (12,), beginning with the month of the first row.
        trend: trend of the next months, shape (H,).

    Returns:
        Months of the forecast, and expected monthly means in the unit of the file.
    """
    if not trend.size:
        return [], []
    at = len(months) + np.arange(trend.size)
    last = 12 * int(months[-1][:4]) + int(months[-1][5:7]) - 1
    names = [f"{(last + k) // 12:04d}-{(last + k) % 12 + 1:02d}" for k in range(1, trend.size + 1)]
    return names, (trend + profile[at % 12]).tolist()


def yearly_profile_dummies(series: np.ndarray) -> np.ndarray:
    """Regress on twelve months and a cubic trend at once."""
    if len(series) < 36:
        return np.zeros(12)
    at = np.arange(len(series))
    scaled = at / len(series)
    design = np.column_stack([np.eye(12)[at % 12], scaled, scaled**2, scaled**3])
    known = np.isfinite(series)
    centre = np.mean(series[known])
    weights = np.linalg.lstsq(design[known], series[known] - centre, rcond=None)[0][:12]
    return weights - weights.mean()


def yearly_profile_harmonics(series: np.ndarray) -> np.ndarray:
    """Regress on four harmonics of the year and a cubic trend."""
    n = len(series)
    if n < 36:
        return np.zeros(12)
    at = np.arange(n)
    waves = [f(2 * np.pi * k * at / 12) for k in (1, 2, 3, 4) for f in (np.cos, np.sin)]
    design = np.column_stack([*waves, *((at / n) ** power for power in range(4))])
    known = ~np.isnan(series)
    weights, *_ = np.linalg.lstsq(design[known], series[known], rcond=None)
    return (design[:12, :8] @ weights[:8]).ravel()


def extrapolate_trend_annual(series: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """A line through the means of the last five years, fewer where the record is shorter."""
    n = len(series)
    if n < 36:
        return np.array([])
    adjusted = series - np.resize(profile, n)
    years = min(5, n // 12)
    means = np.nanmean(adjusted[n - 12 * years :].reshape(years, 12), axis=1)
    middle = -12.0 * np.arange(years, 0, -1) + 5.5
    slope = np.cov(middle, means)[0, 1] / np.var(middle, ddof=1)
    return means.mean() + slope * (np.arange(24) - middle.mean())


def extrapolate_trend_holt(series: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Double exponential smoothing of the deseasonalised months, started by a line through the first three years."""
    n = len(series)
    if n < 36:
        return np.array([])
    adjusted = series - np.resize(profile, n)
    start = np.flatnonzero(~np.isnan(adjusted[:36]))
    slope, level = np.polyfit(start, adjusted[start], 1)
    level -= slope
    for value in adjusted:
        expected = level + slope
        error = 0.0 if np.isnan(value) else value - expected
        level, slope = expected + 0.1 * error, slope + 0.004 * error
    return level + slope * np.arange(1, 25)


def extrapolate_trend_flat(series: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """The mean of the last year, for every month."""
    if series.size < 36:
        return np.zeros(0)
    return np.full(24, np.nanmean(series[-12:]))


def compose_forecast_january(
    months: list[str], profile: np.ndarray, trend: np.ndarray
) -> tuple[list[str], list[float]]:
    """Look the cycle up by calendar month, although it begins with the first row."""
    last = 12 * int(months[-1][:4]) + int(months[-1][5:7]) - 1 if months else 0
    ahead = [last + k for k in range(1, trend.size + 1)]
    names = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in ahead]
    return names, [float(trend[k] + profile[month % 12]) for k, month in enumerate(ahead)]
