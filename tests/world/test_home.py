from __future__ import annotations

import pytest
from homes import act, demo, small
from hypothesis import given, settings
from hypothesis import strategies as st

from tailorbird.core.attempt import Program, Reply, Setup
from tailorbird.core.errors import BadFile, UnknownName
from tailorbird.core.rule import Rule
from tailorbird.core.thing import State, diff
from tailorbird.core.tool import Calls
from tailorbird.world.effects import invert
from tailorbird.world.kinds import KINDS


def test_the_demo_home_loads_and_shows_only_exposed_things_in_its_tools() -> None:
    home = demo()
    hidden = {thing.id for thing in home.things if not thing.exposed}
    assert {"freezer_plug", "siren"} == hidden
    assert len(home.exposed) == len(home.things) - 2
    text = repr(home.tools)
    assert not any(name in text for name in hidden)
    assert "siren_on" not in {tool.name for tool in home.tools}


def test_a_call_changes_what_it_says_and_nothing_else() -> None:
    home = demo()
    before = home.state()
    outcome = home.execute(act("light_set", "kitchen_light", brightness=30))
    assert outcome.status == "done"
    assert {(c.property, c.before, c.after) for c in outcome.changes} == {("on", False, True), ("brightness", 100, 30)}
    ambient = [c for c in diff(before, home.state()) if c not in outcome.changes]
    assert {c.property for c in ambient} <= {"power", "energy"}
    assert outcome.output == "Done: Kitchen light: on, brightness 30 %."


def test_what_is_so_already_is_said_and_changes_nothing() -> None:
    home = demo()
    outcome = home.execute(act("light_on", "ceiling_light"))
    assert (outcome.status, outcome.changes) == ("done", ())
    assert outcome.output == "Already so: Ceiling light: on."


def test_an_unavailable_device_is_refused_and_its_values_are_unknown() -> None:
    home = demo()
    assert home.state().get("sprinkler", "state") is None
    outcome = home.execute(act("valve_open", "sprinkler"))
    assert outcome.status == "refused"
    assert outcome.why.startswith("unavailable")


def test_a_device_that_ignores_commands_is_never_done() -> None:
    home = small({"lamp": {"kind": "light", "fault": "ignores"}})
    outcome = home.execute(act("light_on", "lamp"))
    assert (outcome.status, outcome.error, outcome.changes) == ("failed", "unconfirmed", ())
    assert outcome.output == "Asked, not confirmed by the device: lamp: off."


def test_a_device_that_is_not_reached_is_never_done() -> None:
    home = small({"lamp": {"kind": "light", "fault": "lost"}, "other": {"kind": "light"}})
    assert home.execute(act("light_on", "lamp")).error == "unreachable"
    both = home.execute(act("light_on", ["other", "lamp"]))
    assert (both.status, both.error) == ("failed", "partial")
    assert both.output == "Done: other: on. Could not be reached, nothing confirmed: lamp: off."


def test_a_silent_member_of_a_group_is_left_out_and_named() -> None:
    home = small({"lamp": {"kind": "light"}, "gone": {"kind": "light", "available": False}})
    outcome = home.execute(act("light_on", {"kind": "light"}))
    assert outcome.status == "done"
    assert "no answer: gone" in outcome.output
    assert home.execute(act("light_on", ["lamp", "gone"])).status == "refused"


def test_covers_travel_and_are_read_back_after_their_time() -> None:
    home = demo()
    start = home.now()
    assert home.execute(act("cover_open", "bedroom_blinds")).status == "done"
    assert home.now() == start + 20
    assert home.state().values["bedroom_blinds"] == {"position": 100, "state": "open"}


def test_a_newer_command_replaces_one_that_is_still_on_its_way() -> None:
    home = demo()
    thing = next(thing for thing in home.things if thing.id == "bedroom_blinds")
    home.carry(act("cover_open", thing.id).items[0], [thing])
    home.advance(5)
    assert home.state().get(thing.id, "state") == "opening"
    home.carry(act("cover_close", thing.id).items[0], [thing])
    home.advance(60)
    assert home.state().values[thing.id] == {"position": 0, "state": "closed"}


def test_an_area_a_floor_and_the_whole_home_can_be_targets() -> None:
    for target, expected in (
        ({"kind": "light", "area": "kitchen"}, {"kitchen_light", "worktop_light"}),
        ({"kind": "cover", "floor": "upper"}, {"bedroom_blinds"}),
    ):
        home = demo()
        tool = "light_on" if target["kind"] == "light" else "cover_open"
        assert {change.thing for change in home.execute(act(tool, target)).changes} == expected


def test_a_condition_decides_and_an_unknown_one_refuses() -> None:
    home = demo()
    calls = act("ventilation_on", "bathroom_ventilation").items
    dry = Calls(calls, condition=["<", ["bathroom_humidity", "humidity"], 40])
    assert home.execute(dry).why == "condition"
    damp = Calls(calls, condition=[">", ["bathroom_humidity", "humidity"], 40])
    for condition in (
        ["==", ["siren", "on"], False],
        ["~", ["hall_light", "on"], 1],
        "always",
        [">", ["nix", "on"], 1],
    ):
        assert home.execute(Calls(calls, condition=condition)).status == "refused"
    assert home.execute(damp).status == "done"


def test_reading_tells_the_value_and_changes_nothing() -> None:
    outcome = demo().execute(act("state_read", "bedroom_thermometer", property="temperature"))
    assert outcome.result["readings"] == [{"thing": "bedroom_thermometer", "property": "temperature", "value": 18.5}]
    assert outcome.output == "Bedroom thermometer: temperature 18.5 °C."
    assert outcome.changes == ()


def test_other_actions_touch_nothing() -> None:
    home = demo()
    before = home.state()
    assert home.execute(Reply("Which light?", "ask", "target")).status == "ask"
    assert home.execute(Reply("No.", "refuse", reason="unsafe")).status == "refused"
    assert home.execute(Rule("r", (), ())).status == "refused"
    assert home.execute(Program("x = 1")).status == "refused"
    assert home.state() == before


UNDOABLE = [
    act("light_set", "kitchen_light", brightness=30),
    act("light_set", "floor_lamp", color="red", brightness=20),
    act("light_dim", "ceiling_light", by=-15),
    act("cover_set", "living_room_blinds", position=35),
    act("cover_open", "bedroom_blinds"),
    act("climate_set", "living_room_heating", temperature=19.5, mode="auto"),
    act("media_volume", "television", volume=10),
    act("light_off", {"kind": "light", "area": "living_room"}),
    act("fan_set", "bedroom_fan", speed=90),
    act("alarm_arm", "alarm", mode="away"),
]


@pytest.mark.parametrize("calls", UNDOABLE, ids=[c.items[0].tool + str(at) for at, c in enumerate(UNDOABLE)])
def test_undo_restores_what_was_changed(calls: Calls) -> None:
    home = demo()
    before = home.state()
    done = home.execute(calls)
    assert done.status == "done"
    assert done.changes
    undone = home.undo(done.result["undo"])
    if undone.status == "ask":
        undone = home.undo(done.result["undo"], undone.ticket)
    assert undone.status == "done"
    settable = {(t.id, p.name) for t in home.things for p in t.properties if p.writable}
    assert [c for c in diff(before, home.state()) if (c.thing, c.property) in settable] == []


def test_undo_passes_the_policy_and_never_overwrites_a_newer_will() -> None:
    home = demo()
    lock = act("lock_unlock", "front_door")
    home.execute(lock, home.execute(lock).ticket)
    asked = home.undo()
    assert asked.status == "ask"
    assert home.undo(ticket=asked.ticket).status == "done"
    assert home.state().get("front_door", "state") == "locked"
    first = home.execute(act("light_set", "kitchen_light", brightness=30))
    home.execute(act("light_set", "kitchen_light", brightness=40))
    assert home.undo(first.result["undo"]).why.startswith("changed_since")
    assert home.undo("0000").why.startswith("unknown_token")


def test_a_fork_goes_its_own_way_and_predicts_the_real_change() -> None:
    home = demo()
    home.advance(1234)
    calls = act("cover_close", "living_room_blinds")
    before = home.state()
    dry = home.dry_run(calls)
    assert home.state() == before
    assert home.execute(calls).changes == dry.changes
    unlock = act("lock_unlock", "front_door")
    assert home.execute(unlock, home.dry_run(unlock).ticket).why.startswith("ticket_unknown")


def test_a_fork_is_exact() -> None:
    home = demo()
    home.advance(5000)
    twin = home.fork()
    home.advance(40_000)
    twin.advance(40_000)
    assert home.state() == twin.state()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(0, 7000), min_size=1, max_size=5))
def test_the_way_time_is_cut_does_not_matter(steps: list[float]) -> None:
    whole, cut = demo(), demo()
    for step in steps:
        cut.advance(step)
    whole.advance(sum(steps))
    for thing in whole.things:
        for name, value in whole.state().values[thing.id].items():
            other = cut.state().get(thing.id, name)
            assert (
                value == other
                or abs(value - other) <= 0.11
                or KINDS[thing.kind].senses.get(name) in ("total_power", "energy")
            )


def test_equal_actions_give_equal_accounts() -> None:
    first, second = demo(), demo()
    for home in (first, second):
        for calls in UNDOABLE:
            home.execute(calls)
            home.advance(100)
    assert first.audit.lines == second.audit.lines
    assert first.audit.verify() == ()


def test_reset_puts_everything_back_and_sets_rooms_through_sensors() -> None:
    home = demo()
    start = home.state()
    home.execute(act("light_on", {"kind": "light"}))
    home.advance(9999)
    home.reset(Setup())
    assert home.state() == start
    home.reset(Setup(state=State({"bedroom_thermometer": {"temperature": 16.5}}), clock="2026-06-01T12:00:00"))
    assert home.state().get("bedroom_heating", "temperature") == 16.5
    assert home.state().get("bedroom_heating", "active") is True
    assert home.state().time == "2026-06-01T12:00:00"


def test_reset_names_what_does_not_exist() -> None:
    with pytest.raises(UnknownName, match="attic"):
        demo().reset(Setup(state=State({"attic": {"on": True}})))
    with pytest.raises(BadFile, match="brightness"):
        demo().reset(Setup(state=State({"kitchen_light": {"brightness": 300}})))
    with pytest.raises(BadFile, match="clock"):
        demo().reset(Setup(clock="noon"))


def test_the_daily_script_moves_people() -> None:
    home = demo()
    assert home.state().get("presence", "home") is True
    home.reset(Setup(clock="2026-01-15T08:29:00"))
    home.advance(120)
    assert home.state().get("presence", "home") is False


def test_noise_is_seeded() -> None:
    def reading(seed: int) -> list[float]:
        home = small({"sensor": {"kind": "temperature_sensor", "noise": 0.5}})
        home.reset(Setup(seed=seed))
        return [home.advance(60) or home.state().get("sensor", "temperature") for _ in range(5)]

    assert reading(1) == reading(1)
    assert reading(1) != reading(2)


def test_a_chinese_request_is_answered_in_chinese() -> None:
    from tailorbird.core.attempt import Request

    home = demo()
    home.heard(Request("打开厨房灯", "devices"))
    assert home.execute(act("light_on", "kitchen_light")).output == "已完成：厨房灯：开。"


def test_no_way_back_is_none() -> None:
    home = demo()
    thing = next(thing for thing in home.things if thing.id == "front_door")
    tools = {tool.name: tool for tool in home.tools}
    assert invert(thing, tools, {"state": "locked", "jammed": False}, {"state": "locking"}) is None
    assert invert(thing, tools, {"state": "locked", "jammed": False}, {"state": "locked"}) == ()


FAULTS = [
    ("devices.lamp.kind: unknown kind 'ligth'; did you mean 'light'?", {"kind": "ligth"}),
    ("devices.lamp.titel: unknown key; did you mean 'title'?", {"kind": "light", "titel": "x"}),
    ("devices.lamp.area: unknown area 'rom'; did you mean 'room'?", {"kind": "light", "area": "rom"}),
    ("devices.lamp.properties.colour: a light has no such property; did you mean 'color'?",
     {"kind": "light", "properties": {"colour": True}}),
    ("devices.lamp.state.brightness: 300 is greater than the maximum of 100", {"kind": "light", "state": {"brightness": 300}}),
    ("devices.lamp.properties.brightness.maximum: expected inside 100, got 200",
     {"kind": "light", "properties": {"brightness": {"maximum": 200}}}),
    ("devices.lamp.properties.brightness.type: expected a number, got 'nonsense'",
     {"kind": "light", "properties": {"brightness": {"type": "nonsense"}}}),
    ("devices.lamp.properties.color.enum: expected some of", {"kind": "light", "properties": {"color": {"enum": ["gold"]}}}),
    ("devices.lamp.exposed: input should be a valid boolean, got 'yes'", {"kind": "light", "exposed": "yes"}),
    ("devices.lamp.state.temperature: not a property of a climate that has a value at the start",
     {"kind": "climate", "state": {"temperature": 20}}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "entry"), FAULTS, ids=[words.split(":")[0] for words, _ in FAULTS])
def test_a_fault_in_a_device_file_is_named_with_place_and_nearest(words: str, entry: dict[str, object]) -> None:
    with pytest.raises(BadFile) as caught:
        small({"lamp": entry})
    assert f"test: {words}" in caught.value.message


POLICY_FAULTS = [
    ("policy.limit: unknown key; did you mean 'limits'?", {"limit": []}),
    ("policy.tiers.lmap: unknown tool or device; did you mean 'lamp'?", {"tiers": {"lmap": "heat"}}),
    ("policy.tiers.lock_unlock: tiers are raised only", {"tiers": {"lock_unlock": "comfort"}}),
    ("policy.never.0: unknown device 'lump'", {"never": [{"why": "x", "all": [["==", ["lump", "on"], True]]}]}),
    ("policy.never.0: lamp has no 'of'", {"never": [{"why": "x", "all": [["==", ["lamp", "of"], True]]}]}),
    ("policy.quiet.0.start: expected HH:MM, got '25:00'", {"quiet": [{"start": "25:00", "end": "07:00", "kinds": []}]}),
    ("policy.limits.0.kind: unknown kind", {"limits": [{"property": "on", "kind": "lihgt"}]}),
]


@pytest.mark.parametrize(("words", "policy"), POLICY_FAULTS, ids=[words.split(":")[0] for words, _ in POLICY_FAULTS])
def test_a_fault_in_the_policy_is_named(words: str, policy: dict[str, object]) -> None:
    with pytest.raises(BadFile) as caught:
        small({"lamp": {"kind": "light"}}, policy=policy)
    assert words in caught.value.message


@pytest.mark.parametrize(
    "data", [None, [], "home", {"home": {"title": "x"}}, {"home": {"title": "x"}, "devices": {"A b": {}}}]
)
def test_what_is_no_home_is_refused(data: object) -> None:
    from tailorbird.world.home import load_home

    with pytest.raises(BadFile):
        load_home(data, "test")
