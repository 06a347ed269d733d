"""Drawings as inline SVG: rates with intervals, bars of counts, strips of costs. No library, no script.

Colours and type come from the page's style sheet by class, so that a drawing follows light and dark. Every drawing has
a title and a description for readers who do not see it. Covers: three forms. Does not cover: the page around them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 860
"""Units of every drawing's view box; drawings scale with the page."""

LEFT, RIGHT = 210, 170
"""Room for labels and for figures."""

ROW = 26


@dataclass(frozen=True)
class Mark:
    """One line of a drawing of rates."""

    label: str
    value: float
    low: float
    high: float
    figure: str
    """What stands at the right end, such as `12 of 14`."""
    strong: bool = False


def rates(title: str, marks: Sequence[Mark], bar: float | None = None) -> str:
    """Rates from 0 to 100 % as dots on their intervals; `bar` draws an upright line, such as the baseline's rate."""
    span = WIDTH - LEFT - RIGHT
    height = 34 + ROW * len(marks) + 8
    parts = []
    for step in range(0, 101, 25):
        x = LEFT + span * step / 100
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="26" x2="{x:.1f}" y2="{height - 8}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="16" text-anchor="middle">{step} %</text>')
    if bar is not None:
        x = LEFT + span * bar
        parts.append(f'<line class="bar-line" x1="{x:.1f}" y1="22" x2="{x:.1f}" y2="{height - 8}"/>')
    for at, mark in enumerate(marks):
        y = 34 + ROW * at + ROW / 2
        x, low, high = (LEFT + span * value for value in (mark.value, mark.low, mark.high))
        parts.append(
            f'<text class="label{" strong" if mark.strong else ""}" x="0" y="{y + 4:.1f}">{escape(_cut(mark.label, 30))}</text>'
        )
        parts.append(f'<line class="reach" x1="{low:.1f}" y1="{y:.1f}" x2="{max(high, low + 1):.1f}" y2="{y:.1f}"/>')
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{6 if mark.strong else 5}"/>')
        parts.append(f'<text class="figure" x="{WIDTH}" y="{y + 4:.1f}" text-anchor="end">{escape(mark.figure)}</text>')
    said = "; ".join(f"{mark.label} {mark.value:.0%}, {mark.low:.0%} to {mark.high:.0%}" for mark in marks)
    return _svg(title, said, height, parts)


def counts(title: str, items: Sequence[tuple[str, int]], total: int) -> str:
    """Counts as bars, with their share of a total."""
    span = WIDTH - LEFT - RIGHT
    most = max((count for _, count in items), default=1)
    parts = []
    for at, (name, count) in enumerate(items):
        y = 6 + ROW * at
        parts.append(f'<text class="label" x="0" y="{y + 17}">{escape(_cut(name, 30))}</text>')
        parts.append(
            f'<rect class="count" x="{LEFT}" y="{y + 4}" width="{span * count / most:.1f}" height="{ROW - 9}" rx="3"/>'
        )
        parts.append(
            f'<text class="figure" x="{WIDTH}" y="{y + 17}" text-anchor="end">{count} of {total} ({100 * count / total:.1f} %)</text>'
        )
    return _svg(title, "; ".join(f"{name} {count} of {total}" for name, count in items), 12 + ROW * len(items), parts)


def strip(title: str, values: Sequence[float], unit: str, middle: float) -> str:
    """Every value as a tick on a logarithmic axis, the median marked."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    span = WIDTH - 40

    def x_of(value: float) -> float:
        return 20 + span * (math.log10(value) - low) / (high - low)

    parts = [f'<line class="grid" x1="20" y1="52" x2="{WIDTH - 20}" y2="52"/>']
    for power in range(low, high + 1):
        x = x_of(10.0**power)
        side = "start" if power == low else "end" if power == high else "middle"
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="20" x2="{x:.1f}" y2="56"/>')
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="72" text-anchor="{side}">{10.0**power:g} {escape(unit)}</text>'
        )
    parts += [
        f'<line class="value" x1="{x_of(value):.1f}" y1="26" x2="{x_of(value):.1f}" y2="50"/>'
        for value in _thinned(values)
    ]
    x = x_of(middle)
    side = "end" if x > WIDTH * 0.8 else "start" if x < WIDTH * 0.2 else "middle"
    parts.append(f'<line class="middle" x1="{x:.1f}" y1="18" x2="{x:.1f}" y2="54"/>')
    parts.append(
        f'<text class="figure" x="{x:.1f}" y="12" text-anchor="{side}">median {middle:.3g} {escape(unit)}, n = {len(values)}</text>'
    )
    return _svg(
        title,
        f"median {middle:.3g} {unit}, from {min(values):.3g} to {max(values):.3g} {unit}, n = {len(values)}",
        80,
        parts,
    )


def _thinned(values: Sequence[float], most: int = 400) -> Sequence[float]:
    """At most so many values, evenly picked by rank; the ends stay."""
    if len(values) <= most:
        return values
    return [values[round(at * (len(values) - 1) / (most - 1))] for at in range(most)]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _svg(title: str, said: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>{''.join(parts)}</svg>"
    )
