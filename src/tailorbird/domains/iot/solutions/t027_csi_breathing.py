"""Right and wrong programs of T027, one function per step. Read as text, never imported."""

import numpy as np
from scipy import interpolate, ndimage, signal


def load_csi_record(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the packets of one Wi-Fi link.

    Args:
        path: NPZ with time_s (s) and csi (complex, packets x subcarriers).

    Returns:
        Times of the packets in s, shape (N,), and channel state information, shape (N, K).
    """
    with np.load(path) as data:
        return np.asarray(data["time_s"], dtype=float), np.asarray(data["csi"], dtype=np.complex128)


def even_amplitude_series(times: np.ndarray, csi: np.ndarray) -> tuple[np.ndarray, float]:
    """Turn packets into amplitude series with a constant rate.

    Args:
        times: times of the packets in s, shape (N,).
        csi: packets by subcarriers, shape (N, K).

    Returns:
        Amplitudes over their mean per packet on an even grid, shape (M, K), and its samples per second in Hz.
    """
    amplitude = np.abs(csi)
    amplitude = amplitude / amplitude.mean(axis=1, keepdims=True)
    fs = float((times.size - 1) / (times[-1] - times[0]))
    grid = np.linspace(times[0], times[-1], times.size)
    series = np.column_stack([np.interp(grid, times, column) for column in amplitude.T])
    return series, fs


def remove_slow_drift(series: np.ndarray, fs: float) -> np.ndarray:
    """Take away what changes more slowly than breath.

    Args:
        series: relative amplitudes, shape (M, K).
        fs: samples per second in Hz.

    Returns:
        Amplitudes without slow drift, shape (M, K).
    """
    place = np.linspace(-1.0, 1.0, len(series))
    basis = np.vander(place, 4)
    rest = series - basis @ np.linalg.lstsq(basis, series, rcond=None)[0]
    width = max(3, round(10.0 * fs))
    return rest - ndimage.uniform_filter1d(rest, width, axis=0)


def pooled_spectrum(steady: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Add the power spectra of all subcarriers.

    Args:
        steady: amplitudes without slow drift, shape (M, K).
        fs: samples per second in Hz.

    Returns:
        Frequencies in Hz and power, both of shape (F,).
    """
    size = 8192
    window = np.hanning(len(steady))[:, None]
    spectra = np.abs(np.fft.rfft(steady * window, size, axis=0)) ** 2
    return np.fft.rfftfreq(size, 1.0 / fs), spectra.sum(axis=1)


def breathing_line(frequencies: np.ndarray, power: np.ndarray) -> float:
    """Read the breathing rate off the pooled spectrum.

    Args:
        frequencies: frequencies in Hz, shape (F,).
        power: power at each, shape (F,).

    Returns:
        Breaths per minute; 0 where no line from 8 to 30 per minute is eight times the median from 8 to 60 per minute.
    """
    band = (frequencies >= 8.0 / 60.0) & (frequencies <= 30.0 / 60.0)
    wide = (frequencies >= 8.0 / 60.0) & (frequencies <= 1.0)
    best = int(np.argmax(power[band]))
    if power[band][best] < 8.0 * np.median(power[wide]):
        return 0.0
    return float(60.0 * frequencies[band][best])


def even_amplitude_series_logs(times: np.ndarray, csi: np.ndarray) -> tuple[np.ndarray, float]:
    """Take logarithms of the amplitudes less their mean per packet, and let SciPy interpolate all columns at once."""
    logs = np.log(np.abs(csi))
    logs = logs - logs.mean(axis=1, keepdims=True)
    step = float(np.mean(np.diff(times)))
    grid = times[0] + step * np.arange(times.size)
    grid[-1] = min(grid[-1], times[-1])
    return interpolate.make_interp_spline(times, logs, k=1)(grid), 1.0 / step


def remove_slow_drift_filter(series: np.ndarray, fs: float) -> np.ndarray:
    """Filter with a high-pass at 0.1 Hz, forward and backward."""
    sos = signal.butter(2, 0.1, btype="highpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, signal.detrend(series, axis=0), axis=0)


def pooled_spectrum_scipy(steady: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Let SciPy compute one periodogram per subcarrier."""
    total = None
    for column in steady.T:
        frequencies, power = signal.periodogram(column, fs, window="hann", nfft=8192)
        total = power if total is None else total + power
    return frequencies, total


def breathing_line_parabola(frequencies: np.ndarray, power: np.ndarray) -> float:
    """Put a parabola through the logarithms of the largest line and its neighbours."""
    inside = np.flatnonzero((frequencies >= 8.0 / 60.0) & (frequencies <= 30.0 / 60.0))
    wide = np.flatnonzero((frequencies >= 8.0 / 60.0) & (frequencies <= 1.0))
    at = inside[np.argmax(power[inside])]
    if power[at] < 8.0 * np.median(power[wide]):
        return 0.0
    left, middle, right = np.log(power[at - 1 : at + 2])
    bend = left - 2.0 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0.0 else 0.0
    return float(60.0 * (frequencies[at] + np.clip(shift, -1.0, 1.0) * (frequencies[1] - frequencies[0])))


def breathing_line_usual(frequencies: np.ndarray, power: np.ndarray) -> float:
    """Answer with 15 per minute."""
    return 15.0
