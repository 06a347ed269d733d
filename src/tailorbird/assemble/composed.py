"""The suite `iot-compositions`: programs composed of building blocks in structures that no corpus row was made from.

Every task is one structure of the split of unseen compositions, asked for in held-out phrases, with five hidden
trials. What a trial expects is computed here, on the judge's side, by a program of the project's own blocks; a second
program in other idioms must agree on every trial before the task is taken.
Covers: drawing the tasks, their families and reference programs. Does not cover: running answers (`bench`).
"""

from __future__ import annotations

import random
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from tailorbird import assemble
from tailorbird.assemble import corpora
from tailorbird.bench.suite import Suite, trials
from tailorbird.core.attempt import Limits, Request
from tailorbird.core.block import Kit
from tailorbird.core.domain import Bar, Contract, Domain, Family, Instance, Level, Stage, Wording
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Program, slug
from tailorbird.core.task import Task
from tailorbird.corpus.compose import Composition, compose, draw_file, functions, idioms
from tailorbird.corpus.goals import Goal, goals
from tailorbird.corpus.lessons import split_of
from tailorbird.corpus.recipe import Recipe, draw_recipe
from tailorbird.corpus.verify import agree, hollow
from tailorbird.solve.join import join

COUNT = 200
"""Tasks of the suite, one structure each."""

SHARES: Mapping[Level, float] = {"easy": 0.7, "nominal": 1.0, "hard": 1.4, "edge": 0.5}
"""Length of the record of each level, as part of the recipe's."""

LEAST_WITHIN = 1e-6
"""Least relative difference up to which an answer is right: what two orders of summing may differ by."""

_KINDS = {"goal": "goal", "terse": "terse"}

Answer = Callable[[bytes], Any]


@dataclass(frozen=True)
class Composed:
    """Tasks of composed programs, the pack that judges them, and the program that is right for each."""

    suite: Suite
    pack: Domain
    references: Mapping[str, Program]


@lru_cache(maxsize=4)
def compositions(name: str, domain: str, salt: str, count: int = COUNT) -> Composed:
    """The suite under a salt: equal arguments give equal tasks.

    Args:
        name: of the suite.
        domain: pack whose blocks are composed.
        salt: decides the structures and the hidden records.
        count: tasks.
    """
    pack, kit = assemble.domain(domain), corpora.kit(domain)
    draw = random.Random(f"{salt}/{name}")
    blocks = sorted(kit.blocks)
    families: dict[str, Family] = {}
    programs: dict[str, Program] = {}
    tasks: list[Task] = []
    seen: set[str] = set()
    turn = 0
    while len(tasks) < count:
        recipe = draw_recipe(kit, draw, blocks[turn % len(blocks)])
        turn += 1
        if recipe is None or recipe.structure in seen or split_of(recipe) == "train":
            continue
        seen.add(recipe.structure)
        made = _made(kit, recipe, draw, salt)
        if made is not None:
            family, program, goal = made
            families[family.id], programs[family.id] = family, program
            tasks.append(_task(family, goal, pack.name, salt, recipe))
    return Composed(Suite(name, tuple(tasks), salt), replace(pack, families=families, missing={}), programs)


def _task(family: Family, goal: Goal, domain: str, salt: str, recipe: Recipe) -> Task:
    request = Request(family.requirement(goal.text).render(), domain, limits=Limits())
    tags = (f"kind:{goal.style}", f"language:{goal.language}", f"steps:{len(recipe.steps) + 1}", "wording:held")
    return Task(
        id=f"{family.id}/{goal.language}", family=family.id, request=request, trials=trials(family, salt), tags=tags
    )


def _made(kit: Kit, recipe: Recipe, draw: random.Random, salt: str) -> tuple[Family, Program, Goal] | None:
    """A recipe as a family with its reference; `None` when its programs fail, differ, or find nothing."""
    try:
        made = compose(kit, recipe)
        first, second = (_program(kit, recipe, made, idiom) for idiom in idioms(kit, recipe, draw))
    except ParseError:
        return None
    found = goals(kit, made, draw, 1, held=True)
    if not found:
        return None
    family = _family(kit, made, found[0], _answer(first, recipe.file))
    other = _answer(second, recipe.file)
    wanted = []
    try:
        for trial in trials(family, salt):
            level = cast("Level", trial.level)
            instance = family.generate(trial.seed, level)
            if not agree(instance.truth["result"], other(instance.visible[recipe.file]), made.within):
                return None
            wanted.append(instance.truth["result"])
    except Exception:  # noqa: BLE001 - a program of blocks that trips over a record makes no task
        return None
    return None if hollow(wanted) else (family, first, found[0])


def _program(kit: Kit, recipe: Recipe, made: Composition, idiom: tuple[int, ...]) -> Program:
    texts = functions(kit, recipe, made, idiom, "google")
    return join(made.requirement(made.plan.steps[-1].title), made.plan, made.specs, texts)


def _answer(program: Program, file: str) -> Answer:
    """What a program of our own blocks makes of a file; it runs here, because nobody else has written it."""
    space: dict[str, Any] = {"__name__": "reference"}
    exec(compile(program.source, "<reference>", "exec"), space)
    plain: Callable[[Any], Any] = space.get("_plain", lambda value: value)

    def answer(content: bytes) -> Any:
        with tempfile.TemporaryDirectory(prefix="tailorbird-truth-") as folder:
            path = Path(folder) / file
            path.write_bytes(content)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return plain(space[program.entry](str(path)))

    return answer


def _family(kit: Kit, made: Composition, goal: Goal, answer: Answer) -> Family:
    recipe = made.recipe
    within = max(made.within, LEAST_WITHIN)

    def generate(seed: int, level: Level) -> Instance:
        content = draw_file(kit, recipe, seed, SHARES[level])
        return Instance({recipe.file: content}, {"result": answer(content)}, recipe.file)

    def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
        return {"agree": float(agree(dict(output), truth["result"], within))}

    steps = zip(made.plan.steps, made.specs, strict=True)
    return Family(
        id=f"C-{recipe.identity[:12]}",
        title=" > ".join(placed.block for placed in recipe.steps),
        domain="C",
        version=1,
        wordings=(Wording(goal.text, _KINDS.get(goal.style, "operation"), goal.language, held=True),),  # type: ignore[arg-type]
        contract=Contract(made.files, made.outputs, made.remarks),
        stages=tuple(Stage(step.title, step.actions, spec.target, spec.inputs, spec.outputs) for step, spec in steps),
        solutions=slug(recipe.structure),
        generate=generate,
        measure=measure,
        bars=(Bar("agree", 1.0, "least"),),
        alternates=(),
        mutants=(),
        notes="",
    )  # fmt: skip
