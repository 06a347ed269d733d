"""Functions of blocks that give a series another shape. Read as text, never imported. Upper-case names are parameters."""

import math
from itertools import accumulate

import numpy as np
import pandas as pd
from scipy import fft, integrate, ndimage, signal


def absolute_value(x):
    return np.abs(x)


def absolute_value_larger(x):
    return np.maximum(x, -x)


def absolute_value_loop(x):
    return np.array([-value if value < 0 else value for value in x], dtype=float)


def squared_signal(x):
    return np.square(x)


def squared_signal_product(x):
    return x * x


def squared_signal_loop(x):
    return np.array([value**2 for value in x], dtype=float)


def hilbert_envelope(x):
    return np.abs(signal.hilbert(x - np.mean(x))) if len(x) else x


def hilbert_envelope_spectrum(x):
    n = len(x)
    if n == 0:
        return x
    spectrum = fft.fft(x - np.mean(x))
    # the analytic signal: negative frequencies off, positive ones doubled
    gain = np.zeros(n)
    gain[0] = 1.0
    gain[1 : (n + 1) // 2] = 2.0
    if n % 2 == 0:
        gain[n // 2] = 1.0
    return np.abs(fft.ifft(spectrum * gain))


def hilbert_envelope_parts(x):
    if len(x) == 0:
        return x
    level = x - x.mean()
    turned = np.imag(signal.hilbert(level))
    return np.hypot(level, turned)


def teager_energy(x):
    result = np.zeros(len(x))
    result[1:-1] = x[1:-1] ** 2 - x[:-2] * x[2:]
    return result


def teager_energy_loop(x):
    result = np.zeros(len(x))
    for i in range(1, len(x) - 1):
        result[i] = x[i] ** 2 - x[i - 1] * x[i + 1]
    return result


def teager_energy_roll(x):
    if len(x) < 3:
        return np.zeros(len(x))
    result = x * x - np.roll(x, 1) * np.roll(x, -1)
    # the ends have only one neighbour
    result[[0, -1]] = 0.0
    return result


def rate_of_change(x, fs):
    return np.gradient(x, 1.0 / fs) if len(x) > 1 else np.zeros(len(x))


def rate_of_change_slices(x, fs):
    slope = np.zeros(len(x))
    if len(x) > 1:
        slope[1:-1] = (x[2:] - x[:-2]) * fs / 2.0
        slope[0] = (x[1] - x[0]) * fs
        slope[-1] = (x[-1] - x[-2]) * fs
    return slope


def rate_of_change_loop(x, fs):
    last = len(x) - 1
    slopes = []
    for i in range(len(x)):
        # one-sided at the ends
        before, after = max(i - 1, 0), min(i + 1, last)
        slopes.append((x[after] - x[before]) * fs / max(after - before, 1))
    return np.array(slopes, dtype=float)


def step_changes(x):
    return np.diff(x, prepend=x[:1])


def step_changes_pandas(x):
    return pd.Series(x, dtype=float).diff().fillna(0.0).to_numpy()


def step_changes_loop(x):
    result = np.zeros(len(x))
    for i in range(1, len(x)):
        result[i] = x[i] - x[i - 1]
    return result


def running_total(x):
    return np.cumsum(x)


def running_total_accumulate(x):
    return np.fromiter(accumulate(x), dtype=float)


def running_total_loop(x):
    total = 0.0
    result = np.zeros(len(x))
    for i, value in enumerate(x):
        total += value
        result[i] = total
    return result


def running_integral(x, fs):
    return integrate.cumulative_trapezoid(x, dx=1.0 / fs, initial=0) if len(x) else x


def running_integral_sums(x, fs):
    areas = (x[1:] + x[:-1]) / (2.0 * fs)
    return np.concatenate([np.zeros(min(len(x), 1)), np.cumsum(areas)])


def running_integral_loop(x, fs):
    result = np.zeros(len(x))
    for i in range(1, len(x)):
        # trapezoid between two samples
        result[i] = result[i - 1] + 0.5 * (x[i - 1] + x[i]) / fs
    return result


def rolling_maximum(x):
    return ndimage.maximum_filter1d(x, WIDTH, mode="nearest") if len(x) else x


def rolling_maximum_pandas(x):
    return pd.Series(x, dtype=float).rolling(WIDTH, center=True, min_periods=1).max().to_numpy()


def rolling_maximum_loop(x):
    half = WIDTH // 2
    samples = list(x)
    tops = [max(samples[max(i - half, 0) : i + half + 1]) for i in range(len(samples))]
    return np.array(tops, dtype=float)


def rolling_deviation(x):
    half = WIDTH // 2
    result = np.zeros(len(x))
    if len(x) >= WIDTH:
        windows = np.lib.stride_tricks.sliding_window_view(x, WIDTH)
        result[half : len(x) - half] = np.std(windows, axis=1)
    # windows cut short by the ends
    for i in range(len(x)):
        if i < half or i >= len(x) - half:
            result[i] = np.std(x[max(i - half, 0) : i + half + 1])
    return result


def rolling_deviation_table(x):
    half = WIDTH // 2
    # one column per place in the window, empty beyond the ends
    padded = np.concatenate([np.full(half, np.nan), x, np.full(half, np.nan)])
    columns = np.stack([padded[k : k + len(x)] for k in range(2 * half + 1)], axis=1)
    counts = np.sum(np.isfinite(columns), axis=1, keepdims=True)
    means = np.nansum(columns, axis=1, keepdims=True) / counts
    return np.sqrt(np.nansum((columns - means) ** 2, axis=1) / counts[:, 0])


def rolling_deviation_loop(x):
    half = WIDTH // 2
    samples = list(x)
    result = np.zeros(len(x))
    for i in range(len(x)):
        window = samples[max(i - half, 0) : i + half + 1]
        middle = sum(window) / len(window)
        result[i] = math.sqrt(sum([(value - middle) ** 2 for value in window]) / len(window))
    return result
