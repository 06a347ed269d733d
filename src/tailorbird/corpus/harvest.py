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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

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


IMPLIED = {"np": "import numpy as np", "pd": "import pandas as pd", "scipy": "import scipy", "pywt": "import pywt"}


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
    return free <= known | bound | set(IMPLIED)


def _implied(free: set[str], imports: Sequence[str]) -> list[str]:
    return sorted({*imports, *(IMPLIED[name] for name in free if name in IMPLIED)})


def _needed(done: Sequence[tuple[ast.stmt, str]], result: ast.AST) -> tuple[list[tuple[ast.stmt, str]], set[str]]:
    """Earlier statements that a result rests on, in order, and every name they or it mention."""
    needed = mentioned(result)
    chosen: list[tuple[ast.stmt, str]] = []
    for node, source in reversed(done):
        bound = _bound(node)
        # A method called for its effect may change what it is called on: `x.sort()`.
        called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        changes = (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in needed - set(IMPLIED)
        )
        if bound & needed or changes:
            chosen.append((node, source))
            needed |= mentioned(node)
    return chosen[::-1], needed


def mentioned(node: ast.AST) -> set[str]:
    """Names that a piece of code reads from outside itself."""
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
