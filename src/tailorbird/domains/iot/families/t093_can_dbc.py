"""T093 CAN: physical values from raw frames, with the DBC text that describes them.

The generator lays signals out, writes their bits one by one and the DBC text along. Covers: both byte orders, signed
and unsigned numbers, scale and offset, one multiplexer per message, extended identifiers, frames that are too short,
comments that look like signals. Does not cover: floating point signals, nested multiplexers, CAN FD lengths.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

NAMES = (
    "VehicleSpeed", "CoolantTemp", "EngineSpeed", "BatteryVoltage", "FuelLevel", "SteeringAngle", "YawRate", "BrakePressure",
    "OilTemp", "OutsideTemp", "ThrottlePos", "MotorCurrent", "MotorTorque", "CabinTemp", "OdoTotal", "GearRatio",
    "WheelSpeedFL", "WheelSpeedFR", "LateralAccel", "ChargePower", "CellTempMin", "CellTempMax", "InverterTemp", "AirPressure",
)  # fmt: skip

SCALES = ("0.01", "0.1", "0.5", "0.125", "0.0078125", "2", "0.25", "1E-003", "-0.5")
OFFSETS = ("-40", "-273.15", "100", "-1000", "12.5", "-0.75")
UNITS = ("km/h", "degC", "rpm", "V", "%", "deg", "bar", "A")


@dataclass(frozen=True)
class Signal:
    """Layout and scaling of one signal."""

    name: str
    mux: str
    start: int
    length: int
    little: bool
    signed: bool
    factor: str
    offset: str

    def places(self) -> list[int]:
        """Numbers of its bits from the lowest to the highest; bit 0 is the lowest of byte 0, bit 8 that of byte 1."""
        if self.little:
            return list(range(self.start, self.start + self.length))
        first = self.start // 8 * 8 + 7 - self.start % 8
        return [at // 8 * 8 + 7 - at % 8 for at in range(first + self.length - 1, first - 1, -1)]

    def line(self, unit: str) -> str:
        """Its line of the DBC text."""
        form = f"{self.start}|{self.length}@{int(self.little)}{'-' if self.signed else '+'}"
        mux = f" {self.mux}" if self.mux else ""
        return f' SG_ {self.name}{mux} : {form} ({self.factor},{self.offset}) [0|0] "{unit}" Gateway'


@dataclass(frozen=True)
class Message:
    """A message with its signals."""

    id: int
    extended: bool
    name: str
    signals: tuple[Signal, ...]


def _laid_out(draw: np.random.Generator, names: Sequence[str], little: bool, start: int, mux: str) -> list[Signal]:
    """Signals one behind the other from a place on, in the order of the bytes they are read in."""
    signals = []
    at = start
    for place, name in enumerate(names):
        left = 64 - at - 9 * (len(names) - place - 1)
        length = int(draw.integers(9, min(left, 25) + 1))
        at_first = at if little else at // 8 * 8 + 7 - at % 8
        signed = bool((place + (0 if little else 1)) % 2 == 0)
        factor, offset = str(draw.choice(SCALES)), str(draw.choice(OFFSETS))
        signals.append(Signal(name, mux, at_first, length, little, signed, factor, offset))
        at += length
    return signals


def _messages(draw: np.random.Generator, level: Level) -> list[Message]:
    names = draw.permutation(NAMES).tolist()
    ids = draw.choice(np.arange(0x100, 0x7F0), 4, replace=False).tolist()
    plain = [_laid_out(draw, names[2 * k : 2 * k + 2], k == 0, int(draw.integers(0, 4)), "") for k in range(2)]
    messages = [Message(ids[k], False, f"Status{k}", tuple(plain[k])) for k in range(2)]
    if level == "easy":
        return messages
    little = bool(draw.integers(2))
    width = int(draw.integers(2, 5))
    switch = Signal("Selector", "M", 0 if little else 7, width, little, False, "1", "0")
    numbers = draw.choice(2**width, 3, replace=False).tolist()
    parts = [
        s for k in range(3) for s in _laid_out(draw, names[4 + 2 * k : 6 + 2 * k], little, width, f"m{numbers[k]}")
    ]
    messages.append(Message(ids[2], False, "Muxed", (switch, *parts)))
    other = int(draw.integers(0x10000, 0x1FFFFFFF)) if level != "hard" else messages[0].id
    messages.append(Message(other, True, "Long", tuple(_laid_out(draw, names[12:14], False, 1, ""))))
    return [messages[i] for i in draw.permutation(len(messages))]


def _text(draw: np.random.Generator, messages: Sequence[Message]) -> str:
    """The DBC text, with a comment that quotes a signal line."""
    lines = ['VERSION ""', "", "NS_ :", " CM_", " VAL_", "", "BS_:", "", "BU_: Gateway Engine", ""]
    for message in messages:
        number = message.id | (0x80000000 if message.extended else 0)
        lines.append(f"BO_ {number} {message.name}: 8 Engine")
        lines += [signal.line(str(draw.choice(UNITS))) for signal in message.signals]
        lines.append("")
    first = messages[0].signals[-1]
    lines.append('CM_ "Layout before the update:')
    lines.append(f'SG_ {first.name} : 0|8@1+ (1,0) [0|0] "" Gateway";')
    lines.append(f'VAL_ {messages[0].id} {first.name} 0 "off" 1 "on" ;')
    return "\n".join(lines) + "\n"


def generate(seed: int, level: Level) -> Instance:
    """20 to 60 frames of 2 to 4 messages; edge: no frame, extreme raw values only, or frames nobody described."""
    draw = make.rng(seed, "T093", level)
    messages = _messages(draw, level)
    kind = str(draw.choice(["none", "extreme", "foreign"])) if level == "edge" else ""
    frames: list[dict[str, Any]] = []
    values: dict[str, list[float]] = {signal.name: [] for message in messages for signal in message.signals}
    for number in range(0 if kind == "none" else int(draw.integers(20, 60))):
        message = messages[number % len(messages)]
        frame, found = _frame(draw, message, level, kind)
        frames.append(frame)
        for name, value in found:
            values[name].append(value)
    wanted = [str(name) for name in draw.permutation(sorted(set(values) - {"Selector"}))]
    wanted = [*wanted[: max(4, len(wanted) - 3)], "NeverSent"]
    data = {"dbc": _text(draw, messages), "wanted": wanted, "frames": frames}
    return _instance(data, {name: values.get(name, []) for name in wanted})


def _frame(
    draw: np.random.Generator, message: Message, level: Level, kind: str
) -> tuple[dict[str, Any], list[tuple[str, float]]]:
    """A frame of a message and the values of the signals it carries."""
    bits = draw.integers(0, 2, 64)
    if kind == "extreme":
        bits = np.full(64, int(draw.integers(2)))
    active = [signal for signal in message.signals if not signal.mux]
    if message.signals[0].mux == "M":
        switch = message.signals[0]
        chosen = str(draw.choice([signal.mux for signal in message.signals[1:]] + (["m99"] if level == "hard" else [])))
        raw = int(chosen[1:]) if chosen != "m99" else _unused(message)
        bits[switch.places()] = [raw >> k & 1 for k in range(switch.length)]
        active = [signal for signal in message.signals if signal.mux in ("M", f"m{raw}")]
    size = int(draw.integers(2, 8)) if level in ("nominal", "hard") and draw.random() < 0.15 else 8
    data = np.packbits(bits, bitorder="little").tobytes()[:size]
    frame = {"id": message.id, "extended": message.extended, "data": data.hex()}
    if kind == "foreign":
        return {**frame, "id": message.id ^ 0x800 if message.extended else 0x7FF}, []
    carried = [signal for signal in active if max(signal.places()) < 8 * size]
    return frame, [(signal.name, _value(bits, signal)) for signal in carried]


def _unused(message: Message) -> int:
    """A selector value that selects nothing, or 0 when all are taken."""
    taken = {signal.mux for signal in message.signals}
    return next((k for k in range(2 ** message.signals[0].length) if f"m{k}" not in taken), 0)


def _value(bits: Any, signal: Signal) -> float:
    """Physical value: two's complement of the bits, scaled."""
    raw = sum(int(bit) << k for k, bit in enumerate(bits[signal.places()]))
    if signal.signed and raw >> signal.length - 1:
        raw -= 1 << signal.length
    return raw * float(signal.factor) + float(signal.offset)


def _instance(data: Mapping[str, Any], values: Mapping[str, list[float]]) -> Instance:
    return Instance({"capture.json": make.json_bytes(data)}, {"values": dict(values)}, "capture.json")


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Signals whose list has another length or a value that is off by more than a millionth, and wrong names."""
    wanted, found = truth["values"], output["values"]
    wrong = len(set(wanted) ^ set(found))
    for name in set(wanted) & set(found):
        pairs = list(zip(wanted[name], found[name], strict=False))
        alike = all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6) for a, b in pairs)
        wrong += len(wanted[name]) != len(found[name]) or not alike
    return {"wrong_signals": float(wrong)}


def _reordered(instance: Instance, seed: int) -> Instance:
    """Frames of the capture twice, the database lines of each message in another order."""
    data = json.loads(instance.visible["capture.json"])
    draw = make.rng(seed, "reordered")
    head, *blocks = data["dbc"].split("\nBO_ ")
    *blocks, last = blocks
    tail = last.index("\n\n")
    parts = [block.rstrip("\n") for block in [*blocks, last[:tail]]]
    order = draw.permutation(len(parts)).tolist()
    data["dbc"] = "".join([head, *("\nBO_ " + parts[k] + "\n" for k in order)]) + last[tail + 1 :]
    data["frames"] = data["frames"] * 2
    return _instance(data, {name: values * 2 for name, values in instance.truth["values"].items()})


FRAMES = Slot("frames", "list[dict]", "1", "frames with id, extended and data", "task1")

FAMILY = Family(
    id="T093",
    title="CAN signals",
    domain="J",
    version=1,
    wordings=(
        Wording("Speed and temperature from frames with this DBC.", "goal"),
        Wording("Parse the DBC text, cut the bits of each signal out of the CAN frames, apply scale and offset.", "operation"),
        Wording("CAN frames + DBC → physical values", "terse"),
        Wording("I logged my car's bus and have its database file. Show me the values of the signals I name.", "goal"),
        Wording("Decode capture.json: mind byte order, sign and multiplexer, and list the wanted signals.", "operation"),
        Wording("Turn these raw vehicle messages into numbers with a meaning.", "goal"),
        Wording("decode can log with dbc", "terse"),
        Wording("From a dump of the vehicle network, what did the engine report? The signal description is included.", "goal", held=True),
        Wording("Extract Intel and Motorola bit fields from each message as the SG_ lines say and scale them.", "operation", held=True),
        Wording("bus dump, dbc text, wanted names → lists", "terse", held=True),
        Wording("用这个 DBC 从报文里取出车速和温度。", "goal", "zh"),
        Wording("解析 DBC 文本，按字节序、符号、比例和偏移解码 CAN 报文。", "operation", "zh"),
        Wording("我录下了汽车总线的数据，请把想要的信号换算成物理值。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`capture.json`: `dbc` (text of a DBC file), `wanted` (names of signals), `frames` (list of objects with `id` "
            "(identifier without flag), `extended` (true or false), `data` (payload as hex))",
        ),
        outputs=(Slot("values", "dict[str, list[float]]", "1", "for each wanted signal its physical values in the order of the frames"),),
        remarks=(
            "`BO_ 291 Status: 8 Engine` opens message 291; in a DBC file the number of a message with an extended identifier has bit 31 set",
            "` SG_ Speed : 8|16@1+ (0.01,0) [0|0] \"km/h\" Gateway` is a signal of the message above: start bit 8, 16 bits, order @1, sign +, "
            "factor 0.01, offset 0; such lines begin with a blank; value = raw * factor + offset",
            "bits are numbered 8 * byte + bit, bit 0 the lowest of its byte; with @1 (little endian) the start bit is the lowest bit of the signal, "
            "with @0 (big endian) it is the highest, and the signal goes on downwards in the byte and then from bit 7 of the next one",
            "sign - means two's complement; `M` after the name marks the multiplexer of the message, `m3` a signal that is there only when the multiplexer's raw value is 3",
            "a signal that reaches beyond the payload is not there; frames of unknown messages are skipped; every wanted name is a key, with an empty list when it never came",
        ),
    ),
    stages=(
        Stage(
            "Load CAN Capture",
            ("read the database text, the wanted names and the frames",),
            "Read the database text, the wanted signals and the frames of a capture.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("dbc", "str", "1", "text of the DBC file"),
                Slot("wanted", "list[str]", "1", "names of signals"),
                Slot("frames", "list[dict]", "1", "frames with id, extended and data"),
            ),
        ),
        Stage(
            "Parse DBC Signals",
            ("remember the message number of each BO_ line", "take name, multiplexing, layout and scaling of each SG_ line that begins with a blank"),
            "Read message and signal lines of a DBC file.",
            (Slot("dbc", "str", "1", "text of the DBC file", "task1"),),
            (Slot("signals", "list[dict]", "1", "message, name, mux, start, length, little, signed, factor, offset of each signal"),),
        ),
        Stage(
            "Decode CAN Frames",
            ("find the signals of the frame's message, extended ones by bit 31", "cut the bits out by byte order", "two's complement where signed, then factor and offset", "skip multiplexed signals that are not selected and signals beyond the payload"),
            "Decode every signal that a frame carries.",
            (FRAMES, Slot("signals", "list[dict]", "1", "message, name, mux, start, length, little, signed, factor, offset of each signal", "task2")),
            (Slot("readings", "list[dict]", "1", "name and value of each decoded signal, in the order of the frames"),),
        ),
        Stage(
            "Collect Wanted Signals",
            ("one list per wanted name", "append the readings in order"),
            "Gather the values of the wanted signals.",
            (
                Slot("readings", "list[dict]", "1", "name and value of each decoded signal, in the order of the frames", "task3"),
                Slot("wanted", "list[str]", "1", "names of signals", "task1"),
            ),
            (Slot("values", "dict[str, list[float]]", "1", "values by name"),),
        ),
    ),
    solutions="t093_can_dbc",
    generate=generate,
    measure=measure,
    bars=(
        Bar("wrong_signals", 0.5, "most"),  # exact; best wrong on nominal 1
    ),
    alternates=(
        Variant("bit_list", "lists the places of all bits of a signal", swap={"decode_can_frames": "decode_can_frames_bits"}),
        Variant("arrays", "bits unpacked by numpy", swap={"decode_can_frames": "decode_can_frames_arrays", "collect_wanted_signals": "collect_wanted_signals_filter"}),
        Variant("split_lines", "DBC lines split without regular expressions", swap={"parse_dbc_signals": "parse_dbc_signals_split"}),
    ),
    mutants=(
        Variant("start_byte", "one byte per signal", swap={"decode_can_frames": "decode_can_frames_bytes"}, naive=True),
        Variant("all_little", "byte order ignored", edits=(("parse_dbc_signals", '"little": order == "1"', '"little": True'),)),
        Variant("no_offset", "offset dropped", edits=(("decode_can_frames", ' + signal["offset"]', ""),)),
        Variant("no_scale", "factor dropped", edits=(("decode_can_frames", ' * signal["factor"]', ""),)),
        Variant("unsigned", "sign ignored", edits=(("decode_can_frames", 'signal["signed"] and raw', "False and raw"),)),
        Variant("multiplexer", "decodes multiplexed signals from every frame", edits=(("decode_can_frames", 'signal["mux"] not in ("", "M", f"m{switch}")', "False"),)),
        Variant("motorola_low", "big-endian start bit taken for the lowest bit", edits=(("decode_can_frames", '// 8 * 8 + 7 - signal["start"] % 8', '// 8 * 8 + 8 - signal["start"] % 8 - length'), ("decode_can_frames", "if first + length > total:", "if first < 0 or first + length > total:"))),
        Variant("comments", "takes signal lines inside comments for signals", edits=(("parse_dbc_signals", 'found and line.startswith(" ")', "found"),)),
    ),
    notes=(
        "A CAN frame is an identifier (11 bits, or 29 when extended) and up to 8 bytes; what the bits mean stands in a DBC file. BO_ opens a message, SG_ "
        "gives start|length@order sign (factor,offset). @1 is little endian (Intel): int.from_bytes(data, 'little') shifted right by the start bit. @0 is big endian "
        "(Motorola): the start bit is the highest one and its place in reading order is 8 * (start // 8) + 7 - start % 8; shift the big-endian number "
        "so that the last bit falls to 0. Two's complement subtracts 2^length when the highest bit is set. A multiplexer (M) selects which "
        "of the signals m0, m1, ... share the other bits; decoding the wrong ones gives plausible nonsense. Extended identifiers carry bit 31 in the file. CM_ and VAL_ "
        "lines hold texts that may look like anything."
    ),
    relations=(Relation("twice_and_reordered", _reordered),),
    sources=("Vector DBC file format documentation 1.0.5", "ISO 11898-1:2015"),
)  # fmt: skip
