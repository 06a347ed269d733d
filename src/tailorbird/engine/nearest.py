"""The retrieval baseline: the nearest verified example, its slots filled from the request.

An honest bar without any learning: a model that does not beat it is not worth its weights. It writes nothing of its
own; an answer is the text of a verified example in which file names, columns and, for calls, numbers are replaced by
those of the request. Below a share of matched words it answers with nothing (programs) or a refusal (calls).
Covers: every prompt of `core/wording.py` that has examples. Enforces no constraint.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tailorbird.core import wording
from tailorbird.core.ask import Constraint, Generation, Kind, Sampling
from tailorbird.core.attempt import Reply
from tailorbird.core.example import Example, Message
from tailorbird.core.rank import Index, tokens

FOCUS = {
    wording.COMPLETE: "Goal",
    wording.DECOMPOSE: "Goal",
    wording.SPECIFY: "Sub-task",
    wording.WRITE: "Signature",
    wording.REPAIR: "Signature",
    wording.IMPROVE: "Goal",
    wording.CALL: "Utterance",
}
"""Section of each prompt that decides, beside the prompt as a whole."""

INSTEAD = {wording.REPAIR: wording.WRITE, wording.IMPROVE: wording.DECOMPOSE}
"""Prompts without examples of their own, and whose examples serve them."""

ENOUGH = {wording.COMPLETE: 0.6, wording.DECOMPOSE: 0.4, wording.IMPROVE: 0.4, wording.CALL: 0.5}
"""Least share of the request's words, rare ones weighing more, that the best example's siblings must know."""

CONTRACTED = frozenset({wording.DECOMPOSE, wording.IMPROVE})
"""Prompts whose whole text, with its output format, tells what is wanted, and not the goal alone."""

_TICKED = re.compile(r"`([^`\n]+)`(?: \(([^()\n]*)\))?")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?(?![A-Za-z0-9_]|\.\d)")


def section(prompt: str, head: str) -> str:
    """The text below one heading of a prompt; empty when it is not there."""
    match = re.search(rf"(?:^|\n)# {re.escape(head)}\n(.*?)(?=\n\n# |\Z)", prompt, re.DOTALL)
    return match[1] if match else ""


def without_passages(prompt: str) -> str:
    """A prompt without what was retrieved for it: passages speak of many tasks, examples of one."""
    head, mark, rest = prompt.partition("# Passages\n")
    return head + rest.partition("\n\n")[2] if mark and not head.strip() else prompt


CONTRACT_WEIGHT = 3.0
"""Weight of the whole prompt against its goal, where the prompt holds a contract."""


@dataclass(frozen=True)
class _Shelf:
    """Examples of one kind of prompt, indexed by the deciding section and by the whole."""

    examples: tuple[Example, ...]
    focus: Index
    whole: Index


class Nearest:
    """An engine that answers with the nearest verified example."""

    name = "nearest"
    enforces: frozenset[Kind] = frozenset()

    def __init__(self, examples: Iterable[Example]) -> None:
        self._raw: dict[str, list[Example]] = {}
        for example in examples:
            self._raw.setdefault(example.messages[0].content, []).append(example)
        self._shelves: dict[str, _Shelf] = {}
        self._known: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._raw.values()))

    def generate(
        self,
        messages: tuple[Message, ...],
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        watch: Callable[[str], None] | None = None,
    ) -> Generation:
        """Answer with the nearest example; with a temperature, the seed picks among the nearest different answers."""
        start = time.perf_counter()
        system, prompt = messages[0].content, without_passages(messages[-1].content)
        text, note = self._answer(system, prompt, sampling)
        if watch:
            watch(text)
        return Generation(text, tokens=0, seconds=time.perf_counter() - start, note=note)

    def _answer(self, system: str, prompt: str, sampling: Sampling) -> tuple[str, str]:
        shelf = self._shelf(INSTEAD.get(system, system))
        head = FOCUS.get(system, "")
        asked = section(prompt, head) or prompt
        ranked = _ranked(shelf, asked, "" if system == wording.CALL else prompt)
        if not ranked:
            return self._nothing(system, "no verified example shares a word with the request")
        best = ranked[0]
        share = self._share(system, asked, prompt, best)
        if share < ENOUGH.get(system, 0.0):
            return self._nothing(system, f"the nearest example, {best.source}, shares {share:.0%} of the words")
        different = list({example.answer: example for example in reversed(ranked[:24])}.values())[::-1]
        pick = different[sampling.seed % len(different)] if sampling.temperature > 0 else best
        return fill(pick, prompt, numbers=system == wording.CALL), f"nearest: {pick.source} ({share:.0%} of the words)"

    def _share(self, system: str, asked: str, prompt: str, best: Example) -> float:
        """How much of what is asked the best example knows: itself for calls, with its siblings for programs."""
        if system == wording.CALL:
            return self._coverage(asked, tokens(best.messages[-2].content))
        known = self._vocabulary()[best.group]
        return max(self._coverage(asked, known), self._coverage(prompt, known) if system in CONTRACTED else 0.0)

    def _coverage(self, text: str, known: set[str]) -> float:
        """Share of a text's words that are known, numbers left out; a word few groups know weighs more."""
        groups = self._vocabulary().values()
        weight = {
            word: math.log(1 + len(groups) / (0.5 + sum(word in have for have in groups)))
            for word in tokens(text)
            if not word.isdigit()
        }
        total = sum(weight.values())
        return sum(value for word, value in weight.items() if word in known) / total if total else 1.0

    def _vocabulary(self) -> dict[str, set[str]]:
        """Words of each group's examples, prompts and answers alike."""
        if not self._known:
            for example in (item for examples in self._raw.values() for item in examples):
                have = self._known.setdefault(example.group, set())
                for message in example.messages[1:]:
                    have |= tokens(message.content)
        return self._known

    def _nothing(self, system: str, why: str) -> tuple[str, str]:
        if system == wording.CALL:
            return Reply("I do not know how to do that here.", "refuse", reason="out_of_scope").render(), why
        return "", why

    def _shelf(self, system: str) -> _Shelf:
        if system not in self._shelves:
            examples = tuple(self._raw.get(system, ()))
            prompts = [example.messages[-2].content for example in examples]
            head = FOCUS.get(system, "")
            self._shelves[system] = _Shelf(
                examples, Index(section(prompt, head) or prompt for prompt in prompts), Index(prompts)
            )
        return self._shelves[system]


def _ranked(shelf: _Shelf, asked: str, prompt: str) -> list[Example]:
    focus, whole = shelf.focus.scores(asked), shelf.whole.scores(prompt)
    top, high = max(focus.values(), default=0.0), max(whole.values(), default=0.0)
    # A contract says more than the sentence above it: outputs and remarks are the task's own.
    weight = CONTRACT_WEIGHT if "# Output format" in prompt else 1.0
    total = {
        at: (focus.get(at, 0.0) / top if top else 0.0) + weight * (whole.get(at, 0.0) / high if high else 0.0)
        for at in focus.keys() | whole.keys()
    }
    return [shelf.examples[at] for at in sorted(total, key=lambda at: (-total[at], at))]


def fill(example: Example, prompt: str, *, numbers: bool) -> str:
    """The example's answer with the request's names, and on request its numbers, in place of its own."""
    before, text = example.messages[-2].content, example.answer
    pairs = _pair_names(_TICKED.findall(section(before, "Files")), _TICKED.findall(section(prompt, "Files")))
    for old, new in pairs.items():
        for mark in ('"', "'", "`"):
            text = text.replace(f"{mark}{old}{mark}", f"{mark}\0{new}{mark}")
    text = text.replace("\0", "")
    if numbers:
        old_numbers, new_numbers = (_NUMBER.findall(section(part, "Utterance")) for part in (before, prompt))
        wanted = dict(zip(old_numbers, new_numbers, strict=False))
        text = _NUMBER.sub(lambda match: wanted.get(match[0], match[0]), text)
    return text


def _pair_names(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> dict[str, str]:
    """Names of the example and those of the request that take their place: same name, then same unit, then order."""
    pairs = {name: name for name, _ in old if name in dict(new)}
    free = [(name, unit) for name, unit in new if name not in pairs]
    rest = [(name, unit) for name, unit in old if name not in pairs]
    for fits in (lambda a, b: bool(a) and a == b, lambda a, b: not a or not b):
        for name, unit in rest:
            match = next((item for item in free if name not in pairs and fits(unit, item[1])), None)
            if match:
                pairs[name] = match[0]
                free.remove(match)
    return {name: value for name, value in pairs.items() if name != value}
