"""The command as a program: before what it says, that it starts and answers."""

import re


def test_version(sysvitals):
    done = sysvitals.run("--version")
    assert done.returncode == 0
    assert done.stderr == b""
    assert re.fullmatch(rb"sysvitals \d+\.\d+\.\d+\S*\n", done.stdout)
