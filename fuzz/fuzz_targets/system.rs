#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{btime, cpu_rows, mem_total};

fuzz_target!(|data: &[u8]| {
    let _ = btime(data);
    let _ = mem_total(data);
    let _ = cpu_rows(data);
});
