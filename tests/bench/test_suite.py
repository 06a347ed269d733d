"""Suites: which tasks, which trials, which hash, and back from disk."""

from dataclasses import replace

import pytest
from bench_fakes import domain, family

from tailorbird.bench.suite import Choice, Suite, build, load, named, save, smoke, trials
from tailorbird.core.attempt import Limits
from tailorbird.core.errors import BrokenArtefact, UnknownName, UserError
from tailorbird.core.program import Requirement


def test_the_default_suite_holds_only_held_out_wordings():
    suite = named("iot-held", domain(2), "s")
    assert [task.id for task in suite.tasks] == [
        f"T90{at}/{name}" for at in (0, 1) for name in ("held-en-1", "held-en-2", "held-zh-1")
    ]
    assert all("wording:held" in task.tags for task in suite.tasks)


def test_held_and_train_share_no_request():
    held, train = (named(name, domain(2), "s") for name in ("iot-held", "iot-train"))
    assert not {task.request.text for task in held.tasks} & {task.request.text for task in train.tasks}


def test_a_request_is_a_requirement_that_reads_back():
    task = named("iot-held", domain(1), "s").tasks[0]
    assert Requirement.parse(task.request.text) == family("T900").requirement(family().wordings[3].text)


def test_five_trials_one_easy_two_nominal_one_hard_one_edge_with_seeds_of_the_salt():
    found = trials(family(), "salt")
    assert [trial.level for trial in found] == ["easy", "nominal", "nominal", "hard", "edge"]
    assert [trial.seed for trial in found] == [family().seed("salt", index) for index in range(5)]
    assert {trial.seed for trial in found}.isdisjoint(trial.seed for trial in trials(family(), "public"))


def test_siblings_share_their_trials():
    suite = named("iot-held", domain(1), "s")
    assert len({task.trials for task in suite.tasks}) == 1


def test_numbers_of_wordings_do_not_move_with_the_choice():
    terse = build("x", domain(1), Choice("s", "held", kinds=("terse",)))
    assert [task.id for task in terse.tasks] == ["T900/held-en-2"]


def test_smoke_takes_one_family_per_letter_and_one_english_goal():
    suite = named("iot-smoke", domain(5), "s")
    assert [task.id for task in suite.tasks] == ["T900/held-en-1", "T901/held-en-1"]
    assert smoke(domain(5).families.values()) == ("T900", "T901")


def test_families_that_cannot_run_are_named_not_hidden():
    assert named("iot-held", domain(1), "s").missing == {"T999": "needs a broker"}


@pytest.mark.parametrize("salt", ["", "public"])
def test_a_salt_that_solvers_know_is_refused(salt):
    with pytest.raises(UserError, match="salt"):
        named("iot-held", domain(1), salt)


def test_unknown_suites_and_families_are_answered_with_the_nearest():
    with pytest.raises(UnknownName) as caught:
        named("iot-hold", domain(1), "s")
    assert "iot-held" in caught.value.hint
    with pytest.raises(UnknownName):
        build("x", domain(1), Choice("s", families=("T9",)))


def test_a_choice_that_nothing_fits_is_refused():
    with pytest.raises(UserError, match="none fits"):
        build("x", domain(1), Choice("s", kinds=("operation",), languages=("zh",)))


def test_the_hash_depends_on_content_and_not_on_order():
    suite = named("iot-held", domain(2), "s")
    assert Suite("other", suite.tasks[::-1]).hash == suite.hash
    assert named("iot-held", domain(2), "t").hash != suite.hash
    changed = replace(suite.tasks[0], request=replace(suite.tasks[0].request, limits=Limits(cpu_s=1.0)))
    assert Suite("x", (changed, *suite.tasks[1:])).hash != suite.hash


def test_a_suite_survives_its_folder(tmp_path):
    suite = named("iot-held", domain(2), "s")
    save(suite, tmp_path, Choice("s"))
    assert load(tmp_path) == suite and load(tmp_path).hash == suite.hash
    save(suite, tmp_path)


def test_a_suite_is_never_changed_under_its_name(tmp_path):
    save(named("iot-held", domain(2), "s"), tmp_path)
    with pytest.raises(UserError, match="another suite"):
        save(named("iot-held", domain(2), "t"), tmp_path)


def test_a_changed_line_is_noticed(tmp_path):
    save(named("iot-held", domain(1), "s"), tmp_path)
    path = tmp_path / "tasks.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("goal", "Goal"), encoding="utf-8")
    with pytest.raises(BrokenArtefact):
        load(tmp_path)
