"""Typed recipes: a source, a file layout and a chain of blocks, with every free choice drawn.

A chain is drawn by types: a block can be placed when the kinds it takes are there, its stage does not fall, its
parameters make sense at the rate and length of the record. Every chain ends in plain JSON.
Covers: drawing, and what makes two recipes the same. Does not cover: their texts (`compose.py`), operators.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tailorbird.core.block import Block, Context, Kit, Source
from tailorbird.core.record import canonical
from tailorbird.core.units import line

RATES = ("fs", "rate", "sampling_rate", "sample_rate", "rate_hz")
RATED = ("fs", "rate_hz", "sampling_rate", "hz", "sample_rate")
TIMES = ("time", "t", "timestamp", "seconds", "time_s")
STAMPS = ("times", "t", "stamps", "seconds")

IMPORTS = frozenset(
    [
        "signal",
        "stats",
        "json",
        "csv",
        "wave",
        "math",
        "struct",
        "io",
        "time",
        "fft",
        "ndimage",
        "statistics",
        "datetime",
        "instant",
        "itertools",
        "collections",
        "np",
        "pd",
        "interpolate",
        "optimize",
        "linalg",
        "re",
        "random",
    ]
)
"""Names that functions import, so that no value may have them."""

MOST_SAMPLES = 1500
"""Samples of a record, unless the source's shortest record has more."""

TWO_ANSWERS = 0.2
"""Share of recipes that give two answers."""

LONGEST_CHAIN = 5
"""Blocks of a recipe."""

TRIES = 60
"""Draws before a wish for a chain is given up."""


@dataclass(frozen=True)
class Placed:
    """A block with its parameters and the names of what it gives."""

    block: str
    params: Mapping[str, Any]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """A program in choices."""

    source: str
    unit: str
    rate: float
    seconds: float
    layout: str
    columns: tuple[str, ...]
    time: str
    rated: str
    file: str
    loaded: tuple[str, ...]
    """Names of what the loader gives: value, then rate or stamps."""
    steps: tuple[Placed, ...]
    fused: tuple[int, ...] = ()
    """Numbers of blocks, from 1, each written in one function with the next."""
    budget: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    """Augmentations it came by."""
    second: int = 0
    """Number of the block, from 1, that ends the program beside the last: a second answer from the same data."""

    @property
    def structure(self) -> str:
        """Source and blocks without parameters and names: the unit of the held-out compositions."""
        chain = [placed.block for placed in self.steps]
        return hashlib.sha256(canonical([self.source, chain]).encode()).hexdigest()[:16]

    @property
    def chain(self) -> str:
        """The blocks alone, in order."""
        return ">".join(placed.block for placed in self.steps)

    @property
    def identity(self) -> str:
        """Everything that decides what the program computes; names and idioms do not."""
        steps = [[placed.block, dict(placed.params)] for placed in self.steps]
        data = [self.source, self.unit, self.rate, self.layout, steps, list(self.budget), self.second]
        return hashlib.sha256(canonical(data).encode()).hexdigest()[:16]


def context(source: Source, unit: str, rate: float, seconds: float) -> Context:
    """What a block sees right after loading."""
    scale, _ = line(source.unit, unit)
    return Context(rate, seconds, unit, source.scale * float(scale), source.tags)


def draw_recipe(kit: Kit, draw: random.Random, wanted: str = "", source_name: str = "") -> Recipe | None:
    """A recipe.

    Args:
        kit: blocks, sources and layouts.
        draw: every choice comes from it.
        wanted: a block that must be in the chain; any when empty.
        source_name: the source; any when empty.

    Returns:
        The recipe, or `None` when the wish was not met in `TRIES` draws.
    """
    sources = [kit.sources[source_name]] if source_name else list(kit.sources.values())
    for _ in range(TRIES):
        source = draw.choice(sources)
        rate = draw.choice(source.rates)
        seconds = _seconds(source, rate, draw)
        unit = draw.choice(source.units)
        start = context(source, unit, rate, seconds)
        chain = draw_chain(kit, draw, source, start, wanted)
        if chain:
            other = _second_answer(kit, draw, source, start, chain) if draw.random() < TWO_ANSWERS else None
            steps = [*chain[:-1], other, chain[-1]] if other else chain
            recipe = _named(kit, draw, source, unit, rate, seconds, steps)
            return replace(recipe, second=len(chain)) if other else recipe
    return None


def _seconds(source: Source, rate: float, draw: random.Random) -> float:
    """A length of the record: what the source allows, but not more samples than a check needs."""
    least, most = source.seconds
    return round(draw.uniform(least, max(1.1 * least, min(most, MOST_SAMPLES / rate))), 1)


def _second_answer(
    kit: Kit, draw: random.Random, source: Source, start: Context, chain: Sequence[tuple[Block, dict[str, Any]]]
) -> tuple[Block, dict[str, Any]] | None:
    """A further block that ends the program, on the same data as the last; `None` where there is none or no room."""
    if len(chain) >= LONGEST_CHAIN:
        return None
    have, now = _first_kinds(source), start
    for block, params in chain[:-1]:
        have |= {port.kind for port in block.gives}
        now = replace(now, rate=block.rate_after(params, now)) if block.rate_after else now
    last, used = chain[-1][0], {block.name for block, _ in chain}
    main, least = last.takes[0].kind, chain[-2][0].stage if len(chain) > 1 else 0
    fits = [
        block
        for block in kit.blocks.values()
        if block.ends
        and block.takes[0].kind == main
        and block.name not in used
        and least <= block.stage <= last.stage
        and all(port.kind in have for port in block.takes)
        and (block.suits & (source.tags | {"any"}))
    ]
    return _placed(fits, draw, now)


def _first_kinds(source: Source) -> set[str]:
    """Kinds of value right after loading."""
    return {source.kind} | ({"stamps"} if source.kind == "values" else {"rate"})


def draw_chain(
    kit: Kit, draw: random.Random, source: Source, start: Context, wanted: str = ""
) -> list[tuple[Block, dict[str, Any]]]:
    """Blocks with parameters, ending in plain JSON; empty when the walk came to no end, or not by the wanted block."""
    have = _first_kinds(source)
    main, stage, now, length = source.kind, 0, start, draw.choice((1, 2, 3, 3, 4, 4, 4, 5, 5))
    chain: list[tuple[Block, dict[str, Any]]] = []
    for left in range(length - 1, -1, -1):
        fits = [
            block
            for block in kit.blocks.values()
            if block.takes[0].kind == main
            and all(port.kind in have for port in block.takes)
            and block.stage >= stage
            and block.ends == (left == 0)
            and all(block is not other for other, _ in chain)
            and (block.suits & (source.tags | {"any"}))
        ]
        if any(block.name == wanted for block in fits):
            fits = [block for block in fits if block.name == wanted]
        placed = _placed(fits, draw, now)
        if placed is None:
            return []
        block, params = placed
        chain.append((block, params))
        main, stage = block.gives[0].kind, block.stage
        have |= {port.kind for port in block.gives}
        if block.rate_after:
            now = replace(now, rate=block.rate_after(params, now))
    return chain if not wanted or any(block.name == wanted for block, _ in chain) else []


def _placed(fits: Sequence[Block], draw: random.Random, now: Context) -> tuple[Block, dict[str, Any]] | None:
    for block in draw.sample(list(fits), len(fits)):
        params = drawn_params(block, draw, now)
        if params is not None:
            return block, params
    return None


def drawn_params(block: Block, draw: random.Random, now: Context) -> dict[str, Any] | None:
    """Parameters that make sense, or `None` after a dozen draws."""
    for _ in range(12):
        params = {param.name: draw.choice(param.choices) for param in block.params}
        if block.when(params, now):
            return params
    return None


def _named(
    kit: Kit, draw: random.Random, source: Source, unit: str, rate: float, seconds: float,
    chain: Sequence[tuple[Block, dict[str, Any]]],
) -> Recipe:  # fmt: skip
    layouts = [item for item in kit.layouts.values() if source.kind in item.functions and item.fits(source, rate)]
    layout = draw.choice(layouts)
    column = draw.choice(source.columns)
    columns = tuple(column.split(" ")) if source.kind == "multi" else (column,)
    taken: set[str] = {"path"}
    value = fresh(draw, source.names, taken)
    second = fresh(draw, STAMPS if source.kind == "values" else RATES, taken)
    recipe = Recipe(
        source.name, unit, rate, seconds, layout.name, columns,
        draw.choice([name for name in TIMES if name not in columns]),
        draw.choice([name for name in RATED if name not in columns]),
        f"{draw.choice(source.files)}.{layout.ending}", (value, second), (),
    )  # fmt: skip
    return replace(recipe, steps=tuple(placed(block, params, draw, taken) for block, params in chain))


def placed(block: Block, params: Mapping[str, Any], draw: random.Random, taken: set[str]) -> Placed:
    """A block with fresh names for what it gives; the names are added to those taken."""
    return Placed(block.name, params, tuple(fresh(draw, port.names or (port.name,), taken) for port in block.gives))


def fresh(draw: random.Random, names: Sequence[str], taken: set[str]) -> str:
    """One of some names that is not taken, or the first with a number; it is taken from then on."""
    names = [name for name in names if name not in IMPORTS] or [f"{names[0]}_data"]
    free = [name for name in names if name not in taken]
    name = (
        draw.choice(free) if free else next(f"{names[0]}_{k}" for k in range(2, 99) if f"{names[0]}_{k}" not in taken)
    )
    taken.add(name)
    return name
