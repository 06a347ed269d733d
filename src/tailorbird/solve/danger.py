"""What a generated function must not do, read off its syntax tree.

Kinds of defect: `forbidden` (running text as code, processes, sockets, foreign functions, asking the person, ending the
program, reaching behind names with dunders), `path` (files that do not follow from a parameter), `output` (printing to
standard output), `swallowed` (every error caught and forgotten).

Covers: what is plainly written. Does not cover: disguise; the wall against malice is the sandbox, this is the early
word to an honest writer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tailorbird.solve.defect import Defect
from tailorbird.solve.scope import bound, module_names

CODE = frozenset(
    {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "breakpoint", "__builtins__", "__loader__"}
)
"""Names that run text as code or reach behind it."""

ASKING = frozenset({"input", "help"})
"""Names that wait for a person."""

ENDING = frozenset({"exit", "quit", "SystemExit"})
"""Names that end the program."""

MODULES = frozenset({
    "ctypes", "ctypeslib", "socket", "ssl", "subprocess", "multiprocessing", "pty", "urllib", "requests", "httpx",
    "aiohttp", "ftplib", "smtplib", "telnetlib", "pickle", "shelve", "marshal", "importlib", "webbrowser", "antigravity",
})  # fmt: skip
"""Modules that reach processes, networks or foreign code, also as attributes of allowed ones."""

CALLS = frozenset({
    "system", "popen", "Popen", "fork", "forkpty", "spawnl", "spawnv", "spawnve", "execl", "execv", "execve", "execvp", "_exit",
    "putenv", "getenv", "environ", "kill", "killpg", "check_output", "create_connection", "urlopen", "urlretrieve",
    "settrace", "setprofile", "_getframe", "setrecursionlimit",
})  # fmt: skip
"""Attributes that start processes, leave the machine, or look into the interpreter."""

READERS = frozenset({
    "open", "Path", "loadtxt", "genfromtxt", "fromfile", "load", "read_csv", "read_json", "read_parquet", "read_excel", "read_table",
    "loadmat", "read_text", "read_bytes",
})  # fmt: skip
"""Calls whose first argument names a file."""

WRITERS = frozenset({
    "write_text", "write_bytes", "unlink", "rmdir", "rmtree", "mkdir", "makedirs", "touch", "chmod", "symlink_to", "hardlink_to",
    "to_csv", "to_json", "to_parquet", "to_pickle", "tofile", "savetxt", "savez", "savefig", "savemat",
})  # fmt: skip
"""Calls that change files."""

DUNDERS = frozenset(
    {"__name__", "__doc__", "__init__", "__len__", "__iter__", "__next__", "__enter__", "__exit__", "__version__"}
)
"""Double-underscore attributes that are harmless."""

_BROAD = ("Exception", "BaseException")


def dangers(tree: ast.Module, allowed: frozenset[str] = frozenset()) -> Iterator[Defect]:
    """Everything of this kind that is wrong with a text; parts of modules that are allowed by name are the task's own."""
    known, own = _derived(tree), bound(tree.body)
    for name in module_names(tree):
        if name.id not in own:
            yield from _name(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _attribute(node, allowed)
        elif isinstance(node, ast.Call):
            yield from _call(node, known)
        elif isinstance(node, ast.ExceptHandler):
            yield from _handler(node)


def _name(node: ast.Name) -> Iterator[Defect]:
    reasons = {
        CODE: "runs text as code or reaches behind names",
        ASKING: "waits for a person",
        ENDING: "ends the program",
    }
    for names, reason in reasons.items():
        if node.id in names and isinstance(node.ctx, ast.Load):
            yield _defect("forbidden", node, f"{node.id} {reason}")


def _attribute(node: ast.Attribute, allowed: frozenset[str]) -> Iterator[Defect]:
    name = node.attr
    root = ast.unparse(node).split(".")[0]
    own = root in MODULES and root in allowed
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    if name.startswith("__") and name.endswith("__") and name not in DUNDERS:
        yield _defect("forbidden", node, f".{name} reaches behind names")
    elif (name in MODULES | CALLS and not own) or (owner, name) == ("sys", "exit"):
        yield _defect("forbidden", node, f"{ast.unparse(node)[:60]} leaves the function's business")
    elif owner == "sys" and name in ("stdin", "stdout", "__stdout__", "modules", "path"):
        yield _defect("forbidden", node, f"sys.{name} belongs to the program, not to a function")


def _call(node: ast.Call, known: frozenset[str]) -> Iterator[Defect]:
    function = node.func
    name = (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
    if name in ("getattr", "setattr", "delattr") and isinstance(function, ast.Name):
        word = node.args[1] if len(node.args) > 1 else None
        if not (isinstance(word, ast.Constant) and isinstance(word.value, str) and not word.value.startswith("_")):
            yield _defect("forbidden", node, f"{name} with a name that is not written out")
    if name == "print" and isinstance(function, ast.Name) and not any(item.arg == "file" for item in node.keywords):
        yield _defect(
            "output", node, "print writes to standard output, which holds the result; return the value instead"
        )
    if name in READERS | WRITERS:
        yield from _file(node, name, known)


def _file(node: ast.Call, name: str, known: frozenset[str]) -> Iterator[Defect]:
    """A file that does not follow from a parameter, for reading or for writing."""
    places: list[ast.expr] = list(node.args[:1]) + [
        item.value for item in node.keywords if item.arg in ("file", "path", "fname")
    ]
    if name in WRITERS and isinstance(node.func, ast.Attribute):
        places.append(node.func.value)
    if name in ("read_text", "read_bytes", "open") and isinstance(node.func, ast.Attribute):
        places = [node.func.value, *places]
    words = {item.id for place in places for item in ast.walk(place) if isinstance(item, ast.Name)}
    if places and not words & known:
        what = "changes a file" if name in WRITERS or _writes(node) else "opens a file"
        yield _defect("path", node, f"{ast.unparse(node)[:60]} {what} that no parameter names")


def _writes(node: ast.Call) -> bool:
    modes = [*node.args[1:2], *(item.value for item in node.keywords if item.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and set(str(mode.value)) & set("wax+") for mode in modes)


def _handler(node: ast.ExceptHandler) -> Iterator[Defect]:
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    broad = any(item is None or (isinstance(item, ast.Name) and item.id in _BROAD) for item in caught)
    if broad and all(_is_nothing(item) for item in node.body):
        yield _defect(
            "swallowed", node, "every error is caught and forgotten; catch the one you expect, or let it rise"
        )


def _is_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _derived(tree: ast.Module) -> frozenset[str]:
    """Names that follow from some function's parameters, through any assignment."""
    known = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    while True:
        more = {name for node in ast.walk(tree) for name in _assigned(node, known)} - known
        if not more:
            return frozenset(known)
        known |= more


def _assigned(node: ast.AST, known: set[str]) -> Iterator[str]:
    pairs: list[tuple[ast.expr | None, ast.expr | None]] = []
    match node:
        case ast.Assign(targets=targets, value=value):
            pairs = [(target, value) for target in targets]
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            pairs = [(target, value)]
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            pairs = [(target, value)]
        case ast.withitem(optional_vars=target, context_expr=value):
            pairs = [(target, value)]
    for target, value in pairs:
        if (
            target is not None
            and value is not None
            and any(isinstance(i, ast.Name) and i.id in known for i in ast.walk(value))
        ):
            yield from (item.id for item in ast.walk(target) if isinstance(item, ast.Name))


def _defect(kind: str, node: ast.expr | ast.ExceptHandler, text: str) -> Defect:
    return Defect(kind, f"Line {node.lineno}: {text}.", line=node.lineno)
