"""The one way to act on things: judge, note the intent, carry, read back, note the effect.

An adapter says what the values are (`state`), how late it is (`now`, `time`), how to bring one judged call to its devices
(`carry`) and how to let time pass (`wait`). It cannot replace `execute`: a subclass that tries is refused when it is
defined. A call is done only when its effect was read back.

All calls of an action are judged before the first is carried: one refusal refuses all of them. Covers: calls, conditions,
replies, undo. Does not cover: rules and programs, which are refused; taking back the first half of a plan whose second
half failed, which is reported instead.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, final

from tailorbird.core.attempt import Action, Outcome, Reply, Request
from tailorbird.core.errors import WorldError
from tailorbird.core.thing import Change, State, Thing, diff
from tailorbird.core.tool import RANKS, Call, Calls, Tool, compare
from tailorbird.world import report
from tailorbird.world.audit import Audit
from tailorbird.world.checks import Refused
from tailorbird.world.effects import invert, same, steps
from tailorbird.world.kinds import READ
from tailorbird.world.policy import Policy, Scene, Verdict
from tailorbird.world.report import Language

FINAL = ("execute", "undo", "_run")
"""What no adapter may replace."""


@dataclass
class _Plan:
    """What carried calls should lead to, and what is read."""

    expected: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Thing and property, and the value that is awaited."""
    readings: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    """Until the last effect has come."""
    failed: str = ""
    """Why carrying stopped early."""


class Place(ABC):
    """A world of things; adapters fill in how it is read and reached."""

    def __init__(self, things: Sequence[Thing], tools: Mapping[str, Tool], policy: Policy, audit: Audit) -> None:
        self.things = tuple(things)
        """All things, exposed or not."""
        self.tools = tuple(tools.values())
        """Tools that at least one exposed thing carries."""
        self.policy = policy
        self.audit = audit
        self.language: Language = "en"
        """Of the sentences for the person; that of the last request that was heard."""
        self._words = ""
        self._origin = "person"
        self._seen = ""
        self._by_id = {thing.id: thing for thing in things}
        self._tool = dict(tools)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        replaced = [name for name in FINAL if name in cls.__dict__]
        if replaced:
            raise TypeError(f"{cls.__name__} must not replace {', '.join(replaced)}: policy stands before every effect")

    @abstractmethod
    def state(self) -> State:
        """Values now; `None` for what is unknown or too old to be believed."""

    @abstractmethod
    def now(self) -> float:
        """Seconds on the clock that rates and tickets are measured by."""

    @abstractmethod
    def carry(self, call: Call, things: Sequence[Thing]) -> None:
        """Bring one judged call to its things; only ever called by `execute`.

        Raises:
            WorldError: if it certainly did not arrive.
        """

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Let so much time pass, for effects that take some."""

    @property
    def world(self) -> str:
        """Who carries out, for the outcome."""
        return type(self).__name__.lower()

    @property
    def exposed(self) -> tuple[Thing, ...]:
        """Things a model may know of."""
        return tuple(thing for thing in self.things if thing.exposed)

    def heard(self, request: Request) -> None:
        """Remember the words behind the next action, for the account and the language of the answer."""
        self._words = request.text
        self.language = report.language_of(request.text)

    @final
    def execute(
        self, action: Action, ticket: str = "", by: Literal["person", "flag"] = "person", origin: str = "person"
    ) -> Outcome:
        """Carry out an action, or say why not.

        Args:
            action: what a model wrote.
            ticket: the yes to this very action, from the outcome that asked for it.
            by: who said yes; a flag such as `--yes` counts up to tier energy only.
            origin: who acts, for rates and the account.
        """
        self._origin = origin
        if isinstance(action, Reply):
            return self._reply(action)
        if not isinstance(action, Calls):
            why = f"unsupported: this world carries out calls, not a {action.kind}"
            return Outcome("refused", why=why, output=self._say("refused", [why]), world=self.world)
        try:
            return self._run(action, ticket, by)
        except Exception as error:  # noqa: BLE001 - fail closed: an adapter or the account broke; what is certain is said
            why = f"internal: {type(error).__name__}: {error}"
            return Outcome(
                "failed", why=why, error="internal", output=self._say("unreachable", [why]), world=self.world
            )

    def _reply(self, reply: Reply) -> Outcome:
        status: dict[str, Literal["done", "ask", "refused"]] = {"answer": "done", "ask": "ask", "refuse": "refused"}
        return Outcome(status[reply.intent], output=reply.text, why=reply.reason, world=self.world)

    @final
    def _run(self, action: Calls, ticket: str, by: str) -> Outcome:
        before = self._look()
        scene = Scene(self._by_id, self._tool, before, self.now(), self._origin)
        verdicts = self.policy.judge(action, scene)
        lines = tuple(verdict.line for verdict in verdicts)
        refusal = next((verdict for verdict in verdicts if verdict.word == "refuse"), None)
        if refusal or not verdicts:
            why = refusal.line.removeprefix("refuse ") if refusal else "invalid_value: no call"
            return self._stopped(action, "refused", why, lines)
        if action.condition is not None:
            holds = self._condition(action.condition, before)
            if isinstance(holds, str):
                return self._stopped(action, "refused", holds, lines)
            if not holds:
                return self._idle(action, before, lines)
        asks = [verdict for verdict in verdicts if verdict.word == "ask"]
        if asks:
            top = max(RANKS[verdict.tier] for verdict in asks)
            if not ticket:
                return self._stopped(action, "ask", asks[0].line.removeprefix("ask "), lines)
            if by == "flag" and top > RANKS["energy"]:
                return self._stopped(action, "refused", "flag: a flag is no yes above tier energy", lines)
            fault = self.policy.redeem(ticket, action, scene.now)
            if fault:
                return self._stopped(action, "refused", fault, lines)
        return self._act(action, verdicts, scene)

    def _stopped(self, action: Calls, status: Literal["refused", "ask"], why: str, lines: tuple[str, ...]) -> Outcome:
        self._note("judged", action=action.render(), verdicts=list(lines), status=status, why=why)
        ticket = self.policy.ticket(action, self.now()) if status == "ask" else ""
        said = self._say("asked" if status == "ask" else "refused", [why.partition(": ")[2] or why])
        return Outcome(status, output=said, why=why, verdicts=lines, ticket=ticket, world=self.world)

    def _idle(self, action: Calls, state: State, lines: tuple[str, ...]) -> Outcome:
        _, (name, property), _ = action.condition
        self._note("judged", action=action.render(), verdicts=list(lines), status="done", why="condition")
        seen = report.describe(self._by_id[name], [property], state, self.language)
        return Outcome(
            "done", output=self._say("condition", [seen]), why="condition", verdicts=lines, world=self.world,
        )  # fmt: skip

    def _condition(self, condition: Any, state: State) -> bool | str:
        """Whether it holds, or why it cannot be told."""
        try:
            op, (name, property), literal = condition
            thing = self._by_id.get(name)
        except (TypeError, ValueError):
            return "invalid_value: expected a condition [op, [thing, property], value]"
        if thing is None or not thing.exposed or thing.property(property) is None:
            return f"unknown_thing: there is no exposed {name}.{property}"
        holds = compare(state.get(name, property), op, literal)
        return f"unknown_state: {thing.title}: {property} cannot be compared now" if holds is None else holds

    def _act(self, action: Calls, verdicts: Sequence[Verdict], scene: Scene) -> Outcome:
        """Note, carry, wait, read back, note, report."""
        self.policy.note(verdicts, scene)
        lines = tuple(verdict.line for verdict in verdicts)
        number = self._note("intent", action=action.render(), verdicts=list(lines))
        plan = self._carry_all(action, verdicts, scene.state)
        self.wait(plan.seconds)
        after = self._look()
        changes = self._changes(scene.state, after)
        wrong = [key for key, value in plan.expected.items() if not self._is(key, after, value)]
        undo = str(json.loads(self.audit.lines[number - 1])["hash"])[:16]
        packed = [[c.thing, c.property, c.before, c.after] for c in changes]
        status: Literal["done", "failed"] = "failed" if wrong or plan.failed else "done"
        self._note("effect", intent=number, changes=packed, undo=undo, status=status)
        readings = [{"thing": t, "property": p, "value": after.get(t, p)} for t, p in plan.readings]
        error = "" if status == "done" else "partial" if changes else "unreachable" if plan.failed else "unconfirmed"
        return Outcome(
            status, result={"readings": readings, "undo": undo}, output=self._account(plan, changes, wrong, after, verdicts),
            why=plan.failed or (f"unconfirmed: {', '.join(sorted({t for t, _ in wrong}))}" if wrong else ""), error=error,
            changes=changes, verdicts=lines, world=self.world,
        )  # fmt: skip

    def _carry_all(self, action: Calls, verdicts: Sequence[Verdict], state: State) -> _Plan:
        plan = _Plan()
        values = {name: dict(items) for name, items in state.values.items()}
        for call, verdict in zip(action.items, verdicts, strict=True):
            things = [self._by_id[name] for name in verdict.targets]
            if call.tool == READ:
                plan.readings += [(thing.id, call.arguments["property"]) for thing in things]
                continue
            tool = self._tool[call.tool]
            for thing in things:
                for after, name, value in steps(tool, thing, call.arguments, values[thing.id]):
                    values[thing.id][name] = plan.expected[thing.id, name] = value
                    plan.seconds = max(plan.seconds, after)
            try:
                self.carry(call, things)
            except WorldError as error:
                plan.failed = f"unreachable: {error.message}"
                break
        return plan

    def _changes(self, before: State, after: State) -> tuple[Change, ...]:
        """What became different of all that tools can set; rooms that cool meanwhile do not count."""
        settable = {(thing.id, item.name) for thing in self.things for item in thing.properties if item.writable}
        return tuple(change for change in diff(before, after) if (change.thing, change.property) in settable)

    def _is(self, key: tuple[str, str], state: State, value: Any) -> bool:
        return same(self._by_id[key[0]].property(key[1]), state.get(*key), value)

    def _account(
        self,
        plan: _Plan,
        changes: Sequence[Change],
        wrong: Sequence[tuple[str, str]],
        after: State,
        verdicts: Sequence[Verdict],
    ) -> str:
        """Sentences for the person, from the observed state."""
        moved, missed = {change.thing for change in changes}, {name for name, _ in wrong}
        groups: dict[str, list[str]] = {"reading": [], "done": [], "already": [], "unconfirmed": [], "unreachable": []}
        for name, property in plan.readings:
            groups["reading"].append(report.describe(self._by_id[name], [property], after, self.language))
        for name in dict.fromkeys(thing for thing, _ in plan.expected):
            names = list(dict.fromkeys(property for thing, property in plan.expected if thing == name))
            late = "unreachable" if plan.failed else "unconfirmed"
            kind = late if name in missed else "done" if name in moved else "already"
            groups[kind].append(report.describe(self._by_id[name], names, after, self.language))
        said = [self._say(kind, parts) for kind, parts in groups.items() if parts]
        said += [self._say("note", [verdict.detail]) for verdict in verdicts if verdict.word == "go" and verdict.detail]
        return " ".join(said)

    def _say(self, what: str, parts: Sequence[str]) -> str:
        return report.sentence(what, [part.rstrip(".") for part in parts], self.language)

    def _note(self, event: str, **facts: Any) -> int:
        if event != "effect":
            facts |= {"origin": self._origin, "words": self._words}
        return self.audit.note(event, self._seen, **facts)

    def _look(self) -> State:
        """The state now; its time is that of the records that follow."""
        state = self.state()
        self._seen = state.time
        return state

    @final
    def undo(self, token: str = "", ticket: str = "", by: Literal["person", "flag"] = "person") -> Outcome:
        """Put back what one action changed, by calls that pass the policy like any other.

        Args:
            token: `result["undo"]` of its outcome; the newest action that changed something when empty.
            ticket: the yes, where going back needs one.
            by: who said yes.
        """
        body = self.audit.find(token)
        if body is None:
            return self._no("unknown_token: there is nothing to undo")
        try:
            calls = self._inverse([Change(*change) for change in body["changes"]])
        except Refused as error:
            return self._no(f"{error.reason}: {error.detail}")
        self._words = f"undo {body['undo']}"
        return self.execute(Calls(calls), ticket, by, "undo")

    def _no(self, why: str) -> Outcome:
        return Outcome("refused", why=why, output=self._say("refused", [why.partition(": ")[2]]), world=self.world)

    def _inverse(self, changes: Sequence[Change]) -> tuple[Call, ...]:
        state = self.state()
        calls: list[Call] = []
        for name in dict.fromkeys(change.thing for change in changes):
            mine = [change for change in changes if change.thing == name]
            thing = self._by_id.get(name)
            moved = thing is None or any(not self._is((name, c.property), state, c.after) for c in mine)
            if thing is None or moved:
                raise Refused("changed_since", f"{name} is no longer as it was left")
            wanted = {change.property: change.before for change in mine}
            found = invert(thing, self._tool, state.values[name], wanted)
            if found is None:
                raise Refused("no_way_back", f"no tool puts {thing.title} back")
            calls += found
        return tuple(calls)
