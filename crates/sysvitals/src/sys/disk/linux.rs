use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::Duration;

use crate::disk::{DiskIoCounters, DiskPartition, DiskUsage};
use crate::env::Roots;
use crate::error::Result;

pub(crate) fn partitions(roots: &Roots, all: bool) -> Result<Vec<DiskPartition>> {
    todo!()
}

pub(crate) fn usage(path: &Path) -> Result<DiskUsage> {
    todo!()
}

pub(crate) fn usage_fd(fd: BorrowedFd<'_>) -> Result<DiskUsage> {
    todo!()
}

pub(crate) fn usage_timeout(path: &Path, timeout: Duration) -> Result<DiskUsage> {
    todo!()
}

pub(crate) fn io_counters(roots: &Roots, nowrap: bool) -> Result<Option<DiskIoCounters>> {
    todo!()
}

pub(crate) fn io_counters_perdisk(
    roots: &Roots,
    nowrap: bool,
) -> Result<Vec<(OsString, DiskIoCounters)>> {
    todo!()
}
