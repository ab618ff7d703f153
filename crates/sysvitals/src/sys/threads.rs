//! On how many threads a pass over many things is read.

use std::sync::LazyLock;
use std::thread::available_parallelism;

/// How many threads read `work` things, the calling one among them.
///
/// One per CPU that this process may use, 8 at most; `SYSVITALS_THREADS` is a lower limit, read
/// once, and ignored where it is no number from 1. A thread costs as much as reading five
/// processes, so each has at least 64 to read.
pub(crate) fn threads(work: usize) -> usize {
    static MOST: LazyLock<usize> = LazyLock::new(|| {
        let cpus = available_parallelism().map_or(1, usize::from).min(8);
        let wanted = std::env::var("SYSVITALS_THREADS").ok();
        match wanted.and_then(|text| text.trim().parse::<usize>().ok()) {
            Some(most) if most > 0 => most.min(cpus),
            _ => cpus,
        }
    });
    (work / 64).clamp(1, *MOST)
}
