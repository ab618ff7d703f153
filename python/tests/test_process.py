"""How a Process behaves: oneshot, prefetched values, identity, subclasses, the iterator's table."""

import copy
import gc
import inspect
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref

import pytest
from conftest import run_python, wait_for

import sysvitals


@pytest.fixture
def proc():
    return sysvitals.Process()


@pytest.fixture
def sleeper(spawn):
    return sysvitals.Process(spawn().pid)


@pytest.fixture(autouse=True)
def fresh_table():
    sysvitals.process_iter.cache_clear()
    yield
    sysvitals.process_iter.cache_clear()


def burn(seconds=0.05):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


# --- oneshot


def test_oneshot_yields_none(proc):
    with proc.oneshot() as value:
        assert value is None


def test_oneshot_keeps_what_comes_from_stat_and_status(proc):
    with proc.oneshot():
        before = proc.cpu_times(), proc.page_faults(), proc.num_threads(), proc.memory_info()
        burn()
        memory = bytearray(30_000_000)
        thread = threading.Thread(target=time.sleep, args=(0.3,))
        thread.start()
        after = proc.cpu_times(), proc.page_faults(), proc.num_threads(), proc.memory_info()
        assert before == after
        thread.join()
        del memory
    assert proc.cpu_times() != before[0]


def test_oneshot_reads_anew_what_is_not_kept(proc):
    with proc.oneshot():
        fds, cpus, nice = proc.num_fds(), proc.cpu_affinity(), proc.nice()
        with open(__file__):
            assert proc.num_fds() == fds + 1
            assert __file__ in [file.path for file in proc.open_files()]
        proc.cpu_affinity(cpus[:1])
        assert proc.cpu_affinity() == cpus[:1]
        proc.cpu_affinity(cpus)
        proc.cpu_times()
        assert proc.nice() == nice


def test_oneshot_sees_what_a_setter_has_set(sleeper):
    with sleeper.oneshot():
        sleeper.cpu_times()
        before = sleeper.nice()
        sleeper.nice(before + 3)
        assert sleeper.nice() == before + 3
        sleeper.ionice(sysvitals.IOPRIO_CLASS_BE, 6)
        assert sleeper.ionice() == (sysvitals.IOPRIO_CLASS_BE, 6)
        sleeper.rlimit(sysvitals.RLIMIT_NOFILE, (100, 100))
        assert sleeper.rlimit(sysvitals.RLIMIT_NOFILE) == (100, 100)
        assert sleeper.as_dict(["nice"])["nice"] == before + 3


def test_oneshot_nests(proc):
    with proc.oneshot():
        times = proc.cpu_times()
        with proc.oneshot():
            burn()
            assert proc.cpu_times() == times
        burn()
        assert proc.cpu_times() == times
        assert proc.as_dict(["cpu_times", "name"])["cpu_times"] == times
        str(proc)
        assert proc.cpu_times() == times
    assert proc.cpu_times() != times


def test_oneshot_ends_with_an_exception(proc):
    with pytest.raises(ZeroDivisionError):
        with proc.oneshot():
            times = proc.cpu_times()
            1 / 0  # noqa: B018
    burn()
    assert proc.cpu_times() != times
    with proc.oneshot():
        assert proc.cpu_times() != times


def test_oneshot_does_not_keep_exceptions(spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    with proc.oneshot():
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        for _ in range(2):
            with pytest.raises(sysvitals.ZombieProcess):
                proc.cmdline()
        child.wait()
        for _ in range(2):
            with pytest.raises(sysvitals.NoSuchProcess):
                proc.cmdline()


def test_oneshot_keeps_what_it_has_read_of_the_dead(spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    with proc.oneshot():
        times = proc.cpu_times()
        child.kill()
        child.wait()
        assert proc.cpu_times() == times
        assert proc.ppid() == os.getpid()
    with pytest.raises(sysvitals.NoSuchProcess):
        proc.cpu_times()


def test_cpu_percent_measures_within_oneshot(proc):
    stop = threading.Event()

    def work():
        while not stop.is_set():
            burn(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        with proc.oneshot():
            proc.cpu_times()
            assert proc.cpu_percent(interval=0.3) > 0
    finally:
        stop.set()
        thread.join()


def test_other_threads_wait_for_str_and_as_dict_but_not_for_getters(proc):
    inside, leave = threading.Event(), threading.Event()
    done = []

    def hold():
        with proc.oneshot():
            inside.set()
            leave.wait(30)
            done.append("block")

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(30)
    waiters = []
    for name, call in [("str", lambda: str(proc)), ("as_dict", lambda: proc.as_dict(["name"]))]:
        thread = threading.Thread(target=lambda c=call, n=name: (c(), done.append(n)))
        thread.start()
        waiters.append(thread)
    # These come back while the block is still held.
    assert proc.name() and proc.status() and proc.cpu_times() and proc.num_fds()
    assert proc.is_running()
    assert done == []
    leave.set()
    for thread in (holder, *waiters):
        thread.join(30)
        assert not thread.is_alive()
    assert done[0] == "block" and set(done) == {"block", "str", "as_dict"}


# --- as_dict


def test_as_dict_keys(proc):
    assert list(proc.as_dict()) == sorted(sysvitals.Process.attrs)
    assert set(proc.as_dict(attrs=[])) == sysvitals.Process.attrs
    assert proc.as_dict(["pid", "name", "pid"]) == {"pid": proc.pid, "name": proc.name()}
    for kind in (list, tuple, set, frozenset):
        assert set(proc.as_dict(kind(("ppid", "exe")))) == {"ppid", "exe"}


def test_as_dict_of_a_zombie(zombie):
    token = object()
    result = sysvitals.Process(zombie).as_dict(ad_value=token)
    denied = {name for name, value in result.items() if value is token}
    assert denied == {"cmdline", "exe", "cwd", "environ", "memory_maps"}
    assert set(result) == sysvitals.Process.attrs
    assert result["status"] is sysvitals.STATUS_ZOMBIE
    assert result["name"] == "true"
    assert result["num_fds"] == 0 and result["open_files"] == [] == result["net_connections"]
    assert result["memory_info"].rss == 0
    assert result["num_threads"] == 1


def test_as_dict_of_the_dead(spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    child.kill()
    child.wait()
    for attrs in (None, ["name"], ["exe", "ppid"]):
        with pytest.raises(sysvitals.NoSuchProcess):
            proc.as_dict(attrs)
    assert proc.as_dict(["pid"]) == {"pid": proc.pid}


def test_as_dict_full_info(proc):
    with pytest.warns(DeprecationWarning):
        result = proc.as_dict(["memory_full_info", "name"])
    assert set(result) == {"memory_full_info", "name"}


def test_as_dict_goes_through_patched_getters(proc, monkeypatch):
    monkeypatch.setattr(sysvitals.Process, "name", lambda self: "patched")
    assert proc.as_dict(["name", "pid"]) == {"name": "patched", "pid": proc.pid}
    assert next(sysvitals.process_iter(["name"])).name() == "patched"
    assert "name='patched'" in str(sysvitals.Process())
    monkeypatch.undo()
    assert proc.as_dict(["name"])["name"] != "patched"


def test_as_dict_goes_through_getters_of_the_instance(proc):
    proc.name = lambda: "mine"
    assert proc.as_dict(["name"]) == {"name": "mine"}


def test_as_dict_not_implemented(proc, monkeypatch):
    def nice(self):
        raise NotImplementedError

    monkeypatch.setattr(sysvitals.Process, "nice", nice)
    assert set(proc.as_dict()) == sysvitals.Process.attrs - {"nice"}
    with pytest.raises(NotImplementedError):
        proc.as_dict(["nice"])


def test_as_dict_lets_other_errors_through(proc, monkeypatch):
    def name(self):
        raise OSError("x")

    monkeypatch.setattr(sysvitals.Process, "name", name)
    with pytest.raises(OSError, match="x"):
        proc.as_dict(["name"])


# --- subclasses, attributes, identity


class Renamed(sysvitals.Process):
    def name(self):
        return "renamed"

    def cmdline(self):
        raise sysvitals.AccessDenied(self.pid)


def test_subclass():
    proc = Renamed()
    assert proc.as_dict(["name", "cmdline", "pid"], ad_value=7) == {
        "name": "renamed", "cmdline": 7, "pid": os.getpid(),
    }  # fmt: skip
    assert str(proc).startswith(f"{__name__}.Renamed(pid={os.getpid()}, name='renamed'")
    assert proc == sysvitals.Process()
    assert hash(proc) == hash(sysvitals.Process())
    assert proc.attrs is sysvitals.Process.attrs


def test_subclass_with_its_own_constructor():
    class Tagged(sysvitals.Process):
        def __init__(self, tag):
            super().__init__(os.getppid())
            self.tag = tag

    proc = Tagged("x")
    assert (proc.tag, proc.pid) == ("x", os.getppid())


def test_arbitrary_attributes(proc):
    proc.colour = "blue"
    assert proc.colour == "blue"
    del proc.colour
    assert not hasattr(proc, "colour")


def test_pid_is_read_only(proc):
    with pytest.raises(AttributeError):
        proc.pid = 3
    with pytest.raises(AttributeError):
        del proc.pid
    with pytest.raises(AttributeError):
        proc.info = {}


def test_weakref(spawn):
    proc = sysvitals.Process(spawn().pid)
    ref = weakref.ref(proc)
    assert ref() is proc
    del proc
    gc.collect()
    assert ref() is None


def test_no_pickling_but_copying(proc):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(proc, protocol)
    with pytest.raises(TypeError):
        copy.deepcopy(proc)
    again = copy.copy(proc)
    assert again == proc and again.name() == proc.name()


def test_equality(sleeper):
    same = sysvitals.Process(sleeper.pid)
    assert same == sleeper and not (same != sleeper) and hash(same) == hash(sleeper)
    assert sleeper != sysvitals.Process()
    assert sleeper != sleeper.pid and sleeper != object() and sleeper != None  # noqa: E711
    assert {sleeper: 1}[same] == 1
    sleeper.kill()
    sleeper.wait()
    assert same == sleeper


def test_str(sleeper):
    text = str(sleeper)
    assert text == repr(sleeper)
    assert text.startswith(f"sysvitals.Process(pid={sleeper.pid}, name='sleep', status='")
    assert "started" not in text
    started = time.strftime("%H:%M:%S", time.localtime(sleeper.create_time()))
    assert str(sleeper).endswith(f", started='{started}')")
    sleeper.kill()
    assert sleeper.wait() == -signal.SIGKILL
    assert str(sleeper) == (
        f"sysvitals.Process(pid={sleeper.pid}, name='sleep', status='terminated',"
        f" exitcode=<NegSignal.SIGKILL: -9>, started='{started}')"
    )


def test_str_of_a_zombie(zombie):
    assert str(sysvitals.Process(zombie)) == (
        f"sysvitals.Process(pid={zombie}, name='true', status='zombie')"
    )


def test_exceptions_know_the_name(spawn):
    child = spawn()
    proc, named = sysvitals.Process(child.pid), sysvitals.Process(child.pid)
    named.name()
    child.kill()
    child.wait()
    with pytest.raises(sysvitals.NoSuchProcess) as caught:
        proc.cwd()
    assert (caught.value.pid, caught.value.name) == (child.pid, None)
    assert str(caught.value) == f"process no longer exists (pid={child.pid})"
    with pytest.raises(sysvitals.NoSuchProcess) as caught:
        named.cwd()
    assert str(caught.value) == f"process no longer exists (pid={child.pid}, name='sleep')"
    assert isinstance(caught.value.__cause__, (FileNotFoundError, ProcessLookupError))


def test_zombie_exceptions_have_the_os_error_as_cause(zombie):
    with pytest.raises(sysvitals.ZombieProcess) as caught:
        sysvitals.Process(zombie).exe()
    assert caught.value.pid == zombie
    assert caught.value.msg == "PID still exists but it's a zombie"


def test_denied_exceptions_have_the_os_error_as_cause(as_nobody):
    out = as_nobody(
        "import sysvitals\n"
        "p = sysvitals.Process(1)\n"
        "for name in ('cwd', 'environ', 'io_counters', 'num_fds', 'open_files'):\n"
        "    try: getattr(p, name)()\n"
        "    except sysvitals.AccessDenied as e:\n"
        "        assert isinstance(e.__cause__, PermissionError), e.__cause__\n"
        "        assert e.pid == 1 and e.name is None and e.msg == '', e\n"
        "        assert str(e) == '(pid=1)'\n"
        "        print(name)\n"
    )
    assert out.split() == ["cwd", "environ", "io_counters", "num_fds", "open_files"]


def test_constructor_errors(dead_pid):
    with pytest.raises(sysvitals.NoSuchProcess) as caught:
        sysvitals.Process(dead_pid)
    assert caught.value.msg == "process PID not found"
    assert caught.value.__cause__ is None
    with pytest.raises(sysvitals.NoSuchProcess) as caught:
        sysvitals.Process(2**31)
    assert caught.value.msg == "process PID out of range"
    assert isinstance(caught.value.__cause__, OverflowError)


def test_thread_ids():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        tid = thread.native_id
        assert sysvitals.Process(tid).pid == tid
        assert not sysvitals.pid_exists(tid)
        assert tid not in sysvitals.pids()
    finally:
        stop.set()
        thread.join()


def test_fork_is_noticed(proc):
    out = run_python(
        "import os, sysvitals\n"
        "p = sysvitals.Process()\n"
        "list(sysvitals.process_iter(['name']))\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    q = sysvitals.Process()\n"
        "    ok = p != q and q.ppid() == p.pid and q.parent() == p and p.is_running()\n"
        "    ok = ok and any(r == q for r in sysvitals.process_iter(['name']))\n"
        "    os._exit(0 if ok else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    assert out == "0\n"


def test_is_running(spawn, zombie):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    assert proc.is_running() is True
    assert sysvitals.Process(zombie).is_running() is True
    child.kill()
    child.wait()
    assert proc.is_running() is False
    assert proc.is_running() is False


def test_signals_of_the_dead(spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    child.kill()
    child.wait()
    for call in (proc.kill, proc.terminate, proc.suspend, proc.resume,
                 lambda: proc.send_signal(0), lambda: proc.nice(3), lambda: proc.ionice(2),
                 lambda: proc.cpu_affinity([0]),
                 lambda: proc.rlimit(sysvitals.RLIMIT_NOFILE, (9, 9))):  # fmt: skip
        with pytest.raises(sysvitals.NoSuchProcess) as caught:
            call()
        assert caught.value.pid == proc.pid
    for call in (proc.parent, proc.parents, proc.ppid, proc.children):
        with pytest.raises(sysvitals.NoSuchProcess):
            call()


def test_signals(sleeper):
    assert sleeper.send_signal(0) is None
    assert sleeper.suspend() is None
    wait_for(lambda: sleeper.status() is sysvitals.STATUS_STOPPED, "stop")
    assert sleeper.resume() is None
    wait_for(lambda: sleeper.status() is not sysvitals.STATUS_STOPPED, "continuation")
    assert sleeper.terminate() is None
    assert sleeper.wait() == -signal.SIGTERM


def test_signals_to_a_zombie(zombie):
    proc = sysvitals.Process(zombie)
    proc.send_signal(0)
    proc.terminate()
    proc.kill()
    assert proc.status() == "zombie"


# --- family


def test_children_in_psutils_order(spawn):
    code = (
        "import subprocess, sys\n"
        "tree = {'A': 'BCD', 'B': 'X', 'X': 'Y', 'C': 'W'}\n"
        "name = sys.argv[2]\n"
        "for child in tree.get(name, ''):\n"
        "    p = subprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[1], child],\n"
        "        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "    sys.stdout.write(p.stdout.readline())\n"
        "    globals()[child] = p\n"
        "print('up', end=chr(10) if name == 'A' else ' ')\n"
        "if name != 'A': print()\n"
        "sys.stdout.flush()\n"
        "sys.stdin.read()\n"
    )
    top = spawn(
        sys.executable, "-c", code, code, "A", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    proc = sysvitals.Process(top.pid)

    def names(procs):
        return "".join(p.cmdline()[-1] for p in procs)

    wait_for(lambda: names(proc.children(recursive=True)) == "BCDWXY", "the tree")
    assert names(proc.children()) == "BCD"
    assert all(type(child) is sysvitals.Process for child in proc.children())
    grandchild = proc.children(recursive=True)[-1]
    assert [p.cmdline()[-1] for p in grandchild.parents()[:3]] == ["X", "B", "A"]
    assert grandchild.parents()[3] == sysvitals.Process()


def test_parent(proc, sleeper):
    assert sleeper.parent() == proc
    assert sleeper.parents()[0] == proc
    assert sysvitals.Process(sysvitals.pids()[0]).parent() is None
    assert sysvitals.Process(sysvitals.pids()[0]).parents() == []


def test_zombies_are_children(proc, zombie):
    assert zombie in [child.pid for child in proc.children()]


# --- process_iter and prefetched values


def only(proc, attrs, ad_value=None):
    """The process out of a pass of the iterator."""
    (found,) = [p for p in sysvitals.process_iter(attrs, ad_value) if p == proc]
    return found


def test_prefetched_values(proc, monkeypatch):
    found = only(proc, ["name", "cpu_times", "num_fds"])
    with open(__file__):
        burn()
        assert found.num_fds() == found._prefetch["num_fds"]
        assert found.cpu_times() is found._prefetch["cpu_times"]
    assert found.ppid() == os.getppid()
    assert found.as_dict(["cpu_times"])["cpu_times"] is found._prefetch["cpu_times"]


def test_arguments_make_it_live(proc):
    marks = {"cpu_percent", "memory_percent", "memory_maps", "net_connections", "nice", "ionice",
             "cpu_affinity"}  # fmt: skip
    found = only(proc, list(marks))
    found._prefetch.update(dict.fromkeys(marks, "stored"))
    for name in marks:
        assert getattr(found, name)() == "stored"
    assert found.cpu_percent(None) != "stored"
    assert found.cpu_percent(interval=None) != "stored"
    assert found.memory_percent("rss") != "stored"
    assert found.memory_maps(grouped=True) != "stored"
    assert found.net_connections("inet") != "stored"
    assert found.nice(None) != "stored"
    assert found.ionice(None) != "stored"
    assert found.cpu_affinity(cpus=None) != "stored"


def test_next_pass_drops_the_values(proc):
    found = only(proc, ["cpu_times"])
    times = found.cpu_times()
    burn()
    assert found.cpu_times() is times
    again = only(proc, None)
    assert again is found
    assert found.cpu_times() != times
    with pytest.warns(DeprecationWarning):
        assert found.info == {}


def test_next_pass_replaces_the_values(proc):
    found = only(proc, ["name", "ppid"])
    assert only(proc, ["status"]) is found
    with pytest.warns(DeprecationWarning):
        assert found.info == {"status": "running"}


def test_info_is_a_shallow_copy(proc):
    found = only(proc, ["name", "cmdline"])
    with pytest.warns(DeprecationWarning):
        info = found.info
    assert info == {"name": found.name(), "cmdline": found.cmdline()}
    info["name"] = "x"
    assert found.name() != "x"
    assert info["cmdline"] is found.cmdline()
    with pytest.warns(DeprecationWarning):
        assert sysvitals.Process().info == {}


def test_prefetched_values_survive_the_process(spawn):
    child = spawn()
    proc = only(sysvitals.Process(child.pid), ["name", "uids", "username", "memory_info"])
    child.kill()
    child.wait()
    assert proc.name() == "sleep"
    assert proc.username()
    assert proc.memory_info().rss > 0
    with pytest.raises(sysvitals.NoSuchProcess):
        proc.cmdline()


def test_username_from_prefetched_uids(spawn):
    child = spawn()
    proc = only(sysvitals.Process(child.pid), ["uids"])
    child.kill()
    child.wait()
    import pwd

    assert proc.username() == pwd.getpwuid(os.getuid()).pw_name
    proc._prefetch["uids"] = type(proc.uids())(999_999, 0, 0)
    assert proc.username() == "999999"


@pytest.mark.parametrize("token", [None, "", object(), 0])
def test_derived_getters_notice_what_was_denied(proc, token):
    found = only(proc, ["uids", "memory_info", "memory_footprint"], ad_value=token)
    found._prefetch = dict.fromkeys(["uids", "memory_info", "memory_footprint"], token)
    assert found.username() is token
    assert found.memory_info_ex() is token
    assert found.memory_percent() is token
    assert found.memory_percent("uss") is token
    with pytest.warns(DeprecationWarning):
        assert found.memory_full_info() is token


def test_denied_values(as_nobody):
    out = as_nobody(
        "import sysvitals\n"
        "p = next(p for p in sysvitals.process_iter(['exe', 'cwd', 'name'], 'no') if p.pid == 1)\n"
        "assert p.cwd() == 'no', p.cwd()\n"
        "assert p.name() not in ('no', '')\n"
        "try: p.environ()\n"
        "except sysvitals.AccessDenied: print('ok')\n"
    )
    assert out == "ok\n"


def test_zombies_are_yielded_with_values(zombie):
    token = object()
    (found,) = [
        p for p in sysvitals.process_iter(["name", "exe", "status"], token) if p.pid == zombie
    ]
    assert found.exe() is token
    assert found.status() is sysvitals.STATUS_ZOMBIE
    assert zombie in [p.pid for p in sysvitals.process_iter()]


def test_nothing_happens_before_the_first_next():
    assert inspect.isgeneratorfunction(sysvitals.process_iter)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        passes = [
            sysvitals.process_iter(attrs=[]),
            sysvitals.process_iter(attrs="x"),
            sysvitals.process_iter(attrs=["nope"]),
        ]
    with pytest.warns(DeprecationWarning):
        next(passes[0])
    with pytest.raises(TypeError, match="invalid attrs type <class 'str'>"):
        next(passes[1])
    with pytest.raises(ValueError, match="invalid attr name 'nope'"):
        next(passes[2])


def test_processes_that_start_before_the_first_next_are_seen(spawn):
    processes = sysvitals.process_iter()
    pid = spawn().pid
    assert pid in [p.pid for p in processes]


def test_order_and_cache(spawn):
    child = spawn()
    first = list(sysvitals.process_iter())
    assert [p.pid for p in first] == sorted(p.pid for p in first)
    known = {p.pid: p for p in first}
    for attrs in (None, ["name"], sysvitals.Process.attrs - {"memory_maps"}):
        for proc in sysvitals.process_iter(attrs):
            if proc.pid in (child.pid, os.getpid(), 1):
                assert known[proc.pid] is proc
    child.kill()
    child.wait()
    assert child.pid not in [p.pid for p in sysvitals.process_iter()]
    sysvitals.process_iter.cache_clear()
    again = {p.pid: p for p in sysvitals.process_iter()}
    assert again[os.getpid()] is not known[os.getpid()]
    assert again[os.getpid()] == known[os.getpid()]


def test_unfinished_pass_keeps_the_rest_of_the_table():
    known = {p.pid: p for p in sysvitals.process_iter()}
    part = sysvitals.process_iter(["name"])
    next(part)
    part.close()
    again = {p.pid: p for p in sysvitals.process_iter()}
    assert again[os.getpid()] is known[os.getpid()]


def test_attributes_set_on_cached_processes_stay(proc):
    only(proc, None).seen_before = True
    assert only(proc, ["name"]).seen_before


def test_concurrent_passes():
    one, two = sysvitals.process_iter(["name"]), sysvitals.process_iter(["ppid"])
    pids = [], []
    for a, b in zip(one, two):
        pids[0].append(a.pid)
        pids[1].append(b.pid)
        sysvitals.process_iter.cache_clear()
    assert os.getpid() in pids[0] or os.getpid() in pids[1]
    assert os.getpid() in [p.pid for p in sysvitals.process_iter()]


def test_pass_ended_by_an_exception_of_its_user(proc):
    with pytest.raises(ZeroDivisionError):
        for _ in sysvitals.process_iter(["name"]):
            1 / 0  # noqa: B018
    assert only(proc, None) == proc


def test_kernel_threads_keep_their_place():
    def kernel_threads(attrs):
        return {p.pid for p in sysvitals.process_iter(attrs) if p.pid == 2 or p.ppid() == 2}

    before, found, after = (
        kernel_threads(None),
        kernel_threads(["environ", "ppid"]),
        sysvitals.pids(),
    )
    if not before:
        pytest.skip("no kernel threads can be seen from here")
    assert before & set(after) <= found


# --- PROCFS_PATH


@pytest.fixture
def tree(tmp_path):
    """A process file system with two processes."""
    for pid, name in ((10, "ten"), (11, "eleven")):
        path = tmp_path / str(pid)
        path.mkdir()
        fields = "S 1 10 10 0 -1 4194304 5 0 6 0 100 200 0 0 20 0 1 0 1234 1000 10".split()
        fields += ["0"] * 30
        (path / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")
        (path / "cmdline").write_bytes(f"/bin/{name}\0-x\0".encode())
        (path / "statm").write_text("10 5 3 1 0 4 0\n")
        (path / "status").write_text(
            f"Name:\t{name}\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t1\n"
            "Uid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nThreads:\t9\nVmHWM:\t10 kB\n"
            "voluntary_ctxt_switches:\t11\nnonvoluntary_ctxt_switches:\t12\n"
        )
        (path / "io").write_text(
            "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\njunk\n\n"
        )
    (tmp_path / "stat").write_text("cpu 1 2 3 4 5 6 7 8 9 10\nbtime 1000000000\n")
    (tmp_path / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 100 kB\n")
    return tmp_path


def test_procfs_path_is_honoured_at_once(tree, monkeypatch):
    here = sysvitals.Process()
    before = sysvitals.pids()
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tree))
    assert sysvitals.pids() == [10, 11]
    assert [p.pid for p in sysvitals.process_iter()] == [10, 11]
    assert [p.name() for p in sysvitals.process_iter(["name"])] == ["ten", "eleven"]
    with pytest.raises(sysvitals.NoSuchProcess):
        sysvitals.Process(os.getpid())
    ten = sysvitals.Process(10)
    # A process stays with the tree that it was found in.
    assert here.name() and here.ppid() == os.getppid()
    monkeypatch.undo()
    assert ten.name() == "ten"
    assert os.getpid() in sysvitals.pids() and set(before) & set(sysvitals.pids())
    assert os.getpid() in [p.pid for p in sysvitals.process_iter()]


def test_vectors(tree, monkeypatch):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tree))
    ten = sysvitals.Process(10)
    assert ten.cmdline() == ["/bin/ten", "-x"]
    assert ten.memory_info() == (20480, 40960, 12288, 4096, 16384)
    assert ten.uids() == (1, 2, 3) and ten.gids() == (5, 6, 7)
    assert ten.num_threads() == 9
    assert ten.num_ctx_switches() == (11, 12)
    assert ten.memory_info_ex()._asdict()["peak_rss"] == 10240
    assert ten.io_counters() == (3, 4, 5, 6, 1, 2)
    assert ten.cpu_times()[:4] == (1.0, 2.0, 0.0, 0.0)
    assert ten.page_faults() == (5, 6)
    assert ten.create_time() == 1000000000 + 1234 / os.sysconf("SC_CLK_TCK")
    assert ten.status() is sysvitals.STATUS_SLEEPING
    assert ten.memory_percent() == 20480 / 1024000 * 100
    assert ten.username() == sysvitals._username(1)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"/bin/a\0-x\0", ["/bin/a", "-x"]), (b"/bin/a -x", ["/bin/a", "-x"]),
        (b"/bin/a -x\0", ["/bin/a", "-x"]), (b"a\0\0b\0", ["a", "", "b"]), (b"\0", [""]),
        (b"a b\0c d\0", ["a b", "c d"]), (b"a  b ", ["a", "", "b"]), (b"a\0b", ["a\0b"]),
        (b"", []), (b"\xff\xfe\0", ["\udcff\udcfe"]),
    ],
)  # fmt: skip
def test_cmdline_vectors(tree, monkeypatch, data, expected):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tree))
    (tree / "10" / "cmdline").write_bytes(data)
    assert sysvitals.Process(10).cmdline() == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("A=1\0B=2\0", {"A": "1", "B": "2"}), ("A=1\0B=2", {"A": "1"}),
        ("A=1\0\0B=2\0", {"A": "1"}), ("=X\0A=1\0", {"A": "1"}), ("noeq\0A=1\0", {"A": "1"}),
        ("A=\0", {"A": ""}), ("A=1=2\0", {"A": "1=2"}), ("\0A=1\0", {}), ("A=1\0A=2\0", {"A": "2"}),
    ],
)  # fmt: skip
def test_environ_vectors(tree, monkeypatch, data, expected):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tree))
    (tree / "10" / "environ").write_text(data)
    assert sysvitals.Process(10).environ() == expected


def test_unknown_status_is_a_question_mark(tree, monkeypatch):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tree))
    path = tree / "10" / "stat"
    path.write_text(path.read_text().replace(") S ", ") Q "))
    assert sysvitals.Process(10).status() == "?"


# --- PID reuse


def test_reused_pids(tree, monkeypatch):
    monkeypatch.setattr(sysvitals, "PROCFS_PATH", str(tree))
    old = {p.pid: p for p in sysvitals.process_iter(["name"])}[11]
    path = tree / "11" / "stat"
    path.write_text(path.read_text().replace(" 1234 ", " 9999 ").replace("(eleven)", "(other)"))
    assert old.is_running() is False
    assert "status='terminated + PID reused'" in str(old)
    for call in (old.ppid, old.children, old.parent, old.parents):
        with pytest.raises(sysvitals.NoSuchProcess) as caught:
            call()
        assert caught.value.msg == "process no longer exists and its PID has been reused"
    for call in (old.kill, lambda: old.nice(3), lambda: old.cpu_affinity([0])):
        with pytest.raises(sysvitals.NoSuchProcess):
            call()
    new = {p.pid: p for p in sysvitals.process_iter(["name"])}[11]
    assert new is not old and new != old
    assert hash(new) == hash(old)
    assert new.name() == "other"


# --- no descriptor left


def test_errors_where_no_file_can_be_opened():
    out = run_python(
        "import os, resource, sysvitals\n"
        "me = sysvitals.Process()\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        "try:\n"
        "    while True: os.open('/dev/null', os.O_RDONLY)\n"
        "except OSError: pass\n"
        "for call in (lambda: sysvitals.Process(1), sysvitals.pids, me.name, me.num_fds,\n"
        "             me.uids, me.cmdline, lambda: list(sysvitals.process_iter()), me.as_dict):\n"
        "    try: call()\n"
        "    except OSError as e: print(e.errno, e.filename.split('/')[1])\n"
        "me.send_signal(0)\n"
        "print(me.is_running(), sysvitals.pid_exists(os.getpid()), sysvitals.pid_exists(2**22))\n"
    )
    assert out == "24 proc\n" * 8 + "True True False\n"
