#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{cpus_allowed_list, status};

fuzz_target!(|data: &[u8]| {
    let _ = status(data);
    let _ = cpus_allowed_list(data);
});
