"""Right and wrong programs of T074, one function per step. Read as text, never imported."""

import json
import math
from pathlib import Path

import numpy as np
from scipy.stats import norm


def load_link_sweep(path: str) -> tuple[list[float], int, int]:
    """Read what a sweep over Eb/N0 is made of.

    Args:
        path: JSON with ebn0_db (list, dB), symbols and seed.

    Returns:
        Eb/N0 of each point in dB, symbols per point, seed.
    """
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    return [float(point) for point in data["ebn0_db"]], int(data["symbols"]), int(data["seed"])


def noise_deviations(ebn0_db: list[float]) -> list[float]:
    """Compute the noise deviation per component that belongs to each Eb/N0 at symbol energy 1.

    Args:
        ebn0_db: energy per bit over noise density in dB, one per point.

    Returns:
        Standard deviation of the real and of the imaginary noise, one per point.
    """
    ratio = 10.0 ** (np.asarray(ebn0_db, dtype=float) / 10.0)
    n0 = 0.5 / ratio
    return np.sqrt(n0 / 2.0).tolist()


def count_qpsk_errors(sigmas: list[float], symbols: int, seed: int) -> tuple[list[int], list[int]]:
    """Simulate Gray-mapped QPSK at each noise level and count wrong bits.

    Args:
        sigmas: standard deviation of each noise component at symbol energy 1, one per point.
        symbols: symbols to send per point.
        seed: seed of the random source.

    Returns:
        Wrong bits and sent bits, one of each per point.
    """
    rng = np.random.default_rng(seed)
    errors = []
    for sigma in sigmas:
        sent = rng.integers(0, 2, (2, symbols))
        received = (1 - 2 * sent) * math.sqrt(0.5) + sigma * rng.standard_normal((2, symbols))
        decided = received < 0
        errors.append(int(np.count_nonzero(decided != sent)))
    return errors, [2 * symbols] * len(sigmas)


def predict_error_rates(ebn0_db: list[float]) -> list[float]:
    """Compute the theoretical bit error rate of QPSK at each Eb/N0.

    Args:
        ebn0_db: energy per bit over noise density in dB, one per point.

    Returns:
        Q(sqrt(2 Eb/N0)) of each point.
    """
    theory = []
    for point in ebn0_db:
        ratio = 10.0 ** (point / 10.0)
        theory.append(0.5 * math.erfc(math.sqrt(ratio)))
    return theory


def noise_deviations_loop(ebn0_db: list[float]) -> list[float]:
    """Derive each deviation from the signal to noise ratio per symbol, which is 3 dB above Eb/N0."""
    sigmas = []
    for point in ebn0_db:
        per_symbol = 2 * math.pow(10, point / 10)
        sigmas.append(math.sqrt(1 / per_symbol / 2))
    return sigmas


def count_qpsk_errors_nearest(sigmas: list[float], symbols: int, seed: int) -> tuple[list[int], list[int]]:
    """Decide for the constellation point with the largest projection and count differing bits by exclusive or."""
    rng = np.random.default_rng(seed)
    points = np.array([1 + 1j, -1 + 1j, 1 - 1j, -1 - 1j]) / math.sqrt(2)
    weight = np.array([0, 1, 1, 2])
    errors = []
    for sigma in sigmas:
        sent = rng.integers(0, 4, symbols)
        noise = rng.standard_normal(symbols) + 1j * rng.standard_normal(symbols)
        received = points[sent] + sigma * noise
        decided = np.argmax((received[:, None] * points.conj()).real, axis=1)
        errors.append(int(weight[sent ^ decided].sum()))
    return errors, [2 * symbols for _ in sigmas]


def count_qpsk_errors_streams(sigmas: list[float], symbols: int, seed: int) -> tuple[list[int], list[int]]:
    """Treat both bits of a symbol as antipodal signals of amplitude sqrt(1/2) and count noise that turns the sign."""
    rng = np.random.default_rng(seed)
    count = 2 * symbols
    level = np.sqrt(0.5)
    errors = []
    for sigma in sigmas:
        amplitude = np.where(rng.random(count) < 0.5, level, -level)
        errors.append(int(np.sum(amplitude * (amplitude + rng.normal(0.0, sigma, count)) < 0)))
    return errors, [count] * len(errors)


def count_qpsk_errors_angle(sigmas: list[float], symbols: int, seed: int) -> tuple[list[int], list[int]]:
    """Send one of four angles, decide by the quadrant of the received angle, look the bits up in a Gray table."""
    rng = np.random.default_rng(seed)
    gray = np.array([[0, 0], [0, 1], [1, 1], [1, 0]])
    errors, bits = [], []
    for sigma in sigmas:
        quadrant = rng.integers(0, 4, symbols)
        signal = np.exp(1j * (np.pi / 4 + np.pi / 2 * quadrant))
        received = signal + sigma * (rng.standard_normal(symbols) + 1j * rng.standard_normal(symbols))
        decided = np.floor(np.angle(received) / (np.pi / 2)).astype(int) % 4
        errors.append(int((gray[decided] != gray[quadrant]).sum()))
        bits.append(2 * symbols)
    return errors, bits


def predict_error_rates_tail(ebn0_db: list[float]) -> list[float]:
    """Take the upper tail of the normal law at sqrt(2 Eb/N0)."""
    ratio = 10.0 ** (np.asarray(ebn0_db, dtype=float) / 10.0)
    return norm.sf(np.sqrt(2.0 * ratio)).tolist()


def count_qpsk_errors_formula(sigmas: list[float], symbols: int, seed: int) -> tuple[list[int], list[int]]:
    """Multiply the theoretical rate with the number of bits."""
    rates = [0.5 * math.erfc(0.5 / sigma) for sigma in sigmas]
    return [round(rate * 2 * symbols) for rate in rates], [2 * symbols] * len(sigmas)


def count_qpsk_errors_natural(sigmas: list[float], symbols: int, seed: int) -> tuple[list[int], list[int]]:
    """Number the four angles 0 to 3 and take the numbers' binary digits as bits."""
    rng = np.random.default_rng(seed)
    weight = np.array([0, 1, 1, 2])
    errors = []
    for sigma in sigmas:
        sent = rng.integers(0, 4, symbols)
        noise = rng.standard_normal(symbols) + 1j * rng.standard_normal(symbols)
        received = np.exp(0.5j * np.pi * (sent + 0.5)) + sigma * noise
        decided = np.floor(np.angle(received) / (0.5 * np.pi)).astype(int) % 4
        errors.append(int(weight[sent ^ decided].sum()))
    return errors, [2 * symbols] * len(sigmas)
