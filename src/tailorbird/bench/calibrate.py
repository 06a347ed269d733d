"""Where a bar should stand: between the worst figure of right programs and the best of wrong ones.

a is the worst figure of any right program on any trial. A wrong program is caught by a bar where its worst figure over
the trials of a draw lies beyond the bar on every draw; b is the best such figure. The derived limit is the round number
nearest a + (b - a) / 3, and leaves right programs at least 1.2 times their worst error.
Covers: figures of one family. Does not cover: whether the bars catch everything (`prove.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tailorbird.core.domain import Bar
from tailorbird.core.record import record

ROOM = 1.2
"""Least ratio of the limit to the worst error of a right program."""

Figures = Sequence[Sequence[float | None]]
"""One list per draw: the figure of each trial, or nothing where the output had no right form."""


@record
class Calibration:
    """What was measured for one bar."""

    part: str
    side: str
    limit: float
    worst_right: float | None
    """a; nothing if no right program gave a figure."""
    best_wrong: float | None
    """b; nothing if the bar catches no wrong program alone."""
    by: str = ""
    """The wrong program that comes closest."""
    derived: float | None = None
    """The limit the rule gives; nothing without a gap."""
    catches: int = 0
    """Wrong programs this bar catches on every draw."""

    @property
    def note(self) -> str:
        """What a reader should know about the limit."""
        if self.worst_right is None:
            return "no figure of a right program"
        if self.best_wrong is None:
            return "guard: no wrong program is caught by this bar alone"
        if self.derived is None:
            return "no gap between right and wrong: regression check only"
        between = (self.worst_right - self.limit) * (self.limit - self.best_wrong) > 0 or self.limit == self.worst_right
        if not between:
            return "the limit does not lie between right and wrong"
        tight = _cramped(self.limit, self.worst_right, self.best_wrong)
        return f"tight: less than {ROOM} times the worst error of a right program" if tight else ""


def calibrate(bar: Bar, right: Mapping[str, Figures], wrong: Mapping[str, Figures]) -> Calibration:
    """The calibration record of a bar.

    Args:
        bar: the bar as it stands.
        right: figures of the reference and each alternate.
        wrong: figures of each wrong program.
    """
    worst = max if bar.side == "most" else min
    best = min if bar.side == "most" else max
    seen = [figure for figures in right.values() for draw in figures for figure in draw if figure is not None]
    a = worst(seen) if seen else None
    caught: dict[str, float] = {}
    for name, figures in wrong.items():
        per_draw = [worst(known) if (known := [f for f in draw if f is not None]) else None for draw in figures]
        if per_draw and all(figure is not None and not bar.holds(figure) for figure in per_draw):
            caught[name] = best(figure for figure in per_draw if figure is not None)
    if a is None or not caught:
        return Calibration(bar.part, bar.side, bar.limit, _finite(a), None, catches=len(caught))
    by = best(caught, key=lambda name: caught[name])
    b = caught[by]
    derived = limit_between(a, b) if a != b and (a < b) == (bar.side == "most") else None
    return Calibration(bar.part, bar.side, bar.limit, _finite(a), _finite(b), by, derived, len(caught))


def _finite(value: float | None) -> float | None:
    """A figure a record can hold: infinite ones become the largest number."""
    return None if value is None else max(-1e300, min(1e300, value))


def limit_between(a: float, b: float) -> float | None:
    """The round number nearest a + (b - a) / 3 that lies between, at least 1.2 times the error from a.

    Whether figures rise or fall with the error is taken from the order of a and b.

    For figures that rise with the error (a < b) the error is the figure; for those that fall and live in 0 to 1 it is
    1 minus the figure; for others no room is demanded beyond the third.

    Returns:
        The limit, or nothing where there is no gap.
    """
    a, b = max(-1e300, min(1e300, a)), max(-1e300, min(1e300, b))
    if a == b or not math.isfinite(a):
        return None
    if a < b:
        third = a + (b - a) / 3 if b < 1e300 else max(2 * a, 1e-9)
        # A ratio whose best value is 1 has no room of a fifth above it; then the third alone decides.
        wanted = max(third, ROOM * a) if ROOM * a < b else third
    else:
        third = a - (a - b) / 3
        wanted = min(third, 1 - ROOM * (1 - a)) if b >= 0 and a <= 1 else third
    low, high = sorted((a, b))
    if not low < wanted < high:
        return None
    for digits in range(1, 16):
        candidate = float(f"{wanted:.{digits - 1}e}")
        if low < candidate < high and abs(candidate - wanted) <= 0.2 * (high - low) and not _cramped(candidate, a, b):
            return candidate
    return wanted


def _cramped(limit: float, a: float, b: float) -> bool:
    if a < b:
        return limit < ROOM * a < b
    return b >= 0 and a <= 1 and 1 - limit < ROOM * (1 - a) - 1e-12
