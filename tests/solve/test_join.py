"""Functions become one readable program that runs."""

import ast
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Requirement, Slot, Spec, Step
from tailorbird.core.source import functions_of
from tailorbird.domains.iot.families.t001_r_peaks import FAMILY
from tailorbird.solve.join import join, step_at

SOLUTIONS = Path(__file__).parents[2] / "src/tailorbird/domains/iot/solutions"
PATH = Slot("path", "path", "1", "input file")


def step(name, inputs, outputs):
    """A step and its specification; slots as `name type unit origin`."""
    ins = tuple(Slot(n, t.replace("_or_", " or "), u, "", o) for n, t, u, o in (item.split() for item in inputs))
    outs = tuple(Slot(n, t.replace("_or_", " or "), u) for n, t, u in (item.split() for item in outputs))
    return Step(name.replace("_", " "), ("do it",)), Spec(name, "Do it.", ins, outs)


def program(parts, functions, outputs, inputs=(PATH,), goal="A goal."):
    requirement = Requirement(goal, inputs, (), tuple(Slot(n, t, u) for n, t, u in (item.split() for item in outputs)))
    plan, specs = Plan(tuple(p[0] for p in parts)), tuple(p[1] for p in parts)
    return join(requirement, plan, specs, tuple(functions)).source


def solved(source, *arguments):
    space = {"__name__": "joined"}
    exec(compile(source, "joined", "exec"), space)
    return space["solve"](*arguments)


def run(source, tmp_path, *arguments):
    place = tmp_path / "program.py"
    place.write_text(source, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(place), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


READ = step("read", ["path path 1 user"], ["x float 1"])
READ_CODE = "def read(path: str) -> float:\n    return 2.0\n"


def reference():
    return functions_of(FAMILY, {FAMILY.solutions: (SOLUTIONS / f"{FAMILY.solutions}.py").read_text(encoding="utf-8")})


def joined_reference():
    return join(FAMILY.requirement(FAMILY.wordings[0].text), FAMILY.plan, FAMILY.specs, reference())


def test_the_reference_of_a_family_joins_into_a_program_that_its_judge_accepts(tmp_path):
    pytest.importorskip("scipy")
    instance = FAMILY.generate(11, "nominal")
    (tmp_path / "ecg.csv").write_bytes(instance.visible["ecg.csv"])
    done = run(joined_reference().source, tmp_path, "-i", str(tmp_path / "ecg.csv"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert FAMILY.judge(instance.truth, json.loads(done.stdout)).passed


def test_equal_arguments_give_equal_bytes():
    assert joined_reference() == joined_reference()


def test_the_header_names_goal_requirement_plan_and_usage():
    source = joined_reference().source
    text = ast.get_docstring(ast.parse(source))
    assert text.split("\n")[0] == FAMILY.wordings[0].text
    assert "python program.py -i INPUT [-o OUTPUT]" in text
    assert "Requirement " in text and "plan " in text


@pytest.mark.skipif(shutil.which("ruff", path=str(Path(sys.executable).parent)) is None, reason="ruff is not installed")
def test_what_is_written_is_formatted_and_lint_clean(tmp_path):
    place = tmp_path / "program.py"
    place.write_text(joined_reference().source, encoding="utf-8")
    ruff = str(Path(sys.executable).parent / "ruff")
    shape = subprocess.run(
        [ruff, "format", "--isolated", "--line-length", "120", "--check", str(place)], capture_output=True, check=False
    )
    lint = subprocess.run(
        [ruff, "check", "--isolated", "--select", "E,F,I,B", "--line-length", "120", str(place)],
        capture_output=True,
        check=False,
    )
    assert (shape.returncode, lint.returncode) == (0, 0), shape.stdout + lint.stdout


def test_a_missing_input_is_told_and_ends_with_one(tmp_path):
    done = run(program([READ], [READ_CODE], ["x float 1"]), tmp_path, "-i", str(tmp_path / "none.csv"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: no such file or folder")


def test_the_result_goes_to_a_file_when_one_is_named(tmp_path):
    done = run(
        program([READ], [READ_CODE], ["x float 1"]), tmp_path, "-i", str(tmp_path), "-o", str(tmp_path / "out.json")
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == {"x": 2.0}


def test_nan_is_an_error_and_never_null(tmp_path):
    source = program([READ], [READ_CODE.replace("2.0", 'float("nan")')], ["x float 1"])
    done = run(source, tmp_path, "-i", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "error: the result is not JSON" in done.stderr


def test_text_beyond_ascii_is_printed_as_it_is(tmp_path):
    parts = [step("read", ["path path 1 user"], ["x str 1"])]
    done = run(
        program(parts, ['def read(path: str) -> str:\n    return "心é"\n'], ["x str 1"]), tmp_path, "-i", str(tmp_path)
    )
    assert done.stdout == '{"x": "心é"}\n'


def test_arrays_tuples_sets_and_dates_become_plain_json():
    parts = [step("read", ["path path 1 user"], ["x model 1"])]
    code = (
        "import datetime\n\nimport numpy as np\n\n\ndef read(path: str) -> object:\n"
        "    day = datetime.date(2024, 5, 6)\n"
        '    return {1: np.arange(2), "b": (np.float64(0.5), {3, 1}), "c": [np.bool_(True), day, None]}\n'
    )
    found = solved(program(parts, [code], ["x model 1"]), "any")["x"]
    assert found == {"1": [0, 1], "b": [0.5, [1, 3]], "c": [True, "2024-05-06", None]}
    assert [type(item) for item in found["c"]] == [bool, str, type(None)]
    assert type(found["b"][0]) is float


def test_units_are_converted_on_the_way_and_said_in_a_comment():
    parts = [
        step("load", ["path path 1 user"], ["volts list[float] V", "rate int Hz"]),
        step("use", ["volts list[float] mV task1", "rate float kHz task1"], ["peak float mV", "rate_out float kHz"]),
    ]
    load = "def load(path: str) -> tuple[list[float], int]:\n    return [0.5, 1.5], 250\n"
    use = "def use(volts: list[float], rate: float) -> tuple[float, float]:\n    return max(volts), rate\n"
    source = program(parts, [load, use], ["peak float V", "rate_out float Hz"])
    assert solved(source, "any") == {"peak": 1.5, "rate_out": 250.0}
    assert "# volts: list[float] in V to list[float] in mV" in source


def test_several_outputs_are_unpacked_and_names_given_twice_are_kept_apart():
    parts = [
        step("load", ["path path 1 user"], ["signal list[float] 1", "fs float Hz"]),
        step("clean", ["signal list[float] 1 task1"], ["signal list[float] 1"]),
        step("compare", ["signal list[float] 1 task1", "fs float Hz task1"], ["first float 1"]),
    ]
    codes = [
        "def load(path: str) -> tuple[list[float], float]:\n    return [1.0], 9.0\n",
        "def clean(signal: list[float]) -> list[float]:\n    return [2.0]\n",
        "def compare(signal: list[float], fs: float) -> float:\n    return signal[0] + fs\n",
    ]
    assert solved(program(parts, codes, ["first float 1", "signal list[float] 1"]), "any") == {
        "first": 10.0,
        "signal": [2.0],
    }


def test_an_alias_that_means_two_things_is_renamed_where_it_comes_second():
    parts = [
        step("first", ["path path 1 user"], ["a float 1"]),
        step("second", ["a float 1 task1"], ["b float 1"]),
        step("third", ["b float 1 task2"], ["c float 1"]),
    ]
    codes = [
        "import math as m\n\n\ndef first(path: str) -> float:\n    return m.floor(2.5)\n",
        "import statistics as m\n\n\ndef second(a: float) -> float:\n    # m is another m\n    return m.mean([a, 4.0])\n",
        "import statistics as m\n\n\ndef third(b: float) -> float:\n    m_out = [m for m in (b, b)]\n    return m.mean(m_out)\n",
    ]
    source = program(parts, codes, ["c float 1"])
    assert solved(source, "any") == {"c": 3.0}
    assert "import math as m\nimport statistics as m_module\n" in source
    assert "# m is another m" in source
    assert "[m for m in (b, b)]" in source


def test_names_inside_formatted_texts_are_renamed_too():
    parts = [step("first", ["path path 1 user"], ["a str 1"]), step("second", ["a str 1 task1"], ["b str 1"])]
    codes = [
        'from os.path import join\n\n\ndef first(path: str) -> str:\n    return f"{join(path, path)!r:>9}"\n',
        'from shlex import join\n\n\ndef second(a: str) -> str:\n    return f"""{a}\n{join([a])} {join(["é", "b"])}"""\n',
    ]
    first = f"{'x/x'!r:>9}"
    wanted = f"{first}\n{shlex.join([first])} {shlex.join(['é', 'b'])}"
    assert solved(program(parts, codes, ["b str 1"]), "x") == {"b": wanted}


def test_helpers_and_constants_get_the_name_of_their_step():
    parts = [step("first_one", ["path path 1 user"], ["a int 1"]), step("second", ["a int 1 task1"], ["b int 1"])]
    codes = [
        "LIMIT = 3  # most\n\n\ndef _help(x: int) -> int:\n    return x + LIMIT\n\n\ndef first_one(path: str) -> int:\n    return _help(1)\n",
        "_LIMIT: int = 10\n\n\nclass _Box:\n    size = _LIMIT\n\n\n@staticmethod\ndef _help(x: int) -> int:\n    global _LIMIT\n    return x * _Box.size\n\n\n"
        "def second(a: int) -> int:\n    return _help(a)\n",
    ]
    source = program(parts, codes, ["b int 1"])
    assert solved(source, "any") == {"b": 40}
    for name in ("_FIRST_ONE_LIMIT = 3  # most", "def _first_one_help(", "class _SecondBox:", "def _second_help("):
        assert name in source


@pytest.mark.parametrize("name", ["filter", "solve", "main", "json", "sum", "limit"])
def test_a_step_with_a_taken_name_is_called_otherwise(name):
    parts = [
        step(name, ["path path 1 user"], ["a int 1"]),
        step("use", ["a int 1 task1", "limit int 1 user"], ["b int 1"]),
    ]
    codes = [
        f"def {name}(path: str) -> int:\n    return 4\n",
        "def use(a: int, limit: int) -> int:\n    return sum(filter(None, [a, limit]))\n",
    ]
    source = program(parts, codes, ["b int 1"], (PATH, Slot("limit", "int")))
    assert f"def {name}_step(" in source
    assert solved(source, "any", 5) == {"b": 9}


def test_values_may_have_the_names_of_steps_and_builtins():
    parts = [
        step("peaks", ["path path 1 user"], ["peaks int 1", "list int 1"]),
        step("use", ["peaks int 1 task1", "list float 1 task1"], ["float float 1"]),
    ]
    codes = [
        "def peaks(path: str) -> tuple[int, int]:\n    return 4, 5\n",
        "def use(peaks: int, list: float) -> float:\n    return peaks + list\n",
    ]
    assert solved(program(parts, codes, ["float float 1", "list int 1"]), "any") == {"float": 9.0, "list": 5}


def test_inputs_beside_the_path_become_options(tmp_path):
    inputs = (
        PATH, Slot("window", "float", "s", "100 % of it"), Slot("input", "int"), Slot("names", "list[str]"), Slot("deep", "bool"),
        Slot("note", "str or none"),
    )  # fmt: skip
    wanted = [
        "path path 1 user",
        "window float ms user",
        "input int 1 user",
        "names list[str] 1 user",
        "deep bool 1 user",
        "note str_or_none 1 user",
    ]
    parts = [step("read", wanted, ["all model 1"])]
    code = (
        "def read(path: str, window: float, input: int, names: list[str], deep: bool, note: str | None) -> object:\n"
        "    return [window, input, names, deep, note]\n"
    )
    source = program(parts, [code], ["all model 1"], inputs)
    asked = ["-i", str(tmp_path), "--window", "1.5", "--input-value", "3", "--names", '["a"]', "--no-deep"]
    assert json.loads(run(source, tmp_path, *asked).stdout) == {"all": [1500.0, 3, ["a"], False, None]}
    shown = run(source, tmp_path, "--help")
    assert shown.returncode == 0
    assert "100 % of it, in s" in shown.stdout
    assert run(source, tmp_path, "-i", str(tmp_path)).returncode == 2


def test_parameters_in_another_order_are_passed_by_name():
    parts = [READ, step("use", ["x float 1 task1", "path path 1 user"], ["y float 1"])]
    code = "def use(path: str, *, x: float) -> float:\n    return x + len(path)\n"
    assert solved(program(parts, [READ_CODE, code], ["y float 1"]), "four") == {"y": 6.0}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def other(path):\n    return 1\n", "expected a function read"),
        ("def read(file):\n    return 1\n", "expected the parameters"),
        ("def read(path):\n    return np.zeros(1)\n", "np is not defined"),
        ("def read(path:\n", "not Python"),
        ("def read(path):\n    return 1\n\nread('x')\n", "line 4: expected imports and one function"),
        ("def read(path):\n    return 1\n\ndef extra():\n    return 1\n", "private helpers, got extra"),
        ("def read(path):\n    return 1\n\ndef read(path):\n    return 1\n", "private helpers, got read"),
        ("from . import x\n\ndef read(path):\n    return x\n", "import of named things"),
        ("from math import *\n\ndef read(path):\n    return pi\n", "import of named things"),
        ("async def read(path):\n    return 1\n", "expected a function read, got none"),
        ("def read(path):\n    return 1\0\n", "not Python"),
        ("def read(path):\n    return " + "+".join("1" * 5000) + "\n", ""),
    ],
)  # fmt: skip
def test_a_function_that_does_not_fit_is_refused_with_the_reason(code, told):
    with pytest.raises(ParseError) as caught:
        program([READ], [code], ["x float 1"])
    assert told in caught.value.message


def test_what_python_warns_about_joins_without_noise():
    assert r"'\d'" in program([READ], [READ_CODE.replace("2.0", r"len('\d')")], ["x float 1"])


def test_functions_that_are_too_few_are_refused():
    with pytest.raises(ParseError, match="one specification and one function"):
        program([READ], [], ["x float 1"])


def test_a_dataflow_without_origin_is_refused():
    with pytest.raises(ParseError, match="No sub-task gives the output `y`"):
        program([READ], [READ_CODE], ["y float 1"])


TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\%{}\n\0\u2028'), max_size=60)


@settings(max_examples=60, deadline=None)
@given(TEXT.filter(str.strip), TEXT)
def test_any_goal_and_meaning_give_a_program_that_parses(goal, meaning):
    inputs = (Slot("path", "path", "1", meaning), Slot("limit", "int", "1", meaning))
    tree = ast.parse(program([READ], [READ_CODE], ["x float 1"], inputs, goal))
    assert ast.get_docstring(tree)


def test_a_goal_in_three_quotes_and_percent_signs_still_has_help(tmp_path):
    source = program([READ], [READ_CODE], ["x float 1"], goal='"""Say""" \\N %(prog)s {x} 100 %\nsecond line')
    done = run(source, tmp_path, "--help")
    assert done.returncode == 0
    assert '"""Say"""' in done.stdout


def test_a_line_of_the_program_leads_back_to_its_step():
    parts = [step("filter", ["path path 1 user"], ["a int 1"]), step("second", ["a float 1 task1"], ["b float 1"])]
    codes = [
        "def _help() -> int:\n    return 1\n\n\ndef filter(path: str) -> int:\n    return _help()\n",
        "class _Box:\n    pass\n\n\ndef second(a: float) -> float:\n    return a\n",
    ]
    source = program(parts, codes, ["b float 1"])
    places = {line.strip(): step_at(source, at) for at, line in enumerate(source.split("\n"), 1)}
    assert (
        places["def _filter_help() -> int:"],
        places["return _filter_help()"],
        places["class _SecondBox:"],
        places["return a"],
    ) == (
        1,
        1,
        2,
        2,
    )
    assert places["a = filter_step(path)"] == 1
    assert places["b = second(float(a))"] == 2
    assert places["import argparse"] is None
    assert places["options = parser.parse_args(argv)"] is None
