"""T042 speech activity: when somebody speaks in a noisy recording with mains hum.

Utterances are made by a small formant synthesiser: glottal pulses excite three damped formants, vowels and fricatives
alternate, voices differ in pitch, length of the vocal tract and tempo. Covers: one microphone at 8 kHz, steady noise,
utterances of different loudness. Does not cover: music, babble, natural speech.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

FS = 8000
"""Sampling rate, Hz."""

VOWELS = np.array(
    [(730, 1090, 2440), (530, 1840, 2480), (390, 1990, 2550), (570, 840, 2410), (440, 1020, 2240)], dtype=float
)
"""First three formants of five vowels, Hz (Peterson, Barney 1952, men)."""

NOISE_DB = {"easy": -30.0, "nominal": -23.0, "hard": -19.0, "edge": -24.0}
"""Level of the noise below the loudest utterance."""

STEP = 0.01
"""Grid on which answers are compared, s."""


def generate(seed: int, level: Level) -> Instance:
    """3 to 5 s; edge: nobody speaks, a single short word, or an empty recording."""
    draw = make.rng(seed, "T042", level)
    kind = str(draw.choice(["nobody", "word", "empty"], p=[0.5, 0.35, 0.15])) if level == "edge" else ""
    size = 0 if kind == "empty" else int(draw.uniform(3, 5) * FS)
    signal = np.zeros(size)
    spans: list[list[float]] = []
    at = float(draw.uniform(0.35, 0.8))
    while size and kind != "nobody":
        length = float(draw.uniform(0.3, 0.4)) if kind == "word" else float(draw.uniform(0.4, 1.0))
        if at + length + 0.35 > size / FS:
            break
        start, voice = int(at * FS), _utterance(draw, int(length * FS))
        signal[start : start + voice.size] += voice * 10 ** (-draw.uniform(0, 6 if level != "easy" else 2) / 20)
        spans.append([start / FS, (start + voice.size) / FS])
        at += length + float(draw.uniform(0.45, 1.0))
        if kind == "word":
            break
    loud = 10 ** (NOISE_DB[level] / 20)
    times = np.arange(size) / FS
    signal = signal + draw.normal(0, loud, size)
    mains = float(draw.choice([50.0, 60.0]))
    for harmonic, share in ((1, 1.0), (2, 0.3)):
        signal += share * draw.uniform(0.6, 1.5) * np.sin(2 * np.pi * harmonic * mains * times + draw.uniform(0, 6.28))
    low = level == "easy" or (level != "hard" and draw.random() < 0.5)
    return _instance(signal * (draw.uniform(0.002, 0.004) if low else draw.uniform(0.06, 0.12)), spans)


def _utterance(draw: np.random.Generator, size: int) -> make.Floats:
    """Syllables of one voice without pauses longer than 50 ms, root mean square about 1, shape (size,)."""
    pitch, scale = float(draw.uniform(90, 240)), float(draw.uniform(0.95, 1.2))
    out = np.zeros(size)
    at = 0
    while at < size:
        length = min(int(draw.uniform(0.1, 0.22) * FS), size - at)
        if size - at - length < 0.06 * FS:
            length = size - at
        hiss = 0 if at == 0 or length < 0.12 * FS else int(draw.uniform(0, 0.06) * FS)
        formants = VOWELS[int(draw.integers(0, len(VOWELS)))] * scale
        vowel = _vowel(length - hiss, pitch * draw.uniform(0.9, 1.1), formants)
        fade = np.minimum(1.0, np.minimum(np.arange(1, vowel.size + 1), np.arange(vowel.size, 0, -1)) / (0.01 * FS))
        out[at + hiss : at + length] = vowel / max(1e-9, float(np.sqrt(np.mean(vowel**2)))) * fade
        out[at : at + hiss] = 0.5 * np.diff(draw.normal(size=hiss + 1))
        at += length
    return out


def _vowel(size: int, pitch: float, formants: make.Floats) -> make.Floats:
    """Damped formant oscillations restarted with every glottal pulse, shape (size,)."""
    times = np.arange(size) / FS
    since = (times * pitch) % 1.0 / pitch
    out = np.zeros(size)
    for centre, width, height in zip(formants, (80.0, 110.0, 160.0), (1.0, 0.6, 0.3), strict=True):
        out += height * np.exp(-np.pi * width * since) * np.sin(2 * np.pi * centre * since)
    return out


def _instance(signal: make.Floats, spans: list[list[float]]) -> Instance:
    truth = {"speech": spans, "seconds": signal.size / FS}
    return Instance({"room.wav": make.wav_bytes(signal, FS)}, truth, "room.wav")


def _grid(spans: Any, count: int) -> NDArray[np.bool_]:
    """Which steps of 10 ms have their middle inside one of the spans; what is no pair of numbers counts for nothing."""
    marks = np.zeros(count, dtype=bool)
    for span in spans[:10_000]:
        if len(span) == 2:
            start, stop = (float(np.clip(np.ceil(edge / STEP - 0.5), 0, count)) for edge in span)
            marks[int(start) : int(stop)] = True
    return marks


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of steps of 10 ms told right; for a recording without speech 1 for an empty answer, else 0."""
    found = output["speech"]
    if any(len(span) != 2 or not span[0] < span[1] for span in found):
        return {"accuracy": 0.0}
    if not truth["speech"]:
        return {"accuracy": 0.0 if found else 1.0}
    count = round(truth["seconds"] / STEP)
    return {"accuracy": float(np.mean(_grid(truth["speech"], count) == _grid(found, count)))}


def _samples(instance: Instance) -> make.Floats:
    return np.frombuffer(instance.visible["room.wav"][44:], dtype="<i2") / 32767.0


def _gain(instance: Instance, seed: int) -> Instance:
    """Softer or louder: the same times."""
    factor = make.rng(seed, "gain").uniform(0.6, 1.3)
    return _instance(_samples(instance) * factor, instance.truth["speech"])


def _backwards(instance: Instance, seed: int) -> Instance:
    """Played backwards: the times are mirrored."""
    seconds = instance.truth["seconds"]
    spans = [[seconds - stop, seconds - start] for start, stop in reversed(instance.truth["speech"])]
    return _instance(_samples(instance)[::-1], spans)


RATE = Slot("fs", "int", "Hz", "sampling rate", "task1")
SPEECH = Slot("speech", "list[list[float]]", "s", "start and end of each utterance, ascending")

FAMILY = Family(
    id="T042",
    title="Speech activity",
    domain="E",
    version=1,
    wordings=(
        Wording("Mark where someone speaks.", "goal"),
        Wording("Remove the hum, compare short-time energy with the noise floor and list the speech intervals.", "operation"),
        Wording("wav → speech intervals", "terse"),
        Wording("When is somebody talking in this recording? I want start and end of every utterance.", "goal"),
        Wording("Voice activity detection on room.wav: band-pass, frame energies, adaptive threshold, fill short pauses.", "operation"),
        Wording("The baby monitor recorded a noisy room; find the parts in which there is a voice.", "goal"),
        Wording("voice activity, seconds", "terse"),
        Wording("I have to transcribe this and do not want to listen to the silence. Where does anybody say something?", "goal", held=True),
        Wording("Segment the audio into speech and non-speech by its energy above the background.", "operation", held=True),
        Wording("talk spurts from audio", "terse", held=True),
        Wording("标出有人说话的时段。", "goal", "zh"),
        Wording("去除工频嗡声，把短时能量与噪声底比较，列出语音区间。", "operation", "zh"),
        Wording("录音 → 语音起止时间", "terse", "zh"),
        Wording("这段录音里什么时候有人在讲话？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`room.wav`: mono 16-bit WAV",),
        outputs=(SPEECH,),
        remarks=(
            "the background is steady noise; mains hum at 50 or 60 Hz and its double may be louder than the voice",
            "utterances last at least 0.3 s and lie at least 0.4 s apart; shorter pauses belong to the utterance",
            "loudness differs between files by a factor of fifty, and between utterances of one file by a factor of two",
            "the noise fills at least the first 0.3 s; a recording may hold no speech or no sample at all: then an empty list",
            "answers are compared every 10 ms, at least 95 % must be right; example: [[0.52, 1.31], [1.9, 2.6]]",
        ),
    ),
    stages=(
        Stage(
            "Load Room Audio",
            ("read the WAV file and its sampling rate", "scale 16-bit integers to -1..1"),
            "Read a mono 16-bit WAV recording of a room.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("audio", "ndarray[float64, (N)]", "1", "samples, -1 to 1"), Slot("fs", "int", "Hz", "sampling rate")),
        ),
        Stage(
            "Frame Levels",
            ("band-pass 250 to 3600 Hz against the hum", "power of frames of 20 ms every 10 ms, in dB"),
            "Measure the level of the speech band every 10 ms.",
            (Slot("audio", "ndarray[float64, (N)]", "1", "samples, -1 to 1", "task1"), RATE),
            (Slot("levels", "ndarray[float64, (F)]", "dB", "level of the speech band in the 20 ms around each step of 10 ms"),),
        ),
        Stage(
            "Mark Speech Frames",
            (
                "noise floor: median of the first 25 frames",
                "a frame is speech when it is 5 dB above the floor",
                "fill holes up to 0.2 s, then drop stretches shorter than 0.15 s",
            ),
            "Decide for every frame whether somebody speaks.",
            (Slot("levels", "ndarray[float64, (F)]", "dB", "level of the speech band every 10 ms", "task2"),),
            (Slot("active", "ndarray[bool, (F)]", "1", "whether somebody speaks, every 10 ms"),),
        ),
        Stage(
            "Speech Intervals",
            ("first and last frame of each run", "convert frame numbers to seconds"),
            "Turn marked frames into start and end times.",
            (Slot("active", "ndarray[bool, (F)]", "1", "whether somebody speaks, every 10 ms", "task3"),),
            (SPEECH,),
        ),
    ),
    solutions="t042_speech",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.95, "least"),),  # worst right 0.986, the catalogue asks 0.95; wrong ones reach it on lucky draws, never on all
    alternates=(
        Variant("spectra", "levels from short-time spectra", swap={"frame_levels": "frame_levels_spectra"}),
        Variant("spread", "threshold from the spread of the opening noise, morphology", swap={"mark_speech_frames": "mark_speech_frames_spread"}),
        Variant("loop", "runs collected frame by frame", swap={"speech_intervals": "speech_intervals_loop"}),
        Variant("hangover", "a small state machine with hangover", swap={"mark_speech_frames": "mark_speech_frames_machine"}),
    ),
    mutants=(
        Variant("always", "somebody speaks all the time", swap={"mark_speech_frames": "mark_speech_frames_always"}, naive=True),
        Variant("fixed_level", "a fixed level for every recording", swap={"mark_speech_frames": "mark_speech_frames_fixed"}),
        Variant("hum_kept", "the hum stays in the frames", swap={"frame_levels": "frame_levels_hum"}),
        Variant("milliseconds", "milliseconds for seconds", edits=(("speech_intervals", "0.01 * ", "10.0 * "),)),
        Variant("loudest", "only what comes within 3 dB of the loudest frame", swap={"mark_speech_frames": "mark_speech_frames_loudest"}),
        Variant("frame_numbers", "frame numbers for seconds", edits=(("speech_intervals", "0.01 * ", "1.0 * "),)),
    ),
    notes=(
        "Voice activity detection splits a recording into speech and background. The simplest sound detector compares the "
        "short-time energy (frames of 20 to 30 ms) with a floor that is estimated from the recording itself, because absolute "
        "levels depend on microphone and distance. Energy must be taken in the band of speech, about 250 Hz to 3.5 kHz: mains "
        "hum at 50 or 60 Hz carries no information and hides soft voices. A margin of 4 to 6 dB over the floor keeps noise "
        "out, as averages over 20 ms of noise spread by about 1 dB. Stops, soft fricatives and syllable edges make holes in "
        "words: close pauses up to 0.2 s (hangover), and drop stretches too short to be a word. A threshold halfway between "
        "floor and peak invents speech in a silent recording."
    ),
    relations=(Relation("gain", _gain), Relation("backwards", _backwards)),
    needs=("scipy",),
    sources=(
        "Peterson, Barney 1952, Control methods used in a study of the vowels (formants)",
        "Rodet 1984, Time-domain formant-wave-function synthesis",
        "ITU-T G.729 Annex B (voice activity detection)",
    ),
)  # fmt: skip
