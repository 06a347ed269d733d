"""Functions of blocks about events and marked runs. Read as text, never imported. Upper-case names are parameters."""

import math
import statistics
from itertools import groupby

import numpy as np
import pandas as pd
from scipy import ndimage


def event_count(events):
    return int(len(events))


def event_count_sum(events):
    return sum(1 for _ in events)


def event_count_size(events):
    return int(np.asarray(events).size)


def event_rate(events, fs):
    if len(events) < 2:
        return 0.0
    return float(60.0 * fs * (len(events) - 1) / (events[-1] - events[0]))


def event_rate_mean(events, fs):
    intervals = np.diff(events) / fs
    return float(60.0 / np.mean(intervals)) if len(intervals) else 0.0


def event_rate_loop(events, fs):
    times = [event / fs for event in events]
    # intervals, not events, are counted
    rate = 60.0 * (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
    return float(rate)


def median_rate(events, fs):
    return float(60.0 * fs / np.median(np.diff(events))) if len(events) > 1 else 0.0


def median_rate_statistics(events, fs):
    intervals = [(b - a) / fs for a, b in zip(events, events[1:])]
    return float(60.0 / statistics.median(intervals)) if intervals else 0.0


def median_rate_pandas(events, fs):
    times = pd.Series(events, dtype=float) / fs
    middle = times.diff().median()
    return float(60.0 / middle) if len(events) > 1 else 0.0


def mean_interval(events, fs):
    return float(np.mean(np.diff(events)) / fs) if len(events) > 1 else 0.0


def mean_interval_ends(events, fs):
    # the intervals add up to the time from first to last
    n = len(events)
    return float((events[-1] - events[0]) / (n - 1) / fs) if n > 1 else 0.0


def mean_interval_loop(events, fs):
    intervals = [(b - a) / fs for a, b in zip(events, events[1:])]
    return float(sum(intervals) / len(intervals)) if intervals else 0.0


def interval_deviation(events, fs):
    return float(1000.0 * np.std(np.diff(events) / fs)) if len(events) > 1 else 0.0


def interval_deviation_statistics(events, fs):
    intervals = [float(b - a) / fs for a, b in zip(events, events[1:])]
    return 1000.0 * float(statistics.pstdev(intervals)) if intervals else 0.0


def interval_deviation_loop(events, fs):
    steps = [int(b) - int(a) for a, b in zip(events, events[1:])]
    n = len(steps)
    # n times the sum of squares less the square of the sum is exact in integers
    spread = math.sqrt(n * sum(step * step for step in steps) - sum(steps) ** 2) / n if n else 0.0
    return float(1000.0 * spread / fs)


def successive_differences(events, fs):
    changes = np.diff(events, n=2) / fs
    return float(1000.0 * np.sqrt(np.mean(changes**2))) if len(changes) else 0.0


def successive_differences_norm(events, fs):
    intervals = 1000.0 * np.diff(events) / fs
    changes = np.diff(intervals)
    return float(np.linalg.norm(changes) / math.sqrt(len(changes))) if len(changes) else 0.0


def successive_differences_loop(events, fs):
    intervals = [(b - a) / fs for a, b in zip(events, events[1:])]
    squares = [(after - before) ** 2 for before, after in zip(intervals, intervals[1:])]
    return float(1000.0 * math.sqrt(sum(squares) / len(squares))) if squares else 0.0


def longest_interval(events, fs):
    return float(np.max(np.diff(events)) / fs) if len(events) > 1 else 0.0


def longest_interval_loop(events, fs):
    longest = 0
    for before, after in zip(events, events[1:]):
        longest = max(longest, after - before)
    return float(longest / fs)


def longest_interval_pandas(events, fs):
    gaps = pd.Series(events, dtype=float).diff().dropna()
    return float(gaps.max() / fs) if len(gaps) else 0.0


def event_times(events, fs):
    return [float(event / fs) for event in events]


def event_times_array(events, fs):
    return (np.asarray(events, dtype=float) / fs).tolist()


def event_times_map(events, fs):
    return list(map(lambda event: int(event) / float(fs), events))


def interval_list(events, fs):
    return [float(step) for step in np.diff(events) / fs]


def interval_list_loop(events, fs):
    intervals = []
    for k in range(1, len(events)):
        intervals.append(float((events[k] - events[k - 1]) / fs))
    return intervals


def interval_list_pairs(events, fs):
    return [float((after - before) / fs) for before, after in zip(events, events[1:])]


def steady_share(events):
    steps = np.diff(events)
    near = 100 * np.abs(steps - np.median(steps)) <= PERCENT * np.median(steps) if len(steps) else np.zeros(1)
    return float(np.mean(near))


def steady_share_loop(events):
    steps = [int(b) - int(a) for a, b in zip(events, events[1:])]
    middle = statistics.median(steps) if steps else 0
    near = 0
    for step in steps:
        # in whole samples and percent nothing is rounded
        near += 100 * abs(step - middle) <= PERCENT * middle
    return float(near / len(steps)) if steps else 0.0


def mean_event_height(events, x):
    return float(np.mean(x[events])) if len(events) else 0.0


def mean_event_height_loop(events, x):
    total = 0.0
    for event in events:
        total += x[event]
    return float(total / max(len(events), 1))


def mean_event_height_take(events, x):
    heights = np.take(x, events)
    return float(heights.sum() / heights.size) if heights.size else 0.0


def interval_table(events, fs):
    steps = np.diff(events) / fs
    if len(steps) == 0:
        return {"count": 0.0, "mean": 0.0, "shortest": 0.0, "longest": 0.0}
    return {
        "count": float(len(steps)),
        "mean": float(steps.mean()),
        "shortest": float(steps.min()),
        "longest": float(steps.max()),
    }


def interval_table_loop(events, fs):
    steps = [float((b - a) / fs) for a, b in zip(events, events[1:])]
    table = {"count": float(len(steps)), "mean": 0.0, "shortest": 0.0, "longest": 0.0}
    if steps:
        table["mean"] = sum(steps) / len(steps)
        table["shortest"], table["longest"] = min(steps), max(steps)
    return table


def active_share(mask):
    return float(np.mean(mask)) if len(mask) else 0.0


def active_share_count(mask):
    return float(np.count_nonzero(mask) / max(len(mask), 1))


def active_share_loop(mask):
    on = sum(1 for marked in mask if marked)
    return float(on / len(mask)) if len(mask) else 0.0


def active_time(mask, fs):
    return float(np.sum(mask) / fs)


def active_time_loop(mask, fs):
    seconds = 0.0
    for marked in mask:
        # each sample stands for one period of the rate
        seconds += 1.0 / fs if marked else 0.0
    return float(seconds)


def active_time_indices(mask, fs):
    return float(len(np.flatnonzero(mask)) / fs)


def longest_run(mask, fs):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return float(np.max(edges[1::2] - edges[::2]) / fs) if len(edges) else 0.0


def longest_run_loop(mask, fs):
    longest = current = 0
    for marked in mask:
        current = current + 1 if marked else 0
        longest = max(longest, current)
    return float(longest / fs)


def longest_run_groups(mask, fs):
    sizes = [len(list(run)) for marked, run in groupby(mask) if marked]
    return float(max(sizes, default=0) / fs)


def run_count(mask):
    return int(np.sum(np.diff(mask.astype(int), prepend=0) == 1))


def run_count_label(mask):
    _, count = ndimage.label(mask)
    return int(count)


def run_count_groups(mask):
    return sum(1 for marked, _ in groupby(mask) if marked)


def run_spans(mask, fs):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]]))) / fs
    return [[float(a), float(b)] for a, b in zip(edges[::2], edges[1::2])]


def run_spans_groups(mask, fs):
    spans, start = [], 0
    for marked, run in groupby(mask):
        end = start + len(list(run))
        if marked:
            spans.append([float(start / fs), float(end / fs)])
        start = end
    return spans


def run_spans_objects(mask, fs):
    labels, _ = ndimage.label(mask)
    runs = ndimage.find_objects(labels) if len(mask) else []
    return [[float(run.start / fs), float(run.stop / fs)] for (run,) in runs]
