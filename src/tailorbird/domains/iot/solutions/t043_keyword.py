"""Right and wrong programs of T043, one function per step. Read as text, never imported."""

import numpy as np
from scipy import fft


def load_word_clips(path: str) -> tuple[np.ndarray, list[str], np.ndarray, float]:
    """Read labelled and unlabelled clips of spoken words.

    Args:
        path: NPZ file with the arrays train, labels, test and fs (Hz).

    Returns:
        Training clips from -1 to 1, shape (N, T), their words, test clips, shape (M, T), and the sampling rate in Hz.
    """
    with np.load(path) as data:
        train = data["train"].astype(float) / 32768.0
        test = data["test"].astype(float) / 32768.0
        return train, [str(word) for word in data["labels"]], test, float(data["fs"])


def trim_silence(train: np.ndarray, test: np.ndarray, fs: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Cut the silence before and after each word.

    Args:
        train: training clips, shape (N, T).
        test: test clips, shape (M, T).
        fs: sampling rate in Hz.

    Returns:
        Training words and test words, each from its first to its last frame of 10 ms above a tenth of the loudest one.
    """
    size = round(0.01 * fs)
    parts = []
    for clips in (train, test):
        words = []
        for clip in clips:
            frames = clip[: clip.size // size * size].reshape(-1, size)
            level = np.sqrt(np.mean(frames**2, axis=1))
            loud = np.flatnonzero(level > 0.1 * level.max())
            words.append(clip[loud[0] * size : (loud[-1] + 1) * size])
        parts.append(words)
    return parts[0], parts[1]


def word_features(
    train_words: list[np.ndarray], test_words: list[np.ndarray], fs: float
) -> tuple[np.ndarray, np.ndarray]:
    """Describe each word by band energies over time, whatever its length and loudness.

    Args:
        train_words: training words without silence, samples.
        test_words: test words without silence, samples.
        fs: sampling rate in Hz.

    Returns:
        Log energies of 18 mel bands in 20 frames less their mean over the word, and thirty times its length in s; shapes (N, 361) and (M, 361).
    """
    size, count, bands = 256, 20, 18
    mel = np.linspace(2595 * np.log10(1 + 150 / 700), 2595 * np.log10(1 + 0.475 * fs / 700), bands + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    f = np.fft.rfftfreq(size, 1.0 / fs)
    rising = (f[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - f[:, None]) / (edges[2:] - edges[1:-1])
    filters = np.clip(np.minimum(rising, falling), 0.0, None)
    parts = []
    for words in (train_words, test_words):
        rows = np.zeros((len(words), count * bands + 1))
        for k, word in enumerate(words):
            padded = np.pad(word, (0, max(0, size - word.size)))
            starts = np.linspace(0, padded.size - size, count).astype(int)
            frames = padded[starts[:, None] + np.arange(size)] * np.hanning(size)
            energy = np.log(np.abs(np.fft.rfft(frames, axis=1)) ** 2 @ filters + 1e-4)
            rows[k, :-1] = (energy - energy.mean()).ravel()
            rows[k, -1] = 30.0 * word.size / fs
        parts.append(rows)
    return parts[0], parts[1]


def name_words(train_features: np.ndarray, labels: list[str], test_features: np.ndarray) -> list[str]:
    """Give each test word the label of the training words most like it.

    Args:
        train_features: one row per training word, shape (N, K).
        labels: word of each training clip.
        test_features: one row per test word, shape (M, K).

    Returns:
        For each test clip the word whose three nearest training clips are nearest on average.
    """
    names = sorted(set(labels))
    words = []
    for features in test_features:
        distance = np.linalg.norm(train_features - features, axis=1)
        near = {name: np.sort(distance[[label == name for label in labels]])[:3].mean() for name in names}
        words.append(min(near, key=near.get))
    return words


def name_words_templates(train_features: np.ndarray, labels: list[str], test_features: np.ndarray) -> list[str]:
    """Average the training clips of each word and take the nearest average."""
    names = np.array(sorted(set(labels)))
    marks = np.array(labels)
    templates = np.stack([train_features[marks == name].mean(axis=0) for name in names])
    distance = ((test_features[:, None, :] - templates[None, :, :]) ** 2).sum(axis=2)
    return [str(names[k]) for k in np.argmin(distance, axis=1)]


def name_words_ridge(train_features: np.ndarray, labels: list[str], test_features: np.ndarray) -> list[str]:
    """Fit one-hot labels by ridge regression in its dual form and take the largest value."""
    names = sorted(set(labels))
    target = np.array([[1.0 if label == name else 0.0 for name in names] for label in labels])
    mean = train_features.mean(axis=0)
    a, b = train_features - mean, test_features - mean
    kernel = a @ a.T
    weights = np.linalg.solve(kernel + 0.1 * np.trace(kernel) / len(a) * np.eye(len(a)), target)
    scores = b @ a.T @ weights
    return [names[int(k)] for k in scores.argmax(axis=1)]


def word_features_cepstra(
    train_words: list[np.ndarray], test_words: list[np.ndarray], fs: float
) -> tuple[np.ndarray, np.ndarray]:
    """Take ten cepstral coefficients of 20 mel bands in 16 frames, the first less its mean over the word."""
    size, count = 256, 16
    f = np.fft.rfftfreq(size, 1.0 / fs)
    mel = 2595 * np.log10(1 + f / 700)
    centres = np.linspace(mel[4], mel[-6], 20)
    filters = np.clip(1 - np.abs(mel[:, None] - centres) / (centres[1] - centres[0]), 0, None)

    def describe(word: np.ndarray) -> np.ndarray:
        padded = np.pad(word, (0, max(0, size - word.size)))
        starts = np.linspace(0, padded.size - size, count).round().astype(int)
        frames = np.stack([padded[s : s + size] for s in starts]) * np.hamming(size)
        energy = np.log(np.abs(np.fft.rfft(frames, axis=1)) ** 2 @ filters + 1e-4)
        cepstra = fft.dct(energy, axis=1, norm="ortho")[:, :10]
        cepstra[:, 0] -= cepstra[:, 0].mean()
        return np.append(cepstra.ravel(), 30.0 * word.size / fs)

    train = np.array([describe(word) for word in train_words])
    test = np.array([describe(word) for word in test_words]).reshape(-1, train.shape[1])
    return train, test


def trim_silence_loops(train: np.ndarray, test: np.ndarray, fs: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Move a start and an end inwards until the mean amplitude of a frame is loud enough."""
    size = int(0.01 * fs)

    def cut(clip: np.ndarray) -> np.ndarray:
        sums = [float(np.abs(clip[k : k + size]).sum()) for k in range(0, clip.size - size + 1, size)]
        limit = 0.1 * max(sums)
        first, last = 0, len(sums) - 1
        while sums[first] < limit:
            first += 1
        while sums[last] < limit:
            last -= 1
        return clip[first * size : (last + 1) * size]

    return [cut(clip) for clip in train], [cut(clip) for clip in test]


def name_words_first(train_features: np.ndarray, labels: list[str], test_features: np.ndarray) -> list[str]:
    """Say the first label every time."""
    return [sorted(labels)[0]] * len(test_features)


def word_features_duration(
    train_words: list[np.ndarray], test_words: list[np.ndarray], fs: float
) -> tuple[np.ndarray, np.ndarray]:
    """Describe a word by its length alone."""
    train = np.array([[word.size / fs] for word in train_words])
    return train, np.array([[word.size / fs] for word in test_words]).reshape(-1, 1)


def word_features_waveform(
    train_words: list[np.ndarray], test_words: list[np.ndarray], fs: float
) -> tuple[np.ndarray, np.ndarray]:
    """Describe a word by its first 1200 samples."""
    train = np.array([np.pad(word, (0, 1200))[:1200] for word in train_words])
    return train, np.array([np.pad(word, (0, 1200))[:1200] for word in test_words]).reshape(-1, 1200)


def word_features_first(
    train_words: list[np.ndarray], test_words: list[np.ndarray], fs: float
) -> tuple[np.ndarray, np.ndarray]:
    """Describe a word by the spectrum of its first 32 ms."""
    train = np.array([np.log(np.abs(np.fft.rfft(word[:256], 256)) + 1e-3) for word in train_words])
    test = np.array([np.log(np.abs(np.fft.rfft(word[:256], 256)) + 1e-3) for word in test_words]).reshape(-1, 129)
    return train, test


def trim_silence_none(train: np.ndarray, test: np.ndarray, fs: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Leave the clips as they are."""
    return list(train), list(test)
