"""Process and system monitoring: psutil 8.0's API, in Rust. This version has all of it on Linux."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from os import PathLike
from typing import Any, Final, Literal, Protocol, SupportsIndex, TypeVar, overload

from typing_extensions import TypeAlias, deprecated

from ._enums import (
    BatteryTime,
    ConnectionStatus,
    NicDuplex,
    ProcessIOPriority,
    ProcessRlimit,
    ProcessStatus,
)
from ._exceptions import AccessDenied, Error, NoSuchProcess, TimeoutExpired, ZombieProcess
from ._native import Snapshot
from ._ntuples import (
    pconn,
    pcputimes,
    pctxsw,
    pfootprint,
    pfullmem,
    pgids,
    pheap,
    pio,
    pionice,
    pmem,
    pmem_ex,
    pmmap_ext,
    pmmap_grouped,
    popenfile,
    ppagefaults,
    pthread,
    puids,
    sbattery,
    sconn,
    scpufreq,
    scpustats,
    scputimes,
    sdiskio,
    sdiskpart,
    sdiskusage,
    sfan,
    shwtemp,
    snetio,
    snicaddr,
    snicstats,
    sswap,
    suser,
    svmem,
)
from ._popen import Popen

__all__ = [
    "Error",
    "NoSuchProcess",
    "ZombieProcess",
    "AccessDenied",
    "TimeoutExpired",
    "version_info",
    "__version__",
    "__sysvitals_version__",
    "POSIX",
    "LINUX",
    "WINDOWS",
    "MACOS",
    "OSX",
    "FREEBSD",
    "OPENBSD",
    "NETBSD",
    "BSD",
    "SUNOS",
    "AIX",
    "PROCFS_PATH",
    "AF_LINK",
    "ProcessStatus",
    "ConnectionStatus",
    "ProcessIOPriority",
    "ProcessRlimit",
    "NicDuplex",
    "BatteryTime",
    "Process",
    "Popen",
    "pid_exists",
    "pids",
    "process_iter",
    "Snapshot",
    "snapshot",
    "wait_procs",
    "bytes2human",
    "cpu_times",
    "cpu_percent",
    "cpu_times_percent",
    "cpu_count",
    "cpu_stats",
    "cpu_freq",
    "getloadavg",
    "virtual_memory",
    "swap_memory",
    "disk_partitions",
    "disk_usage",
    "disk_usage_timeout",
    "disk_io_counters",
    "net_connections",
    "net_io_counters",
    "net_if_addrs",
    "net_if_stats",
    "sensors_temperatures",
    "sensors_fans",
    "sensors_battery",
    "boot_time",
    "users",
    "install_as_psutil",
    "STATUS_RUNNING",
    "STATUS_SLEEPING",
    "STATUS_DISK_SLEEP",
    "STATUS_STOPPED",
    "STATUS_TRACING_STOP",
    "STATUS_ZOMBIE",
    "STATUS_DEAD",
    "STATUS_WAKE_KILL",
    "STATUS_WAKING",
    "STATUS_IDLE",
    "STATUS_LOCKED",
    "STATUS_WAITING",
    "STATUS_SUSPENDED",
    "STATUS_PARKED",
    "CONN_ESTABLISHED",
    "CONN_SYN_SENT",
    "CONN_SYN_RECV",
    "CONN_FIN_WAIT1",
    "CONN_FIN_WAIT2",
    "CONN_TIME_WAIT",
    "CONN_CLOSE",
    "CONN_CLOSE_WAIT",
    "CONN_LAST_ACK",
    "CONN_LISTEN",
    "CONN_CLOSING",
    "CONN_NONE",
    "IOPRIO_CLASS_NONE",
    "IOPRIO_CLASS_RT",
    "IOPRIO_CLASS_BE",
    "IOPRIO_CLASS_IDLE",
    "RLIMIT_AS",
    "RLIMIT_CORE",
    "RLIMIT_CPU",
    "RLIMIT_DATA",
    "RLIMIT_FSIZE",
    "RLIMIT_LOCKS",
    "RLIMIT_MEMLOCK",
    "RLIMIT_MSGQUEUE",
    "RLIMIT_NICE",
    "RLIMIT_NOFILE",
    "RLIMIT_NPROC",
    "RLIMIT_RSS",
    "RLIMIT_RTPRIO",
    "RLIMIT_RTTIME",
    "RLIMIT_SIGPENDING",
    "RLIMIT_STACK",
    "RLIM_INFINITY",
    "NIC_DUPLEX_FULL",
    "NIC_DUPLEX_HALF",
    "NIC_DUPLEX_UNKNOWN",
    "POWER_TIME_UNKNOWN",
    "POWER_TIME_UNLIMITED",
    "heap_info",
    "heap_trim",
]

__version__: str
"""psutil's API level."""
version_info: tuple[int, int, int]
"""psutil's API level, as numbers."""
__sysvitals_version__: str
"""This package's own version."""

POSIX: Final = True
LINUX: Final = True
WINDOWS: Final = False
MACOS: Final = False
OSX: Final = False
FREEBSD: Final = False
OPENBSD: Final = False
NETBSD: Final = False
BSD: Final = False
SUNOS: Final = False
AIX: Final = False

PROCFS_PATH: str
"""The process file system; assign to it to read another. A `Process` keeps its first."""

AF_LINK: Final[int]
"""The family of hardware addresses: an enum member, but not of `socket`'s, which it equals."""

STATUS_RUNNING: Final = ProcessStatus.STATUS_RUNNING
STATUS_SLEEPING: Final = ProcessStatus.STATUS_SLEEPING
STATUS_DISK_SLEEP: Final = ProcessStatus.STATUS_DISK_SLEEP
STATUS_STOPPED: Final = ProcessStatus.STATUS_STOPPED
STATUS_TRACING_STOP: Final = ProcessStatus.STATUS_TRACING_STOP
STATUS_ZOMBIE: Final = ProcessStatus.STATUS_ZOMBIE
STATUS_DEAD: Final = ProcessStatus.STATUS_DEAD
STATUS_WAKE_KILL: Final = ProcessStatus.STATUS_WAKE_KILL
STATUS_WAKING: Final = ProcessStatus.STATUS_WAKING
STATUS_IDLE: Final = ProcessStatus.STATUS_IDLE
STATUS_LOCKED: Final = ProcessStatus.STATUS_LOCKED
STATUS_WAITING: Final = ProcessStatus.STATUS_WAITING
STATUS_SUSPENDED: Final = ProcessStatus.STATUS_SUSPENDED
STATUS_PARKED: Final = ProcessStatus.STATUS_PARKED

CONN_ESTABLISHED: Final = ConnectionStatus.CONN_ESTABLISHED
CONN_SYN_SENT: Final = ConnectionStatus.CONN_SYN_SENT
CONN_SYN_RECV: Final = ConnectionStatus.CONN_SYN_RECV
CONN_FIN_WAIT1: Final = ConnectionStatus.CONN_FIN_WAIT1
CONN_FIN_WAIT2: Final = ConnectionStatus.CONN_FIN_WAIT2
CONN_TIME_WAIT: Final = ConnectionStatus.CONN_TIME_WAIT
CONN_CLOSE: Final = ConnectionStatus.CONN_CLOSE
CONN_CLOSE_WAIT: Final = ConnectionStatus.CONN_CLOSE_WAIT
CONN_LAST_ACK: Final = ConnectionStatus.CONN_LAST_ACK
CONN_LISTEN: Final = ConnectionStatus.CONN_LISTEN
CONN_CLOSING: Final = ConnectionStatus.CONN_CLOSING
CONN_NONE: Final = ConnectionStatus.CONN_NONE

IOPRIO_CLASS_NONE: Final = ProcessIOPriority.IOPRIO_CLASS_NONE
IOPRIO_CLASS_RT: Final = ProcessIOPriority.IOPRIO_CLASS_RT
IOPRIO_CLASS_BE: Final = ProcessIOPriority.IOPRIO_CLASS_BE
IOPRIO_CLASS_IDLE: Final = ProcessIOPriority.IOPRIO_CLASS_IDLE

RLIMIT_AS: Final = ProcessRlimit.RLIMIT_AS
RLIMIT_CORE: Final = ProcessRlimit.RLIMIT_CORE
RLIMIT_CPU: Final = ProcessRlimit.RLIMIT_CPU
RLIMIT_DATA: Final = ProcessRlimit.RLIMIT_DATA
RLIMIT_FSIZE: Final = ProcessRlimit.RLIMIT_FSIZE
RLIMIT_LOCKS: Final = ProcessRlimit.RLIMIT_LOCKS
RLIMIT_MEMLOCK: Final = ProcessRlimit.RLIMIT_MEMLOCK
RLIMIT_MSGQUEUE: Final = ProcessRlimit.RLIMIT_MSGQUEUE
RLIMIT_NICE: Final = ProcessRlimit.RLIMIT_NICE
RLIMIT_NOFILE: Final = ProcessRlimit.RLIMIT_NOFILE
RLIMIT_NPROC: Final = ProcessRlimit.RLIMIT_NPROC
RLIMIT_RSS: Final = ProcessRlimit.RLIMIT_RSS
RLIMIT_RTPRIO: Final = ProcessRlimit.RLIMIT_RTPRIO
RLIMIT_RTTIME: Final = ProcessRlimit.RLIMIT_RTTIME
RLIMIT_SIGPENDING: Final = ProcessRlimit.RLIMIT_SIGPENDING
RLIMIT_STACK: Final = ProcessRlimit.RLIMIT_STACK
RLIM_INFINITY: Final = ProcessRlimit.RLIM_INFINITY

NIC_DUPLEX_FULL: Final = NicDuplex.NIC_DUPLEX_FULL
NIC_DUPLEX_HALF: Final = NicDuplex.NIC_DUPLEX_HALF
NIC_DUPLEX_UNKNOWN: Final = NicDuplex.NIC_DUPLEX_UNKNOWN

POWER_TIME_UNKNOWN: Final = BatteryTime.POWER_TIME_UNKNOWN
POWER_TIME_UNLIMITED: Final = BatteryTime.POWER_TIME_UNLIMITED

_P = TypeVar("_P", bound=Process)
_Attrs: TypeAlias = list[str] | tuple[str, ...] | set[str] | frozenset[str]
_Path: TypeAlias = str | bytes | PathLike[str] | PathLike[bytes]
_ConnectionKind: TypeAlias = Literal[
    "all", "tcp", "tcp4", "udp", "udp4", "inet", "inet4", "inet6", "tcp6", "udp6", "unix"
]
_MemType: TypeAlias = Literal[
    "rss", "vms", "shared", "text", "data", "peak_rss", "peak_vms", "rss_anon", "rss_file",
    "rss_shmem", "swap", "hugetlb", "uss", "pss",
]  # fmt: skip

class Process:
    """A process, by its PID and the time at which it began.

    `Process()` is the calling process. Every method may raise `NoSuchProcess` (`ZombieProcess`
    among it) and `AccessDenied`.
    """

    attrs: frozenset[str]
    """The names that `as_dict()` and `process_iter()` take."""
    returncode: int | Any
    """What `wait_procs()` has set: the return value of `wait()`, or None."""
    def __init__(self, pid: int | None = None) -> None:
        """`NoSuchProcess` if there is none with this PID, `ValueError` if it is negative."""

    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    @property
    def pid(self) -> int:
        """The PID."""

    @property
    @deprecated("Process.info is deprecated; use method calls instead")
    def info(self) -> dict[str, Any]:
        """What `process_iter(attrs)` has read. Deprecated."""

    def oneshot(self) -> AbstractContextManager[None]:
        """Context manager within which each kernel file is read at most once."""

    def as_dict(self, attrs: _Attrs | None = None, ad_value: Any = None) -> dict[str, Any]:
        """Several attributes as a dict, with the fewest kernel files that hold them.

        `ad_value` stands in for what is denied, or not to be had of a zombie. `attrs` holds names
        of `Process.attrs` (`ValueError` for others); all if it is None or empty.
        """

    def name(self) -> str:
        """The process name.

        `/proc/[pid]/stat`, and where it fills its 15 bytes `/proc/[pid]/cmdline`. Anybody.
        """

    def exe(self) -> str:
        """The executable's absolute path, `''` if there is none. Cached.

        `/proc/[pid]/exe`. The process's user.
        """

    def cmdline(self) -> list[str]:
        """The command line, empty for a kernel thread.

        `/proc/[pid]/cmdline`. Anybody; `ZombieProcess`.
        """

    def environ(self) -> dict[str, str]:
        """The environment that the process began with.

        `/proc/[pid]/environ`. The process's user; `ZombieProcess`.
        """

    def create_time(self) -> float:
        """When the process began, seconds since the epoch. Cached.

        `/proc/[pid]/stat`, `/proc/stat`. Anybody.
        """

    def ppid(self) -> int:
        """The parent's PID, 0 if there is none. `/proc/[pid]/stat`. Anybody."""

    def status(self) -> ProcessStatus | str:
        """What the process is doing; `'?'` for a letter without a name.

        `/proc/[pid]/stat`. Anybody.
        """

    def cwd(self) -> str:
        """The working directory's absolute path, `''` if there is none.

        `/proc/[pid]/cwd`. The process's user; `ZombieProcess`.
        """

    def username(self) -> str:
        """The name of the real user, or its number if it has none.

        `/proc/[pid]/status`, the password database. Anybody.
        """

    def uids(self) -> puids:
        """Real, effective and saved user IDs. `/proc/[pid]/status`. Anybody."""

    def gids(self) -> pgids:
        """Real, effective and saved group IDs. `/proc/[pid]/status`. Anybody."""

    def terminal(self) -> str | None:
        """The controlling terminal's device, None if there is none.

        `/proc/[pid]/stat`, `/dev`. Anybody.
        """

    def io_counters(self) -> pio:
        """Reads and writes since the process began: calls and bytes.

        `/proc/[pid]/io`. The process's user.
        """

    def num_ctx_switches(self) -> pctxsw:
        """Context switches since the process began. `/proc/[pid]/status`. Anybody."""

    def num_fds(self) -> int:
        """How many descriptors are open. `/proc/[pid]/fd`. The process's user."""

    def num_threads(self) -> int:
        """How many threads there are. `/proc/[pid]/status`. Anybody."""

    def threads(self) -> list[pthread]:
        """The threads and their CPU times, seconds. `/proc/[pid]/task/[tid]/stat`. Anybody."""

    def cpu_times(self) -> pcputimes:
        """CPU time since the process began, seconds. `/proc/[pid]/stat`. Anybody."""

    def cpu_num(self) -> int:
        """The CPU that the process last ran on. `/proc/[pid]/stat`. Anybody."""

    def memory_info(self) -> pmem:
        """Memory, bytes. `/proc/[pid]/statm`. Anybody."""

    def memory_info_ex(self) -> pmem_ex:
        """`memory_info()` with peaks, kinds and swap, bytes. `/proc/[pid]/status`. Anybody."""

    def memory_footprint(self) -> pfootprint:
        """What the process costs, bytes.

        `/proc/[pid]/smaps_rollup`, `/proc/[pid]/smaps` before Linux 4.14. The process's user.
        Slower than `memory_info()`: the kernel walks the page tables.
        """

    def page_faults(self) -> ppagefaults:
        """Page faults since the process began. `/proc/[pid]/stat`. Anybody."""

    def open_files(self) -> list[popenfile]:
        """The regular files that are open.

        `/proc/[pid]/fd`, `/proc/[pid]/fdinfo`. The process's user.
        """

    def memory_percent(self, memtype: _MemType = "rss") -> float:
        """A memory figure in percent of the machine's memory.

        `memtype` is a field of `memory_info()`, `memory_info_ex()` or `memory_footprint()`, which
        says who may read it; `ValueError` for another.
        """

    @overload
    def memory_maps(self, grouped: Literal[True] = True) -> list[pmmap_grouped]:
        """The mappings, bytes: summed by path, or one by one.

        `/proc/[pid]/smaps`. The process's user; `ZombieProcess`.
        """

    @overload
    def memory_maps(self, grouped: Literal[False]) -> list[pmmap_ext]: ...
    @overload
    def memory_maps(self, grouped: bool) -> list[pmmap_grouped] | list[pmmap_ext]: ...
    @deprecated("memory_full_info() is deprecated; use memory_footprint() instead")
    def memory_full_info(self) -> pfullmem:
        """`memory_info()` and `memory_footprint()` in one, bytes. Deprecated."""

    def net_connections(self, kind: _ConnectionKind = "inet") -> list[pconn]:
        """The sockets that the process holds, in its own network namespace.

        `/proc/[pid]/fd`, `/proc/[pid]/net/{tcp,tcp6,udp,udp6,unix}`. The process's user;
        `ValueError` for another `kind`.
        """

    @deprecated("connections() is deprecated; use net_connections() instead")
    def connections(self, kind: _ConnectionKind = "inet") -> list[pconn]:
        """`net_connections()`. Deprecated."""

    def cpu_percent(self, interval: float | None = None) -> float:
        """CPU use in percent of one CPU, over `interval` seconds or since the last call.

        `/proc/[pid]/stat`. Anybody. The first call without an interval is 0.0; `ValueError` if it
        is negative.
        """

    @overload
    def nice(self, value: None = None) -> int:
        """Get or set the nice value, -20 (first) to 19 (last).

        `getpriority(2)`, `setpriority(2)`. Anybody may get; the process's user may raise it, and
        lower it with `CAP_SYS_NICE`.
        """

    @overload
    def nice(self, value: SupportsIndex) -> None: ...
    @overload
    def ionice(self, ioclass: None = None, value: None = None) -> pionice:
        """Get or set the I/O class, an `IOPRIO_CLASS_*`, and its level, 0 (first) to 7.

        `ioprio_get(2)`, `ioprio_set(2)`. Anybody may get; the process's user may set, the real-time
        class with `CAP_SYS_ADMIN` or `CAP_SYS_NICE`. `ValueError` for another class or level.
        """

    @overload
    def ionice(self, ioclass: int, value: int | None = None) -> None: ...
    @overload
    def rlimit(self, resource: SupportsIndex, limits: None = None) -> tuple[int, int]:
        """Get or set the soft and hard limit of a resource, a `RLIMIT_*`; -1 is none.

        `prlimit(2)`. The process's user, who may lower a hard limit but raise it with
        `CAP_SYS_RESOURCE` only. `ValueError` for another resource.
        """

    @overload
    def rlimit(
        self, resource: SupportsIndex, limits: tuple[SupportsIndex, SupportsIndex]
    ) -> None: ...
    @overload
    def cpu_affinity(self, cpus: None = None) -> list[int]:
        """Get or set the CPUs that the process may run on; an empty list sets all of them.

        `sched_getaffinity(2)`, `sched_setaffinity(2)`. Anybody may get, the process's user set;
        `ValueError` for a CPU that is not there.
        """

    @overload
    def cpu_affinity(self, cpus: Iterable[SupportsIndex]) -> None: ...
    def parent(self) -> Process | None:
        """The parent, None if there is none."""

    def parents(self) -> list[Process]:
        """The parent, its parent and so on."""

    def children(self, recursive: bool = False) -> list[Process]:
        """The children; with `recursive` all descendants. `/proc/[pid]/stat` of every process."""

    def is_running(self) -> bool:
        """Whether the process exists, and its PID was not reused; true for a zombie."""

    def send_signal(self, sig: int) -> None:
        """Send a signal, to this process and no other that got its PID.

        `pidfd_send_signal(2)`, `kill(2)` before Linux 5.3. The process's user, or `CAP_KILL`.
        """

    def suspend(self) -> None:
        """Stop the process with SIGSTOP."""

    def resume(self) -> None:
        """Let the process go on with SIGCONT."""

    def terminate(self) -> None:
        """Ask the process to end with SIGTERM."""

    def kill(self) -> None:
        """End the process with SIGKILL."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the process to end; `TimeoutExpired` if it has not after `timeout` seconds.

        Returns the exit code of a child, the negative signal that ended it, or None for a process
        that is no child of ours. `pidfd_open(2)`, `poll(2)`, `waitid(2)`. Anybody.
        """

def pids() -> list[int]:
    """The sorted PIDs of the running processes (`/proc`)."""

def pid_exists(pid: int) -> bool:
    """Whether a process has this PID; false for the ID of a mere thread."""

class _ProcessIter(Protocol):
    def __call__(self, attrs: _Attrs | None = None, ad_value: Any = None) -> Iterator[Process]:
        """Iterate over the running processes, by PID, each with one `Process` from call to call.

        With `attrs` these are read at once, and calls without arguments return what was read:
        `ad_value` for what is denied.
        """

    def cache_clear(self) -> None:
        """Forget the processes that `process_iter` has seen."""

process_iter: _ProcessIter

def snapshot(attrs: _Attrs | None = None, *, reasons: bool = False) -> Snapshot:
    """The running processes as a table, by PID: a column for each attribute, all if none is given.

    The result has `__arrow_c_stream__`, so `polars.DataFrame`, `pyarrow.table`,
    `pandas.DataFrame.from_arrow` and duckdb take it as it is, without a copy. Iterating gives its
    rows as dicts, with the values of `Process.as_dict`; `snapshot["name"]` is a column as a list.

    What is denied, not to be had of a zombie, or gone because the process ended while its row was
    read is None; with `reasons` a column `exe_reason` and so on says why: AccessDenied,
    ZombieProcess, NoSuchProcess, Unsupported, Parse or Os. Text is a `str` with surrogates for
    bytes that are not UTF-8; in Arrow these bytes are replaced by U+FFFD.
    """

def wait_procs(
    procs: Iterable[_P],
    timeout: float | None = None,
    callback: Callable[[_P], object] | None = None,
) -> tuple[list[_P], list[_P]]:
    """Wait for several processes; returns those that ended and those that have not.

    `callback(proc)` is called for each that ends, whose `returncode` is then set.
    """

@overload
def cpu_times(percpu: Literal[False] = False) -> scputimes:
    """CPU time of the machine since boot, seconds (`/proc/stat`); with `percpu` a list by CPU."""

@overload
def cpu_times(percpu: Literal[True]) -> list[scputimes]: ...
@overload
def cpu_times(percpu: bool) -> scputimes | list[scputimes]: ...
@overload
def cpu_percent(interval: float | None = None, percpu: Literal[False] = False) -> float:
    """How busy the machine is, percent, one decimal (`/proc/stat`); with `percpu` a list by CPU.

    Over `interval` seconds, or since the last call of this thread. The first is since the import
    in the thread that imported, and about 0.0 in others.
    """

@overload
def cpu_percent(interval: float | None = None, *, percpu: Literal[True]) -> list[float]: ...
@overload
def cpu_percent(interval: float | None, percpu: Literal[True]) -> list[float]: ...
@overload
def cpu_percent(interval: float | None = None, percpu: bool = False) -> float | list[float]: ...
@overload
def cpu_times_percent(interval: float | None = None, percpu: Literal[False] = False) -> scputimes:
    """What the machine's time went to, percent (`/proc/stat`); with `percpu` a list by CPU.

    The interval is as in `cpu_percent()`.
    """

@overload
def cpu_times_percent(
    interval: float | None = None, *, percpu: Literal[True]
) -> list[scputimes]: ...
@overload
def cpu_times_percent(interval: float | None, percpu: Literal[True]) -> list[scputimes]: ...
@overload
def cpu_times_percent(
    interval: float | None = None, percpu: bool = False
) -> scputimes | list[scputimes]: ...
def cpu_count(logical: bool = True) -> int | None:
    """The number of CPUs that are online, or of physical cores; None if it cannot be told."""

def cpu_stats() -> scpustats:
    """Context switches and interrupts since boot (`/proc/stat`)."""

@overload
def cpu_freq(percpu: Literal[False] = False) -> scpufreq | None:
    """The mean frequency of the CPUs, MHz; with `percpu` a list by CPU.

    `/sys/devices/system/cpu/cpufreq`, `/proc/cpuinfo`. None if the kernel does not tell.
    """

@overload
def cpu_freq(percpu: Literal[True]) -> list[scpufreq]: ...
@overload
def cpu_freq(percpu: bool) -> scpufreq | list[scpufreq] | None: ...
def getloadavg() -> tuple[float, float, float]:
    """How many processes run or wait to, on average over 1, 5 and 15 minutes (`getloadavg(3)`)."""

def virtual_memory() -> svmem:
    """Memory of the machine, bytes (`/proc/meminfo`).

    What the kernel does not tell is 0, and a `RuntimeWarning` says so.
    """

def swap_memory() -> sswap:
    """Swap of the machine, bytes (`/proc/meminfo`, `/proc/vmstat`).

    What the kernel does not tell is 0, and a `RuntimeWarning` says so.
    """

def disk_partitions(all: bool = False) -> list[sdiskpart]:
    """What is mounted (`/proc/self/mounts`); with `all` also what has no device."""

def disk_usage(path: _Path | SupportsIndex) -> sdiskusage:
    """Space of the file system that holds a path, or an open descriptor, bytes (`statvfs(3)`)."""

def disk_usage_timeout(path: _Path, timeout: float) -> sdiskusage:
    """`disk_usage()` that gives up: `TimeoutExpired` if there is no answer after so many seconds.

    A thread asks, and stays behind on a dead mount until the kernel answers it. Not in psutil.
    """

class _DiskIoCounters(Protocol):
    @overload
    def __call__(self, perdisk: Literal[False] = False, nowrap: bool = True) -> sdiskio | None:
        """What the disks did since boot (`/proc/diskstats`), None without any.

        With `perdisk` a dict by disk and partition. With `nowrap` counters that overflow go on
        from where they were.
        """

    @overload
    def __call__(self, perdisk: Literal[True], nowrap: bool = True) -> dict[str, sdiskio]: ...
    @overload
    def __call__(
        self, perdisk: bool, nowrap: bool = True
    ) -> sdiskio | dict[str, sdiskio] | None: ...
    def cache_clear(self) -> None:
        """Forget what `nowrap` knows of disks."""

disk_io_counters: _DiskIoCounters

def net_connections(kind: _ConnectionKind = "inet") -> list[sconn]:
    """The sockets of the machine and who holds them (`/proc/net`, `/proc/[pid]/fd`).

    Whose sockets we may not see have no `pid`.
    """

class _NetIoCounters(Protocol):
    @overload
    def __call__(self, pernic: Literal[False] = False, nowrap: bool = True) -> snetio | None:
        """What went over the network (`/proc/net/dev`), None without interfaces.

        With `pernic` a dict by interface. With `nowrap` counters that overflow go on from where
        they were.
        """

    @overload
    def __call__(self, pernic: Literal[True], nowrap: bool = True) -> dict[str, snetio]: ...
    @overload
    def __call__(self, pernic: bool, nowrap: bool = True) -> snetio | dict[str, snetio] | None: ...
    def cache_clear(self) -> None:
        """Forget what `nowrap` knows of network interfaces."""

net_io_counters: _NetIoCounters

def net_if_addrs() -> dict[str, list[snicaddr]]:
    """The addresses of each network interface, by family (rtnetlink)."""

def net_if_stats() -> dict[str, snicstats]:
    """The state of each network interface (rtnetlink, ethtool)."""

def sensors_temperatures(fahrenheit: bool = False) -> dict[str, list[shwtemp]]:
    """Temperatures by chip, degrees Celsius (`/sys/class/hwmon`, `/sys/class/thermal`)."""

def sensors_fans() -> dict[str, list[sfan]]:
    """Fans by chip, turns a minute (`/sys/class/hwmon`)."""

def sensors_battery() -> sbattery | None:
    """The battery (`/sys/class/power_supply`), None without one."""

def boot_time() -> float:
    """When the machine was booted, seconds since the epoch (`/proc/stat`)."""

def users() -> list[suser]:
    """Who is logged in (`/run/utmp`, or systemd's sessions where there is no such file)."""

def bytes2human(n: float) -> str:
    """A size in bytes as text: `bytes2human(10000)` is `'9.8K'`."""

def heap_info() -> pheap:
    """The C library's heap of this process, bytes (`mallinfo2(3)`). glibc only."""

def heap_trim() -> None:
    """Ask the C library to give unused memory back (`malloc_trim(3)`). glibc only."""

def install_as_psutil() -> None:
    """Be `psutil` from now on: for `import psutil`, and in what objects print."""
