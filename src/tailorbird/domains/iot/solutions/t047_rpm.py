"""Right and wrong programs of T047, one function per step. Read as text, never imported."""

import numpy as np
from scipy import fft, ndimage, signal


def load_fan_hum(path: str) -> tuple[np.ndarray, float, int]:
    """Read a recording of a fan and its number of blades.

    Args:
        path: NPZ file with the arrays hum, fs (Hz) and blades.

    Returns:
        Samples, shape (N,), sampling rate in Hz, and number of blades.
    """
    with np.load(path) as data:
        return np.asarray(data["hum"], dtype=float), float(data["fs"]), int(data["blades"])


def remove_rumble(hum: np.ndarray, fs: float) -> np.ndarray:
    """Take offset and rumble out of the recording.

    Args:
        hum: samples, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Samples above 18 Hz, shape (N,), without delay.
    """
    sos = signal.butter(4, 18.0, btype="highpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, hum - hum.mean())


def blade_frequency(clean: np.ndarray, fs: float) -> float | None:
    """Find the missing fundamental of a harmonic hum.

    Args:
        clean: samples without rumble, shape (N,).
        fs: sampling rate in Hz.

    Returns:
        The frequency from 20 to 200 Hz whose harmonics 2 to 9 hold the most; None when no hum stands out.
    """
    size = 2 * fft.next_fast_len(2 * clean.size)
    spectrum = np.abs(fft.rfft(clean * np.hanning(clean.size), size))
    f0 = np.arange(20.0, 200.0, 0.02)
    total = np.zeros(f0.size)
    for harmonic in range(2, 10):
        bins = np.round(harmonic * f0 * size / fs).astype(int)
        heard = bins < spectrum.size
        total[heard] += spectrum[bins[heard]]
    best = np.argmax(total)
    if total[best] < 2.2 * np.median(total):
        return None
    return float(f0[best])


def turns_per_minute(blade_hz: float | None, blades: int) -> float | None:
    """Convert the blade frequency to a rotational speed.

    Args:
        blade_hz: blade frequency in Hz; None when there is no hum.
        blades: number of blades.

    Returns:
        Turns per minute; None when the fan is off.
    """
    if blade_hz is None:
        return None
    return 60.0 * blade_hz / blades


def blade_frequency_autocorrelation(clean: np.ndarray, fs: float) -> float | None:
    """Take the smallest lag whose autocorrelation comes close to the highest, then refine it over more periods."""
    size, finer = fft.next_fast_len(2 * clean.size), 4
    same = finer * fft.irfft(np.abs(fft.rfft(clean, size)) ** 2, finer * size)[: finer * clean.size // 2]
    same = same / (clean.size - np.arange(same.size) / finer)
    rate = finer * fs
    first, last = int(rate / 202.0), int(rate / 19.8) + 1
    top = same[first : last + 1].max()
    if top < 0.2 * same[0]:
        return None
    peaks, _ = signal.find_peaks(same[: last + 2], height=0.8 * top)
    period = float(peaks[peaks >= first][0])
    for count in range(2, int(0.35 * rate / period)):
        near = np.arange(round(count * period) - 3, round(count * period) + 4)
        period = float(near[np.argmax(same[near])]) / count
    return rate / period


def blade_frequency_difference(clean: np.ndarray, fs: float) -> float | None:
    """Look for the first deep dip of the difference function at a finer rate, then refine it over ten periods."""
    finer, rate = signal.resample(clean, 4 * clean.size), 4.0 * fs
    width, last = finer.size // 2, int(rate / 19.8) + 2
    size = fft.next_fast_len(2 * finer.size)
    products = fft.irfft(fft.rfft(finer, size) * np.conj(fft.rfft(finer[:width], size)), size)[:width]
    energy = np.concatenate([[0.0], np.cumsum(finer**2)])
    lags = np.arange(width)
    difference = energy[width] + energy[lags + width] - energy[lags] - 2.0 * products
    dip = difference / np.mean(difference)
    first = int(rate / 202.0)
    floor = dip[first : last + 1].min()
    if floor > 0.8:
        return None
    lag = first + int(np.flatnonzero(dip[first : last + 1] < floor + 0.22 * (1.0 - floor))[0])
    while lag + 1 < last and dip[lag + 1] < dip[lag]:
        lag += 1
    period = float(lag)
    for count in range(2, 11):
        near = np.arange(round(count * period) - 6, round(count * period) + 7)
        if near[-1] < width:
            period = float(near[np.argmin(difference[near])]) / count
    return rate / period


def blade_frequency_projection(clean: np.ndarray, fs: float) -> float | None:
    """Add log powers at the harmonics on a coarse grid, then fit waves of exact frequency around the winner."""
    size = 4 * fft.next_fast_len(clean.size)
    power = np.abs(fft.rfft(clean * np.hamming(clean.size), size)) ** 2
    level = np.log1p(power / np.median(power))
    f = fft.rfftfreq(size, 1.0 / fs)
    coarse = np.geomspace(20.0, 200.0, 6000)
    sums = sum(np.interp(k * coarse, f, level, right=0.0) for k in range(2, 10))
    guess = float(coarse[np.argmax(sums)])
    if sums.max() < 2.5 * np.median(sums):
        return None
    times = np.arange(clean.size) / fs
    best, found = 0.0, guess
    for candidate in np.linspace(0.996, 1.004, 9) * guess:
        orders = [k for k in range(2, 10) if k * candidate < fs / 2]
        held = sum(abs(np.exp(-2j * np.pi * k * candidate * times) @ clean) for k in orders[:3])
        if held > best:
            best, found = held, float(candidate)
    return found


def remove_rumble_average(hum: np.ndarray, fs: float) -> np.ndarray:
    """Subtract a running mean over 50 ms, twice."""
    width = 2 * round(0.025 * fs) + 1
    clean = hum - ndimage.uniform_filter1d(hum, width)
    return clean - ndimage.uniform_filter1d(clean, width)


def blade_frequency_strongest(clean: np.ndarray, fs: float) -> float | None:
    """Take the largest line for the fundamental."""
    spectrum = np.abs(np.fft.rfft(clean))
    return float(np.fft.rfftfreq(clean.size, 1.0 / fs)[np.argmax(spectrum)])


def blade_frequency_short(clean: np.ndarray, fs: float) -> float | None:
    """Sum harmonics in the spectrum of the first 256 samples."""
    spectrum = np.abs(np.fft.rfft(clean[:256]))
    bins = range(1, max(2, int(200.0 * 256 / fs)) + 1)
    sums = {k: sum(spectrum[h * k] for h in range(2, 10) if h * k < 129) for k in bins}
    return max(sums, key=sums.get) * fs / 256
