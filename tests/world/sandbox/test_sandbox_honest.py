"""Programs without malice that a sandbox could break by accident."""

from __future__ import annotations

import pytest

from tailorbird.world.sandbox import Box, Invoke, Job, Limits

HONEST = {
    "matplotlib": (
        "matplotlib",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.savefig('out/p.png')\n"
        "print(open('out/p.png', 'rb').read(4) == b'\\x89PNG')",
    ),
    "tempfile": (
        "json",
        "import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f: f.write('x'); f.seek(0); print(f.read() == 'x')",
    ),
    "sqlite": (
        "sqlite3",
        "import sqlite3\nc = sqlite3.connect('out/a.db'); c.execute('create table t(x)'); c.execute('insert into t values (1)')\n"
        "c.commit(); print(c.execute('select x from t').fetchall() == [(1,)])",
    ),
    "threads": (
        "threading",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool: print(list(pool.map(abs, [-1, 2])) == [1, 2])",
    ),
    "asyncio": (
        "asyncio",
        "import asyncio\nasync def main():\n await asyncio.sleep(0.01)\n return await asyncio.gather(asyncio.to_thread(abs, -1))\n"
        "print(asyncio.run(main()) == [1])",
    ),
    "sklearn": (
        "sklearn",
        "import numpy as np\nfrom sklearn.ensemble import RandomForestClassifier\nx = np.arange(20).reshape(-1, 1)\n"
        "print(RandomForestClassifier(5, random_state=0).fit(x, x[:, 0] > 9).predict([[19]])[0] == True)",
    ),
    "scipy": (
        "scipy",
        "import numpy as np\nfrom scipy.signal import butter, filtfilt\n"
        "print(filtfilt(*butter(4, 0.1), np.ones(99)).round(6).tolist() == [1.0] * 99)",
    ),
    "blas": ("numpy", "import numpy as np\na = np.eye(300)\nprint(bool(((a @ a) == a).all()))"),
    "pandas": (
        "pandas",
        "import io, pandas as pd\nprint(pd.read_csv(io.StringIO('a,b\\n1,x\\n3,y')).groupby('b').a.sum().to_dict() == {'x': 1, 'y': 3})",
    ),
    "subprocess": (
        "subprocess",
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(5)'], capture_output=True).stdout == b'5\\n')",
    ),
    "socketpair": ("socket", "import socket\na, b = socket.socketpair(); a.send(b'x'); print(b.recv(1) == b'x')"),
}

ISOLATED = {
    "process pool": (
        "multiprocessing",
        "import multiprocessing\nwith multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, 2]) == [1, 2])",
    ),
    "shared memory": (
        "multiprocessing",
        "from multiprocessing.shared_memory import SharedMemory\ns = SharedMemory(create=True, size=10); s.buf[0] = 7\n"
        "print(s.buf[0] == 7); s.close(); s.unlink()",
    ),
    "own process file": ("os", "print(len(open('/proc/self/statm').read().split()) == 7)"),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_programs_run(box: Box, name: str) -> None:
    module, source = HONEST[name]
    pytest.importorskip(module)
    report = box.run(Job(source, mode="script", limits=Limits(cpu_s=30.0)))
    assert (report.status, report.stdout) == ("done", b"True\n"), report


@pytest.mark.parametrize("name", ISOLATED)
def test_honest_programs_that_need_namespaces_run_there(namespaced: Box, name: str) -> None:
    report = namespaced.run(Job(ISOLATED[name][1], mode="script", limits=Limits(cpu_s=30.0)))
    assert (report.status, report.stdout) == ("done", b"True\n"), report


def test_pandas_columns_arrive_as_arrays_and_lists(box: Box) -> None:
    pytest.importorskip("pandas")
    source = "import pandas as pd\ndef solve(): return pd.DataFrame({'n': [1, 2], 's': ['a', 'b']})"
    report = box.run(Job(source, calls=(Invoke(),)))
    (table,) = report.values
    assert isinstance(table, dict) and list(table["n"]) == [1, 2] and list(table["s"]) == ["a", "b"]
