"""Right and wrong programs of T067, one function per step. Read as text, never imported."""

import numpy as np
from scipy import ndimage, signal


def load_bearing_windows(path: str) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    """Read vibration windows with the impact rate of each.

    Args:
        path: NPZ with windows (m/s2), rate (Hz), speed (1/min), per_turn (impacts per turn) and band (Hz).

    Returns:
        Acceleration in m/s2, shape (W, N); sampling rate in Hz; impact rate in Hz, shape (W,); band in Hz, shape (2,).
    """
    with np.load(path) as data:
        windows = data["windows"].astype(float)
        impact_hz = data["speed"] / 60.0 * float(data["per_turn"])
        return windows, float(data["rate"]), impact_hz, data["band"].astype(float)


def resonance_envelope(windows: np.ndarray, rate: float, band: np.ndarray) -> np.ndarray:
    """Find the envelope of the resonance in each window.

    Args:
        windows: acceleration in m/s2, shape (W, N).
        rate: sampling rate in Hz.
        band: lowest and highest frequency of the resonance in Hz, shape (2,).

    Returns:
        Magnitude of the analytic band-passed signal in m/s2, shape (W, N).
    """
    sos = signal.butter(4, band, btype="bandpass", fs=rate, output="sos")
    ringing = signal.sosfiltfilt(sos, windows, axis=1)
    return np.abs(signal.hilbert(ringing, axis=1))


def impact_energy(envelope: np.ndarray, rate: float, impact_hz: np.ndarray) -> np.ndarray:
    """Measure how far the impact rate stands out of the envelope spectrum.

    Args:
        envelope: envelope of the resonance in m/s2, shape (W, N).
        rate: sampling rate in Hz.
        impact_hz: impacts per second in each window, Hz, shape (W,).

    Returns:
        Power at the impact rate and twice it over the median power around, shape (W,).
    """
    count = envelope.shape[1]
    taper = np.hanning(count)
    power = np.abs(np.fft.rfft((envelope - envelope.mean(axis=1, keepdims=True)) * taper, axis=1)) ** 2
    freqs = np.fft.rfftfreq(count, 1.0 / rate)
    energy = np.zeros(len(envelope))
    for row, line in enumerate(impact_hz):
        around = np.median(power[row, (freqs > 0.4 * line) & (freqs < 3.0 * line)])
        for multiple in (1, 2):
            near = np.abs(freqs - multiple * line) <= 1.2 * freqs[1] + 0.01 * multiple * line
            energy[row] += power[row, near].max() / around
    return energy


def smooth_health_index(energy: np.ndarray) -> list[float]:
    """Free the index of single outliers.

    Args:
        energy: fault energy of each window, shape (W,).

    Returns:
        Logarithm of the energy after a running median over five and a running mean over three windows.
    """
    smooth = ndimage.median_filter(np.log(energy), size=5, mode="nearest")
    smooth = ndimage.uniform_filter1d(smooth, size=3, mode="nearest")
    return smooth.tolist()


def raise_health_alarm(index: list[float]) -> int | None:
    """Find the window at which the index has clearly risen.

    Args:
        index: smoothed index, one per window; windows 0 to 9 are healthy.

    Returns:
        First of three windows in a row above the healthy level; None when there are none.
    """
    values = np.asarray(index)
    healthy = values[:10]
    above = values > healthy.mean() + max(4.0 * healthy.std(), 1.2)
    for start in range(10, len(values) - 2):
        if above[start : start + 3].all():
            return int(start)
    return None


def resonance_envelope_spectrum(windows: np.ndarray, rate: float, band: np.ndarray) -> np.ndarray:
    """Keep only the positive bins inside the band, which gives the analytic signal at once."""
    spectrum = np.fft.fft(windows, axis=1)
    freqs = np.fft.fftfreq(windows.shape[1], 1.0 / rate)
    spectrum[:, (freqs < band[0]) | (freqs > band[1])] = 0.0
    return np.abs(2.0 * np.fft.ifft(spectrum, axis=1))


def impact_energy_sines(envelope: np.ndarray, rate: float, impact_hz: np.ndarray) -> np.ndarray:
    """Correlate with complex sines at the lines and at frequencies between them."""
    count = envelope.shape[1]
    times = np.arange(count) / rate
    centred = (envelope - envelope.mean(axis=1, keepdims=True)) * np.hanning(count)
    energy = np.zeros(len(envelope))
    for row, line in enumerate(impact_hz):
        shifts = np.linspace(-0.012, 0.012, 3)
        places = np.concatenate([1 + shifts, 2 + 2 * shifts, np.linspace(0.5, 0.8, 6), np.linspace(1.2, 1.8, 10)])
        power = np.abs(np.exp(-2j * np.pi * line * places[:, None] * times) @ centred[row]) ** 2
        energy[row] = (power[:3].max() + power[3:6].max()) / np.median(power[6:])
    return energy


def smooth_health_index_loop(energy: np.ndarray) -> list[float]:
    """Running median over seven windows, shortened at the ends."""
    logs = np.log(energy)
    return [float(np.median(logs[max(0, at - 3) : at + 4])) for at in range(len(logs))]


def raise_health_alarm_loop(index: list[float]) -> int | None:
    """Count windows above the largest healthy value plus a margin."""
    limit = max(index[:10]) + 1.2
    run = 0
    for at, value in enumerate(index):
        run = run + 1 if value > limit else 0
        if run == 3:
            return at - 2
    return None


def resonance_envelope_none(windows: np.ndarray, rate: float, band: np.ndarray) -> np.ndarray:
    """Leave the windows as they are."""
    return windows


def impact_energy_rms(envelope: np.ndarray, rate: float, impact_hz: np.ndarray) -> np.ndarray:
    """Take the root mean square of each window."""
    return np.sqrt((envelope**2).mean(axis=1))


def smooth_health_index_none(energy: np.ndarray) -> list[float]:
    """Leave the index as it is."""
    return energy.tolist()


def raise_health_alarm_first(index: list[float]) -> int | None:
    """Take the first value above twice the median of the healthy windows."""
    limit = 2.0 * np.median(index[:10])
    for at, value in enumerate(index):
        if value > limit:
            return at
    return None
