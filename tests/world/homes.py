"""Homes for tests: the demo home and a small one, with a counter as source of tickets."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import tailorbird
from tailorbird.assemble import read_yaml
from tailorbird.core.tool import Call, Calls
from tailorbird.world.audit import Audit
from tailorbird.world.home import Home, load_home

DEVICES = Path(tailorbird.__file__).parent / "domains" / "devices"


def demo(audit: Audit | None = None) -> Home:
    numbers = itertools.count(1)
    return load_home(read_yaml(DEVICES / "homes" / "demo.yaml"), "demo.yaml", audit, lambda: f"ticket-{next(numbers)}")


def small(devices: dict[str, Any], **sections: Any) -> Home:
    data = {
        "home": {"title": "Test"},
        "outdoor": {"temperature": 5, "swing": 0},
        "areas": {"room": {"title": "Room"}},
        "devices": {name: {"title": name, "area": "room", "exposed": True, **entry} for name, entry in devices.items()},
        **sections,
    }
    return load_home(data, "test")


def act(tool: str, target: Any, **arguments: Any) -> Calls:
    return Calls((Call(tool, {"target": [target] if isinstance(target, str) else target, **arguments}),))
