"""Published vectors and second decoders for the families of protocols, sensors' registers, fusion and alignment."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
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


def heard(data: bytes) -> SimpleNamespace:
    """An advert as a Bluetooth scanner reports it."""
    service, at = b"", 0
    while at < len(data):
        element = data[at + 1 : at + 1 + data[at]]
        service = element[3:] if element[:3] == b"\x16\xd2\xfc" else service
        at += 1 + data[at]
    return SimpleNamespace(
        name="sensor", address="A4:C1:38:8D:18:B2", rssi=-60, manufacturer_data={}, service_uuids=[], source="",
        service_data={"0000fcd2-0000-1000-8000-00805f9b34fb": service}, device=None, advertisement=None, time=0.0,
        connectable=False, tx_power=0,
    )  # fmt: skip


def test_a_second_bthome_decoder_reads_the_same_values() -> None:
    """The library drops an advert with a second packet id, and names and numbers readings its own way."""
    library = pytest.importorskip("bthome_ble.parser")
    compared = 0
    for seed in range(30):
        instance = t090_bthome.generate(seed, "nominal")
        texts = json.loads(instance.visible["adverts.json"])["adverts"]
        for text, advert in zip(texts, instance.truth["adverts"], strict=True):
            names = [name for name, _, _ in advert["readings"]]
            if advert["error"] or names.count("packet_id") > 1:
                continue
            update = library.BTHomeBluetoothDeviceData().update(heard(bytes.fromhex(text)))
            values = [value.native_value for key, value in update.entity_values.items() if key.key != "signal_strength"]
            values += [value.native_value for value in update.binary_entity_values.values()]
            wanted = sorted((value for _, value, _ in advert["readings"]), key=str)
            assert list(map(str, sorted(values, key=str))) == list(map(str, wanted))
            compared += len(wanted)
    assert compared > 300


def test_senml_example_of_the_rfc_resolves() -> None:
    """RFC 8428, section 6: the base unit holds where a record has no unit of its own, times count from the base time."""
    pack = bytes.fromhex(
        "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b00106223614120050067766f6c74616765"
        "01615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a3006763757272656e74062302fb3ff4cccccccccc"
        "cda3006763757272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00a3006763757272656e74062002fb3ff999"
        "999999999aa3006763757272656e74060002fb3ffb333333333333"
    )
    node = "urn:dev:ow:10e2073a0108006:"
    voltage, *currents = senml.resolve(senml.decode_cbor(pack))
    assert voltage == {"n": f"{node}voltage", "u": "V", "t": 1276020076.001, "value": 120.1}
    assert [record["value"] for record in currents] == [1.2, 1.3, 1.4, 1.5, 1.6, 1.7]
    assert [record["t"] - 1276020076.001 for record in currents] == [-5, -4, -3, -2, -1, 0]
    assert {(record["n"], record["u"]) for record in currents} == {(f"{node}current", "A")}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("00", 0),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("3863", -100),
        ("f93c00", 1.0),
        ("f90001", 5.960464477539063e-8),
        ("fa47c35000", 100000.0),
        ("fbc010666666666666", -4.1),
        ("f5", True),
        ("f6", None),
        ("62c3bc", "ü"),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("7f657374726561646d696e67ff", "streaming"),
        ("c48221196ab3", 273.15),
    ],
)
def test_cbor_examples_of_the_rfc_decode(code: str, value: object) -> None:
    assert senml.decode_cbor(bytes.fromhex(code)) == value


@given(st.binary(max_size=60))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        senml.resolve(senml.decode_cbor(data))
    except ValueError:
        return
    assert data[0] >> 5 == 4


@pytest.mark.parametrize("seed", range(10))
def test_a_pack_is_below_half_of_the_resolved_json(tmp_path: Path, seed: int) -> None:
    instance = t091_senml.generate(seed, "nominal")
    answer = reference(t091_senml.FAMILY, tmp_path / "readings.json", instance.visible["readings.json"])
    resolved = json.dumps(instance.truth["readings"], separators=(",", ":")).encode()
    assert len(base64.b64decode(answer["pack"])) <= 0.5 * len(resolved)


@pytest.mark.parametrize(
    ("read", "celsius", "error"),
    [
        ("91 01 4B 46 7F FF 0C 10 70", 25.0625, ""),
        ("72 01 4B 46 7F FF 0E 10 57", 23.125, ""),
        ("91 01 4B 46 7F FF 0C 10 71", None, "crc"),
        ("00 00 00 00 00 00 00 00 00", None, "shorted"),
        ("91 01 4B", None, "length"),
    ],
)
def test_known_scratchpads_decode(tmp_path: Path, read: str, celsius: float | None, error: str) -> None:
    answer = reference(t100_ds18b20.FAMILY, tmp_path / "reads.json", {"reads": [read]})
    assert answer == {"celsius": [celsius], "errors": [error]}


@pytest.mark.parametrize(
    ("word", "celsius"),
    [
        (0x07D0, 125.0),
        (0x0550, 85.0),
        (0x0191, 25.0625),
        (0x00A2, 10.125),
        (0x0008, 0.5),
        (0x0000, 0.0),
        (0xFFF8, -0.5),
        (0xFF5E, -10.125),
        (0xFE6F, -25.0625),
        (0xFC90, -55.0),
    ],
)
def test_the_datasheets_temperature_table_decodes(tmp_path: Path, word: int, celsius: float) -> None:
    count = word - 0x10000 if word & 0x8000 else word
    read = t100_ds18b20.scratchpad(count, 12, 0x4B, 0x46, b"\xff\x0c\x10").hex()
    assert reference(t100_ds18b20.FAMILY, tmp_path / "reads.json", {"reads": [read]})["celsius"] == [celsius]


def test_the_datasheets_compensation_example_holds(tmp_path: Path) -> None:
    words = [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000]
    sample = ((415148 << 28) | (519888 << 4)).to_bytes(6, "big").hex()
    content = {"calibration": struct.pack("<HhhHhhhhhhhh", *words).hex(), "samples": [sample]}
    answer = reference(t101_bme280.FAMILY, tmp_path / "bme280.json", content)
    assert answer["temperature_c"][0] == pytest.approx(25.08, abs=0.005)
    assert answer["pressure_pa"][0] == pytest.approx(100653.27, abs=0.01)
    celsius, pascal = t101_bme280.compensate([Fraction(word) for word in words], 519888, 415148)
    assert float(celsius) == pytest.approx(25.0825, abs=1e-4)
    assert pascal is not None
    assert float(pascal) == pytest.approx(100653.27, abs=0.01)


def test_three_thermometers_reach_the_theoretical_deviation(tmp_path: Path) -> None:
    sensors = [{"unit": "C", "sigma": sigma, "readings": [20.0, None]} for sigma in (0.2, 0.5, 1.0)]
    answer = reference(t104_thermometer_fusion.FAMILY, tmp_path / "t.json", {"sensors": sensors})
    assert answer["fused_c"] == [pytest.approx(20.0), None]
    assert answer["sigma_c"] == [pytest.approx(0.18257, abs=1e-5), None]


def test_the_fusion_contracts_example_holds(tmp_path: Path) -> None:
    sensors = [
        {"unit": "C", "sigma": 0.3, "readings": [20.0]},
        {"unit": "F", "sigma": 1.08, "readings": [69.8]},
    ]
    answer = reference(t104_thermometer_fusion.FAMILY, tmp_path / "t.json", {"sensors": sensors})
    assert answer["fused_c"][0] == pytest.approx(20.2)
    assert answer["sigma_c"][0] == pytest.approx(0.2683, abs=1e-4)


def test_the_alignment_contracts_example_holds(tmp_path: Path) -> None:
    rows = zip((0, 0, 5, 0, 0, 0), (0, 0, 0, 0, 5, 0), strict=True)
    lines = ["time,a,b", *(f"{2 * k},{a},{b}" for k, (a, b) in enumerate(rows))]
    answer = reference(t105_logger_alignment.FAMILY, tmp_path / "loggers.csv", "\n".join(lines).encode())
    assert answer == {"lag_samples": 2, "lag_s": 4.0}


def answers(kind: str) -> st.SearchStrategy[Any]:
    """Values that conform to a slot's type."""
    if kind.startswith("list["):
        return st.lists(answers(kind[5:-1]), max_size=5)
    if kind.endswith(" or none"):
        return st.none() | answers(kind.removesuffix(" or none"))
    anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers())
    keys = st.sampled_from(["advert", "name", "value", "unit"])
    return {
        "int": st.integers(),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "str": st.text(max_size=20) | st.binary(max_size=30).map(lambda raw: base64.b64encode(raw).decode()),
        "dict": st.dictionaries(keys, anything),
    }[kind]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
@given(data=st.data())
def test_any_conforming_answer_gets_figures(family: Family, data: st.DataObject) -> None:
    level = data.draw(st.sampled_from(LEVELS))
    truth = family.generate(data.draw(st.integers(0, 3)), level).truth
    output = {slot.name: data.draw(answers(slot.type)) for slot in family.contract.outputs}
    assert set(family.measure(truth, output)) >= {bar.part for bar in family.bars}
