"""Verdicts: one scorer for all families, one for calls. They read data and execute nothing.

The truth of a trial is drawn again from its seed, here, on the judge's side; nothing of it is stored or sent.
Covers: programs judged by their family, calls, rules and replies judged against a stored right answer. Does not cover:
running an answer (`run.py`).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from tailorbird.core.attempt import Action, Attempt, Outcome, OutcomeStatus, Reply
from tailorbird.core.domain import Family, Instance, Level
from tailorbird.core.errors import UnknownName
from tailorbird.core.program import Program
from tailorbird.core.record import from_data, record, to_data
from tailorbird.core.rule import Rule
from tailorbird.core.task import Score, Task
from tailorbird.core.thing import Change
from tailorbird.core.tool import Call, Calls

UNSCORED = frozenset({"infra", "skipped_policy"})
"""Error classes that say nothing about the entrant."""


def judged(family: Family, truth: Mapping[str, Any], output: Any, observed: Mapping[str, Any] | None = None) -> Score:
    """The family's verdict, made total: a measure that trips over a hostile output fails that output.

    A right output never gets there: `prove` runs every hostile value through `Family.judge` and reports a raise.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return family.judge(truth, output, observed)
        except Exception as error:  # noqa: BLE001 - foreign data ends here
            return Score(0.0, f"the measure cannot read it: {type(error).__name__}: {str(error)[:120]}", "wrong_value")


class Instances:
    """Drawn instances of families, the last ones kept: siblings of a family share their trials."""

    def __init__(self, families: Mapping[str, Family], keep: int = 16) -> None:
        self._families = families
        self._draw = lru_cache(maxsize=keep)(self._fresh)

    def family(self, name: str) -> Family:
        """A family by catalogue number.

        Raises:
            UnknownName: if it is not there.
        """
        if name not in self._families:
            raise UnknownName("family", name, self._families)
        return self._families[name]

    def draw(self, family: str, seed: int, level: str) -> Instance:
        """The instance of a seed and level."""
        return self._draw(family, seed, level)

    def _fresh(self, family: str, seed: int, level: Level) -> Instance:
        return self.family(family).generate(seed, level)


class FamilyScorer:
    """From an attempt with trials to a verdict: 1 only if every hidden trial passes.

    Parts: `graded`, the share of trials passed; and the same for each level.
    """

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    def __call__(self, task: Task, attempt: Attempt) -> Score:
        """Judge the outcomes of the hidden trials."""
        if not isinstance(attempt.action, Program):
            return Score(0.0, *_no_program(attempt.action), parts={"graded": 0.0})
        scores = [self._trial(task, index, outcome) for index, outcome in enumerate(attempt.trials)]
        if len(scores) != len(task.trials):
            return Score(0.0, f"expected {len(task.trials)} trials, got {len(scores)}", "infra")
        levels: dict[str, list[float]] = {}
        for trial, score in zip(task.trials, scores, strict=True):
            levels.setdefault(trial.level, []).append(float(score.passed))
        parts = {level: sum(found) / len(found) for level, found in levels.items()}
        parts["graded"] = sum(score.passed for score in scores) / len(scores)
        failed = [index for index, score in enumerate(scores) if not score.passed]
        if not failed:
            return Score(1.0, parts=parts)
        first = scores[failed[0]]
        where = f"trial {failed[0] + 1} of {len(scores)} ({task.trials[failed[0]].level})"
        return Score(0.0, f"{where}: {first.why}", first.error, parts)

    def _trial(self, task: Task, index: int, outcome: Outcome) -> Score:
        if outcome.status != "done":
            return Score(0.0, outcome.why or outcome.status, outcome.error or outcome.status)
        trial = task.trials[index]
        truth = self._instances.draw(task.family, trial.seed, trial.level).truth
        return judged(self._instances.family(task.family), truth, outcome.result, outcome.observed)


def _no_program(action: Action | None) -> tuple[str, str]:
    if isinstance(action, Reply):
        return f"expected a program, got words: {action.text[:120]}", "asked" if action.intent == "ask" else "refused"
    return "expected a program, got " + ("calls" if isinstance(action, (Calls, Rule)) else "none"), "no_program"


class Judge:
    """The scorer a run uses: by the family where the task has hidden trials, by its gold where it has none.

    An outcome that tells nothing about the entrant (`infra`, `skipped_policy`) is passed on as such.
    """

    def __init__(self, instances: Instances) -> None:
        self._programs = FamilyScorer(instances)
        self._calls = CallScorer()

    def __call__(self, task: Task, attempt: Attempt) -> Score:
        """Judge an attempt with its outcomes on the hidden setups."""
        silent = next((outcome for outcome in attempt.trials if outcome.error in UNSCORED), None)
        if silent:
            return Score(0.0, silent.why or silent.error, silent.error)
        return self._programs(task, attempt) if task.trials else self._calls(task, attempt)


@record
class Gold:
    """The right answer of a task without family. Fields that are left out do not count."""

    calls: tuple[Call, ...] | None = None
    """Exactly these calls."""
    ordered: bool = False
    """Whether their order counts."""
    condition: Any = None
    """Condition of the calls or rule, compared where `calls` is given."""
    changes: tuple[Change, ...] | None = None
    """Exactly these changes, by thing, property and value after; an empty list means nothing may change."""
    ignore: tuple[str, ...] = ()
    """`thing.property` pairs that do not count."""
    rule: Rule | None = None
    """Exactly this automation, its id aside."""
    intent: Literal["", "answer", "ask", "refuse"] = ""
    """A reply of this intent, and nothing done."""
    reason: str = ""
    """refuse: with this reason."""
    slot: str = ""
    """ask: about this slot."""
    status: OutcomeStatus | Literal[""] = ""
    """What must come of the action, such as `ask` where a person's yes is needed."""


class CallScorer:
    """From an attempt on a home to a verdict: right kind, exact calls, exact difference of state."""

    def __call__(self, task: Task, attempt: Attempt) -> Score:
        """Judge action and outcome against `Task.gold`.

        Raises:
            BadFile: if the task's gold is not of the form of `Gold`.
        """
        gold: Gold = from_data(Gold, task.gold, f"{task.id}: gold")
        outcome = attempt.trials[0] if attempt.trials else attempt.outcome
        faults = [fault for fault in self._faults(gold, attempt.action, outcome) if fault]
        parts = {"must_call": float(not gold.intent), "called": float(isinstance(attempt.action, (Calls, Rule)))}
        if not faults:
            return Score(1.0, parts=parts)
        error, why = faults[0]
        return Score(0.0, why, error, parts)

    def _faults(self, gold: Gold, action: Action | None, outcome: Outcome | None) -> list[tuple[str, str] | None]:
        if gold.intent:
            return [_reply_fault(gold, action)]
        faults: list[tuple[str, str] | None] = []
        if action is None:
            faults.append(("no_action", "expected an action, got none"))
        if isinstance(action, Reply) and not (gold.changes == () and gold.calls is None and gold.rule is None):
            faults.append(
                ("asked" if action.intent == "ask" else "refused", f"expected an action, got {action.render()[:120]}")
            )
        if gold.rule is not None:
            faults.append(_rule_fault(gold.rule, action))
        if gold.calls is not None:
            faults.append(_calls_fault(gold, action))
        if gold.changes is not None and not isinstance(action, Reply):
            faults.append(_change_fault(gold, outcome))
        if gold.status and (outcome is None or outcome.status != gold.status):
            faults.append(
                ("wrong_status", f"expected {gold.status}, got {outcome.status if outcome else 'no outcome'}")
            )
        return faults


def _reply_fault(gold: Gold, action: Action | None) -> tuple[str, str] | None:
    if not isinstance(action, Reply):
        return "acted", f"expected to {gold.intent}, got {action.render()[:120] if action else 'no action'}"
    if action.intent != gold.intent:
        return "wrong_intent", f"expected to {gold.intent}, got {action.render()[:120]}"
    if gold.reason and action.reason != gold.reason:
        return "wrong_reason", f"expected the reason {gold.reason}, got {action.reason or 'none'}"
    if gold.slot and action.slot != gold.slot:
        return "wrong_slot", f"expected to ask about {gold.slot}, got {action.slot or 'nothing'}"
    return None


def _calls_fault(gold: Gold, action: Action | None) -> tuple[str, str] | None:
    if not isinstance(action, Calls):
        return "no_call", f"expected calls, got {action.kind if action else 'nothing'}"
    wanted = [_text([call.tool, call.arguments]) for call in gold.calls or ()]
    came = [_text([call.tool, call.arguments]) for call in action.items]
    if not gold.ordered:
        wanted, came = sorted(wanted), sorted(came)
    if wanted != came:
        return "wrong_call", f"expected {_short(wanted)}, got {_short(came)}"
    if _text(gold.condition) != _text(action.condition):
        return "wrong_condition", f"expected the condition {gold.condition}, got {action.condition}"
    return None


def _rule_fault(gold: Rule, action: Action | None) -> tuple[str, str] | None:
    if not isinstance(action, Rule):
        return "no_rule", f"expected an automation, got {action.kind if action else 'nothing'}"
    if _text(to_data(gold)) == _text(to_data(replace(action, id=gold.id))):
        return None
    return "wrong_rule", f"expected {gold.render()[:160]}, got {action.render()[:160]}"


def _change_fault(gold: Gold, outcome: Outcome | None) -> tuple[str, str] | None:
    if outcome is None:
        return "no_outcome", "expected an outcome, got none"
    wanted, came = _facts(gold.changes or (), gold.ignore), _facts(outcome.changes, gold.ignore)
    if wanted == came:
        return None
    lacking, extra = sorted(set(wanted) - set(came)), sorted(set(came) - set(wanted))
    error = outcome.error or ("wrong_state" if lacking else "side_effect")
    return error, f"lacking {_short(lacking)}; not wanted {_short(extra)}" + (f"; {outcome.why}" if outcome.why else "")


def _facts(changes: tuple[Change, ...], ignore: tuple[str, ...]) -> list[str]:
    kept = (change for change in changes if f"{change.thing}.{change.property}" not in ignore)
    return sorted(_text([change.thing, change.property, change.after]) for change in kept)


def _text(value: Any) -> str:
    """One text per value; 50 and 50.0 are one number, true and 1 are not. Total: NaN is written as such."""
    return json.dumps(_numbers(value), sort_keys=True, ensure_ascii=False)


def _numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (list, tuple)):
        return [_numbers(item) for item in value]
    return {str(key): _numbers(item) for key, item in value.items()} if isinstance(value, dict) else value


def _short(lines: list[str]) -> str:
    return "; ".join(lines)[:160] or "nothing"
