"""Right and wrong programs of T028, one function per step. Read as text, never imported."""

import numpy as np
from scipy import signal


def load_motion_records(path: str) -> tuple[np.ndarray, float, float]:
    """Read short radar records.

    Args:
        path: NPZ with iq (complex, records x samples), fs (Hz) and wavelength_m (m).

    Returns:
        Records, shape (S, N); samples per second in Hz; wavelength in m.
    """
    with np.load(path) as data:
        return np.asarray(data["iq"], dtype=np.complex128), float(data["fs"]), float(data["wavelength_m"])


def subtract_static_echo(iq: np.ndarray) -> np.ndarray:
    """Take away reflections that do not move.

    Args:
        iq: records by samples, shape (S, N).

    Returns:
        Records without their means, shape (S, N).
    """
    return iq - iq.mean(axis=1, keepdims=True)


def speed_spectra(moving: np.ndarray, fs: float, wavelength: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn each record into power over speed.

    Args:
        moving: records without static reflections, shape (S, N).
        fs: samples per second in Hz.
        wavelength: wavelength in m.

    Returns:
        Speeds in m/s, ascending, shape (F,), and power of each record at each speed, shape (S, F).
    """
    size = 4096
    spectrum = np.fft.fft(moving * np.hanning(moving.shape[1]), size, axis=1)
    speeds = np.fft.fftshift(np.fft.fftfreq(size, 1.0 / fs)) * wavelength / 2.0
    return speeds, np.abs(np.fft.fftshift(spectrum, axes=1)) ** 2


def speed_moments(speeds: np.ndarray, power: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Describe each spectrum by bulk speed and spread.

    Args:
        speeds: speeds of the lines in m/s, shape (F,).
        power: power of each record at each speed, shape (S, F).

    Returns:
        Mean speed in m/s and root mean square speed in m/s, both weighted by power above noise, shape (S,).
    """
    band = np.abs(speeds) <= 5.0
    clear = power[:, band]
    noise = np.percentile(clear, 10, axis=1, keepdims=True) if len(clear) else clear[:, :1]
    clear = np.where(clear > 70.0 * noise, clear, 0.0)
    weight = clear / np.maximum(clear.sum(axis=1, keepdims=True), 1e-300)
    return weight @ speeds[band], np.sqrt(weight @ speeds[band] ** 2)


def name_motion(bulk: np.ndarray, spread: np.ndarray) -> list[str]:
    """Decide on the class of each record.

    Args:
        bulk: mean speed in m/s, shape (S,).
        spread: root mean square speed in m/s, shape (S,).

    Returns:
        walking, waving or still for each record.
    """
    labels = np.where(np.abs(bulk) >= 0.5, "walking", np.where(spread >= 0.45, "waving", "still"))
    return labels.tolist()


def speed_spectra_short(moving: np.ndarray, fs: float, wavelength: float) -> tuple[np.ndarray, np.ndarray]:
    """Average the spectra of half-overlapping pieces of a third of a record."""
    if not len(moving):
        return np.linspace(-1.0, 1.0, 1024), np.zeros((0, 1024))
    length = moving.shape[1] // 3
    frequency, power = signal.welch(
        moving, fs, window="hann", nperseg=length, nfft=1024, detrend=False, return_onesided=False, axis=1
    )
    order = np.argsort(frequency)
    return frequency[order] * wavelength / 2.0, power[:, order]


def subtract_static_echo_high_pass(iq: np.ndarray) -> np.ndarray:
    """Take the median of I and of Q as the static part of a record, then the mean of what is left."""
    rest = iq - (np.median(iq.real, axis=1) + 1j * np.median(iq.imag, axis=1))[:, None]
    return rest - rest.sum(axis=1, keepdims=True) / rest.shape[1]


def speed_moments_loop(speeds: np.ndarray, power: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weigh the speeds of one record after the other."""
    bulk, spread = [], []
    for record in power:
        inside = np.abs(speeds) <= 5.0
        values, v = record[inside], speeds[inside]
        keep = values > 70.0 * np.quantile(values, 0.1)
        bulk.append(np.average(v[keep], weights=values[keep]))
        spread.append(np.sqrt(np.average(v[keep] ** 2, weights=values[keep])))
    return np.array(bulk, dtype=float), np.array(spread, dtype=float)


def speed_moments_averaged(speeds: np.ndarray, power: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keep lines above twelve times the fifth percentile, which is enough for averaged spectra."""
    bulk, spread = np.zeros(len(power)), np.zeros(len(power))
    for k, record in enumerate(power):
        clear = np.where(record > 12.0 * np.quantile(record, 0.05), record, 0.0)
        share = clear / max(clear.sum(), 1e-300)
        bulk[k] = np.sum(share * speeds)
        spread[k] = np.sqrt(np.sum(share * speeds**2))
    return bulk, spread


def name_motion_loop(bulk: np.ndarray, spread: np.ndarray) -> list[str]:
    """Ask one question after the other."""
    labels = []
    for mean, width in zip(bulk.tolist(), spread.tolist()):
        if abs(mean) >= 0.5:
            labels.append("walking")
        elif width >= 0.45:
            labels.append("waving")
        else:
            labels.append("still")
    return labels


def speed_moments_energy(speeds: np.ndarray, power: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rank the records by their energy and share them out among the classes."""
    rank = np.argsort(np.argsort(power.sum(axis=1))) / max(1, len(power))
    return rank - 0.16, np.where(rank > 0.33, 1.0, 0.0)
