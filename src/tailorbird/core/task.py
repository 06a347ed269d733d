"""Benchmark items, verdicts and lines of a report."""

from __future__ import annotations

from typing import Any

from tailorbird.core.attempt import Request, Setup
from tailorbird.core.record import record


@record
class Score:
    """A verdict with its reason."""

    value: float
    """0 to 1; 1 passes."""
    why: str = ""
    error: str = ""
    """Error class of a verdict below 1: wrong_value, wrong_type, wrong_shape, missing_key, non_finite, or a class of
    the sandbox; empty when passed."""
    parts: dict[str, float] = {}
    """Figures behind the verdict, such as F1 or the largest error."""

    @property
    def passed(self) -> bool:
        """Whether the verdict is a full pass."""
        return self.value >= 1.0


@record
class Trial:
    """A hidden setup, stored as parameters: the truth is drawn again on the judge's side."""

    seed: int
    level: str


@record
class Task:
    """A benchmark item, stored as parameters."""

    id: str
    family: str
    """Source of the truth, and the cluster of the interval."""
    request: Request
    setup: Setup = Setup()
    trials: tuple[Trial, ...] = ()
    gold: Any = None
    """For tasks without family: the right answer, such as expected changes."""
    tags: tuple[str, ...] = ()
    """Slices: wording kind, language, level, domain letter."""


@record
class Row:
    """One line of a report."""

    key: str
    """Hash of task, model, sampling, solver options, world profile and seed."""
    task: str
    family: str
    model: str
    sample: int
    score: Score
    tags: tuple[str, ...] = ()
    task_hash: str = ""
    world: str = ""
    """Profile of the world: backend and guarantees."""
    seconds: float = 0.0
    """Wall clock of the attempt and its trials."""
    cpu_s: float = 0.0
    tokens: int = 0
    memory_mb: float = 0.0
    program: str = ""
    """SHA-256 of the final action's text."""
