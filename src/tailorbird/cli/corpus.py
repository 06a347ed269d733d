"""`tailorbird corpus`: build, show, audit, check."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from tailorbird.cli import common

app = typer.Typer(help="Corpora: build verified rows, look at them, find leaks, run them again.", no_args_is_help=True)

PROTECT_HELP = "Folder of an external suite that may not be in the corpus; repeat."
FOLDER_HELP = "Corpus folder."


@app.command("build")
def build(
    domain: str = typer.Argument("iot", help="Pack."),
    out: Path | None = typer.Option(None, "--out", help="Corpus folder; out/corpora/DOMAIN when absent. An interrupted build goes on."),
    seed: int = typer.Option(1, help="Random seed; equal seeds give equal bytes."),
    batches: int = typer.Option(160, min=0, help="Batches of composed programs, about 1,500 rows each."),
    variants: int = typer.Option(40, min=0, help="Programs of every family."),
    wordings: int = typer.Option(4, min=1, max=40, help="Wordings of every composed program."),
    family: list[str] = typer.Option([], "--family", help="Only this family; repeat."),
    harvest: bool = typer.Option(True, help="Rows from the documentation of installed packages."),
    teacher: str = typer.Option("", help="Engine that writes further rows behind the same gates, such as openai:http://127.0.0.1:8080/v1#model."),
    lessons: int = typer.Option(20, min=0, help="Batches asked of the teacher."),
    protect: list[Path] = typer.Option([], "--protect", help=PROTECT_HELP),
    workers: int = typer.Option(os.cpu_count() or 1, min=1, max=64, help="Processes, each with a sandbox of its own."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:  # fmt: skip
    """Build a corpus: every program is run and judged before its rows count."""
    from tailorbird import assemble
    from tailorbird.assemble import corpora, corpus_checks

    assemble.silence()
    folder = out or assemble.out_folder() / "corpora" / domain
    recipe = corpora.Recipe(domain, seed, batches, wordings=wordings, variants=variants, families=tuple(family), harvest=harvest,
                            teacher=teacher, lessons=lessons if teacher else 0)  # fmt: skip
    progress = common.Progress(not as_json)
    card = corpora.make(recipe, folder, workers, protect, progress)
    progress.done()
    text, data = corpus_checks.figures(folder)
    if as_json:
        common.put_json({"folder": str(folder), **data})
    else:
        common.put(text.rstrip("\n"))
        common.tell(f"wrote {folder}, {len(card.files)} files")


@app.command("show")
def show(
    folder: Path = typer.Argument(help=FOLDER_HELP),
    count: int = typer.Option(3, min=1, max=200, help="Rows to print."),
    kind: str = typer.Option("", help="Only complete, plan, spec, code, repair, describe or implement."),
    split: str = typer.Option("train", help="train, valid, unseen-wording, unseen-composition or unseen-family."),
    seed: int = typer.Option(0, help="Draws the rows."),
) -> None:
    """Print rows as a model will see them; what carries loss stands between marks, or in green on a terminal."""
    from tailorbird.assemble import corpus_checks

    marks = ("\x1b[32m", "\x1b[0m") if sys.stdout.isatty() else ("⟦", "⟧")
    for text in corpus_checks.shown(folder, count, kind, split, seed, marks):
        common.put(f"{text}\n{'-' * 80}")


@app.command("card")
def card(
    folder: Path = typer.Argument(help=FOLDER_HELP),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Counts by kind, split and reason of rejection."""
    from tailorbird.assemble import corpus_checks

    text, data = corpus_checks.figures(folder)
    if as_json:
        common.put_json(data)
    else:
        common.put(text.rstrip("\n"))


@app.command("audit")
def audit(
    folder: Path = typer.Argument(help=FOLDER_HELP),
    protect: list[Path] = typer.Option([], "--protect", help=PROTECT_HELP),
    plant: int = typer.Option(
        50, min=0, help="Copies of protected items to plant in memory, to see that they are found."
    ),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Look for items of any suite in the training rows; exit 1 on a hit, a shared group or a planted copy missed."""
    from tailorbird import assemble
    from tailorbird.assemble import corpus_checks
    from tailorbird.core.record import to_data

    assemble.silence()
    progress = common.Progress(not as_json)
    found = corpus_checks.audit(folder, protect, plant, progress)
    progress.done()
    if as_json:
        common.put_json({
            "scanned": found.scanned, "items": found.items, "hits": [to_data(hit) for hit in found.hits],
            "shared groups": list(found.siblings), "planted": found.planted, "found": found.found, "missed": list(found.missed),
        })  # fmt: skip
    else:
        common.put(f"{found.scanned} rows against {found.items} protected items: {len(found.hits)} hits")
        for hit in found.hits[:20]:
            common.put(f"  {hit.suite} {hit.item} in {hit.row} ({hit.how} {hit.share:g}): {hit.text}")
        common.put(f"groups in training and in an unseen split: {len(found.siblings)}")
        common.put(f"planted copies found: {found.found} of {found.planted}")
        for name in found.missed:
            common.put(f"  missed {name}")
    if not found.clean:
        raise typer.Exit(1)


@app.command("check")
def check(
    folder: Path = typer.Argument(help=FOLDER_HELP),
    count: int = typer.Option(300, min=1, help="Rows to run again."),
    seed: int = typer.Option(0, help="Draws the rows."),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Run a random draw of rows again from the built files; exit 1 if one fails."""
    from tailorbird import assemble
    from tailorbird.assemble import corpus_checks

    assemble.silence()
    progress = common.Progress(not as_json)
    found = corpus_checks.check(folder, count, seed, progress)
    progress.done()
    if as_json:
        common.put_json({"drawn": found.drawn, "passed": found.passed, "faults": list(found.faults)})
    else:
        common.put(f"{found.passed} of {found.drawn} rows pass")
        for fault in found.faults[:20]:
            common.put(f"  {fault}")
    if found.passed < found.drawn:
        raise typer.Exit(1)


@app.command("fetch")
def fetch(
    domain: str = typer.Argument("iot", help="Pack."),
    wheels: Path | None = typer.Option(None, "--wheels", help="Folder for wheels; out/wheels when absent."),
) -> None:
    """Download the pinned wheels that pre-training text is read from; they are not installed. Needs the network."""
    from tailorbird import assemble
    from tailorbird.assemble import pretraining

    progress = common.Progress(True)
    folder = wheels or assemble.out_folder() / "wheels"
    lacking = pretraining.fetch(domain, folder, progress)
    progress.done()
    common.tell(f"wheels in {folder}")
    if lacking:
        common.tell(f"not to be had: {', '.join(lacking)}")
        raise typer.Exit(1)


@app.command("text")
def text(
    domain: str = typer.Argument("iot", help="Pack."),
    wheels: Path | None = typer.Option(None, "--wheels", help="Folder with the wheels; out/wheels when absent."),
    out: Path | None = typer.Option(None, "--out", help="Corpus folder; out/corpora/DOMAIN-text when absent."),
    protect: list[Path] = typer.Option([], "--protect", help=PROTECT_HELP),
    as_json: bool = typer.Option(False, "--json", help=common.JSON_HELP),
) -> None:
    """Build the pre-training text: sources and documentation of permissively licensed packages."""
    from tailorbird import assemble
    from tailorbird.assemble import pretraining
    from tailorbird.core.record import to_data

    assemble.silence()
    progress = common.Progress(not as_json)
    folder = out or assemble.out_folder() / "corpora" / f"{domain}-text"
    card = pretraining.build(domain, wheels or assemble.out_folder() / "wheels", folder, protect, progress)
    progress.done()
    if as_json:
        common.put_json(to_data(card))
    else:
        common.put(
            f"{card.counts['bytes'] / 1e6:.1f} MB of text from {card.counts['packages']} packages, hash {str(card.metrics['hash'])[:16]}"
        )
        for name, count in card.counts.items():
            if name.startswith("refused, "):
                common.put(f"  {name} {count}")


@app.command("sample")
def sample(
    folder: Path = typer.Argument(help=FOLDER_HELP),
    out: Path = typer.Option(..., "--out", help="Empty folder for the sample."),
    one_in: int = typer.Option(50, min=1, help="One row in so many."),
) -> None:
    """Take a small part of a corpus: rows of our own making, with their runs."""
    from tailorbird.assemble import corpus_checks

    card = corpus_checks.sample(folder, out, one_in)
    common.put(f"{sum(card.counts.values())} rows in {out}")
