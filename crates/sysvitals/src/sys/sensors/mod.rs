//! Sensors. An OS provides:
//! `temperatures`, `fans`, `battery`.

mod linux;
pub(crate) use linux::{battery, fans, temperatures};
