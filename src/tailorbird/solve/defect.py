"""What a check without a model finds wrong, as data for the repair prompt."""

from __future__ import annotations

from tailorbird.core.record import record


@record
class Defect:
    """One thing that is wrong, and where."""

    kind: str
    """Class of the defect, one word; the checks list theirs."""
    text: str
    """One sentence: what was expected and what came."""
    step: int = 0
    """Number of the step to write again, from 1; 0 when none is to blame alone."""
    slot: str = ""
    """Name of the slot concerned, where there is one."""
    line: int = 0
    """Line of the code concerned, from 1; 0 where no code is concerned."""
