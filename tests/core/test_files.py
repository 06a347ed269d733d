"""Files are whole or absent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tailorbird.core.errors import BadFile, BrokenArtefact
from tailorbird.core.files import Card, append_line, read_card, read_lines, read_text, write_atomic, write_card
from tailorbird.core.task import Trial


def card() -> Card:
    return Card("suite", "small", "2026-01-01T00:00:00+00:00", "0")


def test_a_sealed_folder_reads_back(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "one")
    sealed = write_card(tmp_path, card())
    assert read_card(tmp_path) == sealed
    assert set(sealed.files) == {"a.txt"}


def test_a_folder_without_card_is_refused(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "one")
    with pytest.raises(BrokenArtefact, match=r"no card\.json"):
        read_card(tmp_path)


def test_a_changed_byte_is_found_and_named(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "one")
    write_card(tmp_path, card())
    (tmp_path / "a.txt").write_text("two", encoding="utf-8")
    with pytest.raises(BrokenArtefact, match=r"a\.txt"):
        read_card(tmp_path)


def test_a_torn_last_line_is_dropped_and_the_next_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    append_line(path, Trial(1, "easy"))
    with path.open("ab") as file:
        file.write(b'{"seed":2,"le')
    assert list(read_lines(path, Trial)) == [Trial(1, "easy")]
    append_line(path, Trial(3, "hard"))
    assert list(read_lines(path, Trial)) == [Trial(1, "easy"), Trial(3, "hard")]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a\x00b", b"\xc3\x28"])
def test_what_is_not_text_is_refused_with_its_place(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"x\.yaml"):
        read_text(path)


def test_a_missing_file_a_folder_and_a_pipe_are_told_apart(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, word in (("gone", "not there"), (".", "folder"), ("pipe", "regular")):
        with pytest.raises(BadFile, match=word):
            read_text(tmp_path / name)


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "value.txt"
    code = (
        "from pathlib import Path\nfrom tailorbird.core.files import write_atomic\n"
        f"n = 0\nwhile True:\n    n += 1\n    write_atomic(Path({str(path)!r}), str(n % 10) * 200_000)\n"
    )
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code])
        while not path.exists():
            time.sleep(0.01)
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        text = path.read_text(encoding="utf-8")
        assert len(text) == 200_000
        assert len(set(text)) == 1
