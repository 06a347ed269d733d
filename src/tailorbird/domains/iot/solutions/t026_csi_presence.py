"""Right and wrong programs of T026, one function per step. Read as text, never imported."""

import math
import statistics

import numpy as np


def load_csi_windows(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read windows of channel state information and the calibration recording.

    Args:
        path: NPZ with csi (windows x packets x subcarriers) and empty (packets x subcarriers), both complex.

    Returns:
        Windows, shape (W, T, K), and packets of the empty room, shape (S, K).
    """
    with np.load(path) as data:
        return np.asarray(data["csi"], dtype=np.complex128), np.asarray(data["empty"], dtype=np.complex128)


def normalise_csi_amplitudes(csi: np.ndarray, empty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take away phase and gain of each packet.

    Args:
        csi: windows by packets by subcarriers, shape (W, T, K).
        empty: packets of the empty room by subcarriers, shape (S, K).

    Returns:
        Amplitudes over their mean per packet, shape (W, T, K), and the same of the empty room, shape (S, K).
    """
    amplitude, calm = np.abs(csi), np.abs(empty)
    shapes = amplitude / amplitude.mean(axis=-1, keepdims=True)
    empty_shapes = calm / calm.mean(axis=-1, keepdims=True)
    return shapes, empty_shapes


def motion_scores(shapes: np.ndarray, empty_shapes: np.ndarray) -> tuple[np.ndarray, float]:
    """Measure how much the channel fluctuates in each window.

    Args:
        shapes: normalised amplitudes, windows by packets by subcarriers, shape (W, T, K).
        empty_shapes: normalised amplitudes of the empty room, shape (S, K).

    Returns:
        Mean over the subcarriers of the standard deviation over time, shape (W,), and that of the empty room.
    """
    scores = shapes.std(axis=1).mean(axis=1)
    return scores, float(empty_shapes.std(axis=0).mean())


def decide_motion(scores: np.ndarray, calm: float) -> list[bool]:
    """Compare each window with the empty room.

    Args:
        scores: fluctuation of each window, shape (W,).
        calm: fluctuation of the empty room.

    Returns:
        Whether somebody moves, one per window.
    """
    return (scores > 1.7 * calm).tolist()


def motion_scores_loop(shapes: np.ndarray, empty_shapes: np.ndarray) -> tuple[np.ndarray, float]:
    """Take the spread of one window and one subcarrier after the other."""

    def spread(packets: np.ndarray) -> float:
        columns = packets.T.tolist()
        return statistics.fmean(math.sqrt(statistics.pvariance(column)) for column in columns)

    return np.array([spread(window) for window in shapes[:, ::2]], dtype=float), spread(empty_shapes[::2])


def normalise_csi_amplitudes_power(csi: np.ndarray, empty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide the amplitudes of each packet by their root mean square."""
    found = []
    for block in (csi, empty):
        power = np.mean(np.abs(block) ** 2, axis=-1, keepdims=True)
        found.append(np.abs(block) / np.sqrt(power))
    return found[0], found[1]


def motion_scores_differences(shapes: np.ndarray, empty_shapes: np.ndarray) -> tuple[np.ndarray, float]:
    """Score by the median over subcarriers of the mean absolute deviation from the mean over time."""
    apart = np.abs(shapes - shapes.mean(axis=1, keepdims=True)).mean(axis=1)
    calm = np.abs(empty_shapes - empty_shapes.mean(axis=0)).mean(axis=0)
    return apart.mean(axis=1), float(calm.mean())


def decide_motion_decibels(scores: np.ndarray, calm: float) -> list[bool]:
    """Demand 5 dB above the empty room."""
    return [20.0 * math.log10(score / calm) > 5.0 for score in scores.tolist()]


def motion_scores_component(shapes: np.ndarray, empty_shapes: np.ndarray) -> tuple[np.ndarray, float]:
    """Take the total spread from the singular values of the centred packets."""
    scores = []
    for packets in [*shapes, empty_shapes]:
        values = np.linalg.svd(packets - packets.mean(axis=0), compute_uv=False)
        scores.append(np.sqrt(np.sum(values**2) / packets.size))
    return np.array(scores[:-1], dtype=float), float(scores[-1])


def decide_motion_always(scores: np.ndarray, calm: float) -> list[bool]:
    """Report motion in every window."""
    return [True] * len(scores)


def normalise_csi_amplitudes_phase(csi: np.ndarray, empty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the raw phases."""
    return np.angle(csi), np.angle(empty)
