"""Which warm server a program goes to: the smallest that has imported what the program will import.

A wrong guess costs time, never correctness: any program runs on any server. Forking costs grow with the server's
resident memory, hence several servers. Imports are found by a pattern, as parsing hostile text would risk the judge.
"""

from __future__ import annotations

import re

ROUTES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("core", ()),
    ("numpy", ("numpy", "numpy.random")),
    (
        "signal",
        (
            "numpy",
            "numpy.random",
            "scipy.signal",
            "scipy.optimize",
            "scipy.stats",
            "scipy.interpolate",
            "scipy.integrate",
        ),
    ),
    (
        "full",
        (
            "numpy",
            "numpy.random",
            "scipy.signal",
            "scipy.stats",
            "pandas",
            "sklearn.linear_model",
            "sklearn.ensemble",
            "sklearn.cluster",
        ),
    ),
)
"""Server names and what each imports beforehand, smallest first."""

_COVERED = {
    "numpy": {"numpy"},
    "signal": {"numpy", "scipy"},
    "full": {"numpy", "scipy", "pandas", "sklearn"},
}
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)|import[ \t]+([A-Za-z_][\w., \t]*))", re.MULTILINE)


def imported(source: str) -> set[str]:
    """Top-level names of modules that a program's lines seem to import.

    Args:
        source: program text; need not be valid.

    Returns:
        Names such as `numpy`.
    """
    names: set[str] = set()
    for match in _IMPORT.finditer(source):
        for part in (match[1] or match[2]).split(","):
            names.update(part.split(".")[0].split()[:1])
    return names


def route(source: str) -> tuple[str, tuple[str, ...]]:
    """Name and preloads of the smallest server that covers a program's imports."""
    heavy = imported(source) & _COVERED["full"]
    for name, preload in ROUTES:
        if heavy <= _COVERED.get(name, set()):
            return name, preload
    return ROUTES[-1]
