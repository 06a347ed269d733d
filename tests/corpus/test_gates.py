"""Each gate refuses a planted bad row with its reason."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tailorbird.core.example import Message
from tailorbird.corpus.build import Likeness
from tailorbird.corpus.guard import Guard, Item, canonical_tokens, tree_hash
from tailorbird.corpus.lesson import Lesson, lesson_id
from tailorbird.corpus.near import Near
from tailorbird.corpus.slips import broken
from tailorbird.corpus.teacher import rouge_l
from tailorbird.corpus.verify import agree, hollow, row_fault

GOOD = '''def mean_value(x: list[float]) -> float:
    """Average a list."""
    return sum(x) / len(x)
'''

PLAN = "Sub-Task 1 [Load ECG]\n- read the file\n\nSub-Task 2 [Mean Value]\n- average it"


def _row(answer: str, kind: str = "code", goal: str = "Average the list.", **more: object) -> Lesson:
    messages = (
        Message("system", "Write."),
        Message("user", f"# Goal\n{goal}\n\n# Input\n- x"),
        Message("assistant", answer),
    )
    proved = {"oracle": "twin", "proof": "0" * 16} if kind in ("code", "repair") else {}
    return Lesson(lesson_id(messages), kind, messages, "test", "group", "topic", **{**proved, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "gate"),
    [
        (_row(GOOD), ""),
        (_row(PLAN, "plan"), ""),
        (_row(PLAN.replace("\n\n", "\n"), "plan"), "format"),
        (_row("Sub-Task 2 [Mean Value]\n- average it", "plan"), "format"),
        (_row("**Function**\nf", "spec"), "format"),
        (_row(GOOD.replace("sum(x)", "sum(x")), "parse"),
        (_row(GOOD.replace('    """Average a list."""\n', "")), "parse"),
        (_row(GOOD.replace("return", "# TODO\n    return")), "parse"),
        (_row(GOOD + GOOD.replace("mean_value", "other")), "parse"),
        (_row(GOOD, licence="GPL-3.0-only"), "licence"),
        (_row(GOOD, proof=""), "oracle"),
        (_row(GOOD, goal="word " * 3000), "length"),
        (_row("", "plan"), "schema"),
    ],
)
def test_a_bad_row_is_refused_by_its_gate(row: Lesson, gate: str) -> None:
    assert row_fault(row)[0] == gate


def test_results_agree_up_to_the_difference_that_is_allowed() -> None:
    assert agree({"a": [1.0, 2.0]}, {"a": [1.0, 2.0 + 1e-8]}, 1e-6)
    assert not agree({"a": [1.0, 2.0]}, {"a": [1.0, 2.1]}, 1e-6)
    assert not agree({"a": float("nan")}, {"a": float("nan")}, 1e-6)
    assert not agree({"a": True}, {"a": 1}, 1e-6)
    assert not agree({"a": 1}, {"b": 1}, 1e-6)
    assert hollow([{"n": 0, "at": []}, {"n": 0, "at": []}])
    assert not hollow([{"n": 0}, {"n": 1}])


def test_a_near_copy_is_found_and_another_text_is_not() -> None:
    near = Near()
    text = " ".join(f"word{number} does thing {number % 7}" for number in range(60))
    assert near.seen("code", "first", text) == ""
    assert near.seen("code", "second", text.replace("word30", "other")) == "first"
    assert near.seen("plan", "third", text) == ""
    assert near.seen("code", "fourth", " ".join(f"{number} is else" for number in range(80))) == ""


def test_wordings_of_one_answer_are_compared_by_what_is_said() -> None:
    likeness = Likeness()
    first = _row(PLAN, "plan", "Tell me the mean of the ECG strip in this file, please.")
    same = _row(PLAN, "plan", "Tell me the mean of the ECG strip in this file, please!")
    other = _row(PLAN, "plan", "What is the average voltage over the whole recording?")
    assert likeness.seen(first) == ""
    assert likeness.seen(same) == first.id
    assert likeness.seen(other) == ""


def test_protected_items_are_found_in_every_disguise() -> None:
    function = '''def count_beats(signal, rate):
    """Count the beats."""
    limit = 0.6 * max(signal)
    total = 0
    last = -rate
    for index, value in enumerate(signal):
        if value > limit and index - last > 0.25 * rate:
            total += 1
            last = index
    return total
'''
    guard = Guard.of([
        Item("held", "a", "How many heart beats does this strip of paper from the clinic show?"),
        Item("held", "b", "beats please"),
        Item("held", "c", "Count the beats of hearts"),
        Item("held", "d", code=function),
    ])  # fmt: skip
    assert (
        guard.hit(_row(PLAN, "plan", "how many HEART beats, does this strip of paper -- from the clinic show"))
        is not None
    )
    assert (
        guard.hit(
            _row(PLAN, "plan", "Hello. How many heart beats does this strip of paper from the clinic show? Thanks.")
        )
        is not None
    )
    assert guard.hit(_row(PLAN, "plan", "Beats, please!")) is not None
    assert guard.hit(_row(PLAN, "plan", "Now count the beats of hearts in it")) is not None
    assert guard.hit(_row(PLAN, "plan", "Two beats please and a drum")) is None
    renamed = function.replace("signal", "x").replace("limit", "bar").replace("total", "n").replace("count_beats", "f")
    assert tree_hash(renamed) == tree_hash(function)
    assert guard.hit(_row(renamed)) is not None
    assert (
        guard.hit(_row(function.replace("    total = 0\n    last = -rate\n", "    last = -rate\n    total = 0\n")))
        is not None
    )
    assert guard.hit(_row(GOOD)) is None


def test_canonical_tokens_keep_what_is_computed() -> None:
    assert canonical_tokens("def f(a):\n    return np.mean(a)\n") == [
        "def",
        "v0",
        "v1",
        ":",
        "return",
        "np",
        ".",
        "mean",
        "v1",
    ]
    assert tree_hash(GOOD.replace("sum", "max")) != tree_hash(GOOD) or not tree_hash(GOOD)


def test_slips_change_one_thing_and_are_of_many_kinds() -> None:
    text = (
        'import json\n\n\ndef load(path: str) -> float:\n    """Read."""\n    with open(path, encoding="utf-8") as file:\n'
        '        data = json.load(file)\n    total = 0\n    for value in data["values"]:\n        if value > 3:\n'
        "            total += float(value) * 2\n    return max(total, 1)\n"
    )
    found = {item.what for seed in range(10) for item in broken(text, random.Random(seed))}
    assert len(found) >= 10
    assert all(item.text != text for item in broken(text, random.Random(1)))


def test_rouge_l_of_worked_examples() -> None:
    # Lin (2004): police killed the gunman / police kill the gunman: the subsequence has 3 of 4 words on both sides.
    assert rouge_l(["police", "killed", "the", "gunman"], ["police", "kill", "the", "gunman"]) == pytest.approx(0.75)
    assert rouge_l(["the", "gunman", "kill", "police"], ["police", "killed", "the", "gunman"]) == pytest.approx(0.5)
    assert rouge_l(["a"], ["b"]) == 0.0


def test_a_row_keeps_its_id_whatever_its_place() -> None:
    assert _row(GOOD).id == replace(_row(GOOD), split="valid", group="other").id
