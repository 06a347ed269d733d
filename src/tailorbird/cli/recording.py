"""The real recording of the demonstration, read from where an installed package keeps it."""

from __future__ import annotations

from pathlib import Path

from tailorbird import assemble
from tailorbird.core.files import write_atomic


def write_ecg(folder: Path) -> Path:
    """Write the MIT-BIH excerpt that sktime carries as `ecg.csv` with time (s) and ecg (mV).

    Raises:
        MissingExtra: if the package is not installed.
    """
    path = folder / "ecg.csv"
    write_atomic(path, assemble.recording())
    return path
