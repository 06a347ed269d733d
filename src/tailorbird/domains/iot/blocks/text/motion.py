"""Functions of blocks on several axes. Read as text, never imported. Upper-case names are parameters."""

import itertools
import math

import numpy as np
import pandas as pd
from scipy import linalg, signal, stats


def vector_magnitude(x):
    return np.linalg.norm(x, axis=1)


def vector_magnitude_squares(x):
    return np.sqrt(np.sum(np.square(x), axis=1))


def vector_magnitude_products(x):
    return np.sqrt(np.einsum("ij,ij->i", x, x))


def vector_magnitude_loop(x):
    return np.array([math.hypot(*row) for row in x], dtype=float)


def mean_vector_removal(x):
    return x - np.mean(x, axis=0) if len(x) else x


def mean_vector_removal_detrend(x):
    return signal.detrend(x, axis=0, type="constant") if len(x) else x


def mean_vector_removal_pandas(x):
    axes = pd.DataFrame(x, dtype=float)
    return (axes - axes.mean()).to_numpy(copy=True)


def mean_vector_removal_loop(x):
    result = np.array(x, dtype=float)
    for k in range(x.shape[1]):
        # each axis has a rest value of its own
        result[:, k] -= math.fsum(x[:, k]) / max(len(x), 1)
    return result


def channel_selection(x):
    return x[:, CHANNEL - 1].copy()


def channel_selection_take(x):
    return np.take(x, CHANNEL - 1, axis=1)


def channel_selection_loop(x):
    return np.array([row[CHANNEL - 1] for row in x], dtype=float)


def channel_selection_pandas(x):
    return pd.DataFrame(x, dtype=float).iloc[:, CHANNEL - 1].to_numpy(copy=True)


def mean_tilt(x):
    down = np.mean(x, axis=0) if len(x) else np.zeros(3)
    size = np.sqrt(np.mean(np.sum(x**2, axis=1))) if len(x) else 0.0
    angle = np.degrees(np.arctan2(np.hypot(down[0], down[1]), down[2]))
    return float(angle) if np.linalg.norm(down) > 1e-6 * size else 0.0


def mean_tilt_cosine(x):
    tilt = 0.0
    if len(x):
        down = x.mean(axis=0)
        length = np.linalg.norm(down)
        # without a clear rest direction there is nothing to tilt against
        if length > 1e-6 * np.linalg.norm(x) / np.sqrt(len(x)):
            tilt = float(np.rad2deg(np.arccos(np.clip(down[2] / length, -1.0, 1.0))))
    return tilt


def mean_tilt_loop(x):
    n = max(len(x), 1)
    a, b, c = (math.fsum(x[:, k]) / n for k in range(3))
    square = math.fsum(value * value for row in x.tolist() for value in row) / n
    clear = math.sqrt(a * a + b * b + c * c) > 1e-6 * math.sqrt(square)
    return math.degrees(math.atan2(math.hypot(a, b), c)) if clear else 0.0


def channel_deviations(x):
    spreads = np.std(x, axis=0) if len(x) else np.zeros(x.shape[1])
    return {f"channel_{k}": float(spread) for k, spread in enumerate(spreads, start=1)}


def channel_deviations_pandas(x):
    spreads = pd.DataFrame(x, dtype=float).std(ddof=0).fillna(0.0)
    return {f"channel_{k + 1}": float(spreads.iloc[k]) for k in range(len(spreads))}


def channel_deviations_loop(x):
    table = {}
    n = max(len(x), 1)
    for k in range(x.shape[1]):
        channel = x[:, k].tolist()
        middle = math.fsum(channel) / n
        table[f"channel_{k + 1}"] = math.sqrt(math.fsum((value - middle) ** 2 for value in channel) / n)
    return table


def liveliest_channel(x):
    return f"channel_{int(np.argmax(np.var(x, axis=0))) + 1}" if len(x) else "none"


def liveliest_channel_pandas(x):
    if len(x) == 0:
        return "none"
    spreads = pd.DataFrame(x, dtype=float).std(ddof=0)
    return f"channel_{int(spreads.idxmax()) + 1}"


def liveliest_channel_loop(x):
    best, largest = "none", -1.0
    for k, channel in enumerate(x.T.tolist(), start=1):
        middle = math.fsum(channel) / max(len(channel), 1)
        spread = math.fsum((value - middle) ** 2 for value in channel)
        # an empty record has no channel to name
        if channel and spread > largest:
            best, largest = f"channel_{k}", spread
    return best


def jerk_magnitude(x, fs):
    return np.linalg.norm(np.diff(x, axis=0), axis=1) * fs


def jerk_magnitude_squares(x, fs):
    steps = (x[1:] - x[:-1]) * fs
    return np.sqrt((steps * steps).sum(axis=1))


def jerk_magnitude_loop(x, fs):
    rows = x.tolist()
    # one value fewer than samples
    return np.array([math.dist(before, after) * fs for before, after in zip(rows, rows[1:])], dtype=float)


def signal_magnitude_area(x):
    return float(np.sum(np.abs(x)) / len(x)) if len(x) else 0.0


def signal_magnitude_area_means(x):
    return float(np.mean(np.abs(x), axis=0).sum()) if len(x) else 0.0


def signal_magnitude_area_norm(x):
    sizes = np.linalg.norm(x, ord=1, axis=1)
    return float(sizes.mean()) if len(sizes) else 0.0


def signal_magnitude_area_loop(x):
    area = 0.0
    for row in x.tolist():
        area += sum(abs(value) for value in row)
    return area / max(len(x), 1)


def principal_axis_projection(x):
    centred = x - x.mean(axis=0) if len(x) else x
    # eigenvalues ascend, so the last column has the largest
    axis = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    axis = axis * np.sign(axis[np.argmax(np.abs(axis))])
    return centred @ axis


def principal_axis_projection_svd(x):
    centred = x - np.sum(x, axis=0) / max(len(x), 1)
    # the right singular vectors are the axes
    turns = linalg.svd(centred, full_matrices=False)[2] if len(x) else np.eye(x.shape[1])
    axis = turns[0]
    if axis[np.argmax(np.abs(axis))] < 0:
        axis = -axis
    return np.dot(centred, axis)


def principal_axis_projection_pandas(x):
    frame = pd.DataFrame(x, dtype=float)
    centred = frame - frame.mean()
    spreads, axes = linalg.eigh(centred.T.dot(centred).to_numpy())
    axis = axes[:, np.argmax(spreads)]
    axis = axis / np.sign(max(axis, key=abs))
    return centred.to_numpy() @ axis


def channel_correlation(x):
    moving = len(x) > 1 and np.ptp(x[:, 0]) > 0 and np.ptp(x[:, 1]) > 0
    return float(np.corrcoef(x[:, 0], x[:, 1])[0, 1]) if moving else 0.0


def channel_correlation_scipy(x):
    moving = len(x) > 1 and bool(np.all(np.ptp(x[:, :2], axis=0) > 0))
    return float(stats.linregress(x[:, 0], x[:, 1]).rvalue) if moving else 0.0


def channel_correlation_loop(x):
    first, second = x[:, 0].tolist(), x[:, 1].tolist()
    if len(first) < 2 or min(first) == max(first) or min(second) == max(second):
        return 0.0
    a, b = math.fsum(first) / len(first), math.fsum(second) / len(second)
    both = math.fsum((u - a) * (v - b) for u, v in zip(first, second))
    squares = math.fsum((u - a) ** 2 for u in first) * math.fsum((v - b) ** 2 for v in second)
    return both / math.sqrt(squares)


def posture_label(x):
    down = np.mean(x, axis=0) if len(x) else np.zeros(3)
    size = np.sqrt(np.mean(np.sum(x**2, axis=1))) if len(x) else 0.0
    angle = np.degrees(np.arctan2(np.hypot(down[0], down[1]), np.abs(down[2])))
    label = "flat" if angle < LOW else "upright" if angle > HIGH else "tilted"
    return label if np.linalg.norm(down) > 1e-6 * size else "unknown"


def posture_label_cosine(x):
    label = "unknown"
    if len(x):
        down = x.mean(axis=0)
        length = np.linalg.norm(down)
        share = abs(down[2]) / length if length > 1e-6 * np.sqrt(np.mean(x**2) * x.shape[1]) else -1.0
        # the cosine falls while the angle grows
        if share > np.cos(np.radians(LOW)):
            label = "flat"
        elif share >= 0.0:
            label = "upright" if share < np.cos(np.radians(HIGH)) else "tilted"
    return label


def posture_label_slope(x):
    n = max(len(x), 1)
    a, b, c = (math.fsum(x[:, k]) / n for k in range(3))
    square = math.fsum(value * value for row in x.tolist() for value in row) / n
    if a * a + b * b + c * c <= 1e-12 * square:
        return "unknown"
    side, height = math.hypot(a, b), abs(c)
    if side < math.tan(math.radians(LOW)) * height:
        return "flat"
    return "upright" if side > math.tan(math.radians(HIGH)) * height else "tilted"


def still_spans(x, fs):
    size = np.linalg.norm(x, axis=1)
    width = max(1, round(SECONDS * fs))
    count = len(size) // width
    limit = SHARE * np.std(size) if count else 0.0
    still = size[: count * width].reshape(count, width).std(axis=1) < limit
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(int), [0]])))
    return [[float(a * width / fs), float(b * width / fs)] for a, b in zip(edges[::2], edges[1::2])]


def still_spans_loop(x, fs):
    size = np.sqrt(np.sum(x * x, axis=1))
    width = max(1, round(SECONDS * fs))
    spread = np.std(size) if len(size) else 0.0
    spans, start = [], None
    for k in range(len(size) // width):
        still = np.std(size[k * width : (k + 1) * width]) < SHARE * spread
        if still and start is None:
            start = k
        elif not still and start is not None:
            spans.append([float(start * width / fs), float(k * width / fs)])
            start = None
    if start is not None:
        spans.append([float(start * width / fs), float(len(size) // width * width / fs)])
    return spans


def still_spans_groups(x, fs):
    size = np.sqrt(np.einsum("ij,ij->i", x, x))
    width = max(1, round(SECONDS * fs))
    starts = range(0, len(size) - width + 1, width)
    spread = np.std(size) if len(size) else 0.0
    marks = [(start, bool(np.std(size[start : start + width]) < SHARE * spread)) for start in starts]
    spans = []
    for still, run in itertools.groupby(marks, key=lambda mark: mark[1]):
        places = [start for start, _ in run]
        if still:
            spans.append([float(places[0] / fs), float((places[-1] + width) / fs)])
    return spans


def tilt_course(x):
    return np.degrees(np.arctan2(np.hypot(x[:, 0], x[:, 1]), x[:, 2]))


def tilt_course_complex(x):
    # the tilt is the argument of height and side as one complex number
    side = np.linalg.norm(x[:, :2], axis=1)
    return np.angle(x[:, 2] + 1j * side, deg=True)


def tilt_course_loop(x):
    result = np.zeros(len(x))
    for i, (a, b, c) in enumerate(x.tolist()):
        result[i] = math.degrees(math.atan2(math.sqrt(a * a + b * b), c))
    return result


def channel_imbalance(x):
    sizes = np.sqrt(np.mean(x**2, axis=0)) if len(x) else np.zeros(3)
    mean = np.mean(sizes)
    return float(np.max(np.abs(sizes - mean)) / mean) if mean > 0 else 0.0


def channel_imbalance_norm(x):
    # the common factor of norm and effective value cancels
    sizes = np.linalg.norm(x, axis=0)
    worst = max(sizes.max() - sizes.mean(), sizes.mean() - sizes.min())
    return float(worst / sizes.mean()) if sizes.sum() > 0 else 0.0


def channel_imbalance_loop(x):
    sizes = []
    for channel in x.T.tolist():
        sizes.append(math.sqrt(math.fsum(value * value for value in channel) / max(len(channel), 1)))
    mean = sum(sizes) / len(sizes)
    return max(abs(size - mean) for size in sizes) / mean if mean > 0 else 0.0
