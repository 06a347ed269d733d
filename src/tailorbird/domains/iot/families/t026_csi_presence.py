"""T026 CSI presence: whether somebody moves in a room, from Wi-Fi channel state information.

Truth is whether the generator moved a scatterer during a window. Packets carry a random phase and a gain that the
receiver changes from packet to packet; a recording of the empty room gives the level of comparison.

Covers: windows of equal length, one antenna pair. Does not cover: counting people, persons who sit still.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SHARE = {"easy": (0.5, 0.8), "nominal": (0.25, 0.5), "hard": (0.16, 0.3), "edge": (0.3, 0.6)}
"""Size of the moving path over the root of the static power, before the scale of the room."""

LIGHT_M_S = 299_792_458.0
"""Speed of light."""


def generate(seed: int, level: Level) -> Instance:
    """20 to 30 windows of 50 to 70 packets on 16 subcarriers; edge: no window, one, all empty, all moving."""
    draw = make.rng(seed, "T026", level)
    kind = str(draw.choice(["none", "one", "empty", "moving"])) if level == "edge" else ""
    count = {"none": 0, "one": 1}.get(kind, int(draw.integers(20, 31)))
    moving = draw.random(count) < 0.5
    moving[: min(count, 2)] = [True, False][: min(count, 2)]
    moving = {"empty": np.zeros(count, bool), "moving": np.ones(count, bool)}.get(kind, draw.permutation(moving))
    packets, rate = int(draw.integers(50, 71)), float(draw.uniform(20, 40))
    room = _room(draw)
    scale = float(10 ** draw.uniform(-1.6, -0.5))
    noise = scale * SHARE[level][0] * float(10 ** draw.uniform(-2.0, -1.0))
    gain = 10 ** draw.uniform(-2, 2)
    windows = [_window(draw, room, packets, rate, scale * draw.uniform(*SHARE[level]) * bool(move)) for move in moving]
    csi = np.array(windows, dtype=np.complex128).reshape(count, packets, 16)
    empty = _window(draw, room, 3 * packets, rate, 0.0)
    return _instance(_received(draw, csi, noise) * gain, _received(draw, empty, noise) * gain, moving.tolist())


def _room(draw: np.random.Generator) -> NDArray[np.complex128]:
    """Static response of a room, one strong path and four echoes, scaled to power 1; shape (16,)."""
    tones = 5.18e9 + np.linspace(-9e6, 9e6, 16)
    paths = np.array([draw.uniform(3, 6), *draw.uniform(6, 30, 4)])
    sizes = np.array([1.0, *draw.uniform(0.05, 0.2, 4)]) * np.exp(2j * np.pi * draw.random(5))
    static = np.exp(-2j * np.pi * np.outer(tones, paths) / LIGHT_M_S) @ sizes
    return np.asarray(static / np.sqrt(np.mean(np.abs(static) ** 2)))


def _window(
    draw: np.random.Generator, room: NDArray[np.complex128], packets: int, rate: float, share: float
) -> NDArray[np.complex128]:
    """Response over packets and subcarriers, with a path whose length changes by 0.4 to 1.5 m/s; shape (packets, 16)."""
    tones = 5.18e9 + np.linspace(-9e6, 9e6, 16)
    times = np.arange(packets) / rate
    length = draw.uniform(12, 25) + draw.choice([-1, 1]) * draw.uniform(0.4, 1.5) * times + 0.02 * np.sin(9 * times)
    moved = np.exp(-2j * np.pi * np.outer(length, tones) / LIGHT_M_S)
    return np.asarray(room + share * moved)


def _received(draw: np.random.Generator, csi: NDArray[np.complex128], noise: float) -> NDArray[np.complex128]:
    """What the card reports: noise, gain steps of up to 2 dB and a random phase and slope per packet."""
    shape = csi.shape[:-1]
    steps = 10 ** (draw.choice([-2.0, 0.0, 2.0], shape) / 20) if csi.size else np.ones(shape)
    slope = draw.uniform(-1, 1, shape)[..., None] * np.linspace(-1, 1, csi.shape[-1])
    turn = np.exp(1j * (draw.uniform(0, 2 * np.pi, shape)[..., None] + slope))
    return np.asarray(steps[..., None] * turn * (csi + draw.normal(0, noise, (*csi.shape, 2)) @ np.array([1, 1j])))


def _instance(csi: NDArray[np.complex128], empty: NDArray[np.complex128], moving: list[bool]) -> Instance:
    arrays = make.npz_bytes(csi=csi.astype(np.complex64), empty=empty.astype(np.complex64))
    return Instance({"windows.npz": arrays}, {"moving": moving}, "windows.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Share of windows that are told right; 0 for another number of windows, 1 where there is none."""
    right, found = truth["moving"], output["moving"]
    if len(right) != len(found):
        return {"accuracy": 0.0}
    return {"accuracy": sum(a == b for a, b in zip(right, found, strict=True)) / len(right) if right else 1.0}


def _changed(instance: Instance, seed: int, *, order: bool) -> Instance:
    """Everything with another gain and phase, or the windows and the subcarriers in another order."""
    with np.load(io.BytesIO(instance.visible["windows.npz"])) as data:
        csi, empty = np.asarray(data["csi"], dtype=np.complex128), np.asarray(data["empty"], dtype=np.complex128)
    draw = make.rng(seed, "changed")
    if not order:
        factor = draw.uniform(0.01, 50.0) * np.exp(2j * np.pi * draw.random())
        return _instance(csi * factor, empty * factor, instance.truth["moving"])
    tones, places = draw.permutation(16), draw.permutation(len(csi))
    moving = [instance.truth["moving"][k] for k in places]
    return _instance(csi[places][..., tones], empty[:, tones], moving)


def _bare(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots as a stage gives them, without origin."""
    return tuple(Slot(slot.name, slot.type, slot.unit, slot.meaning) for slot in slots)


_LOADED = (
    Slot("csi", "ndarray[complex128, (W, T, K)]", "1", "windows by packets by subcarriers", "task1"),
    Slot("empty", "ndarray[complex128, (S, K)]", "1", "packets of the empty room by subcarriers", "task1"),
)
_SHAPES = (
    Slot("shapes", "ndarray[float64, (W, T, K)]", "1", "amplitudes over their mean per packet", "task2"),
    Slot("empty_shapes", "ndarray[float64, (S, K)]", "1", "the same of the empty room", "task2"),
)
_SCORES = (
    Slot("scores", "ndarray[float64, (W)]", "1", "fluctuation of each window", "task3"),
    Slot("calm", "float", "1", "fluctuation of the empty room", "task3"),
)

FAMILY = Family(
    id="T026",
    title="CSI presence",
    domain="C",
    version=1,
    wordings=(
        Wording("Is somebody moving in the room?", "goal"),
        Wording("Use my Wi-Fi router's channel readings to tell in which windows a person was walking about.", "goal"),
        Wording("Sense motion at home from Wi-Fi, no camera. Which of these windows show it?", "goal"),
        Wording("Normalise CSI amplitudes packet by packet, take their spread over time and compare it with the empty room.", "operation"),
        Wording("Compute a motion statistic per CSI window and threshold it against the calibration recording.", "operation"),
        Wording("CSI windows → moving yes/no", "terse"),
        Wording("Wi-Fi motion detection", "terse"),
        Wording("From the subcarrier readings of two access points, decide window by window whether anyone moved.", "goal", held=True),
        Wording("Cancel gain jumps, measure how much the amplitude profile fluctuates, and flag windows above the quiet level.", "operation", held=True),
        Wording("presence flags from windows.npz", "terse", held=True),
        Wording("房间里有人在动吗？", "goal", "zh"),
        Wording("对每个数据包的 CSI 幅度做归一化，计算窗口内的波动并与空房间比较。", "operation", "zh"),
        Wording("只靠路由器的信道信息，逐个窗口判断家里有没有人走动。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`windows.npz`: complex arrays `csi` (windows x packets x subcarriers) and `empty` (packets x subcarriers, recorded while "
            "nobody was in the same room)",
        ),
        outputs=(Slot("moving", "list[bool]", "1", "whether somebody moves, one per window"),),
        remarks=(
            "each packet has a random phase and a random slope of the phase over the subcarriers, so raw phases say nothing",
            "the receiver's gain jumps by up to 2 dB from packet to packet, the same on all subcarriers; overall level and noise differ "
            "from file to file",
            "with motion the amplitudes, each packet divided by its own mean over the subcarriers, fluctuate over time at least three "
            "times as much as in the empty room",
            "wanted are at least 95 % of the windows; a file may hold no window, then the list is empty",
        ),
    ),
    stages=(
        Stage(
            "Load CSI Windows",
            ("read the windows and the empty room's packets from the NPZ",),
            "Read windows of channel state information and the calibration recording.",
            (Slot("path", "path", "1", "input file"),),
            _bare(_LOADED),
        ),
        Stage(
            "Normalise CSI Amplitudes",
            ("take amplitudes, which drops the random phase", "divide each packet by its mean over the subcarriers"),
            "Take away phase and gain of each packet.",
            _LOADED,
            _bare(_SHAPES),
        ),
        Stage(
            "Motion Scores",
            ("standard deviation over time on each subcarrier", "mean over the subcarriers", "the same for the empty room"),
            "Measure how much the channel fluctuates in each window.",
            _SHAPES,
            _bare(_SCORES),
        ),
        Stage(
            "Decide Motion",
            ("a window moves when its score is above 1.7 times that of the empty room",),
            "Compare each window with the empty room.",
            _SCORES,
            (Slot("moving", "list[bool]", "1", "whether somebody moves, one per window"),),
        ),
    ),
    solutions="t026_csi_presence",
    generate=generate,
    measure=measure,
    bars=(Bar("accuracy", 0.95, "least"),),  # worst right 1.0; wrong ones call all windows alike or guess
    alternates=(
        Variant("loops", "window by window with plain statistics", swap={"motion_scores": "motion_scores_loop"}),
        Variant("root_power", "scale by root mean square and score by differences of packets", swap={"normalise_csi_amplitudes": "normalise_csi_amplitudes_power", "motion_scores": "motion_scores_differences"}),
        Variant("decisions", "decide on decibels above the empty room", swap={"decide_motion": "decide_motion_decibels"}),
        Variant("components", "spread along the main direction of the fluctuation", swap={"motion_scores": "motion_scores_component"}),
    ),
    mutants=(
        Variant("raw_spread", "the gain jumps are kept in", edits=(("normalise_csi_amplitudes", "amplitude / amplitude.mean(axis=-1, keepdims=True)", "amplitude"), ("normalise_csi_amplitudes", "calm / calm.mean(axis=-1, keepdims=True)", "calm")), naive=True),
        Variant("always", "somebody moves in every window", swap={"decide_motion": "decide_motion_always"}),
        Variant("one_room", "a threshold that was tuned in one room", edits=(("decide_motion", "1.7 * calm", "0.1"),)),
        Variant("raw_phase", "the random phase of the packets is taken for motion", swap={"normalise_csi_amplitudes": "normalise_csi_amplitudes_phase"}),
        Variant("inverted", "still windows are reported as moving", edits=(("decide_motion", "scores > ", "scores < "),)),
        Variant("whole_record", "spread over all windows together, one verdict for all", edits=(("motion_scores", "shapes.std(axis=1).mean(axis=1)", "np.full(len(shapes), shapes.std() if shapes.size else 0.0)"),)),
    ),
    notes=(
        "Wi-Fi channel state information is a complex number per subcarrier and packet: the sum of all paths, H(f) = sum a exp(-j 2 pi f "
        "tau). A moving body changes the length of one path by a wavelength (5.8 cm at 5.18 GHz) within a fraction of a second, so "
        "amplitudes ripple. Cards add a carrier phase and a sampling-time slope that differ in every packet, so raw phases are useless "
        "without calibration, and automatic gain control scales all subcarriers together; dividing by the packet's mean removes it. "
        "Thresholds do not carry over between rooms or cards, so compare with an empty recording of the same place."
    ),
    relations=(
        Relation("gain_and_phase", lambda instance, seed: _changed(instance, seed, order=False)),
        Relation("other_order", lambda instance, seed: _changed(instance, seed, order=True)),
    ),
    needs=("numpy", "scipy"),
    sources=("Wang, Liu, Shahzad, Ling, Lu 2015, Understanding and modeling of WiFi signal based human activity recognition, MobiCom",),
)  # fmt: skip
