"""Two entrants on the same tasks: is the difference more than chance, and how large may it be.

Sources: mid-p McNemar after Fagerland, Lydersen, Laake (2013); bias-corrected accelerated bootstrap after Efron (1987),
families drawn with replacement and the acceleration from the jackknife over families; Holm (1979).
Covers: differences of task means, clustered by family. Does not cover: reading rows (`compare.py`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Sequence
from statistics import NormalDist, fmean

from tailorbird.bench.stats import Interval, clustered_error, family_sums

ROUNDS = 10_000
"""Draws of the bootstrap and of the permutation test; up to so many sign patterns are counted out exactly."""

_NORMAL = NormalDist()


def mcnemar(b: int, c: int) -> float:
    """Mid-p of McNemar's test on discordant counts.

    m = min(b, c), X ~ Bin(b + c, 1/2), p = 2 P(X <= m) - P(X = m).

    Args:
        b: tasks only the first passed.
        c: tasks only the second passed.
    """
    n, m = b + c, min(b, c)
    if n == 0:
        return 1.0
    at_most = sum(math.comb(n, i) for i in range(m + 1))
    return min(1.0, float((2 * at_most - math.comb(n, m)) / 2**n))


def sign_flip(differences: Sequence[float], families: Sequence[Hashable], seed: int = 0) -> float:
    """Two-sided p of a mean difference of 0, by flipping the sign of whole families.

    Exact when 2^G patterns are at most 10,000, else from 10,000 draws, the observed pattern counted in.
    """
    sums = [total for total, _ in family_sums(differences, families) if total != 0.0]
    if not sums:
        return 1.0
    seen = abs(sum(sums)) * (1 - 1e-12)
    if 2 ** len(sums) <= ROUNDS:
        totals = [0.0]
        for value in sums:
            totals = [total + sign * value for total in totals for sign in (1, -1)]
        return sum(abs(total) >= seen for total in totals) / len(totals)
    draw = random.Random(seed)
    whole = sum(sums)
    hits = 0
    for _ in range(ROUNDS):
        bits = draw.getrandbits(len(sums))
        flipped = sum(value for at, value in enumerate(sums) if bits >> at & 1)
        hits += abs(whole - 2 * flipped) >= seen
    return (hits + 1) / (ROUNDS + 1)


def paired_interval(differences: Sequence[float], families: Sequence[Hashable], seed: int = 0) -> Interval:
    """95 % interval of the mean difference (B - A): BCa bootstrap over families, 10,000 draws.

    Where no task differs, or there is one family, resampling says nothing; then a bound is given instead of "± 0".

    Raises:
        ValueError: if there is no difference to average.
    """
    if not differences:
        raise ValueError("expected at least one task, got none")
    groups = family_sums(differences, families)
    mean, count = fmean(differences), len(groups)
    if count < 2:
        return Interval(-1.0, 1.0, "none", "one family: nothing can be said of others")
    if min(differences) == max(differences):
        rare = 1.0 - 0.05 ** (1.0 / count)
        return Interval(
            max(-1.0, mean - rare), min(1.0, mean + rare), f"bound over {count} families", "every task alike"
        )
    draw = random.Random(seed)
    means = sorted(_ratio(draw.choices(groups, k=count)) for _ in range(ROUNDS))
    below = sum(value < mean for value in means) + 0.5 * sum(value == mean for value in means)
    bias = _NORMAL.inv_cdf(min(max(below / ROUNDS, 0.5 / ROUNDS), 1 - 0.5 / ROUNDS))
    bend = _acceleration(groups)
    ends = []
    for p in (0.025, 0.975):
        z = bias + _NORMAL.inv_cdf(p)
        share = _NORMAL.cdf(bias + z / (1 - bend * z)) if abs(bend * z) < 0.9 else p
        ends.append(means[min(ROUNDS - 1, max(0, int(share * ROUNDS)))])
    return Interval(ends[0], ends[1], f"BCa bootstrap over {count} families", "few families" if count < 10 else "")


def _ratio(groups: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in groups) / sum(size for _, size in groups)


def _acceleration(groups: Sequence[tuple[float, int]]) -> float:
    """Skewness of the jackknife over families, a = sum d^3 / (6 (sum d^2)^1.5)."""
    total, size = sum(value for value, _ in groups), sum(n for _, n in groups)
    left_out = [(total - value) / (size - n) for value, n in groups if size > n]
    gaps = [fmean(left_out) - value for value in left_out]
    spread = sum(gap * gap for gap in gaps)
    return sum(gap**3 for gap in gaps) / (6 * spread**1.5) if spread > 0 else 0.0


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p-values over several suites, in the order given; each at most 1."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    adjusted = [0.0] * len(values)
    largest = 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[at]))
        adjusted[at] = largest
    return adjusted


def mde(error: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest true difference that a test would find with that power: 2.80 standard errors by default."""
    return (_NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)) * error


def difference_error(differences: Sequence[float], families: Sequence[Hashable]) -> float:
    """Standard error of the mean difference, clustered by family."""
    return clustered_error(differences, families)
