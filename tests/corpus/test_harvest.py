"""Functions from documented examples, and text from wheels."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tailorbird.core.errors import BadFile
from tailorbird.corpus.guard import Guard, Item
from tailorbird.corpus.harvest import entries, lift
from tailorbird.corpus.harvested import batch
from tailorbird.corpus.pretrain import Document, Gates, Refused, documents, wheel_of
from tailorbird.corpus.probe import bare, names_of, prints, slot_type
from tailorbird.corpus.verify import Desk

MODULE = '''
def doubled(values, by=2):
    """Multiply every value.

    More words.

    Parameters
    ----------
    values : list of float
        What to multiply. It stays as it is.
    by : int, optional
        Factor.

    Returns
    -------
    list of float
        The products.

    Examples
    --------
    >>> import math
    >>> from tiny import doubled
    >>> x = [1.0, 2.5]
    >>> unused = 7
    >>> y = doubled(x)
    >>> y
    [2.0, 5.0]
    >>> doubled(x, by=3)
    [3.0, 7.5]
    >>> import random
    >>> z = random.random()
    >>> doubled([z])
    [0.5]
    >>> doubled(3)
    Traceback (most recent call last):
    TypeError: not a list
    """
    return [by * value for value in values]


def _hidden():
    """
    >>> _hidden()
    1
    """
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "tiny"
    root.mkdir()
    (root / "__init__.py").write_text("from tiny.core import doubled\n", encoding="utf-8")
    (root / "core.py").write_text(MODULE, encoding="utf-8")
    (root / "tests").mkdir()
    (root / "tests" / "test_core.py").write_text(MODULE, encoding="utf-8")
    return root


def test_examples_become_functions_with_what_they_rest_on_alone(package: Path) -> None:
    (entry,) = entries("tiny", package)
    assert entry.name == "tiny.core.doubled"
    assert entry.prototype == "doubled(values, by=2)"
    assert entry.parameters[0] == ("values", "list of float; What to multiply")
    first, second = lift(entry)
    assert first.parameters == (("x", "[1.0, 2.5]"),)
    assert bare(first) == "from tiny import doubled\n\n\ndef doubled_example_1(x):\n    y = doubled(x)\n    return y\n"
    assert second.body == () and second.result == "doubled(x, by=3)"
    assert names_of(entry.prototype) == ["values", "by"]
    assert names_of("class A(x, *rest, flag=1, **more)") == ["x", "rest", "flag", "more"]


def test_printed_values_are_compared_as_the_documentation_means_them() -> None:
    assert prints("array([1., 2.])\n", (), {"text": "array([1.,  2.])", "plain": ""})
    assert prints("0.33\n", (), {"text": "0.3333333333", "plain": ""})
    assert not prints("0.33\n", (), {"text": "0.35", "plain": ""})
    assert not prints("[1, 2]\n", (), {"text": "[1, 3]", "plain": ""})
    assert not prints("{'a': 1}\n", (), {"text": "{'b': 1}", "plain": ""})
    assert prints("a b\n", (), {"text": "'a b'", "plain": "a b"})
    assert slot_type(["ndarray", "float64", [2, 3]]) == "ndarray[float64, (N, M)]"
    assert slot_type(["list", "int", [2]]) == "list[int]"
    assert slot_type(["DataFrame", "", []]) == "frame"


def test_a_harvested_row_counts_when_it_prints_what_is_documented(desk: Desk) -> None:
    import importlib.util

    found = importlib.util.find_spec("pywt")
    assert found is not None and found.submodule_search_locations
    some = list(entries("pywt", Path(found.submodule_search_locations[0])))[:8]
    made = batch(some, {"pywt": ("1", "MIT")}, desk)
    assert {row.kind for row in made.lessons} == {"implement", "describe"}
    assert all(row.oracle == "doctest" and row.licence == "MIT" for row in made.lessons)
    assert all(row.proof in {proof.id for proof in made.proofs} for row in made.lessons)


def _wheel(folder: Path, name: str, files: dict[str, str], licence: str = "MIT") -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
        archive.writestr(
            f"{name}-1.0.dist-info/METADATA",
            f"Name: {name}\nLicense-Expression: {licence}\n\nText that names the GPL.\n",
        )
    return path


SOURCE = "# Copyright somebody\n# Licensed under the MIT licence\n\n" + "\n\n".join(
    f'def number_{at}(value):\n    """Give {at}."""\n    return value + {at} * {at + 3}' for at in range(9)
)


def test_documents_of_a_wheel_pass_or_say_why_not(tmp_path: Path) -> None:
    files = {
        "good/a.py": SOURCE, "good/short.py": "x = 1\n", "good/tests/test_a.py": SOURCE, "good/bad.py": SOURCE + "\ndef (",
        "good/table.py": "x = [" + ", ".join(str(n) for n in range(9000)) + "]\n", "good/guide.md": "# Guide\n" + "words about sensors\n" * 20,
        "good/data.bin": "0" * 900,
    }  # fmt: skip
    found = list(documents(_wheel(tmp_path, "good", files), "good", "1.0", "MIT"))
    kept = {item.source: item for item in found if isinstance(item, Document)}
    refused = {item.source.rpartition("/")[2]: item.gate for item in found if isinstance(item, Refused)}
    assert set(kept) == {"good-1.0/good/a.py", "good-1.0/good/guide.md"}
    assert kept["good-1.0/good/a.py"].text.startswith("def number_0")
    assert refused == {"short.py": "length", "test_a.py": "path", "bad.py": "parse", "table.py": "data"}
    assert wheel_of(tmp_path, "good", "1.0").name.startswith("good-1.0")
    with pytest.raises(BadFile, match="expected a wheel"):
        wheel_of(tmp_path, "other", "1.0")


def test_a_copyleft_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="permissive"):
        list(documents(_wheel(tmp_path, "left", {"left/a.py": SOURCE}, "GPL-3.0-only"), "left", "1.0", "MIT"))
    assert list(
        documents(
            _wheel(tmp_path, "both", {"both/a.py": SOURCE}, "EPL-2.0 OR BSD-3-Clause"), "both", "1.0", "BSD-3-Clause"
        )
    )


def test_copies_and_suites_are_kept_out_of_the_text() -> None:
    question = "Find the area of a triangle with a base of ten units and a height of five units"
    gates = Gates(Guard.of([Item("held", "1", question)]))
    one = Document(SOURCE, "a", "MIT", "source")
    assert gates.fault(one) is None
    assert gates.fault(Document(SOURCE.replace("\n", " \n"), "b", "MIT", "source"))[0] == "duplicate"  # type: ignore[index]
    assert gates.fault(Document(SOURCE.replace("Give 3", "Give three"), "c", "MIT", "source"))[0] == "near-duplicate"  # type: ignore[index]
    fault = gates.fault(Document("words before " * 40 + question + " words after" * 40, "d", "MIT", "documentation"))
    assert fault is not None and fault[0] == "contamination"
