"""Many threads over one Process, one iterator, one oneshot; and the GIL is free during waits."""

import os
import signal
import sys
import threading
import time

import pytest
from conftest import run_python
from test_system import CALLS

import sysvitals

THREADS = 8
ROUNDS = 150


def hammer(*works):
    """Run each function in its threads; what any of them raises is raised here."""
    failures = []
    start = threading.Barrier(len(works))

    def run(work):
        start.wait()
        try:
            work()
        except BaseException as exc:  # noqa: BLE001
            failures.append(exc)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a thread hangs"
    if failures:
        raise failures[0]


@pytest.fixture(autouse=True)
def switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


GETTERS = sorted(sysvitals.Process.attrs - {"memory_maps", "memory_footprint", "pid"})


def test_one_process():
    proc = sysvitals.Process()
    name, created = proc.name(), proc.create_time()

    def work():
        for i in range(ROUNDS):
            getattr(proc, GETTERS[i % len(GETTERS)])()
            assert proc.pid == os.getpid()
            assert proc.name() == name and proc.create_time() == created
            assert proc.ppid() == os.getppid()
            assert proc.is_running()

    hammer(*[work] * THREADS)


def test_one_oneshot():
    proc = sysvitals.Process()
    name = proc.name()

    def within():
        for _ in range(ROUNDS):
            with proc.oneshot():
                times = proc.cpu_times()
                with proc.oneshot():
                    assert proc.cpu_times() == times
                assert proc.cpu_times() == times

    def beside():
        for _ in range(ROUNDS):
            assert proc.name() == name
            assert proc.cpu_times().user >= 0
            assert proc.num_fds() > 0

    def whole():
        for _ in range(ROUNDS // 3):
            assert proc.as_dict(["name", "pid"]) == {"name": name, "pid": proc.pid}
            assert name in str(proc)

    hammer(*[within] * 3, *[beside] * 3, *[whole] * 2)


def test_one_iterator():
    sysvitals.process_iter.cache_clear()
    source = sysvitals.process_iter(["name", "ppid", "status"])
    lock, seen = threading.Lock(), []

    def work():
        while True:
            with lock:
                proc = next(source, None)
            if proc is None:
                return
            assert isinstance(proc.name(), str)
            seen.append(proc.pid)

    hammer(*[work] * THREADS)
    assert os.getpid() in seen and len(seen) == len(set(seen))


def test_one_iterator_without_a_lock():
    # A generator refuses to be run by two threads at once, and takes no harm from it.
    source = sysvitals.process_iter(["name"])

    def work():
        while True:
            try:
                next(source).name()
            except StopIteration:
                return
            except ValueError as exc:
                assert "generator already executing" in str(exc)

    hammer(*[work] * THREADS)
    assert os.getpid() in [proc.pid for proc in sysvitals.process_iter()]


def test_many_iterators_over_one_table():
    pid = os.getpid()

    def work(attrs):
        def run():
            for _ in range(15):
                found = [proc for proc in sysvitals.process_iter(attrs) if proc.pid == pid]
                assert len(found) == 1
                # Another pass may drop or replace what this one has read, but calls go on working.
                assert isinstance(found[0].name(), str)
                assert isinstance(found[0].cpu_times().user, float)
                assert isinstance(found[0].memory_info_ex().rss, int)
                assert isinstance(found[0].memory_percent(), float)
                assert isinstance(found[0].username(), str)

        return run

    def clear():
        for _ in range(50):
            sysvitals.process_iter.cache_clear()

    names = ["name", "cpu_times", "uids", "memory_info"]
    hammer(work(None), work(names), work(["name"]), work(names), work(None), clear)


def test_prefetched_values_are_dropped_beside_readers():
    proc = sysvitals.Process()
    stop = threading.Event()

    def drop():
        for i in range(20_000):
            proc._prefetch = {"name": "x", "memory_percent": 1.0, "uids": None} if i % 2 else None
        stop.set()

    def read():
        while not stop.is_set():
            proc.name()
            proc.memory_percent()

    hammer(drop, read, read)


def test_lazy_names_are_made_once():
    out = run_python(
        "import sys, threading, sysvitals\n"
        "sys.setswitchinterval(1e-6)\n"
        "start, found = threading.Barrier(16), []\n"
        "def work():\n"
        "    start.wait()\n"
        "    found.append((sysvitals.NegSignal, sysvitals.Popen, sysvitals.ProcessStatus,\n"
        "        type(sysvitals.Process().memory_info()), sysvitals.AF_LINK))\n"
        "threads = [threading.Thread(target=work) for _ in range(16)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(found), len({tuple(map(id, names)) for names in found}))\n"
    )
    assert out == "16 1\n"


def test_processes_come_and_go(spawn):
    def work():
        for _ in range(10):
            child = sysvitals.Popen(["sleep", "60"])
            assert child.ppid() == os.getpid()
            child.kill()
            assert child.wait() == -signal.SIGKILL
            assert not child.is_running()

    def watch():
        for _ in range(10):
            for proc in sysvitals.process_iter(["name", "cmdline", "status"]):
                proc.as_dict(["name"])

    hammer(*[work] * 4, *[watch] * 2)


@pytest.mark.parametrize("how", ["wait", "wait with timeout", "wait_procs", "cpu_percent"])
def test_waits_leave_the_gil(how, spawn):
    proc = sysvitals.Process(spawn().pid)
    calls = {
        "wait": proc.wait,
        "wait with timeout": lambda: proc.wait(600),
        "wait_procs": lambda: sysvitals.wait_procs([proc]),
        "cpu_percent": lambda: sysvitals.Process().cpu_percent(0.5),
    }
    done = threading.Event()

    def run():
        calls[how]()
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    # If the GIL were held none of this would run before the other thread is done.
    for _ in range(20):
        time.sleep(0.001)
        assert sysvitals.Process().name()
        assert proc.is_running()
    assert not done.is_set()
    proc.kill()
    thread.join(60)
    assert done.is_set()


def test_waits_of_one_process_in_many_threads(spawn):
    proc = sysvitals.Process(spawn().pid)
    codes = []
    timer = threading.Timer(0.1, proc.kill)
    timer.start()
    hammer(*[lambda: codes.append(proc.wait())] * THREADS)
    timer.join()
    assert codes == [-9] * THREADS
    assert len({id(code) for code in codes}) == 1


def test_the_machine_from_many_threads_at_once():
    def work(calls):
        def run():
            for _ in range(3):
                for name in calls:
                    value = CALLS[name](sysvitals)
                    assert type(value) is kinds[name], name

        return run

    kinds = {name: type(call(sysvitals)) for name, call in CALLS.items()}
    names = sorted(CALLS)
    hammer(*[work(names[n:] + names[:n]) for n in range(0, len(names), 4)])


def test_caches_are_cleared_beside_readers():
    def read():
        for _ in range(ROUNDS):
            assert sysvitals.disk_io_counters(perdisk=True) is not None
            assert sysvitals.net_io_counters(pernic=True)["lo"].bytes_sent >= 0

    def clear():
        for _ in range(ROUNDS):
            sysvitals.disk_io_counters.cache_clear()
            sysvitals.net_io_counters.cache_clear()

    hammer(*[read] * 4, clear)


def test_declares_itself_safe_without_the_gil():
    if not hasattr(sys, "_is_gil_enabled"):
        pytest.skip("this Python has no build without the GIL to ask")
    before = run_python("import sys; print(sys._is_gil_enabled())")
    after = run_python("import sys, sysvitals; sysvitals.pids(); print(sys._is_gil_enabled())")
    assert before == after
