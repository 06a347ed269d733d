"""Rows that a larger model writes, behind the same gates: further wordings, and further functions for known steps.

    wordings   Self-Instruct (arXiv 2212.10560): three known wordings as examples, a fourth is asked for; kept when it
               names every fact of the original and is new (ROUGE-L below 0.7 to every other wording)
    functions  OSS-Instruct (arXiv 2312.02120): a real fragment as inspiration, a function for a given specification is
               asked for; kept when the whole program gives what the verified program gives

Rows carry the teacher's name and can be left out by it.
Covers: one batch. Does not cover: reaching the teacher; any engine will do.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tailorbird.core import wording
from tailorbird.core.ask import Sampling
from tailorbird.core.attempt import Outcome
from tailorbird.core.block import Kit
from tailorbird.core.errors import EngineError, ParseError
from tailorbird.core.example import Message
from tailorbird.core.protocols import Engine
from tailorbird.core.signature import signature
from tailorbird.corpus.compose import Composition, compose, functions, idioms
from tailorbird.corpus.goals import facts, goals
from tailorbird.corpus.guard import words
from tailorbird.corpus.lesson import Proof, Rejected, lesson, proof_id
from tailorbird.corpus.lessons import RECORDS, Batch, given, recipe_data, split_of
from tailorbird.corpus.recipe import Recipe, draw_recipe
from tailorbird.corpus.verify import Desk, Given, agree

REWRITE = (
    "You write requests to a programmer. Say the last request in other words, as another person would. Keep every number, "
    "unit and file name. Write one request and nothing else."
)

FRAGMENT = 600
"""Characters of code that inspire a function."""

NEW = 0.7
"""ROUGE-L from which two wordings are the same."""


def batch(kit: Kit, desk: Desk, engine: Engine, name: str, seed: int, number: int, tasks: int = 4) -> Batch:
    """Rows of one batch.

    Args:
        kit: blocks that the tasks are drawn from.
        desk: runs and checks.
        engine: the teacher.
        name: how rows call it.
        seed: of the build.
        number: of the batch.
        tasks: compositions to ask about.
    """
    draw = random.Random(f"{seed}/teacher/{number}")
    made = Batch()
    for _ in range(tasks):
        task = _task(kit, desk, draw, made)
        if task is None:
            continue
        more = {"operators": task.recipe.operators, "split": split_of(task.recipe), "generator": f"teacher:{name}"}
        _wording(task, engine, draw, made, more)
        _function(kit, desk, task, engine, draw, made, more)
    return made


@dataclass(frozen=True)
class _Task:
    """A composition whose program was run and agreed with its twin."""

    recipe: Recipe
    texts: tuple[str, ...]
    made: Composition
    title: str
    seeds: tuple[int, ...]
    inputs: list[Given]
    right: list[Outcome]
    known: tuple[str, ...]

    @property
    def source(self) -> str:
        return f"teacher/{self.recipe.source}/{self.recipe.chain}"

    @property
    def group(self) -> str:
        return f"composition/{self.recipe.structure}"


def _task(kit: Kit, desk: Desk, draw: random.Random, made: Batch) -> _Task | None:
    recipe = draw_recipe(kit, draw)
    if recipe is None:
        return None
    one, two = idioms(kit, recipe, draw)
    task = compose(kit, recipe)
    texts = functions(kit, recipe, task, one, "google")
    title = f"{task.plan.steps[-1].title} from {recipe.file}."
    asked = task.requirement(title)
    program = desk.join(asked, task.plan, task.specs, texts)
    other = desk.join(asked, task.plan, task.specs, functions(kit, recipe, task, two, "line"))
    seeds = tuple(draw.getrandbits(48) for _ in RECORDS)
    inputs = given(kit, recipe, seeds)
    right, twin = (desk.runner.run(item.source, inputs) for item in (program, other))
    if not _same(right, twin, task.within):
        made.rejected.append(Rejected("oracle", "the task itself is not sound", recipe.chain))
        return None
    known = tuple(goal.text for goal in goals(kit, task, draw, 3))
    return _Task(recipe, texts, task, title, seeds, inputs, right, known)


def _wording(task: _Task, engine: Engine, draw: random.Random, made: Batch, more: Mapping[str, Any]) -> None:
    """A further wording of the task."""
    text = _asked(engine, (Message("system", REWRITE), Message("user", "\n\n".join(task.known))), draw)
    fault = _wording_fault(text, task.known)
    if fault:
        made.rejected.append(Rejected("teacher", fault, task.source, text[:200]))
        return
    asked = wording.decompose(task.made.requirement(text))
    example = wording.teach(asked, task.made.plan.render(), task.source, task.group, "plan")
    made.keep(lesson(example, "plan", task.recipe.steps[-1].block, style="teacher", **more))


def _function(
    kit: Kit, desk: Desk, task: _Task, engine: Engine, draw: random.Random, made: Batch, more: Mapping[str, Any]
) -> None:
    """A further function for one step, proved by the whole program."""
    at = draw.randrange(len(task.made.specs))
    spec, full = task.made.specs[at], task.made.requirement(task.title)
    asked = wording.write(spec, signature(spec), full)
    fragment = draw.choice(list(kit.texts.values()))
    start = draw.randrange(max(1, len(fragment) - FRAGMENT))
    inspired = f"{asked[-1].content}\n\n# Inspiration\n{fragment[start : start + FRAGMENT]}"
    code = _unfenced(_asked(engine, (*asked[:-1], replace(asked[-1], content=inspired)), draw))
    faults = desk.inspect(code, spec)
    if faults:
        made.rejected.append(Rejected("lint", "; ".join(faults)[:300], task.source, code[:200]))
        return
    try:
        whole = desk.join(full, task.made.plan, task.made.specs, (*task.texts[:at], code, *task.texts[at + 1 :]))
    except ParseError as error:
        made.rejected.append(Rejected("compose", error.message[:300], task.source, code[:200]))
        return
    found = desk.runner.run(whole.source, task.inputs)
    made.count("programs run")
    if not _same(task.right, found, task.made.within):
        made.rejected.append(Rejected("oracle", "another result than the verified program", task.source, code[:200]))
        return
    data = {"recipe": recipe_data(task.recipe), "seeds": list(task.seeds)}
    results = tuple(item.result for item in task.right)
    proof = Proof(proof_id(whole.source, data), "twin", whole.source, data, results, max(task.made.within, 1e-6))
    made.proofs.append(proof)
    example = wording.teach(asked, code, f"{task.source}/{spec.name}", task.group, "code")
    made.keep(lesson(example, "code", spec.name, oracle="twin", proof=proof.id, **more))


def _asked(engine: Engine, messages: tuple[Message, ...], draw: random.Random) -> str:
    try:
        return engine.generate(messages, None, Sampling(temperature=0.8, seed=draw.getrandbits(31))).text.strip()
    except EngineError as error:
        raise EngineError(f"the teacher: {error.message}", error.hint) from None


def _same(first: Sequence[object], second: Sequence[object], within: float) -> bool:
    """Whether two runs answered every input alike."""
    results = [
        [getattr(item, "result", None) if getattr(item, "status", "") == "done" else None for item in run]
        for run in (first, second)
    ]
    return (
        len(first) == len(second) == len(RECORDS)
        and None not in results[0]
        and all(agree(a, b, within) for a, b in zip(*results, strict=True))
    )


def _wording_fault(text: str, known: Sequence[str]) -> str:
    """Why a wording does not count; empty when it does."""
    if not 3 <= len(words(text)) <= 120:
        return f"expected one request, got {len(words(text))} words"
    shared = {word for word in words(text) if len(word) > 3 or word > "\u3400"} & set(words(known[-1]))
    if len(shared) < 2:
        return "shares no two words with the request"
    lacking = set(facts(known[-1])) - set(facts(text))
    if lacking:
        return f"lacks {sorted(lacking)[:5]}"
    alike = max(rouge_l(words(text), words(other)) for other in known)
    return f"ROUGE-L {alike:.2f} to a known wording" if alike >= NEW else ""


def rouge_l(first: Sequence[str], second: Sequence[str]) -> float:
    """F-measure of the longest common subsequence of two word lists (Lin 2004)."""
    row = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for at, other in enumerate(second, start=1):
            before, row[at] = row[at], before + 1 if word == other else max(row[at], row[at - 1])
    common = row[-1]
    return 2.0 * common / (len(first) + len(second)) if common else 0.0


def _unfenced(text: str) -> str:
    """Code without the fence that models put around it."""
    if "```" not in text:
        return text + "\n"
    inside = text.split("```")[1]
    return inside.partition("\n")[2].rstrip() + "\n" if "\n" in inside else text
