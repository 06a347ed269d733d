"""Every family passes its gates on one salt in the real sandbox; `tailorbird bench prove iot` runs twenty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tailorbird import assemble
from tailorbird.bench.prove import Effort, prove
from tailorbird.core.domain import Family
from tailorbird.core.protocols import Environment
from tailorbird.solve.dataflow import check
from tailorbird.solve.gate import inspect
from tailorbird.solve.join import join

PACK = assemble.domain("iot")
FAMILIES = sorted(PACK.families.values(), key=lambda family: family.id)


@pytest.fixture(scope="module")
def world() -> Iterator[Environment]:
    made = assemble.programs(PACK)
    yield made
    made.close()


def test_ninety_families_at_least_two_of_each_domain() -> None:
    letters = [family.domain for family in FAMILIES]
    assert len(FAMILIES) >= 90
    assert {letter: letters.count(letter) >= 2 for letter in "ABCDEFGHIJKL"} == dict.fromkeys("ABCDEFGHIJKL", True)
    assert PACK.missing == {}, "make test installs the extra `peers`"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_a_family_has_wordings_in_both_languages_and_keeps_some_back(family: Family) -> None:
    english = [item for item in family.wordings if item.language == "en"]
    chinese = [item for item in family.wordings if item.language == "zh"]
    assert len(english) >= 6
    assert len(chinese) >= 2
    assert any(item.held for item in english) and any(item.held for item in chinese)
    assert any(not item.held for item in english) and any(not item.held for item in chinese)
    assert len({item.text for item in family.wordings}) == len(family.wordings)
    assert len(family.mutants) >= 3
    assert any(item.naive for item in family.mutants)
    assert len(family.alternates) >= 2


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_a_reference_passes_the_checks_a_model_must_pass(family: Family) -> None:
    from tailorbird.core.source import functions_of

    requirement = family.requirement(family.wordings[0].text)
    assert check(requirement, family.plan, family.specs) == ()
    for variant in (None, *family.alternates):
        for spec, code in zip(family.specs, functions_of(family, PACK.solutions, variant), strict=True):
            assert inspect(code, spec, PACK.allowed | set(family.allowed)) == (), (spec.name, variant and variant.name)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_right_programs_pass_and_wrong_programs_and_cheap_answers_fail(family: Family, world: Environment) -> None:
    found = prove(family, PACK.solutions, join, world, Effort(salts=1, flake=2, salt="ci"))
    assert found.faults == ()
