"""T012 WFDB pipeline: a packed PhysioNet record read, its beats found, and an MIT annotation file written.

The record is a JSON object with the text of the header and the signal file of format 16 as base64; the answer is the
annotation file as base64. Truth comes from the generator that placed the beats; the measure decodes the file with a
reader of its own. Covers: format 16, one file, gains with and without a baseline. Does not cover: formats 212 and 310,
several samples per frame, segments.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import error, event_f1

NOISE = {"easy": 0.01, "nominal": 0.03, "hard": 0.05, "edge": 0.02}
"""Standard deviation of the noise, mV."""

SKIP = 59
"""Annotation type that announces a long interval."""


def generate(seed: int, level: Level) -> Instance:
    """12 to 20 s of two or three signals; edge: no beat, a long standstill, or very fast beats."""
    draw = make.rng(seed, "T012", level)
    kind = str(draw.choice(["none", "pause", "fast"])) if level == "edge" else ""
    rate, seconds = int(draw.choice([200, 250, 360, 400, 500])), float(draw.uniform(12, 20))
    mean = float(draw.uniform(0.36, 0.42) if kind == "fast" else draw.uniform(0.6, 1.1))
    times = np.arange(int(seconds * rate)) / rate
    gaps = mean * (1 + np.clip(draw.normal(0, 0.03, int(seconds / mean)), -0.08, 0.08))
    beats = np.cumsum(gaps)
    if level == "hard" or kind == "pause":
        late = int(draw.integers(0, 4))
        beats[late:] += 1100 / rate + draw.uniform(0.2, 0.8)
    beats = beats[:0] if kind == "none" else beats[beats < seconds - 0.4]
    ecg = draw.uniform(0.8, 1.6) * make.ecg(times, beats) + draw.normal(0, NOISE[level], times.size)
    ecg += 0.08 * np.sin(2 * np.pi * draw.uniform(0.15, 0.3) * times + draw.uniform(0, 6))
    signals = [("ECG", "mV", ecg), *_others(draw, times, beats)]
    order = draw.permutation(len(signals))
    if level == "hard" and order[0] == 0:
        order = order[::-1]
    return _packed(draw, rate, [signals[at] for at in order], beats, ecg)


def _others(draw: np.random.Generator, times: make.Floats, beats: make.Floats) -> list[tuple[str, str, make.Floats]]:
    """A finger pulse that lags the beats, and mostly a breathing curve."""
    pulse = np.zeros_like(times)
    for beat in beats:
        pulse += np.exp(-0.5 * ((times - beat - 0.32) / 0.09) ** 2)
    others = [("PLETH", "NU", pulse + draw.normal(0, 0.02, times.size))]
    if draw.random() < 0.6:
        others.append(("RESP", "Ohm", 2 * np.sin(2 * np.pi * 0.25 * times + draw.uniform(0, 6))))
    return others


def _packed(
    draw: np.random.Generator,
    rate: int,
    signals: list[tuple[str, str, make.Floats]],
    beats: make.Floats,
    ecg: make.Floats,
) -> Instance:
    """Digitises the signals with drawn gains and zeros and packs header and words."""
    name = f"p{int(draw.integers(100, 999))}"
    lines, columns = [f"{name} {len(signals)} {rate} {ecg.size}"], []
    for label, unit, values in signals:
        gain, zero = int(draw.choice([200, 400, 1000, 2000])), int(draw.choice([-1, 1]) * draw.integers(400, 3000))
        words = np.clip(np.round(values * gain + zero), -32768, 32767).astype(np.int64)
        plain = draw.random() < 0.3
        scale = f"{gain}/{unit}" if plain else f"{gain}({zero})/{unit}"
        check = int((words.sum() + 32768) % 65536 - 32768)
        lines.append(f"{name}.dat 16 {scale} 16 {zero if plain else 0} {words[0]} {check} 0 {label}")
        columns.append(words)
    lines.append("# simulated record")
    raw = np.column_stack(columns).astype("<i2").tobytes()
    samples = [int(at) for at in np.round(beats * rate)]
    height = float(np.median(ecg[samples])) if samples else None
    return _stored("\n".join(lines) + "\n", raw, {"samples": samples, "fs": rate, "peak_mv": height})


def _stored(header: str, raw: bytes, truth: Mapping[str, Any]) -> Instance:
    data = {"header": header, "dat": base64.b64encode(raw).decode()}
    return Instance({"record.json": make.json_bytes(data)}, truth, "record.json")


def read_annotations(text: str) -> list[tuple[int, int]] | None:
    """Sample and type of each annotation of a base64-coded MIT annotation file; none when it is not one.

    Source of the format: WFDB Applications Guide, annot(5).
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    words = [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw) - 1, 2)]
    found: list[tuple[int, int]] = []
    now = at = 0
    while at < len(words):
        kind, wait = divmod(words[at], 1024)
        at += 1
        if kind == 0 and wait == 0:
            return found if at == len(words) and len(raw) % 2 == 0 else None
        if kind == SKIP:
            if at + 2 > len(words):
                return None
            now, at = now + ((words[at] << 16) | words[at + 1]), at + 2
            continue
        now += wait
        found.append((now, kind))
    return None


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """F1 of N annotations within ±50 ms, 0 for a file that cannot be read, and the error of the peak voltage in mV."""
    found = read_annotations(output["annotations"])
    wanted = [sample / truth["fs"] for sample in truth["samples"]]
    normal = None if found is None else [sample / truth["fs"] for sample, kind in found if kind == 1]
    f1 = 0.0 if normal is None or len(normal) != len(found or []) else event_f1(wanted, normal, 0.05)
    right, height = truth["peak_mv"], output["peak_mv"]
    gap = error(right, height) if right is not None and height is not None else (0.0 if right is height else np.inf)
    return {"f1": f1, "peak_error_mv": float(gap)}


def _changed(change: str) -> Any:
    """A relation: samples cut off in front, or a comment and another record name in the header."""

    def apply(instance: Instance, seed: int) -> Instance:
        data, truth = json.loads(instance.visible["record.json"]), dict(instance.truth)
        lines, raw = data["header"].split("\n"), base64.b64decode(data["dat"])
        if change == "comment":
            return _stored("# exported for a test\n" + data["header"].replace("# simulated", "# altered"), raw, truth)
        count, cut = int(lines[0].split()[1]), int(make.rng(seed, change).integers(5, 40))
        cut = min([cut, *(max(0, sample - round(0.3 * truth["fs"])) for sample in truth["samples"][:1])])
        fields = lines[0].split()
        lines[0] = " ".join([*fields[:3], str(int(fields[3]) - cut)])
        moved = truth | {"samples": [sample - cut for sample in truth["samples"]]}
        return _stored("\n".join(lines), raw[2 * count * cut :], moved)

    return apply


_FS = Slot("fs", "float", "Hz", "sampling rate", "task2")
_ECG = Slot("ecg", "ndarray[float64, (N)]", "mV", "voltage", "task2")
_SAMPLES = Slot("samples", "list[int]", "sample", "sample numbers of the R peaks, ascending", "task3")

FAMILY = Family(
    id="T012",
    title="WFDB pipeline",
    domain="A",
    version=1,
    wordings=(
        Wording("Read record, detect beats, write an annotation file.", "goal"),
        Wording("Parse the WFDB header, scale the ECG channel with gain and baseline, detect QRS complexes, encode them as MIT annotations.", "operation"),
        Wording("I have a PhysioNet-style record with several signals and want its heartbeats as a proper annotation file.", "goal"),
        Wording("Decode the 16-bit samples, find R peaks in the ECG signal, store N annotations in base64.", "operation"),
        Wording("WFDB record → .atr bytes", "terse"),
        Wording("Our viewer shows beat marks only from MIT annotation files; make one for this record and tell me the median R voltage.", "goal", held=True),
        Wording("Unpack header and format 16 data, locate beats, write intervals with SKIP where they are long.", "operation", held=True),
        Wording("annotate beats of a .hea/.dat pair", "terse", held=True),
        Wording("读取记录，检测心拍，写出注释文件。", "goal", "zh"),
        Wording("解析 WFDB 头文件，用增益和基线换算心电通道，检测 QRS 并编码为 MIT 注释。", "operation", "zh"),
        Wording("WFDB 记录 → 注释文件（base64）", "terse", "zh"),
        Wording("我们的浏览器只认 MIT 注释格式，请给这条多通道记录标出每次心跳。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`record.json`: object with `header`, the text of a WFDB header file, and `dat`, the base64 of its signal file in format 16: signed 16-bit little-endian words, the signals of one sample beside each other",),
        outputs=(
            Slot("annotations", "str", "1", "base64 of an MIT annotation file with one N annotation per beat"),
            Slot("peak_mv", "float or none", "mV", "median voltage of the ECG at the R peaks; none without beats"),
        ),
        remarks=(
            "lines of the header that start with # are comments; the first other line is `name signals rate samples`, then follows one line per signal: `file format gain(baseline)/unit bits zero first checksum block description`",
            "voltage in mV = (word - baseline) / gain; where the baseline is not given, `zero` takes its place; the ECG is the signal described as ECG, in any position",
            "an annotation is a 16-bit little-endian word: type in the upper 6 bits (N is 1), samples since the annotation before (the first: since 0) in the lower 10; an interval above 1023 is written as the word 59 * 1024, then the interval as two words, the upper 16 bits first, then the annotation with interval 0; the word 0 ends the file",
            "an R peak rises at least 0.35 mV; a record may hold none: then the file is the end word alone, base64 AAA=",
            "beats count within 50 ms, at least 95 % of them (F1); the median voltage within 0.15 mV",
            "example: beats at samples 100 and 1500 are the bytes 64 04 00 EC 00 00 78 05 00 04 00 00, base64 ZAQA7AAAeAUABAAA",
        ),
    ),
    stages=(
        Stage(
            "Unpack Record",
            ("read the JSON", "drop comments from the header", "decode the 16-bit words"),
            "Read header lines and signal words of a packed WFDB record.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("header", "list[str]", "1", "header lines without comments"),
                Slot("words", "ndarray[int64, (K)]", "count", "interleaved samples of all signals"),
            ),
        ),
        Stage(
            "Physical ECG",
            ("find the signal described as ECG", "take every n-th word, subtract the baseline, divide by the gain"),
            "Pick the ECG channel and convert it to millivolts.",
            (
                Slot("header", "list[str]", "1", "header lines without comments", "task1"),
                Slot("words", "ndarray[int64, (K)]", "count", "interleaved samples of all signals", "task1"),
            ),
            (Slot("ecg", "ndarray[float64, (N)]", "mV", "voltage"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Detect Beat Samples",
            ("band-pass 2 to 30 Hz, zero phase", "peaks above 0.3 mV and half of a typical one, 300 ms apart"),
            "Find the samples of the R peaks of an ECG.",
            (_ECG, _FS),
            (Slot("samples", "list[int]", "sample", "sample numbers of the R peaks, ascending"),),
        ),
        Stage(
            "Median Peak Voltage",
            ("median of the voltage at the peaks", "none without beats"),
            "Give the median voltage at the R peaks.",
            (_ECG, _SAMPLES),
            (Slot("peak_mv", "float or none", "mV", "median voltage of the ECG at the R peaks; none without beats"),),
        ),
        Stage(
            "Encode Annotations",
            ("one word of type 1 and interval per beat", "SKIP before intervals above 1023", "a word of zero at the end, then base64"),
            "Write beats as an annotation file of the MIT format.",
            (_SAMPLES,),
            (Slot("annotations", "str", "1", "base64 of an MIT annotation file with one N annotation per beat"),),
        ),
    ),
    solutions="t012_wfdb",
    generate=generate,
    measure=measure,
    bars=(
        Bar("f1", 0.95, "least"),  # worst right 1.0; wrong ones 0.3 and less unless the draw suits them
        Bar("peak_error_mv", 0.15, "most"),  # worst right 0.056; best wrong 0.24 (baseline_ignored)
    ),
    alternates=(
        Variant("table", "words as a table, struct for decoding", swap={"unpack_record": "unpack_record_struct", "physical_ecg": "physical_ecg_table"}),
        Variant("slope", "beats by steep slope, annotation words at once", swap={"detect_beat_samples": "detect_beat_samples_slope", "encode_annotations": "encode_annotations_words"}),
        Variant("walker", "beats by one walk along the levelled voltage", swap={"detect_beat_samples": "detect_beat_samples_walker"}),
    ),
    mutants=(
        Variant("comb", "a beat every 0.8 s", swap={"detect_beat_samples": "detect_beat_samples_comb"}, naive=True),
        Variant("seconds", "seconds as sample numbers", edits=(("detect_beat_samples", "int(peak)", "int(peak / fs)"),)),
        Variant("gain_ignored", "words are taken for millivolts", edits=(("physical_ecg", "/ float(gain), fs", "/ 1.0, fs"),)),
        Variant("baseline_ignored", "the baseline is not subtracted", edits=(("physical_ecg", "words[channel::count] - zero", "words[channel::count] - 0 * zero"),)),
        Variant("first_channel", "the first signal is taken for the ECG", swap={"physical_ecg": "physical_ecg_first"}),
        Variant("text", "text instead of the binary format", swap={"encode_annotations": "encode_annotations_text"}),
        Variant("absolute", "sample numbers instead of intervals", swap={"encode_annotations": "encode_annotations_absolute"}),
        Variant("no_skip", "long intervals are cut off at 1023 samples", swap={"encode_annotations": "encode_annotations_no_skip"}, levels=("hard",)),
    ),
    notes=(
        "A WFDB record is a text header (.hea), one or more binary signal files (.dat) and annotation files (.atr and others). "
        "The header's first line gives name, number of signals, sampling rate and number of samples; each further line gives "
        "file, storage format, gain with baseline and unit, resolution, zero level, first value, checksum, block size and a "
        "description. Format 16 stores signed 16-bit words, least byte first, the signals interleaved. Physical value = "
        "(digital - baseline) / gain. An MIT annotation is a 16-bit word with a 6-bit type (1 is N, a normal beat) and a 10-bit "
        "interval since the last annotation; intervals beyond 1023 samples need SKIP (59) followed by a 32-bit interval whose "
        "upper half comes first, a leftover of the PDP-11. A zero word ends the file."
    ),
    relations=(Relation("comments", _changed("comment")), Relation("start_cut", _changed("cut"))),
    needs=("scipy",),
    sources=("WFDB Applications Guide: header(5), signal(5), annot(5), PhysioNet", "sum-of-Gaussians ECG after McSharry et al. 2003"),
)  # fmt: skip
