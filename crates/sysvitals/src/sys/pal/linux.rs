#![allow(unsafe_code)]

use std::ffi::{CStr, CString, OsString};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags};
use rustix::fs::{AtFlags, Mode, OFlags, RawDir, Statx, StatxFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{PidfdFlags, Signal};
use rustix::time::{ClockId, Timespec};

use crate::Pid;
use crate::parse::text::whole_u64;

pub(crate) type SysResult<T> = std::result::Result<T, Errno>;

/// Calls `f` with `dir` + `file` as a C string; on the stack unless the path is long.
pub(crate) fn with_path<T>(
    dir: &[u8],
    file: &[u8],
    f: impl FnOnce(&CStr) -> SysResult<T>,
) -> SysResult<T> {
    let mut buf = [0u8; 128];
    let len = dir.len() + file.len();
    if let (true, Some(path)) = (len < buf.len(), buf.get_mut(..=len)) {
        let (head, tail) = path.split_at_mut(dir.len());
        head.copy_from_slice(dir);
        if let Some(tail) = tail.get_mut(..file.len()) {
            tail.copy_from_slice(file);
        }
        return f(CStr::from_bytes_with_nul(path).map_err(|_| Errno::INVAL)?);
    }
    let path = CString::new([dir, file].concat()).map_err(|_| Errno::INVAL)?;
    f(&path)
}

/// `O_NONBLOCK` changes nothing on procfs, and keeps a FIFO in an injected tree from hanging us.
fn open(path: &CStr, flags: OFlags) -> SysResult<OwnedFd> {
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))
}

/// Makes room for at least `room` more bytes. No file of the kernel's comes near the limit; one in an
/// injected tree may have no end.
fn grow(buf: &mut Vec<u8>, room: usize) -> SysResult<()> {
    const LIMIT: usize = 1 << 30;
    if buf.spare_capacity_mut().len() < room {
        if buf.len() > LIMIT {
            return Err(Errno::FBIG);
        }
        buf.reserve(buf.capacity().max(4 * room));
    }
    Ok(())
}

/// Reads a file that the kernel hands over whole when the buffer is large enough
/// (`stat`, `status`, `statm`, `io`, `cmdline`, `environ`, `PROC/stat`, `meminfo`): one `read(2)`
/// where it fits.
pub(crate) fn read_record(path: &CStr, buf: &mut Vec<u8>) -> SysResult<()> {
    read_whole(&open(path, OFlags::empty())?, buf)
}

fn read_whole(fd: &OwnedFd, buf: &mut Vec<u8>) -> SysResult<()> {
    buf.clear();
    loop {
        grow(buf, 1024)?;
        let room = buf.spare_capacity_mut().len();
        let n = retry_on_intr(|| rustix::io::read(fd, spare_capacity(buf)))?;
        if n < room {
            return Ok(());
        }
    }
}

/// Reads a file that comes in pieces (`smaps`, `net/tcp`: about a page a read).
pub(crate) fn read_to_end(path: &CStr, buf: &mut Vec<u8>) -> SysResult<()> {
    buf.clear();
    let fd = open(path, OFlags::empty())?;
    loop {
        grow(buf, 4096)?;
        if retry_on_intr(|| rustix::io::read(&fd, spare_capacity(buf)))? == 0 {
            return Ok(());
        }
    }
}

/// Reads a symbolic link.
pub(crate) fn read_link(path: &CStr) -> SysResult<Vec<u8>> {
    rustix::fs::readlink(path, Vec::new()).map(CString::into_bytes)
}

/// Calls `each` with every entry of a folder whose name is a number as the kernel writes it, without
/// zeros before it: each number comes once.
pub(crate) fn numeric_entries(path: &CStr, each: impl FnMut(i32)) -> SysResult<()> {
    each_number(&open(path, OFlags::DIRECTORY)?, each)
}

/// The threads in a `task` folder, and whether that is all of them: the kernel stops at one that has
/// just ended, but counts it in the position.
pub(crate) fn threads(path: &CStr) -> SysResult<(Vec<i32>, bool)> {
    let fd = open(path, OFlags::DIRECTORY)?;
    let mut threads = Vec::new();
    each_number(&fd, |tid| threads.push(tid))?;
    let position = rustix::fs::tell(&fd)?;
    // `.` and `..` come first.
    let complete = position == threads.len() as u64 + 2;
    Ok((threads, complete))
}

/// An open folder, whose entries are reached without walking the whole path again.
pub(crate) struct Folder(OwnedFd);

impl Folder {
    pub(crate) fn open(path: &CStr) -> SysResult<Self> {
        open(path, OFlags::DIRECTORY).map(Self)
    }

    /// As [`numeric_entries`].
    pub(crate) fn numbers(&self, each: impl FnMut(i32)) -> SysResult<()> {
        each_number(&self.0, each)
    }

    /// Has the next listing begin at a position.
    fn seek(&self, position: u64) -> SysResult<()> {
        rustix::fs::seek(&self.0, rustix::fs::SeekFrom::Start(position)).map(drop)
    }

    /// The size of the folder itself.
    pub(crate) fn size(&self) -> SysResult<u64> {
        Ok(rustix::fs::fstat(&self.0)?.st_size.cast_unsigned())
    }

    /// Where the link of this number leads, if that is shorter than `buf`; what a link of procfs leads
    /// to is never longer than a page.
    pub(crate) fn read_link<'b>(&self, number: i32, buf: &'b mut [u8]) -> SysResult<&'b [u8]> {
        let name = rustix::path::DecInt::new(number);
        let len = rustix::fs::readlinkat_raw(&self.0, name.as_c_str(), &mut *buf)?;
        if len == buf.len() {
            Err(Errno::NAMETOOLONG)
        } else {
            Ok(buf.get(..len).unwrap_or_default())
        }
    }

    /// As [`stat_mode`].
    pub(crate) fn stat_mode(&self, number: i32) -> SysResult<FileFacts> {
        let name = rustix::path::DecInt::new(number);
        facts(self.0.as_fd(), name.as_c_str())
    }

    /// As [`read_record`].
    pub(crate) fn read_record(&self, number: i32, buf: &mut Vec<u8>) -> SysResult<()> {
        let name = rustix::path::DecInt::new(number);
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        let fd =
            retry_on_intr(|| rustix::fs::openat(&self.0, name.as_c_str(), flags, Mode::empty()))?;
        read_whole(&fd, buf)
    }
}

fn each_number(fd: &OwnedFd, mut each: impl FnMut(i32)) -> SysResult<()> {
    let mut buf = Vec::with_capacity(32 * 1024);
    let mut dir = RawDir::new(fd, buf.spare_capacity_mut());
    while let Some(entry) = dir.next() {
        let entry = match entry {
            Err(Errno::INTR) => continue,
            other => other?,
        };
        if let Some(number) = number(entry.file_name().to_bytes()) {
            each(number);
        }
    }
    Ok(())
}

/// Calls `each` with the inode and the descriptor of every socket in a `/proc/[pid]/fd`, in no order.
///
/// Most processes number their descriptors without a gap, and those can be asked for unlisted, which
/// saves a fifth. The kernel's own folder has each descriptor at a position of its number and two: the
/// listing begins at the first gap, so that nothing is passed over whatever is opened meanwhile.
pub(crate) fn sockets_in(
    path: &CStr,
    is_kernels: bool,
    mut each: impl FnMut(u64, i32),
) -> SysResult<()> {
    let folder = Folder::open(path)?;
    // A link that is longer is no socket's.
    let mut link = [0; 32];
    let mut look = |fd| match folder.read_link(fd, &mut link) {
        Ok(link) => {
            if let Some(inode) = link_inode(link, b"socket") {
                each(inode, fd);
            }
            Ok(true)
        }
        Err(Errno::NAMETOOLONG) => Ok(true),
        // Closed since; in an injected tree, no link.
        Err(Errno::NOENT | Errno::SRCH | Errno::INVAL) => Ok(false),
        Err(errno) => Err(errno),
    };
    if is_kernels {
        let mut gap: u32 = 0;
        while look(gap.cast_signed())? {
            gap += 1;
        }
        folder.seek(u64::from(gap) + 2)?;
    }
    let mut result = Ok(());
    folder.numbers(|fd| {
        if let Err(errno) = look(fd) {
            result = Err(errno);
        }
    })?;
    result
}

/// The inode in a link to what has no path: `socket:[inode]`, `net:[inode]`.
pub(crate) fn link_inode(link: &[u8], kind: &[u8]) -> Option<u64> {
    number(link.strip_prefix(kind)?.strip_prefix(b":[")?.strip_suffix(b"]")?)
}

/// A decimal number as the kernel writes it, without zeros before it.
fn number<T: TryFrom<u64>>(text: &[u8]) -> Option<T> {
    if !matches!(text, [b'0'] | [b'1'..=b'9', ..]) {
        return None;
    }
    whole_u64(text)?.try_into().ok()
}

fn statx(
    folder: BorrowedFd<'_>,
    path: &CStr,
    flags: AtFlags,
    mask: StatxFlags,
) -> SysResult<Statx> {
    // DONT_SYNC: network file systems answer from what they hold, without asking a server that may
    // be dead.
    let flags = flags | AtFlags::STATX_DONT_SYNC | AtFlags::NO_AUTOMOUNT;
    retry_on_intr(|| rustix::fs::statx(folder, path, flags, mask))
}

/// What [`stat_mode`] tells.
pub(crate) struct FileFacts {
    pub(crate) is_file: bool,
    pub(crate) nlink: u32,
    pub(crate) rdev: (u32, u32),
}

/// Type and link count of what a path leads to.
pub(crate) fn stat_mode(path: &CStr) -> SysResult<FileFacts> {
    facts(rustix::fs::CWD, path)
}

fn facts(folder: BorrowedFd<'_>, path: &CStr) -> SysResult<FileFacts> {
    let facts = statx(folder, path, AtFlags::empty(), StatxFlags::TYPE | StatxFlags::NLINK)?;
    Ok(FileFacts {
        is_file: rustix::fs::FileType::from_raw_mode(facts.stx_mode.into())
            == rustix::fs::FileType::RegularFile,
        nlink: facts.stx_nlink,
        rdev: (facts.stx_rdev_major, facts.stx_rdev_minor),
    })
}

/// Blocks of a file system; from `statvfs(3)`.
#[derive(Clone, Copy)]
pub(crate) struct Space {
    pub(crate) block_size: u64,
    pub(crate) blocks: u64,
    pub(crate) free: u64,
    pub(crate) available: u64,
}

impl From<rustix::fs::StatVfs> for Space {
    fn from(fs: rustix::fs::StatVfs) -> Self {
        // Linux before 2.6 knew no fragments.
        let block_size = if fs.f_frsize == 0 { fs.f_bsize } else { fs.f_frsize };
        Self { block_size, blocks: fs.f_blocks, free: fs.f_bfree, available: fs.f_bavail }
    }
}

pub(crate) fn space(path: &std::path::Path) -> SysResult<Space> {
    retry_on_intr(|| rustix::fs::statvfs(path)).map(Space::from)
}

pub(crate) fn space_fd(fd: BorrowedFd<'_>) -> SysResult<Space> {
    retry_on_intr(|| rustix::fs::fstatvfs(fd)).map(Space::from)
}

/// The device that holds a path: major and minor number.
pub(crate) fn device_of(path: &CStr) -> SysResult<(u32, u32)> {
    let facts = statx(rustix::fs::CWD, path, AtFlags::empty(), StatxFlags::TYPE)?;
    Ok((facts.stx_dev_major, facts.stx_dev_minor))
}

/// Whether something has exactly this name.
pub(crate) fn path_exists(path: &CStr) -> bool {
    statx(rustix::fs::CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::TYPE).is_ok()
}

/// Whether this process may read the file.
pub(crate) fn may_read(path: &CStr) -> bool {
    rustix::fs::access(path, rustix::fs::Access::READ_OK).is_ok()
}

/// Whether this process may execute the file.
pub(crate) fn may_execute(path: &CStr) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

fn raw_pid(pid: Pid) -> SysResult<rustix::process::Pid> {
    rustix::process::Pid::from_raw(pid).ok_or(Errno::SRCH)
}

pub(crate) fn pidfd_open(pid: Pid) -> SysResult<OwnedFd> {
    rustix::process::pidfd_open(raw_pid(pid)?, PidfdFlags::empty())
}

pub(crate) fn pidfd_send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> SysResult<()> {
    // SAFETY: the fourth argument null means "as kill(2)"; no memory is passed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            std::os::fd::AsRawFd::as_raw_fd(&pidfd),
            signal,
            std::ptr::null::<libc::siginfo_t>(),
            0u32,
        )
    };
    check(result).map(drop)
}

/// `kill(2)`; signal 0 asks whether the process exists.
pub(crate) fn kill(pid: Pid, signal: i32) -> SysResult<()> {
    raw_pid(pid)?;
    // SAFETY: plain numbers; pid is positive, so no process group is meant.
    check(unsafe { libc::kill(pid, signal) }.into()).map(drop)
}

/// `tgkill(2)` with signal 0: whether the PID is that of a process, and not of a mere thread.
pub(crate) fn is_process(pid: Pid) -> bool {
    // SAFETY: plain numbers, and no signal is sent.
    let sent = check(unsafe { libc::syscall(libc::SYS_tgkill, pid, pid, 0) });
    !matches!(sent, Err(Errno::SRCH | Errno::INVAL))
}

/// The number that pidfs (Linux 6.9) gives to a process and never again while the system is up.
pub(crate) fn pidfs_inode(pidfd: BorrowedFd<'_>) -> Option<u64> {
    const PID_FS_MAGIC: u64 = 0x5049_4446;
    let fs = rustix::fs::fstatfs(pidfd).ok()?;
    if fs.f_type as u64 != PID_FS_MAGIC {
        return None;
    }
    rustix::fs::fstat(pidfd).ok().map(|stat| stat.st_ino)
}

fn check(result: libc::c_long) -> SysResult<libc::c_long> {
    if result < 0 {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL);
        return Err(Errno::from_raw_os_error(errno));
    }
    Ok(result)
}

pub(crate) fn nice(pid: Pid) -> SysResult<i32> {
    rustix::process::getpriority_process(Some(raw_pid(pid)?))
}

pub(crate) fn set_nice(pid: Pid, value: i32) -> SysResult<()> {
    rustix::process::setpriority_process(Some(raw_pid(pid)?), value)
}

const IOPRIO_WHO_PROCESS: libc::c_int = 1;

pub(crate) fn ioprio(pid: Pid) -> SysResult<u32> {
    raw_pid(pid)?;
    // SAFETY: plain numbers.
    let result = unsafe { libc::syscall(libc::SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid) };
    Ok(check(result)? as u32)
}

pub(crate) fn set_ioprio(pid: Pid, priority: u32) -> SysResult<()> {
    raw_pid(pid)?;
    // SAFETY: plain numbers.
    let result = unsafe { libc::syscall(libc::SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, priority) };
    check(result).map(drop)
}

/// Reads a limit, and sets it where `new` is given, in one system call: `(soft, hard)`.
pub(crate) fn prlimit(pid: Pid, resource: u32, new: Option<(u64, u64)>) -> SysResult<(u64, u64)> {
    raw_pid(pid)?;
    let new = new.map(|(soft, hard)| libc::rlimit64 { rlim_cur: soft, rlim_max: hard });
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut old = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `new` is null or points to a live rlimit64, `old` to one that the kernel may fill.
    let result = unsafe { libc::syscall(libc::SYS_prlimit64, pid, resource, new, &raw mut old) };
    check(result)?;
    Ok((old.rlim_cur, old.rlim_max))
}

/// The CPUs that a process may run on, ascending.
pub(crate) fn affinity(pid: Pid) -> SysResult<Vec<usize>> {
    raw_pid(pid)?;
    // The kernel answers EINVAL until the mask is as wide as its own.
    for words in [16, 128, 1024] {
        let mut mask = vec![0u64; words];
        // SAFETY: the kernel writes at most the length that it is given.
        let result = unsafe {
            libc::syscall(
                libc::SYS_sched_getaffinity,
                pid,
                std::mem::size_of_val(mask.as_slice()),
                mask.as_mut_ptr(),
            )
        };
        match check(result) {
            Err(Errno::INVAL) => {}
            Err(errno) => return Err(errno),
            Ok(_) => return Ok(cpus_of(&mask)),
        }
    }
    Err(Errno::INVAL)
}

// The mask is an array of native longs, which on little-endian and on 64-bit hosts is also an array
// of native u64.
fn cpus_of(mask: &[u64]) -> Vec<usize> {
    let mut cpus = Vec::new();
    for (i, &word) in mask.iter().enumerate() {
        let mut left = word;
        while left != 0 {
            cpus.push(i * 64 + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
    cpus
}

pub(crate) fn set_affinity(pid: Pid, cpus: &[usize]) -> SysResult<()> {
    raw_pid(pid)?;
    let words = cpus.iter().max().map_or(1, |&max| max / 64 + 1);
    let mut mask = vec![0u64; words];
    for &cpu in cpus {
        if let Some(word) = mask.get_mut(cpu / 64) {
            *word |= 1 << (cpu % 64);
        }
    }
    // SAFETY: the kernel reads the length that it is given.
    let result = unsafe {
        libc::syscall(
            libc::SYS_sched_setaffinity,
            pid,
            std::mem::size_of_val(mask.as_slice()),
            mask.as_ptr(),
        )
    };
    check(result).map(drop)
}

/// Whether each descriptor has news; waits until one has, or the timeout (None: for ever) is over.
/// `hangup_only` entries are asked for POLLHUP alone. EINTR is the caller's to handle.
pub(crate) fn poll(
    fds: &[(BorrowedFd<'_>, bool)],
    timeout: Option<Duration>,
) -> SysResult<Vec<bool>> {
    let mut polls: Vec<_> = fds
        .iter()
        .map(|(fd, hangup_only)| {
            let events = if *hangup_only { PollFlags::empty() } else { PollFlags::IN };
            PollFd::from_borrowed_fd(*fd, events)
        })
        .collect();
    // A timeout too long for the kernel's seconds is as good as none.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    rustix::event::poll(&mut polls, timeout.as_ref())?;
    Ok(polls.iter().map(|poll| !poll.revents().is_empty()).collect())
}

/// An `epoll(7)` set: waiting costs what has news, however many are waited for.
pub(crate) struct Epoll {
    fd: OwnedFd,
    news: Vec<rustix::event::epoll::Event>,
}

impl Epoll {
    pub(crate) fn new() -> SysResult<Self> {
        use rustix::event::epoll;
        let fd = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        Ok(Self { fd, news: Vec::with_capacity(64) })
    }

    /// Tells of the pidfd by `key` once its process has exited.
    pub(crate) fn add(&self, pidfd: BorrowedFd<'_>, key: usize) -> SysResult<()> {
        use rustix::event::epoll::{self, EventData, EventFlags};
        epoll::add(&self.fd, pidfd, EventData::new_u64(key as u64), EventFlags::IN)
    }

    /// From now on tells only of its hangup: the process was waited for (Linux 6.9).
    pub(crate) fn hangup_only(&self, pidfd: BorrowedFd<'_>, key: usize) -> SysResult<()> {
        use rustix::event::epoll::{self, EventData, EventFlags};
        epoll::modify(&self.fd, pidfd, EventData::new_u64(key as u64), EventFlags::empty())
    }

    /// The keys of those that have news; waits until one has, or the timeout (None: for ever) is
    /// over. EINTR is the caller's to handle.
    pub(crate) fn wait(
        &mut self,
        timeout: Option<Duration>,
    ) -> SysResult<impl Iterator<Item = usize>> {
        self.news.clear();
        // poll(2) takes nanoseconds, as epoll does since Linux 5.11 only.
        if poll(&[(self.fd.as_fd(), false)], timeout)?.contains(&true) {
            let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
            rustix::event::epoll::wait(&self.fd, spare_capacity(&mut self.news), Some(&at_once))?;
        }
        Ok(self.news.iter().map(|event| event.data.u64() as usize))
    }
}

/// The end of a child process: a `wait(2)` status.
pub(crate) enum Reaped {
    Status(i32),
    Running,
    NotChild,
}

/// `waitid(2)` without blocking, on the pidfd where there is one; leaves the child waitable where
/// `peek` is set.
pub(crate) fn try_wait(pid: Pid, pidfd: Option<BorrowedFd<'_>>, peek: bool) -> SysResult<Reaped> {
    use rustix::process::{WaitId, WaitIdOptions};
    let mut options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    if peek {
        options |= WaitIdOptions::NOWAIT;
    }
    let pid = raw_pid(pid)?;
    let wait = |id: WaitId<'_>| retry_on_intr(|| rustix::process::waitid(id.clone(), options));
    let status = match pidfd.map(|pidfd| wait(WaitId::PidFd(pidfd))) {
        // Linux 5.3 has pidfds, but waits for them only since 5.4.
        None | Some(Err(Errno::INVAL)) => wait(WaitId::Pid(pid)),
        Some(status) => status,
    };
    match status {
        Ok(None) => Ok(Reaped::Running),
        Ok(Some(status)) => {
            let raw = match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => (code & 0xff) << 8,
                (None, Some(signal)) => signal | if status.dumped() { 0x80 } else { 0 },
                (None, None) => return Ok(Reaped::Running),
            };
            Ok(Reaped::Status(raw))
        }
        Err(Errno::CHILD) => Ok(Reaped::NotChild),
        Err(errno) => Err(errno),
    }
}

/// Time since boot, suspension included: the clock of `starttime` in `/proc/[pid]/stat`.
pub(crate) fn time_since_boot() -> Duration {
    let now = rustix::time::clock_gettime(ClockId::Boottime);
    Duration::new(now.tv_sec.max(0).cast_unsigned(), now.tv_nsec.max(0).cast_unsigned() as u32)
}

/// The CPUs that are online; None where the C library does not say.
pub(crate) fn online_cpus() -> Option<usize> {
    // SAFETY: a plain number.
    let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    usize::try_from(count).ok().filter(|&count| count > 0)
}

/// `getloadavg(3)`; None where the system does not say.
pub(crate) fn load_average() -> Option<[f64; 3]> {
    let mut loads = [0.0; 3];
    // SAFETY: `loads` has room for three.
    let count = unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) };
    (count == 3).then_some(loads)
}

/// Swap by `sysinfo(2)`, bytes: all, and free.
pub(crate) fn swap() -> (u64, u64) {
    let info = rustix::system::sysinfo();
    let unit = u128::from(info.mem_unit);
    let bytes = |units: libc::c_ulong| u64::try_from(u128::from(units) * unit).unwrap_or(u64::MAX);
    (bytes(info.totalswap), bytes(info.freeswap))
}

/// A user's name in the password database.
pub(crate) fn user_name(uid: u32) -> Option<OsString> {
    let mut buf = vec![0 as libc::c_char; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut found = std::ptr::null_mut();
        // SAFETY: every pointer is live for the call, and the length is the buffer's.
        let result = unsafe {
            libc::getpwuid_r(uid, entry.as_mut_ptr(), buf.as_mut_ptr(), buf.len(), &raw mut found)
        };
        match result {
            libc::ERANGE if buf.len() < 1 << 20 => buf.resize(buf.len() * 4, 0),
            libc::EINTR => {}
            _ if found.is_null() => return None,
            _ => {
                // SAFETY: a non-null result points to `entry`, whose name is a C string in `buf`.
                let name = unsafe { CStr::from_ptr((*found).pw_name) };
                return Some(OsString::from_vec(name.to_bytes().to_vec()));
            }
        }
    }
}

/// Year, month, day, hour, minute and second in local time.
pub(crate) fn local_time(epoch: i64) -> Option<[i32; 6]> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    let epoch = libc::time_t::try_from(epoch).ok()?;
    // SAFETY: both pointers are live; tm is plain numbers and a pointer, for which zero is valid.
    let tm = unsafe {
        if libc::localtime_r(&raw const epoch, tm.as_mut_ptr()).is_null() {
            return None;
        }
        tm.assume_init()
    };
    Some([tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec])
}

/// `(uordblks, hblkhd)`. `mallinfo2` is looked up at run time: glibc has it since 2.33.
#[cfg(target_env = "gnu")]
pub(crate) fn mallinfo() -> (u64, u64) {
    // SAFETY: the symbol, where found, is glibc's `struct mallinfo2 mallinfo2(void)`.
    unsafe {
        let symbol = libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr());
        if symbol.is_null() {
            let info = libc::mallinfo();
            let wide = |n: libc::c_int| u64::from(n.cast_unsigned());
            return (wide(info.uordblks), wide(info.hblkhd));
        }
        let mallinfo2: extern "C" fn() -> libc::mallinfo2 = std::mem::transmute(symbol);
        let info = mallinfo2();
        (info.uordblks as u64, info.hblkhd as u64)
    }
}

#[cfg(target_env = "gnu")]
pub(crate) fn malloc_trim() {
    // SAFETY: malloc_trim takes a number and may be called at any time.
    unsafe { libc::malloc_trim(0) };
}

/// The signal's number, for the four that have a method of their own.
pub(crate) const SIGSTOP: i32 = Signal::STOP.as_raw();
pub(crate) const SIGCONT: i32 = Signal::CONT.as_raw();
pub(crate) const SIGTERM: i32 = Signal::TERM.as_raw();
pub(crate) const SIGKILL: i32 = Signal::KILL.as_raw();

/// Another descriptor of the file that is open under a number; `EBADF` where none is.
pub(crate) fn duplicate(fd: RawFd) -> SysResult<OwnedFd> {
    // SAFETY: fcntl takes any number for a descriptor.
    let new = check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) }.into())?;
    let new = RawFd::try_from(new).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just opened it for us.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}

/// Borrows an optional pidfd.
pub(crate) fn borrow(fd: Option<&OwnedFd>) -> Option<BorrowedFd<'_>> {
    fd.map(AsFd::as_fd)
}
