"""Programs as an environment: what they do becomes an outcome, and never an exception."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tailorbird import assemble
from tailorbird.core.attempt import Limits, Reply, Setup
from tailorbird.core.errors import WorldError
from tailorbird.core.program import Program
from tailorbird.world.programs import Programs

PACK = assemble.domain("iot")


@pytest.fixture(scope="module")
def world() -> Iterator[Programs]:
    made = assemble.programs(PACK, hidden=True)
    yield made
    made.close()


def setup(**fields: object) -> Setup:
    return Setup(inputs={"a.txt": base64.b64encode(b"12").decode()}, path="a.txt", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "status", "error"),
    [
        ("def solve(path): return {'n': int(open(path).read())}", "done", ""),
        ("import numpy as np\ndef solve(path): return {'n': np.arange(3), 'm': np.float64(2)}", "done", ""),
        ("def solve(path): return {}['x']", "failed", "exception.key"),
        ("def solve(path): return nothing", "failed", "exception.name"),
        ("def solve(path): return None.x", "failed", "exception.attribute"),
        ("def other(path): return 1", "failed", "no_entry"),
        ("def solve(path) return 1", "failed", "syntax"),
        ("import socket\ndef solve(path): return {}", "failed", "import"),
        ("def solve(path): return eval('1')", "refused", "refused"),
        ("def solve(path): return {'n': object()}", "failed", "wrong_type"),
        ("def solve(path):\n    while True: pass", "stopped", "cpu"),
        ("def solve(path): return {'n': len(bytearray(300 << 20))}", "stopped", "memory"),
    ],
)
def test_what_a_program_does_becomes_an_outcome(world: Programs, source: str, status: str, error: str) -> None:
    world.reset(setup(limits=Limits(cpu_s=1.0, wall_s=6.0, memory_mb=200)))
    outcome = world.execute(Program(source))
    assert (outcome.status, outcome.error) == (status, error), outcome
    assert outcome.world.startswith("sandbox:")


def test_a_result_is_plain_json_data(world: Programs) -> None:
    world.reset(setup())
    source = "import numpy as np\ndef solve(path): return {'a': np.arange(3), 't': (1, 2.5), 'b': np.bool_(True)}"
    assert world.execute(Program(source)).result == {"a": [0, 1, 2], "t": [1, 2.5], "b": True}


def test_a_command_gets_its_arguments_and_its_output_is_kept(world: Programs) -> None:
    world.reset(setup(argv=("-i", "in/a.txt")))
    source = "import sys\nprint(sys.argv[1:], open(sys.argv[2]).read())"
    assert world.execute(Program(source)).output == "['-i', 'in/a.txt'] 12\n"


def test_the_failing_line_is_named(world: Programs) -> None:
    world.reset(setup())
    outcome = world.execute(Program("def solve(path):\n    x = 1\n    return x / 0\n"))
    assert outcome.line == 3
    assert "ZeroDivisionError" in outcome.why


def test_bundled_data_of_hidden_instances_cannot_be_read(world: Programs) -> None:
    if "data_visible" in world.profile:
        pytest.skip("only bubblewrap can hide files")
    paths = assemble.masked_paths(PACK)
    assert len(paths) >= 3
    world.reset(setup())
    for path in paths:
        source = f"def solve(path): return {{'n': len(open({str(path)!r}, 'rb').read())}}"
        outcome = world.execute(Program(source))
        assert outcome.status == "failed" or outcome.result == {"n": 0}, (path, outcome)


def test_calls_are_not_for_this_world(world: Programs) -> None:
    with pytest.raises(WorldError):
        world.execute(Reply("hello"))
