"""Recipes, their texts and their operators."""

from __future__ import annotations

import random

import pytest

from tailorbird.core.block import FINAL, Kit
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Requirement, Spec
from tailorbird.corpus import operators
from tailorbird.corpus.bank import expand
from tailorbird.corpus.compose import compose, draw_file, functions, idioms
from tailorbird.corpus.goals import facts, goals, is_held, with_slips
from tailorbird.corpus.recipe import Recipe, draw_recipe
from tailorbird.corpus.weave import called_so, fuse, rename, settle
from tailorbird.solve.dataflow import check
from tailorbird.solve.join import join


def _recipes(kit: Kit, count: int) -> list[Recipe]:
    draw = random.Random(11)
    return [recipe for _ in range(count) if (recipe := draw_recipe(kit, draw)) is not None]


def test_every_text_of_a_composition_survives_being_read(kit: Kit) -> None:
    for recipe in _recipes(kit, 40):
        made = compose(kit, recipe)
        assert Plan.parse(made.plan.render()) == made.plan
        for spec in made.specs:
            assert Spec.parse(spec.render()) == spec
        asked = made.requirement("Do it.")
        assert Requirement.parse(asked.render()).render() == asked.render()


def test_the_dataflow_of_every_composition_is_sound(kit: Kit) -> None:
    for recipe in _recipes(kit, 40):
        made = compose(kit, recipe)
        found = [item for item in check(made.requirement("Do it."), made.plan, made.specs) if item.kind != "unused"]
        assert not found, (recipe.chain, found)


def test_chains_end_in_plain_json_and_never_fall_in_stage(kit: Kit) -> None:
    for recipe in _recipes(kit, 60):
        blocks = [kit.blocks[step.block] for step in recipe.steps]
        assert 1 <= len(blocks) <= 5
        assert all(port.kind in FINAL for port in blocks[-1].gives)
        assert [block.stage for block in blocks] == sorted(block.stage for block in blocks)


def test_a_composition_is_written_in_two_different_ways(kit: Kit) -> None:
    draw, different = random.Random(3), 0
    for recipe in _recipes(kit, 20):
        made = compose(kit, recipe)
        one, two = idioms(kit, recipe, draw)
        first, second = functions(kit, recipe, made, one, "google"), functions(kit, recipe, made, two, "google")
        different += all(a != b for a, b in zip(first, second, strict=True))
        assert join(made.requirement("Do it."), made.plan, made.specs, first).source
    assert different >= 18


def test_the_same_seed_draws_the_same_file(kit: Kit) -> None:
    for recipe in _recipes(kit, 12):
        assert draw_file(kit, recipe, 5) == draw_file(kit, recipe, 5)
        assert draw_file(kit, recipe, 5) != draw_file(kit, recipe, 6)


def test_operators_keep_what_they_promise(kit: Kit) -> None:
    draw, names = random.Random(2), set()
    for recipe in _recipes(kit, 15):
        for before, after in operators.chains(kit, recipe, draw):
            assert operators.verify(before, after, kit) == ""
            names.add(after.operators)
    assert ("Mod", "Rep", "Bud") in names
    assert {("Mod",), ("Rep",), ("Bud",)} <= names


def test_planted_violations_of_operators_are_noticed(kit: Kit) -> None:
    from dataclasses import replace

    recipe = next(item for item in _recipes(kit, 60) if len(item.steps) > 1)
    other = next(item for item in _recipes(kit, 60) if item.steps[-1].block != recipe.steps[-1].block)
    assert "answer" in operators.verify(recipe, replace(recipe, steps=other.steps, operators=("Mod",)), kit)
    assert "Mod" in operators.verify(recipe, replace(recipe, operators=("Mod",)), kit)
    assert "Rep" in operators.verify(recipe, replace(recipe, operators=("Rep",)), kit)
    assert "Bud" in operators.verify(recipe, replace(recipe, operators=("Bud",)), kit)
    moved = replace(recipe, source="nowhere", budget=("rss_mb <= 9",), operators=("Bud",))
    assert "source" in operators.verify(recipe, moved, kit)


def test_wordings_differ_and_name_the_facts_of_the_file(kit: Kit) -> None:
    draw = random.Random(4)
    for recipe in _recipes(kit, 10):
        made = compose(kit, recipe)
        found = goals(kit, made, draw, 8)
        assert len({goal.text for goal in found}) == len(found) >= 6
        assert all("{" not in goal.text and goal.text.strip() for goal in found)


def test_held_out_phrases_are_about_one_in_twelve() -> None:
    held = sum(is_held(f"phrase {number}") for number in range(2400))
    assert 150 <= held <= 250


def test_slips_of_the_keyboard_leave_facts_alone() -> None:
    text = "Filter `ecg.csv` between 5 and 25 Hz, then count heartbeats in strip.json and report the average."
    changed = {with_slips(text, random.Random(seed)) for seed in range(40)}
    assert len(changed) > 20
    assert all(facts(item) == facts(text) for item in changed)


def test_patterns_name_a_bracket_that_is_not_closed() -> None:
    with pytest.raises(ParseError, match="expected"):
        expand("(a|b")


def test_names_change_where_they_are_names_alone() -> None:
    text = 'import numpy as np\n\n\ndef f(x, fs):\n    y = np.diff(x, n=1)  # x stays in words\n    return {"x": y, "fs": fs}\n'
    changed = called_so(text, ("samples", "y"))
    assert "def f(samples, y)" in changed
    assert "np.diff(samples, n=1)  # x stays in words" in changed
    assert '{"x": y_value, "fs": y}' in changed
    assert settle("def f(x):\n    return x * GAIN\n", {"gain": 2.5}) == "def f(x):\n    return x * 2.5\n"
    assert rename("def f(x):\n    return x.x\n", {"x": "z"}) == "def f(z):\n    return z.x\n"


def test_two_functions_become_one_that_does_the_same() -> None:
    first = "import math\n\n\ndef a(x):\n    t = x + 1\n    return math.sqrt(t)\n"
    second = "def b(y, k):\n    t = y * 2\n    return t + k\n"
    space: dict[str, object] = {}
    text = fuse(first, second, "y", ("one", "two"))
    exec(text, space)
    assert space["a"](8, 1) == 7.0  # type: ignore[operator]
    assert "# one" in text
    with pytest.raises(ParseError, match="return"):
        fuse("def a(x):\n    if x:\n        return 1\n    return 2\n", second, "y", ("one", "two"))
