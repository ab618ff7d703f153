//! The C library's heap of the calling process, for hunting leaks in C code.
//!
//! Rust code allocates from the same heap unless the program sets another global allocator.

use crate::record::record;
use crate::sys;

record! {
    /// Allocator figures, bytes; from `mallinfo2(3)`.
    #[derive(Copy)]
    pub struct HeapInfo = "pheap" {
        /// Held by small allocations (`uordblks`).
        heap_used: u64,
        /// Held by allocations with a mapping of their own (`hblkhd`).
        mmap_used: u64,
    }
}

/// Figures of the C library's allocator in this process.
///
/// Availability: Linux with glibc. Before glibc 2.33 the figures are 32 bits wide (`mallinfo`).
///
/// # References
/// [mallinfo2(3)](https://man7.org/linux/man-pages/man3/mallinfo.3.html)
pub fn heap_info() -> HeapInfo {
    sys::heap::heap_info()
}

/// Asks the C library's allocator to give unused memory back to the kernel.
///
/// Availability: Linux with glibc.
///
/// # References
/// [malloc_trim(3)](https://man7.org/linux/man-pages/man3/malloc_trim.3.html)
pub fn heap_trim() {
    sys::heap::heap_trim();
}
