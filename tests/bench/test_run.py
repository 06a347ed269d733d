"""Runs: keys, resume, retries, shards, rescoring, and what never enters the world."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import runner
from bench_fakes import BAD, GOOD, ROLES, TrustedWorld, domain, entrant, solver_of

from tailorbird.bench.log import read_attempts, read_rows, stable
from tailorbird.bench.run import Entrant, Ground, Work, parse_shard, rescore, run, units
from tailorbird.bench.scorers import Gold
from tailorbird.bench.suite import Suite, named
from tailorbird.bench.trial import carry_out, references_pass
from tailorbird.core.attempt import Attempt, Outcome, Request, Setup
from tailorbird.core.errors import EngineError, UserError, WorldError
from tailorbird.core.files import read_card
from tailorbird.core.program import Program
from tailorbird.core.record import to_data
from tailorbird.core.task import Task
from tailorbird.core.thing import Change
from tailorbird.core.tool import Call, Calls

TINY = domain(2)
SUITE = named("iot-held", TINY, "s")


def ground(world=None) -> Ground:
    return Ground(world or TrustedWorld(), "trusted", TINY.families)


def test_a_run_gives_one_row_per_task_and_a_card(tmp_path):
    heard = []
    found = run(SUITE, entrant(), ground(), tmp_path, Work(on_row=lambda row, at, of: heard.append((row.task, at, of))))
    assert [row.task for row in found.rows] == sorted(task.id for task in SUITE.tasks)
    assert all(row.score.passed and row.tokens == 7 and row.memory_mb == 12.5 and row.program for row in found.rows)
    assert found.finished and found.made == 6 and heard[-1][1:] == (6, 6)
    card = read_card(tmp_path)
    assert card.counts == {"rows": 6, "scored": 6, "passed": 6} and card.inputs == {"iot-held": SUITE.hash}


def test_a_finished_run_is_not_run_again(tmp_path):
    run(SUITE, entrant(), ground(), tmp_path)
    before = (tmp_path / "card.json").read_bytes()
    world = TrustedWorld()
    again = run(SUITE, entrant(), ground(world), tmp_path)
    assert again.made == 0 and world.runs == 0 and len(again.rows) == 6
    assert (tmp_path / "card.json").read_bytes() == before


def test_adding_a_task_moves_no_key_and_everything_else_does():
    keys = {unit.task.id: unit.key for unit in units(SUITE, entrant(), "w", Work())}
    more = named("iot-held", domain(3), "s")
    assert keys.items() <= {unit.task.id: unit.key for unit in units(more, entrant(), "w", Work())}.items()
    for other in (
        units(SUITE, entrant("b"), "w", Work()),
        units(SUITE, replace(entrant(), options={"rounds": 2}), "w", Work()),
        units(SUITE, entrant(), "weaker", Work()),
        units(SUITE, entrant(), "w", Work(seed=1)),
        units(named("iot-held", TINY, "t"), entrant(), "w", Work()),
    ):
        assert not set(keys.values()) & {unit.key for unit in other}


def test_the_solver_sees_a_public_instance_and_no_hidden_one(tmp_path):
    seen = {}

    def look(request: Request) -> str:
        seen.update({name: Path(path).read_bytes() for name, path in request.files.items()})
        return GOOD

    run(SUITE, entrant(choose=look), ground(), tmp_path)
    family = TINY.families["T901"]
    public = family.generate(family.seed("public", 0), "easy")
    hidden = [family.generate(trial.seed, trial.level).visible["numbers.json"] for trial in SUITE.tasks[0].trials]
    assert seen["numbers.json"] == public.visible["numbers.json"] and seen["numbers.json"] not in hidden
    logged = next(read_attempts(tmp_path))
    assert list(logged.attempt.request.files.values()) == [f"public/{SUITE.tasks[0].family}/numbers.json"]


def test_neither_truth_nor_seed_enters_the_world(tmp_path):
    world = TrustedWorld()
    run(SUITE, entrant(), ground(world), tmp_path)
    seeds = {trial.seed for task in SUITE.tasks for trial in task.trials}
    assert len(world.setups) == 30
    for setup in world.setups:
        assert setup.seed not in seeds and setup.path == "numbers.json" and list(setup.inputs) == ["numbers.json"]
        assert json.loads(base64.b64decode(setup.inputs["numbers.json"]))


def test_a_wrong_program_fails_and_says_on_which_trial(tmp_path):
    rows = run(SUITE, entrant(choose=lambda request: BAD), ground(), tmp_path).rows
    assert all(row.score.value == 0.0 and row.score.error == "wrong_value" for row in rows)
    assert 0.0 < rows[0].score.parts["graded"] < 1.0


def test_a_solver_that_breaks_costs_its_row_and_no_more(tmp_path):
    def choose(request: Request) -> str:
        if "exceeding" in request.text:
            raise KeyError("slot")
        return GOOD

    found = run(SUITE, entrant(choose=choose), ground(), tmp_path)
    assert [row.score.error for row in found.rows if not row.score.passed] == ["solver_error"] * 2 and found.finished
    assert "KeyError" in next(row.score.why for row in found.rows if not row.score.passed)


def test_a_stop_for_time_is_tried_once_more():
    slow = Outcome("stopped", why="busy", error="wall")
    world = TrustedWorld(lambda run: slow if run == 1 else Outcome("done", 1))
    assert carry_out(world, Setup(), Program(GOOD)).status == "done" and world.runs == 2
    world = TrustedWorld(lambda run: slow)
    assert carry_out(world, Setup(), Program(GOOD)).error == "wall" and world.runs == 2


def test_a_stop_for_memory_counts_at_once():
    world = TrustedWorld(lambda run: Outcome("stopped", error="memory"))
    assert carry_out(world, Setup(), Program(GOOD)).error == "memory" and world.runs == 1


def test_what_is_not_plain_data_is_a_wrong_type():
    found = carry_out(TrustedWorld(lambda run: Outcome("done", {"x": 10**6000})), Setup(), Program(GOOD))
    assert (found.status, found.error, found.result) == ("failed", "wrong_type", None)


def test_infrastructure_is_retried_and_never_scored(tmp_path):
    broken = Outcome("stopped", why="no sandbox", error="infra")
    world = TrustedWorld(lambda run: broken if run < 3 else None)
    assert run(SUITE, entrant(), ground(world), tmp_path / "a").finished
    first = {SUITE.tasks[0].id}
    gone = TrustedWorld(lambda run: broken if run <= 9 else None)
    found = run(SUITE, entrant(), ground(gone), tmp_path / "b")
    assert set(found.open) == {f"{name} sample 0" for name in first} and found.made == 5 and not found.finished
    assert not (tmp_path / "b" / "card.json").exists()
    assert run(SUITE, entrant(), ground(), tmp_path / "b").finished


def test_an_engine_that_is_gone_stops_the_run_and_keeps_what_is_done(tmp_path):
    asked = []

    def choose(request: Request) -> str:
        asked.append(request)
        if len(asked) > 2:
            raise EngineError("endpoint gone")
        return GOOD

    with pytest.raises(WorldError, match="endpoint gone"):
        run(SUITE, entrant(choose=choose), ground(), tmp_path)
    assert len(read_rows(tmp_path)) == 2
    assert run(SUITE, entrant(), ground(), tmp_path).made == 4


def test_a_policy_that_cannot_be_met_is_a_row_that_counts_for_nothing(tmp_path):
    world = TrustedWorld(lambda run: Outcome("stopped", why="no_network missing", error="skipped_policy"))
    found = run(SUITE, entrant(), ground(world), tmp_path)
    assert {row.score.error for row in found.rows} == {"skipped_policy"} and world.runs == 6
    assert read_card(tmp_path).counts["scored"] == 0


def test_samples_need_a_seed_and_get_their_own(tmp_path):
    with pytest.raises(UserError, match="no random seed"):
        run(SUITE, entrant(), ground(), tmp_path / "a", Work(samples=2))
    seeds = []

    def reseed(seed: int):
        seeds.append(seed)
        return solver_of(lambda request: GOOD if seed == 8 else BAD), ROLES

    found = run(SUITE, entrant(reseed=reseed), ground(), tmp_path / "b", Work(samples=2, seed=7))
    assert sorted(set(seeds)) == [7, 8] and len(found.rows) == 12
    assert {row.sample for row in found.rows if row.score.passed} == {1}


def test_two_shards_equal_one_run(tmp_path):
    whole = run(SUITE, entrant(), ground(), tmp_path / "whole").rows
    first = run(SUITE, entrant(), ground(), tmp_path / "parts", Work(shard="1/2"))
    second = run(SUITE, entrant(), ground(), tmp_path / "parts", Work(shard="2/2"))
    assert not first.finished and second.finished and first.made + second.made == 6
    assert [stable(row) for row in read_rows(tmp_path / "parts")] == [stable(row) for row in whole]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", ""])
def test_a_shard_of_another_form_is_refused(text):
    with pytest.raises(UserError, match="1/4"):
        parse_shard(text)


def test_rescoring_equals_scoring_and_runs_nothing(tmp_path):
    rows = run(SUITE, entrant(choose=lambda r: BAD if "exceeding" in r.text else GOOD), ground(), tmp_path).rows
    assert rescore(tmp_path, SUITE, TINY.families) == []
    assert read_rows(tmp_path) == rows and read_card(tmp_path)


def test_rescoring_with_another_bar_changes_only_verdicts(tmp_path):
    run(SUITE, entrant(choose=lambda request: BAD), ground(), tmp_path)
    lax = {name: replace(family, bars=family.bars[:1]) for name, family in TINY.families.items()}
    changed = rescore(tmp_path, SUITE, lax)
    assert len(changed) == 6 and all(new.score.passed and not old.score.passed for old, new in changed)
    assert all(old.seconds == new.seconds for old, new in changed)


def test_rescoring_joins_shards_and_refuses_another_suite(tmp_path):
    for part in ("1/2", "2/2"):
        run(SUITE, entrant(), ground(), tmp_path, Work(shard=part))
    assert rescore(tmp_path, SUITE, TINY.families) == []
    assert [path.name for path in tmp_path.glob("rows*.jsonl")] == ["rows.jsonl"] and len(read_rows(tmp_path)) == 6
    with pytest.raises(UserError, match="holds a run of suite"):
        rescore(tmp_path, named("iot-held", TINY, "t"), TINY.families)


def test_references_run_first_and_a_failing_one_is_named():
    programs = {"T900": Program(GOOD), "T901": Program(GOOD)}
    assert set(references_pass(SUITE, programs, TrustedWorld(), TINY.families)) == {"T900", "T901"}
    with pytest.raises(WorldError, match="T901: the reference fails on this host"):
        references_pass(SUITE, programs | {"T901": Program(BAD)}, TrustedWorld(), TINY.families)


LAMP = Calls((Call("turn_on", {"target": "lamp"}),))


def test_a_call_is_carried_out_again_in_a_fresh_home(tmp_path):
    change = Change("lamp", "on", False, True)
    task = Task(
        "d/1",
        "lights",
        Request("light on", "devices"),
        Setup(clock="2026-01-01T00:00:00"),
        gold=to_data(Gold(changes=(change,))),
    )

    class Home(TrustedWorld):
        def execute(self, action):
            return Outcome("done", changes=(change,))

    home = Home()
    solver = Entrant("calls", lambda request, roles, world: Attempt(request, LAMP, world.execute(LAMP)), ROLES)
    found = run(Suite("homes", (task,)), solver, Ground(home, "home"), tmp_path)
    assert found.rows[0].score.passed and [setup.clock for setup in home.setups] == ["2026-01-01T00:00:00"] * 2


@pytest.fixture
def runs():
    """A process that starts a run for each folder it is told."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[1] / "src")])
    command = [sys.executable, str(here / "runner.py")]
    with subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        yield process


def test_a_run_killed_ten_times_equals_an_undisturbed_one(tmp_path, runs):
    runner.main(tmp_path / "calm")
    wanted = [stable(row) for row in read_rows(tmp_path / "calm")]
    folder, draw, codes = tmp_path / "killed", random.Random(41), []
    while 0 not in codes:
        before = len(read_rows(folder)) if folder.exists() else 0
        runs.stdin.write(f"{folder}\n")
        child, lines = int(runs.stdout.readline()), folder / "attempts.jsonl"
        if codes.count(-signal.SIGKILL) < 10:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and not (lines.exists() and lines.read_bytes().count(b"\n") > before):
                time.sleep(0.0005)
            time.sleep(draw.uniform(0.0, 0.012))
            os.kill(child, signal.SIGKILL)
        codes.append(int(runs.stdout.readline()))
        assert len(codes) < 30
    assert codes.count(-signal.SIGKILL) == 10
    assert [stable(row) for row in read_rows(folder)] == wanted
    keys = [logged.key for logged in read_attempts(folder)]
    assert sorted(keys) == sorted(row.key for row in wanted)
    read_card(folder)
