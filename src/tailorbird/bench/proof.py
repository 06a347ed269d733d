"""What was found out about a family, as records, as one Markdown table, and in full.

Covers: gates, wrong programs, calibration, machine-made slips. Does not cover: finding out (`prove.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from tailorbird.bench.calibrate import Calibration
from tailorbird.core.record import record


@record
class Gate:
    """One demand and whether it is met."""

    name: str
    passed: bool
    figure: str
    """What was counted, such as 100/100."""
    note: str = ""
    """The first fault, or what a reader must know."""


@record
class Wrong:
    """A wrong program and how surely it is rejected."""

    name: str
    naive: bool
    rejected: int
    """Salts on which it was rejected."""
    salts: int
    failed: float
    """Share of all trials it failed; the weakest wrong program has the smallest."""
    errors: dict[str, int] = {}


@record
class Slipped:
    """Machine-made mutants: a measurement, not a gate."""

    tried: int
    killed: int
    same: int
    """Equal answers on every trial: no fault that these inputs could show."""
    survivors: tuple[str, ...] = ()
    """Slips whose answers differ and pass."""

    @property
    def rate(self) -> float | None:
        """Share killed of those that differ."""
        return self.killed / (self.tried - self.same) if self.tried > self.same else None


@record
class Proof:
    """What was found out about a family."""

    family: str
    title: str
    version: int
    salts: int
    trials: int
    gates: tuple[Gate, ...]
    wrong: tuple[Wrong, ...] = ()
    calibration: tuple[Calibration, ...] = ()
    blind: dict[str, int] = {}
    """Blind answers that passed at least one trial, and how many trials."""
    reference_cpu_s: float = 0.0
    seconds: float = 0.0
    slipped: Slipped | None = None

    @property
    def passed(self) -> bool:
        """Whether every gate is met."""
        return all(gate.passed for gate in self.gates)

    @property
    def regression_check(self) -> bool:
        """Whether no bar has a gap between right and wrong: such a family stays out of the headline."""
        return bool(self.calibration) and all(bar.derived is None for bar in self.calibration)

    @property
    def faults(self) -> tuple[str, ...]:
        """One line per gate that is not met."""
        return tuple(f"{self.family} {gate.name}: {gate.figure}; {gate.note}" for gate in self.gates if not gate.passed)


def table(proofs: Sequence[Proof]) -> str:
    """One line per family: what an author looks at first."""
    lines = [
        "| family | proof | salts × trials | weakest wrong program | blind answers that pass a trial | CPU of the reference | seconds |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for proof in proofs:
        weakest = min(proof.wrong, key=lambda item: (item.rejected, item.failed), default=None)
        weak = (
            f"{weakest.name}: {weakest.rejected}/{weakest.salts} salts, {weakest.failed:.0%} of trials"
            if weakest
            else "–"
        )
        blind = (
            ", ".join(f"{name} {count}" for name, count in sorted(proof.blind.items(), key=lambda item: -item[1])[:2])
            or "none"
        )
        lines.append(
            f"| {proof.family} {proof.title} | {'passed' if proof.passed else 'FAILED'} | {proof.salts} × "
            f"{proof.trials // proof.salts if proof.salts else 0} | {weak} | {blind} | {proof.reference_cpu_s:.2f} s | {proof.seconds:.0f} |"
        )
    return "\n".join(lines) + "\n"


def markdown(proofs: Sequence[Proof]) -> str:
    """The table, then each family's faults and calibration."""
    good = sum(proof.passed for proof in proofs)
    parts = [f"# Proof of {len(proofs)} families: {good} passed, {len(proofs) - good} failed", "", table(proofs)]
    for proof in proofs:
        parts += [f"## {proof.family} {proof.title}", ""]
        parts += [f"- not met: {fault}" for fault in proof.faults] or ["All gates are met."]
        parts += [
            "",
            "| bar | limit | worst right | best wrong | by | derived limit | note |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for bar in proof.calibration:
            figures = (bar.worst_right, bar.best_wrong)
            shown = " | ".join("–" if figure is None else f"{figure:.4g}" for figure in figures)
            derived = "–" if bar.derived is None else f"{bar.derived:g}"
            parts.append(
                f"| {bar.part} | at {bar.side} {bar.limit:g} | {shown} | {bar.by or '–'} | {derived} | {bar.note or 'good'} |"
            )
        if proof.slipped and proof.slipped.rate is not None:
            slipped = proof.slipped
            parts += [
                "",
                f"Machine-made slips: {slipped.killed} of {slipped.tried - slipped.same} that differ were noticed ({slipped.rate:.0%}); {slipped.same} of {slipped.tried} change no answer.",
            ]
            parts += [f"- unnoticed: {line}" for line in slipped.survivors]
        parts.append("")
    return "\n".join(parts)
