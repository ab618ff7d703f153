"""`Popen`: a child process with the methods of `Process` and of `subprocess.Popen`."""

import subprocess

from . import Process


class Popen(Process):
    """A child process: `subprocess.Popen` with all methods of `Process`.

    Where both have a method (`send_signal`, `terminate`, `kill`, `wait`), it is that of `Process`,
    which cannot hit another process that got the same PID.
    """

    __module__ = "sysvitals"

    def __init__(self, *args, **kwargs):
        self.__subproc = subprocess.Popen(*args, **kwargs)
        self._init(self.__subproc.pid, _ignore_nsp=True)

    def __dir__(self):
        return sorted({*dir(Popen), *dir(subprocess.Popen)})

    def __enter__(self):
        if hasattr(self.__subproc, "__enter__"):
            self.__subproc.__enter__()
        return self

    def __exit__(self, *args, **kwargs):
        return self.__subproc.__exit__(*args, **kwargs)

    def __getattribute__(self, name):
        try:
            return object.__getattribute__(self, name)
        except AttributeError:
            pass
        try:
            return object.__getattribute__(self.__subproc, name)
        except AttributeError:
            raise AttributeError(f"{self.__class__!r} has no attribute {name!r}") from None

    def wait(self, timeout=None):
        """Wait for the child to end; the exit code is also that of the `subprocess.Popen`."""
        if self.__subproc.returncode is not None:
            return self.__subproc.returncode
        self.__subproc.returncode = super().wait(timeout)
        return self.__subproc.returncode
