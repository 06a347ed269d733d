"""Published vectors, closed forms and second codecs for the families of radio links, the CAN bus and the Zigbee bridge."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailorbird.core.domain import Family
from tailorbird.core.source import functions_of
from tailorbird.domains import iot
from tailorbird.domains.iot.families import (
    t074_ber_curve,
    t077_packet_start,
    t078_convolutional_code,
    t079_ldpc,
    t080_spectrum_sensing,
    t081_predistortion,
    t093_can_dbc,
    t095_zigbee2mqtt,
)


def function(family: Family, name: str) -> Any:
    """A reference function of a family by name."""
    text = (Path(str(iot.__file__)).parent / "solutions" / f"{family.solutions}.py").read_text(encoding="utf-8")
    sources = functions_of(family, {family.solutions: text})
    names: dict[str, Any] = {}
    exec(sources[[spec.name for spec in family.specs].index(name)], names)
    return names[name]


def test_the_bit_error_rate_at_four_decibels_is_that_of_the_contract():
    assert t074_ber_curve.error_rate(4.0) == pytest.approx(0.0125, rel=1e-3)
    assert function(t074_ber_curve.FAMILY, "predict_error_rates")([9.6])[0] == pytest.approx(1e-5, rel=0.05)


@pytest.mark.parametrize("length", t077_packet_start.LENGTHS)
def test_a_zadoff_chu_sequence_is_uncorrelated_with_its_shifts(length):
    sequence = t077_packet_start.zadoff_chu(5, length)
    spectrum = np.fft.fft(sequence)
    correlation = np.abs(np.fft.ifft(spectrum * spectrum.conj()))
    assert correlation[0] == pytest.approx(length)
    assert correlation[1:].max() < 1e-6 * length


def test_the_textbook_code_word_of_one_zero_one_is_found_by_both_encoders():
    word = [1, 1, 1, 0, 0, 0, 1, 0, 1, 1]
    assert t078_convolutional_code.encode([1, 0, 1], ("7", "5")).tolist() == word
    taps = function(t078_convolutional_code.FAMILY, "generator_taps")(3, ["7", "5"])
    assert function(t078_convolutional_code.FAMILY, "encode_with_tail")([1, 0, 1], taps) == word


@given(st.lists(st.integers(0, 1), min_size=5, max_size=40), st.integers(0, 10**6))
def test_the_viterbi_decoder_repairs_up_to_four_flips_of_the_code_with_distance_ten(message, seed):
    family = t078_convolutional_code.FAMILY
    taps = function(family, "generator_taps")(7, ["171", "133"])
    word = np.array(function(family, "encode_with_tail")(message, taps))
    flips = np.random.default_rng(seed).choice(word.size, 4, replace=False)
    word[flips] ^= 1
    assert function(family, "viterbi_decode")(word.tolist(), taps) == message


@pytest.mark.parametrize("seed", range(5))
def test_encoded_ldpc_words_satisfy_every_check_and_no_two_columns_share_two_checks(seed):
    draw = np.random.default_rng(seed)
    matrix = t079_ldpc.parity_matrix(draw, 60)
    words = t079_ldpc.encode(draw.integers(0, 2, (10, 60)), matrix)
    assert not ((words @ matrix.T) % 2).any()
    shared = matrix.T @ matrix
    np.fill_diagonal(shared, 0)
    assert shared.max() == 1
    assert set(matrix[:, :60].sum(axis=0).tolist()) == {3}


@pytest.mark.parametrize(("count", "quantile"), [(1, 9.2103), (5, 23.2093), (15, 50.8922), (50, 135.8067)])
def test_the_energy_threshold_agrees_with_tables_of_chi_square(count, quantile):
    ratio = quantile / (2 * count)
    assert t080_spectrum_sensing.exact_ratio(count) == pytest.approx(ratio, rel=1e-5)
    assert function(t080_spectrum_sensing.FAMILY, "false_alarm_threshold")(0.0, count) == pytest.approx(ratio, rel=1e-5)


def test_noise_alone_exceeds_the_threshold_in_one_per_cent_of_windows():
    draw = np.random.default_rng(7)
    noise = (draw.normal(size=(40_000, 20)) + 1j * draw.normal(size=(40_000, 20))) / math.sqrt(2)
    share = float(np.mean(np.mean(np.abs(noise) ** 2, axis=1) > t080_spectrum_sensing.exact_ratio(20)))
    assert share == pytest.approx(0.01, abs=0.002)


DBC = """BO_ 291 Status: 8 Engine
 SG_ Speed : 8|16@1+ (0.1,0) [0|0] "km/h" Gateway
 SG_ Temp : 31|8@0- (0.5,30) [0|0] "degC" Gateway
"""


def test_speed_and_temperature_come_out_of_a_frame_that_was_packed_by_hand():
    signals = function(t093_can_dbc.FAMILY, "parse_dbc_signals")(DBC)
    frame = {"id": 291, "extended": False, "data": "003930ec00000000"}
    readings = function(t093_can_dbc.FAMILY, "decode_can_frames")([frame], signals)
    assert [(item["name"], round(item["value"], 6)) for item in readings] == [("Speed", 1234.5), ("Temp", 20.0)]


@pytest.mark.parametrize(("percent", "level"), [(30, 76), (100, 254), (1, 3), (50, 127)])
def test_per_cent_become_levels_of_zero_to_two_hundred_fifty_four(percent, level):
    feature = {"name": "brightness", "property": "brightness", "access": 7, "value_min": 0, "value_max": 254}
    wish = {"name": "brightness", "endpoint": "", "percent": percent}
    scale = function(t095_zigbee2mqtt.FAMILY, "scale_wishes")
    assert scale([wish], [{**feature, "switch": None}]) == ([{"brightness": level}], [""])


def test_a_command_with_a_number_beyond_the_range_is_judged_wrong():
    family = t095_zigbee2mqtt.FAMILY
    instance = family.generate(1, "easy")
    right = [dict(item) for item in instance.truth["commands"]]
    assert family.judge(instance.truth, {"commands": right}).passed
    at = next(
        k for k, item in enumerate(right) if item["number"] == "brightness" or item["number"].startswith("brightness_")
    )
    for value in (10**400, 255 * 100, True, "76", float("inf")):
        changed = [dict(item) for item in right]
        changed[at]["payload"] = {**right[at]["payload"], right[at]["number"]: value}
        assert family.measure(instance.truth, {"commands": changed})["wrong_payloads"] == 1.0


def test_the_predistortion_judge_gives_a_clean_amplifier_full_marks():
    wanted = np.exp(1j * np.arange(50.0))
    truth = {"wanted": wanted, "coefficients": [[1, 0, 0], [0, 0, 0], [0, 0, 0]]}
    answer = {"predistorted_re": wanted.real.tolist(), "predistorted_im": wanted.imag.tolist()}
    assert t081_predistortion.measure(truth, answer)["residual_db"] < -90


def test_the_visible_files_hold_no_answer():
    for module in (t074_ber_curve, t078_convolutional_code, t093_can_dbc, t095_zigbee2mqtt):
        instance = module.FAMILY.generate(3, "nominal")
        shown = json.loads(io.BytesIO(next(iter(instance.visible.values()))).read())
        assert not set(shown) & {slot.name for slot in module.FAMILY.contract.outputs}
