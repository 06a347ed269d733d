"""Short texts of long values, for people."""

from __future__ import annotations

import json
from typing import Any


def brief(value: Any, most: int = 6) -> str:
    """JSON of a value; a long list keeps its first items and says how many there are."""
    if isinstance(value, list) and len(value) > most:
        head = ", ".join(brief(item) for item in value[: most - 1])
        return f"[{head}, … {len(value)} in all]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(str(key), ensure_ascii=False)}: {brief(item)}" for key, item in value.items())
            + "}"
        )
    return json.dumps(round(value, 6) if isinstance(value, float) else value, ensure_ascii=False)


def shorten(text: str, most: int = 900) -> str:
    """A text that fits a page: JSON in brief when it is too long, other text cut."""
    body = text.strip()
    if len(body) <= most:
        return body
    try:
        return brief(json.loads(body))
    except ValueError:
        return body[:most] + " …"
