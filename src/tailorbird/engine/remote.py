"""Any OpenAI-compatible server as an engine: llama.cpp, vLLM, SGLang, a hosted service.

Address: `openai:http://127.0.0.1:8080/v1#model`. Only that host is contacted. What the server can enforce is found out by
a probe the first time it matters, or said by the option `enforce`; what it cannot is asked for in words, and every
answer is checked by `parse` all the same. How an answer was held stands in its `note`.

Covers: chat completions, whole or as a stream; choices, patterns, schemas, grammars; usage. Does not cover: tools of the
server's own, pictures, likelihoods of options.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any, Literal

from tailorbird.core.ask import Constraint, Generation, Kind, Sampling
from tailorbird.core.errors import BadFile, EngineError, ParseError
from tailorbird.core.example import Message
from tailorbird.core.files import read_text
from tailorbird.core.record import from_data, record
from tailorbird.engine.dialects import DIALECTS, PROBES, Dialect, DialectName, holds, in_words, plain_answer
from tailorbird.engine.transport import RETRIED, Address, Broken, Patience, Refusal, Transport

_KINDS: tuple[Kind, ...] = ("choice", "regex", "schema", "grammar")
_TURNED_DOWN = (400, 422, 500, 501)
"""Answers of servers that do not take a constraint."""

_HELLO = (Message("user", "Say hello in one friendly sentence."),)


@record
class Settings:
    """Options of a remote engine."""

    key: str = field(default="", repr=False)
    """Sent as a bearer token; better kept in a file."""
    key_file: str = ""
    """File whose first line is the key."""
    enforce: Literal["probe", "none"] | DialectName = "probe"
    """What the server can enforce: found out by asking, nothing, or what servers of that dialect can."""
    connect_s: float = 5.0
    read_s: float = 300.0
    """Longest silence; without a watcher that is the whole answer."""
    total_s: float = 1800.0
    """Longest whole answer."""
    retries: int = 3
    """Further tries after refused connections, 429 and server errors, at most 20."""
    first_wait_s: float = 0.5
    """Seconds before the first further try; doubled each time, unless the server says when."""
    limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """Name of the token limit; some hosted models want the newer one."""

    def __post_init__(self) -> None:
        """Refuse times and counts that make no sense."""
        if not (
            min(self.connect_s, self.read_s, self.total_s) > 0 and self.first_wait_s >= 0 and 0 <= self.retries <= 20
        ):
            raise ValueError("expected times above 0, waits of at least 0 and 0 to 20 retries")


class Remote:
    """A model behind an OpenAI-compatible address."""

    def __init__(self, transport: Transport, model: str = "", settings: Settings = Settings()) -> None:
        self._transport = transport
        self._model = model
        self._settings = settings
        self._held: dict[Kind, Dialect | None] = {}

    def __repr__(self) -> str:
        return f"Remote({self.name!r})"

    @property
    def name(self) -> str:
        """How reports call it: host, port and model."""
        address = self._transport.address
        return f"openai:{address.host}:{address.port}#{self._model or 'only'}"

    @property
    def enforces(self) -> frozenset[Kind]:
        """Kinds the server was seen to hold, or is said to hold; asks the server what is not known yet.

        Raises:
            EngineError: if the server cannot be reached.
        """
        return frozenset(kind for kind in _KINDS if self._dialect(kind))

    def models(self) -> tuple[str, ...]:
        """Names of the models the server offers.

        Raises:
            EngineError: if the server cannot be reached or does not say.
        """
        data = self._transport.ask("/models")
        try:
            return tuple(str(item["id"]) for item in data["data"])
        except (TypeError, KeyError):
            raise EngineError(
                f"{self._transport.address}/models: expected a list of models, got {str(data)[:100]!r}"
            ) from None

    def generate(
        self,
        messages: tuple[Message, ...],
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        watch: Callable[[str], None] | None = None,
    ) -> Generation:
        """Continue the conversation; with a watcher as a stream, else as a whole.

        Raises:
            EngineError: if the server cannot be reached, refuses, or answers nonsense.
        """
        dialect = self._dialect(constraint.kind) if constraint else None
        if constraint is None or dialect is None:
            return self._say(_asked(messages, constraint), {}, sampling, watch)
        try:
            fields = dialect.fields(constraint)
            found = self._say(messages, fields, sampling, watch)
        except ParseError as error:
            return self._unheld(messages, constraint, sampling, watch, error.message)
        except Refusal as error:
            if error.status not in _TURNED_DOWN:
                raise
            return self._unheld(messages, constraint, sampling, watch, error.message)
        text = plain_answer(dialect, constraint, found.text)
        return _with(found, text=text, note=_joined(found.note, f"{constraint.kind} held by {dialect.name}"))

    def _unheld(
        self,
        messages: tuple[Message, ...],
        constraint: Constraint,
        sampling: Sampling,
        watch: Callable[[str], None] | None,
        why: str,
    ) -> Generation:
        """The answer to a request in words, where the server would not take this very constraint."""
        found = self._say(_asked(messages, constraint), {}, sampling, watch)
        return _with(found, note=_joined(found.note, f"{constraint.kind} not held: {why[:200]}"))

    def _dialect(self, kind: Kind) -> Dialect | None:
        """How this server is made to hold a kind, `None` when it does not."""
        if kind not in self._held:
            way = self._settings.enforce
            if way == "probe":
                self._held[kind] = self._probe(kind)
            else:
                known = DIALECTS.get(way)
                self._held[kind] = known if known and kind in known.kinds else None
        return self._held[kind]

    def _probe(self, kind: Kind) -> Dialect | None:
        """The first dialect in which the server holds a constraint of this kind; ones that worked before come first."""
        worked = [dialect for dialect in self._held.values() if dialect]
        for dialect in dict.fromkeys([*worked, *DIALECTS.values()]):
            if kind not in dialect.kinds:
                continue
            try:
                found = self._say(_HELLO, dialect.fields(PROBES[kind]), Sampling(limit=24), None, quick=True)
            except Refusal as error:
                if error.status in _TURNED_DOWN:
                    continue
                raise
            if holds(kind, plain_answer(dialect, PROBES[kind], found.text.strip())):
                return dialect
        return None

    def _say(
        self,
        messages: tuple[Message, ...],
        fields: Mapping[str, Any],
        sampling: Sampling,
        watch: Callable[[str], None] | None,
        quick: bool = False,
    ) -> Generation:
        """One request and its answer; a quick one takes a server's error at its first word."""
        start = time.monotonic()
        transport = replace(self._transport, retried=RETRIED - {500}) if quick else self._transport
        try:
            body = self._body(messages, sampling) | dict(fields)
            found = self._heard(body, watch) if watch else _read(transport.ask("/chat/completions", body))
        except Refusal as error:
            raise self._unknown_model(error) if error.status == 404 else error from None
        except EngineError as error:
            error.message = self._transport.mask(error.message)
            error.args = (error.message,)
            raise
        return _with(found, seconds=time.monotonic() - start)

    def _body(self, messages: tuple[Message, ...], sampling: Sampling) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._name_of_model(),
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            self._settings.limit_field: sampling.limit,
            "seed": sampling.seed,
        }
        return body | ({"stop": list(sampling.stop)} if sampling.stop else {})

    def _name_of_model(self) -> str:
        """The model that was named, else the only one the server has."""
        if not self._model:
            known = self.models()
            if len(known) != 1:
                raise EngineError(
                    f"{self._transport.address}: expected the name of a model, got none; known: {', '.join(known) or 'none'}",
                    f"write it after #, such as openai:{self._transport.address}#{known[0] if known else 'model'}",
                )
            self._model = known[0]
        return self._model

    def _unknown_model(self, error: Refusal) -> EngineError:
        try:
            known = self.models()
        except EngineError:
            return error
        if self._model in known:
            return error
        return EngineError(
            f"unknown model {self._model!r} at {self._transport.address}; known: {', '.join(known) or 'none'}"
        )

    def _heard(self, body: dict[str, Any], watch: Callable[[str], None]) -> Generation:
        """A streamed answer; one that breaks off after some text counts as cut."""
        body = body | {"stream": True, "stream_options": {"include_usage": True}}
        heard = _Heard(watch)
        try:
            for event in self._transport.listen("/chat/completions", body):
                heard.take(event)
        except Broken as error:
            if not heard.done and not heard.parts:
                raise
            heard.fault = "" if heard.done else error.message
        return heard.generation()


class _Heard:
    """What a stream has said so far."""

    def __init__(self, watch: Callable[[str], None]) -> None:
        self.watch = watch
        self.parts: list[str] = []
        self.usage: Any = None
        self.reason = ""
        self.fault = ""

    @property
    def done(self) -> bool:
        """Whether the server said why it stopped."""
        return bool(self.reason)

    def take(self, event: Any) -> None:
        """One event: a piece, a whole answer, or the usage at the end."""
        choice = _choice(event)
        piece = (choice.get("delta") or choice.get("message") or {}).get("content") or ""
        if not isinstance(piece, str):
            raise EngineError(f"expected a text in the stream, got {str(piece)[:100]!r}")
        self.reason = choice.get("finish_reason") or self.reason
        self.usage = event.get("usage") or self.usage
        if piece:
            self.parts.append(piece)
            self.watch(piece)

    def generation(self) -> Generation:
        """The whole of it."""
        cut = self.reason == "length" or bool(self.fault)
        return Generation(_whole_characters("".join(self.parts)), *_usage(self.usage), cut=cut, note=self.fault)


def _read(data: Any) -> Generation:
    choice = _choice(data)
    message = choice.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("content") or "", str):
        raise EngineError(
            f"expected an answer with choices[0].message.content, got {str(data)[:160]!r}", "is this a chat endpoint?"
        )
    return Generation(
        message.get("content") or "", *_usage(data.get("usage")), cut=choice.get("finish_reason") == "length"
    )


def _choice(data: Any) -> dict[str, Any]:
    """The first choice of an answer; empty for an event that has none, such as the usage at the end."""
    if isinstance(data, dict) and data.get("error"):
        inner = data["error"]
        words = inner.get("message", inner) if isinstance(inner, dict) else inner
        raise EngineError(f"the server gave up: {str(words)[:300]}")
    choices = data.get("choices") if isinstance(data, dict) else None
    if not isinstance(choices, list) or (choices and not isinstance(choices[0], dict)):
        raise EngineError(
            f"expected an answer with choices, got {str(data)[:160]!r}", "is this an OpenAI-compatible server?"
        )
    found: dict[str, Any] = choices[0] if choices else {}
    return found


def _whole_characters(text: str) -> str:
    """The text with halves of characters put together, or replaced where the other half is missing."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _usage(data: Any) -> tuple[int, int]:
    """Tokens written and tokens read; 0 where the server does not count."""
    counts = [data.get(name) if isinstance(data, dict) else 0 for name in ("completion_tokens", "prompt_tokens")]
    written, read = (count if isinstance(count, int) and not isinstance(count, bool) else 0 for count in counts)
    return written, read


def _asked(messages: tuple[Message, ...], constraint: Constraint | None) -> tuple[Message, ...]:
    """The conversation with the constraint in words, where the words of the prompt do not say it already."""
    words = in_words(constraint) if constraint else ""
    if not words or not messages:
        return messages
    last = messages[-1]
    return (*messages[:-1], Message(last.role, f"{last.content}\n\n{words}"))


def _with(found: Generation, **changes: Any) -> Generation:
    names = ("text", "tokens", "prompt_tokens", "seconds", "cut", "likelihoods", "note")
    return Generation(**{name: getattr(found, name) for name in names} | changes)


def _joined(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second


def make(rest: str, options: Mapping[str, Any]) -> Remote:
    """The engine of an address such as `http://127.0.0.1:8080/v1#model`.

    Without a model the server's only one is taken.

    Raises:
        EngineError: if the address is not one.
        BadFile: for an unknown option, a value out of range, or a key file that cannot be read.
    """
    settings: Settings = from_data(Settings, dict(options), "engine options")
    base, _, model = rest.partition("#")
    key = settings.key
    if settings.key_file:
        key = read_text(Path(settings.key_file)).strip().split("\n")[0].strip()
    if not (key.isascii() and key.isprintable()):
        raise BadFile(settings.key_file or "engine options", ["key: expected printable ASCII characters on one line"])
    patience = Patience(settings.connect_s, settings.read_s, settings.total_s, settings.retries, settings.first_wait_s)
    return Remote(Transport(Address.of(base), key, patience), model, settings)
