"""Corpora with everything they are given: blocks, families, banks, protected suites, a sandbox for every worker.

Covers: building (resumable, any number of workers), auditing, re-running, showing. Does not cover: rows (`corpus`).
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import pkgutil
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import metadata, resources
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tailorbird import assemble
from tailorbird.assemble.processes import end_with_parent
from tailorbird.core.block import Block, Kit
from tailorbird.core.errors import BadFile, UnknownName, UserError
from tailorbird.core.files import Card, read_card, release, sha256, write_atomic, write_card
from tailorbird.core.program import Spec
from tailorbird.core.record import canonical, identity, record, to_data
from tailorbird.corpus import build, families, harvested, lessons, teacher
from tailorbird.corpus.guard import Guard
from tailorbird.corpus.harvest import Entry, entries
from tailorbird.corpus.verify import Desk
from tailorbird.solve.gate import inspect
from tailorbird.solve.join import join
from tailorbird.world.batch import Batch as Runs
from tailorbird.world.sandbox.box import Box


@record
class Recipe:
    """What is built; equal recipes give equal bytes."""

    domain: str = "iot"
    seed: int = 1
    batches: int = 600
    """Batches of composed programs."""
    raw: int = 6
    """Recipes each batch starts from."""
    wordings: int = 4
    writings: int = 8
    slips: int = 3
    variants: int = 40
    """Programs of each family."""
    families: tuple[str, ...] = ()
    """Only these; all when empty."""
    harvest: bool = True
    """Rows from the documentation of installed packages."""
    teacher: str = ""
    """Address of an engine that writes further rows; none when empty."""
    lessons: int = 0
    """Batches asked of the teacher."""
    protected: str = ""
    """Hash of the items that may not be in it."""

    @property
    def key(self) -> str:
        """Hash of the recipe and of everything that decides what a batch says."""
        packages = {package: _version(package) for package in HARVESTED} if self.harvest else {}
        return sha256(canonical([identity(self), release(), _code_hash(), packages]))[:16]

    @property
    def bench(self) -> str:
        """Name of the folder of unfinished work: how many batches are wanted does not change what one of them says."""
        return replace(self, batches=0, variants=0, families=(), harvest=True, lessons=0).key


@cache
def _code_hash() -> str:
    """Hash of the sources that rows are made from, so that a resumed build never mixes two versions."""
    root = resources.files("tailorbird")
    texts = []
    for folder in ("core", "corpus", "domains/iot", "solve"):
        base = Path(str(root)) / folder
        texts += [
            f"{path.relative_to(base)}\x1f{path.read_text(encoding='utf-8')}"
            for path in sorted(base.rglob("*"))
            if path.suffix in (".py", ".yaml")
        ]
    return sha256("\x1e".join(texts))


@cache
def kit(name: str) -> Kit:
    """Blocks, sources and layouts of a pack.

    Raises:
        UnknownName: if the pack has none.
    """
    if name != "iot":
        raise UnknownName("pack with building blocks", name, ["iot"])
    from tailorbird.domains.iot import blocks as group_package
    from tailorbird.domains.iot.layouts import LAYOUTS
    from tailorbird.domains.iot.sources import SOURCES

    found: dict[str, Block] = {}
    texts: dict[str, str] = {}
    for info in pkgutil.iter_modules(group_package.__path__):
        module = importlib.import_module(f"{group_package.__name__}.{info.name}")
        own = getattr(module, "BLOCKS", ())
        if own:
            texts[info.name] = (group_package.FOLDER / f"{info.name}.py").read_text(encoding="utf-8")
            found |= {block.name: replace(block, group=info.name) for block in own}
    texts["layouts"] = (group_package.FOLDER / "layouts.py").read_text(encoding="utf-8")
    return Kit(found, {source.name: source for source in SOURCES}, {item.name: item for item in LAYOUTS}, texts)


@cache
def banks(name: str) -> dict[str, families.Bank]:
    """Banks of wordings by family.

    Raises:
        BadFile: if one does not have the form.
    """
    found = {}
    for item in sorted(
        (resources.files(f"tailorbird.domains.{name}") / "wordings").iterdir(), key=lambda path: path.name
    ):
        if item.name.endswith(".yaml"):
            data = assemble.parse_yaml(item.read_text(encoding="utf-8"), item.name)
            try:
                found[data["family"]] = families.Bank(dict(data["en"]), tuple(data["zh"]), dict(data["stages"]))
            except (KeyError, TypeError) as error:
                raise BadFile(item.name, [f"expected family, en, zh and stages: {error}"]) from None
    return found


@dataclass(frozen=True)
class Unit:
    """One piece of work."""

    name: str
    """File name of its result; sorts in the order of the corpus."""
    kind: str
    number: int
    subject: str = ""
    count: int = 0
    """Programs of a family that are wanted."""


VARIANTS_PER_UNIT = 10


def units(recipe: Recipe) -> list[Unit]:
    """All pieces of work of a build, in order."""
    pack = assemble.domain(recipe.domain)
    numbers = [number for number in sorted(pack.families) if not recipe.families or number in recipe.families]
    found = []
    for number in numbers:
        if pack.families[number].peer:
            continue
        for part in range(-(-recipe.variants // VARIANTS_PER_UNIT)):
            count = min(VARIANTS_PER_UNIT, recipe.variants - part * VARIANTS_PER_UNIT)
            found.append(Unit(f"a-{number}-{part:03d}-{count}", "family", part, number, count))
    if recipe.harvest:
        found += _harvest_units()
    found += [Unit(f"c-{number:05d}", "composition", number) for number in range(recipe.batches)]
    return found + [
        Unit(f"d-{number:05d}", "teacher", number) for number in range(recipe.lessons if recipe.teacher else 0)
    ]


HARVESTED = {
    "numpy": "BSD-3-Clause", "scipy": "BSD-3-Clause", "pandas": "BSD-3-Clause", "sklearn": "BSD-3-Clause",
    "statsmodels": "BSD-3-Clause", "pywt": "MIT",
}  # fmt: skip
"""Packages whose documented examples become rows, with their licence; those that programs of the pack may import."""

ENTRIES_PER_UNIT = 50


@cache
def documented(package: str) -> tuple[Entry, ...]:
    """Documented objects of an installed package; none when it is not installed."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return ()
    return tuple(entries(package, Path(next(iter(found.submodule_search_locations)))))


def _harvest_units() -> list[Unit]:
    return [
        Unit(f"b-{package}-{number:03d}", "harvest", number, package)
        for package in sorted(HARVESTED)
        for number in range(-(-len(documented(package)) // ENTRIES_PER_UNIT))
    ]


def _harvest(unit: Unit, desk: Desk) -> lessons.Batch:
    versions = {package: (_version(package), licence) for package, licence in HARVESTED.items()}
    start = unit.number * ENTRIES_PER_UNIT
    return harvested.batch(documented(unit.subject)[start : start + ENTRIES_PER_UNIT], versions, desk)


def _version(package: str) -> str:
    names = {"sklearn": "scikit-learn", "pywt": "PyWavelets"}
    try:
        return metadata.version(names.get(package, package))
    except metadata.PackageNotFoundError:
        return ""


_RUNS: Runs | None = None


def desk(name: str) -> Desk:
    """Sandbox and gate of this process; the sandbox is opened once."""
    global _RUNS
    if _RUNS is None:
        _RUNS = Runs(Box(backend="auto"))
    allowed = assemble.domain(name).allowed

    @lru_cache(maxsize=20_000)
    def checked(text: str, spec: Spec) -> tuple[str, ...]:
        return tuple(defect.text for defect in inspect(text, spec, allowed))

    return Desk(_RUNS, join, checked)


def close() -> None:
    """End the sandbox of this process, if it has one."""
    global _RUNS
    if _RUNS is not None:
        _RUNS.close()
        _RUNS = None


_GUARDS: dict[tuple[str, tuple[Path, ...]], Guard] = {}


def guard_of(name: str, protect: Sequence[Path]) -> Guard:
    """Protected items of a pack and of external sets, indexed once per process."""
    key = (name, tuple(protect))
    if key not in _GUARDS:
        _GUARDS[key] = Guard.of(protected(name, protect))
    return _GUARDS[key]


def work(recipe: Recipe, unit: Unit, folder: Path, protect: Sequence[Path] = ()) -> tuple[str, int, float]:
    """Make one batch, keep protected items out of it, and save it; name, rows and seconds."""
    started = time.perf_counter()
    path = folder / f"{unit.name}.jsonl.gz"
    ready = desk(recipe.domain)
    if unit.kind == "family":
        pack = assemble.domain(recipe.domain)
        family = pack.families[unit.subject]
        bank = banks(recipe.domain).get(unit.subject, families.EMPTY)
        made = families.batch(
            family, pack.solutions, bank, ready, recipe.seed, unit.number, unit.count, unit.subject in pack.held
        )
    elif unit.kind == "harvest":
        made = _harvest(unit, ready)
    elif unit.kind == "teacher":
        engine = assemble.engine(recipe.teacher)
        made = teacher.batch(kit(recipe.domain), ready, engine, engine.name, recipe.seed, unit.number)
    else:
        effort = lessons.Effort(recipe.raw, recipe.wordings, recipe.writings, recipe.slips)
        made = lessons.batch(kit(recipe.domain), ready, recipe.seed, unit.number, effort)
    build.cleared(made, guard_of(recipe.domain, protect))
    build.save_batch(path, made)
    return unit.name, len(made.lessons), time.perf_counter() - started


def make(
    recipe: Recipe, out: Path, workers: int, protect: Sequence[Path], say: Callable[[str], None] | None = None
) -> Card:
    """Build a corpus, or what is left of it.

    Args:
        recipe: what.
        out: its folder; unfinished work lies beside it, in a folder that ends in `.work`.
        workers: processes, each with a sandbox of its own.
        protect: folders of external sets that may not be in it.
        say: hears about progress.

    Raises:
        UserError: if the folder holds another finished corpus.
        WorldError: if the sandbox cannot start.
    """
    tell = say or (lambda line: None)
    recipe = replace(recipe, protected=sha256(canonical([to_data(item) for item in protected(recipe.domain, protect)])))
    if (out / "card.json").exists():
        if read_card(out, check=False).recipe.get("key") != recipe.key:
            raise UserError(f"{out} holds another corpus", "give another folder, or remove this one")
        tell("finished already")
        return read_card(out)
    folder = out.with_name(f"{out.name}.work") / recipe.bench
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    todo = units(recipe)
    left = [unit for unit in todo if not (folder / f"{unit.name}.jsonl.gz").exists()]
    tell(f"{len(todo)} batches, {len(todo) - len(left)} there already")
    _carry_out(recipe, left, folder, workers, tell, len(todo), tuple(protect))
    made = time.perf_counter()
    merged = build.merge([folder / f"{unit.name}.jsonl.gz" for unit in todo], out, tell)
    seconds = {"batches": round(made - started, 1), "gates": round(time.perf_counter() - made, 1), "workers": workers}
    card = _card(recipe, out, merged, seconds)
    shutil.rmtree(out.with_name(f"{out.name}.work"), ignore_errors=True)
    return card


def _carry_out(
    recipe: Recipe,
    left: Sequence[Unit],
    folder: Path,
    workers: int,
    tell: Callable[[str], None],
    total: int,
    protect: tuple[Path, ...],
) -> None:
    """Make every batch that is missing."""
    rows, begun = 0, time.perf_counter()

    def heard(done: int, name: str, count: int) -> None:
        nonlocal rows
        rows += count
        pace = rows / max(time.perf_counter() - begun, 1e-9) * 60
        tell(f"{total - len(left) + done}/{total} {name}: {rows} rows, {pace:.0f} a minute")

    if workers == 1:
        for done, unit in enumerate(left, start=1):
            name, count, _ = work(recipe, unit, folder, protect)
            heard(done, name, count)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        jobs = [pool.submit(work, recipe, unit, folder, protect) for unit in left]
        for done, job in enumerate(as_completed(jobs), start=1):
            name, count, _ = job.result()
            heard(done, name, count)


def _card(recipe: Recipe, out: Path, merged: build.Merged, seconds: dict[str, float]) -> Card:
    rows: dict[str, dict[str, int]] = {}
    for (split, kind), count in sorted(merged.rows.items()):
        rows.setdefault(split, {})[kind] = count
    totals = {kind: sum(part.get(kind, 0) for part in rows.values()) for kind in sorted({k for _, k in merged.rows})}
    figures = {
        "rows": rows, "operators": dict(merged.operators.most_common()), "styles": dict(merged.styles.most_common()),
        "languages": dict(merged.languages), "rejected": dict(merged.rejected.most_common()),
        "made": dict(sorted(merged.counts.items())), "sources": dict(sorted(merged.sources.items())),
        "topics": {f"{kind} {topic}": count for (kind, topic), count in sorted(merged.topics.items())},
        "different plans": len(merged.structures), "text_sha256": merged.hashes,
    }  # fmt: skip
    write_atomic(out / "figures.json", json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    card = Card(
        kind="corpus", name=recipe.domain, made=datetime.now(UTC).isoformat(timespec="seconds"), version=release(),
        recipe={"key": recipe.key, **to_data(recipe)}, counts=totals, licences=dict(merged.licences.most_common()),
        metrics={"hash": sha256(canonical(merged.hashes)), **{f"seconds, {name}": value for name, value in seconds.items()}},
        notes="hash: SHA-256 over the hashes of the uncompressed files; equal recipes give equal hashes",
    )  # fmt: skip
    return write_card(out, card)


def protected(name: str, folders: Sequence[Path]) -> Iterator[Any]:
    """Everything a corpus may not hold."""
    from tailorbird.assemble.protected import items

    return items(name, folders)
