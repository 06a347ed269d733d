"""Recipes: fields are checked, faults name the place."""

from __future__ import annotations

import pytest

from tailorbird.core.config import resolve, scalar
from tailorbird.core.errors import BadFile, UserError
from tailorbird.core.record import record


@record
class Inner:
    rate: float = 1.0
    name: str = "a"


@record
class Recipe:
    inner: Inner = Inner()
    steps: int = 3


def test_only_what_is_given_overrides() -> None:
    made = resolve(Recipe, {"steps": 5}, ["inner.rate=2e-4"])
    assert made == Recipe(Inner(2e-4), 5)


def test_a_later_change_wins() -> None:
    assert resolve(Recipe, {}, ["steps=1", "steps=2"]).steps == 2


@pytest.mark.parametrize(
    ("data", "sets", "words"),
    [
        ({"stepz": 1}, [], r"stepz.*|steps"),
        ({"steps": "many"}, [], r"steps: .*'many'"),
        ({}, ["inner.rate=fast"], r"inner\.rate: .*'fast'"),
        ([1], [], "expected keys"),
        ("text", [], "expected keys"),
    ],
)
def test_a_fault_names_its_key(data: object, sets: list[str], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        resolve(Recipe, data, sets, "r.yaml")


def test_an_unknown_key_gets_the_nearest_known_one() -> None:
    with pytest.raises(BadFile) as caught:
        resolve(Recipe, {"stepz": 1})
    assert caught.value.hint == "did you mean 'steps'?"


@pytest.mark.parametrize("change", ["steps", "=3", "a..b=3", "steps.more=1 "])
def test_a_malformed_change_is_refused(change: str) -> None:
    with pytest.raises(UserError):
        resolve(Recipe, {"steps": 1}, [change])


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("true", True), ("on", "on"), ("1e-4", 1e-4), ("null", None), ("NaN", "NaN")]
)
def test_scalars_are_those_of_json(text: str, value: object) -> None:
    assert scalar(text) == value
