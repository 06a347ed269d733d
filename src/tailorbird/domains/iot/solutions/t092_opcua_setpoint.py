"""Right and wrong programs of T092, one function per step. Read as text, never imported."""

import asyncio
import json
from typing import Any

import asyncua
from asyncua import ua
from asyncua.sync import Client as SyncClient


def load_setpoint_task(path: str) -> tuple[str, str, list[dict[str, Any]]]:
    """Read where the plant is reached and which setpoints are wished.

    Args:
        path: JSON with endpoint, namespace and wishes.

    Returns:
        Endpoint URL, namespace URI, and the wishes: object, variable and value each.
    """
    with open(path, encoding="utf-8") as file:
        task = json.load(file)
    return task["endpoint"], task["namespace"], list(task["wishes"])


def write_setpoints(endpoint: str, namespace: str, wishes: list[dict[str, Any]]) -> list[float | None]:
    """Write each wish to its variable if it lies within the limits there, and read it back.

    Args:
        endpoint: OPC UA URL of the plant.
        namespace: URI of the namespace of its nodes.
        wishes: object, variable and value each.

    Returns:
        Value read back per wish; none where the wish was outside the limits and nothing was written.
    """

    async def write() -> list[float | None]:
        readings: list[float | None] = []
        async with asyncua.Client(endpoint) as client:
            index = await client.get_namespace_index(namespace)
            for wish in wishes:
                node = await client.nodes.objects.get_child(
                    [f"{index}:{wish['object']}", f"{index}:{wish['variable']}"]
                )
                low = await (await node.get_child([f"{index}:LowLimit"])).read_value()
                high = await (await node.get_child([f"{index}:HighLimit"])).read_value()
                if not low <= wish["value"] <= high:
                    readings.append(None)
                    continue
                kind = await node.read_data_type_as_variant_type()
                value = (
                    float(wish["value"])
                    if kind in (ua.VariantType.Float, ua.VariantType.Double)
                    else int(wish["value"])
                )
                await node.write_value(ua.DataValue(ua.Variant(value, kind)))
                readings.append(float(await node.read_value()))
        return readings

    return asyncio.run(write())


def count_accepted(readings: list[float | None]) -> int:
    """Count the wishes that were written.

    Args:
        readings: value read back per wish, none where nothing was written.

    Returns:
        Number of written wishes.
    """
    return sum(reading is not None for reading in readings)


def write_setpoints_sync(endpoint: str, namespace: str, wishes: list[dict[str, Any]]) -> list[float | None]:
    """Use the blocking client; take the type from the value that is there now."""
    readings: list[float | None] = []
    with SyncClient(endpoint) as client:
        index = client.get_namespace_index(namespace)
        for wish in wishes:
            place = [f"{index}:{wish['object']}", f"{index}:{wish['variable']}"]
            node = client.nodes.objects.get_child(place)
            limits = [node.get_child([f"{index}:{name}"]).read_value() for name in ("LowLimit", "HighLimit")]
            if limits[0] > wish["value"] or wish["value"] > limits[1]:
                readings.append(None)
            else:
                present = node.read_data_value().Value
                value = type(present.Value)(wish["value"])
                node.write_value(ua.DataValue(ua.Variant(value, present.VariantType)))
                readings.append(float(node.read_value()))
    return readings


def write_setpoints_browse(endpoint: str, namespace: str, wishes: list[dict[str, Any]]) -> list[float | None]:
    """Go down by the browse names of the children instead of by a path."""

    async def child(parent: asyncua.Node, index: int, name: str) -> asyncua.Node:
        for candidate in await parent.get_children():
            found = await candidate.read_browse_name()
            if (found.NamespaceIndex, found.Name) == (index, name):
                return candidate
        raise LookupError(name)

    async def write() -> list[float | None]:
        client = asyncua.Client(endpoint)
        await client.connect()
        try:
            index = (await client.get_namespace_array()).index(namespace)
            answers: list[float | None] = []
            for wish in wishes:
                machine = await child(client.nodes.objects, index, wish["object"])
                node = await child(machine, index, wish["variable"])
                low, high = [await (await child(node, index, name)).read_value() for name in ("LowLimit", "HighLimit")]
                answers.append(None)
                if min(max(wish["value"], low), high) == wish["value"]:
                    kind = ua.VariantType((await node.read_data_type()).Identifier)
                    number = wish["value"] if kind.name in ("Float", "Double") else int(wish["value"])
                    await node.write_attribute(ua.AttributeIds.Value, ua.DataValue(ua.Variant(number, kind)))
                    answers[-1] = float(await node.read_value())
            return answers
        finally:
            await client.disconnect()

    return asyncio.run(write())


def count_accepted_filter(readings: list[float | None]) -> int:
    """Filter out what was refused and take the length."""
    return len([reading for reading in readings if reading is not None])


def write_setpoints_pretended(endpoint: str, namespace: str, wishes: list[dict[str, Any]]) -> list[float | None]:
    """Say that every wish has been carried out."""
    return [float(wish["value"]) for wish in wishes]


def write_setpoints_lenient(endpoint: str, namespace: str, wishes: list[dict[str, Any]]) -> list[float | None]:
    """Write first and compare with the limits afterwards."""

    async def write() -> list[float | None]:
        readings: list[float | None] = []
        async with asyncua.Client(endpoint) as client:
            index = await client.get_namespace_index(namespace)
            for wish in wishes:
                node = await client.nodes.objects.get_child(
                    [f"{index}:{wish['object']}", f"{index}:{wish['variable']}"]
                )
                kind = await node.read_data_type_as_variant_type()
                value = (
                    float(wish["value"])
                    if kind in (ua.VariantType.Float, ua.VariantType.Double)
                    else int(wish["value"])
                )
                before = await node.read_value()
                await node.write_value(ua.DataValue(ua.Variant(value, kind)))
                low = await (await node.get_child([f"{index}:LowLimit"])).read_value()
                high = await (await node.get_child([f"{index}:HighLimit"])).read_value()
                if not low <= value <= high:
                    await node.write_value(ua.DataValue(ua.Variant(before, kind)))
                readings.append(float(value) if low <= value <= high else None)
        return readings

    return asyncio.run(write())


def count_accepted_all(readings: list[float | None]) -> int:
    """Count all wishes."""
    return len(readings)
