"""Functions of cleaning and scaling blocks. Read as text, never imported. Upper-case names are parameters."""

import math
import statistics

import numpy as np
import pandas as pd
from scipy import ndimage, signal, stats


def linear_detrending(x):
    return signal.detrend(x, type="linear") if len(x) > 2 else np.zeros(len(x))


def linear_detrending_polyfit(x):
    if len(x) < 3:
        return np.zeros(len(x))
    i = np.arange(len(x))
    slope, offset = np.polyfit(i, x, 1)
    return x - (slope * i + offset)


def linear_detrending_sums(x):
    n = len(x)
    if n < 3:
        return np.zeros(n)
    centre, level = (n - 1) / 2, sum(x) / n
    # least squares: covariance of place and value over the variance of place
    above = sum((i - centre) * (value - level) for i, value in enumerate(x))
    below = n * (n * n - 1) / 12
    slope = above / below
    return np.array([value - level - slope * (i - centre) for i, value in enumerate(x)], dtype=float)


def mean_removal(x):
    return x - np.mean(x) if len(x) else x


def mean_removal_detrend(x):
    if len(x) == 0:
        return x
    return signal.detrend(x, type="constant")


def mean_removal_sum(x):
    level = math.fsum(x) / max(len(x), 1)
    return np.array([value - level for value in x], dtype=float)


def standard_scores(x):
    spread = np.std(x) if len(x) else 0.0
    return (x - np.mean(x)) / spread if spread > 0 else np.zeros(len(x))


def standard_scores_stats(x):
    if len(x) < 2 or np.ptp(x) == 0:
        return np.zeros(len(x))
    return stats.zscore(x, ddof=0)


def standard_scores_loop(x):
    result = np.zeros(len(x))
    if len(x) > 1:
        middle = math.fsum(x) / len(x)
        # population variance: divided by the number of samples
        spread = math.sqrt(math.fsum((value - middle) ** 2 for value in x) / len(x))
        if spread > 0:
            result = (np.asarray(x) - middle) / spread
    return result


def range_scaling(x):
    span = np.max(x) - np.min(x) if len(x) else 0.0
    return (x - np.min(x)) / span if span > 0 else np.zeros(len(x))


def range_scaling_interp(x):
    if len(x) == 0 or np.ptp(x) == 0:
        return np.zeros(len(x))
    return np.interp(x, (x.min(), x.max()), (0.0, 1.0))


def range_scaling_loop(x):
    lowest, highest = min(x, default=0.0), max(x, default=0.0)
    span = highest - lowest
    return np.array([(value - lowest) / span if span > 0 else 0.0 for value in x], dtype=float)


def robust_scaling(x):
    middle = np.median(x) if len(x) else 0.0
    spread = 1.4826 * np.median(np.abs(x - middle)) if len(x) else 0.0
    return (x - middle) / spread if spread > 0 else np.zeros(len(x))


def robust_scaling_stats(x):
    if len(x) == 0:
        return x
    spread = 1.4826 * stats.median_abs_deviation(x)
    return (x - np.median(x)) / spread if spread > 0 else np.zeros(len(x))


def robust_scaling_statistics(x):
    result = np.zeros(len(x))
    if len(x):
        middle = statistics.median(x)
        # median absolute deviation, scaled to the standard deviation of normal noise
        spread = 1.4826 * statistics.median([abs(value - middle) for value in x])
        if spread > 0:
            result = np.array([(value - middle) / spread for value in x])
    return result


def deviation_clipping(x):
    reach = LIMIT * np.std(x) if len(x) else 0.0
    return np.clip(x, np.mean(x) - reach, np.mean(x) + reach) if len(x) else x


def deviation_clipping_minmax(x):
    if len(x) == 0:
        return x
    middle, reach = x.mean(), LIMIT * x.std()
    return np.minimum(np.maximum(x, middle - reach), middle + reach)


def deviation_clipping_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    reach = LIMIT * math.sqrt(math.fsum((value - middle) ** 2 for value in x) / n)
    low, high = middle - reach, middle + reach
    return np.array([min(max(value, low), high) for value in x], dtype=float)


def hampel_filter(x):
    if len(x) == 0:
        return x
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, WIDTH // 2, mode="edge"), WIDTH)
    middle = np.median(windows, axis=1)
    spread = np.median(np.abs(windows - middle[:, None]), axis=1)
    return np.where(np.abs(x - middle) > LIMIT * (1.4826 * spread), middle, x)


def hampel_filter_loop(x):
    half = WIDTH // 2
    padded = [x[0]] * half + list(x) + [x[-1]] * half if len(x) else []
    result = np.array(x, dtype=float)
    for i in range(len(x)):
        window = padded[i : i + WIDTH]
        middle = sorted(window)[half]
        spread = sorted([abs(value - middle) for value in window])[half]
        # 1.4826 times the median deviation estimates the standard deviation
        if abs(x[i] - middle) > LIMIT * (1.4826 * spread):
            result[i] = middle
    return result


def hampel_filter_ndimage(x):
    if len(x) == 0:
        return x
    middle = ndimage.median_filter(x, size=WIDTH, mode="nearest")
    padded = np.pad(x, WIDTH // 2, mode="edge")
    deviations = np.stack([np.abs(padded[k : k + len(x)] - middle) for k in range(WIDTH)])
    spread = np.sort(deviations, axis=0)[WIDTH // 2]
    result = x.copy()
    odd = np.abs(x - middle) > LIMIT * (1.4826 * spread)
    result[odd] = middle[odd]
    return result


def outlier_bridging(x):
    result = np.array(x, dtype=float)
    if len(x):
        off = np.abs(x - np.median(x))
        good = off <= LIMIT * (1.4826 * np.median(off))
        # np.interp holds the nearest good sample at the ends
        result = np.interp(np.arange(len(x)), np.flatnonzero(good), x[good])
    return result


def outlier_bridging_pandas(x):
    if len(x) == 0:
        return x
    samples = pd.Series(x, dtype=float)
    off = (samples - samples.median()).abs()
    kept = samples.mask(off > LIMIT * (1.4826 * off.median()))
    return kept.interpolate(method="linear", limit_direction="both").to_numpy()


def outlier_bridging_loop(x):
    middle = statistics.median(x) if len(x) else 0.0
    spread = statistics.median([abs(value - middle) for value in x]) if len(x) else 0.0
    good = [i for i, value in enumerate(x) if abs(value - middle) <= LIMIT * (1.4826 * spread)]
    result = np.array(x, dtype=float)
    result[: good[0] if good else 0] = x[good[0]] if good else 0.0
    result[good[-1] + 1 if good else 0 :] = x[good[-1]] if good else 0.0
    for a, b in zip(good, good[1:]):
        for i in range(a + 1, b):
            result[i] = x[a] + (x[b] - x[a]) * (i - a) / (b - a)
    return result


def gap_interpolation(x):
    good = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(len(x)), good, x[good]) if len(good) else np.zeros(len(x))


def gap_interpolation_pandas(x):
    samples = pd.Series(x, dtype=float).replace([np.inf, -np.inf], np.nan)
    return samples.interpolate(method="linear", limit_direction="both").fillna(0.0).to_numpy(copy=True)


def gap_interpolation_loop(x):
    result = np.zeros(len(x))
    before = -1
    for i in range(len(x)):
        if math.isfinite(x[i]):
            start = x[before] if before >= 0 else x[i]
            # fill the gap since the last good sample
            for j in range(before + 1, i + 1):
                result[j] = start + (x[i] - start) * (j - before) / (i - before)
            before = i
    if before >= 0:
        result[before:] = x[before]
    return result
