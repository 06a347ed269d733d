"""Right and wrong programs of T073, one function per step. Read as text, never imported."""

import cmath
import math

import numpy as np


def load_ofdm_burst(path: str) -> tuple[np.ndarray, np.ndarray, list[int], int, int]:
    """Read a multicarrier burst and its layout.

    Args:
        path: NPZ with iq, pilot (complex), carriers (FFT bins), fft_size and prefix (samples).

    Returns:
        Samples, shape (S,), pilot values, shape (K,), used bins, symbol size and prefix length in samples.
    """
    with np.load(path) as held:
        iq = held["iq"].astype(complex)
        pilot = held["pilot"].astype(complex)
        return iq, pilot, held["carriers"].tolist(), int(held["fft_size"]), int(held["prefix"])


def cut_ofdm_symbols(iq: np.ndarray, fft_size: int, prefix: int) -> np.ndarray:
    """Cut the burst into symbols and remove the prefixes.

    Args:
        iq: samples, shape (S,).
        fft_size: samples of a symbol without prefix.
        prefix: samples of the prefix.

    Returns:
        Time samples, one row per symbol, shape (M, fft_size).
    """
    length = prefix + fft_size
    count = iq.size // length
    return iq[: count * length].reshape(count, length)[:, prefix:]


def transform_carriers(symbols: np.ndarray, carriers: list[int]) -> np.ndarray:
    """Get the complex value of every used carrier in every symbol.

    Args:
        symbols: time samples, one row per symbol, shape (M, F).
        carriers: FFT bins in use.

    Returns:
        Carrier values, one row per symbol, shape (M, K).
    """
    return np.fft.fft(symbols, axis=1)[:, carriers]


def equalise_with_pilot(spectra: np.ndarray, pilot: np.ndarray) -> np.ndarray:
    """Remove the channel from the data symbols with the help of the pilot symbol.

    Args:
        spectra: received carriers, one row per symbol, the pilot first, shape (M, K).
        pilot: values sent in the first symbol, shape (K,).

    Returns:
        Equalised data points, shape (M - 1, K).
    """
    channel = spectra[0] / pilot
    return spectra[1:] / channel


def slice_qpsk_bits(points: np.ndarray) -> list[int]:
    """Decide the two bits of each equalised point.

    Args:
        points: equalised data points, shape (D, K).

    Returns:
        Bits 0 or 1, row by row, two per point.
    """
    points = np.asarray(points)
    pairs = np.stack((points.real < 0, points.imag < 0), axis=-1)
    return pairs.astype(int).ravel().tolist()


def equalise_with_pilot_refined(spectra: np.ndarray, pilot: np.ndarray) -> np.ndarray:
    """Decide once with the pilot's estimate, then estimate the channel again from all decided symbols."""
    channel = spectra[0] / pilot
    rough = spectra[1:] / channel
    decided = (np.sign(rough.real) + 1j * np.sign(rough.imag)) / math.sqrt(2)
    known = np.concatenate([pilot[None, :], decided])
    better = np.sum(spectra * known.conj(), axis=0) / np.sum(np.abs(known) ** 2, axis=0)
    return spectra[1:] / better


def equalise_with_pilot_conjugate(spectra: np.ndarray, pilot: np.ndarray) -> np.ndarray:
    """Turn each carrier back by multiplying with the conjugate of its channel factor."""
    channel = spectra[0] * np.conj(pilot)
    return spectra[1:] * np.conj(channel)


def slice_qpsk_bits_quadrant(points: np.ndarray) -> list[int]:
    """Number the quadrants by the angle and look the bit pairs up."""
    table = ((0, 0), (1, 0), (1, 1), (0, 1))
    quadrants = np.floor(np.angle(points.ravel()) / (np.pi / 2)).astype(int) % 4
    return [bit for quadrant in quadrants.tolist() for bit in table[quadrant]]


def cut_ofdm_symbols_loop(iq: np.ndarray, fft_size: int, prefix: int) -> np.ndarray:
    """Walk through the burst symbol by symbol and skip each prefix."""
    rows = []
    at = prefix
    while at + fft_size <= len(iq):
        rows.append(iq[at : at + fft_size])
        at += fft_size + prefix
    return np.array(rows)


def transform_carriers_matrix(symbols: np.ndarray, carriers: list[int]) -> np.ndarray:
    """Multiply with the columns of the Fourier matrix that belong to the used bins."""
    size = symbols.shape[1]
    kernel = np.exp(-2j * np.pi * np.outer(np.arange(size), carriers) / size)
    return symbols @ kernel


def slice_qpsk_bits_nearest(points: np.ndarray) -> list[int]:
    """Choose for each point the closest direction of the four and append its two bits."""
    ideal = {(a, b): complex(1 - 2 * a, 1 - 2 * b) / math.sqrt(2) for a in (0, 1) for b in (0, 1)}
    bits: list[int] = []
    for point in points.ravel().tolist():
        unit = cmath.rect(1.0, cmath.phase(point))
        first, second = min(ideal, key=lambda pair: abs(unit - ideal[pair]))
        bits += [first, second]
    return bits


def cut_ofdm_symbols_short(iq: np.ndarray, fft_size: int, prefix: int) -> np.ndarray:
    """Step from symbol to symbol with a prefix that is one sample too short."""
    count = iq.size // (fft_size + prefix)
    step = fft_size + prefix - 1
    return np.stack([iq[prefix + k * step : prefix + k * step + fft_size] for k in range(count)])
