"""`tailorbird doctor`: what works on this host, shown by trying it."""

from __future__ import annotations


def doctor() -> None:
    """Try what works here."""
