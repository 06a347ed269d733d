"""Right and wrong programs of T082, one function per step. Read as text, never imported."""

import math

import numpy as np


def load_echo_burst(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read a burst with echoes and its training symbols.

    Args:
        path: NPZ with iq and training, both complex.

    Returns:
        Samples, shape (N,), one per symbol and five more, and known symbols, shape (T,).
    """
    with np.load(path) as held:
        return held["iq"].astype(complex), held["training"].astype(complex)


def window_around_symbols(iq: np.ndarray) -> np.ndarray:
    """Collect the samples around each symbol that an equaliser may combine.

    Args:
        iq: samples, one per symbol and five more, shape (N,).

    Returns:
        One row of 13 samples per symbol, scaled to a mean power of 1, shape (N - 5, 13).
    """
    before, after = 5, 7
    level = np.sqrt(np.mean(np.abs(iq) ** 2))
    padded = np.pad(iq / level, (before, after))
    return np.lib.stride_tricks.sliding_window_view(padded, before + 1 + after)[: iq.size - 5]


def adapt_equaliser(windows: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Equalise symbol by symbol with weights that keep learning.

    Args:
        windows: samples around each symbol, shape (S, 13).
        training: known symbols at the start, shape (T,).

    Returns:
        Equalised symbols, shape (S,).
    """
    forget = 0.97
    taps = windows.shape[1]
    weights = np.zeros(taps, dtype=complex)
    inverse = 100.0 * np.eye(taps, dtype=complex)
    equalised = np.zeros(len(windows), dtype=complex)
    for k, row in enumerate(windows):
        estimate = equalised[k] = weights @ row
        nearest = (np.copysign(1, estimate.real) + 1j * np.copysign(1, estimate.imag)) / math.sqrt(2)
        wanted = training[k] if k < training.size else nearest
        gain = inverse @ row.conj()
        gain = gain / (forget + row @ gain)
        weights = weights + gain * (wanted - estimate)
        inverse = (inverse - np.outer(gain, row @ inverse)) / forget
    return equalised


def read_data_bits(equalised: np.ndarray, training: np.ndarray) -> list[int]:
    """Decide the bits of the data symbols.

    Args:
        equalised: equalised symbols, the training included, shape (S,).
        training: known symbols at the start, shape (T,).

    Returns:
        Bits 0 or 1, two per data symbol.
    """
    data = equalised[training.size :]
    return np.stack((data.real < 0, data.imag < 0), axis=-1).astype(int).ravel().tolist()


def adapt_equaliser_blocks(windows: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Solve for the weights anew every ten symbols, from the last sixty known or decided ones."""
    count, taps = windows.shape
    symbols = np.zeros(count, dtype=complex)
    symbols[: training.size] = training
    equalised = symbols.copy()
    for start in range(training.size, count, 10):
        past = slice(max(0, start - 60), start)
        rows = windows[past]
        normal = rows.conj().T @ rows + 0.05 * np.eye(taps)
        weights = np.linalg.solve(normal, rows.conj().T @ symbols[past])
        part = windows[start : start + 10] @ weights
        equalised[start : start + 10] = part
        symbols[start : start + 10] = (np.where(part.real < 0, -1, 1) + 1j * np.where(part.imag < 0, -1, 1)) / np.sqrt(
            2
        )
    return equalised


def adapt_equaliser_feedback(windows: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Combine the samples from the symbol on with the five symbols decided before it, by recursive least squares."""
    future = windows[:, 5:]
    size = future.shape[1] + 5
    weights = np.zeros(size, dtype=complex)
    inverse = np.eye(size, dtype=complex) * 100.0
    past = np.zeros(5, dtype=complex)
    equalised = np.zeros(len(windows), dtype=complex)
    for k in range(len(windows)):
        row = np.concatenate([future[k], past])
        value = complex(weights @ row)
        equalised[k] = value
        known = (
            complex(training[k])
            if k < len(training)
            else complex(1 if value.real >= 0 else -1, 1 if value.imag >= 0 else -1) / math.sqrt(2)
        )
        step = inverse @ row.conj()
        step /= 0.96 + row @ step
        weights += step * (known - value)
        inverse = (inverse - np.outer(step, row @ inverse)) / 0.96
        past = np.append(known, past[:-1])
    return equalised


def window_around_symbols_list(iq: np.ndarray) -> np.ndarray:
    """Build each row sample by sample, with zeros where the burst has not begun or has ended."""
    samples = iq.tolist()
    level = math.sqrt(sum(abs(sample) ** 2 for sample in samples) / len(samples))
    extended = [0j] * 5 + [sample / level for sample in samples] + [0j] * 7
    return np.array([extended[k : k + 13] for k in range(len(samples) - 5)])


def read_data_bits_loop(equalised: np.ndarray, training: np.ndarray) -> list[int]:
    """Append two bits for each symbol behind the training."""
    bits = []
    for symbol in equalised[len(training) :].tolist():
        bits.append(1 if symbol.real < 0 else 0)
        bits.append(1 if symbol.imag < 0 else 0)
    return bits


def adapt_equaliser_kalman(windows: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Track the weights as the state of a Kalman filter that takes small random steps."""
    count, taps = windows.shape
    state = np.zeros(taps, dtype=complex)
    spread = 10.0 * np.eye(taps, dtype=complex)
    walk = 3e-4 * np.eye(taps)
    equalised = np.empty(count, dtype=complex)
    for k in range(count):
        spread = spread + walk
        row = windows[k]
        equalised[k] = row @ state
        if k < training.size:
            symbol = training[k]
        else:
            symbol = (1 - 2 * (equalised[k].real < 0) + 1j * (1 - 2 * (equalised[k].imag < 0))) / math.sqrt(2)
        cross = spread @ row.conj()
        gain = cross / ((row @ cross).real + 0.02)
        state = state + gain * (symbol - equalised[k])
        spread = spread - np.outer(gain, cross.conj())
    return equalised


def adapt_equaliser_gain(windows: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Divide the sample of the main path by one gain that fits the training."""
    main = windows[:, 6]
    gain = np.vdot(training, main[: training.size])
    return main / gain


def adapt_equaliser_steep(windows: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Take plain gradient steps of a fixed large size."""
    weights = np.zeros(windows.shape[1], dtype=complex)
    equalised = np.zeros(len(windows), dtype=complex)
    for k, row in enumerate(windows):
        estimate = equalised[k] = weights @ row
        nearest = (np.copysign(1, estimate.real) + 1j * np.copysign(1, estimate.imag)) / math.sqrt(2)
        wanted = training[k] if k < training.size else nearest
        weights = np.clip((weights + 0.2 * row.conj() * (wanted - estimate)).view(float), -1e6, 1e6).view(complex)
    return equalised
