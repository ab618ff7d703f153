use std::ffi::OsString;

use crate::error::Result;
use crate::net::{NicAddress, NicStats};

pub(crate) fn if_addrs() -> Result<Vec<(OsString, Vec<NicAddress>)>> {
    todo!()
}

pub(crate) fn if_stats() -> Result<Vec<(OsString, NicStats)>> {
    todo!()
}
