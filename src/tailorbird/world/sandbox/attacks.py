"""Programs that attack the host, the judge, their limits and later jobs: the acceptance suite of an isolation.

Each attack is a function body that runs inside and returns what it got hold of. Whether it succeeded is judged on the
host's side by `doctor.py`: a listener was touched, a file is there, a process lives, an unguessable secret came out, a
cap was passed. `{name}` is filled with what the host prepared for it.
Covers: network, files, secrets, processes, kernel doors, resources, hostile output files, traces in later jobs.
Does not cover: kernel faults nobody knows yet, side channels of the processor.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tailorbird.world.sandbox.job import Limits

SMALL = Limits(cpu_s=3.0, wall_s=6.0, memory_mb=192, processes=16, disk_mb=8, tmp_mb=8, shm_mb=4, output_bytes=1 << 18)
"""Caps that are harmless to pass where a backend does not hold them."""


@dataclass(frozen=True)
class Attack:
    """One attack and the promises that fall with it."""

    id: str
    title: str
    breaks: tuple[str, ...]
    """Guarantees a backend loses when it succeeds."""
    body: str
    witness: str
    """How the host tells; a key of `doctor.WITNESSES`."""
    limits: Limits = field(default=SMALL)
    collect: tuple[str, ...] = ()
    plain: bool = True
    """Whether it is tried without isolation first, to see that it works here; not where that would harm the host."""


_CALL = """
libc = ctypes.CDLL(None, use_errno=True)
numbers = dict(x86_64=dict(unshare=272, mount=165, ptrace=101, bpf=321, keyctl=250, io_uring=425, userfaultfd=323),
               aarch64=dict(unshare=97, mount=40, ptrace=117, bpf=280, keyctl=219, io_uring=425, userfaultfd=282))
call = lambda name, *args: libc.syscall(numbers[os.uname().machine][name], *args)
"""

ATTACKS: tuple[Attack, ...] = (
    Attack("N1", "TCP to the host's loopback", ("no_network",), "s = socket.create_connection(('127.0.0.1', {tcp}), 1); s.send(b'{token}')", "touched"),
    Attack("N2", "UDP to the host", ("no_network",), "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'{token}', ('127.0.0.1', {udp}))", "touched"),
    Attack("N3", "host unix socket by path", ("no_network",), "s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect('{unix}'); s.send(b'{token}')", "touched"),
    Attack("N4", "host abstract unix socket", ("no_network",), "s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect('\\0{abstract}'); s.send(b'{token}')", "touched"),
    Attack("N5", "AF_VSOCK socket", ("no_network",), "socket.socket(40, socket.SOCK_STREAM); return '{token}'", "leak"),
    Attack("T6", "multipath TCP socket", ("no_network",), "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.settimeout(1); s.connect(('127.0.0.1', {tcp})); s.send(b'{token}')", "touched"),
    Attack("F1", "write outside the job folder", ("no_host_write",), "open('{folder}/planted', 'w').write('x')", "planted"),
    Attack("F2", "read /etc/passwd", ("no_host_read",), "return '{token}' if 'root:' in open('/etc/passwd').read() else ''", "leak"),
    Attack("F3", "read a world-readable secret of the host", ("no_host_read",), "return open('{folder}/secret').read()", "leak"),
    Attack("T8", "plant files in the Python environment", ("no_host_write",), """
import sysconfig
for place in (sysconfig.get_path('purelib'), os.path.dirname(os.__file__), sys.prefix):
    try: open(os.path.join(place, '{marker}.pth'), 'w').write('import os')
    except OSError: pass
""", "environment", plain=False),
    Attack("S1", "secret from the own environment", ("no_secrets",), "return repr(dict(os.environ))", "leak"),
    Attack("S2", "secret from the environment of parents", ("no_secrets",), """
seen = []
pid = os.getpid()
for path in ['/proc/1/environ', '/proc/%d/environ' % os.getppid(), '/proc/self/environ']:
    try: seen.append(open(path).read())
    except OSError: pass
return repr(seen)
""", "leak"),
    Attack("S3", "another process's environment", ("no_secrets",), "return open('/proc/{decoy}/environ').read()", "leak"),
    Attack("P1", "enumerate host processes", ("pid_isolated", "pid_guarded"), "return '{token}' if os.path.isdir('/proc/{decoy}') and b'{marker}' in open('/proc/{decoy}/cmdline', 'rb').read() else ''", "leak"),
    Attack("P2", "signal a host process", ("pid_isolated", "pid_guarded"), "os.kill({decoy}, 10); time.sleep(0.2)", "signalled"),
    Attack("P3", "read another process's memory", ("pid_isolated", "pid_guarded"), "open('/proc/{decoy}/mem', 'rb').close(); return '{token}'", "leak"),
    Attack("P4", "kill the parent", ("pid_isolated", "pid_guarded"), "os.kill(os.getppid() or {decoy}, 9); time.sleep(0.2); os.kill({decoy}, 9)", "killed"),
    Attack("P5", "signal the own process group", ("pid_isolated", "pid_guarded"), "os.kill(0, 9); time.sleep(0.2)", "spoiled", plain=False),
    Attack("P6", "lower the limits of the parent", ("pid_isolated", "pid_guarded"), """
import resource
for pid in (os.getppid(), {decoy}):
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        try: resource.prlimit(pid, kind, (0, 0))
        except OSError: pass
try: os.setpriority(os.PRIO_PGRP, 0, 19)
except OSError: pass
""", "spoiled", plain=False),
    Attack("F4", "change the rights of folders that are not its own", ("no_host_write",), """
place = os.getcwd()
while place != '/':
    place = os.path.dirname(place)
    try: os.chmod(place, 0)
    except OSError: pass
try: os.chmod('{folder}', 0)
except OSError: pass
""", "spoiled", plain=False),
    Attack("K5", "leave a semaphore behind", ("reduced_kernel_surface",), _CALL + """
ctypes.set_errno(0)
return '{token}' if libc.semget(7001, 1, 0o1666) >= 0 else ''
""", "leak", plain=False),
    Attack("K1", "new user namespace", ("reduced_kernel_surface",), _CALL + "return '{token}' if call('unshare', 0x10000000) == 0 else ''", "leak"),
    Attack("K2", "mount a file system", ("reduced_kernel_surface",), _CALL + """
call('unshare', 0x10000000 | 0x20000)
os.makedirs('m', exist_ok=True)
return '{token}' if call('mount', b'none', b'm', b'tmpfs', 0, 0) == 0 else ''
""", "leak"),
    Attack("K3", "io_uring, bpf, keyctl, userfaultfd", ("reduced_kernel_surface",), _CALL + """
def reachable(name, *args):
    ctypes.set_errno(0)
    return call(name, *args) >= 0 or ctypes.get_errno() not in (1, 38)
return '{token}' if any([reachable('io_uring', 0, 0), reachable('bpf', 99, 0, 0), reachable('keyctl', 0, -3, 0), reachable('userfaultfd', 1)]) else ''
""", "leak"),
    Attack("K4", "new privileges by a set-uid program", ("reduced_kernel_surface",), _CALL + "return '{token}' if libc.prctl(39, 0, 0, 0, 0) != 1 else ''", "leak"),
    Attack("T7", "type into the terminal (TIOCSTI)", ("reduced_kernel_surface",), _CALL + """
import pty
ctypes.set_errno(0)
numbers = dict(x86_64=16, aarch64=29)
libc.syscall(numbers[os.uname().machine], 0, 0x5412, ctypes.create_string_buffer(b'x'))
return '{token}' if ctypes.get_errno() != 1 else ''
""", "leak"),
    Attack("R1", "fork bomb", ("tree_pid_cap",), """
alive = 0
for _ in range(60):
    try:
        if os.fork() == 0: time.sleep(3); os._exit(0)
        alive += 1
    except OSError: break
time.sleep(0.4)
return alive
""", "cap"),
    Attack("R2", "memory bomb, one process", ("tree_memory_cap",), "held = bytearray(b'x' * (400 << 20)); time.sleep(0.4); return len(held) >> 20", "cap"),
    Attack("R3", "memory bomb, four processes", ("tree_memory_cap",), """
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(b'x' * (100 << 20)); time.sleep(2); os._exit(0)
time.sleep(1.2)
return 400
""", "cap"),
    Attack("T3", "fill shared memory", ("tree_memory_cap",), """
try: fd = os.open('/dev/shm/x', os.O_CREAT | os.O_RDWR)
except OSError: return 0
size = 0
try:
    while size < (16 << 20): size += os.write(fd, b'x' * (1 << 20))
except OSError: pass
os.close(fd); os.unlink('/dev/shm/x')
return size >> 20
""", "shm"),
    Attack("R4", "fill the job folder", ("disk_cap",), """
size = 0
try:
    for number in range(32):
        with open('fill%d' % number, 'wb') as file:
            file.write(b'x' * (1 << 20)); size += 1
    time.sleep(0.4)
except OSError: pass
return size
""", "disk"),
    Attack("R5", "fill the temporary folder", ("disk_cap",), """
import tempfile
place = tempfile.mkdtemp(); size = 0
try:
    for number in range(32):
        with open(place + '/fill%d' % number, 'wb') as file:
            file.write(b'x' * (1 << 20)); size += 1
    time.sleep(0.4)
except OSError: pass
import shutil; shutil.rmtree(place, True)
return size
""", "disk"),
    Attack("T4", "exhaust inodes", ("disk_cap",), """
made = 0
try:
    os.mkdir('many')
    for number in range(40000):
        os.close(os.open('many/%d' % number, os.O_CREAT | os.O_WRONLY)); made += 1
    time.sleep(0.4)
except OSError: pass
return made
""", "inodes"),
    Attack("R6", "endless loop that ignores signals", ("kill_tree",), """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
libc = ctypes.CDLL(None); libc.prctl(15, b'{marker}', 0, 0, 0)
while True: pass
""", "alive"),
    Attack("R7", "daemon that outlives its job", ("kill_tree",), """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b'{marker}', 0, 0, 0); time.sleep(8)
    os._exit(0)
time.sleep(0.3)
return 1
""", "alive"),
    Attack("R8", "flood standard output", (), """
written = 0
while written < (4 << 20): written += os.write(1, b'x' * 65536)
return written >> 10
""", "output"),
    Attack("I1", "host name", (), "return '{token}' if socket.gethostname() == '{host}' else ''", "leak"),
    Attack("A1", "output file is a symbolic link", ("no_host_read",), "os.symlink('{folder}/secret', 'out/a')", "collected", collect=("a",)),
    Attack("A2", "output file is a hard link", ("no_host_read",), "os.link('{folder}/secret', 'out/a')", "collected", collect=("a",)),
    Attack("A3", "output folder is a link", ("no_host_read",), "os.symlink('{folder}', 'out/a')", "collected", collect=("a/secret",)),
    Attack("A4", "output file is a pipe", ("kill_tree",), "os.mkfifo('out/a')", "hangs", collect=("a",)),
    Attack("A5", "output file claims a tebibyte", ("disk_cap",), "open('out/a', 'wb').truncate(1 << 40)", "hangs", collect=("a",)),
    Attack("T5", "search for traces of the job before", ("no_secrets",), """
import tempfile
found = []
for top in ('.', '..', tempfile.gettempdir(), '/dev/shm'):
    for place, _, names in os.walk(top):
        found += [name for name in names if name.startswith('{marker}')]
return found
""", "traced"),
)  # fmt: skip
"""The suite, in the order of the table in docs/safety.md."""

PLANT = """
import tempfile
for folder in ('.', 'out', tempfile.gettempdir(), '/dev/shm', '..'):
    try: open(os.path.join(folder, '{marker}-left'), 'w').write('{token}')
    except OSError: pass
return 1
"""
"""The job before T5: leaves traces wherever it can write."""

HEAD = "import ctypes, os, socket, sys, time\n\ndef solve(*_):\n"


def program(body: str, **filled: object) -> str:
    """The source of an attack."""
    text = body.strip("\n")
    for name, value in filled.items():
        text = text.replace("{" + name + "}", str(value))
    return HEAD + "\n".join(f"    {line}" for line in text.split("\n")) + "\n"
