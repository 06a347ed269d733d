"""T043 keyword: six command words by any voice, learned from some voices and asked from others.

Words are made by a small formant synthesiser of this module: phonemes with three formants, hiss or silence; voices differ
in pitch, length of the vocal tract, tempo and loudness. Voices of the test clips do not occur among the training clips.
Covers: isolated words of half a second at 8 kHz. Does not cover: natural speech, other words, running text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

FS = 8000
"""Sampling rate, Hz."""

LENGTH = 5200
"""Samples of a clip."""

FORMANTS = {
    "o": (590, 880, 2500), "u": (620, 1200, 2450), "a": (740, 1300, 2500), "w": (440, 900, 2300),
    "i": (390, 2000, 2600), "l": (360, 1100, 2600), "n": (280, 1550, 2300),
}  # fmt: skip
"""Formants of the voiced sounds, Hz."""

WORDS = {
    "on": "o:0.16 n:0.14", "off": "o:0.15 f:0.15", "stop": "s:0.11 .:0.05 t:0.03 o:0.13 .:0.05 p:0.02",
    "up": "u:0.14 .:0.07 p:0.03", "down": "d:0.03 a:0.11 w:0.10 n:0.11", "light": "l:0.09 a:0.12 i:0.09 .:0.06 t:0.04",
}  # fmt: skip
"""Sounds of each word with their lengths, s."""

NOISE = {"easy": 0.002, "nominal": 0.006, "hard": 0.012, "edge": 0.006}
"""Standard deviation of the background beside a word of amplitude near 1."""


@dataclass(frozen=True)
class Voice:
    """One speaker."""

    pitch: float
    """Fundamental frequency, Hz."""
    scale: float
    """Formants as a multiple of those of a man."""
    tempo: float
    """Lengths as a multiple of the usual ones."""


def generate(seed: int, level: Level) -> Instance:
    """Six words of 5 training voices, tested on 3 to 4 others; edge: one test clip, or none."""
    draw = make.rng(seed, "T043", level)
    voices = _voices(draw, 9, 0.6 if level == "easy" else 1.0)
    train = [(word, voice) for voice in voices[:5] for word in WORDS]
    test = [(word, voice) for voice in voices[5 : 8 if level == "easy" else 9] for word in WORDS]
    if level == "edge":
        test = [test[int(draw.integers(0, len(test)))]] * int(draw.random() < 0.7)
    train = [train[int(k)] for k in draw.permutation(len(train))]
    test = [test[int(k)] for k in draw.permutation(len(test))]
    clips = [
        np.array([_clip(draw, *pair, NOISE[level]) for pair in part]).reshape(-1, LENGTH) for part in (train, test)
    ]
    return _instance(clips[0], [word for word, _ in train], clips[1], [word for word, _ in test])


def _voices(draw: np.random.Generator, count: int, spread: float) -> list[Voice]:
    """Voices with evenly spread, shuffled pitches, tract lengths and tempos; the extremes are among the training voices."""
    at = (np.arange(count) + draw.uniform(0.2, 0.8, count)) / count
    middle = spread * (at - 0.5)
    pitch = 150.0 * 2.0 ** (1.3 * draw.permutation(middle))
    scale = 1.08 + 0.22 * middle
    order = np.concatenate([[0, count - 1], 1 + draw.permutation(count - 2)])
    tempo = 1.0 + 0.4 * draw.permutation(middle)
    return [Voice(float(pitch[k]), float(scale[k]), float(tempo[k])) for k in order]


def _clip(draw: np.random.Generator, word: str, voice: Voice, noise: float) -> make.Floats:
    """One word somewhere in a clip of noise, shape (LENGTH,)."""
    sounds = [part.split(":") for part in WORDS[word].split()]
    pieces = [(sound, int(float(length) * voice.tempo * draw.uniform(0.9, 1.1) * FS)) for sound, length in sounds]
    total = sum(size for _, size in pieces)
    speech = _voiced(draw, pieces, voice, total)
    at = 0
    for sound, size in pieces:
        if sound in "sftpd":
            burst = np.diff(draw.normal(size=size + 1)) * {"s": 0.35, "f": 0.16, "t": 0.4, "p": 0.2, "d": 0.25}[sound]
            speech[at : at + size] += burst if sound in "std" else np.convolve(burst, np.ones(3) / 1.5, mode="same")
        at += size
    out = noise * draw.normal(size=LENGTH)
    start = int(draw.integers(200, LENGTH - total - 100))
    out[start : start + total] += speech
    return np.asarray(out * draw.uniform(0.15, 0.6))


def _voiced(draw: np.random.Generator, pieces: list[tuple[str, int]], voice: Voice, total: int) -> make.Floats:
    """The voiced sounds of a word: damped formants restarted by glottal pulses, gliding from sound to sound, shape (total,)."""
    ends = np.cumsum([size for _, size in pieces])
    middles = [(s, float(end) - size / 2) for (s, size), end in zip(pieces, ends, strict=True)]
    known = [(middle, FORMANTS[sound]) for sound, middle in middles if sound in FORMANTS]
    level = np.concatenate([np.full(size, {"n": 0.45, "l": 0.6}.get(s, 1.0) * (s in FORMANTS)) for s, size in pieces])
    level = np.convolve(np.pad(level, 40, mode="edge"), np.ones(81) / 81, mode="valid") * (level > 0)
    rows = np.arange(total)
    turns = np.cumsum(voice.pitch * (1.05 - 0.12 * rows / total) * np.ones(total)) / FS
    since = (turns % 1.0) / voice.pitch
    out = np.zeros(total)
    places = [place for place, _ in known]
    shift = 1.0 + draw.normal(0, 0.015, 3)
    for k, (width, height) in enumerate(((70.0, 1.0), (100.0, 0.6), (150.0, 0.3))):
        centre = np.interp(rows, places, [formants[k] for _, formants in known]) * voice.scale * shift[k]
        out += height * np.exp(-np.pi * width * since) * np.sin(2 * np.pi * centre * since)
    return np.asarray(out * level)


def _instance(train: make.Floats, labels: list[str], test: make.Floats, answers: list[str]) -> Instance:
    arrays: dict[str, NDArray[Any]] = {
        "train": np.round(np.clip(train, -1, 1) * 32767).astype(np.int16),
        "labels": np.array(labels),
        "test": np.round(np.clip(test, -1, 1) * 32767).astype(np.int16),
        "fs": np.array(FS),
    }
    return Instance({"words.npz": make.npz_bytes(**arrays)}, {"words": answers}, "words.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of clips named right; 1 for two empty lists, 0 for a list of another length."""
    right, found = truth["words"], output["words"]
    if len(found) != len(right):
        return {"accuracy": 0.0}
    return {"accuracy": sum(a == b for a, b in zip(right, found, strict=True)) / len(right) if right else 1.0}


def _read(instance: Instance) -> tuple[make.Floats, list[str], make.Floats]:
    with np.load(io.BytesIO(instance.visible["words.npz"])) as data:
        return data["train"] / 32767.0, data["labels"].tolist(), data["test"] / 32767.0


def _order(instance: Instance, seed: int) -> Instance:
    """Clips of both parts in another order."""
    draw = make.rng(seed, "order")
    train, labels, test = _read(instance)
    a, b = draw.permutation(len(train)), draw.permutation(len(test))
    words = instance.truth["words"]
    return _instance(train[a], [labels[k] for k in a], test[b], [words[k] for k in b])


def _renamed(instance: Instance, seed: int) -> Instance:
    """Other names for the six words: the answers carry them too."""
    train, labels, test = _read(instance)
    other = make.rng(seed, "names").permutation(["ein", "aus", "halt", "auf", "ab", "licht"])
    names = dict(zip(WORDS, other, strict=True))
    return _instance(train, [str(names[w]) for w in labels], test, [str(names[w]) for w in instance.truth["words"]])


CLIPS = (
    Slot("train", "ndarray[float64, (N, T)]", "1", "training clips, -1 to 1", "task1"),
    Slot("test", "ndarray[float64, (M, T)]", "1", "test clips, -1 to 1", "task1"),
)

FAMILY = Family(
    id="T043",
    title="Keyword",
    domain="E",
    version=1,
    wordings=(
        Wording("on/off/stop/up/down/light from any voice.", "goal"),
        Wording("Trim the clips, compute log band energies stretched to equal length, and give each test clip the word of its nearest training clips.", "operation"),
        Wording("word clips → labels", "terse"),
        Wording("I want to steer my lamp by voice. Learn the six commands from these recordings and recognise them from other people.", "goal"),
        Wording("Train a small keyword spotter on words.npz with cepstral features and label the test clips.", "operation"),
        Wording("Which command is spoken in each test clip?", "goal"),
        Wording("speaker-independent command recognition", "terse"),
        Wording("My children and my parents shall both be able to talk to the switch. Tell me what was said in each unseen clip.", "goal", held=True),
        Wording("Classify isolated spoken words by comparing spectra over time, independent of pitch and tempo.", "operation", held=True),
        Wording("spoken command per clip", "terse", held=True),
        Wording("任何人说 on/off/stop/up/down/light 都要能识别。", "goal", "zh"),
        Wording("裁去静音，提取等长的对数频带能量，用最近邻给测试片段标注词语。", "operation", "zh"),
        Wording("语音片段 → 命令词", "terse", "zh"),
        Wording("用这些人的录音学习六个口令，再识别别人说的是哪一个。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`words.npz`: arrays `train` (N x T samples, int16), `labels` (N words), `test` (M x T samples, int16), `fs` (sampling rate, Hz); one clip per row",
        ),
        outputs=(Slot("words", "list[str]", "1", "word of each test clip, in order, written as in `labels`"),),
        remarks=(
            "each clip holds one word somewhere, with soft noise around it; loudness differs from clip to clip",
            "there are six words; voices of the test clips do not occur in training and differ in pitch, timbre and tempo",
            "there may be one test clip, or none: then an empty list",
            "at least 90 % of the test clips must be named right; example: three test clips may give [\"on\", \"light\", \"on\"]",
        ),
    ),
    stages=(
        Stage(
            "Load Word Clips",
            ("read training clips, labels and test clips from the NPZ file", "scale 16-bit integers to -1..1"),
            "Read labelled and unlabelled clips of spoken words.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("train", "ndarray[float64, (N, T)]", "1", "training clips, -1 to 1"),
                Slot("labels", "list[str]", "1", "word of each training clip"),
                Slot("test", "ndarray[float64, (M, T)]", "1", "test clips, -1 to 1"),
                Slot("fs", "float", "Hz", "sampling rate"),
            ),
        ),
        Stage(
            "Trim Silence",
            ("energy in frames of 10 ms", "keep from the first to the last frame above a tenth of the loudest amplitude"),
            "Cut the silence before and after each word.",
            (*CLIPS, Slot("fs", "float", "Hz", "sampling rate", "task1")),
            (
                Slot("train_words", "list[ndarray[float64, (L)]]", "1", "training words without silence"),
                Slot("test_words", "list[ndarray[float64, (L)]]", "1", "test words without silence"),
            ),
        ),
        Stage(
            "Word Features",
            (
                "spectra of 20 overlapping frames spread evenly over the word",
                "log energy in 18 bands of equal width on the mel scale",
                "subtract the mean over the word, add the length of the word",
            ),
            "Describe each word by band energies over time, whatever its length and loudness.",
            (
                Slot("train_words", "list[ndarray[float64, (L)]]", "1", "training words without silence", "task2"),
                Slot("test_words", "list[ndarray[float64, (L)]]", "1", "test words without silence", "task2"),
                Slot("fs", "float", "Hz", "sampling rate", "task1"),
            ),
            (
                Slot("train_features", "ndarray[float64, (N, K)]", "1", "one row per training word"),
                Slot("test_features", "ndarray[float64, (M, K)]", "1", "one row per test word"),
            ),
        ),
        Stage(
            "Name Words",
            ("Euclidean distances to all training words", "the word whose three nearest training clips are nearest on average"),
            "Give each test word the label of the training words most like it.",
            (
                Slot("train_features", "ndarray[float64, (N, K)]", "1", "one row per training word", "task3"),
                Slot("labels", "list[str]", "1", "word of each training clip", "task1"),
                Slot("test_features", "ndarray[float64, (M, K)]", "1", "one row per test word", "task3"),
            ),
            (Slot("words", "list[str]", "1", "word of each test clip"),),
        ),
    ),
    solutions="t043_keyword",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.9, "least"),),  # worst right 1.0, best wrong 0.79 on nominal (first frame alone)
    alternates=(
        Variant("templates", "mean of each word's training clips", swap={"name_words": "name_words_templates"}),
        Variant("ridge", "ridge regression to one-hot labels", swap={"name_words": "name_words_ridge"}),
        Variant("cepstra", "cepstral coefficients", swap={"word_features": "word_features_cepstra"}),
        Variant("loops", "trimming with plain loops", swap={"trim_silence": "trim_silence_loops"}),
    ),
    mutants=(
        Variant("majority", "the first label for every clip", swap={"name_words": "name_words_first"}, naive=True),
        Variant("duration", "the length of the word alone", swap={"word_features": "word_features_duration"}),
        Variant("waveform", "distance of raw waveforms", swap={"word_features": "word_features_waveform"}),
        Variant("first_frame", "spectrum of the first frame alone", swap={"word_features": "word_features_first"}),
        Variant("untrimmed", "the silence stays", swap={"trim_silence": "trim_silence_none"}),
        Variant("farthest", "the least similar clip", edits=(("name_words", "min(", "max("),)),
    ),
    notes=(
        "Isolated words are told apart by how their spectrum changes over time: formants of vowels, hiss of fricatives, gaps "
        "before stops. Pitch, loudness and tempo belong to the voice and should not matter. Bands of equal width on the mel "
        "scale smooth over the harmonics of the pitch; logarithms make loudness an offset, which goes with the mean over the "
        "word; resampling to a fixed number of frames (or dynamic time warping) removes tempo. Cepstral coefficients are the "
        "cosine transform of the log bands. Cut the silence first: otherwise the place of the word in the clip dominates. "
        "Sample values or waveforms must not be compared directly, as their phase is random. With a few voices, nearest "
        "neighbours, templates or ridge regression suffice; test on voices that were not trained on."
    ),
    relations=(Relation("order_of_clips", _order), Relation("renamed_words", _renamed)),
    needs=("scipy",),
    sources=(
        "Peterson, Barney 1952, Control methods used in a study of the vowels (formants)",
        "Davis, Mermelstein 1980, Comparison of parametric representations for monosyllabic word recognition",
        "Rodet 1984, Time-domain formant-wave-function synthesis",
    ),
)  # fmt: skip
