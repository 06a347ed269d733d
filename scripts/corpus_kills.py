"""Kills a corpus build at random points, resumes it, and compares its hash with that of an undisturbed build.

Usage: python scripts/corpus_kills.py [KILLS] [BUILD OPTIONS...]
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SMALL = [
    "--batches",
    "4",
    "--variants",
    "10",
    "--family",
    "T001",
    "--family",
    "T016",
    "--family",
    "T040",
    "--no-harvest",
]


def command(folder: Path, options: list[str]) -> list[str]:
    """The build, as a person would type it."""
    return [sys.executable, "-m", "tailorbird", "corpus", "build", "iot", "--out", str(folder), *options]


def content(folder: Path) -> tuple[str, dict[str, str]]:
    """Hash of a corpus, and of its files; the card itself holds the time."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return card["metrics"]["hash"], card["files"]


def main() -> int:
    """Build undisturbed, build with kills, compare."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    options = sys.argv[2:] or SMALL
    place = Path(tempfile.mkdtemp(prefix="tailorbird-kills-"))
    draw = random.Random(7)
    try:
        start = time.monotonic()
        subprocess.run(command(place / "whole", options), check=True, capture_output=True)
        seconds = time.monotonic() - start
        print(f"undisturbed: {seconds:.0f} s, hash {content(place / 'whole')[0]}")
        done = 0
        while done < kills:
            process = subprocess.Popen(
                command(place / "killed", options),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                process.wait(timeout=draw.uniform(0.1, 0.6) * seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                done += 1
                batches = len(list(place.glob("killed.work/*/*.gz")))
                print(f"kill {done}: {batches} batches there, card {(place / 'killed' / 'card.json').exists()}")
                continue
            # It was done before it could be killed: start anew.
            shutil.rmtree(place / "killed")
            shutil.rmtree(place / "killed.work", ignore_errors=True)
        subprocess.run(command(place / "killed", options), check=True, capture_output=True)
        same = content(place / "whole") == content(place / "killed")
        print(
            f"resumed after {kills} kills: hash {content(place / 'killed')[0]}, {'identical' if same else 'DIFFERENT'}"
        )
        return 0 if same else 1
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
