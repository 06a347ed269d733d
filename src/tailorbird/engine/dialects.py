"""How servers are told what may be written: one dialect per family of servers, and a probe that finds out which holds.

    vllm      structured_outputs: choice, regex, json, grammar      vLLM from 0.12
    llamacpp  grammar (GBNF), json_schema                            llama.cpp; Lark where it was built with llguidance
    sglang    regex, response_format                                 SGLang
    guided    guided_choice, guided_regex, guided_json, ...          vLLM before 0.12
    openai    response_format: json_schema                           nearly every server; a choice is wrapped in an object

Servers drop fields they do not know without a word, so a status of 200 proves nothing: the probe demands a text that no
free answer would be, and looks at what comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tailorbird.core.ask import Constraint, Kind
from tailorbird.engine import gbnf

DialectName = Literal["vllm", "llamacpp", "sglang", "guided", "openai"]

_WORDS: dict[Kind, str] = {"choice": "choice", "regex": "regex", "schema": "json", "grammar": "grammar"}


@dataclass(frozen=True)
class Dialect:
    """How one family of servers takes constraints."""

    name: str
    kinds: tuple[Kind, ...]
    """Kinds it has words for."""
    fields: Callable[[Constraint], dict[str, Any]]
    """Fields of the request for a constraint of such a kind; raises ParseError where it has no words after all."""


def _value(constraint: Constraint) -> Any:
    if constraint.kind == "choice":
        return list(constraint.options)
    return json.loads(constraint.body) if constraint.kind == "schema" else constraint.body


def _vllm(constraint: Constraint) -> dict[str, Any]:
    return {"structured_outputs": {_WORDS[constraint.kind]: _value(constraint)}}


def _guided(constraint: Constraint) -> dict[str, Any]:
    return {f"guided_{_WORDS[constraint.kind]}": _value(constraint)}


def _llamacpp(constraint: Constraint) -> dict[str, Any]:
    match constraint.kind:
        case "choice":
            return {"grammar": gbnf.choice(constraint.options)}
        case "regex":
            return {"grammar": gbnf.regex(constraint.body)}
        case "schema":
            return {"json_schema": _value(constraint)}
    return {"grammar": f"%llguidance {{}}\n{constraint.body}"}


def _sglang(constraint: Constraint) -> dict[str, Any]:
    if constraint.kind == "choice":
        return {"regex": "|".join(f"({re.escape(option)})" for option in constraint.options)}
    return {"regex": constraint.body} if constraint.kind == "regex" else _openai(constraint)


def _openai(constraint: Constraint) -> dict[str, Any]:
    schema = _value(constraint)
    if constraint.kind == "choice":
        inner = {"type": "string", "enum": schema}
        schema = {
            "type": "object",
            "properties": {"answer": inner},
            "required": ["answer"],
            "additionalProperties": False,
        }
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    }


DIALECTS: dict[str, Dialect] = {
    found.name: found
    for found in (
        Dialect("vllm", ("choice", "regex", "schema", "grammar"), _vllm),
        Dialect("llamacpp", ("choice", "regex", "schema", "grammar"), _llamacpp),
        Dialect("sglang", ("choice", "regex", "schema"), _sglang),
        Dialect("guided", ("choice", "regex", "schema", "grammar"), _guided),
        Dialect("openai", ("choice", "schema"), _openai),
    )
}
"""Every dialect by its name, in the order they are tried."""


def plain_answer(dialect: Dialect, constraint: Constraint, text: str) -> str:
    """The text a constraint asked for: a wrapped choice is taken out of its object."""
    if dialect.name == "openai" and constraint.kind == "choice":
        try:
            return str(json.loads(text)["answer"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return text
    return text


PROBES: dict[Kind, Constraint] = {
    "choice": Constraint.choice(["zq7-", "zq8-"]),
    "regex": Constraint("regex", "zq7-[0-9]{3}"),
    "schema": Constraint.schema({
        "type": "object", "properties": {"zq": {"type": "string", "enum": ["k7"]}}, "required": ["zq"], "additionalProperties": False,
    }),
    "grammar": Constraint("grammar", 'start: "zq7-" /[0-9]{3}/'),
}  # fmt: skip
"""For each kind a constraint that no free answer to a greeting would meet."""


def holds(kind: Kind, text: str) -> bool:
    """Whether an answer meets the probe of its kind."""
    if kind == "choice":
        return text in PROBES["choice"].options
    if kind == "schema":
        try:
            return bool(json.loads(text) == {"zq": "k7"})
        except (ValueError, RecursionError):
            return False
    return re.fullmatch("zq7-[0-9]{3}", text) is not None


def in_words(constraint: Constraint) -> str:
    """A request in words for what a server cannot hold; empty where the prompt says it already."""
    if constraint.kind == "choice":
        return "Answer with exactly one of these lines and nothing else:\n" + "\n".join(constraint.options)
    if constraint.kind == "schema":
        return f"Answer with one JSON value of this JSON Schema and nothing else:\n{constraint.body}"
    return ""
