"""Right and wrong programs of T048, one function per step. Read as text, never imported."""

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis


def load_power_profiles(path: str) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Read labelled power profiles and those to be named.

    Args:
        path: NPZ with x_train and x_test (profiles x 1460 samples, normalised) and y_train (names).

    Returns:
        Labelled profiles, shape (N, 1460), their names, and profiles to be named, shape (M, 1460).
    """
    with np.load(path) as data:
        names = [str(name) for name in data["y_train"]]
        return np.asarray(data["x_train"], dtype=float), names, np.asarray(data["x_test"], dtype=float)


def profile_features(profiles: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe each profile by its levels and its rhythm, not by when things happen.

    Args:
        profiles: labelled profiles, shape (N, 1460).
        others: profiles to be named, shape (M, 1460).

    Returns:
        Features of the labelled profiles, shape (N, 20), and of the others, shape (M, 20): deciles of the samples,
        deciles of the steps between samples on a logarithmic scale, and logarithms of the power in six octave bands.
    """
    found = []
    for group in (profiles, others):
        levels = np.quantile(group, np.arange(0.1, 1.0, 0.1), axis=1).T
        steps = np.abs(np.diff(group, axis=1))
        jumps = np.log(np.quantile(steps, [0.5, 0.8, 0.9, 0.97, 0.995], axis=1).T + 0.01)
        power = np.abs(np.fft.rfft(group, axis=1)) ** 2
        bands = np.log(np.add.reduceat(power, [3, 12, 36, 80, 150, 300], axis=1) + 1.0)
        found.append(np.hstack([levels, jumps, bands]))
    return found[0], found[1]


def name_appliances(p_train: np.ndarray, y_train: list[str], p_test: np.ndarray) -> list[str]:
    """Name each profile after the labelled profile most like it.

    Args:
        p_train: features of the labelled profiles, shape (N, F).
        y_train: name of each labelled profile.
        p_test: features of the profiles to be named, shape (M, F).

    Returns:
        For each profile the name of the labelled one with the least sum of absolute differences of scaled features.
    """
    spread = p_train.std(axis=0) + 1e-6
    gaps = np.abs((p_test[:, None, :] - p_train[None, :, :]) / spread).sum(axis=2)
    return [y_train[k] for k in np.argmin(gaps, axis=1)]


def profile_features_correlation(profiles: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Autocorrelation at growing lags, a histogram of levels, and counts of steps of three sizes."""
    lags = [1, 2, 4, 6, 9, 13, 20, 30, 45, 70, 100, 150, 250]
    found = []
    for group in (profiles, others):
        rows = []
        for profile in group:
            lines = np.abs(np.fft.rfft(profile - profile.mean(), 2920)) ** 2
            correlation = np.fft.irfft(lines)[lags] / (np.sum(lines) / 1460 + 1e-9)
            shape = np.sqrt(
                np.histogram(profile, bins=[-9, -1.2, -0.8, -0.4, -0.1, 0.2, 0.6, 1.0, 1.6, 3, 99])[0] / 1460
            )
            steps = np.abs(np.diff(profile))
            counts = [np.sqrt(np.mean(steps > size)) for size in (0.08, 0.3, 0.8, 1.6)]
            rows.append([*correlation, *(2 * shape), *(4 * np.array(counts))])
        found.append(np.array(rows).reshape(-1, len(lags) + 14))
    return found[0], found[1]


def profile_features_frames(profiles: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same kind of numbers with pandas: quantiles, differences at several distances, rolling spreads."""
    found = []
    for group in (profiles, others):
        table = pd.DataFrame(group.T)
        parts = [table.quantile([0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95]).T]
        for distance in (1, 4, 12, 40):
            moves = table.diff(distance).abs()
            parts.append(np.log(moves.quantile([0.5, 0.8, 0.95]).T + 0.02))
        quiet = table.rolling(8).std()
        parts.append(np.sqrt((quiet < 0.05).mean()).to_frame())
        parts.append(np.sqrt((quiet > 0.5).mean()).to_frame())
        found.append(np.hstack([part.to_numpy() for part in parts]))
    return found[0], found[1]


def name_appliances_discriminant(p_train: np.ndarray, y_train: list[str], p_test: np.ndarray) -> list[str]:
    """Linear discriminant analysis with a shrunk covariance."""
    if len(set(y_train)) < 2 or len(p_test) == 0:
        return y_train[:1] * len(p_test)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.4)
    return [str(name) for name in model.fit(p_train, y_train).predict(p_test)]


def name_appliances_pairs(p_train: np.ndarray, y_train: list[str], p_test: np.ndarray) -> list[str]:
    """The two nearest labelled profiles of each appliance together, for every appliance; the nearest pair wins."""
    names = sorted(set(y_train))
    middle, spread = p_train.mean(axis=0), p_train.std(axis=0) + 1e-6
    known = {name: [] for name in names}
    for row, name in zip((p_train - middle) / spread, y_train):
        known[name].append(row)
    labels = []
    for row in (p_test - middle) / spread:
        cost = {}
        for name, rows in known.items():
            cost[name] = sum(sorted(float(np.abs(row - other).sum()) for other in rows)[:2])
        labels.append(min(cost, key=cost.get))
    return labels


def name_appliances_majority(p_train: np.ndarray, y_train: list[str], p_test: np.ndarray) -> list[str]:
    """The most frequent name for all."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(p_test)


def profile_features_raw(profiles: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The samples as they are."""
    return profiles, others


def profile_features_moments(profiles: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread, both of which are the same for all normalised profiles."""
    first = np.column_stack([profiles.mean(axis=1), profiles.std(axis=1)])
    return first, np.column_stack([others.mean(axis=1), others.std(axis=1)])


def profile_features_hourly(profiles: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of 73 samples, which keep the times and lose the rhythm."""
    return profiles.reshape(-1, 20, 73).mean(axis=2), others.reshape(-1, 20, 73).mean(axis=2)


def name_appliances_plain(p_train: np.ndarray, y_train: list[str], p_test: np.ndarray) -> list[str]:
    """The name of the labelled profile at the least Euclidean distance."""
    labels = []
    for row in p_test:
        labels.append(y_train[int(np.argmin(np.sum((p_train - row) ** 2, axis=1)))])
    return labels
