"""Functions of filtering blocks. Read as text, never imported. Upper-case names are parameters."""

from collections import deque
from itertools import accumulate

import numpy as np
import pandas as pd
from scipy import ndimage, signal


def band_pass_filter(x, fs):
    sos = signal.butter(ORDER, (LOW, HIGH), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, padtype=None) if len(x) else x


def band_pass_filter_twice(x, fs):
    sos = signal.butter(ORDER, [LOW / (fs / 2), HIGH / (fs / 2)], btype="band", output="sos")
    result = np.zeros(len(x))
    if len(x):
        # run forwards, then backwards, so that the delays cancel
        start = signal.sosfilt_zi(sos)
        forward, _ = signal.sosfilt(sos, x, zi=start * x[0])
        backward, _ = signal.sosfilt(sos, forward[::-1], zi=start * forward[-1])
        result = backward[::-1]
    return result


def low_pass_filter(x, fs):
    sos = signal.butter(ORDER, CUTOFF, btype="lowpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, padtype=None) if len(x) else x


def low_pass_filter_twice(x, fs):
    sos = signal.butter(ORDER, CUTOFF / (fs / 2), output="sos")
    result = np.zeros(len(x))
    if len(x):
        settled = signal.sosfilt_zi(sos)
        # forwards, then backwards, so that nothing is delayed
        once, _ = signal.sosfilt(sos, x, zi=settled * x[0])
        twice, _ = signal.sosfilt(sos, once[::-1], zi=settled * once[-1])
        result = twice[::-1]
    return result


def low_pass_filter_shifted(x, fs):
    if len(x) == 0:
        return x
    sos = signal.butter(ORDER, CUTOFF, btype="low", fs=fs, output="sos")
    # starting from rest on x - x[0] equals starting settled on x
    forward = signal.sosfilt(sos, x - x[0]) + x[0]
    return signal.sosfilt(sos, forward[::-1] - forward[-1])[::-1] + forward[-1]


def high_pass_filter(x, fs):
    sos = signal.butter(ORDER, CUTOFF, btype="highpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, padtype=None) if len(x) else x


def high_pass_filter_twice(x, fs):
    sos = signal.butter(ORDER, CUTOFF / (fs / 2), btype="high", output="sos")
    result = np.zeros(len(x))
    if len(x):
        settled = signal.sosfilt_zi(sos)
        forward, _ = signal.sosfilt(sos, x, zi=settled * x[0])
        backward, _ = signal.sosfilt(sos, np.flip(forward), zi=settled * forward[-1])
        result = np.flip(backward)
    return result


def high_pass_filter_shifted(x, fs):
    if len(x) == 0:
        return x
    sos = signal.butter(ORDER, CUTOFF, "highpass", fs=fs, output="sos")
    # a constant does not pass, so the first sample can be taken off
    forward = signal.sosfilt(sos, x - x[0])
    return signal.sosfilt(sos, forward[::-1] - forward[-1])[::-1]


def notch_filter(x, fs):
    b, a = signal.iirnotch(FREQUENCY, QUALITY, fs=fs)
    return signal.filtfilt(b, a, x, padtype=None) if len(x) else x


def notch_filter_twice(x, fs):
    b, a = signal.iirnotch(FREQUENCY / (fs / 2), QUALITY)
    result = np.zeros(len(x))
    if len(x):
        start = signal.lfilter_zi(b, a)
        forward, _ = signal.lfilter(b, a, x, zi=start * x[0])
        # the second pass runs backwards
        backward, _ = signal.lfilter(b, a, forward[::-1], zi=start * forward[-1])
        result = backward[::-1]
    return result


def notch_filter_sections(x, fs):
    if len(x) == 0:
        return x
    b, a = signal.iirnotch(w0=FREQUENCY, Q=QUALITY, fs=fs)
    sos = np.concatenate([b, a])[None, :]
    return signal.sosfiltfilt(sos, x, padtype=None)


def centred_moving_average(x):
    padded = np.concatenate([np.full(WIDTH // 2, x[0]), x, np.full(WIDTH // 2, x[-1])]) if len(x) else x
    return np.convolve(padded, np.ones(WIDTH) / WIDTH, mode="valid") if len(x) else x


def centred_moving_average_ndimage(x):
    if len(x) == 0:
        return x
    return ndimage.uniform_filter1d(x, WIDTH, mode="nearest")


def centred_moving_average_sums(x):
    half = WIDTH // 2
    padded = [x[0]] * half + list(x) + [x[-1]] * half if len(x) else []
    result = np.zeros(len(x))
    for i in range(len(x)):
        result[i] = sum(padded[i : i + WIDTH]) / WIDTH
    return result


def trailing_mean(x):
    sums = np.concatenate([[0.0], np.cumsum(x)])
    ends = np.arange(1, len(x) + 1)
    starts = np.maximum(ends - WIDTH, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def trailing_mean_pandas(x):
    return pd.Series(x, dtype=float).rolling(WIDTH, min_periods=1).mean().to_numpy()


def trailing_mean_queue(x):
    recent = deque(maxlen=WIDTH)
    result = np.zeros(len(x))
    for i, value in enumerate(x):
        recent.append(value)
        result[i] = sum(recent) / len(recent)
    return result


def median_filter(x):
    return ndimage.median_filter(x, size=WIDTH, mode="nearest") if len(x) else x


def median_filter_windows(x):
    if len(x) == 0:
        return x
    padded = np.pad(x, WIDTH // 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, WIDTH), axis=1)


def median_filter_loop(x):
    half = WIDTH // 2
    padded = [x[0]] * half + list(x) + [x[-1]] * half if len(x) else []
    # the middle of the sorted window
    middles = [sorted(padded[i : i + WIDTH])[half] for i in range(len(x))]
    return np.array(middles, dtype=float)


def exponential_smoothing(x):
    result = np.zeros(len(x))
    for i, value in enumerate(x):
        result[i] = value if i == 0 else ALPHA * value + (1.0 - ALPHA) * result[i - 1]
    return result


def exponential_smoothing_pandas(x):
    return pd.Series(x, dtype=float).ewm(alpha=ALPHA, adjust=False).mean().to_numpy()


def exponential_smoothing_accumulate(x):
    blended = accumulate(x, lambda before, value: before + ALPHA * (value - before))
    return np.fromiter(blended, dtype=float)


def exponential_smoothing_recursion(x):
    if len(x) == 0:
        return x
    # the state makes the first output equal the first sample
    smooth, _ = signal.lfilter([ALPHA], [1.0, ALPHA - 1.0], x, zi=[(1.0 - ALPHA) * x[0]])
    return smooth


def savitzky_golay_filter(x):
    return signal.savgol_filter(x, WIDTH, DEGREE, mode="nearest") if len(x) else x


def savitzky_golay_filter_weights(x):
    if len(x) == 0:
        return x
    weights = signal.savgol_coeffs(WIDTH, DEGREE)
    padded = np.pad(x, WIDTH // 2, mode="edge")
    return np.convolve(padded, weights, mode="valid")


def savitzky_golay_filter_fit(x):
    half = WIDTH // 2
    powers = np.vander(np.arange(-half, half + 1), DEGREE + 1, increasing=True)
    # the value of the fitted polynomial in the middle is its constant term
    weights = np.linalg.pinv(powers)[0]
    padded = np.concatenate([np.repeat(x[:1], half), x, np.repeat(x[-1:], half)])
    result = np.zeros(len(x))
    for k in range(WIDTH):
        result += weights[k] * padded[k : k + len(x)]
    return result


def baseline_removal(x):
    return x - ndimage.median_filter(x, size=WIDTH, mode="nearest") if len(x) else x


def baseline_removal_windows(x):
    if len(x) == 0:
        return x
    padded = np.pad(x, (WIDTH // 2, WIDTH // 2), mode="edge")
    baseline = np.median(np.lib.stride_tricks.sliding_window_view(padded, WIDTH), axis=-1)
    return x - baseline


def baseline_removal_rank(x):
    if len(x) == 0:
        return x
    # of an odd number of samples the median is the one of middle rank
    baseline = ndimage.rank_filter(x, rank=WIDTH // 2, size=WIDTH, mode="nearest")
    return np.subtract(x, baseline)
