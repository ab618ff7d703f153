//! Where the kernel is read: the `/proc` and `/sys` roots, and the constants of this host.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use crate::Pid;
use crate::error::Result;
use crate::process::{Process, ProcessTable};
use crate::sys;

/// The `/proc` and `/sys` that are read; psutil's `PROCFS_PATH`.
///
/// The free functions of this crate and [`Process::new`] use the host's own. Others serve to look
/// into a container whose host `/proc` is mounted elsewhere, and to test on captured trees:
///
/// ```no_run
/// use sysvitals::Roots;
///
/// let host = Roots::new("/host/proc", "/host/sys");
/// for pid in host.pids()? {
///     println!("{pid} {:?}", host.process(pid)?.name()?);
/// }
/// # Ok::<(), sysvitals::Error>(())
/// ```
///
/// Through roots other than the default every getter reads files under them, and every action first
/// proves, by the process's pidfd, that the PID means the same process there and here.
#[derive(Clone, Debug)]
pub struct Roots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    proc: PathBuf,
    sys: PathBuf,
    pidfd: bool,
    default: bool,
    /// `MemTotal` as last read, 0 before; psutil keeps it too.
    total_memory: AtomicU64,
}

static DEFAULT: LazyLock<Roots> = LazyLock::new(|| Roots::new("/proc", "/sys"));

impl Roots {
    /// Roots at the given folders.
    pub fn new(proc: impl Into<PathBuf>, sys: impl Into<PathBuf>) -> Self {
        let proc = proc.into();
        let default = proc == Path::new("/proc");
        Self(Arc::new(Inner {
            proc,
            sys: sys.into(),
            pidfd: true,
            default,
            total_memory: AtomicU64::new(0),
        }))
    }

    /// Behaves as on a kernel without pidfds (before Linux 5.3).
    #[doc(hidden)]
    pub fn without_pidfd(&self) -> Self {
        Self(Arc::new(Inner {
            proc: self.0.proc.clone(),
            sys: self.0.sys.clone(),
            pidfd: false,
            default: self.0.default,
            total_memory: AtomicU64::new(0),
        }))
    }

    /// The process file system.
    pub fn proc(&self) -> &Path {
        &self.0.proc
    }

    /// The device file system.
    pub fn sys(&self) -> &Path {
        &self.0.sys
    }

    pub(crate) fn uses_pidfd(&self) -> bool {
        self.0.pidfd
    }

    /// True where PIDs are those of this process's own `/proc`, so that system calls and files
    /// speak of the same processes.
    pub(crate) fn is_default(&self) -> bool {
        self.0.default
    }

    /// The machine's memory, bytes: read once, since it hardly ever changes.
    pub(crate) fn total_memory(&self) -> Result<u64> {
        match self.0.total_memory.load(Relaxed) {
            0 => {
                let total = sys::host::total_memory(self)?;
                self.0.total_memory.store(total, Relaxed);
                Ok(total)
            }
            total => Ok(total),
        }
    }

    /// `PROC/file`, as bytes.
    pub(crate) fn proc_file(&self, file: &str) -> Vec<u8> {
        let root = self.0.proc.as_os_str().as_bytes();
        let mut path = Vec::with_capacity(root.len() + file.len() + 16);
        path.extend_from_slice(root);
        path.push(b'/');
        path.extend_from_slice(file.as_bytes());
        path
    }

    /// The sorted PIDs of the running processes; see [`pids`](crate::pids).
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) where the root cannot be listed.
    pub fn pids(&self) -> Result<Vec<Pid>> {
        sys::process::pids(self)
    }

    /// Whether a process has this PID; see [`pid_exists`](crate::pid_exists).
    pub fn pid_exists(&self, pid: Pid) -> bool {
        sys::process::pid_exists(self, pid)
    }

    /// The process with this PID; see [`Process::new`].
    ///
    /// # Errors
    /// As [`Process::new`].
    pub fn process(&self, pid: Pid) -> Result<Process> {
        Process::with_roots(pid, self)
    }

    /// A process table of these roots; see [`ProcessTable`].
    pub fn process_table(&self) -> ProcessTable {
        ProcessTable::with_roots(self)
    }
}

impl Default for Roots {
    /// `/proc` and `/sys`.
    fn default() -> Self {
        DEFAULT.clone()
    }
}

/// A path out of kernel bytes.
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// Clock ticks per second (`sysconf(_SC_CLK_TCK)`), the unit of `/proc/[pid]/stat`.
pub(crate) fn clock_ticks() -> u64 {
    static TICKS: LazyLock<u64> = LazyLock::new(rustix::param::clock_ticks_per_second);
    *TICKS
}

/// Bytes per page, the unit of `/proc/[pid]/statm`.
pub(crate) fn page_size() -> u64 {
    rustix::param::page_size() as u64
}
