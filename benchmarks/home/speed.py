"""How fast a simulated home runs: 1,000 things through 24 virtual hours, and single calls.

Run: `PYTHONPATH=src python benchmarks/home/speed.py`. Aim: a day in under 2 s. One process, no warm-up; every fifth
thing is a heating that switches through the day, so this is not an idle home.
"""

from __future__ import annotations

import time

from tailorbird.core.tool import Call, Calls
from tailorbird.world.home import Home, load_home

KINDS = ("light", "climate", "air_sensor", "cover", "window", "plug", "motion_sensor", "fan", "media_player", "lock")


def house(things: int) -> Home:
    """A home with ten things per room, one heating among five."""
    areas = {f"room_{n}": {"title": f"Room {n}"} for n in range(things // 10)}
    devices = {}
    for n in range(things):
        kind = "climate" if n % 10 == 6 else KINDS[n % 10]
        entry = {"title": f"{kind} {n}", "kind": kind, "area": f"room_{n // 10}", "exposed": True}
        if kind == "climate":
            entry["state"] = {"mode": "heat", "setpoint": 19 + n % 7 / 2}
        devices[f"{kind}_{n}"] = entry
    return load_home({"home": {"title": "Large"}, "areas": areas, "devices": devices}, "large")


def main() -> None:
    """Print the figures."""
    start = time.perf_counter()
    home = house(1000)
    print(f"load 1,000 things            {time.perf_counter() - start:7.3f} s")
    start = time.perf_counter()
    home.advance(24 * 3600)
    print(f"advance 24 virtual hours     {time.perf_counter() - start:7.3f} s, {home.rooms.switchings} switchings")
    start = time.perf_counter()
    home.state()
    print(f"read all values              {1000 * (time.perf_counter() - start):7.2f} ms")
    start = time.perf_counter()
    for n in range(100):
        home.execute(Calls((Call("light_toggle", {"target": [f"light_{10 * n}"]}),)))
    print(f"one judged call              {1000 * (time.perf_counter() - start) / 100:7.2f} ms")
    start = time.perf_counter()
    home.fork()
    print(f"fork                         {1000 * (time.perf_counter() - start):7.2f} ms")


if __name__ == "__main__":
    main()
