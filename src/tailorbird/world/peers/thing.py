"""A strict Thing over HTTP: it does exactly what its description says, and notes every request.

A property has a path for reading and one for writing with its method. Anything else is an error: another path 404,
another method 405, another content type 415, a value outside the schema 400. It would have been refused; whether the
program refused it before sending is what the record shows.

Covers: numbers within limits, read-only properties. Does not cover: actions, events, security.
"""

from __future__ import annotations

import json
import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST = 2000
"""Requests kept."""
LONGEST = 4096
"""Bytes of a body that are read."""


class Peer:
    """The Thing and its record."""

    def __init__(self) -> None:
        self._requests: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def start(self, script: dict[str, Any]) -> None:
        """Listen on the script's port with its properties."""
        self._properties = script["properties"]
        self._values = {name: item["value"] for name, item in self._properties.items()}
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5.0
            disable_nagle_algorithm = True
            wbufsize = -1

            def _take(self) -> None:
                length = self.headers.get("Content-Length") or "0"
                size = int(length) if length.isdigit() else 0
                body = self.rfile.read(min(size, LONGEST))
                kind = (self.headers.get("Content-Type") or "").split(";")[0].strip().lower()
                status, answer = peer.serve(self.command, self.path, kind, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                self.wfile.flush()

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _take

            def log_message(self, *words: Any) -> None:
                """Stay silent."""

        server = ThreadingHTTPServer(("127.0.0.1", int(script["port"])), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 60.0}, daemon=True).start()

    def record(self) -> dict[str, Any]:
        """Requests in order with the status they got, and the values at the end."""
        return {"requests": self._requests, "values": self._values}

    def serve(self, method: str, path: str, kind: str, body: bytes) -> tuple[int, Any]:
        """Status and answer of one request."""
        with self._lock:
            status, answer, name = self._answer(method, path, kind, body)
            if len(self._requests) < MOST:
                shown = path[:200].encode("ascii", "backslashreplace").decode()
                self._requests.append({"method": method, "path": shown, "status": status, "property": name})
            return status, answer

    def _answer(self, method: str, path: str, kind: str, body: bytes) -> tuple[int, Any, str]:
        known = False
        for name, item in self._properties.items():
            if path == item["read"] and method == "GET":
                return 200, self._values[name], name
            if path == item["write"] and method == item["method"]:
                return (*self._write(name, item, kind, body), name)
            known = known or path in (item["read"], item["write"])
        return (405, {"error": "method not allowed"}, "") if known else (404, {"error": "no such resource"}, "")

    def _write(self, name: str, item: dict[str, Any], kind: str, body: bytes) -> tuple[int, Any]:
        if item["read_only"]:
            return 405, {"error": "read only"}
        if kind != "application/json":
            return 415, {"error": "expected application/json"}
        try:
            value = json.loads(body)
        except ValueError:
            return 400, {"error": "expected a JSON value"}
        number = type(value) in (int, float) and math.isfinite(value)
        if not number or not item["minimum"] <= value <= item["maximum"] or (item["whole"] and value != int(value)):
            return 400, {"error": "outside the schema"}
        self._values[name] = value
        return 200, value
