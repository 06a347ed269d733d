"""Asking one HTTP server for JSON, with time-outs, bounded retries and server-sent events; standard library only.

Only the host of the base address is contacted: no proxy from the environment, no redirect is followed. A key is sent as
a bearer token, never shown: messages are masked.

Covers: HTTP/1.1 with and without TLS; events as in the HTML standard, section 9.2 (data lines only). Does not cover:
connection reuse, HTTP/2, asynchronous use.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tailorbird.core.errors import EngineError

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be better a moment later."""

BIGGEST = 64 << 20
"""Bytes of the largest answer that is read."""

LONGEST_WAIT_S = 60.0
"""Most seconds a server may ask us to wait before the next try."""


@dataclass(frozen=True)
class Address:
    """A server, as `http://host:port/v1` names it."""

    secure: bool
    host: str
    port: int
    path: str
    """Without a slash at its end; `/v1` when none was given."""

    @staticmethod
    def of(text: str) -> Address:
        """The address of a text.

        Raises:
            EngineError: if it is not http or https with a host, or holds a user or a query.
        """
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.query:
            shown = text.rpartition("@")[2][:100]
            raise EngineError(
                f"expected an address such as http://127.0.0.1:8080/v1, got {shown!r}", "a key goes into a file"
            )
        secure = parts.scheme == "https"
        return Address(secure, parts.hostname, port or (443 if secure else 80), parts.path.rstrip("/") or "/v1")

    def __str__(self) -> str:
        """The address as people write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}:{self.port}{self.path}"


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try."""

    connect_s: float = 5.0
    read_s: float = 300.0
    """Longest silence of the server; without streaming that is the whole answer."""
    total_s: float = 1800.0
    """Longest whole answer."""
    retries: int = 3
    """Further tries after refused connections, 429 and server errors."""
    first_wait_s: float = 0.5
    """Seconds before the first further try; doubled each time."""


class Refusal(EngineError):
    """An HTTP answer that is no success."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        """The HTTP status."""


class Broken(EngineError):
    """The answer ended before it was whole."""


@dataclass
class Transport:
    """One server and how to speak to it."""

    address: Address
    key: str = field(default="", repr=False)
    patience: Patience = Patience()
    retried: frozenset[int] = RETRIED
    sleep: Callable[[float], None] = time.sleep

    def ask(self, path: str, body: Any = None) -> Any:
        """The decoded JSON answer: a GET without body, else a POST.

        Raises:
            EngineError: if the server cannot be reached, refuses, or answers something else than JSON.
        """
        with self._answer(path, body) as (answer, deadline):
            return self._json(path, _whole(answer, deadline, self))

    def listen(self, path: str, body: Any) -> Iterator[Any]:
        """The decoded events of a streaming answer; a plain JSON answer is one event.

        Raises:
            EngineError: as `ask`; `Broken` if the stream ends in the middle.
        """
        with self._answer(path, body) as (answer, deadline):
            if "event-stream" not in answer.headers.get("Content-Type", ""):
                yield self._json(path, _whole(answer, deadline, self))
                return
            for data in _events(answer, deadline, self):
                if data == "[DONE]":
                    return
                yield self._json(path, data)
            raise Broken(f"{self.address}: the stream ended before it was done")

    def mask(self, text: str) -> str:
        """A text without the key."""
        return text.replace(self.key, "***") if self.key else text

    @contextlib.contextmanager
    def _answer(self, path: str, body: Any) -> Iterator[tuple[http.client.HTTPResponse, float]]:
        """An open successful answer and the moment by which it must be whole."""
        for number in range(self.patience.retries + 1):
            last = number == self.patience.retries
            connection = self._connection()
            try:
                answer = self._send(connection, path, body)
                if answer.status < 300:
                    yield answer, time.monotonic() + self.patience.total_s
                    return
                refusal = self._refusal(path, answer)
                if last or answer.status not in self.retried:
                    raise refusal
                wait = _asked_wait(answer.headers.get("Retry-After", ""))
            except _Unreachable as error:
                if last or not error.again:
                    raise EngineError(error.message, error.hint) from None
                wait = None
            finally:
                connection.close()
            usual = self.patience.first_wait_s * 2**number
            self.sleep(min(usual if wait is None else wait, LONGEST_WAIT_S))

    def _connection(self) -> http.client.HTTPConnection:
        there, limit = self.address, self.patience.connect_s
        if there.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(there.host, there.port, timeout=limit, context=context)
        return http.client.HTTPConnection(there.host, there.port, timeout=limit)

    def _send(self, connection: http.client.HTTPConnection, path: str, body: Any) -> http.client.HTTPResponse:
        headers = {"Accept": "application/json, text/event-stream", "User-Agent": "tailorbird"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        data = None if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.connect()
        except OSError as error:
            raise _Unreachable(self, error) from None
        try:
            connection.sock.settimeout(self.patience.read_s)
            connection.request("GET" if data is None else "POST", self.address.path + path, data, headers)
            return connection.getresponse()
        except TimeoutError:
            raise self._silent() from None
        except (OSError, http.client.HTTPException) as error:
            raise _Unreachable(self, error) from None

    def _silent(self) -> EngineError:
        limit = f"{self.patience.read_s:g} s"
        return EngineError(f"{self.address}: no answer within {limit}", "raise read_s, or ask for fewer tokens")

    def _refusal(self, path: str, answer: http.client.HTTPResponse) -> Refusal:
        status = answer.status
        said = self.mask(_said(answer))
        hints = {
            401: "give the key with key_file", 403: "the key may not do this", 429: "the server is busy or the quota is used up",
            404: "is the address right? it usually ends in /v1",
        }  # fmt: skip
        hint = hints.get(status, "a redirect is not followed" if 300 <= status < 400 else "")
        return Refusal(
            status, f"{self.address}{path}: expected an answer, got status {status}{': ' if said else ''}{said}", hint
        )

    def _json(self, path: str, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            shown = self.mask(" ".join(text[:120].split()))
            raise EngineError(
                f"{self.address}{path}: expected JSON, got {shown!r}", "is this an OpenAI-compatible server?"
            ) from None


class _Unreachable(EngineError):
    """No connection, or one that broke before the answer began."""

    def __init__(self, there: Transport, error: Exception) -> None:
        address = there.address
        reasons: list[tuple[type | tuple[type, ...], str]] = [
            (ConnectionRefusedError, "the connection was refused"),
            (ssl.SSLError, f"the encrypted connection failed: {error}"),
            (socket.gaierror, f"the host {address.host} is not known"),
            (TimeoutError, f"no connection within {there.patience.connect_s:g} s"),
            ((ConnectionError, http.client.HTTPException), "the connection broke before an answer came"),
        ]
        reason = next((text for kind, text in reasons if isinstance(error, kind)), str(error))
        super().__init__(f"{address}: {there.mask(reason)}", f"is the server running at {address}?")
        self.again = not isinstance(error, ssl.SSLError | socket.gaierror)
        """Whether another try may help."""


def _whole(answer: http.client.HTTPResponse, deadline: float, there: Transport) -> str:
    parts, size = [], 0
    try:
        while part := answer.read1(1 << 16):
            parts.append(part)
            size += len(part)
            if size > BIGGEST or time.monotonic() > deadline:
                raise EngineError(
                    f"{there.address}: the answer is too long",
                    f"at most {BIGGEST >> 20} MiB and total_s seconds are read",
                )
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
    except TimeoutError:
        raise there._silent() from None
    except (OSError, http.client.HTTPException):
        raise Broken(f"{there.address}: the answer ended before it was whole") from None
    return b"".join(parts).decode(errors="replace")


def _events(answer: http.client.HTTPResponse, deadline: float, there: Transport) -> Iterator[str]:
    """The data of each event; an event without its closing blank line is dropped, as the standard says."""
    data: list[str] = []
    size = 0
    try:
        while raw := answer.readline(BIGGEST):
            size += len(raw)
            if size > BIGGEST or time.monotonic() > deadline:
                raise Broken(f"{there.address}: the stream is too long")
            line = raw.decode(errors="replace").rstrip("\r\n")
            if line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif not line and data:
                yield "\n".join(data)
                data = []
    except TimeoutError:
        raise Broken(f"{there.address}: the stream was silent for {there.patience.read_s:g} s") from None
    except (OSError, http.client.HTTPException):
        raise Broken(f"{there.address}: the stream broke off") from None


def _said(answer: http.client.HTTPResponse) -> str:
    """The words of an error answer, at most 300 characters."""
    try:
        text = answer.read(1 << 16).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return ""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return " ".join(text.split())[:300]
    inner = data.get("error", data) if isinstance(data, dict) else data
    words = inner.get("message", inner) if isinstance(inner, dict) else inner
    return " ".join(str(words).split())[:300]


def _asked_wait(text: str) -> float | None:
    """Seconds of a Retry-After header: a number or a date; `None` when there is none."""
    with contextlib.suppress(ValueError):
        return max(0.0, float(text))
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
