"""Rows of composed programs: each recipe written twice, run on three records, compared, then taught step by step.

One batch is one deterministic piece of work: its number and the build's seed decide every choice, so that batches can
be made in any order, by any number of workers, and again after a kill.
Covers: recipes and their operators, rows and rejections of one batch. Does not cover: duplicates between batches.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tailorbird.core import wording
from tailorbird.core.block import Kit
from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Program, Requirement, Spec
from tailorbird.core.record import to_data
from tailorbird.core.signature import signature
from tailorbird.corpus import operators
from tailorbird.corpus.compose import Composition, can_fuse, compose, draw_file, functions, idioms
from tailorbird.corpus.goals import Goal, goals, with_slips
from tailorbird.corpus.lesson import Lesson, Proof, Rejected, lesson, proof_id
from tailorbird.corpus.recipe import Recipe, draw_recipe
from tailorbird.corpus.slips import Broken, broken
from tailorbird.corpus.verify import Desk, Given, agree, hollow, row_fault

RECORDS = (1.0, 0.7)
"""Lengths of the input records of each program, as parts of the recipe's."""

FUSING = 0.45
"""Probability that two neighbouring steps become one function, where they can."""

HELD_COMPOSITIONS = 25
"""One structure of so many is kept for the split of unseen compositions."""


@dataclass
class Batch:
    """What one piece of work came to."""

    lessons: list[Lesson] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a figure of the card."""
        self.counts[name] = self.counts.get(name, 0) + by

    def keep(self, row: Lesson) -> None:
        """Keep a row, or its rejection."""
        gate, reason = row_fault(row)
        if gate:
            self.rejected.append(Rejected(gate, reason, row.source, row.answer[:200]))
        else:
            self.lessons.append(row)


@dataclass(frozen=True)
class Effort:
    """How much is made of each recipe."""

    raw: int = 6
    """Recipes a batch starts from."""
    wordings: int = 4
    """Wordings of each recipe."""
    writings: int = 8
    """Programs of each recipe, in other idioms and with other steps written as one; two of a recipe with a budget."""
    slips: int = 3
    """Broken programs tried for each recipe."""


def batch(kit: Kit, desk: Desk, seed: int, number: int, effort: Effort) -> Batch:
    """The rows of one batch of composed programs."""
    draw = random.Random(f"{seed}/compositions/{number}")
    made = Batch()
    names = sorted(kit.blocks)
    for turn in range(effort.raw):
        # Every block is wanted in turn, so that rare ones are not drowned by those that fit everywhere.
        raw = draw_recipe(kit, draw, names[(number * effort.raw + turn) % len(names)])
        if raw is None:
            made.count("recipes without end")
            continue
        recipes = [raw]
        for before, after in operators.chains(kit, raw, draw):
            fault = operators.verify(before, after, kit)
            if fault:
                made.rejected.append(Rejected("operator", fault, _name(after)))
            else:
                recipes.append(after)
        for recipe in recipes:
            _of_recipe(kit, desk, made, recipe, draw, effort)
    return made


def split_of(recipe: Recipe) -> str:
    """The split of a recipe's structure, decided before anything is drawn from it."""
    held = int(hashlib.sha256(f"composition/{recipe.structure}".encode()).hexdigest()[:8], 16) % HELD_COMPOSITIONS == 0
    return "unseen-composition" if held else "train"


def _name(recipe: Recipe) -> str:
    return f"composition/{recipe.source}/{recipe.chain}"


def _of_recipe(kit: Kit, desk: Desk, made: Batch, recipe: Recipe, draw: random.Random, effort: Effort) -> None:
    made.count(f"recipes {'+'.join(recipe.operators) or 'raw'}")
    programs: list[Written] = []
    try:
        one, two = idioms(kit, recipe, draw)
        more = [idioms(kit, recipe, draw)[0] for _ in range(_further(recipe, effort))]
        for idiom in (one, two, *more):
            item = _fused(kit, recipe, idiom, draw)
            if all(item.fused != other.made.recipe.fused or idiom != other.idiom for other in programs):
                programs.append(_write(kit, desk, item, idiom, draw))
    except ParseError as error:
        made.rejected.append(Rejected("compose", error.message, _name(recipe)))
        return
    found = _run(kit, desk, made, recipe, programs, draw)
    if found is None:
        return
    expected, inputs, seeds = found
    held = split_of(recipe)
    for program in programs:
        for spec, text in zip(program.made.specs, program.texts, strict=True):
            faults = desk.inspect(text, spec)
            if faults:
                made.rejected.append(Rejected("lint", "; ".join(faults)[:300], _name(recipe), text[:200]))
                return
    wordings = [(goal, held) for goal in goals(kit, programs[0].made, draw, effort.wordings)]
    wordings += [
        (goal, "unseen-wording" if held == "train" else held)
        for goal in goals(kit, programs[0].made, draw, 1, held=True)
    ]
    for at, (goal, split) in enumerate(wordings):
        for row in _texts(programs[at % len(programs)], goal, split, draw, whole=at == 0):
            made.keep(row)
    for number, program in enumerate(programs):
        proof = _proof(program, recipe, seeds, expected)
        made.proofs.append(proof)
        for row in _code(program, proof, held):
            made.keep(row)
        if number == 0 and not recipe.budget:
            parts = _parts(program, recipe, held)
            repairs(desk, made, parts, proof, inputs[:1], draw, effort.slips)


def _further(recipe: Recipe, effort: Effort) -> int:
    """Programs beyond two: where only limits or the file changed, the functions are those of the recipe before."""
    return 0 if recipe.operators and recipe.operators[-1] == "Bud" else effort.writings - 2


def _parts(written: Written, recipe: Recipe, split: str) -> Parts:
    """A composed program as its repairs are taught."""
    made = written.made
    return Parts(
        made.requirement(made.plan.steps[-1].title), made.plan, made.specs, written.texts, _name(recipe),
        f"composition/{recipe.structure}", lambda name: _topic(recipe, name), recipe.operators, split,
    )  # fmt: skip


def _fused(kit: Kit, recipe: Recipe, idiom: Sequence[int], draw: random.Random) -> Recipe:
    """The recipe with some neighbouring steps written as one function, two or three at a time."""
    spots = [at for at in range(1, len(recipe.steps)) if can_fuse(kit, recipe, at, idiom)]
    chosen: list[int] = []
    for at in spots:
        longest = [at - 1, at - 2] == chosen[-1:-3:-1]
        if not longest and draw.random() < FUSING:
            chosen.append(at)
    return replace(recipe, fused=tuple(chosen))


@dataclass(frozen=True)
class Written:
    """A composition as one program."""

    made: Composition
    texts: tuple[str, ...]
    program: Program
    style: str
    idiom: tuple[int, ...]


def _write(kit: Kit, desk: Desk, recipe: Recipe, idiom: Sequence[int], draw: random.Random) -> Written:
    made = compose(kit, recipe)
    style = draw.choice(("google", "google", "line"))
    texts = functions(kit, recipe, made, idiom, style)
    program = desk.join(
        made.requirement(f"{made.plan.steps[-1].title} from {recipe.file}."), made.plan, made.specs, texts
    )
    return Written(made, texts, program, style, tuple(idiom))


def _run(
    kit: Kit, desk: Desk, made: Batch, recipe: Recipe, programs: Sequence[Written], draw: random.Random
) -> tuple[list[Any], list[Given], list[int]] | None:
    """Run both programs on the same records: their results, or `None` with the rejection noted."""
    seeds = [draw.getrandbits(48) for _ in RECORDS]
    inputs = given(kit, recipe, seeds)
    results = []
    for written in programs:
        outcomes = desk.runner.run(written.program.source, inputs)
        made.count("programs run")
        bad = next((item for item in outcomes if item.status != "done"), None)
        if bad or len(outcomes) != len(inputs):
            why = f"{bad.error}: {bad.why}" if bad else "no answer"
            made.rejected.append(Rejected("run", why[:300], _name(recipe), str(dict(recipe.steps[-1].params))))
            return None
        fault = _over(recipe, outcomes, written.program)
        if fault:
            made.rejected.append(Rejected("budget", fault, _name(recipe)))
            return None
        results.append([item.result for item in outcomes])
    within = programs[0].made.within
    if not all(agree(a, b, within) for other in results[1:] for a, b in zip(results[0], other, strict=True)):
        made.rejected.append(
            Rejected("oracle", f"idioms disagree: {str(results[0])[:120]} and {str(results[-1])[:120]}", _name(recipe))
        )
        return None
    if hollow(results[0]):
        made.rejected.append(Rejected("hollow", "every record gave nothing", _name(recipe)))
        return None
    return results[0], inputs, seeds


def given(kit: Kit, recipe: Recipe, seeds: Sequence[int]) -> list[Given]:
    """The input files of a recipe."""
    return [
        Given({recipe.file: draw_file(kit, recipe, seed, share)}, recipe.file)
        for seed, share in zip(seeds, RECORDS, strict=True)
    ]


def _over(recipe: Recipe, outcomes: Sequence[Any], program: Program) -> str:
    """Which limit of the budget was measured to be broken; empty when none."""
    meters = {
        "rss_mb": max(item.memory_mb for item in outcomes),
        "cpu_s": max(item.cpu_s for item in outcomes) / len(outcomes),
        "program_kb": len(program.source.encode()) / 1024,
    }
    for line in recipe.budget:
        name, _, limit = line.partition(" <= ")
        if meters[name] > float(limit):
            return f"{line}, measured {meters[name]:.3g}"
    return ""


def _proof(written: Written, recipe: Recipe, seeds: Sequence[int], expected: Sequence[Any]) -> Proof:
    inputs = {"recipe": recipe_data(recipe), "seeds": list(seeds)}
    source = written.program.source
    return Proof(proof_id(source, inputs), "twin", source, inputs, tuple(expected), max(written.made.within, 1e-6))


def recipe_data(recipe: Recipe) -> dict[str, Any]:
    """A recipe as plain data."""
    data = {name: getattr(recipe, name) for name in recipe.__dataclass_fields__ if name != "steps"}
    steps = [{"block": step.block, "params": dict(step.params), "outputs": list(step.outputs)} for step in recipe.steps]
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in data.items()}
    return plain | {"steps": steps}


def _texts(written: Written, goal: Goal, split: str, draw: random.Random, *, whole: bool) -> Iterator[Lesson]:
    """Completion, plan and specifications under one wording; `whole` asks for all specifications."""
    made, recipe = written.made, written.made.recipe
    text = with_slips(goal.text, draw) if goal.language == "en" and draw.random() < 0.15 else goal.text
    style = goal.style + ("+slips" if text != goal.text else "")
    full = made.requirement(text)
    source, group = _name(recipe), f"composition/{recipe.structure}"
    more: dict[str, Any] = {"operators": recipe.operators, "style": style, "language": goal.language, "split": split}
    bare = made.requirement(text, bare=True)
    if whole:
        yield lesson(
            wording.teach(wording.complete(bare), wording.write_slots(made.outputs), source, group, "plan"),
            "complete", recipe.steps[-1].block, **more,
        )  # fmt: skip
    yield lesson(
        wording.teach(wording.decompose(full), made.plan.render(), source, group, "plan"),
        "plan",
        recipe.steps[-1].block,
        **more,
    )
    numbers = range(1, len(made.specs) + 1)
    for number in numbers if whole else draw.sample(list(numbers), 1):
        spec = made.specs[number - 1]
        asked = wording.specify(full, made.plan, number, made.scope(number))
        yield lesson(
            wording.teach(asked, spec.render(), f"{source}/{spec.name}", group, "spec"),
            "spec",
            _topic(recipe, spec.name),
            **more,
        )


def _topic(recipe: Recipe, name: str) -> str:
    """What the balance counts: the loader with its layout, or the function."""
    return f"load/{recipe.layout}" if name.startswith("load_") else name


def _code(written: Written, proof: Proof, split: str) -> Iterator[Lesson]:
    made, recipe = written.made, written.made.recipe
    full = made.requirement(made.plan.steps[-1].title)
    for spec, text in zip(made.specs, written.texts, strict=True):
        asked = wording.write(spec, signature(spec), full)
        example = wording.teach(asked, text, f"{_name(recipe)}/{spec.name}", f"composition/{recipe.structure}", "code")
        yield lesson(
            example, "code", _topic(recipe, spec.name), operators=recipe.operators, style=written.style, oracle="twin",
            proof=proof.id, split=split,
        )  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """A program that passed, in parts, with what its rows carry."""

    requirement: Requirement
    plan: Plan
    specs: tuple[Spec, ...]
    texts: tuple[str, ...]
    source: str
    group: str
    topic: Callable[[str], str]
    """Name of a function to what the balance counts."""
    operators: tuple[str, ...]
    split: str


def repairs(
    desk: Desk, made: Batch, parts: Parts, proof: Proof, inputs: Sequence[Given], draw: random.Random, count: int
) -> None:  # fmt: skip
    """Break one function at a time, run the program, and teach the way back from the real error."""
    for number, spec, item in drawn_slips(parts.specs, parts.texts, count, draw):
        report = failure(desk, parts, number, item, inputs, proof)
        made.count("broken programs run")
        source = f"{parts.source}/{spec.name}"
        if not report:
            made.rejected.append(Rejected("repair", "the slip changed nothing that a run shows", source, item.what))
            continue
        asked = wording.repair(spec, signature(spec), item.text, report, parts.requirement)
        example = wording.teach(asked, parts.texts[number], source, parts.group, "repair")
        made.keep(
            lesson(example, "repair", parts.topic(spec.name), operators=parts.operators, style=item.what,
                   oracle=proof.oracle, proof=proof.id, split=parts.split)
        )  # fmt: skip


def drawn_slips(
    specs: Sequence[Any], texts: Sequence[str], count: int, draw: random.Random
) -> Iterator[tuple[int, Any, Broken]]:
    """Some broken functions of a program: index, specification, what is broken."""
    for _ in range(count):
        number = draw.randrange(len(texts))
        options = broken(texts[number], draw)
        if options:
            yield number, specs[number], draw.choice(options)


def failure(desk: Desk, parts: Parts, number: int, item: Broken, inputs: Sequence[Given], proof: Proof) -> str:
    """What a run of the broken program shows, as the solver would report it; empty when nothing."""
    texts = [*parts.texts]
    texts[number] = item.text
    try:
        program = desk.join(parts.requirement, parts.plan, parts.specs, tuple(texts))
    except ParseError as error:
        return error.message
    outcome = desk.runner.run(program.source, inputs)[0]
    if outcome.status != "done":
        return "\n".join([f"{outcome.error}: {outcome.why}", *outcome.trace.split("\n")[-38:]]).strip()
    if agree(outcome.result, proof.expected[0], proof.within):
        return ""
    came, wanted = _short(outcome.result), _short(proof.expected[0])
    return f"wrong_value: on the worked example the program gave {came}, expected {wanted}"


def _short(value: Any) -> str:
    text = str(to_data(value) if hasattr(value, "__dataclass_fields__") else value)
    return text if len(text) <= 160 else text[:157] + "..."
