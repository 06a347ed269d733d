"""Right and wrong programs of T078, one function per step. Read as text, never imported."""

import json
from pathlib import Path

import numpy as np


def load_coding_job(path: str) -> tuple[int, list[str], list[int], list[int]]:
    """Read a code, a message to encode and a received word to decode.

    Args:
        path: JSON with constraint_length, generators (octal texts), message and received.

    Returns:
        Constraint length, generators, message bits, received values (0, 1, or -1 for lost).
    """
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    return job["constraint_length"], job["generators"], job["message"], job["received"]


def generator_taps(constraint_length: int, generators: list[str]) -> np.ndarray:
    """Turn octal generators into rows of taps, the newest bit first.

    Args:
        constraint_length: number of bits a coded bit depends on, K.
        generators: octal texts, one per coded bit.

    Returns:
        Taps 0 or 1, shape (R, K).
    """
    rows = []
    for text in generators:
        value = int(text, 8)
        rows.append([(value >> (constraint_length - 1 - at)) & 1 for at in range(constraint_length)])
    return np.array(rows, dtype=np.int64)


def encode_with_tail(message: list[int], taps: np.ndarray) -> list[int]:
    """Encode a message and the zeros that bring the encoder back to rest.

    Args:
        message: bits 0 or 1.
        taps: generators, the newest bit first, shape (R, K).

    Returns:
        Coded bits, R for each message and tail bit.
    """
    outputs, memory = taps.shape[0], taps.shape[1] - 1
    register = [0] * (memory + 1)
    coded: list[int] = []
    for bit in [*message, *[0] * memory]:
        register = [bit, *register[:-1]]
        coded += [int(taps[j] @ register) % 2 for j in range(outputs)]
    return coded


def viterbi_decode(received: list[int], taps: np.ndarray) -> list[int]:
    """Find the message whose code word differs least from what was received.

    Args:
        received: values 0, 1, or -1 for lost, R per step.
        taps: generators, the newest bit first, shape (R, K).

    Returns:
        Message bits without the tail.
    """
    outputs, length = taps.shape
    registers = np.arange(2**length)
    bits = (registers[:, None] >> np.arange(length - 1, -1, -1)) & 1
    words = bits @ taps.T % 2
    seen = np.array(received, dtype=int).reshape(-1, 1, outputs)
    distance = ((words != seen) & (seen >= 0)).sum(axis=2)
    states = np.arange(2 ** (length - 1))
    branch = (states[:, None] << 1) | np.array([0, 1])
    before = branch & (states.size - 1)
    cost = np.where(states == 0, 0, 10**6)
    choices = []
    for row in distance:
        total = cost[before] + row[branch]
        best = total.argmin(axis=1)
        choices.append(best)
        cost = total[states, best]
    state, decoded = 0, []
    for best in reversed(choices):
        decoded.append(state >> (length - 2))
        state = int(before[state, best[state]])
    return decoded[::-1][: len(choices) - (length - 1)]


def generator_taps_text(constraint_length: int, generators: list[str]) -> np.ndarray:
    """Write every octal digit as three binary digits and keep the last K of them."""
    rows = []
    for text in generators:
        binary = "".join(f"{int(digit):03b}" for digit in text).zfill(constraint_length)
        rows.append([int(mark) for mark in binary[-constraint_length:]])
    return np.array(rows, dtype=np.int64)


def encode_with_tail_product(message: list[int], taps: np.ndarray) -> list[int]:
    """Multiply the message with each generator as polynomials and interleave the products."""
    length = len(message) + taps.shape[1] - 1
    if not message:
        return [0] * (length * len(taps))
    streams = [np.convolve(message, row)[:length] % 2 for row in taps]
    return np.stack(streams, axis=1).ravel().tolist()


def encode_with_tail_integer(message: list[int], taps: np.ndarray) -> list[int]:
    """Keep the register as one whole number and take the parity of its masked bits."""
    count = taps.shape[1]
    masks = [int("".join(map(str, row)), 2) for row in taps.tolist()]
    register, coded = 0, []
    for bit in message + [0] * (count - 1):
        register = (register >> 1) | (bit << (count - 1))
        coded.extend((register & mask).bit_count() & 1 for mask in masks)
    return coded


def viterbi_decode_survivors(received: list[int], taps: np.ndarray) -> list[int]:
    """Keep for every state the cheapest path so far, its bits written into one whole number."""
    outputs, length = taps.shape
    masks = [int("".join(map(str, row)), 2) for row in taps.tolist()]
    words = [[(register & mask).bit_count() & 1 for mask in masks] for register in range(2**length)]
    half = 2 ** (length - 1)
    paths = {0: (0, 0)}
    for start in range(0, len(received), outputs):
        seen = [(j, value) for j, value in enumerate(received[start : start + outputs]) if value >= 0]
        fresh: dict[int, tuple[int, int]] = {}
        for state, (cost, history) in paths.items():
            for bit in (0, 1):
                register = bit * half | state
                word = words[register]
                total = cost + sum(word[j] != value for j, value in seen)
                after = register >> 1
                if after not in fresh or total < fresh[after][0]:
                    fresh[after] = (total, history << 1 | bit)
        paths = fresh
    steps = len(received) // outputs
    count = steps - (length - 1)
    history = paths[0][1] >> (length - 1)
    return [history >> (count - 1 - at) & 1 for at in range(count)]


def viterbi_decode_backward(received: list[int], taps: np.ndarray) -> list[int]:
    """Compute the cheapest way to the end from every state first, then walk forward along it."""
    outputs, length = taps.shape
    half = 2 ** (length - 1)
    states = np.arange(half)
    step = np.array([[bit * half + state for bit in (0, 1)] for state in range(half)])
    digits = (step[..., None] >> np.arange(length)[::-1]) & 1
    words = digits @ taps.T % 2
    seen = np.reshape(np.asarray(received, dtype=int), (-1, outputs))
    to_go = np.where(states == 0, 0.0, np.inf)
    plan = []
    for values in seen[::-1]:
        wrong = np.sum((words != values) * (values >= 0), axis=2)
        totals = wrong + to_go[step >> 1]
        plan.append(totals.argmin(axis=1))
        to_go = totals.min(axis=1)
    state, decoded = 0, []
    for choice in plan[::-1]:
        bit = int(choice[state])
        decoded.append(bit)
        state = (bit * half + state) >> 1
    return decoded[: len(decoded) - (length - 1)]


def viterbi_decode_none(received: list[int], taps: np.ndarray) -> list[int]:
    """Take the first received value of each step for the message bit."""
    outputs, length = taps.shape
    first = [max(value, 0) for value in received[::outputs]]
    return first[: len(first) - (length - 1)]


def viterbi_decode_greedy(received: list[int], taps: np.ndarray) -> list[int]:
    """Take at each step the bit that fits best and never look back."""
    outputs, length = taps.shape
    register = np.zeros(length, dtype=int)
    decoded = []
    for start in range(0, len(received), outputs):
        seen = np.array(received[start : start + outputs])
        costs = []
        for bit in (0, 1):
            trial = np.concatenate([[bit], register[:-1]])
            costs.append(int(np.sum((taps @ trial % 2 != seen) & (seen >= 0))))
        bit = int(costs[1] < costs[0])
        register = np.concatenate([[bit], register[:-1]])
        decoded.append(bit)
    return decoded[: len(decoded) - (length - 1)]
