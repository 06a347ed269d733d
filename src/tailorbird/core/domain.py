"""Sources of verifiable tasks, and the packs that own them.

A family draws instances (what a program may see and, apart from it, the truth), knows a right program step by step,
further right programs by other methods, wrong programs that must fail, and how to measure an answer. The verdict is
made here, in the trusted process: the bars are compared with figures that `measure` computes from truth and output.

Covers: families of programs that turn one input path into one result object. Does not cover: running anything.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tailorbird.core.kinds import conforms
from tailorbird.core.program import Plan, Requirement, Slot, Spec, Step, slug
from tailorbird.core.task import Score

Level = Literal["easy", "nominal", "hard", "edge"]

LEVELS: tuple[Level, ...] = ("easy", "nominal", "hard", "edge")


@dataclass(frozen=True)
class Instance:
    """One drawn problem."""

    visible: Mapping[str, bytes]
    """Input files by name: everything a program may see."""
    truth: Mapping[str, Any]
    """What the measure compares with; never leaves the trusted process."""
    path: str
    """The file a program gets as its input path."""
    script: Mapping[str, Any] = field(default_factory=dict)
    """What the family's peer plays; a program sees it only over the wire."""


@dataclass(frozen=True)
class Wording:
    """One way a person asks for it."""

    text: str
    kind: Literal["operation", "goal", "terse"]
    language: Literal["en", "zh"] = "en"
    held: bool = False
    """Held out: used in suites only, never in examples a model or baseline is built from."""


@dataclass(frozen=True)
class Contract:
    """The part of a requirement that all wordings of a family share, byte for byte."""

    files: tuple[str, ...]
    """One line per input file: `` `ecg.csv`: CSV with a header, columns `time` (s), `ecg` (mV) ``."""
    outputs: tuple[Slot, ...]
    """Keys of the result object; plain JSON types only."""
    remarks: tuple[str, ...]
    """Definitions, declared tolerances, conventions, one worked example where it helps."""
    input: Slot = Slot("path", "path", "1", "input file")


@dataclass(frozen=True)
class Stage:
    """One step of the reference program: its plan entry and its typed ports.

    Its function stands in the solutions file under the slug of the title.
    """

    title: str
    actions: tuple[str, ...]
    target: str
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    """Slots without origin; the names are those of the dataflow and, for results, of the contract's outputs."""

    @property
    def spec(self) -> Spec:
        """The specification of the function."""
        return Spec(slug(self.title), self.target, self.inputs, self.outputs)


@dataclass(frozen=True)
class Bar:
    """A figure of the measure and the limit it must keep."""

    part: str
    """Key of the measure's result."""
    limit: float
    side: Literal["most", "least"]
    """`most`: at most the limit; `least`: at least the limit."""

    def holds(self, value: float) -> bool:
        """Whether a figure keeps the limit; NaN never does."""
        return value <= self.limit if self.side == "most" else value >= self.limit


@dataclass(frozen=True)
class Variant:
    """Another program of the family, written as a change of the reference."""

    name: str
    why: str
    """What is different, in one sentence; for a wrong one, the mistake a person would make."""
    swap: Mapping[str, str] = field(default_factory=dict)
    """Reference function, and the function of the solutions file that stands in for it."""
    edits: tuple[tuple[str, str, str], ...] = ()
    """(reference function, old text, new text); the old text occurs exactly once in that function."""
    naive: bool = False
    """A baseline that ignores the point of the task."""
    levels: tuple[Level, ...] = LEVELS
    """Levels on which a wrong program must be caught at least once; it fails the family if any trial fails."""


@dataclass(frozen=True)
class Relation:
    """A change of the input with a known change of the answer."""

    name: str
    apply: Callable[[Instance, int], Instance]
    """Instance and seed to the changed instance, its truth changed along."""


@dataclass(frozen=True)
class Family:
    """A source of verifiable tasks."""

    id: str
    """Catalogue number, such as T001."""
    title: str
    domain: str
    """Letter of the catalogue's domain, A to L."""
    version: int
    wordings: tuple[Wording, ...]
    contract: Contract
    stages: tuple[Stage, ...]
    solutions: str
    """Name of the solutions file, without ending; read as text, never imported."""
    generate: Callable[[int, Level], Instance]
    """Seed and level to an instance; pure."""
    measure: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, float]]
    """Truth and conforming output to figures, by another method than the reference."""
    bars: tuple[Bar, ...]
    alternates: tuple[Variant, ...]
    mutants: tuple[Variant, ...]
    notes: str
    """Half a page of domain knowledge, for retrieval."""
    relations: tuple[Relation, ...] = ()
    needs: tuple[str, ...] = ()
    """Importable modules beyond the standard library that generator or programs use."""
    sources: tuple[str, ...] = ()
    """Real recordings, standards and equations behind it, with licence where data is read."""
    masked: tuple[str, ...] = ()
    """`module:relative/path` of bundled data the sandbox hides, because hidden instances are drawn from it."""
    peer: str = ""
    """Name of the peer the program talks to; then `measure` finds the peer's record in the truth under `observed`."""
    allowed: tuple[str, ...] = ()
    """Modules a program of this family may import beside those of the pack, such as a protocol's library."""

    def requirement(self, wording: str) -> Requirement:
        """The requirement of one wording."""
        shared = self.contract
        return Requirement(wording, (shared.input,), shared.files, shared.outputs, shared.remarks)

    @property
    def plan(self) -> Plan:
        """The reference plan."""
        return Plan(tuple(Step(stage.title, stage.actions) for stage in self.stages))

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The reference specifications, in the order of the plan."""
        return tuple(stage.spec for stage in self.stages)

    def seed(self, salt: str, index: int) -> int:
        """The seed of a hidden instance: first 8 bytes of SHA-256 over salt, family, version and index."""
        digest = hashlib.sha256(f"{salt}|{self.id}|{self.version}|{index}".encode()).digest()
        return int.from_bytes(digest[:8], "big")

    def judge(self, truth: Mapping[str, Any], output: Any, observed: Mapping[str, Any] | None = None) -> Score:
        """The verdict on an output: form first, then the bars.

        Total: any decoded value gets a verdict, none raises.

        Args:
            truth: of the instance.
            output: what the program returned.
            observed: what the family's peer recorded; without a record such a family passes nothing.
        """
        if not isinstance(output, Mapping):
            return Score(0.0, f"expected an object, got {type(output).__name__}", "wrong_type")
        for slot in self.contract.outputs:
            if slot.name not in output:
                came = sorted(str(key)[:40] for key in output)[:8]
                return Score(0.0, f"expected the key {slot.name!r}, got {came}", "missing_key")
            fault = conforms(output[slot.name], slot.type)
            if fault:
                error = "non_finite" if "finite" in fault else "wrong_type"
                return Score(0.0, f"{slot.name}: {fault}", error)
        if self.peer and not observed:
            return Score(0.0, "the peer was never reached", "no_contact")
        truth = {**truth, "observed": observed} if self.peer else truth
        parts = self.measure(truth, {slot.name: output[slot.name] for slot in self.contract.outputs})
        broken = [bar for bar in self.bars if not bar.holds(parts[bar.part])]
        finite = {name: value for name, value in parts.items() if math.isfinite(value)}
        if not broken:
            return Score(1.0, parts=finite)
        bar = broken[0]
        asked = f"at {bar.side} {bar.limit:g}"
        return Score(0.0, f"{bar.part}: expected {asked}, got {parts[bar.part]:.4g}", "wrong_value", finite)


@dataclass(frozen=True)
class Domain:
    """A pack: its words, its families, where its actions happen."""

    name: str
    title: str
    families: Mapping[str, Family] = field(default_factory=dict)
    """By catalogue number."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Families that cannot run here, and what they need."""
    allowed: frozenset[str] = frozenset()
    """Modules a generated program may import, the standard library's harmless part included."""
    solutions: Mapping[str, str] = field(default_factory=dict)
    """Text of each solutions file by name."""
    held: frozenset[str] = frozenset()
    """Families that no corpus trains on, with everything that belongs to them."""
