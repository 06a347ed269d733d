"""Wordings of composed programs: what a person could write to get one, from the banks of its source and blocks.

    operation  read the file, filter it, count the peaks        names every step
    goal       how many beats are in this ECG strip?            names the answer alone
    terse      ecg.csv > band-pass > peaks > rate
    chatty     a few sentences, polite or rambling
    units      the goal, with the unit of the answer
    context    the goal, among things that do not matter
    budget     the goal and a limit

Phrases are held out by their hash, so that whole wordings are unseen in one split.
Covers: English and Chinese, slips of the keyboard that leave every fact as it was. Does not cover: families' banks.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tailorbird.core.block import Kit
from tailorbird.corpus.bank import expand
from tailorbird.corpus.compose import Composition
from tailorbird.corpus.weave import said

HELD_PHRASES = 12
"""One phrase of so many is held out."""

_FACT = re.compile(
    r"`[^`]*`|[\w./-]*\d[\w./%-]*|[\w-]+\.(?:csv|tsv|json|jsonl|npz|wav|txt|bin)\b|\{[a-z_]+\}|[A-Z]{2,}\w*"
)

_KEYS = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad", "t": "ry", "u": "yi",
    "v": "cb", "w": "qe", "y": "tu",
}  # fmt: skip
"""Neighbours on the keyboard."""


@dataclass(frozen=True)
class Goal:
    """One wording."""

    text: str
    style: str
    language: str
    held: bool
    """Built from held-out phrases alone."""


def is_held(phrase: str) -> bool:
    """Whether a phrase is kept for the split of unseen wordings."""
    return int(hashlib.sha256(phrase.encode()).hexdigest()[:8], 16) % HELD_PHRASES == 0


@cache
def _phrases(patterns: tuple[str, ...], held: bool) -> tuple[str, ...]:
    texts = [text for pattern in patterns for text in expand(pattern)]
    return tuple(text for text in texts if is_held(text) == held) or tuple(texts)


def goals(kit: Kit, made: Composition, draw: random.Random, count: int, *, held: bool = False) -> list[Goal]:
    """Different wordings of one composition.

    Args:
        kit: banks of source and blocks.
        made: what is asked for.
        draw: every choice comes from it.
        count: at most so many.
        held: from held-out phrases, or from the others.
    """
    styles = ["operation", "goal", "terse", "chatty", "units", "context", "zh-operation", "zh-goal"]
    weights = [5, 5, 2, 2, 2, 2, 2, 2]
    if made.recipe.budget:
        styles, weights = [*styles, "budget"], [*weights, 8]
    found: dict[str, Goal] = {}
    for _ in range(4 * count):
        if len(found) == count:
            break
        style = draw.choices(styles, weights)[0]
        text = _STYLES[style](_Words(kit, made, draw, held))
        language = "zh" if style.startswith("zh") else "en"
        found.setdefault(text, Goal(text, style.removeprefix("zh-"), language, held))
    return list(found.values())


class _Words:
    """Phrases of one composition, drawn as they are asked for."""

    def __init__(self, kit: Kit, made: Composition, draw: random.Random, held: bool) -> None:
        self.made = made
        self.draw = draw
        self.held = held
        self._kit = kit
        self._source = kit.sources[made.recipe.source]
        self._blocks = [(kit.blocks[placed.block], placed) for placed in made.recipe.steps]

    @property
    def file(self) -> str:
        """The input file, bare or in quotes of code."""
        return self.made.recipe.file if self.draw.random() < 0.7 else f"`{self.made.recipe.file}`"

    @property
    def record(self) -> str:
        """A noun phrase for the record."""
        return self.draw.choice(self._source.en)

    @property
    def record_zh(self) -> str:
        """The same in Chinese."""
        return self.draw.choice(self._source.zh)

    def one(self, patterns: tuple[str, ...], params: Mapping[str, object]) -> str:
        """A phrase with its parameters."""
        return said(self.draw.choice(_phrases(patterns, self.held)), params)

    def steps(self, language: str = "en") -> list[str]:
        """An imperative phrase per block."""
        return [self.one(block.en if language == "en" else block.zh, placed.params) for block, placed in self._blocks]

    def titles(self) -> list[str]:
        """Short names of the blocks."""
        return [block.title.lower() for block, _ in self._blocks]

    def aim(self, language: str = "en") -> str:
        """A noun phrase for the answer, or for both."""
        ends = [
            (b, p)
            for at, (b, p) in enumerate(self._blocks, start=1)
            if at in (self.made.recipe.second, len(self._blocks))
        ]
        aims = [self.one(block.aim if language == "en" else block.aim_zh, placed.params) for block, placed in ends]
        return (" and " if language == "en" else "以及").join(aims)

    def unit(self) -> str:
        """The unit of the first answer, empty when it has none."""
        units = [slot.unit for slot in self.made.outputs if slot.unit != "1"]
        return units[0] if units else ""

    def budget(self) -> str:
        """The limits as people say them."""
        return " and ".join(limit_said(line, self.draw) for line in self.made.recipe.budget)


def limit_said(line: str, draw: random.Random) -> str:
    """A limit of a budget as people say it."""
    name, _, number = line.partition(" <= ")
    forms = {
        "rss_mb": ("use at most {n} MB of memory", "stay below {n} MB of RAM", "memory limit {n} MB"),
        "wall_s": ("finish within {n} s", "take no more than {n} seconds", "time limit {n} s"),
        "cpu_s": ("use no more than {n} s of CPU", "at most {n} CPU seconds"),
        "program_kb": ("keep the program under {n} kB", "program size at most {n} kB"),
    }[name]
    return draw.choice(forms).format(n=number)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], draw: random.Random) -> str:
    """Steps as one or several sentences."""
    if len(parts) == 1:
        return _capital(parts[0]) + "."
    form = draw.randrange(4)
    if form == 0:
        return _capital(", ".join(parts[:-1])) + draw.choice((", then ", " and ", ", and finally ")) + parts[-1] + "."
    if form == 1:
        words = [
            "first",
            *(draw.choice(("then", "next", "after that")) for _ in parts[1:-1]),
            draw.choice(("finally", "at the end", "then")),
        ]
        return " ".join(_capital(f"{word} {part}.") for word, part in zip(words, parts, strict=True))
    if form == 2:
        return _capital("; ".join(parts)) + "."
    return " ".join(f"{number}. {_capital(part)}." for number, part in enumerate(parts, start=1))


def _operation(words: _Words) -> str:
    opening = words.draw.choice((
        "read {file}", "load {record} from {file}", "open {file}", "take {record} in {file}", "load {file}",
    )).format(file=words.file, record=words.record)  # fmt: skip
    steps = words.steps()
    if words.draw.random() < 0.5:
        steps[-1] = words.draw.choice(
            ("report {aim}", "return {aim}", "print {aim}", "give me {aim}", "output {aim}")
        ).format(aim=words.aim())
    return listed([opening, *steps], words.draw)


def _plain_goal(words: _Words) -> str:
    return words.draw.choice((
        "Tell me {aim} in {file}.", "I need {aim} for {record} ({file}).", "Give me {aim} of {record}.",
        "From {record}, report {aim}.", "{file} holds {record}; I want {aim}.", "Work out {aim} from {file}.",
        "What I want to know from {record}: {aim}.", "Report {aim} for the data in {file}.", "Please find {aim} in {record}.",
        "Using {file}, determine {aim}.", "For {record}, compute {aim}.", "Can you get me {aim} from {record}?",
    )).format(aim=words.aim(), file=words.file, record=words.record)  # fmt: skip


def _goal(words: _Words) -> str:
    text = _plain_goal(words)
    blocks = words.steps()
    if len(blocks) > 1 and words.draw.random() < 0.4:
        text += " " + words.draw.choice(
            ("Before that, {step}.", "But first {step}.", "Note: {step} beforehand.", "You should {step} first.")
        ).format(step=blocks[0])
    return _capital(text)


def _terse(words: _Words) -> str:
    arrow = words.draw.choice((" -> ", " > ", " → ", ", ", " | "))
    ends = words.draw.choice((words.titles(), [*words.titles()[:-1], words.aim()], [words.aim()]))
    return arrow.join([words.file, *ends])


def _chatty(words: _Words) -> str:
    opening = words.draw.choice((
        "Hi, I have {record} here.", "Good morning! Our gateway writes {file} every day.", "I recorded this myself, so it is not perfect.",
        "Hello, a colleague sent me {file}.", "We are comparing a few sensors this week.", "I am not much of a programmer.",
        "Hey there, quick question about {record}.", "So, our new logger finally works.",
    )).format(record=words.record, file=words.file)  # fmt: skip
    ending = words.draw.choice(
        ("Thanks!", "Thank you in advance.", "No hurry.", "That would help a lot.", "Nothing fancy, please.", "")
    )
    return " ".join(part for part in (opening, _goal(words), ending) if part)


def _units(words: _Words) -> str:
    unit = words.unit()
    if not unit:
        return f"{_plain_goal(words)} {words.draw.choice(('A plain number will do.', 'The answer has no unit.', 'No unit needed.'))}"
    return f"{_plain_goal(words)} " + words.draw.choice(
        ("The answer shall be in {u}.", "Give it in {u}.", "Unit: {u}.", "I expect {u}.", "In {u}, please.")
    ).format(u=unit)


def _context(words: _Words) -> str:
    aside = words.draw.choice((
        "The sensor hangs in the basement next to the washing machine.", "We moved offices in spring, hence the odd file names.",
        "The battery was changed last Tuesday.", "It was a rainy day, if that matters.", "The device is a cheap one from a fair.",
        "My dog knocked the logger over once, but it still works.", "The same box also drives a door bell.",
        "Two other teams use these data for something else.",
    ))  # fmt: skip
    text = _goal(words)
    return f"{aside} {text}" if words.draw.random() < 0.5 else f"{text} {aside}"


def _budget(words: _Words) -> str:
    return f"{_plain_goal(words)} " + words.draw.choice(
        ("It must {b}.", "Please {b}.", "The board is small: {b}.", "One condition: {b}.")
    ).format(b=words.budget())


def _zh_operation(words: _Words) -> str:
    steps = words.steps("zh")
    opening = words.draw.choice(
        ("读取 {file}", "打开 {file}", "加载{record}（{file}）", "从 {file} 读入{record}")
    ).format(file=words.file, record=words.record_zh)
    join = words.draw.choice(("，", "，然后", "；"))
    return join.join([opening, *steps]) + "。"


def _zh_goal(words: _Words) -> str:
    return words.draw.choice((
        "请告诉我{record}的{aim}。", "根据 {file} 求{aim}。", "我想知道{aim}，数据在 {file}。", "从{record}中得到{aim}。",
        "{file} 里是{record}，请给出{aim}。", "帮我算一下{aim}。",
    )).format(aim=words.aim("zh"), file=words.file, record=words.record_zh)  # fmt: skip


_STYLES: Mapping[str, Callable[[_Words], str]] = {
    "operation": _operation, "goal": _goal, "terse": _terse, "chatty": _chatty, "units": _units, "context": _context,
    "budget": _budget, "zh-operation": _zh_operation, "zh-goal": _zh_goal,
}  # fmt: skip


def facts(text: str) -> tuple[str, ...]:
    """What a change of wording may not touch: numbers with their units, names in quotes of code, files, acronyms."""
    return tuple(sorted(_FACT.findall(text)))


def with_slips(text: str, draw: random.Random) -> str:
    """A text with one to three typing errors outside its facts; the text itself when there is no room for any."""
    guarded = {at for match in _FACT.finditer(text) for at in range(*match.span())}
    spots = [
        match.span()
        for match in re.finditer(r"[a-z]{5,}", text)
        if not guarded & set(range(*match.span()))
    ]  # fmt: skip
    letters = text
    for start, stop in sorted(draw.sample(spots, min(len(spots), draw.choice((1, 1, 2, 3)))), reverse=True):
        at = draw.randrange(start + 1, stop - 1)
        kind = draw.randrange(4)
        if kind == 0:
            new = letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
        elif kind == 1:
            new = letters[:at] + letters[at + 1 :]
        elif kind == 2:
            new = letters[:at] + letters[at] + letters[at:]
        else:
            new = letters[:at] + draw.choice(_KEYS.get(letters[at], letters[at])) + letters[at + 1 :]
        letters = new
    return letters if facts(letters) == facts(text) else text
