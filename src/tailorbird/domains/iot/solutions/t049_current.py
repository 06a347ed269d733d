"""Right and wrong programs of T049, one function per step. Read as text, never imported."""

import math

import numpy as np


def load_current_traces(path: str) -> tuple[list[np.ndarray], list[str], list[np.ndarray], float, float]:
    """Read current traces of known appliances and of unknown ones, with sampling rate and mains frequency.

    Args:
        path: NPZ with i_train and i_test (traces one after the other, A), n_train and n_test (samples of each), y_train
            (names), fs (Hz) and mains (Hz).

    Returns:
        Known traces in A, each of shape (L,); their names; unknown traces in A; sampling rate in Hz; mains frequency in
        Hz.
    """
    with np.load(path) as data:
        names = [str(name) for name in data["y_train"]]
        groups = []
        for part in ("train", "test"):
            bounds = np.cumsum(data["n_" + part])[:-1]
            empty = len(data["n_" + part]) == 0
            groups.append([] if empty else np.split(np.asarray(data["i_" + part], dtype=float), bounds))
        return groups[0], names, groups[1], float(data["fs"]), float(data["mains"])


def current_harmonics(
    traces: list[np.ndarray], others: list[np.ndarray], fs: float, mains: float
) -> tuple[np.ndarray, np.ndarray]:
    """Describe each trace by the size of the current and the shares of its harmonics.

    Args:
        traces: known traces in A, each of shape (L,).
        others: unknown traces in A, each of shape (L,).
        fs: sampling rate in Hz.
        mains: mains frequency in Hz.

    Returns:
        Features of the known traces, shape (N, 8), and of the unknown ones, shape (M, 8): logarithm of the root mean
        square, harmonics 2, 3, 5, 7 and 9 over the first, logarithm of the inrush, crest factor.
    """
    found = []
    for group in (traces, others):
        rows = []
        for trace in group:
            cycles = max(1, math.floor(0.6 * trace.size * mains / fs))
            tail = trace[-round(cycles * fs / mains) :]
            angle = 2 * np.pi * mains / fs * np.arange(tail.size)
            lines = np.abs(np.exp(-1j * np.outer([1, 2, 3, 5, 7, 9], angle)) @ tail)
            rms = np.sqrt(np.mean(tail**2))
            head = np.abs(trace[: math.ceil(fs / mains)]).max()
            peak = np.abs(tail).max()
            rows.append([np.log(rms), *(4 * lines[1:] / lines[0]), 2 * np.log(head / peak), 2 * peak / rms])
        found.append(np.array(rows).reshape(-1, 8))
    return found[0], found[1]


def recognise_loads(h_train: np.ndarray, y_train: list[str], h_test: np.ndarray) -> list[str]:
    """Give each trace the name of the known trace with the most similar features.

    Args:
        h_train: features of the known traces, shape (N, F).
        y_train: name of each known trace.
        h_test: features of the unknown traces, shape (M, F).

    Returns:
        Name of each unknown trace.
    """
    gaps = np.linalg.norm(h_test[:, None, :] - h_train[None, :, :], axis=2)
    return [y_train[k] for k in np.argmin(gaps, axis=1)]


def current_harmonics_cycle(
    traces: list[np.ndarray], others: list[np.ndarray], fs: float, mains: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fold the last part of each trace into one mean cycle of 40 points, turn it to its first harmonic, scale it."""
    found = []
    for group in (traces, others):
        rows = []
        for trace in group:
            turns = np.arange(trace.size) * mains / fs
            late = turns >= turns[-1] - max(1.0, math.floor(0.6 * turns[-1]))
            first = np.sum(trace[late] * np.exp(-2j * np.pi * turns[late]))
            phase = np.mod(turns + np.angle(first) / (2 * np.pi), 1.0)
            order = np.argsort(phase[late])
            cycle = np.interp(np.arange(40) / 40, phase[late][order], trace[late][order], period=1.0)
            smooth = np.convolve(np.concatenate([cycle[-1:], cycle, cycle[:1]]), [0.25, 0.5, 0.25], mode="valid")
            rms = np.sqrt(np.mean(smooth**2))
            head = np.abs(trace[: math.ceil(fs / mains)]).max() / np.abs(trace[late]).max()
            rows.append([*(smooth / rms / 2), np.log(rms), 2 * np.log(head)])
        found.append(np.array(rows).reshape(-1, 42))
    return found[0], found[1]


def current_harmonics_fit(
    traces: list[np.ndarray], others: list[np.ndarray], fs: float, mains: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fit sines and cosines of the harmonics by least squares to the second half of each trace."""
    orders = np.array([1, 2, 3, 5, 7, 9])
    found = []
    for group in (traces, others):
        rows = []
        for trace in group:
            start = trace.size // 2 if trace.size > 3 * fs / mains else 0
            angle = 2 * np.pi * mains / fs * np.outer(np.arange(start, trace.size), orders)
            terms = np.hstack([np.cos(angle), np.sin(angle)])
            weights = np.linalg.lstsq(terms, trace[start:], rcond=None)[0].reshape(2, -1)
            size = np.hypot(weights[0], weights[1])
            jump = np.abs(trace[: int(fs / mains) + 1]).max() / np.abs(trace[start:]).max()
            rows.append([np.log(np.linalg.norm(size)), *(4 * size[1:] / size[0]), 2 * np.log(jump)])
        found.append(np.array(rows).reshape(-1, 7))
    return found[0], found[1]


def recognise_loads_means(h_train: np.ndarray, y_train: list[str], h_test: np.ndarray) -> list[str]:
    """The appliance whose mean features are nearest, in units of the spread within appliances."""
    names = sorted(set(y_train))
    means = {name: h_train[[known == name for known in y_train]].mean(axis=0) for name in names}
    rest = np.array([row - means[name] for row, name in zip(h_train, y_train)])
    spread = rest.std(axis=0) + 0.1
    return [min(names, key=lambda name: float(np.sum(((row - means[name]) / spread) ** 2))) for row in h_test]


def recognise_loads_vote(h_train: np.ndarray, y_train: list[str], h_test: np.ndarray) -> list[str]:
    """Each known trace votes with a Gaussian weight of its distance."""
    labels = []
    for row in h_test:
        weights = np.exp(-0.5 * np.sum((h_train - row) ** 2, axis=1) / 0.2**2) + 1e-300
        scores = {}
        for name, weight in zip(y_train, weights):
            scores[name] = scores.get(name, 0.0) + weight
        labels.append(max(scores, key=scores.get))
    return labels


def recognise_loads_majority(h_train: np.ndarray, y_train: list[str], h_test: np.ndarray) -> list[str]:
    """The most frequent name for all."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(h_test)


def current_harmonics_length(
    traces: list[np.ndarray], others: list[np.ndarray], fs: float, mains: float
) -> tuple[np.ndarray, np.ndarray]:
    """The number of samples."""
    first = np.array([[float(trace.size)] for trace in traces])
    return first, np.array([[float(trace.size)] for trace in others]).reshape(-1, 1)


def current_harmonics_rms(
    traces: list[np.ndarray], others: list[np.ndarray], fs: float, mains: float
) -> tuple[np.ndarray, np.ndarray]:
    """The root mean square only."""
    first = np.array([[np.log(np.sqrt(np.mean(trace**2)))] for trace in traces])
    return first, np.array([[np.log(np.sqrt(np.mean(trace**2)))] for trace in others]).reshape(-1, 1)


def current_harmonics_padded(
    traces: list[np.ndarray], others: list[np.ndarray], fs: float, mains: float
) -> tuple[np.ndarray, np.ndarray]:
    """The samples, filled with zeros to one length."""
    longest = max(trace.size for trace in [*traces, *others])
    found = []
    for group in (traces, others):
        rows = np.zeros((len(group), longest))
        for row, trace in zip(rows, group):
            row[: trace.size] = trace
        found.append(rows)
    return found[0], found[1]
