"""The examples of psutil 8.0's API document, in its order, for processes on Linux.

Each is run as printed, under the name `psutil`, but for PIDs, paths and durations; what is printed
below a call there is checked for its kind and form here.
"""

import contextlib
import os
import re
import subprocess
import sys
import time

import pytest
from conftest import wait_for

import sysvitals as psutil


@pytest.fixture
def p(spawn):
    return psutil.Process(spawn().pid)


@pytest.fixture(autouse=True)
def fresh_table():
    psutil.process_iter.cache_clear()
    yield


def form(value):
    """A repr with every number and text taken out."""
    return re.sub(r"'[^']*'", "''", re.sub(r"-?\d+(\.\d+)?(e[-+]\d+)?", "N", repr(value)))


def test_pids():
    pids = psutil.pids()
    assert pids[0] == 1 or os.getpid() in pids
    assert pids == sorted(pids)


def test_process_iter(capsys):
    for proc in psutil.process_iter(["pid", "name", "username"]):
        print(proc.pid, proc.name(), proc.username())  # return cached values, never raise
    assert re.search(rf"^{os.getpid()} \S+ \S+$", capsys.readouterr().out, re.M)


def test_process_iter_all_but_the_slow(capsys):
    for p in psutil.process_iter(psutil.Process.attrs - {"memory_footprint", "memory_maps"}):
        print(p)
    assert f"Process(pid={os.getpid()}, name=" in capsys.readouterr().out


def test_process_iter_cache_clear():
    first = next(psutil.process_iter())
    assert next(psutil.process_iter()) is first
    psutil.process_iter.cache_clear()
    assert next(psutil.process_iter()) is not first


def test_values_of_an_earlier_pass_are_overwritten():
    first = {proc.pid: proc for proc in psutil.process_iter(["name"])}
    list(psutil.process_iter(["ppid"]))
    assert set(first[os.getpid()]._prefetch) == {"ppid"}


def test_pid_exists():
    assert psutil.pid_exists(os.getpid())
    assert not psutil.pid_exists(2**22 + 1)


def test_wait_procs(spawn, capsys):
    spawn()
    stubborn = spawn(
        "sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done", stdout=subprocess.PIPE
    )
    stubborn.stdout.readline()

    def on_terminate(proc):
        print(f"{proc} terminated with exit code {proc.returncode}")

    procs = psutil.Process().children()
    for p in procs:
        p.terminate()
    gone, alive = psutil.wait_procs(procs, timeout=0.5, callback=on_terminate)
    for p in alive:
        print(f"{p} is still alive, send SIGKILL")
        p.kill()
    out = capsys.readouterr().out
    assert re.search(r"status='terminated', .*terminated with exit code -15\n", out)
    assert re.search(rf"pid={stubborn.pid}, .* is still alive, send SIGKILL\n", out)
    assert [proc.pid for proc in alive] == [stubborn.pid]


def test_exceptions(dead_pid):
    with pytest.raises(psutil.Error):
        raise psutil.NoSuchProcess(3)
    with pytest.raises(psutil.NoSuchProcess):
        raise psutil.ZombieProcess(3, name="x", ppid=1)
    with pytest.raises(psutil.NoSuchProcess):
        psutil.Process(dead_pid)


def test_attrs():
    assert isinstance(psutil.Process.attrs, frozenset)
    assert {"cmdline", "cpu_num", "cpu_percent"} < psutil.Process.attrs
    next(psutil.process_iter(attrs=psutil.Process.attrs))
    p = next(psutil.process_iter(attrs=psutil.Process.attrs - {"net_connections"}))
    assert "net_connections" not in p._prefetch


def test_oneshot():
    p = psutil.Process()
    with p.oneshot():
        p.name()  # actual syscall
        p.cpu_times()  # from cache
        p.create_time()  # from cache
        p.ppid()  # from cache
        p.status()  # from cache


def test_exe():
    assert psutil.Process().exe() == os.path.realpath(sys.executable)


def test_cmdline():
    cmdline = psutil.Process().cmdline()
    assert isinstance(cmdline, list) and cmdline[0]


def test_environ():
    env = psutil.Process().environ()
    assert isinstance(env, dict) and env["PATH"] == os.environ["PATH"]


def test_create_time():
    import datetime

    p = psutil.Process()
    created = p.create_time()
    assert isinstance(created, float) and created <= time.time() + 1
    text = datetime.datetime.fromtimestamp(p.create_time()).strftime("%Y-%m-%d %H:%M:%S")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text)


def test_as_dict():
    p = psutil.Process()
    result = p.as_dict(attrs=["pid", "name", "username"])
    assert result == {"username": p.username(), "pid": os.getpid(), "name": p.name()}
    # all attrs except slow ones
    result = p.as_dict(attrs=p.attrs - {"memory_footprint", "memory_maps"})
    assert set(result) == p.attrs - {"memory_footprint", "memory_maps"}


def test_status(zombie):
    assert psutil.Process(zombie).status() == psutil.STATUS_ZOMBIE


def test_username_uids_gids_terminal():
    import pwd

    p = psutil.Process()
    assert p.username() == pwd.getpwuid(os.getuid()).pw_name
    assert p.uids() == os.getresuid()
    assert p.gids() == os.getresgid()
    assert p.terminal() is None or p.terminal().startswith("/dev/")


def test_nice(p):
    p.nice(10)  # set lower priority
    assert p.nice() == 10


def test_ionice(p):
    with contextlib.suppress(psutil.AccessDenied):
        p.ionice(psutil.IOPRIO_CLASS_RT, value=7)
        assert repr(p.ionice()) == (
            "pionice(ioclass=<ProcessIOPriority.IOPRIO_CLASS_RT: 1>, value=7)"
        )
        return
    p.ionice(psutil.IOPRIO_CLASS_BE, value=7)
    assert repr(p.ionice()) == "pionice(ioclass=<ProcessIOPriority.IOPRIO_CLASS_BE: 2>, value=7)"


def test_rlimit(p):
    p.rlimit(psutil.RLIMIT_NOFILE, (128, 128))  # max 128 file descriptors
    p.rlimit(psutil.RLIMIT_FSIZE, (1024, 1024))  # max file size 1024 bytes
    assert p.rlimit(psutil.RLIMIT_FSIZE) == (1024, 1024)


def test_io_counters():
    p = psutil.Process()
    assert form(p.io_counters()) == (
        "pio(read_count=N, write_count=N, read_bytes=N, write_bytes=N, read_chars=N, write_chars=N)"
    )


def test_numbers():
    p = psutil.Process()
    assert form(p.num_ctx_switches()) == "pctxsw(voluntary=N, involuntary=N)"
    with open(__file__):
        # The listing's own descriptor is one of them, here as there.
        assert p.num_fds() == len(os.listdir("/proc/self/fd"))
    import threading

    assert p.num_threads() >= threading.active_count()
    assert threading.main_thread().native_id in [thread.id for thread in p.threads()]
    assert form(p.threads()[0]) == "pthread(id=N, user_time=N, system_time=N)"


def test_cpu_times():
    p = psutil.Process()
    assert form(p.cpu_times()) == (
        "pcputimes(user=N, system=N, children_user=N, children_system=N, iowait=N)"
    )
    assert sum(p.cpu_times()[:2]) > 0  # cumulative, excluding children and iowait


def test_cpu_percent():
    p = psutil.Process()
    # blocking
    assert isinstance(p.cpu_percent(interval=0.05), float)
    # non-blocking (percentage since last call)
    assert isinstance(p.cpu_percent(interval=None), float)
    assert psutil.Process().cpu_percent() == 0.0


def test_cpu_affinity(p):
    cpus = p.cpu_affinity()
    assert set(cpus) <= set(range(os.cpu_count()))
    p.cpu_affinity(cpus[:2])
    assert p.cpu_affinity() == cpus[:2]
    # reset affinity against all eligible CPUs
    p.cpu_affinity([])
    assert set(p.cpu_affinity()) >= set(cpus)


def test_cpu_num():
    assert 0 <= psutil.Process().cpu_num() <= os.cpu_count()


def test_memory_info():
    p = psutil.Process()
    assert form(p.memory_info()) == "pmem(rss=N, vms=N, shared=N, text=N, data=N)"


def test_memory_info_ex():
    mem = psutil.Process().memory_info_ex()
    assert form(mem) == (
        "pmem_ex(rss=N, vms=N, shared=N, text=N, data=N, peak_rss=N, peak_vms=N, rss_anon=N,"
        " rss_file=N, rss_shmem=N, swap=N, hugetlb=N)"
    )
    assert mem.peak_rss >= mem.rss_anon


def test_memory_footprint():
    assert form(psutil.Process().memory_footprint()) == "pfootprint(uss=N, pss=N, swap=N)"


def test_memory_full_info():
    p = psutil.Process()
    with pytest.warns(DeprecationWarning):
        assert form(p.memory_full_info()) == (
            "pfullmem(rss=N, vms=N, shared=N, text=N, data=N, uss=N, pss=N, swap=N)"
        )


def test_memory_percent():
    percent = psutil.Process().memory_percent(memtype="vms")
    assert isinstance(percent, float) and percent > 0


def test_memory_maps():
    maps = psutil.Process().memory_maps()
    assert form(maps[0]) == (
        "pmmap_grouped(path='', rss=N, size=N, pss=N, shared_clean=N, shared_dirty=N,"
        " private_clean=N, private_dirty=N, referenced=N, anonymous=N, swap=N)"
    )
    assert len({m.path for m in maps}) == len(maps)
    regions = psutil.Process().memory_maps(grouped=False)
    assert re.fullmatch(r"[0-9a-f]+-[0-9a-f]+", regions[0].addr)
    assert re.fullmatch(r"[r-][w-][x-][sp]", regions[0].perms)


def test_children(p):
    assert p in psutil.Process().children()
    assert p in psutil.Process().children(recursive=True)
    assert p.parent() == psutil.Process()
    assert p.parents()[0] == psutil.Process()


def test_page_faults():
    assert form(psutil.Process().page_faults()) == "ppagefaults(minor=N, major=N)"


def test_open_files(tmp_path):
    with open(tmp_path / "file.ext", "w") as f:
        p = psutil.Process()
        (found,) = [file for file in p.open_files() if file.path == f.name]
        assert found._asdict() == {
            "path": f.name, "fd": f.fileno(), "position": 0, "mode": "w",
            "flags": found.flags,
        }  # fmt: skip
        assert found.flags & (os.O_WRONLY | os.O_RDWR) == os.O_WRONLY


def test_net_connections():
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        conns = psutil.Process().net_connections()
        (conn,) = [conn for conn in conns if conn.fd == server.fileno()]
    assert repr(conn) == (
        f"pconn(fd={conn.fd}, family={socket.AF_INET!r}, type={socket.SOCK_STREAM!r},"
        f" laddr=addr(ip='127.0.0.1', port={port}), raddr=(),"
        " status=<ConnectionStatus.CONN_LISTEN: 'LISTEN'>)"
    )
    assert conn.status is psutil.CONN_LISTEN and conn.status == "LISTEN"
    with pytest.warns(DeprecationWarning):
        assert isinstance(psutil.Process().connections(), list)


def test_is_running(p):
    assert p.is_running()


def test_signals(p):
    p.suspend()
    wait_for(lambda: p.status() == psutil.STATUS_STOPPED)
    p.resume()
    p.terminate()
    assert repr(p.wait()) == "<NegSignal.SIGTERM: -15>"
    assert repr(p.wait()) == "<NegSignal.SIGTERM: -15>"


def test_popen():
    from subprocess import PIPE

    p = psutil.Popen([sys.executable, "-c", "print('hello')"], stdout=PIPE, text=True)
    assert p.name()
    assert p.username() == psutil.Process().username()
    assert p.communicate() == ("hello\n", None)
    assert p.wait(timeout=2) == 0


@pytest.mark.skipif(not hasattr(psutil, "heap_info"), reason="the C library is not glibc")
def test_heap():
    assert form(psutil.heap_info()) == "pheap(heap_used=N, mmap_used=N)"
    assert psutil.heap_trim() is None


def test_constants():
    assert psutil.STATUS_RUNNING is psutil.ProcessStatus.STATUS_RUNNING
    assert psutil.POSIX and psutil.LINUX and not psutil.WINDOWS
    assert psutil.PROCFS_PATH == "/proc"
    if psutil.version_info >= (4, 5):
        pass
    else:
        raise AssertionError(psutil.version_info)
