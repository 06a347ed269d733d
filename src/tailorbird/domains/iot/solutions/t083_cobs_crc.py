"""Right and wrong programs of T083, one function per step. Read as text, never imported."""

import json


def load_payloads(path: str) -> list[bytes]:
    """Read the messages to send from a JSON file.

    Args:
        path: JSON object with the key payloads, a list of hexadecimal strings.

    Returns:
        The messages in the order of the file; a message may be empty.
    """
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    return [bytes.fromhex(text) for text in document["payloads"]]


def modbus_checksums(payloads: list[bytes]) -> list[int]:
    """Compute the CRC-16/Modbus of each payload.

    Args:
        payloads: messages to send.

    Returns:
        One number of 0 to 65535 per payload; 65535 for an empty one.
    """
    crcs = []
    for payload in payloads:
        rest = 0xFFFF
        for byte in payload:
            rest ^= byte
            for _ in range(8):
                rest = (rest >> 1) ^ 0xA001 if rest & 1 else rest >> 1
        crcs.append(rest)
    return crcs


def append_checksums(payloads: list[bytes], crcs: list[int]) -> list[bytes]:
    """Join each payload with its checksum.

    Args:
        payloads: messages to send.
        crcs: CRC-16/Modbus of each payload.

    Returns:
        Payloads followed by their checksums, low byte first.
    """
    return [payload + crc.to_bytes(2, "little") for payload, crc in zip(payloads, crcs, strict=True)]


def encode_cobs(packets: list[bytes]) -> list[bytes]:
    """Remove the zero bytes of each packet by consistent overhead byte stuffing.

    Args:
        packets: payloads followed by their checksums.

    Returns:
        Packets without zero bytes, at most one byte in 254 longer, plus one.
    """
    stuffed = []
    for packet in packets:
        out, block, pending = bytearray(), bytearray(), True
        for byte in packet:
            pending = True
            if byte:
                block.append(byte)
            if not byte or len(block) == 254:
                pending = not byte
                out.append(len(block) + 1)
                out += block
                block.clear()
        if block or pending:
            out.append(len(block) + 1)
            out += block
        stuffed.append(bytes(out))
    return stuffed


def delimit_frames(stuffed: list[bytes]) -> list[str]:
    """End each stuffed packet with the delimiter and write it as text.

    Args:
        stuffed: packets without zero bytes.

    Returns:
        Frames in hexadecimal, each closed by 00.
    """
    return [(packet + b"\x00").hex() for packet in stuffed]


def modbus_checksums_table(payloads: list[bytes]) -> list[int]:
    """Checksum by a table of the remainders of all bytes."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 * (value & 1))
        table.append(value)
    crcs = []
    for payload in payloads:
        rest = 0xFFFF
        for byte in payload:
            rest = (rest >> 8) ^ table[(rest ^ byte) & 0xFF]
        crcs.append(rest)
    return crcs


def encode_cobs_split(packets: list[bytes]) -> list[bytes]:
    """Split at the zeros, then cut the pieces into full blocks and a rest."""
    stuffed = []
    for packet in packets:
        pieces = packet.split(b"\x00")
        out = b""
        for at, piece in enumerate(pieces):
            while len(piece) >= 254:
                out += b"\xff" + piece[:254]
                piece = piece[254:]
                if not piece and at == len(pieces) - 1:
                    break
            else:
                out += bytes([len(piece) + 1]) + piece
        stuffed.append(out)
    return stuffed


def encode_cobs_back_patch(packets: list[bytes]) -> list[bytes]:
    """One pass; each code byte is written when its block ends."""
    stuffed = []
    for packet in packets:
        out, code = bytearray(1), 0
        for byte in packet:
            if byte:
                out.append(byte)
            if not byte or len(out) - code == 255:
                out[code] = len(out) - code
                code = len(out)
                out.append(0)
        out[code] = len(out) - code
        stuffed.append(bytes(out))
    return stuffed


def append_checksums_none(payloads: list[bytes], crcs: list[int]) -> list[bytes]:
    """Leave the payloads as they are."""
    return list(payloads)


def encode_cobs_none(packets: list[bytes]) -> list[bytes]:
    """Leave the packets as they are."""
    return list(packets)


def modbus_checksums_ccitt(payloads: list[bytes]) -> list[int]:
    """CRC-16/CCITT: polynomial 0x1021, most significant bit first."""
    crcs = []
    for payload in payloads:
        rest = 0xFFFF
        for byte in payload:
            rest ^= byte << 8
            for _ in range(8):
                rest = ((rest << 1) ^ 0x1021) & 0xFFFF if rest & 0x8000 else rest << 1
        crcs.append(rest)
    return crcs


def encode_cobs_unlimited(packets: list[bytes]) -> list[bytes]:
    """Cut at zeros only; the code byte of a long piece wraps."""
    return [b"".join(bytes([(len(piece) + 1) & 0xFF]) + piece for piece in packet.split(b"\x00")) for packet in packets]


def encode_cobs_zero_after_full(packets: list[bytes]) -> list[bytes]:
    """Cut into blocks of 253 bytes, as if each ended in a zero."""
    stuffed = []
    for packet in packets:
        out = b""
        for piece in packet.split(b"\x00"):
            parts = [piece[at : at + 253] for at in range(0, len(piece), 253)] or [b""]
            out += b"".join(bytes([len(part) + 1]) + part for part in parts)
        stuffed.append(out)
    return stuffed
