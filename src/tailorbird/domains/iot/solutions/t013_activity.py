"""Right and wrong programs of T013, one function per step. Read as text, never imported."""

from collections import Counter

import numpy as np
from sklearn.naive_bayes import GaussianNB


def load_activity_windows(path: str) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Read labelled motion windows and those to be named.

    Args:
        path: NPZ with x_train and x_test (windows x 6 channels x 100 samples) and y_train (names).

    Returns:
        Labelled windows, shape (N, 6, 100), acceleration in m/s2 and rotation in rad/s; their names; windows to be
        named, shape (M, 6, 100).
    """
    with np.load(path) as data:
        names = [str(name) for name in data["y_train"]]
        return np.asarray(data["x_train"], dtype=float), names, np.asarray(data["x_test"], dtype=float)


def motion_band_powers(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe each window by numbers that do not depend on phase and tilt.

    Args:
        x_train: labelled windows at 10 Hz, shape (N, 6, 100).
        x_test: windows to be named, shape (M, 6, 100).

    Returns:
        Features of the labelled windows, shape (N, 16), and of the others, shape (M, 16): for either sensor the
        logarithms of six band powers (shares), of the total power, and of the largest over the mean energy.
    """
    edges = np.searchsorted(np.fft.rfftfreq(100, 0.1), [0.15, 0.7, 1.2, 1.75, 2.3, 3.4])
    found = []
    for windows in (x_train, x_test):
        columns = []
        for sensor in (windows[:, :3], windows[:, 3:]):
            sensor = sensor - sensor.mean(axis=2, keepdims=True)
            power = np.sum(np.abs(np.fft.rfft(sensor, axis=2)) ** 2, axis=1)
            bands = np.add.reduceat(power, edges, axis=1) + 1e-9
            total = bands.sum(axis=1, keepdims=True)
            energy = np.sum(sensor**2, axis=1) + 1e-9
            peak = energy.max(axis=1, keepdims=True) / energy.mean(axis=1, keepdims=True)
            columns += [np.log(bands / total), np.log(total), np.log(peak)]
        found.append(np.hstack(columns))
    return found[0], found[1]


def name_activities(f_train: np.ndarray, y_train: list[str], f_test: np.ndarray) -> list[str]:
    """Name windows after the labelled windows most like them.

    Args:
        f_train: features of the labelled windows, shape (N, F).
        y_train: name of each labelled window.
        f_test: features of the windows to be named, shape (M, F).

    Returns:
        The majority name among the three nearest labelled windows, for each window.
    """
    spread = f_train.std(axis=0) + 1e-9
    gaps = np.linalg.norm((f_test[:, None, :] - f_train[None, :, :]) / spread, axis=2)
    nearest = np.argsort(gaps, axis=1)[:, :3]
    return [Counter(y_train[k] for k in row).most_common(1)[0][0] for row in nearest]


def name_activities_ridge(f_train: np.ndarray, y_train: list[str], f_test: np.ndarray) -> list[str]:
    """Regress one column per class on scaled features and take the largest."""
    classes = sorted(set(y_train))
    middle, spread = f_train.mean(axis=0), f_train.std(axis=0) + 1e-9
    a = np.column_stack([(f_train - middle) / spread, np.ones(len(f_train))])
    b = np.column_stack([(f_test - middle) / spread, np.ones(len(f_test))])
    targets = np.array([[1.0 if name == known else -1.0 for known in classes] for name in y_train])
    duals = np.linalg.solve(a @ a.T + 3.0 * np.eye(len(a)), targets)
    scores = b @ (a.T @ duals)
    return [classes[k] for k in np.argmax(scores, axis=1)]


def name_activities_bayes(f_train: np.ndarray, y_train: list[str], f_test: np.ndarray) -> list[str]:
    """Fit a normal distribution per class and feature, with equal priors."""
    if len(f_test) == 0:
        return []
    classes = len(set(y_train))
    model = GaussianNB(priors=np.full(classes, 1 / classes), var_smoothing=0.02)
    return [str(name) for name in model.fit(f_train, y_train).predict(f_test)]


def motion_band_powers_kernels(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Convolve the length of acceleration and rotation and each axis with random dilated kernels."""
    random = np.random.default_rng(0)
    kernels = []
    for _ in range(60):
        dilation = int(random.choice([1, 2, 3, 5]))
        kernel = np.zeros(6 * dilation + 1)
        kernel[::dilation] = random.normal(size=7)
        kernels.append(kernel - kernel.sum() / 7 * (np.arange(kernel.size) % dilation == 0))
    found = []
    for windows in (x_train, x_test):
        centred = windows - windows.mean(axis=2, keepdims=True)
        columns = []
        for sensor in (centred[:, :3], centred[:, 3:]):
            lines = np.fft.rfft(sensor, 200, axis=2)
            for kernel in kernels:
                answer = np.fft.irfft(lines * np.fft.rfft(kernel, 200), axis=2)[:, :, :100]
                length = np.sqrt(np.sum(answer**2, axis=1))
                mean = length.mean(axis=1) + 1e-9
                columns += [np.log(mean), np.log(length.max(axis=1) + 1e-9) - np.log(mean)]
        found.append(np.column_stack(columns))
    return found[0], found[1]


def motion_band_powers_correlation(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Autocorrelation over up to 1.2 s added over axes, total spread, and share of quiet samples."""
    found = []
    for windows in (x_train, x_test):
        columns = []
        for sensor in (windows[:, :3], windows[:, 3:]):
            sensor = sensor - sensor.mean(axis=2, keepdims=True)
            power = np.sum(sensor**2, axis=(1, 2)) + 1e-9
            columns.append(2 * np.log(power))
            for lag in range(1, 13):
                columns.append(2 * np.sum(sensor[:, :, lag:] * sensor[:, :, :-lag], axis=(1, 2)) / power)
            energy = np.sum(sensor**2, axis=1)
            columns.append(4 * np.mean(energy < 0.3 * energy.mean(axis=1, keepdims=True), axis=1))
        found.append(np.column_stack(columns))
    return found[0], found[1]


def name_activities_majority(f_train: np.ndarray, y_train: list[str], f_test: np.ndarray) -> list[str]:
    """The most frequent name for every window."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(f_test)


def motion_band_powers_raw(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The samples themselves."""
    return x_train.reshape(-1, 600), x_test.reshape(-1, 600)


def motion_band_powers_mixed(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spread of each of six columns after a reshape that takes samples for channels."""
    found = []
    for windows in (x_train, x_test):
        table = windows.reshape(len(windows), 100, 6)
        found.append(np.hstack([table.std(axis=1), table.mean(axis=1)]))
    return found[0], found[1]


def motion_band_powers_means(x_train: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each channel."""
    return x_train.mean(axis=2), x_test.mean(axis=2)


def name_activities_disordered(f_train: np.ndarray, y_train: list[str], f_test: np.ndarray) -> list[str]:
    """Nearest class mean, numbered in sorted order but named in the order of first appearance."""
    classes = sorted(set(y_train))
    names = list(dict.fromkeys(y_train))
    names = names[1:] + names[:1] if names == classes else names
    means = np.array([f_train[[name == known for name in y_train]].mean(axis=0) for known in classes])
    gaps = np.linalg.norm(f_test[:, None, :] - means[None, :, :], axis=2)
    return [names[k] for k in np.argmin(gaps, axis=1)]
