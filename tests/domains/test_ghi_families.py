"""Anchors of the families of domains G, H and I: published vectors, bundled records, and what stays hidden."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tailorbird.domains.iot
from tailorbird.core.source import pick
from tailorbird.domains.iot import make
from tailorbird.domains.iot.families import (
    t065_quality_flags,
    t066_change_year,
    t070_co2_forecast,
    t072_load_band,
    t076_lora_symbols,
    t083_cobs_crc,
)

SOLUTIONS = Path(tailorbird.domains.iot.__file__).parent / "solutions"

with_statsmodels = pytest.mark.skipif(
    not make.bundled("statsmodels", "datasets/nile/nile.csv"), reason="the records come with statsmodels"
)


def function(module: str, name: str):
    """One function of a solutions file."""
    space: dict = {}
    exec(pick((SOLUTIONS / f"{module}.py").read_text(encoding="utf-8"), name), space)
    return space[name]


def rows(instance) -> list[list[str]]:
    """Rows of an instance's only CSV, without header."""
    return [line.split(",") for line in instance.visible[instance.path].decode().split()[1:]]


# T083: the catalogue's vector, the check value of the CRC catalogue, and the examples of the COBS paper's encoders


def test_both_checksums_give_the_published_check_values():
    reference = function("t083_cobs_crc", "modbus_checksums")
    for data, crc in ((b"123456789", 0x4B37), (bytes.fromhex(t083_cobs_crc.VECTOR), 0x0A84), (b"", 0xFFFF)):
        assert t083_cobs_crc.crc16(data) == crc
        assert reference([data]) == [crc]


def test_the_worked_example_of_the_framing_contract_is_what_the_decoder_reads():
    assert t083_cobs_crc.unframe("03010301010401840a00") == bytes.fromhex(t083_cobs_crc.VECTOR)
    assert "`03010301010401840a00`" in " ".join(t083_cobs_crc.FAMILY.contract.remarks)


RISING = bytes(range(1, 255))


@pytest.mark.parametrize(
    ("packet", "stuffed"),
    [
        (b"\x00", "0101"),
        (b"\x00\x00", "010101"),
        (b"\x00\x11\x00", "01021101"),
        (b"\x11\x22\x00\x33", "0311220233"),
        (b"\x11\x22\x33\x44", "0511223344"),
        (b"\x11\x00\x00\x00", "0211010101"),
        (RISING, "ff" + RISING.hex()),
        (b"\x00" + RISING, "01ff" + RISING.hex()),
        (RISING + b"\xff", "ff" + RISING.hex() + "02ff"),
        (RISING[1:] + b"\xff\x00", "ff" + RISING[1:].hex() + "ff0101"),
        (RISING[2:] + b"\xff\x00\x01", "fe" + RISING[2:].hex() + "ff0201"),
    ],
)
@pytest.mark.parametrize("name", ["encode_cobs", "encode_cobs_split"])
def test_stuffing_gives_the_published_examples(packet, stuffed, name):
    assert function("t083_cobs_crc", name)([packet]) == [bytes.fromhex(stuffed)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=20).map(lambda part: part * 40), max_size=3))
def test_every_right_encoder_round_trips_through_the_independent_decoder(payloads):
    packets = [payload + t083_cobs_crc.crc16(payload).to_bytes(2, "little") for payload in payloads]
    for name in ("encode_cobs", "encode_cobs_split", "encode_cobs_back_patch"):
        stuffed = function("t083_cobs_crc", name)(packets)
        assert [t083_cobs_crc.unframe((body + b"\x00").hex()) for body in stuffed] == payloads


@pytest.mark.parametrize("frame", ["", "00", "zz", "0101", "03ff00", "0300ffff00", "03ffff", "02ff0000", "05ffff00"])
def test_the_decoder_refuses_broken_frames(frame):
    assert t083_cobs_crc.unframe(frame) is None


def test_one_changed_bit_of_a_frame_is_noticed():
    frame = bytearray.fromhex("03010301010401840a00")
    for at in range(8 * len(frame)):
        changed = bytearray(frame)
        changed[at // 8] ^= 1 << at % 8
        assert t083_cobs_crc.unframe(changed.hex()) != bytes.fromhex(t083_cobs_crc.VECTOR)


# T076: the modulator against the published formula


def test_at_one_sample_per_chip_the_chirp_is_the_published_formula():
    n = np.arange(128)
    for symbol in (0, 1, 64, 127):
        formula = np.exp(2j * np.pi * (n**2 / 256 + (symbol / 128 - 0.5) * n))
        assert np.allclose(t076_lora_symbols.chirp(symbol, 1), formula, atol=1e-9)


def test_an_oversampled_chirp_stays_inside_its_bandwidth_and_has_a_steady_phase():
    for symbol in (0, 37, 127):
        wave = t076_lora_symbols.chirp(symbol, 16)
        hertz = np.angle(wave[1:] * wave[:-1].conj()) / (2 * np.pi) * 16  # in bandwidths
        assert np.max(np.abs(hertz)) <= 0.5 + 1 / 128


def test_symbols_are_orthogonal_so_that_the_strongest_correlation_is_the_right_one():
    bank = np.stack([t076_lora_symbols.chirp(symbol, 1) for symbol in range(128)])
    assert np.allclose(np.abs(bank @ bank.conj().T), 128 * np.eye(128), atol=1e-6)


# T066 and T070: bundled records, found without importing their package


def test_drawing_from_bundled_records_does_not_import_their_package():
    code = (
        "import sys; from tailorbird.domains.iot.families import t066_change_year as a, t070_co2_forecast as b; "
        "[f.generate(s, 'nominal') for f in (a, b) for s in range(4)]; print('statsmodels' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


@with_statsmodels
def test_every_crop_of_the_nile_changes_in_1899_within_the_tolerance():
    find = function("t066_change_year", "find_regime_change")
    for seed in range(40):
        years, volumes = t066_change_year._nile(np.random.default_rng(seed))
        assert abs(int(years[find(volumes)]) - t066_change_year.NILE_YEAR) <= 1


@with_statsmodels
def test_nominal_rivers_are_the_nile_and_twins_so_that_no_year_fits_all():
    years = [t066_change_year.generate(seed, "nominal").truth["year"] for seed in range(30)]
    assert 5 <= years.count(t066_change_year.NILE_YEAR) <= 25
    assert len(set(years)) > 5


def test_the_worked_example_of_the_river_changes_in_1955():
    values = np.array([5.0] * 5 + [9.0] * 5)
    split = function("t066_change_year", "find_regime_change")(values)
    assert function("t066_change_year", "describe_regimes")(1950 + np.arange(10), values, split) == (1955, 5.0, 9.0)


@with_statsmodels
def test_monthly_means_of_the_weekly_record_are_the_published_ones():
    first, values = t070_co2_forecast.monthly(make.bundled("statsmodels", "datasets/co2/co2.csv"))
    assert t070_co2_forecast.label(first) == "1958-03"
    # as printed in the documentation of statsmodels for the months from March 1958 on
    assert values[:3] == pytest.approx([316.1, 317.2, 317.433333], abs=1e-6)
    assert values.size == 526


@pytest.mark.parametrize("module", [t066_change_year, t070_co2_forecast])
def test_twins_take_over_where_a_record_is_missing(monkeypatch, module):
    with_record = [module.generate(seed, "nominal").visible for seed in range(12)]
    monkeypatch.setattr(make, "bundled", lambda package, path: "")
    without = [module.generate(seed, "nominal") for seed in range(12)]
    assert all(len(rows(instance)) >= 30 for instance in without)
    assert any(a == b.visible for a, b in zip(with_record, without, strict=True))


@pytest.mark.parametrize("level", ["easy", "nominal", "hard", "edge"])
def test_hidden_months_never_stand_in_the_visible_file(level):
    for seed in range(12):
        instance = t070_co2_forecast.generate(seed, level)
        seen = rows(instance)
        assert len(instance.truth["forecast"]) == len(instance.truth["months"]) in (0, 24)
        assert not set(instance.truth["months"]) & {row[0] for row in seen}
        hidden, known = [f"{value:.8g}" for value in instance.truth["forecast"]], [row[1] for row in seen]
        # single values may recur, since the real readings have steps of 0.1 ppm; four in a row may not
        assert not set(zip(*(hidden[k:] for k in range(4)), strict=False)) & set(
            zip(*(known[k:] for k in range(4)), strict=False)
        )


@with_statsmodels
def test_real_origins_are_many_and_their_unit_differs():
    drawn = [t070_co2_forecast.generate(seed, "nominal") for seed in range(30)]
    assert len({instance.truth["months"][0] for instance in drawn}) > 15
    assert len({round(instance.truth["height"], 6) for instance in drawn}) == 30
    _, values = t070_co2_forecast.monthly(make.bundled("statsmodels", "datasets/co2/co2.csv"))
    assert len([at for at in t070_co2_forecast.calm_origins(values) if at >= 200]) >= 20


def test_a_missing_package_or_file_reads_as_empty():
    assert make.bundled("no_such_package_here", "a.csv") == ""
    assert make.bundled("numpy", "no/such/file.csv") == ""


# T072: coverage from the distribution


@pytest.mark.parametrize("skewed", [False, True])
def test_the_true_band_covers_80_percent_at_width_ratio_1(skewed):
    mean, spread = np.linspace(1, 9, 168).tolist(), 0.15
    truth = {"mean": mean, "spread": spread, "skewed": skewed}
    ends = [1 - t072_load_band.EDGE * spread, 1 + t072_load_band.EDGE * spread]
    if skewed:
        ends = [math.exp(sign * t072_load_band.EDGE * spread - spread**2 / 2) for sign in (-1, 1)]
    output = {"low": [ends[0] * m for m in mean], "high": [ends[1] * m for m in mean]}
    figures = t072_load_band.measure(truth, output)
    assert figures["width_ratio"] == pytest.approx(1.0, abs=1e-9)
    assert max(figures["coverage_gap"], figures["quiet_gap"], figures["loud_gap"]) < 1e-9


def test_a_hundred_thousand_draws_agree_with_the_distribution_function():
    draw = np.random.default_rng(5)
    factor = np.exp(0.2 * draw.normal(size=100_000) - 0.02)
    truth = {"mean": [1.0], "spread": 0.2, "skewed": True}
    assert t072_load_band._below(1.1, 1.0, truth) == pytest.approx(np.mean(factor < 1.1), abs=0.006)  # 4 sigma


# T065: the flags follow the definitions of the contract


@pytest.mark.parametrize("level", ["easy", "nominal", "hard", "edge"])
def test_stuck_flags_are_the_runs_of_ten_and_more_equal_readings(level):
    for seed in range(8):
        instance = t065_quality_flags.generate(seed, level)
        period, times, readings = t065_quality_flags._read(instance)
        flags = instance.truth["flags"]
        grid = [None] * len(flags)
        for at, value in zip(times, readings, strict=True):
            grid[round((at - times[0]) / period)] = value
        assert [value is None for value in grid] == [flag == "gap" for flag in flags]
        start = 0
        for stop in range(1, len(grid) + 1):
            if stop == len(grid) or grid[stop] != grid[start]:
                stuck = grid[start] is not None and stop - start >= t065_quality_flags.STUCK
                assert {flag == "stuck" for flag in flags[start:stop]} == {stuck}
                start = stop


def test_macro_f1_counts_each_flag_alike():
    truth = ["ok"] * 8 + ["spike", "gap"]
    assert t065_quality_flags.macro_f1(truth, truth) == 1.0
    assert t065_quality_flags.macro_f1(truth, ["ok"] * 9 + ["gap"]) == pytest.approx((16 / 17 + 0 + 1) / 3)
    assert t065_quality_flags.macro_f1([], []) == 1.0
    assert t065_quality_flags.macro_f1(truth, truth[:-1]) == 0.0
