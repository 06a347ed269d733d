"""Functions of detecting blocks. Read as text, never imported. Upper-case names are parameters."""

import math
import statistics
from itertools import groupby

import numpy as np
import pandas as pd
from scipy import ndimage, signal


def spaced_peaks(x, fs):
    level = np.mean(x) + HEIGHT * np.std(x) if len(x) else 0.0
    peaks = signal.find_peaks(x, height=level)[0] if len(x) else np.zeros(0, dtype=np.int64)
    apart = max(1, round(GAP * fs))
    alive = np.ones(len(peaks), dtype=bool)
    # from the highest down; of equals the later first
    for k in np.argsort(x[peaks], kind="stable")[::-1]:
        if alive[k]:
            alive &= (np.abs(peaks - peaks[k]) >= apart) | (np.arange(len(peaks)) == k)
    return peaks[alive].astype(np.int64)


def spaced_peaks_greedy(x, fs):
    apart = max(1, round(GAP * fs))
    level = np.mean(x) + HEIGHT * np.std(x) if len(x) else 0.0
    candidates = [i for i in signal.find_peaks(x)[0] if x[i] >= level] if len(x) else []
    kept = []
    # the highest first, so that it decides over its surroundings
    for peak in sorted(candidates, key=lambda i: (x[i], i), reverse=True):
        if all(abs(peak - other) >= apart for other in kept):
            kept.append(peak)
    return np.array(sorted(kept), dtype=np.int64)


def refractory_peaks(x, fs):
    level = np.mean(x) + HEIGHT * np.std(x) if len(x) else 0.0
    apart = max(1, round(GAP * fs))
    kept = []
    for peak in signal.find_peaks(x, height=level)[0] if len(x) else []:
        if not kept or peak - kept[-1] >= apart:
            kept.append(peak)
    return np.array(kept, dtype=np.int64)


def refractory_peaks_scan(x, fs):
    apart = max(1, round(GAP * fs))
    level = np.mean(x) + HEIGHT * np.std(x) if len(x) else 0.0
    kept, rise = [], 0
    for i in range(1, len(x)):
        if x[i] > x[i - 1]:
            rise = i
        elif x[i] < x[i - 1] and rise:
            # the top lies in the middle of a flat summit
            top, rise = (rise + i - 1) // 2, 0
            if x[top] >= level and (not kept or top - kept[-1] >= apart):
                kept.append(top)
    return np.array(kept, dtype=np.int64)


def refractory_peaks_search(x, fs):
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    peaks = signal.find_peaks(x)[0]
    peaks = peaks[x[peaks] >= x.mean() + HEIGHT * x.std()]
    kept, k = [], 0
    while k < len(peaks):
        kept.append(peaks[k])
        # jump over what follows too soon
        k = np.searchsorted(peaks, peaks[k] + max(1, round(GAP * fs)))
    return np.array(kept, dtype=np.int64)


def prominent_peaks(x):
    peaks, _ = signal.find_peaks(x, prominence=FACTOR * np.std(x)) if len(x) else (np.zeros(0), None)
    return peaks.astype(np.int64)


def prominent_peaks_filter(x):
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    peaks = signal.find_peaks(x)[0]
    heights = signal.peak_prominences(x, peaks)[0]
    return peaks[heights >= FACTOR * np.std(x)].astype(np.int64)


def outlying_peaks(x):
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    middle = np.median(x)
    level = middle + FACTOR * 1.4826 * np.median(np.abs(x - middle))
    return signal.find_peaks(x, height=level)[0].astype(np.int64)


def outlying_peaks_filter(x):
    peaks = signal.find_peaks(x)[0] if len(x) else np.zeros(0, dtype=np.int64)
    middle = statistics.median(x) if len(x) else 0.0
    spread = statistics.median(np.abs(x - middle)) if len(x) else 0.0
    high = x[peaks] >= middle + FACTOR * 1.4826 * spread
    return peaks[high].astype(np.int64)


def outlying_peaks_scan(x):
    middle = np.median(x) if len(x) else 0.0
    level = middle + FACTOR * 1.4826 * np.median(np.abs(x - middle)) if len(x) else 0.0
    found, rise = [], 0
    for i in range(1, len(x)):
        if x[i] > x[i - 1]:
            rise = i
        elif x[i] < x[i - 1] and rise:
            # a flat summit counts once, in its middle
            if x[rise] >= level:
                found.append((rise + i - 1) // 2)
            rise = 0
    return np.array(found, dtype=np.int64)


def upward_crossings(x):
    level = np.mean(x) + FACTOR * np.std(x) if len(x) else 0.0
    above = x > level
    return (np.flatnonzero(above[1:] & ~above[:-1]) + 1).astype(np.int64)


def upward_crossings_diff(x):
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    above = (x > x.mean() + FACTOR * x.std()).astype(int)
    return (np.where(np.diff(above) == 1)[0] + 1).astype(np.int64)


def upward_crossings_loop(x):
    level = float(np.mean(x) + FACTOR * np.std(x)) if len(x) else 0.0
    found = []
    for i in range(1, len(x)):
        if x[i - 1] <= level < x[i]:
            found.append(i)
    return np.array(found, dtype=np.int64)


def hysteresis_onsets(x):
    on = off = 0.0
    if len(x):
        on, off = np.mean(x) + HIGH * np.std(x), np.mean(x) + LOW * np.std(x)
    state, onsets = False, []
    for i, value in enumerate(x):
        if not state and value > on:
            state = True
            onsets.append(i)
        elif state and value < off:
            state = False
    return np.array(onsets, dtype=np.int64)


def hysteresis_onsets_pandas(x):
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    marks = np.where(x > np.mean(x) + HIGH * np.std(x), 1.0, np.where(x < np.mean(x) + LOW * np.std(x), 0.0, np.nan))
    # between the levels the state stays
    state = pd.Series(marks).ffill().fillna(0.0).to_numpy()
    return np.flatnonzero(np.diff(state, prepend=0.0) > 0).astype(np.int64)


def hysteresis_onsets_marks(x):
    mean, spread = (np.mean(x), np.std(x)) if len(x) else (0.0, 0.0)
    ups = x > mean + HIGH * spread
    decided = np.flatnonzero(ups | (x < mean + LOW * spread))
    # of the samples that decide, those that rise after none or after a low one
    rising = ups[decided] & ~np.concatenate([[False], ups[decided][:-1]])[: len(decided)]
    return decided[rising].astype(np.int64)


def sudden_jumps(x):
    steps = np.abs(np.diff(x))
    level = FACTOR * (1.4826 * np.median(steps)) if len(steps) else 0.0
    return (np.flatnonzero(steps > level) + 1).astype(np.int64)


def sudden_jumps_loop(x):
    steps = [abs(after - before) for before, after in zip(x, x[1:])]
    level = FACTOR * (1.4826 * statistics.median(steps)) if steps else 0.0
    return np.array([i + 1 for i, step in enumerate(steps) if step > level], dtype=np.int64)


def sudden_jumps_pandas(x):
    steps = pd.Series(x, dtype=float).diff().abs()
    # the first sample has none before it; comparing with nothing is false
    jumps = steps > FACTOR * (1.4826 * steps.median())
    return np.flatnonzero(jumps.to_numpy()).astype(np.int64)


def high_samples(x):
    return x > np.mean(x) + FACTOR * np.std(x) if len(x) else np.zeros(0, dtype=bool)


def high_samples_scores(x):
    if len(x) == 0:
        return np.zeros(0, dtype=bool)
    above = np.greater(x - x.mean(), FACTOR * x.std())
    return above


def high_samples_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    level = middle + FACTOR * math.sqrt(math.fsum((value - middle) ** 2 for value in x) / n)
    return np.array([bool(value > level) for value in x], dtype=bool)


def hysteresis_state(x):
    on = off = 0.0
    if len(x):
        on, off = np.mean(x) + HIGH * np.std(x), np.mean(x) + LOW * np.std(x)
    mask = np.zeros(len(x), dtype=bool)
    state = False
    for i, value in enumerate(x):
        # between the levels nothing changes
        state = value > on or (state and not value < off)
        mask[i] = state
    return mask


def hysteresis_state_pandas(x):
    if len(x) == 0:
        return np.zeros(0, dtype=bool)
    on, off = x.mean() + HIGH * x.std(), x.mean() + LOW * x.std()
    marks = pd.Series(np.select([x > on, x < off], [1.0, 0.0], np.nan))
    return (marks.ffill().fillna(0.0) > 0.5).to_numpy(dtype=bool, copy=True)


def hysteresis_state_latest(x):
    mean, spread = (np.mean(x), np.std(x)) if len(x) else (0.0, 0.0)
    ups, downs = x > mean + HIGH * spread, x < mean + LOW * spread
    # number of the latest sample that decides, -1 before the first
    latest = np.maximum.accumulate(np.where(ups | downs, np.arange(len(x)), -1))
    return (latest >= 0) & np.append(ups, False)[latest]


def strong_spans(x, fs):
    above = x > np.mean(x) + FACTOR * np.std(x) if len(x) else np.zeros(0, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], above.astype(int), [0]])))
    shortest = max(1, round(SECONDS * fs))
    return [[float(a / fs), float(b / fs)] for a, b in zip(edges[::2], edges[1::2]) if b - a >= shortest]


def strong_spans_groups(x, fs):
    level = np.mean(x) + FACTOR * np.std(x) if len(x) else 0.0
    spans, start = [], 0
    for high, run in groupby(x, key=lambda value: value > level):
        end = start + len(list(run))
        if high and end - start >= max(1, round(SECONDS * fs)):
            spans.append([float(start / fs), float(end / fs)])
        start = end
    return spans


def strong_spans_label(x, fs):
    if len(x) == 0:
        return []
    labels, _ = ndimage.label(x > x.mean() + FACTOR * x.std())
    runs = [part[0] for part in ndimage.find_objects(labels)]
    kept = [run for run in runs if run.stop - run.start >= max(1, round(SECONDS * fs))]
    return [[float(run.start / fs), float(run.stop / fs)] for run in kept]


def flat_spans(x, fs):
    still = np.abs(np.diff(x)) < SHARE * np.std(x) if len(x) else np.zeros(0, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(int), [0]])))
    shortest = max(1, round(SECONDS * fs))
    # a run of steps spans one sample more than it has steps
    return [[float(a / fs), float((b + 1) / fs)] for a, b in zip(edges[::2], edges[1::2]) if b + 1 - a >= shortest]


def flat_spans_loop(x, fs):
    spans, start = [], 0
    tolerance = SHARE * np.std(x) if len(x) else 0.0
    shortest = max(2, round(SECONDS * fs))
    for i in range(1, len(x) + 1):
        if i == len(x) or abs(x[i] - x[i - 1]) >= tolerance:
            if i - start >= shortest:
                spans.append([float(start / fs), float(i / fs)])
            start = i
    return spans


def flat_spans_groups(x, fs):
    tolerance = SHARE * np.std(x) if len(x) else 0.0
    still = [abs(b - a) < tolerance for a, b in zip(x, x[1:])]
    spans, first = [], 0
    for flat, run in groupby(still):
        size = len(list(run))
        if flat and size + 1 >= max(1, round(SECONDS * fs)):
            spans.append([float(first / fs), float((first + size + 1) / fs)])
        first += size
    return spans


def level_change(x, fs):
    n = len(x)
    if n < 2:
        return 0.0
    sums, places = np.cumsum(x - np.mean(x))[:-1], np.arange(1, n)
    # the split that explains most of the variance
    gain = sums**2 / (places * (n - places))
    return float((np.argmax(gain) + 1) / fs)


def level_change_errors(x, fs):
    n = len(x)
    if n < 2:
        return 0.0
    centred = x - np.mean(x)
    k = np.arange(1, n)
    left, squares = np.cumsum(centred), np.cumsum(centred**2)
    before = squares[:-1] - left[:-1] ** 2 / k
    after = squares[-1] - squares[:-1] - (left[-1] - left[:-1]) ** 2 / (n - k)
    return float(k[np.argmin(before + after)] / fs)


def level_change_loop(x, fs):
    n, best, place = len(x), -1.0, 0
    mean = math.fsum(x) / max(n, 1)
    so_far = 0.0
    for k in range(1, n):
        so_far += x[k - 1] - mean
        gain = so_far * so_far / (k * (n - k))
        if gain > best:
            best, place = gain, k
    return float(place / fs)


def turning_point(x, fs):
    sums = np.abs(np.cumsum(x - np.mean(x))) if len(x) else np.zeros(1)
    return float((np.argmax(sums) + 1) / fs) if len(x) > 1 else 0.0


def turning_point_loop(x, fs):
    mean = math.fsum(x) / max(len(x), 1)
    total, furthest, place = 0.0, -1.0, 0
    for i in range(len(x) - 1):
        total += x[i] - mean
        if abs(total) > furthest:
            furthest, place = abs(total), i + 1
    return float(place / fs)


def turning_point_pandas(x, fs):
    if len(x) < 2:
        return 0.0
    samples = pd.Series(x, dtype=float)
    away = (samples - samples.mean()).cumsum().abs()
    # the last sum is 0 but for rounding
    return float((away.iloc[:-1].idxmax() + 1) / fs)


def short_run_removal(mask):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    result = np.zeros(len(mask), dtype=bool)
    for a, b in zip(edges[::2], edges[1::2]):
        result[a:b] = b - a >= LEAST
    return result


def short_run_removal_groups(mask):
    result = []
    for on, run in groupby(mask):
        size = len(list(run))
        result += [bool(on and size >= LEAST)] * size
    return np.array(result, dtype=bool)


def short_run_removal_label(mask):
    labels, _ = ndimage.label(mask)
    sizes = np.bincount(labels, minlength=1)
    # label 0 is what lies between
    sizes[0] = 0
    return sizes[labels] >= LEAST


def short_gap_filling(mask):
    ends = np.flatnonzero(mask)
    result = mask.copy()
    for a, b in zip(ends[:-1], ends[1:]):
        if b - a - 1 <= MOST:
            result[a:b] = True
    return result


def short_gap_filling_groups(mask):
    runs = [(bool(on), len(list(run))) for on, run in groupby(mask)]
    result = []
    for k, (on, size) in enumerate(runs):
        inner = 0 < k < len(runs) - 1
        result += [on or (inner and size <= MOST)] * size
    return np.array(result, dtype=bool)


def short_gap_filling_label(mask):
    labels, _ = ndimage.label(~mask)
    sizes = np.bincount(labels, minlength=1)
    outer = np.zeros(len(sizes), dtype=bool)
    # gaps at the ends stay
    outer[labels[:1]] = outer[labels[-1:]] = True
    return mask | ((labels > 0) & (sizes <= MOST)[labels] & ~outer[labels])


def mask_onsets(mask):
    return np.flatnonzero(mask & ~np.concatenate([[False], mask[:-1]])[: len(mask)]).astype(np.int64)


def mask_onsets_diff(mask):
    return np.where(np.diff(mask.astype(int), prepend=0) == 1)[0].astype(np.int64)


def mask_onsets_loop(mask):
    onsets = [i for i in range(len(mask)) if mask[i] and (i == 0 or not mask[i - 1])]
    return np.array(onsets, dtype=np.int64)
