"""T088 CoAP observe: follow a resource by RFC 7641, through duplicates, stale notifications and errors.

The server is a strict one of our own, another implementation than any client library. It sends every change once it has
the acknowledgement of the one before, repeats datagrams, lets old ones arrive late with an old sequence number, and ends
the observation with an error now and then. What counts is the list of changes, and that they came by observation.
Covers: sequence numbers that wrap, renewed registration. Does not cover: blocks, proxies, DTLS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make


def generate(seed: int, level: Level) -> Instance:
    """5 to 16 states with troubles by level; edge: an end at once, or one state that never changes."""
    draw = make.rng(seed, "T088", level)
    kind = str(draw.choice(["ended", "still"])) if level == "edge" else ""
    count = {"easy": 5, "nominal": int(draw.integers(8, 12)), "hard": 16, "edge": 0 if kind == "ended" else 4}[level]
    steps = draw.choice([-0.8, -0.5, -0.2, 0.3, 0.6, 0.9], count)
    values = [
        round(float(value), 1) for value in draw.uniform(-10, 30) + np.cumsum(steps * (0 if kind == "still" else 1))
    ]
    events: list[dict[str, Any]] = []
    for index, value in enumerate(values):
        events.append({"kind": "value", "payload": str(value), "step": int(draw.integers(1, 4))})
        if index and level != "easy":
            events += _troubles(draw, level, index, values)
    if level in ("nominal", "hard"):
        # One of each trouble at least, so that every draw tells right from wrong.
        places = [at for at, event in enumerate(events) if event["kind"] == "value"]
        events.insert(places[3] + 1, {"kind": "stale", "back": 1, "payload": str(values[1])})
        events.insert(places[2] + 1, {"kind": "value", "payload": str(values[2])})
    events.append({"kind": "end", "payload": "end"})
    if level in ("nominal", "hard"):
        # Not before a state that repeats the last one: a fresh registration answers with the next state.
        at = next(i for i, event in enumerate(events) if event["kind"] == "value" and i > len(events) // 2)
        events.insert(at, {"kind": "error"})
    sequence = (1 << 24) - int(draw.integers(2, 9)) if level == "hard" else int(draw.integers(2, 5000))
    path = "/".join(
        str(part)
        for part in draw.choice(["temp", "room", "boiler", "s1", "north"], int(draw.integers(1, 4)), replace=False)
    )
    return _instance(events, values, sequence, path, int(draw.integers(20000, 60000)))


def _troubles(draw: np.random.Generator, level: Level, index: int, values: Sequence[float]) -> list[dict[str, Any]]:
    """What may follow a state: the same datagram again, an older state with an older number."""
    found: list[dict[str, Any]] = []
    rate = 0.4 if level == "hard" else 0.25
    if draw.random() < rate:
        found.append({"kind": "again"})
    if draw.random() < rate:
        found.append(
            {"kind": "stale", "back": int(draw.integers(1, 3)), "payload": str(values[int(draw.integers(0, index))])}
        )
    return found


def _instance(
    events: Sequence[Mapping[str, Any]], values: Sequence[float], sequence: int, path: str, port: int
) -> Instance:
    task = {"host": "127.0.0.1", "port": port, "resource": f"/{path}"}
    script = {"port": port, "path": path, "sequence": sequence, "events": [dict(event) for event in events]}
    changes = [value for index, value in enumerate(values) if not index or value != values[index - 1]]
    truth = {"changes": changes, "values": list(values), "errors": sum(event["kind"] == "error" for event in events)}
    return Instance({"observe.json": make.json_bytes(task)}, truth, "observe.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Changes missing, wrong or too many; polls; registrations beyond those needed; whether the server got through."""
    seen = truth["observed"]
    wanted, found = truth["changes"], output["values_c"]
    same = len(wanted) == len(found) and make.worst_gap(wanted, found) < 1e-9
    return {
        "changes_wrong": 0.0 if same else 1.0,
        "length_gap": float(abs(len(wanted) - len(found))),
        "unfinished": float(not seen["done"] and seen["registrations"] > 0) if wanted else 0.0,
        "polls": float(seen["polls"] + seen["foreign"]),
        "registrations_gap": float(abs(seen["registrations"] - 1 - truth["errors"])),
    }


def _warmer(instance: Instance, seed: int) -> Instance:
    """All states higher by one number, under another path, at another port."""
    rise = round(float(make.rng(seed, "warmer").uniform(1, 20)), 1)
    events = [
        {**event, "payload": str(round(float(event["payload"]) + rise, 1))}
        if event["kind"] in ("value", "stale")
        else event
        for event in instance.script["events"]
    ]
    values = [round(value + rise, 1) for value in instance.truth["values"]]
    path = f"other/{json.loads(instance.visible['observe.json'])['resource'].strip('/')}"
    return _instance(events, values, instance.script["sequence"], path, 10000 + seed % 9000)


FAMILY = Family(
    id="T088",
    title="CoAP observe",
    domain="J",
    version=1,
    wordings=(
        Wording("Follow the temperature resource of this CoAP server and list every change.", "goal"),
        Wording("Register with Observe, take notifications in the order of their sequence numbers, drop stale ones, and register anew after an error.", "operation"),
        Wording("CoAP observe → list of changes", "terse"),
        Wording("A tiny sensor announces its temperature over CoAP; write down each new value until it says end.", "goal"),
        Wording("Use aiocoap to observe the resource, ignore repeated and outdated notifications, and collect the values.", "operation"),
        Wording("Keep listening to the sensor's resource and tell me how its temperature went, without asking it over and over.", "goal", held=True),
        Wording("Subscribe per RFC 7641, acknowledge confirmable notifications, check freshness modulo 2 to the 24, renew a cancelled observation.", "operation", held=True),
        Wording("coap subscribe, ordered changes", "terse", held=True),
        Wording("跟踪这个 CoAP 温度资源，列出每次变化。", "goal", "zh"),
        Wording("用 Observe 注册，按序号接收通知，丢弃过期和重复的，出错后重新注册。", "operation", "zh"),
        Wording("CoAP 观察 → 变化列表", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=("`observe.json`: object with `host`, `port` of the CoAP server (UDP), `resource` (path)",),
        outputs=(Slot("values_c", "list[float]", "°C", "states in order, each different from the one before; the state at registration comes first"),),
        remarks=(
            "the resource is plain text: a temperature in °C such as `21.5`, and at last the word `end`, after which nothing follows; it may be the first answer",
            "changes arrive as notifications of an observation (RFC 7641); the server waits for the acknowledgement of a confirmable one before it goes on",
            "a datagram may arrive twice; an older state may arrive late, with an older sequence number (24 bits, wrapping); such notifications count for nothing",
            "a response with an error code ends the observation: register again, once, and go on; the answer is the next state",
            "a notification may repeat the value before; that is no change; the server is not polled",
        ),
    ),
    stages=(
        Stage(
            "Load Observe Task",
            ("read host, port and path from the JSON file",),
            "Read which resource to follow.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("host", "str", "1", "address of the server"),
                Slot("port", "int", "1", "UDP port of the server"),
                Slot("resource", "str", "1", "path of the resource"),
            ),
        ),
        Stage(
            "Follow Resource",
            (
                "send a GET with Observe 0 and take the answer as the first state",
                "collect notifications that are newer than the last one",
                "register again after an error",
                "stop at the word end",
            ),
            "Observe a CoAP resource until it says end, and observe it anew when the observation breaks off.",
            (
                Slot("host", "str", "1", "address of the server", "task1"),
                Slot("port", "int", "1", "UDP port of the server", "task1"),
                Slot("resource", "str", "1", "path of the resource", "task1"),
            ),
            (Slot("payloads", "list[str]", "1", "fresh payloads in order"),),
        ),
        Stage(
            "Keep Changes",
            ("turn texts into numbers, leave out the end", "drop a value that equals the one before"),
            "Turn payloads into numbers and drop what repeats the value before.",
            (Slot("payloads", "list[str]", "1", "fresh payloads in order", "task2"),),
            (Slot("values_c", "list[float]", "°C", "changes in order"),),
        ),
    ),
    solutions="t088_coap_observe",
    generate=generate,
    measure=measure,
    bars=(
        Bar("changes_wrong", 0.0, "most"),
        Bar("length_gap", 0.0, "most"),
        Bar("unfinished", 0.0, "most"),
        Bar("polls", 0.0, "most"),
        Bar("registrations_gap", 0.0, "most"),
    ),
    alternates=(
        Variant("socket", "datagrams by hand", swap={"follow_resource": "follow_resource_socket"}),
        Variant("groups", "equal neighbours grouped", swap={"keep_changes": "keep_changes_groups"}),
    ),
    mutants=(
        Variant("polling", "asks ten times instead of observing", swap={"follow_resource": "follow_resource_polling"}, naive=True),
        Variant("unordered", "late notifications are taken as news", swap={"follow_resource": "follow_resource_unordered"}, levels=("nominal", "hard")),
        Variant("stops_at_error", "the first error is the end", edits=(("follow_resource", 'while "end" not in payloads:', "while not payloads:"),), levels=("nominal", "hard")),
        Variant("repeats", "equal values count as changes", edits=(("keep_changes", "if not values or value != values[-1]:", "if value is not None:"),)),
        Variant("first_lost", "the state at registration is left out", edits=(("keep_changes", "    return values", "    return values[1:]"),)),
        Variant("sorted_set", "every value once, sorted", swap={"keep_changes": "keep_changes_sorted"}),
    ),
    notes=(
        "Observing in CoAP is a GET with the option Observe 0; the answer carries the present state, and each change comes as a "
        "further response with the same token and a growing sequence number of 24 bits. UDP may repeat and reorder: equal message "
        "numbers are duplicates; a notification is fresh when its number is ahead by less than 2^23 modulo 2^24 (or when 128 s "
        "have passed). Confirmable notifications want an acknowledgement, else they are repeated and at last given up; a reset "
        "ends the observation. An error code ends it too, and the client registers again. Some libraries hand out only the "
        "latest notification when several arrive at once: use a queue where every change counts."
    ),
    relations=(Relation("warmer", _warmer),),
    needs=("aiocoap",),
    sources=("RFC 7252, CoAP", "RFC 7641, observing resources in CoAP, section 3.4 for freshness"),
    peer="coap",
    allowed=("aiocoap", "asyncio", "socket"),
)  # fmt: skip
