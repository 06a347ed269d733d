"""Running a suite: every task becomes an attempt, hidden trials, a verdict, a line; interrupted runs go on where they were.

The solver sees the requirement and a public instance of the family, drawn with another salt. Its final action is then
carried out on hidden setups in a fresh world, and judged here. Seeds and truth never enter the world.
Covers: units, keys, shards, retries, resume, rescoring. Does not cover: storage (`log.py`), verdicts (`scorers.py`).
"""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tailorbird.bench.log import Log, Start, read_attempts, read_rows, read_start, seal, stable
from tailorbird.bench.scorers import UNSCORED, Instances, Judge
from tailorbird.bench.suite import PUBLIC, Suite
from tailorbird.bench.trial import INFRA_TRIES, Beside, carry_out, setup_of
from tailorbird.core.attempt import Action, Attempt, Outcome
from tailorbird.core.domain import Family
from tailorbird.core.errors import BrokenArtefact, EngineError, UserError, WorldError
from tailorbird.core.files import CARD, sha256, write_atomic
from tailorbird.core.program import Program
from tailorbird.core.protocols import Environment, Roles, Scorer, Solver
from tailorbird.core.record import canonical, identity, to_json
from tailorbird.core.rule import Rule
from tailorbird.core.task import Row, Score, Task
from tailorbird.core.tool import Calls

GIVE_UP = 3
"""Open units in a row after which the run stops: the world or the engine is gone, not a task."""


@dataclass(frozen=True)
class Entrant:
    """Who is measured."""

    name: str
    solver: Solver
    roles: Roles
    options: Mapping[str, Any] = field(default_factory=dict)
    """Solver and sampling options; part of every row's key."""
    reseed: Callable[[int], tuple[Solver, Roles]] | None = None
    """Solver and roles for a random seed; needed for more than one sample."""

    def seated(self, seed: int) -> tuple[Solver, Roles]:
        """Solver and roles for one sample."""
        return self.reseed(seed) if self.reseed else (self.solver, self.roles)


@dataclass(frozen=True)
class Ground:
    """Where answers are carried out and what they are judged by."""

    world: Environment
    profile: str
    """Backend and guarantees of the world; part of every row's key."""
    families: Mapping[str, Family] = field(default_factory=dict)
    scorer: Scorer | None = None
    """Judges tasks without family from the attempt's own outcome; the gold of the task does where it is absent."""


@dataclass(frozen=True)
class Work:
    """How much of a suite is run, and who hears of it."""

    samples: int = 1
    seed: int = 0
    """Random seed of the first sample; the others follow."""
    shard: str = "1/1"
    """`i/n`: only units whose key falls to part i of n."""
    command: str = ""
    """What makes this run again; printed in the report."""
    notes: tuple[str, ...] = ()
    on_row: Callable[[Row, int, int], None] | None = None
    """Hears each new row, how many units are done, and how many there are."""


@dataclass(frozen=True)
class Unit:
    """One task, one sample: what a row stands for."""

    key: str
    task: Task
    task_hash: str
    sample: int
    seed: int


@dataclass(frozen=True)
class Ran:
    """What a call of `run` did."""

    rows: list[Row]
    """Every row of this suite in the folder, resumed ones included."""
    made: int
    """Rows written by this call."""
    open: dict[str, str]
    """Units left open by the infrastructure: task and sample, and why. They are no failures and are tried on resume."""
    finished: bool
    """Whether the folder holds every unit of the suite and has its card."""


def unit_key(task_hash: str, entrant: Entrant, profile: str, sample: int, seed: int) -> str:
    """Key of a row: what it depends on and nothing else, so that adding a task moves no key."""
    return sha256(canonical([task_hash, entrant.name, dict(entrant.options), profile, sample, seed]))


def units(suite: Suite, entrant: Entrant, profile: str, work: Work) -> list[Unit]:
    """Every unit of a run, siblings together; all shards."""
    found = []
    for task in suite.tasks:
        digest = identity(task)
        for sample in range(work.samples):
            seed = work.seed + sample
            found.append(Unit(unit_key(digest, entrant, profile, sample, seed), task, digest, sample, seed))
    return found


def parse_shard(text: str) -> tuple[int, int]:
    """Part and number of parts of `i/n`, counted from 1.

    Raises:
        UserError: if it is not of that form.
    """
    left, mark, right = text.partition("/")
    if mark and left.isdigit() and right.isdigit() and 1 <= int(left) <= int(right):
        return int(left), int(right)
    raise UserError(f"expected a shard such as 1/4, got {text!r}")


def run(suite: Suite, entrant: Entrant, ground: Ground, folder: Path, work: Work | None = None) -> Ran:
    """Run a suite, or what is left of it.

    Args:
        suite: what is asked.
        entrant: who answers.
        ground: the world answers are carried out in, and the families that judge.
        folder: where rows and attempts go; holds one run.
        work: samples, shard, progress.

    Raises:
        UserError: if the folder holds another run, or several samples are asked of a solver without random seed.
        WorldError: if three units in a row cannot be carried out.
    """
    work = work or Work()
    if work.samples > 1 and entrant.reseed is None:
        raise UserError(
            f"{entrant.name} takes no random seed: {work.samples} samples would be copies", "ask for 1 sample"
        )
    part, parts = parse_shard(work.shard)
    everything = units(suite, entrant, ground.profile, work)
    mine = [unit for unit in everything if int(unit.key[:16], 16) % parts == part - 1]
    log = Log(folder, f"{part}-of-{parts}" if parts > 1 else "")
    made, left_open = 0, {}
    with log.writing(_start(suite, entrant, ground, work)) as done, tempfile.TemporaryDirectory() as scratch:
        todo = [unit for unit in mine if unit.key not in done]
        if todo:
            (folder / CARD).unlink(missing_ok=True)
        row_number = len(mine) - len(todo)
        for unit, row, attempt, why in _each(_Bench(entrant, ground, Path(scratch)), todo):
            if row is None or attempt is None:
                left_open[f"{unit.task.id} sample {unit.sample}"] = why
                continue
            log.keep(row, attempt)
            made, row_number = made + 1, row_number + 1
            if work.on_row:
                work.on_row(row, row_number, len(mine))
    return _ran(folder, {unit.key for unit in everything}, made, left_open)


def _ran(folder: Path, keys: set[str], made: int, left_open: dict[str, str]) -> Ran:
    """What the folder holds now; sealed once every unit has its row."""
    rows = [row for row in read_rows(folder) if row.key in keys]
    finished = len(rows) == len(keys)
    if finished and not (folder / CARD).exists():
        seal(folder, rows)
    return Ran(rows, made, left_open, finished)


def _start(suite: Suite, entrant: Entrant, ground: Ground, work: Work) -> Start:
    return Start(
        suite=suite.name,
        suite_hash=suite.hash,
        salt=suite.salt,
        model=entrant.name,
        options=dict(entrant.options),
        world=ground.profile,
        samples=work.samples,
        seed=work.seed,
        tasks=len(suite.tasks),
        families=len(suite.families),
        missing=suite.missing,
        command=work.command,
        notes=work.notes,
    )


def _each(bench: _Bench, todo: Sequence[Unit]) -> Iterator[tuple[Unit, Row | None, Attempt | None, str]]:
    """Each unit with its row, or with the reason why there is none."""
    bad = 0
    for unit in todo:
        row, attempt, why = bench.unit(unit)
        bad = bad + 1 if row is None else 0
        yield unit, row, attempt, why
        if bad == GIVE_UP:
            raise WorldError(
                f"{GIVE_UP} units in a row could not be carried out; the last: {why}",
                "mend it and run again; it resumes",
            )


class _Bench:
    """What is the same for every unit of one call."""

    def __init__(self, entrant: Entrant, ground: Ground, scratch: Path) -> None:
        self._entrant = entrant
        self._ground = ground
        self._scratch = scratch
        self._instances = Instances(ground.families)
        self._judge = Judge(self._instances)

    def unit(self, unit: Unit) -> tuple[Row | None, Attempt | None, str]:
        """Row and attempt of a unit; neither, and why, where the infrastructure failed each time."""
        why = ""
        for _ in range(INFRA_TRIES):
            try:
                started = time.perf_counter()
                attempt = self._attempt(unit)
                seconds = time.perf_counter() - started
            except (EngineError, WorldError) as error:
                why = error.message
                continue
            own = self._ground.scorer if not unit.task.trials else None
            score = (own or self._judge)(unit.task, attempt)
            if score.error != "infra":
                return self._row(unit, attempt, score, seconds), attempt, ""
            why = score.why
        return None, None, why or "infrastructure"

    def _attempt(self, unit: Unit) -> Attempt:
        task, world = unit.task, self._world(unit.task)
        solver, roles = self._entrant.seated(unit.seed)
        request = replace(task.request, files=self._public(task))
        if not task.trials:
            world.reset(task.setup)
        try:
            attempt = solver(request, roles, world)
        except (BrokenArtefact, EngineError, WorldError, UserError):
            raise
        except Exception:  # noqa: BLE001 - one row must not end a run; the fault is scored and shown
            return Attempt(request=task.request, rounds=(f"solver_error: {traceback.format_exc(limit=-4)[-2000:]}",))
        told = {name: f"public/{task.family}/{name}" for name in request.files}
        attempt = replace(attempt, request=replace(attempt.request, files=told))
        return replace(attempt, trials=self._trials(task, attempt.action))

    def _world(self, task: Task) -> Environment:
        """Where a solver tries its drafts; beside the peer of the public instance where the family has one."""
        family = self._instances.family(task.family) if task.trials else None
        if family is None or not family.peer:
            return self._ground.world
        return Beside(self._ground.world, family, self._instances.draw(family.id, family.seed(PUBLIC, 0), "easy"))

    def _public(self, task: Task) -> dict[str, str]:
        """Files of a public instance: what a person would hand over, never a hidden one."""
        if not task.trials:
            return task.request.files
        instance = self._instances.draw(task.family, self._instances.family(task.family).seed(PUBLIC, 0), "easy")
        files = {}
        for name, content in instance.visible.items():
            path = self._scratch / "public" / task.family / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            files[name] = str(path)
        return files

    def _trials(self, task: Task, action: Action | None) -> tuple[Outcome, ...]:
        if not task.trials:
            again = isinstance(action, (Calls, Rule)) and self._ground.scorer is None
            return (carry_out(self._ground.world, task.setup, action),) if again and action else ()
        if not isinstance(action, Program):
            return ()
        outcomes: list[Outcome] = []
        for trial in task.trials:
            family = self._instances.family(task.family)
            instance = self._instances.draw(task.family, trial.seed, trial.level)
            setup = setup_of(family, instance, trial.seed, task.request.limits)
            outcomes.append(carry_out(self._ground.world, setup, action))
            if outcomes[-1].error in UNSCORED:
                break
        return tuple(outcomes)

    def _row(self, unit: Unit, attempt: Attempt, score: Score, seconds: float) -> Row:
        crashed = attempt.action is None and attempt.rounds[-1:] and attempt.rounds[-1].startswith("solver_error")
        if crashed:
            score = Score(0.0, attempt.rounds[-1].strip().split("\n")[-1][:200], "solver_error", score.parts)
        return Row(
            key=unit.key,
            task=unit.task.id,
            family=unit.task.family,
            model=self._entrant.name,
            sample=unit.sample,
            score=score,
            tags=unit.task.tags,
            task_hash=unit.task_hash,
            world=self._ground.profile,
            seconds=seconds,
            cpu_s=max((outcome.cpu_s for outcome in attempt.trials), default=0.0),
            tokens=attempt.tokens,
            memory_mb=max((outcome.memory_mb for outcome in attempt.trials), default=0.0),
            program=sha256(attempt.action.render()) if attempt.action else "",
        )


def rescore(folder: Path, suite: Suite, families: Mapping[str, Family]) -> list[tuple[Row, Row]]:
    """Judge stored attempts again, without running anything; parts of a sharded run become one.

    Returns:
        Old and new row of each unit whose verdict changed.

    Raises:
        UserError: if the folder holds a run of another suite.
    """
    start = read_start(folder)
    if start.suite_hash != suite.hash:
        raise UserError(f"{folder} holds a run of suite {start.suite} ({start.suite_hash[:12]}), got {suite.hash[:12]}")
    tasks = {task.id: task for task in suite.tasks}
    judge = Judge(Instances(families))
    rows = {row.key: row for row in read_rows(folder)}
    new = dict(rows)
    for logged in read_attempts(folder):
        row = rows.get(logged.key)
        if row and row.score.error != "solver_error":
            new[logged.key] = replace(row, score=judge(tasks[row.task], logged.attempt))
    finished = (folder / CARD).exists()
    (folder / CARD).unlink(missing_ok=True)
    write_atomic(folder / "rows.jsonl", "".join(to_json(row) + "\n" for row in new.values()))
    for part in folder.glob("rows-*.jsonl"):
        part.unlink()
    if finished:
        seal(folder, list(new.values()))
    return [(rows[key], new[key]) for key in rows if stable(rows[key]) != stable(new[key])]
