"""Each check of the gate fires on a planted case, none on the references."""

import importlib
import pkgutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tailorbird.domains.iot.families as families
from tailorbird.core.program import Slot, Spec
from tailorbird.core.source import functions_of
from tailorbird.solve.gate import inspect, signature

ALLOWED = frozenset({"math", "numpy", "json", "pathlib", "os.path", "statistics"})
SPEC = Spec(
    "mean_power",
    "Compute.",
    (Slot("signal", "ndarray[float64, (N)]", "mV"), Slot("fs", "float", "Hz")),
    (Slot("power", "float"),),
)
PAIR = Spec("split", "Split.", (Slot("path", "path"),), (Slot("a", "list[float]"), Slot("b", "float or none")))
READ = Spec("read", "Read.", (Slot("path", "path"),), (Slot("a", "float or none"),))
HEAD = "import numpy as np\n\n\ndef mean_power(signal: np.ndarray, fs: float) -> float:\n"
GOOD = HEAD + "    return float(np.mean(signal**2)) / fs\n"


def kinds(text, spec=SPEC):
    return [defect.kind for defect in inspect(text, spec, ALLOWED)]


def body(*lines, spec=SPEC):
    return kinds(HEAD + "".join(f"    {line}\n" for line in lines), spec)


def test_a_sound_function_passes():
    assert inspect(GOOD, SPEC, ALLOWED) == ()


def test_the_signature_is_the_exact_line():
    assert signature(SPEC) == "def mean_power(signal: np.ndarray, fs: float) -> float:"
    assert signature(PAIR) == "def split(path: str) -> tuple[list[float], float | None]:"


def test_what_python_warns_about_is_no_defect_and_no_noise():
    assert body(r"return float('\d' is 3)") == []


def test_private_helpers_and_constants_pass():
    text = "LIMIT = 3\n_names: list[str] = []\n\n\ndef _help(x):\n    return x * LIMIT\n\n\nclass _Box:\n    pass\n\n\n"
    assert kinds(text + GOOD.replace("/ fs", "/ _help(fs)")) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "form"),
        ("I think:\n" + GOOD, "syntax"),
        (GOOD + "\0", "syntax"),
        ("def mean_power(signal, fs):\n    return " + "(" * 300 + ")" * 300, "syntax"),
        (GOOD.replace("mean_power", "other"), "form"),
        (GOOD + "\n\n" + GOOD, "form"),
        (GOOD + "\n\ndef extra():\n    return 1\n", "form"),
        (GOOD + "\n\nmean_power(1, 2)\n", "form"),
        (GOOD + "\n\nif __name__ == '__main__':\n    pass\n", "form"),
        (GOOD.replace("\ndef", "\n@np.vectorize\ndef"), "form"),
        (GOOD.replace("def mean", "async def mean"), "form"),
        (GOOD.replace("fs: float", "rate: float").replace("/ fs", "/ rate"), "parameters"),
        (GOOD.replace("signal: np.ndarray, fs: float", "fs: float, signal: np.ndarray"), "parameters"),
        (GOOD.replace("fs: float", "fs: float, n: int = 3"), "parameters"),
        (GOOD.replace("fs: float", "*fs: float"), "parameters"),
        (GOOD.replace("fs: float", "fs: float, **more"), "parameters"),
        (GOOD.replace("/ fs", "/ rate"), "names"),
        (GOOD.replace("import numpy as np", "import numpy"), "names"),
        (GOOD.replace("/ fs", "/ sum(x for y in signal)"), "names"),
        ("import subprocess\n" + GOOD, "imports"),
        ("import os.path\n" + GOOD, "imports"),
        ("from os import path\n" + GOOD.replace("signal**2", "path.sep"), ""),
        ("from os import system\n" + GOOD, "imports"),
        ("from math import *\n" + GOOD, "imports"),
        ("from . import other\n" + GOOD, "imports"),
    ],
)
def test_form_parameters_names_and_imports(text, kind):
    found = kinds(text)
    assert (kind in found) if kind else found == []


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["import socket", "return 1.0"], "imports"),
        (["pass"], "placeholder"),
        (['"""Compute it."""'], "placeholder"),
        (["..."], "placeholder"),
        (["x = 1", "...", "return x"], "placeholder"),
        (["raise NotImplementedError"], "placeholder"),
        (["raise NotImplementedError('later')"], "placeholder"),
        (["# TODO: filter first", "return 1.0"], "placeholder"),
        (["# your code here", "return 1.0"], "placeholder"),
        (["if fs > 1:", "    return 1.0"], "returns"),
        (["x = 1.0"], "returns"),
        (["return"], "returns"),
        (["return None"], "returns"),
        (["return 1.0, 2.0"], "returns"),
        (["yield 1.0"], "returns"),
        (["for x in signal:", "    return x"], "returns"),
        (["while fs:", "    return 1.0"], "returns"),
        (["while True:", "    if fs:", "        break", "    return 1.0"], "returns"),
        (["try:", "    return 1.0", "except ValueError:", "    fs = 1"], "returns"),
        (["match fs:", "    case 1:", "        return 1.0"], "returns"),
        (["return eval('1')"], "forbidden"),
        (["exec('x = 1')", "return 1.0"], "forbidden"),
        (["return compile('1', '', 'eval')"], "forbidden"),
        (["return __import__('os').getpid()"], "forbidden"),
        (["return float(input())"], "forbidden"),
        (["return globals()['x']"], "forbidden"),
        (["exit(0)"], "forbidden"),
        (["raise SystemExit"], "forbidden"),
        (["return np.ctypeslib.load_library('x', '.')"], "forbidden"),
        (["return np.os.system('ls')"], "forbidden"),
        (["return signal.__class__.__bases__[0]"], "forbidden"),
        (["return getattr(signal, '__class__')"], "forbidden"),
        (["return getattr(signal, 'si' + 'ze')"], "forbidden"),
        (["setattr(signal, str(fs), 1)", "return 1.0"], "forbidden"),
        (["print(fs)", "return 1.0"], "output"),
        (["return float(open('data.csv').read())"], "path"),
        (["open('out.txt', 'w').write('x')", "return 1.0"], "path"),
        (["name = 'data' + '.csv'", "return float(np.loadtxt(name)[0])"], "path"),
        (["np.savetxt('x.csv', signal)", "return 1.0"], "path"),
        (["try:", "    fs = 1 / fs", "except:", "    pass", "return fs"], "swallowed"),
        (["try:", "    return 1 / fs", "except Exception:", "    return 0.0"], "swallowed"),
        (
            [
                "for x in signal:",
                "    try:",
                "        fs += x",
                "    except (ValueError, Exception):",
                "        continue",
                "return fs",
            ],
            "swallowed",
        ),
    ],
)
def test_what_a_body_must_not_do_is_found(lines, kind):
    assert kind in body(*lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["if fs > 1:", "    return 1.0", "else:", "    raise ValueError('too slow')"],
        ["while True:", "    fs -= 1", "    if fs < 0:", "        return fs"],
        ["while True:", "    for x in signal:", "        break", "    else:", "        return 1.0"],
        ["try:", "    return 1.0 / fs", "except ZeroDivisionError:", "    return 0.0"],
        ["try:", "    x = 1", "finally:", "    return 1.0"],
        ["with np.errstate(all='ignore'):", "    return float(np.mean(signal))"],
        ["match fs:", "    case 1:", "        return 1.0", "    case _:", "        return 2.0"],
        ["for x in signal:", "    if x > fs:", "        return x", "else:", "    return 0.0"],
        ["def inner(x):", "    pass", "inner(1)", "return 1.0"],
        ["class Box:", "    size = 3", "    def get(self):", "        return self.size", "return Box().get()"],
        ["return sum((y := x) + y for x in signal) + y"],
        ["f = lambda a, *b, c=fs, **d: a + c", "return f(1)"],
        ["try:", "    x = 1", "except Exception as error:", "    raise ValueError('bad') from error", "return 1.0"],
        ["x = signal[..., 0]", "return float(x[0])"],
        ["compile = 3", "return compile + fs"],
    ],
)
def test_what_a_body_may_do_passes(lines):
    found = body(*lines)
    assert found == []


@pytest.mark.parametrize(
    "lines",
    [
        ["with open(path) as file:", "    return float(file.read())"],
        ["for name in sorted(Path(path).glob('*.csv')):", "    return float(name.read_text())", "return None"],
        ["table = Path(path) / 'data.csv'", "rows = table.read_text().split()", "return float(rows[0])"],
        ["return None"],
    ],
)
def test_files_that_follow_from_a_parameter_may_be_read(lines):
    text = "from pathlib import Path\n\n\ndef read(path: str) -> float | None:\n" + "".join(
        f"    {line}\n" for line in lines
    )
    assert kinds(text, READ) == []


@pytest.mark.parametrize(
    ("value", "fine"),
    [("[1.0], None", True), ("[1.0]", False), ("[1.0], 2.0, 3.0", False), ("{'a': 1}", False), ("None", False)],
)
def test_the_number_of_values_is_that_of_the_specification(value, fine):
    assert (kinds(f"def split(path: str):\n    return {value}\n", PAIR) == []) is fine


def test_a_defect_names_its_line_and_says_what_was_expected():
    found = inspect(HEAD + "    x = rate\n    print(x)\n    return x\n", SPEC, ALLOWED)
    assert [(defect.kind, defect.line) for defect in found] == [("names", 5), ("output", 6)]
    assert found[0].text == "Line 5: the name rate is not defined."


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["def mean_power(signal, fs):\n", "    return 1\n", "import x\n", "@a\n", "\t", "(", "'", "\\\n", ";"]
        ),
        max_size=8,
    ).map("".join)
)
def test_any_text_gets_an_answer(text):
    assert isinstance(inspect(text, SPEC, ALLOWED), tuple)


def test_the_functions_of_all_families_pass():
    folder = Path(families.__path__[0]).parent / "solutions"
    solutions = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    allowed = (
        frozenset({"numpy", "scipy", "pandas", "sklearn", "statsmodels", "pywt", "cbor2", "cryptography", "sktime"})
        | sys.stdlib_module_names
    )
    for module in pkgutil.iter_modules(families.__path__):
        try:
            family = importlib.import_module(f"{families.__name__}.{module.name}").FAMILY
        except ImportError:
            continue
        for variant in (None, *family.alternates, *family.mutants):
            for text, spec in zip(functions_of(family, solutions, variant), family.specs, strict=True):
                found = [defect.text for defect in inspect(text, spec, allowed | set(family.allowed))]
                assert (family.id, variant and variant.name, found) == (family.id, variant and variant.name, [])
