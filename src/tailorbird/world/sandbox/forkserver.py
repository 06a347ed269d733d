"""The warm process inside the isolation that forks one child per job.

Covers: preloading, the control messages, one child per job with its confinement, the last sweep. Does not cover:
programs and inputs, which pass it by on each job's own socket, so that no later child inherits them.
Messages: the judge sends `job` with four descriptors (calls, stdout, stderr, watch), and a fifth, another job's
process, where the job shares that one's network; on the watch socket this process sends `started` with a process
descriptor, later `ended` with exit status and meters. The end of the control socket, or of the judge itself, ends this
process and every job.
"""

# ruff: noqa: PTH208
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import array
import contextlib
import fcntl
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from typing import Any, NoReturn

from . import channel, confine, kernel, landlock, pages, seccomp, shim, trees

_SETTINGS = {
    "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "MPLBACKEND": "Agg", "USER": "sandbox",
    "LOGNAME": "sandbox", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1",
}  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_WARM = ("collections", "csv", "datetime", "functools", "itertools", "math", "re", "statistics", "string", "time")


class Server:
    """The loop: take jobs, fork, tell the judge how they ended.

    Args:
        config: the judge's settings: descriptors, level, preload, folders.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._control = socket.socket(fileno=int(config["control"]))
        self._judge = int(config["judge"])
        self._base = str(config["base"])
        self._config = config
        self._jobs: dict[int, tuple[int, socket.socket]] = {}
        self._walls = confine.Walls(level=int(config["level"]), uid=os.getuid(), gid=os.getgid())

    def prepare(self) -> None:
        """Preload, build the walls, say hello."""
        os.environ.update(_SETTINGS)
        os.umask(0o077)
        sys.dont_write_bytecode = True
        failed = _preload([*_WARM, *self._config["preload"]])
        walls = self._walls
        if walls.level > confine.LEVEL_PLAIN:
            private = walls.level == confine.LEVEL_NAMESPACES
            walls.filters = {
                "none": seccomp.build(attributes=private),
                "loopback": seccomp.build(sockets=True, attributes=private),
            }
        if walls.level == confine.LEVEL_NAMESPACES and os.listdir("/tmp"):
            walls.tmp = "/scratch"  # Python or a readable folder lies below /tmp: a mount there would hide it
        if walls.level == confine.LEVEL_LANDLOCK:
            walls.readable = _paths(self._config["readable"])
            walls.devices = _paths(_DEVICES)
        if walls.level < confine.LEVEL_NAMESPACES:
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
            walls.tasks_before = int(self._config["tasks"])
        gc.collect()
        gc.freeze()
        pages.collapse()
        threads = len(os.listdir("/proc/self/task"))
        versions = {name: getattr(sys.modules.get(name), "__version__", "") for name in self._config["preload"]}
        hello = {"t": "hello", "python": sys.version.split()[0], "modules": versions, "failed": failed}
        self._say({**hello, "threads": threads, "landlock": landlock.abi()})

    def _say(self, message: dict[str, Any]) -> None:
        self._control.send(json.dumps(message).encode())

    def serve(self) -> None:
        """Until the judge is gone or says so, run jobs."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._judge, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._judge:
                    return
                if descriptor == self._control.fileno():
                    started = self._take()
                    if started is None:
                        return
                    if started >= 0:
                        poll.register(started, select.POLLIN)
                else:
                    poll.unregister(descriptor)
                    self._bury(descriptor)

    def _take(self) -> int | None:
        """Start the next job; its process descriptor, -1 if it cannot be, None when the judge has closed its end."""
        data, ancillary, _, _ = self._control.recvmsg(1 << 15, socket.CMSG_SPACE(64))
        descriptors = array.array("i")
        for _, _, payload in ancillary:
            descriptors.frombytes(payload[: len(payload) - len(payload) % 4])
        if not data:
            return None
        plan = json.loads(data)
        calls, stdout, stderr, watch, *beside = descriptors
        namespaces = kernel.CLONE_NEWALL if self._walls.level == confine.LEVEL_NAMESPACES else 0
        link = socket.socket(fileno=watch)
        try:
            pid, pidfd = kernel.clone_beside(beside[0], namespaces) if beside else kernel.clone(namespaces)
        except OSError:
            for descriptor in (calls, stdout, stderr, *beside):
                os.close(descriptor)
            with contextlib.suppress(OSError):
                link.send(json.dumps({"t": "ended", "code": 70, "cpu_s": 0.0, "maxrss_kb": 0}).encode())
            link.close()
            return -1
        if pid == 0:
            link.detach()
            self._become(plan, calls, stdout, stderr)
        for descriptor in (calls, stdout, stderr, *beside):
            os.close(descriptor)
        self._jobs[pidfd] = (pid, link)
        with contextlib.suppress(OSError):
            message = json.dumps({"t": "started"}).encode()
            link.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [pidfd]))])
        return pidfd

    def _become(self, plan: dict[str, Any], calls: int, stdout: int, stderr: int) -> NoReturn:
        """In the child: close what is not the job's, confine, run."""
        step = "descriptors"
        code = 70
        try:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            # A process group reaches across namespaces: a signal to the server's would end it and every job.
            os.setsid()
            link = self._inherit(calls, stdout, stderr)
            caller = shim.Caller(link)
            step = "folders"
            place = confine.settle(self._walls, plan)
            frame = caller.receive()
            if frame is None:
                os._exit(0)
            step = "program"
            program = shim.Program(frame, place.work)
            del frame
            _surround(place)
            folders = [
                os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in (place.work, place.tmp, place.shm) if path
            ]
            step = "locks"
            warm = _warm_share()
            confine.lock(self._walls, plan, place)
            _ready(caller, folders, warm)
            shim.run(program, caller)
        except BaseException as error:  # noqa: BLE001 - foreign code ends here
            text = f"{step}: {type(error).__name__}: {error}"[:500]
            with contextlib.suppress(BaseException):
                socket.socket(fileno=os.dup(3)).sendall(channel.pack("setup_failed", {"why": text}))
            os._exit(code)

    def _inherit(self, calls: int, stdout: int, stderr: int) -> socket.socket:
        """Keep the call socket as descriptor 3 and the two outputs; close all else but what Landlock needs."""
        kept = {*self._walls.readable, *self._walls.devices}
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        self._control.detach()
        for _, link in self._jobs.values():
            link.detach()
        if calls != 3:
            os.dup2(calls, 3, inheritable=False)
        low = 4
        for descriptor in sorted(kept):
            os.closerange(low, descriptor)
            low = descriptor + 1
        os.closerange(low, 1 << 20)
        return socket.socket(fileno=3)

    def _bury(self, pidfd: int) -> None:
        """Reap a job, end what it left behind, tell the judge."""
        pid, link = self._jobs.pop(pidfd)
        _, status, usage = os.wait4(pid, 0)
        os.close(pidfd)
        if self._walls.level < confine.LEVEL_NAMESPACES:
            sweep()
        code = os.waitstatus_to_exitcode(status)
        meters = {"cpu_s": usage.ru_utime + usage.ru_stime, "maxrss_kb": usage.ru_maxrss}
        with contextlib.suppress(OSError):
            link.send(json.dumps({"t": "ended", "code": code, **meters}).encode())
        link.close()

    def close(self) -> None:
        """End every job that still runs, and delete what shared mounts would keep of them."""
        for pid, _ in self._jobs.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._walls.level < confine.LEVEL_NAMESPACES:
            sweep()
            shutil.rmtree(self._base, ignore_errors=True)


def sweep() -> None:
    """End this process's descendants until none is left; orphans come here, as it is their subreaper."""
    while True:
        trees.end_below(os.getpid())
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _preload(names: list[str]) -> list[str]:
    failed = []
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            failed.append(name)
    return failed


def _paths(names: Any) -> tuple[int, ...]:
    descriptors = []
    for name in names:
        with contextlib.suppress(OSError):
            plain = os.open(name, os.O_PATH | os.O_CLOEXEC)
            # High numbers, as a job's child puts its own sockets on the low ones.
            descriptors.append(fcntl.fcntl(plain, fcntl.F_DUPFD_CLOEXEC, 100))
            os.close(plain)
    return tuple(descriptors)


def _surround(place: confine.Place) -> None:
    os.chdir(place.work)
    os.environ.update(HOME=place.work, TMPDIR=place.tmp)


def _warm_share() -> dict[str, Any]:
    """What this child has before its program runs: resident pages, CPU seconds."""
    descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    pages = int(os.read(descriptor, 100).split()[1])
    os.close(descriptor)
    return {"pages": pages, "cpu_s": time.process_time()}


def _ready(caller: shim.Caller, folders: list[int], warm: dict[str, Any]) -> None:
    """Tell the judge that all walls stand, and hand it the folders."""
    message = channel.pack("ready", warm)
    caller.link.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", folders))])
    for descriptor in folders:
        os.close(descriptor)


def main(config: dict[str, Any]) -> None:
    """Run a server until its judge is gone."""
    server = Server(config)
    server.prepare()
    try:
        server.serve()
    finally:
        server.close()
