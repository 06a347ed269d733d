"""Right and wrong programs of T100, one function per step. Read as text, never imported."""

import json
import math
import struct
from functools import reduce


def load_scratchpads(path: str) -> list[str]:
    """Read DS18B20 scratchpads as hex from a JSON file.

    Args:
        path: JSON object with the key reads, a list of hex strings.

    Returns:
        The hex strings in order.
    """
    with open(path, encoding="utf-8") as file:
        return list(json.load(file)["reads"])


def check_scratchpads(reads: list[str]) -> list[str]:
    """Find an error code for each scratchpad that cannot be trusted.

    Args:
        reads: scratchpads as hex, nine bytes each when complete.

    Returns:
        Per read length, shorted or crc; an empty text when it is sound.
    """
    errors = []
    for text in reads:
        data = bytes.fromhex(text)
        crc = 0
        for byte in data[:8]:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ 0x8C if crc & 1 else crc >> 1
        if len(data) != 9:
            errors.append("length")
        elif not any(data):
            errors.append("shorted")
        else:
            errors.append("" if crc == data[8] else "crc")
    return errors


def convert_scratchpads(reads: list[str], errors: list[str]) -> list[float | None]:
    """Compute the temperature of each sound scratchpad.

    Args:
        reads: scratchpads as hex.
        errors: code per read, empty when sound.

    Returns:
        Temperatures in °C; None where there is an error.
    """
    celsius = []
    for text, error in zip(reads, errors):
        if error:
            celsius.append(None)
            continue
        data = bytes.fromhex(text)
        count = int.from_bytes(data[:2], "little", signed=True)
        resolution = data[4] >> 5 & 3
        count &= ~((1 << 3 - resolution) - 1)
        celsius.append(count / 16)
    return celsius


def check_by_table(reads: list[str]) -> list[str]:
    """Run a table-driven CRC over the first eight bytes."""
    table = []
    for entry in range(256):
        for _ in range(8):
            entry = (entry >> 1) ^ (0x8C * (entry & 1))
        table.append(entry)
    errors = []
    for text in reads:
        data = bytes.fromhex(text.replace(" ", ""))
        if len(data) != 9:
            errors.append("length")
        elif data == b"\0" * 9:
            errors.append("shorted")
        elif reduce(lambda crc, byte: table[crc ^ byte], data[:8], 0) != data[8]:
            errors.append("crc")
        else:
            errors.append("")
    return errors


def check_by_residue(reads: list[str]) -> list[str]:
    """Divide the bit string, check byte included, by the polynomial; nothing may remain."""

    def code(data: bytes) -> str:
        if len(data) != 9:
            return "length"
        bits = [byte >> place & 1 for byte in data for place in range(8)]
        if sum(bits) == 0:
            return "shorted"
        for at in range(64):
            if bits[at]:
                for power in (0, 3, 4, 8):
                    bits[at + power] ^= 1
        return "crc" if any(bits) else ""

    return [code(bytes.fromhex(text)) for text in reads]


def convert_by_floor(reads: list[str], errors: list[str]) -> list[float | None]:
    """Floor the signed word to the step of the resolution: 0.5, 0.25, 0.125 or 0.0625 °C."""
    celsius = [None] * len(reads)
    for index, (text, error) in enumerate(zip(reads, errors)):
        if error == "":
            word, _, _, setting = struct.unpack_from("<hBBB", bytes.fromhex(text))
            step = 2.0 ** -(1 + ((setting & 0x60) >> 5))
            celsius[index] = math.floor(word / 16 / step) * step
    return celsius


def check_length_only(reads: list[str]) -> list[str]:
    """Trust every read of nine bytes."""
    return ["" if len(bytes.fromhex(text)) == 9 else "length" for text in reads]


def check_forward(reads: list[str]) -> list[str]:
    """Run the CRC from the most significant bit, polynomial 31 hex."""
    errors = []
    for text in reads:
        data = bytes.fromhex(text)
        crc = 0
        for byte in data[:8]:
            crc ^= byte
            for _ in range(8):
                crc = (crc << 1 ^ 0x31) & 0xFF if crc & 0x80 else crc << 1 & 0xFF
        errors.append("length" if len(data) != 9 else "shorted" if not any(data) else "" if crc == data[8] else "crc")
    return errors
