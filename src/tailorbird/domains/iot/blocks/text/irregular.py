"""Functions of blocks that count, compare and thin irregular readings. Read as text, never imported. Upper-case names
are parameters."""

import math
import statistics
from itertools import accumulate, groupby

import numpy as np
import pandas as pd
from scipy import ndimage


def spaced_readings(x, t):
    kept, last = [], None
    for i, moment in enumerate(t):
        # one microsecond is tolerated, so that rounding of stamps decides nothing
        if last is None or moment - last > GAP - 1e-6:
            kept.append(i)
            last = moment
    return x[kept], t[kept]


def spaced_readings_search(x, t):
    places, i = [], 0
    while i < len(t):
        places.append(i)
        i = max(i + 1, int(np.searchsorted(t, t[i] + GAP - 1e-6, side="right")))
    return np.take(x, np.array(places, dtype=int)), np.take(t, np.array(places, dtype=int))


def spaced_readings_accumulate(x, t):
    # at each reading the stamp of the one kept last; those kept name themselves
    marks = accumulate(enumerate(t), lambda last, now: now if now[1] - last[1] > GAP - 1e-6 else last)
    kept = np.array([mark[0] == i for i, mark in enumerate(marks)], dtype=bool)
    return x[kept], t[kept]


def significant_changes(x, t):
    limit = FACTOR * np.std(x) if len(x) else 0.0
    kept, last = [], None
    for i, value in enumerate(x):
        if last is None or abs(value - last) > limit:
            kept.append(i)
            last = value
    return x[kept], t[kept]


def significant_changes_jumps(x, t):
    kept = np.zeros(len(x), dtype=bool)
    limit = FACTOR * np.sqrt(np.mean((x - np.mean(x)) ** 2)) if len(x) else 0.0
    i = 0
    while i < len(x):
        kept[i] = True
        # the next reading far enough from this one
        far = np.flatnonzero(np.abs(x[i + 1 :] - x[i]) > limit)
        i = i + 1 + far[0] if len(far) else len(x)
    return x[kept], t[kept]


def significant_changes_accumulate(x, t):
    limit = FACTOR * float(pd.Series(x, dtype=float).std(ddof=0))
    marks = accumulate(enumerate(x), lambda last, now: now if abs(now[1] - last[1]) > limit else last)
    kept = sorted({mark[0] for mark in marks})
    return x[kept], t[kept]


def neighbour_median(x):
    return ndimage.median_filter(x, size=COUNT, mode="nearest") if len(x) else x


def neighbour_median_pandas(x):
    half = COUNT // 2
    padded = np.concatenate([np.repeat(x[:1], half), x, np.repeat(x[-1:], half)])
    medians = pd.Series(padded, dtype=float).rolling(COUNT, center=True).median()
    return medians.to_numpy(copy=True)[half : half + len(x)]


def neighbour_median_loop(x):
    result = np.zeros(len(x))
    for i in range(len(x)):
        # beyond the ends the first and last reading repeat
        around = [x[min(max(k, 0), len(x) - 1)] for k in range(i - COUNT // 2, i + COUNT // 2 + 1)]
        result[i] = sorted(around)[COUNT // 2]
    return result


def latest_reading(x, t):
    return float(x[np.argmax(t)]) if len(x) else 0.0


def latest_reading_pandas(x, t):
    readings = pd.Series(x, index=t, dtype=float).sort_index()
    return float(readings.iloc[-1]) if len(readings) else 0.0


def latest_reading_loop(x, t):
    latest, newest = 0.0, -math.inf
    for value, moment in zip(x, t):
        if moment > newest:
            latest, newest = float(value), moment
    return latest


def high_reading_count(x):
    limit = np.mean(x) + FACTOR * np.std(x) if len(x) else 0.0
    return int(np.count_nonzero(x > limit))


def high_reading_count_pandas(x):
    readings = pd.Series(x, dtype=float)
    limit = readings.mean() + FACTOR * readings.std(ddof=0)
    return int((readings > limit).sum())


def high_reading_count_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in x) / n)
    return sum(1 for value in x if value > middle + FACTOR * spread)


def high_time_share(x, t):
    limit = np.mean(x) + FACTOR * np.std(x) if len(x) else 0.0
    span = t[-1] - t[0] if len(x) else 0.0
    return float(np.sum(np.diff(t)[x[:-1] > limit]) / span) if span > 0 else 0.0


def high_time_share_weights(x, t):
    share = 0.0
    if len(x) > 1 and t[-1] > t[0]:
        high = (x > x.mean() + FACTOR * x.std()).astype(float)
        # each reading weighs as long as it holds
        share = float(np.average(high[:-1], weights=np.diff(t)))
    return share


def high_time_share_loop(x, t):
    limit = statistics.fmean(x) + FACTOR * np.sqrt(np.var(x)) if len(x) else 0.0
    high = whole = 0.0
    for i in range(len(x) - 1):
        whole += t[i + 1] - t[i]
        if x[i] > limit:
            high += t[i + 1] - t[i]
    return float(high / whole) if whole > 0 else 0.0


def median_wait(x, t):
    return float(np.median(np.diff(t))) if len(x) > 1 else 0.0


def median_wait_statistics(x, t):
    waits = [after - before for before, after in zip(t, t[1:])]
    return float(statistics.median(waits)) if len(x) > 1 else 0.0


def median_wait_pandas(x, t):
    waits = pd.Series(t, dtype=float).diff().dropna()
    return float(waits.quantile(0.5)) if len(x) > 1 else 0.0


def total_increase(x):
    return float(np.sum(np.maximum(np.diff(x), 0.0)))


def total_increase_pandas(x):
    return float(pd.Series(x, dtype=float).diff().clip(lower=0.0).sum())


def total_increase_loop(x):
    total = 0.0
    for before, after in zip(x, x[1:]):
        # falls, such as a counter that starts again, add nothing
        if after > before:
            total += after - before
    return float(total)


def largest_reading_step(x):
    return float(np.max(np.abs(np.diff(x)))) if len(x) > 1 else 0.0


def largest_reading_step_pandas(x):
    steps = pd.Series(x, dtype=float).diff().abs().dropna()
    return float(steps.max()) if len(steps) else 0.0


def largest_reading_step_loop(x):
    return float(max((abs(after - before) for before, after in zip(x, x[1:])), default=0.0))


def steepest_rise(x, t):
    waits = np.diff(t)
    slopes = np.diff(x)[waits > 0] / waits[waits > 0]
    return float(3600.0 * np.max(slopes, initial=0.0))


def steepest_rise_pandas(x, t):
    frame = pd.DataFrame({"value": x, "moment": t}, dtype=float).diff()
    frame = frame[frame["moment"] > 0]
    slopes = frame["value"] / frame["moment"] * 3600.0
    return float(max(slopes.max(), 0.0)) if len(slopes) else 0.0


def steepest_rise_loop(x, t):
    steepest = 0.0
    for i in range(1, len(x)):
        wait = t[i] - t[i - 1]
        # two readings at one moment have no slope
        if wait > 0:
            steepest = max(steepest, (x[i] - x[i - 1]) / (wait / 3600.0))
    return float(steepest)


def highest_reading_time(x, t):
    return float(t[np.argmax(x)] - t[0]) if len(x) else 0.0


def highest_reading_time_pandas(x, t):
    elapsed = pd.Series(t, dtype=float) - (t[0] if len(t) else 0.0)
    return float(elapsed[pd.Series(x, dtype=float).idxmax()]) if len(x) else 0.0


def highest_reading_time_loop(x, t):
    best = 0
    for i in range(1, len(x)):
        # the first among equals stays
        if x[i] > x[best]:
            best = i
    return float(t[best] - t[0]) if len(x) else 0.0


def slot_means(x, t):
    slots = np.floor((t - t[0]) / SLOT + 1e-6).astype(int) if len(x) else np.zeros(0, dtype=int)
    sums, counts = np.bincount(slots, weights=x), np.bincount(slots)
    return [float(mean) for mean in sums[counts > 0] / counts[counts > 0]]


def slot_means_pandas(x, t):
    slots = np.floor((t - t[:1]) / SLOT + 1e-6)
    means = pd.Series(x, dtype=float).groupby(slots).mean()
    return [float(mean) for mean in means]


def slot_means_loop(x, t):
    slots = {}
    for value, moment in zip(x, t):
        # a millionth of a slot is tolerated, so that rounding decides nothing
        slots.setdefault(math.floor((moment - t[0]) / SLOT + 1e-6), []).append(value)
    return [float(sum(values) / len(values)) for values in slots.values()]


def high_reading_spans(x, t):
    limit = np.mean(x) + FACTOR * np.std(x) if len(x) else 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (x > limit).astype(int), [0]])))
    ends = np.minimum(edges[1::2], len(x) - 1)
    return [[float(t[a]), float(t[b])] for a, b in zip(edges[::2], ends)]


def high_reading_spans_loop(x, t):
    limit = x.mean() + FACTOR * x.std() if len(x) else 0.0
    spans, start = [], None
    for value, moment in zip(x, t):
        if value > limit and start is None:
            start = moment
        elif value <= limit and start is not None:
            # a reading holds until the next
            spans.append([float(start), float(moment)])
            start = None
    if start is not None:
        spans.append([float(start), float(t[-1])])
    return spans


def high_reading_spans_groups(x, t):
    limit = np.average(x) + FACTOR * np.sqrt(np.var(x)) if len(x) else 0.0
    spans = []
    for high, run in groupby(range(len(x)), key=lambda i: bool(x[i] > limit)):
        places = list(run)
        if high:
            spans.append([float(t[places[0]]), float(t[min(places[-1] + 1, len(x) - 1)])])
    return spans


def reading_table(x):
    if len(x) == 0:
        return {"count": 0.0, "mean": 0.0, "min": 0.0, "max": 0.0}
    return {"count": float(len(x)), "mean": float(np.mean(x)), "min": float(np.min(x)), "max": float(np.max(x))}


def reading_table_pandas(x):
    summary = pd.Series(x, dtype=float).agg(["count", "mean", "min", "max"]).fillna(0.0)
    return {key: float(value) for key, value in summary.items()}


def reading_table_loop(x):
    table = {"count": 0.0, "mean": 0.0, "min": 0.0, "max": 0.0}
    for value in x.tolist():
        first = table["count"] == 0.0
        table["count"] += 1.0
        # the mean moves by its share of the new reading
        table["mean"] += (value - table["mean"]) / table["count"]
        table["min"] = value if first else min(table["min"], value)
        table["max"] = value if first else max(table["max"], value)
    return table
