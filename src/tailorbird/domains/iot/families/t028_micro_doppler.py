"""T028 micro-Doppler: walking, waving or still, from short radar records.

Truth is the motion that was drawn. A walker's torso moves towards the radar or away, with limbs swinging around it; a
waver's torso rests and one hand swings; a still person only breathes. All stand before strong static reflections.

Covers: one person per record, three classes. Does not cover: running, several people, other gestures.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NOISE = {"easy": 0.02, "nominal": 0.05, "hard": 0.08, "edge": 0.04}
"""Standard deviation of the noise in I and in Q; a torso's echo has size 1."""

CLASSES = ("walking", "waving", "still")
"""Labels of an answer."""


def generate(seed: int, level: Level) -> Instance:
    """15 to 21 records of about 2 s; edge: none, one, all of a class."""
    draw = make.rng(seed, "T028", level)
    kind = str(draw.choice(["none", "one", "alike"])) if level == "edge" else ""
    count = {"none": 0, "one": 1}.get(kind, int(draw.integers(15, 22)))
    labels = [CLASSES[k % 3] for k in draw.permutation(count)]
    if kind == "alike":
        labels = [str(draw.choice(CLASSES))] * count
    wave = float(draw.choice([0.0125, 0.029, 0.052]) * draw.uniform(0.97, 1.03))
    fs = float(np.round(draw.uniform(12.5, 16.0) / wave))
    size = int(draw.uniform(1.8, 2.1) * fs)
    records = [_record(draw, label, np.arange(size) / fs, wave, level) for label in labels]
    iq = np.array(records, dtype=np.complex128).reshape(count, size) * 10 ** draw.uniform(-3, 2)
    return _instance(iq, fs, wave, labels)


def _record(
    draw: np.random.Generator, label: str, times: make.Floats, wave: float, level: Level
) -> NDArray[np.complex128]:
    """Echo of one person of a class; movements in m, positive away from the radar."""
    breath = 0.002 * np.sin(2 * np.pi * 0.3 * times + draw.uniform(0, 6.28))
    swing = 2 * np.pi * draw.uniform(1.6, 2.6)
    start = draw.uniform(0, 2 * np.pi)
    parts = [(1.0, breath)]
    if label == "walking":
        torso = draw.choice([-1, 1]) * draw.uniform(0.9, 1.5) * times + 0.01 * np.sin(2 * swing * times)
        limbs = [
            (draw.uniform(0.2, 0.35), torso + side * 1.5 / swing * np.sin(swing * times + start)) for side in (-1, 1)
        ]
        parts = [(1.0, torso), *limbs]
    if label == "waving":
        reach = draw.uniform(1.6, 2.4) / swing
        size = draw.uniform(0.6, 1.2) if level != "hard" else draw.uniform(0.4, 0.8)
        parts = [(1.0, breath), (size, reach * np.sin(swing * times + start))]
    echo = sum(size * np.exp(1j * (4 * np.pi * move / wave + draw.uniform(0, 6.28))) for size, move in parts)
    walls = draw.uniform(2.0, 20.0) * np.exp(2j * np.pi * draw.random())
    noise = draw.normal(0, NOISE[level], (times.size, 2)) @ np.array([1, 1j])
    return np.asarray(draw.uniform(0.3, 3.0) * (echo + walls + noise))


def _instance(iq: NDArray[np.complex128], fs: float, wave: float, labels: list[str]) -> Instance:
    arrays = {"iq": iq.astype(np.complex64), "fs": np.float64(fs), "wavelength_m": np.float64(wave)}
    return Instance({"motion.npz": make.npz_bytes(**arrays)}, {"labels": labels}, "motion.npz")  # type: ignore[arg-type]


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of records that are named right (0 for another number of records, 1 where there is none), and known labels."""
    right, found = truth["labels"], output["labels"]
    known = float(all(label in CLASSES for label in found))
    if len(right) != len(found):
        return {"accuracy": 0.0, "known_labels": known}
    hits = sum(a == b for a, b in zip(right, found, strict=True))
    return {"accuracy": hits / len(right) if right else 1.0, "known_labels": known}


def _changed(instance: Instance, seed: int, *, mirror: bool) -> Instance:
    """All records with another gain and phase, or conjugated, so that who came goes."""
    with np.load(io.BytesIO(instance.visible["motion.npz"])) as data:
        iq, fs, wave = np.asarray(data["iq"], dtype=np.complex128), float(data["fs"]), float(data["wavelength_m"])
    draw = make.rng(seed, "changed")
    changed = np.conj(iq) if mirror else iq * draw.uniform(0.05, 20) * np.exp(2j * np.pi * draw.random())
    return _instance(np.asarray(changed), fs, wave, instance.truth["labels"])


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("iq", "ndarray[complex128, (S, N)]", "1", "records by samples", "task1"),
    Slot("fs", "float", "Hz", "samples per second", "task1"),
    Slot("wavelength", "float", "m", "wavelength", "task1"),
)
_MOVING = Slot("moving", "ndarray[complex128, (S, N)]", "1", "records without static reflections", "task2")
_SPECTRA = (
    Slot("speeds", "ndarray[float64, (F)]", "m/s", "speeds of the spectrum's lines, ascending", "task3"),
    Slot("power", "ndarray[float64, (S, F)]", "1", "power of each record at each speed", "task3"),
)
_FEATURES = (
    Slot("bulk", "ndarray[float64, (S)]", "m/s", "mean speed weighted by power, towards and away with sign", "task4"),
    Slot("spread", "ndarray[float64, (S)]", "m/s", "root mean square speed weighted by power", "task4"),
)

FAMILY = Family(
    id="T028",
    title="Micro-Doppler motion",
    domain="C",
    version=1,
    wordings=(
        Wording("Walking or waving?", "goal"),
        Wording("A radar watched a person for a moment at a time. Say for each record whether they walked, waved a hand or stood still.", "goal"),
        Wording("Tell gestures from gait in these Doppler radar snippets.", "goal"),
        Wording("Remove the static echo, take the Doppler spectrum and decide by mean speed and spread of the speeds.", "operation"),
        Wording("Classify micro-Doppler signatures by bulk velocity and width of the spectrum.", "operation"),
        Wording("IQ records → walking / waving / still", "terse"),
        Wording("micro-Doppler labels", "terse"),
        Wording("Our doorbell radar records one second at a time; is the visitor coming or going on foot, waving at it, or just standing there?", "goal", held=True),
        Wording("Suppress zero Doppler, form velocity spectra and threshold their first two moments into three motion classes.", "operation", held=True),
        Wording("motion class per record of motion.npz", "terse", held=True),
        Wording("是在走路还是在挥手？", "goal", "zh"),
        Wording("去除静止回波，计算多普勒谱，按平均速度和速度展宽分类。", "operation", "zh"),
        Wording("门口的雷达每次录一秒多，判断来人是在走、在挥手还是站着不动。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`motion.npz`: arrays `iq` (complex, records x samples), and the numbers `fs` (Hz, samples per second), `wavelength_m` (m)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "`walking`, `waving` or `still` for each record"),),
        remarks=(
            "an echo that moves by d turns its phase by 4 pi d / wavelength, so a speed v shows at the Doppler frequency 2 v / wavelength; "
            "`fs` is high enough for 3 m/s and more",
            "walking: the torso moves at 0.9 to 1.5 m/s towards the radar or away, with limbs swinging around that speed",
            "waving: the torso rests and one hand swings back and forth at up to 1.6 m/s or more, with no mean speed",
            "still: nothing moves but the chest, by millimetres; walls add a constant that is stronger than the person",
            "wanted are at least 90 % of the records; a file may hold no record, then the list is empty",
        ),
    ),
    stages=(
        Stage(
            "Load Motion Records",
            ("read records, sampling rate and wavelength from the NPZ",),
            "Read short radar records.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Subtract Static Echo",
            ("subtract each record's mean",),
            "Take away reflections that do not move.",
            (_LOADED[0],),
            _bare((_MOVING,)),
        ),
        Stage(
            "Speed Spectra",
            ("Hann-weighted Fourier transform", "speed = frequency times wavelength / 2"),
            "Turn each record into power over speed.",
            (_MOVING, _LOADED[1], _LOADED[2]),
            _bare(_SPECTRA),
        ),
        Stage(
            "Speed Moments",
            ("keep lines that are 70 times the tenth percentile of the power, which is noise", "mean and root mean square speed, weighted by power, within 5 m/s"),
            "Describe each spectrum by bulk speed and spread.",
            _SPECTRA,
            _bare(_FEATURES),
        ),
        Stage(
            "Name Motion",
            ("bulk speed of 0.5 m/s or more to either side: walking", "else root mean square speed of 0.45 m/s or more: waving", "else still"),
            "Decide on the class of each record.",
            _FEATURES,
            (Slot("labels", "list[str]", "1", "`walking`, `waving` or `still` for each record"),),
        ),
    ),
    solutions="t028_micro_doppler",
    generate=generate,
    measure=measure,
    bars=(
        Bar("accuracy", 0.9, "least"),  # worst right 1.0; wrong ones lose a sixth of the records and more in most draws
        Bar("known_labels", 1.0, "least"),  # no other word is an answer
    ),
    alternates=(
        Variant("welch", "averaged short spectra", swap={"speed_spectra": "speed_spectra_short", "speed_moments": "speed_moments_averaged"}),
        Variant("constant_fit", "the median of I and of Q as the static part", swap={"subtract_static_echo": "subtract_static_echo_high_pass"}),
        Variant("loops", "record by record in plain Python", swap={"speed_moments": "speed_moments_loop", "name_motion": "name_motion_loop"}),
    ),
    mutants=(
        Variant("energy", "only the moving energy is looked at", swap={"speed_moments": "speed_moments_energy"}, naive=True),
        Variant("approach_only", "who walks away is not walking", edits=(("name_motion", "np.abs(bulk) >= 0.5", "bulk >= 0.5"),)),
        Variant("bulk_only", "whoever has no bulk speed is still", edits=(("name_motion", "spread >= 0.45", "spread >= 99.0"),)),
        Variant("labels_swapped", "walking and waving are mixed up", edits=(("name_motion", '"walking", np.where', '"waving", np.where'), ("name_motion", '>= 0.45, "waving"', '>= 0.45, "walking"'))),
        Variant("clutter_kept", "the walls' echo outshines everything", edits=(("subtract_static_echo", "iq - iq.mean(axis=1, keepdims=True)", "iq - 0.0 * iq.mean(axis=1, keepdims=True)"),)),
        Variant("unsigned_speeds", "negative speeds are folded to positive ones", edits=(("speed_moments", "return weight @ speeds[band],", "return weight @ np.abs(speeds[band]),"),)),
        Variant("hertz", "Doppler frequencies are taken for speeds", edits=(("speed_spectra", "* wavelength / 2.0", "* 1.0 + 0.0 * wavelength"),)),
    ),
    notes=(
        "A moving reflector shifts the carrier by 2 v / wavelength (160 Hz per m/s at 24 GHz). A person is many reflectors: the torso gives "
        "the strongest line, arms and legs swing around it and widen the spectrum; this pattern is the micro-Doppler signature (Chen 2006). A "
        "walker's mean Doppler is away from zero, a waver's spectrum is wide but centred, a still person only breathes. Remove the "
        "zero-Doppler line first: walls return far more than people. Speeds have a sign; taking magnitudes makes a wave look like a walk."
    ),
    relations=(
        Relation("gain_and_phase", lambda instance, seed: _changed(instance, seed, mirror=False)),
        Relation("conjugate", lambda instance, seed: _changed(instance, seed, mirror=True)),
    ),
    needs=("numpy", "scipy"),
    sources=("Chen, Li, Ho, Wechsler 2006, Micro-Doppler effect in radar, IEEE Trans. Aerospace and Electronic Systems 42(1)",),
)  # fmt: skip
