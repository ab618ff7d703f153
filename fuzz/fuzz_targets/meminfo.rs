#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{mem_total, meminfo, swap};

fuzz_target!(|data: &[u8]| {
    let _ = swap(data);
    if meminfo(data).is_ok() {
        assert!(mem_total(data).is_ok());
    }
});
