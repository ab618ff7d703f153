from types import TracebackType
from typing import IO, Any

from typing_extensions import Self

from . import Process

class Popen(Process):
    """A child process: `subprocess.Popen` with all methods of `Process`.

    Takes the arguments of `subprocess.Popen` and has its attributes. Where both have a method
    (`send_signal`, `terminate`, `kill`, `wait`), it is that of `Process`, which cannot hit another
    process that got the same PID.
    """

    args: Any
    """The command that was given."""
    stdin: IO[Any] | None
    """The pipe to the child, with `stdin=PIPE`."""
    stdout: IO[Any] | None
    """The pipe from the child, with `stdout=PIPE`."""
    stderr: IO[Any] | None
    """The pipe of its errors, with `stderr=PIPE`."""
    returncode: int | Any
    """The exit code or the negative signal once it was waited for, else None."""
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None: ...
    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:
        """Write `input`, read to the end, wait for the child to end."""

    def poll(self) -> int | None:
        """The return code if the child has ended, else None."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the child to end; the exit code is also that of the `subprocess.Popen`."""
