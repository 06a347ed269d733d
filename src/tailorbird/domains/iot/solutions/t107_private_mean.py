"""Right and wrong programs of T107, one function per step. Read as text, never imported."""

import json
import math
import random

import numpy as np


def load_private_query(path: str) -> tuple[np.ndarray, float, float, float, int]:
    """Read private values and how their mean may be published.

    Args:
        path: JSON object with values, low, high, epsilon and releases.

    Returns:
        Values in kWh, shape (N,); lower and upper bound in kWh; privacy budget of one release; number of releases.
    """
    with open(path, encoding="utf-8") as file:
        query = json.load(file)
    values = np.array(query["values"], dtype=float)
    return values, query["low"], query["high"], query["epsilon"], query["releases"]


def clipped_mean(values: np.ndarray, low: float, high: float) -> float | None:
    """Take the mean of values held within their bounds.

    Args:
        values: private values in kWh, shape (N,).
        low: lower bound in kWh.
        high: upper bound in kWh.

    Returns:
        Mean in kWh; None without values.
    """
    if values.size == 0:
        return None
    return float(np.clip(values, low, high).mean())


def laplace_scale(values: np.ndarray, low: float, high: float, epsilon: float) -> float | None:
    """Compute the scale of the noise that hides one value.

    One value moves the mean by at most (high - low) / n, which divided by epsilon is the scale.

    Args:
        values: private values, shape (N,); only their number counts.
        low: lower bound in kWh.
        high: upper bound in kWh.
        epsilon: privacy budget of one release.

    Returns:
        Scale in kWh; None without values.
    """
    if len(values) == 0:
        return None
    sensitivity = (high - low) / len(values)
    return sensitivity / epsilon


def release_noisy_means(mean: float | None, scale: float | None, releases: int) -> list[float]:
    """Publish the mean again and again, each time with fresh Laplace noise.

    Args:
        mean: true mean in kWh, None for no values.
        scale: scale of the noise in kWh, None for no values.
        releases: number of releases.

    Returns:
        Released means in kWh; empty without values.
    """
    if mean is None or scale is None:
        return []
    noise = np.random.laplace(0.0, scale, releases)
    return (mean + noise).tolist()


def clipped_mean_loop(values: np.ndarray, low: float, high: float) -> float | None:
    """Hold each value within its bounds, then add up exactly."""
    held = [min(max(value, low), high) for value in values.tolist()]
    return math.fsum(held) / len(held) if held else None


def release_noisy_means_inverse(mean: float | None, scale: float | None, releases: int) -> list[float]:
    """Turn uniform numbers into Laplace noise by the inverse distribution function."""
    if mean is None or scale is None:
        return []
    released = []
    for _ in range(releases):
        place = random.random() - 0.5
        noise = -scale * math.copysign(math.log(max(1.0 - 2.0 * abs(place), 1e-300)), place)
        released.append(mean + noise)
    return released


def release_noisy_means_difference(mean: float | None, scale: float | None, releases: int) -> list[float]:
    """Use that the difference of two exponential numbers follows the Laplace law."""
    if mean is None or scale is None:
        return []
    rate = 1.0 / scale
    return [mean + random.expovariate(rate) - random.expovariate(rate) for _ in range(releases)]


def release_noisy_means_signed(mean: float | None, scale: float | None, releases: int) -> list[float]:
    """Give exponential magnitudes a random sign."""
    if mean is None or scale is None:
        return []
    size = np.random.exponential(scale, releases)
    sign = np.random.choice([-1.0, 1.0], releases)
    return list((mean + sign * size).tolist())


def clipped_mean_open(values: np.ndarray, low: float, high: float) -> float | None:
    """Take the mean of the values as they are."""
    return float(values.mean()) if values.size else None


def laplace_scale_data(values: np.ndarray, low: float, high: float, epsilon: float) -> float | None:
    """Take the range of the data for the range of the bounds."""
    if len(values) == 0:
        return None
    held = np.clip(values, low, high)
    return float(held.max() - held.min()) / len(values) / epsilon
