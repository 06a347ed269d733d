"""The last trusted lines before a program, and the loop that calls it.

Runs inside the isolation. Covers: unpacking the program and its inputs, running it as a script or calling its entry,
sending values and faults. Does not cover: verdicts and limits; whatever this process says is a claim of the program.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH108, PTH118, PTH120, PTH123
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import atexit
import contextlib
import linecache
import os
import random
import socket
import sys
import threading
import traceback
import types
from collections.abc import Callable
from typing import Any, NoReturn

from . import channel

_MESSAGE, _TRACEBACK = 2048, 8192


class Caller:
    """Frames to and from the judge over the job's own socket.

    Args:
        link: a connected stream socket.
    """

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        """The connected socket."""
        self._stream = channel.Stream(1 << 40)
        self._waiting: list[channel.Frame] = []

    def receive(self) -> channel.Frame | None:
        """The next frame, or None when the judge has closed its end."""
        while not self._waiting:
            data = self.link.recv(1 << 18)
            if not data:
                return None
            self._waiting = self._stream.feed(data)
        return self._waiting.pop(0)

    def send(self, data: bytes) -> None:
        """Send a packed frame."""
        self.link.sendall(data)


class Program:
    """A program and its inputs as they came from the judge.

    Args:
        frame: a `program` frame: source, standard input, then the files.
        work: working folder.
    """

    def __init__(self, frame: channel.Frame, work: str) -> None:
        self.mode = str(frame.head["mode"])
        """`call` or `script`."""
        self.entry = str(frame.head["entry"])
        """Name of the function or class to call."""
        self.argv = [str(word) for word in frame.head["argv"]]
        """Arguments after the program's name."""
        self.source = frame.blobs[0].decode("utf-8", "surrogatepass")
        """Python source text."""
        self.path = os.path.join(work, "program.py")
        """Where the program believes it lies."""
        self._store(work, frame)

    def _store(self, work: str, frame: channel.Frame) -> None:
        """Write the program and its inputs; inputs are read-only to it."""
        for folder in ("in", "out"):
            os.mkdir(os.path.join(work, folder), 0o700)
        _put(self.path, frame.blobs[0], 0o600)
        inputs, folders = os.path.join(work, "in"), {os.path.join(work, "in")}
        for name, data in zip(frame.head["files"], frame.blobs[2:], strict=True):
            path = os.path.join(inputs, name)
            if os.path.dirname(path) not in folders:
                os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
                parts = str(name).split("/")[:-1]
                folders.update(os.path.join(inputs, *parts[: depth + 1]) for depth in range(len(parts)))
            _put(path, data, 0o444)
        for folder in folders:
            os.chmod(folder, 0o555)
        stdin = os.path.join(work, ".stdin") if frame.blobs[1] else os.devnull
        if frame.blobs[1]:
            _put(stdin, frame.blobs[1], 0o400)
        descriptor = os.open(stdin, os.O_RDONLY)
        os.dup2(descriptor, 0)
        os.close(descriptor)
        if frame.blobs[1]:
            os.unlink(stdin)


def _put(path: str, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]


def run(program: Program, caller: Caller) -> NoReturn:
    """Execute the program and never return."""
    linecache.cache[program.path] = (len(program.source), None, program.source.splitlines(True), program.path)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = ["program.py", *program.argv]
    if program.mode == "script":
        main.__file__ = program.path
        sys.path.insert(0, os.path.dirname(program.path))
        _leave(_script(program, main, caller))
    _leave(_calls(program, caller))


def _leave(code: int) -> NoReturn:
    """End the process without the slow tear-down of a large interpreter."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(code)


def _compiled(program: Program, caller: Caller) -> types.CodeType | None:
    """The program's code, or None after telling the judge why there is none."""
    try:
        return compile(program.source, program.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        _tell(caller, "syntax", -1, error, program.path)
        return None


def _script(program: Program, main: types.ModuleType, caller: Caller) -> int:
    """Run as `__main__`; the exit code that the interpreter would have given."""
    code = _compiled(program, caller)
    if code is None:
        return 1
    result = _guarded(lambda: exec(code, main.__dict__), caller, program.path)
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    return result


def _guarded(body: Callable[[], object], caller: Caller, path: str) -> int:
    try:
        body()
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return (leaving.code or 0) & 0xFF
        with contextlib.suppress(BaseException):
            sys.stderr.write(f"{leaving.code}\n")
        return 1
    except BaseException as error:  # noqa: BLE001 - foreign code ends here
        _tell(caller, "run", -1, error, path)
        with contextlib.suppress(BaseException):
            sys.stderr.write("".join(_own_frames(error)))
        return 1
    return 0


def _calls(program: Program, caller: Caller) -> int:
    """Import the program, then answer calls until the judge closes its end."""
    module = types.ModuleType("program")
    module.__file__ = program.path
    sys.modules["program"] = module
    code = _compiled(program, caller)
    if code is None:
        return 0
    try:
        exec(code, module.__dict__)
        entry = getattr(module, program.entry, None)
    except BaseException as error:  # noqa: BLE001 - foreign code ends here
        return _failed(caller, "load", -1, error, program.path)
    if not callable(entry):
        caller.send(channel.pack("no_entry", {}))
        return 0
    caller.send(channel.pack("loaded", {}))
    target = _Target(entry)
    while (frame := caller.receive()) is not None:
        number = int(frame.head["i"])
        try:
            _reseed(int(frame.head["seed"]))
            answer = channel.pack_value("value", {"i": number}, target.call(frame.head["method"], frame.value()))
        except BaseException as error:  # noqa: BLE001 - foreign code ends here
            return _failed(caller, "call", number, error, program.path)
        caller.send(answer)
    return 0


def _failed(caller: Caller, phase: str, number: int, error: BaseException, path: str) -> int:
    """Report a fault in mode `call`; leaving the interpreter keeps its exit code."""
    if isinstance(error, SystemExit):
        return _guarded(lambda: _raise(error), caller, path)
    _tell(caller, phase, number, error, path)
    return 0


def _raise(error: BaseException) -> None:
    raise error


class _Target:
    """The entry: a function, or a class with its one instance."""

    def __init__(self, entry: Callable[..., Any]) -> None:
        self._entry = entry
        self._instance: Any = None

    def call(self, method: str | None, arguments: tuple[Any, ...]) -> Any:
        if method is None:
            result = self._entry(*arguments)
            if isinstance(self._entry, type):
                self._instance, result = result, None
            return result
        if self._instance is None:
            self._instance = self._entry()
        return getattr(self._instance, method)(*arguments)


def _reseed(seed: int) -> None:
    random.seed(seed)
    arrays = sys.modules.get("numpy")
    if arrays is not None:
        arrays.random.seed(seed & 0xFFFFFFFF)


def _tell(caller: Caller, phase: str, number: int, error: BaseException, path: str) -> None:
    """Send a fault; a program that breaks its own exceptions gets a poorer report."""
    kind, message, line, trace = type(error).__name__, "", None, ""
    with contextlib.suppress(BaseException):
        message = str(error)[:_MESSAGE]
    with contextlib.suppress(BaseException):
        line = _line(error, path)
        trace = "".join(_own_frames(error))[-_TRACEBACK:]
    names = [base.__name__ for base in type(error).__mro__][:20]
    texts = {"type": kind[:200], "message": message, "traceback": trace, "bases": names}
    clean = {key: _printable(text) for key, text in texts.items()}
    with contextlib.suppress(OSError):
        caller.send(channel.pack("raised", {"phase": phase, "i": number, "line": line, **clean}))


def _printable(text: Any) -> Any:
    if isinstance(text, list):
        return [_printable(part) for part in text]
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _line(error: BaseException, path: str) -> int | None:
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == path]
    return lines[-1] if lines else None


def _own_frames(error: BaseException) -> list[str]:
    """The printed traceback without the shim's own frames at its start."""
    step = error.__traceback__
    while step is not None and step.tb_frame.f_globals.get("__name__") == __name__:
        step = step.tb_next
    return traceback.format_exception(type(error), error, step)
