//! Processes: who they are, everything the kernel tells of them, and acting on them.

mod attrs;
mod iter;
mod oneshot;
mod popen;
mod signal;
mod snapshot;
mod tree;
mod types;
mod wait;

pub use attrs::{Attr, Attrs, ProcessInfo, Value};
pub use iter::{
    ProcessInfoIter, ProcessIter, ProcessTable, process_iter, process_iter_cache_clear,
};
pub use oneshot::OneShot;
pub use popen::Popen;
pub use snapshot::{Column, Field, List, Snapshot, Struct, Text, Values, snapshot};
pub use types::{
    CpuTimes, CtxSwitches, Environ, Gids, IoCounters, IoPriority, IoPriorityClass, MemoryFootprint,
    MemoryInfo, MemoryInfoEx, MemoryMap, MemoryMapGrouped, MemoryType, OpenFile, OpenMode,
    PageFaults, ProcessStatus, RLIM_INFINITY, Resource, Thread, Uids,
};
pub use wait::{wait_procs, wait_procs_interruptible};

pub(crate) use oneshot::{Shared, round1};

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::env::Roots;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, ConnectionKind};
use crate::sys;
use crate::sys::process::Identity;

/// A process ID, as the kernel's `pid_t`.
pub type Pid = i32;

/// A process of this machine: a PID, and the start time that tells it from any later process with
/// the same PID.
///
/// It is a cheap handle: clones share what psutil keeps per instance (the last `cpu_percent`
/// sample, the exit status, `exe`, `create_time`). It holds no descriptor.
///
/// Getters ask the kernel anew at each call; to read several at once use
/// [`oneshot`](Self::oneshot) or [`as_dict`](Self::as_dict). Every getter can fail with
/// [`NoSuchProcess`](ErrorKind::NoSuchProcess), for a process can end at any time,
/// [`AccessDenied`](ErrorKind::AccessDenied), and, where the kernel no longer has the answer for a
/// process that waits for its parent, [`ZombieProcess`](ErrorKind::ZombieProcess).
///
/// Actions (signals, the `set_` methods, [`wait`](Self::wait)) never reach another process that got
/// the same PID: they hold a pidfd while they verify the start time and act.
///
/// ```
/// use sysvitals::Process;
///
/// let me = Process::current();
/// assert_eq!(me.pid(), std::process::id() as i32);
/// println!("{} {} MiB", me.name()?.display(), me.memory_info()?.rss >> 20);
/// # Ok::<(), sysvitals::Error>(())
/// ```
#[derive(Clone)]
pub struct Process(Arc<Inner>);

struct Inner {
    pid: Pid,
    identity: OnceLock<Identity>,
    /// Of a child out of the kernel's list whose identity was not asked for yet: the clock tick of
    /// the listing, before which it began.
    listed: Option<u64>,
    roots: Roots,
    gone: AtomicBool,
    reused: AtomicBool,
    /// A `std::process::Child` owns the exit status.
    borrowed_child: AtomicBool,
    exe: OnceLock<PathBuf>,
    create_time: OnceLock<f64>,
    exit: OnceLock<Option<ExitStatus>>,
    /// Held from the look that finds the end of the process until `exit` is set.
    settling: Mutex<()>,
    name: Mutex<Option<OsString>>,
    cpu_sample: Mutex<Option<CpuSample>>,
}

#[derive(Clone, Copy)]
struct CpuSample {
    at: Instant,
    busy: f64,
}

impl CpuSample {
    fn percent_since(&self, last: &Self) -> f64 {
        let elapsed = self.at.saturating_duration_since(last.at).as_secs_f64();
        if elapsed == 0.0 {
            return 0.0;
        }
        oneshot::round1((self.busy - last.busy) / elapsed * 100.0)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded here is valid whenever a panic may have struck.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    /// The process with this PID; a thread's ID is accepted too, as in psutil.
    ///
    /// Reads `/proc/[pid]/stat`.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for a negative PID,
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess) where there is none (PID 0 never is on Linux).
    pub fn new(pid: Pid) -> Result<Self> {
        Self::with_roots(pid, &Roots::default())
    }

    pub(crate) fn with_roots(pid: Pid, roots: &Roots) -> Result<Self> {
        if pid < 0 {
            return Err(Error::invalid(format!("pid must be a positive integer (got {pid})")));
        }
        let identity = match Self::identify(pid, roots) {
            Ok(identity) => identity,
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => {
                return Err(Error::no_such_process(pid).with_msg("process PID not found"));
            }
            // There is a process, and more cannot be known: hidepid=1, or text nobody can read.
            Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
                return Err(error);
            }
            Err(_) => Identity::UNKNOWN,
        };
        Ok(Self::with_identity(pid, identity, roots))
    }

    pub(crate) fn with_identity(pid: Pid, identity: Identity, roots: &Roots) -> Self {
        Self::make(pid, OnceLock::from(identity), None, roots)
    }

    /// A process that had the PID in this clock tick, and began before it. Its start time is read
    /// when it is first needed: whoever has the PID then and began before the tick had it in the
    /// tick too, and is the one; whoever began later is another.
    pub(crate) fn listed(pid: Pid, tick: u64, roots: &Roots) -> Self {
        Self::make(pid, OnceLock::new(), Some(tick), roots)
    }

    fn make(pid: Pid, identity: OnceLock<Identity>, listed: Option<u64>, roots: &Roots) -> Self {
        Self(Arc::new(Inner {
            pid,
            identity,
            listed,
            roots: roots.clone(),
            gone: AtomicBool::new(false),
            reused: AtomicBool::new(false),
            borrowed_child: AtomicBool::new(false),
            exe: OnceLock::new(),
            create_time: OnceLock::new(),
            exit: OnceLock::new(),
            settling: Mutex::new(()),
            name: Mutex::new(None),
            cpu_sample: Mutex::new(None),
        }))
    }

    /// A child that has already been waited for, of which only the PID is known.
    #[doc(hidden)]
    pub fn gone(pid: Pid, roots: &Roots) -> Self {
        let process = Self::with_identity(pid, Identity::UNKNOWN, roots);
        process.mark_gone();
        process
    }

    fn identify(pid: Pid, roots: &Roots) -> Result<Identity> {
        sys::process::View::new(roots, pid).identify()
    }

    /// The calling process.
    pub fn current() -> Self {
        let pid = std::process::id().cast_signed();
        Self::new(pid).unwrap_or_else(|_| {
            // Without a readable /proc we still are who we are.
            Self::with_identity(pid, Identity::UNKNOWN, &Roots::default())
        })
    }

    /// A child that a [`std::process::Child`] owns: [`wait`](Self::wait) leaves the exit status for
    /// it to collect.
    ///
    /// # Errors
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess) where the child was already waited for.
    pub fn from_child(child: &std::process::Child) -> Result<Self> {
        let process = Self::new(child.id().cast_signed())?;
        process.0.borrowed_child.store(true, Relaxed);
        Ok(process)
    }

    /// The PID.
    pub fn pid(&self) -> Pid {
        self.0.pid
    }

    /// The roots that this process is read through.
    pub fn roots(&self) -> &Roots {
        &self.0.roots
    }

    pub(crate) fn identity(&self) -> Identity {
        if let Some(identity) = self.0.identity.get() {
            return *identity;
        }
        let identity = match Self::identify(self.0.pid, &self.0.roots) {
            Ok(identity) if identity.start < self.0.listed => identity,
            Ok(_) => {
                self.mark_reused();
                Identity::UNKNOWN
            }
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => {
                self.mark_gone();
                Identity::UNKNOWN
            }
            Err(_) => return Identity::UNKNOWN,
        };
        *self.0.identity.get_or_init(|| identity)
    }

    /// Whether the other has the PID of a child that was listed, and ended unseen, before it began.
    fn is_successor_of(&self, listed: &Self) -> bool {
        match (listed.identity().start, self.identity().start) {
            (None, Some(start)) => listed.0.listed.is_some_and(|tick| start >= tick),
            _ => false,
        }
    }

    pub(crate) fn is_borrowed_child(&self) -> bool {
        self.0.borrowed_child.load(Relaxed)
    }

    /// The name as last read, if it was; asks nothing itself.
    pub fn known_name(&self) -> Option<OsString> {
        lock(&self.0.name).clone()
    }

    /// The creation time, if it was read; asks nothing itself.
    pub fn known_create_time(&self) -> Option<f64> {
        self.0.create_time.get().copied()
    }

    /// Whether two handles are clones of one, and share what is kept per process.
    pub fn is_same_handle(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn remember_name(&self, name: &OsStr) {
        let mut known = lock(&self.0.name);
        if known.as_deref() != Some(name) {
            *known = Some(name.to_os_string());
        }
    }

    pub(crate) fn mark_gone(&self) {
        self.0.gone.store(true, Relaxed);
    }

    fn mark_reused(&self) {
        self.0.reused.store(true, Relaxed);
        self.mark_gone();
    }

    /// Whether a call on this process has found its PID to belong to another; asks nothing itself.
    pub fn is_pid_reused(&self) -> bool {
        self.0.reused.load(Relaxed)
    }

    pub(crate) fn reused_error(&self) -> Error {
        Error::no_such_process(self.0.pid)
            .with_name(self.known_name())
            .with_msg("process no longer exists and its PID has been reused")
    }

    /// The identity of whoever has the PID now. Where ours has a pidfs inode it is compared with
    /// that of the pidfd that is held, or of one opened for it.
    fn identity_now(&self, held: Option<u64>) -> Result<Identity> {
        let start = sys::process::View::new(&self.0.roots, self.0.pid).start_ticks()?;
        let ours = self.identity().pidfs;
        let pidfs = ours.and_then(|_| held.or_else(|| sys::process::pidfs_inode(self.0.pid)));
        Ok(Identity { start: Some(start), pidfs })
    }

    /// Whether two handles with one PID and start time are of two processes that began in the same
    /// clock tick. Only the one that was looked at within that tick has a pidfs inode; that of the
    /// other is asked for, if the PID is still that of a process of the tick.
    fn is_other_of_its_tick(&self, other: &Self) -> bool {
        let ((Some(known), None) | (None, Some(known))) =
            (self.identity().pidfs, other.identity().pidfs)
        else {
            return false;
        };
        let Some(now) = sys::process::pidfs_inode(self.0.pid) else { return false };
        let start = sys::process::View::new(&self.0.roots, self.0.pid).start_ticks().ok();
        start == self.identity().start && now != known
    }

    /// Whether the process is still there, running or a zombie, and not another with its PID.
    pub(crate) fn is_there(&self) -> bool {
        self.is_there_as(None)
    }

    fn is_there_as(&self, held: Option<u64>) -> bool {
        if self.0.gone.load(Relaxed) {
            return false;
        }
        let ours = self.identity();
        if self.0.gone.load(Relaxed) {
            return false;
        }
        match self.identity_now(held) {
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => {
                self.mark_gone();
                false
            }
            Err(_) => true,
            Ok(now) => {
                let reused = ours.same(&now) == Some(false);
                if reused {
                    self.mark_reused();
                }
                !reused
            }
        }
    }

    /// Fails unless the PID still is this process; `held` is the pidfs inode of a pidfd to prove.
    pub(crate) fn verify(&self, held: Option<u64>) -> Result<()> {
        if self.is_there_as(held) {
            return Ok(());
        }
        if self.is_pid_reused() {
            return Err(self.reused_error());
        }
        Err(Error::no_such_process(self.0.pid).with_name(self.known_name()))
    }

    /// Fails if the PID was seen to belong to another process; a process that merely ended passes.
    pub(crate) fn verify_not_reused(&self) -> Result<()> {
        if self.is_pid_reused() || (!self.is_there() && self.is_pid_reused()) {
            return Err(self.reused_error());
        }
        Ok(())
    }

    /// Whether the process still exists; true for a zombie too.
    ///
    /// Other than [`pid_exists`] it is not fooled by another process that got
    /// the same PID.
    pub fn is_running(&self) -> bool {
        self.is_there()
    }

    /// A view that reads each kernel file at most once, however many getters are called on it.
    ///
    /// ```
    /// # use sysvitals::Process;
    /// let process = Process::current();
    /// let view = process.oneshot();
    /// let (name, ppid, times) = (view.name()?, view.ppid()?, view.cpu_times()?); // one file
    /// # Ok::<(), sysvitals::Error>(())
    /// ```
    pub fn oneshot(&self) -> OneShot<'_> {
        OneShot::new(self)
    }

    /// As [`oneshot`](Self::oneshot), for a view that outlives this handle.
    pub fn into_oneshot(self) -> OneShot<'static> {
        OneShot::owned(self)
    }

    /// Reads a set of attributes with as few kernel files as they need, each once.
    ///
    /// An attribute that could not be read has its error in its place.
    ///
    /// # Errors
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess) where the process ended meanwhile.
    pub fn as_dict(&self, attrs: Attrs) -> Result<ProcessInfo> {
        ProcessInfo::read(self, attrs, &Shared::new(&self.0.roots))
    }

    /// The process name, at most 15 bytes from `/proc/[pid]/stat`; a name that fills them is
    /// extended from the first argument of `/proc/[pid]/cmdline` where that begins with it.
    ///
    /// # References
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)
    ///
    /// # Errors
    /// As every getter; see [`Process`].
    pub fn name(&self) -> Result<OsString> {
        self.oneshot().name()
    }

    /// The executable, from `/proc/[pid]/exe`; empty for a kernel thread. Where the kernel will not
    /// say, an absolute, executable first argument stands in. Kept after the first success.
    ///
    /// # References
    /// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html)
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn exe(&self) -> Result<PathBuf> {
        self.oneshot().exe()
    }

    /// The command line, from `/proc/[pid]/cmdline`; empty for a kernel thread.
    ///
    /// # References
    /// [proc_pid_cmdline(5)](https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html)
    ///
    /// # Errors
    /// As every getter; [`ZombieProcess`](ErrorKind::ZombieProcess) for a zombie.
    pub fn cmdline(&self) -> Result<Vec<OsString>> {
        self.oneshot().cmdline()
    }

    /// The environment that the process began with, from `/proc/[pid]/environ`; empty for a kernel
    /// thread.
    ///
    /// # References
    /// [proc_pid_environ(5)](https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html)
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process,
    /// [`ZombieProcess`](ErrorKind::ZombieProcess) for a zombie.
    pub fn environ(&self) -> Result<Environ> {
        self.oneshot().environ()
    }

    /// When the process began, seconds since the epoch: field 22 of `/proc/[pid]/stat` and the boot
    /// time of `/proc/stat`. Kept after the first call, since a step of the clock moves the latter.
    ///
    /// # Errors
    /// As every getter.
    pub fn create_time(&self) -> Result<f64> {
        self.oneshot().create_time()
    }

    /// The parent's PID, from `/proc/[pid]/stat`; 0 for none.
    ///
    /// # Errors
    /// As every getter; [`NoSuchProcess`](ErrorKind::NoSuchProcess) also where the PID now belongs
    /// to another process.
    pub fn ppid(&self) -> Result<Pid> {
        self.oneshot().ppid()
    }

    /// What the process is doing, from `/proc/[pid]/stat`.
    ///
    /// # Errors
    /// As every getter.
    pub fn status(&self) -> Result<ProcessStatus> {
        self.oneshot().status()
    }

    /// The working directory, from `/proc/[pid]/cwd`; empty where there is none.
    ///
    /// # References
    /// [proc_pid_cwd(5)](https://man7.org/linux/man-pages/man5/proc_pid_cwd.5.html)
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process,
    /// [`ZombieProcess`](ErrorKind::ZombieProcess) for a zombie.
    pub fn cwd(&self) -> Result<PathBuf> {
        self.oneshot().cwd()
    }

    /// The user's name: `getpwuid_r(3)` of the real user ID, or the ID as text where the password
    /// database does not know it.
    ///
    /// # Errors
    /// As every getter.
    pub fn username(&self) -> Result<OsString> {
        self.oneshot().username()
    }

    /// Real, effective and saved user IDs, from `/proc/[pid]/status`.
    ///
    /// # Errors
    /// As every getter.
    pub fn uids(&self) -> Result<Uids> {
        self.oneshot().uids()
    }

    /// Real, effective and saved group IDs, from `/proc/[pid]/status`.
    ///
    /// # Errors
    /// As every getter.
    pub fn gids(&self) -> Result<Gids> {
        self.oneshot().gids()
    }

    /// The controlling terminal, `/dev/pts/0`: the device number of `/proc/[pid]/stat`, and the
    /// device in `/dev` that has it. None for none.
    ///
    /// # Errors
    /// As every getter.
    pub fn terminal(&self) -> Result<Option<PathBuf>> {
        self.oneshot().terminal()
    }

    /// The nice value, -20 (first served) to 19; from `getpriority(2)`.
    ///
    /// # References
    /// [getpriority(2)](https://man7.org/linux/man-pages/man2/getpriority.2.html)
    ///
    /// # Errors
    /// As every getter.
    pub fn nice(&self) -> Result<i32> {
        self.oneshot().nice()
    }

    /// Sets the nice value with `setpriority(2)`; the kernel clamps it to -20..=19.
    ///
    /// # Errors
    /// [`AccessDenied`](ErrorKind::AccessDenied) for another user's process, and for a lower value
    /// than now without `CAP_SYS_NICE`; [`NoSuchProcess`](ErrorKind::NoSuchProcess).
    pub fn set_nice(&self, value: i32) -> Result<()> {
        sys::control::set_nice(self, value)
    }

    /// The I/O scheduling class and level, from `ioprio_get(2)`.
    ///
    /// # References
    /// [ioprio_get(2)](https://man7.org/linux/man-pages/man2/ioprio_set.2.html)
    ///
    /// # Errors
    /// As every getter.
    pub fn ionice(&self) -> Result<IoPriority> {
        self.oneshot().ionice()
    }

    /// Sets the I/O scheduling class and level (0 to 7; 0 for classes that have none) with
    /// `ioprio_set(2)`.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for a level or class outside those;
    /// [`AccessDenied`](ErrorKind::AccessDenied) for another user's process, and for
    /// [`RealTime`](IoPriorityClass::RealTime) without `CAP_SYS_NICE`;
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess).
    pub fn set_ionice(&self, class: IoPriorityClass, value: u32) -> Result<()> {
        sys::control::set_ionice(self, class, value)
    }

    /// The soft and hard limit of a resource, [`RLIM_INFINITY`] for none; from `prlimit(2)`.
    ///
    /// # References
    /// [prlimit(2)](https://man7.org/linux/man-pages/man2/prlimit.2.html)
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn rlimit(&self, resource: Resource) -> Result<(u64, u64)> {
        self.oneshot().rlimit(resource)
    }

    /// Sets the soft and hard limit of a resource with `prlimit(2)`.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for a soft limit above the hard one;
    /// [`AccessDenied`](ErrorKind::AccessDenied) for another user's process, and for a higher hard
    /// limit than now without `CAP_SYS_RESOURCE`; [`NoSuchProcess`](ErrorKind::NoSuchProcess).
    pub fn set_rlimit(&self, resource: Resource, soft: u64, hard: u64) -> Result<()> {
        sys::control::set_rlimit(self, resource, soft, hard)
    }

    /// The CPUs that the process may run on, ascending; from `sched_getaffinity(2)`.
    ///
    /// # References
    /// [sched_getaffinity(2)](https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html)
    ///
    /// # Errors
    /// As every getter.
    pub fn cpu_affinity(&self) -> Result<Vec<usize>> {
        self.oneshot().cpu_affinity()
    }

    /// Sets the CPUs that the process may run on with `sched_setaffinity(2)`; an empty list means
    /// all that its cpuset grants.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming a CPU that is not online, or where the
    /// cpuset of the process grants none of them; [`AccessDenied`](ErrorKind::AccessDenied) for
    /// another user's process; [`NoSuchProcess`](ErrorKind::NoSuchProcess).
    pub fn set_cpu_affinity(&self, cpus: &[usize]) -> Result<()> {
        sys::control::set_cpu_affinity(self, cpus)
    }

    /// Reads and writes since the process began, from `/proc/[pid]/io`.
    ///
    /// # References
    /// [proc_pid_io(5)](https://man7.org/linux/man-pages/man5/proc_pid_io.5.html)
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn io_counters(&self) -> Result<IoCounters> {
        self.oneshot().io_counters()
    }

    /// Context switches since the process began, from `/proc/[pid]/status`.
    ///
    /// # Errors
    /// As every getter; [`Unsupported`](ErrorKind::Unsupported) before Linux 2.6.23.
    pub fn num_ctx_switches(&self) -> Result<CtxSwitches> {
        self.oneshot().num_ctx_switches()
    }

    /// How many descriptors the process has open: the entries of `/proc/[pid]/fd`.
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn num_fds(&self) -> Result<usize> {
        self.oneshot().num_fds()
    }

    /// How many threads the process has, from `/proc/[pid]/status`.
    ///
    /// # Errors
    /// As every getter.
    pub fn num_threads(&self) -> Result<u64> {
        self.oneshot().num_threads()
    }

    /// The threads with their CPU times, from `/proc/[pid]/task/[tid]/stat`, in the order of their
    /// IDs as text.
    ///
    /// # Errors
    /// As every getter.
    pub fn threads(&self) -> Result<Vec<Thread>> {
        self.oneshot().threads()
    }

    /// CPU time since the process began, seconds; from `/proc/[pid]/stat`.
    ///
    /// # Errors
    /// As every getter.
    pub fn cpu_times(&self) -> Result<CpuTimes> {
        self.oneshot().cpu_times()
    }

    /// CPU use in percent of one CPU, rounded to one decimal; above 100 for a process with several
    /// busy threads.
    ///
    /// With an interval it measures that long; with `None` (or zero) since the last call on this
    /// process, 0.0 at the first.
    ///
    /// # Errors
    /// As every getter.
    pub fn cpu_percent(&self, interval: Option<Duration>) -> Result<f64> {
        if let Some(interval) = interval.filter(|interval| !interval.is_zero()) {
            let first = self.cpu_sample(&self.oneshot())?;
            std::thread::sleep(interval);
            let second = self.cpu_sample(&self.oneshot())?;
            *lock(&self.0.cpu_sample) = Some(second);
            return Ok(second.percent_since(&first));
        }
        self.oneshot().cpu_percent()
    }

    fn cpu_sample(&self, view: &OneShot<'_>) -> Result<CpuSample> {
        let at = Instant::now();
        let times = view.cpu_times()?;
        Ok(CpuSample { at, busy: times.user + times.system })
    }

    /// The CPU that the process last ran on, from `/proc/[pid]/stat`.
    ///
    /// # Errors
    /// As every getter.
    pub fn cpu_num(&self) -> Result<i32> {
        self.oneshot().cpu_num()
    }

    /// Memory, bytes; from `/proc/[pid]/statm`.
    ///
    /// # References
    /// [proc_pid_statm(5)](https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html)
    ///
    /// # Errors
    /// As every getter.
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        self.oneshot().memory_info()
    }

    /// [`memory_info`](Self::memory_info) with peaks, kinds and swap of `/proc/[pid]/status`.
    ///
    /// # Errors
    /// As every getter.
    pub fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        self.oneshot().memory_info_ex()
    }

    /// What the process costs, bytes; from `/proc/[pid]/smaps_rollup` (`smaps` before Linux 4.14).
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn memory_footprint(&self) -> Result<MemoryFootprint> {
        self.oneshot().memory_footprint()
    }

    /// A memory figure in percent of the machine's memory (`MemTotal` of `/proc/meminfo`, read once),
    /// not rounded.
    ///
    /// # Errors
    /// As the getter that has the figure.
    pub fn memory_percent(&self, memtype: MemoryType) -> Result<f64> {
        self.oneshot().memory_percent(memtype)
    }

    /// The mappings one by one, from `/proc/[pid]/smaps`. psutil's `memory_maps(grouped=False)`.
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        self.oneshot().memory_maps()
    }

    /// The mappings summed by path, in the order of first mention. psutil's
    /// `memory_maps(grouped=True)`.
    ///
    /// # Errors
    /// As [`memory_maps`](Self::memory_maps).
    pub fn memory_maps_grouped(&self) -> Result<Vec<MemoryMapGrouped>> {
        self.oneshot().memory_maps_grouped()
    }

    /// Page faults since the process began, from `/proc/[pid]/stat`.
    ///
    /// # Errors
    /// As every getter.
    pub fn page_faults(&self) -> Result<PageFaults> {
        self.oneshot().page_faults()
    }

    /// The regular files that the process has open: links of `/proc/[pid]/fd`, offset and flags of
    /// `/proc/[pid]/fdinfo`.
    ///
    /// Files are recognised by their descriptors, so those in another mount namespace are told too,
    /// and no path is ever followed. A deleted file is left out, as in psutil.
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn open_files(&self) -> Result<Vec<OpenFile>> {
        self.oneshot().open_files()
    }

    /// The sockets that the process holds: `/proc/[pid]/fd`, and those of the network namespace that the
    /// process lives in, by `NETLINK_SOCK_DIAG` where it is ours, from `/proc/[pid]/net` elsewhere.
    ///
    /// # Errors
    /// As every getter; [`AccessDenied`](ErrorKind::AccessDenied) for another user's process.
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        self.oneshot().net_connections(kind)
    }

    /// `name='x', status='running'` and so on, as far as they can be told.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process(pid={}", self.0.pid)?;
        let view = self.oneshot();
        let quoted = |text: &OsStr| format!("'{}'", text.to_string_lossy().escape_debug());
        // Not the name of the process that has the PID now.
        let fresh = if self.is_pid_reused() { None } else { view.name().ok() };
        if let Some(name) = fresh.or_else(|| self.known_name()) {
            write!(f, ", name={}", quoted(&name))?;
        }
        let status = if self.is_pid_reused() {
            Some("terminated + PID reused")
        } else {
            match view.status() {
                Ok(status) => Some(status.as_str()),
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => Some("terminated"),
                Err(error) if error.kind() == ErrorKind::ZombieProcess => Some("zombie"),
                Err(_) => None,
            }
        };
        if let Some(status) = status {
            write!(f, ", status='{status}'")?;
        }
        if let Some(Some(exit)) = self.0.exit.get() {
            use std::os::unix::process::ExitStatusExt;
            let code = exit.code().or_else(|| exit.signal().map(|signal| -signal));
            write!(f, ", exitcode={}", code.unwrap_or_default())?;
        }
        if let Some(started) = self.0.create_time.get()
            && let Some(text) = local_time(*started)
        {
            write!(f, ", started='{text}'")?;
        }
        f.write_str(")")
    }
}

/// A time as psutil shows it: without the date when younger than a day.
fn local_time(epoch: f64) -> Option<String> {
    let [year, month, day, hour, minute, second] = sys::pal::local_time(epoch as i64)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if now - epoch < 24.0 * 3600.0 {
        return Some(time);
    }
    Some(format!("{year:04}-{month:02}-{day:02} {time}"))
}

impl PartialEq for Process {
    /// The same process, not merely the same PID; where a start time cannot be known, the PID
    /// decides.
    fn eq(&self, other: &Self) -> bool {
        if self.is_same_handle(other) {
            return true;
        }
        self.0.pid == other.0.pid
            && self.identity().same(&other.identity()) != Some(false)
            && !self.is_other_of_its_tick(other)
            && !self.is_successor_of(other)
            && !other.is_successor_of(self)
    }
}

impl Eq for Process {}

impl Hash for Process {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.pid.hash(state);
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f)
    }
}

impl fmt::Display for Process {
    /// `Process(pid=1, name='systemd', status='sleeping')`; reads the process.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f)
    }
}

/// The sorted PIDs of the running processes: the numbers in `/proc`.
///
/// # Errors
/// [`Os`](ErrorKind::Os) where `/proc` cannot be listed.
pub fn pids() -> Result<Vec<Pid>> {
    Roots::default().pids()
}

/// Whether a process has this PID: `kill(pid, 0)`, and `Tgid:` of `/proc/[pid]/status`, so that a
/// thread's ID is no PID.
///
/// False for negative numbers and zero.
pub fn pid_exists(pid: Pid) -> bool {
    Roots::default().pid_exists(pid)
}
