//! Memory of the machine. An OS provides:
//! `virtual_memory`, `swap_memory`.

mod linux;
pub(crate) use linux::{swap_memory, virtual_memory};
