"""Every process and every attribute, against psutil 7.2.2 at nearly the same instant.

Each attribute has a comparison: what psutil 8.0 changed against 7.2.2, what may move in between,
and where sysvitals differs on purpose (docs/differences.md) is named there.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time

import pytest
from conftest import NOBODY, nobody_python, plain_python, wait_for

import sysvitals

psutil = pytest.importorskip("psutil")

if psutil.version_info != (7, 2, 2):
    pytest.skip(f"compares with psutil 7.2.2, not {psutil.__version__}", allow_module_level=True)

TRIES = 6
#: Attributes that 7.2.2 does not have, and what they are compared with there.
NEW_IN_8 = {"memory_info_ex", "memory_footprint", "page_faults"}


# --- reading


def answer(call):
    """A value, or what was raised."""
    try:
        return call()
    except Exception as exc:  # noqa: BLE001
        return exc


def theirs(proc, name):
    if name == "memory_footprint":
        return tuple(proc.memory_full_info()[-3:])
    if name == "page_faults":
        return stat_faults(proc.pid)
    if name == "memory_info_ex":
        return status_memory(proc)
    if name == "pid":
        return proc.pid
    return getattr(proc, name)()


def ours(proc, name):
    return proc.pid if name == "pid" else getattr(proc, name)()


def raw(pid, name):
    """The bytes of a file of a process, with psutil's exceptions."""
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except PermissionError:
        raise psutil.AccessDenied(pid) from None
    except (FileNotFoundError, ProcessLookupError):
        raise psutil.NoSuchProcess(pid) from None


def stat_faults(pid):
    fields = raw(pid, "stat").rpartition(b")")[2].split()
    return int(fields[7]), int(fields[9])


def status_memory(proc):
    lines = dict(line.split(b":", 1) for line in raw(proc.pid, "status").splitlines())
    mem = proc.memory_info()
    names = ("VmHWM", "VmPeak", "RssAnon", "RssFile", "RssShmem", "VmSwap", "HugetlbPages")
    extra = [int(lines.get(name.encode(), b"0").split()[0]) * 1024 for name in names]
    return (mem.rss, mem.vms, mem.shared, mem.text, mem.data, *extra)


# --- comparing


def same(a, b):
    return a == b and type(a) is type(b)


def same_value(a, b):
    return a == b


def same_fields(a, b):
    return tuple(a) == tuple(b) and (not hasattr(b, "_fields") or a._fields == b._fields)


def between(low, value, high):
    return all(x <= y <= z for x, y, z in zip(low, value, high))


def close(relative, absolute):
    def compare(a, b):
        a = a if isinstance(a, (tuple, list)) else [a]
        b = b if isinstance(b, (tuple, list)) else [b]
        return len(a) == len(b) and all(
            abs(x - y) <= max(absolute, relative * max(abs(x), abs(y))) for x, y in zip(a, b)
        )

    return compare


PAGES = 256 * 1024
#: The kernel batches what it counts of RSS; a process that runs moves it.
memory_close = close(0.05, PAGES)


def same_memory(a, b):
    # 7.2.2 has rss, vms, shared, text, lib, data, dirty; 8.0 left out the two that are always 0.
    b = (b.rss, b.vms, b.shared, b.text, b.data) if hasattr(b, "lib") else b
    return memory_close(tuple(a), tuple(b))


def same_maps(a, b):
    if [m._fields for m in a] != [m._fields for m in b]:
        return False
    return [m.path for m in a] == [m.path for m in b] and all(
        close(0.05, PAGES)(x[1:], y[1:]) for x, y in zip(a, b)
    )


def same_threads(a, b):
    ids = [t.id for t in a] == [t.id for t in b]
    return ids and all(close(0, 0.05)(x[1:], y[1:]) for x, y in zip(a, b))


def same_connections(a, b):
    def key(conn):
        return (conn.fd, conn.family, conn.type, tuple(conn.laddr), tuple(conn.raddr))

    return sorted(map(key, a)) == sorted(map(key, b)) and (
        sorted(str(c.status) for c in a) == sorted(str(c.status) for c in b)
    )


COMPARE = {
    "pid": same,
    "ppid": same,
    "name": same,
    "exe": same,
    "cmdline": same,
    "cwd": same,
    "username": same,
    "terminal": same,
    "nice": same,
    "num_threads": same,
    "cpu_affinity": same,
    "uids": same_fields,
    "gids": same_fields,
    # An enum member in 8.0, which equals the string of 7.2.2.
    "status": same_value,
    "ionice": same_fields,
    "environ": same,
    # btime is rounded by the kernel, and 7.2.2 may have cached another.
    "create_time": close(0, 0.02),
    "cpu_times": close(0, 0.05),
    # The first call without an interval.
    "cpu_percent": same,
    "cpu_num": lambda a, b: isinstance(a, int) and 0 <= a < os.cpu_count() * 64,
    "num_ctx_switches": close(0.01, 20),
    "io_counters": close(0.01, 100_000),
    "num_fds": same,
    "open_files": lambda a, b: (
        sorted((f.path, f.fd, f.mode, f.flags) for f in a)
        == sorted((f.path, f.fd, f.mode, f.flags) for f in b)
    ),
    "net_connections": same_connections,
    "threads": same_threads,
    "memory_info": same_memory,
    "memory_info_ex": memory_close,
    "memory_footprint": memory_close,
    "memory_percent": close(0.05, 0.1),
    "memory_maps": same_maps,
    "page_faults": close(0.01, 200),
}


def is_kernel_thread(pid):
    try:
        return raw(pid, "cmdline") == b"" and raw(pid, "statm").split()[0] == b"0"
    except psutil.Error:
        return False


def differs_on_purpose(pid, name, mine, other):
    """The differences of docs/differences.md that can be met on any machine."""
    # environ() of a kernel thread: NoSuchProcess there for root, an empty environment here.
    if name == "environ" and mine == {} and isinstance(other, psutil.NoSuchProcess):
        return is_kernel_thread(pid)
    # Files and connections of a process in other namespaces.
    if name in ("open_files", "net_connections") and not isinstance(other, Exception):
        kind = "mnt" if name == "open_files" else "net"
        try:
            here, there = (os.readlink(f"/proc/{p}/ns/{kind}") for p in ("self", pid))
        except OSError:
            return False
        return here != there
    return False


def equal(pid, name, mine, other):
    if isinstance(mine, Exception) or isinstance(other, Exception):
        if differs_on_purpose(pid, name, mine, other):
            return True
        if not (isinstance(mine, Exception) and isinstance(other, Exception)):
            return False
        if type(mine).__name__ != type(other).__name__:
            return False
        if isinstance(mine, sysvitals.Error):
            return mine.pid == other.pid and (name in NEW_IN_8 or mine.msg == other.msg)
        return str(mine) == str(other)
    return COMPARE[name](mine, other) or differs_on_purpose(pid, name, mine, other)


def settled(read_mine, read_other, same):
    """Compare until both agree: with what psutil said before us, or after.

    What differs is told only where psutil said the same before and after; what moves all the time
    cannot be compared.
    """
    difference = None
    for attempt in range(TRIES):
        before, mine, after = answer(read_other), answer(read_mine), answer(read_other)
        if same(mine, before) or same(mine, after):
            return None
        still = repr(before) == repr(after)
        difference = f"{mine!r} != {before!r}" if still else None
        time.sleep(0.01 * attempt)
    return difference


def compare(pid, names):
    """What differs of a process; None if it is gone."""
    found = []
    for name in names:
        if not (sysvitals.pid_exists(pid) and psutil.pid_exists(pid)):
            return None
        difference = settled(
            lambda name=name: ours(sysvitals.Process(pid), name),
            lambda name=name: theirs(psutil.Process(pid), name),
            lambda mine, other, name=name: equal(pid, name, mine, other),
        )
        if difference and psutil.pid_exists(pid):
            found.append(f"{pid} {name}: {difference}")
    return found


@pytest.fixture
def zoo(spawn, zombie, tmp_path):
    """Processes out of the ordinary, among those of the machine."""
    spawn("sleep", "61", cwd=tmp_path)
    gone = tmp_path / "gone"
    gone.mkdir()
    spawn("sleep", "62", cwd=gone)
    gone.rmdir()
    odd = tmp_path / "a) (b c"
    odd.symlink_to(shutil.which("sleep"))
    spawn(str(odd), "63")
    program = tmp_path / "a name longer than fifteen bytes"
    program.write_bytes(b"#!/bin/sh\nsleep 64\n")
    program.chmod(0o755)
    spawn(str(program))
    stopped = spawn("sleep", "65")
    os.kill(stopped.pid, 19)
    code = (
        "import socket, sys, threading, time\n"
        "open(sys.argv[1] + '/r', 'w'); a = open(sys.argv[1] + '/r'); b = open(sys.argv[1] + '/a', 'a')\n"
        "c = open(sys.argv[1] + '/w', 'w+'); d = socket.socket(); d.bind(('127.0.0.1', 0))\n"
        "d.listen(); e = socket.create_connection(d.getsockname()); f = d.accept()\n"
        "g = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); g.bind(('127.0.0.1', 0))\n"
        "h = socket.socket(socket.AF_UNIX); h.bind(sys.argv[1] + '/s'); h.listen()\n"
        "try: i = socket.socket(socket.AF_INET6); i.bind(('::1', 0)); i.listen()\n"
        "except OSError: pass\n"
        "[threading.Thread(target=time.sleep, args=(600,), daemon=True).start() for _ in range(3)]\n"
        "print('up', flush=True); time.sleep(600)\n"
    )
    busy = spawn(plain_python(), "-c", code, str(tmp_path), stdout=subprocess.PIPE)
    assert busy.stdout.readline() == b"up\n"
    if os.geteuid() == 0:
        spawn("sleep", "66", user=NOBODY, group=NOBODY, cwd="/")
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    yield [child_pid for child_pid in psutil.pids()]
    stop.set()
    thread.join()


def test_every_attribute_is_compared():
    assert set(COMPARE) == sysvitals.Process.attrs
    assert sysvitals.Process.attrs - NEW_IN_8 <= set(psutil.Process().as_dict())


def test_every_process_and_attribute(zoo):
    differences, compared = [], 0
    for pid in psutil.pids():
        found = compare(pid, sorted(COMPARE))
        if found is not None:
            compared += 1
            differences += found
    print(f"{compared} processes, {len(COMPARE)} attributes")
    assert compared >= 5
    assert not differences, "\n".join(differences)


def test_kinds_of_connections(zoo):
    kinds = ["all", "tcp", "tcp4", "udp", "udp4", "inet", "inet4", "inet6", "tcp6", "udp6", "unix"]
    differences = []
    for pid in psutil.pids():
        for kind in kinds:
            difference = settled(
                lambda p=pid, k=kind: sysvitals.Process(p).net_connections(k),
                lambda p=pid, k=kind: psutil.Process(p).net_connections(k),
                lambda mine, other, p=pid: equal(p, "net_connections", mine, other),
            )
            if difference:
                differences.append(f"{pid} {kind}: {difference}")
    assert not differences, "\n".join(differences)


def test_maps_one_by_one(zoo):
    me, it = sysvitals.Process(), psutil.Process()
    assert me.memory_maps(grouped=False)[0]._fields == it.memory_maps(grouped=False)[0]._fields
    for child in it.children():
        for _ in range(TRIES):
            mine = answer(lambda: sysvitals.Process(child.pid).memory_maps(grouped=False))
            other = answer(lambda: child.memory_maps(grouped=False))
            if isinstance(other, Exception):
                assert type(mine).__name__ == type(other).__name__
                break
            if [m[:3] for m in mine] == [m[:3] for m in other] and all(
                memory_close(a[3:], b[3:]) for a, b in zip(mine, other)
            ):
                break
        else:
            raise AssertionError(f"{mine} != {other}")


def test_memory_percent_types(spawn):
    pid = spawn().pid
    me, it = sysvitals.Process(pid), psutil.Process(pid)
    for memtype in ("rss", "vms", "shared", "text", "data", "uss", "pss", "swap"):
        assert close(0.05, 0.05)(me.memory_percent(memtype), it.memory_percent(memtype))
    total = psutil.virtual_memory().total
    assert me.memory_percent("vms") == me.memory_info().vms / total * 100


def test_full_info(spawn):
    pid = spawn().pid
    with pytest.warns(DeprecationWarning):
        mine = sysvitals.Process(pid).memory_full_info()
    other = psutil.Process(pid).memory_full_info()
    assert memory_close(mine, tuple(getattr(other, field) for field in mine._fields))


def test_as_dict_keys_and_ad_value(zoo):
    shared = sorted(sysvitals.Process.attrs - NEW_IN_8)
    token = object()
    differences = []
    for pid in psutil.pids():
        for _ in range(TRIES):
            mine = answer(lambda: sysvitals.Process(pid).as_dict(shared, ad_value=token))
            other = answer(lambda: psutil.Process(pid).as_dict(shared, ad_value=token))
            if isinstance(other, Exception):
                # The whole dict is lost there for the environ of a kernel thread.
                if isinstance(mine, Exception) or is_kernel_thread(pid):
                    break
                continue
            if isinstance(mine, Exception):
                continue
            denied = [{name for name, v in d.items() if v is token} for d in (mine, other)]
            if set(mine) == set(other) and denied[0] == denied[1]:
                break
        else:
            differences.append(f"{pid}: {mine!r} != {other!r}")
    assert not differences, "\n".join(differences)


def test_process_iter_with_attributes(zoo):
    names = ["pid", "name", "username", "ppid", "cmdline", "exe", "status", "cpu_affinity"]
    for _ in range(TRIES):
        before = {p.pid: p.info for p in psutil.process_iter(names, ad_value="-")}
        mine = {
            p.pid: {name: ours(p, name) for name in names}
            for p in sysvitals.process_iter(names, ad_value="-")
        }
        after = {p.pid: p.info for p in psutil.process_iter(names, ad_value="-")}
        wrong = [
            (pid, name, mine[pid][name], after[pid][name])
            for pid in set(before) & set(mine) & set(after)
            for name in names
            if mine[pid][name] not in (before[pid][name], after[pid][name])
        ]
        missing = (set(before) & set(after)) - set(mine)
        if not wrong and not missing:
            break
    assert not wrong and not missing
    assert list(mine) == sorted(mine)


def test_pids(zoo):
    for _ in range(TRIES):
        first, mine, last = psutil.pids(), sysvitals.pids(), psutil.pids()
        missing = (set(first) & set(last)) - set(mine)
        extra = {pid for pid in set(mine) - set(first) - set(last) if psutil.pid_exists(pid)}
        if not missing and not extra:
            break
    assert not missing and not extra
    assert mine == sorted(mine)
    assert all(type(pid) is int for pid in mine)


def test_pid_exists(zoo):
    tids = {int(tid) for pid in psutil.pids() for tid in listing(f"/proc/{pid}/task")}
    highest = max(tids)
    wrong = []
    for pid in [*range(-2, 2000), *range(highest - 500, highest + 500), *tids, 2**22, 2**31 - 1]:
        for _ in range(TRIES):
            if sysvitals.pid_exists(pid) is psutil.pid_exists(pid):
                break
        else:
            wrong.append(pid)
    assert not wrong
    assert os.getpid() in tids and any(not sysvitals.pid_exists(tid) for tid in tids)


def listing(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def test_family(zoo):
    def pids(procs):
        return type(procs).__name__ if isinstance(procs, Exception) else [p.pid for p in procs]

    def family(module, pid):
        proc = module.Process(pid)
        parent = answer(proc.parent)
        return (
            getattr(parent, "pid", type(parent).__name__),
            pids(answer(proc.parents)),
            pids(answer(proc.children)),
            pids(answer(lambda: proc.children(recursive=True))),
            proc.is_running(),
        )

    # Each answer is a pass over all processes: those of ours, their parents, and some others.
    here = psutil.Process()
    some = {p.pid for p in (here, *here.parents(), *here.children())} | set(psutil.pids()[::10])
    differences = []
    for pid in sorted(some):
        difference = settled(
            lambda p=pid: family(sysvitals, p),
            lambda p=pid: family(psutil, p),
            lambda mine, other: (
                mine == other
                or (
                    isinstance(mine, sysvitals.NoSuchProcess)
                    and isinstance(other, psutil.NoSuchProcess)
                )
            ),
        )
        if difference:
            differences.append(f"{pid}: {difference}")
    assert not differences, "\n".join(differences)


def test_missing_pids(dead_pid):
    for pid in (dead_pid, 0, 2**22, 2**31 - 1, 2**31, 2**64):
        mine, other = answer(lambda: sysvitals.Process(pid)), answer(lambda: psutil.Process(pid))
        assert isinstance(other, psutil.NoSuchProcess)
        assert repr(mine) == repr(other).replace("psutil.", "sysvitals.")
        assert str(mine) == str(other)


def test_the_dead(spawn):
    child = spawn()
    pairs = []
    for named in (False, True):
        pair = sysvitals.Process(child.pid), psutil.Process(child.pid)
        if named:
            for proc in pair:
                proc.name()
        pairs.append(pair)
    child.kill()
    child.wait()
    # create_time() is kept from the beginning in 7.2.2, and from the first call on in 8.0.
    names = (sysvitals.Process.attrs - NEW_IN_8 - {"pid", "create_time"}) | {"parent", "parents"}
    for me, it in pairs:
        for name in sorted(names):
            mine, other = answer(getattr(me, name)), answer(getattr(it, name))
            assert isinstance(other, psutil.NoSuchProcess), name
            assert repr(mine) == repr(other).replace("psutil.", "sysvitals."), name
            assert str(mine) == str(other)
        for name in ("suspend", "resume", "terminate", "kill"):
            mine, other = answer(getattr(me, name)), answer(getattr(it, name))
            assert repr(mine) == repr(other).replace("psutil.", "sysvitals."), name
        assert me.is_running() is it.is_running() is False
        assert me.wait() is it.wait() is None


def test_zombies(zombie, foreign_zombie):
    for pid in (zombie, foreign_zombie):
        assert compare(pid, sorted(COMPARE)) == []
        assert sysvitals.Process(pid).is_running() is psutil.Process(pid).is_running() is True
        assert sysvitals.pid_exists(pid) is psutil.pid_exists(pid) is True


def test_threads_by_their_id(zoo):
    for thread in psutil.Process().threads():
        if thread.id != os.getpid():
            for name in sorted(COMPARE):
                assert not settled(
                    lambda: ours(sysvitals.Process(thread.id), name),
                    lambda: theirs(psutil.Process(thread.id), name),
                    lambda mine, other: equal(thread.id, name, mine, other),
                ), name


def test_setters_are_seen_by_the_other(spawn):
    pid = spawn().pid
    me, it = sysvitals.Process(pid), psutil.Process(pid)
    for value in (1, 5, 19):
        me.nice(value)
        assert it.nice() == me.nice() == value
    for ioclass, value in ((2, 0), (2, 7), (3, 0), (2, 4)):
        me.ionice(ioclass, value)
        assert it.ionice() == me.ionice() == (ioclass, value)
    cpus = it.cpu_affinity()
    for wanted in (cpus[:1], cpus[-1:], cpus):
        me.cpu_affinity(wanted)
        assert it.cpu_affinity() == me.cpu_affinity() == sorted(wanted)
    for resource in range(16):
        assert me.rlimit(resource) == it.rlimit(resource)
    for limits in ((100, 200), (50, 100), (9, 9)):
        me.rlimit(sysvitals.RLIMIT_NOFILE, limits)
        assert it.rlimit(psutil.RLIMIT_NOFILE) == me.rlimit(sysvitals.RLIMIT_NOFILE) == limits
    infinite = (sysvitals.RLIM_INFINITY, sysvitals.RLIM_INFINITY)
    assert infinite == (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY) == (-1, -1)
    for resource in range(16):
        if it.rlimit(resource) == infinite:
            me.rlimit(resource, (1 << 40, -1))
            assert it.rlimit(resource) == me.rlimit(resource) == (1 << 40, -1)
            me.rlimit(resource, infinite)
            assert it.rlimit(resource) == me.rlimit(resource) == infinite
    me.suspend()
    wait_for(lambda: it.status() == "stopped")
    it.resume()
    wait_for(lambda: me.status() != sysvitals.STATUS_STOPPED)


def test_wait_results(spawn):
    for command, sig in ((("true",), 0), (("sh", "-c", "exit 9"), 0), ((), 15), ((), 9)):
        results = []
        for module in (sysvitals, psutil):
            proc = module.Process(spawn(*command).pid)
            if sig:
                proc.send_signal(sig)
            results.append(proc.wait(timeout=20))
        # Negsignal in 7.2.2, NegSignal in 8.0.
        assert repr(results[0]) == repr(results[1]).replace("Negsignal", "NegSignal")
        assert results[0] == results[1]


def test_heap():
    mine, other = sysvitals.heap_info(), psutil.heap_info()
    assert mine._fields == other._fields
    assert close(0.05, 1_000_000)(mine, other)
    assert sysvitals.heap_trim() is None


def test_everything_as_nobody():
    """The tests of this file again, with the rights of nobody."""
    basetemp = f"{tempfile.gettempdir()}/sysvitals-nobody-{os.getpid()}"
    done = subprocess.run(
        nobody_python(
            "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rs", "--basetemp", basetemp,
            __file__, modules="sysvitals, psutil, pytest",
        ),
        capture_output=True, text=True, cwd="/", timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
