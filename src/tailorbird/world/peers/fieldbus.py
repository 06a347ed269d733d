"""A Modbus device and an MQTT broker with an observer, in one peer, because a gateway talks to both.

A script names what it wants: `scans` starts a small strict Modbus server whose holding registers are the next scan at every read,
and which cuts the connection where the script says so; `broker` starts Mosquitto and an observer that subscribes to
everything with an own reader of MQTT 3.1.1, another implementation than any program's.

Covers: reads of holding and input registers, QoS 0 to 2, retained messages, last wills. Does not cover: TLS, writes.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

MOST = 5000
"""Events kept; a program that floods the peer cannot exhaust it."""

WAIT_S = 5.0
"""Longest wait for a server to listen."""


class Peer:
    """What the script asks for, and the record of it."""

    def __init__(self) -> None:
        self._parts: dict[str, Any] = {}

    def start(self, script: dict[str, Any]) -> None:
        """Start the devices, then the broker with its observer."""
        if "scans" in script:
            self._parts["modbus"] = Scans(script["scans"])
        if "broker" in script:
            self._parts["mqtt"] = Broker(script["broker"])

    def record(self) -> dict[str, Any]:
        """The record of each part, after what was under way has arrived."""
        return {name: part.record() for name, part in self._parts.items()}


def text(data: bytes, longest: int = 400) -> str:
    """Bytes as a text that any log can hold."""
    return data[:longest].decode("ascii", "backslashreplace").encode("ascii", "backslashreplace").decode()


class Scans:
    """A strict Modbus server whose block of holding registers is the next scan at every read.

    Args:
        script: `port`, `unit`, `address` of the block, `scans`: lists of words, `cuts`: numbers of scans before which
            the connection is closed without an answer.
    """

    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script
        self._reads = 0
        self._faults: list[str] = []
        self._connections = 0
        self._cuts = sorted(script["cuts"])
        self._listener = socket.create_server(("127.0.0.1", int(script["port"])))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            link, _ = self._listener.accept()
            self._connections += 1
            with link, contextlib.suppress(OSError, struct.error):
                link.settimeout(WAIT_S)
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        """Answer requests of one connection until it ends or is cut."""
        stream = link.makefile("rb")
        while len(head := stream.read(8)) == 8:
            number, _, length, unit, function = struct.unpack(">HHHBB", head)
            body = stream.read(max(0, min(length - 2, 260)))
            answer = self._answer(unit, function, body)
            if answer is None:
                return
            link.sendall(struct.pack(">HHHB", number, 0, len(answer) + 1, unit) + answer)

    def _answer(self, unit: int, function: int, body: bytes) -> bytes | None:
        """The next scan, an exception for what is not there, none where the connection is to be cut."""
        words = self._script["scans"]
        wanted = (self._script["unit"], 3, struct.pack(">HH", self._script["address"], len(words[0]) if words else 0))
        if (unit, function, body) != wanted or self._reads >= len(words):
            if len(self._faults) < MOST:
                self._faults.append(f"unit {unit}, function {function}, {body[:8].hex()}, after {self._reads} reads")
            return struct.pack(">BB", function | 0x80, 2)
        if self._cuts and self._reads == self._cuts[0]:
            self._cuts.pop(0)
            return None
        scan = words[self._reads]
        self._reads += 1
        return struct.pack(f">BB{len(scan)}H", 3, 2 * len(scan), *scan)

    def record(self) -> dict[str, Any]:
        """Scans that were read, requests that were refused, connections."""
        return {"reads": self._reads, "faults": self._faults, "connections": self._connections}


class Broker:
    """Mosquitto, and an observer that was there before the program.

    Args:
        script: `port`; `settle_s`, how long the record waits for a will after the program's end.
    """

    def __init__(self, script: dict[str, Any]) -> None:
        self._script = script
        self._port = int(script["port"])
        Path("mosquitto.conf").write_text(
            f"listener {self._port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n"
            "set_tcp_nodelay true\nsys_interval 0\nmax_inflight_messages 0\n",
            encoding="utf-8",
        )
        found = next(
            path
            for path in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto")
            if Path(path).exists()
        )
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([found, "-c", "mosquitto.conf"], stdin=quiet, stdout=quiet, stderr=quiet)
        self._events: list[dict[str, Any]] = []
        self._observer = Observer(self._port, "observer", self._events)

    def record(self) -> dict[str, Any]:
        """Messages as they were forwarded, and what the broker keeps for a later subscriber."""
        time.sleep(float(self._script.get("settle_s", 0.0)))
        self._observer.ping()
        kept: list[dict[str, Any]] = []
        late = Observer(self._port, "late", kept)
        late.ping()
        return {"messages": list(self._events), "retained": list(kept)}


class Observer:
    """A subscriber to everything with QoS 2, speaking MQTT 3.1.1 by itself.

    Args:
        port: of the broker.
        name: client identifier.
        events: messages are added here: topic, payload, qos, retain, time in s since the start.
    """

    def __init__(self, port: int, name: str, events: list[dict[str, Any]]) -> None:
        self._events = events
        self._answers: dict[int, threading.Event] = {
            0x20: threading.Event(),
            0x90: threading.Event(),
            0xD0: threading.Event(),
        }
        self._link = self._connect(port)
        self._began = time.monotonic()
        threading.Thread(target=self._listen, daemon=True).start()
        identity = name.encode()
        self._send(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack(">H", len(identity)) + identity)
        self._await(0x20)
        self._send(0x82, b"\x00\x01\x00\x01#\x02")
        self._await(0x90)

    @staticmethod
    def _connect(port: int) -> socket.socket:
        until = time.monotonic() + WAIT_S
        while True:
            try:
                link = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return link
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.002)

    def _send(self, kind: int, body: bytes) -> None:
        self._link.sendall(bytes((kind, len(body))) + body)

    def _await(self, kind: int) -> None:
        if not self._answers[kind].wait(WAIT_S):
            raise RuntimeError(f"the broker did not answer with {kind:#x}")

    def ping(self) -> None:
        """Wait until the broker has answered; everything it sent before has then arrived."""
        for _ in range(2):
            self._answers[0xD0].clear()
            self._send(0xC0, b"")
            self._await(0xD0)

    def _listen(self) -> None:
        stream = self._link.makefile("rb")
        self._link.settimeout(None)
        with contextlib.suppress(OSError, ValueError, IndexError, struct.error):
            while head := stream.read(1):
                length = shift = 0
                while True:
                    part = stream.read(1)[0]
                    length |= (part & 0x7F) << shift
                    shift += 7
                    if part < 0x80:
                        break
                self._take(head[0], stream.read(length))

    def _take(self, head: int, body: bytes) -> None:
        kind = head & 0xF0
        if kind in self._answers:
            self._answers[kind].set()
        elif kind == 0x60:
            self._send(0x70, body[:2])
        elif kind == 0x30:
            size, qos = struct.unpack(">H", body[:2])[0], head >> 1 & 3
            topic, rest = body[2 : 2 + size], body[2 + size :]
            if qos:
                self._send(0x40 if qos == 1 else 0x50, rest[:2])
                rest = rest[2:]
            if len(self._events) < MOST:
                now = time.monotonic() - self._began
                event = {
                    "topic": text(topic),
                    "payload": text(rest),
                    "qos": qos,
                    "retain": bool(head & 1),
                    "time_s": now,
                }
                self._events.append(event)
