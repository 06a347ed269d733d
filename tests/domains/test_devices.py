from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "world"))

from homes import DEVICES, act, demo

from tailorbird.assemble import read_yaml
from tailorbird.core.attempt import Attempt, Outcome, Reply, Request, Setup, parse_action
from tailorbird.core.errors import BadFile
from tailorbird.core.task import Task
from tailorbird.core.thing import Change
from tailorbird.core.tool import Calls
from tailorbird.domains.devices.phrases import examples, numbers_of, read_templates, sentences
from tailorbird.domains.devices.suite import judge, read_suite

HOME = demo()
TEMPLATES = read_templates(read_yaml(DEVICES / "phrases.yaml"), "phrases.yaml")
SAID = sentences(TEMPLATES, HOME.things, HOME.tools, HOME.areas)
TASKS = read_suite(read_yaml(DEVICES / "suites" / "home-basic.yaml"), "home-basic.yaml")


def test_every_answer_parses_and_names_only_exposed_things() -> None:
    exposed = {thing.id for thing in HOME.exposed}
    tools = {tool.name for tool in HOME.tools}
    for said in SAID:
        action = parse_action(said.answer)
        assert action.render() == said.answer
        if isinstance(action, Calls):
            target = action.items[0].arguments["target"]
            assert action.items[0].tool in tools
            assert isinstance(target, dict) or set(target) <= exposed
        elif isinstance(action, Reply):
            assert set(action.candidates) <= exposed


def test_every_distinct_call_is_judged_go_or_ask_on_the_home_or_refused_for_a_named_reason() -> None:
    allowed = {"unavailable", "unsafe", "precondition"}
    for answer in {said.answer for said in SAID}:
        action = parse_action(answer)
        if isinstance(action, Calls):
            HOME.reset(Setup())
            outcome = HOME.dry_run(action)
            assert outcome.status in ("done", "ask") or outcome.why.partition(":")[0] in allowed, (answer, outcome.why)


def test_every_number_of_an_answer_with_a_slot_stands_in_the_sentence() -> None:
    slots = {"37", "23", "-23", "3700", "47", "170", "3"}
    for said in SAID:
        for number in numbers_of(said.answer):
            if number in slots and "37" in said.text:
                assert number.lstrip("-") in said.text


def test_no_template_is_unused_and_no_hole_is_left_open() -> None:
    used = {"/".join(said.source.split("/")[:2]) for said in SAID}
    for section in ("groups", "readings", "refusals"):
        assert {f"{section}/{at}" for at in range(len(getattr(TEMPLATES, section)))} <= used
    assert not any("{" in said.text for said in SAID)


def test_both_languages_are_there_and_no_text_has_two_answers() -> None:
    assert sum(said.language == "zh" for said in SAID) > 500
    assert len({said.text.lower() for said in SAID}) == len(SAID)


def test_examples_ask_with_the_wording_of_the_solver() -> None:
    found = examples(TEMPLATES, HOME.things, HOME.tools, HOME.areas)
    assert len(found) == len(SAID)
    assert found[0].role == "call"
    assert found[0].asked[-1].content.endswith(f"# Utterance\n{SAID[0].text}")


def test_the_suite_has_both_languages_every_demand_and_no_sentence_of_the_templates() -> None:
    assert len(TASKS) >= 60
    assert {tag for task in TASKS for tag in task.tags} == {
        "demand:changes", "demand:read", "demand:confirm", "demand:ask", "demand:refuse", "language:en", "language:zh",
    }  # fmt: skip
    texts = {said.text.lower() for said in SAID}
    assert not [task.id for task in TASKS if task.request.text.lower() in texts]


@pytest.mark.parametrize("task", TASKS, ids=[task.id for task in TASKS])
def test_the_setup_of_each_task_fits_the_home_and_idling_passes_only_where_nothing_is_demanded(task: Task) -> None:
    HOME.reset(task.setup)
    idle = Attempt(task.request, Reply("ok"), Outcome("done"))
    assert not judge(task, idle).passed
    for thing, name, _ in task.gold.get("changes", []):
        assert any(thing == item.id and item.property(name) for item in HOME.exposed)


def _task(kind: str) -> Task:
    return next(task for task in TASKS if task.gold["kind"] == kind and (kind != "changes" or task.gold["changes"]))


def test_a_side_effect_fails_a_task() -> None:
    task = next(task for task in TASKS if task.id.endswith("/en-on-1"))
    HOME.reset(task.setup)
    action = act("light_on", "kitchen_light")
    right = Attempt(task.request, action, HOME.execute(action))
    assert judge(task, right).passed
    more = Outcome("done", changes=(*right.outcome.changes, Change("oven", "on", False, True)))  # type: ignore[union-attr]
    assert judge(task, Attempt(task.request, action, more)).error == "wrong_change"


def test_a_confirmed_call_must_be_the_right_one() -> None:
    task = next(task for task in TASKS if task.id.endswith("/en-confirm-1"))
    for tool, passed in (("lock_unlock", True), ("lock_lock", False)):
        HOME.reset(task.setup)
        action = act(tool, "front_door")
        assert judge(task, Attempt(task.request, action, HOME.execute(action))).passed is passed


def test_a_refusal_by_the_policy_and_one_by_the_model_both_count_but_silence_does_not() -> None:
    task = _task("refuse")
    assert judge(task, Attempt(task.request, Reply("no", "refuse"), Outcome("refused"))).passed
    assert judge(task, Attempt(task.request, act("siren_on", "siren"), Outcome("refused", why="unsafe"))).passed
    assert not judge(task, Attempt(task.request, None, Outcome("refused", error="unreadable"))).passed
    assert not judge(task, Attempt(task.request)).passed


def test_a_reading_of_the_room_or_thing_counts() -> None:
    task = next(task for task in TASKS if task.id.endswith("/en-read-1"))
    for thing, passed in (("bedroom_thermometer", True), ("bedroom_heating", True), ("study_air", False)):
        HOME.reset(task.setup)
        action = act("state_read", thing, property="temperature")
        assert judge(task, Attempt(task.request, action, HOME.execute(action))).passed is passed


def test_an_item_with_no_demand_or_two_is_a_fault() -> None:
    data = {"name": "s", "version": 1, "home": "demo", "licence": "x", "tasks": [{"id": "a", "say": "x"}]}
    with pytest.raises(BadFile, match="expected one demand, got none"):
        read_suite(data, "s.yaml")
    data["tasks"] = [{"id": "a", "say": "x", "ask": True, "refuse": True}] * 2
    with pytest.raises(BadFile, match="given twice"):
        read_suite(data, "s.yaml")


def test_the_suite_is_plain_data() -> None:
    assert all(json.dumps(task.gold) for task in TASKS)
    assert all(isinstance(task.request, Request) for task in TASKS)
