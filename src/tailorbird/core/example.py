"""Conversations: what is asked, and what a right answer looks like."""

from __future__ import annotations

from typing import Literal

from tailorbird.core.record import record


@record
class Message:
    """One utterance of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@record
class Example:
    """A conversation whose last message is a verified answer; only that answer carries loss in training."""

    messages: tuple[Message, ...]
    source: str
    """Where it comes from: family and wording, package and function, document and offset."""
    group: str
    """Decides the split: siblings share it and never part."""
    role: str = ""
    """Seat it teaches: plan, spec, code, repair, call, answer."""

    @property
    def asked(self) -> tuple[Message, ...]:
        """Everything before the answer."""
        return self.messages[:-1]

    @property
    def answer(self) -> str:
        """The text a right engine would write."""
        return self.messages[-1].content
