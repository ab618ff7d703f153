#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::smaps_rollup;

fuzz_target!(|data: &[u8]| {
    let _ = smaps_rollup(data);
});
