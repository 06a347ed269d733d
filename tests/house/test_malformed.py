"""2,000 malformed inputs to every file reader and verb: a clear message, exit 2, no traceback, nothing half written."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tailorbird.cli.app import main

ROUNDS = 2000
"""Malformed inputs in all, spread over the readers."""


def broken_yaml(draw: random.Random) -> bytes:
    return draw.choice(
        [
            b"a: [1, 2", b"a: {b", b"\t- x", b"a: 1\na: 2\n", b"a: &x 1\nb: *x\n", b"a: !!python/object:os.system 1",
            b"- just\n- a list\n", b"plain text", b"? [x]\n: 1\n", b"a: b: c", b"'open", b"---\na: 1\n---\nb: 2\n",
            b"[" * draw.randrange(50, 4000), b"a: %s\n" % (b"x" * draw.randrange(1, 90)),
            f"unknown_{draw.randrange(10**6)}: 1\n".encode(), f"limits: {draw.randrange(99)}\n".encode(),
        ]
    )  # fmt: skip


def binary(draw: random.Random) -> bytes:
    return draw.choice([b"\x00", b"\xff\xfe", b"\xc3\x28", b"\x80abc", b"\x89PNG\r\n\x1a\n\x00"]) + draw.randbytes(
        draw.randrange(1, 400)
    )


def empty(draw: random.Random) -> bytes:
    return draw.choice([b"", b"", b" ", b"\n\n"])


def encoded(draw: random.Random) -> bytes:
    return "naïve: größe 温度\n".encode(draw.choice(["utf-16", "utf-32", "latin-1", "gb18030"]), "replace")


def broken_json(draw: random.Random) -> bytes:
    return draw.choice(
        [
            b"{", b"[1, 2", b'{"a": }', b"nul", b'{"a": 1}{', b'"text"', b"3", b"[]", b"{}", b"[" * draw.randrange(2000, 90000),
            b'{"a": NaN', b"'single'", b'{"a" 1}', b"1" * draw.randrange(5000, 9000),
        ]
    )  # fmt: skip


def any_of(*kinds: Callable[[random.Random], bytes]) -> Callable[[random.Random], bytes]:
    return lambda draw: draw.choice(kinds)(draw)


WISH = "Find the R-peaks and print the heart rate."


def csv_of(folder: Path) -> Path:
    path = folder / "good.csv"
    path.write_text("time,ecg\n0,1\n1,2\n", encoding="utf-8")
    return path


CASES: dict[str, tuple[Callable[[random.Random], bytes], str, Callable[[Path, Path], list[str]]]] = {
    "device file": (any_of(broken_yaml, binary, empty, encoded), "home.yaml", lambda f, _: ["home", "show", str(f)]),
    "device file of say": (any_of(broken_yaml, binary, empty, encoded), "home.yaml", lambda f, _: ["say", "light on", "--home", str(f)]),
    "recipe": (any_of(broken_yaml, binary, encoded), "r.yaml", lambda f, d: ["solve", WISH, "--in", str(csv_of(d)), "--recipe", str(f), "--out", str(d / "out")]),
    "csv": (any_of(binary, lambda _: b"", encoded), "x.csv", lambda f, d: ["solve", WISH, "--in", str(f), "--out", str(d / "out")]),
    "json": (any_of(lambda d: d.choice([b"{", b"[1,", b"nul", b"'a'", b"{]", b"1e"]), binary), "x.json", lambda f, d: ["solve", WISH, "--in", str(f), "--out", str(d / "out")]),
    "npy": (any_of(binary, broken_json), "x.npy", lambda f, d: ["solve", WISH, "--in", str(f), "--out", str(d / "out")]),
    "npz": (any_of(binary, broken_json), "x.npz", lambda f, d: ["solve", WISH, "--in", str(f), "--out", str(d / "out")]),
    "wav": (any_of(binary, lambda d: b"RIFF" + d.randbytes(60), broken_json), "x.wav", lambda f, d: ["solve", WISH, "--in", str(f), "--out", str(d / "out")]),
    "expected result": (any_of(broken_json, binary, empty), "e.json", lambda f, d: ["solve", WISH, "--in", str(csv_of(d)), "--expect", str(f), "--rounds", "1", "--out", str(d / "out")]),
    "document": (any_of(binary,), "d.md", lambda f, d: ["solve", WISH, "--in", str(csv_of(d)), "--doc", str(f), "--out", str(d / "out")]),
    "scripted answers": (any_of(broken_json, binary, empty), "a.json", lambda f, d: ["solve", WISH, "--in", str(csv_of(d)), "--model", f"scripted:{f}", "--out", str(d / "out")]),
    "examples": (any_of(broken_json, binary), "train.jsonl", lambda f, d: ["solve", WISH, "--in", str(csv_of(d)), "--model", f"nearest:{f}", "--out", str(d / "out")]),
    "run folder": (any_of(broken_json, binary, empty), "card.json", lambda f, _: ["bench", "report", str(f.parent)]),
    "two run folders": (any_of(broken_json, binary, empty), "card.json", lambda f, _: ["bench", "compare", str(f.parent), str(f.parent)]),
    "suite folder": (any_of(broken_json, binary, empty), "card.json", lambda f, d: ["bench", "run", str(f.parent), "--out", str(d / "out")]),
    "account": (any_of(binary,), "audit.jsonl", lambda f, _: ["home", "audit", str(f)]),
    "requirement": (lambda d: d.choice([b"# Goal\n\n# Goal\nx", b"# Wrong\nx", b"# Input\n- bad", b"# Goal\nx\n\n# Output format\nfloat", b"# Goal\n", b"# Goal\nx\n\n# Budget\n- fast"]), "q.md", lambda f, d: ["solve", f.read_text(encoding="utf-8"), "--in", str(csv_of(d)), "--out", str(d / "out")]),
}  # fmt: skip

FLAGS = [
    ["solve"], ["solve", WISH, "--in"], ["solve", WISH, "--rounds", "many"], ["solve", WISH, "--rounds", "99"], ["solve", WISH, "--nope"],
    ["solve", WISH, "--in", "/nowhere/x.csv"], ["solve", WISH, "--in", "/"], ["say"], ["say", ""], ["say", "x", "--home", "/nowhere.yaml"],
    ["say", "x", "--model", "onx"], ["say", "x", "--here", "atlantis"], ["home", "show", "/"], ["home", "nope"], ["nope"], ["bench", "run", "no-such-suite"],
    ["bench", "prove", "no-such-domain"], ["bench", "report", "/nowhere"], ["bench", "compare", "/nowhere", "/nowhere"], ["bench", "run", "iot-smoke", "--shard", "9/2"],
    ["bench", "run", "iot-smoke", "--model", "gpt"], ["doctor", "--backend", "castle"], ["home", "audit", "/nowhere"],
]  # fmt: skip


def call(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["tailorbird", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", CASES)
def test_a_malformed_file_ends_in_a_message_and_exit_2(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, file, words = CASES[name]
    draw = random.Random(f"malformed {name}")
    for number in range(-(-ROUNDS // len(CASES))):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / file
        path.write_bytes(make(draw))
        before = sorted(item.name for item in folder.iterdir())
        code = call(words(path, folder), monkeypatch)
        told = capsys.readouterr()
        where = f"{name} {number}: {path.read_bytes()[:60]!r}\n{told.err}"
        assert code == 2, where
        assert "Traceback" not in told.err + told.out, where
        assert "error" in told.err.lower(), where
        after = {item.name for item in folder.iterdir()} - {"good.csv"}
        assert after == set(before) - {"good.csv"}, where


@pytest.mark.parametrize("words", FLAGS, ids=" ".join)
def test_a_wrong_flag_ends_in_a_message_and_exit_2(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(words, monkeypatch) == 2
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    assert told.err.strip()
    assert json.dumps(sorted(item.name for item in tmp_path.iterdir())) == "[]"


def test_a_huge_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert call(["home", "show", str(path)], monkeypatch) == 2
    assert "at most" in capsys.readouterr().err
