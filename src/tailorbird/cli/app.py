"""The command `tailorbird`: groups and verbs; exit 0 done, 1 the result failed, 2 the user erred.

Data on standard output, everything else on standard error. Command modules import typer alone; what a command needs is
imported in its body, so that help is quick.
"""

from __future__ import annotations

import sys

import typer

from tailorbird.cli import bench, corpus, home
from tailorbird.cli.doctor import doctor
from tailorbird.cli.solve import demo, solve

app = typer.Typer(
    name="tailorbird",
    help="Tailor small, local language models to a domain of programs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("solve")(solve)
app.command("say")(home.say)
app.command("demo")(demo)
app.command("doctor")(doctor)
app.add_typer(home.app, name="home")
app.add_typer(bench.app, name="bench")
app.add_typer(corpus.app, name="corpus")


def _version(shown: bool) -> None:
    if shown:
        from tailorbird import assemble

        typer.echo(assemble.version())
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    pass


def main() -> None:
    """Run the command line; a user's slip ends in a message and exit 2, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except Exception as error:
        code = _told(error)
        if code is None:
            raise
        sys.exit(code)


def _told(error: Exception) -> int | None:
    """Say what went wrong and give the exit code; `None` for a fault of ours, which keeps its traceback."""
    if isinstance(error, BrokenPipeError):
        return 0
    from tailorbird.core.errors import TailorbirdError, UserError

    if isinstance(error, OSError):
        sys.stderr.write(f"error: {error.filename or ''}: {error.strerror or error}\n".replace(": :", ":"))
        return 2
    if not isinstance(error, TailorbirdError):
        return None
    for line in error.message.split("\n"):
        sys.stderr.write(f"error: {line}\n")
    if error.hint:
        sys.stderr.write(f"\nhint: {error.hint}\n")
    return 2 if isinstance(error, UserError) else 1
