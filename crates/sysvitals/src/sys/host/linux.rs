use std::ffi::OsString;

use crate::env::{Roots, path_from_bytes};
use crate::error::{Error, Result};
use crate::host::User;
use crate::parse;
use crate::sys::pal;

fn read(path: Vec<u8>) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut text = Vec::with_capacity(4096);
    pal::with_path(&path, b"", |path| pal::read_record(path, &mut text))
        .map_err(|errno| Error::os(errno.into()).with_path(path_from_bytes(&path)))?;
    Ok((path, text))
}

/// `btime` of `PROC/stat`, seconds since the epoch.
pub(crate) fn boot_time(roots: &Roots) -> Result<f64> {
    let (path, text) = read(roots.proc_file("stat"))?;
    let seconds =
        parse::btime(&text).map_err(|error| Error::parse(error, path_from_bytes(&path)))?;
    Ok(seconds as f64)
}

/// `MemTotal` of `PROC/meminfo`, bytes.
pub(crate) fn total_memory(roots: &Roots) -> Result<u64> {
    let (path, text) = read(roots.proc_file("meminfo"))?;
    parse::mem_total(&text).map_err(|error| Error::parse(error, path_from_bytes(&path)))
}

/// The CPUs that are online: the `cpuN` rows of `PROC/stat`.
pub(crate) fn online_cpus(roots: &Roots) -> Result<Vec<usize>> {
    let (_, text) = read(roots.proc_file("stat"))?;
    Ok(parse::cpu_rows(&text))
}

/// The user's name in the password database, or the number as text where there is none.
pub(crate) fn user_name(uid: u32) -> OsString {
    pal::user_name(uid).unwrap_or_else(|| OsString::from(uid.to_string()))
}

pub(crate) fn users() -> Result<Vec<User>> {
    todo!()
}
