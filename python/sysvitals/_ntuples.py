"""The named tuples of psutil. Each class is made when it is first asked for."""

_FIELDS = {
    "addr": "ip port",
    "pconn": "fd family type laddr raddr status",
    "pcputimes": "user system children_user children_system iowait",
    "pctxsw": "voluntary involuntary",
    "pfootprint": "uss pss swap",
    "pfullmem": "rss vms shared text data uss pss swap",
    "pgids": "real effective saved",
    "pheap": "heap_used mmap_used",
    "pio": "read_count write_count read_bytes write_bytes read_chars write_chars",
    "pionice": "ioclass value",
    "pmem": "rss vms shared text data",
    "pmem_ex": (
        "rss vms shared text data peak_rss peak_vms rss_anon rss_file rss_shmem swap hugetlb"
    ),
    "pmmap_ext": (
        "addr perms path rss size pss shared_clean shared_dirty private_clean private_dirty"
        " referenced anonymous swap"
    ),
    "pmmap_grouped": (
        "path rss size pss shared_clean shared_dirty private_clean private_dirty referenced"
        " anonymous swap"
    ),
    "popenfile": "path fd position mode flags",
    "ppagefaults": "minor major",
    "pthread": "id user_time system_time",
    "puids": "real effective saved",
    "sbattery": "percent secsleft power_plugged",
    "sconn": "fd family type laddr raddr status pid",
    "scpufreq": "current min max",
    "scpustats": "ctx_switches interrupts soft_interrupts syscalls",
    "scputimes": "user system idle nice iowait irq softirq steal guest guest_nice",
    "sdiskio": (
        "read_count write_count read_bytes write_bytes read_time write_time read_merged_count"
        " write_merged_count busy_time"
    ),
    "sdiskpart": "device mountpoint fstype opts",
    "sdiskusage": "total used free percent",
    "sfan": "label current",
    "shwtemp": "label current high critical",
    "snetio": ("bytes_sent bytes_recv packets_sent packets_recv errin errout dropin dropout"),
    "snicaddr": "family address netmask broadcast ptp",
    "snicstats": "isup duplex speed mtu flags",
    "sswap": "total used free percent sin sout",
    "suser": "name terminal host started pid",
    "svmem": ("total available percent used free active inactive buffers cached shared slab"),
}

# What the fields are where they are no int; by field, or by tuple and field.
_TYPES = {
    "addr": str,
    "family": "socket.AddressFamily",
    "ioclass": "ProcessIOPriority",
    "ip": str,
    "laddr": "addr | tuple | str",
    "mode": str,
    "path": str,
    "perms": str,
    "raddr": "addr | tuple | str",
    "status": "ConnectionStatus",
    "system_time": float,
    "type": "socket.SocketKind",
    "user_time": float,
    **{f"pcputimes.{field}": float for field in _FIELDS["pcputimes"].split()},
    **{f"scputimes.{field}": float for field in _FIELDS["scputimes"].split()},
    **dict.fromkeys(("sdiskpart.device", "sdiskpart.fstype", "sdiskpart.mountpoint"), str),
    "address": "str | None",
    "broadcast": "str | None",
    "critical": "float | None",
    "duplex": "NicDuplex",
    "flags": str,
    "high": "float | None",
    "host": "str | None",
    "isup": bool,
    "label": str,
    "max": "float | None",
    "min": "float | None",
    "name": str,
    "netmask": "str | None",
    "opts": str,
    "percent": float,
    "popenfile.flags": int,
    "power_plugged": "bool | None",
    "ptp": "str | None",
    "sconn.pid": "int | None",
    "scpufreq.current": float,
    "secsleft": "int | BatteryTime",
    "shwtemp.current": "float | None",
    "started": float,
    "suser.pid": "int | None",
    "terminal": "str | None",
}


def _deprecated(field):
    def get(self):
        import warnings

        warnings.warn(
            f"{field!r} field is deprecated and will be removed",
            category=DeprecationWarning,
            stacklevel=2,
        )
        return 0

    return property(get, doc="Deprecated; always 0.")


def __getattr__(name):
    fields = _FIELDS.get(name)
    if fields is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from collections import namedtuple

    cls = namedtuple(name, fields, module=__name__)
    cls.__annotations__ = {
        field: _TYPES.get(f"{name}.{field}", _TYPES.get(field, int)) for field in cls._fields
    }
    if name == "pmem":
        # Linux 2.6 did away with both.
        cls.lib = _deprecated("lib")
        cls.dirty = _deprecated("dirty")
    # Of several threads that get here at once all must see the same class.
    return globals().setdefault(name, cls)


def __dir__():
    return sorted({*globals(), *_FIELDS})
