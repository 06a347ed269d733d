from __future__ import annotations

import math

import pytest
from homes import act, small
from hypothesis import given, settings
from hypothesis import strategies as st

from tailorbird.core.attempt import Setup
from tailorbird.core.thing import State
from tailorbird.world import physics
from tailorbird.world.physics import Air, Inputs, Outdoor, Shell

positive = st.floats(1.0, 1e5)
degrees = st.floats(-30, 40)


@given(degrees, degrees, st.floats(0, 3000), st.integers(0, 3), st.floats(0, 1e5))
def test_the_energy_balance_holds(start: float, outside: float, heat: float, windows: int, seconds: float) -> None:
    shell = Shell()
    air = physics.advance(Air(start), shell, Inputs(heat, windows), Outdoor(outside), seconds)
    stored = shell.capacity * (air.temperature - start)
    scale = max(abs(air.heat_in), abs(air.heat_out), shell.capacity * max(abs(start), 1.0))
    assert abs(stored - (air.heat_in - air.heat_out)) <= 1e-9 * scale  # rounding of doubles, relative


@given(degrees, degrees, positive, st.floats(0.01, 0.99))
def test_a_crossing_is_where_the_quantity_meets_the_threshold(
    start: float, end: float, tau: float, share: float
) -> None:
    threshold = start + share * (end - start)
    wait = physics.crossing(start, end, tau, threshold)
    if abs(end - start) < 1e-6:
        return
    assert wait is not None
    assert physics.relax(start, end, tau, wait) == pytest.approx(threshold, abs=1e-9 * (1 + abs(start) + abs(end)))


@given(degrees, degrees, positive, st.floats(1.01, 3))
def test_what_lies_behind_or_beyond_is_never_crossed(start: float, end: float, tau: float, factor: float) -> None:
    if abs(end - start) > 1e-6:
        assert physics.crossing(start, end, tau, start + factor * (end - start)) is None
        assert physics.crossing(start, end, tau, start - (factor - 1) * (end - start)) is None


@given(degrees, degrees, positive, st.floats(1, 1e4), st.floats(1, 1e4))
def test_two_steps_equal_one(start: float, end: float, tau: float, first: float, second: float) -> None:
    at_once = physics.relax(start, end, tau, first + second)
    assert physics.relax(physics.relax(start, end, tau, first), end, tau, second) == pytest.approx(at_once, abs=1e-9)


@given(degrees, st.floats(1, 100))
def test_humidity_and_vapour_are_inverse(celsius: float, percent: float) -> None:
    assert physics.humidity(celsius, physics.vapour(celsius, percent)) == pytest.approx(percent, rel=1e-9)


def test_saturation_at_twenty_degrees_is_that_of_the_tables() -> None:
    assert physics.saturation(20.0) == pytest.approx(2339, rel=0.005)  # 23.39 hPa in steam tables; Magnus within 0.5 %


def test_people_raise_co2_to_the_known_level() -> None:
    shell = Shell(area=20.0, height=2.5)
    air = physics.advance(Air(), shell, Inputs(people=2), Outdoor(), 1e7)
    assert air.co2 == pytest.approx(420 + 2 * 0.018 / (0.5 * 50) * 1e6, rel=1e-9)


def test_light_is_daylight_and_lamps() -> None:
    lux = physics.illuminance(Shell(area=20.0, window=0.02), Inputs(lumen=800, blind=0.5), Outdoor(daylight=10_000))
    assert lux == pytest.approx(10_000 * 0.02 * 0.5 + 800 * 0.5 / 20)


@settings(max_examples=15, deadline=None)
@given(st.floats(-1, 12), st.sampled_from([19.0, 21.0, 22.5]))
def test_a_thermostat_keeps_its_band_and_switches_seldom(outside: float, wish: float) -> None:
    heating = {"kind": "climate", "state": {"mode": "heat", "setpoint": wish}}
    home = small({"heating": heating}, outdoor={"temperature": outside, "swing": 0},
                 areas={"room": {"title": "Room", "temperature": wish}})  # fmt: skip
    for _ in range(24 * 12):
        home.advance(300)
        celsius = home.rooms.sync("room", home.now()).air.temperature
        assert wish - 0.6 <= celsius <= wish + 0.6
    assert home.rooms.switchings <= 80


def test_a_heater_that_is_too_weak_for_the_frost_leaves_the_room_at_what_it_can_hold() -> None:
    heating = {"kind": "climate", "state": {"mode": "heat", "setpoint": 21.0}}
    home = small({"heating": heating}, outdoor={"temperature": -5.0, "swing": 0},
                 areas={"room": {"title": "Room", "temperature": 21.0}})  # fmt: skip
    home.advance(48 * 3600)
    room = home.rooms.sync("room", home.now())
    end, _ = physics.thermal(room.shell, home.rooms._inputs(room), home.rooms.outdoor)
    assert end == pytest.approx(20.0)  # 1,500 W hold 25 K above outdoors in this room
    assert room.air.temperature == pytest.approx(end, abs=0.01)


def test_power_is_integrated_exactly() -> None:
    home = small({"plug": {"kind": "plug"}, "meter": {"kind": "power_meter"}})
    home.execute(act("plug_on", "plug"))
    home.advance(3600 * 1.5)
    home.execute(act("plug_off", "plug"))
    home.advance(1000)
    state = home.state()
    assert state.get("meter", "energy") == pytest.approx(0.09)
    assert state.get("meter", "power") == 0


DEVICES = {"heater": {"kind": "heater"}, "window": {"kind": "window"}, "sensor": {"kind": "temperature_sensor"}}


def test_a_heater_warms_as_the_formula_says() -> None:
    home = small(DEVICES)
    calls = act("heater_on", "heater")
    assert home.execute(calls, home.execute(calls).ticket).status == "done"
    home.advance(3600)
    expected = 5 + 1500 / 60 + (20 - 30) * math.exp(-3600 * 60 / 1e6)
    assert home.state().get("sensor", "temperature") == pytest.approx(expected, abs=0.051)  # half a step of 0.1


def test_an_open_window_cools_as_the_formula_says() -> None:
    home = small(DEVICES)
    home.reset(Setup(state=State({"window": {"open": True}})))
    home.advance(3600)
    expected = 5 + 15 * math.exp(-3600 * 180 / 1e6)
    assert home.state().get("sensor", "temperature") == pytest.approx(expected, abs=0.051)
