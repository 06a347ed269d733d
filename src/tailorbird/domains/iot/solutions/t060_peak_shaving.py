"""Right and wrong programs of T060, one function per step. Read as text, never imported."""

import itertools
import json

import numpy as np
from scipy import optimize


def load_household_plan(path: str) -> tuple[np.ndarray, float, float, int, int, int, int]:
    """Read the load of a house and what its boiler needs.

    Args:
        path: JSON object with base_kw, step_min, boiler_kw, cap_kw, energy_kwh, min_run_min, request and ready.

    Returns:
        Load without boiler in kW, shape (N,); power of the boiler in kW; cap in kW; rows the boiler has to run; fewest
        rows of one run; first row in which it may run; first row in which it may no longer.
    """
    with open(path, encoding="utf-8") as file:
        house = json.load(file)
    step_h = house["step_min"] / 60.0
    need_rows = round(house["energy_kwh"] / (house["boiler_kw"] * step_h))
    min_rows = -(-house["min_run_min"] // house["step_min"])
    base = np.array(house["base_kw"], dtype=float)
    return base, house["boiler_kw"], house["cap_kw"], need_rows, min_rows, house["request"], house["ready"]


def find_free_windows(
    base: np.ndarray, boiler_kw: float, cap_kw: float, min_rows: int, request: int, ready: int
) -> list[tuple[int, int]]:
    """Find the stretches in which the boiler fits under the cap for long enough.

    Args:
        base: load without boiler in kW, shape (N,).
        boiler_kw: power of the boiler in kW.
        cap_kw: most the house may draw in kW.
        min_rows: fewest rows of one run.
        request: first row in which the boiler may run.
        ready: first row in which it may no longer.

    Returns:
        First row and row after the last of each window, ascending.
    """
    rows = np.arange(base.size)
    free = (base + boiler_kw <= cap_kw + 1e-9) & (rows >= request) & (rows < ready)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(int), [0]])))
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist())
    return [(first, last) for first, last in pairs if last - first >= min_rows]


def choose_boiler_runs(windows: list[tuple[int, int]], need_rows: int, min_rows: int) -> list[tuple[int, int]] | None:
    """Choose at most one run per window so that their lengths add up to the need.

    Goes through the windows and keeps, for every total that can be reached, the runs that reach it.

    Args:
        windows: first row and row after the last of each window.
        need_rows: rows the boiler has to run in all.
        min_rows: fewest rows of one run.

    Returns:
        First row and row after the last of each run; None when no choice meets the need.
    """
    plans = {0: []}
    for first, last in windows:
        for total, runs in list(plans.items()):
            for length in range(min_rows, min(last - first, need_rows - total) + 1):
                plans.setdefault(total + length, [*runs, (first, first + length)])
    return plans.get(need_rows)


def boiler_schedule(
    base: np.ndarray, boiler_kw: float, runs: list[tuple[int, int]] | None
) -> tuple[list[float] | None, float | None]:
    """Write the runs as a schedule and find the highest load of the house.

    Args:
        base: load without boiler in kW, shape (N,).
        boiler_kw: power of the boiler in kW.
        runs: first row and row after the last of each run; None when there is no plan.

    Returns:
        Power of the boiler in kW for each row, and the highest total in kW; both None when there is no plan.
    """
    if runs is None:
        return None, None
    boiler = np.zeros(base.size)
    for first, last in runs:
        boiler[first:last] = boiler_kw
    return boiler.tolist(), float(np.max(base + boiler))


def find_free_windows_groups(
    base: np.ndarray, boiler_kw: float, cap_kw: float, min_rows: int, request: int, ready: int
) -> list[tuple[int, int]]:
    """Group neighbouring rows by whether the boiler fits."""
    windows = []
    allowed = range(request, ready)
    for fits, group in itertools.groupby(allowed, key=lambda row: base[row] <= cap_kw - boiler_kw + 1e-9):
        rows = list(group)
        if fits and len(rows) >= min_rows:
            windows.append((rows[0], rows[-1] + 1))
    return windows


def choose_boiler_runs_subsets(
    windows: list[tuple[int, int]], need_rows: int, min_rows: int
) -> list[tuple[int, int]] | None:
    """Try sets of windows, small sets first; give every run its least length and then as much as fits."""
    for count in range(len(windows) + 1):
        for chosen in itertools.combinations(windows, count):
            room = sum(last - first for first, last in chosen)
            if not min_rows * count <= need_rows <= room:
                continue
            spare = need_rows - min_rows * count
            runs = []
            for first, last in chosen:
                more = min(spare, last - first - min_rows)
                spare -= more
                runs.append((first, first + min_rows + more))
            return runs
    return None


def choose_boiler_runs_integer(
    windows: list[tuple[int, int]], need_rows: int, min_rows: int
) -> list[tuple[int, int]] | None:
    """Solve an integer programme: a length and a switch for each window, as few runs as possible."""
    count = len(windows)
    if count == 0:
        return [] if need_rows == 0 else None
    room = np.array([last - first for first, last in windows], dtype=float)
    eye = np.eye(count)
    rules = [
        optimize.LinearConstraint(np.concatenate([np.ones(count), np.zeros(count)])[None, :], need_rows, need_rows),
        optimize.LinearConstraint(np.hstack([eye, -min_rows * eye]), 0, np.inf),
        optimize.LinearConstraint(np.hstack([eye, -np.diag(room)]), -np.inf, 0),
    ]
    bounds = optimize.Bounds(0, np.concatenate([room, np.ones(count)]))
    cost = np.concatenate([np.zeros(count), np.ones(count)])
    found = optimize.milp(cost, constraints=rules, bounds=bounds, integrality=np.ones(2 * count))
    if not found.success:
        return None
    lengths = np.round(found.x[:count]).astype(int).tolist()
    return [(first, first + length) for (first, _), length in zip(windows, lengths) if length]


def boiler_schedule_loop(
    base: np.ndarray, boiler_kw: float, runs: list[tuple[int, int]] | None
) -> tuple[list[float] | None, float | None]:
    """Ask for each row whether a run covers it."""
    if runs is None:
        return None, None
    boiler, peak = [], 0.0
    for row, load in enumerate(base.tolist()):
        power = boiler_kw if any(first <= row < last for first, last in runs) else 0.0
        boiler.append(power)
        peak = max(peak, load + power)
    return boiler, peak


def find_free_windows_always(
    base: np.ndarray, boiler_kw: float, cap_kw: float, min_rows: int, request: int, ready: int
) -> list[tuple[int, int]]:
    """Take the boiler as free to run from the request on."""
    return [(request, ready)]


def choose_boiler_runs_greedy(
    windows: list[tuple[int, int]], need_rows: int, min_rows: int
) -> list[tuple[int, int]] | None:
    """Fill window after window until the need is met."""
    runs, rest = [], need_rows
    for first, last in windows:
        length = min(rest, last - first)
        if length:
            runs.append((first, first + length))
        rest -= length
    return runs if rest == 0 else None


def choose_boiler_runs_drop(
    windows: list[tuple[int, int]], need_rows: int, min_rows: int
) -> list[tuple[int, int]] | None:
    """Use the first window only, whatever fits."""
    return [(first, min(first + need_rows, last)) for first, last in windows[:1]]


def choose_boiler_runs_last(
    windows: list[tuple[int, int]], need_rows: int, min_rows: int
) -> list[tuple[int, int]] | None:
    """Fill the windows from the latest on."""
    runs, rest = [], need_rows
    for first, last in reversed(windows):
        length = min(rest, last - first)
        if length:
            runs.append((last - length, last))
        rest -= length
    return runs if rest == 0 else None
