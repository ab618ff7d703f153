//! Process and system monitoring.

pub mod parse;
