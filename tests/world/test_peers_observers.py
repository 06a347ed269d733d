"""What peers record, and what becomes of a program that misbehaves towards them."""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tailorbird import assemble
from tailorbird.core.attempt import Outcome, Setup
from tailorbird.core.errors import WorldError
from tailorbird.core.program import Program
from tailorbird.world import peers
from tailorbird.world.programs import Programs
from tailorbird.world.sandbox import Box, backends

PORT = 39211

ANSWER = """
import json, socket
def solve(path):
    task = json.load(open(path))
    sent = []
    with socket.create_connection(("127.0.0.1", task["port"]), 5) as link, link.makefile("rw") as lines:
        for line in lines:
            reading = json.loads(line)
            if "end" in reading:
                break
            sent.append(reading)
            lines.write(task["answer"] + "\\n")
            lines.flush()
    return {"sent": sent}
"""


@pytest.fixture(scope="module")
def world() -> Iterator[Programs]:
    if not next(found for name, found, _ in backends() if name == "bubblewrap"):
        pytest.skip("bubblewrap does not run here")
    made = Programs(Box(backend="bubblewrap"), frozenset({"json"}))
    yield made
    made.close()


def run(world: Programs, source: str, peer: str, script: dict[str, Any], **task: Any) -> Outcome:
    data = base64.b64encode(json.dumps({"port": PORT, **task}).encode()).decode()
    modules = ("socket", "struct", "paho", "time")
    world.reset(Setup(inputs={"task.json": data}, path="task.json", peer=peer, script=script, modules=modules))
    return world.execute(Program(source))


READINGS = {"port": PORT, "answer": "score", "kind": "number", "readings": [{"v": 1}, {"v": 2}]}


def test_a_plant_sends_one_reading_per_answer_and_keeps_the_answers(world: Programs) -> None:
    outcome = run(world, ANSWER, "plant", READINGS, answer='{"score": 0.5}')
    assert outcome.result == {"sent": [{"v": 1}, {"v": 2}]}
    assert outcome.observed["answers"] == [0.5, 0.5] and outcome.observed["done"] is True


@pytest.mark.parametrize(
    "answer", ["0.5", '{"score": "x"}', '{"score": NaN}', '{"other": 1}', '{"score": true}', "no JSON"]
)
def test_a_plant_ends_the_run_at_an_answer_that_breaks_the_agreement(world: Programs, answer: str) -> None:
    outcome = run(world, ANSWER, "plant", READINGS, answer=answer)
    assert outcome.observed["done"] is False and outcome.observed["answers"] == []
    assert outcome.observed["fault"]


def test_a_system_follows_the_answers_within_its_limits(world: Programs) -> None:
    system = {
        "a": [[0.5]], "b": [1.0], "c": [1.0], "x0": [0.0], "limits": [0.0, 2.0], "drive": [[0.0]] * 3, "noise": [0.0] * 3,
        "step": 0.1, "period_s": 60.0, "reading": "level",
    }  # fmt: skip
    script = {"port": PORT, "answer": "flow", "kind": "number", "system": system}
    outcome = run(world, ANSWER, "plant", script, answer='{"flow": 9}')
    assert outcome.observed["outputs"] == [0.0, 2.0, 3.0]
    assert [reading["time_s"] for reading in outcome.result["sent"]] == [0.0, 60.0, 120.0]


def test_a_program_that_never_connects_leaves_an_empty_record(world: Programs) -> None:
    outcome = run(world, "def solve(path): return {'sent': []}", "plant", READINGS)
    assert outcome.status == "done" and outcome.observed["connections"] == 0 and outcome.observed["done"] is False


def test_without_a_peer_a_socket_is_neither_admitted_nor_to_be_had(world: Programs) -> None:
    world.reset(Setup(inputs={"task.json": ""}, path="task.json"))
    assert world.execute(Program(ANSWER)).error == "import"
    world.reset(Setup(inputs={"task.json": ""}, path="task.json", modules=("socket",)))
    outcome = world.execute(Program("import socket\ndef solve(path): return {'s': socket.socket().fileno()}"))
    assert outcome.error == "exception.other" and "PermissionError" in outcome.why


def test_an_unknown_peer_and_a_missing_one_are_told_apart(world: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorldError, match="no peer 'nobody'"):
        run(world, ANSWER, "nobody", {})
    monkeypatch.setattr(peers, "_found", lambda program: None)
    monkeypatch.setitem(peers.PEERS, "missing", peers.Peer("plant", (), ("no-such-program",), "install it"))  # type: ignore[index]
    outcome = run(world, ANSWER, "missing", READINGS)
    assert outcome.error == "skipped_policy" and "no-such-program" in outcome.why


def test_a_peer_that_was_broken_by_the_program_fails_the_program(
    world: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import os\nclass Peer:\n    def start(self, script): pass\n    def record(self): os._exit(1)\n"
    monkeypatch.setattr(peers, "_source", lambda name: source)
    outcome = run(world, "def solve(path): return {}", "plant", READINGS)
    assert outcome.status == "failed" and outcome.error == "peer_lost"


@pytest.mark.skipif(bool(peers.lacking("mqtt")), reason="needs Mosquitto and paho")
def test_the_observer_sees_messages_wills_and_what_the_broker_keeps(world: Programs) -> None:
    source = """
import paho.mqtt.client as mqtt
import json
def solve(path):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.will_set("w", "gone", qos=2, retain=True)
    client.connect("127.0.0.1", json.load(open(path))["port"])
    client.loop_start()
    client.publish("a", "1", qos=2, retain=True).wait_for_publish(5)
    client.publish("b", "é", qos=0)
    client.publish("a", "2", qos=1).wait_for_publish(5)
    return {}
"""
    outcome = run(world, source, "mqtt", {"broker": {"port": PORT, "settle_s": 0.05}})
    seen = [
        (item["topic"], item["payload"], item["qos"], item["retain"]) for item in outcome.observed["mqtt"]["messages"]
    ]
    assert seen == [("a", "1", 2, False), ("b", "\\xc3\\xa9", 0, False), ("a", "2", 1, False), ("w", "gone", 2, False)]
    kept = {(item["topic"], item["payload"]) for item in outcome.observed["mqtt"]["retained"]}
    assert kept == {("a", "1"), ("w", "gone")}


@pytest.mark.skipif(bool(peers.lacking("gateway")), reason="needs Mosquitto, paho and pymodbus")
def test_a_scanned_device_moves_on_with_each_read_and_hangs_up_where_told(world: Programs) -> None:
    source = """
import json, socket, struct
def solve(path):
    port = json.load(open(path))["port"]
    found = []
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", port), 5) as link:
            while True:
                link.sendall(struct.pack(">HHHBBHH", 1, 0, 6, 7, 3, 10, 1))
                answer = link.recv(100)
                if not answer:
                    break
                found.append(answer[7:].hex())
                if answer[7] & 0x80:
                    break
    return {"found": found}
"""
    device = {"port": PORT, "unit": 7, "address": 10, "scans": [[1], [0xFFFF], [3]], "cuts": [1]}
    outcome = run(world, source, "gateway", {"scans": device})
    assert outcome.result == {"found": ["03020001", "0302ffff", "03020003", "8302"]}
    assert outcome.observed["modbus"]["reads"] == 3 and outcome.observed["modbus"]["connections"] == 2


@pytest.mark.skipif(importlib.util.find_spec("pymodbus") is None, reason="needs pymodbus")
def test_requests_to_a_modbus_device_are_noted_as_they_stand_on_the_wire(world: Programs) -> None:
    source = """
import json, socket, struct
def solve(path):
    with socket.create_connection(("127.0.0.1", json.load(open(path))["port"]), 5) as link:
        link.sendall(struct.pack(">HHHBBHH", 1, 0, 6, 3, 4, 2, 2))
        return {"words": list(struct.unpack(">2H", link.recv(100)[9:]))}
"""
    script = {"registers": {"port": PORT, "unit": 3, "holding": [1, 2, 3, 4], "input": [5, 6, 7, 8]}}
    outcome = run(world, source, "modbus", script)
    assert outcome.result == {"words": [7, 8]}
    assert outcome.observed["modbus"]["requests"] == [[3, 4, 2, 2]]


def test_a_thing_refuses_what_its_description_does_not_allow(world: Programs) -> None:
    source = """
import json, socket
def solve(path):
    port = json.load(open(path))["port"]
    found = []
    for line in ("PUT /p 5", "PUT /p 500", "PUT /p true", "PUT /p 1.5", "POST /p 5", "PUT /q 5", "GET /p "):
        method, path, body = line.split(" ")
        with socket.create_connection(("127.0.0.1", port), 5) as link:
            head = f"{method} {path} HTTP/1.0\\r\\nContent-Type: application/json\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n"
            link.sendall((head + body).encode())
            found.append(int(link.recv(1000).split()[1]))
    return {"found": found}
"""
    item = {
        "read": "/p",
        "write": "/p",
        "method": "PUT",
        "minimum": 0,
        "maximum": 10,
        "whole": True,
        "read_only": False,
    }
    outcome = run(world, source, "thing", {"port": PORT, "properties": {"p": {**item, "value": 1}}})
    assert outcome.result == {"found": [200, 400, 400, 400, 405, 404, 200]}
    assert outcome.observed["values"] == {"p": 5}


def test_a_coap_resource_waits_for_acknowledgements_and_repeats_without(world: Programs) -> None:
    source = """
import json, socket, struct
def solve(path):
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.settimeout(3)
    link.connect(("127.0.0.1", json.load(open(path))["port"]))
    link.send(struct.pack(">BBH", 0x41, 1, 9) + b"\\x07\\x60\\x54temp")
    found = [link.recv(500)[-2:].decode()]
    first = link.recv(500)
    second = link.recv(500)
    link.send(struct.pack(">BBH", 0x60, 0, struct.unpack(">H", second[2:4])[0]))
    found += [first[-2:].decode(), first == second]
    return {"found": found}
"""
    events = [{"kind": "value", "payload": "21"}, {"kind": "end", "payload": "22"}]
    outcome = run(world, source, "coap", {"port": PORT, "path": "temp", "sequence": 5, "events": events})
    assert outcome.result == {"found": ["21", "22", True]}
    assert outcome.observed["done"] is True and outcome.observed["registrations"] == 1


def test_a_verdict_without_a_record_of_the_peer_never_passes() -> None:
    family = assemble.domain("iot").families.get("T054")
    if family is None:
        pytest.skip("the family is not here")
    instance = next(drawn for seed in range(50) if (drawn := family.generate(seed, "edge")).truth["steps"] == 0)
    output = {"switches": 0, "heated_h": 0.0}
    seen = {"answers": [], "outputs": [], "done": True, "fault": "", "connections": 1}
    assert family.judge(instance.truth, output, seen).passed
    assert family.judge(instance.truth, output).error == "no_contact"
    assert not family.judge(instance.truth, output, {**seen, "done": False}).passed
