"""The functions of the machine, on trees that were written for the test and on this machine."""

import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
import time
import types
import warnings
from pathlib import Path

import pytest
from conftest import run_python

import sysvitals
from sysvitals import _ntuples

KIB = 1024
HZ = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

#: Every function of the machine, in every form.
CALLS = {
    "cpu_times": lambda m: m.cpu_times(),
    "cpu_times percpu": lambda m: m.cpu_times(percpu=True),
    "cpu_percent": lambda m: m.cpu_percent(),
    "cpu_percent percpu": lambda m: m.cpu_percent(percpu=True),
    "cpu_times_percent": lambda m: m.cpu_times_percent(),
    "cpu_times_percent percpu": lambda m: m.cpu_times_percent(percpu=True),
    "cpu_count": lambda m: m.cpu_count(),
    "cpu_count cores": lambda m: m.cpu_count(logical=False),
    "cpu_stats": lambda m: m.cpu_stats(),
    "cpu_freq": lambda m: m.cpu_freq(),
    "cpu_freq percpu": lambda m: m.cpu_freq(percpu=True),
    "getloadavg": lambda m: m.getloadavg(),
    "virtual_memory": lambda m: m.virtual_memory(),
    "swap_memory": lambda m: m.swap_memory(),
    "disk_partitions": lambda m: m.disk_partitions(),
    "disk_partitions all": lambda m: m.disk_partitions(all=True),
    "disk_usage": lambda m: m.disk_usage("/"),
    "disk_io_counters": lambda m: m.disk_io_counters(),
    "disk_io_counters perdisk": lambda m: m.disk_io_counters(perdisk=True),
    "disk_io_counters raw": lambda m: m.disk_io_counters(perdisk=True, nowrap=False),
    "net_connections": lambda m: m.net_connections("all"),
    "net_io_counters": lambda m: m.net_io_counters(),
    "net_io_counters pernic": lambda m: m.net_io_counters(pernic=True),
    "net_io_counters raw": lambda m: m.net_io_counters(pernic=True, nowrap=False),
    "net_if_addrs": lambda m: m.net_if_addrs(),
    "net_if_stats": lambda m: m.net_if_stats(),
    "sensors_temperatures": lambda m: m.sensors_temperatures(),
    "sensors_temperatures fahrenheit": lambda m: m.sensors_temperatures(fahrenheit=True),
    "sensors_fans": lambda m: m.sensors_fans(),
    "sensors_battery": lambda m: m.sensors_battery(),
    "boot_time": lambda m: m.boot_time(),
    "users": lambda m: m.users(),
}
CALLS["disk_usage_timeout"] = lambda m: m.disk_usage_timeout("/", 60)

#: The Python types of a field, by what the contract says of it.
FIELD_TYPES = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "None": types.NoneType if hasattr(types, "NoneType") else type(None),
    "socket.AddressFamily": socket.AddressFamily,
    "socket.SocketKind": socket.SocketKind,
    "addr": _ntuples.addr,
    "tuple": tuple,
    "ConnectionStatus": sysvitals.ConnectionStatus,
    "NicDuplex": sysvitals.NicDuplex,
    "BatteryTime": sysvitals.BatteryTime,
}


def tuples_in(value):
    """All named tuples in an answer."""
    if hasattr(value, "_fields"):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from tuples_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from tuples_in(inner)


def check_tuple(value):
    cls = type(value)
    assert cls is getattr(_ntuples, cls.__name__)
    for field, kind in cls.__annotations__.items():
        names = (kind if isinstance(kind, str) else kind.__name__).split(" | ")
        allowed = [FIELD_TYPES[name] for name in names]
        if field == "type":
            allowed.append(int)
        assert type(getattr(value, field)) in allowed, (value, field)
    again = pickle.loads(pickle.dumps(value))
    assert again == value and type(again) is cls
    assert value._asdict() == dict(zip(value._fields, value))
    assert json.loads(json.dumps(value)) == json.loads(json.dumps(list(value)))
    assert value._replace(**{value._fields[0]: 1})[0] == 1
    hash(value)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_answers_are_of_the_contracts_types(name):
    value = CALLS[name](sysvitals)
    for found in tuples_in(value):
        check_tuple(found)
    json.dumps(value)
    assert type(pickle.loads(pickle.dumps(value))) is type(value)


def test_made_up_tuples_are_like_those_of_the_machine():
    # What this machine may have none of.
    for value in (
        _ntuples.sbattery(50.0, sysvitals.POWER_TIME_UNLIMITED, True),
        _ntuples.sbattery(50.0, 60, None),
        _ntuples.shwtemp("", 40.0, None, None),
        _ntuples.sfan("", 3000),
        _ntuples.suser("root", None, None, 1.0, None),
        _ntuples.scpufreq(1.0, None, None),
    ):
        check_tuple(value)


# --- trees


@pytest.fixture
def proc(tmp_path, monkeypatch):
    """A `PROCFS_PATH` of its own; call it to write files there, None to remove one."""
    root = tmp_path / "proc"
    root.mkdir()
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(root))

    def write(**files):
        for name, text in files.items():
            path = root / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())

    write.root = root
    return write


def quiet(call):
    """The answer of a call that must not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return call()


def warned(call):
    """The answer of a call, and the one warning that came with it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = call()
    (warning,) = caught
    assert warning.category is RuntimeWarning
    # psutil's point into psutil too.
    assert warning.filename == sysvitals.__file__
    return value, str(warning.message)


MEMINFO = {
    "MemTotal": 1000, "MemFree": 100, "Buffers": 10, "Cached": 200, "SReclaimable": 50,
    "Active": 300, "Inactive": 150, "Active(file)": 80, "Inactive(file)": 60, "Shmem": 7,
    "Slab": 90,
}  # fmt: skip


def meminfo(**changes):
    lines = {**MEMINFO, **changes}
    return "".join(f"{k}: {v} kB\n" for k, v in lines.items() if v is not None)


def zoneinfo(*lows):
    return "".join(f"Node 0, zone Z\n  pages free 1\n        low {low}\n" for low in lows)


@pytest.mark.parametrize(
    ("available", "zones", "expected"),
    [
        (600, None, (614400, 40.0, 409600)),
        (None, (2, 3), (235520, 77.0, 788480)),
        (0, (2, 3), (235520, 77.0, 788480)),
        (None, None, (307200, 70.0, 716800)),
        (6000, None, (102400, 90.0, 921600)),
    ],
)
def test_virtual_memory(proc, available, zones, expected):
    if zones and PAGE != 4096:
        pytest.skip("the vectors are of pages of 4096 bytes")
    proc(meminfo=meminfo(MemAvailable=available))
    if zones:
        proc(zoneinfo=zoneinfo(*zones))
    memory = quiet(sysvitals.virtual_memory)
    assert (memory.available, memory.percent, memory.used) == expected
    assert memory.total == 1000 * KIB and memory.free == 100 * KIB
    assert memory.cached == 256000 and memory.buffers == 10240
    assert memory.shared == 7168 and memory.slab == 92160
    assert memory.active == 300 * KIB and memory.inactive == 150 * KIB


def test_virtual_memory_below_zero(proc):
    proc(meminfo=meminfo(), zoneinfo=zoneinfo(9999))
    memory, text = warned(sysvitals.virtual_memory)
    assert (memory.available, memory.percent, memory.used) == (0, 100.0, 1024000)
    assert text == "available memory stats couldn't be determined and was set to 0"


def test_virtual_memory_of_an_old_kernel(proc):
    proc(meminfo="MemTotal: 1000 kB\nMemFree: 100 kB\nCached: 200 kB\n")
    memory, text = warned(sysvitals.virtual_memory)
    assert memory.available == 307200
    assert text == (
        "buffers, shared, active, inactive memory stats couldn't be determined and were set to 0"
    )
    # Each call warns, for whoever listens to all.
    assert warned(sysvitals.virtual_memory) == (memory, text)


@pytest.mark.parametrize("text", ["", "MemFree: 1 kB\n", "\0" * 100, "MemTotal: x kB\n"])
def test_virtual_memory_of_what_is_none(proc, text):
    proc(meminfo=text)
    with pytest.raises(ValueError):
        sysvitals.virtual_memory()


def test_swap_memory(proc):
    proc(
        meminfo=meminfo(SwapTotal=100, SwapFree=25),
        vmstat="nr_free_pages 1\npswpin 2\npswpout 3\n",
    )
    swap = quiet(sysvitals.swap_memory)
    assert swap == (100 * KIB, 76800, 25 * KIB, 75.0, 2 * PAGE, 3 * PAGE)


def test_swap_memory_without_counters(proc):
    proc(meminfo=meminfo(SwapTotal=0, SwapFree=0), vmstat="pswpin 2\n")
    swap, text = warned(sysvitals.swap_memory)
    assert swap == (0, 0, 0, 0.0, 0, 0)
    plain = "'sin' and 'sout' swap memory stats couldn't be determined and were set to 0"
    assert text == plain
    proc(vmstat=None)
    swap, text = warned(sysvitals.swap_memory)
    assert swap.percent == 0.0 and swap.sin == swap.sout == 0
    path = proc.root / "vmstat"
    assert text == f"{plain} ([Errno 2] No such file or directory: {str(path)!r})"


# --- processors


def stat(*cpus, extra="ctxt 7\nbtime 1700000000\nsoftirq 9 1 2\n"):
    """`/proc/stat` with the columns in seconds; the first row is the machine's."""
    rows = [
        f"cpu{'' if n == 0 else n - 1} " + " ".join(str(round(x * HZ)) for x in columns)
        for n, columns in enumerate(cpus)
    ]
    return "\n".join(rows) + "\nintr 5 1 2 3\n" + extra


def test_cpu_times(proc):
    proc(stat=stat(range(1, 11), range(11, 21), range(21, 31)))
    times = sysvitals.cpu_times()
    # The kernel's order is user, nice, system, ...
    assert times == (1.0, 3.0, 4.0, 2.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
    first, second = sysvitals.cpu_times(percpu=True)
    assert (first.user, first.nice, first.system) == (11.0, 12.0, 13.0)
    assert second.guest_nice == 30.0


def test_columns_that_an_old_kernel_lacks(proc):
    proc(stat=stat((1, 2, 3, 4), (1, 2, 3, 4)))
    assert sysvitals.cpu_times() == (1.0, 3.0, 4.0, 2.0, 0, 0, 0, 0, 0, 0)
    assert sysvitals.cpu_times(percpu=True) == [sysvitals.cpu_times()]
    assert all(type(x) is float for x in sysvitals.cpu_times())


def test_cpu_stats_and_boot_time(proc):
    proc(stat=stat(range(10)))
    assert sysvitals.cpu_stats() == (7, 5, 9, 0)
    assert sysvitals.boot_time() == 1700000000.0
    assert type(sysvitals.boot_time()) is float
    proc(stat=stat(range(10), extra="btime 1700000001\n"))
    assert sysvitals.boot_time() == 1700000001.0


def test_no_boot_time(proc):
    proc(stat=stat(range(10), extra=""))
    with pytest.raises(RuntimeError, match="btime"):
        sysvitals.boot_time()


#: One CPU-second went by: 0.4 user (0.1 of a guest), 0.1 system, 0.3 idle, 0.2 iowait.
BEFORE = (100, 10, 50, 1000, 20, 0, 0, 0, 5, 0)
AFTER = (100.4, 10, 50.1, 1000.3, 20.2, 0, 0, 0, 5.1, 0)
SHARES = (40.0, 10.0, 30.0, 0.0, 20.0, 0.0, 0.0, 0.0, 10.0, 0.0)


@pytest.fixture
def one_second(proc):
    """Returns a function that lets the second go by."""
    if HZ % 10:
        pytest.skip(f"the vectors need a tenth of a second in ticks of 1/{HZ} s")
    proc(stat=stat(BEFORE, BEFORE))
    return lambda: proc(stat=stat(AFTER, AFTER))


def percents():
    return (
        sysvitals.cpu_percent(),
        sysvitals.cpu_percent(percpu=True),
        sysvitals.cpu_times_percent(),
        sysvitals.cpu_times_percent(percpu=True),
    )


#: All forms at once. The guest's time is in user already, and counts once.
EXPECTED = (50.0, [50.0], SHARES, [SHARES])
NOTHING = (0.0, [0.0], (0.0,) * 10, [(0.0,) * 10])


def test_percents_between_two_calls(one_second):
    percents()
    one_second()
    assert percents() == EXPECTED
    assert percents() == NOTHING


def test_percents_over_an_interval(one_second, monkeypatch):
    slept = []
    monkeypatch.setattr(sysvitals._time, "sleep", lambda s: (slept.append(s), one_second()))
    assert sysvitals.cpu_percent(0.5) == EXPECTED[0]
    assert slept == [0.5]
    # The call is a baseline too.
    assert sysvitals.cpu_percent() == 0.0


def test_the_forms_have_baselines_of_their_own(one_second):
    percents()
    one_second()
    assert sysvitals.cpu_percent() == EXPECTED[0]
    assert sysvitals.cpu_percent(percpu=True) == EXPECTED[1]
    assert sysvitals.cpu_times_percent() == EXPECTED[2]
    assert sysvitals.cpu_times_percent(percpu=True) == EXPECTED[3]


def test_each_thread_has_its_own_baseline(one_second):
    percents()
    one_second()
    found = []
    thread = threading.Thread(target=lambda: found.extend(percents()))
    thread.start()
    thread.join()
    assert tuple(found) == NOTHING
    # That of this thread is as it was.
    assert percents() == EXPECTED


def test_counters_that_go_back_count_as_nothing(proc):
    proc(stat=stat(AFTER, AFTER))
    percents()
    proc(stat=stat(BEFORE, BEFORE))
    assert percents()[:2] == (0.0, [0.0])


def test_a_cpu_that_comes_or_goes_is_left_out(proc):
    proc(stat=stat(BEFORE, BEFORE))
    sysvitals.cpu_percent(percpu=True)
    proc(stat=stat(BEFORE, BEFORE, BEFORE))
    assert len(sysvitals.cpu_percent(percpu=True)) == 1
    assert len(sysvitals.cpu_percent(percpu=True)) == 2


def test_the_import_is_the_first_baseline():
    # A second of work between the import and the first call is seen.
    out = run_python(
        "import time, sysvitals\n"
        "end = time.process_time() + 1\n"
        "while time.process_time() < end: pass\n"
        "print(sysvitals.cpu_percent(), max(sysvitals.cpu_percent(percpu=True)),\n"
        "    sum(sysvitals.cpu_times_percent()), len(sysvitals.cpu_times_percent(percpu=True)))\n"
    )
    busy, busiest, shares, cpus = map(float, out.split())
    assert busy > 0 and busiest > 0 and shares > 0
    assert cpus == len(sysvitals.cpu_times(percpu=True))


def test_import_without_proc():
    # psutil swallows what goes wrong with the samples of the import, too.
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, to hide /proc")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh",
         sys.executable, "-c", "import sysvitals; print(sysvitals.LINUX)"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "True\n", done.stderr


def test_ctrl_c_ends_an_interval():
    out = run_python(
        "import signal, sysvitals\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2)\n"
        "def stop(*a): raise KeyboardInterrupt\n"
        "signal.signal(signal.SIGALRM, stop)\n"
        "try: sysvitals.cpu_percent(600)\n"
        "except KeyboardInterrupt: print('ended')\n"
    )
    assert out == "ended\n"


# --- counters


def test_diskstats(proc):
    # The name of no disk of this machine: the counters of a partition are not added up.
    fourteen = "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n"
    proc(diskstats=fourteen)
    expected = (1, 5, 1536, 3584, 4, 8, 2, 6, 10)
    for line in (fourteen, fourteen[:-1] + " 1 2 3 4\n", fourteen[:-1] + " 1 2 3 4 5 6\n"):
        proc(diskstats=line)
        assert sysvitals.disk_io_counters(perdisk=True, nowrap=False) == {"sda": expected}
    proc(diskstats="8 1 sda1 1 2 3 4\n")
    assert sysvitals.disk_io_counters(perdisk=True, nowrap=False) == {
        "sda1": (1, 3, 1024, 2048, 0, 0, 0, 0, 0)
    }
    proc(diskstats="3 0 8 hda 1 2 3 4 5 6 7 8 9 10 11\n")
    assert sysvitals.disk_io_counters(perdisk=True, nowrap=False) == {
        "hda": (8, 4, 1024, 3072, 3, 7, 1, 5, 9)
    }


@pytest.mark.parametrize("line", ["8 0 sda 1 2\n", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12\n"])
def test_diskstats_that_are_none(proc, line):
    proc(diskstats=line)
    with pytest.raises(ValueError):
        sysvitals.disk_io_counters(perdisk=True)


def test_no_disks(proc):
    proc(diskstats="")
    assert sysvitals.disk_io_counters() is None
    assert sysvitals.disk_io_counters(perdisk=True) == {}


def net_dev(**nics):
    head = "Inter-|   Receive  |  Transmit\n face |bytes packets |bytes packets\n"
    return head + "".join(
        f"{name.replace('__', ':')}: {' '.join(map(str, numbers))}\n"
        for name, numbers in nics.items()
    )


NIC = (1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0)
NIC_FIELDS = (5, 1, 6, 2, 3, 7, 4, 8)


def test_net_dev(proc):
    proc(net__dev=net_dev(lo=NIC, eth0__1=NIC))
    nics = sysvitals.net_io_counters(pernic=True, nowrap=False)
    assert nics == {"lo": NIC_FIELDS, "eth0:1": NIC_FIELDS}
    total = sysvitals.net_io_counters(nowrap=False)
    assert total == tuple(2 * x for x in NIC_FIELDS)


def test_no_nics(proc):
    proc(net__dev=net_dev())
    assert sysvitals.net_io_counters() is None
    assert sysvitals.net_io_counters(pernic=True) == {}


#: What the kernel says of two counters, and what is answered; None where there is no such device.
NOWRAP = [
    ((100, 5), (100, 5)), ((10, 6), (110, 6)), ((20, 6), (120, 6)), ((5, 6), (125, 6)),
    (None, None), ((3, 6), (3, 6)),
]  # fmt: skip


def write_disk(proc, raw):
    proc(diskstats="" if raw is None else f"8 0 sda {raw[0]} 0 0 0 {raw[1]} 0 0 0 0 0 0\n")


def write_nic(proc, raw):
    numbers = raw and (raw[1], 0, 0, 0, 0, 0, 0, 0, raw[0], 0, 0, 0, 0, 0, 0, 0)
    proc(net__dev=net_dev(**({"eth0": numbers} if raw else {})))


COUNTERS = {
    "disk": (sysvitals.disk_io_counters, write_disk, "sda"),
    "nic": (sysvitals.net_io_counters, write_nic, "eth0"),
}


@pytest.fixture(params=sorted(COUNTERS))
def counters(request, proc):
    """The function, and one that writes the two counters of the one device."""
    function, write, name = COUNTERS[request.param]

    def answer(raw, nowrap=True):
        write(proc, raw)
        return function(True, nowrap).get(name, (None, None))[:2]

    function.cache_clear()
    yield answer, function
    function.cache_clear()


def test_nowrap(counters):
    answer, _ = counters
    for raw, expected in NOWRAP:
        assert answer(raw) == (expected or (None, None))


def test_without_nowrap_nothing_is_remembered(counters):
    answer, _ = counters
    assert answer((100, 5)) == (100, 5)
    assert answer((10, 5), nowrap=False) == (10, 5)
    assert answer((100, 5)) == (100, 5)
    assert answer((1, 5)) == (101, 5)
    assert answer((0, 0), nowrap=False) == (0, 0)
    assert answer((1, 5)) == (101, 5)


def test_cache_clear(counters):
    answer, function = counters
    answer((100, 5))
    assert answer((10, 5)) == (110, 5)
    function.cache_clear()
    assert answer((10, 5)) == (10, 5)


def test_cache_clear_is_of_one_function(proc):
    write_disk(proc, (100, 0))
    sysvitals.disk_io_counters(perdisk=True)
    sysvitals.net_io_counters.cache_clear()
    write_disk(proc, (1, 0))
    assert sysvitals.disk_io_counters(perdisk=True)["sda"].read_count == 101
    sysvitals.disk_io_counters.cache_clear()


def test_other_roots_have_their_own_memory(counters, monkeypatch):
    answer, function = counters
    here = sysvitals.PROCFS_PATH
    answer((100, 5))
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", "/proc")
    function(True)
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", here)
    assert answer((10, 6)) == (110, 6)


def test_nowrap_in_many_threads(counters):
    answer, function = counters
    answer((100, 5))
    answer((10, 5))
    found = []
    threads = [threading.Thread(target=lambda: found.append(function(True))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {tuple(row)[:2] for rows in found for row in rows.values()} == {(110, 5)}
    assert len(found) == 16


# --- disks


def test_disk_usage_takes_what_statvfs_takes(tmp_path):
    total = sysvitals.disk_usage(str(tmp_path)).total
    fd = os.open(tmp_path, os.O_RDONLY)
    try:
        for path in (os.fsencode(tmp_path), tmp_path, fd):
            usage = sysvitals.disk_usage(path)
            assert usage.total == total
            assert usage.percent == pytest.approx(
                100 * usage.used / (usage.used + usage.free), abs=0.051
            )
    finally:
        os.close(fd)
    file = tmp_path / os.fsdecode(b"\xff file")
    file.write_text("")
    assert sysvitals.disk_usage(file).total == total
    assert sysvitals.disk_usage_timeout(file, 60).total == total
    assert sysvitals.disk_usage_timeout(bytes(file), 60.5).total == total


@pytest.mark.parametrize("path", ["/nope", b"/nope", Path("/nope")])
@pytest.mark.parametrize("usage", ["disk_usage", "disk_usage_timeout"])
def test_disk_usage_of_what_is_not_there(path, usage):
    args = (60,) if usage == "disk_usage_timeout" else ()
    with pytest.raises(FileNotFoundError) as caught:
        getattr(sysvitals, usage)(path, *args)
    assert caught.value.errno == 2
    assert caught.value.filename == path


def test_disk_usage_of_no_descriptor():
    with pytest.raises(OSError) as caught:
        sysvitals.disk_usage(99999)
    assert caught.value.errno == 9
    assert caught.value.filename == 99999
    with pytest.raises(OSError):
        sysvitals.disk_usage(-1)
    with pytest.raises(OverflowError):
        sysvitals.disk_usage(2**40)


@pytest.mark.parametrize("path", [None, 1.5, [], {}, object()])
def test_disk_usage_of_no_path(path):
    with pytest.raises(TypeError, match=type(path).__name__):
        sysvitals.disk_usage(path)
    with pytest.raises(TypeError, match=type(path).__name__):
        sysvitals.disk_usage_timeout(path, 1)


def test_disk_usage_of_a_path_that_no_file_has():
    with pytest.raises(ValueError, match="embedded null byte"):
        sysvitals.disk_usage("a\0b")
    with pytest.raises(FileNotFoundError):
        sysvitals.disk_usage("")


@pytest.mark.parametrize(
    ("timeout", "error"),
    [(-1, ValueError), (float("nan"), ValueError), ("x", TypeError), (None, TypeError)],
)
def test_timeouts_are_checked(timeout, error):
    with pytest.raises(error, match=repr(timeout) if error is ValueError else "timeout"):
        sysvitals.disk_usage_timeout("/", timeout)


def test_forever_is_a_timeout():
    assert sysvitals.disk_usage_timeout("/", float("inf")).total > 0


DEAD_MOUNT = """
import ctypes, os, signal, sys, sysvitals
target = sys.argv[1]
fuse = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0"
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"dead", os.fsencode(target), b"fuse", 0, options.encode()):
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")

def helpers():
    names = (open(f"/proc/self/task/{t}/comm").read() for t in os.listdir("/proc/self/task"))
    return sum(name == "disk_usage\\n" for name in names)

def stop(*args):
    raise KeyboardInterrupt

for seconds in (0.25, 0):
    try:
        sysvitals.disk_usage_timeout(target, seconds)
    except sysvitals.TimeoutExpired as error:
        print(repr(error), error.__cause__)
signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    sysvitals.disk_usage_timeout(target, 600)
except KeyboardInterrupt:
    print("ended")
print(helpers(), sysvitals.disk_usage_timeout("/", 60).total > 0)
print([p.device for p in sysvitals.disk_partitions(all=True) if p.mountpoint == target])
os.close(fuse)
"""


def test_a_dead_mount(tmp_path):
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, to mount what nobody answers for")
    if not os.path.exists("/dev/fuse"):
        pytest.skip("there is no /dev/fuse")
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", DEAD_MOUNT, str(tmp_path)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if done.stderr.startswith(("mount:", "unshare:")) or "/dev/fuse" in done.stderr:
        pytest.skip(f"no file system is to be mounted: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "sysvitals.TimeoutExpired(seconds=0.25, msg='timeout after 0.25 seconds') None",
        "sysvitals.TimeoutExpired(msg='timeout after 0 seconds') None",
        "ended",
        "1 True",
        "['dead']",
    ]


# --- network


def test_net_connections_of_this_process():
    with socket.create_server(("127.0.0.1", 0)) as server:
        fd, port = server.fileno(), server.getsockname()[1]
        found = [c for c in sysvitals.net_connections("tcp4") if c.laddr and c.laddr.port == port]
        assert [type(c) for c in found] == [_ntuples.sconn]
        (conn,) = found
        assert (conn.fd, conn.pid, conn.status) == (fd, os.getpid(), sysvitals.CONN_LISTEN)
        assert (conn.family, conn.type) == (socket.AF_INET, socket.SOCK_STREAM)
        assert conn.laddr == ("127.0.0.1", port) and conn.raddr == ()
        assert conn in sysvitals.net_connections() and conn in sysvitals.net_connections("all")
        assert conn not in sysvitals.net_connections("udp")


def test_every_holder_of_a_socket_is_told(spawn):
    with socket.create_server(("127.0.0.1", 0)) as server:
        child = spawn("sleep", "60", pass_fds=[server.fileno()])
        port = server.getsockname()[1]
        pids = {
            c.pid for c in sysvitals.net_connections("tcp4") if c.laddr and c.laddr.port == port
        }
    assert pids == {os.getpid(), child.pid}


@pytest.mark.parametrize("kind", ["x", "", None, 5, "TCP", b"tcp", ["tcp"]])
def test_kinds_are_checked(kind):
    with pytest.raises(ValueError) as caught:
        sysvitals.net_connections(kind)
    assert str(caught.value).startswith(f"invalid kind argument {kind!r}; valid ones are: ('all',")


def test_the_loopback():
    rows = {row.family: row for row in sysvitals.net_if_addrs()["lo"]}
    assert rows[socket.AF_INET][1:] == ("127.0.0.1", "255.0.0.0", None, None)
    link = rows[socket.AF_PACKET]
    assert link.address == "00:00:00:00:00:00" and link.family == sysvitals.AF_LINK
    stats = sysvitals.net_if_stats()["lo"]
    assert stats.isup is True and stats.duplex is sysvitals.NIC_DUPLEX_UNKNOWN
    assert stats.speed == 0 and stats.flags == "up,loopback,running"


# --- sensors: the tree takes the place of /sys, in a mount namespace of its own

SHOW = """
import sysvitals
t = sysvitals.sensors_temperatures
print(dict(cool=[tuple(r) for v in t().values() for r in v],
    warm=[tuple(r) for v in t(fahrenheit=True).values() for r in v], chips=list(t()),
    fans={k: [tuple(r) for r in v] for k, v in sysvitals.sensors_fans().items()},
    battery=(b := sysvitals.sensors_battery()) and (b.percent, int(b.secsleft), b.power_plugged)))
"""


@pytest.fixture
def sensors(tmp_path):
    """What all the sensor functions say of a /sys with these files."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, to put another tree in the place of /sys")
    root = tmp_path / "sys"
    root.mkdir()

    def show(**files):
        for name, text in files.items():
            path = root / "class" / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        command = 'mount --bind "$1" /sys && shift && exec "$@"'
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", command, "sh", str(root), sys.executable, "-c", SHOW],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        if "unshare" in done.stderr or "mount" in done.stderr:
            pytest.skip(f"no mount namespace is to be had: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr
        return eval(done.stdout, {})

    return show


def test_no_sensors(sensors):
    assert sensors() == {"cool": [], "warm": [], "chips": [], "fans": {}, "battery": None}


def test_hwmon(sensors):
    found = sensors(
        hwmon__hwmon0__name="chip", hwmon__hwmon0__temp1_input=40500,
        hwmon__hwmon0__temp1_max=80000, hwmon__hwmon0__temp1_label="Core 0",
        hwmon__hwmon0__fan1_input=3000, hwmon__hwmon0__fan2_input="x",
    )  # fmt: skip
    assert found["cool"] == [("Core 0", 40.5, 80.0, 80.0)]
    assert found["warm"] == [("Core 0", pytest.approx(104.9), 176.0, 176.0)]
    assert found["chips"] == ["chip"]
    assert found["fans"] == {"chip": [("", 3000)]}


def test_thermal_zones(sensors):
    found = sensors(
        thermal__thermal_zone0__type="cpu", thermal__thermal_zone0__temp=50000,
        thermal__thermal_zone0__trip_point_0_type="critical",
        thermal__thermal_zone0__trip_point_0_temp=100000,
    )  # fmt: skip
    assert found["cool"] == [("", 50.0, 100.0, 100.0)] and found["chips"] == ["cpu"]


UNKNOWN, UNLIMITED = -1, -2


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"AC__online": 1}, (50.0, UNLIMITED, True)),
        ({"BAT0__status": "Discharging", "BAT0__power_now": 10}, (50.0, 10800, False)),
        ({"BAT0__status": "Discharging", "BAT0__power_now": 0}, (50.0, UNKNOWN, False)),
        ({"BAT0__power_now": -10}, (50.0, 10800, None)),
        ({"AC__online": 0, "BAT0__time_to_empty_now": -7}, (50.0, UNKNOWN, False)),
        ({"BAT0__energy_full": 0}, (0.0, UNKNOWN, None)),
    ],
)
def test_battery(sensors, files, expected):
    both = {"BAT0__energy_now": 30, "BAT0__energy_full": 60, **files}
    found = sensors(**{f"power_supply__{name}": text for name, text in both.items()})
    assert found["battery"] == expected


def test_battery_that_tells_only_its_capacity(sensors):
    found = sensors(power_supply__BAT0__capacity=55, power_supply__BAT0__status="Full")
    assert found["battery"] == (55.0, UNLIMITED, True)


# --- rights, threads, speed of nothing


def test_without_rights(as_nobody):
    out = as_nobody(
        "import os, sysvitals as m\n"
        "m.cpu_times(), m.cpu_times(True), m.cpu_percent(), m.cpu_times_percent(), m.cpu_count()\n"
        "m.cpu_count(False), m.cpu_stats(), m.cpu_freq(), m.getloadavg(), m.virtual_memory()\n"
        "m.swap_memory(), m.disk_partitions(True), m.disk_usage('/'), m.disk_io_counters(True)\n"
        "m.net_io_counters(True), m.net_if_addrs(), m.net_if_stats(), m.boot_time(), m.users()\n"
        "m.sensors_temperatures(), m.sensors_fans(), m.sensors_battery()\n"
        "pids = {c.pid for c in m.net_connections('all')}\n"
        "print(pids <= {None, os.getpid()} | {p.pid for p in m.process_iter()\n"
        "    if p.uids().real == os.getuid()})\n"
    )
    assert out == "True\n"


def test_a_proc_that_is_not_there(monkeypatch):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", "/nope")
    for call in (
        sysvitals.cpu_times, sysvitals.cpu_percent, sysvitals.cpu_stats, sysvitals.boot_time,
        sysvitals.virtual_memory, sysvitals.disk_partitions, sysvitals.net_io_counters,
        sysvitals.net_connections,
    ):  # fmt: skip
        with pytest.raises(FileNotFoundError) as caught:
            call()
        assert caught.value.filename.startswith("/nope/"), call


def test_the_gil_is_free_during_an_interval():
    done = threading.Event()

    def run():
        sysvitals.cpu_percent(1)
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(20):
        time.sleep(0.001)
        sysvitals.cpu_times()
    thread.join()
    assert done.is_set()
