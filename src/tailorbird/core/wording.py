"""The only place where a model is addressed. Asking and teaching use the same functions.

Stable parts come first, volatile ones last, so that a prefix can be cached. A pack may change words through its notes,
never the structure. Every answer that is asked for here has a `render` and a `parse` in `core`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tailorbird.core.attempt import Request
from tailorbird.core.example import Example, Message
from tailorbird.core.program import Plan, Requirement, Slot, Spec
from tailorbird.core.thing import State, Thing
from tailorbird.core.tool import Tool

COMPLETE = (
    "You prepare programming tasks. Given a goal and input files, list the values the program should return, one bullet "
    "each: - `name` (type, unit): meaning. Types are plain JSON types. Write nothing else."
)
DECOMPOSE = (
    "You plan programs for sensors, signals and devices. Divide the requirement into sub-tasks that follow one another. "
    "Write 'Sub-Task 1 [Title]', then one to eight bullets, then a blank line, and so on. Write nothing else."
)
SPECIFY = (
    "You specify functions. For the named sub-task write **Function**, **Target**, **Input Specification** and **Output "
    "Specification** with typed bullets; take inputs only from the names in scope. Write nothing else."
)
WRITE = (
    "You are an experienced programmer. Write one documented Python function with the signature that is given, after "
    "the imports it needs. No fence, no prose, no example call."
)
REPAIR = (
    "You are an experienced programmer. The function below failed. Write the whole function again, corrected, after the "
    "imports it needs, with the same signature. No fence, no prose."
)
IMPROVE = (
    "You improve programs. Write the plan again with other methods where the score can rise; same format, same results. "
    "Write nothing else."
)
DOCUMENT = "You write manuals. Explain in two short paragraphs what the program does and what to mind. Plain text only."
CALL = (
    "You control a home. Answer with calls in <tool_call> tags (<propose> when a person must agree first), or with <say>, "
    "<ask> or <refuse>. Use only the tools and things that are listed. Write nothing else."
)


def _ask(system: str, *parts: str) -> tuple[Message, ...]:
    body = "\n\n".join(part for part in parts if part)
    return (Message("system", system), Message("user", body))


def _passages(passages: Sequence[str]) -> str:
    return "# Passages\n" + "\n".join(f"[{n}] {text}" for n, text in enumerate(passages, start=1)) if passages else ""


def _bullets(head: str, lines: Sequence[str]) -> str:
    return f"# {head}\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def complete(requirement: Requirement) -> tuple[Message, ...]:
    """Ask which values the program should return; answered by slot bullets, see `read_slots`."""
    return _ask(COMPLETE, requirement.render())


def read_slots(text: str) -> tuple[Slot, ...]:
    """Slots from an answer to `complete`.

    Raises:
        ParseError: for a line that is not a slot.
    """
    return tuple(Slot.parse(line) for line in text.strip("\n").split("\n"))


def write_slots(slots: Sequence[Slot]) -> str:
    """The text `read_slots` reads."""
    return "\n".join(slot.render(origin=False) for slot in slots)


def decompose(requirement: Requirement, passages: Sequence[str] = (), hints: Sequence[str] = ()) -> tuple[Message, ...]:
    """Ask for a plan; answered by `Plan.render`."""
    return _ask(DECOMPOSE, _passages(passages), requirement.render(), _bullets("Hints", hints))


def specify(
    requirement: Requirement, plan: Plan, number: int, scope: Sequence[Slot], faults: Sequence[str] = ()
) -> tuple[Message, ...]:
    """Ask for the specification of one sub-task; answered by `Spec.render`.

    Args:
        requirement: what the whole program is for.
        plan: all sub-tasks.
        number: which one, from 1.
        scope: names it may take as input, each with its origin.
        faults: what was wrong with the last answer.
    """
    step = plan.steps[number - 1]
    return _ask(
        SPECIFY,
        requirement.render(),
        f"# Plan\n{plan.render()}",
        "# Names in scope\n" + "\n".join(slot.render() for slot in scope),
        f"# Sub-task\n{number} [{step.title}]",
        _bullets("Faults", faults),
    )


def write(spec: Spec, signature: str, requirement: Requirement, passages: Sequence[str] = ()) -> tuple[Message, ...]:
    """Ask for one function; answered by imports and a `def`."""
    return _ask(
        WRITE,
        _passages(passages),
        _bullets("Files", requirement.files),
        _bullets("Remarks", requirement.remarks),
        f"# Specification\n{spec.render()}",
        f"# Signature\n{signature}",
    )


def repair(spec: Spec, signature: str, code: str, report: str, requirement: Requirement) -> tuple[Message, ...]:
    """Ask for a corrected function; answered by imports and a `def`."""
    return _ask(
        REPAIR,
        _bullets("Files", requirement.files),
        _bullets("Remarks", requirement.remarks),
        f"# Specification\n{spec.render()}",
        f"# Signature\n{signature}",
        f"# Function\n{code.rstrip()}",
        f"# Error\n{report}",
    )


def improve(requirement: Requirement, plan: Plan, standing: str, hints: Sequence[str] = ()) -> tuple[Message, ...]:
    """Ask for a better plan; answered by `Plan.render`."""
    return _ask(
        IMPROVE, requirement.render(), f"# Plan\n{plan.render()}", f"# Standing\n{standing}", _bullets("Hints", hints)
    )


def document(requirement: Requirement, plan: Plan, facts: Sequence[str]) -> tuple[Message, ...]:
    """Ask for the explanation of a manual; answered by plain paragraphs."""
    return _ask(DOCUMENT, requirement.render(), f"# Plan\n{plan.render()}", _bullets("Facts", facts))


def call(things: Sequence[Thing], tools: Sequence[Tool], state: State, request: Request) -> tuple[Message, ...]:
    """Ask for calls, a rule or a reply; answered by their `render`.

    Tools and things, which change seldom, stand before state, context and utterance.
    """
    values = {thing.id: state.values[thing.id] for thing in things if thing.id in state.values}
    return _ask(
        CALL,
        _bullets("Tools", [_tool(tool) for tool in tools]),
        _bullets("Things", [_thing(thing) for thing in things]),
        _bullets("State", [f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]),
        _bullets("Context", [*request.context, *([f"time {state.time}"] if state.time else [])]),
        *(f"# {message.role.capitalize()}\n{message.content}" for message in request.history),
        f"# Utterance\n{request.text}",
    )


def _tool(tool: Tool) -> str:
    names = ", ".join(tool.parameters.get("properties", {}))
    return f"{tool.name}({names}): {tool.description}"


def _thing(thing: Thing) -> str:
    names = "|".join((thing.title, *thing.aliases))
    return f"{thing.id} {names}" + (f" @{thing.area}" if thing.area else "") + f" ({thing.kind})"


def teach(asked: tuple[Message, ...], answer: str, source: str, group: str, role: str = "") -> Example:
    """The example that teaches a right answer: the very prompt that is sent, and the text that should come."""
    return Example((*asked, Message("assistant", answer)), source, group, role)
