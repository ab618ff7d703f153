//! Sockets. An OS provides: `NetTables`, the sockets of a network namespace, and `join`, which gives
//! those that a process holds.

mod linux;
pub(crate) use linux::{NetTables, join};
