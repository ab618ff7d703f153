use std::time::Duration;

use crate::cpu::{CpuFreq, CpuStats, CpuTimes};
use crate::env::Roots;
use crate::error::Result;

pub(crate) fn times(roots: &Roots) -> Result<CpuTimes> {
    todo!()
}

pub(crate) fn times_percpu(roots: &Roots) -> Result<Vec<CpuTimes>> {
    todo!()
}

pub(crate) fn percent(roots: &Roots, interval: Option<Duration>) -> Result<f64> {
    todo!()
}

pub(crate) fn percent_percpu(roots: &Roots, interval: Option<Duration>) -> Result<Vec<f64>> {
    todo!()
}

pub(crate) fn times_percent(roots: &Roots, interval: Option<Duration>) -> Result<CpuTimes> {
    todo!()
}

pub(crate) fn times_percent_percpu(
    roots: &Roots,
    interval: Option<Duration>,
) -> Result<Vec<CpuTimes>> {
    todo!()
}

pub(crate) fn count(roots: &Roots) -> Option<usize> {
    todo!()
}

pub(crate) fn count_cores(roots: &Roots) -> Option<usize> {
    todo!()
}

pub(crate) fn stats(roots: &Roots) -> Result<CpuStats> {
    todo!()
}

pub(crate) fn freq(roots: &Roots) -> Result<Option<CpuFreq>> {
    todo!()
}

pub(crate) fn freq_percpu(roots: &Roots) -> Result<Vec<CpuFreq>> {
    todo!()
}

pub(crate) fn getloadavg() -> Result<(f64, f64, f64)> {
    todo!()
}
