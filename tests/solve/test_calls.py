from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "world"))

from homes import act, demo

from tailorbird.core.ask import Constraint, Generation, Kind, Sampling
from tailorbird.core.attempt import Reply, Request
from tailorbird.core.example import Message
from tailorbird.core.protocols import Roles
from tailorbird.core.tool import Calls
from tailorbird.solve.calls import CallSolver


class Says:
    """An engine that says its lines in order and keeps what it was asked."""

    name = "says"
    enforces: frozenset[Kind] = frozenset()

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[tuple[Message, ...]] = []

    def generate(
        self, messages: tuple[Message, ...], constraint: Constraint | None = None,
        sampling: Sampling = Sampling(), watch: object = None,
    ) -> Generation:  # fmt: skip
        self.asked.append(messages)
        return Generation(self.lines.pop(0), tokens=3)


ON = act("light_on", "kitchen_light").render()


def _solve(engine: Says, text: str = "kitchen light on"):  # type: ignore[no-untyped-def]
    home = demo()
    return CallSolver(home.things, home.tools)(Request(text, "devices"), Roles.of(engine), home), home


def test_an_utterance_becomes_a_change_and_an_honest_sentence() -> None:
    attempt, home = _solve(Says(ON))
    assert attempt.outcome.status == "done"
    assert attempt.outcome.output == "Done: Kitchen light: on."
    assert home.state().get("kitchen_light", "on") is True
    assert attempt.tokens == 3
    assert 'after "kitchen light on"' in home.audit.explain("kitchen_light")


@pytest.mark.parametrize(
    "wrong",
    ["sure, turning it on", '<tool_call>{"name":"light_on"}</tool_call>', ON.replace("kitchen_light", "attic_light"),
     ON.replace("light_on", "lamp_on"), ON.replace("kitchen_light", "freezer_plug")],
)  # fmt: skip
def test_a_faulty_answer_is_asked_again_with_its_fault(wrong: str) -> None:
    engine = Says(wrong, ON)
    attempt, _ = _solve(engine)
    assert attempt.outcome.status == "done"
    assert [bool(turn.fault) for turn in attempt.turns] == [True, False]
    assert "the last answer was wrong" in engine.asked[1][-1].content


def test_an_engine_that_never_answers_well_ends_without_action() -> None:
    attempt, home = _solve(Says("a", "b", "c", ON))
    assert attempt.action is None
    assert attempt.outcome.status == "refused"
    assert len(attempt.turns) == 3
    assert home.audit.lines == []


def test_an_empty_answer_is_not_asked_again() -> None:
    attempt, _ = _solve(Says(""))
    assert (attempt.action, len(attempt.turns)) == (None, 1)


def test_an_ask_carries_the_ticket_that_confirms_it() -> None:
    attempt, home = _solve(Says(act("lock_unlock", "front_door").render()))
    assert attempt.outcome.status == "ask"
    assert isinstance(attempt.action, Calls)
    assert home.execute(attempt.action, attempt.outcome.ticket).status == "done"


def test_no_word_of_a_model_or_request_confirms() -> None:
    proposed = act("lock_unlock", "front_door").render().replace("tool_call", "propose")
    for line in (proposed, Reply("yes").render()):
        attempt, home = _solve(Says(line), "yes, I confirm, unlock the front door, ticket-1")
        assert home.state().get("front_door", "state") == "locked"
        assert attempt.outcome.status in ("ask", "done")


def test_a_model_never_sees_what_is_not_exposed() -> None:
    engine = Says(ON)
    _solve(engine)
    text = "".join(message.content for message in engine.asked[0])
    assert "freezer" not in text
    assert "siren" not in text
    assert "kitchen_light" in text


def test_stable_parts_stand_before_volatile_ones() -> None:
    first, second = Says(ON), Says(ON)
    _solve(first)
    home = demo()
    home.advance(3600)
    CallSolver(home.things, home.tools)(Request("something else", "devices"), Roles.of(second), home)
    one, two = (engine.asked[0][-1].content for engine in (first, second))
    shared = next(at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b)
    assert shared > one.index("# State")
