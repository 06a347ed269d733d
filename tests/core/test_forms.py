"""Constraints accept exactly what `render` writes."""

from __future__ import annotations

import re

import pytest

from tailorbird import assemble
from tailorbird.core import forms, wording
from tailorbird.core.domain import Family
from tailorbird.corpus.examples import scope_before

FAMILIES = sorted(assemble.domain("iot").families.values(), key=lambda family: family.id)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_every_reference_text_is_accepted(family: Family) -> None:
    assert re.fullmatch(forms.plan().body, family.plan.render())
    assert re.fullmatch(forms.slots().body, wording.write_slots(family.contract.outputs))
    for number, spec in enumerate(family.specs, start=1):
        body = forms.spec(spec.name, scope_before(family, number)).body
        assert re.fullmatch(body, spec.render()), spec.render()


@pytest.mark.parametrize(
    "text",
    [
        "", "Sub-Task 2 [A]\n- b", "Sub-Task 1 [A]", "Sub-Task 1 [A]\n- b\n\n\nSub-Task 2 [C]\n- d", "Sub-Task 1 [A]\n- b\nSub-Task 2 [C]\n- d",
        "Sub-Task 1 [A]\n- b\n\nSub-Task 3 [C]\n- d", "Sub-Task 1 [A]\n" + "\n".join("- b" for _ in range(9)),
    ],
)  # fmt: skip
def test_what_parse_refuses_the_plan_form_refuses_too(text: str) -> None:
    assert not re.fullmatch(forms.plan().body, text)


def test_an_input_out_of_scope_cannot_be_written() -> None:
    family = FAMILIES[0]
    spec = family.specs[-1]
    assert not re.fullmatch(forms.spec(spec.name, [family.contract.input]).body, spec.render())
