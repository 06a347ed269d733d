"""Rows from the documentation of installed packages: descriptions and functions that were run and print as documented.

Covers: rows and rejections of one batch of entries. Does not cover: reading packages (`harvest.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tailorbird.core import wording
from tailorbird.core.errors import ParseError
from tailorbird.core.example import Message
from tailorbird.core.program import Requirement, Slot, Spec
from tailorbird.core.record import built
from tailorbird.core.signature import signature
from tailorbird.corpus.harvest import Entry, Lifted, lift
from tailorbird.corpus.lesson import Lesson, Proof, Rejected, lesson, proof_id
from tailorbird.corpus.lessons import Batch
from tailorbird.corpus.probe import bare, names_of, prints, probe, slot_type
from tailorbird.corpus.verify import Desk, Given
from tailorbird.corpus.weave import dress, rename

_PASSING = re.compile(r"(?<=0x)[0-9a-f]{6,}|(?<=/tmp)[a-z0-9_]{8}\b")

DESCRIBE = (
    "You know the packages of the field. Describe the object that is named: prototype, description, parameters, returns, "
    "then one function that uses it. Use the headings that are given. Write nothing else."
)

NOTHING = Given({"nothing.json": b"{}"}, "nothing.json")
"""Input of programs that carry their data."""


def batch(entries: Sequence[Entry], versions: Mapping[str, tuple[str, str]], desk: Desk) -> Batch:
    """The rows of some entries.

    Args:
        entries: documented objects.
        versions: package to version and SPDX licence.
        desk: runs and checks.
    """
    made = Batch()
    for entry in entries:
        items = lift(entry)
        made.count("documented objects")
        if not items:
            made.rejected.append(
                Rejected(
                    "lift", "no example whose printed value can be reached", f"package/{entry.package}/{entry.name}"
                )
            )
            continue
        _of_entry(entry, items, versions, desk, made)
    return made


def _lasting(text: str) -> str:
    """A message without what differs between runs: addresses, and names of scratch files."""
    return _PASSING.sub("...", text)


def _of_entry(
    entry: Entry, items: Sequence[Lifted], versions: Mapping[str, tuple[str, str]], desk: Desk, made: Batch
) -> None:
    source = f"package/{entry.package}/{entry.name}"
    program = probe(items, [_lowered(item) for item in items])
    outcome = desk.runner.run(program, [NOTHING])[0]
    made.count("programs run")
    if outcome.status != "done":
        made.rejected.append(Rejected("run", _lasting(f"{outcome.error}: {outcome.why}")[:300], source))
        return
    version, licence = versions[entry.package]
    inputs = {"package": entry.package, "version": version}
    # What is kept is what the documentation prints: reprs may hold addresses, which differ between runs.
    right = {
        str(at): {"wanted": item.wanted, "options": list(item.options)}
        for at, (item, seen) in enumerate(zip(items, outcome.result["found"], strict=True))
        if "error" not in seen and prints(item.wanted, item.options, seen)
    }
    proof = Proof(proof_id(program, inputs), "doctest", program, inputs, (right,))
    public, names = outcome.result["target"]["public"], outcome.result["target"]["names"]
    kept: list[str] = []
    for item, seen in zip(items, outcome.result["found"], strict=True):
        if "error" in seen:
            made.rejected.append(Rejected("run", _lasting(seen["error"]), source))
        elif not prints(item.wanted, item.options, seen):
            # What came instead is not told: it may be random, or an address, and equal builds give equal bytes.
            made.rejected.append(Rejected("oracle", f"documented {item.wanted[:100]!r}, something else came", source))
        else:
            row, text = _implement(entry, item, seen, public, source, licence, proof, desk, made)
            if row:
                made.keep(row)
                kept.append(text)
    if kept:
        made.proofs.append(proof)
        wanted = names_of(entry.prototype)
        if names is None or [name for name in names if name not in ("self", "cls")] != wanted:
            made.rejected.append(Rejected("prototype", f"documented {wanted}, inspected {names}", source))
        else:
            made.keep(_describe(entry, public, kept[0], source, licence, proof))


def _implement(
    entry: Entry, item: Lifted, seen: Mapping[str, Any], public: str, source: str, licence: str, proof: Proof, desk: Desk, made: Batch
) -> tuple[Lesson | None, str]:  # fmt: skip
    """The row of one lifted function, and its text; nothing when its form cannot be written."""
    meanings = dict(entry.parameters)
    try:
        inputs = tuple(
            built(
                Slot,
                name.lower(),
                slot_type(shape),
                "1",
                _short(meanings.get(name, "")) or f"as in `{_short(value, 60)}`",
            )
            for (name, value), shape in zip(item.parameters, seen["given"], strict=True)
        )
        output = built(
            Slot,
            "result",
            slot_type(seen["gives"]),
            "1",
            _short(entry.returns[0][1] if entry.returns else "") or "what the call gives",
        )
        spec = built(Spec, item.name, f"{_sentence(entry.summary)} Use `{public}`.", inputs, (output,))
        text = dress(_lowered(item), spec)
        full = Requirement(f"Use `{public}` of {entry.package}.", remarks=(f"example: {_example(item)}",))
    except ParseError as error:
        made.rejected.append(Rejected("form", error.message[:200], source))
        return None, ""
    faults = desk.inspect(text, spec)
    if faults:
        made.rejected.append(Rejected("lint", "; ".join(faults)[:300], source, text[:160]))
        return None, ""
    example = wording.teach(
        wording.write(spec, signature(spec), full),
        text,
        f"{source}/{item.number}",
        f"package/{entry.package}/{_module(entry)}",
        "code",
    )
    row = lesson(
        example, "implement", _module(entry), licence=licence, oracle="doctest", proof=proof.id, generator="harvest"
    )
    return row, text


def _lowered(item: Lifted) -> str:
    """The function with its parameters in lower case, as slots must be."""
    text = bare(item)
    pairs = {name: name.lower() for name, _ in item.parameters if name != name.lower()}
    return rename(text, pairs) if pairs else text


def _example(item: Lifted) -> str:
    given = ", ".join(f"{name.lower()} = {_short(value, 120)}" for name, value in item.parameters)
    return f"{given + ' gives ' if given else 'gives '}{_short(' '.join(item.wanted.split()), 160)}"


def _module(entry: Entry) -> str:
    """The module, without private parts: siblings of one module never part between splits."""
    return ".".join(part for part in entry.name.split(".")[:-1] if not part.startswith("_"))


def _describe(entry: Entry, public: str, text: str, source: str, licence: str, proof: Proof) -> Lesson:
    prototype = entry.prototype.removeprefix("class ")
    answer = "\n\n".join(
        part
        for part in (
            f"**Prototype**\n{public.rpartition('.')[0]}.{prototype}",
            f"**Description**\n{_sentence(entry.summary)}",
            "**Parameters**\n" + "\n".join(f"- `{name}`: {said}" for name, said in entry.parameters)
            if entry.parameters
            else "",
            "**Returns**\n" + "\n".join(f"- `{name}`: {said}" if said else f"- {name}" for name, said in entry.returns)
            if entry.returns
            else "",
            f"**Sample**\n{text.rstrip()}",
        )
        if part
    )
    messages = (
        Message("system", DESCRIBE),
        Message(
            "user",
            f"# Object\n{public}\n\n# Package\n{entry.package}\n\n# Headings\nPrototype, Description, Parameters, Returns, Sample",
        ),
    )
    example = wording.teach(messages, answer, source, f"package/{entry.package}/{_module(entry)}", "code")
    return lesson(
        example, "describe", _module(entry), licence=licence, oracle="doctest", proof=proof.id, generator="harvest"
    )


def _short(text: str, most: int = 100) -> str:
    """A text on one line, cut at a word."""
    flat = " ".join(re.sub(r"[`]", "'", text).split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0]


def _sentence(text: str) -> str:
    flat = _short(re.split(r"(?<=[a-z\])`])\.\s", text, maxsplit=1)[0], 220).rstrip(".")
    return flat + "."
