"""Each class of defect is planted and found; valid plans pass."""

import importlib
import pkgutil

import pytest

import tailorbird.domains.iot.families as families
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Requirement, Slot, Spec, Step
from tailorbird.domains.iot.families.t001_r_peaks import FAMILY
from tailorbird.solve.dataflow import Edge, check, edges, input_path

PATH = Slot("path", "path", "1", "input file")


def spec(name, inputs, outputs):
    """Slots as `name type unit origin`."""
    ins = tuple(Slot(n, t, u, "", o) for n, t, u, o in (item.split(" ") for item in inputs))
    outs = tuple(Slot(n, t, u) for n, t, u in (item.split(" ") for item in outputs))
    return Spec(name, "Do it.", ins, outs)


def found(*specs, outputs=("y float V",), inputs=(PATH,), titles=()):
    requirement = Requirement(
        "goal", inputs, (), tuple(Slot(n, t, u) for n, t, u in (item.split(" ") for item in outputs))
    )
    plan = Plan(tuple(Step(title, ("do",)) for title in (titles or [item.name for item in specs])))
    return (
        [(defect.kind, defect.step, defect.slot) for defect in check(requirement, plan, specs)],
        requirement,
        plan,
        specs,
    )


LOAD = spec("load", ["path path 1 user"], ["x float mV", "n int sample"])
MEAN = spec("mean", ["x float mV task1"], ["y float V"])


def test_a_valid_plan_has_no_defect_and_its_edges_are_in_order():
    defects, *parts = found(LOAD, MEAN)
    assert defects == []
    assert edges(*parts) == (Edge(0, "path", 1, "path"), Edge(1, "x", 2, "x"), Edge(2, "y", 0, "y"))


def test_references_of_all_families_that_load_here_are_valid():
    checked = 0
    for module in pkgutil.iter_modules(families.__path__):
        try:
            family = importlib.import_module(f"{families.__name__}.{module.name}").FAMILY
        except ImportError:
            continue
        defects = check(family.requirement(family.wordings[0].text), family.plan, family.specs)
        assert [(family.id, defect.text) for defect in defects] == []
        checked += 1
    assert checked >= 1


def test_units_are_converted_along_an_edge():
    _, *parts = found(LOAD, spec("mean", ["x float V task1"], ["y float mV"]))
    edge, last = edges(*parts)[1:]
    assert (edge.conversion, edge.why) == ("{value} / 1000", "x: float in mV to float in V")
    assert last.conversion == "{value} / 1000"


@pytest.mark.parametrize(
    ("second", "defect"),
    [
        (["x float mV task2"], ("origin", 2, "x")),
        (["x float mV task3"], ("origin", 2, "x")),
        (["z float mV task1"], ("origin", 2, "z")),
        (["x float mV user"], ("origin", 2, "x")),
        (["x int mV task1"], ("fit", 2, "x")),
        (["x float Hz task1"], ("fit", 2, "x")),
        (["x list[float] mV task1"], ("fit", 2, "x")),
        (["x flaot mV task1"], ("type", 2, "x")),
        (["x float mVolt task1"], ("unit", 2, "x")),
        (["x float mV task1", "x float mV task1"], ("name", 2, "x")),
        (["x float mV task1", "sum float mV task1"], ("name", 2, "sum")),
    ],
)
def test_an_input_at_odds_with_its_origin_is_found(second, defect):
    assert defect in found(LOAD, spec("mean", second, ["y float V"]))[0]


@pytest.mark.parametrize(
    ("first", "second", "defect"),
    [
        (["a ndarray[float64,(N,3)] g"], ["a ndarray[float64,(M)] g task1"], ("fit", 2, "a")),
        (["a ndarray[float64,(4)] g"], ["a ndarray[float64,(3)] g task1"], ("fit", 2, "a")),
        (["a ndarray[float64,(4)] g", "b ndarray[float64,(3)] g"],
         ["a ndarray[float64,(N)] g task1", "b ndarray[float64,(N)] g task1"], ("fit", 2, "b")),
    ],
)  # fmt: skip
def test_lengths_that_cannot_be_equal_are_found(first, second, defect):
    load = spec("load", ["path path 1 user"], first)
    assert defect in found(load, spec("mean", second, ["y float V"]))[0]


def test_equal_symbols_of_two_functions_are_not_the_same_length_by_themselves():
    load = spec("load", ["path path 1 user"], ["a ndarray[float64,(N)] g", "b ndarray[float64,(M)] g"])
    use = spec("use", ["a ndarray[float64,(M)] g task1", "b ndarray[float64,(N)] g task1"], ["y float V"])
    assert found(load, use)[0] == []


def test_a_result_that_nobody_makes_is_found():
    assert found(LOAD, MEAN, outputs=("y float V", "z int 1"))[0] == [("result", 0, "z")]


def test_a_result_of_another_type_blames_the_step_that_makes_it_last():
    assert found(LOAD, MEAN, outputs=("y int V",))[0] == [("fit", 2, "y")]


def test_the_result_is_the_latest_value_of_its_name():
    again = spec("again", ["y float V task2"], ["y float mV"])
    defects, *parts = found(LOAD, MEAN, again)
    assert defects == []
    assert edges(*parts)[-1] == Edge(3, "y", 0, "y", "{value} / 1000", "y: float in mV to float in V")


def test_arrays_and_tuples_become_lists_in_the_result():
    load = spec("load", ["path path 1 user"], ["y ndarray[float64,(N,2)] V", "t tuple[int,...] 1", "p path 1"])
    defects, *parts = found(load, outputs=("y list[list[float]] mV", "t list[float] 1", "p str 1"))
    assert defects == []
    assert edges(*parts)[1].conversion == "[[item * 1000 for item in row] for row in {value}]"


def test_a_step_no_result_depends_on_is_found_with_all_that_lead_only_to_it():
    side = spec("side", ["n int sample task1"], ["s float 1"])
    more = spec("more", ["s float 1 task2"], ["q float 1"])
    mean = spec("mean", ["x float mV task1"], ["y float V"])
    assert found(LOAD, side, more, mean)[0] == [("unused", 2, ""), ("unused", 3, "")]


def test_a_program_that_ignores_what_the_user_gives_is_found():
    assert ("unused", 1, "") in found(spec("make", [], ["y float V"]))[0]


@pytest.mark.parametrize("titles", [["load"], ["load", "other"], ["mean", "load"]])
def test_specifications_that_do_not_match_the_plan_are_found(titles):
    assert found(LOAD, MEAN, titles=titles)[0] == [("form", 0, "")]


def test_what_the_user_gives_may_be_converted_and_must_be_given():
    inputs = (PATH, Slot("window", "float", "s"))
    use = spec("use", ["path path 1 user", "window float ms user"], ["y float V"])
    defects, *parts = found(use, inputs=inputs)
    assert defects == []
    assert edges(*parts)[1].conversion == "{value} * 1000"
    assert found(use)[0] == [("origin", 1, "window")]


def test_any_path_from_the_user_is_the_input_file_unless_another_path_has_its_name():
    inputs = (Slot("ecg_file", "path"), Slot("table", "path"))
    use = spec("use", ["file path 1 user", "table path 1 user"], ["y float V"])
    _, *parts = found(use, inputs=inputs)
    assert [edge.name for edge in edges(*parts)] == ["ecg_file", "table", "y"]
    assert input_path(parts[0]).name == "ecg_file"
    assert input_path(Requirement("goal")).name == "path"


def test_a_name_the_requirement_asks_for_may_be_one_of_python():
    assert found(spec("load", ["path path 1 user"], ["max float V"]), outputs=("max float V",))[0] == []


def test_a_missing_origin_is_an_error_where_edges_are_needed():
    _, *parts = found(LOAD, spec("mean", ["z float mV task1"], ["y float V"]))
    with pytest.raises(ParseError, match=r"task1 gives x, n, not z; no earlier task gives it"):
        edges(*parts)


def test_every_defect_is_a_sentence_that_names_its_sub_task():
    requirement = FAMILY.requirement("goal")
    specs = (FAMILY.specs[0], FAMILY.specs[2], FAMILY.specs[1], FAMILY.specs[3])
    plan = Plan(tuple(FAMILY.plan.steps[at] for at in (0, 2, 1, 3)))
    defects = check(requirement, plan, specs)
    assert {defect.kind for defect in defects} == {"origin"}
    assert all(defect.text.startswith(f"Sub-task {defect.step} (") and defect.text.endswith(".") for defect in defects)
    assert "expected it from user or task1 to task1" in defects[0].text
