"""The exceptions of psutil, with its attributes, texts and pickling."""


def _infodict(obj, names):
    # Falsy values say nothing, except for PID 0.
    info = {}
    for name in names:
        value = getattr(obj, name, None)
        if value or (name == "pid" and value == 0):
            info[name] = value
    return info


class Error(Exception):
    """Base of all exceptions of this package."""

    __module__ = "sysvitals"

    def __str__(self):
        info = ", ".join(f"{k}={v!r}" for k, v in _infodict(self, ("pid", "ppid", "name")).items())
        parts = (getattr(self, "msg", ""), f"({info})" if info else "")
        return " ".join(part for part in parts if part)

    def __repr__(self):
        names = ("pid", "ppid", "name", "seconds", "msg")
        info = ", ".join(f"{k}={v!r}" for k, v in _infodict(self, names).items())
        cls = type(self)
        return f"{cls.__module__}.{cls.__name__}({info})"


class NoSuchProcess(Error):
    """The process does not exist, no longer exists, or its PID was reused."""

    __module__ = "sysvitals"

    def __init__(self, pid, name=None, msg=None):
        Exception.__init__(self)
        self.pid = pid
        self.name = name
        self.msg = msg or "process no longer exists"

    def __new__(cls, *args, **kwargs):
        # Exception keeps its arguments in `args`; psutil's exceptions show none.
        return Exception.__new__(cls)

    def __reduce__(self):
        return (type(self), (self.pid, self.name, self.msg))


class ZombieProcess(NoSuchProcess):
    """The process has ended and waits for its parent; the kernel no longer has the answer."""

    __module__ = "sysvitals"

    def __init__(self, pid, name=None, ppid=None, msg=None):
        NoSuchProcess.__init__(self, pid, name, msg)
        self.ppid = ppid
        self.msg = msg or "PID still exists but it's a zombie"

    def __reduce__(self):
        return (type(self), (self.pid, self.name, self.ppid, self.msg))


class AccessDenied(Error):
    """The kernel refused for want of privilege."""

    __module__ = "sysvitals"

    def __init__(self, pid=None, name=None, msg=None):
        Exception.__init__(self)
        self.pid = pid
        self.name = name
        self.msg = msg or ""

    def __new__(cls, *args, **kwargs):
        return Exception.__new__(cls)

    def __reduce__(self):
        return (type(self), (self.pid, self.name, self.msg))


class TimeoutExpired(Error):
    """A wait reached its timeout and the process is still there."""

    __module__ = "sysvitals"

    def __init__(self, seconds, pid=None, name=None):
        Exception.__init__(self)
        self.seconds = seconds
        self.pid = pid
        self.name = name
        self.msg = f"timeout after {seconds} seconds"

    def __new__(cls, *args, **kwargs):
        return Exception.__new__(cls)

    def __reduce__(self):
        return (type(self), (self.seconds, self.pid, self.name))


class _ParseError(ValueError, RuntimeError):
    """Kernel text that cannot be read; psutil raises now the one, now the other."""
