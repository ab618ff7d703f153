"""wait() and wait_procs(): results, timeouts, callbacks, Ctrl-C."""

import os
import pickle
import signal
import subprocess
import sys
import threading

import pytest
from conftest import run_python, wait_for

import sysvitals


def test_exit_codes(spawn):
    for code in (0, 1, 7, 255):
        proc = sysvitals.Process(spawn("sh", "-c", f"exit {code}").pid)
        result = proc.wait()
        assert result == code and type(result) is int
        assert proc.wait() == code == proc.wait(timeout=0)


def test_signals_are_named(spawn):
    for sig in (signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGUSR1):
        proc = sysvitals.Process(spawn().pid)
        proc.send_signal(sig)
        code = proc.wait()
        assert code == -sig
        assert isinstance(code, int)
        assert repr(code) == f"<NegSignal.{sig.name}: {-sig}>"
        assert proc.wait() is code
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(code, protocol)) is code
        assert {code: 1}[-sig] == 1


def test_neg_signals_are_those_of_the_system():
    members = {member.name: member.value for member in sysvitals.NegSignal}
    for sig in signal.Signals:
        assert members[sig.name] == -sig


def test_real_time_signals_are_plain_numbers(spawn):
    number = signal.SIGRTMIN + 3
    proc = sysvitals.Process(spawn().pid)
    proc.send_signal(number)
    code = proc.wait()
    assert code == -number and type(code) is int


def test_timeout(spawn):
    proc = sysvitals.Process(spawn().pid)
    proc.name()
    for timeout in (0, 0.01, 0.0005, False):
        with pytest.raises(sysvitals.TimeoutExpired) as caught:
            proc.wait(timeout)
        exc = caught.value
        assert (exc.seconds, exc.pid, exc.name) == (timeout, proc.pid, "sleep")
        assert exc.msg == f"timeout after {timeout} seconds"
        assert isinstance(exc.__cause__, sysvitals.TimeoutExpired)
    proc.kill()
    assert proc.wait(float("inf")) == -9
    assert proc.wait(0) == -9


def test_the_dead_have_no_code(spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    child.kill()
    child.wait()
    assert proc.wait() is None
    assert proc.wait(timeout=0) is None
    assert "exitcode" not in str(proc)


def test_others_children_have_no_code(spawn):
    parent = spawn(
        sys.executable,
        "-c",
        "import subprocess, sys\n"
        "p = subprocess.Popen(['sleep', '60'])\n"
        "print(p.pid, flush=True)\n"
        "print(p.wait(), flush=True)\n",
        stdout=subprocess.PIPE,
    )
    proc = sysvitals.Process(int(parent.stdout.readline()))
    with pytest.raises(sysvitals.TimeoutExpired):
        proc.wait(timeout=0)
    with pytest.raises(sysvitals.TimeoutExpired):
        proc.wait(timeout=0.05)
    proc.terminate()
    assert proc.wait() is None
    assert proc.wait() is None
    assert parent.stdout.readline() == b"-15\n"


def test_others_zombies_are_waited_for_until_collected(foreign_zombie):
    proc = sysvitals.Process(foreign_zombie)
    for timeout in (0, 0.05):
        with pytest.raises(sysvitals.TimeoutExpired):
            proc.wait(timeout)
    assert proc.is_running()
    gone, alive = sysvitals.wait_procs([proc], timeout=0.05)
    assert (gone, alive) == ([], [proc])


def test_wait_collects_the_child():
    child = subprocess.Popen(["sh", "-c", "exit 7"])
    assert sysvitals.Process(child.pid).wait() == 7
    assert child.wait() == 0


def test_someone_else_collected_it(spawn):
    child = spawn("sh", "-c", "exit 7")
    proc = sysvitals.Process(child.pid)
    assert child.wait() == 7
    assert proc.wait() is None


def test_wait_from_several_threads(spawn):
    for _ in range(20):
        child = spawn()
        proc = sysvitals.Process(child.pid)
        codes = []
        threads = [threading.Thread(target=lambda: codes.append(proc.wait())) for _ in range(4)]
        for thread in threads:
            thread.start()
        proc.kill()
        for thread in threads:
            thread.join(30)
        assert codes == [-9] * 4
        assert proc.wait() == -9


# --- wait_procs


def test_wait_procs(spawn):
    procs = [sysvitals.Process(spawn().pid) for _ in range(3)]
    gone, alive = sysvitals.wait_procs(procs, timeout=0.01)
    assert gone == [] and set(alive) == set(procs)
    assert not any(hasattr(proc, "returncode") for proc in procs)
    procs[1].terminate()
    called = []
    wait_for(lambda: procs[1].status() == "zombie")
    gone, alive = sysvitals.wait_procs(procs, timeout=0, callback=called.append)
    assert gone == [procs[1]] == called
    assert called[0] is procs[1]
    assert procs[1].returncode == -15 and repr(procs[1].returncode) == "<NegSignal.SIGTERM: -15>"
    assert set(alive) == {procs[0], procs[2]}
    for proc in alive:
        proc.kill()
    gone, alive = sysvitals.wait_procs(alive)
    assert alive == [] and len(gone) == 2


def test_wait_procs_takes_any_iterable(spawn):
    pids = [spawn("true").pid for _ in range(2)]
    gone, alive = sysvitals.wait_procs(sysvitals.Process(pid) for pid in pids)
    assert {proc.pid for proc in gone} == set(pids) and alive == []
    assert isinstance(gone, list) and isinstance(alive, list)


def test_wait_procs_merges_equal_processes(spawn):
    pid = spawn().pid
    procs = [sysvitals.Process(pid) for _ in range(3)]
    procs[0].kill()
    called = []
    gone, alive = sysvitals.wait_procs(procs, callback=called.append)
    assert len(gone) == len(called) == 1 and alive == []
    assert gone[0].returncode == -9


def test_wait_procs_of_the_waited_for(spawn):
    proc = sysvitals.Process(spawn("sh", "-c", "exit 3").pid)
    assert proc.wait() == 3
    gone, alive = sysvitals.wait_procs([proc], timeout=0)
    assert gone == [proc] and alive == [] and proc.returncode == 3


def test_wait_procs_of_the_dead(spawn):
    child = spawn()
    proc = sysvitals.Process(child.pid)
    child.kill()
    child.wait()
    gone, alive = sysvitals.wait_procs([proc])
    assert gone == [proc] and alive == [] and proc.returncode is None


def test_wait_procs_callback_runs_here_and_may_raise(spawn):
    procs = [sysvitals.Process(spawn("true").pid) for _ in range(2)]
    threads = []

    def callback(proc):
        threads.append(threading.current_thread())
        assert proc.returncode == 0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sysvitals.wait_procs(procs, callback=callback)
    assert threads == [threading.current_thread()]


def test_wait_procs_callback_may_use_everything(spawn):
    procs = [sysvitals.Process(spawn().pid) for _ in range(3)]
    seen = []

    def callback(proc):
        seen.append((str(proc), proc.is_running()))
        for other in procs:
            if other.is_running():
                other.kill()
                other.wait()

    procs[0].kill()
    gone, alive = sysvitals.wait_procs(procs, timeout=20, callback=callback)
    assert len(gone) == 3 and alive == [] and len(seen) == 3
    assert all(not running for _, running in seen)


def test_wait_procs_uses_overridden_wait(spawn):
    class Told(sysvitals.Process):
        def wait(self, timeout=None):
            return super().wait(timeout) + 1000

    proc = Told(spawn("sh", "-c", "exit 4").pid)
    sysvitals.wait_procs([proc])
    assert proc.returncode == 1004


def test_wait_procs_with_what_looks_like_a_process(spawn):
    children = [spawn("sh", "-c", "exit 5"), spawn()]
    process = sysvitals.Process(spawn("true").pid)
    gone, alive = sysvitals.wait_procs([*children, process], timeout=1)
    assert set(gone) == {children[0], process}
    assert alive == [children[1]]
    assert children[0].returncode == 5


def test_many_at_once():
    children = [subprocess.Popen(["true"]) for _ in range(100)]
    procs = [sysvitals.Process(child.pid) for child in children]
    gone, alive = sysvitals.wait_procs(procs)
    assert len(gone) == 100 and alive == []
    assert all(proc.returncode == 0 for proc in procs)
    for child in children:
        child.wait()


# --- Ctrl-C

WAITS = {
    "wait": "child.wait()",
    "wait with timeout": "child.wait(600)",
    "wait for another": "sysvitals.Process(os.getppid()).wait()",
    "wait_procs": "sysvitals.wait_procs([child])",
    "wait_procs with timeout": "sysvitals.wait_procs([child, sysvitals.Process(1)], timeout=600)",
    "wait_procs in turns": "sysvitals.wait_procs([subprocess.Popen(['sleep', '600'])])",
    "cpu_percent": "sysvitals.Process().cpu_percent(600)",
    "Popen": "sysvitals.Popen(['sleep', '600']).wait()",
}


@pytest.mark.parametrize("how", sorted(WAITS))
def test_ctrl_c(how, spawn):
    # The signal comes once the main thread sleeps; without an answer the test runs into its limit.
    code = (
        "import os, signal, subprocess, sys, sysvitals\n"
        "child = sysvitals.Popen(['sleep', '600'])\n"
        "print('up', flush=True)\n"
        "try:\n"
        f"    {WAITS[how]}\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
        "for proc in sysvitals.Process().children():\n"
        "    proc.kill()\n"
    )
    program = spawn(sys.executable, "-c", code, stdout=subprocess.PIPE, text=True)
    assert program.stdout.readline() == "up\n"
    proc = sysvitals.Process(program.pid)
    # In a state in which it takes no CPU time any more.
    quiet = [0]

    def sleeps():
        switches = proc.num_ctx_switches().voluntary
        quiet.append(switches)
        return len(quiet) > 20 and (how == "wait_procs in turns" or len(set(quiet[-10:])) == 1)

    wait_for(sleeps)
    program.send_signal(signal.SIGINT)
    assert program.communicate(timeout=60)[0] == "interrupted\n"


def test_other_signal_handlers_run_and_the_wait_goes_on():
    out = run_python(
        "import os, signal, sysvitals, threading, time\n"
        "signal.signal(signal.SIGUSR1, lambda *a: print('handled', flush=True))\n"
        "child = sysvitals.Popen(['sleep', '600'])\n"
        "main = threading.main_thread().ident\n"
        "def poke():\n"
        "    time.sleep(0.3)\n"
        "    signal.pthread_kill(main, signal.SIGUSR1)\n"
        "    time.sleep(0.3)\n"
        "    child.kill()\n"
        "threading.Thread(target=poke).start()\n"
        "print(repr(child.wait()))\n"
    )
    assert out == "handled\n<NegSignal.SIGKILL: -9>\n"


def test_exception_of_a_signal_handler_ends_the_wait():
    out = run_python(
        "import signal, sysvitals\n"
        "def stop(*args): raise ZeroDivisionError\n"
        "signal.signal(signal.SIGALRM, stop)\n"
        "child = sysvitals.Popen(['sleep', '600'])\n"
        "for call in (child.wait, lambda: sysvitals.wait_procs([child])):\n"
        "    signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
        "    try: call()\n"
        "    except ZeroDivisionError: print('ended', flush=True)\n"
        "child.kill()\n"
        "print(child.wait() == -9)\n"
    )
    assert out == "ended\nended\nTrue\n"


def test_ignored_children():
    out = run_python(
        "import signal, sysvitals\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "child = sysvitals.Popen(['sleep', '600'])\n"
        "child.kill()\n"
        "print(sysvitals.Process.wait(child))\n"
    )
    assert out == "None\n"


def test_wait_for_a_zombie_of_ours(zombie):
    assert sysvitals.Process(zombie).wait(timeout=0) == 0
    assert not os.path.exists(f"/proc/{zombie}")
