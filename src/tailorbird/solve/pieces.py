"""The text of one step's function, taken apart: its imports, its function, the private helpers it brings.

A function text is import lines, exactly one public top-level function, and optional helpers: functions and classes
whose names start with `_`, constants in upper case or with `_`.

Standard library syntax trees only; nothing is imported or run.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tailorbird.core.errors import ParseError
from tailorbird.solve.scope import undefined


@dataclass(frozen=True, order=True)
class Import:
    """One imported name."""

    module: str
    name: str = ""
    """Empty for `import module`."""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name it gives to the text."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def path(self) -> str:
        """What that name stands for: a dotted path; equal paths are the same object."""
        if self.name:
            return f"{self.module}.{self.name}"
        return self.module if self.alias else self.module.partition(".")[0]

    @property
    def clause(self) -> str:
        """What stands after the word `import`."""
        return (self.name or self.module) + (f" as {self.alias}" if self.alias else "")


@dataclass(frozen=True)
class Piece:
    """A function text, taken apart."""

    text: str
    """The whole text, lines ended by `\\n` alone."""
    name: str
    """The function."""
    parameters: tuple[str, ...]
    by_keyword: bool
    """Whether some parameter takes its value by keyword only."""
    imports: tuple[Import, ...]
    helpers: tuple[str, ...]
    """Names of helpers, in the order of the text."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without Python's warnings about the text that is read, such as an unknown escape: they are not about us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def parse_module(text: str) -> tuple[str, ast.Module]:
    """A text with plain line ends, and its tree.

    Raises:
        ParseError: if it is not Python, with the line.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return plain, ast.parse(plain)
    except SyntaxError as error:
        raise ParseError(f"not Python: line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ParseError(f"not Python: {error}") from None


def is_private(name: str) -> bool:
    """Whether a top-level name may stand beside the function: `_helper`, `_LIMIT` or `LIMIT`."""
    return name.startswith("_") or name.isupper()


def imports_of(node: ast.stmt) -> tuple[Import, ...]:
    """The names an import statement brings; empty for any other statement.

    Raises:
        ParseError: for a relative import or `import *`.
    """
    if isinstance(node, ast.Import):
        return tuple(Import(item.name, "", _alias(item)) for item in node.names)
    if isinstance(node, ast.ImportFrom):
        if node.level or not node.module or any(item.name == "*" for item in node.names):
            raise ParseError(f"line {node.lineno}: expected an import of named things, got {ast.unparse(node)!r}")
        return tuple(Import(node.module, item.name, _alias(item)) for item in node.names)
    return ()


@lru_cache(maxsize=4096)
def take_apart(text: str, name: str) -> Piece:
    """The parts of a function text.

    Args:
        text: import lines, one function, optional helpers.
        name: the function it must hold.

    Raises:
        ParseError: if the text is not of that form, or mentions a name that nothing defines.
    """
    text, tree = parse_module(text)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    main = next((node for node in functions if node.name == name), None)
    if main is None:
        raise ParseError(f"expected a function {name}, got {', '.join(node.name for node in functions) or 'none'}")
    imports: list[Import] = []
    helpers: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports += imports_of(node)
        elif node is not main and not _is_remark(node):
            helpers.append(_helper(node, name))
    loose = undefined(tree)
    if loose:
        raise ParseError(f"{name}: line {loose[0].lineno}: the name {loose[0].id} is not defined")
    arguments = main.args
    parameters = tuple(item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
    own = tuple(item for item in imports if item.bound not in {name, *helpers})
    return Piece(text, name, parameters, bool(arguments.kwonlyargs), own, tuple(dict.fromkeys(helpers)))


def definitions(text: str) -> tuple[str, ...]:
    """Source of each helper and function of a text, with the comments right above it, in the order of the text."""
    lines = text.split("\n")
    found = []
    last = 0
    for node in ast.parse(text).body:
        start = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        end = node.end_lineno or node.lineno
        shared = start <= last or lines[end - 1].encode()[node.end_col_offset :].lstrip().startswith(b";")
        while not shared and start - 2 >= last and lines[start - 2].startswith("#"):
            start -= 1
        if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_remark(node):
            found.append(ast.unparse(node) if shared else "\n".join(lines[start - 1 : end]).rstrip())
        last = end
    return tuple(found)


def import_lines(imports: Sequence[Import]) -> str:
    """Import statements, each thing once: future, standard library, others; sorted within each block."""
    blocks: dict[int, list[str]] = {}
    for module in sorted({item.module for item in imports if item.name}, key=_module_order):
        found = sorted({item for item in imports if item.name and item.module == module}, key=_member_order)
        plain = [item.clause for item in found if not item.alias]
        lines = [f"from {module} import {', '.join(plain)}"] if plain else []
        if lines and len(lines[0]) > 120:
            lines = [f"from {module} import (", *(f"    {name}," for name in plain), ")"]
        blocks.setdefault(_block(module), []).extend(lines)
        blocks[_block(module)] += [f"from {module} import {item.clause}" for item in found if item.alias]
    whole = sorted(
        {item for item in imports if not item.name}, key=lambda item: (_module_order(item.module), item.alias)
    )
    for item in reversed(whole):
        blocks.setdefault(_block(item.module), []).insert(0, f"import {item.clause}")
    return "\n\n".join("\n".join(blocks[key]) for key in sorted(blocks))


def _block(module: str) -> int:
    root = module.partition(".")[0]
    return 0 if root == "__future__" else 1 if root in sys.stdlib_module_names else 2


def _module_order(module: str) -> tuple[str, str]:
    return module.lower(), module


def _member_order(item: Import) -> tuple[bool, int, str, str]:
    kind = 0 if item.name.isupper() else 1 if item.name[:1].isupper() else 2
    return bool(item.alias), kind, item.name.lower(), item.clause


def _alias(item: ast.alias) -> str:
    return item.asname if item.asname and item.asname != item.name else ""


def _is_remark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _helper(node: ast.stmt, name: str) -> str:
    """The name a helper statement binds."""
    match node:
        case ast.FunctionDef(name=helper) | ast.ClassDef(name=helper):
            pass
        case ast.Assign(targets=[ast.Name(id=helper)]) | ast.AnnAssign(target=ast.Name(id=helper), value=ast.expr()):
            pass
        case _:
            came = ast.unparse(node).split("\n")[0][:80]
            raise ParseError(f"{name}: line {node.lineno}: expected imports and one function, got {came!r}")
    if not is_private(helper):
        raise ParseError(f"{name}: line {node.lineno}: expected one function and private helpers, got {helper} as well")
    return helper
