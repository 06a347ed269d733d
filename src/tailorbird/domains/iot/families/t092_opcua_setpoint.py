"""T092 OPC UA setpoint: find a node by namespace and path, write it with its own type, refuse what its limits forbid.

The server is one of asyncua over a small address space; every write that comes over the wire is noted before the server
decides on it. Another namespace holds nodes of the same names with other limits. Covers: namespace lookup, browse
paths, typed writes, limits as properties. Does not cover: security, subscriptions, methods.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make

OBJECTS = ("Boiler", "Chiller", "Dryer", "Mixer", "Press", "Pump")
VARIABLES = ("Setpoint", "SpeedReference", "PressureLimit", "FlowTarget", "Level")
TYPES = ("Float", "Int16", "Double", "UInt16")


def generate(seed: int, level: Level) -> Instance:
    """2 to 5 variables and 2 to 7 wishes, some beyond the limits; edge: no wish, or only such as are refused."""
    draw = make.rng(seed, "T092", level)
    kind = str(draw.choice(["none", "refused"])) if level == "edge" else ""
    width = {"easy": 2, "nominal": 3, "hard": 5, "edge": 2}[level]
    port, target = int(draw.integers(20000, 60000)), f"urn:plant:{int(draw.integers(100, 999))}"
    others = [f"urn:vendor:{name}" for name in draw.choice(["alpha", "beta", "gamma", "delta"], 4, replace=False)]
    count = int(draw.integers(2, 5))
    namespaces = ["urn:plant:server", others[0], *others[1:count], target]
    places = [
        (str(a), str(b)) for a, b in zip(draw.permutation(OBJECTS)[:width], draw.choice(VARIABLES, width), strict=True)
    ]
    variables: list[dict[str, Any]] = []
    for index, (machine, name) in enumerate(places):
        form = TYPES[index % 2] if index < 2 else str(draw.choice(TYPES))
        low, high = int(draw.integers(0, 20)), int(draw.integers(60, 120))
        limits = {"LowLimit": low if "Int" in form else float(low), "HighLimit": high if "Int" in form else float(high)}
        value = limits["LowLimit"] + 1
        entry = {
            "object": machine,
            "variable": name,
            "type": form,
            "value": value,
            "writable": True,
            "properties": limits,
        }
        # The twin comes first and has wider limits: a wrong namespace finds it and writes it.
        wide = {"LowLimit": value - 1, "HighLimit": limits["HighLimit"] + 500}
        variables.append({**entry, "name": f"twin-{index}", "namespace": others[0], "properties": wide})
        variables.append({**entry, "name": f"node-{index}", "namespace": target})
    wishes: list[dict[str, Any]] = []
    if kind != "none":
        good = {"easy": 2, "nominal": 3, "hard": 5, "edge": 0}[level]
        bad = {"easy": 1, "nominal": 2, "hard": 3, "edge": 2}[level]
        own = [item for item in variables if item["namespace"] == target]
        wishes = [_wish(draw, own[at % width], True) for at in range(good)]
        wishes += [_wish(draw, own[at % width], False, low=at % 2 == 1) for at in range(bad)]
        wishes = [wishes[int(at)] for at in draw.permutation(len(wishes))]
    return _instance(namespaces, variables, wishes, target, port)


def _wish(draw: np.random.Generator, item: Mapping[str, Any], good: bool, low: bool = False) -> dict[str, Any]:
    """A wish within the limits, the limits themselves now and then, or beyond one of them."""
    bottom, top = item["properties"]["LowLimit"], item["properties"]["HighLimit"]
    whole = "Int" in item["type"]
    value: float = int(draw.integers(int(bottom) + 2, int(top)))
    if not whole and draw.random() < 0.6:
        value += 0.25
    if good and draw.random() < 0.2:
        value = int(top)
    if not good:
        # Below zero an unsigned type could not even hold it, which no longer is a matter of limits.
        value = int(bottom) - 1 if low and bottom > 0 else int(top) + int(draw.integers(1, 200))
    return {"object": item["object"], "variable": item["variable"], "value": value}


def _instance(
    namespaces: Sequence[str],
    variables: Sequence[Mapping[str, Any]],
    wishes: Sequence[Mapping[str, Any]],
    target: str,
    port: int,
) -> Instance:
    task = {
        "endpoint": f"opc.tcp://127.0.0.1:{port}/plant/",
        "namespace": target,
        "wishes": [dict(wish) for wish in wishes],
    }
    script = {
        "port": port,
        "path": "/plant/",
        "namespaces": list(namespaces),
        "variables": [dict(item) for item in variables],
    }
    final = {item["name"]: float(item["value"]) for item in variables}
    readings: list[float | None] = []
    writes = []
    for wish in wishes:
        place = (wish["object"], wish["variable"], target)
        item = next(item for item in variables if (item["object"], item["variable"], item["namespace"]) == place)
        fits = item["properties"]["LowLimit"] <= wish["value"] <= item["properties"]["HighLimit"]
        readings.append(float(wish["value"]) if fits else None)
        if fits:
            final[item["name"]] = float(wish["value"])
            writes.append([item["name"], item["type"], float(wish["value"])])
    truth = {"readings": readings, "writes": writes, "values": final, "target": target, "port": port}
    return Instance({"plant.json": make.json_bytes(task)}, truth, "plant.json", script)


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Values of the server at the end, writes that were not to come, and the report."""
    seen = truth["observed"]
    came = [
        [item["name"], item["type"], None if item["value"] is None else float(item["value"])] for item in seen["writes"]
    ]
    wanted = truth["readings"]
    same = len(wanted) == len(output["readings"]) and make.worst_gap(wanted, output["readings"]) < 1e-6
    return {
        "values_wrong": float(
            sum(abs(seen["values"].get(name, 1e9) - value) > 1e-6 for name, value in truth["values"].items())
        ),
        "writes_wrong": float(came != truth["writes"]),
        "report_wrong": float(not same or output["accepted"] != len(truth["writes"])),
    }


def _moved(instance: Instance, seed: int) -> Instance:
    """Another port, another namespace URI at another index, the wishes in reverse."""
    task = json.loads(instance.visible["plant.json"])
    old, new = instance.truth["target"], f"urn:moved:{seed % 1000}"
    script = instance.script
    namespaces = [*(uri for uri in script["namespaces"] if uri != old), "urn:more", new]
    variables = [
        {**item, "namespace": new if item["namespace"] == old else item["namespace"]} for item in script["variables"]
    ]
    return _instance(namespaces, variables, task["wishes"][::-1], new, 10000 + seed % 9000)


FAMILY = Family(
    id="T092",
    title="OPC UA setpoint",
    domain="J",
    version=1,
    wordings=(
        Wording("Set the wished values in the plant over OPC UA, but refuse what its limits forbid.", "goal"),
        Wording("Look up the namespace index, resolve the browse path, compare with LowLimit and HighLimit, write with the node's own type and read back.", "operation"),
        Wording("OPC UA setpoints, limits respected", "terse"),
        Wording("Raise the boiler and the other machines to these values; the control system speaks OPC UA.", "goal"),
        Wording("Use asyncua to write variables by path, with the right variant type, after checking their limit properties.", "operation"),
        Wording("Bring the machines to the settings in my list, as far as the plant allows, and show me what they are set to.", "goal", held=True),
        Wording("Connect to the opc.tcp endpoint, translate namespace URIs, and perform typed writes only inside each node's range.", "operation", held=True),
        Wording("opc ua write + limit check", "terse", held=True),
        Wording("通过 OPC UA 把这些设定值写进设备，超出限值的要拒绝。", "goal", "zh"),
        Wording("先查命名空间索引，再按浏览路径找节点，比较上下限，用节点自己的类型写入并读回。", "operation", "zh"),
        Wording("OPC UA 写设定值，遵守限值", "terse", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`plant.json`: object with `endpoint` (OPC UA URL), `namespace` (URI), `wishes` (list of objects with `object`, `variable`, `value`)",
        ),
        outputs=(
            Slot("readings", "list[float or none]", "1", "value read back per wish, in their order; null where nothing was written"),
            Slot("accepted", "int", "1", "number of wishes that were written"),
        ),
        remarks=(
            "a variable lies below its object, and the object below Objects; the browse names of both, and of the properties, are in the namespace of the URI, whose index the server tells; another namespace holds nodes of the same names",
            "each variable has the properties LowLimit and HighLimit; a wish below the first or above the second is refused and not written; the limits themselves are allowed",
            "a variable is Float, Double, Int16 or UInt16 and is written with that very type, else the server answers BadTypeMismatch; wishes for whole-number types are whole",
            "the wishes are handled in order, one write each; there may be none",
        ),
    ),
    stages=(
        Stage(
            "Load Setpoint Task",
            ("read endpoint, namespace and wishes from the JSON file",),
            "Read where the plant is reached and which setpoints are wished.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("endpoint", "str", "1", "OPC UA URL"),
                Slot("namespace", "str", "1", "namespace URI"),
                Slot("wishes", "list[dict]", "1", "object, variable and value each"),
            ),
        ),
        Stage(
            "Write Setpoints",
            (
                "connect and look up the index of the namespace",
                "find each variable by object and name, and read its two limits",
                "refuse what lies outside",
                "write with the type of the variable and read back",
            ),
            "Write each wish to its variable if it lies within the limits there, and read it back.",
            (
                Slot("endpoint", "str", "1", "OPC UA URL", "task1"),
                Slot("namespace", "str", "1", "namespace URI", "task1"),
                Slot("wishes", "list[dict]", "1", "object, variable and value each", "task1"),
            ),
            (Slot("readings", "list[float or none]", "1", "value read back per wish"),),
        ),
        Stage(
            "Count Accepted",
            ("count the readings that are there",),
            "Count the wishes that were written.",
            (Slot("readings", "list[float or none]", "1", "value read back per wish", "task2"),),
            (Slot("accepted", "int", "1", "number of written wishes"),),
        ),
    ),
    solutions="t092_opcua_setpoint",
    generate=generate,
    measure=measure,
    bars=(
        Bar("values_wrong", 0.0, "most"),
        Bar("writes_wrong", 0.0, "most"),
        Bar("report_wrong", 0.0, "most"),
    ),
    alternates=(
        Variant("sync", "the blocking client", swap={"write_setpoints": "write_setpoints_sync"}),
        Variant("browse", "children by browse name", swap={"write_setpoints": "write_setpoints_browse"}),
        Variant("filter", "count by a filter", swap={"count_accepted": "count_accepted_filter"}),
    ),
    mutants=(
        Variant("pretended", "asks nobody", swap={"write_setpoints": "write_setpoints_pretended"}, naive=True),
        Variant("default_variant", "the library chooses the type", edits=(("write_setpoints", "node.write_value(ua.DataValue(ua.Variant(value, kind)))", 'node.write_value(wish["value"])'),)),
        Variant("fixed_namespace", "index 2 is taken for granted", edits=(("write_setpoints", "index = await client.get_namespace_index(namespace)", "index = 2"),)),
        Variant("no_check", "writes whatever is wished", edits=(("write_setpoints", 'if not low <= wish["value"] <= high:', "if high < low:"),)),
        Variant("check_after", "writes first and takes it back", swap={"write_setpoints": "write_setpoints_lenient"}),
        Variant("clamped", "moves a wish to the limit instead of refusing it", edits=(("write_setpoints", '                if not low <= wish["value"] <= high:\n', '                wish = {**wish, "value": min(max(wish["value"], low), high)}\n                if not low <= wish["value"] <= high:\n'),)),
        Variant("counts_all", "refused wishes are counted", swap={"count_accepted": "count_accepted_all"}),
    ),
    notes=(
        "OPC UA nodes are named within namespaces; the index of a namespace is the server's own affair and changes, its URI does "
        "not: look the index up after connecting. A browse path goes from Objects through browse names with their index. A "
        "variable has one data type, and a write carries a variant that names its type; a Python float becomes Double and an int "
        "Int64 unless told otherwise, and a server refuses another type with BadTypeMismatch. Limits are properties of the "
        "variable; servers seldom enforce them, so the client has to compare before it writes. Clamping is not refusing. "
        "Status codes tell of each write; a read afterwards shows what was taken."
    ),
    relations=(Relation("moved", _moved),),
    needs=("asyncua",),
    sources=("OPC UA Part 3 (address space), Part 4 (services), section 5.11 (attribute service set)",),
    peer="opcua",
    allowed=("asyncio", "asyncua"),
)  # fmt: skip
