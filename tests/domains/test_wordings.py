"""Banks of wordings: enough of them, of every style, for every family and every one of its steps."""

from __future__ import annotations

import pytest

from tailorbird.assemble import corpora, domain
from tailorbird.core.domain import Family
from tailorbird.corpus.bank import expand
from tailorbird.corpus.guard import words

PACK = domain("iot")
BANKS = corpora.banks("iot")
STYLES = {"operation": 4, "goal": 5, "terse": 3, "chatty": 3, "units": 2, "remarks": 3, "budget": 3, "context": 2}


@pytest.mark.parametrize("family", PACK.families.values(), ids=lambda family: family.id)
def test_a_family_has_a_bank_for_itself_and_for_every_step(family: Family) -> None:
    bank = BANKS[family.id]
    english = [text for texts in bank.en.values() for text in texts]
    assert len(english) >= 25 and len(set(english)) == len(english)
    assert {style: len(bank.en.get(style, ())) >= least for style, least in STYLES.items()} == dict.fromkeys(
        STYLES, True
    )
    assert len(bank.zh) >= 8 and len(set(bank.zh)) == len(bank.zh)
    assert all(text.count("{budget}") == 1 for text in bank.en["budget"])
    assert sum("{file}" in text for text in english) >= 8
    for text in (*english, *bank.zh):
        assert "{" not in text.replace("{file}", "").replace("{budget}", ""), text
    assert set(bank.stages) == {spec.name for spec in family.specs}
    for name, languages in bank.stages.items():
        assert len({text for item in languages["en"] for text in expand(item)}) >= 25, name
        assert len({text for item in languages["zh"] for text in expand(item)}) >= 8, name


@pytest.mark.parametrize("family", PACK.families.values(), ids=lambda family: family.id)
def test_no_sentence_of_a_bank_is_one_that_suites_hold(family: Family) -> None:
    held = {" ".join(words(item.text)) for item in family.wordings if item.held}
    bank = BANKS[family.id]
    said = {" ".join(words(text)) for texts in (*bank.en.values(), bank.zh) for text in texts}
    assert not held & said
