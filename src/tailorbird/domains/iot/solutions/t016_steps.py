"""Right and wrong programs of T016, one function per step. Read as text, never imported."""

import numpy as np
from scipy import fft, signal


def load_acceleration(path: str) -> tuple[np.ndarray, float]:
    """Read three axes of acceleration and their sampling rate from a CSV file.

    Args:
        path: CSV with a header and the columns time (s), ax, ay, az (m/s²).

    Returns:
        Acceleration in m/s², shape (N, 3), and the sampling rate in Hz, 0 below two rows.
    """
    with open(path, encoding="utf-8") as file:
        rows = [[float(cell) for cell in line.split(",")] for line in file.readlines()[1:] if line.strip()]
    table = np.array(rows, dtype=float).reshape(-1, 4)
    fs = float((len(table) - 1) / (table[-1, 0] - table[0, 0])) if len(table) > 1 else 0.0
    return table[:, 1:], fs


def vertical_motion(acc: np.ndarray, fs: float) -> np.ndarray:
    """Give the up and down motion in the band of walking, whatever the orientation of the phone.

    Args:
        acc: acceleration in m/s², shape (N, 3), gravity included.
        fs: sampling rate in Hz.

    Returns:
        Vertical acceleration between 0.8 and 3 Hz in m/s², shape (N,).
    """
    if len(acc) < 2 * fs or fs == 0.0:
        return np.zeros(len(acc))
    gravity = acc.mean(axis=0)
    vertical = acc @ (gravity / np.linalg.norm(gravity))
    sos = signal.butter(3, (0.8, 3.0), btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, vertical - vertical.mean())


def count_steps(motion: np.ndarray, fs: float) -> int:
    """Count the steps in the vertical motion of a walking person.

    Args:
        motion: vertical acceleration between 0.8 and 3 Hz in m/s², shape (N,).
        fs: sampling rate in Hz.

    Returns:
        Number of steps; 0 where nobody walks.
    """
    if motion.size == 0 or fs == 0.0:
        return 0
    height = max(0.5, 0.35 * float(np.percentile(motion, 97)))
    peaks, _ = signal.find_peaks(motion, height=height, distance=max(1, round(0.3 * fs)))
    steps, run = 0, []
    for at in [*peaks.tolist(), np.inf]:
        if run and at - run[-1] > 1.1 * fs:
            steps += len(run) if len(run) >= 6 else 0
            run = []
        run.append(at)
    return int(steps)


def count_steps_phase(motion: np.ndarray, fs: float) -> int:
    """Add up the phase of the analytic signal wherever its envelope stays high for seconds."""
    if motion.size == 0 or fs == 0.0:
        return 0
    analytic = signal.hilbert(motion)
    width = max(1, round(0.6 * fs))
    envelope = np.convolve(np.abs(analytic), np.ones(width) / width, mode="same")
    active = envelope > max(0.6, 0.38 * np.percentile(envelope, 90))
    phase = np.unwrap(np.angle(analytic))
    edges = np.flatnonzero(np.diff(np.r_[0, active.astype(int), 0]))
    steps = 0
    for start, end in edges.reshape(-1, 2):
        cycles = (phase[end - 1] - phase[start]) / (2 * np.pi)
        if end - start > 2.8 * fs and cycles > 5:
            steps += round(cycles)
    return int(steps)


def count_steps_crossings(motion: np.ndarray, fs: float) -> int:
    """Count rises through zero that go on to a high level, in runs of several."""
    if motion.size == 0 or fs == 0.0:
        return 0
    level = max(0.5, 0.35 * float(np.percentile(motion, 97)))
    ready, rises = True, []
    for at, value in enumerate(motion.tolist()):
        if ready and value > level:
            rises.append(at)
            ready = False
        elif value < 0.0:
            ready = True
    steps, length = 0, 1
    for k in range(1, len(rises) + 1):
        if k < len(rises) and rises[k] - rises[k - 1] <= 1.1 * fs:
            length += 1
            continue
        steps += length if length >= 6 else 0
        length = 1
    return steps


def vertical_motion_magnitude(acc: np.ndarray, fs: float) -> np.ndarray:
    """Length of the vector, filtered by weights on its spectrum."""
    if len(acc) < 2 * fs or fs == 0.0:
        return np.zeros(len(acc))
    length = np.sqrt((acc**2).sum(axis=1))
    spectrum = fft.rfft(length - length.mean())
    frequency = fft.rfftfreq(length.size, 1.0 / fs)
    weight = 1.0 / (1.0 + (frequency / 2.9) ** 8) * (1.0 - np.exp(-((frequency / 0.8) ** 4)))
    return fft.irfft(spectrum * weight, length.size)


def vertical_motion_z(acc: np.ndarray, fs: float) -> np.ndarray:
    """The z axis without its mean."""
    return acc[:, 2] - acc[:, 2].mean() if len(acc) else np.zeros(0)


def count_steps_rises(motion: np.ndarray, fs: float) -> int:
    """Every rise above 1 m/s² is a step."""
    above = motion > 1.0
    return int(np.count_nonzero(above[1:] & ~above[:-1]))


def vertical_motion_wide(acc: np.ndarray, fs: float) -> np.ndarray:
    """Length of the vector without its mean, no upper limit of frequency."""
    length = np.linalg.norm(acc, axis=1)
    return length - length.mean() if length.size else length


def count_steps_all(motion: np.ndarray, fs: float) -> int:
    """Count every peak that stands out, heel and toe alike."""
    peaks, _ = signal.find_peaks(motion, prominence=1.0)
    return len(peaks)


def load_acceleration_100(path: str) -> tuple[np.ndarray, float]:
    """Read the axes and take 100 Hz for granted."""
    with open(path, encoding="utf-8") as file:
        rows = [[float(cell) for cell in line.split(",")] for line in file.readlines()[1:] if line.strip()]
    return np.array(rows, dtype=float).reshape(-1, 4)[:, 1:], 100.0


def count_steps_both(motion: np.ndarray, fs: float) -> int:
    """Count zero crossings of both directions."""
    return int(np.count_nonzero(np.diff(np.sign(motion))))
