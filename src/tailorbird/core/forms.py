"""What each answer may look like, as constraints that any decoder can hold.

Plans, specifications and slots are regular: each is one regular expression, unrolled so that numbering, names in
scope and headings are literal and every repetition is bounded. Every `render()` is accepted (a property test).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tailorbird.core.ask import Constraint
from tailorbird.core.program import Slot

_TITLE = r"[^\n\[\]]{1,80}"
_LINE = r"[^\n]{1,240}"
_BULLETS = rf"(\n- {_LINE}){{1,8}}"
_SLOT = rf"- `[a-z_][a-z0-9_]{{0,40}}` \([^\n]{{3,120}}\): {_LINE}"


def plan(most: int = 12) -> Constraint:
    """One to `most` numbered blocks, one blank line between two."""
    body = ""
    for number in range(most, 0, -1):
        block = rf"Sub-Task {number} \[{_TITLE}\]{_BULLETS}"
        body = block + (rf"(\n\n{body})?" if body else "")
    return Constraint("regex", body)


def spec(name: str, scope: Sequence[Slot]) -> Constraint:
    """Headings, the function's name, inputs only from the names in scope with their type, unit and origin.

    Order and meaning of the inputs are free; that none stands twice is left to the dataflow check.
    """
    names = "|".join(re.escape(slot.render().partition("): ")[0]) for slot in scope)
    inputs = rf"(\n({names})\): {_LINE}){{0,{len(scope)}}}" if scope else ""
    body = (
        rf"\*\*Function\*\*\n{re.escape(name)}\n\n\*\*Target\*\*\n{_LINE}\n\n\*\*Input Specification\*\*{inputs}"
        rf"\n\n\*\*Output Specification\*\*(\n{_SLOT}){{1,8}}(\n\n\*\*Constraints\*\*{_BULLETS})?"
    )
    return Constraint("regex", body)


def slots() -> Constraint:
    """One to eight slot bullets without origin."""
    return Constraint("regex", rf"{_SLOT}(\n{_SLOT}){{0,7}}")
