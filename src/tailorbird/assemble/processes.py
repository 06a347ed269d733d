"""Worker processes that do not outlive the one that started them."""

from __future__ import annotations

import ctypes
import signal


def end_with_parent() -> None:
    """Let the kernel end a worker whose parent was killed (PR_SET_PDEATHSIG), so that none works on unseen."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
