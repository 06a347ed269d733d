"""Near-duplicates by MinHash over shingles of five tokens (Broder 1997), with banded look-up.

Covers: which rows of a stream are too like an earlier one. Does not cover: overlap with suites (`guard.py`).
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

WIDTH = 5
"""Tokens of a shingle."""

BANDS, ROWS = 20, 6
"""Look-up finds a pair of similarity 0.8 with probability 0.998."""

ALIKE = 0.8
"""Estimated Jaccard similarity from which two rows are the same."""

_TOKEN = re.compile(r"[A-Za-z_]+|\d+(?:\.\d+)?|[^\sA-Za-z_\d]")
_PRIME = np.uint64((1 << 61) - 1)


def _coefficients() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    draw = np.random.default_rng(20260101)
    size = BANDS * ROWS
    return draw.integers(1, 1 << 31, size, dtype=np.uint64), draw.integers(0, 1 << 31, size, dtype=np.uint64)


_A, _B = _coefficients()


def tokens(text: str) -> list[str]:
    """Words, numbers and signs of a text."""
    return _TOKEN.findall(text)


def signature(text: str, width: int = WIDTH) -> NDArray[np.uint32]:
    """The MinHash signature of a text over shingles of so many tokens, shape (BANDS * ROWS,)."""
    words = tokens(text)
    count = max(1, len(words) - width + 1)
    shingles = {zlib.crc32("\x1f".join(words[at : at + width]).encode()) for at in range(count)}
    hashes = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    # Products of 31-bit and 32-bit numbers stay below 2^63.
    mixed = (hashes[:, None] * _A + _B) % _PRIME
    found: NDArray[np.uint32] = (mixed.min(axis=0) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return found


class Near:
    """Rows seen so far."""

    def __init__(self, width: int = WIDTH) -> None:
        """Args:
        width: tokens of a shingle.
        """
        self._width = width
        self._buckets: dict[tuple[str, int, bytes], list[int]] = defaultdict(list)
        self._signatures: list[NDArray[np.uint32]] = []
        self._names: list[str] = []
        self._apart: list[str] = []

    def seen(self, kind: str, name: str, text: str, apart: str = "") -> str:
        """The name of an earlier row of that kind that is alike; else the row is remembered, and nothing comes.

        Args:
            kind: only rows of one kind are compared.
            name: of the row.
            text: what is compared.
            apart: rows with the same such word are not compared with each other; no matter when empty.
        """
        mine = signature(text, self._width)
        keys = [(kind, band, mine[band * ROWS : (band + 1) * ROWS].tobytes()) for band in range(BANDS)]
        found = sorted(
            {at for key in keys for at in self._buckets.get(key, ()) if not apart or self._apart[at] != apart}
        )
        if found:
            shares = np.mean(np.stack([self._signatures[at] for at in found]) == mine, axis=1)
            best = int(np.argmax(shares))
            if shares[best] >= ALIKE:
                return self._names[found[best]]
        for key in keys:
            self._buckets[key].append(len(self._names))
        self._signatures.append(mine)
        self._names.append(name)
        self._apart.append(apart)
        return ""
