"""Warm servers of one backend: started when first needed, shared where the backend allows, replaced before they age.

Covers: taking and giving back from several threads. Does not cover: how many jobs may run at once; the box counts them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from .backends import BACKENDS, Backend, View, meets
from .errors import SandboxError
from .servers import Server

JOBS_PER_SERVER = 500
"""A server is replaced after so many jobs, so that nothing can pile up in it."""


@dataclass
class _Member:
    server: Server
    preload: tuple[str, ...]
    busy: int = 0

    def free(self, preload: tuple[str, ...], shared: bool) -> bool:
        """Whether it can take a job now."""
        return self.preload == preload and (shared or self.busy == 0) and not self.worn

    @property
    def worn(self) -> bool:
        """Whether it should take no further job."""
        return self.server.jobs >= JOBS_PER_SERVER or not self.server.alive


class Pool:
    """Servers of one backend.

    Args:
        backend: how they isolate.
        view: what they may see of the host.
    """

    def __init__(self, backend: Backend, view: View) -> None:
        self.backend = backend
        """How its servers isolate."""
        self._view = view
        self._lock = threading.Lock()
        self._members: list[_Member] = []

    def take(self, preload: tuple[str, ...]) -> Server:
        """A server with these preloads, for one job; give it back afterwards.

        Raises:
            SandboxError: if none starts.
        """
        with self._lock:
            member = next((one for one in self._members if one.free(preload, self.backend.shared)), None)
            if member is None:
                member = _Member(Server(self.backend, preload, self._view), preload)
                self._members.append(member)
            member.busy += 1
            return member.server

    def give(self, server: Server) -> None:
        """Give a server back after its job."""
        with self._lock:
            member = next(one for one in self._members if one.server is server)
            member.busy -= 1
            if member.busy or not member.worn:
                return
            self._members.remove(member)
        server.close()

    def close(self) -> None:
        """End every server and all that runs in them."""
        with self._lock:
            members, self._members = self._members, []
        for member in members:
            member.server.close()


def choose(name: str, policy: str, view: View) -> Pool:
    """The first backend that starts and meets the policy, with its first server warm.

    Args:
        name: `auto`, or the one backend to try.
        policy: key of `POLICIES`.
        view: what programs may see of the host.

    Raises:
        SandboxError: if there is none; the message says why for each.
    """
    known = [backend.name for backend in BACKENDS]
    if name not in ("auto", *known):
        raise SandboxError(f"unknown backend {name!r}", f"known: auto, {', '.join(known)}")
    reasons, hint = [], ""
    for backend in BACKENDS:
        if name not in ("auto", backend.name) or (name == "auto" and backend.name == "unsafe"):
            continue
        if backend.name != "unsafe" and (lacking := meets(backend, policy)):
            reasons.append(f"{backend.name} cannot promise {', '.join(lacking)}")
            continue
        if view.masked and not backend.shared:
            reasons.append(f"{backend.name} cannot mask files")
            continue
        why = backend.missing()
        if not why:
            pool = Pool(backend, view)
            try:
                pool.give(pool.take(()))
                return pool
            except SandboxError as error:
                why, hint = str(error), error.hint
        reasons.append(f"{backend.name}: {why}")
    raise SandboxError(f"no sandbox for policy {policy!r}: {'; '.join(reasons)}", hint)
