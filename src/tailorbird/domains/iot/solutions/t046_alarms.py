"""Right and wrong programs of T046, one function per step. Read as text, never imported."""

import numpy as np
from scipy import signal


def load_sound_clips(path: str) -> tuple[np.ndarray, float, list[str], np.ndarray, float]:
    """Read labelled sound clips and those to be named, each group with its sampling rate.

    Args:
        path: NPZ with x_train and x_test (clips x samples, 16-bit), fs_train and fs_test (Hz) and y_train (names).

    Returns:
        Labelled clips, shape (N, S), full scale 1; their rate in Hz; their names; clips to be named, shape (M, T); their
        rate in Hz.
    """
    with np.load(path) as data:
        names = [str(name) for name in data["y_train"]]
        clips, others = data["x_train"] / 32768.0, data["x_test"] / 32768.0
        return clips, float(data["fs_train"]), names, others, float(data["fs_test"])


def sound_features(
    clips: np.ndarray, fs_clips: float, others: np.ndarray, fs_others: float
) -> tuple[np.ndarray, np.ndarray]:
    """Describe each clip by pitch, its wandering, tonality and rhythm between 250 and 1900 Hz.

    Args:
        clips: labelled clips, shape (N, S), full scale 1.
        fs_clips: their sampling rate in Hz.
        others: clips to be named, shape (M, T), full scale 1.
        fs_others: their sampling rate in Hz.

    Returns:
        Features of the labelled clips, shape (N, 5), and of the others, shape (M, 5).
    """
    found = []
    for group, fs in ((clips, fs_clips), (others, fs_others)):
        width = round(0.064 * fs)
        rows = np.zeros((len(group), 5))
        for row, clip in zip(rows, group):
            frames = np.lib.stride_tricks.sliding_window_view(clip, width)[:: width // 2]
            power = np.abs(np.fft.rfft(frames * np.hanning(width), axis=1)) ** 2
            hertz = np.fft.rfftfreq(width, 1 / fs)
            power = power[:, (hertz > 250) & (hertz < 1900)] + 1e-12
            energy = power.sum(axis=1)
            loud = energy > 0.2 * energy.max()
            octave = np.log2(hertz[(hertz > 250) & (hertz < 1900)][power[loud].argmax(axis=1)])
            tonal = np.median(power[loud].max(axis=1) / energy[loud])
            wander = np.subtract(*np.percentile(octave, [80, 20]))
            row[:] = np.median(octave), wander, tonal, loud.mean(), np.log(energy.max() / energy.mean())
        found.append(rows)
    return found[0], found[1]


def name_sounds(s_train: np.ndarray, y_train: list[str], s_test: np.ndarray) -> list[str]:
    """Name clips after the kind of sound whose mean features are nearest.

    Args:
        s_train: features of the labelled clips, shape (N, F).
        y_train: name of each labelled clip.
        s_test: features of the clips to be named, shape (M, F).

    Returns:
        Name of each clip.
    """
    names = sorted(set(y_train))
    means = np.array([s_train[np.array(y_train) == name].mean(axis=0) for name in names])
    spread = s_train.std(axis=0) + 1e-6
    gaps = np.linalg.norm((s_test[:, None, :] - means[None, :, :]) / spread, axis=2)
    return [names[k] for k in np.argmin(gaps, axis=1)]


def name_sounds_neighbour(s_train: np.ndarray, y_train: list[str], s_test: np.ndarray) -> list[str]:
    """The name of the nearest labelled clip in scaled features."""
    middle, spread = s_train.mean(axis=0), s_train.std(axis=0) + 1e-6
    known = (s_train - middle) / spread
    labels = []
    for row in (s_test - middle) / spread:
        labels.append(y_train[int(np.argmin(np.sum((known - row) ** 2, axis=1)))])
    return labels


def sound_features_bands(
    clips: np.ndarray, fs_clips: float, others: np.ndarray, fs_others: float
) -> tuple[np.ndarray, np.ndarray]:
    """Ten bands on a logarithmic scale: their centre, its movement and the largest share in the loud part, the rhythm."""
    edges = np.geomspace(250, 1900, 11)
    found = []
    for group, fs in ((clips, fs_clips), (others, fs_others)):
        rows = []
        for clip in group:
            hertz, _, power = signal.spectrogram(clip, fs, nperseg=round(0.064 * fs), noverlap=round(0.032 * fs))
            bands = np.array([power[(hertz >= a) & (hertz < b)].sum(axis=0) for a, b in zip(edges, edges[1:])]) + 1e-15
            total = bands.sum(axis=0)
            loud = total > 0.2 * total.max()
            shares = bands[:, loud] / total[loud]
            centre = np.arange(10) @ shares
            rhythm = [loud.mean(), np.log(total.max() / total.mean())]
            rows.append(
                [
                    centre.mean(),
                    np.percentile(centre, 80) - np.percentile(centre, 20),
                    shares.max(axis=0).mean(),
                    *rhythm,
                ]
            )
        found.append(np.array(rows).reshape(-1, 5))
    return found[0], found[1]


def sound_features_resampled(
    clips: np.ndarray, fs_clips: float, others: np.ndarray, fs_others: float
) -> tuple[np.ndarray, np.ndarray]:
    """Bring all clips to 4 kHz, then take the strongest line, its spread and its share from 64 ms frames."""
    found = []
    for group, fs in ((clips, fs_clips), (others, fs_others)):
        rows = []
        for clip in group:
            slow = signal.resample(clip, round(clip.size * 4000 / fs)) if clip.size else clip
            starts = range(0, slow.size - 255, 96)
            frames = np.array([slow[start : start + 256] for start in starts]) * np.hanning(256)
            lines = np.abs(np.fft.rfft(frames, axis=1))[:, 16:122] ** 2 + 1e-12
            energy = lines.sum(axis=1)
            loud = energy >= 0.2 * energy.max()
            pitch = np.log2(np.argmax(lines[loud], axis=1) + 16.0)
            share = np.median(lines[loud].max(axis=1) / energy[loud])
            rows.append(
                [
                    np.median(pitch),
                    np.median(np.abs(pitch - np.median(pitch))),
                    share,
                    loud.mean(),
                    np.log(energy.max() / energy.mean()),
                ]
            )
        found.append(np.array(rows).reshape(-1, 5))
    return found[0], found[1]


def name_sounds_majority(s_train: np.ndarray, y_train: list[str], s_test: np.ndarray) -> list[str]:
    """The most frequent name for all."""
    return [max(sorted(set(y_train)), key=y_train.count)] * len(s_test)


def sound_features_loudness(
    clips: np.ndarray, fs_clips: float, others: np.ndarray, fs_others: float
) -> tuple[np.ndarray, np.ndarray]:
    """The level of each clip in dB."""
    first = 10 * np.log10(np.mean(clips**2, axis=1) + 1e-12)
    second = 10 * np.log10(np.mean(others**2, axis=1) + 1e-12)
    return first[:, None], second[:, None]


def sound_features_frame(
    clips: np.ndarray, fs_clips: float, others: np.ndarray, fs_others: float
) -> tuple[np.ndarray, np.ndarray]:
    """Strongest line and its share in the first 64 ms."""
    found = []
    for group, fs in ((clips, fs_clips), (others, fs_others)):
        width = round(0.064 * fs)
        power = np.abs(np.fft.rfft(group[:, :width] * np.hanning(width), axis=1))[:, 16:122] ** 2 + 1e-12
        found.append(np.column_stack([np.log2(power.argmax(axis=1) + 16.0), power.max(axis=1) / power.sum(axis=1)]))
    return found[0], found[1]
