"""Right and wrong programs of T011, one function per step. Read as text, never imported."""

import bisect

import numpy as np
from scipy import ndimage, signal


def load_ecg_and_pulse(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read an ECG, a finger pulse and their common sampling rate.

    Args:
        path: NPZ with the arrays ecg (mV), ppg (counts) and fs (Hz).

    Returns:
        ECG in mV and pulse in counts, shape (N,) each, and the sampling rate in Hz.
    """
    with np.load(path) as data:
        return data["ecg"].astype(float), data["ppg"].astype(float), float(data["fs"])


def r_wave_times(ecg: np.ndarray, fs: float) -> list[float]:
    """Find the times of the R waves of an ECG.

    Args:
        ecg: voltage in mV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Times in s, ascending.
    """
    sos = signal.butter(2, (2.0, 30.0), btype="bandpass", fs=fs, output="sos")
    flat = signal.sosfiltfilt(sos, ecg)
    peaks, _ = signal.find_peaks(flat, height=0.5 * np.percentile(flat, 99.5), distance=round(0.3 * fs))
    return (peaks / fs).tolist()


def pulse_foot_times(ppg: np.ndarray, fs: float) -> list[float]:
    """Find the feet of the pulse waves by intersecting tangents.

    The tangent at the steepest point of an upstroke meets the level of the minimum before it at the foot.

    Args:
        ppg: finger pulse in counts, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Times in s, ascending; empty when nothing pulses.
    """
    sos = signal.butter(2, 15.0, btype="lowpass", fs=fs, output="sos")
    wave = signal.sosfiltfilt(sos, ppg)
    slope = np.gradient(wave) * fs
    if np.percentile(wave, 95) - np.percentile(wave, 5) < 50.0:
        return []
    steep, _ = signal.find_peaks(slope, height=0.5 * np.percentile(slope, 99), distance=round(0.3 * fs))
    feet = []
    for at in steep:
        before = wave[max(0, at - round(0.2 * fs)) : at + 1]
        feet.append(float((at - (wave[at] - np.min(before)) * fs / slope[at]) / fs))
    return feet


def pair_beats_with_feet(r_times: list[float], foot_times: list[float]) -> list[float]:
    """Give the delay from each R wave to the first foot after it.

    Args:
        r_times: times of the R waves in s, ascending.
        foot_times: times of the feet in s, ascending.

    Returns:
        Delays in s; beats without a foot within 0.45 s are left out.
    """
    feet = np.asarray(foot_times)
    delays = []
    for beat in r_times:
        later = feet[(feet > beat + 0.05) & (feet < beat + 0.45)]
        if later.size:
            delays.append(float(later[0] - beat))
    return delays


def mean_transit_time(delays: list[float]) -> float | None:
    """Average the delays.

    Args:
        delays: delays from R wave to foot in s.

    Returns:
        Mean delay in s; none without any.
    """
    return float(np.mean(delays)) if delays else None


def r_wave_times_slope(ecg: np.ndarray, fs: float) -> list[float]:
    """Find bursts of steep slope and take the largest voltage within each."""
    steep = ndimage.uniform_filter1d(np.gradient(ndimage.gaussian_filter1d(ecg, 0.006 * fs)) ** 2, round(0.08 * fs))
    bursts, _ = signal.find_peaks(steep, height=0.3 * np.percentile(steep, 99), distance=round(0.3 * fs))
    half = round(0.05 * fs)
    smooth = ndimage.gaussian_filter1d(ecg, 0.004 * fs)
    tops = [max(0, at - half) + int(np.argmax(smooth[max(0, at - half) : at + half + 1])) for at in bursts]
    return [top / fs for top in tops]


def pulse_foot_times_bend(ppg: np.ndarray, fs: float) -> list[float]:
    """Take the sharpest upward bend, the largest second derivative, before each upstroke."""
    wave = ndimage.gaussian_filter1d(ppg, 0.016 * fs)
    if np.percentile(wave, 95) - np.percentile(wave, 5) < 50.0:
        return []
    slope = np.gradient(wave)
    bend = ndimage.gaussian_filter1d(np.gradient(slope), 0.008 * fs)
    steep, _ = signal.find_peaks(slope, height=0.5 * np.percentile(slope, 99), distance=round(0.3 * fs))
    feet = []
    for at in steep:
        start = max(0, at - round(0.15 * fs))
        feet.append((start + int(np.argmax(bend[start : at + 1]))) / fs)
    return feet


def pulse_foot_times_chord(ppg: np.ndarray, fs: float) -> list[float]:
    """Extend the line through 30 and 70 percent of each rise down to its start."""
    wave = signal.savgol_filter(ppg, 2 * round(0.025 * fs) + 1, 2)
    swing = np.percentile(wave, 95) - np.percentile(wave, 5)
    if swing < 50.0:
        return []
    tops, _ = signal.find_peaks(wave, prominence=0.5 * swing, distance=round(0.3 * fs))
    feet = []
    for top in tops:
        start = max(0, top - round(0.25 * fs))
        rise = wave[start : top + 1]
        low = start + int(np.argmin(rise))
        part = (wave[low : top + 1] - wave[low]) / (wave[top] - wave[low])
        third = np.interp(0.3, np.maximum.accumulate(part), np.arange(part.size))
        most = np.interp(0.7, np.maximum.accumulate(part), np.arange(part.size))
        feet.append(float((low + third - 0.75 * (most - third)) / fs))
    return feet


def pair_beats_with_feet_bisect(r_times: list[float], foot_times: list[float]) -> list[float]:
    """Look each foot's latest R wave up by bisection."""
    beats = sorted(r_times)
    delays = []
    for foot in sorted(foot_times):
        before = bisect.bisect_left(beats, foot - 0.05) - 1
        if before >= 0 and foot - beats[before] < 0.45:
            delays.append(foot - beats[before])
    return delays


def mean_transit_time_trimmed(delays: list[float]) -> float | None:
    """Leave out delays further than 40 ms from the median and average the rest."""
    if not delays:
        return None
    middle = float(np.median(delays))
    near = [delay for delay in delays if abs(delay - middle) <= 0.04]
    return sum(near) / len(near)


def pulse_foot_times_peaks(ppg: np.ndarray, fs: float) -> list[float]:
    """Take the tops of the pulse waves instead of their feet."""
    swing = np.percentile(ppg, 95) - np.percentile(ppg, 5)
    if swing < 50.0:
        return []
    tops, _ = signal.find_peaks(
        ndimage.gaussian_filter1d(ppg, 0.02 * fs), prominence=0.5 * swing, distance=round(0.3 * fs)
    )
    return (tops / fs).tolist()


def pair_beats_with_feet_next(r_times: list[float], foot_times: list[float]) -> list[float]:
    """Pair each foot with the R wave after it."""
    delays = []
    for foot in foot_times:
        later = [beat for beat in r_times if beat > foot]
        if later:
            delays.append(later[0] - foot)
    return delays


def mean_transit_time_typical(delays: list[float]) -> float | None:
    """Give a typical delay."""
    return 0.2 if delays else None
