//! Kernel text to structs: bytes in, values out.
//!
//! Every function here is pure: no I/O, no panics, no dependence on the host it runs on.
//! Facts that a file does not hold (page size, clock ticks) are the caller's to apply.
//! Keys that a newer kernel adds are skipped; a known key with a value that cannot be read is a
//! [`ParseError`], never a default.

pub(crate) mod text;

mod args;
mod block;
mod children;
mod cpu;
mod cpuinfo;
mod cpulist;
mod diskstats;
mod fdinfo;
mod io;
mod limits;
mod meminfo;
mod mounts;
mod net;
mod netdev;
mod netlink;
mod session;
mod smaps;
mod stat;
mod statm;
mod status;
mod system;
mod utmp;

pub use args::{cmdline, environ};
pub use block::block_stat;
pub use children::children;
pub use cpu::{CpuCounts, CpuRow, cpu_counts, cpu_percpu, cpu_total};
pub use cpuinfo::{cpuinfo_cores, cpuinfo_mhz, cpuinfo_processors};
pub use cpulist::cpu_list;
pub use diskstats::{DiskStats, diskstats};
pub use fdinfo::{FdInfo, fdinfo, open_mode};
pub use io::{Io, io};
pub use limits::limits;
pub use meminfo::{MemInfo, meminfo, swap, vmstat_swap, zoneinfo_low};
pub use mounts::{Mount, filesystems, mountinfo_types, mounts, partition_name, uevent_devname};
pub use net::{InetRow, UnixRow, net_inet, net_unix};
pub use netdev::{NetDev, net_dev};
pub use netlink::{
    Link, LinkAddress, NetlinkMessage, NetlinkPart, inet_diag, netlink_addresses, netlink_links,
    netlink_messages, unix_diag,
};
pub use session::{Session, session};
pub use smaps::{Mapping, Rollup, smaps, smaps_rollup};
pub use stat::{Stat, stat};
pub use statm::{Statm, statm};
pub use status::{Status, cpus_allowed_list, status};
pub use system::{btime, cpu_rows, mem_total};
pub use utmp::{Login, utmp};

use std::borrow::Cow;
use std::fmt;

/// What could not be read in a kernel file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    what: Cow<'static, str>,
    line: Option<usize>,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), line: None }
    }

    #[cold]
    pub(crate) fn at_line(what: impl Into<Cow<'static, str>>, line: usize) -> Self {
        Self { what: what.into(), line: Some(line) }
    }

    /// The line, counted from 1, where the file is read line by line.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ParseError {}
