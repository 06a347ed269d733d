"""Estimators and intervals against published values, enumeration and simulation."""

import itertools
import math
import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailorbird.bench import stats


@pytest.mark.parametrize(("n", "c", "k", "wanted"), [(20, 3, 5, 0.600877), (20, 3, 10, 0.894737)])
def test_pass_at_k_has_the_values_of_the_specification(n, c, k, wanted):
    assert stats.pass_at_k(n, c, k) == pytest.approx(wanted, abs=5e-7)


def test_pass_hat_k_has_the_value_of_the_specification():
    assert stats.pass_hat_k(10, 7, 3) == pytest.approx(0.291667, abs=5e-7)


def test_pass_at_k_and_pass_hat_k_equal_enumeration_up_to_twelve_samples():
    for n in range(1, 13):
        for c in range(n + 1):
            outcomes = [1] * c + [0] * (n - c)
            for k in range(1, n + 1):
                draws = list(itertools.combinations(outcomes, k)) if math.comb(n, k) <= 1000 else None
                assert draws is not None
                assert stats.pass_at_k(n, c, k) == pytest.approx(fmean(any(draw) for draw in draws))
                assert stats.pass_hat_k(n, c, k) == pytest.approx(fmean(all(draw) for draw in draws))


def test_too_few_samples_say_nothing():
    assert math.isnan(stats.pass_at_k(4, 2, 5)) and math.isnan(stats.pass_hat_k(4, 2, 5))


@pytest.mark.parametrize(("n", "c", "k"), [(3, 4, 1), (3, -1, 1), (3, 1, 0)])
def test_impossible_counts_are_refused(n, c, k):
    with pytest.raises(ValueError, match="expected"):
        stats.pass_at_k(n, c, k)


def test_wilson_and_jeffreys_have_the_values_of_the_specification():
    wilson, jeffreys = stats.wilson(18, 20), stats.jeffreys(18, 20)
    assert (round(wilson.low, 3), round(wilson.high, 3)) == (0.699, 0.972)
    assert (round(jeffreys.low, 3), round(jeffreys.high, 3)) == (0.716, 0.979)


def test_jeffreys_touches_the_ends_when_all_or_none_passed():
    assert stats.jeffreys(0, 9).low == 0.0 and stats.jeffreys(9, 9).high == 1.0


def test_all_passed_gives_a_one_sided_bound_near_three_over_n():
    assert stats.bound(300, 300).low == pytest.approx(1 - 3 / 300, abs=1e-3)
    assert stats.bound(0, 20).high == pytest.approx(1 - 0.05 ** (1 / 20))


@pytest.mark.parametrize(("degrees", "wanted"), [(1, 12.7062), (2, 4.3027), (9, 2.2622), (29, 2.0452), (200, 1.9719)])
def test_t_quantiles_match_tables(degrees, wanted):
    assert stats.t_quantile(0.975, degrees) == pytest.approx(wanted, abs=1e-4)


@given(st.floats(0.05, 60), st.floats(0.05, 60), st.floats(0.001, 0.999))
def test_beta_quantiles_invert_the_distribution(a, b, p):
    x = stats.beta_quantile(p, a, b)
    assert 0 <= x <= 1
    if 1e-9 < x < 1 - 1e-9:
        assert stats.beta_cdf(x, a, b) == pytest.approx(p, abs=1e-6)


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=40))
def test_without_siblings_the_clustered_error_is_the_plain_one(values):
    mean, n = fmean(values), len(values)
    plain = math.sqrt(sum((value - mean) ** 2 for value in values) / (n * (n - 1)))
    assert stats.clustered_error(values, range(n)) == pytest.approx(plain)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20)), min_size=1, max_size=60))
def test_an_estimate_holds_its_mean_and_is_never_a_point(pairs):
    found = stats.estimate([value for value, _ in pairs], [family for _, family in pairs])
    low, high = found.interval.low, found.interval.high
    assert 0 <= low <= found.mean + 1e-9 and found.mean - 1e-9 <= high <= 1
    assert high > low or found.families > 1


def test_siblings_that_all_pass_count_as_their_families():
    found = stats.estimate([1.0] * 60, [at // 5 for at in range(60)])
    assert found.interval.low == pytest.approx(0.05 ** (1 / 12)) and found.interval.high == 1.0


def test_few_families_are_said_to_be_few():
    found = stats.estimate([0.0, 1.0, 1.0, 0.0, 1.0, 0.0], list("aabbcc"))
    assert found.interval.note == "few families"


def test_the_wider_of_clustered_and_wilson_is_taken():
    families = list(range(40))
    values = [1.0] * 39 + [0.0]
    found = stats.estimate(values, families)
    assert found.interval.low <= stats.wilson(39, 40).low + 1e-12
    assert found.interval.low <= stats.clustered_t(values, families).low


def test_no_values_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        stats.estimate([], [])


@pytest.mark.parametrize(
    ("rate", "n", "interval", "wanted"),
    [
        (0.05, 20, stats.wilson, 0.92),
        (0.05, 20, stats.jeffreys, 0.98),
        (0.9, 50, stats.wilson, 0.97),
        (0.9, 50, stats.jeffreys, 0.95),
    ],
)
def test_coverage_is_that_of_the_specification(rate, n, interval, wanted):
    # Exact coverage by summing over all counts; the specification's figures come from 4,000 simulations (sd 0.005).
    covered = 0.0
    for c in range(n + 1):
        found = interval(c, n)
        if found.low <= rate <= found.high:
            covered += math.comb(n, c) * rate**c * (1 - rate) ** (n - c)
    assert covered == pytest.approx(wanted, abs=0.02)


def test_clustered_intervals_cover_where_siblings_are_alike():
    # 20 families of 5; 800 draws give the coverage with a standard deviation of 0.008.
    draw = random.Random(11)
    families = [at // 5 for at in range(100)]
    sizes = [0.85, 0.15]
    truth, clustered, naive = fmean(sizes), 0, 0
    for _ in range(800):
        rates = [draw.choice(sizes) for _ in range(20)]
        values = [float(draw.random() < rates[family]) for family in families]
        found = stats.clustered_t(values, families)
        clustered += found.low <= truth <= found.high
        plain = stats.wilson(sum(values), 100)
        naive += plain.low <= truth <= plain.high
    assert 0.92 <= clustered / 800 <= 0.98
    assert naive / 800 < 0.85
