"""The one staircase: names and files become objects, lazily.

An address is `<name>:<rest>`. A name is looked up in a table here, or among the entry points `tailorbird.engines` and
`tailorbird.worlds`; its module is imported when asked for. Hub access and telemetry of every dependency are switched
off before the first import. Also the one reader of YAML: only JSON's scalars are values, a key given twice is an error,
aliases are refused.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailorbird.core.errors import BadFile, MissingExtra, UnknownName

if TYPE_CHECKING:
    from tailorbird.core.domain import Domain, Family
    from tailorbird.core.example import Example
    from tailorbird.core.protocols import Engine
    from tailorbird.solve.calls import CallSolver
    from tailorbird.solve.program import ProgramSolver
    from tailorbird.world.home import Home
    from tailorbird.world.programs import Programs

SILENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "WANDB_MODE": "offline",
    "MPLBACKEND": "Agg",
}
"""Set before any third-party import: offline, silent, no window."""

ENGINES = {
    "openai": "tailorbird.engine.remote",
    "scripted": "tailorbird.engine.scripted",
}
"""Engines with a `make(rest, options)`; `nearest` is made here, because its examples come from a pack."""

DOMAINS = ("iot", "devices")

DEFAULT_ENGINE = "nearest"
"""Until a trained model ships with the package; commands that use it say so."""

SHELF = 12
"""Rows of each topic and kind that the baseline takes from a built corpus: more are slower and say the same."""

YAML_BIGGEST = 4 << 20
"""Bytes of the largest YAML file that is read."""


def silence() -> None:
    """Switch hub access and telemetry off for everything imported later; what the user has set stays."""
    for name, value in SILENT.items():
        os.environ.setdefault(name, value)


def read_yaml(path: Path) -> Any:
    """Plain data of a YAML file.

    Raises:
        BadFile: if it cannot be read, is not YAML, gives a key twice, or uses an alias or tag.
    """
    from tailorbird.core.files import read_text

    return parse_yaml(read_text(path, YAML_BIGGEST), str(path))


def parse_yaml(text: str, place: str) -> Any:
    """Plain data of a YAML text; see `read_yaml`."""
    import yaml

    try:
        return yaml.load(text, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{place}:{mark.line + 1}:{mark.column + 1}" if mark else place
        raise BadFile(where, [" ".join(filter(None, (error.context, error.problem)))]) from None
    except yaml.YAMLError as error:
        raise BadFile(place, [str(error).split("\n", 1)[0]]) from None
    except RecursionError:
        raise BadFile(place, ["expected plain data, it is nested too deeply"]) from None
    except ValueError as error:
        raise BadFile(place, [str(error)]) from None


@cache
def _loader() -> type[Any]:
    """SafeLoader reduced to JSON's scalars: `on`, `no`, `17:30` and `0123` stay text."""
    import re

    import yaml

    class Strict(yaml.SafeLoader):
        yaml_implicit_resolvers: dict[str, Any] = {}

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                event = self.peek_event()  # type: ignore[no-untyped-call]
                raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen = set()
            for key, _ in node.value:
                name = self.construct_object(key, deep=True)
                if not isinstance(name, (str, int, float, bool, type(None))):
                    raise yaml.constructor.ConstructorError(None, None, "expected a plain key", key.start_mark)
                if name in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {name!r} is given twice", key.start_mark
                    )
                seen.add(name)
            return super().construct_mapping(node, deep)

    Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    Strict.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
    Strict.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,30})$"), list("-0123456789")
    )
    Strict.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"),
        list("-0123456789"),
    )
    Strict.yaml_constructors = dict(yaml.SafeLoader.yaml_constructors)
    Strict.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))
    Strict.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
    return Strict


def out_folder() -> Path:
    """Where artefacts lie: `TAILORBIRD_OUT`, else `out`."""
    return Path(os.environ.get("TAILORBIRD_OUT", "out"))


def version() -> str:
    """The installed version of tailorbird."""
    from tailorbird.core.files import release

    return release()


@cache
def domain(name: str) -> Domain:
    """A pack with all its families that can run here.

    Raises:
        UnknownName: if there is no such pack.
        MissingExtra: if the packages its generators need are not installed.
    """
    from tailorbird.core.domain import Domain

    if name not in DOMAINS:
        raise UnknownName("domain", name, DOMAINS)
    root = resources.files(f"tailorbird.domains.{name}")
    pack_file = root / "pack.yaml"
    pack = parse_yaml(pack_file.read_text(encoding="utf-8"), f"{name}/pack.yaml") if pack_file.is_file() else {}
    families, missing, solutions = _families(name)
    allowed = frozenset(pack.get("allowed", ()))
    held = frozenset(pack.get("held", ()))
    return Domain(name, pack.get("title", name), families, missing, allowed, solutions, held)


def _families(name: str) -> tuple[dict[str, Family], dict[str, str], dict[str, str]]:
    families: dict[str, Family] = {}
    missing: dict[str, str] = {}
    solutions: dict[str, str] = {}
    if name != "iot":
        return families, missing, solutions
    try:
        package = importlib.import_module(f"tailorbird.domains.{name}.families")
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "numpy", name) from None
    folder = resources.files(f"tailorbird.domains.{name}") / "solutions"
    for info in pkgutil.iter_modules(package.__path__):
        family: Family = importlib.import_module(f"{package.__name__}.{info.name}").FAMILY
        lacking = [need for need in family.needs if importlib.util.find_spec(need) is None]
        if lacking:
            extra = "peers" if family.peer else name
            missing[family.id] = f"needs {', '.join(lacking)}: pip install 'tailorbird[{extra}]'"
            continue
        families[family.id] = family
        solutions[family.solutions] = (folder / f"{family.solutions}.py").read_text(encoding="utf-8")
    return families, missing, solutions


def masked_paths(pack: Domain) -> tuple[Path, ...]:
    """Bundled data that programs must not see, because hidden instances are drawn from it."""
    found = []
    for family in pack.families.values():
        for entry in family.masked:
            module, _, rest = entry.partition(":")
            spec = importlib.util.find_spec(module)
            if spec and spec.submodule_search_locations:
                path = Path(next(iter(spec.submodule_search_locations))) / rest
                if path.exists():
                    found.append(path)
    return tuple(sorted(set(found)))


@cache
def examples(name: str) -> tuple[Example, ...]:
    """Verified examples of a pack's families, held-out wordings left out."""
    from tailorbird.corpus.examples import of_domain

    return of_domain(domain(name))


def engine(address: str, extra: tuple[Example, ...] = (), options: Mapping[str, Any] | None = None) -> Engine:
    """The engine of an address, such as `nearest`, `nearest:iot`, `openai:http://127.0.0.1:8080/v1#model`.

    Args:
        address: name and rest.
        extra: examples the baseline gets besides, such as those of the home at hand.
        options: passed on to the engine.

    Raises:
        UnknownName: if no engine has that name.
        UserError: if the rest is not understood.
    """
    name, _, rest = address.partition(":")
    if name == "nearest":
        return _nearest(rest, extra)
    found = {**ENGINES, **_entry_points("tailorbird.engines")}
    if name not in found:
        raise UnknownName("engine", name, [*found, "nearest"])
    target = found[name]
    module = importlib.import_module(target) if isinstance(target, str) else target.load()
    make: Callable[[str, Mapping[str, Any]], Engine] = module.make
    return make(rest, options or {})


def _nearest(rest: str, extra: tuple[Example, ...]) -> Engine:
    from tailorbird.core.example import Example
    from tailorbird.core.files import read_lines
    from tailorbird.engine.nearest import Nearest

    if rest in DOMAINS or not rest:
        known = examples(rest or "iot") if rest != "devices" else ()
        return Nearest((*known, *extra))
    folder = Path(rest)
    if folder.is_dir() and not (folder / "train.jsonl").exists():
        from tailorbird.assemble.corpus_checks import shelf

        return Nearest((*shelf(folder, SHELF), *extra))
    train = folder / "train.jsonl" if folder.is_dir() else folder
    found = tuple(read_lines(train, Example))
    if not found:
        raise BadFile(str(train), ["expected examples, one JSON object per line, got none"])
    return Nearest((*found, *extra))


def _entry_points(group: str) -> dict[str, Any]:
    return {point.name: point for point in importlib.metadata.entry_points(group=group)}


def programs(
    pack: Domain, backend: str = "auto", slots: int = 1, *, admitted: bool = True, hidden: bool = False
) -> Programs:
    """The world of programs: a sandbox for the pack's modules.

    Args:
        pack: whose modules may be imported.
        backend: auto, bubblewrap, landlock, or unsafe.
        slots: programs at once.
        admitted: whether a program's text is looked at before it runs.
        hidden: hide bundled data that hidden instances are drawn from. Only bubblewrap can; where it is not to be had
            the world's profile says `data_visible`, and such rows do not compare with others.

    Raises:
        WorldError: if no backend meets the policy.
    """
    from tailorbird.world.programs import Programs
    from tailorbird.world.sandbox.box import Box
    from tailorbird.world.sandbox.errors import SandboxError

    policy = "unsafe" if backend == "unsafe" else "judge"
    masked = masked_paths(pack) if hidden else ()
    box = Box(backend=backend, policy=policy, masked=masked, slots=slots)
    note = ""
    if masked:
        try:
            _ = box.name
        except SandboxError:
            box.close()
            box, note = Box(backend=backend, policy=policy, slots=slots), "data_visible"
    return Programs(box, pack.allowed, admitted=admitted, note=note)


def solver(
    pack: Domain, options: Mapping[str, Any] | None = None, documents: Sequence[Path] = (), **rest: Any
) -> ProgramSolver:
    """The solver of a pack.

    Args:
        pack: its notes are retrieved from, its modules are allowed.
        options: fields of the solver's `Options`.
        documents: files of the person's own; their passages rank first.
        rest: `judge` and `watch` of `ProgramSolver`.

    Raises:
        BadFile: if a document cannot be read as text.
    """
    from tailorbird.core.files import read_text
    from tailorbird.solve.program import Options, ProgramSolver
    from tailorbird.solve.recall import Recall, notes_of, split_document

    own = [passage for path in documents for passage in split_document(read_text(path), str(path), "the user's own")]
    return ProgramSolver(Recall(notes_of(pack), own), pack.allowed, Options(**(options or {})), **rest)


def recording() -> bytes:
    """The real ECG of the demonstration: the MIT-BIH excerpt that sktime carries, as CSV with time (s) and ecg (mV).

    Raises:
        MissingExtra: if the package is not installed.
    """
    content: bytes | None = importlib.import_module("tailorbird.domains.iot.families.t001_r_peaks").real_recording()
    if content is None:
        raise MissingExtra("sktime", "iot")
    return content


def demo_home() -> Path:
    """The home that ships with the package."""
    return Path(str(resources.files("tailorbird.domains.devices") / "homes" / "demo.yaml"))


def home(path: Path | None = None, log: Path | None = None) -> Home:
    """A simulated home from its YAML file, the demo home when no file is given.

    Args:
        path: the device file.
        log: where the hash-chained account is kept; in memory when absent.

    Raises:
        BadFile: with place and reason of each fault.
        WorldError: if the account there is broken.
    """
    from tailorbird.world.audit import Audit
    from tailorbird.world.home import load_home

    place = path or demo_home()
    return load_home(read_yaml(place), str(place), Audit(log))


def home_examples(world: Home) -> tuple[Example, ...]:
    """Sentences for the things of a home with their canonical answers: what the baseline knows of it."""
    from tailorbird.domains.devices.phrases import examples, read_templates

    file = resources.files("tailorbird.domains.devices") / "phrases.yaml"
    templates = read_templates(parse_yaml(file.read_text(encoding="utf-8"), "phrases.yaml"), "phrases.yaml")
    return examples(templates, world.things, world.tools, world.areas)


def call_solver(world: Home, **rest: Any) -> CallSolver:
    """The solver of calls on a home."""
    from tailorbird.solve.calls import CallSolver

    return CallSolver(world.things, world.tools, **rest)


def audit_faults(log: Path) -> tuple[str, ...]:
    """What is wrong with an account on disk; empty when its chain is whole.

    Raises:
        BadFile: if it cannot be read.
    """
    from tailorbird.core.files import read_text
    from tailorbird.world.audit import check

    head = log.with_suffix(".head")
    return check(read_text(log).splitlines(), read_text(head).strip() if head.exists() else "")
