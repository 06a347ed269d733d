"""Right and wrong programs of T009, one function per step. Read as text, never imported."""

import numpy as np
from scipy import fft, ndimage, signal


def load_disturbed_ecg(path: str) -> tuple[np.ndarray, float]:
    """Read a disturbed ECG and its sampling rate.

    Args:
        path: NPZ with the arrays ecg (mV) and fs (Hz).

    Returns:
        Voltage in mV, shape (N,), and the sampling rate in Hz.
    """
    with np.load(path) as data:
        return np.asarray(data["ecg"], dtype=float), float(data["fs"])


def remove_baseline_drift(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Remove slow drift from an ECG without delay.

    Args:
        ecg: disturbed voltage in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Voltage without drift in mV, shape (N,).
    """
    straight = signal.detrend(ecg)
    sos = signal.butter(3, 0.5, btype="highpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, straight, padlen=round(2.0 * fs))


def remove_mains_hum(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Remove hum at the mains frequency and its third harmonic.

    Args:
        levelled: voltage without drift in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Voltage without hum in mV, shape (N,).
    """
    times = np.arange(levelled.size) / fs

    def hum_power(freq: float) -> float:
        return abs(np.exp(-2j * np.pi * freq * times) @ levelled)

    mains = max((50.0, 60.0), key=hum_power)
    quiet = levelled
    for freq in (mains, 3 * mains):
        if freq < fs / 2:
            waves = np.column_stack([np.sin(2 * np.pi * freq * times), np.cos(2 * np.pi * freq * times)])
            sizes, *_ = np.linalg.lstsq(waves, quiet, rcond=None)
            quiet = quiet - waves @ sizes
    return quiet


def smooth_gently(quiet: np.ndarray, fs: float) -> list[float]:
    """Remove broadband noise above the band of the QRS complex.

    Args:
        quiet: voltage without drift and hum in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Cleaned voltage in mV, one value per sample.
    """
    sos = signal.butter(2, 45.0, btype="lowpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, quiet).tolist()


def remove_baseline_drift_cosines(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Describe the voltage by cosines (DCT-II) and leave out those slower than half a hertz, with a soft edge."""
    line = np.polyval(np.polyfit(np.arange(ecg.size), ecg, 1), np.arange(ecg.size))
    parts = fft.dct(ecg - line, norm="ortho")
    freqs = np.arange(parts.size) * fs / (2.0 * parts.size)
    keep = np.clip((freqs - 0.35) / 0.25, 0.0, 1.0)
    return fft.idct(parts * keep, norm="ortho")


def remove_mains_hum_notch(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Run narrow notches both ways at the mains frequency that holds more power and at three times that."""
    freqs, power = signal.periodogram(levelled, fs, window="hann")
    near = [power[np.argmin(np.abs(freqs - mains))] for mains in (50.0, 60.0)]
    mains = 50.0 if near[0] > near[1] else 60.0
    quiet = levelled
    for freq in (mains, 3 * mains):
        if freq < fs / 2:
            top, bottom = signal.iirnotch(freq, 50.0, fs=fs)
            quiet = signal.filtfilt(top, bottom, quiet)
    return quiet


def remove_mains_hum_bins(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Demodulate at the mains frequency: the mean of the turned signal is the hum's complex amplitude."""
    times = np.arange(levelled.size) / fs
    weight = np.hanning(levelled.size)
    weight /= weight.sum()
    turns = {freq: np.exp(2j * np.pi * freq * times) for freq in (50.0, 60.0)}
    size = {freq: 2 * np.sum(weight * levelled * np.conj(turn)) for freq, turn in turns.items()}
    mains = 50.0 if abs(size[50.0]) > abs(size[60.0]) else 60.0
    quiet = levelled - np.real(size[mains] * turns[mains])
    if 3 * mains < fs / 2:
        third = turns[mains] ** 3
        quiet = quiet - np.real(2 * np.sum(weight * quiet * np.conj(third)) * third)
    return quiet


def smooth_gently_parabola(quiet: np.ndarray, fs: float) -> list[float]:
    """Fit a parabola to the 24 ms around each sample (Savitzky and Golay)."""
    width = 2 * round(0.012 * fs) + 1
    return signal.savgol_filter(quiet, width, 2).tolist()


def remove_baseline_drift_not(ecg: np.ndarray, fs: float) -> np.ndarray:
    """Leave the drift in."""
    return ecg


def remove_mains_hum_not(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Leave the hum in."""
    return levelled


def smooth_gently_not(quiet: np.ndarray, fs: float) -> list[float]:
    """Only make a list."""
    return quiet.tolist()


def remove_mains_hum_average(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Average over two periods of 50 Hz."""
    return ndimage.uniform_filter1d(levelled, round(0.04 * fs))
