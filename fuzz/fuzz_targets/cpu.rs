#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{cpu_counts, cpu_percpu, cpu_rows, cpu_total};

fuzz_target!(|data: &[u8]| {
    let _ = cpu_total(data);
    let _ = cpu_counts(data);
    if let Ok(rows) = cpu_percpu(data) {
        assert_eq!(rows.len(), cpu_rows(data).len());
    }
});
