"""T077 preamble: the sample at which a packet starts, found by its Zadoff-Chu preamble.

Truth comes from the generator, which puts the preamble into noise beside a burst that is much stronger. Covers: one
packet or none, drawn level and phase, one sample per chip. Does not cover: carrier offset, echoes, several packets.
"""

from __future__ import annotations

import cmath
import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import wrapped

SNR = {"easy": 12.0, "nominal": 1.0, "hard": -2.0, "edge": 3.0}
"""Signal to noise ratio of the packet, dB."""

LENGTHS = (139, 163, 193, 227, 257)
"""Prime lengths of the preamble, samples."""


def zadoff_chu(root: int, length: int) -> NDArray[np.complex128]:
    """Zadoff-Chu sequence of odd length: exp(-j pi u n (n + 1) / L)."""
    n = np.arange(length)
    return np.asarray(np.exp(-1j * np.pi * root * n * (n + 1) / length))


def generate(seed: int, level: Level) -> Instance:
    """1,200 to 3,000 samples; edge: packet at either end of the capture, no packet, or a capture that is too short."""
    draw = make.rng(seed, "T077", level)
    length = int(draw.choice(LENGTHS))
    preamble = zadoff_chu(int(draw.integers(2, length - 1)), length)
    total = int(draw.integers(1200, 3000))
    kind = str(draw.choice(["first", "last", "none", "short"])) if level == "edge" else ""
    total = int(draw.choice([0, 1, length - 1])) if kind == "short" else total
    iq = (draw.normal(size=total) + 1j * draw.normal(size=total)) / math.sqrt(2)
    start = {"first": 0, "last": total - length, "none": -1, "short": -1}.get(kind, -2)
    if start == -2:
        start = int(draw.integers(total // 20, total // 2))
    if start >= 0:
        payload = np.exp(0.5j * np.pi * (draw.integers(0, 4, total - start) + 0.5))
        payload = payload[: length * 3]
        payload[:length] = preamble
        turn = math.radians(float(draw.choice([90, 180, 270])) + draw.uniform(-25, 25))
        iq[start : start + payload.size] += 10 ** (SNR[level] / 20) * cmath.exp(1j * turn) * payload
    if level in ("nominal", "hard"):
        size = int(draw.integers(100, 300))
        at = int(draw.integers(min(start + 3 * length, total - size), total - size + 1))
        iq[at : at + size] *= 4 * math.sqrt(length)
    return _instance(iq * 10 ** draw.uniform(-3, 1), preamble, start)


def _instance(iq: NDArray[Any], preamble: NDArray[Any], start: int) -> Instance:
    iq, preamble = iq.astype(np.complex64), preamble.astype(np.complex64)
    phase = math.degrees(cmath.phase(_overlap(iq, preamble, start))) if start >= 0 else 0.0
    truth = {"start": start, "phase_deg": phase}
    return Instance({"capture.npz": make.npz_bytes(iq=iq, preamble=preamble)}, truth, "capture.npz")


def _overlap(iq: NDArray[Any], preamble: NDArray[Any], start: int) -> complex:
    pairs = zip(iq[start : start + preamble.size].tolist(), preamble.tolist(), strict=True)
    return sum(complex(a) * complex(b).conjugate() for a, b in pairs)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Distance of the start in samples, and error of the phase on the circle."""
    gap = abs(output["start"] - truth["start"])
    return {"start_error": float(min(gap, 10**9)), "phase_error": wrapped(truth["phase_deg"], output["phase_deg"])}


def _read(instance: Instance) -> tuple[NDArray[Any], NDArray[Any]]:
    with np.load(io.BytesIO(instance.visible["capture.npz"])) as held:
        return held["iq"], held["preamble"]


def _later(instance: Instance, seed: int) -> Instance:
    iq, preamble = _read(instance)
    draw = make.rng(seed, "later")
    count = int(draw.integers(50, 400))
    quiet = float(np.median(np.abs(iq))) if iq.size else 1.0
    ahead = quiet * (draw.normal(size=count) + 1j * draw.normal(size=count))
    factor = draw.uniform(0.2, 5.0) * np.exp(2j * np.pi * draw.random())
    start = instance.truth["start"]
    return _instance(np.concatenate([ahead, iq]) * factor, preamble, start + count if start >= 0 else -1)


CORRELATION = Slot(
    "correlation", "ndarray[complex128, (M)]", "1", "correlation with the preamble at each place", "task2"
)
IQ = Slot("iq", "ndarray[complex128, (N)]", "1", "received samples", "task1")
PREAMBLE = Slot("preamble", "ndarray[complex128, (P)]", "1", "known preamble", "task1")

FAMILY = Family(
    id="T077",
    title="Preamble search",
    domain="I",
    version=1,
    wordings=(
        Wording("Find the packet start.", "goal"),
        Wording("Cross-correlate the capture with the known preamble, normalise by the local energy and take the peak.", "operation"),
        Wording("IQ + preamble → start index, phase", "terse"),
        Wording("Somewhere in this recording a radio packet begins. At which sample, and with what phase?", "goal"),
        Wording("Slide the Zadoff–Chu sequence over capture.npz and report the best match, or −1 if nothing matches.", "operation"),
        Wording("Where does my packet begin? There is also a loud burst in the file that must not fool you.", "goal"),
        Wording("sync word search in baseband", "terse"),
        Wording("I have the header sequence and a noisy capture; locate the header, or tell me that no packet came.", "goal", held=True),
        Wording("Run a matched filter for the preamble and divide by the norm of each window before you look for the maximum.", "operation", held=True),
        Wording("packet detect, frame timing index", "terse", held=True),
        Wording("找到数据包的起点。", "goal", "zh"),
        Wording("用已知前导与接收采样做归一化互相关，取峰值位置。", "operation", "zh"),
        Wording("这段采样里数据帧从第几个样点开始？没有就返回 −1。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`capture.npz`: NPZ without pickle, `iq` (complex64, shape (N,), received samples), `preamble` (complex64, shape "
            "(P,), known sequence at the same rate)",
        ),
        outputs=(
            Slot("start", "int", "1", "index of the first sample of the preamble, counted from 0; -1 when there is no packet"),
            Slot("phase_deg", "float", "deg", "phase of the packet against the known preamble, -180 to 180; 0 when there is none"),
        ),
        remarks=(
            "at most one packet; level and phase are unknown, the preamble is complete when it is there; other bursts may be "
            "much stronger than the packet",
            "the correlation at place i is the sum over n of iq[i + n] times the conjugate of preamble[n]; its phase at the start is `phase_deg`",
            "the match at i is the magnitude of the correlation over the norms of the preamble and of the P samples from i on, so 0 to 1",
            "a best match below 0.4 means that there is no packet; so does a capture shorter than the preamble",
            "the start is wanted exactly, the phase within 2 degrees",
        ),
    ),
    stages=(
        Stage(
            "Load Capture And Preamble",
            ("read the received samples", "read the known preamble"),
            "Read received samples and the known preamble.",
            (Slot("path", "path", "1", "input file"),),
            (Slot("iq", "ndarray[complex128, (N)]", "1", "received samples"), Slot("preamble", "ndarray[complex128, (P)]", "1", "known preamble")),
        ),
        Stage(
            "Correlate With Preamble",
            ("slide the conjugate of the preamble over the samples", "keep only places where it fits completely; none when the capture is shorter"),
            "Correlate the samples with the preamble at every place where it fits.",
            (IQ, PREAMBLE),
            (Slot("correlation", "ndarray[complex128, (M)]", "1", "correlation with the preamble at each place"),),
        ),
        Stage(
            "Normalise Match",
            ("root of the energy of each window of the preamble's length", "divide the magnitude of the correlation by it and by the norm of the preamble"),
            "Turn correlations into matches between 0 and 1 that do not depend on the level.",
            (CORRELATION, IQ, PREAMBLE),
            (Slot("match", "ndarray[float64, (M)]", "1", "normalised match at each place, 0 to 1"),),
        ),
        Stage(
            "Locate Packet Start",
            ("take the place of the best match", "no packet when it is below 0.4 or there is no place", "the phase is that of the correlation there"),
            "Decide where the packet starts, if anywhere, and with what phase.",
            (Slot("match", "ndarray[float64, (M)]", "1", "normalised match at each place", "task3"), CORRELATION),
            (Slot("start", "int", "1", "index of the first sample, or -1"), Slot("phase_deg", "float", "deg", "phase at the start")),
        ),
    ),
    solutions="t077_packet_start",
    generate=generate,
    measure=measure,
    bars=(
        Bar("start_error", 0.5, "most"),  # exact on all draws; best wrong 69, half a preamble
        Bar("phase_error", 2.0, "most"),  # worst right 1e-6, rounding; other sign: 2.6 at best, 90 as a rule
    ),
    alternates=(
        Variant("fourier", "correlation by fast Fourier transform, energy by a running sum", swap={"correlate_with_preamble": "correlate_with_preamble_fft", "normalise_match": "normalise_match_running"}),
        Variant("windows", "matrix of all windows times the preamble", swap={"correlate_with_preamble": "correlate_with_preamble_windows"}),
        Variant("one_by_one", "a loop over all places", swap={"normalise_match": "normalise_match_loop", "locate_packet_start": "locate_packet_start_loop"}),
    ),
    mutants=(
        Variant("strongest", "the loudest sample starts the packet", swap={"normalise_match": "normalise_match_loudest"}, naive=True),
        Variant("real_part", "keeps the real part of the correlation only", edits=(("normalise_match", "np.abs(correlation)", "correlation.real"),)),
        Variant("end", "reports the last sample of the preamble, the index of a full correlation", edits=(("correlate_with_preamble", 'mode="valid"', 'mode="full"'), ("normalise_match", 'mode="valid"', 'mode="full"'))),
        Variant("same_mode", "same-size correlation, so the index is off by half a preamble", edits=(("correlate_with_preamble", 'mode="valid"', 'mode="same"'), ("normalise_match", 'mode="valid"', 'mode="same"'))),
        Variant("not_normalised", "the level of a strong burst wins", swap={"normalise_match": "normalise_match_raw"}),
        Variant("no_conjugate", "multiplies with the preamble itself", edits=(("correlate_with_preamble", "np.correlate(iq, preamble,", "np.correlate(iq, preamble.conj(),"),)),
        Variant("phase_sign", "phase of the preamble against the packet", edits=(("locate_packet_start", "np.angle(correlation[start])", "-np.angle(correlation[start])"),)),
    ),
    notes=(
        "A receiver finds a packet by correlating with a sequence it knows. Zadoff-Chu sequences of prime length have constant "
        "magnitude and an ideal periodic autocorrelation, so the peak is one sample wide and stands P times above a single sample in power. Level and "
        "phase of the channel are unknown: use the magnitude of the complex correlation, and divide by the norm of the window "
        "(Cauchy-Schwarz bounds the match by 1), else any strong burst wins. In `valid` mode the index is the first sample "
        "of the sequence; `same` is off by half of it, `full` by P - 1. numpy's correlate conjugates its second argument, convolve does "
        "not. At SNR s the expected match is sqrt(s / (1 + s)), in pure noise the largest of M places is about sqrt(ln M / P)."
    ),
    relations=(Relation("later_and_louder", _later),),
    needs=("scipy",),
    sources=("Chu 1972, IEEE Transactions on Information Theory 18(4), polyphase codes", "3GPP TS 36.211, section 5.7, Zadoff-Chu preambles"),
)  # fmt: skip
