"""The system call filter that every job installs last.

Covers: a classic BPF program for x86-64 and aarch64 that allows all but a list. Does not cover: pointers' targets,
which BPF cannot read; `clone3` is therefore refused as unknown, and the C library falls back to `clone`.
"""

from __future__ import annotations

import ctypes
import struct

from . import kernel

DENIED: dict[str, tuple[int, int]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "pidfd_getfd": (438, 438), "kcmp": (312, 272), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "syslog": (103, 116), "personality": (135, 92), "fanotify_init": (300, 262),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "move_pages": (279, 239), "migrate_pages": (256, 238), "iopl": (172, -1), "ioperm": (173, -1), "modify_ldt": (154, -1),
}  # fmt: skip
"""Calls refused with EPERM: name and numbers on x86-64 and aarch64 (-1 where it does not exist).

Memory files and System V objects are here because they belong to no process: no watchdog could count them, and they
would outlive the job.
"""

_ATTRIBUTES = {
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip
"""Changes of a file's rights, owner, times and attributes, which Landlock does not fence: any file of the same user."""

_OTHERS = {
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip
"""Calls whose first argument names a process: 0, the caller, is allowed and no other."""

_OTHERS_BY_KIND = {"setpriority": (141, 140, 0), "ioprio_set": (251, 30, 1)}
"""Calls whose first argument says what the second names: numbers, and the kind that is a process."""

_SIGNALS = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
_PIDFD_SEND_SIGNAL = 424
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE, _IOCTL, _SOCKET, _FCNTL, _CLONE3 = (56, 220), (16, 29), (41, 198), (72, 25), 435
_NAMESPACE_FLAGS = 0x7E020000
_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP, _F_SETOWN, _F_SETOWN_EX = 0x5412, 0x541C, 0x8901, 0x8902, 8, 15
_AF_UNIX, _AF_INET, _AF_INET6, _IPPROTO_MPTCP = 1, 2, 10, 262
_LOAD, _AND, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _EPERM, _ENOSYS, _PRETEND = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16


class _Program:
    """BPF instructions; every test either skips its one-instruction answer or returns it."""

    def __init__(self) -> None:
        self.code: list[tuple[int, int, int, int]] = []

    def load(self, offset: int) -> None:
        self.code.append((_LOAD, 0, 0, offset))

    def answer(self, value: int) -> None:
        self.code.append((_RETURN, 0, 0, value))

    def answer_if(self, test: int, operand: int, value: int) -> None:
        self.code.append((test, 0, 1, operand))
        self.answer(value)

    def answer_unless(self, test: int, operand: int, value: int) -> None:
        self.code.append((test, 1, 0, operand))
        self.answer(value)

    def for_call(self, number: int, body: _Program) -> None:
        """Run `body`, which must end in an answer, for one call number; the number stays loaded otherwise."""
        self.code.append((_EQUAL, 0, len(body.code), number))
        self.code.extend(body.code)


def build(sockets: bool = False, own_signals: int = 0, attributes: bool = True, architecture: str = "") -> bytes:
    """The filter as an array of kernel instructions.

    Args:
        sockets: allow unix, IPv4 and IPv6 sockets (the namespace limits them to loopback); none otherwise.
        own_signals: when positive, signals may be sent to this process number alone.
        attributes: whether rights, owner, times and attributes of files may be changed; otherwise such calls do
            nothing and say that they succeeded, as honest programs make them when they copy a file.
        architecture: `x86_64` or `aarch64`; this machine's when empty.

    Returns:
        Packed `struct sock_filter` records, 8 bytes each.

    Raises:
        KeyError: if the architecture is neither.
    """
    architecture = architecture or kernel.machine()
    column = 0 if architecture == "x86_64" else 1
    program = _Program()
    program.load(_ARCHITECTURE_AT)
    program.answer_unless(_EQUAL, _ARCHITECTURE[architecture], _KILL)
    program.load(_NUMBER_AT)
    if column == 0:
        program.answer_if(_AT_LEAST, 0x40000000, _EPERM)
    for numbers in DENIED.values():
        if numbers[column] >= 0:
            program.answer_if(_EQUAL, numbers[column], _EPERM)
    for numbers in () if attributes else _ATTRIBUTES.values():
        if numbers[column] >= 0:
            program.answer_if(_EQUAL, numbers[column], _PRETEND)
    program.answer_if(_EQUAL, _CLONE3, _ENOSYS)
    program.for_call(_CLONE[column], _clone_rule())
    program.for_call(_IOCTL[column], _refused_words(_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP))
    program.for_call(_FCNTL[column], _refused_words(_F_SETOWN, _F_SETOWN_EX))
    program.for_call(_SOCKET[column], _socket_rule(sockets))
    for numbers in _OTHERS.values():
        program.for_call(numbers[column], _only(0))
    for *both, kind in _OTHERS_BY_KIND.values():
        program.for_call(both[column], _only(kind, 0))
    if own_signals > 0:
        program.answer_if(_EQUAL, _PIDFD_SEND_SIGNAL, _EPERM)
        for numbers in _SIGNALS.values():
            program.for_call(numbers[column], _only(own_signals))
    program.answer(_ALLOW)
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program.code)


def _clone_rule() -> _Program:
    rule = _Program()
    rule.load(_ARGUMENTS_AT)
    rule.answer_if(_ANY_BIT, _NAMESPACE_FLAGS, _EPERM)
    rule.answer(_ALLOW)
    return rule


def _refused_words(*words: int) -> _Program:
    """Refuse some requests: to type into a terminal, to have signals sent to others; the low half alone counts."""
    rule = _Program()
    rule.load(_ARGUMENTS_AT + 8)
    for word in words:
        rule.answer_if(_EQUAL, word, _EPERM)
    rule.answer(_ALLOW)
    return rule


def _socket_rule(sockets: bool) -> _Program:
    rule = _Program()
    if sockets:
        rule.load(_ARGUMENTS_AT + 16)
        rule.answer_if(_EQUAL, _IPPROTO_MPTCP, _EPERM)
        rule.load(_ARGUMENTS_AT)
        for family in (_AF_UNIX, _AF_INET, _AF_INET6):
            rule.answer_if(_EQUAL, family, _ALLOW)
    rule.answer(_EPERM)
    return rule


def _only(*arguments: int) -> _Program:
    """Allow a call with these first arguments, whose low halves alone count, and no other."""
    rule = _Program()
    for index, argument in enumerate(arguments):
        rule.load(_ARGUMENTS_AT + 8 * index)
        rule.answer_unless(_EQUAL, argument, _EPERM)
    rule.answer(_ALLOW)
    return rule


def install(program: bytes) -> None:
    """Put a filter on this process and all its descendants; `no_new_privs` must be set.

    Raises:
        OSError: if the kernel refuses the program.
    """

    class Header(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    header = Header(len(program) // 8, program)
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.byref(header))
