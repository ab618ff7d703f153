//! How many threads a pass over many processes is worth.
//!
//! The environment variable `SYSVITALS_THREADS` limits them; with 1, no thread is ever started.

/// The threads to read this many processes with, the calling one among them: one a processor, at
/// most eight, and only for as many processes as pay for starting them.
pub(crate) fn threads(work: usize) -> usize {
    const ENOUGH: usize = 128;
    const MOST: usize = 8;
    if work < ENOUGH {
        return 1;
    }
    let limit = std::env::var("SYSVITALS_THREADS").ok().and_then(|text| text.trim().parse().ok());
    match limit {
        Some(0 | 1) => 1,
        limit => {
            let processors = std::thread::available_parallelism().map_or(1, Into::into);
            processors.min(MOST).min(limit.unwrap_or(MOST))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_work_needs_no_thread() {
        assert_eq!(threads(0), 1);
        assert_eq!(threads(127), 1);
        assert!((1..=8).contains(&threads(128)));
        assert!((1..=8).contains(&threads(usize::MAX)));
    }
}
