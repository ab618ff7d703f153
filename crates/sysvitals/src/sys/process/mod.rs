//! Reading processes. An OS provides: `pids`, `pid_exists`, `Identity`, `identity`, and `View`, which
//! holds the kernel sources of one process, each read at most once.

mod linux;
pub(crate) use linux::{Identity, Sources, View, pid_exists, pidfs_inode, pids};
