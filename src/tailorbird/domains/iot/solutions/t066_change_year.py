"""Right and wrong programs of T066, one function per step. Read as text, never imported."""

import csv

import numpy as np


def load_annual_volumes(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read an annual river record.

    Args:
        path: CSV with a header and the columns year (calendar year) and volume (any unit).

    Returns:
        Years and volumes, both of shape (N,); N may be 0.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    years = np.array([int(row["year"]) for row in rows], dtype=np.int64)
    return years, np.array([float(row["volume"]) for row in rows], dtype=float)


def find_regime_change(volumes: np.ndarray) -> int | None:
    """Find the row at which the mean of a series shifts.

    Minimises the sum of squares about the means of both sides over all splits.

    Args:
        volumes: annual volume in the unit of the file, shape (N,).

    Returns:
        First row of the new regime; None for fewer than 10 or constant volumes.
    """
    if volumes.size < 10 or np.ptp(volumes) == 0:
        return None
    costs = {}
    for split in range(4, volumes.size - 3):
        left, right = volumes[:split], volumes[split:]
        costs[split] = np.sum((left - left.mean()) ** 2) + np.sum((right - right.mean()) ** 2)
    return min(costs, key=costs.get)


def describe_regimes(
    years: np.ndarray, volumes: np.ndarray, split: int | None
) -> tuple[int | None, float | None, float | None]:
    """Turn the split into a calendar year and the mean of either side.

    Args:
        years: calendar years, shape (N,).
        volumes: annual volume in the unit of the file, shape (N,).
        split: first row of the new regime, or None.

    Returns:
        First year of the new regime, mean volume before and after; all None without a change.
    """
    if split is None:
        return None, None, None
    return int(years[split]), float(volumes[:split].mean()), float(volumes[split:].mean())


def find_regime_change_absolute(volumes: np.ndarray) -> int | None:
    """Least sum of absolute deviations about the medians of both sides."""
    if volumes.size < 10 or volumes.min() == volumes.max():
        return None
    costs = [
        np.abs(volumes[:k] - np.median(volumes[:k])).sum() + np.abs(volumes[k:] - np.median(volumes[k:])).sum()
        for k in range(4, volumes.size - 3)
    ]
    return 4 + int(np.argmin(costs))


def find_regime_change_t(volumes: np.ndarray) -> int | None:
    """Largest difference of means in units of its pooled standard error, from running sums."""
    n = volumes.size
    if n < 10 or np.all(volumes == volumes[0]):
        return None
    k = np.arange(4, n - 3)
    scaled = volumes - volumes.mean()
    sums, squares = np.cumsum(scaled)[k - 1], np.cumsum(scaled**2)[k - 1]
    left, right = sums / k, (scaled.sum() - sums) / (n - k)
    inner = (squares - k * left**2) + ((scaled**2).sum() - squares - (n - k) * right**2)
    return int(k[np.argmax(np.abs(left - right) / np.sqrt(np.maximum(inner, 1e-12) * (1 / k + 1 / (n - k))))])


def find_regime_change_posterior(volumes: np.ndarray) -> int | None:
    """Median of the split's posterior, both means and the common variance integrated out."""
    n = len(volumes)
    if n < 10 or len(set(volumes.tolist())) == 1:
        return None
    splits = np.arange(4, n - 3)
    inner = np.array([k * volumes[:k].var() + (n - k) * volumes[k:].var() for k in splits])
    log = -0.5 * (n - 2) * np.log(inner / inner.min() + 1e-12) - 0.5 * np.log(splits * (n - splits))
    weight = np.exp(log - log.max())
    return int(splits[np.searchsorted(np.cumsum(weight), weight.sum() / 2)])


def find_regime_change_middle(volumes: np.ndarray) -> int | None:
    """The middle of the record."""
    return volumes.size // 2 if volumes.size >= 10 else None


def find_regime_change_jump(volumes: np.ndarray) -> int | None:
    """The largest difference between neighbouring rows."""
    if volumes.size < 10 or np.ptp(volumes) == 0:
        return None
    return int(np.argmax(np.abs(np.diff(volumes)))) + 1


def find_regime_change_extreme(volumes: np.ndarray) -> int | None:
    """The row farthest from the overall mean."""
    if volumes.size < 10 or np.ptp(volumes) == 0:
        return None
    return max(1, int(np.argmax(np.abs(volumes - volumes.mean()))))
