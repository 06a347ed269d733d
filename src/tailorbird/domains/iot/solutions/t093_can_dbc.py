"""Right and wrong programs of T093, one function per step. Read as text, never imported."""

import json
import re
from pathlib import Path

import numpy as np


def load_can_capture(path: str) -> tuple[str, list[str], list[dict]]:
    """Read the database text, the wanted signals and the frames of a capture.

    Args:
        path: JSON with dbc (text), wanted (names) and frames (id, extended, data as hex).

    Returns:
        Database text, names of the wanted signals, frames.
    """
    capture = json.loads(Path(path).read_text(encoding="utf-8"))
    return capture["dbc"], capture["wanted"], capture["frames"]


def parse_dbc_signals(dbc: str) -> list[dict]:
    """Read message and signal lines of a DBC file.

    Args:
        dbc: text of the file.

    Returns:
        One entry per signal with message (number as written, bit 31 marks an extended identifier), name, mux, start, length, little, signed, factor, offset.
    """
    pattern = re.compile(r"SG_ (\w+) (M|m\d+)? ?: (\d+)\|(\d+)@([01])([+-]) \(([^,]+),([^)]+)\)")
    signals: list[dict] = []
    message = -1
    for line in dbc.splitlines():
        head = re.match(r"BO_ (\d+) ", line)
        if head:
            message = int(head[1])
        found = pattern.match(line.strip())
        if found and line.startswith(" "):
            name, mux, start, length, order, sign, factor, offset = found.groups()
            signals.append(
                {
                    "message": message,
                    "name": name,
                    "mux": mux or "",
                    "start": int(start),
                    "length": int(length),
                    "little": order == "1",
                    "signed": sign == "-",
                    "factor": float(factor),
                    "offset": float(offset),
                }
            )
    return signals


def decode_can_frames(frames: list[dict], signals: list[dict]) -> list[dict]:
    """Decode every signal that a frame carries.

    Args:
        frames: frames with id, extended and data (hex).
        signals: signals with message, name, mux, start, length, little, signed, factor, offset.

    Returns:
        Readings with name and value, in the order of the frames.
    """

    def raw_value(data: bytes, signal: dict) -> int | None:
        length, total = signal["length"], 8 * len(data)
        if signal["little"]:
            low = signal["start"]
            if low + length > total:
                return None
            raw = int.from_bytes(data, "little") >> low
        else:
            first = signal["start"] // 8 * 8 + 7 - signal["start"] % 8
            if first + length > total:
                return None
            raw = int.from_bytes(data, "big") >> (total - first - length)
        raw &= (1 << length) - 1
        if signal["signed"] and raw >> (length - 1):
            raw -= 1 << length
        return raw

    readings = []
    for frame in frames:
        number = frame["id"] | (0x80000000 if frame["extended"] else 0)
        data = bytes.fromhex(frame["data"])
        present = [signal for signal in signals if signal["message"] == number]
        switch = next((raw_value(data, signal) for signal in present if signal["mux"] == "M"), None)
        for signal in present:
            if signal["mux"] not in ("", "M", f"m{switch}"):
                continue
            raw = raw_value(data, signal)
            if raw is not None:
                readings.append({"name": signal["name"], "value": raw * signal["factor"] + signal["offset"]})
    return readings


def collect_wanted_signals(readings: list[dict], wanted: list[str]) -> dict[str, list[float]]:
    """Gather the values of the wanted signals.

    Args:
        readings: readings with name and value, in the order of the frames.
        wanted: names of signals.

    Returns:
        For each wanted name its values in order; empty where it never came.
    """
    values: dict[str, list[float]] = {name: [] for name in wanted}
    for reading in readings:
        if reading["name"] in values:
            values[reading["name"]].append(float(reading["value"]))
    return values


def parse_dbc_signals_split(dbc: str) -> list[dict]:
    """Take the lines apart at blanks and punctuation marks, without regular expressions."""
    signals = []
    number = 0
    for line in dbc.split("\n"):
        if line.startswith("BO_ "):
            number = int(line.split()[1])
        elif line.startswith(" SG_ "):
            left, right = line[5:].split(":", 1)
            names = left.split()
            layout, scaling = right.split()[:2]
            place, form = layout.split("@")
            start, length = place.split("|")
            factor, offset = scaling.strip("()").split(",")
            signals.append(
                {
                    "message": number,
                    "name": names[0],
                    "mux": names[1] if len(names) > 1 else "",
                    "start": int(start),
                    "length": int(length),
                    "little": form[0] == "1",
                    "signed": form[1] == "-",
                    "factor": float(factor),
                    "offset": float(offset),
                }
            )
    return signals


def decode_can_frames_bits(frames: list[dict], signals: list[dict]) -> list[dict]:
    """Write the payload as bits, list the places of each signal's bits from the highest to the lowest, and read them."""
    by_message: dict[int, list[dict]] = {}
    for signal in signals:
        places = []
        at = signal["start"]
        for _ in range(signal["length"]):
            places.append(at)
            if signal["little"]:
                at += 1
            else:
                at = at - 1 if at % 8 else at + 15
        by_message.setdefault(signal["message"], []).append(
            {**signal, "places": places[::-1] if signal["little"] else places}
        )
    readings = []
    for frame in frames:
        payload = bytes.fromhex(frame["data"])
        bits = [byte >> bit & 1 for byte in payload for bit in range(8)]
        number = frame["id"] + 2**31 * bool(frame["extended"])
        found: dict[str, int] = {}
        switch = None
        for signal in by_message.get(number, []):
            if max(signal["places"]) >= len(bits):
                continue
            raw = 0
            for place in signal["places"]:
                raw = 2 * raw + bits[place]
            if signal["signed"] and bits[signal["places"][0]]:
                raw -= 2 ** signal["length"]
            found[signal["name"]] = raw
            if signal["mux"] == "M":
                switch = raw
        for signal in by_message.get(number, []):
            chosen = signal["mux"] in ("", "M") or (switch is not None and signal["mux"] == "m" + str(switch))
            if signal["name"] in found and chosen:
                value = found[signal["name"]] * signal["factor"] + signal["offset"]
                readings.append({"name": signal["name"], "value": value})
    return readings


def decode_can_frames_arrays(frames: list[dict], signals: list[dict]) -> list[dict]:
    """Unpack the bits with numpy and weigh them with powers of two."""
    readings = []
    for frame in frames:
        payload = np.frombuffer(bytes.fromhex(frame["data"]), dtype=np.uint8)
        little = np.unpackbits(payload, bitorder="little").tolist()
        big = np.unpackbits(payload, bitorder="big").tolist()
        selected = ""
        carried = [s for s in signals if s["message"] == frame["id"] + (1 << 31 if frame["extended"] else 0)]
        for signal in sorted(carried, key=lambda one: one["mux"] != "M"):
            if signal["mux"].startswith("m") and signal["mux"] != selected:
                continue
            size = signal["length"]
            if signal["little"]:
                bits = little[signal["start"] : signal["start"] + size][::-1]
            else:
                begin = 8 * (signal["start"] // 8) + (7 - signal["start"] % 8)
                bits = big[begin : begin + size]
            if len(bits) < size:
                continue
            raw = int("".join(map(str, bits)), 2)
            raw -= bits[0] << size if signal["signed"] else 0
            if signal["mux"] == "M":
                selected = f"m{raw}"
            readings.append({"name": signal["name"], "value": signal["offset"] + signal["factor"] * raw})
    return readings


def collect_wanted_signals_filter(readings: list[dict], wanted: list[str]) -> dict[str, list[float]]:
    """Filter the readings once for each name."""
    return {name: [float(item["value"]) for item in readings if item["name"] == name] for name in wanted}


def decode_can_frames_bytes(frames: list[dict], signals: list[dict]) -> list[dict]:
    """Take the one byte in which a signal starts for its value."""
    readings = []
    for frame in frames:
        data = bytes.fromhex(frame["data"])
        for signal in signals:
            if signal["message"] & 0x7FFFFFFF == frame["id"] and signal["start"] // 8 < len(data):
                raw = data[signal["start"] // 8]
                readings.append({"name": signal["name"], "value": raw * signal["factor"] + signal["offset"]})
    return readings
