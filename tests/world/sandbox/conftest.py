"""One box per backend for the whole folder, as a warm server is dear."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

from tailorbird.world.sandbox import Box, backends

known = functools.cache(backends)


def box_or_skip(name: str, **options: object) -> Box:
    """A box of one backend, or a skipped test with the reason."""
    available, why = next((available, why) for found, available, why in known() if found == name)
    if not available:
        pytest.skip(f"{name}: {why}")
    return Box(backend=name, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session", params=["bubblewrap", "landlock"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    """A warm box of each isolating backend."""
    with box_or_skip(request.param, slots=4) as made:
        yield made


@pytest.fixture(scope="session")
def namespaced() -> Iterator[Box]:
    """A warm box with namespaces."""
    with box_or_skip("bubblewrap", slots=2) as made:
        yield made
