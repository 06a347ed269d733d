"""Text for pre-training: sources, docstrings, doctests and documentation of permissively licensed packages.

Wheels are read as archives; nothing of them is installed or run. A file is one document: it parses, it was written by
people (not a table in disguise), it is no copy of another, and it holds no item of a suite.
Covers: documents of one wheel, and the gates between wheels. Does not cover: fetching wheels.
"""

from __future__ import annotations

import ast
import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tailorbird.core.errors import BadFile
from tailorbird.core.record import record
from tailorbird.corpus.guard import Guard, words
from tailorbird.corpus.near import Near

SMALLEST, LARGEST = 200, 400_000
"""Characters of a document."""

LONG_LINE = 140
"""Average characters of a line from which a file is taken for data."""

MOST_DIGITS = 0.25
"""Share of digits from which a file is taken for data."""

_SKIPPED = re.compile(
    r"(^|/)(tests?|testing|_vendor|vendored|externals|node_modules|migrations|translations)/|_pb2\.py$|conftest\.py$|(^|/)test_"
)
_COPYLEFT = re.compile(r"\bA?L?GPL|GNU (Lesser|Affero|General)", re.IGNORECASE)
_NOTICE = re.compile(r"\A(?:#[^\n]*\n)+")


@record
class Document:
    """One text."""

    text: str
    source: str
    """Package, version and path."""
    licence: str
    kind: str
    """source or documentation."""


@record
class Refused:
    """A file that is no document."""

    source: str
    gate: str
    reason: str


def wheel_of(folder: Path, name: str, version: str) -> Path:
    """The wheel of a package.

    Raises:
        BadFile: if the folder does not hold it.
    """
    found = sorted(folder.glob(f"{name}-{version}-*.whl"))
    if not found:
        raise BadFile(str(folder), [f"expected a wheel {name}-{version}-*.whl"])
    return found[0]


def documents(path: Path, name: str, version: str, licence: str) -> Iterator[Document | Refused]:
    """Documents of a wheel, in the order of their paths, and what was refused.

    Raises:
        BadFile: if it is no wheel, or its metadata name a licence that is not permissive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(item.filename for item in archive.infolist() if not item.is_dir())
            _check_licence(archive, names, path, licence)
            for inside in names:
                if not inside.endswith((".py", ".rst", ".md")) or ".dist-info/" in inside:
                    continue
                source = f"{name}-{version}/{inside}"
                raw = archive.read(inside)
                fault = _fault(inside, raw)
                if fault:
                    yield Refused(source, *fault)
                    continue
                kind = "source" if inside.endswith(".py") else "documentation"
                yield Document(_clean(raw.decode("utf-8")), source, licence, kind)
    except zipfile.BadZipFile as error:
        raise BadFile(str(path), [f"expected a wheel: {error}"]) from None


def _check_licence(archive: zipfile.ZipFile, names: list[str], path: Path, licence: str) -> None:
    metadata = next((item for item in names if item.endswith(".dist-info/METADATA")), "")
    text = archive.read(metadata).decode("utf-8", "replace") if metadata else ""
    head = text.partition("\n\n")[0]
    stated = "\n".join(
        line for line in head.split("\n") if line.startswith(("License:", "License-Expression:", "Classifier: License"))
    )
    if not licence or (_COPYLEFT.search(stated) and " OR " not in stated):
        raise BadFile(str(path), [f"expected a permissive licence, its metadata say: {stated[:200]}"])


def _fault(inside: str, raw: bytes) -> tuple[str, str] | None:
    """The first gate a file does not pass, and why."""
    if _SKIPPED.search(inside):
        return "path", "tests, vendored or generated files"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return "encoding", "not UTF-8"
    if not SMALLEST <= len(text) <= LARGEST:
        return "length", f"{len(text)} characters"
    lines = text.split("\n")
    if len(text) / len(lines) > LONG_LINE:
        return "data", "very long lines"
    if sum(letter.isdigit() for letter in text) > MOST_DIGITS * len(text):
        return "data", "mostly digits"
    if _COPYLEFT.search(text[:3000]) and "SPDX-License-Identifier" not in text[:3000]:
        return "licence", "its head names a copyleft licence"
    if inside.endswith(".py"):
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError) as error:
            return "parse", str(error)[:100]
    return None


def _clean(text: str) -> str:
    """A text without the licence notice at its head: it says nothing about programs, and it is counted elsewhere."""
    head = _NOTICE.match(text)
    if head and re.search(r"licen[cs]e|copyright", head[0], re.IGNORECASE):
        text = text[head.end() :]
    return text.replace("\r\n", "\n").strip("\n") + "\n"


class Gates:
    """Gates that need all documents: copies, near-copies, suites."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._exact: set[str] = set()
        self._near = Near()

    def fault(self, item: Document) -> tuple[str, str] | None:
        """The gate a document does not pass, and why; else it is remembered."""
        digest = hashlib.sha256(" ".join(item.text.split()).encode()).hexdigest()
        if digest in self._exact:
            return "duplicate", "the same text is there already"
        hit = self._guard.holds(words(item.text))
        if hit:
            return "contamination", hit
        alike = self._near.seen("document", item.source, item.text[:20_000])
        if alike:
            return "near-duplicate", f"like {alike}"
        self._exact.add(digest)
        return None
