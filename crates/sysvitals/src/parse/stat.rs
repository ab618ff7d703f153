use super::ParseError;

/// `/proc/[pid]/stat` (and `/proc/[pid]/task/[tid]/stat`), in the kernel's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Command name between the first `(` and the last `)`, at most 15 bytes (63 for kernel threads).
    pub comm: Vec<u8>,
    /// State letter (`R`, `S`, `D`, `Z`, ...).
    pub state: u8,
    /// Parent process ID.
    pub ppid: i32,
    /// Process group.
    pub pgrp: i32,
    /// Session.
    pub session: i32,
    /// Controlling terminal's device number; 0 for none.
    pub tty_nr: i32,
    /// Foreground process group of the terminal.
    pub tpgid: i32,
    /// Kernel flags (`PF_*`).
    pub flags: u64,
    /// Minor page faults.
    pub minflt: u64,
    /// Minor page faults of waited-for children.
    pub cminflt: u64,
    /// Major page faults.
    pub majflt: u64,
    /// Major page faults of waited-for children.
    pub cmajflt: u64,
    /// User time, clock ticks.
    pub utime: u64,
    /// System time, clock ticks.
    pub stime: u64,
    /// User time of waited-for children, clock ticks.
    pub cutime: u64,
    /// System time of waited-for children, clock ticks.
    pub cstime: u64,
    /// Kernel scheduling priority.
    pub priority: i64,
    /// Nice value.
    pub nice: i64,
    /// Threads in the process.
    pub num_threads: u64,
    /// Start time since boot, clock ticks.
    pub starttime: u64,
    /// Virtual memory, bytes.
    pub vsize: u64,
    /// Resident set, pages.
    pub rss: u64,
    /// CPU last run on; None on kernels whose line is shorter.
    pub processor: Option<i32>,
    /// Block I/O delays, clock ticks; None on kernels whose line is shorter.
    pub delayacct_blkio_ticks: Option<u64>,
}

/// Reads `/proc/[pid]/stat`.
pub fn stat(_text: &[u8]) -> Result<Stat, ParseError> {
    Err(ParseError::new("stat"))
}
