"""Right and wrong programs of T075, one function per step. Read as text, never imported."""

import cmath
import math

import numpy as np


def load_repeated_preamble(path: str) -> tuple[np.ndarray, int, int, float]:
    """Read a preamble made of repeats, with its layout.

    Args:
        path: NPZ with iq (complex), period (samples), fft_size and sample_rate (Hz).

    Returns:
        Samples, shape (N,), period in samples, number of subcarriers, sample rate in Hz.
    """
    with np.load(path) as held:
        iq = held["iq"].astype(complex)
        return iq, int(held["period"]), int(held["fft_size"]), float(held["sample_rate"])


def phase_per_period(iq: np.ndarray, period: int) -> float:
    """Measure by how much the phase advances from one repeat to the next.

    Args:
        iq: complex baseband samples, shape (N,).
        period: length of one repeat in samples.

    Returns:
        Phase advance per period in rad, -pi to pi; 0 for silence.
    """
    product = np.sum(np.conj(iq[:-period]) * iq[period:])
    return float(np.angle(product))


def scale_carrier_offset(advance: float, period: int, fft_size: int, sample_rate: float) -> tuple[float, float]:
    """Turn a phase advance per period into an offset in subcarriers and in Hz.

    Args:
        advance: phase advance per period in rad.
        period: length of one repeat in samples.
        fft_size: number of subcarriers.
        sample_rate: samples per second in Hz.

    Returns:
        Offset in subcarrier spacings and in Hz.
    """
    offset = advance * fft_size / (2.0 * math.pi * period)
    return offset, offset * sample_rate / fft_size


def counter_rotate_samples(iq: np.ndarray, offset_subcarriers: float, fft_size: int) -> tuple[list[float], list[float]]:
    """Remove a carrier offset from samples.

    Args:
        iq: complex baseband samples, shape (N,).
        offset_subcarriers: offset in subcarrier spacings.
        fft_size: number of subcarriers.

    Returns:
        Real and imaginary parts of the corrected samples.
    """
    n = np.arange(iq.size)
    corrected = iq * np.exp(-2j * np.pi * offset_subcarriers * n / fft_size)
    return corrected.real.tolist(), corrected.imag.tolist()


def phase_per_period_slope(iq: np.ndarray, period: int) -> float:
    """Start from neighbouring repeats, then refine with correlations over longer distances."""
    rows = iq.reshape(-1, period)
    advance = float(np.angle(np.vdot(rows[:-1], rows[1:])))
    top = weight = 0.0
    for gap in range(1, len(rows) // 2 + 1):
        product = complex(np.vdot(rows[:-gap], rows[gap:])) * cmath.exp(-1j * gap * advance)
        top += gap * abs(product) * cmath.phase(product)
        weight += gap * gap * abs(product)
    return advance + (top / weight if weight else 0.0)


def phase_per_period_spectrum(iq: np.ndarray, period: int) -> float:
    """Add the power spectra taken across the repeats and refine the highest point by a parabola."""
    rows = iq.reshape(-1, period)
    bins = 4096
    power = np.sum(np.abs(np.fft.fft(rows, bins, axis=0)) ** 2, axis=1)
    if power.max() == 0.0:
        return 0.0
    top = int(np.argmax(power))
    left, mid, right = power[top - 1], power[top], power[(top + 1) % bins]
    shift = 0.5 * (left - right) / (left - 2.0 * mid + right)
    turns = (top + shift) / bins
    return float(2.0 * np.pi * (turns - round(turns)))


def phase_per_period_loop(iq: np.ndarray, period: int) -> float:
    """Add the products of each sample with the one a period earlier, one after the other."""
    samples = iq.tolist()
    total = 0j
    for early, late in zip(samples, samples[period:]):
        total += late * early.conjugate()
    return math.atan2(total.imag, total.real)


def counter_rotate_samples_loop(
    iq: np.ndarray, offset_subcarriers: float, fft_size: int
) -> tuple[list[float], list[float]]:
    """Turn each sample back by the angle it has gathered."""
    step = 2.0 * math.pi * offset_subcarriers / fft_size
    real, imag = [], []
    for n, sample in enumerate(iq.tolist()):
        turned = sample * cmath.rect(1.0, -step * n)
        real.append(turned.real)
        imag.append(turned.imag)
    return real, imag


def scale_carrier_offset_hertz(advance: float, period: int, fft_size: int, sample_rate: float) -> tuple[float, float]:
    """Divide turns per period by the duration of a period, then by the subcarrier spacing."""
    duration = period / sample_rate
    hertz = advance / (2.0 * math.pi) / duration
    spacing = sample_rate / fft_size
    return hertz / spacing, hertz


def phase_per_period_neighbours(iq: np.ndarray, period: int) -> float:
    """Take the mean phase step from sample to sample times the period."""
    step = float(np.angle(np.sum(np.conj(iq[:-1]) * iq[1:])))
    return step * period
