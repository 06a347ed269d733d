"""Right and wrong programs of T081, one function per step. Read as text, never imported."""

import numpy as np


def load_amplifier_records(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Read what went into and came out of an amplifier, the gain wanted, and the signal to prepare.

    Args:
        path: NPZ with pa_in, pa_out, gain and iq, all complex.

    Returns:
        Input and output of the amplifier, shape (N,), gain, shape (1,), signal to prepare, shape (M,).
    """
    with np.load(path) as held:
        names = ("pa_in", "pa_out", "gain", "iq")
        sent, heard, gain, wanted = (np.atleast_1d(held[name]).astype(complex) for name in names)
    return sent, heard, gain, wanted


def divide_by_gain(heard: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Bring the output of the amplifier to the level and phase of its input.

    Args:
        heard: output of the amplifier, shape (N,).
        gain: complex gain wanted, shape (1,).

    Returns:
        Output over gain, shape (N,).
    """
    return heard / gain[0]


def fit_inverse_model(sent: np.ndarray, scaled: np.ndarray) -> np.ndarray:
    """Fit a memory polynomial that turns the output of the amplifier back into its input.

    Args:
        sent: input of the amplifier, shape (N,).
        scaled: output over gain, shape (N,).

    Returns:
        Weights of orders 1, 3, 5 with delays 0 to 2 each, shape (9,).
    """
    columns = []
    for order in (1, 3, 5):
        term = scaled * np.abs(scaled) ** (order - 1)
        for delay in range(3):
            columns.append(np.concatenate([np.zeros(delay), term[: term.size - delay]]))
    weights, *_ = np.linalg.lstsq(np.stack(columns, axis=1), sent, rcond=None)
    return weights


def predistort_signal(wanted: np.ndarray, weights: np.ndarray) -> tuple[list[float], list[float]]:
    """Send a signal through the inverse model.

    Args:
        wanted: signal to prepare, shape (M,).
        weights: orders 1, 3, 5 with delays 0 to 2 each, shape (9,).

    Returns:
        Real and imaginary parts of the predistorted signal.
    """
    table = weights.reshape(3, 3)
    prepared = np.zeros(wanted.size, dtype=complex)
    for row, order in zip(table, (1, 3, 5)):
        term = wanted * np.abs(wanted) ** (order - 1)
        prepared += np.convolve(term, row)[: wanted.size] if wanted.size else 0
    return prepared.real.tolist(), prepared.imag.tolist()


def fit_inverse_model_normal(sent: np.ndarray, scaled: np.ndarray) -> np.ndarray:
    """Solve the normal equations with a trace of regularisation."""
    history = np.stack([scaled, np.r_[0, scaled[:-1]], np.r_[0, 0, scaled[:-2]]])
    power = np.abs(history) ** 2
    rows = np.concatenate([history, history * power, history * power**2])
    normal = rows.conj() @ rows.T
    normal += 1e-9 * np.trace(normal).real * np.eye(9)
    return np.linalg.solve(normal, rows.conj() @ sent)


def fit_inverse_model_forward(sent: np.ndarray, scaled: np.ndarray) -> np.ndarray:
    """Fit the amplifier itself instead of its inverse, for a predistorter that solves for its input."""
    delayed = [np.concatenate([np.zeros(k), sent])[: sent.size] for k in range(3)]
    basis = np.array([value * np.abs(value) ** (order - 1) for order in (1, 3, 5) for value in delayed]).T
    return np.linalg.lstsq(basis, scaled, rcond=None)[0]


def predistort_signal_iterated(wanted: np.ndarray, weights: np.ndarray) -> tuple[list[float], list[float]]:
    """Correct the input again and again by what the modelled amplifier still gets wrong."""
    prepared = wanted.copy()
    for _ in range(10 if wanted.size else 0):
        modelled = np.zeros(wanted.size, dtype=complex)
        for place, order in enumerate((1, 3, 5)):
            term = prepared * np.abs(prepared) ** (order - 1)
            modelled += np.convolve(term, weights[3 * place : 3 * place + 3])[: wanted.size]
        prepared = prepared + (wanted - modelled)
    return prepared.real.tolist(), prepared.imag.tolist()


def predistort_signal_loop(wanted: np.ndarray, weights: np.ndarray) -> tuple[list[float], list[float]]:
    """Add up the nine terms of every sample in plain Python."""
    values = wanted.tolist()
    factors = weights.tolist()
    real, imag = [], []
    for n in range(len(values)):
        total = 0j
        for delay in range(min(n, 2) + 1):
            value = values[n - delay]
            power = abs(value) ** 2
            total += value * (factors[delay] + factors[3 + delay] * power + factors[6 + delay] * power * power)
        real.append(total.real)
        imag.append(total.imag)
    return real, imag


def predistort_signal_identity(wanted: np.ndarray, weights: np.ndarray) -> tuple[list[float], list[float]]:
    """Leave the signal as it is."""
    return wanted.real.tolist(), wanted.imag.tolist()
