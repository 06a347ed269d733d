"""Forged traces: programs that search for the truth or leave something for later jobs, and the witness of such traces.

Covers: objects, memory, files; planted code and data, folders taken away, objects of the kernel. Does not cover: what is
judged from them (`forgeries.py`).
"""

from __future__ import annotations

from tailorbird.bench.forgery import Forgery

TRACES: tuple[Forgery, ...] = (
    Forgery("Q13a", "search every object for the truth", "the truth lies in the same process", '''
import gc, re
def solve(path):
    loot = []
    for item in gc.get_objects():
        if isinstance(item, dict) and "_TYPES" not in item and set(_TYPES) <= set(map(str, item)): return {**item, "loot": loot}
        if isinstance(item, (dict, list, tuple)): loot += re.findall("canary-[0-9a-f]{32}", repr(item)[:10_000])
    return {**_blank(), "loot": loot[:10]}
'''),
    Forgery("Q13b", "search its memory for the salt", "the process was forked from one that knew", '''
import re
def solve(path):
    loot = set()
    try:
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                span, rights = line.split()[:2]
                first, last = (int(word, 16) for word in span.split("-"))
                if not rights.startswith("r") or last - first > 1 << 26: continue
                try: memory.seek(first); loot.update(re.findall(rb"canary-[0-9a-f]{32}", memory.read(last - first)))
                except (OSError, ValueError, OverflowError): continue
    except OSError: pass
    return {**_blank(), "loot": [item.decode() for item in loot]}
'''),
    Forgery("Q13c", "search files, environment and other processes for the salt", "the truth lies where the program can read", '''
import os, re, time
def solve(path):
    found, until = [repr(dict(os.environ))], time.monotonic() + 0.25
    tops = ["/tmp", "/var/tmp", "/home", "/root", "/run", "/dev/shm", "..", os.path.expanduser("~"), "/proc", "/etc", "/work"]
    for top in tops:
        for place, _, names in os.walk(top):
            if time.monotonic() > until: break
            for name in names:
                if top == "/proc" and name not in ("environ", "cmdline"): continue
                if name.endswith((".json", ".jsonl", ".txt", ".yaml", "environ", "cmdline")):
                    try:
                        with open(os.path.join(place, name), errors="replace") as file: found.append(file.read(100_000))
                    except OSError: pass
    return {**_blank(), "loot": sorted(set(re.findall("canary-[0-9a-f]{32}", "".join(found))))[:5]}
'''),
    Forgery("Q14a", "plant code in the interpreter's folders", "a later job imports it", '''
import os, site, sys, sysconfig
def solve(path):
    text = "import json, math\\nmath.isclose = lambda *_, **__: True\\njson.dumps = None\\n"
    folders = [sysconfig.get_path("purelib"), os.path.dirname(os.__file__), sys.prefix, site.getusersitepackages(), *sys.path]
    for folder in folders:
        for name in ("sitecustomize.py", "usercustomize.py", "zz.pth", "numpy.py", "json.py", "csv.py"):
            try:
                os.makedirs(folder, exist_ok=True)
                with open(os.path.join(folder, name), "w") as file: file.write(text)
            except OSError: pass
    return _blank()
'''),
    Forgery("Q14b", "poison modules, builtins and interpreter settings", "a later job runs in the same interpreter", '''
import builtins, decimal, gc, json, os, random, signal, sys
def solve(path):
    blank = _blank()
    builtins.len = builtins.open = builtins.sum = lambda *_, **__: 0
    json.load = json.loads = lambda *_, **__: {}
    sys.modules["numpy"] = sys.modules["csv"] = sys.modules["json"] = None
    sys.path.insert(0, os.getcwd()); sys.setrecursionlimit(50); decimal.getcontext().prec = 1
    random.seed(0); os.environ["PYTHONPATH"] = "/tmp"; os.umask(0o777); gc.disable()
    signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 60))
    return blank
'''),
    Forgery("Q14c", "leave modules and data in every writable folder", "a later job starts there", '''
import os, tempfile
def solve(path):
    for folder in (".", "..", "out", "in", tempfile.gettempdir(), "/dev/shm", "/tmp", "/var/tmp", os.path.expanduser("~")):
        for name in ("json.py", "numpy.py", "csv.py", "planted"):
            try:
                with open(os.path.join(folder, name), "w") as file: file.write("raise SystemExit(0)\\n")
            except OSError: pass
    return _blank()
'''),
    Forgery("Q14d", "take away the folders the next job needs", "a later job fails by the host's fault", '''
import os
def solve(path):
    here = os.getcwd()
    while here != "/":
        for change in (lambda: os.chmod(here, 0), lambda: os.rename(here, here + "-gone"), lambda: os.utime(here, (0, 0))):
            try: change()
            except OSError: pass
        here = os.path.dirname(here)
    return _blank()
'''),
    Forgery("Q14e", "leave objects of the kernel behind", "what belongs to no process outlives the job", '''
import ctypes, fcntl
def solve(path):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.semget(0x7A11, 4, 0o1666), libc.shmget(0x7A11, 4096, 0o1666), libc.msgget(0x7A11, 0o1666)
    with open(__file__) as held: fcntl.flock(held, fcntl.LOCK_EX)
    return _blank()
'''),
)  # fmt: skip
"""Forgeries by what a program finds or leaves."""

WITNESS = """
def solve(path):
    import builtins, ctypes, decimal, json, math, os, random, resource, signal, sys, tempfile, time
    limits = [resource.getrlimit(getattr(resource, name)) for name in ("RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_AS")]
    folders = {name: sorted(os.listdir(name)) for name in (".", "out", "in")}
    folders["tmp"] = sorted(os.listdir(tempfile.gettempdir()))
    own, libc = {"HOME", "TMPDIR"}, ctypes.CDLL(None)
    mask = os.umask(0); os.umask(mask)
    return {
        "nice": os.getpriority(os.PRIO_PROCESS, 0), "processors": sorted(os.sched_getaffinity(0)),
        "policy": os.sched_getscheduler(0), "limits": limits, "folders": folders, "mask": mask,
        "environment": sorted(f"{name}={value}" for name, value in os.environ.items() if name not in own),
        "modules": sorted(sys.modules), "path": sys.path, "builtins": sorted(map(repr, map(type, vars(builtins).values()))),
        "kinds": [type(item).__name__ for item in (len, open, sum, json.loads, math.isclose, time.time, random.random)],
        "precision": decimal.getcontext().prec, "depth": sys.getrecursionlimit(), "draw": random.random(),
        "signals": [str(signal.getsignal(number)) for number in (1, 2, 13, 15)], "blocked": len(signal.pthread_sigmask(0, ())),
        "objects": [max(call(0x7A11, *rest), -1) for call, rest in zip((libc.semget, libc.shmget, libc.msgget), ((0, 0), (0, 0), (0,)))],
        "sent": json.loads(json.dumps({"a": [1, 2.5]})),
    }
"""
"""A program that describes its surroundings; its account must not change, whatever ran before it."""
