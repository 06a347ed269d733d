"""The program walk through an OpenAI-compatible endpoint on loopback: same pipeline, another engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tailorbird import assemble
from tailorbird.core.attempt import Request
from tailorbird.core.example import Message
from tailorbird.core.protocols import Engine, Roles

MODEL = "known-examples"


class Endpoint(BaseHTTPRequestHandler):
    """Speaks the chat protocol; what it says comes from the retrieval baseline."""

    engine: Engine
    seen: list[dict[str, Any]]

    def do_GET(self) -> None:
        self._send({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append(body)
        messages = tuple(Message(item["role"], item["content"]) for item in body["messages"])
        text = self.engine.generate(messages).text
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 7, "completion_tokens": len(text) // 4}
        if body.get("stream"):
            self._stream(text, usage)
        else:
            self._send({"id": "1", "object": "chat.completion", "model": MODEL, "choices": [choice], "usage": usage})

    def _stream(self, text: str, usage: dict[str, int]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for start in range(0, len(text), 40):
            part = {"choices": [{"index": 0, "delta": {"content": text[start : start + 40]}, "finish_reason": None}]}
            self.wfile.write(f"data: {json.dumps(part)}\n\n".encode())
        last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}
        self.wfile.write(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())

    def _send(self, data: dict[str, Any]) -> None:
        raw = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    seen: list[dict[str, Any]] = []
    handler = type("Known", (Endpoint,), {"engine": assemble.engine("nearest"), "seen": seen})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"openai:http://127.0.0.1:{server.server_port}/v1#{MODEL}", seen
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_endpoint_takes_every_seat_of_the_program_walk(
    endpoint: tuple[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    address, seen = endpoint
    family = assemble.domain("iot").families["T001"]
    instance = family.generate(3, "nominal")
    path = tmp_path / instance.path
    path.write_bytes(instance.visible[instance.path])
    pack = assemble.domain("iot")
    world = assemble.programs(pack)
    try:
        engine = assemble.engine(address)
        attempt = assemble.solver(pack)(
            Request("Find the R-peaks in ecg.csv and print the heart rate.", files={path.name: str(path)}),
            Roles.of(engine),
            world,
        )
    finally:
        world.close()
    assert attempt.outcome is not None
    assert family.judge(instance.truth, attempt.outcome.result).passed
    assert attempt.tokens > 0
    assert seen
    assert all(body["model"] == MODEL for body in seen)
    assert not any("ecg.csv" in json.dumps(body) and str(tmp_path) in json.dumps(body) for body in seen)
