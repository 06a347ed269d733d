"""Right and wrong programs of T041, one function per step. Read as text, never imported."""

import wave

import numpy as np
from scipy import fft, signal


def load_microphone_pair(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read both channels of a 16-bit stereo WAV file.

    Args:
        path: WAV file with two channels.

    Returns:
        Samples of the left and of the right channel from -1 to 1, each of shape (N,).
    """
    with wave.open(path, "rb") as file:
        data = file.readframes(file.getnframes())
    pairs = np.frombuffer(data, dtype="<i2").reshape(-1, 2) / 32768.0
    return pairs[:, 0], pairs[:, 1]


def phase_transform_correlation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Correlate two channels with every frequency weighted alike.

    Args:
        left: samples of the left microphone, shape (N,).
        right: samples of the right microphone, shape (N,).

    Returns:
        Value at the lags -60 to 60, shape (121,); positive lags where the right channel is later.
    """
    size = fft.next_fast_len(left.size + right.size, real=True)
    cross = np.conj(fft.rfft(left, size)) * fft.rfft(right, size)
    whole = fft.irfft(cross / np.maximum(np.abs(cross), 1e-12), size)
    return np.concatenate([whole[-60:], whole[:61]])


def read_delay(correlation: np.ndarray) -> int | None:
    """Turn the largest value of the correlation into a delay.

    Args:
        correlation: value at the lags -60 to 60, shape (121,).

    Returns:
        Delay of the right channel in samples; None when the correlation is zero throughout.
    """
    if not np.any(correlation):
        return None
    return int(np.argmax(correlation)) - 60


def phase_transform_correlation_welch(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Average the cross spectrum over half-overlapping blocks of 1024 samples before the phase transform."""
    _, cross = signal.csd(left, right, nperseg=1024, nfft=2048, detrend=False, return_onesided=False)
    whole = np.real(fft.ifft(cross / np.maximum(np.abs(cross), 1e-15)))
    return np.concatenate([whole[-60:], whole[:61]])


def phase_transform_correlation_products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Give each channel a flat spectrum, then sum the products at every lag."""
    flat = []
    for channel in (left, right):
        spectrum = np.fft.rfft(np.concatenate([channel, np.zeros(channel.size)]))
        flat.append(np.fft.irfft(spectrum / np.maximum(np.abs(spectrum), 1e-12), 2 * channel.size))
    values = []
    for lag in range(-60, 61):
        shifted = np.roll(flat[1], -lag)
        values.append(float(flat[0] @ shifted))
    return np.array(values)


def phase_transform_correlation_scot(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Divide the cross spectrum by the root of both smoothed power spectra."""
    size = fft.next_fast_len(2 * left.size, real=True)
    a, b = fft.rfft(left, size), fft.rfft(right, size)
    bell = np.hanning(11) / np.hanning(11).sum()
    power_a = np.convolve(np.abs(a) ** 2, bell, mode="same")
    power_b = np.convolve(np.abs(b) ** 2, bell, mode="same")
    whole = fft.irfft(np.conj(a) * b / np.sqrt(np.maximum(power_a * power_b, 1e-20)), size)
    return np.concatenate([whole[-60:], whole[:61]])


def read_delay_loop(correlation: np.ndarray) -> int | None:
    """Walk through the lags and remember the best one."""
    best, delay = 0.0, None
    for lag, value in zip(range(-60, 61), correlation.tolist()):
        if value > best:
            best, delay = value, lag
    return delay


def read_delay_zero(correlation: np.ndarray) -> int | None:
    """Claim that both microphones hear the sound at once."""
    return 0


def phase_transform_correlation_plain(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Correlate without weights."""
    whole = signal.correlate(right, left, mode="full")
    middle = left.size - 1
    return whole[middle - 60 : middle + 61]
