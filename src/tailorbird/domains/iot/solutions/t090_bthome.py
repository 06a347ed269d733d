"""Right and wrong programs of T090, one function per step. Read as text, never imported."""

import io
import json
import struct


def load_advertisements(path: str) -> list[str]:
    """Read Bluetooth advertising payloads from a JSON file.

    Args:
        path: JSON object with the key adverts, a list of hex strings.

    Returns:
        The hex strings in order.
    """
    with open(path, encoding="utf-8") as file:
        return list(json.load(file)["adverts"])


def extract_bthome_data(adverts: list[str]) -> list[str]:
    """Find the BTHome service data of each advert.

    Args:
        adverts: advertising payloads as hex: elements of length byte, type byte, data.

    Returns:
        Per advert the bytes after the UUID D2 FC as hex; empty when there is no such element.
    """
    payloads = []
    for text in adverts:
        data, at, found = bytes.fromhex(text), 0, b""
        while at + 1 < len(data) and data[at] > 0:
            element = data[at + 1 : at + 1 + data[at]]
            if element[0] == 0x16 and element[1:3] == b"\xd2\xfc":
                found = element[3:]
            at += 1 + data[at]
        payloads.append(found.hex())
    return payloads


def decode_bthome_objects(payloads: list[str]) -> tuple[list[dict], list[str]]:
    """Decode BTHome service data to named readings and one error code each.

    Args:
        payloads: service data after the UUID as hex, empty when there is none.

    Returns:
        Readings with the keys advert (index), name, value and unit, and one error code per payload: an empty text,
        not_bthome, version, encrypted, unknown_id or truncated.
    """
    table = {
        0x00: ("packet_id", "u", 1, 1, ""),
        0x01: ("battery", "u", 1, 1, "%"),
        0x02: ("temperature", "s", 2, 0.01, "°C"),
        0x03: ("humidity", "u", 2, 0.01, "%"),
        0x04: ("pressure", "u", 3, 0.01, "hPa"),
        0x05: ("illuminance", "u", 3, 0.01, "lx"),
        0x08: ("dewpoint", "s", 2, 0.01, "°C"),
        0x09: ("count", "u", 1, 1, ""),
        0x0A: ("energy", "u", 3, 0.001, "kWh"),
        0x0B: ("power", "u", 3, 0.01, "W"),
        0x0C: ("voltage", "u", 2, 0.001, "V"),
        0x12: ("co2", "u", 2, 1, "ppm"),
        0x1A: ("door", "b", 1, 1, ""),
        0x21: ("motion", "b", 1, 1, ""),
        0x2D: ("window", "b", 1, 1, ""),
        0x2E: ("humidity", "u", 1, 1, "%"),
        0x3E: ("count", "u", 4, 1, ""),
        0x3F: ("rotation", "s", 2, 0.1, "°"),
        0x40: ("distance", "u", 2, 1, "mm"),
        0x43: ("current", "u", 2, 0.001, "A"),
        0x45: ("temperature", "s", 2, 0.1, "°C"),
        0x53: ("text", "t", 0, 1, ""),
        0x54: ("raw", "r", 0, 1, ""),
        0x57: ("temperature", "s", 1, 1, "°C"),
        0x5C: ("power", "s", 4, 0.01, "W"),
    }
    readings, errors = [], []
    for index, payload in enumerate(payloads):
        data = bytes.fromhex(payload)
        errors.append("")
        if not data:
            errors[-1] = "not_bthome"
        elif data[0] >> 5 != 2:
            errors[-1] = "version"
        elif data[0] & 1:
            errors[-1] = "encrypted"
        at = len(data) if errors[-1] else 1
        while at < len(data):
            if data[at] not in table:
                errors[-1] = "unknown_id"
                break
            name, kind, size, factor, unit = table[data[at]]
            at += 1
            if size == 0:
                size = data[at] if at < len(data) else 1
                at += 1
            if at + size > len(data):
                errors[-1] = "truncated"
                break
            chunk = data[at : at + size]
            at += size
            if kind == "t":
                value = chunk.decode("utf-8")
            elif kind == "r":
                value = chunk.hex()
            elif kind == "b":
                value = chunk[0] != 0
            else:
                count = int.from_bytes(chunk, "little", signed=kind == "s")
                value = round(count * factor, 3)
            readings.append({"advert": index, "name": name, "value": value, "unit": unit})
    return readings, errors


def extract_by_stream(adverts: list[str]) -> list[str]:
    """Consume each advert as a stream of length-prefixed elements."""
    payloads = []
    for text in adverts:
        stream, found = io.BytesIO(bytes.fromhex(text)), ""
        while length := stream.read(1):
            element = stream.read(length[0])
            if element.startswith(b"\x16\xd2\xfc"):
                found = element[3:].hex()
                break
        payloads.append(found)
    return payloads


def decode_text_table(payloads: list[str]) -> tuple[list[dict], list[str]]:
    """Decode with a table written as lines of text and sums of shifted bytes."""
    lines = (
        "00 packet_id u8 1|01 battery u8 1 %|02 temperature s16 .01 °C|03 humidity u16 .01 %|04 pressure u24 .01 hPa|"
        "05 illuminance u24 .01 lx|08 dewpoint s16 .01 °C|09 count u8 1|0A energy u24 .001 kWh|0B power u24 .01 W|"
        "0C voltage u16 .001 V|12 co2 u16 1 ppm|1A door b8 1|21 motion b8 1|2D window b8 1|2E humidity u8 1 %|"
        "3E count u32 1|3F rotation s16 .1 °|40 distance u16 1 mm|43 current u16 .001 A|45 temperature s16 .1 °C|"
        "53 text t0 1|54 raw x0 1|57 temperature s8 1 °C|5C power s32 .01 W"
    )
    rows = {int(row.split()[0], 16): (row.split() + [""])[1:5] for row in lines.split("|")}
    readings, errors = [], []
    for index, payload in enumerate(payloads):
        data = list(bytes.fromhex(payload))
        info = data.pop(0) if data else None
        error = "not_bthome" if info is None else "version" if info >> 5 != 2 else "encrypted" if info % 2 else ""
        while data and not error:
            row = rows.get(data.pop(0))
            if row is None:
                error = "unknown_id"
                continue
            name, form, factor, unit = row
            size = int(form[1:]) // 8 or (data.pop(0) if data else 256)
            chunk, data = data[:size], data[size:]
            if len(chunk) < size:
                error = "truncated"
                continue
            total = sum(byte << 8 * place for place, byte in enumerate(chunk))
            if form[0] == "s" and chunk[-1] > 127:
                total -= 1 << 8 * size
            values = {"t": bytes(chunk).decode("utf-8", "replace"), "x": bytes(chunk).hex(), "b": total > 0}
            value = values.get(form[0], total * float(factor))
            readings.append({"unit": unit, "value": value, "name": name, "advert": index})
        errors.append(error)
    return readings, errors


def decode_stream(payloads: list[str]) -> tuple[list[dict], list[str]]:
    """Read ids from a byte stream and unpack values with struct, wide ones padded to four bytes."""
    signed = {2: ("temperature", 2, 100, "°C"), 8: ("dewpoint", 2, 100, "°C"), 63: ("rotation", 2, 10, "°")}
    signed |= {69: ("temperature", 2, 10, "°C"), 87: ("temperature", 1, 1, "°C"), 92: ("power", 4, 100, "W")}
    plain = {0: ("packet_id", 1, 1, ""), 1: ("battery", 1, 1, "%"), 3: ("humidity", 2, 100, "%")}
    plain |= {4: ("pressure", 3, 100, "hPa"), 5: ("illuminance", 3, 100, "lx"), 9: ("count", 1, 1, "")}
    plain |= {10: ("energy", 3, 1000, "kWh"), 11: ("power", 3, 100, "W"), 12: ("voltage", 2, 1000, "V")}
    plain |= {18: ("co2", 2, 1, "ppm"), 46: ("humidity", 1, 1, "%"), 62: ("count", 4, 1, "")}
    plain |= {64: ("distance", 2, 1, "mm"), 67: ("current", 2, 1000, "A")}
    flags = {26: "door", 33: "motion", 45: "window"}
    strings = {83: "text", 84: "raw"}
    readings, errors = [], []
    for index, payload in enumerate(payloads):
        stream, error = io.BytesIO(bytes.fromhex(payload)), ""
        head = stream.read(1)
        if not head:
            error = "not_bthome"
        elif head[0] & 0xE0 != 0x40:
            error = "version"
        elif head[0] & 0x01:
            error = "encrypted"
        while not error and (key := stream.read(1)):
            id_ = key[0]
            name, size, divisor, unit = signed.get(id_) or plain.get(id_) or (flags.get(id_), 1, 1, "")
            if id_ in strings:
                name, length = strings[id_], stream.read(1)
                size = length[0] if length else 999
            if name is None:
                error = "unknown_id"
                break
            chunk = stream.read(size)
            if len(chunk) != size:
                error = "truncated"
                break
            if id_ in strings:
                value = chunk.hex() if id_ == 84 else str(chunk, "utf-8")
            elif id_ in flags:
                value = bool(chunk[0])
            elif id_ in signed:
                value = struct.unpack("<" + {1: "b", 2: "h", 4: "i"}[size], chunk)[0] / divisor
            else:
                value = struct.unpack("<I", chunk.ljust(4, b"\0"))[0] / divisor
            readings.append({"advert": index, "name": name, "value": value, "unit": unit})
        errors.append(error)
    return readings, errors


def decode_fixed(payloads: list[str]) -> tuple[list[dict], list[str]]:
    """Expect battery, temperature and humidity at fixed places of every advert."""
    readings = []
    for index, payload in enumerate(payloads):
        data = bytes.fromhex(payload).ljust(9, b"\0")
        battery, temperature, humidity = data[2], data[4] + 256 * data[5], data[7] + 256 * data[8]
        readings.append({"advert": index, "name": "battery", "value": battery, "unit": "%"})
        readings.append({"advert": index, "name": "temperature", "value": temperature / 100, "unit": "°C"})
        readings.append({"advert": index, "name": "humidity", "value": humidity / 100, "unit": "%"})
    return readings, ["" for _ in payloads]


def extract_by_search(adverts: list[str]) -> list[str]:
    """Take all that follows the first D2 FC, wherever it stands."""
    payloads = []
    for text in adverts:
        _, _, rest = bytes.fromhex(text).partition(b"\xd2\xfc")
        payloads.append(rest.hex())
    return payloads
