"""Right and wrong programs of T094, one function per step. Read as text, never imported."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


def load_thing_description(path: str) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """Read the description of the Thing and what is wished of it.

    Args:
        path: JSON with thing (a W3C Thing Description) and wishes (property and value each).

    Returns:
        Base URL, properties by name, wishes in order.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["thing"]["base"], task["thing"]["properties"], list(task["wishes"])


def check_wishes(properties: dict[str, Any], wishes: list[dict[str, Any]]) -> list[bool]:
    """Compare every wish with the schema of its property, before anything is sent.

    Args:
        properties: schemas by name: type, minimum, maximum, readOnly.
        wishes: property and value each.

    Returns:
        Whether each wish may be sent.
    """
    allowed: list[bool] = []
    for wish in wishes:
        schema = properties.get(wish["property"])
        value = wish["value"]
        good = schema is not None and not schema.get("readOnly", False)
        good = good and isinstance(value, (int, float)) and not isinstance(value, bool)
        if good and schema["type"] == "integer":
            good = float(value).is_integer()
        allowed.append(bool(good and schema["minimum"] <= value <= schema["maximum"]))
    return allowed


def apply_wishes(
    base: str, properties: dict[str, Any], wishes: list[dict[str, Any]], allowed: list[bool]
) -> list[float | None]:
    """Write the allowed values to the Thing and read each one back.

    Args:
        base: URL against which the forms are resolved.
        properties: forms by name: href, op and perhaps htv:methodName.
        wishes: property and value each.
        allowed: whether each wish may be sent.

    Returns:
        Value read back per wish; none where nothing was sent.
    """
    readings: list[float | None] = []
    for wish, good in zip(wishes, allowed):
        if not good:
            readings.append(None)
            continue
        forms = properties[wish["property"]]["forms"]
        write = next(form for form in forms if "writeproperty" in form["op"])
        read = next(form for form in forms if "readproperty" in form["op"])
        request = urllib.request.Request(
            urllib.parse.urljoin(base, write["href"]),
            data=json.dumps(wish["value"]).encode(),
            headers={"Content-Type": "application/json"},
            method=write.get("htv:methodName", "PUT"),
        )
        urllib.request.urlopen(request, timeout=5.0).close()
        with urllib.request.urlopen(urllib.parse.urljoin(base, read["href"]), timeout=5.0) as answer:
            readings.append(float(json.load(answer)))
    return readings


def report_wishes(allowed: list[bool], values_read: list[float | None]) -> tuple[list[bool], list[float | None]]:
    """Give what was accepted and what the Thing says now.

    Args:
        allowed: whether each wish was sent.
        values_read: value read back per wish.

    Returns:
        Accepted wishes and readings, both in the order of the wishes.
    """
    return list(allowed), list(values_read)


def check_wishes_rules(properties: dict[str, Any], wishes: list[dict[str, Any]]) -> list[bool]:
    """Collect what speaks against a wish; it is allowed when nothing does."""
    allowed = []
    for wish in wishes:
        name, value = wish["property"], wish["value"]
        objections = []
        if name not in properties:
            objections.append("unknown")
        elif type(value) not in (int, float):
            objections.append("no number")
        else:
            schema = properties[name]
            if schema.get("readOnly"):
                objections.append("read only")
            if value < schema["minimum"] or value > schema["maximum"]:
                objections.append("out of range")
            if schema["type"] == "integer" and value % 1 != 0:
                objections.append("not whole")
        allowed.append(not objections)
    return allowed


def apply_wishes_connection(
    base: str, properties: dict[str, Any], wishes: list[dict[str, Any]], allowed: list[bool]
) -> list[float | None]:
    """Keep one connection and resolve the forms to paths."""
    address = urllib.parse.urlsplit(base)
    link = http.client.HTTPConnection(address.hostname, address.port, timeout=5.0)
    readings: list[float | None] = []
    for index, wish in enumerate(wishes):
        readings.append(None)
        if not allowed[index]:
            continue
        ways = {}
        for form in properties[wish["property"]]["forms"]:
            operations = [form["op"]] if isinstance(form["op"], str) else form["op"]
            for operation in operations:
                ways.setdefault(operation, form)
        write = ways["writeproperty"]
        target = urllib.parse.urlsplit(urllib.parse.urljoin(base, write["href"])).path
        body = json.dumps(wish["value"])
        link.request(write.get("htv:methodName", "PUT"), target, body, {"Content-Type": "application/json"})
        link.getresponse().read()
        link.request("GET", urllib.parse.urlsplit(urllib.parse.urljoin(base, ways["readproperty"]["href"])).path)
        readings[index] = float(json.loads(link.getresponse().read()))
    link.close()
    return readings


def check_wishes_none(properties: dict[str, Any], wishes: list[dict[str, Any]]) -> list[bool]:
    """Allow every wish for a known property and leave the check to the Thing."""
    return [wish["property"] in properties for wish in wishes]


def apply_wishes_blind(
    base: str, properties: dict[str, Any], wishes: list[dict[str, Any]], allowed: list[bool]
) -> list[float | None]:
    """Say that everything went well without asking the Thing."""
    return [float(wish["value"]) if good else None for wish, good in zip(wishes, allowed)]


def apply_wishes_lenient(
    base: str, properties: dict[str, Any], wishes: list[dict[str, Any]], allowed: list[bool]
) -> list[float | None]:
    """Send and take an error of the Thing for a refusal."""
    readings: list[float | None] = []
    for wish, good in zip(wishes, allowed):
        try:
            if not good:
                raise ValueError("unknown property")
            forms = properties[wish["property"]]["forms"]
            write = next((form for form in forms if "writeproperty" in form["op"]), forms[0])
            body = json.dumps(wish["value"]).encode()
            target = urllib.parse.urljoin(base, write["href"])
            method = write.get("htv:methodName", "PUT")
            request = urllib.request.Request(target, body, {"Content-Type": "application/json"}, method=method)
            urllib.request.urlopen(request, timeout=5.0).close()
            readings.append(float(wish["value"]))
        except (urllib.error.HTTPError, ValueError):
            readings.append(None)
    return readings


def report_wishes_all(allowed: list[bool], values_read: list[float | None]) -> tuple[list[bool], list[float | None]]:
    """Report every wish as accepted."""
    return [True for _ in allowed], list(values_read)
