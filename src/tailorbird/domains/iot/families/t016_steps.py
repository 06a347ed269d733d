"""T016 steps: how many steps somebody took, from the acceleration of a phone in a pocket.

Truth is the number of gait cycles the generator laid down: each bout of walking is a whole number of cycles. Covers:
any orientation of the phone, pauses, knocks at rest, several sampling rates. Does not cover: running, stairs, cycling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

GRAVITY = 9.81
"""m/s²."""

NOISE = {"easy": 0.1, "nominal": 0.3, "hard": 0.6, "edge": 0.2}
"""Standard deviation of the noise on each axis, m/s²."""


def generate(seed: int, level: Level) -> Instance:
    """1 to 3 min at 20 to 50 Hz; edge: nobody walks, one short bout, very slow or fast gait, an empty record."""
    draw = make.rng(seed, "T016", level)
    rate = float(draw.choice([20.0, 25.0, 32.0, 40.0, 50.0]))
    bouts, pauses, cadence = _schedule(draw, level)
    pieces, steps = [_rest(draw, rate, pauses[0])], 0
    for count, pause in zip(bouts, pauses[1:], strict=True):
        pieces += [_walk(draw, rate, count, cadence * draw.uniform(0.95, 1.05)), _rest(draw, rate, pause)]
        steps += count
    body = np.concatenate(pieces)
    vectors = (body + np.array([0.0, 0.0, GRAVITY])) @ _rotation(draw).T
    vectors = vectors + draw.normal(0, NOISE[level], vectors.shape)
    return _instance(np.arange(len(vectors)) / rate, vectors, steps)


def _schedule(draw: np.random.Generator, level: Level) -> tuple[list[int], list[float], float]:
    """Steps of each bout, the pauses around them in s, and the cadence in Hz."""
    kind = str(draw.choice(["still", "short", "slow", "fast", "empty"])) if level == "edge" else ""
    if kind == "empty":
        return [], [0.0], 1.8
    if kind == "still":
        return [], [float(draw.uniform(20, 60))], 1.8
    if kind == "short":
        return [int(draw.integers(8, 13))], [float(draw.uniform(8, 14)) for _ in range(2)], 1.8
    cadence = {"slow": 1.4, "fast": 2.2}.get(kind, draw.uniform(1.45, 2.15))
    number = 1 if level == "easy" or kind else int(draw.integers(2, 5))
    bouts = [int(draw.integers(60, 150) if number == 1 else draw.integers(20, 70)) for _ in range(number)]
    return bouts, [float(draw.uniform(10, 20)) for _ in range(number + 1)], float(cadence)


def _walk(draw: np.random.Generator, rate: float, count: int, cadence: float) -> make.Floats:
    """Body acceleration of a whole number of steps, shape (N, 3): forward, sideways, up, m/s²."""
    size = round(count / cadence * rate)
    grid = (np.arange(size) + 0.5) / size
    phase = count * (grid + 0.02 / count * np.sin(2 * np.pi * grid * draw.integers(2, 5)) * count**0.5)
    first, heel = draw.uniform(1.8, 3.5), draw.uniform(0.5, 0.9)
    up = -first * np.cos(2 * np.pi * phase) + heel * first * np.cos(4 * np.pi * phase + draw.uniform(-0.5, 0.5))
    up += 0.2 * first * np.cos(6 * np.pi * phase + draw.uniform(0, 6.28))
    forward = draw.uniform(0.3, 0.6) * first * np.sin(2 * np.pi * phase) + 0.2 * first * np.sin(4 * np.pi * phase)
    sideways = draw.uniform(0.2, 0.5) * first * np.sin(np.pi * phase)
    return np.stack([forward, sideways, up], axis=1)


def _rest(draw: np.random.Generator, rate: float, seconds: float) -> make.Floats:
    """Standing still with a knock of 80 ms every few seconds, at least 3 s from walking and from each other."""
    body = np.zeros((round(seconds * rate), 3))
    width = max(2, round(0.08 * rate))
    for second in np.arange(3.0, seconds - 3.2, 3.2):
        at = int((second + draw.uniform(0, 0.2)) * rate)
        push = draw.normal(0, (0.5, 0.5, 1.0))
        body[at : at + width] += push / np.linalg.norm(push) * draw.uniform(10, 15)
    return body


def _rotation(draw: np.random.Generator) -> make.Floats:
    """A random proper rotation, shape (3, 3)."""
    base, upper = np.linalg.qr(draw.normal(size=(3, 3)))
    base = base * np.sign(np.diag(upper))
    return np.asarray(base * np.sign(np.linalg.det(base)))


def _instance(times: make.Floats, vectors: make.Floats, steps: int) -> Instance:
    table = {"time": times, "ax": vectors[:, 0], "ay": vectors[:, 1], "az": vectors[:, 2]}
    return Instance({"acc.csv": make.csv_bytes(table)}, {"steps": steps}, "acc.csv")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Wrong steps beyond one, as a share of the true number (of 1 where nobody walked)."""
    wrong = abs(min(int(output["steps"]), 10**9) - truth["steps"])
    return {"step_error": max(0, wrong - 1 if truth["steps"] else wrong) / max(truth["steps"], 1)}


def _table(instance: Instance) -> tuple[make.Floats, make.Floats]:
    lines = instance.visible["acc.csv"].decode().splitlines()[1:]
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines]).reshape(-1, 4)
    return rows[:, 0], rows[:, 1:]


def _turned(instance: Instance, seed: int) -> Instance:
    times, vectors = _table(instance)
    return _instance(times, vectors @ _rotation(make.rng(seed, "turn")).T, instance.truth["steps"])


def _reversed(instance: Instance, seed: int) -> Instance:
    times, vectors = _table(instance)
    return _instance(times, vectors[::-1], instance.truth["steps"])


_FS = Slot("fs", "float", "Hz", "sampling rate; 0 for an empty record", "task1")

FAMILY = Family(
    id="T016",
    title="Steps",
    domain="B",
    version=1,
    wordings=(
        Wording("I carry the phone in my pocket; tell me how many steps I took.", "goal"),
        Wording("Count steps from a phone in a pocket.", "goal"),
        Wording("Remove gravity from the accelerometer, band-pass to walking cadence, count the peaks as steps.", "operation"),
        Wording("Take the magnitude of the three acceleration axes, keep the walking frequencies and count regular peaks.", "operation"),
        Wording("acc → steps", "terse"),
        Wording("I want a pedometer: given the raw motion log of a walk with stops, give the number of footsteps.", "goal"),
        Wording("step count from 3-axis acceleration", "terse"),
        Wording("How far did grandma walk today, in steps? The log is from the phone in her apron.", "goal", held=True),
        Wording("Detect footfalls in triaxial acceleration whatever the orientation, ignore isolated bumps, and return their count.", "operation", held=True),
        Wording("pedometer, acc.csv in, integer out", "terse", held=True),
        Wording("手机放在口袋里，告诉我走了多少步。", "goal", "zh"),
        Wording("去除加速度中的重力分量，按步频带通滤波，统计峰值作为步数。", "operation", "zh"),
        Wording("加速度 → 步数", "terse", "zh"),
        Wording("我想做个计步器，站着不动时的磕碰不能算步。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=("`acc.csv`: CSV with a header, columns `time` (s), `ax`, `ay`, `az` (m/s²), gravity included",),
        outputs=(Slot("steps", "int", "1", "number of steps, left and right counted alike"),),
        remarks=(
            "the sampling rate is constant, 20 to 50 Hz, and follows from the time column; it differs between files",
            "the phone lies in any orientation, which stays the same during a record",
            "walking has 1.3 to 2.4 steps per second and comes in runs of 8 steps or more; each step may show two bumps, heel and toe",
            "knocks while standing, at least 2.5 s from each other and from walking, are no steps; a record may hold none, or only the header",
            "wanted within 3 % and one step; exactly 0 where nobody walks",
        ),
    ),
    stages=(
        Stage(
            "Load Acceleration",
            ("read the time and the three axes of the CSV", "derive the sampling rate from the first and the last time; 0 below two rows"),
            "Read three axes of acceleration and their sampling rate from a CSV file.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("acc", "ndarray[float64, (N, 3)]", "m/s²", "acceleration, gravity included"), Slot("fs", "float", "Hz", "sampling rate; 0 for an empty record")),
        ),
        Stage(
            "Vertical Motion",
            (
                "take the mean vector as the direction of gravity, since the phone does not turn",
                "project on it and subtract the mean",
                "0.8 to 3 Hz Butterworth band-pass, zero phase, which leaves one bump per step",
            ),
            "Give the up and down motion in the band of walking, whatever the orientation of the phone.",
            (Slot("acc", "ndarray[float64, (N, 3)]", "m/s²", "acceleration, gravity included", "task1"), _FS),
            (Slot("motion", "ndarray[float64, (N)]", "m/s²", "vertical acceleration between 0.8 and 3 Hz"),),
        ),
        Stage(
            "Count Steps",
            (
                "find peaks at least 0.3 s apart that rise above a share of the strong ones",
                "group peaks less than 1.1 s apart into runs",
                "add up the runs of at least 6 peaks; knocks make none",
            ),
            "Count the steps in the vertical motion of a walking person.",
            (Slot("motion", "ndarray[float64, (N)]", "m/s²", "vertical acceleration between 0.8 and 3 Hz", "task2"), _FS),
            (Slot("steps", "int", "1", "number of steps, left and right counted alike"),),
        ),
    ),
    solutions="t016_steps",
    generate=generate,
    measure=measure,
    bars=(Bar("step_error", 0.03, "most"),),  # worst right 0.01 (phase), best systematic wrong 0.055 (knocks counted)
    alternates=(
        Variant("phase", "phase of the analytic signal, added up over the active parts", swap={"count_steps": "count_steps_phase"}),
        Variant("crossings", "upward zero crossings with hysteresis", swap={"count_steps": "count_steps_crossings"}),
        Variant("magnitude", "length of the vector and a filter in the frequency domain", swap={"vertical_motion": "vertical_motion_magnitude"}),
    ),
    mutants=(
        Variant("z_axis", "only the z axis is read, as if the phone lay flat, and every rise above the mean counts", swap={"vertical_motion": "vertical_motion_z", "count_steps": "count_steps_rises"}, naive=True),
        Variant("heel_and_toe", "the band lets the second harmonic through, so that each step counts twice", swap={"vertical_motion": "vertical_motion_wide", "count_steps": "count_steps_all"}),
        Variant("knocks_counted", "no runs are asked for, so knocks and their ringing count", edits=(("count_steps", "len(run) >= 6", "len(run) >= 1"),)),
        Variant("fs_fixed", "a sampling rate of 100 Hz is taken for granted", swap={"load_acceleration": "load_acceleration_100"}),
        Variant("strides", "only one foot is counted", edits=(("count_steps", "return int(steps)", "return int(steps) // 2"),)),
        Variant("both_crossings", "zero crossings in both directions", swap={"count_steps": "count_steps_both"}),
    ),
    notes=(
        "Walking has a cadence of 1.4 to 2.5 steps per second, and the vertical acceleration of the trunk repeats with each step, "
        "the sideways one with each stride of two steps. The orientation of a phone in a pocket is unknown, so one takes the length "
        "of the vector or projects on the mean vector, which is gravity. A band of about 1 to 3 Hz keeps the fundamental and drops "
        "the second harmonic, in which heel strike and push-off appear as two bumps; without it every step may count twice. Knocks "
        "and handling give single peaks that ring in the filter, so a counter asks for a run of several regular peaks before it "
        "counts, and then counts from the run's first one. Steps = 60 x cadence x minutes of walking is a good check."
    ),
    relations=(Relation("rotation", _turned), Relation("time_reversal", _reversed)),
    needs=("scipy",),
    sources=("Oner et al. 2012, Towards the run and walk activity classification through step detection, IEEE EMBC",),
)  # fmt: skip
