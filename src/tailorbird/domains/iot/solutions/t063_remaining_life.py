"""Right and wrong programs of T063, one function per step. Read as text, never imported."""

import json
import math

import numpy as np
from scipy import optimize


def load_fleet_vibration(path: str) -> tuple[list[str], list[float], list[list[float]], list[list[float]]]:
    """Read the vibration history of every machine of a fleet.

    Args:
        path: JSON object with the list machines: name, limit (mm/s), minutes (min) and velocity (mm/s) of each.

    Returns:
        Names; limits in mm/s; times of the readings in h; readings in mm/s, one list per machine.
    """
    with open(path, encoding="utf-8") as file:
        machines = json.load(file)["machines"]
    names = [machine["name"] for machine in machines]
    limits = [float(machine["limit"]) for machine in machines]
    hours = [[minute / 60.0 for minute in machine["minutes"]] for machine in machines]
    levels = [[float(value) for value in machine["velocity"]] for machine in machines]
    return names, limits, hours, levels


def fit_exponential_wear(hours: list[list[float]], levels: list[list[float]]) -> tuple[list[float], list[float]]:
    """Fit exponential growth to the vibration of each machine.

    ln v = ln v_last + b (t - t_last), by least squares on the logarithms.

    Args:
        hours: times of the readings in h, one list per machine.
        levels: readings in mm/s, one list per machine.

    Returns:
        Growth b per hour and fitted level in mm/s at the last reading, one of each per machine.
    """
    rates, fitted = [], []
    for times, values in zip(hours, levels):
        before_end = np.asarray(times) - times[-1]
        slope, log_level = np.polyfit(before_end, np.log(values), 1)
        rates.append(float(slope))
        fitted.append(float(np.exp(log_level)))
    return rates, fitted


def hours_to_limit(
    limits: list[float],
    hours: list[list[float]],
    levels: list[list[float]],
    rates: list[float],
    fitted: list[float],
) -> list[float | None]:
    """Compute the hours until each fitted curve reaches its limit.

    Args:
        limits: vibration at which each machine has failed, mm/s.
        hours: times of the readings in h, one list per machine.
        levels: readings in mm/s, one list per machine.
        rates: growth per hour of each machine.
        fitted: fitted level in mm/s at the last reading of each machine.

    Returns:
        Hours from the last reading; 0 when failed already, None without growth of at least 10 % over the record.
    """
    remaining_h = []
    for limit, times, values, rate, level in zip(limits, hours, levels, rates, fitted):
        growth = rate * (times[-1] - times[0])
        if values[-1] >= limit:
            remaining_h.append(0.0)
        elif growth < math.log(1.1):
            remaining_h.append(None)
        else:
            remaining_h.append(math.log(limit / level) / rate)
    return remaining_h


def next_machine_to_fail(names: list[str], remaining_h: list[float | None]) -> str | None:
    """Name the machine that fails first.

    Args:
        names: names of the machines.
        remaining_h: hours to failure of each machine, None for no end in sight.

    Returns:
        Name of the machine with the least remaining time; None when no machine wears.
    """
    ahead = [(rest, name) for name, rest in zip(names, remaining_h) if rest is not None]
    return min(ahead)[1] if ahead else None


def fit_exponential_wear_curve(hours: list[list[float]], levels: list[list[float]]) -> tuple[list[float], list[float]]:
    """Fit the exponential to the velocity itself, with errors proportional to a smoothed level."""
    rates, fitted = [], []
    for times, values in zip(hours, levels):
        t = (np.array(times) - times[-1]) / (times[-1] - times[0])
        v = np.array(values)

        def curve(x: np.ndarray, log_level: float, growth: float) -> np.ndarray:
            return np.exp(log_level + growth * x)

        first = (np.log(v[-10:].mean()), np.log(v[-10:].mean() / v[:10].mean()))
        (log_level, growth), _ = optimize.curve_fit(curve, t, v, p0=first, sigma=curve(t, *first))
        rates.append(float(growth / (times[-1] - times[0])))
        fitted.append(float(np.exp(log_level)))
    return rates, fitted


def fit_exponential_wear_median(hours: list[list[float]], levels: list[list[float]]) -> tuple[list[float], list[float]]:
    """Take the median of all slopes between a reading of the first and one of the last third."""
    rates, fitted = [], []
    for times, values in zip(hours, levels):
        t, y = np.array(times), np.log(np.array(values))
        third = len(t) // 3
        slopes = (y[-third:, None] - y[None, :third]) / (t[-third:, None] - t[None, :third])
        slope = float(np.median(slopes))
        rates.append(slope)
        fitted.append(float(np.exp(np.median(y + slope * (t[-1] - t)))))
    return rates, fitted


def fit_exponential_wear_sums(hours: list[list[float]], levels: list[list[float]]) -> tuple[list[float], list[float]]:
    """Fit the line through the logarithms with plain sums."""
    rates, fitted = [], []
    for times, values in zip(hours, levels):
        logs = [math.log(value) for value in values]
        mean_time = math.fsum(times) / len(times)
        mean_log = math.fsum(logs) / len(logs)
        above = math.fsum((t - mean_time) * (y - mean_log) for t, y in zip(times, logs))
        below = math.fsum((t - mean_time) ** 2 for t in times)
        rates.append(above / below)
        fitted.append(math.exp(mean_log + above / below * (times[-1] - mean_time)))
    return rates, fitted


def next_machine_to_fail_loop(names: list[str], remaining_h: list[float | None]) -> str | None:
    """Walk through the machines and keep the one with the least remaining time."""
    first, least = None, math.inf
    for name, rest in zip(names, remaining_h):
        if rest is not None and rest < least:
            first, least = name, rest
    return first


def hours_to_limit_again(
    limits: list[float],
    hours: list[list[float]],
    levels: list[list[float]],
    rates: list[float],
    fitted: list[float],
) -> list[float | None]:
    """Take the watched time as the time that is left."""
    return [times[-1] - times[0] for times in hours]


def hours_to_limit_line(
    limits: list[float],
    hours: list[list[float]],
    levels: list[list[float]],
    rates: list[float],
    fitted: list[float],
) -> list[float | None]:
    """Extrapolate a straight line."""
    remaining_h = []
    for limit, times, values in zip(limits, hours, levels):
        slope, level = np.polyfit(np.asarray(times) - times[-1], values, 1)
        if values[-1] >= limit:
            remaining_h.append(0.0)
        elif slope * (times[-1] - times[0]) < 0.1 * values[0]:
            remaining_h.append(None)
        else:
            remaining_h.append(float((limit - level) / slope))
    return remaining_h
