"""Right and wrong programs of T005, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import ndimage, signal


def load_eda(path: str) -> tuple[np.ndarray, float]:
    """Read a skin conductance record and its sampling rate.

    Args:
        path: JSON object with fs (Hz), unit (uS or nS) and eda (conductance in that unit).

    Returns:
        Skin conductance in uS, shape (N,), and the sampling rate in Hz.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    scale = 0.001 if data["unit"] == "nS" else 1.0
    return scale * np.array(data["eda"], dtype=float), float(data["fs"])


def smooth_conductance(eda: np.ndarray, fs: float) -> np.ndarray:
    """Smooth a skin conductance record without delay.

    Args:
        eda: skin conductance in uS, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Smoothed skin conductance in uS, shape (N,).
    """
    sos = signal.butter(2, 1.0, btype="lowpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, eda)


def find_responses(smooth: np.ndarray, fs: float) -> list[float]:
    """Find the peaks of skin conductance responses.

    Args:
        smooth: smoothed skin conductance in uS, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Times of the peaks in s, ascending.
    """
    reach = round(5.0 * fs)
    peaks, _ = signal.find_peaks(smooth, distance=max(1, round(1.5 * fs)))
    found = []
    last = 0
    for peak in peaks:
        start = max(last, peak - reach, 0)
        rise = smooth[peak] - np.min(smooth[start : peak + 1])
        if rise >= 0.08:
            found.append(float(peak / fs))
            last = peak
    return found


def count_responses(peaks_s: list[float]) -> int:
    """Count the responses.

    Args:
        peaks_s: times of the response peaks in s.

    Returns:
        Number of responses.
    """
    return len(peaks_s)


def find_responses_slope(smooth: np.ndarray, fs: float) -> list[float]:
    """Add up each run of slope above 0.03 uS/s, faster than any drift; one that rises far enough ends at a response peak."""
    rising = np.diff(smooth) * fs > 0.03
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rising.astype(int), [0]))))
    starts, ends = edges[::2], edges[1::2]
    rises = smooth[ends] - smooth[starts]
    return (ends[rises >= 0.07] / fs).tolist()


def find_responses_prominence(smooth: np.ndarray, fs: float) -> list[float]:
    """Take the drift off with a slow high-pass and keep maxima that stand out within ten seconds around them."""
    sos = signal.butter(1, 0.02, btype="highpass", fs=fs, output="sos")
    phasic = signal.sosfiltfilt(sos, smooth)
    peaks, _ = signal.find_peaks(phasic, prominence=0.055, wlen=2 * round(6.0 * fs) + 1)
    return (peaks / fs).tolist()


def smooth_conductance_gaussian(eda: np.ndarray, fs: float) -> np.ndarray:
    """Smooth with a Gaussian of a quarter of a second."""
    return ndimage.gaussian_filter1d(eda, 0.25 * fs, mode="nearest")


def find_responses_zigzag(smooth: np.ndarray, fs: float) -> list[float]:
    """Walk along the curve, remember the last trough and the highest point since, and turn when it has fallen enough."""
    peaks = []
    trough = top = float(smooth[0])
    top_at, rising = 0, False
    for index, value in enumerate(smooth.tolist()):
        if rising:
            if value > top:
                top, top_at = value, index
            elif top - value > 0.03:
                peaks.append(top_at / fs)
                rising, trough = False, value
        elif value < trough:
            trough = value
        elif value - trough > 0.08:
            rising, top, top_at = True, value, index
        else:
            trough += 0.015 / fs
    return peaks


def find_responses_six(smooth: np.ndarray, fs: float) -> list[float]:
    """Place six responses at even distances."""
    return [float(time) for time in np.linspace(0.0, smooth.size / fs, 8)[1:-1]]


def smooth_conductance_not(eda: np.ndarray, fs: float) -> np.ndarray:
    """Leave the record as it is."""
    return eda


def find_responses_all(smooth: np.ndarray, fs: float) -> list[float]:
    """Take every local maximum for a response."""
    peaks, _ = signal.find_peaks(smooth)
    return (peaks / fs).tolist()


def find_responses_level(smooth: np.ndarray, fs: float) -> list[float]:
    """Take crossings of the mean level from below for responses."""
    above = smooth > np.mean(smooth) + 0.05
    return (np.flatnonzero(above[1:] & ~above[:-1]) / fs).tolist()


def find_responses_onsets(smooth: np.ndarray, fs: float) -> list[float]:
    """Give the trough at which each large rise starts."""
    rising = np.diff(smooth) * fs > 0.03
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rising.astype(int), [0]))))
    starts, ends = edges[::2], edges[1::2]
    rises = smooth[ends] - smooth[starts]
    return (starts[rises >= 0.07] / fs).tolist()
