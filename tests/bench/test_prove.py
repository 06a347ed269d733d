"""The proof finds what is wrong with a family, and finds nothing where nothing is."""

import ast
import itertools
from dataclasses import replace

import pytest
from bench_fakes import SOLUTIONS, TrustedWorld, family, generate, instance_of, join, measure

from tailorbird.bench.calibrate import calibrate, limit_between
from tailorbird.bench.mutate import of_function, slips
from tailorbird.bench.probes import COMB, Known, blind, malformed, read_input
from tailorbird.bench.proof import Proof, markdown
from tailorbird.bench.prove import Effort, prove
from tailorbird.core.attempt import Outcome
from tailorbird.core.domain import Bar, Instance, Relation, Variant
from tailorbird.core.errors import WorldError
from tailorbird.core.kinds import conforms
from tailorbird.core.program import Slot
from tailorbird.core.record import from_json, to_json

FILES = {"tiny": SOLUTIONS}


def proof(effort: Effort | None = None, solutions=None, world=None, **changes) -> Proof:
    return prove(family(**changes), solutions or FILES, join, world or TrustedWorld(), effort or Effort.quick())


def faults(**changes) -> str:
    return "\n".join(proof(**changes).faults)


def test_a_sound_family_meets_every_gate():
    found = proof()
    assert found.passed, found.faults
    assert found.trials == 15 and found.seconds > 0 and len(found.wrong) == 4
    assert all(item.rejected == 3 for item in found.wrong)
    assert from_json(Proof, to_json(found)) == found


def test_the_table_says_what_an_author_needs():
    text = markdown([proof(Effort(salts=2, flake=2, slips=12))])
    assert (
        "1 passed, 0 failed" in text
        and "weakest wrong program" in text
        and "derived limit" in text
        and "Machine-made slips" in text
    )


def test_a_failing_alternate_is_named_with_its_trial():
    strict = (Bar("error", 1e-17, "most"), Bar("wrong", 0.0, "most"))
    text = faults(bars=strict)
    assert "alternate running passes" in text and "seed" in text


def test_a_surviving_wrong_program_is_named():
    lazy = Variant(
        "harmless", "changes nothing that counts", edits=(("summarise", "numbers else 0.0", "numbers else 1.0"),)
    )
    text = faults(mutants=(*family().mutants, lazy))
    assert "harmless survives 3 of 3 salts" in text


def test_a_wrong_program_must_be_caught_on_its_own_levels():
    half = replace(family().mutants[1], levels=("easy",))
    found = proof(mutants=(family().mutants[0], half, *family().mutants[2:]))
    assert found.passed and found.wrong[1].failed == 1.0


def test_too_few_wrong_programs_or_no_naive_one_are_not_enough():
    assert "wrong programs: 2, 1 naive" in faults(mutants=family().mutants[:2])
    assert "wrong programs: 3, 0 naive" in faults(mutants=family().mutants[1:])


def test_a_variant_that_does_not_build_is_named():
    broken = Variant("broken", "old text is gone", edits=(("load", "json.loads", "x"),))
    found = proof(mutants=(*family().mutants, broken))
    assert not found.passed and "broken" in found.faults[0] and found.trials == 0


def test_a_task_a_constant_solves_is_found():
    def constant(seed: int, level: str) -> Instance:
        return instance_of([1.0, 3.0])

    text = faults(generate=constant)
    assert "blind answers rejected" in text and "typical on 3 of 3 salts" in text


def test_a_measure_that_breaks_on_odd_answers_is_found():
    def fragile(truth, output):
        assert len(output["above"]) < 1000
        return measure(truth, output)

    assert "the judge raised AssertionError" in faults(measure=fragile)


def test_a_judge_that_lets_extremes_pass_is_found():
    def blindfold(truth, output):
        return {
            "error": 0.0 if output["mean"] > 1e100 else abs(truth["mean"] - output["mean"]),
            "wrong": measure(truth, output)["wrong"],
        }

    assert "a huge number: passed every trial" in faults(measure=blindfold)


def test_a_relation_that_does_not_hold_is_found():
    wrong = Relation(
        "doubling", lambda instance, seed: Instance(instance.visible, {**instance.truth, "mean": 9e9}, instance.path)
    )
    assert "doubling" in faults(relations=(wrong,))
    raising = Relation("raising", lambda instance, seed: 1 / 0)
    assert "the change raised ZeroDivisionError" in faults(relations=(raising,))


def test_draws_that_differ_for_one_seed_are_found():
    numbers = itertools.count()

    def restless(seed: int, level: str) -> Instance:
        return generate(seed + next(numbers), level)

    assert "draws are pure" in faults(generate=restless)


def test_a_generator_that_raises_fails_the_gate_and_not_the_proof():
    def broken(seed: int, level: str) -> Instance:
        raise ValueError("no beat")

    found = proof(generate=broken)
    assert not found.passed and "no beat" in found.faults[0]


def test_an_answer_that_changes_from_run_to_run_is_found():
    restless = SOLUTIONS.replace(
        "    return mean, [number", "    mean += hash(object()) % 97 * 1e-9\n    return mean, [number", 1
    )
    assert "repetitions agree" in "\n".join(proof(Effort(salts=1, flake=12), {"tiny": restless}).faults)


def test_missing_wordings_are_named():
    only = tuple(wording for wording in family().wordings if wording.language == "en")
    assert "a wording in zh" in faults(wordings=only)
    assert "held-out and open wordings" in faults(
        wordings=tuple(replace(wording, held=False) for wording in family().wordings)
    )


def test_a_broken_world_is_no_verdict_on_a_family():
    with pytest.raises(WorldError, match="infra"):
        proof(world=TrustedWorld(lambda run: Outcome("stopped", why="gone", error="infra")))


def test_slips_are_counted_and_survivors_named():
    found = proof(Effort(salts=2, flake=1, slips=200)).slipped
    assert found and found.tried >= 5 and found.killed + found.same + len(found.survivors) == found.tried
    assert found.rate is not None and found.rate > 0.6


def test_every_slip_is_another_program_that_still_parses():
    text = "def f(a):\n    s = a[1:] * 2\n    if s > 3:\n        s += 1\n    return max(s, 0)\n"
    found = list(of_function(text))
    assert len({source for _, source in found}) == len(found) > 8
    assert all(ast.parse(source) and source != ast.unparse(ast.parse(text)) for _, source in found)
    kinds = {what.split(",")[0] for what, _ in found}
    assert {"comparison", "operator", "negation", "swapped arguments", "slice start + 1", "dropped statement"} <= kinds


def test_slips_are_drawn_alike_each_time():
    functions = ("def f(a):\n    return a + 1\n", "def g(a):\n    return a * 2 if a > 1 else 0\n")
    assert slips(functions, 4) == slips(functions, 4) and len(slips(functions, 4)) == 4


SLOTS = (
    Slot("peaks", "list[float]"),
    Slot("rate", "float"),
    Slot("n", "int"),
    Slot("ok", "bool"),
    Slot("word", "str or none"),
)
RIGHT = {"peaks": [1.0, 2.0, 4.0], "rate": 60.0, "n": 3, "ok": True, "word": "calm"}


def known() -> Known:
    other = {"peaks": [0.5, 9.5], "rate": 70.0, "n": 2, "ok": True, "word": "calm"}
    return Known(SLOTS, [other, other], other, {"peaks": 3}, instance_of([3.0, 4.0]), 1)


def test_blind_answers_hold_forty_combs_and_the_usual_constants():
    found = blind(known())
    assert sum(name.startswith("comb") for name in found) == COMB == 40
    assert {"zeros", "empty", "all NaN", "typical", "mean", "majority", "stale", "random", "echo"} <= set(found)
    assert (
        found["zeros"]["peaks"] == [0.0, 0.0, 0.0]
        and found["typical"]["rate"] == 70.0
        and found["echo"]["peaks"] == [3.0, 4.0]
    )
    spacings = [found[f"comb {at}"]["peaks"] for at in (1, 40)]
    assert len(spacings[0]) == 3 and len(spacings[1]) > 900


def test_blind_answers_are_drawn_alike_each_time():
    assert str(blind(known())) == str(blind(known()))


def test_a_fault_of_form_is_one_for_the_types_too():
    for item in malformed(SLOTS, RIGHT):
        if not item.form or not isinstance(item.output, dict) or set(item.output) != set(RIGHT):
            continue
        assert any(conforms(item.output[slot.name], slot.type) for slot in SLOTS), item.name


def test_names_and_numbers_are_read_from_csv_and_json():
    table = Instance({"a.csv": b"time,ecg\n0,1.5\n1,2.5\n"}, {}, "a.csv")
    assert read_input(table) == (["time", "ecg"], [1.5, 2.5])
    assert read_input(Instance({"x.npz": b"\xff\xfe\x00"}, {}, "x.npz")) == ([], [])


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (0.3, 3.0, 1.0),
        (0.0, 0.9, 0.3),
        (1.0, 1.3, 1.2),
        (1.003, 1.053, 1.02),
        (0.99, 0.6, 0.9),
        (1.0, 0.0, 0.7),
        (15.7, 9.0, 14.0),
        (2.0, 1.0, None),
        (1.0, 1.0, None),
    ],
)
def test_limits_are_round_and_a_third_of_the_way(a, b, wanted):
    found = limit_between(a, b)
    if wanted is None:
        assert found is None or min(a, b) < found < max(a, b)
    else:
        assert found == pytest.approx(wanted, rel=0.08) and min(a, b) < found < max(a, b)


def test_the_bar_is_judged_by_the_wrong_program_that_comes_closest():
    found = calibrate(
        Bar("error", 1.0, "most"),
        {"reference": [[0.1, 0.3]]},
        {"near": [[0.1, 3.0]], "far": [[50.0, None]], "other": [[0.1, 0.2]]},
    )
    assert (found.worst_right, found.best_wrong, found.by, found.catches, found.note) == (0.3, 3.0, "near", 2, "")
    assert found.derived == pytest.approx(1.0, abs=0.3)


def test_a_bar_without_a_wrong_program_is_a_guard_and_one_without_gap_is_said_to_be():
    assert "guard" in calibrate(Bar("error", 1.0, "most"), {"reference": [[0.1]]}, {"x": [[0.5]]}).note
    found = calibrate(Bar("error", 1.0, "most"), {"reference": [[2.0]]}, {"x": [[1.5]]})
    assert found.derived is None and "no gap" in found.note
