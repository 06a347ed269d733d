"""The checkup tells a strong isolation from none, by witnesses on the host's side."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tailorbird.world.sandbox.attacks import ATTACKS
from tailorbird.world.sandbox.doctor import WITNESSES, Ground, examine, prepared
from tailorbird.world.sandbox.job import GUARANTEES

SOME = ("N1", "N4", "F1", "F3", "S1", "P2", "K1")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with prepared() as made:
        yield made


@pytest.mark.parametrize("backend", ["bubblewrap", "landlock"])
def test_a_strong_isolation_blocks_what_works_plainly(
    backend: str, ground: Ground, need: Callable[[str], None]
) -> None:
    need(backend)
    found = examine(backend, ground, only=SOME)
    assert {finding.word for finding in found.findings} == {"blocked"}, found.findings
    assert found.well
    assert all(ground.tried[name] for name in SOME)


def test_no_isolation_lets_every_attack_through_but_on_the_environment_which_is_cleared(ground: Ground) -> None:
    found = examine("unsafe", ground, only=SOME)
    words = {finding.attack: finding.word for finding in found.findings}
    assert words == {**dict.fromkeys(SOME, "succeeded"), "S1": "blocked"}
    assert found.held == ()


def test_every_attack_has_a_witness_and_every_guarantee_an_attack() -> None:
    assert {attack.witness for attack in ATTACKS} == set(WITNESSES)
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)
    tried = {claim for attack in ATTACKS for claim in attack.breaks}
    assert set(GUARANTEES) - tried == {"loopback_only", "separate_kernel"}
