"""The account of what was judged, meant and done: JSON lines, each bound to the one before.

    hash_i = SHA-256(hash_(i-1) + canonical JSON of record i without its hash), hash_0 = 64 zeros.

A changed byte breaks the chain at its line. A cut tail leaves a whole, shorter chain, so the newest hash is also kept
in a file apart; both together are compared. Covers: one writer. Does not cover: an attacker who can write both files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tailorbird.core.errors import WorldError
from tailorbird.core.files import sha256, write_atomic
from tailorbird.core.record import canonical

ZERO = "0" * 64
"""What the first record is bound to."""


def link(previous: str, body: Mapping[str, Any]) -> str:
    """Hash of a record after another."""
    return sha256(previous + canonical(dict(body)))


def check(lines: list[str], head: str = "") -> tuple[str, ...]:
    """Faults of a chain, the first broken line only; empty when it is whole.

    Args:
        lines: the account.
        head: newest hash, kept apart; empty to leave the tail unchecked.
    """
    previous = ZERO
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)
            claimed = body.pop("hash")
            whole = body["n"] == number and line == canonical({**body, "hash": claimed})
            right = whole and claimed == link(previous, body)
        except (ValueError, KeyError, TypeError, AttributeError):
            return (f"line {number}: not a record",)
        if not right:
            return (f"line {number}: differs from its hash",)
        previous = claimed
    if head and previous != head:
        return (f"line {len(lines)}: the newest hash kept apart is another; lines were cut off or added",)
    return ()


class Audit:
    """An append-only account, in memory or in a file."""

    def __init__(self, path: Path | None = None, head: Path | None = None) -> None:
        """Open an account, or go on with it.

        Args:
            path: JSON lines; in memory when absent.
            head: where the newest hash is kept; beside the account, ending `.head`, when absent.

        Raises:
            WorldError: if the account there is broken.
        """
        self.path = path
        self.head = head or (path.with_suffix(".head") if path else None)
        self.lines: list[str] = []
        if path and path.exists():
            self.lines = path.read_text(encoding="utf-8").splitlines()
            faults = self.verify()
            if faults:
                raise WorldError(f"{path}: the account is broken, {faults[0]}", "keep it aside and start a new one")
        self._last = json.loads(self.lines[-1])["hash"] if self.lines else ZERO

    def note(self, event: str, time: str, **facts: Any) -> int:
        """Append a record; the number it got.

        Args:
            event: judged, intent, effect, waited.
            time: the home's own clock.
            facts: plain JSON data.
        """
        body = {"n": len(self.lines) + 1, "event": event, "time": time, **facts}
        digest = link(self._last, body)
        line = canonical({**body, "hash": digest})
        if self.path and self.head:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as out:
                out.write(line + "\n")
            write_atomic(self.head, digest + "\n")
        self.lines.append(line)
        self._last = digest
        return int(body["n"])

    def verify(self) -> tuple[str, ...]:
        """Faults of the account as it stands on disk, or in memory; empty when it is whole."""
        lines, head = self.lines, self._last if not self.path else ""
        if self.path and self.head:
            lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
            if not self.head.exists():
                return ("the newest hash kept apart is missing",) if lines else ()
            head = self.head.read_text(encoding="utf-8").strip()
        return check(lines, head)

    def records(self) -> list[dict[str, Any]]:
        """All records, oldest first."""
        return [json.loads(line) for line in self.lines]

    def find(self, token: str = "") -> dict[str, Any] | None:
        """The effect record of an undo token; without token, the newest effect that changed something."""
        return next(
            (
                body
                for body in reversed(self.records())
                if body["event"] == "effect" and body["changes"] and token in ("", body["undo"])
            ),
            None,
        )

    def explain(self, thing: str) -> str:
        """Why a thing is as it is: the newest effect that changed it, and what was asked; empty when none did."""
        by_number = {body["n"]: body for body in self.records()}
        for body in sorted(by_number.values(), key=lambda item: -item["n"]):
            if body["event"] != "effect":
                continue
            mine = [change for change in body["changes"] if change[0] == thing]
            if mine:
                intent = by_number[body["intent"]]
                did = ", ".join(f"{name} {before} -> {after}" for _, name, before, after in mine)
                words = f' after "{intent["words"]}"' if intent["words"] else ""
                return f"{body['time']}: {did}, by {intent['origin']}{words}: {intent['action']}"
        return ""
