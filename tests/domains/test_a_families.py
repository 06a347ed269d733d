"""Anchors of the later families of domains A and B: published formats, worked examples and closed forms."""

import base64

import numpy as np
import pytest

from tailorbird.domains.iot.families import (
    t008_pressure_anomaly,
    t009_ecg_denoising,
    t010_spo2,
    t012_wfdb,
    t017_fall_alarm,
)


def test_the_worked_example_of_an_annotation_file_reads_as_two_normal_beats():
    assert t012_wfdb.read_annotations("ZAQA7AAAeAUABAAA") == [(100, 1), (1500, 1)]
    assert any("ZAQA7AAAeAUABAAA" in line for line in t012_wfdb.FAMILY.contract.remarks)


def test_a_skip_interval_has_its_upper_word_first():
    words = [59 << 10, 1, 2, 1 << 10, 0]
    text = base64.b64encode(np.array(words, "<u2").tobytes()).decode()
    assert t012_wfdb.read_annotations(text) == [(65538, 1)]


@pytest.mark.parametrize("text", ["", "A", "AAA", "not base64!", "é", "AAE=", "AOw=", "AAAAAA=="])
def test_a_broken_annotation_file_is_none(text):
    assert t012_wfdb.read_annotations(text) is None


def test_the_end_word_alone_is_a_file_without_beats():
    assert t012_wfdb.read_annotations("AAA=") == []


def test_the_worked_example_of_the_oximeter_follows_its_line():
    ratio = (300 / 20_000) / (500 / 25_000)
    assert 110 - 25 * ratio == pytest.approx(91.25)
    assert any("91.25" in line for line in t010_spo2.FAMILY.contract.remarks)


def test_the_untouched_clean_ecg_measures_as_faultless():
    truth = t009_ecg_denoising.generate(5, "nominal").truth
    figures = t009_ecg_denoising.measure(truth, {"clean": truth["clean"]})
    assert figures["residue_mv"] == pytest.approx(0.0, abs=1e-12)
    assert figures["height_error"] == 0.0


@pytest.mark.parametrize("kind", t008_pressure_anomaly.KINDS)
def test_a_bent_beat_stays_within_the_range_of_a_normal_one_and_meets_its_ends(kind):
    phase = np.linspace(0, 1, 500)
    normal, bent = t008_pressure_anomaly._beat(phase, 0.38), t008_pressure_anomaly._bent(phase, 0.38, kind)
    assert abs(bent[0]) < 0.02 and abs(bent[-1]) < 0.02
    assert bent.max() <= normal.max() + 0.05 and bent.min() >= normal.min() - 0.05


def test_a_tilted_direction_stands_at_the_asked_angle():
    draw = np.random.default_rng(1)
    axis = t017_fall_alarm._direction(draw)
    tilted = t017_fall_alarm._tilted(draw, axis, 70.0)
    assert np.degrees(np.arccos(axis @ tilted)) == pytest.approx(70.0)
