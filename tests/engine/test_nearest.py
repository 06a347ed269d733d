"""The retrieval baseline finds, fills and abstains."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tailorbird import assemble
from tailorbird.core import wording
from tailorbird.core.ask import Sampling
from tailorbird.core.attempt import Reply
from tailorbird.core.example import Example, Message
from tailorbird.core.program import Plan, Requirement, Slot, Spec
from tailorbird.core.protocols import Engine
from tailorbird.core.signature import signature
from tailorbird.engine.nearest import Nearest

PATH = Slot("path", "path", "1", "input file")


@pytest.fixture(scope="module")
def nearest() -> Engine:
    return assemble.engine("nearest")


def wish(
    goal: str, file: str = "`heart.csv`: CSV with a header, columns `seconds` (s), `lead1` (mV); 9 rows"
) -> Requirement:
    return Requirement(goal, (PATH,), (file,))


def test_a_known_wish_gets_the_outputs_of_its_family(nearest: Engine) -> None:
    answer = nearest.generate(wording.complete(wish("Find the R-peaks in heart.csv and print the heart rate.")))
    assert [slot.name for slot in wording.read_slots(answer.text)] == ["peaks_s", "heart_rate_bpm"]
    assert "T001" in answer.note


def test_columns_of_the_example_become_those_of_the_request(nearest: Engine) -> None:
    spec = assemble.domain("iot").families["T001"].specs[0]
    answer = nearest.generate(wording.write(spec, signature(spec), wish("heart rate")))
    assert 'table["seconds"]' in answer.text
    assert 'table["lead1"]' in answer.text
    assert '"ecg"' not in answer.text


@pytest.mark.parametrize("goal", ["write me a poem about the sea", "order a pizza", "translate this text into French"])
def test_a_foreign_wish_gets_nothing(nearest: Engine, goal: str) -> None:
    answer = nearest.generate(wording.complete(wish(goal)))
    assert answer.text == ""
    assert "shares" in answer.note or "no verified" in answer.note


def test_each_step_gets_its_own_specification_and_function(nearest: Engine) -> None:
    family = assemble.domain("iot").families["T001"]
    held = next(item for item in family.wordings if item.held and item.language == "en")
    requirement = family.requirement(held.text)
    plan = Plan.parse(nearest.generate(wording.decompose(requirement)).text)
    assert plan == family.plan
    scope = [family.contract.input]
    for number, known in enumerate(family.specs, start=1):
        spec = Spec.parse(nearest.generate(wording.specify(requirement, plan, number, scope)).text)
        assert spec == known
        code = nearest.generate(wording.write(spec, signature(spec), requirement)).text
        assert f"def {known.name}(" in code
        scope += [replace(slot, origin=f"task{number}") for slot in spec.outputs]


def test_other_seeds_draw_other_verified_functions(nearest: Engine) -> None:
    family = assemble.domain("iot").families["T001"]
    spec = family.specs[2]
    asked = wording.write(spec, signature(spec), family.requirement("x"))
    texts = {nearest.generate(asked, sampling=Sampling(0.8, seed=seed)).text for seed in range(3)}
    assert len(texts) > 1


def test_no_held_out_wording_is_an_example() -> None:
    held = {item.text for family in assemble.domain("iot").families.values() for item in family.wordings if item.held}
    text = "\n".join(message.content for example in assemble.examples("iot") for message in example.messages)
    assert held
    assert not [item for item in held if item in text]


def test_numbers_of_an_utterance_are_filled_in() -> None:
    known = Example(
        (
            Message("system", wording.CALL),
            Message("user", "# Utterance\nset the lamp to 40 percent"),
            Message("assistant", '<tool_call>{"name":"light_set","arguments":{"target":["lamp"],"brightness":40}}</tool_call>'),
        ),
        "t", "t",
    )  # fmt: skip
    engine = Nearest([known])
    said = engine.generate((Message("system", wording.CALL), Message("user", "# Utterance\nlamp to 75 percent set")))
    assert '"brightness":75' in said.text
    other = engine.generate((Message("system", wording.CALL), Message("user", "# Utterance\nwho won the world cup")))
    assert Reply.parse(other.text).reason == "out_of_scope"


def test_an_empty_shelf_answers_with_nothing() -> None:
    assert Nearest([]).generate(wording.complete(wish("anything"))).text == ""
