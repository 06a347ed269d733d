"""Which names of a Python text belong to its module, and how to rename them without touching the rest.

A name inside a function is the module's when no enclosing function, lambda, comprehension or class body binds it;
these rules are Python's own (reference manual, section 4.2).

Covers: every binding form of Python 3.11 to 3.14. Does not cover: names inside texts (`eval`, quoted annotations), and
whether a local name has a value yet when it is read.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

GIVEN = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__class__"}
"""Names that need no definition."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class _Scope:
    bound: frozenset[str]
    outward: frozenset[str] = frozenset()
    """Declared `global` here."""
    closed: bool = False
    """A class body: its names are not seen from functions inside."""


def module_names(tree: ast.Module) -> list[ast.Name]:
    """Every mention of a name that belongs to the module or to the builtins, in the order of the text."""
    walker = _Walker()
    walker.visit(tree)
    return sorted(walker.found, key=lambda name: (name.lineno, name.col_offset))


def bound(body: Iterable[ast.AST]) -> frozenset[str]:
    """Names that the statements of one scope bind; what nested scopes bind is left out."""
    return frozenset(name for node in body for name in _binds(node))


def undefined(tree: ast.Module) -> list[ast.Name]:
    """Mentions of names that neither the module nor Python defines, in the order of the text."""
    known = bound(tree.body) | GIVEN | _outward(ast.walk(tree))
    return [name for name in module_names(tree) if isinstance(name.ctx, ast.Load) and name.id not in known]


def identifiers(tree: ast.AST) -> frozenset[str]:
    """Every identifier a text writes as a name, parameter or definition, in any scope."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        names.update(_own(node))
    return frozenset(names)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A text whose module names are changed; comments and layout stay.

    Where the places of names are not exact, as in the f-strings of Python 3.11, the text is written anew from its tree
    and loses its comments, never its meaning.

    Args:
        text: source of a module.
        names: old module name to new; a new name must not occur in the text.
    """
    tree = ast.parse(text)
    lines = text.encode().split(b"\n")
    edits = []
    for mention in module_names(tree):
        if mention.id in names:
            edits.append((mention.lineno, mention.col_offset, mention.id))
            mention.id = names[mention.id]
    for node in ast.walk(tree):
        if isinstance(node, Definition) and node in tree.body and node.name in names:
            head = re.match(rb"(async\s+)?(def|class)\s+", lines[node.lineno - 1])
            edits.append((node.lineno, head.end() if head else 0, node.name))
            node.name = names[node.name]
        elif isinstance(node, ast.Global):
            words = re.finditer(rb"\w+", lines[node.lineno - 1])
            edits += [(node.lineno, word.start(), word[0].decode()) for word in words if word[0].decode() in names]
            node.names = [names.get(name, name) for name in node.names]
    for line, column, old in sorted(edits, reverse=True):
        row = lines[line - 1]
        lines[line - 1] = row[:column] + names[old].encode() + row[column + len(old.encode()) :]
    changed = b"\n".join(lines).decode(errors="replace")
    return changed if _same(changed, tree) else ast.unparse(tree) + "\n"


def _same(text: str, tree: ast.Module) -> bool:
    try:
        return ast.dump(ast.parse(text)) == ast.dump(tree)
    except (SyntaxError, ValueError):
        return False


def _outward(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names)


def _own(node: ast.AST) -> Iterator[str]:
    """Names one node binds by itself, its children left out."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


def _binds(node: ast.AST) -> Iterator[str]:
    """Names a node binds in the scope it stands in."""
    yield from _own(node)
    if isinstance(node, Definition | ast.Lambda):
        return
    inner = isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    for child in ast.iter_child_nodes(node):
        if inner:
            yield from (item.target.id for item in ast.walk(child) if isinstance(item, ast.NamedExpr))
        else:
            yield from _binds(child)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes of one scope, nested functions and classes left out."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Definition | ast.Lambda):
            yield from _inside(child)


class _Walker(ast.NodeVisitor):
    """Collects the names that no enclosing scope binds."""

    def __init__(self) -> None:
        self.scopes: list[_Scope] = []
        self.found: list[ast.Name] = []

    def visit_Name(self, node: ast.Name) -> None:
        for depth, scope in enumerate(reversed(self.scopes)):
            if node.id in scope.outward:
                break
            if node.id in scope.bound and (depth == 0 or not scope.closed):
                return
        self.found.append(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._all(node.decorator_list)
        generic = getattr(node, "type_params", [])
        self.scopes.append(_Scope(frozenset(item.name for item in generic)))
        self._signature(node.args)
        self._all([node.returns] if node.returns else [])
        outward = _outward(_inside(node))
        self._within(_Scope((_parameters(node.args) | bound(node.body)) - outward, outward), node.body)
        self.scopes.pop()

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._signature(node.args)
        self._within(_Scope(_parameters(node.args) | bound([node.body])), [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._all([*node.decorator_list, *node.bases, *node.keywords])
        self._within(_Scope(bound(node.body), closed=True), node.body)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        first = node.generators[0]
        self.visit(first.iter)
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        rest = [part for item in node.generators[1:] for part in (item.target, item.iter, *item.ifs)]
        targets = frozenset(name for item in node.generators for name in _binds(item.target))
        self._within(_Scope(targets), [first.target, *first.ifs, *rest, *results])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self.visit_ListComp(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self.visit_ListComp(node)

    def _signature(self, args: ast.arguments) -> None:
        self._all([*args.defaults, *(item for item in args.kw_defaults if item)])
        self._all([item.annotation for item in _every(args) if item.annotation])

    def _within(self, scope: _Scope, body: Iterable[ast.AST]) -> None:
        self.scopes.append(scope)
        self._all(body)
        self.scopes.pop()

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _every(args: ast.arguments) -> list[ast.arg]:
    starred = [item for item in (args.vararg, args.kwarg) if item]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *starred]


def _parameters(args: ast.arguments) -> frozenset[str]:
    return frozenset(item.arg for item in _every(args))
