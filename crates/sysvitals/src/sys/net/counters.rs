use std::ffi::OsString;

use crate::env::Roots;
use crate::error::Result;
use crate::net::NetIoCounters;

pub(crate) fn io_counters(roots: &Roots, nowrap: bool) -> Result<Option<NetIoCounters>> {
    todo!()
}

pub(crate) fn io_counters_pernic(
    roots: &Roots,
    nowrap: bool,
) -> Result<Vec<(OsString, NetIoCounters)>> {
    todo!()
}
