"""Rows of a corpus: a conversation, where it comes from, how it was checked, and the run that proves it.

Covers: rows, proofs, rejections, as records with one line of JSON each. Does not cover: making or checking them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from tailorbird.core.example import Example, Message
from tailorbird.core.record import canonical, record

Kind = Literal["complete", "plan", "spec", "code", "repair", "describe", "implement"]

PERMISSIVE = (
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Apache-2.0",
    "ISC",
    "PSF-2.0",
    "0BSD",
    "HPND",
    "Unlicense",
    "CC0-1.0",
    "MIT-CMU",
    "Zlib",
    "CC-BY-4.0",
)
"""Licences a row may have, by SPDX name."""  # fmt: skip


@record
class Lesson:
    """One row."""

    id: str
    """First 16 hexadecimal digits of the SHA-256 of its messages."""
    kind: Kind
    """complete: what to return; plan: decomposition; spec: transformation; code: D3; repair; describe: D1; implement: D2."""
    messages: tuple[Message, ...]
    source: str
    """Family and stage, composition, or package and object."""
    group: str
    """Siblings share it and never part between splits."""
    topic: str
    """What the balance counts: block, family step, package."""
    licence: str = "Apache-2.0"
    operators: tuple[str, ...] = ()
    style: str = ""
    language: Literal["en", "zh"] = "en"
    oracle: Literal["", "twin", "family", "doctest"] = ""
    """Who accepted the run; empty for rows that hold no program."""
    proof: str = ""
    """Id of the run."""
    generator: str = "template"
    """`template`, `harvest`, or `teacher:<name>`."""
    split: str = "train"

    @property
    def example(self) -> Example:
        """What a training run takes."""
        seat = {"describe": "code", "implement": "code", "complete": "plan"}.get(self.kind, self.kind)
        return Example(self.messages, self.source, self.group, seat)

    @property
    def answer(self) -> str:
        """The text that carries the loss."""
        return self.messages[-1].content

    @property
    def asked(self) -> str:
        """What the person or the solver says, without the standing instruction."""
        return "\n\n".join(message.content for message in self.messages[:-1] if message.role != "system")


def lesson_id(messages: tuple[Message, ...]) -> str:
    """The id of a row."""
    text = "\x1e".join(f"{message.role}\x1f{message.content}" for message in messages)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def lesson(example: Example, kind: Kind, topic: str, **more: Any) -> Lesson:
    """A row from an example."""
    return Lesson(lesson_id(example.messages), kind, example.messages, example.source, example.group, topic, **more)


@record
class Proof:
    """A run that was accepted, with what is needed to run it again."""

    id: str
    """First 16 hexadecimal digits of the SHA-256 of program and inputs."""
    oracle: Literal["twin", "family", "doctest"]
    program: str
    """Source of the whole program."""
    inputs: dict[str, Any]
    """How the inputs are drawn: recipe, or family with seeds and changes."""
    expected: tuple[Any, ...]
    """What came, one result per input."""
    within: float = 1e-6
    """Relative difference that is allowed when it runs again."""


@record
class Rejected:
    """A row or program that did not count."""

    gate: str
    reason: str
    source: str
    text: str = ""
    """The beginning of what was refused."""


def proof_id(program: str, inputs: Mapping[str, Any]) -> str:
    """The id of a run."""
    return hashlib.sha256(f"{program}\x1e{canonical(dict(inputs))}".encode()).hexdigest()[:16]
