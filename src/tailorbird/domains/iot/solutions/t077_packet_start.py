"""Right and wrong programs of T077, one function per step. Read as text, never imported."""

import cmath
import math

import numpy as np
from scipy import signal


def load_capture_and_preamble(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read received samples and the known preamble.

    Args:
        path: NPZ with iq and preamble, both complex.

    Returns:
        Received samples, shape (N,), and preamble, shape (P,).
    """
    with np.load(path) as held:
        return held["iq"].astype(complex), held["preamble"].astype(complex)


def correlate_with_preamble(iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Correlate the samples with the preamble at every place where it fits.

    Args:
        iq: received samples, shape (N,).
        preamble: known preamble, shape (P,).

    Returns:
        Complex correlation, shape (M,), M = N - P + 1; empty when the capture is shorter than the preamble.
    """
    if iq.size < preamble.size:
        return np.zeros(0, dtype=complex)
    return np.correlate(iq, preamble, mode="valid")


def normalise_match(correlation: np.ndarray, iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Turn correlations into matches between 0 and 1 that do not depend on the level.

    Args:
        correlation: complex correlation at each place, shape (M,).
        iq: received samples, shape (N,).
        preamble: known preamble, shape (P,).

    Returns:
        Normalised match at each place, shape (M,).
    """
    if correlation.size == 0:
        return np.zeros(0)
    energy = np.convolve(np.abs(iq) ** 2, np.ones(preamble.size), mode="valid")
    norms = np.sqrt(energy) * np.linalg.norm(preamble)
    return np.abs(correlation) / np.maximum(norms, 1e-30)


def locate_packet_start(match: np.ndarray, correlation: np.ndarray) -> tuple[int, float]:
    """Decide where the packet starts, if anywhere, and with what phase.

    Args:
        match: normalised match at each place, 0 to 1, shape (M,).
        correlation: complex correlation at each place, shape (M,).

    Returns:
        Index of the first sample and phase in degrees; -1 and 0 when there is no packet.
    """
    if match.size == 0 or match.max() < 0.4:
        return -1, 0.0
    start = int(np.argmax(match))
    return start, float(np.degrees(np.angle(correlation[start])))


def correlate_with_preamble_fft(iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Convolve with the reversed conjugate preamble through the Fourier domain."""
    if iq.size < preamble.size:
        return np.zeros(0, dtype=complex)
    return signal.fftconvolve(iq, preamble[::-1].conj(), mode="valid")


def correlate_with_preamble_windows(iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Multiply the matrix of all windows with the conjugate preamble."""
    if len(iq) < len(preamble):
        return np.empty(0, dtype=complex)
    windows = np.lib.stride_tricks.sliding_window_view(iq, len(preamble))
    return windows @ np.conj(preamble)


def normalise_match_running(correlation: np.ndarray, iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Take window energies as differences of a cumulative sum."""
    if not correlation.size:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(iq.real**2 + iq.imag**2)])
    energy = total[preamble.size :] - total[: -preamble.size]
    scale = np.sum(np.abs(preamble) ** 2)
    return np.sqrt(np.abs(correlation) ** 2 / np.maximum(energy * scale, 1e-30))


def normalise_match_loop(correlation: np.ndarray, iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Add up the power of each window and divide place by place."""
    power = [abs(sample) ** 2 for sample in iq.tolist()]
    size = len(preamble)
    scale = math.sqrt(sum(abs(value) ** 2 for value in preamble.tolist()))
    match = []
    for at, value in enumerate(correlation.tolist()):
        energy = math.fsum(power[at : at + size])
        match.append(abs(value) / (scale * math.sqrt(energy)) if energy > 0 else 0.0)
    return np.array(match)


def locate_packet_start_loop(match: np.ndarray, correlation: np.ndarray) -> tuple[int, float]:
    """Walk over all places and remember the best one that reaches the limit."""
    start, best = -1, 0.4
    for at, value in enumerate(match.tolist()):
        if value >= best:
            start, best = at, value
    if start < 0:
        return -1, 0.0
    return start, math.degrees(cmath.phase(complex(correlation[start])))


def normalise_match_loudest(correlation: np.ndarray, iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Rate places by the magnitude of the sample alone."""
    level = np.abs(iq[: correlation.size])
    return level / level.max() if level.size else level


def normalise_match_raw(correlation: np.ndarray, iq: np.ndarray, preamble: np.ndarray) -> np.ndarray:
    """Rate places by the magnitude of the correlation over its largest value."""
    level = np.abs(correlation)
    return level / level.max() if level.size else level
