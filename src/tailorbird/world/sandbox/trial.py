"""One job on a warm server, seen from the judge.

Covers: the order of frames, the outputs, the limits, the verdict on how the job ended. Does not cover: whether its
answers are right. Nothing that a program does raises here; only a lost server does, as status `infra`.
"""

# ruff: noqa: PTH123
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from . import channel, watch
from .collect import collect
from .confine import LEVEL_NAMESPACES
from .decode import DecodeError
from .ending import Said, Seen, judge
from .job import Invoke, Job, Report, Status
from .meter import POLL_SECONDS, Meter
from .servers import Server, remove
from .trees import children, end_below

_SETUP_SECONDS = 30.0
_IN, _GONE = select.POLLIN, select.POLLHUP | select.POLLERR


class Trial:
    """A running job.

    Args:
        server: where it runs.
        job: what runs.
        beside: process descriptor of another job of the same server whose network it shares; -1 for one of its own.
    """

    def __init__(self, server: Server, job: Job, beside: int = -1) -> None:
        self._server, self._job, self._limits = server, job, job.limits
        self._beside = beside
        self._said, self._seen = Said(), Seen()
        self._outputs = {"stdout": bytearray(), "stderr": bytearray()}
        self._begun = time.monotonic()
        self._deadline = self._begun + _SETUP_SECONDS
        self._next_look = self._begun + POLL_SECONDS
        self._warm: dict[str, Any] | None = None
        self._pidfd = self._pid = -1
        self._meter: Meter | None = None
        self._mounted = server.backend.level == LEVEL_NAMESPACES
        self._folders: list[int] = []
        self._pending = b""
        self._stream = channel.Stream(self._limits.result_bytes + (1 << 16))
        self._names: dict[int, str] = {}
        self._poll = select.poll()
        self._open()

    def _open(self) -> None:
        """Make the sockets and pipes, hand the job over, queue the program."""
        self._calls, inner = socket.socketpair()
        self._watch, inner_watch = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pipes = {name: os.pipe2(os.O_CLOEXEC) for name in self._outputs}
        self._names = {pipes[name][0]: name for name in pipes}
        limits = self._limits
        plan = {
            "network": self._job.network, "cpu_s": limits.cpu_s, "disk_mb": limits.disk_mb, "tmp_mb": limits.tmp_mb,
            "shm_mb": limits.shm_mb, "processes": limits.processes, "open_files": limits.open_files,
            "joined": self._beside >= 0,
        }  # fmt: skip
        given = [inner.fileno(), pipes["stdout"][1], pipes["stderr"][1], inner_watch.fileno()]
        given += [self._beside] if self._beside >= 0 else []
        try:
            self._folder: Path | None = self._server.submit(plan, given)
        except OSError as error:
            self._folder, self._server.lost = None, True
            self._seen.reason, self._seen.why, self._seen.ended = "infra", f"the server is gone: {error}", True
        finally:
            inner.close()
            inner_watch.close()
            for _, writing in pipes.values():
                os.close(writing)
        self._calls.setblocking(False)
        for reading in self._names:
            os.set_blocking(reading, False)
            self._poll.register(reading, _IN)
        self._poll.register(self._watch, _IN)
        self._poll.register(self._calls, _IN)
        self._queue(self._program())

    def _program(self) -> bytes:
        job = self._job
        blobs = [job.source.encode("utf-8", "surrogatepass"), job.stdin, *job.files.values()]
        fields = {"mode": job.mode, "entry": job.entry, "argv": list(job.argv), "files": list(job.files)}
        return channel.pack("program", fields, blobs)

    @property
    def over(self) -> bool:
        """Whether the job has ended or is being ended."""
        return self._seen.ended or self._seen.reason is not None or self._said.fault is not None or self._said.no_entry

    @property
    def process(self) -> int:
        """Process descriptor of the job, -1 while it is not known."""
        return self._pidfd

    def load(self) -> None:
        """Wait until the program is imported, or in mode `script` until it has its walls."""
        while not self.over and not (self._said.loaded or (self._job.mode == "script" and self._warm is not None)):
            self.step()

    def call(self, invoke: Invoke) -> None:
        """Send one call and wait for its value, or for the job's end.

        Raises:
            TypeError: if an argument is of a type that is not carried.
        """
        number = len(self._said.values)
        fields = {"i": number, "method": invoke.method, "seed": invoke.seed}
        data = channel.pack_value("call", fields, invoke.args, strict=True)
        self._said.asked = number
        self._queue(data)
        while not self.over and len(self._said.values) == number:
            self.step()

    @property
    def last(self) -> object:
        """The value last received."""
        return self._said.values[-1]

    @property
    def answered(self) -> int:
        """How many calls have a value."""
        return len(self._said.values)

    def finish(self) -> Report:
        """Let the job end, or end it; what it came to."""
        if self._job.mode == "call" and not self._seen.ended:
            self._pending = b"" if self.over else self._pending
            with contextlib.suppress(OSError):
                self._calls.shutdown(socket.SHUT_WR)
        while not self._seen.ended:
            self.step()
        try:
            self._drain()
            return self._report()
        finally:
            self._close()

    def abandon(self) -> None:
        """Kill the job, whatever it is doing."""
        self._end("infra", "the judge gave the job up")
        self.finish()

    def _queue(self, data: bytes) -> None:
        self._pending += data
        self._flush()

    def _flush(self) -> None:
        try:
            while self._pending:
                self._pending = self._pending[self._calls.send(self._pending[: 1 << 18]) :]
        except BlockingIOError:
            pass
        except OSError:
            self._pending = b""
        with contextlib.suppress(ValueError, KeyError, OSError):
            self._poll.modify(self._calls, _IN | (select.POLLOUT if self._pending else 0))

    def step(self, longest: float = 1.0) -> None:
        """Wait for the next event at most `longest` seconds, handle it, look at the limits."""
        now = time.monotonic()
        wait = min(longest, max(0.0, min(self._next_look, self._deadline) - now))
        for descriptor, event in self._poll.poll(wait * 1000):
            if descriptor == self._watch.fileno():
                self._hear()
            elif descriptor in self._names:
                self._read(descriptor)
            else:
                if event & select.POLLOUT:
                    self._flush()
                if event & (_IN | _GONE):
                    self._listen()
        now = time.monotonic()
        if now >= self._deadline and not self._seen.ended:
            self._expire()
        if now >= self._next_look and self._meter is not None and not self._seen.ended:
            self._look()

    def _expire(self) -> None:
        """The deadline has passed: of the set-up, of the program, or of a kill."""
        if self._seen.reason is not None or self._warm is None:
            if self._seen.reason is None:
                self._end("infra", "the job's set-up did not finish")
            self._seen.ended = self._server.lost = True
            self._server.close()
        else:
            self._end("wall", f"ran longer than {self._limits.wall:g} s")

    def _end(self, reason: Status, why: str) -> None:
        """Kill the job for a reason; the first reason stays."""
        if self._seen.reason is None:
            self._seen.reason, self._seen.why = reason, why
            self._deadline = time.monotonic() + _SETUP_SECONDS
            self._kill()

    def _kill(self) -> None:
        """End the job; without a namespace its other processes would go on until the server's sweep."""
        if not self._mounted:
            end_below(self._server.pid)
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _hear(self) -> None:
        """A message of the trusted server."""
        data, descriptors, _, _ = socket.recv_fds(self._watch, 1 << 15, 4)
        if not data:
            self._poll.unregister(self._watch)
            self._seen.ended = self._server.lost = True
            if self._seen.reason is None:
                self._seen.reason, self._seen.why = "infra", "the server ended"
            return
        message = json.loads(data)
        if message["t"] == "started":
            self._pidfd = descriptors[0]
            self._pid = _process_number(self._pidfd)
            if self._seen.reason is not None:
                self._kill()
        else:
            self._seen.ended, self._seen.code = True, int(message["code"])
            warm = self._warm or {"pages": 0, "cpu_s": 0.0}
            self._seen.cpu_s = max(self._seen.cpu_s, float(message["cpu_s"]) - warm["cpu_s"])
            above = message["maxrss_kb"] / 1024 - warm["pages"] * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
            self._seen.memory_mb = max(self._seen.memory_mb, above)

    def _read(self, descriptor: int) -> None:
        """Some output; beyond the limit the job is ended."""
        try:
            data = os.read(descriptor, 1 << 18)
        except BlockingIOError:
            return
        if not data:
            self._poll.unregister(descriptor)
            os.close(descriptor)
            del self._names[descriptor]
            return
        name = self._names[descriptor]
        kept = self._outputs[name]
        kept += data[: self._limits.output_bytes - len(kept)]
        if len(kept) + len(data) > self._limits.output_bytes and len(kept) >= self._limits.output_bytes:
            self._end("output", f"wrote more than {self._limits.output_bytes} bytes to {name}")

    def _listen(self) -> None:
        """Frames of the job; the first is the trusted shim's and brings the folders."""
        try:
            if self._warm is None:
                data, self._folders, _, _ = socket.recv_fds(self._calls, 1 << 18, 4)
            else:
                data = self._calls.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            with contextlib.suppress(KeyError, ValueError):
                self._poll.unregister(self._calls)
            return
        try:
            for frame in self._stream.feed(data):
                self._understand(frame)
        except DecodeError as error:
            self._end("protocol", str(error))

    def _understand(self, frame: channel.Frame) -> None:
        if not self._seen.ready:
            self._begin(frame)
        elif self._said.fault is not None or self._said.no_entry:
            raise DecodeError("a frame after the end")
        elif frame.kind == "raised":
            self._said.take_fault(frame.head)
        elif self._job.mode == "script":
            raise DecodeError("a script has nothing to say")
        elif frame.kind in ("loaded", "no_entry") and not self._said.loaded:
            self._said.loaded, self._said.no_entry = frame.kind == "loaded", frame.kind == "no_entry"
        elif frame.kind == "value" and self._said.asked is not None and frame.head.get("i") == self._said.asked:
            self._said.values.append(frame.value())
            self._said.asked = None
        else:
            raise DecodeError("a frame that was not asked for")

    def _begin(self, frame: channel.Frame) -> None:
        """The walls stand: note the warm share and start the clocks."""
        if frame.kind != "ready":
            self._end("infra", str(frame.head.get("why", "set-up failed")))
            return
        self._warm, self._seen.ready = frame.head, True
        now = time.monotonic()
        self._begun, self._deadline = now, now + self._limits.wall
        self._next_look = now + POLL_SECONDS
        self._meter = Meter(self._roots, frame.head, tuple(self._folders), self._limits, self._mounted)

    def _roots(self) -> list[int]:
        """Host numbers of the processes that the job's tree grows from."""
        if not self._mounted:
            return children(self._server.pid)
        return [self._pid] if self._pid > 0 else []

    def _look(self) -> None:
        """Compare the tree with its limits."""
        assert self._meter is not None, "no look before the walls stand"
        broken = self._meter.look(self._seen)
        if broken is not None:
            self._end(*broken)
        self._next_look = time.monotonic() + self._meter.rest

    def _drain(self) -> None:
        """Take what is left in the pipes and the socket; the tree is dead, so nothing more can come."""
        for descriptor in list(self._names):
            size = -1
            while descriptor in self._names and size != len(self._outputs[self._names[descriptor]]):
                size = len(self._outputs[self._names[descriptor]])
                self._read(descriptor)
        if self._seen.reason is None:
            before = -1
            while self._seen.reason is None and before != self._stream.received:
                before = self._stream.received
                self._listen()
        if self._mounted and len(self._folders) == 3:
            self._seen.disk_full = any(watch.mounted_mb(folder)[1] for folder in self._folders)

    def _close(self) -> None:
        for descriptor in (*self._names, *self._folders, *([self._pidfd] if self._pidfd >= 0 else [])):
            os.close(descriptor)
        self._names, self._folders, self._pidfd = {}, [], -1
        self._calls.close()
        self._watch.close()
        if not self._mounted and self._folder is not None:
            remove(self._folder)

    def _report(self) -> Report:
        job, seen = self._job, self._seen
        status, why = judge(seen, self._said, job)
        files = {}
        if job.collect and self._folders and status != "infra":
            files = collect(self._folders[0], job.collect, self._limits.result_bytes)
        code = seen.code
        promised = self._server.backend.guarantees
        promised -= {"loopback_only"} if job.network == "none" else {"no_network"}
        return Report(
            status=status,
            why=why,
            values=tuple(self._said.values),
            fault=self._said.fault,
            exit_code=code if code is not None and code >= 0 else None,
            signal=-code if code is not None and code < 0 else None,
            stdout=bytes(self._outputs["stdout"]),
            stderr=bytes(self._outputs["stderr"]),
            files=files,
            cpu_s=max(0.0, seen.cpu_s),
            wall_s=time.monotonic() - self._begun,
            rss_peak_mb=max(0.0, seen.memory_mb),
            processes_peak=seen.tasks,
            backend=self._server.backend.name,
            guarantees=tuple(sorted(promised)),
        )


def _process_number(pidfd: int) -> int:
    """The number that a process of any namespace has on the host, -1 when it is gone."""
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as file:
        return next((int(line.split()[1]) for line in file if line.startswith("Pid:")), -1)
