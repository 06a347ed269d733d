"""T106 pseudonyms: keyed ids instead of device ids, payloads sealed with AES-GCM, forged records refused.

The judge opens every record with the key, checks what comes out, and looks at nonces and ids; sealed records to be
judged by the program are drawn along with forged ones. Covers: authenticated encryption under one key with a counter.
Does not cover: where keys come from, how they change, what sizes and times of messages give away.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tailorbird.core.domain import Bar, Contract, Family, Instance, Level, Relation, Stage, Variant, Wording
from tailorbird.core.program import Slot
from tailorbird.domains.iot import make
from tailorbird.domains.judge import same

DIGITS = 16
"""Hexadecimal digits of a pseudonym."""

ROOMS = ("attic", "bath", "cellar", "garage", "hall", "kitchen", "Küche", "书房")
"""Places in payloads; two are not ASCII."""


def generate(seed: int, level: Level) -> Instance:
    """4 to 14 messages of 2 to 5 devices and 4 to 9 received records; edge: nothing at all, one device, all forged."""
    draw = make.rng(seed, "T106", level)
    kind = str(draw.choice(["empty", "one", "forged"])) if level == "edge" else ""
    devices = _devices(draw, 1 if kind == "one" else int(draw.integers(2, 6)))
    count = 0 if kind == "empty" else int(draw.integers(4, 15))
    heads = [devices[at] for at in draw.integers(0, len(devices), count)]
    heads[: len(devices)] = devices[:count]
    messages = [{"device": head, "payload": _payload(draw, devices, level)} for head in heads]
    counter = int(draw.integers(10_000, 2**48))
    keys = {"id_key": draw.bytes(32).hex(), "data_key": draw.bytes(int(draw.choice([16, 32]))).hex()}
    size = 0 if kind == "empty" else int(draw.integers(4, 10))
    forged = [kind == "forged" or bool(draw.random() < 0.45) for _ in range(size)]
    if size and kind != "forged":
        forged[0], forged[1] = True, False
        forged = [forged[at] for at in draw.permutation(size)]
    inbox = [_received(draw, keys, counter - size + row, devices, bad) for row, bad in enumerate(forged)]
    gateway = keys | {"next_counter": counter, "messages": messages, "inbox": inbox}
    return _instance(gateway, [row for row, bad in enumerate(forged) if bad])


def _devices(draw: np.random.Generator, count: int) -> list[str]:
    """Ids that look like those of devices; the second is the first with a letter more."""
    stems = ("lamp", "meter", "lock", "cam", "plug", "valve")
    found = [f"{stems[at]}-{int(draw.integers(0, 2**24)):06x}" for at in draw.permutation(len(stems))[:count]]
    return [found[0], *([found[0] + "b"] if count > 1 else []), *found[2:]]


def _payload(draw: np.random.Generator, devices: Sequence[str], level: Level) -> dict[str, Any]:
    """A reading; ids stand in it as a value, in a list, as a key and in a nested object."""
    payload: dict[str, Any] = {
        "room": str(draw.choice(ROOMS)),
        "value": round(float(draw.normal(20, 5)), 2),
        "ok": bool(draw.random() < 0.8),
    }
    if level != "easy" and draw.random() < 0.7:
        payload["via"] = [str(draw.choice(devices)), "gateway", None]
        payload["link"] = {
            str(draw.choice(devices)): int(draw.integers(-95, -40)),
            "best": {"peer": str(draw.choice(devices))},
        }
    elif draw.random() < 0.6:
        payload["source"] = str(draw.choice(devices))
    return payload


def _pseudonym(id_key: str, device: str) -> str:
    return hmac.digest(bytes.fromhex(id_key), device.encode(), "sha256").hex()[:DIGITS]


def _seal(key: str, nonce: bytes, plain: bytes, name: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(bytes.fromhex(key)).encrypt(nonce, plain, name.encode())


def _open(key: str, nonce: bytes, sealed: bytes, name: str) -> bytes | None:
    """The plain text of a record, or None where the tag does not fit."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(bytes.fromhex(key)).decrypt(nonce, sealed, name.encode())
    except InvalidTag:
        return None


def _received(
    draw: np.random.Generator, keys: Mapping[str, str], counter: int, devices: Sequence[str], forged: bool
) -> dict[str, str]:
    """A sealed record of another gateway with the same keys; a forged one has one thing changed."""
    name = _pseudonym(keys["id_key"], devices[int(draw.integers(0, len(devices)))])
    nonce = counter.to_bytes(12, "big")
    sealed = bytearray(_seal(keys["data_key"], nonce, make.json_bytes({"set": int(draw.integers(0, 100))}), name))
    change = str(draw.choice(["bit", "tag", "name", "nonce"])) if forged else ""
    if change in ("bit", "tag"):
        sealed[0 if change == "bit" else -1] ^= 1 << int(draw.integers(0, 8))
    elif change == "name":
        name = _pseudonym(keys["id_key"], devices[0] + "x")
    elif change == "nonce":
        nonce = (counter + 2**50).to_bytes(12, "big")
    return {"id": name, "nonce": nonce.hex(), "data": bytes(sealed).hex()}


def _hidden(value: Any, names: Mapping[str, str]) -> Any:
    """A payload with every whole text that is a device id replaced."""
    if isinstance(value, dict):
        return {names.get(key, key): _hidden(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _instance(gateway: Mapping[str, Any], refused: Sequence[int]) -> Instance:
    names = {message["device"]: _pseudonym(gateway["id_key"], message["device"]) for message in gateway["messages"]}
    truth = {
        "data_key": gateway["data_key"],
        "next_counter": gateway["next_counter"],
        "ids": [names[message["device"]] for message in gateway["messages"]],
        "payloads": [_hidden(message["payload"], names) for message in gateway["messages"]],
        "refused": list(refused),
    }
    return Instance({"gateway.json": make.json_bytes(gateway)}, truth, "gateway.json")


def _plain(key: str, record: Mapping[str, str], name: str) -> Any:
    """What a record holds, opened with the right pseudonym; None where it cannot be opened or read."""
    try:
        nonce, sealed = bytes.fromhex(record["nonce"]), bytes.fromhex(record["data"])
        found = _open(key, nonce, sealed, name) if len(nonce) == 12 else None
        return None if found is None else json.loads(found)
    except (ValueError, KeyError, RecursionError):
        return None


def _fresh(records: Sequence[Mapping[str, str]], counter: int) -> bool:
    """Whether all nonces are of 12 bytes, different, and not spent before."""
    try:
        nonces = [bytes.fromhex(record.get("nonce", "")) for record in records]
    except ValueError:
        return False
    numbers = {int.from_bytes(nonce, "big") for nonce in nonces}
    return (
        all(len(nonce) == 12 for nonce in nonces)
        and len(numbers) == len(nonces)
        and min(numbers, default=counter) >= counter
    )


def measure(truth: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, float]:
    """Shares of right ids and of records that open to the right payload; fresh nonces, nothing else, forgeries refused."""
    records, refused = output["records"], same(truth["refused"], output["refused"])
    if len(records) != len(truth["ids"]):
        return {"ids": 0.0, "opened": 0.0, "nonces": 0.0, "bare": 0.0, "refused": refused}
    pairs = list(zip(records, truth["ids"], truth["payloads"], strict=True))
    ids = [record.get("id") == name for record, name, _ in pairs]
    opened = [_plain(truth["data_key"], record, name) == payload for record, name, payload in pairs]
    return {
        "ids": float(np.mean(ids)) if ids else 1.0,
        "opened": float(np.mean(opened)) if opened else 1.0,
        "nonces": float(_fresh(records, truth["next_counter"])),
        "bare": float(all(set(record) == {"id", "nonce", "data"} for record in records)),
        "refused": refused,
    }


def _other_keys(instance: Instance, seed: int) -> Instance:
    gateway = json.loads(instance.visible["gateway.json"])
    fresh = {"id_key": make.rng(seed, "keys").bytes(32).hex(), "inbox": []}
    return _instance(gateway | fresh, [])


def _turned(instance: Instance, seed: int) -> Instance:
    gateway = json.loads(instance.visible["gateway.json"])
    count = len(gateway["inbox"])
    gateway["messages"], gateway["inbox"] = gateway["messages"][::-1], gateway["inbox"][::-1]
    return _instance(gateway, sorted(count - 1 - row for row in instance.truth["refused"]))


MESSAGES = Slot("messages", "list[dict]", "1", "messages with device and payload", "task1")
DATA_KEY = Slot("data_key", "bytes", "1", "key of the encryption", "task1")

FAMILY = Family(
    id="T106",
    title="Pseudonyms",
    domain="L",
    version=1,
    wordings=(
        Wording("Hide device ids and encrypt payloads.", "goal"),
        Wording("Replace ids by truncated HMAC-SHA256, seal each payload with AES-GCM bound to its pseudonym, and reject records that fail authentication.", "operation"),
        Wording("device messages → pseudonymous, sealed records", "terse"),
        Wording("Our cloud provider must not learn which device sends what. Make the gateway's messages safe to upload.", "goal"),
        Wording("Pseudonymise and encrypt gateway.json with fresh nonces, and list the inbox records that were tampered with.", "operation"),
        Wording("Strip identities from the messages, keep them linkable for us, lock the contents, and tell me which incoming ones are fake.", "goal"),
        Wording("keyed ids, AES-GCM, forged inbox records", "terse"),
        Wording("Before the data leave the house, nobody outside should recognise a device or read a value, and swapped packets have to be noticed.", "goal", held=True),
        Wording("Apply keyed hashing to identifiers and authenticated encryption with associated data to message bodies.", "operation", held=True),
        Wording("anonymise ids, seal bodies, check tags", "terse", held=True),
        Wording("隐藏设备编号并加密数据。", "goal", "zh"),
        Wording("用 HMAC-SHA256 生成假名，用 AES-GCM 加密并绑定假名，拒收校验失败的记录。", "operation", "zh"),
        Wording("上传前不能让外人认出设备或看到数值，被篡改的消息也要挑出来。", "goal", "zh", held=True),
    ),
    contract=Contract(
        files=(
            "`gateway.json`: object with `id_key` and `data_key` (hexadecimal, 32 and 16 or 32 bytes), `next_counter` (integer), "
            "`messages` (list of objects with `device`, a text, and `payload`, any JSON object), `inbox` (list of objects with `id`, `nonce`, `data`)",
        ),
        outputs=(
            Slot("records", "list[dict[str, str]]", "1", "one object per message with the keys id, nonce and data, in order"),
            Slot("refused", "list[int]", "1", "positions in the inbox, from 0, of records that are not genuine, ascending"),
        ),
        remarks=(
            "the pseudonym of a device is the first 16 lower-case hexadecimal digits of HMAC-SHA256 with `id_key` over the id in UTF-8",
            "a device id is any `device` of the file; wherever one stands as a whole text in a payload, as a value or as a key, at any depth, its pseudonym takes its place",
            "each changed payload is written as JSON in UTF-8 (spacing is free) and encrypted with AES-GCM under `data_key`, with the pseudonym in ASCII as associated data",
            "`nonce` is 12 bytes as 24 hexadecimal digits, different for every record; read as a big-endian number none is below `next_counter`, as smaller ones are spent",
            "`data` is ciphertext followed by the 16-byte tag, hexadecimal; a record has no other keys",
            "inbox records are built in the same way; one whose tag does not fit its data, nonce and id is refused",
            "without messages or without inbox the lists are empty",
            "example: id_key of 32 zero bytes and device `lamp-1` give the pseudonym `109b7acf5328bddf`",
        ),
    ),
    stages=(
        Stage(
            "Load Gateway Messages",
            ("read the JSON object", "turn both keys into bytes"),
            "Read keys, counter, outgoing messages and received records of a gateway.",
            (Slot("path", "path", "1", "input file"),),
            (
                Slot("id_key", "bytes", "1", "key of the pseudonyms"),
                Slot("data_key", "bytes", "1", "key of the encryption"),
                Slot("next_counter", "int", "1", "next unused nonce as a number"),
                Slot("messages", "list[dict]", "1", "messages with device and payload"),
                Slot("inbox", "list[dict]", "1", "records with id, nonce and data"),
            ),
        ),
        Stage(
            "Device Pseudonyms",
            ("collect the device ids", "HMAC-SHA256 of each, first 16 hexadecimal digits"),
            "Give each device a stable pseudonym that only the holder of the key can make.",
            (Slot("id_key", "bytes", "1", "key of the pseudonyms", "task1"), MESSAGES),
            (Slot("pseudonyms", "dict[str, str]", "1", "pseudonym by device id"),),
        ),
        Stage(
            "Hide Device Ids",
            ("replace the id of each message", "walk through the payload and replace ids among values and keys"),
            "Replace device ids by pseudonyms in heads and payloads.",
            (MESSAGES, Slot("pseudonyms", "dict[str, str]", "1", "pseudonym by device id", "task2")),
            (Slot("hidden", "list[dict]", "1", "messages with id and payload, free of device ids"),),
        ),
        Stage(
            "Encrypt Messages",
            ("a nonce per message, counting on from the next unused one", "AES-GCM of the JSON text with the pseudonym as associated data"),
            "Encrypt each payload, bound to its pseudonym, under a nonce of its own.",
            (
                DATA_KEY,
                Slot("next_counter", "int", "1", "next unused nonce as a number", "task1"),
                Slot("hidden", "list[dict]", "1", "messages with id and payload, free of device ids", "task3"),
            ),
            (Slot("records", "list[dict[str, str]]", "1", "records with id, nonce and data"),),
        ),
        Stage(
            "Refuse Forged Records",
            ("open each received record with its id as associated data", "note the positions at which the tag does not fit"),
            "Find the received records whose tag does not fit.",
            (DATA_KEY, Slot("inbox", "list[dict]", "1", "records with id, nonce and data", "task1")),
            (Slot("refused", "list[int]", "1", "positions of the refused records"),),
        ),
    ),
    solutions="t106_pseudonyms",
    generate=generate,
    measure=measure,
    bars=(
        Bar("ids", 1.0, "least"),  # all bars are exact: a record is right or wrong
        Bar("opened", 1.0, "least"),
        Bar("nonces", 1.0, "least"),
        Bar("bare", 1.0, "least"),
        Bar("refused", 1.0, "least"),
    ),
    alternates=(
        Variant("blocks", "HMAC from two plain hashes", swap={"device_pseudonyms": "device_pseudonyms_blocks"}),
        Variant("text", "quoted ids replaced in the JSON text", swap={"hide_device_ids": "hide_device_ids_text"}),
        Variant("stream", "cipher, mode and tag spelled out", swap={"encrypt_messages": "encrypt_messages_stream", "refuse_forged_records": "refuse_forged_records_stream"}),
    ),
    mutants=(
        Variant("encoded", "payloads are encoded and not encrypted", swap={"encrypt_messages": "encrypt_messages_base64"}, naive=True),
        Variant("plain_hash", "a hash without a key, which anybody can repeat", swap={"device_pseudonyms": "device_pseudonyms_hash"}),
        Variant("random_ids", "random ids that cannot be linked", swap={"device_pseudonyms": "device_pseudonyms_random"}),
        Variant("fixed_nonce", "the same nonce for every record", edits=(("encrypt_messages", "(next_counter + number)", "next_counter"),)),
        Variant("spent_nonces", "the counter starts at 0 again", edits=(("encrypt_messages", "(next_counter + number)", "number"),)),
        Variant("nested_id", "ids inside payloads are left", swap={"hide_device_ids": "hide_device_ids_head"}),
        Variant("unbound", "the pseudonym is not bound to the data", edits=(("encrypt_messages", 'message["id"].encode())', "None)"),)),
        Variant("trusting", "received records whose tag does not fit are passed over in silence", edits=(("refuse_forged_records", "refused.append(number)", "continue"),)),
    ),
    notes=(
        "A hash of a short id is no protection: all ids can be tried. A keyed hash (HMAC, RFC 2104) gives stable pseudonyms that "
        "only the key's holder can make or check; another key gives unlinkable ones. Ids hide in payloads, lists and keys as "
        "well. AES-GCM encrypts and authenticates; associated data are authenticated but not encrypted, so a record moved to "
        "another device fails. A nonce of 96 bits must never repeat under one key: two messages with the same nonce reveal the "
        "exclusive or of their texts and the key of the tag. A counter kept in storage is the safe way for a gateway (NIST SP "
        "800-38D, deterministic construction). The tag is 16 bytes and stands after the ciphertext; where it does not fit, "
        "nothing of the plain text may be used."
    ),
    relations=(Relation("other_id_key", _other_keys), Relation("turned", _turned)),
    needs=("cryptography",),
    sources=(
        "NIST SP 800-38D (2007), Galois/Counter Mode",
        "RFC 2104 (1997), HMAC; RFC 4231 (2005), test vectors of HMAC-SHA256",
    ),
)  # fmt: skip
