"""Anchors of the families of domains A, B and C: published examples, and the real recording against two detectors."""

import importlib.util
import io
import math

import numpy as np
import pytest

from tailorbird.domains.iot import make
from tailorbird.domains.iot.families import t001_r_peaks, t003_hrv_rmssd, t016_steps, t018_tilt, t022_fmcw, t025_music

with_sktime = pytest.mark.skipif(importlib.util.find_spec("sktime") is None, reason="the recording comes with sktime")


@with_sktime
def test_two_unrelated_detectors_agree_on_the_beats_of_the_real_recording():
    ndimage, signal = pytest.importorskip("scipy.ndimage"), pytest.importorskip("scipy.signal")
    recording = t001_r_peaks.real_recording()
    ecg = np.genfromtxt(io.BytesIO(recording), delimiter=",", names=True)["ecg"]
    rate = t001_r_peaks.REAL_RATE
    voltage, _ = signal.find_peaks(ecg, prominence=0.8, distance=round(0.25 * rate))
    band = signal.sosfiltfilt(signal.butter(3, (5.0, 15.0), "bandpass", fs=rate, output="sos"), ecg)
    energy = ndimage.uniform_filter1d(np.gradient(band) ** 2, round(0.12 * rate))
    least = 0.25 * np.percentile(energy, 98)
    slope, _ = signal.find_peaks(energy, height=least, distance=round(0.25 * rate))
    assert voltage.tolist() == list(t001_r_peaks.REAL_BEATS)
    assert slope.size == voltage.size
    assert np.max(np.abs(slope - voltage)) <= 10


@with_sktime
def test_the_real_recording_beats_at_a_plausible_rate_only_if_it_is_sampled_at_360_hz():
    interval = float(np.mean(np.diff(t001_r_peaks.REAL_BEATS)))
    assert 60 <= 60 * t001_r_peaks.REAL_RATE / interval <= 100
    assert not 60 <= 60 * 128.0 / interval <= 100  # the other common rate of the archive


@with_sktime
def test_some_nominal_instances_are_cut_from_the_real_recording_and_no_two_are_alike():
    seeds = [s for s in range(60) if make.rng(s, "T001", "nominal").random() < t001_r_peaks.REAL_SHARE]
    drawn = [t001_r_peaks.generate(seed, "nominal") for seed in seeds]
    assert len(drawn) >= 3
    assert len({instance.truth["heart_rate_bpm"] for instance in drawn}) == len(drawn)
    assert all(60 <= instance.truth["heart_rate_bpm"] <= 90 for instance in drawn)
    assert all(len(instance.truth["peaks_s"]) >= 15 for instance in drawn)


def test_without_sktime_every_nominal_ecg_is_synthetic_and_there_is_no_recording(monkeypatch):
    monkeypatch.setattr(t001_r_peaks, "_bundled", lambda: None)
    assert t001_r_peaks.real_recording() is None
    seed = next(s for s in range(60) if make.rng(s, "T001", "nominal").random() < t001_r_peaks.REAL_SHARE)
    assert len(t001_r_peaks.generate(seed, "nominal").truth["peaks_s"]) >= 20


def test_rmssd_of_the_worked_example_is_the_root_of_1250():
    assert t003_hrv_rmssd._rmssd([800, 830, 790], [True] * 3, 1000) == pytest.approx(math.sqrt(1250), rel=1e-12)
    assert "35.36 ms" in " ".join(t003_hrv_rmssd.FAMILY.contract.remarks)


def test_rmssd_never_reaches_over_an_artefact():
    assert t003_hrv_rmssd._rmssd([800, 2400, 900], [True, False, True], 1000) is None


def test_no_rmssd_lies_within_3_percent_of_the_stress_limit():
    for seed in range(30):
        value = t003_hrv_rmssd.generate(seed, "nominal").truth["rmssd_ms"]
        assert abs(value / t003_hrv_rmssd.LIMIT_MS - 1) > 0.03


def test_one_wrong_step_is_forgiven_only_where_somebody_walks():
    assert t016_steps.measure({"steps": 100}, {"steps": 104})["step_error"] == pytest.approx(0.03)
    assert t016_steps.measure({"steps": 8}, {"steps": 9})["step_error"] == 0
    assert t016_steps.measure({"steps": 0}, {"steps": 1})["step_error"] == 1


def test_the_angular_rate_is_the_derivative_of_the_tilt():
    times = np.arange(0, 20, 0.001)
    angle, speed = t018_tilt._profile(make.rng(5), times, "")
    assert np.max(np.abs(np.gradient(angle, times)[1:-1] - speed[1:-1])) < 1e-3


def test_tilt_is_compared_on_the_circle():
    assert t018_tilt.measure({"tilt_deg": [179.0]}, {"tilt_deg": [-179.0]})["rmse_deg"] == pytest.approx(2.0)
    assert math.isinf(t018_tilt.measure({"tilt_deg": [1.0, 2.0]}, {"tilt_deg": [1.0]})["rmse_deg"])


def test_radar_cells_of_the_worked_example_are_those_of_the_data_sheet():
    radar = {"f0": 77e9, "bandwidth": 0.85e9, "chirp_time": 50e-6}
    assert t022_fmcw._cells(radar, (128, 256)) == (pytest.approx(0.176, abs=5e-4), pytest.approx(0.304, abs=5e-4))


def test_half_of_the_widest_radar_cell_is_inside_the_tolerance():
    limits = {bar.part: bar.limit for bar in t022_fmcw.FAMILY.bars}
    for seed in range(20):
        instance = t022_fmcw.generate(seed, "nominal")
        with np.load(io.BytesIO(instance.visible["cube.npz"])) as data:
            far, quick = t022_fmcw._cells(instance.truth, data["cube"].shape)
        assert far / 2 < limits["range_error_m"]
        assert quick / 2 < limits["speed_error_mps"]


def test_targets_and_directions_are_paired_whatever_their_order():
    truth = {"targets": [[4.22, 1.52], [9.67, -3.04]]}
    swapped = {"range_m": [9.67, 4.22], "speed_mps": [-3.04, 1.52]}
    assert t022_fmcw.measure(truth, swapped) == {"range_error_m": 0.0, "speed_error_mps": 0.0}
    assert t025_music.measure({"angles_deg": [-20.0, 12.0]}, {"angles_deg": [12.5, -20.0]})["angle_error_deg"] == 0.5


def test_a_plane_wave_from_30_degrees_turns_a_quarter_between_antennas_half_a_wavelength_apart():
    wave = t025_music._steering([30.0], 0.5)[:, 0]
    assert np.angle(wave[1:] / wave[:-1]) == pytest.approx(np.full(7, math.pi / 2))
