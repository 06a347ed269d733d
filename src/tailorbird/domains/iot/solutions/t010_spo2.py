"""Right and wrong programs of T010, one function per step. Read as text, never imported."""

import csv

import numpy as np
from scipy import signal


def load_oximeter_channels(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read red and infrared light without ambient light, and the sampling rate.

    Args:
        path: CSV with a header and the columns time (s), red, infrared and dark (counts).

    Returns:
        Red and infrared light of the lamps alone in counts, shape (N,) each, and the sampling rate in Hz.
    """
    time, red, infrared, dark = np.loadtxt(path, delimiter=",", skiprows=1).T
    ambient = np.mean(dark)
    red, infrared = red - ambient, infrared - ambient
    fs = float((time.size - 1) / (time[-1] - time[0]))
    return red, infrared, fs


def relative_pulsation(red: np.ndarray, infrared: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the pulsation of both colours as a share of their level.

    Args:
        red: red light in counts, shape (N,).
        infrared: infrared light in counts, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Red and infrared pulsation over level, without unit, shape (N,) each; zeros without a finger.
    """
    if np.mean(infrared) < 10_000:
        return np.zeros(red.size), np.zeros(red.size)
    sos = signal.butter(2, (0.6, 5.0), btype="bandpass", fs=fs, output="sos")
    red_pulse = signal.sosfiltfilt(sos, red) / np.mean(red)
    infrared_pulse = signal.sosfiltfilt(sos, infrared) / np.mean(infrared)
    return red_pulse, infrared_pulse


def ratio_of_ratios(red_pulse: np.ndarray, infrared_pulse: np.ndarray) -> float | None:
    """Compare the relative pulsation of red with that of infrared.

    Args:
        red_pulse: red pulsation over level, shape (N,).
        infrared_pulse: infrared pulsation over level, shape (N,).

    Returns:
        Ratio without unit; none when nothing pulses.
    """
    power = float(infrared_pulse @ infrared_pulse)
    if power == 0.0:
        return None
    return float(red_pulse @ infrared_pulse) / power


def saturation_from_ratio(ratio: float | None) -> float | None:
    """Map the ratio of ratios to oxygen saturation.

    Args:
        ratio: ratio of ratios, none without a finger.

    Returns:
        Oxygen saturation in percent, none without a finger.
    """
    return None if ratio is None else 110.0 - 25.0 * ratio


def ratio_of_ratios_spread(red_pulse: np.ndarray, infrared_pulse: np.ndarray) -> float | None:
    """Divide the standard deviations of the two pulsations."""
    spread = np.std(infrared_pulse)
    return float(np.std(red_pulse) / spread) if spread > 0 else None


def relative_pulsation_logarithm(red: np.ndarray, infrared: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Band-pass the logarithm of the light: small changes of it are relative changes of the light."""
    if min(np.mean(red), np.mean(infrared)) < 10_000:
        return np.zeros(red.size), np.zeros(red.size)
    sos = signal.butter(2, (0.6, 5.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, np.log(red)), signal.sosfiltfilt(sos, np.log(infrared))


def ratio_of_ratios_swing(red_pulse: np.ndarray, infrared_pulse: np.ndarray) -> float | None:
    """Cut the record at upward crossings of the infrared pulsation and compare the swings beat by beat."""
    starts = np.flatnonzero((infrared_pulse[:-1] < 0) & (infrared_pulse[1:] >= 0))
    ratios = []
    for start, end in zip(starts[:-1], starts[1:]):
        wide = np.ptp(infrared_pulse[start:end])
        if wide > np.std(infrared_pulse):
            ratios.append(float(np.ptp(red_pulse[start:end]) / wide))
    return float(np.median(ratios)) if ratios else None


def load_oximeter_channels_rows(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read row by row and subtract the dark level averaged over the record."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ambient = sum(float(row["dark"]) for row in rows) / len(rows)
    red = np.array([float(row["red"]) - ambient for row in rows])
    infrared = np.array([float(row["infrared"]) - ambient for row in rows])
    seconds = float(rows[-1]["time"]) - float(rows[0]["time"])
    return red, infrared, (len(rows) - 1) / seconds


def saturation_from_ratio_constant(ratio: float | None) -> float | None:
    """Give the saturation of a healthy person."""
    return None if ratio is None else 97.0


def relative_pulsation_counts(red: np.ndarray, infrared: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Band-pass both colours and leave them in counts."""
    if np.mean(infrared) < 10_000:
        return np.zeros(red.size), np.zeros(red.size)
    sos = signal.butter(2, (0.6, 5.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, red), signal.sosfiltfilt(sos, infrared)


def relative_pulsation_range(red: np.ndarray, infrared: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Divide the deviation from the mean by the mean, drift and all."""
    if np.mean(infrared) < 10_000:
        return np.zeros(red.size), np.zeros(red.size)
    return red / np.mean(red) - 1.0, infrared / np.mean(infrared) - 1.0
