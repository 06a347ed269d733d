"""Rows of families: their programs in many clothes, judged by each family's own oracle.

Covers: rows and rejections of one batch. Does not cover: families that need a peer, held-out families' use in training
(they get the split `unseen-family` with all their siblings).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailorbird.core import wording
from tailorbird.core.domain import Family, Level
from tailorbird.core.errors import ParseError
from tailorbird.core.kinds import parse_kind
from tailorbird.core.signature import signature
from tailorbird.corpus.adapt import Adapted, adapt, own, written
from tailorbird.corpus.bank import expand
from tailorbird.corpus.goals import Goal, is_held, limit_said, listed, with_slips
from tailorbird.corpus.lesson import Lesson, Proof, Rejected, lesson, proof_id
from tailorbird.corpus.lessons import Batch, Parts, repairs
from tailorbird.corpus.verify import Desk, Given

TRIALS: tuple[Level, ...] = ("nominal", "hard", "edge")

SLIPS = 3
"""Broken programs tried for each program."""

PUBLIC = "corpus"
"""Salt of every instance a corpus is proved on; suites refuse it."""


@dataclass(frozen=True)
class Bank:
    """Wordings of one family beyond those that suites are built from."""

    en: Mapping[str, Sequence[str]]
    """Style to sentences, with {file} and {budget}."""
    zh: Sequence[str]
    stages: Mapping[str, Mapping[str, Sequence[str]]]
    """Function to language to patterns."""


EMPTY = Bank({}, (), {})


def batch(
    family: Family, solutions: Mapping[str, str], bank: Bank, desk: Desk, seed: int, number: int, variants: int, held: bool
) -> Batch:  # fmt: skip
    """The rows of one batch of a family.

    Args:
        family: whose programs are taught.
        solutions: texts of solutions files.
        bank: its wordings.
        desk: runs and checks.
        seed: of the build.
        number: of the batch within the family; the first starts with the plain reference.
        variants: programs to make.
        held: whether the whole family is kept from training.
    """
    draw = random.Random(f"{seed}/{family.id}/{number}")
    made = Batch()
    split = "unseen-family" if held else "train"
    for turn in range(variants):
        try:
            one = adapt(family, solutions, draw, plain=number == 0 and turn == 0)
            _of_program(one, bank, desk, made, split, draw)
        except ParseError as error:
            made.rejected.append(Rejected("compose", error.message[:300], f"family/{family.id}"))
    return made


def _of_program(one: Adapted, bank: Bank, desk: Desk, made: Batch, split: str, draw: random.Random) -> None:
    family = one.family
    source = f"family/{family.id}/{one.method}/{one.layout}"
    program = desk.join(one.requirement(f"{family.title}."), one.plan, one.specs, one.texts)
    trials = [(level, family.seed(PUBLIC, draw.randrange(10**6))) for level in TRIALS]
    drawn = [family.generate(seed, level) for level, seed in trials]
    inputs = given(one, desk, [own(item) for item in drawn])
    if inputs is None:
        made.rejected.append(Rejected("layout", "what the loader gave could not be kept so", source))
        return
    outcomes = desk.runner.run(program.source, inputs)
    made.count("programs run")
    bad = next((item for item in outcomes if item.status != "done"), None)
    if bad or len(outcomes) != len(inputs):
        made.rejected.append(Rejected("run", f"{bad.error}: {bad.why}"[:300] if bad else "no answer", source))
        return
    for item, instance in zip(outcomes, drawn, strict=True):
        score = family.judge(instance.truth, one.judged(item.result))
        if not score.passed:
            made.rejected.append(Rejected("oracle", f"{score.error}: {score.why}"[:300], source))
            return
    for spec, text in zip(one.specs, one.texts, strict=True):
        faults = desk.inspect(text, spec)
        if faults:
            made.rejected.append(Rejected("lint", "; ".join(faults)[:300], source, text[:200]))
            return
    given_by = {
        "family": family.id, "trials": [[level, seed] for level, seed in trials], "layout": one.layout, "path": one.path,
        "loader": one.loader, "names": [slot.name for slot in one.specs[0].outputs],
        "types": [slot.type for slot in one.specs[0].outputs], "back": dict(one.back),
    }  # fmt: skip
    proof = Proof(
        proof_id(program.source, given_by), "family", program.source, given_by, tuple(item.result for item in outcomes)
    )
    made.proofs.append(proof)
    megabytes = max(item.memory_mb for item in outcomes)
    for row in _words(one, bank, source, split, megabytes, draw):
        made.keep(row)
    full = one.requirement(f"{family.title}.")
    for spec, text in zip(one.specs, one.texts, strict=True):
        example = wording.teach(
            wording.write(spec, signature(spec), full), text, f"{source}/{spec.name}", family.id, "code"
        )
        made.keep(
            lesson(
                example,
                "code",
                f"{family.id}/{spec.name}",
                operators=one.operators,
                oracle="family",
                proof=proof.id,
                split=split,
            )
        )
    parts = Parts(
        full, one.plan, one.specs, one.texts, source, family.id, lambda name: f"{family.id}/{name}", one.operators, split
    )  # fmt: skip
    repairs(desk, made, parts, proof, inputs[:1], draw, SLIPS)


def given(one: Adapted, desk: Desk, inputs: Sequence[Given]) -> list[Given] | None:
    """The inputs of a program: the family's own, or rewritten through the family's own loader."""
    if one.layout == "own":
        return list(inputs)
    return rewritten(one.loader, one.specs[0].name, one, desk, inputs)


def rewritten(loader: str, name: str, one: Any, desk: Desk, inputs: Sequence[Given]) -> list[Given] | None:
    """Files of another layout with what a loader read from the family's own."""
    outcomes = desk.runner.run(loader, inputs, name)
    if len(outcomes) != len(inputs) or any(item.status != "done" for item in outcomes):
        return None
    several = len(one.specs[0].outputs) > 1
    found = []
    for item in outcomes:
        values = item.result if several else [item.result]
        if not _whole(values, one):
            return None
        file = written(one, values)
        if file is None:
            return None
        found.append(file)
    return found


def _whole(values: Sequence[Any], one: Any) -> bool:
    """Whether values keep their shape as plain data: an empty table of several columns does not."""
    for slot, value in zip(one.specs[0].outputs, values, strict=True):
        kind = parse_kind(slot.type)
        if kind.name == "ndarray" and len(kind.dims) > 1 and not value:
            return False
    return True


def wordings(one: Adapted, bank: Bank, draw: random.Random) -> list[Goal]:
    """What people could say: the family's open wordings, its bank, and its steps in a row."""
    family = one.family
    found = [Goal(item.text, item.kind, item.language, False) for item in family.wordings if not item.held]
    found += [Goal(text, style, "en", is_held(text)) for style, texts in bank.en.items() for text in texts]
    found += [Goal(text, "bank", "zh", is_held(text)) for text in bank.zh]
    for language in ("en", "zh"):
        steps = [bank.stages.get(spec.name, {}).get(language, ()) for spec in family.specs]
        if all(steps):
            phrases = [draw.choice([text for pattern in patterns for text in expand(pattern)]) for patterns in steps]
            text = listed(phrases, draw) if language == "en" else "，".join(phrases) + "。"
            found.append(Goal(text, "steps", language, False))
    return found


def _words(
    one: Adapted, bank: Bank, source: str, split: str, megabytes: float, draw: random.Random
) -> Iterator[Lesson]:
    """Completion, plans and specifications under some of the family's wordings."""
    family = one.family
    options = wordings(one, bank, draw)
    file = one.path or _own_file(family)
    chosen = draw.sample(options, min(8, len(options)))
    whole = {goal.text for goal in draw.sample(chosen, min(3, len(chosen)))}
    for goal in chosen:
        text, budget = goal.text.replace("{file}", file), tuple[str, ...]()
        if "{budget}" in text:
            limit = _roomy(megabytes)
            budget, text = (f"rss_mb <= {limit:g}",), text.replace("{budget}", limit_said(f"rss_mb <= {limit:g}", draw))
        if goal.language == "en" and draw.random() < 0.15:
            text = with_slips(text, draw)
        where = "unseen-wording" if goal.held and split == "train" else split
        style = goal.style if text == goal.text else f"{goal.style}+filled"
        more: dict[str, Any] = {
            "style": style, "language": goal.language, "split": where, "operators": (*one.operators, *(("Bud",) if budget else ())),
        }  # fmt: skip
        full = one.requirement(text, budget)
        if draw.random() < 0.5:
            bare = one.requirement(text, budget, bare=True)
            yield lesson(
                wording.teach(wording.complete(bare), wording.write_slots(one.outputs), source, family.id, "plan"),
                "complete",
                family.id,
                **more,
            )
        yield lesson(
            wording.teach(wording.decompose(full), one.plan.render(), source, family.id, "plan"),
            "plan",
            family.id,
            **more,
        )
        for number, spec in enumerate(one.specs, start=1):
            if goal.text in whole:
                asked = wording.specify(full, one.plan, number, one.scope(number))
                yield lesson(
                    wording.teach(asked, spec.render(), f"{source}/{spec.name}", family.id, "spec"),
                    "spec",
                    f"{family.id}/{spec.name}",
                    **more,
                )


def _own_file(family: Family) -> str:
    """The first file name of a family's contract."""
    found = re.search(r"`([^`]+)`", family.contract.files[0]) if family.contract.files else None
    return found[1] if found else "the input file"


def _roomy(megabytes: float) -> float:
    """A round memory limit above what was measured."""
    return next(
        limit for limit in (64.0, 100.0, 128.0, 150.0, 200.0, 256.0, 400.0, 1024.0) if limit > 1.3 * megabytes + 8
    )
