"""Right and wrong programs of T079, one function per step. Read as text, never imported."""

import math

import numpy as np


def load_coded_frames(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the parity-check matrix and the received frames.

    Args:
        path: NPZ with parity (0 or 1, one row per check) and llr (one row per frame).

    Returns:
        Parity-check matrix, shape (M, N), and log-likelihood ratios ln P(0)/P(1), shape (F, N).
    """
    with np.load(path) as held:
        return held["parity"].astype(np.int64), held["llr"].astype(float)


def list_check_neighbours(parity: np.ndarray) -> list[list[int]]:
    """List for every check which bits it covers.

    Args:
        parity: parity-check matrix of 0 and 1, shape (M, N).

    Returns:
        Bit numbers of each check, ascending.
    """
    return [np.flatnonzero(row).tolist() for row in parity]


def propagate_beliefs(llr: np.ndarray, neighbours: list[list[int]]) -> np.ndarray:
    """Decode frames by the sum-product algorithm.

    Args:
        llr: log-likelihood ratios ln P(0)/P(1), shape (F, N).
        neighbours: bit numbers of each check.

    Returns:
        Decided bits, shape (F, N).
    """
    bit = np.concatenate([np.array(row) for row in neighbours])
    check = np.repeat(np.arange(len(neighbours)), [len(row) for row in neighbours])
    starts = np.searchsorted(check, np.arange(len(neighbours)))
    spread = (bit[:, None] == np.arange(llr.shape[1])).astype(float)
    to_check = llr[:, bit]
    words = (llr < 0).astype(np.int64)
    for _ in range(40):
        size = np.clip(np.abs(to_check), 1e-9, 40.0)
        doubt = -np.log(np.tanh(size / 2.0))
        others = np.add.reduceat(doubt, starts, axis=1)[:, check] - doubt
        odd = np.add.reduceat((to_check < 0).astype(int), starts, axis=1)[:, check] - (to_check < 0)
        to_bit = (1 - 2 * (odd % 2)) * -np.log(np.tanh(np.clip(others, 1e-9, 40.0) / 2.0))
        belief = llr + to_bit @ spread
        to_check = belief[:, bit] - to_bit
        words = (belief < 0).astype(np.int64)
        if not np.any(np.add.reduceat(words[:, bit], starts, axis=1) % 2):
            break
    return words


def take_messages(decided: np.ndarray, parity: np.ndarray) -> tuple[list[list[int]], list[list[int]], list[bool]]:
    """Cut the message out of every decided word and say whether the word is valid.

    Args:
        decided: decided bits, shape (F, N).
        parity: parity-check matrix of 0 and 1, shape (M, N).

    Returns:
        The words, the messages, which are the first N - M bits, and whether all checks of the word hold.
    """
    checks, bits = parity.shape
    failed = (decided @ parity.T) % 2
    messages = decided[:, : bits - checks]
    return decided.tolist(), messages.tolist(), (~failed.any(axis=1)).tolist()


def list_check_neighbours_pairs(parity: np.ndarray) -> list[list[int]]:
    """Sort the places of all ones into one list per check."""
    neighbours: list[list[int]] = [[] for _ in range(len(parity))]
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(parity))):
        neighbours[row].append(column)
    return neighbours


def propagate_beliefs_layered(llr: np.ndarray, neighbours: list[list[int]]) -> np.ndarray:
    """Visit the checks one after the other and use each new belief at once, with scaled minimum instead of tanh."""
    words = np.zeros(llr.shape, dtype=np.int64)
    for frame, ratios in enumerate(llr.tolist()):
        belief = list(ratios)
        messages = [[0.0] * len(row) for row in neighbours]
        for _ in range(30):
            for row, held in zip(neighbours, messages):
                incoming = [belief[j] - old for j, old in zip(row, held)]
                sizes = sorted(abs(value) for value in incoming)
                negative = sum(value < 0 for value in incoming) % 2
                for at, (j, value) in enumerate(zip(row, incoming)):
                    smallest = sizes[1] if abs(value) == sizes[0] else sizes[0]
                    sign = -1.0 if (negative + (value < 0)) % 2 else 1.0
                    held[at] = 0.8 * sign * smallest
                    belief[j] = value + held[at]
            if all(sum(belief[j] < 0 for j in row) % 2 == 0 for row in neighbours):
                break
        words[frame] = [int(value < 0) for value in belief]
    return words


def propagate_beliefs_minimum(llr: np.ndarray, neighbours: list[list[int]]) -> np.ndarray:
    """Pass scaled minima over a table of checks, padded with a bit that is surely zero."""
    frames, bits = llr.shape
    width = max(map(len, neighbours))
    table = np.array([row + [bits] * (width - len(row)) for row in neighbours])
    channel = np.concatenate([llr, np.full((frames, 1), 1e3)], axis=1)
    belief = channel.copy()
    messages = np.zeros((frames, *table.shape))
    for _ in range(40):
        incoming = belief[:, table] - messages
        order = np.sort(np.abs(incoming), axis=2)
        least, second = order[..., :1], order[..., 1:2]
        smallest = np.where(np.abs(incoming) == least, second, least)
        signs = np.where(incoming < 0, -1.0, 1.0)
        messages = 0.8 * smallest * signs * signs.prod(axis=2, keepdims=True)
        belief = channel.copy()
        for frame in range(frames):
            belief[frame] += np.bincount(table.ravel(), messages[frame].ravel(), minlength=bits + 1)
        belief[:, bits] = 1e3
        if not np.any((belief < 0)[:, table].sum(axis=2) % 2):
            break
    return (belief[:, :bits] < 0).astype(np.int64)


def propagate_beliefs_tanh(llr: np.ndarray, neighbours: list[list[int]]) -> np.ndarray:
    """Multiply hyperbolic tangents frame by frame, leaving each bit's own factor out."""
    words = []
    for ratios in llr:
        messages = [np.zeros(len(row)) for row in neighbours]
        belief = ratios.copy()
        for _ in range(25):
            fresh = ratios.copy()
            for k, row in enumerate(neighbours):
                factors = np.tanh(np.clip(belief[row] - messages[k], -38.0, 38.0) / 2.0)
                factors = np.where(np.abs(factors) < 1e-12, 1e-12, factors)
                product = np.clip(math.prod(factors.tolist()) / factors, -1 + 1e-15, 1 - 1e-15)
                messages[k] = 2.0 * np.arctanh(product)
                fresh[row] += messages[k]
            belief = fresh
            if all(np.count_nonzero(belief[row] < 0) % 2 == 0 for row in neighbours):
                break
        words.append(belief < 0)
    return np.array(words, dtype=np.int64).reshape(llr.shape)


def take_messages_loop(decided: np.ndarray, parity: np.ndarray) -> tuple[list[list[int]], list[list[int]], list[bool]]:
    """Check frame by frame, row by row."""
    count = parity.shape[1] - parity.shape[0]
    words, messages, valid = [], [], []
    for word in decided:
        words.append([int(value) for value in word])
        messages.append(words[-1][:count])
        valid.append(all(int(row @ word) % 2 == 0 for row in parity))
    return words, messages, valid


def propagate_beliefs_hard(llr: np.ndarray, neighbours: list[list[int]]) -> np.ndarray:
    """Decide every bit by the sign of its own ratio."""
    return (llr < 0).astype(np.int64)
