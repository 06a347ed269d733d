"""One program file from the functions of a plan, in dataflow order; no model is asked.

Imports are merged and sorted, an alias that means two things is renamed, private helpers get the name of their step,
`solve` is built from the edges of the dataflow with the unit conversions it asks for, `main` from the requirement.
Equal arguments give equal bytes.

Covers: functions that take what their specification names and return its outputs, several as a tuple.
Does not cover: whether the functions are right (`gate.py`, the sandbox).
"""

from __future__ import annotations

import ast
import textwrap
from collections import Counter
from collections.abc import Sequence

from tailorbird.core.errors import ParseError
from tailorbird.core.program import Plan, Program, Requirement, Slot, Spec, slug
from tailorbird.core.record import identity
from tailorbird.solve.dataflow import Edge, edges, input_path
from tailorbird.solve.merge import FRAME, RESERVED, separate
from tailorbird.solve.pieces import Piece, definitions, import_lines, quiet, take_apart
from tailorbird.solve.scope import Definition, undefined

WIDTH = 120
"""Longest line that is written here."""

_PLAIN = '''\
def _plain(value: object) -> object:
    """The value as JSON types: arrays, tuples and sets become lists, array scalars plain numbers, dates texts."""
    for convert in ("tolist", "item", "isoformat"):
        if hasattr(value, convert):
            return _plain(getattr(value, convert)())
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return [_plain(item) for item in sorted(value, key=repr)]
    return value'''

_MAIN = '''\
def main(argv: list[str] | None = None) -> int:
    """Read the input, write the result as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-i", "--input", required=True, help={input_help})
    parser.add_argument("-o", "--output", help="file for the result; standard output when not given")
{more}    options = parser.parse_args(argv)
    if not Path(options.input).exists():
        print(f"error: no such file or folder: {{options.input}}", file=sys.stderr)
        return 1
{call}
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        print(f"error: the result is not JSON: {{error}}", file=sys.stderr)
        return 1
    if options.output:
        Path(options.output).write_text(text + "\\n", encoding="utf-8")
    else:
        print(text)
    return 0'''

_LAST = 'if __name__ == "__main__":\n    raise SystemExit(main())\n'


@quiet()
def join(requirement: Requirement, plan: Plan, specs: tuple[Spec, ...], functions: tuple[str, ...]) -> Program:
    """The program of a plan.

    Args:
        requirement: what the person wants; its path input becomes `-i`, its other inputs become options.
        plan: the steps.
        specs: one per step.
        functions: one text per step: import lines, the function, private helpers.

    Raises:
        ParseError: if functions, specs and plan do not fit, naming the step and what was expected.
    """
    titles = [slug(step.title) for step in plan.steps]
    names = [spec.name for spec in specs]
    if titles != names or len(names) != len(functions) or len(set(names)) != len(names):
        raise ParseError(
            f"expected one specification and one function for each of {titles}, "
            f"got specifications {names} and {len(functions)} functions"
        )
    flow = edges(requirement, plan, specs)
    try:
        pieces = [take_apart(text, spec.name) for text, spec in zip(functions, specs, strict=True)]
        imports, texts, called = separate(pieces, {slot.name for slot in requirement.inputs})
        calls = [_Call(spec, piece, name) for spec, piece, name in zip(specs, pieces, called, strict=True)]
        blocks = [part for text in texts for part in definitions(text)]
        blocks += [_solve(requirement, calls, flow), _PLAIN, _main(requirement), _LAST]
        source = f"{_header(requirement, plan)}\n\n{import_lines([*imports, *FRAME])}\n\n\n" + "\n\n\n".join(blocks)
        _check(source, called)
    except RecursionError:
        raise ParseError("expected functions of ordinary depth, got an expression too deep to read") from None
    return Program(source)


class _Call:
    """One step as `solve` calls it."""

    def __init__(self, spec: Spec, piece: Piece, name: str) -> None:
        wanted = [slot.name for slot in spec.inputs]
        if sorted(wanted) != sorted(piece.parameters):
            raise ParseError(f"{spec.name}: expected the parameters {wanted}, got {list(piece.parameters)}")
        self.spec = spec
        self.name = name
        self.by_keyword = piece.by_keyword or wanted != list(piece.parameters)


def _header(requirement: Requirement, plan: Plan) -> str:
    """The module's docstring: the goal, where the program comes from, how to start it."""
    goal = textwrap.wrap(requirement.goal.strip().split("\n")[0], 100) or ["A program."]
    usage = "".join(f" [{_flag(slot)} {slot.name.upper()}]" for slot in _options(requirement))
    lines = [
        *goal[:1], "", *goal[1:], *([""] if goal[1:] else []),
        f"Requirement {identity(requirement)[:12]}, plan {identity(plan)[:12]}.",
        f"Usage: python program.py -i INPUT [-o OUTPUT]{usage}",
    ]  # fmt: skip
    text = _shown("\n".join(lines)).replace('"""', '\\"\\"\\"').replace("%(prog", "% (prog")
    return f'"""{text}\n"""'


def _shown(text: str) -> str:
    """A text as it may stand in a Python text in double quotes, the quotes and line ends themselves left alone."""
    plain = text.replace("\\", "\\\\")
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in plain)


def _quoted(text: str) -> str:
    return '"' + _shown(text.replace("\n", " ")).replace('"', '\\"') + '"'


def _options(requirement: Requirement) -> list[Slot]:
    """Inputs besides the path: each is an option of the program."""
    main = input_path(requirement)
    return [slot for slot in requirement.inputs if slot.name != main.name]


def _flag(slot: Slot) -> str:
    name = slot.name.replace("_", "-")
    return f"--{name}-value" if name in ("input", "output", "help") else f"--{name}"


def _solve(requirement: Requirement, calls: Sequence[_Call], flow: Sequence[Edge]) -> str:
    """The function that calls each step once and returns the result object."""
    options = _options(requirement)
    taken = RESERVED | {call.name for call in calls} | {"path", *(slot.name for slot in options)}
    values = {(0, slot.name): slot.name for slot in requirement.inputs} | {(0, input_path(requirement).name): "path"}
    lines: list[str] = []
    for number, call in enumerate(calls, 1):
        came = {edge.slot: edge for edge in flow if edge.step == number}
        lines += [f"    # {edge.why}" for edge in came.values() if edge.conversion]
        given = [(slot.name, _value(came[slot.name], values)) for slot in call.spec.inputs]
        arguments = [f"{name}={value}" if call.by_keyword else value for name, value in given]
        for slot in call.spec.outputs:
            values[number, slot.name] = _variable(slot.name, number, taken)
        targets = ", ".join(values[number, slot.name] for slot in call.spec.outputs)
        lines.append(_wrapped(f"    {targets} = {call.name}(", arguments, ")"))
    results = {edge.slot: edge for edge in flow if edge.step == 0}
    lines += [f"    # {edge.why}" for edge in results.values() if edge.conversion]
    ends = [f"{_quoted(name)}: _plain({_value(edge, values)})" for name, edge in results.items()]
    parameters = ["path: str", *(f"{slot.name}: {_hint(slot)}" for slot in options)]
    head = _wrapped("def solve(", parameters, ") -> dict:")
    return "\n".join(
        [
            head,
            '    """The result of the whole program, as plain JSON types."""',
            *lines,
            _wrapped("    return {", ends, "}"),
        ]
    )


def _value(edge: Edge, values: dict[tuple[int, str], str]) -> str:
    name = values[edge.source, edge.name]
    return edge.conversion.replace("{value}", name) if edge.conversion else name


def _variable(name: str, number: int, taken: set[str]) -> str:
    found = name
    while found in taken:
        found = f"{found}_{number}"
    taken.add(found)
    return found


def _wrapped(head: str, items: Sequence[str], tail: str) -> str:
    """A bracket's content on one line, or indented on one line, or one item per line, whichever fits first."""
    indent = " " * (len(head) - len(head.lstrip()))
    line = head + ", ".join(items) + tail
    if len(line) <= WIDTH:
        return line
    inner = f"{indent}    {', '.join(items)}"
    if len(inner) <= WIDTH and not tail.startswith("}"):
        return f"{head}\n{inner}\n{indent}{tail}"
    return "\n".join([head, *(f"{indent}    {item}," for item in items), indent + tail])


def _hint(slot: Slot) -> str:
    plain = {"int": "int", "float": "float", "bool": "bool", "str": "str", "path": "str"}
    return plain.get(slot.type, "object")


def _main(requirement: Requirement) -> str:
    """The function that reads the command line."""
    path, options = input_path(requirement), _options(requirement)
    more = [_wrapped("    parser.add_argument(", _argument(slot), ")") + "\n" for slot in options]
    values = [f"options.{_flag(slot)[2:].replace('-', '_')}" for slot in options]
    call = _wrapped("    result = solve(", ["options.input", *values], ")")
    return _MAIN.format(input_help=_quoted(_help(path)), more="".join(more), call=call)


def _argument(slot: Slot) -> list[str]:
    """The arguments of `add_argument` for an input."""
    readers = {
        "int": ["type=int"],
        "float": ["type=float"],
        "bool": ["action=argparse.BooleanOptionalAction"],
        "str": [],
        "path": [],
    }
    kind = slot.type.removesuffix(" or none")
    need = ["required=True"] if kind == slot.type else []
    return [f'"{_flag(slot)}"', *readers.get(kind, ["type=json.loads"]), *need, f"help={_quoted(_help(slot))}"]


def _help(slot: Slot) -> str:
    unit = "" if slot.unit == "1" else f", in {slot.unit}"
    return f"{slot.meaning or slot.name}{unit}".replace("%", "%%")


@quiet()
def step_at(source: str, line: int) -> int | None:
    """Number of the step, from 1, that a line of a joined program belongs to; `None` outside all steps.

    A line of `solve` belongs to the step that is called there, or was called last.
    """
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, Definition)}
    main = functions.pop("solve", None)
    calls = [node for node in ast.walk(main) if isinstance(node, ast.Call)] if main else []
    named = [(node.lineno, node.func.id) for node in calls if isinstance(node.func, ast.Name)]
    called = [(at, name) for at, name in sorted(named) if name in functions and name != "_plain"]
    if main and main.lineno <= line <= (main.end_lineno or 0):
        return sum(at <= line for at, _ in called) or None
    place = next((name for name, node in functions.items() if node.lineno <= line <= (node.end_lineno or 0)), "")
    for number, (_, name) in enumerate(called, start=1):
        step = name.removesuffix("_step")
        if place == name or place.startswith((f"_{step}_", f"_{step.title().replace('_', '')}")):
            return number
    return None


def _check(source: str, called: Sequence[str]) -> None:
    """Every step defined and called once, every name known.

    Raises:
        ParseError: if not.
    """
    tree = ast.parse(source)
    defined = Counter(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    main = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "solve")
    uses = Counter(
        node.func.id for node in ast.walk(main) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    for name in called:
        if defined[name] != 1 or uses[name] != 1:
            raise ParseError(f"{name}: expected one definition and one call, got {defined[name]} and {uses[name]}")
    loose = undefined(tree)
    if loose:
        raise ParseError(f"line {loose[0].lineno}: the name {loose[0].id} is not defined")
