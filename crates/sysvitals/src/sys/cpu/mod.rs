//! Processors. An OS provides: `times`, `times_percpu`, `start_percent`, `percent`, `percent_percpu`,
//! `times_percent`, `times_percent_percpu`, `count`, `count_cores`, `stats`, `freq`, `freq_percpu`,
//! `getloadavg`.

mod linux;
pub(crate) use linux::{
    count, count_cores, freq, freq_percpu, getloadavg, percent, percent_percpu, start_percent,
    stats, times, times_percent, times_percent_percpu, times_percpu,
};
