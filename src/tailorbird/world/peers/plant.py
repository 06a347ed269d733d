"""A plant on a virtual clock: it sends one reading, waits for the answer, and only then goes on.

Two kinds of script. `readings`: a list of objects that are sent in turn. `system`: a linear plant
x[k+1] = A x[k] + B u[k] + d[k] with reading y[k] = C x[k] + n[k], rounded to the sensor's step, whose next state depends
on the answer u[k], held within its limits. Lines of JSON over TCP; `{"end": true}` ends the run.

Covers: one run over one connection. Does not cover: real time; nothing here waits but for the program.
"""

from __future__ import annotations

import json
import math
import socket
import threading
from typing import Any

LONGEST = 4096
"""Bytes of an answer."""


class Peer:
    """The plant and its record."""

    def __init__(self) -> None:
        self._answers: list[Any] = []
        self._outputs: list[float] = []
        self._fault = ""
        self._done = False
        self._connections = 0

    def start(self, script: dict[str, Any]) -> None:
        """Listen on the script's port; the run begins when the program connects."""
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", int(script["port"])))
        threading.Thread(target=self._serve, daemon=True).start()

    def record(self) -> dict[str, Any]:
        """Answers in order, true outputs of a system before each, whether the run came to its end, connections made."""
        return {
            "answers": self._answers, "outputs": self._outputs, "done": self._done, "fault": self._fault,
            "connections": self._connections,
        }  # fmt: skip

    def _serve(self) -> None:
        while True:
            link, _ = self._listener.accept()
            self._connections += 1
            with link:
                if self._connections > 1:
                    continue
                link.settimeout(float(self._script.get("patience_s", 5.0)))
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    self._run(link)
                except (OSError, ValueError) as error:
                    self._fault = f"{type(error).__name__}: {error}".encode("ascii", "backslashreplace").decode()[:200]

    def _run(self, link: socket.socket) -> None:
        lines = link.makefile("rb")
        if "readings" in self._script:
            for reading in self._script["readings"]:
                self._answers.append(self._ask(link, lines, reading))
        else:
            self._close_loop(link, lines, self._script["system"])
        # Before the last line is sent: the program may be gone, and the record asked for, right after it.
        self._done = True
        link.sendall(b'{"end": true}\n')

    def _ask(self, link: socket.socket, lines: Any, reading: dict[str, Any]) -> float:
        """Send a reading; the number or truth value of the answer, as a number."""
        link.sendall(json.dumps(reading).encode() + b"\n")
        line = lines.readline(LONGEST)
        if not line.endswith(b"\n"):
            raise ValueError(f"expected one line as answer to reading {len(self._answers)}, got {line[:60]!r}")
        answer = json.loads(line)
        key, kind = self._script["answer"], self._script["kind"]
        if not isinstance(answer, dict) or list(answer) != [key]:
            raise ValueError(f"expected an object with the key {key!r}, got {line[:60]!r}")
        value = answer[key]
        fits = isinstance(value, bool) if kind == "bool" else type(value) in (int, float) and math.isfinite(value)
        if not fits:
            raise ValueError(f"expected a {kind} as {key!r}, got {line[:60]!r}")
        return float(value)

    def _close_loop(self, link: socket.socket, lines: Any, system: dict[str, Any]) -> None:
        """Let each answer move the plant."""
        state = [float(value) for value in system["x0"]]
        low, high = system["limits"]
        for index, (drive, noise) in enumerate(zip(system["drive"], system["noise"], strict=True)):
            output = sum(c * x for c, x in zip(system["c"], state, strict=True))
            self._outputs.append(output)
            seen = round(round((output + noise) / system["step"]) * system["step"], 6)
            reading = {"time_s": index * system["period_s"], system["reading"]: seen}
            answer = self._ask(link, lines, reading)
            self._answers.append(answer)
            held = min(high, max(low, answer)) * system.get("unit", 1.0)
            state = [
                sum(a * x for a, x in zip(row, state, strict=True)) + b * held + d
                for row, b, d in zip(system["a"], system["b"], drive, strict=True)
            ]
