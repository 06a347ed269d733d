"""Choices and regular expressions as GBNF, the grammar language of llama.cpp servers.

Source of the notation: grammars/README.md of ggml-org/llama.cpp. Literals are quoted, classes keep their brackets,
repetition counts their braces.

Covers: literals, classes, groups, `|`, `?`, `*`, `+`, `{m,n}`, `.`, and the escapes `\\d \\w \\s \\n \\t`. Does not cover:
anchors, look-around, back references, lazy repetition: such a pattern is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tailorbird.core.errors import ParseError

_CLASSES = {"d": "[0-9]", "w": "[A-Za-z0-9_]", "s": "[ \\t\\n]", "D": "[^0-9]", "W": "[^A-Za-z0-9_]", "S": "[^ \\t\\n]"}
_CONTROLS = {"n": "\\n", "t": "\\t", "r": "\\r"}
_COUNT = re.compile(r"\{\d+(,\d*)?\}")


def choice(options: Sequence[str]) -> str:
    """A grammar of exactly these texts."""
    return "root ::= " + " | ".join(_quoted(option) for option in options)


def regex(pattern: str) -> str:
    """A grammar of the texts a pattern matches whole.

    Raises:
        ParseError: if the pattern uses what GBNF has no word for.
    """
    return f"root ::= {_Reader(pattern).alternatives()}"


def _quoted(text: str) -> str:
    shown = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{shown}"'


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self, depth: int = 0) -> str:
        """Branches up to the end or the closing bracket."""
        branches: list[list[str]] = []
        items: list[str] = []
        while self.at < len(self.pattern):
            letter = self.pattern[self.at]
            if letter == ")":
                break
            if letter == "|":
                self.at += 1
                branches.append(items)
                items = []
            else:
                item = self.atom(depth) + self.repeat()
                joins = items and all(part[0] == part[-1] == '"' for part in (items[-1], item))
                items = [*items[:-1], items[-1][:-1] + item[1:]] if joins else [*items, item]
        if (self.at < len(self.pattern)) != (depth > 0):
            raise ParseError(f"expected brackets that match, got {self.pattern[:80]!r}")
        return " | ".join(" ".join(branch) or '""' for branch in [*branches, items])

    def atom(self, depth: int) -> str:
        """One thing that can be repeated."""
        letter = self.pattern[self.at]
        self.at += 1
        if letter == "(":
            if self.pattern.startswith("?:", self.at):
                self.at += 2
            elif self.pattern.startswith("?", self.at):
                raise self.refused()
            inside = self.alternatives(depth + 1)
            self.at += 1
            return f"({inside})"
        if letter == "[":
            return self.letters()
        if letter == "\\":
            return self.escape()
        if letter == ".":
            return "[^\\n]"
        if letter in "^$*+?{":
            raise self.refused()
        return _quoted(letter)

    def escape(self) -> str:
        """What stands after a backslash, outside a class."""
        letter = self.pattern[self.at : self.at + 1]
        self.at += 1
        if letter in _CLASSES and letter:
            return _CLASSES[letter]
        if letter in _CONTROLS and letter:
            return f'"{_CONTROLS[letter]}"'
        if not letter or letter.isalnum():
            raise self.refused()
        return _quoted(letter)

    def letters(self) -> str:
        """A class, its brackets included; only the escapes GBNF knows are kept."""
        found = ["["]
        if self.pattern.startswith("^", self.at):
            found.append("^")
            self.at += 1
        dash = ""
        first = self.at
        while (letter := self.pattern[self.at : self.at + 1]) != "]":
            following = self.pattern[self.at + 1 : self.at + 2]
            self.at += 2 if letter == "\\" else 1
            if (
                not letter
                or letter == "["
                or (letter == "\\" and (not following or (following.isalnum() and following not in "ntr")))
            ):
                raise self.refused()
            if letter != "\\":
                found.append(letter)
            elif following == "-":
                dash = "-"
            else:
                found.append(f"\\{following}" if following in 'ntr\\"[]' else following)
        if self.at == first:
            raise self.refused()
        self.at += 1
        return "".join([*found, dash, "]"])

    def repeat(self) -> str:
        """A count after an atom, empty when there is none."""
        found = ""
        if self.pattern[self.at : self.at + 1] in ("?", "*", "+"):
            found = self.pattern[self.at]
        else:
            match = _COUNT.match(self.pattern, self.at)
            found = match[0] if match else ""
        self.at += len(found)
        if found and self.pattern[self.at : self.at + 1] in ("?", "+"):
            raise self.refused()
        return found

    def refused(self) -> ParseError:
        return ParseError(f"expected a plain pattern, got {self.pattern[max(0, self.at - 20) : self.at + 20]!r}")
