//! Disks. An OS provides:
//! `partitions`, `usage`, `usage_fd`, `usage_timeout`, `io_counters`, `io_counters_perdisk`.

mod linux;
pub(crate) use linux::{
    io_counters, io_counters_perdisk, partitions, usage, usage_fd, usage_timeout,
};
