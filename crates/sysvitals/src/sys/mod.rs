//! The only code that touches the operating system: a folder a feature, a file an OS.

pub(crate) mod control;
pub(crate) mod cpu;
pub(crate) mod disk;
pub(crate) mod file;
pub(crate) mod heap;
pub(crate) mod host;
pub(crate) mod memory;
pub(crate) mod net;
pub(crate) mod nowrap;
pub(crate) mod pal;
pub(crate) mod process;
pub(crate) mod sensors;
pub(crate) mod threads;
pub(crate) mod wait;
