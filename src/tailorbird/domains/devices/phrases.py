"""Verified-by-construction sentences for a home: what people say, and the canonical answer.

Templates (`phrases.yaml`) meet the things, tools and rooms of one home. Every id and tool in an answer exists there and
is exposed; a thing that lacks what is asked gives a refusal, a noun that fits several things a question. The retrieval
baseline is made of these; a corpus may be. Covers: English and Chinese, single calls, groups, readings, refusals,
questions. Does not cover: several calls in one sentence, conditions, rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tailorbird.core import wording
from tailorbird.core.attempt import Reply, Request
from tailorbird.core.example import Example
from tailorbird.core.record import from_data, record
from tailorbird.core.thing import State, Thing
from tailorbird.core.tool import Call, Calls, Tool

Language = Literal["en", "zh"]

MOST_CANDIDATES = 8
"""A question offers at most so many things; with more it asks without naming any."""


@record
class Noun:
    """Words for one kind of thing."""

    en: tuple[str, ...]
    many: tuple[str, ...]
    zh: tuple[str, ...]


@record
class Phrase:
    """Ways to ask for one tool with some arguments."""

    tool: str
    """A tool, or one of every kind by `{kind}_on`."""
    en: tuple[str, ...]
    zh: tuple[str, ...]
    arguments: dict[str, Any] = {}
    words: dict[str, tuple[str, ...]] = {}
    """Value of the argument `{word}`, and how it is said: English, then Chinese."""


@record
class Reading:
    """Ways to ask for one property."""

    property: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    kind: str = ""


@record
class Refusal:
    """Sentences that no tool serves."""

    reason: str
    en: tuple[str, ...]
    zh: tuple[str, ...]


@record
class Templates:
    """The file of phrases."""

    nouns: dict[str, Noun]
    phrases: tuple[Phrase, ...]
    groups: tuple[Phrase, ...]
    everywhere: dict[str, tuple[str, ...]]
    readings: tuple[Reading, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Said:
    """One sentence and its answer."""

    text: str
    answer: str
    language: Language
    source: str
    """Template it comes from."""
    group: str
    """Decides the split: sentences of one template never part."""


@dataclass(frozen=True)
class _Home:
    """What templates are filled from."""

    templates: Templates
    things: tuple[Thing, ...]
    tools: Mapping[str, Tool]
    places: Mapping[str, tuple[str, ...]]


def read_templates(data: object, place: str) -> Templates:
    """Templates from the plain data of `phrases.yaml`.

    Raises:
        BadFile: one line per fault.
    """
    found: Templates = from_data(Templates, data, place)
    return found


def sentences(
    templates: Templates, things: Iterable[Thing], tools: Iterable[Tool], places: Mapping[str, tuple[str, ...]]
) -> tuple[Said, ...]:
    """All sentences of a home, each text once: the first template wins.

    Args:
        templates: from `phrases.yaml`.
        things: of the home; unexposed ones are left out.
        tools: that exposed things carry.
        places: area or floor, and all its names.
    """
    exposed = tuple(thing for thing in things if thing.exposed)
    home = _Home(templates, exposed, {tool.name: tool for tool in tools}, places)
    found: dict[str, Said] = {}
    for made in (_named(home), _areas(home), _readings(home), _questions(home), _refusals(home)):
        for said in made:
            found.setdefault(said.text.lower(), said)
    return tuple(found.values())


def examples(
    templates: Templates, things: Iterable[Thing], tools: Iterable[Tool], places: Mapping[str, tuple[str, ...]]
) -> tuple[Example, ...]:
    """The sentences as examples for the retrieval baseline: prompts without tools, things and state.

    Those parts are equal in all of them, so they cannot tell one from another, and would cost an index of megabytes.
    """
    found = sentences(templates, things, tools, places)
    return tuple(
        wording.teach(
            wording.call((), (), State(), Request(said.text, "devices")), said.answer, said.source, said.group, "call"
        )
        for said in found
    )


def _chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _names(names: Iterable[str], language: Language) -> list[str]:
    """Names in one language; English ones in lower case unless they are capitals throughout."""
    mine = [name for name in names if _chinese(name) == (language == "zh")]
    return [name if name.isupper() or language == "zh" else name.lower() for name in mine]


def _of_thing(home: _Home, thing: Thing, language: Language) -> list[str]:
    """All names of a thing: title, aliases, and its noun with the room where that is clear."""
    names = _names((thing.title, *thing.aliases), language)
    noun = home.templates.nouns.get(thing.kind)
    same = [other for other in home.things if other.kind == thing.kind]
    if noun is None:
        return names
    words = noun.zh if language == "zh" else noun.en
    if len(same) == 1:
        names += words
    if sum(other.area == thing.area for other in same) == 1:
        areas = _names(home.places.get(thing.area, ()), language)
        names += [f"{area}{word}" if language == "zh" else f"{area} {word}" for area in areas for word in words]
        if language == "en":
            names += [f"{words[0]} in the {area}" for area in areas]
    return list(dict.fromkeys(names))


def _tool_of(phrase: Phrase, kind: str) -> str:
    return phrase.tool.replace("{kind}", kind)


def _call(tool: str, target: Any, arguments: Mapping[str, Any]) -> str:
    return Calls((Call(tool, {"target": target, **arguments}),)).render()


def _variants(phrase: Phrase) -> Iterator[tuple[dict[str, Any], dict[Language, str]]]:
    """Arguments, and the word for them in each language."""
    if not phrase.words:
        yield phrase.arguments, {"en": "", "zh": ""}
    for value, said in phrase.words.items():
        arguments = {key: value if item == "{word}" else item for key, item in phrase.arguments.items()}
        yield arguments, {"en": said[0], "zh": said[1]}


def _texts(phrase: Phrase | Reading | Refusal, language: Language) -> Sequence[str]:
    return phrase.zh if language == "zh" else phrase.en


def _named(home: _Home) -> Iterator[Said]:
    """Every phrase with every name of every thing that has the tool."""
    for at, phrase in enumerate(home.templates.phrases):
        for thing in home.things:
            tool = _tool_of(phrase, thing.kind)
            if tool not in thing.tools:
                continue
            for arguments, words in _variants(phrase):
                lacks = _lacking(home.tools[tool], thing, arguments)
                answer = _call(tool, [thing.id], arguments) if not lacks else _unable(thing, lacks)
                yield from _fill(home, phrase, thing, words, answer, f"phrases/{at}/{tool}")


def _fill(
    home: _Home, phrase: Phrase, thing: Thing, words: Mapping[Language, str], answer: str, source: str
) -> Iterator[Said]:
    for language in ("en", "zh"):
        for name in _of_thing(home, thing, language):
            for number, text in enumerate(_texts(phrase, language)):
                filled = text.replace("{name}", name).replace("{word}", words[language])
                yield Said(filled, answer, language, f"{source}/{language}", f"{source}/{language}/{number}")


def _lacking(tool: Tool, thing: Thing, arguments: Mapping[str, Any]) -> str:
    """The property an argument would set that the thing does not have, or whose value it cannot take."""
    for effect in tool.effects:
        if isinstance(effect.value, dict) and effect.value.get("arg") in arguments:
            property = thing.property(effect.property)
            value = arguments[effect.value["arg"]]
            if property is None or value not in property.schema.get("enum", [value]):
                return effect.property
    return ""


def _unable(thing: Thing, property: str) -> str:
    return Reply(f"{thing.title} has no {property}.", "refuse", reason="unsupported").render()


def _areas(home: _Home) -> Iterator[Said]:
    """Every group phrase with every room, every floor and the whole home."""
    scopes: list[tuple[dict[str, str], dict[str, list[str]]]] = [
        ({}, {k: list(v) for k, v in home.templates.everywhere.items()})
    ]
    for place, names in home.places.items():
        key = "area" if any(thing.area == place for thing in home.things) else "floor"
        scopes.append(({key: place}, {"en": _names(names, "en"), "zh": _names(names, "zh")}))
    for at, phrase in enumerate(home.templates.groups):
        for kind, noun in home.templates.nouns.items():
            tool = _tool_of(phrase, kind)
            for scope, names_of in scopes:
                if not any(_inside(thing, scope, kind) and tool in thing.tools for thing in home.things):
                    continue
                answer = _call(tool, {"kind": kind, **scope}, phrase.arguments)
                yield from _group(phrase, noun, names_of, answer, f"groups/{at}/{tool}")


def _inside(thing: Thing, scope: Mapping[str, str], kind: str) -> bool:
    return (
        thing.kind == kind
        and scope.get("area", thing.area) == thing.area
        and scope.get("floor", thing.floor) == thing.floor
    )


def _group(phrase: Phrase, noun: Noun, names: Mapping[str, list[str]], answer: str, source: str) -> Iterator[Said]:
    for number, text in enumerate(phrase.en):
        for name in names["en"]:
            for many in noun.many:
                filled = text.replace("{nouns}", many).replace(
                    "in the {area}", name if name.startswith("in ") else f"in the {name}"
                )
                yield Said(filled.replace("{area}", name), answer, "en", f"{source}/en", f"{source}/en/{number}")
    for number, text in enumerate(phrase.zh):
        for name in names["zh"]:
            for word in noun.zh:
                filled = text.replace("{area}", name).replace("{noun}", word)
                yield Said(filled, answer, "zh", f"{source}/zh", f"{source}/zh/{number}")


def _readings(home: _Home) -> Iterator[Said]:
    """Questions for values: by room where a sensor feels it, by name otherwise."""
    for at, reading in enumerate(home.templates.readings):
        for thing in sorted(home.things, key=lambda thing: "sensor" not in thing.kind):
            if thing.property(reading.property) is None or reading.kind not in ("", thing.kind):
                continue
            answer = _call("state_read", [thing.id], {"property": reading.property})
            for language in ("en", "zh"):
                for number, text in enumerate(_texts(reading, language)):
                    slot = "{area}" if "{area}" in text else "{name}" if "{name}" in text else ""
                    areas = _names(home.places.get(thing.area, ()), language)
                    names = areas if slot == "{area}" else _of_thing(home, thing, language) if slot else [""]
                    source = f"readings/{at}/{language}"
                    for name in names:
                        filled = text.replace(slot, name) if slot else text
                        yield Said(filled, answer, language, source, f"{source}/{number}")


def _questions(home: _Home) -> Iterator[Said]:
    """A bare noun that fits several things is asked back."""
    for at, phrase in enumerate(home.templates.phrases):
        for kind, noun in home.templates.nouns.items():
            tool = _tool_of(phrase, kind)
            ids = [thing.id for thing in home.things if thing.kind == kind and tool in thing.tools]
            if len(ids) < 2 or phrase.words:
                continue
            candidates = tuple(ids) if len(ids) <= MOST_CANDIDATES else ()
            answer = Reply(f"Which {noun.en[0]}?", "ask", "target", candidates).render()
            for language in ("en", "zh"):
                for text in _texts(phrase, language):
                    for word in noun.zh if language == "zh" else noun.en:
                        source = f"questions/{at}/{tool}/{language}"
                        yield Said(text.replace("{name}", word), answer, language, source, source)


def _refusals(home: _Home) -> Iterator[Said]:
    for at, refusal in enumerate(home.templates.refusals):
        answer = Reply("I do not know how to do that here.", "refuse", reason=refusal.reason).render()
        for language in ("en", "zh"):
            for number, text in enumerate(_texts(refusal, language)):
                source = f"refusals/{at}/{language}"
                yield Said(text, answer, language, source, f"{source}/{number}")


def numbers_of(answer: str) -> list[str]:
    """Number literals among the arguments of an answer, as they are written there."""
    found: list[str] = []
    for line in answer.split("\n"):
        start = line.find("{")
        if line.startswith("<tool_call>") and start > 0:
            data = json.loads(line[start : line.rfind("}") + 1])
            found += [f"{value:g}" for value in data["arguments"].values() if isinstance(value, (int, float))]
    return found
