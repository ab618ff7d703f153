//! Processors: times, percentages, counts, frequencies, load.

use std::time::Duration;

use crate::env::Roots;
use crate::error::Result;
use crate::process::round1;
use crate::record::record;
use crate::sys;

record! {
    /// CPU time since boot, seconds, or its share in percent; from `/proc/stat`.
    ///
    /// `user` holds `guest` too, and `nice` holds `guest_nice`. Columns that an old kernel lacks
    /// are 0.0.
    #[derive(Copy, Default)]
    pub struct CpuTimes = "scputimes" {
        /// User mode.
        user: f64,
        /// Kernel mode.
        system: f64,
        /// Nothing to do.
        idle: f64,
        /// User mode at low priority.
        nice: f64,
        /// Nothing to do but to wait for I/O.
        iowait: f64,
        /// Hardware interrupts.
        irq: f64,
        /// Software interrupts.
        softirq: f64,
        /// Taken by other guests of the hypervisor.
        steal: f64,
        /// Running guests.
        guest: f64,
        /// Running guests at low priority.
        guest_nice: f64,
    }
}

impl CpuTimes {
    /// What was added to each field since an earlier reading; 0.0 where the kernel took time back.
    pub fn since(&self, earlier: &Self) -> Self {
        let delta = |now: f64, then: f64| (now - then).max(0.0);
        Self {
            user: delta(self.user, earlier.user),
            system: delta(self.system, earlier.system),
            idle: delta(self.idle, earlier.idle),
            nice: delta(self.nice, earlier.nice),
            iowait: delta(self.iowait, earlier.iowait),
            irq: delta(self.irq, earlier.irq),
            softirq: delta(self.softirq, earlier.softirq),
            steal: delta(self.steal, earlier.steal),
            guest: delta(self.guest, earlier.guest),
            guest_nice: delta(self.guest_nice, earlier.guest_nice),
        }
    }

    /// How busy the CPU was since an earlier reading, percent, rounded to one decimal; 0.0 where no
    /// time went by.
    pub fn percent_since(&self, earlier: &Self) -> f64 {
        let delta = self.since(earlier);
        let total = delta.total();
        if total == 0.0 {
            return 0.0;
        }
        round1((total - delta.idle - delta.iowait).max(0.0) / total * 100.0)
    }

    /// What the time since an earlier reading went to, percent, each rounded to one decimal; 0.0
    /// where no time went by.
    pub fn times_percent_since(&self, earlier: &Self) -> Self {
        let delta = self.since(earlier);
        let total = delta.total();
        let percent = |seconds: f64| match total {
            0.0 => 0.0,
            _ => round1(seconds / total * 100.0).min(100.0),
        };
        Self {
            user: percent(delta.user),
            system: percent(delta.system),
            idle: percent(delta.idle),
            nice: percent(delta.nice),
            iowait: percent(delta.iowait),
            irq: percent(delta.irq),
            softirq: percent(delta.softirq),
            steal: percent(delta.steal),
            guest: percent(delta.guest),
            guest_nice: percent(delta.guest_nice),
        }
    }

    /// All of the time: the guests' is in the user's.
    fn total(&self) -> f64 {
        self.user
            + self.system
            + self.idle
            + self.nice
            + self.iowait
            + self.irq
            + self.softirq
            + self.steal
    }
}

record! {
    /// Counts since boot; from `/proc/stat`.
    #[derive(Copy)]
    pub struct CpuStats = "scpustats" {
        /// Context switches.
        ctx_switches: u64,
        /// Interrupts.
        interrupts: u64,
        /// Software interrupts.
        soft_interrupts: u64,
        /// Always 0: Linux does not count system calls.
        syscalls: u64,
    }
}

record! {
    /// CPU frequency, MHz.
    #[derive(Copy)]
    pub struct CpuFreq = "scpufreq" {
        /// Now.
        current: f64,
        /// Lowest; 0.0 where only `/proc/cpuinfo` tells of frequencies.
        min: Option<f64>,
        /// Highest; 0.0 where only `/proc/cpuinfo` tells of frequencies.
        max: Option<f64>,
    }
}

/// CPU times of the machine since boot.
///
/// Reads: `/proc/stat`.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) or [`Parse`](crate::ErrorKind::Parse) where the file cannot be read.
///
/// # References
/// [proc_stat(5)](https://man7.org/linux/man-pages/man5/proc_stat.5.html)
pub fn cpu_times() -> Result<CpuTimes> {
    Roots::default().cpu_times()
}

/// [`cpu_times`] of each CPU that is online, in the kernel's order.
///
/// # Errors
/// As [`cpu_times`].
pub fn cpu_times_percpu() -> Result<Vec<CpuTimes>> {
    Roots::default().cpu_times_percpu()
}

/// Takes the readings that this thread's first [`cpu_percent`] and [`cpu_times_percent`] compare with.
#[doc(hidden)]
pub fn start_cpu_percent() {
    Roots::default().start_cpu_percent();
}

/// How busy the machine is, percent, rounded to one decimal.
///
/// With an interval it waits so long and compares; without, it compares with the previous call of
/// this thread, and the first call in a thread answers about 0.0.
///
/// # Errors
/// As [`cpu_times`].
pub fn cpu_percent(interval: Option<Duration>) -> Result<f64> {
    Roots::default().cpu_percent(interval)
}

/// [`cpu_percent`] of each CPU.
///
/// # Errors
/// As [`cpu_times`].
pub fn cpu_percent_percpu(interval: Option<Duration>) -> Result<Vec<f64>> {
    Roots::default().cpu_percent_percpu(interval)
}

/// What the machine's time went to, percent, each rounded to one decimal.
///
/// The interval is as in [`cpu_percent`].
///
/// # Errors
/// As [`cpu_times`].
pub fn cpu_times_percent(interval: Option<Duration>) -> Result<CpuTimes> {
    Roots::default().cpu_times_percent(interval)
}

/// [`cpu_times_percent`] of each CPU.
///
/// # Errors
/// As [`cpu_times`].
pub fn cpu_times_percent_percpu(interval: Option<Duration>) -> Result<Vec<CpuTimes>> {
    Roots::default().cpu_times_percent_percpu(interval)
}

/// The number of logical CPUs that are online; None where it cannot be told.
///
/// Reads: `sysconf(_SC_NPROCESSORS_ONLN)`, or `/proc/cpuinfo`, or `/proc/stat`.
///
/// # References
/// [sysconf(3)](https://man7.org/linux/man-pages/man3/sysconf.3.html)
#[doc(alias = "cpu_count_logical")]
pub fn cpu_count() -> Option<usize> {
    Roots::default().cpu_count()
}

/// The number of physical cores; None where it cannot be told.
///
/// Reads: `/sys/devices/system/cpu/cpu*/topology/core_cpus_list` (`thread_siblings_list` before
/// Linux 5.3), or `/proc/cpuinfo`.
///
/// # References
/// [CPU topology](https://docs.kernel.org/admin-guide/cputopology.html)
pub fn cpu_count_cores() -> Option<usize> {
    Roots::default().cpu_count_cores()
}

/// Context switches and interrupts since boot.
///
/// Reads: `/proc/stat`.
///
/// # Errors
/// As [`cpu_times`].
pub fn cpu_stats() -> Result<CpuStats> {
    Roots::default().cpu_stats()
}

/// The mean of [`cpu_freq_percpu`]; None where the kernel tells of no frequency.
///
/// # Errors
/// As [`cpu_freq_percpu`].
pub fn cpu_freq() -> Result<Option<CpuFreq>> {
    Roots::default().cpu_freq()
}

/// The frequency of each CPU that is online.
///
/// Reads: `/sys/devices/system/cpu/cpufreq/policy*`, or `/sys/devices/system/cpu/cpu*/cpufreq`, or
/// `/proc/cpuinfo`.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) or [`Parse`](crate::ErrorKind::Parse) where a file cannot be read;
/// [`Unsupported`](crate::ErrorKind::Unsupported) where a CPU has no file for its frequency.
///
/// # References
/// [CPU performance scaling](https://docs.kernel.org/admin-guide/pm/cpufreq.html)
pub fn cpu_freq_percpu() -> Result<Vec<CpuFreq>> {
    Roots::default().cpu_freq_percpu()
}

/// The average number of processes that run or wait to, over 1, 5 and 15 minutes.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the system does not say.
///
/// # References
/// [getloadavg(3)](https://man7.org/linux/man-pages/man3/getloadavg.3.html)
pub fn getloadavg() -> Result<(f64, f64, f64)> {
    sys::cpu::getloadavg()
}

impl Roots {
    /// [`cpu_times`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_times(&self) -> Result<CpuTimes> {
        sys::cpu::times(self)
    }

    /// [`cpu_times_percpu`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_times_percpu(&self) -> Result<Vec<CpuTimes>> {
        sys::cpu::times_percpu(self)
    }

    /// [`start_cpu_percent`] of these roots; what cannot be read is left out.
    #[doc(hidden)]
    pub fn start_cpu_percent(&self) {
        sys::cpu::start_percent(self);
    }

    /// [`cpu_percent`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_percent(&self, interval: Option<Duration>) -> Result<f64> {
        sys::cpu::percent(self, interval)
    }

    /// [`cpu_percent_percpu`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_percent_percpu(&self, interval: Option<Duration>) -> Result<Vec<f64>> {
        sys::cpu::percent_percpu(self, interval)
    }

    /// [`cpu_times_percent`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_times_percent(&self, interval: Option<Duration>) -> Result<CpuTimes> {
        sys::cpu::times_percent(self, interval)
    }

    /// [`cpu_times_percent_percpu`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_times_percent_percpu(&self, interval: Option<Duration>) -> Result<Vec<CpuTimes>> {
        sys::cpu::times_percent_percpu(self, interval)
    }

    /// [`cpu_count`] of these roots.
    pub fn cpu_count(&self) -> Option<usize> {
        sys::cpu::count(self)
    }

    /// [`cpu_count_cores`] of these roots.
    pub fn cpu_count_cores(&self) -> Option<usize> {
        sys::cpu::count_cores(self)
    }

    /// [`cpu_stats`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_times`].
    pub fn cpu_stats(&self) -> Result<CpuStats> {
        sys::cpu::stats(self)
    }

    /// [`cpu_freq`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_freq_percpu`].
    pub fn cpu_freq(&self) -> Result<Option<CpuFreq>> {
        sys::cpu::freq(self)
    }

    /// [`cpu_freq_percpu`] of these roots.
    ///
    /// # Errors
    /// As [`cpu_freq_percpu`].
    pub fn cpu_freq_percpu(&self) -> Result<Vec<CpuFreq>> {
        sys::cpu::freq_percpu(self)
    }
}
