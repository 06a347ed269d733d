"""Kills a bench run at random points, resumes it, and compares its rows with those of an undisturbed run.

Usage: python scripts/kill_and_resume.py [KILLS] [SUITE]
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tailorbird.bench.log import read_rows, stable


def command(suite: str, folder: Path) -> list[str]:
    """The run, as a person would type it."""
    return [sys.executable, "-m", "tailorbird", "bench", "run", suite, "--out", str(folder)]


def main() -> int:
    """Run undisturbed, run with kills, compare."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    suite = sys.argv[2] if len(sys.argv) > 2 else "iot-smoke"
    place = Path(tempfile.mkdtemp(prefix="tailorbird-kill-"))
    draw = random.Random(7)
    try:
        start = time.monotonic()
        subprocess.run(command(suite, place / "whole"), check=True, capture_output=True)
        seconds = time.monotonic() - start
        done = 0
        while done < kills:
            process = subprocess.Popen(
                command(suite, place / "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                process.wait(timeout=draw.uniform(0.5, 0.95) * seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                done += 1
                rows = len(read_rows(place / "killed")) if (place / "killed").exists() else 0
                print(f"kill {done}: {rows} rows so far, card {(place / 'killed' / 'card.json').exists()}")
                continue
            shutil.rmtree(place / "killed")
        subprocess.run(command(suite, place / "killed"), check=True, capture_output=True)
        whole, killed = (sorted(map(repr, map(stable, read_rows(place / name)))) for name in ("whole", "killed"))
        print(
            f"{len(whole)} rows undisturbed, {len(killed)} after {kills} kills: {'equal' if whole == killed else 'DIFFERENT'}"
        )
        return 0 if whole == killed else 1
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
