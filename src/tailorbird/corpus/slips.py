"""Functions with one slip, as people and small models make them: the raw material of repair rows.

A misspelt attribute, a forgotten import, a wrong key, arguments the wrong way round, a conversion left out, an index one
too far. Whether a slip breaks anything is shown by running it.
Covers: one slip at a time, by position in the text, so that the rest stays as written. Does not cover: running.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """A function with one slip."""

    what: str
    text: str


def broken(text: str, draw: random.Random) -> list[Broken]:
    """Functions with one slip each, at most one of every kind; texts that do not parse are among them."""
    tree = ast.parse(text)
    found = []
    for what, finder in _KINDS.items():
        spots = [changed for changed in finder(tree, text, draw) if changed != text]
        if spots:
            found.append(Broken(what, draw.choice(spots)))
    return found


def _replaced(text: str, node: ast.expr | ast.stmt, new: str) -> str:
    """A text with the source of a node replaced; columns of syntax trees count bytes."""
    lines = [line.encode() for line in text.split("\n")]
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    head, tail = lines[node.lineno - 1][: node.col_offset], lines[end_line - 1][end:]
    lines[node.lineno - 1 : end_line] = [head + new.encode() + tail]
    return "\n".join(line.decode() for line in lines)


def _source(text: str, node: ast.AST) -> str:
    return ast.get_source_segment(text, node) or ""


def _misspelt(name: str, draw: random.Random) -> str:
    """A name with two letters swapped, one lost or one doubled."""
    at = draw.randrange(len(name) - 1)
    kind = draw.randrange(3)
    if kind == 0 and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + name[at + 1 :] if kind == 1 else name[:at] + name[at] + name[at:]


def _attribute(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and len(node.attr) > 3 and isinstance(node.ctx, ast.Load):
            whole = _source(text, node)
            yield _replaced(text, node, whole[: len(whole) - len(node.attr)] + _misspelt(node.attr, draw))


def _variable(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and len(node.id) > 2:
            yield _replaced(text, node, _misspelt(node.id, draw))


def _forgotten_import(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    lines = text.split("\n")
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and node.lineno == node.end_lineno:
            yield "\n".join([*lines[: node.lineno - 1], *lines[node.lineno :]]).lstrip("\n")


def _key(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            word = node.slice.value
            other = draw.choice((word.upper(), word + "s", "value", "data", word.replace("_", "")))
            yield _replaced(text, node.slice, repr(other))


def _swapped(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and len(node.args) >= 2
            and not any(isinstance(a, ast.Starred) for a in node.args)
        ):
            first, second = _source(text, node.args[0]), _source(text, node.args[1])
            if first != second and node.args[0].end_lineno == node.args[1].lineno:
                changed = _replaced(text, node.args[1], first)
                yield _replaced(changed, node.args[0], second)


def _unconverted(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("float", "int", "list", "str", "bool")
            and len(node.args) == 1
        ):
            yield _replaced(text, node, _source(text, node.args[0]))


def _index(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value <= 64:
            yield _replaced(text, node, str(node.value + 1))
            if node.value > 0:
                yield _replaced(text, node, str(node.value - 1))


def _operator(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    other = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and type(node.op) in other:
            left, right = _source(text, node.left), _source(text, node.right)
            if left and right:
                yield _replaced(text, node, f"{left} {other[type(node.op)]} {right}")


def _comparison(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    other = {ast.Lt: ">", ast.Gt: "<", ast.LtE: "<", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in other:
            left, right = _source(text, node.left), _source(text, node.comparators[0])
            yield _replaced(text, node, f"{left} {other[type(node.ops[0])]} {right}")


def _no_result(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del draw
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            yield _replaced(text, node, _source(text, node.value))


def _keyword(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg and len(keyword.arg) > 2:
                    whole = _source(text, node)
                    yield _replaced(text, node, whole.replace(f"{keyword.arg}=", f"{_misspelt(keyword.arg, draw)}=", 1))


def _unclosed(tree: ast.Module, text: str, draw: random.Random) -> Iterator[str]:
    del tree
    spots = [at for at, letter in enumerate(text) if letter in ")]" and '"""' not in text[at:]]
    if spots:
        at = draw.choice(spots)
        yield text[:at] + text[at + 1 :]


_KINDS: dict[str, Callable[[ast.Module, str, random.Random], Iterator[str]]] = {
    "misspelt attribute": _attribute,
    "misspelt variable": _variable,
    "forgotten import": _forgotten_import,
    "wrong key": _key,
    "arguments swapped": _swapped,
    "conversion left out": _unconverted,
    "number off by one": _index,
    "wrong operator": _operator,
    "wrong comparison": _comparison,
    "result not returned": _no_result,
    "wrong keyword": _keyword,
    "bracket lost": _unclosed,
}
