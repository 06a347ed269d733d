"""Right and wrong programs of T084, one function per step. Read as text, never imported."""

import json
import socket
import struct
import time

import paho.mqtt.client as mqtt


def load_publisher_task(path: str) -> tuple[str, int, str, str, str, float, list[float]]:
    """Read where the broker is, what to publish, and how often.

    Args:
        path: JSON with host, port, client_id, topic, status_topic, period_s (s) and readings_c (°C).

    Returns:
        Host, port, client identifier, topic of the readings, topic of the status, period in s, readings in °C.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    texts = (task["client_id"], task["topic"], task["status_topic"])
    return (
        task["host"],
        int(task["port"]),
        *texts,
        float(task["period_s"]),
        [float(value) for value in task["readings_c"]],
    )


def format_payloads(readings_c: list[float]) -> list[str]:
    """Write each reading as a JSON object.

    Args:
        readings_c: temperatures in °C.

    Returns:
        Payloads such as {"temperature_c": 21.37}, rounded to two decimals.
    """
    return [json.dumps({"temperature_c": round(reading, 2)}) for reading in readings_c]


def publish_payloads(
    host: str, port: int, client_id: str, topic: str, status_topic: str, period_s: float, payloads: list[str]
) -> int:
    """Publish the payloads one per period, retained and with QoS 1, under a last will.

    The connection stays open at the end, so that the broker sends the will when the program's power fails.

    Args:
        host: address of the broker.
        port: its TCP port.
        client_id: client identifier.
        topic: where the readings go.
        status_topic: where online goes now, and offline as the will.
        period_s: time between two payloads in s.
        payloads: what to send.

    Returns:
        Number of payloads that the broker has acknowledged.
    """
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id)
    client.will_set(status_topic, "offline", qos=1, retain=True)
    client.connect(host, port, keepalive=30)
    client.loop_start()
    client.publish(status_topic, "online", qos=1, retain=True).wait_for_publish(5.0)
    published = 0
    start = time.monotonic()
    for index, payload in enumerate(payloads):
        time.sleep(max(0.0, start + index * period_s - time.monotonic()))
        message = client.publish(topic, payload, qos=1, retain=True)
        message.wait_for_publish(5.0)
        published += message.is_published()
    return published


def publish_payloads_loop(
    host: str, port: int, client_id: str, topic: str, status_topic: str, period_s: float, payloads: list[str]
) -> int:
    """Drive the client's loop by hand, without a thread of its own, and count acknowledgements."""
    acknowledged: list[int] = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id)
    client.on_publish = lambda client, data, number, reason, properties: acknowledged.append(number)
    client.will_set(status_topic, payload="offline", qos=1, retain=True)
    client.connect(host, port)
    while not client.is_connected():
        client.loop(0.05)
    client.publish(status_topic, "online", 1, True)
    while not acknowledged:
        client.loop(0.05)
    due = time.monotonic()
    for number, payload in enumerate(payloads):
        while (left := due + number * period_s - time.monotonic()) > 0:
            client.loop(min(left, 0.05))
        client.publish(topic, payload, 1, True)
        while len(acknowledged) < number + 2:
            client.loop(0.05)
    return len(acknowledged) - 1


def publish_payloads_socket(
    host: str, port: int, client_id: str, topic: str, status_topic: str, period_s: float, payloads: list[str]
) -> int:
    """Write the packets of MQTT 3.1.1 by hand and wait for each acknowledgement."""
    link = socket.create_connection((host, port), timeout=5.0)
    stream = link.makefile("rb")
    fields = [client_id.encode(), status_topic.encode(), b"offline"]
    body = b"\x00\x04MQTT\x04\x2e\x00\x1e" + b"".join(struct.pack(">H", len(field)) + field for field in fields)
    link.sendall(bytes((0x10, len(body))) + body)
    if stream.read(4)[3] != 0:
        raise ConnectionError("the broker refused the connection")
    start = time.monotonic()
    for number, payload in enumerate(["online", *payloads], 1):
        name = (topic if number > 1 else status_topic).encode()
        if number > 1:
            time.sleep(max(0.0, start + (number - 2) * period_s - time.monotonic()))
        body = struct.pack(">H", len(name)) + name + struct.pack(">H", number) + payload.encode()
        link.sendall(bytes((0x33, len(body))) + body)
        if stream.read(4) != b"\x40\x02" + struct.pack(">H", number):
            raise ConnectionError("expected an acknowledgement")
        start = time.monotonic() if number == 1 else start
    # A descriptor that nobody closes: the connection ends with the program, without a farewell.
    stream.detach()
    link.detach()
    return len(payloads)


def format_payloads_text(readings_c: list[float]) -> list[str]:
    """Write the JSON text with a format string."""
    return [f'{{"temperature_c": {reading:.2f}}}' for reading in readings_c]


def publish_payloads_once(
    host: str, port: int, client_id: str, topic: str, status_topic: str, period_s: float, payloads: list[str]
) -> int:
    """Send everything at once with the defaults of the library, and say goodbye."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id)
    client.connect(host, port)
    client.loop_start()
    for payload in payloads:
        client.publish(topic, payload).wait_for_publish(5.0)
    client.disconnect()
    client.loop_stop()
    return len(payloads)


def publish_payloads_late_will(
    host: str, port: int, client_id: str, topic: str, status_topic: str, period_s: float, payloads: list[str]
) -> int:
    """Set the will after the connection has been made, where it has no effect."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id)
    client.connect(host, port)
    client.loop_start()
    client.publish(status_topic, "online", qos=1, retain=True).wait_for_publish(5.0)
    client.will_set(status_topic, "offline", qos=1, retain=True)
    for payload in payloads:
        client.publish(topic, payload, qos=1, retain=True).wait_for_publish(5.0)
        time.sleep(period_s)
    return len(payloads)


def format_payloads_repr(readings_c: list[float]) -> list[str]:
    """Write Python objects instead of JSON."""
    return [str({"temperature_c": round(reading, 2)}) for reading in readings_c]
