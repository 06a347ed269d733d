"""Looking at a built corpus: its rows as a model sees them, leaks, and rows run again from the files.

Covers: show, audit with planted copies, re-running. Does not cover: building (`corpora.py`).
"""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tailorbird import assemble
from tailorbird.assemble import corpora
from tailorbird.assemble.protected import items
from tailorbird.core.chat import segments
from tailorbird.core.errors import BrokenArtefact, UserError
from tailorbird.core.example import Example, Message
from tailorbird.core.files import Card, read_card, read_json, sha256, write_card
from tailorbird.core.program import Slot
from tailorbird.core.record import canonical
from tailorbird.corpus import build
from tailorbird.corpus.adapt import own
from tailorbird.corpus.families import rewritten
from tailorbird.corpus.guard import Guard, Hit, Item
from tailorbird.corpus.harvested import NOTHING
from tailorbird.corpus.lesson import Lesson, Proof, lesson_id
from tailorbird.corpus.lessons import given
from tailorbird.corpus.probe import prints
from tailorbird.corpus.recipe import Placed, Recipe
from tailorbird.corpus.verify import Desk, Given, agree
from tailorbird.corpus.weave import local_names, rename

TRAINED = ("train", "valid")

HOSTS = 60
"""Rows of a kind that planted copies are put into."""


def rows(folder: Path, splits: Sequence[str] = build.SPLITS) -> Iterator[Lesson]:
    """Rows of a finished corpus.

    Raises:
        BrokenArtefact: if it is not finished.
    """
    card = read_card(folder, check=False)
    if card.kind != "corpus":
        raise BrokenArtefact(f"{folder}: expected a corpus, found a {card.kind}", "tailorbird corpus build iot")
    return build.read_rows(folder, splits)


def shelf(folder: Path, most: int) -> tuple[Example, ...]:
    """Examples for the retrieval baseline: the first `most` training rows of each kind and topic."""
    taken: Counter[tuple[str, str]] = Counter()
    found = []
    for row in rows(folder, ("train",)):
        taken[row.kind, row.topic] += 1
        if taken[row.kind, row.topic] <= most:
            found.append(row.example)
    return tuple(found)


def shown(folder: Path, count: int, kind: str, split: str, seed: int, marks: tuple[str, str]) -> list[str]:
    """Some rows as text, the part that carries loss between marks.

    Raises:
        UserError: if no row fits.
    """
    draw = random.Random(seed)
    chosen: list[Lesson] = []
    fits = (row for row in rows(folder, (split,)) if not kind or row.kind == kind)
    for number, row in enumerate(fits):
        if len(chosen) < count:
            chosen.append(row)
        elif (at := draw.randrange(number + 1)) < count:
            chosen[at] = row
    if not chosen:
        raise UserError(f"no row of kind {kind or 'any'} in {split}", f"splits: {', '.join(build.SPLITS)}")
    return [_shown(row, marks) for row in chosen]


def _shown(row: Lesson, marks: tuple[str, str]) -> str:
    head = f"{row.id} {row.kind} {row.split} {row.source} oracle={row.oracle or '-'} licence={row.licence} operators={'+'.join(row.operators) or '-'}"
    text = "".join(f"{marks[0]}{part}{marks[1]}" if taught else part for part, taught in segments(row.messages))
    return f"{head}\n{text}"


@dataclass(frozen=True)
class Audit:
    """What was looked for and found."""

    scanned: int
    items: int
    hits: tuple[Hit, ...]
    siblings: tuple[str, ...]
    """Groups that stand in training and in a split of unseen families or compositions."""
    planted: int = 0
    found: int = 0
    missed: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing leaked and every planted copy was found."""
        return not self.hits and not self.siblings and self.found == self.planted


def audit(folder: Path, protect: Sequence[Path], plant: int, say: Callable[[str], None] | None = None) -> Audit:
    """Scan the training rows of a corpus for protected items; plant copies of some to see that they are found.

    Raises:
        BrokenArtefact: if the corpus is not finished.
    """
    name = read_card(folder, check=False).name
    protected = list(items(name, protect))
    guard = Guard.of(protected)
    hits, scanned = [], 0
    groups: dict[str, set[str]] = {}
    host: list[Lesson] = []
    for row in rows(folder):
        groups.setdefault(row.group, set()).add(row.split)
        if row.split in TRAINED:
            scanned += 1
            found = guard.hit(row)
            if found:
                hits.append(found)
            if row.kind in ("plan", "code") and sum(one.kind == row.kind for one in host) < HOSTS:
                host.append(row)
            if say and scanned % 5000 == 0:
                say(f"{scanned} rows scanned, {len(hits)} hits")
    mixed = [
        group
        for group, splits in groups.items()
        if splits & set(TRAINED) and splits & {"unseen-family", "unseen-composition"}
    ]
    copies = plants(protected, host, plant) if plant and any(row.kind == "plan" for row in host) else []
    missed = [row.source for row in copies if guard.hit(row) is None]
    return Audit(
        scanned,
        len(protected),
        tuple(hits),
        tuple(sorted(mixed)),
        len(copies),
        len(copies) - len(missed),
        tuple(missed),
    )


def plants(protected: Sequence[Item], host: Sequence[Lesson], count: int) -> list[Lesson]:
    """Rows with copies of protected items: verbatim, with renamed names, laid out otherwise."""
    draw = random.Random(7)
    texts = [item for item in protected if item.text and len(item.text) > 8]
    codes = [item for item in protected if item.code and len(item.code) > 300]
    plans = [row for row in host if row.kind == "plan"]
    programs = [row for row in host if row.kind == "code"]
    made = []
    for number in range(count):
        way = ("verbatim", "renamed", "reformatted")[number % 3]
        if codes and programs and (number % 2 or not plans):
            item = draw.choice(codes)
            row, code = draw.choice(programs), _DISGUISES[way](item.code)
            messages = (*row.messages[:-1], Message("assistant", code))
        else:
            item = draw.choice(texts)
            row = draw.choice(plans)
            _, _, rest = row.messages[1].content.partition("\n\n")
            asked = f"# Goal\n{_reworded(item.text, way)}\n\n{rest}"
            messages = (row.messages[0], Message("user", asked), row.messages[-1])
        made.append(
            replace(row, id=lesson_id(messages), messages=messages, source=f"planted/{way}/{item.suite}/{item.name}")
        )
    return made


def _reworded(text: str, way: str) -> str:
    """A disguise of a sentence."""
    if way == "reformatted":
        return "  ".join(text.upper().split())
    if way == "renamed":
        return re.sub(r"[\"'`.,;:!?]+", " ", text).strip() or text
    return text


def _renamed_code(code: str) -> str:
    """A function under other names."""
    tree = ast.parse(code)
    names = sorted(local_names(code))
    changed = rename(code, {name: f"q{at}_{name[:1]}" for at, name in enumerate(names)})
    function = next(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return changed.replace(f"def {function}(", "def work_it_out(", 1)


_DISGUISES: Mapping[str, Callable[[str], str]] = {
    "verbatim": lambda code: code,
    "renamed": _renamed_code,
    "reformatted": lambda code: ast.unparse(ast.parse(code)),
}


@dataclass(frozen=True)
class Checked:
    """Rows run again from the files."""

    drawn: int
    passed: int
    faults: tuple[str, ...]


def check(folder: Path, count: int, seed: int, say: Callable[[str], None] | None = None) -> Checked:
    """Run a random draw of rows with programs again: the row's own function stands in the program that runs.

    Raises:
        BrokenArtefact: if the corpus is not finished or differs from its card.
        WorldError: if the sandbox cannot run.
    """
    card = read_card(folder)
    draw = random.Random(seed)
    kinds = ("code", "repair", "implement", "describe")
    drawn: list[Lesson] = []
    for number, row in enumerate(row for row in rows(folder) if row.kind in kinds):
        if len(drawn) < count:
            drawn.append(row)
        elif (at := draw.randrange(number + 1)) < count:
            drawn[at] = row
    wanted = {row.proof for row in drawn}
    proofs = {proof.id: proof for proof in build.read_lines(folder / "proofs.jsonl.gz", Proof) if proof.id in wanted}
    desk = corpora.desk(card.name)
    faults = []
    for number, row in enumerate(drawn, start=1):
        fault = _again(row, proofs.get(row.proof), desk, card.name)
        if fault:
            faults.append(f"{row.id} {row.source}: {fault}")
        if say:
            say(f"{number}/{len(drawn)} {row.source}")
    return Checked(len(drawn), len(drawn) - len(faults), tuple(faults))


def _again(row: Lesson, proof: Proof | None, desk: Desk, name: str) -> str:
    """Why a row does not pass when it runs again; empty when it does."""
    if proof is None:
        return "its run is not in the corpus"
    function = _function_of(row.answer)
    if function is None or not _stands_in(function, proof.program):
        return "its function is not in the program that was run"
    if proof.oracle == "doctest":
        outcome = desk.runner.run(proof.program, [NOTHING])[0]
        if outcome.status != "done":
            return outcome.why
        found = outcome.result["found"]
        wrong = [
            at
            for at, right in proof.expected[0].items()
            if not prints(right["wanted"], right["options"], found[int(at)])
        ]
        return f"examples {wrong} print something else" if wrong else ""
    inputs = _inputs(proof, desk, name)
    outcomes = desk.runner.run(proof.program, inputs)
    bad = next((item for item in outcomes if item.status != "done"), None)
    if bad or len(outcomes) != len(inputs):
        return bad.why if bad else "no answer"
    if not all(agree(item.result, wanted, proof.within) for item, wanted in zip(outcomes, proof.expected, strict=True)):
        return "other results than when it was made"
    if proof.oracle == "family":
        family = assemble.domain(name).families[proof.inputs["family"]]
        for item, (level, seed) in zip(outcomes, proof.inputs["trials"], strict=True):
            back = proof.inputs["back"]
            result = {back.get(key, key): value for key, value in item.result.items()}
            score = family.judge(family.generate(seed, level).truth, result)
            if not score.passed:
                return score.why
    return ""


def _inputs(proof: Proof, desk: Desk, name: str) -> list[Given]:
    """The inputs of a proof, drawn again."""
    data = proof.inputs
    if "recipe" in data:
        return given(corpora.kit(name), recipe_of(data["recipe"]), data["seeds"])
    family = assemble.domain(name).families[data["family"]]
    drawn = [own(family.generate(seed, level)) for level, seed in data["trials"]]
    if data["layout"] == "own":
        return drawn
    again = rewritten(data["loader"], family.specs[0].name, _Layout(data), desk, drawn)
    return again or []


class _Layout:
    """What `written` needs to know of a program's changed layout."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.layout, self.path = data["layout"], data["path"]
        spec_slots = tuple(Slot(name, kind) for name, kind in zip(data["names"], data["types"], strict=True))
        self.specs = (type("Loads", (), {"outputs": spec_slots})(),)


def recipe_of(data: Mapping[str, Any]) -> Recipe:
    """A recipe from plain data."""
    steps = tuple(Placed(step["block"], step["params"], tuple(step["outputs"])) for step in data["steps"])
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return Recipe(**{**plain, "steps": steps})


def _function_of(answer: str) -> ast.FunctionDef | None:
    """The function of an answer; that of a description stands under its last heading."""
    text = answer.partition("**Sample**\n")[2] or answer
    try:
        return next((node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)), None)
    except SyntaxError:
        return None


def _stands_in(function: ast.FunctionDef, program: str) -> bool:
    """Whether a program holds the same function: its body, wherever names of steps were made unique."""
    wanted = _bones(function)
    return any(_bones(node) == wanted for node in ast.parse(program).body if isinstance(node, ast.FunctionDef))


def _bones(node: ast.FunctionDef) -> str:
    """A function without name, annotations and documentation."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    names = [arg.arg for arg in node.args.args]
    return f"{names}" + "\n".join(ast.dump(item) for item in body)


def sample(folder: Path, out: Path, one_in: int) -> Card:
    """A small part of a corpus as an artefact of its own: rows of our own making, chosen by their id, with their runs.

    Text of other packages is left out: their rows are built where they are wanted.

    Raises:
        BrokenArtefact: if the corpus is not finished.
        UserError: if the folder is not empty.
    """
    if out.exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty", "give another folder, or remove this one")
    source = read_card(folder)
    sink, counts, used = build.Sink(out), Counter[str](), set[str]()
    for row in rows(folder):
        if row.generator == "template" and int(row.id, 16) % one_in == 0:
            sink.line(f"rows/{row.split}", row)
            counts[row.kind] += 1
            used.add(row.proof)
    for proof in build.read_lines(folder / "proofs.jsonl.gz", Proof):
        if proof.id in used:
            sink.line("proofs", proof)
    hashes = sink.close()
    card = Card(
        kind="corpus", name=source.name, made=source.made, version=source.version,
        recipe={**source.recipe, "sample": f"1 row in {one_in}"}, inputs={"corpus": str(source.metrics["hash"])},
        counts=dict(sorted(counts.items())), licences={"Apache-2.0": sum(counts.values())},
        metrics={"hash": sha256(canonical(hashes))},
    )  # fmt: skip
    return write_card(out, card)


def figures(folder: Path) -> tuple[str, dict[str, Any]]:
    """The card of a corpus and its figures, as text and as data.

    Raises:
        BrokenArtefact: if the corpus is not finished.
    """
    card = read_card(folder, check=False)
    data: dict[str, Any] = {
        "counts": card.counts,
        "licences": card.licences,
        "metrics": card.metrics,
        **read_json(folder / "figures.json"),
    }
    lines = [f"{card.name} corpus, {sum(card.counts.values())} rows, hash {str(card.metrics['hash'])[:16]}"]
    lines += [f"  {kind:10} {count:8}" for kind, count in card.counts.items()]
    lines += [f"  split {split:20} {sum(kinds.values()):8}" for split, kinds in data["rows"].items()]
    lines += [f"  rejected {gate:16} {count:8}" for gate, count in data["rejected"].items()]
    return "\n".join(lines) + "\n", data
