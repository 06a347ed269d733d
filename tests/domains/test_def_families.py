"""Published vectors and second opinions behind the truths of the families of domains D, E and F."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize

from tailorbird.domains.iot.families import t033_kalman, t036_geofence, t039_dtmf, t045_dba, t053_battery, t058_comfort

ISO_7730 = (
    (22.0, 22.0, 0.1, 60, 1.2, 0.5, -0.75, 17),
    (27.0, 27.0, 0.1, 60, 1.2, 0.5, 0.77, 17),
    (27.0, 27.0, 0.3, 60, 1.2, 0.5, 0.44, 9),
    (23.5, 25.5, 0.1, 60, 1.2, 0.5, -0.01, 5),
    (23.5, 25.5, 0.3, 60, 1.2, 0.5, -0.55, 11),
    (19.0, 19.0, 0.1, 40, 1.2, 1.0, -0.60, 13),
    (23.5, 23.5, 0.3, 40, 1.2, 1.0, 0.12, 5),
    (23.0, 21.0, 0.1, 40, 1.2, 1.0, 0.05, 5),
    (23.0, 21.0, 0.3, 40, 1.2, 1.0, -0.16, 6),
    (22.0, 22.0, 0.1, 60, 1.6, 0.5, 0.05, 5),
    (27.0, 27.0, 0.1, 60, 1.6, 0.5, 1.17, 34),
    (27.0, 27.0, 0.3, 60, 1.6, 0.5, 0.95, 24),
)
"""ISO 7730:2005, table D.1: ta, tr, v, rh, met, clo, PMV, PPD. Left out: 23.5, 23.5, 0.1, 40, 1.2, 1.0 -> 0.50, which
does not follow from the equations (0.36)."""

IEC_61672 = (
    (31.5, -39.4),
    (63, -26.2),
    (100, -19.1),
    (250, -8.6),
    (500, -3.2),
    (1000, 0.0),
    (2000, 1.2),
    (4000, 1.0),
    (8000, -1.1),
)
"""IEC 61672-1:2013, table 3: nominal frequency Hz and A-weighting dB, rounded to 0.1 dB at the exact frequency."""


@pytest.mark.parametrize("row", ISO_7730)
def test_the_examples_of_iso_7730_come_out(row: tuple[float, ...]) -> None:
    vote, share = t058_comfort.fanger(*row[:6])
    assert abs(vote - row[6]) < 0.0121  # the table is rounded to 0.01 and made with the standard's coarse iteration
    assert abs(share - row[7]) < 0.75  # rounded to 1 %


def test_nobody_is_ever_wholly_satisfied() -> None:
    draw = np.random.default_rng(58)
    rows = draw.uniform([10, 10, 0, 0, 0.8, 0], [30, 40, 1, 100, 4, 2], (200, 6))
    assert min(t058_comfort.fanger(*row)[1] for row in rows.tolist()) >= 5.0


@pytest.mark.parametrize(("hertz", "decibel"), IEC_61672)
def test_the_a_curve_follows_the_table_of_iec_61672(hertz: float, decibel: float) -> None:
    exact = 1000 * 10 ** (round(10 * math.log10(hertz / 1000)) / 10)
    assert abs(t045_dba.a_weight(exact) - decibel) < 0.06  # the table is rounded to 0.1 dB


def test_silence_has_no_level() -> None:
    assert t045_dba.measure({"level_dba": None}, {"level_dba": None})["error_db"] == 0.0
    assert t045_dba.measure({"level_dba": None}, {"level_dba": 0.0})["error_db"] == math.inf
    assert t045_dba.measure({"level_dba": 60.0}, {"level_dba": None})["error_db"] == math.inf


def _solved(problem: dict[str, object]) -> float:
    """The least cost by a solver: charge, discharge and stored energy of every slot as unknowns."""
    price, load = np.array(problem["price"], float), np.array(problem["load_kw"], float)
    hours, eta, power = float(problem["slot_h"]), float(problem["efficiency"]), float(problem["power_kw"])  # type: ignore[arg-type]
    count = price.size
    balance = np.hstack(
        [-eta * hours * np.eye(count), hours / eta * np.eye(count), np.eye(count) - np.eye(count, k=-1)]
    )
    start = np.zeros(count)
    start[0] = problem["start_kwh"]
    bounds = [(0, power)] * count + [(0, min(power, kw)) for kw in load] + [(0, problem["capacity_kwh"])] * (count - 1)
    bounds.append((problem["start_kwh"], problem["start_kwh"]))
    goal = np.concatenate([price, -price, np.zeros(count)]) * hours
    found = optimize.linprog(goal, A_eq=balance, b_eq=start, bounds=bounds)
    return float(found.fun + np.sum(price * load) * hours)


@pytest.mark.parametrize("level", ["easy", "nominal", "hard", "edge"])
def test_merged_slopes_and_a_solver_agree_on_the_least_cost(level: str) -> None:
    for seed in range(6):
        truth = dict(t053_battery.generate(seed, level).truth)  # type: ignore[arg-type]
        assert math.isclose(_solved(truth), truth["best"], rel_tol=1e-7)  # the solver's own tolerance


def test_the_example_of_the_battery_contract_costs_what_it_says() -> None:
    problem = {
        "price": [0.1, 0.3], "load_kw": [1.0, 1.0], "slot_h": 1.0,
        "capacity_kwh": 2.0, "power_kw": 1.0, "efficiency": 0.9, "start_kwh": 0.0,
    }  # fmt: skip
    best = t053_battery.best_cost(problem)
    plan = {"charge_kw": [1.0, 0.0], "discharge_kw": [0.0, 0.81], "cost": 0.257}
    figures = t053_battery.measure({**problem, "best": best}, plan)
    assert math.isclose(best, 0.257)
    assert figures["violation"] < 1e-9
    assert math.isclose(figures["cost_ratio"], 1.0)


def test_a_plan_that_exports_or_drains_breaks_a_limit() -> None:
    truth = dict(t053_battery.generate(1, "nominal").truth)
    count = len(truth["price"])
    drained = {"charge_kw": [0.0] * count, "discharge_kw": [0.5] + [0.0] * (count - 1), "cost": 0.0}
    short = {"charge_kw": [0.0], "discharge_kw": [0.0], "cost": 0.0}
    assert t053_battery.measure(truth, drained)["violation"] > 0.005
    assert t053_battery.measure(truth, short)["violation"] == math.inf


def test_points_of_the_geofence_lie_at_their_drawn_distance() -> None:
    distances = np.array([50.0, 299.0, 800.0])
    for depot in ((64.9, 179.999), (-31.0, 12.0)):
        lat, lon = t036_geofence._fixes(depot, distances, np.array([0.3, 2.0, 4.5]))
        home = np.radians(depot)
        cosine = np.sin(home[0]) * np.sin(np.radians(lat)) + np.cos(home[0]) * np.cos(np.radians(lat)) * np.cos(
            np.radians(lon) - home[1]
        )
        assert np.allclose(t036_geofence.EARTH * np.arccos(cosine), distances, atol=0.02)  # coordinates have 8 digits


def test_the_example_of_the_geofence_contract_gives_its_events() -> None:
    distances = np.array([400.0, 295.0, 285.0, 305.0, 312.0])
    instance = t036_geofence._instance((50.0, 8.0), 10.0, (np.zeros(5), np.zeros(5)), distances)
    assert (instance.truth["indices"], instance.truth["kinds"]) == ([2, 4], ["enter", "exit"])


def test_an_event_without_its_kind_is_not_exact() -> None:
    truth = {"indices": [2], "kinds": ["enter"]}
    assert t036_geofence.measure(truth, {"indices": [2], "kinds": []})["exact"] == 0.0
    assert t036_geofence.measure(truth, {"indices": [2], "kinds": ["enter"]})["exact"] == 1.0


@pytest.mark.parametrize(
    ("truth", "found", "count"), [("55", "5", 1), ("", "", 0), ("12A", "21A", 2), ("", "1", 1), ("0#", "", 2)]
)
def test_keys_are_counted_as_edits(truth: str, found: str, count: int) -> None:
    assert t039_dtmf.edits(truth, found) == count


def test_the_raw_fixes_of_a_track_have_the_ratio_one() -> None:
    instance = t033_kalman.generate(5, "nominal")
    data = np.array([instance.truth["x_m"], instance.truth["y_m"]])
    raw = {
        "x_m": (data[0] + instance.truth["raw_rmse"]).tolist(),
        "y_m": (data[1] - instance.truth["raw_rmse"]).tolist(),
    }
    assert math.isclose(t033_kalman.measure(instance.truth, raw)["error_ratio"], 1.0)
    assert t033_kalman.measure(instance.truth, {"x_m": [], "y_m": []})["error_ratio"] == math.inf
