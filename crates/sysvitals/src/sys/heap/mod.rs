//! The C library's allocator. An OS provides: `heap_info`, `heap_trim`.

#[cfg(target_env = "gnu")]
mod linux;
#[cfg(target_env = "gnu")]
pub(crate) use linux::{heap_info, heap_trim};
