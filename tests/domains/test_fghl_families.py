"""Anchors of maintenance, energy, ocean and privacy families: published vectors, worked examples, and how measures react."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tailorbird.domains.iot
from tailorbird.core.source import pick
from tailorbird.domains.iot.families import (
    t060_peak_shaving,
    t063_remaining_life,
    t071_sea_temperature,
    t106_pseudonyms,
    t107_private_mean,
    t108_federated,
)

SOLUTIONS = Path(tailorbird.domains.iot.__file__).parent / "solutions"


def function(module: str, name: str):
    """One function of a solutions file."""
    space: dict = {}
    exec(pick((SOLUTIONS / f"{module}.py").read_text(encoding="utf-8"), name), space)
    return space[name]


# T106: RFC 4231 for HMAC-SHA256; test cases 4 and 16 of the Galois/Counter Mode submission, which have associated data

HMAC_VECTORS = [
    ("0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b"),
    (b"Jefe".hex(), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7"),
]

GCM_PLAIN = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
GCM_CASES = [
    (
        "feffe9928665731c6d6a8f9467308308",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        "5bc94fbc3221a5db94fae95ae7121a47",
    ),
    (
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
]


@pytest.mark.parametrize(("key", "text", "digest"), HMAC_VECTORS)
@pytest.mark.parametrize("name", ["device_pseudonyms", "device_pseudonyms_blocks"])
def test_pseudonyms_are_the_published_keyed_hashes(key, text, digest, name):
    pytest.importorskip("cryptography")
    assert t106_pseudonyms._pseudonym(key, text) == digest[:16]
    assert function("t106_pseudonyms", name)(bytes.fromhex(key), [{"device": text}]) == {text: digest[:16]}


@pytest.mark.parametrize(("key", "sealed"), GCM_CASES)
def test_the_sealing_under_the_judge_gives_the_published_ciphertext(key, sealed):
    aead = pytest.importorskip("cryptography.hazmat.primitives.ciphers.aead")
    nonce, extra = bytes.fromhex("cafebabefacedbaddecaf888"), bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    cipher = aead.AESGCM(bytes.fromhex(key))
    assert cipher.encrypt(nonce, bytes.fromhex(GCM_PLAIN), extra).hex() == sealed


def test_the_pseudonym_of_the_worked_example_is_right():
    name = t106_pseudonyms._pseudonym("00" * 32, "lamp-1")
    assert f"`{name}`" in " ".join(t106_pseudonyms.FAMILY.contract.remarks)


def test_a_record_moved_to_another_device_does_not_open():
    pytest.importorskip("cryptography")
    key, nonce = "11" * 32, bytes(12)
    sealed = t106_pseudonyms._seal(key, nonce, b"{}", "aaaa")
    assert t106_pseudonyms._open(key, nonce, sealed, "aaaa") == b"{}"
    assert t106_pseudonyms._open(key, nonce, sealed, "bbbb") is None


# worked examples of the contracts


def test_the_wear_example_leaves_ten_hours():
    rates, fitted = function("t063_remaining_life", "fit_exponential_wear")([[0.0, 10.0]], [[1.0, 2.0]])
    left = function("t063_remaining_life", "hours_to_limit")([4.0], [[0.0, 10.0]], [[1.0, 2.0]], rates, fitted)
    assert left == [pytest.approx(10.0)]


def test_the_boiler_example_accepts_both_schedules_and_no_third():
    house = {
        "step_min": 60, "base_kw": [3, 1, 1, 1], "boiler_kw": 2, "cap_kw": 4, "energy_kwh": 4, "min_run_min": 60, "request": 0,
        "ready": 4,
    }  # fmt: skip
    truth = {"house": house, "possible": True}
    judge = t060_peak_shaving.FAMILY.judge
    assert judge(truth, {"boiler": [0, 2, 2, 0], "peak_kw": 3}).passed
    assert judge(truth, {"boiler": [0, 0, 2, 2], "peak_kw": 3}).passed
    assert not judge(truth, {"boiler": [2, 2, 0, 0], "peak_kw": 5}).passed
    assert not judge(truth, {"boiler": None, "peak_kw": None}).passed


def test_the_noise_example_has_a_scale_of_a_fifth():
    assert function("t107_private_mean", "laplace_scale")(np.zeros(100), 0.0, 10.0, 0.5) == pytest.approx(0.2)


def test_the_federated_example_sends_one_and_a_half():
    sent = function("t108_federated", "train_federated_rounds")([np.array([[2.0]])], [np.array([1.0])], 1, 1, 1.0)
    assert sent == [[[1.0, 0.5]]]
    right = t108_federated._visit(np.array([[2.0, 1.0]]), np.array([1]), np.zeros(2), 1, 1.0)
    assert right == pytest.approx([1.0, 0.5])


def test_a_record_that_ends_in_november_is_continued_in_december():
    months, _ = function("t071_sea_temperature", "forecast_sea_temperature")(np.zeros(12), 0.0, 0.0, 1979, 12)
    assert (months[0], months[-1]) == ("1979-12", "1981-11")


# T071, T107: the measures, on answers whose figures are known


def test_laplace_noise_by_quantiles_has_the_right_shape_but_not_the_right_order():
    count = 3000
    place = (np.arange(count) + 0.5) / count - 0.5
    noise = -np.sign(place) * np.log1p(-2 * np.abs(place))
    truth = {"mean": 5.0, "scale": 0.1, "releases": count}
    figures = t107_private_mean.measure(truth, {"released": (5.0 + 0.1 * noise).tolist(), "scale": 0.1})
    assert figures["shape"] < 0.1
    assert figures["spread_error"] < 0.01
    assert figures["order"] > 50


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e300, 1e300), max_size=40), st.lists(st.text(max_size=8), max_size=30))
def test_the_ocean_measure_is_total(forecast, months):
    truth = t071_sea_temperature.generate(5, "nominal").truth
    figures = t071_sea_temperature.measure(truth, {"forecast": forecast, "months": months})
    assert not any(math.isnan(value) for value in figures.values())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["id", "nonce", "data", "x"]), st.text("0123456789abcdefxyz", max_size=40)),
        max_size=16,
    )
)
def test_the_pseudonym_measure_is_total(records):
    pytest.importorskip("cryptography")
    truth = t106_pseudonyms.generate(3, "easy").truth
    figures = t106_pseudonyms.measure(truth, {"records": records, "refused": []})
    assert all(0.0 <= value <= 1.0 for value in figures.values())


def test_wear_that_is_steady_has_no_end_and_a_limit_reached_is_the_end():
    truth = {"remaining_h": [None, 0.0, 40.0], "next_machine": "b"}
    judge = t063_remaining_life.FAMILY.judge
    assert judge(truth, {"remaining_h": [None, 0.0, 41.0], "next_machine": "b"}).passed
    assert not judge(truth, {"remaining_h": [1e9, 0.0, 41.0], "next_machine": "b"}).passed
    assert not judge(truth, {"remaining_h": [None, 0.5, 41.0], "next_machine": "b"}).passed
