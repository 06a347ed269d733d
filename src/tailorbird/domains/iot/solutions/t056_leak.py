"""Right and wrong programs of T056, one function per step. Read as text, never imported."""

import csv
import statistics

import numpy as np
import pandas as pd


def load_hourly_flow(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read an hourly water meter record.

    Args:
        path: CSV with a header and the columns hour (h since midnight of day 0) and flow (any unit).

    Returns:
        Hours, shape (N,), and mean flow of each hour, shape (N,).
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hours = np.array([int(row["hour"]) for row in rows], dtype=np.int64)
    flow = np.array([float(row["flow"]) for row in rows], dtype=float)
    return hours, flow


def night_flow(hours: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute the typical flow of the small hours of each day.

    Args:
        hours: hours since midnight of day 0, shape (N,).
        flow: mean flow of each hour, shape (N,).

    Returns:
        Days with at least two of the hours 2, 3 and 4, shape (D,), and the median flow of those hours, shape (D,).
    """
    small = np.isin(hours % 24, (2, 3, 4))
    days, values = [], []
    for day in np.unique(hours[small] // 24):
        inside = flow[small & (hours // 24 == day)]
        if inside.size >= 2:
            days.append(day)
            values.append(np.median(inside))
    return np.array(days, dtype=np.int64), np.array(values, dtype=float)


def leak_threshold(flow: np.ndarray, days: np.ndarray, night_level: np.ndarray) -> float:
    """Set the night flow above which water runs away.

    Args:
        flow: mean flow of each hour, shape (N,).
        days: days whose night was metered, shape (D,).
        night_level: median flow of the small hours of each of these days, shape (D,).

    Returns:
        Median night flow of the first 14 days plus 8 % of the median flow; 0 when no night was metered then.
    """
    early = night_level[days < 14]
    if early.size == 0:
        return 0.0
    return float(np.median(early) + 0.08 * np.median(flow))


def leak_onset(days: np.ndarray, night_level: np.ndarray, threshold: float) -> int | None:
    """Find the day from which the night flow stays above the threshold.

    Args:
        days: days whose night was metered, ascending, shape (D,).
        night_level: median flow of the small hours of each of these days, shape (D,).
        threshold: night flow above which a night is suspicious.

    Returns:
        The first of three suspicious nights in a row from day 14 on; None when there are none.
    """
    high = night_level > threshold
    for k in range(days.size - 2):
        if days[k] >= 14 and high[k : k + 3].all():
            return int(days[k])
    return None


def night_flow_loops(hours: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Collect the small hours of each day in a dictionary."""
    nights: dict[int, list[float]] = {}
    for hour, value in zip(hours.tolist(), flow.tolist()):
        day, clock = divmod(hour, 24)
        if 2 <= clock <= 4:
            nights.setdefault(day, []).append(value)
    known = sorted(day for day, values in nights.items() if len(values) > 1)
    medians = [statistics.median(nights[day]) for day in known]
    return np.array(known, dtype=np.int64), np.array(medians, dtype=float)


def leak_onset_loops(days: np.ndarray, night_level: np.ndarray, threshold: float) -> int | None:
    """Count suspicious nights in a row and remember where the run began."""
    run, start = 0, None
    for day, value in zip(days.tolist(), night_level.tolist()):
        if day < 14 or value <= threshold:
            run, start = 0, None
            continue
        if run == 0:
            start = day
        run += 1
        if run == 3:
            return start
    return None


def load_hourly_flow_pandas(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the table with pandas."""
    table = pd.read_csv(path)
    return table["hour"].to_numpy(dtype=np.int64), table["flow"].to_numpy(dtype=float)


def night_flow_pandas(hours: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group the small hours by day."""
    table = pd.DataFrame({"day": hours // 24, "clock": hours % 24, "flow": flow})
    nights = table[table["clock"].between(2, 4)].groupby("day")["flow"].agg(["median", "count"])
    nights = nights[nights["count"] >= 2]
    return nights.index.to_numpy(dtype=np.int64), nights["median"].to_numpy(dtype=float)


def leak_onset_rolling(days: np.ndarray, night_level: np.ndarray, threshold: float) -> int | None:
    """Compare the least flow of every three nights in a row with the threshold."""
    late = days >= 14
    days, values = days[late], night_level[late]
    if values.size < 3:
        return None
    least = np.minimum(np.minimum(values[:-2], values[1:-1]), values[2:])
    above = np.flatnonzero(least > threshold)
    return int(days[above[0]]) if above.size else None


def leak_onset_backwards(days: np.ndarray, night_level: np.ndarray, threshold: float) -> int | None:
    """Walk back from the last night while the flow is high: a leak lasts to the end."""
    start = days.size
    while start > 0 and night_level[start - 1] > threshold and days[start - 1] >= 14:
        start -= 1
    if days.size - start < 3:
        return None
    return int(days[start])


def night_flow_daily(hours: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average each day as a whole."""
    days = np.unique(hours // 24)
    return days, np.array([flow[hours // 24 == day].mean() for day in days], dtype=float)


def night_flow_zeros(hours: np.ndarray, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fill missing hours with zero before taking the mean of the small hours."""
    if hours.size == 0:
        return hours, flow
    whole = np.zeros(24 * (int(hours[-1]) // 24 + 1))
    whole[hours] = flow
    table = whole.reshape(-1, 24)
    return np.arange(len(table)), table[:, 2:5].min(axis=1)
