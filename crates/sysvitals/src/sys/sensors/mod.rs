//! Sensors. An OS provides:
//! `temperatures`, `fans`, `battery`, and `Topology`, what `Roots` keeps between two calls.

mod linux;
pub(crate) use linux::{Topology, battery, fans, temperatures};
