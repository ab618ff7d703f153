"""install_as_psutil(): programs that import psutil run on this package."""

import importlib.util
import os
import subprocess
import sys

import pytest
from conftest import run_python

INSTALL = "import sysvitals; sysvitals.install_as_psutil()\n"


def test_import_psutil_gives_us():
    out = run_python(
        INSTALL + "import psutil\n"
        "assert psutil is sysvitals\n"
        "from psutil import Process, NoSuchProcess, STATUS_ZOMBIE, Popen\n"
        "import psutil._ntuples, psutil._enums\n"
        "from psutil._ntuples import pmem\n"
        "assert type(Process().memory_info()) is pmem\n"
        "print(psutil.__version__, psutil.version_info)\n"
    )
    assert out == "8.0.0 (8, 0, 0)\n"


def test_reprs():
    out = run_python(
        INSTALL + "import psutil\n"
        "print(repr(psutil.Process())[:19])\n"
        "print(repr(psutil.NoSuchProcess(3)))\n"
        "print(repr(psutil.TimeoutExpired(3, pid=4)))\n"
        "print(repr(psutil.Error()))\n"
        "print(psutil.AccessDenied, psutil.Process, psutil.Popen)\n"
        "try: psutil.Process(2**31)\n"
        "except psutil.Error as e: print(repr(e))\n"
        "with psutil.Popen(['true']) as p: print(repr(p)[:17])\n"
        "try: p.nope\n"
        "except AttributeError as e: print(e)\n"
    )
    assert out.splitlines() == [
        "psutil.Process(pid=",
        "psutil.NoSuchProcess(pid=3, msg='process no longer exists')",
        "psutil.TimeoutExpired(pid=4, seconds=3, msg='timeout after 3 seconds')",
        "psutil.Error()",
        "<class 'psutil.AccessDenied'> <class 'psutil.Process'> <class 'psutil.Popen'>",
        "psutil.NoSuchProcess(pid=2147483648, msg='process PID out of range')",
        "psutil.Popen(pid=",
        "<class 'psutil.Popen'> has no attribute 'nope'",
    ]


def test_without_it_nothing_is_psutils():
    out = run_python("import sys, sysvitals; sysvitals.Popen; print('psutil' in sys.modules)")
    assert out == "False\n"


PICKLE = (
    "import pickle, sys, signal\n"
    "p = {m}.Process()\n"
    "things = [p.memory_info(), p.cpu_times(), {m}.NoSuchProcess(3, 'x'), {m}.STATUS_IDLE,\n"
    "    {m}.AccessDenied(4), {m}.ZombieProcess(1, 'n', 2), {m}.TimeoutExpired(2.5, 6),\n"
    "    {m}.RLIMIT_AS, {m}.CONN_LISTEN, p.ionice(), p.net_connections(), {m}.AF_LINK]\n"
    "c = {m}.Popen(['sleep', '60']); c.kill(); things.append(c.wait())\n"
    "sys.stdout.write(pickle.dumps(things).hex() + '\\n' + repr(things))\n"
)
UNPICKLE = (
    "import pickle, sys\n"
    "things = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
    "import {m}\n"
    "assert type(things[0]) is type({m}.Process().memory_info())\n"
    "assert type(things[2]) is {m}.NoSuchProcess and things[3] is {m}.STATUS_IDLE\n"
    "assert things[-1] is {m}.NegSignal.SIGKILL\n"
    "sys.stdout.write(repr(things))\n"
)
WORLDS = {"sysvitals": ("", "import sysvitals\n"), "psutil": (INSTALL, "import psutil\n")}


@pytest.mark.parametrize("target", sorted(WORLDS))
@pytest.mark.parametrize("source", sorted(WORLDS))
def test_pickles(source, target):
    install, imports = WORLDS[source]
    data, _, shown = run_python(install + imports + PICKLE.replace("{m}", source)).partition("\n")
    install, _ = WORLDS[target]
    if source == "psutil" and target == "sysvitals":
        # The reader of a pickle must have psutil, of whatever kind.
        install = INSTALL
    again = run_python(install + UNPICKLE.replace("{m}", target), data)
    assert again.replace("sysvitals.", "psutil.") == shown.replace("sysvitals.", "psutil.")


def test_after_the_real_psutil_was_imported():
    pytest.importorskip("psutil")
    out = run_python(
        "import psutil as real\n" + INSTALL + "import psutil\n"
        "assert psutil is sysvitals and real is not psutil\n"
        "assert real.Process().name() == psutil.Process().name()\n"
        "print('ok')\n"
    )
    assert out == "ok\n"


def test_twice():
    assert run_python(INSTALL * 2 + "import psutil; print(psutil is sysvitals)") == "True\n"


def test_star_import():
    out = run_python(
        INSTALL + "from psutil import *\n"
        "print(Process().status() == STATUS_RUNNING, version_info, NoSuchProcess.__module__)\n"
    )
    assert out == "True (8, 0, 0) psutil\n"


def test_reload_keeps_it():
    out = run_python(
        INSTALL + "import importlib, psutil\n"
        "again = importlib.reload(sysvitals)\n"
        "assert again is psutil\n"
        "print(psutil.Process.__module__, psutil.Popen.__module__)\n"
    )
    assert out == "psutil psutil\n"


def test_patching_psutil():
    out = run_python(
        INSTALL + "import psutil\n"
        "from unittest import mock\n"
        "with mock.patch('psutil.Process.name', return_value='mocked'):\n"
        "    print(psutil.Process().as_dict(['name']))\n"
        "with mock.patch('psutil.pids', return_value=[7]):\n"
        "    print(psutil.pids())\n"
        "with mock.patch.object(psutil, 'PROCFS_PATH', '/x'):\n"
        "    try: psutil.pids()\n"
        "    except OSError as e: print(type(e).__name__)\n"
        "spec = mock.create_autospec(psutil.Process)\n"
        "print(isinstance(spec(1), psutil.Process))\n"
    )
    assert out == "{'name': 'mocked'}\n[7]\nFileNotFoundError\nTrue\n"


# --- programs that people run


def program(name):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")


def test_memory_profiler():
    program("memory_profiler")
    out = run_python(
        INSTALL + "import memory_profiler\n"
        "use = memory_profiler.memory_usage((lambda: bytearray(10**7), ()), interval=0.01)\n"
        "print(len(use) > 0 and min(use) > 1)\n"
        "print(memory_profiler.memory_usage(-1, max_usage=True) > 1)\n"
    )
    assert out == "True\nTrue\n"


def test_xdist(tmp_path):
    program("xdist")
    (tmp_path / "test_x.py").write_text("def test_a(): pass\ndef test_b(): pass\n")
    code = INSTALL + "import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))\n"
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, "-q", "-n", "2", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True, text=True, timeout=300, env=env, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_ipykernel_style_use():
    """What Jupyter, Celery, Airflow, Dask and others do with psutil's process half."""
    out = run_python(
        INSTALL + "import psutil, os, signal\n"
        # Killing a tree, as in psutil's own recipes and in many runners.
        "child = psutil.Popen(['sh', '-c', 'sleep 60 & sleep 60'])\n"
        "parent = psutil.Process(child.pid)\n"
        "while len(parent.children(recursive=True)) < 1: pass\n"
        "family = parent.children(recursive=True) + [parent]\n"
        "for p in family:\n"
        "    try: p.send_signal(signal.SIGKILL)\n"
        "    except psutil.NoSuchProcess: pass\n"
        "gone, alive = psutil.wait_procs(family, timeout=20)\n"
        "print(len(alive))\n"
        # Looking for a process by its name or command line.
        "names = [p.info['name'] for p in psutil.process_iter(['pid', 'name', 'cmdline'])]\n"
        "print(psutil.Process().name() in names)\n"
        # A memory limit.
        "rss = psutil.Process(os.getpid()).memory_info().rss\n"
        "print(rss > 2**20, 0 < psutil.Process().memory_percent() < 100)\n"
        # Old spellings that programs guard.
        "print(hasattr(psutil.Process, 'num_handles'), hasattr(psutil.Process, 'cpu_affinity'))\n"
        "getattr(psutil, 'IDLE_PRIORITY_CLASS', None)\n"
    )
    assert out == "0\nTrue\nTrue True\nFalse True\n"
