"""The table of all processes: its cells are the getters' answers, and Arrow's consumers read them."""

import gc
import os
import subprocess
import sys
import threading

import pytest
from conftest import run_python, wait_for

import sysvitals

ATTRS = sorted(sysvitals.Process.attrs)
#: These differ from look to look, or tell of the look itself.
RESTLESS = {"cpu_num", "cpu_percent"}

#: Has every kind of value: files, connections, threads, text that is not UTF-8.
RICH = r"""
import os, socket, sys, threading
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
file = open(sys.argv[1], "a")
threading.Thread(target=threading.Event().wait, daemon=True).start()
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def rich(spawn, tmp_path):
    """A process with every kind of value."""
    code = os.fsencode(RICH)
    path = os.fsencode(tmp_path) + b"/caf\xe9"
    env = {**os.environb, b"SYSVITALS_CAFE": b"caf\xe9", b"EMPTY": b""}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    child = spawn(sys.executable, "-c", code, path, b"\xff\xfe", env=env, **pipes)
    child.stdout.readline()
    return sysvitals.Process(child.pid)


def row_of(snapshot, pid):
    (row,) = (row for row in snapshot if row["pid"] == pid)
    return row


def plain(value):
    """A value of the dicts as Arrow has it."""
    if isinstance(value, dict):
        return [{"name": plain(name), "value": plain(text)} for name, text in value.items()]
    if isinstance(value, tuple):
        fields = zip(getattr(value, "_fields", ()), value)
        return {name: plain(field) for name, field in fields} or None
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        # An enum member that is a string is its value.
        return os.fsencode(str.__str__(value)).decode(errors="replace")
    return getattr(value, "name", value)


# --- the rows


def test_cells_are_the_getters_answers(rich, spawn, zombie):
    sleeping = sysvitals.Process(spawn().pid)
    attrs = [name for name in ATTRS if name not in RESTLESS]
    for proc in (rich, sleeping, sysvitals.Process(zombie), sysvitals.Process()):
        stable = attrs
        if proc.pid == os.getpid():
            stable = ["name", "pid", "ppid", "cmdline", "username", "create_time", "exe", "environ"]

        def same(proc=proc, stable=stable):
            got = row_of(sysvitals.snapshot(stable), proc.pid)
            wanted = proc.as_dict(stable)
            return got == wanted and [*map(type, got.values())] == [*map(type, wanted.values())]

        # The kernel may take or give memory in between.
        wait_for(same, f"equality of {proc}")


def test_nested_values_are_those_of_the_getters(rich):
    row = row_of(sysvitals.snapshot(), rich.pid)
    assert len(row["net_connections"]) == 3
    for ours, theirs in zip(row["net_connections"], rich.net_connections()):
        assert ours == theirs
        assert [*map(type, ours)] == [*map(type, theirs)]
    assert any(conn.raddr == () for conn in row["net_connections"])
    assert row["environ"]["SYSVITALS_CAFE"] == "caf\udce9"
    assert row["environ"]["EMPTY"] == ""
    assert row["cmdline"][-1] == "\udcff\udcfe"
    assert len(row["threads"]) == 2
    assert row["open_files"][0].path.endswith("caf\udce9")


def test_the_processes_are_those_of_process_iter(spawn):
    child = spawn()
    pids = sysvitals.snapshot(["pid"])["pid"]
    assert pids == sorted(set(pids))
    assert child.pid in pids
    assert os.getpid() in pids
    child.kill()
    child.wait()
    assert child.pid not in sysvitals.snapshot(["pid"])["pid"]


@pytest.mark.parametrize("name", ATTRS)
def test_every_attribute_alone(name):
    snapshot = sysvitals.snapshot([name])
    assert snapshot.columns == [name]
    assert len(snapshot[name]) == len(snapshot) == len(snapshot.to_dicts()) > 0
    assert all([*row] == [name] for row in snapshot)


def test_all_attributes_by_default():
    for attrs in (None, [], (), set()):
        assert sysvitals.snapshot(attrs).columns == ATTRS
    assert sysvitals.snapshot(["pid", "name", "pid"]).columns == ["name", "pid"]


@pytest.mark.parametrize(
    ("attrs", "error", "text"),
    [
        (["nam"], ValueError, "invalid attr name 'nam'"),
        (["memory_full_info"], ValueError, "memory_full_info"),
        ("name", TypeError, "invalid attrs type"),
        (7, TypeError, "invalid attrs type"),
    ],
)
def test_bad_attrs(attrs, error, text):
    with pytest.raises(error, match=text):
        sysvitals.snapshot(attrs)


def test_unknown_column():
    with pytest.raises(KeyError, match="exe"):
        sysvitals.snapshot(["name"])["exe"]
    with pytest.raises(TypeError):
        sysvitals.snapshot(["name"])[0]


def test_it_cannot_be_made_by_hand_and_says_what_it_is():
    with pytest.raises(TypeError):
        sysvitals.Snapshot()
    snapshot = sysvitals.snapshot(["pid", "name"])
    assert repr(snapshot) == f"<sysvitals.Snapshot of {len(snapshot)} processes: name, pid>"


def test_reasons(zombie):
    snapshot = sysvitals.snapshot(["pid", "exe", "cwd", "terminal"], reasons=True)
    assert snapshot.columns == [
        "cwd", "cwd_reason", "exe", "exe_reason", "pid", "terminal", "terminal_reason",
    ]  # fmt: skip
    row = row_of(snapshot, zombie)
    assert (row["exe"], row["exe_reason"]) == (None, "ZombieProcess")
    for row in snapshot:
        assert (row["exe"] is None) == (row["exe_reason"] is not None)
        assert row["terminal_reason"] is None


def test_denied_cells_are_none(as_nobody):
    code = (
        "import os, sysvitals\n"
        "rows = sysvitals.snapshot(['pid', 'exe', 'environ', 'name'], reasons=True).to_dicts()\n"
        "(init,) = (row for row in rows if row['pid'] == 1)\n"
        "assert init['environ'] is None and init['environ_reason'] == 'AccessDenied', init\n"
        "assert init['name'] and init['name_reason'] is None, init\n"
        "(own,) = (row for row in rows if row['pid'] == os.getpid())\n"
        "assert own['environ_reason'] is None, own\n"
        "print('told')\n"
    )
    assert as_nobody(code) == "told\n"


def test_cpu_percent_goes_on_from_process_iter(spawn):
    child = spawn(sys.executable, "-c", "while True: pass")
    list(sysvitals.process_iter(["cpu_percent"]))
    # Time that the kernel has counted, of which it tells in ticks.
    proc = sysvitals.Process(child.pid)
    before = sum(proc.cpu_times()[:2])
    wait_for(lambda: sum(proc.cpu_times()[:2]) > before + 0.1, "CPU time")
    assert row_of(sysvitals.snapshot(["pid", "cpu_percent"]), child.pid)["cpu_percent"] > 0


def test_another_procfs(monkeypatch, tmp_path):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tmp_path))
    snapshot = sysvitals.snapshot()
    assert (len(snapshot), snapshot.to_dicts(), snapshot["name"]) == (0, [], [])
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        sysvitals.snapshot()


def test_threads_change_nothing(spawn):
    """The processes of this moment, in interpreters with and without threads."""
    for _ in range(150):
        spawn("sleep", "60")
    code = (
        "import os, sysvitals\n"
        "me = (os.getpid(), os.getppid())\n"
        "rows = sysvitals.snapshot(['pid', 'ppid', 'cmdline', 'uids', 'create_time'])\n"
        "procs = list(sysvitals.process_iter(['pid', 'ppid', 'cmdline', 'uids', 'create_time']))\n"
        "dicts = [p.as_dict(['pid', 'ppid', 'cmdline', 'uids', 'create_time']) for p in procs]\n"
        "assert [d['pid'] for d in dicts] == sorted(d['pid'] for d in dicts)\n"
        "sleeping = lambda d: d['cmdline'] == ['sleep', '60'] and d['ppid'] == me[1]\n"
        "mine = [row for row in rows if sleeping(row)]\n"
        "assert mine == [d for d in dicts if sleeping(d)]\n"
        "assert len(os.listdir('/proc/self/task')) == 1\n"
        "print(mine)\n"
    )
    answers = {
        run_python(code, env={**os.environ, "SYSVITALS_THREADS": threads})
        for threads in ("1", "2", "8", "none")
    }
    assert len(answers) == 1
    assert answers.pop().count("create_time") == 150


def test_many_threads_at_once():
    failures = []

    def look():
        try:
            for _ in range(3):
                snapshot = sysvitals.snapshot(["name", "exe", "net_connections"])
                assert len(snapshot.to_dicts()) == len(snapshot)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


# --- Arrow


def capsule_name(capsule):
    import ctypes

    get_name = ctypes.pythonapi.PyCapsule_GetName
    get_name.restype, get_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    return get_name(capsule)


def test_the_capsule_may_be_left_unused():
    snapshot = sysvitals.snapshot(["name"])
    for _ in range(100):
        assert capsule_name(snapshot.__arrow_c_stream__()) == b"arrow_array_stream"
    snapshot.__arrow_c_stream__(None)
    snapshot.__arrow_c_stream__(requested_schema=None)


def test_pyarrow_has_the_same_values(rich):
    pa = pytest.importorskip("pyarrow")
    for reasons in (False, True):
        snapshot = sysvitals.snapshot(reasons=reasons)
        table = pa.table(snapshot)
        table.validate(full=True)
        assert table.column_names == snapshot.columns
        rows = [{name: plain(value) for name, value in row.items()} for row in snapshot]
        assert table.to_pylist() == rows
    row = next(row for row in rows if row["pid"] == rich.pid)
    assert row["cmdline"][-1] == "\ufffd\ufffd"


@pytest.mark.parametrize("name", ATTRS)
def test_pyarrow_takes_every_attribute_alone(name, zombie):
    pa = pytest.importorskip("pyarrow")
    snapshot = sysvitals.snapshot([name])
    table = pa.table(snapshot)
    table.validate(full=True)
    assert table.column(name).to_pylist() == [plain(value) for value in snapshot[name]]
    assert table.column(name).null_count == snapshot[name].count(None)


def test_pyarrow_types_do_not_depend_on_the_rows(tmp_path, monkeypatch):
    pa = pytest.importorskip("pyarrow")
    full = pa.table(sysvitals.snapshot(reasons=True))
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tmp_path))
    empty = pa.table(sysvitals.snapshot(reasons=True))
    empty.validate(full=True)
    assert (empty.num_rows, empty.schema) == (0, full.schema)
    types = {field.name: str(field.type) for field in full.schema}
    assert types["pid"] == "int64"
    assert types["memory_percent"] == "double"
    assert types["exe"] == types["exe_reason"] == "large_string"
    assert types["uids"] == "struct<real: uint64, effective: uint64, saved: uint64>"


def test_pyarrow_may_ask_for_other_types():
    pa = pytest.importorskip("pyarrow")
    snapshot = sysvitals.snapshot(["name", "pid"])
    schema = pa.schema([("name", pa.string()), ("pid", pa.int32())])
    # The protocol lets a producer keep its types.
    reader = pa.RecordBatchReader.from_stream(snapshot, schema=pa.table(snapshot).schema)
    assert reader.read_all().num_rows == len(snapshot)
    capsule = snapshot.__arrow_c_stream__(schema.__arrow_c_schema__())
    reader = pa.RecordBatchReader._import_from_c_capsule(capsule)
    assert reader.read_all().column_names == ["name", "pid"]


def test_a_consumer_may_stop_early_and_outlive_the_snapshot():
    pa = pytest.importorskip("pyarrow")
    snapshot = sysvitals.snapshot()
    reader = pa.RecordBatchReader.from_stream(snapshot)
    assert reader.schema.names == ATTRS
    del reader
    reader = pa.RecordBatchReader.from_stream(snapshot)
    batch = reader.read_next_batch()
    with pytest.raises(StopIteration):
        reader.read_next_batch()
    names, count = snapshot["name"], len(snapshot)
    column = batch.column("name")
    del reader, batch, snapshot
    gc.collect()
    assert column.to_pylist() == [plain(name) for name in names]
    assert len(column) == count


def test_the_columns_are_not_copied():
    pa = pytest.importorskip("pyarrow")
    snapshot = sysvitals.snapshot(["pid"])
    addresses = {pa.table(snapshot).column("pid").chunk(0).buffers()[1].address for _ in range(3)}
    assert len(addresses) == 1


def test_polars(rich):
    pl = pytest.importorskip("polars")
    snapshot = sysvitals.snapshot()
    frame = pl.DataFrame(snapshot)
    assert frame.columns == snapshot.columns
    rows = [{name: plain(value) for name, value in row.items()} for row in snapshot]
    assert frame.select("pid", "name", "cmdline", "memory_info", "environ").to_dicts() == [
        {name: row[name] for name in ("pid", "name", "cmdline", "memory_info", "environ")}
        for row in rows
    ]
    mine = frame.filter(pl.col("pid") == rich.pid).explode("threads")
    assert mine.height == 2


def test_pandas():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    if not hasattr(pd.DataFrame, "from_arrow"):
        pytest.skip(f"pandas {pd.__version__} has no DataFrame.from_arrow")
    snapshot = sysvitals.snapshot(["pid", "name", "create_time"])
    frame = pd.DataFrame.from_arrow(snapshot)
    assert frame["pid"].tolist() == snapshot["pid"]
    assert frame["name"].tolist() == [plain(name) for name in snapshot["name"]]
    assert frame["create_time"].tolist() == snapshot["create_time"]


def test_duckdb():
    duckdb = pytest.importorskip("duckdb")
    snapshot = sysvitals.snapshot(["pid", "name", "memory_info", "exe"], reasons=True)
    with duckdb.connect() as connection:
        connection.register("processes", snapshot)
        # More than once: each query asks for a stream of its own.
        for _ in range(2):
            rows = connection.execute(
                "select pid, name, memory_info.rss, exe_reason from processes order by pid"
            ).fetchall()
            assert rows == [
                (row["pid"], plain(row["name"]), row["memory_info"].rss, row["exe_reason"])
                for row in snapshot
            ]


def test_nothing_is_left_behind():
    pytest.importorskip("pyarrow")
    code = (
        "import gc, pyarrow as pa, sysvitals\n"
        "def use():\n"
        "    snapshot = sysvitals.snapshot(['name', 'cmdline', 'memory_info', 'environ', 'threads'])\n"
        "    pa.table(snapshot)\n"
        "    pa.RecordBatchReader.from_stream(snapshot)\n"
        "    pa.RecordBatchReader.from_stream(snapshot).read_next_batch().column(0)\n"
        "    snapshot.__arrow_c_stream__()\n"
        "    snapshot.to_dicts()\n"
        "me = sysvitals.Process()\n"
        "def held():\n"
        "    gc.collect()\n"
        "    getattr(sysvitals, 'heap_trim', int)()\n"
        "    return me.memory_footprint().uss\n"
        "for _ in range(20): use()\n"
        "before = held()\n"
        "snapshot = sysvitals.snapshot()\n"
        "for _ in range(100): use()\n"
        "size = pa.table(snapshot).nbytes\n"
        "del snapshot\n"
        "print(held() - before, size, me.num_fds())\n"
    )
    grown, size, fds = map(int, run_python(code).split())
    # A hundred tables, or what is exported of each, would be many times as much.
    assert grown < max(4 * size, 8 << 20), (grown, size)
    assert fds < 10
