"""Types, units, and whether one end of an edge fits the other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailorbird.core import units
from tailorbird.core.errors import ParseError
from tailorbird.core.fits import Dims, fits
from tailorbird.core.kinds import DTYPES, PLAIN, annotation, conforms, parse_kind

DIMS = st.lists(st.sampled_from(["N", "C2", "3", "0", "2M", "N-1"]), max_size=3).map(", ".join)
COLUMNS = st.lists(st.sampled_from(["time", "a b", "temp_c"]), min_size=1, max_size=3, unique=True)


def bigger(inner):
    return st.one_of(
        inner.map("list[{}]".format),
        inner.map("dict[str, {}]".format),
        inner.map("tuple[{}, ...]".format),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"tuple[{', '.join(items)}]"),
        st.tuples(COLUMNS, inner).map(lambda pair: "frame[" + ", ".join(f"{name}:{pair[1]}" for name in pair[0]) + "]"),
        inner.filter(lambda text: not text.endswith(" or none")).map("{} or none".format),
    )


ARRAYS = st.tuples(st.sampled_from(DTYPES), DIMS).map(lambda pair: f"ndarray[{pair[0]}, ({pair[1]})]")
KINDS = st.recursive(st.sampled_from(PLAIN) | ARRAYS, bigger, max_leaves=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=2),
    max_leaves=6,
)


@given(KINDS)
def test_a_type_survives_its_text(text):
    assert parse_kind(text).render() == text
    assert parse_kind(parse_kind(text).render()) == parse_kind(text)


@given(KINDS)
def test_an_annotation_is_python(text):
    compile(f"def f(a: {annotation(text)}) -> None: ...", "annotation", "exec")


@given(KINDS)
def test_every_type_fits_itself(text):
    kind = parse_kind(text)
    assert fits(kind, kind).verdict == "pass"


@given(VALUES, KINDS | st.text(max_size=20))
def test_conforms_is_total(value, kind):
    assert isinstance(conforms(value, kind), str)


@given(st.text(max_size=30))
def test_reading_any_text_as_a_type_gives_one_or_a_parse_error(text):
    try:
        assert parse_kind(text).render()
    except ParseError as error:
        assert "expected" in error.message


@pytest.mark.parametrize(
    "text",
    ["", "lis[int]", "list[]", "list[int, int]", "dict[int, str]", "ndarray[float64]", "ndarray[float, (N)]", "ndarray[float64, (n)]",
     "tuple[..., int]", "frame[a]", "frame[a:int, a:int]", "list[int", "list[int)]", "Float", "list[" * 9 + "int" + "]" * 9, "list[" * 5000],
)  # fmt: skip
def test_what_is_no_type_is_refused(text):
    with pytest.raises(ParseError):
        parse_kind(text)


@pytest.mark.parametrize(
    ("kind", "python"),
    [
        ("path", "str"),
        ("ndarray[float64, (N, 3)]", "np.ndarray"),
        ("frame[time:float, ...]", "pd.DataFrame"),
        ("list[float]", "list[float]"),
        ("float or none", "float | None"),
        ("dict[str, list[int or none]]", "dict[str, list[int | None]]"),
        ("tuple[int, path]", "tuple[int, str]"),
        ("tuple[float, ...]", "tuple[float, ...]"),
        ("list[dict]", "list[dict]"),
        ("model", "object"),
    ],
)
def test_types_as_python_annotations(kind, python):
    assert annotation(kind) == python


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (3, "float"), (3.5, "float"), (3, "int"), (True, "bool"), ("a", "str"), ("a", "path"), (None, "float or none"),
        ([1, 2.5], "list[float]"), ([], "list[float]"), ([[1], []], "list[list[int]]"), ([None, 1.0], "list[float or none]"),
        ({"a": 1}, "dict"), ({"a": 1}, "dict[str, float]"), ({}, "dict[str, float]"), ([1, "a"], "tuple[int, str]"),
        ([[1.0, 2.0]], "ndarray[float64, (N, 2)]"), (1.5, "ndarray[float64, ()]"), (object(), "model"), (object(), "no such type"),
        (None, "list[float] or none"),
    ],
)  # fmt: skip
def test_values_of_a_type_conform(value, kind):
    assert conforms(value, kind) == ""


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (True, "float", "expected float, got bool"),
        (True, "int", "expected int, got bool"),
        (3.0, "int", "expected int, got float"),
        ("3", "float", "expected float, got str"),
        (math.nan, "float", "finite"),
        ([1.0, math.inf], "list[float]", "finite"),
        (10**400, "float", "finite"),
        (None, "float", "expected float, got NoneType"),
        ({"a": 1}, "list[float]", "expected list[float], got dict"),
        ([[1], ["a"]], "list[list[int]]", "expected int, got str"),
        ({"a": "b"}, "dict[str, float]", "expected float, got str"),
        ({1: 2.0}, "dict[str, float]", "expected texts as keys, got int"),
        ([1], "tuple[int, str]", "got 1 items"),
        ([[1.0]], "ndarray[float64, (N, 2)]", "got 1 items"),
        ([1.0], "ndarray[float64, (N, 2)]", "got float"),
        (["a"], "list[float] or none", "expected float, got str"),
    ],
)
def test_values_of_another_type_are_told_why(value, kind, told):
    assert told in conforms(value, kind)


@pytest.mark.parametrize(
    ("source", "target", "units_", "conversion"),
    [
        ("int", "float", ("1", "1"), "float({value})"),
        ("int", "float", ("s", "ms"), "float({value} * 1000)"),
        ("float", "float", ("mV", "V"), "{value} / 1000"),
        ("list[float]", "list[float]", ("degF", "degC"), "[(item - 32.0) / 1.8 for item in {value}]"),
        ("list[list[int]]", "list[list[float]]", ("1", "1"), "[[float(item) for item in row] for row in {value}]"),
        ("dict[str, float]", "dict[str, float]", ("km", "m"), "{key: item * 1000 for key, item in {value}.items()}"),
        ("tuple[int, str]", "tuple[float, str]", ("1", "1"), "(float({value}[0]), {value}[1])"),
        ("tuple[int]", "tuple[float]", ("1", "1"), "(float({value}[0]),)"),
        ("tuple[float, ...]", "tuple[float, ...]", ("s", "min"), "tuple(item / 60 for item in {value})"),
        ("ndarray[float32, (N)]", "ndarray[float64, (M)]", ("1", "1"), '{value}.astype("float64")'),
        ("ndarray[int16, (N)]", "ndarray[float64, (N)]", ("g", "m/s2"), '{value}.astype("float64") * 9.80665'),
        ("float or none", "float or none", ("degC", "K"), "None if {value} is None else {value} + 273.15"),
        ("int", "int", ("s", "ms"), "{value} * 1000"),
    ],
)
def test_conversions_are_written_in_python(source, target, units_, conversion):
    found = fits(source, target, *units_)
    assert (found.verdict, found.conversion) == ("convert", conversion)
    assert source in found.why and target in found.why


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("float", "float or none"), ("path", "str"), ("dict[str, int]", "dict"), ("frame[a:int, b:str]", "frame[b:str]"),
        ("frame[a:int]", "frame"), ("ndarray[float64, (N, 3)]", "ndarray[float64, (C, 3)]"), ("ndarray[float64, (3)]", "ndarray[float64, (N)]"),
    ],
)  # fmt: skip
def test_what_needs_no_conversion_passes(source, target):
    assert fits(source, target, "mV", "mV").verdict == "pass"


@pytest.mark.parametrize(
    ("source", "target", "units_", "told"),
    [
        ("float", "int", ("1", "1"), "lose its fraction"),
        ("int", "int", ("ms", "s"), "not whole"),
        ("ndarray[float64, (N)]", "list[float]", ("1", "1"), "ndarray is not list"),
        ("list[float]", "ndarray[float64, (N)]", ("1", "1"), "list is not ndarray"),
        ("float or none", "float", ("1", "1"), "none may come"),
        ("float", "float", ("mV", "Hz"), "mV is a unit of voltage, Hz of frequency"),
        ("float", "float", ("1", "s"), "nothing said"),
        ("float", "float", ("mV", "mVolt"), "expected a unit"),
        ("ndarray[float64, (N)]", "ndarray[float64, (N, 3)]", ("1", "1"), "1 dims are not 2"),
        ("ndarray[float64, (4)]", "ndarray[float64, (3)]", ("1", "1"), "a length is 4 and 3"),
        ("ndarray[float64, (N)]", "ndarray[float32, (N)]", ("1", "1"), "does not widen"),
        ("ndarray[int16, (N)]", "ndarray[int16, (N)]", ("s", "ms"), "no room"),
        ("dict", "dict[str, int]", ("1", "1"), "not said"),
        ("frame[a:int]", "frame[b:int]", ("1", "1"), "no column b"),
        ("frame[a:int]", "frame[a:float]", ("1", "1"), "the column a is int, not float"),
        ("tuple[int, int]", "tuple[int]", ("1", "1"), "number of items"),
        ("str", "str", ("s", "ms"), "no unit that could be converted"),
        ("str", "path", ("1", "1"), "str is not path"),
    ],
)
def test_ends_at_odds_are_an_error_that_names_both(source, target, units_, told):
    found = fits(source, target, *units_)
    assert found.verdict == "error"
    assert source in found.why and target in found.why and told in found.why


def test_lengths_are_unified_along_edges():
    dims = Dims()
    assert fits("ndarray[float64, (N@1)]".replace("@1", ""), "ndarray[float64, (8)]", dims=dims).verdict == "pass"
    assert fits(parse_kind("ndarray[float64, (N)]"), "ndarray[float64, (9)]", dims=dims).verdict == "error"


def test_symbols_of_two_functions_are_apart_until_an_edge_joins_them():
    dims = Dims()
    first, second = (parse_kind("ndarray[float64, (N)]").apart(mark) for mark in "12")
    assert dims.unify(first.dims[0], 8) and dims.unify(second.dims[0], 9)
    found = fits(first, second, dims=dims)
    assert found.verdict == "error"
    assert "@" not in found.why


CASES = [
    (a, b) for a in units.UNITS.values() for b in units.UNITS.values() if a.dimension == b.dimension and a is not b
]


@given(st.sampled_from(CASES), st.floats(-1e6, 1e6))
def test_a_conversion_undoes_its_reverse_and_equals_its_python(pair, value):
    source, target = (item.name for item in pair)
    there = units.convert(value, source, target)
    size = abs(value) + float(abs(pair[0].offset) / pair[0].factor) + 1e-300
    assert units.convert(there, target, source) == pytest.approx(value, abs=1e-12 * size + 1e-12)
    python = eval(units.expression(source, target).replace("{value}", repr(value)))
    scale, shift = units.line(source, target)
    assert python == pytest.approx(there, rel=1e-12, abs=1e-12 * float(abs(scale) * abs(int(value)) + abs(shift) + 1))


@pytest.mark.parametrize(
    ("value", "source", "target", "wanted"),
    [(212, "degF", "degC", 100), (-40, "degC", "degF", -40), (0, "degC", "K", 273.15), (180, "deg", "rad", math.pi), (72, "/min", "Hz", 1.2),
     (1, "g", "m/s2", 9.80665), (36, "km/h", "m/s", 10), (1, "kWh", "J", 3.6e6), (1, "byte", "bit", 8), (1013.25, "hPa", "Pa", 101325)],
)  # fmt: skip
def test_conversions_known_from_the_books(value, source, target, wanted):
    assert units.convert(value, source, target) == pytest.approx(wanted, rel=1e-15)


def test_signs_and_spellings_name_the_units_of_the_table():
    assert [units.unit(name).name for name in ("m/s²", "µV", "°C", "Ω", "lx", "bpm")] == [
        "m/s2",
        "uV",
        "degC",
        "ohm",
        "lux",
        "/min",
    ]


def test_an_unknown_unit_is_refused_with_the_nearest():
    with pytest.raises(ParseError) as caught:
        units.unit("degc")
    assert caught.value.hint == "did you mean 'degC'?"
