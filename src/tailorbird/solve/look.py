"""What an input file looks like, in one line a model can read: layout, columns, units, length.

Covers: CSV and TSV, JSON, JSON lines, NPY, NPZ, WAV, and anything else by size. Reads at most the first megabyte of
text; never executes or unpickles. Units are taken from names such as `ecg_mv`, `ecg (mV)`, `time [s]`.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import struct
import wave
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tailorbird.core.errors import BadFile
from tailorbird.core.files import read_bytes

_UNITS = {
    "s": "s", "sec": "s", "seconds": "s", "ms": "ms", "us": "us", "mv": "mV", "uv": "uV", "v": "V", "hz": "Hz", "khz": "kHz",
    "g": "g", "c": "degC", "degc": "degC", "celsius": "degC", "k": "K", "f": "degF", "degf": "degF", "pa": "Pa", "hpa": "hPa",
    "kpa": "kPa", "w": "W", "kw": "kW", "wh": "Wh", "kwh": "kWh", "m": "m", "cm": "cm", "mm": "mm", "km": "km",
    "deg": "deg", "rad": "rad", "pct": "%", "percent": "%", "%": "%", "ppm": "ppm", "lux": "lux", "a": "A", "db": "dB",
    "m/s2": "m/s2", "m/s": "m/s", "deg/s": "deg/s", "rad/s": "rad/s", "bpm": "/min",
}  # fmt: skip
_TIMES = {"time", "t", "timestamp", "seconds", "time_s", "时间"}
_BRACKET = re.compile(r"^(.*?)\s*[\[(]([^\])]+)[\])]$")


@dataclass(frozen=True)
class Column:
    """A named series of a file."""

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Look:
    """What was seen of a file."""

    line: str
    """For the requirement: name, layout, columns with units, length."""
    columns: tuple[Column, ...] = ()
    warnings: tuple[str, ...] = ()
    """What a person should know: no header, ragged rows, empty file."""


def unit_of(name: str) -> str:
    """The unit a column's name tells, empty when it tells none."""
    match = _BRACKET.match(name)
    if match:
        return _UNITS.get(match[2].strip().lower(), match[2].strip())
    if name.strip().lower() in _TIMES:
        return "s"
    tail = name.lower().rsplit("_", 1)[-1] if "_" in name else ""
    return _UNITS.get(tail, "")


def look(path: Path, name: str = "") -> Look:
    """One line on a file.

    Args:
        path: where it lies.
        name: what the program will call it; the file's own name when empty.

    Raises:
        BadFile: if it cannot be read or is not what its ending says.
    """
    shown = name or path.name
    raw = read_bytes(path)
    if not raw:
        raise BadFile(str(path), ["expected data, the file is empty"])
    reader = _READERS.get(path.suffix.lower())
    try:
        found = reader(raw) if reader else Look(f"{len(raw)} bytes")
    except (ValueError, struct.error, wave.Error, EOFError, csv.Error, zipfile.BadZipFile, RecursionError) as error:
        raise BadFile(
            str(path), [f"expected {path.suffix[1:].upper()}, cannot read it: {str(error)[:160]}"],
            "check the file's ending and that it is complete",
        ) from None  # fmt: skip
    return Look(f"`{shown}`: {found.line}", found.columns, found.warnings)


def _named(columns: tuple[Column, ...]) -> str:
    return ", ".join(f"`{column.name}`" + (f" ({column.unit})" if column.unit else "") for column in columns)


def _csv(raw: bytes) -> Look:
    text = _decode(raw)
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    rows = [row for row in rows if row]
    if not rows:
        raise ValueError("no rows")
    head = [cell.strip() for cell in rows[0]]
    number = sum(_is_number(cell) for cell in head)
    ragged = sum(len(row) != len(head) for row in rows[1:])
    warnings = [f"{ragged} of {len(rows) - 1} rows have another number of cells than the header"] if ragged else []
    count = raw.count(b"\n") + (not raw.endswith(b"\n"))
    kind = {",": "CSV", ";": "CSV with semicolons", "\t": "CSV with tabs"}[mark]
    if number == len(head):
        return Look(
            f"{kind} without a header, {len(head)} columns; {count} rows", (), (*warnings, "the file has no header row")
        )
    columns = tuple(Column(name, unit_of(name)) for name in head)
    return Look(f"{kind} with a header, columns {_named(columns)}; {count - 1} rows", columns, tuple(warnings))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _decode(raw: bytes) -> str:
    if b"\0" in raw[:4096]:
        raise ValueError("it holds binary data")
    part = raw[: 1 << 20]
    if len(part) < len(raw):
        part = part[: part.rfind(b"\n") + 1] or part
    try:
        return part.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte 0x{part[error.start]:02x} at offset {error.start})") from None


def _json(raw: bytes) -> Look:
    data = json.loads(raw.decode("utf-8-sig"))
    if isinstance(data, dict):
        columns = tuple(Column(str(key), unit_of(str(key))) for key in list(data)[:40])
        return Look(f"JSON object with the keys {_named(columns)}", columns)
    if isinstance(data, list) and data and isinstance(data[0], dict):
        columns = tuple(Column(str(key), unit_of(str(key))) for key in list(data[0])[:40])
        return Look(f"JSON list of {len(data)} objects with the keys {_named(columns)}", columns)
    return Look(f"JSON {'list of ' + str(len(data)) + ' values' if isinstance(data, list) else type(data).__name__}")


def _json_lines(raw: bytes) -> Look:
    lines = [line for line in _decode(raw).split("\n") if line.strip()]
    first = json.loads(lines[0])
    columns = tuple(Column(str(key), unit_of(str(key))) for key in first) if isinstance(first, dict) else ()
    return Look(f"JSON lines with the keys {_named(columns)}; {raw.count(b'{')} objects or so", columns)


def _npy_head(raw: bytes) -> str:
    if raw[:6] != b"\x93NUMPY":
        raise ValueError("it does not start as a NumPy file")
    wide = raw[6] >= 2
    size = int.from_bytes(raw[8:12] if wide else raw[8:10], "little")
    start = 12 if wide else 10
    head = ast.literal_eval(raw[start : start + size].decode("latin-1"))
    shape = " × ".join(map(str, head["shape"])) or "one value"
    return f"{shape} of {head['descr']}"


def _npz(raw: bytes) -> Look:
    with zipfile.ZipFile(io.BytesIO(raw)) as pack:
        parts = []
        for info in pack.infolist()[:40]:
            with pack.open(info) as part:
                parts.append((info.filename.removesuffix(".npy"), _npy_head(part.read(4096))))
    columns = tuple(Column(name, unit_of(name)) for name, _ in parts)
    return Look("NPZ with the arrays " + ", ".join(f"`{name}` ({shape})" for name, shape in parts), columns)


def _wav(raw: bytes) -> Look:
    with wave.open(io.BytesIO(raw)) as file:
        rate, count = file.getframerate(), file.getnframes()
        shape = f"{file.getnchannels()} channel(s), {8 * file.getsampwidth()} bits"
    return Look(f"WAV, {shape}, {rate} Hz, {count / rate:.2f} s")


_READERS: Mapping[str, Callable[[bytes], Look]] = {
    ".csv": _csv, ".tsv": _csv, ".txt": _csv, ".json": _json, ".jsonl": _json_lines, ".ndjson": _json_lines,
    ".npy": lambda raw: Look(f"NPY, {_npy_head(raw)}"), ".npz": _npz, ".wav": _wav,
}  # fmt: skip
