"""The policy in front of every effect: go, ask or refuse, with a named reason.

Checks in this order, the first that fails decides: tool known, things exist, exposed, capable; arguments valid by JSON
Schema; values known; preconditions; range of the thing and limits of the home; invariants on the predicted state;
rates; tier; quiet hours. Every error inside is a refusal. A yes is a ticket: random, bound to the hash of one action, used
once, for 60 seconds. Words never are a yes.

Covers: what one home allows, as data. Does not cover: roles of persons, presence codes; lowering a tier.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tailorbird.core.record import identity, record
from tailorbird.core.thing import State, Thing
from tailorbird.core.tool import RANKS, Call, Calls, Tier, Tool, compare
from tailorbird.world.checks import Refused, answering, check_arguments, check_known, check_value, resolve
from tailorbird.world.effects import same, steps
from tailorbird.world.kinds import READ

Word = Literal["go", "ask", "refuse"]

TICKET_SECONDS = 60.0
"""How long a yes may take."""

Comparison = tuple[str, tuple[str, str], Any]
"""`[op, [thing, property], literal]`."""


@record
class Limit:
    """Bounds of a property, narrower than the device's own."""

    property: str
    kind: str = ""
    """For all things of a kind; or name a thing."""
    thing: str = ""
    minimum: float | None = None
    """A lower value is refused."""
    maximum: float | None = None
    """A higher value is refused."""
    ask_above: float | None = None
    """A higher value needs a yes, as tier heat does."""


@record
class Never:
    """A combination of values that no call may bring about."""

    why: str
    all: tuple[Comparison, ...]
    """Comparisons that must not hold together."""


@record
class Rate:
    """How often a thing may be acted on, from one origin."""

    calls: int
    """At most so many."""
    seconds: float
    """In so many seconds."""
    kind: str = ""
    """Things of this kind only; all when empty."""


@record
class Quiet:
    """Hours in which some kinds act only after a yes."""

    start: str
    """HH:MM; a start after the end spans midnight."""
    end: str
    kinds: tuple[str, ...]


@record
class Rules:
    """What a home allows; the defaults are those of a home without a policy section."""

    limits: tuple[Limit, ...] = (
        Limit("setpoint", kind="climate", ask_above=25.0),
        Limit("setpoint", kind="water_heater", ask_above=55.0),
    )
    never: tuple[Never, ...] = ()
    rates: tuple[Rate, ...] = (Rate(20, 60.0), Rate(4, 60.0, "lock"), Rate(6, 60.0, "cover"))
    quiet: tuple[Quiet, ...] = ()
    tiers: dict[str, Tier] = {}
    """Tool or thing, and the tier it is raised to; a lower one than its own has no effect."""
    locked: bool = False
    """Kill switch: everything that would act is refused."""


@record
class Verdict:
    """The policy's word on one call."""

    word: Word
    reason: str = ""
    """Name of the check that decided; empty for go."""
    detail: str = ""
    """One sentence."""
    tier: Tier = "read"
    targets: tuple[str, ...] = ()
    """Ids, areas and kinds resolved."""

    @property
    def line(self) -> str:
        """One line for people: `refuse invalid_value: …`."""
        head = f"{self.word} {self.reason}".strip()
        return f"{head}: {self.detail}" if self.detail else head


@dataclass(frozen=True)
class Scene:
    """What a judgement looks at: the home as it is."""

    things: Mapping[str, Thing]
    tools: Mapping[str, Tool]
    state: State
    now: float
    """Seconds on the home's own clock."""
    origin: str = "person"


class Policy:
    """Judges actions, keeps rates and tickets."""

    def __init__(self, rules: Rules = Rules(), nonce: Callable[[], str] | None = None) -> None:
        self.rules = rules
        self._nonce = nonce or (lambda: secrets.token_hex(16))
        self._runs: dict[tuple[int, str, str], deque[float]] = {}
        self._tickets: dict[str, tuple[str, float]] = {}

    def forget(self) -> None:
        """Drop rates and open tickets."""
        self._runs.clear()
        self._tickets.clear()

    def twin(self) -> Policy:
        """A policy with the same rules and counted rates, and no open tickets."""
        twin = Policy(self.rules, self._nonce)
        twin._runs = {key: deque(runs, runs.maxlen) for key, runs in self._runs.items()}
        return twin

    def judge(self, action: Calls, scene: Scene) -> tuple[Verdict, ...]:
        """One verdict per call, in order; a later call is judged on the state the earlier ones lead to.

        Total: an error inside refuses.
        """
        found: list[Verdict] = []
        values = {name: dict(items) for name, items in scene.state.values.items()}
        planned: dict[str, int] = {}
        for call in action.items:
            try:
                found.append(self._call(call, scene, values, planned, action.propose))
            except Refused as error:
                found.append(Verdict("refuse", error.reason, error.detail))
            except Exception as error:  # noqa: BLE001 - fail closed: whatever breaks inside, nothing happens
                found.append(
                    Verdict("refuse", "internal", f"the policy failed ({type(error).__name__}); nothing is done")
                )
        return tuple(found)

    def _call(
        self, call: Call, scene: Scene, values: dict[str, dict[str, Any]], planned: dict[str, int], propose: bool
    ) -> Verdict:
        tool = scene.tools.get(call.tool)
        if tool is None:
            raise Refused("unknown_tool", f"there is no tool {call.tool!r}")
        things, left_out = answering(call, resolve(call, tool, scene.things), values)
        ids = tuple(thing.id for thing in things)
        check_arguments(call, tool, things)
        for thing in things:
            check_known(thing, call, tool, values.get(thing.id, {}))
        if tool.name == READ:
            return Verdict("go", detail=left_out, tier="read", targets=ids)
        if self.rules.locked:
            raise Refused("locked", "the kill switch is on")
        before = {name: dict(items) for name, items in values.items()}
        heat = self._effects(call, tool, things, values, before)
        self._rates(things, scene, planned)
        tier = self._tier(tool, things, heat)
        if RANKS[tier] >= RANKS["safety"]:
            raise Refused("unsafe", f"{tool.name} is of tier {tier}: never by words")
        if RANKS[tier] > RANKS["energy"]:
            return Verdict("ask", "confirm", f"{tool.name} is of tier {tier}", tier, ids)
        quiet = self._quiet(things, scene.state.time)
        if quiet or propose:
            return Verdict("ask", "quiet" if quiet else "proposed", quiet or "the plan waits for a yes", tier, ids)
        return Verdict("go", detail=left_out, tier=tier, targets=ids)

    def _effects(
        self,
        call: Call,
        tool: Tool,
        things: Sequence[Thing],
        values: dict[str, dict[str, Any]],
        before: Mapping[str, Mapping[str, Any]],
    ) -> bool:
        """Apply predicted effects to `values`, checked at every instant; whether a value asks for tier heat."""
        heat = False
        planned = [
            (after, thing, name, value)
            for thing in things
            for after, name, value in steps(tool, thing, call.arguments, values[thing.id])
        ]
        touched = {(thing.id, name) for _, thing, name, _ in planned}
        for _, thing, name, value in sorted(planned, key=lambda step: step[0]):
            if value is None:
                raise Refused("unknown_state", f"{thing.title}: {name} is unknown, it cannot be changed by a step")
            check_value(thing, name, value)
            heat |= self._limit(thing, name, value, before[thing.id].get(name))
            values[thing.id][name] = value
            self._never(values, before, touched)
        return heat

    def _limit(self, thing: Thing, name: str, value: Any, old: Any) -> bool:
        asks = False
        for limit in self.rules.limits:
            if (
                limit.property != name
                or (limit.thing or thing.id) != thing.id
                or (limit.kind or thing.kind) != thing.kind
            ):
                continue
            if not isinstance(value, (int, float)) or same(thing.property(name), value, old):
                continue
            if limit.minimum is not None and value < limit.minimum:
                raise Refused("limit", f"{thing.title}: {name} {value:g} is below this home's limit {limit.minimum:g}")
            if limit.maximum is not None and value > limit.maximum:
                raise Refused("limit", f"{thing.title}: {name} {value:g} is above this home's limit {limit.maximum:g}")
            asks |= limit.ask_above is not None and value > limit.ask_above
        return asks

    def _never(
        self,
        values: Mapping[str, Mapping[str, Any]],
        before: Mapping[str, Mapping[str, Any]],
        touched: set[tuple[str, str]],
    ) -> None:
        for rule in self.rules.never:
            if not any(tuple(where) in touched for _, where, _ in rule.all):
                continue
            holds = [compare(values.get(w[0], {}).get(w[1]), op, literal) for op, w, literal in rule.all]
            if all(item is True for item in holds):
                if all(compare(before.get(w[0], {}).get(w[1]), op, x) is True for op, w, x in rule.all):
                    continue
                raise Refused("invariant", rule.why)
            if None in holds and False not in holds:
                raise Refused("invariant", f"{rule.why}: a value is unknown")

    def _rates(self, things: Sequence[Thing], scene: Scene, planned: dict[str, int]) -> None:
        for thing in things:
            planned[thing.id] = planned.get(thing.id, 0) + 1
            for at, rate in enumerate(self.rules.rates):
                if rate.kind not in ("", thing.kind):
                    continue
                runs = self._runs.get((at, thing.id, scene.origin), ())
                recent = sum(scene.now - run < rate.seconds for run in runs)
                if recent + planned[thing.id] > rate.calls:
                    raise Refused("rate", f"{thing.title}: more than {rate.calls} calls in {rate.seconds:g} s")

    def note(self, verdicts: Sequence[Verdict], scene: Scene) -> None:
        """Count what is about to be carried out."""
        for verdict in verdicts:
            for target in verdict.targets if verdict.tier != "read" else ():
                for at, rate in enumerate(self.rules.rates):
                    if rate.kind in ("", scene.things[target].kind):
                        runs = self._runs.setdefault((at, target, scene.origin), deque(maxlen=rate.calls))
                        runs.append(scene.now)

    def _tier(self, tool: Tool, things: Sequence[Thing], heat: bool) -> Tier:
        found: list[Tier] = [tool.tier, *(["heat"] if heat else [])]  # type: ignore[list-item]
        found += [self.rules.tiers[name] for name in (tool.name, *(t.id for t in things)) if name in self.rules.tiers]
        return max(found, key=lambda tier: RANKS[tier])

    def _quiet(self, things: Sequence[Thing], time: str) -> str:
        for quiet in self.rules.quiet:
            names = [thing.title for thing in things if thing.kind in quiet.kinds]
            if not names:
                continue
            clock = time[11:16]
            if not clock:
                return "the time is unknown, it may be quiet hours"
            spans = quiet.start > quiet.end
            inside = clock >= quiet.start or clock < quiet.end if spans else quiet.start <= clock < quiet.end
            if inside:
                return f"quiet hours {quiet.start} to {quiet.end}: {names[0]}"
        return ""

    def ticket(self, action: Calls, now: float) -> str:
        """A ticket for this very action, good once, for 60 seconds."""
        name = self._nonce()
        self._tickets[name] = (identity(action), now + TICKET_SECONDS)
        return name

    def redeem(self, ticket: str, action: Calls, now: float) -> str:
        """Use a ticket up; why it does not count, or nothing when it does."""
        known = self._tickets.pop(ticket, None)
        if known is None:
            return "ticket_unknown: this yes was never asked for, or was used before"
        if known[0] != identity(action):
            return "ticket_foreign: this yes belongs to another action"
        if now > known[1]:
            return f"ticket_expired: a yes counts for {TICKET_SECONDS:g} s"
        return ""
