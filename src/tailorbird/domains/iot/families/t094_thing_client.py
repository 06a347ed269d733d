"""T094 Thing client: follow a W3C Thing Description, refuse what its schema forbids, write and read back the rest.

The Thing is a strict HTTP server of our own; it notes every request with the status it gave. A wish outside the schema
must be refused by the program before anything is sent. Covers: relative and absolute hrefs, forms per operation, method
names, limits, whole numbers, read-only and unknown properties. Does not cover: actions, events, security.
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

KINDS = (
    ("brightness", "integer", 0, 100, "percent"),
    ("targetTemperature", "number", 5, 30, "degree celsius"),
    ("fanSpeed", "integer", 0, 5, "step"),
    ("volume", "integer", 0, 40, "step"),
    ("humidityLimit", "number", 30, 70, "percent"),
    ("colorTemperature", "integer", 2200, 6500, "kelvin"),
    ("uptime", "integer", 0, 1000000, "hour"),
)
"""Name, type, minimum, maximum, unit; the last is read-only."""


def generate(seed: int, level: Level) -> Instance:
    """2 to 5 properties, 2 to 7 wishes of which some are forbidden; edge: no wish, or forbidden ones alone."""
    draw = make.rng(seed, "T094", level)
    kind = str(draw.choice(["none", "forbidden"])) if level == "edge" else ""
    width = {"easy": 2, "nominal": 4, "hard": 5, "edge": 3}[level]
    chosen = [KINDS[int(at)] for at in draw.choice(len(KINDS) - 1, width - 1, replace=False)] + [KINDS[-1]]
    port = int(draw.integers(20000, 60000))
    folder = f"/things/{draw.choice(['lamp', 'climate', 'desk', 'hall'])!s}-{int(draw.integers(1, 99))}/"
    properties: dict[str, Any] = {}
    served: dict[str, Any] = {}
    for name, form, low, high, unit in chosen:
        style = str(draw.choice(["plain", "rooted", "split", "method"] if level != "easy" else ["plain"]))
        forms, places = _forms(name, folder, style)
        properties[name] = {"type": form, "minimum": low, "maximum": high, "unit": unit, "forms": forms}
        if name == "uptime":
            properties[name]["readOnly"] = True
        start = round(float(draw.uniform(low, high)), 1) if form == "number" else int(draw.integers(low, high + 1))
        served[name] = {
            **places,
            "minimum": low,
            "maximum": high,
            "whole": form == "integer",
            "read_only": name == "uptime",
            "value": start,
        }
    wishes: list[dict[str, Any]] = []
    if kind != "none":
        good = {"easy": 2, "nominal": 3, "hard": 4, "edge": 0}[level]
        bad = {"easy": 1, "nominal": 2, "hard": 4, "edge": 3}[level]
        wishes = [_good(draw, chosen[:-1], index) for index in range(good)] + [
            _bad(draw, chosen[:-1], index) for index in range(bad)
        ]
        wishes = [wishes[int(at)] for at in draw.permutation(len(wishes))]
    base = f"http://127.0.0.1:{port}{folder}"
    return _instance(base, properties, served, wishes, port)


def _forms(name: str, folder: str, style: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Forms of a property, and the paths and the method they mean."""
    method = "POST" if style == "method" else "PUT"
    read, write = f"{folder}properties/{name}", f"{folder}properties/{name}"
    if style == "split":
        read, write = f"{folder}state/{name}", f"/commands/{name}"
        forms = [
            {"href": f"state/{name}", "op": ["readproperty"]},
            {"href": f"/commands/{name}", "op": ["writeproperty"]},
        ]
    elif style == "rooted":
        read = write = f"/api/{name.lower()}"
        forms = [{"href": read, "op": ["readproperty", "writeproperty"]}]
    elif style == "method":
        forms = [
            {"href": f"properties/{name}", "op": ["writeproperty"], "htv:methodName": "POST"},
            {"href": f"properties/{name}", "op": ["readproperty"]},
        ]
    else:
        forms = [{"href": f"properties/{name}", "op": ["readproperty", "writeproperty"]}]
    return forms, {"read": read, "write": write, "method": method}


def _good(draw: np.random.Generator, chosen: Sequence[tuple[str, str, int, int, str]], index: int) -> dict[str, Any]:
    """A wish within the schema; the limits themselves now and then."""
    name, form, low, high, _ = chosen[index % len(chosen)]
    value: float = round(float(draw.uniform(low, high)), 1) if form == "number" else int(draw.integers(low + 1, high))
    if draw.random() < 0.2:
        value = low if draw.random() < 0.5 else high
    return {"property": name, "value": value}


def _bad(draw: np.random.Generator, chosen: Sequence[tuple[str, str, int, int, str]], index: int) -> dict[str, Any]:
    """A wish that the schema forbids: too large, too small, read-only, no number, or not whole."""
    name, form, low, high, _ = chosen[int(draw.integers(0, len(chosen)))]
    reason = ("high", "low", "locked", str(draw.choice(["text", "truth", "unknown", "part"])))[index % 4]
    if reason == "locked":
        return {"property": "uptime", "value": int(draw.integers(1, 1000))}
    if reason == "unknown":
        return {"property": "loudness", "value": low}
    if reason == "part" and form == "integer":
        return {"property": name, "value": low + 0.5}
    value: Any = {"text": str(low + 1), "truth": True}.get(reason, high + int(draw.integers(1, 200)))
    return {"property": name, "value": low - int(draw.integers(1, 50)) if reason == "low" else value}


def _instance(
    base: str, properties: Mapping[str, Any], served: Mapping[str, Any], wishes: Sequence[Mapping[str, Any]], port: int
) -> Instance:
    thing = {
        "@context": "https://www.w3.org/2022/wot/td/v1.1", "title": "Thing", "base": base,
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}, "security": ["nosec_sc"], "properties": dict(properties),
    }  # fmt: skip
    task = {"thing": thing, "wishes": [dict(wish) for wish in wishes]}
    script = {"port": port, "properties": dict(served)}
    accepted = [_fits(properties.get(wish["property"]), wish["value"]) for wish in wishes]
    readings = [float(wish["value"]) if good else None for wish, good in zip(wishes, accepted, strict=True)]
    final = {name: item["value"] for name, item in served.items()}
    for wish, good in zip(wishes, accepted, strict=True):
        if good:
            final[wish["property"]] = wish["value"]
    truth = {"accepted": accepted, "readings": readings, "values": final, "port": port}
    return Instance({"thing.json": make.json_bytes(task)}, truth, "thing.json", script)


def _fits(schema: Mapping[str, Any] | None, value: Any) -> bool:
    """Whether a value may be written, by the words of JSON Schema."""
    if schema is None or schema.get("readOnly") or isinstance(value, (bool, str)):
        return False
    whole = schema["type"] == "number" or value == math.floor(value)
    return bool(whole and schema["minimum"] <= value <= schema["maximum"])


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Values of the Thing at the end, requests it had to refuse, writes that came, and the report."""
    seen = truth["observed"]
    writes = [request for request in seen["requests"] if request["method"] != "GET"]
    read = {
        request["property"] for request in seen["requests"] if request["method"] == "GET" and request["status"] == 200
    }
    wanted = {name for request in writes if (name := request["property"])}
    good = sum(truth["accepted"])
    same = output["accepted"] == truth["accepted"] and make.worst_gap(truth["readings"], output["readings"]) < 1e-9
    return {
        "values_wrong": float(sum(seen["values"].get(name) != value for name, value in truth["values"].items())),
        "refused_there": float(sum(request["status"] != 200 for request in seen["requests"])),
        "writes_gap": float(abs(len(writes) - good)),
        "unread": float(len(wanted - read)),
        "report_wrong": float(not same),
    }


def _moved(instance: Instance, seed: int) -> Instance:
    """The Thing at another port and below another folder, the wishes in reverse."""
    task = json.loads(instance.visible["thing.json"])
    port = 10000 + seed % 9000
    old = "/" + task["thing"]["base"].split("/", 3)[3]
    new = f"/building{old}"
    served = {
        name: {**item, "read": item["read"].replace(old, new), "write": item["write"].replace(old, new)}
        for name, item in instance.script["properties"].items()
    }
    return _instance(f"http://127.0.0.1:{port}{new}", task["thing"]["properties"], served, task["wishes"][::-1], port)


FAMILY = Family(
    id="T094",
    title="Thing client",
    domain="J",
    version=1,
    wordings=(
        Wording("Given this Thing Description, set the wished values, and refuse what the description forbids.", "goal"),
        Wording("Check each wish against type and limits of its property, resolve the form against the base, write with PUT and read back.", "operation"),
        Wording("Thing Description + wishes → HTTP writes, readings", "terse"),
        Wording("Here is how my lamp describes itself; carry out my list of settings, but never send it nonsense.", "goal"),
        Wording("Write a Web of Things client that validates writeproperty requests locally before sending them.", "operation"),
        Wording("Adjust the device from its self-description and tell me which settings were possible and what it shows now.", "goal", held=True),
        Wording("For each wish pick the writeproperty form, honour htv:methodName, send JSON, then GET the readproperty form.", "operation", held=True),
        Wording("wot td client, range check first", "terse", held=True),
        Wording("按这份物描述设置想要的值，描述不允许的要在发送前拒绝。", "goal", "zh"),
        Wording("检查每个愿望的类型和上下限，把表单地址与 base 拼接，用 PUT 写入再读回。", "operation", "zh"),
        Wording("物描述 → HTTP 写入和读回", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`thing.json`: object with `thing` (a W3C Thing Description 1.1 with `base` and `properties`) and `wishes` (list of objects with `property`, `value`)",
        ),
        outputs=(
            Slot("accepted", "list[bool]", "1", "whether each wish was allowed and sent, in the order of the wishes"),
            Slot("readings", "list[float or none]", "1", "value read back right after the write; null where nothing was sent"),
        ),
        remarks=(
            "a wish is forbidden when the property is unknown or has `readOnly` true, when the value is no number (a boolean or a text is none), is below `minimum` or above `maximum`, or is not whole where `type` is integer; the limits themselves are allowed",
            "nothing at all is sent for a forbidden wish; the wishes are handled in order",
            "a property has one or more `forms`; the one whose `op` holds writeproperty is for writing, the one with readproperty for reading; `href` is resolved against `base` as a relative URL",
            "a write has the method `htv:methodName` of its form, else PUT, the header Content-Type: application/json, and the bare JSON value as body, such as `55`; a read is a GET",
            "there may be no wish at all",
        ),
    ),
    stages=(
        Stage(
            "Load Thing Description",
            ("read base, properties and wishes from the JSON file",),
            "Read the description of the Thing and what is wished of it.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("base", "str", "1", "base URL"),
                Slot("properties", "dict", "1", "schema and forms by property"),
                Slot("wishes", "list[dict]", "1", "property and value each"),
            ),
        ),
        Stage(
            "Check Wishes",
            ("unknown and read-only properties are forbidden", "the value is a number, whole for an integer, within the limits"),
            "Compare every wish with the schema of its property, before anything is sent.",
            (
                Slot("properties", "dict", "1", "schema and forms by property", "task1"),
                Slot("wishes", "list[dict]", "1", "property and value each", "task1"),
            ),
            (Slot("allowed", "list[bool]", "1", "whether each wish may be sent"),),
        ),
        Stage(
            "Apply Wishes",
            (
                "resolve the forms for writing and reading against the base",
                "write with the method of the form, else PUT, the value as JSON",
                "read the property back; none where nothing was sent",
            ),
            "Write the allowed values to the Thing and read each one back.",
            (
                Slot("base", "str", "1", "base URL", "task1"),
                Slot("properties", "dict", "1", "schema and forms by property", "task1"),
                Slot("wishes", "list[dict]", "1", "property and value each", "task1"),
                Slot("allowed", "list[bool]", "1", "whether each wish may be sent", "task2"),
            ),
            (Slot("values_read", "list[float or none]", "1", "value read back per wish"),),
        ),
        Stage(
            "Report Wishes",
            ("what was accepted", "what the Thing says now"),
            "Give what was accepted and what the Thing says now.",
            (
                Slot("allowed", "list[bool]", "1", "whether each wish was sent", "task2"),
                Slot("values_read", "list[float or none]", "1", "value read back per wish", "task3"),
            ),
            (
                Slot("accepted", "list[bool]", "1", "accepted wishes"),
                Slot("readings", "list[float or none]", "1", "values read back"),
            ),
        ),
    ),
    solutions="t094_thing_client",
    generate=generate,
    measure=measure,
    bars=(
        Bar("values_wrong", 0.0, "most"),
        Bar("refused_there", 0.0, "most"),
        Bar("writes_gap", 0.0, "most"),
        Bar("unread", 0.0, "most"),
        Bar("report_wrong", 0.0, "most"),
    ),
    alternates=(
        Variant("connection", "one connection for all requests", swap={"apply_wishes": "apply_wishes_connection"}),
        Variant("rules", "a list of objections", swap={"check_wishes": "check_wishes_rules"}),
    ),
    mutants=(
        Variant("blind", "asks nobody and reports success", swap={"apply_wishes": "apply_wishes_blind"}, naive=True),
        Variant("no_check", "leaves the check to the Thing", swap={"check_wishes": "check_wishes_none", "apply_wishes": "apply_wishes_lenient"}),
        Variant("glued", "href is glued to the base", edits=(("apply_wishes", 'urllib.parse.urljoin(base, write["href"])', 'base + "/" + write["href"]'),)),
        Variant("post", "POST instead of PUT", edits=(("apply_wishes", 'write.get("htv:methodName", "PUT")', '"POST"'),), levels=("easy", "nominal", "hard")),
        Variant("scaled", "values are scaled to 255", edits=(("apply_wishes", 'json.dumps(wish["value"])', 'json.dumps(round(wish["value"] * 2.55))'),)),
        Variant("wrapped", "the value is wrapped in an object", edits=(("apply_wishes", 'json.dumps(wish["value"])', 'json.dumps({wish["property"]: wish["value"]})'),)),
        Variant("strict_limits", "the limits themselves are refused, texts are let through", edits=(("check_wishes", 'schema["minimum"] <= value <= schema["maximum"]', 'schema["minimum"] < value <= schema["maximum"] + 1000'),)),
        Variant("all_accepted", "reports every wish as accepted", swap={"report_wishes": "report_wishes_all"}),
    ),
    notes=(
        "A Thing Description lists properties with a data schema (type, minimum, maximum, readOnly, as in JSON Schema) and forms. "
        "A form says how an operation is carried out: its href is resolved against base like any relative URL, so a leading slash "
        "replaces the whole path. The HTTP binding maps readproperty to GET and writeproperty to PUT unless htv:methodName says "
        "otherwise; the body is the bare value in JSON. A client has to validate before it sends: some Things clamp, some "
        "store nonsense, some fail. In JSON Schema true is no number and 55.0 is an integer. Limits are inclusive. Reading back "
        "shows what the Thing made of it."
    ),
    relations=(Relation("moved", _moved),),
    sources=("W3C Web of Things Thing Description 1.1, sections 5.3.2 and 8.3.1", "RFC 3986, section 5 (reference resolution)"),
    peer="thing",
    allowed=("http", "urllib"),
)  # fmt: skip
