"""What an engine is asked and what it gave: constraint, sampling, generation, turn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from tailorbird.core.example import Message
from tailorbird.core.record import canonical, record

Kind = Literal["choice", "regex", "schema", "grammar"]
"""Kinds of constraint; an engine's `enforces` lists those that hold by construction."""


@record
class Constraint:
    """What may be written. It names no decoder: `engine/grammar.py` compiles it."""

    kind: Kind
    body: str
    """choice: a JSON list of texts; regex: a pattern; schema: a JSON Schema; grammar: Lark text."""

    @staticmethod
    def choice(options: Sequence[str]) -> Constraint:
        """Exactly one of the options."""
        return Constraint("choice", canonical(list(options)))

    @staticmethod
    def schema(schema: dict[str, Any]) -> Constraint:
        """JSON of a schema; key order is the schema's own."""
        return Constraint("schema", json.dumps(schema, ensure_ascii=False))

    @property
    def options(self) -> tuple[str, ...]:
        """The options of a choice."""
        return tuple(json.loads(self.body)) if self.kind == "choice" else ()


@record
class Sampling:
    """How to pick the next token."""

    temperature: float = 0.0
    """0 is greedy."""
    top_p: float = 1.0
    limit: int = 1024
    """Most tokens to write."""
    seed: int = 0
    stop: tuple[str, ...] = ()


@record
class Generation:
    """What an engine wrote, and at what cost."""

    text: str
    tokens: int = 0
    """Tokens written; 0 where the engine does not count."""
    prompt_tokens: int = 0
    seconds: float = 0.0
    cut: bool = False
    """Ended by the limit, not by the engine: such a text counts as malformed."""
    likelihoods: tuple[float, ...] = ()
    """For a choice: natural logarithm of each option's probability, where the engine holds the logits."""
    note: str = ""
    """What the engine wants people to know, such as which example was nearest."""


@record
class Turn:
    """What a model saw and said."""

    role: str
    """Seat asked: plan, spec, code, repair, call, answer."""
    messages: tuple[Message, ...]
    generation: Generation
    constraint: Constraint | None = None
    fault: str = ""
    """Why the text was not accepted; empty when it was."""
