"""A against B: what is refused, what is said, and with which words."""

import pytest

from tailorbird.bench.compare import compare, markdown
from tailorbird.core.errors import UserError
from tailorbird.core.task import Row, Score


def rows(model: str, passed, *, world: str = "w", tag: str = "", samples: int = 1, per: int = 4) -> list[Row]:
    """One row per task and sample, `per` tasks to a family."""
    return [
        Row(
            f"{model}{at}{sample}", f"t{at:03d}", f"f{at // per}", model, sample, Score(float(good), error="" if good else "wrong_value"),
            task_hash=f"h{at}{tag}", world=world,
        )
        for at, good in enumerate(passed)
        for sample in range(samples)
    ]  # fmt: skip


def test_a_clear_gain_is_found_and_its_tasks_are_named():
    a = rows("base", [at % 4 == 0 for at in range(80)])
    b = rows("new", [at % 4 != 1 for at in range(80)])
    found = compare(a, b)
    assert found.difference == pytest.approx(0.5) and found.interval.low > 0.3 and found.p < 0.001
    assert found.mcnemar == pytest.approx(2 * 0.5**40 - 0.5**40)
    assert len(found.only_b) == 40 and found.only_b[0] == "t002" and not found.only_a
    assert (found.tasks, found.families, found.samples) == (80, 20, 1)


def test_the_figures_turn_round_with_the_question():
    a, b = rows("a", [at % 3 == 0 for at in range(60)]), rows("b", [at % 2 == 0 for at in range(60)])
    there, back = compare(a, b), compare(b, a)
    assert there.difference == -back.difference and there.p == back.p
    assert there.only_a == back.only_b


def test_small_suites_never_say_better_or_worse():
    a, b = rows("a", [False] * 40), rows("b", [True] * 39 + [False])
    assert compare(a, b).interval.low > 0
    assert "better" not in compare(a, b).claim and "too few tasks" in compare(a, b).claim


def test_enough_evidence_may_say_better_and_worse():
    a = rows("a", [at % 2 == 0 for at in range(240)], samples=5, per=10)
    b = rows("b", [at % 2 == 0 or at % 3 == 0 for at in range(240)], samples=5, per=10)
    assert compare(a, b).claim == "b is better than a" and compare(b, a).claim == "a is worse than b"
    assert compare(a, b).mcnemar is None


def test_equal_runs_are_not_above_each_other():
    a, b = rows("a", [True, False] * 20), rows("b", [True, False] * 20)
    found = compare(a, b)
    assert "not above" in found.claim and found.p == 1.0 and found.interval.high > 0


def test_another_world_is_refused_and_named():
    with pytest.raises(UserError, match=r"bubblewrap.*unsafe"):
        compare(rows("a", [True] * 8, world="bubblewrap"), rows("b", [True] * 8, world="unsafe"), intersection=True)


def test_other_tasks_are_refused_and_named_unless_the_intersection_is_asked_for():
    a, b = rows("a", [True] * 12), rows("b", [True] * 10)
    with pytest.raises(UserError, match="t010, t011"):
        compare(a, b)
    found = compare(a, b, intersection=True)
    assert found.tasks == 10 and found.left_out == ("t010", "t011")
    assert "Left out" in markdown(found)


def test_a_changed_task_is_another_task():
    with pytest.raises(UserError, match="8 tasks differ"):
        compare(rows("a", [True] * 8), rows("b", [True] * 8, tag="changed"))
    with pytest.raises(UserError, match="both tried"):
        compare(rows("a", [True] * 8), rows("b", [True] * 8, tag="changed"), intersection=True)


def test_rows_that_say_nothing_are_not_compared():
    a = rows("a", [True] * 8)
    skipped = Row("k", "t000", "f0", "a", 1, Score(0.0, error="skipped_policy"), task_hash="h0", world="w")
    assert compare([*a, skipped], rows("b", [True] * 8)).mean_a == 1.0


def test_the_text_holds_n_interval_p_and_what_could_be_found():
    text = markdown(compare(rows("a", [at % 4 == 0 for at in range(80)]), rows("b", [at % 4 != 1 for at in range(80)])))
    for part in ("n = 80 tasks of 20 families", "difference, 95 %", "McNemar", "80 % power", "t002"):
        assert part in text
