"""Right and wrong programs of T095, one function per step. Read as text, never imported."""

import json
import math
from pathlib import Path


def load_device_wishes(path: str) -> tuple[str, str, list[dict], list[dict]]:
    """Read a device definition and what a person wants of the device.

    Args:
        path: JSON with base_topic, device (friendly_name, exposes) and wishes (name, endpoint, percent).

    Returns:
        Base topic, friendly name, exposes of the device, wishes.
    """
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    device = data["device"]
    return data["base_topic"], device["friendly_name"], device["exposes"], data["wishes"]


def flatten_exposed_features(exposes: list[dict]) -> list[dict]:
    """List all numeric features, those inside lights and covers too, with the switch that belongs to them.

    Args:
        exposes: definition of the device; an entry may hold features of its own.

    Returns:
        Numeric features with all their keys, and switch, the binary state feature beside a brightness or none.
    """
    features = []
    for entry in exposes:
        parts = entry.get("features", [entry])
        state = next((part for part in parts if part["type"] == "binary" and part["name"] == "state"), None)
        for part in parts:
            if part["type"] == "numeric":
                switch = state if entry["type"] == "light" and part["name"] == "brightness" else None
                features.append({**part, "switch": switch})
    return features


def scale_wishes(wishes: list[dict], features: list[dict]) -> tuple[list[dict], list[str]]:
    """Turn each wish in per cent into the payload its device understands.

    Args:
        wishes: name, endpoint and percent of each wish.
        features: numeric features with property, access, value_min, value_max, value_step and switch.

    Returns:
        Payload of each wish, empty when refused, and why it is refused: unknown, read_only, range or an empty text.
    """
    known = {(feature["name"], feature.get("endpoint", "")): feature for feature in features}
    payloads, errors = [], []
    for wish in wishes:
        feature = known.get((wish["name"], wish["endpoint"]))
        percent = wish["percent"]
        payload: dict = {}
        error = ""
        if feature is None:
            error = "unknown"
        elif not feature["access"] & 2:
            error = "read_only"
        elif not 0 <= percent <= 100:
            error = "range"
        elif feature["switch"] and percent == 0:
            payload = {feature["switch"]["property"]: feature["switch"]["value_off"]}
        else:
            low, high, step = feature["value_min"], feature["value_max"], feature.get("value_step", 1)
            steps = math.floor(percent / 100 * (high - low) / step + 0.5)
            payload = {feature["property"]: low + steps * step}
            if feature["switch"]:
                payload[feature["switch"]["property"]] = feature["switch"]["value_on"]
        payloads.append(payload)
        errors.append(error)
    return payloads, errors


def address_commands(base_topic: str, friendly_name: str, payloads: list[dict], errors: list[str]) -> list[dict]:
    """Put each payload under the set topic of the device.

    Args:
        base_topic: base topic of the bridge.
        friendly_name: name of the device.
        payloads: payload of each wish.
        errors: why a wish is refused, empty when it is not.

    Returns:
        Commands with topic, payload and error; topic and payload are empty when refused.
    """
    topic = f"{base_topic}/{friendly_name}/set"
    return [
        {"topic": "" if error else topic, "payload": payload, "error": error}
        for payload, error in zip(payloads, errors)
    ]


def flatten_exposed_features_recursive(exposes: list[dict]) -> list[dict]:
    """Walk down the definition with a stack and attach the state of the enclosing light on the way."""
    features: list[dict] = []
    stack = [(entry, None) for entry in reversed(exposes)]
    while stack:
        entry, switch = stack.pop()
        inside = entry.get("features")
        if inside is not None:
            states = [part for part in inside if part["type"] == "binary" and part["name"] == "state"]
            found = states[0] if states and entry["type"] == "light" else None
            stack += [(part, found) for part in reversed(inside)]
        elif entry["type"] == "numeric":
            features.append(dict(entry, switch=switch if entry["name"] == "brightness" else None))
    return features


def scale_wishes_functions(wishes: list[dict], features: list[dict]) -> tuple[list[dict], list[str]]:
    """Search the features for each wish, refuse first, scale after, in two small helpers."""

    def refusal(feature: dict | None, percent: float) -> str:
        if feature is None:
            return "unknown"
        if feature["access"] // 2 % 2 == 0:
            return "read_only"
        return "" if 0 <= percent <= 100 else "range"

    def level(feature: dict, percent: float) -> float:
        step = feature.get("value_step", 1)
        span = feature["value_max"] - feature["value_min"]
        return feature["value_min"] + round(span * percent / (100 * step)) * step

    payloads, errors = [], []
    for wish in wishes:
        matching = [f for f in features if f["name"] == wish["name"] and f.get("endpoint", "") == wish["endpoint"]]
        feature = matching[0] if matching else None
        error = refusal(feature, wish["percent"])
        payload = {}
        if feature is not None and not error:
            switch = feature["switch"]
            if switch is not None:
                payload[switch["property"]] = switch["value_on" if wish["percent"] else "value_off"]
            if switch is None or wish["percent"]:
                payload[feature["property"]] = level(feature, wish["percent"])
        payloads.append(payload)
        errors.append(error)
    return payloads, errors


def scale_wishes_grid(wishes: list[dict], features: list[dict]) -> tuple[list[dict], list[str]]:
    """Write out all values a feature can take and choose the one nearest to the share wanted."""
    payloads: list[dict] = []
    errors: list[str] = []
    for wish in wishes:
        payloads.append({})
        errors.append("unknown")
        for feature in features:
            if (feature["name"], feature.get("endpoint", "")) != (wish["name"], wish["endpoint"]):
                continue
            percent = wish["percent"]
            if feature["access"] & 0b010 == 0:
                errors[-1] = "read_only"
            elif percent < 0 or percent > 100:
                errors[-1] = "range"
            else:
                errors[-1] = ""
                low, high = feature["value_min"], feature["value_max"]
                step = feature.get("value_step", 1)
                grid = [low + k * step for k in range(int((high - low) / step) + 1)]
                nearest = min(grid, key=lambda value: abs((value - low) * 100 - percent * (high - low)))
                state = feature["switch"]
                if state is None:
                    payloads[-1] = {feature["property"]: nearest}
                elif percent == 0:
                    payloads[-1] = {state["property"]: state["value_off"]}
                else:
                    payloads[-1] = {state["property"]: state["value_on"], feature["property"]: nearest}
            break
    return payloads, errors


def address_commands_loop(base_topic: str, friendly_name: str, payloads: list[dict], errors: list[str]) -> list[dict]:
    """Join the parts of the topic and build the commands one by one."""
    commands = []
    for at in range(len(payloads)):
        command = {"topic": "", "payload": {}, "error": errors[at]}
        if not errors[at]:
            command["topic"] = "/".join([base_topic, friendly_name, "set"])
            command["payload"] = payloads[at]
        commands.append(command)
    return commands


def scale_wishes_raw(wishes: list[dict], features: list[dict]) -> tuple[list[dict], list[str]]:
    """Send the per cent as they are under the name of the wish."""
    return [{wish["name"]: wish["percent"]} for wish in wishes], [""] * len(wishes)
