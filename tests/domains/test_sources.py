"""Sources: records are finite, of the right shape and length, in units that convert, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from tailorbird.core.block import Source
from tailorbird.core.units import convert
from tailorbird.domains.iot.sources import SOURCES

TAGS = frozenset(
    ["any", "biosignal", "cardiac", "breathing", "motion", "audio", "vibration", "power", "slow", "level", "flow", "traffic", "multi3"]
)  # fmt: skip


def _times(source: Source, rate: float, seconds: float, seed: int) -> np.ndarray:
    if source.kind != "values":
        return np.arange(int(rate * seconds)) / rate
    return np.sort(np.random.default_rng(seed).uniform(0.0, seconds, int(rate * seconds)))


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_records_are_finite_and_of_the_right_shape(source: Source) -> None:
    for rate in source.rates:
        for seconds in source.seconds:
            times = _times(source, rate, seconds, 1)
            values = source.draw(np.random.default_rng(5), times)
            assert values.shape == ((times.size,) if source.kind != "multi" else (times.size, 3))
            assert np.isfinite(values).all()
            assert np.ptp(values) > 0


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_the_usual_size_is_what_the_source_says(source: Source) -> None:
    times = _times(source, source.rates[0], source.seconds[1], 2)
    sizes = [np.max(np.abs(source.draw(np.random.default_rng(seed), times))) for seed in range(4)]
    assert 0.3 * source.scale < np.mean(sizes) < 8.0 * source.scale


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_records_are_neither_short_nor_long(source: Source) -> None:
    shortest, longest = source.seconds
    assert shortest < longest
    assert all(rate * shortest >= 300 and rate * longest <= 6200 for rate in source.rates)


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_units_of_files_convert(source: Source) -> None:
    assert source.unit in source.units
    for name in source.units:
        assert np.isfinite(convert(1.0, source.unit, name))


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_the_same_seed_gives_the_same_record(source: Source) -> None:
    times = _times(source, source.rates[-1], source.seconds[0], 3)
    first, again, other = (source.draw(np.random.default_rng(seed), times) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_sources_can_be_named(source: Source) -> None:
    assert len(set(source.en)) >= 5
    assert len(set(source.zh)) >= 3
    assert source.tags <= TAGS
    assert all(name.isidentifier() and name == name.lower() for name in source.names)
    wanted = 3 if source.kind == "multi" else 1
    assert all(len(column.split()) == wanted for column in source.columns)


def test_there_are_enough_distinct_sources() -> None:
    assert len({source.name for source in SOURCES}) == len(SOURCES) >= 24
