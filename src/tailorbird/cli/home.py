"""`tailorbird say` and `tailorbird home`: words become checked calls on a simulated home."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tailorbird.cli import common

if TYPE_CHECKING:
    from tailorbird.core.attempt import Attempt, Outcome
    from tailorbird.core.thing import State, Thing

app = typer.Typer(help="Look at a home: its things, its state, its account.", no_args_is_help=True)

HOME_HELP = "Device file (YAML); the demo home when absent."


def say(
    text: str = typer.Argument(help="The command in words, English or Chinese."),
    home: Path | None = typer.Option(None, "--home", help=HOME_HELP),
    model: str = typer.Option("nearest", help=common.MODEL_HELP),
    here: str = typer.Option("", "--here", help="Area the speaker is in."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Carry it out in a twin of the home only."),
    yes: bool = typer.Option(False, "--yes", help="Agree beforehand; never counts above the tier energy."),
    log: Path | None = typer.Option(None, "--log", help="Hash-chained account of what was asked and done."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Turn a command in words into checked calls on a home, and carry them out."""
    if not as_json:
        common.announce(model)
    said = act(text, home, model, here=here, dry_run=dry_run, yes=yes, log=log, talk=not as_json)
    if as_json:
        common.put_json(said.data)
    else:
        for line in said.lines:
            common.put(line)
    raise typer.Exit(0 if said.status == "done" else 1)


@dataclass(frozen=True)
class Said:
    """What came of a command."""

    status: str
    lines: tuple[str, ...]
    data: dict[str, Any]


def act(
    text: str,
    home: Path | None = None,
    model: str = "nearest",
    *,
    here: str = "",
    dry_run: bool = False,
    yes: bool = False,
    log: Path | None = None,
    talk: bool = False,
) -> Said:
    """Understand, check, carry out; ask the person for a yes where the policy wants one."""
    from tailorbird import assemble
    from tailorbird.core.attempt import Request
    from tailorbird.core.errors import UnknownName, UserError
    from tailorbird.core.protocols import Roles

    assemble.silence()
    if not text.strip():
        raise UserError("expected a command in words, got nothing", 'for example: tailorbird say "kitchen light on"')
    world = assemble.home(home, log)
    if here and here not in world.areas:
        raise UnknownName("area", here, world.areas)
    place = world.fork() if dry_run else world
    extra = assemble.home_examples(world) if model.startswith("nearest") else ()
    engine = assemble.engine("nearest:devices" if model == "nearest" else model, extra)
    request = Request(text, "devices", context=(f"the speaker is in {here}",) if here else ())
    attempt = assemble.call_solver(place)(request, Roles.of(engine), place)
    outcome = attempt.outcome
    if outcome and outcome.status == "ask" and outcome.ticket and attempt.action:
        agreed = _agreed(outcome, yes, talk)
        if agreed:
            outcome = place.execute(attempt.action, outcome.ticket, agreed)
    return _said(attempt, outcome, dry_run)


def _agreed(outcome: Outcome, yes: bool, talk: bool) -> Any:
    """Who agreed: a flag, a person at the terminal, or nobody."""
    if yes:
        return "flag"
    if not (talk and sys.stdin.isatty()):
        return ""
    common.tell(outcome.output)
    return "person" if input("Do it? [y/N] ").strip().lower() in ("y", "yes", "是", "好") else ""


def _said(attempt: Attempt, outcome: Outcome | None, dry_run: bool) -> Said:
    from tailorbird.core.record import to_data

    rendered = attempt.action.render() if attempt.action else ""
    note = next((turn.generation.note for turn in attempt.turns if turn.generation.note), "")
    lines = [f"  {line}" for line in rendered.split("\n") if line]
    lines += [f"  policy: {line}" for line in (outcome.verdicts if outcome else ())]
    changes = outcome.changes if outcome else ()
    lines += [f"  {change.thing}.{change.property}: {change.before} → {change.after}" for change in changes]
    if outcome and not changes and outcome.status == "done" and attempt.action and attempt.action.kind == "calls":
        lines.append("  nothing changed")
    output = outcome.output if outcome else "Nothing was understood."
    lines.append(("(dry run) " if dry_run else "") + output)
    data = {
        "status": outcome.status if outcome else "failed",
        "action": rendered,
        "verdicts": list(outcome.verdicts) if outcome else [],
        "changes": [to_data(change) for change in changes],
        "reply": output,
        "why": outcome.why if outcome else "",
        "ticket": outcome.ticket if outcome else "",
        "dry_run": dry_run,
        "note": note,
        "seconds": round(attempt.seconds, 4),
    }
    return Said(str(data["status"]), tuple(lines), data)


@app.command("show")
def show(
    home: Path | None = typer.Argument(None, help=HOME_HELP),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Things of a home with their state; checks the file on the way."""
    from tailorbird import assemble
    from tailorbird.core.record import to_data

    world = assemble.home(home)
    state = world.state()
    if as_json:
        common.put_json({"things": [to_data(thing) for thing in world.things], "state": to_data(state)})
        return
    for area in sorted({thing.area for thing in world.things}):
        common.put(area or "(no area)")
        for thing in world.things:
            if thing.area == area:
                common.put(_line(thing, state))


def _line(thing: Thing, state: State) -> str:
    values = ", ".join(f"{name} {value}" for name, value in state.values.get(thing.id, {}).items())
    return f"  {thing.id:24} {thing.kind:18} {'' if thing.exposed else '(hidden) '}{values}"


@app.command("audit")
def audit(
    log: Path = typer.Argument(help="Account written by `say --log`."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Check the hash chain of an account; exit 1 when it is broken."""
    from tailorbird import assemble

    faults = assemble.audit_faults(log)
    if as_json:
        common.put_json({"log": str(log), "whole": not faults, "faults": list(faults)})
    else:
        common.put("\n".join(faults) if faults else f"{log}: whole")
    raise typer.Exit(1 if faults else 0)
