"""Banks of wordings: compact patterns, what they expand to, and copies with slips of the keyboard.

    (band-pass|filter) the [noisy] signal   ->   four phrases

Covers: patterns, drawing from them, typing errors that leave every fact as it was. Does not cover: what is said.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Sequence

from tailorbird.core.errors import ParseError

_TOKEN = re.compile(r"[()\[\]|]")


def expand(pattern: str) -> list[str]:
    """Every text of a pattern, in order, blanks tidied.

    Raises:
        ParseError: if a bracket is not closed or closes nothing.
    """
    texts = (re.sub(r" +([,.?!;:])", r"\1", " ".join(text.split())) for text in _expanded(*_parse(pattern)))
    return list(dict.fromkeys(texts))


def _parse(pattern: str) -> tuple[list[object], None]:
    """A pattern as nested alternatives."""
    tree, at = _alternatives(pattern, 0, "")
    if at != len(pattern):
        raise ParseError(f"expected no {pattern[at]!r} at {at} of {pattern[:80]!r}")
    return tree, None


def _alternatives(text: str, at: int, end: str) -> tuple[list[object], int]:
    options: list[object] = []
    parts: list[object] = []
    while at < len(text) and text[at] != end:
        mark = text[at]
        if mark == "|" and end:
            options.append(parts)
            parts, at = [], at + 1
        elif mark in "([":
            close = ")" if mark == "(" else "]"
            inner, stop = _alternatives(text, at + 1, close)
            if stop >= len(text):
                raise ParseError(f"expected {close!r} after {at} of {text[:80]!r}")
            parts.append((*inner, []) if mark == "[" else tuple(inner))
            at = stop + 1
        elif mark in ")]":
            raise ParseError(f"expected no {mark!r} at {at} of {text[:80]!r}")
        else:
            found = _TOKEN.search(text, at + 1) if mark != "|" else None
            stop = found.start() if found else len(text)
            stop = at + 1 if mark == "|" else stop
            parts.append(text[at:stop])
            at = stop
    options.append(parts)
    return options, at


def _expanded(options: Sequence[object], _: None = None) -> Iterator[str]:
    for parts in options:
        pools = [[part] if isinstance(part, str) else list(_expanded(part)) for part in parts]  # type: ignore[attr-defined]
        for choice in itertools.product(*pools):
            yield "".join(choice)


def pick(patterns: Sequence[str], draw: random.Random) -> str:
    """One text of some patterns, every text as likely as any other."""
    texts = [text for pattern in patterns for text in expand(pattern)]
    return draw.choice(texts)
