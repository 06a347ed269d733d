"""One function per specification, gated, then joined into a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tailorbird.core import wording
from tailorbird.core.errors import ParseError
from tailorbird.core.example import Message
from tailorbird.core.program import Requirement, Spec
from tailorbird.core.protocols import Engine
from tailorbird.core.signature import signature
from tailorbird.solve.desk import Desk
from tailorbird.solve.gate import inspect


def clean(text: str) -> str:
    """The code of an answer: a fence around it is taken off, nothing else."""
    body = text.strip("\n")
    if body.startswith("```"):
        lines = body.split("\n")
        end = next((at for at, line in enumerate(lines[1:], start=1) if line.strip() == "```"), len(lines))
        body = "\n".join(lines[1:end])
    return body.rstrip() + "\n"


def checked(spec: Spec, allowed: frozenset[str]) -> Callable[[str], str]:
    """A reader that refuses a function its specification or the gate does not allow."""

    def read(text: str) -> str:
        code = clean(text)
        defects = inspect(code, spec, allowed)
        if defects:
            raise ParseError("; ".join(defect.text for defect in defects[:4]))
        return code

    return read


def write(
    requirement: Requirement, specs: Sequence[Spec], engine: Engine, desk: Desk, allowed: frozenset[str]
) -> tuple[str, ...] | None:
    """Functions of all specifications in their order, or `None` when one could not be had."""
    functions = []
    for number, spec in enumerate(specs, start=1):
        desk.say(f"writing {number}/{len(specs)} {spec.name}")
        code = write_one(requirement, spec, engine, desk, allowed)
        if code is None:
            return None
        functions.append(code)
    return tuple(functions)


def write_one(requirement: Requirement, spec: Spec, engine: Engine, desk: Desk, allowed: frozenset[str]) -> str | None:
    """One function that passes the gate; a refused one is asked for again as a repair."""

    def prompt(faults: tuple[str, ...]) -> tuple[Message, ...]:
        if not faults:
            return wording.write(spec, signature(spec), requirement)
        last = desk.turns[-1].generation.text
        return wording.repair(spec, signature(spec), clean(last), faults[-1], requirement)

    return desk.ask("code", engine, prompt, checked(spec, allowed), tries=3)
