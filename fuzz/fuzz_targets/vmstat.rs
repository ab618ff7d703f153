#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::vmstat_swap;

fuzz_target!(|data: &[u8]| {
    let _ = vmstat_swap(data);
});
