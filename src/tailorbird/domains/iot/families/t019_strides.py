"""T019 strides: heel strikes of the left foot in a walk with pauses, from three body-worn accelerometers.

Truth comes from the generator: strikes are placed, then each sensor is drawn from them. Covers: level walking at a
varying pace, pauses, one axis stuck at its rail. Does not cover: stairs, running, turns, loose sensors.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import event_f1

SENSORS = ("left", "right", "back")
"""Places of the sensors: both ankles and the small of the back."""

NOISE_G = {"easy": 0.02, "nominal": 0.05, "hard": 0.07, "edge": 0.05}
"""Standard deviation of the noise of an axis, g."""

BOUTS = {"easy": (1, 2), "nominal": (2, 4), "hard": (3, 5)}
"""Fewest bouts of walking, and one more than the most."""

RAIL_G = 8.0
"""Reading of an axis that is stuck, g."""


def generate(seed: int, level: Level) -> Instance:
    """20 to 60 s of walking at 50 to 128 Hz; edge: nobody walks, one stride only, very slow or very fast feet."""
    draw = make.rng(seed, "T019", level)
    rate = int(draw.choice([50, 64, 100, 128]))
    kind = str(draw.choice(["still", "single", "slow", "fast"])) if level == "edge" else ""
    stride = {"slow": 1.7, "fast": 0.72}.get(kind, float(draw.uniform(0.9, 1.35)))
    spread = float(draw.uniform(0.035, 0.07))
    bouts = {"still": 0, "single": 1, "slow": 2, "fast": 2}.get(kind) if kind else int(draw.integers(*BOUTS[level]))
    left: list[make.Floats] = []
    right: list[float] = []
    clock = float(draw.uniform(1.5, 3.0))
    for _ in range(bouts or 0):
        number = 1 if kind == "single" else int(draw.integers(7, 13)) + (10 if level == "easy" else 0)
        gaps = stride * (1 + spread * np.clip(draw.normal(size=number), -2, 2))
        strikes = clock + np.concatenate([[0.0], np.cumsum(gaps)])
        left.append(strikes)
        right += (strikes[:-1] + gaps * draw.uniform(0.45, 0.55)).tolist()
        if draw.random() < 0.5:
            right.append(float(strikes[-1] + 0.5 * stride))
        clock = float(strikes[-1] + draw.uniform(4.0, 8.0))
    seconds = clock + (8.0 if kind == "still" else 0.0)
    acc = _body(draw, np.arange(int(seconds * rate)) / rate, left, np.asarray(right), NOISE_G[level])
    if level in ("nominal", "hard"):
        acc["left"][:, int(draw.integers(3))] = RAIL_G * draw.choice([-1, 1])
    names = [f"{sensor}_{axis}" for sensor in SENSORS for axis in "xyz"]
    table = np.concatenate([acc[sensor] for sensor in SENSORS], axis=1)
    order = draw.permutation(9)
    return _instance(table[:, order], [names[i] for i in order], rate, left)


def _body(
    draw: np.random.Generator, times: make.Floats, left: list[make.Floats], right: make.Floats, noise: float
) -> dict[str, make.Floats]:
    """Readings of the three sensors in g, each of shape (N, 3)."""
    both = np.concatenate([*left, np.zeros(0)])
    found = {}
    for sensor in SENSORS:
        gravity = draw.normal(size=3)
        signal = np.tile(gravity / np.linalg.norm(gravity), (times.size, 1))
        signal += 0.25 * _swing(draw, times, left)
        own, other = (right, both) if sensor == "right" else (both, right)
        height = draw.uniform(2.2, 3.2) if sensor != "back" else draw.uniform(0.6, 0.9)
        signal += height * _strikes(draw, times, own)
        signal += (height if sensor == "back" else 0.22 * height) * _strikes(draw, times, other)
        signal += _fidgets(draw, times)
        found[sensor] = signal + draw.normal(0, noise, signal.shape)
    return found


def _strikes(draw: np.random.Generator, times: make.Floats, strikes: make.Floats) -> make.Floats:
    """A decaying ring of 10 to 14 Hz after each strike, shape (N, 3), about 1 g high."""
    signal = np.zeros((times.size, 3))
    pitch, decay = draw.uniform(10, 14), draw.uniform(0.035, 0.05)
    weights = draw.uniform(0.75, 1.0, 3) * draw.choice([-1, 1], 3)
    phases = draw.uniform(0, 0.8, 3)
    for strike in strikes:
        first, last = np.searchsorted(times, (strike, strike + 0.3))
        span = times[first:last, None] - strike
        ring = np.exp(-span / decay) * np.sin(2 * np.pi * pitch * span + phases)
        signal[first:last] += draw.uniform(0.85, 1.15) * weights * ring
    return signal


def _swing(draw: np.random.Generator, times: make.Floats, left: list[make.Floats]) -> make.Floats:
    """The slow movement of each stride, zero in pauses, shape (N, 3)."""
    signal = np.zeros((times.size, 3))
    shift = draw.uniform(0, 2 * np.pi, (2, 3))
    for strikes in left:
        phase = np.interp(times, strikes, np.arange(strikes.size))[:, None]
        inside = ((times >= strikes[0]) & (times <= strikes[-1]))[:, None]
        signal += inside * (np.sin(2 * np.pi * phase + shift[0]) + 0.5 * np.sin(4 * np.pi * phase + shift[1]))
    return signal


def _fidgets(draw: np.random.Generator, times: make.Floats) -> make.Floats:
    """Small slow movements anywhere in the record, shape (N, 3)."""
    signal = np.zeros((times.size, 3))
    for at in draw.uniform(0, max(times[-1], 1.0), 5):
        signal += np.exp(-0.5 * ((times - at) / 0.15) ** 2)[:, None] * draw.normal(0, 0.2, 3)
    return signal


def _instance(table: make.Floats, names: list[str], rate: int, left: list[make.Floats]) -> Instance:
    gaps = np.concatenate([*(np.diff(strikes) for strikes in left), np.zeros(0)])
    starts = np.concatenate([*(strikes[:-1] for strikes in left), np.zeros(0)])
    content = make.npz_bytes(acc=table.astype(np.float32), channels=np.array(names), fs=np.array(float(rate)))
    truth = {
        "starts_s": starts.tolist(),
        "fs": float(rate),
        "samples": len(table),
        "cv": float(np.std(gaps) / np.mean(gaps)) if gaps.size > 1 else 0.0,
        "left": [strikes.tolist() for strikes in left],
    }
    return Instance({"walk.npz": content}, truth, "walk.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """F1 of stride starts within 60 ms, 0 when one lies outside the record; errors of the count and the variation."""
    wanted = truth["starts_s"]
    inside = all(0 <= start < truth["samples"] for start in output["starts"])
    found = [start / truth["fs"] for start in output["starts"]] if inside else []
    count = min(max(output["stride_count"], -(10**9)), 10**9)
    return {
        "f1": event_f1(wanted, found, 0.06) if inside else 0.0,
        "count_error": abs(count - len(wanted)) / max(1, len(wanted)),
        "cv_error": min(abs(output["stride_cv"] - truth["cv"]), math.inf),
    }


def _read(instance: Instance) -> tuple[make.Floats, list[str], int]:
    with np.load(io.BytesIO(instance.visible["walk.npz"])) as data:
        return np.asarray(data["acc"], float), [str(name) for name in data["channels"]], int(data["fs"])


def _remounted(instance: Instance, seed: int) -> Instance:
    """Channels in another order, and each axis possibly mounted the other way round."""
    table, names, rate = _read(instance)
    draw = make.rng(seed, "remounted")
    order = draw.permutation(9)
    table = table[:, order] * draw.choice([-1.0, 1.0], 9)
    left = [np.asarray(strikes) for strikes in instance.truth["left"]]
    return _instance(table, [names[i] for i in order], rate, left)


def _later(instance: Instance, seed: int) -> Instance:
    """The walk begins later: the wearer stood still before, with the noise of the first half second."""
    table, names, rate = _read(instance)
    draw = make.rng(seed, "later")
    extra = int(draw.integers(2, 6)) * rate
    still = table[draw.integers(0, rate // 2, extra)]
    left = [np.asarray(strikes) + extra / rate for strikes in instance.truth["left"]]
    return _instance(np.concatenate([still, table]), names, rate, left)


_ANKLE = Slot("ankle", "ndarray[float64, (N, 3)]", "g", "acceleration of the left ankle", "task1")
_FS = Slot("fs", "float", "Hz", "sampling rate", "task1")

FAMILY = Family(
    id="T019",
    title="Strides",
    domain="B",
    version=1,
    wordings=(
        Wording("Split this walk into strides.", "goal"),
        Wording("Where does each stride of the left foot begin, how many are there, and how steady is the stride time?", "goal"),
        Wording("I walked with three motion sensors and stopped in between. Cut the recording into gait cycles.", "goal"),
        Wording("Find the heel strikes of the left ankle by their jerk, pair neighbours into strides, leave out pauses.", "operation"),
        Wording("Detect left heel strikes and compute the coefficient of variation of the stride time.", "operation"),
        Wording("9-channel acceleration → stride starts, count, CV", "terse"),
        Wording("gait cycles from ankle accelerometer", "terse"),
        Wording("Our physiotherapist wants every gait cycle of the patient marked and a number for how irregular they are.", "goal", held=True),
        Wording("Use the ankle's impact peaks to delimit strides and report their count and relative spread.", "operation", held=True),
        Wording("left-foot stride segmentation", "terse", held=True),
        Wording("把这段步行切分成步态周期。", "goal", "zh"),
        Wording("用左踝加速度检测足跟着地，配成步态周期，不计停顿，并算出周期的变异系数。", "operation", "zh"),
        Wording("走走停停的一段路：左脚每个跨步从哪个采样点开始，一共几个，节奏稳不稳？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`walk.npz`: arrays `acc` (g, samples x 9), `channels` (nine names, the columns of `acc`: `left_x` to `left_z` left ankle, `right_x` to `right_z` right ankle, `back_x` to `back_z` small of the back), the number `fs` (sampling rate, Hz)",
        ),
        outputs=(
            Slot("stride_count", "int", "1", "number of strides"),
            Slot("starts", "list[int]", "sample", "sample of the left heel strike that begins each stride, ascending"),
            Slot("stride_cv", "float", "1", "standard deviation over mean of the stride times; 0 below two strides"),
        ),
        remarks=(
            "a stride lasts from one heel strike of the left foot to the next, 0.5 to 2.2 s; a longer time between two strikes is a pause and no stride",
            "a strike shakes its own ankle by more than 1 g, the other ankle by about a quarter of that, the back by both feet alike",
            "the columns stand in any order; sensors are mounted in any direction; one axis may be stuck at its rail of 8 g",
            "a record without steps has no stride: count 0, an empty list, 0",
            "a start counts when it is within 60 ms of the true strike; wanted are 95 % of them, the count within 5 %, the variation within 0.02",
            "example: left strikes at samples 100, 200, 310, 900, 1000 with 100 Hz give starts 100, 200, 900, three strides, variation 0.046",
        ),
    ),
    stages=(
        Stage(
            "Load Ankle Channels",
            ("read the table, the names of its columns and the sampling rate from the NPZ", "pick the three axes of the left ankle by name"),
            "Read the acceleration of the left ankle and its sampling rate.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("ankle", "ndarray[float64, (N, 3)]", "g", "acceleration of the left ankle"), Slot("fs", "float", "Hz", "sampling rate")),
        ),
        Stage(
            "Shock Energy",
            ("the change of each axis within 20 ms drops gravity and a stuck axis", "sum the squares over the axes and smooth them with a Gaussian of 25 ms"),
            "Turn three axes into one curve that is high where the foot hits the ground.",
            (_ANKLE, _FS),
            (Slot("shock", "ndarray[float64, (N)]", "g", "root mean square change of the acceleration within 20 ms"),),
        ),
        Stage(
            "Find Heel Strikes",
            (
                "take peaks of the shock at least 0.5 s apart",
                "keep those above half of a typical high peak and above 0.45 g",
            ),
            "Find the samples at which the left heel hits the ground.",
            (Slot("shock", "ndarray[float64, (N)]", "g", "root mean square change of the acceleration within 20 ms", "task2"), _FS),
            (Slot("strikes", "ndarray[int64, (K)]", "sample", "samples of the heel strikes, ascending"),),
        ),
        Stage(
            "Pair Strikes To Strides",
            ("take the time between neighbouring strikes", "drop pauses of more than 2.2 s"),
            "Turn heel strikes into strides without the pauses.",
            (Slot("strikes", "ndarray[int64, (K)]", "sample", "samples of the heel strikes, ascending", "task3"), _FS),
            (
                Slot("starts", "list[int]", "sample", "first sample of each stride"),
                Slot("durations", "list[float]", "s", "time of each stride"),
            ),
        ),
        Stage(
            "Stride Variation",
            ("count the strides", "divide the standard deviation of their times by the mean"),
            "Count strides and say how much their times vary.",
            (Slot("durations", "list[float]", "s", "time of each stride", "task4"),),
            (
                Slot("stride_count", "int", "1", "number of strides"),
                Slot("stride_cv", "float", "1", "standard deviation over mean of the stride times"),
            ),
        ),
    ),
    solutions="t019_strides",
    generate=generate,
    measure=measure,
    bars=(
        Bar("f1", 0.95, "least"),  # worst right 1.0; best wrong on nominal 0.93 (pauses filled)
        Bar("count_error", 0.05, "most"),  # worst right 0; one stride of 20 is 0.05
        Bar("cv_error", 0.02, "most"),  # worst right 0.0051 at 50 Hz; equal strides miss by 0.0275 and more; the tolerance of the catalogue
    ),
    alternates=(
        Variant("refractory", "a loop that waits half a second after each crossing", swap={"find_heel_strikes": "find_heel_strikes_refractory"}),
        Variant("band", "band-pass around the ring of the strike instead of differences", swap={"shock_energy": "shock_energy_band"}),
        Variant("plain", "lists and the statistics module", swap={"pair_strikes_to_strides": "pair_strikes_to_strides_loop", "stride_variation": "stride_variation_plain"}),
        Variant("median_gap", "a pause is longer than 1.6 typical strides", swap={"pair_strikes_to_strides": "pair_strikes_to_strides_median"}),
    ),
    mutants=(
        Variant("grid", "strides of equal length from the first to the last strike", swap={"pair_strikes_to_strides": "pair_strikes_to_strides_grid"}, naive=True),
        Variant("steps", "every step of either foot, from the back sensor, counts as a stride", edits=(("load_ankle_channels", '"left_', '"back_'),)),
        Variant("one_axis", "only the axis with the largest readings, which may be stuck", swap={"shock_energy": "shock_energy_axis"}),
        Variant("pauses_filled", "a pause is cut into strides too", swap={"pair_strikes_to_strides": "pair_strikes_to_strides_filled"}),
        Variant("right_foot", "the other ankle", edits=(("load_ankle_channels", '"left_', '"right_'),)),
        Variant("fixed_columns", "the first three columns are taken for the left ankle", edits=(("load_ankle_channels", "[:, columns]", "[:, :3]"),)),
        Variant("milliseconds", "times in ms instead of samples", edits=(("pair_strikes_to_strides", "strikes[:-1][walking].tolist()", "(1000 * strikes[:-1][walking] / fs).astype(int).tolist()"),)),
    ),
    notes=(
        "A stride (gait cycle) runs from one contact of a foot to the next contact of the same foot; it holds two steps. Walking "
        "adults take 0.9 to 1.4 s per stride, with a coefficient of variation of 2 to 6 %; more irregular strides go with a risk of "
        "falling. The contact of the heel sends a shock of several g through the shank that rings at 10 to 20 Hz for about 0.1 s; the "
        "swing of the leg is slower than 3 Hz. So the change of acceleration from sample to sample, or a band-pass above 5 Hz, brings "
        "out the shock and drops gravity and mounting. Use all axes (sum of squares): the direction of the shock is unknown and one "
        "axis may be saturated. The contact of the other foot is seen too, weaker; a threshold relative to typical peaks and a dead "
        "time of half a second keep it out. A back sensor sees both feet alike and counts steps. Pauses must not enter the stride times."
    ),
    relations=(Relation("remounted", _remounted), Relation("later_start", _later)),
    needs=("scipy",),
    sources=(
        "Hausdorff 2005, J. NeuroEngineering Rehabil. 2:19 (stride variability)",
        "Selles et al. 2005, IEEE Trans. Neural Syst. Rehabil. Eng. 13(1) (contacts from shank acceleration)",
    ),
)  # fmt: skip
