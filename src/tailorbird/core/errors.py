"""The error tree: what a caller would catch, and nothing else.

TailorbirdError                    message: expected, got; hint: what next
├── UserError                      exit 2, no traceback
│   ├── UnknownName                not in a table; nearest known name
│   ├── BadFile                    recipe, card, pack, device file: one line per fault, with its place
│   ├── BrokenArtefact             no card, or a hash differs
│   └── MissingExtra               the install command
├── ParseError                     a model's text is not of the promised form; caught by solvers
├── EngineError                    an engine cannot be reached or answers nonsense; exit 1
└── WorldError                     broker gone, sandbox cannot start, live world cannot be reset
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TailorbirdError(Exception):
    """Anything tailorbird says on purpose."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        """What was expected and what came."""
        self.hint = hint
        """What to do next; may be empty."""


class UserError(TailorbirdError):
    """The user's slip: no traceback, exit 2."""


class UnknownName(UserError):
    """A name that is not in a table; the hint names the nearest known one."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        super().__init__(
            f"unknown {what} {name!r}; known: {', '.join(names) or 'none'}",
            f"did you mean {near[0]!r}?" if near else "",
        )


class BadFile(UserError):
    """A file that cannot be read as what it should be."""

    def __init__(self, place: str, faults: Iterable[str], hint: str = "") -> None:
        lines = [f"{place}: {fault}" if place else fault for fault in faults]
        super().__init__("\n".join(lines), hint)
        self.faults = tuple(lines)
        """One line per fault."""


class MissingExtra(UserError):
    """A package that only an extra installs."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed", f"pip install 'tailorbird[{extra}]'")


class ParseError(TailorbirdError):
    """A model's text is not of the promised form."""


class BrokenArtefact(UserError):
    """An artefact folder without card, or whose files differ from it."""


class EngineError(TailorbirdError):
    """An engine cannot be reached, refuses, or answers nonsense."""


class WorldError(TailorbirdError):
    """A world cannot start, is gone, or cannot do what is asked."""
