"""What a forged program is, and its text for a family.

A forgery is a program that wants a verdict it has not earned. It knows this project's source, the family's contract and,
where that is its point, a right program; it does not know the trial's truth, seed or salt. It starts with the imports of
the family's reference, so that it runs on the very server the next honest program runs on.

Covers: the record, what every forged text may use. Does not cover: the texts (`forged_answers.py`,
`forged_processes.py`, `forged_traces.py`, `honest_twins.py`) and trying them (`forgeries.py`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tailorbird.core.attempt import Limits
from tailorbird.core.domain import Family
from tailorbird.core.files import sha256
from tailorbird.core.program import Program

CANARY = "canary-"
"""What the salt of a forgery's trials starts with; a program that searches for it knows what it looks like."""


@dataclass(frozen=True)
class Forgery:
    """A program that must not pass, or with `honest` its twin that must."""

    id: str
    """Row of the table of forgeries, with a letter where a row has several."""
    title: str
    trick: str
    """What it hopes for, in one sentence."""
    body: str
    """Module text that defines `solve(path)`; see `HEAD` for what it may use."""
    worked: str = ""
    """Harnesses that it fooled, as published or measured for the table it comes from."""
    right: bool = False
    """Whether it is given a right program of the family as `_right(path)`."""
    once: bool = False
    """Whether one family is enough: it runs into a limit, which takes seconds."""
    honest: bool = False


HEAD = '''
_TYPES = {types}
_PUBLIC = {public!r}
_MEMORY_MB = {memory_mb}
_ZERO = {{"float": 0.0, "int": 0, "bool": False, "str": "", "dict": {{}}}}


def _fill(make):
    """An answer with the contract's keys, each value, or each of a list's three, made of its type's name."""

    def of(kind):
        kind = kind.removesuffix(" or none")
        return [of(kind[5:-1])] * 3 if kind.startswith("list[") else make(kind)

    return {{name: of(kind) for name, kind in _TYPES.items()}}


def _blank():
    """An answer of the right form that knows nothing."""
    return _fill(lambda kind: _ZERO.get(kind, 0.0))
'''
"""What every forged text may use."""

CHANNEL = '''
def _raw(head, *parts):
    """A frame on the descriptor of the channel, past the sandbox's own code."""
    import os, struct

    data = struct.pack("<II", 4 + len(head) + sum(map(len, parts)), len(head)) + head + b"".join(parts)
    while data:
        data = data[os.write(3, data) :]


def _send(kind, **fields):
    import json

    _raw(json.dumps({"t": kind, **fields, "blobs": []}).encode())
'''
"""Frames of a program's own making; in a text only where it uses them, as the look at it would refuse them."""

FRAMES = '''
def _frames():
    """Every frame that can be reached from here, innermost first."""
    import sys

    found = []
    for start in (sys._getframe(), *sys._current_frames().values()):
        while start is not None:
            found.append(start)
            start = start.f_back
    return found
'''
"""The way out of a function; in a text only where it uses it."""


def program(forgery: Forgery, family: Family, reference: Program, public: bytes, limits: Limits) -> Program:
    """The text of a forgery for a family.

    Args:
        forgery: which one.
        family: whose verdict is wanted.
        reference: a right program of the family.
        public: the input file of the family's public instance, which forgers have.
        limits: what the program may use.
    """
    types = {slot.name: slot.type for slot in family.contract.outputs}
    head = HEAD.format(types=types, public=sha256(public), memory_mb=limits.memory_mb)
    start = f"{reference.source}\n\n_right = solve\n" if forgery.right else imports(reference)
    uses = {CHANNEL: ("_raw(", "_send("), FRAMES: ("_frames(",)}
    helpers = [text for text, names in uses.items() if any(name in forgery.body for name in names)]
    return Program("\n\n".join([start, head, *helpers, forgery.body.strip()]) + "\n")


def imports(program: Program) -> str:
    """The import lines at the top level of a program."""
    tree = ast.parse(program.source)
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))) + "\n"
