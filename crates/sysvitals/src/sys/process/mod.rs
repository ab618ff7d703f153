//! Reading processes. An OS provides: `pids`, `pid_exists`, `Identity`, `child_lists` and
//! `youngest`, `ticks_now`, and `View`, which holds the kernel sources of one process, each read at
//! most once.

mod linux;
pub(crate) use linux::{
    Identity, Sources, View, child_lists, pid_exists, pidfs_inode, pids, ticks_now, youngest,
};
