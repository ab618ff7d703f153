//! What the operating system knows and psutil does not tell.

pub mod linux;
