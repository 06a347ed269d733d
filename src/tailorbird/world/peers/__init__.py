"""Peers: the other side of a program that talks over a network, and the observer of what it did there.

A peer is a trusted program of one file with a class `Peer`: `start(script)` returns once it listens on the loopback
port of the script, `record()` gives what it saw. It runs in the sandbox as a job of its own, started before the
candidate and ended after it; the two share a loopback network and nothing else.

Covers: names, texts and needs of the peers. Does not cover: running them (`sandbox.box`), verdicts (the families).
"""

from __future__ import annotations

import functools
import importlib.util
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from tailorbird.world.sandbox.job import Companion, Job, Limits

EXTRA = "pip install 'tailorbird[peers]'"

LIMITS = Limits(cpu_s=30.0, wall_s=120.0, memory_mb=512, processes=64)
"""Caps on a peer: it is trusted, but parses what a hostile program sends."""


@dataclass(frozen=True)
class Peer:
    """One kind of peer."""

    text: str
    """Name of the file here that is its program."""
    modules: tuple[str, ...] = ()
    """Modules it or its programs import, preloaded in their server."""
    programs: tuple[str, ...] = ()
    """Programs of the host it starts."""
    package: str = ""
    """How a person installs what it needs."""


PEERS: Mapping[str, Peer] = {
    "plant": Peer("plant", ("socket", "json")),
    "modbus": Peer("registers", ("pymodbus.client", "pymodbus.server", "pymodbus.simulator"), package=EXTRA),
    "mqtt": Peer("fieldbus", ("paho.mqtt.client",), ("mosquitto",), f"{EXTRA}; apt-get install mosquitto"),
    "gateway": Peer(
        "fieldbus", ("paho.mqtt.client", "pymodbus.client"), ("mosquitto",), f"{EXTRA}; apt-get install mosquitto"
    ),
    "coap": Peer("coap", ("aiocoap", "aiocoap.transports.udp6"), package=EXTRA),
    "opcua": Peer("opcua", ("asyncua", "asyncua.sync"), package=EXTRA),
    "thing": Peer("thing", ("http.server", "http.client", "urllib.request")),
}
"""Every peer by name."""

NAMES = tuple(sorted(PEERS))


def lacking(name: str) -> str:
    """What a peer needs and this host has not, with how to install it; empty when nothing.

    Raises:
        KeyError: if there is no such peer.
    """
    peer = PEERS[name]
    missing = [module for module in peer.modules if importlib.util.find_spec(module.split(".")[0]) is None]
    missing += [program for program in peer.programs if _found(program) is None]
    return f"{', '.join(missing)}: {peer.package}" if missing else ""


def _found(program: str) -> str | None:
    return shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@functools.cache
def _source(name: str) -> str:
    return (resources.files(__package__) / f"{name}.py").read_text(encoding="utf-8")


def companion(name: str, script: Mapping[str, Any]) -> Companion:
    """A peer that plays a script, ready for the sandbox.

    Raises:
        KeyError: if there is no such peer.
    """
    peer = PEERS[name]
    return Companion(Job(_source(peer.text), entry="Peer", limits=LIMITS), dict(script), peer.modules)
