"""Automations: what shall happen when something happens."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import FiniteFloat

from tailorbird.core.errors import ParseError
from tailorbird.core.record import Json, adapter, record
from tailorbird.core.tool import Call


@record
class Trigger:
    """What sets a rule off."""

    on: Literal["state", "numeric", "time", "interval", "event"]
    thing: str = ""
    property: str = ""
    to: Json = None
    """state: the value that is reached."""
    above: FiniteFloat | None = None
    """numeric: crossing upwards."""
    below: FiniteFloat | None = None
    """numeric: crossing downwards."""
    for_s: FiniteFloat = 0.0
    """Seconds the condition must hold; resets when it fails."""
    at: str = ""
    """time: HH:MM, local."""
    every_s: FiniteFloat = 0.0


@record
class Rule:
    """An automation: our own engine runs it, Home Assistant imports it."""

    id: str
    triggers: tuple[Trigger, ...]
    calls: tuple[Call, ...]
    condition: Json = None
    mode: Literal["single", "restart", "queued", "parallel"] = "single"
    expires: str = ""
    """ISO 8601 time after which it no longer runs; empty for never."""
    kind: Literal["rule"] = "rule"

    def render(self) -> str:
        """The canonical text: compact JSON in tags."""
        data = adapter(Rule).dump_python(self, mode="json", exclude_defaults=True)
        return f"<rule>{json.dumps(data, ensure_ascii=False, separators=(',', ':'))}</rule>"

    @staticmethod
    def parse(text: str) -> Rule:
        """A rule from its canonical text.

        Raises:
            ParseError: if the text is not one rule.
        """
        body = text.strip("\n")
        if not (body.startswith("<rule>") and body.endswith("</rule>")):
            raise ParseError(f"expected <rule>{{...}}</rule>, got {body[:80]!r}")
        try:
            rule: Rule = adapter(Rule).validate_json(body[6:-7])
        except ValueError as error:
            raise ParseError(f"expected a rule, got {body[:80]!r}: {str(error).splitlines()[0]}") from None
        return rule
