//! Waiting for processes to end. An OS provides: `wait`, `wait_all`.

mod linux;
pub(crate) use linux::{wait, wait_all};
