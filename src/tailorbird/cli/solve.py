"""`tailorbird solve`: a wish becomes a tested, documented program; `tailorbird demo` shows it on a real recording."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tailorbird.cli import common

if TYPE_CHECKING:
    from tailorbird.core.attempt import Attempt


def solve(
    text: str = typer.Argument(help="What the program shall do: words, or a requirement in '# Goal' sections; - reads standard input."),
    inputs: list[Path] = typer.Option([], "--in", help="Input file; repeat for several."),
    out: Path | None = typer.Option(None, "--out", help="Folder for program, manual, plan, attempts and page."),
    model: str = typer.Option("nearest", help=common.MODEL_HELP),
    recipe: Path | None = typer.Option(None, help="YAML file with limits and options of the solver."),
    sets: list[str] = typer.Option([], "--set", help="Change of the recipe, such as limits.memory_mb=200."),
    documents: list[Path] = typer.Option([], "--doc", help="Document of yours to retrieve from and cite; repeat."),
    hints: list[str] = typer.Option([], "--hint", help="A word for the planner; repeat."),
    expect: Path | None = typer.Option(None, help="JSON file with the right result; rounds are scored against it."),
    rounds: int = typer.Option(0, min=0, max=5, help="Most rounds of improvement; they need --expect."),
    sandbox: str = typer.Option("auto", help=common.SANDBOX_HELP),
    unsafe: bool = typer.Option(False, "--unsafe", help=common.UNSAFE_HELP),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:  # fmt: skip
    """Turn a wish into a tested, documented program."""
    from tailorbird.cli.making import Wish, make, save

    common.announce(model)
    progress = common.Progress(not as_json)
    wish = Wish(
        text=_words(text), inputs=tuple(inputs), model=model, recipe=recipe, sets=tuple(sets), documents=tuple(documents),
        hints=tuple(hints), expect=expect, rounds=rounds, sandbox="unsafe" if unsafe else sandbox,
    )  # fmt: skip
    attempt = make(wish, progress)
    progress.done()
    folder = save(attempt, out, wish) if out else None
    if as_json:
        common.put_json(_summary(attempt, folder))
    else:
        _show(attempt, folder)
    if not attempt.outcome or attempt.outcome.status != "done":
        raise typer.Exit(1)


def _words(text: str) -> str:
    if text != "-":
        return text
    return sys.stdin.read()


def _summary(attempt: Attempt, folder: Path | None) -> dict[str, Any]:
    """What a program would want to know of an attempt."""
    action, outcome = attempt.action, attempt.outcome
    return {
        "status": outcome.status if outcome else "ask" if action and action.kind == "reply" else "failed",
        "result": outcome.result if outcome and outcome.status == "done" else None,
        "error": outcome.error if outcome else "",
        "why": outcome.why if outcome else "",
        "reply": action.text if action and action.kind == "reply" else "",
        "assumed": list(attempt.requirement.assumed) if attempt.requirement else [],
        "rounds": list(attempt.rounds),
        "seconds": round(attempt.seconds, 3),
        "run": {"seconds": outcome.seconds, "cpu_s": outcome.cpu_s, "memory_mb": outcome.memory_mb} if outcome else {},
        "world": outcome.world if outcome else "",
        "out": str(folder) if folder else "",
    }


def _show(attempt: Attempt, folder: Path | None) -> None:
    """The attempt for a person."""
    action, outcome = attempt.action, attempt.outcome
    if action and action.kind == "reply":
        common.put(action.text)
        return
    if attempt.requirement:
        for line in attempt.requirement.assumed:
            common.tell(f"assumed: {line}")
    if attempt.plan:
        for number, step in enumerate(attempt.plan.steps, start=1):
            common.tell(f"  {number} {step.title}: {step.actions[0]}")
    for line in attempt.rounds:
        common.tell(f"  {line}")
    if outcome and outcome.status == "done":
        _results(outcome.result)
        common.tell(
            f"done in {attempt.seconds:.1f} s; the program ran {outcome.seconds:.2f} s, "
            f"{outcome.memory_mb:.0f} MB above a bare start, in {outcome.world.split()[0]}"
        )
    elif outcome:
        common.tell(f"failed: {outcome.error}: {outcome.why}")
    if outcome and "unsafe" in outcome.world:
        common.tell("WARNING: no isolation (--unsafe)")
    if folder:
        common.tell(f"wrote {folder}/report.html, program.py, README.md, plan, specifications and attempts")


def _results(result: Any) -> None:
    from tailorbird.core.brief import brief

    for name, value in result.items():
        common.put(f"{name}: {brief(value)}")


def demo(
    out: Path = typer.Option(Path("out/demo"), help="Folder for the recording, the program and its page."),
    model: str = typer.Option("nearest", help=common.MODEL_HELP),
    sandbox: str = typer.Option("auto", help=common.SANDBOX_HELP),
) -> None:
    """Show the main job: a program for a real ECG recording, and a command to the demo home."""
    from tailorbird.cli.home import act
    from tailorbird.cli.making import Wish, make, save
    from tailorbird.cli.recording import write_ecg

    recording = write_ecg(out)
    common.tell(f"recording: {recording}")
    wish_text = f"Find the R-peaks in {recording.name} and print the heart rate."
    common.tell(f'\n$ tailorbird solve "{wish_text}" --in {recording} --out {out / "heart"}')
    common.announce(model)
    progress = common.Progress()
    wish = Wish(text=wish_text, inputs=(recording,), model=model, sandbox=sandbox)
    attempt = make(wish, progress)
    progress.done()
    _show(attempt, save(attempt, out / "heart", wish))
    words = "turn on the kitchen light"
    common.tell(f'\n$ tailorbird say "{words}"')
    said = act(words, model=model)
    for line in said.lines:
        common.put(line)
    well = bool(attempt.outcome and attempt.outcome.status == "done") and said.status == "done"
    raise typer.Exit(0 if well else 1)
