"""A simulated home with a virtual clock: devices, rooms, weather and meter.

Event-driven and deterministic: equal files, setups, seeds and actions give equal states and equal accounts. Effects of
calls come from the tools' data, some after a while; rooms and thermostats follow closed-form physics between events.

Covers: devices of `kinds.py`, unavailable and faulty ones, a daily script, forks and dry runs. Does not cover: radio,
hardware and their timing.
"""

from __future__ import annotations

import copy
import heapq
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tailorbird.core.attempt import Action, Outcome, Setup
from tailorbird.core.errors import BadFile, UnknownName, WorldError
from tailorbird.core.thing import State, Thing
from tailorbird.core.tool import Call
from tailorbird.world.audit import Audit
from tailorbird.world.checks import Refused, check_value
from tailorbird.world.effects import clamp, steps
from tailorbird.world.homefile import Blueprint, read_home
from tailorbird.world.kinds import KINDS
from tailorbird.world.physics import HOUR, Air, Inputs, illuminance, vapour
from tailorbird.world.place import Place
from tailorbird.world.policy import Policy
from tailorbird.world.rooms import Room, Rooms, Thermostat

LUMEN = 800.0
"""Of a light at full brightness."""

HEATERS: Mapping[str, float] = {"heater": 1500.0}
"""Kinds that warm their room while they are on, and with how many watts."""

DAY = 24 * HOUR


def load_home(data: object, place: str, audit: Audit | None = None, nonce: Callable[[], str] | None = None) -> Home:
    """A home from the plain data of a device file.

    Args:
        data: what the file says.
        place: the file, for messages.
        audit: where the account is kept; in memory when absent.
        nonce: source of tickets; random when absent.

    Raises:
        BadFile: one line per fault.
    """
    return Home(read_home(data, place), audit, nonce)


class Home(Place):
    """A home that runs in virtual time."""

    def __init__(
        self, blueprint: Blueprint, audit: Audit | None = None, nonce: Callable[[], str] | None = None
    ) -> None:
        super().__init__(blueprint.things, blueprint.tools, Policy(blueprint.rules, nonce), audit or Audit())
        self.blueprint = blueprint
        self.areas = blueprint.places
        """Areas and floors, and all names of each."""
        self._by_area: dict[str, list[Thing]] = {name: [] for name in blueprint.file.areas}
        for thing in self.things:
            if thing.area:
                self._by_area[thing.area].append(thing)
        self._start(Setup())

    def reset(self, setup: Setup) -> None:
        """Put the home back to its file, then to the setup's clock, seed and values.

        Values of sensors are put into the room they feel, or pinned; the property `available` sets whether a device
        answers. Open tickets and rates are forgotten.

        Raises:
            UnknownName: for a thing the home does not have.
            BadFile: for a property or value a thing cannot have.
        """
        self.policy.forget()
        self._start(setup)

    def _start(self, setup: Setup) -> None:
        file = self.blueprint.file
        clock = setup.clock or file.home.clock
        try:
            self._midnight, self._time = _clock(clock)
        except ValueError:
            raise BadFile("clock", [f"expected YYYY-MM-DDTHH:MM:SS, got {clock!r}"]) from None
        self._seed = setup.seed or file.home.seed
        self._values = {name: dict(values) for name, values in self.blueprint.initial.items()}
        self._available = {name: entry.available for name, entry in file.devices.items()}
        self._pins: dict[tuple[str, str], Any] = {}
        self._people = {name: area.people for name, area in file.areas.items()}
        self._moisture = {name: area.moisture for name, area in file.areas.items()}
        self._events: list[tuple[float, int, str, Any]] = []
        self._number = 0
        self._latest: dict[tuple[str, str], int] = {}
        self._plans: dict[str, int] = {}
        self._watts: dict[str, float] = dict.fromkeys(["", *file.areas], 0.0)
        self._joules, self._metered = 0.0, self._time
        self.rooms = Rooms(self.blueprint.shells, self.blueprint.weather, self._time)
        for name, area in file.areas.items():
            room = self.rooms.rooms[name]
            room.air = Air(area.temperature, vapour(area.temperature, area.humidity), area.co2)
        for name, values in setup.state.values.items():
            self._put(name, values)
        for name in self._watts:
            self._refresh(name)
        self._push((self._time // HOUR + 1) * HOUR, "hour", None)
        for at, event in enumerate(file.script):
            second = int(event.at[:2]) * HOUR + int(event.at[3:]) * 60
            self._push(second if second >= self._time else second + DAY, "script", at)

    def _put(self, name: str, values: Mapping[str, Any]) -> None:
        """Values of a setup for one thing."""
        thing = self._by_id.get(name)
        if thing is None:
            raise UnknownName("thing", name, self._by_id)
        for key, value in values.items():
            if key == "available":
                self._available[name] = bool(value)
                continue
            try:
                check_value(thing, key, value)
            except Refused as error:
                raise BadFile(f"setup.state.{name}.{key}", [error.detail]) from None
            quantity = KINDS[thing.kind].senses.get(key)
            if quantity is None:
                self._values[name][key] = value
            elif not self._put_air(thing, quantity, value):
                self._pins[name, key] = value

    def _put_air(self, thing: Thing, quantity: str, value: float) -> bool:
        room = self.rooms.rooms.get(thing.area)
        if room is None or quantity not in ("temperature", "humidity", "co2"):
            return False
        air = room.air
        damp = value if quantity == "humidity" else air.humidity
        warm = value if quantity == "temperature" else air.temperature
        room.air = Air(warm, vapour(warm, damp), value if quantity == "co2" else air.co2, air.heat_in, air.heat_out)
        return True

    def now(self) -> float:
        """Seconds since the midnight before the start, in virtual time."""
        return self._time

    def state(self) -> State:
        """Values of every thing now; all unknown where a device does not answer."""
        values = {thing.id: self._read(thing) for thing in self.things}
        return State(values, (self._midnight + timedelta(seconds=self._time)).isoformat(timespec="seconds"))

    def _read(self, thing: Thing) -> dict[str, Any]:
        if not self._available[thing.id]:
            return {item.name: None for item in thing.properties}
        senses, own = KINDS[thing.kind].senses, self._values[thing.id]
        return {
            item.name: self._sense(thing, item.name, senses[item.name]) if item.name in senses else own[item.name]
            for item in thing.properties
        }

    def _sense(self, thing: Thing, name: str, quantity: str) -> Any:
        """What a sensor reports: the quantity with noise, on the step and inside the range of its property."""
        if (thing.id, name) in self._pins:
            return self._pins[thing.id, name]
        value = self._quantity(thing, quantity)
        if isinstance(value, bool):
            return value
        noise = self.blueprint.file.devices[thing.id].noise
        if noise:
            value += random.Random(f"{self._seed}|{thing.id}|{name}|{self._time // 60}").gauss(0.0, noise)
        return clamp(thing.property(name), value)

    def _quantity(self, thing: Thing, quantity: str) -> float | bool:
        if quantity in ("total_power", "energy"):
            return sum(self._watts.values()) if quantity == "total_power" else self._meter() / 3.6e6
        if quantity == "home":
            return any(self._people.values())
        if quantity == "power":
            return self._draws(thing)
        area = thing.area
        if quantity == "occupied":
            return self._people.get(area, 0) > 0
        if area not in self.rooms.rooms or self.blueprint.file.areas[area].outside:
            outdoor = self.rooms.outdoor
            table = {"temperature": outdoor.temperature, "humidity": outdoor.humidity, "co2": outdoor.co2}
            return table.get(quantity, outdoor.daylight if quantity == "illuminance" else 0.0)
        room = self.rooms.sync(area, self._time)
        if quantity == "active":
            return room.active.get(thing.id, 0) != 0
        if quantity == "illuminance":
            return illuminance(room.shell, room.inputs, self.rooms.outdoor)
        return float(getattr(room.air, quantity))

    def carry(self, call: Call, things: Sequence[Thing]) -> None:
        """Start the effects of a call; a device that ignores commands starts none."""
        for thing in things:
            fault = self.blueprint.file.devices[thing.id].fault
            if fault == "lost" or not self._available[thing.id]:
                raise WorldError(f"{thing.title} was not reached")
            if fault == "ignores":
                continue
            for after, name, value in steps(self._tool[call.tool], thing, call.arguments, self._values[thing.id]):
                self._number += 1
                self._latest[thing.id, name] = self._number
                if after <= 0:
                    self._values[thing.id][name] = value
                else:
                    heapq.heappush(self._events, (self._time + after, self._number, "effect", (thing.id, name, value)))
        for area in dict.fromkeys(thing.area for thing in things):
            self._refresh(area)

    def wait(self, seconds: float) -> None:
        """Advance the virtual clock."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass: effects come, thermostats switch, the weather changes."""
        if seconds < 0:
            raise ValueError(f"expected seconds of 0 or more, got {seconds}")
        end = self._time + seconds
        while self._events and self._events[0][0] <= end:
            self._time, number, kind, what = heapq.heappop(self._events)
            self._happen(number, kind, what)
        self._time = end

    def _happen(self, number: int, kind: str, what: Any) -> None:
        if kind == "effect":
            name, property, value = what
            if self._latest.get((name, property)) == number:
                self._values[name][property] = value
                self._refresh(self._by_id[name].area)
        elif kind == "thermostat":
            if self._plans.get(what) == number:
                self.rooms.switch(what, self._time)
                self._load(what)
                self._schedule(what)
        elif kind == "hour":
            self.rooms.hour(self._time)
            self._push(self._time + HOUR, "hour", None)
            for area in self._by_area:
                self._schedule(area)
        else:
            self._script(what)

    def _script(self, at: int) -> None:
        event = self.blueprint.file.script[at]
        self._people |= event.people
        self._moisture |= event.moisture
        touched = [*event.people, *event.moisture]
        for name, values in event.set.items():
            self._values[name] |= values
            touched.append(self._by_id[name].area)
        for area in dict.fromkeys(touched):
            self._refresh(area)
        self._push(self._time + DAY, "script", at)

    def _push(self, when: float, kind: str, what: Any) -> int:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, kind, what))
        return self._number

    def _refresh(self, area: str) -> None:
        """Tell a room what its devices do now."""
        if area in self._by_area:
            things = self._by_area[area]
            thermostats = {
                thing.id: Thermostat(self._values[thing.id]["mode"], self._values[thing.id]["setpoint"])
                for thing in things
                if thing.kind == "climate"
            }
            self.rooms.change(area, self._time, self._inputs(area, things), thermostats)
            self._schedule(area)
        self._load(area)

    def _inputs(self, area: str, things: Sequence[Thing]) -> Inputs:
        heat, windows, fans, lumen, blinds = 0.0, 0, 0, 0.0, []
        for thing in things:
            values = self._values[thing.id]
            if thing.kind in HEATERS and values["on"]:
                heat += HEATERS[thing.kind]
            elif thing.kind == "window":
                windows += values["open"]
            elif thing.kind == "ventilation":
                fans += values["on"]
            elif thing.kind == "light" and values["on"]:
                lumen += LUMEN * values.get("brightness", 100) / 100
            elif thing.kind == "cover":
                blinds.append(values["position"] / 100)
        blind = sum(blinds) / len(blinds) if blinds else 1.0
        return Inputs(heat, windows, fans, self._people[area], self._moisture[area], lumen, blind)

    def _schedule(self, area: str) -> None:
        """Plan the next look at the room's thermostats; earlier plans lapse."""
        due = self.rooms.due(area)
        if due is None:
            self._plans.pop(area, None)
        else:
            self._plans[area] = self._push(due, "thermostat", area)

    def _load(self, area: str) -> None:
        """Meter up to now, then take the area's electric power anew."""
        self._joules = self._meter()
        self._metered = self._time
        things = self._by_area.get(area) if area else [thing for thing in self.things if not thing.area]
        self._watts[area] = sum(self._draws(thing) for thing in things or ())

    def _meter(self) -> float:
        """Joules drawn since the start."""
        return self._joules + sum(self._watts.values()) * (self._time - self._metered)

    def _draws(self, thing: Thing) -> float:
        values, kind = self._values[thing.id], KINDS[thing.kind]
        if thing.kind == "climate":
            room: Room | None = self.rooms.rooms.get(thing.area)
            return kind.watts * abs(room.active.get(thing.id, 0)) if room else 0.0
        if thing.kind == "media_player":
            return kind.watts if values["state"] == "playing" else 0.0
        if not values.get("on"):
            return 0.0
        return kind.watts * (values.get("brightness", 100) if thing.kind == "light" else 100) / 100

    def fork(self) -> Home:
        """A twin in the same state with an account of its own: what happens there does not happen here.

        Rates count on; tickets of this home are not valid in the twin.
        """
        twin = copy.copy(self)
        kept = ("blueprint", "things", "tools", "_by_id", "_tool", "_by_area", "areas", "policy", "audit")
        for key, value in vars(self).items():
            if key not in kept:
                setattr(twin, key, copy.deepcopy(value))
        twin.policy, twin.audit = self.policy.twin(), Audit()
        return twin

    def dry_run(self, action: Action) -> Outcome:
        """What `execute` would say and change, carried out in a twin; a ticket from here is good nowhere."""
        return self.fork().execute(action)


def _clock(text: str) -> tuple[datetime, float]:
    """Midnight before an ISO 8601 time, and the seconds from then."""
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, (moment - midnight).total_seconds()
