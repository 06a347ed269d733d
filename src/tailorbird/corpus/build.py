"""From finished batches to a corpus: gates that need all rows, splits, files, figures.

Rows come in the order of the batches' names, so that the files do not depend on who made which batch when.
Covers: duplicates, near-duplicates, overlap with suites, balance, writing. Does not cover: making batches.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tailorbird.core.errors import BadFile
from tailorbird.core.files import write_atomic
from tailorbird.core.record import from_data, to_data
from tailorbird.corpus.guard import Guard, goal_of
from tailorbird.corpus.lesson import Lesson, Proof, Rejected
from tailorbird.corpus.lessons import Batch
from tailorbird.corpus.near import Near

SPLITS = ("train", "valid", "unseen-wording", "unseen-composition", "unseen-family")

VALID = 80
"""One group of so many is set aside from training to watch the loss."""

LARGEST_SHARE = 0.04
"""Largest part of a kind's rows that one topic may hold."""

LEAST_CAP = 300
"""A topic may always hold so many rows of a kind."""

Progress = Callable[[str], None]


def save_batch(path: Path, made: Batch) -> None:
    """Write a batch as one file of JSON lines, whole or not at all."""
    lines = [json.dumps({"counts": made.counts}, sort_keys=True)]
    for tag, items in (("lesson", made.lessons), ("proof", made.proofs), ("rejected", made.rejected)):
        lines += [json.dumps({tag: to_data(item)}, ensure_ascii=False, sort_keys=True) for item in items]
    write_atomic(path, gzip.compress(("\n".join(lines) + "\n").encode(), 4, mtime=0))


def load_batch(path: Path) -> Batch:
    """A batch from its file.

    Raises:
        BadFile: if it is none.
    """
    made = Batch()
    try:
        for line in gzip.decompress(path.read_bytes()).decode().split("\n"):
            if not line:
                continue
            ((tag, data),) = json.loads(line).items()
            if tag == "counts":
                made.counts = data
            elif tag == "lesson":
                made.lessons.append(from_data(Lesson, data))
            elif tag == "proof":
                made.proofs.append(from_data(Proof, data))
            else:
                made.rejected.append(from_data(Rejected, data))
    except (OSError, EOFError, ValueError) as error:
        raise BadFile(str(path), [f"expected a batch of a build: {error}"]) from None
    return made


@dataclass
class Merged:
    """Figures of a corpus."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By split and kind."""
    sources: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    topics: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    structures: set[str] = field(default_factory=set)
    hashes: dict[str, str] = field(default_factory=dict)


class Sink:
    """Files of a corpus while they are written: compressed lines, and the hash of what they say."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, _File] = {}

    def line(self, name: str, item: Any) -> None:
        """Add a record to a file."""
        if name not in self._open:
            self._open[name] = _File(self._folder / f"{name}.jsonl.gz")
        self._open[name].write((json.dumps(to_data(item), ensure_ascii=False, sort_keys=True) + "\n").encode())

    def close(self) -> dict[str, str]:
        """Put every file in its place; the hash of each file's text."""
        return {name: file.close() for name, file in sorted(self._open.items())}


class _File:
    """One file that is not there before it is whole."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._part = path, path.with_suffix(".part")
        self._raw = self._part.open("wb")
        self._file = gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=self._raw, mtime=0)
        self._digest = hashlib.sha256()

    def write(self, raw: bytes) -> None:
        """Add bytes."""
        self._file.write(raw)
        self._digest.update(raw)

    def close(self) -> str:
        """Put the file in its place; the hash of its text."""
        self._file.close()
        self._raw.close()
        self._part.replace(self._path)
        return self._digest.hexdigest()


def cleared(made: Batch, guard: Guard) -> None:
    """Take protected items out of the training rows of a batch."""
    kept = []
    for row in made.lessons:
        hit = guard.hit(row) if row.split == "train" else None
        if hit:
            why = f"{hit.suite} {hit.item}: {hit.how} {hit.share:g}"
            made.rejected.append(Rejected("contamination", why, row.source, row.answer[:160]))
        else:
            kept.append(row)
    made.lessons = kept


def compared(row: Lesson) -> str:
    """What near-duplicates are judged by: what is particular to a row, without what all rows of its kind share."""
    if row.kind in ("code", "implement", "describe"):
        _, _, spec = row.asked.partition("# Specification\n")
        return f"{spec or row.asked}\n{row.answer}"
    if row.kind == "repair":
        _, _, tail = row.asked.partition("# Function\n")
        return f"{tail or row.asked}\n{row.answer}"
    return f"{goal_of(row)}\n{row.answer}"


def merge(batches: Sequence[Path], folder: Path, say: Progress | None = None) -> Merged:
    """Write the corpus of some batches.

    Args:
        batches: their files, in order.
        folder: where the corpus goes.
        say: hears one line now and then.
    """
    merged, near, seen, sink = Merged(), Likeness(), set[str](), Sink(folder)
    caps = _caps(batches)
    used: set[str] = set()
    waiting: dict[str, Proof] = {}
    for number, path in enumerate(batches, start=1):
        made = load_batch(path)
        merged.counts.update(made.counts)
        for item in made.rejected:
            _reject(sink, merged, item)
        waiting = {proof.id: proof for proof in made.proofs}
        for row in made.lessons:
            placed = _placed(row)
            fault = _fault(placed, seen, near, merged, caps)
            if fault:
                _reject(sink, merged, Rejected(*fault, row.source, row.answer[:160]))
                continue
            seen.add(row.id)
            _keep(sink, merged, placed)
            if row.proof and row.proof not in used:
                used.add(row.proof)
                sink.line("proofs", waiting[row.proof])
        if say and number % 20 == 0:
            say(f"gates {number}/{len(batches)} batches, {sum(merged.rows.values())} rows")
    merged.hashes = sink.close()
    return merged


def _placed(row: Lesson) -> Lesson:
    """A row in its split: some groups of the training part watch the loss."""
    if row.split != "train":
        return row
    held = int(hashlib.sha256(f"valid/{row.group}".encode()).hexdigest()[:8], 16) % VALID == 0
    return replace(row, split="valid") if held else row


def _caps(batches: Sequence[Path]) -> dict[str, int]:
    """Rows that one topic of each kind may hold."""
    totals: Counter[str] = Counter()
    for path in batches:
        totals.update(row.kind for row in load_batch(path).lessons)
    return {kind: max(LEAST_CAP, round(LARGEST_SHARE * total)) for kind, total in totals.items()}


def _fault(
    row: Lesson, seen: set[str], near: Likeness, merged: Merged, caps: Mapping[str, int]
) -> tuple[str, str] | None:  # fmt: skip
    """The gate over all rows that a row does not pass, and why."""
    if row.id in seen:
        return "duplicate", "the same conversation is there already"
    if merged.topics[row.kind, row.topic] >= caps[row.kind]:
        return "balance", f"{row.topic} has {caps[row.kind]} rows of {row.kind} already"
    alike = near.seen(row)
    if alike:
        return "near-duplicate", f"like {alike}"
    return None


class Likeness:
    """Rows that are too like an earlier one.

    Wordings of one answer are compared by what the person says, in shingles of two words, because the answer is the
    same on purpose. Rows with different answers are compared by everything that is particular to them.
    """

    def __init__(self) -> None:
        self._said = Near(2)
        self._whole = Near()

    def seen(self, row: Lesson) -> str:
        """The id of an earlier row that is alike, empty when there is none; then the row is remembered."""
        answer = hashlib.sha256(row.answer.encode()).hexdigest()[:16]
        goal = goal_of(row)
        if goal and row.kind in ("plan", "spec", "complete"):
            alike = self._said.seen(f"{row.kind}/{answer}", row.id, goal)
            return alike or self._whole.seen(row.kind, row.id, compared(row), answer)
        return self._whole.seen(row.kind, row.id, compared(row))


def _reject(sink: Sink, merged: Merged, item: Rejected) -> None:
    merged.rejected[item.gate] += 1
    sink.line("rejected", item)


def _keep(sink: Sink, merged: Merged, row: Lesson) -> None:
    merged.rows[row.split, row.kind] += 1
    merged.topics[row.kind, row.topic] += 1
    merged.sources["/".join(row.source.split("/")[:2])] += 1
    merged.operators["+".join(row.operators) or "raw"] += 1
    merged.licences[row.licence] += 1
    merged.styles[row.style.partition("+")[0] if row.kind in ("plan", "complete") else row.kind] += 1
    merged.languages[row.language] += 1
    if row.kind == "plan":
        merged.structures.add(hashlib.sha256(row.answer.encode()).hexdigest()[:12])
    sink.line(f"rows/{row.split}", row)


def read_rows(folder: Path, splits: Iterable[str] = SPLITS) -> Iterator[Lesson]:
    """Rows of a corpus, split by split.

    Raises:
        BadFile: if a file is damaged.
    """
    for split in splits:
        path = folder / "rows" / f"{split}.jsonl.gz"
        if path.exists():
            yield from read_lines(path, Lesson)


def read_lines(path: Path, kind: Any) -> Iterator[Any]:
    """Records of a compressed file.

    Raises:
        BadFile: if it is damaged.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield from_data(kind, json.loads(line))
    except (OSError, EOFError, ValueError) as error:
        raise BadFile(str(path), [f"expected compressed JSON lines: {error}"]) from None
