"""Frames between the judge and a job: a small JSON head and raw parts.

A frame is u32 length of the rest, u32 length of the head, the head, the parts one after another; little-endian.
The head is an object with the kind under `t` and the sizes of the parts under `blobs`.
Covers: packing, and unpacking of hostile streams. Does not cover: which frame may come when; `trial.py` says that.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from .decode import DecodeError, Decoder, load_tree
from .encode import Encoder

MAX_HEAD = 16 << 20
"""Longest head, bytes."""
MAX_BLOBS = 100_000
"""Most raw parts of one frame."""


def pack(kind: str, fields: dict[str, Any], blobs: list[bytes] | None = None) -> bytes:
    """One frame.

    Args:
        kind: what the frame says.
        fields: JSON data beside the kind.
        blobs: raw parts.

    Returns:
        The bytes to send.
    """
    parts = blobs or []
    head = {"t": kind, **fields, "blobs": [len(part) for part in parts]}
    text = json.dumps(head, separators=(",", ":"), allow_nan=False).encode()
    rest = 4 + len(text) + sum(map(len, parts))
    return b"".join((struct.pack("<II", rest, len(text)), text, *parts))


def pack_value(kind: str, fields: dict[str, Any], value: Any, strict: bool = False) -> bytes:
    """One frame whose field `value` is an encoded Python value.

    Raises:
        TypeError: in strict mode, if the value's type is not carried.
    """
    encoder = Encoder(strict)
    tree = encoder.encode(value)
    return pack(kind, {**fields, "value": tree}, encoder.blobs)


class Frame:
    """One unpacked frame.

    Args:
        head: the checked JSON object.
        blobs: the raw parts.
    """

    def __init__(self, head: dict[str, Any], blobs: list[bytes]) -> None:
        self.head = head
        """The JSON object, of unchecked fields but for `t` and `blobs`."""
        self.blobs = blobs
        """The raw parts."""
        self.kind: str = head["t"]
        """What the frame says."""

    def value(self) -> Any:
        """The Python value under `value`.

        Raises:
            DecodeError: if it is missing or breaks a rule.
        """
        if "value" not in self.head:
            raise DecodeError("a frame has no value")
        return Decoder(self.blobs).decode(self.head["value"])


def unpack(body: bytes) -> Frame:
    """The frame in `body`, which lacks its first length.

    Raises:
        DecodeError: if it breaks a rule.
    """
    if len(body) < 4:
        raise DecodeError("a frame is too short")
    (size,) = struct.unpack_from("<I", body)
    if size > MAX_HEAD or size > len(body) - 4:
        raise DecodeError("a frame's head is longer than the frame")
    head = load_tree(body[4 : 4 + size])
    if not isinstance(head, dict) or not isinstance(head.get("t"), str):
        raise DecodeError("a frame has no kind")
    sizes = head.get("blobs")
    if not isinstance(sizes, list) or len(sizes) > MAX_BLOBS:
        raise DecodeError("a frame does not list its parts")
    if not all(type(length) is int and length >= 0 for length in sizes) or sum(sizes) != len(body) - 4 - size:
        raise DecodeError("a frame's parts have other sizes than listed")
    blobs, start = [], 4 + size
    for length in sizes:
        blobs.append(body[start : start + length])
        start += length
    return Frame(head, blobs)


class Stream:
    """Frames out of a stream of bytes that arrives in pieces.

    Args:
        limit: most bytes over the stream's life.
    """

    def __init__(self, limit: int) -> None:
        self._buffer = bytearray()
        self._left = limit
        self.received = 0
        """Bytes taken in so far."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take some bytes in.

        Returns:
            The frames they complete.

        Raises:
            DecodeError: if a frame breaks a rule or the stream grows beyond its limit.
        """
        self._left -= len(data)
        self.received += len(data)
        if self._left < 0:
            raise DecodeError("the program sent more than its limit")
        self._buffer += data
        frames = []
        while len(self._buffer) >= 4:
            (rest,) = struct.unpack_from("<I", self._buffer)
            if rest > len(self._buffer) - 4 + self._left:
                raise DecodeError("a frame is longer than the limit")
            if len(self._buffer) - 4 < rest:
                break
            frames.append(unpack(bytes(self._buffer[4 : 4 + rest])))
            del self._buffer[: 4 + rest]
        return frames
