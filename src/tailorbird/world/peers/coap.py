"""A strict CoAP server with one observable resource, and every trouble that RFC 7641 prepares a client for.

A script is a list of events that are played once the resource is observed: `value` sends a confirmable notification and
waits for its acknowledgement, `stale` an older state with an older sequence number, `again` the last datagram a second
time, `error` a 5.03 that ends the observation, `end` a last notification. After an error, or after a reset, the
next state is given to the next registration. A GET without Observe gets the present state and moves nothing.

Covers: one client at a time, text payloads, sequence numbers that wrap. Does not cover: blocks, DTLS, other methods.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from typing import Any

ACK_S = 0.5
"""Wait for an acknowledgement before a notification is sent again."""
TRIES = 4
MOST = 2000
GET, CONTENT, NOT_FOUND, UNAVAILABLE, BAD_OPTION = 0x01, 0x45, 0x84, 0xA3, 0x82
CONFIRMABLE, PLAIN, ACKNOWLEDGEMENT, RESET = 0, 1, 2, 3


class Peer:
    """The server and its record."""

    def __init__(self) -> None:
        self._registrations = self._polls = self._foreign = self._resets = self._delivered = 0
        self._done = False
        self._observer: tuple[Any, bytes] | None = None
        self._last = b""

    def start(self, script: dict[str, Any]) -> None:
        """Listen on the script's UDP port."""
        self._script = script
        self._path = [part.encode() for part in script["path"].strip("/").split("/")]
        self._sequence = int(script["sequence"])
        self._events = list(script["events"])
        self._present = ""
        self._number = 1000
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", int(script["port"])))
        threading.Thread(target=self._serve, daemon=True).start()

    def record(self) -> dict[str, Any]:
        """Registrations, polls, resets, requests that were no such GET, delivered events, whether all were."""
        until = time.monotonic() + ACK_S
        while self._observer is not None and not self._done and time.monotonic() < until:
            time.sleep(0.002)
        return {
            "registrations": self._registrations, "polls": self._polls, "resets": self._resets,
            "foreign": self._foreign, "delivered": self._delivered, "done": self._done,
        }  # fmt: skip

    def _serve(self) -> None:
        while True:
            if self._observer is None or self._done:
                self._receive(None)
            else:
                self._play()

    def _play(self) -> None:
        """The next event."""
        if not self._events:
            self._done = True
            return
        event = self._events[0]
        kind = event["kind"]
        if kind == "again":
            self._send(self._last)
        elif kind == "stale":
            self._notify(PLAIN, CONTENT, event["payload"], (self._sequence - int(event["back"])) & 0xFFFFFF)
        elif kind == "error":
            if not self._confirmed(UNAVAILABLE, "", None):
                return
            self._observer = None
        else:
            self._sequence = (self._sequence + int(event.get("step", 1))) & 0xFFFFFF
            self._present = event["payload"]
            if not self._confirmed(CONTENT, event["payload"], self._sequence):
                return
        self._events.pop(0)
        self._delivered += 1

    def _confirmed(self, code: int, payload: str, sequence: int | None) -> bool:
        """Send a confirmable notification until it is acknowledged; False when the client is gone."""
        data, number = self._notification(CONFIRMABLE, code, payload, sequence)
        for _ in range(TRIES):
            self._last = data
            self._send(data)
            until = time.monotonic() + ACK_S
            while (left := until - time.monotonic()) > 0:
                if self._receive(left) == number:
                    return True
                if self._observer is None:
                    return False
        self._observer = None
        return False

    def _notify(self, kind: int, code: int, payload: str, sequence: int) -> None:
        self._send(self._notification(kind, code, payload, sequence)[0])

    def _notification(self, kind: int, code: int, payload: str, sequence: int | None) -> tuple[bytes, int]:
        assert self._observer is not None, "a notification needs an observer"
        self._number = (self._number + 1) & 0xFFFF
        return _message(kind, code, self._number, self._observer[1], payload, sequence), self._number

    def _send(self, data: bytes) -> None:
        if self._observer is not None:
            self._socket.sendto(data, self._observer[0])

    def _receive(self, timeout: float | None) -> int | None:
        """Handle one datagram; the number of an acknowledged message."""
        self._socket.settimeout(timeout)
        try:
            data, address = self._socket.recvfrom(2048)
        except OSError:
            return None
        try:
            kind, code, number, token, options = _parse(data)
        except (IndexError, ValueError, struct.error):
            self._foreign += self._foreign < MOST
            return None
        if code == 0:
            if kind == RESET:
                self._resets += self._resets < MOST
                self._observer = None
            elif kind == CONFIRMABLE:
                self._socket.sendto(struct.pack(">BBH", 0x70, 0, number), address)
            return number if kind == ACKNOWLEDGEMENT else None
        self._request(code, number, token, options, address, kind)
        return None

    def _request(
        self, code: int, number: int, token: bytes, options: list[tuple[int, bytes]], address: Any, kind: int
    ) -> None:
        """Answer a GET on the resource: a registration, an end of one, or a poll."""
        observe = next((value for key, value in options if key == 6), None)
        answer_kind = ACKNOWLEDGEMENT if kind == CONFIRMABLE else PLAIN
        if code != GET or [value for key, value in options if key == 11] != self._path:
            self._foreign += self._foreign < MOST
            self._socket.sendto(_message(answer_kind, NOT_FOUND, number, token, "", None), address)
            return
        if observe is not None and not int.from_bytes(observe, "big"):
            self._registrations += self._registrations < MOST
            if self._events and self._events[0]["kind"] in ("value", "end"):
                self._present = self._events.pop(0)["payload"]
                self._delivered += 1
                self._sequence = (self._sequence + 1) & 0xFFFFFF
            self._observer = (address, token)
            self._last = _message(answer_kind, CONTENT, number, token, self._present, self._sequence)
            self._socket.sendto(self._last, address)
            return
        if observe is not None:
            self._observer = None
        self._polls += observe is None and self._polls < MOST
        present = self._present or self._script["events"][0]["payload"]
        self._socket.sendto(_message(answer_kind, CONTENT, number, token, present, None), address)


def _message(kind: int, code: int, number: int, token: bytes, payload: str, sequence: int | None) -> bytes:
    """A datagram; options Observe (6) and Content-Format (12), text."""
    head = struct.pack(">BBH", 0x40 | kind << 4 | len(token), code, number) + token
    options = b""
    before = 0
    if sequence is not None:
        body = sequence.to_bytes(3, "big").lstrip(b"\0")
        options += bytes((6 << 4 | len(body),)) + body
        before = 6
    if code == CONTENT:
        options += bytes(((12 - before) << 4,))
    return head + options + (b"\xff" + payload.encode() if payload else b"")


def _parse(data: bytes) -> tuple[int, int, int, bytes, list[tuple[int, bytes]]]:
    """Type, code, message number, token and options of a datagram.

    Raises:
        ValueError, IndexError, struct.error: if it is no CoAP message.
    """
    first, code, number = struct.unpack(">BBH", data[:4])
    if first >> 6 != 1 or first & 15 > 8:
        raise ValueError("no CoAP message")
    at = 4 + (first & 15)
    token, options, option = data[4:at], [], 0
    while at < len(data) and data[at] != 0xFF:
        delta, size = data[at] >> 4, data[at] & 15
        at += 1
        parts = []
        for part in (delta, size):
            if part == 13:
                part, at = 13 + data[at], at + 1
            elif part == 14:
                part, at = 269 + int.from_bytes(data[at : at + 2], "big"), at + 2
            elif part == 15:
                raise ValueError("reserved option length")
            parts.append(part)
        option += parts[0]
        options.append((option, data[at : at + parts[1]]))
        at += parts[1]
    return first >> 4 & 3, code, number, token, options
