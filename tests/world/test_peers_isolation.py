"""The peer of a program: reachable from inside, from nowhere else, and out of the program's reach but for its port."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tailorbird.world.sandbox import Box, Limits, backends
from tailorbird.world.sandbox.job import Companion, Invoke, Job

PORT = 41837

ECHO = """
import os, socket, threading

class Peer:
    def start(self, script):
        self.heard, self.alive = [], True
        self.secret = script["secret"]
        open("secret.txt", "w").write(self.secret)
        listener = socket.create_server(("127.0.0.1", script["port"]))
        threading.Thread(target=self.serve, args=(listener,), daemon=True).start()

    def serve(self, listener):
        while True:
            link, _ = listener.accept()
            self.heard.append(link.recv(100).decode())
            link.sendall(b"welcome")
            link.close()

    def record(self):
        return {"heard": self.heard, "secret": self.secret, "folder": sorted(os.listdir("."))}
"""

GREET = """
import socket
def solve(port):
    with socket.create_connection(("127.0.0.1", port), 2) as link:
        link.sendall(b"hello")
        return link.recv(100).decode()
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    available = {name: found for name, found, _ in backends()}
    if not available["bubblewrap"]:
        pytest.skip("bubblewrap does not run here")
    with Box(backend="bubblewrap", slots=2) as made:
        yield made


def companion(secret: str = "s3cret") -> Companion:
    return Companion(Job(ECHO, entry="Peer"), {"port": PORT, "secret": secret})


def meet(
    box: Box, source: str, *args: object, limits: Limits = Limits(cpu_s=5.0, wall_s=10.0)
) -> tuple[object, object]:
    report, record = box.meet(Job(source, calls=(Invoke(args),), limits=limits), companion())
    return (report.values[0] if report.values else report), record


def listening() -> set[str]:
    """Local addresses of the host that accept TCP connections."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return {line.split()[1] for line in lines if line.split()[3] == "0A"}


def test_a_program_reaches_its_peer_and_the_peer_tells_what_it_heard(box: Box) -> None:
    answer, record = meet(box, GREET, PORT)
    assert answer == "welcome"
    assert isinstance(record, dict) and record["heard"] == ["hello"]


def test_every_run_has_a_fresh_peer_and_the_same_port_is_free_again(box: Box) -> None:
    records = [meet(box, GREET, PORT)[1] for _ in range(3)]
    assert [record["heard"] for record in records if isinstance(record, dict)] == [["hello"]] * 3


def test_no_socket_of_a_peer_listens_on_the_host_during_or_after_the_run(box: Box) -> None:
    before = listening()
    slow = GREET.replace("return link", "import time; time.sleep(0.3); return link")
    answer, _ = meet(box, slow, PORT)
    assert answer == "welcome"
    assert listening() <= before
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection(("127.0.0.1", PORT), timeout=0.5)


def test_a_listener_of_the_host_cannot_be_reached_beside_the_peer(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        source = "import socket\ndef solve(port):\n    try: socket.create_connection(('127.0.0.1', port), 1); return 'in'\n    except OSError as error: return type(error).__name__"
        answer, _ = meet(box, source, port)
        assert answer == "ConnectionRefusedError"
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "8.8.8.8"])
def test_nothing_but_loopback_is_reachable(box: Box, address: str) -> None:
    source = f"import socket\ndef solve():\n    try: socket.create_connection(({address!r}, 80), 1); return 'in'\n    except OSError as error: return error.errno"
    answer, _ = meet(box, source)
    assert answer == 101, "expected: network is unreachable"


def test_the_peer_cannot_be_seen_killed_or_read(box: Box) -> None:
    source = """
import os, signal
def solve():
    seen = [int(name) for name in os.listdir('/proc') if name.isdigit()]
    killed = []
    for number in range(2, 400):
        try:
            os.kill(number, signal.SIGKILL); killed.append(number)
        except OSError: pass
    found = []
    for folder in ('.', '..', '/job', '/tmp', '/dev/shm', '/proc/1/cwd', '/proc/1/root/job'):
        try: found += [name for name in os.listdir(folder) if name == 'secret.txt']
        except OSError: pass
    return [len(seen), killed, found]
"""
    answer, record = meet(box, source)
    assert answer == [1, [], []]
    assert isinstance(record, dict) and record["secret"] == "s3cret" and "secret.txt" in record["folder"]


def test_the_shared_network_cannot_be_changed_or_listened_to(box: Box) -> None:
    source = """
import fcntl, socket, struct
def solve():
    found = []
    for family, kind in ((17, 3), (16, 3), (2, 3), (40, 1)):
        try: socket.socket(family, kind); found.append(family)
        except OSError: pass
    try:
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        fcntl.ioctl(probe, 0x8914, struct.pack('16sh14x', b'lo', 0)); found.append('down')
    except OSError: pass
    return found
"""
    answer, record = meet(box, source)
    assert answer == [] and record is not None


def test_a_program_cannot_join_the_peers_namespaces(box: Box) -> None:
    source = """
import ctypes, os
def solve():
    libc = ctypes.CDLL(None, use_errno=True)
    found = []
    for name in ('net', 'user', 'pid', 'mnt'):
        handle = os.open('/proc/self/ns/' + name, os.O_RDONLY)
        found.append(libc.setns(handle, 0))
    return found + [libc.unshare(0x10000000)]
"""
    answer, _ = meet(box, source)
    assert answer == [-1] * 5


def test_a_peer_that_does_not_start_is_a_fault_of_the_infrastructure(box: Box) -> None:
    broken = Companion(Job("class Peer:\n    def start(self, script): raise OSError('no port')\n", entry="Peer"), {})
    report, record = box.meet(Job(GREET, calls=(Invoke((PORT,)),)), broken)
    assert report.status == "infra" and record is None
    assert "no port" in report.why


def test_a_program_over_its_limit_is_ended_and_the_peer_still_tells(box: Box) -> None:
    source = GREET.replace("return link.recv(100).decode()", "\n        while True: pass")
    answer, record = meet(box, source, PORT, limits=Limits(cpu_s=0.5, wall_s=3.0))
    assert getattr(answer, "status", "") == "cpu"
    assert isinstance(record, dict) and record["heard"] == ["hello"]


def test_a_backend_without_network_namespaces_says_so() -> None:
    if not next(found for name, found, _ in backends() if name == "landlock"):
        pytest.skip("no Landlock here")
    with Box(backend="landlock") as box:
        report, record = box.meet(Job(GREET, calls=(Invoke((PORT,)),)), companion())
    assert report.status == "skipped_policy" and record is None
