"""Calls spread over everything, on live, dead and forbidden processes, leave nothing behind.

SYSVITALS_LEAK_CALLS sets the number of calls; 1000000 is the full run.
"""

import os
import subprocess
import sys
import warnings

import pytest
from conftest import nobody_python

import sysvitals

CALLS = int(os.environ.get("SYSVITALS_LEAK_CALLS", "100000"))

#: A file that a child runs, so that it can run as nobody too.
PROGRAM = r"""
import gc, os, subprocess, sys, warnings
import sysvitals

warnings.simplefilter("ignore")
calls = int(sys.argv[1])
me = sysvitals.Process()
child = subprocess.Popen(["sleep", "600"])
live = sysvitals.Process(child.pid)
ended = subprocess.Popen(["sleep", "600"])
dead = sysvitals.Process(ended.pid)
ended.kill()
ended.wait()
corpse = subprocess.Popen(["true"])
os.waitid(os.P_PID, corpse.pid, os.WEXITED | os.WNOWAIT)
zombie = sysvitals.Process(corpse.pid)
other = sysvitals.Process(1)

GETTERS = sorted(sysvitals.Process.attrs - {"pid"}) + [
    "parent", "parents", "children", "is_running", "memory_full_info", "as_dict", "__str__",
]
ARGS = {
    "memory_maps": (False,), "net_connections": ("all",), "memory_percent": ("uss",),
    "cpu_percent": (0,), "children": (True,), "as_dict": (["name", "exe", "uids", "status"],),
}

def oneshot(proc):
    with proc.oneshot():
        proc.name(); proc.cpu_times(); proc.uids()

def bad(proc):
    for call in (lambda: sysvitals.Process(2**31), lambda: sysvitals.Process(-1),
                 lambda: proc.as_dict(["x"]), lambda: proc.net_connections("x"),
                 lambda: proc.nice("x"), lambda: proc.cpu_affinity([99999])):
        try: call()
        except (sysvitals.Error, ValueError, TypeError): pass

def table(proc):
    for p in sysvitals.process_iter(["name", "exe", "memory_info"]): p.name()

def fresh(proc):
    sysvitals.Process(proc.pid).name()
    sysvitals.pid_exists(proc.pid)

def look(proc):
    proc.wait(timeout=0)

def look_at_all(proc):
    sysvitals.wait_procs([me, live], timeout=0)

def setters(proc):
    proc.nice(proc.nice()); proc.ionice(2, 4); proc.rlimit(sysvitals.RLIMIT_NOFILE)
    proc.send_signal(0); proc.cpu_affinity(proc.cpu_affinity())

def machine(number):
    m = sysvitals
    calls = [
        m.cpu_times, lambda: m.cpu_times(True), m.cpu_percent, lambda: m.cpu_percent(percpu=True),
        m.cpu_times_percent, lambda: m.cpu_times_percent(percpu=True), m.cpu_count,
        lambda: m.cpu_count(False), m.cpu_stats, m.cpu_freq, lambda: m.cpu_freq(True),
        m.getloadavg, m.virtual_memory, m.swap_memory, m.disk_partitions,
        lambda: m.disk_partitions(True), lambda: m.disk_usage("/"), lambda: m.disk_usage(0),
        lambda: m.disk_usage("/nope"), lambda: m.disk_usage(99999), m.disk_io_counters,
        lambda: m.disk_io_counters(True), m.net_io_counters, lambda: m.net_io_counters(True, False),
        m.net_if_addrs, m.net_if_stats, m.sensors_temperatures, m.sensors_fans, m.sensors_battery,
        m.boot_time, m.users,
    ]
    if number % 20 == 0:
        calls += [
            m.net_connections, lambda: m.net_connections("all"),
            lambda: m.disk_usage_timeout("/", 60), lambda: m.disk_usage_timeout("/nope", 60),
            m.disk_io_counters.cache_clear, m.net_io_counters.cache_clear,
        ]
    for function in calls:
        call(function)
    # More roots than are remembered.
    m.PROCFS_PATH = f"/proc/{number % 40 + 1}"
    call(m.virtual_memory)
    m.PROCFS_PATH = "/proc"

CHEAP = [oneshot, bad, fresh, look_at_all, setters]
RARE = {"memory_maps", "memory_footprint", "memory_full_info", "parents", "children", "as_dict"}
targets = [me, live, dead, zombie, other]
done = 0

def call(function, *args):
    global done
    done += 1
    try:
        function(*args)
    except sysvitals.Error:
        pass
    except (OSError, NotImplementedError):
        pass

def turn(number):
    for proc in targets:
        for name in GETTERS:
            if name in RARE and number % 20:
                continue
            call(getattr(proc, name))
            if name in ARGS:
                call(getattr(proc, name), *ARGS[name])
        for function in CHEAP:
            call(function, proc)
    for proc in (me, live, other):
        call(look, proc)
    if number % 50 == 0:
        call(table, me)
    call(sysvitals.pids)
    call(sysvitals.heap_info)
    machine(number)
    if number % 100 == 0:
        c = sysvitals.Popen(["true"])
        call(c.wait)
        call(c.kill)

def measure():
    # How many processes it knows is the machine's affair.
    sysvitals.process_iter.cache_clear()
    gc.collect()
    sysvitals.heap_trim()
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    rss = int(status["VmRSS"].split()[0]) * 1024
    return rss, sysvitals.heap_info().heap_used, len(os.listdir("/proc/self/fd"))

number = 0
def run(until):
    global number
    while done < until:
        turn(number)
        number += 1

run(max(20_000, calls // 10))
start = measure()
first = done
run(first + calls)
end = measure()
child.kill(); child.wait()
print(done - first, *(b - a for a, b in zip(start, end)), *end)
"""


def check(capsys, command):
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=3600)
    assert done.returncode == 0, done.stderr
    calls, rss, heap, fds, *end = map(int, done.stdout.split())
    with capsys.disabled():
        print(f"\n{calls} calls: RSS {rss:+}, heap {heap:+}, descriptors {fds:+}; now {end}")
    assert calls >= CALLS
    # What is left over is noise of the allocators, far below one byte for each call.
    assert fds == 0
    assert heap <= 256 * 1024
    assert rss <= 3 * 1024 * 1024


def test_no_leak(capsys):
    check(capsys, [sys.executable, "-c", PROGRAM, str(CALLS)])


def test_no_leak_where_much_is_forbidden(capsys):
    check(capsys, nobody_python("-c", PROGRAM, str(CALLS)))


def test_failed_constructors_leave_no_descriptor(dead_pid):
    fds = len(os.listdir("/proc/self/fd"))
    for _ in range(1000):
        with pytest.raises(sysvitals.NoSuchProcess):
            sysvitals.Process(dead_pid)
    assert len(os.listdir("/proc/self/fd")) == fds


def test_processes_hold_no_descriptors():
    fds = len(os.listdir("/proc/self/fd"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept = list(sysvitals.process_iter(sysvitals.Process.attrs))
        more = [sysvitals.Process() for _ in range(500)]
    assert len(os.listdir("/proc/self/fd")) == fds
    del kept, more
