"""The sandbox's face: programs in, reports out.

    with Box() as box:
        report = box.run(Job(source="def solve(x): return x + 1", calls=(Invoke((1,)),)))

Covers: choosing a backend, routing to warm servers, one-shot interpreters, sessions. Does not cover: verdicts; retries.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import routes
from .backends import BACKENDS, View
from .errors import SandboxError, SessionOver
from .job import POLICIES, Companion, Invoke, Job, Report
from .meter import POLL_SECONDS
from .pool import Pool, choose
from .servers import Server
from .trial import Trial


def backends() -> list[tuple[str, bool, str]]:
    """Every backend by name, whether it starts on this host, and why not.

    Returns:
        Records in the order in which `auto` tries them.
    """
    found = []
    for backend in BACKENDS:
        why = backend.missing()
        if not why:
            try:
                Server(backend, (), View()).close()
            except (SandboxError, OSError) as error:
                why = str(error)
        found.append((backend.name, not why, why))
    return found


class Box:
    """Runs untrusted programs; a context manager, safe to use from several threads. Nothing starts before its first use.

    Args:
        backend: `auto`, `bubblewrap`, `landlock`, or `unsafe` (no isolation, only when named).
        policy: key of `POLICIES` whose guarantees the backend must give.
        preload: modules that one kind of server imports beforehand; `None` routes each program by its imports.
        readable: files and folders that programs may read, at their own paths.
        masked: files and folders below readable ones that programs see empty (bubblewrap alone).
        slots: jobs that may run at once.

    Raises:
        SandboxError: if the policy is not known.
    """

    def __init__(
        self,
        *,
        backend: str = "auto",
        policy: str = "judge",
        preload: tuple[str, ...] | None = None,
        readable: tuple[Path, ...] = (),
        masked: tuple[Path, ...] = (),
        slots: int = 1,
    ) -> None:
        if policy not in POLICIES:
            raise SandboxError(f"unknown policy {policy!r}", f"known: {', '.join(sorted(POLICIES))}")
        self._wish = (backend, policy)
        self._preload = preload
        self._view = View(tuple(path.resolve() for path in readable), tuple(path.resolve() for path in masked))
        self._slots = threading.BoundedSemaphore(slots)
        self._lock = threading.Lock()
        self._pool: Pool | None = None
        self._closed = False

    def _servers(self) -> Pool:
        with self._lock:
            if self._closed:
                raise SandboxError("the sandbox is closed", "open a new one")
            if self._pool is None:
                self._pool = choose(*self._wish, self._view)
            return self._pool

    @property
    def name(self) -> str:
        """Name of the chosen backend; choosing may start it."""
        return self._servers().backend.name

    @property
    def guarantees(self) -> tuple[str, ...]:
        """What the chosen backend promises, sorted; which of the two network promises holds is each job's choice."""
        return tuple(sorted(self._servers().backend.guarantees))

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, job: Job) -> Report:
        """Run a job to its end.

        Nothing that the program does raises; a lost server gives status `infra`.

        Args:
            job: the program, its inputs, its calls, its limits.

        Returns:
            How it went.

        Raises:
            TypeError: if a call's argument is of a type that the channel does not carry.
            ValueError: if a file's name is not a plain relative path.
            SandboxError: if no server starts.
        """
        refused = self._refuse(job)
        if refused is not None:
            return refused
        with self._slots, self._server(job) as server:
            return _carried_out(server, job)

    def meet(self, job: Job, companion: Companion) -> tuple[Report, object]:
        """Run a job that talks to a companion over a network that only these two have.

        The companion is started first and ended last; each has its own process numbers, mounts and user namespace, and
        the network belongs to the companion's. A companion that does not start gives status `infra`; one that ends
        while the job runs leaves no record.

        Args:
            job: the program; its network is the companion's loopback.
            companion: the other side.

        Returns:
            How the job went, and what the companion recorded; `None` where it left nothing.

        Raises:
            TypeError: if an argument is of a type that the channel does not carry.
            ValueError: if a file's name is not a plain relative path.
            SandboxError: if no server starts.
        """
        job = dataclasses.replace(job, network="loopback")
        other = dataclasses.replace(companion.job, network="loopback", mode="call", calls=())
        for one in (job, other):
            refused = self._refuse(one)
            if refused is not None:
                return refused, None
        if not self._servers().backend.shared:
            why = f"{self._servers().backend.name} gives no network namespace that two jobs could share"
            return Report("skipped_policy", why, backend=self._servers().backend.name), None
        with self._slots, self._server(job, companion.preload) as server, Session(server, other, ExitStack()) as held:
            try:
                held.call(Invoke((companion.script,), "start"))
            except SessionOver as over:
                report = over.report
                return dataclasses.replace(report, status="infra", why=f"the peer did not start: {report.why}"), None
            report = _carried_out(server, job, held.process)
            try:
                return report, held.call(Invoke((), "record"))
            except SessionOver:
                return report, None

    def session(self, job: Job) -> Session:
        """A program that is called step by step, its limits in force also between the calls.

        Args:
            job: the program; its own calls are ignored.

        Returns:
            A context manager.

        Raises:
            SessionOver: if the job cannot be run here.
            ValueError: if a file's name is not a plain relative path.
            SandboxError: if no server starts.
        """
        refused = self._refuse(job)
        if refused is not None:
            raise SessionOver(refused)
        held = ExitStack()
        try:
            held.enter_context(self._slots)
            server = held.enter_context(self._server(job))
            return Session(server, dataclasses.replace(job, mode="call", calls=()), held)
        except BaseException:
            held.close()
            raise

    def _refuse(self, job: Job) -> Report | None:
        """A report where nothing can or may be run."""
        backend = self._servers().backend
        for name in job.files:
            if not name or name.startswith("/") or not {"", ".", ".."}.isdisjoint(name.split("/")) or "\0" in name:
                raise ValueError(f"expected a plain relative path of an input file, got {name!r}")
        if not job.source.strip():
            return Report("no_program", "the program is empty", backend=backend.name)
        if job.network == "loopback" and backend.name != "unsafe" and "loopback_only" not in backend.guarantees:
            return Report("skipped_policy", f"{backend.name} cannot promise loopback_only", backend=backend.name)
        return None

    @contextmanager
    def _server(self, job: Job, wanted: tuple[str, ...] | None = None) -> Iterator[Server]:
        """A server with the wanted preloads, or with those that fit the job's imports."""
        pool = self._servers()
        routed = wanted if wanted is not None else routes.route(job.source)[1]
        preload = self._preload if self._preload is not None else routed
        if job.fresh:
            server = Server(pool.backend, preload, self._view, job.hash_seed)
            try:
                yield server
            finally:
                server.close()
            return
        server = pool.take(preload)
        try:
            yield server
        finally:
            pool.give(server)

    def close(self) -> None:
        """End every server and all that runs in them."""
        with self._lock:
            pool, self._pool, self._closed = self._pool, None, True
        if pool is not None:
            pool.close()


def _carried_out(server: Server, job: Job, beside: int = -1) -> Report:
    """Run a job on a server to its end."""
    trial = Trial(server, job, beside)
    try:
        trial.load()
        for invoke in job.calls if job.mode == "call" else ():
            if trial.over:
                break
            trial.call(invoke)
    except BaseException:
        trial.abandon()
        raise
    return trial.finish()


class Session:
    """A live program; a context manager. Made by `Box.session`.

    Args:
        server: where it runs.
        job: what runs.
        held: what to give back at the end.
    """

    def __init__(self, server: Server, job: Job, held: ExitStack) -> None:
        self._trial = Trial(server, job)
        self._held = held
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._ended = threading.Event()
        self._trial.load()
        self._guard = threading.Thread(target=self._watch, daemon=True)
        self._guard.start()

    def _watch(self) -> None:
        """Keep the limits in force while nobody calls."""
        while not self._ended.wait(POLL_SECONDS):
            with self._lock:
                if not self._trial.over:
                    self._trial.step(0.0)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, invoke: Invoke) -> object:
        """Call the entry and wait for its value.

        Args:
            invoke: arguments, method, seed.

        Returns:
            The decoded value.

        Raises:
            SessionOver: if the program has ended or ends now; it carries the report.
            TypeError: if an argument is of a type that the channel does not carry.
        """
        with self._lock:
            before = self._trial.answered
            if self._report is None and not self._trial.over:
                self._trial.call(invoke)
            if self._report is None and self._trial.answered > before:
                return self._trial.last
        self.close()
        raise SessionOver(self.report)

    @property
    def process(self) -> int:
        """Process descriptor of the program, -1 while it is not known."""
        return self._trial.process

    @property
    def report(self) -> Report:
        """How the program went; reading it ends the program."""
        self.close()
        assert self._report is not None, "a closed session has a report"
        return self._report

    def close(self) -> None:
        """End the program and give its place back."""
        self._ended.set()
        with self._lock:
            if self._report is None:
                self._report = self._trial.finish()
                self._held.close()
        self._guard.join()
