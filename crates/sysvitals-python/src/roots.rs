//! The `/proc` that Python's `PROCFS_PATH` names.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use sysvitals::Roots;

/// More than these are not worth to be remembered.
const MOST: usize = 16;

/// Roots other than the default, the last used last.
static OTHERS: Mutex<Vec<Roots>> = Mutex::new(Vec::new());

/// The roots for a `PROCFS_PATH`. They are kept, for they hold what counters were before.
pub(crate) fn roots(procfs: PathBuf) -> Roots {
    let default = Roots::default();
    if procfs == default.proc() {
        return default;
    }
    let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = others.iter().position(|known| known.proc() == procfs);
    let roots = match known {
        Some(place) => others.remove(place),
        None => {
            if others.len() == MOST {
                others.remove(0);
            }
            Roots::new(procfs, default.sys())
        }
    };
    others.push(roots.clone());
    roots
}

/// Every roots that a function with memory may have been called for.
pub(crate) fn all() -> Vec<Roots> {
    let mut all = OTHERS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    all.push(Roots::default());
    all
}
