"""The body of `tailorbird solve`: from a wish on the command line to an attempt, and an attempt to a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tailorbird import assemble
from tailorbird.core.attempt import Attempt, Limits, Outcome, Reply, Request
from tailorbird.core.config import resolve
from tailorbird.core.errors import BadFile, UserError
from tailorbird.core.files import Card, read_bytes, read_json, write_atomic, write_card
from tailorbird.core.protocols import Roles
from tailorbird.core.record import record, to_json
from tailorbird.core.task import Score


@record
class SolveRecipe:
    """Limits of the program and options of the solver."""

    limits: Limits = Limits()
    passages: int = 3
    """Passages cited in planning."""
    rounds: int = 0
    """Most rounds of improvement, 0 to 5; they need an expected result."""
    temperature: float = 0.0
    seed: int = 0
    document: bool = True


@dataclass(frozen=True)
class Wish:
    """What stands on the command line."""

    text: str
    inputs: tuple[Path, ...] = ()
    model: str = "nearest"
    recipe: Path | None = None
    sets: tuple[str, ...] = ()
    documents: tuple[Path, ...] = ()
    hints: tuple[str, ...] = ()
    expect: Path | None = None
    rounds: int = 0
    sandbox: str = "auto"


def make(wish: Wish, watch: Callable[[str], None]) -> Attempt:
    """Assemble the parts and solve.

    Raises:
        UserError: for files and options that do not fit; everything a model does ends in the attempt.
    """
    assemble.silence()
    data = assemble.read_yaml(wish.recipe) if wish.recipe else {}
    recipe = resolve(SolveRecipe, data, wish.sets, str(wish.recipe or "--set"))
    judge = judge_of(wish.expect) if wish.expect else None
    rounds = wish.rounds or recipe.rounds
    if rounds and not judge:
        raise UserError("rounds of improvement need a result to be scored against", "give it with --expect FILE")
    pack = assemble.domain("iot")
    options = {
        "passages": recipe.passages, "rounds": rounds, "document": recipe.document, "temperature": recipe.temperature,
        "seed": recipe.seed, "hints": wish.hints,
    }  # fmt: skip
    solver = assemble.solver(pack, options, wish.documents, judge=judge, watch=watch)
    engine = assemble.engine(wish.model)
    world = assemble.programs(pack, wish.sandbox)
    request = Request(wish.text, files=_files(wish.inputs), limits=recipe.limits)
    try:
        return solver(request, Roles.of(engine), world)
    finally:
        world.close()


def _files(paths: tuple[Path, ...]) -> dict[str, str]:
    """Input files by the name the program will see."""
    found: dict[str, str] = {}
    for path in paths:
        read_bytes(path)
        if path.name in found:
            raise UserError(f"two input files are called {path.name}", "rename one; a program sees files by name")
        found[path.name] = str(path.resolve())
    return found


def judge_of(path: Path) -> Callable[[Outcome], Score]:
    """A judge that compares a result with the expected one: numbers within 1 %, the rest exactly.

    Raises:
        BadFile: if the file is not a JSON object.
    """
    wanted = read_json(path)
    if not isinstance(wanted, dict) or not wanted:
        raise BadFile(str(path), [f"expected an object with the right values, got {type(wanted).__name__}"])

    def judge(outcome: Outcome) -> Score:
        found = outcome.result if isinstance(outcome.result, dict) else {}
        parts = {name: _alike(value, found.get(name)) for name, value in wanted.items()}
        return Score(sum(parts.values()) / len(parts), parts=parts)

    return judge


def _alike(wanted: Any, found: Any) -> float:
    """Share of a value that is right: numbers within 1 %, lists element by element."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return float(wanted is found)
    if isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        return float(abs(found - wanted) <= 0.01 * abs(wanted) + 1e-9)
    if isinstance(wanted, list) and isinstance(found, list):
        longest = max(len(wanted), len(found))
        return sum(map(_alike, wanted, found)) / longest if longest else 1.0
    return float(wanted == found)


def save(attempt: Attempt, out: Path, wish: Wish) -> Path:
    """Write the attempt's folder; the card comes last, so a folder with a card is whole."""
    from tailorbird.cli.page import page

    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out}: expected a folder, it is a file")
    (out / "card.json").unlink(missing_ok=True)
    texts = {"attempt.json": to_json(attempt) + "\n", **_texts(attempt)}
    for name, text in texts.items():
        write_atomic(out / name, text)
    write_atomic(out / "report.html", page(attempt, {path.name: path for path in wish.inputs}))
    recipe = {"text": wish.text, "in": [str(path) for path in wish.inputs], "model": wish.model, "set": list(wish.sets)}
    status = (
        attempt.outcome.status
        if attempt.outcome
        else attempt.action.intent
        if isinstance(attempt.action, Reply)
        else ""
    )
    write_card(
        out, Card("attempt", out.name, datetime.now(UTC).isoformat(timespec="seconds"), assemble.version(), recipe,
                  metrics={"status": status, "seconds": attempt.seconds, "tokens": attempt.tokens}),
    )  # fmt: skip
    return out


def _texts(attempt: Attempt) -> dict[str, str]:
    texts: dict[str, str] = {}
    if attempt.requirement:
        texts["requirement.md"] = attempt.requirement.render() + "\n"
    if attempt.plan:
        texts["plan.md"] = attempt.plan.render() + "\n"
    for number, spec in enumerate(attempt.specs, start=1):
        texts[f"specifications/{number:02d}_{spec.name}.md"] = spec.render() + "\n"
    for number, source in enumerate(attempt.versions, start=1):
        texts[f"attempts/{number:02d}.py"] = source
    well = attempt.outcome is not None and attempt.outcome.status == "done"
    if attempt.action and attempt.action.kind == "program" and well:
        texts["program.py"] = attempt.action.source
    if attempt.manual:
        texts["README.md"] = attempt.manual
    if attempt.outcome and well:
        texts["result.json"] = json.dumps(attempt.outcome.result, ensure_ascii=False, indent=1) + "\n"
    return texts
