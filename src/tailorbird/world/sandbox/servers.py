"""The judge's end of a warm server: start it, hand it jobs, end it.

Covers: handing over the sandbox's own code, the start as root, the first greeting. Does not cover: jobs; see `trial.py`.
"""

# ruff: noqa: PTH123, PTH208
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import IO, Any

from . import confine, launch
from .backends import Backend, View, system_paths
from .errors import SandboxError
from .trees import end_below

_REMOVALS = 40
START_SECONDS = 90.0
"""Longest wait for a server's preloads, seconds of wall clock."""
_PACKAGE = "_tailorbird"
_INSIDE = (
    "job",
    "decode",
    "encode",
    "channel",
    "kernel",
    "seccomp",
    "landlock",
    "confine",
    "shim",
    "trees",
    "pages",
    "forkserver",
    "launch",
)

_BOOT = f"""
import importlib, importlib.util, json, os, sys
with os.fdopen(int(sys.argv[1]), "rb") as file: load = json.load(file)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in load["modules"]:
            return importlib.util.spec_from_loader(name, self, is_package=name == "{_PACKAGE}")
    def create_module(self, spec): return None
    def exec_module(self, module):
        name = module.__name__
        exec(compile(load["modules"][name], "<" + name + ">", "exec"), module.__dict__)
sys.meta_path.insert(0, Finder())
run = importlib.import_module("{_PACKAGE}." + load["run"]).main
del sys.meta_path[0]
run(load["config"])
"""


def _load(run: str, config: dict[str, Any]) -> int:
    """A memory file with the sandbox's own modules, as the package may be unreadable inside; its descriptor."""
    folder = resources.files(__package__)
    modules = {f"{_PACKAGE}.{name}": (folder / f"{name}.py").read_text(encoding="utf-8") for name in _INSIDE}
    descriptor = os.memfd_create(_PACKAGE)
    with open(os.dup(descriptor), "w", encoding="utf-8") as file:
        json.dump({"modules": {_PACKAGE: "", **modules}, "run": run, "config": config}, file)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class Server:
    """One warm process inside the isolation.

    Args:
        backend: how it is isolated.
        preload: modules imported before the first job.
        view: what it may see of the host.
        hash_seed: PYTHONHASHSEED of its interpreter.

    Raises:
        SandboxError: if it does not start.
    """

    def __init__(self, backend: Backend, preload: Sequence[str], view: View, hash_seed: int = 0) -> None:
        self.backend = backend
        """How it is isolated."""
        self.jobs = 0
        """Jobs taken so far."""
        self._mounts = backend.level == confine.LEVEL_NAMESPACES
        self.base = Path("/nonexistent") if self._mounts else Path(tempfile.mkdtemp(prefix="tailorbird-"))
        """Folder of the jobs where mounts are shared with the host."""
        self.lost = False
        """Whether a job found it gone; the process itself may take a moment longer to be seen dead."""
        self.failed: list[str] = []
        """Modules that could not be preloaded."""
        self._control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._send = threading.Lock()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        self._drops = os.geteuid() == 0 and backend.level > confine.LEVEL_PLAIN
        if self._drops and not self._mounts:
            os.chown(self.base, launch.NOBODY, launch.NOBODY)
        try:
            with inner:
                self._process = self._start(inner, list(preload), view, hash_seed)
            self._greet()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Process number on the host of what was started: the server itself, or bubblewrap around it."""
        return self._process.pid

    def _start(self, inner: socket.socket, preload: list[str], view: View, hash_seed: int) -> subprocess.Popen[bytes]:
        judge = os.pidfd_open(os.getpid())
        readable = [*system_paths(), *map(str, view.readable)]
        config: dict[str, Any] = {"control": inner.fileno(), "judge": judge, "level": self.backend.level}
        config |= {"preload": preload, "base": str(self.base), "readable": readable, "tasks": _tasks(self._drops)}
        kept = [inner.fileno(), judge]
        try:
            kept.append(_load("forkserver", config))
            command = [sys.executable, "-P", "-s", "-X", "utf8", "-c", _BOOT, str(kept[-1])]
            environment = {"PYTHONHASHSEED": str(hash_seed)}
            argv = self.backend.command(view, command)
            if argv is not command:
                split = argv.index("--")
                argv[split:split] = ["--setenv", "PYTHONHASHSEED", environment.pop("PYTHONHASHSEED")]
            if self._drops:
                seen: list[str] = [
                    *readable,
                    *map(str, view.masked),
                    argv[0],
                    *([] if self._mounts else [str(self.base)]),
                ]
                paths = [os.path.realpath(path) for path in seen]
                start = {"paths": paths, "argv": argv, "environment": environment}
                kept.append(_load("launch", start))
                argv, environment = [sys.executable, "-I", "-S", "-c", _BOOT, str(kept[-1])], {}
            return _spawn(argv, environment, kept, self._log)
        finally:
            for descriptor in kept[1:]:
                os.close(descriptor)

    def _greet(self) -> None:
        self._control.settimeout(START_SECONDS)
        try:
            hello = json.loads(self._control.recv(1 << 15) or b"null")
        except (OSError, ValueError):
            hello = None
        self._control.settimeout(None)
        if not isinstance(hello, dict):
            raise SandboxError(f"the {self.backend.name} server did not start: {self._last_words()}", self._hint())
        if hello["threads"] != 1:
            raise SandboxError(f"a preloaded module left {hello['threads']} threads, so jobs cannot be forked", "")
        self.failed = list(hello["failed"])

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        self._log.seek(0)
        lines = self._log.read(1 << 16).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {self._process.poll()}"

    def _hint(self) -> str:
        if self._drops:
            return "started as root: place Python and the data outside private folders, or run as an ordinary user"
        if self.backend.name == "bubblewrap":
            return "allow unprivileged user namespaces, or use the landlock backend"
        return ""

    def submit(self, plan: dict[str, Any], descriptors: list[int]) -> Path:
        """Hand over one job.

        Args:
            plan: network and limits.
            descriptors: call socket, stdout, stderr, watch socket; duplicates go to the server.

        Returns:
            The job's folder on the host; made only where mounts are shared.

        Raises:
            OSError: if the server is gone.
        """
        with self._send:
            self.jobs += 1
            folder = self.base / f"job-{self.jobs}"
            message = json.dumps({"t": "job", "folder": str(folder), **plan}).encode()
            socket.send_fds(self._control, [message], descriptors)
        return folder

    @property
    def alive(self) -> bool:
        """Whether it can take jobs."""
        return not self.lost and self._process.poll() is None

    def close(self) -> None:
        """End the server and every job in it, and delete its folder."""
        self._control.close()
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(5.0)
            except subprocess.TimeoutExpired:
                end_below(process.pid)
                process.kill()
                process.wait()
        self._log.close()
        if not self._mounts:
            remove(self.base)


def remove(folder: Path) -> None:
    """Delete a folder that a program has filled, however deep and whatever its rights; the program must have ended."""

    def open_up(function: Callable[..., object], path: str, _: object) -> None:
        # A folder without rights hides its entries: open it, and the one it lies in, but nothing outside.
        with contextlib.suppress(OSError):
            for closed in (Path(path).parent, Path(path)):
                if closed.is_relative_to(folder) and not closed.is_symlink():
                    closed.chmod(0o700)

    for _ in range(_REMOVALS):
        with contextlib.suppress(OSError, RecursionError):
            shutil.rmtree(folder, onerror=open_up)
        if not folder.exists():
            return
    subprocess.run(["rm", "-rf", "--", str(folder)], check=False, stderr=subprocess.DEVNULL)


def _spawn(argv: list[str], environment: dict[str, str], kept: list[int], log: IO[bytes]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            argv, env=environment, pass_fds=kept, stdin=quiet, stdout=quiet, stderr=log, cwd="/", start_new_session=True
        )
    except OSError as error:
        raise SandboxError(f"cannot start {argv[0]}: {error}", "") from error


def _tasks(dropped: bool) -> int:
    """Tasks of the sandbox's user that run already; the kernel counts them against a job's process limit."""
    user = launch.NOBODY if dropped else os.geteuid()
    total = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if entry.stat().st_uid == user:
                    total += len(os.listdir(f"/proc/{entry.name}/task"))
    return total
