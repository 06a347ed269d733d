"""T006 EMG onsets: when a muscle starts to contract, from its surface electromyogram.

Truth comes from the generator: bursts of band-limited noise with a short ramp begin at known times. Covers: one
channel, rest between contractions, mains-free records with offset and slow motion artefacts. Does not cover: offsets,
force, several muscles.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import event_f1, matches

RATIO = {"easy": (7.0, 10.0), "nominal": (5.0, 9.0), "hard": (4.0, 6.0), "edge": (5.0, 9.0)}
"""Range of the amplitude in a contraction over that at rest."""

RATES = (500, 800, 1000, 1024, 1500, 2000)
"""Samples per second."""


def generate(seed: int, level: Level) -> Instance:
    """6 to 12 s of surface EMG; edge: no contraction, a single short one, or many close ones."""
    draw = make.rng(seed, "T006", level)
    rate, seconds = int(draw.choice(RATES)), float(draw.uniform(6, 12))
    times = np.arange(int(seconds * rate)) / rate
    kind = str(draw.choice(["none", "one", "many"])) if level == "edge" else ""
    starts, lengths = _bursts(draw, seconds, kind)
    rest = float(draw.uniform(3, 20))
    gain = np.full(times.size, rest)
    for start, length in zip(starts, lengths, strict=True):
        ramp = np.clip((times - start) / 0.015, 0, 1) * np.clip((start + length - times) / 0.03, 0, 1)
        gain += ramp * rest * (draw.uniform(*RATIO[level]) - 1)
    signal = gain * _muscle_noise(draw, times.size, rate)
    signal += draw.uniform(2, 12) * rest * np.sin(2 * np.pi * draw.uniform(0.3, 1.5) * times + draw.uniform(0, 6))
    signal += draw.uniform(-40, 40) * rest
    return _instance(signal, rate, [float(start) for start in starts])


def _bursts(draw: np.random.Generator, seconds: float, kind: str) -> tuple[list[float], list[float]]:
    """Starts and lengths of contractions in s, at least 0.35 s of rest between two."""
    starts, lengths, at = [], [], float(draw.uniform(0.6, 1.2))
    while at < seconds - 1.4 and kind != "none":
        starts.append(at)
        lengths.append(float(draw.uniform(0.3, 0.4) if kind else draw.uniform(0.3, 1.0)))
        at += lengths[-1] + float(draw.uniform(0.35, 0.45) if kind == "many" else draw.uniform(0.5, 1.6))
    return (starts[:1], lengths[:1]) if kind == "one" else (starts, lengths)


def _muscle_noise(draw: np.random.Generator, count: int, rate: int) -> make.Floats:
    """Noise of unit power between 25 Hz and the lower of 400 Hz and 0.45 times the sampling rate."""
    freqs = np.fft.rfftfreq(count, 1.0 / rate)
    weight = (freqs > 25) & (freqs < min(400.0, 0.45 * rate))
    noise = np.fft.irfft(np.fft.rfft(draw.normal(0, 1, count)) * weight, count)
    return np.asarray(noise / noise.std())


def _instance(signal: make.Floats, rate: int, onsets: list[float]) -> Instance:
    arrays = {"emg": np.asarray(np.round(signal, 1), np.float32), "fs": np.asarray(float(rate))}
    return Instance({"emg.npz": make.npz_bytes(**arrays)}, {"onsets_s": onsets}, "emg.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """F1 of onsets within ±50 ms, and how many answers too many or too few there are."""
    right, found = truth["onsets_s"], output["onsets_s"]
    hit = matches(right, found, 0.05)
    return {"f1": event_f1(right, found, 0.05), "wrong": float(len(right) + len(found) - 2 * hit)}


def _changed(change: str) -> Any:
    """A relation: another gain and polarity, or rest put in front."""

    def apply(instance: Instance, seed: int) -> Instance:
        with np.load(io.BytesIO(instance.visible["emg.npz"])) as data:
            emg, rate = data["emg"].astype(float), int(data["fs"])
        onsets = list(instance.truth["onsets_s"])
        if change == "gain":
            return _instance(-make.rng(seed, change).uniform(0.8, 3.0) * emg, rate, onsets)
        size = round(0.4 * rate)
        longer = np.concatenate([2 * emg[0] - emg[size:0:-1], emg])
        return _instance(longer, rate, [onset + size / rate for onset in onsets])

    return apply


_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")
_ENVELOPE = Slot("envelope", "ndarray[float64, (N)]", "uV", "smoothed amplitude")

FAMILY = Family(
    id="T006",
    title="EMG onsets",
    domain="A",
    version=1,
    wordings=(
        Wording("Tell me when the muscle contracts.", "goal"),
        Wording("High-pass the EMG, rectify and smooth it, and give the times at which the envelope rises above the threshold.", "operation"),
        Wording("I taped electrodes to my forearm and clenched my fist several times. When did each clench start?", "goal"),
        Wording("Compute a moving RMS of the electromyogram and list the onsets of activity.", "operation"),
        Wording("emg.npz → contraction onsets (s)", "terse"),
        Wording("The rehab glove logs muscle voltage; I need the instant at which each activation begins.", "goal", held=True),
        Wording("Detect bursts in surface EMG with an amplitude threshold between rest and activity, corrected for smoothing delay.", "operation", held=True),
        Wording("muscle burst start times", "terse", held=True),
        Wording("告诉我肌肉何时收缩。", "goal", "zh"),
        Wording("对肌电信号高通、整流并平滑，给出包络超过阈值的时刻。", "operation", "zh"),
        Wording("肌电 → 收缩起点（秒）", "terse", "zh"),
        Wording("我在小臂上贴了电极，握了几次拳，每次是从什么时候开始的？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`emg.npz`: arrays `emg`, surface EMG (uV), shape (N,), and `fs`, the sampling rate (Hz), shape ()",),
        outputs=(Slot("onsets_s", "list[float]", "s", "times at which contractions begin, ascending"),),
        remarks=(
            "time 0 is the first sample; muscle activity lies between 25 and 400 Hz, offset and slow movement of the cable below 2 Hz",
            "in a contraction the amplitude is at least 3.5 times that at rest, on a record's own scale; at rest it is steady within a record",
            "a contraction lasts 0.3 s or longer and is followed by at least 0.35 s of rest; the record starts at rest, for at least 0.5 s",
            "a record may hold no contraction: the answer is then an empty list",
            "every onset must be found within 50 ms, and none may be invented",
        ),
    ),
    stages=(
        Stage(
            "Load EMG",
            ("read voltage and sampling rate from the NPZ", "give the voltage as float64"),
            "Read a surface electromyogram and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("emg", "ndarray[float64, (N)]", "uV", "voltage"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Remove Cable Motion",
            ("20 Hz Butterworth high-pass, zero phase", "removes offset and slow movement"),
            "Remove offset and slow movement from an electromyogram.",
            (Slot("emg", "ndarray[float64, (N)]", "uV", "voltage", "task1"), _FS),
            (Slot("active", "ndarray[float64, (N)]", "uV", "muscle voltage around zero"),),
        ),
        Stage(
            "Amplitude Envelope",
            ("root of the mean square over a window of 60 ms, centred",),
            "Give the amplitude of a muscle voltage over time, without delay.",
            (Slot("active", "ndarray[float64, (N)]", "uV", "muscle voltage around zero", "task2"), _FS),
            (_ENVELOPE,),
        ),
        Stage(
            "Contraction Onsets",
            ("rest is the amplitude in the first half second", "activity is what lies above 2.2 times the rest", "bridge gaps under 0.1 s, drop activity under 0.15 s, take the starts"),
            "Find the times at which contractions begin.",
            (Slot("envelope", "ndarray[float64, (N)]", "uV", "smoothed amplitude", "task3"), _FS),
            (Slot("onsets_s", "list[float]", "s", "times at which contractions begin, ascending"),),
        ),
    ),
    solutions="t006_emg_onsets",
    generate=generate,
    measure=measure,
    bars=(
        Bar("f1", 0.99, "least"),  # no right program misses an onset; best wrong 0.4 to 0.9 where a trial holds several
        Bar("wrong", 0.0, "most"),  # exact, as the contract says
    ),
    alternates=(
        Variant("rectified", "rectified and low-passed both ways", swap={"amplitude_envelope": "amplitude_envelope_rectified"}),
        Variant("walker", "one pass with a waiting time", swap={"contraction_onsets": "contraction_onsets_walker"}),
        Variant("step_fit", "change points of the log power, placed by likelihood", swap={"contraction_onsets": "contraction_onsets_contrast", "remove_cable_motion": "remove_cable_motion_mean"}),
    ),
    mutants=(
        Variant("raw_threshold", "a threshold on the raw voltage", swap={"remove_cable_motion": "remove_cable_motion_not", "amplitude_envelope": "amplitude_envelope_none", "contraction_onsets": "contraction_onsets_crossings"}, naive=True),
        Variant("delayed", "a trailing window delays every onset", swap={"amplitude_envelope": "amplitude_envelope_trailing"}),
        Variant("centres", "middles of the contractions instead of their starts", swap={"contraction_onsets": "contraction_onsets_centres"}),
        Variant("samples", "sample numbers instead of seconds", edits=(("contraction_onsets", "/ fs)", "* 1.0)"),)),
        Variant("motion_kept", "cable motion and offset stay in", swap={"remove_cable_motion": "remove_cable_motion_not"}),
    ),
    notes=(
        "Surface EMG looks like noise between 20 and 450 Hz whose amplitude follows the activation of the muscle; only its "
        "envelope tells when the muscle works. Offset and cable motion below 10 to 20 Hz are removed first, otherwise they pass "
        "for amplitude. The envelope is a moving RMS or the low-passed absolute value over 50 to 100 ms: shorter windows "
        "flicker, longer ones blur the onset. A window that looks back only delays the onset by half its length, a centred one "
        "or a filter run both ways does not. The threshold is set from the rest of the same record (Hodges and Bui take the mean "
        "plus a few standard deviations), because gains differ between people and electrodes. Activity must last some tens of "
        "milliseconds to count, and short dips within a contraction are bridged."
    ),
    relations=(Relation("gain_and_polarity", _changed("gain")), Relation("rest_in_front", _changed("rest"))),
    needs=("scipy",),
    sources=("Hodges, Bui 1996, Electroencephalography and Clinical Neurophysiology 101(6)", "Bonato et al. 1998, IEEE Trans. Biomed. Eng. 45(3)"),
)  # fmt: skip
