"""The Python blocks of the README run as printed."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)


def test_there_are_blocks():
    assert BLOCKS


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_block(block, tmp_path):
    env = dict(os.environ)
    if re.search(r"""["']sysvitals["'],""", block):
        command = os.environ.get("SYSVITALS_BIN")
        if command:
            env["PATH"] = os.path.dirname(command) + os.pathsep + env.get("PATH", "")
        elif shutil.which("sysvitals") is None:
            pytest.skip("the block runs the command: name it in SYSVITALS_BIN")
    done = subprocess.run(
        [sys.executable, "-c", block], capture_output=True, text=True, env=env, cwd=tmp_path,
        timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
