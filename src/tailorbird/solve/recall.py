"""Passages that matter for a requirement, from local documents only, each with its source.

BM25 over passages of notes and documents; no network. A passage whose words touch the query too little is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from tailorbird.core.domain import Domain
from tailorbird.core.rank import Index
from tailorbird.core.record import record

LONGEST = 1600
"""Characters of a passage, about 400 tokens; longer sections are cut at paragraph ends."""


@record
class Passage:
    """A piece of a document that can be cited."""

    title: str
    text: str
    source: str
    """Where it stands: family and version, file and heading."""
    licence: str = ""

    @property
    def cited(self) -> str:
        """Text with its source, as it stands in a prompt."""
        return f"{self.title}: {self.text} ({self.source})"


def notes_of(domain: Domain) -> tuple[Passage, ...]:
    """The domain knowledge that ships with a pack's families."""
    return tuple(
        Passage(family.title, family.notes, f"{domain.name} notes, {family.id}", "Apache-2.0")
        for _, family in sorted(domain.families.items())
    )


def split_document(text: str, source: str, licence: str = "") -> tuple[Passage, ...]:
    """Passages of a Markdown or plain text, cut at headings and, where a section is long, between paragraphs."""
    found: list[Passage] = []
    title, body = source, ""
    for block in text.split("\n\n"):
        block = block.strip("\n")
        heading = block.startswith("#")
        if body and (heading or len(body) + len(block) > LONGEST):
            found.append(Passage(title, body, source, licence))
            body = ""
        if heading:
            head, _, block = block.partition("\n")
            title = head.lstrip("# ").strip() or source
        body = f"{body} {' '.join(block.split())}".strip()[:LONGEST]
    return tuple([*found, Passage(title, body, source, licence)] if body else found)


class Recall:
    """Ranks passages against a text."""

    def __init__(self, passages: Iterable[Passage], first: Iterable[Passage] = ()) -> None:
        """Args:
        passages: what ships with the pack.
        first: the user's own documents, which rank before all others where they match at all.
        """
        self._own = tuple(first)
        self._all = (*self._own, *passages)
        self._index = Index(f"{passage.title} {passage.text}" for passage in self._all)

    def best(self, text: str, most: int = 3) -> tuple[Passage, ...]:
        """The passages nearest to a text; those with less than half the best score are left out."""
        ranked = self._index.best(text, most=4 * most)
        if not ranked:
            return ()
        kept = [at for at, score in ranked if score >= 0.5 * ranked[0][1]]
        own = [at for at, _ in ranked if at < len(self._own)]
        order = list(dict.fromkeys([*own, *kept]))
        return tuple(self._all[at] for at in order[:most])
