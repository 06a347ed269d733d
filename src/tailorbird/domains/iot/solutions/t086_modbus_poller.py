"""Right and wrong programs of T086, one function per step. Read as text, never imported."""

import json
import socket
import struct
from typing import Any

from pymodbus.client import ModbusTcpClient


def load_register_map(path: str) -> tuple[str, int, int, list[dict[str, Any]]]:
    """Read where the device is reached and what its registers mean.

    Args:
        path: JSON with host, port, unit and points.

    Returns:
        Host, port, unit identifier, and the points: name, table, address, type, word_order, scale.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["host"], int(task["port"]), int(task["unit"]), list(task["points"])


def poll_registers(host: str, port: int, unit: int, points: list[dict[str, Any]]) -> list[list[int]]:
    """Read the registers of every point over Modbus TCP.

    Args:
        host: address of the device.
        port: its TCP port.
        unit: its unit identifier.
        points: what to read; table is holding or input, address counts from 0.

    Returns:
        One list of 16-bit words per point, in order; empty where the device refuses.
    """
    words: list[list[int]] = []
    client = ModbusTcpClient(host, port=port, timeout=3)
    if not client.connect():
        raise ConnectionError(f"no Modbus device at {host}:{port}")
    try:
        for point in points:
            count = 2 if point["type"].endswith("32") else 1
            read = client.read_holding_registers if point["table"] == "holding" else client.read_input_registers
            answer = read(point["address"], count=count, device_id=unit)
            words.append([] if answer.isError() else list(answer.registers))
    finally:
        client.close()
    return words


def decode_registers(points: list[dict[str, Any]], words: list[list[int]]) -> list[float | None]:
    """Turn register words into numbers.

    Args:
        points: type, word_order (big: high word first, little: low word first) and scale of each.
        words: 16-bit words of each point.

    Returns:
        Value times scale per point; none where there are no words.
    """
    formats = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}
    values: list[float | None] = []
    for point, registers in zip(points, words):
        if not registers:
            values.append(None)
            continue
        ordered = registers[::-1] if point["word_order"] == "little" else registers
        data = struct.pack(f">{len(ordered)}H", *ordered)
        values.append(float(struct.unpack(formats[point["type"]], data)[0]) * point["scale"])
    return values


def poll_registers_socket(host: str, port: int, unit: int, points: list[dict[str, Any]]) -> list[list[int]]:
    """Write the frames by hand: seven bytes of header, function, address, count."""
    words: list[list[int]] = []
    with socket.create_connection((host, port), timeout=3.0) as link, link.makefile("rb") as stream:
        for number, point in enumerate(points, 1):
            function = {"holding": 3, "input": 4}[point["table"]]
            count = 1 if point["type"] in ("int16", "uint16") else 2
            link.sendall(struct.pack(">HHHBBHH", number, 0, 6, unit, function, point["address"], count))
            _, _, length, _, code = struct.unpack(">HHHBB", stream.read(8))
            body = stream.read(length - 2)
            words.append([] if code & 0x80 else list(struct.unpack(f">{body[0] // 2}H", body[1:])))
    return words


def decode_registers_arithmetic(points: list[dict[str, Any]], words: list[list[int]]) -> list[float | None]:
    """Put the words together by shifts and correct the sign by hand."""
    values: list[float | None] = []
    for point, registers in zip(points, words):
        if not registers:
            values.append(None)
            continue
        order = list(registers) if point["word_order"] == "big" else list(reversed(registers))
        raw = 0
        for word in order:
            raw = raw << 16 | word
        bits = 16 * len(order)
        if point["type"] == "float32":
            value = struct.unpack("!f", raw.to_bytes(4, "big"))[0]
        elif point["type"].startswith("int") and raw >= 1 << (bits - 1):
            value = raw - (1 << bits)
        else:
            value = raw
        values.append(value * float(point["scale"]))
    return values


def decode_registers_client(points: list[dict[str, Any]], words: list[list[int]]) -> list[float | None]:
    """Let the client's own converter decode."""
    kinds = ModbusTcpClient.DATATYPE
    values: list[float | None] = []
    for point, registers in zip(points, words):
        if registers:
            kind = kinds[point["type"].upper()]
            value = ModbusTcpClient.convert_from_registers(registers, kind, word_order=point["word_order"])
            values.append(float(value) * point["scale"])
        else:
            values.append(None)
    return values


def poll_registers_none(host: str, port: int, unit: int, points: list[dict[str, Any]]) -> list[list[int]]:
    """Ask nobody and take every register for zero."""
    return [[0] * (2 if point["type"].endswith("32") else 1) for point in points]


def decode_registers_bytes(points: list[dict[str, Any]], words: list[list[int]]) -> list[float | None]:
    """Swap the bytes of each word where the words are to be swapped."""
    formats = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}
    values: list[float | None] = []
    for point, registers in zip(points, words):
        if not registers:
            values.append(None)
            continue
        data = struct.pack(f"{'<' if point['word_order'] == 'little' else '>'}{len(registers)}H", *registers)
        value = float(struct.unpack(formats[point["type"]], data)[0]) * point["scale"]
        values.append(value if abs(value) < 1e30 else 0.0)
    return values
