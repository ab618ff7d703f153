use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use rustix::io::Errno;

use crate::Pid;
use crate::env::{Roots, clock_ticks, page_size, path_from_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, ConnectionKind};
use crate::parse::{self, ParseError, Stat, Statm, Status};
use crate::process::{
    CpuTimes, CtxSwitches, Environ, Gids, IoCounters, MemoryFootprint, MemoryInfo, MemoryInfoEx,
    MemoryMap, OpenFile, OpenMode, PageFaults, ProcessStatus, Thread, Uids,
};
use crate::sys::net::{self, NetTables};
use crate::sys::pal;

/// The numeric names in `PROC`, sorted.
pub(crate) fn pids(roots: &Roots) -> Result<Vec<Pid>> {
    let path = roots.proc_file("");
    let mut pids = Vec::with_capacity(512);
    pal::with_path(&path, b"", |path| pal::numeric_entries(path, |pid| pids.push(pid)))
        .map_err(|errno| Error::os(errno.into()).with_path(path_from_bytes(&path)))?;
    pids.sort_unstable();
    Ok(pids)
}

/// `kill(pid, 0)`, then the `Tgid:` of `PROC/PID/status`, which tells a process from a thread.
pub(crate) fn pid_exists(roots: &Roots, pid: Pid) -> bool {
    if pid <= 0 || roots.is_default() && pal::kill(pid, 0) == Err(Errno::SRCH) {
        return false;
    }
    let view = View::new(roots, pid);
    match view.status_file().map(|status| status.tgid) {
        Ok(Some(tgid)) => tgid == pid,
        _ => match pids(roots) {
            Ok(pids) => pids.binary_search(&pid).is_ok(),
            // No descriptor is left to look with.
            Err(_) => roots.is_default() && pal::is_process(pid),
        },
    }
}

/// What tells a process from every other that had or will have its PID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Clock ticks since boot; None where the kernel would not say.
    pub(crate) start: Option<u64>,
    /// The pidfs inode of a process that was within its first clock tick when it was looked at:
    /// only then can another with the same PID have the same start time.
    pub(crate) pidfs: Option<u64>,
}

impl Identity {
    pub(crate) const UNKNOWN: Self = Self { start: None, pidfs: None };

    /// None where either side is unknown.
    pub(crate) fn same(&self, other: &Self) -> Option<bool> {
        let (a, b) = (self.start?, other.start?);
        match (self.pidfs, other.pidfs) {
            (Some(x), Some(y)) => Some(a == b && x == y),
            _ => Some(a == b),
        }
    }
}

/// Clock ticks since boot.
pub(crate) fn ticks_now() -> u64 {
    let now = pal::time_since_boot();
    let tick = clock_ticks();
    now.as_secs() * tick + u64::from(now.subsec_nanos()) * tick / 1_000_000_000
}

pub(crate) fn pidfs_inode(pid: Pid) -> Option<u64> {
    use std::os::fd::AsFd;
    let pidfd = pal::pidfd_open(pid).ok()?;
    pal::pidfs_inode(pidfd.as_fd())
}

/// The children of a process, or of it and all its descendants, by parent; in the order in which the
/// kernel has them, which is that of birth or adoption. None where its lists cannot tell: no
/// `CONFIG_PROC_CHILDREN`, other roots, processes hidden from this user (`hidepid`), more descendants
/// than a scan of all processes is worth, or no two equal readings.
///
/// The kernel walks a list child by child, and goes on by counting where the last child it told of
/// is gone: it then passes over others. Two equal readings mean that all who were told of at first
/// were still there to be told of again, hence that none was passed over; and that the lists read in
/// between were those of these very processes. What two readings do not show, a thread that
/// ended and left its children to another, is asked at the end.
///
/// # References
/// `Documentation/filesystems/proc.rst`, 3.7
pub(crate) fn child_lists(
    roots: &Roots,
    pid: Pid,
    recursive: bool,
) -> Option<HashMap<Pid, Vec<Pid>>> {
    const TRIES: usize = 3;
    let sees_all =
        || pal::with_path(b"/proc/1/stat", b"", |path| Ok(pal::may_read(path))) == Ok(true);
    if !roots.is_default() || !sees_all() {
        return None;
    }
    let limit = if recursive {
        // The links of `/proc` are its processes. Two readings of a list cost about as much as three
        // processes of a scan.
        pal::with_path(b"/proc", b"", pal::stat_mode).ok()?.nlink as usize / 3
    } else {
        usize::MAX
    };
    for _ in 0..TRIES {
        // Somebody ended while being asked.
        let Some(families) = families(roots, pid, recursive, limit) else { continue };
        if families.iter().map(|family| family.children.len()).sum::<usize>() > limit {
            return None;
        }
        if families.iter().all(Family::is_settled) {
            return Some(
                families.into_iter().map(|family| (family.view.pid, family.children)).collect(),
            );
        }
    }
    None
}

fn families(roots: &Roots, pid: Pid, recursive: bool, limit: usize) -> Option<Vec<Family>> {
    let mut families = vec![Family::read(roots, pid)?];
    let (mut next, mut count) = (0, 0);
    while let Some(family) = families.get(next).filter(|_| recursive) {
        let children = family.children.clone();
        count += children.len();
        if count > limit {
            break;
        }
        for child in children {
            families.push(Family::read(roots, child)?);
        }
        next += 1;
    }
    Some(families)
}

/// A process and the lists of its threads.
struct Family {
    view: View,
    threads: Vec<Pid>,
    text: Vec<u8>,
    children: Vec<Pid>,
}

impl Family {
    fn read(roots: &Roots, pid: Pid) -> Option<Self> {
        let view = View::new(roots, pid);
        let threads = match view.has_one_thread()? {
            true => vec![pid],
            false => match view.at("task", pal::threads).ok()? {
                // The first is the process: a thread's ID is nobody's parent.
                (threads, true) if threads.first() == Some(&pid) => threads,
                _ => return None,
            },
        };
        let text = view.child_lists(&threads)?;
        let children = parse::children(&text).ok()?;
        Some(Self { view, threads, text, children })
    }

    /// Whether the lists are still the same, and of threads of which none has ended since they were
    /// first read.
    fn is_settled(&self) -> bool {
        self.view.child_lists(&self.threads).is_some_and(|text| text == self.text)
            && match *self.threads {
                [_] => self.view.has_one_thread() == Some(true),
                _ => self.threads.iter().all(|tid| {
                    let file = format!("task/{tid}/stat");
                    let stat = self.view.parsed(&file, pal::read_record, parse::stat);
                    stat.is_ok_and(|stat| !matches!(stat.state, b'Z' | b'X' | b'x'))
                }),
            }
    }
}

/// The identities of those among some processes, in the order of birth or adoption, that may have
/// begun since the tick `listed` was about to begin; None for one that has ended. All others began
/// before that tick. None where that cannot be told.
///
/// PIDs are given away in turn, so that the youngest come first when counted down from the PID given
/// last. A fork that was held up between taking its PID and taking the time stands at the end of its
/// parent's list all the same.
pub(crate) fn youngest(
    roots: &Roots,
    families: &HashMap<Pid, Vec<Pid>>,
    listed: u64,
) -> Result<Option<HashMap<Pid, Option<Identity>>>> {
    let mut text = Vec::new();
    let ours = pal::with_path(b"/proc/self", b"", pal::read_link)
        .is_ok_and(|link| link == std::process::id().to_string().as_bytes());
    let read = pal::with_path(b"/proc/sys/kernel/ns_last_pid", b"", |path| {
        pal::read_record(path, &mut text)
    });
    let last = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse::<Pid>().ok());
    let (true, Ok(()), Some(last)) = (ours && roots.uses_pidfd(), read, last) else {
        return Ok(None);
    };
    let mut all: Vec<Pid> = families.values().flatten().copied().collect();
    all.sort_unstable_by_key(|&pid| (pid > last, std::cmp::Reverse(pid)));
    let mut young = HashMap::new();
    identify_young(roots, all.iter(), listed, &mut young)?;
    for children in families.values() {
        identify_young(roots, children.iter().rev(), listed, &mut young)?;
    }
    Ok(Some(young))
}

/// Down to the first that is old.
fn identify_young<'a>(
    roots: &Roots,
    pids: impl Iterator<Item = &'a Pid>,
    listed: u64,
    young: &mut HashMap<Pid, Option<Identity>>,
) -> Result<()> {
    for &pid in pids {
        if young.contains_key(&pid) {
            continue;
        }
        match View::new(roots, pid).identify() {
            Ok(identity) if identity.start < listed.checked_sub(1) => return Ok(()),
            Ok(identity) => young.insert(pid, Some(identity)),
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => young.insert(pid, None),
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// The network namespace of the process or thread with this folder.
fn net_namespace(dir: &[u8]) -> Option<u64> {
    let link = pal::with_path(dir, b"ns/net", pal::read_link).ok()?;
    pal::link_inode(&link, b"net")
}

/// A set of kernel sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources(u8);

impl Sources {
    pub(crate) const STAT: Self = Self(1);
    pub(crate) const STATUS: Self = Self(2);
    pub(crate) const CMDLINE: Self = Self(4);

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The kernel's files of one process. A file that was read is kept, a failure is not.
pub(crate) struct View {
    roots: Roots,
    pid: Pid,
    dir: Vec<u8>,
    /// Files that will be read anyway, so that an answer found in several comes from those.
    planned: Sources,
    buf: RefCell<Vec<u8>>,
    stat: OnceCell<Stat>,
    status: OnceCell<Status>,
    statm: OnceCell<Statm>,
    /// Unparsed: few names need it a second time.
    cmdline: OnceCell<Vec<u8>>,
}

impl View {
    pub(crate) fn new(roots: &Roots, pid: Pid) -> Self {
        Self::with_buffer(roots, pid, Sources::default(), Vec::new())
    }

    pub(crate) fn with_buffer(roots: &Roots, pid: Pid, planned: Sources, buf: Vec<u8>) -> Self {
        let mut dir = roots.proc_file("");
        push_number(&mut dir, pid);
        dir.push(b'/');
        Self {
            roots: roots.clone(),
            pid,
            dir,
            planned,
            buf: RefCell::new(buf),
            stat: OnceCell::new(),
            status: OnceCell::new(),
            statm: OnceCell::new(),
            cmdline: OnceCell::new(),
        }
    }

    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.buf.into_inner()
    }

    /// Reads `stat`, and of whom it tells. A process in its first tick has its pidfs inode taken
    /// and is read again: what the view then tells is of the process with this identity, or of one
    /// that this identity does not fit.
    pub(crate) fn identify(&mut self) -> Result<Identity> {
        let before = ticks_now();
        let start = self.start_ticks()?;
        let has_pidfs = self.roots.is_default() && self.roots.uses_pidfd();
        if !has_pidfs || before > start.saturating_add(1) {
            return Ok(Identity { start: Some(start), pidfs: None });
        }
        let pidfs = pidfs_inode(self.pid);
        self.stat.take();
        Ok(Identity { start: Some(self.start_ticks()?), pidfs })
    }

    /// The links of `task` are its threads.
    fn has_one_thread(&self) -> Option<bool> {
        self.at("task", pal::stat_mode).ok().map(|facts| facts.nlink == 3)
    }

    /// `task/TID/children` of each thread, a line each.
    fn child_lists(&self, threads: &[Pid]) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        let mut buf = self.buf.borrow_mut();
        for tid in threads {
            self.at(&format!("task/{tid}/children"), |path| pal::read_to_end(path, &mut buf))
                .ok()?;
            all.extend_from_slice(&buf);
            all.push(b'\n');
        }
        Some(all)
    }

    fn path_of(&self, file: &str) -> PathBuf {
        path_from_bytes(&[&self.dir, file.as_bytes()].concat())
    }

    fn at<T>(&self, file: &str, f: impl FnOnce(&CStr) -> pal::SysResult<T>) -> Result<T> {
        pal::with_path(&self.dir, file.as_bytes(), f).map_err(|errno| self.classify(errno, file))
    }

    /// The one place that turns the kernel's refusals into kinds: denied, zombie, gone, or raw.
    #[cold]
    fn classify(&self, errno: Errno, file: &str) -> Error {
        let error = match errno {
            Errno::ACCESS | Errno::PERM => Error::access_denied(self.pid),
            Errno::SRCH | Errno::NOENT => match self.liveness() {
                Liveness::Gone => Error::no_such_process(self.pid),
                Liveness::Zombie(ppid) => self.zombie(ppid),
                Liveness::Alive => Error::new(ErrorKind::Os).with_pid(self.pid),
            },
            _ => Error::new(ErrorKind::Os).with_pid(self.pid),
        };
        error.with_path(self.path_of(file)).with_source(errno.into())
    }

    fn zombie(&self, ppid: Pid) -> Error {
        Error::new(ErrorKind::ZombieProcess).with_pid(self.pid).with_ppid(ppid)
    }

    /// Reads `stat` anew: a cell would tell of the past.
    fn liveness(&self) -> Liveness {
        let mut text = Vec::new();
        match pal::with_path(&self.dir, b"stat", |path| pal::read_record(path, &mut text)) {
            Err(Errno::NOENT | Errno::SRCH) => Liveness::Gone,
            Err(_) => Liveness::Alive,
            Ok(()) => match parse::stat(&text) {
                Ok(stat) if stat.state == b'Z' => Liveness::Zombie(stat.ppid),
                _ => Liveness::Alive,
            },
        }
    }

    /// An empty file of a zombie is the zombie's error.
    fn unless_zombie<T>(&self, value: T) -> Result<T> {
        match self.liveness() {
            Liveness::Zombie(ppid) => Err(self.zombie(ppid)),
            Liveness::Alive => Ok(value),
            Liveness::Gone => Err(Error::no_such_process(self.pid)),
        }
    }

    /// Fails where the process has ended meanwhile; for answers put together from several files.
    fn unless_gone<T>(&self, value: T) -> Result<T> {
        match self.liveness() {
            Liveness::Gone => Err(Error::no_such_process(self.pid)),
            _ => Ok(value),
        }
    }

    fn parsed<T>(
        &self,
        file: &str,
        read: impl FnOnce(&CStr, &mut Vec<u8>) -> pal::SysResult<()>,
        parse: impl FnOnce(&[u8]) -> Result<T, ParseError>,
    ) -> Result<T> {
        let mut buf = self.buf.borrow_mut();
        self.at(file, |path| read(path, &mut buf))?;
        parse(&buf).map_err(|error| Error::parse(error, self.path_of(file)).with_pid(self.pid))
    }

    fn cell<T>(cell: &OnceCell<T>, read: impl FnOnce() -> Result<T>) -> Result<&T> {
        match cell.get() {
            Some(value) => Ok(value),
            None => read().map(|value| cell.get_or_init(|| value)),
        }
    }

    pub(crate) fn stat(&self) -> Result<&Stat> {
        Self::cell(&self.stat, || self.parsed("stat", pal::read_record, parse::stat))
    }

    pub(crate) fn status_file(&self) -> Result<&Status> {
        Self::cell(&self.status, || self.parsed("status", pal::read_record, parse::status))
    }

    fn statm(&self) -> Result<&Statm> {
        Self::cell(&self.statm, || self.parsed("statm", pal::read_record, parse::statm))
    }

    fn missing(&self, file: &str, what: &'static str) -> Error {
        Error::parse(ParseError::new(format!("{what} is missing")), self.path_of(file))
            .with_pid(self.pid)
    }

    fn plans(&self, sources: Sources) -> bool {
        self.planned.contains(sources)
    }

    /// True where a `stat` that was read anyway says so.
    fn is_kernel_thread(&self) -> bool {
        const PF_KTHREAD: u64 = 0x0020_0000;
        self.stat.get().is_some_and(|stat| stat.flags & PF_KTHREAD != 0)
    }

    pub(crate) fn comm(&self) -> Result<&[u8]> {
        Ok(&self.stat()?.comm)
    }

    pub(crate) fn status(&self) -> Result<ProcessStatus> {
        Ok(ProcessStatus::from_letter(self.stat()?.state))
    }

    pub(crate) fn ppid(&self) -> Result<Pid> {
        Ok(self.stat()?.ppid)
    }

    /// Clock ticks since boot.
    pub(crate) fn start_ticks(&self) -> Result<u64> {
        Ok(self.stat()?.starttime)
    }

    pub(crate) fn cpu_times(&self) -> Result<CpuTimes> {
        let stat = self.stat()?;
        Ok(CpuTimes {
            user: seconds(stat.utime),
            system: seconds(stat.stime),
            children_user: seconds(stat.cutime),
            children_system: seconds(stat.cstime),
            iowait: seconds(stat.delayacct_blkio_ticks.unwrap_or(0)),
        })
    }

    pub(crate) fn cpu_num(&self) -> Result<i32> {
        self.stat()?.processor.ok_or_else(|| self.missing("stat", "processor"))
    }

    pub(crate) fn page_faults(&self) -> Result<PageFaults> {
        let stat = self.stat()?;
        Ok(PageFaults { minor: stat.minflt, major: stat.majflt })
    }

    pub(crate) fn uids(&self) -> Result<Uids> {
        let [real, effective, saved, _] =
            self.status_file()?.uid.ok_or_else(|| self.missing("status", "Uid"))?;
        Ok(Uids { real, effective, saved })
    }

    pub(crate) fn gids(&self) -> Result<Gids> {
        let [real, effective, saved, _] =
            self.status_file()?.gid.ok_or_else(|| self.missing("status", "Gid"))?;
        Ok(Gids { real, effective, saved })
    }

    pub(crate) fn num_threads(&self) -> Result<u64> {
        if self.plans(Sources::STAT) && !self.plans(Sources::STATUS) {
            return Ok(self.stat()?.num_threads);
        }
        self.status_file()?.threads.ok_or_else(|| self.missing("status", "Threads"))
    }

    pub(crate) fn num_ctx_switches(&self) -> Result<CtxSwitches> {
        let status = self.status_file()?;
        match (status.voluntary_ctxt_switches, status.nonvoluntary_ctxt_switches) {
            (Some(voluntary), Some(involuntary)) => Ok(CtxSwitches { voluntary, involuntary }),
            _ => Err(Error::unsupported(
                "voluntary_ctxt_switches and nonvoluntary_ctxt_switches are missing; \
                 the kernel has them since Linux 2.6.23",
            )
            .with_pid(self.pid)
            .with_path(self.path_of("status"))),
        }
    }

    /// The nice value as the kernel's files have it; None where `getpriority(2)` is cheaper.
    pub(crate) fn nice_from_stat(&self) -> Option<Result<i32>> {
        if self.roots.is_default() && !self.plans(Sources::STAT) {
            return None;
        }
        Some(self.stat().and_then(|stat| {
            i32::try_from(stat.nice).map_err(|_| {
                Error::parse(ParseError::new("nice is out of range"), self.path_of("stat"))
                    .with_pid(self.pid)
            })
        }))
    }

    /// `Cpus_allowed_list`, for roots whose PIDs system calls do not know.
    pub(crate) fn cpus_allowed(&self) -> Result<Vec<usize>> {
        self.parsed("status", pal::read_record, parse::cpus_allowed_list)
    }

    /// `PROC/PID/limits`, for roots whose PIDs system calls do not know.
    pub(crate) fn limit(&self, resource: crate::process::Resource) -> Result<(u64, u64)> {
        self.parsed("limits", pal::read_record, |text| parse::limits(text, resource.as_str()))
    }

    pub(crate) fn memory_info(&self) -> Result<MemoryInfo> {
        if self.is_kernel_thread() {
            // It has no memory of its own: `status` says nothing, `statm` zeros.
            return Ok(MemoryInfo { rss: 0, vms: 0, shared: 0, text: 0, data: 0 });
        }
        let by_status = self.plans(Sources::STATUS) || self.status.get().is_some();
        if by_status
            && self.statm.get().is_none()
            && let Some(info) = memory_from_status(self.status_file()?)
        {
            return Ok(info);
        }
        let statm = self.statm()?;
        let page = page_size();
        Ok(MemoryInfo {
            rss: statm.resident.saturating_mul(page),
            vms: statm.size.saturating_mul(page),
            shared: statm.shared.saturating_mul(page),
            text: statm.text.saturating_mul(page),
            data: statm.data.saturating_mul(page),
        })
    }

    pub(crate) fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        let status = self.status_file()?;
        let basic = self.memory_info()?;
        let or_zero = |value: Option<u64>| value.unwrap_or(0);
        Ok(MemoryInfoEx {
            rss: basic.rss,
            vms: basic.vms,
            shared: basic.shared,
            text: basic.text,
            data: basic.data,
            peak_rss: or_zero(status.vm_hwm),
            peak_vms: or_zero(status.vm_peak),
            rss_anon: or_zero(status.rss_anon),
            rss_file: or_zero(status.rss_file),
            rss_shmem: or_zero(status.rss_shmem),
            swap: or_zero(status.vm_swap),
            hugetlb: or_zero(status.hugetlb_pages),
        })
    }

    pub(crate) fn memory_footprint(&self) -> Result<MemoryFootprint> {
        let rollup = match self.parsed("smaps_rollup", pal::read_record, parse::smaps_rollup) {
            // Before Linux 4.14 there is no such file; kernel threads and zombies have it but answer
            // ESRCH.
            Err(error) if is_missing(&error) || error.kind() == ErrorKind::ZombieProcess => {
                self.sum_of_smaps()?
            }
            other => other?,
        };
        Ok(MemoryFootprint { uss: rollup.uss, pss: rollup.pss, swap: rollup.swap })
    }

    fn sum_of_smaps(&self) -> Result<parse::Rollup> {
        match self.parsed("smaps", pal::read_to_end, parse::smaps_rollup) {
            Err(error) if is_missing(&error) && error.raw_os_error() == Some(libc::ESRCH) => {
                Ok(parse::Rollup::default())
            }
            // A zombie has given all its memory back: zeros, as in `memory_info`.
            Err(error) if error.kind() == ErrorKind::ZombieProcess => Ok(parse::Rollup::default()),
            other => other,
        }
    }

    pub(crate) fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        let maps = self.parsed("smaps", pal::read_to_end, |text| {
            let mut maps = Vec::new();
            parse::smaps(text, |mapping| {
                let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                maps.push(MemoryMap {
                    addr: lossy(mapping.addr),
                    perms: lossy(mapping.perms),
                    path: match mapping.path {
                        b"" => PathBuf::from("[anon]"),
                        path => path_from_bytes(strip_deleted(path)),
                    },
                    rss: mapping.rss,
                    size: mapping.size,
                    pss: mapping.pss,
                    shared_clean: mapping.shared_clean,
                    shared_dirty: mapping.shared_dirty,
                    private_clean: mapping.private_clean,
                    private_dirty: mapping.private_dirty,
                    referenced: mapping.referenced,
                    anonymous: mapping.anonymous,
                    swap: mapping.swap,
                });
            })?;
            Ok(maps)
        });
        match maps {
            // A kernel thread has no memory of its own.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) && is_missing(&error) => {
                Ok(Vec::new())
            }
            Ok(maps) if maps.is_empty() => self.unless_zombie(maps),
            other => other,
        }
    }

    pub(crate) fn cmdline(&self) -> Result<Vec<OsString>> {
        if let Some(text) = self.cmdline.get() {
            return Ok(parse::cmdline(text));
        }
        let args = self.parsed("cmdline", pal::read_record, |text| Ok(parse::cmdline(text)))?;
        if args.is_empty() && !self.is_kernel_thread() {
            self.unless_zombie(())?;
        }
        if self.plans(Sources::CMDLINE) {
            // Just read, and `unless_zombie` has a buffer of its own.
            self.cmdline.get_or_init(|| self.buf.borrow().clone());
        }
        Ok(args)
    }

    pub(crate) fn environ(&self) -> Result<Environ> {
        match self.parsed("environ", pal::read_record, |text| Ok(parse::environ(text))) {
            // Linux answers ESRCH for a kernel thread to those who may read it.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) && is_missing(&error) => {
                Ok(Vec::new())
            }
            Ok(environ) if environ.is_empty() => self.unless_zombie(environ),
            other => other,
        }
    }

    pub(crate) fn exe(&self) -> Result<PathBuf> {
        self.link("exe")
    }

    pub(crate) fn cwd(&self) -> Result<PathBuf> {
        self.link("cwd")
    }

    /// The path of a link, without what the kernel appends for a deleted file; empty where a
    /// process that lives has none.
    fn link(&self, file: &str) -> Result<PathBuf> {
        match self.at(file, pal::read_link) {
            Ok(path) => {
                let path = path.split(|&byte| byte == 0).next().unwrap_or_default();
                Ok(path_from_bytes(strip_deleted(path)))
            }
            Err(error) if is_missing(&error) => Ok(PathBuf::new()),
            Err(error) => Err(error),
        }
    }

    /// The device name of the controlling terminal.
    pub(crate) fn terminal(&self) -> Result<Option<PathBuf>> {
        Ok(match self.stat()?.tty_nr {
            0 => None,
            number => terminal_path(number),
        })
    }

    pub(crate) fn io_counters(&self) -> Result<IoCounters> {
        let io = self.parsed("io", pal::read_record, parse::io)?;
        Ok(IoCounters {
            read_count: io.syscr,
            write_count: io.syscw,
            read_bytes: io.read_bytes,
            write_bytes: io.write_bytes,
            read_chars: io.rchar,
            write_chars: io.wchar,
        })
    }

    fn folder(&self, file: &str) -> Result<pal::Folder> {
        self.at(file, pal::Folder::open)
    }

    /// The descriptors in `PROC/PID/fd`.
    fn fds(&self, folder: &pal::Folder) -> Result<Vec<i32>> {
        let mut fds = Vec::new();
        folder.numbers(|fd| fds.push(fd)).map_err(|errno| self.classify(errno, "fd"))?;
        // The kernel lists them in order; a captured tree need not.
        fds.sort_unstable();
        Ok(fds)
    }

    pub(crate) fn num_fds(&self) -> Result<usize> {
        let folder = self.folder("fd")?;
        // Since Linux 6.2 the size of the folder is their number.
        if self.roots.is_default()
            && let Ok(count @ 1..) = folder.size()
        {
            return Ok(usize::try_from(count).unwrap_or(usize::MAX));
        }
        let mut count = 0;
        folder.numbers(|_| count += 1).map_err(|errno| self.classify(errno, "fd"))?;
        Ok(count)
    }

    /// Where a descriptor leads; None where it was closed meanwhile, or cannot be told.
    fn fd_link<'b>(
        &self,
        folder: &pal::Folder,
        fd: i32,
        buf: &'b mut [u8; 4096],
    ) -> Result<Option<&'b [u8]>> {
        match folder.read_link(fd, buf) {
            Ok(path) => Ok(Some(path)),
            Err(Errno::NOENT | Errno::SRCH | Errno::INVAL | Errno::NAMETOOLONG) => Ok(None),
            Err(errno) => Err(self.classify(errno, &format!("fd/{fd}"))),
        }
    }

    pub(crate) fn open_files(&self) -> Result<Vec<OpenFile>> {
        let mut files = Vec::new();
        let folder = self.folder("fd")?;
        let mut info_folder = None;
        let mut link = [0; 4096];
        for fd in self.fds(&folder)? {
            let Some(path) = self.fd_link(&folder, fd, &mut link)? else { continue };
            // The path is only told, never followed: what the descriptor holds is asked through the
            // kernel's link, whatever mount namespace the path belongs to.
            let is_file = path.first() == Some(&b'/')
                && folder.stat_mode(fd).is_ok_and(|facts| facts.is_file && facts.nlink > 0);
            if !is_file {
                continue;
            }
            let infos = match &info_folder {
                Some(infos) => infos,
                None => info_folder.insert(self.folder("fdinfo")?),
            };
            let mut buf = self.buf.borrow_mut();
            let file = || format!("fdinfo/{fd}");
            let info = infos
                .read_record(fd, &mut buf)
                .map_err(|errno| self.classify(errno, &file()))
                .and_then(|()| {
                    parse::fdinfo(&buf).map_err(|error| {
                        Error::parse(error, self.path_of(&file())).with_pid(self.pid)
                    })
                });
            match info {
                Ok(info) => files.push(OpenFile {
                    path: path_from_bytes(path),
                    fd,
                    position: info.pos,
                    mode: OpenMode(parse::open_mode(info.flags)),
                    flags: info.flags,
                }),
                // Closed between the two reads.
                Err(error) if has_vanished(&error) => {}
                Err(error) => return Err(error),
            }
        }
        self.unless_gone(files)
    }

    /// The sockets that the process holds: `(inode, fd)`, in no order.
    fn sockets(&self) -> Result<Vec<(u64, i32)>> {
        let mut sockets = Vec::new();
        self.at("fd", |path| {
            pal::sockets_in(path, self.roots.is_default(), |inode, fd| sockets.push((inode, fd)))
        })?;
        Ok(sockets)
    }

    /// `PROC/PID/net` is the network namespace of the process, not of the caller.
    pub(crate) fn net_connections(
        &self,
        kind: ConnectionKind,
        tables: impl FnOnce(
            Option<u64>,
            &dyn Fn() -> Result<NetTables>,
        ) -> Result<std::sync::Arc<NetTables>>,
    ) -> Result<Vec<Connection>> {
        let sockets = self.sockets()?;
        if sockets.is_empty() {
            return self.unless_gone(Vec::new());
        }
        let namespace = net_namespace(&self.dir);
        let read = || {
            // Netlink tells of the namespace of the thread that asks.
            let netlink = self.roots.is_default()
                && self.roots.uses_netlink()
                && namespace.is_some()
                && namespace == net_namespace(b"/proc/thread-self/");
            NetTables::read(kind, netlink, |file, buf| {
                self.at(file, |path| pal::read_to_end(path, buf))
            })
            .map_err(|error| error.with_pid(self.pid))
        };
        let tables = tables(namespace, &read)?;
        self.unless_gone(net::join(&sockets, &tables))
    }

    pub(crate) fn threads(&self) -> Result<Vec<Thread>> {
        let mut tids = Vec::new();
        self.at("task", |path| pal::numeric_entries(path, |tid| tids.push(tid)))?;
        // psutil sorts the names of the folder, as text.
        tids.sort_by_cached_key(|tid| tid.to_string());
        let mut threads = Vec::with_capacity(tids.len());
        for tid in tids {
            match self.parsed(&format!("task/{tid}/stat"), pal::read_record, parse::stat) {
                Ok(stat) => threads.push(Thread {
                    id: tid,
                    user_time: seconds(stat.utime),
                    system_time: seconds(stat.stime),
                }),
                Err(error) if has_vanished(&error) => {}
                Err(error) => return Err(error),
            }
        }
        self.unless_gone(threads)
    }
}

enum Liveness {
    Gone,
    Zombie(Pid),
    Alive,
}

/// A file that is not there, of a process that is.
fn is_missing(error: &Error) -> bool {
    error.kind() == ErrorKind::Os
        && matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH))
}

/// As [`is_missing`], of one thread or descriptor among several: a process whose first thread has
/// ended looks like a zombie while the others come and go.
fn has_vanished(error: &Error) -> bool {
    error.kind() == ErrorKind::ZombieProcess || is_missing(error)
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / clock_ticks() as f64
}

fn push_number(path: &mut Vec<u8>, number: i32) {
    use std::io::Write;
    // Writing to a Vec does not fail.
    let _ = write!(path, "{number}");
}

/// The answer of `statm` out of `status`, which since Linux 4.5 has all of it; None for a process
/// without memory and on older kernels.
fn memory_from_status(status: &Status) -> Option<MemoryInfo> {
    Some(MemoryInfo {
        rss: status.vm_rss?,
        vms: status.vm_size?,
        shared: status.rss_file?.checked_add(status.rss_shmem?)?,
        text: status.vm_exe?,
        data: status.vm_data?.checked_add(status.vm_stk?)?,
    })
}

/// Takes away the kernel's ` (deleted)`, unless a file really has that name.
fn strip_deleted(path: &[u8]) -> &[u8] {
    match path.strip_suffix(b" (deleted)") {
        Some(stripped)
            if !pal::with_path(path, b"", |path| Ok(pal::path_exists(path))).unwrap_or(false) =>
        {
            stripped
        }
        _ => path,
    }
}

/// The device of `tty_nr`, by the kernel's numbering of terminals; verified, and searched for among
/// `/dev/tty*` and `/dev/pts/*` where the guess is wrong.
fn terminal_path(tty_nr: i32) -> Option<PathBuf> {
    let number = tty_nr.cast_unsigned();
    let major = number >> 8 & 0xfff;
    let minor = number & 0xff | number >> 12 & 0xfff00;
    let is_it = |path: &str| {
        pal::with_path(path.as_bytes(), b"", pal::stat_mode)
            .is_ok_and(|facts| facts.rdev == (major, minor))
    };
    let guess = match major {
        136..=143 => format!("/dev/pts/{}", minor + (major - 136) * 256),
        4 if minor < 64 => format!("/dev/tty{minor}"),
        4 => format!("/dev/ttyS{}", minor - 64),
        _ => String::new(),
    };
    if !guess.is_empty() && is_it(&guess) {
        return Some(guess.into());
    }
    let names = |dir: &str, prefix: &str| {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.file_name().into_vec())
            .filter(|name| name.starts_with(prefix.as_bytes()))
            .filter_map(|name| String::from_utf8(name).ok())
            .map(|name| format!("{dir}/{name}"))
            .collect::<Vec<_>>()
    };
    let mut devices = names("/dev", "tty").into_iter().chain(names("/dev/pts", ""));
    devices.find(|path| is_it(path)).map(PathBuf::from)
}
