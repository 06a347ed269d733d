"""What came of the forgeries, as records and as one Markdown table.

Covers: one program on one family, all of them in one world. Does not cover: trying them (`forgeries.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tailorbird.core.record import record

NOT_ADMITTED = frozenset({"refused", "import"})
"""Error classes of programs that were turned away by their text."""


@record
class Tried:
    """What came of one program on one family."""

    id: str
    title: str
    family: str
    worked: str
    """Harnesses that it fooled."""
    honest: bool
    trials: int
    """Trials it was tried on; a limit that it runs into ends the set."""
    passed: int
    errors: dict[str, int] = {}
    """Error classes of the trials it failed, and how many."""
    faults: tuple[str, ...] = ()
    """What it achieved beyond failing, or for an honest one what kept it from passing."""
    seconds: float = 0.0
    """Longest time of one trial, wall clock, the judge's work included."""
    grew_mb: float = 0.0
    """By how much the judge's highest use of memory rose."""

    @property
    def admitted(self) -> bool:
        """Whether it was run at all."""
        return not (set(self.errors) and set(self.errors) <= NOT_ADMITTED)

    @property
    def held(self) -> bool:
        """Whether everything is as it must be."""
        return not self.faults


@record
class Report:
    """Every forgery and twin on every family, in one world."""

    world: str
    """Backend and guarantees."""
    families: tuple[str, ...]
    tried: tuple[Tried, ...]
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether nothing was forged and nothing was broken."""
        return bool(self.tried) and all(one.held for one in self.tried)

    @property
    def faults(self) -> tuple[str, ...]:
        """One line per fault."""
        return tuple(f"{one.id} {one.title} on {one.family}: {fault}" for one in self.tried for fault in one.faults)


def markdown(reports: Sequence[Report]) -> str:
    """One table: each forgery, where it worked, and what came of it in each world."""
    heads = [report.world.split(" ")[0].removeprefix("sandbox:") for report in reports]
    rows = {one.id: one for report in reports for one in report.tried}
    lines = [
        f"| id | program | {' | '.join(heads)} | worked against |",
        f"| --- | --- | {' | '.join('---' for _ in heads)} | --- |",
    ]
    for name, row in rows.items():
        cells = [_cell([one for one in report.tried if one.id == name]) for report in reports]
        lines.append(f"| {name} | {row.title} | {' | '.join(cells)} | {row.worked or '–'} |")
    pairs = zip(heads, reports, strict=True)
    lines += ["", *(f"- {head}: {fault}" for head, report in pairs for fault in report.faults)]
    return "\n".join(lines).rstrip() + "\n"


def _cell(tried: Sequence[Tried]) -> str:
    """What came of one program on all families."""
    if not tried:
        return "–"
    if any(not one.held for one in tried):
        return f"**FAULT** on {', '.join(one.family for one in tried if not one.held)}"
    if tried[0].honest:
        return "passes" if any(one.admitted for one in tried) else "not admitted"
    kinds: Counter[str] = Counter()
    for one in tried:
        kinds.update(one.errors)
    return ", ".join(kind for kind, _ in kinds.most_common(3))
