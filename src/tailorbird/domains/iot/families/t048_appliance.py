"""T048 appliance: which household appliance drew this power, from a normalised profile of some four hours.

A synthetic twin of ACSF1 (1,460 samples every 10 s, normalised), drawn anew for each seed. Times of use are arbitrary, so
profiles of one appliance never lie on top of each other. Covers: one appliance per profile. Does not cover: sums of
several appliances, absolute power.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SAMPLES = 1460
"""Samples of a profile, one every 10 s."""

APPLIANCES = ("fridge", "kettle", "oven", "television", "lamp", "washer", "charger", "laptop")
"""Names of the classes."""

NOISE = {"easy": 0.005, "nominal": 0.015, "hard": 0.025, "edge": 0.01}
"""Noise of the meter as a share of the usual power."""


def generate(seed: int, level: Level) -> Instance:
    """Eight appliances, 6 to 8 labelled profiles of each; edge: nothing to name, one appliance, or four profiles each."""
    draw = make.rng(seed, "T048", level)
    kind = str(draw.choice(["none", "single", "scarce"])) if level == "edge" else ""
    known = [str(draw.choice(APPLIANCES))] if kind == "single" else list(APPLIANCES)
    each = 4 if kind == "scarce" else int(draw.integers(6, 9))
    train = [known[k] for k in draw.permutation(np.arange(each * len(known)) % len(known))]
    test = [str(name) for name in draw.choice(known, 0 if kind == "none" else int(draw.integers(40, 51)))]
    profiles = [
        np.array([_profile(draw, name, level) for name in names]).reshape(-1, SAMPLES) for names in (train, test)
    ]
    return _instance(profiles[0], train, profiles[1], test)


def _profile(draw: np.random.Generator, name: str, level: Level) -> make.Floats:
    """A profile of mean 0 and standard deviation 1, shape (1460,)."""
    use = {
        "fridge": _fridge, "kettle": _kettle, "oven": _oven, "television": _television,
        "lamp": _lamp, "washer": _washer, "charger": _charger, "laptop": _laptop,
    }[name]  # fmt: skip
    power = np.roll(use(draw), int(draw.integers(SAMPLES))) + draw.normal(0, NOISE[level], SAMPLES)
    return np.asarray((power - power.mean()) / power.std())


def _block(draw: np.random.Generator, shortest: int, longest: int) -> tuple[int, int]:
    """Start and end of a block of use that lies inside the profile."""
    length = int(draw.integers(shortest, longest))
    start = int(draw.integers(0, SAMPLES - length))
    return start, start + length


def _fridge(draw: np.random.Generator) -> make.Floats:
    """A compressor that runs a third to a half of the time, with a peak at each start."""
    period, duty = draw.uniform(110, 190), draw.uniform(0.33, 0.5)
    phase = np.mod(np.arange(SAMPLES) / period * (1 + 0.03 * draw.normal()) + draw.uniform(), 1.0)
    return np.asarray((phase < duty) * (1 + 0.5 * np.exp(-phase * period / 6)))


def _kettle(draw: np.random.Generator) -> make.Floats:
    """A few short boils."""
    power = np.zeros(SAMPLES)
    for _ in range(int(draw.integers(3, 7))):
        start, end = _block(draw, 12, 28)
        power[start:end] = 1.0
    return power


def _oven(draw: np.random.Generator) -> make.Floats:
    """Heating up, then a thermostat that switches every one to two minutes."""
    power = np.zeros(SAMPLES)
    start, end = _block(draw, 500, 1000)
    phase = np.mod(np.arange(end - start) / draw.uniform(9, 15) + draw.uniform(), 1.0)
    power[start:end] = phase < draw.uniform(0.35, 0.55)
    power[start : start + int(draw.integers(30, 60))] = 1.0
    return power


def _television(draw: np.random.Generator) -> make.Floats:
    """A long evening with a level that follows the picture."""
    power = np.zeros(SAMPLES)
    start, end = _block(draw, 600, 1100)
    picture = draw.normal(size=end - start)
    for k in range(1, picture.size):
        picture[k] += 0.7 * picture[k - 1]
    power[start:end] = 1 + 0.12 * picture
    return power


def _lamp(draw: np.random.Generator) -> make.Floats:
    """One or two long times of constant light."""
    power = np.zeros(SAMPLES)
    for _ in range(int(draw.integers(1, 3))):
        start, end = _block(draw, 350, 600)
        power[start:end] = 1.0
    return power


def _washer(draw: np.random.Generator) -> make.Floats:
    """Heating of the water, then a drum that turns to and fro, then spinning."""
    power = np.zeros(SAMPLES)
    start, end = _block(draw, 600, 900)
    phase = np.mod(np.arange(end - start) / draw.uniform(4, 6), 1.0)
    power[start:end] = 0.16 * (phase < 0.6) * draw.uniform(0.6, 1.4, end - start)
    heat = start + int(draw.integers(20, 60))
    power[heat : heat + int(draw.integers(90, 150))] += 1.0
    power[end - int(draw.integers(25, 45)) : end] = 0.35
    return power


def _charger(draw: np.random.Generator) -> make.Floats:
    """Constant current, then a slow decay, once or twice."""
    power = np.zeros(SAMPLES)
    for _ in range(int(draw.integers(1, 3))):
        start = int(draw.integers(0, 900))
        flat, decay = draw.uniform(80, 200), draw.uniform(80, 160)
        span = np.arange(SAMPLES - start)
        power[start:] = np.where(span < flat, 1.0, np.exp(-(span - flat) / decay))
    return power


def _laptop(draw: np.random.Generator) -> make.Floats:
    """Jumps between a few loads, each held for a while."""
    levels = np.array([0.25, 0.5, 0.75, 1.0])
    power = np.zeros(SAMPLES)
    at = 0
    while at < SAMPLES:
        held = 1 + int(draw.exponential(25))
        power[at : at + held] = draw.choice(levels) + draw.normal(0, 0.03)
        at += held
    return power


def _instance(x_train: make.Floats, train: Sequence[str], x_test: make.Floats, test: Sequence[str]) -> Instance:
    content = make.npz_bytes(
        x_train=x_train.astype(np.float32), y_train=np.array(train, dtype="U12"), x_test=x_test.astype(np.float32)
    )
    return Instance({"sockets.npz": content}, {"labels": list(test), "known": sorted(set(train))}, "sockets.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of profiles named rightly; 0 where their number is wrong or a name is unknown, 1 for none."""
    wanted, found = truth["labels"], output["labels"]
    if len(wanted) != len(found) or not set(found) <= set(truth["known"]):
        return {"accuracy": 0.0}
    hits = sum(a == b for a, b in zip(wanted, found, strict=True))
    return {"accuracy": hits / len(wanted) if wanted else 1.0}


def _read(instance: Instance) -> tuple[make.Floats, list[str], make.Floats]:
    with np.load(io.BytesIO(instance.visible["sockets.npz"])) as data:
        names = [str(name) for name in data["y_train"]]
        return np.asarray(data["x_train"], float), names, np.asarray(data["x_test"], float)


def _later(instance: Instance, seed: int) -> Instance:
    """Every profile to be named shifted in time, its end moved to its front."""
    x_train, train, x_test = _read(instance)
    shift = int(make.rng(seed, "later").integers(100, 1300))
    return _instance(x_train, train, np.roll(x_test, shift, axis=1), instance.truth["labels"])


def _order(instance: Instance, seed: int) -> Instance:
    """Labelled profiles in another order, the others backwards."""
    x_train, train, x_test = _read(instance)
    order = make.rng(seed, "order").permutation(len(train))
    return _instance(x_train[order], [train[i] for i in order], x_test[::-1], instance.truth["labels"][::-1])


_PROFILES = "ndarray[float64, (N, 1460)]"
_OTHERS = "ndarray[float64, (M, 1460)]"

FAMILY = Family(
    id="T048",
    title="Appliance",
    domain="F",
    version=1,
    wordings=(
        Wording("Which appliance is this?", "goal"),
        Wording("My smart plugs forgot what is plugged in. Learn from the labelled power profiles and name the others.", "goal"),
        Wording("Name the household device behind each normalised consumption profile.", "goal"),
        Wording("Describe each power profile by quantiles, step sizes and band powers, and take the most similar labelled one.", "operation"),
        Wording("Extract shift-invariant features from the four-hour profiles and train an appliance classifier.", "operation"),
        Wording("1,460 power samples → appliance", "terse"),
        Wording("appliance type from plug profile", "terse"),
        Wording("The utility's app should greet a new plug with 'this looks like your fridge'. What does each profile look like?", "goal", held=True),
        Wording("Classify load signatures by level distribution and switching rhythm regardless of the time of use.", "operation", held=True),
        Wording("load signature → device name", "terse", held=True),
        Wording("这是哪种电器？", "goal", "zh"),
        Wording("用分位数、跳变幅度和频带功率描述功率曲线，再训练分类器识别电器。", "operation", "zh"),
        Wording("智能插座忘了后面接的是什么，请根据用电曲线猜出来。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`sockets.npz`: arrays `x_train` (profiles x 1460 samples of power, one every 10 s, normalised to mean 0 and standard deviation 1), `y_train` (name of the appliance of each profile of `x_train`), `x_test` (profiles to be named, as `x_train`)",
        ),
        outputs=(Slot("labels", "list[str]", "1", "one of the names in `y_train` for each profile of `x_test`, in its order"),),
        remarks=(
            "an appliance is used at any time within a profile, for varying times; its rhythm and its levels are typical of it",
            "profiles are normalised one by one, so that mean and spread say nothing",
            "there are up to eight appliances with four labelled profiles or more; a file may hold one appliance only",
            "no profile to be named gives an empty list; a name that is not in `y_train` spoils the whole answer",
            "at least 78 % of the profiles must be named rightly",
        ),
    ),
    stages=(
        Stage(
            "Load Power Profiles",
            ("read labelled profiles, their names, and the profiles to be named from the NPZ",),
            "Read labelled power profiles and those to be named.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("profiles", _PROFILES, "1", "labelled profiles, normalised power every 10 s"),
                Slot("y_train", "list[str]", "1", "name of each labelled profile"),
                Slot("others", _OTHERS, "1", "profiles to be named"),
            ),
        ),
        Stage(
            "Profile Features",
            (
                "deciles of the samples: which levels occur, and for how long",
                "quantiles of the steps between samples on a logarithmic scale: how it switches",
                "logarithms of the power in six bands: how fast it does",
            ),
            "Describe each profile by its levels and its rhythm, not by when things happen.",
            (
                Slot("profiles", _PROFILES, "1", "labelled profiles, normalised power every 10 s", "task1"),
                Slot("others", _OTHERS, "1", "profiles to be named", "task1"),
            ),
            (
                Slot("p_train", "ndarray[float64, (N, F)]", "1", "features of the labelled profiles"),
                Slot("p_test", "ndarray[float64, (M, F)]", "1", "features of the profiles to be named"),
            ),
        ),
        Stage(
            "Name Appliances",
            ("divide each feature by its spread", "take the name of the labelled profile at the least sum of absolute differences"),
            "Name each profile after the labelled profile most like it.",
            (
                Slot("p_train", "ndarray[float64, (N, F)]", "1", "features of the labelled profiles", "task2"),
                Slot("y_train", "list[str]", "1", "name of each labelled profile", "task1"),
                Slot("p_test", "ndarray[float64, (M, F)]", "1", "features of the profiles to be named", "task2"),
            ),
            (Slot("labels", "list[str]", "1", "name of each profile"),),
        ),
    ),
    solutions="t048_appliance",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.78, "least"),),  # worst right 0.86 (discriminant, easy); best wrong on nominal 0.62 (hourly)
    alternates=(
        Variant("discriminant", "linear discriminant analysis with a shrunk covariance", swap={"name_appliances": "name_appliances_discriminant"}),
        Variant("pairs", "the two nearest profiles of each appliance together", swap={"name_appliances": "name_appliances_pairs"}),
        Variant("correlation", "autocorrelation, histogram and counts of steps", swap={"profile_features": "profile_features_correlation"}),
        Variant("frames", "quantiles of differences and rolling spreads with pandas", swap={"profile_features": "profile_features_frames"}),
    ),
    mutants=(
        Variant("majority", "the most frequent name for all", swap={"name_appliances": "name_appliances_majority"}, naive=True),
        Variant("raw_neighbour", "nearest neighbour on the samples, which only agree by chance", swap={"profile_features": "profile_features_raw", "name_appliances": "name_appliances_plain"}),
        Variant("moments", "mean and spread, which are the same for all", swap={"profile_features": "profile_features_moments"}),
        Variant("hourly", "means over longer times, which keep the time and lose the rhythm", swap={"profile_features": "profile_features_hourly", "name_appliances": "name_appliances_plain"}),
        Variant("sorted_names", "the names of the labelled profiles were sorted, the profiles were not", edits=(("name_appliances", "[y_train[k] for", "[sorted(y_train)[k] for"),)),
        Variant("farthest", "the profile least alike", edits=(("name_appliances", "np.argmin(gaps", "np.argmax(gaps"),)),
    ),
    notes=(
        "The power profile of an appliance shows how it works: a fridge cycles every 15 to 30 minutes with a peak at each start, an oven's "
        "thermostat switches every few minutes, a kettle boils for a few minutes, lamps are constant, screens follow the picture, batteries "
        "end in a slow decay, washing machines heat once and then turn the drum. Times of use are arbitrary: comparing profiles sample by "
        "sample compares use with idle time. Features must not depend on time: quantiles of the samples, of the differences, power in "
        "frequency bands, autocorrelation, or many random convolution kernels pooled over time. Where profiles are normalised one by one, "
        "mean and spread are useless. Take logarithms of powers, scale features, and regularise: there are only a few examples of each."
    ),
    relations=(Relation("later", _later), Relation("order", _order)),
    needs=("pandas", "sklearn"),
    sources=(
        "ACSF1, UCR archive (Gisler et al. 2013, appliance consumption signature database), as a model of shape and classes; no data is read",
        "Hart 1992, Proc. IEEE 80(12):1870-1891 (nonintrusive appliance load monitoring)",
    ),
)  # fmt: skip
