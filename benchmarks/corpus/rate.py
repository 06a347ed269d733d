"""Verified rows per minute, with one worker and with two, and where the time goes.

Usage: python benchmarks/corpus/rate.py [BATCHES] [FAMILIES...]

Both settings build the same batches from nothing, in turn, twice each; medians are compared. Then one batch is made under
a profile by stage: drawing records, joining programs, running them, the static gate, writing rows.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tailorbird.assemble import corpora
from tailorbird.corpus import lessons
from tailorbird.corpus.verify import Desk

ROUNDS = 2


def one_build(recipe: corpora.Recipe, workers: int) -> tuple[dict[str, int], float]:
    """Rows by kind and seconds of the batches of one build; the gates over all rows are not counted."""
    with tempfile.TemporaryDirectory(prefix="tailorbird-rate-") as place:
        out = Path(place) / "corpus"
        card = corpora.make(recipe, out, workers, ())
        return dict(card.counts), float(card.metrics["seconds, batches"])


def stages(number: int) -> dict[str, float]:
    """Seconds of one batch by stage."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **more: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **more)
            finally:
                spent[name] += time.perf_counter() - start

        return inner

    kit, plain = corpora.kit("iot"), corpora.desk("iot")

    class Timed:
        """The world, with a clock."""

        run = staticmethod(timed("running programs in the sandbox", plain.runner.run))

    desk = Desk(Timed(), timed("joining programs", plain.join), timed("static gate", plain.inspect))
    swapped = {
        "given": lessons.given,
        "goals": lessons.goals,
        "functions": lessons.functions,
        "compose": lessons.compose,
    }
    names = {
        "given": "drawing records",
        "goals": "wordings",
        "functions": "writing functions",
        "compose": "plans and specifications",
    }
    for name, function in swapped.items():
        setattr(lessons, name, timed(names[name], function))
    start = time.perf_counter()
    lessons.batch(kit, desk, 99, number, lessons.Effort())
    spent["everything else"] = time.perf_counter() - start - sum(spent.values())
    for name, function in swapped.items():
        setattr(lessons, name, function)
    return dict(spent)


def main() -> int:
    """Measure and print."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    recipe = corpora.Recipe(
        batches=batches, variants=10 if sys.argv[2:] else 0, families=tuple(sys.argv[2:]), harvest=False
    )
    rates: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for round_number in range(ROUNDS):
        for workers in (1, 2) if round_number % 2 == 0 else (2, 1):
            counts, seconds = one_build(recipe, workers)
            programs = counts.get("code", 0) + counts.get("repair", 0)
            rates[workers].append((60 * programs / seconds, 60 * sum(counts.values()) / seconds))
            print(f"{workers} workers: {programs} program rows and {sum(counts.values())} rows in {seconds:.1f} s")
    middle = {
        workers: tuple(statistics.median(column) for column in zip(*found, strict=True))
        for workers, found in rates.items()
    }
    for workers, (programs, rows) in middle.items():
        print(
            f"{workers} workers: {programs:.0f} verified program rows a minute, {rows:.0f} rows a minute (medians of {ROUNDS})"
        )
    print(f"growth from 1 to 2 workers: {middle[2][0] / middle[1][0]:.2f}")
    spent = stages(1)
    whole = sum(spent.values())
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{100 * seconds / whole:5.1f} %  {seconds:6.2f} s  {name}")
    corpora.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
