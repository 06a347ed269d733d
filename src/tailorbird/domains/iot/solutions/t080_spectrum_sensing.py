"""Right and wrong programs of T080, one function per step. Read as text, never imported."""

import math

import numpy as np
from scipy import special, stats


def load_sensing_windows(path: str) -> tuple[np.ndarray, float, int]:
    """Read the listening windows and the noise power.

    Args:
        path: NPZ with iq (complex, one row per window) and noise_dbm (dBm).

    Returns:
        Samples, shape (W, N), noise power per sample in dBm, samples per window N.
    """
    with np.load(path) as held:
        iq = held["iq"].astype(complex)
        return iq, float(held["noise_dbm"]), int(iq.shape[1])


def window_powers(iq: np.ndarray) -> np.ndarray:
    """Measure the mean power of each window.

    Args:
        iq: samples, one row per window, shape (W, N).

    Returns:
        Mean power of each window in mW, shape (W,).
    """
    return np.mean(np.abs(iq) ** 2, axis=1)


def false_alarm_threshold(noise_dbm: float, samples: int) -> float:
    """Compute the power that noise alone exceeds in 1 % of all windows.

    Args:
        noise_dbm: noise power per complex sample in dBm.
        samples: complex samples per window.

    Returns:
        Threshold of the mean power in mW.
    """
    noise = 10.0 ** (noise_dbm / 10.0)
    freedom = 2 * samples
    return float(noise * stats.chi2.isf(0.01, freedom) / freedom)


def decide_occupancy(powers: np.ndarray, threshold_mw: float) -> tuple[list[bool], float]:
    """Decide which windows are busy and how many.

    Args:
        powers: mean power of each window in mW, shape (W,).
        threshold_mw: mean power above which a window is busy, in mW.

    Returns:
        One decision per window, and the share of busy windows; 0 without windows.
    """
    busy = powers > threshold_mw
    return busy.tolist(), float(busy.mean()) if busy.size else 0.0


def window_powers_dot(iq: np.ndarray) -> np.ndarray:
    """Sum the squares of real and imaginary parts with one contraction each."""
    total = np.einsum("wn,wn->w", iq.real, iq.real) + np.einsum("wn,wn->w", iq.imag, iq.imag)
    return total / iq.shape[1]


def false_alarm_threshold_gamma(noise_dbm: float, samples: int) -> float:
    """Invert the regularised upper incomplete gamma function of order N."""
    mean_over_noise = special.gammainccinv(samples, 0.01) / samples
    return float(mean_over_noise * math.pow(10.0, noise_dbm / 10.0))


def false_alarm_threshold_bisect(noise_dbm: float, samples: int) -> float:
    """Halve an interval of thresholds until the exact tail of N exponential powers is 1 %."""
    low, high = 1.0, 10.0
    orders = np.arange(samples)
    factorials = special.gammaln(orders + 1.0)
    for _ in range(40):
        middle = (low + high) / 2.0
        x = samples * middle
        tail = float(np.exp(orders * math.log(x) - x - factorials).sum())
        if tail > 0.01:
            low = middle
        else:
            high = middle
    return low * 10.0 ** (noise_dbm / 10.0)


def false_alarm_threshold_cube(noise_dbm: float, samples: int) -> float:
    """Use that the cube root of chi-square over its degrees of freedom is nearly normal."""
    spread = 2.0 / (9.0 * 2.0 * samples)
    root = 1.0 - spread + 2.3263478740408408 * math.sqrt(spread)
    return 10.0 ** (noise_dbm / 10.0) * root**3


def decide_occupancy_loop(powers: np.ndarray, threshold_mw: float) -> tuple[list[bool], float]:
    """Decide window by window and count."""
    busy = []
    for power in powers.tolist():
        busy.append(power > threshold_mw)
    if not busy:
        return [], 0.0
    return busy, busy.count(True) / len(busy)


def decide_occupancy_always(powers: np.ndarray, threshold_mw: float) -> tuple[list[bool], float]:
    """Call every window busy."""
    return [True] * len(powers), 1.0 if len(powers) else 0.0


def false_alarm_threshold_gauss(noise_dbm: float, samples: int) -> float:
    """Take the mean power of noise for normal with the deviation 1 / sqrt(N)."""
    noise = 10.0 ** (noise_dbm / 10.0)
    return float(noise * (1.0 + stats.norm.isf(0.01) / math.sqrt(samples)))


def false_alarm_threshold_floor(noise_dbm: float, samples: int) -> float:
    """Take the noise power itself as the threshold."""
    return 10.0 ** (noise_dbm / 10.0)
