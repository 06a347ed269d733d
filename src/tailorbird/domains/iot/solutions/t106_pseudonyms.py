"""Right and wrong programs of T106, one function per step. Read as text, never imported."""

import base64
import hashlib
import hmac
import json
import random

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def load_gateway_messages(path: str) -> tuple[bytes, bytes, int, list[dict], list[dict]]:
    """Read keys, counter, outgoing messages and received records of a gateway.

    Args:
        path: JSON object with id_key and data_key (hexadecimal), next_counter, messages and inbox.

    Returns:
        Key of the pseudonyms; key of the encryption; next unused nonce as a number; messages with device and payload;
        records with id, nonce and data.
    """
    with open(path, encoding="utf-8") as file:
        gateway = json.load(file)
    id_key, data_key = bytes.fromhex(gateway["id_key"]), bytes.fromhex(gateway["data_key"])
    return id_key, data_key, int(gateway["next_counter"]), gateway["messages"], gateway["inbox"]


def device_pseudonyms(id_key: bytes, messages: list[dict]) -> dict[str, str]:
    """Give each device a stable pseudonym that only the holder of the key can make.

    Args:
        id_key: secret key of the pseudonyms.
        messages: messages with the device id under device.

    Returns:
        First 16 hexadecimal digits of HMAC-SHA256 of the id, by device id.
    """
    devices = {message["device"] for message in messages}
    return {device: hmac.new(id_key, device.encode(), hashlib.sha256).hexdigest()[:16] for device in devices}


def hide_device_ids(messages: list[dict], pseudonyms: dict[str, str]) -> list[dict]:
    """Replace device ids by pseudonyms, in the head of each message and anywhere in its payload.

    Args:
        messages: messages with device and payload.
        pseudonyms: pseudonym by device id.

    Returns:
        Messages with id and payload, free of device ids.
    """

    def hide(value: object) -> object:
        if isinstance(value, str):
            return pseudonyms.get(value, value)
        if isinstance(value, list):
            return [hide(item) for item in value]
        if isinstance(value, dict):
            return {pseudonyms.get(key, key): hide(item) for key, item in value.items()}
        return value

    return [{"id": pseudonyms[message["device"]], "payload": hide(message["payload"])} for message in messages]


def encrypt_messages(data_key: bytes, next_counter: int, hidden: list[dict]) -> list[dict[str, str]]:
    """Encrypt each payload with AES-GCM, bound to its pseudonym, under a nonce of its own.

    Args:
        data_key: secret key of 16 or 32 bytes.
        next_counter: next unused nonce as a number.
        hidden: messages with id and payload.

    Returns:
        Records with id, nonce (12 bytes) and data (ciphertext and tag), both hexadecimal.
    """
    cipher = AESGCM(data_key)
    records = []
    for number, message in enumerate(hidden):
        nonce = (next_counter + number).to_bytes(12, "big")
        plain = json.dumps(message["payload"]).encode()
        sealed = cipher.encrypt(nonce, plain, message["id"].encode())
        records.append({"id": message["id"], "nonce": nonce.hex(), "data": sealed.hex()})
    return records


def refuse_forged_records(data_key: bytes, inbox: list[dict]) -> list[int]:
    """Find the received records whose tag does not fit.

    Args:
        data_key: secret key of 16 or 32 bytes.
        inbox: records with id, nonce and data.

    Returns:
        Positions of the refused records, ascending, 0 is the first.
    """
    cipher = AESGCM(data_key)
    refused = []
    for number, record in enumerate(inbox):
        try:
            cipher.decrypt(bytes.fromhex(record["nonce"]), bytes.fromhex(record["data"]), record["id"].encode())
        except InvalidTag:
            refused.append(number)
    return refused


def device_pseudonyms_blocks(id_key: bytes, messages: list[dict]) -> dict[str, str]:
    """Build HMAC from two hashes, as RFC 2104 defines it."""
    key = hashlib.sha256(id_key).digest() if len(id_key) > 64 else id_key
    key = key.ljust(64, b"\0")
    inner, outer = bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)
    found = {}
    for message in messages:
        device = message["device"]
        first = hashlib.sha256(inner + device.encode("utf-8")).digest()
        found[device] = hashlib.sha256(outer + first).hexdigest()[:16]
    return found


def hide_device_ids_text(messages: list[dict], pseudonyms: dict[str, str]) -> list[dict]:
    """Replace quoted ids in the JSON text of each payload."""
    hidden = []
    for message in messages:
        text = json.dumps(message["payload"])
        for device, pseudonym in pseudonyms.items():
            text = text.replace(json.dumps(device), json.dumps(pseudonym))
        hidden.append({"id": pseudonyms[message["device"]], "payload": json.loads(text)})
    return hidden


def encrypt_messages_stream(data_key: bytes, next_counter: int, hidden: list[dict]) -> list[dict[str, str]]:
    """Use the cipher with its mode spelled out, and append the tag."""
    records = []
    counter = next_counter
    for message in hidden:
        nonce = counter.to_bytes(12, byteorder="big")
        counter += 1
        worker = Cipher(algorithms.AES(data_key), modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(message["id"].encode("ascii"))
        text = json.dumps(message["payload"], ensure_ascii=False, separators=(",", ":"))
        sealed = worker.update(text.encode("utf-8")) + worker.finalize() + worker.tag
        records.append({"id": message["id"], "nonce": nonce.hex(), "data": sealed.hex()})
    return records


def refuse_forged_records_stream(data_key: bytes, inbox: list[dict]) -> list[int]:
    """Split the tag from the ciphertext and check it with the mode spelled out."""

    def genuine(record: dict) -> bool:
        data = bytes.fromhex(record["data"])
        if len(data) < 16:
            return False
        mode = modes.GCM(bytes.fromhex(record["nonce"]), data[-16:])
        worker = Cipher(algorithms.AES(data_key), mode).decryptor()
        worker.authenticate_additional_data(record["id"].encode("ascii"))
        worker.update(data[:-16])
        try:
            worker.finalize()
        except InvalidTag:
            return False
        return True

    return [number for number, record in enumerate(inbox) if not genuine(record)]


def device_pseudonyms_hash(id_key: bytes, messages: list[dict]) -> dict[str, str]:
    """Hash the id without any key."""
    return {m["device"]: hashlib.sha256(m["device"].encode()).hexdigest()[:16] for m in messages}


def device_pseudonyms_random(id_key: bytes, messages: list[dict]) -> dict[str, str]:
    """Draw an id at random."""
    return {m["device"]: f"{random.getrandbits(64):016x}" for m in messages}


def hide_device_ids_head(messages: list[dict], pseudonyms: dict[str, str]) -> list[dict]:
    """Replace the id in the head only."""
    return [{"id": pseudonyms[m["device"]], "payload": m["payload"]} for m in messages]


def encrypt_messages_base64(data_key: bytes, next_counter: int, hidden: list[dict]) -> list[dict[str, str]]:
    """Only encode the payload."""
    records = []
    for number, message in enumerate(hidden):
        text = base64.b64encode(json.dumps(message["payload"]).encode())
        nonce = (next_counter + number).to_bytes(12, "big").hex()
        records.append({"id": message["id"], "nonce": nonce, "data": text.hex()})
    return records
