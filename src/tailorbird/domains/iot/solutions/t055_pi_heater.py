"""Right and wrong programs of T055, one function per step. Read as text, never imported."""

import json
import socket


def load_heater_task(path: str) -> tuple[str, int, float, float, float, float, float]:
    """Read where the oven is reached, what is wanted of it, and roughly how it behaves.

    Args:
        path: JSON with host, port, setpoint_c (°C), power_max_w (W), period_s (s), capacity_j_k (J/K), loss_w_k (W/K).

    Returns:
        Host, port, setpoint in °C, largest power in W, time between readings in s, heat capacity in J/K, loss in W/K.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    names = ("setpoint_c", "power_max_w", "period_s", "capacity_j_k", "loss_w_k")
    return (task["host"], int(task["port"]), *(float(task[name]) for name in names))


def tune_pi_gains(capacity_j_k: float, loss_w_k: float, period_s: float) -> tuple[float, float]:
    """Choose gains so that the closed loop answers within about 25 readings.

    Args:
        capacity_j_k: rough heat capacity in J/K.
        loss_w_k: rough heat loss in W/K.
        period_s: time between readings in s.

    Returns:
        Proportional gain in W/K and integral gain in W/(K s).
    """
    answer_s = 25.0 * period_s
    proportional = max(capacity_j_k / answer_s - loss_w_k, 0.2 * capacity_j_k / answer_s)
    return proportional, capacity_j_k / answer_s / (4.0 * answer_s)


def run_pi_loop(
    host: str, port: int, setpoint_c: float, power_max_w: float, period_s: float, kp_w_k: float, ki_w_k_s: float
) -> tuple[list[float], list[float]]:
    """Answer every reading with a power from a PI controller whose integral stops at the limits of the power.

    Args:
        host: address of the oven.
        port: its TCP port.
        setpoint_c: wanted temperature in °C.
        power_max_w: largest power in W; the smallest is 0.
        period_s: time between readings in s.
        kp_w_k: proportional gain in W/K.
        ki_w_k_s: integral gain in W/(K s).

    Returns:
        Readings in °C and the powers answered in W.
    """
    readings: list[float] = []
    powers: list[float] = []
    integral = 0.0
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            error = setpoint_c - reading["temperature_c"]
            wanted = kp_w_k * error + integral + ki_w_k_s * error * period_s
            power = min(power_max_w, max(0.0, wanted))
            if power == wanted or (wanted > power_max_w) != (error > 0):
                integral += ki_w_k_s * error * period_s
            readings.append(reading["temperature_c"])
            powers.append(power)
            lines.write(json.dumps({"power_w": power}) + "\n")
            lines.flush()
    return readings, powers


def summarise_heater_run(
    readings: list[float], powers: list[float], setpoint_c: float, period_s: float
) -> tuple[float | None, float]:
    """Give the remaining error and the energy of a run.

    Args:
        readings: temperatures in °C.
        powers: powers in W, one per reading.
        setpoint_c: wanted temperature in °C.
        period_s: time each power was held in s.

    Returns:
        Setpoint minus the mean of the last 20 readings in K, none without readings; energy in kWh.
    """
    last = readings[-20:]
    error = setpoint_c - sum(last) / len(last) if last else None
    return error, sum(powers) * period_s / 3.6e6


def run_pi_loop_velocity(
    host: str, port: int, setpoint_c: float, power_max_w: float, period_s: float, kp_w_k: float, ki_w_k_s: float
) -> tuple[list[float], list[float]]:
    """Add increments to the last power, which is clipped, so that nothing can wind up."""
    readings, powers = [], []
    before = power = 0.0
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        while "end" not in (reading := json.loads(lines.readline())):
            error = setpoint_c - reading["temperature_c"]
            if not powers:
                before = error
                power = kp_w_k * error
            power += kp_w_k * (error - before) + ki_w_k_s * error * period_s
            power = min(max(power, 0.0), power_max_w)
            before = error
            readings.append(reading["temperature_c"])
            powers.append(power)
            lines.write(json.dumps({"power_w": power}) + "\n")
            lines.flush()
    return readings, powers


def run_pi_loop_back(
    host: str, port: int, setpoint_c: float, power_max_w: float, period_s: float, kp_w_k: float, ki_w_k_s: float
) -> tuple[list[float], list[float]]:
    """Back-calculation: set the integral to what gives the clipped power."""
    readings, powers, integral = [], [], 0.0
    link = socket.create_connection((host, port), timeout=5.0)
    stream = link.makefile("rb")
    for line in iter(stream.readline, b""):
        message = json.loads(line)
        if message.get("end"):
            break
        error = setpoint_c - message["temperature_c"]
        integral += ki_w_k_s * error * period_s
        power = min(power_max_w, max(0.0, kp_w_k * error + integral))
        integral = (
            min(max(integral, -kp_w_k * error), power_max_w - kp_w_k * error)
            if power in (0.0, power_max_w)
            else integral
        )
        readings.append(message["temperature_c"])
        powers.append(power)
        link.sendall(b'{"power_w": %r}\n' % power)
    stream.close()
    link.close()
    return readings, powers


def tune_pi_gains_quick(capacity_j_k: float, loss_w_k: float, period_s: float) -> tuple[float, float]:
    """Answer within 20 readings, with an integral time of three such times."""
    kp = capacity_j_k / (20.0 * period_s)
    return kp, kp / (3.0 * 20.0 * period_s)


def run_pi_loop_windup(
    host: str, port: int, setpoint_c: float, power_max_w: float, period_s: float, kp_w_k: float, ki_w_k_s: float
) -> tuple[list[float], list[float]]:
    """Integrate on while the power is at its limit."""
    readings, powers, integral = [], [], 0.0
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            error = setpoint_c - reading["temperature_c"]
            integral += ki_w_k_s * error * period_s
            power = min(power_max_w, max(0.0, kp_w_k * error + integral))
            readings.append(reading["temperature_c"])
            powers.append(power)
            lines.write(json.dumps({"power_w": power}) + "\n")
            lines.flush()
    return readings, powers


def run_pi_loop_full(
    host: str, port: int, setpoint_c: float, power_max_w: float, period_s: float, kp_w_k: float, ki_w_k_s: float
) -> tuple[list[float], list[float]]:
    """Full power below the setpoint, none above."""
    readings, powers = [], []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            readings.append(reading["temperature_c"])
            powers.append(power_max_w if reading["temperature_c"] < setpoint_c else 0.0)
            lines.write(json.dumps({"power_w": powers[-1]}) + "\n")
            lines.flush()
    return readings, powers
