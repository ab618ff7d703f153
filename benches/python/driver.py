"""Times psutil and sysvitals, one turn at a time, as the benchmark asks.

`driver.py NAME=VALUE...` gets the processes to look at, then answers lines `LIBRARY<tab>ROW<tab>
MILLIS` with the nanoseconds of a call, or with `missing<tab>WHY`. `driver.py peak LIBRARY
[snapshot]` reads all processes once, and tells its own peak memory and descriptors.
"""

import gc
import importlib
import os
import signal
import sys
import time
import warnings
from itertools import repeat

from rows import ROWS, SWEEP, Prepared


class Scene:
    """The processes to look at; each library has its own object of each."""

    def __init__(self, lib, pids):
        self.lib = lib
        self.pids = pids
        self._known = {}

    def pid(self, name):
        return self.pids[name]

    def process(self, name="ordinary"):
        if name not in self._known:
            self._known[name] = self.lib.Process(self.pids[name])
        return self._known[name]


class Row:
    """A row of one library; how often a turn calls it is found out first."""

    def __init__(self, call, millis):
        self.call = call
        if isinstance(call, Prepared):
            self.times = call.times
            return
        call()
        start = time.perf_counter_ns()
        call()
        self.times = max(1, int(millis * 1e6 / (time.perf_counter_ns() - start)))

    def turn(self):
        # As timeit does: what the collector costs depends on all objects that there are.
        gc.collect()
        gc.disable()
        try:
            if isinstance(self.call, Prepared):
                return self.prepared()
            call = self.call
            start = time.perf_counter_ns()
            for _ in repeat(None, self.times):
                call()
            return (time.perf_counter_ns() - start) / self.times
        finally:
            gc.enable()

    def prepared(self):
        call = self.call.call
        things = [self.call.prepare() for _ in repeat(None, self.times)]
        try:
            start = time.perf_counter_ns()
            for thing in things:
                call(thing)
            return (time.perf_counter_ns() - start) / self.times
        finally:
            for thing in things:
                self.call.finish(thing)


def serve(pids):
    import psutil

    print(psutil.__version__, sys.version.split()[0], flush=True)
    scenes, rows = {}, {}
    for line in sys.stdin:
        library, name, millis = line.rstrip("\n").split("\t")
        try:
            if library not in scenes:
                scenes[library] = Scene(importlib.import_module(library), pids)
            if (library, name) not in rows:
                scene = scenes[library]
                rows[library, name] = Row(ROWS[name](scene.lib, scene), float(millis))
            print(rows[library, name].turn(), flush=True)
        except (KeyboardInterrupt, SystemExit):
            raise
        # A panic of the native module is no Exception.
        except BaseException as err:
            text = " ".join(f"{type(err).__name__}: {err}".split())
            print(f"missing\t{text}", flush=True)


def peak(library, function="process_iter"):
    lib = importlib.import_module(library)
    before = len(os.listdir("/proc/self/fd"))
    start = kilobytes()
    if function == "snapshot":
        count = len(lib.snapshot(SWEEP))
    else:
        count = sum(1 for _ in lib.process_iter(SWEEP))
    print(count, start, kilobytes(), before, len(os.listdir("/proc/self/fd")))


def kilobytes():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    if sys.argv[1] == "peak":
        peak(*sys.argv[2:])
    elif sys.argv[1] == "rows":
        print("\n".join(ROWS))
    else:
        serve({name: int(pid) for name, pid in (arg.split("=") for arg in sys.argv[1:])})


main()
