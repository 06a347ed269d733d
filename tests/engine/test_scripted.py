import json

import pytest

from tailorbird.core.ask import Constraint, Generation, Sampling
from tailorbird.core.errors import BadFile, EngineError
from tailorbird.core.example import Message
from tailorbird.engine.scripted import Scripted, make

ASK = (Message("system", "be brief"), Message("user", "plan the heart rate"))


def test_answers_come_in_order_and_what_was_asked_is_kept():
    engine = Scripted(["one", Generation("two", tokens=3, cut=True)])
    constraint, sampling = Constraint.choice(["one", "two"]), Sampling(seed=4)
    assert engine.generate(ASK, constraint, sampling).text == "one"
    assert engine.generate(ASK) == Generation("two", tokens=3, cut=True)
    assert engine.asked[0].messages == ASK
    assert (engine.asked[0].constraint, engine.asked[0].sampling) == (constraint, sampling)
    assert engine.enforces == frozenset()


def test_a_script_that_has_run_out_is_an_error_that_says_so():
    engine = Scripted(["one"])
    engine.generate(ASK)
    with pytest.raises(EngineError, match="at most 1 asks"):
        engine.generate(ASK)


def test_a_mapping_answers_by_what_the_last_message_holds():
    engine = Scripted({"heart": "beats", "plan": ["never"]})
    assert engine.generate(ASK).text == "beats"
    assert engine.generate(ASK).text == "beats"
    with pytest.raises(EngineError, match=r"\['heart', 'plan'\]"):
        engine.generate((Message("user", "something else"),))


def test_a_list_inside_a_mapping_is_used_up():
    engine = Scripted({"heart": ["wrong", "right"]})
    assert [engine.generate(ASK).text for _ in range(2)] == ["wrong", "right"]
    with pytest.raises(EngineError, match="'heart'"):
        engine.generate(ASK)


def test_a_watcher_hears_the_text():
    heard = []
    Scripted(["one two"]).generate(ASK, watch=heard.append)
    assert "".join(heard) == "one two"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(["one", {"text": "two", "cut": True}])),
        ("a.json", json.dumps({"heart": ["one", {"text": "two", "cut": True}]})),
        ("a.jsonl", '"one"\n\n{"text": "two", "cut": true}\n'),
    ],
)
def test_a_script_may_be_a_file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    engine = make(str(path), {})
    assert engine.generate(ASK) == Generation("one")
    assert engine.generate(ASK) == Generation("two", cut=True)
    assert engine.name == f"scripted:{name}"


@pytest.mark.parametrize("text", ["", "3", "[1]", '[{"texts": "one"}]', "{"])
def test_a_file_of_another_form_is_refused_with_its_place(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=r"bad\.json"):
        make(str(path), {})
