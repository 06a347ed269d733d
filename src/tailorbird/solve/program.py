"""The mission on one screen: a wish becomes a tested, documented program.

    intake -> recall -> decompose -> specify (dataflow) -> write (gate) -> join -> run -> repair -> improve -> document

Never raises on what a model wrote; a wish that cannot be met ends in a question or a refusal with its reason.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tailorbird.core.ask import Sampling
from tailorbird.core.attempt import Attempt, Outcome, Reply, Request, Setup
from tailorbird.core.errors import ParseError
from tailorbird.core.files import read_bytes
from tailorbird.core.program import Plan, Program, Requirement
from tailorbird.core.protocols import Environment, Roles
from tailorbird.core.record import record
from tailorbird.solve.decompose import decompose, specify
from tailorbird.solve.desk import Desk
from tailorbird.solve.document import manual
from tailorbird.solve.draft import Draft, Trouble, trouble
from tailorbird.solve.improve import Judge, Version, improve
from tailorbird.solve.intake import intake
from tailorbird.solve.join import join
from tailorbird.solve.recall import Passage, Recall
from tailorbird.solve.repair import Bench, mend
from tailorbird.solve.write import write


@record
class Options:
    """How the solver works; part of a row's key."""

    passages: int = 3
    """Cited in planning; 0 for none."""
    rounds: int = 0
    """Most rounds of improvement; they need a judge."""
    document: bool = True
    """Write the manual and run its example."""
    temperature: float = 0.0
    seed: int = 0
    hints: tuple[str, ...] = ()
    """Words of the person for the planner."""


class ProgramSolver:
    """From a requirement to a tested program."""

    def __init__(
        self,
        recall: Recall,
        allowed: frozenset[str],
        options: Options = Options(),
        judge: Judge | None = None,
        watch: Callable[[str], None] | None = None,
    ) -> None:
        """Args:
        recall: local documents.
        allowed: modules a program may import.
        options: passages, rounds, sampling.
        judge: scores an outcome from outside; without it there are no rounds of improvement.
        watch: hears one line per stage.
        """
        self._recall = recall
        self._allowed = allowed
        self._options = options
        self._judge = judge
        self._watch = watch

    def __call__(self, request: Request, roles: Roles, world: Environment) -> Attempt:
        """Try once; see the module.

        Raises:
            BadFile: if an input file cannot be read.
            EngineError: if an engine cannot be reached.
            WorldError: if the sandbox cannot start.
        """
        start = time.perf_counter()
        desk = Desk(Sampling(self._options.temperature, seed=self._options.seed), self._watch)
        attempt = self._attempt(request, roles, world, desk)
        return replace(
            attempt,
            turns=tuple(desk.turns),
            rounds=tuple(desk.rounds),
            tokens=desk.tokens,
            seconds=time.perf_counter() - start,
        )

    def _attempt(self, request: Request, roles: Roles, world: Environment, desk: Desk) -> Attempt:
        desk.say("reading the requirement")
        found = intake(request, roles.plan, desk)
        if isinstance(found, Reply):
            return Attempt(request, found)
        passages = self._recall.best(f"{found.goal} {' '.join(found.files)}", self._options.passages)
        cited = tuple(passage.cited for passage in passages)
        draft = self._draft(found, cited, roles, desk, self._options.hints)
        if isinstance(draft, Reply):
            return Attempt(request, draft, requirement=found, passages=cited)
        return self._finish(request, draft, passages, roles, world, desk)

    def _draft(
        self, found: Requirement, cited: tuple[str, ...], roles: Roles, desk: Desk, hints: tuple[str, ...]
    ) -> Draft | Reply:
        """Plan, specifications and functions, joined; a second plan is made when the first does not come to a program."""
        why = "no plan could be made for this"
        for _ in range(2):
            desk.say("planning")
            plan = decompose(found, cited, roles.plan, desk, hints)
            if plan is None:
                why = desk.turns[-1].generation.note or why if desk.turns else why
                break
            made = self._build(found, plan, roles, desk)
            if isinstance(made, Draft):
                return made
            why = made
            hints = (*hints, why)
        return Reply(f"I cannot write this program: {why}.", "refuse", reason="unsupported")

    def _build(self, found: Requirement, plan: Plan, roles: Roles, desk: Desk) -> Draft | str:
        """Specifications and functions of a plan, joined; or why not."""
        desk.say(f"specifying {len(plan.steps)} steps")
        specs, defects = specify(found, plan, roles.spec, desk)
        if not specs:
            return f"the steps do not fit together: {defects[0]}"
        functions = write(found, specs, roles.code, desk, self._allowed)
        if functions is None:
            return f"a function could not be written: {desk.turns[-1].fault}"
        try:
            return Draft(found, plan, specs, functions, join(found, plan, specs, functions))
        except ParseError as error:
            return f"the functions cannot be joined: {error.message}"

    def _finish(
        self,
        request: Request,
        draft: Draft,
        passages: tuple[Passage, ...],
        roles: Roles,
        world: Environment,
        desk: Desk,
    ) -> Attempt:
        versions: list[str] = []
        setup = setup_of(request)

        def run(program: Program) -> Outcome:
            versions.append(program.source)
            world.reset(setup)
            return world.execute(program)

        def redraft(hints: tuple[str, ...]) -> Draft | None:
            cited = tuple(passage.cited for passage in passages)
            made = self._draft(draft.requirement, cited, roles, desk, (*self._options.hints, *hints))
            return made if isinstance(made, Draft) else None

        def build(plan: Plan) -> Draft | None:
            made = self._build(draft.requirement, plan, roles, desk)
            return made if isinstance(made, Draft) else None

        desk.say("running")
        bench = Bench(roles, desk, self._allowed, run, redraft, build)
        draft, outcome, left = mend(draft, run(draft.program), bench)
        if self._judge and left is None and self._options.rounds:
            first = Version(draft, outcome, self._judge(outcome).value, 0)
            best, _ = improve(first, self._options.rounds, self._judge, bench)
            draft, outcome, left = best.draft, best.outcome, trouble(best.draft, best.outcome)
        text = self._manual(draft, outcome, passages, roles, world, setup, desk) if left is None else ""
        return Attempt(
            request, draft.program, _marked(outcome, left), draft.requirement, draft.plan, draft.specs, draft.functions,
            tuple(passage.cited for passage in passages), versions=tuple(versions), manual=text,
        )  # fmt: skip

    def _manual(
        self, draft: Draft, outcome: Outcome, passages: tuple[Passage, ...], roles: Roles, world: Environment,
        setup: Setup, desk: Desk,
    ) -> str:  # fmt: skip
        """The manual; empty when it is not wanted or its example does not run."""
        if not self._options.document:
            return ""
        desk.say("documenting")
        world.reset(replace(setup, argv=("-i", f"in/{setup.path}" if setup.path else "in")))
        shown = world.execute(draft.program)
        if shown.status != "done":
            desk.rounds.append(f"manual: the example command failed, {shown.error}: {shown.why}")
            return ""
        command = f"python program.py -i {setup.path or 'FOLDER'}"
        return manual(draft, outcome, shown.output, command, passages, roles.code, desk)


def setup_of(request: Request) -> Setup:
    """The person's files as the program's world; one file is the path, several are a folder."""
    inputs = {name: base64.b64encode(read_bytes(Path(place))).decode() for name, place in request.files.items()}
    path = next(iter(inputs)) if len(inputs) == 1 else ""
    return Setup(inputs=inputs, path=path, limits=request.limits)


def _marked(outcome: Outcome, left: Trouble | None) -> Outcome:
    """A run that ended well but does not meet form or budget is a failed one."""
    if left is None or outcome.status != "done":
        return outcome
    return replace(outcome, status="failed", error=left.kind, why=left.report.splitlines()[0])
