"""A look at a program's text before anything runs: cheap refusals with a name.

Covers: syntax, imports against a list, a few constructs that no task needs. Does not cover: safety; a program that
passes is as untrusted as before, and only the isolation holds it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

DefectKind = Literal["empty", "too_large", "too_nested", "syntax", "import", "forbidden"]
"""What is wrong with a program's text."""

MAX_BYTES = 256 << 10
"""Longest program, bytes."""
_MAX_NESTING = 90

FORBIDDEN_CALLS = frozenset({"eval", "exec", "compile", "__import__", "breakpoint"})
"""Built-in functions that no task needs."""
FORBIDDEN_ATTRIBUTES = frozenset(
    {
        "__subclasses__", "__globals__", "__code__", "__builtins__", "__closure__", "__mro__", "f_back", "f_locals",
        "f_globals", "tb_frame", "gi_frame", "cr_frame", "_getframe",
    }
)  # fmt: skip
"""Attributes that walk out of a function into its surroundings."""


@dataclass(frozen=True)
class Defect:
    """One reason not to run a program."""

    kind: DefectKind
    message: str
    line: int | None = None
    """Line in the program's text, from 1."""


def admit(source: str, imports: Collection[str] | None = None, entry: str | None = None) -> tuple[Defect, ...]:
    """Look at a program's text without running it.

    Args:
        source: the program.
        imports: top-level modules that may be imported; `None` allows all.
        entry: a function or class that must be defined at top level; `None` asks for none.

    Returns:
        Its defects in order of appearance; empty for a program that may be tried.
    """
    early = _unparsable(source)
    if early is not None:
        return (early,)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        return (Defect("syntax", error.msg or "invalid syntax", error.lineno),)
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        return (Defect("too_nested", f"the parser gave up: {type(error).__name__}"),)
    found = [defect for node in ast.walk(tree) for defect in (*_imports(node, imports), *_constructs(node))]
    if entry is not None and not any(name == entry for statement in tree.body for name in _defined(statement)):
        found.append(Defect("forbidden", f"expected a top-level function or class {entry!r}"))
    return tuple(sorted(found, key=lambda defect: defect.line or 0))


def _unparsable(source: str) -> Defect | None:
    """What must be refused before the parser sees it, as deep nesting can exhaust its stack."""
    if not source.strip():
        return Defect("empty", "the program is empty")
    if len(source.encode("utf-8", "replace")) > MAX_BYTES:
        return Defect("too_large", f"expected at most {MAX_BYTES} bytes, got {len(source)} characters")
    if "\0" in source or any(0xD800 <= ord(letter) < 0xE000 for letter in source):
        return Defect("syntax", "the program has characters that no text has")
    depth = 0
    for number, line in enumerate(source.splitlines(), 1):
        for bracket in re.findall(r"[][(){}]", line):
            depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
            if depth > _MAX_NESTING:
                return Defect("too_nested", f"expected at most {_MAX_NESTING} open brackets", number)
        if re.search(r"(?:[-+~]\s*|\bnot\s+|\blambda\s*:\s*|\*\*\s*){200}", line):
            return Defect("too_nested", "an expression nests too deep", number)
    return None


def _imports(node: ast.AST, allowed: Collection[str] | None) -> Iterator[Defect]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            yield Defect("import", "a program of one file has no package to import from", node.lineno)
        names = [node.module] if node.module and not node.level else []
    for name in names:
        if allowed is not None and name.split(".")[0] not in allowed:
            yield Defect("import", f"the module {name!r} is not allowed here", getattr(node, "lineno", None))


def _constructs(node: ast.AST) -> Iterator[Defect]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
        yield Defect("forbidden", f"calls {node.func.id}", node.lineno)
    if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
        yield Defect("forbidden", f"reads {node.attr}", node.lineno)


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, ast.Assign):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name for alias in statement.names)
    elif isinstance(statement, (ast.If, ast.Try, ast.With)):
        for inner in statement.body:
            yield from _defined(inner)
