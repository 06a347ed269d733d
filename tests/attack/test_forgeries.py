"""Programs that want a verdict they have not earned, and honest ones that look like them, in each isolation."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tailorbird import assemble
from tailorbird.bench import forgeries
from tailorbird.bench.forgeries import FORGERIES, TWINS, Effort, Report, markdown, run_all, try_forgeries
from tailorbird.bench.forgery import Forgery, program
from tailorbird.bench.prove import assemble as joined
from tailorbird.core.attempt import Limits, Outcome
from tailorbird.core.errors import WorldError
from tailorbird.core.record import from_data, to_data
from tailorbird.core.source import functions_of
from tailorbird.solve.join import join
from tailorbird.world.programs import Programs
from tailorbird.world.sandbox import Box, backends

pytest.importorskip("scipy")

PACK = assemble.domain("iot")
FAMILIES = [PACK.families[number] for number in ("T001", "T036", "T090")]
SMALL = Limits(cpu_s=1.0, wall_s=3.0, memory_mb=384)
EFFORT = Effort(trials=(0,), limits=SMALL)
PLAIN = PACK.families["T090"]


def world_of(backend: str, admitted: bool = False) -> Programs:
    """A world of programs, without the look at their text unless it is asked for; skips where there is none."""
    available, why = next((available, why) for found, available, why in backends() if found == backend)
    if not available:
        pytest.skip(f"{backend}: {why}")
    policy = "unsafe" if backend == "unsafe" else "judge"
    return Programs(Box(backend=backend, policy=policy), PACK.allowed, admitted=admitted)


class Isolated:
    """The whole table in one isolation; a class per backend, so that the two may run side by side."""

    backend = ""

    def test_nothing_is_forged_or_broken_and_every_honest_twin_passes(self):
        world = world_of(self.backend)
        try:
            found = run_all(FAMILIES, PACK.solutions, join, world, effort=EFFORT)
        finally:
            world.close()
        assert not found.faults, "\n".join(found.faults)
        assert found.passed and found.families == ("T001", "T036", "T090") and self.backend in found.world
        assert {one.id for one in found.tried} == {one.id for one in (*FORGERIES, *TWINS)}
        assert all(one.passed == (one.trials if one.honest else 0) for one in found.tried)


class TestBubblewrap(Isolated):
    backend = "bubblewrap"


class TestLandlock(Isolated):
    backend = "landlock"


@pytest.fixture(scope="module")
def world():
    made = world_of("bubblewrap" if backends()[0][1] else "landlock")
    yield made
    made.close()


def test_the_look_at_the_text_turns_some_forgeries_away_and_the_rest_fails():
    world = world_of("bubblewrap" if backends()[0][1] else "landlock", admitted=True)
    quick = tuple(one for one in FORGERIES if not one.once)
    try:
        found = run_all([PLAIN], PACK.solutions, join, world, effort=replace(EFFORT, forgeries=quick))
    finally:
        world.close()
    assert found.passed, found.faults
    forged = [one for one in found.tried if not one.honest]
    turned_away = {one.id for one in forged if not one.admitted}
    assert {"Q2", "Q3", "Q5d", "Q7a", "Q13a"} <= turned_away and not {"Q1a", "Q11a", "Q16a"} & turned_away
    assert {one.id for one in found.tried if one.honest and one.passed} == {"H1", "H2", "H3"}


def test_every_trial_of_the_set_is_tried(world):
    some = tuple(one for one in FORGERIES if one.id in ("Q1a", "Q16a"))
    found = try_forgeries(PLAIN, PACK.solutions, join, world, Effort(limits=SMALL, forgeries=some, twins=TWINS[:1]))
    assert [(one.id, one.trials, one.passed) for one in found] == [("Q1a", 5, 0), ("Q16a", 5, 0), ("H1", 5, 5)]


def test_the_table_covers_every_row_and_every_text_is_python(world):
    rows = {one.id.rstrip("abcdefghij") for one in FORGERIES}
    assert {f"Q{number}" for number in range(1, 17) if number != 15} <= rows
    assert sum(row.startswith("O") for row in rows) >= 6
    assert len({one.id for one in (*FORGERIES, *TWINS)}) == len(FORGERIES) + len(TWINS)
    for family in FAMILIES:
        reference = joined(family, functions_of(family, PACK.solutions), join)
        for one in (*FORGERIES, *TWINS):
            ast.parse(program(one, family, reference, b"", SMALL).source)


class Gullible:
    """A harness that lets a program grade itself: whatever is not the reference counts as if it were."""

    def __init__(self, inner: Programs, only: str = "def solve(path): return Always()") -> None:
        self.inner, self.only, self.right = inner, only, None

    def reset(self, setup):
        self.inner.reset(setup)

    def execute(self, action):
        self.right = self.right or action
        return self.inner.execute(self.right if self.only in action.source else action)


class Spoiled(Gullible):
    """A harness whose next job after a forgery is lost."""

    spoiled = False

    def execute(self, action):
        if self.spoiled:
            self.spoiled = False
            return Outcome("stopped", why="the server ended", error="infra")
        self.spoiled = self.only in action.source
        return self.inner.execute(action)


class Lost(Gullible):
    """A harness in which a forgery ends the server."""

    def execute(self, action):
        if self.only in action.source:
            raise WorldError("the server ended")
        return self.inner.execute(action)


class Loud(Gullible):
    """A harness whose outcome no log can hold."""

    def execute(self, action):
        outcome = self.inner.execute(action)
        return replace(outcome, why="\ud800", result=object()) if self.only in action.source else outcome


@pytest.mark.parametrize(
    ("harness", "fault"),
    [(Gullible, "passed"), (Spoiled, "the next honest program"), (Lost, "it was not scored"), (Loud, "raised")],
)
def test_a_harness_that_can_be_fooled_is_found_out(world, harness, fault):
    effort = replace(EFFORT, forgeries=FORGERIES[:1], twins=())
    found = run_all([PLAIN], PACK.solutions, join, harness(world), effort=effort)
    assert not found.passed and fault in found.faults[0], found.faults
    assert "FAULT" in markdown([found])


def test_a_world_in_which_the_reference_fails_is_refused(world):
    class Broken(Gullible):
        def execute(self, action):
            return Outcome("failed", why="no numpy", error="import")

    with pytest.raises(WorldError, match="the reference fails: no numpy"):
        run_all([PLAIN], PACK.solutions, join, Broken(world), effort=EFFORT)


SEARCH = """
import re
def solve(path):
    try: loot = open({place!r}).read()
    except OSError: loot = ""
    return {{**_blank(), "loot": loot}}
"""


@pytest.mark.parametrize("backend", ["bubblewrap", "landlock", "unsafe"])
def test_a_salt_that_lies_in_a_file_comes_out_only_without_isolation(backend, monkeypatch, tmp_path_factory):
    known = "ab" * 16
    monkeypatch.setattr(forgeries.secrets, "token_hex", lambda size: known)
    monkeypatch.setenv("TAILORBIRD_SALT", f"canary-{known}")
    place = Path("/var/tmp") / f"{tmp_path_factory.mktemp('salt').name}-{id(monkeypatch)}.txt"
    place.write_text(f"canary-{known}")
    place.chmod(0o644)
    looks = Forgery("X1", "reads the salt", "", SEARCH.format(place=str(place)))
    others = tuple(one for one in FORGERIES if one.id in ("Q13a", "Q13b", "Q13c")) if backend != "unsafe" else ()
    world = world_of(backend)
    try:
        effort = replace(EFFORT, forgeries=(looks, *others), twins=())
        found = run_all([PLAIN], PACK.solutions, join, world, effort=effort)
    finally:
        world.close()
        place.unlink()
    wanted = ("X1 reads the salt on T090: the salt came out",) if backend == "unsafe" else ()
    assert found.faults == wanted


def test_reports_survive_being_written_and_make_one_table(world):
    effort = replace(EFFORT, forgeries=FORGERIES[:2], twins=TWINS[:1])
    found = run_all([PLAIN], PACK.solutions, join, world, effort=effort)
    assert from_data(Report, to_data(found)) == found
    assert [one.id for one in found.tried] == ["Q1a", "Q1b", "H1"]
    lines = markdown([found, found]).splitlines()
    assert lines[2].startswith("| Q1a | an object that equals everything | wrong_type | wrong_type | evalplus")
    assert lines[-1].count("passes") == 2
