"""Static checks of one function against its specification, before anything runs.

Kinds of defect: `syntax`, `form` (exactly one public function of the specified name, private helpers beside it),
`parameters`, `names` (a name nothing defines), `imports` (not allowed), `returns` (a path without a value, or a wrong
number of values), `placeholder`, and those of `danger.py`.

A text that passes is one that `join` takes. Total: any text gets an answer, none raises.
Covers: what can be read off the syntax tree. Does not cover: whether the function is right.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tailorbird.core.errors import ParseError
from tailorbird.core.kinds import parse_kind
from tailorbird.core.program import Spec
from tailorbird.core.signature import signature
from tailorbird.solve.danger import dangers
from tailorbird.solve.defect import Defect
from tailorbird.solve.pieces import Import, imports_of, is_private, parse_module, quiet, take_apart
from tailorbird.solve.scope import undefined

__all__ = ["inspect", "signature"]

_PROMISE = re.compile(
    r"\b(TODO|FIXME|XXX)\b|your code|code here|implement(ation)? (goes )?here|to be implemented|rest of the (code|function)|placeholder",
    re.IGNORECASE,
)
_SEQUENCES = ("list", "tuple", "ndarray", "model", "dict", "frame")


@quiet()
def inspect(source: str, spec: Spec, allowed: frozenset[str]) -> tuple[Defect, ...]:
    """What is wrong with a function text.

    Args:
        source: import lines, one function, optional private helpers.
        spec: what the function must be.
        allowed: modules it may import; a module's parts are allowed with it.

    Returns:
        Defects in the order of the lines; empty when the text may be joined and run.
    """
    try:
        text, tree = parse_module(source)
        found = sorted(_all(text, tree, spec, allowed), key=lambda defect: defect.line)
        if not found:
            take_apart(text, spec.name)
        return tuple(dict.fromkeys(found))
    except ParseError as error:
        return (_first(error),)
    except RecursionError:
        return (Defect("syntax", "An expression is nested too deeply to be read."),)


def _first(error: ParseError) -> Defect:
    match = re.search(r"line (\d+)", error.message)
    kind = "syntax" if error.message.startswith("not Python") else "form"
    return Defect(kind, f"{error.message[:1].upper()}{error.message[1:]}.", line=int(match[1]) if match else 0)


def _all(text: str, tree: ast.Module, spec: Spec, allowed: frozenset[str]) -> Iterator[Defect]:
    yield from _form(tree, spec)
    yield from _imports(tree, allowed)
    for name in undefined(tree):
        yield Defect("names", f"Line {name.lineno}: the name {name.id} is not defined.", line=name.lineno)
    yield from _comments(text)
    yield from dangers(tree, allowed)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == spec.name:
            yield from _parameters(node, spec)
            yield from _body(node, spec)


def _form(tree: ast.Module, spec: Spec) -> Iterator[Defect]:
    """One function of that name; beside it imports, remarks and private helpers only."""
    named = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == spec.name]
    if len(named) != 1:
        others = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        came = f", got {', '.join(others)}" if others else ""
        yield Defect("form", f"Expected one function `{signature(spec)}`{came}.")
    for node in tree.body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                continue
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                fine = name == spec.name or is_private(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                fine = is_private(name)
            case _:
                fine = False
        if not fine:
            came = ast.unparse(node).split("\n")[0][:60]
            yield Defect(
                "form", f"Line {node.lineno}: expected only imports and the function, got {came!r}.", line=node.lineno
            )


def _imports(tree: ast.Module, allowed: frozenset[str]) -> Iterator[Defect]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        try:
            items = imports_of(node)
        except ParseError as error:
            yield Defect("imports", f"{error.message[:1].upper()}{error.message[1:]}.", line=node.lineno)
            continue
        for item in items:
            if item.module != "__future__" and not _is_allowed(item, allowed):
                yield Defect(
                    "imports", f"Line {node.lineno}: the import of {item.module} is not allowed.", line=node.lineno
                )


def _is_allowed(item: Import, allowed: frozenset[str]) -> bool:
    """Whether a module, one that contains it, or the very thing taken from it is allowed."""
    parts = item.module.split(".")
    paths = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    if not item.name and not item.alias:
        paths = {parts[0]}
    return bool(paths & allowed) or (bool(item.name) and f"{item.module}.{item.name}" in allowed)


def _parameters(node: ast.FunctionDef, spec: Spec) -> Iterator[Defect]:
    wanted = [slot.name for slot in spec.inputs]
    args = node.args
    came = [item.arg for item in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    if came != wanted or args.vararg or args.kwarg or args.kwonlyargs:
        yield Defect(
            "parameters",
            f"Line {node.lineno}: expected the line `{signature(spec)}`, got parameters {came}.",
            line=node.lineno,
        )
    if node.decorator_list:
        yield Defect("form", f"Line {node.lineno}: expected a function without decorators.", line=node.lineno)


def _comments(text: str) -> Iterator[Defect]:
    """Comments that promise code instead of being beside it."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and _PROMISE.search(token.string):
                line = token.start[0]
                yield Defect(
                    "placeholder", f"Line {line}: the comment {token.string[:60]!r} stands for missing code.", line=line
                )
    except (tokenize.TokenError, SyntaxError):
        return


def _body(node: ast.FunctionDef, spec: Spec) -> Iterator[Defect]:
    """Missing code, and ways out of the function without the value that is promised."""
    own = list(_own(node))
    for item in own:
        if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and item.value.value is Ellipsis:
            yield Defect("placeholder", f"Line {item.lineno}: `...` stands for missing code.", line=item.lineno)
        if isinstance(item, ast.Raise) and item.exc and "NotImplemented" in ast.unparse(item.exc):
            yield Defect(
                "placeholder", f"Line {item.lineno}: expected code, got {ast.unparse(item)!r}.", line=item.lineno
            )
        if isinstance(item, ast.Yield | ast.YieldFrom):
            yield Defect(
                "returns", f"Line {item.lineno}: expected a returned value, got a generator.", line=item.lineno
            )
    if all(
        isinstance(item, ast.Pass) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in node.body
    ):
        yield Defect("placeholder", f"Line {node.lineno}: {node.name} has no code.", line=node.lineno)
        return
    for item in own:
        if isinstance(item, ast.Return):
            yield from _returned(item, spec)
    if not _ends(node.body) and not _may_be_none(spec):
        yield Defect(
            "returns",
            f"Line {node.end_lineno}: {node.name} can end without returning a value.",
            line=node.end_lineno or 0,
        )


def _returned(node: ast.Return, spec: Spec) -> Iterator[Defect]:
    count = len(spec.outputs)
    names = ", ".join(slot.name for slot in spec.outputs)
    value = node.value
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        if not _may_be_none(spec):
            yield Defect("returns", f"Line {node.lineno}: expected {names}, got a return of None.", line=node.lineno)
    elif isinstance(value, ast.Tuple) and not any(isinstance(item, ast.Starred) for item in value.elts):
        single = count == 1 and spec.outputs[0].type.startswith(_SEQUENCES)
        if len(value.elts) != count and not single:
            came = f"{len(value.elts)} values"
            yield Defect("returns", f"Line {node.lineno}: expected {count} ({names}), got {came}.", line=node.lineno)
    elif count > 1 and isinstance(
        value, ast.Dict | ast.List | ast.Constant | ast.ListComp | ast.DictComp | ast.JoinedStr
    ):
        yield Defect(
            "returns", f"Line {node.lineno}: expected a tuple of {count} ({names}), got one value.", line=node.lineno
        )


def _may_be_none(spec: Spec) -> bool:
    if len(spec.outputs) != 1:
        return False
    try:
        return parse_kind(spec.outputs[0].type).optional
    except ParseError:
        return False


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function's body, functions and classes inside left out."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _own(child)


def _ends(body: list[ast.stmt]) -> bool:
    """Whether every way through statements ends in a return or a raise."""
    return any(_stops(node) for node in body)


def _stops(node: ast.stmt) -> bool:
    match node:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=body, orelse=orelse):
            return _ends(body) and _ends(orelse)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return _ends(body)
        case ast.While(test=ast.Constant(value=value), body=body) if value:
            return not any(isinstance(item, ast.Break) for item in _loop(body))
        case ast.For(orelse=orelse, body=body) | ast.While(orelse=orelse, body=body) if orelse:
            return _ends(orelse) and not any(isinstance(item, ast.Break) for item in _loop(body))
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
            done = _ends(body) or _ends(orelse)
            return _ends(last) or (done and all(_ends(item.body) for item in handlers))
        case ast.Match(cases=cases):
            open_end = any(
                isinstance(c.pattern, ast.MatchAs) and c.pattern.pattern is None and c.guard is None for c in cases
            )
            return open_end and all(_ends(case.body) for case in cases)
    return False


def _loop(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes of one loop's body, loops inside left out."""
    for node in body:
        yield node
        if not isinstance(node, ast.For | ast.While | ast.AsyncFor | ast.FunctionDef | ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                yield from _loop(getattr(node, field, []))
            for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                yield from _loop(part.body)
