"""Functions of measuring blocks. Read as text, never imported. Upper-case names are parameters."""

import math
import statistics

import numpy as np
import pandas as pd
from scipy import integrate, stats


def mean_level(x):
    return float(np.mean(x)) if len(x) else 0.0


def mean_level_sum(x):
    return float(math.fsum(x) / max(len(x), 1))


def mean_level_pandas(x):
    return float(pd.Series(x).mean()) if len(x) else 0.0


def standard_deviation(x):
    return float(np.std(x)) if len(x) else 0.0


def standard_deviation_pandas(x):
    return float(pd.Series(x).std(ddof=0)) if len(x) else 0.0


def standard_deviation_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    return float(math.sqrt(math.fsum((value - middle) ** 2 for value in x) / n))


def effective_value(x):
    return float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0


def effective_value_norm(x):
    return float(np.linalg.norm(x) / math.sqrt(max(len(x), 1)))


def effective_value_loop(x):
    total = 0.0
    for value in x:
        total += value * value
    return float(math.sqrt(total / max(len(x), 1)))


def peak_to_peak(x):
    return float(np.ptp(x)) if len(x) else 0.0


def peak_to_peak_builtin(x):
    return float(max(x) - min(x)) if len(x) else 0.0


def peak_to_peak_loop(x):
    lowest = highest = x[0] if len(x) else 0.0
    for value in x:
        lowest, highest = min(lowest, value), max(highest, value)
    return float(highest - lowest)


def crest_factor(x):
    rms = np.sqrt(np.mean(x**2)) if len(x) else 0.0
    return float(np.max(np.abs(x)) / rms) if rms > 0 else 0.0


def crest_factor_norm(x):
    size = np.linalg.norm(x)
    return float(np.linalg.norm(x, ord=np.inf) * math.sqrt(len(x)) / size) if size > 0 else 0.0


def crest_factor_loop(x):
    peak, squares = 0.0, 0.0
    for value in x:
        peak = max(peak, abs(value))
        squares += value * value
    return float(peak / math.sqrt(squares / len(x))) if squares > 0 else 0.0


def excess_kurtosis(x):
    return float(stats.kurtosis(x)) if len(x) > 1 and np.ptp(x) > 0 else 0.0


def excess_kurtosis_moments(x):
    if len(x) < 2 or np.ptp(x) == 0:
        return 0.0
    centred = x - np.mean(x)
    return float(np.mean(centred**4) / np.mean(centred**2) ** 2 - 3.0)


def excess_kurtosis_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    second = math.fsum((value - middle) ** 2 for value in x) / n
    fourth = math.fsum((value - middle) ** 4 for value in x) / n
    return float(fourth / second**2 - 3.0) if len(x) > 1 and max(x) > min(x) else 0.0


def sample_skewness(x):
    return float(stats.skew(x)) if len(x) > 1 and np.ptp(x) > 0 else 0.0


def sample_skewness_moments(x):
    if len(x) < 2 or np.ptp(x) == 0:
        return 0.0
    scores = (x - np.mean(x)) / np.std(x)
    return float(np.mean(scores**3))


def sample_skewness_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    second = math.fsum((value - middle) ** 2 for value in x) / n
    third = math.fsum((value - middle) ** 3 for value in x) / n
    return float(third / second**1.5) if len(x) > 1 and max(x) > min(x) else 0.0


def percentile_value(x):
    return float(np.percentile(x, PERCENT)) if len(x) else 0.0


def percentile_value_pandas(x):
    return float(pd.Series(x).quantile(PERCENT / 100.0)) if len(x) else 0.0


def percentile_value_sorted(x):
    if len(x) == 0:
        return 0.0
    ordered = sorted(x)
    place = (len(x) - 1) * PERCENT / 100.0
    below = min(int(place), max(len(x) - 2, 0))
    above = min(below + 1, len(x) - 1)
    # between two samples in proportion
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def interquartile_range(x):
    low, high = np.percentile(x, (25.0, 75.0)) if len(x) else (0.0, 0.0)
    return float(high - low)


def interquartile_range_stats(x):
    return float(stats.iqr(x)) if len(x) else 0.0


def interquartile_range_pandas(x):
    samples = pd.Series(x, dtype=float)
    return float(samples.quantile(0.75) - samples.quantile(0.25)) if len(x) else 0.0


def duty_cycle(x):
    middle = (np.max(x) + np.min(x)) / 2.0 if len(x) else 0.0
    return float(np.mean(x > middle)) if len(x) else 0.0


def duty_cycle_scaled(x):
    middle = 0.5 * (x.min() + x.max()) if len(x) else 0.0
    return float(np.count_nonzero(x > middle) / max(len(x), 1))


def duty_cycle_loop(x):
    middle = (max(x) + min(x)) / 2.0 if len(x) else 0.0
    on = 0
    for value in x:
        on += bool(value > middle)
    return float(on / max(len(x), 1))


def energy_hours(x, fs):
    return float(np.trapezoid(x, dx=1.0 / fs) / 3600.0)


def energy_hours_scipy(x, fs):
    return float(integrate.trapezoid(x, dx=1.0 / (3600.0 * fs))) if len(x) else 0.0


def energy_hours_loop(x, fs):
    total = 0.0
    # trapezoids between neighbouring samples
    for before, after in zip(x, x[1:]):
        total += (before + after) / 2.0
    return float(total / (fs * 3600.0))


def hourly_slope(x, fs):
    return float(np.polyfit(np.arange(len(x)) / fs, x, 1)[0] * 3600.0) if len(x) > 1 else 0.0


def hourly_slope_regression(x, fs):
    if len(x) < 2:
        return 0.0
    hours = np.arange(len(x)) / (3600.0 * fs)
    return float(stats.linregress(hours, x).slope)


def hourly_slope_sums(x, fs):
    n = len(x)
    centre = (n - 1) / 2
    middle = math.fsum(x) / max(n, 1)
    above = math.fsum((i - centre) * (value - middle) for i, value in enumerate(x))
    # sum of the squares of the places about their centre
    below = n * (n * n - 1) / 12
    return float(above / below * fs * 3600.0) if n > 1 else 0.0


def repetition_period(x, fs):
    first, last = max(1, round(SHORTEST * fs)), round(LONGEST * fs)
    centred = x - np.mean(x) if len(x) else x
    sums = [np.dot(centred[: len(x) - lag], centred[lag:]) for lag in range(first, min(last, len(x) - 1) + 1)]
    return float((first + np.argmax(sums)) / fs) if sums else 0.0


def repetition_period_fft(x, fs):
    first, last = max(1, round(SHORTEST * fs)), min(round(LONGEST * fs), len(x) - 1)
    if last < first:
        return 0.0
    # padded to twice the length, so that nothing wraps around
    spectrum = np.fft.rfft(x - np.mean(x), 2 * len(x))
    sums = np.fft.irfft(np.abs(spectrum) ** 2)
    return float((first + np.argmax(sums[first : last + 1])) / fs)


def repetition_period_correlate(x, fs):
    first, last = max(1, round(SHORTEST * fs)), min(round(LONGEST * fs), len(x) - 1)
    period = 0.0
    if last >= first:
        centred = x - x.mean()
        sums = np.correlate(centred, centred, mode="full")[len(x) - 1 :]
        period = float((first + np.argmax(sums[first : last + 1])) / fs)
    return period


def net_change(x):
    return float(x[-1] - x[0]) if len(x) else 0.0


def net_change_sum(x):
    return float(np.sum(np.diff(x)))


def net_change_loop(x):
    change = 0.0
    for before, after in zip(x, x[1:]):
        change += after - before
    return float(change)


def mean_step(x):
    return float(np.mean(np.abs(np.diff(x)))) if len(x) > 1 else 0.0


def mean_step_pandas(x):
    return float(pd.Series(x).diff().abs().mean()) if len(x) > 1 else 0.0


def mean_step_loop(x):
    steps = [abs(after - before) for before, after in zip(x, x[1:])]
    return float(sum(steps) / len(steps)) if steps else 0.0


def time_of_maximum(x, fs):
    return float(np.argmax(x) / fs) if len(x) else 0.0


def time_of_maximum_loop(x, fs):
    place = 0
    for i in range(1, len(x)):
        # of equals the first counts
        if x[i] > x[place]:
            place = i
    return float(place / fs)


def time_of_maximum_builtin(x, fs):
    place = max(range(len(x)), key=lambda i: x[i], default=0)
    return float(place / fs)


def summary_table(x):
    if len(x) == 0:
        return {"mean": 0.0, "std": 0.0, "min": 0.0, "max": 0.0}
    return {"mean": float(np.mean(x)), "std": float(np.std(x)), "min": float(np.min(x)), "max": float(np.max(x))}


def summary_table_statistics(x):
    samples = [float(value) for value in x] or [0.0]
    middle = math.fsum(samples) / len(samples)
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in samples) / len(samples))
    return {"mean": middle, "std": spread, "min": min(samples), "max": max(samples)}


def summary_table_pandas(x):
    samples = pd.Series(x if len(x) else [0.0], dtype=float)
    table = samples.agg(["mean", "min", "max"])
    return {
        "mean": float(table["mean"]),
        "std": float(samples.std(ddof=0)),
        "min": float(table["min"]),
        "max": float(table["max"]),
    }


def decile_table(x):
    values = np.percentile(x, (10.0, 50.0, 90.0)) if len(x) else np.zeros(3)
    return {"p10": float(values[0]), "p50": float(values[1]), "p90": float(values[2])}


def decile_table_statistics(x):
    if len(x) < 2:
        level = float(x[0]) if len(x) else 0.0
        return {"p10": level, "p50": level, "p90": level}
    cuts = statistics.quantiles([float(value) for value in x], n=10, method="inclusive")
    return {"p10": cuts[0], "p50": cuts[4], "p90": cuts[8]}


def decile_table_pandas(x):
    values = pd.Series(x, dtype=float).quantile([0.1, 0.5, 0.9]).fillna(0.0)
    return dict(zip(("p10", "p50", "p90"), (float(value) for value in values)))
