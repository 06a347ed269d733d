"""Functions of deciding blocks. Read as text, never imported. Upper-case names are parameters."""

import math
from itertools import groupby

import numpy as np
import pandas as pd
from scipy import ndimage


def recent_level_label(x, fs):
    recent = x[max(len(x) - max(1, round(SECONDS * fs)), 0) :]
    score = np.mean(recent) - np.mean(x) if len(x) else 0.0
    reach = FACTOR * np.std(x) if len(x) else 0.0
    return "high" if score > reach else "low" if score < -reach else "normal"


def recent_level_label_loop(x, fs):
    count = min(max(1, round(SECONDS * fs)), len(x))
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in x) / n)
    off = math.fsum(x[i] for i in range(len(x) - count, len(x))) / max(count, 1) - middle
    label = "normal"
    if off > FACTOR * spread:
        label = "high"
    elif off < -FACTOR * spread:
        label = "low"
    return label


def recent_level_label_pandas(x, fs):
    if len(x) == 0:
        return "normal"
    samples = pd.Series(x)
    off = samples.tail(max(1, round(SECONDS * fs))).mean() - samples.mean()
    limit = FACTOR * samples.std(ddof=0)
    return ("low", "normal", "high")[int(off > limit) - int(off < -limit) + 1]


def trend_label(x):
    rise = 0.0
    if len(x) > 2:
        rise = np.polyfit(np.arange(len(x)), x, 1)[0] * (len(x) - 1)
    reach = FACTOR * np.std(x) if len(x) else 0.0
    return "rising" if rise > reach else "falling" if rise < -reach else "steady"


def trend_label_sums(x):
    n = len(x)
    if n < 3:
        return "steady"
    places = np.arange(n) - (n - 1) / 2
    rise = np.dot(places, x - x.mean()) / np.dot(places, places) * (n - 1)
    reach = FACTOR * x.std()
    label = "rising" if rise > reach else "steady"
    return "falling" if rise < -reach else label


def trend_label_loop(x):
    n = len(x)
    middle = math.fsum(x) / max(n, 1)
    above = math.fsum((i - (n - 1) / 2) * (value - middle) for i, value in enumerate(x))
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in x) / max(n, 1))
    # change of the fitted line from the first to the last sample
    rise = above * 12 / (n * (n + 1)) if n > 2 else 0.0
    label = "steady"
    if abs(rise) > FACTOR * spread:
        label = "rising" if rise > 0 else "falling"
    return label


def held_alarm(x, fs):
    above = x > np.mean(x) + FACTOR * np.std(x) if len(x) else np.zeros(0, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], above.astype(int), [0]])))
    return bool(np.any(edges[1::2] - edges[::2] >= max(1, round(SECONDS * fs))))


def held_alarm_loop(x, fs):
    level = float(np.mean(x) + FACTOR * np.std(x)) if len(x) else 0.0
    lasting, alarm = 0, False
    for value in x:
        lasting = lasting + 1 if value > level else 0
        alarm = alarm or lasting >= max(1, round(SECONDS * fs))
    return alarm


def held_alarm_groups(x, fs):
    level = np.mean(x) + FACTOR * np.std(x) if len(x) else 0.0
    runs = [len(list(run)) for above, run in groupby(value > level for value in x) if above]
    return max(runs, default=0) >= max(1, round(SECONDS * fs))


def held_alarm_erosion(x, fs):
    if len(x) == 0:
        return False
    # a run survives an erosion of its own length or less
    above = x > x.mean() + FACTOR * x.std()
    return bool(ndimage.binary_erosion(above, np.ones(max(1, round(SECONDS * fs)), dtype=bool)).any())


def hysteresis_share(x):
    on = off = 0.0
    if len(x):
        on, off = np.mean(x) + HIGH * np.std(x), np.mean(x) + LOW * np.std(x)
    state, count = False, 0
    for value in x:
        state = value > on or (state and not value < off)
        count += bool(state)
    return float(count / max(len(x), 1))


def hysteresis_share_pandas(x):
    if len(x) == 0:
        return 0.0
    on, off = x.mean() + HIGH * x.std(), x.mean() + LOW * x.std()
    marks = pd.Series(np.where(x > on, 1.0, np.where(x < off, 0.0, np.nan)))
    return float(marks.ffill().fillna(0.0).mean())


def hysteresis_share_latest(x):
    mean, spread = (np.mean(x), np.std(x)) if len(x) else (0.0, 0.0)
    ups, downs = x > mean + HIGH * spread, x < mean + LOW * spread
    # the latest sample that decides holds
    latest = np.maximum.accumulate(np.where(ups | downs, np.arange(len(x)), -1))
    return float(np.mean(np.append(ups, False)[latest])) if len(x) else 0.0


def spread_alarm(x):
    half = len(x) // 2
    first, second = x[:half], x[half:]
    return bool(np.std(second) > FACTOR * np.std(first)) if half else False


def spread_alarm_pandas(x):
    samples = pd.Series(x, dtype=float)
    half = len(samples) // 2
    before, after = samples.iloc[:half].std(ddof=0), samples.iloc[half:].std(ddof=0)
    return bool(after > FACTOR * before)


def spread_alarm_loop(x):
    half = len(x) // 2
    spreads = []
    for part in (x[:half], x[half:]):
        middle = math.fsum(part) / max(len(part), 1)
        spreads.append(math.sqrt(math.fsum((value - middle) ** 2 for value in part) / max(len(part), 1)))
    return bool(half > 0 and spreads[1] > FACTOR * spreads[0])


def impulsive_label(x):
    ratio = np.max(np.abs(x - np.mean(x))) / np.std(x) if len(x) and np.ptp(x) > 0 else 0.0
    return "impulsive" if ratio > LIMIT else "even"


def impulsive_label_scores(x):
    if len(x) == 0 or np.ptp(x) == 0:
        return "even"
    scores = (x - x.mean()) / x.std()
    return "impulsive" if max(scores.max(), -scores.min()) > LIMIT else "even"


def impulsive_label_loop(x):
    n = max(len(x), 1)
    middle = math.fsum(x) / n
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in x) / n)
    furthest = max((abs(value - middle) for value in x), default=0.0)
    # a record without spread has no impulses
    far = bool(len(x)) and max(x) > min(x) and furthest > LIMIT * spread
    return "impulsive" if far else "even"


def rate_alarm(events, fs):
    if len(events) < 2:
        return False
    return bool(60.0 * fs * (len(events) - 1) > LIMIT * (events[-1] - events[0]))


def rate_alarm_intervals(events, fs):
    total = int(np.sum(np.diff(events)))
    return bool(60.0 * fs * (len(events) - 1) > LIMIT * total) if len(events) > 1 else False


def rate_alarm_loop(events, fs):
    intervals, samples = 0, 0
    for before, after in zip(events, events[1:]):
        intervals += 1
        samples += int(after) - int(before)
    # more than LIMIT per minute, without a division
    return bool(60.0 * fs * intervals > LIMIT * samples)


def rhythm_label(events):
    steps = np.diff(events)
    if len(steps) < 2:
        return "unknown"
    return "irregular" if np.std(steps) > SHARE * np.mean(steps) else "regular"


def rhythm_label_pandas(events):
    steps = pd.Series(events, dtype=float).diff().dropna()
    label = "unknown"
    if len(steps) > 1:
        label = "irregular" if steps.std(ddof=0) / steps.mean() > SHARE else "regular"
    return label


def rhythm_label_loop(events):
    steps = [int(after) - int(before) for before, after in zip(events, events[1:])]
    n = len(steps)
    # n squared times the variance, in whole numbers
    spread = n * sum(step * step for step in steps) - sum(steps) ** 2
    uneven = math.sqrt(spread) > SHARE * sum(steps)
    return ("irregular" if uneven else "regular") if n > 1 else "unknown"


def activity_label(mask):
    share = np.mean(mask) if len(mask) else 0.0
    return "mostly" if share > UPPER else "partly" if share > LOWER else "rarely"


def activity_label_count(mask):
    on, n = np.count_nonzero(mask), max(len(mask), 1)
    label = "rarely"
    if on / n > UPPER:
        label = "mostly"
    elif on / n > LOWER:
        label = "partly"
    return label


def activity_label_steps(mask):
    share = float(sum(1 for marked in mask if marked) / max(len(mask), 1))
    return ("rarely", "partly", "mostly")[sum(share > step for step in (LOWER, UPPER))]


def band_dominates(power, freqs):
    lines = power * (freqs > 0)
    inside = (freqs >= LOW) & (freqs < HIGH)
    return bool(np.sum(lines[inside]) > SHARE * np.sum(lines))


def band_dominates_slice(power, freqs):
    first, last = np.searchsorted(freqs, (LOW, HIGH))
    start = np.searchsorted(freqs, 0.0, side="right")
    return bool(power[max(first, start) : last].sum() > SHARE * power[start:].sum())


def band_dominates_loop(power, freqs):
    inside = total = 0.0
    for p, f in zip(power, freqs):
        # the level at 0 Hz does not count
        total += p if f > 0 else 0.0
        inside += p if f > 0 and LOW <= f < HIGH else 0.0
    return bool(inside > SHARE * total)
