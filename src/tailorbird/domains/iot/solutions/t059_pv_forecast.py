"""Right and wrong programs of T059, one function per step. Read as text, never imported."""

import csv
from datetime import datetime

import numpy as np
import pandas as pd


def load_solar_record(path: str) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Read solar power with the place of each row in its day.

    Args:
        path: CSV with a header and the columns time (YYYY-MM-DDThh:mm) and power (kW).

    Returns:
        Slot of the day of each row, 0 is midnight, shape (N,); power in kW, shape (N,); rows per day; slot that follows
        the last row. Rows per day are 0 for fewer than two rows.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stamps = [datetime.fromisoformat(row["time"]) for row in rows]
    power = np.array([float(row["power"]) for row in rows], dtype=float)
    if len(rows) < 2:
        return np.zeros(len(rows), dtype=np.int64), power, 0, 0
    step = min((b - a).total_seconds() for a, b in zip(stamps, stamps[1:]))
    slots = np.array([(60 * stamp.hour + stamp.minute) * 60 // step for stamp in stamps], dtype=np.int64)
    per_day = round(86400 / step)
    return slots, power, per_day, int(slots[-1] + 1) % per_day


def typical_solar_day(slots: np.ndarray, power: np.ndarray, per_day: int) -> np.ndarray:
    """Find the typical power at each time of day.

    Args:
        slots: slot of the day of each row, shape (N,).
        power: power in kW, shape (N,).
        per_day: rows per day.

    Returns:
        Median power in kW by slot of the day, shape (per_day,).
    """
    return np.array([np.median(power[slots == slot]) for slot in range(per_day)])


def forecast_solar_day(profile: np.ndarray, next_slot: int) -> list[float]:
    """Give the typical day from the slot after the last row on.

    Args:
        profile: typical power in kW by slot of the day, shape (D,).
        next_slot: slot of the day that follows the last row.

    Returns:
        Power in kW of the D rows after the last one, none below 0.
    """
    return np.maximum(np.roll(profile, -next_slot), 0.0).tolist()


def typical_solar_day_mean(slots: np.ndarray, power: np.ndarray, per_day: int) -> np.ndarray:
    """Average by slot with weighted counts."""
    if per_day == 0:
        return np.zeros(0)
    sums = np.bincount(slots, weights=power, minlength=per_day)
    return sums / np.maximum(np.bincount(slots, minlength=per_day), 1)


def typical_solar_day_scaled(slots: np.ndarray, power: np.ndarray, per_day: int) -> np.ndarray:
    """Scale the shape of the bright half of each slot's readings to the mean power."""
    if per_day == 0 or not power.any():
        return np.zeros(per_day)
    groups = {}
    for slot, value in zip(slots.tolist(), power.tolist()):
        groups.setdefault(slot, []).append(value)
    shape = np.zeros(per_day)
    for slot, values in groups.items():
        bright = sorted(values)[len(values) // 2 :]
        shape[slot] = sum(bright) / len(bright)
    return shape * power.mean() / shape[slots].mean()


def load_solar_record_pandas(path: str) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Read the file as a table."""
    table = pd.read_csv(path, parse_dates=["time"])
    power = table["power"].to_numpy(float)
    if len(table) < 2:
        return np.zeros(len(table), dtype=np.int64), power, 0, 0
    step = int(table["time"].diff().min() / pd.Timedelta(minutes=1))
    minute = table["time"].dt.hour * 60 + table["time"].dt.minute
    slots = (minute // step).to_numpy(np.int64)
    return slots, power, 1440 // step, int(slots[-1] + 1) % (1440 // step)


def forecast_solar_day_loop(profile: np.ndarray, next_slot: int) -> list[float]:
    """Walk around the day once."""
    count = len(profile)
    return [max(float(profile[(next_slot + ahead) % count]), 0.0) for ahead in range(count)]


def typical_solar_day_last(slots: np.ndarray, power: np.ndarray, per_day: int) -> np.ndarray:
    """Take the last reading at each time of day."""
    profile = np.zeros(per_day)
    for slot, value in zip(slots, power):
        profile[slot] = value
    return profile


def typical_solar_day_flat(slots: np.ndarray, power: np.ndarray, per_day: int) -> np.ndarray:
    """Take the mean of all readings for every time of day."""
    return np.full(per_day, power.mean() if per_day else 0.0)


def load_solar_record_positions(path: str) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Number the rows without regard to missing ones."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stamps = [datetime.fromisoformat(row["time"]) for row in rows]
    power = np.array([float(row["power"]) for row in rows], dtype=float)
    if len(rows) < 2:
        return np.zeros(len(rows), dtype=np.int64), power, 0, 0
    step = min((b - a).total_seconds() for a, b in zip(stamps, stamps[1:]))
    per_day = round(86400 / step)
    first = int((60 * stamps[0].hour + stamps[0].minute) * 60 // step)
    slots = (first + np.arange(len(rows))) % per_day
    return slots, power, per_day, int(slots[-1] + 1) % per_day
