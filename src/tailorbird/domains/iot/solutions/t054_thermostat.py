"""Right and wrong programs of T054, one function per step. Read as text, never imported."""

import itertools
import json
import socket


def load_thermostat_task(path: str) -> tuple[str, int, float, float, float]:
    """Read where the room is reached and what is wanted of it.

    Args:
        path: JSON with host, port, setpoint_c (°C), band_k (K) and period_s (s).

    Returns:
        Host, port, setpoint in °C, half width of the comfort band in K, time between readings in s.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["host"], int(task["port"]), float(task["setpoint_c"]), float(task["band_k"]), float(task["period_s"])


def switching_limits(setpoint_c: float, band_k: float) -> tuple[float, float]:
    """Choose where the heater goes on and off, with a dead band between.

    The limits lie inside the comfort band, because the room moves on for a while after the heater has switched.

    Args:
        setpoint_c: wanted temperature in °C.
        band_k: half width of the comfort band in K.

    Returns:
        Temperature below which the heater goes on, and above which it goes off, in °C.
    """
    reach = 0.5 * band_k
    return setpoint_c - reach, setpoint_c + reach


def run_thermostat_loop(host: str, port: int, on_below_c: float, off_above_c: float) -> list[bool]:
    """Answer every reading of the room with the state of the heater.

    Args:
        host: address of the room.
        port: its TCP port.
        on_below_c: temperature in °C below which the heater goes on.
        off_above_c: temperature in °C above which the heater goes off.

    Returns:
        State of the heater after each reading.
    """
    heating: list[bool] = []
    heat = False
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            if reading["temperature_c"] < on_below_c:
                heat = True
            elif reading["temperature_c"] > off_above_c:
                heat = False
            heating.append(heat)
            lines.write(json.dumps({"heat": heat}) + "\n")
            lines.flush()
    return heating


def summarise_heating(heating: list[bool], period_s: float) -> tuple[int, float]:
    """Count how often the heater switched and how long it heated.

    Args:
        heating: state of the heater after each reading; before the first it is off.
        period_s: time between readings in s.

    Returns:
        Number of switchings, and hours with the heater on.
    """
    switches = sum(now != before for before, now in zip([False, *heating], heating))
    return switches, sum(heating) * period_s / 3600.0


def run_thermostat_loop_bytes(host: str, port: int, on_below_c: float, off_above_c: float) -> list[bool]:
    """Split the byte stream into lines by hand; keep the last state inside the dead band."""
    heating: list[bool] = []
    link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    link.settimeout(5.0)
    link.connect((host, port))
    waiting = b""
    try:
        while True:
            while b"\n" not in waiting:
                waiting += link.recv(4096)
            line, waiting = waiting.split(b"\n", 1)
            reading = json.loads(line)
            if reading.get("end"):
                return heating
            temperature = reading["temperature_c"]
            last = heating[-1] if heating else False
            heating.append(temperature < on_below_c or (last and temperature <= off_above_c))
            link.sendall(json.dumps({"heat": heating[-1]}).encode() + b"\n")
    finally:
        link.close()


def switching_limits_narrow(setpoint_c: float, band_k: float) -> tuple[float, float]:
    """Switch at four tenths of the comfort band on both sides."""
    return setpoint_c - 0.4 * band_k, setpoint_c + 0.4 * band_k


def summarise_heating_runs(heating: list[bool], period_s: float) -> tuple[int, float]:
    """Group equal states into runs; every run but a first one without heat begins with a switching."""
    runs = [(state, len(list(group))) for state, group in itertools.groupby(heating)]
    switches = len(runs) - (1 if runs and not runs[0][0] else 0)
    return switches, sum(length for state, length in runs if state) * period_s / 3600.0


def run_thermostat_loop_hourly(host: str, port: int, on_below_c: float, off_above_c: float) -> list[bool]:
    """Decide once an hour and keep the decision in between."""
    heating: list[bool] = []
    heat, decided = False, -3600.0
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            if reading["time_s"] - decided >= 3600.0:
                decided = reading["time_s"]
                heat = reading["temperature_c"] < (on_below_c + off_above_c) / 2
            heating.append(heat)
            lines.write(json.dumps({"heat": heat}) + "\n")
            lines.flush()
    return heating


def run_thermostat_loop_always(host: str, port: int, on_below_c: float, off_above_c: float) -> list[bool]:
    """Heat all the time."""
    heating: list[bool] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            if "end" in json.loads(line):
                break
            heating.append(True)
            lines.write(json.dumps({"heat": True}) + "\n")
            lines.flush()
    return heating
