//! What a pass over many processes needs: memory at its peak, and descriptors that stay open.

use std::io::Error;

use sysvitals::ProcessTable;

use crate::apis::{PSUTIL, PYTHON, RUST};
use crate::load::{Load, role};
use crate::python::Python;
use crate::sweep::{self, SNAPSHOT};

pub struct Peak {
    pub name: &'static str,
    pub processes: usize,
    /// KiB before the pass and at its peak.
    pub before: usize,
    pub peak: usize,
    /// How many more descriptors are open after the pass.
    pub descriptors: isize,
}

/// Each in a process of its own.
pub fn run(python: &Python) -> Result<Vec<Peak>, String> {
    let peak = |name, line: Result<String, String>| {
        let line = line?;
        let words: Vec<usize> =
            line.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let &[processes, before, peak, open, still_open] = words.as_slice() else {
            return Err(format!("{name}: {line}"));
        };
        let descriptors = still_open.cast_signed() - open.cast_signed();
        Ok(Peak { name, processes, before, peak, descriptors })
    };
    let rust = role("peak").output().map_err(|error| error.to_string())?;
    Ok(vec![
        peak(PSUTIL, python.ask(&["peak", "psutil"]))?,
        peak(PYTHON, python.ask(&["peak", "sysvitals"]))?,
        peak(SNAPSHOT, python.ask(&["peak", "sysvitals", "snapshot"]))?,
        peak(RUST, Ok(String::from_utf8_lossy(&rust.stdout).into_owned()))?,
    ])
}

/// In the process that was started for it: as the driver's `peak`.
pub fn report_own_peak() {
    let descriptors = || std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let (before, open) = (kilobytes().unwrap(), descriptors());
    let count = sweep::ours(&ProcessTable::new()).unwrap();
    println!("{count} {before} {} {open} {}", kilobytes().unwrap(), descriptors());
}

fn kilobytes() -> Result<usize, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| Error::other("no VmHWM"))
}

/// `loads` and more, until about `wanted` processes are there.
pub fn fill(loads: &mut Vec<Load>, wanted: usize) {
    let there = sysvitals::pids().map_or(0, |pids| pids.len());
    // The keeper is one too.
    if wanted > there + 1 {
        loads.push(Load::forks(wanted - there - 1));
    }
}
