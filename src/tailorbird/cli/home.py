"""`tailorbird say` and `tailorbird home`: a command in words becomes checked calls on a home."""

from __future__ import annotations

from pathlib import Path

import typer

from tailorbird.cli import common

app = typer.Typer(help="Look at a home: its things, their state.", no_args_is_help=True)


def say() -> None:
    """Say."""
