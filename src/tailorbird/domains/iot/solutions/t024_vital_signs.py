"""Right and wrong programs of T024, one function per step. Read as text, never imported."""

import numpy as np
from scipy import signal


def load_slow_time(path: str) -> tuple[np.ndarray, float, float]:
    """Read the slow-time samples of one range cell.

    Args:
        path: NPZ with iq (complex), fs (Hz) and wavelength_mm (mm).

    Returns:
        Samples, shape (N,); samples per second in Hz; wavelength in mm.
    """
    with np.load(path) as data:
        return np.asarray(data["iq"], dtype=np.complex128), float(data["fs"]), float(data["wavelength_mm"])


def remove_static_clutter(iq: np.ndarray) -> np.ndarray:
    """Take away the constant that walls add to the echo, the centre of a circle fitted after Kasa.

    Args:
        iq: slow-time samples, shape (N,).

    Returns:
        Samples around the centre of their circle, shape (N,).
    """
    x, y = iq.real, iq.imag
    matrix = np.column_stack([x, y, np.ones(x.size)])
    solution = np.linalg.lstsq(matrix, x**2 + y**2, rcond=None)[0]
    centre = solution[0] / 2.0 + 0.5j * solution[1]
    return iq - centre


def chest_displacement(echo: np.ndarray, wavelength: float) -> np.ndarray:
    """Turn the phase of the echo into movement, d = phase wavelength / (4 pi).

    Args:
        echo: samples with the static part taken away, shape (N,).
        wavelength: wavelength in mm.

    Returns:
        Movement of the chest in mm without linear trend, shape (N,).
    """
    phase = np.unwrap(np.angle(echo))
    return signal.detrend(phase * wavelength / (4.0 * np.pi))


def breathing_rate(displacement: np.ndarray, fs: float) -> float:
    """Find the breathing rate in the movement of the chest.

    Args:
        displacement: movement of the chest in mm, shape (N,).
        fs: samples per second in Hz.

    Returns:
        Breaths per minute; 0 where no movement of 0.5 mm lies between 0.1 and 0.5 Hz.
    """
    window = np.hanning(displacement.size)
    size = 8 * displacement.size
    amplitude = 2.0 * np.abs(np.fft.rfft(displacement * window, size)) / window.sum()
    frequency = np.fft.rfftfreq(size, 1.0 / fs)
    amplitude[(frequency < 0.1) | (frequency > 0.5)] = 0.0
    best = int(np.argmax(amplitude))
    return float(60.0 * frequency[best]) if amplitude[best] >= 0.5 else 0.0


def heart_rate_beside_breathing(displacement: np.ndarray, fs: float, breaths_per_min: float) -> float:
    """Find the heart rate among the harmonics of the breath.

    Args:
        displacement: movement of the chest in mm, shape (N,).
        fs: samples per second in Hz.
        breaths_per_min: breathing rate per minute, 0 for none.

    Returns:
        Beats per minute, from the strongest line from 0.75 to 2.1 Hz that is no multiple of the breathing rate.
    """
    size = 8 * displacement.size
    amplitude = np.abs(np.fft.rfft(displacement * np.hanning(displacement.size), size))
    frequency = np.fft.rfftfreq(size, 1.0 / fs)
    amplitude[(frequency < 0.75) | (frequency > 2.1)] = 0.0
    if breaths_per_min > 0.0:
        breath = breaths_per_min / 60.0
        distance = np.abs(frequency - breath * np.round(frequency / breath))
        amplitude[distance < 0.04] = 0.0
    return float(60.0 * frequency[np.argmax(amplitude)])


def remove_static_clutter_taubin(iq: np.ndarray) -> np.ndarray:
    """Fit the circle after Taubin, by a singular value decomposition of centred coordinates."""
    middle = iq.mean()
    x, y = (iq - middle).real, (iq - middle).imag
    square = x**2 + y**2
    mean = square.mean()
    scaled = (square - mean) / (2.0 * np.sqrt(mean))
    _, _, rows = np.linalg.svd(np.column_stack([scaled, x, y]), full_matrices=False)
    a, b, c = rows[-1]
    a = a / (2.0 * np.sqrt(mean))
    return iq - (middle - (b + 1j * c) / (2.0 * a))


def chest_displacement_steps(echo: np.ndarray, wavelength: float) -> np.ndarray:
    """Sum the angles from each sample to the next and subtract the best straight line."""
    steps = np.angle(echo[1:] * np.conj(echo[:-1]))
    movement = np.concatenate([[0.0], np.cumsum(steps)]) * wavelength / (4.0 * np.pi)
    place = np.arange(movement.size)
    return movement - np.polyval(np.polyfit(place, movement, 1), place)


def breathing_rate_periodogram(displacement: np.ndarray, fs: float) -> float:
    """Let SciPy estimate the spectrum, scaled so that a line shows its mean square."""
    frequency, power = signal.periodogram(
        displacement, fs, window="hann", nfft=6 * displacement.size, scaling="spectrum"
    )
    band = (frequency >= 0.1) & (frequency <= 0.5)
    best = int(np.argmax(power[band]))
    if np.sqrt(2.0 * power[band][best]) < 0.5:
        return 0.0
    return float(60.0 * frequency[band][best])


def heart_rate_beside_breathing_fit(displacement: np.ndarray, fs: float, breaths_per_min: float) -> float:
    """Fit the harmonics of the breath for some rates near the given one, subtract the best fit, take the strongest line."""
    time = np.arange(displacement.size) / fs
    rest = displacement
    if breaths_per_min > 0.0:
        least = np.inf
        for breath in breaths_per_min / 60.0 + np.linspace(-0.002, 0.002, 9):
            turns = 2.0 * np.pi * breath * time[:, None] * np.arange(1, 8)
            basis = np.hstack([np.cos(turns), np.sin(turns)])
            residual = displacement - basis @ np.linalg.solve(basis.T @ basis, basis.T @ displacement)
            if residual @ residual < least:
                least, rest = residual @ residual, residual
    size = 6 * rest.size
    frequency = np.fft.rfftfreq(size, 1.0 / fs)
    amplitude = np.abs(np.fft.rfft(rest * np.hanning(rest.size), size))
    band = (frequency >= 0.75) & (frequency <= 2.1)
    return float(60.0 * frequency[band][np.argmax(amplitude[band])])


def remove_static_clutter_none(iq: np.ndarray) -> np.ndarray:
    """Leave the samples as they are."""
    return iq


def breathing_rate_usual(displacement: np.ndarray, fs: float) -> float:
    """Answer with 15 per minute."""
    return 15.0


def heart_rate_beside_breathing_usual(displacement: np.ndarray, fs: float, breaths_per_min: float) -> float:
    """Answer with 72 per minute."""
    return 72.0
