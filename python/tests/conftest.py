"""What the tests share: the built command."""

import json
import os
import subprocess

import pytest


def pytest_sessionstart(session):
    path = os.environ.get("SYSVITALS_BIN")
    if path is None:
        pytest.exit(
            "SYSVITALS_BIN is not set: run `cargo xtask test`, or set it to the built command",
            returncode=4,
        )
    if not os.access(path, os.X_OK):
        pytest.exit(f"SYSVITALS_BIN is not a program: {path}", returncode=4)


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
    return Command(os.environ["SYSVITALS_BIN"])
