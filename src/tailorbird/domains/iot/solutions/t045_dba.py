"""Right and wrong programs of T045, one function per step. Read as text, never imported."""

import math
import wave

import numpy as np
from scipy import signal


def load_sound_recording(path: str) -> tuple[np.ndarray, int]:
    """Read a mono 16-bit WAV file.

    Args:
        path: WAV file.

    Returns:
        Samples from -1 to 1 of full scale, shape (N,), and the sampling rate in Hz.
    """
    with wave.open(path, "rb") as file:
        fs = file.getframerate()
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, dtype="<i2").astype(float) / 32768.0, fs


def calibrate_pressure(samples: np.ndarray, fs: int) -> np.ndarray:
    """Turn samples into sound pressure with the calibrator tone of the first second.

    Args:
        samples: share of full scale, shape (N,); the first second is a tone of 94 dB re 20 uPa.
        fs: sampling rate in Hz.

    Returns:
        Pressure after the calibrator in Pa, shape (N - fs,), without its mean.
    """
    tone, sound = samples[:fs], samples[fs:]
    scale = 20e-6 * 10.0 ** (94.0 / 20.0) / np.std(tone)
    return (sound - sound.mean()) * scale if sound.size else sound


def a_weighted_mean_square(pressure: np.ndarray, fs: int) -> float:
    """Weight the spectrum with the A curve of IEC 61672-1 and sum it up.

    Args:
        pressure: sound pressure in Pa, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Mean square of the A-weighted pressure in Pa^2; 0 without samples.
    """
    if pressure.size == 0:
        return 0.0
    f2 = np.fft.rfftfreq(pressure.size, 1.0 / fs) ** 2
    curve = 12194.217**2 * f2**2 / ((f2 + 20.598997**2) * (f2 + 12194.217**2))
    curve = curve / np.sqrt((f2 + 107.65265**2) * (f2 + 737.86223**2)) * 10.0 ** (2.0 / 20.0)
    energy = np.abs(np.fft.rfft(pressure) * curve) ** 2
    return float(2.0 * np.sum(energy) / pressure.size**2)


def sound_level(mean_square: float) -> float | None:
    """Turn a mean square pressure into a level.

    Args:
        mean_square: mean square pressure in Pa^2.

    Returns:
        Level in dB re 20 uPa; None when there is no sound at all.
    """
    if mean_square <= 0.0:
        return None
    return 10.0 * math.log10(mean_square / 20e-6**2)


def a_weighted_mean_square_iir(pressure: np.ndarray, fs: int) -> float:
    """Filter in time: analogue zeros and poles of the A curve, bilinear transform."""
    if pressure.size == 0:
        return 0.0
    poles = [-2 * math.pi * f for f in (20.598997, 20.598997, 107.65265, 737.86223, 12194.217, 12194.217)]
    gain = (2 * math.pi * 12194.217) ** 2 * 10.0 ** (2.0 / 20.0)
    sos = signal.zpk2sos(*signal.bilinear_zpk([0.0] * 4, poles, gain, fs))
    return float(np.mean(signal.sosfilt(sos, pressure) ** 2))


def a_weighted_mean_square_welch(pressure: np.ndarray, fs: int) -> float:
    """Average power spectra of one-second pieces and weight the bins in dB."""
    if pressure.size == 0:
        return 0.0
    f, density = signal.welch(pressure, fs, nperseg=min(fs, pressure.size))
    f, density = f[1:], density[1:]
    ratio = 12194**2 * f**4 / ((f**2 + 20.6**2) * (f**2 + 12194**2) * np.sqrt((f**2 + 107.7**2) * (f**2 + 737.9**2)))
    weight = 20.0 * np.log10(ratio) + 2.0
    return float(np.sum(density * 10.0 ** (weight / 10.0)) * (f[1] - f[0]))


def calibrate_pressure_lock_in(samples: np.ndarray, fs: int) -> np.ndarray:
    """Measure the calibrator by multiplication with a complex tone of 1 kHz."""
    carrier = np.exp(-2j * math.pi * 1000.0 * np.arange(fs) / fs)
    rms = math.sqrt(2.0) * abs(np.mean(samples[:fs] * carrier))
    sound = samples[fs:]
    return signal.detrend(sound, type="constant") / rms * 1.00237 if sound.size else sound


def a_weighted_mean_square_flat(pressure: np.ndarray, fs: int) -> float:
    """Leave the weighting out."""
    return float(np.mean(pressure**2)) if pressure.size else 0.0


def a_weighted_mean_square_c(pressure: np.ndarray, fs: int) -> float:
    """Weight with the C curve."""
    if pressure.size == 0:
        return 0.0
    f2 = np.fft.rfftfreq(pressure.size, 1.0 / fs) ** 2
    curve = 12194.217**2 * f2 / ((f2 + 20.598997**2) * (f2 + 12194.217**2)) * 10.0 ** (0.062 / 20.0)
    return float(2.0 * np.sum(np.abs(np.fft.rfft(pressure) * curve) ** 2) / pressure.size**2)


def a_weighted_mean_square_peak(pressure: np.ndarray, fs: int) -> float:
    """Take the square of the largest weighted pressure."""
    if pressure.size == 0:
        return 0.0
    f2 = np.fft.rfftfreq(pressure.size, 1.0 / fs) ** 2
    curve = 12194.217**2 * f2**2 / ((f2 + 20.598997**2) * (f2 + 12194.217**2))
    curve = curve / np.sqrt((f2 + 107.65265**2) * (f2 + 737.86223**2)) * 10.0 ** (2.0 / 20.0)
    return float(np.max(np.fft.irfft(np.fft.rfft(pressure) * curve, pressure.size) ** 2))
