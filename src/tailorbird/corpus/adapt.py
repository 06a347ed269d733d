"""A family's program in other clothes: its second methods mixed, its values renamed, its input kept in another layout.

Every change keeps what the family's oracle judges: results are renamed back before they are judged, a new file holds
exactly what the family's own loader read.
Covers: changed plan, specifications, functions and requirement; changed input files. Does not cover: wordings, running.
"""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tailorbird.core.domain import Family, Instance
from tailorbird.core.kinds import parse_kind
from tailorbird.core.program import Plan, Requirement, Slot, Spec, Step
from tailorbird.core.source import functions_of
from tailorbird.corpus.recipe import IMPORTS
from tailorbird.corpus.verify import Given
from tailorbird.corpus.weave import called_so, dress

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "fs": ("rate", "sampling_rate", "sample_rate", "rate_hz"),
    "rate": ("fs", "sampling_rate", "rate_hz"),
    "times": ("moments", "seconds", "stamps"),
    "time": ("t", "seconds", "moments"),
    "values": ("readings", "data", "samples"),
    "samples": ("data", "values", "raw"),
    "readings": ("values", "samples", "data"),
    "peaks": ("maxima", "peak_indices", "tops"),
    "power": ("watts", "load", "power_w"),
    "count": ("number", "total"),
    "clean": ("filtered", "cleaned", "smooth"),
    "filtered": ("clean", "passed", "band"),
    "labels": ("classes", "categories"),
    "features": ("descriptors", "features_matrix"),
    "bits": ("bit_values", "stream"),
    "symbols": ("points", "symbol_values"),
    "temperature": ("temp", "temperature_c"),
    "frames": ("messages", "packets"),
}
"""Other usual names of common values."""

LAYOUTS = ("own", "json", "npz", "csv")

LARGEST = 600_000
"""Bytes of a rewritten input file."""


@dataclass(frozen=True)
class Adapted:
    """One program of a family as the corpus teaches it."""

    family: Family
    method: str
    """`reference` or the name of an alternate."""
    layout: str
    plan: Plan
    specs: tuple[Spec, ...]
    texts: tuple[str, ...]
    files: tuple[str, ...]
    outputs: tuple[Slot, ...]
    path: str
    """Name of the input file; empty for the family's own."""
    back: Mapping[str, str] = field(default_factory=dict)
    """New name of each result to the family's own."""
    loader: str = ""
    """Source of the family's own loader, which reads what a new file shall hold."""

    @property
    def operators(self) -> tuple[str, ...]:
        """Which of the typed operators was used."""
        return ("Rep",) if self.layout != "own" else ()

    def requirement(self, goal: str, budget: tuple[str, ...] = (), *, bare: bool = False) -> Requirement:
        """The requirement under one wording."""
        contract = self.family.contract
        outputs, remarks = ((), ()) if bare else (self.outputs, contract.remarks)
        return Requirement(goal, (contract.input,), self.files, outputs, remarks, budget=budget)

    def scope(self, number: int) -> tuple[Slot, ...]:
        """Names in scope before a step."""
        found = [self.family.contract.input]
        for at, spec in enumerate(self.specs[: number - 1], start=1):
            found += [replace(slot, origin=f"task{at}") for slot in spec.outputs]
        return tuple(found)

    def judged(self, result: Any) -> Any:
        """A result under the family's own names."""
        if not isinstance(result, Mapping):
            return result
        return {self.back.get(name, name): value for name, value in result.items()}


def adapt(family: Family, solutions: Mapping[str, str], draw: random.Random, *, plain: bool = False) -> Adapted:
    """One program of a family.

    Args:
        family: whose program it is.
        solutions: texts of solutions files.
        draw: every choice comes from it.
        plain: leave names and layout as they are.
    """
    variant = draw.choice((None, *family.alternates))
    texts = functions_of(family, solutions, variant)
    if variant is not None and len(family.alternates) > 1 and draw.random() < 0.5:
        texts = _mixed(family, solutions, texts, draw)
    made = Adapted(
        family, variant.name if variant else "reference", "own", family.plan, family.specs, texts,
        family.contract.files, family.contract.outputs, "",
    )  # fmt: skip
    if plain:
        return made
    layout = draw.choice([name for name in LAYOUTS if name == "own" or _can_hold(family, name)])
    if layout != "own":
        made = _laid_out(made, layout)
    return _renamed(made, draw)


def _mixed(
    family: Family, solutions: Mapping[str, str], texts: tuple[str, ...], draw: random.Random
) -> tuple[str, ...]:
    """Steps of another alternate in place of some of these; whether they go together is shown by running."""
    other = functions_of(family, solutions, draw.choice(family.alternates))
    return tuple(b if draw.random() < 0.5 else a for a, b in zip(texts, other, strict=True))


def _can_hold(family: Family, layout: str) -> bool:
    """Whether what the loader gives fits a layout, and no remark speaks of the file's own names."""
    first = family.specs[0]
    if [slot.type for slot in first.inputs] != ["path"] or any(
        slot.type == "path" for spec in family.specs[1:] for slot in spec.inputs
    ):
        return False
    named = {name for line in family.contract.files for name in re.findall(r"`([^`]+)`", line)}
    spoken = {name for remark in family.contract.remarks for name in re.findall(r"`([^`]+)`", remark)}
    if named & spoken or family.peer:
        return False
    kinds = [_form(slot) for slot in first.outputs]
    if layout == "json":
        return all(kinds)
    if layout == "npz":
        return all(kind in ("array", "number") for kind in kinds)
    lengths = {slot.type for slot in first.outputs if _form(slot) == "array"}
    return all(
        kind == "array" and re.fullmatch(r"ndarray\[(float64|int64), \(N\)\]", slot.type)
        for kind, slot in zip(kinds, first.outputs, strict=True)
    ) and bool(lengths)


def _form(slot: Slot) -> str:
    """How a value can be kept: array, number, text, list; empty when it cannot."""
    kind = parse_kind(slot.type)
    if kind.optional:
        return ""
    if kind.name == "ndarray":
        return "array" if kind.dtype in ("float64", "int64", "int32", "bool") else ""
    if kind.name in ("int", "float"):
        return "number"
    if kind.name == "str":
        return "text"
    plain = slot.type in (
        "list[int]",
        "list[float]",
        "list[str]",
        "list[list[float]]",
        "list[list[int]]",
        "list[dict]",
        "dict",
        "dict[str, float]",
    )
    return "list" if plain else ""


_READ = {
    "json": '    with open(path, encoding="utf-8") as file:\n        data = json.load(file)',
    "npz": "    data = np.load(path, allow_pickle=False)",
    "csv": '    with open(path, newline="", encoding="utf-8") as file:\n        rows = list(csv.DictReader(file))',
}
_SAY = {"json": "JSON object with", "npz": "NPZ archive with", "csv": "CSV with a header, columns"}
_DO = {"json": "load the JSON object", "npz": "open the NPZ archive", "csv": "read the CSV rows by column name"}


def _laid_out(made: Adapted, layout: str) -> Adapted:
    """The same program reading another file."""
    spec = made.specs[0]
    stem = made.family.solutions.partition("_")[2]
    path = f"{stem}.{layout}"
    named = ", ".join(f"`{slot.name}`" + (f" ({slot.unit})" if slot.unit != "1" else "") for slot in spec.outputs)
    line = f"`{path}`: {_SAY[layout]} {named}"
    target = f"Read {' and '.join(slot.meaning or slot.name for slot in spec.outputs)} from the {layout.upper()} file."
    new = Spec(spec.name, target, spec.inputs, spec.outputs)
    step = Step(made.plan.steps[0].title, (_DO[layout], "convert each to its type"))
    return replace(
        made, layout=layout, path=path, files=(line,), loader=made.texts[0],
        plan=Plan((step, *made.plan.steps[1:])), specs=(new, *made.specs[1:]),
        texts=(_loader(new, layout), *made.texts[1:]),
    )  # fmt: skip


def _loader(spec: Spec, layout: str) -> str:
    """A function that reads what `written` wrote."""
    values = [_taken(slot, layout) for slot in spec.outputs]
    lines = [_READ[layout]]
    result = ", ".join(values)
    if len(result) > 90:
        lines += [f"    {slot.name} = {value}" for slot, value in zip(spec.outputs, values, strict=True)]
        result = ", ".join(slot.name for slot in spec.outputs)
    body = "\n".join([*lines, f"    return {result}"])
    imports = {"json": "import json", "csv": "import csv", "npz": "import numpy as np"}[layout]
    more = "import numpy as np\n" if layout != "npz" and "np." in body else ""
    name = spec.inputs[0].name
    bare = f"{imports}\n{more}\n\ndef {spec.name}({name}):\n{body}\n".replace("open(path", f"open({name}").replace(
        "np.load(path", f"np.load({name}"
    )
    return dress(bare, spec)


def _taken(slot: Slot, layout: str) -> str:
    """The expression that takes one value out of a file."""
    kind, key = parse_kind(slot.type), f'"{slot.name}"'
    dtype = {"float64": "float", "int64": "np.int64", "int32": "np.int32", "bool": "bool"}.get(kind.dtype, "float")
    if layout == "csv":
        one = "int" if kind.dtype == "int64" else "float"
        return f"np.array([{one}(row[{key}]) for row in rows], dtype={dtype})"
    if kind.name == "ndarray":
        return f"np.asarray(data[{key}], dtype={dtype})"
    if kind.name in ("int", "float"):
        return f"{kind.name}(data[{key}])"
    return f"data[{key}]"


def written(made: Adapted, loaded: Sequence[Any]) -> Given | None:
    """An input file of a changed layout from what the family's own loader gave; `None` when it is too large."""
    values = dict(zip((slot.name for slot in made.specs[0].outputs), loaded, strict=True))
    if made.layout == "json":
        data = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    elif made.layout == "npz":
        out = io.BytesIO()
        arrays = {name: np.asarray(value) for name, value in values.items()}
        np.savez(out, allow_pickle=False, **arrays)
        data = out.getvalue()
    else:
        rows = zip(*values.values(), strict=True)
        lines = [",".join(values), *(",".join(repr(cell) for cell in row) for row in rows)]
        data = ("\n".join(lines) + "\n").encode()
    return Given({made.path: data}, made.path) if len(data) <= LARGEST else None


def own(instance: Instance) -> Given:
    """The input as the family draws it."""
    return Given(dict(instance.visible), instance.path)


def _renamed(made: Adapted, draw: random.Random) -> Adapted:
    """Values under other usual names; the file's names follow where the layout is ours."""
    inputs = {slot.name for slot in (made.family.contract.input,)}
    slots = {slot.name: slot for spec in made.specs for slot in spec.outputs}
    taken = set(slots) | inputs | IMPORTS
    names: dict[str, str] = {}
    for name, slot in slots.items():
        options = [word for word in _names(name, slot) if word not in taken]
        if options and draw.random() < 0.45:
            names[name] = draw.choice(options)
            taken.add(names[name])
    if not names:
        return made
    specs = tuple(
        replace(spec, inputs=_slots(spec.inputs, names), outputs=_slots(spec.outputs, names)) for spec in made.specs
    )
    texts = tuple(_text(text, old, new) for text, old, new in zip(made.texts, made.specs, specs, strict=True))
    if made.layout != "own":
        texts = (_loader(specs[0], made.layout), *texts[1:])
    files = made.files
    if made.layout != "own":
        files = tuple(re.sub(r"`([^`]+)`", lambda match: f"`{names.get(match[1], match[1])}`", line) for line in files)
    outputs = _slots(made.outputs, names)
    back = {names[slot.name]: slot.name for slot in made.outputs if slot.name in names}
    return replace(made, specs=specs, texts=texts, files=files, outputs=outputs, back=back)


def _names(name: str, slot: Slot) -> list[str]:
    units = {
        "s": "_s",
        "Hz": "_hz",
        "mV": "_mv",
        "m": "_m",
        "deg": "_deg",
        "W": "_w",
        "degC": "_c",
        "ms": "_ms",
        "dB": "_db",
    }
    found = list(SYNONYMS.get(name, ()))
    if slot.unit in units and not name.endswith(units[slot.unit]):
        found.append(name + units[slot.unit])
    head, _, tail = name.rpartition("_")
    found += [f"{head}_{word}" for word in SYNONYMS.get(tail, ()) if head]
    if parse_kind(slot.type).name in ("list", "ndarray") and not name.endswith("s"):
        found.append(f"{name}_values")
    return found


def _slots(slots: Sequence[Slot], names: Mapping[str, str]) -> tuple[Slot, ...]:
    return tuple(replace(slot, name=names.get(slot.name, slot.name)) for slot in slots)


def _text(text: str, old: Spec, new: Spec) -> str:
    """A function under new argument names, its documentation too."""
    pairs = {a.name: b.name for a, b in zip(old.inputs, new.inputs, strict=True) if a.name != b.name}
    if not pairs:
        return text
    # The order of arguments is the specification's: families are proved so.
    changed = called_so(text, [slot.name for slot in new.inputs])
    head, mark, tail = changed.partition('"""')
    doc, close, body = tail.partition('"""')
    for before, after in pairs.items():
        doc = re.sub(rf"^(\s+){before}:", rf"\g<1>{after}:", doc, flags=re.MULTILINE)
        doc = re.sub(rf"`{before}`", f"`{after}`", doc)
    return head + mark + doc + close + body
