"""The three augmentations as typed transformations of a recipe, each with its verifier.

    Mod  sensor modality      another source; acquisition and cleaning change, the task's last blocks stay
    Rep  data representation  another file layout or a further feature block; source and answer stay
    Bud  resource budget      measured limits, and less data to work on where a block allows it

After GPIoT (arXiv 2503.00686), where a cloud model rewrote texts; here the answer changes with the question, and the
changed program is executed again. Chains follow the order Mod, Rep, Bud; no field is changed twice.
Covers: recipes. Does not cover: running them, or measuring a budget (`verify.py` does both).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from tailorbird.core.block import Block, Kit
from tailorbird.corpus.recipe import (
    LONGEST_CHAIN,
    Placed,
    Recipe,
    context,
    draw_recipe,
    drawn_params,
    placed,
)

ORDER = ("Mod", "Rep", "Bud")


def modality(kit: Kit, recipe: Recipe, draw: random.Random) -> Recipe | None:
    """The same task on another sensor; `None` when no other suits the blocks."""
    head = kit.blocks[recipe.steps[-1].block]
    here = kit.sources[recipe.source]
    others = [
        source for source in kit.sources.values()
        if source.name != here.name and source.kind == here.kind and head.suits & (source.tags | {"any"})
    ]  # fmt: skip
    for source in draw.sample(others, min(6, len(others))):
        fresh = draw_recipe(kit, draw, source_name=source.name)
        if fresh is None:
            continue
        moved = _again(kit, fresh, recipe, draw)
        if moved:
            return replace(moved, operators=(*recipe.operators, "Mod"))
    return None


def _again(kit: Kit, onto: Recipe, recipe: Recipe, draw: random.Random) -> Recipe | None:
    """The blocks of a recipe on the record of another, parameters kept where they make sense there."""
    source = kit.sources[onto.source]
    now = context(source, onto.unit, onto.rate, onto.seconds)
    taken = {"path", *onto.loaded}
    steps: list[Placed] = []
    for old in recipe.steps:
        block = kit.blocks[old.block]
        if not block.suits & (source.tags | {"any"}):
            return None
        params = dict(old.params) if block.when(old.params, now) else drawn_params(block, draw, now)
        if params is None:
            return None
        steps.append(placed(block, params, draw, taken))
        if block.rate_after:
            now = replace(now, rate=block.rate_after(params, now))
    return replace(onto, steps=tuple(steps), second=recipe.second)


def representation(kit: Kit, recipe: Recipe, draw: random.Random) -> Recipe | None:
    """The same question with the data in another form: a further block before the answer, or another file layout."""
    if draw.random() < 0.6:
        longer = _longer(kit, recipe, draw)
        if longer:
            return replace(longer, operators=(*recipe.operators, "Rep"))
    source = kit.sources[recipe.source]
    others = [
        layout for layout in kit.layouts.values()
        if layout.name != recipe.layout and source.kind in layout.functions and layout.fits(source, recipe.rate)
    ]  # fmt: skip
    if not others:
        return None
    layout = draw.choice(others)
    stem = recipe.file.rpartition(".")[0]
    return replace(recipe, layout=layout.name, file=f"{stem}.{layout.ending}", operators=(*recipe.operators, "Rep"))


def _longer(kit: Kit, recipe: Recipe, draw: random.Random) -> Recipe | None:
    """A block put in where it gives what it takes, so that everything after it still fits."""
    source = kit.sources[recipe.source]
    if len(recipe.steps) >= LONGEST_CHAIN:
        return None
    spots = list(range(recipe.second or len(recipe.steps)))
    for at in draw.sample(spots, len(spots)):
        now = context(source, recipe.unit, recipe.rate, recipe.seconds)
        for before in recipe.steps[:at]:
            block = kit.blocks[before.block]
            now = replace(now, rate=block.rate_after(before.params, now)) if block.rate_after else now
        options = [block for block in kit.blocks.values() if _between(kit, recipe, at, block)]
        for block in draw.sample(options, min(8, len(options))):
            params = drawn_params(block, draw, now)
            if params is None or not _still(kit, recipe, at, block, params):
                continue
            taken = {"path", *recipe.loaded, *(name for step in recipe.steps for name in step.outputs)}
            step = placed(block, params, draw, taken)
            second = recipe.second + 1 if recipe.second > at else recipe.second
            return replace(recipe, steps=(*recipe.steps[:at], step, *recipe.steps[at:]), second=second)
    return None


def _between(kit: Kit, recipe: Recipe, at: int, block: Block) -> bool:
    after = kit.blocks[recipe.steps[at].block]
    before = kit.blocks[recipe.steps[at - 1].block] if at else None
    kind = before.gives[0].kind if before else kit.sources[recipe.source].kind
    tags = kit.sources[recipe.source].tags | {"any"}
    here = {recipe.steps[k].block for k in range(len(recipe.steps))}
    return (
        block.name not in here
        and block.takes[0].kind == kind == block.gives[0].kind
        and all(port.kind in (kind, "rate", "stamps") for port in block.takes)
        and (before.stage if before else 0) <= block.stage <= after.stage
        and bool(block.suits & tags)
    )


def _still(kit: Kit, recipe: Recipe, at: int, block: Block, params: Mapping[str, object]) -> bool:
    """Whether later parameters make sense behind a new block."""
    source = kit.sources[recipe.source]
    now = context(source, recipe.unit, recipe.rate, recipe.seconds)
    chain = [(kit.blocks[step.block], step.params) for step in recipe.steps]
    for item, given in [*chain[:at], (block, params), *chain[at:]]:
        if not item.when(given, now):
            return False
        now = replace(now, rate=item.rate_after(given, now)) if item.rate_after else now
    return True


BUDGETS: Mapping[str, tuple[float, ...]] = {
    "rss_mb": (150.0, 200.0, 256.0, 300.0, 400.0),
    "cpu_s": (0.5, 1.0, 2.0, 5.0),
    "program_kb": (8.0, 12.0, 16.0, 24.0),
}
"""Limits that are asked for; a program counts only when it was measured inside."""


def budget(kit: Kit, recipe: Recipe, draw: random.Random) -> Recipe | None:
    """The same program under one or two measured limits."""
    del kit
    names = sorted(draw.sample(sorted(BUDGETS), draw.choice((1, 1, 2))))
    lines = tuple(f"{name} <= {draw.choice(BUDGETS[name]):g}" for name in names)
    return replace(recipe, budget=lines, operators=(*recipe.operators, "Bud"))


OPERATORS: Mapping[str, Callable[[Kit, Recipe, random.Random], Recipe | None]] = {
    "Mod": modality,
    "Rep": representation,
    "Bud": budget,
}


def verify(before: Recipe, after: Recipe, kit: Kit) -> str:
    """Why a recipe is not what its last operator promises; empty when it is."""
    name = after.operators[-1]
    same_end = before.steps[-1].block == after.steps[-1].block
    if not same_end:
        return f"{name}: the answer changed"
    if name == "Mod":
        return (
            ""
            if before.source != after.source and before.chain == after.chain
            else "Mod: expected another source and the same blocks"
        )
    if before.source != after.source:
        return f"{name}: the source changed"
    if name == "Rep":
        changed = before.layout != after.layout or len(after.steps) == len(before.steps) + 1
        return "" if changed and before.budget == after.budget else "Rep: expected another layout or one more block"
    kept = replace(after, budget=before.budget, operators=before.operators) == before
    return "" if kept and after.budget and not before.budget else "Bud: expected limits and nothing else"


def chains(kit: Kit, raw: Recipe, draw: random.Random) -> list[tuple[Recipe, Recipe]]:
    """Every chain of operators up to length 3 in their order, as (before, after) pairs; those that apply."""
    found: list[tuple[Recipe, Recipe]] = []
    level = [raw]
    for name in ORDER:
        new = []
        for recipe in level:
            after = OPERATORS[name](kit, recipe, draw)
            if after is not None:
                found.append((recipe, after))
                new.append(after)
        level += new
    return found
