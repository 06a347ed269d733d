"""BM25 over words and character triples: which texts resemble a query.

    score(q, d) = sum over terms t of idf(t) * f(t, d) * (k1 + 1) / (f(t, d) + k1 * (1 - b + b * |d| / mean |d|))

Words are split at snake_case, camelCase, dots and digits; Chinese runs give character pairs; triples of each longer
word forgive endings and typing slips. Source: Robertson and Zaragoza 2009, k1 1.2, b 0.75.
Does not cover: meaning beyond shared letters.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

K1, B = 1.2, 0.75

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[\u4e00-\u9fff]+")

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "to",
        "in",
        "for",
        "from",
        "with",
        "by",
        "at",
        "as",
        "is",
        "are",
        "be",
        "was",
        "were",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "i",
        "me",
        "my",
        "you",
        "your",
        "we",
        "us",
        "our",
        "do",
        "does",
        "did",
        "can",
        "could",
        "would",
        "should",
        "will",
        "please",
        "what",
        "which",
        "when",
        "where",
        "who",
        "how",
        "there",
        "here",
        "not",
        "no",
        "so",
        "than",
        "then",
    ]
)

TRIPLE_WEIGHT = 0.25
"""A shared triple counts this much of a shared word."""


def terms(text: str) -> Counter[str]:
    """Weighted terms of a text: words in full, triples in part."""
    found: Counter[str] = Counter()
    for word in _WORD.findall(text):
        if "\u4e00" <= word[0] <= "\u9fff":
            for at in range(max(1, len(word) - 1)):
                found[word[at : at + 2]] += 1
            continue
        word = word.lower()
        if word in _STOP:
            continue
        found[_stem(word)] += 1
        if len(word) > 3:
            for at in range(len(word) - 2):
                found[f"~{word[at : at + 3]}"] += 1
    return found


def tokens(text: str) -> set[str]:
    """Stems of the words that carry meaning, and single Chinese characters: what a text talks about."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        if "\u4e00" <= word[0] <= "\u9fff":
            found.update(word)
        elif word.lower() not in _STOP:
            found.add(_stem(word.lower()))
    return found


def _stem(word: str) -> str:
    for end in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(end) and not word.endswith("ss") and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word


class Index:
    """Texts that can be ranked against queries."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._size: list[float] = []
        self._posts: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, text in enumerate(texts):
            found = terms(text)
            self._size.append(sum(found.values()))
            for term, count in found.items():
                self._posts[term].append((at, count))
        self._mean = sum(self._size) / len(self._size) if self._size else 1.0

    def __len__(self) -> int:
        return len(self._size)

    def scores(self, query: str) -> dict[int, float]:
        """Score of every text that shares a term with the query, by position."""
        total: dict[int, float] = defaultdict(float)
        for term in terms(query):
            posts = self._posts.get(term, ())
            idf = math.log(1 + (len(self) - len(posts) + 0.5) / (len(posts) + 0.5))
            weight = idf * (TRIPLE_WEIGHT if term.startswith("~") else 1.0)
            for at, count in posts:
                norm = 1 - B + B * self._size[at] / self._mean
                total[at] += weight * count * (K1 + 1) / (count + K1 * norm)
        return total

    def best(self, query: str, most: int = 5, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Positions and scores of the best texts, best first, ties by position.

        Args:
            query: what is looked for.
            most: how many at most.
            among: positions that count; all when absent.
        """
        found = self.scores(query)
        kept = found.items() if among is None else ((at, found[at]) for at in among if at in found)
        return sorted(kept, key=lambda item: (-item[1], item[0]))[:most]
