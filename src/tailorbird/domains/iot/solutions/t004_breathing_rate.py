"""Right and wrong programs of T004, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import ndimage, signal


def load_chest_belt(path: str) -> tuple[np.ndarray, float]:
    """Read the stretch of a chest belt and its sampling rate.

    Args:
        path: JSON object with fs (Hz) and belt (counts).

    Returns:
        Belt stretch in counts, shape (N,), and the sampling rate in Hz.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    return np.array(data["belt"], dtype=float), float(data["fs"])


def remove_posture_steps(belt: np.ndarray) -> np.ndarray:
    """Remove sudden jumps from a belt signal.

    Args:
        belt: belt stretch in counts, shape (N,).

    Returns:
        The same without jumps, in counts, shape (N,).
    """
    change = np.diff(belt, prepend=belt[0])
    limit = 5.0 * np.median(np.abs(change)) + 1.0
    change[np.abs(change) > limit] = 0.0
    return belt[0] + np.cumsum(change)


def breathing_band(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Keep the frequencies at which people breathe.

    Args:
        levelled: belt stretch without steps in counts, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Breathing movement around zero in counts, shape (N,).
    """
    sos = signal.butter(2, (0.07, 1.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, levelled)


def estimate_breathing_rate(breaths: np.ndarray, fs: float) -> float:
    """Give the mean breathing rate of a band-passed belt signal.

    Args:
        breaths: breathing movement around zero in counts, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Breaths per minute; 0 without breathing.
    """
    if np.std(breaths) < 4.0:
        return 0.0
    size = 8 * breaths.size
    power = np.abs(np.fft.rfft(breaths * np.hanning(breaths.size), size)) ** 2
    freqs = np.fft.rfftfreq(size, 1.0 / fs)
    usual = (freqs >= 5 / 60) & (freqs <= 42 / 60)
    return float(60.0 * freqs[usual][np.argmax(power[usual])])


def estimate_breathing_rate_crossings(breaths: np.ndarray, fs: float) -> float:
    """Divide the number of breaths between the first and the last upward crossing by the time between them."""
    if np.std(breaths) < 4.0:
        return 0.0
    limit = 0.3 * np.std(breaths)
    crossings = []
    armed = False
    for index, value in enumerate(breaths):
        if value < -limit:
            armed = True
        elif armed and value > limit:
            crossings.append(index / fs)
            armed = False
    return 60.0 * (len(crossings) - 1) / (crossings[-1] - crossings[0])


def estimate_breathing_rate_autocorrelation(breaths: np.ndarray, fs: float) -> float:
    """Find the lag at which the signal is most like itself, then refine it at a multiple of that lag."""
    if np.std(breaths) < 4.0:
        return 0.0
    size = breaths.size
    spectrum = np.fft.rfft(breaths, 2 * size)
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)[:size] / np.arange(size, 0, -1)
    shortest, longest = int(60 / 42 * fs), int(60 / 5 * fs)
    peaks, _ = signal.find_peaks(likeness[: longest + 2], height=0.6 * likeness[0])
    lag = float(peaks[peaks >= shortest - 1][0])
    for many in (2, 4):
        centre, reach = round(many * lag), max(1, round(0.2 * lag))
        start = centre - reach
        lag = float(start + np.argmax(likeness[start : centre + reach + 1])) / many
    return float(60.0 * fs / lag)


def remove_posture_steps_loop(belt: np.ndarray) -> np.ndarray:
    """Carry the height of all jumps so far along and take it off every sample."""
    changes = np.abs(np.diff(belt))
    limit = 5.0 * float(np.median(changes)) + 1.0
    levelled = [float(belt[0])]
    shift = 0.0
    for before, after in zip(belt[:-1], belt[1:]):
        jump = after - before
        if abs(jump) > limit:
            shift += jump
        levelled.append(float(after - shift))
    return np.array(levelled)


def breathing_band_means(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Fit and remove a slow curve, then smooth over a third of a second."""
    times = np.linspace(-1.0, 1.0, levelled.size)
    slow = np.polynomial.Chebyshev.fit(times, levelled, 5)(times)
    return ndimage.uniform_filter1d(levelled - slow, max(1, round(0.35 * fs)))


def estimate_breathing_rate_constant(breaths: np.ndarray, fs: float) -> float:
    """Give the usual rate of an adult."""
    return 15.0


def remove_posture_steps_not(belt: np.ndarray) -> np.ndarray:
    """Leave the jumps in."""
    return belt


def breathing_band_mean_only(levelled: np.ndarray, fs: float) -> np.ndarray:
    """Subtract the mean and leave the rest."""
    return levelled - np.mean(levelled)


def estimate_breathing_rate_double(breaths: np.ndarray, fs: float) -> float:
    """Count every change of sign as a breath."""
    if np.std(breaths) < 4.0:
        return 0.0
    changes = np.count_nonzero(np.diff(np.signbit(breaths)))
    return 60.0 * changes / (breaths.size / fs)


def estimate_breathing_rate_unbounded(breaths: np.ndarray, fs: float) -> float:
    """Take the strongest line of the whole spectrum, however slow."""
    if np.std(breaths) < 4.0:
        return 0.0
    power = np.abs(np.fft.rfft(breaths)) ** 2
    freqs = np.fft.rfftfreq(breaths.size, 1.0 / fs)
    return float(60.0 * freqs[1 + np.argmax(power[1:])])
