"""`python -m sysvitals`: a report on this machine, or a program run with this as its psutil."""

from __future__ import annotations

import builtins
import datetime
import io
import os
import platform
import runpy
import sys
import warnings
import zipfile
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from types import ModuleType, TracebackType

import sysvitals

_USAGE = """\
usage: python -m sysvitals                       report what can be read here
       python -m sysvitals PROGRAM [ARGUMENT...] run a Python program
       python -m sysvitals -m MODULE [ARGUMENT...]

PROGRAM is a file, or a directory or zip file with a __main__.py. It, and all it imports, get
sysvitals where they say `import psutil`. Other Python processes that it starts do not.

options:
  -h, --help     show this
  -V, --version  show the versions
"""

_CAPABILITIES = {
    "CAP_KILL": (5, "signal other users' processes"),
    "CAP_SYS_PTRACE": (19, "read all of other users' processes and sockets"),
    "CAP_SYS_NICE": (23, "raise priorities, set other users' processes"),
    "CAP_SYS_RESOURCE": (24, "raise hard limits"),
}
_DENIED = object()


def _main() -> None:
    arguments = sys.argv[1:]
    if not arguments:
        try:
            _report()
            sys.stdout.flush()
        except BrokenPipeError:
            # Who reads has enough; let the interpreter's own flush say nothing of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif arguments[0] in ("-h", "--help"):
        print(_USAGE, end="")
    elif arguments[0] in ("-V", "--version"):
        print(_versions())
    elif arguments[0] == "-m":
        if len(arguments) == 1:
            _fail("argument expected for the -m option")
        _run(arguments[1], arguments[1:], is_module=True)
    elif arguments[0].startswith("-"):
        _fail(f"unknown option {arguments[0]}")
    else:
        _run(arguments[0], arguments, is_module=False)


def _fail(message: str) -> None:
    print(f"sysvitals: {message}\n\n{_USAGE}", end="", file=sys.stderr)
    raise SystemExit(2)


# --- running a program


def _run(name: str, argv: list[str], is_module: bool) -> None:
    sysvitals.install_as_psutil()
    if not is_module and not os.path.exists(name):
        error = f"[Errno 2] {os.strerror(2)}"
        print(f"{sys.executable}: can't open file {name!r}: {error}", file=sys.stderr)
        raise SystemExit(2)
    sys.argv = argv
    try:
        if is_module:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        else:
            # With -P and -I the first entry is not that of this program.
            if not getattr(sys.flags, "safe_path", sys.flags.isolated):
                sys.path[0] = os.path.dirname(os.path.realpath(name))
            _run_file(name)
    except BaseException as error:
        if isinstance(error, ImportError) and _of_program(error.__traceback__) is None:
            print(f"{sys.executable}: {error}", file=sys.stderr)
            raise SystemExit(1) from None
        _trim_report()
        raise


def _run_file(name: str) -> None:
    if os.path.isdir(name) or name.endswith(".pyc") or zipfile.is_zipfile(name):
        runpy.run_path(name, run_name="__main__")
        return
    # As runpy, but sys.argv[0] stays as it was given, and the module outlives its last line: for
    # threads and what is registered with atexit.
    path = os.path.abspath(name)
    with io.open_code(path) as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    module = ModuleType("__main__")
    module.__file__ = path
    module.__loader__ = SourceFileLoader("__main__", path)
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    exec(code, module.__dict__)


def _trim_report() -> None:
    """Let the interpreter report an exception of the program without the frames of this file."""
    hook = sys.excepthook

    def trimmed(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        sys.excepthook = hook
        traceback = _of_program(traceback)
        hook(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = trimmed


def _of_program(traceback: TracebackType | None) -> TracebackType | None:
    own = {__file__, runpy.__file__, "<frozen runpy>"}
    while traceback is not None and traceback.tb_frame.f_code.co_filename in own:
        traceback = traceback.tb_next
    return traceback


# --- the report


def _versions() -> str:
    own = sysvitals.__sysvitals_version__
    return f"sysvitals {own} (psutil {sysvitals.__version__})"


def _report() -> None:
    print(_versions())
    _row("platform", platform.platform())
    _row("python", f"{platform.python_implementation()} {platform.python_version()}")
    _row("kernel", platform.release())
    _row("procfs", _procfs())
    _row("user", _user())
    _row("ptrace scope", _ptrace_scope())
    _row("pidfd", _pidfd())
    _row("heap", _heap())

    print("\nprivileges")
    effective = _capabilities()
    for name, (bit, purpose) in _CAPABILITIES.items():
        held = "unknown" if effective is None else "yes" if effective >> bit & 1 else "no"
        _row(f"  {name}", f"{held:<8}{purpose}", width=20)

    print("\nsystem")
    for label, tell in _SYSTEM.items():
        _row(f"  {label}", _told(tell))

    print("\nreadable")
    _row("  this process", _readable(os.getpid()))
    _row("  process 1", _readable(1))
    _row("  all", _everyone())


def _row(label: str, text: str, width: int = 16) -> None:
    print(f"{label:<{width}}{text}")


def _procfs() -> str:
    path = sysvitals.PROCFS_PATH
    try:
        with open(f"{path}/self/mounts", encoding="utf-8", errors="replace") as mounts:
            lines = [line.split() for line in mounts]
    except OSError as error:
        return f"{path}: {error.strerror}"
    # The last mount on a path is the one that is seen.
    for _, target, kind, options, *_ in reversed(lines):
        if target == path and kind == "proc":
            hidden = [word for word in options.split(",") if word.startswith("hidepid=")]
            return f"{path} ({', '.join(hidden) or 'no hidepid'})"
    return f"{path} (not a mount of type proc)"


def _user() -> str:
    uid = os.geteuid()
    return f"{sysvitals.Process().username()} (effective uid {uid})"


def _ptrace_scope() -> str:
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope", encoding="ascii") as file:
            scope = file.read().strip()
    except FileNotFoundError:
        return "not restricted (no Yama)"
    except OSError as error:
        return f"unknown: {error.strerror}"
    meaning = {
        "0": "same user",
        "1": "descendants only",
        "2": "with CAP_SYS_PTRACE only",
        "3": "nobody",
    }
    return f"{scope} (attach: {meaning.get(scope, 'unknown')}; reading does not depend on it)"


def _pidfd() -> str:
    try:
        fd = os.pidfd_open(os.getpid())
    except AttributeError:
        return "unknown: this Python has no os.pidfd_open"
    except OSError as error:
        return f"no: {error.strerror}; signals check the start time, then use kill(2)"
    os.close(fd)
    return "yes: signals cannot reach a reused PID"


def _heap() -> str:
    if not hasattr(sysvitals, "heap_info"):
        return "not available: the C library is not glibc"
    used = sysvitals.heap_info().heap_used
    return f"available, {sysvitals.bytes2human(used)} used by this process"


def _told(tell: Callable[[], str]) -> str:
    try:
        return tell()
    except (OSError, ValueError, NotImplementedError) as error:
        return f"not readable: {error}"


def _cpus() -> str:
    text = f"{sysvitals.cpu_count() or 'unknown'} logical"
    cores = sysvitals.cpu_count(logical=False)
    text += f", {cores or 'unknown'} physical"
    freq = sysvitals.cpu_freq()
    return text + (f", {freq.current:.0f} MHz" if freq else "; no frequencies")


def _memory() -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        memory, swap = sysvitals.virtual_memory(), sysvitals.swap_memory()
    human = sysvitals.bytes2human
    text = f"{human(memory.available)} of {human(memory.total)} available"
    text += f", swap {human(swap.free)} of {human(swap.total)}" if swap.total else ", no swap"
    return "; ".join([text, *(str(warning.message) for warning in caught)])


def _disks() -> str:
    mounts = sysvitals.disk_partitions()
    disks = sysvitals.disk_io_counters(perdisk=True)
    return f"{len(mounts)} mounted, counters of {len(disks)} disks and partitions"


def _network() -> str:
    stats = sysvitals.net_if_stats()
    up = sum(nic.isup for nic in stats.values())
    return f"{len(stats)} interfaces, {up} of them up"


def _sockets() -> str:
    conns = sysvitals.net_connections("inet")
    owned = sum(conn.pid is not None for conn in conns)
    return f"{len(conns)} TCP and UDP, {owned} with a process that may be seen"


def _sensors() -> str:
    temperatures = sum(map(len, sysvitals.sensors_temperatures().values()))
    fans = sum(map(len, sysvitals.sensors_fans().values()))
    battery = "a battery" if sysvitals.sensors_battery() else "no battery"
    return f"{temperatures} temperatures, {fans} fans, {battery}"


def _sessions() -> str:
    booted = datetime.datetime.fromtimestamp(sysvitals.boot_time())
    return f"up since {booted:%Y-%m-%d %H:%M:%S}, {len(sysvitals.users())} login sessions"


_SYSTEM = {
    "processors": _cpus,
    "memory": _memory,
    "disks": _disks,
    "network": _network,
    "sockets": _sockets,
    "sensors": _sensors,
    "sessions": _sessions,
}


def _capabilities() -> int | None:
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("CapEff:"):
                    return int(line.split()[1], 16)
    except OSError:
        pass
    return None


def _readable(pid: int) -> str:
    try:
        values = sysvitals.Process(pid).as_dict(ad_value=_DENIED)
    except sysvitals.Error as error:
        return str(error)
    return _summary(values)


def _summary(values: dict[str, object]) -> str:
    denied = sorted(name for name, value in values.items() if value is _DENIED)
    missing = sorted(sysvitals.Process.attrs - values.keys())
    text = f"{len(values) - len(denied)} of {len(sysvitals.Process.attrs)} attributes"
    if denied:
        text += f"; denied: {', '.join(denied)}"
    if missing:
        text += f"; not provided by this kernel: {', '.join(missing)}"
    return text


def _everyone() -> str:
    """How many processes show a file that is as private as the most private."""
    seen = readable = 0
    for proc in sysvitals.process_iter(["io_counters"], ad_value=_DENIED):
        seen += 1
        readable += proc.io_counters() is not _DENIED
    text = f"{readable} of {seen} processes in full"
    if readable < seen:
        text += "; else as their user, or with CAP_SYS_PTRACE in their user namespace"
    return text


if __name__ == "__main__":
    _main()
