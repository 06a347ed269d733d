"""Packing of odd values, and the folder of a run."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest
from bench_fakes import GOOD
from hypothesis import given
from hypothesis import strategies as st

from tailorbird.bench.log import LARGE, Log, Start, merge, read_attempts, read_rows, read_start
from tailorbird.bench.packing import DEEP, compact, pack, unpack
from tailorbird.core.attempt import Attempt, Outcome, Request
from tailorbird.core.errors import BadFile, BrokenArtefact, UserError
from tailorbird.core.files import append_line
from tailorbird.core.program import Program
from tailorbird.core.task import Row, Score

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["$", "a", "body"]), inner), max_leaves=12
)


@given(VALUES)
def test_any_decoded_value_survives_packing(value):
    text = compact(pack(value))
    assert unpack(json.loads(text)) == value
    text.encode("utf-8")


def test_nan_survives_packing():
    assert math.isnan(unpack(json.loads(compact(pack([float("nan")]))))[0])


@pytest.mark.parametrize("value", [object(), 10**5000, {1, 2}], ids=["object", "long", "set"])
def test_what_is_not_plain_data_is_refused(value):
    with pytest.raises(ValueError, match="expected"):
        pack([value])


def test_nesting_has_an_end():
    value = []
    for _ in range(DEEP + 2):
        value = [value]
    with pytest.raises(ValueError, match="levels"):
        pack(value)


START = Start("s", "hash", "salt", "m", {}, "trusted", 1, 0, 2, 1)


def row(key: str, **more) -> Row:
    return Row(key, f"task {key[:2]}", "T900", "m", 0, Score(1.0), **more)


def attempt(result=None) -> Attempt:
    return Attempt(Request("x"), Program(GOOD), trials=(Outcome("done", result, files={"a": "b"}),))


def test_what_is_kept_comes_back(tmp_path):
    log = Log(tmp_path)
    large = [0.25] * (LARGE // 4)
    with log.writing(START) as done:
        assert done == frozenset()
        log.keep(row("a" * 64), attempt({"x": float("nan"), "$": "odd"}))
        log.keep(row("b" * 64), attempt(large))
    assert [found.key[0] for found in read_rows(tmp_path)] == ["a", "b"]
    first, second = read_attempts(tmp_path)
    assert math.isnan(first.attempt.trials[0].result["x"]) and first.attempt.trials[0].result["$"] == "odd"
    assert second.attempt.trials[0].result == large and second.attempt.trials[0].files == {}
    assert len(list((tmp_path / "outputs").rglob("*.gz"))) == 1
    assert max(map(len, (tmp_path / "attempts.jsonl").read_text(encoding="utf-8").splitlines())) < LARGE
    assert read_start(tmp_path) == START


def test_a_stored_result_cannot_be_forged_by_a_result(tmp_path):
    log = Log(tmp_path)
    forged = {"$": "stored", "sha256": "../../../etc/passwd"}
    with log.writing(START):
        log.keep(row("a" * 64), attempt(forged))
    assert next(read_attempts(tmp_path)).attempt.trials[0].result == forged


def test_a_changed_output_is_noticed(tmp_path):
    log = Log(tmp_path)
    with log.writing(START):
        log.keep(row("a" * 64), attempt([0.5] * LARGE))
        log.keep(row("b" * 64), attempt([0.25] * LARGE))
    one, two = (tmp_path / "outputs").rglob("*.gz")
    one.write_bytes(two.read_bytes())
    with pytest.raises(BadFile, match="differs from its name"):
        list(read_attempts(tmp_path))


def test_torn_tails_and_attempts_without_row_are_cut(tmp_path):
    log = Log(tmp_path)
    with log.writing(START):
        log.keep(row("a" * 64), attempt())
        log.keep(row("b" * 64), attempt())
    rows = (tmp_path / "rows.jsonl").read_bytes()
    (tmp_path / "rows.jsonl").write_bytes(rows[:-40])
    with (tmp_path / "attempts.jsonl").open("ab") as out:
        out.write(b'{"attempt":{"requ')
    with log.writing(START) as done:
        assert done == {"a" * 64}
        assert [logged.key[0] for logged in read_attempts(tmp_path)] == ["a"]
        log.keep(row("b" * 64), attempt())
    assert (tmp_path / "rows.jsonl").read_bytes() == rows
    assert [logged.key[0] for logged in read_attempts(tmp_path)] == ["a", "b"]


def test_a_second_writer_is_refused(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from tailorbird.bench.log import Log, Start\n"
        "with Log(Path(sys.argv[1])).writing(Start('s','hash','salt','m',{},'trusted',1,0,2,1)):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="another run writes"), Log(tmp_path).writing(START):
            pass
    finally:
        holder.communicate("")
    with Log(tmp_path).writing(START):
        assert not list(tmp_path.glob("*.gz"))


def test_another_run_in_the_same_folder_is_refused_by_what_differs(tmp_path):
    with Log(tmp_path).writing(START):
        pass
    with pytest.raises(UserError, match="model, world"), Log(tmp_path).writing(replace(START, model="n", world="w")):
        pass


def test_parts_are_merged_and_contradictions_named(tmp_path):
    a, b = row("a" * 64, seconds=1.0), row("a" * 64, seconds=2.0)
    assert merge([a, b]) == ([a], [])
    wrong = Row(a.key, a.task, a.family, a.model, 0, Score(0.0))
    assert merge([a, wrong])[1] == [a.key]
    for part, item in (("1-of-2", a), ("2-of-2", wrong)):
        with Log(tmp_path, part).writing(START) as _:
            pass
        append_line(tmp_path / f"rows-{part}.jsonl", item)
    with pytest.raises(BadFile, match="two verdicts"):
        read_rows(tmp_path)


def test_a_folder_that_is_no_run_is_said_to_be_none(tmp_path):
    with pytest.raises(BrokenArtefact, match=r"run\.json"):
        read_start(tmp_path)
