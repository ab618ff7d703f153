from socket import AddressFamily, SocketKind
from typing import NamedTuple

from typing_extensions import deprecated

from ._enums import ConnectionStatus, ProcessIOPriority

def __dir__() -> list[str]: ...

class addr(NamedTuple):
    """One end of an internet connection."""

    ip: str
    """The address, IPv4 or IPv6."""
    port: int

class pconn(NamedTuple):
    """A socket; see `Process.net_connections()`."""

    fd: int
    """The descriptor."""
    family: AddressFamily
    """`AF_INET`, `AF_INET6` or `AF_UNIX`."""
    type: SocketKind | int
    """`SOCK_STREAM`, `SOCK_DGRAM`, or what else a UNIX socket is.

    A number Python has no name for stays one.
    """
    laddr: addr | tuple[()] | str
    """The local end: `addr`, `()` if it is not bound,
    or a UNIX socket's path (`''` if it has none).
    """
    raddr: addr | tuple[()] | str
    """The remote end: `addr`, `()` if there is none; `''` for a UNIX socket."""
    status: ConnectionStatus
    """The TCP state; `CONN_NONE` for UDP and UNIX sockets."""

class pcputimes(NamedTuple):
    """CPU time since the process began, seconds; see `Process.cpu_times()`."""

    user: float
    """In user mode."""
    system: float
    """In the kernel."""
    children_user: float
    """In user mode, of children that ended and were waited for."""
    children_system: float
    """In the kernel, of those."""
    iowait: float
    """Waiting for block I/O."""

class pctxsw(NamedTuple):
    """Context switches since the process began; see `Process.num_ctx_switches()`."""

    voluntary: int
    """The process had to wait."""
    involuntary: int
    """The process was put aside for another."""

class pfootprint(NamedTuple):
    """What the process costs, bytes; see `Process.memory_footprint()`."""

    uss: int
    """Memory that no other process shares: what its end would free."""
    pss: int
    """Resident memory, where shared pages count by their share."""
    swap: int
    """What is swapped out."""

class pfullmem(NamedTuple):
    """`pmem` and `pfootprint` in one, bytes; see `Process.memory_full_info()`."""

    rss: int
    vms: int
    shared: int
    text: int
    data: int
    uss: int
    pss: int
    swap: int

class pgids(NamedTuple):
    """Group IDs; see `Process.gids()`."""

    real: int
    effective: int
    saved: int

class pheap(NamedTuple):
    """The C library's heap, bytes; see `heap_info()`."""

    heap_used: int
    """Handed out by `malloc(3)` from its arenas (`uordblks`)."""
    mmap_used: int
    """Handed out in mappings of their own (`hblkhd`)."""

class pio(NamedTuple):
    """Input and output since the process began; see `Process.io_counters()`."""

    read_count: int
    """Calls that read (`syscr`)."""
    write_count: int
    """Calls that write (`syscw`)."""
    read_bytes: int
    """Bytes fetched from storage."""
    write_bytes: int
    """Bytes sent to storage."""
    read_chars: int
    """Bytes that reading calls returned, page cache and terminals included (`rchar`)."""
    write_chars: int
    """Bytes given to writing calls (`wchar`)."""

class pionice(NamedTuple):
    """I/O priority; see `Process.ionice()`."""

    ioclass: ProcessIOPriority | int
    """The class; a number that has no name stays one."""
    value: int
    """The level within it, 0 (first) to 7."""

class pmem(NamedTuple):
    """Memory, bytes; see `Process.memory_info()`."""

    rss: int
    """Resident in RAM."""
    vms: int
    """Mapped, resident or not."""
    shared: int
    """Resident and of a file or shared memory."""
    text: int
    """Executable code."""
    data: int
    """Data and stacks."""
    @property
    @deprecated("'lib' field is deprecated and will be removed")
    def lib(self) -> int: ...
    @property
    @deprecated("'dirty' field is deprecated and will be removed")
    def dirty(self) -> int: ...

class pmem_ex(NamedTuple):
    """`pmem` and more, bytes; see `Process.memory_info_ex()`."""

    rss: int
    """Resident in RAM."""
    vms: int
    """Mapped, resident or not."""
    shared: int
    """Resident and of a file or shared memory."""
    text: int
    """Executable code."""
    data: int
    """Data and stacks."""
    peak_rss: int
    """The most that `rss` has been."""
    peak_vms: int
    """The most that `vms` has been."""
    rss_anon: int
    """The part of `rss` that belongs to no file: heap and stacks. 0 before Linux 4.5."""
    rss_file: int
    """The part of `rss` that files are mapped to. 0 before Linux 4.5."""
    rss_shmem: int
    """The part of `rss` that is shared memory and tmpfs. 0 before Linux 4.5."""
    swap: int
    """Swapped out. 0 before Linux 2.6.34."""
    hugetlb: int
    """In huge pages, which `rss` leaves out. 0 before Linux 4.4."""

class pmmap_ext(NamedTuple):
    """One mapping; see `Process.memory_maps(grouped=False)`. Sizes are bytes."""

    addr: str
    """First and last address, hexadecimal, as `55d0-55e0`."""
    perms: str
    """As `r-xp`."""
    path: str
    """The file, or a name in brackets as `[heap]`; `[anon]` if there is none."""
    rss: int
    size: int
    """Mapped, resident or not."""
    pss: int
    shared_clean: int
    shared_dirty: int
    private_clean: int
    private_dirty: int
    referenced: int
    anonymous: int
    swap: int

class pmmap_grouped(NamedTuple):
    """The mappings of one path, summed; see `Process.memory_maps()`. Sizes are bytes."""

    path: str
    """The file, or a name in brackets as `[heap]`; `[anon]` if there is none."""
    rss: int
    size: int
    """Mapped, resident or not."""
    pss: int
    shared_clean: int
    shared_dirty: int
    private_clean: int
    private_dirty: int
    referenced: int
    anonymous: int
    swap: int

class popenfile(NamedTuple):
    """An open file; see `Process.open_files()`."""

    path: str
    fd: int
    """The descriptor."""
    position: int
    """Offset of the next read or write, bytes."""
    mode: str
    """As that of `open()`: `r`, `w`, `a`, `r+` or `a+`."""
    flags: int
    """As that of `os.open()`."""

class ppagefaults(NamedTuple):
    """Page faults since the process began; see `Process.page_faults()`."""

    minor: int
    """Served without storage."""
    major: int
    """That had to wait for storage."""

class pthread(NamedTuple):
    """A thread; see `Process.threads()`."""

    id: int
    """The thread ID."""
    user_time: float
    """Seconds."""
    system_time: float
    """Seconds."""

class puids(NamedTuple):
    """User IDs; see `Process.uids()`."""

    real: int
    effective: int
    saved: int
