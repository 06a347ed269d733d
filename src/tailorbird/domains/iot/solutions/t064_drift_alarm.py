"""Right and wrong programs of T064, one function per step. Read as text, never imported."""

import collections
import json
import socket
import statistics


def load_watch_task(path: str) -> tuple[str, int, int]:
    """Read where the sensor's stream comes from.

    Args:
        path: JSON with host, port and calm_readings (readings at the start that are certainly before any change).

    Returns:
        Host, port, number of calm readings at the start.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["host"], int(task["port"]), int(task["calm_readings"])


def watch_for_drift(host: str, port: int, calm_readings: int) -> list[bool]:
    """Answer every reading with whether the level of the sensor has changed, by two cumulative sums.

    Readings are scaled by median and median deviation of the calm ones and clipped, so that a spike counts little.

    Args:
        host: address of the stream.
        port: its TCP port.
        calm_readings: readings at the start that are before any change.

    Returns:
        Alarm after each reading; once raised it stays.
    """
    alarms: list[bool] = []
    calm: list[float] = []
    centre = spread = up = down = 0.0
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            value = reading["value"]
            if len(calm) < calm_readings:
                calm.append(value)
                if len(calm) == calm_readings:
                    centre = statistics.median(calm)
                    spread = 1.4826 * statistics.median(abs(item - centre) for item in calm)
            else:
                z = min(max((value - centre) / spread, -3.0), 3.0)
                up = max(0.0, up + z - 0.7)
                down = max(0.0, down - z - 0.7)
            alarms.append(bool(alarms and alarms[-1]) or max(up, down) > 14.0)
            lines.write(json.dumps({"alarm": alarms[-1]}) + "\n")
            lines.flush()
    return alarms


def first_alarm(alarms: list[bool]) -> int | None:
    """Find when the alarm was raised.

    Args:
        alarms: alarm after each reading.

    Returns:
        Index of the first alarm, none if there was none.
    """
    return alarms.index(True) if True in alarms else None


def watch_for_drift_windows(host: str, port: int, calm_readings: int) -> list[bool]:
    """Compare the median of the last 41 readings with that of the calm ones."""
    alarms: list[bool] = []
    calm: list[float] = []
    recent: collections.deque[float] = collections.deque(maxlen=41)
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        while "end" not in (reading := json.loads(lines.readline())):
            alarm = bool(alarms) and alarms[-1]
            if len(calm) < calm_readings:
                calm.append(reading["value"])
            else:
                recent.append(reading["value"])
                if len(recent) == 41 and not alarm:
                    middle = statistics.median(calm)
                    low, high = sorted(calm)[len(calm) // 4], sorted(calm)[3 * len(calm) // 4]
                    alarm = abs(statistics.median(recent) - middle) > 0.95 * (high - low) / 1.349
            alarms.append(alarm)
            lines.write(json.dumps({"alarm": alarm}) + "\n")
            lines.flush()
    return alarms


def watch_for_drift_average(host: str, port: int, calm_readings: int) -> list[bool]:
    """Exponentially weighted average of signs and sizes, clipped at two deviations."""
    calm: list[float] = []
    alarms: list[bool] = []
    average, centre, spread = 0.0, 0.0, 1.0
    link = socket.create_connection((host, port), timeout=5.0)
    stream = link.makefile("rb")
    for line in iter(stream.readline, b""):
        message = json.loads(line)
        if message.get("end"):
            break
        if len(calm) < calm_readings:
            calm.append(message["value"])
            ordered = sorted(calm)
            centre = ordered[len(ordered) // 2]
            spread = (ordered[(5 * len(ordered)) // 6] - ordered[len(ordered) // 6]) / 1.935 or 1.0
        else:
            average += 0.05 * (max(-2.5, min(2.5, (message["value"] - centre) / spread)) - average)
        alarms.append(abs(average) > 0.95 or (len(alarms) > 0 and alarms[-1]))
        link.sendall(b'{"alarm": true}\n' if alarms[-1] else b'{"alarm": false}\n')
    stream.close()
    link.close()
    return alarms


def first_alarm_scan(alarms: list[bool]) -> int | None:
    """Go through the alarms until one is raised."""
    for index, alarm in enumerate(alarms):
        if alarm:
            return index
    return None


def watch_for_drift_never(host: str, port: int, calm_readings: int) -> list[bool]:
    """Never raise an alarm."""
    alarms: list[bool] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            if "end" in json.loads(line):
                break
            alarms.append(False)
            lines.write('{"alarm": false}\n')
            lines.flush()
    return alarms


def watch_for_drift_limit(host: str, port: int, calm_readings: int) -> list[bool]:
    """Raise an alarm at the first reading beyond three deviations of the calm ones."""
    alarms: list[bool] = []
    calm: list[float] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            alarm = bool(alarms) and alarms[-1]
            if len(calm) < calm_readings:
                calm.append(reading["value"])
            else:
                alarm = alarm or abs(reading["value"] - statistics.fmean(calm)) > 3.0 * statistics.stdev(calm)
            alarms.append(alarm)
            lines.write(json.dumps({"alarm": alarm}) + "\n")
            lines.flush()
    return alarms


def watch_for_drift_slow(host: str, port: int, calm_readings: int) -> list[bool]:
    """Compare the mean of everything so far with that of the calm readings."""
    alarms: list[bool] = []
    values: list[float] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            values.append(reading["value"])
            calm = values[:calm_readings]
            alarm = len(values) > calm_readings and abs(
                statistics.fmean(values) - statistics.fmean(calm)
            ) > statistics.pstdev(calm)
            alarms.append(alarm or (bool(alarms) and alarms[-1]))
            lines.write(json.dumps({"alarm": alarms[-1]}) + "\n")
            lines.flush()
    return alarms


def first_alarm_share(alarms: list[bool]) -> int | None:
    """Count the alarms instead of finding the first."""
    return sum(alarms) if any(alarms) else None
