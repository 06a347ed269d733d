"""What goes into the sandbox and what comes back.

Covers: the job (program, files, calls, limits), the report (status, values, output, files, meters), guarantees and policies.
Does not cover: how a job is run; `box.py` picks a backend, `bubblewrap.py` and `landlock.py` carry it out.
Standard library only: this module is also read by the process inside the isolation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Status = Literal[
    "done", "infra", "skipped_policy", "no_program", "refused", "syntax", "import", "no_entry", "protocol", "memory",
    "processes", "disk", "output", "cpu", "wall", "signal", "exit", "exception",
]  # fmt: skip
"""How a job ended. `done` says only that it ran: whether the answer is right is judged elsewhere."""

Network = Literal["none", "loopback"]
Mode = Literal["call", "script"]

GUARANTEES = (
    "no_network", "loopback_only", "no_host_read", "no_host_write", "no_secrets", "pid_isolated", "pid_guarded",
    "tree_memory_cap", "tree_pid_cap", "disk_cap", "kill_tree", "reduced_kernel_surface", "separate_kernel",
)  # fmt: skip
"""Every promise a backend can make; a backend holds one only after its attacks were tried on this host."""

_JUDGE = frozenset(GUARANTEES) - {"loopback_only", "separate_kernel", "pid_isolated", "pid_guarded"}

POLICIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "judge": _JUDGE,
        "device": (_JUDGE - {"no_network"}) | {"loopback_only"},
        "user": _JUDGE,
        "service": _JUDGE | {"separate_kernel"},
        "unsafe": frozenset(),
    }
)
"""Guarantees each policy needs; every policy but `unsafe` needs `pid_isolated` or `pid_guarded` besides."""


@dataclass(frozen=True)
class Limits:
    """Caps on one job, summed over its whole process tree."""

    cpu_s: float = 10.0
    """CPU seconds of the tree, user and system."""
    wall_s: float | None = None
    """Wall-clock seconds; ten times the CPU limit when absent."""
    memory_mb: int = 1024
    """Resident memory of the tree plus its scratch disks, MiB."""
    processes: int = 64
    """Processes and threads alive at once."""
    disk_mb: int = 64
    """Scratch folder, MiB."""
    tmp_mb: int = 64
    """Temporary folder, MiB."""
    shm_mb: int = 16
    """Shared memory folder, MiB."""
    output_bytes: int = 1 << 20
    """Standard output and standard error, each."""
    result_bytes: int = 16 << 20
    """Typed results, and collected files, each in total."""
    open_files: int = 256
    """File descriptors per process."""

    @property
    def wall(self) -> float:
        """Wall-clock seconds in force."""
        return self.wall_s if self.wall_s is not None else 10.0 * self.cpu_s


@dataclass(frozen=True)
class Invoke:
    """One call of the program's entry point."""

    args: tuple[object, ...] = ()
    """Positional arguments, of the types the channel carries."""
    method: str | None = None
    """For an entry that is a class: the method of its one instance; `None` calls the entry itself."""
    seed: int = 0
    """Reseeds `random` and `numpy.random` before the call."""


@dataclass(frozen=True)
class Job:
    """A program and everything it may see."""

    source: str
    """Python source text of one file."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Read-only inputs by relative path; they appear below the folder `in/` of the working folder."""
    mode: Mode = "call"
    """`call` imports the program and calls its entry; `script` runs it as `__main__` with `argv`."""
    entry: str = "solve"
    """Function or class that is called in mode `call`."""
    calls: tuple[Invoke, ...] = ()
    """Calls in order; the first that raises ends the job."""
    argv: tuple[str, ...] = ()
    """Arguments after the program's name in mode `script`."""
    stdin: bytes = b""
    """Standard input in mode `script`."""
    limits: Limits = Limits()
    network: Network = "none"
    collect: tuple[str, ...] = ()
    """Relative names of files to bring back from the folder `out/` of the working folder."""
    fresh: bool = False
    """Run in a new interpreter instead of a fork of a warm one."""
    hash_seed: int = 0
    """PYTHONHASHSEED of a fresh interpreter."""


@dataclass(frozen=True)
class Companion:
    """A job that another one talks to over a loopback network that only these two have.

    Its entry is a class: `start(script)` returns once it listens, `record()` gives what it saw.
    """

    job: Job
    script: object = None
    """What it is to play; of the types the channel carries."""
    preload: tuple[str, ...] = ()
    """Modules its server imports beforehand."""


@dataclass(frozen=True)
class Fault:
    """What a program raised, in its own words: a hint for repair, never evidence for a verdict."""

    type: str
    message: str
    line: int | None = None
    traceback: str = ""


@dataclass(frozen=True)
class Report:
    """How a job went, measured from outside."""

    status: Status
    why: str = ""
    """One sentence for people, empty when done."""
    values: tuple[object, ...] = ()
    """One decoded value per answered call: plain data, `ndarray`, or `Opaque`."""
    fault: Fault | None = None
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    rss_peak_mb: float = 0.0
    """Highest resident memory of the tree seen by the watchdog or the kernel, above the warm interpreter's own share."""
    processes_peak: int = 1
    backend: str = ""
    guarantees: tuple[str, ...] = ()
    retried: bool = False


@dataclass(frozen=True)
class Opaque:
    """A value of a type the channel does not carry; it never equals an expected value."""

    type: str
