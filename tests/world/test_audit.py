from __future__ import annotations

from pathlib import Path

import pytest
from homes import act, demo
from hypothesis import given, settings
from hypothesis import strategies as st

from tailorbird.core.attempt import Request
from tailorbird.core.errors import WorldError
from tailorbird.world.audit import Audit, check


def _account() -> Audit:
    home = demo()
    home.heard(Request("kitchen light on", "devices"))
    home.execute(act("light_on", "kitchen_light"))
    home.execute(act("light_on", "attic"))
    home.execute(act("lock_unlock", "front_door"))
    return home.audit


ACCOUNT = _account()


@settings(max_examples=200)
@given(st.integers(0, len("\n".join(ACCOUNT.lines)) - 1), st.integers(1, 255))
def test_any_changed_byte_breaks_the_chain(at: int, shift: int) -> None:
    raw = bytearray("\n".join(ACCOUNT.lines).encode())
    at %= len(raw)
    raw[at] = (raw[at] + shift) % 256
    assert check(raw.decode("utf-8", "replace").split("\n"), ACCOUNT._last) != ()


def test_a_cut_tail_is_found_by_the_head_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    home = demo(Audit(path))
    home.execute(act("light_on", "kitchen_light"))
    home.execute(act("light_off", "kitchen_light"))
    assert home.audit.verify() == ()
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert "cut off" in home.audit.verify()[0]
    assert check(lines[:-1]) == (), "without the head a shorter chain looks whole"
    with pytest.raises(WorldError, match="broken"):
        Audit(path)


def test_an_account_goes_on_after_a_restart_and_can_still_undo(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    home = demo(Audit(path))
    home.execute(act("light_on", "kitchen_light"))
    again = Audit(path)
    home.audit = again
    assert home.undo().status == "done"
    assert home.state().get("kitchen_light", "on") is False
    assert again.verify() == ()


def test_the_intent_is_noted_before_anything_happens() -> None:
    home = demo()

    def broken(*_: object, **__: object) -> int:
        raise OSError("disk full")

    home.audit.note = broken  # type: ignore[method-assign]
    before = home.state()
    outcome = home.execute(act("light_on", "kitchen_light"))
    assert outcome.status == "failed"
    assert home.state() == before


def test_an_effect_is_explained_with_the_words_behind_it() -> None:
    why = ACCOUNT.explain("kitchen_light")
    assert "on False -> True" in why
    assert 'after "kitchen light on"' in why
    assert ACCOUNT.explain("oven") == ""


def test_refusals_and_questions_are_in_the_account() -> None:
    kinds = [(record["event"], record.get("status")) for record in ACCOUNT.records()]
    assert kinds == [("intent", None), ("effect", "done"), ("judged", "refused"), ("judged", "ask")]
