"""Typical uses, for the type checkers; see test_typing.py. It is never run."""

from __future__ import annotations

import signal
import subprocess
import sys

import sysvitals as psutil
from sysvitals._ntuples import (
    addr,
    pconn,
    pctxsw,
    pmem,
    pmmap_ext,
    pmmap_grouped,
    sbattery,
    sconn,
    scpufreq,
    scputimes,
    sdiskio,
    shwtemp,
    snetio,
    snicaddr,
    svmem,
)

if sys.version_info >= (3, 11):
    from typing import assert_type
else:
    from typing_extensions import assert_type


def constants() -> tuple[str, tuple[int, int, int]]:
    if psutil.LINUX:
        assert_type(psutil.PROCFS_PATH, str)
    psutil.PROCFS_PATH = "/proc"
    status: psutil.ProcessStatus = psutil.STATUS_ZOMBIE
    text: str = status
    assert text == psutil.ProcessStatus.STATUS_ZOMBIE
    priority: int = psutil.IOPRIO_CLASS_IDLE
    assert priority == psutil.ProcessIOPriority.IOPRIO_CLASS_IDLE
    return psutil.__version__, psutil.version_info


def find(name: str) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for proc in psutil.process_iter(["name", "exe", "cmdline"], ad_value=None):
        if proc.name() == name or name in proc.cmdline():
            found.append(proc)
    psutil.process_iter.cache_clear()
    table: psutil.Snapshot = psutil.snapshot({"name", "exe"}, reasons=True)
    names: list[str] = [row["name"] for row in table] + table["name"] + table.columns
    print(len(table), table.to_dicts(), names)
    return found


def by_memory() -> list[tuple[int, psutil.Process]]:
    procs = psutil.process_iter(psutil.Process.attrs)
    return sorted(((p.memory_info().rss, p) for p in procs), key=lambda row: row[0])


def details(pid: int | None = None) -> dict[str, object]:
    proc = psutil.Process(pid)
    with proc.oneshot():
        assert_type(proc.memory_info(), pmem)
        assert_type(proc.num_ctx_switches(), pctxsw)
        assert_type(proc.terminal(), "str | None")
        assert_type(proc.uids().effective, int)
        rss, vms, *_ = proc.memory_info()
        cpu: float = proc.cpu_percent(interval=0.1) + proc.cpu_times().user
    seen: dict[str, object] = {"rss": rss, "vms": vms, "cpu": cpu}
    seen.update(proc.as_dict(attrs={"pid", "name"}, ad_value="denied"))
    if proc.status() == psutil.STATUS_RUNNING:
        seen["share"] = proc.memory_percent("uss")
    return seen


def maps(proc: psutil.Process) -> int:
    assert_type(proc.memory_maps(), list[pmmap_grouped])
    assert_type(proc.memory_maps(grouped=False), list[pmmap_ext])
    return sum(m.rss for m in proc.memory_maps())


def sockets(proc: psutil.Process) -> list[tuple[str, int]]:
    listening: list[tuple[str, int]] = []
    conn: pconn
    for conn in proc.net_connections(kind="tcp"):
        if conn.status == psutil.CONN_LISTEN and isinstance(conn.laddr, addr):
            listening.append((conn.laddr.ip, conn.laddr.port))
    return listening


def settings(proc: psutil.Process) -> None:
    assert_type(proc.nice(), int)
    assert_type(proc.nice(10), None)
    assert_type(proc.cpu_affinity(), list[int])
    assert_type(proc.cpu_affinity([0]), None)
    assert_type(proc.ionice().value, int)
    assert_type(proc.ionice(psutil.IOPRIO_CLASS_BE, 4), None)
    soft, hard = proc.rlimit(psutil.RLIMIT_NOFILE)
    proc.rlimit(psutil.RLIMIT_NOFILE, (min(soft, 256), hard))


def tree(proc: psutil.Process) -> list[psutil.Process]:
    parent = proc.parent()
    return [*proc.children(recursive=True), *proc.parents(), *([parent] if parent else [])]


def ended(proc: psutil.Process) -> None:
    print(proc.pid, proc.returncode)


def stop(procs: list[psutil.Process]) -> int | None:
    for proc in procs:
        try:
            proc.terminate()
        except psutil.NoSuchProcess as error:
            print(error.pid, error.name, error.msg)
        except psutil.AccessDenied as error:
            print(error.pid, error.msg)
    gone, alive = psutil.wait_procs(procs, timeout=3, callback=ended)
    for proc in alive:
        proc.send_signal(signal.SIGKILL)
    try:
        return gone[0].wait(timeout=0.5)
    except psutil.TimeoutExpired as error:
        print(error.seconds)
    return None


class Worker(psutil.Process):
    def is_busy(self) -> bool:
        return self.cpu_percent() > 50


def child() -> str:
    with psutil.Popen(["true"], stdout=subprocess.PIPE, text=True) as proc:
        out, _ = proc.communicate(timeout=1)
        gone, _ = psutil.wait_procs([proc])
        assert_type(gone, list[psutil.Popen])
    assert proc.returncode == 0
    heap = psutil.heap_info()
    return f"{out}: {psutil.bytes2human(heap.heap_used)}, {Worker().is_busy()}"


def processors(percpu: bool) -> str:
    assert_type(psutil.cpu_times(), scputimes)
    assert_type(psutil.cpu_times(percpu=True), list[scputimes])
    assert_type(psutil.cpu_percent(), float)
    assert_type(psutil.cpu_percent(interval=0.1, percpu=True), list[float])
    assert_type(psutil.cpu_percent(None, True), list[float])
    assert_type(psutil.cpu_percent(None, percpu), "float | list[float]")
    assert_type(psutil.cpu_times_percent(1), scputimes)
    assert_type(psutil.cpu_times_percent(percpu=True), list[scputimes])
    assert_type(psutil.cpu_count(logical=False), "int | None")
    assert_type(psutil.cpu_freq(), "scpufreq | None")
    assert_type(psutil.cpu_freq(True), list[scpufreq])
    one, five, fifteen = psutil.getloadavg()
    return f"{one} {five} {fifteen} {psutil.cpu_stats().ctx_switches}"


def memory() -> int:
    assert_type(psutil.virtual_memory(), svmem)
    return psutil.virtual_memory().available + psutil.swap_memory().free


def disks() -> dict[str, float]:
    usage = {part.mountpoint: psutil.disk_usage(part.mountpoint) for part in
             psutil.disk_partitions(all=False)}  # fmt: skip
    psutil.disk_usage(b"/")
    psutil.disk_usage(0)
    try:
        psutil.disk_usage_timeout("/", 0.5)
    except psutil.TimeoutExpired as error:
        print(error.seconds)
    assert_type(psutil.disk_io_counters(), "sdiskio | None")
    assert_type(psutil.disk_io_counters(perdisk=True), dict[str, sdiskio])
    psutil.disk_io_counters.cache_clear()
    return {name: space.percent for name, space in usage.items()}


def network(pernic: bool) -> list[str]:
    assert_type(psutil.net_io_counters(), "snetio | None")
    assert_type(psutil.net_io_counters(pernic=True, nowrap=False), dict[str, snetio])
    assert_type(psutil.net_io_counters(pernic), "snetio | dict[str, snetio] | None")
    psutil.net_io_counters.cache_clear()
    nics: dict[str, list[snicaddr]] = psutil.net_if_addrs()
    conn: sconn
    for conn in psutil.net_connections(kind="tcp"):
        if isinstance(conn.laddr, addr) and conn.pid is not None:
            print(conn.laddr.port, conn.pid)
    up = [name for name, nic in psutil.net_if_stats().items() if nic.isup and nic.mtu > 1500]
    macs = [row.address for rows in nics.values() for row in rows if row.family == psutil.AF_LINK]
    return up + [mac for mac in macs if mac is not None]


def sensors() -> list[str]:
    hot: dict[str, list[shwtemp]] = psutil.sensors_temperatures(fahrenheit=True)
    battery: sbattery | None = psutil.sensors_battery()
    if battery is not None and battery.secsleft == psutil.POWER_TIME_UNLIMITED:
        print(battery.percent, battery.power_plugged)
    fans = [fan.label for chip in psutil.sensors_fans().values() for fan in chip]
    return (
        fans
        + [user.name for user in psutil.users() if user.started > psutil.boot_time()]
        + list(hot)
    )
