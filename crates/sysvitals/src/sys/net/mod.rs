//! Sockets and interfaces. An OS provides: `NetTables`, the sockets of a network namespace, `join`,
//! which gives those that a process holds, `connections`, `if_addrs`, `if_stats`, `io_counters`,
//! `io_counters_pernic`.

mod connections;
mod counters;
mod interfaces;
mod linux;
pub(crate) use connections::connections;
pub(crate) use counters::{io_counters, io_counters_pernic};
pub(crate) use interfaces::{if_addrs, if_stats};
pub(crate) use linux::{NetTables, join};
