//! The records and enums of a process.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::record::record;

record! {
    /// Memory of a process, bytes; from `/proc/[pid]/statm`.
    #[derive(Copy)]
    pub struct MemoryInfo = "pmem" {
        /// Resident set size.
        rss: u64,
        /// Virtual memory size.
        vms: u64,
        /// Resident memory that other processes could share (files and shared memory).
        shared: u64,
        /// Executable code.
        text: u64,
        /// Data and stack.
        data: u64,
    }
}

record! {
    /// [`MemoryInfo`] and what `/proc/[pid]/status` adds to it, bytes.
    #[derive(Copy)]
    pub struct MemoryInfoEx = "pmem_ex" {
        /// Resident set size.
        rss: u64,
        /// Virtual memory size.
        vms: u64,
        /// Resident memory that other processes could share.
        shared: u64,
        /// Executable code.
        text: u64,
        /// Data and stack.
        data: u64,
        /// Highest resident set size so far (`VmHWM`).
        peak_rss: u64,
        /// Highest virtual memory size so far (`VmPeak`).
        peak_vms: u64,
        /// Resident anonymous memory (`RssAnon`); 0 before Linux 4.5.
        rss_anon: u64,
        /// Resident file mappings (`RssFile`); 0 before Linux 4.5.
        rss_file: u64,
        /// Resident shared memory (`RssShmem`); 0 before Linux 4.5.
        rss_shmem: u64,
        /// Memory in swap (`VmSwap`).
        swap: u64,
        /// Resident huge pages (`HugetlbPages`); 0 before Linux 4.4.
        hugetlb: u64,
    }
}

record! {
    /// What a process costs, bytes; from `/proc/[pid]/smaps_rollup` (`smaps` before Linux 4.14).
    #[derive(Copy)]
    pub struct MemoryFootprint = "pfootprint" {
        /// Memory that would be freed if the process ended now.
        uss: u64,
        /// Memory with each shared page divided among its holders.
        pss: u64,
        /// Memory in swap.
        swap: u64,
    }
}

record! {
    /// CPU time of a process, seconds; from `/proc/[pid]/stat`.
    #[derive(Copy)]
    pub struct CpuTimes = "pcputimes" {
        /// User mode.
        user: f64,
        /// Kernel mode.
        system: f64,
        /// User mode of children waited for.
        children_user: f64,
        /// Kernel mode of children waited for.
        children_system: f64,
        /// Waiting for block I/O; 0.0 where the kernel does not say.
        iowait: f64,
    }
}

record! {
    /// A regular file that a process has open.
    pub struct OpenFile = "popenfile" {
        /// Absolute path.
        path: PathBuf,
        /// Descriptor number.
        fd: i32,
        /// Offset, bytes.
        position: u64,
        /// How it was opened.
        mode: OpenMode,
        /// `open(2)` flags.
        flags: u32,
    }
}

record! {
    /// A thread and its CPU time, seconds; from `/proc/[pid]/task/[tid]/stat`.
    #[derive(Copy)]
    pub struct Thread = "pthread" {
        /// The kernel's thread ID.
        id: i32,
        /// User mode.
        user_time: f64,
        /// Kernel mode.
        system_time: f64,
    }
}

record! {
    /// User IDs of a process; from `/proc/[pid]/status`.
    #[derive(Copy)]
    pub struct Uids = "puids" {
        /// Real.
        real: u32,
        /// Effective.
        effective: u32,
        /// Saved.
        saved: u32,
    }
}

record! {
    /// Group IDs of a process; from `/proc/[pid]/status`.
    #[derive(Copy)]
    pub struct Gids = "pgids" {
        /// Real.
        real: u32,
        /// Effective.
        effective: u32,
        /// Saved.
        saved: u32,
    }
}

record! {
    /// I/O of a process since it began; from `/proc/[pid]/io`.
    #[derive(Copy)]
    pub struct IoCounters = "pio" {
        /// Read system calls.
        read_count: u64,
        /// Write system calls.
        write_count: u64,
        /// Bytes fetched from storage.
        read_bytes: u64,
        /// Bytes sent to storage.
        write_bytes: u64,
        /// Bytes read by system calls, page cache and terminals included.
        read_chars: u64,
        /// Bytes written by system calls, page cache and terminals included.
        write_chars: u64,
    }
}

record! {
    /// I/O scheduling class and level; from `ioprio_get(2)`.
    #[derive(Copy)]
    pub struct IoPriority = "pionice" {
        /// Class.
        ioclass: IoPriorityClass,
        /// Level, 0 (first) to 7; the kernel's I/O hint bits, where set, stand above it.
        value: u32,
    }
}

record! {
    /// Context switches since the process began; from `/proc/[pid]/status`.
    #[derive(Copy)]
    pub struct CtxSwitches = "pctxsw" {
        /// The process gave the CPU up.
        voluntary: u64,
        /// The CPU was taken from it.
        involuntary: u64,
    }
}

record! {
    /// Page faults since the process began; from `/proc/[pid]/stat`.
    #[derive(Copy)]
    pub struct PageFaults = "ppagefaults" {
        /// Served from memory.
        minor: u64,
        /// Served from storage.
        major: u64,
    }
}

record! {
    /// Mappings of one path, summed, bytes; from `/proc/[pid]/smaps`.
    pub struct MemoryMapGrouped = "pmmap_grouped" {
        /// Path, `[heap]`, `[stack]`, ... or `[anon]`.
        path: PathBuf,
        /// Resident set size.
        rss: u64,
        /// Size of the mapping.
        size: u64,
        /// Resident set with each shared page divided among its holders.
        pss: u64,
        /// Shared pages not written to.
        shared_clean: u64,
        /// Shared pages written to.
        shared_dirty: u64,
        /// Private pages not written to.
        private_clean: u64,
        /// Private pages written to.
        private_dirty: u64,
        /// Pages used of late.
        referenced: u64,
        /// Anonymous memory.
        anonymous: u64,
        /// Memory in swap.
        swap: u64,
    }
}

record! {
    /// A mapping, bytes; from `/proc/[pid]/smaps`.
    pub struct MemoryMap = "pmmap_ext" {
        /// Address range, `start-end` in hexadecimal.
        addr: String,
        /// Permissions, `r-xp`.
        perms: String,
        /// Path, `[heap]`, `[stack]`, ... or `[anon]`.
        path: PathBuf,
        /// Resident set size.
        rss: u64,
        /// Size of the mapping.
        size: u64,
        /// Resident set with each shared page divided among its holders.
        pss: u64,
        /// Shared pages not written to.
        shared_clean: u64,
        /// Shared pages written to.
        shared_dirty: u64,
        /// Private pages not written to.
        private_clean: u64,
        /// Private pages written to.
        private_dirty: u64,
        /// Pages used of late.
        referenced: u64,
        /// Anonymous memory.
        anonymous: u64,
        /// Memory in swap.
        swap: u64,
    }
}

/// Environment of a process as it began: names and values in the kernel's order.
pub type Environ = Vec<(OsString, OsString)>;

macro_rules! statuses {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// What a process is doing.
        ///
        /// # References
        /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), `state`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProcessStatus {
            $($(#[$meta])* $variant,)*
            /// A letter this version does not know; psutil's `"?"`.
            Unknown(u8),
        }

        impl ProcessStatus {
            /// Every status with a name.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// psutil's text for it, `disk-sleep`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(_) => "?",
                }
            }
        }
    };
}

statuses! {
    /// On a CPU or ready for one.
    Running = "running",
    /// Waiting, and can be woken by a signal.
    Sleeping = "sleeping",
    /// Waiting for storage, and can not be woken.
    DiskSleep = "disk-sleep",
    /// Stopped by a signal.
    Stopped = "stopped",
    /// Stopped by a debugger.
    TracingStop = "tracing-stop",
    /// Ended, and not yet waited for by its parent.
    Zombie = "zombie",
    /// About to disappear.
    Dead = "dead",
    /// Waiting for storage, and can be killed (Linux 2.6.33 to 3.13).
    WakeKill = "wake-kill",
    /// Being woken (Linux 2.6.33 to 3.13).
    Waking = "waking",
    /// Idle kernel thread (Linux 4.14).
    Idle = "idle",
    /// Parked kernel thread (Linux 3.9 to 3.13 and since 4.14).
    Parked = "parked",
    /// FreeBSD: waiting for a lock.
    Locked = "locked",
    /// FreeBSD: waiting for an event.
    Waiting = "waiting",
    /// NetBSD: suspended.
    Suspended = "suspended",
}

impl ProcessStatus {
    /// The status behind the state letter of `/proc/[pid]/stat`.
    pub fn from_letter(letter: u8) -> Self {
        match letter {
            b'R' => Self::Running,
            b'S' => Self::Sleeping,
            b'D' => Self::DiskSleep,
            b'T' => Self::Stopped,
            b't' => Self::TracingStop,
            b'Z' => Self::Zombie,
            b'X' | b'x' => Self::Dead,
            b'K' => Self::WakeKill,
            b'W' => Self::Waking,
            b'I' => Self::Idle,
            b'P' => Self::Parked,
            other => Self::Unknown(other),
        }
    }
}

impl fmt::Display for ProcessStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// I/O scheduling class.
///
/// # References
/// [ioprio_set(2)](https://man7.org/linux/man-pages/man2/ioprio_set.2.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IoPriorityClass {
    /// `IOPRIO_CLASS_NONE`: none set; follows the nice value.
    None,
    /// `IOPRIO_CLASS_RT`: before all others.
    RealTime,
    /// `IOPRIO_CLASS_BE`: the usual.
    BestEffort,
    /// `IOPRIO_CLASS_IDLE`: when nobody else needs the disk.
    Idle,
    /// A class number this version does not know.
    Unknown(u32),
}

impl IoPriorityClass {
    /// Every class with a name.
    pub const ALL: &'static [Self] = &[Self::None, Self::RealTime, Self::BestEffort, Self::Idle];

    /// The kernel's number.
    pub fn as_raw(self) -> u32 {
        match self {
            Self::None => 0,
            Self::RealTime => 1,
            Self::BestEffort => 2,
            Self::Idle => 3,
            Self::Unknown(raw) => raw,
        }
    }

    /// The class behind the kernel's number.
    pub fn from_raw(raw: u32) -> Self {
        match raw {
            0 => Self::None,
            1 => Self::RealTime,
            2 => Self::BestEffort,
            3 => Self::Idle,
            other => Self::Unknown(other),
        }
    }

    /// The C name, `IOPRIO_CLASS_BE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "IOPRIO_CLASS_NONE",
            Self::RealTime => "IOPRIO_CLASS_RT",
            Self::BestEffort => "IOPRIO_CLASS_BE",
            Self::Idle => "IOPRIO_CLASS_IDLE",
            Self::Unknown(_) => "IOPRIO_CLASS_?",
        }
    }
}

/// How a file was opened, in the letters of Python's `open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OpenMode(pub(crate) &'static str);

impl OpenMode {
    /// `r`, `w`, `a`, `r+` or `a+`.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

macro_rules! resources {
    ($($(#[$meta:meta])* $variant:ident = $name:literal, $raw:literal;)*) => {
        /// A resource that the kernel limits per process.
        ///
        /// # References
        /// [getrlimit(2)](https://man7.org/linux/man-pages/man2/getrlimit.2.html)
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Resource {
            $($(#[$meta])* $variant = $raw,)*
        }

        impl Resource {
            /// Every resource.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The C name, `RLIMIT_NOFILE`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The kernel's number.
            pub fn as_raw(self) -> u32 {
                self as u32
            }

            /// The resource behind the kernel's number.
            ///
            /// # Errors
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a number that stands for none.
            pub fn from_raw(raw: u32) -> Result<Self> {
                Self::ALL.iter().copied().find(|r| r.as_raw() == raw).ok_or_else(|| {
                    Error::invalid(format!("invalid resource specified: {raw}"))
                })
            }
        }
    };
}

// The numbers are asm-generic's; alpha, mips and sparc order five of them otherwise.
resources! {
    /// CPU time, seconds.
    Cpu = "RLIMIT_CPU", 0;
    /// File size, bytes.
    Fsize = "RLIMIT_FSIZE", 1;
    /// Data segment, bytes.
    Data = "RLIMIT_DATA", 2;
    /// Stack, bytes.
    Stack = "RLIMIT_STACK", 3;
    /// Core file, bytes.
    Core = "RLIMIT_CORE", 4;
    /// Resident set, bytes (no effect since Linux 2.4.30).
    Rss = "RLIMIT_RSS", 5;
    /// Processes of the user.
    Nproc = "RLIMIT_NPROC", 6;
    /// Highest descriptor number and one.
    Nofile = "RLIMIT_NOFILE", 7;
    /// Locked memory, bytes.
    Memlock = "RLIMIT_MEMLOCK", 8;
    /// Address space, bytes.
    As = "RLIMIT_AS", 9;
    /// File locks (no effect since Linux 2.4.25).
    Locks = "RLIMIT_LOCKS", 10;
    /// Queued signals of the user.
    Sigpending = "RLIMIT_SIGPENDING", 11;
    /// POSIX message queues of the user, bytes.
    Msgqueue = "RLIMIT_MSGQUEUE", 12;
    /// Ceiling of the nice value, as 20 - nice.
    Nice = "RLIMIT_NICE", 13;
    /// Ceiling of the real-time priority.
    Rtprio = "RLIMIT_RTPRIO", 14;
    /// CPU time of a real-time process between blocking calls, microseconds.
    Rttime = "RLIMIT_RTTIME", 15;
}

impl FromStr for Resource {
    type Err = Error;

    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the text.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|resource| resource.as_str() == text)
            .ok_or_else(|| Error::invalid(format!("invalid resource specified: {text:?}")))
    }
}

/// No limit; psutil's `RLIM_INFINITY` (-1 there).
pub const RLIM_INFINITY: u64 = u64::MAX;

macro_rules! memtypes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// A memory figure that [`memory_percent`](crate::Process::memory_percent) can compare with
        /// the machine's memory.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum MemoryType {
            $($(#[$meta])* $variant,)*
        }

        impl MemoryType {
            /// Every figure, in psutil's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// psutil's name for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

memtypes! {
    /// [`MemoryInfo::rss`]
    #[default]
    Rss = "rss",
    /// [`MemoryInfo::vms`]
    Vms = "vms",
    /// [`MemoryInfo::shared`]
    Shared = "shared",
    /// [`MemoryInfo::text`]
    Text = "text",
    /// [`MemoryInfo::data`]
    Data = "data",
    /// [`MemoryInfoEx::peak_rss`]
    PeakRss = "peak_rss",
    /// [`MemoryInfoEx::peak_vms`]
    PeakVms = "peak_vms",
    /// [`MemoryInfoEx::rss_anon`]
    RssAnon = "rss_anon",
    /// [`MemoryInfoEx::rss_file`]
    RssFile = "rss_file",
    /// [`MemoryInfoEx::rss_shmem`]
    RssShmem = "rss_shmem",
    /// [`MemoryFootprint::swap`]
    Swap = "swap",
    /// [`MemoryInfoEx::hugetlb`]
    Hugetlb = "hugetlb",
    /// [`MemoryFootprint::uss`]
    Uss = "uss",
    /// [`MemoryFootprint::pss`]
    Pss = "pss",
}

impl FromStr for MemoryType {
    type Err = Error;

    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the value and the valid ones.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|m| m.as_str() == text).ok_or_else(|| {
            let valid: Vec<_> = Self::ALL.iter().map(|m| m.as_str()).collect();
            Error::invalid(format!(
                "invalid memtype '{}'; valid types are {}",
                text.escape_debug(),
                valid.join(", ")
            ))
        })
    }
}
