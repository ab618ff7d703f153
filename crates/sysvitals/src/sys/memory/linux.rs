use crate::env::{Roots, page_size};
use crate::error::{Error, Result};
use crate::memory::{SwapMemory, VirtualMemory};
use crate::parse::{self, MemInfo};
use crate::process::round1;
use crate::sys::{file, pal};

pub(crate) fn virtual_memory(roots: &Roots) -> Result<VirtualMemory> {
    let path = roots.proc().join("meminfo");
    let info = parse::meminfo(&file::read(&path)?).map_err(|error| Error::parse(error, path))?;
    roots.keep_total_memory(info.total);
    let mut missing = Vec::new();
    let mut or_missing = |name, value: Option<u64>| {
        value.unwrap_or_else(|| {
            missing.push(name);
            0
        })
    };
    let buffers = or_missing("buffers", info.buffers);
    let reclaimable = info.sreclaimable.unwrap_or(0);
    let cached = or_missing("cached", info.cached.map(|pages| pages.saturating_add(reclaimable)));
    let shared = or_missing("shared", info.shmem.or(info.mem_shared));
    let active = or_missing("active", info.active);
    let inactive = or_missing("inactive", info.inactive.or_else(|| old_inactive(&info)));
    let available = match info.available {
        Some(available) if available > 0 => Some(available),
        _ => estimate_available(roots, &info)?,
    };
    let mut available = or_missing("available", available);
    // In some containers the kernel tells of more than there is.
    if available > info.total {
        available = info.free;
    }
    let used = info.total.saturating_sub(available);
    Ok(VirtualMemory {
        total: info.total,
        available,
        percent: percent(used, info.total),
        used,
        free: info.free,
        active,
        inactive,
        buffers,
        cached,
        shared,
        slab: info.slab.unwrap_or(0),
        missing,
    })
}

/// How Linux 2.4 divided it.
fn old_inactive(info: &MemInfo) -> Option<u64> {
    let clean = info.inact_dirty?.saturating_add(info.inact_clean?);
    Some(clean.saturating_add(info.inact_laundry?))
}

/// As the kernel does since 3.14 for `MemAvailable`; None where that comes out negative.
fn estimate_available(roots: &Roots, info: &MemInfo) -> Result<Option<u64>> {
    let fallback = Ok(Some(info.free.saturating_add(info.cached.unwrap_or(0))));
    let (Some(active), Some(inactive), Some(slab)) =
        (info.active_file, info.inactive_file, info.sreclaimable)
    else {
        return fallback;
    };
    let path = roots.proc().join("zoneinfo");
    let Ok(text) = file::read_to_end(&path) else { return fallback };
    let low = parse::zoneinfo_low(&text).map_err(|error| Error::parse(error, path))?;
    let low = i128::from(low.saturating_mul(page_size()));
    let usable = |bytes: i128| bytes - low.min(bytes / 2);
    let cache = i128::from(active) + i128::from(inactive);
    let available = i128::from(info.free) - low + usable(cache) + usable(i128::from(slab));
    // What is too much for the machine is told apart by its caller.
    Ok((available >= 0).then(|| u64::try_from(available).unwrap_or(u64::MAX)))
}

fn percent(used: u64, total: u64) -> f64 {
    match total {
        0 => 0.0,
        _ => round1(used as f64 / total as f64 * 100.0),
    }
}

pub(crate) fn swap_memory(roots: &Roots) -> Result<SwapMemory> {
    let path = roots.proc().join("meminfo");
    let swap = parse::swap(&file::read(&path)?).map_err(|error| Error::parse(error, path))?;
    let (total, free) = swap.unwrap_or_else(pal::swap);
    let used = total.saturating_sub(free);
    let unknown = "'sin' and 'sout' swap memory stats couldn't be determined and were set to 0";
    let path = roots.proc().join("vmstat");
    let (pages, warning) = match file::read_to_end(&path) {
        Ok(text) => match parse::vmstat_swap(&text).map_err(|error| Error::parse(error, &path))? {
            Some(pages) => (pages, None),
            None => ((0, 0), Some(unknown.to_owned())),
        },
        Err(error) => ((0, 0), Some(format!("{unknown} ({})", os_text(&error)))),
    };
    Ok(SwapMemory {
        total,
        used,
        free,
        percent: percent(used, total),
        sin: pages.0.saturating_mul(page_size()),
        sout: pages.1.saturating_mul(page_size()),
        warning,
    })
}

/// The failure as psutil's warning has it: `[Errno 2] No such file or directory: '/proc/vmstat'`.
fn os_text(error: &Error) -> String {
    match (error.io_error(), error.raw_os_error(), error.path()) {
        (Some(reason), Some(number), Some(path)) => {
            let reason = reason.to_string();
            let reason = reason.split(" (os error").next().unwrap_or_default();
            format!("[Errno {number}] {reason}: '{}'", path.display())
        }
        _ => error.to_string(),
    }
}
