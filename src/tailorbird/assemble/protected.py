"""What no corpus may hold: items of the project's own suites and of external sets in folders.

Own: held-out wordings of every family, everything of held-out families, commands on the demo home. External: any folder
with `*.jsonl` or `*.yaml` in the form of public suites of calls (questions, sentences).
Covers: reading those. Does not cover: finding them in rows (`corpus/guard.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tailorbird import assemble
from tailorbird.core.errors import BadFile
from tailorbird.core.files import read_text
from tailorbird.core.source import functions_of
from tailorbird.corpus.guard import Item

ASKS = ("question", "sentences", "sentence", "utterance", "prompt", "text", "instruction", "input")
"""Keys under which external sets keep what is asked."""


def items(name: str, folders: Sequence[Path]) -> Iterator[Item]:
    """Every protected item.

    Raises:
        BadFile: if a folder is missing or one of its files cannot be read.
    """
    yield from own(name)
    for folder in folders:
        yield from external(folder)


def own(name: str) -> Iterator[Item]:
    """Items of the suites of a pack, and of the demo home."""
    pack = assemble.domain(name)
    for number, family in sorted(pack.families.items()):
        kept = number in pack.held
        for at, wording in enumerate(family.wordings):
            if wording.held or kept:
                yield Item(f"{name}-held", f"{number}/wording-{at}", wording.text)
        for variant in (None, *family.alternates) if kept else ():
            for spec, text in zip(family.specs, functions_of(family, pack.solutions, variant), strict=True):
                label = variant.name if variant else "reference"
                yield Item(f"{name}-held", f"{number}/{spec.name}/{label}", code=text)
    from tailorbird.assemble.proof import HOME_SUITE, suite

    home, _ = suite(HOME_SUITE, "protected")
    for task in home.tasks:
        yield Item(HOME_SUITE, task.id, task.request.text)


def external(folder: Path) -> Iterator[Item]:
    """Items of an external set.

    Raises:
        BadFile: if the folder is missing or a file of it cannot be read.
    """
    if not folder.is_dir():
        raise BadFile(str(folder), ["expected a folder with external suites"])
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.suffix == ".jsonl":
            for number, line in enumerate(read_text(path).split("\n")):
                if line.strip():
                    yield from _asked(f"{folder.name}/{place}", str(number), _json(line, path))
        elif path.suffix in (".yaml", ".yml") and not path.name.startswith("_"):
            yield from _asked(f"{folder.name}/{place}", "", assemble.parse_yaml(read_text(path), path.name))


def _json(line: str, path: Path) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise BadFile(str(path), [f"expected one JSON object per line: {error}"]) from None


def _asked(suite: str, name: str, data: Any) -> Iterator[Item]:
    """Every text under a key that asks, however deep."""
    if isinstance(data, dict):
        label = str(data.get("id", name))
        for key, value in data.items():
            if key in ASKS:
                yield from (Item(suite, f"{label}/{at}", text) for at, text in enumerate(_texts(value)))
            else:
                yield from _asked(suite, label, value)
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _asked(suite, f"{name}/{at}" if name else str(at), value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(value.get("content", ""))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
