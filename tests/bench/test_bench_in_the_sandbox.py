"""The bench with the real sandbox and the real joiner: a family is proved, its reference passes a suite."""

import pytest

from tailorbird.bench.prove import Effort, prove
from tailorbird.bench.run import Entrant, Ground, run
from tailorbird.bench.suite import Choice, build
from tailorbird.core.attempt import Attempt
from tailorbird.core.domain import Domain
from tailorbird.core.errors import TailorbirdError
from tailorbird.core.source import functions_of

pytest.importorskip("scipy")
box = pytest.importorskip("tailorbird.world.sandbox.box")
programs = pytest.importorskip("tailorbird.world.programs")
joiner = pytest.importorskip("tailorbird.solve.join")


@pytest.fixture(scope="module")
def world():
    try:
        with box.Box() as held:
            place = programs.Programs(held)
            assert place.profile
            yield place
    except (TailorbirdError, OSError) as error:
        pytest.skip(f"no isolation on this host: {error}")


@pytest.fixture(scope="module")
def pack() -> Domain:
    from importlib.resources import files

    from tailorbird.domains.iot.families.t001_r_peaks import FAMILY

    text = files("tailorbird.domains.iot").joinpath("solutions/t001_r_peaks.py").read_text(encoding="utf-8")
    return Domain("iot", "iot", {FAMILY.id: FAMILY}, solutions={FAMILY.solutions: text})


def test_the_pattern_family_is_proved_on_one_salt(world, pack):
    found = prove(pack.families["T001"], pack.solutions, joiner.join, world, Effort(salts=1, flake=2))
    assert found.passed, found.faults


def test_the_reference_passes_the_hidden_trials_of_a_task(world, pack, tmp_path):
    family = pack.families["T001"]

    def solve(request, roles, place):
        return Attempt(
            request,
            joiner.join(family.requirement("x"), family.plan, family.specs, functions_of(family, pack.solutions)),
        )

    suite = build("one", pack, Choice("s", first=True))
    found = run(suite, Entrant("reference", solve, None), Ground(world, world.profile, pack.families), tmp_path)
    assert found.finished and found.rows[0].score.passed and found.rows[0].cpu_s > 0 and found.rows[0].memory_mb > 0
