//! Disks: what is mounted, how full it is, what was read and written.

use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::Roots;
use crate::error::{Error, Result};
use crate::record::record;
use crate::sys;

record! {
    /// A mounted file system.
    pub struct DiskPartition = "sdiskpart" {
        /// What is mounted: `/dev/sda1`.
        device: OsString,
        /// Where.
        mountpoint: PathBuf,
        /// File system type.
        fstype: OsString,
        /// Mount options, joined by commas.
        opts: OsString,
    }
}

record! {
    /// Space of a file system, bytes.
    #[derive(Copy)]
    pub struct DiskUsage = "sdiskusage" {
        /// Size.
        total: u64,
        /// Used.
        used: u64,
        /// Free for users without privileges.
        free: u64,
        /// `used` of what users without privileges can have, percent, one decimal.
        percent: f64,
    }
}

record! {
    /// What a disk did since boot; from `/proc/diskstats`.
    #[derive(Copy, Default)]
    pub struct DiskIoCounters = "sdiskio" {
        /// Reads.
        read_count: u64,
        /// Writes.
        write_count: u64,
        /// Bytes read.
        read_bytes: u64,
        /// Bytes written.
        write_bytes: u64,
        /// Time spent reading, milliseconds.
        read_time: u64,
        /// Time spent writing, milliseconds.
        write_time: u64,
        /// Reads that were merged with others.
        read_merged_count: u64,
        /// Writes that were merged with others.
        write_merged_count: u64,
        /// Time with any I/O going on, milliseconds.
        busy_time: u64,
    }
}

/// What is mounted, in the order of mounting.
///
/// With `all` false: file systems with a device, of a type in `/proc/filesystems` that needs one.
///
/// Reads: `/proc/self/mounts` (what `/etc/mtab` leads to, where it is a file), `/proc/filesystems`.
/// Never touches what is mounted, so a dead server does not hang it.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where a file cannot be read.
///
/// # References
/// [proc_pid_mounts(5)](https://man7.org/linux/man-pages/man5/proc_pid_mounts.5.html)
pub fn disk_partitions(all: bool) -> Result<Vec<DiskPartition>> {
    Roots::default().disk_partitions(all)
}

/// Space of the file system that holds a path, from `statvfs(3)`.
///
/// Waits as long as the file system does: [`disk_usage_timeout`] does not.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the path cannot be reached.
///
/// # References
/// [statvfs(3)](https://man7.org/linux/man-pages/man3/statvfs.3.html)
pub fn disk_usage(path: impl AsRef<Path>) -> Result<DiskUsage> {
    sys::disk::usage(path.as_ref())
}

/// [`disk_usage`] of an open file.
///
/// # Errors
/// As [`disk_usage`].
pub fn disk_usage_fd(fd: BorrowedFd<'_>) -> Result<DiskUsage> {
    sys::disk::usage_fd(fd)
}

/// [`disk_usage_fd`] of a number, which need not be that of an open file.
#[doc(hidden)]
pub fn disk_usage_raw_fd(fd: RawFd) -> Result<DiskUsage> {
    let file = sys::pal::duplicate(fd).map_err(|errno| Error::os(errno.into()))?;
    disk_usage_fd(file.as_fd())
}

/// [`disk_usage`] that gives up after a while.
///
/// A helper thread asks; on a dead mount it stays behind until the kernel answers it. A path that a
/// thread waits for is not asked again by another: the next call waits for the same answer.
///
/// # Errors
/// As [`disk_usage`]; [`TimeoutExpired`](crate::ErrorKind::TimeoutExpired).
pub fn disk_usage_timeout(path: impl AsRef<Path>, timeout: Duration) -> Result<DiskUsage> {
    sys::disk::usage_timeout(path.as_ref(), timeout)
}

/// The sum of [`disk_io_counters_perdisk`] over whole disks, not their partitions; None without one.
///
/// # Errors
/// As [`disk_io_counters_perdisk`].
pub fn disk_io_counters(nowrap: bool) -> Result<Option<DiskIoCounters>> {
    Roots::default().disk_io_counters(nowrap)
}

/// Counters of each disk and partition, in the kernel's order.
///
/// Reads: `/proc/diskstats`, or `/sys/block/**/stat` where there is no such file. With `nowrap`, a
/// counter that is smaller than at the previous call has overflowed, and goes on from where it was.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) or [`Parse`](crate::ErrorKind::Parse) where a file cannot be read;
/// [`Unsupported`](crate::ErrorKind::Unsupported) where neither is there.
///
/// # References
/// [iostats](https://docs.kernel.org/admin-guide/iostats.html)
pub fn disk_io_counters_perdisk(nowrap: bool) -> Result<Vec<(OsString, DiskIoCounters)>> {
    Roots::default().disk_io_counters_perdisk(nowrap)
}

/// Forgets what `nowrap` knows of disks.
pub fn disk_io_counters_cache_clear() {
    Roots::default().disk_io_counters_cache_clear();
}

impl Roots {
    /// [`disk_partitions`] of these roots.
    ///
    /// # Errors
    /// As [`disk_partitions`].
    pub fn disk_partitions(&self, all: bool) -> Result<Vec<DiskPartition>> {
        sys::disk::partitions(self, all)
    }

    /// [`disk_io_counters`] of these roots.
    ///
    /// # Errors
    /// As [`disk_io_counters_perdisk`].
    pub fn disk_io_counters(&self, nowrap: bool) -> Result<Option<DiskIoCounters>> {
        sys::disk::io_counters(self, nowrap)
    }

    /// [`disk_io_counters_perdisk`] of these roots.
    ///
    /// # Errors
    /// As [`disk_io_counters_perdisk`].
    pub fn disk_io_counters_perdisk(
        &self,
        nowrap: bool,
    ) -> Result<Vec<(OsString, DiskIoCounters)>> {
        sys::disk::io_counters_perdisk(self, nowrap)
    }
    /// Forgets what `nowrap` knows of disks of these roots.
    pub fn disk_io_counters_cache_clear(&self) {
        self.disk_io().clear();
    }
}
