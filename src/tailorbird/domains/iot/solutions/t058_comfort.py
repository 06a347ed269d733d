"""Right and wrong programs of T058, one function per step. Read as text, never imported."""

import csv
import math

import numpy as np
from scipy import optimize


def load_comfort_readings(
    path: str,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Read the six quantities of Fanger's model from a CSV file.

    Args:
        path: CSV with a header and the columns ta (°C), tr (°C), v (m/s), rh (%), met (met) and clo (clo).

    Returns:
        Air temperature in °C, mean radiant temperature in °C, air speed in m/s, relative humidity in %, metabolic
        rate in met and clothing in clo, each of shape (N,).
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ta, tr, v, rh, met, clo = (
        np.array([float(row[key]) for row in rows]) for key in ("ta", "tr", "v", "rh", "met", "clo")
    )
    return ta, tr, v, rh, met, clo


def clothing_temperature(ta: np.ndarray, tr: np.ndarray, v: np.ndarray, met: np.ndarray, clo: np.ndarray) -> np.ndarray:
    """Find the surface temperature of the clothing from its heat balance.

    Newton steps on equation (3) of ISO 7730, for all readings at once.

    Args:
        ta: air temperature in °C, shape (N,).
        tr: mean radiant temperature in °C, shape (N,).
        v: air speed in m/s, shape (N,).
        met: metabolic rate in met, shape (N,).
        clo: clothing insulation in clo, shape (N,).

    Returns:
        Clothing surface temperature in °C, shape (N,).
    """
    heat = 58.15 * met
    resistance = 0.155 * clo
    area = np.where(resistance <= 0.078, 1.0 + 1.29 * resistance, 1.05 + 0.645 * resistance)
    tcl = 35.7 - 0.028 * heat
    for _ in range(60):
        convection = np.maximum(2.38 * np.abs(tcl - ta) ** 0.25, 12.1 * np.sqrt(v))
        radiation = 3.96e-8 * area * ((tcl + 273.0) ** 4 - (tr + 273.0) ** 4)
        slope = 1.0 + resistance * area * (convection * 1.25 + 4 * 3.96e-8 * (tcl + 273.0) ** 3)
        excess = tcl - (35.7 - 0.028 * heat - resistance * (radiation + area * convection * (tcl - ta)))
        tcl = tcl - excess / slope
    return tcl


def predicted_mean_vote(
    ta: np.ndarray, tr: np.ndarray, v: np.ndarray, rh: np.ndarray, met: np.ndarray, clo: np.ndarray, tcl: np.ndarray
) -> list[float]:
    """Compute the predicted mean vote from the heat balance of the body, external work 0.

    Args:
        ta: air temperature in °C, shape (N,).
        tr: mean radiant temperature in °C, shape (N,).
        v: air speed in m/s, shape (N,).
        rh: relative humidity in %, shape (N,).
        met: metabolic rate in met, shape (N,).
        clo: clothing insulation in clo, shape (N,).
        tcl: clothing surface temperature in °C, shape (N,).

    Returns:
        Predicted mean vote, -3 cold to +3 hot, one per reading.
    """
    heat = 58.15 * met
    resistance = 0.155 * clo
    area = np.where(resistance <= 0.078, 1.0 + 1.29 * resistance, 1.05 + 0.645 * resistance)
    convection = np.maximum(2.38 * np.abs(tcl - ta) ** 0.25, 12.1 * np.sqrt(v))
    vapour = rh * 10.0 * np.exp(16.6536 - 4030.183 / (ta + 235.0))
    skin = 3.05e-3 * (5733.0 - 6.99 * heat - vapour)
    sweat = np.maximum(0.42 * (heat - 58.15), 0.0)
    breath = 1.7e-5 * heat * (5867.0 - vapour) + 0.0014 * heat * (34.0 - ta)
    radiation = 3.96e-8 * area * ((tcl + 273.0) ** 4 - (tr + 273.0) ** 4)
    load = heat - skin - sweat - breath - radiation - area * convection * (tcl - ta)
    return ((0.303 * np.exp(-0.036 * heat) + 0.028) * load).tolist()


def dissatisfied_share(pmv: list[float]) -> list[float]:
    """Compute the predicted percentage of dissatisfied people from the mean votes.

    Args:
        pmv: predicted mean votes.

    Returns:
        Shares in %, 5 to 100, one per vote.
    """
    return [100.0 - 95.0 * math.exp(-0.03353 * vote**4 - 0.2179 * vote**2) for vote in pmv]


def clothing_temperature_iteration(
    ta: np.ndarray, tr: np.ndarray, v: np.ndarray, met: np.ndarray, clo: np.ndarray
) -> np.ndarray:
    """Iterate the annex D programme reading by reading, in hundreds of kelvin, averaging two iterates."""
    found = []
    for air, radiant, speed, rate, dress in zip(ta, tr, v, met, clo):
        resistance = 0.155 * dress
        area = 1.0 + 1.29 * resistance if resistance <= 0.078 else 1.05 + 0.645 * resistance
        kelvin = air + 273.0
        p1 = resistance * area
        p5 = 308.7 - 0.028 * 58.15 * rate + p1 * 3.96 * ((radiant + 273.0) / 100.0) ** 4
        new = (kelvin + (35.5 - air) / (3.5 * (6.45 * resistance + 0.1))) / 100.0
        old = new / 2.0
        for _ in range(500):
            if abs(new - old) <= 1e-6:
                break
            old = (old + new) / 2.0
            convection = max(12.1 * math.sqrt(speed), 2.38 * abs(100.0 * old - kelvin) ** 0.25)
            new = (p5 + p1 * kelvin * convection - p1 * 3.96 * old**4) / (100.0 + p1 * 100.0 * convection)
        found.append(100.0 * new - 273.0)
    return np.array(found)


def clothing_temperature_brent(
    ta: np.ndarray, tr: np.ndarray, v: np.ndarray, met: np.ndarray, clo: np.ndarray
) -> np.ndarray:
    """Solve each heat balance by Brent's bracketing method."""

    def excess(t: float, air: float, radiant: float, speed: float, rate: float, dress: float) -> float:
        resistance = 0.155 * dress
        area = 1.0 + 1.29 * resistance if resistance <= 0.078 else 1.05 + 0.645 * resistance
        convection = max(2.38 * abs(t - air) ** 0.25, 12.1 * math.sqrt(speed))
        outward = 3.96e-8 * ((t + 273.0) ** 4 - (radiant + 273.0) ** 4) + convection * (t - air)
        return t - (35.7 - 0.028 * 58.15 * rate - resistance * area * outward)

    return np.array([optimize.brentq(excess, -60.0, 120.0, args=row) for row in zip(ta, tr, v, met, clo)])


def predicted_mean_vote_loop(
    ta: np.ndarray, tr: np.ndarray, v: np.ndarray, rh: np.ndarray, met: np.ndarray, clo: np.ndarray, tcl: np.ndarray
) -> list[float]:
    """Add up the heat losses reading by reading; 273.15 for the zero of Celsius, Tetens' vapour pressure."""
    votes = []
    for air, radiant, speed, humidity, rate, dress, surface in zip(ta, tr, v, rh, met, clo, tcl):
        heat = rate * 58.15
        area = 1.0 + 0.2 * dress if dress <= 0.5 else 1.05 + 0.1 * dress
        convection = max(2.38 * abs(surface - air) ** 0.25, 12.1 * speed**0.5)
        vapour = humidity / 100.0 * 610.78 * math.exp(17.27 * air / (air + 237.3))
        losses = [
            3.05e-3 * (5733.0 - 6.99 * heat - vapour),
            max(0.0, 0.42 * (heat - 58.15)),
            1.7e-5 * heat * (5867.0 - vapour),
            1.4e-3 * heat * (34.0 - air),
            3.96e-8 * area * ((surface + 273.15) ** 4 - (radiant + 273.15) ** 4),
            area * convection * (surface - air),
        ]
        votes.append((0.303 * math.exp(-0.036 * heat) + 0.028) * (heat - sum(losses)))
    return [float(vote) for vote in votes]


def clothing_temperature_start(
    ta: np.ndarray, tr: np.ndarray, v: np.ndarray, met: np.ndarray, clo: np.ndarray
) -> np.ndarray:
    """Take the first guess of the iteration for the answer."""
    return ta + (35.5 - ta) / (3.5 * (6.45 * 0.155 * clo + 0.1))


def predicted_mean_vote_linear(
    ta: np.ndarray, tr: np.ndarray, v: np.ndarray, rh: np.ndarray, met: np.ndarray, clo: np.ndarray, tcl: np.ndarray
) -> list[float]:
    """Draw a straight line through the air temperature."""
    return (0.3 * (ta - 24.5)).tolist()
