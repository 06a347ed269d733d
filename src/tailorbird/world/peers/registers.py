"""A Modbus TCP device with fixed registers: a server of pymodbus, its requests noted by an own reader of the wire.

Covers: holding and input registers of one unit. Does not cover: writes, coils; values that change (`fieldbus.py`).
"""

from __future__ import annotations

import asyncio
import struct
import threading
from typing import Any

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

MOST = 5000
"""Requests kept."""

WAIT_S = 5.0
"""Longest wait for the server to listen."""


class Peer:
    """The device and the requests it received."""

    def __init__(self) -> None:
        self._requests: list[list[int]] = []

    def start(self, script: dict[str, Any]) -> None:
        """Serve the script's `registers`: `port`, `unit`, and `holding` and `input`, lists of words from address 0.

        Raises:
            RuntimeError: if the server does not listen in time.
        """
        self._script = script["registers"]
        self._up = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        if not self._up.wait(WAIT_S):
            raise RuntimeError("the Modbus server did not start")

    async def _serve(self) -> None:
        def block(words: list[int]) -> list[Any]:
            return [SimData(0, values=list(words), datatype=DataType.REGISTERS)]

        bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        tables = (bits, bits, block(self._script["holding"]), block(self._script["input"]))
        device = SimDevice(int(self._script["unit"]), simdata=tables)
        address = ("127.0.0.1", int(self._script["port"]))
        server = ModbusTcpServer(device, address=address, trace_packet=self._note)
        await server.serve_forever(background=True)
        self._up.set()
        await asyncio.Event().wait()

    def _note(self, sending: bool, data: bytes) -> bytes:
        """Keep unit, function, address and count of a request, as they stand on the wire."""
        if not sending and len(data) >= 12 and len(self._requests) < MOST:
            self._requests.append(list(struct.unpack(">BBHH", data[6:12])))
        return data

    def record(self) -> dict[str, Any]:
        """Requests in order: unit, function, address, count."""
        return {"modbus": {"requests": self._requests}}
