"""Verdicts on programs and on calls."""

import pytest
from bench_fakes import GOOD, family

from tailorbird.bench.scorers import CallScorer, FamilyScorer, Gold, Instances, Judge, judged
from tailorbird.bench.suite import trials
from tailorbird.core.attempt import Attempt, Outcome, Reply, Request
from tailorbird.core.errors import BadFile, UnknownName
from tailorbird.core.program import Program
from tailorbird.core.record import to_data
from tailorbird.core.rule import Rule, Trigger
from tailorbird.core.task import Task
from tailorbird.core.thing import Change
from tailorbird.core.tool import Call, Calls

FAMILY = family()
TASK = Task("T900/held-en-1", "T900", Request("x"), trials=trials(FAMILY, "s"))
SCORER = FamilyScorer(Instances({"T900": FAMILY}))


def right(index: int) -> Outcome:
    trial = TASK.trials[index]
    return Outcome("done", dict(FAMILY.generate(trial.seed, trial.level).truth))


def attempt(*outcomes: Outcome) -> Attempt:
    return Attempt(Request("x"), Program(GOOD), trials=outcomes)


def test_all_five_trials_right_is_a_pass():
    score = SCORER(TASK, attempt(*(right(index) for index in range(5))))
    assert score.passed and score.parts == {"easy": 1.0, "nominal": 1.0, "hard": 1.0, "edge": 1.0, "graded": 1.0}


def test_one_wrong_trial_fails_the_task_and_names_itself():
    wrong = Outcome("done", {"mean": 1e6, "above": []})
    score = SCORER(TASK, attempt(right(0), right(1), wrong, right(3), right(4)))
    assert score.value == 0.0 and score.error == "wrong_value" and score.why.startswith("trial 3 of 5 (nominal): error")
    assert score.parts["graded"] == 0.8 and score.parts["nominal"] == 0.5


def test_an_outcome_that_is_not_done_scores_its_error_class():
    score = SCORER(
        TASK, attempt(right(0), Outcome("stopped", why="over 1024 MB", error="memory"), *map(right, (2, 3, 4)))
    )
    assert (score.value, score.error) == (0.0, "memory")


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (None, "no_program"),
        (Reply("no", "refuse"), "refused"),
        (Reply("which?", "ask"), "asked"),
        (Calls((Call("x"),)), "no_program"),
    ],
)
def test_an_answer_that_is_no_program_scores_zero(action, error):
    assert SCORER(TASK, Attempt(Request("x"), action)).error == error


def test_outcomes_that_say_nothing_are_passed_on():
    judge = Judge(Instances({"T900": FAMILY}))
    assert judge(TASK, attempt(right(0), Outcome("stopped", why="no sandbox", error="infra"))).error == "infra"
    assert judge(TASK, attempt(Outcome("stopped", error="skipped_policy"))).error == "skipped_policy"


def test_a_measure_that_trips_over_a_hostile_answer_fails_that_answer():
    broken = family(measure=lambda truth, output: {"error": 1 / 0})
    score = judged(broken, {}, {"mean": 1.0, "above": []})
    assert (score.value, score.error) == (0.0, "wrong_value") and "ZeroDivisionError" in score.why


def test_an_unknown_family_is_named():
    with pytest.raises(UnknownName):
        Instances({}).family("T900")


LAMP = Call("turn_on", {"target": "lamp", "brightness": 50})
LOCK = Call("lock", {"target": "door"})


def score_call(gold: Gold, action, outcome: Outcome | None = None):
    task = Task("d1", "d", Request("x", "devices"), gold=to_data(gold))
    return CallScorer()(task, Attempt(Request("x"), action, trials=(outcome,) if outcome else ()))


def test_calls_are_compared_without_order_unless_it_counts():
    swapped = Calls((LOCK, LAMP))
    assert score_call(Gold(calls=(LAMP, LOCK)), swapped).passed
    assert score_call(Gold(calls=(LAMP, LOCK), ordered=True), swapped).error == "wrong_call"


def test_a_number_is_a_number_but_true_is_not_one():
    assert score_call(Gold(calls=(LAMP,)), Calls((Call("turn_on", {"brightness": 50.0, "target": "lamp"}),))).passed
    one = Gold(calls=(Call("set", {"on": True}),))
    assert score_call(one, Calls((Call("set", {"on": 1}),))).error == "wrong_call"


@pytest.mark.parametrize(
    "arguments", [{"target": "lamp"}, {"target": "lamp", "brightness": 51}, {"target": "x", "brightness": 50}]
)
def test_every_argument_must_be_right(arguments):
    assert score_call(Gold(calls=(LAMP,)), Calls((Call("turn_on", arguments),))).error == "wrong_call"


def test_an_extra_call_is_wrong_and_so_is_another_condition():
    assert score_call(Gold(calls=(LAMP,)), Calls((LAMP, LAMP))).error == "wrong_call"
    assert score_call(Gold(calls=(LAMP,)), Calls((LAMP,), [">", ["s", "t"], 3])).error == "wrong_condition"


ON = Change("lamp", "on", False, True)
NOISE = Change("sensor", "lux", 3, 4)


def test_the_state_must_differ_exactly_as_expected():
    gold = Gold(changes=(ON,), ignore=("sensor.lux",))
    assert score_call(gold, Calls((LAMP,)), Outcome("done", changes=(NOISE, ON))).passed
    assert (
        score_call(gold, Calls((LAMP,)), Outcome("done", changes=(ON, Change("door", "open", 0, 1)))).error
        == "side_effect"
    )
    assert score_call(gold, Calls((LAMP,)), Outcome("refused", error="policy", why="too hot")).error == "policy"
    assert score_call(gold, Calls((LAMP,)), Outcome("done")).error == "wrong_state"


def test_nothing_must_change_is_a_right_answer_of_its_own():
    assert score_call(Gold(changes=()), Reply("It is on already.")).passed
    assert score_call(Gold(changes=()), Calls((LAMP,)), Outcome("done", changes=(ON,))).error == "side_effect"


def test_abstaining_must_have_the_right_intent_reason_and_slot():
    assert score_call(Gold(intent="refuse", reason="unsafe"), Reply("No.", "refuse", reason="unsafe")).passed
    assert (
        score_call(Gold(intent="refuse", reason="unsafe"), Reply("No.", "refuse", reason="unsupported")).error
        == "wrong_reason"
    )
    assert score_call(Gold(intent="ask", slot="area"), Reply("Where?", "ask", "area")).passed
    assert score_call(Gold(intent="ask", slot="area"), Reply("What?", "ask", "value")).error == "wrong_slot"
    assert score_call(Gold(intent="refuse"), Calls((LAMP,)), Outcome("done")).error == "acted"
    assert score_call(Gold(calls=(LAMP,)), Reply("No.", "refuse")).error == "refused"
    assert score_call(Gold(calls=(LAMP,)), None).error == "no_action"


def test_a_yes_that_is_needed_can_be_demanded():
    assert score_call(Gold(calls=(LOCK,), status="ask"), Calls((LOCK,)), Outcome("ask")).passed
    assert score_call(Gold(calls=(LOCK,), status="ask"), Calls((LOCK,)), Outcome("done")).error == "wrong_status"


def test_a_rule_is_compared_without_its_id():
    rule = Rule("r1", (Trigger("time", at="07:00"),), (LAMP,))
    assert score_call(Gold(rule=rule), Rule("other", rule.triggers, rule.calls)).passed
    assert score_call(Gold(rule=rule), Rule("r1", (Trigger("time", at="08:00"),), rule.calls)).error == "wrong_rule"


def test_odd_arguments_never_break_the_scorer():
    for odd in ({"target": {"deep": [None, {}]}}, {"target": 10**300}, {}):
        assert score_call(Gold(calls=(LAMP,)), Calls((Call("turn_on", odd),))).error == "wrong_call"


def test_a_gold_of_another_form_is_an_error_of_the_suite():
    with pytest.raises(BadFile, match="gold"):
        CallScorer()(Task("d1", "d", Request("x"), gold={"cals": []}), Attempt(Request("x")))
