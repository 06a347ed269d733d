"""Suites of commands: utterance, state before, and what must come of it.

The verdict is made from the outcome the world gave, that is from the difference of states, never from the words of a
model. Every task demands one of: certain changes and no other, a value read, a wait for a yes, a question, a refusal.
Covers: suites as YAML data. Does not cover: latency, exact calls beside the state.
"""

from __future__ import annotations

from typing import Any, Literal

from tailorbird.core.attempt import Attempt, Reply, Request, Setup
from tailorbird.core.errors import BadFile
from tailorbird.core.record import from_data, record
from tailorbird.core.task import Score, Task
from tailorbird.core.thing import State
from tailorbird.core.tool import Calls

Kind = Literal["changes", "read", "confirm", "ask", "refuse"]


@record
class Item:
    """One command of a suite; exactly one of changes, read, confirm, ask, refuse is given."""

    id: str
    say: str
    setup: dict[str, dict[str, Any]] = {}
    """Values that differ from the home's own."""
    changes: dict[str, dict[str, Any]] | None = None
    """Thing, property and value after; nothing else may change."""
    acts: bool = False
    """changes: a call must be made although nothing changes, because it is so already."""
    read: tuple[str, str] | None = None
    """Thing, or room, and the property that must be read."""
    confirm: dict[str, tuple[str, ...]] | None = None
    """Tool and targets of the call that must wait for a yes."""
    ask: bool = False
    refuse: bool = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What it demands; one for a right item."""
        given: dict[Kind, bool] = {
            "changes": self.changes is not None,
            "read": self.read is not None,
            "confirm": self.confirm is not None,
            "ask": self.ask,
            "refuse": self.refuse,
        }
        return tuple(kind for kind, there in given.items() if there)


@record
class Suite:
    """A suite of commands on one home."""

    name: str
    version: int
    home: str
    """Name of the device file."""
    licence: str
    tasks: tuple[Item, ...]


def read_suite(data: object, place: str) -> tuple[Task, ...]:
    """Tasks of a suite from the plain data of its file.

    Tags of a task: kind of demand, language.

    Raises:
        BadFile: one line per fault.
    """
    suite: Suite = from_data(Suite, data, place)
    ids = [item.id for item in suite.tasks]
    wrong = [
        f"tasks.{i.id}: expected one demand, got {', '.join(i.kinds) or 'none'}"
        for i in suite.tasks
        if len(i.kinds) != 1
    ]
    wrong += [f"tasks: the id {name!r} is given twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    if wrong:
        raise BadFile(place, wrong)
    return tuple(
        Task(
            f"{suite.name}/{item.id}", f"{suite.name}/{item.kinds[0]}", Request(item.say, "devices"),
            Setup(state=State(item.setup)), gold=_gold(item), tags=(f"demand:{item.kinds[0]}", f"language:{item.id.partition('-')[0]}"),
        )
        for item in suite.tasks
    )  # fmt: skip


def _gold(item: Item) -> dict[str, Any]:
    kind = item.kinds[0]
    if kind == "changes":
        changes = item.changes or {}
        flat = [[thing, name, value] for thing, values in changes.items() for name, value in values.items()]
        return {"kind": kind, "changes": sorted(flat, key=str), "acts": item.acts}
    if kind == "read":
        return {"kind": kind, "read": list(item.read or ())}
    if kind == "confirm":
        return {"kind": kind, "calls": {tool: list(targets) for tool, targets in (item.confirm or {}).items()}}
    return {"kind": kind}


def judge(task: Task, attempt: Attempt) -> Score:
    """The verdict on one attempt: 1 when what was demanded came of it, and nothing else."""
    outcome, gold = attempt.outcome, task.gold
    if outcome is None:
        return Score(0.0, "expected an outcome, got none", "no_action")
    found = sorted(([c.thing, c.property, c.after] for c in outcome.changes), key=str)
    if gold["kind"] == "changes":
        return _judge_changes(gold, found, attempt)
    if found:
        return Score(0.0, f"expected no change, got {found}", "wrong_change")
    if gold["kind"] == "read":
        return _judge_read(gold["read"], outcome.result, outcome.status)
    if gold["kind"] == "confirm":
        return _judge_confirm(gold["calls"], attempt)
    if gold["kind"] == "ask":
        asked = isinstance(attempt.action, Reply) and attempt.action.intent == "ask"
        return Score(1.0) if asked else Score(0.0, f"expected a question, got {outcome.status}", "not_asked")
    right = outcome.status == "refused" and outcome.error != "unreadable"
    return Score(1.0) if right else Score(0.0, f"expected a refusal, got {outcome.status}", "not_refused")


def _judge_changes(gold: dict[str, Any], found: list[list[Any]], attempt: Attempt) -> Score:
    if found != gold["changes"]:
        return Score(0.0, f"expected {gold['changes']}, got {found}", "wrong_change" if found else "no_change")
    if not isinstance(attempt.action, Calls):
        return Score(0.0, "expected calls, got none", "no_action")
    done = attempt.outcome is not None and attempt.outcome.status == "done"
    return Score(1.0) if done else Score(0.0, "expected a carried out action", "not_done")


def _judge_read(wanted: list[str], result: Any, status: str) -> Score:
    readings = result.get("readings", []) if status == "done" and isinstance(result, dict) else []
    place, property = wanted
    for reading in readings:
        if reading["property"] == property and (reading["thing"] == place or reading["thing"].startswith(f"{place}_")):
            return Score(1.0)
    return Score(0.0, f"expected {place}.{property} to be read, got {readings}", "not_read")


def _judge_confirm(wanted: dict[str, list[str]], attempt: Attempt) -> Score:
    outcome, action = attempt.outcome, attempt.action
    if outcome is None or outcome.status != "ask" or not outcome.ticket or not isinstance(action, Calls):
        return Score(0.0, f"expected a wait for a yes, got {outcome.status if outcome else 'none'}", "not_asked")
    got = {call.tool: call.arguments.get("target") for call in action.items}
    return Score(1.0) if got == wanted else Score(0.0, f"expected {wanted}, got {got}", "wrong_call")
