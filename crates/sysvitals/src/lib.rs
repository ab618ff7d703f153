//! Process and system monitoring: psutil 8.0's API in Rust.
//!
//! This version has the process half, on Linux. [`parse`] and the error type compile everywhere;
//! the rest exists where it works.
//!
//! | for | see |
//! |---|---|
//! | which processes run | [`pids`], [`pid_exists`], [`process_iter`], [`ProcessTable`] |
//! | one process | [`Process`]: getters, signals, limits, family |
//! | several answers at once | [`Process::oneshot`], [`Process::as_dict`], [`Attrs`] |
//! | a child to spawn | [`Popen`] |
//! | waiting for many | [`wait_procs`] |
//! | a `/proc` mounted elsewhere | [`Roots`] |
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
mod env;
#[cfg(target_os = "linux")]
mod error;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod heap;
#[cfg(target_os = "linux")]
pub mod net;
#[cfg(target_os = "linux")]
pub mod os;
#[cfg(target_os = "linux")]
pub mod process;
#[cfg(target_os = "linux")]
pub mod record;
#[cfg(target_os = "linux")]
mod sys;

#[cfg(target_os = "linux")]
pub use crate::{
    env::Roots,
    error::{Error, ErrorKind, Result},
    net::{ConnectionKind, ConnectionStatus},
    process::{
        Attr, Attrs, OneShot, Pid, Popen, Process, ProcessInfo, ProcessStatus, ProcessTable, Value,
        pid_exists, pids, process_iter, process_iter_cache_clear, wait_procs,
    },
};

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use crate::heap::{HeapInfo, heap_info, heap_trim};

#[cfg(all(doctest, target_os = "linux"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
