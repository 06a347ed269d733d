"""The folder of a run: rows, whole attempts, large outputs; written so that a kill at any moment loses one unit at most.

    run.json                 what is being run; written first
    attempts[-1-of-4].jsonl  one attempt per line, written before its row
    rows[-1-of-4].jsonl      one verdict per line; a unit is done when its row is there
    outputs/ab/….json.gz     results above 32 KiB, by the hash of their content
    card.json                written last, once every unit has its row

One writer per part, held by a file lock. A torn last line and an attempt without row are cut off before writing goes
on. Covers: storing and reading back. Does not cover: what a row means.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tailorbird.bench.packing import DEEP, compact, pack, unpack
from tailorbird.bench.scorers import UNSCORED
from tailorbird.core.attempt import Attempt
from tailorbird.core.errors import BadFile, BrokenArtefact, UserError
from tailorbird.core.files import (
    Card,
    append_line,
    mend_tail,
    read_bytes,
    read_lines,
    release,
    sha256,
    write_atomic,
    write_card,
)
from tailorbird.core.record import adapter, from_data, from_json, record, to_json
from tailorbird.core.task import Row

START = "run.json"

LARGE = 32 << 10
"""Bytes of a result above which it is stored beside the log; the log stays readable."""


@record
class Start:
    """What a run is: written first, compared on resume."""

    suite: str
    suite_hash: str
    salt: str
    model: str
    options: dict[str, Any]
    """Solver and sampling options."""
    world: str
    """Profile of the world: backend and guarantees."""
    samples: int
    seed: int
    tasks: int
    families: int
    missing: dict[str, str] = {}
    """Families of the suite's domain that cannot run here, and what they need."""
    command: str = ""
    """What makes this run again."""
    notes: tuple[str, ...] = ()
    """What a reader must know, such as families that only serve as regression checks."""


@record
class Logged:
    """One line of the attempts' log."""

    key: str
    attempt: Attempt
    """Without files that programs wrote, and without results that are stored beside."""
    stored: dict[str, str] = {}
    """Index of a trial whose result is stored under `outputs/`, and its SHA-256."""


def stable(row: Row) -> Row:
    """A row without its measured fields: equal for a resumed and an undisturbed run."""
    return replace(row, seconds=0.0, cpu_s=0.0, memory_mb=0.0)


class Log:
    """The writer of one part of a run folder."""

    def __init__(self, folder: Path, part: str = "") -> None:
        suffix = f"-{part}" if part else ""
        self.folder = folder
        self.rows = folder / f"rows{suffix}.jsonl"
        self.attempts = folder / f"attempts{suffix}.jsonl"
        self._lock = folder / f".writer{suffix}"

    @contextlib.contextmanager
    def writing(self, start: Start) -> Iterator[frozenset[str]]:
        """Hold the part, mend what a killed writer left, and say which units are done in any part.

        Raises:
            UserError: if another process writes this part, or the folder holds another run.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as handle:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError(
                    f"{self.folder}: another run writes {self.rows.name}", "wait for it, or give another folder"
                ) from None
            begin(self.folder, start)
            mend_tail(self.rows)
            mend_tail(self.attempts)
            done = frozenset(row.key for row in read_rows(self.folder))
            _cut_orphans(self.attempts, done)
            try:
                yield done
            finally:
                self._lock.unlink(missing_ok=True)

    def keep(self, row: Row, attempt: Attempt) -> None:
        """Append an attempt, then its row: a row is never without its attempt."""
        data = adapter(Logged).dump_python(self._slim(row.key, attempt), mode="json")
        with self.attempts.open("ab") as out:
            out.write(compact(pack(data, DEEP + 16)).encode() + b"\n")
        append_line(self.rows, row)

    def _slim(self, key: str, attempt: Attempt) -> Logged:
        """The line of an attempt, large results put beside the log first."""
        stored, trials = {}, []
        for index, outcome in enumerate(attempt.trials):
            text = compact(pack(outcome.result))
            large = len(text) > LARGE
            if large:
                stored[str(index)] = self._store(text)
            trials.append(replace(outcome, result=None if large else outcome.result, files={}))
        seen = replace(attempt.outcome, files={}) if attempt.outcome else None
        return Logged(key, replace(attempt, trials=tuple(trials), outcome=seen), stored)

    def _store(self, text: str) -> str:
        name = sha256(text)
        path = output_path(self.folder, name)
        if not path.exists():
            write_atomic(path, gzip.compress(text.encode(), mtime=0))
        return name


def output_path(folder: Path, name: str) -> Path:
    """Where a stored result lies."""
    return folder / "outputs" / name[:2] / f"{name[2:]}.json.gz"


def begin(folder: Path, start: Start) -> None:
    """Write what is run, or check that the folder holds this very run; more samples may be added.

    Raises:
        UserError: naming what differs.
    """
    path = folder / START
    if path.exists():
        old: Start = from_json(Start, read_bytes(path), str(path))
        differ = [
            name
            for name in ("suite_hash", "model", "options", "world", "seed")
            if getattr(old, name) != getattr(start, name)
        ]
        if differ:
            raise UserError(f"{folder} holds another run; different: {', '.join(differ)}", "give another folder")
        start = replace(start, samples=max(start.samples, old.samples))
    write_atomic(path, to_json(start) + "\n")


def read_start(folder: Path) -> Start:
    """What is run in a folder.

    Raises:
        BrokenArtefact: if it is no run folder.
    """
    path = folder / START
    if not path.is_file():
        raise BrokenArtefact(
            f"{folder}: expected a run folder, found no {START}", "give a folder that `bench run` wrote"
        )
    found: Start = from_json(Start, read_bytes(path), str(path))
    return found


def _cut_orphans(path: Path, done: frozenset[str]) -> None:
    """Drop attempts at the end of a log whose row was never written: they are made again."""
    while path.exists() and path.stat().st_size:
        with path.open("rb+") as file:
            raw = file.read()
            at = raw.rstrip(b"\n").rfind(b"\n") + 1
            if json.loads(raw[at:])["key"] in done:
                return
            file.truncate(at)


def merge(rows: Iterable[Row]) -> tuple[list[Row], list[str]]:
    """Rows of several parts, one per key, sorted by task and sample; and the keys whose verdicts contradict each other."""
    found: dict[str, Row] = {}
    conflicts = []
    for row in rows:
        other = found.setdefault(row.key, row)
        if stable(other) != stable(row):
            conflicts.append(row.key)
    return sorted(found.values(), key=lambda row: (row.task, row.sample, row.key)), sorted(set(conflicts))


def read_rows(folder: Path) -> list[Row]:
    """All rows of a run folder, parts merged.

    Raises:
        BadFile: if a line is not a row, or two parts contradict each other on one key.
    """
    parts = sorted(folder.glob("rows*.jsonl"))
    rows, conflicts = merge(row for part in parts for row in read_lines(part, Row))
    if conflicts:
        raise BadFile(
            str(folder), [f"two verdicts for the key {key[:16]}" for key in conflicts], "remove one part, or rescore"
        )
    return rows


def read_attempts(folder: Path) -> Iterator[Logged]:
    """Attempts of a run folder one by one, stored results put back.

    Raises:
        BadFile: naming the line that is not an attempt, or the output that is gone or was changed.
    """
    for path in sorted(folder.glob("attempts*.jsonl")):
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    logged: Logged = from_data(Logged, unpack(json.loads(line)), f"{path}:{number}")
                    yield _whole(folder, logged)


def _whole(folder: Path, logged: Logged) -> Logged:
    trials = [
        replace(outcome, result=_fetch(folder, logged.stored[str(index)])) if str(index) in logged.stored else outcome
        for index, outcome in enumerate(logged.attempt.trials)
    ]
    return Logged(logged.key, replace(logged.attempt, trials=tuple(trials)))


def _fetch(folder: Path, name: str) -> Any:
    path = output_path(folder, name)
    text = gzip.decompress(read_bytes(path)).decode()
    if sha256(text) != name:
        raise BadFile(str(path), ["differs from its name"], "run the unit again: remove its row")
    return unpack(json.loads(text))


def seal(folder: Path, rows: Sequence[Row]) -> Card:
    """Put the card on a finished run."""
    start = read_start(folder)
    scored = [row for row in rows if row.score.error not in UNSCORED]
    card = Card(
        kind="run",
        name=folder.name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        version=release(),
        recipe={
            "suite": start.suite,
            "model": start.model,
            "options": start.options,
            "samples": start.samples,
            "seed": start.seed,
        }
        | {"world": start.world, "salt": start.salt, "command": start.command},
        inputs={start.suite: start.suite_hash},
        counts={"rows": len(rows), "scored": len(scored), "passed": sum(row.score.passed for row in scored)},
    )
    return write_card(folder, card)
