"""The functions of the machine against psutil 7.2.2 at nearly the same instant.

What 8.0 changed: the order of `scputimes`, `used` of `virtual_memory()`. Fields are compared by name.
"""

import os
import platform
import shutil
import socket
import subprocess
import sys

import pytest
from test_differential import answer, psutil, settled

import sysvitals

MIB = 1024**2
TRIES = 8
#: What other programs take and give back between two readings of memory and disks.
MOVES = 64 * MIB
#: Three ticks of the clock, in seconds.
TICKS = 0.03

needs_utmp = pytest.mark.skipif(
    not os.path.exists("/run/utmp"), reason="no /run/utmp: psutil knows of no users"
)


def fields(value):
    """Named tuples as dicts, in what holds them too."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, dict):
        return {name: fields(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [fields(inner) for inner in value]
    return value


def numbers(value, path=()):
    """The numbers in an answer by where they are."""
    value = fields(value)
    if isinstance(value, (dict, list)):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        found = {}
        for name, item in inner:
            found.update(numbers(item, (*path, name)))
        return found
    return {path: value}


def outside(call, slack, leave_out=()):
    """What we say that is not between what psutil says before and after, by where it is."""
    for _ in range(TRIES):
        low, mine, high = (numbers(call(m)) for m in (psutil, sysvitals, psutil))
        if low.keys() != high.keys():
            continue
        assert {p for p in mine if p[-1:] not in leave_out} >= {
            p for p in low if p[-1:] not in leave_out
        }
        found = {}
        for where, first in low.items():
            if where[-1:] in leave_out:
                continue
            least, most = min(first, high[where]), max(first, high[where])
            if not least - slack <= mine[where] <= most + slack:
                found[where] = (first, mine[where], high[where])
        if not found:
            break
    return found


#: Counters and levels: the call, what may move in between, fields that mean something else in 8.0.
BETWEEN = {
    "cpu_times": (lambda m: m.cpu_times(), TICKS, ()),
    "cpu_times percpu": (lambda m: m.cpu_times(percpu=True), TICKS, ()),
    "cpu_stats": (lambda m: m.cpu_stats(), 0, ()),
    "virtual_memory": (lambda m: m.virtual_memory(), MOVES, [("used",), ("percent",)]),
    "swap_memory": (lambda m: m.swap_memory(), MOVES, [("percent",)]),
    "disk_io_counters": (lambda m: m.disk_io_counters(nowrap=False), 0, ()),
    "disk_io_counters perdisk": (lambda m: m.disk_io_counters(perdisk=True), 0, ()),
    "net_io_counters": (lambda m: m.net_io_counters(nowrap=False), 0, ()),
    "net_io_counters pernic": (lambda m: m.net_io_counters(pernic=True), 0, ()),
    "disk_usage": (lambda m: m.disk_usage("/"), MOVES, [("percent",)]),
    "disk_usage of bytes": (lambda m: m.disk_usage(b"/tmp"), MOVES, [("percent",)]),
    "disk_usage of a descriptor": (lambda m: m.disk_usage(0), MOVES, [("percent",)]),
    "cpu_freq": (lambda m: m.cpu_freq(), 500.0, ()),
    "cpu_freq percpu": (lambda m: m.cpu_freq(percpu=True), 500.0, ()),
    # Two decimals there.
    "getloadavg": (lambda m: list(m.getloadavg()), 0.006, ()),
    "boot_time": (lambda m: m.boot_time(), 1, ()),
}


@pytest.mark.parametrize("name", sorted(BETWEEN))
def test_between_two_of_psutils(name):
    call, slack, leave_out = BETWEEN[name]
    if psutil.cpu_freq() is None and name == "cpu_freq":
        assert sysvitals.cpu_freq() is None
        return
    assert not outside(call, slack, leave_out)


#: What must be the same as soon as it holds still.
SAME = {
    "cpu_count": lambda m: m.cpu_count(),
    "cpu_count cores": lambda m: m.cpu_count(logical=False),
    "disk_partitions": lambda m: m.disk_partitions(),
    "disk_partitions all": lambda m: m.disk_partitions(all=True),
    "net_if_addrs": lambda m: m.net_if_addrs(),
    "net_if_stats": lambda m: m.net_if_stats(),
    "percents of memory": lambda m: (m.swap_memory().percent, m.disk_usage("/").percent),
}


@pytest.mark.parametrize("name", sorted(SAME))
def test_same_as_psutil(name):
    call = SAME[name]
    difference = settled(
        lambda: fields(call(sysvitals)), lambda: fields(call(psutil)), lambda a, b: a == b
    )
    assert difference is None


@pytest.mark.parametrize("name", ["sensors_temperatures", "sensors_fans", "sensors_battery"])
def test_sensors(name):
    theirs = answer(lambda: fields(getattr(psutil, name)()))
    mine = fields(getattr(sysvitals, name)())
    if isinstance(theirs, FileNotFoundError) or theirs is None:
        # psutil needs /sys/class/power_supply.
        assert mine is None
    elif theirs:
        # Without hwmon psutil may know of nothing where we know of thermal zones.
        assert mine.keys() == theirs.keys()


@needs_utmp
def test_users():
    assert fields(sysvitals.users()) == fields(psutil.users())


SESSIONS = """
import struct, psutil, sysvitals
def record(kind, pid, line, user, host, seconds):
    return struct.pack("=h2xi32s4s32s256s2hiii16s20x", kind, pid, line, b"ts/0", user, host, 0, 0,
        0, seconds, 999999, b"")
rows = [
    (2, 0, b"~", b"reboot", b"6.1", 1700000000), (7, 11, b"pts/0", b"root", b"10.0.0.1", 1700000001),
    (7, 12, b"tty1", b"someone", b"", 1700000002), (7, 13, b":0", b"x", b":0", 1700000003),
    (7, 14, b"pts/1", b"x", b":0.0", 1700000004), (8, 15, b"pts/2", b"gone", b"", 1700000005),
    (7, 16, b"", b"no terminal", b"h", 1700000006), (6, 17, b"tty2", b"LOGIN", b"", 1700000007),
    (7, 18, b"l" * 31, b"u" * 31, b"h" * 255, 1700000008), (7, 19, b"a", b"\\xff", b"b", 1700000009),
]
with open("/run/utmp", "wb") as file:
    file.write(b"".join(record(*row) for row in rows))
mine, theirs = ([u._asdict() for u in m.users()] for m in (sysvitals, psutil))
assert mine == theirs, (mine, theirs)
print(len(mine))
"""


def test_sessions_that_were_written_for_it():
    # Texts one byte short of their field: in a full one psutil reads on into the next.
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, to have a /run of its own")
    if platform.machine() != "x86_64" or not os.path.samefile("/var/run", "/run"):
        pytest.skip("the records are those of x86-64, and of a /var/run that is /run")
    command = 'mount -t tmpfs none /run && exec "$@"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, "sh", sys.executable, "-c", SESSIONS],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if done.stderr.startswith(("mount:", "unshare:")):
        pytest.skip(f"no mount namespace is to be had: {done.stderr.strip()}")
    assert done.stdout == "7\n", done.stderr


def test_used_memory_is_what_is_not_available():
    memory = sysvitals.virtual_memory()
    assert memory.used == memory.total - memory.available
    assert memory.percent == round(100 * memory.used / memory.total, 1)


@pytest.mark.parametrize(
    "kind",
    ["all", "tcp", "tcp4", "udp", "udp4", "inet", "inet4", "inet6", "tcp6", "udp6", "unix"],
)
def test_net_connections(kind, spawn, tmp_path):
    path = str(tmp_path / "socket")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        udp.bind(("127.0.0.1", 0))
        unix.bind(path)
        unix.listen()
        with socket.create_connection(server.getsockname()) as client, server.accept()[0] as peer:
            assert client.fileno() != peer.fileno()
            # psutil tells of one holder only; sets, since both may list a socket again.
            difference = settled(
                lambda: {without_spaces(c) for c in sysvitals.net_connections(kind)},
                lambda: {tuple(c) for c in psutil.net_connections(kind)},
                holds_all_of,
            )
    assert difference is None


def without_spaces(conn):
    """psutil loses the path of a UNIX socket that has spaces in it."""
    return tuple("" if isinstance(field, str) and " " in field else field for field in conn)


def holds_all_of(mine, theirs):
    """Each row of psutil's, and none but those that tell of another holder of the same socket."""
    if isinstance(theirs, Exception) or isinstance(mine, Exception):
        return False

    def ends(row):
        return row[1:6]

    return theirs <= mine and {ends(row) for row in mine - theirs} <= {ends(row) for row in theirs}


@pytest.fixture
def both(tmp_path, monkeypatch):
    """A tree that both read; call it to write `/proc/stat`."""
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tmp_path))
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))

    def write(*rows):
        names = ["cpu", *(f"cpu{n}" for n in range(len(rows) - 1))]
        lines = [f"{name}  {' '.join(map(str, row))}" for name, row in zip(names, rows)]
        (tmp_path / "stat").write_text("\n".join([*lines, "ctxt 1", "intr 2", "btime 3\n"]))

    return write


TIMES = [
    # Ticks: more than a second in all, for psutil's divisor.
    ((1000, 20, 300, 5000, 70, 1, 2, 3, 40, 5), (1300, 25, 420, 5600, 90, 2, 4, 8, 60, 6)),
    ((0,) * 10, (0, 0, 0, 1000, 0, 0, 0, 0, 0, 0)),
    ((0,) * 10, (1000, 0, 0, 0, 0, 0, 0, 0, 500, 0)),
    ((500,) * 10, (100, 900, 900, 900, 100, 900, 900, 900, 50, 60)),
    ((77,) * 10, (77,) * 10),
]


@pytest.mark.parametrize("times", TIMES)
def test_percents_of_the_same_times(both, times):
    def percents(m):
        return (
            m.cpu_percent(),
            m.cpu_percent(percpu=True),
            fields(m.cpu_times_percent()),
            fields(m.cpu_times_percent(percpu=True)),
        )

    before, after = times
    both(before, before)
    percents(sysvitals), percents(psutil)
    both(after, after)
    mine, theirs = percents(sysvitals), percents(psutil)
    assert mine[:2] == theirs[:2]
    # By name: the order of the fields is 8.0's here.
    assert mine[2] == theirs[2] and mine[3] == theirs[3]
