"""How a conversation is written for a model of our own, and which part of it carries loss.

    <|system|> ... <|end|> <|user|> ... <|end|> <|assistant|> ANSWER <|end|>

Only the answer and the mark that ends it carry loss. Training and inference use these functions and nothing else, so
that their bytes are equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from tailorbird.core.example import Message

END = "<|end|>"

MARKS = {"system": "<|system|>", "user": "<|user|>", "assistant": "<|assistant|>"}


def segments(messages: Sequence[Message]) -> list[tuple[str, bool]]:
    """The text of a conversation in pieces, each with whether it carries loss: only the last answer does."""
    found: list[tuple[str, bool]] = []
    for at, message in enumerate(messages):
        taught = at == len(messages) - 1 and message.role == "assistant"
        found.append((f"{MARKS[message.role]}\n", False))
        found.append((f"{message.content}{END}", taught))
        if at < len(messages) - 1:
            found.append(("\n", False))
    return found


def prompt(messages: Sequence[Message]) -> str:
    """What a model is given before it answers."""
    text = "".join(f"{MARKS[message.role]}\n{message.content}{END}\n" for message in messages)
    return f"{text}{MARKS['assistant']}\n"
