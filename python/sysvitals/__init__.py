"""Process and system monitoring: psutil 8.0's API, in Rust.

`import sysvitals as psutil` serves a program that was written for psutil. This version has all of
it on Linux.
"""

from __future__ import annotations

import os as _os
import sys as _sys
import time as _time

# Also where functools has it from, whose import would cost more than all of these.
from _functools import partial as _partial
from _thread import RLock as _RLock

from . import _native
from ._exceptions import AccessDenied, Error, NoSuchProcess, TimeoutExpired, ZombieProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Collection, Generator, Iterator

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

#: psutil's API level.
__version__ = "8.0.0"
version_info = (8, 0, 0)
#: This package's own version.
__sysvitals_version__ = _native.__version__

POSIX = _os.name == "posix"
LINUX = _sys.platform.startswith("linux")
WINDOWS = MACOS = OSX = FREEBSD = OPENBSD = NETBSD = BSD = SUNOS = AIX = False

if not LINUX:
    raise NotImplementedError(f"platform {_sys.platform} is not supported")

#: The process file system; assign to it to read another.
PROCFS_PATH = "/proc"

__all__ = [
    "Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired",
    "version_info", "__version__", "__sysvitals_version__",
    "POSIX", "LINUX", "WINDOWS", "MACOS", "OSX", "FREEBSD", "OPENBSD", "NETBSD", "BSD", "SUNOS",
    "AIX", "PROCFS_PATH", "AF_LINK",
    "ProcessStatus", "ConnectionStatus", "ProcessIOPriority", "ProcessRlimit", "NicDuplex",
    "BatteryTime",
    "Process", "Popen",
    "pid_exists", "pids", "process_iter", "wait_procs", "bytes2human",
    "cpu_times", "cpu_percent", "cpu_times_percent", "cpu_count", "cpu_stats", "cpu_freq",
    "getloadavg", "virtual_memory", "swap_memory",
    "disk_partitions", "disk_usage", "disk_usage_timeout", "disk_io_counters",
    "net_connections", "net_io_counters", "net_if_addrs", "net_if_stats",
    "sensors_temperatures", "sensors_fans", "sensors_battery", "boot_time", "users",
    "Snapshot", "snapshot", "install_as_psutil",
]  # fmt: skip

# Made when first asked for: `enum` alone would cost half of the import. See `__getattr__`.
_ENUM_NAMES = (
    "STATUS_RUNNING", "STATUS_SLEEPING", "STATUS_DISK_SLEEP", "STATUS_STOPPED",
    "STATUS_TRACING_STOP", "STATUS_ZOMBIE", "STATUS_DEAD", "STATUS_WAKE_KILL", "STATUS_WAKING",
    "STATUS_IDLE", "STATUS_LOCKED", "STATUS_WAITING", "STATUS_SUSPENDED", "STATUS_PARKED",
    "CONN_ESTABLISHED", "CONN_SYN_SENT", "CONN_SYN_RECV", "CONN_FIN_WAIT1", "CONN_FIN_WAIT2",
    "CONN_TIME_WAIT", "CONN_CLOSE", "CONN_CLOSE_WAIT", "CONN_LAST_ACK", "CONN_LISTEN",
    "CONN_CLOSING", "CONN_NONE",
    "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE",
    "RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_CPU", "RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_LOCKS",
    "RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_NOFILE", "RLIMIT_NPROC",
    "RLIMIT_RSS", "RLIMIT_RTPRIO", "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK",
    "RLIM_INFINITY",
    "NIC_DUPLEX_FULL", "NIC_DUPLEX_HALF", "NIC_DUPLEX_UNKNOWN",
    "POWER_TIME_UNKNOWN", "POWER_TIME_UNLIMITED",
)  # fmt: skip
_ENUM_CLASSES = (
    "ProcessStatus", "ConnectionStatus", "ProcessIOPriority", "ProcessRlimit", "NicDuplex",
    "BatteryTime",
)  # fmt: skip
__all__ += _ENUM_NAMES

Snapshot = _native.Snapshot

_DEBUG = bool(_os.getenv("PSUTIL_DEBUG"))
_CONNECTION_KINDS = (
    "all", "tcp", "tcp4", "udp", "udp4", "inet", "inet4", "inet6", "tcp6", "udp6", "unix",
)  # fmt: skip
# The types of `memory_percent()`, and the getters that know them.
_MEMTYPES = {
    **dict.fromkeys(("rss", "vms", "shared", "text", "data"), "memory_info"),
    **dict.fromkeys(
        ("peak_rss", "peak_vms", "rss_anon", "rss_file", "rss_shmem", "swap", "hugetlb"),
        "memory_info_ex",
    ),
    **dict.fromkeys(("uss", "pss", "swap"), "memory_footprint"),
}
_PID_MAX = 2**31 - 1


def _set_debug(value):
    """Switch the debug lines of `PSUTIL_DEBUG` on or off."""
    global _DEBUG
    _DEBUG = bool(value)


def _debug(message):
    if _DEBUG:
        frame = _sys._getframe(1)
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
        print(f"psutil-debug [{where}]> {message}", file=_sys.stderr)


def _warn(message, category=DeprecationWarning, level=3):
    import warnings

    warnings.warn(message, category=category, stacklevel=level)


# After a reload it must derive from the new `Process`.
globals().pop("Popen", None)
_sys.modules.pop(f"{__name__}._popen", None)


def _load_enums():
    from . import _enums

    names = globals()
    for name in _ENUM_CLASSES:
        names[name] = cls = getattr(_enums, name)
        names.update(cls.__members__)
    names["AF_LINK"] = _enums.AddressFamily.AF_LINK


def _load_popen():
    from ._popen import Popen

    globals()["Popen"] = Popen


def _load_neg_signal():
    import enum
    import signal

    members = {member.name: -member.value for member in signal.Signals}
    # Of several threads that get here at once all must see the same class.
    globals().setdefault("NegSignal", enum.IntEnum("NegSignal", members, module=__name__))


_LAZY = {
    "Popen": _load_popen,
    "NegSignal": _load_neg_signal,
    **dict.fromkeys((*_ENUM_NAMES, *_ENUM_CLASSES, "AF_LINK"), _load_enums),
}


def __getattr__(name):
    if name in _LAZY:
        _LAZY[name]()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_LAZY})


def _prefetched(method):
    """Let a call without arguments return what `process_iter(attrs)` has read."""
    name = method.__name__

    def wrapper(self, *args, **kwargs):
        if (known := self._prefetch) and not args and not kwargs and name in known:
            return known[name]
        return method(self, *args, **kwargs)

    # As functools.wraps, whose import costs more than the rest of this module.
    for attr in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(wrapper, attr, getattr(method, attr))
    wrapper.__wrapped__ = method
    return wrapper


class Process:
    """A process, by its PID and the time at which it began.

    Every method may raise `NoSuchProcess` (`ZombieProcess` among it) and `AccessDenied`.
    """

    attrs: frozenset[str] = frozenset()
    _exitcode = None
    _prefetch = None
    _ad_value = None
    _oneshot_depth = 0
    _exe = None
    _create_time = None

    def __init__(self, pid: int | None = None) -> None:
        self._init(pid)

    def _init(self, pid, _ignore_nsp=False):
        if pid is None:
            pid = _os.getpid()
        elif pid < 0:
            raise ValueError(f"pid must be a positive integer (got {pid})")
        elif isinstance(pid, bool):
            raise NoSuchProcess(pid, msg="process PID not found")
        elif _index(pid) > _PID_MAX:
            raise NoSuchProcess(pid, msg="process PID out of range") from OverflowError(
                "signed integer is greater than maximum"
            )
        self._pid = pid
        try:
            self._handle = _native.Handle(PROCFS_PATH, pid)
        except NoSuchProcess as err:
            if not _ignore_nsp:
                raise NoSuchProcess(pid, msg=err.msg) from None
            self._handle = _native.Handle.gone(PROCFS_PATH, pid)

    @classmethod
    def _from_handle(cls, handle):
        self = object.__new__(cls)
        self._pid = handle.pid
        self._handle = handle
        return self

    def __str__(self) -> str:
        info = {"pid": self.pid}
        name = self._handle.known_name
        if name:
            info["name"] = name
        with self.oneshot():
            if self._handle.pid_reused:
                info["status"] = "terminated + PID reused"
            else:
                try:
                    info["name"] = name or self.name()
                    info["status"] = str(self.status())
                except ZombieProcess:
                    info["status"] = "zombie"
                except NoSuchProcess:
                    info["status"] = "terminated"
                except AccessDenied as err:
                    _debug(f"ignoring {err!r}")
        if self._exitcode is not None:
            info["exitcode"] = self._exitcode
        create_time = self._handle.known_create_time
        if create_time is not None:
            started = _time.localtime(create_time)
            young = _time.time() - create_time < 24 * 3600
            info["started"] = _time.strftime("%H:%M:%S" if young else "%Y-%m-%d %H:%M:%S", started)
        cls = type(self)
        text = ", ".join(f"{k}={v!r}" for k, v in info.items())
        return f"{cls.__module__}.{cls.__name__}({text})"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Process):
            return NotImplemented
        return self._handle.same(other._handle)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return self._pid

    @property
    def pid(self) -> int:
        """The PID."""
        return self._pid

    @property
    def info(self) -> dict[str, Any]:
        """What `process_iter(attrs)` has read. Deprecated."""
        _warn(
            "Process.info is deprecated; use method calls instead"
            " (e.g. p.name() instead of p.info['name'])"
        )
        return dict(self._prefetch or {})

    def _is_denied(self, name):
        """Whether `process_iter` was denied the answer that another answer is made of."""
        known = self._prefetch
        return bool(known) and known.get(name, known) is self._ad_value

    # --- many answers at once

    def oneshot(self) -> Generator[None, None, None]:
        """Context manager within which each kernel file is read at most once."""
        return _OneShot(self)

    def as_dict(self, attrs: Collection[str] | None = None, ad_value: Any = None) -> dict[str, Any]:
        """Several attributes as a dict, with the fewest kernel files that hold them.

        `ad_value` stands in for what is denied, or not to be had of a zombie. `attrs` is a list,
        tuple or set of the names in `Process.attrs`; all if it is None or empty.
        """
        names = _valid_attrs(attrs)
        with self.oneshot():
            # Within another oneshot() what was read before must be answered again.
            nested = self._oneshot_depth > 1
            if nested or self._prefetch or "memory_full_info" in names or not _is_plain(self):
                return self._as_dict_by_calls(names, ad_value, by_name=bool(attrs))
            return self._handle.as_dict(names, ad_value, bool(attrs))

    def _as_dict_by_calls(self, names, ad_value, by_name):
        result = {}
        for name in names:
            try:
                result[name] = self.pid if name == "pid" else getattr(self, name)()
            except (AccessDenied, ZombieProcess):
                result[name] = ad_value
            except NotImplementedError:
                if by_name:
                    raise
        return result

    # --- getters

    def name(self) -> str:
        """The process name: `/proc/[pid]/stat`, and where it fills its 15 bytes `/proc/[pid]/cmdline`."""
        if (known := self._prefetch) and "name" in known:
            return known["name"]
        return self._handle.name()

    def exe(self) -> str:
        """The executable's absolute path (`/proc/[pid]/exe`), `''` if there is none. Cached."""
        if (exe := self._exe) is None:
            if (known := self._prefetch) and "exe" in known:
                return known["exe"]
            self._exe = exe = self._handle.exe()
        return exe

    def cmdline(self) -> list[str]:
        """The command line (`/proc/[pid]/cmdline`)."""
        if (known := self._prefetch) and "cmdline" in known:
            return known["cmdline"]
        return self._handle.cmdline()

    def environ(self) -> dict[str, str]:
        """The environment that the process began with (`/proc/[pid]/environ`)."""
        if (known := self._prefetch) and "environ" in known:
            return known["environ"]
        return self._handle.environ()

    def create_time(self) -> float:
        """When the process began, seconds since the epoch (`/proc/[pid]/stat`, `/proc/stat`). Cached."""
        if (time := self._create_time) is None:
            if (known := self._prefetch) and "create_time" in known:
                return known["create_time"]
            self._create_time = time = self._handle.create_time()
        return time

    def ppid(self) -> int:
        """The parent's PID (`/proc/[pid]/stat`)."""
        if (known := self._prefetch) and "ppid" in known:
            return known["ppid"]
        return self._handle.ppid()

    def status(self) -> ProcessStatus | str:
        """What the process is doing, a `STATUS_*` member (`/proc/[pid]/stat`)."""
        if (known := self._prefetch) and "status" in known:
            return known["status"]
        return self._handle.status()

    def cwd(self) -> str:
        """The working directory (`/proc/[pid]/cwd`), `''` if there is none."""
        if (known := self._prefetch) and "cwd" in known:
            return known["cwd"]
        return self._handle.cwd()

    def username(self) -> str:
        """The name of the real user (`/proc/[pid]/status`, the password database)."""
        if (known := self._prefetch) and "username" in known:
            return known["username"]
        if known and "uids" in known:
            uids = known["uids"]
            return uids if uids is self._ad_value else _username(uids.real)
        return self._handle.username()

    def uids(self) -> puids:
        """Real, effective and saved user IDs (`/proc/[pid]/status`)."""
        if (known := self._prefetch) and "uids" in known:
            return known["uids"]
        return self._handle.uids()

    def gids(self) -> pgids:
        """Real, effective and saved group IDs (`/proc/[pid]/status`)."""
        if (known := self._prefetch) and "gids" in known:
            return known["gids"]
        return self._handle.gids()

    def terminal(self) -> str | None:
        """The controlling terminal's device (`/proc/[pid]/stat`, `/dev`), None if there is none."""
        if (known := self._prefetch) and "terminal" in known:
            return known["terminal"]
        return self._handle.terminal()

    def io_counters(self) -> pio:
        """Reads and writes since the process began (`/proc/[pid]/io`): calls and bytes."""
        if (known := self._prefetch) and "io_counters" in known:
            return known["io_counters"]
        return self._handle.io_counters()

    def num_ctx_switches(self) -> pctxsw:
        """Context switches since the process began (`/proc/[pid]/status`)."""
        if (known := self._prefetch) and "num_ctx_switches" in known:
            return known["num_ctx_switches"]
        return self._handle.num_ctx_switches()

    def num_fds(self) -> int:
        """How many descriptors are open (`/proc/[pid]/fd`)."""
        if (known := self._prefetch) and "num_fds" in known:
            return known["num_fds"]
        return self._handle.num_fds()

    def num_threads(self) -> int:
        """How many threads there are (`/proc/[pid]/status`)."""
        if (known := self._prefetch) and "num_threads" in known:
            return known["num_threads"]
        return self._handle.num_threads()

    def threads(self) -> list[pthread]:
        """The threads and their CPU times, seconds (`/proc/[pid]/task/[tid]/stat`)."""
        if (known := self._prefetch) and "threads" in known:
            return known["threads"]
        return self._handle.threads()

    def cpu_times(self) -> pcputimes:
        """CPU time since the process began, seconds (`/proc/[pid]/stat`)."""
        if (known := self._prefetch) and "cpu_times" in known:
            return known["cpu_times"]
        return self._handle.cpu_times()

    def cpu_num(self) -> int:
        """The CPU that the process last ran on (`/proc/[pid]/stat`)."""
        if (known := self._prefetch) and "cpu_num" in known:
            return known["cpu_num"]
        return self._handle.cpu_num()

    def memory_info(self) -> pmem:
        """Memory, bytes (`/proc/[pid]/statm`)."""
        if (known := self._prefetch) and "memory_info" in known:
            return known["memory_info"]
        return self._handle.memory_info()

    def memory_info_ex(self) -> pmem_ex:
        """`memory_info()` with peaks, kinds and swap, bytes (`/proc/[pid]/status`)."""
        if (known := self._prefetch) and "memory_info_ex" in known:
            return known["memory_info_ex"]
        if self._is_denied("memory_info"):
            return self._ad_value
        return self._handle.memory_info_ex()

    def memory_footprint(self) -> pfootprint:
        """What the process costs, bytes: uss, pss, swap (`/proc/[pid]/smaps_rollup`)."""
        if (known := self._prefetch) and "memory_footprint" in known:
            return known["memory_footprint"]
        return self._handle.memory_footprint()

    def page_faults(self) -> ppagefaults:
        """Page faults since the process began (`/proc/[pid]/stat`)."""
        if (known := self._prefetch) and "page_faults" in known:
            return known["page_faults"]
        return self._handle.page_faults()

    def open_files(self) -> list[popenfile]:
        """The regular files that are open (`/proc/[pid]/fd`, `/proc/[pid]/fdinfo`)."""
        if (known := self._prefetch) and "open_files" in known:
            return known["open_files"]
        return self._handle.open_files()

    @_prefetched
    def memory_percent(self, memtype: str = "rss") -> float:
        """A memory figure in percent of the machine's memory.

        `memtype` is a field of `memory_info()`, `memory_info_ex()` or `memory_footprint()`.
        """
        if not isinstance(memtype, str) or memtype not in _MEMTYPES:
            raise ValueError(f"invalid memtype {memtype!r}; valid types are {tuple(_MEMTYPES)!r}")
        if self._is_denied(_MEMTYPES[memtype]):
            return self._ad_value
        return self._handle.memory_percent(memtype)

    @_prefetched
    def memory_maps(self, grouped: bool = True) -> list[pmmap_grouped] | list[pmmap_ext]:
        """The mappings, bytes (`/proc/[pid]/smaps`): summed by path, or one by one."""
        return self._handle.memory_maps(bool(grouped))

    def memory_full_info(self) -> pfullmem:
        """`memory_info()` and `memory_footprint()` in one. Deprecated."""
        _warn("memory_full_info() is deprecated; use memory_footprint() instead")
        if self._is_denied("memory_info") or self._is_denied("memory_footprint"):
            return self._ad_value
        from ._ntuples import pfullmem

        return pfullmem(*self.memory_info(), *self.memory_footprint())

    @_prefetched
    def net_connections(self, kind: str = "inet") -> list[pconn]:
        """The sockets that the process holds (`/proc/[pid]/fd`, `/proc/[pid]/net`).

        `kind` is all, tcp, tcp4, tcp6, udp, udp4, udp6, inet, inet4, inet6 or unix.
        """
        return self._handle.net_connections(_valid_kind(kind))

    def connections(self, kind="inet") -> list[pconn]:
        """`net_connections()`. Deprecated."""
        _warn("connections() is deprecated and will be removed; use net_connections() instead")
        return self.net_connections(kind)

    @_prefetched
    def cpu_percent(self, interval: float | None = None) -> float:
        """CPU use in percent of one CPU, over `interval` seconds or since the last call.

        The first call without an interval is 0.0.
        """
        if _blocks(interval):
            self._handle.cpu_percent()
            _time.sleep(interval)
        return self._handle.cpu_percent()

    # --- getters that are setters too

    @_prefetched
    def nice(self, value: int | None = None) -> int | None:
        """Get or set the nice value, -20 to 19 (`getpriority(2)`, `setpriority(2)`)."""
        if value is None:
            return self._handle.nice()
        return self._handle.set_nice(_c_int(value))

    @_prefetched
    def ionice(
        self, ioclass: int | None = None, value: int | None = None
    ) -> pionice | ProcessIOPriority | None:
        """Get or set the I/O class, an `IOPRIO_CLASS_*`, and its level, 0 to 7."""
        if ioclass is None:
            if value is not None:
                raise ValueError("'ioclass' argument must be specified")
            return self._handle.ionice()
        if value is None:
            value = 0
        if value and ioclass in (0, 3):
            raise ValueError(f"{ioclass!r} ioclass accepts no value")
        if value < 0 or value > 7:
            raise ValueError("value not in 0-7 range")
        ioclass = _c_int(ioclass)
        if not 0 <= ioclass <= 3:
            raise ValueError(f"invalid ioclass {ioclass!r}; choose between 0 and 3")
        return self._handle.set_ionice(ioclass, value)

    def rlimit(
        self, resource: int, limits: tuple[int, int] | None = None
    ) -> tuple[int, int] | None:
        """Get or set the soft and hard limit of a resource, a `RLIMIT_*` (`prlimit(2)`)."""
        resource = _c_int(resource)
        if not 0 <= resource <= 15:
            raise ValueError("invalid resource specified")
        if limits is None:
            soft, hard = self._handle.rlimit(resource)
            return (_signed_limit(soft), _signed_limit(hard))
        if len(limits) != 2:
            raise ValueError(f"second argument must be a (soft, hard) tuple, got {limits!r}")
        soft, hard = (_unsigned_limit(limit) for limit in limits)
        if soft > hard:
            raise ValueError("current limit exceeds maximum limit")
        return self._handle.set_rlimit(resource, soft, hard)

    @_prefetched
    def cpu_affinity(self, cpus: list[int] | None = None) -> list[int] | None:
        """Get or set the CPUs that the process may run on; an empty list sets all of them."""
        if cpus is None:
            return self._handle.cpu_affinity()
        wanted = sorted({_index(cpu) for cpu in cpus or ()})
        for cpu in wanted:
            if not -(2**63) <= cpu < 2**63:
                raise OverflowError("Python int too large to convert to C long")
            if not 0 <= cpu < 2**31:
                eligible = self._handle.cpu_affinity()
                raise ValueError(f"invalid CPU {cpu!r}; choose between {eligible!r}")
        return self._handle.set_cpu_affinity(wanted)

    # --- family

    def parent(self) -> Process | None:
        """The parent, or None."""
        handle = self._handle.parent()
        return None if handle is None else Process._from_handle(handle)

    def parents(self) -> list[Process]:
        """The parent, its parent and so on."""
        return [Process._from_handle(h) for h in self._handle.parents()]

    def children(self, recursive: bool = False) -> list[Process]:
        """The children; with `recursive` all descendants."""
        make = Process._from_handle
        return [make(handle) for handle in self._handle.children(bool(recursive))]

    # --- actions

    def is_running(self) -> bool:
        """Whether the process exists, and its PID was not reused; true for a zombie."""
        return self._handle.is_running()

    def send_signal(self, sig: int) -> None:
        """Send a signal, to this process and no other that got its PID."""
        self._handle.send_signal(_c_int(sig))

    def suspend(self) -> None:
        """Stop the process with SIGSTOP."""
        self._handle.send_signal(_SIGSTOP)

    def resume(self) -> None:
        """Let the process go on with SIGCONT."""
        self._handle.send_signal(_SIGCONT)

    def terminate(self) -> None:
        """Ask the process to end with SIGTERM."""
        self._handle.send_signal(_SIGTERM)

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self._handle.send_signal(_SIGKILL)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the process to end; `TimeoutExpired` if it has not after `timeout` seconds.

        Returns the exit code of a child, the negative signal that ended it, or None for a process
        that is no child of ours.
        """
        if timeout is not None:
            _valid_timeout(timeout)
        try:
            code = self._handle.wait(timeout)
        except TimeoutExpired as err:
            raise TimeoutExpired(timeout, pid=self._pid, name=err.name) from err
        if code is not None and code < 0:
            try:
                code = _sys.modules[__name__].NegSignal(code)
            except ValueError:
                pass
        self._exitcode = code
        return code


_SIGKILL, _SIGTERM, _SIGCONT, _SIGSTOP = 9, 15, 18, 19


class _OneShot:
    """The context manager of `Process.oneshot()`."""

    __slots__ = ("_proc",)

    def __init__(self, proc):
        self._proc = proc

    def __enter__(self):
        proc = self._proc
        # Few of many ever need one.
        lock = proc.__dict__.get("_lock") or proc.__dict__.setdefault("_lock", _RLock())
        lock.acquire()
        if proc._oneshot_depth == 0:
            proc._handle.oneshot_enter()
        proc._oneshot_depth += 1

    def __exit__(self, *exc_info):
        proc = self._proc
        proc._oneshot_depth -= 1
        if proc._oneshot_depth == 0:
            proc._handle.oneshot_exit()
        proc._lock.release()


_NO_ATTRS = {
    "as_dict", "attrs", "children", "connections", "info", "is_running", "kill",
    "memory_full_info", "oneshot", "parent", "parents", "resume", "rlimit", "send_signal",
    "suspend", "terminate", "wait",
}  # fmt: skip
Process.attrs = frozenset(
    name for name in vars(Process) if not name.startswith("_") and name not in _NO_ATTRS
)
_ATTRS_LIST = sorted(Process.attrs)
_GETTERS = {name: vars(Process)[name] for name in _ATTRS_LIST}


def _username(uid):
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _is_plain(proc):
    """Whether no getter was overridden or patched, so that the bulk reader may be used."""
    cls = type(proc)
    return Process.attrs.isdisjoint(proc.__dict__) and all(
        getattr(cls, name) is getter for name, getter in _GETTERS.items()
    )


def _index(number):
    """An int, as `operator.index`."""
    if isinstance(number, int):
        return int(number)
    if hasattr(number, "__index__"):
        return number.__index__()
    raise TypeError(f"{type(number).__name__!r} object cannot be interpreted as an integer")


def _c_int(number):
    """An int that fits C's."""
    number = _index(number)
    if number > 2**31 - 1:
        raise OverflowError("signed integer is greater than maximum")
    if number < -(2**31):
        raise OverflowError("signed integer is less than minimum")
    return number


def _signed_limit(limit):
    return -1 if limit == 2**64 - 1 else limit


def _unsigned_limit(limit):
    limit = _index(limit)
    if not -1 <= limit < 2**64:
        raise OverflowError(f"limit is out of range (got {limit!r})")
    return 2**64 - 1 if limit == -1 else limit


def _fspath(path):
    path = _os.fsdecode(path)
    if "\0" in path:
        raise ValueError("embedded null byte")
    return path


def _valid_timeout(timeout):
    if not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be an int or float (got {type(timeout)!r})")
    if not timeout >= 0:
        raise ValueError(f"timeout must be positive or zero (got {timeout!r})")


def _valid_kind(kind):
    if not isinstance(kind, str) or kind not in _CONNECTION_KINDS:
        raise ValueError(f"invalid kind argument {kind!r}; valid ones are: {_CONNECTION_KINDS!r}")
    return kind


def _blocks(interval):
    """Whether to sleep for it; it is a number that is not negative, or None."""
    blocking = interval is not None and interval > 0.0
    if interval is not None and interval < 0:
        raise ValueError(f"interval is not positive (got {interval!r})")
    return blocking


def _valid_attrs(attrs):
    if attrs is not None:
        if not isinstance(attrs, (list, tuple, set, frozenset)):
            raise TypeError(f"invalid attrs type {type(attrs)}")
        names = set(attrs)
        invalid = names - Process.attrs - {"memory_full_info"}
        if invalid:
            text = ", ".join(repr(name) for name in invalid)
            raise ValueError(f"invalid attr name{'s' if len(invalid) > 1 else ''} {text}")
        if names:
            return sorted(names)
    return _ATTRS_LIST


def pids() -> list[int]:
    """The sorted PIDs of the running processes (`/proc`)."""
    return _native.pids(PROCFS_PATH)


def pid_exists(pid: int) -> bool:
    """Whether a process has this PID; false for the ID of a mere thread."""
    if pid < 0:
        return False
    if _index(pid) > _PID_MAX:
        return False
    return _native.pid_exists(PROCFS_PATH, pid)


_pmap = {}
_table = None


def _current_table():
    """The processes seen so far under `PROCFS_PATH`."""
    global _pmap, _table
    table = _table
    if table is None or table.procfs != PROCFS_PATH:
        table = _native.Table(PROCFS_PATH)
        _pmap, _table = {}, table
    return table


def process_iter(attrs: Collection[str] | None = None, ad_value: Any = None) -> Iterator[Process]:
    """Iterate over the running processes, by PID, each with one `Process` from call to call.

    With `attrs` these are read at once, and calls without arguments return what was read:
    `ad_value` for what is denied. `process_iter.cache_clear()` forgets the processes.
    """
    global _pmap
    names = None
    if attrs is not None:
        if attrs == []:
            _warn(
                "process_iter(attrs=[]) is deprecated; use process_iter(attrs=Process.attrs)"
                " to retrieve all attributes"
            )
        elif not attrs:
            _warn(
                f"process_iter(attrs={attrs}) is ambiguous; use"
                " process_iter(attrs=Process.attrs) to retrieve all attributes",
                UserWarning,
            )
        names = _valid_attrs(attrs)
    table = _current_table()
    known = _pmap.copy()
    seen = {}
    by_calls = names is not None and (
        "memory_full_info" in names
        or any(vars(Process)[name] is not getter for name, getter in _GETTERS.items())
    )
    try:
        names_read = None if by_calls else names
        for proc in table.read(names_read, ad_value, bool(attrs), known, Process._from_handle):
            if by_calls:
                try:
                    proc._prefetch = proc.as_dict(names if attrs else None, ad_value)
                except NoSuchProcess as err:
                    _debug(f"ignoring {err!r}")
                    continue
            seen[proc._pid] = proc
            yield proc
    finally:
        # Those that this pass did not come to are still known.
        last = max(seen, default=-1)
        _pmap = {**{pid: proc for pid, proc in known.items() if pid > last}, **seen}


def _cache_clear():
    """Forget the processes that `process_iter` has seen."""
    global _table
    _pmap.clear()
    _table = None


process_iter.cache_clear = _cache_clear


def snapshot(attrs: Collection[str] | None = None, *, reasons: bool = False) -> Snapshot:
    """The running processes as a table, by PID: a column for each attribute, all if none is given.

    The result has `__arrow_c_stream__`, so `polars.DataFrame`, `pyarrow.table`,
    `pandas.DataFrame.from_arrow` and duckdb take it as it is, without a copy. Iterating gives its
    rows as dicts, with the values of `Process.as_dict`; `snapshot["name"]` is a column as a list.

    What is denied, not to be had of a zombie, or gone because the process ended while its row was
    read is None; with `reasons` a column `exe_reason` and so on says why: AccessDenied,
    ZombieProcess, NoSuchProcess, Unsupported, Parse or Os. Text is a `str` with surrogates for
    bytes that are not UTF-8; in Arrow these bytes are replaced by U+FFFD.
    """
    names = _valid_attrs(attrs)
    if "memory_full_info" in names:
        raise ValueError("invalid attr name 'memory_full_info'")
    return _current_table().snapshot(names, bool(reasons))


def wait_procs(
    procs: list[Process],
    timeout: float | None = None,
    callback: Callable[[Process], None] | None = None,
) -> tuple[list[Process], list[Process]]:
    """Wait for several processes; returns those that ended and those that have not.

    `callback(proc)` is called for each that ends, whose `returncode` is then set.
    """
    if timeout is not None and not timeout >= 0:
        raise ValueError(f"timeout must be a positive integer, got {timeout}")
    if callback is not None and not callable(callback):
        raise TypeError(f"callback {callback!r} is not a callable")
    procs = list(set(procs))
    gone = []

    def end(proc, code):
        proc.returncode = code
        gone.append(proc)
        if callback is not None:
            callback(proc)

    def ended(index):
        proc = procs[index]
        try:
            code = proc.wait(timeout=0)
        except TimeoutExpired:
            code = None
        end(proc, code)

    if all(isinstance(proc, Process) for proc in procs):
        _native.wait_all([proc._handle for proc in procs], timeout, ended)
    else:
        _wait_in_turns(procs, timeout, end)
    ended_ids = {id(proc) for proc in gone}
    return gone, [proc for proc in procs if id(proc) not in ended_ids]


def _wait_in_turns(procs, timeout, end):
    """`wait_procs` for what only looks like a process, `subprocess.Popen` among it."""
    import subprocess

    deadline = None if timeout is None else _time.monotonic() + timeout
    alive = list(procs)
    while alive:
        # One look at each more after the deadline.
        last = deadline is not None and _time.monotonic() >= deadline
        for proc in tuple(alive):
            pause = 0 if last else 0.1 / len(alive)
            if deadline is not None:
                pause = max(0, min(pause, deadline - _time.monotonic()))
            try:
                code = proc.wait(timeout=pause)
            except (TimeoutExpired, subprocess.TimeoutExpired):
                continue
            if code is not None or not proc.is_running():
                alive.remove(proc)
                end(proc, code)
        if last:
            break


# --- processors


def cpu_times(percpu: bool = False) -> scputimes | list[scputimes]:
    """CPU time of the machine since boot, seconds (`/proc/stat`); with `percpu` a list by CPU."""
    return _native.cpu_times(PROCFS_PATH, bool(percpu))


def cpu_percent(interval: float | None = None, percpu: bool = False) -> float | list[float]:
    """How busy the machine is, percent (`/proc/stat`); with `percpu` a list by CPU.

    Over `interval` seconds, or since the last call of this thread, or since the import.
    """
    if _blocks(interval):
        _native.cpu_percent(PROCFS_PATH, bool(percpu))
        _time.sleep(interval)
    return _native.cpu_percent(PROCFS_PATH, bool(percpu))


# So that the first call tells of the time since the import.
_native.start_cpu_percent()


def cpu_times_percent(
    interval: float | None = None, percpu: bool = False
) -> scputimes | list[scputimes]:
    """What the machine's time went to, percent (`/proc/stat`); with `percpu` a list by CPU.

    Over `interval` seconds, or since the last call of this thread, or since the import.
    """
    if _blocks(interval):
        _native.cpu_times_percent(PROCFS_PATH, bool(percpu))
        _time.sleep(interval)
    return _native.cpu_times_percent(PROCFS_PATH, bool(percpu))


def cpu_count(logical: bool = True) -> int | None:
    """The number of CPUs that are online, or of physical cores; None if it cannot be told."""
    return _native.cpu_count(PROCFS_PATH, bool(logical))


def cpu_stats() -> scpustats:
    """Context switches and interrupts since boot (`/proc/stat`)."""
    return _native.cpu_stats(PROCFS_PATH)


def cpu_freq(percpu: bool = False) -> scpufreq | list[scpufreq] | None:
    """The mean frequency of the CPUs, MHz; with `percpu` a list by CPU.

    `/sys/devices/system/cpu/cpufreq`, `/proc/cpuinfo`. None if the kernel does not tell.
    """
    return _native.cpu_freq(PROCFS_PATH, bool(percpu))


def getloadavg() -> tuple[float, float, float]:
    """How many processes run or wait to, on average over 1, 5 and 15 minutes (`getloadavg(3)`)."""
    return _os.getloadavg()


# --- memory


def virtual_memory() -> svmem:
    """Memory of the machine, bytes (`/proc/meminfo`).

    What the kernel does not tell is 0, and a `RuntimeWarning` says so.
    """
    memory, warning = _native.virtual_memory(PROCFS_PATH)
    if warning is not None:
        _warn(warning, RuntimeWarning, 2)
    return memory


def swap_memory() -> sswap:
    """Swap of the machine, bytes (`/proc/meminfo`, `/proc/vmstat`).

    What the kernel does not tell is 0, and a `RuntimeWarning` says so.
    """
    memory, warning = _native.swap_memory(PROCFS_PATH)
    if warning is not None:
        _warn(warning, RuntimeWarning, 2)
    return memory


# --- disks


def disk_partitions(all: bool = False) -> list[sdiskpart]:
    """What is mounted (`/proc/self/mounts`); with `all` also what has no device."""
    return _native.disk_partitions(PROCFS_PATH, bool(all))


def disk_usage(path: str) -> sdiskusage:
    """Space of the file system that holds a path, or an open descriptor, bytes (`statvfs(3)`)."""
    try:
        if hasattr(path, "__index__"):
            return _native.disk_usage_fd(_c_int(path))
        return _native.disk_usage(_fspath(path))
    except OSError as error:
        error.filename = path
        raise


def disk_usage_timeout(path: str, timeout: float) -> sdiskusage:
    """`disk_usage()` that gives up: `TimeoutExpired` if there is no answer after so many seconds.

    A thread asks, and stays behind on a dead mount until the kernel answers it. Not in psutil.
    """
    _valid_timeout(timeout)
    try:
        return _native.disk_usage_timeout(_fspath(path), timeout)
    except TimeoutExpired:
        raise TimeoutExpired(timeout) from None
    except OSError as error:
        error.filename = path
        raise


def disk_io_counters(
    perdisk: bool = False, nowrap: bool = True
) -> sdiskio | dict[str, sdiskio] | None:
    """What the disks did since boot (`/proc/diskstats`), None without any; with `perdisk` a dict.

    With `nowrap` counters that overflow go on from where they were.
    `disk_io_counters.cache_clear()` forgets where that was.
    """
    return _native.disk_io_counters(PROCFS_PATH, bool(perdisk), bool(nowrap))


disk_io_counters.cache_clear = _partial(_native.disk_io_counters_cache_clear)
disk_io_counters.cache_clear.__doc__ = "Forget what `nowrap` knows of disks."


# --- network


def net_connections(kind: str = "inet") -> list[sconn]:
    """The sockets of the machine and who holds them (`/proc/net`, `/proc/[pid]/fd`).

    `kind` is all, tcp, tcp4, tcp6, udp, udp4, udp6, inet, inet4, inet6 or unix.
    """
    return _native.net_connections(PROCFS_PATH, _valid_kind(kind))


def net_io_counters(pernic: bool = False, nowrap: bool = True) -> snetio | dict[str, snetio] | None:
    """What went over the network (`/proc/net/dev`), None without interfaces; with `pernic` a dict.

    With `nowrap` counters that overflow go on from where they were.
    `net_io_counters.cache_clear()` forgets where that was.
    """
    return _native.net_io_counters(PROCFS_PATH, bool(pernic), bool(nowrap))


net_io_counters.cache_clear = _partial(_native.net_io_counters_cache_clear)
net_io_counters.cache_clear.__doc__ = "Forget what `nowrap` knows of network interfaces."


def net_if_addrs() -> dict[str, list[snicaddr]]:
    """The addresses of each network interface, by family (rtnetlink)."""
    return _native.net_if_addrs()


def net_if_stats() -> dict[str, snicstats]:
    """The state of each network interface (rtnetlink, ethtool)."""
    return _native.net_if_stats()


# --- sensors


def sensors_temperatures(fahrenheit: bool = False) -> dict[str, list[shwtemp]]:
    """Temperatures by chip, degrees Celsius (`/sys/class/hwmon`, `/sys/class/thermal`)."""
    return _native.sensors_temperatures(PROCFS_PATH, bool(fahrenheit))


def sensors_fans() -> dict[str, list[sfan]]:
    """Fans by chip, turns a minute (`/sys/class/hwmon`)."""
    return _native.sensors_fans(PROCFS_PATH)


def sensors_battery() -> sbattery | None:
    """The battery (`/sys/class/power_supply`), None without one."""
    return _native.sensors_battery(PROCFS_PATH)


# --- the host


def boot_time() -> float:
    """When the machine was booted, seconds since the epoch (`/proc/stat`)."""
    return _native.boot_time(PROCFS_PATH)


def users() -> list[suser]:
    """Who is logged in (`/run/utmp`, or systemd's sessions where there is no such file)."""
    return _native.users()


def bytes2human(n):
    """A size in bytes as text: `bytes2human(10000)` is `'9.8K'`."""
    value, symbol = n, "B"
    for bigger in "KMGTPEZY":
        if not abs(value) >= 1024:
            break
        value, symbol = value / 1024, bigger
    return f"{value:.1f}{symbol}"


if hasattr(_native, "heap_info"):
    __all__ += ["heap_info", "heap_trim"]

    def heap_info() -> pheap:
        """The C library's heap of this process, bytes (`mallinfo2(3)`)."""
        return _native.heap_info()

    def heap_trim() -> None:
        """Ask the C library to give unused memory back (`malloc_trim(3)`)."""
        _native.heap_trim()


def install_as_psutil():
    """Be `psutil` from now on: for `import psutil`, and in what objects print."""
    from ._popen import Popen

    module = _sys.modules[__name__]
    for cls in (Process, Popen, Error, NoSuchProcess, ZombieProcess, AccessDenied,
                TimeoutExpired):  # fmt: skip
        cls.__module__ = "psutil"
    _sys.modules["psutil"] = module
    for name in ("_ntuples", "_enums", "_exceptions", "_popen"):
        __import__(f"{__name__}.{name}")
        _sys.modules[f"psutil.{name}"] = _sys.modules[f"{__name__}.{name}"]


if _sys.modules.get("psutil") is _sys.modules[__name__]:
    # This is a reload.
    install_as_psutil()
