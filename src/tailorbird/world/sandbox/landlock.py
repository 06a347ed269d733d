"""Landlock: the kernel's own fence around files, TCP and signals, open to every user.

Source: Linux `Documentation/userspace-api/landlock.rst`, ABI 1 (5.13) to 6 (6.12).
Covers: a fence of readable and writable folders with everything else denied. Does not cover: UDP and unix sockets by
path, which the system call filter refuses; reading metadata of files outside.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from . import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_DEVICE = _WRITE_FILE | _READ_FILE
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE

SIGNAL_SCOPE_ABI = 6
"""First ABI that keeps signals and abstract sockets inside the fence."""


def abi() -> int:
    """Landlock's ABI version on this kernel; 0 when there is none."""
    try:
        return kernel.call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def _handled(version: int) -> int:
    """Every file access bit that ABI `version` knows."""
    bits = (1 << 13) - 1
    for least, bit in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE)):
        if version >= least:
            bits |= bit
    return bits


def _ruleset(version: int) -> int:
    fields = [_handled(version)]
    if version >= 4:
        fields.append(3)
    if version >= SIGNAL_SCOPE_ABI:
        fields.append(3)
    attributes = struct.pack(f"<{len(fields)}Q", *fields)
    size = ctypes.c_size_t(len(attributes))
    return kernel.call(_CREATE, ctypes.c_char_p(attributes), size, ctypes.c_uint32(0))


def _allow(ruleset: int, descriptor: int, bits: int) -> None:
    rule = struct.pack("<Qi", bits, descriptor)
    kernel.call(_ADD, ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.c_char_p(rule), ctypes.c_uint32(0))


def restrict(readable: Iterable[int], writable: Iterable[int], devices: Iterable[int]) -> None:
    """Fence this process and all its descendants in; `no_new_privs` must be set.

    Args:
        readable: descriptors of folders or files that may be read and executed.
        writable: descriptors of folders where everything but device files may be done.
        devices: descriptors of device files that may be read and written.

    Raises:
        OSError: if the kernel has no Landlock or refuses.
    """
    version = abi()
    bits = _handled(version)
    ruleset = _ruleset(version)
    try:
        for descriptor in readable:
            folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            _allow(ruleset, descriptor, _READ if folder else _READ & _FILE_ONLY)
        for descriptor in writable:
            _allow(ruleset, descriptor, bits & ~(_IOCTL_DEVICE | (1 << 6) | (1 << 11)))
        for descriptor in devices:
            _allow(ruleset, descriptor, _DEVICE)
        kernel.call(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
