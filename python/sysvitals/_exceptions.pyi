from typing import Any

from typing_extensions import Self

class Error(Exception):
    """Base of all exceptions of this package."""

    def __str__(self) -> str: ...
    def __repr__(self) -> str: ...

class NoSuchProcess(Error):
    """The process does not exist, no longer exists, or its PID was reused."""

    pid: int
    name: str | None
    """The name, if it was read before."""
    msg: str
    def __init__(self, pid: int, name: str | None = None, msg: str | None = None) -> None: ...
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

class ZombieProcess(NoSuchProcess):
    """The process has ended and waits for its parent; the kernel no longer has the answer."""

    ppid: int | None
    """The parent's PID, if it is known."""
    def __init__(
        self,
        pid: int,
        name: str | None = None,
        ppid: int | None = None,
        msg: str | None = None,
    ) -> None: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

class AccessDenied(Error):
    """The kernel refused for want of privilege."""

    pid: int | None
    name: str | None
    """The name, if it was read before."""
    msg: str
    def __init__(
        self, pid: int | None = None, name: str | None = None, msg: str | None = None
    ) -> None: ...
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

class TimeoutExpired(Error):
    """A wait reached its timeout and the process is still there."""

    seconds: float
    """The timeout."""
    pid: int | None
    name: str | None
    msg: str
    def __init__(self, seconds: float, pid: int | None = None, name: str | None = None) -> None: ...
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

class _ParseError(ValueError, RuntimeError):
    """Kernel text that cannot be read."""
