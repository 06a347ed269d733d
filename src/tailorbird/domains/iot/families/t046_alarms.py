"""T046 alarm sounds: siren, breaking glass, smoke alarm, reversing truck or plain street noise in short clips.

Clips are synthesised from what is known of each sound: a wailing siren sweeps, glass bursts and tinkles, the low-frequency
smoke alarm beeps at 520 Hz in the three-pulse pattern, a reversing beeper sounds an octave higher. Labelled clips and
those to be named come from different recorders with different rates. Covers: one sound per clip over street noise. Does
not cover: mixtures of two alarms, speech, echoes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SOUNDS = ("siren", "glass", "smoke", "reversing", "street")
"""Names of the sounds."""

SECONDS = 2.0
"""Length of a clip."""

SNR_DB = {"easy": (18.0, 25.0), "nominal": (12.0, 20.0), "hard": (10.0, 13.0), "edge": (12.0, 20.0)}
"""Power of the sound over the street noise between 250 and 1900 Hz, dB."""


def generate(seed: int, level: Level) -> Instance:
    """Three labelled clips and three or four others of each sound; edge: nothing to name, one sound, faint clips."""
    draw = make.rng(seed, "T046", level)
    kind = str(draw.choice(["none", "single", "faint"])) if level == "edge" else ""
    known = [str(draw.choice(SOUNDS))] if kind == "single" else list(SOUNDS)
    rates = [int(draw.choice([4000, 4200])), int(draw.choice([7500, 8000]))]
    if draw.random() < 0.5:
        rates.reverse()
    each = 0 if kind == "none" else 4 if rates[1] < rates[0] else 3
    train = [known[k] for k in draw.permutation(np.arange(3 * len(known)) % len(known))]
    test = [known[k] for k in draw.permutation(np.arange(each * len(known)) % len(known))]
    faint = 0.02 if kind == "faint" else 1.0
    clips = [_clips(draw, train, rates[0], level, faint), _clips(draw, test, rates[1], level, faint)]
    return _instance(clips, rates, train, test)


def _clips(draw: np.random.Generator, names: Sequence[str], rate: int, level: Level, faint: float) -> NDArray[np.int16]:
    """Clips in 16-bit steps, shape (n, samples)."""
    size = int(SECONDS * rate)
    found = np.zeros((len(names), size), dtype=np.int16)
    for clip, name in zip(found, names, strict=True):
        noise = _street(draw, size, rate)
        sound = noise
        if name != "street":
            event = {"siren": _siren, "glass": _glass, "smoke": _smoke, "reversing": _reversing}[name]
            clean = event(draw, np.arange(size) / rate)
            active = np.abs(clean) > 0.1 * np.abs(clean).max()
            power = float(np.mean(clean[active] ** 2))
            sound = clean / np.sqrt(power) * 10 ** (draw.uniform(*SNR_DB[level]) / 20) + noise
        sound = sound / np.abs(sound).max() * faint * 10 ** draw.uniform(-1.2, -0.05)
        clip[:] = np.round(sound * 32767).astype(np.int16)
    return found


def _street(draw: np.random.Generator, size: int, rate: int) -> make.Floats:
    """Rumble that falls with frequency, with the swell of passing cars; 1 between 250 and 1900 Hz."""
    hertz = np.fft.rfftfreq(size, 1 / rate)
    lines = (draw.normal(size=hertz.size) + 1j * draw.normal(size=hertz.size)) / np.maximum(hertz, 40.0) ** 0.8
    band = (hertz > 250) & (hertz < 1900)
    lines /= np.sqrt(np.sum(np.abs(lines[band]) ** 2)) / size * np.sqrt(2)
    time = np.arange(size) / rate
    swell = 1 + 0.3 * np.sin(2 * np.pi * time / draw.uniform(2, 5) + draw.uniform(0, 6.28))
    return np.asarray(np.fft.irfft(lines, size) * swell)


def _siren(draw: np.random.Generator, time: make.Floats) -> make.Floats:
    """A wail between about 600 and 1400 Hz that rises and falls every 0.4 to 2 s."""
    low, high = draw.uniform(500, 650), draw.uniform(1150, 1400)
    sweep = 0.5 - 0.5 * np.cos(2 * np.pi * time / draw.uniform(0.4, 2.0) + draw.uniform(0, 6.28))
    phase = 2 * np.pi * np.cumsum(low * (high / low) ** sweep) * (time[1] - time[0])
    return np.asarray(np.sin(phase) + 0.2 * np.sin(2 * phase) * (high < 950))


def _glass(draw: np.random.Generator, time: make.Floats) -> make.Floats:
    """A burst of noise and a rain of short ringing splinters."""
    start = draw.uniform(0.1, 1.2)
    span = np.maximum(time - start, 0.0)
    after = time >= start
    sound = 1.5 * draw.normal(size=time.size) * np.exp(-span / 0.05) * after
    for delay in draw.exponential(0.08, 25):
        first, last = np.searchsorted(time, (start + delay, start + delay + 0.25))
        ring = time[first:last] - start - delay
        wave = np.sin(2 * np.pi * draw.uniform(700, 1850) * ring)
        sound[first:last] += draw.uniform(0.3, 0.9) * np.exp(-ring / 0.03) * wave
    return np.asarray(sound)


def _beeps(draw: np.random.Generator, time: make.Floats, hertz: float, pauses: bool) -> make.Floats:
    """Beeps of half a second with gaps of half a second; after each third a longer pause if asked for."""
    clock = time + draw.uniform(0, 1.0)
    if pauses:
        clock = np.mod(clock, 4.0)
    on = (np.mod(clock, 1.0) < 0.5) & ((clock < 3.0) | (not pauses))
    wave = 2 * np.pi * hertz * time
    return np.asarray(on * (np.sin(wave) + 0.25 * np.sin(3 * wave) * (3 * hertz < 1900)))


def _smoke(draw: np.random.Generator, time: make.Floats) -> make.Floats:
    """The three-pulse pattern of ISO 8201 at 520 Hz within 5 %."""
    return _beeps(draw, time, float(draw.uniform(495, 545)), True)


def _reversing(draw: np.random.Generator, time: make.Floats) -> make.Floats:
    """A back-up alarm of 1,000 to 1,250 Hz."""
    return _beeps(draw, time, float(draw.uniform(1000, 1250)), False)


def _instance(
    clips: Sequence[NDArray[np.int16]], rates: Sequence[int], train: Sequence[str], test: Sequence[str]
) -> Instance:
    content = make.npz_bytes(
        x_train=clips[0],
        y_train=np.array(train, dtype="U12"),
        fs_train=np.array(float(rates[0])),
        x_test=clips[1],
        fs_test=np.array(float(rates[1])),
    )
    return Instance({"clips.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "clips.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of clips named rightly; 0 where their number is wrong or a name is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _changed(instance: Instance, change: Any) -> Instance:
    """The same clips and names with both groups of samples changed."""
    with np.load(io.BytesIO(instance.visible["clips.npz"])) as data:
        clips = [change(np.asarray(data[name])) for name in ("x_train", "x_test")]
        rates = [int(data["fs_train"]), int(data["fs_test"])]
        train = [str(name) for name in data["y_train"]]
    return _instance(clips, rates, train, instance.truth["labels"])


def _quieter(instance: Instance, seed: int) -> Instance:
    """The same clips at two thirds of their level, with the microphone's wires swapped."""
    return _changed(instance, lambda clips: np.round(clips / -1.5).astype(np.int16))


FAMILY = Family(
    id="T046",
    title="Alarm sounds",
    domain="E",
    version=1,
    wordings=(
        Wording("Classify urban sounds.", "goal"),
        Wording("Was that a siren, a window breaking, a smoke alarm, a truck backing up, or just traffic? Learn it from examples.", "goal"),
        Wording("My microphones on the lamp posts hear alarms; name what is in each unlabelled clip.", "goal"),
        Wording("Extract pitch, its movement and the on-off rhythm from a spectrogram in hertz and classify the clips.", "operation"),
        Wording("Compute short-time spectra, follow the strongest line of the loud frames and assign clips to the nearest class mean.", "operation"),
        Wording("audio clips → alarm type", "terse"),
        Wording("siren / glass / smoke / reversing / street", "terse"),
        Wording("The city wants to react to sounds of danger. Train on our few tagged clips and tag the ones of the new recorder.", "goal", held=True),
        Wording("Classify environmental audio by spectral peak track, tonality and envelope, with both sampling rates respected.", "operation", held=True),
        Wording("tag alarm recordings", "terse", held=True),
        Wording("识别城市里的警示声。", "goal", "zh"),
        Wording("从声谱图提取音高、音高变化和通断节奏，对声音片段分类。", "operation", "zh"),
        Wording("路灯上的麦克风听到的是警笛、碎玻璃、烟雾报警、倒车声还是车流？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`clips.npz`: arrays `x_train` (clips x samples, 16-bit sound), `fs_train` (their sampling rate, Hz), `y_train` (name of the sound in each clip of `x_train`), `x_test` (clips to be named) and `fs_test` (their sampling rate, Hz)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each clip of `x_test`, in its order"),),
        remarks=(
            "sounds are siren (a tone that sweeps), glass (a burst with splinters), smoke (half-second beeps at 520 Hz), reversing (half-second beeps at 1000 to 1250 Hz) and street (traffic only); a file may hold one kind only",
            "clips last 2 s, and a sound may begin anywhere in them; street noise is in all of them",
            "the two sampling rates differ; loudness differs from clip to clip and says nothing",
            "no clip to be named gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 85 % of the clips must be named rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Sound Clips",
            ("read both groups of clips with their sampling rates, and the names, from the NPZ", "scale 16-bit numbers to full scale 1"),
            "Read labelled sound clips and those to be named, each group with its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("clips", "ndarray[float64, (N, S)]", "1", "labelled clips, full scale 1"),
                Slot("fs_clips", "float", "Hz", "sampling rate of the labelled clips"),
                Slot("y_train", "list[str]", "1", "name of each labelled clip"),
                Slot("others", "ndarray[float64, (M, T)]", "1", "clips to be named, full scale 1"),
                Slot("fs_others", "float", "Hz", "sampling rate of the clips to be named"),
            ),
        ),
        Stage(
            "Sound Features",
            (
                "power spectra of frames of 64 ms between 250 and 1900 Hz",
                "strongest line of the loud frames: its pitch in octaves, its wandering, its share of the energy",
                "share of loud frames, and largest over mean energy",
            ),
            "Describe each clip by pitch, its wandering, tonality and rhythm between 250 and 1900 Hz.",
            (
                Slot("clips", "ndarray[float64, (N, S)]", "1", "labelled clips, full scale 1", "task1"),
                Slot("fs_clips", "float", "Hz", "sampling rate of the labelled clips", "task1"),
                Slot("others", "ndarray[float64, (M, T)]", "1", "clips to be named, full scale 1", "task1"),
                Slot("fs_others", "float", "Hz", "sampling rate of the clips to be named", "task1"),
            ),
            (
                Slot("s_train", "ndarray[float64, (N, F)]", "1", "features of the labelled clips"),
                Slot("s_test", "ndarray[float64, (M, F)]", "1", "features of the clips to be named"),
            ),
        ),
        Stage(
            "Name Sounds",
            ("mean features of each kind of sound", "nearest mean, each feature in units of its spread"),
            "Name clips after the kind of sound whose mean features are nearest.",
            (
                Slot("s_train", "ndarray[float64, (N, F)]", "1", "features of the labelled clips", "task2"),
                Slot("y_train", "list[str]", "1", "name of each labelled clip", "task1"),
                Slot("s_test", "ndarray[float64, (M, F)]", "1", "features of the clips to be named", "task2"),
            ),
            (Slot("labels", "list[str]", "1", "name of each clip"),),
        ),
    ),
    solutions="t046_alarms",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.85, "least"),),  # worst right 0.93 (one of 15, hard); best wrong on nominal 0.8 (one rate)
    alternates=(
        Variant("bands", "centre of ten bands on a logarithmic scale instead of the strongest line", swap={"sound_features": "sound_features_bands"}),
        Variant("resampled", "all clips at 4 kHz first", swap={"sound_features": "sound_features_resampled"}),
        Variant("neighbour", "nearest labelled clip instead of class means", swap={"name_sounds": "name_sounds_neighbour"}),
    ),
    mutants=(
        Variant("majority", "the most frequent name for all", swap={"name_sounds": "name_sounds_majority"}, naive=True),
        Variant("loudness", "the level of the clip only", swap={"sound_features": "sound_features_loudness"}),
        Variant("one_frame", "the first 64 ms only", swap={"sound_features": "sound_features_frame"}),
        Variant("one_rate", "the rate of the labelled clips is used for all", edits=(("sound_features", "(others, fs_others)", "(others, fs_clips)"),)),
        Variant("farthest", "the kind of sound that is least like the clip", edits=(("name_sounds", "np.argmin(gaps, axis=1)", "np.argmax(gaps, axis=1)"),)),
        Variant("label_order", "sounds are numbered in sorted order but named in the order of first appearance", edits=(("name_sounds", "return [names[k] for", "return [list(dict.fromkeys(y_train))[k - 1] for"),)),
    ),
    notes=(
        "A wailing siren is one strong line that sweeps between about 600 and 1400 Hz within seconds. Breaking glass is a burst of noise "
        "followed by many short ringing splinters, most of it above 700 Hz, over within half a second. Smoke alarms sound the temporal "
        "pattern of ISO 8201: three half-second beeps with half-second gaps, then a pause; the low-frequency type uses 520 Hz, which wakes "
        "sleepers better. Reversing beepers pulse near 1 to 1.25 kHz. Traffic is broad noise that falls with frequency. So the strongest "
        "line of the loud frames, how much it moves, its share of the energy, and the share of loud frames tell them apart; level does "
        "not. Work in hertz and seconds, not in bins and frames: recorders have different rates, and a factor of two turns one beep into "
        "the other."
    ),
    relations=(Relation("quieter", _quieter),),
    needs=("scipy",),
    sources=(
        "ISO 8201:2017 (audible emergency evacuation signal)",
        "NFPA 72 (520 Hz low-frequency alarm for sleeping areas)",
        "ISO 9533 (reversing alarms of earth-moving machinery)",
    ),
)  # fmt: skip
