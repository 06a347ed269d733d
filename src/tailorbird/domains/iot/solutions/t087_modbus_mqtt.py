"""Right and wrong programs of T087, one function per step. Read as text, never imported."""

import json
import socket
import struct
from typing import Any

import paho.mqtt.client as mqtt
from pymodbus import ModbusException
from pymodbus.client import ModbusTcpClient


def load_gateway_task(path: str) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]], int]:
    """Read both ends of the gateway and what passes through it.

    Args:
        path: JSON with modbus (host, port, unit, address), mqtt (host, port, prefix), points and scans.

    Returns:
        The device, the broker, the points (name, scale, deadband), and the number of scans.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["modbus"], task["mqtt"], list(task["points"]), int(task["scans"])


def read_scans(device: dict[str, Any], points: list[dict[str, Any]], scans: int) -> list[list[int]]:
    """Read the block of registers once per scan; connect again and repeat a read that fails.

    Args:
        device: host, port, unit, and address of the first register.
        points: one register each, in order.
        scans: how many times to read.

    Returns:
        Signed register values of each scan.
    """
    rows: list[list[int]] = []
    client = ModbusTcpClient(device["host"], port=device["port"], timeout=2, retries=0)
    failures = 0
    while len(rows) < scans:
        try:
            if not client.connected and not client.connect():
                raise ModbusException("no connection")
            answer = client.read_holding_registers(device["address"], count=len(points), device_id=device["unit"])
            if answer.isError():
                raise ModbusException("refused")
        except ModbusException:
            client.close()
            failures += 1
            if failures > scans + 5:
                raise
            continue
        rows.append([word - 65536 if word > 32767 else word for word in answer.registers])
    client.close()
    return rows


def select_changes(points: list[dict[str, Any]], rows: list[list[int]]) -> list[tuple[str, float]]:
    """Keep a value when it differs from the one last kept by more than the deadband.

    Args:
        points: name, scale and deadband (register counts) of each register.
        rows: register values of each scan.

    Returns:
        Names and scaled values in the order in which they are to be published; the first value of each point is kept.
    """
    changes: list[tuple[str, float]] = []
    last: dict[str, int] = {}
    for row in rows:
        for point, count in zip(points, row):
            name = point["name"]
            if name not in last or abs(count - last[name]) > point["deadband"]:
                last[name] = count
                changes.append((name, round(count * point["scale"], 3)))
    return changes


def publish_changes(broker: dict[str, Any], changes: list[tuple[str, float]]) -> int:
    """Publish each change retained and with QoS 1.

    Args:
        broker: host, port, and prefix of the topics.
        changes: names and values in order.

    Returns:
        Number of messages that the broker has acknowledged.
    """
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.connect(broker["host"], broker["port"])
    client.loop_start()
    sent = [
        client.publish(f"{broker['prefix']}/{name}", json.dumps({"value": value}), qos=1, retain=True)
        for name, value in changes
    ]
    for message in sent:
        message.wait_for_publish(5.0)
    client.disconnect()
    client.loop_stop()
    return len(sent)


def read_scans_socket(device: dict[str, Any], points: list[dict[str, Any]], scans: int) -> list[list[int]]:
    """Write the frames by hand; an empty answer means that the connection is gone."""
    rows: list[list[int]] = []
    request = struct.pack(">HHHBBHH", 1, 0, 6, device["unit"], 3, device["address"], len(points))
    while len(rows) < scans:
        with (
            socket.create_connection((device["host"], device["port"]), timeout=2.0) as link,
            link.makefile("rb") as stream,
        ):
            while len(rows) < scans:
                try:
                    link.sendall(request)
                    head = stream.read(9)
                except ConnectionError:
                    break
                if len(head) < 9:
                    break
                rows.append(list(struct.unpack(f">{head[8] // 2}h", stream.read(head[8]))))
    return rows


def select_changes_columns(points: list[dict[str, Any]], rows: list[list[int]]) -> list[tuple[str, float]]:
    """Go through each point's column, note when it changes, and sort by scan."""
    found = []
    for place, point in enumerate(points):
        reference = None
        for scan, row in enumerate(rows):
            if reference is None or not -point["deadband"] <= row[place] - reference <= point["deadband"]:
                reference = row[place]
                found.append((scan, place, point["name"], round(reference * point["scale"], 3)))
    return [(name, value) for _, _, name, value in sorted(found, key=lambda item: item[:2])]


def publish_changes_waiting(broker: dict[str, Any], changes: list[tuple[str, float]]) -> int:
    """Wait for the acknowledgement of each message before the next is sent."""
    acknowledged: list[int] = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_publish = lambda client, data, number, reason, properties: acknowledged.append(number)
    client.connect(broker["host"], broker["port"])
    while not client.is_connected():
        client.loop(0.02)
    for count, (name, value) in enumerate(changes, 1):
        client.publish(broker["prefix"] + "/" + name, '{"value": ' + repr(value) + "}", qos=1, retain=True)
        while len(acknowledged) < count:
            client.loop(0.02)
    client.disconnect()
    return len(acknowledged)


def select_changes_all(points: list[dict[str, Any]], rows: list[list[int]]) -> list[tuple[str, float]]:
    """Publish every value of every scan."""
    return [(point["name"], round(count * point["scale"], 3)) for row in rows for point, count in zip(points, row)]


def select_changes_previous(points: list[dict[str, Any]], rows: list[list[int]]) -> list[tuple[str, float]]:
    """Compare with the scan before instead of with the value last published."""
    changes: list[tuple[str, float]] = []
    for number, row in enumerate(rows):
        for place, point in enumerate(points):
            if number == 0 or abs(row[place] - rows[number - 1][place]) > point["deadband"]:
                changes.append((point["name"], round(row[place] * point["scale"], 3)))
    return changes


def read_scans_once(device: dict[str, Any], points: list[dict[str, Any]], scans: int) -> list[list[int]]:
    """Read until the connection is lost and be content with that."""
    rows: list[list[int]] = []
    client = ModbusTcpClient(device["host"], port=device["port"], timeout=2, retries=0)
    client.connect()
    try:
        while len(rows) < scans:
            answer = client.read_holding_registers(device["address"], count=len(points), device_id=device["unit"])
            rows.append([word - 65536 if word > 32767 else word for word in answer.registers])
    except ModbusException:
        return rows
    finally:
        client.close()
    return rows
