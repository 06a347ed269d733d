"""T084 MQTT sensor: publish readings periodically with QoS 1, retained, under a last will.

The broker is Mosquitto; an observer with its own reader of MQTT 3.1.1 was subscribed to everything before the program
came. What counts is what the observer received, when, and what the broker keeps and says after the program's power has
failed. Covers: readings, quality of service, retained flag, period, birth and will. Does not cover: TLS, passwords,
brokers that go away.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

ROOMS = ("attic", "bath", "cellar", "garage", "hall", "kitchen", "office", "studio")

SETTLE_S = 0.02
"""Time the broker gets to send the will, s."""


def generate(seed: int, level: Level) -> Instance:
    """4 to 7 readings, 20 to 35 ms apart; edge: no reading, or one."""
    draw = make.rng(seed, "T084", level)
    count = {"easy": 4, "nominal": int(draw.integers(5, 7)), "hard": 7, "edge": int(draw.integers(0, 2))}[level]
    room = str(draw.choice(ROOMS))
    depth = {"easy": "", "nominal": "home/", "hard": "site/north/home/", "edge": ""}[level]
    cold = level == "hard"
    readings = [float(f"{value:.4f}") for value in draw.uniform(-18 if cold else 12, -2 if cold else 31, count)]
    task = {
        "host": "127.0.0.1",
        "port": int(draw.integers(20000, 60000)),
        "client_id": f"sensor-{int(draw.integers(1000, 9999))}",
        "topic": f"{depth}{room}/temperature",
        "status_topic": f"{depth}{room}/status",
        "period_s": float(draw.choice([0.02, 0.025, 0.03, 0.035])),
    }
    return _instance(task, readings)


def _instance(task: dict[str, Any], readings: Sequence[float]) -> Instance:
    task = {**task, "readings_c": list(readings)}
    script = {"broker": {"port": task["port"], "settle_s": SETTLE_S}}
    return Instance({"sensor.json": make.json_bytes(task)}, dict(task), "sensor.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Readings lost, changed or of the wrong quality; gap to the period; faults of retained message, birth and will."""
    seen = truth["observed"]["mqtt"]
    topic, status, wanted = truth["topic"], truth["status_topic"], [round(value, 2) for value in truth["readings_c"]]
    came = [event for event in seen["messages"] if event["topic"] == topic]
    found = [_temperature(event["payload"]) for event in came]
    states = [(event["payload"], event["qos"]) for event in seen["messages"] if event["topic"] == status]
    kept = {event["topic"]: event for event in seen["retained"] if event["retain"]}
    last = _temperature(kept[topic]["payload"]) if topic in kept else None
    gaps = np.diff([event["time_s"] for event in came]) / truth["period_s"] - 1.0
    return {
        "readings_wrong": 0.0 if found == wanted else 1.0,
        "qos_wrong": float(sum(event["qos"] != 1 for event in came)),
        # The mean is the time from first to last: one late message on a busy host moves it little.
        "period_error": float(abs(np.mean(gaps))) if gaps.size else 0.0,
        "retained_wrong": float(last != wanted[-1]) if wanted else float(topic in kept),
        "will_wrong": float(
            states != [("online", 1), ("offline", 1)] or kept.get(status, {}).get("payload") != "offline"
        ),
        "foreign": float(len(seen["messages"]) - len(came) - len(states)),
        "report_gap": 0.0 if output["published"] == len(wanted) else math.inf,
    }


def _temperature(payload: str) -> float | None:
    """The reading in a payload; none where it is not of the agreed form."""
    try:
        data = json.loads(payload)
    except ValueError:
        return None
    value = data.get("temperature_c") if isinstance(data, dict) and len(data) == 1 else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _renamed(instance: Instance, seed: int) -> Instance:
    """Other topics, another port, the readings in reverse."""
    task = {key: value for key, value in instance.truth.items() if key != "readings_c"}
    task |= {
        "topic": f"renamed/{task['topic']}",
        "status_topic": f"s/{task['status_topic']}",
        "port": 10000 + seed % 9000,
    }
    return _instance(task, instance.truth["readings_c"][::-1])


FAMILY = Family(
    id="T084",
    title="MQTT sensor",
    domain="J",
    version=1,
    wordings=(
        Wording("Send the temperature to the broker at a fixed pace, QoS 1, retained, and leave a last will.", "goal"),
        Wording("Set a retained will, connect, announce online, then publish each reading as JSON with QoS 1 and the retain flag, one per period.", "operation"),
        Wording("temperature → MQTT, QoS 1, retained, will", "terse"),
        Wording("My thermometer should report to MQTT, and everybody should see it as offline when its battery dies.", "goal"),
        Wording("Use paho to publish the readings periodically; late subscribers must get the last value at once.", "operation"),
        Wording("Make these readings appear on the message bus regularly, so that nobody misses one and a dead sensor is noticed.", "goal", held=True),
        Wording("Publish JSON payloads at least once each to an MQTT 3.1.1 broker, retain them, and register an offline testament before connecting.", "operation", held=True),
        Wording("mqtt publish periodic retained + lwt", "terse", held=True),
        Wording("按固定周期发送温度，QoS 1，保留消息，带遗嘱。", "goal", "zh"),
        Wording("先设置遗嘱再连接，发布 online，然后每个周期以 QoS 1 和保留标志发布一条 JSON 读数。", "operation", "zh"),
        Wording("温度 → MQTT，QoS 1，保留，遗嘱", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`sensor.json`: object with `host`, `port` of the MQTT broker, `client_id`, `topic`, `status_topic`, `period_s` (s), `readings_c` (°C)",
        ),
        outputs=(Slot("published", "int", "1", "readings the broker has acknowledged"),),
        remarks=(
            "each reading goes to `topic` as a JSON object such as `{\"temperature_c\": 21.37}`, rounded to two decimals, in order, once, with QoS 1 and the retain flag",
            "the first reading is sent at once, the others `period_s` apart; the mean interval may be off by 35 %",
            "before the readings `online` goes to `status_topic`, and the will on the same topic is `offline`; both with QoS 1 and the retain flag",
            "the power of the sensor fails when the program has returned: the connection is not closed by the program, so that the broker sends the will",
            "there may be no reading; then only the status is published",
        ),
    ),
    stages=(
        Stage(
            "Load Publisher Task",
            ("read broker, identifier, topics, period and readings from the JSON file",),
            "Read where the broker is, what to publish, and how often.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the broker"),
                Slot("port", "int", "1", "TCP port of the broker"),
                Slot("client_id", "str", "1", "client identifier"),
                Slot("topic", "str", "1", "topic of the readings"),
                Slot("status_topic", "str", "1", "topic of the status"),
                Slot("period_s", "float", "s", "time between readings"),
                Slot("readings_c", "list[float]", "°C", "temperatures"),
            ),
        ),
        Stage(
            "Format Payloads",
            ("round to two decimals", "write each as a JSON object with the key temperature_c"),
            "Write each reading as a JSON object.",
            (Slot("readings_c", "list[float]", "°C", "temperatures", "task1"),),
            (Slot("payloads", "list[str]", "1", "JSON texts"),),
        ),
        Stage(
            "Publish Payloads",
            (
                "set the will on the status topic before connecting",
                "connect and announce online, retained, QoS 1",
                "publish one payload per period, retained, QoS 1, and wait for the acknowledgement",
                "leave the connection open",
            ),
            "Publish the payloads one per period, retained and with QoS 1, under a last will.",
            (
                Slot("host", "str", "1", "address of the broker", "task1"),
                Slot("port", "int", "1", "TCP port of the broker", "task1"),
                Slot("client_id", "str", "1", "client identifier", "task1"),
                Slot("topic", "str", "1", "topic of the readings", "task1"),
                Slot("status_topic", "str", "1", "topic of the status", "task1"),
                Slot("period_s", "float", "s", "time between readings", "task1"),
                Slot("payloads", "list[str]", "1", "JSON texts", "task2"),
            ),
            (Slot("published", "int", "1", "acknowledged payloads"),),
        ),
    ),
    solutions="t084_mqtt_sensor",
    generate=generate,
    measure=measure,
    bars=(
        Bar("readings_wrong", 0.0, "most"),
        Bar("qos_wrong", 0.0, "most"),
        Bar("period_error", 0.35, "most"),  # right programs below 0.1 on a busy host, wrong ones near 1 and above
        Bar("retained_wrong", 0.0, "most"),
        Bar("will_wrong", 0.0, "most"),
        Bar("foreign", 0.0, "most"),
        Bar("report_gap", 0.0, "most"),
    ),
    alternates=(
        Variant("loop", "no thread, the loop driven by hand", swap={"publish_payloads": "publish_payloads_loop"}),
        Variant("socket", "packets written by hand", swap={"publish_payloads": "publish_payloads_socket"}),
        Variant("format", "JSON by a format string", swap={"format_payloads": "format_payloads_text"}),
    ),
    mutants=(
        Variant("defaults", "all at once with the library's defaults", swap={"publish_payloads": "publish_payloads_once"}, naive=True),
        Variant("qos_0", "sent at most once", edits=(("publish_payloads", "client.publish(topic, payload, qos=1, retain=True)", "client.publish(topic, payload, qos=0, retain=True)"),)),
        Variant("not_retained", "a late subscriber gets nothing", edits=(("publish_payloads", "client.publish(topic, payload, qos=1, retain=True)", "client.publish(topic, payload, qos=1)"),)),
        Variant("late_will", "the will is set after connecting", swap={"publish_payloads": "publish_payloads_late_will"}),
        Variant("python_repr", "Python text instead of JSON", swap={"format_payloads": "format_payloads_repr"}),
        Variant("goodbye", "disconnects, so that no will is sent", edits=(("publish_payloads", "    return published", "    client.disconnect()\n    client.loop_stop()\n    return published"),)),
        Variant("double_pace", "half the period", edits=(("publish_payloads", "index * period_s", "index * period_s / 2.0"),)),
    ),
    notes=(
        "MQTT delivers by topic through a broker. QoS 0 sends once and hopes, QoS 1 repeats until the PUBACK came, QoS 2 delivers "
        "exactly once. A retained message is kept by the broker as the last value of its topic and given to later subscribers "
        "with the retain flag set; running subscribers get it without. The last will is part of the CONNECT packet, so it must be "
        "set before connecting; the broker publishes it when the connection ends without a DISCONNECT. A birth message with the "
        "same topic undoes it. Pace: sleep until start + i * period, not for a period each time, or the work adds up. Client "
        "libraries hand publishing to a loop: start it, and wait for the acknowledgement before the program ends."
    ),
    relations=(Relation("renamed", _renamed),),
    needs=("paho",),
    sources=("OASIS MQTT 3.1.1, sections 3.1.2.5 (will), 3.3.1.3 (retain), 4.3 (quality of service)",),
    peer="mqtt",
    allowed=("paho", "socket", "time"),
)  # fmt: skip
