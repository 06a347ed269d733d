"""T095 Zigbee2MQTT: wishes in per cent to topics and payloads, after the device's own definition.

Definitions follow the exposes format: entries with features, properties, access bits, ranges and steps. Truth is worked
out in whole numbers of steps from the drawn definition. Covers: lights with one or two endpoints, covers, numeric
settings, read-only values, wishes that must be refused. Does not cover: colours, groups, availability, answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

Entry = dict[str, Any]

DEVICES = (
    "IKEA bulb",
    "desk lamp",
    "living room/ceiling",
    "0x00158d0001a2b3c4",
    "Küche Spot",
    "Flur 2",
    "terrace_blind",
    "客厅灯",
)
BASES = ("zigbee2mqtt", "z2m", "home/zigbee", "zigbee2mqtt-cellar")

READ_ONLY = (
    ("linkquality", 0, 255), ("battery", 0, 100), ("power", 0, 3680), ("temperature", -40, 85), ("device_temperature", -40, 125),
)  # fmt: skip

SETTINGS = (
    ("volume", 0, 100, 5), ("sensitivity", 1, 9, 1), ("calibration", -10, 10, 0.5), ("countdown", 0, 43200, 1),
    ("led_level", 0, 15, 1), ("detection_distance", 75, 600, 75), ("transition", 0, 60, 2),
)  # fmt: skip


def _number(name: str, low: float, high: float, access: int, step: float = 1, end: str = "") -> Entry:
    """A numeric feature; a step of 1 is left out, as definitions do."""
    entry: Entry = {"type": "numeric", "name": name, "property": f"{name}_{end}" if end else name, "access": access}
    entry |= {"value_min": low, "value_max": high}
    entry |= {"value_step": step} if step != 1 else {}
    return entry | ({"endpoint": end} if end else {})


def _light(draw: np.random.Generator, end: str) -> Entry:
    words = ("ON", "OFF") if draw.random() < 0.7 else ("on", "off")
    state = {"type": "binary", "name": "state", "property": f"state_{end}" if end else "state", "access": 7}
    state |= {"value_on": words[0], "value_off": words[1]} | ({"endpoint": end} if end else {})
    top = int(draw.choice([254, 254, 1000]))
    features = [state, _number("brightness", 0, top, 7, end=end)]
    low = int(draw.choice([153, 250, 200]))
    features.append(_number("color_temp", low, int(draw.choice([370, 454, 500])), 7, end=end))
    entry: Entry = {"type": "light", "features": features}
    return entry | ({"endpoint": end} if end else {})


def _exposes(draw: np.random.Generator, level: Level) -> list[Entry]:
    ends = [""] if level == "easy" or draw.random() < 0.5 else [["l1", "l2"], ["left", "right"]][int(draw.integers(2))]
    entries = [_light(draw, end) for end in ends]
    features = [_number("position", 0, 100, 7), _number("tilt", 0, 100, 7)]
    if draw.random() < 0.5:
        entries.append({"type": "cover", "features": features})
    settings = draw.permutation(len(SETTINGS))[: int(draw.integers(2, 5))]
    entries += [_number(SETTINGS[k][0], SETTINGS[k][1], SETTINGS[k][2], 7, SETTINGS[k][3]) for k in settings]
    sensors = draw.permutation(len(READ_ONLY))[: int(draw.integers(1, 4))]
    entries += [_number(READ_ONLY[k][0], READ_ONLY[k][1], READ_ONLY[k][2], int(draw.choice([1, 5]))) for k in sensors]
    return [entries[k] for k in draw.permutation(len(entries))]


def _features(exposes: Sequence[Entry]) -> list[tuple[Entry, Entry | None]]:
    """Numeric features, each with the state feature of its light where it is a brightness."""
    found: list[tuple[Entry, Entry | None]] = []
    for entry in exposes:
        inner = entry.get("features") or [entry]
        state = inner[0] if inner[0]["name"] == "state" else None
        found += [
            (part, state if part["name"] == "brightness" else None) for part in inner if part["type"] == "numeric"
        ]
    return found


def _command(topic: str, exposes: Sequence[Entry], wish: Mapping[str, Any]) -> Entry:
    """What is right for a wish, with the tolerance of its number."""
    keys = (wish["name"], wish["endpoint"])
    named = [pair for pair in _features(exposes) if (pair[0]["name"], pair[0].get("endpoint", "")) == keys]
    if not named:
        return {"topic": "", "payload": {}, "error": "unknown", "number": ""}
    feature, state = named[0]
    if feature["access"] in (1, 5):
        return {"topic": "", "payload": {}, "error": "read_only", "number": ""}
    if not 0 <= wish["percent"] <= 100:
        return {"topic": "", "payload": {}, "error": "range", "number": ""}
    if state and wish["percent"] == 0:
        return {"topic": topic, "payload": {state["property"]: state["value_off"]}, "error": "", "number": ""}
    step, low = Fraction(feature.get("value_step", 1)), Fraction(feature["value_min"])
    exact = Fraction(wish["percent"]) / 100 * (Fraction(feature["value_max"]) - low) / step
    level = low + (2 * exact + 1) // 2 * step
    payload: Entry = {feature["property"]: float(level)} | ({state["property"]: state["value_on"]} if state else {})
    bounds = {"step": float(step), "low": feature["value_min"], "high": feature["value_max"]}
    return {"topic": topic, "payload": payload, "error": "", "number": feature["property"], **bounds}


def _wishes(draw: np.random.Generator, exposes: Sequence[Entry], level: Level) -> list[Entry]:
    features = [part for part, _ in _features(exposes)]
    ready = [part for part in features if part["access"] == 7]
    lights = [part for part in ready if part["name"] == "brightness"]

    def wish(part: Entry, percent: int) -> Entry:
        return {"name": part["name"], "endpoint": part.get("endpoint", ""), "percent": percent}

    some = [wish(part, int(draw.integers(5, 96))) for part in ready]
    extremes = [wish(lights[0], 0), wish(lights[-1], 100), wish(ready[int(draw.integers(len(ready)))], 100)]
    wishes = some + extremes
    if level != "easy":
        sealed = [part for part in features if part["access"] != 7]
        wishes += [wish(part, int(draw.integers(0, 101))) for part in sealed]
        wishes.append({"name": "warp_speed", "endpoint": "", "percent": 50})
        wishes.append({"name": "brightness", "endpoint": "l9", "percent": 50})
        wishes += [wish(lights[0], int(draw.choice([101, 255, -1, -20])))]
    return [wishes[k] for k in draw.permutation(len(wishes))]


def generate(seed: int, level: Level) -> Instance:
    """One device with 6 to 16 wishes; edge: no wish, a device without features, or 0 and 100 % only."""
    draw = make.rng(seed, "T095", level)
    exposes = _exposes(draw, level)
    wishes = _wishes(draw, exposes, level)
    kind = str(draw.choice(["none", "bare", "ends"])) if level == "edge" else ""
    wishes = [] if kind == "none" else wishes
    exposes = [] if kind == "bare" else exposes
    if kind == "ends":
        wishes = [{**wish, "percent": int(draw.choice([0, 100]))} for wish in wishes]
    device = {"friendly_name": str(draw.choice(DEVICES)), "exposes": exposes}
    return _instance({"base_topic": str(draw.choice(BASES)), "device": device, "wishes": wishes})


def _instance(data: Mapping[str, Any]) -> Instance:
    topic = f"{data['base_topic']}/{data['device']['friendly_name']}/set"
    commands = [_command(topic, data["device"]["exposes"], wish) for wish in data["wishes"]]
    return Instance({"wishes.json": make.json_bytes(data)}, {"commands": commands}, "wishes.json")


def _fits(wanted: Mapping[str, Any], payload: Any) -> bool:
    """Whether a payload has the right keys and words, and its number is right within a step and inside the range."""
    if not isinstance(payload, Mapping) or set(payload) != set(wanted["payload"]):
        return False
    for key, value in wanted["payload"].items():
        found = payload[key]
        if key != wanted["number"]:
            right = found == value
        else:
            number = isinstance(found, (int, float)) and not isinstance(found, bool)
            inside = number and wanted["low"] <= found <= wanted["high"]
            right = inside and abs(found - value) <= 1.001 * wanted["step"]
        if not right:
            return False
    return True


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Commands with a wrong topic, payload or error."""
    wanted, found = truth["commands"], output["commands"]
    if len(wanted) != len(found):
        most = float(max(len(wanted), len(found)))
        return {"wrong_topics": most, "wrong_payloads": most, "wrong_errors": most}
    pairs = list(zip(wanted, found, strict=True))
    return {
        "wrong_topics": float(sum(a["topic"] != b.get("topic") for a, b in pairs)),
        "wrong_payloads": float(sum(not _fits(a, b.get("payload")) for a, b in pairs)),
        "wrong_errors": float(sum(a["error"] != b.get("error") for a, b in pairs)),
    }


def _moved(instance: Instance, seed: int) -> Instance:
    """Other base topic and name, entries and wishes in another order."""
    data = json.loads(instance.visible["wishes.json"])
    draw = make.rng(seed, "moved")
    data["base_topic"] = "moved/" + data["base_topic"]
    data["device"]["friendly_name"] += " B"
    exposes, wishes = data["device"]["exposes"], data["wishes"]
    data["device"]["exposes"] = [exposes[k] for k in draw.permutation(len(exposes))]
    data["wishes"] = [wishes[k] for k in draw.permutation(len(wishes))]
    return _instance(data)


ERRORS = Slot("errors", "list[str]", "1", "why a wish is refused, empty when it is not")

FAMILY = Family(
    id="T095",
    title="Zigbee2MQTT commands",
    domain="J",
    version=1,
    wordings=(
        Wording("Dim the IKEA bulb to 30 %.", "goal"),
        Wording("Look up each wish in the device's exposes, scale the per cent to its range and write topic and payload for MQTT.", "operation"),
        Wording("exposes + per cent → Zigbee2MQTT set commands", "terse"),
        Wording("I tell you how bright or how open in per cent; you send what my Zigbee device understands.", "goal"),
        Wording("Build the set messages for wishes.json after the definition: range, step, access, endpoint.", "operation"),
        Wording("Translate my percentages into commands for the Zigbee bridge, and refuse what the device cannot do.", "goal"),
        Wording("z2m payloads from definition", "terse"),
        Wording("Make the lamp a bit darker and the blind half open, over the Zigbee gateway; the device description is in the file.", "goal", held=True),
        Wording("Map shares to value_min and value_max of the exposed feature and publish them under the friendly name.", "operation", held=True),
        Wording("wishes in %, bridge messages out", "terse", held=True),
        Wording("把宜家灯泡调到 30 %。", "goal", "zh"),
        Wording("在设备的 exposes 中查找特性，把百分比换算到取值范围，生成主题和载荷。", "operation", "zh"),
        Wording("我说百分之多少，请翻译成 Zigbee 网关能懂的命令，做不到的要拒绝。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`wishes.json`: `base_topic` (text), `device` with `friendly_name` and `exposes` (definition), `wishes` (list of "
            "objects with `name`, `endpoint` (empty for none) and `percent`)",
        ),
        outputs=(Slot("commands", "list[dict]", "1", "one object per wish with `topic` (text), `payload` (object) and `error` (text)"),),
        remarks=(
            "numeric features stand in `exposes` or in the `features` of a light or cover there; a wish means the feature with its `name` and "
            "`endpoint` (a feature without that key has the endpoint empty); the key in the payload is its `property`",
            "0 % is `value_min`, 100 % is `value_max`, between them the nearest whole number of `value_step` (1 when not given) from `value_min`; "
            "one step more or less is accepted inside the range; example: 30 % of 0 to 254 is 76",
            "a brightness inside a light also sets the light's binary feature `state` to its `value_on`, under its `property`; at 0 % the payload holds "
            "nothing but that feature with its `value_off`",
            "a wish is refused with the error `unknown` (no such feature), `read_only` (bit 2 of `access`, the one of value 2, is not set) or `range` (percent below 0 or above "
            "100), checked in this order; then topic is an empty text and payload an empty object; otherwise error is an empty text",
            "the topic is the base topic, the friendly name and `set`, joined by slashes; there may be no wish",
        ),
    ),
    stages=(
        Stage(
            "Load Device Wishes",
            ("read base topic and friendly name", "read the definition and the wishes"),
            "Read a device definition and what a person wants of the device.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("base_topic", "str", "1", "base topic of the bridge"),
                Slot("friendly_name", "str", "1", "name of the device"),
                Slot("exposes", "list[dict]", "1", "definition of the device"),
                Slot("wishes", "list[dict]", "1", "name, endpoint and percent of each wish"),
            ),
        ),
        Stage(
            "Flatten Exposed Features",
            ("go into the features of lights and covers", "keep numeric features", "give a brightness the state feature of its light"),
            "List all numeric features, those inside lights and covers too, with the switch that belongs to them.",
            (Slot("exposes", "list[dict]", "1", "definition of the device", "task1"),),
            (Slot("features", "list[dict]", "1", "numeric features, each with its switch or none"),),
        ),
        Stage(
            "Scale Wishes",
            ("find the feature by name and endpoint", "refuse unknown and read-only features and shares outside 0 to 100 %", "scale the share to the range in whole steps", "switch a light on with its brightness, or off at 0 %"),
            "Turn each wish in per cent into the payload its device understands.",
            (
                Slot("wishes", "list[dict]", "1", "name, endpoint and percent of each wish", "task1"),
                Slot("features", "list[dict]", "1", "numeric features, each with its switch or none", "task2"),
            ),
            (Slot("payloads", "list[dict]", "1", "payload of each wish, empty when refused"), ERRORS),
        ),
        Stage(
            "Address Commands",
            ("join base topic, friendly name and set", "leave the topic empty when refused"),
            "Put each payload under the set topic of the device.",
            (
                Slot("base_topic", "str", "1", "base topic of the bridge", "task1"),
                Slot("friendly_name", "str", "1", "name of the device", "task1"),
                Slot("payloads", "list[dict]", "1", "payload of each wish, empty when refused", "task3"),
                Slot("errors", "list[str]", "1", "why a wish is refused, empty when it is not", "task3"),
            ),
            (Slot("commands", "list[dict]", "1", "topic, payload and error of each wish"),),
        ),
    ),
    solutions="t095_zigbee2mqtt",
    generate=generate,
    measure=measure,
    bars=(
        Bar("wrong_topics", 0.5, "most"),  # exact
        Bar("wrong_payloads", 0.5, "most"),  # exact but for one step; best wrong on nominal 1
        Bar("wrong_errors", 0.5, "most"),  # exact
    ),
    alternates=(
        Variant("helpers", "refusal and level as small functions, rounding to even", swap={"scale_wishes": "scale_wishes_functions"}),
        Variant("grid", "nearest of all values the feature can take", swap={"scale_wishes": "scale_wishes_grid"}),
        Variant("stack", "definition walked with a stack, commands built one by one", swap={"flatten_exposed_features": "flatten_exposed_features_recursive", "address_commands": "address_commands_loop"}),
    ),
    mutants=(
        Variant("raw_percent", "sends the per cent as they are", swap={"scale_wishes": "scale_wishes_raw"}, naive=True),
        Variant("byte_scale", "every range is taken for 0 to 255", edits=(("scale_wishes", 'feature["value_min"], feature["value_max"], feature.get("value_step", 1)', "0, 255, 1"),)),
        Variant("no_set", "publishes to the state topic", edits=(("address_commands", "/set", ""),)),
        Variant("off_with_level", "sends a level of 0 instead of switching off", edits=(("scale_wishes", 'feature["switch"] and percent == 0', "False"),)),
        Variant("no_minimum", "scales from 0 instead of the minimum", edits=(("scale_wishes", 'low, high, step = feature["value_min"]', "low, high, step = 0"),)),
        Variant("access_ignored", "sends to read-only features", edits=(("scale_wishes", 'not feature["access"] & 2', "False"),)),
        Variant("range_ignored", "scales shares outside 0 to 100 % too instead of refusing them", edits=(("scale_wishes", "not 0 <= percent <= 100", "False"),)),
        Variant("top_level_only", "does not look inside lights and covers", edits=(("flatten_exposed_features", 'entry.get("features", [entry])', "[entry]"),)),
    ),
    notes=(
        "Zigbee2MQTT describes a device by `exposes`: entries of type light, cover, switch hold `features`; numeric, binary and enum entries stand alone. "
        "A feature has a `property`, the key in the JSON payload, which carries the endpoint (`brightness_l1`) on devices with several. `access` is a bit field: "
        "1 published, 2 settable, 4 readable. Commands go to base_topic/friendly_name/set; without /set the bridge ignores them. Brightness in Zigbee runs from 0 to 254, "
        "255 means undefined, so 100 % is 254 and 30 % is 76. Colour temperature is in mired with a device's own limits, so its minimum is not 0. A light at 0 % should be "
        "switched off, for level 0 leaves many lamps glowing. Friendly names may hold spaces and slashes, and belong into the topic unchanged."
    ),
    relations=(Relation("moved_and_reordered", _moved),),
    sources=("Zigbee2MQTT documentation, exposes and MQTT topics", "Zigbee Cluster Library revision 8, level control cluster"),
)  # fmt: skip
