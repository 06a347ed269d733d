"""Published vectors and second decoders for the families of protocols, sensors' registers, fusion and alignment."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailorbird.core.domain import LEVELS, Family
from tailorbird.core.source import functions_of
from tailorbird.domains import iot
from tailorbird.domains.iot import senml
from tailorbird.domains.iot.families import (
    t090_bthome,
    t091_senml,
    t100_ds18b20,
    t101_bme280,
    t104_thermometer_fusion,
    t105_logger_alignment,
)

FAMILIES = [
    module.FAMILY
    for module in (t090_bthome, t091_senml, t100_ds18b20, t101_bme280, t104_thermometer_fusion, t105_logger_alignment)
]


def reference(family: Family, path: Path, content: Any) -> dict[str, Any]:
    """Answer of a family's reference program on one file."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    text = (Path(str(iot.__file__)).parent / "solutions" / f"{family.solutions}.py").read_text(encoding="utf-8")
    values: dict[str, Any] = {"path": str(path)}
    for stage, source in zip(family.stages, functions_of(family, {family.solutions: text}), strict=True):
        names: dict[str, Callable[..., Any]] = {}
        exec(source, names)
        result = names[stage.spec.name](*(values[slot.name] for slot in stage.inputs))
        parts = result if len(stage.outputs) > 1 else (result,)
        values |= {slot.name: part for slot, part in zip(stage.outputs, parts, strict=True)}
    return {slot.name: values[slot.name] for slot in family.contract.outputs}


@pytest.mark.parametrize(
    ("data", "name", "value", "unit"),
    [
        ("0161", "battery", 97, "%"),
        ("02CA09", "temperature", 25.06, "°C"),
        ("03BF13", "humidity", 50.55, "%"),
        ("04138A01", "pressure", 1008.83, "hPa"),
        ("05138A14", "illuminance", 13460.67, "lx"),
        ("08CA06", "dewpoint", 17.38, "°C"),
        ("0A138A14", "energy", 1346.067, "kWh"),
        ("0B021B00", "power", 69.14, "W"),
        ("0C020C", "voltage", 3.074, "V"),
        ("12E204", "co2", 1250, "ppm"),
        ("2E23", "humidity", 35, "%"),
        ("3E2A2C0960", "count", 1611213866, ""),
        ("3F020C", "rotation", 307.4, "°"),
        ("400C00", "distance", 12, "mm"),
        ("434E34", "current", 13.39, "A"),
        ("451101", "temperature", 27.3, "°C"),
        ("530C48656C6C6F20576F726C6421", "text", "Hello World!", ""),
        ("57EA", "temperature", -22, "°C"),
        ("5C02FBFFFF", "power", -12.78, "W"),
    ],
)
def test_the_format_tables_examples_decode_to_their_results(
    tmp_path: Path, data: str, name: str, value: object, unit: str
) -> None:
    service = f"16D2FC40{data}"
    advert = f"020106{len(service) // 2:02X}{service}"
    answer = reference(t090_bthome.FAMILY, tmp_path / "adverts.json", {"adverts": [advert]})
    assert answer == {"readings": [{"advert": 0, "name": name, "value": value, "unit": unit}], "errors": [""]}


def test_the_format_pages_whole_advert_decodes(tmp_path: Path) -> None:
    advert = "0201060B094449592D73656E736F720A16D2FC4002C40903BF13"
    answer = reference(t090_bthome.FAMILY, tmp_path / "adverts.json", {"adverts": [advert]})
    assert [reading["value"] for reading in answer["readings"]] == [25.0, 50.55]


def test_a_second_bthome_decoder_reads_the_same_values() -> None:
    """The library skips repeated packets and joins equal names, so values are compared as sorted lists."""
    library = pytest.importorskip("bthome_ble.parser")
    skipped = {"packet_id", "text", "raw"}
    compared = 0
    for seed in range(30):
        instance = t090_bthome.generate(seed, "nominal")
        texts = json.loads(instance.visible["adverts.json"])["adverts"]
        for text, advert in zip(texts, instance.truth["adverts"], strict=True):
            if advert["error"]:
                continue
            _, _, rest = bytes.fromhex(text).rpartition(b"\x16\xd2\xfc")
            payload = rest[1 : bytes.fromhex(text)[len(bytes.fromhex(text)) - len(rest) - 4] - 3]
            device = library.BTHomeBluetoothDeviceData()
            info = type("Info", (), {"service_data": {library.UuidType.V2.value: rest[:1] + payload}, "address": "A", "name": "A", "time": 0.0})
            device._parse_payload(library.BTHomeData(info()), payload, 0.0)
            numbers = [value.native_value for key, value in device._sensor_values.items() if key.key not in ("packet_id",)]
            flags = [value.native_value for value in device._binary_sensor_values.values()]
            found = sorted(map(float, [*(v for v in numbers if not isinstance(v, str)), *flags]))
            wanted = sorted(float(value) for name, value, _ in advert["readings"] if name not in skipped)
            assert found == pytest.approx(wanted)
            compared += len(found)
    assert compared > 300
