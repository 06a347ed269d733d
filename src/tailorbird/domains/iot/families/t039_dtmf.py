"""T039 DTMF: the keys that were pressed, from a recording of keypad tones.

Truth is the drawn sequence of keys. Rates, tone and gap lengths, loudness, twist, frequency error, noise and hum vary
within what the contract declares.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

ROWS = (697.0, 770.0, 852.0, 941.0)
COLUMNS = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = "123A456B789C*0#D"

NOISE = {"easy": 0.02, "nominal": 0.15, "hard": 0.3, "edge": 0.1}
"""Standard deviation of the noise; each tone of a pair has an amplitude near 0.5."""


def generate(seed: int, level: Level) -> Instance:
    """6 to 14 keys at 8 to 48 kHz; edge: no key in the noise, one key, one key many times, all keys."""
    draw = make.rng(seed, "T039", level)
    kind = str(draw.choice(["none", "one", "same", "all"])) if level == "edge" else ""
    rates = [8000, 11025, 16000, 22050, 44100, 48000]
    rate = int(draw.choice(rates[1:] if level == "easy" else rates))
    keys = _keys(draw, kind)
    skew = {"easy": 0.0, "nominal": 0.004, "hard": 0.01, "edge": 0.004}[level]
    pieces = [np.zeros(int(draw.uniform(0.1, 0.3) * rate))]
    for key in keys:
        pieces += [_tone(draw, key, rate, skew), np.zeros(int(draw.uniform(0.042, 0.12) * rate))]
    pieces.append(np.zeros(int(draw.uniform(0.1, 0.3) * rate)))
    sound = np.concatenate(pieces)
    if level == "hard":
        sound += 0.3 * np.sin(2 * np.pi * 50.0 * np.arange(sound.size) / rate + draw.uniform(0, 6.28))
    sound += draw.normal(0, NOISE[level], sound.size)
    return Instance({"keys.wav": make.wav_bytes(sound * draw.uniform(0.1, 0.4), rate)}, {"keys": keys}, "keys.wav")


def _keys(draw: np.random.Generator, kind: str) -> str:
    if kind in ("none", "one", "same"):
        return str(draw.choice(list(KEYS))) * {"none": 0, "one": 1, "same": int(draw.integers(4, 9))}[kind]
    if kind == "all":
        return "".join(draw.permutation(list(KEYS)))
    keys = [str(key) for key in draw.choice(list(KEYS), int(draw.integers(6, 15)))]
    keys[0] = str(draw.choice(list("ABC")))
    twice = int(draw.integers(1, len(keys) - 1))
    keys[twice + 1] = keys[twice]
    return "".join(keys)


def _tone(draw: np.random.Generator, key: str, rate: int, skew: float) -> make.Floats:
    """60 to 120 ms of a pair with edges of 2 ms, up to 3 dB between its two tones."""
    times = np.arange(int(draw.uniform(0.061, 0.12) * rate)) / rate
    row, column = divmod(KEYS.index(key), 4)
    low, high = (hertz * (1 + draw.uniform(-skew, skew)) for hertz in (ROWS[row], COLUMNS[column]))
    twist = 10 ** (draw.uniform(-3, 3) / 40)
    pair = twist * np.sin(2 * np.pi * low * times + draw.uniform(0, 6.28))
    pair += np.sin(2 * np.pi * high * times + draw.uniform(0, 6.28)) / twist
    edge = np.minimum(1.0, np.minimum(times, times[::-1]) / 0.002)
    return np.asarray(0.5 * pair * edge)


def edits(truth: str, found: str) -> int:
    """Fewest insertions, deletions and replacements between two strings; a far longer answer is not aligned."""
    if len(found) > 10 * len(truth) + 100:
        return len(found)
    row = list(range(len(found) + 1))
    for i, right in enumerate(truth, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(found, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (right != other))
    return row[-1]


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Number of keys to insert, delete or replace."""
    return {"edits": float(edits(truth["keys"], output["keys"]))}


def _doubled(instance: Instance, seed: int) -> Instance:
    """The recording played twice in a row at another loudness: the keys come twice."""
    with wave.open(io.BytesIO(instance.visible["keys.wav"]), "rb") as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767.0
    gain = make.rng(seed, "gain").uniform(0.4, 1.0)
    sound = make.wav_bytes(np.concatenate([samples, samples]) * gain, rate)
    return Instance({"keys.wav": sound}, {"keys": instance.truth["keys"] * 2}, "keys.wav")


_KEYS = Slot("keys", "str", "1", "pressed keys in order, one of 0-9, A-D, * and # each")

FAMILY = Family(
    id="T039",
    title="DTMF",
    domain="E",
    version=1,
    wordings=(
        Wording("Decode the keypad tones.", "goal"),
        Wording("Which keys did the caller press? I only have the recording.", "goal"),
        Wording("Measure the eight DTMF frequencies with the Goertzel algorithm, cut the recording into key presses and name each key.", "operation"),
        Wording("dtmf wav → digits", "terse"),
        Wording("Find the row tone and the column tone of every beep and look the key up in the telephone keypad.", "operation"),
        Wording("The door intercom records the code that visitors type. Read the code from the beeps.", "goal"),
        Wording("touch tones to string", "terse"),
        Wording("Someone dialled a number on a push-button phone; tell me the number from the sound.", "goal", held=True),
        Wording("Segment the dual-tone multi-frequency signal by energy and classify each burst by its two strongest tones.", "operation", held=True),
        Wording("dialled keys from audio", "terse", held=True),
        Wording("解码按键音。", "goal", "zh"),
        Wording("用 Goertzel 算法测量八个双音多频频率，切分每次按键并查表译码。", "operation", "zh"),
        Wording("DTMF 录音 → 按键串", "terse", "zh"),
        Wording("录音里有人按了电话键盘，他按了哪些键？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`keys.wav`: mono 16-bit WAV of keypad tones",),
        outputs=(_KEYS,),
        remarks=(
            "rows 697, 770, 852, 941 Hz; columns 1209, 1336, 1477, 1633 Hz; keys by row: 123A, 456B, 789C, *0#D",
            "a press lasts 60 to 120 ms and gaps at least 40 ms; the same key may come twice in a row and counts twice",
            "sampling rate and loudness differ between files; frequencies are off by up to 1 %, the two tones of a pair differ by up to 3 dB",
            "there is noise of up to 0.6 times the amplitude of a tone (standard deviation) and there may be mains hum; a recording may hold no key: then an empty string",
            "the string must be exact; example: 770 with 1336 Hz, a gap, then the same again is `55`",
        ),
    ),
    stages=(
        Stage(
            "Load Keypad Audio",
            ("read the WAV file and its sampling rate", "scale 16-bit integers to -1..1"),
            "Read a mono 16-bit WAV file of keypad tones.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("audio", "ndarray[float64, (N)]", "1", "samples, -1 to 1"), Slot("fs", "int", "Hz", "sampling rate")),
        ),
        Stage(
            "Keypad Tone Powers",
            (
                "band-pass 600 to 1800 Hz",
                "frames of 24 ms every 4 ms under a Hann window",
                "power of each of the eight tones, and power of the band",
            ),
            "Measure the power of the eight keypad tones and of the whole keypad band every 4 ms.",
            (
                Slot("audio", "ndarray[float64, (N)]", "1", "samples, -1 to 1", "task1"),
                Slot("fs", "int", "Hz", "sampling rate", "task1"),
            ),
            (
                Slot("powers", "ndarray[float64, (F, 8)]", "1", "powers of the four row and four column tones per frame"),
                Slot("band_power", "ndarray[float64, (F)]", "1", "power from 600 to 1800 Hz per frame"),
            ),
        ),
        Stage(
            "Mark Key Presses",
            (
                "a frame is pressed when the best row and column tone rule the band and are loud",
                "close short holes, drop stretches shorter than 32 ms",
            ),
            "Find the stretches of frames in which one row tone and one column tone stand out.",
            (
                Slot("powers", "ndarray[float64, (F, 8)]", "1", "powers of the eight tones per frame", "task2"),
                Slot("band_power", "ndarray[float64, (F)]", "1", "power of the keypad band per frame", "task2"),
            ),
            (Slot("presses", "list[list[int]]", "1", "first frame and frame after the last of each press"),),
        ),
        Stage(
            "Read Keys",
            ("sum the powers over each press", "strongest row and strongest column name the key"),
            "Name the key of each press by its strongest row tone and strongest column tone.",
            (
                Slot("powers", "ndarray[float64, (F, 8)]", "1", "powers of the eight tones per frame", "task2"),
                Slot("presses", "list[list[int]]", "1", "first frame and frame after the last of each press", "task3"),
            ),
            (_KEYS,),
        ),
    ),
    solutions="t039_dtmf",
    generate=generate,
    measure=measure,
    bars=(Bar("edits", 0.0, "most"),),  # worst right 0, best wrong 1: the string is exact by the contract
    alternates=(
        Variant("mixing", "tones shifted to 0 Hz and averaged", swap={"keypad_tone_powers": "keypad_tone_powers_mixing"}),
        Variant("spectrum", "zero-padded spectra and their largest bins", swap={"keypad_tone_powers": "keypad_tone_powers_spectrum"}),
        Variant("level", "presses cut by the level of the pair", swap={"mark_key_presses": "mark_key_presses_level"}),
    ),
    mutants=(
        Variant("whole", "the strongest pair of the whole recording", swap={"mark_key_presses": "mark_key_presses_whole"}, naive=True),
        Variant("doubles_merged", "the same key twice counts once", swap={"read_keys": "read_keys_merged"}),
        Variant("transposed", "rows and columns are mixed up", edits=(("read_keys", "4 * int(np.argmax(total[:4])) + int(np.argmax(total[4:]))", "4 * int(np.argmax(total[4:])) + int(np.argmax(total[:4]))"),)),
        Variant("rate_fixed", "8 kHz is taken for granted", edits=(("load_keypad_audio", "fs = file.getframerate()", "fs = 8000"),)),
        Variant("key_per_frame", "every frame is a key", swap={"mark_key_presses": "mark_key_presses_frames"}),
        Variant("twelve_keys", "the fourth column is unknown", swap={"read_keys": "read_keys_twelve"}),
    ),
    notes=(
        "A keypad press is the sum of one row tone (697, 770, 852, 941 Hz) and one column tone (1209, 1336, 1477, 1633 Hz); the "
        "frequencies are chosen so that no harmonic or sum falls on another. The Goertzel algorithm, or a dot product with a "
        "complex wave, measures the eight powers directly; frames of 20 to 25 ms resolve the 70 Hz between rows and still fit "
        "into a gap of 40 ms. Decide by shares, not by absolute level: in a press the best row and best column tone hold most of "
        "the power between 600 and 1800 Hz, in noise about a fifth. Require both tones, a least length (ITU-T Q.24: 40 ms are a "
        "press, 23 ms are not), and a pause between presses, because a doubled key is told only by its gap. Summing the powers "
        "over a whole press before naming the key helps against noise. The highest tone needs a rate above 3.3 kHz."
    ),
    relations=(Relation("played_twice", _doubled),),
    needs=("scipy",),
    sources=("ITU-T Q.23 and Q.24, push-button signals",),
)  # fmt: skip
