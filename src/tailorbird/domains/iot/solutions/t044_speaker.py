"""Right and wrong programs of T044, one function per step. Read as text, never imported."""

import numpy as np
from scipy import linalg, stats


def load_utterances(path: str) -> tuple[list[np.ndarray], list[str], list[np.ndarray]]:
    """Read utterances of known speakers and those of unknown ones.

    Args:
        path: NPZ with x_train and x_test (utterances x frames x 12 cepstral coefficients), n_train and n_test (frames
            of each utterance that are real) and y_train (speakers).

    Returns:
        Utterances of known speakers, the speakers, and utterances of unknown ones; each utterance of shape (L, 12).
    """
    with np.load(path) as data:
        speakers = [str(name) for name in data["y_train"]]
        groups = []
        for part in ("train", "test"):
            frames = zip(np.asarray(data["x_" + part], dtype=float), data["n_" + part])
            groups.append([utterance[:n] for utterance, n in frames])
    return groups[0], speakers, groups[1]


def utterance_means(spoken: list[np.ndarray], unknown: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Average the cepstrum over the first and over the second half of each utterance.

    Args:
        spoken: utterances of known speakers, each of shape (L, 12).
        unknown: utterances of unknown speakers, each of shape (L, 12).

    Returns:
        Features of the known, shape (N, 24), and of the unknown utterances, shape (M, 24).
    """
    found = []
    for group in (spoken, unknown):
        rows = np.zeros((len(group), 24))
        for row, utterance in zip(rows, group):
            middle = len(utterance) // 2
            row[:12] = utterance[:middle].mean(axis=0)
            row[12:] = utterance[middle:].mean(axis=0)
        found.append(rows)
    return found[0], found[1]


def identify_speakers(u_train: np.ndarray, y_train: list[str], u_test: np.ndarray) -> list[str]:
    """Assign each utterance to the speaker whose mean is nearest in units of the spread within speakers.

    This is linear discriminant analysis with a pooled covariance, drawn a little towards its diagonal.

    Args:
        u_train: features of the known utterances, shape (N, F).
        y_train: speaker of each known utterance.
        u_test: features of the unknown utterances, shape (M, F).

    Returns:
        Speaker of each unknown utterance.
    """
    speakers = sorted(set(y_train))
    number = np.array([speakers.index(name) for name in y_train])
    means = np.array([u_train[number == k].mean(axis=0) for k in range(len(speakers))])
    within = u_train - means[number]
    covariance = within.T @ within / len(within)
    pooled = 0.85 * covariance + 0.15 * np.diag(np.diag(covariance)) + 1e-9 * np.eye(len(covariance))
    gaps = u_test[:, None, :] - means[None, :, :]
    distances = np.sum(gaps * np.linalg.solve(pooled, gaps.reshape(-1, len(pooled)).T).T.reshape(gaps.shape), axis=2)
    return [speakers[k] for k in np.argmin(distances, axis=1)]


def utterance_means_resampled(spoken: list[np.ndarray], unknown: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Smooth each coefficient over time and read it at four places of the utterance."""
    found = []
    for group in (spoken, unknown):
        rows = []
        for utterance in group:
            edges = np.linspace(0, len(utterance), 5)
            starts = np.floor(edges[:-1]).astype(int)
            ends = np.maximum(np.ceil(edges[1:]).astype(int), starts + 1)
            rows.append(np.concatenate([utterance[a:b].mean(axis=0) for a, b in zip(starts, ends)]))
        found.append(np.array(rows).reshape(-1, 48))
    return found[0], found[1]


def identify_speakers_ridge(u_train: np.ndarray, y_train: list[str], u_test: np.ndarray) -> list[str]:
    """Regress one column per speaker on features whitened by their spread within speakers."""
    speakers = sorted(set(y_train))
    targets = np.equal.outer(y_train, speakers).astype(float)
    counts = targets.sum(axis=0)
    within = u_train - targets @ (targets.T @ u_train / counts[:, None])
    spread = within.std(axis=0) + 1e-9
    middle = u_train.mean(axis=0)
    rows, others = (u_train - middle) / spread, (u_test - middle) / spread
    duals = np.linalg.solve(rows @ rows.T + 4.0 * np.eye(len(rows)), targets - counts / len(rows))
    scores = others @ rows.T @ duals + counts / len(rows)
    return [speakers[k] for k in np.argmax(scores, axis=1)]


def identify_speakers_eigen(u_train: np.ndarray, y_train: list[str], u_test: np.ndarray) -> list[str]:
    """Project on the discriminant directions of a generalised eigenvalue problem, then take the nearest mean."""
    speakers = sorted(set(y_train))
    means = np.array([u_train[[name == known for name in y_train]].mean(axis=0) for known in speakers])
    own = means[[speakers.index(name) for name in y_train]]
    inner = np.cov((u_train - own).T, bias=True)
    inner = inner + (1e-6 + 0.1 * np.trace(inner) / len(inner)) * np.eye(len(inner))
    outer = (means - means.mean(axis=0)).T @ (means - means.mean(axis=0))
    axes = linalg.eigh(outer, inner)[1][:, ::-1][:, : max(1, len(speakers) - 1)]
    gaps = np.linalg.norm((u_test @ axes)[:, None, :] - (means @ axes)[None, :, :], axis=2)
    return [speakers[k] for k in gaps.argmin(axis=1)]


def identify_speakers_bayes(u_train: np.ndarray, y_train: list[str], u_test: np.ndarray) -> list[str]:
    """Independent normal densities with the mean of each speaker and a common spread per feature."""
    groups = {}
    for row, name in zip(u_train, y_train):
        groups.setdefault(name, []).append(row)
    means = {name: np.mean(rows, axis=0) for name, rows in groups.items()}
    rest = np.concatenate([np.array(rows) - means[name] for name, rows in groups.items()])
    spread = np.sqrt(np.mean(rest**2, axis=0)) + 1e-9
    labels = []
    for row in u_test:
        chances = {name: stats.norm.logpdf(row, mean, spread).sum() for name, mean in means.items()}
        labels.append(max(chances, key=chances.get))
    return labels


def identify_speakers_majority(u_train: np.ndarray, y_train: list[str], u_test: np.ndarray) -> list[str]:
    """The most frequent speaker for all."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(u_test)


def utterance_means_first(spoken: list[np.ndarray], unknown: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the first coefficient alone."""
    first = np.array([[utterance[:, 0].mean()] for utterance in spoken])
    second = np.array([[utterance[:, 0].mean()] for utterance in unknown]).reshape(-1, 1)
    return first, second


def utterance_means_length(spoken: list[np.ndarray], unknown: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The number of frames."""
    first = np.array([[float(len(utterance))] for utterance in spoken])
    return first, np.array([[float(len(utterance))] for utterance in unknown]).reshape(-1, 1)


def load_utterances_whole(path: str) -> tuple[list[np.ndarray], list[str], list[np.ndarray]]:
    """Read the utterances with all frames of their buffers."""
    with np.load(path) as data:
        speakers = [str(name) for name in data["y_train"]]
        return list(data["x_train"].astype(float)), speakers, list(data["x_test"].astype(float))


def identify_speakers_plain(u_train: np.ndarray, y_train: list[str], u_test: np.ndarray) -> list[str]:
    """The nearest known utterance in raw units."""
    gaps = np.linalg.norm(u_test[:, None, :] - u_train[None, :, :], axis=2)
    return [y_train[k] for k in np.argmin(gaps, axis=1)] if len(u_test) else []
