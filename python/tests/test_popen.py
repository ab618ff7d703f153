"""Popen: a Process and a subprocess.Popen in one."""

import os
import signal
import subprocess
import sys

import pytest
from conftest import wait_for

import sysvitals


@pytest.fixture
def popen():
    made = []

    def start(*args, **kwargs):
        made.append(sysvitals.Popen(args or ("sleep", "60"), **kwargs))
        return made[-1]

    yield start
    for child in made:
        if child.is_running():
            child.kill()
        child.wait()


def test_is_a_process_only(popen):
    child = popen()
    assert isinstance(child, sysvitals.Process)
    assert not isinstance(child, subprocess.Popen)
    assert child == sysvitals.Process(child.pid)
    assert child.ppid() == os.getpid()
    assert child in sysvitals.Process().children()


def test_attributes_of_both(popen):
    child = popen("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.args == ("cat",)
    assert child.returncode is None and child.poll() is None
    assert child.stderr is None
    assert child.text_mode is True
    assert child.communicate("hello") == ("hello", None)
    assert child.returncode == 0
    assert child.wait(timeout=3) == 0


def test_dir(popen):
    names = dir(popen())
    assert names == sorted(set(names))
    assert set(dir(subprocess.Popen)) | set(dir(sysvitals.Process)) <= set(names)


def test_unknown_attribute(popen):
    child = popen()
    with pytest.raises(AttributeError) as caught:
        child.nope
    assert str(caught.value) == "<class 'sysvitals.Popen'> has no attribute 'nope'"
    assert not hasattr(child, "num_handles")


def test_repr(popen):
    child = popen()
    wait_for(lambda: child.name() == "sleep")
    assert repr(child).startswith(f"sysvitals.Popen(pid={child.pid}, name='sleep', status='")
    child.kill()
    child.wait()
    assert repr(child).startswith(f"sysvitals.Popen(pid={child.pid}, name='sleep', status='term")


def test_wait_tells_the_subprocess(popen):
    child = popen("sh", "-c", "exit 7")
    assert child.wait() == 7
    assert child.returncode == 7 and child.poll() == 7
    assert child.wait(timeout=0) == 7


def test_wait_for_a_signal_tells_the_subprocess(popen):
    child = popen()
    child.terminate()
    code = child.wait()
    assert repr(code) == "<NegSignal.SIGTERM: -15>"
    assert child.returncode is code and child.poll() is code


def test_wait_after_poll_is_a_plain_int(popen):
    child = popen()
    child.kill()
    wait_for(lambda: child.poll() is not None)
    assert type(child.wait()) is int
    assert child.wait() == -9


def test_timeouts(popen):
    child = popen()
    with pytest.raises(sysvitals.TimeoutExpired) as caught:
        child.wait(timeout=0.01)
    assert caught.value.pid == child.pid and caught.value.seconds == 0.01
    with pytest.raises(subprocess.TimeoutExpired):
        child.communicate(timeout=0.01)


def test_gone_after_the_end(popen):
    child = popen("true")
    child.wait()
    for call in (child.kill, child.terminate, lambda: child.send_signal(signal.SIGTERM)):
        with pytest.raises(sysvitals.NoSuchProcess):
            call()
    assert not child.is_running()


def test_signals(popen):
    child = popen()
    child.suspend()
    wait_for(lambda: child.status() is sysvitals.STATUS_STOPPED)
    child.resume()
    child.send_signal(signal.SIGINT)
    assert child.wait() == -signal.SIGINT


def test_context_manager():
    with sysvitals.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert isinstance(child, sysvitals.Popen)
    assert child.stdin.closed and child.stdout.closed
    assert child.returncode == 0
    assert not child.is_running()


def test_child_that_is_gone_at_once(monkeypatch):
    class Reaped(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.wait()

    monkeypatch.setattr(subprocess, "Popen", Reaped)
    child = sysvitals.Popen(["true"])
    assert child.wait() == 0
    assert not child.is_running()
    assert child.pid > 0
    with pytest.raises(sysvitals.NoSuchProcess):
        child.kill()
    with pytest.raises(sysvitals.NoSuchProcess):
        child.name()


def test_program_that_is_not_there():
    with pytest.raises(FileNotFoundError):
        sysvitals.Popen(["/no/such/program"])


def test_oneshot_and_as_dict(popen):
    child = popen()
    with child.oneshot():
        assert child.ppid() == os.getpid()
    assert set(child.as_dict()) == sysvitals.Process.attrs
    assert child.attrs is sysvitals.Process.attrs


def test_wait_procs(popen):
    children = [popen("sh", "-c", f"exit {code}") for code in (0, 3)] + [popen()]
    children[2].kill()
    gone, alive = sysvitals.wait_procs(children)
    assert alive == [] and set(gone) == set(children)
    assert [child.returncode for child in children] == [0, 3, -9]


def test_kwargs(popen):
    child = popen(sys.executable, "-c", "import os; print(os.environ['X'])",
                  env={**os.environ, "X": "y"}, stdout=subprocess.PIPE, encoding="utf-8")  # fmt: skip
    assert child.stdout.read() == "y\n"
    assert child.encoding == "utf-8"


def test_child_in_the_table(popen):
    child = popen()
    found = [proc for proc in sysvitals.process_iter() if proc == child]
    assert len(found) == 1 and type(found[0]) is sysvitals.Process


@pytest.mark.skipif(sys.version_info < (3, 11), reason="process_group came with Python 3.11")
def test_process_group(popen):
    child = popen("sleep", "60", process_group=0)
    assert os.getpgid(child.pid) == child.pid
