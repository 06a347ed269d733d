"""Ways to keep a sensor record in one file, and what a requirement says of each.

Numbers are written with enough digits that every reader gets the same doubles.
Covers: one quantity with its time or rate. Does not cover: recordings of several instruments in one file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.block import Layout, Record, Source
from tailorbird.domains.iot import make

START = datetime(2024, 3, 4, 6, 0, 0, tzinfo=UTC)
"""First instant of records with calendar time."""

FULL_SCALE = 4.0
"""Full scale of WAV files as multiples of the usual size of the quantity."""


def _number(value: float, digits: int = 7) -> str:
    return f"{value:.{digits}g}"


def _columns(record: Record) -> NDArray[np.float64]:
    """Values as columns, shape (N, C)."""
    values: NDArray[np.float64] = record.values
    return values if values.ndim == 2 else values[:, None]


def _rows(record: Record, times: list[str], between: str, comma: bool = False) -> bytes:
    """A table with a header; `comma` writes decimal commas."""
    lines = [between.join((record.time, *record.columns))]
    for moment, row in zip(times, _columns(record), strict=True):
        cells = between.join((moment, *(_number(value) for value in row)))
        lines.append(cells.replace(".", ",") if comma else cells)
    return ("\n".join(lines) + "\n").encode()


def _seconds(record: Record) -> list[str]:
    return [_number(moment, 9) for moment in record.times]


def _milliseconds(record: Record) -> list[str]:
    return [_number(1000.0 * moment, 10) for moment in record.times]


def _instants(record: Record) -> list[str]:
    return [(START + timedelta(seconds=round(float(moment), 3))).isoformat() for moment in record.times]


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [float(_number(value)) for value in values]


def _channels(record: Record) -> dict[str, list[float]]:
    return {name: _rounded(column) for name, column in zip(record.columns, _columns(record).T, strict=True)}


def _json(record: Record) -> bytes:
    return make.json_bytes({record.rated: record.rate, **_channels(record)})


def _nested(record: Record) -> bytes:
    return make.json_bytes({"meta": {record.rated: record.rate, "unit": record.unit}, "data": _channels(record)})


def _interval(record: Record) -> bytes:
    return make.json_bytes({"unit": record.unit, "interval_ms": 1000.0 / record.rate, **_channels(record)})


def _lines(record: Record) -> bytes:
    rows = zip(record.times, _columns(record), strict=True)
    keyed = (
        {record.time: float(_number(t, 9))} | dict(zip(record.columns, _rounded(row), strict=True)) for t, row in rows
    )
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in keyed).encode()


def _npz(record: Record) -> bytes:
    arrays = dict(zip(record.columns, _columns(record).T, strict=True))
    return make.npz_bytes(**arrays, **{record.rated: np.array(record.rate)})


def _comment(record: Record) -> bytes:
    rows = "".join(_number(value) + "\n" for value in record.values)
    return f"# {record.rated}={record.rate:g}\n{record.columns[0]}\n{rows}".encode()


def _full_scale(record: Record) -> float:
    """The smallest power of ten times 1, 2 or 5 that holds every sample of a record of this unit."""
    return {"Pa": 20.0, "m/s2": 100.0, "g": 10.0}.get(record.unit, 10.0)


def _wav(record: Record) -> bytes:
    return make.wav_bytes(record.values / _full_scale(record), round(record.rate))


def _senml(record: Record) -> bytes:
    base = {"bn": "urn:dev:1:", "bt": 1.7e9, "bu": record.unit}
    pack: list[dict[str, Any]] = [
        {"n": record.columns[0], "t": round(float(t), 4), "v": float(_number(v))}
        for t, v in zip(record.times, record.values, strict=True)
    ]
    return make.json_bytes([base | pack[0], *pack[1:]])


def _named(record: Record) -> str:
    unit = "" if record.unit == "1" else f" ({record.unit})"
    return ", ".join(f"`{name}`{unit}" for name in record.columns)


def _say(text: str) -> Callable[[Record, str], str]:
    """A line of a requirement from a text with {file}, {time}, {values} and {rate}."""

    def line(record: Record, file: str) -> str:
        full = f"{_full_scale(record):g} {record.unit}" if record.unit != "1" else f"{_full_scale(record):g}"
        return text.format(
            file=f"`{file}`", time=f"`{record.time}`", values=_named(record), rate=f"`{record.rated}`", full=full
        )

    return line


def _params(record: Record) -> Mapping[str, Any]:
    return {
        "time": record.time,
        "value": record.columns[0],
        "channels": record.columns,
        "rate": record.rated,
        "full_scale": _full_scale(record),
    }


def _any(source: Source, rate: float) -> bool:
    del source, rate
    return True


def _layout(
    name: str,
    ending: str,
    write: Callable[[Record], bytes],
    says: str,
    actions: tuple[str, ...],
    functions: Mapping[str, tuple[str, ...]],
    fits: Callable[[Source, float], bool] = _any,
) -> Layout:
    return Layout(name, ending, write, _say(says), actions, functions, _params, fits)


_FROM_TIMES = "sampling rate from the first and last time stamp"

LAYOUTS = (
    _layout("csv", "csv", lambda r: _rows(r, _seconds(r), ","), "{file}: CSV with a header, columns {time} (s), {values}",
            ("read the CSV columns by name", _FROM_TIMES),
            {"series": ("series_csv", "series_csv_pandas", "series_csv_numpy"),
             "multi": ("multi_csv", "multi_csv_pandas", "multi_csv_numpy"), "values": ("values_csv", "values_csv_pandas")}),
    _layout("semicolon", "csv", lambda r: _rows(r, _seconds(r), ";", comma=True),
            "{file}: table separated by semicolons with decimal commas and a header, columns {time} (s), {values}",
            ("read the table, semicolons between cells, commas for decimal points", _FROM_TIMES),
            {"series": ("series_semicolon", "series_semicolon_pandas"), "values": ("values_semicolon", "values_semicolon_pandas")}),
    _layout("milliseconds", "tsv", lambda r: _rows(r, _milliseconds(r), "\t"),
            "{file}: table separated by tabs with a header, columns {time} (ms), {values}",
            ("read the columns separated by tabs", "milliseconds to seconds", _FROM_TIMES),
            {"series": ("series_milliseconds", "series_milliseconds_pandas"),
             "values": ("values_milliseconds", "values_milliseconds_pandas")}),
    _layout("comment", "txt", _comment,
            "{file}: text; first line `# ` and {rate} = samples per second, second line the name, then one value per line: {values}",
            ("take the rate from the first line", "one value per further line"),
            {"series": ("series_comment", "series_comment_numpy")}),
    _layout("json", "json", _json, "{file}: JSON object with {rate} (Hz) and the list {values}",
            ("load the JSON object", "take samples and rate by key"),
            {"series": ("series_json", "series_json_text"), "multi": ("multi_json", "multi_json_rows")}),
    _layout("nested", "json", _nested, "{file}: JSON object; `meta` holds {rate} (Hz), `data` holds the list {values}",
            ("load the JSON object", "rate from `meta`, samples from `data`"),
            {"series": ("series_nested", "series_nested_lists")}),
    _layout("interval", "json", _interval, "{file}: JSON object with `interval_ms` (ms between samples) and the list {values}",
            ("load the JSON object", "rate from the interval in milliseconds"),
            {"series": ("series_interval", "series_interval_seconds")}),
    _layout("lines", "jsonl", _lines, "{file}: JSON Lines, one reading per line with {time} (s) and {values}",
            ("parse one JSON object per line", _FROM_TIMES),
            {"series": ("series_lines", "series_lines_pandas"), "multi": ("multi_lines", "multi_lines_pandas"),
             "values": ("values_lines", "values_lines_pandas")}),
    _layout("npz", "npz", _npz, "{file}: NPZ archive with the arrays {values} and the number {rate} (Hz)",
            ("load the arrays by name",),
            {"series": ("series_npz", "series_npz_item"), "multi": ("multi_npz", "multi_npz_columns")}),
    _layout("wav", "wav", _wav, "{file}: mono 16-bit WAV; full scale is {full}",
            ("read the WAV frames and the frame rate", "scale 16-bit integers to the quantity"),
            {"series": ("series_wav", "series_wav_bytes")},
            lambda source, rate: bool(source.tags & {"audio", "vibration"}) and rate == round(rate)),
    _layout("senml", "json", _senml, "{file}: SenML pack (RFC 8428) of {values}; base time in the first record, times relative to it (s)",
            ("load the SenML records", "add the base time", _FROM_TIMES),
            {"series": ("series_senml", "series_senml_loop"), "values": ("values_senml", "values_senml_loop")},
            lambda source, rate: rate <= 20.0),
    _layout("iso", "csv", lambda r: _rows(r, _instants(r), ","),
            "{file}: CSV with a header, columns {time} (ISO 8601 with offset), {values}",
            ("parse the ISO 8601 time stamps", _FROM_TIMES),
            {"series": ("series_iso", "series_iso_pandas"), "values": ("values_iso", "values_iso_pandas")},
            lambda source, rate: rate <= 5.0),
)  # fmt: skip
"""Every layout of the pack."""
