"""Files that are whole or absent: atomic writes, JSON lines, hashes, artefact cards.

An artefact is a folder whose files are written first and whose `card.json` is put there last, by rename. A reader
refuses a folder without card or with a file that differs from it. The only place in `core` that reads or writes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from tailorbird.core.errors import BadFile, BrokenArtefact
from tailorbird.core.record import from_json, record, to_json

T = TypeVar("T")

CARD = "card.json"

BIGGEST = 256 << 20
"""Bytes of the largest text file any reader of ours takes; a larger one is refused before it is read."""


def read_bytes(path: Path, most: int = BIGGEST) -> bytes:
    """The bytes of a regular file.

    Raises:
        BadFile: if it is missing, not a regular file, too large or unreadable.
    """
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not there" if not path.exists() else "not a regular file"
            raise BadFile(str(path), [f"expected a file, it is {what}"])
        size = path.stat().st_size
        if size > most:
            raise BadFile(str(path), [f"expected at most {most} bytes, got {size}"])
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise BadFile(str(path), [f"cannot be read: {getattr(error, 'strerror', None) or error}"]) from None


def read_text(path: Path, most: int = BIGGEST) -> str:
    """The text of a UTF-8 file, a leading byte-order mark dropped.

    Raises:
        BadFile: if it cannot be read, holds a NUL byte or is not UTF-8.
    """
    raw = read_bytes(path, most)
    if b"\0" in raw:
        raise BadFile(str(path), ["expected text, got binary data (a NUL byte)"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(
            str(path), [f"expected UTF-8, got byte 0x{raw[error.start]:02x} at offset {error.start}"],
            "save the file as UTF-8",
        ) from None  # fmt: skip


def read_json(path: Path) -> Any:
    """Plain data of a JSON file.

    Raises:
        BadFile: if it cannot be read or is not JSON.
    """
    try:
        return json.loads(read_text(path))
    except RecursionError:
        raise BadFile(str(path), ["expected JSON, it is nested too deeply"]) from None
    except ValueError as error:
        raise BadFile(str(path), [f"expected JSON: {error}"]) from None


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write a file by rename, so that a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def sha256(content: bytes | str) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def append_line(path: Path, item: object) -> None:
    """Append one record as a JSON line; a torn last line of a killed writer is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mend_tail(path)
    with path.open("ab") as out:
        out.write(to_json(item).encode() + b"\n")


def mend_tail(path: Path) -> None:
    """Drop a last line that has no end: what a writer leaves that was killed in the middle of it."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) == b"\n":
            return
        file.seek(0)
        kept = file.read().rfind(b"\n") + 1
        file.truncate(kept)


def read_lines(path: Path, kind: type[T]) -> Iterator[T]:
    """Records of a JSON-lines file, a torn last line left out.

    Raises:
        BadFile: naming the line that is not such a record.
    """
    text = read_text(path)
    whole = text if text.endswith("\n") else text[: text.rfind("\n") + 1]
    for number, line in enumerate(whole.split("\n")[:-1], start=1):
        yield from_json(kind, line, f"{path}:{number}")


@record
class Card:
    """What an artefact is and what it was made from."""

    kind: str
    """corpus, model, export, suite, run."""
    name: str
    made: str
    """Time of writing, ISO 8601, UTC."""
    version: str
    """Version of tailorbird that wrote it."""
    recipe: dict[str, Any] = {}
    """Resolved recipe or command: enough to make it again."""
    inputs: dict[str, str] = {}
    """Name of each input artefact and its hash."""
    files: dict[str, str] = {}
    """Relative path of each file and its SHA-256."""
    counts: dict[str, int] = {}
    licences: dict[str, int] = {}
    """Licence and number of rows or files under it."""
    metrics: dict[str, float | str] = {}
    notes: str = ""


def release() -> str:
    """Version of the installed package; `source` when it runs from a checkout."""
    try:
        return version("tailorbird")
    except PackageNotFoundError:
        return "source"


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder by relative path, the card left out."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CARD)
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in found}


def write_card(folder: Path, card: Card) -> Card:
    """Seal an artefact: hash its files and put the card there, last.

    Returns:
        The card with `files` filled in.
    """
    sealed = replace(card, files=hash_files(folder))
    write_atomic(folder / CARD, to_json(sealed) + "\n")
    return sealed


def read_card(folder: Path, *, check: bool = True) -> Card:
    """The card of an artefact, its files compared with it.

    Raises:
        BrokenArtefact: if there is no card or a file is missing or differs.
    """
    path = folder / CARD
    if not path.is_file():
        raise BrokenArtefact(
            f"{folder}: expected a finished artefact, found no {CARD}", "run its maker again; it resumes"
        )
    card: Card = from_json(Card, read_bytes(path), str(path))
    if check:
        now = hash_files(folder)
        wrong = sorted(name for name, digest in card.files.items() if now.get(name) != digest)
        if wrong:
            raise BrokenArtefact(f"{folder}: differs from its card: {', '.join(wrong[:5])}", "build it again")
    return card
