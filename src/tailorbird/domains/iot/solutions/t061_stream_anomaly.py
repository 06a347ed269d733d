"""Right and wrong programs of T061, one function per step. Read as text, never imported."""

import collections
import json
import math
import socket
import statistics


def load_stream_task(path: str) -> tuple[str, int, list[str], int]:
    """Read where the stream comes from and what a reading holds.

    Args:
        path: JSON with host, port, channels (names) and normal_readings (count of readings at the start without fault).

    Returns:
        Host, port, names of the channels, number of normal readings at the start.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["host"], int(task["port"]), [str(name) for name in task["channels"]], int(task["normal_readings"])


def score_readings(host: str, port: int, channels: list[str], normal_readings: int) -> list[float]:
    """Answer every reading with an anomaly score from running means and spreads of the channels.

    Args:
        host: address of the stream.
        port: its TCP port.
        channels: names of the values of a reading.
        normal_readings: readings at the start that are without fault.

    Returns:
        Scores in the order of the readings; larger means less normal.
    """
    scores: list[float] = []
    means: dict[str, float] = {}
    variances: dict[str, float] = {}
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            score = 0.0
            for name in channels:
                gap = reading[name] - means.setdefault(name, reading[name])
                spread = math.sqrt(variances.get(name, 0.0)) + 1e-12 * (1.0 + abs(reading[name]))
                score += min(abs(gap) / spread, 50.0) ** 2 if len(scores) > 1 else 0.0
                weight = max(1.0 / (len(scores) + 1.0), 0.03)
                if len(scores) < normal_readings or abs(gap) < 4.0 * spread:
                    means[name] += weight * gap
                    variances[name] = (1.0 - weight) * (variances.get(name, 0.0) + weight * gap * gap)
            scores.append(math.sqrt(score))
            lines.write(json.dumps({"score": scores[-1]}) + "\n")
            lines.flush()
    return scores


def summarise_scores(scores: list[float]) -> tuple[int, int | None]:
    """Count the readings and find the least normal one.

    Args:
        scores: one score per reading.

    Returns:
        Number of readings; index of the first largest score, none without readings.
    """
    return len(scores), scores.index(max(scores)) if scores else None


def score_readings_window(host: str, port: int, channels: list[str], normal_readings: int) -> list[float]:
    """Compare with median and median deviation of the last 61 readings, of which few can be faulty."""
    scores: list[float] = []
    windows = {name: collections.deque(maxlen=61) for name in channels}
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            score = 0.0
            for name, window in windows.items():
                if len(window) > 5:
                    middle = statistics.median(window)
                    spread = statistics.median(abs(value - middle) for value in window)
                    score = max(score, abs(reading[name] - middle) / (spread + 1e-12 * (1.0 + abs(middle))))
                window.append(reading[name])
            scores.append(score)
            lines.write(json.dumps({"score": score}) + "\n")
            lines.flush()
    return scores


def score_readings_moments(host: str, port: int, channels: list[str], normal_readings: int) -> list[float]:
    """Keep decayed sums of the values and their squares, in constant memory."""
    scores: list[float] = []
    count, sums, squares, zeros = 0.0, [0.0] * len(channels), [0.0] * len(channels), None
    link = socket.create_connection((host, port), timeout=5.0)
    stream = link.makefile("rb")
    while True:
        reading = json.loads(stream.readline())
        if "end" in reading:
            break
        row = [float(reading[name]) for name in channels]
        zeros = zeros or row
        row = [value - zero for value, zero in zip(row, zeros)]
        score = 0.0
        for at, value in enumerate(row):
            mean = sums[at] / count if count else value
            deviation = math.sqrt(max(squares[at] / count - mean * mean, 0.0)) if count else 0.0
            z = min(abs(value - mean) / deviation, 30.0) if deviation > 0.0 else 0.0
            score += z * z
            # A far value enters only as far as three deviations, so that a fault does not hide the next one.
            kept = value if count < 20.0 else min(max(value, mean - 3.0 * deviation), mean + 3.0 * deviation)
            sums[at] = 0.97 * sums[at] + kept
            squares[at] = 0.97 * squares[at] + kept * kept
        count = 0.97 * count + 1.0
        scores.append(score)
        link.sendall(json.dumps({"score": score}).encode() + b"\n")
    stream.close()
    link.close()
    return scores


def score_readings_constant(host: str, port: int, channels: list[str], normal_readings: int) -> list[float]:
    """Call every reading equally odd."""
    scores: list[float] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            if "end" in json.loads(line):
                break
            scores.append(0.5)
            lines.write('{"score": 0.5}\n')
            lines.flush()
    return scores


def score_readings_raw(host: str, port: int, channels: list[str], normal_readings: int) -> list[float]:
    """Distance from the mean of the normal readings, without regard to the scale of a channel."""
    scores: list[float] = []
    normal: list[list[float]] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            row = [reading[name] for name in channels]
            if len(normal) < normal_readings:
                normal.append(row)
            means = [sum(column) / len(normal) for column in zip(*normal)]
            scores.append(math.dist(row, means))
            lines.write(json.dumps({"score": scores[-1]}) + "\n")
            lines.flush()
    return scores


def score_readings_late(host: str, port: int, channels: list[str], normal_readings: int) -> list[float]:
    """Read the whole stream first and score it afterwards."""
    rows: list[list[float]] = []
    with socket.create_connection((host, port), timeout=5.0) as link, link.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            rows.append([reading[name] for name in channels])
        means = [statistics.fmean(column) for column in zip(*rows)]
        scores = [math.dist(row, means) for row in rows]
        for score in scores:
            lines.write(json.dumps({"score": score}) + "\n")
    return scores
