//! The only code that touches the operating system: a folder a feature, a file an OS.

pub(crate) mod control;
pub(crate) mod heap;
pub(crate) mod host;
pub(crate) mod net;
pub(crate) mod pal;
pub(crate) mod process;
pub(crate) mod wait;
