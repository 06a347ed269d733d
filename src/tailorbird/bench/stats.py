"""Rates with honest intervals: estimators of pass@k, and what can be said about a rate from n tasks of G families.

Sources: pass@k after Chen et al. (arXiv 2107.03374); clustered errors after Miller (arXiv 2411.00640); Wilson (1927);
Jeffreys' interval as in Brown, Cai, DasGupta (2001); incomplete beta by Lentz' continued fraction.
Covers: one entrant on one suite. Does not cover: two entrants (`paired.py`).
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from statistics import NormalDist, fmean

from tailorbird.core.record import record

Z = NormalDist().inv_cdf(0.975)
"""1.959964, the two-sided 95 % point of the normal distribution."""

FEW = 10
"""Below so many families the clustered t interval is replaced by a bootstrap over families, and the report says so."""


@record
class Interval:
    """Where a figure lies, with 95 % confidence unless the method says otherwise."""

    low: float
    high: float
    method: str
    note: str = ""
    """What a reader must know, such as `few families`."""


@record
class Estimate:
    """A mean over tasks, with its interval and the numbers it rests on."""

    mean: float
    interval: Interval
    n: int
    """Tasks."""
    families: int
    deff: float = 1.0
    """Design effect: variance of the mean with families over the one of independent tasks."""


def pass_at_k(n: int, c: int, k: int) -> float:
    """Chance that at least one of k samples passes, unbiased: 1 - C(n-c, k) / C(n, k).

    Args:
        n: samples drawn.
        c: samples that passed.
        k: samples a user would draw.

    Returns:
        0 to 1; NaN if n < k, because nothing unbiased can be said.
    """
    _check_counts(n, c, k)
    if n < k:
        return math.nan
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def pass_hat_k(n: int, c: int, k: int) -> float:
    """Chance that all of k samples pass, unbiased: C(c, k) / C(n, k); NaN if n < k."""
    _check_counts(n, c, k)
    return math.nan if n < k else math.comb(c, k) / math.comb(n, k)


def _check_counts(n: int, c: int, k: int) -> None:
    if not 0 <= c <= n or k < 1:
        raise ValueError(f"expected 0 <= c <= n and k >= 1, got n={n}, c={c}, k={k}")


def wilson(passes: float, n: float, z: float = Z) -> Interval:
    """Wilson's score interval of a proportion.

    Args:
        passes: how many passed; may be a fraction when n is an effective size.
        n: how many were tried, above 0.
        z: point of the normal distribution.
    """
    if n <= 0 or not 0 <= passes <= n:
        raise ValueError(f"expected 0 <= passes <= n and n > 0, got {passes} of {n}")
    p, z2 = passes / n, z * z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    reach = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach), "Wilson")


def jeffreys(passes: int, n: int, level: float = 0.95) -> Interval:
    """Jeffreys' interval: quantiles of Beta(c + 1/2, n - c + 1/2); 0 and 1 at the ends."""
    tail = (1 - level) / 2
    a, b = passes + 0.5, n - passes + 0.5
    low = 0.0 if passes == 0 else beta_quantile(tail, a, b)
    return Interval(low, 1.0 if passes == n else beta_quantile(1 - tail, a, b), "Jeffreys")


def bound(passes: int, n: int) -> Interval:
    """One-sided 95 % bound where all passed or all failed: the rate of the other kind is at most 1 - 0.05^(1/n)."""
    if passes not in (0, n) or n < 1:
        raise ValueError(f"expected all or none of n >= 1, got {passes} of {n}")
    rare = 1.0 - 0.05 ** (1.0 / n)
    return Interval(1.0 - rare, 1.0, "one-sided bound") if passes == n else Interval(0.0, rare, "one-sided bound")


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b), by Lentz' continued fraction; error about 1e-14."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0), tiny)
    total = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1.0 / _away(1.0 + even * d, tiny), _away(1.0 + even / c, tiny)
        total *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1.0 / _away(1.0 + odd * d, tiny), _away(1.0 + odd / c, tiny)
        total *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return min(1.0, front * total)


def _away(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny


def _bisect(target: float, rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function reaches the target, to the last bits."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


def beta_quantile(p: float, a: float, b: float) -> float:
    """Quantile of a beta distribution, by bisection."""
    return _bisect(p, lambda x: beta_cdf(x, a, b), 0.0, 1.0)


def t_quantile(p: float, degrees: int) -> float:
    """Quantile of Student's t, for p of at least 1/2."""
    if not 0.5 <= p < 1.0 or degrees < 1:
        raise ValueError(f"expected 0.5 <= p < 1 and degrees >= 1, got {p} and {degrees}")
    # P(T <= t) = 1 - I_x(v/2, 1/2) / 2 at x = v / (v + t^2), which falls as t rises.
    x = beta_quantile(2 * (1 - p), degrees / 2, 0.5)
    return math.sqrt(degrees * (1 - x) / x)


def family_sums(values: Sequence[float], families: Sequence[Hashable], centre: float = 0.0) -> list[tuple[float, int]]:
    """Sum of (value - centre) and number of tasks of each family, in order of appearance."""
    if len(values) != len(families):
        raise ValueError(f"expected one family per value, got {len(values)} and {len(families)}")
    sums: dict[Hashable, float] = defaultdict(float)
    sizes: dict[Hashable, int] = defaultdict(int)
    for value, family in zip(values, families, strict=True):
        sums[family] += value - centre
        sizes[family] += 1
    return [(sums[family], sizes[family]) for family in sums]


def clustered_error(values: Sequence[float], families: Sequence[Hashable]) -> float:
    """Standard error of the mean with families as clusters (CR1).

    SE^2 = G/(G-1) * n^-2 * sum over families of (sum over its tasks of (x - mean))^2; 0 for a single family.
    """
    groups = family_sums(values, families, fmean(values))
    count = len(groups)
    if count < 2:
        return 0.0
    return math.sqrt(count / (count - 1) * sum(total * total for total, _ in groups)) / len(values)


def design_effect(values: Sequence[float], families: Sequence[Hashable]) -> float:
    """Clustered variance of the mean over the one of independent tasks; 1 where the values do not vary."""
    n, mean = len(values), fmean(values)
    naive = sum((value - mean) ** 2 for value in values) / (n * (n - 1)) if n > 1 else 0.0
    return clustered_error(values, families) ** 2 / naive if naive > 0 else 1.0


def clustered_t(values: Sequence[float], families: Sequence[Hashable]) -> Interval:
    """Mean ± t(G - 1) standard errors, cut to 0..1 where the values lie there."""
    count = len(set(families))
    reach = t_quantile(0.975, count - 1) * clustered_error(values, families)
    mean = fmean(values)
    return _cut(mean - reach, mean + reach, values, "clustered t")


def family_bootstrap(
    values: Sequence[float], families: Sequence[Hashable], rounds: int = 4000, seed: int = 0
) -> Interval:
    """Percentile interval from families drawn with replacement; what is left when families are few."""
    groups = family_sums(values, families)
    draw = random.Random(seed)
    means = []
    for _ in range(rounds):
        chosen = draw.choices(groups, k=len(groups))
        means.append(sum(total for total, _ in chosen) / sum(size for _, size in chosen))
    means.sort()
    low, high = means[int(0.025 * rounds)], means[min(rounds - 1, int(0.975 * rounds))]
    return _cut(low, high, values, "family bootstrap", "few families")


def _cut(low: float, high: float, values: Sequence[float], method: str, note: str = "") -> Interval:
    if min(values) >= 0.0 and max(values) <= 1.0:
        low, high = max(0.0, low), min(1.0, high)
    return Interval(low, high, method, note)


def estimate(values: Sequence[float], families: Sequence[Hashable]) -> Estimate:
    """Mean of task values (0 to 1) with the default interval.

    Clustered t from 10 families on, bootstrap over families below. For verdicts of 0 or 1 the wider of that and Wilson's
    with n / max(1, deff) tasks. Where nothing varies, the one-sided bound over families: siblings that all pass are no
    independent evidence, and the design effect cannot be estimated.

    Raises:
        ValueError: if there is no value.
    """
    if not values:
        raise ValueError("expected at least one value, got none")
    mean, n, count = fmean(values), len(values), len(set(families))
    deff = design_effect(values, families)
    if min(values) == max(values):
        shape = bound(count if mean == 1.0 else 0, count) if mean in (0.0, 1.0) else wilson(mean * count, count)
        note = "one family" if count == 1 else "few families" if count < FEW else ""
        return Estimate(mean, Interval(shape.low, shape.high, f"{shape.method} over families", note), n, count)
    if count == 1:
        single = wilson(mean * n, n)
        return Estimate(mean, Interval(single.low, single.high, "Wilson", "one family: nothing said of others"), n, 1)
    found = clustered_t(values, families) if count >= FEW else family_bootstrap(values, families)
    if set(values) <= {0.0, 1.0}:
        size = n / max(1.0, deff)
        other = wilson(mean * size, size)
        wider = other.high - other.low > found.high - found.low
        method = f"Wilson, effective n {size:.3g}" if wider else found.method
        found = Interval(min(found.low, other.low), max(found.high, other.high), method, found.note)
    return Estimate(mean, found, n, count, deff)
