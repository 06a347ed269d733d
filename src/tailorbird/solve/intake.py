"""From words and files to a requirement; what is missing is asked for or stated as assumed.

A text in headed sections (`# Goal` ...) is taken as it is, and only what it lacks is added. Free words become the goal;
files are looked at; the values to return are proposed by the planning role and marked as assumed.
Does not cover: whether the wish can be met; that shows in planning and running.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tailorbird.core import forms, wording
from tailorbird.core.attempt import Reply, Request
from tailorbird.core.errors import ParseError, UserError
from tailorbird.core.program import Requirement, Slot
from tailorbird.core.protocols import Engine
from tailorbird.solve.desk import Desk
from tailorbird.solve.look import look

PATH = Slot("path", "path", "1", "input file")

BUDGETS = ("rss_mb", "wall_s", "cpu_s", "latency_ms", "program_kb")
"""What can be measured; a budget names one of these."""

_BUDGET = re.compile(rf"({'|'.join(BUDGETS)})\s*<=\s*(\d+(?:\.\d+)?)")
_SAID = re.compile(
    r"(?:under|below|at most|within|less than|<=?)\s*(\d+(?:\.\d+)?)\s*(MB|MiB|ms|s|sec|seconds?)\b", re.IGNORECASE
)
_FLOOR_MB = 9.0
"""Resident memory of a bare interpreter, MiB: a smaller budget cannot be met."""

_DEVICES = re.compile(r"\b(raspberry ?pi|arduino|esp32|microcontroller|edge device|jetson)\b", re.IGNORECASE)


def intake(request: Request, planner: Engine, desk: Desk) -> Requirement | Reply:
    """The requirement of a request, or a question about the one thing that is missing.

    Raises:
        BadFile: if an input file cannot be read.
        UserError: if a budget names nothing that can be measured.
    """
    text = request.text.strip()
    if not text:
        return Reply("What shall the program do? Say it in one sentence.", "ask", "goal")
    try:
        found = Requirement.parse(text) if text.startswith("# ") else Requirement(text)
    except ParseError as error:
        raise UserError(
            f"the requirement cannot be read: {error.message}", "use '# Goal' and bullets, or plain words"
        ) from None
    found = _with_files(found, request)
    if not found.files and not found.inputs:
        return Reply("Which file shall the program read? Give it with --in FILE.", "ask", "input")
    found = _with_budget(found)
    if found.outputs:
        return found
    outputs = desk.ask("plan", planner, lambda faults: wording.complete(found), wording.read_slots, forms.slots())
    if not outputs:
        return Reply("What shall the program return? Name each value, its type and unit.", "ask", "output_format")
    names = ", ".join(slot.name for slot in outputs)
    return replace(found, outputs=outputs, assumed=(*found.assumed, f"the values to return: {names}"))


def _with_files(found: Requirement, request: Request) -> Requirement:
    """The requirement with one line per given file, unless it describes that file already."""
    lines, assumed = list(found.files), list(found.assumed)
    for name, place in request.files.items():
        seen = look(Path(place), name)
        if not any(f"`{name}`" in line for line in lines):
            lines.append(seen.line)
        assumed.extend(f"{name}: {warning}" for warning in seen.warnings)
    inputs = found.inputs or ((PATH,) if lines else ())
    return replace(found, files=tuple(lines), inputs=inputs, assumed=tuple(assumed))


def _with_budget(found: Requirement) -> Requirement:
    """The requirement with budgets said in words written as limits; ones that cannot be measured are refused."""
    for line in found.budget:
        match = _BUDGET.fullmatch(line.strip())
        if not match:
            raise UserError(
                f"budget {line!r}: expected a limit such as 'rss_mb <= 200'", f"measurable: {', '.join(BUDGETS)}"
            )
        if match[1] == "rss_mb" and float(match[2]) < _FLOOR_MB:
            raise UserError(
                f"budget {line!r} cannot be met: a bare interpreter takes {_FLOOR_MB:g} MB", "raise the limit"
            )
    lines, assumed = list(found.budget), list(found.assumed)
    for number, unit in _SAID.findall(found.goal):
        unit = unit.lower()
        line = f"rss_mb <= {number}" if unit.startswith("m") and unit != "ms" else (
            f"wall_s <= {float(number) / 1000:g}" if unit == "ms" else f"wall_s <= {number}"
        )  # fmt: skip
        if line.split()[0] not in {known.split()[0] for known in lines}:
            lines.append(line)
            assumed.append(f"the limit {line}, read from the words")
    device = _DEVICES.search(found.goal)
    if device and not lines:
        assumed.append(
            f"no limit follows from the name {device[0]!r}; give one under '# Budget', such as 'rss_mb <= 200'"
        )
    return replace(found, budget=tuple(lines), assumed=tuple(assumed))


def limits(requirement: Requirement) -> dict[str, float]:
    """The measurable limits of a requirement by name."""
    found = (_BUDGET.fullmatch(line.strip()) for line in requirement.budget)
    return {match[1]: float(match[2]) for match in found if match}
