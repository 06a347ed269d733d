"""What the sandbox runs to prove harvested functions, and how printed values are compared.

Covers: the program of one documented object, its functions as text, types of what goes in and comes out.
Does not cover: reading packages (`harvest.py`), rows (`harvested.py`).
"""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from tailorbird.corpus.harvest import IMPLIED, Lifted, mentioned

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
    used = {name for _, value in item.parameters for name in mentioned(ast.parse(value))}
    return [IMPLIED[name] for name in used if name in IMPLIED]


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
