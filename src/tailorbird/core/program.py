"""The texts between a wish and a program, each with its one written form.

    Requirement --> Plan --> Spec ... --> function ... --> Program

`parse(render(x)) == x` for every record here; the records refuse what their text could not carry. Lines are split at "\\n" alone: `splitlines()` also breaks at U+0085 and
U+2028, which may stand inside a line.

Source of the formats: GPIoT (arXiv 2503.00686), made strict. Does not cover: whether types fit together (`kinds.py`)
or code is sound (`solve/gate.py`).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tailorbird.core.errors import ParseError
from tailorbird.core.record import Line, Lines, built, record

USER = "user"
"""Origin of a slot that comes from the person, not from a step."""

_SLOT = re.compile(r"- `([^`\n]+)` \(")
_STEP = re.compile(r"Sub-Task (\d+) \[([^\n\[\]]+)\]")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_SLUG = re.compile(r"[^a-z0-9]+")
_ORIGIN = re.compile(r"user|task[1-9][0-9]{0,2}")
_HEADING = re.compile(r"(\\*)# ")


def _as_name(name: str) -> str:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ValueError(f"expected a lower-case Python name, got {name[:60]!r}")
    return name


def _as_term(text: str) -> str:
    """A type or unit that can stand between commas in brackets."""
    balanced = _closing(text + ")", 0) == len(text)
    if not text or not balanced or "\n" in text or text.startswith("from ") or split_outside(text) != [text]:
        raise ValueError(f"expected a type or unit without loose commas and brackets, got {text[:60]!r}")
    return text


def _as_origin(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f"expected user or task1, task2 and so on, got {origin[:60]!r}")
    return origin


def _as_text(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a text, got none")
    return text


Name = Annotated[str, AfterValidator(_as_name)]
"""Lower-case Python identifier, no keyword."""

Term = Annotated[str, AfterValidator(_as_term)]
"""A type or a unit as a text."""


@record
class Slot:
    """A named, typed value that passes from one place to another."""

    name: Name
    """Lower-case Python identifier."""
    type: Term
    """A type of `kinds.py`: float, path, list[float], ndarray[float64, (N)], ..."""
    unit: Term = "1"
    """A unit of `units.py`; 1 for none."""
    meaning: Line = ""
    """One line for people; empty when it says no more than the name."""
    origin: Annotated[str, AfterValidator(_as_origin)] = USER
    """`user`, or `task<k>` for an output of step k."""

    def __post_init__(self) -> None:
        """A meaning that only repeats the name says nothing."""
        if self.meaning == self.name:
            object.__setattr__(self, "meaning", "")

    def render(self, *, origin: bool = True) -> str:
        """One bullet; `origin` says whether it names where the value comes from."""
        parts = [self.type] + ([self.unit] if self.unit != "1" else []) + ([f"from {self.origin}"] if origin else [])
        return f"- `{self.name}` ({', '.join(parts)}): {self.meaning or self.name}"

    @staticmethod
    def parse(line: str) -> Slot:
        """A slot from its bullet.

        Raises:
            ParseError: if the line is not of that form.
        """
        match = _SLOT.match(line)
        end = _closing(line, match.end()) if match else 0
        meaning = line[end + 3 :]
        if not match or line[end : end + 3] != "): " or not meaning or "\n" in line:
            raise ParseError(f"expected - `name` (type, unit, from origin): meaning, got {line[:100]!r}")
        inside = line[match.end() : end]
        parts = split_outside(inside)
        origin = parts.pop()[5:] if len(parts) > 1 and parts[-1].startswith("from ") else USER
        if not 1 <= len(parts) <= 2:
            raise ParseError(f"expected (type, unit, from origin), got ({inside[:100]})")
        return built(Slot, match[1], parts[0], parts[1] if len(parts) == 2 else "1", meaning, origin)


def _closing(text: str, start: int) -> int:
    """Where the bracket closes that was opened right before `start`; the end of the text when nowhere."""
    depth = 1
    for at in range(start, len(text)):
        depth += (text[at] in "[(") - (text[at] in "])")
        if depth == 0:
            return at
    return len(text)


def split_outside(text: str, mark: str = ",") -> list[str]:
    """Parts of a text between marks that stand outside brackets, stripped."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "[(") - (letter in "])")
        if letter == mark and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


def slug(title: str) -> str:
    """The Python name of a title: `Find R Peaks` -> `find_r_peaks`."""
    name = _SLUG.sub("_", title.lower()).strip("_") or "step"
    return f"{name}_" if keyword.iskeyword(name) or name[0].isdigit() else name


def _as_given(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots whose text names no origin have none but the person."""
    return tuple(slot if slot.origin == USER else replace(slot, origin=USER) for slot in slots)


Given = Annotated[tuple[Slot, ...], AfterValidator(_as_given)]
"""Slots without origin."""


@record
class Requirement:
    """What a person wants, in parts: goal, inputs, output format, remarks, limits."""

    goal: Annotated[str, AfterValidator(str.strip), AfterValidator(_as_text)]
    inputs: Given = ()
    """What the program is given; a `path` slot is the file or folder after `-i`."""
    files: Lines = ()
    """One line per input file: name, layout, columns with units."""
    outputs: Given = ()
    """Keys of the JSON object the program prints."""
    remarks: Lines = ()
    """Facts about the data, domain and definitions."""
    workflow: Lines = ()
    """Steps an expert asks for."""
    budget: Lines = ()
    """Measured limits: `rss_mb <= 200`, `wall_s <= 2`."""
    assumed: Lines = ()
    """What nobody said and we assumed; shown to the person."""

    def render(self) -> str:
        """Headed sections; empty ones are left out."""
        sections = [
            (
                "Goal",
                [_HEADING.sub(r"\\\g<0>", line, 1) if _HEADING.match(line) else line for line in self.goal.split("\n")],
            ),
            ("Input", [slot.render(origin=False) for slot in self.inputs]),
            ("Files", [f"- {line}" for line in self.files]),
            ("Output format", [slot.render(origin=False) for slot in self.outputs]),
            ("Remarks", [f"- {line}" for line in self.remarks]),
            ("Workflow", [f"- {line}" for line in self.workflow]),
            ("Budget", [f"- {line}" for line in self.budget]),
            ("Assumed", [f"- {line}" for line in self.assumed]),
        ]
        return "\n\n".join(f"# {head}\n" + "\n".join(lines) for head, lines in sections if lines)

    @staticmethod
    def parse(text: str) -> Requirement:
        """A requirement from headed sections; `Target`, `Code Input` and `Code Output Format` are taken as well.

        Raises:
            ParseError: for an unknown or repeated heading, a bad bullet, or no goal.
        """
        sections: dict[str, list[str]] = {}
        head = ""
        for line in text.strip("\n").split("\n"):
            if line.startswith("# "):
                head = _HEADS.get(line[2:].strip().lower(), "")
                if not head or head in sections:
                    raise ParseError(f"expected each of {', '.join(sorted(set(_HEADS.values())))} once, got {line!r}")
                sections[head] = []
            elif line.strip() or (head == "goal" and sections.get(head)):
                if not head:
                    raise ParseError(f"expected a heading such as '# Goal', got {line[:80]!r}")
                sections[head].append(line)
        goal = "\n".join(
            line[1:] if line.startswith("\\") and _HEADING.match(line) else line for line in sections.pop("goal", [])
        )
        if not goal.strip():
            raise ParseError("expected a goal, got none")
        slots = {key: tuple(map(Slot.parse, sections.pop(key, []))) for key in ("inputs", "outputs")}
        lines = {key: tuple(_bullets(found)) for key, found in sections.items()}
        return built(Requirement, goal=goal, **slots, **lines)


_HEADS = {
    "goal": "goal", "target": "goal", "input": "inputs", "code input": "inputs", "files": "files",
    "output format": "outputs", "code output format": "outputs", "remarks": "remarks", "workflow": "workflow",
    "budget": "budget", "assumed": "assumed",
}  # fmt: skip


def _bullets(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if not line.startswith("- ") or not line[2:].strip():
            raise ParseError(f"expected '- ' and a text, got {line[:80]!r}")
        yield line[2:]


def _as_title(title: str) -> str:
    if not title.strip() or set(title) & set("\n[]"):
        raise ValueError(f"expected a title without brackets, got {title[:60]!r}")
    return title


def _as_actions(actions: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(actions) <= 8:
        raise ValueError(f"expected 1 to 8 bullets, got {len(actions)}")
    return actions


def _as_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    names = [slug(step.title) for step in steps]
    if not 1 <= len(steps) <= 12:
        raise ValueError(f"expected 1 to 12 sub-tasks, got {len(steps)}")
    for number, step in enumerate(steps, start=1):
        if names[number - 1] in names[: number - 1]:
            raise ValueError(f"sub-task {number}: the title {step.title!r} stands twice")
    return steps


@record
class Step:
    """One sub-task of a plan."""

    title: Annotated[str, AfterValidator(_as_title)]
    """A few words; the function is named after it."""
    actions: Annotated[Lines, AfterValidator(_as_actions)]
    """One to eight bullets: what is done."""


@record
class Plan:
    """One to twelve sub-tasks in order."""

    steps: Annotated[tuple[Step, ...], AfterValidator(_as_steps)]

    def render(self) -> str:
        """Numbered blocks, exactly one blank line between two, none inside."""
        return "\n\n".join(
            "\n".join([f"Sub-Task {k} [{step.title}]", *(f"- {action}" for action in step.actions)])
            for k, step in enumerate(self.steps, start=1)
        )

    @staticmethod
    def parse(text: str) -> Plan:
        """A plan from its text.

        Raises:
            ParseError: naming the block that is not of the form, a gap in the numbers, or a title used twice.
        """
        steps: list[Step] = []
        blocks = text.strip("\n").split("\n\n")
        if len(blocks) > 12:
            raise ParseError(f"expected at most 12 sub-tasks, got {len(blocks)}")
        for number, block in enumerate(blocks, start=1):
            head, *rest = block.split("\n")
            match = _STEP.fullmatch(head)
            if not match or int(match[1]) != number:
                raise ParseError(f"expected 'Sub-Task {number} [title]', got {head[:80]!r}")
            try:
                steps.append(built(Step, match[2], tuple(_bullets(rest))))
            except ParseError as error:
                raise ParseError(f"sub-task {number}: {error.message}") from None
        return built(Plan, tuple(steps))


def _as_target(target: str) -> str:
    if not target.strip() or (target.startswith("**") and target.endswith("**")):
        raise ValueError(f"expected one sentence, got {target[:60]!r}")
    return target


@record
class Spec:
    """What one function takes and gives."""

    name: Name
    """The function's name: the slug of its step's title."""
    target: Annotated[Line, AfterValidator(_as_target)]
    """One sentence."""
    inputs: tuple[Slot, ...]
    outputs: Annotated[Given, Field(min_length=1)]
    constraints: Lines = ()

    def render(self) -> str:
        """Bold headings, as GPIoT writes them."""
        parts = [
            f"**Target**\n{self.target}",
            "\n".join(["**Input Specification**", *(slot.render() for slot in self.inputs)]),
            "\n".join(["**Output Specification**", *(slot.render(origin=False) for slot in self.outputs)]),
        ]
        if self.constraints:
            parts.append("\n".join(["**Constraints**", *(f"- {line}" for line in self.constraints)]))
        return f"**Function**\n{self.name}\n\n" + "\n\n".join(parts)

    @staticmethod
    def parse(text: str) -> Spec:
        """A specification from its text; plural headings are taken too.

        Raises:
            ParseError: if a heading is missing, unknown or repeated, or a bullet is not of the form.
        """
        found: dict[str, list[str]] = {}
        head = ""
        for line in text.strip("\n").split("\n"):
            if line.startswith("**") and line.endswith("**") and len(line) > 4:
                head = line[2:-2].strip().lower().removesuffix("s")
                if head in found or head not in (
                    "function",
                    "target",
                    "input specification",
                    "output specification",
                    "constraint",
                ):
                    raise ParseError(f"unexpected heading {line!r}")  # fmt: skip
                found[head] = []
            elif line.strip():
                if not head:
                    raise ParseError(f"expected **Function** first, got {line[:80]!r}")
                found[head].append(line)
        missing = {"function", "target", "input specification", "output specification"} - set(found)
        if missing:
            raise ParseError(f"expected the headings {', '.join(sorted(missing))} as well")
        if len(found["function"]) != 1 or not _NAME.fullmatch(found["function"][0]):
            raise ParseError(f"expected one function name, got {found['function'][:2]}")
        if len(found["target"]) != 1:
            raise ParseError(f"expected one sentence as target, got {len(found['target'])} lines")
        outputs = tuple(map(Slot.parse, found["output specification"]))
        if not outputs:
            raise ParseError("expected at least one output, got none")
        return built(
            Spec, found["function"][0], found["target"][0], tuple(map(Slot.parse, found["input specification"])), outputs,
            tuple(_bullets(found.get("constraint", []))),
        )  # fmt: skip


@record
class Program:
    """One file of source text."""

    source: Annotated[str, AfterValidator(_as_text)]
    language: Literal["python", "micropython"] = "python"
    entry: str = "solve"
    """Function that is called with the input path and returns the result object."""
    kind: Literal["program"] = "program"

    def render(self) -> str:
        """The source itself."""
        return self.source

    @staticmethod
    def parse(text: str) -> Program:
        """A program from its text.

        Raises:
            ParseError: if the text is empty.
        """
        return built(Program, text)
