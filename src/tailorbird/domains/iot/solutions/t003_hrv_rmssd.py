"""Right and wrong programs of T003, one function per step. Read as text, never imported."""

import json
import math

import numpy as np


def beat_intervals(path: str) -> list[float]:
    """Read heartbeat times and give the intervals between them.

    Args:
        path: JSON object with ticks_per_second (1/s) and beats, ascending times in ticks.

    Returns:
        Intervals between neighbouring beats in ms; empty below two beats.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    scale = 1000.0 / data["ticks_per_second"]
    beats = data["beats"]
    return [(later - earlier) * scale for earlier, later in zip(beats, beats[1:])]


def successive_differences(gaps_ms: list[float]) -> list[float]:
    """Give the differences of neighbouring plausible intervals.

    Args:
        gaps_ms: intervals between beats in ms.

    Returns:
        Differences in ms, one for each two neighbours that both last 300 to 2000 ms.
    """
    plausible = [300.0 <= gap <= 2000.0 for gap in gaps_ms]
    return [gaps_ms[k + 1] - gaps_ms[k] for k in range(len(gaps_ms) - 1) if plausible[k] and plausible[k + 1]]


def root_mean_square(differences_ms: list[float]) -> float | None:
    """Compute RMSSD from successive differences.

    Args:
        differences_ms: differences of neighbouring plausible intervals in ms.

    Returns:
        Root of the mean square in ms; None when there is no difference.
    """
    if not differences_ms:
        return None
    return math.sqrt(sum(d * d for d in differences_ms) / len(differences_ms))


def flag_stress(rmssd_ms: float | None) -> bool:
    """Say whether RMSSD is so low that it points to stress.

    Args:
        rmssd_ms: root mean square of successive differences in ms, or None.

    Returns:
        True under 20 ms; False otherwise and for None.
    """
    return rmssd_ms is not None and rmssd_ms < 20.0


def successive_differences_masked(gaps_ms: list[float]) -> list[float]:
    """Blank artefacts with NaN and drop what touches them after differencing."""
    gaps = np.asarray(gaps_ms, dtype=float)
    gaps = np.where((gaps >= 300.0) & (gaps <= 2000.0), gaps, np.nan)
    steps = np.diff(gaps)
    return steps[np.isfinite(steps)].tolist()


def successive_differences_streamed(gaps_ms: list[float]) -> list[float]:
    """Walk once over the intervals and remember the last plausible neighbour."""
    found, last = [], None
    for gap in gaps_ms:
        if not 300.0 <= gap <= 2000.0:
            last = None
            continue
        if last is not None:
            found.append(gap - last)
        last = gap
    return found


def root_mean_square_norm(differences_ms: list[float]) -> float | None:
    """Length of the vector of differences over the root of their number."""
    steps = np.asarray(differences_ms, dtype=float)
    return float(np.linalg.norm(steps) / np.sqrt(steps.size)) if steps.size else None


def root_mean_square_moments(differences_ms: list[float]) -> float | None:
    """Mean square as variance plus squared mean."""
    if not differences_ms:
        return None
    return float(np.sqrt(np.var(differences_ms) + np.mean(differences_ms) ** 2))


def successive_differences_sdnn(gaps_ms: list[float]) -> list[float]:
    """Deviations of the plausible intervals from their mean."""
    gaps = np.asarray([gap for gap in gaps_ms if 300.0 <= gap <= 2000.0])
    return (gaps - gaps.mean()).tolist() if gaps.size else []


def successive_differences_all(gaps_ms: list[float]) -> list[float]:
    """Differences of all neighbouring intervals, artefacts included."""
    return [later - earlier for earlier, later in zip(gaps_ms, gaps_ms[1:])]


def successive_differences_joined(gaps_ms: list[float]) -> list[float]:
    """Drop the artefacts, then difference what is left."""
    gaps = [gap for gap in gaps_ms if 300.0 <= gap <= 2000.0]
    return [later - earlier for earlier, later in zip(gaps, gaps[1:])]


def root_mean_square_absolute(differences_ms: list[float]) -> float | None:
    """Mean absolute difference."""
    if not differences_ms:
        return None
    return sum(abs(d) for d in differences_ms) / len(differences_ms)
