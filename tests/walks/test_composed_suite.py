"""The suite of unseen compositions: its references pass, wrong answers fail, and no structure is one of training."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tailorbird import assemble
from tailorbird.assemble.composed import Composed, compositions
from tailorbird.bench.trial import references_pass
from tailorbird.core.errors import WorldError
from tailorbird.core.program import Program
from tailorbird.corpus.lessons import split_of


@pytest.fixture(scope="module")
def made() -> Composed:
    return compositions("iot-compositions", "iot", "a test", 3)


def test_equal_salts_give_equal_suites_and_others_do_not(made: Composed) -> None:
    compositions.cache_clear()
    assert compositions("iot-compositions", "iot", "a test", 3).suite.hash == made.suite.hash
    assert compositions("iot-compositions", "iot", "another", 3).suite.hash != made.suite.hash


def test_every_task_asks_for_its_outputs_and_has_five_hidden_trials(made: Composed) -> None:
    for task in made.suite.tasks:
        family = made.pack.families[task.family]
        assert len(task.trials) == 5
        assert all(f"`{slot.name}`" in task.request.text for slot in family.contract.outputs)


def test_no_structure_is_one_that_corpora_train_on(made: Composed) -> None:
    structures = {family.solutions.rstrip("_") for family in made.pack.families.values()}
    assert len(structures) == 3
    assert {split_of(SimpleNamespace(structure=name)) for name in structures} == {"unseen-composition"}


def test_the_references_pass_in_the_sandbox_and_a_wrong_program_does_not(made: Composed) -> None:
    world = assemble.programs(made.pack)
    try:
        assert set(references_pass(made.suite, made.references, world, made.pack.families)) == set(made.pack.families)
        wrong = Program("def solve(path):\n    return {}\n")
        with pytest.raises(WorldError, match="reference fails"):
            references_pass(made.suite, {made.suite.tasks[0].family: wrong}, world, made.pack.families)
    finally:
        world.close()


def test_the_measure_refuses_an_answer_that_differs_in_one_part_in_a_hundred(made: Composed) -> None:
    changed = 0
    for task in made.suite.tasks:
        family = made.pack.families[task.family]
        for trial in task.trials:
            instance = family.generate(trial.seed, trial.level)
            result = instance.truth["result"]
            assert family.judge(instance.truth, result).passed
            for name, value in result.items():
                if isinstance(value, float) and value:
                    changed += 1
                    assert not family.judge(instance.truth, {**result, name: value * 1.01}).passed
    assert changed
