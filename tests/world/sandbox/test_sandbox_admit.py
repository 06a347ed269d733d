"""What a program's text alone gives away."""

from __future__ import annotations

import pytest

from tailorbird.world.sandbox.admit import admit
from tailorbird.world.sandbox.routes import route

CASES = {
    "": ["empty"],
    "def f(:": ["syntax"],
    "import os\nimport numpy.linalg as la, math": ["import"],
    "from . import x": ["import"],
    "from os.path import join": ["import"],
    "import math\ndef f(): return eval('1')": ["forbidden"],
    "().__class__.__subclasses__()": ["forbidden"],
    "import math\nfrom numpy import array\nx = array([1])": [],
    "x = " + "[" * 400 + "]" * 400: ["too_nested"],
    "x = " + "-" * 100_000 + "1": ["too_nested"],
    "x = " + "a." * 120_000 + "b": ["too_nested"],
    "#" * 300_000: ["too_large"],
    "x = '\0'": ["syntax"],
    "x = '\ud800'": ["syntax"],
}


@pytest.mark.parametrize("source", CASES, ids=range(len(CASES)))
def test_defects_are_named(source: str) -> None:
    assert [defect.kind for defect in admit(source, {"math", "numpy"})] == CASES[source]


def test_a_missing_entry_is_a_defect_and_any_import_passes_without_a_list() -> None:
    assert admit("import os\ndef solve(): pass", entry="solve") == ()
    assert [defect.kind for defect in admit("def other(): pass", entry="solve")] == ["forbidden"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("print(1)", "core"),
        ("import json, numpy as np", "numpy"),
        ("def f():\n    from scipy import signal", "signal"),
        ("import os\nimport pandas", "full"),
        ("from sklearn.cluster import KMeans", "full"),
        ("import numpyx", "core"),
    ],
)
def test_a_program_goes_to_the_smallest_covering_server(source: str, name: str) -> None:
    assert route(source)[0] == name
