use crate::env::Roots;
use crate::error::Result;
use crate::memory::{SwapMemory, VirtualMemory};

pub(crate) fn virtual_memory(roots: &Roots) -> Result<VirtualMemory> {
    todo!()
}

pub(crate) fn swap_memory(roots: &Roots) -> Result<SwapMemory> {
    todo!()
}
