from socket import AddressFamily, SocketKind
from typing import NamedTuple

from typing_extensions import deprecated

from ._enums import BatteryTime, ConnectionStatus, NicDuplex, ProcessIOPriority

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

class sbattery(NamedTuple):
    """The battery; see `sensors_battery()`."""

    percent: float
    """Charge; can exceed 100."""
    secsleft: int | BatteryTime
    """Seconds left, or a `POWER_TIME_*`."""
    power_plugged: bool | None
    """Whether the power cable is in; None if it cannot be told."""

class sconn(NamedTuple):
    """A socket and who holds it; see `net_connections()`."""

    fd: int
    """The descriptor in the process, -1 if it is not known."""
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
    pid: int | None
    """A process that holds it; None if there is none, or we may not look."""

class scpufreq(NamedTuple):
    """CPU frequency, MHz; see `cpu_freq()`."""

    current: float
    min: float | None
    """The lowest; 0.0 if only `/proc/cpuinfo` tells of frequencies."""
    max: float | None
    """The highest; 0.0 if only `/proc/cpuinfo` tells of frequencies."""

class scpustats(NamedTuple):
    """Counts since boot; see `cpu_stats()`."""

    ctx_switches: int
    interrupts: int
    soft_interrupts: int
    syscalls: int
    """Always 0: Linux does not count them."""

class scputimes(NamedTuple):
    """CPU time since boot, seconds, or percent; see `cpu_times()`, `cpu_times_percent()`."""

    user: float
    """In user mode; holds `guest` too."""
    system: float
    """In the kernel."""
    idle: float
    nice: float
    """In user mode at low priority; holds `guest_nice` too."""
    iowait: float
    """Idle, but waiting for I/O."""
    irq: float
    """Hardware interrupts."""
    softirq: float
    """Software interrupts."""
    steal: float
    """Taken by other guests of the hypervisor."""
    guest: float
    """Running guests."""
    guest_nice: float
    """Running guests at low priority."""

class sdiskio(NamedTuple):
    """What a disk did since boot; see `disk_io_counters()`. Times are milliseconds."""

    read_count: int
    write_count: int
    read_bytes: int
    write_bytes: int
    read_time: int
    write_time: int
    read_merged_count: int
    """Reads that were merged with others."""
    write_merged_count: int
    """Writes that were merged with others."""
    busy_time: int
    """With any I/O going on."""

class sdiskpart(NamedTuple):
    """A mounted file system; see `disk_partitions()`."""

    device: str
    mountpoint: str
    fstype: str
    opts: str
    """Mount options, joined by commas."""

class sdiskusage(NamedTuple):
    """Space of a file system, bytes; see `disk_usage()`."""

    total: int
    used: int
    free: int
    """Free for users without privileges."""
    percent: float
    """`used` of what users without privileges can have."""

class sfan(NamedTuple):
    """A fan; see `sensors_fans()`."""

    label: str
    """Which; often empty."""
    current: int
    """Turns a minute."""

class shwtemp(NamedTuple):
    """A temperature, degrees; see `sensors_temperatures()`."""

    label: str
    """What it is the temperature of; often empty."""
    current: float | None
    high: float | None
    """What the chip calls high; where it tells only `critical`, the same."""
    critical: float | None
    """What the chip calls critical; where it tells only `high`, the same."""

class snetio(NamedTuple):
    """What went over the network; see `net_io_counters()`."""

    bytes_sent: int
    bytes_recv: int
    packets_sent: int
    packets_recv: int
    errin: int
    """Errors while receiving."""
    errout: int
    """Errors while sending."""
    dropin: int
    """Incoming packets dropped."""
    dropout: int
    """Outgoing packets dropped."""

class snicaddr(NamedTuple):
    """An address of a network interface; see `net_if_addrs()`."""

    family: AddressFamily
    """`AF_INET`, `AF_INET6`, or `AF_PACKET` (equal to `AF_LINK`) for a hardware address."""
    address: str | None
    """The address; None for `AF_UNSPEC`."""
    netmask: str | None
    broadcast: str | None
    ptp: str | None
    """The other end of a point-to-point link."""

class snicstats(NamedTuple):
    """The state of a network interface; see `net_if_stats()`."""

    isup: bool
    """Whether it is up and running."""
    duplex: NicDuplex
    speed: int
    """Mbit/s; 0 if the driver does not say."""
    mtu: int
    """Largest packet, bytes."""
    flags: str
    """Joined by commas: `up,broadcast,running,multicast`."""

class sswap(NamedTuple):
    """Swap of the machine, bytes; see `swap_memory()`."""

    total: int
    used: int
    free: int
    percent: float
    sin: int
    """Swapped in since boot."""
    sout: int
    """Swapped out since boot."""

class suser(NamedTuple):
    """A login session; see `users()`."""

    name: str
    terminal: str | None
    """Without `/dev/`, as `pts/0`."""
    host: str | None
    """Where from; `localhost` for this machine."""
    started: float
    """Seconds since the epoch."""
    pid: int | None
    """The process that logged the user in."""

class svmem(NamedTuple):
    """Memory of the machine, bytes; see `virtual_memory()`."""

    total: int
    available: int
    """What programs can have without swapping."""
    percent: float
    """`used` of `total`."""
    used: int
    """`total` less `available`."""
    free: int
    """What holds nothing."""
    active: int
    """Used recently."""
    inactive: int
    """Not used recently."""
    buffers: int
    """Buffers of block devices."""
    cached: int
    """Page cache, and slab that can be reclaimed."""
    shared: int
    """tmpfs and shared memory."""
    slab: int
    """The kernel's own structures."""
