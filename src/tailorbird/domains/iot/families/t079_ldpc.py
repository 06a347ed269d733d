"""T079 LDPC: messages from soft values of noisy frames, given the parity-check matrix.

The matrix has the form of the WiMAX codes, sparse columns of weight 3 for the message beside a double diagonal for the
parity bits, so encoding is a running sum modulo 2; no two columns share two checks. Truth comes from that encoder. Covers:
rate 1/2, 120 to 200 bits, white noise, lost bits, frames beyond repair. Does not cover: rate matching, quantised ratios.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

SNR = {"easy": 3.6, "nominal": 4.4, "hard": 4.0, "edge": 5.0}
"""Energy per coded bit over noise density, dB."""

LOST = {"easy": 0.0, "nominal": 0.08, "hard": 0.1, "edge": 0.0}
"""Share of bits that are lost."""

Matrix = NDArray[np.int64]


def parity_matrix(draw: np.random.Generator, checks: int) -> Matrix:
    """Sparse matrix of shape (checks, 2 checks): columns of weight 3, then a double diagonal; no cycle of length four."""
    matrix = np.zeros((checks, 2 * checks), dtype=np.int64)
    index = np.arange(checks)
    matrix[index, checks + index] = 1
    matrix[index[1:], checks + index[:-1]] = 1
    while True:
        used = {(i, i + 1) for i in range(checks - 1)}
        weight = np.zeros(checks, dtype=np.int64)
        columns = []
        for _ in range(checks):
            found = _column(draw, weight, used)
            if not found:
                break
            columns.append(found)
        if len(columns) == checks:
            break
    for at, rows in enumerate(columns):
        matrix[list(rows), at] = 1
    return matrix


def _column(draw: np.random.Generator, weight: Matrix, used: set[tuple[int, int]]) -> tuple[int, ...]:
    """Three light rows of which no two stand together in another column; empty when none are found."""
    for attempt in range(40):
        rank = np.argsort(weight + draw.random(weight.size) * (0.9 + 0.1 * attempt))
        rows = tuple(sorted(rank[:3].tolist()))
        pairs = set(itertools.combinations(rows, 2))
        if not pairs & used:
            used |= pairs
            weight[list(rows)] += 1
            return rows
    return ()


def encode(messages: Matrix, matrix: Matrix) -> Matrix:
    """Code words: the message, then running sums modulo 2 of its checks; shape (frames, 2 checks)."""
    checks = matrix.shape[0]
    parity = np.cumsum(messages @ matrix[:, :checks].T, axis=1) % 2
    return np.concatenate([messages, parity], axis=1)


def _lost_bits(draw: np.random.Generator, matrix: Matrix, share: float) -> NDArray[np.bool_]:
    """Bits of one frame that get lost, drawn again until checks with one lost bit each can fill them in step by step."""
    while True:
        lost = draw.random((matrix.shape[1],)) < share
        left = lost.astype(np.int64)
        while left.any():
            single = matrix[matrix @ left == 1]
            if not len(single):
                break
            left[np.any(single, axis=0)] = 0
        if not left.any():
            return lost


def generate(seed: int, level: Level) -> Instance:
    """3 to 8 frames, one of them mere noise except when easy; edge: no frame, sure bits only, or lost bits."""
    draw = make.rng(seed, "T079", level)
    checks = int(draw.integers(60, 100))
    matrix = parity_matrix(draw, checks)
    frames = int(draw.integers(3, 6)) if level in ("easy", "edge") else int(draw.integers(6, 9))
    kind = str(draw.choice(["none", "sure", "lost"])) if level == "edge" else ""
    frames = 0 if kind == "none" else frames
    messages = draw.integers(0, 2, (frames, checks))
    word = encode(messages, matrix)
    variance = 10 ** (-SNR[level] / 10) / 2
    llr: NDArray[Any] = (1 - 2 * word + math.sqrt(variance) * draw.normal(size=word.shape)) * 2 / variance
    if kind:
        llr = (1 - 2 * word) * draw.uniform(5, 60)
    share = 0.12 if kind == "lost" else LOST[level]
    for ratios in llr:
        ratios[_lost_bits(draw, matrix, share)] = 0.0
    valid = np.ones(frames, dtype=bool)
    if level in ("nominal", "hard"):
        broken = int(draw.integers(frames))
        valid[broken] = False
        llr[broken] = draw.choice([-2.0, 2.0], word.shape[1]) / variance
    return _instance(matrix, llr, messages, valid)


def _instance(matrix: Matrix, llr: NDArray[Any], messages: Matrix, valid: NDArray[np.bool_]) -> Instance:
    visible = {"frames.npz": make.npz_bytes(parity=matrix.astype(np.uint8), llr=llr.astype(np.float32))}
    truth = {
        "matrix": matrix,
        "messages": messages.tolist(),
        "words": encode(messages, matrix).tolist(),
        "sane": valid.tolist(),
    }
    return Instance(visible, truth, "frames.npz")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Wrong bits of the frames that can be repaired, and frames whose word, message and validity contradict each other."""
    words, messages, valid = output["words"], output["messages"], output["valid"]
    if not len(words) == len(messages) == len(valid) == len(truth["words"]):
        return {"wrong_bits": float(truth["matrix"].size), "contradictions": float(len(truth["words"]) + 1)}
    wrong = odd = 0
    rows = zip(words, messages, valid, truth["words"], truth["messages"], truth["sane"], strict=True)
    for word, message, holds, sent, meant, sane in rows:
        if len(word) != len(sent) or len(message) != len(meant) or not {0, 1}.issuperset([*word, *message]):
            wrong += len(sent)
            continue
        if sane:
            wrong += sum(a != b for a, b in zip([*word, *message], [*sent, *meant], strict=True))
        checks = truth["matrix"] @ np.asarray(word, dtype=np.int64)
        odd += holds == bool(np.any(checks % 2)) or message != word[: len(message)]
    return {"wrong_bits": float(wrong), "contradictions": float(odd)}


def _added_word(instance: Instance, seed: int) -> Instance:
    """Linear code: adding a code word turns signs of ratios and adds its message."""
    with np.load(io.BytesIO(instance.visible["frames.npz"])) as held:
        matrix, llr = held["parity"].astype(np.int64), held["llr"]
    draw = make.rng(seed, "added")
    if not len(llr):
        return instance
    messages = np.array(instance.truth["messages"], dtype=np.int64)
    extra = draw.integers(0, 2, messages.shape)
    order = draw.permutation(len(llr))
    turned = (llr * (1 - 2 * encode(extra, matrix)))[order]
    return _instance(matrix, turned, (messages ^ extra)[order], np.array(instance.truth["sane"], dtype=bool)[order])


PARITY = Slot("parity", "ndarray[int64, (M, N)]", "1", "parity-check matrix of 0 and 1", "task1")

FAMILY = Family(
    id="T079",
    title="LDPC decoding",
    domain="I",
    version=1,
    wordings=(
        Wording("Decode these frames of a WiMAX-like LDPC code.", "goal"),
        Wording("Run belief propagation on the parity-check matrix with the given log-likelihood ratios and output the message bits.", "operation"),
        Wording("H + LLR → messages", "terse"),
        Wording("I have soft bits of some noisy frames and the low-density parity-check matrix. What were the messages?", "goal"),
        Wording("Pass messages between checks and bits of frames.npz until all checks hold, then keep the message part.", "operation"),
        Wording("Repair the frames with the sparse code and tell me which ones are beyond repair.", "goal"),
        Wording("ldpc soft decoding, valid flags", "terse"),
        Wording("My modem hands out reliabilities instead of bits; use the redundancy of the sparse code to find the payloads.", "goal", held=True),
        Wording("Iterate sum-product or min-sum over the Tanner graph and report for each word whether its syndrome is zero.", "operation", held=True),
        Wording("tanner graph decoder, payload bits per frame", "terse", held=True),
        Wording("译 WiMAX 类的 LDPC 码。", "goal", "zh"),
        Wording("用给定的校验矩阵和对数似然比做置信传播，输出消息比特。", "operation", "zh"),
        Wording("这些含噪软比特里的消息是什么？哪些帧无法恢复？", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`frames.npz`: NPZ without pickle, `parity` (uint8, shape (M, N), parity-check matrix of 0 and 1), `llr` (float32, "
            "shape (F, N), log-likelihood ratios, one row per frame)",
        ),
        outputs=(
            Slot("words", "list[list[int]]", "1", "the N decided bits of each frame"),
            Slot("messages", "list[list[int]]", "1", "the first N - M of them"),
            Slot("valid", "list[bool]", "1", "whether all checks hold for the decided word of the frame"),
        ),
        remarks=(
            "a ratio is the natural logarithm of P(bit is 0) over P(bit is 1), so positive means 0; it is 0 where the bit was lost",
            "a code word c obeys parity times c = 0 modulo 2; its first N - M bits are the message, the last M the parity bits",
            "a frame may be mere noise: then any word will do after at least 25 rounds without success, but `valid` and `messages` must be true to it",
            "all other frames shall be free of errors; a few per cent of their bits have the wrong sign, up to about 12 % are lost",
            "there may be no frame at all; then all lists are empty",
        ),
    ),
    stages=(
        Stage(
            "Load Coded Frames",
            ("read the parity-check matrix", "read the log-likelihood ratios"),
            "Read the parity-check matrix and the received frames.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("parity", "ndarray[int64, (M, N)]", "1", "parity-check matrix of 0 and 1"),
                Slot("llr", "ndarray[float64, (F, N)]", "1", "log-likelihood ratios ln P(0)/P(1), one row per frame"),
            ),
        ),
        Stage(
            "List Check Neighbours",
            ("column numbers of the ones in each row",),
            "List for every check which bits it covers.",
            (PARITY,),
            (Slot("neighbours", "list[list[int]]", "1", "bit numbers of each check"),),
        ),
        Stage(
            "Propagate Beliefs",
            ("each check tells each of its bits what its other bits say about it", "each bit adds its own ratio and tells each check the sum without that check's part", "stop when all checks hold, or after 40 rounds"),
            "Decode frames by the sum-product algorithm.",
            (
                Slot("llr", "ndarray[float64, (F, N)]", "1", "log-likelihood ratios ln P(0)/P(1), one row per frame", "task1"),
                Slot("neighbours", "list[list[int]]", "1", "bit numbers of each check", "task2"),
            ),
            (Slot("decided", "ndarray[int64, (F, N)]", "1", "decided bits"),),
        ),
        Stage(
            "Take Messages",
            ("the first N - M bits of each word", "a word is valid when its product with every check is even"),
            "Cut the message out of every decided word and say whether the word is valid.",
            (Slot("decided", "ndarray[int64, (F, N)]", "1", "decided bits", "task3"), PARITY),
            (Slot("words", "list[list[int]]", "1", "decided words"), Slot("messages", "list[list[int]]", "1", "messages"), Slot("valid", "list[bool]", "1", "whether all checks hold")),
        ),
    ),
    solutions="t079_ldpc",
    generate=generate,
    measure=measure,
    bars=(
        Bar("wrong_bits", 0.5, "most"),  # right programs decoded all of 2,000 draws; best wrong on nominal 1 (one round)
        Bar("contradictions", 0.5, "most"),  # exact
    ),
    alternates=(
        Variant("padded_minimum", "scaled minimum over a padded table of checks", swap={"propagate_beliefs": "propagate_beliefs_minimum", "take_messages": "take_messages_loop"}),
        Variant("layered", "checks one after the other in plain Python", swap={"propagate_beliefs": "propagate_beliefs_layered"}),
        Variant("tangents", "products of hyperbolic tangents, frame by frame", swap={"propagate_beliefs": "propagate_beliefs_tanh", "list_check_neighbours": "list_check_neighbours_pairs"}),
    ),
    mutants=(
        Variant("hard", "decides by the sign of each ratio alone", swap={"propagate_beliefs": "propagate_beliefs_hard"}, naive=True),
        Variant("sign", "positive means 1", edits=(("load_coded_frames", 'held["llr"].astype(float)', '-held["llr"].astype(float)'),)),
        Variant("one_round", "stops after one round", edits=(("propagate_beliefs", "range(40)", "range(1)"),)),
        Variant("parity_part", "returns the parity bits", edits=(("take_messages", "decided[:, : bits - checks]", "decided[:, bits - checks :]"),)),
        Variant("always_valid", "calls every frame valid", edits=(("take_messages", "(~failed.any(axis=1)).tolist()", "[True] * len(decided)"),)),
        Variant("sign_ignored", "checks pass reliabilities without signs", edits=(("propagate_beliefs", "(1 - 2 * (odd % 2)) * ", ""),)),
        Variant("sign_of_all", "the sign of a check includes the bit it is meant for", edits=(("propagate_beliefs", "[:, check] - (to_check < 0)", "[:, check]"),)),
    ),
    notes=(
        "A low-density parity-check code is a sparse matrix H; code words obey H c = 0 modulo 2. Belief propagation passes messages on the Tanner "
        "graph: a check tells a bit the product of the tanh(L/2) of its other bits, a bit tells a check its own ratio plus what the other checks "
        "said. Leaving out the receiver's own part is what makes it work. Min-sum takes the smallest magnitude instead of the product and scales it by about 0.8. Stop "
        "when the syndrome is zero; at moderate noise that takes three to six rounds. The convention L = ln P(0)/P(1) makes positive mean 0; with the other sign nothing "
        "decodes. In codes with a double diagonal, such as those of WiMAX (802.16e), the parity bits are running sums of the message checks."
    ),
    relations=(Relation("add_a_code_word", _added_word),),
    sources=("Gallager 1962, IRE Transactions on Information Theory 8(1)", "IEEE 802.16e-2005, section 8.4.9.2.5, form of the matrix", "Chen, Fossorier 2002, IEEE Transactions on Communications 50(3), scaled min-sum"),
)  # fmt: skip
