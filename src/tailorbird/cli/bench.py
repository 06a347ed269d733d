"""`tailorbird bench`: suites, runs, gates, comparisons, reports."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tailorbird.cli import common

if TYPE_CHECKING:
    from tailorbird.assemble.proof import Report
    from tailorbird.core.task import Row

app = typer.Typer(help="Measure: run suites, prove families, compare, report.", no_args_is_help=True)


@app.command("list")
def listing(as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP)) -> None:
    """Families that can run here, and what the others need."""
    from tailorbird import assemble

    pack = assemble.domain("iot")
    if as_json:
        rows = {
            f.id: {"title": f.title, "domain": f.domain, "wordings": len(f.wordings)} for f in pack.families.values()
        }
        common.put_json({"families": rows, "missing": dict(pack.missing)})
        return
    for family in sorted(pack.families.values(), key=lambda item: item.id):
        held = sum(item.held for item in family.wordings)
        common.put(f"{family.domain} {family.id} {family.title:34} {len(family.wordings):3} wordings, {held} held out")
    for name, why in sorted(pack.missing.items()):
        common.put(f"  {name} cannot run: {why}")


@app.command("run")
def run(
    suite: str = typer.Argument("iot-held", help="iot (that is iot-held), iot-train, iot-smoke, iot-bare, iot-compositions, devices-home, or a suite's folder."),
    model: str = typer.Option("nearest", help=common.MODEL_HELP),
    out: Path | None = typer.Option(None, "--out", help="Run folder; out/runs/SUITE-MODEL when absent. A run there is resumed."),
    salt: str = typer.Option("development", help="What hidden instances are drawn with."),
    samples: int = typer.Option(1, min=1, max=200, help="Samples per task."),
    seed: int = typer.Option(0, help="Random seed of the first sample."),
    shard: str = typer.Option("1/1", help="Part i of n, such as 1/4."),
    family: list[str] = typer.Option([], "--family", help="Only this family; repeat."),
    sandbox: str = typer.Option("auto", help=common.SANDBOX_HELP),
    unsafe: bool = typer.Option(False, "--unsafe", help=common.UNSAFE_HELP),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:  # fmt: skip
    """Run a suite: every task becomes a program, judged on hidden inputs. An interrupted run goes on."""
    from tailorbird import assemble
    from tailorbird.assemble import proof

    assemble.silence()
    name = "iot-held" if suite == "iot" else suite
    folder = out or assemble.out_folder() / "runs" / _folder_name(f"{Path(name).name}-{model}")
    progress = common.Progress(not as_json)
    passed = 0

    def on_row(row: Row, done: int, total: int) -> None:
        nonlocal passed
        passed += row.score.passed
        progress(f"{common.bar(done, total)} {row.task} {'pass' if row.score.passed else row.score.error or 'fail'}")

    order = proof.Contest(
        name, model, folder, salt, samples, seed, shard, "unsafe" if unsafe else sandbox, tuple(family),
        command=shlex.join(["tailorbird", *sys.argv[1:]]),
    )  # fmt: skip
    ran = proof.contest(order, on_row)
    progress.done()
    for unit, why in ran.open.items():
        common.tell(f"open: {unit}: {why}")
    if not ran.finished:
        common.tell(f"{len(ran.rows)} rows so far; the same command goes on from here")
        raise typer.Exit(0 if shard != "1/1" else 1)
    _reported([folder], "", as_json)


def _folder_name(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in text)[:80]


@app.command("report")
def report(
    folders: list[Path] = typer.Argument(help="Run folders."),
    baseline: str = typer.Option("", help="Model name of the run that sets the bar."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Write report.md, report.json and report.html from rows, and print the short form."""
    _reported(folders, baseline, as_json)


def _reported(folders: list[Path], baseline: str, as_json: bool) -> None:
    from tailorbird.assemble import proof

    found = proof.write_report(folders, baseline)
    if as_json:
        common.put_json(proof.report_data(found))
        return
    _print(found)
    common.tell(f"wrote {folders[0]}/report.html, report.md, report.json")


def _print(found: Report) -> None:
    from tailorbird.assemble.proof import shown

    for entry in found.entries:
        common.put(f"{entry.model} on {entry.suite}")
        common.put(f"  pass@1               {shown(entry.passed)}")
        common.put(f"  hidden trials passed {shown(entry.graded)}")
        for name, rate in entry.pass_at.items():
            common.put(f"  {name:20} {shown(rate)}")
        for part in entry.parts:
            if part.group in ("kind", "language", "level", "demand"):
                common.put(f"  {part.group + ' ' + part.name:20} {shown(part.estimate)}")
        for error, count in entry.errors.items():
            common.put(f"  failed by {error}: {count}")
    for verdict in found.verdicts:
        common.put(verdict)


@app.command("compare")
def compare(
    first: Path = typer.Argument(help="Run folder A."),
    second: Path = typer.Argument(help="Run folder B."),
    intersection: bool = typer.Option(False, "--intersection", help="Compare the tasks both have, and say so."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """B against A on the same tasks: difference, interval, p, what flipped."""
    from tailorbird.assemble import proof

    found, text = proof.compare_runs(first, second, intersection)
    if as_json:
        common.put_json(found)
    else:
        common.put(text)


@app.command("rescore")
def rescore(
    folder: Path = typer.Argument(help="Run folder."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Judge stored outputs again; nothing is run."""
    from tailorbird.assemble import proof

    changed = proof.rescore_run(folder)
    if as_json:
        common.put_json({"folder": str(folder), "changed": changed})
    else:
        for line in changed:
            common.put(line)
        common.put(f"{len(changed)} verdicts changed")


@app.command("prove")
def prove(
    domain: str = typer.Argument("iot", help="Pack whose families are proved."),
    family: list[str] = typer.Option([], "--family", help="Only this family; repeat."),
    quick: bool = typer.Option(False, "--quick", help="3 salts instead of 20."),
    generated: int = typer.Option(0, "--mutants", min=0, help="Machine-made mutants to try per family besides."),
    workers: int = typer.Option(1, min=1, max=64, help="Families at once."),
    out: Path | None = typer.Option(None, "--out", help="Folder for proof.json and proof.md."),
    sandbox: str = typer.Option("auto", help=common.SANDBOX_HELP),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Gates of every family: right programs pass, wrong programs and cheap answers fail, bars have a gap."""
    from tailorbird import assemble
    from tailorbird.assemble import proof

    assemble.silence()
    progress = common.Progress(not as_json)
    proofs = proof.prove_families(
        domain, family, sandbox, quick=quick, slips=generated, workers=workers, on_step=progress
    )
    progress.done()
    folder = out or assemble.out_folder() / "proofs" / domain
    text, data = proof.write_proofs(proofs, folder)
    if as_json:
        common.put_json(data)
    else:
        common.put(text)
        common.tell(f"wrote {folder}/proof.md, proof.json")
    raise typer.Exit(0 if _all_well(data) else 1)


def _all_well(data: dict[str, Any]) -> bool:
    return all(item["passed"] for item in data["families"])


@app.command("forge")
def forge(
    domain: str = typer.Argument("iot", help="Pack whose judge is attacked."),
    family: list[str] = typer.Option(["T001", "T036", "T090"], "--family", help="Families; repeat."),
    sandbox: list[str] = typer.Option(["bubblewrap", "landlock"], "--sandbox", help="Isolations; repeat."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Run programs that try to forge a verdict; none may pass, and the judge and later programs must be unharmed."""
    from tailorbird import assemble
    from tailorbird.assemble import proof

    assemble.silence()
    progress = common.Progress(not as_json)
    text, data = proof.forge_data(proof.forge(domain, family, sandbox, progress))
    progress.done()
    if as_json:
        common.put_json(data)
    else:
        common.put(text)
    raise typer.Exit(0 if data["passed"] else 1)
