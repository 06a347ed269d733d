"""Signals of sensors, drawn: a simple physical picture of each (beats, steps, switching, a day's course) with noise.

Every function takes a random source and times in s, shape (N,) with N of at least 2, and gives values of shape (N,) or
(N, C) in the unit its docstring names. All randomness comes from the generator that is passed in.
Covers: structure that detectors find. Does not cover: faults of loggers, recordings of patients, who uses them
(`sources.py`).
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, signal

from tailorbird.domains.iot import make
from tailorbird.domains.iot.make import Floats

DAY = 86400.0
"""Seconds of a day."""


def _beats(draw: np.random.Generator, times: Floats, interval: float, spread: float) -> Floats:
    """Moments of a rhythm in s that cover `times`: intervals vary slowly (breathing) and by chance."""
    count = int((times[-1] - times[0]) / interval * 1.4) + 6
    sway = spread * np.sin(2.0 * np.pi * 0.25 * interval * np.arange(count) + draw.uniform(0.0, 6.28))
    steps = interval * (1.0 + sway + 0.3 * spread * draw.standard_normal(count))
    return np.asarray(times[0] - draw.uniform(0.2, 0.8) * interval + np.cumsum(steps), dtype=float)


def _phase(times: Floats, beats: Floats) -> Floats:
    """Beats since the first, as a number that grows steadily between two."""
    return np.asarray(np.interp(times, beats, np.arange(beats.size, dtype=float)), dtype=float)


def _drift(draw: np.random.Generator, times: Floats, size: float, knots: int = 8) -> Floats:
    """A slow smooth wander of about that size around zero."""
    places = np.linspace(times[0], times[-1] + 1e-9, knots)
    coarse = np.interp(times, places, size * draw.standard_normal(knots))
    return np.asarray(ndimage.uniform_filter1d(coarse, max(1, times.size // (2 * knots)), mode="nearest"), dtype=float)


def _noise(draw: np.random.Generator, times: Floats, size: float) -> Floats:
    return size * draw.standard_normal(times.size)


def _switched(draw: np.random.Generator, times: Floats, on: float, off: float) -> Floats:
    """1 while something is on, 0 while it is off; mean durations in s."""
    count = int((times[-1] - times[0]) / (on + off) * 3.0) + 8
    lasting = np.empty(2 * count)
    lasting[0::2] = off * draw.uniform(0.5, 1.5, count)
    lasting[1::2] = on * draw.uniform(0.5, 1.5, count)
    edges = times[0] - draw.uniform(0.0, 0.5) * off + np.cumsum(lasting)
    return (np.searchsorted(edges, times, side="right") % 2).astype(float)


def _settled(target: Floats, times: Floats, lag: float) -> Floats:
    """First-order response to a target, with a time constant in s."""
    step = (times[-1] - times[0]) / max(1, times.size - 1)
    keep = float(np.exp(-step / lag))
    out, _ = signal.lfilter([1.0 - keep], [1.0, -keep], target, zi=np.array([keep * target[0]]))
    return np.asarray(out, dtype=float)


def _pulses(times: Floats, moments: Floats, lasting: float) -> Floats:
    """Bumps of height 1 and width `lasting` (standard deviation in s) at some moments."""
    nearest = np.clip(np.searchsorted(moments, times), 1, moments.size - 1)
    gap = np.minimum(np.abs(times - moments[nearest - 1]), np.abs(times - moments[nearest]))
    return np.asarray(np.exp(-0.5 * (gap / lasting) ** 2), dtype=float)


def ecg(draw: np.random.Generator, times: Floats) -> Floats:
    """Electrocardiogram in mV: beats of varying interval, wander of the baseline."""
    beats = _beats(draw, times, draw.uniform(0.62, 1.1), draw.uniform(0.02, 0.06))
    wander = 0.12 * np.sin(2.0 * np.pi * draw.uniform(0.15, 0.35) * times + draw.uniform(0.0, 6.28))
    return make.ecg(times, beats) * draw.uniform(0.8, 1.3) + wander + _noise(draw, times, draw.uniform(0.01, 0.04))


def ppg(draw: np.random.Generator, times: Floats) -> Floats:
    """Photoplethysmogram without unit: pulse with two harmonics on a drifting level."""
    turn = 2.0 * np.pi * _phase(times, _beats(draw, times, draw.uniform(0.62, 1.1), draw.uniform(0.02, 0.05)))
    pulse = np.sin(turn) + 0.35 * np.sin(2.0 * turn - 0.9) + 0.1 * np.sin(3.0 * turn - 1.7)
    return 0.5 + 0.1 * pulse + _drift(draw, times, 0.03) + _noise(draw, times, 0.004)


def respiration(draw: np.random.Generator, times: Floats) -> Floats:
    """Breathing belt without unit: breaths of varying length and depth."""
    turn = 2.0 * np.pi * _phase(times, _beats(draw, times, draw.uniform(2.8, 5.5), draw.uniform(0.04, 0.12)))
    depth = 0.8 + _drift(draw, times, 0.12)
    return depth * (np.sin(turn) + 0.15 * np.sin(2.0 * turn + 0.5)) + _noise(draw, times, 0.03)


def emg(draw: np.random.Generator, times: Floats) -> Floats:
    """Surface electromyogram in mV: bursts of muscle noise, some mains hum."""
    active = _settled(_switched(draw, times, 1.2, 1.6), times, 0.08)
    hum = 0.01 * np.sin(2.0 * np.pi * 50.0 * times + draw.uniform(0.0, 6.28))
    return (0.015 + draw.uniform(0.15, 0.4) * active) * draw.standard_normal(times.size) + hum


def eda(draw: np.random.Generator, times: Floats) -> Floats:
    """Skin conductance, arbitrary: responses that rise fast and fade slowly on a drifting level."""
    arousals = _beats(draw, times, draw.uniform(9.0, 16.0), 0.3)
    hits = np.bincount(np.clip(np.searchsorted(times, arousals), 0, times.size), minlength=times.size + 1)[: times.size]
    step = (times[-1] - times[0]) / max(1, times.size - 1)
    level = _settled(_settled(hits * draw.uniform(1.0, 2.0) / step, times, 0.8), times, 4.0)
    return draw.uniform(3.0, 8.0) + level + _drift(draw, times, 0.3, 5) + _noise(draw, times, 0.005)


def arterial_pressure(draw: np.random.Generator, times: Floats) -> Floats:
    """Arterial pressure in kPa: pulse with dicrotic wave."""
    turn = _phase(times, _beats(draw, times, draw.uniform(0.65, 1.05), 0.03)) % 1.0
    wave = np.exp(-0.5 * ((turn - 0.2) / 0.09) ** 2) + 0.35 * np.exp(-0.5 * ((turn - 0.48) / 0.1) ** 2)
    sway = 0.3 * np.sin(2.0 * np.pi * 0.24 * times + draw.uniform(0.0, 6.28))
    return draw.uniform(9.5, 11.5) + draw.uniform(4.5, 6.5) * wave + sway + _noise(draw, times, 0.06)


def _gait(draw: np.random.Generator, times: Floats) -> Floats:
    walking = _settled(_switched(draw, times, 9.0, 4.0), times, 0.3)
    turn = 2.0 * np.pi * _phase(times, _beats(draw, times, draw.uniform(0.46, 0.62), 0.04))
    return np.asarray(walking * (2.4 * np.sin(turn) + 0.8 * np.sin(2.0 * turn + 0.8)), dtype=float)


def acceleration(draw: np.random.Generator, times: Floats) -> Floats:
    """Magnitude of acceleration in m/s2: bouts of walking on gravity."""
    return np.abs(9.81 + _gait(draw, times) + _noise(draw, times, 0.15))


def vibration(draw: np.random.Generator, times: Floats) -> Floats:
    """Vibration of a machine in m/s2: shaft tones and the shocks of a bearing."""
    shaft, rate = draw.uniform(18.0, 30.0), times.size / (times[-1] - times[0])
    tones = sum(
        size * np.sin(2.0 * np.pi * k * shaft * times + draw.uniform(0.0, 6.28))
        for k, size in ((1, 2.0), (2, 0.9), (3, 0.5))
    )
    shocks = _beats(draw, times, 1.0 / (3.57 * shaft), 0.01)
    strength = draw.uniform(1.0, 5.0) * _pulses(times, shocks, 0.0012)
    return np.asarray(
        tones + strength * np.sin(2.0 * np.pi * 0.31 * rate * times) + _noise(draw, times, 0.4), dtype=float
    )


def audio(draw: np.random.Generator, times: Floats) -> Floats:
    """Sound without unit, full scale 1: tones with harmonics, in bursts."""
    pitch = draw.uniform(140.0, 320.0)
    tone = sum(np.sin(2.0 * np.pi * k * pitch * times + draw.uniform(0.0, 6.28)) / k for k in (1, 2, 3))
    loud = _settled(_switched(draw, times, 0.16, 0.18), times, 0.012)
    return np.asarray(draw.uniform(0.2, 0.45) * loud * tone + _noise(draw, times, 0.012), dtype=float)


def sound_pressure(draw: np.random.Generator, times: Floats) -> Floats:
    """Sound pressure in Pa: bursts of hiss over hum at 100 Hz."""
    bursts = _settled(_switched(draw, times, 0.08, 0.3), times, 0.01)
    hiss = np.convolve(draw.standard_normal(times.size), (0.25, 0.5, 0.25), mode="same")
    hum = 0.04 * np.sin(2.0 * np.pi * 100.0 * times + draw.uniform(0.0, 6.28))
    return np.asarray(hum + (0.03 + draw.uniform(0.3, 0.9) * bursts) * hiss, dtype=float)


def mains_voltage(draw: np.random.Generator, times: Floats) -> Floats:
    """Mains voltage in V: 50 Hz with harmonics and dips."""
    turn = 2.0 * np.pi * (draw.uniform(49.9, 50.1) * times + draw.uniform())
    dip = 1.0 - 0.25 * _switched(draw, times, 0.12, 0.7)
    wave = np.sin(turn) + 0.03 * np.sin(3.0 * turn + 0.4) + 0.05 * np.sin(5.0 * turn + 1.1)
    return 325.0 * draw.uniform(0.97, 1.03) * dip * wave + _noise(draw, times, 1.5)


def mains_current(draw: np.random.Generator, times: Floats) -> Floats:
    """Mains current in A: 50 Hz with harmonics, a load that switches."""
    turn = 2.0 * np.pi * (draw.uniform(49.9, 50.1) * times + draw.uniform())
    load = 0.6 + draw.uniform(3.0, 8.0) * _settled(_switched(draw, times, 0.5, 0.4), times, 0.04)
    wave = np.sin(turn) + draw.uniform(0.1, 0.3) * np.sin(3.0 * turn + 0.6) + 0.08 * np.sin(5.0 * turn)
    return np.asarray(load * wave + _noise(draw, times, 0.05), dtype=float)


def phase_currents(draw: np.random.Generator, times: Floats) -> Floats:
    """Currents of three phases in A, shape (N, 3)."""
    turn = 2.0 * np.pi * (draw.uniform(49.9, 50.1) * times + draw.uniform())
    load = 4.0 + 6.0 * _settled(_switched(draw, times, 0.5, 0.4), times, 0.05)
    sizes = draw.uniform(0.8, 1.2, 3)
    shift = 2.0 * np.pi / 3.0 * np.arange(3)
    waves = np.sin(turn[:, None] - shift) + 0.1 * np.sin(5.0 * (turn[:, None] - shift))
    return np.asarray(load[:, None] * sizes * waves + 0.08 * draw.standard_normal((times.size, 3)), dtype=float)


def household_power(draw: np.random.Generator, times: Floats) -> Floats:
    """Power of a household in W: refrigerator, kettle, oven on a base load."""
    fridge = draw.uniform(80.0, 140.0) * _switched(draw, times, 900.0, 1500.0)
    kettle = 1900.0 * _switched(draw, times, 180.0, 4200.0)
    oven = draw.uniform(600.0, 1200.0) * _switched(draw, times, 1500.0, 7000.0)
    return np.asarray(
        draw.uniform(70.0, 160.0) + fridge + kettle + oven + np.abs(_noise(draw, times, 9.0)), dtype=float
    )


def solar_power(draw: np.random.Generator, times: Floats) -> Floats:
    """Power of solar panels in W: course of the sun, passing clouds."""
    hour = (times / DAY + draw.uniform(0.15, 0.3)) % 1.0
    sun = np.maximum(0.0, np.sin(2.0 * np.pi * (hour - 0.25)))
    clouds = 1.0 - 0.6 * _settled(_switched(draw, times, 1200.0, 2400.0), times, 120.0)
    return np.asarray(draw.uniform(2500.0, 6000.0) * sun * clouds + np.abs(_noise(draw, times, 4.0)), dtype=float)


def indoor_temperature(draw: np.random.Generator, times: Floats) -> Floats:
    """Room temperature in degC: heating that switches, course of the day."""
    day = 0.9 * np.sin(2.0 * np.pi * (times / DAY + draw.uniform()))
    heating = 1.6 * _settled(_switched(draw, times, 3600.0, 5400.0), times, 2400.0)
    return draw.uniform(18.5, 21.5) + day + heating + _noise(draw, times, 0.05)


def humidity(draw: np.random.Generator, times: Floats) -> Floats:
    """Relative humidity in %RH: showers, course of the day."""
    shower = 18.0 * _settled(_switched(draw, times, 900.0, 20000.0), times, 1500.0)
    day = 4.0 * np.sin(2.0 * np.pi * (times / DAY + draw.uniform()))
    return np.clip(draw.uniform(42.0, 55.0) + day + shower + _noise(draw, times, 0.3), 1.0, 99.0)


def co2(draw: np.random.Generator, times: Floats) -> Floats:
    """CO2 of a room in ppm: rises while people are in, falls when they leave."""
    present = _switched(draw, times, 9000.0, 9000.0)
    return 430.0 + draw.uniform(500.0, 1100.0) * _settled(present, times, 3600.0) + _noise(draw, times, 8.0)


def air_pressure(draw: np.random.Generator, times: Floats) -> Floats:
    """Air pressure in hPa: tides of the day, a passing front."""
    tide = 0.9 * np.sin(4.0 * np.pi * (times / DAY + draw.uniform()))
    front = draw.uniform(-8.0, 8.0) * (times - times[0]) / (times[-1] - times[0])
    return np.asarray(
        draw.uniform(1000.0, 1025.0) + tide + front + _drift(draw, times, 1.5) + _noise(draw, times, 0.06), dtype=float
    )


def light(draw: np.random.Generator, times: Floats) -> Floats:
    """Illuminance in lux: daylight and a lamp."""
    sun = np.maximum(0.0, np.sin(2.0 * np.pi * (times / DAY + draw.uniform())))
    lamp = draw.uniform(180.0, 400.0) * _switched(draw, times, 7000.0, 12000.0)
    return np.asarray(3.0 + draw.uniform(500.0, 1500.0) * sun + lamp + np.abs(_noise(draw, times, 2.5)), dtype=float)


def water_flow(draw: np.random.Generator, times: Floats) -> Floats:
    """Water flow in L/min: tap and shower."""
    tap = draw.uniform(5.0, 9.0) * _settled(_switched(draw, times, 40.0, 110.0), times, 2.5)
    shower = draw.uniform(7.0, 11.0) * _settled(_switched(draw, times, 240.0, 900.0), times, 4.0)
    return np.asarray(tap + shower + np.abs(_noise(draw, times, 0.06)), dtype=float)


def tank_level(draw: np.random.Generator, times: Floats) -> Floats:
    """Level of a tank in m: quick filling, slow use."""
    turn = _phase(times, _beats(draw, times, draw.uniform(9000.0, 16000.0), 0.1)) % 1.0
    saw = np.where(turn < 0.2, turn / 0.2, (1.0 - turn) / 0.8)
    return draw.uniform(0.5, 0.9) + draw.uniform(0.8, 1.5) * saw + _noise(draw, times, 0.006)


def soil_moisture(draw: np.random.Generator, times: Floats) -> Floats:
    """Soil moisture in %: watering that dries off."""
    watered = _switched(draw, times, 1800.0, 26000.0)
    day = 0.8 * np.sin(2.0 * np.pi * (times / DAY + draw.uniform()))
    return draw.uniform(18.0, 25.0) + 45.0 * _settled(watered, times, 9000.0) + day + _noise(draw, times, 0.15)


def wind_speed(draw: np.random.Generator, times: Floats) -> Floats:
    """Wind speed in m/s with gusts."""
    gusts = _settled(draw.standard_normal(times.size), times, 6.0 * (times[-1] - times[0]) / times.size)
    return np.abs(draw.uniform(4.0, 8.0) + _drift(draw, times, 1.5, 10) + 5.0 * gusts + _noise(draw, times, 0.15))


def rssi(draw: np.random.Generator, times: Floats) -> Floats:
    """Received signal strength in dBm: fading, someone in the way."""
    blocked = -12.0 * _settled(_switched(draw, times, 25.0, 50.0), times, 1.5)
    return draw.uniform(-68.0, -52.0) + blocked + _drift(draw, times, 2.0) + _noise(draw, times, 1.3)


def gyro(draw: np.random.Generator, times: Floats) -> Floats:
    """Angular rate in deg/s: swings of a limb while moving."""
    turn = 2.0 * np.pi * _phase(times, _beats(draw, times, draw.uniform(0.95, 1.25), 0.05))
    moving = _settled(_switched(draw, times, 8.0, 4.0), times, 0.3)
    return (
        moving * (110.0 * np.sin(turn) + 45.0 * np.sin(2.0 * turn + 0.7))
        + _drift(draw, times, 1.5)
        + _noise(draw, times, 2.0)
    )


def acceleration_axes(draw: np.random.Generator, times: Floats) -> Floats:
    """Acceleration along three axes in m/s2, shape (N, 3): gravity and gait."""
    down = draw.standard_normal(3) * (0.25, 0.25, 0.1) + (0.0, 0.0, 1.0)
    down = down / np.linalg.norm(down)
    sway = np.stack([_drift(draw, times, 0.5) for _ in range(3)], axis=1)
    return 9.81 * down + _gait(draw, times)[:, None] * down + sway + 0.15 * draw.standard_normal((times.size, 3))


def gyro_axes(draw: np.random.Generator, times: Floats) -> Floats:
    """Angular rate about three axes in deg/s, shape (N, 3)."""
    swing = gyro(draw, times)
    sizes = draw.uniform(0.15, 0.5, 3)
    sizes[draw.integers(3)] = 1.0
    lean = np.stack([_drift(draw, times, 4.0) for _ in range(3)], axis=1)
    return swing[:, None] * sizes + lean + 1.5 * draw.standard_normal((times.size, 3))


def traffic(draw: np.random.Generator, times: Floats) -> Floats:
    """Traffic of a network link in kbit/s: transfers over chatter."""
    transfers = draw.uniform(1500.0, 5000.0) * _switched(draw, times, 60.0, 240.0)
    return 60.0 + transfers * draw.uniform(0.85, 1.0, times.size) + 40.0 * draw.gamma(1.5, 1.0, times.size)


def outdoor_readings(draw: np.random.Generator, times: Floats) -> Floats:
    """Outdoor temperature in degC: course of the day."""
    day = draw.uniform(3.0, 7.0) * np.sin(2.0 * np.pi * (times / DAY + draw.uniform()))
    return draw.uniform(4.0, 18.0) + day + _drift(draw, times, 1.0) + _noise(draw, times, 0.12)


def meter_readings(draw: np.random.Generator, times: Floats) -> Floats:
    """Power at a meter in W: base load, refrigerator, a kettle."""
    base = draw.uniform(80.0, 200.0) + 120.0 * _switched(draw, times, 900.0, 1500.0)
    return np.asarray(
        base + draw.uniform(900.0, 2200.0) * _switched(draw, times, 420.0, 4000.0) + np.abs(_noise(draw, times, 6.0)),
        dtype=float,
    )


def gps_speed(draw: np.random.Generator, times: Floats) -> Floats:
    """Speed of a vehicle in m/s: driving and stops."""
    driving = _settled(_switched(draw, times, 90.0, 30.0), times, 5.0)
    return np.abs(draw.uniform(9.0, 16.0) * driving * (1.0 + _drift(draw, times, 0.12, 12)) + _noise(draw, times, 0.2))
