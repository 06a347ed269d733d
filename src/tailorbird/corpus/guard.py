"""Decontamination: no row may hold an item of a suite, verbatim, with other names, or laid out otherwise.

A text is found by its word 8-grams: half of them in one row is a hit; a text of five to seven words when it stands in
the row as a whole; a shorter one when the row's goal is nothing else. A function is found by its syntax tree with names
and layout taken out, or by half of its 12-grams of canonical tokens.
Covers: building the index of protected items, scanning rows. Does not cover: which items a project protects
(`assemble/protected.py`).
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import io
import keyword
import re
import tokenize
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tailorbird.core.record import record
from tailorbird.corpus.lesson import Lesson

WORDS = 8
"""Words of a gram."""

TOKENS = 12
"""Canonical tokens of a gram of code."""

SHARE = 0.5
"""Share of an item's grams in one row from which it is a hit."""

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]|[\u0400-\u04ff\u00c0-\u024f]+")
_BOUND = "\x1e"
"""Marks a name that a text binds."""

_BUILTINS = frozenset(dir(builtins))


@record
class Item:
    """Something that may not be in a corpus."""

    suite: str
    name: str
    text: str = ""
    """What is asked."""
    code: str = ""
    """A function that answers."""


@record
class Hit:
    """A row that holds a protected item."""

    suite: str
    item: str
    row: str
    how: str
    share: float
    text: str
    """The beginning of the row."""


def words(text: str) -> list[str]:
    """Words of a text without case, marks and layout; every Chinese character is a word."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def canonical_tokens(code: str) -> list[str]:
    """Tokens of a Python text with names that it binds numbered, texts and comments left out.

    Attributes, imported names, builtins and keywords stay: they say what is computed.
    """
    return _numbered(_marked_tokens(code))


def _numbered(items: Sequence[str]) -> list[str]:
    """Marked names as numbers in the order in which they come."""
    numbers: dict[str, str] = {}
    return [numbers.setdefault(item, f"v{len(numbers)}") if item[0] == _BOUND else item for item in items]


def _code_grams(items: Sequence[str]) -> set[str]:
    """Grams of marked tokens, names numbered within each: moving a statement changes few of them."""
    return {"\x1f".join(_numbered(items[at : at + TOKENS])) for at in range(len(items) - TOKENS + 1)}


def _marked_tokens(code: str) -> list[str]:
    """Tokens of a text, names that it binds marked."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = []
    skip = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
    for item in tokenize.generate_tokens(io.StringIO(code).readline):
        if item.type in skip or (item.type == tokenize.STRING and "\n" in item.string):
            continue
        if item.type == tokenize.STRING:
            found.append("S")
        elif (
            item.type == tokenize.NAME
            and item.string in bound
            and not keyword.iskeyword(item.string)
            and item.string not in _BUILTINS
        ):
            found.append(_BOUND + item.string)
        elif item.string not in ("(", ")", ","):
            found.append(item.string)
    return found


def tree_hash(code: str) -> str:
    """Hash of a function's canonical tokens; empty for what is no Python or too small to mean anything."""
    found = canonical_tokens(code)
    return hashlib.sha256("\x1f".join(found).encode()).hexdigest()[:16] if len(found) >= 20 else ""


def _grams(items: list[str], size: int) -> set[str]:
    return {"\x1f".join(items[at : at + size]) for at in range(len(items) - size + 1)}


@dataclass
class Guard:
    """Protected items, ready to be looked for."""

    items: list[Item] = field(default_factory=list)
    _text: dict[str, list[int]] = field(default_factory=dict)
    _code: dict[str, list[int]] = field(default_factory=dict)
    _whole: dict[str, int] = field(default_factory=dict)
    _trees: dict[str, int] = field(default_factory=dict)
    _sizes: dict[int, int] = field(default_factory=dict)
    _code_sizes: dict[int, int] = field(default_factory=dict)

    @staticmethod
    def of(items: Iterable[Item]) -> Guard:
        """An index of items."""
        guard = Guard()
        for item in items:
            guard._add(item)
        return guard

    def _add(self, item: Item) -> None:
        at = len(self.items)
        self.items.append(item)
        asked = words(item.text)
        if len(asked) >= 5:
            grams = _grams(asked, min(WORDS, len(asked)))
            self._sizes[at] = len(grams)
            for gram in grams:
                self._text.setdefault(gram, []).append(at)
        elif asked:
            self._whole["\x1f".join(asked)] = at
        if item.code:
            tree = tree_hash(item.code)
            if tree:
                self._trees[tree] = at
            grams = _code_grams(_marked_tokens(item.code))
            if len(grams) >= 8:
                self._code_sizes[at] = len(grams)
                for gram in grams:
                    self._code.setdefault(gram, []).append(at)

    def hit(self, row: Lesson) -> Hit | None:
        """The item a row holds, if any."""
        asked = words(f"{row.asked}\n{row.answer}" if row.kind not in ("code", "repair", "implement") else row.asked)
        counts: Counter[int] = Counter()
        for size in (5, 6, 7, WORDS):
            for gram in _grams(asked, size):
                for at in self._text.get(gram, ()):
                    counts[at] += 1
        for at, count in counts.most_common(1):
            share = count / self._sizes[at]
            if share >= SHARE:
                return self._hit(row, at, "text", share)
        goal = "\x1f".join(words(goal_of(row)))
        if goal in self._whole:
            return self._hit(row, self._whole[goal], "goal", 1.0)
        return self._in_code(row) if row.kind in ("code", "repair", "implement") else None

    def holds(self, said: list[str]) -> str:
        """The first item that a long text holds, named; only texts of at least eight words are looked for.

        Args:
            said: words of the text, see `words`.
        """
        counts: Counter[int] = Counter()
        for at in range(len(said) - WORDS + 1):
            found = self._text.get("\x1f".join(said[at : at + WORDS]))
            if found:
                counts.update(found)
        for at, count in counts.most_common(1):
            if count / self._sizes[at] >= SHARE:
                return f"{self.items[at].suite} {self.items[at].name}"
        return ""

    def _in_code(self, row: Lesson) -> Hit | None:
        tree = tree_hash(row.answer)
        if tree in self._trees:
            return self._hit(row, self._trees[tree], "tree", 1.0)
        counts: Counter[int] = Counter()
        for gram in _code_grams(_marked_tokens(row.answer)) if self._code else ():
            for at in self._code.get(gram, ()):
                counts[at] += 1
        for at, count in counts.most_common(1):
            share = count / self._code_sizes[at]
            if share >= SHARE:
                return self._hit(row, at, "code", share)
        return None

    def _hit(self, row: Lesson, at: int, how: str, share: float) -> Hit:
        item = self.items[at]
        return Hit(item.suite, item.name, row.id, how, round(share, 3), goal_of(row)[:120] or row.answer[:120])


_GOAL = re.compile(r"# (?:Goal|Utterance)\n(.*?)(?:\n\n|\Z)", re.DOTALL)


def goal_of(row: Lesson) -> str:
    """What the person said, where the row has it."""
    found = _GOAL.search(row.asked)
    return found[1] if found else ""
