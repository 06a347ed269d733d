"""The few Linux calls that Python does not offer, through `ctypes`.

Covers: clone with namespaces, mount, prctl, capset, openat2, raw calls by number. Does not cover: other systems than
Linux on x86-64 and aarch64; callers find out by `OSError`.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform

CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWALL = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
"""Every namespace a job gets of its own."""

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_TID_ADDRESS = 36, 38, 40

RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH = 0x02, 0x04, 0x08

_CLONE_PIDFD, _CLONE_CHILD_CLEARTID, _CLONE_CHILD_SETTID, _SIGCHLD = 0x1000, 0x00200000, 0x01000000, 17
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE_PARENT = 0x8000
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_SYS_OPENAT2 = 437


def machine() -> str:
    """The processor family, `x86_64` or `aarch64` where the sandbox is supported."""
    return platform.machine()


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def _locked_libc() -> ctypes.PyDLL:
    """The C library called without releasing the interpreter lock: a cloned child must still hold it."""
    return ctypes.PyDLL(None, use_errno=True)


def check(result: int, what: str) -> int:
    """The result of a C call, or its error.

    Args:
        result: what the call returned; negative means failure.
        what: name of the call, for the message.

    Returns:
        The result.

    Raises:
        OSError: if the result is negative.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def call(number: int, *arguments: object) -> int:
    """A system call by number; a failure raises `OSError`."""
    return check(int(_libc().syscall(ctypes.c_long(number), *arguments)), f"system call {number}")


def prctl(option: int, first: int = 0, second: object = 0) -> int:
    """The `prctl` call with up to two arguments; a failure raises `OSError`."""
    second = second if not isinstance(second, int) else ctypes.c_ulong(second)
    return check(_libc().prctl(option, ctypes.c_ulong(first), second, 0, 0), f"prctl {option}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount a filesystem, or change a mount.

    Raises:
        OSError: if the kernel refuses.
    """
    texts = [text.encode() or None for text in (source, target, kind, data)]
    check(_libc().mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]), f"mount {target}")


def unshare(flags: int) -> None:
    """Leave the shared namespaces named by `flags`; a refusal raises `OSError`."""
    check(_libc().unshare(flags), "unshare")


@functools.cache
def _thread_id_address() -> int:
    """Where the C library keeps the thread's number, so that a cloned child gets its own; 0 if unknown."""
    address = ctypes.c_void_p()
    try:
        prctl(PR_GET_TID_ADDRESS, ctypes.addressof(address))
    except OSError:
        return 0
    return address.value or 0


def clone(flags: int) -> tuple[int, int]:
    """Fork with new namespaces in one step, copying the page tables once.

    `os.fork` followed by `unshare` and a second fork would copy them twice. The interpreter must have one thread.
    The C library's fork handlers do not run; the interpreter's own do, in the child.

    Args:
        flags: namespace flags, may be 0.

    Returns:
        (0, -1) in the child; (process number, process descriptor) in the parent.

    Raises:
        OSError: if the kernel refuses.
    """
    tid = _thread_id_address()
    if tid:
        flags |= _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID
    pidfd = ctypes.c_int(-1)
    tail = (tid, 0) if machine() == "x86_64" else (0, tid)
    words = [ctypes.c_ulong(flags | _CLONE_PIDFD | _SIGCHLD), ctypes.c_void_p(0), ctypes.byref(pidfd)]
    number = ctypes.c_long(_SYS_CLONE[machine()])
    pid = _locked_libc().syscall(number, *words, *(ctypes.c_void_p(word) for word in tail))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0, -1
    check(pid, "clone")
    os.set_inheritable(pidfd.value, False)
    return pid, pidfd.value


def clone_beside(process: int, flags: int) -> tuple[int, int]:
    """Fork as `clone` does, but into the network of another process, below its user namespace.

    A short-lived process joins the other's user and network namespaces and forks from there with itself as sibling, so
    that this process joins nothing and is the parent all the same. The child holds no right over the shared network,
    which belongs to a namespace above its own.

    Args:
        process: process descriptor; its user namespace was made by this process.
        flags: namespace flags; the network's is left out.

    Returns:
        (0, -1) in the child; (process number, process descriptor) in the parent.

    Raises:
        OSError: if the kernel refuses.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    middle, held = clone(0)
    if middle == 0:
        try:
            check(_libc().setns(process, CLONE_NEWUSER | CLONE_NEWNET), "setns")
            pid, _ = clone((flags & ~CLONE_NEWNET) | _CLONE_PARENT)
        except OSError as error:
            os.write(writing, f"0 {error}".encode()[:500])
            os._exit(1)
        if pid == 0:
            return 0, -1
        os.write(writing, str(pid).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(middle, 0)
    os.close(held)
    word, _, why = os.read(reading, 1000).decode("utf-8", "replace").partition(" ")
    os.close(reading)
    if not word.isdigit() or word == "0":
        raise OSError(f"cannot join another job's network: {why}")
    return int(word), os.pidfd_open(int(word))


def drop_capabilities() -> None:
    """Give up every capability of this process for good."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    call(_SYS_CAPSET[machine()], ctypes.byref(header), ctypes.byref(sets))


def open_beneath(folder: int, name: str, flags: int) -> int:
    """Open a file that lies below a folder, through no link of any kind.

    Args:
        folder: descriptor of the folder.
        name: relative path.
        flags: flags of `os.open`.

    Returns:
        A descriptor.

    Raises:
        OSError: if it is missing, leaves the folder, or passes a link.
    """
    how = (ctypes.c_uint64 * 3)(flags | os.O_CLOEXEC, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
    path = ctypes.c_char_p(os.fsencode(name))
    return call(_SYS_OPENAT2, ctypes.c_int(folder), path, ctypes.byref(how), ctypes.c_size_t(24))
