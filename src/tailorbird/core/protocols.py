"""The four contracts, and who is asked for what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tailorbird.core.ask import Constraint, Generation, Kind, Sampling
from tailorbird.core.attempt import Action, Attempt, Outcome, Request, Setup
from tailorbird.core.example import Message
from tailorbird.core.task import Score, Task
from tailorbird.core.thing import State


class Engine(Protocol):
    """A mind that continues a conversation; it keeps none between asks."""

    @property
    def name(self) -> str:
        """How reports call it."""
        ...

    @property
    def enforces(self) -> frozenset[Kind]:
        """Kinds of constraint that hold by construction; the others are asked for in words and checked by `parse`."""
        ...

    def generate(
        self,
        messages: tuple[Message, ...],
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        watch: Callable[[str], None] | None = None,
    ) -> Generation:
        """Continue the conversation.

        Args:
            messages: what was said so far.
            constraint: what may be written.
            sampling: how to pick.
            watch: hears text as it is written.

        Raises:
            EngineError: if the engine cannot be reached or answers nonsense.
        """
        ...


class Environment(Protocol):
    """A place that carries out an action."""

    def reset(self, setup: Setup) -> None:
        """Put the world into a state.

        Raises:
            WorldError: if it is live and cannot be put back.
        """
        ...

    def state(self) -> State:
        """Values now."""
        ...

    def execute(self, action: Action) -> Outcome:
        """Carry out an action; a failing program, a refusal and a limit are outcomes."""
        ...


class Solver(Protocol):
    """From a request to an attempt; never raises on what a model wrote."""

    def __call__(self, request: Request, roles: Roles, world: Environment) -> Attempt:
        """Try once, with whatever repair the solver knows."""
        ...


class Scorer(Protocol):
    """From an attempt to a verdict; runs in the trusted process and executes nothing."""

    def __call__(self, task: Task, attempt: Attempt) -> Score:
        """Judge."""
        ...


@dataclass(frozen=True)
class Roles:
    """Who is asked for what: several adapters on one base, or one engine in every seat."""

    plan: Engine
    spec: Engine
    code: Engine
    repair: Engine
    call: Engine
    answer: Engine

    @staticmethod
    def of(engine: Engine) -> Roles:
        """One engine in every seat."""
        return Roles(engine, engine, engine, engine, engine, engine)
