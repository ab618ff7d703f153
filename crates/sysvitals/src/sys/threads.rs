//! On how many threads a pass over many things is read.

use std::panic::resume_unwind;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::{self, available_parallelism};

use crate::Pid;

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

/// Reads the PIDs in chunks, of which each thread takes one after the other with a buffer of its
/// own; the answers in the order of the chunks.
pub(crate) fn in_chunks<T: Send>(
    pids: &[Pid],
    threads: usize,
    read: impl Fn(&[Pid], &mut Vec<u8>) -> T + Sync,
) -> Vec<T> {
    const CHUNK: usize = 32;
    let chunk = if threads == 1 { pids.len().max(1) } else { CHUNK };
    let chunks = Mutex::new(pids.chunks(chunk).enumerate());
    let work = || {
        let mut buf = Vec::with_capacity(8192);
        let mut done = Vec::new();
        loop {
            // Not in the loop's condition, which would hold the lock while reading.
            let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, chunk)) = next else { return done };
            done.push((place, read(chunk, &mut buf)));
        }
    };
    let mut answers = thread::scope(|scope| {
        // Where the system has no thread to give, those that run do the work.
        let others: Vec<_> = (1..threads)
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let mut answers = work();
        for other in others {
            answers.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        answers
    });
    answers.sort_unstable_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_in_order_and_complete() {
        for count in [0, 1, 31, 32, 33, 1000] {
            let pids: Vec<Pid> = (1..=count).collect();
            for threads in [1, 2, 8] {
                let chunks = in_chunks(&pids, threads, |pids, buf| {
                    // A buffer is a thread's own, and comes back as it was left.
                    buf.push(0);
                    (pids.to_vec(), buf.len())
                });
                let read: Vec<Pid> = chunks.iter().flat_map(|(pids, _)| pids.clone()).collect();
                assert_eq!(read, pids, "{count} on {threads}");
            }
        }
    }

    #[test]
    fn a_panic_of_one_thread_is_the_callers() {
        let pids: Vec<Pid> = (0..1000).collect();
        let panicked = std::panic::catch_unwind(|| {
            in_chunks(&pids, 4, |pids, _| assert!(!pids.contains(&999), "the last chunk"))
        });
        assert!(panicked.is_err());
    }
}
