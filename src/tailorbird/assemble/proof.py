"""The bench with everything it is given: suites, entrants, worlds, judges, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from importlib import resources
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailorbird import assemble
from tailorbird.assemble.processes import end_with_parent
from tailorbird.bench import compare as comparison
from tailorbird.bench import forgeries
from tailorbird.bench import proof as proof_texts
from tailorbird.bench import run as runner
from tailorbird.bench import suite as suites
from tailorbird.bench.page import page
from tailorbird.bench.prove import Effort, prove
from tailorbird.bench.report import Report, Run, report, shown, write
from tailorbird.bench.trial import references_pass
from tailorbird.core.errors import UnknownName, UserError, WorldError
from tailorbird.core.files import write_atomic
from tailorbird.core.program import Program
from tailorbird.core.protocols import Roles
from tailorbird.core.record import canonical, to_data
from tailorbird.core.source import functions_of
from tailorbird.core.task import Row
from tailorbird.domains.devices.suite import judge, read_suite
from tailorbird.solve.join import join
from tailorbird.solve.program import Options, ProgramSolver
from tailorbird.solve.recall import Recall, notes_of
from tailorbird.world.sandbox import box

if TYPE_CHECKING:
    from tailorbird.bench.proof import Proof
    from tailorbird.bench.run import Ran
    from tailorbird.bench.suite import Suite
    from tailorbird.core.domain import Domain

__all__ = [
    "Contest",
    "Report",
    "compare_runs",
    "contest",
    "prove_families",
    "report_data",
    "rescore_run",
    "shown",
    "suite",
    "write_proofs",
    "write_report",
]

HOME_SUITE = "devices-home"
"""Commands on the demo home, judged by the difference of states."""

COMPOSITIONS = "iot-compositions"
"""Programs composed of building blocks in structures no corpus row was made from."""

SALT = "development"
"""Public salt of development runs; a release draws a fresh one and publishes it."""


@dataclass(frozen=True)
class Contest:
    """What one run measures, as it stands on the command line."""

    suite: str
    """`iot-held`, `iot-train`, `iot-smoke`, `iot-bare`, `iot-compositions`, or a suite's folder."""
    model: str
    folder: Path
    salt: str = SALT
    samples: int = 1
    seed: int = 0
    shard: str = "1/1"
    backend: str = "auto"
    families: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    """Fields of the solver's `Options`."""
    command: str = ""
    references: bool = True
    """Run the references first: a host on which they fail measures nothing."""


def suite(name: str, salt: str, families: tuple[str, ...] = ()) -> tuple[Suite, Domain]:
    """A suite by name or folder, and the pack it belongs to.

    Raises:
        UnknownName: if there is no such suite or family.
        BrokenArtefact: if the folder is no finished suite.
    """
    folder = Path(name)
    if folder.is_dir():
        found = suites.load(folder)
        return found, assemble.domain(found.tasks[0].request.domain if found.tasks else "iot")
    if name == HOME_SUITE:
        return _home_suite(), assemble.domain("devices")
    pack_name, _, kind = name.partition("-")
    if pack_name != "iot" or not kind:
        raise UnknownName("suite", name, [*(f"iot-{kind}" for kind in suites.NAMED), COMPOSITIONS, HOME_SUITE])
    pack = assemble.domain(pack_name)
    if name == COMPOSITIONS:
        from tailorbird.assemble.composed import compositions

        made = compositions(name, pack_name, salt)
        found, pack = made.suite, made.pack
    else:
        found = suites.named(name, pack, salt)
    if families:
        unknown = [item for item in families if item not in pack.families]
        if unknown:
            raise UnknownName("family", unknown[0], pack.families)
        found = suites.Suite(
            found.name, tuple(t for t in found.tasks if t.family in families), found.salt, found.missing
        )
    return found, pack


def _home_suite() -> Suite:
    text = resources.files("tailorbird.domains.devices") / "suites" / "home-basic.yaml"
    data = assemble.parse_yaml(text.read_text(encoding="utf-8"), "home-basic.yaml")
    return suites.Suite(HOME_SUITE, read_suite(data, "home-basic.yaml"))


def contest(order: Contest, on_row: Callable[[Row, int, int], None] | None = None) -> Ran:
    """Run a suite, or what is left of it.

    Raises:
        UserError: for names, folders and shards that do not fit.
        WorldError: if the sandbox cannot start.
    """
    runner.parse_shard(order.shard)
    found, pack = suite(order.suite, order.salt, order.families)
    work = runner.Work(order.samples, order.seed, order.shard, order.command, on_row=on_row)
    if pack.name == "devices":
        return _home_contest(order, found, work)
    engine = assemble.engine(order.model)
    options = {"document": False, **dict(order.options)}
    recall = Recall(notes_of(assemble.domain(pack.name)))
    # Tasks with a peer may import what speaks to it. The world keeps the network from all others.
    wanted = {task.family for task in found.tasks} & set(pack.families)
    allowed = pack.allowed.union(*(pack.families[name].allowed for name in wanted))

    def seated(seed: int) -> tuple[ProgramSolver, Roles]:
        drawn = {**options, "seed": seed, "temperature": options.get("temperature", 0.8 if order.samples > 1 else 0.0)}
        return ProgramSolver(recall, allowed, Options(**drawn)), Roles.of(engine)

    world = assemble.programs(pack, order.backend, hidden=True)
    try:
        entrant = runner.Entrant(order.model, *seated(order.seed), {"solver": canonical(options)}, seated)
        ground = runner.Ground(world, world.profile, pack.families)
        if order.references:
            references_pass(found, _references(pack, found), world, pack.families)
        return runner.run(found, entrant, ground, order.folder, work)
    finally:
        world.close()


def _references(pack: Domain, found: Suite) -> dict[str, Program]:
    """Reference programs of the families of a suite."""
    if found.name == COMPOSITIONS:
        from tailorbird.assemble.composed import compositions

        return dict(compositions(found.name, pack.name, found.salt).references)
    wanted = {task.family for task in found.tasks}
    return {
        family.id: join(
            family.requirement(family.wordings[0].text), family.plan, family.specs, functions_of(family, pack.solutions)
        )
        for family in pack.families.values()
        if family.id in wanted
    }


def _home_contest(order: Contest, found: Suite, work: runner.Work) -> Ran:
    """A suite of commands on the demo home."""
    world = assemble.home()
    extra = assemble.home_examples(world) if order.model == "nearest" else ()
    engine = assemble.engine("nearest:devices" if order.model == "nearest" else order.model, extra)
    entrant = runner.Entrant(order.model, assemble.call_solver(world), Roles.of(engine))
    return runner.run(found, entrant, runner.Ground(world, world.world, scorer=judge), order.folder, work)


def prove_families(
    name: str,
    wanted: Sequence[str] = (),
    backend: str = "auto",
    *,
    quick: bool = False,
    slips: int = 0,
    workers: int = 1,
    on_step: Callable[[str], None] | None = None,
) -> list[Proof]:
    """Put families of a pack to the proof.

    Args:
        name: the pack.
        wanted: catalogue numbers; all when empty.
        backend: isolation.
        quick: 3 salts and repetitions instead of 20.
        slips: machine-made mutants to try per family besides.
        workers: families at once, each with a sandbox of its own.
        on_step: hears one line per salt and stage.

    Raises:
        UnknownName: if there is no such pack or family.
        UserError: if the pack has no families.
        WorldError: if the sandbox cannot start.
    """
    pack = assemble.domain(name)
    if not pack.families:
        raise UserError(f"the pack {name} has no families to prove", "prove iot")
    for item in wanted:
        if item not in pack.families:
            raise UnknownName("family", item, pack.families)
    effort = replace(Effort.quick() if quick else Effort(), slips=slips)
    numbers = tuple(wanted) or tuple(sorted(pack.families))
    if workers == 1:
        return [
            _prove_one(name, number, backend, effort, _numbered(on_step, at, len(numbers), number))
            for at, number in enumerate(numbers, start=1)
        ]
    # Processes, not threads: syntax trees of CPython 3.11 may not be built in two threads at once.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        jobs = {pool.submit(_prove_one, name, number, backend, effort): number for number in numbers}
        for at, job in enumerate(as_completed(jobs), start=1):
            found = job.result()
            if on_step:
                on_step(
                    f"{at}/{len(numbers)} {found.family} {'passed' if found.passed else 'FAILED'}, {found.seconds:.0f} s"
                )
        return sorted((job.result() for job in jobs), key=lambda found: found.family)


def _prove_one(
    name: str, number: str, backend: str, effort: Effort, watch: Callable[[str], None] | None = None
) -> Proof:
    """The proof of one family, in a sandbox of its own."""
    pack = assemble.domain(name)
    world = assemble.programs(pack, backend, hidden=True)
    try:
        return prove(pack.families[number], pack.solutions, join, world, effort, watch)
    finally:
        world.close()


def _numbered(watch: Callable[[str], None] | None, at: int, total: int, name: str) -> Callable[[str], None] | None:
    return (lambda line: watch(f"{at}/{total} {name} {line}")) if watch else None


def forge(
    name: str, wanted: Sequence[str], backends: Sequence[str], on_step: Callable[[str], None] | None = None
) -> list[forgeries.Report]:
    """Try to cheat the judge: every forgery on some families, inside each isolation, without the look at their text.

    Args:
        name: the pack.
        wanted: catalogue numbers.
        backends: isolations; those that cannot run here are left out.
        on_step: hears one line per family.

    Raises:
        UnknownName: if there is no such pack, family or isolation.
        WorldError: if an isolation cannot run an honest program.
    """
    pack = assemble.domain(name)
    for item in wanted:
        if item not in pack.families:
            raise UnknownName("family", item, pack.families)
    here = {backend: available for backend, available, _ in box.backends() if backend != "unsafe"}
    for backend in backends:
        if backend not in here:
            raise UnknownName("isolation", backend, here)
    found = []
    for backend in backends:
        if not here[backend]:
            continue
        world = assemble.programs(pack, backend, admitted=False)
        try:
            chosen = [pack.families[number] for number in wanted]
            found.append(forgeries.run_all(chosen, pack.solutions, join, world, on_step))
        finally:
            world.close()
    if not found:
        raise WorldError("no isolation runs here, so nothing can be tried", "tailorbird doctor says what is missing")
    return found


def forge_data(reports: Sequence[forgeries.Report]) -> tuple[str, dict[str, Any]]:
    """The table of forgeries, and the same as data."""
    data = {"passed": all(item.passed for item in reports), "reports": [to_data(item) for item in reports]}
    return forgeries.markdown(reports), data


def write_proofs(proofs: Sequence[Proof], folder: Path) -> tuple[str, dict[str, Any]]:
    """Write `proof.md` and `proof.json`; the short table and the data."""
    data = {"families": [{**to_data(proof), "family": proof.family, "passed": proof.passed} for proof in proofs]}
    write_atomic(folder / "proof.md", proof_texts.markdown(proofs))
    write_atomic(folder / "proof.json", json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    good = sum(proof.passed for proof in proofs)
    faults = [fault for proof in proofs for fault in proof.faults]
    lines = [proof_texts.table(proofs), f"{good} of {len(proofs)} families pass every gate", *faults]
    return "\n".join(lines) + "\n", data


def write_report(folders: Sequence[Path], baseline: str = "") -> Report:
    """Report of run folders; written into the first as Markdown, JSON and page.

    Raises:
        BrokenArtefact: if a folder is no run.
        UserError: if a run has no scored row.
    """
    found = report([Run.read(folder) for folder in folders], baseline)
    names = {family.id: family.title for family in assemble.domain("iot").families.values()}
    write(found, folders[0], page(found, names))
    return found


def report_data(found: Report) -> dict[str, Any]:
    """A report as plain data."""
    data: dict[str, Any] = to_data(found)
    return data


def compare_runs(first: Path, second: Path, intersection: bool) -> tuple[dict[str, Any], str]:
    """Comparison of two runs, as data and as text.

    Raises:
        BrokenArtefact: if a folder is no run.
        UserError: if the runs do not have the same tasks and world.
    """
    found = comparison.compare(Run.read(first).rows, Run.read(second).rows, intersection=intersection)
    return to_data(found), comparison.markdown(found)


def rescore_run(folder: Path) -> list[str]:
    """Judge stored outputs again; one line per changed verdict.

    Raises:
        BrokenArtefact: if the folder is no run.
        UserError: if its suite cannot be built again.
    """
    start = Run.read(folder).start
    found, pack = suite(start.suite, start.salt)
    changed = runner.rescore(folder, found, pack.families)
    return [f"{old.task}: {old.score.value:g} -> {new.score.value:g} {new.score.why}" for old, new in changed]
