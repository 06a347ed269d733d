"""Right and wrong programs of T053, one function per step. Read as text, never imported."""

import json

import numpy as np
from scipy import optimize, sparse


def load_tariff(path: str) -> tuple[np.ndarray, np.ndarray, float, dict]:
    """Read prices, load, slot length and battery data from a JSON file.

    Args:
        path: JSON object with price (per kWh), load_kw, slot_h, capacity_kwh, power_kw, efficiency and start_kwh.

    Returns:
        Price per kWh, shape (N,), load in kW, shape (N,), slot length in h, and the battery's four numbers by key.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    battery = {key: float(data[key]) for key in ("capacity_kwh", "power_kw", "efficiency", "start_kwh")}
    return np.array(data["price"], dtype=float), np.array(data["load_kw"], dtype=float), float(data["slot_h"]), battery


def flow_limits(load_kw: np.ndarray, battery: dict) -> tuple[np.ndarray, np.ndarray]:
    """Find how much the battery may charge and discharge in each slot so that nothing is exported.

    Args:
        load_kw: load of the house in kW, shape (N,).
        battery: the battery's numbers; power_kw is used.

    Returns:
        Largest charge and largest discharge in kW, each of shape (N,).
    """
    power = battery["power_kw"]
    return np.full(load_kw.size, power), np.minimum(power, load_kw)


def plan_battery(
    price: np.ndarray, slot_h: float, battery: dict, charge_max: np.ndarray, discharge_max: np.ndarray
) -> tuple[list[float], list[float]]:
    """Plan the cheapest charge and discharge by a linear programme.

    Minimise sum price (charge - discharge) slot_h over 2 N flows; the stored energy, a running sum, stays between 0
    and the capacity and ends where it started.

    Args:
        price: price per kWh, shape (N,).
        slot_h: length of a slot in h.
        battery: capacity_kwh, efficiency (each way) and start_kwh.
        charge_max: largest charge in kW, shape (N,).
        discharge_max: largest discharge in kW, shape (N,).

    Returns:
        Charge and discharge in kW, N values each.

    Raises:
        RuntimeError: if the solver finds no plan.
    """
    count = price.size
    eta = battery["efficiency"]
    running = np.tril(np.ones((count, count))) * slot_h
    stored = np.hstack([running * eta, running / -eta])
    room = np.full(count, battery["capacity_kwh"] - battery["start_kwh"])
    found = optimize.linprog(
        np.concatenate([price, -price]) * slot_h,
        A_ub=np.vstack([stored, -stored]),
        b_ub=np.concatenate([room, np.full(count, battery["start_kwh"])]),
        A_eq=stored[-1:],
        b_eq=[0.0],
        bounds=[(0.0, limit) for limit in np.concatenate([charge_max, discharge_max])],
        method="highs",
    )
    if not found.success:
        raise RuntimeError(found.message)
    return found.x[:count].tolist(), found.x[count:].tolist()


def electricity_bill(
    price: np.ndarray, load_kw: np.ndarray, slot_h: float, charge_kw: list[float], discharge_kw: list[float]
) -> float:
    """Add up what the energy from the grid costs.

    Args:
        price: price per kWh, shape (N,).
        load_kw: load of the house in kW, shape (N,).
        slot_h: length of a slot in h.
        charge_kw: charge in kW, N values.
        discharge_kw: discharge in kW, N values.

    Returns:
        Cost in the currency of the price.
    """
    grid = load_kw + np.array(charge_kw) - np.array(discharge_kw)
    return float(np.sum(price * grid) * slot_h)


def plan_battery_states(
    price: np.ndarray, slot_h: float, battery: dict, charge_max: np.ndarray, discharge_max: np.ndarray
) -> tuple[list[float], list[float]]:
    """Solve the programme with the stored energies as further unknowns, tied by sparse balances, interior point."""
    count = price.size
    eta = battery["efficiency"]
    eye = sparse.eye(count)
    balance = sparse.hstack([eye * -eta * slot_h, eye * (slot_h / eta), eye - sparse.eye(count, k=-1)]).tocsr()
    start = np.zeros(count)
    start[0] = battery["start_kwh"]
    capacity = battery["capacity_kwh"]
    stores = [(0.0, capacity)] * (count - 1) + [(battery["start_kwh"], battery["start_kwh"])]
    flows = [(0.0, limit) for limit in np.concatenate([charge_max, discharge_max])]
    goal = np.concatenate([price * slot_h, -price * slot_h, np.zeros(count)])
    found = optimize.linprog(goal, A_eq=balance, b_eq=start, bounds=flows + stores, method="highs-ipm")
    return found.x[:count].tolist(), found.x[count : 2 * count].tolist()


def plan_battery_dynamic(
    price: np.ndarray, slot_h: float, battery: dict, charge_max: np.ndarray, discharge_max: np.ndarray
) -> tuple[list[float], list[float]]:
    """Run a dynamic programme over the stored energy, values interpolated between levels."""
    eta, capacity, start = battery["efficiency"], battery["capacity_kwh"], battery["start_kwh"]
    levels = np.unique(np.concatenate([np.linspace(0.0, capacity, 360), [start]]))
    intake, drawn = charge_max * slot_h * eta, discharge_max * slot_h / eta

    def outlay(move: np.ndarray, k: int) -> np.ndarray:
        return price[k] * np.where(move > 0, move / eta, move * eta)

    values = [100.0 * float(np.max(price)) * np.abs(levels - start)]
    for k in range(price.size - 1, -1, -1):
        move = levels[None, :] - levels[:, None]
        legal = (move <= intake[k] + 1e-12) & (move >= -drawn[k] - 1e-12)
        best = np.min(np.where(legal, outlay(move, k) + values[-1], np.inf), axis=1)
        for target in (np.minimum(levels + intake[k], capacity), np.maximum(levels - drawn[k], 0.0)):
            best = np.minimum(best, outlay(target - levels, k) + np.interp(target, levels, values[-1]))
        values.append(best)
    at, charge, discharge = start, [], []
    for k, following in enumerate(reversed(values[:-1])):
        low, high = max(at - drawn[k], 0.0), min(at + intake[k], capacity)
        targets = np.concatenate([levels[(levels > low) & (levels < high)], [low, high, at]])
        target = float(targets[np.argmin(outlay(targets - at, k) + np.interp(targets, levels, following))])
        charge.append(max(target - at, 0.0) / eta / slot_h)
        discharge.append(max(at - target, 0.0) * eta / slot_h)
        at = target
    return charge, discharge


def plan_battery_idle(
    price: np.ndarray, slot_h: float, battery: dict, charge_max: np.ndarray, discharge_max: np.ndarray
) -> tuple[list[float], list[float]]:
    """Leave the battery alone."""
    return [0.0] * price.size, [0.0] * price.size


def plan_battery_cheapest(
    price: np.ndarray, slot_h: float, battery: dict, charge_max: np.ndarray, discharge_max: np.ndarray
) -> tuple[list[float], list[float]]:
    """Charge once in the cheapest slot and discharge the same in the dearest one."""
    charge, discharge = [0.0] * price.size, [0.0] * price.size
    eta = battery["efficiency"]
    low, high = int(np.argmin(price)), int(np.argmax(price))
    room = battery["capacity_kwh"] - battery["start_kwh"] if low < high else battery["start_kwh"]
    moved = min(room, charge_max[low] * eta * slot_h, discharge_max[high] / eta * slot_h)
    if price[high] * eta > price[low] / eta:
        charge[low], discharge[high] = moved / eta / slot_h, moved * eta / slot_h
    return charge, discharge
