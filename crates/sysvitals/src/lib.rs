//! Process and system monitoring: psutil 8.0's API in Rust.
//!
//! This version has all of it on Linux. [`parse`] compiles everywhere; the rest exists where it
//! works.
//!
//! | for | see |
//! |---|---|
//! | which processes run | [`pids`], [`pid_exists`], [`process_iter`], [`ProcessTable`] |
//! | one process | [`Process`]: getters, signals, limits, family |
//! | several answers at once | [`Process::oneshot`], [`Process::as_dict`], [`Attrs`] |
//! | a child to spawn | [`Popen`] |
//! | waiting for many | [`wait_procs`] |
//! | a `/proc` mounted elsewhere | [`Roots`] |
//! | the processors | [`cpu`]: times, percentages, counts, frequencies, load |
//! | memory and swap | [`memory`] |
//! | disks | [`disk`]: mounts, space, counters |
//! | the network | [`net`]: connections, interfaces, counters |
//! | temperatures, fans, battery | [`sensors`] |
//! | boot time, logged-in users | [`host`] |
//! | the C heap of this program | [`heap_info`], [`heap_trim`] |
//! | what psutil does not have | [`os`] |
//!
//! ```
//! use sysvitals::{ErrorKind, Process, process_iter};
//!
//! for process in process_iter()? {
//!     // A process can end at any time, and others' are not always ours to read.
//!     match process.memory_footprint() {
//!         Ok(memory) => println!("{} {}", process.pid(), memory.uss),
//!         Err(error) if error.is_no_such_process() => {}
//!         Err(error) if error.kind() == ErrorKind::AccessDenied => {}
//!         Err(error) => return Err(error),
//!     }
//! }
//! # Ok::<(), sysvitals::Error>(())
//! ```
//!
//! # Names
//! They are psutil's, and the kernel's for kernel facts. A getter that is also a setter in psutil
//! (`nice`, `ionice`, `rlimit`, `cpu_affinity`) has its setter as `set_nice` and so on.
//!
//! # Text
//! Names, paths and arguments are bytes to Linux: they come as [`OsString`](std::ffi::OsString) and
//! [`PathBuf`](std::path::PathBuf), never changed or replaced.

pub mod parse;

#[cfg(target_os = "linux")]
pub mod cpu;
#[cfg(target_os = "linux")]
pub mod disk;
#[cfg(target_os = "linux")]
mod env;
#[cfg(target_os = "linux")]
mod error;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod heap;
#[cfg(target_os = "linux")]
pub mod host;
#[cfg(target_os = "linux")]
pub mod memory;
#[cfg(target_os = "linux")]
pub mod net;
#[cfg(target_os = "linux")]
pub mod os;
#[cfg(target_os = "linux")]
pub mod process;
#[cfg(target_os = "linux")]
pub mod record;
#[cfg(target_os = "linux")]
pub mod sensors;
#[cfg(target_os = "linux")]
mod sys;

#[cfg(target_os = "linux")]
pub use crate::{
    cpu::{
        cpu_count, cpu_count_cores, cpu_freq, cpu_freq_percpu, cpu_percent, cpu_percent_percpu,
        cpu_stats, cpu_times, cpu_times_percent, cpu_times_percent_percpu, cpu_times_percpu,
        getloadavg,
    },
    disk::{
        disk_io_counters, disk_io_counters_cache_clear, disk_io_counters_perdisk, disk_partitions,
        disk_usage, disk_usage_fd, disk_usage_timeout,
    },
    env::Roots,
    error::{Error, ErrorKind, Result},
    host::{boot_time, bytes2human, users},
    memory::{swap_memory, virtual_memory},
    net::{
        ConnectionKind, ConnectionStatus, net_connections, net_if_addrs, net_if_stats,
        net_io_counters, net_io_counters_cache_clear, net_io_counters_pernic,
    },
    process::{
        Attr, Attrs, OneShot, Pid, Popen, Process, ProcessInfo, ProcessStatus, ProcessTable,
        Snapshot, Value, pid_exists, pids, process_iter, process_iter_cache_clear, snapshot,
        wait_procs,
    },
    sensors::{sensors_battery, sensors_fans, sensors_temperatures},
};

#[cfg(target_os = "linux")]
#[doc(hidden)]
pub use crate::cpu::start_cpu_percent;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use crate::heap::{HeapInfo, heap_info, heap_trim};

#[cfg(all(doctest, target_os = "linux"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
