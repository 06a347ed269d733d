"""Functions of several steps made fit to share one module: imports, helpers and names that would disturb one another.

A function takes the name of its step unless the frame, a builtin or an import has it; then `_step` is added. A name two
steps import with two meanings gets an alias in the later one. A private helper gets the name of its step.

Covers: top-level names. Does not cover: `global` names that no step defines.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

from tailorbird.core.errors import ParseError
from tailorbird.solve.pieces import Import, Piece
from tailorbird.solve.scope import GIVEN, identifiers, renamed

FRAME = (Import("argparse"), Import("json"), Import("sys"), Import("pathlib", "Path"))
"""What the program's own functions import."""

RESERVED = {"solve", "main", "_plain", *(item.bound for item in FRAME), *GIVEN}
"""Names that no step may take."""


def separate(pieces: Sequence[Piece], parameters: set[str]) -> tuple[list[Import], list[str], list[str]]:
    """Imports, texts and function names of steps that no longer disturb one another when they share a module."""
    imported = {item.bound for piece in pieces for item in piece.imports}
    words = {word for piece in pieces for word in _words(piece.text)}
    owner = {item.bound: item.path for item in FRAME}
    called: list[str] = []
    for piece in pieces:
        clash = piece.name in RESERVED | imported | parameters
        called.append(_fresh(f"{piece.name}_step", words) if clash else piece.name)
    imports: list[Import] = []
    texts: list[str] = []
    for piece, name in zip(pieces, called, strict=True):
        names = {piece.name: name} if name != piece.name else {}
        for item in piece.imports:
            kept = _owned(item, owner, words)
            imports.append(kept)
            names[item.bound] = kept.bound
        names |= {helper: _fresh(_prefixed(helper, piece.name), words) for helper in piece.helpers}
        changed = {old: new for old, new in names.items() if old != new}
        texts.append(renamed(piece.text, changed) if changed else piece.text)
    return imports, texts, called


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    """Every identifier of a text; many programs share their functions."""
    return frozenset(identifiers(ast.parse(text)))


def _owned(item: Import, owner: dict[str, str], words: set[str]) -> Import:
    """The import under a name that means the same in the whole file."""
    if owner.get(item.bound, item.path) == item.path and item.bound not in RESERVED - set(owner):
        owner[item.bound] = item.path
        return item
    if not item.name and not item.alias and "." in item.module:
        raise ParseError(f"import {item.module}: the name {item.bound} already stands for {owner.get(item.bound)}")
    known = sorted(name for name, path in owner.items() if path == item.path and name.endswith(item.bound))
    base = f"{item.module.rpartition('.')[2]}_{item.name}" if item.name else f"{item.bound}_module"
    alias = known[0] if known else _fresh(base, words)
    owner[alias] = item.path
    return Import(item.module, item.name, alias)


def _prefixed(helper: str, step: str) -> str:
    if helper.isupper():
        return f"_{step.upper()}_{helper.lstrip('_')}"
    plain = helper.lstrip("_")
    return f"_{step.title().replace('_', '')}{plain}" if plain[:1].isupper() else f"_{step}_{plain}"


def _fresh(name: str, words: set[str]) -> str:
    """A name that no text mentions; it is then taken."""
    found, count = name, 1
    while found in words or found in RESERVED:
        count += 1
        found = f"{name}_{count}"
    words.add(found)
    return found
