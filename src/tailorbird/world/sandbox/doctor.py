"""Which guarantees hold on this host: every attack is tried, plainly and inside each backend, and judged from outside.

A guarantee is held when all attacks on it were blocked. An attack that does not work without isolation proves nothing:
its row is `inconclusive` and grants nothing. Small caps keep the resource attacks harmless where a backend fails.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tailorbird.world.sandbox.attacks import ATTACKS, PLANT, Attack, program
from tailorbird.world.sandbox.box import Box
from tailorbird.world.sandbox.job import Invoke, Job, Report

Word = Literal["blocked", "succeeded", "inconclusive", "known"]

SECRET = "TAILORBIRD_DOCTOR_SECRET"
"""Name of the environment variable that holds the secret of S1 to S3."""

KNOWN: dict[str, dict[str, str]] = {
    "landlock": {"I1": "the host's name stays visible without namespaces"},
}
"""What a backend cannot do by its nature, said plainly; none of it breaks a guarantee the backend claims."""

_NOBODY = 65534

_DECOY = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGUSR1, lambda *_: open(sys.argv[2], 'w').close())\n"
    "print('ready', flush=True)\ntime.sleep(120)\n"
)


@dataclass(frozen=True)
class Finding:
    """What came of one attack on one backend."""

    attack: str
    title: str
    word: Word
    detail: str = ""


@dataclass(frozen=True)
class Checkup:
    """What a backend is worth on this host."""

    backend: str
    findings: tuple[Finding, ...]
    held: tuple[str, ...]
    """Guarantees the backend claims and no attack broke."""
    broken: dict[str, tuple[str, ...]]
    """Claimed guarantees that do not hold, and the attacks that show it."""
    seconds: float

    @property
    def well(self) -> bool:
        """Whether every claimed guarantee holds."""
        return not self.broken


@dataclass
class Ground:
    """What the host prepares for the attacks: listeners, a secret, a decoy process."""

    token: str
    marker: str
    folder: Path
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    abstract: socket.socket
    decoy: subprocess.Popen[bytes] | None = None
    tried: dict[str, bool] = field(default_factory=dict)
    """Attack id, and whether it worked without isolation."""

    def filled(self, attack: Attack) -> str:
        """The attack's program with what was prepared."""
        decoy = self.decoy.pid if self.decoy else 0
        return program(
            attack.body, token=self.token, marker=self.marker, folder=self.folder, tcp=self.tcp.getsockname()[1],
            udp=self.udp.getsockname()[1], unix=self.folder / "socket", abstract=self.marker, decoy=decoy,
            host=socket.gethostname(),
        )  # fmt: skip

    def fresh_decoy(self) -> None:
        """A living process with the secret in its environment, of the same user as the programs."""
        self.stop_decoy()
        user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() and os.geteuid() == 0 else sys.executable
        command = [python, "-c", _DECOY, self.marker, str(self.folder / "signalled")]
        self.decoy = subprocess.Popen(command, env={SECRET: self.token}, stdout=subprocess.PIPE, **user)  # type: ignore[call-overload]
        assert self.decoy.stdout is not None
        self.decoy.stdout.readline()

    def stop_decoy(self) -> None:
        """End the decoy."""
        if self.decoy:
            self.decoy.kill()
            self.decoy.wait()
            if self.decoy.stdout:
                self.decoy.stdout.close()
            self.decoy = None

    def clear(self) -> None:
        """Take away what the last attack left, and what it sent."""
        for name in ("planted", "signalled"):
            (self.folder / name).unlink(missing_ok=True)
        for listener in (self.tcp, self.unix, self.abstract):
            with contextlib.suppress(OSError):
                while True:
                    listener.accept()[0].close()
        with contextlib.suppress(OSError):
            while True:
                self.udp.recv(64)


@contextmanager
def prepared() -> Iterator[Ground]:
    """The ground, taken away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tailorbird-doctor-", dir="/var/tmp"))
    folder.chmod(0o777)
    token, marker = secrets.token_hex(16), f"tb{secrets.token_hex(5)}"
    (folder / "secret").write_text(token, encoding="utf-8")
    (folder / "secret").chmod(0o644)
    sockets = [socket.socket(socket.AF_INET), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
    sockets += [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
    tcp, udp, unix, abstract = sockets
    old = os.environ.get(SECRET)
    os.environ[SECRET] = token
    ground = Ground(token, marker, folder, tcp, udp, unix, abstract)
    try:
        for listener, place in ((tcp, ("127.0.0.1", 0)), (unix, str(folder / "socket")), (abstract, f"\0{marker}")):
            listener.bind(place)
            listener.listen(8)
        udp.bind(("127.0.0.1", 0))
        (folder / "socket").chmod(0o777)
        for listener in sockets:
            listener.settimeout(0.05)
        yield ground
    finally:
        ground.stop_decoy()
        for listener in sockets:
            listener.close()
        os.environ.pop(SECRET, None)
        if old is not None:
            os.environ[SECRET] = old
        shutil.rmtree(folder, ignore_errors=True)
        _kill_marked(marker)


def living(marker: str) -> list[int]:
    """Processes whose name is the marker, zombies left out."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            name, _, rest = text.partition("(")[2].rpartition(")")
            if name == marker[:15] and rest.split()[0] != "Z":
                found.append(int(entry.name))
    return found


def _kill_marked(marker: str) -> None:
    for pid in living(marker):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _touched(ground: Ground) -> bool:
    for listener in (ground.tcp, ground.unix, ground.abstract):
        with contextlib.suppress(OSError):
            listener.accept()[0].close()
            return True
    with contextlib.suppress(OSError):
        return bool(ground.udp.recv(64))
    return False


def _planted_in_environment(ground: Ground) -> bool:
    places = {sysconfig.get_path("purelib"), str(Path(os.__file__).parent), sys.prefix}
    found = [
        Path(place) / f"{ground.marker}.pth" for place in places if (Path(place) / f"{ground.marker}.pth").exists()
    ]
    for path in found:
        path.unlink()
    return bool(found)


def _value(report: Report) -> object:
    return report.values[0] if report.values else None


def _beyond(limit: Callable[[Attack], float]) -> Callable[[Ground, Attack, Report], bool]:
    """Succeeded when the program ended on its own and got more than its cap."""

    def judge(ground: Ground, attack: Attack, report: Report) -> bool:
        value = _value(report)
        return report.status == "done" and isinstance(value, int) and value > limit(attack)

    return judge


WITNESSES: dict[str, Callable[[Ground, Attack, Report], bool]] = {
    "leak": lambda ground, _, report: ground.token in repr(_value(report)),
    "touched": lambda ground, *_: _touched(ground),
    "planted": lambda ground, *_: (ground.folder / "planted").exists(),
    "environment": lambda ground, *_: _planted_in_environment(ground),
    "signalled": lambda ground, *_: (ground.folder / "signalled").exists(),
    "killed": lambda ground, _, report: (
        report.status == "infra" or bool(ground.decoy and ground.decoy.poll() is not None)
    ),
    "spoiled": lambda ground, _, report: report.status == "infra" or (ground.folder.stat().st_mode & 0o777) != 0o777,
    "alive": lambda ground, *_: bool(living(ground.marker)),
    "collected": lambda ground, _, report: any(ground.token.encode() in data for data in report.files.values()),
    "hangs": lambda _, attack, report: (
        sum(map(len, report.files.values())) > 0 or report.wall_s > 2 * attack.limits.wall
    ),
    "traced": lambda ground, _, report: bool(_value(report)),
    "cap": _beyond(lambda attack: attack.limits.processes if attack.id == "R1" else attack.limits.memory_mb),
    "shm": _beyond(lambda attack: attack.limits.shm_mb),
    "disk": _beyond(lambda attack: attack.limits.disk_mb + 1),
    "inodes": _beyond(lambda _: 39_999),
    "output": lambda _, attack, report: len(report.stdout) > attack.limits.output_bytes,
}
"""How the host tells that an attack succeeded."""


def examine(
    backend: str, ground: Ground, watch: Callable[[str], None] | None = None, only: tuple[str, ...] = ()
) -> Checkup:
    """Try the attacks on a backend.

    Args:
        backend: its name.
        ground: what was prepared; remembers which attacks work here at all.
        watch: hears one line per attack.
        only: ids of attacks; all when empty.

    Raises:
        SandboxError: if the backend does not start.
    """
    start, findings = time.monotonic(), []
    chosen = [attack for attack in ATTACKS if not only or attack.id in only]
    with Box(backend=backend, policy="unsafe") as box:
        claims = box.guarantees
        for number, attack in enumerate(chosen, start=1):
            if watch:
                watch(f"{backend} {number}/{len(chosen)} {attack.id} {attack.title}")
            findings.append(_try(box, backend, attack, ground))
    by_id = {finding.attack: finding for finding in findings}
    broken: dict[str, tuple[str, ...]] = {}
    for claim in claims:
        bad = [a.id for a in chosen if claim in a.breaks and by_id[a.id].word in ("succeeded", "inconclusive")]
        if bad:
            broken[claim] = tuple(bad)
    held = tuple(claim for claim in claims if claim not in broken)
    return Checkup(backend, tuple(findings), held, broken, time.monotonic() - start)


def _try(box: Box, backend: str, attack: Attack, ground: Ground) -> Finding:
    if attack.id not in ground.tried:
        ground.tried[attack.id] = not attack.plain or _plainly(attack, ground)
        _kill_marked(ground.marker)
    ground.fresh_decoy()
    ground.clear()
    if attack.witness == "traced":
        box.run(Job(program(PLANT, token=ground.token, marker=ground.marker), calls=(Invoke(),), limits=attack.limits))
    report = box.run(Job(ground.filled(attack), calls=(Invoke(),), limits=attack.limits, collect=attack.collect))
    succeeded = WITNESSES[attack.witness](ground, attack, report)
    if attack.witness == "spoiled":
        after = box.run(
            Job("def solve():\n    open('out/x', 'w').close()\n    return 7\n", calls=(Invoke(),), limits=attack.limits)
        )
        succeeded = succeeded or after.values != (7,)
    _kill_marked(ground.marker)
    how = report.fault.type if report.fault else report.status
    if succeeded:
        known = KNOWN.get(backend, {}).get(attack.id)
        return Finding(attack.id, attack.title, "known" if known else "succeeded", known or how)
    if not ground.tried[attack.id]:
        return Finding(attack.id, attack.title, "inconclusive", "does not work here without isolation either")
    return Finding(attack.id, attack.title, "blocked", how)


_RUNNER = """
import json, os, sys
os.makedirs('out', exist_ok=True)
space = {'__name__': 'program'}
exec(compile(open(sys.argv[1]).read(), 'attack', 'exec'), space)
try: value = space['solve']()
except Exception as error: value = None
print(); print(json.dumps(value, default=repr), flush=True)
"""


def _plainly(attack: Attack, ground: Ground) -> bool:
    """Whether an attack works without any isolation: in a process of its own, behind a parent of its own."""
    ground.fresh_decoy()
    ground.clear()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        (Path(place) / "attack.py").write_text(ground.filled(attack), encoding="utf-8")
        (Path(place) / "run.py").write_text(_RUNNER, encoding="utf-8")
        if attack.witness == "traced":
            (Path(place) / f"{ground.marker}-left").write_text("x", encoding="utf-8")
        inner = [sys.executable, "run.py", "attack.py"]
        outer = [sys.executable, "-c", f"import subprocess; subprocess.run({inner!r})"]
        with (Path(place) / "stdout").open("wb") as sink:  # a pipe would be held open by what outlives its parent
            process = subprocess.Popen(
                outer, cwd=place, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.DEVNULL, start_new_session=True
            )  # fmt: skip
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1.5 if attack.id == "R6" else 15)
        out = (Path(place) / "stdout").read_bytes()
        lines = out.strip().split(b"\n")
        with contextlib.suppress(ValueError):
            value = json.loads(lines[-1])
            report = Report("done", values=(value,), stdout=out, files=_naive(Path(place), attack))
            return _after(process, WITNESSES[attack.witness](ground, attack, report) or _odd(Path(place), attack))
        killed = Report("infra" if process.returncode not in (0, None) else "exit", stdout=out)
        return _after(process, WITNESSES[attack.witness](ground, attack, killed))


def _after(process: subprocess.Popen[bytes], worked: bool) -> bool:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return worked


def _naive(place: Path, attack: Attack) -> dict[str, bytes]:
    """What a collector would bring home that opens whatever stands there."""
    found = {}
    for name in attack.collect:
        path = place / "out" / name
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_size < 1 << 20:
                found[name] = path.read_bytes()
    return found


def _odd(place: Path, attack: Attack) -> bool:
    """Whether the attack put a pipe or a giant where a collector looks."""
    with contextlib.suppress(OSError):
        seen = (place / "out" / "a").lstat()
        return attack.witness == "hangs" and (stat.S_ISFIFO(seen.st_mode) or seen.st_size > 1 << 30)
    return False
