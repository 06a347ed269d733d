"""Small runs of the bench, each as a process of its own, for the test that kills them.

For each folder on standard input a child is forked that runs the tiny suite into it; its process id is written, then
its end. Forking a process that has imported everything makes ten kills a matter of seconds.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from bench_fakes import BAD, GOOD, TrustedWorld, domain, entrant

from tailorbird.bench.run import Ground, run
from tailorbird.bench.suite import named
from tailorbird.core.attempt import Request


def choose(request: Request) -> str | None:
    """Right for goals in English, wrong for terse ones, nothing in Chinese; a little slow, so that kills hit everywhere."""
    time.sleep(0.003)
    return None if "求" in request.text or "平" in request.text else BAD if "exceeding" in request.text else GOOD


def main(folder: Path) -> None:
    """Run the tiny suite into a folder."""
    tiny = domain(20)
    run(
        named("iot-held", tiny, "kill"),
        entrant(choose=choose),
        Ground(TrustedWorld(), "trusted", tiny.families),
        folder,
    )


def serve() -> None:
    """Fork a run for each folder that is named."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            main(Path(line.strip()))
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
