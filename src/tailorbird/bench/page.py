"""The report as one page: no script, no font, no picture from elsewhere; light and dark, readable on paper.

Every drawing has its numbers in a table below it. Covers: layout. Does not cover: figures (`report.py`), drawings
(`plots.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from tailorbird.bench.compare import Comparison
from tailorbird.bench.plots import Mark, counts, rates, strip
from tailorbird.bench.report import Entry, Part, Report, shown, size
from tailorbird.bench.stats import Estimate

STYLE = """
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1d2329;--soft:#5b6670;--line:#dfe2e0;
--accent:#14617a;--reach:#7fb4c4;--bad:#b4531f;--warn:#fff3d6;--warn-ink:#5c3d00}
@media (prefers-color-scheme:dark){:root{--paper:#14181b;--card:#1b2125;--ink:#e8eae9;--soft:#9aa6ad;--line:#303a40;
--accent:#66c3dd;--reach:#2f7388;--bad:#f0955c;--warn:#3d2f0d;--warn-ink:#ffdf9c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:62rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 .4rem;text-wrap:balance}
h2{font-size:1.3rem;margin:3rem 0 .6rem;padding-top:1.2rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.8rem 0 .5rem;color:var(--soft);font-weight:600}
p,li{max-width:44rem}.lead{color:var(--soft);margin:.2rem 0 1.4rem}
.banner{background:var(--warn);color:var(--warn-ink);border-left:4px solid var(--bad);padding:.8rem 1rem;border-radius:4px;margin:1.2rem 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem;margin:1.2rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.2rem}
.card b{display:block;font-size:2.3rem;line-height:1.15;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.card .name{font-weight:600}.card small{color:var(--soft);display:block}
.verdicts{padding-left:1.1rem}
figure{margin:.6rem 0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem;overflow-x:auto}
figure:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
svg{display:block;width:100%;min-width:38rem;height:auto;font:13px system-ui,-apple-system,"Segoe UI",sans-serif}
svg text{fill:var(--ink)}svg .tick{fill:var(--soft);font-size:11px}svg .figure{font-variant-numeric:tabular-nums;fill:var(--soft)}
svg .strong{font-weight:650}svg .grid{stroke:var(--line)}svg .reach{stroke:var(--reach);stroke-width:5;stroke-linecap:round}
svg .dot{fill:var(--accent);stroke:var(--card);stroke-width:2}svg .bar-line{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:4 3}
svg .count{fill:var(--bad)}svg .value{stroke:var(--accent);stroke-opacity:.45;stroke-width:2}svg .middle{stroke:var(--bad);stroke-width:2.5}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}.scroll{overflow-x:auto}
summary{cursor:pointer;color:var(--accent);padding:.3rem 0}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;font-size:.9rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:36rem){dl{grid-template-columns:1fr}dt{margin-top:.5rem}h1{font-size:1.5rem}}
@media print{body{background:#fff}figure,.card{break-inside:avoid}details>*{display:block}}
"""

HEADINGS = {
    "kind": "By kind of wording", "language": "By language", "wording": "By origin of the wording", "level": "By level of the trial",
    "letter": "By domain of the catalogue", "family": "By family",
}  # fmt: skip
"""Slices in the order of the page."""

_SMALL = ("kind", "language", "wording", "level")


def page(found: Report, names: Mapping[str, str] | None = None) -> str:
    """The report as one HTML text.

    Args:
        found: the report.
        names: titles of families and letters, such as `T001` to `R-peaks`.
    """
    names = names or {}
    body = [
        f"<h1>{escape(found.title)}</h1>",
        '<p class="lead">A task passes only if every hidden trial passes. Intervals are 95 %, clustered by family.</p>',
        *_banners(found),
        '<div class="cards">' + "".join(_card(entry, found) for entry in found.entries) + "</div>",
        '<ul class="verdicts">' + "".join(f"<li>{escape(verdict)}</li>" for verdict in found.verdicts) + "</ul>",
    ]
    if len(found.entries) > 1:
        marks = [_mark(entry.model, entry.passed, strong=entry.model == found.baseline) for entry in found.entries]
        body += ["<h2>Side by side</h2>", _figure(rates("pass@1 by entrant", marks, _bar(found)))]
        body += [_comparison(item) for item in found.comparisons]
    for entry in found.entries:
        body += _section(entry, found, names)
    title = escape(found.title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="generator" content="tailorbird"><title>{title}</title><style>{STYLE}</style></head>\n'
        f"<body><main>\n{chr(10).join(body)}\n</main></body></html>\n"
    )


def _banners(found: Report) -> list[str]:
    banners = []
    if found.unsafe:
        banners.append(
            "<strong>Unsafe.</strong> Programs of at least one run were not isolated; their figures may be forged."
        )
    banners += [
        f"<strong>Unfinished.</strong> {entry.open} units of {escape(entry.model)} have no row yet."
        for entry in found.entries
        if entry.open
    ]
    return [f'<div class="banner" role="alert">{text}</div>' for text in banners]


def _bar(found: Report) -> float | None:
    return next((entry.passed.mean for entry in found.entries if entry.model == found.baseline), None)


def _card(entry: Entry, found: Report) -> str:
    rate = entry.passed
    role = " · baseline" if entry.model == found.baseline else ""
    return (
        f'<div class="card"><span class="name">{escape(entry.model)}{role}</span><b>{100 * rate.mean:.1f} %</b>'
        f"<small>pass@1, {100 * rate.interval.low:.1f} to {100 * rate.interval.high:.1f} %</small>"
        f"<small>n = {size(rate.n, rate.families)}, {escape(rate.interval.method)}"
        f"{'; ' + escape(rate.interval.note) if rate.interval.note else ''}</small></div>"
    )


def _mark(label: str, found: Estimate, *, strong: bool = False, figure: str = "") -> Mark:
    text = figure or f"{100 * found.mean:.1f} %, n = {found.n}"
    return Mark(label, found.mean, found.interval.low, found.interval.high, text, strong)


def _figure(drawing: str) -> str:
    return f'<figure tabindex="0">{drawing}</figure>'


def _section(entry: Entry, found: Report, names: Mapping[str, str]) -> list[str]:
    bar = None if entry.model == found.baseline else _bar(found)
    body = [f"<h2>{escape(entry.model)} on {escape(entry.suite)}</h2>", _facts(entry)]
    groups: dict[str, list[Part]] = {}
    for part in entry.parts:
        groups.setdefault(part.group, []).append(part)
    small = [part for group in _SMALL for part in groups.get(group, [])]
    if small:
        marks = [_mark(f"{part.group}: {part.name}", part.estimate) for part in small]
        body += [
            "<h3>By wording, language and level</h3>",
            _figure(rates("pass rate by slice", marks)),
            _table(small, names),
        ]
    for group in (
        *(name for name in HEADINGS if name not in _SMALL),
        *(name for name in groups if name not in HEADINGS),
    ):
        parts = groups.get(group, [])
        if parts:
            heading = HEADINGS.get(group, f"By {group}")
            marks = [_mark(_named(part.name, names), part.estimate) for part in parts]
            body += [f"<h3>{escape(heading)}</h3>", _figure(rates(heading, marks, bar)), _table(parts, names)]
    if entry.errors:
        drawing = counts("rows by error class", list(entry.errors.items()), entry.rows)
        body += [f"<h3>Why rows failed (n = {entry.rows} rows)</h3>", _figure(drawing)]
    for cost in entry.costs:
        heading = cost.name[0].upper() + cost.name[1:]
        body += [f"<h3>{escape(heading)}</h3>", _figure(strip(heading, cost.values, cost.unit, cost.median))]
    return body


def _named(name: str, names: Mapping[str, str]) -> str:
    return f"{name} {names[name]}" if name in names else name


def _table(parts: Sequence[Part], names: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><td>{escape(part.group)}</td><td>{escape(_named(part.name, names))}</td><td>{escape(shown(part.estimate))}</td></tr>"
        for part in parts
    )
    head = '<tr><th scope="col">slice</th><th scope="col">name</th><th scope="col">pass rate</th></tr>'
    return (
        f'<details><summary>The same as numbers</summary><div class="scroll"><table><thead>{head}</thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _facts(entry: Entry) -> str:
    """What a reader needs to judge and to repeat the run."""
    facts = [
        ("pass@1", shown(entry.passed)),
        *((name, shown(rate)) for name, rate in entry.pass_at.items()),
        ("hidden trials passed", shown(entry.graded)),
        ("suite", f"{entry.suite}, hash {entry.suite_hash[:16]}, salt {entry.salt or '–'}"),
        ("samples", f"{entry.samples} per task, {entry.rows} rows scored"),
        ("world", entry.world),
        ("options", entry.options),
        ("left out", ", ".join(f"{reason}: {count} rows" for reason, count in entry.left_out.items())),
        ("not run here", ", ".join(f"{name} ({need})" for name, need in entry.missing.items())),
        *(("note", note) for note in entry.notes),
    ]
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts if text)
    again = f"<dt>made by</dt><dd><code>{escape(entry.command)}</code></dd>" if entry.command else ""
    return f"<dl>{lines}{again}</dl>"


def _comparison(item: Comparison) -> str:
    facts = [
        (
            "difference",
            f"{100 * item.difference:+.1f} points, {100 * item.interval.low:+.1f} to {100 * item.interval.high:+.1f}",
        ),
        ("interval", f"{item.interval.method}{'; ' + item.interval.note if item.interval.note else ''}"),
        ("n", f"{size(item.tasks, item.families)}, {item.samples} sample{'s' * (item.samples != 1)} each"),
        (
            "p",
            f"{item.p:.4f} by sign flips of families"
            + (f"; {item.mcnemar:.4f} McNemar mid-p" if item.mcnemar is not None else ""),
        ),
        ("discordant tasks", f"{len(item.only_a)} for {item.a}, {len(item.only_b)} for {item.b}"),
        ("smallest difference found", f"{100 * item.mde:.1f} points with 80 % power"),
    ]
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    flips = "".join(
        f"<p>More often solved by {escape(name)}: {escape(', '.join(tasks))}</p>"
        for name, tasks in ((item.b, item.only_b), (item.a, item.only_a))
        if tasks
    )
    more = f"<details><summary>Flipped tasks</summary>{flips}</details>" if flips else ""
    return f"<h3>{escape(item.b)} against {escape(item.a)}</h3><p>{escape(item.claim)}.</p><dl>{lines}</dl>{more}"
