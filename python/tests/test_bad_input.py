"""Bad input raises what it raises in psutil; where we differ on purpose the test says so."""

import os
import signal
import sys

import pytest

import sysvitals

psutil = pytest.importorskip("psutil")

HERE = sysvitals.Process
BIG = 2**70

#: Calls that must raise the same class with the same text as psutil 7.2.2.
SAME = {
    "pid": [
        lambda m: m.Process(-1), lambda m: m.Process(-(2**70)), lambda m: m.Process("x"),
        lambda m: m.Process(b"1"), lambda m: m.Process([]), lambda m: m.Process(1.5),
        lambda m: m.Process(1.0), lambda m: m.Process(float("inf")), lambda m: m.Process(3e9),
        lambda m: m.Process(2**31), lambda m: m.Process(BIG), lambda m: m.Process(0),
        lambda m: m.Process(True), lambda m: m.Process(False), lambda m: m.Process(1, 2),
        lambda m: m.Process(name="x"),
    ],
    "nice": [
        lambda m: m.Process().nice("x"), lambda m: m.Process().nice(1.5),
        lambda m: m.Process().nice([]), lambda m: m.Process().nice(2**31),
        lambda m: m.Process().nice(-(2**31) - 1), lambda m: m.Process().nice(2**40),
    ],
    "ionice": [
        lambda m: m.Process().ionice(value=1), lambda m: m.Process().ionice(None, 0),
        lambda m: m.Process().ionice(2, 8), lambda m: m.Process().ionice(2, -1),
        lambda m: m.Process().ionice(3, 5), lambda m: m.Process().ionice(0, 5),
        lambda m: m.Process().ionice(2, "x"), lambda m: m.Process().ionice(2, 1.5),
        lambda m: m.Process().ionice("x"), lambda m: m.Process().ionice("x", 0),
        lambda m: m.Process().ionice(1.0), lambda m: m.Process().ionice([]),
        lambda m: m.Process().ionice(2**40),
    ],
    "rlimit": [
        lambda m: m.Process().rlimit(), lambda m: m.Process().rlimit("x"),
        lambda m: m.Process().rlimit(1.5), lambda m: m.Process().rlimit(None),
        lambda m: m.Process().rlimit(99), lambda m: m.Process().rlimit(-1),
        lambda m: m.Process().rlimit(2**40), lambda m: m.Process().rlimit(4, 5),
        lambda m: m.Process().rlimit(4, ()), lambda m: m.Process().rlimit(4, (1,)),
        lambda m: m.Process().rlimit(4, (1, 2, 3)), lambda m: m.Process().rlimit(4, "x"),
        lambda m: m.Process().rlimit(4, (5, 2)), lambda m: m.Process().rlimit(4, ("a", 2)),
        lambda m: m.Process().rlimit(4, (2, None)), lambda m: m.Process().rlimit(4, (1.5, 2)),
    ],
    "cpu_affinity": [
        lambda m: m.Process().cpu_affinity(5), lambda m: m.Process().cpu_affinity(1.5),
        lambda m: m.Process().cpu_affinity("a"), lambda m: m.Process().cpu_affinity(["a"]),
        lambda m: m.Process().cpu_affinity(["0"]), lambda m: m.Process().cpu_affinity([1.5]),
        lambda m: m.Process().cpu_affinity([None]), lambda m: m.Process().cpu_affinity([-1]),
        lambda m: m.Process().cpu_affinity([9999]), lambda m: m.Process().cpu_affinity([2**40]),
        lambda m: m.Process().cpu_affinity([BIG]),
    ],
    "signals": [
        lambda m: m.Process().send_signal("x"), lambda m: m.Process().send_signal(1.5),
        lambda m: m.Process().send_signal(None), lambda m: m.Process().send_signal(999),
        lambda m: m.Process().send_signal(-1), lambda m: m.Process().send_signal(),
    ],
    "wait": [
        lambda m: m.Process().wait("x"), lambda m: m.Process().wait([]),
        lambda m: m.Process().wait("1"), lambda m: m.Process().wait(-1),
        lambda m: m.Process().wait(-0.5), lambda m: m.Process().wait(float("-inf")),
        lambda m: m.Process().wait(0), lambda m: m.Process().wait(False),
        lambda m: m.Process().wait(0.0),
    ],
    "wait_procs": [
        lambda m: m.wait_procs(), lambda m: m.wait_procs(5), lambda m: m.wait_procs(None),
        lambda m: m.wait_procs([], -1), lambda m: m.wait_procs([], "x"),
        lambda m: m.wait_procs([], float("nan")), lambda m: m.wait_procs([], callback=1),
        lambda m: m.wait_procs([m.Process()], -0.1),
        lambda m: m.wait_procs([m.Process()], callback="x"), lambda m: m.wait_procs([5]),
    ],
    "cpu_percent": [
        lambda m: m.Process().cpu_percent(-1), lambda m: m.Process().cpu_percent(-1.0),
        lambda m: m.Process().cpu_percent("x"), lambda m: m.Process().cpu_percent([]),
    ],
    "net_connections": [
        lambda m: m.Process().net_connections("x"), lambda m: m.Process().net_connections(None),
        lambda m: m.Process().net_connections(""), lambda m: m.Process().net_connections(5),
        lambda m: m.Process().net_connections("TCP"), lambda m: m.Process().net_connections(["tcp"]),
        lambda m: m.Process().net_connections(kind="tcp "),
    ],
    "as_dict": [
        lambda m: m.Process().as_dict("name"), lambda m: m.Process().as_dict(5),
        lambda m: m.Process().as_dict({"name": 1}), lambda m: m.Process().as_dict(["foo"]),
        lambda m: m.Process().as_dict(["name", "foo"]), lambda m: m.Process().as_dict([1]),
        lambda m: m.Process().as_dict([None]), lambda m: m.Process().as_dict([[]]),
        lambda m: m.Process().as_dict(iter(["name"])), lambda m: m.Process().as_dict(b"name"),
        *(
            lambda m, name=name: m.Process().as_dict([name])
            for name in (
                "rlimit", "connections", "parent", "parents", "children", "info", "is_running",
                "kill", "wait", "oneshot", "as_dict", "attrs", "_init", "num_handles", "",
            )
        ),
    ],
    "process_iter": [
        lambda m: next(m.process_iter("name")), lambda m: next(m.process_iter(5)),
        lambda m: next(m.process_iter({"name": 1})), lambda m: next(m.process_iter(["foo"])),
        lambda m: m.process_iter(1, 2, 3),
    ],
    "pid_exists": [
        lambda m: m.pid_exists(), lambda m: m.pid_exists("x"), lambda m: m.pid_exists(None),
        lambda m: m.pid_exists(1.0), lambda m: m.pid_exists([]),
    ],
    "intervals": [
        *(
            lambda m, name=name, interval=interval: getattr(m, name)(interval)
            for name in ("cpu_percent", "cpu_times_percent")
            for interval in (-1, -0.5, "x", [], float("-inf"))
        ),
        lambda m: m.cpu_percent(-1, True), lambda m: m.cpu_percent(2**70),
        lambda m: m.cpu_percent(float("inf")),
    ],
    "kinds": [
        lambda m: m.net_connections("x"), lambda m: m.net_connections(""),
        lambda m: m.net_connections("TCP"), lambda m: m.net_connections(None),
        lambda m: m.net_connections(5), lambda m: m.net_connections(kind=b"tcp"),
    ],
    "paths": [
        lambda m: m.disk_usage("/nope"), lambda m: m.disk_usage(b"/nope"),
        lambda m: m.disk_usage(""), lambda m: m.disk_usage("/etc/passwd/x"),
        lambda m: m.disk_usage("x" * 5000), lambda m: m.disk_usage("a\0b"),
        lambda m: m.disk_usage(99999), lambda m: m.disk_usage(2**40), lambda m: m.disk_usage(),
    ],
    "of the machine": [
        lambda m: m.cpu_times(1, 2), lambda m: m.cpu_count(logic=True), lambda m: m.cpu_stats(1),
        lambda m: m.cpu_freq(1, 2), lambda m: m.virtual_memory(1),
        lambda m: m.swap_memory(1), lambda m: m.disk_partitions(1, 2),
        lambda m: m.disk_io_counters(1, 2, 3), lambda m: m.net_io_counters(perdisk=True),
        lambda m: m.net_if_addrs(1), lambda m: m.net_if_stats(1),
        lambda m: m.sensors_temperatures(1, 2), lambda m: m.sensors_fans(1),
        lambda m: m.sensors_battery(1), lambda m: m.boot_time(1), lambda m: m.users(1),
        lambda m: m.cpu_times(nope=1),
    ],
    "arguments": [
        lambda m: m.Process().name(1), lambda m: m.Process().exe(True),
        lambda m: m.Process().parent(1), lambda m: m.Process().ppid(x=1), lambda m: m.pids(1),
        lambda m: m.Process().kill(9), lambda m: m.Process().is_running(1),
    ],
}  # fmt: skip


def failure(call, module):
    with pytest.raises(Exception) as caught:
        call(module)
    exc = caught.value
    cls = type(exc)
    if cls is OverflowError or (cls is TypeError and sys.version_info < (3, 10)):
        # The text is that of the Python version.
        own = ""
    elif isinstance(exc, module.Error):
        own = repr(exc).replace(f"{module.__name__}.", "", 1)
    else:
        own = str(exc)
    return cls.__name__, own, getattr(exc, "errno", None), type(exc.__cause__).__name__


#: Cases in which a float gets as far as psutil's C functions.
FLOATS = {
    (topic, i)
    for topic, calls in SAME.items()
    for i, call in enumerate(calls)
    if {1.5, 1.0} & set(call.__code__.co_consts) or (1.5, 2) in call.__code__.co_consts
}
CASES = [(topic, i) for topic, calls in SAME.items() for i in range(len(calls))]


@pytest.mark.parametrize(("topic", "index"), CASES)
def test_same_as_psutil(topic, index):
    call = SAME[topic][index]
    if sys.version_info < (3, 10) and (topic, index) in FLOATS:
        pytest.skip("before Python 3.10 psutil's C functions cut a float to an int")
    assert failure(call, sysvitals) == failure(call, psutil)


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.pid_exists(-1), lambda m: m.pid_exists(0), lambda m: m.pid_exists(True),
        lambda m: m.pid_exists(-1.5), lambda m: m.pid_exists(2**31 - 1),
        lambda m: m.wait_procs([]), lambda m: m.wait_procs([], 0), lambda m: m.wait_procs((), True),
        lambda m: m.wait_procs([], callback=print), lambda m: m.Process().cpu_affinity([]),
        lambda m: m.Process().cpu_affinity(()), lambda m: m.Process().cpu_affinity(""),
        lambda m: m.Process().cpu_affinity(0), lambda m: m.Process().cpu_affinity({0, 0}),
        lambda m: m.Process().cpu_affinity(iter([0])), lambda m: m.Process().cpu_affinity(range(2)),
        lambda m: m.Process().cpu_percent(0), lambda m: m.Process().cpu_percent(0.0),
        lambda m: m.Process().cpu_percent(False),
        lambda m: m.Process().rlimit(m.RLIMIT_CORE, [0, 0]),
        lambda m: m.Process().rlimit(m.RLIMIT_CORE),
        lambda m: m.Process().rlimit(True) and None,
        lambda m: m.Process().ionice(0, 0), lambda m: m.Process().ionice(m.IOPRIO_CLASS_IDLE, 0),
        lambda m: m.Process().ionice(2), lambda m: m.Process().ionice(0),
        lambda m: m.Process().send_signal(0), lambda m: m.Process().send_signal(False),
        lambda m: m.Process().send_signal(signal.SIGCONT),
    ],
)  # fmt: skip
def test_accepted_as_in_psutil(call):
    cpus = os.sched_getaffinity(0)
    try:
        assert call(sysvitals) == call(psutil)
    finally:
        os.sched_setaffinity(0, cpus)


def test_memtypes():
    for memtype in ("x", None, [], "RSS", 5, "lib", "dirty", ""):
        with pytest.raises(ValueError) as caught:
            HERE().memory_percent(memtype)
        assert str(caught.value).startswith(f"invalid memtype {memtype!r}; valid types are ('rss',")


def test_several_unknown_attributes_are_all_named():
    with pytest.raises(ValueError, match="^invalid attr names '(foo|bar)', '(foo|bar)'$"):
        HERE().as_dict(["foo", "name", "bar"])


def test_attributes_are_checked_before_the_process_is_looked_at(dead_pid, spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    child.kill()
    child.wait()
    with pytest.raises(ValueError, match="foo"):
        proc.as_dict(["foo"])
    with pytest.raises(ValueError, match="kind"):
        proc.net_connections("foo")
    with pytest.raises(ValueError, match="memtype"):
        proc.memory_percent("foo")


def test_bad_timeout_raises_even_after_the_end(spawn):
    proc = sysvitals.Process(spawn("true").pid)
    assert proc.wait() == 0
    with pytest.raises(ValueError):
        proc.wait(-1)
    with pytest.raises(TypeError):
        proc.wait("x")
    assert proc.wait(True) == 0


def test_io_class_in_messages_is_what_was_passed():
    with pytest.raises(ValueError) as caught:
        HERE().ionice(sysvitals.IOPRIO_CLASS_IDLE, 5)
    assert str(caught.value) == "<ProcessIOPriority.IOPRIO_CLASS_IDLE: 3> ioclass accepts no value"


@pytest.mark.parametrize("path", [None, 1.5, [], object()])
def test_no_path(path):
    # The text is Python's own, of another function.
    for module in (sysvitals, psutil):
        with pytest.raises(TypeError, match=f"not {type(path).__name__}"):
            module.disk_usage(path)


def test_flags_may_be_anything():
    for flag in (0, "", None, [], {}):
        assert sysvitals.cpu_times(flag)._fields
        assert sysvitals.cpu_count(flag) == sysvitals.cpu_count(False)
        assert isinstance(sysvitals.disk_partitions(flag), list)
    for flag in (1, "x", [0], object()):
        assert isinstance(sysvitals.cpu_times(flag), list)
        assert isinstance(sysvitals.disk_io_counters(flag, flag), dict)
        assert isinstance(sysvitals.net_io_counters(flag, flag), dict)


# --- where psutil is wrong, and we differ on purpose (docs/differences.md)


def test_no_process_has_a_pid_beyond_the_largest():
    assert sysvitals.pid_exists(2**31) is False
    assert sysvitals.pid_exists(BIG) is False


def test_not_a_number_is_no_timeout():
    with pytest.raises(ValueError, match="nan"):
        HERE().wait(float("nan"))


@pytest.mark.parametrize("ioclass", [4, 7, 8, 9, 10, -1, 100])
def test_io_classes_are_checked(ioclass):
    before = HERE().ionice()
    with pytest.raises(ValueError, match=str(ioclass)):
        HERE().ionice(ioclass)
    assert HERE().ionice() == before


def test_one_bad_cpu_is_enough():
    before = HERE().cpu_affinity()
    with pytest.raises(ValueError, match="9999"):
        HERE().cpu_affinity([before[0], 9999])
    assert HERE().cpu_affinity() == before


def test_no_cpus_means_all_of_them(spawn):
    proc = sysvitals.Process(spawn().pid)
    before = proc.cpu_affinity()
    proc.cpu_affinity(before[:1])
    assert proc.cpu_affinity() == before[:1]
    proc.cpu_affinity([])
    assert set(proc.cpu_affinity()) >= set(before)


@pytest.mark.parametrize("number", [2**31, 2**40, BIG, -(2**40)])
def test_signal_numbers_beyond_an_int(number):
    # psutil cuts some of these to 32 bits, and sends what is left.
    with pytest.raises(OverflowError):
        HERE().send_signal(number)


@pytest.mark.parametrize("limits", [(-2, 2), (2, -2), (BIG, BIG)])
def test_limits_beyond_those_of_the_kernel(limits):
    before = HERE().rlimit(sysvitals.RLIMIT_NOFILE)
    with pytest.raises((OverflowError, ValueError)):
        HERE().rlimit(sysvitals.RLIMIT_NOFILE, limits)
    assert HERE().rlimit(sysvitals.RLIMIT_NOFILE) == before


# --- without rights


def test_setters_without_rights(as_nobody, spawn):
    # In a session of its own: within one session anybody may send SIGCONT, resume()'s signal.
    other = spawn("sleep", "300", start_new_session=True)
    out = as_nobody(
        "import sys, sysvitals, signal\n"
        "p = sysvitals.Process(int(sys.argv[1]))\n"
        "calls = [lambda: p.nice(5), lambda: p.ionice(2), lambda: p.cpu_affinity([0]),\n"
        "    lambda: p.rlimit(sysvitals.RLIMIT_NOFILE), lambda: p.send_signal(0), p.kill,\n"
        "    lambda: p.rlimit(sysvitals.RLIMIT_NOFILE, (1, 1)), p.terminate, p.suspend, p.resume,\n"
        "    lambda: sysvitals.Process().nice(-20), lambda: sysvitals.Process().ionice(1)]\n"
        "for i, call in enumerate(calls):\n"
        "    try: call(); print('no error', i)\n"
        "    except sysvitals.AccessDenied as e: assert e.pid, i\n"
        "print('end')\n",
        str(other.pid),
    )
    assert other.poll() is None
    assert out == "end\n"
