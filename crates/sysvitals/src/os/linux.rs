//! Linux: the raw `stat` of a process, and its pidfd.

use std::os::fd::OwnedFd;

use crate::error::Result;
use crate::parse::Stat;
use crate::process::Process;
use crate::sys;

/// What Linux tells of a process beyond psutil.
pub trait ProcessExt {
    /// `/proc/[pid]/stat` in the kernel's units.
    ///
    /// # References
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)
    ///
    /// # Errors
    /// As every getter of [`Process`].
    fn stat(&self) -> Result<Stat>;

    /// A pidfd of this process, and of no other that got its PID: for `poll(2)`, `setns(2)` and the
    /// like.
    ///
    /// # References
    /// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html)
    ///
    /// # Errors
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess);
    /// [`Unsupported`](crate::ErrorKind::Unsupported) before Linux 5.3 and for a thread's ID;
    /// [`Os`](crate::ErrorKind::Os) where no descriptor is to be had.
    fn pidfd(&self) -> Result<OwnedFd>;
}

impl ProcessExt for Process {
    fn stat(&self) -> Result<Stat> {
        sys::process::View::new(self.roots(), self.pid()).stat().cloned()
    }

    fn pidfd(&self) -> Result<OwnedFd> {
        sys::control::pidfd(self)
    }
}
