"""Small slips in a function's source, made by machine: how many of them would the hidden trials notice?

Such slips are easier to catch than those people make, so they stand beside a family's hand-written mutants, not in
their place. Operators after DeMillo, Lipton, Sayward (1978), with a few of signal programs.
Covers: one slip at a time, by syntax trees. Does not cover: running anything.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip

_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitXor: ast.BitOr,
}  # fmt: skip

_CALLS = {
    "mean": "median", "median": "mean", "argmax": "argmin", "argmin": "argmax", "max": "min", "min": "max",
    "filtfilt": "lfilter", "sosfiltfilt": "sosfilt", "floor": "ceil", "ceil": "floor", "sin": "cos", "cos": "sin",
    "std": "var", "cumsum": "cumprod", "within": "intersects",
}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """One changed function."""

    function: int
    """Index of the function in the plan."""
    what: str
    """Operator and line."""
    source: str


def slips(functions: Sequence[str], count: int, seed: int = 0) -> list[Slip]:
    """At most `count` slips over all functions of a program, drawn without replacement, in a stable order."""
    found = [Slip(index, what, source) for index, text in enumerate(functions) for what, source in of_function(text)]
    chosen = random.Random(seed).sample(range(len(found)), min(count, len(found)))
    return [found[at] for at in sorted(chosen)]


def of_function(text: str) -> Iterator[tuple[str, str]]:
    """Every slip of one function's text: what was changed, and the text with the change."""
    tree = ast.parse(text)
    seen = {ast.unparse(tree)}
    for index, node in enumerate(ast.walk(tree)):
        for number, (what, _) in enumerate(_changes(node)):
            other = copy.deepcopy(tree)
            twin = list(ast.walk(other))[index]
            _changes(twin)[number][1]()
            changed = ast.unparse(ast.fix_missing_locations(other))
            if changed not in seen:
                seen.add(changed)
                yield f"{what}, line {getattr(node, 'lineno', 0)}", changed


def _changes(node: ast.AST) -> list[tuple[str, Callable[[], None]]]:
    """What can be done to a node, each with the function that does it in place."""
    found: list[tuple[str, Callable[[], None]]] = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARE:
        found.append(("comparison", lambda: _put(node.ops, 0, _COMPARE[type(node.ops[0])]())))
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _BINARY:
        found.append(("operator", lambda: setattr(node, "op", _BINARY[type(node.op)]())))
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        found += [
            (f"constant {name}", partial(setattr, node, "value", value))
            for name, value in (("+ 1", node.value + 1), ("x 2", node.value * 2), ("to 0", type(node.value)(0)))
        ]
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        found.append(("negation", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))))
    if isinstance(node, ast.Attribute) and node.attr in _CALLS:
        found.append((f"{node.attr} to {_CALLS[node.attr]}", lambda: setattr(node, "attr", _CALLS[node.attr])))
    if isinstance(node, ast.Call):
        for at, item in enumerate(node.keywords):
            if item.arg:
                found.append((f"dropped {item.arg}", partial(node.keywords.__delitem__, at)))
        if len(node.args) == 2:
            found.append(("swapped arguments", node.args.reverse))
    if isinstance(node, ast.Slice) and node.lower is not None:
        later = ast.BinOp(node.lower, ast.Add(), ast.Constant(1))
        found.append(("slice start + 1", lambda: setattr(node, "lower", later)))
    return found + _deletions(node)


def _deletions(node: ast.AST) -> list[tuple[str, Callable[[], None]]]:
    """Statements that can be left out: those that assign again, act, or branch."""
    if not isinstance(node, (ast.FunctionDef, ast.For, ast.While, ast.If)):
        return []
    droppable = (ast.AugAssign, ast.If, ast.Continue, ast.Break)
    return [
        ("dropped statement", partial(_put, node.body, at, ast.Pass()))
        for at, statement in enumerate(node.body)
        if isinstance(statement, droppable)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
    ]


def _put(items: list[Any], at: int, item: ast.AST) -> None:
    items[at] = item
