"""The stubs: what the type checkers say of them, and whether they say what is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "python" / "tests"

pytest.importorskip("mypy")


def run(*args):
    env = dict(os.environ, MYPYPATH=str(ROOT / "python"), NO_COLOR="1")
    done = subprocess.run(
        [sys.executable, "-m", *args],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_mypy(tmp_path):
    run("mypy", "--strict", f"--cache-dir={tmp_path}", "-p", "sysvitals")
    uses = str(TESTS / "typing_uses.py")
    run("mypy", "--strict", f"--cache-dir={tmp_path}", uses)


def test_stubtest(tmp_path):
    run(
        "mypy.stubtest",
        "sysvitals",
        f"--mypy-config-file={ROOT / 'pyproject.toml'}",
        f"--allowlist={TESTS / 'stubtest_allowlist.txt'}",
    )


def test_pyright():
    if os.environ.get("SYSVITALS_PYRIGHT") is None:
        pytest.skip("set SYSVITALS_PYRIGHT: pyright may download its own Node")
    pytest.importorskip("pyright")
    run("pyright", "--pythonpath", sys.executable)


def test_is_marked_as_typed():
    assert (ROOT / "python" / "sysvitals" / "py.typed").exists()
