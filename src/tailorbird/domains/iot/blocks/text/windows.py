"""Functions of blocks that describe windows. Read as text, never imported. Upper-case names are parameters."""

import math

import numpy as np
import pandas as pd


def window_rms(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    blocks = x[: count * width].reshape(count, width)
    return np.sqrt(np.mean(blocks**2, axis=1)), float(fs / width)


def window_rms_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    result = []
    for start in range(0, len(x) - width + 1, width):
        result.append(math.sqrt(sum(value * value for value in x[start : start + width]) / width))
    return np.array(result, dtype=float), float(fs / width)


def window_rms_pandas(x, fs):
    width = max(1, round(SECONDS * fs))
    whole = len(x) - len(x) % width
    squares = pd.Series(np.square(x[:whole]))
    means = squares.groupby(np.arange(whole) // width).mean()
    return np.sqrt(means.to_numpy()), float(fs / width)


def window_mean(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    return x[: count * width].reshape(count, width).mean(axis=1), float(fs / width)


def window_mean_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    # an incomplete window at the end is left out
    starts = range(0, len(x) - width + 1, width)
    means = [sum(x[start : start + width]) / width for start in starts]
    return np.array(means, dtype=float), float(fs / width)


def window_mean_sums(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    sums = np.array([np.sum(part) for part in np.split(x[: count * width], count)]) if count else np.zeros(0)
    return sums / width, float(fs / width)


def window_deviation(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    return x[: count * width].reshape(count, width).std(axis=1), float(fs / width)


def window_deviation_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    result = []
    for k in range(len(x) // width):
        window = x[k * width : (k + 1) * width]
        middle = sum(window) / width
        result.append(math.sqrt(sum((value - middle) ** 2 for value in window) / width))
    return np.array(result, dtype=float), float(fs / width)


def window_deviation_pandas(x, fs):
    width = max(1, round(SECONDS * fs))
    whole = len(x) - len(x) % width
    groups = pd.Series(x[:whole], dtype=float).groupby(np.arange(whole) // width)
    return groups.std(ddof=0).to_numpy(), float(fs / width)


def window_range(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    return np.ptp(x[: count * width].reshape(count, width), axis=1), float(fs / width)


def window_range_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    spans = []
    for start in range(0, len(x) - width + 1, width):
        window = x[start : start + width]
        spans.append(max(window) - min(window))
    return np.array(spans, dtype=float), float(fs / width)


def window_range_pandas(x, fs):
    width = max(1, round(SECONDS * fs))
    whole = len(x) - len(x) % width
    groups = pd.Series(x[:whole], dtype=float).groupby(np.arange(whole) // width)
    return (groups.max() - groups.min()).to_numpy(), float(fs / width)


def window_maximum(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    return x[: count * width].reshape(count, width).max(axis=1), float(fs / width)


def window_maximum_reduceat(x, fs):
    width = max(1, round(SECONDS * fs))
    whole = len(x) - len(x) % width
    tops = np.maximum.reduceat(x[:whole], np.arange(0, whole, width)) if whole else np.zeros(0)
    return tops, float(fs / width)


def window_maximum_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    tops = [max(x[k * width : (k + 1) * width]) for k in range(len(x) // width)]
    return np.array(tops, dtype=float), float(fs / width)


def window_energy(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    blocks = x[: count * width].reshape(count, width)
    return np.sum(blocks**2, axis=1) / fs, float(fs / width)


def window_energy_products(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    blocks = x[: count * width].reshape(count, width)
    return np.einsum("ij,ij->i", blocks, blocks) / fs, float(fs / width)


def window_energy_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    result = []
    for start in range(0, len(x) - width + 1, width):
        # each sample stands for 1 / fs seconds
        result.append(sum(value * value for value in x[start : start + width]) / fs)
    return np.array(result, dtype=float), float(fs / width)


def window_crossings(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    above = x[: count * width].reshape(count, width) > (np.mean(x) if len(x) else 0.0)
    changes = np.sum(above[:, 1:] != above[:, :-1], axis=1)
    return changes * fs / width, float(fs / width)


def window_crossings_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    level = float(np.mean(x)) if len(x) else 0.0
    result = []
    for start in range(0, len(x) - width + 1, width):
        above = [value > level for value in x[start : start + width]]
        # pairs across the border of two windows do not count
        changes = sum(a != b for a, b in zip(above, above[1:]))
        result.append(changes * fs / width)
    return np.array(result, dtype=float), float(fs / width)


def window_crossings_diff(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    level = np.mean(x) if len(x) else 0.0
    sides = np.where(x[: count * width].reshape(count, width) > level, 1, 0)
    changes = np.abs(np.diff(sides, axis=1)).sum(axis=1)
    return changes / (width / fs), float(fs / width)


def window_level(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    power = np.mean(x[: count * width].reshape(count, width) ** 2, axis=1)
    return 10.0 * np.log10(np.maximum(power, 1e-12)), float(fs / width)


def window_level_loop(x, fs):
    width = max(1, round(SECONDS * fs))
    levels = []
    for k in range(len(x) // width):
        power = sum(value * value for value in x[k * width : (k + 1) * width]) / width
        # silence is held at -120 dB
        levels.append(10.0 * math.log10(max(power, 1e-12)))
    return np.array(levels, dtype=float), float(fs / width)


def window_level_rms(x, fs):
    width = max(1, round(SECONDS * fs))
    count = len(x) // width
    blocks = x[: count * width].reshape(count, width)
    rms = np.linalg.norm(blocks, axis=1) / math.sqrt(width)
    return 20.0 * np.log10(np.clip(rms, 1e-6, None)), float(fs / width)
