"""Right and wrong programs of T040, one function per step. Read as text, never imported."""

import numpy as np
from scipy import fft, ndimage, signal


def load_vibration(path: str) -> tuple[np.ndarray, float]:
    """Read an acceleration record and its sampling rate.

    Args:
        path: NPZ file with the arrays acc (m/s2) and fs (Hz).

    Returns:
        Acceleration in m/s2, shape (N,), and the sampling rate in Hz.
    """
    with np.load(path) as data:
        acc = np.asarray(data["acc"], dtype=float)
        fs = float(data["fs"])
    return acc, fs


def isolate_ringing(acc: np.ndarray, fs: float) -> np.ndarray:
    """Keep the band in which the impacts ring.

    Args:
        acc: acceleration in m/s2, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Acceleration between 2 and 5 kHz in m/s2, shape (N,), without delay.
    """
    sos = signal.butter(4, (2000.0, 5000.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, acc)


def vibration_envelope(ringing: np.ndarray, fs: float) -> np.ndarray:
    """Compute the envelope of the ringing, without its mean.

    Args:
        ringing: band-passed acceleration in m/s2, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Magnitude of the analytic signal less its mean in m/s2, shape (N,).
    """
    length = fft.next_fast_len(ringing.size)
    envelope = np.abs(signal.hilbert(ringing, length))[: ringing.size]
    return envelope - envelope.mean()


def impact_rate(envelope: np.ndarray, fs: float) -> float | None:
    """Find the frequency at which the envelope repeats.

    Args:
        envelope: envelope less its mean in m/s2, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Frequency of the largest line between 40 and 250 Hz; None when none stands out.
    """
    size = 2 * fft.next_fast_len(2 * envelope.size)
    spectrum = np.abs(fft.rfft(envelope * np.hanning(envelope.size), size))
    f = np.fft.rfftfreq(size, 1.0 / fs)
    inside = np.flatnonzero((f >= 40.0) & (f <= 250.0))
    top = inside[np.argmax(spectrum[inside])]
    if spectrum[top] < 6.0 * np.median(spectrum[inside]):
        return None
    return float(f[top])


def vibration_envelope_square(ringing: np.ndarray, fs: float) -> np.ndarray:
    """Square the ringing, smooth it over half a millisecond and take the root."""
    power = ndimage.uniform_filter1d(ringing**2, max(1, round(0.0005 * fs)))
    envelope = np.sqrt(np.maximum(power, 0.0))
    return envelope - np.mean(envelope)


def impact_rate_autocorrelation(envelope: np.ndarray, fs: float) -> float | None:
    """Follow the peak of the autocorrelation over more and more periods, each time refining the period."""
    size = fft.next_fast_len(2 * envelope.size)
    power = np.abs(fft.rfft(envelope, size)) ** 2
    power[fft.rfftfreq(size, 1.0 / fs) > 600.0] = 0.0
    power[fft.rfftfreq(size, 1.0 / fs) < 35.0] = 0.0
    same = fft.irfft(power, size)[: envelope.size]
    first, last = int(fs / 250.0), int(fs / 40.0)
    lag = first + int(np.argmax(same[first : last + 1]))
    for divisor in (4, 3, 2):
        shorter = lag // divisor
        if shorter >= first:
            near = np.arange(int(0.95 * shorter), int(1.05 * shorter) + 2)
            if same[near].max() > 0.8 * same[lag]:
                lag = int(near[np.argmax(same[near])])
                break
    if same[lag] < 0.3 * same[0]:
        return None
    period = float(lag)
    for count in range(2, int(0.6 * envelope.size / lag)):
        middle, reach = count * period, max(2, int(0.2 * lag))
        near = np.arange(max(1, int(middle) - reach), int(middle) + reach + 1)
        period += 0.5 * (near[np.argmax(same[near])] / count - period)
    return float(fs / period)


def isolate_ringing_spectrum(acc: np.ndarray, fs: float) -> np.ndarray:
    """Blank everything outside 2 to 5 kHz in the spectrum."""
    size = fft.next_fast_len(acc.size)
    spectrum = fft.rfft(acc * signal.windows.tukey(acc.size, 0.02), size)
    f = fft.rfftfreq(size, 1.0 / fs)
    spectrum[(f < 2000.0) | (f > 5000.0)] = 0.0
    return fft.irfft(spectrum, size)[: acc.size]


def isolate_ringing_none(acc: np.ndarray, fs: float) -> np.ndarray:
    """Leave the acceleration as it is."""
    return acc


def vibration_envelope_none(ringing: np.ndarray, fs: float) -> np.ndarray:
    """Leave the ringing as it is, less its mean."""
    return ringing - ringing.mean()


def impact_rate_raw(envelope: np.ndarray, fs: float) -> float | None:
    """Take the largest line of the whole spectrum."""
    spectrum = np.abs(np.fft.rfft(envelope))
    return float(np.fft.rfftfreq(envelope.size, 1.0 / fs)[np.argmax(spectrum)])
