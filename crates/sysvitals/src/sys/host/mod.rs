//! Facts of the host. An OS provides: `boot_time`, `total_memory`, `online_cpus`, `user_name`,
//! `users`.

mod linux;
pub(crate) use linux::{boot_time, online_cpus, total_memory, user_name, users};
