"""Right and wrong programs of T002, one function per step. Read as text, never imported."""

import csv
import math

import numpy as np
from scipy import ndimage, signal


def load_ppg(path: str) -> tuple[np.ndarray, float]:
    """Read a photoplethysmogram and its sampling rate from a CSV file.

    Args:
        path: CSV with a header and the columns time_ms (ms) and ppg (counts).

    Returns:
        Optical signal in counts, shape (N,), and the sampling rate in Hz.
    """
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    time_ms = table[:, 0]
    fs = 1000.0 * (len(time_ms) - 1) / (time_ms[-1] - time_ms[0])
    return table[:, 1], float(fs)


def isolate_pulse_wave(ppg: np.ndarray, fs: float) -> np.ndarray:
    """Keep the band of the pulse wave, without delay.

    Args:
        ppg: optical signal in counts, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Band-passed signal in counts, shape (N,).
    """
    sos = signal.butter(2, (0.5, 6.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, ppg)


def find_systolic_peaks(wave: np.ndarray, fs: float) -> list[float]:
    """Find the times of the systolic peaks of a pulse wave.

    Args:
        wave: band-passed signal in counts, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Times in s, ascending; empty when there is no pulse.
    """
    swing = float(np.percentile(wave, 95) - np.percentile(wave, 5))
    if swing < 100.0:
        return []
    peaks, _ = signal.find_peaks(wave, prominence=0.55 * swing, distance=max(1, round(0.27 * fs)))
    return (peaks / fs).tolist()


def average_pulse_rate(peaks_s: list[float]) -> float | None:
    """Compute the mean pulse rate from peak times.

    Args:
        peaks_s: times of the systolic peaks in s, ascending.

    Returns:
        Beats per minute; none below two peaks.
    """
    if len(peaks_s) < 2:
        return None
    mean_interval = (peaks_s[-1] - peaks_s[0]) / (len(peaks_s) - 1)
    return 60.0 / mean_interval


def find_systolic_peaks_upstrokes(wave: np.ndarray, fs: float) -> list[float]:
    """Find the largest rises over a tenth of a second and move on to the maximum that follows each."""
    if np.percentile(np.abs(wave), 98) < 50.0:
        return []
    half = max(1, round(0.06 * fs))
    rise = np.zeros(wave.size)
    rise[half:-half] = wave[2 * half :] - wave[: -2 * half]
    steep, _ = signal.find_peaks(rise, height=0.5 * np.percentile(rise, 98), distance=max(1, round(0.27 * fs)))
    reach = max(2, round(0.2 * fs))
    peaks = [int(at + np.argmax(wave[at : at + reach])) for at in steep]
    return [peak / fs for peak in sorted(set(peaks))]


def find_systolic_peaks_crossings(wave: np.ndarray, fs: float) -> list[float]:
    """Narrow the wave to its strongest rhythm and take the crossings through zero from below as beats."""
    if np.std(wave) < 30.0:
        return []
    size = 2 ** math.ceil(math.log2(8 * wave.size))
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(wave.size), size))
    freqs = np.fft.rfftfreq(size, 1.0 / fs)
    band = (freqs >= 0.65) & (freqs <= 3.1)
    rhythm = float(freqs[band][np.argmax(spectrum[band])])
    sos = signal.butter(2, (0.75 * rhythm, 1.3 * rhythm), btype="bandpass", fs=fs, output="sos")
    narrow = signal.sosfiltfilt(sos, wave)
    before = np.flatnonzero((narrow[:-1] < 0) & (narrow[1:] >= 0))
    part = -narrow[before] / (narrow[before + 1] - narrow[before])
    return ((before + part) / fs).tolist()


def average_pulse_rate_fit(peaks_s: list[float]) -> float | None:
    """Fit a straight line to peak time over peak number; its slope is the mean interval."""
    if len(peaks_s) < 2:
        return None
    interval = np.polyfit(np.arange(len(peaks_s)), peaks_s, 1)[0]
    return float(60.0 / interval)


def load_ppg_rows(path: str) -> tuple[np.ndarray, float]:
    """Read the rows one by one; the sampling rate follows from the median step of the time column."""
    times, counts = [], []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            times.append(float(row["time_ms"]) / 1000.0)
            counts.append(float(row["ppg"]))
    return np.array(counts), (len(times) - 1) / (times[-1] - times[0])


def isolate_pulse_wave_averages(ppg: np.ndarray, fs: float) -> np.ndarray:
    """Smooth twice over a tenth of a second, then subtract a moving average over one second."""
    width = max(1, round(0.1 * fs))
    short = ndimage.uniform_filter1d(ndimage.uniform_filter1d(ppg, width), width)
    return short - ndimage.uniform_filter1d(short, round(1.0 * fs))


def average_pulse_rate_constant(peaks_s: list[float]) -> float | None:
    """Give the usual resting rate wherever there is a pulse."""
    return 70.0 if peaks_s else None


def find_systolic_peaks_all(wave: np.ndarray, fs: float) -> list[float]:
    """Take every local maximum of the wave as a beat."""
    if np.percentile(np.abs(wave), 98) < 50.0:
        return []
    peaks, _ = signal.find_peaks(wave)
    return (peaks / fs).tolist()
