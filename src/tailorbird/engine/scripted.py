"""An engine that says what it was told to say, and remembers what it was asked.

Serves tests, demonstrations and replays: a run with a scripted engine gives the same bytes every time. Enforces no
constraint: what stands in the script comes, fit or unfit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tailorbird.core.ask import Constraint, Generation, Kind, Sampling
from tailorbird.core.errors import BadFile, EngineError
from tailorbird.core.example import Message
from tailorbird.core.files import read_text
from tailorbird.core.record import from_data

Answer = str | Generation


@dataclass(frozen=True)
class Asked:
    """What the engine was asked once."""

    messages: tuple[Message, ...]
    constraint: Constraint | None
    sampling: Sampling


@dataclass
class Scripted:
    """Answers in order, or by what the last message holds."""

    answers: Sequence[Answer] | Mapping[str, Answer | Sequence[Answer]]
    """A list is used up from its start. In a mapping the first key that occurs in the last message decides; its value
    is one answer for ever, or a list that is used up."""
    name: str = "scripted"
    asked: list[Asked] = field(default_factory=list)
    """Everything it was asked, in order."""
    _used: dict[str, int] = field(default_factory=dict)

    @property
    def enforces(self) -> frozenset[Kind]:
        """Nothing: a script may hold anything."""
        return frozenset()

    def generate(
        self,
        messages: tuple[Message, ...],
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        watch: Callable[[str], None] | None = None,
    ) -> Generation:
        """The next answer of the script.

        Raises:
            EngineError: if the script has run out, or knows no answer to the last message.
        """
        self.asked.append(Asked(messages, constraint, sampling))
        answer = self._next(messages[-1].content if messages else "")
        found = answer if isinstance(answer, Generation) else Generation(answer)
        if watch and found.text:
            watch(found.text)
        return found

    def _next(self, last: str) -> Answer:
        if not isinstance(self.answers, Mapping):
            return self._take("", self.answers)
        for key, answers in self.answers.items():
            if key in last:
                return answers if isinstance(answers, str | Generation) else self._take(key, answers)
        raise EngineError(
            f"expected a message with one of {list(self.answers)[:8]}, got {last[:120]!r}", "add a key to the script"
        )

    def _take(self, key: str, answers: Sequence[Answer]) -> Answer:
        used = self._used.get(key, 0)
        if used >= len(answers):
            where = f" for {key!r}" if key else ""
            raise EngineError(
                f"expected at most {len(answers)} asks{where}, got one more", "add an answer to the script"
            )
        self._used[key] = used + 1
        return answers[used]


def make(rest: str, options: Mapping[str, Any]) -> Scripted:
    """The engine of a file: JSON (a list, or an object of substring and answers), or JSON lines with one answer each.

    An answer is a text, or an object with the fields of `Generation`.

    Raises:
        BadFile: if the file cannot be read or is not of that form.
    """
    path = Path(rest)
    text = read_text(path)
    try:
        if path.suffix == ".jsonl":
            data: Any = [json.loads(line) for line in text.split("\n") if line.strip()]
        else:
            data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile(rest, [f"expected JSON, got {error}"]) from None
    if data in ([], {}):
        raise BadFile(rest, ["expected at least one answer, got none"])
    if isinstance(data, list):
        return Scripted(_answers(data, rest), f"scripted:{path.name}")
    if not isinstance(data, dict):
        raise BadFile(rest, [f"expected a list or an object of answers, got {type(data).__name__}"])
    known = {
        key: _answers(item, rest) if isinstance(item, list) else _answers([item], rest)[0] for key, item in data.items()
    }
    return Scripted(known, f"scripted:{path.name}")


def _answers(items: Iterable[Any], place: str) -> tuple[Answer, ...]:
    return tuple(item if isinstance(item, str) else from_data(Generation, item, place) for item in items)
