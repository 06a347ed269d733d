"""The solver end to end: scripted answers, the real sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tailorbird import assemble
from tailorbird.core.attempt import Attempt, Limits, Outcome, Reply, Request
from tailorbird.core.program import Program
from tailorbird.core.protocols import Environment, Roles
from tailorbird.core.task import Score
from tailorbird.engine.scripted import Scripted
from tailorbird.solve.program import Options, ProgramSolver
from tailorbird.solve.recall import Passage, Recall

OUTPUT = "- `mean_c` (float, degC): mean temperature"
WISH = f"# Goal\nmean temperature\n\n# Output format\n{OUTPUT}"
PLAN = "Sub-Task 1 [Read Column]\n- read the temperatures\n\nSub-Task 2 [Average]\n- take the mean"
READ_SPEC = (
    "**Function**\nread_column\n\n**Target**\nRead the temperatures.\n\n**Input Specification**\n"
    "- `path` (path, from user): input file\n\n**Output Specification**\n- `values` (list[float], degC): temperatures"
)
MEAN_SPEC = (
    "**Function**\naverage\n\n**Target**\nMean of the temperatures.\n\n**Input Specification**\n"
    "- `values` (list[float], degC, from task1): temperatures\n\n**Output Specification**\n- `mean_c` (float, degC): mean"
)
READ = '''import csv


def read_column(path: str) -> list[float]:
    """Read the temperatures."""
    with open(path, newline="", encoding="utf-8") as file:
        return [float(row["temp_c"]) for row in csv.DictReader(file)]
'''
MEAN = '''def average(values: list[float]) -> float:
    """Mean of the temperatures."""
    return sum(values) / len(values)
'''
WRONG = MEAN.replace("len(values)", "size")
BROKEN = MEAN.replace("sum(values) / len(values)", "values[99]")
TEXT = MEAN.replace("sum(values) / len(values)", "str(values)")
PROSE = "The program averages a column."


@pytest.fixture(scope="module")
def world() -> Iterator[Environment]:
    made = assemble.programs(assemble.domain("iot"))
    yield made
    made.close()


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    path = tmp_path / "readings.csv"
    path.write_text("time,temp_c\n0,20\n1,21\n2,25\n", encoding="utf-8")
    return path


def attempt(
    answers: list[str],
    world: Environment,
    readings: Path,
    options: Options | None = None,
    judge: object = None,
    **limits: object,
) -> tuple[Attempt, Scripted]:
    engine = Scripted(answers)
    passages = [Passage("Averages", "mean temperature of a column", "notes.md")]
    solver = ProgramSolver(Recall(passages), assemble.domain("iot").allowed, options or Options(), judge=judge)  # type: ignore[arg-type]
    request = Request(WISH, files={readings.name: str(readings)}, limits=Limits(**limits))  # type: ignore[arg-type]
    return solver(request, Roles.of(engine), world), engine


def test_a_wish_becomes_a_program_that_ran_and_a_manual_whose_example_ran(world: Environment, readings: Path) -> None:
    made, _ = attempt([PLAN, READ_SPEC, MEAN_SPEC, READ, MEAN, PROSE], world, readings)
    assert made.outcome is not None and made.plan is not None
    assert made.outcome.status == "done", made.outcome
    assert made.outcome.result == {"mean_c": 22.0}
    assert '{"mean_c": 22.0}' in made.manual
    assert PROSE in made.manual
    assert made.passages == ("Averages: mean temperature of a column (notes.md)",)
    assert [step.title for step in made.plan.steps] == ["Read Column", "Average"]


def test_a_function_with_an_undefined_name_is_written_again_before_anything_runs(
    world: Environment, readings: Path
) -> None:
    made, _ = attempt([PLAN, READ_SPEC, MEAN_SPEC, READ, WRONG, MEAN, PROSE], world, readings)
    assert made.outcome is not None
    assert made.outcome.result == {"mean_c": 22.0}
    assert len(made.versions) == 1
    assert any("size" in turn.fault for turn in made.turns)


@pytest.mark.parametrize("bad", [BROKEN, TEXT], ids=["exception", "wrong type"])
def test_a_failing_program_is_mended_in_the_second_round(bad: str, world: Environment, readings: Path) -> None:
    made, engine = attempt([PLAN, READ_SPEC, MEAN_SPEC, READ, bad, MEAN, PROSE], world, readings)
    assert made.outcome is not None
    assert made.outcome.result == {"mean_c": 22.0}
    assert len(made.versions) == 2
    assert made.rounds[-1].endswith("mended")
    report = engine.asked[5].messages[-1].content
    assert "# Error" in report
    assert ("IndexError" in report) or ("expected float" in report)


def test_an_unfixable_program_ends_with_a_report_and_without_a_result(world: Environment, readings: Path) -> None:
    answers = [PLAN, READ_SPEC, MEAN_SPEC, READ, *[BROKEN] * 40]
    answers = [PLAN, READ_SPEC, MEAN_SPEC, READ, BROKEN, BROKEN, MEAN_SPEC, BROKEN, *["nothing usable"] * 40]
    made, _ = attempt(answers, world, readings)
    assert made.outcome is not None
    assert made.outcome.status == "failed"
    assert made.outcome.error == "exception.index"
    assert made.manual == ""
    assert made.rounds


def test_defects_of_the_dataflow_go_back_to_the_specification(world: Environment, readings: Path) -> None:
    astray = MEAN_SPEC.replace("from task1", "from task2")
    made, engine = attempt([PLAN, READ_SPEC, astray, MEAN_SPEC, READ, MEAN, PROSE], world, readings)
    assert made.outcome is not None
    assert made.outcome.status == "done"
    assert "# Faults" in engine.asked[3].messages[-1].content
    assert made.rounds[0].startswith("dataflow: ")


def test_a_missed_memory_budget_is_a_failure_with_its_figure(world: Environment, readings: Path) -> None:
    greedy = MEAN.replace("    return", "    held = bytearray(b'x' * (90 << 20))\n    return")
    engine = Scripted([PLAN, READ_SPEC, MEAN_SPEC, READ, greedy, *["no"] * 30])
    solver = ProgramSolver(Recall([]), assemble.domain("iot").allowed)
    request = Request(f"{WISH}\n\n# Budget\n- rss_mb <= 50", files={readings.name: str(readings)})
    made = solver(request, Roles.of(engine), world)
    assert made.outcome is not None
    assert (made.outcome.status, made.outcome.error) == ("failed", "budget")
    assert "rss_mb <= 50" in made.outcome.why


def test_the_best_version_is_never_lost(world: Environment, readings: Path) -> None:
    """The score comes from outside; a later, worse version does not replace a better one."""
    off, better = MEAN.replace("len(values)", "(len(values) - 1)"), MEAN.replace("len(values)", "(len(values) - 0.1)")
    worse = READ.replace('float(row["temp_c"])', 'float(row["temp_c"]) + 9')

    def judge(outcome: Outcome) -> Score:
        return Score(max(0.0, 1.0 - abs(outcome.result["mean_c"] - 22.0) / 22.0))

    answers = [PLAN, READ_SPEC, MEAN_SPEC, READ, off, better, worse, PLAN, PROSE]
    made, _ = attempt(answers, world, readings, Options(rounds=3), judge)
    assert made.outcome is not None and isinstance(made.action, Program)
    assert made.outcome.result["mean_c"] == pytest.approx(66 / 2.9)
    assert "(len(values) - 0.1)" in made.action.source
    assert "+ 9" not in made.action.source
    assert len(made.versions) == 3
    assert [line.split(";")[-1].strip() for line in made.rounds[:2]] == ["kept", "dropped"]
    assert "no other version" in made.rounds[2]


def test_after_every_function_was_tried_another_way_the_plan_is_revised(world: Environment, readings: Path) -> None:
    """Round 3 of a plan of two steps asks for a better plan, shows the score, and builds from it."""
    off, third = MEAN.replace("len(values)", "(len(values) - 1)"), MEAN.replace("len(values)", "(len(values) - 0.5)")
    plan = PLAN.replace("take the mean", "take the mean of all")

    def judge(outcome: Outcome) -> Score:
        return Score(max(0.0, 1.0 - abs(outcome.result["mean_c"] - 22.0) / 22.0))

    first = [PLAN, READ_SPEC, MEAN_SPEC, READ, off]
    rounds = [third, READ.replace("Read the", "Take the"), plan, READ_SPEC, MEAN_SPEC, READ, MEAN, PROSE]
    made, engine = attempt([*first, *rounds], world, readings, Options(rounds=3), judge)
    assert made.outcome is not None and made.plan is not None
    assert made.outcome.result == {"mean_c": 22.0}
    assert made.plan.steps[1].actions == ("take the mean of all",)
    assert "# Standing\nscore 0." in engine.asked[7].messages[-1].content


def test_an_impossible_wish_ends_in_a_refusal(world: Environment, readings: Path) -> None:
    made, _ = attempt(["I cannot plan this", "really not", "no"], world, readings)
    assert isinstance(made.action, Reply)
    assert made.action.intent == "refuse"
    assert made.outcome is None


def test_a_hint_of_the_person_stands_in_the_plan_prompt(world: Environment, readings: Path) -> None:
    _, engine = attempt(
        [PLAN, READ_SPEC, MEAN_SPEC, READ, MEAN, PROSE], world, readings, Options(hints=("use the median",))
    )
    assert "use the median" in engine.asked[0].messages[-1].content


def test_a_runaway_program_is_stopped_and_named(world: Environment, readings: Path) -> None:
    endless = MEAN.replace("    return", "    while values:\n        pass\n    return")
    made, _ = attempt([PLAN, READ_SPEC, MEAN_SPEC, READ, endless, *["no"] * 30], world, readings, cpu_s=1.0, wall_s=5.0)
    assert made.outcome is not None
    assert (made.outcome.status, made.outcome.error) == ("stopped", "cpu")
