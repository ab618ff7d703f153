"""`python -m sysvitals`: the report, and programs that import psutil."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from conftest import nobody_command

import sysvitals

READ_ONE_LINE = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
child.stdout.close()
print(child.wait())
"""


def python(*args, cwd=None, **kwargs):
    return subprocess.run(
        [sys.executable, *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **kwargs,
    )


def outcome(done):
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def program(tmp_path):
    def write(source, name="program.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
        return path

    return write


def test_report():
    done = python("-m", "sysvitals")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert f"sysvitals {sysvitals.__sysvitals_version__} (psutil 8.0.0)" in done.stdout
    for label in ("platform", "python", "procfs", "kernel", "pidfd", "heap", "CAP_SYS_PTRACE"):
        assert label in done.stdout
    for label in ("processors", "memory", "disks", "network", "sockets", "sensors", "sessions"):
        (line,) = (line for line in done.stdout.splitlines() if line.startswith(f"  {label} "))
        assert "not readable" not in line
    (own,) = (line for line in done.stdout.splitlines() if line.startswith("  this process"))
    assert f"of {len(sysvitals.Process.attrs)} attributes" in own


def test_report_of_what_is_denied():
    # Where the interpreter is root's alone, the system's can load the package too.
    system = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if system is None:
        pytest.skip("there is no interpreter that others may start")
    package = Path(sysvitals.__file__).parents[1]
    command = nobody_command(system, "-B", "-m", "sysvitals")
    done = subprocess.run(
        command,
        env=dict(os.environ, PYTHONPATH=str(package)),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named" in done.stderr or "Permission denied" in done.stderr:
        pytest.skip("the package is not for other users")
    assert done.returncode == 0, done.stderr
    (other,) = (line for line in done.stdout.splitlines() if line.startswith("  process 1"))
    assert "denied:" in other and "environ" in other
    assert "CAP_SYS_PTRACE in their user namespace" in done.stdout


def test_report_ends_when_nobody_reads_on():
    done = subprocess.run(
        [sys.executable, "-c", READ_ONE_LINE, sys.executable, "-m", "sysvitals"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome(done) == (0, "0\n", "")


def test_help_and_version():
    done = python("-m", "sysvitals", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: python -m sysvitals")
    done = python("-m", "sysvitals", "--version")
    assert done.stdout.startswith("sysvitals ")


@pytest.mark.parametrize("args", [["--nonsense"], ["-m"]])
def test_usage_errors(args):
    done = python("-m", "sysvitals", *args)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_program_gets_sysvitals_as_psutil(program):
    path = program("""
        import psutil
        from psutil import Process, NoSuchProcess
        from psutil._ntuples import pmem

        p = Process()
        assert isinstance(p.memory_info(), pmem)
        try:
            Process(2**30)
        except NoSuchProcess as error:
            print(repr(error))
        print(psutil.__name__, psutil.version_info, repr(p).split("(")[0])
    """)
    done = python("-m", "sysvitals", path)
    assert done.returncode == 0, done.stderr
    error, names = done.stdout.splitlines()
    assert error.startswith("psutil.NoSuchProcess(pid=1073741824")
    assert names == "sysvitals (8, 0, 0) psutil.Process"


SURROUNDINGS = """
    import os
    import sys

    import neighbour

    print(sys.argv)
    print(sys.path[0])
    print(__name__, __file__, __package__, __doc__)
    print(sys.modules["__main__"].__dict__ is globals())
"""


def test_program_sees_what_it_sees_under_plain_python(program, tmp_path):
    program("", "neighbour.py")
    path = program(SURROUNDINGS)
    link = tmp_path / "elsewhere" / "link.py"
    link.parent.mkdir()
    link.symlink_to(path)
    for target in (path, path.name, link):
        plain = python(target, "-m", "--help", "x y", cwd=tmp_path)
        assert plain.returncode == 0, plain.stderr
        done = python("-m", "sysvitals", target, "-m", "--help", "x y", cwd=tmp_path)
        assert outcome(done) == outcome(plain)


def test_module(program, tmp_path):
    program("", "neighbour.py")
    program(SURROUNDINGS, "module.py")
    program("", "package/__init__.py")
    program(SURROUNDINGS, "package/__main__.py")
    for name in ("module", "package"):
        plain = python("-m", name, "-x", "y", cwd=tmp_path)
        assert plain.returncode == 0, plain.stderr
        done = python("-m", "sysvitals", "-m", name, "-x", "y", cwd=tmp_path)
        assert outcome(done) == outcome(plain)


def test_directory_and_zip(program, tmp_path):
    source = "import psutil, sys\nprint(sys.path[0], psutil.__name__, sys.argv)\n"
    main = program(source, "folder/__main__.py")
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(main, "__main__.py")
    for target in (main.parent, archive):
        done = python("-m", "sysvitals", target, "a")
        assert done.stdout == f"{target} sysvitals {[str(target), 'a']}\n", done.stderr


@pytest.mark.parametrize(
    "source",
    [
        "raise SystemExit",
        "raise SystemExit(3)",
        "import sys; sys.exit('the reason')",
        "raise ValueError('wrong')",
        """
        def f():
            raise ValueError("wrong")

        try:
            1 / 0
        except ZeroDivisionError:
            f()
        """,
        "import nowhere_to_be_found",
        "def f(:\n",
        """
        import sys

        sys.excepthook = lambda *a: print("mine", a[0].__name__, a[2].tb_lineno)
        1 / 0
        """,
        "import atexit\natexit.register(print, 'end')\nraise OSError(2, 'no', 'x')\n",
        "import os; os._exit(7)",
        """
        import atexit
        import pickle
        import threading
        import time

        class Own:
            pass

        def late():
            time.sleep(0.1)
            print(type(pickle.loads(pickle.dumps(Own()))))

        threading.Thread(target=late).start()
        atexit.register(late)
        """,
    ],
)
def test_endings_are_those_of_plain_python(program, source):
    path = program(source)
    done = python("-m", "sysvitals", path)
    assert outcome(done) == outcome(python(path))


def test_keyboard_interrupt_ends_by_the_signal(program):
    path = program("raise KeyboardInterrupt")
    done = python("-m", "sysvitals", path)
    assert done.returncode == -signal.SIGINT
    assert outcome(done) == outcome(python(path))


def test_what_is_not_there(tmp_path):
    plain = python("nowhere.py", cwd=tmp_path)
    done = python("-m", "sysvitals", "nowhere.py", cwd=tmp_path)
    assert done.returncode == plain.returncode == 2
    assert "can't open file 'nowhere.py': [Errno 2]" in done.stderr
    done = python("-m", "sysvitals", "-m", "nowhere_to_be_found")
    assert outcome(done) == outcome(python("-m", "nowhere_to_be_found"))
