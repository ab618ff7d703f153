"""Answers `sweep` and `get NAME PID MILLIS` on standard input with nanoseconds per unit."""

import sys
import time

import psutil

ATTRS = [
    "pid", "name", "ppid", "username", "status", "cpu_times", "memory_info", "io_counters",
    "num_threads", "nice", "create_time", "cmdline",
]
RENAMED = {"memory_footprint": "memory_full_info"}


def sweep():
    start = time.perf_counter_ns()
    count = 0
    for process in psutil.process_iter(ATTRS):
        process.info
        count += 1
    return (time.perf_counter_ns() - start) / count


def getter(name, pid):
    process = psutil.Process(pid)
    special = {
        "pid": lambda: process.pid,
        "pids": psutil.pids,
        "pid_exists": lambda: psutil.pid_exists(pid),
        "Process::new": lambda: psutil.Process(pid),
        "rlimit": lambda: process.rlimit(psutil.RLIMIT_NOFILE),
        "as_dict": process.as_dict,
    }
    return special.get(name) or getattr(process, RENAMED.get(name, name), None)


def times(call, millis):
    start = time.perf_counter_ns()
    call()
    call()
    each = (time.perf_counter_ns() - start) / 2
    return max(1, int(millis * 1e6 / each))


def get(call, count):
    start = time.perf_counter_ns()
    for _ in range(count):
        call()
    return (time.perf_counter_ns() - start) / count


def main():
    print(psutil.__version__, sys.version.split()[0], flush=True)
    calls = {}
    for line in sys.stdin:
        words = line.split()
        if words == ["sweep"]:
            print(sweep(), flush=True)
            continue
        _, name, pid, millis = words
        if name not in calls:
            call = getter(name, int(pid))
            calls[name] = call and (call, times(call, float(millis)))
        print(get(*calls[name]) if calls[name] else "none", flush=True)


main()
