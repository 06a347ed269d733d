"""Paired tests against the values of the specification, enumeration and planning figures."""

import itertools
import random
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailorbird.bench import paired


@pytest.mark.parametrize(("b", "c", "wanted"), [(5, 15, 0.0266), (0, 6, 0.0156), (10, 10, 1.0), (0, 0, 1.0)])
def test_mcnemar_mid_p_has_the_values_of_the_specification(b, c, wanted):
    assert paired.mcnemar(b, c) == pytest.approx(wanted, abs=5e-5)
    assert paired.mcnemar(c, b) == paired.mcnemar(b, c)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), st.integers(0, 6)), min_size=1, max_size=12))
def test_sign_flips_equal_enumeration(pairs):
    differences, families = [d for d, _ in pairs], [f for _, f in pairs]
    names = sorted(set(families))
    sums = [sum(d for d, f in pairs if f == name) for name in names]
    seen = abs(sum(sums))
    patterns = list(itertools.product((1, -1), repeat=len(names)))
    wanted = fmean(
        abs(sum(s * total for s, total in zip(signs, sums, strict=True))) >= seen - 1e-9 for signs in patterns
    )
    assert paired.sign_flip(differences, families) == pytest.approx(wanted)


def test_many_families_are_sampled_and_agree_with_the_normal_tail():
    draw = random.Random(3)
    differences = [draw.gauss(0.25, 1.0) for _ in range(60)]
    z = fmean(differences) / paired.difference_error(differences, range(60))
    wanted = 2 * (1 - paired._NORMAL.cdf(abs(z)))
    assert paired.sign_flip(differences, range(60)) == pytest.approx(wanted, abs=0.02)


def test_the_interval_holds_the_difference_and_is_repeatable():
    draw = random.Random(5)
    differences = [draw.choice([0.0, 0.0, 1.0, -1.0, 1.0]) for _ in range(100)]
    families = [at // 4 for at in range(100)]
    first = paired.paired_interval(differences, families)
    assert first.low < fmean(differences) < first.high
    assert first == paired.paired_interval(differences, families)


def test_the_bca_interval_is_close_to_that_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    draw = np.random.default_rng(2)
    values = draw.exponential(0.3, 60) - 0.1
    other = stats.bootstrap((values,), np.mean, n_resamples=10_000, method="BCa", random_state=1).confidence_interval
    found = paired.paired_interval(values.tolist(), range(60))
    # Two independent bootstraps of 10,000 draws; their ends differ by Monte-Carlo error, about 2 % of the width.
    width = other.high - other.low
    assert found.low == pytest.approx(other.low, abs=0.06 * width)
    assert found.high == pytest.approx(other.high, abs=0.06 * width)


def test_no_discordant_task_gives_a_bound_not_a_point():
    found = paired.paired_interval([0.0] * 30, range(30))
    assert found.low == pytest.approx(-(1 - 0.05 ** (1 / 30))) and found.high == -found.low


def test_one_family_says_nothing():
    found = paired.paired_interval([1.0, 0.0], ["a", "a"])
    assert (found.low, found.high) == (-1.0, 1.0)


def test_holm_adjusts_in_the_given_order_and_never_falls_below_a_smaller_one():
    assert paired.holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert paired.holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_the_detectable_difference_is_2_8_standard_errors():
    assert paired.mde(1.0) == pytest.approx(2.80, abs=0.002)


@pytest.mark.parametrize(
    ("gain", "tasks", "samples", "wanted"), [(0.10, 100, 5, 0.85), (0.15, 50, 5, 0.91), (0.05, 200, 5, 0.59)]
)
def test_power_is_that_of_the_planning_table(gain, tasks, samples, wanted):
    # Logits normal (mean -0.3, sd 2.5), models correlated 0.8; the shift of B's mean is solved for the gain in points.
    # A task-level z test on paired means, 3,000 simulations: standard deviation below 0.01.
    draw = np.random.default_rng(7)
    wide = draw.normal(size=200_000)

    def rate(shift: float) -> float:
        return float(np.mean(1 / (1 + np.exp(-(-0.3 + shift + 2.5 * wide)))))

    low, high = 0.0, 5.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rate(middle) - rate(0.0) < gain else (low, middle)
    shared, own_a, own_b = (draw.normal(size=(3000, tasks)) for _ in range(3))
    logits = [
        -0.3 + shift + 2.5 * (np.sqrt(0.8) * shared + np.sqrt(0.2) * own) for shift, own in ((0.0, own_a), (low, own_b))
    ]
    means = [draw.binomial(samples, 1 / (1 + np.exp(-logit))) / samples for logit in logits]
    gaps = means[1] - means[0]
    z = gaps.mean(axis=1) / (gaps.std(axis=1, ddof=1) / np.sqrt(tasks))
    assert float(np.mean(np.abs(z) > 1.96)) == pytest.approx(wanted, abs=0.04)
