"""`tailorbird bench`: suites, runs, gates, comparisons, reports."""

from __future__ import annotations

import typer

app = typer.Typer(help="Measure: run suites, prove families, compare, report.", no_args_is_help=True)
