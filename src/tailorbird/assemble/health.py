"""Facts of this host, and each isolation under attack."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from collections.abc import Callable, Sequence
from typing import Any

from tailorbird.assemble import DEFAULT_ENGINE, version
from tailorbird.core.errors import UnknownName
from tailorbird.core.record import to_data
from tailorbird.world.sandbox import box, doctor

QUICK = ("N1", "N4", "F1", "F3", "S1", "S3", "P2", "K1", "R1", "R2", "R4", "R7")
"""Attacks of the quick check: at least one on each guarantee."""


def checkup(backends: Sequence[str], quick: bool, watch: Callable[[str], None]) -> dict[str, Any]:
    """Facts of this host, and each isolation under attack, as plain data.

    Raises:
        UnknownName: if a backend has no such name.
    """
    known = {name: why for name, available, why in box.backends() if name != "unsafe" and (available or why)}
    for name in backends:
        if name not in known:
            raise UnknownName("backend", name, known)
    results: list[dict[str, Any]] = []
    with doctor.prepared() as ground:
        for name in backends or tuple(known):
            if known[name]:
                results.append({"backend": name, "missing": known[name]})
                continue
            found = doctor.examine(name, ground, watch, QUICK if quick else ())
            results.append({**to_data(found), "well": found.well})
    working = [item["backend"] for item in results if item.get("well")]
    packages = {
        name: importlib.util.find_spec(name) is not None
        for name in ("scipy", "pandas", "sklearn", "statsmodels", "matplotlib")
    }
    host = {
        "tailorbird": version(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "user": "root (programs run as nobody)" if os.geteuid() == 0 else str(os.geteuid()),
        "bubblewrap": shutil.which("bwrap") or "not installed",
        "iot packages": "all"
        if all(packages.values())
        else f"missing {', '.join(n for n, there in packages.items() if not there)}",
        "engine": f"{DEFAULT_ENGINE} (no trained model is installed)",
    }
    hint = "" if "bubblewrap" in working or shutil.which("bwrap") else "install bubblewrap for the stronger isolation"
    return {
        "host": host,
        "backends": results,
        "default": working[0] if working else "",
        "well": bool(working),
        "hint": hint,
    }
