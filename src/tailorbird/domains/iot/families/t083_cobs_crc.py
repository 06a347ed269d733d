"""T083 framing: payloads to serial frames with CRC-16/Modbus, COBS and a zero byte as delimiter.

Covers: encoding. The measure decodes every frame with its own COBS reader and its own checksum (most significant bit
first, reflected at both ends), so it shares no code path with the reference. Does not cover: decoding damaged frames.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

VECTOR = "010300000001"
"""Modbus request of the catalogue: its CRC is 0x0A84, sent as 84 0A."""


def crc16(data: bytes) -> int:
    """CRC-16/Modbus by long division, most significant bit first.

    Polynomial 0x8005, start 0xFFFF; every byte and the remainder are reflected. Check value: 0x4B37 for b"123456789".
    """
    rest = 0xFFFF
    for byte in data:
        rest ^= int(f"{byte:08b}"[::-1], 2) << 8
        for _ in range(8):
            rest = ((rest << 1) ^ 0x8005) & 0xFFFF if rest & 0x8000 else rest << 1
    return int(f"{rest:016b}"[::-1], 2)


def unframe(frame: str) -> bytes | None:
    """The payload of a frame in hexadecimal, or None when delimiter, stuffing or checksum are wrong.

    A closing empty block after a full one of 254 bytes is taken as well as left out; both decode alike.
    """
    try:
        body = bytes.fromhex(frame)
    except ValueError:
        return None
    if len(body) < 2 or body[-1] != 0 or 0 in body[:-1]:
        return None
    body, packet = body[:-1], b""
    while body:
        code, block, body = body[0], body[1 : body[0]], body[body[0] :]
        if len(block) != code - 1:
            return None
        packet += block + (b"\0" if code < 255 and body else b"")
    if len(packet) < 2 or crc16(packet[:-2]) != packet[-2] + 256 * packet[-1]:
        return None
    return packet[:-2]


def generate(seed: int, level: Level) -> Instance:
    """Short messages; from nominal on also an empty one, zeros, and runs without zero beyond 254 bytes.

    Edge: no message, a single empty one, zeros only, or packets (payload and checksum) of just 253 to 256 bytes.
    """
    draw = make.rng(seed, "T083", level)
    if level == "easy":
        payloads = [_payload(draw, int(draw.integers(2, 20)), 0.3) for _ in range(int(draw.integers(3, 7)))]
    elif level == "edge":
        payloads = _extremes(draw, str(draw.choice(["none", "empty", "zeros", "blocks"])))
    else:
        sizes = [int(draw.integers(1, 300)) for _ in range(int(draw.integers(4, 8)))]
        payloads = [_payload(draw, size, float(draw.choice([0.0, 0.02, 0.3]))) for size in sizes]
        payloads += [b"", bytes(int(draw.integers(1, 9))), _payload(draw, int(draw.integers(300, 700)), 0.0)]
        if level == "hard":
            payloads += [_payload(draw, int(size), 0.0) for size in draw.integers(250, 258, 4)]
            payloads += [_payload(draw, int(size), 0.0) for size in draw.integers(504, 512, 4)]
    order = draw.permutation(len(payloads))
    return _instance([payloads[i] for i in order])


def _payload(draw: np.random.Generator, size: int, zeros: float) -> bytes:
    data = draw.integers(1, 256, size).astype(np.uint8)
    data[draw.random(size) < zeros] = 0
    return data.tobytes()


def _extremes(draw: np.random.Generator, kind: str) -> list[bytes]:
    if kind == "none":
        return []
    if kind == "empty":
        return [b""]
    if kind == "zeros":
        return [bytes(int(size)) for size in draw.integers(1, 600, 3)]
    return [_payload(draw, size, 0.0) for size in (251, 252, 253, 254)]


def _instance(payloads: Sequence[bytes]) -> Instance:
    text = [payload.hex() for payload in payloads]
    truth = {"payloads": text, "crcs": [crc16(payload) for payload in payloads]}
    return Instance({"payloads.json": make.json_bytes({"payloads": text})}, truth, "payloads.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of frames that decode to their payload, and of right checksums; 0 where the numbers of items differ."""
    decoded = [unframe(frame) for frame in output["frames"]]
    return {
        "frames": _share([bytes.fromhex(payload) for payload in truth["payloads"]], decoded),
        "crcs": _share(truth["crcs"], output["crcs"]),
    }


def _share(wanted: Sequence[object], found: Sequence[object]) -> float:
    if len(wanted) != len(found):
        return 0.0
    return sum(a == b for a, b in zip(wanted, found, strict=True)) / len(wanted) if wanted else 1.0


def _reversed(instance: Instance, seed: int) -> Instance:
    payloads = json.loads(instance.visible["payloads.json"])["payloads"]
    return _instance([bytes.fromhex(payload) for payload in payloads[::-1]])


def _embedded(instance: Instance, seed: int) -> Instance:
    payloads = [bytes.fromhex(payload) for payload in instance.truth["payloads"]]
    packets = [payload + crc16(payload).to_bytes(2, "little") for payload in payloads]
    return _instance(packets)


PAYLOADS = Slot("payloads", "list[bytes]", "1", "messages to send", "task1")
CRCS = Slot("crcs", "list[int]", "1", "CRC-16/Modbus of each payload as a number, 0 to 65535")

FAMILY = Family(
    id="T083",
    title="COBS and CRC framing",
    domain="I",
    version=1,
    wordings=(
        Wording("Frame with COBS and CRC-16/Modbus.", "goal"),
        Wording("Append the Modbus CRC to each payload, stuff it with COBS and end it with a zero byte.", "operation"),
        Wording("payloads → crc16 + cobs frames", "terse"),
        Wording("My microcontroller talks over a UART; pack these messages so that each ends in 0x00 and carries a CRC.", "goal"),
        Wording("Turn payloads.json into serial frames: checksum first, then consistent overhead byte stuffing.", "operation"),
        Wording("I need zero-free, checksummed packets for a serial link from this list of hex messages.", "goal"),
        Wording("cobs encode, modbus crc, 00 delimiter", "terse", held=True),
        Wording("Wrap every hex message for the wire with a Modbus checksum and COBS byte stuffing.", "operation", held=True),
        Wording("The receiver resynchronises on zero bytes and drops what fails the CRC. Build the packets for it.", "goal", held=True),
        Wording("用 COBS 和 CRC-16/Modbus 组帧。", "goal", "zh"),
        Wording("给每条报文附加 Modbus CRC，再做 COBS 编码，以零字节结尾。", "operation", "zh"),
        Wording("报文 → CRC16 + COBS 串口帧", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=("`payloads.json`: JSON object, key `payloads` (list of strings, each a message of 0 or more bytes in hexadecimal)",),
        outputs=(
            Slot("crcs", "list[int]", "1", "CRC-16/Modbus of each payload as a number, 0 to 65535"),
            Slot("frames", "list[str]", "1", "frame of each payload in hexadecimal, in the order of the file"),
        ),
        remarks=(
            "CRC-16/Modbus: reflected polynomial 0xA001, start value 0xFFFF, no final inversion, over the payload alone; "
            "it follows the payload with its low byte first",
            "COBS is applied to payload and checksum together; a block holds at most 254 bytes, and a code byte of 0xFF "
            "stands for a full block without a zero after it; one byte 0x00 closes the frame and stands nowhere else in it",
            "an empty payload has a frame too; without any payload both lists are empty",
            "every frame has to decode to its payload",
            "example: payload `010300000001` has the CRC 0x0A84 = 2692, sent 84 0a, "
            "and the frame `03010301010401840a00`",
        ),
    ),
    stages=(
        Stage(
            "Load Payloads",
            ("read the hexadecimal messages of the JSON file", "turn each into bytes"),
            "Read the messages to send from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("payloads", "list[bytes]", "1", "messages to send"),),
        ),
        Stage(
            "Modbus Checksums",
            ("start at 0xFFFF", "fold in each byte, least significant bit first, with polynomial 0xA001"),
            "Compute the CRC-16/Modbus of each payload.",
            (PAYLOADS,),
            (CRCS,),
        ),
        Stage(
            "Append Checksums",
            ("put the checksum behind its payload, low byte first",),
            "Join each payload with its checksum.",
            (PAYLOADS, Slot("crcs", "list[int]", "1", "CRC-16/Modbus of each payload", "task2")),
            (Slot("packets", "list[bytes]", "1", "payloads followed by their checksums"),),
        ),
        Stage(
            "Encode COBS",
            ("cut the packet at its zeros and after 254 bytes without zero", "lead each block with its length plus one"),
            "Remove the zero bytes of each packet by consistent overhead byte stuffing.",
            (Slot("packets", "list[bytes]", "1", "payloads followed by their checksums", "task3"),),
            (Slot("stuffed", "list[bytes]", "1", "packets without zero bytes"),),
        ),
        Stage(
            "Delimit Frames",
            ("close each packet with a zero byte", "write it in hexadecimal"),
            "End each stuffed packet with the delimiter and write it as text.",
            (Slot("stuffed", "list[bytes]", "1", "packets without zero bytes", "task4"),),
            (Slot("frames", "list[str]", "1", "frames in hexadecimal"),),
        ),
    ),
    solutions="t083_cobs_crc",
    generate=generate,
    measure=measure,
    bars=(
        Bar("frames", 1.0, "least"),  # exact by the standard; the best wrong program reaches 0.9 on nominal draws
        Bar("crcs", 1.0, "least"),
    ),
    alternates=(
        Variant("table", "checksum by a table of 256 remainders", swap={"modbus_checksums": "modbus_checksums_table"}),
        Variant("split", "stuffing by splitting at zeros", swap={"encode_cobs": "encode_cobs_split"}),
        Variant(
            "back_patch",
            "one pass that writes each code byte afterwards; closes a full last block with an empty one",
            swap={"encode_cobs": "encode_cobs_back_patch"},
        ),
    ),
    mutants=(
        Variant("raw", "the payload and a zero byte, nothing else", swap={"append_checksums": "append_checksums_none", "encode_cobs": "encode_cobs_none"}, naive=True),
        Variant("crc_swapped", "the high byte of the checksum goes first", edits=(("append_checksums", '"little"', '"big"'),)),
        Variant("ccitt", "the CCITT polynomial, most significant bit first", swap={"modbus_checksums": "modbus_checksums_ccitt"}),
        Variant("start_zero", "the checksum starts at zero", edits=(("modbus_checksums", "rest = 0xFFFF", "rest = 0"),)),
        Variant("no_block_limit", "runs of more than 254 bytes are not cut", swap={"encode_cobs": "encode_cobs_unlimited"}),
        Variant("block_255", "blocks of 255 bytes", edits=(("encode_cobs", "len(block) == 254", "len(block) == 255"),)),
        Variant("full_block_zero", "a full block is taken to end in a zero", swap={"encode_cobs": "encode_cobs_zero_after_full"}),
        Variant("empty_dropped", "an empty payload gets no frame", edits=(("load_payloads", "for text in document[\"payloads\"]", "for text in document[\"payloads\"] if text"),)),
    ),
    notes=(
        "Consistent overhead byte stuffing (Cheshire, Baker 1999) removes every zero from a packet at a cost of one byte per "
        "254: the packet is cut at its zeros, and each piece is led by its length plus one, so the code byte tells where the "
        "next zero stood. A piece of 254 bytes gets the code 0xFF and no zero follows it; that is what breaks in programs that "
        "were only tried with short packets. The last zero is not real: a decoder adds a zero after each block but the last and "
        "those with code 0xFF. A single 0x00 then marks the end of a frame, and a receiver that lost its place waits for the "
        "next one. CRC-16/Modbus uses x^16 + x^15 + x^2 + 1 in reflected form (0xA001), starts at 0xFFFF, is not inverted, and "
        "is sent low byte first; its check value over the ASCII digits 123456789 is 0x4B37. The checksum of nothing is 0xFFFF."
    ),
    relations=(Relation("reversed_order", _reversed), Relation("payload_with_its_checksum", _embedded)),
    sources=(
        "Cheshire, Baker 1999, IEEE/ACM Trans. Networking 7(2), consistent overhead byte stuffing",
        "MODBUS over Serial Line Specification and Implementation Guide V1.02, appendix B (CRC generation)",
        "CRC RevEng catalogue, CRC-16/MODBUS, check value 0x4B37",
    ),
)  # fmt: skip
