"""Right and wrong programs of T101, one function per step. Read as text, never imported."""

import json
import struct

import numpy as np


def load_bme280_registers(path: str) -> tuple[str, list[str]]:
    """Read BME280 registers as hex from a JSON file.

    Args:
        path: JSON object with the keys calibration and samples.

    Returns:
        Calibration registers 88 to 9F, and registers F7 to FC of each sample, as hex.
    """
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    return data["calibration"], data["samples"]


def unpack_calibration_words(block: str) -> list[int]:
    """Decode the calibration words of a BME280.

    Args:
        block: registers 88 to 9F as hex, 24 bytes.

    Returns:
        T1 to T3 and P1 to P9; T1 and P1 unsigned, the others signed.
    """
    return list(struct.unpack("<HhhHhhhhhhhh", bytes.fromhex(block)))


def split_raw_counts(samples: list[str]) -> tuple[list[int | None], list[int | None]]:
    """Split BME280 samples into pressure and temperature counts.

    Args:
        samples: registers F7 to FC as hex: three bytes of pressure, three of temperature, high byte first.

    Returns:
        Temperature counts and pressure counts of 20 bits; None when skipped.
    """
    counts_t, counts_p = [], []
    for text in samples:
        data = bytes.fromhex(text)
        pressure = int.from_bytes(data[:3], "big") >> 4
        temperature = int.from_bytes(data[3:], "big") >> 4
        counts_p.append(None if pressure == 0x80000 else pressure)
        counts_t.append(None if temperature == 0x80000 else temperature)
    return counts_t, counts_p


def compensate_temperature(
    calibration: list[int], counts_t: list[int | None]
) -> tuple[list[float | None], list[float | None]]:
    """Compute temperatures of BME280 counts.

    Args:
        calibration: T1 to T3 and P1 to P9.
        counts_t: temperature counts, None when skipped.

    Returns:
        Temperatures in °C and fine temperatures, 5120 per degree; None when skipped.
    """
    t1, t2, t3 = calibration[:3]
    celsius, t_fine = [], []
    for count in counts_t:
        if count is None:
            celsius.append(None)
            t_fine.append(None)
            continue
        linear = (count / 16384 - t1 / 1024) * t2
        square = (count / 131072 - t1 / 8192) ** 2 * t3
        t_fine.append(linear + square)
        celsius.append((linear + square) / 5120)
    return celsius, t_fine


def compensate_pressure(
    calibration: list[int], counts_p: list[int | None], t_fine: list[float | None]
) -> list[float | None]:
    """Compute pressures of BME280 counts at their fine temperature.

    Args:
        calibration: T1 to T3 and P1 to P9.
        counts_p: pressure counts, None when skipped.
        t_fine: fine temperatures, 5120 per degree, None when skipped.

    Returns:
        Pressures in Pa; None when skipped, without temperature, or where the scale is 0.
    """
    p1, p2, p3, p4, p5, p6, p7, p8, p9 = calibration[3:]
    pressures = []
    for count, fine in zip(counts_p, t_fine):
        if count is None or fine is None:
            pressures.append(None)
            continue
        y = fine / 2 - 64000
        offset = (y * y * p6 / 32768 + y * p5 * 2) / 4 + p4 * 65536
        scale = (1 + (p3 * y * y / 524288 + p2 * y) / 524288 / 32768) * p1
        if scale == 0:
            pressures.append(None)
            continue
        q = (1048576 - count - offset / 4096) * 6250 / scale
        pressures.append(q + (p9 * q * q / 2147483648 + q * p8 / 32768 + p7) / 16)
    return pressures


def temperature_integer(
    calibration: list[int], counts_t: list[int | None]
) -> tuple[list[float | None], list[float | None]]:
    """Follow the datasheet's 32-bit formula; the result has steps of 0.01 °C."""
    t1, t2, t3 = calibration[:3]
    t_fine = []
    for count in counts_t:
        if count is None:
            t_fine.append(None)
        else:
            first = (((count >> 3) - (t1 << 1)) * t2) >> 11
            second = (((((count >> 4) - t1) * ((count >> 4) - t1)) >> 12) * t3) >> 14
            t_fine.append(first + second)
    return [None if fine is None else ((fine * 5 + 128) >> 8) / 100 for fine in t_fine], t_fine


def pressure_integer(
    calibration: list[int], counts_p: list[int | None], t_fine: list[float | None]
) -> list[float | None]:
    """Follow the datasheet's 64-bit formula; the result has 8 fractional bits."""
    p1, p2, p3, p4, p5, p6, p7, p8, p9 = calibration[3:]
    pressures = []
    for count, fine in zip(counts_p, t_fine):
        if count is None or fine is None or p1 == 0:
            pressures.append(None)
            continue
        first = int(fine) - 128000
        second = first * first * p6 + ((first * p5) << 17) + (p4 << 35)
        first = ((first * first * p3) >> 8) + ((first * p2) << 12)
        first = (((1 << 47) + first) * p1) >> 33
        p = ((((1048576 - count) << 31) - second) * 3125) // first
        more = (p9 * (p >> 13) * (p >> 13)) >> 25
        p = ((p + more + ((p8 * p) >> 19)) >> 8) + (p7 << 4)
        pressures.append(p / 256)
    return pressures


def temperature_arrays(
    calibration: list[int], counts_t: list[int | None]
) -> tuple[list[float | None], list[float | None]]:
    """Evaluate the quadratic on an array; NaN marks what was skipped."""
    t1, t2, t3 = calibration[:3]
    x = np.array([np.nan if count is None else count for count in counts_t], dtype=float) - 16.0 * t1
    fine = np.polyval([t3 / 2.0**34, t2 / 2.0**14, 0.0], x)
    t_fine = [None if np.isnan(value) else float(value) for value in fine]
    return [None if value is None else value / 5120.0 for value in t_fine], t_fine


def pressure_arrays(
    calibration: list[int], counts_p: list[int | None], t_fine: list[float | None]
) -> list[float | None]:
    """Evaluate offset, scale and correction as polynomials on arrays."""
    p1, p2, p3, p4, p5, p6, p7, p8, p9 = map(float, calibration[3:])
    y = np.array([np.nan if fine is None else fine for fine in t_fine], dtype=float) / 2 - 64000
    counts = np.array([np.nan if count is None else count for count in counts_p], dtype=float)
    offset = np.polyval([p6 / 2**17, p5 / 2, p4 * 2**16], y)
    scale = p1 * np.polyval([p3 / 2**53, p2 / 2**34, 1.0], y)
    scale = np.where(scale == 0, np.nan, scale)
    q = (2.0**20 - counts - offset / 2**12) * 6250 / scale
    return [None if np.isnan(p) else float(p) for p in np.polyval([p9 / 2**35, 1 + p8 / 2**19, p7 / 16], q)]


def split_by_shift(samples: list[str]) -> tuple[list[int | None], list[int | None]]:
    """Cut both bit fields out of one 48-bit number."""
    whole = [int(text, 16) for text in samples]
    pressure = [number >> 28 for number in whole]
    temperature = [number >> 4 & 0xFFFFF for number in whole]
    off = 1 << 19
    return [None if n == off else n for n in temperature], [None if n == off else n for n in pressure]


def unpack_example(block: str) -> list[int]:
    """Return the words of the datasheet's example."""
    return [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000]
