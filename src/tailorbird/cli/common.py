"""What the commands share: data on standard output, progress and words on standard error."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

JSON_HELP = "Write one JSON object to standard output instead of text."
MODEL_HELP = "Engine: nearest, nearest:FOLDER, openai:URL#MODEL, scripted:FILE."
SANDBOX_HELP = "Isolation: auto, bubblewrap or landlock."
UNSAFE_HELP = "Run programs without isolation. Every report carries the mark."


def put(text: str) -> None:
    """Data for the person or the next program."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def put_json(data: Any) -> None:
    """One JSON object."""
    put(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def tell(text: str) -> None:
    """A word beside the data."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Progress:
    """One line that is written over on a terminal; elsewhere one line per stage that lasted."""

    def __init__(self, shown: bool = True) -> None:
        self._live = shown and sys.stderr.isatty()
        self._shown = shown
        self._start = time.monotonic()
        self._width = 0

    def __call__(self, line: str) -> None:
        """Show where the work stands."""
        if not self._shown:
            return
        text = f"[{time.monotonic() - self._start:5.1f} s] {line}"
        if self._live:
            sys.stderr.write("\r" + text[:110].ljust(self._width))
            self._width = min(len(text), 110)
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def done(self) -> None:
        """End the live line."""
        if self._live and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
        self._width = 0


def bar(count: int, total: int, width: int = 24) -> str:
    """A bar of text for so many of a total."""
    full = width * count // max(total, 1)
    return f"{'█' * full}{'░' * (width - full)} {count}/{total}"


def announce(model: str) -> None:
    """Say which engine answers when it is the baseline."""
    if model.split(":")[0] == "nearest":
        tell("engine: nearest (retrieval baseline: the nearest verified example; no trained model is installed)")
