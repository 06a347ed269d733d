"""Promise 1: targets are `render()`, answers are read by `parse()`, and every noun survives JSON."""

import keyword
import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tailorbird.core import ask, attempt, example, program, rule, task, thing, tool
from tailorbird.core.attempt import Reply, parse_action
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Program, Requirement, Slot, Spec, Step, slug
from tailorbird.core.record import from_json, identity, to_json
from tailorbird.core.rule import Rule, Trigger
from tailorbird.core.tool import Call, Calls

NASTY = st.sampled_from("#-*`()[]|<>,:\\\"' \t\r\u0085\u2028é心x1")
TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), NASTY), max_size=30)
LINES = st.lists(TEXT, max_size=3).map(tuple)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name))
TYPES = st.sampled_from(
    ["float", "list[float]", "ndarray[float64, (N, 3)]", "frame[a b:int, ...]", "dict[str, int] or none", "path"]
)
UNITS = st.sampled_from(["1", "mV", "dB(A)", "m/s2", "°C", "%"])
ORIGINS = st.sampled_from(["user", "task1", "task12"])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=3)

SLOTS = st.builds(Slot, NAMES, TYPES, UNITS, TEXT, ORIGINS)
SLOT_TUPLES = st.lists(SLOTS, max_size=3).map(tuple)
SOME_TEXT = TEXT.filter(str.strip)
REQUIREMENTS = st.builds(Requirement, SOME_TEXT, SLOT_TUPLES, LINES, SLOT_TUPLES, LINES, LINES, LINES, LINES)
TITLES = TEXT.map(lambda text: re.sub(r"[\n\[\]]", "", text)).filter(str.strip)
STEPS = st.builds(Step, TITLES, st.lists(SOME_TEXT, min_size=1, max_size=8).map(tuple))
PLANS = st.lists(STEPS, min_size=1, max_size=12, unique_by=lambda step: slug(step.title)).map(lambda s: Plan(tuple(s)))
TARGETS = SOME_TEXT.filter(lambda text: not text.startswith("**"))
SPECS = st.builds(Spec, NAMES, TARGETS, SLOT_TUPLES, st.lists(SLOTS, min_size=1, max_size=3).map(tuple), LINES)
CALL = st.builds(Call, TEXT, OBJECTS)
CALLS = st.builds(Calls, st.lists(CALL, min_size=1, max_size=3).map(tuple), JSON, st.booleans())
TRIGGERS = st.builds(
    Trigger, st.sampled_from(["state", "numeric", "time", "interval", "event"]), TEXT, TEXT, JSON,
    st.none() | FLOATS, st.none() | FLOATS, FLOATS, TEXT, FLOATS,
)  # fmt: skip
RULES = st.builds(
    Rule, TEXT, st.lists(TRIGGERS, max_size=2).map(tuple), st.lists(CALL, max_size=2).map(tuple), JSON,
    st.sampled_from(["single", "restart", "queued", "parallel"]), TEXT,
)  # fmt: skip
PARTS = TEXT.map(lambda text: re.sub(r"[>|\n]", "", text))
REPLIES = st.one_of(
    st.builds(Reply, TEXT),
    st.builds(Reply, TEXT, st.just("ask"), PARTS, st.lists(PARTS, max_size=3).map(tuple)),
    st.builds(Reply, TEXT, st.just("refuse"), reason=PARTS),
)
PROGRAMS = st.builds(Program, SOME_TEXT)


@given(SLOTS)
def test_a_slot_survives_its_text(slot):
    assert Slot.parse(slot.render()) == slot


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Requirement, REQUIREMENTS),
        (Plan, PLANS),
        (Spec, SPECS),
        (Program, PROGRAMS),
        (Calls, CALLS),
        (Rule, RULES),
        (Reply, REPLIES),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_parse_undoes_render(kind, values):
    @settings(max_examples=100, deadline=None)
    @given(values)
    def survives(value):
        assert kind.parse(value.render()) == value

    survives()


@settings(max_examples=100, deadline=None)
@given(st.one_of(CALLS, RULES, REPLIES))
def test_an_action_is_told_apart_by_its_text(action):
    assert parse_action(action.render()) == action


@settings(deadline=None)
@given(TEXT)
def test_reading_any_text_gives_a_record_or_a_parse_error(text):
    for kind in (Slot, Requirement, Plan, Spec, Program, Calls, Rule, Reply):
        for shape in (
            "{}",
            "- `a` ({}): b",
            "# Goal\n{}",
            "Sub-Task 1 [{}]\n- a",
            "<tool_call>{}</tool_call>",
            "<rule>{}</rule>",
            "<ask {}></ask>",
        ):
            try:
                kind.parse(shape.format(text))
            except ParseError as error:
                assert error.message


DRAWN = {
    Slot: SLOTS, Requirement: REQUIREMENTS, Step: STEPS, Plan: PLANS, Spec: SPECS, Program: PROGRAMS, Call: CALL, Calls: CALLS,
    Trigger: TRIGGERS, Rule: RULES, Reply: REPLIES, str: TEXT, float: FLOATS, int: st.integers(), bool: st.booleans(), Any: JSON,
    type(None): st.none(),
}  # fmt: skip


def drawn(hint):
    """Values of a type hint; records are drawn field by field."""
    if hint in DRAWN:
        return DRAWN[hint]
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return drawn(inside[0])
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of([drawn(item) for item in inside])
    if origin is dict:
        return st.dictionaries(drawn(inside[0]), drawn(inside[1]), max_size=2)
    if origin is tuple and inside[-1] is ...:
        return st.lists(drawn(inside[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(drawn, inside))
    fields = {name: drawn(item) for name, item in get_type_hints(hint).items() if name != "kind" or hint is thing.Thing}
    return st.deferred(lambda: st.builds(hint, **fields))


NOUNS = sorted(
    {
        value
        for module in (ask, attempt, example, program, rule, task, thing, tool)
        for value in vars(module).values()
        if isinstance(value, type) and hasattr(value, "__pydantic_fields__")
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", NOUNS, ids=lambda kind: kind.__name__)
def test_a_noun_survives_json_and_keeps_its_identity(kind):
    @settings(max_examples=25, deadline=None)
    @given(drawn(kind))
    def survives(value):
        again = from_json(kind, to_json(value))
        assert again == value
        assert identity(again) == identity(value)

    survives()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Slot("Bad Name", "float"),
        lambda: Slot("class", "float"),
        lambda: Slot("a", "float, int"),
        lambda: Slot("a", "list[float"),
        lambda: Slot("a", "float", "from task1"),
        lambda: Slot("a", "float", origin="sensor"),
        lambda: Requirement(" \n "),
        lambda: Step("a [b]", ("x",)),
        lambda: Step("a", ()),
        lambda: Step("a", ("x",) * 9),
        lambda: Plan(()),
        lambda: Plan((Step("Find It", ("x",)), Step("find it", ("y",)))),
        lambda: Spec("f", "do", (), ()),
        lambda: Spec("f", "**Target**", (), (Slot("a", "int"),)),
        lambda: Program("  \n"),
        lambda: Calls(()),
        lambda: Call("f", {"x": float("nan")}),
        lambda: Call("f", {"x": "\ud800"}),
        lambda: Call("f", {"x": object()}),
        lambda: Reply("yes", "answer", reason="unsafe"),
        lambda: Reply("which?", "ask", "a|b"),
        lambda: Trigger("numeric", above=float("inf")),
    ],
)  # fmt: skip
def test_what_cannot_be_written_cannot_be_built(make):
    with pytest.raises(ValidationError):
        make()


def test_prose_is_put_on_one_line_and_blank_lines_of_lists_are_left_out():
    assert Slot("a", "int", meaning="one\ntwo").meaning == "one two"
    assert Requirement("x", remarks=("one\ntwo", "  ")).remarks == ("one two",)


def test_a_meaning_with_brackets_and_a_unit_with_brackets_are_kept_apart():
    slot = Slot.parse("- `level` (list[float], dB(A), from task2): level (A-weighted): per second")
    assert (slot.type, slot.unit, slot.origin, slot.meaning) == (
        "list[float]",
        "dB(A)",
        "task2",
        "level (A-weighted): per second",
    )


def test_a_goal_may_hold_headings_and_blank_lines():
    requirement = Requirement("Do this.\n\n# Input\n\\# not this", (Slot("path", "path"),))
    assert Requirement.parse(requirement.render()) == requirement


@pytest.mark.parametrize(
    "text",
    [
        '{"name":"f","arguments":{"x":1e999}}',
        '{"name":"f","arguments":{"x":NaN}}',
        "[" * 100_000,
        '{"name":"f","arguments":{"x":"\\ud800"}}',
    ],
)
def test_json_that_could_not_be_written_again_is_refused_when_read(text):
    with pytest.raises(ParseError):
        Calls.parse(f"<tool_call>{text}</tool_call>")
