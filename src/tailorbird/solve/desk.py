"""The solver's working table: what was asked and said, with bounded second tries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tailorbird.core.ask import Constraint, Sampling, Turn
from tailorbird.core.errors import ParseError
from tailorbird.core.example import Message
from tailorbird.core.protocols import Engine

T = TypeVar("T")


class Desk:
    """Collects the turns of one attempt and tells a watcher where it stands."""

    def __init__(self, sampling: Sampling = Sampling(), watch: Callable[[str], None] | None = None) -> None:
        self.turns: list[Turn] = []
        self.rounds: list[str] = []
        """One line per round of repair or improvement."""
        self.sampling = sampling
        self._watch = watch

    def say(self, line: str) -> None:
        """Tell the watcher."""
        if self._watch:
            self._watch(line)

    @property
    def tokens(self) -> int:
        """Tokens written so far."""
        return sum(turn.generation.tokens for turn in self.turns)

    def ask(
        self,
        role: str,
        engine: Engine,
        prompt: Callable[[tuple[str, ...]], tuple[Message, ...]],
        read: Callable[[str], T],
        constraint: Constraint | None = None,
        tries: int = 2,
    ) -> T | None:
        """Ask until the answer can be read, at most `tries` times.

        Args:
            role: the seat, for the log.
            engine: who is asked.
            prompt: the faults of earlier answers to the messages.
            read: the answer's text to a value; raises ParseError when it is not of the form.
            constraint: what may be written.
            tries: most asks.

        Returns:
            The value, or `None` when no answer could be read.
        """
        faults: list[str] = []
        for attempt in range(tries):
            messages = prompt(tuple(faults))
            sampling = self.sampling if attempt == 0 else _again(self.sampling, attempt)
            generation = engine.generate(messages, constraint, sampling)
            try:
                if generation.cut:
                    raise ParseError(f"the answer was cut at {generation.tokens} tokens")
                value = read(generation.text)
            except ParseError as error:
                faults.append(error.message)
                self.turns.append(Turn(role, messages, generation, constraint, error.message))
                if not generation.text:
                    return None
                continue
            self.turns.append(Turn(role, messages, generation, constraint))
            return value
        return None


def _again(sampling: Sampling, attempt: int) -> Sampling:
    """Another draw for a second try: greedy decoding would say the same again."""
    return replace(sampling, temperature=max(sampling.temperature, 0.4), seed=sampling.seed + attempt)
