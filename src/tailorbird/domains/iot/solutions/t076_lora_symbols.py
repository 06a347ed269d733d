"""Right and wrong programs of T076, one function per step. Read as text, never imported."""

import numpy as np
from scipy import signal


def load_iq_capture(path: str) -> tuple[np.ndarray, float, float]:
    """Read the baseband samples of a capture with their rates.

    Args:
        path: NPZ with iq (complex), bandwidth (Hz) and sample_rate (Hz).

    Returns:
        Samples, shape (N,), bandwidth in Hz, sample rate in Hz.
    """
    with np.load(path) as held:
        return held["iq"].astype(complex), float(held["bandwidth"]), float(held["sample_rate"])


def reduce_to_chips(iq: np.ndarray, bandwidth: float, sample_rate: float) -> np.ndarray:
    """Bring the capture to one sample per chip.

    Args:
        iq: complex baseband samples, shape (N,).
        bandwidth: bandwidth of the chirps in Hz.
        sample_rate: samples per second in Hz, a multiple of the bandwidth.

    Returns:
        Samples at the start of each chip, shape (C,).
    """
    per_chip = round(sample_rate / bandwidth)
    if per_chip == 1 or iq.size == 0:
        return iq
    taps = signal.firwin(32 * per_chip + 1, 1.0 / per_chip)
    return np.convolve(iq, taps, mode="same")[::per_chip]


def dechirp_symbols(chips: np.ndarray) -> np.ndarray:
    """Rate all 128 values for each received symbol.

    Args:
        chips: one sample per chip, shape (C,).

    Returns:
        Magnitudes, shape (M, 128), M = C // 128.
    """
    n = np.arange(128)
    chirp = np.exp(2j * np.pi * (n**2 / 256 - n / 2))
    blocks = chips[: chips.size // 128 * 128].reshape(-1, 128)
    return np.abs(np.fft.fft(blocks * np.conj(chirp), axis=1))


def pick_symbols(scores: np.ndarray) -> list[int]:
    """Choose the best value of each received symbol.

    Args:
        scores: one row per symbol, one column per value, shape (M, 128).

    Returns:
        Values of 0 to 127.
    """
    return np.asarray(scores).argmax(axis=1).tolist()


def reduce_to_chips_spectrum(iq: np.ndarray, bandwidth: float, sample_rate: float) -> np.ndarray:
    """Cut everything outside the bandwidth from the spectrum of the whole capture, then keep the first sample of a chip."""
    per_chip = round(sample_rate / bandwidth)
    if per_chip == 1 or iq.size == 0:
        return iq
    spectrum = np.fft.fft(iq)
    spectrum[np.abs(np.fft.fftfreq(iq.size)) > 0.5 / per_chip] = 0
    return np.fft.ifft(spectrum)[::per_chip]


def reduce_to_chips_polyphase(iq: np.ndarray, bandwidth: float, sample_rate: float) -> np.ndarray:
    """Resample with the polyphase filter of scipy."""
    per_chip = round(sample_rate / bandwidth)
    return signal.resample_poly(iq, 1, per_chip) if iq.size else iq


def dechirp_symbols_matched(chips: np.ndarray) -> np.ndarray:
    """Correlate every symbol with the base chirp turned by 0 to 127 chips."""
    n = np.arange(128)
    chirp = np.exp(1j * np.pi * (n * n / 128 - n))
    bank = np.stack([np.roll(chirp, -value) for value in range(128)])
    return np.abs(chips[: chips.size // 128 * 128].reshape(-1, 128) @ bank.conj().T)


def dechirp_symbols_tones(chips: np.ndarray) -> np.ndarray:
    """Dechirp and compare with a table of 128 tones, in power."""
    n = np.arange(128)
    down = np.exp(-1j * np.pi * n * (n / 128 - 1))
    tones = np.exp(-2j * np.pi * np.outer(n, n) / 128)
    scores = (chips[: chips.size // 128 * 128].reshape(-1, 128) * down) @ tones
    return scores.real**2 + scores.imag**2


def reduce_to_chips_sliced(iq: np.ndarray, bandwidth: float, sample_rate: float) -> np.ndarray:
    """Keep the first sample of each chip as it is."""
    return iq[:: round(sample_rate / bandwidth)]
