"""What generators of sensor data share: tables as CSV, random sources, ECG and noise.

Every random choice comes from the generator that is passed in.
"""

from __future__ import annotations

import importlib.util
import io
import json
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rng(seed: int, *salt: str) -> np.random.Generator:
    """A random source of a seed and words that part it from others of the same seed."""
    return np.random.default_rng([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF, *(sum(w.encode()) for w in salt)])


def csv_bytes(columns: Mapping[str, Sequence[Any] | Floats], digits: int = 6) -> bytes:
    """A CSV with a header; floats with so many significant digits, NaN as an empty cell."""
    out = io.StringIO()
    out.write(",".join(columns) + "\n")
    for row in zip(*columns.values(), strict=True):
        cells = (f"{v:.{digits}g}" if isinstance(v, (float, np.floating)) else str(v) for v in row)
        out.write(",".join("" if cell == "nan" else cell for cell in cells) + "\n")
    return out.getvalue().encode()


def json_bytes(data: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def npz_bytes(**arrays: NDArray[Any]) -> bytes:
    """Arrays as one NPZ file, without pickle."""
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def wav_bytes(samples: Floats, rate: int) -> bytes:
    """Mono 16-bit WAV of samples in -1 to 1; louder ones are clipped."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes())
    return out.getvalue()


ECG_WAVES = (
    (0.12, -0.17, 0.025),
    (-0.12, -0.03, 0.010),
    (1.0, 0.0, 0.011),
    (-0.2, 0.03, 0.011),
    (0.3, 0.27, 0.050),
)
"""P, Q, R, S, T as (amplitude mV, centre s from the R peak, width s)."""


def ecg(times: Floats, peaks: Floats) -> Floats:
    """Clean ECG in mV at given times (s), one beat around each R peak (s)."""
    signal = np.zeros_like(times)
    for peak in peaks:
        lo, hi = np.searchsorted(times, (peak - 0.4, peak + 0.6))
        span = times[lo:hi] - peak
        for height, centre, width in ECG_WAVES:
            signal[lo:hi] += height * np.exp(-0.5 * ((span - centre) / width) ** 2)
    return signal


def worst_gap(truth: Sequence[float | None], found: Sequence[float | None]) -> float:
    """Largest absolute difference of two lists; infinite where lengths or the places of nulls differ, 0 for empty ones."""
    if len(truth) != len(found) or any((a is None) != (b is None) for a, b in zip(truth, found, strict=True)):
        return float("inf")
    pairs = zip(truth, found, strict=True)
    return max((abs(float(a) - float(b)) for a, b in pairs if a is not None and b is not None), default=0.0)


def bundled(package: str, path: str) -> str:
    """Text of a data file that ships inside an installed package; empty when either is missing.

    The package is only located, never imported.
    """
    found = importlib.util.find_spec(package)
    file = Path(found.origin).parent / path if found and found.origin else None
    return file.read_text(encoding="utf-8") if file and file.is_file() else ""
