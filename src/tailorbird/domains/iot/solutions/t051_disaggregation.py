"""Right and wrong programs of T051, one function per step. Read as text, never imported."""

import json
from itertools import product
from pathlib import Path

import numpy as np
from scipy import ndimage


def load_total_power(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the total power of a home and the rated powers of its appliances.

    Args:
        path: JSON file with rated_w (four powers in W) and total_w (one power per row in W).

    Returns:
        Rated powers in W, shape (4,), and total power in W, shape (N,).
    """
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    return np.array(data["rated_w"], dtype=float), np.array(data["total_w"], dtype=float)


def remove_surges(total: np.ndarray) -> np.ndarray:
    """Take out surges of a single row.

    Args:
        total: total power in W, shape (N,).

    Returns:
        Median over three rows in W, shape (N,).
    """
    if total.size == 0:
        return total
    return ndimage.median_filter(total, size=3, mode="nearest")


def subtract_base_load(steady: np.ndarray) -> np.ndarray:
    """Take the constant base load off the total.

    Args:
        steady: total power without surges in W, shape (N,); all appliances are off in the first ten rows.

    Returns:
        Power of the four appliances together in W, shape (N,).
    """
    if steady.size == 0:
        return steady
    base = np.median(steady[:10])
    return steady - base


def match_appliance_states(net: np.ndarray, rated: np.ndarray) -> list[list[bool]]:
    """Find the combination of appliances whose rated powers sum to the net power of each row.

    Args:
        net: power of the four appliances together in W, shape (N,).
        rated: rated powers in W, shape (4,).

    Returns:
        One list per appliance, in the order of the ratings: whether it is on, row by row.
    """
    states = np.array(list(product((False, True), repeat=4)))
    sums = states @ rated
    nearest = np.argmin(np.abs(net[:, None] - sums[None, :]), axis=1)
    return states[nearest].T.tolist()


def subtract_base_load_lowest(steady: np.ndarray) -> np.ndarray:
    """Take the mean of the lowest tenth of the opening stretch for a start, then of all rows near it."""
    if steady.size == 0:
        return steady
    low = float(np.mean(np.sort(steady[:10])[2:8]))
    spread = float(np.std(steady[:10])) + 1e-9
    near = steady[np.abs(steady - low) < 4.0 * spread]
    return steady - (float(np.mean(near)) if near.size else low)


def match_appliance_states_viterbi(net: np.ndarray, rated: np.ndarray) -> list[list[bool]]:
    """Find the cheapest path over the combinations: squared misfit plus a price for each appliance that switches."""
    states = np.array(list(product((0, 1), repeat=4)))
    sums = states @ rated
    unit = float(np.min(np.diff(np.sort(sums)))) / 6.0
    price = 2.0 * np.abs(states[:, None, :] - states[None, :, :]).sum(axis=2)
    cost = np.zeros(16)
    back = []
    for power in net:
        paths = cost[:, None] + price
        back.append(np.argmin(paths, axis=0))
        cost = paths.min(axis=0) + ((power - sums) / unit) ** 2
    chosen = []
    at = int(np.argmin(cost))
    for step in reversed(back):
        chosen.append(states[at].astype(bool))
        at = int(step[at])
    rows = chosen[::-1]
    return [[bool(row[k]) for row in rows] for k in range(4)]


def match_appliance_states_loops(net: np.ndarray, rated: np.ndarray) -> list[list[bool]]:
    """Try the sixteen bit patterns for every row in plain Python."""
    ratings = rated.tolist()
    sums = [sum(power for bit, power in enumerate(ratings) if code >> bit & 1) for code in range(16)]
    on: list[list[bool]] = [[], [], [], []]
    for power in net.tolist():
        code = min(range(16), key=lambda c: abs(sums[c] - power))
        for bit in range(4):
            on[bit].append(bool(code >> bit & 1))
    return on


def remove_surges_sorted(total: np.ndarray) -> np.ndarray:
    """Sort each row with both neighbours and keep the middle one."""
    values = total.tolist()
    if not values:
        return total
    padded = [values[0], *values, values[-1]]
    return np.array([sorted(padded[k : k + 3])[1] for k in range(len(values))])


def match_appliance_states_off(net: np.ndarray, rated: np.ndarray) -> list[list[bool]]:
    """Claim that nothing is ever on."""
    return [[False] * net.size for _ in range(4)]


def match_appliance_states_greedy(net: np.ndarray, rated: np.ndarray) -> list[list[bool]]:
    """Give each row to the largest appliance that fits, then to the next."""
    on = [[False] * net.size for _ in range(4)]
    order = np.argsort(rated)[::-1]
    slack = 0.3 * float(rated.min())
    for row, power in enumerate(net.tolist()):
        for k in order:
            if power > rated[k] - slack:
                on[k][row] = True
                power -= rated[k]
    return on


def match_appliance_states_steps(net: np.ndarray, rated: np.ndarray) -> list[list[bool]]:
    """Follow the steps of the power and lay each to the appliance of the nearest rating."""
    on = [[False] * net.size for _ in range(4)]
    now = [False] * 4
    for row in range(net.size):
        step = float(net[row] - net[row - 1]) if row else 0.0
        if abs(step) > 0.5 * float(rated.min()):
            k = int(np.argmin(np.abs(rated - abs(step))))
            now[k] = step > 0
        for k in range(4):
            on[k][row] = now[k]
    return on
