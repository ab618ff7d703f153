//! On how many threads a pass over many things is read.

use std::sync::LazyLock;
use std::thread::available_parallelism;

/// How many threads read `work` things, the calling one among them.
///
/// One per CPU that this process may use, 8 at most; `SYSVITALS_THREADS` is a lower limit, read
/// once, and ignored where it is no number from 1. A thread costs as much as reading a few
/// processes, so each has at least 64 to read.
pub(crate) fn threads(work: usize) -> usize {
    static MOST: LazyLock<usize> = LazyLock::new(|| {
        let wanted = std::env::var("SYSVITALS_THREADS").ok();
        let wanted = wanted.and_then(|text| text.trim().parse().ok());
        match wanted.filter(|&most| most > 0).unwrap_or(8).min(8) {
            1 => 1,
            // Reads the limits of the control group.
            most => available_parallelism().map_or(1, usize::from).min(most),
        }
    });
    match work / 64 {
        0 | 1 => 1,
        wanted => wanted.min(*MOST),
    }
}
