"""T100 DS18B20 scratchpads: nine bytes each to a temperature, or a reason to refuse them.

Truth comes from an encoder: a temperature is drawn, written at a drawn resolution, and the check byte is added by a
table-free shift register. Covers: all four resolutions, negative values, damaged bytes, short reads, a shorted bus.
Does not cover: ROM codes, alarms, timing on the wire.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

FAULTS = ("bit", "check", "short", "zero", "absent")
"""What can be wrong with a read: one flipped bit, a wrong check byte, missing bytes, all 00, all FF."""


def crc8(data: bytes) -> int:
    """Check byte of 1-Wire: polynomial x^8 + x^5 + x^4 + 1, bits from the least significant, start 0.

    Source: Maxim application note 27.
    """
    register = 0
    for byte in data:
        for place in range(8):
            feedback = (register ^ byte >> place) & 1
            register = register >> 1 ^ (0x8C if feedback else 0)
    return register


def scratchpad(count: int, bits: int, high: int, low: int, rest: bytes) -> bytes:
    """Nine bytes of a sensor that shows `count` sixteenths of a degree.

    Args:
        count: temperature register, signed, in 1/16 °C.
        bits: resolution, 9 to 12.
        high: upper alarm register, 0 to 255.
        low: lower alarm register, 0 to 255.
        rest: bytes 5 to 7, reserved.
    """
    body = count.to_bytes(2, "little", signed=True) + bytes([high, low, (bits - 9) << 5 | 0x1F]) + rest
    return body + bytes([crc8(body)])


def generate(seed: int, level: Level) -> Instance:
    """4 to 24 reads; nominal mixes resolutions and faults, hard has every fault; edge: none, extremes, only faults."""
    draw = make.rng(seed, "T100", level)
    reads, truth = [], []
    for kind in _kinds(draw, level):
        read, value, error = _read(draw, kind)
        reads.append(_text(draw, read))
        truth.append((value, error))
    return _instance(reads, [value for value, _ in truth], [error for _, error in truth])


def _instance(reads: list[str], celsius: list[float | None], errors: list[str]) -> Instance:
    visible = {"scratchpads.json": make.json_bytes({"reads": reads})}
    return Instance(visible, {"celsius": celsius, "errors": errors}, "scratchpads.json")


def _kinds(draw: np.random.Generator, level: Level) -> list[str]:
    if level == "edge":
        only = str(draw.choice(["", "extreme", *FAULTS]))
        return [only] * int(draw.integers(1, 5)) if only else []
    kinds = ["warm", "cold", "coarse"] + ["any"] * int(draw.integers(2, 13))
    if level != "easy":
        kinds += ["bit", "check", "zero"] + (["short", "absent", "bit", "bit"] if level == "hard" else [])
    return [kinds[i] for i in draw.permutation(len(kinds))]


def _read(draw: np.random.Generator, kind: str) -> tuple[bytes, float | None, str]:
    """Bytes as read, temperature in °C or none, error code."""
    bits = int(draw.integers(9, 12)) if kind == "coarse" else int(draw.integers(9, 13))
    low, high = {"warm": (17, 1500), "cold": (-880, -17)}.get(kind, (-880, 2000))
    exact = int(draw.integers(low, high + 1))
    if kind == "extreme":
        exact = int(draw.choice([-880, 2000, 0, -1, 1, 1360]))
    loose = (1 << 12 - bits) - 1
    # Undefined low bits read as anything; a coarse read has at least one of them set, so that ignoring them shows.
    noise = int(draw.integers(1 if kind == "coarse" else 0, loose + 1)) if loose else 0
    kept = exact & ~loose
    rest = bytes([0xFF, int(draw.integers(256)), 0x10])
    read = scratchpad(kept | noise, bits, int(draw.integers(256)), int(draw.integers(256)), rest)
    if kind == "zero":
        return bytes(9), None, "shorted"
    if kind == "absent":
        return b"\xff" * 9, None, "crc"
    if kind == "short":
        return read[: int(draw.integers(0, 9))], None, "length"
    if kind in ("bit", "check"):
        place = int(draw.integers(0, 8)) if kind == "bit" else 8
        spoilt = bytearray(read)
        spoilt[place] ^= 1 << int(draw.integers(8))
        return bytes(spoilt), None, "crc"
    return read, kept / 16, ""


def _text(draw: np.random.Generator, read: bytes) -> str:
    text = read.hex(" ") if draw.random() < 0.7 else read.hex()
    return text.upper() if draw.random() < 0.5 else text


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest temperature error (infinite where lengths or nulls differ), and wrong error codes as a count."""
    wanted, codes = truth["errors"], output["errors"]
    wrong = abs(len(wanted) - len(codes)) + sum(a != b for a, b in zip(wanted, codes, strict=False))
    return {"wrong_errors": float(wrong), "celsius_error": make.worst_gap(truth["celsius"], output["celsius"])}


def _other_alarms(instance: Instance, seed: int) -> Instance:
    """New alarm registers and check bytes in sound reads; temperatures stay."""
    draw = make.rng(seed, "alarms")
    reads = []
    for text, error in zip(_reads(instance), instance.truth["errors"], strict=True):
        read = bytearray.fromhex(text)
        if not error:
            read[2:4] = draw.bytes(2)
            read[8] = crc8(bytes(read[:8]))
        reads.append(read.hex(" "))
    return _instance(reads, instance.truth["celsius"], instance.truth["errors"])


def _reversed(instance: Instance, seed: int) -> Instance:
    return _instance(_reads(instance)[::-1], instance.truth["celsius"][::-1], instance.truth["errors"][::-1])


def _reads(instance: Instance) -> list[str]:
    return list(json.loads(instance.visible["scratchpads.json"])["reads"])


READS = Slot("reads", "list[str]", "1", "scratchpads as hex", "task1")

FAMILY = Family(
    id="T100",
    title="DS18B20 scratchpads",
    domain="K",
    version=1,
    wordings=(
        Wording("Decode with CRC check.", "goal"),
        Wording("Check the 1-Wire CRC of each DS18B20 scratchpad, then turn the two temperature bytes into degrees.", "operation"),
        Wording("DS18B20 bytes → °C or error", "terse"),
        Wording("My waterproof one-wire probe returns nine bytes per reading; what temperature is that, and is it sound?", "goal"),
        Wording("Verify the Dallas CRC-8, mask the undefined low bits by the configured resolution and convert.", "operation"),
        Wording("Some of these one-wire thermometer reads are corrupt. Keep the good temperatures, name the bad ones.", "goal", held=True),
        Wording("ds18b20 scratchpad decode crc8", "terse", held=True),
        Wording("解码并校验 CRC。", "goal", "zh"),
        Wording("校验 DS18B20 暂存器的 CRC-8，再按分辨率把温度字节换算成摄氏度。", "operation", "zh"),
        Wording("防水单总线温度探头读出九个字节，温度是多少，数据可靠吗？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`scratchpads.json`: JSON object, `reads`: list of hex strings, one scratchpad each, upper or lower case, with "
            "or without blanks",
        ),
        outputs=(
            Slot("celsius", "list[float or none]", "degC", "temperature per read, null when refused"),
            Slot("errors", "list[str]", "1", "code per read, empty text when it is sound"),
        ),
        remarks=(
            "bytes 0 and 1: temperature, low byte first, two's complement, 1/16 °C; 2 and 3: alarms; 4: configuration, bits 5 "
            "and 6 are the resolution, 0 for 9 to 3 for 12 bits; 5 to 7 reserved; 8: CRC of the first eight",
            "below 12 bits the lowest 12 minus resolution bits of the temperature are undefined and count as 0",
            "CRC: polynomial x^8 + x^5 + x^4 + 1, least significant bit first (reflected 8C hex), start 0",
            "codes, first that applies: `length` (not nine bytes), `shorted` (nine bytes 00, a bus held low), `crc`",
            "85 °C, the value after power-up, is reported as read; no reads give two empty lists",
            "example: 91 01 4B 46 7F FF 0C 10 70 is 25.0625 °C; temperatures must agree within 0.02 °C",
        ),
    ),
    stages=(
        Stage(
            "Load Scratchpads",
            ("read the list of hex strings from the JSON file",),
            "Read DS18B20 scratchpads as hex from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("reads", "list[str]", "1", "scratchpads as hex"),),
        ),
        Stage(
            "Check Scratchpads",
            ("refuse reads that are not nine bytes", "refuse nine zero bytes, whose CRC fits", "compute the CRC-8 of 1-Wire"),
            "Find an error code for each scratchpad that cannot be trusted.",
            (READS,),
            (Slot("errors", "list[str]", "1", "code per read, empty when sound"),),
        ),
        Stage(
            "Convert Scratchpads",
            ("join the two temperature bytes as a signed number", "clear the bits below the resolution", "divide by 16"),
            "Compute the temperature of each sound scratchpad.",
            (READS, Slot("errors", "list[str]", "1", "code per read, empty when sound", "task2")),
            (Slot("celsius", "list[float or none]", "degC", "temperature per read, null when refused"),),
        ),
    ),
    solutions="t100_ds18b20",
    generate=generate,
    measure=measure,
    # Correct programs are exact; the smallest wrong figure is one sixteenth of a degree, 0.0625, or one wrong code.
    bars=(Bar("wrong_errors", 0.3, "most"), Bar("celsius_error", 0.02, "most")),
    alternates=(
        Variant("table", "CRC by a table of 256 entries", swap={"check_scratchpads": "check_by_table"}),
        Variant("residue", "CRC over all nine bytes must be 0", swap={"check_scratchpads": "check_by_residue"}),
        Variant("struct", "signed word by struct, floor to the resolution", swap={"convert_scratchpads": "convert_by_floor"}),
    ),
    mutants=(
        Variant("trusting", "no CRC at all", swap={"check_scratchpads": "check_length_only"}, naive=True),
        Variant("unsigned", "negative temperatures read as 4096 degrees", edits=(("convert_scratchpads", "signed=True", "signed=False"),)),
        Variant("byte_order", "high byte first", edits=(("convert_scratchpads", '"little"', '"big"'),)),
        Variant("full_bits", "undefined bits are kept", edits=(("convert_scratchpads", "count &= ~((1 << 3 - resolution) - 1)", "count += 0"),)),
        Variant("sign_bits", "sign taken as a flag, magnitude not complemented", edits=(("convert_scratchpads", "celsius.append(count / 16)", "celsius.append((count & 0x7FF) / 16 if count >= 0 else -(count & 0x7FF) / 16)"),)),
        Variant("whole", "fraction cut off", edits=(("convert_scratchpads", "count / 16", "float(count >> 4)"),)),
        Variant("forward_crc", "CRC with the most significant bit first", swap={"check_scratchpads": "check_forward"}),
        Variant("zeros_pass", "a bus held low reads as 0 °C", edits=(("check_scratchpads", "elif not any(data):", "elif len(data) == 0:"),)),
    ),
    notes=(
        "A DS18B20 answers READ SCRATCHPAD with nine bytes. The temperature register is a 16-bit two's complement number in "
        "sixteenths of a degree, low byte first: 0191 hex is 401 / 16 = 25.0625 °C, FF5E hex is -10.125 °C. The configuration "
        "byte holds R1 R0 in bits 6 and 5: 9, 10, 11 or 12 bits, steps of 0.5, 0.25, 0.125, 0.0625 °C; below 12 bits the "
        "lowest bits are undefined, so clear them before dividing. The ninth byte is a CRC-8, polynomial x^8 + x^5 + x^4 + 1, "
        "processed from the least significant bit: shift right, XOR 0x8C when the bit that drops out differs from the data bit. "
        "The CRC of data followed by its CRC is 0. Nine zero bytes have a right CRC, which is what a shorted bus gives; nine FF "
        "bytes, an absent sensor, do not. 85 °C (0550 hex) is the register after power-up, before the first conversion."
    ),
    relations=(Relation("other_alarms", _other_alarms), Relation("reversed_reads", _reversed)),
    sources=("DS18B20 datasheet, figures 7 to 9", "Maxim application note 27 (CRC of 1-Wire)"),
)  # fmt: skip
