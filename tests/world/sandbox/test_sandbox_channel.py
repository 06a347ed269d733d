"""The frame decoder under hostile bytes: it answers, raises `DecodeError`, and does nothing else."""

from __future__ import annotations

import datetime
import json
import random
import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailorbird.world.sandbox import channel
from tailorbird.world.sandbox.decode import MAX_DEPTH, DecodeError, Decoder, load_tree
from tailorbird.world.sandbox.encode import Encoder
from tailorbird.world.sandbox.job import Opaque

FRAMES = 20_000
"""Damaged frames per run; their generator's seed is fixed."""


def frame(text: str, *blobs: bytes) -> bytes:
    head = text.encode()
    return struct.pack("<I", len(head)) + head + b"".join(blobs)


def value(tree: str, *blobs: bytes) -> object:
    sizes = json.dumps([len(blob) for blob in blobs])
    return channel.unpack(frame(f'{{"t": "value", "i": 0, "value": {tree}, "blobs": {sizes}}}', *blobs)).value()


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
    | st.complex_numbers(allow_nan=False) | st.dates() | st.timedeltas() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=5) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=4)
    | st.dictionaries(st.integers() | st.tuples(st.integers()), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(plain)
@settings(max_examples=300, deadline=None)
def test_every_plain_value_survives_the_round_trip(thing: object) -> None:
    packed = channel.pack_value("value", {"i": 0}, thing, strict=True)
    (got,) = channel.Stream(1 << 24).feed(packed)
    assert got.value() == thing and type(got.value()) is type(thing)


def test_damaged_frames_are_refused_or_read_but_never_crash() -> None:
    dice = random.Random(20240501)
    samples: list[object] = [
        {"a": [1, 2.5, None]}, (1, "x" * 5000), b"bytes", np.arange(5.0), {1, 2}, 10**40, float("nan"),
        datetime.datetime(2024, 1, 1), {(1, 2): {3: [4]}}, 1 + 2j,
    ]  # fmt: skip
    seeds = [channel.pack_value("value", {"i": 0}, sample) for sample in samples]
    tokens = [b"[", b"{", b'"$"', b"1e999", b"NaN", b"-", b"\xff", b"9" * 30, b'"b":1', b"null", b'"v":', b"]" * 9]
    refused = 0
    started = time.monotonic()
    for _ in range(FRAMES):
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(data))
            if dice.random() < 0.5:
                data[place] = dice.randrange(256)
            else:
                data[place : place + dice.randint(0, 4)] = dice.choice(tokens)
        try:
            for one in channel.Stream(1 << 20).feed(bytes(data)):
                one.value()
        except DecodeError:
            refused += 1
    assert refused > FRAMES / 4
    assert time.monotonic() - started < 30


BAD = {
    "deep": "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2),
    "very deep": "[" * 50_000 + "]" * 50_000,
    "duplicate key": '{"a": 1, "a": 2}',
    "not a number": "NaN",
    "infinite": "1e999",
    "long integer": "9" * 100_000,
    "long tagged integer": '{"$": "int", "v": "%s"}' % ("9" * 5000),
    "small tagged integer": '{"$": "int", "v": "5"}',
    "unknown tag": '{"$": "pickle", "v": ""}',
    "extra field": '{"$": "float", "v": "nan", "x": 1}',
    "tag of a wrong type": '{"$": ["float"], "v": 1}',
    "wrong float": '{"$": "float", "v": "1.0"}',
    "lone surrogate": '"\\ud800"',
    "surrogate key": '{"\\ud800": 1}',
    "unhashable member": '{"$": "set", "v": [[1]]}',
    "repeated member": '{"$": "set", "v": [1, 1]}',
    "equal members": '{"$": "set", "v": [1, true]}',
    "repeated pair": '{"$": "dict", "v": [[1, 1], [1, 2]]}',
    "broken pair": '{"$": "dict", "v": [[1]]}',
    "wrong date": '{"$": "date", "v": "2024-13-01"}',
    "huge duration": '{"$": "timedelta", "v": [999999999999, 0, 0]}',
    "missing blob": '{"$": "bytes", "b": 0}',
    "array of objects": '{"$": "ndarray", "dtype": "|O", "shape": [], "b": 0}',
    "many values": "[" + "0," * 2_100_000 + "0]",
}


@pytest.mark.parametrize("name", BAD)
def test_malformed_values_are_refused(name: str) -> None:
    with pytest.raises(DecodeError):
        value(BAD[name])


@pytest.mark.parametrize(
    ("tree", "blobs"),
    [
        ('{"$": "ndarray", "dtype": "|O8", "shape": [1], "b": 0}', (b"x" * 8,)),
        ('{"$": "ndarray", "dtype": "<f8", "shape": [2], "b": 0}', (b"x" * 8,)),
        ('{"$": "ndarray", "dtype": "<f8", "shape": [-1], "b": 0}', (b"x" * 8,)),
        ('{"$": "ndarray", "dtype": "<f8", "shape": [true], "b": 0}', (b"x" * 8,)),
        ('{"$": "ndarray", "dtype": "<f8", "shape": [0, 1099511627776, 1099511627775], "b": 0}', (b"",)),
        ('{"$": "str", "b": 0}', (b"\xff",)),
        ('[{"$": "bytes", "b": 0}, {"$": "bytes", "b": 0}]', (b"x",)),
        ('{"$": "bytes", "b": 1}', (b"x", b"y")),
        ('{"$": "bytes", "b": true}', (b"x", b"y")),
        ("1", (b"unused",)),
    ],
)
def test_blobs_are_used_once_in_order_and_fit_their_shape(tree: str, blobs: tuple[bytes, ...]) -> None:
    with pytest.raises(DecodeError):
        value(tree, *blobs)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\0\0\0", struct.pack("<I", 99) + b"{}", frame("[]"), frame('{"t": 1, "blobs": []}'), frame('{"t": "x"}'),
        frame('{"t": "x", "blobs": [5]}', b"abc"), frame('{"t": "x", "blobs": [-1, 1]}'),
        frame('{"t": "x", "blobs": [true]}', b"a"), frame('{"t": "x", "blobs": [1.0]}', b"a"), frame("\x00"),
    ],
)  # fmt: skip
def test_malformed_frames_are_refused(body: bytes) -> None:
    with pytest.raises(DecodeError):
        channel.unpack(body)


def test_colliding_keys_cannot_stall_the_judge() -> None:
    prime = (1 << 61) - 1
    members = ",".join(json.dumps({"$": "int", "v": str(prime * (n + 10))}) for n in range(50_000))
    started = time.monotonic()
    with pytest.raises(DecodeError):
        value('{"$": "set", "v": [' + members + "]}")
    assert time.monotonic() - started < 5


def test_a_stream_keeps_to_its_limit_and_joins_pieces() -> None:
    packed = channel.pack("x", {"n": 1})
    stream = channel.Stream(len(packed))
    frames = [one for byte in packed for one in stream.feed(bytes([byte]))]
    assert [one.head["n"] for one in frames] == [1]
    with pytest.raises(DecodeError):
        stream.feed(b"x")
    with pytest.raises(DecodeError):
        channel.Stream(1000).feed(struct.pack("<I", 1 << 30))


def test_hostile_subclasses_travel_as_their_base_or_as_a_name() -> None:
    class Number(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = float.__hash__

    class Array(np.ndarray):
        pass

    encoder = Encoder()
    got = Decoder(encoder.blobs).decode(load_tree(json.dumps(encoder.encode([Number(2.0), object()])).encode()))
    assert type(got[0]) is float and got == [2.0, Opaque("object")]
    assert Encoder().encode(np.array([object()])) == {"$": "opaque", "v": "ndarray"}
    with pytest.raises(TypeError):
        Encoder(strict=True).encode(object())
