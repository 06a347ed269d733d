"""Function texts taken apart and put together: parameters filled in, names changed, two bodies made one.

Edits go by position, so that comments and layout stay as they were written.
Covers: functions that use only their arguments, module-level imports and upper-case parameters. Does not cover: running.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tailorbird.core.errors import ParseError
from tailorbird.core.program import Slot, Spec
from tailorbird.core.signature import signature
from tailorbird.core.source import bound_names, pick


def settle(text: str, params: Mapping[str, Any]) -> str:
    """A function's text with its parameters filled in: `LOW` becomes `5.0`.

    Args:
        text: imports and one function.
        params: values by lower-case name.
    """
    spots = [
        (node, _written(params[node.id.lower()]))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and node.id.isupper() and node.id.lower() in params
    ]
    return _edited(text, spots)


def _written(value: Any) -> str:
    """A parameter as Python source, texts in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def rename(text: str, names: Mapping[str, str]) -> str:
    """A text with variables, arguments and the function itself renamed; attributes and keywords of calls stay."""
    tree = ast.parse(text)
    spots: list[tuple[Any, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            spots.append((node, names[node.id]))
        elif isinstance(node, ast.arg) and node.arg in names:
            spots.append((node, names[node.arg]))
    return _edited(text, spots)


def said(text: str, params: Mapping[str, Any]) -> str:
    """A text with parameters filled in as people write them: `5` for 5.0."""
    return text.format(**{k: f"{v:g}" if isinstance(v, float) else v for k, v in params.items()})


def _edited(text: str, spots: list[tuple[Any, str]]) -> str:
    """A text with nodes replaced; columns of syntax trees count bytes."""
    lines = [line.encode() for line in text.split("\n")]
    for node, new in sorted(spots, key=lambda spot: (spot[0].lineno, spot[0].col_offset), reverse=True):
        old = node.id if isinstance(node, ast.Name) else node.arg
        row = lines[node.lineno - 1]
        lines[node.lineno - 1] = row[: node.col_offset] + new.encode() + row[node.col_offset + len(old.encode()) :]
    return "\n".join(line.decode() for line in lines)


@cache
def picked(text: str, name: str) -> str:
    """`source.pick`, remembered: one function of a group's text with its imports."""
    return pick(text, name)


def local_names(text: str) -> frozenset[str]:
    """Names a function text assigns, loops over or takes as arguments."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return frozenset(names)


def arguments(text: str) -> tuple[str, ...]:
    """Names of the arguments of the text's function, in order."""
    return tuple(arg.arg for arg in _function(ast.parse(text)).args.args)


def imported(text: str) -> frozenset[str]:
    """Names the text's imports bind."""
    return frozenset(name for node in ast.parse(text).body for name in bound_names(node))


def _function(tree: ast.Module) -> ast.FunctionDef:
    return next(node for node in tree.body if isinstance(node, ast.FunctionDef))


def called_so(text: str, names: Sequence[str]) -> str:
    """A function text whose arguments carry other names; local names that would clash give way.

    Raises:
        ParseError: if a name is that of an import.
    """
    old = arguments(text)
    if set(names) & imported(text):
        raise ParseError(f"expected names that no import binds, got {sorted(set(names) & imported(text))}")
    clash = local_names(text) - set(old)
    wanted = dict(zip(old, names, strict=True))
    for name in set(names) & clash:
        other = f"{name}_value"
        while other in clash or other in names:
            other += "_"
        wanted[name] = other
    return rename(text, {before: after for before, after in wanted.items() if before != after})


def dress(text: str, spec: Spec, style: str = "google") -> str:
    """A bare function text under the signature and documentation that a specification demands.

    Args:
        text: imports and one function without annotations, its arguments named as the specification's inputs.
        spec: gives name, types, units, meanings.
        style: `google`, or `line` for the first sentence alone.
    """
    tree = ast.parse(text)
    node = _function(tree)
    lines = text.split("\n")
    imports = [line for line in lines[: node.lineno - 1] if line.strip()]
    head = "\n".join(sorted({*imports, *_needed(signature(spec))}))
    body = "\n".join(lines[node.lineno :]).rstrip("\n")
    return (f"{head}\n\n\n" if head else "") + f"{signature(spec)}\n{documentation(spec, style)}\n{body}\n"


def _needed(signature_line: str) -> list[str]:
    """Imports that annotations use."""
    known = {"np.": "import numpy as np", "pd.": "import pandas as pd"}
    return [line for mark, line in known.items() if mark in signature_line]


def documentation(spec: Spec, style: str) -> str:
    """The docstring of a specification, indented."""
    if style == "line":
        return f'    """{spec.target}"""'
    rows = [f'    """{spec.target}']
    if spec.inputs:
        rows += ["", "    Args:", *(f"        {slot.name}: {_said(slot)}" for slot in spec.inputs)]
    rows += ["", "    Returns:"]
    said = [_said(slot).rstrip(".") for slot in spec.outputs]
    rows.append(f"        {'; '.join(said)}.")
    return "\n".join([*rows, '    """'])


def _said(slot: Slot) -> str:
    unit = "" if slot.unit == "1" else f", in {slot.unit}"
    text = f"{slot.meaning or slot.name}{unit}"
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def fuse(first: str, second: str, passed: str, notes: tuple[str, str]) -> str:
    """One function that does what two did, the second taking the first's only result.

    Args:
        first: a text whose function ends with its only return.
        second: a text; its argument called `passed` gets that result.
        passed: a name that the first does not use.
        notes: what each part does, for the comments.

    Raises:
        ParseError: if the first returns earlier or several times, or both bind an import differently.
    """
    if not fusible(first):
        raise ParseError("expected one return at the end of the first function")
    keep = set(arguments(second))
    clash = (local_names(second) & (local_names(first) | imported(first))) - keep
    second = rename(second, {name: f"{name}_next" for name in clash})
    one, two = ast.parse(first), ast.parse(second)
    f, g = _function(one), _function(two)
    rows = first.split("\n")[f.lineno : f.end_lineno]
    last = f.body[-1].lineno - f.lineno - 1
    rows[last] = rows[last].replace("return ", f"{passed} = ", 1)
    more = second.split("\n")[g.lineno : g.end_lineno]
    imports = {name: line for tree in (one, two) for node in tree.body for name, line in bound_names(node).items()}
    for tree in (one, two):
        for node in tree.body:
            if any(imports[name] != line for name, line in bound_names(node).items()):
                raise ParseError("expected the same meaning of every import")
    head = "\n".join(sorted(set(imports.values())))
    names = list(dict.fromkeys([*arguments(first), *(name for name in arguments(second) if name != passed)]))
    text = (
        f"def {f.name}({', '.join(names)}):\n    # {notes[0]}\n"
        + "\n".join(rows)
        + f"\n    # {notes[1]}\n"
        + "\n".join(more)
    )
    return (f"{head}\n\n\n" if head else "") + text + "\n"


def fusible(text: str) -> bool:
    """Whether a function's only return is its last statement, on a line of its own, with one value."""
    node = _function(ast.parse(text))
    returns = [item for item in ast.walk(node) if isinstance(item, ast.Return)]
    return len(returns) == 1 and node.body[-1] is returns[0] and not isinstance(returns[0].value, ast.Tuple)
