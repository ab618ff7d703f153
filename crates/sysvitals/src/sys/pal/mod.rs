//! System calls behind safe functions: the only unsafe code of the crate.

mod linux;
pub(crate) mod netlink;
pub(crate) use linux::*;
