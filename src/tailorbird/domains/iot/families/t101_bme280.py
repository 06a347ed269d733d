"""T101 BME280 compensation: calibration and data registers to degrees and pascals.

Truth is the datasheet's polynomial in exact fractions, at a drawn calibration near that of real parts; raw counts are
searched so that temperature and pressure lie where they were drawn. Covers: temperature, pressure, skipped
measurements, a blank calibration. Does not cover: humidity, oversampling, bus access.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SKIPPED = 0x80000
"""Count of a measurement that is switched off."""

RANGES: tuple[tuple[int, int], ...] = (
    (26500, 29000),
    (25600, 27400),
    (-1000, 60),
    (34500, 38500),
    (-11200, -10200),
    (3024, 3024),
    (2000, 8500),
    (-200, 250),
    (-7, -7),
    (9900, 15500),
    (-14600, -10200),
    (4285, 6000),
)
"""Lowest and highest drawn value of T1 to T3 and P1 to P9, around values of real parts."""

LAYOUT = "<HhhHhhhhhhhh"
"""T1 and P1 unsigned, all others signed, low byte first."""


Number = TypeVar("Number", float, Fraction)


def compensate(words: Sequence[Number], count_t: int, count_p: int) -> tuple[Number, Number | None]:
    """Temperature in °C and pressure in Pa of raw counts, in the arithmetic of the words; no pressure where P1 is 0.

    With x = T/2^14 - T1/2^10 the fine temperature is t = x T2 + (x/8)^2 T3, the temperature t / 5120. With y = t/2 - 64000
    the offset is a = y^2 P6/2^17 + y P5/2 + P4 2^16 and the scale b = (1 + (y^2 P3/2^19 + y P2)/2^34) P1; then
    q = (2^20 - P - a/2^12) 6250/b and the pressure q + (q^2 P9/2^31 + q P8/2^15 + P7)/16. Source: BME280 datasheet, 8.1,
    multiplied out.

    Args:
        words: T1 to T3, P1 to P9.
        count_t: 20-bit temperature count.
        count_p: 20-bit pressure count.
    """
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = words
    x = (count_t - 16 * t1) / 2**14
    fine = x * t2 + x / 8 * (x / 8) * t3
    if p1 == 0:
        return fine / 5120, None
    y = fine / 2 - 64000
    offset = y * y * p6 / 2**17 + y * p5 / 2 + p4 * 2**16
    scale = (1 + (y * y * p3 / 2**19 + y * p2) / 2**34) * p1
    q = (2**20 - count_p - offset / 2**12) * 6250 / scale
    return fine / 5120, q + (q * q * p9 / 2**31 + q * p8 / 2**15 + p7) / 16


def generate(seed: int, level: Level) -> Instance:
    """1 to 24 samples of one part; hard skips some measurements; edge: none, one, all skipped, P1 blank, extremes."""
    draw = make.rng(seed, "T101", level)
    words = [int(draw.integers(low, high + 1)) for low, high in RANGES]
    kind = str(draw.choice(["empty", "single", "skipped", "blank", "extreme"])) if level == "edge" else ""
    if kind == "blank":
        words[3] = 0
    size = {"easy": 4, "nominal": 10, "hard": 20}.get(level, 3) + int(draw.integers(0, 5))
    size = {"empty": 0, "single": 1}.get(kind, size)
    counts = [_counts(draw, words, kind) for _ in range(size)]
    if level == "hard":
        counts[1], counts[3] = (counts[1][0], SKIPPED), (SKIPPED, SKIPPED)
        counts[4] = (SKIPPED, counts[4][1])
    return _instance(words, counts)


def _counts(draw: np.random.Generator, words: Sequence[int], kind: str) -> tuple[int, int]:
    """Temperature and pressure counts of a drawn temperature and pressure."""
    if kind == "skipped":
        return SKIPPED, SKIPPED
    celsius, pascal = float(draw.uniform(-35, 80)), float(draw.uniform(40000, 109000))
    if kind == "extreme":
        celsius, pascal = float(draw.choice([-40, 0, 85])), float(draw.choice([30000, 110000]))
    quick = [float(word) for word in words]
    count_t = _search(lambda count: compensate(quick, count, 0)[0] >= celsius)
    count_p = _search(lambda count: (compensate(quick, count_t, count)[1] or 0.0) <= pascal)
    return count_t, count_p


def _search(reached: Callable[[int], bool]) -> int:
    """First count of 20 bits from which a condition holds; never the one that means skipped."""
    low, high = 0, (1 << 20) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return low + (low == SKIPPED)


def _instance(words: Sequence[int], counts: Sequence[tuple[int, int]]) -> Instance:
    samples, celsius, pascal = [], [], []
    for count_t, count_p in counts:
        samples.append(((count_p << 4).to_bytes(3, "big") + (count_t << 4).to_bytes(3, "big")).hex())
        warm, press = compensate([Fraction(word) for word in words], count_t, count_p)
        celsius.append(None if count_t == SKIPPED else float(warm))
        pascal.append(None if SKIPPED in (count_t, count_p) or press is None else float(press))
    data = {"calibration": struct.pack(LAYOUT, *words).hex(), "samples": samples}
    truth = {"words": list(words), "counts": [list(pair) for pair in counts], "celsius": celsius, "pascal": pascal}
    return Instance({"bme280.json": make.json_bytes(data)}, truth, "bme280.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Largest errors; infinite where lengths or nulls differ."""
    return {
        "temperature_error": make.worst_gap(truth["celsius"], output["temperature_c"]),
        "pressure_error": make.worst_gap(truth["pascal"], output["pressure_pa"]),
    }


def _reversed(instance: Instance, seed: int) -> Instance:
    counts = [(t, p) for t, p in instance.truth["counts"][::-1]]
    return _instance(instance.truth["words"], counts)


def _pad_bits(instance: Instance, seed: int) -> Instance:
    """Set the four unused bits of both third bytes; they carry nothing."""
    data = json.loads(instance.visible["bme280.json"])
    data["samples"] = [(int(text, 16) | 0x00000F00000F).to_bytes(6, "big").hex() for text in data["samples"]]
    return Instance({"bme280.json": make.json_bytes(data)}, instance.truth, "bme280.json")


WORDS = Slot("calibration", "list[int]", "1", "T1 to T3 and P1 to P9", "task2")
FINE = Slot("t_fine", "list[float or none]", "1", "fine temperature, 5120 per degree, null when skipped")

FAMILY = Family(
    id="T101",
    title="BME280 compensation",
    domain="K",
    version=1,
    wordings=(
        Wording("Raw registers to °C and Pa.", "goal"),
        Wording("Unpack the BME280 calibration words and apply the datasheet's compensation to each raw sample.", "operation"),
        Wording("BME280 raw → °C, Pa", "terse"),
        Wording("I dumped the registers of my Bosch weather sensor; what temperature and air pressure do they mean?", "goal"),
        Wording("Compute t_fine from the temperature count, then the compensated pressure, per Bosch formula.", "operation"),
        Wording("My barometer driver only logs raw bytes. Convert them to real temperature and pressure.", "goal", held=True),
        Wording("bme280 trimming + adc to degrees and pascals", "terse", held=True),
        Wording("把原始寄存器换算成 °C 和 Pa。", "goal", "zh"),
        Wording("解出 BME280 的校准字，按数据手册公式补偿每个采样。", "operation", "zh"),
        Wording("我读出了博世气压传感器的寄存器，请算出实际温度和气压。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`bme280.json`: JSON object, `calibration`: hex of the 24 registers 88 to 9F (hex), `samples`: list of hex strings, "
            "each the 6 registers F7 to FC",
        ),
        outputs=(
            Slot("temperature_c", "list[float or none]", "degC", "temperature per sample, null when skipped"),
            Slot("pressure_pa", "list[float or none]", "Pa", "pressure per sample, null when skipped or not computable"),
        ),
        remarks=(
            "calibration: twelve 16-bit words, low byte first: T1 T2 T3 P1 to P9; T1 and P1 unsigned, the others signed",
            "a sample is pressure then temperature, each three bytes, high byte first; the upper 20 bits count",
            "temperature: v1 = (T/16384 - T1/1024) T2; v2 = (T/131072 - T1/8192)^2 T3; t_fine = v1 + v2; °C = t_fine / 5120",
            "pressure: y = t_fine/2 - 64000; a = (y^2 P6/32768 + 2 y P5)/4 + 65536 P4; b = (1 + (P3 y^2/524288 + P2 y)/524288/32768) "
            "P1; q = (1048576 - P - a/4096) 6250/b; Pa = q + (P9 q^2/2147483648 + q P8/32768 + P7)/16",
            "a count of 80000 (hex) means skipped: null; pressure needs the temperature, so it is null too when that is skipped; "
            "P1 of 0 makes every pressure null",
            "wanted within 0.01 °C and 1 Pa, as the 64-bit integer formula of the datasheet keeps",
            "example: counts T 519888, P 415148 with T 27504 26435 -1000, P 36477 -10685 3024 2855 140 -7 15500 -14600 6000 are "
            "25.08 °C and 100653.3 Pa",
        ),
    ),
    stages=(
        Stage(
            "Load BME280 Registers",
            ("read the calibration block and the samples from the JSON file",),
            "Read BME280 registers as hex from a JSON file.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("block", "str", "1", "calibration registers 88 to 9F as hex"),
                Slot("samples", "list[str]", "1", "registers F7 to FC of each sample as hex"),
            ),
        ),
        Stage(
            "Unpack Calibration Words",
            ("twelve little-endian 16-bit words", "T1 and P1 unsigned, the others signed"),
            "Decode the calibration words of a BME280.",
            (Slot("block", "str", "1", "calibration registers as hex", "task1"),),
            (Slot("calibration", "list[int]", "1", "T1 to T3 and P1 to P9"),),
        ),
        Stage(
            "Split Raw Counts",
            ("three bytes per value, high byte first", "drop the lowest four bits", "count 80000 (hex) becomes none"),
            "Split BME280 samples into pressure and temperature counts.",
            (Slot("samples", "list[str]", "1", "registers F7 to FC of each sample as hex", "task1"),),
            (
                Slot("counts_t", "list[int or none]", "1", "temperature counts, null when skipped"),
                Slot("counts_p", "list[int or none]", "1", "pressure counts, null when skipped"),
            ),
        ),
        Stage(
            "Compensate Temperature",
            ("quadratic formula of the datasheet in the count", "keep the fine temperature for the pressure"),
            "Compute temperatures of BME280 counts.",
            (WORDS, Slot("counts_t", "list[int or none]", "1", "temperature counts", "task3")),
            (Slot("temperature_c", "list[float or none]", "degC", "temperature per sample"), FINE),
        ),
        Stage(
            "Compensate Pressure",
            ("offset and scale from the fine temperature", "quadratic correction of the pressure", "none where not computable"),
            "Compute pressures of BME280 counts at their fine temperature.",
            (
                WORDS,
                Slot("counts_p", "list[int or none]", "1", "pressure counts", "task3"),
                Slot("t_fine", "list[float or none]", "1", "fine temperature, 5120 per degree", "task4"),
            ),
            (Slot("pressure_pa", "list[float or none]", "Pa", "pressure per sample"),),
        ),
    ),
    solutions="t101_bme280",
    generate=generate,
    measure=measure,
    # Worst correct: the integer formulas, 0.0075 °C and 0.51 Pa; best wrong 0.039 °C and 1.2 Pa.
    bars=(Bar("temperature_error", 0.01, "most"), Bar("pressure_error", 1.0, "most")),
    alternates=(
        Variant(
            "integer",
            "the datasheet's integer formulas, 32 bits for temperature and 64 for pressure",
            swap={"compensate_temperature": "temperature_integer", "compensate_pressure": "pressure_integer"},
        ),
        Variant(
            "arrays",
            "whole arrays at once, gaps as NaN",
            swap={"compensate_temperature": "temperature_arrays", "compensate_pressure": "pressure_arrays"},
        ),
        Variant("bits", "counts by bit fields of one big number", swap={"split_raw_counts": "split_by_shift"}),
    ),
    mutants=(
        Variant("example_part", "calibration of the datasheet's example for every part", swap={"unpack_calibration_words": "unpack_example"}, naive=True),
        Variant("unsigned", "all calibration words unsigned", edits=(("unpack_calibration_words", '"<HhhHhhhhhhhh"', '"<12H"'),)),
        Variant("big_endian", "calibration words high byte first", edits=(("unpack_calibration_words", '"<Hhh', '">Hhh'),)),
        Variant("room_temperature", "pressure at a fixed 25 °C", edits=(("compensate_pressure", "fine / 2", "128000 / 2"),)),
        Variant("not_divided", "fixed-point pressure in 1/256 Pa is not divided", swap={"compensate_pressure": "pressure_integer"}, edits=(("compensate_pressure", "/ 256", "/ 1"),)),
        Variant("hectopascal", "hPa instead of Pa", edits=(("compensate_pressure", "pressures.append(q + (p9 *", "pressures.append(q / 100 + 0.01 * (p9 *"),)),
        Variant("sixteen_bits", "third bytes dropped", edits=(("split_raw_counts", 'int.from_bytes(data[:3], "big") >> 4', 'int.from_bytes(data[:2], "big") << 4'),)),
        Variant("skipped_read", "skipped measurements are converted", edits=(("split_raw_counts", "pressure == 0x80000", "pressure == -1"), ("split_raw_counts", "temperature == 0x80000", "temperature == -1"))),
    ),
    notes=(
        "A BME280 or BMP280 gives raw 20-bit counts; each part carries its own calibration words. Registers 88 to 9F hold T1 "
        "T2 T3 P1 to P9, low byte first; only T1 and P1 are unsigned, so reading the rest unsigned shifts a negative word by "
        "65536. Data registers F7 to FC are high byte first, 20 bits left-aligned in 24. The temperature formula yields t_fine "
        "(5120 per degree), which the pressure formula needs: pressure cannot be compensated without its own temperature. The "
        "double formula gives Pa directly; the 64-bit integer one gives 1/256 Pa, the 32-bit temperature 0.01 °C. Typical words: "
        "T1 27504, T2 26435, T3 -1000 or 50, P1 36477, P2 -10685, P3 3024, P4 2855, P5 140, P6 -7, P7 15500, P8 -14600, P9 6000. "
        "A count of 80000 hex means the measurement is switched off. P1 of 0 would divide by zero."
    ),
    relations=(Relation("reversed_samples", _reversed), Relation("pad_bits", _pad_bits)),
    sources=("Bosch BME280 datasheet BST-BME280-DS002, 4.2 and 8.1", "Bosch BMP280 datasheet, worked example of 3.12"),
)  # fmt: skip
