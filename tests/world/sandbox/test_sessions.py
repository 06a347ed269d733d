"""Programs that are called step by step."""

from __future__ import annotations

import time

import pytest

from tailorbird.world.sandbox import Box, Invoke, Job, Limits, SandboxError, SessionOver

METER = "class Meter:\n def __init__(self): self.total = 0\n def add(self, x): self.total += x; return self.total\n"


def test_a_closed_loop_feeds_each_answer_back(box: Box) -> None:
    with box.session(Job(source=METER, entry="Meter")) as session:
        value = 1
        for _ in range(5):
            value = session.call(Invoke((value,), method="add"))  # type: ignore[assignment]
    assert value == 16
    assert (session.report.status, session.report.values) == ("done", (1, 2, 4, 8, 16))


def test_limits_hold_between_the_calls(box: Box) -> None:
    source = (
        "import threading\ndef burn():\n while True: pass\n"
        "def solve():\n threading.Thread(target=burn, daemon=True).start()\n return 1"
    )
    with box.session(Job(source=source, limits=Limits(cpu_s=0.3))) as session:
        assert session.call(Invoke()) == 1
        time.sleep(1.5)
        with pytest.raises(SessionOver) as caught:
            session.call(Invoke())
    assert caught.value.report.status == "cpu"


def test_a_session_that_faults_is_over_and_says_why(box: Box) -> None:
    with box.session(Job(source="def solve(x): return 1 / x")) as session:
        assert session.call(Invoke((2,))) == 0.5
        for _ in range(2):
            with pytest.raises(SessionOver) as caught:
                session.call(Invoke((0,)))
            assert caught.value.report.status == "exception"


def test_a_session_gives_its_place_back(box: Box) -> None:
    for _ in range(6):
        with box.session(Job(source="def solve(): return 1")) as session:
            assert session.call(Invoke()) == 1
    assert box.run(Job(source="def solve(): return 1", calls=(Invoke(),))).values == (1,)


def test_a_closed_box_and_an_unknown_policy_are_refused() -> None:
    box = Box()
    box.close()
    with pytest.raises(SandboxError):
        box.run(Job(source="print(1)"))
    with pytest.raises(SandboxError):
        Box(policy="none")


def test_a_policy_that_nothing_meets_is_refused_with_its_guarantee() -> None:
    with Box(policy="service") as box, pytest.raises(SandboxError, match="separate_kernel"):
        box.run(Job(source="print(1)"))
