"""What is timed: by name, a function of the library and the scene that gives the call."""

import os
import signal
import subprocess
from functools import partial

# Twelve attributes, which a process list shows.
SWEEP = [
    "pid", "name", "ppid", "username", "status", "cpu_times", "memory_info", "io_counters",
    "num_threads", "nice", "create_time", "cmdline",
]  # fmt: skip

GETTERS = [
    "as_dict", "children", "cmdline", "connections", "cpu_affinity", "cpu_num", "cpu_percent",
    "cpu_times", "create_time", "cwd", "environ", "exe", "gids", "io_counters", "ionice",
    "is_running", "memory_full_info", "memory_info", "memory_info_ex", "memory_maps",
    "memory_percent", "name", "net_connections", "nice", "num_ctx_switches", "num_fds",
    "num_threads", "open_files", "page_faults", "parent", "parents", "ppid", "resume", "status",
    "terminal", "threads", "uids", "username",
]  # fmt: skip

FUNCTIONS = [
    "boot_time", "cpu_count", "cpu_freq", "cpu_percent", "cpu_stats", "cpu_times",
    "cpu_times_percent", "disk_io_counters", "disk_partitions", "getloadavg", "heap_info",
    "heap_trim", "net_connections", "net_if_addrs", "net_if_stats", "net_io_counters", "pids",
    "sensors_battery", "sensors_fans", "sensors_temperatures", "swap_memory", "users",
    "virtual_memory",
]  # fmt: skip


class Prepared:
    """A call on something that is made anew for each call, outside the time."""

    def __init__(self, prepare, call, finish=lambda thing: None, times=20):
        self.prepare, self.call, self.finish, self.times = prepare, call, finish, times


class Children:
    """Forked children, which end when told to, or when this process does."""

    def __init__(self, count):
        end, self._open = os.pipe()
        self.pids = [self._fork(end) for _ in range(count)]
        os.close(end)

    def _fork(self, end):
        if pid := os.fork():
            return pid
        os.close(self._open)
        os.read(end, 1)
        os._exit(0)

    def let_end(self):
        if self._open is not None:
            os.close(self._open)
            self._open = None

    def have_ended(self):
        """Ended, and not yet waited for."""
        self.let_end()
        for pid in self.pids:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def reap(self):
        self.let_end()
        for pid in self.pids:
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass


class Family:
    """Children of this process, as objects of the library."""

    def __init__(self, lib, count, ended=False):
        self.lib = lib
        self.children = Children(count)
        self.processes = [lib.Process(pid) for pid in self.children.pids]
        self.process = self.processes[0]
        if ended:
            self.children.have_ended()

    def reap(self):
        self.children.reap()

    def wait_procs(self):
        gone, alive = self.lib.wait_procs(self.processes, timeout=60)
        assert not alive, f"{len(alive)} have not ended"

    def end_and_wait_procs(self):
        self.children.let_end()
        self.wait_procs()


def one_child(lib, call, ended=False):
    return Prepared(lambda: Family(lib, 1, ended), call, Family.reap)


def family(lib, scene, call, ended):
    count = scene.pid("waited")
    return Prepared(lambda: Family(lib, count, ended), call, Family.reap, times=1)


def popen(lib):
    child = lib.Popen(["/bin/true"], stdin=subprocess.DEVNULL)
    child.wait()


def oneshot(process):
    with process.oneshot():
        pass


def stop_and_resume(process):
    process.suspend()
    process.resume()


def consume(iterator):
    for _ in iterator:
        pass


def sweep(lib):
    """Twelve attributes of every process, each of them looked at: 7.2's way, and 8.0's."""
    if int(lib.__version__.split(".")[0]) < 8:
        for process in lib.process_iter(SWEEP):
            info = process.info
            info["pid"], info["name"], info["ppid"], info["username"], info["status"]
            info["cpu_times"], info["memory_info"], info["io_counters"], info["num_threads"]
            info["nice"], info["create_time"], info["cmdline"]
    else:
        for p in lib.process_iter(SWEEP):
            p.pid, p.name(), p.ppid(), p.username(), p.status()
            p.cpu_times(), p.memory_info(), p.io_counters(), p.num_threads()
            p.nice(), p.create_time(), p.cmdline()


def with_info(lib):
    return next(iter(lib.process_iter(SWEEP)))


def footprint(process):
    """psutil 7.2 answers the same with another name."""
    return getattr(process, "memory_footprint", None) or process.memory_full_info


def getter(name):
    return lambda lib, s: getattr(s.process(), name)


def function(name):
    return lambda lib, s: getattr(lib, name)


ROWS = {
    # Process
    "Process()": lambda lib, s: partial(lib.Process, s.pid("ordinary")),
    **{f"Process.{name}()": getter(name) for name in GETTERS},
    "Process.pid": lambda lib, s: partial(getattr, s.process(), "pid"),
    "Process.info": lambda lib, s: partial(getattr, with_info(lib), "info"),
    "Process.__eq__()": lambda lib, s: partial(s.process().__eq__, lib.Process(s.pid("ordinary"))),
    "Process.__hash__()": lambda lib, s: s.process().__hash__,
    "Process.__str__()": lambda lib, s: s.process().__str__,
    "Process.oneshot()": lambda lib, s: partial(oneshot, s.process()),
    "Process.as_dict(12 attributes)": lambda lib, s: partial(s.process().as_dict, SWEEP),
    "Process.exe(), new Process": lambda lib, s: lambda: lib.Process(s.pid("ordinary")).exe(),
    "Process.create_time(), new Process": lambda lib, s: (
        lambda: lib.Process(s.pid("ordinary")).create_time()
    ),
    "Process.children(), of many": lambda lib, s: s.process("parent").children,
    "Process.children(recursive=True), of many": lambda lib, s: partial(
        s.process("parent").children, recursive=True
    ),
    "Process.memory_footprint()": lambda lib, s: footprint(s.process()),
    "Process.memory_maps(grouped=False)": lambda lib, s: partial(
        s.process().memory_maps, grouped=False
    ),
    "Process.memory_maps(), of many": lambda lib, s: s.process("mapped").memory_maps,
    "Process.memory_maps(grouped=False), of many": lambda lib, s: partial(
        s.process("mapped").memory_maps, grouped=False
    ),
    "Process.memory_percent('uss')": lambda lib, s: partial(s.process().memory_percent, "uss"),
    "Process.net_connections('all')": lambda lib, s: partial(s.process().net_connections, "all"),
    "Process.net_connections('all'), of many": lambda lib, s: partial(
        s.process("owner").net_connections, "all"
    ),
    "Process.rlimit()": lambda lib, s: partial(s.process().rlimit, lib.RLIMIT_NOFILE),
    # Setters, to what is set already.
    "Process.nice(value)": lambda lib, s: partial(s.process().nice, s.process().nice()),
    "Process.ionice(value)": lambda lib, s: partial(s.process().ionice, lib.IOPRIO_CLASS_BE, 4),
    "Process.rlimit(limits)": lambda lib, s: partial(
        s.process().rlimit, lib.RLIMIT_NOFILE, s.process().rlimit(lib.RLIMIT_NOFILE)
    ),
    "Process.cpu_affinity(cpus)": lambda lib, s: partial(
        s.process().cpu_affinity, s.process().cpu_affinity()
    ),
    # Signals and waits.
    "Process.send_signal()": lambda lib, s: partial(s.process().send_signal, signal.SIGCONT),
    "Process.suspend() + resume()": lambda lib, s: partial(stop_and_resume, s.process()),
    "Process.terminate()": lambda lib, s: one_child(lib, lambda f: f.process.terminate()),
    "Process.kill()": lambda lib, s: one_child(lib, lambda f: f.process.kill()),
    "Process.wait()": lambda lib, s: one_child(lib, lambda f: f.process.wait(), ended=True),
    "wait_procs()": lambda lib, s: family(lib, s, Family.wait_procs, ended=True),
    "wait_procs(), ending meanwhile": lambda lib, s: family(
        lib, s, Family.end_and_wait_procs, ended=False
    ),
    "Popen()": lambda lib, s: partial(popen, lib),
    # Processes
    "pid_exists()": lambda lib, s: partial(lib.pid_exists, s.pid("ordinary")),
    "process_iter()": lambda lib, s: lambda: consume(lib.process_iter()),
    "process_iter(12 attributes)": lambda lib, s: partial(sweep, lib),
    "process_iter(['net_connections'])": lambda lib, s: (
        lambda: consume(lib.process_iter(["net_connections"]))
    ),
    "snapshot(12 attributes)": lambda lib, s: partial(lib.snapshot, SWEEP),
    # The system
    **{f"{name}()": function(name) for name in FUNCTIONS},
    "bytes2human()": lambda lib, s: partial(
        getattr(lib, "bytes2human", None) or lib._common.bytes2human, 123456789
    ),
    "cpu_count(logical=False)": lambda lib, s: partial(lib.cpu_count, logical=False),
    "cpu_freq(percpu=True)": lambda lib, s: partial(lib.cpu_freq, percpu=True),
    "cpu_percent(percpu=True)": lambda lib, s: partial(lib.cpu_percent, percpu=True),
    "cpu_times(percpu=True)": lambda lib, s: partial(lib.cpu_times, percpu=True),
    "cpu_times_percent(percpu=True)": lambda lib, s: partial(lib.cpu_times_percent, percpu=True),
    "disk_io_counters(perdisk=True)": lambda lib, s: partial(lib.disk_io_counters, perdisk=True),
    "disk_partitions(all=True)": lambda lib, s: partial(lib.disk_partitions, all=True),
    "disk_usage()": lambda lib, s: partial(lib.disk_usage, "/"),
    "net_io_counters(pernic=True)": lambda lib, s: partial(lib.net_io_counters, pernic=True),
    "net_connections('all')": lambda lib, s: partial(lib.net_connections, "all"),
    "net_connections('tcp')": lambda lib, s: partial(lib.net_connections, "tcp"),
    "net_connections('udp')": lambda lib, s: partial(lib.net_connections, "udp"),
    "net_connections('unix')": lambda lib, s: partial(lib.net_connections, "unix"),
}
