"""Functions of blocks that change rate or extent. Read as text, never imported. Upper-case names are parameters."""

import math
from bisect import bisect_right

import numpy as np
import pandas as pd
from scipy import interpolate


def block_averaging(x, fs):
    count = len(x) // FACTOR
    blocks = x[: count * FACTOR].reshape(count, FACTOR)
    return blocks.mean(axis=1), float(fs / FACTOR)


def block_averaging_loop(x, fs):
    means = []
    # an incomplete block at the end is left out
    for start in range(0, len(x) - FACTOR + 1, FACTOR):
        means.append(sum(x[start : start + FACTOR]) / FACTOR)
    return np.array(means, dtype=float), float(fs / FACTOR)


def block_averaging_pandas(x, fs):
    whole = len(x) - len(x) % FACTOR
    samples = pd.Series(x[:whole], dtype=float)
    means = samples.groupby(np.arange(whole) // FACTOR).mean()
    return means.to_numpy(), float(fs / FACTOR)


def thinning(x, fs):
    return x[::FACTOR].copy(), float(fs / FACTOR)


def thinning_loop(x, fs):
    kept = [value for i, value in enumerate(x) if i % FACTOR == 0]
    return np.array(kept, dtype=float), float(fs) / FACTOR


def thinning_take(x, fs):
    places = np.arange(0, len(x), FACTOR)
    return np.take(x, places), float(fs / FACTOR)


def edge_trimming(x, fs):
    first = round(START * fs)
    last = len(x) - round(END * fs)
    return x[first : max(first, last)]


def edge_trimming_mask(x, fs):
    i = np.arange(len(x))
    kept = (i >= round(START * fs)) & (i < len(x) - round(END * fs))
    return x[kept]


def edge_trimming_loop(x, fs):
    skipped, dropped = round(START * fs), round(END * fs)
    return np.array([x[i] for i in range(skipped, len(x) - dropped)], dtype=float)


def leading_section(x, fs):
    return x[: round(SECONDS * fs)]


def leading_section_mask(x, fs):
    kept = np.arange(len(x)) < round(SECONDS * fs)
    return np.compress(kept, x)


def leading_section_loop(x, fs):
    count = min(len(x), round(SECONDS * fs))
    section = np.empty(count)
    for i in range(count):
        section[i] = x[i]
    return section


def linear_resampling(x, fs):
    count = int((len(x) - 1) * TARGET / fs + 1e-6) + 1 if len(x) else 0
    places = np.minimum(np.arange(count) * fs / TARGET, len(x) - 1)
    return np.interp(places, np.arange(len(x)), x) if count else x, float(TARGET)


def linear_resampling_spline(x, fs):
    if len(x) < 2:
        return np.array(x), float(TARGET)
    count = int((len(x) - 1) * TARGET / fs + 1e-6) + 1
    places = np.minimum(np.arange(count) * fs / TARGET, len(x) - 1)
    line = interpolate.make_interp_spline(np.arange(len(x)), x, k=1)
    return line(places), float(TARGET)


def linear_resampling_loop(x, fs):
    result = []
    last = len(x) - 1
    count = int(last * TARGET / fs + 1e-6) + 1 if len(x) else 0
    for k in range(count):
        place = min(k * fs / TARGET, last)
        i = min(int(place), max(last - 1, 0))
        # between sample i and the next
        share = place - i
        result.append(x[i] * (1.0 - share) + x[min(i + 1, last)] * share)
    return np.array(result, dtype=float), float(TARGET)


def uniform_grid(x, t):
    count = int((t[-1] - t[0]) / STEP + 1e-6) + 1 if len(x) else 0
    grid = (t[0] if count else 0.0) + STEP * np.arange(count)
    return np.interp(grid, t, x) if count else x, 1.0 / STEP


def uniform_grid_segments(x, t):
    if len(x) < 2:
        return np.array(x), 1.0 / STEP
    grid = t[0] + STEP * np.arange(int((t[-1] - t[0]) / STEP + 1e-6) + 1)
    after = np.clip(np.searchsorted(t, grid, side="right"), 1, len(t) - 1)
    span = t[after] - t[after - 1]
    share = np.clip((grid - t[after - 1]) / np.where(span > 0, span, 1.0), 0.0, 1.0)
    return x[after - 1] + share * (x[after] - x[after - 1]), 1.0 / STEP


def uniform_grid_loop(x, t):
    values = []
    count = int((t[-1] - t[0]) / STEP + 1e-6) + 1 if len(x) else 0
    j = 0
    for k in range(count):
        moment = t[0] + STEP * k
        # the last reading that is not later
        while j + 1 < len(t) and t[j + 1] <= moment:
            j += 1
        if j + 1 < len(t):
            values.append(x[j] + (x[j + 1] - x[j]) * (moment - t[j]) / (t[j + 1] - t[j]))
        else:
            values.append(x[j])
    return np.array(values, dtype=float), 1.0 / STEP


def held_grid(x, t):
    count = int((t[-1] - t[0]) / STEP + 1e-6) + 1 if len(x) else 0
    grid = (t[0] if count else 0.0) + STEP * np.arange(count)
    # a reading up to a microsecond late still counts
    return x[np.searchsorted(t, grid + 1e-6, side="right") - 1], 1.0 / STEP


def held_grid_pandas(x, t):
    if len(x) == 0:
        return x, 1.0 / STEP
    count = int((t[-1] - t[0]) / STEP + 1e-6) + 1
    grid = pd.DataFrame({"time": t[0] + STEP * np.arange(count) + 1e-6})
    readings = pd.DataFrame({"time": t, "value": x})
    return pd.merge_asof(grid, readings, on="time")["value"].to_numpy(), 1.0 / STEP


def held_grid_loop(x, t):
    held = []
    stamps = list(t)
    count = int((stamps[-1] - stamps[0]) / STEP + 1e-6) + 1 if stamps else 0
    for k in range(count):
        moment = stamps[0] + STEP * k + 1e-6
        held.append(x[bisect_right(stamps, moment) - 1])
    return np.array(held, dtype=float), 1.0 / STEP


def grid_means(x, t):
    cells = np.floor((t - t[0]) / STEP + 1e-6).astype(int) if len(x) else np.zeros(0, dtype=int)
    counts = np.bincount(cells)
    sums = np.bincount(cells, weights=x)
    filled = np.flatnonzero(counts)
    means = sums[filled] / counts[filled]
    # cells without a reading repeat the mean before
    latest = np.maximum.accumulate(np.where(counts > 0, np.cumsum(counts > 0) - 1, 0)) if len(x) else cells
    return means[latest], 1.0 / STEP


def grid_means_pandas(x, t):
    if len(x) == 0:
        return x, 1.0 / STEP
    cells = np.floor((t - t[0]) / STEP + 1e-6).astype(int)
    means = pd.Series(x).groupby(cells).mean()
    return means.reindex(range(cells[-1] + 1)).ffill().to_numpy(), 1.0 / STEP


def grid_means_loop(x, t):
    groups = {}
    for value, moment in zip(x, t):
        groups.setdefault(math.floor((moment - t[0]) / STEP + 1e-6), []).append(value)
    result = []
    for cell in range(max(groups, default=-1) + 1):
        found = groups.get(cell)
        result.append(sum(found) / len(found) if found else result[-1])
    return np.array(result, dtype=float), 1.0 / STEP
