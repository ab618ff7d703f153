//! Memory of the machine, and swap.

use crate::env::Roots;
use crate::error::Result;
use crate::record::record;
use crate::sys;

record! {
    /// Memory of the machine, bytes; from `/proc/meminfo`.
    pub struct VirtualMemory = "svmem" {
        /// Memory there is.
        total: u64,
        /// Memory that programs can have without swapping.
        available: u64,
        /// `used` of `total`, percent, one decimal.
        percent: f64,
        /// `total` less `available`.
        used: u64,
        /// Memory that holds nothing.
        free: u64,
        /// Used recently.
        active: u64,
        /// Not used recently.
        inactive: u64,
        /// Buffers of block devices.
        buffers: u64,
        /// Page cache, and slab that can be reclaimed.
        cached: u64,
        /// `tmpfs` and shared memory.
        shared: u64,
        /// The kernel's own structures.
        slab: u64,
    }
    with {
        missing: Vec<&'static str>,
    }
}

impl VirtualMemory {
    /// psutil's warning, where fields could not be determined and are 0.
    pub fn warning(&self) -> Option<String> {
        let verb = if self.missing.len() == 1 { "was" } else { "were" };
        let names = self.missing.join(", ");
        (!self.missing.is_empty())
            .then(|| format!("{names} memory stats couldn't be determined and {verb} set to 0"))
    }
}

record! {
    /// Swap of the machine, bytes.
    pub struct SwapMemory = "sswap" {
        /// Swap there is.
        total: u64,
        /// Swap in use.
        used: u64,
        /// Swap that is free.
        free: u64,
        /// `used` of `total`, percent, one decimal.
        percent: f64,
        /// Swapped in since boot.
        sin: u64,
        /// Swapped out since boot.
        sout: u64,
    }
    with {
        warning: Option<String>,
    }
}

impl SwapMemory {
    /// psutil's warning, where `sin` and `sout` could not be determined and are 0.
    pub fn warning(&self) -> Option<String> {
        self.warning.clone()
    }
}

/// Memory of the machine.
///
/// Reads: `/proc/meminfo`; `/proc/zoneinfo` too where that has no `MemAvailable` (before Linux 3.14).
///
/// Fields that the kernel does not tell are 0, and [`VirtualMemory::warning`] names them.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the file cannot be read, [`Parse`](crate::ErrorKind::Parse)
/// also where it has no `MemTotal` or `MemFree`.
///
/// # References
/// [proc_meminfo(5)](https://man7.org/linux/man-pages/man5/proc_meminfo.5.html)
pub fn virtual_memory() -> Result<VirtualMemory> {
    Roots::default().virtual_memory()
}

/// Swap of the machine.
///
/// Reads: `/proc/meminfo` (`sysinfo(2)` where it tells of no swap) and `/proc/vmstat`.
///
/// Where `/proc/vmstat` does not tell, `sin` and `sout` are 0, and [`SwapMemory::warning`] says so.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) or [`Parse`](crate::ErrorKind::Parse) where a file cannot be read.
///
/// # References
/// [proc_meminfo(5)](https://man7.org/linux/man-pages/man5/proc_meminfo.5.html),
/// [proc_vmstat(5)](https://man7.org/linux/man-pages/man5/proc_vmstat.5.html)
pub fn swap_memory() -> Result<SwapMemory> {
    Roots::default().swap_memory()
}

impl Roots {
    /// [`virtual_memory`] of this `/proc`.
    ///
    /// # Errors
    /// As [`virtual_memory`].
    pub fn virtual_memory(&self) -> Result<VirtualMemory> {
        sys::memory::virtual_memory(self)
    }

    /// [`swap_memory`] of this `/proc`.
    ///
    /// # Errors
    /// As [`swap_memory`].
    pub fn swap_memory(&self) -> Result<SwapMemory> {
        sys::memory::swap_memory(self)
    }
}
