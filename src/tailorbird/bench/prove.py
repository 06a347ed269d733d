"""The proof of a family: right programs pass, wrong ones fail, blind and malformed answers get nowhere.

Every program runs in the world that also runs answers, on five trials per salt (one easy, two nominal, one hard, one
edge). A wrong program counts as rejected for a salt if any trial it must be caught on fails.
Covers: gates, calibration of each bar, machine-made slips as a measurement. Does not cover: changing a family.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tailorbird.bench.calibrate import Calibration, calibrate
from tailorbird.bench.gates import REFERENCE, Case, blind_gates, malformed_gate, pure_gate, text_gates
from tailorbird.bench.mutate import slips
from tailorbird.bench.packing import compact, pack
from tailorbird.bench.proof import Gate, Proof, Slipped, Wrong
from tailorbird.bench.scorers import UNSCORED, judged
from tailorbird.bench.suite import PLAN, trials
from tailorbird.bench.trial import carry_out, setup_of
from tailorbird.core.attempt import Limits, Outcome
from tailorbird.core.domain import Bar, Family, Instance, Level, Variant
from tailorbird.core.errors import ParseError, TailorbirdError, WorldError
from tailorbird.core.program import Plan, Program, Requirement, Spec
from tailorbird.core.protocols import Environment
from tailorbird.core.source import functions_of
from tailorbird.core.task import Score

Join = Callable[[Requirement, Plan, tuple[Spec, ...], tuple[str, ...]], Program]
"""How functions become a program; the very function the solver uses."""

CPU_S = 2.0
"""CPU seconds a reference may take."""


CALIBRATED = 5
"""Salts on which wrong programs run on after they failed, so that the bars can be calibrated on all their figures."""


@dataclass(frozen=True)
class Effort:
    """How much is run."""

    salts: int = 20
    """Five trials each; 3 for a check between releases."""
    flake: int = 20
    """Repetitions of one trial that must agree."""
    slips: int = 0
    """Machine-made mutants to try; 0 leaves the measurement out."""
    limits: Limits = field(default_factory=Limits)
    salt: str = "proof"

    @staticmethod
    def quick() -> Effort:
        """The check between releases: 3 salts, 3 repetitions."""
        return Effort(salts=3, flake=3)


def prove(
    family: Family,
    solutions: Mapping[str, str],
    join: Join,
    world: Environment,
    effort: Effort | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Proof:
    """Put a family to the proof.

    Args:
        family: what is proved.
        solutions: texts of solutions files by name.
        join: makes a program of functions.
        world: runs programs.
        effort: how many salts and repetitions.
        on_step: hears one line per salt and stage.

    Raises:
        WorldError: if the world cannot run programs at all.
    """
    effort, say, started = effort or Effort(), on_step or (lambda line: None), time.perf_counter()
    made = _programs(family, solutions, join)
    if isinstance(made, Gate):
        return Proof(family.id, family.title, family.version, effort.salts, 0, (made,))
    prover = _Prover(family, made, world, effort.limits)
    salts: list[list[Case]] = []
    try:
        for number in range(effort.salts):
            salts.append(prover.salt(f"{effort.salt}-{number}", whole=number < CALIBRATED))
            say(f"{family.id}: salt {number + 1} of {effort.salts}")
    except _NoDraw as error:
        gate = Gate("instances are drawn", False, f"{len(salts)} salts", error.message)
        return Proof(family.id, family.title, family.version, effort.salts, 0, (gate,))
    slipped = _slipped(prover, solutions, join, salts[:2], effort.slips) if effort.slips else None
    say(f"{family.id}: relations and repetitions")
    found = _found(prover, salts, effort)
    return replace(found, slipped=slipped, seconds=time.perf_counter() - started)


def _found(prover: _Prover, salts: Sequence[Sequence[Case]], effort: Effort) -> Proof:
    """Gates and figures from what every program answered."""
    family = prover.family
    passes, blind = blind_gates(family, salts)
    gates = [
        *prover.right_gates(salts),
        *prover.wrong_gates(salts),
        *blind,
        malformed_gate(family, salts),
        prover.relations(salts[:3]),
        prover.flake(salts[0][1], effort.flake),
        pure_gate(family, salts[0]),
        *text_gates(family),
    ]
    return Proof(
        family=family.id,
        title=family.title,
        version=family.version,
        salts=len(salts),
        trials=sum(len(cases) for cases in salts),
        gates=tuple(gates),
        wrong=tuple(prover.wrong(variant, salts) for variant in family.mutants),
        calibration=tuple(_calibration(family, bar, salts) for bar in family.bars),
        blind={name: count for name, count in passes.items() if count},
        reference_cpu_s=max(case.outcomes[REFERENCE].cpu_s for cases in salts for case in cases),
    )


def _programs(family: Family, solutions: Mapping[str, str], join: Join) -> dict[str, Program] | Gate:
    """Reference and variants as programs, or the gate that says why not."""
    names = [REFERENCE, *(variant.name for variant in (*family.alternates, *family.mutants))]
    if len(set(names)) != len(names):
        return Gate("programs build", False, f"{len(names)} programs", f"a name stands twice: {names}")
    built = {}
    for name, variant in zip(names, (None, *family.alternates, *family.mutants), strict=True):
        try:
            built[name] = assemble(family, functions_of(family, solutions, variant), join)
        except (TailorbirdError, SyntaxError, KeyError) as error:
            return Gate("programs build", False, f"{len(built)}/{len(names)}", f"{name}: {error}")
    return built


def assemble(family: Family, functions: tuple[str, ...], join: Join) -> Program:
    """A program of a family from its functions."""
    return join(family.requirement(family.wordings[0].text), family.plan, family.specs, functions)


class _NoDraw(TailorbirdError):
    """A generator that raises."""


class _Prover:
    """Runs the programs of one family."""

    def __init__(self, family: Family, programs: Mapping[str, Program], world: Environment, limits: Limits) -> None:
        self.family = family
        self.programs = programs
        self._world = world
        self._limits = limits

    def answer(self, program: Program, instance: Instance, seed: int) -> Outcome:
        """What a program makes of an instance.

        Raises:
            WorldError: if the world cannot run it.
        """
        outcome = carry_out(self._world, setup_of(self.family, instance, seed, self._limits), program)
        if outcome.error in UNSCORED:
            raise WorldError(f"{self.family.id}: {outcome.error}: {outcome.why}", "tailorbird doctor")
        return outcome

    def verdict(self, instance: Instance, outcome: Outcome) -> Score:
        """The family's verdict on an outcome."""
        if outcome.status != "done":
            return Score(0.0, outcome.why or outcome.status, outcome.error or outcome.status)
        return judged(self.family, instance.truth, outcome.result, outcome.observed)

    def draw(self, seed: int, level: Level) -> Instance:
        """An instance, or the family's own fault by name."""
        try:
            return self.family.generate(seed, level)
        except Exception as error:  # noqa: BLE001 - a family's own code is the thing under test
            raise _NoDraw(f"{level}, seed {seed}: {type(error).__name__}: {error}") from None

    def salt(self, salt: str, *, whole: bool) -> list[Case]:
        """Every program on the five trials of a salt.

        Args:
            salt: draws the trials.
            whole: also run wrong programs on after the trial that rejects them: needed to calibrate the bars, not for
                the verdict.
        """
        cases: list[Case] = []
        wrong = {variant.name: variant.levels for variant in self.family.mutants}
        rejected: set[str] = set()
        for trial, level in zip(trials(self.family, salt), PLAN, strict=True):
            instance = self.draw(trial.seed, level)
            outcomes = {
                name: self.answer(program, instance, trial.seed)
                for name, program in self.programs.items()
                if whole or name not in rejected
            }
            scores = {name: self.verdict(instance, outcome) for name, outcome in outcomes.items()}
            rejected |= {
                name for name, score in scores.items() if name in wrong and level in wrong[name] and not score.passed
            }
            cases.append(Case(level, trial.seed, instance, outcomes, scores))
        return cases

    def right_gates(self, salts: Sequence[Sequence[Case]]) -> list[Gate]:
        """Reference and alternates pass every trial; the reference is quick."""
        gates = []
        for name in (REFERENCE, *(variant.name for variant in self.family.alternates)):
            flat = [case for cases in salts for case in cases]
            bad = [case for case in flat if not case.scores[name].passed]
            note = (
                f"{bad[0].level}, seed {bad[0].seed}: {bad[0].scores[name].error}: {bad[0].scores[name].why}"
                if bad
                else ""
            )
            label = name if name == REFERENCE else f"alternate {name}"
            gates.append(Gate(f"{label} passes", not bad, f"{len(flat) - len(bad)}/{len(flat)} trials", note))
        count = len(self.family.alternates)
        gates.append(Gate("alternates", count >= 2, str(count), "" if count >= 2 else "expected at least 2"))
        cpu = max(case.outcomes[REFERENCE].cpu_s for cases in salts for case in cases)
        gates.append(
            Gate(
                "CPU of the reference",
                cpu <= CPU_S,
                f"{cpu:.2f} s",
                "" if cpu <= CPU_S else f"expected at most {CPU_S} s",
            )
        )
        return gates

    def wrong(self, variant: Variant, salts: Sequence[Sequence[Case]]) -> Wrong:
        """How surely a wrong program is rejected."""
        failed = [[case for case in cases if _rejects(case, variant)] for cases in salts]
        errors = Counter(case.scores[variant.name].error for cases in failed for case in cases)
        trials_in_all = sum(
            case.level in variant.levels and variant.name in case.scores for cases in salts for case in cases
        )
        share = sum(map(len, failed)) / trials_in_all if trials_in_all else 0.0
        return Wrong(variant.name, variant.naive, sum(map(bool, failed)), len(salts), share, dict(errors.most_common()))

    def wrong_gates(self, salts: Sequence[Sequence[Case]]) -> list[Gate]:
        """Every wrong program fails on every salt; there are enough of them, a naive one among them."""
        found = [self.wrong(variant, salts) for variant in self.family.mutants]
        weak = [item for item in found if item.rejected < item.salts]
        note = "; ".join(f"{item.name} survives {item.salts - item.rejected} of {item.salts} salts" for item in weak)
        naive = sum(item.naive for item in found)
        enough = len(found) - naive >= 3 and naive >= 1
        return [
            Gate("wrong programs rejected", not weak, f"{len(found) - len(weak)}/{len(found)} on every salt", note),
            Gate(
                "wrong programs",
                enough,
                f"{len(found)}, {naive} naive",
                "" if enough else "expected at least 3 and a naive one",
            ),
        ]

    def relations(self, salts: Sequence[Sequence[Case]]) -> Gate:
        """The reference follows every known change of the input."""
        held = count = 0
        note = ""
        for relation in self.family.relations:
            for case in (case for cases in salts for case in cases):
                try:
                    changed = relation.apply(case.instance, case.seed)
                except Exception as error:  # noqa: BLE001 - a family's own code is the thing under test
                    score = Score(0.0, f"the change raised {type(error).__name__}: {error}", "relation")
                else:
                    score = self.verdict(changed, self.answer(self.programs[REFERENCE], changed, case.seed))
                count, held = count + 1, held + score.passed
                note = note or ("" if score.passed else f"{relation.name}, {case.level}, seed {case.seed}: {score.why}")
        return Gate(
            "relations hold",
            held == count,
            f"{held}/{count}",
            note or ("" if count else "the family names no relation"),
        )

    def flake(self, case: Case, times: int) -> Gate:
        """The same program on the same input gives the same answer, every time."""
        answers = [self.answer(self.programs[REFERENCE], case.instance, case.seed).result for _ in range(times)]
        first = compact(pack(case.outcomes[REFERENCE].result))
        odd = sum(compact(pack(answer)) != first for answer in answers)
        return Gate(
            "repetitions agree",
            odd == 0,
            f"{times - odd}/{times}",
            "the reference answers differently each time" if odd else "",
        )


def _rejects(case: Case, variant: Variant) -> bool:
    """Whether a wrong program was run on a trial that counts for it, and failed there."""
    score = case.scores.get(variant.name)
    return score is not None and case.level in variant.levels and not score.passed


def _calibration(family: Family, bar: Bar, salts: Sequence[Sequence[Case]]) -> Calibration:
    worst = float("inf") if bar.side == "most" else float("-inf")

    def figures(name: str) -> list[list[float | None]]:
        return [
            [_figure(case.scores[name], bar.part, worst) for case in cases if name in case.scores] for cases in salts
        ]

    right = {name: figures(name) for name in (REFERENCE, *(variant.name for variant in family.alternates))}
    # Later salts stop a wrong program at its first failure: their figures are not all there.
    wrong = {variant.name: figures(variant.name)[:CALIBRATED] for variant in family.mutants}
    return calibrate(bar, right, wrong)


def _figure(score: Score, part: str, worst: float) -> float | None:
    """A part of a verdict; the worst figure where the measure was not finite, nothing where the form was wrong."""
    return score.parts.get(part, worst) if score.parts else None


def _slipped(
    prover: _Prover, solutions: Mapping[str, str], join: Join, salts: Sequence[Sequence[Case]], count: int
) -> Slipped:
    """Try machine-made mutants on the trials of a few salts, each until it fails."""
    family = prover.family
    functions = functions_of(family, solutions)
    killed = same = tried = 0
    survivors = []
    for slip in slips(functions, count):
        changed = (*functions[: slip.function], slip.source, *functions[slip.function + 1 :])
        try:
            program = assemble(family, changed, join)
        except (ParseError, SyntaxError):
            continue
        tried += 1
        differs = False
        for case in (case for cases in salts for case in cases):
            outcome = prover.answer(program, case.instance, case.seed)
            if not prover.verdict(case.instance, outcome).passed:
                killed += 1
                break
            differs = differs or compact(pack(outcome.result)) != compact(pack(case.outcomes[REFERENCE].result))
        else:
            same += not differs
            if differs:
                survivors.append(f"{family.specs[slip.function].name}: {slip.what}")
    return Slipped(tried, killed, same, tuple(survivors))
