"""From a request to an attempt: what was wanted, what was tried, what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tailorbird.core.ask import Turn
from tailorbird.core.errors import ParseError
from tailorbird.core.example import Message
from tailorbird.core.program import Plan, Program, Requirement, Spec
from tailorbird.core.record import built, record
from tailorbird.core.rule import Rule
from tailorbird.core.thing import Change, State
from tailorbird.core.tool import Calls

Intent = Literal["answer", "ask", "refuse"]

_INTENTS = {"answer": "say", "ask": "ask", "refuse": "refuse"}


@record
class Reply:
    """Answer, question or refusal; touches nothing."""

    text: str
    intent: Intent = "answer"
    slot: str = ""
    """ask: what is missing."""
    candidates: tuple[str, ...] = ()
    """ask: what it could be."""
    reason: str = ""
    """refuse: unsupported, unavailable, not_exposed, invalid_value, out_of_scope, unsafe."""
    kind: Literal["reply"] = "reply"

    def __post_init__(self) -> None:
        """Refuse what the canonical text could not carry."""
        asks, refuses = bool(self.slot or self.candidates), bool(self.reason)
        if (asks and self.intent != "ask") or (refuses and self.intent != "refuse"):
            raise ValueError("expected slot and candidates of a question only, a reason of a refusal only")
        if any(mark in part for part in (self.slot, *self.candidates, self.reason) for mark in ">|\n"):
            raise ValueError("expected slot, candidates and reason without '>', '|' and line ends")

    def render(self) -> str:
        """The canonical text: `<say>`, `<ask slot|a|b>` or `<refuse reason>` around the words."""
        tag = _INTENTS[self.intent]
        extra = "|".join((self.slot, *self.candidates)) if self.intent == "ask" else self.reason
        return f"<{tag}{' ' + extra if extra else ''}>{self.text}</{tag}>"

    @staticmethod
    def parse(text: str) -> Reply:
        """A reply from its canonical text.

        Raises:
            ParseError: if the text is not one reply.
        """
        body = text.strip("\n")
        for intent, tag in _INTENTS.items():
            head, mark, rest = body.partition(">")
            if mark and head.split(" ")[0] == f"<{tag}" and rest.endswith(f"</{tag}>"):
                words, extra = rest[: -len(tag) - 3], head[len(tag) + 2 :]
                if intent == "ask":
                    slot, *candidates = extra.split("|")
                    return built(Reply, words, "ask", slot, tuple(candidates))
                return built(Reply, words, "refuse", reason=extra) if intent == "refuse" else built(Reply, words)
        raise ParseError(f"expected <say>, <ask …> or <refuse …>, got {body[:80]!r}")


Action = Annotated[Program | Calls | Rule | Reply, Field(discriminator="kind")]
"""What a model can do; told apart by `kind`, so that a log reads back into the same types."""


def parse_action(text: str) -> Calls | Rule | Reply:
    """Calls, rule or reply, by the tag the text starts with.

    Raises:
        ParseError: if it starts with none.
    """
    if text.startswith("<rule>"):
        return Rule.parse(text)
    if text.startswith(("<say", "<ask", "<refuse")):
        return Reply.parse(text)
    return Calls.parse(text)


@record
class Limits:
    """What a program may use; measured, not promised."""

    cpu_s: float = 10.0
    wall_s: float = 100.0
    memory_mb: int = 1024
    output_bytes: int = 1 << 20
    network: Literal["none", "loopback"] = "none"


@record
class Request:
    """What is wanted, and within which limits."""

    text: str
    """As said or typed; a requirement in headed sections is taken as such."""
    domain: str = "iot"
    context: tuple[str, ...] = ()
    """Facts beside the text: the speaker's area, retrieved notes, hints."""
    history: tuple[Message, ...] = ()
    files: dict[str, str] = {}
    """Input files: name as the program will see it, and where it lies."""
    limits: Limits = Limits()


@record
class Setup:
    """The world before an action."""

    inputs: dict[str, str] = {}
    """Input files of a program: name and base64 of the content."""
    path: str = ""
    """What the program gets as its input path: a file of `inputs`, or empty for the folder of all."""
    argv: tuple[str, ...] = ()
    """When given, the program is run as a command with these arguments instead of being called; input files lie in `in/`."""
    state: State = State()
    """Values that differ from the home's own at the start."""
    clock: str = ""
    seed: int = 0
    limits: Limits = Limits()
    peer: str = ""
    """Name of the peer the program talks to over a loopback network of their own; none when empty."""
    script: dict[str, Any] = {}
    """What the peer plays; never seen by the program."""
    modules: tuple[str, ...] = ()
    """Modules the program may import beside those of its pack."""


OutcomeStatus = Literal["done", "failed", "stopped", "refused", "ask"]


@record
class Outcome:
    """What came of an action. A program that fails, a refusal and a limit are outcomes, not exceptions."""

    status: OutcomeStatus
    result: Any = None
    """What the program returned, as plain JSON data."""
    output: str = ""
    """Standard output, or words for the person."""
    why: str = ""
    error: str = ""
    """Error class, such as `exception.key`, `memory`, `wall`; empty when done."""
    line: int | None = None
    """Line of the program where it failed."""
    trace: str = ""
    """The error as the program saw it, for repair."""
    changes: tuple[Change, ...] = ()
    verdicts: tuple[str, ...] = ()
    """The policy's word on each call: go, ask or refuse, with the reason."""
    ticket: str = ""
    """ask: what a yes must carry; bound to this very action, used once, 60 s."""
    observed: dict[str, Any] = {}
    """What the peer recorded, plain JSON data; it ran outside the program's reach."""
    files: dict[str, str] = {}
    """Files the program wrote: name and base64."""
    seconds: float = 0.0
    """Wall clock."""
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    """Peak resident memory of the process tree."""
    world: str = ""
    """Who carried it out, with its guarantees."""


@record
class Attempt:
    """One try, whole: the unit of the log."""

    request: Request
    action: Action | None = None
    outcome: Outcome | None = None
    requirement: Requirement | None = None
    plan: Plan | None = None
    specs: tuple[Spec, ...] = ()
    functions: tuple[str, ...] = ()
    """Source of each step's function, in the order of the plan."""
    passages: tuple[str, ...] = ()
    """Documents that were cited: title and source."""
    turns: tuple[Turn, ...] = ()
    rounds: tuple[str, ...] = ()
    """One line per round of repair or improvement: what was wrong, what was done, what came of it."""
    versions: tuple[str, ...] = ()
    """Source of each program that was run, in order."""
    manual: str = ""
    """The program's documentation, Markdown."""
    trials: tuple[Outcome, ...] = ()
    """Outcomes on hidden setups, filled in by the bench."""
    seconds: float = 0.0
    tokens: int = 0
