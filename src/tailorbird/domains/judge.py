"""Figures that compare an answer with the truth; every pack's measures are made of these.

Pure and total: no input or output, any finite numbers. Source of the definitions: events are matched one to one, so a
comb of blind guesses cannot score by density.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def matches(truth: Sequence[float], found: Sequence[float], tolerance: float) -> int:
    """Most one-to-one pairs within ±tolerance; sorted greedy matching is optimal in one dimension."""
    left, right = sorted(truth), sorted(found)
    i = j = count = 0
    while i < len(left) and j < len(right):
        if abs(left[i] - right[j]) <= tolerance:
            count, i, j = count + 1, i + 1, j + 1
        elif left[i] < right[j]:
            i += 1
        else:
            j += 1
    return count


def event_f1(truth: Sequence[float], found: Sequence[float], tolerance: float) -> float:
    """F1 of events matched one to one within ±tolerance; both empty is 1, one empty is 0."""
    if not truth or not found:
        return 1.0 if not truth and not found else 0.0
    return 2.0 * matches(truth, found, tolerance) / (len(truth) + len(found))


def error(truth: float, found: float) -> float:
    """Absolute difference."""
    return abs(float(found) - float(truth))


def relative(truth: float, found: float) -> float:
    """Absolute difference as a share of the truth; infinite where the truth is 0 and the answer is not."""
    gap = error(truth, found)
    return gap / abs(truth) if truth else (0.0 if gap == 0 else math.inf)


def wrapped(truth: float, found: float, period: float = 360.0) -> float:
    """Absolute difference on a circle of the given period."""
    return abs((float(found) - float(truth) + period / 2) % period - period / 2)


def rmse(truth: Sequence[float], found: Sequence[float]) -> float:
    """Root mean square difference; infinite where the lengths differ or one is empty."""
    a, b = np.asarray(truth, float), np.asarray(found, float)
    return float(np.sqrt(np.mean((a - b) ** 2))) if a.shape == b.shape and a.size else math.inf


def same(truth: object, found: object) -> float:
    """1 where equal and of one type, else 0."""
    return 1.0 if type(truth) is type(found) and truth == found else 0.0
