"""Suites: tasks drawn from families, stored as parameters, with one hash over all of them.

A task of a family is one wording and five hidden trials: one easy, two nominal, one hard, one edge. All wordings of a
family share the trials, so that a difference between wordings is a difference of words.
Covers: building, naming, saving, loading. Does not cover: truth (drawn again by `scorers.py`) or running (`run.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tailorbird.core.attempt import Limits, Request
from tailorbird.core.domain import Domain, Family, Level, Wording
from tailorbird.core.errors import UnknownName, UserError
from tailorbird.core.files import Card, read_card, read_lines, release, sha256, write_atomic, write_card
from tailorbird.core.record import canonical, identity, record, to_json
from tailorbird.core.task import Task, Trial

PLAN: tuple[Level, ...] = ("easy", "nominal", "nominal", "hard", "edge")
"""Levels of the hidden trials, by index."""

PUBLIC = "public"
"""Salt of everything a solver may see while it works; no hidden trial is ever drawn with it."""

TASKS = "tasks.jsonl"

_LIMITS = Limits()


@record
class Choice:
    """Which wordings of which families become tasks."""

    salt: str
    """What the hidden instances are drawn with; fresh for every release, published with its results."""
    wordings: Literal["held", "train", "all"] = "held"
    """held: wordings no example was ever built from."""
    languages: tuple[Literal["en", "zh"], ...] = ("en", "zh")
    kinds: tuple[Literal["operation", "goal", "terse"], ...] = ("operation", "goal", "terse")
    families: tuple[str, ...] = ()
    """Catalogue numbers; empty for all that can run here."""
    first: bool = False
    """Only the first wording of each family that fits, a goal in English where there is one."""
    limits: Limits = _LIMITS
    """What a program may use per trial."""
    bare: bool = False
    """Only the wording and the input file are given; what to return must be found out."""


@record
class Suite:
    """Tasks with a name."""

    name: str
    tasks: tuple[Task, ...]
    salt: str = ""
    missing: dict[str, str] = {}
    """Families that cannot run here, and what they need: named, because they are not in the score."""

    @property
    def hash(self) -> str:
        """SHA-256 over the sorted hashes of the tasks: the same wherever and in whatever order it was built."""
        return sha256(canonical(sorted([task.id, identity(task)] for task in self.tasks)))

    @property
    def families(self) -> tuple[str, ...]:
        """Families in the suite, sorted."""
        return tuple(sorted({task.family for task in self.tasks}))


def trials(family: Family, salt: str) -> tuple[Trial, ...]:
    """The five hidden trials of a family under a salt."""
    return tuple(Trial(family.seed(salt, index), level) for index, level in enumerate(PLAN))


def build(name: str, domain: Domain, choice: Choice) -> Suite:
    """A suite from the families of a domain.

    Raises:
        UserError: if the salt is empty or the public one, or no wording fits.
        UnknownName: for a family the domain does not have.
    """
    if not choice.salt or choice.salt == PUBLIC:
        raise UserError(f"expected a salt that no solver sees, got {choice.salt!r}", "give any other word")
    for wanted in choice.families:
        if wanted not in domain.families and wanted not in domain.missing:
            raise UnknownName("family", wanted, domain.families)
    tasks = [
        task
        for number in sorted(domain.families)
        if not choice.families or number in choice.families
        for task in _tasks(domain.families[number], domain.name, choice)
    ]
    if not tasks:
        raise UserError(
            f"suite {name}: expected at least one task, none fits the choice", "widen wordings, languages or kinds"
        )
    missing = {key: why for key, why in domain.missing.items() if not choice.families or key in choice.families}
    return Suite(name, tuple(tasks), choice.salt, missing)


def _tasks(family: Family, domain: str, choice: Choice) -> list[Task]:
    """Tasks of one family; a wording's number counts its siblings before any choice, so that ids never move."""
    numbers: Counter[tuple[bool, str]] = Counter()
    found: list[tuple[Wording, str]] = []
    for wording in family.wordings:
        numbers[wording.held, wording.language] += 1
        group = "held" if wording.held else "train"
        fits = (
            choice.wordings in (group, "all") and wording.language in choice.languages and wording.kind in choice.kinds
        )
        if fits:
            found.append((wording, f"{family.id}/{group}-{wording.language}-{numbers[wording.held, wording.language]}"))
    if choice.first:
        found = sorted(found, key=lambda pair: (pair[0].language != "en", pair[0].kind != "goal"))[:1]
    return [_task(family, domain, choice, wording, name) for wording, name in found]


def _task(family: Family, domain: str, choice: Choice, wording: Wording, name: str) -> Task:
    group = "held" if wording.held else "train"
    asked = wording.text if choice.bare else family.requirement(wording.text).render()
    return Task(
        id=f"{name}/bare" if choice.bare else name,
        family=family.id,
        request=Request(asked, domain, limits=choice.limits),
        trials=trials(family, choice.salt),
        tags=(f"kind:{wording.kind}", f"language:{wording.language}", f"letter:{family.domain}", f"wording:{group}"),
    )


def smoke(families: Iterable[Family]) -> tuple[str, ...]:
    """One family per letter of the catalogue: the one with the lowest number."""
    first: dict[str, str] = {}
    for family in sorted(families, key=lambda item: item.id):
        first.setdefault(family.domain, family.id)
    return tuple(sorted(first.values()))


NAMED = ("held", "train", "smoke", "bare")
"""Suites every domain of programs has, called `<domain>-held` and so on."""


def named(name: str, domain: Domain, salt: str) -> Suite:
    """A suite by name: `iot-held` (the default bar), `iot-train` (what examples were built from), `iot-smoke`, and
    `iot-bare` (held-out wordings without the contract, as a person would type them).

    Raises:
        UnknownName: for any other name.
    """
    kind = name.removeprefix(f"{domain.name}-")
    if kind == "held":
        return build(name, domain, Choice(salt))
    if kind == "train":
        return build(name, domain, Choice(salt, "train"))
    if kind == "bare":
        return build(name, domain, Choice(salt, bare=True))
    if kind == "smoke":
        return build(name, domain, Choice(salt, families=smoke(domain.families.values()), first=True))
    raise UnknownName("suite", name, [f"{domain.name}-{kind}" for kind in NAMED])


def save(suite: Suite, folder: Path, recipe: Choice | None = None) -> Card:
    """Write a suite as an artefact: `tasks.jsonl` and a card, the card last.

    Raises:
        UserError: if the folder holds another suite.
    """
    if (folder / "card.json").exists() and load(folder).hash != suite.hash:
        raise UserError(f"{folder} holds another suite", "give another folder; a suite is never changed under its name")
    write_atomic(folder / TASKS, "".join(to_json(task) + "\n" for task in suite.tasks))
    made = datetime.now(UTC).isoformat(timespec="seconds")
    card = Card(
        kind="suite",
        name=suite.name,
        made=made,
        version=release(),
        recipe={"salt": suite.salt, "missing": suite.missing} | ({"choice": to_json(recipe)} if recipe else {}),
        counts={
            "tasks": len(suite.tasks),
            "families": len(suite.families),
            "trials": sum(len(t.trials) for t in suite.tasks),
        },
        metrics={"hash": suite.hash},
    )
    return write_card(folder, card)


def load(folder: Path) -> Suite:
    """A suite from its folder, compared with its card.

    Raises:
        BrokenArtefact: if it has no card or differs from it.
        BadFile: if a line is not a task.
    """
    card = read_card(folder)
    tasks: Sequence[Task] = tuple(read_lines(folder / TASKS, Task))
    return Suite(card.name, tuple(tasks), str(card.recipe.get("salt", "")), dict(card.recipe.get("missing", {})))
