"""Right and wrong programs of T071, one function per step. Read as text, never imported."""

import csv

import numpy as np
import pandas as pd


def load_sea_table(path: str) -> tuple[np.ndarray, int, int]:
    """Read a table of years and months as one series.

    Args:
        path: CSV with a header, column year and the columns jan to dec (degC), empty where not yet observed.

    Returns:
        Monthly temperature in degC from the first January on, shape (N,); year and month (1 to 12) after the last one;
        both 0 for a table without values.
    """
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    cells = [(int(row[0]), month, text) for row in rows for month, text in enumerate(row[1:], start=1) if text]
    if not cells:
        return np.zeros(0), 0, 0
    series = np.array([float(text) for _, _, text in cells])
    year, month, _ = cells[-1]
    return series, year + month // 12, month % 12 + 1


def monthly_climatology(series: np.ndarray) -> np.ndarray:
    """Average each calendar month over all years.

    Args:
        series: monthly temperature in degC, beginning with a January, shape (N,).

    Returns:
        Mean temperature of January to December in degC, shape (12,); of shape (0,) below two years.
    """
    if series.size < 24:
        return np.zeros(0)
    return np.array([series[month::12].mean() for month in range(12)])


def anomaly_decay(series: np.ndarray, climatology: np.ndarray) -> tuple[float, float]:
    """Find the last anomaly and the share of it that is left a month later.

    Args:
        series: monthly temperature in degC, beginning with a January, shape (N,).
        climatology: mean temperature of January to December in degC, shape (12,).

    Returns:
        Last anomaly in K and its monthly persistence, 0 to 0.98.
    """
    if climatology.size == 0:
        return 0.0, 0.0
    anomaly = series - np.resize(climatology, series.size)
    energy = float(anomaly[:-1] @ anomaly[:-1])
    persistence = float(anomaly[1:] @ anomaly[:-1]) / energy if energy > 0 else 0.0
    return float(anomaly[-1]), min(max(persistence, 0.0), 0.98)


def forecast_sea_temperature(
    climatology: np.ndarray, last_anomaly: float, persistence: float, next_year: int, next_month: int
) -> tuple[list[str], list[float]]:
    """Continue the mean yearly course, with the last anomaly fading out.

    Args:
        climatology: mean temperature of January to December in degC, shape (12,) or (0,).
        last_anomaly: anomaly of the last observed month in K.
        persistence: share of an anomaly that is left a month later.
        next_year: year of the first month to forecast.
        next_month: month of the year, 1 to 12, of the first month to forecast.

    Returns:
        24 months as YYYY-MM and their expected temperature in degC; both empty without a climatology.
    """
    if climatology.size == 0:
        return [], []
    months, forecast = [], []
    for ahead in range(24):
        years, month = divmod(next_month - 1 + ahead, 12)
        months.append(f"{next_year + years:04d}-{month + 1:02d}")
        forecast.append(float(climatology[month] + last_anomaly * persistence ** (ahead + 1)))
    return months, forecast


def load_sea_table_pandas(path: str) -> tuple[np.ndarray, int, int]:
    """Melt the table with pandas."""
    table = pd.read_csv(path).set_index("year")
    flat = table.to_numpy(float).ravel()
    series = flat[~np.isnan(flat)]
    if series.size == 0:
        return np.zeros(0), 0, 0
    return series, int(table.index[0]) + series.size // 12, series.size % 12 + 1


def monthly_climatology_harmonics(series: np.ndarray) -> np.ndarray:
    """Regress on a constant and four harmonics of the year."""
    if len(series) < 24:
        return np.zeros(0)
    angle = 2 * np.pi * np.arange(len(series)) / 12
    columns = [np.ones(len(series))]
    for k in range(1, 5):
        columns += [np.cos(k * angle), np.sin(k * angle)]
    design = np.column_stack(columns)
    weights, *_ = np.linalg.lstsq(design, series, rcond=None)
    return design[:12] @ weights


def monthly_climatology_trimmed(series: np.ndarray) -> np.ndarray:
    """Average the middle of each calendar month's values."""
    if len(series) < 24:
        return np.zeros(0)
    means = []
    for month in range(12):
        values = sorted(series[month::12].tolist())
        cut = len(values) // 10
        middle = values[cut : len(values) - cut]
        means.append(sum(middle) / len(middle))
    return np.array(means)


def anomaly_decay_none(series: np.ndarray, climatology: np.ndarray) -> tuple[float, float]:
    """Trust the climatology alone."""
    return 0.0, 0.0


def anomaly_decay_correlation(series: np.ndarray, climatology: np.ndarray) -> tuple[float, float]:
    """Take the correlation of neighbouring anomalies."""
    if climatology.size == 0:
        return 0.0, 0.0
    anomaly = [value - climatology[at % 12] for at, value in enumerate(series)]
    if max(anomaly) - min(anomaly) < 1e-9:
        return 0.0, 0.0
    persistence = float(np.corrcoef(anomaly[:-1], anomaly[1:])[0, 1])
    return float(anomaly[-1]), max(0.0, persistence)


def monthly_climatology_flat(series: np.ndarray) -> np.ndarray:
    """Take the mean of all months for each of them."""
    return np.full(12, series.mean()) if series.size >= 24 else np.zeros(0)


def monthly_climatology_last(series: np.ndarray) -> np.ndarray:
    """Take the last value for every month."""
    return np.full(12, series[-1]) if series.size >= 24 else np.zeros(0)


def anomaly_decay_forever(series: np.ndarray, climatology: np.ndarray) -> tuple[float, float]:
    """Let the last anomaly stay."""
    if climatology.size == 0:
        return 0.0, 0.0
    return float(series[-1] - climatology[(series.size - 1) % 12]), 1.0
