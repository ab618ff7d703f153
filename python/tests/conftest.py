"""Fixtures: the command, children in every state, a way to run as somebody without rights."""

import functools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


def plain_python():
    """An interpreter that this user may start: nobody may not read root's."""
    for path in (os.path.realpath(sys.executable), shutil.which("python3"), "/usr/bin/python3"):
        if path and os.access(path, os.X_OK):
            return path
    pytest.skip("there is no interpreter that this user may start")


def wait_for(condition, what="condition", seconds=20):
    """Wait until `condition()` is true; for states that the kernel is about to reach."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about"
        time.sleep(0.01)


def stat_state(pid):
    """The state letter of a process."""
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0].decode()


def sleeps(pid):
    """Wait until `sleep` has been started and sleeps."""
    cmdline = Path(f"/proc/{pid}/cmdline")
    wait_for(lambda: b"sleep" in cmdline.read_bytes() and stat_state(pid) == "S", "sleep")


class Command:
    """The command, with a way to run it and a way to read its JSON."""

    def __init__(self, path):
        self.path = path

    def run(self, *args, timeout=60):
        """Run it; its exit code is the caller's to check."""
        return subprocess.run(
            [self.path, *map(str, args)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
        )

    def json(self, *args):
        """The document that it prints; fails the test if the command fails."""
        done = self.run(*args)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return json.loads(done.stdout.decode("utf-8", errors="surrogateescape"))


@pytest.fixture(scope="session")
def sysvitals():
    """The built command."""
    path = os.environ.get("SYSVITALS_BIN")
    if path is None:
        pytest.fail("SYSVITALS_BIN is not set: run `cargo xtask test`, or name the built command")
    if not os.access(path, os.X_OK):
        pytest.fail(f"SYSVITALS_BIN is not a program: {path}")
    return Command(path)


@pytest.fixture
def spawn():
    """Start a command, `sleep 60` by default; it is killed at the end of the test."""
    children = []

    def start(*args, **kwargs):
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        child = subprocess.Popen(args or ("sleep", "60"), **kwargs)
        children.append(child)
        if not args:
            sleeps(child.pid)
        return child

    yield start
    for child in children:
        if child.poll() is None:
            child.kill()
        child.wait()
        for pipe in (child.stdout, child.stderr, child.stdin):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def zombie(spawn):
    """The PID of a child of ours that has ended and was not waited for."""
    child = spawn("true")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert stat_state(child.pid) == "Z"
    return child.pid


@pytest.fixture
def foreign_zombie(spawn):
    """The PID of somebody else's zombie."""
    code = (
        "import os, sys\n"
        "pid = os.fork()\n"
        "if not pid: os._exit(3)\n"
        "os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)\n"
        "print(pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = spawn(plain_python(), "-c", code, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return int(parent.stdout.readline())


@pytest.fixture
def dead_pid():
    """A PID that no process has."""
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


def run_python(code, *args, check=True, **kwargs):
    """Run code in a new interpreter; its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=300, **kwargs
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done.stdout


def nobody_command(*command):
    """The command with the rights of nobody; skips where we cannot give ours up."""
    if os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    return [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        *command,
    ]


def nobody_python(*args, modules="sysvitals"):
    """Python with the rights of nobody; skips where it cannot start."""
    command = nobody_command(sys.executable)
    reason = failure_to_import(tuple(command), modules)
    if reason:
        pytest.skip(f"nobody cannot read the packages: {reason}")
    return [*command, *args]


@functools.cache
def failure_to_import(command, modules):
    """Why these modules cannot be imported; empty if they can."""
    done = subprocess.run(
        [*command, "-c", f"import {modules}"], capture_output=True, text=True, cwd="/", timeout=60
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


@pytest.fixture
def as_nobody():
    """Run code in a new interpreter with the rights of nobody; its standard output."""

    def run(code, *args):
        command = nobody_python("-c", code, *args)
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
