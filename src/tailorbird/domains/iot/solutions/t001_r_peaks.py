"""Right and wrong programs of T001, one function per step. Read as text, never imported."""

import numpy as np
from scipy import ndimage, signal


def load_ecg(path: str) -> tuple[np.ndarray, float]:
    """Read one ECG channel and its sampling rate from a CSV file.

    Args:
        path: CSV with a header and the columns time (s) and ecg (mV).

    Returns:
        Voltage in mV, shape (N,), and the sampling rate in Hz.
    """
    table = np.genfromtxt(path, delimiter=",", names=True)
    time = table["time"]
    fs = float((time.size - 1) / (time[-1] - time[0]))
    return np.asarray(table["ecg"], dtype=float), fs


def band_pass(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Keep the band in which QRS complexes stand out, without delay.

    Args:
        ecg: voltage in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Band-passed voltage in mV, shape (N,).
    """
    sos = signal.butter(3, (5.0, 15.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, ecg)


def detect_r_peaks(clean: np.ndarray, fs: float) -> list[float]:
    """Find the times of the R peaks of a band-passed ECG.

    Args:
        clean: band-passed voltage in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Times in s, ascending; empty when nothing stands out.
    """
    if np.percentile(np.abs(clean), 99) < 0.05:
        return []
    energy = ndimage.uniform_filter1d(np.gradient(clean) ** 2, max(1, round(0.1 * fs)))
    found, _ = signal.find_peaks(energy, distance=max(1, round(0.25 * fs)))
    height = np.sqrt(energy[found])
    found = found[height > 0.5 * np.percentile(height, 90)]
    reach = max(1, round(0.06 * fs))
    moved = []
    for at in found:
        start = max(0, at - reach)
        moved.append(start + int(np.argmax(clean[start : at + reach + 1])))
    return (np.unique(moved) / fs).tolist()


def mean_heart_rate(peaks_s: list[float]) -> float:
    """Compute the mean heart rate from beat times.

    Args:
        peaks_s: times of the R peaks in s, ascending.

    Returns:
        Beats per minute; 0 below two beats.
    """
    if len(peaks_s) < 2:
        return 0.0
    return float(60.0 / np.mean(np.diff(peaks_s)))


def detect_r_peaks_template(clean: np.ndarray, fs: float) -> list[float]:
    """Correlate with a QRS-shaped pulse and take the peaks of the correlation."""
    half = max(2, round(0.05 * fs))
    grid = np.arange(-half, half + 1) / fs
    pulse = (1.0 - (grid / 0.018) ** 2) * np.exp(-0.5 * (grid / 0.018) ** 2)
    score = np.convolve(clean, pulse[::-1], mode="same")
    if np.percentile(np.abs(clean), 99) < 0.05:
        return []
    found, _ = signal.find_peaks(score, height=0.0, distance=max(1, round(0.25 * fs)))
    found = found[score[found] > 0.5 * np.percentile(score[found], 90)]
    return (found / fs).tolist()


def detect_r_peaks_heights(clean: np.ndarray, fs: float) -> list[float]:
    """Take maxima of the filtered voltage above half of the height of a typical beat."""
    if np.percentile(np.abs(clean), 99) < 0.05:
        return []
    found, heights = signal.find_peaks(clean, height=0.0, distance=max(1, round(0.25 * fs)))
    tall = heights["peak_heights"]
    return (found[tall > 0.5 * np.percentile(tall, 90)] / fs).tolist()


def band_pass_averages(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Band-pass by the difference of two moving averages, applied twice."""
    clean = np.asarray(ecg, dtype=float)
    for _ in range(2):
        clean = ndimage.uniform_filter1d(clean, max(1, round(0.03 * fs)))
        clean = clean - ndimage.uniform_filter1d(clean, max(3, round(0.16 * fs)))
    return clean


def band_pass_none(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Leave the signal as it is."""
    return ecg


def detect_r_peaks_fixed(clean: np.ndarray, fs: float) -> list[float]:
    """Take every rise above 0.6 mV as a beat."""
    above = clean > 0.6
    return (np.flatnonzero(above[1:] & ~above[:-1]) / fs).tolist()


def detect_r_peaks_greedy(clean: np.ndarray, fs: float) -> list[float]:
    """Take every local maximum above a small share of the largest as a beat."""
    found, _ = signal.find_peaks(clean, height=0.08 * np.max(clean))
    return (found / fs).tolist()
