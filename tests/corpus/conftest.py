"""What tests of corpora share: the pack's kit, and a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tailorbird.assemble import corpora
from tailorbird.core.block import Kit
from tailorbird.corpus.verify import Desk


@pytest.fixture(scope="session")
def kit() -> Kit:
    return corpora.kit("iot")


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    ready = corpora.desk("iot")
    yield ready
    corpora.close()
