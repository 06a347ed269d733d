"""T078 convolutional code: encode one message, decode another from a received word with flips and losses.

Truth comes from the generator's own encoder, a product of polynomials modulo 2. A decoded message is judged twice: by
its wrong bits, and by the distance of its code word to what was received, which maximum likelihood makes no larger than
that of the message that was sent. Covers: rates 1/2 and 1/3 with zero tail, hard decisions, lost values. Does not cover:
soft decisions, puncturing patterns, tail-biting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

CODES = {
    "easy": ((4, ("17", "15")), (5, ("35", "23")), (4, ("17", "15", "13"))),
    "nominal": ((5, ("35", "23")), (6, ("75", "53")), (7, ("171", "133")), (6, ("47", "53", "75"))),
    "hard": ((6, ("75", "53")), (7, ("171", "133")), (7, ("171", "165", "133"))),
    "edge": ((4, ("17", "15")), (6, ("75", "53")), (7, ("171", "133"))),
}
"""Constraint length and octal generators of codes with the largest free distance."""

FLIPS = {"easy": 0.008, "nominal": 0.02, "hard": 0.03, "edge": 0.0}
"""Share of received values that are flipped."""

LOST = {"easy": 0.0, "nominal": 0.03, "hard": 0.05, "edge": 0.0}
"""Share of received values that are lost."""


def encode(message: Sequence[int], generators: Sequence[str]) -> NDArray[np.int64]:
    """Code word with zero tail: products of polynomials modulo 2, interleaved.

    Args:
        message: bits.
        generators: octal texts of one number of binary digits, their highest bit weighs the newest message bit.
    """
    taps = [np.array([int(mark) for mark in f"{int(text, 8):b}"]) for text in generators]
    width = max(row.size for row in taps)
    padded = [np.concatenate([np.zeros(width - row.size, int), row]) for row in taps]
    bits = np.asarray(message, dtype=int) if len(message) else np.zeros(0, int)
    streams = [np.convolve(bits, row) % 2 if bits.size else np.zeros(width - 1, int) for row in padded]
    return np.stack(streams, axis=1).ravel()


def generate(seed: int, level: Level) -> Instance:
    """Messages of 100 to 300 bits; edge: none at all, a single bit, or a received word without any error."""
    draw = make.rng(seed, "T078", level)
    codes = CODES[level]
    length, generators = codes[int(draw.integers(len(codes)))]
    sizes = draw.integers(100, 240 if len(generators) == 2 else 160, 2)
    if level == "edge":
        kind = str(draw.choice(["none", "single", "clean"]))
        sizes = {"none": np.zeros(2, int), "single": np.ones(2, int)}.get(kind, sizes)
    message = draw.integers(0, 2, int(sizes[0])).tolist()
    sent = draw.integers(0, 2, int(sizes[1])).tolist()
    word = encode(sent, generators)
    received = np.where(draw.random(word.size) < FLIPS[level], 1 - word, word)
    received = np.where(draw.random(word.size) < LOST[level], -1, received)
    return _instance(length, generators, message, sent, received)


def _instance(
    length: int, generators: Sequence[str], message: list[int], sent: list[int], received: NDArray[np.int64]
) -> Instance:
    job = {
        "constraint_length": length, "generators": list(generators), "message": message, "received": received.tolist(),
    }  # fmt: skip
    truth = {
        "generators": list(generators),
        "encoded": encode(message, generators).tolist(),
        "sent": sent,
        "received": received.tolist(),
    }
    return Instance({"job.json": make.json_bytes(job)}, truth, "job.json")


def _distance(word: Sequence[int], received: Sequence[int]) -> int:
    """Places that arrived and differ."""
    return sum(a != b for a, b in zip(word, received, strict=True) if b >= 0)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Wrong coded bits, share of wrong decoded bits, and distance beyond that of the message that was sent."""
    encoded, decoded, sent = output["encoded"], output["decoded"], truth["sent"]
    wrong = 1.0
    if len(encoded) == len(truth["encoded"]):
        wrong = float(sum(a != b for a, b in zip(encoded, truth["encoded"], strict=True)))
    if len(decoded) != len(sent) or not {0, 1}.issuperset(decoded):
        return {"encoded_wrong": wrong, "bit_error_rate": 1.0, "excess_distance": float(len(truth["received"]) + 1)}
    errors = sum(a != b for a, b in zip(decoded, sent, strict=True))
    found = _distance(encode(decoded, truth["generators"]).tolist(), truth["received"])
    reach = _distance(encode(sent, truth["generators"]).tolist(), truth["received"])
    return {
        "encoded_wrong": wrong,
        "bit_error_rate": errors / len(sent) if sent else 0.0,
        "excess_distance": float(max(found - reach, 0)),
    }


def _added_word(instance: Instance, seed: int) -> Instance:
    """Linear code: adding a code word to both words adds its message to both messages."""
    job = json.loads(instance.visible["job.json"])
    draw = make.rng(seed, "added")
    sent, message = instance.truth["sent"], job["message"]
    extra = draw.integers(0, 2, len(sent)).tolist()
    word = encode(extra, job["generators"])
    received = np.array(job["received"], dtype=int).reshape(-1)
    received = np.where(received < 0, -1, received ^ word)
    turned = [bit ^ int(draw.integers(2)) for bit in message]
    both = [a ^ b for a, b in zip(sent, extra, strict=True)]
    return _instance(job["constraint_length"], job["generators"], turned, both, received)


TAPS = Slot("taps", "ndarray[int64, (R, K)]", "1", "generators, the newest bit first", "task2")

FAMILY = Family(
    id="T078",
    title="Convolutional code",
    domain="I",
    version=1,
    wordings=(
        Wording("Encode and Viterbi-decode.", "goal"),
        Wording("Run the message through the shift register of the code and find the received message by the Viterbi algorithm.", "operation"),
        Wording("convolutional encode + Viterbi → bits", "terse"),
        Wording("My link flips and loses some bits. Encode what I send, and repair what I received.", "goal"),
        Wording("Build the trellis from the octal generators in job.json, encode with zero tail, trace the cheapest path back.", "operation"),
        Wording("Correct the errors in this word of a trellis code, and give me the code word of my own message.", "goal"),
        Wording("fec rate 1/2 or 1/3, trellis", "terse"),
        Wording("Protect one message with forward error correction and undo the damage in another one.", "goal", held=True),
        Wording("Do maximum-likelihood sequence decoding of a terminated shift-register code, treating minus one as an erasure.", "operation", held=True),
        Wording("octal polynomials, encode, ml decode", "terse", held=True),
        Wording("做卷积编码和维特比译码。", "goal", "zh"),
        Wording("根据八进制生成多项式构造网格图，带零尾编码，再回溯最小路径译码。", "operation", "zh"),
        Wording("链路会翻转和丢失比特，请给要发的消息加纠错码，并恢复收到的消息。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`job.json`: `constraint_length` (K), `generators` (list of octal texts, one per coded bit, R of them), `message` "
            "(bits to encode), `received` (values of a received word, 0, 1, or -1 for lost)",
        ),
        outputs=(
            Slot("encoded", "list[int]", "1", "code word of `message`"),
            Slot("decoded", "list[int]", "1", "message of `received`, without tail"),
        ),
        remarks=(
            "the encoder holds the newest K bits; a generator is an octal number whose highest of K bits weighs the newest bit; a coded bit is "
            "the sum modulo 2 of the weighted bits",
            "each message bit gives R coded bits in the order of the generators; the encoder starts with zeros, and K - 1 zeros follow the message as a tail",
            "example: K = 3, generators 7 and 5, message 1 0 1 gives 11 10 00 10 11",
            "decode to the message whose code word differs from the received word in the fewest places, lost ones not counted; "
            "any of several equally near ones will do",
            "up to 3 % of the received values are flipped and up to 5 % lost; at most 15 % of the decoded bits may be wrong, which such a decoder keeps by far as a rule; both messages may be empty",
        ),
    ),
    stages=(
        Stage(
            "Load Coding Job",
            ("read constraint length and generators", "read the message and the received word"),
            "Read a code, a message to encode and a received word to decode.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("constraint_length", "int", "1", "bits a coded bit depends on"),
                Slot("generators", "list[str]", "1", "octal texts, one per coded bit"),
                Slot("message", "list[int]", "1", "bits to encode"),
                Slot("received", "list[int]", "1", "received values, -1 for lost"),
            ),
        ),
        Stage(
            "Generator Taps",
            ("read each generator as an octal number", "write its bits as a row, the highest of K first"),
            "Turn octal generators into rows of taps, the newest bit first.",
            (
                Slot("constraint_length", "int", "1", "bits a coded bit depends on", "task1"),
                Slot("generators", "list[str]", "1", "octal texts, one per coded bit", "task1"),
            ),
            (Slot("taps", "ndarray[int64, (R, K)]", "1", "generators, the newest bit first"),),
        ),
        Stage(
            "Encode With Tail",
            ("append K - 1 zeros", "shift bit by bit through a register", "one sum modulo 2 per generator"),
            "Encode a message and the zeros that bring the encoder back to rest.",
            (Slot("message", "list[int]", "1", "bits to encode", "task1"), TAPS),
            (Slot("encoded", "list[int]", "1", "coded bits"),),
        ),
        Stage(
            "Viterbi Decode",
            ("coded bits of every register content", "count differences per step, lost values not counted", "keep the cheaper of two ways into each state", "trace back from the zero state and drop the tail"),
            "Find the message whose code word differs least from what was received.",
            (Slot("received", "list[int]", "1", "received values, -1 for lost", "task1"), TAPS),
            (Slot("decoded", "list[int]", "1", "message bits without the tail"),),
        ),
    ),
    solutions="t078_convolutional_code",
    generate=generate,
    measure=measure,
    bars=(
        Bar("encoded_wrong", 0.5, "most"),  # exact
        Bar("excess_distance", 0.5, "most"),  # maximum likelihood is never farther than the message that was sent
        Bar("bit_error_rate", 0.15, "most"),  # error events of right decoders reach 0.07 in 2,500 hard draws; best wrong 0.31 (decimal)
    ),
    alternates=(
        Variant("survivors", "survivor messages in plain Python, register as one number", swap={"viterbi_decode": "viterbi_decode_survivors", "encode_with_tail": "encode_with_tail_integer"}),
        Variant("backward", "costs from the end first, then one way forward", swap={"viterbi_decode": "viterbi_decode_backward"}),
        Variant("polynomials", "products of polynomials, octal digits as texts", swap={"encode_with_tail": "encode_with_tail_product", "generator_taps": "generator_taps_text"}),
    ),
    mutants=(
        Variant("no_decoding", "every first received value is taken for a message bit", swap={"viterbi_decode": "viterbi_decode_none"}, naive=True),
        Variant("decimal", "octal generators read as decimal", edits=(("generator_taps", "int(text, 8)", "int(text)"),)),
        Variant("no_tail", "does not bring the encoder back to rest", edits=(("encode_with_tail", "[*message, *[0] * memory]", "message"),)),
        Variant("inverted", "keeps the worse of two ways", edits=(("viterbi_decode", "total.argmin(axis=1)", "total.argmax(axis=1)"),)),
        Variant("reversed_taps", "the lowest bit of a generator weighs the newest bit", edits=(("generator_taps", "value >> (constraint_length - 1 - at)", "value >> at"),)),
        Variant("greedy", "decides bit by bit without looking back", swap={"viterbi_decode": "viterbi_decode_greedy"}),
        Variant("tail_kept", "returns the tail as well", edits=(("viterbi_decode", "[: len(choices) - (length - 1)]", ""),)),
    ),
    notes=(
        "A convolutional encoder is a shift register of K bits; each generator adds some of them modulo 2. Generators are written in octal: 171 and 133 "
        "are 1111001 and 1011011, the code of Voyager, 802.11 and DVB. K - 1 zero bits bring the register back to zero, so the decoder knows "
        "first and last state. The Viterbi algorithm keeps one survivor for each of the 2^(K-1) states: of the two branches that "
        "enter a state it keeps the one with fewer differences. A lost value counts for neither. With free distance d a terminated code repairs any "
        "(d - 1) / 2 flips that are close together: d is 6, 7, 8, 10 for rate 1/2 and K = 4, 5, 6, 7. Generators read from the other end, or as "
        "decimal numbers, give another and often worse code."
    ),
    relations=(Relation("add_a_code_word", _added_word),),
    sources=("Viterbi 1967, IEEE Transactions on Information Theory 13(2)", "Lin, Costello: Error Control Coding, 2nd edition, chapter 12, tables of codes"),
)  # fmt: skip
