//! Where the kernel is read: the `/proc` and `/sys` roots, and the constants of this host.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};

use crate::Pid;
use crate::error::Result;
use crate::process::{Attrs, Process, ProcessTable, Snapshot};
use crate::sys;
use crate::sys::nowrap::NoWrap;
use crate::sys::sensors::Topology;

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
    netlink: bool,
    /// `MemTotal` as last read, 0 before; psutil keeps it too.
    total_memory: AtomicU64,
    disk_io: NoWrap<9>,
    net_io: NoWrap<8>,
    hwmon: Mutex<Option<Arc<Topology>>>,
}

impl Inner {
    fn new(proc: PathBuf, sys: PathBuf) -> Self {
        Self {
            pidfd: true,
            default: proc == Path::new("/proc"),
            netlink: true,
            total_memory: AtomicU64::new(0),
            disk_io: NoWrap::default(),
            net_io: NoWrap::default(),
            hwmon: Mutex::default(),
            proc,
            sys,
        }
    }
}

static DEFAULT: LazyLock<Roots> = LazyLock::new(|| Roots::new("/proc", "/sys"));

impl Roots {
    /// Roots at the given folders.
    pub fn new(proc: impl Into<PathBuf>, sys: impl Into<PathBuf>) -> Self {
        let proc = proc.into();
        Self(Arc::new(Inner::new(proc, sys.into())))
    }

    /// Behaves as on a kernel without pidfds (before Linux 5.3).
    #[doc(hidden)]
    pub fn without_pidfd(&self) -> Self {
        let inner = Inner::new(self.0.proc.clone(), self.0.sys.clone());
        Self(Arc::new(Inner { pidfd: false, ..inner }))
    }

    /// Behaves as on a kernel without `NETLINK_SOCK_DIAG`.
    #[doc(hidden)]
    pub fn without_netlink(&self) -> Self {
        let inner = Inner::new(self.0.proc.clone(), self.0.sys.clone());
        Self(Arc::new(Inner { netlink: false, ..inner }))
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

    pub(crate) fn uses_netlink(&self) -> bool {
        self.0.netlink
    }

    pub(crate) fn disk_io(&self) -> &NoWrap<9> {
        &self.0.disk_io
    }

    pub(crate) fn net_io(&self) -> &NoWrap<8> {
        &self.0.net_io
    }

    pub(crate) fn hwmon(&self) -> &Mutex<Option<Arc<Topology>>> {
        &self.0.hwmon
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

    /// Keeps the machine's memory, bytes, that was read for something else.
    pub(crate) fn keep_total_memory(&self, total: u64) {
        self.0.total_memory.store(total, Relaxed);
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

    /// The running processes as a table; see [`ProcessTable::snapshot`]. No `cpu_percent` has an
    /// earlier one to compare with.
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) where the root cannot be listed.
    pub fn snapshot(&self, attrs: Attrs) -> Result<Snapshot> {
        self.process_table().snapshot(attrs)
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
