//! Counters of the kernel's that overflow, made to go on.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use crate::error::Result;

/// The previous counters of each device, and what its overflows add up to.
#[derive(Debug)]
pub(crate) struct NoWrap<const N: usize>(Mutex<HashMap<OsString, Counters<N>>>);

#[derive(Clone, Copy, Debug)]
struct Counters<const N: usize> {
    previous: [u64; N],
    offset: [u64; N],
}

impl<const N: usize> Default for NoWrap<N> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<const N: usize> NoWrap<N> {
    /// Adds the overflows since the previous call. The reading is done under the lock: of two
    /// threads, the one with the older counters must not come last.
    pub(crate) fn adjust(
        &self,
        read: impl FnOnce() -> Result<Vec<(OsString, [u64; N])>>,
    ) -> Result<Vec<(OsString, [u64; N])>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows = read()?;
        let mut next = HashMap::with_capacity(rows.len());
        for (name, values) in &mut rows {
            let mut counters =
                known.get(name).copied().unwrap_or(Counters { previous: *values, offset: [0; N] });
            for ((value, previous), offset) in
                values.iter_mut().zip(&mut counters.previous).zip(&mut counters.offset)
            {
                if *value < *previous {
                    *offset = offset.wrapping_add(*previous);
                }
                *previous = *value;
                *value = value.wrapping_add(*offset);
            }
            next.insert(name.clone(), counters);
        }
        *known = next;
        Ok(rows)
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The counters of all devices together; None without one.
pub(crate) fn sum<const N: usize>(rows: impl Iterator<Item = [u64; N]>) -> Option<[u64; N]> {
    rows.reduce(|mut sum, values| {
        for (sum, value) in sum.iter_mut().zip(values) {
            *sum = sum.wrapping_add(value);
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row<const N: usize>(name: &str, values: [u64; N]) -> (OsString, [u64; N]) {
        (name.into(), values)
    }

    #[test]
    fn sequence() {
        let nowrap = NoWrap::default();
        let adjust = |values| nowrap.adjust(|| Ok(vec![row("a", values)])).unwrap();
        for (raw, adjusted) in
            [([100, 5], [100, 5]), ([10, 6], [110, 6]), ([20, 6], [120, 6]), ([5, 6], [125, 6])]
        {
            assert_eq!(adjust(raw), [row("a", adjusted)]);
        }
        nowrap.adjust(|| Ok(vec![])).unwrap();
        assert_eq!(adjust([3, 6]), [row("a", [3, 6])]);
    }

    #[test]
    fn devices_have_their_own_and_clear_forgets() {
        let nowrap = NoWrap::default();
        let adjust = |a, b| nowrap.adjust(|| Ok(vec![row("a", [a]), row("b", [b])])).unwrap();
        adjust(9, 1);
        assert_eq!(adjust(1, 2), [row("a", [10]), row("b", [2])]);
        nowrap.clear();
        assert_eq!(adjust(1, 2), [row("a", [1]), row("b", [2])]);
    }

    #[test]
    fn a_failed_read_changes_nothing() {
        let nowrap = NoWrap::default();
        nowrap.adjust(|| Ok(vec![row("a", [9])])).unwrap();
        assert!(nowrap.adjust(|| Err(crate::Error::invalid("no"))).is_err());
        assert_eq!(nowrap.adjust(|| Ok(vec![row("a", [1])])).unwrap(), [row("a", [10])]);
    }
}
