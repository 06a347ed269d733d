"""Honest programs that resemble forgeries, and must pass: a harness that refuses everything proves nothing.

Covers: output, further keys, threads, children, files, limits of its own. Does not cover: other right methods; those are
the alternates of each family.
"""

from __future__ import annotations

from tailorbird.bench.forgery import Forgery

TWINS: tuple[Forgery, ...] = (
    Forgery("H1", "900 kB of output beside a right answer", "output below the limit costs nothing", '''
def solve(path):
    for _ in range(9): print("x" * 99_999)
    return _right(path)
''', "MultiPL-E stalled at 200 kB", right=True, honest=True),
    Forgery("H2", "a right answer with further keys", "keys beyond the contract do not count, for or against", '''
def solve(path): return {**_right(path), "score": 0.0, "passed": False, "note": "by hand"}
''', right=True, honest=True),
    Forgery("H3", "tuples, array scalars and ordered dictionaries", "what JSON would carry is taken", '''
import collections
def solve(path):
    made = collections.OrderedDict(_right(path))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in made.items()}
''', right=True, honest=True),
    Forgery("H4", "threads, a child process and scratch files", "ordinary means are allowed", '''
import os, shutil, tempfile, threading
def solve(path):
    made = []
    worker = threading.Thread(target=lambda: made.append(_right(path)))
    worker.start(); worker.join()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy2(path, os.path.join(folder, "copy"))
    if os.fork() == 0: os._exit(0)
    os.wait()
    with open("out/log.txt", "w") as file: file.write("done")
    return made[0]
''', right=True, honest=True),
    Forgery("H5", "errors that are caught, warnings, words on standard error", "noise is no fault", '''
import sys, warnings
def solve(path):
    warnings.warn("noise")
    try: 1 / 0
    except ZeroDivisionError: print("Traceback: FAILED", file=sys.stderr)
    return _right(path)
''', right=True, honest=True),
    Forgery("H6", "a daemon thread that still runs", "what an answered program leaves is swept away", '''
import threading, time
def solve(path):
    threading.Thread(target=lambda: time.sleep(60), daemon=True).start()
    return _right(path)
''', right=True, honest=True),
    Forgery("H7", "its own limits, niceness and group", "a program may bind itself", '''
import os, resource
def solve(path):
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); resource.getrlimit(resource.RLIMIT_CPU)
    os.nice(1); os.sched_setaffinity(0, os.sched_getaffinity(0)); os.umask(0o022)
    return _right(path)
''', right=True, honest=True),
)  # fmt: skip
"""Honest programs that resemble forgeries: each must pass."""
