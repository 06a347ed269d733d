"""From an utterance to calls, a rule or a reply, carried out by the world.

The engine is asked once with the home's exposed things and their tools; an answer that cannot be read or names what does
not exist is asked again with the fault, at most twice. The world judges and carries out; whether something happened is
said by its outcome, never by the model. Covers: one utterance, one action. Does not cover: retrieval of tools for large
homes, dialogue memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from tailorbird.core import wording
from tailorbird.core.ask import Sampling
from tailorbird.core.attempt import Attempt, Outcome, Reply, Request, parse_action
from tailorbird.core.errors import ParseError
from tailorbird.core.example import Message
from tailorbird.core.protocols import Environment, Roles
from tailorbird.core.rule import Rule
from tailorbird.core.thing import State, Thing
from tailorbird.core.tool import Call, Calls, Tool
from tailorbird.solve.desk import Desk

UNREAD = "I did not understand that well enough to do anything."
"""Said when no answer of the engine could be read."""


@runtime_checkable
class Hearing(Protocol):
    """A world that keeps an account of the words behind an action."""

    def heard(self, request: Request) -> None:
        """Remember the words behind the next action."""
        ...


@dataclass(frozen=True)
class CallSolver:
    """Solves requests on one home."""

    things: tuple[Thing, ...]
    """Of the home; only exposed ones are shown."""
    tools: tuple[Tool, ...]
    rounds: int = 2
    """Second asks at most."""
    sampling: Sampling = Sampling()
    watch: Callable[[str], None] | None = None

    def __call__(self, request: Request, roles: Roles, world: Environment) -> Attempt:
        """Ask, read, check names, carry out; never raises on what a model wrote."""
        start = time.perf_counter()
        exposed = tuple(thing for thing in self.things if thing.exposed)
        state = _shown(world.state(), exposed)
        desk = Desk(self.sampling, self.watch)

        def prompt(faults: tuple[str, ...]) -> tuple[Message, ...]:
            return wording.call(exposed, self.tools, state, _with_faults(request, faults))

        def read(text: str) -> Calls | Rule | Reply:
            action = parse_action(text)
            check_names(action, exposed, self.tools)
            return action

        action = desk.ask("call", roles.call, prompt, read, tries=1 + self.rounds)
        if action is None:
            outcome = Outcome("refused", output=UNREAD, why="unreadable", error="unreadable")
        else:
            if isinstance(world, Hearing):
                world.heard(request)
            outcome = world.execute(action)
        return Attempt(
            request, action, outcome, turns=tuple(desk.turns), rounds=tuple(desk.rounds),
            seconds=time.perf_counter() - start, tokens=desk.tokens,
        )  # fmt: skip


def _shown(state: State, exposed: Sequence[Thing]) -> State:
    """The part of the state a model may know."""
    return State({thing.id: state.values.get(thing.id, {}) for thing in exposed}, state.time)


def _with_faults(request: Request, faults: Sequence[str]) -> Request:
    if not faults:
        return request
    return replace(request, context=(*request.context, f"the last answer was wrong: {faults[-1]}"))


def check_names(action: Calls | Rule | Reply, things: Sequence[Thing], tools: Sequence[Tool]) -> None:
    """Refuse an answer that names a tool or thing that does not exist, so that it can be asked again.

    Raises:
        ParseError: naming the first unknown one.
    """
    if isinstance(action, Reply):
        return
    ids, names = {thing.id for thing in things}, {tool.name for tool in tools}
    calls: tuple[Call, ...] = action.items if isinstance(action, Calls) else action.calls
    for call in calls:
        if call.tool not in names:
            raise ParseError(f"expected one of the listed tools, got {call.tool!r}")
        target = call.arguments.get("target")
        for name in target if isinstance(target, list) else ():
            if name not in ids:
                raise ParseError(f"expected listed things as target, got {name!r}")
