"""Process trees: who descends from whom, and how to end all of them.

Runs on both sides of the isolation. Covers: trees that fork while they are looked at. Does not cover: processes that
have left the tree, which a subreaper at its root prevents.
"""

# ruff: noqa: PTH123, PTH208
# Descriptors and plain strings throughout: `Path` has no word for them, and its import would cost every fork.
from __future__ import annotations

import contextlib
import os
import signal

_ROUNDS = 200


def children(pid: int, threads: int = 1) -> list[int]:
    """Process numbers of the children of all threads of a process.

    Args:
        pid: process number.
        threads: how many threads it has; one spares a look at the list.

    Returns:
        Process numbers, empty when it is gone.
    """
    found: list[int] = []
    try:
        names = [str(pid)] if threads == 1 else os.listdir(f"/proc/{pid}/task")
        for name in names:
            with open(f"/proc/{pid}/task/{name}/children", "rb", buffering=0) as file:
                while data := file.read(1 << 16):
                    found += map(int, data.split())
    except OSError:
        pass
    return found


def descendants(pid: int) -> list[int]:
    """Every process below one, not itself.

    Args:
        pid: process number.

    Returns:
        Process numbers, in no order.
    """
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children(waiting.pop(), threads=2)
        found += below
        waiting += below
    return found


def end_below(pid: int) -> None:
    """Kill every process below one.

    All are stopped before any is killed: a fork bomb whose members die one by one refills its places for ever.

    Args:
        pid: process number, of this process or of one that takes its orphans.
    """
    stopped: set[int] = set()
    for _ in range(_ROUNDS):
        fresh = [one for one in descendants(pid) if one not in stopped]
        if not fresh:
            break
        for one in fresh:
            _signal(one, signal.SIGSTOP)
        stopped.update(fresh)
    for one in descendants(pid):
        _signal(one, signal.SIGKILL)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
