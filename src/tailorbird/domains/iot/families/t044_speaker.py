"""T044 speaker: who said it, from the cepstral coefficients of two vowels spoken in a row.

A synthetic twin of JapaneseVowels (12 coefficients, 7 to 29 frames, 9 speakers), drawn anew for each seed. Covers: known
speakers, one utterance at a time, loudness that differs. Does not cover: strangers, other channels, raw audio.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NAMES = (
    "Aiko",
    "Botan",
    "Chika",
    "Daichi",
    "Emi",
    "Fumio",
    "Goro",
    "Haru",
    "Isao",
    "Jun",
    "Kenta",
    "Mika",
    "Nao",
    "Ren",
)
"""Names of speakers."""

COEFFICIENTS = 12
"""Cepstral coefficients of a frame."""

WITHIN = {"easy": 0.25, "nominal": 0.4, "hard": 0.45, "edge": 0.25}
"""Spread of a speaker's utterances as a share of the spread between speakers."""


def generate(seed: int, level: Level) -> Instance:
    """9 speakers, 8 to 12 known utterances of each; edge: nothing to identify, one speaker, or four utterances each."""
    draw = make.rng(seed, "T044", level)
    kind = str(draw.choice(["none", "single", "scarce"])) if level == "edge" else ""
    speakers = [str(name) for name in draw.choice(NAMES, 1 if kind == "single" else 9, replace=False)]
    voices = _voices(draw, len(speakers))
    each = 4 if kind == "scarce" else int(draw.integers(8, 13))
    train = [int(k) for k in draw.permutation(list(range(len(speakers))) * each)]
    test = [int(k) for k in draw.integers(0, len(speakers), 0 if kind == "none" else int(draw.integers(60, 91)))]
    spread = 0.15 if kind == "scarce" else WITHIN[level]
    spoken = [[_utterance(draw, voices[k], spread) for k in which] for which in (train, test)]
    return _instance(spoken[0], [speakers[k] for k in train], spoken[1], [speakers[k] for k in test])


def _voices(draw: np.random.Generator, count: int) -> list[tuple[make.Floats, make.Floats]]:
    """The two vowels of each speaker, coefficients of falling size, no two speakers too much alike."""
    fall = 1.0 / np.sqrt(1 + 0.25 * np.arange(COEFFICIENTS))
    common, step = draw.normal(size=(2, COEFFICIENTS)) * fall
    found: list[tuple[make.Floats, make.Floats]] = []
    while len(found) < count:
        first = common + 0.5 * draw.normal(size=COEFFICIENTS) * fall
        if all(np.linalg.norm((first - other[0])[1:]) > 0.8 for other in found):
            found.append((first, first + step + 0.2 * draw.normal(size=COEFFICIENTS) * fall))
    return found


def _utterance(draw: np.random.Generator, voice: tuple[make.Floats, make.Floats], spread: float) -> make.Floats:
    """Cepstral coefficients of shape (L, 12): from the first vowel to the second, with a loudness of its own."""
    frames = int(draw.integers(7, 30))
    fall = 1.0 / np.sqrt(1 + 0.25 * np.arange(COEFFICIENTS))
    place = 1 / (1 + np.exp(-(np.linspace(0, 1, frames) - draw.uniform(0.4, 0.6)) / 0.1))
    track = voice[0] + place[:, None] * (voice[1] - voice[0])
    track = track + 0.5 * spread * draw.normal(size=COEFFICIENTS) * fall
    noise = 0.5 * spread * draw.normal(size=(frames, COEFFICIENTS)) * fall
    for k in range(1, frames):
        noise[k] += 0.6 * noise[k - 1]
    track = track + noise
    track[:, 0] += draw.normal(0, 6.0)
    return np.asarray(track)


def _instance(
    spoken: Sequence[make.Floats], train: Sequence[str], unknown: Sequence[make.Floats], test: Sequence[str]
) -> Instance:
    longest = max(len(utterance) for utterance in [*spoken, *unknown])
    content = make.npz_bytes(
        x_train=_padded(spoken, longest),
        n_train=np.array([len(utterance) for utterance in spoken], dtype=np.int64),
        y_train=np.array(train, dtype="U12"),
        x_test=_padded(unknown, longest),
        n_test=np.array([len(utterance) for utterance in unknown], dtype=np.int64),
    )
    return Instance({"vowels.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "vowels.npz")


def _padded(spoken: Sequence[make.Floats], longest: int) -> Any:
    """Utterances in buffers that were never cleared, shape (n, longest, 12)."""
    memory = np.random.default_rng(len(spoken))
    found = memory.normal(0, 8.0, (len(spoken), longest, COEFFICIENTS)).astype(np.float32)
    for row, utterance in zip(found, spoken, strict=True):
        row[: len(utterance)] = utterance
    return found


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of utterances assigned rightly; 0 where their number is wrong or a speaker is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[list[make.Floats], list[str], list[make.Floats]]:
    with np.load(io.BytesIO(instance.visible["vowels.npz"])) as data:
        groups = [
            [
                utterance[:n]
                for utterance, n in zip(np.asarray(data[f"x_{part}"], float), data[f"n_{part}"], strict=True)
            ]
            for part in ("train", "test")
        ]
        return groups[0], [str(name) for name in data["y_train"]], groups[1]


def _other_room(instance: Instance, seed: int) -> Instance:
    """Another microphone adds a constant to each coefficient of all utterances."""
    spoken, train, unknown = _read(instance)
    shift = make.rng(seed, "room").normal(size=COEFFICIENTS)
    changed = [[utterance + shift for utterance in group] for group in (spoken, unknown)]
    return _instance(changed[0], train, changed[1], instance.truth["labels"])


def _order(instance: Instance, seed: int) -> Instance:
    """Known utterances in another order, unknown ones backwards."""
    spoken, train, unknown = _read(instance)
    order = make.rng(seed, "order").permutation(len(train))
    labels = instance.truth["labels"][::-1]
    return _instance([spoken[i] for i in order], [train[i] for i in order], unknown[::-1], labels)


_SPOKEN = "list[ndarray[float64, (L, 12)]]"

FAMILY = Family(
    id="T044",
    title="Speaker",
    domain="E",
    version=1,
    wordings=(
        Wording("Who said it?", "goal"),
        Wording("Nine people spoke the same two vowels; learn their voices and tell whose voice each new utterance is.", "goal"),
        Wording("Identify the speaker of every unlabelled vowel recording.", "goal"),
        Wording("Average the cepstral coefficients over the frames of each utterance and classify with linear discriminant analysis.", "operation"),
        Wording("Train a speaker classifier on LPC cepstra of different length, ignoring frames that are not real.", "operation"),
        Wording("LPC cepstra → speaker", "terse"),
        Wording("speaker identification from vowels", "terse"),
        Wording("The smart speaker should greet each family member by name after hearing one short sound. Whose is each of these?", "goal", held=True),
        Wording("Model every voice by the mean of its cepstral frames and assign unknown utterances to the likeliest one.", "operation", held=True),
        Wording("voice → name", "terse", held=True),
        Wording("是谁在说话？", "goal", "zh"),
        Wording("对每段话的倒谱系数按有效帧求平均，用线性判别分析识别说话人。", "operation", "zh"),
        Wording("智能音箱听到一声短短的元音，该叫谁的名字？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`vowels.npz`: arrays `x_train` (utterances x frames x 12 LPC cepstral coefficients), `n_train` (frames of each utterance that are real), `y_train` (name of the speaker of each), `x_test` and `n_test` (utterances to be identified, in the same way)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each utterance of `x_test`, in order"),),
        remarks=(
            "each utterance passes from one vowel to another in 7 to 29 frames; its length says nothing about the speaker",
            "frames beyond `n_train` and `n_test` are uncleared memory and mean nothing",
            "the first coefficient follows the loudness of the utterance as well, which differs each time",
            "there are up to nine speakers with four utterances or more; a file may hold one speaker only",
            "no utterance to be identified gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 85 % of the utterances must be assigned rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Utterances",
            ("read coefficients, numbers of frames and speakers from the NPZ", "cut off the frames that are not real"),
            "Read utterances of known speakers and those of unknown ones.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("spoken", _SPOKEN, "1", "cepstra of utterances of known speakers"),
                Slot("y_train", "list[str]", "1", "speaker of each known utterance"),
                Slot("unknown", _SPOKEN, "1", "cepstra of utterances to be identified"),
            ),
        ),
        Stage(
            "Utterance Means",
            ("split each utterance into its first and second half: two vowels", "average the twelve coefficients over the frames of each half"),
            "Average the cepstrum over the first and over the second half of each utterance.",
            (
                Slot("spoken", _SPOKEN, "1", "cepstra of utterances of known speakers", "task1"),
                Slot("unknown", _SPOKEN, "1", "cepstra of utterances to be identified", "task1"),
            ),
            (
                Slot("u_train", "ndarray[float64, (N, F)]", "1", "features of the known utterances"),
                Slot("u_test", "ndarray[float64, (M, F)]", "1", "features of the utterances to be identified"),
            ),
        ),
        Stage(
            "Identify Speakers",
            ("mean of each speaker, covariance within speakers", "distance to each mean in units of that covariance", "take the nearest"),
            "Assign each utterance to the speaker whose mean is nearest in units of the spread within speakers.",
            (
                Slot("u_train", "ndarray[float64, (N, F)]", "1", "features of the known utterances", "task2"),
                Slot("y_train", "list[str]", "1", "speaker of each known utterance", "task1"),
                Slot("u_test", "ndarray[float64, (M, F)]", "1", "features of the utterances to be identified", "task2"),
            ),
            (Slot("labels", "list[str]", "1", "speaker of each utterance"),),
        ),
    ),
    solutions="t044_speaker",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.85, "least"),),  # worst right 0.94 (ridge, hard); best wrong on nominal 0.80 (raw neighbour)
    alternates=(
        Variant("ridge", "ridge regression on one column per speaker", swap={"identify_speakers": "identify_speakers_ridge"}),
        Variant("eigen", "discriminant directions from a generalised eigenvalue problem", swap={"identify_speakers": "identify_speakers_eigen"}),
        Variant("bayes", "independent normal densities with a common spread", swap={"identify_speakers": "identify_speakers_bayes"}),
        Variant("quarters", "means over four parts of the utterance", swap={"utterance_means": "utterance_means_resampled", "identify_speakers": "identify_speakers_bayes"}),
    ),
    mutants=(
        Variant("majority", "the most frequent speaker for all", swap={"identify_speakers": "identify_speakers_majority"}, naive=True),
        Variant("first_coefficient", "the first coefficient alone", swap={"utterance_means": "utterance_means_first"}),
        Variant("length", "the number of frames alone", swap={"utterance_means": "utterance_means_length"}),
        Variant("padding", "means over the uncleared memory too", swap={"load_utterances": "load_utterances_whole"}),
        Variant("raw_neighbour", "nearest utterance in raw units, so that loudness decides", swap={"identify_speakers": "identify_speakers_plain"}),
        Variant("label_order", "speakers are numbered in sorted order but named in the order of first appearance", edits=(("identify_speakers", "return [speakers[k] for", "return [list(dict.fromkeys(y_train))[k] for"),)),
    ),
    notes=(
        "LPC cepstral coefficients describe the shape of the vocal tract, frame by frame; the lower ones are larger. For the same vowels "
        "the mean over the frames is typical of the speaker. Utterances last 7 to 29 frames, so arrays have frames to spare: averages must run over "
        "real frames only. Two vowels in a row suggest two means, one per half. The first coefficient mixes in loudness. Speakers differ "
        "less in some directions than one speaker varies, so measure distances in units of the covariance within speakers (linear "
        "discriminant analysis, Mahalanobis distance), shrunk towards its diagonal when there are few utterances. Nearest neighbours in raw "
        "units are led by the loudest coefficient."
    ),
    relations=(Relation("other_microphone", _other_room), Relation("order", _order)),
    needs=("scipy",),
    sources=(
        "JapaneseVowels, UCI archive (Kudo, Toyama, Shimbo 1999), as a model of shape and classes; no data is read",
        "Fisher 1936, Ann. Eugenics 7(2):179-188 (linear discriminant)",
    ),
)  # fmt: skip
