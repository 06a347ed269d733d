"""Right and wrong programs of T104, one function per step. Read as text, never imported."""

import json
import math

import numpy as np


def load_thermometers(path: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Read the streams of several thermometers from a JSON file.

    Args:
        path: JSON object with sensors, each with unit (C, F or K), sigma and readings (null where missing).

    Returns:
        Readings in the sensors' units, shape (K, N), NaN where missing; standard deviations, shape (K,); units.
    """
    with open(path, encoding="utf-8") as file:
        sensors = json.load(file)["sensors"]
    readings = np.array([sensor["readings"] for sensor in sensors], dtype=float)
    deviations = np.array([sensor["sigma"] for sensor in sensors], dtype=float)
    return readings, deviations, [sensor["unit"] for sensor in sensors]


def convert_to_celsius(readings: np.ndarray, deviations: np.ndarray, units: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Bring thermometer readings and their standard deviations to degrees Celsius.

    Args:
        readings: readings in the sensors' units, shape (K, N), NaN where missing.
        deviations: standard deviations in the sensors' units, shape (K,).
        units: C, F or K per sensor.

    Returns:
        Readings in °C, shape (K, N), and standard deviations in °C, shape (K,).
    """
    scale = np.array([1.8 if unit == "F" else 1.0 for unit in units])
    zero = np.array([{"C": 0.0, "F": 32.0, "K": 273.15}[unit] for unit in units])
    return (readings - zero[:, None]) / scale[:, None], deviations / scale


def fuse_by_inverse_variance(celsius: np.ndarray, sigmas: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Fuse the readings of each row to the value of least variance.

    x = sum(z / sigma^2) / sum(1 / sigma^2) over the readings present; its deviation is sum(1 / sigma^2)^(-1/2).

    Args:
        celsius: readings in °C, shape (K, N), NaN where missing.
        sigmas: standard deviations in °C, shape (K,).

    Returns:
        Temperature in °C and its standard deviation in °C per row; None where every reading is missing.
    """
    present = ~np.isnan(celsius)
    weights = np.where(present, sigmas[:, None] ** -2.0, 0.0)
    known = present.any(axis=0)
    total = np.where(known, weights.sum(axis=0), 1.0)
    value = (weights * np.where(present, celsius, 0.0)).sum(axis=0) / total
    spread = 1.0 / np.sqrt(total)
    fused_c = [float(v) if ok else None for v, ok in zip(value, known)]
    sigma_c = [float(s) if ok else None for s, ok in zip(spread, known)]
    return fused_c, sigma_c


def fuse_sequentially(celsius: np.ndarray, sigmas: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Update row by row with one sensor after the other."""
    fused_c, sigma_c = [], []
    for row in celsius.T:
        mean, variance = 0.0, math.inf
        for reading, sigma in zip(row, sigmas):
            if not math.isnan(reading):
                gain = 1.0 if math.isinf(variance) else variance / (variance + sigma * sigma)
                mean += gain * (reading - mean)
                variance = sigma * sigma if gain == 1.0 else (1.0 - gain) * variance
        known = not math.isinf(variance)
        fused_c.append(float(mean) if known else None)
        sigma_c.append(math.sqrt(variance) if known else None)
    return fused_c, sigma_c


def fuse_least_squares(celsius: np.ndarray, sigmas: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Solve the whitened equations x / sigma = z / sigma of each row by least squares."""
    fused_c, sigma_c = [], []
    for row in celsius.T:
        present = np.isfinite(row)
        if not present.any():
            fused_c.append(None)
            sigma_c.append(None)
            continue
        column = (1.0 / sigmas[present])[:, None]
        solution = np.linalg.lstsq(column, row[present] / sigmas[present], rcond=None)[0]
        fused_c.append(float(solution[0]))
        sigma_c.append(float(np.linalg.inv(column.T @ column)[0, 0] ** 0.5))
    return fused_c, sigma_c


def convert_plainly(readings: np.ndarray, deviations: np.ndarray, units: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Convert sensor by sensor with one rule per unit."""
    celsius, sigmas = readings.copy(), deviations.copy()
    for index, unit in enumerate(units):
        if unit == "F":
            celsius[index] = (celsius[index] - 32.0) * 5.0 / 9.0
            sigmas[index] = sigmas[index] * 5.0 / 9.0
        elif unit == "K":
            celsius[index] -= 273.15
    return celsius, sigmas


def fuse_mean(celsius: np.ndarray, sigmas: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Take the plain mean of what is there."""
    fused_c, sigma_c = [], []
    for row in celsius.T:
        present = ~np.isnan(row)
        count = int(present.sum())
        fused_c.append(float(row[present].mean()) if count else None)
        sigma_c.append(float(np.sqrt((sigmas[present] ** 2).sum()) / count) if count else None)
    return fused_c, sigma_c


def fuse_best_only(celsius: np.ndarray, sigmas: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Take the reading of the best sensor that is present, its deviation combined as if all counted."""
    order = np.argsort(sigmas)
    fused_c, sigma_c = [], []
    for row in celsius.T:
        chosen = [float(row[i]) for i in order if not np.isnan(row[i])]
        total = sum(float(sigmas[i]) ** -2 for i in order if not np.isnan(row[i]))
        fused_c.append(chosen[0] if chosen else None)
        sigma_c.append(total**-0.5 if chosen else None)
    return fused_c, sigma_c
