"""One box per backend for the whole folder, as a warm server is dear."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import pytest

from tailorbird.world.sandbox import Box, backends

known = functools.cache(backends)


@pytest.fixture(scope="session")
def need() -> Callable[[str], None]:
    """A function that skips the test with the reason where a backend is missing."""

    def check(name: str) -> None:
        available, why = next((available, why) for found, available, why in known() if found == name)
        if not available:
            pytest.skip(f"{name}: {why}")

    return check


@pytest.fixture(scope="session", params=["bubblewrap", "landlock"])
def box(request: pytest.FixtureRequest, need: Callable[[str], None]) -> Iterator[Box]:
    """A warm box of each isolating backend."""
    need(request.param)
    with Box(backend=request.param, slots=4) as made:
        yield made


@pytest.fixture(scope="session")
def namespaced(need: Callable[[str], None]) -> Iterator[Box]:
    """A warm box with namespaces."""
    need("bubblewrap")
    with Box(backend="bubblewrap", slots=2) as made:
        yield made
