"""Functions lifted from the worked examples of installed packages, proved by the very output their documentation prints.

A docstring's examples become functions: literals that the example starts from become parameters, the expression whose
value is printed becomes the result. A row counts when running the function prints what the documentation says.

    D1 describe    prototype, description, parameters, returns, sample       the sample runs
    D2 implement   specification -> documented function that uses the API    its result prints as documented

After GPIoT's D1 to D3 (arXiv 2503.00686), where a cloud model wrote the answers and nothing was run.
Covers: public functions and classes of packages whose sources are installed, docstrings in the numpydoc layout.
Does not cover: functions without Python source; examples that draw random numbers, plot or need the network.
"""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailorbird.core.program import slug

_PARSER = doctest.DocTestParser()
_SECTION = re.compile(r"^(Parameters|Returns|Yields|Raises|See Also|Notes|References|Examples|Attributes|Methods|Other Parameters|Warnings)\n-{3,}\s*$", re.MULTILINE)  # fmt: skip
_BANNED = re.compile(
    r"random|plt\.|matplotlib|\bplot|show\(|fetch_|load_|download|urlopen|open\(|tmp|savefig|datetime\.now|time\.|help\(|__doc__|input\(|seed|sleep|socket|subprocess|os\.|sys\."
)
_PRIVATE = re.compile(r"(^|\.)_|\.tests?\.|\.conftest|\.setup$")

MOST_STATEMENTS = 12
"""Statements of a lifted function."""

MOST_PARAMETERS = 3

BIGGEST_OUTPUT = 600
"""Characters of a documented output that is still compared."""


@dataclass(frozen=True)
class Entry:
    """A documented object of a package."""

    package: str
    name: str
    """Dotted name under which it is imported."""
    prototype: str
    """`detrend(data, axis=-1, type='linear')`."""
    summary: str
    """First paragraph, one line."""
    parameters: tuple[tuple[str, str], ...]
    """Name and type with the first sentence."""
    returns: tuple[tuple[str, str], ...]
    examples: tuple[doctest.Example, ...]


@dataclass(frozen=True)
class Lifted:
    """One function from the examples of an entry."""

    entry: Entry
    number: int
    parameters: tuple[tuple[str, str], ...]
    """Name and the literal it has in the example."""
    body: tuple[str, ...]
    """Statements before the result."""
    result: str
    """The expression whose value is printed."""
    imports: tuple[str, ...]
    wanted: str
    """What the documentation prints."""
    options: tuple[int, ...]
    """Flags of the example."""

    @property
    def name(self) -> str:
        """Name of the function."""
        return slug(f"{self.entry.name.rpartition('.')[2]} example {self.number}")


def entries(package: str, root: Path, modules: Sequence[str] = ()) -> Iterator[Entry]:
    """Documented objects of an installed package, in a stable order.

    Args:
        package: name under which it is imported.
        root: its folder.
        modules: prefixes of dotted module names to take; all when empty.
    """
    for path in sorted(root.rglob("*.py")):
        dotted = ".".join([package, *path.relative_to(root).with_suffix("").parts]).removesuffix(".__init__")
        if any(
            part in ("tests", "test", "testing", "conftest", "externals", "_lib", "distutils", "f2py")
            for part in dotted.split(".")
        ):
            continue
        if modules and not any(dotted.startswith(prefix) for prefix in modules):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        yield from _of_body(package, dotted, tree.body)


def _of_body(package: str, dotted: str, body: Sequence[ast.stmt]) -> Iterator[Entry]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            doc = ast.get_docstring(node)
            found = _entry(package, f"{dotted}.{node.name}", node, doc) if doc else None
            if found:
                yield found
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _of_body(package, f"{dotted}.{node.name}", node.body)


def _entry(package: str, name: str, node: ast.FunctionDef | ast.ClassDef, doc: str) -> Entry | None:
    sections = _sections(doc)
    summary = " ".join(sections.get("", "").strip().split("\n\n")[0].split())
    if not summary or ">>>" not in doc:
        return None
    try:
        examples = tuple(_PARSER.get_examples(doc))
    except ValueError:
        return None
    return Entry(
        package, name, _prototype(node), summary[:400], _fields(sections.get("Parameters", "")),
        _fields(sections.get("Returns", "")), examples,
    )  # fmt: skip


def _sections(doc: str) -> dict[str, str]:
    """Text of each section of a numpydoc docstring; the head under the empty name."""
    marks = list(_SECTION.finditer(doc))
    found = {"": doc[: marks[0].start()] if marks else doc.partition(">>>")[0]}
    for at, mark in enumerate(marks):
        stop = marks[at + 1].start() if at + 1 < len(marks) else len(doc)
        found.setdefault(mark[1], doc[mark.end() : stop])
    return found


def _fields(text: str) -> tuple[tuple[str, str], ...]:
    """`name : type` entries with the first sentence of their description."""
    found = []
    lines = textwrap.dedent(text.strip("\n")).split("\n")
    for at, line in enumerate(lines):
        match = re.fullmatch(r"(\*{0,2}[A-Za-z_][\w, *]*?)(?: ?: ?(.+))?", line)
        if not match or line.startswith(" ") or not line.strip():
            continue
        more: list[str] = []
        for rest in lines[at + 1 :]:
            if rest and not rest.startswith(" "):
                break
            if not rest.strip() and more:
                break
            more.append(rest.strip())
        said = re.split(r"(?<=[a-z\])`])\.\s", " ".join(part for part in more if part), maxsplit=1)[0]
        found.append((match[1].strip(), f"{(match[2] or '').strip()}; {said}".strip("; ")[:220]))
    return tuple(found[:10])


def _prototype(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        init = next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None)
        if init is None:
            return f"class {node.name}"
        args = ast.unparse(init.args)
        return f"class {node.name}({args.removeprefix('self').removeprefix(', ')})"
    args = ast.unparse(node.args)
    return f"{node.name}({args})"


def lift(entry: Entry) -> list[Lifted]:
    """Functions from the examples of an entry, one for every printed value that can be reached without side effects."""
    done: list[tuple[ast.stmt, str]] = []
    found: list[Lifted] = []
    for example in entry.examples:
        source = example.source.strip()
        try:
            nodes = ast.parse(source).body
        except SyntaxError:
            break
        if _BANNED.search(source) or example.exc_msg:
            if example.want == "" or len(nodes) != 1 or not isinstance(nodes[0], ast.Expr):
                # Whatever this binds is not known; what needs it cannot be lifted.
                done += [
                    (ast.parse(f"{name} = __unknown__").body[0], f"{name} = __unknown__")
                    for node in nodes
                    for name in _bound(node)
                ]
            continue
        single = len(nodes) == 1 and isinstance(nodes[0], ast.Expr)
        if single and example.want and len(example.want) <= BIGGEST_OUTPUT:
            lifted = _lifted(entry, len(found) + 1, done, source, example)
            if lifted:
                found.append(lifted)
        done += [(node, ast.get_source_segment(source, node) or "") for node in nodes]
    return found


def _lifted(
    entry: Entry, number: int, done: Sequence[tuple[ast.stmt, str]], result: str, example: doctest.Example
) -> Lifted | None:
    chosen, needed = _needed(done, ast.parse(result))
    text = [source for _, source in chosen]
    if "__unknown__" in " ".join(text) or len(chosen) > MOST_STATEMENTS:
        return None
    imports = [source for node, source in chosen if isinstance(node, (ast.Import, ast.ImportFrom))]
    body = [(node, source) for node, source in chosen if not isinstance(node, (ast.Import, ast.ImportFrom))]
    parameters: list[tuple[str, str]] = []
    rest: list[str] = []
    for node, source in body:
        value = _literal(node)
        if value and len(parameters) < MOST_PARAMETERS and not rest and value[0] not in dict(parameters):
            parameters.append(value)
        else:
            rest.append(source)
    short = entry.name.rpartition(".")[2]
    if short not in result and not any(short in source for source in rest):
        return None
    free = needed - {name for node, _ in chosen for name in _bound(node)}
    if not _usual(free, imports):
        return None
    shown = re.fullmatch(r"print\((.+)\)", result, re.DOTALL)
    if shown and len(ast.parse(result).body[0].value.args) == 1:  # type: ignore[attr-defined]
        result = shown[1]
    options = tuple(flag for flag, on in example.options.items() if on)
    return Lifted(
        entry, number, tuple(parameters), tuple(rest), result, tuple(_implied(free, imports)), example.want, options
    )


_IMPLIED = {"np": "import numpy as np", "pd": "import pandas as pd", "scipy": "import scipy", "pywt": "import pywt"}


def _usual(free: set[str], imports: Sequence[str]) -> bool:
    """Whether names that no statement binds are builtins or usual aliases."""
    known = set(dir(__builtins__)) if not isinstance(__builtins__, dict) else set(__builtins__)
    bound = {
        alias.asname or alias.name.split(".")[0]
        for line in imports
        for node in ast.parse(line).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return free <= known | bound | set(_IMPLIED)


def _implied(free: set[str], imports: Sequence[str]) -> list[str]:
    return sorted({*imports, *(_IMPLIED[name] for name in free if name in _IMPLIED)})


def _needed(done: Sequence[tuple[ast.stmt, str]], result: ast.AST) -> tuple[list[tuple[ast.stmt, str]], set[str]]:
    """Earlier statements that a result rests on, in order, and every name they or it mention."""
    needed = _mentioned(result)
    chosen: list[tuple[ast.stmt, str]] = []
    for node, source in reversed(done):
        bound = _bound(node)
        # A method called for its effect may change what it is called on: `x.sort()`.
        called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        changes = (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in needed - set(_IMPLIED)
        )
        if bound & needed or changes:
            chosen.append((node, source))
            needed |= _mentioned(node)
    return chosen[::-1], needed


def _mentioned(node: ast.AST) -> set[str]:
    bound = {item.arg for item in ast.walk(node) if isinstance(item, ast.arg)}
    names = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    inner = {
        t.id
        for item in ast.walk(node)
        if isinstance(item, ast.comprehension)
        for t in ast.walk(item.target)
        if isinstance(t, ast.Name)
    }
    return names - bound - inner


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    names = {item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    for item in ast.walk(node):
        if isinstance(item, (ast.Subscript, ast.Attribute)) and isinstance(item.ctx, ast.Store):
            names |= {part.id for part in ast.walk(item.value) if isinstance(part, ast.Name)}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        names.add(node.name)
    return names


def _literal(node: ast.stmt) -> tuple[str, str] | None:
    """Name and text of an assignment that holds nothing but numbers, texts, or an array of them."""
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
        return None
    value = node.value
    plain = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.Load, ast.Set)
    inner = value
    if (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and ast.unparse(value.func)
        in ("np.array", "np.asarray", "pd.Series", "np.arange", "np.linspace", "pd.DataFrame")
    ):
        if not all(all(isinstance(item, (*plain, ast.keyword)) for item in ast.walk(part)) for part in value.args):
            return None
        return node.targets[0].id, ast.unparse(value)
    return (
        (node.targets[0].id, ast.unparse(value)) if all(isinstance(item, plain) for item in ast.walk(inner)) else None
    )


PROBE = '''\
def _shape(value):
    """Type and size of a value as plain data."""
    kind = type(value).__name__
    if kind == "ndarray":
        return ["ndarray", str(value.dtype), list(value.shape)]
    if kind in ("list", "tuple") and len({type(item).__name__ for item in value}) == 1:
        return [kind, type(value[0]).__name__, [len(value)]]
    return [kind, "", []]


def _target():
    """Public name and parameters of the documented object, as the interpreter sees them."""
    parts = TARGET.split(".")
    for cut in range(1, len(parts)):
        try:
            thing = importlib.import_module(".".join(parts[:-cut]))
            for part in parts[-cut:]:
                thing = getattr(thing, part)
            break
        except Exception:
            thing = None
    public = TARGET
    shown = [part for part in parts if not part.startswith("_")]
    for cut in range(len(shown) - 1, 0, -1):
        for name in {".".join(shown), ".".join([*shown[:cut], shown[-1]])}:
            try:
                other = importlib.import_module(name.rpartition(".")[0])
                if getattr(other, name.rpartition(".")[2], None) is thing and len(name) < len(public):
                    public = name
            except Exception:
                pass
    try:
        names = list(inspect.signature(thing).parameters)
    except Exception:
        names = None
    return {"public": public, "names": names}


def solve(path):
    """Every example: what it prints, and the types of what goes in and comes out."""
    found = []
    for run in EXAMPLES:
        try:
            given = run[1]()
            value = run[0](*given)
            found.append({"text": repr(value), "plain": str(value), "given": [_shape(item) for item in given], "gives": _shape(value)})
        except Exception as error:
            found.append({"error": type(error).__name__ + ": " + str(error)[:200]})
    return {"found": found, "target": _target()}
'''
"""What the sandbox runs after the lifted functions."""


def names_of(prototype: str) -> list[str]:
    """Names of the parameters of a prototype, without `self`."""
    head = prototype.removeprefix("class ")
    try:
        tree = ast.parse(f"def {head}: ..." if "(" in head else f"def {head}(): ...").body[0]
    except SyntaxError:
        return []
    if not isinstance(tree, ast.FunctionDef):
        return []
    args = tree.args
    every = [
        *args.posonlyargs,
        *args.args,
        *([args.vararg] if args.vararg else []),
        *args.kwonlyargs,
        *([args.kwarg] if args.kwarg else []),
    ]
    return [item.arg for item in every if item.arg not in ("self", "cls")]


def bare(item: Lifted) -> str:
    """A lifted function without annotations and documentation."""
    names = ", ".join(name for name, _ in item.parameters)
    body = "\n".join([*item.body, f"return {item.result}"])
    head = "\n".join(item.imports)
    return (f"{head}\n\n\n" if head else "") + f"def {item.name}({names}):\n{textwrap.indent(body, '    ')}\n"


def probe(items: Sequence[Lifted], texts: Sequence[str]) -> str:
    """One program that runs every function of an entry on the literals of its examples."""
    imports = sorted(
        {line for item in items for line in item.imports} | {line for item in items for line in _literal_imports(item)}
    )
    parts = []
    for item in items:
        values = ", ".join(value for _, value in item.parameters)
        parts.append(f"({item.name}, lambda: ({values}{',' if item.parameters else ''}))")
    listed = ",\n    ".join(parts)
    target = items[0].entry.name
    return "\n\n\n".join(
        [
            "\n".join(["import importlib", "import inspect", *imports]),
            f"TARGET = {target!r}",
            *texts,
            f"EXAMPLES = [\n    {listed},\n]",
            PROBE,
        ]
    )


def _literal_imports(item: Lifted) -> list[str]:
    used = {name for _, value in item.parameters for name in _mentioned(ast.parse(value))}
    return [_IMPLIED[name] for name in used if name in _IMPLIED]


_NUMBER = re.compile(r"(?<![A-Za-z_])-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
"""How printed values are compared: layout of blanks does not count, `...` stands for anything."""


def prints(wanted: str, options: Sequence[int], seen: Mapping[str, Any]) -> bool:
    """Whether a value, by `repr` or `str`, prints as the documentation says.

    Args:
        wanted: what the documentation shows.
        options: doctest flags of the example.
        seen: what the probe found, with `text` and `plain`.
    """
    flags = FLAGS
    for flag in options:
        flags |= flag
    checker = doctest.OutputChecker()
    return any(
        checker.check_output(wanted, f"{text}\n", flags) or _close(wanted, text)
        for text in (seen.get("text", ""), seen.get("plain", ""))
    )


def _close(wanted: str, text: str) -> bool:
    """Whether two printed values differ in nothing but decimals that the documentation left out."""
    a, b = _NUMBER.findall(wanted), _NUMBER.findall(text)
    if len(a) != len(b) or _words(wanted) != _words(text):
        return False
    for x, y in zip(a, b, strict=True):
        _, _, decimals = x.partition(".")
        room = 0.0 if "." not in x else 0.6 * 10.0 ** -len(re.match(r"\d*", decimals)[0])  # type: ignore[index]
        scale = 10.0 ** int(x.lower().partition("e")[2] or 0)
        if abs(float(x) - float(y)) > room * scale + 1e-12:
            return False
    return bool(a)


def _words(text: str) -> str:
    """A printed value without numbers, blanks and dots."""
    return re.sub(r"[\s.]+", "", _NUMBER.sub("#", text))


def slot_type(shape: Sequence[object]) -> str:
    """Type of a slot for what was seen to go in or come out."""
    kind, inner, size = str(shape[0]), str(shape[1]), shape[2]
    if kind == "ndarray" and isinstance(size, list):
        dtype = inner if inner in ("float64", "int64", "bool", "complex128", "float32", "int32") else "object"
        return (
            f"ndarray[{dtype}, ({', '.join('NMKL'[at] if at < 4 else 'P' for at in range(len(size)))})]"
            if size and len(size) <= 4
            else "float"
        )
    if kind in ("int", "float", "str", "bool", "bytes", "dict"):
        return kind
    if kind in ("list", "tuple"):
        return f"list[{inner}]" if inner in ("int", "float", "str", "bool") and kind == "list" else "model"
    if kind in ("float64", "float32"):
        return "float"
    if kind in ("int64", "int32"):
        return "int"
    return "frame" if kind == "DataFrame" else "model"
