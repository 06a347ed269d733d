"""Whether two independent programs of one task agree, and whether a row's texts are what they claim.

Covers: comparison of results, degenerate results, the gates a row passes before it is kept. Does not cover: duplicates
and overlap with suites, which need all rows (`near.py`, `guard.py`).
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tailorbird.core.attempt import Outcome
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Program, Requirement, Spec
from tailorbird.core.wording import read_slots
from tailorbird.corpus.lesson import PERMISSIVE, Lesson

LONGEST = 9000
"""Characters of a row's conversation: about 3,000 tokens of a code tokenizer. Longer rows are dropped, never cut."""

_HOLES = re.compile(r"\bTODO\b|\bFIXME\b|your code|NotImplementedError|\.\.\.\s*$", re.MULTILINE)

Join = Callable[[Requirement, Plan, tuple[Spec, ...], tuple[str, ...]], Program]


class Input(Protocol):
    """One input of a program."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Content by name."""

    @property
    def path(self) -> str:
        """The file it gets as its input path."""


class Runner(Protocol):
    """A world that runs one program on several inputs."""

    def run(self, source: str, inputs: Sequence[Any], entry: str = "solve") -> list[Outcome]:
        """What it makes of each input; the first failure is the last."""


@dataclass(frozen=True)
class Given:
    """One input as the corpus makes it."""

    files: Mapping[str, bytes]
    path: str


@dataclass(frozen=True)
class Desk:
    """What a builder of rows is given."""

    runner: Runner
    join: Join
    inspect: Callable[[str, Spec], Sequence[str]]
    """Static gate of the solver: what is wrong with a function."""


def agree(first: Any, second: Any, within: float, floor: float = 1e-9) -> bool:
    """Whether two results are the same up to a relative difference; NaN agrees with nothing."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(agree(first[k], second[k], within, floor) for k in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(agree(a, b, within, floor) for a, b in zip(first, second, strict=True))
    numbers = (int, float)
    if (
        isinstance(first, bool)
        or isinstance(second, bool)
        or not (isinstance(first, numbers) and isinstance(second, numbers))
    ):
        return type(first) is type(second) and bool(first == second)
    return math.isfinite(first) and abs(first - second) <= within * max(abs(first), abs(second)) + floor


def hollow(results: Sequence[Any]) -> bool:
    """Whether every input gave the same empty or zero answer: then nothing was shown."""
    return all(_nothing(result) for result in results)


def _nothing(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_nothing(item) for item in value.values())
    if isinstance(value, list):
        return all(_nothing(item) for item in value)
    return isinstance(value, (int, float)) and not value


def row_fault(row: Lesson) -> tuple[str, str]:
    """The first gate a row does not pass, and why; two empty texts when it passes all."""
    for gate, check in _GATES:
        reason = check(row)
        if reason:
            return gate, reason
    return "", ""


def _schema(row: Lesson) -> str:
    roles = [message.role for message in row.messages]
    if roles != ["system", "user", "assistant"] or not all(message.content.strip() for message in row.messages):
        return f"expected system, user, assistant, got {roles}"
    return ""


def _layout(row: Lesson) -> str:
    """Every answer is the one written form of what it says."""
    try:
        if row.kind == "plan":
            return "" if Plan.parse(row.answer).render() == row.answer else "plan: not the written form"
        if row.kind == "spec":
            return "" if Spec.parse(row.answer).render() == row.answer else "spec: not the written form"
        if row.kind == "complete":
            read_slots(row.answer)
    except ParseError as error:
        return error.message
    return ""


def _syntax(row: Lesson) -> str:
    if row.kind not in ("code", "repair", "implement"):
        return ""
    try:
        tree = ast.parse(row.answer)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(found) != 1:
        return f"expected one function, got {len(found)}"
    if not ast.get_docstring(found[0]):
        return "expected a documented function"
    hole = _HOLES.search(row.answer)
    return f"placeholder {hole[0]!r}" if hole else ""


def _length(row: Lesson) -> str:
    size = sum(len(message.content) for message in row.messages)
    return f"{size} characters, at most {LONGEST}" if size > LONGEST else ""


def _licence(row: Lesson) -> str:
    return "" if row.licence in PERMISSIVE else f"licence {row.licence!r}"


def _proved(row: Lesson) -> str:
    needs = row.kind in ("code", "repair", "implement")
    return "a row with a program needs a run" if needs and not (row.proof and row.oracle) else ""


_GATES: tuple[tuple[str, Callable[[Lesson], str]], ...] = (
    ("schema", _schema), ("format", _layout), ("parse", _syntax), ("length", _length), ("licence", _licence),
    ("oracle", _proved),
)  # fmt: skip
