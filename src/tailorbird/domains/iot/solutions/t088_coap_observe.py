"""Right and wrong programs of T088, one function per step. Read as text, never imported."""

import asyncio
import itertools
import json
import socket
import struct

import aiocoap


def load_observe_task(path: str) -> tuple[str, int, str]:
    """Read which resource to follow.

    Args:
        path: JSON with host, port and resource.

    Returns:
        Host, UDP port, path of the resource.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["host"], int(task["port"]), task["resource"]


def follow_resource(host: str, port: int, resource: str) -> list[str]:
    """Observe a CoAP resource until it says end, and observe it anew when the observation breaks off.

    Args:
        host: address of the server.
        port: its UDP port.
        resource: path of the resource.

    Returns:
        Fresh payloads in order, the last one being end.
    """

    async def follow() -> list[str]:
        payloads: list[str] = []
        context = await aiocoap.Context.create_client_context()
        try:
            while "end" not in payloads:
                message = aiocoap.Message(
                    code=aiocoap.GET, uri=f"coap://{host}:{port}/{resource.strip('/')}", observe=0
                )
                arrived: asyncio.Queue[aiocoap.Message | None] = asyncio.Queue()
                request = context.request(message)
                # Callbacks miss nothing; the asynchronous iterator keeps only the latest notification.
                request.observation.register_callback(arrived.put_nowait, _suppress_deprecation=True)
                request.observation.register_errback(lambda error: arrived.put_nowait(None), _suppress_deprecation=True)
                notification = await request.response
                while notification is not None and notification.code.is_successful():
                    payloads.append(notification.payload.decode())
                    if payloads[-1] == "end":
                        break
                    notification = await arrived.get()
        finally:
            await context.shutdown()
        return payloads

    return asyncio.run(follow())


def keep_changes(payloads: list[str]) -> list[float]:
    """Turn payloads into numbers and drop what repeats the value before.

    Args:
        payloads: texts in order; end is no value.

    Returns:
        Temperatures in °C, each different from the one before.
    """
    values: list[float] = []
    for payload in payloads:
        if payload == "end":
            break
        value = float(payload)
        if not values or value != values[-1]:
            values.append(value)
    return values


def follow_resource_socket(host: str, port: int, resource: str) -> list[str]:
    """Speak CoAP by hand: register, acknowledge, drop what is older than the last notification."""
    payloads: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(2.0)
        link.connect((host, port))
        number, newest = 1, None
        registration = b"\x60" + b"".join(
            bytes(((11 - 6 if first else 0) << 4 | len(part),)) + part
            for first, part in (
                (index == 0, part.encode()) for index, part in enumerate(resource.strip("/").split("/"))
            )
        )
        link.send(struct.pack(">BBH", 0x41, 1, number) + b"\x07" + registration)
        while True:
            data = link.recv(2048)
            first, code, identity = struct.unpack(">BBH", data[:4])
            if first >> 4 & 3 == 0:
                link.send(struct.pack(">BBH", 0x60, 0, identity))
            if code == 0:
                continue
            if code >> 5 != 2:
                number, newest = number + 1, None
                link.send(struct.pack(">BBH", 0x41, 1, number) + b"\x07" + registration)
                continue
            at, option, sequence = 4 + (first & 15), 0, None
            while at < len(data) and data[at] != 0xFF:
                option += data[at] >> 4
                body = data[at + 1 : at + 1 + (data[at] & 15)]
                at += 1 + len(body)
                sequence = int.from_bytes(body, "big") if option == 6 else sequence
            if sequence is not None and newest is not None and not 0 < (sequence - newest) % (1 << 24) < 1 << 23:
                continue
            newest = sequence
            payloads.append(data[at + 1 :].decode())
            if payloads[-1] == "end":
                return payloads


def keep_changes_groups(payloads: list[str]) -> list[float]:
    """Group equal neighbours and keep one of each."""
    texts = itertools.takewhile(lambda payload: payload != "end", payloads)
    return [value for value, _ in itertools.groupby(float(text) for text in texts)]


def follow_resource_polling(host: str, port: int, resource: str) -> list[str]:
    """Ask ten times for the present state."""

    async def poll() -> list[str]:
        context = await aiocoap.Context.create_client_context()
        payloads = []
        for _ in range(10):
            message = aiocoap.Message(code=aiocoap.GET, uri=f"coap://{host}:{port}/{resource.strip('/')}")
            payloads.append((await context.request(message).response).payload.decode())
        await context.shutdown()
        return payloads

    return asyncio.run(poll())


def follow_resource_unordered(host: str, port: int, resource: str) -> list[str]:
    """Take every datagram as it comes, whatever its sequence number."""
    payloads: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(2.0)
        link.connect((host, port))
        number = 1
        registration = b"\x60" + b"".join(
            bytes(((11 - 6 if first else 0) << 4 | len(part),)) + part
            for first, part in (
                (index == 0, part.encode()) for index, part in enumerate(resource.strip("/").split("/"))
            )
        )
        link.send(struct.pack(">BBH", 0x41, 1, number) + b"\x07" + registration)
        while "end" not in payloads:
            data = link.recv(2048)
            first, code, identity = struct.unpack(">BBH", data[:4])
            if first >> 4 & 3 == 0:
                link.send(struct.pack(">BBH", 0x60, 0, identity))
            if code >> 5 == 2:
                payloads.append(data[data.index(b"\xff") + 1 :].decode())
            elif code:
                number += 1
                link.send(struct.pack(">BBH", 0x41, 1, number) + b"\x07" + registration)
    return payloads


def keep_changes_sorted(payloads: list[str]) -> list[float]:
    """Drop every value that came before, in sorted order."""
    return sorted({float(payload) for payload in payloads if payload != "end"})
