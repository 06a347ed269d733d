"""A against B on the same tasks: by how much, how surely, and on which tasks.

Differences are B minus A, of task means over samples. Rows are compared only where task and world are the same: a
changed wording, another draw or a weaker sandbox is another question.
Covers: pairing, refusing, the figures. Does not cover: the statistics (`paired.py`), several suites at once (`holm`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean

from tailorbird.bench.paired import difference_error, mcnemar, mde, paired_interval, sign_flip
from tailorbird.bench.scorers import UNSCORED
from tailorbird.bench.stats import Interval
from tailorbird.core.errors import UserError
from tailorbird.core.record import record
from tailorbird.core.task import Row

CLAIM_TASKS, CLAIM_SAMPLES, CLAIM_FAMILIES = 200, 5, 20
"""Least evidence for the words "better" and "worse"; below it differences are reported without them."""


@record
class Comparison:
    """What B did against A on the tasks both tried."""

    a: str
    b: str
    tasks: int
    families: int
    samples: int
    """Fewest samples per task and entrant."""
    mean_a: float
    mean_b: float
    difference: float
    """mean_b - mean_a."""
    interval: Interval
    p: float
    """Sign-flip permutation over families, two-sided."""
    mcnemar: float | None
    """Mid-p on discordant tasks; only where each task has one sample."""
    only_a: tuple[str, ...]
    """Tasks A solved more often."""
    only_b: tuple[str, ...]
    """Tasks B solved more often."""
    mde: float
    """Smallest true difference that would be found with 80 % power."""
    left_out: tuple[str, ...] = ()
    """Tasks that only one of them tried, or that differ; only where the intersection was asked for."""

    @property
    def claim(self) -> str:
        """One sentence that says no more than the figures allow."""
        enough = self.tasks >= CLAIM_TASKS and self.samples >= CLAIM_SAMPLES and self.families >= CLAIM_FAMILIES
        if self.interval.low > 0:
            return (
                f"{self.b} is better than {self.a}"
                if enough
                else f"{self.b} passed more than {self.a} here; too few tasks for a claim"
            )
        if self.interval.high < 0:
            return (
                f"{self.b} is worse than {self.a}"
                if enough
                else f"{self.b} passed less than {self.a} here; too few tasks for a claim"
            )
        return f"{self.b} is not above {self.a}: the interval of the difference holds 0"


def compare(rows_a: Sequence[Row], rows_b: Sequence[Row], *, intersection: bool = False) -> Comparison:
    """Compare two runs.

    Args:
        rows_a: rows of the bar, one model.
        rows_b: rows of the one in question, one model.
        intersection: leave out tasks that differ instead of refusing.

    Raises:
        UserError: if the worlds differ, if tasks differ and the intersection was not asked for, or nothing is shared.
    """
    a, b = _by_task(rows_a), _by_task(rows_b)
    worlds = [sorted({row.world for row in rows}) for rows in (rows_a, rows_b)]
    if worlds[0] != worlds[1]:
        raise UserError(f"world profiles differ: {worlds[0]} and {worlds[1]}", "run both in the same world")
    differ = sorted(_different(a, b))
    if differ and not intersection:
        shown = ", ".join(differ[:8]) + (f" and {len(differ) - 8} more" if len(differ) > 8 else "")
        raise UserError(
            f"{len(differ)} tasks differ or were tried by one only: {shown}", "compare the intersection: --intersection"
        )
    shared = [task for task in a if task in b and task not in set(differ)]
    if not shared:
        raise UserError("expected at least one task that both tried, got none")
    return _figures(a, b, shared, tuple(differ))


def _by_task(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.score.error not in UNSCORED:
            found[row.task].append(row)
    return dict(sorted(found.items()))


def _different(a: dict[str, list[Row]], b: dict[str, list[Row]]) -> set[str]:
    """Tasks that one lacks, or whose content is not the same."""
    alone = set(a) ^ set(b)
    return alone | {
        task for task in set(a) & set(b) if {row.task_hash for row in a[task]} != {row.task_hash for row in b[task]}
    }


def _figures(
    a: dict[str, list[Row]], b: dict[str, list[Row]], shared: list[str], left_out: tuple[str, ...]
) -> Comparison:
    means_a = [fmean(row.score.passed for row in a[task]) for task in shared]
    means_b = [fmean(row.score.passed for row in b[task]) for task in shared]
    gaps = [right - left for left, right in zip(means_a, means_b, strict=True)]
    families = [a[task][0].family for task in shared]
    only_a = tuple(task for task, gap in zip(shared, gaps, strict=True) if gap < 0)
    only_b = tuple(task for task, gap in zip(shared, gaps, strict=True) if gap > 0)
    most = max(len(rows[task]) for rows in (a, b) for task in shared)
    return Comparison(
        a=_name(a),
        b=_name(b),
        tasks=len(shared),
        families=len(set(families)),
        samples=min(len(rows[task]) for rows in (a, b) for task in shared),
        mean_a=fmean(means_a),
        mean_b=fmean(means_b),
        difference=fmean(gaps),
        interval=paired_interval(gaps, families),
        p=sign_flip(gaps, families),
        mcnemar=mcnemar(len(only_a), len(only_b)) if most == 1 else None,
        only_a=only_a,
        only_b=only_b,
        mde=mde(difference_error(gaps, families)),
        left_out=left_out,
    )


def _name(rows: dict[str, list[Row]]) -> str:
    return " + ".join(sorted({row.model for found in rows.values() for row in found}))


def markdown(found: Comparison) -> str:
    """The comparison as a short Markdown text."""
    samples = f"{found.samples} sample" + ("s" if found.samples != 1 else "")
    lines = [
        f"## {found.b} against {found.a}",
        "",
        f"{found.claim}. n = {found.tasks} tasks of {found.families} families, {samples} each.",
        "",
        "| figure | value |",
        "| --- | --- |",
        f"| pass rate, {found.a} | {found.mean_a:.1%} |",
        f"| pass rate, {found.b} | {found.mean_b:.1%} |",
        f"| difference, 95 % | {100 * found.difference:+.1f} points, {100 * found.interval.low:+.1f} to {100 * found.interval.high:+.1f} "
        f"({found.interval.method}{'; ' + found.interval.note if found.interval.note else ''}) |",
        f"| p, sign flips of families | {found.p:.4f} |",
        *([f"| p, McNemar mid-p | {found.mcnemar:.4f} |"] if found.mcnemar is not None else []),
        f"| discordant tasks | {len(found.only_a)} for {found.a}, {len(found.only_b)} for {found.b} |",
        f"| smallest difference found with 80 % power | {100 * found.mde:.1f} points |",
    ]
    for name, tasks in ((found.b, found.only_b), (found.a, found.only_a)):
        if tasks:
            lines += ["", f"More often solved by {name}: {', '.join(tasks)}"]
    if found.left_out:
        lines += [
            "",
            f"Left out, because only one tried them or they differ ({len(found.left_out)}): {', '.join(found.left_out)}",
        ]
    return "\n".join(lines) + "\n"
