"""A recipe becomes a requirement, a plan, specifications and functions, consistent by construction; and input files.

The same recipe is written twice, each step in another idiom where it has one: the second program is the oracle of the
first. Both are run by whoever owns a world.
Covers: texts and drawn records. Does not cover: wordings (`goals.py`), running (`verify.py`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tailorbird.core.block import KINDS, Block, Kit, Layout, Port, Record, Source
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Requirement, Slot, Spec, Step, slug
from tailorbird.core.units import line
from tailorbird.corpus.recipe import Recipe
from tailorbird.corpus.weave import arguments, called_so, dress, fuse, fusible, picked, said, settle

PATH = Slot("path", "path", "1", "input file")

MOST_ACTIONS = 8
"""Bullets of one step, as the plan's format allows."""


@dataclass(frozen=True)
class Composition:
    """A recipe in texts, without a goal."""

    recipe: Recipe
    files: tuple[str, ...]
    outputs: tuple[Slot, ...]
    remarks: tuple[str, ...]
    plan: Plan
    specs: tuple[Spec, ...]
    within: float
    """Relative difference up to which two right programs agree."""

    def requirement(self, goal: str, *, bare: bool = False) -> Requirement:
        """The requirement under one wording; `bare` leaves out what a person would not write."""
        outputs, remarks = ((), ()) if bare else (self.outputs, self.remarks)
        return Requirement(goal, (PATH,), self.files, outputs, remarks, budget=self.recipe.budget)

    def scope(self, number: int) -> tuple[Slot, ...]:
        """Names in scope before a step: the path, then what earlier steps give."""
        found = [PATH]
        for at, spec in enumerate(self.specs[: number - 1], start=1):
            found += [replace(slot, origin=f"task{at}") for slot in spec.outputs]
        return tuple(found)


@dataclass(frozen=True)
class _Part:
    """A step before fusing: what its functions are picked from."""

    title: str
    actions: tuple[str, ...]
    target: str
    group: str
    functions: tuple[str, ...]
    params: Mapping[str, Any]
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]


def compose(kit: Kit, recipe: Recipe) -> Composition:
    """The texts of a recipe.

    Raises:
        ParseError: if two steps have one title, or a fused pair cannot be written as one.
    """
    parts = _parts(kit, recipe)
    for at in sorted(recipe.fused, reverse=True):
        parts = _joined(parts, at)
    specs = tuple(Spec(slug(part.title), part.target, part.inputs, part.outputs) for part in parts)
    if len({spec.name for spec in specs}) != len(specs):
        raise ParseError("expected a title of its own for every step")
    blocks = [kit.blocks[placed.block] for placed in recipe.steps]
    remarks = tuple(
        said(block.remark, placed.params) for block, placed in zip(blocks, recipe.steps, strict=True) if block.remark
    )
    record = blank(kit, recipe)
    ends = [spec for number, spec in enumerate(specs, start=1) if number == len(specs) or _early(recipe, number)]
    return Composition(
        recipe,
        (kit.layouts[recipe.layout].line(record, recipe.file),),
        tuple(replace(slot, origin="user") for spec in ends for slot in spec.outputs),
        remarks,
        Plan(tuple(Step(part.title, part.actions) for part in parts)),
        specs,
        max(block.within for block in blocks),
    )


def _early(recipe: Recipe, number: int) -> bool:
    """Whether a step of the plan, the loader counted, is the earlier of two answers."""
    moved = sum(at < recipe.second for at in recipe.fused)
    return bool(recipe.second) and number == recipe.second + 1 - moved


def functions(kit: Kit, recipe: Recipe, composition: Composition, idioms: Sequence[int], style: str) -> tuple[str, ...]:
    """One text per step.

    Args:
        kit: where the functions stand.
        recipe: what is written.
        composition: its specifications.
        idioms: number of the idiom for the loader and every block; counted round.
        style: of the documentation, see `weave.dress`.

    Raises:
        ParseError: if a fused pair cannot be written as one.
    """
    parts = _parts(kit, recipe)
    texts = [_bare(kit, part, idiom) for part, idiom in zip(parts, idioms, strict=True)]
    for at in sorted(recipe.fused, reverse=True):
        first, second = parts[at], parts[at + 1]
        texts[at : at + 2] = [fuse(texts[at], texts[at + 1], first.outputs[0].name, (_note(first), _note(second)))]
        parts = _joined(parts, at)
    return tuple(
        dress(called_so(text, [slot.name for slot in spec.inputs]), spec, style)
        for text, spec in zip(texts, composition.specs, strict=True)
    )


def _note(part: _Part) -> str:
    return part.actions[0]


def _bare(kit: Kit, part: _Part, idiom: int) -> str:
    """A function with its parameters filled in and its arguments named as the slots of the step."""
    name = part.functions[idiom % len(part.functions)]
    text = settle(picked(kit.texts[part.group], name), part.params)
    if len(arguments(text)) != len(part.inputs):
        raise ParseError(f"{name}: expected {len(part.inputs)} arguments, got {arguments(text)}")
    return called_so(text, [slot.name for slot in part.inputs])


def _parts(kit: Kit, recipe: Recipe) -> list[_Part]:
    source, layout = kit.sources[recipe.source], kit.layouts[recipe.layout]
    latest = dict(_loaded(source, recipe))
    made: list[_Part] = [_loader(source, layout, recipe, kit)]
    main = next(iter(latest.values()))
    for number, placed in enumerate(recipe.steps, start=2):
        block = kit.blocks[placed.block]
        inputs = _inputs(block, latest, main)
        by_name = {port.name: slot for port, slot in zip(block.takes, inputs, strict=True)}
        outputs = tuple(
            _output(port, name, by_name, placed.params) for port, name in zip(block.gives, placed.outputs, strict=True)
        )
        made.append(
            _Part(
                block.title,
                tuple(said(action, placed.params) for action in block.actions),
                said(block.target, placed.params),
                block.group,
                block.functions,
                placed.params,
                inputs,
                outputs,
            )
        )
        given = [replace(slot, origin=f"task{number}") for slot in outputs]
        if not (recipe.second and number == recipe.second + 1):
            latest |= dict(zip((port.kind for port in block.gives), given, strict=True))
            main = given[0]
    return made


def _inputs(block: Block, latest: Mapping[str, Slot], main: Slot) -> tuple[Slot, ...]:
    return tuple(main if number == 0 else latest[port.kind] for number, port in enumerate(block.takes))


def _output(port: Port, name: str, inputs: Mapping[str, Slot], params: Mapping[str, Any]) -> Slot:
    unit = inputs[port.unit[1:]].unit if port.unit.startswith("=") else port.unit
    return Slot(name, KINDS[port.kind], unit, said(port.meaning, params))


def _loaded(source: Source, recipe: Recipe) -> list[tuple[str, Slot]]:
    """What the loader gives, by kind, its origin the first step."""
    value, second = recipe.loaded
    slots = [(source.kind, Slot(value, KINDS[source.kind], recipe.unit, source.quantity, "task1"))]
    if source.kind == "values":
        return [*slots, ("stamps", Slot(second, KINDS["stamps"], "s", "time of each reading", "task1"))]
    return [*slots, ("rate", Slot(second, "float", "Hz", "sampling rate", "task1"))]


def _loader(source: Source, layout: Layout, recipe: Recipe, kit: Kit) -> _Part:
    actions = layout.actions
    if source.kind == "values":
        actions = tuple(action for action in actions if "sampling rate" not in action) or ("read times and values",)
    outputs = tuple(replace(slot, origin="user") for _, slot in _loaded(source, recipe))
    return _Part(
        f"Load {title_case(source.name)}",
        actions,
        f"Read the {source.quantity} and {'the times of its readings' if source.kind == 'values' else 'its sampling rate'} from the file.",
        "layouts",
        layout.functions[source.kind],
        layout.params(blank(kit, recipe)),
        (PATH,),
        outputs,
    )


def title_case(name: str) -> str:
    """A source's name as part of a title: `ecg` -> `ECG`, `tank_level` -> `Tank Level`."""
    words = name.split("_")
    return " ".join(word.upper() if len(word) <= 3 and word != "gps" else word.capitalize() for word in words)


def _joined(parts: list[_Part], at: int) -> list[_Part]:
    """Parts with one pair made a single step."""
    first, second = parts[at], parts[at + 1]
    if len(first.outputs) != 1 or second.inputs[0].name != first.outputs[0].name:
        raise ParseError("expected the second to take the only result of the first")
    mine = {slot.name for slot in first.outputs}
    inputs = dict.fromkeys([*first.inputs, *(slot for slot in second.inputs if slot.name not in mine)])
    one = _Part(
        f"{first.title} And {second.title}",
        (*first.actions, *second.actions)[:MOST_ACTIONS],
        f"{first.target.rstrip('.')}; then {second.target[0].lower()}{second.target[1:]}",
        "",
        (),
        {},
        tuple(inputs),
        second.outputs,
    )
    later = [replace(part, inputs=tuple(_sooner(slot, at + 1) for slot in part.inputs)) for part in parts[at + 2 :]]
    return [*parts[:at], one, *later]


def _sooner(slot: Slot, after: int) -> Slot:
    """A slot whose origin moved up by one step."""
    number = int(slot.origin[4:]) if slot.origin.startswith("task") else 0
    return replace(slot, origin=f"task{number - 1}") if number > after else slot


def can_fuse(kit: Kit, recipe: Recipe, at: int, idioms: Sequence[int]) -> bool:
    """Whether block `at` and the next can be one function in these idioms."""
    if not 1 <= at < len(recipe.steps) or at == recipe.second or at + 1 == recipe.second:
        return False
    first, second = (kit.blocks[recipe.steps[k].block] for k in (at - 1, at))
    if len(first.gives) != 1 or second.takes[0].kind != first.gives[0].kind:
        return False
    later = {port.kind for placed in recipe.steps[at + 1 :] for port in kit.blocks[placed.block].takes[1:]}
    if first.gives[0].kind in later:
        return False
    name = first.functions[idioms[at] % len(first.functions)]
    return fusible(picked(kit.texts[first.group], name))


def blank(kit: Kit, recipe: Recipe) -> Record:
    """A record without data: enough to say how the file looks."""
    empty = np.zeros((0, len(recipe.columns))) if len(recipe.columns) > 1 else np.zeros(0)
    return Record(np.zeros(0), empty, recipe.rate, recipe.unit, recipe.columns, recipe.time, recipe.rated)


def draw_file(kit: Kit, recipe: Recipe, seed: int, share: float = 1.0) -> bytes:
    """One input file of a recipe.

    Args:
        kit: sources and layouts.
        recipe: what the file holds.
        seed: of the record.
        share: part of the recipe's length.
    """
    source = kit.sources[recipe.source]
    draw = np.random.default_rng(seed)
    count = max(16, round(recipe.rate * recipe.seconds * share))
    times = np.arange(count) / recipe.rate
    if source.kind == "values":
        steps = draw.exponential(0.5 / recipe.rate, count - 1) + 0.5 / recipe.rate
        times = np.round(np.concatenate([[0.0], np.cumsum(steps)]), 3)
    scale, shift = line(source.unit, recipe.unit)
    values = source.draw(draw, times) * float(scale) + float(shift)
    record = Record(times, values, recipe.rate, recipe.unit, recipe.columns, recipe.time, recipe.rated)
    return kit.layouts[recipe.layout].write(record)


def idioms(kit: Kit, recipe: Recipe, draw: random.Random) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two idioms per step, loader first, different wherever a step has more than one."""
    source = kit.sources[recipe.source]
    counts = [len(kit.layouts[recipe.layout].functions[source.kind])]
    counts += [len(kit.blocks[placed.block].functions) for placed in recipe.steps]
    first = tuple(draw.randrange(count) for count in counts)
    other = tuple(
        (at + draw.randrange(1, count)) % count if count > 1 else 0 for at, count in zip(first, counts, strict=True)
    )
    return first, other
