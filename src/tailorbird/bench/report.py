"""The report of runs: figures from rows only, each with its n and interval; Markdown, JSON and one page.

Covers: pass rates, slices, error classes, cost, the bar set by a baseline, what was left out and why. Does not cover:
drawing (`page.py`) or running anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from tailorbird.bench.compare import Comparison, compare
from tailorbird.bench.compare import markdown as comparison_text
from tailorbird.bench.log import Start, read_rows, read_start
from tailorbird.bench.scorers import UNSCORED
from tailorbird.bench.stats import Estimate, Interval, estimate, pass_at_k, pass_hat_k, wilson
from tailorbird.core.domain import LEVELS
from tailorbird.core.errors import UserError
from tailorbird.core.files import CARD, read_card, write_atomic, write_card
from tailorbird.core.record import record, to_json
from tailorbird.core.task import Row

DRAWS = (1, 5, 10)
"""Values of k for pass@k and pass^k, as far as there are samples."""


@dataclass(frozen=True)
class Run:
    """A run as it lies on disk."""

    folder: Path
    start: Start
    rows: tuple[Row, ...]

    @staticmethod
    def read(folder: Path) -> Run:
        """A run from its folder, finished or not.

        Raises:
            BrokenArtefact: if it is no run folder.
        """
        return Run(folder, read_start(folder), tuple(read_rows(folder)))


@record
class Part:
    """The pass rate of a slice."""

    group: str
    """kind, language, letter, wording, level, family."""
    name: str
    estimate: Estimate


@record
class Cost:
    """One measured quantity over rows."""

    name: str
    unit: str
    n: int
    median: float
    p95: float
    largest: float
    values: tuple[float, ...]
    """Every value, sorted, three significant digits: for drawing."""


@record
class Entry:
    """One run of one entrant."""

    model: str
    suite: str
    suite_hash: str
    salt: str
    """With what the hidden instances were drawn; published so that they can be drawn again."""
    world: str
    unsafe: bool
    """Whether programs ran without isolation."""
    options: str
    command: str
    samples: int
    tasks: int
    """Tasks scored."""
    families: int
    passed: Estimate
    """pass@1."""
    graded: Estimate
    """Share of hidden trials passed, a mean beside the strict rate."""
    pass_at: dict[str, Estimate]
    """`pass@k` and `pass^k` for k above 1."""
    parts: tuple[Part, ...]
    errors: dict[str, int]
    """Error class and number of rows."""
    rows: int
    """Rows scored."""
    left_out: dict[str, int]
    """Rows that say nothing about the entrant, by reason; not in any rate."""
    open: int
    """Units without a row yet."""
    missing: dict[str, str]
    """Families that could not run here."""
    costs: tuple[Cost, ...]
    notes: tuple[str, ...] = ()


@record
class Report:
    """Everything a page or a text says."""

    title: str
    entries: tuple[Entry, ...]
    baseline: str = ""
    comparisons: tuple[Comparison, ...] = ()
    """Each other entrant against the baseline."""
    verdicts: tuple[str, ...] = ()
    """One sentence per entrant about the baseline; also where a comparison was refused."""

    @property
    def unsafe(self) -> bool:
        """Whether any run was made without isolation."""
        return any(entry.unsafe for entry in self.entries)


def report(runs: Sequence[Run], baseline: str = "", title: str = "", regression: Collection[str] = ()) -> Report:
    """A report of one or several runs.

    Args:
        runs: what is reported, each of one entrant on one suite.
        baseline: model name of the run that sets the bar; the one called `nearest…` where there is one.
        title: heading; made of suite and models when empty.
        regression: families whose proof shows no gap between right and wrong; named, and left out of every rate.

    Raises:
        UserError: if a run has no scored row.
    """
    entries = tuple(_entry(run, frozenset(regression)) for run in runs)
    base = baseline or next((run.start.model for run in runs if run.start.model.startswith("nearest")), "")
    bars = [run for run in runs if run.start.model == base]
    comparisons, verdicts = [], []
    for run in runs:
        if not bars or run.start.model == base:
            continue
        try:
            found = compare(
                *([row for row in rows if row.family not in regression] for rows in (bars[0].rows, run.rows))
            )
        except UserError as error:
            verdicts.append(f"{run.start.model} cannot be compared with the baseline {base}: {error.message}")
            continue
        comparisons.append(found)
        above = found.interval.low > 0
        verdicts.append(found.claim if above else f"{run.start.model}: not above the baseline {base}")
    if not bars:
        verdicts.append("no baseline run was given: these figures have no bar beside them")
    suites = sorted({entry.suite for entry in entries})
    heading = title or f"{', '.join(suites)}: {', '.join(entry.model for entry in entries)}"
    return Report(heading, entries, base if bars else "", tuple(comparisons), tuple(verdicts))


def _entry(run: Run, regression: frozenset[str]) -> Entry:
    start = run.start
    aside = [row for row in run.rows if row.family in regression]
    scored = [row for row in run.rows if row.score.error not in UNSCORED and row.family not in regression]
    if not scored:
        raise UserError(f"{run.folder}: expected at least one scored row, got none", "run the suite first")
    tasks = _by_task(scored)
    return Entry(
        model=start.model,
        suite=start.suite,
        suite_hash=start.suite_hash,
        salt=start.salt,
        world=start.world,
        unsafe="unsafe" in start.world.split(" ")[0],
        options=", ".join(f"{name} {value}" for name, value in sorted(start.options.items())),
        command=start.command,
        samples=start.samples,
        tasks=len(tasks),
        families=len({row.family for row in scored}),
        passed=_rate(tasks, lambda row: float(row.score.passed)),
        graded=_rate(tasks, lambda row: row.score.parts.get("graded", row.score.value)),
        pass_at=_draws(tasks),
        parts=tuple(_parts(tasks)),
        errors=dict(Counter(row.score.error or "unnamed" for row in scored if not row.score.passed).most_common()),
        rows=len(scored),
        left_out=dict(Counter(row.score.error for row in run.rows if row.score.error in UNSCORED)),
        open=max(0, start.tasks * start.samples - len(run.rows)),
        missing=start.missing,
        costs=tuple(_costs(scored)),
        notes=(*start.notes, *_aside(aside)),
    )


def _aside(rows: Sequence[Row]) -> tuple[str, ...]:
    """What is said of families that only serve as regression checks."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        counts[row.family].append(row.score.passed)
    return tuple(
        f"regression check, in no rate: {family}, {sum(found)} of {len(found)} rows passed"
        for family, found in sorted(counts.items())
    )


Tasks = Mapping[str, Sequence[Row]]


def _by_task(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.task].append(row)
    return dict(sorted(found.items()))


def _rate(tasks: Tasks, value: Callable[[Row], float]) -> Estimate:
    """Mean over tasks of the mean over samples, clustered by family."""
    return estimate([fmean(map(value, rows)) for rows in tasks.values()], [rows[0].family for rows in tasks.values()])


def _draws(tasks: Tasks) -> dict[str, Estimate]:
    found = {}
    for k in DRAWS[1:]:
        if min(len(rows) for rows in tasks.values()) < k:
            continue
        families = [rows[0].family for rows in tasks.values()]
        counts = [(len(rows), sum(row.score.passed for row in rows)) for rows in tasks.values()]
        found[f"pass@{k}"] = estimate([pass_at_k(n, c, k) for n, c in counts], families)
        found[f"pass^{k}"] = estimate([pass_hat_k(n, c, k) for n, c in counts], families)
    return found


def _parts(tasks: Tasks) -> list[Part]:
    """Rates per slice: tags of the form `group:name`, levels of the hidden trials, families."""
    groups: dict[tuple[str, str], dict[str, Sequence[Row]]] = defaultdict(dict)
    families: dict[str, list[float]] = defaultdict(list)
    for task, rows in tasks.items():
        families[rows[0].family].append(fmean(row.score.passed for row in rows))
        for tag in rows[0].tags:
            group, _, name = tag.partition(":")
            groups[group, name][task] = rows
    found = [
        Part(group, name, _rate(rows, lambda row: float(row.score.passed)))
        for (group, name), rows in sorted(groups.items())
    ]
    for level in LEVELS:
        known = {task: rows for task, rows in tasks.items() if all(level in row.score.parts for row in rows)}
        if known:
            found.append(Part("level", level, _rate(known, lambda row, level=level: row.score.parts[level])))  # type: ignore[misc]
    return found + [Part("family", name, _family(values)) for name, values in sorted(families.items())]


def _family(values: Sequence[float]) -> Estimate:
    """The rate of one family: over its wordings, saying nothing about other families."""
    shape = wilson(sum(values), len(values))
    return Estimate(fmean(values), Interval(shape.low, shape.high, "Wilson over wordings"), len(values), 1)


def _costs(rows: Sequence[Row]) -> list[Cost]:
    wanted: tuple[tuple[str, str, Callable[[Row], float]], ...] = (
        ("wall time of a task", "s", lambda row: row.seconds),
        ("CPU of the costliest trial", "s", lambda row: row.cpu_s),
        ("peak memory", "MB", lambda row: row.memory_mb),
        ("tokens written", "tokens", lambda row: float(row.tokens)),
    )
    found = []
    for name, unit, value in wanted:
        values = sorted(number for row in rows if (number := value(row)) > 0)
        if values:
            p95 = values[min(len(values) - 1, int(0.95 * len(values)))]
            rounded = tuple(float(f"{number:.3g}") for number in values)
            found.append(Cost(name, unit, len(values), median(values), p95, values[-1], rounded))
    return found


def shown(found: Estimate) -> str:
    """A rate with interval, method and n: the only way a rate is printed."""
    note = f"; {found.interval.note}" if found.interval.note else ""
    return (
        f"{100 * found.mean:.1f} % ({100 * found.interval.low:.1f} to {100 * found.interval.high:.1f}; "
        f"{found.interval.method}{note}; n = {size(found.n, found.families)})"
    )


def size(tasks: int, families: int) -> str:
    """`12 tasks of 3 families`, in the singular where it is due."""
    return f"{tasks} task{'s' * (tasks != 1)} of {families} famil{'y' if families == 1 else 'ies'}"


def markdown(found: Report) -> str:
    """The report as Markdown."""
    parts = [f"# {found.title}", ""]
    if found.unsafe:
        parts += ["> **Unsafe**: programs of at least one run were not isolated. Their figures may be forged.", ""]
    parts += ["| entrant | pass@1, 95 % | hidden trials passed |", "| --- | --- | --- |"]
    parts += [f"| {_label(entry, found)} | {shown(entry.passed)} | {shown(entry.graded)} |" for entry in found.entries]
    parts += ["", *(f"- {verdict}" for verdict in found.verdicts), ""]
    for entry in found.entries:
        parts += _section(entry)
    for comparison in found.comparisons:
        parts += [comparison_text(comparison)]
    return "\n".join(parts).rstrip() + "\n"


def _label(entry: Entry, found: Report) -> str:
    return f"{entry.model} (baseline)" if entry.model == found.baseline else entry.model


def _section(entry: Entry) -> list[str]:
    head = [
        f"## {entry.model} on {entry.suite}",
        "",
        *(f"- {name}: {shown(rate)}" for name, rate in entry.pass_at.items()),
        f"- suite {entry.suite_hash[:16]}, salt {entry.salt or '–'}, {entry.samples} sample{'s' * (entry.samples != 1)} per task, {entry.rows} rows scored",
        f"- world: {entry.world}",
        *([f"- options: {entry.options}"] if entry.options else []),
        *([f"- made by: `{entry.command}`"] if entry.command else []),
        *(f"- left out, {reason}: {count} rows" for reason, count in entry.left_out.items()),
        *([f"- **unfinished**: {entry.open} units have no row yet"] if entry.open else []),
        *([f"- not run here ({len(entry.missing)}): {', '.join(entry.missing)}"] if entry.missing else []),
        *(f"- {note}" for note in entry.notes),
        "",
        "| slice | name | pass rate |",
        "| --- | --- | --- |",
        *(f"| {part.group} | {part.name} | {shown(part.estimate)} |" for part in entry.parts),
        "",
    ]
    if entry.errors:
        head += [f"| error class (n = {entry.rows} rows) | rows | share |", "| --- | --- | --- |"]
        head += [f"| {name} | {count} | {100 * count / entry.rows:.1f} % |" for name, count in entry.errors.items()] + [
            ""
        ]
    head += ["| cost | n | median | 95th of 100 | largest |", "| --- | --- | --- | --- | --- |"]
    head += [
        f"| {cost.name} | {cost.n} | {cost.median:.3g} {cost.unit} | {cost.p95:.3g} {cost.unit} | {cost.largest:.3g} {cost.unit} |"
        for cost in entry.costs
    ]
    return [*head, ""]


def write(found: Report, folder: Path, page: str = "") -> list[Path]:
    """Write `report.md`, `report.json` and, where its text is given, `report.html` into a folder.

    A card that lies there is put back last, so that it seals the report as well.

    Returns:
        The files written.
    """
    card = read_card(folder, check=False) if (folder / CARD).exists() else None
    texts = {"report.md": markdown(found), "report.json": to_json(found) + "\n"} | (
        {"report.html": page} if page else {}
    )
    for name, text in texts.items():
        write_atomic(folder / name, text)
    if card:
        write_card(folder, card)
    return [folder / name for name in texts]
