"""Numbers of an input file, for pictures: named columns, and which of them is time.

Covers CSV, TSV, JSON objects of lists, NPZ and WAV. Reads what it can and leaves out the rest; never raises on content.
"""

from __future__ import annotations

import csv
import io
import json
import wave
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TIMES = ("time", "t", "time_s", "timestamp", "seconds", "hour", "day", "year", "month")
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Series:
    """Columns of numbers over a common axis."""

    columns: dict[str, Floats]
    x: Floats
    x_name: str
    """`time`, a column's name, or `sample`."""


def read_series(path: Path) -> Series | None:
    """The numbers of a file; `None` when there are none to draw."""
    reader = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".json": _json, ".npz": _npz, ".wav": _wav}.get(
        path.suffix.lower()
    )
    if reader is None:
        return None
    try:
        columns = reader(path)
    except (OSError, ValueError, KeyError, EOFError, wave.Error, zipfile.BadZipFile, csv.Error):
        return None
    columns = {name: values for name, values in columns.items() if values.ndim == 1 and values.size > 1}
    if not columns:
        return None
    size = max(values.size for values in columns.values())
    columns = {name: values for name, values in columns.items() if values.size == size}
    time = next((name for name in columns if name.strip().lower() in TIMES), "")
    x = columns.pop(time) if time and len(columns) > 1 else np.arange(size, dtype=float)
    return Series(columns, x, time or "sample") if columns else None


def _csv(path: Path) -> dict[str, Floats]:
    text = path.read_text(encoding="utf-8-sig")
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=mark) if row][:MOST_ROWS]
    numeric = all(_number(cell) == _number(cell) for cell in rows[0])
    names = [f"column {n}" for n in range(1, len(rows[0]) + 1)] if numeric else [cell.strip() for cell in rows[0]]
    body = rows if numeric else rows[1:]
    found = {}
    for at, name in enumerate(names):
        values = np.array([_number(row[at]) if at < len(row) else np.nan for row in body])
        if values.size and np.isfinite(values).mean() > 0.5:
            found[name] = values
    return found


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _json(path: Path) -> dict[str, Floats]:
    data = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(data, list) and data and isinstance(data[0], dict):
        data = {key: [row.get(key) for row in data] for key in data[0]}
    pairs = data.items() if isinstance(data, dict) else [("values", data)]
    return {
        str(key): np.array(value, dtype=float)
        for key, value in pairs
        if isinstance(value, list) and value and all(isinstance(item, (int, float)) for item in value)
    }


def _npz(path: Path) -> dict[str, Floats]:
    with np.load(path, allow_pickle=False) as pack:
        return {name: pack[name].astype(float) for name in pack.files if pack[name].dtype.kind in "fiu"}


def _wav(path: Path) -> dict[str, Floats]:
    with wave.open(str(path)) as file:
        if file.getsampwidth() != 2:
            return {}
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        times = np.arange(len(raw)) / file.getframerate()
    return {"time": times, **{f"channel {n + 1}": raw[:, n] / 32768.0 for n in range(raw.shape[1])}}
