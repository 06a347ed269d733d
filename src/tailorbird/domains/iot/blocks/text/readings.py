"""Functions of blocks on irregular readings. Read as text, never imported. Upper-case names are parameters."""

import statistics

import numpy as np
import pandas as pd
from scipy import integrate


def reading_outlier_removal(x, t):
    off = np.abs(x - np.median(x)) if len(x) else x
    kept = off <= LIMIT * (1.4826 * np.median(off)) if len(x) else np.zeros(0, dtype=bool)
    return x[kept], t[kept]


def reading_outlier_removal_loop(x, t):
    middle = statistics.median(x) if len(x) else 0.0
    spread = statistics.median([abs(value - middle) for value in x]) if len(x) else 0.0
    pairs = [(value, moment) for value, moment in zip(x, t) if abs(value - middle) <= LIMIT * (1.4826 * spread)]
    return np.array([value for value, _ in pairs], dtype=float), np.array([moment for _, moment in pairs], dtype=float)


def reading_outlier_removal_pandas(x, t):
    readings = pd.Series(x, index=t, dtype=float)
    off = (readings - readings.median()).abs()
    kept = readings[off <= LIMIT * (1.4826 * off.median())]
    return kept.to_numpy(copy=True), kept.index.to_numpy(dtype=float, copy=True)


def silent_spans(x, t):
    known = t[np.isfinite(x)]
    long = np.flatnonzero(np.diff(known) > LIMIT)
    return [[float(known[i]), float(known[i + 1])] for i in long]


def silent_spans_loop(x, t):
    spans, last = [], None
    for value, moment in zip(x, t):
        # readings that are no numbers do not count
        if np.isfinite(value):
            if last is not None and moment - last > LIMIT:
                spans.append([float(last), float(moment)])
            last = moment
    return spans


def silent_spans_pairs(x, t):
    known = [float(moment) for value, moment in zip(x, t) if np.isfinite(value)]
    return [[before, after] for before, after in zip(known, known[1:]) if after - before > LIMIT]


def time_weighted_mean(x, t):
    span = t[-1] - t[0] if len(x) else 0.0
    level = np.mean(x) if len(x) else 0.0
    return float(np.trapezoid(x, t) / span) if span > 0 else float(level)


def time_weighted_mean_loop(x, t):
    area = 0.0
    for i in range(1, len(x)):
        area += 0.5 * (x[i - 1] + x[i]) * (t[i] - t[i - 1])
    span = t[-1] - t[0] if len(x) else 0.0
    # one moment only: nothing to weigh by
    return float(area / span if span > 0 else sum(x) / max(len(x), 1))


def time_weighted_mean_weights(x, t):
    if len(x) == 0:
        return 0.0
    steps = np.diff(t)
    weights = np.concatenate([[0.0], steps]) + np.concatenate([steps, [0.0]])
    return float(np.average(x, weights=weights)) if weights.sum() > 0 else float(np.mean(x))


def reading_energy(x, t):
    return float(np.trapezoid(x, t) / 3600.0) if len(x) else 0.0


def reading_energy_scipy(x, t):
    return float(integrate.trapezoid(x, x=np.asarray(t) / 3600.0)) if len(x) else 0.0


def reading_energy_loop(x, t):
    total = 0.0
    for i in range(1, len(x)):
        total += (x[i - 1] + x[i]) / 2.0 * (t[i] - t[i - 1]) / 3600.0
    return float(total)


def longest_silence(x, t):
    known = t[np.isfinite(x)]
    return float(np.max(np.diff(known))) if len(known) > 1 else 0.0


def longest_silence_loop(x, t):
    known = [moment for value, moment in zip(x, t) if np.isfinite(value)]
    longest = 0.0
    for before, after in zip(known, known[1:]):
        longest = max(longest, after - before)
    return float(longest)


def longest_silence_pandas(x, t):
    stamps = pd.Series(t, dtype=float)[pd.Series(x, dtype=float).notna().to_numpy()]
    steps = stamps.diff().dropna()
    return float(steps.max()) if len(steps) else 0.0


def hourly_readings(x, t):
    known = t[np.isfinite(x)]
    span = known[-1] - known[0] if len(known) > 1 else 0.0
    return float(3600.0 * (len(known) - 1) / span) if span > 0 else 0.0


def hourly_readings_mean(x, t):
    steps = np.diff(t[np.isfinite(x)])
    return float(3600.0 / np.mean(steps)) if len(steps) and np.sum(steps) > 0 else 0.0


def hourly_readings_loop(x, t):
    known = [float(moment) for value, moment in zip(x, t) if np.isfinite(value)]
    rate = 0.0
    if len(known) > 1 and known[-1] > known[0]:
        rate = (len(known) - 1) / ((known[-1] - known[0]) / 3600.0)
    return rate
