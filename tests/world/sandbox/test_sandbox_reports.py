"""What a job brings back, and how each way of failing is called."""

from __future__ import annotations

import datetime
import math
import os
from dataclasses import replace

import numpy as np
import pytest

from tailorbird.world.sandbox import Box, Invoke, Job, Limits, Opaque

QUICK = Limits(cpu_s=1.0, wall_s=30.0, memory_mb=200, processes=16, disk_mb=8, tmp_mb=8)


def called(source: str, *arguments: object, limits: Limits = QUICK, **fields: object) -> Job:
    return Job(source=source, calls=(Invoke(arguments),), limits=limits, **fields)  # type: ignore[arg-type]


VALUES: list[object] = [
    None, True, 7, -(2**70), 1.5, 1 + 2j, "naïve", "x" * 9000, b"\0\xff", [1, [2]], (1, "a"), {"k": [1.0]}, {1: 2, (1, 2): 3},
    {1, 2}, frozenset({"a"}), datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC), datetime.date(2024, 1, 1),
    datetime.timedelta(days=-1, microseconds=5), {"$": 1}, {}, [], "",
]  # fmt: skip


def test_typed_values_survive_the_way_in_and_out(box: Box) -> None:
    report = box.run(Job(source="def solve(x): return x", calls=tuple(Invoke((value,)) for value in VALUES)))
    assert report.status == "done", report
    assert list(report.values) == VALUES
    assert [type(value) for value in report.values] == [type(value) for value in VALUES]


def test_arrays_keep_their_type_shape_and_numbers(box: Box) -> None:
    arrays = [np.arange(6.0).reshape(2, 3), np.zeros((0, 4), "i2"), np.array(3 + 1j), np.array(["2024-01-01"], "M8[D]")]
    report = box.run(Job(source="import numpy\ndef solve(x): return x", calls=tuple(Invoke((a,)) for a in arrays)))
    assert report.status == "done", report
    for sent, got in zip(arrays, report.values, strict=True):
        assert isinstance(got, np.ndarray) and got.dtype == sent.dtype and got.shape == sent.shape
        assert np.array_equal(got, sent)


def test_special_floats_arrive_and_foreign_objects_do_not(box: Box) -> None:
    source = "class A: pass\ndef solve(): return [float('nan'), float('-inf'), A(), object, [A()]]"
    (values,) = box.run(called(source)).values
    assert isinstance(values, list) and math.isnan(values[0]) and values[1] == -math.inf
    assert values[2:] == [Opaque("A"), Opaque("type"), [Opaque("A")]]


FAILURES = {
    "syntax": "def solve(:",
    "import": "import nosuchmodule\ndef solve(): pass",
    "no_entry": "def other(): pass",
    "protocol": "import os\ndef solve(): os.write(3, b'\\x05\\0\\0\\0\\x01\\0\\0\\0x'); return 1",
    "memory": "def solve():\n x = []\n while True: x.append(bytearray(1 << 20))",
    "processes": "import os, time\ndef solve():\n for i in range(60):\n  try:\n   if os.fork() == 0: time.sleep(9)\n  except OSError: pass\n time.sleep(9)",
    "disk": "def solve():\n for i in range(40):\n  open(f'out/{i}', 'wb').write(b'x' * (1 << 20))\n import time; time.sleep(1); raise OSError",
    "output": "def solve():\n while True: print('x' * 100000)",
    "cpu": "def solve():\n while True: pass",
    "wall": "import time\ndef solve(): time.sleep(60)",
    "signal": "import ctypes\ndef solve(): ctypes.string_at(0)",
    "exit": "import sys\ndef solve(): sys.exit(3)",
    "exception": "def solve(): return 1 / 0",
    "no_program": "  \n",
}  # fmt: skip


@pytest.mark.parametrize("status", FAILURES)
def test_each_way_of_failing_has_its_name(box: Box, status: str) -> None:
    limits = replace(QUICK, wall_s=1.5) if status == "wall" else QUICK
    report = box.run(called(FAILURES[status], limits=limits))
    assert report.status == status, report
    assert report.why


def test_an_exception_names_its_type_line_and_source_line(box: Box) -> None:
    report = box.run(called("def solve(x):\n    y = x['missing']\n    return y", {}))
    assert report.fault is not None
    assert (report.fault.type, report.fault.line) == ("KeyError", 2)
    assert "y = x['missing']" in report.fault.traceback and "shim" not in report.fault.traceback


def test_the_first_failing_call_ends_the_job_and_earlier_values_stay(box: Box) -> None:
    job = Job(source="def solve(x): return 1 / x", calls=(Invoke((1,)), Invoke((0,)), Invoke((2,))))
    report = box.run(job)
    assert (report.status, report.values) == ("exception", (1.0,))


def test_a_class_entry_keeps_one_instance_over_its_methods(box: Box) -> None:
    source = "class Meter:\n def __init__(self): self.total = 0\n def add(self, x): self.total += x; return self.total"
    calls = tuple(Invoke((n,), method="add") for n in (1, 2, 3))
    assert box.run(Job(source=source, entry="Meter", calls=calls)).values == (1, 3, 6)


def test_the_seed_of_a_call_makes_randomness_repeatable(box: Box) -> None:
    source = "import random\nimport numpy as np\ndef solve(): return random.random(), float(np.random.rand())"
    first, second, third = box.run(Job(source=source, calls=(Invoke(seed=5), Invoke(seed=5), Invoke(seed=6)))).values
    assert first == second != third


def test_a_script_reads_inputs_and_stdin_and_leaves_files(box: Box) -> None:
    source = (
        "import sys\nassert __name__ == '__main__'\ntext = open(sys.argv[2]).read() + sys.stdin.buffer.read().decode()\n"
        "open('out/answer.txt', 'w').write(text)\nprint(text)\n"
        "try: open(sys.argv[2], 'w')\nexcept PermissionError: print('read-only', file=sys.stderr)\n"
    )
    job = Job(
        source,
        {"day/data.csv": b"1,2\n"},
        "script",
        argv=("-i", "in/day/data.csv"),
        stdin=b"tail",
        collect=("answer.txt",),
    )
    report = box.run(job)
    assert report.status == "done", report
    assert report.files == {"answer.txt": b"1,2\ntail"} and report.stdout == b"1,2\ntail\n"
    assert report.stderr == b"read-only\n"


def test_a_script_that_raises_prints_its_traceback_and_is_an_exception(box: Box) -> None:
    report = box.run(Job("import sys\nprint(sys.argv)\nraise ValueError('no')", mode="script", argv=("a",)))
    assert (report.status, report.exit_code) == ("exception", 1)
    assert report.stdout == b"['program.py', 'a']\n" and b"ValueError: no" in report.stderr


def test_a_script_ends_as_python_would(box: Box) -> None:
    source = (
        "import atexit, threading, time\natexit.register(print, 'bye')\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), print('worker'))).start()\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nprint('main')"
    )
    report = box.run(Job(source, mode="script"))
    assert (report.status, report.stdout) == ("done", b"main\nworker\nbye\n")


def test_a_megabyte_of_honest_output_passes(box: Box) -> None:
    report = box.run(Job("for i in range(10): print('x' * 99999)", mode="script"))
    assert report.status == "done" and len(report.stdout) == 1_000_000


def test_a_fresh_interpreter_takes_the_hash_seed(box: Box) -> None:
    def order(seed: int) -> object:
        return box.run(called("def solve(): return hash('a')", fresh=True, hash_seed=seed)).values

    assert order(1) != order(2) and order(1) == order(1)


def test_an_input_name_may_not_leave_its_folder(box: Box) -> None:
    with pytest.raises(ValueError, match="relative path"):
        box.run(Job("print(1)", {"../x": b""}, "script"))


def test_two_hundred_jobs_leak_no_descriptor_and_keep_their_own_answers(box: Box) -> None:
    box.run(called("def solve(x): return x", 0))
    before = len(os.listdir("/proc/self/fd"))
    for number in range(200):
        assert box.run(called("def solve(x): return x", number)).values == (number,)
    assert len(os.listdir("/proc/self/fd")) == before
