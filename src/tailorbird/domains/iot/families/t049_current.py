"""T049 appliance by current: what is plugged in, from a short trace of the current it draws when it is switched on.

A synthetic twin of PLAID (traces of 100 to 1,344 samples, amplitude kept), drawn anew for each seed. Size and wave form of
the current tell the appliance; no single one of them does. Covers: one appliance per trace, a known mains frequency. Does
not cover: voltage, several appliances at once.
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

APPLIANCES: Mapping[str, tuple[float, tuple[float, ...], float]] = {
    "heater": (6.0, (0.0, 0.0, 0.0, 0.0, 0.0), 1.0),
    "bulb": (0.4, (0.0, 0.0, 0.0, 0.0, 0.0), 2.6),
    "vacuum": (5.0, (0.0, 0.22, 0.03, 0.0, 0.0), 1.8),
    "microwave": (7.0, (0.16, 0.30, 0.10, 0.03, 0.0), 1.3),
    "fridge": (1.2, (0.02, 0.10, 0.03, 0.01, 0.0), 3.5),
    "laptop": (0.5, (0.0, 0.80, 0.60, 0.38, 0.20), 1.2),
    "television": (0.9, (0.0, 0.50, 0.25, 0.10, 0.06), 1.6),
    "fan": (0.5, (0.02, 0.10, 0.03, 0.01, 0.0), 1.3),
}
"""Usual root mean square (A), harmonics 2, 3, 5, 7, 9 over the first, and inrush over steady current."""

SPAN = {"easy": 1.2, "nominal": 1.5, "hard": 1.6, "edge": 1.3}
"""Largest factor by which makes of an appliance differ in size."""

NOISE = {"easy": 0.005, "nominal": 0.015, "hard": 0.025, "edge": 0.01}
"""Noise as a share of the amplitude."""


def generate(seed: int, level: Level) -> Instance:
    """Eight appliances, 6 to 9 known traces of each; edge: nothing to name, one appliance, or four traces of each."""
    draw = make.rng(seed, "T049", level)
    kind = str(draw.choice(["none", "single", "scarce"])) if level == "edge" else ""
    known = [str(draw.choice(list(APPLIANCES)))] if kind == "single" else list(APPLIANCES)
    each = 4 if kind == "scarce" else int(draw.integers(6, 10))
    train = [known[k] for k in draw.permutation(np.arange(each * len(known)) % len(known))]
    test = [str(name) for name in draw.choice(known, 0 if kind == "none" else int(draw.integers(50, 71)))]
    fs, mains = float(draw.choice([1500, 1800, 2400, 3000])), float(draw.choice([50, 60]))
    traces = [[_trace(draw, name, fs, mains, level) for name in names] for names in (train, test)]
    return _instance(traces, train, test, (fs, mains))


def _trace(draw: np.random.Generator, name: str, fs: float, mains: float, level: Level) -> make.Floats:
    """Current in A from the moment of switching on, shape (L,), starting at any phase of the mains."""
    size, harmonics, inrush = APPLIANCES[name]
    length = int(draw.integers(round(3.2 * fs / mains), 700))
    time = np.arange(length) / fs
    phase = 2 * np.pi * (mains * time + draw.uniform())
    wave = np.sin(phase)
    for order, share in zip((2, 3, 5, 7, 9), harmonics, strict=True):
        angle = order * (phase - np.pi / 2) + np.pi / 2 + (0.3 * order if name == "fridge" else 0.0)
        wave = wave + share * draw.uniform(0.85, 1.15) * np.sin(angle + (np.pi if name == "vacuum" else 0.0))
    wave /= np.sqrt(0.5 * (1 + sum(share**2 for share in harmonics)))
    start = (inrush - 1) * draw.uniform(0.8, 1.2) * np.exp(-time * mains / draw.uniform(0.5, 0.9))
    wave = wave * (1 + start) * size * SPAN[level] ** draw.uniform(-1, 1)
    return np.asarray(wave + draw.normal(0, NOISE[level] * size, length))


def _instance(
    traces: Sequence[Sequence[make.Floats]], train: Sequence[str], test: Sequence[str], rates: tuple[float, float]
) -> Instance:
    content = make.npz_bytes(
        i_train=_joined(traces[0]),
        n_train=np.array([trace.size for trace in traces[0]], dtype=np.int64),
        y_train=np.array(train, dtype="U12"),
        i_test=_joined(traces[1]),
        n_test=np.array([trace.size for trace in traces[1]], dtype=np.int64),
        fs=np.array(rates[0]),
        mains=np.array(rates[1]),
    )
    return Instance({"currents.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "currents.npz")


def _joined(traces: Sequence[make.Floats]) -> NDArray[np.float32]:
    """All traces one after the other."""
    return np.asarray(np.concatenate([*traces, np.zeros(0)]), dtype=np.float32)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of traces named rightly; 0 where their number is wrong or a name is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[list[list[make.Floats]], list[str], tuple[float, float]]:
    with np.load(io.BytesIO(instance.visible["currents.npz"])) as data:
        groups = []
        for part in ("train", "test"):
            ends = np.cumsum(data[f"n_{part}"])
            values = np.asarray(data[f"i_{part}"], float)
            groups.append([values[end - n : end] for end, n in zip(ends, data[f"n_{part}"], strict=True)])
        return groups, [str(name) for name in data["y_train"]], (float(data["fs"]), float(data["mains"]))


def _reversed_clamp(instance: Instance, seed: int) -> Instance:
    """The current clamp put on the other way round."""
    groups, train, rates = _read(instance)
    turned = [[-trace for trace in group] for group in groups]
    return _instance(turned, train, instance.truth["labels"], rates)


def _other_mains(instance: Instance, seed: int) -> Instance:
    """The same samples on a slower clock: both rates divided by one factor."""
    groups, train, rates = _read(instance)
    factor = float(make.rng(seed, "clock").choice([0.5, 2.0, 3.0]))
    return _instance(groups, train, instance.truth["labels"], (rates[0] / factor, rates[1] / factor))


_TRACES = "list[ndarray[float64, (L)]]"

FAMILY = Family(
    id="T049",
    title="Appliance by current",
    domain="F",
    version=1,
    wordings=(
        Wording("Identify from a current trace.", "goal"),
        Wording("I clamped a current sensor on the cable while things were switched on; tell which appliance each trace belongs to.", "goal"),
        Wording("Recognise household devices by the wave form and size of the current they draw.", "goal"),
        Wording("Compute root mean square, harmonics and inrush of each current trace and take the nearest known appliance.", "operation"),
        Wording("Extract the third and higher harmonics of the mains from variable-length traces and classify the appliances.", "operation"),
        Wording("variable-length current (A) → appliance", "terse"),
        Wording("appliance from harmonics and inrush", "terse"),
        Wording("The meter at the fuse box catches every switch-on. Learn which wave form means which device.", "goal", held=True),
        Wording("Classify turn-on current snippets of unequal length by amplitude and harmonic content.", "operation", held=True),
        Wording("current wave form → device", "terse", held=True),
        Wording("根据电流波形识别电器。", "goal", "zh"),
        Wording("计算每段电流的有效值、各次谐波和浪涌，按最近邻判断电器。", "operation", "zh"),
        Wording("配电箱里的电流钳记下了每次开机的波形，请学会认出是哪个设备。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`currents.npz`: arrays `i_train` (A, all known traces one after the other), `n_train` (samples of each of them), `y_train` (name of the appliance of each), `i_test` and `n_test` (traces to be named, in the same way), the numbers `fs` (sampling rate, Hz) and `mains` (mains frequency, Hz)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each trace of `i_test`, in order"),),
        remarks=(
            "a trace begins when the appliance is switched on, at any phase of the mains, and lasts three cycles or more; its length says nothing",
            "makes of one appliance differ in size of the current by up to a factor of 1.6 in either direction",
            "appliances differ in size, in harmonics of the steady current, and in how much larger the first cycle is",
            "there are up to eight appliances with four known traces or more; a file may hold one appliance only",
            "no trace to be named gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 85 % of the traces must be named rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Current Traces",
            ("read joined samples, lengths, names and both frequencies from the NPZ", "split the samples into traces"),
            "Read current traces of known appliances and of unknown ones, with sampling rate and mains frequency.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("traces", _TRACES, "A", "known traces"),
                Slot("y_train", "list[str]", "1", "name of each known trace"),
                Slot("others", _TRACES, "A", "traces to be named"),
                Slot("fs", "float", "Hz", "sampling rate"),
                Slot("mains", "float", "Hz", "mains frequency"),
            ),
        ),
        Stage(
            "Current Harmonics",
            (
                "take whole cycles from the end of the trace, where the inrush is over",
                "root mean square, and the harmonics 2, 3, 5, 7, 9 over the first",
                "largest current of the first cycle over that of the end, and the crest factor",
            ),
            "Describe each trace by the size of the current and the shares of its harmonics.",
            (
                Slot("traces", _TRACES, "A", "known traces", "task1"),
                Slot("others", _TRACES, "A", "traces to be named", "task1"),
                Slot("fs", "float", "Hz", "sampling rate", "task1"),
                Slot("mains", "float", "Hz", "mains frequency", "task1"),
            ),
            (
                Slot("h_train", "ndarray[float64, (N, F)]", "1", "features of the known traces"),
                Slot("h_test", "ndarray[float64, (M, F)]", "1", "features of the traces to be named"),
            ),
        ),
        Stage(
            "Recognise Loads",
            ("distance of each trace to each known one in the features", "take the name of the nearest"),
            "Give each trace the name of the known trace with the most similar features.",
            (
                Slot("h_train", "ndarray[float64, (N, F)]", "1", "features of the known traces", "task2"),
                Slot("y_train", "list[str]", "1", "name of each known trace", "task1"),
                Slot("h_test", "ndarray[float64, (M, F)]", "1", "features of the traces to be named", "task2"),
            ),
            (Slot("labels", "list[str]", "1", "name of each trace"),),
        ),
    ),
    solutions="t049_current",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.85, "least"),),  # worst right 0.98 (fit, cycle; hard); best wrong on nominal 0.6 (padded)
    alternates=(
        Variant("fit", "least-squares fit of the harmonics to the second half", swap={"current_harmonics": "current_harmonics_fit"}),
        Variant("cycle", "the mean cycle itself, turned to its first harmonic", swap={"current_harmonics": "current_harmonics_cycle"}),
        Variant("means", "nearest class mean in units of the spread within classes", swap={"recognise_loads": "recognise_loads_means"}),
        Variant("vote", "all known traces vote, weighted by their distance", swap={"recognise_loads": "recognise_loads_vote"}),
    ),
    mutants=(
        Variant("majority", "the most frequent name for all", swap={"recognise_loads": "recognise_loads_majority"}, naive=True),
        Variant("length", "the number of samples only", swap={"current_harmonics": "current_harmonics_length"}),
        Variant("size_only", "the root mean square only", swap={"current_harmonics": "current_harmonics_rms"}),
        Variant("padded", "samples filled with zeros, at different phases", swap={"current_harmonics": "current_harmonics_padded"}),
        Variant("sorted_names", "the names of the known traces were sorted, the traces were not", edits=(("recognise_loads", "[y_train[k] for", "[sorted(y_train)[k] for"),)),
        Variant("farthest", "the trace least alike", edits=(("recognise_loads", "np.argmin", "np.argmax"),)),
    ),
    notes=(
        "Resistive loads (heaters, bulbs) draw a sine; a cold filament draws several times its steady current in the first cycle. Universal "
        "motors flatten or sharpen the sine (third harmonic near 20 %), induction motors draw a large inrush, magnetrons distort one half "
        "wave more than the other (second harmonic), rectifiers with a capacitor draw short pulses at the peaks of the voltage (strong third, "
        "fifth, seventh). Harmonics are read off whole cycles, by projection on sines and cosines of multiples of the mains frequency, at the "
        "end of the trace. Traces start at any phase: use magnitudes, or turn the cycle to its first harmonic. Size alone is ambiguous, since "
        "makes differ; wave form alone does not part a heater from a bulb. Take the logarithm of the size."
    ),
    relations=(Relation("reversed_clamp", _reversed_clamp), Relation("other_clock", _other_mains)),
    needs=(),
    sources=(
        "PLAID (Gao et al. 2014, BuildSys), as a model of shape and classes; no data is read",
        "IEC 61000-3-2 (harmonic currents of household appliances)",
    ),
)  # fmt: skip
