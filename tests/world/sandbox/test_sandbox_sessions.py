"""Programs that are called step by step."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tailorbird.world.sandbox import Box, Invoke, Job, Limits, SandboxError, SessionOver, pool
from tailorbird.world.sandbox.trees import end_below

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


def test_jobs_run_side_by_side_from_several_threads(box: Box) -> None:
    source = (
        "import time\ndef solve(x):\n begun = time.monotonic()\n time.sleep(1.0)\n return x, begun, time.monotonic()"
    )
    jobs = [Job(source=source, calls=(Invoke((number,)),)) for number in range(3)]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(box.run, jobs))
        reports = list(threads.map(box.run, jobs))
    times = [report.values[0] for report in reports]
    assert [number for number, _, _ in times] == [0, 1, 2]
    assert max(begun for _, begun, _ in times) < min(ended for _, _, ended in times), "one after another"


def test_a_worn_server_is_replaced(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "JOBS_PER_SERVER", 3)
    with Box(backend=box.name, preload=()) as small:
        job = Job(source="import os\ndef solve(): return os.getppid()", calls=(Invoke(),))
        before = len(os.listdir("/proc/self/fd"))
        assert [small.run(job).status for _ in range(8)] == ["done"] * 8
        assert len(os.listdir("/proc/self/fd")) - before <= 4


def test_a_dead_server_costs_one_job_and_is_replaced(box: Box) -> None:
    with Box(backend=box.name, preload=()) as small:
        job = Job(source="def solve(): return 1", calls=(Invoke(),))
        assert small.run(job).status == "done"
        (member,) = small._servers()._members
        end_below(member.server.pid)
        os.kill(member.server.pid, signal.SIGKILL)
        statuses = [small.run(job).status for _ in range(3)]
        assert statuses[-2:] == ["done", "done"] and statuses[0] in ("done", "infra")


def test_data_folders_are_readable_and_masked_parts_are_empty(namespaced: Box) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "data.txt").write_text("data")
        (folder / "truth").mkdir()
        (folder / "truth" / "answer.txt").write_text("answer")
        (folder / "key.txt").write_text("key")
        source = (
            f"import os\ndef solve(): return open('{name}/data.txt').read(), os.listdir('{name}/truth'), "
            f"os.access('{name}/data.txt', os.W_OK)\n"
            f"def key():\n try: return open('{name}/key.txt').read()\n except OSError: return ''"
        )
        masked = (folder / "truth", folder / "key.txt")
        with Box(backend="bubblewrap", readable=(folder,), masked=masked, preload=()) as box:
            assert box.run(Job(source=source, calls=(Invoke(),))).values == (("data", [], False),)
            assert box.run(Job(source=source, entry="key", calls=(Invoke(),))).values == ("",)


def test_landlock_reads_data_folders_but_refuses_to_mask(need: Callable[[str], None]) -> None:
    need("landlock")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        (Path(name) / "data.txt").write_text("data")
        job = Job(source=f"def solve(): return open('{name}/data.txt').read()", calls=(Invoke(),))
        with Box(backend="landlock", readable=(Path(name),), preload=()) as box:
            assert box.run(job).values == ("data",)
        with Box(backend="landlock", masked=(Path(name),)) as box, pytest.raises(SandboxError, match="mask"):
            box.run(job)
