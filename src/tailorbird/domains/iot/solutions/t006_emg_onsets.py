"""Right and wrong programs of T006, one function per step. Read as text, never imported."""

import numpy as np
from scipy import ndimage, signal


def load_emg(path: str) -> tuple[np.ndarray, float]:
    """Read a surface electromyogram and its sampling rate.

    Args:
        path: NPZ with the arrays emg (uV) and fs (Hz).

    Returns:
        Voltage in uV, shape (N,), and the sampling rate in Hz.
    """
    with np.load(path) as data:
        return data["emg"].astype(float), float(data["fs"])


def remove_cable_motion(emg: np.ndarray, fs: float) -> np.ndarray:
    """Remove offset and slow movement from an electromyogram.

    Args:
        emg: voltage in uV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Muscle voltage around zero in uV, shape (N,).
    """
    sos = signal.butter(4, 20.0, btype="highpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, emg)


def amplitude_envelope(active: np.ndarray, fs: float) -> np.ndarray:
    """Give the amplitude of a muscle voltage over time, without delay.

    Args:
        active: muscle voltage around zero in uV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Root mean square over 60 ms around each sample in uV, shape (N,).
    """
    power = ndimage.uniform_filter1d(active**2, round(0.06 * fs), mode="nearest")
    return np.sqrt(np.maximum(power, 0.0))


def contraction_onsets(envelope: np.ndarray, fs: float) -> list[float]:
    """Find the times at which contractions begin.

    Args:
        envelope: smoothed amplitude in uV, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Times in s, ascending; empty without a contraction.
    """
    rest = np.median(envelope[: round(0.5 * fs)])
    busy = envelope > 2.2 * rest
    busy = ndimage.binary_closing(busy, np.ones(round(0.1 * fs)))
    busy = ndimage.binary_opening(busy, np.ones(round(0.15 * fs)))
    starts = np.flatnonzero(busy & ~np.roll(busy, 1))
    return [float(start / fs) for start in starts]


def amplitude_envelope_rectified(active: np.ndarray, fs: float) -> np.ndarray:
    """Rectify and low-pass forwards and backwards."""
    sos = signal.butter(2, 8.0, btype="lowpass", fs=fs, output="sos")
    return np.maximum(signal.sosfiltfilt(sos, np.abs(active)), 0.0)


def contraction_onsets_walker(envelope: np.ndarray, fs: float) -> list[float]:
    """Walk along the envelope; a contraction is confirmed after 0.1 s above, and over after 0.15 s below the limit."""
    rest = sorted(envelope[: round(0.5 * fs)].tolist())[round(0.25 * fs)]
    limit = 2.2 * rest
    onsets: list[float] = []
    start, above, below, working = 0, 0, 0, False
    for index, value in enumerate(envelope.tolist()):
        if value > limit:
            start = index if above == 0 else start
            above, below = above + 1, 0
        else:
            below += 1
            if below > 0.05 * fs:
                above = 0
            if below > 0.15 * fs:
                working = False
        if not working and above > 0.1 * fs:
            onsets.append(start / fs)
            working = True
    return onsets


def contraction_onsets_contrast(envelope: np.ndarray, fs: float) -> list[float]:
    """Compare the mean log amplitude of the 0.12 s after each sample with that of the 0.12 s before; peaks are onsets."""
    size = round(0.12 * fs)
    total = np.concatenate(([0.0], np.cumsum(np.log(envelope + 1e-6))))
    middle = np.arange(size, envelope.size - size)
    contrast = (total[middle + size] - 2 * total[middle] + total[middle - size]) / size
    peaks, _ = signal.find_peaks(contrast, height=0.75, distance=round(0.3 * fs))
    return ((peaks + size) / fs).tolist()


def remove_cable_motion_mean(emg: np.ndarray, fs: float) -> np.ndarray:
    """Subtract a moving average over 40 ms, applied twice."""
    width = round(0.04 * fs)
    slow = ndimage.uniform_filter1d(ndimage.uniform_filter1d(emg, width), width)
    return emg - slow


def remove_cable_motion_not(emg: np.ndarray, fs: float) -> np.ndarray:
    """Subtract nothing."""
    return emg


def amplitude_envelope_none(active: np.ndarray, fs: float) -> np.ndarray:
    """Take the absolute voltage itself."""
    return np.abs(active)


def contraction_onsets_crossings(envelope: np.ndarray, fs: float) -> list[float]:
    """Take every crossing of twice the median from below for an onset."""
    above = envelope > 2.0 * np.median(envelope)
    return (np.flatnonzero(above[1:] & ~above[:-1]) / fs).tolist()


def amplitude_envelope_trailing(active: np.ndarray, fs: float) -> np.ndarray:
    """Smooth the absolute voltage with a one-way low-pass of 1.5 Hz."""
    sos = signal.butter(2, 1.5, btype="lowpass", fs=fs, output="sos")
    return signal.sosfilt(sos, np.abs(active))


def contraction_onsets_centres(envelope: np.ndarray, fs: float) -> list[float]:
    """Give the middle of each contraction."""
    busy = envelope > 2.2 * np.median(envelope[: round(0.5 * fs)])
    busy = ndimage.binary_closing(busy, np.ones(round(0.1 * fs)))
    busy = ndimage.binary_opening(busy, np.ones(round(0.15 * fs)))
    labels, count = ndimage.label(busy)
    centres = ndimage.center_of_mass(busy, labels, range(1, count + 1))
    return [float(centre[0] / fs) for centre in centres]
