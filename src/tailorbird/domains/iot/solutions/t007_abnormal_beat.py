"""Right and wrong programs of T007, one function per step. Read as text, never imported."""

import csv

import numpy as np
from scipy import ndimage, signal


def load_ecg_strip(path: str) -> tuple[np.ndarray, float]:
    """Read an ECG strip and its sampling rate.

    Args:
        path: CSV with a header and the columns time (s) and ecg (mV).

    Returns:
        Voltage in mV, shape (N,), and the sampling rate in Hz.
    """
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    time = table[:, 0]
    return table[:, 1], float((time.size - 1) / (time[-1] - time[0]))


def remove_sparks_and_wander(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Remove single wild samples and slow drift from an ECG.

    Args:
        ecg: voltage in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Voltage in mV without sparks and drift, shape (N,).
    """
    calm = signal.medfilt(ecg, 3)
    sos = signal.butter(2, (0.7, 30.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, calm)


def locate_beats(flat: np.ndarray, fs: float) -> list[int]:
    """Find the samples at which beats peak, upright or inverted.

    Args:
        flat: voltage in mV without sparks and drift, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Sample numbers, ascending.
    """
    size = np.abs(flat)
    beats, _ = signal.find_peaks(size, height=0.5 * np.percentile(size, 99.5), distance=round(0.35 * fs))
    return [int(beat) for beat in beats]


def compare_beat_shapes(flat: np.ndarray, beats: list[int], fs: float) -> list[float]:
    """Say how unlike the typical beat each beat is.

    Args:
        flat: voltage in mV without sparks and drift, shape (N,).
        beats: samples at which beats peak.
        fs: sampling rate in Hz.

    Returns:
        One minus the correlation with the median beat, per beat; 0 for the same shape.
    """
    before, after = round(0.12 * fs), round(0.12 * fs)
    padded = np.pad(flat, (before, after), mode="edge")
    shapes = np.array([padded[beat : beat + before + after + 1] for beat in beats])
    typical = np.median(shapes, axis=0)
    return [float(1.0 - np.corrcoef(shape, typical)[0, 1]) for shape in shapes]


def point_to_abnormal_beat(beats: list[int], scores: list[float], fs: float) -> tuple[int | None, int | None]:
    """Give the stretch around the most unusual beat, or none when all are alike.

    Args:
        beats: samples at which beats peak.
        scores: one minus the correlation with the typical beat.
        fs: sampling rate in Hz.

    Returns:
        First sample, and the one after the last; none and none without an abnormal beat.
    """
    if not scores or max(scores) < 0.22:
        return None, None
    beat = beats[int(np.argmax(scores))]
    return max(0, beat - round(0.2 * fs)), beat + round(0.4 * fs)


def compare_beat_shapes_neighbours(flat: np.ndarray, beats: list[int], fs: float) -> list[float]:
    """Correlate each beat with all others; a discord is unlike even the third most similar one."""
    half = round(0.12 * fs)
    padded = np.pad(flat, half, mode="edge")
    shapes = np.array([padded[beat : beat + 2 * half + 1] for beat in beats])
    shapes = shapes - shapes.mean(axis=1, keepdims=True)
    shapes = shapes / np.linalg.norm(shapes, axis=1, keepdims=True)
    likeness = np.sort(shapes @ shapes.T, axis=1)
    return (1.0 - likeness[:, -4]).tolist()


def compare_beat_shapes_component(flat: np.ndarray, beats: list[int], fs: float) -> list[float]:
    """Take the first principal component of the beats as the typical shape."""
    half = round(0.12 * fs)
    padded = np.pad(flat, half, mode="edge")
    shapes = np.array([padded[beat : beat + 2 * half + 1] for beat in beats])
    shapes -= shapes.mean(axis=1, keepdims=True)
    _, _, axes = np.linalg.svd(shapes, full_matrices=False)
    along = np.abs(shapes @ axes[0]) / np.linalg.norm(shapes, axis=1)
    return (1.0 - along).tolist()


def locate_beats_energy(flat: np.ndarray, fs: float) -> list[int]:
    """Find lumps of signal energy and move to the largest deflection within each."""
    energy = ndimage.gaussian_filter1d(flat**2, 0.05 * fs)
    lumps, _ = signal.find_peaks(energy, height=0.3 * np.percentile(energy, 97), distance=round(0.35 * fs))
    reach = round(0.08 * fs)
    beats = []
    for lump in lumps:
        start = max(0, int(lump) - reach)
        beats.append(start + int(np.argmax(np.abs(flat[start : lump + reach + 1]))))
    return sorted(set(beats))


def remove_sparks_and_wander_averages(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Replace samples that leave both neighbours by over 0.5 mV, then subtract a moving average over 0.8 s."""
    calm = ecg.copy()
    mean = (ecg[:-2] + ecg[2:]) / 2
    wild = np.abs(ecg[1:-1] - mean) > 0.5 + np.abs(ecg[2:] - ecg[:-2])
    calm[1:-1][wild] = mean[wild]
    calm = ndimage.gaussian_filter1d(calm, 0.006 * fs)
    return calm - ndimage.uniform_filter1d(calm, round(0.8 * fs), mode="nearest")


def load_ecg_strip_rows(path: str) -> tuple[np.ndarray, float]:
    """Read the rows one by one."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [(float(row["time"]), float(row["ecg"])) for row in csv.DictReader(file)]
    seconds = rows[-1][0] - rows[0][0]
    return np.array([voltage for _, voltage in rows]), (len(rows) - 1) / seconds


def point_to_abnormal_beat_all(beats: list[int], scores: list[float], fs: float) -> tuple[int | None, int | None]:
    """Point to everything from the first beat to the last."""
    return (beats[0], beats[-1]) if beats else (None, None)


def remove_sparks_and_wander_not(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Only take the median off."""
    return ecg - np.median(ecg)


def compare_beat_shapes_height(flat: np.ndarray, beats: list[int], fs: float) -> list[float]:
    """Take the largest deflection for the abnormal one."""
    return [float(abs(flat[beat])) for beat in beats]


def compare_beat_shapes_interval(flat: np.ndarray, beats: list[int], fs: float) -> list[float]:
    """Take the beat that comes soonest after the one before for the abnormal one."""
    gaps = np.diff(beats, prepend=beats[0] - 10 * fs) / fs
    return [float(1.0 / gap) for gap in gaps]


def compare_beat_shapes_jump(flat: np.ndarray, beats: list[int], fs: float) -> list[float]:
    """Take the beat with the largest step between two samples for the abnormal one."""
    half = round(0.2 * fs)
    steps = np.abs(np.diff(np.pad(flat, half, mode="edge")))
    return [float(np.max(steps[beat : beat + 2 * half])) for beat in beats]
