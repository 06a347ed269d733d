"""Right and wrong programs of T105, one function per step. Read as text, never imported."""

import numpy as np


def load_two_loggers(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Read two logged streams and their time step from a CSV file.

    Args:
        path: CSV with a header and the columns time (s), a and b; a missing cell is empty.

    Returns:
        Both streams, shape (N,), gaps filled by straight lines, and the time step in s.
    """
    table = np.genfromtxt(path, delimiter=",", names=True)
    rows = np.arange(table.size)
    filled = []
    for name in ("a", "b"):
        values = np.asarray(table[name], dtype=float)
        known = ~np.isnan(values)
        filled.append(np.interp(rows, rows[known], values[known]))
    return filled[0], filled[1], float(np.median(np.diff(table["time"])))


def remove_level_and_trend(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Free two streams of offset and linear trend.

    Args:
        a: first stream, shape (N,).
        b: second stream, shape (N,).

    Returns:
        Both streams less the straight line that fits best, shape (N,).
    """
    rows = np.arange(a.size)
    flat_a = a - np.polyval(np.polyfit(rows, a, 1), rows)
    flat_b = b - np.polyval(np.polyfit(rows, b, 1), rows)
    return flat_a, flat_b


def correlate_loggers(flat_a: np.ndarray, flat_b: np.ndarray) -> int | None:
    """Find the lag at which two streams agree best.

    Args:
        flat_a: first stream around 0, shape (N,).
        flat_b: second stream around 0, shape (N,).

    Returns:
        Rows by which the second stream is late; None when one has no variation.
    """
    if min(np.std(flat_a), np.std(flat_b)) < 1e-9:
        return None
    score = np.correlate(flat_b, flat_a, mode="full")
    return int(np.argmax(score)) - (flat_a.size - 1)


def lag_to_seconds(lag_samples: int | None, step: float) -> float | None:
    """Express a lag in seconds.

    Args:
        lag_samples: lag in rows, or None.
        step: time between two rows in s.

    Returns:
        Lag in s; None stays None.
    """
    return None if lag_samples is None else lag_samples * step


def correlate_by_fourier(flat_a: np.ndarray, flat_b: np.ndarray) -> int | None:
    """Correlate by Fourier transforms, padded to twice the length."""
    if np.ptp(flat_a) < 1e-8 or np.ptp(flat_b) < 1e-8:
        return None
    size = 2 * flat_a.size
    product = np.conj(np.fft.rfft(flat_a, size)) * np.fft.rfft(flat_b, size)
    at = int(np.argmax(np.fft.irfft(product, size)))
    return at - size if at >= flat_a.size else at


def take_differences(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take first differences, whose mean is the trend."""
    step_a, step_b = np.diff(a), np.diff(b)
    return step_a - step_a.mean(), step_b - step_b.mean()


def correlate_overlaps(flat_a: np.ndarray, flat_b: np.ndarray) -> int | None:
    """Compare the correlation coefficients of the overlaps at every lag up to 62 % of the record."""
    if flat_a.std() < 1e-9 or flat_b.std() < 1e-9:
        return None
    size = flat_a.size
    best, lag = -2.0, None
    for k in range(-int(0.62 * size), int(0.62 * size) + 1):
        left = flat_a[max(0, -k) : size - max(0, k)]
        right = flat_b[max(0, k) : size + min(0, k)]
        left, right = left - left.mean(), right - right.mean()
        score = float(left @ right) / float(np.sqrt((left @ left) * (right @ right)))
        if score > best:
            best, lag = score, k
    return lag


def correlate_not(flat_a: np.ndarray, flat_b: np.ndarray) -> int | None:
    """Take the loggers to be aligned."""
    return 0


def leave_as_is(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Leave the streams as they are."""
    return a, b


def remove_mean_only(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Subtract the mean only."""
    return a - a.mean(), b - b.mean()


def correlate_circular(flat_a: np.ndarray, flat_b: np.ndarray) -> int | None:
    """Correlate by Fourier transforms of the record's own length."""
    if min(np.std(flat_a), np.std(flat_b)) < 1e-9:
        return None
    score = np.fft.ifft(np.conj(np.fft.fft(flat_a)) * np.fft.fft(flat_b)).real
    at = int(np.argmax(score))
    return at - flat_a.size if at > flat_a.size // 2 else at


def load_without_gaps(path: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Cut missing cells out of each stream."""
    table = np.genfromtxt(path, delimiter=",", names=True)
    a, b = table["a"][~np.isnan(table["a"])], table["b"][~np.isnan(table["b"])]
    size = min(a.size, b.size)
    return a[:size], b[:size], float(np.median(np.diff(table["time"])))
