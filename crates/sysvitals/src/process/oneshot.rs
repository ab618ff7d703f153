use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::{
    CpuTimes, CtxSwitches, Environ, Gids, IoCounters, IoPriority, MemoryFootprint, MemoryInfo,
    MemoryInfoEx, MemoryMap, MemoryMapGrouped, MemoryType, OpenFile, PageFaults, Pid, Process,
    ProcessStatus, Resource, Thread, Uids, lock,
};
use crate::env::{Roots, clock_ticks};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, ConnectionKind};
use crate::sys::net::NetTables;
use crate::sys::process::{Identity, Sources, View};
use crate::sys::{self, pal};

/// The longest name that `/proc/[pid]/stat` has room for (`TASK_COMM_LEN` less one).
const COMM_MAX: usize = 15;

/// Facts that are the same for every process of a sweep, each read when first needed: by one of the
/// sweep's threads, while the others that need it wait.
pub(crate) struct Shared {
    roots: Roots,
    boot_time: Mutex<Option<f64>>,
    users: Mutex<Vec<(u32, OsString)>>,
    nets: Mutex<HashMap<(u64, ConnectionKind), Arc<NetCell>>>,
}

/// The sockets of one network namespace, None until they are read.
type NetCell = Mutex<Option<Arc<NetTables>>>;

impl Shared {
    pub(crate) fn new(roots: &Roots) -> Self {
        Self {
            roots: roots.clone(),
            boot_time: Mutex::new(None),
            users: Mutex::new(Vec::new()),
            nets: Mutex::new(HashMap::new()),
        }
    }

    fn boot_time(&self) -> Result<f64> {
        let mut known = lock(&self.boot_time);
        match *known {
            Some(time) => Ok(time),
            None => Ok(*known.insert(sys::host::boot_time(&self.roots)?)),
        }
    }

    fn user_name(&self, uid: u32) -> OsString {
        let mut users = lock(&self.users);
        if let Some((_, name)) = users.iter().find(|(known, _)| *known == uid) {
            return name.clone();
        }
        let name = sys::host::user_name(uid);
        users.push((uid, name.clone()));
        name
    }

    /// The sockets of a network namespace, read once for all the processes in it.
    fn net_tables(
        &self,
        namespace: Option<u64>,
        kind: ConnectionKind,
        read: &dyn Fn() -> Result<NetTables>,
    ) -> Result<Arc<NetTables>> {
        let Some(namespace) = namespace else { return read().map(Arc::new) };
        let cell = Arc::clone(lock(&self.nets).entry((namespace, kind)).or_default());
        let mut known = lock(&cell);
        match &*known {
            Some(tables) => Ok(Arc::clone(tables)),
            None => Ok(Arc::clone(known.insert(Arc::new(read()?)))),
        }
    }
}

/// A view of a process that reads each kernel file at most once.
///
/// From [`Process::oneshot`]. It has all getters of [`Process`]; those whose answers come from
/// `stat`, `status` and `statm` share one reading, the others read at each call. A failure is not
/// kept: the next call tries again.
pub struct OneShot<'p> {
    process: Cow<'p, Process>,
    view: View,
    shared: Option<&'p Shared>,
}

impl<'p> OneShot<'p> {
    pub(crate) fn new(process: &'p Process) -> Self {
        let view = View::new(process.roots(), process.pid());
        Self { process: Cow::Borrowed(process), view, shared: None }
    }

    pub(crate) fn owned(process: Process) -> OneShot<'static> {
        let view = View::new(process.roots(), process.pid());
        OneShot { process: Cow::Owned(process), view, shared: None }
    }

    pub(crate) fn planned(
        process: &'p Process,
        planned: Sources,
        shared: &'p Shared,
        buf: Vec<u8>,
    ) -> Self {
        let view = View::with_buffer(process.roots(), process.pid(), planned, buf);
        Self { process: Cow::Borrowed(process), view, shared: Some(shared) }
    }

    /// A view of a process met for the first time: its identity comes out of the `stat` that the
    /// plan reads anyway.
    pub(crate) fn discover(
        pid: Pid,
        roots: &Roots,
        planned: Sources,
        shared: &'p Shared,
        buf: Vec<u8>,
    ) -> Result<Self> {
        let mut view = View::with_buffer(roots, pid, planned, buf);
        let identity = match view.identify() {
            Ok(identity) => identity,
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => return Err(error),
            Err(_) => Identity::UNKNOWN,
        };
        let process = Cow::Owned(Process::with_identity(pid, identity, roots));
        Ok(Self { process, view, shared: Some(shared) })
    }

    pub(crate) fn into_parts(self) -> (Cow<'p, Process>, Vec<u8>) {
        (self.process, self.view.into_buffer())
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The start time in the `stat` that this view has read or reads now.
    pub(crate) fn start_ticks(&self) -> Result<u64> {
        self.view.start_ticks()
    }

    fn named<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.with_name(self.process.known_name()))
    }

    /// See [`Process::name`].
    ///
    /// # Errors
    /// As [`Process::name`].
    pub fn name(&self) -> Result<OsString> {
        let comm = self.named(self.view.comm())?;
        let mut name = OsStr::from_bytes(comm).to_os_string();
        // A longer one is a kernel worker's, which has no command line.
        if comm.len() == COMM_MAX {
            match self.view.cmdline() {
                Ok(args) => {
                    if let Some(first) = args.first()
                        && let Some(base) = first.as_bytes().rsplit(|&byte| byte == b'/').next()
                        && base.starts_with(comm)
                    {
                        name = OsStr::from_bytes(base).to_os_string();
                    }
                }
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => {
                    return self.named(Err(error));
                }
                Err(_) => {}
            }
        }
        self.process.remember_name(&name);
        Ok(name)
    }

    /// See [`Process::exe`].
    ///
    /// # Errors
    /// As [`Process::exe`].
    pub fn exe(&self) -> Result<PathBuf> {
        if let Some(exe) = self.process.0.exe.get() {
            return Ok(exe.clone());
        }
        let exe = match self.named(self.view.exe()) {
            Ok(exe) if exe.as_os_str().is_empty() => match self.guess_exe() {
                Ok(guess) => guess.unwrap_or(exe),
                Err(error) if error.kind() == ErrorKind::AccessDenied => exe,
                Err(error) => return Err(error),
            },
            Ok(exe) => exe,
            Err(error) if error.kind() == ErrorKind::AccessDenied => {
                return self.guess_exe()?.ok_or(error);
            }
            Err(error) => return Err(error),
        };
        Ok(self.process.0.exe.get_or_init(|| exe).clone())
    }

    /// The first argument, if it is an absolute path of a file that we may execute.
    fn guess_exe(&self) -> Result<Option<PathBuf>> {
        let args = self.cmdline()?;
        Ok(args.first().map(Path::new).filter(|path| path.is_absolute()).and_then(|path| {
            let bytes = path.as_os_str().as_bytes();
            let usable = pal::with_path(bytes, b"", |path| {
                Ok(pal::stat_mode(path)?.is_file && pal::may_execute(path))
            });
            usable.unwrap_or(false).then(|| path.to_path_buf())
        }))
    }

    /// See [`Process::cmdline`].
    ///
    /// # Errors
    /// As [`Process::cmdline`].
    pub fn cmdline(&self) -> Result<Vec<OsString>> {
        self.named(self.view.cmdline())
    }

    /// See [`Process::environ`].
    ///
    /// # Errors
    /// As [`Process::environ`].
    pub fn environ(&self) -> Result<Environ> {
        self.named(self.view.environ())
    }

    /// See [`Process::create_time`].
    ///
    /// # Errors
    /// As [`Process::create_time`].
    pub fn create_time(&self) -> Result<f64> {
        if let Some(time) = self.process.0.create_time.get() {
            return Ok(*time);
        }
        // The start time is the identity's where that is known: reading it again could give
        // another process's.
        let ticks = match self.process.identity().start {
            Some(ticks) if self.shared.is_some() => ticks,
            _ => self.named(self.view.start_ticks())?,
        };
        let boot_time = match self.shared {
            Some(shared) => shared.boot_time()?,
            None => sys::host::boot_time(self.process.roots())?,
        };
        let time = ticks as f64 / clock_ticks() as f64 + boot_time;
        Ok(*self.process.0.create_time.get_or_init(|| time))
    }

    /// See [`Process::ppid`].
    ///
    /// # Errors
    /// As [`Process::ppid`].
    pub fn ppid(&self) -> Result<Pid> {
        let ppid = self.named(self.view.ppid())?;
        if self.is_someone_else()? {
            return Err(self.process.reused_error());
        }
        Ok(ppid)
    }

    /// Whether the `stat` of this view belongs to another process than the one looked at.
    pub(crate) fn is_someone_else(&self) -> Result<bool> {
        if self.process.is_pid_reused() {
            return Ok(true);
        }
        let identity = self.process.identity();
        let start = Some(self.start_ticks()?);
        let pidfs = identity.pidfs.and_then(|_| sys::process::pidfs_inode(self.process.pid()));
        let reused = identity.same(&Identity { start, pidfs }) == Some(false);
        if reused {
            self.process.mark_reused();
        }
        Ok(reused)
    }

    /// See [`Process::status`].
    ///
    /// # Errors
    /// As [`Process::status`].
    pub fn status(&self) -> Result<ProcessStatus> {
        self.named(self.view.status())
    }

    /// See [`Process::cwd`].
    ///
    /// # Errors
    /// As [`Process::cwd`].
    pub fn cwd(&self) -> Result<PathBuf> {
        self.named(self.view.cwd())
    }

    /// See [`Process::username`].
    ///
    /// # Errors
    /// As [`Process::username`].
    pub fn username(&self) -> Result<OsString> {
        let uid = self.uids()?.real;
        Ok(match self.shared {
            Some(shared) => shared.user_name(uid),
            None => sys::host::user_name(uid),
        })
    }

    /// See [`Process::uids`].
    ///
    /// # Errors
    /// As [`Process::uids`].
    pub fn uids(&self) -> Result<Uids> {
        self.named(self.view.uids())
    }

    /// See [`Process::gids`].
    ///
    /// # Errors
    /// As [`Process::gids`].
    pub fn gids(&self) -> Result<Gids> {
        self.named(self.view.gids())
    }

    /// See [`Process::terminal`].
    ///
    /// # Errors
    /// As [`Process::terminal`].
    pub fn terminal(&self) -> Result<Option<PathBuf>> {
        self.named(self.view.terminal())
    }

    /// See [`Process::nice`].
    ///
    /// # Errors
    /// As [`Process::nice`].
    pub fn nice(&self) -> Result<i32> {
        match self.view.nice_from_stat() {
            Some(nice) => self.named(nice),
            None => sys::control::nice(&self.process),
        }
    }

    /// See [`Process::ionice`].
    ///
    /// # Errors
    /// As [`Process::ionice`].
    pub fn ionice(&self) -> Result<IoPriority> {
        sys::control::ionice(&self.process)
    }

    /// See [`Process::rlimit`].
    ///
    /// # Errors
    /// As [`Process::rlimit`].
    pub fn rlimit(&self, resource: Resource) -> Result<(u64, u64)> {
        if self.process.roots().is_default() {
            return sys::control::rlimit(&self.process, resource);
        }
        self.named(self.view.limit(resource))
    }

    /// See [`Process::cpu_affinity`].
    ///
    /// # Errors
    /// As [`Process::cpu_affinity`].
    pub fn cpu_affinity(&self) -> Result<Vec<usize>> {
        if self.process.roots().is_default() {
            return sys::control::cpu_affinity(&self.process);
        }
        self.named(self.view.cpus_allowed())
    }

    /// See [`Process::io_counters`].
    ///
    /// # Errors
    /// As [`Process::io_counters`].
    pub fn io_counters(&self) -> Result<IoCounters> {
        self.named(self.view.io_counters())
    }

    /// See [`Process::num_ctx_switches`].
    ///
    /// # Errors
    /// As [`Process::num_ctx_switches`].
    pub fn num_ctx_switches(&self) -> Result<CtxSwitches> {
        self.named(self.view.num_ctx_switches())
    }

    /// See [`Process::num_fds`].
    ///
    /// # Errors
    /// As [`Process::num_fds`].
    pub fn num_fds(&self) -> Result<usize> {
        self.named(self.view.num_fds())
    }

    /// See [`Process::num_threads`].
    ///
    /// # Errors
    /// As [`Process::num_threads`].
    pub fn num_threads(&self) -> Result<u64> {
        self.named(self.view.num_threads())
    }

    /// See [`Process::threads`].
    ///
    /// # Errors
    /// As [`Process::threads`].
    pub fn threads(&self) -> Result<Vec<Thread>> {
        self.named(self.view.threads())
    }

    /// See [`Process::cpu_times`].
    ///
    /// # Errors
    /// As [`Process::cpu_times`].
    pub fn cpu_times(&self) -> Result<CpuTimes> {
        self.named(self.view.cpu_times())
    }

    /// CPU use since the last call on this process; see [`Process::cpu_percent`] without interval.
    ///
    /// # Errors
    /// As [`Process::cpu_percent`].
    pub fn cpu_percent(&self) -> Result<f64> {
        let sample = self.process.cpu_sample(self)?;
        let last = lock(&self.process.0.cpu_sample).replace(sample);
        Ok(last.map_or(0.0, |last| sample.percent_since(&last)))
    }

    /// See [`Process::cpu_num`].
    ///
    /// # Errors
    /// As [`Process::cpu_num`].
    pub fn cpu_num(&self) -> Result<i32> {
        self.named(self.view.cpu_num())
    }

    /// See [`Process::memory_info`].
    ///
    /// # Errors
    /// As [`Process::memory_info`].
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        self.named(self.view.memory_info())
    }

    /// See [`Process::memory_info_ex`].
    ///
    /// # Errors
    /// As [`Process::memory_info_ex`].
    pub fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        self.named(self.view.memory_info_ex())
    }

    /// See [`Process::memory_footprint`].
    ///
    /// # Errors
    /// As [`Process::memory_footprint`].
    pub fn memory_footprint(&self) -> Result<MemoryFootprint> {
        self.named(self.view.memory_footprint())
    }

    /// See [`Process::memory_percent`].
    ///
    /// # Errors
    /// As [`Process::memory_percent`].
    pub fn memory_percent(&self, memtype: MemoryType) -> Result<f64> {
        let value = match memtype {
            MemoryType::Rss => self.memory_info()?.rss,
            MemoryType::Vms => self.memory_info()?.vms,
            MemoryType::Shared => self.memory_info()?.shared,
            MemoryType::Text => self.memory_info()?.text,
            MemoryType::Data => self.memory_info()?.data,
            MemoryType::Uss => self.memory_footprint()?.uss,
            MemoryType::Pss => self.memory_footprint()?.pss,
            MemoryType::Swap => self.memory_footprint()?.swap,
            MemoryType::PeakRss => self.memory_info_ex()?.peak_rss,
            MemoryType::PeakVms => self.memory_info_ex()?.peak_vms,
            MemoryType::RssAnon => self.memory_info_ex()?.rss_anon,
            MemoryType::RssFile => self.memory_info_ex()?.rss_file,
            MemoryType::RssShmem => self.memory_info_ex()?.rss_shmem,
            MemoryType::Hugetlb => self.memory_info_ex()?.hugetlb,
        };
        let total = self.process.roots().total_memory()?;
        if total == 0 {
            return Err(Error::invalid(
                "can't calculate process memory percent because total physical memory is 0",
            ));
        }
        Ok(value as f64 / total as f64 * 100.0)
    }

    /// See [`Process::memory_maps`].
    ///
    /// # Errors
    /// As [`Process::memory_maps`].
    pub fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        self.named(self.view.memory_maps())
    }

    /// See [`Process::memory_maps_grouped`].
    ///
    /// # Errors
    /// As [`Process::memory_maps_grouped`].
    pub fn memory_maps_grouped(&self) -> Result<Vec<MemoryMapGrouped>> {
        let mut grouped: Vec<MemoryMapGrouped> = Vec::new();
        let mut places = HashMap::new();
        for map in self.memory_maps()? {
            let place = *places.entry(map.path.clone()).or_insert(grouped.len());
            match grouped.get_mut(place) {
                None => grouped.push(MemoryMapGrouped {
                    path: map.path,
                    rss: map.rss,
                    size: map.size,
                    pss: map.pss,
                    shared_clean: map.shared_clean,
                    shared_dirty: map.shared_dirty,
                    private_clean: map.private_clean,
                    private_dirty: map.private_dirty,
                    referenced: map.referenced,
                    anonymous: map.anonymous,
                    swap: map.swap,
                }),
                Some(sum) => {
                    for (sum, part) in [
                        (&mut sum.rss, map.rss),
                        (&mut sum.size, map.size),
                        (&mut sum.pss, map.pss),
                        (&mut sum.shared_clean, map.shared_clean),
                        (&mut sum.shared_dirty, map.shared_dirty),
                        (&mut sum.private_clean, map.private_clean),
                        (&mut sum.private_dirty, map.private_dirty),
                        (&mut sum.referenced, map.referenced),
                        (&mut sum.anonymous, map.anonymous),
                        (&mut sum.swap, map.swap),
                    ] {
                        *sum = sum.saturating_add(part);
                    }
                }
            }
        }
        Ok(grouped)
    }

    /// See [`Process::page_faults`].
    ///
    /// # Errors
    /// As [`Process::page_faults`].
    pub fn page_faults(&self) -> Result<PageFaults> {
        self.named(self.view.page_faults())
    }

    /// See [`Process::open_files`].
    ///
    /// # Errors
    /// As [`Process::open_files`].
    pub fn open_files(&self) -> Result<Vec<OpenFile>> {
        self.named(self.view.open_files())
    }

    /// See [`Process::net_connections`].
    ///
    /// # Errors
    /// As [`Process::net_connections`].
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        self.named(self.view.net_connections(kind, |namespace, read| match self.shared {
            Some(shared) => shared.net_tables(namespace, kind, read),
            None => read().map(Arc::new),
        }))
    }
}

/// To one decimal, half to even on the exact value, as Python's `round(x, 1)`.
pub(crate) fn round1(value: f64) -> f64 {
    format!("{value:.1}").parse().unwrap_or(value)
}
