"""One self-contained page of an attempt: result, pictures of data and result, plan, program, manual, rounds, cost.

Pictures are SVG by matplotlib; without it the page says how to get them. Nothing on the page is fetched.
"""

from __future__ import annotations

import html
import importlib.util
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tailorbird.cli.series import Series, read_series
from tailorbird.core.attempt import Attempt
from tailorbird.core.brief import brief
from tailorbird.core.program import Slot

STYLE = """
:root{--ink:#1c2430;--soft:#5b6675;--paper:#fbfaf7;--card:#fff;--line:#e3e0d8;--accent:#0b6e6e;--bad:#a3342a;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#a3abb8;--paper:#15181d;--card:#1d2229;--line:#323943;--accent:#5cc8c0;--bad:#ff8d7f}
figure svg{filter:invert(.9) hue-rotate(180deg)}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem}
h2{font-size:1.1rem;margin:2.2rem 0 .7rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
.soft{color:var(--soft)}.cards{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1.1rem;min-width:9rem;max-width:20rem}
.card b{display:block;font-size:1.5rem;font-weight:650;font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:.85rem}
figure{margin:1rem 0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.6rem;overflow-x:auto}
figure svg{width:100%;height:auto}figcaption{color:var(--soft);font-size:.85rem;padding:.2rem .4rem}
pre{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;overflow-x:auto;font-size:.83rem;line-height:1.45}
table{border-collapse:collapse;width:100%;font-size:.92rem}td,th{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
details{margin:.6rem 0}summary{cursor:pointer;color:var(--accent)}ol li{margin:.4rem 0}.bad{color:var(--bad)}
.k{color:#8250df}.s{color:#0a6c3b}.c{color:var(--soft)}@media(prefers-color-scheme:dark){.k{color:#c8a6ff}.s{color:#7fd8a4}}
"""


def page(attempt: Attempt, files: Mapping[str, Path]) -> str:
    """The page as HTML.

    Args:
        attempt: what was tried.
        files: input files by name, to draw.
    """
    goal = attempt.requirement.goal if attempt.requirement else attempt.request.text
    title = goal.split("\n", 1)[0]
    parts = [f"<h1>{html.escape(title)}</h1>", _standing(attempt)]
    if attempt.requirement and attempt.outcome and isinstance(attempt.outcome.result, dict):
        outputs = attempt.requirement.outputs
        parts += [_cards(outputs, attempt.outcome.result), _pictures(files, outputs, attempt.outcome.result)]
    elif files:
        parts.append(_pictures(files, (), {}))
    parts += [_assumed(attempt), _plan(attempt), _results(attempt), _program(attempt), _log(attempt)]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
        f'initial-scale=1"><title>{html.escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n'
    )


def _standing(attempt: Attempt) -> str:
    if attempt.action and attempt.action.kind == "reply":
        return f'<p class="bad">{html.escape(attempt.action.text)}</p>'
    outcome = attempt.outcome
    if outcome is None:
        return '<p class="bad">Nothing was run.</p>'
    unsafe = '<p class="bad"><strong>No isolation: run with --unsafe.</strong></p>' if "unsafe" in outcome.world else ""
    if outcome.status != "done":
        return f'{unsafe}<p class="bad">{html.escape(f"{outcome.error}: {outcome.why}")}</p>'
    used = (
        f"{outcome.seconds:.2f} s wall, {outcome.cpu_s:.2f} s processor, {outcome.memory_mb:.0f} MB above a bare start"
    )
    return f'{unsafe}<p class="soft">Ran in {html.escape(outcome.world.split()[0])}: {used}.</p>'


def _cards(outputs: tuple[Slot, ...], result: Mapping[str, Any]) -> str:
    cards = []
    for slot in outputs:
        value = result.get(slot.name)
        shown = (
            f"{len(value)}" if isinstance(value, list) else f"{value:.5g}" if isinstance(value, float) else brief(value)
        )
        unit = "values" if isinstance(value, list) else "" if slot.unit == "1" else slot.unit
        label = html.escape(f"{slot.name}: {slot.meaning}")
        cards.append(
            f'<div class="card"><b>{html.escape(shown)} <small>{html.escape(unit)}</small></b><span>{label}</span></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>'


def _pictures(files: Mapping[str, Path], outputs: tuple[Slot, ...], result: Mapping[str, Any]) -> str:
    if importlib.util.find_spec("matplotlib") is None:
        return "<p class=\"soft\">Pictures need: pip install 'tailorbird[iot]'</p>"
    drawn = []
    for name, path in files.items():
        series = read_series(path)
        if series is not None:
            drawn += [_figure(series, outputs, result, name, whole) for whole in (True, False)]
    return "\n".join(figure for figure in drawn if figure)


def _figure(series: Series, outputs: tuple[Slot, ...], result: Mapping[str, Any], name: str, whole: bool) -> str:
    """The whole record, or its first part when it is long, with the events of the result marked."""
    from matplotlib import pyplot as plt

    size = series.x.size
    end = size if whole else min(size, max(size // 5, 200))
    if not whole and end > 0.7 * size:
        return ""
    shown = list(series.columns)[:3]
    figure, axes = plt.subplots(len(shown), 1, figsize=(9.6, 1.1 + 1.9 * len(shown)), sharex=True, squeeze=False)
    part = slice(0, end)
    for axis, column in zip(axes[:, 0], shown, strict=True):
        axis.plot(series.x[part], series.columns[column][part], lw=0.8, color="#2b5d7d")
        axis.set_ylabel(column)
        axis.spines[["top", "right"]].set_visible(False)
        marked = _mark(axis, series, series.columns[column], outputs, result, end)
        if marked and axis is axes[0, 0]:
            axis.legend(loc="upper right", fontsize=8, frameon=False)
    axes[-1, 0].set_xlabel("time (s)" if series.x_name in ("time", "t", "time_s", "seconds") else series.x_name)
    figure.tight_layout()
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    svg = re.sub(r"^.*?(?=<svg)", "", out.getvalue(), flags=re.DOTALL)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    text = f"{name}: {'the whole record' if whole else 'the beginning, enlarged'}"
    return f"<figure>{svg}<figcaption>{html.escape(text)}</figcaption></figure>"


def _mark(
    axis: Any, series: Series, values: Any, outputs: tuple[Slot, ...], result: Mapping[str, Any], end: int
) -> bool:
    """Draw events, intervals and series of the result over a column; whether anything was drawn."""
    import numpy as np

    drawn = False
    for slot, colour in zip(outputs, ("#c4392c", "#c77700", "#5a7d2b", "#7a3f9d"), strict=False):
        found = result.get(slot.name)
        if not isinstance(found, list) or not found:
            continue
        numbers = all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in found)
        if numbers and len(found) == series.x.size:
            axis.plot(series.x[:end], found[:end], lw=1.0, color=colour, label=slot.name)
            drawn = True
        elif numbers and slot.unit in ("s", "sample") and series.x.size > 1:
            at = np.asarray(found, float)
            if slot.unit == "sample" and series.x_name != "sample":
                at = np.interp(at, np.arange(series.x.size), series.x)
            at = at[(at >= series.x[0]) & (at <= series.x[end - 1])]
            axis.plot(at, np.interp(at, series.x, values), "v", ms=5, color=colour, label=slot.name)
            drawn = True
    return drawn


def _assumed(attempt: Attempt) -> str:
    lines = attempt.requirement.assumed if attempt.requirement else ()
    return (
        "<h2>Assumed</h2><ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>" if lines else ""
    )


def _plan(attempt: Attempt) -> str:
    if not attempt.plan:
        return ""
    items = "".join(
        f"<li><strong>{html.escape(step.title)}</strong><br><span class='soft'>{html.escape('; '.join(step.actions))}</span></li>"
        for step in attempt.plan.steps
    )
    cited = "".join(f"<li>{html.escape(line[:220])}…</li>" for line in attempt.passages)
    sources = f"<details><summary>Passages cited</summary><ul>{cited}</ul></details>" if cited else ""
    return f"<h2>Plan</h2><ol>{items}</ol>{sources}"


def _results(attempt: Attempt) -> str:
    outcome = attempt.outcome
    if not outcome or not isinstance(outcome.result, dict):
        return ""
    rows = "".join(
        f"<tr><th>{html.escape(str(key))}</th><td>{html.escape(brief(value, 12))}</td></tr>"
        for key, value in outcome.result.items()
    )
    return f"<h2>Result</h2><table>{rows}</table>"


_TOKENS = re.compile(r'(?P<c>#[^\n]*)|(?P<s>"""[\s\S]*?"""|"[^"\n]*"|\'[^\'\n]*\')|\b(?P<k>def|return|import|from|if|else|elif|for|while|in|not|and|or|with|as|raise|class|None|True|False|lambda)\b')  # fmt: skip


def _program(attempt: Attempt) -> str:
    if not attempt.action or attempt.action.kind != "program":
        return ""
    source, last, out = attempt.action.source, 0, []
    for match in _TOKENS.finditer(source):
        out.append(html.escape(source[last : match.start()]))
        out.append(f'<span class="{match.lastgroup}">{html.escape(match[0])}</span>')
        last = match.end()
    out.append(html.escape(source[last:]))
    return f"<h2>Program</h2><details><summary>program.py, {source.count(chr(10))} lines</summary><pre>{''.join(out)}</pre></details>"


def _log(attempt: Attempt) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(turn.role)}</td><td>{html.escape(turn.generation.note or turn.fault or 'answered')}</td>"
        f"<td>{turn.generation.seconds:.3f} s</td></tr>"
        for turn in attempt.turns
    )
    rounds = "".join(f"<li>{html.escape(line)}</li>" for line in attempt.rounds)
    mended = f"<ul>{rounds}</ul>" if rounds else '<p class="soft">No round of repair was needed.</p>'
    return (
        f"<h2>How it was made</h2>{mended}<details><summary>{len(attempt.turns)} questions to the engine, {attempt.seconds:.1f} s"
        f" in all</summary><table><tr><th>role</th><th>answer</th><th>time</th></tr>{rows}</table></details>"
    )
