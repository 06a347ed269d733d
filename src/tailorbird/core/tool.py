"""Tools and calls: what can be called by name, and what a model asks for.

The canonical text of calls is one compact JSON object per line inside `<tool_call>` tags, keys in schema order; see
`Calls.render`. `parse(render(x)) == x`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from tailorbird.core.errors import ParseError
from tailorbird.core.record import Json, JsonObject, built, record

Tier = Literal["read", "comfort", "energy", "access", "heat", "motion", "safety"]
"""Classes of risk, from harmless to dangerous; access, heat and motion rank alike."""

TIERS: tuple[Tier, ...] = ("read", "comfort", "energy", "access", "heat", "motion", "safety")

RANKS: dict[Tier, int] = {"read": 0, "comfort": 1, "energy": 2, "access": 3, "heat": 3, "motion": 3, "safety": 4}
"""Height of each tier: up to 2 acts at once, 3 needs a yes, 4 is refused."""


def compare(left: Any, op: str, right: Any) -> bool | None:
    """Whether `left op right` holds; `None` when a side is unknown, the two cannot be compared, or the op is none.

    Truth values equal only truth values: 1 is not true.
    """
    if left is None or right is None or isinstance(left, bool) != isinstance(right, bool):
        return None
    if op in ("==", "!="):
        return bool(left == right) is (op == "==")
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    if isinstance(left, bool) or not (numbers or (isinstance(left, str) and isinstance(right, str))):
        return None
    table = {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}
    return table.get(op)


@record
class Effect:
    """One change a call makes in the simulator."""

    property: str
    """Property of the target that changes."""
    value: Any
    """A literal, or `{"arg": name}` for the value of an argument, or `{"not": property}` for the other truth value,
    or `{"add": [property, {"arg": name}]}` for a step from the value now, clamped to the property's range."""
    when: Any = None
    """`{"given": name}`: only if that argument is given; `{"arg": [name, op, literal]}` or
    `{"state": [property, op, literal]}`: only if the comparison holds before the call."""
    after_s: float = 0.0
    """Seconds until it is so: covers travel, locks turn."""


@record
class Tool:
    """Anything callable by name with JSON-Schema arguments."""

    name: str
    """`[a-z][a-z0-9_]{0,63}`."""
    description: str
    parameters: dict[str, Any] = {"type": "object", "properties": {}}
    """JSON Schema 2020-12 of the arguments; the first property of a device tool is `target`."""
    returns: dict[str, Any] = {}
    effects: tuple[Effect, ...] = ()
    tier: Tier = "access"
    """Unknown tools count as access: asked about before they act."""
    idempotent: bool = True
    needs: tuple[tuple[str, str, Any], ...] = ()
    """What must hold of the target before: `(property, op, literal)`; unknown counts as not holding."""


@record
class Call:
    """One call: a tool's name and its arguments."""

    tool: str
    arguments: JsonObject = {}


@record
class Calls:
    """What a model asks the world to do: now, if a condition on the state holds, or after a yes."""

    items: Annotated[tuple[Call, ...], Field(min_length=1)]
    condition: Json = None
    """`null`, or a comparison `[op, [thing, property], literal]` with op in `> >= < <= == !=`."""
    propose: bool = False
    """Wait for a person's yes before anything happens."""
    kind: Literal["calls"] = "calls"

    def render(self) -> str:
        """The canonical text, one line per call."""
        tag = "propose" if self.propose else "tool_call"
        head = [f"<if>{_compact(self.condition)}</if>"] if self.condition is not None else []
        body = [f"<{tag}>{_compact({'name': c.tool, 'arguments': c.arguments})}</{tag}>" for c in self.items]
        return "\n".join(head + body)

    @staticmethod
    def parse(text: str) -> Calls:
        """Calls from their canonical text.

        Raises:
            ParseError: naming the first line that is not a call.
        """
        condition, propose = None, None
        items: list[Call] = []
        for line in text.strip("\n").split("\n"):
            if line.startswith("<if>") and line.endswith("</if>") and not items and condition is None:
                condition = _load(line[4:-5])
                continue
            for tag, asks in (("tool_call", False), ("propose", True)):
                if line.startswith(f"<{tag}>") and line.endswith(f"</{tag}>") and propose in (None, asks):
                    propose = asks
                    items.append(_call(line[len(tag) + 2 : -len(tag) - 3]))
                    break
            else:
                raise ParseError(f"expected <tool_call>{{...}}</tool_call>, got {line[:80]!r}")
        if not items:
            raise ParseError("expected at least one call, got none")
        return built(Calls, tuple(items), condition, bool(propose))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"expected JSON, got {text[:80]!r}: {error}") from None


def _call(text: str) -> Call:
    data = _load(text)
    if not isinstance(data, dict) or set(data) != {"name", "arguments"}:
        raise ParseError(f"expected an object with name and arguments, got {text[:80]!r}")
    if not isinstance(data["name"], str) or not isinstance(data["arguments"], dict):
        raise ParseError(f"expected a text as name and an object as arguments, got {text[:80]!r}")
    return built(Call, data["name"], data["arguments"])
